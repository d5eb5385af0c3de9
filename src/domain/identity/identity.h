/* identity - who may do what: users with passwords and roles, sessions of browsers, API keys of programs.
 *
 * Secrets never reach the database: of API keys and session tokens (32 random bytes each) it holds the SHA-256, of
 * passwords an Argon2id string. None of them is in an event, a log or a stored reply.
 *
 * Hashing a password takes a tenth of a second and 64 MiB on purpose, so it never happens inside an act: a caller
 * hashes or verifies first, on a thread that may wait, and hands the result to the act.
 *
 * Nobody can grant more than he has: roles and scopes are refused (ERR_FORBIDDEN) beyond the actor's permissions, and a
 * user who holds more than the actor is not the actor's to change. The same holds of places: who is bound to some locations
 * or channels cannot let others see more.
 *
 * Events: user.created .updated .password_changed .badge_changed .invited .mfa_enabled .mfa_disabled .mfa_reset
 * .recovery_code_used; api_key.created .rotated .revoked;
 * session.started .refused .ended .see_as_started .see_as_ended.
 */
#ifndef ORDO_IDENTITY_H
#define ORDO_IDENTITY_H

#include "acts.h"
#include "context.h"
#include "db.h"
#include "rec.h"

/* ---- Limits ----------------------------------------------------------------------------------------------------- */

#define LOGIN_MAX               120  /* code points */
#define PASSWORD_MIN            10
#define PASSWORD_MAX            200
#define USER_ROLES_MAX          8
#define API_KEY_GRACE_HOURS     24   /* how long the old key works after a rotation that says nothing */
#define API_KEY_GRACE_HOURS_MAX 168
#define SESSION_DAYS_MAX        30   /* a session ends after this however much it is used */
#define SESSIONS_PER_USER_MAX   20   /* the one unused for longest goes when another begins */
#define ROW_SCOPE_MAX           128 /* locations, or channels, that one user or key is bound to */
#define PIN_MIN                 4
#define PIN_MAX                 12
#define BADGE_MAX               64
#define INVITATION_DAYS         7
#define TOTP_DIGITS             6    /* of a code that moves with time ... */
#define TOTP_STEP_S             30   /* ... every so often */
#define RECOVERY_CODES          8
#define PASSWORD_HASHES_AT_ONCE 2    /* 64 MiB each; more callers are answered ERR_BUSY */
#define LOGIN_WINDOW_MS         (15 * MINUTE_MS)
#define LOGIN_ADDRESS_FACTOR    10   /* an address may fail this many times as often as one login (an office has one) */
#define IDENTITY_TOUCH_MS       MINUTE_MS /* last use is written at most this often per key or session */

#define SESSION_COOKIE "ordo_session"
#define CSRF_HEADER    "X-CSRF-Token"
#define API_KEY_TEXT   70 /* "ordo_", 64 hex digits and NUL */
#define TOKEN_TEXT     65 /* 64 hex digits and NUL */
#define TOTP_SECRET_BYTES 20
#define TOTP_SECRET_TEXT  33 /* base32 and NUL */

/* ---- Roles: a table in C ---------------------------------------------------------------------------------------- */

struct role {
  const char *code; /* "owner" */
  const char *name, *doc;
  uint64_t permissions;
  const char *scope; /* the permissions as names, for people and the API */
};
extern const struct rec role_rec;
/* All roles, the mightiest first; *out_n of them. In the arena. */
const struct role *identity_roles(struct arena *a, size_t *out_n);
/* What a role grants, or false when there is no such role. */
MUST_CHECK bool role_permissions(const char *code, uint64_t *out);

/* A permission as the API lists it. */
struct permission_info {
  const char *name, *doc;
};
extern const struct rec permission_info_rec;
const struct permission_info *identity_permissions(struct arena *a, size_t *out_n);
/* Names of a set, separated by spaces; "*" for all. */
const char *permissions_text(struct arena *a, uint64_t permissions);

/* ---- Rows ------------------------------------------------------------------------------------------------------- */

struct user {
  int64_t id, version;
  const char *login; /* folded, unique; an e-mail address or a short name */
  const char *name;  /* for people */
  LIST(const char *) roles;
  bool disabled;
  const char *language, *time_zone; /* NULL = the company's */
  struct instant password_changed_at, created_at, updated_at;
  const char *password_hash; /* Argon2id string, "" = none was set yet; never leaves the room */
  bool is_owner;             /* roles hold "owner": counted in SQL, the last one cannot go */
  LIST(const char *) locations, channels; /* codes of those whose rows he sees; empty = all */
  const char *badge;         /* unique, or NULL: what the card says that he signs in with on the floor ... */
  const char *pin_hash;      /* ... and the PIN that goes with it: as password_hash */
  struct instant mfa_at;     /* since then signing in asks for a code, too; ABSENT = it does not */
};
extern const struct rec user_rec;
extern const struct db_table user_table;

