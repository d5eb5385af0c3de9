/* Who has it: people by id, login or as who acts now. */
#include "work_priv.h"

#include "identity.h"

static const char *id_text(struct ctx *cx, const char *prefix, int64_t id)
{
  char *text = arena_alloc(cx->arena, ID_TEXT);
  id_format(prefix, id, text);
  return text;
}

struct person person_acting(struct ctx *cx)
{
  const struct actor *a = &cx->actor;
  const char *prefix = a->kind == ACTOR_USER ? PREFIX_user : a->kind == ACTOR_KEY ? PREFIX_api_key : NULL;
  return (struct person){prefix ? id_text(cx, prefix, a->id) : NULL, a->name};
}

enum err person_find(struct ctx *cx, const char *id_or_login, const char *pointer, struct person *out)
{
  struct user user;
  enum err err = user_find(cx, id_or_login, &user);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  fault_clear(&cx->fault);
  if (err != ERR_OK || user.disabled)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "unknown_user", "there is no user %s", id_or_login);
  *out = (struct person){id_text(cx, PREFIX_user, user.id), user.name};
  return ERR_OK;
}

const char *person_data(struct ctx *cx, const char *type, const struct person *who, const char *role)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "type", type);
  json_put_text(&o, "assigned_to", who ? who->id : NULL);
  json_put_text(&o, "assigned_name", who && who->id ? who->name : NULL);
  json_put_text(&o, "alert_role", role);
  json_object_end(&o);
  return buf_str(&text);
}
