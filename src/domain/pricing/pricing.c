/* Prices a document: each line and charge for itself first, with the tax per line; then, where the company wants it,
 * the tax once more per group of the document, shared out to its members. Sums cannot overflow: every amount, tax and
 * total is held to MONEY_MAX, and there are at most 1,100 of them. */
#include "pricing.h"

#include <stdio.h>
#include <stdlib.h>

/* The common face of lines and charges, so that tax is told once. */
struct taxable {
  const struct pricing_tax *of;
  struct money amount;
  struct money *tax, *relief, *total;
  const char *room; /* for pointers: "lines" or "charges" */
  size_t n;
};

static enum err refuse(struct fault *f, const char *room, size_t n, const char *member, const char *slug,
                       const char *sentence)
{
  char pointer[64];
  snprintf(pointer, sizeof pointer, "/%s/%zu/%s", room, n, member);
  return fault_add(f, ERR_INVALID, pointer, slug, "%s", sentence);
}

static bool within(struct money m)
{
  return m.minor <= MONEY_MAX && m.minor >= -MONEY_MAX;
}

static struct rate rate_of(const struct pricing_tax *of)
{
  return rate_set(of->rate) ? of->rate : RATE(0);
}

static struct money tax_on(struct money amount, struct rate rate, bool inside)
{
  return inside ? money_rate_inside(amount, rate) : money_rate(amount, rate);
}

/* A given tax must have its amount's sign, and be inside it where the price includes it. */
static bool given_tax_fits(const struct taxable *x, bool inside)
{
  int64_t tax = x->tax->minor, amount = x->amount.minor;
  if ((tax < 0 && amount > 0) || (tax > 0 && amount < 0) || !within(*x->tax))
    return false;
  return !inside || (amount < 0 ? tax >= amount : tax <= amount);
}

/* What is paid for it, once its tax is known. */
static void settle(const struct taxable *x, bool inside)
{
  *x->total = inside ? money_sub(x->amount, *x->relief) : money_add(x->amount, *x->tax);
}

static enum err price_tax(const struct taxable *x, bool inside, struct fault *f)
{
  struct rate rate = rate_of(x->of);
  if (rate.ppm < 0 || rate.ppm > RATE_MAX)
    return refuse(f, x->room, x->n, "tax_rate", "rate_out_of_bounds", "a tax rate is between 0 and 1000 %");
  *x->relief = MONEY(0);
  if (x->of->treatment != PRICING_TAXED) {
    *x->relief = inside ? money_rate_inside(x->amount, rate) : MONEY(0);
    *x->tax = MONEY(0);
  } else if (!x->of->given) {
    *x->tax = tax_on(x->amount, rate, inside);
  } else if (!money_set(*x->tax) || !given_tax_fits(x, inside)) {
    return refuse(f, x->room, x->n, "tax", "tax_exceeds_amount", "the tax does not fit its amount");
  }
  settle(x, inside);
  if (!within(*x->tax) || !within(*x->total))
    return refuse(f, x->room, x->n, "tax", "too_large", "the tax is larger than any document's");
  return ERR_OK;
}

static struct taxable line_taxable(struct pricing_line *l, size_t n)
{
  return (struct taxable){&l->tax_of, l->amount, &l->tax, &l->relief, &l->total, "lines", n};
}

static struct taxable charge_taxable(struct pricing_charge *c, size_t n)
{
  return (struct taxable){&c->tax_of, c->amount, &c->tax, &c->relief, &c->total, "charges", n};
}

static enum err price_line(struct pricing_line *l, size_t n, bool inside, struct fault *f)
{
  if (l->unit_price.millionths < 0)
    return refuse(f, "lines", n, "unit_price", "negative", "a price is not below 0");
  if (l->quantity.millionths < 0)
    return refuse(f, "lines", n, "quantity", "negative", "a quantity is not below 0");
  if (l->discount.minor < 0)
    return refuse(f, "lines", n, "discount", "negative", "a discount is not below 0");
  if (price_times(l->unit_price, l->quantity, &l->gross) != ERR_OK)
    return refuse(f, "lines", n, "unit_price", "too_large", "the line costs more than any document may");
  if (l->discount.minor > l->gross.minor)
    return refuse(f, "lines", n, "discount", "discount_exceeds_amount", "the discount is more than the line costs");
  l->amount = money_sub(l->gross, l->discount);
  struct taxable x = line_taxable(l, n);
  return price_tax(&x, inside, f);
}

