package dev.heartbeat;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.heartbeat.internal.engine.Engine;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may call whom in the core, as the documentation of its packages says. */
class RoomsTest {

    private static final String INTERNAL = "dev.heartbeat.internal.";
    private static final JavaClasses CORE =
            new ClassFileImporter(Set.of(new ImportOption.DoNotIncludeTests())).importPackages("dev.heartbeat");

    @Test
    void theDoorHasNothingThatNobodyTypes() {
        assertThat(CORE)
                .filteredOn(type -> type.getPackageName().equals("dev.heartbeat") && type.isTopLevelClass())
                .extracting(JavaClass::getSimpleName)
                .filteredOn(name -> !name.equals("package-info"))
                .containsExactlyInAnyOrder(
                        "HeartbeatPolicy",
                        "ZombieDetector",
                        "Heartbeat",
                        "Connection",
                        "Descriptor",
                        "LivenessListener",
                        "LivenessEvent",
                        "ReapReason",
                        "Hindrance",
                        "Quirk",
                        "Termination",
                        "TransportFacts",
                        "SocketState",
                        "Ticker");
    }

    @Test
    void nothingInternalShowsInWhatUsersType() {
        assertThat(CORE)
                .filteredOn(type -> !type.getPackageName().startsWith(INTERNAL) && isVisible(type))
                .hasSizeGreaterThan(11)
                .allSatisfy(type -> assertThat(shownBy(type))
                        .as("types in the signatures of " + type.getName())
                        .noneMatch(shown -> shown.getPackageName().startsWith(INTERNAL)));
    }

    @ParameterizedTest
    @CsvSource({
        "time,",
        "state, time",
        "wheel, time",
        "adaptive, time state",
        "storm,",
        "identity, state",
        "text,",
        "kernel,",
        "dispatch, text",
        "engine, time state wheel adaptive storm identity text dispatch kernel"
    })
    void aRoomCallsOnlyTheRoomsBelowIt(String room, String below) {
        String[] allowed = Stream.concat(
                        Stream.of(INTERNAL + room, "dev.heartbeat", "java..", "org.slf4j", "org.jspecify.."),
                        below == null
                                ? Stream.empty()
                                : Arrays.stream(below.split(" ")).map(INTERNAL::concat))
                .toArray(String[]::new);

        classes()
                .that(resideInAPackage(INTERNAL + room))
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed))
                .check(CORE);
    }

    @Test
    void everyRoomIsOneOfThose() {
        assertThat(CORE)
                .extracting(JavaClass::getPackageName)
                .filteredOn(name -> name.startsWith("dev.heartbeat.internal"))
                .extracting(name -> name.substring(name.lastIndexOf('.') + 1))
                .containsOnly(
                        "time",
                        "state",
                        "wheel",
                        "adaptive",
                        "storm",
                        "identity",
                        "text",
                        "dispatch",
                        "kernel",
                        "engine");
    }

    @Test
    void noCycleRunsBetweenRooms() {
        slices().matching("dev.heartbeat.internal.(*)..")
                .should()
                .beFreeOfCycles()
                .check(CORE);
    }

    @Test
    void noRoomKnowsTheDoorAndOnlyTheEngineMakesHeartbeats() {
        noClasses()
                .that(resideInAPackage("dev.heartbeat.internal.."))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(ZombieDetector.class)
                .check(CORE);
        noClasses()
                .that(resideInAPackage("dev.heartbeat.internal..").and(not(resideInAPackage(INTERNAL + "engine"))))
                .should()
                .dependOnClassesThat()
                .belongToAnyOf(Heartbeat.class)
                .check(CORE);
    }

    @Test
    void onlyTheDoorKnowsTheEngine() {
        noClasses()
                .that(resideInAnyPackage("dev.heartbeat", "dev.heartbeat.micrometer")
                        .and(not(belongToAnyOf(ZombieDetector.class))))
                .should()
                .dependOnClassesThat(resideInAPackage("dev.heartbeat.internal..")
                        .and(not(resideInAnyPackage(INTERNAL + "time", INTERNAL + "text"))))
                .check(CORE);
    }

    @Test
    void theEngineHasOneEntrance() {
        assertThat(CORE)
                .filteredOn(type -> type.getPackageName().equals(INTERNAL + "engine"))
                .filteredOn(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .extracting(JavaClass::getName)
                .containsExactly(Engine.class.getName());
    }

    private static boolean isVisible(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.PUBLIC)
                && type.getEnclosingClass().map(RoomsTest::isVisible).orElse(true);
    }

    private static Stream<JavaClass> shownBy(JavaClass type) {
        Stream<JavaClass> ofMembers = type.getMembers().stream()
                .filter(member -> member.getModifiers().contains(JavaModifier.PUBLIC)
                        || member.getModifiers().contains(JavaModifier.PROTECTED))
                .flatMap(RoomsTest::shownBy);
        return Stream.of(type.getAllRawSuperclasses().stream(), type.getAllRawInterfaces().stream(), ofMembers)
                .flatMap(shown -> shown);
    }

    private static Stream<JavaClass> shownBy(JavaMember member) {
        return member instanceof JavaField field
                ? field.getAllInvolvedRawTypes().stream()
                : ((JavaCodeUnit) member).getAllInvolvedRawTypes().stream();
    }
}
