/* Every request: whose credentials are these? Answered from the connection's memo, which is forgotten when users, keys
 * or sessions were changed; so a revoked key is refused from the next request on.
 */
#include <sodium.h>
#include <string.h>

#include "identity_priv.h"

enum { MEMO_SETS = 256, MEMO_WAYS = 4, MEMO_NAME = 160 };

/* Who a token stands for, until when. valid_until 0: a free place. */
struct known_token {
  unsigned char hash[HASH_BYTES];
  struct instant valid_until, noted_at;
  enum actor_kind kind;
  int64_t actor_id, touch_id; /* touch_id: the key or the session */
  uint64_t permissions;
  const struct row_scope *scope; /* in the memo's arena, NULL = all rows */
  char name[MEMO_NAME];
};

struct known_tokens {
  struct known_token sets[MEMO_SETS][MEMO_WAYS];
  unsigned next_victim;
};

static struct known_tokens *known_tokens(struct db *db)
{
  static const char name;
  void **slot = db_memo_slot(db, &name);
  if (!*slot)
    *slot = ARENA_NEW(db_memo_arena(db), struct known_tokens);
  return *slot;
}

static struct known_token *recall(struct known_tokens *memo, const unsigned char hash[HASH_BYTES])
{
  struct known_token *set = memo->sets[hash[0] % MEMO_SETS];
  for (int i = 0; i < MEMO_WAYS; i++)
    if (set[i].valid_until.ms && memcmp(set[i].hash, hash, HASH_BYTES) == 0)
      return &set[i];
  return NULL;
}

static struct known_token *place_for(struct known_tokens *memo, const unsigned char hash[HASH_BYTES])
{
  struct known_token *set = memo->sets[hash[0] % MEMO_SETS], *place = recall(memo, hash);
  for (int i = 0; !place && i < MEMO_WAYS; i++)
    if (!set[i].valid_until.ms)
      place = &set[i];
  return place ? place : &set[memo->next_victim++ % MEMO_WAYS];
}

static void keep_name(struct known_token *known, const char *name)
{
  size_t n = strlen(name);
  if (n >= MEMO_NAME)
    for (n = MEMO_NAME - 1; n > 0 && ((unsigned char)name[n] & 0xc0) == 0x80;)
      n--;
  memcpy(known->name, name, n);
  known->name[n] = 0;
}

static struct instant sooner(struct instant a, struct instant b)
{
  return instant_set(b) && b.ms < a.ms ? b : a;
}

static const struct instant never = {INT64_MAX};

/* valid_until stays 0 when the key is no good. */
static enum err load_key(struct ctx *cx, const char *hash, struct known_token *out)
{
  static const struct db_where current = {&api_key_table, "key_hash = $1", DB_KEYED};
  static const struct db_where previous = {&api_key_table, "previous_hash = $1 AND previous_until > $2", DB_KEYED};
  struct api_key key;
  bool old = false;
  enum err err = db_select_one(cx->db, &current, &key, DB_ARGS(TEXT(hash)));
  if (err == ERR_NOT_FOUND) {
    old = true;
    err = db_select_one(cx->db, &previous, &key, DB_ARGS(TEXT(hash), I64(cx->now.ms)));
  }
  if (err == ERR_NOT_FOUND)
    return ERR_OK;
  TRY(err);
  uint64_t permissions = 0;
  if (instant_set(key.revoked_at) || !permissions_parse(key.scope, &permissions))
    return ERR_OK;
  out->kind = ACTOR_KEY;
  out->actor_id = out->touch_id = key.id;
  out->permissions = permissions;
  out->valid_until = sooner(sooner(never, key.expires_at), old ? key.previous_until : never);
  out->scope = row_scope_of(db_memo_arena(cx->db), &key.locations, &key.channels);
  keep_name(out, key.name);
  return ERR_OK;
}

static enum err load_session(struct ctx *cx, const char *hash, struct known_token *out)
{
  struct session session;
  struct user user;
  bool known = false;
  TRY(session_by_token(cx, hash, &session, &known));
  if (!known)
    return ERR_OK;
  enum err err = user_by_id(cx, session.user_id, &user);
  if (err == ERR_NOT_FOUND || (err == ERR_OK && user.disabled))
    return ERR_OK;
  TRY(err);
  out->kind = ACTOR_USER;
  out->actor_id = user.id;
  out->touch_id = session.id;
  out->permissions = user_permissions(&user) & (session.on_floor ? floor_permissions() : PERMISSIONS_ALL);
  if (!session.on_floor) {
    bool missing = false;
    TRY(mfa_is_missing(cx, &user, &missing));
    if (missing)
      out->permissions = 0; /* but for what whoever is signed in may do: setting it up is */
  }
  out->scope = row_scope_of(db_memo_arena(cx->db), &user.locations, &user.channels);
  out->valid_until = session.expires_at;
  keep_name(out, user.name);
  return ERR_OK;
}

