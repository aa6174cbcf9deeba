package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.ApiKey;
import io.godwit.accounts.Change;
import io.godwit.accounts.Directory;
import io.godwit.accounts.Form;
import io.godwit.accounts.SmppLogin;
import io.godwit.billing.PriceUploads;
import io.godwit.link.LinkConfig;
import io.godwit.message.Limits;
import io.godwit.routing.RouteRules;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/** A whole directory that somebody wants in place of the present one, and everything that stands against it. */
final class Candidate {
  private static final Set<String> OWN = Set.of(Account.KIND, ApiKey.KIND, SmppLogin.KIND);

  private final Visit visit;
  private final Map<String, Map<String, JsonObject>> entries = new TreeMap<>();
  private final Map<String, Account> accounts = new HashMap<>();
  private final List<Form.Wrong> wrongs = new ArrayList<>();

  /** @param json kinds of objects by their id */
  Candidate(Visit visit, Directory directory, JsonObject json) {
    this.visit = visit;
    Set<String> kinds = directory.kinds();
    kinds.addAll(OWN);
    kinds.removeAll(Directory.MACHINERY);
    for (String kind : json.fieldNames()) {
      if (kinds.contains(kind)) take(kind, json.getValue(kind));
      else wrong("/" + Form.escaped(kind), "unknown-field", "is no kind of entries; known are " + kinds);
    }
    of(Account.KIND).forEach(this::account);
    if (wrongs.isEmpty()) tree();
    of(ApiKey.KIND).forEach((id, body) -> owned(ApiKey.KIND, id, body, (i, b) -> key(ApiKey.from(i, b))));
    of(SmppLogin.KIND).forEach((id, body) -> owned(SmppLogin.KIND, id, body, (i, b) -> SmppLogin.from(i, b).account()));
    if (!of(ApiKey.KIND).containsKey(visit.caller().key().id())) wrong("/" + ApiKey.KIND, "invalid-entry", "lacks the key " + visit.caller().key().id() + " of whoever asks for this");
    for (String kind : entries.keySet()) if (!OWN.contains(kind)) judge(directory, kind);
    lists();
    wrongs.addAll(RouteRules.all(this::of));
  }

  List<Form.Wrong> wrongs() {
    return wrongs;
  }

  private void wrong(String path, String code, String detail) {
    wrongs.add(new Form.Wrong(path, code, detail));
  }

  /** What those who read it say, and whether the account that an entry names is there. */
  private void judge(Directory directory, String kind) {
    wrongs.addAll(directory.judge(kind, entries.get(kind)));
    entries.get(kind).forEach((id, body) -> {
      if (body.getValue("account") instanceof String owner && !accounts.containsKey(owner)) wrong(path(kind, id) + "/account", "invalid-field", "is no account of this directory");
    });
  }

  /** What those who read one price list by itself cannot know: whose it is, and that one has one. What they have said of the field is said. */
  private void lists() {
    Set<String> told = wrongs.stream().map(Form.Wrong::path).collect(Collectors.toSet());
    Map<String, String> lists = new HashMap<>();
    of(PriceUploads.RATES).forEach((id, body) -> {
      for (String role : List.of("seller", "account")) {
        String path = path(PriceUploads.RATES, id) + "/" + role;
        if (!(body.getValue(role) instanceof String owner) || told.contains(path)) continue;
        String other = lists.putIfAbsent(role + "/" + owner, id);
        if (!accounts.containsKey(owner)) wrong(path, "invalid-field", "is no account of this directory");
        else if (other != null) wrong(path, "invalid-field", "is that of the list '" + other + "', too: one has one list");
      }
    });
  }

  private void take(String kind, Object value) {
    if (!(value instanceof JsonObject all)) {
      wrong("/" + kind, "invalid-field", "must be an object of entries by their id");
      return;
    }
    for (String id : all.fieldNames()) {
      if (!(all.getValue(id) instanceof JsonObject body)) wrong(path(kind, id), "invalid-field", "must be an object");
      else entries.computeIfAbsent(kind, k -> new TreeMap<>()).put(id, body);
    }
  }

  private static String path(String kind, String id) {
    return "/" + kind + "/" + Form.escaped(id);
  }

  private Map<String, JsonObject> of(String kind) {
    return entries.getOrDefault(kind, Map.of());
  }

