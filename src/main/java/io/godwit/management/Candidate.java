package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.ApiKey;
import io.godwit.accounts.Change;
import io.godwit.accounts.Directory;
import io.godwit.accounts.Form;
import io.godwit.accounts.SmppLogin;
import io.godwit.billing.ListedRows;
import io.godwit.billing.PriceUploads;
import io.godwit.link.LinkConfig;
import io.godwit.link.Order;
import io.godwit.message.Limits;
import io.godwit.routing.RouteRules;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * A whole directory that somebody wants in place of the present one, and everything that stands against it. What was said before, and stays, is not judged again by what only changes must heed:
 * earlier releases took more.
 */
final class Candidate {
  private static final Set<String> OWN = Set.of(Account.KIND, ApiKey.KIND, SmppLogin.KIND);

  private final Visit visit;
  private final Map<String, Map<String, JsonObject>> entries = new TreeMap<>();
  private final Map<String, Account> accounts = new HashMap<>();
  private final Map<String, ApiKey> keys = new HashMap<>();
  private final Map<String, String> hashes = new HashMap<>();
  private final Set<Form.Wrong> wrongs = new LinkedHashSet<>();
  /** The paths of these. */
  private final Set<String> paths = new HashSet<>();

  /**
   * @param json kinds of objects by their id
   * @param now milliseconds since 1970
   */
  Candidate(Visit visit, Directory directory, JsonObject json, long now) {
    this.visit = visit;
    Set<String> kinds = directory.kinds();
    kinds.addAll(OWN);
    kinds.removeAll(Directory.MACHINERY);
    for (String kind : json.fieldNames()) {
      if (kinds.contains(kind)) take(kind, json.getValue(kind));
      else wrong("/" + Form.escaped(kind), "unknown-field", "is no kind of entries; known are " + kinds);
    }
    of(Account.KIND).forEach(this::account);
    tree();
    of(ApiKey.KIND).forEach(this::key);
    of(SmppLogin.KIND).forEach(this::login);
    crowds(ApiKey.KIND, KeyEndpoints.MOST_KEYS);
    crowds(SmppLogin.KIND, LoginEndpoints.MOST_LOGINS);
    caller(now);
    for (String kind : entries.keySet()) if (!OWN.contains(kind)) judge(directory, kind);
    lists();
    orders();
    tell(RouteRules.all(this::of, visit.now()::entries));
    ids();
  }

  List<Form.Wrong> wrongs() {
    return List.copyOf(wrongs);
  }

  /** What readers say is told once, though several may say it. */
  private void tell(List<Form.Wrong> all) {
    wrongs.addAll(all);
    all.forEach(wrong -> paths.add(wrong.path()));
  }

  /** What only the whole shows: of a field of which something is told already, it may follow from that alone. */
  private void wrong(String path, String code, String detail) {
    if (paths.add(path)) wrongs.add(new Form.Wrong(path, code, detail));
  }

  /** What those who read it say, and whether the account that an entry names is there. */
  private void judge(Directory directory, String kind) {
    tell(directory.judge(kind, entries.get(kind)));
    entries.get(kind).forEach((id, body) -> {
      if (ListedRows.KINDS.contains(kind) && !stays(kind, id)) tell(PriceUploads.faults(kind, id, Form.entry(kind, id, body)));
      if (body.getValue("account") instanceof String owner) owned(kind, id, owner);
    });
  }

  private void owned(String kind, String id, String owner) {
    if (owner != null && !accounts.containsKey(owner)) wrong(path(kind, id) + "/account", "invalid-field", "is no account of this directory");
  }

  /** What those who read one price list by itself cannot know: whose it is, and in whose money, and that one has one. What they have said of the field is said. */
  private void lists() {
    Map<String, String> lists = new HashMap<>();
    of(PriceUploads.RATES).forEach((id, body) -> {
      for (String role : List.of("seller", "account")) {
        String path = path(PriceUploads.RATES, id) + "/" + role;
        if (!(body.getValue(role) instanceof String owner) || paths.contains(path)) continue;
        String other = lists.putIfAbsent(role + "/" + owner, id);
        if (!accounts.containsKey(owner)) wrong(path, "invalid-field", "is no account of this directory");
        else if (role.equals("account") && !stays(PriceUploads.RATES, id)) currency(id, body, accounts.get(owner));
        if (other != null) wrong(path, "invalid-field", "is that of the list '" + other + "', too: one has one list");
      }
    });
  }

