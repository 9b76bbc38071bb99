package io.leadroutes.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.util.concurrent.CountDownLatch;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;

/** A file system for H2 that does what disks do: {@code jdbc:h2:faulty:/path}. One test at a time makes it fail. */
public final class FaultyDisk extends FilePathWrapper {
    private static volatile boolean isFull;
    private static volatile boolean syncFails;
    private static volatile CountDownLatch hanging = new CountDownLatch(0);

    /** To be called before the first database. */
    public static void install() {
        heal();
        FilePath.register(new FaultyDisk());
    }

    /** Every write fails. */
    public static void fill() {
        isFull = true;
    }

    /** Every fsync fails. */
    public static void failSyncs() {
        syncFails = true;
    }

    /** Every fsync waits until {@link #heal}. */
    public static void hang() {
        hanging = new CountDownLatch(1);
    }

    public static void heal() {
        hanging.countDown();
        isFull = false;
        syncFails = false;
    }

    @Override
    public String getScheme() {
        return "faulty";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
        return new FaultyFile(super.open(mode));
    }

    private static final class FaultyFile extends FileBase {
        private final FileChannel file;

        FaultyFile(FileChannel file) {
            this.file = file;
        }

        @Override
        public void force(boolean metaData) throws IOException {
            try {
                hanging.await();
            } catch (InterruptedException e) {
                throw new InterruptedIOException();
            }
            if (syncFails) {
                throw new IOException("Input/output error");
            }
            file.force(metaData);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            failIfFull();
            return file.write(source);
        }

        @Override
        public int write(ByteBuffer source, long position) throws IOException {
            failIfFull();
            return file.write(source, position);
        }

        private static void failIfFull() throws IOException {
            if (isFull) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return file.read(target);
        }

        @Override
        public int read(ByteBuffer target, long position) throws IOException {
            return file.read(target, position);
        }

        @Override
        public long position() throws IOException {
            return file.position();
        }

        @Override
        public FileChannel position(long position) throws IOException {
            file.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return file.size();
        }

        @Override
        public FileChannel truncate(long size) throws IOException {
            file.truncate(size);
            return this;
        }

        @Override
        public FileLock tryLock(long position, long size, boolean shared) throws IOException {
            return file.tryLock(position, size, shared);
        }

        @Override
        protected void implCloseChannel() throws IOException {
            file.close();
        }
    }
}
