/* Sessions: signing in, signing out, who is signed in. A session is a row; when it ends the row goes. */
#include <sodium.h>
#include <string.h>

#include "identity_priv.h"

enum err session_by_token(struct ctx *cx, const char *token_hash, struct session *out, bool *out_known)
{
  static const struct db_where by_token = {&session_table, "token_hash = $1", DB_KEYED};
  struct session session;
  enum err err = db_select_one(cx->db, &by_token, &session, DB_ARGS(TEXT(token_hash)));
  *out_known = err == ERR_OK;
  if (err == ERR_OK)
    *out = session;
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err sessions_drop(struct ctx *cx, int64_t user_id, const char *keep)
{
  static const struct db_stmt drop = {"DELETE FROM user_session WHERE user_id = $1 AND token_hash <> $2", DB_KEYED};
  return db_run(cx->db, &drop, NULL, DB_ARGS(I64(user_id), TEXT(keep ? keep : "")));
}

/* All rows of a user, newest first. */
static enum err sessions_load(struct ctx *cx, int64_t user_id, sessions *out)
{
  static const struct db_where of_user = {&session_table, "user_id = $1 ORDER BY created_at DESC, id DESC LIMIT 100",
                                          DB_KEYED};
  return db_select(cx->db, &of_user, (struct list *)(void *)out, DB_ARGS(I64(user_id)));
}

enum err sessions_of(struct ctx *cx, int64_t user_id, const char *token_hash, sessions *out)
{
  sessions all = {0}, open = {0};
  TRY(sessions_load(cx, user_id, &all));
  EACH (struct session, session, &all) {
    if (session->expires_at.ms <= cx->now.ms)
      continue;
    session->current = text_eq(session->token_hash, token_hash);
    *LIST_ADD(cx->arena, &open) = *session;
  }
  *out = open;
  return ERR_OK;
}

/* ---- Signing in, first half: on a thread that may wait ---------------------------------------------------------- */

enum { USER_AGENT_BYTES = 200 };

/* What a browser says of itself: text, or nothing. */
static const char *shortened(struct arena *a, const char *user_agent)
{
  const char *text = utf8_cut(a, user_agent, USER_AGENT_BYTES);
  return text && utf8_valid(text, strlen(text)) ? text : NULL;
}

void token_draw(char out_token[TOKEN_TEXT], char out_hash[HASH_TEXT])
{
  unsigned char secret[32];
  randombytes_buf(secret, sizeof secret);
  hex_encode(secret, sizeof secret, out_token);
  sha256_hex(out_token, strlen(out_token), out_hash);
  sodium_memzero(secret, sizeof secret);
}

static enum err wrong(struct ctx *cx, bool on_floor)
{
  return err_fail(cx, ERR_UNAUTHENTICATED, "", on_floor ? "badge or PIN is wrong" : "login or password is wrong");
}

/* One of the two ways, whole. */
static enum err check_sign_in(struct ctx *cx, const struct sign_in *in)
{
  static const char either[] = "give login and password, or badge and pin";
  bool desk = in->login || in->password, on_floor = in->badge || in->pin;
  if (desk && on_floor)
    return fault_add(&cx->fault, ERR_INVALID, "/badge", "not_both", "%s", either);
  const struct {
    const char *value, *pointer;
  } needed[] = {{on_floor ? in->badge : in->login, on_floor ? "/badge" : "/login"},
                {on_floor ? in->pin : in->password, on_floor ? "/pin" : "/password"}};
  for (size_t i = 0; i < COUNT_OF(needed); i++)
    if (!needed[i].value)
      fault_add(&cx->fault, ERR_INVALID, needed[i].pointer, "required", "%s", either);
  return cx->fault.code;
}

/* Compares, and voids the attempt when that was not possible; whether it was right is counted when all is known. */
static enum err password_verified(struct ctx *cx, struct identity *identity, const char *login, const char *address,
                                  const char *hash, const char *password, bool *out_right)
{
  enum err err = password_verify(cx, identity, hash, password, out_right);
  if (err != ERR_OK)
    attempt_void(identity, login, address);
  return err;
}

/* After a right password. Asking for the code is no failure and no success: else the password alone would clear the count. */
static enum err second_step(struct ctx *cx, struct identity *identity, const char *login, const char *address,
                            const struct user *user, const struct sign_in *in, struct mfa_proof *out)
{
  struct user_mfa mfa;
  bool known = false;
  *out = (struct mfa_proof){ABSENT, NULL};
  if (!in->badge && instant_set(user->mfa_at)) {
    if (text_empty(in->code)) {
      attempt_void(identity, login, address);
      return mfa_wanted(cx);
    }
    TRY(user_mfa_load(cx, user->id, &mfa, &known));
    if (!known || !mfa_prove(cx->arena, &mfa, in->code, cx->now, out))
      return mfa_wrong(cx);
  }
  attempt_right(identity, login, address);
  return ERR_OK;
}

enum err identity_sign_in(struct ctx *cx, struct identity *identity, const struct sign_in *in, const char *address,
                          const char *user_agent, struct session_start *out_start, char out_token[TOKEN_TEXT])
{
  struct user user;
  bool known = false, right = false;
  TRY(check_sign_in(cx, in));
  /* No login has a blank, so a badge is never counted as a login. */
  const char *login =
      in->badge ? arena_printf(cx->arena, "badge %s", in->badge) : identity_fold(cx->arena, in->login);
  TRY(attempt_begin(cx, identity, login, address));
  TRY(in->badge ? user_by_badge(cx, in->badge, &user, &known) : user_by_login(cx, login, &user, &known));
  const char *hash = !known || user.disabled ? NULL : in->badge ? user.pin_hash : user.password_hash;
  TRY(password_verified(cx, identity, login, address, hash, in->badge ? in->pin : in->password, &right));
  *out_start = (struct session_start){
      .user_id = known ? user.id : 0,
      .login = login,
      .name = known ? user.name : NULL,
      .address = address,
      .user_agent = shortened(cx->arena, user_agent),
      .password_changed_at = known ? user.password_changed_at : INSTANT(ABSENT),
      .on_floor = in->badge != NULL,
      .pin_hash = hash,
  };
  if (!right)
    return wrong(cx, in->badge != NULL);
  TRY(second_step(cx, identity, login, address, &user, in, &out_start->mfa));
  char token_hash[HASH_TEXT];
  token_draw(out_token, token_hash);
  out_start->token_hash = arena_text(cx->arena, token_hash);
  return ERR_OK;
}

/* ---- Signing in, second half: the acts ---- */

struct start_facts {
  const struct session_start *in;
  struct user user;
  sessions others;
  int64_t hours;
  struct user_mfa mfa;
  bool has_mfa;
};

struct start_plan {
  struct session session;
  struct user user;
  struct user_mfa mfa; /* as it is when the code is spent */
  bool has_mfa;
  const struct session_start *in;
  LIST(struct session) leaving;
  bool still_open; /* one of those leaving has not expired: connections may remember it */
};

static enum err start_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct start_facts *facts = out_facts;
  facts->in = in->body;
  enum err err = user_by_id(cx, facts->in->user_id, &facts->user);
  if (err == ERR_NOT_FOUND)
    return wrong(cx, facts->in->on_floor);
  TRY(err);
  TRY(setting_i64(cx, SETTING_SESSION_HOURS, &facts->hours));
  if (instant_set(facts->user.mfa_at) && !facts->in->on_floor)
    TRY(user_mfa_load(cx, facts->user.id, &facts->mfa, &facts->has_mfa));
  return sessions_load(cx, facts->user.id, &facts->others);
}

