/* What the tests of this room are made with. */
#include "inventory_test_help.h"

static enum err adjust_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return stock_adjust_load(cx, in->body, out_facts);
}

static enum err adjust_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  return stock_adjust_decide(cx, facts, out_plan);
}

static enum err adjust_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct adjustment *d;
  TRY(stock_adjust_apply(cx, plan, &d));
  *out = (struct act_result){.status = 201, .rec = &adjustment_rec, .value = d, .version = 1};
  return ERR_OK;
}

const struct act adjust_act = {
    .name = "stock.adjust",
    .facts_size = sizeof(struct stock_adjust_facts),
    .plan_size = sizeof(struct stock_adjust_plan),
    .load = adjust_load,
    .decide = adjust_decide,
    .apply = adjust_apply,
};

void *test_body(struct test *t, const struct rec *rec, size_t size, const char *json)
{
  void *value = arena_alloc(t->arena, size);
  struct fault f;
  fault_init(&f, t->arena);
  rec_init(rec, value);
  if (rec_read(rec, json, strlen(json), "", t->arena, &f, value) != ERR_OK)
    test_failed(__FILE__, __LINE__, json, f.detail, "a body that can be read");
  return value;
}

const struct location *a_location(struct test *t, struct ctx *cx, const char *json)
{
  struct act_result result;
  const struct location *l;
  CHECK_OK(scratch_act(cx, &location_create_act,
                       (struct act_input){.body = BODY(struct location, &location_rec, json), .version = ABSENT},
                       &result));
  CHECK_OK(location_by_id(cx, ((const struct location *)result.value)->id.v, &l));
  struct location *copy = arena_copy(t->arena, l, sizeof *l);
  copy->code = arena_text(t->arena, l->code); /* the next location clears the memo */
  return copy;
}

int64_t a_product(struct test *t, struct ctx *cx, const char *sku)
{
  struct act_result result;
  const char *json = arena_printf(t->arena, "{\"sku\":\"%s\"}", sku);
  CHECK_OK(scratch_act(cx, &product_create_act,
                       (struct act_input){.body = BODY(struct product, &product_rec, json), .version = ABSENT},
                       &result));
  return ((const struct product *)result.value)->id.v;
}

enum err adjust(struct test *t, struct ctx *cx, const char *json, struct adjustment **out)
{
  struct act_result result = {0};
  struct act_input in = {.body = BODY(struct adjustment, &adjustment_rec, json), .version = ABSENT};
  TRY(scratch_act(cx, &adjust_act, in, &result));
  if (out)
    *out = (struct adjustment *)(uintptr_t)result.value;
  return ERR_OK;
}

void receive(struct test *t, struct ctx *cx, const char *location, const char *sku, int64_t pieces)
{
  CHECK_OK(adjust(t, cx,
                  arena_printf(t->arena, "{\"location\":\"%s\",\"lines\":[{\"sku\":\"%s\",\"delta\":%lld}]}", location,
                               sku, (long long)pieces),
                  NULL));
}

enum err apply(struct ctx *cx, const struct stock_changes *c)
{
  TRY(scratch_begin(cx));
  enum err err = stock_changes_apply(cx, c);
  if (err == ERR_OK)
    return scratch_commit(cx);
  scratch_rollback(cx);
  return err;
}

enum err reserve(struct ctx *cx, int64_t location_id, int64_t product_id, int64_t id, int64_t priority, int64_t pieces)
{
  struct stock_changes c = {0};
  struct stock_key key = stock_key_plain(location_id, product_id);
  struct stock_demand demand = {.kind = "order", .id = id, .line = 1, .priority = priority};
  stock_plan_reserve(&c, cx->arena, &key, &demand, PIECES(pieces), RESERVATION_HARD, INSTANT(ABSENT));
  return apply(cx, &c);
}

struct stock stock_now(struct test *t, struct ctx *cx, const struct stock_key *key)
{
  const struct location *l;
  struct stock row;
  CHECK_OK(location_by_id(cx, key->location_id, &l));
  rec_init(&stock_rec, &row);
  row.bucket = stock_bucket(l, key->product_id);
  row.location_id = key->location_id;
  row.product_id = key->product_id;
  row.owner = key->owner;
  row.condition = key->condition;
  row.lot = key->lot;
  CHECK_OK(db_get(cx->db, &stock_table, &row));
  (void)t;
  return row;
}

const char *last_difference, *last_repair;

static void count_difference(void *arg, const char *difference, const char *repair)
{
  ++*(int64_t *)arg;
  last_difference = difference;
  last_repair = repair;
}

int64_t differences(struct test *t, struct ctx *cx)
{
  int64_t n = 0;
  (void)t;
  CHECK_OK(inventory_check(cx, count_difference, &n));
  return n;
}
