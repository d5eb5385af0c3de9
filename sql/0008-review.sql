-- What is looked at before an order may be fulfilled. Rules are few and read through the memo.

CREATE TABLE review_rule (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  code TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL CHECK (type = 'stock_short' OR type = 'payment_mismatch' OR type = 'total_mismatch'
    OR type = 'blocked_customer' OR type = 'velocity' OR type = 'amount_outlier' OR type = 'address'
    OR type = 'price_deviation' OR type = 'probable_duplicate'),
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  channels TEXT NOT NULL,         -- JSON array of channel codes, [] = all
  -- each type has some of the parameters, the others are NULL or []
  param_orders BIGINT,
  param_window_minutes BIGINT,
  param_amount BIGINT,            -- minor units of param_currency
  param_currency TEXT,
  param_deviation BIGINT,         -- ppm
  param_similarity BIGINT,        -- ppm
  param_required TEXT NOT NULL,   -- JSON array: parts of an address that must be there
  param_countries TEXT NOT NULL,  -- JSON array, [] = all
  owner_role TEXT NOT NULL,       -- who is told and has to decide
  expire_hours BIGINT NOT NULL,   -- of its holds; 0 = as the setting says
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);
CREATE UNIQUE INDEX review_rule_code ON review_rule (code);
REFERENCE(review_rule);

-- The queue of exceptions: holds by state, and all of them, newest first. A partial index would not do: the planner
-- must see the state it is asked for, and lists bind it.
CREATE INDEX hold_state ON hold (state, created_at, id);
CREATE INDEX hold_created ON hold (created_at, id);
-- The timer asks for active holds whose time is over; with the state in front the planner prefers this to hold_state.
DROP INDEX hold_expiry;
CREATE INDEX hold_expiry ON hold (state, expires_at, id) WHERE expires_at IS NOT NULL;
