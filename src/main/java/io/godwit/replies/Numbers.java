package io.godwit.replies;

import io.godwit.accounts.Account;
import io.godwit.accounts.Directory;
import io.godwit.accounts.Form;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** The numbers that replies come back on, by account; directory entries of kind {@code number}: {@code {number, account}}. Immutable. */
public final class Numbers {
  public static final String KIND = "number";
  private static final Function<Map<String, JsonObject>, Numbers> READ = Numbers::new;
  private static final int TEXT_CHARS = 128;

  private final Map<String, List<String>> pools = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();

  private Numbers(Map<String, JsonObject> entries) {
    List<Form.Wrong> wrongs = new ArrayList<>();
    new TreeMap<>(entries).forEach((id, body) -> {
      Form form = Form.entry(KIND, id, body);
      add(number(form), form.required("account", TEXT_CHARS), form);
      wrongs.addAll(form.wrongs());
    });
    Form.check(wrongs);
    pools.values().forEach(pool -> pool.sort(null));
  }

  /** Short codes may stand there without quotes. */
  private static String number(Form form) {
    return form.json().getValue("number") instanceof Number digits ? digits.toString() : form.required("number", TEXT_CHARS);
  }

  private void add(String number, String account, Form form) {
    if (number == null || account == null) return;
    String other = owners.putIfAbsent(number, account);
    if (other != null) form.wrong("invalid-field", "number", "is " + other + "'s already: another entry has it");
    else pools.computeIfAbsent(account, a -> new ArrayList<>()).add(number);
  }

  /** The process's own picture of them, by which they are judged before they are written. */
  public static Directory.View<Numbers> view(Directory directory) {
    return directory.view(KIND, READ);
  }

  /** From now on they are judged in this process before they are written, whether it could read those that are there or not. */
  public static void judge(Directory directory) {
    directory.addJudge(KIND, READ);
  }

  /** The numbers of the account or, where it has none, of the nearest account above it; empty when nobody has one. */
  public List<String> pool(List<Account> lineage) {
    return lineage.stream().map(account -> pools.get(account.id())).filter(pool -> pool != null).findFirst().orElse(List.of());
  }

  /** Whose number it is; null when nobody's. */
  String owner(String number) {
    return owners.get(number);
  }
}
