package io.godwit.testing;

import io.godwit.testing.PduStream.Frame;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** PDUs of all commands, made by hand, and most of them spoilt in one way or another; the same for a seed. For one thread. */
public final class Mutants {
  static final int GENERIC_NACK = 0x80000000;
  static final int UNBIND = 6;
  static final int ENQUIRE_LINK = 0x15;
  static final int ALERT_NOTIFICATION = 0x102;
  private static final byte[] NOTHING = {};

  private final Random random;
  private final List<Buffer> stock;
  private final Set<Buffer> intact;
  private int sequence = 100;

  private Mutants(long seed, List<Buffer> stock) {
    this.random = new Random(seed);
    this.stock = stock;
    this.intact = Set.copyOf(stock);
  }

  /** What customers send, and now and then what no customer does. */
  public static Mutants ofACustomer(long seed) {
    Buffer submit = pdu(4, message("", "hello".getBytes(), 0));
    return new Mutants(seed, List.of(submit, submit, submit, pdu(4, message("", "\0h\0i".getBytes(), 8)), pdu(4, header("part")), pdu(0x103, data()), pdu(0x103, data()),
      pdu(4, message("", NOTHING, 0).appendBuffer(tlv(0x424, "in a payload".getBytes()))), pdu(4, message("000000000500000R", "later".getBytes(), 0)),
      pdu(4, message("", "one".getBytes(), 0).appendBuffer(tlv(0x20C, 0, 7)).appendBuffer(tlv(0x20E, 2)).appendBuffer(tlv(0x20F, 1))), pdu(0x21, multi()), pdu(0x21, multi()),
      pdu(3, text(ID).appendBuffer(address())), pdu(8, text("").appendBuffer(text(ID)).appendBuffer(address()).appendBuffer(address())), pdu(7, replacement()),
      pdu(ENQUIRE_LINK, Buffer.buffer()), pdu(ENQUIRE_LINK, Buffer.buffer()), pdu(5, message("", "not a customer's".getBytes(), 0)), pdu(9, bind()), pdu(1, bind()), pdu(2, bind()),
      pdu(0x80000005, text("")), pdu(0x80000103, text("")), pdu(0x80000015, Buffer.buffer()), pdu(0x80000006, Buffer.buffer()), pdu(0x80000004, text("id")), pdu(0x80000003, text("id")),
      pdu(ALERT_NOTIFICATION, address().appendBuffer(address())), pdu(0x0B, text("x").appendBuffer(text("y"))), pdu(0x111, message("", "to all".getBytes(), 0)), pdu(GENERIC_NACK, Buffer.buffer())));
  }

  /** What carriers send. */
  public static Mutants ofACarrier(long seed) {
    String receipt = "id:r77 sub:001 dlvrd:001 submit date:2611230438 done date:2611230439 stat:DELIVRD err:000 text:hello";
    Buffer mo = pdu(5, message("", "a reply".getBytes(), 0));
    Buffer told = pdu(5, message(4, receipt.getBytes()));
    return new Mutants(seed, List.of(mo, mo, told, told, pdu(5, header("part")), pdu(5, message("", "\0h\0i".getBytes(), 8)),
      pdu(5, message(4, NOTHING).appendBuffer(tlv(0x1E, "r78\0".getBytes())).appendBuffer(tlv(0x427, 2))), pdu(5, message("", NOTHING, 0).appendBuffer(tlv(0x424, "in a payload".getBytes()))),
      pdu(0x103, data()), pdu(ENQUIRE_LINK, Buffer.buffer()), pdu(ALERT_NOTIFICATION, address().appendBuffer(address())), pdu(4, message("", "not a carrier's".getBytes(), 0)),
      pdu(0x80000004, text("c1")), pdu(0x80000004, text("c2")), pdu(0x80000015, Buffer.buffer()), pdu(0x80000009, text("again")), pdu(0x80000021, text("c3").appendByte((byte) 0)),
      pdu(GENERIC_NACK, Buffer.buffer()), pdu(9, bind()), pdu(0x0B, text("x").appendBuffer(text("y"))), pdu(0x112, text(ID))));
  }

  // ---- the stock

  private static final String ID = "06H0DCMSD80000000400000000";

  private static Buffer pdu(int command, Buffer body) {
    return Buffer.buffer().appendInt(16 + body.length()).appendInt(command).appendInt(0).appendInt(0).appendBuffer(body);
  }

  private static Buffer text(String word) {
    return Buffer.buffer(word.getBytes(StandardCharsets.ISO_8859_1)).appendByte((byte) 0);
  }

  private static Buffer address() {
    return Buffer.buffer(new byte[] {1, 1}).appendBuffer(text("4915112345678"));
  }

  private static Buffer tlv(int tag, int... value) {
    byte[] octets = new byte[value.length];
    for (int i = 0; i < value.length; i++) octets[i] = (byte) value[i];
    return tlv(tag, octets);
  }

  private static Buffer tlv(int tag, byte[] value) {
    return Buffer.buffer().appendShort((short) tag).appendShort((short) value.length).appendBytes(value);
  }

  private static Buffer message(String validity, byte[] octets, int dataCoding) {
    return message(0, validity, octets, dataCoding);
  }

  private static Buffer message(int esmClass, byte[] octets) {
    return message(esmClass, "", octets, 0);
  }

