-- People and companies who buy; bucket = the low bits of their id. Wide rows.
CREATE TABLE customer (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  external_id TEXT,
  email TEXT,                     -- as given; customer_key has the form that compares
  phone TEXT,
  name TEXT,
  company TEXT,
  tax_id TEXT,
  language TEXT,
  tags TEXT NOT NULL,             -- JSON array
  notes TEXT,
  blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)),
  blocked_reason TEXT,
  metadata TEXT,                  -- JSON object
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, id)
);
SPREAD(customer);
CREATE INDEX customer_created ON customer (created_at, id);
CREATE INDEX customer_updated ON customer (updated_at, id);

CREATE TABLE customer_address (
  bucket INTEGER NOT NULL,
  customer_id BIGINT NOT NULL,
  n BIGINT NOT NULL,              -- from 1, in the order given
  label TEXT,
  default_shipping INTEGER NOT NULL CHECK (default_shipping IN (0, 1)),
  default_billing INTEGER NOT NULL CHECK (default_billing IN (0, 1)),
  name TEXT,
  company TEXT,
  line1 TEXT,
  line2 TEXT,
  city TEXT,
  region TEXT,
  postal_code TEXT,
  country TEXT NOT NULL,          -- ISO 3166-1 alpha-2
  phone TEXT,
  latitude BIGINT,                -- degrees x 10^6
  longitude BIGINT,
  PRIMARY KEY KEY(bucket, customer_id, n)
);
SPREAD(customer_address, customer);

-- What a customer is found by, each key one customer's. bucket = hash(kind, key_value), so uniqueness holds by bucket.
CREATE TABLE customer_key (
  bucket INTEGER NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'external_id' OR kind = 'email' OR kind = 'phone'),
  key_value TEXT NOT NULL,        -- normalized
  customer_id BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, kind, key_value)
) NARROW;
SPREAD(customer_key);
