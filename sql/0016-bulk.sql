-- One verb for many orders: the job, and a row for each order. A job's rows share its bucket.

CREATE TABLE bulk_job (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  verb TEXT NOT NULL,
  args TEXT NOT NULL,             -- JSON: the body of the verb
  filter TEXT,                    -- the query of the order list that chose them; NULL = they were named
  state TEXT NOT NULL CHECK (state = 'running' OR state = 'cancelled' OR state = 'done'),
  total BIGINT NOT NULL,
  done BIGINT NOT NULL,
  failed BIGINT NOT NULL,
  cancelled BIGINT NOT NULL,
  attempt BIGINT NOT NULL,        -- 1, and one more with each retry of what failed
  actor_kind TEXT NOT NULL,
  actor_id BIGINT NOT NULL,
  actor_name TEXT NOT NULL,
  scope TEXT NOT NULL,            -- what the actor was allowed
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  finished_at BIGINT,
  PRIMARY KEY KEY(bucket, id)
);
SPREAD(bulk_job);
CREATE INDEX bulk_job_created ON bulk_job (created_at, id);
CREATE INDEX bulk_job_running ON bulk_job (id) WHERE state = 'running';

CREATE TABLE bulk_row (
  bucket INTEGER NOT NULL,
  job_id BIGINT NOT NULL,
  n BIGINT NOT NULL,              -- from 1, as they were given
  order_id BIGINT NOT NULL,       -- 0 = there is no such order
  asked TEXT NOT NULL,            -- the order as it was named
  status TEXT NOT NULL CHECK (status = 'waiting' OR status = 'done' OR status = 'failed' OR status = 'cancelled'),
  code TEXT,
  detail TEXT,
  done_at BIGINT,
  PRIMARY KEY KEY(bucket, job_id, n)
) NARROW;
SPREAD(bulk_row, bulk_job);
CREATE INDEX bulk_row_status ON bulk_row (job_id, status, n);