  private static Buffer message(int esmClass, String validity, byte[] octets, int dataCoding) {
    return text("").appendBuffer(address()).appendBuffer(address()).appendBytes(new byte[] {(byte) esmClass, 0, 0}).appendBuffer(text("")).appendBuffer(text(validity))
      .appendBytes(new byte[] {1, 0, (byte) dataCoding, 0, (byte) octets.length}).appendBytes(octets);
  }

  private static Buffer header(String text) {
    byte[] octets = Buffer.buffer(new byte[] {5, 0, 3, 9, 2, 1}).appendString(text).getBytes();
    return message(0x40, octets);
  }

  private static Buffer data() {
    return text("").appendBuffer(address()).appendBuffer(address()).appendBytes(new byte[] {0, 1, 0}).appendBuffer(tlv(0x424, "data".getBytes()));
  }

  private static Buffer multi() {
    return text("").appendBuffer(address()).appendByte((byte) 3).appendByte((byte) 1).appendBuffer(address()).appendByte((byte) 1).appendBuffer(address())
      .appendByte((byte) 2).appendBuffer(text("friends")).appendBytes(new byte[] {0, 0, 0}).appendBuffer(text("")).appendBuffer(text(""))
      .appendBytes(new byte[] {1, 0, 0, 0, 6}).appendString("to all");
  }

  private static Buffer replacement() {
    return text(ID).appendBuffer(address()).appendBuffer(text("")).appendBuffer(text("")).appendBytes(new byte[] {1, 0, 5}).appendString("other");
  }

  private static Buffer bind() {
    return text("demo").appendBuffer(text("secret")).appendBuffer(text("")).appendBytes(new byte[] {0x34, 0, 0}).appendBuffer(text(""));
  }

  // ---- what is made of it

  /**
   * Many of them. In about every second stream a few end the connection, and so what follows them may not be answered; in the others none does.
   *
   * @param mayEnd commands that end it
   */
  public PduStream stream(int pdus, Set<Integer> mayEnd) {
    boolean isCalm = random.nextBoolean();
    Buffer all = Buffer.buffer();
    for (int i = 0; i < pdus; i++) all.appendBuffer(isCalm ? harmless(mayEnd) : next());
    return PduStream.of(all);
  }

  private Buffer harmless(Set<Integer> mayEnd) {
    Buffer pdu = next();
    while (pdu.length() < 16 || pdu.getInt(0) != pdu.length() || mayEnd.contains(pdu.getInt(4))) pdu = next();
    return pdu;
  }

  /** Whether it is one of the stock, but for its sequence_number, however it came about. */
  public boolean isIntact(Frame frame) {
    return intact.contains(frame.whole().copy().setInt(12, 0));
  }

  public int below(int bound) {
    return random.nextInt(bound);
  }

  private Buffer any() {
    Buffer pdu = stock.get(random.nextInt(stock.size())).copy();
    return pdu.setInt(12, sequence++);
  }

  private Buffer next() {
    int way = random.nextInt(400);
    if (way < 100) return any();
    if (way < 200) return flipped(any(), 16);
    if (way < 215) return flipped(any(), 4);
    if (way < 250) return lengthened(flipped(any(), 16), random.nextInt(60));
    if (way < 290) return withLength(shortened(any()));
    if (way < 330) return withLength(any().appendBuffer(tlv(random.nextInt(0x1500), bytes(random.nextInt(300)))).appendBuffer(tlv(0x424, bytes(random.nextInt(40)))));
    if (way < 350) return withLength(any().appendShort((short) random.nextInt()).appendShort((short) random.nextInt()).appendBytes(bytes(3)));
    if (way < 370) return withLength(shortened(any()).appendBuffer(stockBody()));
    if (way < 390) return any().setInt(4, random.nextBoolean() ? random.nextInt() : random.nextInt(0x300));
    if (way < 393) return any().setInt(0, 16 + random.nextInt(200));
    if (way < 394) return any().setInt(0, random.nextBoolean() ? random.nextInt() : random.nextInt(16));
    if (way < 395) return Buffer.buffer(bytes(1 + random.nextInt(100)));
    if (way < 396) return withLength(any().appendBytes(bytes(random.nextInt(64_000))));
    if (way < 397) return pdu(UNBIND, Buffer.buffer()).setInt(12, sequence++);
    return lengthened(any(), random.nextInt(2_000));
  }

  private Buffer stockBody() {
    Buffer other = stock.get(random.nextInt(stock.size()));
    return other.getBuffer(16 + random.nextInt(other.length() - 15), other.length());
  }

  private byte[] bytes(int count) {
    byte[] octets = new byte[count];
    random.nextBytes(octets);
    return octets;
  }

  private Buffer flipped(Buffer pdu, int from) {
    for (int k = 1 + random.nextInt(8); k > 0 && pdu.length() > from; k--) {
      int at = from + random.nextInt(pdu.length() - from);
      pdu.setByte(at, (byte) (random.nextInt(3) == 0 ? random.nextInt() : pdu.getByte(at) ^ 1 << random.nextInt(8)));
    }
    return pdu;
  }

  private Buffer shortened(Buffer pdu) {
    return pdu.getBuffer(0, 16 + random.nextInt(pdu.length() - 15));
  }

  private Buffer lengthened(Buffer pdu, int octets) {
    return withLength(pdu.appendBytes(bytes(octets)));
  }

  private static Buffer withLength(Buffer pdu) {
    return pdu.setInt(0, pdu.length());
  }
}
