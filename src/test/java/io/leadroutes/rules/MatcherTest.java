package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which words a keyword finds, and which it does not. */
class MatcherTest {

    @ParameterizedTest
    @CsvSource({
        "demo, democracy",
        "demo, demi",
        "demo, demolished",
        "demo, demonstrate",
        "error, terror",
        "error, mirrors",
        "price, priceless",
        "cost, costume",
        "cost, costly",
        "team, teamwork",
        "team, steam",
        "trial, industrial",
        "trial, trials2",
        "bug, bugzilla",
        "bug, debug",
        "urgent, insurgent",
        "car, caring",
        "car, cared",
        "plan, planes",
        "win, wines",
        "star, stares",
        "not, note",
        "local, locale",
        "app, apply",
        "bus, business",
        "refund, fund",
        "cancel, cancer",
        "off, offer",
        "numb, number",
        "get started, gets restarted",
        "how much, somehow much",
        "price, рrice",
    })
    void otherWordsAreNotFound(String keyword, String text) {
        assertThat(Books.found(keyword, "so " + text + " it is")).isEmpty();
        assertThat(Books.found(text, "so " + keyword + " it is"))
                .as("and not the other way round")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // English
        "price, prices",
        "price, pricing",
        "price, priced",
        "pricing, price",
        "cost, costs",
        "cost, costing",
        "bug, bugs",
        "bug, bugged",
        "error, errors",
        "cancel, canceled",
        "cancel, cancelled",
        "cancel, cancelling",
        "cancel, cancels",
        "unsubscribe, unsubscribed",
        "unsubscribe, unsubscribing",
        "refund, refunded",
        "organization, organizations",
        "company, companies",
        "company, company's",
        "box, boxes",
        "crash, crashes",
        "trial, trialled",
        "demo, demos",
        "demo, demo's",
        "apply, applied",
        "get started, getting started",
        "not working, not work",
        // German, Dutch
        "Preis, Preise",
        "Preis, Preises",
        "Angebot, Angeboten",
        "Vertrag, Verträge",
        "Kunde, Kunden",
        "Rechnung, Rechnungen",
        "Testversion, Testversionen",
        "demo, demo’s",
        // French
        "prix, prix",
        "tarif, tarifs",
        "réseau, réseaux",
        "mensuel, mensuels",
        // Spanish, Portuguese
        "precio, precios",
        "error, errores",
        "versión, versiones",
        "organización, organizaciones",
        "preço, preços",
        "versão, versões",
        "mensal, mensais",
        // Italian
        "prezzo, prezzi",
        "offerta, offerte",
        "errore, errori",
    })
    void inflectionsAreFoundBothWays(String keyword, String text) {
        assertThat(Books.found(keyword, "so " + text + " it is")).hasSize(1);
        assertThat(Books.found(text, "so " + keyword + " it is")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "kündigen, kündige",
        "kündigen, kündigt",
        "kündigen, kündigte",
        "kündigen, gekündigt",
        "kosten, kostet",
        "kosten, gekostet",
        "Fehler, Fehlern",
        "annuler, annulez",
        "annuler, annulée",
        "rembourser, remboursez-moi",
        "cancelar, cancelé",
        "cancelar, cancelo",
        "cancelar, cancelando",
        "cancelar, cancelarlo",
        "reembolsar, reembolsado",
        "cancelar, cancelei",
        "cancelar, cancelamos",
        "cancellare, cancellato",
        "essai, essais",
        "get started, got started",
        "pay, paid",
        "buy, bought",
        "سعر, السعر",
        "سعر, والسعر",
        "سعر, بالسعر",
        "سعر, سعره",
        "السعر, سعر",
        "أسعار, اسعاركم",
        "أسعار, للأسعار",
        "فريق, فريقنا",
        "ميزانية, ميزانيتنا",
        "عرض تجريبي, العرض التجريبي",
        "عرض تجريبي, عرضا تجريبيا",
        "24, ٢٤",
        "24, ۲۴",
    })
    void formsOfAKeywordAreFound(String keyword, String text) {
        assertThat(Books.found(keyword, "so " + text + " it is")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "annuler, j'annule",
        "annuler, elles annulent ma commande",
        "résilier, j'ai résilié",
    })
    void formsThatOtherLanguagesHaveNeedAFrenchText(String keyword, String text) {
        assertThat(Books.found(keyword, text)).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "frozen, frost",
        "manager, manage",
        "subscriber, subscribe",
        "computer, computes",
        "regular, regulate",
        "costar, costa",
        "Marke, market",
        "Marken, market",
        "planen, planet",
        "open, opt",
        "فريق, بريق",
        "بكم, سعركم",
    })
    void formsOfOtherWordsAreNotFound(String keyword, String text) {
        assertThat(Books.found(keyword, "so " + text + " it is")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "not working, isn't working",
        "not working, doesn’t work",
        "not working, dont work",
        "essai, l'essai",
        "erreur, d’erreurs",
        "azienda, dell'azienda",
    })
    void contractionsAreTakenApart(String keyword, String text) {
        assertThat(Books.found(keyword, "so " + text + " it is")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "price, PRICE",
        "price, Price!",
        "price, ｐｒｉｃｅ",
        "price, 𝐩𝐫𝐢𝐜𝐞",
        "price, pricé",
        "price, prı́ce",
        "demo, dé\u0301mo",
        "demo, d\u200Be\u2060m\u00ADo",
        "demo, (demo)",
        "demo, **demo**",
        "demo, _demo_",
        "demo, “demo”",
        "demo, demo-account",
        "demo, a/demo/b",
        "prêt, PRET",
        "straße, STRASSE",
        "œuvre, oeuvre",
        "office, oﬃce",
        "цена, ЦЕНА",
        "ёлка, елка",
        "τιμή, ΤΙΜΗ",
        "ΤΙΜΟΣ, τιμος",
        "سعر, سِعْر",
        "أسعار, اسعار",
        "مجانية, مجانيه",
        "デモ, ﾃﾞﾓ",
        "istanbul, İSTANBUL",
        "24, ２４",
        "version 2.0, Version 2.0",
        "24/7, 24/7",
    })
    @Tag("attack-26")
    void lettersAreFoundInAnyForm(String keyword, String text) {
        assertThat(Books.found(keyword, "so " + text + " it is")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({
        "价格, 请问价格是多少",
        "試用, 想試用一下",
        "デモ, 無料デモをお願いします",
        "料金, 料金はいくらですか",
        "ราคา, ขอทราบราคาหน่อย",
        "免费 demo, 我要免费 demo",
    })
    void scriptsWithoutSpacesAreFoundAtAnyPosition(String keyword, String text) {
        assertThat(Books.found(keyword, text)).containsExactly(keyword);
    }

    @Test
    void charactersThatAreApartAreNoRun() {
        assertThat(Books.found("价格", "价 格")).isEmpty();
        assertThat(Books.found("价格", "价值格式")).isEmpty();
    }

    @Test
    void marksThatMakeAnotherLetterStay() {
        assertThat(Books.found("が", "か")).isEmpty();
        assertThat(Books.found("мой", "мои")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"how much", "How   much", "how\nmuch", "how-much", "how* *much", "how (\"much", "how\u00A0much"})
    void phrasesGoOverWhiteSpaceAndLightPunctuation(String text) {
        assertThat(Books.found("how much", "so " + text + " is it?")).containsExactly(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "how. Much",
                "how, much",
                "how? much",
                "how\n\nmuch",
                "how very much",
                "much how",
                "howmuch",
                "how – much"
            })
    void phrasesDoNotGoOverClauses(String text) {
        assertThat(Books.found("how much", "so " + text + " is it?")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bob@demo.example",
                "mailto:demo@acme.example,",
                "https://acme.example/demo?x=demo",
                "see www.demo.example.",
                "(http://demo.example)"
            })
    void addressesAreNoWords(String text) {
        assertThat(Books.found("demo", text)).isEmpty();
    }

    @Test
    void wordsBesideAddressesAreFound() {
        assertThat(Books.found("demo|price", "demo:https://a.example, price? 请看https://a.example/x价格"))
                .as("an address ends at white space, a comma or another script")
                .contains("price");
        assertThat(Books.found("价格", "请看https://a.example/x价格")).containsExactly("价格");
        assertThat(Books.found("demo", "@demo demo@ @")).containsExactly("demo");
    }

    @Test
    void matchedWordsStandAsInTheTextInOrderAndOnce() {
        assertThat(Books.found("price|cost|how much", "COST, Prices, how  much, cost, COST and price"))
                .containsExactly("COST", "Prices", "how  much", "cost", "price");
    }

    @Test
    void overlappingKeywordsAreAllFound() {
        assertThat(Books.found("enterprise plan|plan price", "the enterprise plan price"))
                .containsExactly("enterprise plan", "plan price");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "<p>the <b>demo</b></p> | demo",
                "<b>de</b>mo | demo",
                "how <i>much</i> is it | how much",
                "how<br>much is it | how much",
                "a&nbsp;demo&nbsp;please | demo",
                "a < b and demo > c | demo",
                "the <demo> plan | demo",
                "<a href='https://x.example/price'>demo</a> | demo",
                "1 <3 demo | demo",
                "&#100;emo | demo",
                "&bogus; demo &#99999999; | demo",
                "<script>price</script> demo | demo",
                "a <style> demo | demo",
                "<!-- price --> demo | demo",
                "<!-- demo | demo",
            })
    void htmlIsTakenOff(String text, String word) {
        assertThat(Books.found("demo|price|how much", text)).hasSize(1);
        assertThat(Books.found("demo|price|how much", text).get(0)).isEqualToIgnoringWhitespace(word);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<img alt='demo'>",
                "<p>how</p><p>much</p>",
                "<td>how</td><td>much</td>",
                "<style>.demo{}</style>"
            })
    void whatNobodySeesIsNotFound(String text) {
        assertThat(Books.found("demo|how much", text)).isEmpty();
    }

    @Test
    void wordsOfOneHashAreToldApart() {
        assertThat("plc0").hasSameHashCodeAs("plan");
        Matcher matcher = Books.matcher("plan");

        assertThat(matcher.find("plc0 plan plc0").counted()).hasSize(1);
        assertThat(matcher.find("plan plc0 plan").counted()).hasSize(2);
    }

    @Test
    void whatAWordMeansInFrenchIsNotKeptForOtherTexts() {
        Matcher matcher = Books.matcher("réserver");

        assertThat(matcher.find("Est-ce que je réserve une table ?").counted()).hasSize(1);
        assertThat(matcher.find("They reserve it").counted()).isEmpty();
        assertThat(matcher.find("Est-ce que je réserve une table ?").counted()).hasSize(1);
    }

    @Test
    void oneMatcherReadsForManyThreads() {
        List<String> texts = IntStream.range(0, 5_000)
                .mapToObj(i -> "No demo" + i % 97 + " but demos plan" + i + ", not a price plc0 plan. How much?")
                .toList();
        Matcher alone = Books.matcher("demo", "price", "how much", "plan");
        Matcher shared = Books.matcher("demo", "price", "how much", "plan");

        assertThat(texts.parallelStream()
                        .map(text -> shared.find(text).counted())
                        .toList())
                .isEqualTo(
                        texts.stream().map(text -> alone.find(text).counted()).toList());
    }

    @Test
    void offsetsPointIntoTheOriginalText() {
        String text = "<p>Ein <b>Dé\u200Bmo</b> &amp; ｐｒｉｃｅ</p>";
        Matcher.Found found = Books.matcher("demo", "price").find(text);
        Tokens tokens = found.text();

        List<String> originals = found.counted().stream()
                .map(match -> text.substring(tokens.start(match.from()), tokens.end(match.to() - 1)))
                .toList();

        assertThat(originals).containsExactly("Dé\u200Bmo", "ｐｒｉｃｅ");
    }

    @Test
    void aHitNeverHoldsMoreThanItsBounds() {
        StringBuilder text = new StringBuilder("d" + "\u200B".repeat(1000) + "emo ");
        for (int i = 0; i < 100; i++) {
            text.append("de").append("\u200B".repeat(i)).append("mo ");
        }

        List<String> matched = Books.found("demo", text.toString());

        assertThat(matched).hasSize(Hit.MAX_MATCHED);
        assertThat(matched).allSatisfy(word -> assertThat(word.length()).isLessThanOrEqualTo(Hit.MAX_MATCHED_LENGTH));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n", "!?", "\uD800", "\u0000", "&", "<", "'", "\u0301", "\u200B", "@", "://"})
    void textsWithoutWordsAreHarmless(String text) {
        assertThat(Books.found("demo", text)).isEmpty();
        assertThat(Books.found("demo", text + " demo " + text)).hasSize(1);
    }
}
