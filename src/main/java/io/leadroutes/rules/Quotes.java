package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * The parts of a text that its sender did not write: quoted lines, the message that is answered, signatures, what phones
 * and lawyers add. Mail programs mark them in a few ways per language, of which those of the most used ones are known;
 * what is not clearly one of them stays. What only a greeting could precede, such as a signature, is cut only below text.
 */
final class Quotes {

    /** Longer than the lines by which mail programs introduce a quotation, even with two long names. */
    private static final int LONGEST_INTRODUCTION = 300;

    private static final int LONGEST_DEVICE_LINE = 60;
    private static final int LONGEST_FIELD = 20;

    private static final List<String> INTRODUCTIONS = list("on |am |le |el |em |il |op |في |в |在|于");
    private static final List<String> WROTE =
            list(" wrote| schrieb| geschrieben| a ecrit| escribio| escreveu| ha scritto"
                    + "| schreef| geschreven| написал| пишет| كتب|写道|寫道|のメール");

    private static final Set<String> FROM = Set.copyOf(list("from|von|de|da|van|от|من|发件人|發件人|寄件者|差出人"));
    private static final Set<String> AFTER_FROM =
            Set.copyOf(list("sent|date|to|cc|subject|gesendet|datum|an|betreff|envoye"
                    + "|a|objet|enviado|enviada|enviado el|fecha|para|asunto|data|assunto|enviada em|inviato|oggetto|verzonden|aan"
                    + "|onderwerp|отправлено|дата|кому|тема|تاريخ|إلى|发送时间|發送時間|日期|收件人|主题|主旨|送信日時|宛先|件名"));

    private static final List<String> ORIGINAL = list("original message|ursprungliche nachricht|message d'origine"
            + "|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|原始邮件|原始郵件");

    private static final List<String> SENT =
            list("sent from |sent via |get outlook for |von meinem |gesendet von |gesendet mit "
                    + "|envoye de mon |envoye depuis |telecharger outlook |enviado desde |enviado do |enviado de |enviada do "
                    + "|obtener outlook |inviato da |verstuurd vanaf |verzonden vanaf |отправлено с |ارسلت من |تم الارسال من "
                    + "|发自我的|發自我的|从我的|iphoneから|ipadから");
    private static final List<String> DEVICES =
            list("iphone|ipad|android|samsung|galaxy|huawei|xiaomi|pixel|mobile|mobil"
                    + "|phone|handy|telefon|telephone|movil|celular|telemovel|cellulare|tablet|outlook|yahoo|gmx|proton"
                    + "| mail|айфон|телефон|手机|手機");

    private static final List<String> NOTICES = list("this e-mail|this email|this message|the information in this"
            + "|the information contained in this|the contents of this|confidentiality notice|disclaimer|diese e-mail"
            + "|diese nachricht|ce message|ce courriel|cet e-mail|este mensaje|este correo|esta mensagem|este e-mail"
            + "|questo messaggio|questa e-mail|dit bericht|deze e-mail");
    private static final List<String> CONFIDENTIAL =
            list("confiden|intended|privileged|vertraulich|bestimmt|destine|riservat|vertrouwelijk|bestemd|legally");

    private final String text;
    private final List<int[]> ranges = new ArrayList<>(0);

    /** True once the sender wrote something. */
    private boolean written;

    /** No paragraph is searched twice. */
    private int noNoticeBefore;

    private Quotes(String text) {
        this.text = text;
    }

    /** The ranges of a folded text that are not its sender's own, each from and to (exclusive), in order. */
    static List<int[]> in(String folded) {
        Quotes quotes = new Quotes(folded);
        int line = 0;
        while (line < folded.length()) {
            line = quotes.read(line);
        }
        return quotes.ranges;
    }

