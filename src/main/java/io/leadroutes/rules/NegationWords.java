package io.leadroutes.rules;

/**
 * The words by which customers deny something, per language; folded before use, so accents and case do not matter. An
 * English "n't" also stands for "nt" and " not".
 *
 * <p>Kept small: a word belongs here if people who write to a shop's support use it, and if it denies what follows far more
 * often than not. "I have not received the price" is a question about the price: so "have not", "did not", "cannot" are no
 * denials, and a bare "not" reaches only over the {@link #FILLERS}.
 */
final class NegationWords {

    /** Deny a wish: reach over up to {@link Negation#WIDE_REACH} words of the clause. */
    static final String WIDE = """
            # English
            not interested
            not really interested
            aren't interested
            isn't interested
            don't want
            doesn't want
            didn't want
            didn't need
            don't wish
            don't need
            doesn't need
            won't need
            wouldn't need
            no need
            no interest
            zero interest
            no plans
            no intention
            not planning
            not going to
            aren't going to
            nothing to do with
            rather not
            not about
            isn't about
            instead of
            rather than
            no longer want
            no longer need
            no longer interested
            never wanted
            never asked
            didn't ask
            don't ask
            didn't request
            never requested
            not looking
            aren't looking
            not asking
            not here for
            not in need
            don't like to have
            don't think we need
            don't think i need
            wouldn't want
            wouldn't like
            not want
            not need
            never mind
            stop sending
            uninterested
            # German
            kein interesse
            keinerlei interesse
            keine lust
            kein bedarf
            keinen bedarf
            nicht interessiert
            will kein
            will keine
            will keinen
            wollen kein
            wollen keine
            wollen keinen
            möchte kein
            möchte keine
            möchte keinen
            möchten kein
            möchten keine
            möchten keinen
            brauche kein
            brauche keine
            brauche keinen
            brauchen kein
            brauchen keine
            brauchen keinen
            benötige kein
            benötige keine
            benötige keinen
            benötigen kein
            benötigen keine
            benötigen keinen
            # French
            veux pas
            veut pas
            voulons pas
            souhaite pas
            souhaitons pas
            cherche pas
            cherchons pas
            pas besoin
            pas envie
            pas intéressé
            pas intéressée
            pas intéressés
            pas intéressées
            aucun intérêt
            aucun besoin
            # Spanish
            no quiero
            no queremos
            no quiere
            no necesito
            no necesitamos
            no deseo
            no deseamos
            no busco
            no buscamos
            no me interesa
            no me interesan
            no nos interesa
            no nos interesan
            no tengo interés
            no tenemos interés
            no estoy interesado
            no estoy interesada
            no estamos interesados
            sin interés
            # Portuguese
            não quero
            não queremos
            não quer
            não preciso
            não precisamos
            não desejo
            não procuro
            não me interessa
            não nos interessa
            não tenho interesse
            não temos interesse
            não estou interessado
            não estou interessada
            não estamos interessados
            sem interesse
            # Italian
            non voglio
            non vogliamo
            non desidero
            non cerco
            non mi interessa
            non mi interessano
            non ci interessa
            non ci serve
            non mi serve
            non ho bisogno
            non abbiamo bisogno
            non sono interessato
            non sono interessata
            non siamo interessati
            nessun interesse
            # Dutch
            geen interesse
            geen behoefte
            niet geïnteresseerd
            wil geen
            willen geen
            hoef geen
            hoeven geen
            zoek geen
            # Russian
            не хочу
            не хотим
            не нужно
            не нужен
            не нужна
            не нужны
            не надо
            не интересует
            # Arabic
            لا أريد
            لا نريد
            لا أحتاج
            لا نحتاج
            غير مهتم
            لست مهتما
            # Chinese
            不要
            不想
            不需要
            不用
            不必
            无需
            無需
            没兴趣
            沒興趣
            没有兴趣
            沒有興趣
            不感兴趣
            不感興趣
            别给我
            # Thai
            ไม่ต้องการ
            ไม่สนใจ
            ไม่อยาก
            """;

    /** Deny the very next thing: reach only over {@link #FILLERS}. */
    static final String TIGHT = """
            # English
            no
            not
            non
            never
            without
            neither
            nor
            zero
            isn't
            aren't
            wasn't
            weren't
            don't
            doesn't
            won't
            wouldn't
            ain't
            i didn't
            we didn't
            i haven't
            we haven't
            nobody
            hardly any
            scarcely any
            don't have a
            don't have any
            doesn't have a
            doesn't have any
            # German
            kein
            keine
            keinen
            keinem
            keiner
            keines
            nicht
            ohne
            nie
            weder
            # French
            pas
            sans
            aucun
            aucune
            rien
            jamais
            ni
            # Spanish
            sin
            ningún
            ninguna
            nunca
            nada
            # Portuguese
            não
            sem
            nenhum
            nenhuma
            nem
            # Italian
            senza
            niente
            nessun
            nessuna
            nessuno
            # Dutch
            geen
            niet
            zonder
            nooit
            # Russian
            не
            нет
            без
            # Arabic
            بدون
            ليس
            ليست
            # Chinese
            没有
            沒有
            不是
            不
            """;

