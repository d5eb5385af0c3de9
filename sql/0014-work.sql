-- work

-- What people do about an order: who it is given to, who looks at a hold, what they say to each other.

ALTER TABLE orders ADD COLUMN assigned_to TEXT;   -- "usr_..." or "key_...": who takes care of it
ALTER TABLE orders ADD COLUMN assigned_name TEXT; -- for people, as it was then

ALTER TABLE hold ADD COLUMN due_at BIGINT;        -- to be decided by then
ALTER TABLE hold ADD COLUMN assigned_to TEXT;     -- "usr_..." or "key_...": who has it
ALTER TABLE hold ADD COLUMN assigned_name TEXT;
ALTER TABLE hold ADD COLUMN claimed_at BIGINT;    -- since when
ALTER TABLE hold ADD COLUMN waiting_at BIGINT;    -- the customer was asked, and has not answered
ALTER TABLE hold ADD COLUMN note TEXT;            -- what was asked, or found out
ALTER TABLE hold ADD COLUMN escalated_at BIGINT;  -- it was overdue and went to the next role
-- Which holds are overdue, for the timer and for lists of what is active.
CREATE INDEX hold_due ON hold (due_at, id) WHERE state = 'active' AND due_at IS NOT NULL;

-- Prices that somebody set by hand: what the catalog said, and why not.
ALTER TABLE order_line ADD COLUMN list_price BIGINT;
ALTER TABLE order_line ADD COLUMN price_reason TEXT;

-- So many hours have people to decide about a rule's holds; 0 = as usual.
ALTER TABLE review_rule ADD COLUMN target_hours BIGINT NOT NULL DEFAULT 0;

CREATE TABLE order_comment (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  n BIGINT NOT NULL,              -- the order's version after it
  at BIGINT NOT NULL,
  author TEXT,                    -- "usr_...", "key_..."; NULL = the system
  author_name TEXT,
  content TEXT NOT NULL,
  mentions TEXT NOT NULL,         -- JSON array of user ids
  PRIMARY KEY KEY(bucket, order_id, n)
) NARROW;
SPREAD(order_comment, orders);

-- Tags one by one, for lists: orders.tags holds them all.
CREATE TABLE order_tag (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  tag TEXT NOT NULL,
  PRIMARY KEY KEY(bucket, order_id, tag)
) NARROW;
SPREAD(order_tag, orders);
CREATE INDEX order_tag_tag ON order_tag (tag, order_id);

-- What lists of work ask for. The partial ones hold only orders that are under way.
CREATE INDEX orders_due ON orders (promise_ship_by, id) WHERE promise_ship_by IS NOT NULL AND shipped_at IS NULL AND closed_at IS NULL;
CREATE INDEX orders_under_way ON orders (created_at, id) WHERE shipped_at IS NULL AND closed_at IS NULL;
CREATE INDEX orders_placed ON orders (placed_at, id) WHERE placed_at IS NOT NULL;
CREATE INDEX orders_shipped ON orders (shipped_at, id) WHERE shipped_at IS NOT NULL;
CREATE INDEX orders_owing ON orders (created_at, id) WHERE sum_due > 0 AND placed_at IS NOT NULL;
CREATE INDEX orders_assigned ON orders (assigned_to, created_at, id) WHERE assigned_to IS NOT NULL;
CREATE INDEX order_line_sku ON order_line (sku, order_id);
-- Stock that needs somebody: below its safety stock, gone, or less than nothing.
CREATE INDEX stock_alerted ON stock (id) WHERE alerted = 1;
CREATE INDEX stock_out ON stock (id) WHERE on_hand - reserved <= 0;
CREATE INDEX stock_negative ON stock (id) WHERE on_hand < 0;

-- What goes by itself and failed: the item stands here until it succeeds, is replayed or is given up.
CREATE TABLE failed_work (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  job TEXT NOT NULL,
  subject TEXT NOT NULL,          -- "ord_...", "ful_..."
  subject_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'waiting' OR state = 'dead' OR state = 'done' OR state = 'dropped'),
  code TEXT NOT NULL,
  reason TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  next_at BIGINT NOT NULL,        -- not tried again before
  version BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(failed_work);
