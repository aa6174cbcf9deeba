package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.Account.BillOn;
import io.godwit.accounts.Form;
import io.godwit.accounts.PassedTlvs;
import io.godwit.link.Registrations;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Objects;

/**
 * What may be said of an account, and by whom, as others than its seller bear the consequences. What was said before, and stays, is not judged again.
 */
final class Terms {
  static final String LINKS = "links";

  private Terms() {
  }

  /**
   * A seller grants no laxer terms than he has himself; who buys from the operator has what they agree. A message is billed by the strictest terms of its chain in
   * any case.
   *
   * @param before the account as it is; null for a new one
   * @param seller as it would be
   */
  static void judge(Account before, Account account, Account seller, Form form) {
    if (seller.parent() == null || account.isBilledWhenSent() || !seller.isBilledWhenSent() || isSame(before, account)) return;
    String why = "is laxer than the terms of its seller: " + seller.id() + " pays for what is sent";
    if (account.billOn() != BillOn.SENT) form.wrong("invalid-field", "billOn", why);
    if (account.refundOnFailure()) form.wrong("invalid-field", "refundOnFailure", why);
  }

  private static boolean isSame(Account before, Account account) {
    return before != null && account.parent().equals(before.parent()) && !before.isBilledWhenSent();
  }

  /**
   * What reaches beyond those below a seller the operator says: a larger share than the seller's own, and what goes over carriers' links.
   *
   * @param stored the account's entry as it is; null for a new one
   */
  static void judgeReach(Account before, Account account, Account seller, JsonObject stored, Form form) {
    int most = Math.max(seller.share(), before == null ? 1 : before.share());
    if (account.share() > most) form.wrong("invalid-field", "share", "is at most " + most + ": a larger one than the seller's own gives the operator");
    if (!hasSameLinks(form, stored)) form.wrong("invalid-field", LINKS, "is what the operator says");
  }

  static boolean hasSameLinks(Form form, JsonObject stored) {
    return Objects.equals(form.json().getValue(LINKS), stored == null ? null : stored.getValue(LINKS));
  }

  /**
   * Whoever reads them may run in other processes only, and would not start with what is wrong.
   *
   * @param known links by their id
   */
  static void judgeLinks(Form form, Map<String, JsonObject> known) {
    Form links = form.object(LINKS);
    for (String link : links.json().fieldNames()) if (!known.containsKey(link)) links.wrong("invalid-field", link, "is no link");
    PassedTlvs.judge(links);
    Registrations.judge(links);
  }
}
