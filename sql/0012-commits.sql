-- What became of a transaction whose COMMIT was not answered: each leaves its row, under a key that cannot come twice. Who
-- lost the connection writes the same key with voided = 1: that waits until the server has made up its mind, and either
-- succeeds (the transaction is dead, and cannot come back) or meets the row (it was committed).
CREATE TABLE writer_commit (
  node INTEGER NOT NULL,
  n BIGINT NOT NULL,              -- as in feed_pending
  voided INTEGER NOT NULL CHECK (voided IN (0, 1)),
  PRIMARY KEY (node, n)
) NARROW;
LOCAL(writer_commit);
