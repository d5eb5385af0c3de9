-- What must happen outside, and whom the log is told to.

-- A thing to be done outside (mail, webhook, refund at a provider): born in the transaction that wants it, done by a worker
-- thread, ended in a transaction. It lies in the bucket of its subject. live = it is queued, runs or is tried again.
CREATE TABLE job (
  bucket INTEGER NOT NULL,
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  kind TEXT NOT NULL,             -- 'webhook.deliver'
  job_key TEXT NOT NULL,          -- what it is done once for, of its kind
  lane TEXT NOT NULL,             -- jobs of one lane go one after the other; '' = none
  place BIGINT NOT NULL,          -- within the lane: the lowest first
  target TEXT NOT NULL,           -- whom it is brought to: an endpoint, a mail server; '' = nobody in particular
  subject TEXT NOT NULL,          -- "ord_..."
  data TEXT NOT NULL,             -- JSON object of the kind; no personal data: what names a person stays in its own row
  state TEXT NOT NULL CHECK (state = 'queued' OR state = 'running' OR state = 'retrying' OR state = 'done'
    OR state = 'dead' OR state = 'dropped'),
  live INTEGER NOT NULL CHECK (live IN (0, 1)),
  due_at BIGINT NOT NULL,         -- not before; of a running one: when its claim ends and another may take it
  attempts BIGINT NOT NULL,       -- since it was queued or replayed
  runs BIGINT NOT NULL,           -- attempts ever: n of the last job_attempt
  code TEXT,                      -- what the last attempt said ...
  reason TEXT,                    -- ... in a sentence
  status BIGINT,                  -- ... and what the other side answered: a status of HTTP, a code of SMTP
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  begun_at BIGINT,                -- the last attempt
  PRIMARY KEY KEY(bucket, id)
);
SPREAD(job);
CREATE UNIQUE INDEX job_once ON job (bucket, kind, job_key);
CREATE INDEX job_due ON job (due_at, id) WHERE live = 1;
CREATE INDEX job_lane ON job (bucket, lane, place, id) WHERE live = 1;
CREATE INDEX job_state ON job (state, created_at, id);
CREATE INDEX job_target ON job (target, created_at, id);
CREATE INDEX job_created ON job (created_at, id);

-- What came of each attempt.
CREATE TABLE job_attempt (
  bucket INTEGER NOT NULL,
  job_id BIGINT NOT NULL,
  n BIGINT NOT NULL,              -- from 1, also over replays
  begun_at BIGINT NOT NULL,
  took_ms BIGINT,                 -- NULL: nobody knows
  outcome TEXT NOT NULL CHECK (outcome = 'done' OR outcome = 'retry' OR outcome = 'dead' OR outcome = 'lost'),
  code TEXT,
  reason TEXT,
  status BIGINT,
  answer TEXT,                    -- the beginning of what the other side answered
  PRIMARY KEY KEY(bucket, job_id, n)
);
SPREAD(job_attempt, job);

-- Addresses that the log is told to (Standard Webhooks).
CREATE TABLE webhook (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  url TEXT NOT NULL,
  description TEXT,
  topics TEXT NOT NULL,           -- JSON array: "order.placed", "order.*", "*"
  channels TEXT NOT NULL,         -- JSON array of channel codes, [] = all, and what is of no channel
  active INTEGER NOT NULL CHECK (active IN (0, 1)),
  personal INTEGER NOT NULL CHECK (personal IN (0, 1)), -- names and addresses go with the events
  secret TEXT NOT NULL,           -- "whsec_..."
  old_secret TEXT,                -- signs too ...
  old_secret_until BIGINT,        -- ... until then
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);
REFERENCE(webhook);
