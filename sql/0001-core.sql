-- What every business room stands on. Macros: KEY(bucket, a, b) orders key columns per engine; NARROW keeps small rows in
-- the key's tree; SPREAD, REFERENCE and LOCAL say how a sharded engine places a table.
--
-- CHECKs of three words or more are chains of OR: for IN (...) SQLite makes and drops a temporary table at every row that
-- is written (a fifth of the writer's instructions, measured). IN of two is an OR to it anyway.

-- Which node number a writing process holds. Ids are never drawn at or below high_water_ms (ms since 2020).
CREATE TABLE node_lease (
  node INTEGER NOT NULL CHECK (node BETWEEN 0 AND 63),
  owner TEXT NOT NULL,            -- random name of the process
  until BIGINT NOT NULL,          -- ms; free for others afterwards
  high_water_ms BIGINT NOT NULL,
  PRIMARY KEY (node)
) NARROW;
REFERENCE(node_lease);

-- Moves with every transaction that wrote masters (products, locations, rules, settings); readers forget their memo then.
CREATE TABLE masters_version (
  id INTEGER NOT NULL CHECK (id = 1),
  version BIGINT NOT NULL,
  PRIMARY KEY (id)
) NARROW;
REFERENCE(masters_version);

INSERT INTO masters_version (id, version) VALUES (1, 1);

CREATE TABLE setting (
  setting_key TEXT NOT NULL,
  setting_value TEXT NOT NULL,
  PRIMARY KEY (setting_key)
) NARROW;
REFERENCE(setting);

-- Series of human numbers; next_value is the next of the sequence behind sequential and random numbers.
CREATE TABLE number_series (
  code TEXT NOT NULL,
  prefix TEXT NOT NULL,
  mode TEXT NOT NULL CHECK (mode IN ('sequential', 'random')),
  digits BIGINT NOT NULL,
  next_value BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY (code)
) NARROW;
REFERENCE(number_series);

-- Replies of success, kept for repeats. Identity of the request: hash of method, path and raw body. Wide rows.
CREATE TABLE idempotency (
  bucket INTEGER NOT NULL,        -- hash(actor, key)
  actor_id BIGINT NOT NULL,
  idempotency_key TEXT NOT NULL,
  request_hash TEXT NOT NULL,
  status BIGINT NOT NULL,
  location TEXT,
  version BIGINT,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, actor_id, idempotency_key)
);
SPREAD(idempotency);
CREATE INDEX idempotency_expires ON idempotency (expires_at);

-- Facts, immutable. Keyed (subject, n); n = subject's version * 256 + ordinal within the act. No personal data: that lies
-- in event_personal and may be erased; personal_digest (SHA-256 of salt and text) stays and keeps the chain verifiable.
CREATE TABLE event (
  bucket INTEGER NOT NULL,
  subject_kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  topic TEXT NOT NULL,
  at BIGINT NOT NULL,
  actor_kind TEXT NOT NULL CHECK (actor_kind = 'system' OR actor_kind = 'user' OR actor_kind = 'api_key'
    OR actor_kind = 'rule'),
  actor_id BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  request_id TEXT,
  subject_prefix TEXT NOT NULL,
  ref_prefix TEXT,
  ref_id BIGINT,
  data TEXT NOT NULL,
  personal_digest TEXT,
  PRIMARY KEY KEY(bucket, subject_id, n)
);
SPREAD(event);

CREATE TABLE event_personal (
  bucket INTEGER NOT NULL,
  subject_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  salt TEXT NOT NULL,
  personal TEXT NOT NULL,
  PRIMARY KEY KEY(bucket, subject_id, n)
);
SPREAD(event_personal, event);

-- The order in which committed events are offered to consumers, and the hash chain over them.
CREATE TABLE feed (
  feed_group INTEGER NOT NULL,    -- 0 on engines with one writer or one numberer
  seq BIGINT NOT NULL,
  event_bucket INTEGER NOT NULL,
  subject_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  hash BYTES NOT NULL,
  PRIMARY KEY (feed_group, seq)
) NARROW;
LOCAL(feed);

-- Durable cursors of the consumers of the feed (search terms, counters, reports).
CREATE TABLE consumer (
  name TEXT NOT NULL,
  feed_seq BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (name)
) NARROW;
LOCAL(consumer);

-- Terms for full-text search, folded and segmented; filled from the feed by a consumer. kind: order, product, customer.
CREATE TABLE search_term (
  term TEXT NOT NULL,
  kind TEXT NOT NULL,
  subject_id BIGINT NOT NULL,
  bucket INTEGER NOT NULL,
  PRIMARY KEY (term, kind, subject_id, bucket)
) NARROW;
SPREAD(search_term);
