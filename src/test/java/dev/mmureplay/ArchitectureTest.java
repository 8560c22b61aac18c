package dev.mmureplay;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.mmureplay.importer.TraceImporter;
import dev.mmureplay.mmu.MmuBackend;
import java.util.List;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * A dependency in the wrong direction is easy to add and hard to take back; this is the table it is
 * held to.
 */
class ArchitectureTest {
  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("dev.mmureplay");

  /** One package and the packages that it may use. */
  private record Layer(String name, List<String> uses) {}

  private static Layer layer(String name, String... uses) {
    return new Layer(name, List.of(uses));
  }

  private static final List<Layer> LAYERS =
      List.of(
          layer("event"),
          layer("importer", "event"),
          layer("mmu"),
          layer("machine", "mmu"),
          layer("replay", "event", "machine", "mmu"),
          layer("store", "event", "mmu", "replay"),
          layer("report", "store"),
          layer("cli", "event", "importer", "mmu", "machine", "replay", "store", "report"));

  /** A library and the only packages that may use it. */
  private static final List<Layer> LIBRARIES =
      List.of(
          layer("org.apache.arrow", "event", "store"),
          layer("java.sql", "store", "report", "cli"),
          layer("org.duckdb", "store"),
          layer("org.apache.commons.math3", "store"),
          layer("org.tukaani", "importer"),
          layer("com.github.luben", "importer"),
          layer("picocli", "cli"),
          layer("org.jline", "cli"));

  private static String[] packages(Stream<String> names) {
    return names.map(name -> "dev.mmureplay." + name + "..").toArray(String[]::new);
  }

  @TestFactory
  Stream<DynamicTest> aPackageUsesOnlyWhatItsRowNames() {
    return LAYERS.stream()
        .map(
            layer ->
                DynamicTest.dynamicTest(
                    layer.name(),
                    () ->
                        noClasses()
                            .that()
                            .resideInAPackage("dev.mmureplay." + layer.name() + "..")
                            .should()
                            .dependOnClassesThat(
                                resideInAnyPackage("dev.mmureplay..")
                                    .and(
                                        resideOutsideOfPackages(
                                            packages(
                                                Stream.concat(
                                                    Stream.of(layer.name()),
                                                    layer.uses().stream())))))
                            .check(CLASSES)));
  }

  @TestFactory
  Stream<DynamicTest> aLibraryIsUsedOnlyAtHome() {
    return LIBRARIES.stream()
        .map(
            library ->
                DynamicTest.dynamicTest(
                    library.name(),
                    () ->
                        noClasses()
                            .that()
                            .resideOutsideOfPackages(packages(library.uses().stream()))
                            .should()
                            .dependOnClassesThat()
                            .resideInAPackage(library.name() + "..")
                            .check(CLASSES)));
  }

  @Test
  void everyPackageHasItsRow() {
    Set<String> rows = LAYERS.stream().map(Layer::name).collect(Collectors.toSet());
    Set<String> found =
        CLASSES.stream()
            .map(each -> each.getPackageName().replaceFirst("^dev\\.mmureplay\\.?", ""))
            .map(name -> name.replaceFirst("\\..*", ""))
            .collect(Collectors.toSet());
    Assertions.assertThat(found).isEqualTo(rows);
  }

  @Test
  void theModelKnowsNoFilesNoDatabaseAndNoStreams() {
    noClasses()
        .that()
        .resideInAnyPackage("dev.mmureplay.machine..", "dev.mmureplay.mmu..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.io..", "java.nio..", "java.sql..")
        .check(CLASSES);
  }

  @Test
  void theModelKnowsNoPrices() {
    members()
        .that()
        .areDeclaredInClassesThat()
        .resideInAnyPackage("dev.mmureplay.machine..", "dev.mmureplay.mmu..")
        .should()
        .haveNameNotMatching("(?i).*(cycle|nano|cost|price).*")
        .check(CLASSES);
  }

  @Test
  void onlyTheCommandLineWritesToTheTerminal() {
    noClasses()
        .that()
        .resideOutsideOfPackage("dev.mmureplay.cli..")
        .should(ACCESS_STANDARD_STREAMS)
        .check(CLASSES);
  }

  @Test
  void implementationsOfASeamArePublicFinalAndRegistered() {
    classes()
        .that(alwaysTrue())
        .and()
        .implement(TraceImporter.class)
        .or()
        .implement(MmuBackend.class)
        .should()
        .bePublic()
        .andShould()
        .haveModifier(JavaModifier.FINAL)
        .check(CLASSES);
    Assertions.assertThat(registered(TraceImporter.class))
        .isEqualTo(implementations(TraceImporter.class));
    Assertions.assertThat(registered(MmuBackend.class))
        .isEqualTo(implementations(MmuBackend.class));
  }

  private static Set<String> implementations(Class<?> seam) {
    return CLASSES.stream()
        .filter(each -> each.isAssignableTo(seam) && !each.isInterface())
        .map(each -> each.getName())
        .collect(Collectors.toSet());
  }

  private static Set<String> registered(Class<?> seam) {
    return ServiceLoader.load(seam).stream()
        .map(provider -> provider.type().getName())
        .collect(Collectors.toSet());
  }
}