/* The sessions that end by this one: expired ones, and the longest unused beyond the limit. */
static void plan_leaving(struct ctx *cx, const struct start_facts *facts, struct start_plan *plan)
{
  size_t open = 0;
  EACH (struct session, other, &facts->others)
    open += other->expires_at.ms > cx->now.ms;
  EACH (struct session, other, &facts->others)
    if (other->expires_at.ms <= cx->now.ms)
      *LIST_ADD(cx->arena, &plan->leaving) = *other;
  if (open < SESSIONS_PER_USER_MAX)
    return;
  const struct session *oldest = NULL;
  EACH (struct session, other, &facts->others)
    if (other->expires_at.ms > cx->now.ms && (!oldest || other->last_seen_at.ms < oldest->last_seen_at.ms))
      oldest = other;
  *LIST_ADD(cx->arena, &plan->leaving) = *oldest;
  plan->still_open = true;
}

static enum err start_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct start_facts *facts = in_facts;
  const struct session_start *in = facts->in;
  struct start_plan *plan = out_plan;
  assert(in->token_hash);
  bool changed = in->on_floor ? !text_eq(facts->user.pin_hash, in->pin_hash)
                              : facts->user.password_changed_at.ms != in->password_changed_at.ms;
  if (facts->user.disabled || changed)
    return wrong(cx, in->on_floor);
  plan->user = facts->user;
  plan->mfa = facts->mfa;
  plan->has_mfa = facts->has_mfa;
  if (instant_set(facts->user.mfa_at) && !in->on_floor &&
      (!facts->has_mfa || !mfa_spend(cx->arena, &in->mfa, &plan->mfa)))
    return mfa_wrong(cx);
  rec_init(&session_rec, &plan->session);
  plan->in = in;
  plan->session.user_id = facts->user.id;
  plan->session.address = in->address;
  plan->session.user_agent = in->user_agent;
  plan->session.created_at = plan->session.last_seen_at = cx->now;
  plan->session.expires_at = INSTANT(cx->now.ms + facts->hours * HOUR_MS);
  plan->session.token_hash = in->token_hash;
  plan->session.on_floor = in->on_floor;
  plan_leaving(cx, facts, plan);
  return ERR_OK;
}

