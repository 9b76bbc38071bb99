package io.leadroutes;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTag;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.security.MessageDigest;
import java.util.List;

/** The rooms of design section 2, and which of them knows which; what a room knows, it knows with what that knows. */
@AnalyzeClasses(packages = "io.leadroutes", importOptions = ImportOption.DoNotIncludeTests.class)
class RoomsTest {

    @ArchTest
    static final ArchRule eachRoomKnowsOnlyWhatTheDesignSays = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("event")
            .definedBy("io.leadroutes.event")
            .layer("rules")
            .definedBy("io.leadroutes.rules")
            .layer("conversation")
            .definedBy("io.leadroutes.conversation")
            .layer("store")
            .definedBy("io.leadroutes.store")
            .layer("intake")
            .definedBy("io.leadroutes.intake")
            .layer("chatwoot")
            .definedBy("io.leadroutes.chatwoot")
            .layer("crm")
            .definedBy("io.leadroutes.crm")
            .layer("jms")
            .definedBy("io.leadroutes.jms")
            .layer("kafka")
            .definedBy("io.leadroutes.kafka")
            .layer("ops")
            .definedBy("io.leadroutes.ops")
            .layer("cli")
            .definedBy("io.leadroutes.cli")
            .layer("sandbox")
            .definedBy("io.leadroutes.sandbox")
            .layer("testkit")
            .definedBy("io.leadroutes.testkit")
            .whereLayer("event")
            .mayNotAccessAnyLayer()
            .whereLayer("rules")
            .mayOnlyAccessLayers("event")
            .whereLayer("conversation")
            .mayOnlyAccessLayers("event", "rules")
            .whereLayer("store")
            .mayOnlyAccessLayers("event", "conversation")
            .whereLayer("intake")
            .mayOnlyAccessLayers("event", "store")
            .whereLayer("chatwoot")
            .mayOnlyAccessLayers("store", "conversation", "event")
            .whereLayer("crm")
            .mayOnlyAccessLayers("store", "conversation", "event")
            .whereLayer("jms")
            .mayOnlyAccessLayers("store")
            .whereLayer("kafka")
            .mayOnlyAccessLayers("store")
            .whereLayer("ops")
            .mayOnlyAccessLayers("store", "conversation", "event")
            .whereLayer("sandbox")
            .mayNotAccessAnyLayer()
            .whereLayer("testkit")
            .mayNotBeAccessedByAnyLayer();

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching("io.leadroutes.(*)..").should().beFreeOfCycles();

    /** They are not beside the program when it runs. */
    @ArchTest
    static final ArchRule onlyTheTestKitKnowsTestLibraries = noClasses()
            .that()
            .resideOutsideOfPackage("io.leadroutes.testkit")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.junit..", "org.awaitility..", "org.assertj..");

    @ArchTest
    static final ArchRule decisionsDoNoInputOrOutput = noClasses()
            .that()
            .resideInAnyPackage("io.leadroutes.event", "io.leadroutes.conversation")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file", "java.net", "java.net.http", "java.sql", "javax.sql");

    @ArchTest
    static final ArchRule timeIsInjected = noClasses()
            .that()
            .resideOutsideOfPackages("io.leadroutes.cli", "io.leadroutes.sandbox", "io.leadroutes.testkit")
            .should()
            .callMethod(java.time.Instant.class, "now")
            .orShould()
            .callMethod(System.class, "currentTimeMillis")
            .orShould()
            .callMethod(java.time.Clock.class, "systemUTC");

    @ArchTest
    static final ArchRule classesAreFinalOrSealed = classes()
            .that()
            .areNotInterfaces()
            .and()
            .areTopLevelClasses()
            .and()
            .doNotHaveSimpleName("package-info")
            .should()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.FINAL)
            .orShould()
            .haveModifier(com.tngtech.archunit.core.domain.JavaModifier.ABSTRACT);

    /** SECURITY.md, row 2: what is compared with a secret takes as long whether it is right or wrong. */
    @ArchTest
    @ArchTag("attack-02")
    static final ArchRule secretsAreComparedInConstantTime = classes()
            .that()
            .haveSimpleName("WebhookVerifier")
            .or()
            .haveSimpleName("AdminAccess")
            .should()
            .callMethod(MessageDigest.class, "isEqual", byte[].class, byte[].class)
            .andShould(new ArchCondition<>("not compare texts or arrays otherwise") {
                @Override
                public void check(JavaClass checked, ConditionEvents events) {
                    checked.getMethodCallsFromSelf().stream()
                            .filter(call -> List.of(
                                            "equals",
                                            "deepEquals",
                                            "compare",
                                            "compareTo",
                                            "compareUnsigned",
                                            "mismatch",
                                            "contentEquals",
                                            "equalsIgnoreCase",
                                            "regionMatches")
                                    .contains(call.getName()))
                            .filter(call -> List.of(
                                            "java.lang.String",
                                            "java.util.Arrays",
                                            "java.util.Objects",
                                            "java.nio.ByteBuffer",
                                            "java.lang.Object")
                                    .contains(call.getTargetOwner().getName()))
                            .forEach(call -> events.add(SimpleConditionEvent.violated(call, call.getDescription())));
                }
            });
}