static enum err price_charge(struct pricing_charge *c, size_t n, bool inside, struct fault *f)
{
  if (!money_set(c->amount) || !within(c->amount))
    return refuse(f, "charges", n, "amount", "too_large", "the charge is larger than any document's");
  struct taxable x = charge_taxable(c, n);
  return price_tax(&x, inside, f);
}

/* ---- Tax per document ------------------------------------------------------------------------------------------ */

static struct taxable taxable_at(const struct pricing_document *d, size_t i)
{
  return i < d->n_lines ? line_taxable(&d->lines[i], i) : charge_taxable(&d->charges[i - d->n_lines], i - d->n_lines);
}

static bool computed(const struct taxable *x)
{
  return x->of->treatment == PRICING_TAXED && !x->of->given;
}

static bool same_group(const struct pricing_tax *a, const struct pricing_tax *b)
{
  return rate_of(a).ppm == rate_of(b).ppm && text_eq(a->category, b->category);
}

/* The group's tax, computed once, is shared out by amount. Amounts below 0 (a rounding, a rebate as a charge) cannot
 * take part in largest remainders: they keep their own rounded tax, and the others share the rest. When all are below
 * 0, their sizes are the weights. */
static void share_group_tax(const struct taxable *members, size_t n, bool inside, struct arena *a)
{
  int64_t *weights = ARENA_ARRAY(a, int64_t, n);
  struct money *parts = ARENA_ARRAY(a, struct money, n);
  struct money sum = MONEY(0);
  bool any_above = false;
  for (size_t i = 0; i < n; i++) {
    sum = money_add(sum, members[i].amount);
    any_above = any_above || members[i].amount.minor > 0;
  }
  struct money left = tax_on(sum, rate_of(members[0].of), inside);
  for (size_t i = 0; i < n; i++) {
    bool below = members[i].amount.minor < 0;
    if (below && any_above)
      left = money_sub(left, *members[i].tax);
    weights[i] = below && any_above ? 0 : llabs(members[i].amount.minor);
  }
  money_allocate(left, weights, n, parts);
  for (size_t i = 0; i < n; i++)
    if (members[i].amount.minor >= 0 || !any_above) {
      *members[i].tax = parts[i];
      settle(&members[i], inside);
    }
}

static void tax_per_document(const struct pricing_document *d, struct arena *a)
{
  size_t n = d->n_lines + d->n_charges;
  bool *done = ARENA_ARRAY(a, bool, n);
  struct taxable *members = ARENA_ARRAY(a, struct taxable, n);
  for (size_t i = 0; i < n; i++) {
    struct taxable first = taxable_at(d, i);
    if (done[i] || !computed(&first))
      continue;
    size_t count = 0;
    for (size_t j = i; j < n; j++) {
      struct taxable x = taxable_at(d, j);
      if (done[j] || !computed(&x) || !same_group(first.of, x.of))
        continue;
      done[j] = true;
      members[count++] = x;
    }
    share_group_tax(members, count, d->prices_include_tax, a);
  }
}

/* ---- Totals ---------------------------------------------------------------------------------------------------- */

static void add(struct money *sum, struct money m)
{
  *sum = money_add(*sum, m);
}

static struct pricing_totals totals_of(const struct pricing_document *d)
{
  struct pricing_totals t = {{0}, {0}, {0}, {0}, {0}, {0}};
  for (size_t i = 0; i < d->n_lines; i++) {
    const struct pricing_line *l = &d->lines[i];
    add(&t.subtotal, l->gross);
    add(&t.discount, l->discount);
    add(&t.relief, l->relief);
    add(&t.tax, l->tax);
    add(&t.total, l->total);
  }
  for (size_t i = 0; i < d->n_charges; i++) {
    const struct pricing_charge *c = &d->charges[i];
    add(&t.charges, c->amount);
    add(&t.relief, c->relief);
    add(&t.tax, c->tax);
    add(&t.total, c->total);
  }
  return t;
}

