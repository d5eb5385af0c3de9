#include "payments.h"

#include "channels.h"
#include "scratch.h"
#include "test.h"

#include <string.h>

#define NOON "2026-01-05T12:00:00Z"

static enum err act_json(struct ctx *cx, const struct act *act, const struct rec *rec, const char *id, const char *json,
                         struct act_result *out)
{
  void *body = arena_alloc(cx->arena, rec->size);
  fault_clear(&cx->fault);
  rec_init(rec, body);
  TRY(rec_read(rec, json, strlen(json), "", cx->arena, &cx->fault, body));
  return scratch_act(cx, act, (struct act_input){.id = id, .body = body, .version = ABSENT}, out);
}

static const char *id_text(struct ctx *cx, const char *prefix, int64_t id)
{
  char *text = arena_alloc(cx->arena, ID_TEXT);
  id_format(prefix, id, text);
  return text;
}

/* An order of 30.00, held until it is paid. */
static const char *an_order(struct ctx *cx)
{
  struct order_work w;
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(channels_bootstrap(cx));
  order_work_new(cx, &w);
  struct order *o = w.after;
  o->channel = "web";
  o->currency = "USD";
  o->prices_include_tax = true;
  o->expires_at = INSTANT(cx->now.ms + 1000000);
  struct order_line *l = LIST_ADD(cx->arena, &o->lines);
  rec_init(&order_line_rec, l);
  l->line = 1;
  l->sku = "CUP";
  l->unit = "pcs";
  l->quantity = PIECES(3);
  l->unit_price = PRICE(1000 * SCALE);
  l->discount = MONEY(0);
  l->tax_rate = RATE(0);
  l->counters = (struct line_counters){.unallocated = PIECES(3)};
  CHECK_OK(order_price(cx, o));
  CHECK_OK(order_step(cx, &w, STEP_PLACE));
  order_hold_add(
      cx, &w,
      &(struct hold){
          .type = "payment_mismatch", .reason = "2000 are missing", .line = ABSENT, .expires_at = INSTANT(ABSENT)});
  order_work_finish(cx, &w);
  CHECK_OK(order_work_apply(cx, &w));
  CHECK_OK(scratch_commit(cx));
  return id_text(cx, PREFIX_order, o->id.v);
}

static struct order *the_order(struct ctx *cx, const char *id)
{
  struct order_id found;
  struct order *o;
  CHECK_OK(order_find(cx, id, &found));
  CHECK_OK(order_load(cx, found, &o));
  return o;
}

static enum err add(struct ctx *cx, const char *order, const char *json)
{
  return act_json(cx, &payment_add_act, &payment_input_rec, order, json, NULL);
}

/* The only payment of an order. */
static const char *payment_of(struct ctx *cx, const char *order)
{
  struct order *o = the_order(cx, order);
  CHECK_INT(o->payments.n, 1);
  return id_text(cx, PREFIX_payment, o->payments.at[0].id.v);
}

static enum err step(struct ctx *cx, const struct act *act, const char *order, const char *json)
{
  return act_json(cx, act, &payment_step_rec, payment_of(cx, order), json, NULL);
}

static void difference(void *arg, const char *what, const char *repair)
{
  (void)arg;
  (void)repair;
  test_failed(__FILE__, __LINE__, "ordo check", what, "nothing");
}

static void check_books(struct ctx *cx)
{
  fault_clear(&cx->fault);
  CHECK_OK(orders_check(cx, difference, NULL));
}

TEST(money_is_captured_in_parts_up_to_what_is_authorized)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *id = an_order(cx);
  CHECK_OK(add(cx, id, "{\"provider\":\"card\",\"kind\":\"authorization\",\"amount\":3000,\"reference\":\"a1\"}"));
  CHECK_INT(the_order(cx, id)->payment_status, PAYMENT_AUTHORIZED);
  CHECK_OK(step(cx, &payment_capture_act, id, "{\"amount\":1000}"));
  CHECK_INT(the_order(cx, id)->payment_status, PAYMENT_PARTIALLY_PAID);
  CHECK_INT(the_order(cx, id)->totals.authorized.minor, 2000);
  CHECK_ERR(step(cx, &payment_capture_act, id, "{\"amount\":2001}"), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/amount");
  CHECK_OK(step(cx, &payment_capture_act, id, "{}"));
  CHECK_INT(the_order(cx, id)->payment_status, PAYMENT_PAID);
  CHECK_ERR(step(cx, &payment_capture_act, id, "{}"), ERR_STATE);
  CHECK_ERR(step(cx, &payment_void_act, id, "{}"), ERR_STATE);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM payment_entry"), 3);
  CHECK_INT(scratch_events(cx, "payment.captured"), 2);
  check_books(cx);
}

TEST(only_open_authorizations_are_voided)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *id = an_order(cx);
  CHECK_OK(add(cx, id, "{\"provider\":\"card\",\"kind\":\"authorization\",\"amount\":3000}"));
  CHECK_OK(step(cx, &payment_void_act, id, "{\"amount\":500}"));
  CHECK_ERR(step(cx, &payment_void_act, id, "{\"amount\":2501}"), ERR_INVALID);
  CHECK_ERR(step(cx, &payment_capture_act, id, "{\"amount\":2501}"), ERR_INVALID);
  CHECK_OK(step(cx, &payment_void_act, id, "{}"));
  CHECK_INT(the_order(cx, id)->payments.at[0].state, PAY_VOIDED);
  CHECK_INT(the_order(cx, id)->payment_status, PAYMENT_UNPAID);
  check_books(cx);
}

