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
CREATE INDEX orders_placed ON orders (placed_at, id) WHERE placed_at IS NOT NULL;
CREATE INDEX orders_shipped ON orders (shipped_at, id) WHERE shipped_at IS NOT NULL;
CREATE INDEX orders_owing ON orders (placed_at, id) WHERE sum_due > 0 AND placed_at IS NOT NULL;
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