    /** Reads a line; the answer is where the next one begins. */
    private int read(int line) {
        int end = lineEnd(line);
        int first = afterBlanks(line, end);
        if (first == end) {
            return end + 1;
        }
        if (isQuoted(first)) {
            return hide(line, end);
        }
        if (written && (isSignature(first, end) || isOriginal(first, end) || isHeader(first, end))) {
            return hide(line, text.length());
        }
        int introduced = introductionEnd(first, end);
        if (introduced > first) {
            boolean marked = isQuoted(firstBelow(introduced));
            return hide(line, marked || !written ? introduced : text.length());
        }
        if (end - first <= LONGEST_DEVICE_LINE && isSentFromDevice(first, end)) {
            return hide(line, end);
        }
        if (written && line >= noNoticeBefore && startsWith(NOTICES, first)) {
            int paragraph = paragraphEnd(line);
            noNoticeBefore = paragraph;
            if (containsAny(CONFIDENTIAL, first, paragraph)) {
                return hide(line, paragraph);
            }
        }
        written = true;
        return end + 1;
    }

    private int hide(int from, int to) {
        ranges.add(new int[] {from, to});
        return to + 1;
    }

    /** {@code > What does it cost?}, but not {@code >500 users}. */
    private boolean isQuoted(int first) {
        return first < text.length()
                && text.charAt(first) == '>'
                && !(first + 1 < text.length() && Character.isDigit(text.charAt(first + 1)));
    }

    /** RFC 3676 section 4.3; many programs drop the space at its end. */
    private boolean isSignature(int first, int end) {
        return text.startsWith("--", first) && afterBlanks(first + 2, end) == end;
    }

    private boolean isOriginal(int first, int end) {
        return text.startsWith("--", first) && containsAny(ORIGINAL, first, end);
    }

    /** {@code From: ...} with {@code Sent:}, {@code To:} or {@code Subject:} in the next line. */
    private boolean isHeader(int first, int end) {
        if (!FROM.contains(field(first, end))) {
            return false;
        }
        int next = firstBelow(end);
        return next < text.length() && AFTER_FROM.contains(field(next, lineEnd(next)));
    }

    /** What stands before a colon, without emphasis. */
    private String field(int first, int end) {
        String line = text.substring(first, Math.min(end, first + LONGEST_FIELD));
        int colon = line.indexOf(':');
        return colon < 0 ? "" : line.substring(0, colon).replace("*", "").strip();
    }

    /** The end of {@code On Monday at 9:00, Mia <mia@shop.example> wrote:}, which may take two lines; or {@code first}. */
    private int introductionEnd(int first, int end) {
        if (!startsWith(INTRODUCTIONS, first)) {
            return first;
        }
        if (isIntroduction(first, end)) {
            return end;
        }
        int second = end < text.length() ? lineEnd(end + 1) : end;
        return isIntroduction(first, second) ? second : first;
    }

    private boolean isIntroduction(int first, int end) {
        if (end - first > LONGEST_INTRODUCTION) {
            return false;
        }
        String introduction = text.substring(first, end).stripTrailing();
        return introduction.endsWith(":")
                && introduction.chars().anyMatch(Character::isDigit)
                && containsAny(WROTE, first, end);
    }

    private boolean isSentFromDevice(int first, int end) {
        if (!startsWith(SENT, first) || !containsAny(DEVICES, first, end)) {
            return false;
        }
        // "Von meinem Handy geht es nicht" tells something.
        return !text.startsWith("von meinem", first)
                || text.substring(first, end).stripTrailing().endsWith("gesendet");
    }

    private int paragraphEnd(int line) {
        int end = lineEnd(line);
        while (end < text.length()) {
            int next = lineEnd(end + 1);
            if (afterBlanks(end + 1, next) == next) {
                return end;
            }
            end = next;
        }
        return end;
    }

    /** Where the first text below this line end begins. */
    private int firstBelow(int lineEnd) {
        int i = lineEnd;
        while (i < text.length() && Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private int afterBlanks(int from, int end) {
        int i = from;
        while (i < end && Character.isWhitespace(text.charAt(i))) {
            i++;
        }
        return i;
    }

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private boolean startsWith(List<String> starts, int at) {
        for (String start : starts) {
            if (text.startsWith(start, at)) {
                return true;
            }
        }
        return false;
    }

    private boolean containsAny(List<String> parts, int from, int to) {
        String range = text.substring(from, to);
        for (String part : parts) {
            if (range.contains(part)) {
                return true;
            }
        }
        return false;
    }

    private static List<String> list(String words) {
        return List.of(Fold.fold(words).text().split("\\|"));
    }
}
