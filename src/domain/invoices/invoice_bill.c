/* What a document takes of its order or its invoice, and what that comes to. Pure. */
#include "invoices_priv.h"

#include <stdlib.h>
#include <string.h>

bool invoice_live(const struct invoice *i)
{
  return i->state != INVOICE_REJECTED && i->state != INVOICE_VOIDED;
}

/* ---- What earlier documents took ---- */

static const invoice_lines *part_of(const struct invoice *i, bool charges)
{
  return charges ? &i->content.charges : &i->content.lines;
}

static void take(struct billed *b, const struct invoice_line *l, bool back)
{
  struct money discount = back ? money_neg(l->discount) : l->discount;
  struct money tax = back ? money_neg(l->tax) : l->tax, total = back ? money_neg(l->total) : l->total;
  struct quantity *units = back ? &b->credited : &b->invoiced;
  *units = quantity_add(*units, l->quantity);
  b->discount = money_add(b->discount, discount);
  b->tax = money_add(b->tax, tax);
  b->total = money_add(b->total, total);
}

struct billed billed_line(const invoices *all, int64_t line, bool charge)
{
  struct billed b = {0};
  EACH (const struct invoice, i, all) {
    if (!invoice_live(i))
      continue;
    EACH (const struct invoice_line, l, part_of(i, charge))
      if (l->line == line && !l->amount_only)
        take(&b, l, i->kind == CREDIT_NOTE);
  }
  return b;
}

/* Of one line of an invoice: what credit notes of it took back; *out_off = total and tax of money off. */
struct off {
  struct money tax, total;
};
static struct billed credited_of(const invoices *all, struct invoice_id invoice, int64_t n, bool charge,
                                 struct off *out)
{
  struct billed b = {0};
  *out = (struct off){0};
  EACH (const struct invoice, i, all) {
    if (!invoice_live(i) || i->kind != CREDIT_NOTE || i->preceding_id.v != invoice.v)
      continue;
    EACH (const struct invoice_line, l, part_of(i, charge)) {
      if (l->of != n)
        continue;
      if (l->amount_only) {
        out->tax = money_add(out->tax, l->tax);
        out->total = money_add(out->total, l->total);
      } else
        take(&b, l, false);
    }
  }
  return b;
}

/* ---- Amounts of a line ---- */

/* total, tax and discount are known; the others follow. */
static void follow(struct invoice_line *l, bool include_tax)
{
  l->net = money_sub(l->total, l->tax);
  l->amount = include_tax ? l->total : l->net;
  l->gross = money_add(l->amount, l->discount);
}

static struct money not_below_0(struct money m)
{
  return m.minor < 0 ? MONEY(0) : m;
}

static struct pricing_line priced(const struct order_line *l)
{
  return (struct pricing_line){.unit_price = l->unit_price,
                               .quantity = l->quantity,
                               .discount = l->discount,
                               .tax = l->tax,
                               .gross = l->gross,
                               .amount = l->amount,
                               .total = l->total};
}

/* The cumulative share less what cancelled units are worth and what was invoiced before. Whatever was voided in between, a
 * part is never below 0, and the last one makes up for it. */
static void bill_units(const struct order *o, const struct order_line *from, const struct billed *b,
                       struct quantity now, struct invoice_line *out)
{
  struct pricing_line whole = priced(from);
  struct quantity gone = from->counters.cancelled, before = quantity_sub(b->invoiced, b->credited);
  struct pricing_part lost = pricing_line_share(&whole, o->prices_include_tax, QUANTITY(0), gone);
  struct pricing_part all =
      pricing_line_share(&whole, o->prices_include_tax, QUANTITY(0), quantity_add(gone, quantity_add(before, now)));
  out->quantity = now;
  out->discount = not_below_0(money_sub(money_sub(all.discount, lost.discount), b->discount));
  out->total = not_below_0(money_sub(money_sub(all.total, lost.total), b->total));
  out->tax = not_below_0(money_sub(money_sub(all.tax, lost.tax), b->tax));
  out->tax = money_min(out->tax, out->total);
  follow(out, o->prices_include_tax);
}

