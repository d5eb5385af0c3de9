-- The order family: everything of one order lives in one bucket, hash(channel, external_id).

CREATE TABLE orders (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  number TEXT,                    -- SO-100023; drawn when placed, so drafts have none
  version BIGINT NOT NULL,
  channel TEXT NOT NULL,          -- code, never changes
  external_id TEXT NOT NULL,      -- the channel's own id; the order's id where none was given
  external_given INTEGER NOT NULL CHECK (external_given IN (0, 1)),
  state TEXT NOT NULL CHECK (state = 'draft' OR state = 'placed' OR state = 'open' OR state = 'closed'
    OR state = 'cancelled' OR state = 'expired'),
  payment_status TEXT NOT NULL,   -- derived, kept for lists; so are the next three
  fulfillment_status TEXT NOT NULL,
  return_status TEXT NOT NULL,
  hold_count BIGINT NOT NULL,
  currency TEXT NOT NULL,
  language TEXT,
  rate_ppb BIGINT NOT NULL,       -- billionths of the company's currency for one of this, at placing
  ordered_at BIGINT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  placed_at BIGINT,
  shipped_at BIGINT,              -- when the last unit left
  closed_at BIGINT,
  expires_at BIGINT,              -- an unpaid order or a draft with stock ends then
  customer_id BIGINT,             -- NULL = guest
  delivery_type TEXT NOT NULL,
  delivery_location TEXT,
  delivery_pickup_point TEXT,
  prices_include_tax INTEGER NOT NULL CHECK (prices_include_tax IN (0, 1)),
  tax_basis TEXT NOT NULL CHECK (tax_basis IN ('line', 'document')),
  payment_terms TEXT NOT NULL CHECK (payment_terms = 'prepaid' OR payment_terms = 'cod' OR payment_terms = 'deposit'
    OR payment_terms = 'account'),
  shipping_method TEXT,
  expected_total BIGINT,
  requested_from TEXT,
  requested_to TEXT,
  sum_subtotal BIGINT NOT NULL,
  sum_discount BIGINT NOT NULL,
  sum_charges BIGINT NOT NULL,
  sum_tax BIGINT NOT NULL,
  sum_total BIGINT NOT NULL,
  sum_cancelled BIGINT NOT NULL,
  sum_authorized BIGINT NOT NULL,
  sum_paid BIGINT NOT NULL,
  sum_refunded BIGINT NOT NULL,
  sum_due BIGINT NOT NULL,
  promise_ship_by BIGINT,
  promise_deliver_by BIGINT,
  promise_parts TEXT,             -- JSON: the steps of the promise
  decision_id BIGINT,             -- the sourcing decision in force
  tags TEXT NOT NULL,             -- JSON array
  metadata TEXT,
  cancel_reason TEXT,
  content_hash TEXT,              -- of what was sent: tells a double from a conflict
  PRIMARY KEY KEY(bucket, id)
);
SPREAD(orders);
CREATE UNIQUE INDEX orders_external ON orders (channel, external_id, bucket);
CREATE INDEX orders_created ON orders (created_at, id);
CREATE INDEX orders_state ON orders (state, created_at, id);
CREATE INDEX orders_fulfillment ON orders (fulfillment_status, created_at, id);
CREATE INDEX orders_payment ON orders (payment_status, created_at, id);
CREATE INDEX orders_channel ON orders (channel, created_at, id);
CREATE INDEX orders_customer ON orders (customer_id, created_at, id) WHERE customer_id IS NOT NULL;
CREATE INDEX orders_held ON orders (created_at, id) WHERE hold_count > 0;
CREATE INDEX orders_expiry ON orders (expires_at) WHERE expires_at IS NOT NULL;

-- Order numbers are unique by their own hash, since the order's bucket comes from somewhere else.
CREATE TABLE order_number (
  bucket INTEGER NOT NULL,        -- hash(number)
  number TEXT NOT NULL,
  order_id BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, number)
) NARROW;
SPREAD(order_number);

