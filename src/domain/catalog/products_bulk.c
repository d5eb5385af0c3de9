/* Many products in one act: each item is read, decided and stored as a single creation would be, with a fault of its
 * own, so that one wrong item does not refuse its neighbors. */
#include "catalog_priv.h"

#include <string.h>

struct item {
  struct product_create_facts facts;
  bool readable;
  struct product_plan plan;
  struct product_bulk_item answer; /* of a refusal; status 0 = goes on */
};

struct bulk {
  LIST(struct item) items;
};

/* A context for items: the same in all but its fault. For load and decide: apply counts events in the real one. */
static struct ctx *item_context(const struct ctx *cx)
{
  struct ctx *own = arena_copy(cx->arena, cx, sizeof *cx);
  fault_init(&own->fault, cx->arena);
  return own;
}

static void refuse(struct ctx *own, enum err code, struct item *item)
{
  const struct err_info *info = err_info(code);
  struct product_bulk_item *answer = &item->answer;
  answer->status = info->http;
  answer->code = info->slug;
  answer->detail = own->fault.detail ? own->fault.detail : info->title;
  for (size_t i = 0; i < own->fault.n; i++) {
    const struct fault_entry *e = &own->fault.entries[i];
    *LIST_ADD(own->arena, &answer->errors) = (struct bulk_fault){e->pointer, e->code, e->detail};
  }
}

/* Refusals that are an item's own; anything else ends the act. */
static bool is_refusal(enum err code)
{
  return code == ERR_INVALID || code == ERR_MALFORMED || code == ERR_EXISTS;
}

static enum err read_item(struct ctx *own, const char *json, size_t n, const struct master_defaults *defaults,
                          struct item *item)
{
  fault_clear(&own->fault);
  item->facts.defaults = *defaults;
  rec_init(&product_rec, &item->facts.product);
  enum err err = rec_read(&product_rec, json, n, "", own->arena, &own->fault, &item->facts.product);
  item->answer.sku = item->facts.product.sku;
  item->readable = err == ERR_OK;
  if (err == ERR_OK)
    return product_exists(own, item->facts.product.sku, &item->facts.exists);
  refuse(own, err, item);
  return is_refusal(err) ? ERR_OK : err;
}

static enum err not_an_array(struct ctx *cx)
{
  return fault_add(&cx->fault, ERR_INVALID, "/products", "wrong_type", "expected an array of products");
}

static enum err bulk_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  const struct products_bulk *body = in->body;
  struct bulk *bulk = out_facts;
  struct master_defaults defaults;
  struct json j;
  const char *text;
  size_t n;
  TRY(master_defaults_load(cx, &defaults));
  struct ctx *own = item_context(cx);
  json_init(&j, body->products, strlen(body->products), cx->arena);
  if (json_next(&j) != JSON_ARRAY)
    return not_an_array(cx);
  for (enum json_token token; (token = json_next(&j)) != JSON_ARRAY_END;) {
    text = j.token;
    if (bulk->items.n == PRODUCTS_BULK_MAX)
      return fault_add(&cx->fault, ERR_INVALID, "/products", "too_many", "at most %d products at once",
                       PRODUCTS_BULK_MAX);
    if (token == JSON_ERROR || !json_skip_rest(&j, token))
      return not_an_array(cx);
    n = (size_t)(j.at - text);
    TRY(read_item(own, text, n, &defaults, LIST_ADD(cx->arena, &bulk->items)));
  }
  return ERR_OK;
}

/* A SKU that an earlier item of the same request is about to create. */
static bool planned_before(const struct bulk *bulk, size_t i)
{
  for (size_t k = 0; k < i; k++)
    if (!bulk->items.at[k].answer.status &&
        text_eq(bulk->items.at[k].facts.product.sku, bulk->items.at[i].facts.product.sku))
      return true;
  return false;
}

static enum err bulk_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  const struct bulk *from = facts;
  struct bulk bulk = {
      .items = {arena_copy(cx->arena, from->items.at, from->items.n * sizeof(struct item)), from->items.n,
                from->items.n}
  };
  struct ctx *own = item_context(cx);
  for (size_t i = 0; i < bulk.items.n; i++) {
    struct item *item = &bulk.items.at[i];
    item->answer.n = (int64_t)i;
    if (!item->readable)
      continue;
    fault_clear(&own->fault);
    item->facts.exists |= planned_before(&bulk, i);
    enum err err = product_create_decide(own, &item->facts, &item->plan);
    if (err != ERR_OK)
      refuse(own, err, item);
    if (err != ERR_OK && !is_refusal(err))
      return err;
  }
  *(struct bulk *)out_plan = bulk;
  return ERR_OK;
}

static enum err bulk_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct bulk *bulk = plan;
  struct products_bulk_result *result = ARENA_NEW(cx->arena, struct products_bulk_result);
  EACH (const struct item, item, &bulk->items) {
    struct product_bulk_item *answer = LIST_ADD(cx->arena, &result->results);
    *answer = item->answer;
    result->refused += answer->status != 0;
    if (answer->status)
      continue;
    cx->event_ordinal = 0; /* counted within a subject, and each item is another */
    TRY(product_store(cx, &item->plan, &answer->product));
    answer->status = 201;
    result->created++;
  }
  out->rec = &products_bulk_result_rec;
  out->value = result;
  return ERR_OK;
}

const struct act products_bulk_act = {
    .name = "products.bulk",
    .facts_size = sizeof(struct bulk),
    .plan_size = sizeof(struct bulk),
    .load = bulk_load,
    .decide = bulk_decide,
    .apply = bulk_apply,
    .flags = ACT_MASTERS,
};
