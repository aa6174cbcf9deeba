package io.godwit.accounts;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.godwit.testing.Await;
import io.godwit.testing.TestNode;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What rooms make of the directory's entries, on a real replica set. */
class ViewsTest {
  private final TestNode node = TestNode.start(1);

  @AfterEach
  void close() {
    node.close();
  }

  /** Or "all that was changed is known here" would be said to somebody who then reads a view of before. */
  @Test
  void nobodyIsToldOfAChangeBeforeTheViewsAreMadeOfIt() {
    Directory directory = node.directory;
    List<Boolean> knownBefore = new CopyOnWriteArrayList<>();
    Directory.View<Integer> view = directory.view("word", entries -> {
      if (!entries.isEmpty()) knownBefore.add(directory.entries("word").size() == entries.size());
      return entries.size();
    });
    node.put("word", "one", new JsonObject());
    assertEquals(1, view.get());
    try (TestNode other = node.another()) {
      other.put("word", "two", new JsonObject());
      Await.until("the other's change is known", () -> directory.entries("word").size() == 2);
      assertEquals(2, view.get());
    }
    assertEquals(List.of(false, false), knownBefore);
  }

  @Test
  void besideWrongEntriesThoseThatOnlyLackTheirParentsWhenReadAloneAreNotNamed() {
    PassedTlvs.view(node.directory);
    Map<String, JsonObject> accounts = Map.of("operator", new JsonObject(), "shop", passing("0x1400"), "bad", passing("0x13FF"), "worse", passing("1400"));
    assertEquals(List.of("/account/bad/links/sim/passTlvs", "/account/worse/links/sim/passTlvs"),
      node.directory.judge(Account.KIND, accounts).stream().map(Form.Wrong::path).sorted().toList());
  }

  private static JsonObject passing(String tag) {
    return new JsonObject("{\"parent\": \"operator\", \"links\": {\"sim\": {\"passTlvs\": [\"" + tag + "\"]}}}");
  }

  @Test
  void eachWrongEntryIsNamedThoughWhoeverReadsThemGivesUpAtTheFirst() {
    node.directory.view("word", entries -> {
      entries.forEach((id, body) -> {
        Form form = Form.entry("word", id, body);
        form.required("text", 10);
        form.check();
      });
      return entries.size();
    });
    Map<String, JsonObject> words = Map.of("one", new JsonObject(), "two", new JsonObject(), "fine", new JsonObject().put("text", "x"));
    assertEquals(List.of("/word/one/text", "/word/two/text"), node.directory.judge("word", words).stream().map(Form.Wrong::path).sorted().toList());
  }
}