struct api_key {
  int64_t id, version;
  const char *name;
  const char *scope; /* "order.read order.create", "stock.*" or "*" */
  const char *hint;  /* the key's first characters, to recognize it by */
  const char *key;   /* the key itself: only in the answer that made it, else NULL */
  struct instant expires_at, last_used_at, revoked_at; /* ABSENT = never */
  struct instant previous_until; /* the key before the last rotation works until then */
  const char *created_by;        /* name of the user or key that made it */
  struct instant created_at, updated_at;
  const char *key_hash, *previous_hash; /* SHA-256, hex */
  LIST(const char *) locations, channels; /* as of users */
};
extern const struct rec api_key_rec;
extern const struct db_table api_key_table;

struct session {
  int64_t id, user_id;
  const char *address, *user_agent;
  struct instant created_at, last_seen_at, expires_at;
  const char *token_hash; /* SHA-256, hex */
  bool current;           /* it is the one that asks (filled when read) */
  bool on_floor;          /* begun with a badge: FLOOR_PERMISSIONS at most */
};
extern const struct rec session_rec;
extern const struct db_table session_table;

/* By id ("usr_...") or login; ERR_NOT_FOUND with a sentence. */
MUST_CHECK enum err user_find(struct ctx *cx, const char *id_or_login, struct user *out);
MUST_CHECK enum err user_by_id(struct ctx *cx, int64_t id, struct user *out);
/* By id ("key_..."); names of keys are not unique. */
MUST_CHECK enum err api_key_find(struct ctx *cx, const char *id, struct api_key *out);
/* Sessions of a user that have not ended, newest first. token_hash (or NULL) marks the current one. */
typedef LIST(struct session) sessions;
MUST_CHECK enum err sessions_of(struct ctx *cx, int64_t user_id, const char *token_hash, sessions *out);

/* ---- The process's own part: sign-in attempts, use of keys, cost of passwords ----------------------------------- */

struct password_cost {
  uint64_t ops;
  size_t memory; /* bytes */
};
extern const struct password_cost password_cost_default; /* Argon2id, 3 passes over 64 MiB */
extern const struct password_cost password_cost_tests;   /* the least that libsodium allows */

/* Bounded memory, behind a mutex; any thread. One per process. */
struct identity;
struct identity *identity_new(const struct password_cost *cost); /* NULL = default; the caller frees */
void identity_free(struct identity *identity);                   /* accepts NULL */

/* Lower case, compatible forms made one (NFKC case folding), outer blanks gone: how logins and e-mails compare. */
const char *identity_fold(struct arena *a, const char *text);
/* "en", "zh-CN": letters and digits in groups of 1..8, the first of letters. A rec_field.check. */
bool language_valid(const char *tag);
/* A zone of the IANA database, as ICU knows it. A rec_field.check. */
bool time_zone_valid(const char *zone);

/* ---- Passwords: for a thread that may wait ---------------------------------------------------------------------- */

/* Checks the rules (length, not the login, not one of the worst) and hashes. *out in the arena.
 * ERR_INVALID at pointer   ERR_BUSY too many at once */
MUST_CHECK enum err identity_password_hash(struct ctx *cx, struct identity *identity, const char *login,
                                           const char *password, const char *pointer, const char **out);
/* The identity of a request whose body holds a password, in place of its plain SHA-256, which could be guessed at:
 * Argon2id of that hash, salted with the idempotency key. In place. */
MUST_CHECK enum err identity_request_hash(struct ctx *cx, struct identity *identity, const char *key,
                                          unsigned char hash[HASH_BYTES]);

/* ---- Signing in ------------------------------------------------------------------------------------------------- */

struct sign_in {
  const char *login, *password; /* these two ... */
  const char *badge, *pin;      /* ... or these: on the floor */
  const char *code;             /* with a password, of users who have a second step */
};
extern const struct rec sign_in_rec;

/* A code that was right when it was looked at: of that step, or a recovery code of that hash. None: ABSENT, NULL. */
struct mfa_proof {
  int64_t step;
  const char *recovery_hash;
};