enum err pricing_price(struct pricing_document *d, struct fault *f)
{
  if (d->n_lines > PRICING_LINES_MAX)
    return fault_add(f, ERR_INVALID, "/lines", "too_many", "a document has at most %d lines", PRICING_LINES_MAX);
  if (d->n_charges > PRICING_CHARGES_MAX)
    return fault_add(f, ERR_INVALID, "/charges", "too_many", "a document has at most %d charges", PRICING_CHARGES_MAX);
  enum err e = ERR_OK;
  for (size_t i = 0; i < d->n_lines; i++)
    if (price_line(&d->lines[i], i, d->prices_include_tax, f) != ERR_OK)
      e = ERR_INVALID;
  for (size_t i = 0; i < d->n_charges; i++)
    if (price_charge(&d->charges[i], i, d->prices_include_tax, f) != ERR_OK)
      e = ERR_INVALID;
  TRY(e);
  if (d->basis == PRICING_TAX_PER_DOCUMENT)
    tax_per_document(d, f->arena);
  d->totals = totals_of(d);
  if (!within(d->totals.total) || !within(d->totals.subtotal))
    return fault_add(f, ERR_INVALID, "/lines", "too_large", "the document is larger than any may be");
  if (d->totals.total.minor < 0)
    return fault_add(f, ERR_INVALID, "/charges", "total_negative", "the charges take the total below 0");
  return ERR_OK;
}

/* ---- The tax table --------------------------------------------------------------------------------------------- */

static struct pricing_group *group_of(struct pricing_group *groups, size_t *n, const struct pricing_tax *of)
{
  for (size_t i = 0; i < *n; i++)
    if (groups[i].rate.ppm == rate_of(of).ppm && groups[i].treatment == of->treatment &&
        text_eq(groups[i].category, of->category))
      return &groups[i];
  groups[*n] = (struct pricing_group){of->category, rate_of(of), of->treatment, MONEY(0), MONEY(0)};
  return &groups[(*n)++];
}

size_t pricing_groups(const struct pricing_document *d, struct arena *a, struct pricing_group **out)
{
  size_t n = 0;
  struct pricing_group *groups = ARENA_ARRAY(a, struct pricing_group, d->n_lines + d->n_charges + 1);
  for (size_t i = 0; i < d->n_lines + d->n_charges; i++) {
    struct taxable x = taxable_at(d, i);
    struct pricing_group *g = group_of(groups, &n, x.of);
    add(&g->net, money_sub(*x.total, *x.tax));
    add(&g->tax, *x.tax);
  }
  *out = groups;
  return n;
}

/* ---- Shares ---------------------------------------------------------------------------------------------------- */

struct money pricing_share(struct money whole, int64_t before, int64_t now, int64_t of)
{
  assert((before >= 0 && now >= 0 && before <= of - now) || (before <= 0 && now <= 0 && before >= of - now));
  return money_sub(money_share(whole, before + now, of), money_share(whole, before, of));
}

/* Amount and gross follow from the shared sums, so that each part is consistent in itself like a small document. */
static struct pricing_part part_of(struct money total, struct money tax, struct money relief, struct money discount,
                                   bool inside)
{
  struct pricing_part p = {.discount = discount, .tax = tax, .relief = relief, .total = total};
  p.amount = inside ? money_add(total, relief) : money_sub(total, tax);
  p.gross = money_add(p.amount, discount);
  return p;
}

struct pricing_part pricing_line_share(const struct pricing_line *line, bool prices_include_tax, struct quantity before,
                                       struct quantity now)
{
  int64_t b = before.millionths, n = now.millionths, of = line->quantity.millionths;
  return part_of(pricing_share(line->total, b, n, of), pricing_share(line->tax, b, n, of),
                 pricing_share(line->relief, b, n, of), pricing_share(line->discount, b, n, of), prices_include_tax);
}

struct pricing_part pricing_charge_share(const struct pricing_charge *charge, bool prices_include_tax,
                                         struct money before, struct money now)
{
  int64_t b = before.minor, n = now.minor, of = charge->total.minor;
  return part_of(pricing_share(charge->total, b, n, of), pricing_share(charge->tax, b, n, of),
                 pricing_share(charge->relief, b, n, of), MONEY(0), prices_include_tax);
}
