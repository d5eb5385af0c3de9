/* The second step of signing in: begun with the password, confirmed by a first code, asked for from then on. */
#include <sodium.h>
#include <string.h>

#include "identity_priv.h"

/* ---- Rows ---- */

static const struct rec_field user_mfa_fields[] = {
    FIELD_AS(REC_ID, struct user_mfa, user_id, .flags = REC_KEY | REC_HIDDEN, .prefix = PREFIX_user),
    FIELD(struct user_mfa, secret, .flags = REC_HIDDEN),
    FIELD(struct user_mfa, used_step, .flags = REC_HIDDEN),
    FIELD_AS(REC_TEXTS, struct user_mfa, recovery, .flags = REC_HIDDEN),
    FIELD(struct user_mfa, created_at, .flags = REC_HIDDEN),
};
static const struct rec user_mfa_rec = REC(struct user_mfa, "UserMfa", user_mfa_fields, "What codes are made of");
static const struct db_table user_mfa_table = {"user_mfa", &user_mfa_rec};

enum err user_mfa_load(struct ctx *cx, int64_t user_id, struct user_mfa *out, bool *out_known)
{
  struct user_mfa mfa;
  rec_init(&user_mfa_rec, &mfa);
  mfa.user_id = user_id;
  enum err err = db_get(cx->db, &user_mfa_table, &mfa);
  *out_known = err == ERR_OK;
  if (err == ERR_OK)
    *out = mfa;
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err mfa_drop(struct ctx *cx, int64_t user_id)
{
  return db_delete(cx->db, &user_mfa_table, &(struct user_mfa){.user_id = user_id});
}

/* ---- Codes ---- */

/* Letters of one case, without what people put between: "K3F9-2M7Q" and "123 456". */
static const char *plain_code(struct arena *a, const char *code)
{
  char *out = arena_text(a, code), *to = out;
  for (const char *c = code; *c; c++)
    if (*c != ' ' && *c != '-')
      *to++ = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
  *to = 0;
  return out;
}

static const char *code_hash(struct arena *a, const char *code)
{
  char hash[HASH_TEXT];
  sha256_hex(code, strlen(code), hash);
  return arena_text(a, hash);
}

void recovery_codes_draw(struct arena *a, mfa_codes *out_codes, mfa_codes *out_hashes)
{
  static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz"; /* none that look alike */
  for (int n = 0; n < RECOVERY_CODES; n++) {
    char plain[RECOVERY_CODE_LETTERS + 1] = {0};
    for (int i = 0; i < RECOVERY_CODE_LETTERS; i++)
      plain[i] = letters[randombytes_uniform(32)];
    *LIST_ADD(a, out_hashes) = code_hash(a, plain);
    *LIST_ADD(a, out_codes) = arena_printf(a, "%.4s-%.4s-%.4s-%.4s", plain, plain + 4, plain + 8, plain + 12);
    sodium_memzero(plain, sizeof plain);
  }
}

bool mfa_prove(struct arena *a, const struct user_mfa *mfa, const char *code, struct instant now, struct mfa_proof *out)
{
  const char *plain = plain_code(a, code);
  *out = (struct mfa_proof){ABSENT, NULL};
  if (strlen(plain) == TOTP_DIGITS) {
    out->step = totp_step(mfa->secret, plain, now);
    return out->step != ABSENT && out->step > mfa->used_step;
  }
  out->recovery_hash = code_hash(a, plain);
  EACH (const char *, hash, &mfa->recovery)
    if (text_eq(*hash, out->recovery_hash))
      return true;
  return false;
}

bool mfa_spend(struct arena *a, const struct mfa_proof *proof, struct user_mfa *mfa)
{
  mfa_codes left = {0};
  if (!proof->recovery_hash) {
    bool fresh = proof->step != ABSENT && proof->step > mfa->used_step;
    mfa->used_step = fresh ? proof->step : mfa->used_step;
    return fresh;
  }
  size_t before = mfa->recovery.n;
  EACH (const char *, hash, &mfa->recovery)
    if (!text_eq(*hash, proof->recovery_hash))
      *LIST_ADD(a, &left) = *hash;
  memcpy(&mfa->recovery, &left, sizeof left);
  return mfa->recovery.n < before;
}

/* A step that another lane has taken meanwhile is taken. */
static enum err step_store(struct ctx *cx, const struct user_mfa *after)
{
  static const struct db_stmt take = {"UPDATE user_mfa SET used_step = $2 WHERE user_id = $1 AND used_step < $2",
                                      DB_KEYED};
  int64_t n = 0;
  TRY(db_run(cx->db, &take, &n, DB_ARGS(I64(after->user_id), I64(after->used_step))));
  return n == 1 ? ERR_OK : act_guard_missed(cx, "user_mfa.used_step");
}

enum err user_tell(struct ctx *cx, const char *topic, const struct user *user)
{
  TRY(db_update(cx->db, &user_table, user));
  return event_emit(cx, &(struct event_draft){
                            .topic = topic,
                            .subject_kind = "user",
                            .subject_prefix = PREFIX_user,
                            .bucket = bucket_of_id(user->id),
                            .subject_id = user->id,
                            .version = user->version,
                        });
}

enum err mfa_store(struct ctx *cx, const struct mfa_proof *proof, const struct user_mfa *after, struct user *user)
{
  if (!proof->recovery_hash)
    return step_store(cx, after);
  /* Users change one at a time, by their version: two with one code on paper meet there. */
  TRY(db_update(cx->db, &user_mfa_table, after));
  user->version++;
  user->updated_at = cx->now;
  return user_tell(cx, "user.recovery_code_used", user);
}

/* ---- Signing in ---- */

enum err mfa_wanted(struct ctx *cx)
{
  return err_fail(cx, ERR_MFA, "", "this user signs in with a code, too: send it as `code`");
}

enum err mfa_wrong(struct ctx *cx)
{
  return err_fail(cx, ERR_UNAUTHENTICATED, "", "the code is wrong, or was used already");
}

enum err mfa_check(struct ctx *cx, struct identity *identity, const struct user *user, const char *code,
                   const char *address, struct mfa_proof *out)
{
  struct user_mfa mfa;
  bool known = false;
  *out = (struct mfa_proof){ABSENT, NULL};
  if (!instant_set(user->mfa_at))
    return ERR_OK;
  if (text_empty(code))
    return mfa_wanted(cx);
  TRY(attempt_begin(cx, identity, user->login, address));
  TRY(user_mfa_load(cx, user->id, &mfa, &known));
  if (!known || !mfa_prove(cx->arena, &mfa, code, cx->now, out))
    return mfa_wrong(cx);
  attempt_right(identity, user->login, address);
  return ERR_OK;
}

enum err mfa_is_missing(struct ctx *cx, const struct user *user, bool *out)
{
  const char *roles = "";
  *out = false;
  if (instant_set(user->mfa_at))
    return ERR_OK;
  TRY(setting_text(cx, SETTING_MFA_ROLES, &roles));
  for (const char *at = roles; *at && !*out;) {
    size_t n = strcspn(at, " ,");
    *out = n == 1 && *at == '*';
    EACH (const char *, role, &user->roles)
      *out |= n > 0 && strlen(*role) == n && memcmp(*role, at, n) == 0;
    at += n;
    at += strspn(at, " ,");
  }
  return ERR_OK;
}

/* ---- What one sees of one's own ---- */

static const struct rec_field mfa_fields[] = {
    FIELD(struct mfa_state, on, .flags = REC_READONLY, .doc = "Signing in asks for a code", .example = "true"),
    FIELD(struct mfa_state, since, .flags = REC_READONLY, .doc = "Since when", .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct mfa_state, recovery_left, .flags = REC_READONLY, .doc = "Recovery codes that were not used yet",
          .example = "8"),
    FIELD(struct mfa_state, required, .flags = REC_READONLY,
          .doc = "The setting `login.mfa_roles` asks for it and it is not on: nothing else is allowed until it is",
          .example = "false"),
};
const struct rec mfa_state_rec = REC(struct mfa_state, "Mfa", mfa_fields, "One's own second step of signing in");

enum err mfa_state_read(struct ctx *cx, struct mfa_state *out)
{
  struct user user;
  struct user_mfa mfa;
  struct mfa_state state;
  bool known = false;
  rec_init(&mfa_state_rec, &state);
  TRY(user_or_me(cx, "me", &user));
  TRY(user_mfa_load(cx, user.id, &mfa, &known));
  state.on = instant_set(user.mfa_at);
  state.since = user.mfa_at;
  state.recovery_left = state.on && known ? (int64_t)mfa.recovery.n : 0;
  TRY(mfa_is_missing(cx, &user, &state.required));
  *out = state;
  return ERR_OK;
}

/* ---- Beginning ---- */

static const struct rec_field begin_fields[] = {
    FIELD(struct mfa_begin, current_password, .flags = REC_REQUIRED | REC_PERSONAL, .min = 1, .max = PASSWORD_MAX,
          .doc = "One's own, once more", .example = "glass river 27 lamps"),
};
const struct rec mfa_begin_rec = REC(struct mfa_begin, "MfaBegin", begin_fields, "That it is really you");

static const struct rec_field begun_fields[] = {
    FIELD(struct mfa_begun, secret, .flags = REC_READONLY, .doc = "To type into the app: only in this answer",
          .example = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"),
    FIELD(struct mfa_begun, uri, .flags = REC_READONLY, .doc = "The same as an `otpauth:` address",
          .example = "otpauth://totp/Ordo:li%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Ordo"),
    FIELD(struct mfa_begun, qr, .flags = REC_READONLY, .doc = "That address as a QR code: an SVG picture",
          .example = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
};
const struct rec mfa_begun_rec = REC(struct mfa_begun, "MfaBegun", begun_fields, "What the app has to know");

struct me_facts {
  const void *in;
  struct user user;
  struct user_mfa mfa;
  bool known;
};

static enum err me_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct me_facts *facts = out_facts;
  facts->in = in->body;
  TRY(user_or_me(cx, "me", &facts->user));
  return user_mfa_load(cx, facts->user.id, &facts->mfa, &facts->known);
}

/* Somebody changed the password after it was compared: that comparison is worth nothing now. */
static enum err still_verified(struct ctx *cx, const struct user *user, struct instant verified)
{
  return verified.ms == user->password_changed_at.ms
             ? ERR_OK
             : err_fail(cx, ERR_STATE, "/current_password", "the password was changed meanwhile");
}

static enum err begin_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct me_facts *facts = in_facts;
  const struct mfa_begin *in = facts->in;
  TRY(still_verified(cx, &facts->user, in->verified));
  if (instant_set(facts->user.mfa_at))
    return err_fail(cx, ERR_STATE, "", "it is on; turn it off before it is begun anew");
  struct user_mfa mfa;
  rec_init(&user_mfa_rec, &mfa);
  mfa.user_id = facts->user.id;
  mfa.secret = in->secret;
  mfa.used_step = 0;
  mfa.created_at = cx->now;
  *(struct user_mfa *)out_plan = mfa;
  return ERR_OK;
}

/* Nothing is true yet that the log should tell. */
static enum err begin_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  (void)out;
  return db_upsert(cx->db, &user_mfa_table, plan);
}