/* Body of session_start_act and session_refused_act. */
struct session_start {
  int64_t user_id; /* 0 = nobody of that login */
  const char *login, *name, *address, *user_agent; /* name: the user's, for people */
  struct instant password_changed_at; /* as it was when the password was verified */
  const char *token_hash;
  bool on_floor;
  const char *pin_hash; /* on the floor: what was verified, in place of password_changed_at */
  struct mfa_proof mfa; /* spent by session_start_act: no code is good twice */
};

/* What a session that began with a badge may do, as far as the user's roles allow it: pick, pack, ship, count. */
uint64_t floor_permissions(void);

/* Who counts as one address where attempts are counted: an IPv6 customer has a /64 at least, so those are one. */
uint64_t identity_address_hash(const char *address);

/* Verifies login and password, in the same time and with the same answer whoever is asked for. Counts failures by login
 * and by address (settings login.attempts). *out_start is for the act that has to follow:
 *   ERR_OK               session_start_act, with out_token for the cookie
 *   ERR_UNAUTHENTICATED  session_refused_act, so that the attempt is in the audit trail
 *   ERR_MFA              none: the password is right, and a code is needed; not counted
 *   ERR_RATE, ERR_BUSY   none; fault.retry_after_s is set */
MUST_CHECK enum err identity_sign_in(struct ctx *cx, struct identity *identity, const struct sign_in *in,
                                     const char *address, const char *user_agent, struct session_start *out_start,
                                     char out_token[TOKEN_TEXT]);
/* The CSRF token that goes with a session token: HMAC-SHA-256 of a fixed text under it, so nothing is stored. */
void session_csrf(const char *token, char out[TOKEN_TEXT]);

/* What GET and POST /v1/session answer. */
struct session_info {
  const char *actor_kind;  /* "user" or "api_key" */
  int64_t user_id;         /* 0 with an API key */
  int64_t key_id;
  const char *login, *name;
  LIST(const char *) roles;
  LIST(const char *) permissions;
  const char *language, *time_zone;
  const char *csrf_token;  /* NULL with an API key */
  struct instant expires_at;
  bool on_floor;
  LIST(const char *) locations, channels; /* empty = all */
  bool mfa, mfa_required; /* a second step is on; it must be set up before anything else is allowed */
  const char *see_as, *see_as_name; /* the role or the id of the user it is seen as, and the user's name; or NULL */
};
extern const struct rec session_info_rec;
/* Of cx->actor; token is the session's, NULL with an API key. */
MUST_CHECK enum err session_info_read(struct ctx *cx, const char *token, struct session_info *out);

/* ---- Every request: who is it? ---------------------------------------------------------------------------------- */

struct credentials {
  const char *bearer;  /* what follows "Bearer ", or NULL */
  const char *cookie;  /* value of SESSION_COOKIE, or NULL; a bearer goes first */
  const char *csrf;    /* value of CSRF_HEADER, or NULL */
  bool unsafe;         /* POST, PUT, PATCH, DELETE: a cookie needs csrf too */
  const char *address; /* of the client */
  struct identity *identity; /* notes the use; NULL = nothing is noted */
};
/* Whose credentials these are, as an actor with permissions; its name lies in cx->arena. Call ctx_masters_refresh
 * before. From the connection's memo a hit costs one SHA-256 and one look-up (half a microsecond); a miss reads one or
 * two rows.
 *
 * ERR_UNAUTHENTICATED  nothing given, unknown, expired, revoked, or the user is disabled: one answer for all
 * ERR_CSRF             a good cookie, but the token that must come with it is missing or wrong */
MUST_CHECK enum err identity_authenticate(struct ctx *cx, const struct credentials *c, struct actor *out);

/* What somebody may do and see now, of what he might then, when he began something that goes on without him (a job): no
 * more permissions than then, and the rows that he is bound to now. Only users and keys have rights that move.
 * ERR_UNAUTHENTICATED with a sentence: the user is disabled or gone, the key revoked or expired. */
MUST_CHECK enum err identity_present(struct ctx *cx, const struct actor *then, struct actor *out);

/* ---- Seeing as a role or a user would ---- */

#define SEE_AS_COOKIE "ordo_see_as" /* no secret: it takes rights away, from who manages users */

struct see_as {
  const char *role, *user; /* one of them; the user by id or login */
};
extern const struct rec see_as_rec;
/* What the cookie says of it: the role's code or the user's id. ERR_INVALID, ERR_NOT_FOUND, ERR_STATE with a sentence. */
MUST_CHECK enum err see_as_whom(struct ctx *cx, const struct see_as *in, const char **out);
/* Leaves to a user who manages users only what such a one may do and see, too; nothing happens to others, or where whom
 * is nobody. */