/* A rate that is only the label of a tax that was kept as charged stays where it fits. */
static struct rate rate_of(const struct order_line *l)
{
  if (!l->tax_given)
    return rate_set(l->tax_rate) ? l->tax_rate : RATE(0);
  struct money fits = rate_set(l->tax_rate) ? money_rate(money_sub(l->total, l->tax), l->tax_rate) : MONEY(ABSENT);
  int64_t off = money_set(fits) ? fits.minor - l->tax.minor : INT64_MAX;
  return off >= -1 && off <= 1 ? l->tax_rate : RATE(ABSENT);
}

static struct quantity open_units(const struct order_line *l, const struct billed *b, bool automatic)
{
  int64_t again = b->credited.millionths - l->counters.returned.millionths;
  int64_t open = l->quantity.millionths - l->counters.cancelled.millionths - b->invoiced.millionths;
  if (!automatic && again > 0)
    open += again;
  return QUANTITY(open > 0 ? open : 0);
}

static void add_line(struct ctx *cx, const struct order *o, const struct order_line *l, const struct billed *b,
                     struct quantity now, struct invoice *out)
{
  struct invoice_line *x = LIST_ADD(cx->arena, &out->content.lines);
  rec_init(&invoice_line_rec, x);
  x->n = (int64_t)out->content.lines.n;
  x->line = l->line;
  x->kind = line_kinds[l->kind];
  x->sku = l->sku;
  x->name = l->name;
  x->unit = l->unit;
  x->unit_price = l->unit_price;
  x->tax_category = l->tax_category;
  x->tax_rate = rate_of(l);
  bill_units(o, l, b, now, x);
}

/* ---- Charges ---- */

/* All that is left of it: a charge is not parted. */
static void add_charge(struct ctx *cx, const struct invoice_facts *f, const struct order_charge *c, int64_t n,
                       bool automatic, struct invoice *out)
{
  const struct order *o = f->work.before;
  struct billed b = billed_line(&f->earlier, n, true);
  struct money lost_tax = pricing_share(c->tax, 0, c->refunded.minor, c->total.minor);
  struct money total = money_sub(money_sub(c->total, c->refunded), b.total);
  if (total.minor == 0 || (automatic && b.invoiced.millionths > 0))
    return;
  struct invoice_line *x = LIST_ADD(cx->arena, &out->content.charges);
  rec_init(&invoice_line_rec, x);
  x->n = (int64_t)out->content.charges.n;
  x->line = n;
  x->kind = charge_kinds[c->kind];
  x->quantity = PIECES(1);
  x->discount = MONEY(0);
  x->tax_rate = c->tax_given || !rate_set(c->tax_rate) ? RATE(c->tax.minor ? ABSENT : 0) : c->tax_rate;
  if (c->kind == CHARGE_TIP)
    x->tax_rate = RATE(0);
  x->total = total;
  x->tax = money_sub(money_sub(c->tax, lost_tax), b.tax);
  follow(x, o->prices_include_tax);
}

/* ---- Invoices ---- */

static enum err bill_named(struct ctx *cx, const struct invoice_facts *f, const struct invoice_input *in,
                           struct invoice *out)
{
  struct order *o = f->work.after;
  bool *named = ARENA_ARRAY(cx->arena, bool, in->lines.n + 1);
  enum err err = ERR_OK;
  for (size_t i = 0; i < in->lines.n; i++) {
    const struct invoice_line_input *want = &in->lines.at[i];
    const char *pointer = arena_printf(cx->arena, "/lines/%zu", i);
    const struct order_line *l = order_line_of(o, want->line);
    for (size_t k = 0; k < i; k++)
      named[i] = named[i] || in->lines.at[k].line == want->line;
    if (!l || named[i]) {
      err = fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "%s/line", pointer), l ? "twice" : "not_found",
                      l ? "line %lld is named twice" : "the order has no line %lld", (long long)want->line);
      continue;
    }
    struct billed b = billed_line(&f->earlier, l->line, false);
    struct quantity open = open_units(l, &b, in->automatic), now = quantity_set(want->quantity) ? want->quantity : open;
    char left[32];
    decimal_format(open.millionths, 6, left);
    if (now.millionths > open.millionths)
      err = fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "%s/quantity", pointer), "too_much",
                      "of line %lld %s are not invoiced yet", (long long)l->line, left);
    else if (now.millionths > 0)
      add_line(cx, o, l, &b, now, out);
  }
  return err;
}