  private void currency(String id, JsonObject list, Account buyer) {
    if (!buyer.currency().equals(list.getValue("currency"))) wrong(path(PriceUploads.RATES, id) + "/currency", "invalid-field", "must be that of the account, " + buyer.currency());
  }

  private void ids() {
    entries.forEach((kind, all) -> all.keySet().forEach(id -> {
      String fault = Ids.fault(kind, id);
      if (fault != null && !stays(kind, id)) wrong(path(kind, id), "invalid-field", fault);
    }));
  }

  private boolean stays(String kind, String id) {
    return of(kind).get(id).equals(visit.now().entries(kind).get(id));
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
    tell(form.wrongs());
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
    if (isRoot && account.status() != Account.State.ACTIVE) wrong(path(Account.KIND, account.id()) + "/status", "invalid-field", "of the operator is ACTIVE");
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
    tell(form.wrongs());
  }

  private void key(String id, JsonObject body) {
    Form form = Form.entry(ApiKey.KIND, id, body);
    ApiKey key = ApiKey.read(id, form);
    if (!stays(ApiKey.KIND, id)) ApiKey.check(form);
    tell(form.wrongs());
    owned(ApiKey.KIND, id, key.account());
    String other = key.hash() == null ? null : hashes.putIfAbsent(key.hash(), id);
    if (other != null && !(stays(ApiKey.KIND, id) && stays(ApiKey.KIND, other))) wrong(path(ApiKey.KIND, id) + "/hash", "invalid-field", "is that of the key '" + other + "', too");
    keys.put(id, key);
  }

  private void login(String id, JsonObject body) {
    Form form = Form.entry(SmppLogin.KIND, id, body);
    SmppLogin login = SmppLogin.read(id, form);
    if (!stays(SmppLogin.KIND, id)) SmppLogin.check(form);
    tell(form.wrongs());
    owned(SmppLogin.KIND, id, login.account());
  }

  /** An account gets no more of them than by its endpoints; those that it has already stay. */
  private void crowds(String kind, int most) {
    Map<Object, Integer> counts = new HashMap<>();
    for (boolean had : List.of(true, false)) {
      of(kind).forEach((id, body) -> {
        Object owner = body.getValue("account");
        if (owner == null || had != has(owner, kind, id)) return;
        if (counts.merge(owner, 1, Integer::sum) > most && !had) wrong(path(kind, id) + "/account", "invalid-field", "is that of an account which has " + most + " of them, as many as it may");
      });
    }
  }

  private boolean has(Object owner, String kind, String id) {
    JsonObject before = visit.now().entries(kind).get(id);
    return before != null && owner.equals(before.getValue("account"));
  }

  /** A link takes its order with it. */
  private void orders() {
    Map<String, JsonObject> before = visit.now().entries(LinkConfig.KIND);
    for (String id : of(Order.KIND).keySet()) {
      if (!of(LinkConfig.KIND).containsKey(id) && (before.containsKey(id) || !stays(Order.KIND, id))) wrong(path(Order.KIND, id), "invalid-field", "is no link");
    }
  }

  /** Whoever asks for this could take it back afterwards. */
  private void caller(long now) {
    ApiKey own = visit.caller().key();
    ApiKey wanted = keys.get(own.id());
    if (!of(ApiKey.KIND).containsKey(own.id())) wrong("/" + ApiKey.KIND, "invalid-entry", "lacks the key " + own.id() + " of whoever asks for this");
    if (wanted == null) return;
    String path = path(ApiKey.KIND, own.id());
    if (!own.hash().equals(wanted.hash())) wrong(path + "/hash", "invalid-field", "is that of another key than the one with which this is asked for");
    if (!own.account().equals(wanted.account())) wrong(path + "/account", "invalid-field", "cannot be changed by the key with which this is asked for");
    if (!wanted.scopes().contains(ApiKey.Scope.MANAGE)) wrong(path + "/scopes", "invalid-field", "lack MANAGE, and this is asked for with that key");
    if (wanted.isExpired(now)) wrong(path + "/expiresAt", "invalid-field", "is past, and this is asked for with that key");
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

  /** Among whose changes it is told: the account's own, or the seller's whose list it is, else the operator's. */
  private String told(String kind, String id, JsonObject body) {
    if (kind.equals(Account.KIND)) return id;
    for (String role : List.of("account", "seller")) if (body.getValue(role) instanceof String owner && accounts.containsKey(owner)) return owner;
    return visit.caller().id();
  }
}
