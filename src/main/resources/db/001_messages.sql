-- The reporting database: one row a message, derived from the events in MongoDB and rebuildable from nothing.
-- Read it freely; only Godwit's projection writes it. Times are UTC, money is in millionths of the currency's unit.

CREATE TABLE message (
  id             text COLLATE "C" NOT NULL,
  day            date NOT NULL,
  set_no         integer NOT NULL,
  direction      text,
  account        text,
  sender         text,
  recipient      text,
  country        text,
  integration_id text,
  client_ref     text,
  batch          text COLLATE "C",
  tags           text[],
  text           text,
  encoding       text,
  segments       integer,
  status         text,
  final          boolean,
  n              integer NOT NULL DEFAULT 0,
  link           text,
  price_micros   bigint,
  cost_micros    bigint,
  currency       text,
  error_code     text,
  error_text     text,
  accepted_at    timestamptz NOT NULL,
  sent_at        timestamptz,
  done_at        timestamptz,
  in_reply_to    text COLLATE "C",
  redacted       boolean NOT NULL DEFAULT false,
  facts_n        integer NOT NULL DEFAULT 0,
  sender_n       integer NOT NULL DEFAULT 0,
  link_n         integer NOT NULL DEFAULT 0,
  money_n        integer NOT NULL DEFAULT 0,
  sent_n         integer NOT NULL DEFAULT 0,
  updated_at     timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (id, day)
) PARTITION BY RANGE (day);

-- Ids sort by time: an account's messages by id are its messages by acceptance.
-- No index names a column that changes while a message is on its way: so most updates touch no index at all (heap-only tuples).
CREATE INDEX message_account    ON message (account, id);
CREATE INDEX message_recipient  ON message (recipient);
CREATE INDEX message_client_ref ON message (client_ref) WHERE client_ref IS NOT NULL;
CREATE INDEX message_batch      ON message (batch) WHERE batch IS NOT NULL;
CREATE INDEX message_reply      ON message (in_reply_to) WHERE in_reply_to IS NOT NULL;

COMMENT ON TABLE message IS 'Every message, MT and MO, as it stands now. Partitioned by day. A row whose facts_n is 0 has met only later events of its message so far; its first one follows within seconds.';
COMMENT ON COLUMN message.id IS 'Message id: 26 characters that sort by time of acceptance.';
COMMENT ON COLUMN message.day IS 'UTC day of acceptance; name it in WHERE, so that only its partitions are read.';
COMMENT ON COLUMN message.set_no IS 'Number of the MongoDB replica set in which the message lives.';
COMMENT ON COLUMN message.direction IS 'MT goes to a handset, MO comes from one.';
COMMENT ON COLUMN message.account IS 'Who sent it (MT) or whom it is for (MO; NULL when nobody is known).';
COMMENT ON COLUMN message.sender IS 'Sender as the handset sees it (MT), or the handset''s number (MO).';
COMMENT ON COLUMN message.recipient IS 'Recipient: the handset''s number (MT), or the number that was written to (MO).';
COMMENT ON COLUMN message.country IS 'ISO 3166-1 alpha-2 code of the handset''s number, see table country; NULL when unknown.';
COMMENT ON COLUMN message.integration_id IS 'The customer''s name for the system that sent it; NULL when not given.';
COMMENT ON COLUMN message.client_ref IS 'The customer''s own reference; NULL when not given.';
COMMENT ON COLUMN message.batch IS 'Id of the batch that it came in; NULL for a single message.';
COMMENT ON COLUMN message.tags IS 'The customer''s tags; {} when there are none.';
COMMENT ON COLUMN message.text IS 'The text; NULL once it was blanked. A NUL character, which PostgreSQL cannot hold, stands as U+FFFD.';
COMMENT ON COLUMN message.encoding IS 'GSM7, UCS2 or LATIN1.';
COMMENT ON COLUMN message.segments IS 'Short messages on the air.';
COMMENT ON COLUMN message.status IS 'SCHEDULED, SUBMITTED, ROUTED, SENT, DELIVERED, TELCO_ERROR, USER_BLOCKED, OPTED_OUT, NO_ROUTE, NO_CREDIT, REJECTED, EXPIRED, CANCELLED, DEAD, UNKNOWN or, for MO, RECEIVED.';
COMMENT ON COLUMN message.final IS 'Whether nothing can follow.';
COMMENT ON COLUMN message.n IS 'Number of the event that gave status, final, done_at and error.';
COMMENT ON COLUMN message.link IS 'Link that it was last routed to (MT) or came over (MO); NULL before.';
COMMENT ON COLUMN message.price_micros IS 'What the account pays or has paid, in millionths; 0 once released, NULL when never priced.';
COMMENT ON COLUMN message.cost_micros IS 'What the outermost seller pays to the carrier, in millionths; NULL when not known or in another currency.';
COMMENT ON COLUMN message.currency IS 'ISO 4217 code of price and cost; NULL when never priced.';
COMMENT ON COLUMN message.error_code IS 'Why it waits, was refused or failed: an entry of the error dictionary; NULL when nothing is wrong.';
COMMENT ON COLUMN message.error_text IS 'The same for people.';
COMMENT ON COLUMN message.accepted_at IS 'When it was accepted or received.';
COMMENT ON COLUMN message.sent_at IS 'When the carrier had taken every segment; NULL before.';
COMMENT ON COLUMN message.done_at IS 'When it became final; NULL before.';
COMMENT ON COLUMN message.in_reply_to IS 'For MO: id of the message that it answers; NULL when none.';
COMMENT ON COLUMN message.redacted IS 'Whether its text was blanked by policy or erasure.';
COMMENT ON COLUMN message.facts_n IS 'Number of the event that gave account to segments and in_reply_to; 0 = not seen yet. For the projection.';
COMMENT ON COLUMN message.sender_n IS 'Number of the event that gave sender. For the projection.';
COMMENT ON COLUMN message.link_n IS 'Number of the event that gave link. For the projection.';
COMMENT ON COLUMN message.money_n IS 'Number of the event that gave price, cost and currency. For the projection.';
COMMENT ON COLUMN message.sent_n IS 'Number of the event that gave sent_at. For the projection.';
COMMENT ON COLUMN message.updated_at IS 'When the projection last changed the row, by PostgreSQL''s clock.';

