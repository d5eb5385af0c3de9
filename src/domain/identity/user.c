/* Users: finding, adding, changing, and their passwords. */
#include <string.h>

#include "identity_priv.h"

static enum err not_found(struct ctx *cx, const char *what, const char *id)
{
  return err_fail(cx, ERR_NOT_FOUND, "", "there is no %s %.64s", what, id);
}

enum err user_by_id(struct ctx *cx, int64_t id, struct user *out)
{
  struct user user;
  rec_init(&user_rec, &user);
  user.id = id;
  TRY(db_get(cx->db, &user_table, &user));
  *out = user;
  return ERR_OK;
}

enum err user_by_login(struct ctx *cx, const char *login, struct user *out, bool *out_known)
{
  static const struct db_where by_login = {&user_table, "login = $1", DB_KEYED};
  struct user user;
  enum err err = db_select_one(cx->db, &by_login, &user, DB_ARGS(TEXT(login)));
  *out_known = err == ERR_OK;
  if (err == ERR_OK)
    *out = user;
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err user_find(struct ctx *cx, const char *id_or_login, struct user *out)
{
  int64_t id;
  bool known = false;
  if (id_parse(PREFIX_user, id_or_login, &id)) {
    enum err err = user_by_id(cx, id, out);
    return err == ERR_NOT_FOUND ? not_found(cx, "user", id_or_login) : err;
  }
  TRY(user_by_login(cx, identity_fold(cx->arena, id_or_login), out, &known));
  return known ? ERR_OK : not_found(cx, "user", id_or_login);
}

/* ---- What holds of every user ---- */

static void check_login(struct ctx *cx, const char *login)
{
  if (text_empty(login))
    fault_add(&cx->fault, ERR_INVALID, "/login", "too_short", "must not be empty");
  for (const char *c = login; *c; c++)
    if ((unsigned char)*c <= ' ' || *c == '/') {
      fault_add(&cx->fault, ERR_INVALID, "/login", "invalid_format", "has no blanks and no slash");
      return;
    }
  int64_t id;
  if (id_parse(PREFIX_user, login, &id) || strcmp(login, "me") == 0)
    fault_add(&cx->fault, ERR_INVALID, "/login", "invalid_format", "stands for something else in paths");
}

/* Roles exist, and the actor has all that they grant. */
static enum err check_roles(struct ctx *cx, struct user *user)
{
  user->is_owner = false;
  if (user->roles.n == 0)
    fault_add(&cx->fault, ERR_INVALID, "/roles", "too_short", "must have at least 1 item");
  for (size_t i = 0; i < user->roles.n; i++) {
    uint64_t granted;
    if (!role_permissions(user->roles.at[i], &granted))
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/roles/%zu", i), "not_one_of",
                "there is no role %.64s", user->roles.at[i]);
    user->is_owner |= strcmp(user->roles.at[i], "owner") == 0;
  }
  TRY(cx->fault.code);
  TRY(may_grant(cx, user_permissions(user), "/roles"));
  return may_grant_rows(cx, &user->locations, &user->channels);
}

static enum err result_of(struct ctx *cx, const struct user *user, struct act_result *out)
{
  out->rec = &user_rec;
  out->value = arena_copy(cx->arena, user, sizeof *user);
  out->version = user->version;
  return ERR_OK;
}

/* ---- Adding ---- */

struct user_add_facts {
  const struct user_input *in;
  const char *login;
  bool taken;
};

static enum err add_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct user_add_facts *facts = out_facts;
  struct user other;
  facts->in = in->body;
  facts->login = identity_fold(cx->arena, facts->in->login);
  return user_by_login(cx, facts->login, &other, &facts->taken);
}

static enum err add_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct user_add_facts *facts = in_facts;
  const struct user_input *in = facts->in;
  struct user user;
  rec_init(&user_rec, &user);
  user.version = 1;
  user.login = facts->login;
  user.name = text_empty(in->name) ? facts->login : in->name;
  memcpy(&user.roles, &in->roles, sizeof user.roles);
  user.language = in->language;
  user.time_zone = in->time_zone;
  memcpy(&user.locations, &in->locations, sizeof user.locations);
  memcpy(&user.channels, &in->channels, sizeof user.channels);
  user.password_hash = in->password_hash ? in->password_hash : "";
  user.password_changed_at = user.created_at = user.updated_at = cx->now;
  check_login(cx, user.login);
  TRY(check_roles(cx, &user));
  if (facts->taken)
    return err_fail(cx, ERR_EXISTS, "/login", "the login %s is in use", user.login);
  *(struct user *)out_plan = user;
  return ERR_OK;
}

static enum err add_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct user user = *(const struct user *)plan, none;
  rec_init(&user_rec, &none);
  user.id = none.id = draw_id(cx);
  TRY(db_insert(cx->db, &user_table, &user));
  TRY(event_emit(cx, &(struct event_draft){
                         .topic = "user.created",
                         .subject_kind = "user",
                         .subject_prefix = PREFIX_user,
                         .bucket = bucket_of_id(user.id),
                         .subject_id = user.id,
                         .version = user.version,
                         .data = event_changes(cx->arena, &user_rec, &none, &user),
                         .personal = event_personal_changes(cx->arena, &user_rec, &none, &user),
                     }));
  out->location = location_of(cx->arena, "/v1/users/", PREFIX_user, user.id);
  return result_of(cx, &user, out);
}