const struct act mfa_begin_act = {
    .name = "mfa.begin",
    .facts_size = sizeof(struct me_facts),
    .plan_size = sizeof(struct user_mfa),
    .load = me_load,
    .decide = begin_decide,
    .apply = begin_apply,
};

/* ---- Confirming ---- */

static const struct rec_field code_fields[] = {
    FIELD(struct mfa_confirm, code, .flags = REC_REQUIRED | REC_PERSONAL, .min = 6, .max = 12,
          .doc = "What the app shows", .example = "492039"),
};
const struct rec mfa_confirm_rec = REC(struct mfa_confirm, "MfaConfirm", code_fields, "A first code");

static const struct rec_field codes_fields[] = {
    FIELD_AS(REC_TEXTS, struct mfa_recovery, codes, .flags = REC_READONLY,
             .doc = "To keep on paper, each good once in place of a code: only in this answer",
             .example = "[\"k3f9-2m7q-8xwd-5ntz\"]"),
};
const struct rec mfa_recovery_rec = REC(struct mfa_recovery, "MfaRecovery", codes_fields, "Recovery codes");

struct mfa_plan {
  struct user user;
  struct user_mfa mfa;
  const char *topic; /* NULL: nothing changes */
  const char *keep;  /* the session that goes on, where the others end */
};

