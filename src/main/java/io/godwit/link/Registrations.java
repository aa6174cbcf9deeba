package io.godwit.link;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Form;
import io.godwit.accounts.PassedTlvs;
import io.godwit.message.Message;
import io.godwit.message.SmppOrigin;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What accounts have registered with carriers: {@code "links": {"LINK": {"tlvs": {…}}}} in an account's entry. Customers have what those above them
 * have; their own comes before it, and before that what came with the very message, where it is passed on ({@link PassedTlvs}). Immutable.
 */
public final class Registrations {
  static final Registrations NONE = new Registrations(AccountTree.of(Map.of()), Map.of(), PassedTlvs.NONE);

  private final AccountTree tree;
  /** By account and link. */
  private final Map<String, Map<String, Tlvs>> parameters;

  private final PassedTlvs passed;

  private Registrations(AccountTree tree, Map<String, Map<String, Tlvs>> parameters, PassedTlvs passed) {
    this.passed = passed;
    this.tree = tree;
    this.parameters = parameters;
  }

  /** From the directory's entries of kind {@link Account#KIND}. Fails with {@link Misconfigured}, naming account and key. */
  static Registrations of(Map<String, JsonObject> accounts) {
    Map<String, Map<String, Tlvs>> parameters = new HashMap<>();
    accounts.forEach((id, body) -> {
      if (body.getValue("links") == null) return;
      LinkEntry entry = new LinkEntry(Account.KIND, id, body);
      parameters.put(id, ofAccount(entry.object("links")));
      entry.check();
    });
    return parameters.isEmpty() ? NONE : new Registrations(AccountTree.of(accounts), parameters, PassedTlvs.of(accounts));
  }

  private static Map<String, Tlvs> ofAccount(LinkEntry links) {
    Map<String, Tlvs> byLink = new HashMap<>();
    for (String link : links.keys()) byLink.put(link, overLink(links.object(link)));
    return byLink;
  }

  private static Tlvs overLink(LinkEntry entry) {
    Tlvs registered = Tlvs.from(entry.object("tlvs"));
    entry.has("passTlvs"); // read by PassedTlvs
    entry.refuseOthers();
    return registered;
  }

  /** Says in the form of an account's {@code links} what is wrong in them, as {@link PassedTlvs#judge} has not. */
  public static void judge(Form links) {
    for (String link : links.json().fieldNames()) {
      if (links.json().getValue(link) == null) links.wrong("invalid-field", link, "must be an object");
      if (links.json().getValue(link) instanceof JsonObject) overLink(new LinkEntry(links.object(link)));
    }
  }

  /** For that message over that link: of the highest account first, so that the lower ones replace, and its own last. Empty when there is nothing. */
  List<Tlvs> of(Message message, String link) {
    if (parameters.isEmpty()) return List.of();
    List<Tlvs> found = new ArrayList<>();
    Tlvs own = own(message, link);
    if (!own.isEmpty()) found.add(own);
    for (Account each : tree.lineage(message.account())) {
      Tlvs registered = parameters.getOrDefault(each.id(), Map.of()).get(link);
      if (registered != null) found.add(0, registered);
    }
    return found;
  }

  private Tlvs own(Message message, String link) {
    SmppOrigin smpp = message.origin().smpp();
    if (smpp == null || smpp.tlvs().isEmpty()) return Tlvs.NONE;
    Set<Integer> tags = passed.of(message.account(), link);
    Map<Integer, String> octets = new TreeMap<>();
    for (SmppOrigin.Parameter tlv : smpp.tlvs()) if (tags.contains(tlv.tag())) octets.put(tlv.tag(), tlv.octets());
    return new Tlvs(octets);
  }
}
