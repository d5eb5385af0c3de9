-- Where things are, and how much of them. A stock row, its movements and its reservations share one bucket:
-- hash(location, hash(product) mod location.spread).

CREATE TABLE location (
  id BIGINT NOT NULL,
  code TEXT NOT NULL,
  name TEXT,
  kind TEXT NOT NULL CHECK (kind = 'warehouse' OR kind = 'store' OR kind = '3pl' OR kind = 'supplier'
    OR kind = 'plant' OR kind = 'kitchen'),
  address TEXT,                   -- JSON
  latitude BIGINT,                -- degrees x 10^6
  longitude BIGINT,
  time_zone TEXT NOT NULL,        -- IANA
  calendar TEXT,                  -- JSON; NULL = always open
  cut_off TEXT,                   -- JSON: "14:00", or rows by weekday, carrier and service
  processing_hours BIGINT,        -- working hours; NULL = the company's setting
  capacity BIGINT NOT NULL CHECK (capacity >= 0), -- orders a day; 0 = not bounded
  priority BIGINT NOT NULL,       -- smaller comes first
  paused INTEGER NOT NULL CHECK (paused IN (0, 1)),
  negative_stock INTEGER NOT NULL CHECK (negative_stock IN (0, 1)),
  scan_required INTEGER NOT NULL CHECK (scan_required IN (0, 1)),
  cost_per_order BIGINT NOT NULL, -- minor units of the company's currency
  cost_per_unit BIGINT NOT NULL,
  spread BIGINT NOT NULL CHECK (spread IN (1, 2, 4, 8, 16)), -- fixed for ever: keys of stock derive from it
  tags TEXT NOT NULL,             -- JSON array
  version BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX location_code ON location (code);
CREATE INDEX location_created ON location (created_at, id);
CREATE INDEX location_updated ON location (updated_at, id);
REFERENCE(location);

-- Balances: on_hand = sum of the row's movements, reserved = sum of its live reservations. on_hand is below 0, or below
-- reserved, only where the location allows negative stock: no constraint here but a guard of every write.
CREATE TABLE stock (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,             -- subject of the row's events
  location_id BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  owner TEXT NOT NULL,            -- '' = the company
  stock_condition TEXT NOT NULL CHECK (stock_condition = 'good' OR stock_condition = 'quarantine'
    OR stock_condition = 'damaged' OR stock_condition = 'expired'),
  lot TEXT NOT NULL,              -- '' = not told apart
  on_hand BIGINT NOT NULL,        -- quantities in millionths of the product's unit
  reserved BIGINT NOT NULL CHECK (reserved >= 0),
  safety BIGINT NOT NULL CHECK (safety >= 0),
  incoming BIGINT NOT NULL CHECK (incoming >= 0),
  movements BIGINT NOT NULL,      -- n of the last ledger entry
  alerted INTEGER NOT NULL CHECK (alerted IN (0, 1)), -- stock.low was told, stock.recovered not yet
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,     -- never goes back
  PRIMARY KEY KEY(bucket, location_id, product_id, owner, stock_condition, lot)
) NARROW;
SPREAD(stock);
-- None of their columns ever changes, so reserving touches the row alone.
CREATE INDEX stock_product ON stock (product_id, id);
CREATE INDEX stock_location ON stock (location_id, id);
CREATE INDEX stock_id ON stock (id);

-- The ledger: append-only, n counts from 1 in each stock row. on_hand is the balance after the entry.
CREATE TABLE stock_movement (
  bucket INTEGER NOT NULL,
  location_id BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  owner TEXT NOT NULL,
  stock_condition TEXT NOT NULL,
  lot TEXT NOT NULL,
  n BIGINT NOT NULL,
  entry BIGINT NOT NULL,          -- unique and time-ordered: breaks ties of at in lists
  at BIGINT NOT NULL,             -- never goes back within a row
  kind TEXT NOT NULL CHECK (kind = 'adjustment' OR kind = 'count' OR kind = 'receipt' OR kind = 'shipment'
    OR kind = 'return' OR kind = 'transfer' OR kind = 'production' OR kind = 'consumption' OR kind = 'condition'),
  delta BIGINT NOT NULL,
  on_hand BIGINT NOT NULL,
  reason TEXT,
  document_prefix TEXT,           -- 'adj', 'ful' ...
  document_id BIGINT,
  actor_kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, location_id, product_id, owner, stock_condition, lot, n)
) NARROW;
SPREAD(stock_movement, stock);
CREATE INDEX stock_movement_product ON stock_movement (product_id, at, entry);
CREATE INDEX stock_movement_at ON stock_movement (at, entry);
CREATE INDEX stock_movement_location ON stock_movement (location_id, at, entry);

-- One row per demand line and stock key. quantity is what is still held: 0 unless live.
CREATE TABLE reservation (
  bucket INTEGER NOT NULL,        -- of the stock row
  demand_id BIGINT NOT NULL,      -- the order
  line BIGINT NOT NULL,
  location_id BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  owner TEXT NOT NULL,
  stock_condition TEXT NOT NULL,
  lot TEXT NOT NULL,
  demand_kind TEXT NOT NULL,      -- 'order'
  quantity BIGINT NOT NULL CHECK (quantity >= 0),
  kind TEXT NOT NULL CHECK (kind IN ('soft', 'hard')),
  state TEXT NOT NULL CHECK (state = 'live' OR state = 'consumed' OR state = 'released' OR state = 'expired'),
  priority BIGINT NOT NULL,       -- larger keeps its stock longer
  created_at BIGINT NOT NULL,
  expires_at BIGINT,              -- soft ones only
  PRIMARY KEY KEY(bucket, demand_id, line, location_id, product_id, owner, stock_condition, lot)
) NARROW;
SPREAD(reservation, stock);
-- Who holds a row's stock, for counts that find less.
CREATE INDEX reservation_stock ON reservation (location_id, product_id) WHERE state = 'live';
CREATE INDEX reservation_expiry ON reservation (expires_at) WHERE state = 'live' AND kind = 'soft';

-- Documents that adjust or count stock; never changed.
CREATE TABLE adjustment (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  location_id BIGINT NOT NULL,
  reason TEXT,
  created_at BIGINT NOT NULL,
  version BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(adjustment);
CREATE INDEX adjustment_created ON adjustment (created_at, id);
CREATE INDEX adjustment_location ON adjustment (location_id, created_at, id);

CREATE TABLE adjustment_line (
  bucket INTEGER NOT NULL,
  adjustment_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  sku TEXT NOT NULL,
  owner TEXT NOT NULL,
  stock_condition TEXT NOT NULL,
  lot TEXT NOT NULL,
  delta BIGINT NOT NULL,          -- asked, or what the count found
  counted BIGINT,                 -- NULL = a delta was given
  on_hand BIGINT NOT NULL,        -- after the line
  displaced BIGINT NOT NULL,      -- reservations that had to go
  PRIMARY KEY KEY(bucket, adjustment_id, n)
) NARROW;
SPREAD(adjustment_line, adjustment);
