/* The heart of intake: a draft's value becomes a placed order. Source and reserve, review, open. */
#include "intake_priv.h"

#include "settings.h"

#include <string.h>

enum err placing_load(struct ctx *cx, const struct order *o, int64_t customer_id, bool blocked, struct placing *out)
{
  struct placing p = {0};
  TRY(channel_find(cx, o->channel, &p.channel));
  TRY(allocation_load(cx, o, &p.supply));
  TRY(review_load(cx, o, customer_id, blocked, &p.review));
  TRY(setting_i64(cx, SETTING_ORDER_EXPIRE_MINUTES, &p.expire_minutes));
  *out = p;
  return ERR_OK;
}

static enum allocation_short when_short(const struct placing *p, const struct order *o)
{
  static const enum allocation_short by_policy[] = {
      [STOCK_REFUSE] = SHORT_REFUSE, [STOCK_BACKORDER] = SHORT_BACKORDER, [STOCK_HOLD] = SHORT_HOLD};
  return by_policy[review_stock_policy(p->channel, o)];
}

static const char *placed_data(struct ctx *cx, const struct order *o)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "channel", o->channel);
  json_put_text(&j, "external_id", o->external_given ? o->external_id : NULL);
  json_put_text(&j, "currency", o->currency);
  json_put_i64(&j, "total", o->totals.total.minor);
  json_put_text(&j, "payment_status", payment_statuses[o->payment_status]);
  json_key(&j, "lines");
  json_array(&j);
  EACH (const struct order_line, l, &o->lines) {
    json_object(&j);
    json_put_i64(&j, "line", l->line);
    json_put_text(&j, "sku", l->sku);
    json_put_quantity(&j, "quantity", l->quantity);
    json_put_i64(&j, "total", l->total.minor);
    json_object_end(&j);
  }
  json_array_end(&j);
  json_object_end(&j);
  return buf_str(&text);
}

static void tell_payments(struct ctx *cx, struct order_work *w)
{
  EACH (const struct payment, p, &w->after->payments) {
    struct buf text;
    struct json_out j;
    if (p->id.v > 0)
      continue; /* told when it was recorded on the draft */
    buf_init(&text, cx->arena);
    json_out_init(&j, &text);
    json_object(&j);
    json_put_text(&j, "provider", p->provider);
    json_put_i64(&j, "amount", p->entries.at[0].amount.minor);
    json_object_end(&j);
    order_event(cx, w, p->entries.at[0].kind == ENTRY_CAPTURE ? "payment.captured" : "payment.authorized",
                PREFIX_payment, p->id.v, buf_str(&text));
  }
}

enum err placing_decide(struct ctx *cx, const struct placing *p, struct order_work *w)
{
  struct order *o = w->after;
  struct allocation_outcome outcome;
  struct allocation_wish wish = {.when_short = when_short(p, o), .cause = "placed"};
  if (!order_may(o, STEP_PLACE))
    return order_step(cx, w, STEP_PLACE);
  o->state = ORDER_PLACED;
  o->placed_at = cx->now;
  if (p->expire_minutes > 0 && o->payment_terms == TERMS_PREPAID && !order_money_fits(o))
    o->expires_at = INSTANT(cx->now.ms + p->expire_minutes * MINUTE_MS);
  order_event(cx, w, "order.placed", NULL, 0, placed_data(cx, o));
  tell_payments(cx, w);
  TRY(allocation_decide(cx, &p->supply, &wish, w, &outcome));
  if (!outcome.complete && wish.when_short == SHORT_REFUSE)
    return allocation_refuse(cx, &outcome);
  struct review_situation situation = {.sourced = true, .hold_short_gifts = p->channel->hold_short_gifts};
  review_decide(cx, &p->review, &situation, w);
  if (p->channel->auto_open && order_may(o, STEP_OPEN))
    return order_step(cx, w, STEP_OPEN);
  return ERR_OK;
}

/* ---- Placing a draft ---- */

struct draft_facts {
  struct order_work work;
  struct placing placing;
  bool is_draft;
};

static enum err draft_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct draft_facts *f = out;
  struct order_id id;
  struct customer customer = {0};
  TRY(order_find(cx, in->id, &id));
  TRY(order_work_load(cx, id, in->version, &f->work));
  const struct order *o = f->work.before;
  f->is_draft = o->state == ORDER_DRAFT;
  if (o->customer_id.v)
    TRY(customer_by_id(cx, o->customer_id.v, &customer));
  return placing_load(cx, o, o->customer_id.v, customer.blocked, &f->placing);
}

static enum err draft_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct draft_facts *f = facts;
  struct order_work w = order_work_copy(cx, &f->work);
  if (!f->is_draft)
    return order_step(cx, &w, STEP_PLACE); /* refuses with the state it is in */
  w.number_series = arena_text(cx->arena, f->placing.channel->number_series);
  w.number_prefix = arena_text(cx->arena, f->placing.channel->number_prefix);
  TRY(order_price(cx, w.after));
  order_derive(cx, w.after);
  struct placing placing = f->placing;
  allocation_let_go(cx, &w, RESERVATION_RELEASED); /* to be taken anew, for good */
  allocation_free_levels(cx, &placing.supply, &w.stock);
  w.after->expires_at = INSTANT(ABSENT);
  TRY(placing_decide(cx, &placing, &w));
  order_work_finish(cx, &w);
  *(struct order_work *)out = w;
  return ERR_OK;
}

const struct act draft_place_act = {
    "draft.place", sizeof(struct draft_facts), sizeof(struct order_work), draft_load, draft_decide, order_apply, 0};
