-- What people bring to their screens: where their rights end, how they sign in on the floor, views they keep.

-- Codes of locations and channels that a user or a key is bound to (JSON arrays); empty = all of them.
ALTER TABLE app_user ADD COLUMN locations TEXT NOT NULL DEFAULT '[]';
ALTER TABLE app_user ADD COLUMN channels TEXT NOT NULL DEFAULT '[]';
-- Signing in on a shared device: the badge's number, and an Argon2id string of the PIN.
ALTER TABLE app_user ADD COLUMN badge TEXT;
ALTER TABLE app_user ADD COLUMN pin_hash TEXT;
CREATE UNIQUE INDEX app_user_badge ON app_user (badge) WHERE badge IS NOT NULL;
ALTER TABLE api_key ADD COLUMN locations TEXT NOT NULL DEFAULT '[]';
ALTER TABLE api_key ADD COLUMN channels TEXT NOT NULL DEFAULT '[]';
-- 1: begun with a badge, so it holds the permissions of the floor only.
ALTER TABLE user_session ADD COLUMN on_floor INTEGER NOT NULL DEFAULT 0 CHECK (on_floor IN (0, 1));

-- Keys that were made before names and addresses had a permission of their own go on seeing them.
UPDATE api_key SET scope = scope || ' personal.read' WHERE scope <> '*';

-- Links that let somebody set a first password; of the token only its SHA-256. The row goes when it is used.
CREATE TABLE invitation (
  id BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  created_by TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  token_hash TEXT NOT NULL,
  PRIMARY KEY (id)
);
REFERENCE(invitation);
CREATE UNIQUE INDEX invitation_token ON invitation (token_hash);
CREATE INDEX invitation_user ON invitation (user_id);

-- A list as somebody likes to see it. owner_id: the user (or API key) whose it is; shared = 1: everybody sees it.
CREATE TABLE saved_view (
  id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  owner_id BIGINT NOT NULL,
  owner_name TEXT NOT NULL,
  screen TEXT NOT NULL,
  name TEXT NOT NULL,
  view_query TEXT NOT NULL,
  view_columns TEXT NOT NULL,     -- JSON array
  density TEXT,
  shared INTEGER NOT NULL CHECK (shared IN (0, 1)),
  is_default INTEGER NOT NULL CHECK (is_default IN (0, 1)),
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (id)
);
REFERENCE(saved_view);
CREATE UNIQUE INDEX saved_view_name ON saved_view (owner_id, screen, name);
CREATE INDEX saved_view_shared ON saved_view (screen, name, id) WHERE shared = 1;

-- How a user's console looks; language and time zone are columns of app_user.
CREATE TABLE user_preference (
  user_id BIGINT NOT NULL,
  version BIGINT NOT NULL,
  theme TEXT NOT NULL,
  density TEXT NOT NULL,
  shortcuts INTEGER NOT NULL CHECK (shortcuts IN (0, 1)),
  screens TEXT NOT NULL,          -- JSON object: small settings by screen
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (user_id)
);
REFERENCE(user_preference);

-- One row, once the company was set up: of two who try at the same time one meets it.
CREATE TABLE company_setup (
  id INTEGER NOT NULL CHECK (id = 1),
  at BIGINT NOT NULL,
  user_id BIGINT NOT NULL,
  PRIMARY KEY (id)
);
REFERENCE(company_setup);