-- Personal data of an order, apart so that erasure can delete it.
CREATE TABLE order_personal (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  customer TEXT,
  shipping_address TEXT,
  billing_address TEXT,
  invoice TEXT,
  notes TEXT,
  PRIMARY KEY KEY(bucket, order_id)
);
SPREAD(order_personal, orders);

CREATE TABLE order_line (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  line BIGINT NOT NULL,           -- from 1, never reused
  parent_line BIGINT,
  kind TEXT NOT NULL CHECK (kind = 'item' OR kind = 'gift' OR kind = 'component' OR kind = 'modifier'
    OR kind = 'service'),
  product_id BIGINT,              -- NULL = not in the catalog
  sku TEXT NOT NULL,
  name TEXT,
  unit TEXT NOT NULL,
  stocked INTEGER NOT NULL CHECK (stocked IN (0, 1)),
  weight_g BIGINT,
  quantity BIGINT NOT NULL,
  unit_price BIGINT NOT NULL,     -- millionths of a minor unit
  price_given INTEGER NOT NULL CHECK (price_given IN (0, 1)),
  discount BIGINT NOT NULL,
  tax_rate BIGINT,                -- ppm
  tax_given INTEGER NOT NULL CHECK (tax_given IN (0, 1)),
  tax_category TEXT,
  gross BIGINT NOT NULL,
  amount BIGINT NOT NULL,
  tax BIGINT NOT NULL,
  total BIGINT NOT NULL,
  -- where the units are; the first eight add up to quantity
  at_cancelled BIGINT NOT NULL,
  at_unallocated BIGINT NOT NULL,
  at_backordered BIGINT NOT NULL,
  at_allocated BIGINT NOT NULL,
  at_released BIGINT NOT NULL,
  at_picked BIGINT NOT NULL,
  at_packed BIGINT NOT NULL,
  at_shipped BIGINT NOT NULL,
  at_delivered BIGINT NOT NULL,
  at_returned BIGINT NOT NULL,
  external_line_id TEXT,
  metadata TEXT,
  PRIMARY KEY KEY(bucket, order_id, line)
) NARROW;
SPREAD(order_line, orders);
-- Lines that wait for stock, per product: who is served when goods come in.
CREATE INDEX order_line_waiting ON order_line (product_id, order_id, line) WHERE at_backordered > 0;

CREATE TABLE order_charge (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  kind TEXT NOT NULL,
  amount BIGINT NOT NULL,
  tax_rate BIGINT,
  tax_given INTEGER NOT NULL CHECK (tax_given IN (0, 1)),
  tax BIGINT NOT NULL,
  total BIGINT NOT NULL,
  refunded BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, order_id, n)
) NARROW;
SPREAD(order_charge, orders);

