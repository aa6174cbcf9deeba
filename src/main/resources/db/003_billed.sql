-- What accounts were billed, by day: exact sums of the BILLED legs of events. Each page counts once, like everything here.

CREATE TABLE billed (
  set_no   integer NOT NULL,
  account  text COLLATE "C" NOT NULL,
  day      date NOT NULL,
  currency text NOT NULL,
  country  text NOT NULL,
  messages bigint NOT NULL,
  segments bigint NOT NULL,
  micros   bigint NOT NULL,
  PRIMARY KEY (account, day, currency, country, set_no)
);
COMMENT ON TABLE billed IS 'What each account paid to whom it buys from, for its own messages and for those of accounts below it. A database of an earlier release has it from its upgrade on; scripts/rebuild-reports brings in what was before.';
COMMENT ON COLUMN billed.set_no IS 'Number of the MongoDB replica set in which the messages live: each has a projector of its own.';
COMMENT ON COLUMN billed.account IS 'Who pays.';
COMMENT ON COLUMN billed.day IS 'UTC day on which it was billed: when the message was sent or reached its end, by the account''s policy.';
COMMENT ON COLUMN billed.currency IS 'ISO 4217 code of micros.';
COMMENT ON COLUMN billed.country IS 'ISO 3166-1 alpha-2 code of the handset''s number; empty when unknown.';
COMMENT ON COLUMN billed.messages IS 'Messages billed.';
COMMENT ON COLUMN billed.segments IS 'Their short messages on the air.';
COMMENT ON COLUMN billed.micros IS 'What was paid, in millionths of the currency''s unit.';
