CREATE TABLE entry (
  id BIGINT NOT NULL,
  state TEXT NOT NULL,
  amount BIGINT NOT NULL CHECK (amount >= 0),
  note TEXT,
  PRIMARY KEY (id)
);
CREATE INDEX entry_state ON entry (state, amount, id);
REFERENCE(entry); -- small

CREATE TABLE ledger (
  act BIGINT NOT NULL,
  n BIGINT NOT NULL,
  content BYTES NOT NULL,
  PRIMARY KEY (act, n)
);
LOCAL(ledger);
INSERT INTO entry (id, state, amount) VALUES (1, 'first; of all', 0);
