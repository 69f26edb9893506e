package dev.tandem;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasModifiers.Predicates.modifier;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** The walls of the house: dependencies point one way, and each package has its own subject (see CONTRIBUTING.md). */
@AnalyzeClasses(packages = "dev.tandem", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule LAYERS = layeredArchitecture()
            .consideringOnlyDependenciesInLayers()
            .layer("cli")
            .definedBy("dev.tandem.cli..")
            .layer("convert")
            .definedBy("dev.tandem.convert..")
            .layer("random")
            .definedBy("dev.tandem.random..")
            .layer("image")
            .definedBy("dev.tandem.image..")
            .layer("npy")
            .definedBy("dev.tandem.npy..")
            .layer("analysis")
            .definedBy("dev.tandem.analysis..")
            .layer("evaluate")
            .definedBy("dev.tandem.evaluate..")
            .layer("decode")
            .definedBy("dev.tandem.decode..")
            .layer("profile")
            .definedBy("dev.tandem.profile..")
            .layer("folder")
            .definedBy("dev.tandem.folder..")
            .layer("model")
            .definedBy("dev.tandem.model..")
            .layer("cpu")
            .definedBy("dev.tandem.cpu..")
            .layer("engine")
            .definedBy("dev.tandem.engine..")
            .layer("op")
            .definedBy("dev.tandem.op..")
            .layer("tensor")
            .definedBy("dev.tandem.tensor..")
            .whereLayer("cli")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("random")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("convert")
            .mayOnlyBeAccessedByLayers("cli", "random")
            .whereLayer("image")
            .mayOnlyBeAccessedByLayers("cli", "evaluate")
            .whereLayer("npy")
            .mayOnlyAccessLayers("tensor")
            .whereLayer("analysis")
            .mayNotAccessAnyLayer()
            .whereLayer("evaluate")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("decode")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("profile")
            .mayOnlyBeAccessedByLayers("cli")
            .whereLayer("folder")
            .mayOnlyBeAccessedByLayers("cli", "convert", "decode", "evaluate", "random")
            .whereLayer("model")
            .mayOnlyBeAccessedByLayers("cli", "convert", "decode", "evaluate", "folder", "random")
            .whereLayer("cpu")
            .mayNotBeAccessedByAnyLayer()
            .whereLayer("engine")
            .mayOnlyBeAccessedByLayers("cli", "decode", "evaluate", "profile", "model", "cpu")
            .whereLayer("op")
            .mayOnlyBeAccessedByLayers("decode", "evaluate", "profile", "model", "cpu", "engine");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("dev.tandem.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_OF_SCREENS =
            slices().matching("dev.tandem.cli.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule NO_CYCLES_OF_THE_DEVICE = slices().matching("dev.tandem.tornado.(*)..")
            .should()
            .beFreeOfCycles()
            .allowEmptyShould(true);

    @ArchTest
    static final ArchRule THE_APPLICATION_KNOWS_NO_SCREEN = noClasses()
            .that()
            .resideInAnyPackage(
                    "dev.tandem.text..",
                    "dev.tandem.host..",
                    "dev.tandem.request..",
                    "dev.tandem.pipeline..",
                    "dev.tandem.output..",
                    "dev.tandem.trace..",
                    "dev.tandem.job..",
                    "dev.tandem.study..",
                    "dev.tandem.service..",
                    "dev.tandem.api..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("dev.tandem.cli..");

    @ArchTest
    static final ArchRule ONLY_THE_COMMAND_LINE_KNOWS_PICOCLI = noClasses()
            .that()
            .resideOutsideOfPackages("dev.tandem.cli..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("picocli..");

    @ArchTest
    static final ArchRule ONLY_THE_SERVER_KNOWS_HTTP = noClasses()
            .that()
            .resideOutsideOfPackage("dev.tandem.server..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.eclipse.jetty..", "com.sun.net.httpserver..", "java.net.http..");

    @ArchTest
    static final ArchRule THE_SERVER_SEES_THE_API_ALONE = noClasses()
            .that()
            .resideInAPackage("dev.tandem.server..")
            .should()
            .dependOnClassesThat(resideInAPackage("dev.tandem..")
                    .and(not(resideInAnyPackage("dev.tandem.server..", "dev.tandem.api.."))))
            .allowEmptyShould(true);

    /** What others see of the API is the API and the JDK. */
    @ArchTest
    static final ArchRule THE_API_EXPOSES_ITSELF_AND_THE_JDK = methods()
            .that()
            .areDeclaredInClassesThat(resideInAPackage("dev.tandem.api").and(modifier(JavaModifier.PUBLIC)))
            .and()
            .arePublic()
            .should(new ArchCondition<JavaMethod>("show types of the API and the JDK alone") {
                @Override
                public void check(JavaMethod method, ConditionEvents events) {
                    method.getAllInvolvedRawTypes().stream()
                            .map(JavaClass::getBaseComponentType)
                            .filter(type -> !type.isPrimitive()
                                    && !type.getPackageName().startsWith("java.")
                                    && !type.getPackageName().equals("dev.tandem.api"))
                            .forEach(type -> events.add(SimpleConditionEvent.violated(
                                    method, method.getFullName() + " shows " + type.getName())));
                }
            });

    @ArchTest
    static final ArchRule MODELS_KNOW_NO_FILES = noClasses()
            .that()
            .resideInAnyPackage("dev.tandem.model..", "dev.tandem.op..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.nio.file..", "java.io..");

    @ArchTest
    static final ArchRule ONLY_THE_BACKEND_KNOWS_TORNADOVM = noClasses()
            .that()
            .resideOutsideOfPackage("dev.tandem.tornado..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("uk.ac.manchester.tornado..");

    @ArchTest
    static final ArchRule NO_STATIC_MUTABLE_STATE = fields().that()
            .areStatic()
            .and()
            .areDeclaredInClassesThat()
            .resideInAPackage("dev.tandem..")
            .should()
            .beFinal();

    @ArchTest
    static final ArchRule ONLY_MAIN_EXITS = noClasses()
            .that()
            .doNotHaveFullyQualifiedName("dev.tandem.cli.Main")
            .should()
            .callMethod(System.class, "exit", int.class);

    @ArchTest
    static final ArchRule BACKENDS_ARE_FOUND_BY_NAME = classes()
            .that()
            .implement("dev.tandem.engine.BackendProvider")
            .should()
            .haveSimpleNameEndingWith("Provider");

    /** Names in checkpoints are compared, never loaded: no way leads from a file's text to a class, an object or a program. */
    @ArchTest
    static final ArchRule CHECKPOINTS_INSTANTIATE_NOTHING = noClasses()
            .that()
            .resideInAnyPackage("dev.tandem.convert..", "dev.tandem.tensor..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("java.lang.reflect..", "javax.script..")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.io.ObjectInputStream")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.ClassLoader")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.ProcessBuilder")
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.lang.Runtime")
            .orShould()
            .callMethod(Class.class, "forName", String.class);
}
