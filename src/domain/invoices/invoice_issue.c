/* How documents are made, get their numbers and end: the acts. */
#include "invoices_priv.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* ---- States ---- */

/* What is told, of invoices and of credit notes. */
static const char *const drafted[] = {"invoice.drafted", "credit_note.drafted"};
static const char *const requested[] = {"invoice.requested", "credit_note.requested"};
static const char *const issued[] = {"invoice.issued", "credit_note.issued"};
static const char *const rejected[] = {"invoice.rejected", "credit_note.rejected"};
static const char *const voided[] = {"invoice.voided", "credit_note.voided"};
static const char *const credited[] = {"invoice.credited", NULL};

enum invoice_step { STEP_REQUEST, STEP_ISSUE, STEP_REJECT, STEP_VOID, STEP_CREDITED, STEP_UNCREDITED };

static const struct invoice_move {
  int from;
  enum invoice_step step;
  int to;
  const char *const *told;
} moves[] = {
    {INVOICE_DRAFT, STEP_REQUEST, INVOICE_REQUESTED, requested},
    {INVOICE_DRAFT, STEP_ISSUE, INVOICE_ISSUED, issued},
    {INVOICE_REQUESTED, STEP_ISSUE, INVOICE_ISSUED, issued},
    {INVOICE_REQUESTED, STEP_REJECT, INVOICE_REJECTED, rejected},
    {INVOICE_DRAFT, STEP_VOID, INVOICE_VOIDED, voided},
    {INVOICE_ISSUED, STEP_VOID, INVOICE_VOIDED, voided},
    {INVOICE_ISSUED, STEP_CREDITED, INVOICE_CREDITED, credited},
    {INVOICE_CREDITED, STEP_UNCREDITED, INVOICE_ISSUED, issued},
};

static enum err move(struct ctx *cx, struct invoice *i, enum invoice_step step, const char *const **out_told)
{
  for (size_t k = 0; k < COUNT_OF(moves); k++)
    if (moves[k].from == i->state && moves[k].step == step) {
      i->state = moves[k].to;
      if (out_told)
        *out_told = moves[k].told;
      return ERR_OK;
    }
  return err_fail(cx, ERR_STATE, "/state", "not possible: the document is %s", invoice_states[i->state]);
}

/* ---- Parties and dates ---- */

static const char *first(const char *a, const char *b, const char *c)
{
  return !text_empty(a) ? a : !text_empty(b) ? b : text_empty(c) ? NULL : c;
}

/* A VAT number is told from a local tax number by its country's prefix. */
static bool looks_like_vat(const char *s)
{
  return s && isupper((unsigned char)s[0]) && isupper((unsigned char)s[1]) && strlen(s) <= 14 && vat_id_valid(s);
}

static struct invoice_party *buyer_of(struct ctx *cx, const struct order *o, const struct invoice_party *given)
{
  struct invoice_party *b = ARENA_NEW(cx->arena, struct invoice_party);
  const struct order_personal *p = &o->personal;
  const struct address *a = p->billing_address ? p->billing_address : p->shipping_address;
  if (given) {
    *b = *given;
    return b;
  }
  if (a) {
    *b = (struct invoice_party){.line1 = a->line1,
                                .line2 = a->line2,
                                .city = a->city,
                                .region = a->region,
                                .postal_code = a->postal_code,
                                .country = a->country,
                                .phone = a->phone};
  }
  const char *person = first(a ? a->name : NULL, p->customer ? p->customer->name : NULL, NULL);
  b->name = first(p->invoice ? p->invoice->title : NULL, a ? a->company : NULL, person);
  b->contact = text_eq(b->name, person) ? NULL : person;
  b->email = p->customer ? p->customer->email : NULL;
  if (p->invoice && looks_like_vat(p->invoice->tax_id))
    b->vat_id = p->invoice->tax_id;
  else if (p->invoice)
    b->tax_id = p->invoice->tax_id;
  return b;
}

