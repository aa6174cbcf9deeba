-- Where messages go and what their carriage costs: network and cost of each message, and what each link took, for carriers' invoices.
-- A database of an earlier release knows of the messages from its upgrade on; scripts/rebuild-reports adds what the events say of those before.

ALTER TABLE message
  ADD COLUMN network         text,
  ADD COLUMN cost_currency   text,
  ADD COLUMN income_micros   bigint,
  ADD COLUMN income_currency text;

COMMENT ON COLUMN message.network IS 'MCC and MNC of the recipient''s network (ITU-T E.212), as known when its link was chosen; NULL when unknown.';
COMMENT ON COLUMN message.cost_micros IS 'What the link charges for all of its segments, in millionths of cost_currency; due when it is sent (sent_at). NULL when unknown.';
COMMENT ON COLUMN message.cost_currency IS 'ISO 4217 code of cost_micros; NULL when unknown.';
COMMENT ON COLUMN message.income_micros IS 'What the operator is or was paid for it, by the account or the uppermost reseller above that, in millionths of income_currency; 0 once released, NULL when never priced.';
COMMENT ON COLUMN message.income_currency IS 'ISO 4217 code of income_micros; NULL when never priced.';
COMMENT ON COLUMN message.currency IS 'ISO 4217 code of price_micros; NULL when never priced.';
COMMENT ON COLUMN message.link_n IS 'Number of the event that gave link, network and cost. For the projection.';
COMMENT ON COLUMN message.money_n IS 'Number of the event that gave price and income. For the projection.';

-- Replaced in place, with new columns behind the old ones: what others have built upon it stays.
CREATE OR REPLACE VIEW volume_by_day AS
SELECT m.day, m.account AS customer, m.integration_id, coalesce(c.name, m.country) AS country, m.status, m.link, m.currency,
       count(*) AS volume, coalesce(sum(m.segments), 0)::bigint AS segments,
       coalesce(sum(m.price_micros), 0) / 1000000 AS price,
       sum(m.cost_micros) FILTER (WHERE m.sent_at IS NOT NULL) / 1000000 AS cost,
       sum(m.income_micros - m.cost_micros) FILTER (WHERE m.sent_at IS NOT NULL AND m.income_currency = m.cost_currency) / 1000000 AS margin,
       m.network, CASE WHEN m.sent_at IS NOT NULL THEN m.cost_currency END AS cost_currency
FROM message m LEFT JOIN country c ON c.code = m.country
WHERE m.facts_n > 0
GROUP BY 1, 2, 3, 4, 5, 6, 7, 13, 14;

COMMENT ON VIEW volume_by_day IS 'Messages by day, customer, integration, country, present status, link, network and currencies: each counts once.';
COMMENT ON COLUMN volume_by_day.currency IS 'Currency of price; NULL for what was never priced.';
COMMENT ON COLUMN volume_by_day.cost IS 'What the link charges for those that were sent, as far as known, in units of cost_currency.';
COMMENT ON COLUMN volume_by_day.margin IS 'What the operator is paid less the cost, of those that were sent and of which both are known, in the same currency: cost_currency.';
COMMENT ON COLUMN volume_by_day.network IS 'MCC and MNC of the recipient''s network, or NULL.';
COMMENT ON COLUMN volume_by_day.cost_currency IS 'Currency of cost and margin; NULL for what was not sent or whose cost is unknown.';

-- What was billed, by network, too.
ALTER TABLE billed ADD COLUMN network text NOT NULL DEFAULT '';
ALTER TABLE billed DROP CONSTRAINT billed_pkey, ADD PRIMARY KEY (account, day, currency, country, network, set_no);
COMMENT ON COLUMN billed.network IS 'MCC and MNC of the recipient''s network; empty when unknown.';

CREATE TABLE carried (
  set_no   integer NOT NULL,
  link     text COLLATE "C" NOT NULL,
  day      date NOT NULL,
  network  text NOT NULL,
  currency text NOT NULL,
  messages bigint NOT NULL,
  segments bigint NOT NULL,
  micros   bigint NOT NULL,
  PRIMARY KEY (link, day, network, currency, set_no)
);
COMMENT ON TABLE carried IS 'What each link took, whatever became of it: exact sums of the SENT events, for the comparison with carriers'' invoices. Events of earlier releases do not say their segments, and are not in it.';
COMMENT ON COLUMN carried.set_no IS 'Number of the MongoDB replica set in which the messages live: each has a projector of its own.';
COMMENT ON COLUMN carried.link IS 'The link that sent them.';
COMMENT ON COLUMN carried.day IS 'UTC day on which the carrier had taken every segment of the message.';
COMMENT ON COLUMN carried.network IS 'MCC and MNC of the recipient''s network; empty when unknown.';
COMMENT ON COLUMN carried.currency IS 'ISO 4217 code of micros; empty when the cost was unknown.';
COMMENT ON COLUMN carried.messages IS 'Messages sent.';
COMMENT ON COLUMN carried.segments IS 'Their short messages on the air.';
COMMENT ON COLUMN carried.micros IS 'What the link charges for them, in millionths of the currency''s unit; 0 when unknown.';
