package io.godwit;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The arrows between the rooms: who may use whom. */
class ArchitectureTest {
  private static final String ROOT = "io.godwit.";
  private static final Set<String> BANNED = Set.of("util", "utils", "common", "model", "impl", "engine", "types", "helper", "helpers", "core", "misc", "base");
  private static final String[] DOORS = {"submission", "smppserver", "console"};
  private static JavaClasses godwit;

  @BeforeAll
  static void read() {
    godwit = new ClassFileImporter().withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS).importPackages("io.godwit");
  }

  @Test
  void thereAreNoCirclesBetweenRooms() {
    slices().matching("io.godwit.(*)..").should().beFreeOfCycles().check(godwit);
  }

  @Test
  void nobodyUsesADoor() {
    for (String door : DOORS) {
      noClasses().that().resideOutsideOfPackages(room(door), "io.godwit").should().dependOnClassesThat().resideInAPackage(room(door)).allowEmptyShould(true).check(godwit);
    }
  }

  @Test
  void whatTravelsKnowsNobody() {
    uses("message");
  }

  @Test
  void theFoundationsRestOnEachOtherInOrder() {
    uses("store", "message");
    uses("events", "message", "store");
    uses("queue", "message", "store", "events");
    uses("accounts", "message", "store");
    uses("smpp", "message");
    uses("node", "message", "store", "queue", "accounts");
  }

  @Test
  void protocolAndSimulatorKnowNoStore() {
    for (String room : new String[] {"smpp", "simulator"}) {
      noClasses().that().resideInAPackage(room(room)).should().dependOnClassesThat().resideInAnyPackage("com.mongodb..", room("store"), room("queue")).allowEmptyShould(true).check(godwit);
    }
  }

  @Test
  void protocolsStayInTheirRooms() {
    noClasses().that().resideOutsideOfPackages(room("smpp"), room("link"), room("smppserver"), room("simulator"), room("text")).should().dependOnClassesThat()
      .resideInAPackage("com.cloudhopper..").allowEmptyShould(true).check(godwit);
  }

  @Test
  void roomsAreNamedByTheirPurpose() {
    Set<String> banned = new TreeSet<>();
    for (JavaClass c : godwit) {
      for (String part : c.getPackageName().split("\\.")) if (BANNED.contains(part)) banned.add(c.getPackageName());
    }
    assertEquals(Set.of(), banned);
  }

  @Test
  void roomsLieSideBySide() {
    Set<String> nested = new TreeSet<>();
    for (JavaClass c : godwit) if (c.getPackageName().startsWith(ROOT) && c.getPackageName().substring(ROOT.length()).contains(".")) nested.add(c.getPackageName());
    assertEquals(Set.of(), nested);
  }

  @Test
  void theRulesMeetTheRealClasses() {
    assertTrue(godwit.contain("io.godwit.queue.MessageQueue"));
  }

  private static String room(String name) {
    return ROOT + name + "..";
  }

  /** The room uses no other rooms than these. */
  private static void uses(String room, String... others) {
    String[] allowed = new String[others.length + 1];
    allowed[0] = room(room);
    for (int i = 0; i < others.length; i++) allowed[i + 1] = room(others[i]);
    classes().that().resideInAPackage(room(room)).should().onlyDependOnClassesThat(
      com.tngtech.archunit.base.DescribedPredicate.describe("are outside of Godwit or in " + String.join(", ", allowed),
        (JavaClass c) -> !c.getPackageName().startsWith("io.godwit") || Arrays.stream(allowed).anyMatch(a -> c.getPackageName().startsWith(a.substring(0, a.length() - 2)))))
      .allowEmptyShould(true).check(godwit);
  }
}
