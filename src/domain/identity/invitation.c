/* Invitations: who was added without a password gets a link, and sets one by it. A new link ends the one before. */
#include <string.h>

#include "identity_priv.h"

static enum err not_good(struct ctx *cx)
{
  return err_fail(cx, ERR_NOT_FOUND, "", "this invitation was used, replaced, or is too old");
}

/* With its user; *out_known = false when there is none of that token, or no more. */
static enum err by_token(struct ctx *cx, const char *token_hash, struct invitation *out, struct user *out_user,
                         bool *out_known)
{
  static const struct db_where of_token = {&invitation_table, "token_hash = $1", DB_KEYED};
  *out_known = false;
  enum err err = db_select_one(cx->db, &of_token, out, DB_ARGS(TEXT(token_hash)));
  if (err == ERR_OK && out->expires_at.ms > cx->now.ms) {
    err = user_by_id(cx, out->user_id, out_user);
    *out_known = err == ERR_OK && !out_user->disabled;
  }
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

enum err invitation_look(struct ctx *cx, struct identity *identity, const char *token, const char *address,
                         struct invitation *out)
{
  struct invitation invitation;
  struct user user;
  char hash[HASH_TEXT];
  bool known;
  sha256_hex(token, strlen(token), hash);
  TRY(attempt_of_address(cx, identity, address));
  TRY(by_token(cx, hash, &invitation, &user, &known));
  if (!known)
    return not_good(cx);
  attempt_void(identity, "", address);
  invitation.login = user.login;
  invitation.name = user.name;
  *out = invitation;
  return ERR_OK;
}

static enum err drop_of(struct ctx *cx, int64_t user_id)
{
  static const struct db_stmt drop = {"DELETE FROM invitation WHERE user_id = $1", DB_KEYED};
  return db_run(cx->db, &drop, NULL, DB_ARGS(I64(user_id)));
}

/* ---- Inviting ---- */

struct invite_facts {
  const struct invite *in;
  struct user user;
};

struct invite_plan {
  struct user user;
  struct invitation invitation;
};

static enum err invite_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct invite_facts *facts = out_facts;
  facts->in = in->body;
  TRY(user_find(cx, in->id, &facts->user));
  return version_check(cx, bucket_of_id(facts->user.id), facts->user.id, facts->user.version, in->version);
}

static enum err invite_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct invite_facts *facts = in_facts;
  struct invite_plan *plan = out_plan;
  TRY(may_rule_user(cx, &facts->user));
  if (facts->user.disabled)
    return err_fail(cx, ERR_STATE, "/disabled", "a user who is disabled cannot be invited");
  plan->user = facts->user;
  plan->user.version++;
  plan->user.updated_at = cx->now;
  rec_init(&invitation_rec, &plan->invitation);
  plan->invitation.user_id = facts->user.id;
  plan->invitation.created_by = cx->actor.name ? cx->actor.name : "";
  plan->invitation.created_at = cx->now;
  plan->invitation.expires_at = INSTANT(cx->now.ms + INVITATION_DAYS * DAY_MS);
  plan->invitation.token_hash = facts->in->token_hash;
  plan->invitation.login = facts->user.login;
  plan->invitation.name = facts->user.name;
  return ERR_OK;
}

/* The user's version moves, since the event needs a place of its own among the user's. */
static enum err tell(struct ctx *cx, const char *topic, const struct user *user, int64_t invitation_id)
{
  TRY(db_update(cx->db, &user_table, user));
  return event_emit(cx, &(struct event_draft){
                            .topic = topic,
                            .subject_kind = "user",
                            .subject_prefix = PREFIX_user,
                            .bucket = bucket_of_id(user->id),
                            .subject_id = user->id,
                            .version = user->version,
                            .ref_prefix = PREFIX_invitation,
                            .ref_id = invitation_id,
                        });
}

static enum err invite_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct invite_plan *plan = in_plan;
  struct invitation invitation = plan->invitation;
  invitation.id = draw_id(cx);
  TRY(drop_of(cx, plan->user.id));
  TRY(db_insert(cx->db, &invitation_table, &invitation));
  TRY(tell(cx, "user.invited", &plan->user, invitation.id));
  out->rec = &invitation_rec;
  out->value = arena_copy(cx->arena, &invitation, sizeof invitation);
  return ERR_OK;
}

const struct act user_invite_act = {
    .name = "user.invite",
    .facts_size = sizeof(struct invite_facts),
    .plan_size = sizeof(struct invite_plan),
    .load = invite_load,
    .decide = invite_decide,
    .apply = invite_apply,
};

/* ---- Accepting: whoever holds the token is the user ---- */

struct accept_facts {
  const struct invitation_accept *in;
  struct invitation invitation;
  struct user user;
};

struct accept_plan {
  struct user user;
  int64_t invitation_id;
};

static enum err accept_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct accept_facts *facts = out_facts;
  bool known;
  facts->in = in->body;
  TRY(by_token(cx, facts->in->token_hash, &facts->invitation, &facts->user, &known));
  return known ? ERR_OK : not_good(cx);
}

static enum err accept_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct accept_facts *facts = in_facts;
  struct user user = facts->user;
  (void)cx;
  assert(facts->in->password_hash);
  user.password_hash = facts->in->password_hash;
  user.password_changed_at = user.updated_at = cx->now;
  user.version++;
  *(struct accept_plan *)out_plan = (struct accept_plan){user, facts->invitation.id};
  return ERR_OK;
}

static enum err accept_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct accept_plan *plan = in_plan;
  TRY(drop_of(cx, plan->user.id));
  TRY(sessions_drop(cx, plan->user.id, NULL));
  TRY(tell(cx, "user.password_changed", &plan->user, plan->invitation_id));
  out->rec = &user_rec;
  out->value = arena_copy(cx->arena, &plan->user, sizeof plan->user);
  out->version = plan->user.version;
  return ERR_OK;
}

const struct act invitation_accept_act = {
    .name = "invitation.accept",
    .facts_size = sizeof(struct accept_facts),
    .plan_size = sizeof(struct accept_plan),
    .load = accept_load,
    .decide = accept_decide,
    .apply = accept_apply,
    .flags = ACT_MASTERS,
};
