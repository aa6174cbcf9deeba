package io.godwit.durability;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.intake.Buckets;
import io.godwit.message.MessageId;
import io.godwit.testing.Await;
import io.godwit.testing.GodwitProcess;
import io.godwit.testing.Load;
import io.godwit.testing.MongoCluster;
import io.godwit.testing.Site;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two gateways at work, a set more, and then a set less: by the restarts and the commands that README names. */
@Tag("slow")
class AddedSetTest {
  private static final int RATE = 15;
  private static final String URIS = "GODWIT_MONGO_URIS";
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  @Test
  void setThatIsAddedTakesItsShareAndOneThatIsDrainedNothingNew() throws Exception {
    try (Site site = Site.open(List.of(MongoCluster.shared(), MongoCluster.shared()), new JsonObject().put("receiptDelayMax", 500)).link("binds", 2);
         GodwitProcess one = site.gateway("first").with(URIS, site.uris(1)).start();
         GodwitProcess two = site.gateway("second").with(URIS, site.uris(1)).start();
         Load here = Load.on(one).start(RATE);
         Load there = Load.on(two).start(RATE)) {
      Map<String, String> ids = new HashMap<>();
      for (int i = 0; i < 20; i++) ids.put("old-" + i, insist(one, "old-" + i));
      for (GodwitProcess each : List.of(one, two)) {
        assertEquals(0, each.stop(), "exit code");
        each.with(URIS, site.uris(2)).start();
      }
      assertEquals(List.of("new messages 512", "new messages 512"), sets(site, "--open", "1"));
      for (Load load : List.of(here, there)) awaitMessagesIn(1, load);
      ids.forEach((key, id) -> assertEquals(id, insist(two, key), "while its bucket is about to move"));
      site.change(Buckets.KIND, Buckets.ID, AddedSetTest::aMinuteLater);
      List<String> fresh = new ArrayList<>();
      Await.until("new keys live in both sets", () -> sets(fresh).size() == 2 || !fresh.add(insist(one, "new-" + fresh.size())));
      ids.forEach((key, id) -> assertEquals(id, insist(two, key), "when its bucket has moved"));

      assertEquals(List.of("new messages 512", "nothing new 512"), sets(site, "--drain", "1"));
      for (Load load : List.of(here, there)) Await.until("set 1 takes nothing new", () -> sets(next(load, 30)).equals(Set.of(0)));
      long drained = System.currentTimeMillis();
      for (Load load : List.of(here, there)) {
        load.awaitAccepted(2 * RATE).stop();
        assertEquals(Set.of(0), sets(load.accepted().keySet().stream().filter(id -> MessageId.millis(id) > drained).toList()), "sets that took messages since then");
      }
      ids.forEach((key, id) -> assertEquals(id, insist(one, key), "when its set is drained"));
      site.awaitAllFinal(90);
      for (Load load : List.of(here, there)) {
        site.assertNothingLost(load.accepted().keySet());
        site.assertArrivedAndExplained(load.accepted());
      }
      site.assertNothingLost(ids.values());
      site.assertCleanBooks();
    }
  }

  private static Set<Integer> sets(List<String> ids) {
    return ids.stream().map(MessageId::set).collect(Collectors.toSet());
  }

  private static void awaitMessagesIn(int set, Load load) {
    Await.until("set " + set + " takes messages", () -> load.accepted().keySet().stream().anyMatch(id -> MessageId.set(id) == set));
  }

  /** The ids of the next so many messages and perhaps more. */
  private static List<String> next(Load load, int messages) {
    long now = System.currentTimeMillis();
    List<String> ids = new ArrayList<>();
    Await.until(messages + " messages are accepted", () -> {
      ids.clear();
      load.accepted().keySet().stream().filter(id -> MessageId.millis(id) > now).forEach(ids::add);
      return ids.size() >= messages;
    });
    return ids;
  }

  /** The id of the message under that key; comes back as long as it is told to. */
  private static String insist(GodwitProcess gateway, String key) {
    String[] id = {null};
    Await.until("an answer for " + key, () -> (id[0] = post(gateway, key)) != null);
    return id[0];
  }

  /** Null when it is to come back later. */
  private static String post(GodwitProcess gateway, String key) {
    JsonObject body = new JsonObject().put("to", "+447700900123").put("from", "Godwit").put("text", "under " + key);
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + gateway.httpPort() + "/v1/messages")).header("Authorization", "Bearer demo-key")
      .header("Content-Type", "application/json").header("Idempotency-Key", key).POST(HttpRequest.BodyPublishers.ofString(body.encode())).build();
    HttpResponse<String> answer = HTTP.sendAsync(request, HttpResponse.BodyHandlers.ofString()).join();
    if (answer.statusCode() == 503) return null;
    assertEquals(202, answer.statusCode(), answer.body());
    return new JsonObject(answer.body()).getString("id");
  }

  /** The moves that were announced are done. */
  private static JsonObject aMinuteLater(JsonObject table) {
    for (var moved : table.getJsonObject("moved")) {
      JsonObject move = (JsonObject) moved.getValue();
      move.put("at", move.getLong("at") - Buckets.NOTICE - 2 * Buckets.QUIET);
    }
    return table;
  }

  /** What {@code scripts/sets} says of each set: what it takes, and how many buckets it has. */
  private static List<String> sets(Site site, String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"), "-Xmx128m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
      "io.godwit.Godwit", "sets", "--mongo", site.uris(2)));
    command.addAll(List.of(options));
    Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<String> said = new String(process.getInputStream().readAllBytes()).lines().filter(line -> line.startsWith("{")).map(JsonObject::new)
      .map(set -> set.getString("takes") + " " + set.getInteger("buckets")).toList();
    assertEquals(0, process.waitFor(), "exit code");
    return said;
  }
}
