/* Payments: what an entry may be, what follows from it, and the four acts that append one. */
#include "payments.h"

#include <string.h>

/* ---- Bodies ---- */

static const char *const input_kinds[] = {"authorization", "capture", NULL}; /* the first two of entry_kinds */

static const struct rec_field payment_input_fields[] = {
    FIELD(struct payment_input, provider, .flags = REC_REQUIRED, .max = PAYMENT_PROVIDER_MAX,
          .doc = "Who holds the money", .example = "manual"),
    FIELD_AS(REC_ENUM, struct payment_input, kind, .flags = REC_REQUIRED, .names = input_kinds,
             .doc = "Authorized, or already captured", .example = "capture"),
    FIELD(struct payment_input, amount, .flags = REC_REQUIRED, .min = 1, .max = MONEY_MAX,
          .doc = "In minor units of the order's currency", .example = "4480"),
    FIELD(struct payment_input, reference, .max = PAYMENT_REFERENCE_MAX,
          .doc = "The provider's own id of it; told twice it counts once", .example = "tx-77"),
    FIELD(struct payment_input, expires_at, .doc = "When the authorization lapses", .example = "2026-12-01T00:00:00Z"),
};
const struct rec payment_input_rec = REC(struct payment_input, "PaymentInput", payment_input_fields,
                                         "Money that was authorized or captured for an order");

static const struct rec_field payment_step_fields[] = {
    FIELD(struct payment_step_input, amount, .min = 1, .max = MONEY_MAX,
          .doc = "In minor units; left out = all that is open", .example = "1990"),
    FIELD(struct payment_step_input, reference, .max = PAYMENT_REFERENCE_MAX,
          .doc = "The provider's own id of this step; told twice it counts once", .example = "re-12"),
    FIELD(struct payment_step_input, reason, .max = PAYMENT_REASON_MAX, .doc = "Why, for the timeline",
          .example = "one cup was broken"),
};
const struct rec payment_step_rec =
    REC(struct payment_step_input, "PaymentStep", payment_step_fields, "A capture, void or refund of a payment");

/* ---- Entries ---- */

/* A row per kind of entry: what it may take at most and how it is told. */
static struct money open_to_refund(const struct payment *p)
{
  return money_sub(p->captured, p->refunded);
}
static const struct {
  const char *topic, *nothing; /* nothing: the refusal when nothing is open */
  struct money (*open)(const struct payment *p);
} entries[] = {
    [ENTRY_AUTHORIZATION] = {"payment.authorized", NULL, NULL},
    [ENTRY_CAPTURE] = {"payment.captured", "nothing is authorized and still to be captured",
                       payment_open_authorization},
    [ENTRY_VOID] = {"payment.voided", "no authorization is open", payment_open_authorization},
    [ENTRY_REFUND] = {"payment.refunded", "nothing is captured and still to be refunded", open_to_refund},
};

/* References and reasons of people and providers may name somebody: they are kept with the entry only. */
static const char *entry_data(struct ctx *cx, const struct order *o, const struct payment *p, struct money amount)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_i64(&j, "amount", amount.minor);
  json_put_text(&j, "currency", o->currency);
  json_put_text(&j, "provider", p->provider);
  json_object_end(&j);
  return buf_str(&text);
}

static void entry_add(struct ctx *cx, struct order_work *w, struct payment *p, enum entry_kind kind,
                      struct money amount, const char *reference, const char *reason)
{
  int64_t n = (int64_t)p->entries.n + 1;
  *LIST_ADD(cx->arena, &p->entries) = (struct payment_entry){
      .n = n,
      .kind = (int)kind,
      .amount = amount,
      .reference = reference,
      .reason = reason,
      .at = cx->now,
      .actor_name = cx->actor.name,
  };
  order_event(cx, w, entries[kind].topic, PREFIX_payment, p->id.v, entry_data(cx, w->after, p, amount));
}

static bool entry_known(const struct payment *p, int kind, const char *reference)
{
  EACH (const struct payment_entry, e, &p->entries)
    if (reference && e->kind == kind && text_eq(e->reference, reference))
      return true;
  return false;
}

/* ---- What follows from money ---- */

static bool waits_for_money(const struct hold *h)
{
  return h->state == HOLD_ACTIVE && (strcmp(h->type, "payment_mismatch") == 0 || strcmp(h->type, "unpaid") == 0);
}

