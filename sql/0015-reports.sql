-- Reports. Facts say what each order contributes and where; cells are their sums. Both are written by a consumer of the feed
-- (src/domain/reports), never by who places or ships: a fact that changes is taken out of its cells and put in anew.

-- One row per fact. kind decides what v1..v10 mean (report_define.c); n tells facts of one kind and order apart: a line, a
-- fulfillment, a hold, an entry of a payment. '' and 0 where a kind does not know the column.
CREATE TABLE report_fact (
  bucket INTEGER NOT NULL,        -- the order's
  order_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  n BIGINT NOT NULL,
  day BIGINT NOT NULL,            -- days since 1970-01-01, in the zone of the company or of the location
  at BIGINT NOT NULL,
  channel TEXT NOT NULL,
  location TEXT NOT NULL,
  currency TEXT NOT NULL,
  detail TEXT NOT NULL,           -- the type of a hold, the SKU of a line
  product_id BIGINT NOT NULL,
  customer_id BIGINT NOT NULL,
  v1 BIGINT NOT NULL,
  v2 BIGINT NOT NULL,
  v3 BIGINT NOT NULL,
  v4 BIGINT NOT NULL,
  v5 BIGINT NOT NULL,
  v6 BIGINT NOT NULL,
  v7 BIGINT NOT NULL,
  v8 BIGINT NOT NULL,
  v9 BIGINT NOT NULL,
  v10 BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, order_id, kind, n)
) NARROW;
SPREAD(report_fact, orders);
CREATE INDEX report_fact_day ON report_fact (kind, day, order_id, n);
CREATE INDEX report_fact_customer ON report_fact (customer_id, at) WHERE kind = 'order' AND customer_id <> 0;

-- Sums of facts, by day and (kinds that end in .month, day being the first) by month. bin: of a duration in kinds that count durations (report_bin), else 0.
CREATE TABLE report_cell (
  kind TEXT NOT NULL,
  day BIGINT NOT NULL,
  channel TEXT NOT NULL,
  location TEXT NOT NULL,
  currency TEXT NOT NULL,
  detail TEXT NOT NULL,
  bin BIGINT NOT NULL,
  v1 BIGINT NOT NULL,
  v2 BIGINT NOT NULL,
  v3 BIGINT NOT NULL,
  v4 BIGINT NOT NULL,
  v5 BIGINT NOT NULL,
  v6 BIGINT NOT NULL,
  v7 BIGINT NOT NULL,
  v8 BIGINT NOT NULL,
  v9 BIGINT NOT NULL,
  v10 BIGINT NOT NULL,
  PRIMARY KEY (kind, day, channel, location, currency, detail, bin)
) NARROW;
LOCAL(report_cell);

-- What a customer's orders come to, those that were not cancelled; money in the company's currency.
CREATE TABLE report_customer (
  bucket INTEGER NOT NULL,
  customer_id BIGINT NOT NULL,
  orders BIGINT NOT NULL,
  revenue BIGINT NOT NULL,
  revenue_bin BIGINT NOT NULL,    -- report_bin of it: quintiles are found without sorting customers
  first_at BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  first_day BIGINT NOT NULL,
  last_day BIGINT NOT NULL,
  first_channel TEXT NOT NULL,
  PRIMARY KEY KEY(bucket, customer_id)
) NARROW;
SPREAD(report_customer);
CREATE INDEX report_customer_last ON report_customer (last_day, customer_id);
CREATE INDEX report_customer_cells ON report_customer (last_day, orders, revenue);
CREATE INDEX report_customer_orders ON report_customer (orders, customer_id);
CREATE INDEX report_customer_revenue ON report_customer (revenue_bin, customer_id);

-- How far the ledger of each stock row was read: n of the last entry that is in the cells.
CREATE TABLE report_ledger (
  bucket INTEGER NOT NULL,        -- the stock row's
  stock_id BIGINT NOT NULL,
  n BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, stock_id)
) NARROW;
SPREAD(report_ledger, stock);
