/* Customers made and changed by hand or by another system. */
#include <stdio.h>
#include <string.h>

#include "codec.h"
#include "customers_priv.h"

enum err customer_emit(struct ctx *cx, const struct customer *before, const struct customer *after)
{
  struct customer none, shown = *after;
  if (!before) {
    rec_init(&customer_rec, &none);
    none.bucket = after->bucket;
    none.id = after->id;
    none.created_at = after->created_at;
  }
  const struct customer *was = before ? before : &none;
  shown.version = was->version;
  shown.updated_at = was->updated_at;
  return event_emit(cx, &(struct event_draft){
                            .topic = before ? "customer.updated" : "customer.created",
                            .subject_kind = "customer",
                            .subject_prefix = PREFIX_customer,
                            .bucket = after->bucket,
                            .subject_id = after->id,
                            .version = after->version,
                            .data = event_changes(cx->arena, &customer_rec, was, &shown),
                            .personal = event_personal_changes(cx->arena, &customer_rec, was, &shown),
                        });
}

/* ---- What holds of every customer ---- */

/* Facts of adding and changing: the row as it is, and whose the keys asked for are. */
struct save_facts {
  const struct act_input *in;
  struct customer before; /* id 0: there is none yet */
  int64_t owner[CUSTOMER_KEY_KINDS];
};

struct save_plan {
  struct customer before, after;
  const char *drop[CUSTOMER_KEY_KINDS], *add[CUSTOMER_KEY_KINDS];
  bool addresses;
};

static enum err owners_load(struct ctx *cx, struct customer *wanted, struct save_facts *facts)
{
  for (int kind = 0; kind < CUSTOMER_KEY_KINDS; kind++)
    TRY(customer_key_find(cx, kind, *customer_key_member(wanted, kind), &facts->owner[kind]));
  return ERR_OK;
}

static void plan_keys(struct ctx *cx, const struct save_facts *facts, struct save_plan *plan)
{
  for (int kind = 0; kind < CUSTOMER_KEY_KINDS; kind++) {
    const char *was = customer_key_normal(cx->arena, kind, *customer_key_member(&plan->before, kind));
    const char *is = customer_key_normal(cx->arena, kind, *customer_key_member(&plan->after, kind));
    if (text_eq(was, is))
      continue;
    plan->drop[kind] = was;
    plan->add[kind] = is;
    if (!is || !facts->owner[kind] || facts->owner[kind] == facts->before.id)
      continue;
    char *id = arena_alloc(cx->arena, ID_TEXT);
    id_format(PREFIX_customer, facts->owner[kind], id);
    cx->fault.related = id;
    err_fail(cx, ERR_EXISTS, arena_printf(cx->arena, "/%s", customer_key_kinds[kind]), "another customer has this %s",
             customer_key_kinds[kind]);
  }
}

static void check_defaults(struct ctx *cx, const struct customer *customer)
{
  size_t shipping = 0, billing = 0;
  for (size_t i = 0; i < customer->addresses.n; i++) {
    shipping += customer->addresses.at[i].default_shipping;
    billing += customer->addresses.at[i].default_billing;
    if (customer->addresses.at[i].default_shipping && shipping == 2)
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/addresses/%zu/default_shipping", i), "not_unique",
                "one address is the default");
    if (customer->addresses.at[i].default_billing && billing == 2)
      fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/addresses/%zu/default_billing", i), "not_unique",
                "one address is the default");
  }
}

static enum err check(struct ctx *cx, struct customer *customer)
{
  int64_t id;
  if (customer->external_id && id_parse(PREFIX_customer, customer->external_id, &id))
    fault_add(&cx->fault, ERR_INVALID, "/external_id", "invalid_format", "looks like an id of ours");
  if (customer->metadata && customer->metadata[0] != '{')
    fault_add(&cx->fault, ERR_INVALID, "/metadata", "wrong_type", "expected an object");
  if (!customer->blocked)
    customer->blocked_reason = NULL;
  check_defaults(cx, customer);
  return cx->fault.code;
}

/* Addresses are numbered by place; a copy, since the facts keep theirs. */
static void number_addresses(struct arena *a, struct customer *customer)
{
  size_t n = customer->addresses.n;
  customer->addresses.at = n ? arena_copy(a, customer->addresses.at, n * sizeof *customer->addresses.at) : NULL;
  customer->addresses.cap = n;
  for (size_t i = 0; i < n; i++) {
    customer->addresses.at[i].bucket = customer->bucket;
    customer->addresses.at[i].customer_id = customer->id;
    customer->addresses.at[i].n = (int64_t)i + 1;
  }
}

static enum err result_of(struct ctx *cx, const struct customer *customer, struct act_result *out)
{
  out->rec = &customer_rec;
  out->value = arena_copy(cx->arena, customer, sizeof *customer);
  out->version = customer->version;
  return ERR_OK;
}

