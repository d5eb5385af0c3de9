-- Legal documents: invoices and credit notes, and the numbers they bear.

-- A gapless series: its numbers are drawn one transaction at a time (core/numbers).
ALTER TABLE number_series ADD COLUMN gapless INTEGER NOT NULL DEFAULT 0;

-- Whoever draws from a gapless series writes this one row first, and so waits for who drew before. One row.
CREATE TABLE number_gate (
  id BIGINT NOT NULL,
  taken_at BIGINT NOT NULL,
  PRIMARY KEY (id)
) NARROW;
REFERENCE(number_gate);

-- A range of numbers that a government gave: AB-12345678 (its first word and the range). What was drawn from it stands in
-- number_series, under the block's id.
CREATE TABLE number_block (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
  prefix TEXT NOT NULL,           -- with everything that stands before the digits
  digits BIGINT NOT NULL,
  first_value BIGINT NOT NULL,
  last_value BIGINT NOT NULL,
  valid_from TEXT,                -- dates; NULL = no bound
  valid_until TEXT,
  note TEXT,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);
REFERENCE(number_block);

-- What a channel's orders are invoiced on; 'company' = as the setting invoice.issue says.
ALTER TABLE channel ADD COLUMN invoice_issue TEXT NOT NULL DEFAULT 'company';

-- An invoice or a credit note, in the bucket of its order. Once it is issued nothing of it changes but its state.
CREATE TABLE invoice (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('invoice', 'credit_note')),
  state TEXT NOT NULL CHECK (state = 'draft' OR state = 'requested' OR state = 'issued' OR state = 'rejected'
    OR state = 'voided' OR state = 'credited'),
  number TEXT,                    -- NULL before it has one; a voided document keeps it
  series TEXT,                    -- code of number_series it was drawn from; NULL = from outside
  serial BIGINT,                  -- its place in the series
  order_id BIGINT NOT NULL,
  order_number TEXT NOT NULL,
  channel TEXT NOT NULL,
  shipment_id BIGINT,             -- that it bills, or NULL
  preceding_id BIGINT,            -- credit note: the invoice it corrects ...
  preceding_number TEXT,
  preceding_date TEXT,
  currency TEXT NOT NULL,
  language TEXT NOT NULL,
  prices_include_tax INTEGER NOT NULL CHECK (prices_include_tax IN (0, 1)),
  payment_terms TEXT NOT NULL,
  issue_date TEXT,                -- dates in the company's time zone
  due_date TEXT,
  delivery_date TEXT,
  reason TEXT,                    -- why it is credited
  void_reason TEXT,               -- why it is voided, or rejected
  problem TEXT,                   -- why it could not be issued by itself
  sum_net BIGINT NOT NULL,        -- of the lines, without tax
  sum_charges BIGINT NOT NULL,    -- of the charges, without tax
  sum_tax BIGINT NOT NULL,
  sum_rounding BIGINT NOT NULL,   -- of cash
  sum_total BIGINT NOT NULL,
  sum_paid BIGINT NOT NULL,       -- when it was issued
  sum_due BIGINT NOT NULL,
  credited BIGINT NOT NULL,       -- of the total, by its credit notes
  content_hash TEXT,              -- of what was issued
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  issued_at BIGINT,
  voided_at BIGINT,
  PRIMARY KEY KEY(bucket, id)
);
SPREAD(invoice, orders);
CREATE INDEX invoice_order ON invoice (bucket, order_id, id);
CREATE INDEX invoice_created ON invoice (created_at, id);
CREATE INDEX invoice_state ON invoice (state, created_at, id);
CREATE INDEX invoice_issued ON invoice (issue_date, id);
CREATE INDEX invoice_serial ON invoice (series, serial) WHERE serial IS NOT NULL;

-- Seller, lines, charges and taxes as they were: JSON, written once.
CREATE TABLE invoice_content (
  bucket INTEGER NOT NULL,
  invoice_id BIGINT NOT NULL,
  order_id BIGINT NOT NULL,
  content TEXT NOT NULL,
  PRIMARY KEY KEY(bucket, invoice_id)
);
SPREAD(invoice_content, orders);
CREATE INDEX invoice_content_order ON invoice_content (bucket, order_id, invoice_id);

-- The buyer as they stood on it: personal data, apart.
CREATE TABLE invoice_personal (
  bucket INTEGER NOT NULL,
  invoice_id BIGINT NOT NULL,
  issued_at BIGINT,               -- the law wants it kept for some years from then
  buyer TEXT,
  PRIMARY KEY KEY(bucket, invoice_id)
);
SPREAD(invoice_personal, orders);
CREATE INDEX invoice_personal_issued ON invoice_personal (issued_at) WHERE issued_at IS NOT NULL;

-- Each number once, and found.
CREATE TABLE invoice_number (
  bucket INTEGER NOT NULL,        -- hash(number)
  number TEXT NOT NULL,
  invoice_id BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, number)
) NARROW;
SPREAD(invoice_number);
