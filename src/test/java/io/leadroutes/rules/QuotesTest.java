package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sender of an e-mail did not write does not count; what looks like it does. */
class QuotesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "> demo",
                ">> demo\n> demo",
                ">demo",
                "&gt; demo",
                "Thanks\n> demo\nBye",
                "Thanks\r\n\r\nOn Mon, Mar 2, 2026 at 9:00 AM Mia <mia@shop.example> wrote:\r\n> demo",
                "Thanks\n\nOn Mon, Mar 2, 2026 at 9:00 AM Mia Long-Name-Of-The-Sales-Team\n<mia@shop.example> wrote:\n\ndemo",
                "Thanks\nOn 2026-03-02 09:00, Mia wrote:\ndemo\n\ndemo",
                "Danke\nAm Mo., 2. März 2026 um 09:00 Uhr schrieb Mia <mia@shop.example>:\ndemo",
                "Danke\nAm 02.03.26 um 9:00 hat Mia geschrieben:\ndemo",
                "Merci\nLe lun. 2 mars 2026 à 09:00, Mia a écrit :\ndemo",
                "Gracias\nEl lun, 2 mar 2026 a las 9:00, Mia escribió:\ndemo",
                "Obrigado\nEm seg., 2 de mar. de 2026 às 09:00, Mia escreveu:\ndemo",
                "Grazie\nIl giorno lun 2 mar 2026 alle ore 09:00 Mia ha scritto:\ndemo",
                "Bedankt\nOp ma 2 mrt 2026 om 09:00 schreef Mia:\ndemo",
                "شكرا\nفي الاثنين، ٢ مارس ٢٠٢٦ كتب ميا:\ndemo",
                "谢谢\n在 2026年3月2日，Mia 写道：\ndemo",
                "Thanks\n-----Original Message-----\ndemo",
                "Danke\n-----Ursprüngliche Nachricht-----\ndemo",
                "Thanks\n________________________________\nFrom: Mia <mia@shop.example>\nSent: Monday\nTo: Bob\n\ndemo",
                "Thanks\n**From:** Mia\n**Subject:** demo\ndemo",
                "Danke\nVon: Mia\nGesendet: Montag\ndemo",
                "Thanks\n-- \ndemo",
                "Thanks\n--\nJane, demo team",
                "<div>Thanks</div><div>--&nbsp;<br>demo</div>",
                "<p>Thanks</p><blockquote>demo <blockquote>demo</blockquote> demo</blockquote>",
                "<blockquote>Thanks <blockquote>demo</blockquote>",
                "Sent from my demo iPhone",
                "Thanks\nGet Outlook for Android demo",
                "Danke\nVon meinem Demo iPhone gesendet",
                "Thanks\n\nThis e-mail is confidential.\nIt holds a demo.",
                "Danke\n\nDiese Nachricht ist vertraulich, Demo.",
            })
    void whatIsQuotedDoesNotCount(String text) {
        assertThat(Books.found("demo", text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ">500 users want a demo",
                "a > demo",
                "<demo@shop.example> demo",
                "On Monday I wrote:\ndemo",
                "On 2026-03-02 Mia wrote a demo",
                "On the 2nd, Mia wrote:\n> thanks\ndemo",
                "On Mon, 2 Mar 2026, Mia wrote:\ndemo",
                "--\ndemo",
                "-- demo",
                "Thanks -- \ndemo",
                "Hi\n---\ndemo",
                "From: Berlin\ndemo",
                "Von meinem Handy geht die Demo nicht",
                "Sent from head office: demo please",
                "This e-mail is about the demo",
                "This message is confidential.\n\ndemo",
                "Hi\n\nThis message is confidential.\n\ndemo",
                "<blockquote>demo",
                "</blockquote>demo",
                "<blockquote>a</blockquote>demo",
                "Hi\n-----Original-----\ndemo",
            })
    void whatTheSenderWroteCounts(String text) {
        assertThat(Books.found("demo", text)).hasSize(1).allSatisfy(word -> assertThat(word)
                .isEqualToIgnoringCase("demo"));
    }

    @Test
    void aPhraseDoesNotGoOverAQuotation() {
        assertThat(Books.found("how much", "how\n> a\nmuch")).isEmpty();
        assertThat(Books.found("demo", "I don't want\n> this\na demo")).hasSize(1);
    }

    @Test
    void offsetsPointIntoTheMailWithItsQuotations() {
        String text = "> a demo\r\nDémo!\r\n> demo";

        Matcher.Found found = Books.matcher("demo").find(text);

        Match match = found.counted().get(0);
        assertThat(found.text().start(match.from())).isEqualTo(text.indexOf("Démo"));
        assertThat(found.text().end(match.to() - 1)).isEqualTo(text.indexOf("!"));
    }
}