/* What the order's money covers of this invoice, after the earlier ones have taken theirs. */
static struct money paid_of(const struct invoice_facts *f, struct money total)
{
  const struct order_totals *t = &f->work.before->totals;
  struct money left = money_sub(t->paid, t->refunded);
  EACH (const struct invoice, i, &f->earlier)
    if (invoice_live(i) && i->state != INVOICE_DRAFT)
      left = i->kind == INVOICE ? money_sub(left, i->totals.total) : money_add(left, i->totals.total);
  left = money_min(left, total);
  return left.minor < 0 ? MONEY(0) : left;
}

static const char *days_after(struct ctx *cx, const char *date, int64_t days)
{
  char *text = arena_alloc(cx->arena, DATE_TEXT);
  days_date(date_days(date) + days, text);
  return text;
}

/* Dates and what is due are those of the issue, not of the draft. */
static void date_it(struct ctx *cx, const struct invoice_facts *f, const char *date, struct invoice *i)
{
  i->issue_date = date ? date : f->today;
  i->issued_at = cx->now;
  i->totals.paid = i->kind == INVOICE ? paid_of(f, i->totals.total) : MONEY(0);
  i->totals.due = money_sub(i->totals.total, i->totals.paid);
  if (i->totals.due.minor <= 0)
    i->due_date = NULL;
  else if (!i->due_date || strcmp(i->due_date, i->issue_date) < 0)
    i->due_date = days_after(cx, i->issue_date, i->kind == INVOICE ? f->term_days : 0);
  if (!i->delivery_date && i->kind == INVOICE)
    i->delivery_date = f->shipped_on;
}

/* ---- Numbers ---- */

