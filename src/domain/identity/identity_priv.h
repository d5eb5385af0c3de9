/* What the files of identity share. */
#ifndef ORDO_IDENTITY_PRIV_H
#define ORDO_IDENTITY_PRIV_H

#include "codec.h"
#include "identity.h"
#include "settings.h"

/* ---- The process's part (identity_state.c) ---- */

/* Takes one of the few places for hashing; false when all are taken. */
bool hashing_enter(struct identity *identity);
void hashing_leave(struct identity *identity);
const struct password_cost *identity_cost(const struct identity *identity);

/* Counts an attempt against login and address before it is known how it ends, so that guesses in parallel count too.
 * ERR_RATE, with fault.retry_after_s, when one of them has none left; nothing is counted then. */
MUST_CHECK enum err attempt_begin(struct ctx *cx, struct identity *identity, const char *login, const char *address);
/* The attempt was right: the login starts anew, the address gets this one back. */
void attempt_right(struct identity *identity, const char *login, const char *address);
/* The attempt was not looked at after all (ERR_BUSY): both get it back. */
void attempt_void(struct identity *identity, const char *login, const char *address);

/* Somebody used a key or session; identity may be NULL. */
void identity_note(struct identity *identity, bool key, int64_t id, struct instant at);

/* Counted against the address alone. */
MUST_CHECK enum err attempt_of_address(struct ctx *cx, struct identity *identity, const char *address);

/* ---- Passwords (password.c) ---- */

/* Argon2id of what was checked already. ERR_BUSY when too many hash already. */
MUST_CHECK enum err secret_hash(struct ctx *cx, struct identity *identity, const char *secret, const char **out);

/* hash NULL: nobody of that login; takes as long as if there were. ERR_BUSY when too many hash already. */
MUST_CHECK enum err password_verify(struct ctx *cx, struct identity *identity, const char *hash, const char *password,
                                    bool *out_right);
/* The same of an attempt that attempt_begin has counted: forgiven when right, void when it could not be looked at. */
MUST_CHECK enum err password_attempt(struct ctx *cx, struct identity *identity, const char *login, const char *address,
                                     const char *hash, const char *password, bool *out_right);

/* ---- Codes (totp.c, mfa.c) ---- */

/* The number of RFC 4226 before it is cut to digits. */
uint32_t totp_number(const unsigned char *secret, size_t n, int64_t step);
/* The step whose code this is, of now and its neighbors; else ABSENT. */
int64_t totp_step(const char *secret, const char *code, struct instant now);

enum { RECOVERY_CODE_LETTERS = 16 }; /* of 32: 80 bits, so a fast hash is enough */

struct user_mfa {
  int64_t user_id;
  const char *secret; /* base32 */
  int64_t used_step;  /* of the last code that was taken */
  mfa_codes recovery; /* hashes of those left */
  struct instant created_at;
};
MUST_CHECK enum err user_mfa_load(struct ctx *cx, int64_t user_id, struct user_mfa *out, bool *out_known);
/* Whether the code is right and was not used. */
bool mfa_prove(struct arena *a, const struct user_mfa *mfa, const char *code, struct instant now,
               struct mfa_proof *out);
/* Takes what was proved out of mfa; false when somebody was faster. */
bool mfa_spend(struct arena *a, const struct mfa_proof *proof, struct user_mfa *mfa);
/* Stores what mfa_spend has left; a recovery code moves the user's version, and is an event. */
MUST_CHECK enum err mfa_store(struct ctx *cx, const struct mfa_proof *proof, const struct user_mfa *after,
                              struct user *user);
enum err mfa_wanted(struct ctx *cx); /* ERR_MFA */
enum err mfa_wrong(struct ctx *cx);  /* ERR_UNAUTHENTICATED */
/* The setting asks for a second step, and the user has none. */
MUST_CHECK enum err mfa_is_missing(struct ctx *cx, const struct user *user, bool *out);
/* Stores the user, whose version has moved, and tells it without data. */
MUST_CHECK enum err user_tell(struct ctx *cx, const char *topic, const struct user *user);

/* ---- Rights ---- */

/* ERR_FORBIDDEN unless the actor has all of permissions himself. */
MUST_CHECK enum err may_grant(struct ctx *cx, uint64_t permissions, const char *pointer);
/* ERR_FORBIDDEN where the lists let somebody see more than the actor does. Both are LIST(const char *). */
MUST_CHECK enum err may_grant_rows(struct ctx *cx, const void *locations, const void *channels);
/* Of such a pair of lists, in a; NULL = all rows. */
const struct row_scope *row_scope_of(struct arena *a, const void *locations, const void *channels);
/* The union of a user's roles; unknown ones (of a newer program) grant nothing. */
uint64_t user_permissions(const struct user *user);

/* ERR_FORBIDDEN unless the actor may manage users, and this one has nothing that he has not. */
MUST_CHECK enum err may_rule_user(struct ctx *cx, const struct user *user);

/* ---- Rows ---- */

/* As user_find; "me" is the user who acts. */
MUST_CHECK enum err user_or_me(struct ctx *cx, const char *id_or_login, struct user *out);
/* By badge, as scanned; *out_known = false when nobody has it. */
MUST_CHECK enum err user_by_badge(struct ctx *cx, const char *badge, struct user *out, bool *out_known);

/* By folded login; *out_known = false when there is none. */
MUST_CHECK enum err user_by_login(struct ctx *cx, const char *login, struct user *out, bool *out_known);
/* The session of that token, ended or not; *out_known = false when there is none. */
MUST_CHECK enum err session_by_token(struct ctx *cx, const char *token_hash, struct session *out, bool *out_known);
/* Ends the sessions of a user but the one with keep (NULL = all). */
/* The event of a change of a user that says no more than its topic, and the answer. */
MUST_CHECK enum err user_changed(struct ctx *cx, const struct user *user, const char *topic, struct act_result *out);
MUST_CHECK enum err sessions_drop(struct ctx *cx, int64_t user_id, const char *keep);

/* "/v1/users/usr_..." */
const char *location_of(struct arena *a, const char *path, const char *prefix, int64_t id);
int64_t draw_id(struct ctx *cx); /* of a reference row: its bucket is drawn too */

#endif