const struct act user_add_act = {
    .name = "user.add",
    .facts_size = sizeof(struct user_add_facts),
    .plan_size = sizeof(struct user),
    .load = add_load,
    .decide = add_decide,
    .apply = add_apply,
    .flags = ACT_MASTERS,
};

/* ---- Changing ---- */

struct user_change_facts {
  const struct act_input *in;
  struct user before;
  int64_t other_owners; /* who can sign in */
  bool taken;           /* the login asked for is another user's */
};

struct user_change_plan {
  struct user before, after;
};

/* Whether the body asks for a login that another user has. What is wrong with the body is decide's to say. */
static enum err login_taken(struct ctx *cx, const struct act_input *in, const struct user *before, bool *out)
{
  struct fault *aside = ARENA_NEW(cx->arena, struct fault);
  struct user wanted = *before, other;
  bool known = false;
  fault_init(aside, cx->arena);
  *out = false;
  if (rec_read_over(&user_rec, in->json, in->json_n, "", cx->arena, aside, &wanted) != ERR_OK)
    return ERR_OK;
  TRY(user_by_login(cx, identity_fold(cx->arena, wanted.login), &other, &known));
  *out = known && other.id != before->id;
  return ERR_OK;
}

static enum err change_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  static const struct db_stmt owners = {
      "SELECT count(*) FROM app_user WHERE is_owner = 1 AND disabled = 0 AND id <> $1", DB_KEYED};
  struct user_change_facts *facts = out_facts;
  facts->in = in;
  TRY(user_find(cx, in->id, &facts->before));
  TRY(version_check(cx, bucket_of_id(facts->before.id), facts->before.id, facts->before.version, in->version));
  TRY(login_taken(cx, in, &facts->before, &facts->taken));
  return db_one_i64(cx->db, &owners, &facts->other_owners, DB_ARGS(I64(facts->before.id)));
}

static enum err change_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct user_change_facts *facts = in_facts;
  struct user_change_plan *plan = out_plan;
  struct user after = facts->before;
  TRY(may_grant(cx, user_permissions(&facts->before), ""));
  TRY(may_grant_rows(cx, &facts->before.locations, &facts->before.channels));
  TRY(rec_read_over(&user_rec, facts->in->json, facts->in->json_n, "", cx->arena, &cx->fault, &after));
  after.login = identity_fold(cx->arena, after.login);
  check_login(cx, after.login);
  TRY(check_roles(cx, &after));
  if (facts->taken)
    return err_fail(cx, ERR_EXISTS, "/login", "the login %s is in use", after.login);
  if (facts->before.is_owner && !facts->before.disabled && (after.disabled || !after.is_owner) &&
      facts->other_owners == 0)
    return err_fail(cx, ERR_STATE, after.disabled ? "/disabled" : "/roles", "nobody else would be owner");
  if (!rec_equal(&user_rec, &facts->before, &after)) {
    after.version++;
    after.updated_at = cx->now;
  }
  *plan = (struct user_change_plan){facts->before, after};
  return ERR_OK;
}

static const char *changes_of(struct arena *a, const struct user *before, const struct user *after)
{
  struct user shown = *after;
  shown.version = before->version;
  shown.updated_at = before->updated_at;
  shown.is_owner = before->is_owner;
  return event_changes(a, &user_rec, before, &shown);
}

static enum err change_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct user_change_plan *plan = in_plan;
  const struct user *user = &plan->after;
  if (user->version == plan->before.version)
    return result_of(cx, user, out);
  TRY(db_update(cx->db, &user_table, user));
  if (user->disabled)
    TRY(sessions_drop(cx, user->id, NULL));
  TRY(event_emit(cx, &(struct event_draft){
                         .topic = "user.updated",
                         .subject_kind = "user",
                         .subject_prefix = PREFIX_user,
                         .bucket = bucket_of_id(user->id),
                         .subject_id = user->id,
                         .version = user->version,
                         .data = changes_of(cx->arena, &plan->before, user),
                         .personal = event_personal_changes(cx->arena, &user_rec, &plan->before, user),
                     }));
  return result_of(cx, user, out);
}

const struct act user_change_act = {
    .name = "user.change",
    .facts_size = sizeof(struct user_change_facts),
    .plan_size = sizeof(struct user_change_plan),
    .load = change_load,
    .decide = change_decide,
    .apply = change_apply,
    .flags = ACT_MASTERS,
};

enum err users_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, login FROM app_user WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}

enum err user_changed(struct ctx *cx, const struct user *user, const char *topic, struct act_result *out)
{
  TRY(user_tell(cx, topic, user));
  out->rec = &user_rec;
  out->value = arena_copy(cx->arena, user, sizeof *user);
  out->version = user->version;
  return ERR_OK;
}
