#include "shop_test.h"

#include "catalog.h"
#include "channels.h"

#include <stdio.h>
#include <string.h>

enum err act_json(struct ctx *cx, const struct act *act, const struct rec *rec, const char *id, const char *json,
                  struct act_result *out)
{
  void *body = arena_alloc(cx->arena, rec->size);
  fault_clear(&cx->fault);
  rec_init(rec, body);
  TRY(rec_read(rec, json, strlen(json), "", cx->arena, &cx->fault, body));
  enum err err = scratch_act(cx, act, (struct act_input){.id = id, .body = body, .version = ABSENT}, out);
  if (act->flags & ACT_MASTERS)
    db_memo_clear(cx->db);
  return err;
}

struct ctx *a_shop(struct test *t)
{
  static const char *const locations[] = {"NJ", "LA", "STORE"}, *const skus[] = {"CUP", "TEE", "HAT"};
  struct ctx *cx = scratch_ctx(t, NOON);
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(channels_bootstrap(cx));
  CHECK_OK(carriers_bootstrap(cx));
  CHECK_OK(scratch_commit(cx));
  db_memo_clear(cx->db);
  for (size_t i = 0; i < COUNT_OF(locations); i++)
    CHECK_OK(act_json(cx, &location_create_act, &location_rec, NULL,
                      arena_printf(cx->arena, "{\"code\":\"%s\",\"name\":\"%s\",\"priority\":%zu}", locations[i],
                                   locations[i], i + 1),
                      NULL));
  for (size_t k = 0; k < COUNT_OF(skus); k++) {
    CHECK_OK(act_json(
        cx, &product_create_act, &product_rec, NULL,
        arena_printf(cx->arena, "{\"sku\":\"%s\",\"name\":\"%s\",\"kind\":\"stocked\",\"price\":1000,\"weight_g\":200}",
                     skus[k], skus[k]),
        NULL));
    for (size_t i = 0; i < COUNT_OF(locations); i++)
      CHECK_OK(
          act_json(cx, &stock_adjust_act, &adjustment_rec, NULL,
                   arena_printf(cx->arena,
                                "{\"location\":\"%s\",\"reason\":\"first\",\"lines\":[{\"sku\":\"%s\",\"delta\":10}]}",
                                locations[i], skus[k]),
                   NULL));
  }
  return cx;
}

const char *id_text(struct ctx *cx, const char *prefix, int64_t id)
{
  char *text = arena_alloc(cx->arena, ID_TEXT);
  id_format(prefix, id, text);
  return text;
}

static void add_line(struct ctx *cx, struct order *o, const struct line_spec *spec)
{
  const struct product *product;
  CHECK_OK(catalog_product_by_sku(cx, spec->sku, &product));
  struct order_line *l = LIST_ADD(cx->arena, &o->lines);
  rec_init(&order_line_rec, l);
  l->line = (int64_t)o->lines.n;
  l->parent_line = spec->parent ? spec->parent : ABSENT;
  l->kind = spec->kind;
  l->product_id = product->id.v;
  l->sku = spec->sku;
  l->unit = "pcs";
  l->stocked = true;
  l->weight_g = 200;
  l->quantity = PIECES(spec->quantity);
  l->unit_price = PRICE(spec->price * SCALE);
  l->discount = MONEY(0);
  l->tax_rate = RATE(130000);
  l->counters = (struct line_counters){.unallocated = PIECES(spec->quantity)};
}

static void add_payment(struct ctx *cx, struct order_work *w, enum entry_kind kind, int64_t amount)
{
  struct order *o = w->after;
  if (amount == 0)
    return;
  struct payment *p = LIST_ADD(cx->arena, &o->payments);
  *p = (struct payment){
      .id = {order_new_id(w)}, .provider = "manual", .created_at = cx->now, .expires_at = INSTANT(ABSENT)};
  *LIST_ADD(cx->arena, &p->entries) = (struct payment_entry){
      .n = 1, .kind = (int)kind, .amount = MONEY(amount < 0 ? o->totals.total.minor : amount), .at = cx->now};
}

