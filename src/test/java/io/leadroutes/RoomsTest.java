package io.leadroutes;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

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
            .layer("ops")
            .definedBy("io.leadroutes.ops")
            .layer("cli")
            .definedBy("io.leadroutes.cli")
            .layer("sandbox")
            .definedBy("io.leadroutes.sandbox")
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
            .whereLayer("ops")
            .mayOnlyAccessLayers("store", "conversation", "event")
            .whereLayer("sandbox")
            .mayNotAccessAnyLayer();

    @ArchTest
    static final ArchRule roomsHaveNoCycles =
            slices().matching("io.leadroutes.(*)..").should().beFreeOfCycles();

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
            .resideOutsideOfPackages("io.leadroutes.cli", "io.leadroutes.sandbox")
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
}
