-- Who looks at an order now. Rows are written at most every few seconds, are no business of the log, and go when somebody leaves;
-- those of browsers that just died are swept. In the database, so that all servers on it know.
CREATE TABLE presence (
  bucket INTEGER NOT NULL,        -- of the order
  order_id BIGINT NOT NULL,
  actor_id BIGINT NOT NULL,
  name TEXT NOT NULL,
  since BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  PRIMARY KEY KEY(bucket, order_id, actor_id)
) NARROW;
SPREAD(presence);
CREATE INDEX presence_seen ON presence (seen_at);
