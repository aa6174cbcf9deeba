package io.godwit.message;

/** Every bound that Godwit keeps, in one place. Sizes in bytes and times in milliseconds unless the name says otherwise. */
public final class Limits {
  private static final long HEAP = Runtime.getRuntime().maxMemory();

  /** A request body. */
  public static final int BODY_BYTES = 4 << 20;
  /** The whole directory with all uploaded prices, in or out, or the rows of one price list: three million rows, where the heap is large enough for that. */
  public static final int DIRECTORY_BYTES = (int) Math.max(BODY_BYTES, Math.min(64 << 20, HEAP / 32));
  /** Entries of the directory that one import changes: in one transaction, which has five seconds for twice as many documents. */
  public static final int CHANGES = 30_000;
  /** The ids of a batch's messages were made within so long after its own, milliseconds. */
  public static final long BATCH_SPREAD = 10_000;
  /** Recipients or messages in one batch call. */
  public static final int BATCH_MESSAGES = 10_000;
  /** Objects, lists and what stands in them in one request's JSON, thirty for each message of a full batch: three bytes of a body may take a hundred in memory. */
  public static final int BODY_VALUES = 30 * BATCH_MESSAGES;
  /** Segments of one message. */
  public static final int SEGMENTS = 10;
  /** Messages of one parcel, and about as many in one unit of work. */
  public static final int PARCEL_MESSAGES = 500;
  /** Bytes of one parcel: far below MongoDB's 16 MB, so that a claim never takes long. */
  public static final int PARCEL_BYTES = 1 << 20;
  /** Messages of an await parcel: receipts come in any order, and each marks its parcel. */
  public static final int AWAIT_PARCEL_MESSAGES = 20;
  /** Await parcels that a process remembers, so that most receipts are settled without a read. In all links and sets. */
  public static final long AWAITING_BYTES = Math.min(64 << 20, HEAP / 16);
  /** Events of pages just written that a process keeps for its own projection; about a kilobyte each. */
  public static final int RECENT_EVENTS = (int) Math.min(20_000, HEAP >> 16);
  /** Notices of a parcel: what one receiver of a customer may hold up. */
  public static final int NOTICE_PARCEL = 100;
  /** Events of one page. */
  public static final int PAGE_EVENTS = 200;
  /** Parcels that wait in memory for one stage, a lane: few, so that alerts overtake and cancel works. */
  public static final int HANDED_PARCELS = 2;
  /** Messages that wait in memory to be accepted; above it submitters are told to come back. */
  public static final int INTAKE_MESSAGES = 20_000;
  /** What these weigh, in the whole process; a single offer may weigh more. */
  public static final long INTAKE_BYTES = HEAP / 8;
  /** Bodies of HTTP requests that are not answered yet, in the whole process; above it they are told to come back before they are read. */
  public static final long REQUESTS_BYTES = HEAP / 16;
  /** Messages of one set that wait for their turn to be taken back, for one instance of a door. */
  public static final int CANCELLATIONS = 1_000;
  /** Of these for one account, so that no customer takes them all. */
  public static final int CANCELLATIONS_OF_ACCOUNT = CANCELLATIONS / 4;
  /** Messages that are looked up at once for customers over SMPP, by one instance of the door: each look-up asks several times, by the connections that commits use. */
  public static final int LOOK_UPS = 100;
  /** Of these for one account, so that no customer takes them all. */
  public static final int LOOK_UPS_OF_ACCOUNT = LOOK_UPS / 4;
  /** Batches that are looked for at once so, and what is no message's id: among all that was accepted within {@link #BATCH_SPREAD}. */
  public static final int BATCH_LOOK_UPS = 8;
  public static final int BATCH_LOOK_UPS_OF_ACCOUNT = BATCH_LOOK_UPS / 4;
  /** What one claim takes from the store, unless the first parcel is larger. */
  public static final int CLAIM_BYTES = 4 << 20;
  /** An account sharing a parcel with others puts at most this many messages into it. */
  public static final int SHARED_MESSAGES = 100;
  /** Longer texts are refused unread: {@link #SEGMENTS} carry 1,530 characters at most. */
  public static final int TEXT_CHARS = 4_000;
  /** A short field of a request: references, tags, senders. In chars, like the next one. */
  public static final int FIELD_CHARS = 128;
  public static final int URL_CHARS = 2_048;
  /** What a handler's exception says, as a dead letter and its event keep it. In chars. */
  public static final int REASON_CHARS = 1_000;
  public static final int TAGS = 10;
  /** Optional parameters of a customer's submit_sm that are passed on to a carrier, and what they have in all. */
  public static final int PASSED_TLVS = 16;
  public static final int PASSED_TLVS_BYTES = 512;
  /** Dead letters that one call lists or retries. */
  public static final int DEAD_LETTERS = 1_000;
  /** Open connections of one instance of the HTTP door; who comes as one more is refused what he asks, and closed then. */
  public static final int HTTP_CONNECTIONS = 5_000;
  /** So many more can be told why; further ones are closed at once. */
  public static final int HTTP_CONNECTIONS_REFUSED = 500;
  /** Sessions of one instance of the SMPP door, bound or not; more are closed at once. */
  public static final int SMPP_CONNECTIONS = 5_000;
  public static final int HTTP_IDLE_SECONDS = 60;
  public static final int HTTP_LINE_BYTES = 8 << 10;
  public static final int HTTP_HEADER_BYTES = 16 << 10;

  public static final long DEFAULT_VALIDITY = 48 * 3_600_000L;
  public static final long MAX_VALIDITY = 7 * 24 * 3_600_000L;
  public static final long MAX_SCHEDULE = 366 * 24 * 3_600_000L;
  /** A customer's receipts and replies are kept for so long while he does not take them. */
  public static final long NOTICE_VALIDITY = 48 * 3_600_000L;
  /** How long after its validity a receipt is still waited for. */
  public static final long RECEIPT_GRACE = 3_600_000L;

  /** A submission is answered within it, whatever the store does. */
  public static final long ANSWER = 10_000;
  /** What reads or replaces very much at once is answered within it: before {@link #HTTP_IDLE_SECONDS} end a connection on which nothing comes and goes. */
  public static final long LONG_ANSWER = 50_000;
  /** A look-up of one message; and what is in the midst of an election is back within it. */
  public static final long LOOK_UP = 5_000;
  /** What is under way when a door closes, or a bind to a carrier when its process stops, gets so long. */
  public static final long DRAIN = 10_000;
  /** The answer to a keyed request is given again for so long. */
  public static final long IDEMPOTENCY = 48 * 3_600_000L;

  public static final long BEAT = 2_000;
  public static final long SWEEP = 5_000;
  public static final long POLL = 500;
  /** A stage that decides for longer returns its parcels. */
  public static final long STAGE_TIMEOUT = 60_000;
  /** A holder whose last acknowledged beat is older submits nothing. */
  public static final long BEAT_TRUST = 5_000;

  private Limits() {
  }
}
