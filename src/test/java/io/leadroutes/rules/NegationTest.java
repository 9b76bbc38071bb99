package io.leadroutes.rules;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keywords that customers deny do not count; others do. */
class NegationTest {

    private static final String KEYWORDS =
            "demo|trial|price|pricing|cost|bug|urgent|refund|cancel|budget|démo|precio|preço|prezzo|prijs|цена|价格|演示|デモ|ราคา|سعر";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not interested in a demo",
                "no, not interested in a demo",
                "Thanks, but we're not interested in your demo.",
                "don't want a trial",
                "I dont want a trial",
                "I don’t want a trial",
                "I do not want to schedule a free product demo",
                "We don't need a demo or trial",
                "I don't want a call, demo or trial",
                "I don't want a demo, trial, or call",
                "no need for pricing",
                "I no longer need the trial",
                "no demo",
                "No demo or trial please",
                "We don't want a call, a demo or a trial",
                "We didn't cancel",
                "I haven't cancelled",
                "I didn't ask for a refund",
                "There is not a single bug",
                "hardly any bugs",
                "Nobody cancelled",
                "I'd rather not have a demo",
                "We have no intention of cancelling",
                "I am not going to cancel",
                "We're not planning to cancel",
                "It has nothing to do with the price",
                "This is not about the price",
                "a call instead of a demo",
                "I'd wait rather than cancel",
                "neither a demo nor a trial",
                "we got it at no cost",
                "at no extra cost",
                "without any cost",
                "it's not a bug",
                "It isn't really urgent",
                "not urgent",
                "non-urgent",
                "Please don't cancel",
                "We don't have a budget",
                "a demo is not needed",
                "The demo isn't necessary.",
                "stop sending me pricing",
                "Don&#39;t want a <b>demo</b>",
                "Kein Interesse an einer Demo",
                "Wir brauchen keine Demo",
                "Das ist nicht urgent",
                "Eine Demo brauche ich nicht",
                "je ne veux pas de démo",
                "Je n'ai pas besoin d'une démo",
                "sans démo",
                "Rien d'urgent",
                "La démo n'est pas nécessaire",
                "no quiero una demo",
                "No me interesa el precio",
                "sin demo",
                "não quero uma demo",
                "nao preciso do preço",
                "non voglio una demo",
                "senza demo",
                "geen interesse in een demo",
                "Een demo is niet nodig",
                "мне не нужна цена",
                "لا أريد سعر",
                "ليس لدينا سعر",
                "我不要演示",
                "我不需要产品演示",
                "对演示不感兴趣",
                "デモは不要です",
                "ไม่ต้องการราคา",
            })
    void deniedKeywordsDoNotCount(String text) {
        assertThat(Books.found(KEYWORDS, text)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "You did not refund me",
                "I haven't received my refund",
                "we didn't get the price",
                "I have not found the price",
                "instead of a call, a demo",
                "why not a demo?",
                "Why don't we do a demo",
                "I can't wait for the demo",
                "not only pricing",
                "no problem, what is the price?",
                "no problem what is the price",
                "No, I want a demo",
                "No. Demo please",
                "No! Demo",
                "not now; demo later",
                "I don't want a call, but a demo",
                "I don't want a call but a demo",
                "I don't want to call just tell me the price",
                "I don't need help, I need the price",
                "I don't want this product, refund me",
                "I no longer need this, cancel it",
                "I don't need it anymore cancel my account",
                "not interested\ndemo",
                "I have not received my refund",
                "You did not refund me",
                "I can't find the price",
                "I don't understand the pricing",
                "I'm not sure about the pricing",
                "No idea what the price is",
                "the demo is not loading",
                "The price is not shown",
                "You never sent the price",
                "don't want to miss the demo",
                "isn't there a demo?",
                "no matter the cost",
                "Is there a demo or not?",
                "Ich will keinen Anruf, aber eine Demo",
                "Warum nicht eine Demo?",
                "nicht nur die Demo",
                "Kein Problem, wann ist die Demo?",
                "Je ne veux pas d'appel, mais une démo",
                "pourquoi pas une démo",
                "No, quiero una demo",
                "¿Por qué no una demo?",
                "No quiero llamadas, pero sí el precio",
                "Qual o desconto no preço para você?",
                "Não quero ligação, mas o preço",
                "perché non una demo",
                "не только цена",
                "要不要演示",
                "我不要电话，请给我价格",
                "我不要电话。我要价格",
            })
    void otherKeywordsCount(String text) {
        assertThat(Books.found(KEYWORDS, text)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Login is not working",
                "not working",
                "it's NOT *working*",
                "Login isn't working",
                "I don't think it's right, it is not working"
            })
    void aPhraseThatHoldsItsDenialCounts(String text) {
        assertThat(Books.found("not working", text)).hasSize(1);
    }
}
