-- What people who live in SQL ask first.

CREATE VIEW volume_by_day AS
SELECT m.day, m.account AS customer, m.integration_id, coalesce(c.name, m.country) AS country, m.status, m.link, m.currency,
       count(*) AS volume, coalesce(sum(m.segments), 0)::bigint AS segments,
       coalesce(sum(m.price_micros), 0) / 1000000 AS price,
       sum(m.cost_micros) / 1000000 AS cost,
       sum(m.price_micros - m.cost_micros) / 1000000 AS margin
FROM message m LEFT JOIN country c ON c.code = m.country
WHERE m.facts_n > 0
GROUP BY 1, 2, 3, 4, 5, 6, 7;

COMMENT ON VIEW volume_by_day IS 'Messages by day, customer, integration, country, present status, link and currency: each counts once.';
COMMENT ON COLUMN volume_by_day.day IS 'UTC day of acceptance; name it in WHERE, so that only its partitions are read.';
COMMENT ON COLUMN volume_by_day.customer IS 'Account of the message.';
COMMENT ON COLUMN volume_by_day.integration_id IS 'The customer''s name for the sending system, or NULL.';
COMMENT ON COLUMN volume_by_day.country IS 'English name of the handset''s country, or NULL.';
COMMENT ON COLUMN volume_by_day.status IS 'Present status.';
COMMENT ON COLUMN volume_by_day.link IS 'Link that it was last routed to or came over, or NULL.';
COMMENT ON COLUMN volume_by_day.currency IS 'Currency of price, cost and margin; NULL for what was never priced.';
COMMENT ON COLUMN volume_by_day.volume IS 'Messages.';
COMMENT ON COLUMN volume_by_day.segments IS 'Short messages on the air.';
COMMENT ON COLUMN volume_by_day.price IS 'What the customer pays, in units of the currency, exact.';
COMMENT ON COLUMN volume_by_day.cost IS 'What the outermost seller pays, as far as known.';
COMMENT ON COLUMN volume_by_day.margin IS 'Price less cost of those messages of which both are known.';

CREATE VIEW volume AS
SELECT customer, integration_id, country, status, sum(volume)::bigint AS volume
FROM volume_by_day
GROUP BY 1, 2, 3, 4;

COMMENT ON VIEW volume IS 'The volume report over all days: customer, integration id, country, status, number of messages.';
COMMENT ON COLUMN volume.customer IS 'Account of the message.';
COMMENT ON COLUMN volume.integration_id IS 'The customer''s name for the sending system, or NULL.';
COMMENT ON COLUMN volume.country IS 'English name of the handset''s country, or NULL.';
COMMENT ON COLUMN volume.status IS 'Present status.';
COMMENT ON COLUMN volume.volume IS 'Messages: each counts once, under its present status.';
