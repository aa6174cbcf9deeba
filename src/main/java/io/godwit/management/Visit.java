package io.godwit.management;

import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Change;
import io.godwit.accounts.Directory;
import io.godwit.http.Caller;
import io.godwit.http.Input;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;

/**
 * One request about an account.
 *
 * @param now the directory by which it is judged
 * @param tree all accounts in it
 * @param account whom the path names, or the caller himself; visible to him
 */
record Visit(RoutingContext ctx, Caller caller, Directory.Picture now, AccountTree tree, Account account) {
  boolean sees(String id) {
    return tree.isWithin(id, caller.id());
  }

  Input input() {
    return Input.of(ctx.body().buffer());
  }

  String path(String name) {
    return ctx.pathParam(name);
  }

  /** What the request makes once, however often its change is tried. */
  <T> T once(String what, Supplier<T> make) {
    T made = ctx.get(what);
    if (made == null) ctx.put(what, made = make.get());
    return made;
  }

  private Change.By by() {
    return new Change.By(caller.id(), caller.key().id());
  }

  /** Of an entry of this account, as it stands in the picture; {@code after} null = removed. */
  Change change(String kind, String id, JsonObject after) {
    return change(kind, id, after, account.id());
  }

  Change change(String kind, String id, JsonObject after, String account) {
    return new Change(kind, id, now.version(kind, id), now.entries(kind).get(id), after, account, by());
  }
}
