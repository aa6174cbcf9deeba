package io.godwit.perf;

import com.cloudhopper.smpp.PduAsyncResponse;
import com.cloudhopper.smpp.SmppBindType;
import com.cloudhopper.smpp.SmppServerConfiguration;
import com.cloudhopper.smpp.SmppServerHandler;
import com.cloudhopper.smpp.SmppServerSession;
import com.cloudhopper.smpp.SmppSession;
import com.cloudhopper.smpp.SmppSessionConfiguration;
import com.cloudhopper.smpp.impl.DefaultSmppClient;
import com.cloudhopper.smpp.impl.DefaultSmppServer;
import com.cloudhopper.smpp.impl.DefaultSmppSessionHandler;
import com.cloudhopper.smpp.pdu.BaseBind;
import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.PduRequest;
import com.cloudhopper.smpp.pdu.PduResponse;
import com.cloudhopper.smpp.pdu.SubmitSmResp;
import io.godwit.smpp.Pdus;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Cloudhopper's own client and server, each with its own threads as it makes them, and asynchronous requests as far as it knows such. */
final class Cloudhopper {
  private static final long PATIENCE_MS = 60_000;

  private final SmppSession session;
  private volatile CountDownLatch left = new CountDownLatch(0);

  Cloudhopper(int window) throws Exception {
    int port = freePort();
    DefaultSmppServer server = new DefaultSmppServer(serverConfiguration(port), new Answering());
    server.start();
    session = new DefaultSmppClient().bind(clientConfiguration(port, window), new DefaultSmppSessionHandler() {
      @Override
      public void fireExpectedPduResponseReceived(PduAsyncResponse response) {
        left.countDown();
      }
    });
  }

  private static SmppServerConfiguration serverConfiguration(int port) {
    SmppServerConfiguration configuration = new SmppServerConfiguration();
    configuration.setPort(port);
    configuration.setJmxEnabled(false);
    return configuration;
  }

  /** This server does not tell the port that it got when asked for any. */
  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0)) {
      return probe.getLocalPort();
    }
  }

  private static SmppSessionConfiguration clientConfiguration(int port, int window) {
    SmppSessionConfiguration configuration = new SmppSessionConfiguration(SmppBindType.TRANSCEIVER, "esme", "any");
    configuration.setHost("127.0.0.1");
    configuration.setPort(port);
    configuration.setWindowSize(window);
    configuration.setWindowWaitTimeout(PATIENCE_MS);
    configuration.getLoggingOptions().setLogPdu(false);
    return configuration;
  }

  /** Blocks in its window, as this client has it. */
  void round(int messages) throws Exception {
    left = new CountDownLatch(messages);
    for (int i = 0; i < messages; i++) session.sendRequestPdu(Pdus.submit(Smpp.FROM, Smpp.TO, Smpp.TEXT, (byte) 0, false, false), PATIENCE_MS, false);
    if (!left.await(5, TimeUnit.MINUTES)) throw new IllegalStateException(left.getCount() + " are not answered");
  }

  private static final class Answering implements SmppServerHandler {
    @Override
    public void sessionBindRequested(Long id, SmppSessionConfiguration configuration, BaseBind bind) {
      configuration.getLoggingOptions().setLogPdu(false);
    }

    @Override
    public void sessionCreated(Long id, SmppServerSession session, BaseBindResp answer) {
      session.serverReady(new DefaultSmppSessionHandler() {
        @Override
        public PduResponse firePduRequestReceived(PduRequest request) {
          PduResponse response = request.createResponse();
          if (response instanceof SubmitSmResp submitted) submitted.setMessageId("1");
          return response;
        }
      });
    }

    @Override
    public void sessionDestroyed(Long id, SmppServerSession session) {
      session.destroy();
    }
  }
}