static enum err unauthenticated(struct ctx *cx)
{
  return err_fail(cx, ERR_UNAUTHENTICATED, "", "these credentials are missing, unknown, expired or revoked");
}

static enum err look_up(struct ctx *cx, bool is_key, const unsigned char hash[HASH_BYTES], struct known_token **out)
{
  struct known_tokens *memo = known_tokens(cx->db);
  struct known_token *known = recall(memo, hash), fresh = {0};
  if (known && known->valid_until.ms > cx->now.ms && (known->kind == ACTOR_KEY) == is_key) {
    *out = known;
    return ERR_OK;
  }
  char text[HASH_TEXT];
  hex_encode(hash, HASH_BYTES, text);
  TRY(is_key ? load_key(cx, text, &fresh) : load_session(cx, text, &fresh));
  if (fresh.valid_until.ms <= cx->now.ms)
    return unauthenticated(cx);
  memcpy(fresh.hash, hash, HASH_BYTES);
  known = place_for(memo, hash);
  *known = fresh;
  *out = known;
  return ERR_OK;
}

static bool csrf_right(const char *token, const char *csrf)
{
  char want[TOKEN_TEXT];
  session_csrf(token, want);
  return csrf && strlen(csrf) == TOKEN_TEXT - 1 && sodium_memcmp(csrf, want, TOKEN_TEXT - 1) == 0;
}

const struct row_scope *row_scope_copy(struct arena *a, const struct row_scope *scope)
{
  LIST(const char *) locations = {(const char **)scope->locations, scope->n_locations, 0};
  LIST(const char *) channels = {(const char **)scope->channels, scope->n_channels, 0};
  return row_scope_of(a, &locations, &channels);
}

enum err identity_authenticate(struct ctx *cx, const struct credentials *c, struct actor *out)
{
  bool is_key = c->bearer != NULL;
  const char *token = is_key ? c->bearer : c->cookie;
  size_t want = is_key ? API_KEY_TEXT - 1 : TOKEN_TEXT - 1, n = token ? strlen(token) : 0;
  if (n != want || (is_key && !text_starts(token, "ordo_")))
    return unauthenticated(cx);
  unsigned char hash[HASH_BYTES];
  struct known_token *known = NULL;
  sha256(token, n, hash);
  TRY(look_up(cx, is_key, hash, &known));
  if (!is_key && c->unsafe && !csrf_right(token, c->csrf))
    return err_fail(cx, ERR_CSRF, "", "the header " CSRF_HEADER " of this session is missing or wrong");
  if (cx->now.ms - known->noted_at.ms >= IDENTITY_TOUCH_MS) {
    known->noted_at = cx->now;
    identity_note(c->identity, is_key, known->touch_id, cx->now);
  }
  *out = (struct actor){known->kind, known->actor_id, arena_text(cx->arena, known->name), known->permissions,
                        known->scope ? row_scope_copy(cx->arena, known->scope) : NULL};
  return ERR_OK;
}

/* ---- Who began something that goes on ---- */

static enum err gone(struct ctx *cx, const struct actor *then, const char *why)
{
  return err_fail(cx, ERR_UNAUTHENTICATED, "", "%s %.100s %s", then->kind == ACTOR_KEY ? "the key" : "the user",
                  then->name ? then->name : "", why);
}

static enum err present_user(struct ctx *cx, const struct actor *then, struct actor *out)
{
  struct user user;
  bool missing = false;
  enum err err = user_by_id(cx, then->id, &user);
  if (err == ERR_NOT_FOUND || (err == ERR_OK && user.disabled))
    return gone(cx, then, "cannot sign in any more");
  TRY(err);
  TRY(mfa_is_missing(cx, &user, &missing));
  out->permissions &= user_permissions(&user) & (missing ? floor_permissions() : PERMISSIONS_ALL);
  out->scope = row_scope_of(cx->arena, &user.locations, &user.channels);
  return ERR_OK;
}

static enum err present_key(struct ctx *cx, const struct actor *then, struct actor *out)
{
  struct api_key key;
  uint64_t permissions = 0;
  rec_init(&api_key_rec, &key);
  key.id = then->id;
  enum err err = db_get(cx->db, &api_key_table, &key);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  if (err == ERR_NOT_FOUND || instant_set(key.revoked_at))
    return gone(cx, then, "was revoked");
  if (instant_set(key.expires_at) && key.expires_at.ms <= cx->now.ms)
    return gone(cx, then, "has expired");
  if (!permissions_parse(key.scope, &permissions))
    permissions = 0;
  out->permissions &= permissions;
  out->scope = row_scope_of(cx->arena, &key.locations, &key.channels);
  return ERR_OK;
}

enum err identity_present(struct ctx *cx, const struct actor *then, struct actor *out)
{
  *out = *then;
  return then->kind == ACTOR_USER  ? present_user(cx, then, out)
         : then->kind == ACTOR_KEY ? present_key(cx, then, out)
                                   : ERR_OK;
}