CREATE UNIQUE INDEX failed_work_subject ON failed_work (job, subject_id, bucket);
CREATE INDEX failed_work_state ON failed_work (state, created_at, id);

-- The floor: waves release work, somebody takes it, each scan counts once, a manifest closes what left with a carrier.

ALTER TABLE fulfillment ADD COLUMN wave_id BIGINT;
ALTER TABLE fulfillment ADD COLUMN tote BIGINT;          -- its slot on the wave's cart, from 1
ALTER TABLE fulfillment ADD COLUMN claimed_by TEXT;      -- "usr_..." or "key_...": who works on it ...
ALTER TABLE fulfillment ADD COLUMN claimed_name TEXT;
ALTER TABLE fulfillment ADD COLUMN claimed_until BIGINT; -- ... until then
CREATE INDEX fulfillment_wave ON fulfillment (wave_id, tote, id) WHERE wave_id IS NOT NULL;

ALTER TABLE shipment ADD COLUMN manifest_id BIGINT;
CREATE INDEX shipment_manifest ON shipment (manifest_id, id) WHERE manifest_id IS NOT NULL;
CREATE INDEX shipment_unmanifested ON shipment (location, carrier, shipped_at, id) WHERE manifested = 0 AND voided = 0;

CREATE TABLE wave (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  number TEXT NOT NULL,           -- WV-100001
  version BIGINT NOT NULL,
  location TEXT NOT NULL,         -- code
  state TEXT NOT NULL CHECK (state = 'released' OR state = 'cancelled'),
  carrier TEXT,                   -- what it was chosen by; NULL = any
  service TEXT,
  channel TEXT,
  ship_before BIGINT,
  max_lines BIGINT,
  max_units BIGINT,
  slots BIGINT NOT NULL,          -- totes of the cart
  fulfillment_count BIGINT NOT NULL,
  reason TEXT,
  created_at BIGINT NOT NULL,
  created_by TEXT,
  cancelled_at BIGINT,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(wave);
CREATE INDEX wave_created ON wave (created_at, id);
CREATE INDEX wave_location ON wave (location, created_at, id);

-- Every scan that was sent, applied or refused: the same scan_id never counts twice, however late it comes again.
CREATE TABLE floor_scan (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  scan_id TEXT NOT NULL,          -- made by the client
  fulfillment_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'pick' OR kind = 'pack'),
  outcome TEXT NOT NULL CHECK (outcome = 'applied' OR outcome = 'refused'),
  refusal TEXT,                   -- code: wrong_sku, too_many ...
  detail TEXT,
  scanned TEXT,                   -- the raw bytes of the scanner
  sku TEXT,
  line BIGINT,
  quantity BIGINT,
  lot TEXT,
  bin TEXT,
  parcel BIGINT,                  -- packing: which box, from 1
  scanned_at BIGINT,              -- by the scanner's clock
  received_at BIGINT NOT NULL,
  actor_name TEXT,
  PRIMARY KEY KEY(bucket, order_id, scan_id)
) NARROW;
SPREAD(floor_scan, orders);
CREATE INDEX floor_scan_fulfillment ON floor_scan (fulfillment_id, received_at, scan_id);

CREATE TABLE manifest (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  number TEXT NOT NULL,           -- MF-100001
  version BIGINT NOT NULL,
  location TEXT NOT NULL,
  carrier TEXT NOT NULL,
  shipment_count BIGINT NOT NULL,
  parcel_count BIGINT NOT NULL,
  weight_g BIGINT NOT NULL,
  remaining INTEGER NOT NULL CHECK (remaining IN (0, 1)), -- more had shipped than one manifest takes
  closed_at BIGINT NOT NULL,
  closed_by TEXT,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(manifest);
CREATE INDEX manifest_location ON manifest (location, closed_at, id);
CREATE INDEX manifest_closed ON manifest (closed_at, id);

-- Where a product lies at a location, and in which order the bins are walked.
CREATE TABLE product_bin (
  location_id BIGINT NOT NULL,
  product_id BIGINT NOT NULL,
  bin TEXT NOT NULL,
  walk BIGINT NOT NULL,           -- smaller first; equal ones by the bin's name
  PRIMARY KEY (location_id, product_id)
) NARROW;
REFERENCE(product_bin);