MUST_CHECK enum err identity_see_as(struct ctx *cx, const char *whom, struct actor *actor, bool *out_seeing);
/* Says so in what session_info_read has filled; cx->actor is who identity_see_as made. */
MUST_CHECK enum err identity_see_as_tell(struct ctx *cx, const char *whom, struct session_info *info);
/* Body of see_as_act, which writes the event alone. */
struct see_as_note {
  const char *whom;
  bool ends;
};
extern const struct act see_as_act;

/* Of such a scope, in a: the request may outlive the actor's. */
const struct row_scope *row_scope_copy(struct arena *a, const struct row_scope *scope);

/* ---- Last use: noted in memory, written by a background act ----------------------------------------------------- */

struct identity_touch {
  bool key;         /* an API key, else a session */
  int64_t id;
  struct instant at;
};
typedef LIST(struct identity_touch) identity_touches;
#define IDENTITY_TOUCHES_MAX 256
/* Takes what was noted since the last call, into the arena; call it once a minute, and when there is something, run
 * identity_touch_act with the list as its body. Any thread. */
void identity_touches_take(struct identity *identity, struct arena *a, identity_touches *out);

/* ---- Acts ------------------------------------------------------------------------------------------------------- */

/* Body of user_add_act. Fill password_hash by identity_password_hash first; password is for the JSON alone. */
struct user_input {
  const char *login, *password, *name;
  LIST(const char *) roles;
  const char *language, *time_zone;
  LIST(const char *) locations, channels;
  const char *password_hash; /* NULL = none: an invitation lets the user set one */
};
extern const struct rec user_input_rec;
extern const struct act user_add_act;    /* ERR_EXISTS for a login in use */
extern const struct act user_change_act; /* PATCH by id or login. ERR_STATE when no owner would be left */

/* Body of user_password_act (path: id or login; "me" = the actor). Ends the user's sessions but the current one. */
struct password_change {
  const char *current_password; /* needed for one's own */
  const char *password;
  const char *password_hash;    /* this and the next: by user_password_prepare. NULL: the act answers ERR_RETRY */
  struct instant verified;      /* one's own: age of the password that was compared; else ABSENT */
  const char *keep_token_hash;  /* the session that goes on, or NULL */
};
extern const struct rec password_change_rec;
/* Before the act, on a thread that may wait: the user may be changed by the actor, and the current password is right
 * where it is the actor's own; then hashes the new one into change->password_hash. */
MUST_CHECK enum err user_password_prepare(struct ctx *cx, struct identity *identity, const char *id_or_login,
                                          const char *address, struct password_change *change);
extern const struct act user_password_act;

/* Body of user_badge_act (path: id or login). Without a badge it is taken away. */
struct badge_input {
  const char *badge, *pin;
  const char *pin_hash; /* by badge_pin_hash; NULL with a badge: the act answers ERR_RETRY */
};
extern const struct rec badge_input_rec;
/* ERR_INVALID at /pin for one that is too short or all the same   ERR_BUSY too many at once */
MUST_CHECK enum err badge_pin_hash(struct ctx *cx, struct identity *identity, const char *pin, const char **out);
extern const struct act user_badge_act; /* ERR_EXISTS at /badge for one in use. Ends the user's sessions on the floor */

/* ---- The second step of signing in: codes of RFC 6238 ----------------------------------------------------------- */

/* One's own: whoever acts. The floor's badge and PIN need no code; API keys have none. Secrets and codes are in no event. */
struct mfa_state {
  bool on, required;
  struct instant since;
  int64_t recovery_left;
};
extern const struct rec mfa_state_rec;
MUST_CHECK enum err mfa_state_read(struct ctx *cx, struct mfa_state *out);

/* Body of mfa_begin_act and mfa_off_act; fill verified by identity_confirm_password. */
struct mfa_begin {
  const char *current_password;
  struct instant verified;
  const char *secret; /* by totp_secret_draw; of mfa_begin_act */
};
extern const struct rec mfa_begin_rec;
/* What its caller answers, once. */
struct mfa_begun {
  const char *secret, *uri, *qr;
};
extern const struct rec mfa_begun_rec;
void totp_secret_draw(char out[TOTP_SECRET_TEXT]);
/* What the app shows in the step of that number (ms / 1000 / TOTP_STEP_S); false for what is no secret of ours. */
MUST_CHECK bool totp_code(const char *secret, int64_t step, char out[TOTP_DIGITS + 1]);
/* The password of the user who acts; wrong ones are counted as when signing in. *out_verified is its age.
 * ERR_INVALID at /current_password */
