package io.leadroutes.event;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** Recorded and composed webhook bodies. */
final class Fixtures {
    static final EventDecoder DECODER = new EventDecoder();

    private static final Path RESOURCES = Path.of("src/test/resources");
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Fixtures() {}

    static Stream<Path> all() {
        return Stream.of("webhooks", "webhooks-seed").flatMap(folder -> {
            try (Stream<Path> files = Files.list(RESOURCES.resolve(folder))) {
                return files.sorted().toList().stream();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    static Decoded fixture(String name) {
        return DECODER.decode(bytes(name));
    }

    static Decoded seed(String name) {
        return DECODER.decode(read(RESOURCES.resolve("webhooks-seed").resolve(name + ".json")));
    }

    /** The fixture after an edit of its JSON. */
    static Decoded edited(String name, Consumer<ObjectNode> edit) {
        try {
            ObjectNode json = (ObjectNode) MAPPER.readTree(bytes(name));
            edit.accept(json);
            return DECODER.decode(MAPPER.writeValueAsBytes(json));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Decoded decode(String json) {
        return DECODER.decode(json.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] bytes(String name) {
        return read(RESOURCES.resolve("webhooks").resolve(name + ".json"));
    }
}
