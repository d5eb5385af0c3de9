-- Several servers on one database: who does what works in the background, and events that wait for their number.

-- What transactions made true and the feed has not numbered yet: one row a transaction, where several processes write
-- (core/events: events_hand_over, feed_number). Empty on SQLite, whose one writer numbers in its own transaction.
CREATE TABLE feed_pending (
  node INTEGER NOT NULL,          -- of the lane that wrote it
  n BIGINT NOT NULL,              -- rises with each transaction of the node, for ever
  at BIGINT NOT NULL,             -- ms, by the clock of that server
  events BYTES NOT NULL,          -- keys and hash states, 56 bytes an event
  PRIMARY KEY (node, n)
);
LOCAL(feed_pending);

-- Work that one process at a time may do. Owner '' and until 0: free. epoch rises with each change of the owner: what is
-- written under an older one is refused.
CREATE TABLE lease (
  name TEXT NOT NULL,             -- 'work' (groups of 16 buckets), 'feed', 'search'
  group_no INTEGER NOT NULL,
  owner TEXT NOT NULL,            -- random name of the process
  until BIGINT NOT NULL,          -- ms; free for others afterwards
  epoch BIGINT NOT NULL,
  PRIMARY KEY (name, group_no)
) NARROW;
LOCAL(lease);

-- Processes that share the work, as long as they say so: each takes its part of the groups.
CREATE TABLE server (
  owner TEXT NOT NULL,
  until BIGINT NOT NULL,
  PRIMARY KEY (owner)
) NARROW;
LOCAL(server);
