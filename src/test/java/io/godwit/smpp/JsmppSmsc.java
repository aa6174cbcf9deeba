package io.godwit.smpp;

import io.godwit.testing.Ports;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jsmpp.bean.DataCodings;
import org.jsmpp.bean.ESMClass;
import org.jsmpp.bean.InterfaceVersion;
import org.jsmpp.bean.NumberingPlanIndicator;
import org.jsmpp.bean.OptionalParameter;
import org.jsmpp.bean.RegisteredDelivery;
import org.jsmpp.bean.SubmitSm;
import org.jsmpp.bean.TypeOfNumber;
import org.jsmpp.session.BindRequest;
import org.jsmpp.session.SMPPServerSession;
import org.jsmpp.session.SMPPServerSessionListener;
import org.jsmpp.session.ServerMessageReceiverListener;
import org.jsmpp.session.SubmitSmResult;
import org.jsmpp.util.MessageId;

/** An SMSC made with jsmpp that takes one session, of which the password is "secret". */
public final class JsmppSmsc implements AutoCloseable {
  private static final int PATIENCE_MS = 30_000;

  private final SMPPServerSessionListener listener = new SMPPServerSessionListener(Ports.free());
  private final Map<String, String> submitted = new ConcurrentHashMap<>();
  private final AtomicInteger ids = new AtomicInteger();
  private final Thread accepting = new Thread(this::acceptOne, "jsmpp-smsc");
  private volatile SMPPServerSession session;

  public JsmppSmsc() throws IOException {
    listener.setMessageReceiverListener((ServerMessageReceiverListener) Proxy.newProxyInstance(getClass().getClassLoader(),
      new Class<?>[] {ServerMessageReceiverListener.class}, (proxy, method, args) -> {
        if (!method.getName().equals("onAcceptSubmitSm")) {
          throw new UnsupportedOperationException(method.getName());
        }
        return accept((SubmitSm) args[0]);
      }));
    accepting.start();
  }

  private SubmitSmResult accept(SubmitSm sm) throws Exception {
    String id = Integer.toString(ids.incrementAndGet());
    submitted.put(id, new String(sm.getShortMessage()));
    return new SubmitSmResult(new MessageId(id), new OptionalParameter[0]);
  }

  private void acceptOne() {
    try {
      session = listener.accept();
      session.setTransactionTimer(PATIENCE_MS); // 2 s else
      BindRequest bind = session.waitForBind(PATIENCE_MS);
      if ("secret".equals(bind.getPassword())) {
        bind.accept("jsmpp", InterfaceVersion.IF_34);
      } else {
        bind.reject(0x0E);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public int port() {
    return listener.getPort();
  }

  /** Message ids and texts. */
  public Map<String, String> submitted() {
    return submitted;
  }

  /** Returns when it is answered. */
  public void deliver(String text) throws Exception {
    session.deliverShortMessage("", TypeOfNumber.INTERNATIONAL, NumberingPlanIndicator.ISDN, "447700900123",
      TypeOfNumber.UNKNOWN, NumberingPlanIndicator.UNKNOWN, "12345", new ESMClass(), (byte) 0, (byte) 0,
      new RegisteredDelivery(), DataCodings.ZERO, text.getBytes());
  }

  @Override
  public void close() throws Exception {
    if (session != null) {
      session.close();
    }
    listener.close();
    accepting.join();
  }
}