  private void account(String id, JsonObject body) {
    Form form = Form.at(path(Account.KIND, id), body);
    Account account = Account.read(id, form);
    Account.check(id, form);
    Terms.judgeLinks(form, of(LinkConfig.KIND));
    wrongs.addAll(form.wrongs());
    if (!Account.isId(id)) wrong(path(Account.KIND, id), "invalid-field", "is no id: lower-case letters, digits, '-' and '_', at most 64");
    accounts.put(id, account);
    Account before = visit.tree().get(id);
    if (before == null || before.currency().equals(account.currency())) return;
    wrong(path(Account.KIND, id) + "/currency", "invalid-field", "cannot be changed: the account's money is in " + before.currency());
  }

  private void tree() {
    for (String id : visit.now().entries(Account.KIND).keySet()) if (!accounts.containsKey(id)) wrong(path(Account.KIND, id), "missing-field", "is missing: accounts are closed, and stay");
    accounts.values().forEach(this::place);
  }

  private void place(Account account) {
    String path = path(Account.KIND, account.id()) + "/parent";
    boolean isRoot = visit.tree().get(account.id()) != null && visit.tree().get(account.id()).parent() == null;
    if (isRoot != (account.parent() == null)) wrong(path, "invalid-field", isRoot ? "is none: nobody stands above the operator" : "is missing: there is one operator");
    Set<String> above = new HashSet<>();
    for (Account at = account; at != null && at.parent() != null; at = accounts.get(at.parent())) {
      if (!above.add(at.id())) {
        wrong(path, "invalid-field", "goes in a circle");
        return;
      }
      if (!accounts.containsKey(at.parent()) && at == account) wrong(path, "invalid-field", "is no account of this directory");
    }
    if (above.size() >= AccountTree.DEPTH) wrong(path, "invalid-field", "makes it more than " + AccountTree.DEPTH + " accounts deep");
    terms(account);
  }

  private void terms(Account account) {
    Account seller = accounts.get(account.parent());
    if (seller == null) return;
    Form form = Form.entry(Account.KIND, account.id(), of(Account.KIND).get(account.id()));
    Terms.judge(visit.tree().get(account.id()), account, seller, form);
    wrongs.addAll(form.wrongs());
  }

  private static String key(ApiKey key) {
    if (key.hash() == null || !key.hash().matches("[0-9a-f]{64}")) throw new IllegalArgumentException("its hash is no SHA-256");
    return key.account();
  }

  /** @param account whose it is; fails for what is no such entry */
  private void owned(String kind, String id, JsonObject body, BiFunction<String, JsonObject, String> account) {
    try {
      String owner = account.apply(id, body);
      if (!accounts.containsKey(owner)) wrong(path(kind, id) + "/account", "invalid-field", "is no account of this directory");
    } catch (RuntimeException e) {
      wrong(path(kind, id), "invalid-entry", String.valueOf(e.getMessage()));
    }
  }

  /** More than one transaction takes. */
  static final class TooMany extends RuntimeException {
    TooMany(int changes) {
      super("it changes " + changes + " entries, and one import may change " + Limits.CHANGES + ": make it in several steps, accounts before what belongs to them", null, false, false);
    }
  }

  /** What is to be done; only for one that nothing stands against. Fails with {@link TooMany}. */
  List<Change> changes() {
    List<Change> changes = new ArrayList<>();
    entries.forEach((kind, all) -> all.forEach((id, body) -> {
      JsonObject wanted = kind.equals(Account.KIND) ? AccountEndpoints.body(accounts.get(id), body) : body;
      if (!wanted.equals(visit.now().entries(kind).get(id))) changes.add(visit.change(kind, id, wanted, told(kind, id, wanted)));
    }));
    visit.now().entries().forEach((kind, all) -> all.forEach((id, body) -> {
      if (!of(kind).containsKey(id) && !Directory.MACHINERY.contains(kind)) changes.add(visit.change(kind, id, null, told(kind, id, body)));
    }));
    if (changes.size() > Limits.CHANGES) throw new TooMany(changes.size());
    return changes;
  }

  /** Among whose changes it is told: the account's own, else the operator's. */
  private String told(String kind, String id, JsonObject body) {
    if (kind.equals(Account.KIND)) return id;
    return body.getValue("account") instanceof String owner && accounts.containsKey(owner) ? owner : visit.caller().id();
  }
}
