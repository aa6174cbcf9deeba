package io.godwit.accounts;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Which optional parameters of a customer's submit_sm go on to a carrier: {@code "links": {"LINK": {"passTlvs": ["0x1400", …]}}} in an account's entry, for what it and
 * those below it send over that link. None is passed unless it is named: to each carrier a vendor's tag means something else. Immutable.
 */
public final class PassedTlvs {
  public static final PassedTlvs NONE = new PassedTlvs(Map.of(), AccountTree.of(Map.of()));

  private static final Function<Map<String, JsonObject>, PassedTlvs> READ = PassedTlvs::of;
  private static final String FIELD = "passTlvs";
  private static final int MOST = 16;
  private static final int TAG_CHARS = 6;
  /** Those of vendors (SMPP 3.4 §5.3.2): what the standard defines is the link's to say. */
  private static final Pattern TAG = Pattern.compile("0[xX][123][0-9a-fA-F]{3}");
  private static final int FIRST = 0x1400;

  /** By account and link. */
  private final Map<String, Map<String, Set<Integer>>> named;
  private final AccountTree tree;
  /** By account, its own and those above it named, over any link. */
  private final Map<String, Set<Integer>> all = new HashMap<>();

  private PassedTlvs(Map<String, Map<String, Set<Integer>>> named, AccountTree tree) {
    this.named = named;
    this.tree = tree;
    for (Account account : tree.all()) all.put(account.id(), overAny(account.id()));
  }

  /** The process's own picture of them. */
  public static Directory.View<PassedTlvs> view(Directory directory) {
    return directory.view(Account.KIND, READ);
  }

  /** From the directory's entries of kind {@link Account#KIND}. Fails with {@link Form.Invalid}. */
  public static PassedTlvs of(Map<String, JsonObject> entries) {
    Map<String, Map<String, Set<Integer>>> named = new HashMap<>();
    List<Form.Wrong> wrongs = new ArrayList<>();
    entries.forEach((id, body) -> {
      if (body.getValue("links") == null) return;
      Form entry = Form.entry(Account.KIND, id, body);
      Map<String, Set<Integer>> own = byLink(entry.object("links"));
      if (!own.isEmpty()) named.put(id, own);
      wrongs.addAll(entry.wrongs());
    });
    Form.check(wrongs);
    return named.isEmpty() ? NONE : new PassedTlvs(named, AccountTree.of(entries));
  }

  /** Says in the form of an account's {@code links} what is wrong in what they name. */
  public static void judge(Form links) {
    byLink(links);
  }

  private static Map<String, Set<Integer>> byLink(Form links) {
    Map<String, Set<Integer>> own = new HashMap<>();
    for (String link : links.json().fieldNames()) {
      Form entry = links.object(link);
      Set<Integer> tags = new HashSet<>();
      for (String text : entry.texts(FIELD, MOST, TAG_CHARS)) {
        if (TAG.matcher(text).matches() && Integer.decode(text) >= FIRST) tags.add(Integer.decode(text));
        else entry.wrong("invalid-field", FIELD, "must hold tags of vendors, 0x1400 to 0x3FFF, and not '" + text + "'");
      }
      if (!tags.isEmpty()) own.put(link, Set.copyOf(tags));
    }
    return own;
  }

  private Set<Integer> overAny(String account) {
    Set<Integer> tags = new HashSet<>();
    for (Account each : tree.lineage(account)) named.getOrDefault(each.id(), Map.of()).values().forEach(tags::addAll);
    return Set.copyOf(tags);
  }

  /** Those that may go on over one link or another. */
  public Set<Integer> of(String account) {
    return all.getOrDefault(account, Set.of());
  }

  /** Those that go on over that link. */
  public Set<Integer> of(String account, String link) {
    Set<Integer> tags = new HashSet<>();
    for (Account each : tree.lineage(account)) tags.addAll(named.getOrDefault(each.id(), Map.of()).getOrDefault(link, Set.of()));
    return tags;
  }
}
