-- Change sets: what somebody wants otherwise in an order that was placed.

CREATE TABLE change_set (
  bucket INTEGER NOT NULL,        -- the order's
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  state TEXT NOT NULL CHECK (state = 'pending' OR state = 'confirmed' OR state = 'declined' OR state = 'cancelled'
    OR state = 'conflicted' OR state = 'expired'),
  origin TEXT NOT NULL CHECK (origin = 'staff' OR origin = 'channel' OR origin = 'customer'),
  reason TEXT,
  currency TEXT NOT NULL,
  base_version BIGINT NOT NULL,   -- the order's, when it was made
  asked TEXT NOT NULL,            -- JSON: what should be otherwise, without what is in change_personal
  preview TEXT,                   -- JSON: what it would do, or did
  preview_hash TEXT NOT NULL,
  conflicts TEXT,                 -- JSON array: fields that others changed first, with before, theirs, mine
  base TEXT NOT NULL,             -- JSON: the fields it touches and what they said when it was made
  content_hash TEXT,              -- of what the channel sent: the same again changes nothing
  created_at BIGINT NOT NULL,
  expires_at BIGINT,
  decided_at BIGINT,
  created_by TEXT,
  created_name TEXT,
  decided_by TEXT,
  decided_name TEXT,
  decide_reason TEXT,
  applied_version BIGINT,         -- the order's, after it
  PRIMARY KEY KEY(bucket, id)
);
SPREAD(change_set, orders);
CREATE INDEX change_set_order ON change_set (bucket, order_id, id);
CREATE INDEX change_set_state ON change_set (state, created_at, id);
CREATE INDEX change_set_created ON change_set (created_at, id);
CREATE INDEX change_set_expires ON change_set (expires_at, id) WHERE state = 'pending';

-- Personal data of a set, a row apart: erasure deletes it.
CREATE TABLE change_personal (
  bucket INTEGER NOT NULL,
  change_id BIGINT NOT NULL,
  shipping_address TEXT,          -- JSON; so the next ones
  billing_address TEXT,
  invoice TEXT,
  base TEXT,                      -- what the order said of them
  PRIMARY KEY KEY(bucket, change_id)
);
SPREAD(change_personal, orders);
