-- Who may do what. Of secrets only hashes are here: Argon2id strings of passwords, SHA-256 of API keys and session tokens.

-- People who sign in. login is folded (NFKC, lower case). roles: JSON array of codes of the table in the program.
-- is_owner repeats that roles hold "owner", so that the last one can be counted.
CREATE TABLE app_user (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  login TEXT NOT NULL,
  name TEXT NOT NULL,
  roles TEXT NOT NULL,
  disabled INTEGER NOT NULL CHECK (disabled IN (0, 1)),
  language TEXT,
  time_zone TEXT,
  password_changed_at BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  password_hash TEXT NOT NULL,
  is_owner INTEGER NOT NULL CHECK (is_owner IN (0, 1)),
  PRIMARY KEY (id)
);
REFERENCE(app_user);
CREATE UNIQUE INDEX app_user_login ON app_user (login);
CREATE INDEX app_user_created ON app_user (created_at, id);

-- Keys of programs. After a rotation previous_hash works until previous_until. Revoked keys stay for the audit trail.
CREATE TABLE api_key (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  name TEXT NOT NULL,
  scope TEXT NOT NULL,
  hint TEXT NOT NULL,             -- first characters of the key
  expires_at BIGINT,
  last_used_at BIGINT,            -- to the minute; moves without a new version
  revoked_at BIGINT,
  previous_until BIGINT,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  key_hash TEXT NOT NULL,
  previous_hash TEXT,
  PRIMARY KEY (id)
);
REFERENCE(api_key);
CREATE UNIQUE INDEX api_key_hash ON api_key (key_hash);
CREATE INDEX api_key_previous ON api_key (previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX api_key_created ON api_key (created_at, id);

-- Browsers that are signed in. Rows go when a session ends.
CREATE TABLE user_session (
  id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  address TEXT,
  user_agent TEXT,
  created_at BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  token_hash TEXT NOT NULL,
  PRIMARY KEY (id)
);
REFERENCE(user_session);
CREATE UNIQUE INDEX user_session_token ON user_session (token_hash);
CREATE INDEX user_session_user ON user_session (user_id, created_at);
CREATE INDEX user_session_expires ON user_session (expires_at);