/* A channel's code in the prefix; a long one by its beginning and a sum over all of it, so that two differ. */
static const char *channel_prefix(struct ctx *cx, const char *prefix, const char *channel)
{
  static const char letters[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  char code[8] = "";
  size_t n = strlen(channel);
  uint64_t sum = hash_text(channel);
  for (size_t i = 0; i < n && i < (n > 7 ? 4 : 7); i++)
    code[i] = (char)toupper((unsigned char)channel[i]);
  for (size_t i = 4; i < 7 && n > 7; i++, sum /= 32)
    code[i] = letters[sum % 32];
  return arena_printf(cx->arena, "%s%s-", prefix, code);
}

static struct gapless_series own_series(struct ctx *cx, const struct invoice_facts *f, const struct invoice *i)
{
  const char *prefix = i->kind == INVOICE ? "INV-" : "CN-", *code = invoice_kinds[i->kind];
  if (!f->channel_series)
    return (struct gapless_series){.code = code, .prefix = prefix};
  return (struct gapless_series){.code = arena_printf(cx->arena, "%s.%.28s", code, i->channel),
                                 .prefix = channel_prefix(cx, prefix, i->channel)};
}

enum err invoice_numbering(struct ctx *cx, const struct invoice_facts *f, struct invoice *i, struct number_plan *out)
{
  *out = (struct number_plan){.last = ABSENT};
  if (strcmp(f->numbers, "block") == 0 && (f->blocks.n || i->kind == INVOICE)) {
    char id[ID_TEXT];
    if (f->blocks.n == 0)
      return err_fail(cx, ERR_STATE, "/number", "no block of numbers that is valid today has any left");
    const struct number_block *b = &f->blocks.at[0];
    id_format(PREFIX_number_block, b->id.v, id);
    out->last = b->last_value;
    out->series = (struct gapless_series){
        .code = arena_text(cx->arena, id), .prefix = b->prefix, .first = b->first_value, .digits = b->digits};
    return ERR_OK;
  }
  out->series = own_series(cx, f, i);
  return ERR_OK;
}

/* Draft to requested or issued; buyer = as it will stand there. */
static enum err go_out(struct ctx *cx, const struct invoice_facts *f, const struct invoice_number_input *in,
                       struct invoice *i, struct number_plan *number, const char *const **out_told)
{
  bool outside = strcmp(f->numbers, "outside") == 0;
  const char *problem = buyer_problem(i->buyer);
  if (problem)
    return fault_add(&cx->fault, ERR_INVALID, "/buyer/tax_id", "check_digit", "%s", problem);
  if (i->state == INVOICE_DRAFT && outside) {
    if (in && in->number)
      return err_fail(cx, ERR_STATE, "/number", "a draft is requested first; then the authority's answer is put in");
    return move(cx, i, STEP_REQUEST, out_told);
  }
  if (i->state == INVOICE_REQUESTED) {
    if (!in || text_empty(in->number))
      return fault_add(&cx->fault, ERR_INVALID, "/number", "required", "the number that the authority gave");
    if (f->number_taken)
      return fault_add(&cx->fault, ERR_EXISTS, "/number", "taken", "another document has the number %s", in->number);
    *number = (struct number_plan){.given = in->number, .last = ABSENT};
  } else if (in && in->number)
    return err_fail(cx, ERR_STATE, "/number", "numbers of this company come from its own series");
  else
    TRY(invoice_numbering(cx, f, i, number));
  TRY(move(cx, i, STEP_ISSUE, out_told));
  date_it(cx, f, in ? in->date : NULL, i);
  return ERR_OK;
}

/* ---- Plans ---- */

struct order_work invoice_work(struct ctx *cx, const struct invoice_facts *f)
{
  return order_work_copy(cx, &f->work);
}

/* What happened to a document; who it is and its number are filled in by apply. */
static void tell(struct ctx *cx, struct invoice_plan *p, const char *const *told)
{
  order_event(cx, &p->work, told[p->after.kind], PREFIX_invoice, 0, "{}");
}

static void begin(struct ctx *cx, const struct invoice_facts *f, enum invoice_kind kind, struct invoice *i)
{
  const struct order *o = f->work.before;
  rec_init(&invoice_rec, i);
  i->bucket = o->bucket;
  i->version = 1;
  i->kind = (int)kind;
  i->state = INVOICE_DRAFT;
  i->order_id = o->id.v;
  i->order_number = o->number ? o->number : o->external_id;
  i->channel = o->channel;
  i->currency = o->currency;
  i->language = o->language ? o->language : f->language;
  i->payment_terms = o->payment_terms;
  i->credited = MONEY(0);
  i->content.seller = f->seller;
  i->created_at = i->updated_at = cx->now;
}

static enum err room_for_one(struct ctx *cx, const struct invoice_facts *f)
{
  if (f->earlier.n < INVOICES_OF_ORDER)
    return ERR_OK;
  return err_fail(cx, ERR_STATE, "", "an order has at most %d invoices and credit notes", INVOICES_OF_ORDER);
}

/* The invoice of a credit note that was issued (sign 1) or voided (-1). */
static enum err credit_it(struct ctx *cx, const struct invoice *of, const struct invoice *note, int sign,
                          struct invoice_plan *p)
{
  const char *const *told;
  struct invoice *i = &p->invoice;
  *i = *of;
  i->credited = money_add(i->credited, sign > 0 ? note->totals.total : money_neg(note->totals.total));
  i->version++;
  i->updated_at = cx->now;
  p->invoice_moved = true;
  if (sign < 0)
    return i->state == INVOICE_CREDITED ? move(cx, i, STEP_UNCREDITED, NULL) : ERR_OK;
  if (i->credited.minor < i->totals.total.minor)
    return ERR_OK;
  TRY(move(cx, i, STEP_CREDITED, &told));
  order_event(cx, &p->work, told[INVOICE], PREFIX_invoice, i->id.v, NULL);
  p->work.events.at[p->work.events.n - 1].data =
      arena_printf(cx->arena, "{\"number\":\"%s\",\"total\":%lld}", i->number, (long long)i->totals.total.minor);
  return ERR_OK;
}

static enum err finish_new(struct ctx *cx, const struct invoice_facts *f, bool draft, bool automatic,
                           struct invoice_plan *p)
{
  const char *const *told = drafted;
  p->made = true;
  if (!draft) {
    enum err err = go_out(cx, f, NULL, &p->after, &p->number, &told);
    if (err != ERR_OK && !automatic)
      return err;
    if (err != ERR_OK) { /* a person has to see it: it stays a draft that says why */
      p->after.problem = cx->fault.n ? cx->fault.entries[0].detail : cx->fault.detail;
      p->number = (struct number_plan){.last = ABSENT};
      fault_clear(&cx->fault);
    }
  }
  tell(cx, p, told);
  return ERR_OK;
}

/* ---- Invoices ---- */

static enum err read_shipment(struct ctx *cx, const char *text, struct invoice_facts *f)
{
  struct order_id order;
  struct shipment row;
  TRY(order_of_shipment(cx, text, &row, &order));
  if (order.v != f->work.before->id.v || row.voided)
    return fault_add(&cx->fault, ERR_INVALID, "/shipment", "not_found", "the order has no such shipment");
  f->shipment = row.id;
  f->shipment_fulfillment = row.fulfillment_id;
  return ERR_OK;
}

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct invoice_facts *f = out;
  const struct invoice_input *body = in->body;
  f->body = body;
  TRY(invoice_facts_order(cx, in->id, in->version, INVOICE, f));
  return body->shipment ? read_shipment(cx, body->shipment, f) : ERR_OK;
}