static enum err write_keys(struct ctx *cx, const struct save_plan *plan, int64_t id)
{
  for (int kind = 0; kind < CUSTOMER_KEY_KINDS; kind++) {
    if (plan->drop[kind])
      TRY(customer_key_drop(cx, kind, plan->drop[kind], id));
    if (plan->add[kind])
      TRY(customer_key_put(cx, kind, plan->add[kind], id));
  }
  return ERR_OK;
}

static enum err write_addresses(struct ctx *cx, const struct customer *customer)
{
  static const struct db_stmt drop = {"DELETE FROM customer_address WHERE bucket = $1 AND customer_id = $2", DB_KEYED};
  TRY(db_run(cx->db, &drop, NULL, DB_ARGS(I64(customer->bucket), I64(customer->id))));
  for (size_t i = 0; i < customer->addresses.n; i++)
    TRY(db_insert(cx->db, &customer_address_table, &customer->addresses.at[i]));
  return ERR_OK;
}

/* ---- Adding ---- */

static enum err add_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct save_facts *facts = out_facts;
  struct customer wanted = *(const struct customer *)in->body;
  facts->in = in;
  rec_init(&customer_rec, &facts->before);
  return owners_load(cx, &wanted, facts);
}

static enum err add_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct save_facts *facts = in_facts;
  struct save_plan *plan = out_plan;
  *plan = (struct save_plan){.before = facts->before, .after = *(const struct customer *)facts->in->body};
  TRY(check(cx, &plan->after));
  plan_keys(cx, facts, plan);
  plan->after.version = 1;
  plan->after.created_at = plan->after.updated_at = cx->now;
  return cx->fault.code;
}

static enum err add_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct save_plan *plan = in_plan;
  struct customer customer = plan->after;
  char id[ID_TEXT];
  customer.bucket = ids_bucket_random(cx->ids);
  customer.id = ids_next(cx->ids, cx->now, customer.bucket);
  number_addresses(cx->arena, &customer);
  TRY(db_insert(cx->db, &customer_table, &customer));
  TRY(write_keys(cx, plan, customer.id));
  TRY(write_addresses(cx, &customer));
  TRY(customer_emit(cx, NULL, &customer));
  id_format(PREFIX_customer, customer.id, id);
  out->location = arena_printf(cx->arena, "/v1/customers/%s", id);
  return result_of(cx, &customer, out);
}

const struct act customer_add_act = {
    .name = "customer.add",
    .facts_size = sizeof(struct save_facts),
    .plan_size = sizeof(struct save_plan),
    .load = add_load,
    .decide = add_decide,
    .apply = add_apply,
};

/* ---- Changing ---- */

static enum err change_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  struct save_facts *facts = out_facts;
  struct fault *aside = ARENA_NEW(cx->arena, struct fault);
  facts->in = in;
  TRY(customer_find(cx, in->id, &facts->before));
  TRY(version_check(cx, facts->before.bucket, facts->before.id, facts->before.version, in->version));
  /* Read once to learn which keys are asked for; what is wrong with the body is decide's to say. */
  struct customer wanted = facts->before;
  fault_init(aside, cx->arena);
  if (rec_read_over(&customer_rec, in->json, in->json_n, "", cx->arena, aside, &wanted) != ERR_OK)
    return ERR_OK;
  return owners_load(cx, &wanted, facts);
}

static enum err change_decide(struct ctx *cx, const void *in_facts, void *out_plan)
{
  const struct save_facts *facts = in_facts;
  struct save_plan *plan = out_plan;
  *plan = (struct save_plan){.before = facts->before, .after = facts->before};
  struct customer *after = &plan->after;
  TRY(rec_read_over(&customer_rec, facts->in->json, facts->in->json_n, "", cx->arena, &cx->fault, after));
  TRY(check(cx, after));
  plan_keys(cx, facts, plan);
  number_addresses(cx->arena, after);
  TRY(cx->fault.code);
  if (rec_equal(&customer_rec, &plan->before, after))
    return ERR_OK;
  plan->addresses = after->addresses.n || plan->before.addresses.n;
  after->version++;
  after->updated_at = cx->now;
  return ERR_OK;
}

static enum err change_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct save_plan *plan = in_plan;
  if (plan->after.version != plan->before.version) {
    TRY(db_update(cx->db, &customer_table, &plan->after));
    TRY(write_keys(cx, plan, plan->after.id));
    if (plan->addresses)
      TRY(write_addresses(cx, &plan->after));
    TRY(customer_emit(cx, &plan->before, &plan->after));
  }
  return result_of(cx, &plan->after, out);
}

const struct act customer_change_act = {
    .name = "customer.change",
    .facts_size = sizeof(struct save_facts),
    .plan_size = sizeof(struct save_plan),
    .load = change_load,
    .decide = change_decide,
    .apply = change_apply,
};

enum err customers_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, coalesce(company, name) FROM customer WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
