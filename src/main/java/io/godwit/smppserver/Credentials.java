package io.godwit.smppserver;

import io.godwit.accounts.AddressRange;
import io.godwit.accounts.PasswordHash;
import io.godwit.accounts.SmppLogin;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Whether a password is right. Who guesses is slowed: a wrong one is answered late, and after each the next look at one from the same place waits,
 * twice as long each time, up to a bound below the time that a session has to bind. A right one is remembered for minutes, as a digest under a key
 * that dies with the process, so that a customer who binds again after an outage waits for nobody; sessions that come with the same one at once wait
 * for one look. Different ones from one place wait for their turns. A place is an address, or of IPv6 what a customer of a provider has. Event loop only; the
 * hashing is done by two worker threads.
 */
final class Credentials {
  private static final long REMEMBERED = TimeUnit.MINUTES.toNanos(10);
  private static final long FORGIVEN = TimeUnit.MINUTES.toNanos(10);
  private static final int MOST_REMEMBERED = 10_000;
  private static final int MOST_DOUBLINGS = 2;

  /** What is said of a look at a password. */
  enum Answer { RIGHT, WRONG, BUSY }

  private final Vertx vertx;
  private final WorkerExecutor workers;
  private final long firstDelay;
  private final LongSupplier nanoTime;
  private final byte[] key = new byte[32];
  private final Map<String, Remembered> right = bounded();
  private final Map<AddressRange, Failures> wrong = bounded();
  private final Turns turns = new Turns();
  /** That are under way, or wait for their turn, by system_id and digest: who asks for the same waits for the same. */
  private final Map<String, Future<Boolean>> looks = new HashMap<>();

  private record Remembered(byte[] digest, long until) { }

  private record Failures(int count, int looking, long last) { }

  /** @param firstDelay milliseconds after the first wrong password */
  Credentials(Vertx vertx, long firstDelay, LongSupplier nanoTime) {
    this.vertx = vertx;
    this.workers = vertx.createSharedWorkerExecutor("godwit-smpp-passwords", 2);
    this.firstDelay = firstDelay;
    this.nanoTime = nanoTime;
    new SecureRandom().nextBytes(key);
  }

  private static <K, T> Map<K, T> bounded() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      @Override
      protected boolean removeEldestEntry(Map.Entry<K, T> eldest) {
        return size() > MOST_REMEMBERED;
      }
    };
  }

  /** @param login null for a system_id that nobody has: that is answered as slowly as a wrong password */
  Future<Answer> look(SmppLogin login, String password, String host) {
    if (login != null && isRemembered(login, password)) return Future.succeededFuture(Answer.RIGHT);
    AddressRange place = AddressRange.place(host);
    Failures before = failures(place);
    Future<Boolean> same = login == null ? null : looks.get(what(login, password));
    if (before.looking > 0 && before.count > 0 || same == null && !turns.hasRoom(place)) return Future.succeededFuture(Answer.BUSY);
    wrong.put(place, new Failures(before.count, before.looking + 1, nanoTime.getAsLong()));
    return (same == null ? begin(login, password, place, before.count) : wait(before.count).compose(v -> same))
      .andThen(done -> looked(login, password, place, done.succeeded() && done.result()))
      .compose(matches -> matches ? Future.succeededFuture(Answer.RIGHT) : wait(1).map(Answer.WRONG));
  }

  private Future<Boolean> begin(SmppLogin login, String password, AddressRange place, int failures) {
    Future<Boolean> look = turns.enter(place).compose(v -> wait(failures)).compose(v -> login == null ? Future.succeededFuture(false) : hashed(login, password))
      .andThen(done -> turns.leave(place));
    if (login == null) return look;
    String what = what(login, password);
    looks.put(what, look);
    return look.andThen(done -> looks.remove(what));
  }

  private Future<Boolean> hashed(SmppLogin login, String password) {
    return workers.executeBlocking(() -> PasswordHash.matches(password, login.password()), false);
  }

  private String what(SmppLogin login, String password) {
    return login.systemId() + ' ' + HexFormat.of().formatHex(digest(login, password));
  }

  private void looked(SmppLogin login, String password, AddressRange place, boolean matches) {
    Failures now = failures(place);
    int count = matches ? 0 : now.count + 1;
    wrong.put(place, new Failures(count, Math.max(0, now.looking - 1), nanoTime.getAsLong()));
    if (matches) right.put(login.systemId(), new Remembered(digest(login, password), nanoTime.getAsLong() + REMEMBERED));
  }

  private Failures failures(AddressRange place) {
    Failures known = wrong.get(place);
    if (known == null) return new Failures(0, 0, 0);
    return nanoTime.getAsLong() - known.last > FORGIVEN ? new Failures(0, known.looking, known.last) : known;
  }

  private Future<Void> wait(int failures) {
    if (failures == 0) return Future.succeededFuture();
    return vertx.timer(firstDelay << Math.min(MOST_DOUBLINGS, failures - 1)).mapEmpty();
  }

  private boolean isRemembered(SmppLogin login, String password) {
    Remembered known = right.get(login.systemId());
    return known != null && nanoTime.getAsLong() - known.until < 0 && MessageDigest.isEqual(known.digest, digest(login, password));
  }

  /** Of the stored form, too: a changed password is looked at anew. */
  private byte[] digest(SmppLogin login, String password) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(login.password().getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return mac.doFinal(password.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  void close() {
    workers.close();
  }
}