static enum err confirm_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct me_facts *facts = in_facts;
  const struct mfa_confirm *in = facts->in;
  struct mfa_plan *plan = out_plan;
  struct mfa_proof proof;
  *plan = (struct mfa_plan){facts->user, facts->mfa, "user.mfa_enabled", in->keep_token_hash};
  if (instant_set(facts->user.mfa_at) || !facts->known)
    return err_fail(cx, ERR_STATE, "", facts->known ? "it is on already" : "begin it first");
  if (!mfa_prove(cx->arena, &plan->mfa, in->code, cx->now, &proof) || !mfa_spend(cx->arena, &proof, &plan->mfa))
    return fault_add(&cx->fault, ERR_INVALID, "/code", "wrong_code", "is not what the app shows now");
  memcpy(&plan->mfa.recovery, &in->hashes, sizeof in->hashes);
  plan->user.mfa_at = plan->user.updated_at = cx->now;
  plan->user.version++;
  return ERR_OK;
}

static enum err confirm_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct mfa_plan *plan = in_plan;
  (void)out;
  TRY(db_update(cx->db, &user_mfa_table, &plan->mfa));
  TRY(sessions_drop(cx, plan->user.id, plan->keep));
  out->rec = &mfa_recovery_rec;
  out->value = ARENA_NEW(cx->arena, struct mfa_recovery);
  return user_tell(cx, plan->topic, &plan->user);
}