enum err payment_settle(struct ctx *cx, struct order_work *w)
{
  struct order *o = w->after;
  order_derive(cx, o);
  if ((o->state != ORDER_PLACED && o->state != ORDER_OPEN) || !order_money_fits(o))
    return ERR_OK;
  o->expires_at = INSTANT(ABSENT);
  EACH (struct hold, h, &o->holds)
    if (waits_for_money(h)) {
      TRY(order_hold_release(cx, w, h, HOLD_RELEASED, "paid"));
      h->released_by = "system";
    }
  return ERR_OK;
}

struct money payment_refund_plan(struct ctx *cx, struct order_work *w, struct money amount, const char *reason)
{
  struct order *o = w->after;
  order_derive(cx, o);
  for (size_t i = o->payments.n; i-- > 0 && amount.minor > 0;) {
    struct payment *p = &o->payments.at[i];
    struct money take = money_min(amount, open_to_refund(p));
    if (take.minor <= 0)
      continue;
    entry_add(cx, w, p, ENTRY_REFUND, take, NULL, reason);
    amount = money_sub(amount, take);
  }
  order_derive(cx, o);
  return amount;
}

void payment_void_open(struct ctx *cx, struct order_work *w, const char *reason)
{
  struct order *o = w->after;
  order_derive(cx, o);
  EACH (struct payment, p, &o->payments) {
    struct money open = payment_open_authorization(p);
    if (open.minor > 0)
      entry_add(cx, w, p, ENTRY_VOID, open, NULL, reason);
  }
  order_derive(cx, o);
}

/* ---- Acts ---- */

struct payment_facts {
  struct order_work work;
  struct payment_id id; /* 0 when one is added */
  const void *input;
};
struct payment_plan {
  struct order_work work;
  size_t at;  /* place of the payment in the order */
  bool known; /* told before: nothing changes */
};

static enum err payment_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct payment_plan p = *(const struct payment_plan *)plan;
  TRY(order_work_apply(cx, &p.work));
  const struct payment *payment = &p.work.after->payments.at[p.at];
  char id[ID_TEXT];
  id_format(PREFIX_payment, payment->id.v, id);
  out->rec = &payment_rec;
  out->value = payment;
  out->version = ABSENT;
  out->location = arena_printf(cx->arena, "/v1/payments/%s", id);
  if (p.known)
    out->status = 200;
  return ERR_OK;
}

static enum err add_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct payment_facts *f = out;
  struct order_id id;
  f->input = in->body;
  TRY(order_find(cx, in->id, &id));
  return order_work_load(cx, id, in->version, &f->work);
}

/* The payment of this provider with this reference, its own or one of its entries'; NULL when there is none. */
static struct payment *payment_of_reference(struct order *o, const struct payment_input *in)
{
  EACH (struct payment, p, &o->payments) {
    if (!in->reference || !text_eq(p->provider, in->provider))
      continue;
    if (text_eq(p->reference, in->reference) || entry_known(p, in->kind, in->reference))
      return p;
  }
  return NULL;
}

static enum err too_many(struct ctx *cx)
{
  return err_fail(cx, ERR_STATE, "", "an order takes at most %d payments of %d entries each", ORDER_PAYMENTS_MAX,
                  PAYMENT_ENTRIES_MAX);
}

static enum err exceeds(struct ctx *cx, struct money open)
{
  return fault_add(&cx->fault, ERR_INVALID, "/amount", "exceeds_open", "only %lld is open", (long long)open.minor);
}

static struct payment *payment_new(struct ctx *cx, struct order_work *w, const struct payment_input *in)
{
  struct payment *p = LIST_ADD(cx->arena, &w->after->payments);
  *p = (struct payment){
      .id = {order_new_id(w)},
      .provider = in->provider,
      .reference = in->reference,
      .state = PAY_CREATED,
      .created_at = cx->now,
      .expires_at = in->kind == ENTRY_AUTHORIZATION ? in->expires_at : INSTANT(ABSENT),
  };
  return p;
}

