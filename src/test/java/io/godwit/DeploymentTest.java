package io.godwit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.godwit.node.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What verticles.json and conf/godwit.json may say, and what is said of their mistakes before anything starts. */
class DeploymentTest {
  private static final String SIMULATOR = "\"class\": \"io.godwit.simulator.SimulatorVerticle\"";

  @TempDir
  private Path folder;

  private List<Deployment> verticles(String json) throws IOException {
    return Deployment.read(Files.writeString(folder.resolve("verticles.json"), json), Map.of("PORT", "4711"), getClass().getClassLoader());
  }

  private Settings settings(String json) throws IOException {
    return Settings.read(Files.writeString(folder.resolve("godwit.json"), json), Map.of("PORT", "4711", "PASSWORD", "se\"cret"));
  }

  private String mistake(String json) {
    String message = assertThrows(Settings.Invalid.class, () -> verticles(json)).getMessage();
    assertTrue(message.contains("verticles.json"), message);
    return message;
  }

  private static void contains(String part, String message) {
    assertTrue(message.contains(part), message);
  }

  @Test
  void theOrderOfTheFileIsTheOrderOfTheStart() throws IOException {
    List<Deployment> all = verticles("{\"verticles\": [{\"name\": \"b\", " + SIMULATOR + "}, {\"name\": \"a\", " + SIMULATOR + ", \"instances\": 2, \"config\": {\"port\": \"${PORT}\"}}]}");
    assertEquals(List.of("b", "a"), all.stream().map(Deployment::name).toList());
    assertEquals(2, all.get(1).instances());
    assertEquals(4711, all.get(1).config().getValue("port"));
  }

  @Test
  void theShippedFileNamesOnlyWhatExists() throws IOException {
    List<Deployment> all = Deployment.read(Path.of("verticles.json"), Map.of(), getClass().getClassLoader());
    assertTrue(all.stream().map(Deployment::name).toList().containsAll(List.of("submission", "worker", "link", "reporting", "simulator")));
  }

  @Test
  void mistakesNameFileAndKey() {
    contains("verticle: unknown key", mistake("{\"verticle\": []}"));
    contains("verticles: must be a list", mistake("{\"verticles\": {}}"));
    contains("verticles[0].name: is missing", mistake("{\"verticles\": [{" + SIMULATOR + "}]}"));
    contains("verticles[0].class: is missing", mistake("{\"verticles\": [{\"name\": \"a\"}]}"));
    contains("verticles[0].clas: unknown key", mistake("{\"verticles\": [{\"name\": \"a\", \"clas\": \"x\"}]}"));
    contains("verticles[0].class: there is no class io.godwit.Nobody", mistake("{\"verticles\": [{\"name\": \"a\", \"class\": \"io.godwit.Nobody\"}]}"));
    contains("verticles[0].class: java.lang.String is no verticle", mistake("{\"verticles\": [{\"name\": \"a\", \"class\": \"java.lang.String\"}]}"));
    contains("verticles[0].instances: must be a number", mistake("{\"verticles\": [{\"name\": \"a\", " + SIMULATOR + ", \"instances\": 0}]}"));
    contains("verticles[1].name: 'a' is there twice", mistake("{\"verticles\": [{\"name\": \"a\", " + SIMULATOR + "}, {\"name\": \"a\", " + SIMULATOR + "}]}"));
    contains("is not JSON", mistake("{\"verticles\": ["));
    contains("${HOME_OF_NOBODY}: no such environment variable", mistake("{\"verticles\": [\"${HOME_OF_NOBODY}\"]}"));
  }

  @Test
  void onlyPicksAComponentWithItsParts() throws IOException {
    List<Deployment> all = verticles("{\"verticles\": [{\"name\": \"link\", " + SIMULATOR + "}, {\"name\": \"link.await\", " + SIMULATOR + "}, {\"name\": \"linkage\", " + SIMULATOR + "}]}");
    assertEquals(List.of("link", "link.await"), names(Deployment.select(all, List.of("link"), List.of())));
    assertEquals(List.of("link.await"), names(Deployment.select(all, List.of("link.await"), List.of())));
    assertEquals(List.of("linkage"), names(Deployment.select(all, List.of(), List.of("link"))));
    contains("--only: there is no verticle 'lnk'", assertThrows(Settings.Invalid.class, () -> Deployment.select(all, List.of("lnk"), List.of())).getMessage());
  }

  private static List<String> names(List<Deployment> deployments) {
    return deployments.stream().map(Deployment::name).toList();
  }

  @Test
  void settingsTakeTheirValuesFromTheEnvironment() throws IOException {
    Settings settings = settings("{\"mongo\": [\"mongodb://a mongodb://b\"], \"http\": {\"port\": \"${PORT}\"}, \"postgres\": \"postgresql://u:${PASSWORD}@h/d\", \"cluster\": {\"port\": \"${NONE:0}\"}}");
    assertEquals(List.of("mongodb://a", "mongodb://b"), settings.mongo());
    assertEquals(4711, settings.httpPort());
    assertEquals("postgresql://u:se\"cret@h/d", settings.postgres());
    assertEquals(false, settings.cluster().isEnabled());
  }

  @Test
  void wrongSettingsNameFileAndKey() {
    contains("http.prt: unknown key", assertThrows(Settings.Invalid.class, () -> settings("{\"mongo\": [\"mongodb://a\"], \"http\": {\"prt\": 1}}")).getMessage());
    contains("http.port: 'x' is no port", assertThrows(Settings.Invalid.class, () -> settings("{\"mongo\": [\"mongodb://a\"], \"http\": {\"port\": \"x\"}}")).getMessage());
    contains("mongo: needs at least one", assertThrows(Settings.Invalid.class, () -> settings("{\"mongo\": []}")).getMessage());
    contains("godwit.json", assertThrows(Settings.Invalid.class, () -> settings("{}")).getMessage());
  }
}