static enum err create_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct invoice_facts *f = facts;
  const struct invoice_input *in = f->body;
  struct invoice_plan p = {.work = invoice_work(cx, f), .number = {.last = ABSENT}};
  TRY(room_for_one(cx, f));
  begin(cx, f, INVOICE, &p.after);
  TRY(bill_order(cx, f, in, &p.after));
  p.after.shipment_id = f->shipment;
  p.after.due_date = in->due_date;
  p.after.buyer = buyer_of(cx, f->work.before, in->buyer);
  p.after.totals.paid = paid_of(f, p.after.totals.total);
  p.after.totals.due = money_sub(p.after.totals.total, p.after.totals.paid);
  TRY(finish_new(cx, f, in->draft, in->automatic, &p));
  order_work_finish(cx, &p.work);
  *(struct invoice_plan *)out = p;
  return ERR_OK;
}

const struct act invoice_create_act = {"invoice.create",
                                       sizeof(struct invoice_facts),
                                       sizeof(struct invoice_plan),
                                       create_load,
                                       create_decide,
                                       invoice_apply,
                                       0};

/* ---- Credit notes ---- */

static enum err credit_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct invoice_facts *f = out;
  f->body = in->body;
  TRY(invoice_facts_subject(cx, in->id, in->version, f));
  f->blocks.n = 0;
  return ERR_OK;
}

static enum err credit_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct invoice_facts *f = facts;
  const struct credit_input *in = f->body;
  const struct invoice *of = f->subject;
  struct invoice_plan p = {.work = invoice_work(cx, f), .number = {.last = ABSENT}};
  TRY(room_for_one(cx, f));
  begin(cx, f, CREDIT_NOTE, &p.after);
  TRY(bill_credit(cx, f, in, &p.after));
  p.after.preceding_id = of->id;
  p.after.preceding_number = of->number;
  p.after.preceding_date = of->issue_date;
  p.after.delivery_date = of->delivery_date;
  p.after.language = of->language;
  p.after.reason = in->reason;
  p.after.content.seller = of->content.seller; /* it says what the invoice said, with the other sign */
  p.after.buyer = f->buyer;
  TRY(finish_new(cx, f, in->draft, false, &p));
  if (p.after.state == INVOICE_ISSUED)
    TRY(credit_it(cx, of, &p.after, 1, &p));
  order_work_finish(cx, &p.work);
  *(struct invoice_plan *)out = p;
  return ERR_OK;
}

const struct act credit_note_create_act = {"credit_note.create",
                                           sizeof(struct invoice_facts),
                                           sizeof(struct invoice_plan),
                                           credit_load,
                                           credit_decide,
                                           invoice_apply,
                                           0};

/* ---- Issue, reject, void ---- */

static enum err number_is_taken(struct ctx *cx, const char *number, bool *out)
{
  static const struct db_stmt find = {"SELECT invoice_id FROM invoice_number WHERE bucket = $1 AND number = $2",
                                      DB_KEYED};
  int64_t id = 0;
  if (number)
    TRY(db_one_i64(cx->db, &find, &id, DB_ARGS(I64(bucket_of_text(number)), TEXT(number))));
  *out = id != 0;
  return ERR_OK;
}

