/* Signing in on the floor: a user's badge and the PIN that goes with it. */
#include <string.h>

#include "identity_priv.h"

enum err user_by_badge(struct ctx *cx, const char *badge, struct user *out, bool *out_known)
{
  static const struct db_where by_badge = {&user_table, "badge = $1", DB_KEYED};
  struct user user;
  enum err err = db_select_one(cx->db, &by_badge, &user, DB_ARGS(TEXT(badge)));
  *out_known = err == ERR_OK;
  if (err == ERR_OK)
    *out = user;
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err badge_pin_hash(struct ctx *cx, struct identity *identity, const char *pin, const char **out)
{
  size_t n = pin ? strlen(pin) : 0;
  if (n < PIN_MIN || n > PIN_MAX || strspn(pin, "0123456789") != n)
    return fault_add(&cx->fault, ERR_INVALID, "/pin", "invalid_format", "is %d to %d digits", PIN_MIN, PIN_MAX);
  char same[2] = {pin[0], 0};
  if (strspn(pin, same) == n)
    return fault_add(&cx->fault, ERR_INVALID, "/pin", "password_weak", "is one that everybody tries first");
  return secret_hash(cx, identity, pin, out);
}

struct badge_facts {
  const struct badge_input *in;
  struct user user;
  bool taken;
};

struct badge_plan {
  struct user before, after;
};

static enum err badge_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct badge_facts *facts = out_facts;
  struct user other;
  bool known = false;
  facts->in = in->body;
  TRY(user_find(cx, in->id, &facts->user));
  TRY(version_check(cx, bucket_of_id(facts->user.id), facts->user.id, facts->user.version, in->version));
  if (facts->in->badge)
    TRY(user_by_badge(cx, facts->in->badge, &other, &known));
  facts->taken = known && other.id != facts->user.id;
  return ERR_OK;
}

static bool badge_valid(const char *badge)
{
  for (const char *c = badge; *c; c++)
    if ((unsigned char)*c < ' ')
      return false;
  return *badge != ' ' && badge[strlen(badge) - 1] != ' ';
}

static enum err badge_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct badge_facts *facts = in_facts;
  const struct badge_input *in = facts->in;
  struct user after = facts->user;
  TRY(may_rule_user(cx, &facts->user));
  if (in->badge && !badge_valid(in->badge))
    return fault_add(&cx->fault, ERR_INVALID, "/badge", "invalid_format", "has no blanks around it");
  if (facts->taken)
    return err_fail(cx, ERR_EXISTS, "/badge", "another user has this badge");
  if (in->badge && !in->pin_hash)
    return err_fail(cx, ERR_RETRY, "", "please try again"); /* as user_password_act */
  after.badge = in->badge;
  after.pin_hash = in->badge ? in->pin_hash : NULL;
  after.version++;
  after.updated_at = cx->now;
  *(struct badge_plan *)out_plan = (struct badge_plan){facts->user, after};
  return ERR_OK;
}

static enum err badge_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  static const struct db_stmt drop = {"DELETE FROM user_session WHERE user_id = $1 AND on_floor = 1", DB_KEYED};
  const struct badge_plan *plan = in_plan;
  const struct user *user = &plan->after;
  TRY(db_update(cx->db, &user_table, user));
  TRY(db_run(cx->db, &drop, NULL, DB_ARGS(I64(user->id))));
  return user_changed(cx, user, "user.badge_changed", out);
}

const struct act user_badge_act = {
    .name = "user.badge",
    .facts_size = sizeof(struct badge_facts),
    .plan_size = sizeof(struct badge_plan),
    .load = badge_load,
    .decide = badge_decide,
    .apply = badge_apply,
    .flags = ACT_MASTERS,
};
