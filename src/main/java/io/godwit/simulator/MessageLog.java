package io.godwit.simulator;

import com.cloudhopper.smpp.SmppConstants;
import com.cloudhopper.smpp.pdu.BaseSm;
import com.cloudhopper.smpp.pdu.SubmitSm;
import com.cloudhopper.smpp.type.Address;
import io.godwit.message.Alphabet;
import io.godwit.smpp.Part;
import io.godwit.smpp.Pdus;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

/**
 * Every message segment that a simulator accepted, the last so many of them: what tests compare with what was submitted. Packed
 * into chunks of octets, about 120 a short message, since a million entries as objects would be a burden to whom is measured.
 * Thread-safe.
 */
public final class MessageLog {
  /** So few that a chunk is no large object to the collector. */
  private static final int CHUNK_ENTRIES = 512;
  private static final Alphabet[] ALPHABETS = Alphabet.values();

  /**
   * One accepted submit_sm, which is one segment.
   *
   * @param number counts from 0 and never restarts but by a reset
   * @param dataCoding0 what data_coding 0 was read as
   * @param headerOctets length of the user data header
   * @param octets the message without user data header
   * @param ref with total and seq, where this stands in a longer message; 0 of 1 if alone
   * @param receivedAtMillis wall clock
   */
  public record Entry(long number, String id, String systemId, String from, String to, byte dataCoding, Alphabet dataCoding0, int headerOctets,
                      byte[] octets, int ref, int total, int seq, long receivedAtMillis) {

    public String text() {
      return dataCoding == 0 ? dataCoding0.decode(octets, headerOctets) : Pdus.alphabet(dataCoding, Pdus.Alphabet.GSM).decode(octets);
    }
  }

  private static final class Chunk {
    private long first;
    private final int[] starts = new int[CHUNK_ENTRIES + 1];
    private ByteBuffer octets = ByteBuffer.allocate(16 * 1024);
    private int size;

    Chunk(long first) {
      this.first = first;
    }

    /** The same arrays for other entries: what a full log adds costs no memory. */
    Chunk again(long newFirst) {
      first = newFirst;
      size = 0;
      octets.clear();
      return this;
    }

    ByteBuffer roomFor(int length) {
      if (octets.remaining() < length) {
        byte[] larger = Arrays.copyOf(octets.array(), Math.max(octets.capacity() * 2, octets.position() + length));
        octets = ByteBuffer.wrap(larger).position(octets.position());
      }
      return octets;
    }

    void entryIsWritten() {
      starts[++size] = octets.position();
    }

    Entry get(int i) {
      return read(first + i, ByteBuffer.wrap(octets.array(), starts[i], starts[i + 1] - starts[i]));
    }
  }

  private final int limit;
  private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
  private long next;

  /** @param limit entries kept, at least; up to {@value #CHUNK_ENTRIES} more */
  MessageLog(int limit) {
    this.limit = limit;
  }

  /** @param dataCoding0 what data_coding 0 is to be read as */
  synchronized void add(String id, String systemId, BaseSm<?> sm, Alphabet dataCoding0, long receivedAtMillis) {
    if (chunks.isEmpty() || chunks.getLast().size == CHUNK_ENTRIES) {
      boolean full = !chunks.isEmpty() && next - chunks.getFirst().first >= limit + CHUNK_ENTRIES;
      chunks.add(full ? chunks.removeFirst().again(next) : new Chunk(next));
    }
    Chunk chunk = chunks.getLast();
    write(chunk, id, systemId, sm, dataCoding0, receivedAtMillis);
    chunk.entryIsWritten();
    next++;
  }

  private static void write(Chunk chunk, String id, String systemId, BaseSm<?> sm, Alphabet dataCoding0, long receivedAtMillis) {
    byte[] message = Pdus.octets(sm);
    String[] strings = {id, systemId == null ? "" : systemId, number(sm.getSourceAddress()), number(sm.getDestAddress())};
    Part sar = (sm.getEsmClass() & SmppConstants.ESM_CLASS_UDHI_MASK) == 0 && sm.getOptionalParameterCount() > 0
      ? Part.of(sm) : null;
    int length = 8 + 3 + 4 * 2 + 4 + message.length + 4;
    for (String string : strings) {
      length += string.length();
    }
    ByteBuffer to = chunk.roomFor(length).putLong(receivedAtMillis).put(sm.getDataCoding()).put((byte) dataCoding0.ordinal()).put(sm.getEsmClass());
    for (String string : strings) {
      to.putShort((short) string.length());
      for (int i = 0; i < string.length(); i++) to.put((byte) string.charAt(i));
    }
    to.putInt(message.length).put(message);
    to.putShort((short) (sar == null ? 0 : sar.ref())).put((byte) (sar == null ? 1 : sar.total())).put((byte) (sar == null ? 1 : sar.seq()));
  }

  private static Entry read(long number, ByteBuffer from) throws BufferUnderflowException {
    long receivedAt = from.getLong();
    byte dataCoding = from.get();
    Alphabet dataCoding0 = ALPHABETS[from.get()];
    byte esmClass = from.get();
    String[] strings = new String[4];
    for (int i = 0; i < strings.length; i++) {
      strings[i] = new String(octets(from, from.getShort() & 0xFFFF), StandardCharsets.ISO_8859_1);
    }
    byte[] message = octets(from, from.getInt());
    Part part = new Part(from.getShort() & 0xFFFF, from.get() & 0xFF, from.get() & 0xFF, message);
    if ((esmClass & SmppConstants.ESM_CLASS_UDHI_MASK) != 0) {
      part = partByHeader(esmClass, message);
    }
    return new Entry(number, strings[0], strings[1], strings[2], strings[3], dataCoding, dataCoding0, message.length - part.payload().length,
      part.payload(), part.ref(), part.total(),
      part.seq(), receivedAt);
  }

  private static Part partByHeader(byte esmClass, byte[] message) {
    SubmitSm sm = Pdus.submit(null, null, message, (byte) 0, true, false);
    sm.setEsmClass(esmClass);
    return Part.of(sm);
  }

  private static byte[] octets(ByteBuffer from, int length) {
    byte[] octets = new byte[length];
    from.get(octets);
    return octets;
  }

  /** Of Latin-1, as every string that was read from a PDU. */
  private static String number(Address address) {
    return address == null || address.getAddress() == null ? "" : address.getAddress();
  }

  /** How many were ever logged since the start or the last reset, kept or not. */
  public synchronized long count() {
    return next;
  }

  /** Entries from a number on that meet a condition, the oldest first, at most so many. */
  public synchronized List<Entry> entries(long from, int most, Predicate<Entry> condition) {
    List<Entry> found = new ArrayList<>();
    for (Chunk chunk : chunks) {
      for (int i = (int) Math.max(0, Math.min(chunk.size, from - chunk.first)); i < chunk.size && found.size() < most; i++) {
        Entry entry = chunk.get(i);
        if (condition.test(entry)) {
          found.add(entry);
        }
      }
    }
    return found;
  }

  /** All entries that are kept. */
  public List<Entry> entries() {
    return entries(0, Integer.MAX_VALUE, entry -> true);
  }

  synchronized void reset() {
    chunks.clear();
    next = 0;
  }
}
