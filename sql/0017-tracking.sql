-- What customers may look at, what people bring in files, and what master data lacked for their screens.

-- Tracking links are derived: HMAC of this secret and the order's id. One row, made when the server first starts; whoever
-- changes it makes every link that was given out worthless.
CREATE TABLE tracking_secret (
  id INTEGER NOT NULL CHECK (id = 1),
  secret TEXT NOT NULL,           -- 64 hex digits
  PRIMARY KEY (id)
) NARROW;
REFERENCE(tracking_secret);

-- Customers ask the carrier when something is wrong.
ALTER TABLE carrier ADD COLUMN phone TEXT;

-- A variant names its parent and how it differs: {"size": "S"}. Pictures are addresses of others.
ALTER TABLE product ADD COLUMN parent_sku TEXT;
ALTER TABLE product ADD COLUMN options TEXT;
ALTER TABLE product ADD COLUMN images TEXT NOT NULL DEFAULT '[]';
CREATE INDEX product_parent ON product (parent_sku, id) WHERE parent_sku IS NOT NULL;

-- A file that was brought to the browser, kept for a day; its bytes lie in import_chunk, deflated.
CREATE TABLE import_file (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'products' OR kind = 'stock' OR kind = 'customers' OR kind = 'orders'),
  state TEXT NOT NULL CHECK (state = 'mapping' OR state = 'checking' OR state = 'checked' OR state = 'running'
    OR state = 'done' OR state = 'cancelled' OR state = 'failed'),
  file_name TEXT,
  file TEXT NOT NULL,             -- JSON: what was found in it
  mapping TEXT NOT NULL,          -- JSON: what its columns mean
  mapping_source TEXT NOT NULL CHECK (mapping_source = 'guessed' OR mapping_source = 'saved' OR mapping_source = 'given'),
  fingerprint TEXT NOT NULL,      -- SHA-256 of kind and header
  checked_rows BIGINT NOT NULL,
  checked_new BIGINT NOT NULL,
  checked_changed BIGINT NOT NULL,
  checked_unchanged BIGINT NOT NULL,
  checked_wrong BIGINT NOT NULL,
  ran_rows BIGINT NOT NULL,
  ran_new BIGINT NOT NULL,
  ran_changed BIGINT NOT NULL,
  ran_unchanged BIGINT NOT NULL,
  ran_wrong BIGINT NOT NULL,
  documents_done BIGINT NOT NULL, -- of the pass that is under way: where it goes on
  errors BIGINT NOT NULL,         -- kept in import_error
  message TEXT,                   -- why it failed
  actor_kind TEXT NOT NULL,       -- on whose behalf the rows are written ...
  actor_id BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  actor_rights BIGINT NOT NULL,
  actor_scope TEXT NOT NULL,      -- ... JSON: rows that they are bound to
  owner TEXT NOT NULL,            -- the process that works on it, until claimed_until
  claimed_until BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT,
  expires_at BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, id)
);
SPREAD(import_file);
CREATE INDEX import_file_created ON import_file (created_at, id);
CREATE INDEX import_file_expires ON import_file (expires_at);
CREATE INDEX import_file_busy ON import_file (claimed_until) WHERE state = 'checking' OR state = 'running';

CREATE TABLE import_chunk (
  bucket INTEGER NOT NULL,        -- of import_file
  import_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  bytes BYTES NOT NULL,
  PRIMARY KEY KEY(bucket, import_id, n)
);
SPREAD(import_chunk, import_file);

-- What was wrong with its rows, of the last pass; the first ones, up to a bound.
CREATE TABLE import_error (
  bucket INTEGER NOT NULL,
  import_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  line BIGINT NOT NULL,           -- of the file, from 1
  column_name TEXT,
  field TEXT,
  code TEXT NOT NULL,
  detail TEXT NOT NULL,
  record_key TEXT,                -- what the row is called: its SKU, its number
  raw TEXT,                       -- the rows as they were; with the first error of each
  PRIMARY KEY KEY(bucket, import_id, n)
);
SPREAD(import_error, import_file);
CREATE INDEX import_error_n ON import_error (import_id, n);

-- How a header was understood the last time it was run: the next file like it begins there.
CREATE TABLE import_mapping (
  fingerprint TEXT NOT NULL,
  mapping TEXT NOT NULL,
  used_at BIGINT NOT NULL,
  PRIMARY KEY (fingerprint)
);
REFERENCE(import_mapping);