/* Login and address are personal: they lie beside the event. */
static const char *attempt_personal(struct arena *a, const struct session_start *in)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "login", in->login);
  json_put_text(&o, "address", in->address);
  json_put_text(&o, "user_agent", in->user_agent);
  json_object_end(&o);
  return buf_str(&text);
}

static enum err emit(struct ctx *cx, const char *topic, int64_t session_id, int64_t version, int64_t user_id,
                     const char *personal)
{
  return event_emit(cx, &(struct event_draft){
                            .topic = topic,
                            .subject_kind = "session",
                            .subject_prefix = PREFIX_session,
                            .bucket = bucket_of_id(session_id),
                            .subject_id = session_id,
                            .version = version,
                            .ref_prefix = PREFIX_user,
                            .ref_id = user_id,
                            .personal = personal,
                        });
}

static enum err start_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct start_plan *plan = in_plan;
  struct session session = plan->session;
  struct user user = plan->user;
  if (plan->has_mfa)
    TRY(mfa_store(cx, &plan->in->mfa, &plan->mfa, &user));
  EACH (struct session, leaving, &plan->leaving)
    TRY(db_delete(cx->db, &session_table, leaving));
  if (plan->still_open) {
    cx->batch->masters_written = true;
    db_memo_clear(cx->db);
  }
  session.id = draw_id(cx);
  TRY(db_insert(cx->db, &session_table, &session));
  TRY(emit(cx, "session.started", session.id, 1, session.user_id, attempt_personal(cx->arena, plan->in)));
  out->rec = &session_rec;
  out->value = arena_copy(cx->arena, &session, sizeof session);
  return ERR_OK;
}

/* Without ACT_MASTERS: nobody remembers a session that is not there yet. */
const struct act session_start_act = {
    .name = "session.start",
    .facts_size = sizeof(struct start_facts),
    .plan_size = sizeof(struct start_plan),
    .load = start_load,
    .decide = start_decide,
    .apply = start_apply,
};

static enum err refused_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  (void)cx;
  *(const struct session_start **)out_facts = in->body;
  return ERR_OK;
}

static enum err refused_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  (void)cx;
  *(const struct session_start **)out_plan = *(const struct session_start *const *)facts;
  return ERR_OK;
}

/* The attempt gets an id as if it were a session, so that it has a place in the audit trail. */
static enum err refused_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct session_start *in = *(const struct session_start *const *)plan;
  (void)out;
  return emit(cx, "session.refused", draw_id(cx), 1, in->user_id, attempt_personal(cx->arena, in));
}

const struct act session_refused_act = {
    .name = "session.refuse",
    .facts_size = sizeof(const struct session_start *),
    .plan_size = sizeof(const struct session_start *),
    .load = refused_load,
    .decide = refused_decide,
    .apply = refused_apply,
};

/* ---- Signing out ---- */

struct end_facts {
  bool known;
  struct session session;
};

static enum err end_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct end_facts *facts = out_facts;
  if (!in->id)
    return session_by_token(cx, ((const struct session_end *)in->body)->token_hash, &facts->session, &facts->known);
  rec_init(&session_rec, &facts->session);
  enum err err = id_parse(PREFIX_session, in->id, &facts->session.id) ? db_get(cx->db, &session_table, &facts->session)
                                                                      : ERR_NOT_FOUND;
  bool own = err == ERR_OK && cx->actor.kind == ACTOR_USER && cx->actor.id == facts->session.user_id;
  if (err == ERR_NOT_FOUND || (err == ERR_OK && !own))
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no session %.64s of yours", in->id);
  facts->known = own;
  return err;
}

static enum err end_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  (void)cx;
  *(struct end_facts *)out_plan = *(const struct end_facts *)facts;
  return ERR_OK;
}

static enum err end_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct end_facts *end = plan;
  (void)out;
  if (!end->known)
    return ERR_OK;
  TRY(db_delete(cx->db, &session_table, &end->session));
  return emit(cx, "session.ended", end->session.id, 2, end->session.user_id, NULL);
}

const struct act session_end_act = {
    .name = "session.end",
    .facts_size = sizeof(struct end_facts),
    .plan_size = sizeof(struct end_facts),
    .load = end_load,
    .decide = end_decide,
    .apply = end_apply,
    .flags = ACT_MASTERS,
};

/* ---- Last use ---- */

struct touch_facts {
  const identity_touches *touches;
  int64_t hours;
};

