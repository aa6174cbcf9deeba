package io.godwit.replies;

import io.godwit.accounts.Account;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The numbers that replies come back on, by account; directory entries of kind {@code number}: {@code {number, account}}. Immutable. */
public final class Numbers {
  public static final String KIND = "number";

  private final Map<String, List<String>> pools = new HashMap<>();
  private final Map<String, String> owners = new HashMap<>();

  private Numbers(Map<String, JsonObject> entries) {
    entries.forEach((id, body) -> {
      String number = body.getString("number");
      String account = body.getString("account");
      if (number == null || account == null) throw new IllegalArgumentException("number " + id + ": needs a number and an account");
      String other = owners.put(number, account);
      if (other != null) throw new IllegalArgumentException("number " + id + ": " + number + " is " + other + "'s already");
      pools.computeIfAbsent(account, a -> new ArrayList<>()).add(number);
    });
    pools.values().forEach(pool -> pool.sort(null));
  }

  public static Numbers of(Map<String, JsonObject> entries) {
    return new Numbers(entries);
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