MUST_CHECK enum err identity_confirm_password(struct ctx *cx, struct identity *identity, const char *password,
                                              const char *address, struct instant *out_verified);
extern const struct act mfa_begin_act; /* asks for nothing yet; again begins anew. ERR_STATE when it is on */
extern const struct act mfa_off_act;   /* the user; again is harmless */

typedef LIST(const char *) mfa_codes;
/* Recovery codes as people read them, and their hashes. */
void recovery_codes_draw(struct arena *a, mfa_codes *out_codes, mfa_codes *out_hashes);
/* Body of mfa_confirm_act: a first code turns it on, and ends the user's other sessions. */
struct mfa_confirm {
  const char *code;
  mfa_codes hashes;
  const char *keep_token_hash; /* the session that goes on, or NULL */
};
struct mfa_recovery {
  mfa_codes codes; /* joined by the caller, once */
};
extern const struct rec mfa_confirm_rec, mfa_recovery_rec;
extern const struct act mfa_confirm_act; /* ERR_INVALID at /code, ERR_STATE */
extern const struct act mfa_reset_act;   /* path: id or login, of another user. Harmless when it is off */

/* Where a token stands for the password (an invitation): is code right for the user? Nothing is wanted of users without.
 * ERR_MFA none was sent, ERR_UNAUTHENTICATED it is wrong (counted), ERR_RATE */
MUST_CHECK enum err mfa_check(struct ctx *cx, struct identity *identity, const struct user *user, const char *code,
                              const char *address, struct mfa_proof *out);

/* ---- Invitations: a link, good once, to set a password by ------------------------------------------------------- */

struct invitation {
  int64_t id, user_id;
  const char *created_by;
  struct instant created_at, expires_at;
  const char *token_hash; /* SHA-256, hex */
  const char *token;      /* only in the answer that made it, else NULL */
  const char *login, *name; /* of the user (filled when read) */
};
extern const struct rec invitation_rec;
extern const struct db_table invitation_table;
/* Body of user_invite_act (path: id or login); the caller draws the token and shows it once. Another invitation of the
 * same user ends. ERR_STATE for a user who is disabled. */
struct invite {
  const char *token_hash;
};
extern const struct act user_invite_act;
/* A fresh token and its hash. */
void token_draw(char out_token[TOKEN_TEXT], char out_hash[HASH_TEXT]);
/* The one of that token with its user's login and name; ERR_NOT_FOUND with a sentence, also when it has expired. Counted
 * against the address like signing in (ERR_RATE). */
MUST_CHECK enum err invitation_look(struct ctx *cx, struct identity *identity, const char *token, const char *address,
                                    struct invitation *out);
/* Body of invitation_accept_act. */
struct invitation_accept {
  const char *token, *password, *code;
  const char *password_hash, *token_hash;
};
extern const struct rec invitation_accept_rec, invitation_token_rec; /* the second: token alone */
extern const struct act invitation_accept_act; /* ERR_NOT_FOUND when it was used or replaced meanwhile; the user */

/* A fresh API key and its hash, from the system's randomness. */
void api_key_draw(char out_key[API_KEY_TEXT], char out_hash[HASH_TEXT]);

/* Body of key_add_act. Fill the last two from api_key_draw; the caller shows the key once and forgets it. */
struct api_key_input {
  const char *name, *scope;
  struct instant expires_at;
  const char *key_hash, *hint;
  LIST(const char *) locations, channels;
};
extern const struct rec api_key_input_rec;
extern const struct act key_add_act;

/* Body of key_rotate_act. */
struct api_key_rotation {
  int64_t grace_hours; /* the old key works this long, 0 = ends now */
  const char *key_hash, *hint;
};
extern const struct rec api_key_rotation_rec;
extern const struct act key_rotate_act; /* ERR_STATE for a revoked or expired key */
extern const struct act key_revoke_act; /* no body; again is harmless */

#define API_KEY_HINT 9 /* "ordo_" and the first 4 digits */

extern const struct act session_start_act;   /* struct session_start; ERR_UNAUTHENTICATED when overtaken by a change */
extern const struct act session_refused_act; /* the same; writes only the event */
/* Body of session_end_act where the path has no id: the session of this token. */
struct session_end {
  const char *token_hash;
};
extern const struct act session_end_act; /* by path id: one of the actor's own. Again is harmless */
extern const struct act identity_touch_act; /* identity_touches; no event */

/* Their names, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err api_keys_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

/* Their logins, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err users_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

#endif