/* What the parcels of a shipment brought of a line. */
static struct quantity shipped_units(const struct order *o, const struct invoice_facts *f, int64_t line)
{
  struct quantity sum = QUANTITY(0);
  EACH (const struct fulfillment, ful, &o->fulfillments)
    EACH (const struct parcel, p, &ful->parcels)
      EACH (const struct parcel_item, i, &p->items)
        if (p->shipment_id.v == f->shipment.v && i->line == line)
          sum = quantity_add(sum, i->quantity);
  return sum;
}

static bool all_shipped(const struct order *o)
{
  EACH (const struct order_line, l, &o->lines)
    if (l->stocked && l->counters.shipped.millionths + l->counters.cancelled.millionths < l->quantity.millionths)
      return false;
  return true;
}

static void bill_open(struct ctx *cx, const struct invoice_facts *f, const struct invoice_input *in,
                      struct invoice *out)
{
  const struct order *o = f->work.before;
  bool shipment = f->shipment.v && !(in->automatic && all_shipped(o));
  EACH (const struct order_line, l, &o->lines) {
    struct billed b = billed_line(&f->earlier, l->line, false);
    struct quantity now = open_units(l, &b, in->automatic);
    if (shipment)
      now = quantity_min(now, shipped_units(o, f, l->line));
    if (now.millionths > 0)
      add_line(cx, o, l, &b, now, out);
  }
}

enum err bill_order(struct ctx *cx, const struct invoice_facts *f, const struct invoice_input *in, struct invoice *out)
{
  const struct order *o = f->work.before;
  if (o->state == ORDER_DRAFT)
    return err_fail(cx, ERR_STATE, "/state", "a draft is not invoiced");
  if (in->lines.n && in->shipment)
    return fault_add(&cx->fault, ERR_INVALID, "/shipment", "not_both",
                     "an invoice names lines or a shipment, not both");
  if (in->lines.n)
    TRY(bill_named(cx, f, in, out));
  else
    bill_open(cx, f, in, out);
  for (size_t i = 0; i < o->charges.n && in->charges != 0; i++)
    add_charge(cx, f, &o->charges.at[i], (int64_t)i + 1, in->automatic, out);
  if (out->content.lines.n == 0)
    return err_fail(cx, ERR_STATE, "/lines", "nothing of this is left to invoice");
  out->prices_include_tax = o->prices_include_tax;
  bill_sum(cx, out);
  return ERR_OK;
}

/* ---- Credit notes ---- */

static const struct invoice_line *line_n(const struct invoice *i, int64_t n)
{
  EACH (const struct invoice_line, l, &i->content.lines)
    if (l->n == n)
      return l;
  return NULL;
}

static struct invoice_line *add_credit(struct ctx *cx, invoice_lines *lines, const struct invoice_line *l)
{
  struct invoice_line *x = LIST_ADD(cx->arena, lines);
  *x = *l;
  x->n = (int64_t)lines->n;
  x->of = l->n;
  return x;
}

struct left {
  struct billed back;
  struct off off;
  struct money tax, total; /* not credited yet */
  struct quantity units;
};
static struct left left_of(const struct invoice_facts *f, const struct invoice_line *l, bool charge)
{
  struct left left;
  left.back = credited_of(&f->earlier, f->subject->id, l->n, charge, &left.off);
  left.total = money_sub(money_sub(l->total, left.back.total), left.off.total);
  left.tax = money_sub(money_sub(l->tax, left.back.tax), left.off.tax);
  left.units = quantity_sub(l->quantity, left.back.invoiced);
  return left;
}

