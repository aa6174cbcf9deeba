package io.godwit.smpp;

import com.cloudhopper.smpp.pdu.BaseBindResp;
import com.cloudhopper.smpp.pdu.BindTransceiver;
import com.cloudhopper.smpp.pdu.Pdu;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;

/** A peer that sends any octets, right or wrong, and records what it gets, frame by frame. */
final class RawPeer {
  final BlockingQueue<Buffer> frames = new LinkedBlockingQueue<>();
  final BlockingQueue<String> closed = new LinkedBlockingQueue<>();
  private final NetSocket socket;
  private NetServer server;
  /** Only referred to: a NetClient that nothing refers to is closed, and its connections with it. */
  @SuppressWarnings("unused")
  private NetClient client;
  private volatile Function<Buffer, Buffer> submitAnswer;

  private RawPeer(NetSocket socket) {
    this.socket = socket;
  }

  /** An ESME that is connected and not bound. */
  static RawPeer connect(Vertx vertx, int port) throws Exception {
    NetClient client = vertx.createNetClient();
    return Sessions.await(client.connect(port, "127.0.0.1").map(socket -> {
      RawPeer peer = new RawPeer(socket);
      peer.client = client;
      peer.readFrames(peer.frames::add);
      return peer;
    }));
  }

  /** An ESME that is bound. */
  static RawPeer bound(Vertx vertx, int port) throws Exception {
    RawPeer peer = connect(vertx, port);
    BindTransceiver bind = (BindTransceiver) Sessions.bindTo(port).toRequest();
    bind.setSequenceNumber(1);
    peer.send(bytes(bind));
    Sessions.next(peer.frames);
    return peer;
  }

  /** An SMSC that answers the bind, hands the socket over, and then nothing. */
  static RawPeer listen(Vertx vertx, Consumer<NetSocket> afterBind) throws Exception {
    RawPeer peer = new RawPeer(null);
    peer.server = vertx.createNetServer().connectHandler(socket -> {
      RawPeer side = new RawPeer(socket);
      side.readFrames(frame -> {
        peer.frames.add(frame);
        if (frame.getInt(4) == 9) {
          BaseBindResp answer = new BindTransceiver().createResponse();
          answer.setSequenceNumber(frame.getInt(12));
          answer.setSystemId("raw");
          socket.write(bytes(answer));
          afterBind.accept(socket);
        } else if (frame.getInt(4) == 4 && peer.submitAnswer != null) {
          socket.write(peer.submitAnswer.apply(frame));
        }
      });
    });
    Sessions.await(peer.server.listen(0, "127.0.0.1"));
    return peer;
  }

  /** Answers each submit_sm with these octets. */
  void answerSubmits(Function<Buffer, Buffer> answer) {
    submitAnswer = answer;
  }

  int port() {
    return server.actualPort();
  }

  void send(Buffer bytes) {
    socket.write(bytes);
  }

  private void readFrames(Consumer<Buffer> onFrame) {
    RecordParser parser = RecordParser.newFixed(4);
    boolean[] head = {true};
    Buffer[] length = {null};
    parser.handler(bytes -> {
      if (head[0]) {
        length[0] = bytes;
        parser.fixedSizeMode(bytes.getInt(0) - 4);
      } else {
        onFrame.accept(Buffer.buffer().appendBuffer(length[0]).appendBuffer(bytes));
        parser.fixedSizeMode(4);
      }
      head[0] = !head[0];
    });
    socket.handler(parser);
    socket.closeHandler(v -> closed.add("closed"));
  }

  static Buffer bytes(Pdu pdu) {
    try {
      ByteBuf encoded = Unpooled.buffer();
      new PduCodec().encode(pdu, encoded);
      byte[] bytes = new byte[encoded.readableBytes()];
      encoded.readBytes(bytes);
      return Buffer.buffer(bytes);
    } catch (PduCodec.Unencodable e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** A header and whatever body. */
  static Buffer pdu(int commandId, int status, int sequence, byte... body) {
    return Buffer.buffer().appendInt(16 + body.length).appendInt(commandId).appendInt(status).appendInt(sequence).appendBytes(body);
  }

  static Pdu decode(Buffer frame) throws Exception {
    return new PduCodec().decode(Unpooled.wrappedBuffer(frame.getBytes()));
  }
}