const struct act mfa_confirm_act = {
    .name = "mfa.confirm",
    .facts_size = sizeof(struct me_facts),
    .plan_size = sizeof(struct mfa_plan),
    .load = me_load,
    .decide = confirm_decide,
    .apply = confirm_apply,
    .flags = ACT_MASTERS,
};

/* ---- Turning it off ---- */

static void plan_off(struct ctx *cx, const struct user *before, const char *topic, struct mfa_plan *plan)
{
  *plan = (struct mfa_plan){.user = *before};
  if (!instant_set(before->mfa_at))
    return;
  plan->topic = topic;
  plan->user.mfa_at = INSTANT(ABSENT);
  plan->user.updated_at = cx->now;
  plan->user.version++;
}

static enum err off_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct me_facts *facts = in_facts;
  TRY(still_verified(cx, &facts->user, ((const struct mfa_begin *)facts->in)->verified));
  plan_off(cx, &facts->user, "user.mfa_disabled", out_plan);
  return ERR_OK;
}

static enum err off_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct mfa_plan *plan = in_plan;
  const struct user *user = &plan->user;
  TRY(mfa_drop(cx, user->id));
  if (plan->topic)
    TRY(user_tell(cx, plan->topic, user));
  out->rec = &user_rec;
  out->value = arena_copy(cx->arena, user, sizeof *user);
  out->version = user->version;
  return ERR_OK;
}

const struct act mfa_off_act = {
    .name = "mfa.off",
    .facts_size = sizeof(struct me_facts),
    .plan_size = sizeof(struct mfa_plan),
    .load = me_load,
    .decide = off_decide,
    .apply = off_apply,
    .flags = ACT_MASTERS,
};

static enum err reset_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct me_facts *facts = out_facts;
  TRY(user_find(cx, in->id, &facts->user));
  return version_check(cx, bucket_of_id(facts->user.id), facts->user.id, facts->user.version, in->version);
}

static enum err reset_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct me_facts *facts = in_facts;
  TRY(may_rule_user(cx, &facts->user));
  if (cx->actor.kind == ACTOR_USER && cx->actor.id == facts->user.id)
    return err_fail(cx, ERR_STATE, "", "one's own is turned off with the password");
  plan_off(cx, &facts->user, "user.mfa_reset", out_plan);
  return ERR_OK;
}

const struct act mfa_reset_act = {
    .name = "mfa.reset",
    .facts_size = sizeof(struct me_facts),
    .plan_size = sizeof(struct mfa_plan),
    .load = reset_load,
    .decide = reset_decide,
    .apply = off_apply,
    .flags = ACT_MASTERS,
};
