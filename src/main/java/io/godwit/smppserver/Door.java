package io.godwit.smppserver;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseBind;
import io.godwit.accounts.Account;
import io.godwit.accounts.AccountTree;
import io.godwit.accounts.Directory;
import io.godwit.accounts.SmppLogin;
import io.godwit.accounts.SmppTerms;
import io.godwit.smpp.CloseReason;
import io.vertx.core.Context;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may bind, and who is bound: looks at system_id, password, address, account and the number of binds, and keeps the customers of one
 * instance. Whom the directory does not admit any more is unbound. Confined to its context.
 */
final class Door {
  private static final Logger log = LoggerFactory.getLogger(Door.class);

  private final Context context;
  private final Directory.View<Map<String, SmppLogin>> logins;
  private final Directory.View<Map<String, SmppTerms>> terms;
  private final Directory.View<AccountTree> accounts;
  private final Credentials credentials;
  private final Binds binds;
  private final Submits submits;
  private final Queries queries;
  private final Meters meters;
  private final Map<String, Customer> customers = new HashMap<>();
  private final List<Post> posts = new ArrayList<>();
  private boolean draining;

  Door(Context context, Directory directory, Credentials credentials, Binds binds, Submits submits, Queries queries, Meters meters) {
    this.context = context;
    this.logins = directory.view(SmppLogin.KIND, SmppLogin::all);
    this.terms = directory.view(Account.KIND, SmppTerms::all);
    this.accounts = AccountTree.view(directory);
    this.credentials = credentials;
    this.binds = binds;
    this.submits = submits;
    this.queries = queries;
    this.meters = meters;
  }

  Submits submits() {
    return submits;
  }

  Queries queries() {
    return queries;
  }

  // ---- binding

  /** The command_status of the bind's answer. */
  Future<Integer> admit(Esme esme, BaseBind<?> bind) {
    return status(esme, bind).onSuccess(status -> {
      meters.bind(status);
      if (status != SmppConstants.STATUS_OK) {
        log.info("{} of '{}' from {} is answered with 0x{}", bind.getName(), printable(bind.getSystemId()), esme.session().remoteAddress(), Integer.toHexString(status));
      }
    });
  }

  /** What a stranger says is not written into a log as it is. */
  private static String printable(String systemId) {
    return systemId == null ? "" : systemId.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private Future<Integer> status(Esme esme, BaseBind<?> bind) {
    if (draining) return Future.succeededFuture(SmppConstants.STATUS_BINDFAIL);
    String host = host(esme);
    SmppLogin login = logins.get().get(bind.getSystemId() == null ? "" : bind.getSystemId());
    if (login != null && !login.admits(host)) return Future.succeededFuture(SmppConstants.STATUS_BINDFAIL);
    return credentials.look(login, bind.getPassword() == null ? "" : bind.getPassword(), host).compose(answer -> switch (answer) {
      case BUSY -> Future.succeededFuture(SmppConstants.STATUS_BINDFAIL);
      case WRONG -> Future.succeededFuture(login == null ? SmppConstants.STATUS_INVSYSID : SmppConstants.STATUS_INVPASWD);
      case RIGHT -> seat(esme, login);
    });
  }

  private Future<Integer> seat(Esme esme, SmppLogin login) {
    String account = login.account();
    boolean transmits = esme.session().bindType().transmits();
    if (!isWelcome(login, host(esme))) return Future.succeededFuture(SmppConstants.STATUS_BINDFAIL);
    return binds.take(account, termsOf(account).binds(), transmits).map(taken -> {
      if (!taken) return SmppConstants.STATUS_ALYBND;
      if (draining || esme.isClosed() || !isWelcome(login, host(esme))) {
        binds.release(account, transmits);
        return SmppConstants.STATUS_BINDFAIL;
      }
      Customer customer = customer(account);
      shareOut(customer, System.nanoTime());
      esme.admitted(login, customer);
      log.info("{} is bound as {} of account {} from {}", login.systemId(), esme.session().bindType(), account, esme.session().remoteAddress());
      return SmppConstants.STATUS_OK;
    });
  }

  /** Whether the account and those above it are active, and the login as it was looked at, and still for that address. */
  private boolean isWelcome(SmppLogin login, String host) {
    AccountTree tree = accounts.get();
    SmppLogin now = logins.get().get(login.systemId());
    boolean isSame = now != null && now.account().equals(login.account()) && now.password().equals(login.password());
    return isSame && now.admits(host) && tree.get(login.account()) != null && tree.inactive(login.account()) == null;
  }

  private static String host(Esme esme) {
    return esme.session().remoteAddress().hostAddress();
  }

  private SmppTerms termsOf(String account) {
    return terms.get().getOrDefault(account, SmppTerms.DEFAULT);
  }

  private Customer customer(String account) {
    return customers.computeIfAbsent(account, a -> {
      Customer fresh = new Customer(context, a, () -> termsOf(a));
      posts.forEach(fresh::serve);
      return fresh;
    });
  }

  /** A session that was bound has ended. */
  void left(Esme esme, CloseReason reason) {
    Customer customer = esme.customer();
    log.info("{} of account {} is unbound: {}", esme.login().systemId(), customer.account(), reason);
    customer.leave(esme);
    binds.release(customer.account(), esme.session().bindType().transmits());
  }

  // ---- upkeep

  /** There is a set more to take from. */
  void serve(Post post) {
    posts.add(post);
    customers.values().forEach(customer -> customer.serve(post));
  }

  /** Every second or so: this node's part of the rates, and who is gone. */
  void tick() {
    binds.refresh().onComplete(done -> shareOut());
    customers.values().removeIf(customer -> binds.here(customer.account()) <= 0 && customer.isAway());
  }

  private void shareOut() {
    long now = System.nanoTime();
    customers.values().forEach(customer -> shareOut(customer, now));
  }

  /** With the first bind, too: what the others have of it stands in the claim. */
  private void shareOut(Customer customer, long now) {
    customer.throttle().become(customer.terms().rate() * binds.share(customer.account()), now);
  }

  /** The directory has changed. */
  void review() {
    shareOut();
    for (Esme esme : sessions()) {
      if (isWelcome(esme.login(), host(esme))) continue;
      log.info("{} of account {} is not welcome any more, and unbound", esme.login().systemId(), esme.login().account());
      esme.session().unbind();
    }
  }

  List<Esme> sessions() {
    return customers.values().stream().flatMap(customer -> customer.sessions().stream()).toList();
  }

  /** Notices that were taken from the queue, and not told yet. */
  int waiting() {
    return customers.values().stream().mapToInt(Customer::waiting).sum();
  }

  /** From now on nobody is admitted, and nothing is accepted. */
  void drain() {
    draining = true;
    submits.drain();
  }

  /** After all sessions have ended. */
  Future<Void> close() {
    credentials.close();
    return Future.join(customers.values().stream().map(Customer::close).toList())
      .eventually(() -> Future.join(posts.stream().map(Post::close).toList()))
      .eventually(binds::refresh).mapEmpty();
  }
}
