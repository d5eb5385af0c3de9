/* A user's new password: one's own with the old one, or another's by who may manage users. */
#include <string.h>

#include "identity_priv.h"

static bool is_own(const struct ctx *cx, const struct user *user)
{
  return cx->actor.kind == ACTOR_USER && cx->actor.id == user->id;
}

enum err user_or_me(struct ctx *cx, const char *id_or_login, struct user *out)
{
  if (strcmp(id_or_login, "me") != 0)
    return user_find(cx, id_or_login, out);
  enum err err = cx->actor.kind == ACTOR_USER ? user_by_id(cx, cx->actor.id, out) : ERR_NOT_FOUND;
  return err == ERR_NOT_FOUND ? err_fail(cx, ERR_NOT_FOUND, "", "only a user who is signed in is \"me\"") : err;
}

enum err may_rule_user(struct ctx *cx, const struct user *user)
{
  TRY(ctx_need(cx, PERM_USER_ADMIN));
  TRY(may_grant(cx, user_permissions(user), ""));
  return may_grant_rows(cx, &user->locations, &user->channels);
}

static enum err may_change(struct ctx *cx, const struct user *user)
{
  return is_own(cx, user) ? ERR_OK : may_rule_user(cx, user);
}

/* Guessing one's own password from a stolen session is bounded like signing in. */
static enum err check_current(struct ctx *cx, struct identity *identity, const struct user *user, const char *address,
                              const char *password)
{
  bool right = false;
  if (text_empty(password))
    return fault_add(&cx->fault, ERR_INVALID, "/current_password", "required",
                     "one's own password is needed");
  TRY(attempt_begin(cx, identity, user->login, address));
  TRY(password_attempt(cx, identity, user->login, address, user->password_hash, password, &right));
  if (!right)
    return fault_add(&cx->fault, ERR_INVALID, "/current_password", "wrong_password", "is not the current password");
  return ERR_OK;
}

enum err identity_confirm_password(struct ctx *cx, struct identity *identity, const char *password,
                                   const char *address, struct instant *out_verified)
{
  struct user user;
  TRY(user_or_me(cx, "me", &user));
  TRY(check_current(cx, identity, &user, address, password));
  *out_verified = user.password_changed_at;
  return ERR_OK;
}

enum err user_password_prepare(struct ctx *cx, struct identity *identity, const char *id_or_login, const char *address,
                               struct password_change *change)
{
  struct user user;
  TRY(user_or_me(cx, id_or_login, &user));
  TRY(may_change(cx, &user));
  change->verified = INSTANT(ABSENT);
  if (is_own(cx, &user)) {
    TRY(check_current(cx, identity, &user, address, change->current_password));
    change->verified = user.password_changed_at;
  }
  return identity_password_hash(cx, identity, user.login, change->password, "/password", &change->password_hash);
}

struct password_facts {
  const struct password_change *in;
  struct user user;
};

struct password_plan {
  struct user user;
  const char *keep;
};

static enum err password_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct password_facts *facts = out_facts;
  facts->in = in->body;
  TRY(user_or_me(cx, in->id, &facts->user));
  return version_check(cx, bucket_of_id(facts->user.id), facts->user.id, facts->user.version, in->version);
}

static enum err password_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct password_facts *facts = in_facts;
  struct password_plan *plan = out_plan;
  struct user user = facts->user;
  TRY(may_change(cx, &user));
  /* A caller that expected a stored answer leaves the hash out; the answer has just expired. */
  if (!facts->in->password_hash)
    return err_fail(cx, ERR_RETRY, "", "please try again");
  /* Somebody else changed it after the old one was compared: that comparison is worth nothing now. */
  if (is_own(cx, &user) && facts->in->verified.ms != user.password_changed_at.ms)
    return err_fail(cx, ERR_STATE, "/current_password", "the password was changed meanwhile");
  user.version++;
  user.password_hash = facts->in->password_hash;
  user.password_changed_at = user.updated_at = cx->now;
  *plan = (struct password_plan){user, facts->in->keep_token_hash};
  return ERR_OK;
}

static enum err password_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct password_plan *plan = in_plan;
  const struct user *user = &plan->user;
  TRY(db_update(cx->db, &user_table, user));
  TRY(sessions_drop(cx, user->id, plan->keep));
  return user_changed(cx, user, "user.password_changed", out);
}

const struct act user_password_act = {
    .name = "user.password",
    .facts_size = sizeof(struct password_facts),
    .plan_size = sizeof(struct password_plan),
    .load = password_load,
    .decide = password_decide,
    .apply = password_apply,
    .flags = ACT_MASTERS,
};
