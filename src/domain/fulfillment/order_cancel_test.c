#include "shop_test.h"

#include "settings.h"

#include <string.h>

static void set_shipping(struct ctx *cx, const char *policy)
{
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(setting_store(cx, SETTING_REFUND_SHIPPING, policy));
  CHECK_OK(scratch_commit(cx));
  db_memo_clear(cx->db);
}

TEST(a_cancelled_order_gives_back_stock_and_money)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .shipping = 500, .captured = -1});
  CHECK_OK(cancel(cx, id, "{\"reason\":\"changed my mind\"}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_CANCELLED);
  CHECK_INT(o->fulfillment_status, STATUS_CANCELLED);
  CHECK_INT(o->payment_status, PAYMENT_REFUNDED);
  CHECK_INT(o->totals.refunded.minor, 2500);
  CHECK_INT(o->totals.due.minor, 0);
  CHECK_INT(o->fulfillments.at[0].state, FUL_CANCELLED);
  CHECK_INT(reserved(cx, "CUP", "NJ"), 0);
  CHECK_TEXT(o->cancel_reason, "changed my mind");
  CHECK_INT(scratch_events(cx, "order.cancelled"), 1);
  CHECK_ERR(cancel(cx, id, "{}"), ERR_STATE);
  CHECK_ERR(pick(cx, ful_id(cx, id, 0), "{}"), ERR_STATE);
  check_books(cx);
}

TEST(a_part_is_cancelled_with_its_exact_share)
{
  struct ctx *cx = a_shop(t);
  const char *id =
      an_order(cx, &(struct order_spec){.lines = {{"CUP", 3, 333}, {"TEE", 1, 1000}}, .shipping = 500, .captured = -1});
  CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1,\"quantity\":1}],\"reason\":\"one is enough\"}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_OPEN);
  CHECK_INT(o->totals.refunded.minor, 333);
  CHECK_INT(o->payment_status, PAYMENT_PARTIALLY_REFUNDED);
  CHECK_INT(reserved(cx, "CUP", "NJ"), 2);
  CHECK_INT(scratch_events(cx, "order.lines_cancelled"), 1);
  check_books(cx);
  send_off(cx, id, 0);
  CHECK_INT(on_hand(cx, "CUP", "NJ"), 8);
  CHECK_ERR(cancel(cx, id, "{\"lines\":[{\"line\":2,\"quantity\":1}]}"), ERR_STATE);
  check_books(cx);
}

TEST(a_refund_may_be_left_for_later)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .captured = -1});
  CHECK_OK(cancel(cx, id, "{\"refund\":false}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->totals.refunded.minor, 0);
  CHECK_INT(o->totals.due.minor, -2000);
  CHECK_INT(o->payment_status, PAYMENT_OVERPAID);
  check_books(cx);
}

static struct cancel_preview previewed(struct ctx *cx, const char *id, const char *json)
{
  struct cancel_preview out = {0};
  struct cancel_input body;
  struct act_input in = {.id = id, .body = &body, .version = ABSENT};
  rec_init(&cancel_rec, &body);
  CHECK_OK(rec_read(&cancel_rec, json, strlen(json), "", cx->arena, &cx->fault, &body));
  CHECK_OK(order_cancel_preview(cx, &order_cancel_act, &in, &out));
  return out;
}

/* Of every way to cancel, under every policy: what the preview says is what is paid. */
TEST(what_the_preview_of_a_cancellation_says_is_what_is_paid)
{
  static const char *const policies[] = {"keep", "share", "full"};
  static const char *const bodies[] = {"{}", "{\"lines\":[{\"line\":1,\"quantity\":1}]}",
                                       "{\"lines\":[{\"line\":1}]}", "{\"refund\":false}"};
  struct ctx *cx = a_shop(t);
  for (size_t i = 0; i < COUNT_OF(policies) * COUNT_OF(bodies); i++) {
    const char *body = bodies[i % COUNT_OF(bodies)];
    set_shipping(cx, policies[i / COUNT_OF(bodies)]);
    const char *id = an_order(
        cx, &(struct order_spec){.lines = {{"CUP", 2, 5555}, {"TEE", 1, 333}}, .shipping = 590, .captured = -1});
    struct cancel_preview said = previewed(cx, id, body);
    CHECK_INT(the_order(cx, id)->totals.refunded.minor, 0);
    CHECK_OK(cancel(cx, id, body));
    struct order *o = the_order(cx, id);
    CHECK_INT(o->totals.refunded.minor, said.refund.minor);
    CHECK_INT(o->totals.cancelled.minor, said.lines.minor + said.charges.minor);
    CHECK_INT(o->totals.due.minor, said.due.minor);
    CHECK_INT(o->state == ORDER_CANCELLED, said.ends);
  }
  check_books(cx);
}

TEST(shipping_is_given_back_as_the_company_wants)
{
  static const struct {
    const char *policy;
    int64_t after_one, after_all;
  } rows[] = {{"keep", 1000, 2500}, {"share", 1250, 2500}, {"full", 1000, 2500}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct ctx *cx = a_shop(t);
    set_shipping(cx, rows[i].policy);
    const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .shipping = 500, .captured = -1});
    CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1,\"quantity\":1}]}"));
    CHECK_INT(the_order(cx, id)->totals.refunded.minor, rows[i].after_one);
    CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1,\"quantity\":1}]}"));
    CHECK_INT(the_order(cx, id)->totals.refunded.minor, rows[i].after_all);
    CHECK_INT(the_order(cx, id)->state, ORDER_CANCELLED);
    check_books(cx);
  }
}