    /** Deny what stands before them. */
    static final String AFTER = """
            # English
            not needed
            isn't needed
            aren't needed
            not be needed
            not required
            isn't required
            aren't required
            not necessary
            isn't necessary
            aren't necessary
            not be necessary
            not wanted
            unnecessary
            # German
            nicht nötig
            nicht notwendig
            nicht erforderlich
            nicht gewünscht
            nicht benötigt
            brauche ich nicht
            brauchen wir nicht
            will ich nicht
            wollen wir nicht
            möchte ich nicht
            möchten wir nicht
            interessiert mich nicht
            interessieren mich nicht
            interessiert uns nicht
            # French
            pas nécessaire
            pas nécessaires
            ne m'intéresse pas
            ne m'intéressent pas
            ne nous intéresse pas
            # Spanish
            no es necesario
            no es necesaria
            no hace falta
            no me interesa
            no nos interesa
            # Portuguese
            não é necessário
            não é necessária
            não me interessa
            não nos interessa
            # Italian
            non è necessario
            non è necessaria
            non serve
            non mi interessa
            non ci interessa
            # Dutch
            niet nodig
            # Russian
            не нужно
            не нужен
            не нужна
            не нужны
            не интересует
            # Chinese
            不感兴趣
            不感興趣
            没兴趣
            沒興趣
            没有兴趣
            沒有興趣
            就不用了
            就不必了
            # Japanese
            は不要
            はいりません
            は要りません
            は必要ありません
            は必要ない
            に興味がありません
            に興味はありません
            に興味ありません
            に興味がない
            """;

    /** Hold a word of denial and deny nothing. */
    static final String HARMLESS = """
            # English
            why not
            why don't
            why isn't
            why aren't
            why doesn't
            why won't
            isn't there
            aren't there
            isn't it
            don't you
            don't we
            won't you
            not without
            not only
            not just
            if not
            whether or not
            or not
            did not
            have not
            has not
            had not
            can not
            cannot
            could not
            don't want to miss
            don't want to lose
            don't want to wait
            no questions
            # German
            warum nicht
            wieso nicht
            nicht nur
            ob oder nicht
            nicht ohne
            # French
            pourquoi pas
            pas seulement
            est-ce pas
            pas sans
            pas le
            pas la
            pas les
            pas l'
            pas votre
            pas vos
            # Spanish
            por qué no
            no solo
            cómo no
            # Portuguese
            por que não
            porque não
            não só
            # Italian
            perché non
            come no
            non solo
            # Dutch
            waarom niet
            niet alleen
            # Russian
            почему не
            почему бы не
            не только
            # Chinese
            要不要
            想不想
            需不需要
            是不是
            有没有
            有沒有
            不要紧
            不用说
            不只是
            不得不
            能不能
            可不可以
            会不会
            對不對
            对不对
            好不好
            不仅
            """;

    /** Words between a denial and the thing denied that change nothing. */
    static final String FILLERS = """
            # English
            a an the any our my your this that such of for about to be been very really so too particularly especially
            exactly actually currently even yet all more further other another extra additional hidden new free real much
            super overly quite necessarily need single one
            # German
            ein eine einen einem einer eines der die das den dem so sehr wirklich besonders mehr weitere weiteren
            # French, Italian: elided articles are words of their own
            de d du des un une le la les l très vraiment plus si il lo gli i uno una dell di più molto
            # Spanish, Portuguese
            el los las unos unas es son hay tengo tenemos muy más ninguna ningún um uma o os as é são há tenho temos muito
            mais
            # Dutch
            een de het erg heel zo meer
            # Chinese
            的 一 个 太 很 是
            # Arabic
            لدينا لدي عندنا عندي أي هناك هذا هذه
            """;

    /** Join things that are denied together: "no demo or trial". */
    static final String ALTERNATIVES = """
            or nor oder noch ou ni o u nem of oppure né или أو 或
            """;

    /** Words at which a new thought begins: what follows is no longer denied. */
    static final String TURNS = """
            # English
            but however although though just because since if when while until unless what how who where which why please
            pls instead anymore i we i'm we're i'd we'd i'll
            # German
            aber sondern jedoch weil wenn bis was wie wer wo warum bitte ich wir
            # French
            parce que quand comment combien pourquoi svp je
            # Spanish, Portuguese
            pero sino porque cuando cuánto cuánta cómo quando quanto quanta como
            # Italian
            però perché
            # Dutch
            maar omdat wanneer hoe waarom alstublieft
            # Russian
            но потому если сколько как
            # Arabic
            لكن
            # Chinese
            但 请 請
            """;

    /** Words that begin a new thought only after a comma: elsewhere they mean something else. */
    static final String TURNS_AFTER_COMMA = "mais mas ma doch and und et y e en";

    /** Hold a "not", as words with "n't" do. */
    static final String CONTRACTIONS = "dont doesnt didnt isnt arent wasnt werent wont cant couldnt cannot";

    /** In Portuguese "no" means "in the": two of these words in a text make it no denial. */
    static final String PORTUGUESE = """
            você vocês não qual quanto uma meu minha tem dos em olá obrigado obrigada gostaria quero preciso estou desconto
            """;

    /** One of these shows that a text is French, where a verb form alone does not. */
    static final String FRENCH = """
            j je vous votre vos nous mon ma mes est et les des du pour avec ce cette s'il svp merci bonjour
            """;

    private NegationWords() {}
}