static enum err issue_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct invoice_facts *f = out;
  const struct invoice_number_input *body = in->body;
  f->body = body;
  TRY(invoice_facts_subject(cx, in->id, in->version, f));
  return number_is_taken(cx, body->number, &f->number_taken);
}

static const struct invoice *preceding(const struct invoice_facts *f, const struct invoice *note)
{
  EACH (const struct invoice, i, &f->earlier)
    if (i->id.v == note->preceding_id.v)
      return i;
  return NULL;
}

static struct invoice_plan plan_of(struct ctx *cx, const struct invoice_facts *f)
{
  struct invoice_plan p = {.work = invoice_work(cx, f), .before = *f->subject, .after = *f->subject};
  p.number.last = ABSENT;
  p.after.buyer = f->buyer;
  p.after.version++;
  p.after.updated_at = cx->now;
  return p;
}

static enum err issue_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct invoice_facts *f = facts;
  struct invoice_plan p = plan_of(cx, f);
  const char *const *told;
  if (p.after.state != INVOICE_DRAFT && p.after.state != INVOICE_REQUESTED)
    return err_fail(cx, ERR_STATE, "/state", "not possible: the document is %s", invoice_states[p.after.state]);
  TRY(go_out(cx, f, f->body, &p.after, &p.number, &told));
  p.after.problem = NULL;
  tell(cx, &p, told);
  const struct invoice *of = p.after.kind == CREDIT_NOTE ? preceding(f, &p.after) : NULL;
  if (of && p.after.state == INVOICE_ISSUED)
    TRY(credit_it(cx, of, &p.after, 1, &p));
  order_work_finish(cx, &p.work);
  *(struct invoice_plan *)out = p;
  return ERR_OK;
}

static enum err end_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct invoice_facts *f = out;
  f->body = in->body;
  return invoice_facts_subject(cx, in->id, in->version, f);
}

static enum err end_decide(struct ctx *cx, const struct invoice_facts *f, enum invoice_step step, void *out)
{
  struct invoice_plan p = plan_of(cx, f);
  bool was_issued = p.before.state == INVOICE_ISSUED;
  const char *const *told;
  EACH (const struct invoice, i, &f->earlier)
    if (i->kind == CREDIT_NOTE && i->preceding_id.v == p.before.id.v && invoice_live(i))
      return err_fail(cx, ERR_STATE, "/state", "it has the credit note %s",
                      i->number ? i->number : "that is being made");
  TRY(move(cx, &p.after, step, &told));
  p.after.void_reason = ((const struct reason_input *)f->body)->reason;
  p.after.voided_at = cx->now;
  tell(cx, &p, told);
  const struct invoice *of = p.after.kind == CREDIT_NOTE && was_issued ? preceding(f, &p.after) : NULL;
  if (of)
    TRY(credit_it(cx, of, &p.before, -1, &p));
  order_work_finish(cx, &p.work);
  *(struct invoice_plan *)out = p;
  return ERR_OK;
}

static enum err reject_decide(struct ctx *cx, const void *facts, void *out)
{
  return end_decide(cx, facts, STEP_REJECT, out);
}

static enum err void_decide(struct ctx *cx, const void *facts, void *out)
{
  return end_decide(cx, facts, STEP_VOID, out);
}

#define SUBJECT_ACT(name_, load_, decide_)                                                                             \
  {                                                                                                                    \
    name_, sizeof(struct invoice_facts), sizeof(struct invoice_plan), load_, decide_, invoice_apply, 0                 \
  }
const struct act invoice_issue_act = SUBJECT_ACT("invoice.issue", issue_load, issue_decide);
const struct act invoice_reject_act = SUBJECT_ACT("invoice.reject", end_load, reject_decide);
const struct act invoice_void_act = SUBJECT_ACT("invoice.void", end_load, void_decide);

/* ---- Previews ---- */

enum err invoice_preview(struct ctx *cx, const struct act *act, const struct act_input *in, struct invoice *out)
{
  void *plan;
  TRY(act_preview(cx, act, in, &plan));
  *out = ((const struct invoice_plan *)plan)->after;
  return ERR_OK;
}
