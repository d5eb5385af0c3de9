/* Builders of the tests. */
#include "review_test_help.h"

#include <string.h>

struct ctx *shop(struct test *t)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  cx->actor = (struct actor){.kind = ACTOR_USER, .id = 1, .name = "Ann", .permissions = PERMISSIONS_ALL};
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(review_bootstrap(cx));
  CHECK_OK(scratch_commit(cx));
  return cx;
}

const struct review_rule *a_rule(struct ctx *cx, const char *json)
{
  struct review_rule *rule = ARENA_NEW(cx->arena, struct review_rule);
  struct act_result out;
  rec_init(&review_rule_rec, rule);
  fault_clear(&cx->fault);
  CHECK_OK(rec_read(&review_rule_rec, json, strlen(json), "", cx->arena, &cx->fault, rule));
  CHECK_OK(scratch_act(cx, &review_rule_create_act, (struct act_input){.body = rule, .version = ABSENT}, &out));
  return out.value;
}

enum err patch_rule(struct ctx *cx, const char *code, const char *json, struct act_result *out)
{
  struct act_input in = {.id = code, .json = json, .json_n = strlen(json), .version = ABSENT};
  return scratch_act(cx, &review_rule_update_act, in, out);
}

void switch_on(struct ctx *cx, const char *code, bool on)
{
  CHECK_OK(patch_rule(cx, code, on ? "{\"enabled\":true}" : "{\"enabled\":false}", NULL));
}

struct order_work *an_order(struct ctx *cx)
{
  struct order_work *w = ARENA_NEW(cx->arena, struct order_work);
  order_work_new(cx, w);
  struct order *o = w->after;
  struct address *a = ARENA_NEW(cx->arena, struct address);
  rec_init(&address_rec, a);
  a->name = "Li Wei";
  a->line1 = "1 Nanjing Rd";
  a->city = "Shanghai";
  a->country = "CN";
  o->channel = "web";
  o->currency = "USD";
  o->payment_terms = TERMS_PREPAID;
  o->prices_include_tax = true;
  o->personal.shipping_address = a;
  w->number_series = "order";
  w->number_prefix = "SO-";
  add_line(cx, w, "TEE", 2, 1990);
  return w;
}

struct order_line *add_line(struct ctx *cx, struct order_work *w, const char *sku, int64_t pieces, int64_t price_minor)
{
  struct order *o = w->after;
  struct order_line *l = LIST_ADD(cx->arena, &o->lines);
  rec_init(&order_line_rec, l);
  l->line = (int64_t)o->lines.n;
  l->sku = sku;
  l->unit = "pcs";
  l->stocked = true;
  l->quantity = PIECES(pieces);
  l->unit_price = PRICE(price_minor * SCALE);
  l->price_given = true;
  l->discount = MONEY(0);
  l->tax_rate = RATE(0);
  l->tax = MONEY(0);
  l->counters = (struct line_counters){.allocated = PIECES(pieces)};
  CHECK_OK(order_price(cx, o));
  return l;
}

void add_payment(struct ctx *cx, struct order_work *w, enum entry_kind kind, int64_t minor)
{
  struct payment *p = LIST_ADD(cx->arena, &w->after->payments);
  *p = (struct payment){
      .id = {order_new_id(w)}, .provider = "manual", .created_at = cx->now, .expires_at = INSTANT(ABSENT)};
  *LIST_ADD(cx->arena, &p->entries) =
      (struct payment_entry){.n = 1, .kind = kind, .amount = MONEY(minor), .at = cx->now};
}

struct order *review(struct ctx *cx, struct order_work *w, int64_t customer_id, bool blocked)
{
  struct review_facts facts;
  struct review_situation situation = {.sourced = true};
  CHECK_OK(review_load(cx, w->after, customer_id, blocked, &facts));
  review_decide(cx, &facts, &situation, w);
  return w->after;
}

const struct hold *held_by(const struct order *o, const char *type)
{
  CHECK_INT(o->holds.n, 1);
  CHECK_TEXT(o->holds.at[0].type, type);
  CHECK_INT(o->holds.at[0].scope, HOLD_ORDER);
  CHECK_INT(o->holds.at[0].state, HOLD_ACTIVE);
  return &o->holds.at[0];
}

void passes(const struct order *o)
{
  CHECK_TEXT(o->holds.n ? o->holds.at[0].reason : "no hold", "no hold");
}

struct order_id place(struct ctx *cx, struct order_work *w, int64_t customer_id)
{
  w->after->customer_id.v = customer_id;
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(order_step(cx, w, STEP_PLACE));
  order_work_finish(cx, w);
  CHECK_OK(order_work_apply(cx, w));
  CHECK_OK(scratch_commit(cx));
  return w->after->id;
}

struct order *order_now(struct ctx *cx, struct order_id id)
{
  struct order *o = NULL;
  CHECK_OK(order_load(cx, id, &o));
  return o;
}

const char *id_text(struct ctx *cx, const char *prefix, int64_t id)
{
  char text[ID_TEXT];
  id_format(prefix, id, text);
  return arena_text(cx->arena, text);
}