static void credit_units(struct ctx *cx, const struct invoice_facts *f, const struct invoice_line *l, bool charge,
                         const struct left *left, struct quantity now, struct invoice *out)
{
  struct invoice_line *x = add_credit(cx, charge ? &out->content.charges : &out->content.lines, l);
  int64_t of = l->quantity.millionths, after = left->back.invoiced.millionths + now.millionths;
  struct money total = money_sub(pricing_share(l->total, 0, after, of), left->back.total);
  bool last = after == of || llabs(total.minor) > llabs(left->total.minor);
  x->quantity = now;
  x->discount = money_sub(pricing_share(l->discount, 0, after, of), left->back.discount);
  x->total = last ? left->total : total;
  x->tax = last ? left->tax : money_sub(pricing_share(l->tax, 0, after, of), left->back.tax);
  follow(x, f->subject->prices_include_tax);
}

static void credit_money(struct ctx *cx, const struct invoice_facts *f, const struct invoice_line *l,
                         const struct left *left, struct money amount, struct invoice *out)
{
  struct invoice_line *x = add_credit(cx, &out->content.lines, l);
  int64_t before = l->total.minor - left->total.minor;
  x->quantity = PIECES(1);
  x->discount = MONEY(0);
  x->amount_only = true;
  x->unit_price = PRICE(ABSENT);
  x->discount = MONEY(0);
  x->total = amount;
  x->tax = amount.minor == left->total.minor ? left->tax : pricing_share(l->tax, before, amount.minor, l->total.minor);
  follow(x, f->subject->prices_include_tax);
}

static enum err credit_named(struct ctx *cx, const struct invoice_facts *f, const struct credit_input *in,
                             struct invoice *out)
{
  enum err err = ERR_OK;
  for (size_t i = 0; i < in->lines.n; i++) {
    const struct credit_line_input *want = &in->lines.at[i];
    const struct invoice_line *l = line_n(f->subject, want->n);
    bool twice = false, units = !money_set(want->amount);
    for (size_t k = 0; k < i; k++)
      twice = twice || in->lines.at[k].n == want->n;
    if (!l || twice || (!units && quantity_set(want->quantity))) {
      err = fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/lines/%zu/n", i),
                      !l      ? "not_found"
                      : twice ? "twice"
                              : "not_both",
                      !l      ? "the invoice has no line %lld"
                      : twice ? "line %lld is named twice"
                              : "of line %lld units or money are credited, not both",
                      (long long)want->n);
      continue;
    }
    struct left left = left_of(f, l, false);
    struct quantity now = quantity_set(want->quantity) ? want->quantity : left.units;
    if (units ? now.millionths > left.units.millionths : want->amount.minor > left.total.minor)
      err =
          fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/lines/%zu/%s", i, units ? "quantity" : "amount"),
                    "too_much", "less of line %lld is left to credit", (long long)want->n);
    else if (!units)
      credit_money(cx, f, l, &left, want->amount, out);
    else if (now.millionths > 0)
      credit_units(cx, f, l, false, &left, now, out);
  }
  return err;
}

enum err bill_credit(struct ctx *cx, const struct invoice_facts *f, const struct credit_input *in, struct invoice *out)
{
  const struct invoice *of = f->subject;
  if (of->kind != INVOICE || of->state != INVOICE_ISSUED)
    return err_fail(cx, ERR_STATE, "/state", "only an invoice that is issued, and not credited, can be credited");
  out->prices_include_tax = of->prices_include_tax;
  if (in->lines.n)
    TRY(credit_named(cx, f, in, out));
  EACH (const struct invoice_line, l, &of->content.lines) {
    struct left left = left_of(f, l, false);
    if (!in->lines.n && left.units.millionths > 0)
      credit_units(cx, f, l, false, &left, left.units, out);
  }
  bool charges = in->charges == ABSENT ? !in->lines.n : in->charges == 1;
  EACH (const struct invoice_line, l, &of->content.charges) {
    struct left left = left_of(f, l, true);
    if (charges && left.units.millionths > 0)
      credit_units(cx, f, l, true, &left, left.units, out);
  }
  if (out->content.lines.n == 0 && out->content.charges.n == 0)
    return err_fail(cx, ERR_STATE, "/lines", "nothing of this is left to credit");
  bill_sum(cx, out);
  return ERR_OK;
}
