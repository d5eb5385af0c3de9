-- A second step of signing in: a code of the phone (RFC 6238), or one of the codes kept on paper.

-- Not NULL: since then the user signs in with a code too.
ALTER TABLE app_user ADD COLUMN mfa_at BIGINT;

-- Of users who have it, or are about to (mfa_at is NULL until a first code was right). The secret lies here as it is, since codes
-- are made of it; of recovery codes only SHA-256, as of API keys.
CREATE TABLE user_mfa (
  user_id BIGINT NOT NULL,
  secret TEXT NOT NULL,           -- base32
  used_step BIGINT NOT NULL,      -- of the last code that was taken: none is good twice
  recovery TEXT NOT NULL,         -- JSON array of those that were not used
  created_at BIGINT NOT NULL,
  PRIMARY KEY (user_id)
) NARROW;
REFERENCE(user_mfa);
