-- A table with a column of every kind; its comments ("quoted", it's; even KEY(x) and NARROW) stay as they are.
CREATE TABLE thing (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  count BIGINT,
  is_on INTEGER NOT NULL CHECK (is_on IN (0, 1)),
  text TEXT,                      -- a comment that ends in a semicolon;
  amount BIGINT,
  unit_price BIGINT,
  quantity BIGINT,
  rate BIGINT,
  at BIGINT,
  day TEXT,
  latitude BIGINT,
  color TEXT NOT NULL CHECK (color IN ('red', 'green; blue')),
  parent_id BIGINT,
  metadata TEXT,
  names TEXT,
  tags TEXT NOT NULL,
  ship_to TEXT,
  bill_city TEXT,
  bill_fee BIGINT,
  bill_note TEXT,
  PRIMARY KEY KEY(bucket, id)
) NARROW;
SPREAD(thing);
