/* pricing - what a document costs: amounts, discounts and tax of lines and charges, their totals, and the shares of a
 * line that partial invoices, refunds and cancellations take.
 *
 * Pure: values in, values out; no database, no clock, no settings. Which price list, promotion or tax category applies
 * was found before; here it is a price, a discount and a rate.
 *
 * The formulas (r = rate, all roundings half away from zero, once)
 *   gross  = round(unit_price x quantity)
 *   amount = gross - discount
 *   prices with tax in:   tax = round(amount x r / (1 + r)),  total = amount
 *   prices without tax:   tax = round(amount x r),            total = amount + tax
 *
 * Per document instead of per line (a setting of the company): the tax is computed once for each (category, rate) from
 * the sum of the amounts, and shared out to its lines and charges by largest remainder. So in both ways
 *   sum of line taxes + sum of charge taxes = totals.tax,  sum of all totals = totals.total.
 */
#ifndef ORDO_PRICING_H
#define ORDO_PRICING_H

#include "base.h"

#define PRICING_LINES_MAX   1000
#define PRICING_CHARGES_MAX 100

enum pricing_tax_basis {
  PRICING_TAX_PER_LINE,
  PRICING_TAX_PER_DOCUMENT,
};

/* Why a line or charge bears tax or not. In the last two the tax is 0 whatever the rate, and prices with tax in are
 * taken net: what the tax inside would have been is `relief`, and total = amount - relief. */
enum pricing_treatment {
  PRICING_TAXED,
  PRICING_EXEMPT,         /* the buyer or the thing is exempt */
  PRICING_REVERSE_CHARGE, /* the buyer owes the tax */
};

/* What bears tax. A zeroed struct is a taxed thing at rate 0; a given tax needs tax_given.
 * After pricing_price the tax has the sign of the amount (but for one unit of rounding beside charges below 0). */
struct pricing_tax {
  struct rate rate;                 /* 0 or ABSENT = no tax */
  bool given;                       /* a channel charged `tax`: it is kept as charged, the rate is only a label */
  enum pricing_treatment treatment;
  const char *category;             /* groups of tax per document are (category, rate); NULL is a category too */
};

/* A line. The first block is asked, the second answered. */
struct pricing_line {
  struct price unit_price;  /* >= 0 */
  struct quantity quantity; /* >= 0 */
  struct money discount;    /* for the whole line, 0 <= discount <= gross */
  struct pricing_tax tax_of;
  struct money tax;         /* asked when tax_of.given, else answered */

  struct money gross, amount, relief, total;
};

/* Typed money beside the lines. Cash rounding and such may be negative. */
struct pricing_charge {
  struct money amount;
  struct pricing_tax tax_of;
  struct money tax;         /* asked when tax_of.given, else answered */

  struct money relief, total;
};

/* With tax in:   total = subtotal - discount + charges - relief.
 * Without:       total = subtotal - discount + charges + tax. */
struct pricing_totals {
  struct money subtotal; /* sum of gross */
  struct money discount; /* of the lines */
  struct money charges;  /* sum of their amounts */
  struct money relief;
  struct money tax;      /* of lines and charges */
  struct money total;    /* what the customer pays; never below 0 */
};

/* One row of a document's tax table: what invoices print. Given taxes are in it too. */
struct pricing_group {
  const char *category;
  struct rate rate;
  enum pricing_treatment treatment;
  struct money net, tax;
};

struct pricing_document {
  bool prices_include_tax;
  enum pricing_tax_basis basis;
  struct pricing_line *lines;
  size_t n_lines;
  struct pricing_charge *charges;
  size_t n_charges;

  struct pricing_totals totals; /* answered */
};

/* Prices lines, charges and totals in place; scratch memory comes from f->arena.
 * ERR_INVALID  with one entry per broken rule, pointers /lines/N/... and /charges/N/...:
 *              negative, discount_exceeds_amount, tax_exceeds_amount, rate_out_of_bounds, too_large, too_many,
 *              total_negative. The answers are then not to be used. */
MUST_CHECK enum err pricing_price(struct pricing_document *d, struct fault *f);

/* The tax table of a priced document, in the order of first appearance (lines, then charges). Returns the number of
 * rows; *out is in the arena. */
size_t pricing_groups(const struct pricing_document *d, struct arena *a, struct pricing_group **out);

/* ---- Shares ---------------------------------------------------------------------------------------------------- */

/* The part of whole for the units (before, before + now] of `of`: round(whole x (before + now) / of) less
 * round(whole x before / of). So any sequence of parts adds up to the whole exactly, and no part is of the other sign.
 * 0 <= before, 0 <= now, before + now <= of; of == 0 gives 0. Money may be shared over money in the same way (a charge
 * refunded in steps: before and now are minor units of its total). */
struct money pricing_share(struct money whole, int64_t before, int64_t now, int64_t of);

/* What `now` units of a priced line carry, after `before` units were taken by earlier invoices (refunds,
 * cancellations). Discount, tax, relief and total are each the cumulative share; amount and gross follow from them:
 * amount = total + relief, less tax where prices exclude it; gross = amount + discount. */
struct pricing_part {
  struct money gross, discount, amount, tax, relief, total;
};
struct pricing_part pricing_line_share(const struct pricing_line *line, bool prices_include_tax, struct quantity before,
                                       struct quantity now);

/* The same for a charge, by money: `now` and `before` are minor units of its total (both of its sign, or 0). */
struct pricing_part pricing_charge_share(const struct pricing_charge *charge, bool prices_include_tax,
                                         struct money before, struct money now);

#endif