-- CREATE TABLE … PARTITION OF would lock out every report until it is done; ATTACH does not.
CREATE FUNCTION make_message_partition(of_day date) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  partition text := 'message_' || to_char(of_day, 'YYYYMMDD');
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext(partition));
  IF to_regclass(partition) IS NOT NULL THEN RETURN; END IF;
  EXECUTE format('CREATE TABLE %I (LIKE message INCLUDING DEFAULTS) WITH (fillfactor = 75)', partition);
  EXECUTE format('ALTER TABLE message ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, of_day, of_day + 1);
END $$;
COMMENT ON FUNCTION make_message_partition IS 'Adds the partition of a day unless it is there; pages keep room, so that updates stay beside their row.';

CREATE TABLE country (
  code text PRIMARY KEY,
  name text NOT NULL
);
COMMENT ON TABLE country IS 'English country names by ISO 3166-1 alpha-2 code, filled by Godwit at each start.';

CREATE TABLE projector (
  set_no     integer PRIMARY KEY,
  epoch      bigint NOT NULL DEFAULT 0,
  holder     text,
  beat       bigint NOT NULL DEFAULT 0,
  mark       bigint NOT NULL DEFAULT 0,
  updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE projector IS 'Who projects a set: every write of a projector matches its epoch here.';
COMMENT ON COLUMN projector.epoch IS 'Raised by whoever takes over; what is written under an older one fails.';
COMMENT ON COLUMN projector.holder IS 'The process that projects; NULL = free.';
COMMENT ON COLUMN projector.beat IS 'Counts the holder''s writes: one that stands still for seconds has a dead holder.';
COMMENT ON COLUMN projector.mark IS 'Every page with a lower ts (MongoDB timestamp: seconds << 32 | counter) is applied.';

CREATE TABLE applied_page (
  set_no integer NOT NULL,
  id     text COLLATE "C" NOT NULL,
  ts     bigint NOT NULL,
  PRIMARY KEY (set_no, id)
);
CREATE INDEX applied_page_ts ON applied_page (set_no, ts);
COMMENT ON TABLE applied_page IS 'Pages above the mark that are applied: the primary key is what makes a second time impossible.';

CREATE TABLE projected_day (
  set_no     integer NOT NULL,
  collection text NOT NULL,
  pages      bigint NOT NULL,
  PRIMARY KEY (set_no, collection)
);
COMMENT ON TABLE projected_day IS 'How much of each day collection is applied: one may be dropped only when its page count is the same.';
