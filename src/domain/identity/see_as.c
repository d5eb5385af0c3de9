/* Seeing the console as a role or a user would: whoever manages users keeps his own name and loses what they may not do.
 * Nothing is stored but the events that it began and ended; the browser says whom with each request.
 */
#include <string.h>

#include "events.h"
#include "identity_priv.h"

/* Of two lists of codes, where an empty one means all of them, what both let through. */
static const char *const *both(struct arena *a, const char *const *own, size_t n_own, const char *const *theirs,
                               size_t n_theirs, size_t *out_n)
{
  LIST(const char *) list = {0};
  if (!n_own || !n_theirs) {
    *out_n = n_own ? n_own : n_theirs;
    return n_own ? own : theirs;
  }
  for (size_t i = 0; i < n_own; i++)
    for (size_t k = 0; k < n_theirs; k++)
      if (text_eq(own[i], theirs[k]))
        *LIST_ADD(a, &list) = own[i];
  if (!list.n)
    *LIST_ADD(a, &list) = ""; /* no place has that code: an empty list would let all of them through */
  *out_n = list.n;
  return list.at;
}

static const struct row_scope *narrowed(struct arena *a, const struct row_scope *own, const struct row_scope *theirs)
{
  if (!own || !theirs)
    return own ? own : theirs;
  struct row_scope *scope = ARENA_NEW(a, struct row_scope);
  scope->locations =
      both(a, own->locations, own->n_locations, theirs->locations, theirs->n_locations, &scope->n_locations);
  scope->channels = both(a, own->channels, own->n_channels, theirs->channels, theirs->n_channels, &scope->n_channels);
  return scope;
}

/* ERR_NOT_FOUND for what is neither a role nor a user's id. */
static enum err seen_user(struct ctx *cx, const char *whom, struct user *out)
{
  int64_t id;
  return id_parse(PREFIX_user, whom, &id) ? user_by_id(cx, id, out) : ERR_NOT_FOUND;
}

enum err identity_see_as(struct ctx *cx, const char *whom, struct actor *actor, bool *out_seeing)
{
  uint64_t permissions = 0;
  const struct row_scope *scope = NULL;
  *out_seeing = false;
  if (actor->kind != ACTOR_USER || !(actor->permissions & PERMISSION(PERM_USER_ADMIN)))
    return ERR_OK;
  if (!role_permissions(whom, &permissions)) {
    struct user user;
    enum err err = seen_user(cx, whom, &user);
    if (err == ERR_NOT_FOUND)
      return ERR_OK;
    TRY(err);
    permissions = user.disabled ? 0 : user_permissions(&user);
    scope = row_scope_of(cx->arena, &user.locations, &user.channels);
  }
  actor->permissions &= permissions;
  actor->scope = narrowed(cx->arena, actor->scope, scope);
  *out_seeing = true;
  return ERR_OK;
}

enum err identity_see_as_tell(struct ctx *cx, const char *whom, struct session_info *info)
{
  const struct row_scope *scope = cx->actor.scope;
  uint64_t ignored;
  info->see_as = whom;
  memset(&info->roles, 0, sizeof info->roles);
  memset(&info->locations, 0, sizeof info->locations);
  memset(&info->channels, 0, sizeof info->channels);
  for (size_t i = 0; scope && i < scope->n_locations; i++)
    *LIST_ADD(cx->arena, &info->locations) = scope->locations[i];
  for (size_t i = 0; scope && i < scope->n_channels; i++)
    *LIST_ADD(cx->arena, &info->channels) = scope->channels[i];
  if (role_permissions(whom, &ignored)) {
    *LIST_ADD(cx->arena, &info->roles) = whom;
    return ERR_OK;
  }
  struct user user;
  TRY(seen_user(cx, whom, &user));
  memcpy(&info->roles, &user.roles, sizeof info->roles);
  info->see_as_name = user.name;
  return ERR_OK;
}

enum err see_as_whom(struct ctx *cx, const struct see_as *in, const char **out)
{
  struct user user;
  uint64_t ignored;
  char *id = arena_alloc(cx->arena, ID_TEXT);
  if (text_empty(in->role) == text_empty(in->user))
    return fault_add(&cx->fault, ERR_INVALID, "/role", "required", "say either a role or a user");
  *out = in->role;
  if (!text_empty(in->role))
    return role_permissions(in->role, &ignored)
               ? ERR_OK
               : fault_add(&cx->fault, ERR_INVALID, "/role", "unknown", "there is no such role; /v1/roles lists them");
  TRY(user_find(cx, in->user, &user));
  if (user.disabled)
    return err_fail(cx, ERR_STATE, "/user", "this user cannot sign in, and sees nothing");
  id_format(PREFIX_user, user.id, id);
  *out = id;
  return ERR_OK;
}

/* ---- On record ---- */

static enum err note_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  (void)cx;
  *(struct see_as_note *)out_facts = *(const struct see_as_note *)in->body;
  return ERR_OK;
}

static enum err note_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  (void)cx;
  *(struct see_as_note *)out_plan = *(const struct see_as_note *)facts;
  return ERR_OK;
}

static const char *note_data(struct arena *a, const char *whom, bool is_user)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, is_user ? "user" : "role", whom);
  json_object_end(&o);
  return buf_str(&text);
}

/* It gets an id as if it were a session, so that it has a place in the audit trail. */
static enum err note_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct see_as_note *note = plan;
  int64_t id = draw_id(cx), user_id = 0;
  bool is_user = id_parse(PREFIX_user, note->whom, &user_id);
  (void)out;
  return event_emit(cx, &(struct event_draft){
                            .topic = note->ends ? "session.see_as_ended" : "session.see_as_started",
                            .subject_kind = "session",
                            .subject_prefix = PREFIX_session,
                            .bucket = bucket_of_id(id),
                            .subject_id = id,
                            .version = 1,
                            .ref_prefix = PREFIX_user,
                            .ref_id = is_user ? user_id : cx->actor.id,
                            .data = note_data(cx->arena, note->whom, is_user),
                        });
}

const struct act see_as_act = {
    .name = "session.see_as",
    .facts_size = sizeof(struct see_as_note),
    .plan_size = sizeof(struct see_as_note),
    .load = note_load,
    .decide = note_decide,
    .apply = note_apply,
};