CREATE TABLE hold (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  type TEXT NOT NULL,
  scope TEXT NOT NULL CHECK (scope = 'order' OR scope = 'line' OR scope = 'fulfillment'),
  line BIGINT,
  fulfillment_id BIGINT,
  state TEXT NOT NULL CHECK (state = 'active' OR state = 'released' OR state = 'expired'),
  reason TEXT NOT NULL,
  owner_role TEXT,
  evidence TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  released_at BIGINT,
  released_by TEXT,
  release_reason TEXT,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(hold, orders);
CREATE INDEX hold_order ON hold (order_id, id);
CREATE INDEX hold_active ON hold (type, created_at, id) WHERE state = 'active';
CREATE INDEX hold_expiry ON hold (expires_at) WHERE state = 'active' AND expires_at IS NOT NULL;

CREATE TABLE payment (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  provider TEXT NOT NULL,
  reference TEXT,
  state TEXT NOT NULL,
  authorized BIGINT NOT NULL,     -- sums of the entries
  captured BIGINT NOT NULL,
  voided BIGINT NOT NULL,
  refunded BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(payment, orders);
CREATE INDEX payment_order ON payment (order_id, id);

-- Immutable: sums decide the status.
CREATE TABLE payment_entry (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  payment_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind = 'authorization' OR kind = 'capture' OR kind = 'void' OR kind = 'refund'),
  amount BIGINT NOT NULL CHECK (amount >= 0),
  reference TEXT,
  reason TEXT,
  at BIGINT NOT NULL,
  actor_name TEXT,
  PRIMARY KEY KEY(bucket, order_id, payment_id, n)
) NARROW;
SPREAD(payment_entry, orders);

CREATE TABLE fulfillment (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  location_id BIGINT NOT NULL,
  location TEXT NOT NULL,         -- code, never changes
  order_number TEXT,
  state TEXT NOT NULL,
  version BIGINT NOT NULL,
  ship_by BIGINT NOT NULL,
  deliver_by BIGINT,
  carrier TEXT,
  service TEXT,
  reason TEXT,
  created_at BIGINT NOT NULL,
  picked_at BIGINT,
  packed_at BIGINT,
  shipped_at BIGINT,
  closed_at BIGINT,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(fulfillment, orders);
CREATE INDEX fulfillment_order ON fulfillment (order_id, id);
CREATE INDEX fulfillment_work ON fulfillment (location, state, ship_by, id);

CREATE TABLE fulfillment_line (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  fulfillment_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  quantity BIGINT NOT NULL,
  released BIGINT NOT NULL,
  picked BIGINT NOT NULL,
  packed BIGINT NOT NULL,
  shipped BIGINT NOT NULL,
  delivered BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, order_id, fulfillment_id, line)
) NARROW;
SPREAD(fulfillment_line, orders);

CREATE TABLE shipment (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  fulfillment_id BIGINT NOT NULL,
  location_id BIGINT NOT NULL,
  location TEXT NOT NULL,
  carrier TEXT NOT NULL,
  service TEXT,
  voided INTEGER NOT NULL CHECK (voided IN (0, 1)),
  manifested INTEGER NOT NULL CHECK (manifested IN (0, 1)),
  freight BIGINT,
  freight_currency TEXT,
  shipped_at BIGINT NOT NULL,
  voided_at BIGINT,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(shipment, orders);
CREATE INDEX shipment_order ON shipment (order_id, id);
CREATE INDEX shipment_location ON shipment (location, shipped_at, id);

CREATE TABLE parcel (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,       -- it was packed for first
  fulfillment_id BIGINT NOT NULL,
  shipment_id BIGINT,
  state TEXT NOT NULL,
  carrier TEXT,
  service TEXT,
  tracking_number TEXT,
  tracking_status TEXT NOT NULL,
  tracked_at BIGINT,
  weight_g BIGINT,
  created_at BIGINT NOT NULL,
  delivered_at BIGINT,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(parcel, orders);
CREATE INDEX parcel_order ON parcel (order_id, id);

-- In the order's family: one parcel may carry lines of several orders.
CREATE TABLE parcel_item (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  parcel_id BIGINT NOT NULL,
  fulfillment_id BIGINT NOT NULL,
  line BIGINT NOT NULL,
  quantity BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, order_id, parcel_id, fulfillment_id, line)
) NARROW;
SPREAD(parcel_item, orders);

-- Tracking numbers by their own hash, for exact look-up.
CREATE TABLE tracking_number (
  bucket INTEGER NOT NULL,        -- hash(number)
  number TEXT NOT NULL,
  parcel_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, number, parcel_id)
) NARROW;
SPREAD(tracking_number);

CREATE TABLE tracking_event (
  bucket INTEGER NOT NULL,
  order_id BIGINT NOT NULL,
  parcel_id BIGINT NOT NULL,
  occurred_at BIGINT NOT NULL,
  status TEXT NOT NULL,
  description TEXT,
  place TEXT,
  received_at BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, order_id, parcel_id, occurred_at, status)
) NARROW;
SPREAD(tracking_event, orders);

-- Why each order is sourced as it is: input and decision as JSON, replayable bit for bit. Wide rows.
CREATE TABLE sourcing_decision (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  cause TEXT NOT NULL,            -- placed, asked, rejected, released ...
  at BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  record TEXT NOT NULL,
  PRIMARY KEY KEY(bucket, id)
);
SPREAD(sourcing_decision, orders);
CREATE INDEX sourcing_decision_order ON sourcing_decision (order_id, id);