TEST(refunds_never_exceed_what_was_captured)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *id = an_order(cx);
  CHECK_OK(add(cx, id, "{\"provider\":\"manual\",\"kind\":\"capture\",\"amount\":3000,\"reference\":\"tx\"}"));
  CHECK_INT(the_order(cx, id)->payment_status, PAYMENT_PAID);
  CHECK_OK(step(cx, &payment_refund_act, id, "{\"amount\":1000,\"reason\":\"broken\"}"));
  CHECK_INT(the_order(cx, id)->payment_status, PAYMENT_PARTIALLY_REFUNDED);
  CHECK_ERR(step(cx, &payment_refund_act, id, "{\"amount\":2001}"), ERR_INVALID);
  CHECK_OK(step(cx, &payment_refund_act, id, "{}"));
  CHECK_INT(the_order(cx, id)->payment_status, PAYMENT_REFUNDED);
  CHECK_ERR(step(cx, &payment_refund_act, id, "{}"), ERR_STATE);
  check_books(cx);
}

TEST(what_a_provider_tells_twice_counts_once)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  const char *id = an_order(cx),
             *json = "{\"provider\":\"card\",\"kind\":\"capture\",\"amount\":1000,\"reference\":\"tx-1\"}";
  CHECK_OK(add(cx, id, json));
  int64_t version = the_order(cx, id)->version;
  CHECK_OK(act_json(cx, &payment_add_act, &payment_input_rec, id, json, &r));
  CHECK_INT(r.status, 200);
  CHECK_INT(((const struct payment *)r.value)->captured.minor, 1000);
  CHECK_INT(the_order(cx, id)->version, version);
  CHECK_OK(step(cx, &payment_refund_act, id, "{\"amount\":10,\"reference\":\"re-1\"}"));
  CHECK_OK(step(cx, &payment_refund_act, id, "{\"amount\":10,\"reference\":\"re-1\"}"));
  CHECK_INT(the_order(cx, id)->totals.refunded.minor, 10);
  CHECK_OK(add(cx, id, "{\"provider\":\"other\",\"kind\":\"capture\",\"amount\":1000,\"reference\":\"tx-1\"}"));
  CHECK_INT(the_order(cx, id)->payments.n, 2);
  check_books(cx);
}

TEST(a_capture_with_the_reference_of_an_authorization_captures_that_one)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *id = an_order(cx);
  CHECK_OK(add(cx, id, "{\"provider\":\"card\",\"kind\":\"authorization\",\"amount\":3000,\"reference\":\"x\"}"));
  CHECK_ERR(add(cx, id, "{\"provider\":\"card\",\"kind\":\"capture\",\"amount\":3001,\"reference\":\"x\"}"),
            ERR_INVALID);
  CHECK_OK(add(cx, id, "{\"provider\":\"card\",\"kind\":\"capture\",\"amount\":3000,\"reference\":\"x\"}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->payments.n, 1);
  CHECK_INT(o->totals.authorized.minor, 0);
  CHECK_INT(o->payment_status, PAYMENT_PAID);
  check_books(cx);
}

TEST(money_that_fits_opens_the_order_and_money_that_does_not_leaves_it)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *id = an_order(cx);
  CHECK_OK(add(cx, id, "{\"provider\":\"bank\",\"kind\":\"capture\",\"amount\":1000}"));
  CHECK_INT(the_order(cx, id)->state, ORDER_PLACED);
  CHECK_OK(add(cx, id, "{\"provider\":\"card\",\"kind\":\"authorization\",\"amount\":2000}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_OPEN);
  CHECK_INT(o->holds.at[0].state, HOLD_RELEASED);
  CHECK_TEXT(o->holds.at[0].released_by, "system");
  CHECK(!instant_set(o->expires_at));
  CHECK_INT(scratch_events(cx, "order.opened"), 1);
  check_books(cx);
}

TEST(too_much_money_is_recorded_and_keeps_the_hold)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const char *id = an_order(cx);
  CHECK_OK(add(cx, id, "{\"provider\":\"bank\",\"kind\":\"capture\",\"amount\":3001}"));
  CHECK_INT(the_order(cx, id)->payment_status, PAYMENT_OVERPAID);
  CHECK_INT(the_order(cx, id)->state, ORDER_PLACED);
  CHECK_ERR(add(cx, id, "{\"provider\":\"bank\",\"kind\":\"capture\",\"amount\":0}"), ERR_INVALID);
  CHECK_ERR(add(cx, id, "{\"provider\":\"bank\",\"kind\":\"refund\",\"amount\":1}"), ERR_INVALID);
  CHECK_ERR(add(cx, "SO-1", "{\"provider\":\"bank\",\"kind\":\"capture\",\"amount\":1}"), ERR_NOT_FOUND);
  check_books(cx);
}