enum err payment_add_plan(struct ctx *cx, struct order_work *w, const struct payment_input *in, size_t *out_at,
                          bool *out_known)
{
  struct order *o = w->after;
  struct payment *p = payment_of_reference(o, in);
  *out_known = p && entry_known(p, in->kind, in->reference);
  if (!*out_known) {
    if (p ? p->entries.n >= PAYMENT_ENTRIES_MAX : o->payments.n >= ORDER_PAYMENTS_MAX)
      return too_many(cx);
    if (p && in->kind == ENTRY_CAPTURE && in->amount.minor > payment_open_authorization(p).minor)
      return exceeds(cx, payment_open_authorization(p));
    if (!p)
      p = payment_new(cx, w, in);
    entry_add(cx, w, p, (enum entry_kind)in->kind, in->amount, in->reference, NULL);
    TRY(payment_settle(cx, w));
  }
  *out_at = (size_t)(p - o->payments.at);
  return ERR_OK;
}

static enum err add_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct payment_facts *f = facts;
  struct payment_plan plan = {.work = order_work_copy(cx, &f->work)};
  TRY(payment_add_plan(cx, &plan.work, f->input, &plan.at, &plan.known));
  order_work_finish(cx, &plan.work);
  *(struct payment_plan *)out = plan;
  return ERR_OK;
}

const struct act payment_add_act = {
    "payment.add", sizeof(struct payment_facts), sizeof(struct payment_plan), add_load, add_decide, payment_apply, 0};

static enum err step_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct payment_facts *f = out;
  struct order_id id;
  f->input = in->body;
  TRY(order_of_payment(cx, in->id, &f->id, &id));
  return order_work_load(cx, id, ABSENT, &f->work); /* a payment has no version of its own */
}

static enum err step_decide(struct ctx *cx, const void *facts, enum entry_kind kind, void *out)
{
  const struct payment_facts *f = facts;
  const struct payment_step_input *in = f->input;
  struct payment_plan plan = {.work = order_work_copy(cx, &f->work)};
  struct order *o = plan.work.after;
  struct payment *p = order_payment_of(o, f->id);
  assert(p);
  plan.at = (size_t)(p - o->payments.at);
  plan.known = entry_known(p, (int)kind, in->reference);
  if (!plan.known) {
    struct money open = entries[kind].open(p);
    struct money amount = money_set(in->amount) ? in->amount : open;
    if (open.minor <= 0)
      return err_fail(cx, ERR_STATE, "/state", "%s", entries[kind].nothing);
    if (amount.minor > open.minor)
      return exceeds(cx, open);
    if (p->entries.n >= PAYMENT_ENTRIES_MAX)
      return too_many(cx);
    entry_add(cx, &plan.work, p, kind, amount, in->reference, in->reason);
    TRY(payment_settle(cx, &plan.work));
  }
  order_work_finish(cx, &plan.work);
  *(struct payment_plan *)out = plan;
  return ERR_OK;
}

static enum err capture_decide(struct ctx *cx, const void *facts, void *out)
{
  return step_decide(cx, facts, ENTRY_CAPTURE, out);
}
static enum err void_decide(struct ctx *cx, const void *facts, void *out)
{
  return step_decide(cx, facts, ENTRY_VOID, out);
}
static enum err refund_decide(struct ctx *cx, const void *facts, void *out)
{
  return step_decide(cx, facts, ENTRY_REFUND, out);
}

#define STEP_ACT(name, decide)                                                                                         \
  {                                                                                                                    \
    name, sizeof(struct payment_facts), sizeof(struct payment_plan), step_load, decide, payment_apply, 0               \
  }
const struct act payment_capture_act = STEP_ACT("payment.capture", capture_decide);
const struct act payment_void_act = STEP_ACT("payment.void", void_decide);
const struct act payment_refund_act = STEP_ACT("payment.refund", refund_decide);

/* ---- Reading ---- */

enum err payment_load(struct ctx *cx, const char *id, struct payment **out)
{
  struct payment *p = ARENA_NEW(cx->arena, struct payment);
  struct order_id order;
  TRY(order_of_payment(cx, id, &p->id, &order));
  p->bucket = bucket_of_id(p->id.v);
  TRY(db_get(cx->db, &payment_table, p));
  *out = p;
  return payments_fill(cx, p, 1);
}

enum err payments_fill(struct ctx *cx, struct payment *rows, size_t n)
{
  static const struct db_where of_payment = {&payment_entry_table,
                                             "bucket = $1 AND order_id = $2 AND payment_id = $3 ORDER BY n", DB_KEYED};
  for (struct payment *p = rows; p < rows + n; p++)
    TRY(db_select(cx->db, &of_payment, (struct list *)(void *)&p->entries,
                  DB_ARGS(I64(p->bucket), I64(p->order_id), I64(p->id.v))));
  return ERR_OK;
}