static enum err touch_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct touch_facts *facts = out_facts;
  facts->touches = in->body;
  return setting_i64(cx, SETTING_SESSION_HOURS, &facts->hours);
}

static enum err touch_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  (void)cx;
  *(struct touch_facts *)out_plan = *(const struct touch_facts *)facts;
  return ERR_OK;
}

static enum err touch_key(struct ctx *cx, const struct identity_touch *touch)
{
  static const struct db_stmt used = {
      "UPDATE api_key SET last_used_at = $2 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2)", DB_KEYED};
  return db_run(cx->db, &used, NULL, DB_ARGS(I64(touch->id), I64(touch->at.ms)));
}

/* A session that is used lives on, up to its longest life from the sign-in. */
static enum err touch_session(struct ctx *cx, const struct identity_touch *touch, int64_t hours)
{
  static const struct db_stmt used = {"UPDATE user_session SET last_seen_at = $2,"
                                      " expires_at = CASE WHEN created_at + $4 < $3 THEN created_at + $4 ELSE $3 END"
                                      " WHERE id = $1 AND last_seen_at < $2",
                                      DB_KEYED};
  return db_run(
      cx->db, &used, NULL,
      DB_ARGS(I64(touch->id), I64(touch->at.ms), I64(touch->at.ms + hours * HOUR_MS), I64(SESSION_DAYS_MAX * DAY_MS)));
}

static enum err touch_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  static const struct db_stmt sweep = {"DELETE FROM user_session WHERE expires_at < $1", DB_KEYED};
  const struct touch_facts *facts = plan;
  (void)out;
  EACH (struct identity_touch, touch, facts->touches)
    TRY(touch->key ? touch_key(cx, touch) : touch_session(cx, touch, facts->hours));
  return db_run(cx->db, &sweep, NULL, DB_ARGS(I64(cx->now.ms)));
}

const struct act identity_touch_act = {
    .name = "identity.touch",
    .facts_size = sizeof(struct touch_facts),
    .plan_size = sizeof(struct touch_facts),
    .load = touch_load,
    .decide = touch_decide,
    .apply = touch_apply,
};

/* ---- Who am I ---- */

static void add_permissions(struct arena *a, uint64_t permissions, struct session_info *info)
{
  for (int p = 0; p < PERM_COUNT; p++)
    if (permissions & PERMISSION(p))
      *LIST_ADD(a, &info->permissions) = permission_name((enum permission)p);
}

static enum err add_user(struct ctx *cx, const char *token, struct session_info *info)
{
  struct user user;
  struct session session;
  bool known = false;
  char hash[HASH_TEXT], *csrf = arena_alloc(cx->arena, TOKEN_TEXT);
  TRY(user_by_id(cx, cx->actor.id, &user));
  info->user_id = user.id;
  info->login = user.login;
  info->mfa = instant_set(user.mfa_at);
  info->name = user.name;
  memcpy(&info->roles, &user.roles, sizeof info->roles);
  info->language = user.language ? user.language : info->language;
  info->time_zone = user.time_zone ? user.time_zone : info->time_zone;
  memcpy(&info->locations, &user.locations, sizeof info->locations);
  memcpy(&info->channels, &user.channels, sizeof info->channels);
  if (!token)
    return ERR_OK;
  sha256_hex(token, strlen(token), hash);
  TRY(session_by_token(cx, hash, &session, &known));
  if (known) {
    info->expires_at = session.expires_at;
    info->on_floor = session.on_floor;
  }
  if (!info->on_floor)
    TRY(mfa_is_missing(cx, &user, &info->mfa_required));
  session_csrf(token, csrf);
  info->csrf_token = csrf;
  return ERR_OK;
}

static enum err add_key(struct ctx *cx, struct session_info *info)
{
  struct api_key key;
  rec_init(&api_key_rec, &key);
  key.id = info->key_id = cx->actor.id;
  enum err err = db_get(cx->db, &api_key_table, &key);
  memcpy(&info->locations, &key.locations, sizeof info->locations);
  memcpy(&info->channels, &key.channels, sizeof info->channels);
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err session_info_read(struct ctx *cx, const char *token, struct session_info *out)
{
  struct session_info info;
  rec_init(&session_info_rec, &info);
  info.actor_kind = actor_kinds[cx->actor.kind];
  info.name = cx->actor.name;
  add_permissions(cx->arena, cx->actor.permissions, &info);
  TRY(setting_text(cx, SETTING_COMPANY_LANGUAGE, &info.language));
  TRY(setting_text(cx, SETTING_COMPANY_TIME_ZONE, &info.time_zone));
  if (cx->actor.kind == ACTOR_USER)
    TRY(add_user(cx, token, &info));
  else if (cx->actor.kind == ACTOR_KEY)
    TRY(add_key(cx, &info));
  *out = info;
  return ERR_OK;
}