const char *an_order(struct ctx *cx, const struct order_spec *spec)
{
  struct order_work w;
  struct allocation_facts facts;
  struct allocation_outcome outcome;
  CHECK_OK(scratch_begin(cx));
  order_work_new(cx, &w);
  struct order *o = w.after;
  o->channel = "web";
  o->currency = "USD";
  o->prices_include_tax = true;
  o->delivery.type = spec->pickup ? DELIVERY_PICKUP : DELIVERY_SHIP;
  o->delivery.location = spec->pickup;
  for (size_t i = 0; i < COUNT_OF(spec->lines) && spec->lines[i].sku; i++)
    add_line(cx, o, &spec->lines[i]);
  if (spec->shipping)
    *LIST_ADD(cx->arena, &o->charges) = (struct order_charge){
        .n = 1, .kind = CHARGE_SHIPPING, .amount = MONEY(spec->shipping), .tax_rate = RATE(130000)};
  CHECK_OK(order_price(cx, o));
  add_payment(cx, &w, ENTRY_AUTHORIZATION, spec->authorized);
  add_payment(cx, &w, ENTRY_CAPTURE, spec->captured);
  w.number_series = "order";
  w.number_prefix = "SO-";
  CHECK_OK(order_step(cx, &w, STEP_PLACE));
  CHECK_OK(allocation_load(cx, o, &facts));
  CHECK_OK(allocation_decide(
      cx, &facts,
      &(struct allocation_wish){.when_short = spec->backorders ? SHORT_BACKORDER : SHORT_REFUSE, .cause = "placed"}, &w,
      &outcome));
  CHECK(outcome.complete || spec->backorders);
  CHECK_OK(order_step(cx, &w, STEP_OPEN));
  order_work_finish(cx, &w);
  CHECK_OK(order_work_apply(cx, &w));
  CHECK_OK(scratch_commit(cx));
  return id_text(cx, PREFIX_order, w.after->id.v);
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

const char *ful_id(struct ctx *cx, const char *order_id, size_t n)
{
  struct order *o = the_order(cx, order_id);
  CHECK(n < o->fulfillments.n);
  return id_text(cx, PREFIX_fulfillment, o->fulfillments.at[n].id.v);
}

enum err pick(struct ctx *cx, const char *id, const char *json)
{
  return act_json(cx, &fulfillment_pick_act, &pick_rec, id, json, NULL);
}
enum err pack(struct ctx *cx, const char *id, const char *json)
{
  return act_json(cx, &fulfillment_pack_act, &pack_rec, id, json, NULL);
}
enum err ship(struct ctx *cx, const char *id, const char *json)
{
  return act_json(cx, &fulfillment_ship_act, &ship_rec, id, json, NULL);
}
enum err reject(struct ctx *cx, const char *id, const char *json)
{
  return act_json(cx, &fulfillment_reject_act, &reject_rec, id, json, NULL);
}
enum err cancel(struct ctx *cx, const char *order_id, const char *json)
{
  return act_json(cx, &order_cancel_act, &cancel_rec, order_id, json, NULL);
}
enum err track(struct ctx *cx, int64_t parcel, const char *json)
{
  return act_json(cx, &parcel_track_act, &tracking_event_rec, id_text(cx, PREFIX_parcel, parcel), json, NULL);
}

void send_off(struct ctx *cx, const char *order_id, size_t n)
{
  const char *id = ful_id(cx, order_id, n);
  CHECK_OK(pick(cx, id, "{}"));
  CHECK_OK(pack(cx, id, "{}"));
  CHECK_OK(ship(cx, id, "{}"));
}

static struct quantity stock_of(struct ctx *cx, const char *sku, const char *location, bool is_reserved)
{
  struct stock_levels levels;
  const struct product *product;
  const struct location *l;
  struct quantity sum = QUANTITY(0);
  CHECK_OK(catalog_product_by_sku(cx, sku, &product));
  CHECK_OK(location_find(cx, location, &l));
  CHECK_OK(stock_levels_load(cx, &product->id.v, 1, &levels));
  EACH (const struct stock_level, level, &levels.rows)
    if (level->key.location_id == l->id.v)
      sum = quantity_add(sum, is_reserved ? level->reserved : level->on_hand);
  return sum;
}

int64_t on_hand(struct ctx *cx, const char *sku, const char *location)
{
  return stock_of(cx, sku, location, false).millionths / SCALE;
}

int64_t reserved(struct ctx *cx, const char *sku, const char *location)
{
  return stock_of(cx, sku, location, true).millionths / SCALE;
}

int64_t at(const struct order *o, int64_t line, enum line_place place)
{
  EACH (const struct order_line, l, &o->lines)
    if (l->line == line)
      return line_at(l, place).millionths / SCALE;
  return -1;
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
}
