#include "shop_test.h"

#include "carriers.h"
#include "catalog.h"

#include <string.h>

static const char *quoted(struct ctx *cx, const char *json)
{
  char *text = arena_text(cx->arena, json);
  for (char *p = text; *p; p++)
    *p = *p == '\'' ? '"' : *p;
  return text;
}

enum err act_json(struct ctx *cx, const struct act *act, const struct rec *rec, const char *id, const char *json,
                  struct act_result *out)
{
  void *body = rec ? arena_alloc(cx->arena, rec->size) : NULL;
  fault_clear(&cx->fault);
  if (rec) {
    const char *text = quoted(cx, json);
    rec_init(rec, body);
    TRY(rec_read(rec, text, strlen(text), "", cx->arena, &cx->fault, body));
  }
  enum err err = scratch_act(cx, act, (struct act_input){.id = id, .body = body, .version = ABSENT}, out);
  if (act->flags & ACT_MASTERS)
    db_memo_clear(cx->db);
  return err;
}

void must(struct ctx *cx, const struct act *act, const struct rec *rec, const char *id, const char *json)
{
  if (act_json(cx, act, rec, id, json, NULL) != ERR_OK)
    test_failed(__FILE__, __LINE__, act->name, cx->fault.detail, "success");
}

struct ctx *a_shop(struct test *t)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(channels_bootstrap(cx));
  CHECK_OK(carriers_bootstrap(cx));
  CHECK_OK(review_bootstrap(cx));
  CHECK_OK(scratch_commit(cx));
  db_memo_clear(cx->db);
  must(cx, &product_create_act, &product_rec, NULL, "{'sku':'CUP','price':1000,'weight_g':300}");
  must(cx, &product_create_act, &product_rec, NULL, "{'sku':'TEE','price':1990,'weight_g':150}");
  must(cx, &product_create_act, &product_rec, NULL, "{'sku':'HAT','price':700,'weight_g':80}");
  must(cx, &product_create_act, &product_rec, NULL, "{'sku':'WRAP','price':100,'kind':'service'}");
  for (int i = 0; i < 2; i++) {
    const char *code = i ? "BER" : "NJ";
    must(cx, &location_create_act, &location_rec, NULL, arena_printf(cx->arena, "{'code':'%s'}", code));
    must(cx, &stock_adjust_act, &adjustment_rec, NULL,
         arena_printf(cx->arena,
                      "{'location':'%s','reason':'first','lines':[{'sku':'CUP','delta':10},{'sku':'TEE','delta':10},"
                      "{'sku':'HAT','delta':10}]}",
                      code));
  }
  return cx;
}

const char *an_order(struct ctx *cx, const char *members)
{
  struct act_result r = {0};
  const char *json = arena_printf(cx->arena, "{'channel':'web','currency':'USD',%s}", members);
  if (act_json(cx, &order_place_act, &order_input_rec, NULL, json, &r) != ERR_OK) {
    test_failed(__FILE__, __LINE__, json, cx->fault.detail, "an order");
    return "";
  }
  char *id = arena_alloc(cx->arena, ID_TEXT);
  id_format(PREFIX_order, ((const struct order *)r.value)->id.v, id);
  return id;
}

struct order *the_order(struct ctx *cx, const char *id)
{
  struct order_id found;
  struct order *o;
  CHECK_OK(order_find(cx, id, &found));
  CHECK_OK(order_load(cx, found, &o));
  order_derive(cx, o);
  return o;
}

const char *a_set(struct ctx *cx, const char *order, const char *json)
{
  struct act_result r = {0};
  if (act_json(cx, &change_create_act, &change_input_rec, order, json, &r) != ERR_OK) {
    test_failed(__FILE__, __LINE__, json, cx->fault.detail, "a change set");
    return "";
  }
  char *id = arena_alloc(cx->arena, ID_TEXT);
  id_format(PREFIX_change, ((const struct change_set *)r.value)->id.v, id);
  return id;
}

enum err confirm(struct ctx *cx, const char *set, const char *json)
{
  return act_json(cx, &change_confirm_act, &change_confirm_rec, set, json, NULL);
}

struct order *changed(struct ctx *cx, const char *order, const char *json)
{
  if (confirm(cx, a_set(cx, order, json), "{}") != ERR_OK)
    test_failed(__FILE__, __LINE__, json, cx->fault.detail, "confirmed");
  return the_order(cx, order);
}

enum err put(struct ctx *cx, const char *external_id, const char *json, const struct order **out)
{
  struct order_input *body = ARENA_NEW(cx->arena, struct order_input);
  struct act_result r = {0};
  const char *text = quoted(cx, json);
  fault_clear(&cx->fault);
  rec_init(&order_put_rec, body);
  TRY(rec_read(&order_put_rec, text, strlen(text), "", cx->arena, &cx->fault, body));
  TRY(scratch_act(cx, &change_put_act,
                  (struct act_input){.id = "web", .id2 = external_id, .body = body, .version = ABSENT}, &r));
  *out = r.value;
  return ERR_OK;
}

const char *ful_id(struct ctx *cx, const char *order, size_t n)
{
  struct order *o = the_order(cx, order);
  char *id = arena_alloc(cx->arena, ID_TEXT);
  CHECK(n < o->fulfillments.n);
  if (n < o->fulfillments.n)
    id_format(PREFIX_fulfillment, o->fulfillments.at[n].id.v, id);
  return id;
}

int64_t at(const struct order *o, int64_t line, enum line_place place)
{
  EACH (const struct order_line, l, &o->lines)
    if (l->line == line)
      return line_at(l, place).millionths / SCALE;
  return -1;
}

int64_t reserved(struct ctx *cx, const char *sku)
{
  struct stock_levels levels;
  const struct product *product;
  int64_t sum = 0;
  CHECK_OK(catalog_product_by_sku(cx, sku, &product));
  CHECK_OK(stock_levels_load(cx, &product->id.v, 1, &levels));
  EACH (const struct stock_level, level, &levels.rows)
    sum += level->reserved.millionths;
  return sum / SCALE;
}

static void difference(void *arg, const char *what, const char *repair)
{
  (void)arg;
  (void)repair;
  test_failed(__FILE__, __LINE__, "ordo check", what, "nothing");
}

void check_books(struct ctx *cx)
{
  fault_clear(&cx->fault);
  CHECK_OK(orders_check(cx, difference, NULL));
  CHECK_OK(inventory_check(cx, difference, NULL));
  CHECK_OK(changes_check(cx, difference, NULL));
}