TEST(picked_and_packed_units_are_put_back)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}, {"TEE", 1, 1000}}, .captured = -1});
  const char *ful = ful_id(cx, id, 0);
  CHECK_OK(pick(cx, ful, "{}"));
  CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1,\"quantity\":1}]}"));
  CHECK_INT(scratch_events(cx, "fulfillment.put_back"), 1);
  check_books(cx);
  CHECK_OK(pack(cx, ful, "{}"));
  CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1,\"quantity\":1}]}"));
  check_books(cx);
  struct order *o = the_order(cx, id);
  CHECK_INT(o->fulfillments.at[0].parcels.at[0].items.at[0].quantity.millionths, 0);
  CHECK_OK(cancel(cx, id, "{}"));
  o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_CANCELLED);
  CHECK_INT(o->fulfillments.at[0].parcels.at[0].state, PARCEL_VOIDED);
  CHECK_INT(reserved(cx, "CUP", "NJ") + reserved(cx, "TEE", "NJ"), 0);
  check_books(cx);
}

TEST(shipped_units_are_no_longer_cancelled)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .captured = -1});
  send_off(cx, id, 0);
  CHECK_ERR(cancel(cx, id, "{}"), ERR_STATE);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/lines/0");
  check_books(cx);
}

TEST(gifts_and_components_follow_their_parent)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(
      cx,
      &(struct order_spec){.lines = {{"CUP", 4, 1000}, {"TEE", 1, 0, LINE_GIFT, 1}, {"HAT", 8, 0, LINE_COMPONENT, 1}},
                           .captured = -1});
  CHECK_ERR(cancel(cx, id, "{\"lines\":[{\"line\":3,\"quantity\":1}]}"), ERR_INVALID);
  CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1,\"quantity\":1}]}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(at(o, 2, PLACE_CANCELLED), 0);
  CHECK_INT(at(o, 3, PLACE_CANCELLED), 2);
  check_books(cx);
  CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1}]}"));
  o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_CANCELLED);
  CHECK_INT(at(o, 2, PLACE_CANCELLED), 1);
  CHECK_INT(o->totals.refunded.minor, 4000);
  check_books(cx);
}

TEST(open_authorizations_go_with_the_whole_order_only)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .authorized = -1});
  CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1,\"quantity\":1}]}"));
  CHECK_INT(the_order(cx, id)->totals.authorized.minor, 2000);
  CHECK_OK(cancel(cx, id, "{}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->totals.authorized.minor, 0);
  CHECK_INT(o->payments.at[0].state, PAY_VOIDED);
  check_books(cx);
}

/* A late payment is money the customer gets back, not a reason to ship. */
TEST(a_late_payment_of_a_cancelled_order_opens_nothing)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}});
  CHECK_OK(cancel(cx, id, "{}"));
  CHECK_OK(act_json(cx, &payment_add_act, &payment_input_rec, id,
                    "{\"provider\":\"bank\",\"kind\":\"capture\",\"amount\":2000}", NULL));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_CANCELLED);
  CHECK_INT(o->payment_status, PAYMENT_OVERPAID);
  CHECK_ERR(pick(cx, ful_id(cx, id, 0), "{}"), ERR_STATE);
  check_books(cx);
}

TEST(cancelling_the_missing_units_lets_the_order_go_on)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 40, 100}}, .captured = -1, .backorders = true});
  CHECK_INT(at(the_order(cx, id), 1, PLACE_BACKORDERED), 10);
  CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1,\"quantity\":10}]}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(at(o, 1, PLACE_BACKORDERED), 0);
  EACH (const struct fulfillment, f, &o->fulfillments)
    CHECK_INT(f->state, FUL_OPEN);
  check_books(cx);
}

TEST(a_held_order_is_cancelled_with_its_holds)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .captured = -1});
  CHECK_OK(act_json(cx, &order_hold_act, &hold_input_rec, id, "{\"reason\":\"please wait\"}", NULL));
  CHECK_OK(cancel(cx, id, "{}"));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_CANCELLED);
  CHECK_INT(o->hold_count, 0);
  CHECK_INT(scratch_events(cx, "order.opened"), 1);
  check_books(cx);
}

