/* The customer of an order that comes in: who it is, what is to be written, and writing it. Runs within the placing
 * act, so each statement counts: a known customer costs one look at a key and one at the row.
 */
#include <string.h>

#include "customers_priv.h"

static enum err by_id(struct ctx *cx, int64_t id, const char *pointer, struct customer_match *match)
{
  enum err err = customer_by_id(cx, id, &match->customer);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_INVALID, arena_printf(cx->arena, "%s/id", pointer), "there is no such customer");
  TRY(err);
  match->found = true;
  return ERR_OK;
}

/* A key row points to a customer that is there: both are written together and never go apart. */
static enum err by_key(struct ctx *cx, int64_t id, struct customer_match *match)
{
  enum err err = customer_by_id(cx, id, &match->customer);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_INTERNAL, "", "a customer key points to nobody");
  TRY(err);
  match->found = true;
  return ERR_OK;
}

enum err customer_match(struct ctx *cx, const struct customer_ref *ref, const char *pointer, struct customer_match *out)
{
  struct customer_match match = {0};
  const char *const given[CUSTOMER_KEY_KINDS] = {ref->external_id, ref->email, ref->phone};
  if (ref->id > 0)
    TRY(by_id(cx, ref->id, pointer, &match));
  for (int kind = 0; kind < CUSTOMER_KEY_KINDS; kind++) {
    match.key[kind] = customer_key_normal(cx->arena, kind, given[kind]);
    /* What the customer has already is not completed, so nobody needs to know whose the given one is. */
    if (!match.key[kind] || (match.found && *customer_key_member(&match.customer, kind)))
      continue;
    TRY(customer_key_owner(cx, kind, match.key[kind], &match.owner[kind]));
    if (match.owner[kind] && !match.found)
      TRY(by_key(cx, match.owner[kind], &match));
  }
  *out = match;
  return ERR_OK;
}

static void plan_new(struct ctx *cx, const struct customer_ref *ref, const struct customer_match *match,
                     const char *language, struct customer_plan *plan)
{
  struct customer *customer = &plan->after;
  plan->step = CUSTOMER_CREATE;
  rec_init(&customer_rec, customer);
  customer->version = 1;
  customer->external_id = ref->external_id;
  customer->email = ref->email;
  customer->phone = ref->phone;
  customer->name = ref->name;
  customer->language = language;
  customer->created_at = customer->updated_at = cx->now;
  memcpy(plan->add, match->key, sizeof plan->add);
}

/* Keys and the name that the customer lacks are taken over, unless a key is somebody else's. */
static void plan_completion(struct ctx *cx, const struct customer_ref *ref, const struct customer_match *match,
                            struct customer_plan *plan)
{
  const char *const given[CUSTOMER_KEY_KINDS] = {ref->external_id, ref->email, ref->phone};
  bool changed = false;
  plan->before = plan->after = match->customer;
  for (int kind = 0; kind < CUSTOMER_KEY_KINDS; kind++) {
    const char **member = customer_key_member(&plan->after, kind);
    if (*member || !match->key[kind] || match->owner[kind])
      continue;
    *member = given[kind];
    plan->add[kind] = match->key[kind];
    changed = true;
  }
  if (!plan->after.name && !text_empty(ref->name)) {
    plan->after.name = ref->name;
    changed = true;
  }
  plan->step = changed ? CUSTOMER_COMPLETE : CUSTOMER_KNOWN;
  if (changed) {
    plan->after.version++;
    plan->after.updated_at = cx->now;
  }
}

void customer_plan(struct ctx *cx, const struct customer_ref *ref, const struct customer_match *match,
                   const char *language, struct customer_plan *out)
{
  *out = (struct customer_plan){.step = CUSTOMER_GUEST};
  if (match->found)
    plan_completion(cx, ref, match, out);
  else if (match->key[CUSTOMER_EXTERNAL_ID] || match->key[CUSTOMER_EMAIL] || match->key[CUSTOMER_PHONE])
    plan_new(cx, ref, match, language, out);
}

static enum err put_keys(struct ctx *cx, const struct customer_plan *plan, int64_t id)
{
  for (int kind = 0; kind < CUSTOMER_KEY_KINDS; kind++)
    if (plan->add[kind])
      TRY(customer_key_put(cx, kind, plan->add[kind], id));
  return ERR_OK;
}

static enum err apply_new(struct ctx *cx, const struct customer_plan *plan, int64_t *out_id)
{
  struct customer customer = plan->after;
  customer.bucket = ids_bucket_random(cx->ids);
  customer.id = ids_next(cx->ids, cx->now, customer.bucket);
  TRY(db_insert(cx->db, &customer_table, &customer));
  TRY(put_keys(cx, plan, customer.id));
  *out_id = customer.id;
  return customer_emit(cx, NULL, &customer);
}

enum err customer_apply(struct ctx *cx, const struct customer_plan *plan, int64_t *out_id)
{
  int64_t id = plan->after.id;
  switch (plan->step) {
  case CUSTOMER_GUEST:
    id = 0;
    break;
  case CUSTOMER_KNOWN:
    break;
  case CUSTOMER_COMPLETE:
    TRY(db_update(cx->db, &customer_table, &plan->after));
    TRY(put_keys(cx, plan, id));
    TRY(customer_emit(cx, &plan->before, &plan->after));
    break;
  case CUSTOMER_CREATE:
    TRY(apply_new(cx, plan, &id));
    break;
  }
  *out_id = id;
  return ERR_OK;
}
