-- Where demand comes from and who moves the goods. Both are documents of one row: few, read through the memo.

CREATE TABLE channel (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'web' OR kind = 'phone' OR kind = 'email' OR kind = 'store'
    OR kind = 'marketplace' OR kind = 'social' OR kind = 'delivery_app' OR kind = 'edi'),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  currency TEXT NOT NULL,
  language TEXT NOT NULL,
  number_series TEXT NOT NULL,    -- code of number_series
  number_prefix TEXT NOT NULL,
  stock_policy TEXT NOT NULL CHECK (stock_policy = 'refuse' OR stock_policy = 'backorder' OR stock_policy = 'hold'),
  hold_short_gifts INTEGER NOT NULL CHECK (hold_short_gifts IN (0, 1)),
  payment_terms TEXT NOT NULL CHECK (payment_terms = 'prepaid' OR payment_terms = 'cod' OR payment_terms = 'deposit'
    OR payment_terms = 'account'),
  prices_include_tax INTEGER NOT NULL CHECK (prices_include_tax IN (0, 1)),
  allow_splits INTEGER NOT NULL CHECK (allow_splits IN (0, 1)),
  max_splits BIGINT NOT NULL,     -- locations beyond the first, 0 = no limit
  whole_lines INTEGER NOT NULL CHECK (whole_lines IN (0, 1)),
  ship_complete INTEGER NOT NULL CHECK (ship_complete IN (0, 1)),
  minimum_shipment BIGINT NOT NULL, -- minor units of currency
  auto_open INTEGER NOT NULL CHECK (auto_open IN (0, 1)),
  shipping_method TEXT NOT NULL,
  locations TEXT NOT NULL,        -- JSON array of location codes, [] = all
  sourcing_rules TEXT NOT NULL,   -- JSON array of rules, in order
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX channel_code ON channel (code);
REFERENCE(channel);

CREATE TABLE carrier (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('table', 'manual')),
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  currency TEXT NOT NULL,         -- of its rates
  tracking_prefix TEXT,
  tracking_url TEXT,
  services TEXT NOT NULL,         -- JSON arrays: the carrier is checked and read as one document
  zones TEXT NOT NULL,
  rates TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX carrier_code ON carrier (code);
REFERENCE(carrier);