TEST(an_order_in_review_is_rejected_whole_and_paid_back)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .captured = -1});
  const char *reason = "{\"reason\":\"looks like fraud\"}";
  CHECK_ERR(act_json(cx, &order_reject_act, &reason_input_rec, id, reason, NULL), ERR_STATE);
  CHECK_OK(scratch_begin(cx));
  struct order_work w;
  CHECK_OK(order_work_load(cx, the_order(cx, id)->id, ABSENT, &w));
  w = order_work_copy(cx, &w);
  order_hold_add(cx, &w,
                 &(struct hold){.type = "manual", .line = ABSENT, .reason = "look", .expires_at = INSTANT(ABSENT)});
  w.after->state = ORDER_PLACED;
  order_work_finish(cx, &w);
  CHECK_OK(order_work_apply(cx, &w));
  CHECK_OK(scratch_commit(cx));
  CHECK_OK(act_json(cx, &order_reject_act, &reason_input_rec, id, reason, NULL));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_CANCELLED);
  CHECK_INT(o->payment_status, PAYMENT_REFUNDED);
  CHECK_TEXT(o->cancel_reason, "looks like fraud");
  CHECK_INT(scratch_events(cx, "order.rejected"), 1);
  check_books(cx);
}

TEST(a_draft_is_cancelled_at_once)
{
  struct ctx *cx = a_shop(t);
  struct order_work w;
  CHECK_OK(scratch_begin(cx));
  order_work_new(cx, &w);
  w.after->channel = "web";
  w.after->currency = "USD";
  order_work_finish(cx, &w);
  CHECK_OK(order_work_apply(cx, &w));
  CHECK_OK(scratch_commit(cx));
  CHECK_OK(cancel(cx, id_text(cx, PREFIX_order, w.after->id.v), "{}"));
  CHECK_INT(the_order(cx, id_text(cx, PREFIX_order, w.after->id.v))->state, ORDER_CANCELLED);
  check_books(cx);
}

TEST(a_partly_sent_order_closes_when_the_rest_is_cancelled)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 12, 100}}, .captured = -1});
  CHECK_INT(the_order(cx, id)->fulfillments.n, 2);
  send_off(cx, id, 0);
  int64_t parcel = the_order(cx, id)->fulfillments.at[0].parcels.at[0].id.v,
          sent = at(the_order(cx, id), 1, PLACE_SHIPPED);
  CHECK_OK(track(cx, parcel, "{\"status\":\"delivered\",\"occurred_at\":\"2026-01-07T09:00:00Z\"}"));
  CHECK_INT(the_order(cx, id)->state, ORDER_OPEN);
  CHECK_OK(cancel(cx, id, arena_printf(cx->arena, "{\"lines\":[{\"line\":1,\"quantity\":%d}]}", (int)(12 - sent))));
  struct order *o = the_order(cx, id);
  CHECK_INT(o->state, ORDER_CLOSED);
  CHECK_INT(o->totals.refunded.minor, (12 - sent) * 100);
  check_books(cx);
}

TEST(an_order_waiting_for_money_opens_when_what_is_left_is_paid)
{
  struct ctx *cx = a_shop(t);
  const char *id = an_order(cx, &(struct order_spec){.lines = {{"CUP", 2, 1000}}, .captured = 1000});
  CHECK_OK(act_json(cx, &order_hold_act, &hold_input_rec, id,
                    "{\"reason\":\"1000 are missing\",\"type\":\"payment_mismatch\"}", NULL));
  CHECK_ERR(pick(cx, ful_id(cx, id, 0), "{}"), ERR_HELD);
  CHECK_OK(cancel(cx, id, "{\"lines\":[{\"line\":1,\"quantity\":1}]}"));
  CHECK_INT(the_order(cx, id)->totals.refunded.minor, 0);
  CHECK_INT(the_order(cx, id)->hold_count, 0);
  CHECK_OK(pick(cx, ful_id(cx, id, 0), "{}"));
  check_books(cx);
}

/* Whatever is cancelled in whatever order: in the end the customer has every cent back, and never more on the way. */
TEST(any_sequence_of_cancellations_refunds_exactly_what_was_captured)
{
  static const char *const policies[] = {"keep", "share", "full"}, *const skus[] = {"CUP", "TEE", "HAT"};
  struct ctx *cx = a_shop(t);
  uint64_t random = 7;
  for (int n = 0; n < 12; n++) {
    struct order_spec spec = {.shipping = 1 + (int64_t)(random % 700), .captured = -1};
    set_shipping(cx, policies[n % 3]);
    for (int i = 0; i < 3; i++) {
      random = hash_mix(random, (uint64_t)i);
      spec.lines[i] = (struct line_spec){
          .sku = skus[i], .quantity = 1 + (int64_t)(random % 5), .price = 1 + (int64_t)((random >> 9) % 999)};
    }
    const char *id = an_order(cx, &spec);
    int64_t captured = the_order(cx, id)->totals.paid.minor, before = 0;
    while (the_order(cx, id)->state == ORDER_OPEN) {
      random = hash_mix(random, 5);
      enum err err =
          cancel(cx, id, arena_printf(cx->arena, "{\"lines\":[{\"line\":%d,\"quantity\":1}]}", 1 + (int)(random % 3)));
      CHECK(err == ERR_OK || err == ERR_INVALID);
      struct order *o = the_order(cx, id);
      CHECK(o->totals.refunded.minor >= before && o->totals.refunded.minor <= captured);
      CHECK_INT(o->totals.due.minor, 0);
      before = o->totals.refunded.minor;
    }
    CHECK_INT(before, captured);
  }
  check_books(cx);
}
