package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.ApiKey;
import io.godwit.accounts.SmppLogin;
import io.godwit.billing.PriceUploads;
import io.godwit.link.LinkConfig;
import io.godwit.numbering.Networks;
import io.godwit.routing.Guards;
import io.godwit.routing.RouteRules;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * How the ids of entries look, kind by kind: endpoints make no others, and an import brings no others in. Those that name something else (a link, a pair of currencies) are judged with that,
 * and those of numbers are free: no endpoint makes them.
 */
final class Ids {
  private static final Shape USUAL = new Shape(Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}").asMatchPredicate(), "letters, digits, '-' and '_', at most 64");
  private static final Shape SMALL = new Shape(Account::isId, "lower-case letters, digits, '-' and '_', at most 64");
  private static final Shape SYSTEM_ID = new Shape(Pattern.compile("[!-~]{1,15}").asMatchPredicate(), "1 to 15 printable ASCII characters");
  private static final Map<String, Shape> SHAPES = new HashMap<>(Map.of(Account.KIND, SMALL, PriceUploads.RATES, SMALL, SmppLogin.KIND, SYSTEM_ID, ApiKey.KIND, USUAL, LinkConfig.KIND, USUAL,
    RouteRules.ROUTE, USUAL, Networks.KIND, USUAL));

  static {
    Guards.kinds().keySet().forEach(kind -> SHAPES.put(kind, USUAL));
  }

  private Ids() {
  }

  private record Shape(Predicate<String> fits, String words) { }

  /** What is wrong with it, a sentence without its subject; null when nothing is. */
  static String fault(String kind, String id) {
    Shape shape = SHAPES.get(kind);
    return shape == null || shape.fits.test(id) ? null : "is no id: " + shape.words;
  }
}
