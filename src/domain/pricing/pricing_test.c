/* The arithmetic of api.md "Money of a line" by hand, and the invariants of domain.md on thousands of random orders. */
#include "pricing.h"
#include "test.h"

#define RUNS 4000

/* A small generator of our own: the same orders on every machine and run. */
static uint64_t next(uint64_t *seed)
{
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static int64_t among(uint64_t *seed, int64_t low, int64_t high)
{
  return low + (int64_t)(next(seed) % (uint64_t)(high - low + 1));
}

static struct fault *fault_of(struct test *t)
{
  struct fault *f = ARENA_NEW(t->arena, struct fault);
  fault_init(f, t->arena);
  return f;
}

static struct pricing_line line(int64_t minor, int64_t pieces, int64_t discount, int64_t ppm)
{
  return (struct pricing_line){.unit_price = PRICE(minor * SCALE), .quantity = PIECES(pieces),
                               .discount = MONEY(discount), .tax_of.rate = RATE(ppm)};
}

TEST(the_example_of_the_contract_costs_4480)
{
  struct pricing_line lines[] = {line(1990, 2, 0, 130000)};
  struct pricing_charge charges[] = {{.amount = MONEY(500), .tax_of.rate = RATE(130000)}};
  struct pricing_document d = {.prices_include_tax = true, .lines = lines, .n_lines = 1, .charges = charges,
                               .n_charges = 1};
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(d.totals.subtotal.minor, 3980);
  CHECK_INT(d.totals.charges.minor, 500);
  CHECK_INT(lines[0].tax.minor, 458);  /* 3980 x 13 / 113 = 457.88 */
  CHECK_INT(charges[0].tax.minor, 58); /* 500 x 13 / 113 = 57.52 */
  CHECK_INT(d.totals.tax.minor, 516);
  CHECK_INT(d.totals.total.minor, 4480);
}

TEST(tax_comes_on_top_where_prices_exclude_it)
{
  struct pricing_line lines[] = {line(1000, 3, 250, 82500)};
  struct pricing_document d = {.lines = lines, .n_lines = 1};
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(lines[0].amount.minor, 2750);
  CHECK_INT(lines[0].tax.minor, 227); /* 226.875 */
  CHECK_INT(d.totals.total.minor, 2977);
}

TEST(a_line_is_rounded_once_half_away_from_zero)
{
  struct pricing_line lines[] = {line(0, 0, 0, 0)};
  lines[0].unit_price = PRICE(340000); /* 0.34 of a cent */
  lines[0].quantity = QUANTITY(2500 * 1000); /* 2.5 */
  struct pricing_document d = {.lines = lines, .n_lines = 1};
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(lines[0].gross.minor, 1); /* 0.85 */
  lines[0].unit_price = PRICE(200000);
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(lines[0].gross.minor, 1); /* 0.5 goes up */
}

TEST(a_given_tax_is_kept_as_charged)
{
  for (int basis = PRICING_TAX_PER_LINE; basis <= PRICING_TAX_PER_DOCUMENT; basis++) {
    struct pricing_line lines[] = {line(1000, 1, 0, 200000), line(1000, 1, 0, 200000)};
    lines[0].tax_of.given = true;
    lines[0].tax = MONEY(199);
    struct pricing_document d = {.basis = basis, .lines = lines, .n_lines = 2};
    CHECK_OK(pricing_price(&d, fault_of(t)));
    CHECK_INT(lines[0].tax.minor, 199);
    CHECK_INT(d.totals.tax.minor, 399);
  }
}

TEST(tax_per_document_is_rounded_once_and_shared_by_largest_remainder)
{
  struct pricing_line lines[] = {line(33, 1, 0, 190000), line(33, 1, 0, 190000), line(33, 1, 0, 190000)};
  struct pricing_charge charges[] = {{.amount = MONEY(34), .tax_of.rate = RATE(190000)}};
  struct pricing_document d = {.lines = lines, .n_lines = 3, .charges = charges, .n_charges = 1};
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(d.totals.tax.minor, 24); /* 6 + 6 + 6 + 6, each 6.27 or 6.46 */
  d.basis = PRICING_TAX_PER_DOCUMENT;
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(d.totals.tax.minor, 25); /* 133 x 19 % = 25.27 */
  CHECK_INT(charges[0].tax.minor, 7); /* 6.39: the largest remainder */
}

TEST(reverse_charge_takes_the_tax_out_of_the_price)
{
  struct pricing_line lines[] = {line(11900, 1, 0, 190000)};
  lines[0].tax_of.treatment = PRICING_REVERSE_CHARGE;
  struct pricing_document d = {.prices_include_tax = true, .lines = lines, .n_lines = 1};
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(d.totals.relief.minor, 1900);
  CHECK_INT(d.totals.tax.minor, 0);
  CHECK_INT(d.totals.total.minor, 10000);
  d.prices_include_tax = false;
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(d.totals.total.minor, 11900);
}

TEST(what_breaks_a_rule_is_named_and_all_of_it)
{
  struct pricing_line lines[] = {line(100, 1, 101, 0), line(-1, 1, 0, 0), line(100, 1, 0, RATE_MAX + 1)};
  struct pricing_document d = {.lines = lines, .n_lines = 3};
  struct fault *f = fault_of(t);
  CHECK_ERR(pricing_price(&d, f), ERR_INVALID);
  CHECK_INT(f->n, 3);
  CHECK_TEXT(f->entries[0].pointer, "/lines/0/discount");
  CHECK_TEXT(f->entries[0].code, "discount_exceeds_amount");
  CHECK_TEXT(f->entries[1].code, "negative");
  CHECK_TEXT(f->entries[2].code, "rate_out_of_bounds");
}

TEST(sums_beyond_a_document_are_refused_not_overflown)
{
  struct pricing_line lines[PRICING_LINES_MAX];
  for (size_t i = 0; i < COUNT_OF(lines); i++)
    lines[i] = line(MONEY_MAX / 1000 / 11, 1000, 0, RATE_MAX);
  struct pricing_document d = {.basis = PRICING_TAX_PER_DOCUMENT, .lines = lines, .n_lines = COUNT_OF(lines)};
  struct fault *f = fault_of(t);
  CHECK_ERR(pricing_price(&d, f), ERR_INVALID);
  CHECK_TEXT(f->entries[0].code, "too_large");
  lines[0] = line(MONEY_MAX / 1000, 1001, 0, 0);
  CHECK_ERR(pricing_price(&d, fault_of(t)), ERR_INVALID);
}

TEST(charges_may_take_away_but_not_below_zero)
{
  struct pricing_line lines[] = {line(102, 1, 0, 0)};
  struct pricing_charge charges[] = {{.amount = MONEY(-2)}};
  struct pricing_document d = {.lines = lines, .n_lines = 1, .charges = charges, .n_charges = 1};
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(d.totals.total.minor, 100);
  charges[0].amount = MONEY(-103);
  CHECK_ERR(pricing_price(&d, fault_of(t)), ERR_INVALID);
}

TEST(a_price_of_zero_is_legal)
{
  struct pricing_line lines[] = {line(0, 5, 0, 200000)};
  struct pricing_document d = {.basis = PRICING_TAX_PER_DOCUMENT, .lines = lines, .n_lines = 1};
  CHECK_OK(pricing_price(&d, fault_of(t)));
  CHECK_INT(d.totals.total.minor, 0);
}

/* ---- Properties ------------------------------------------------------------------------------------------------ */

static struct pricing_document random_document(struct test *t, uint64_t *seed)
{
  static const int64_t rates[] = {0, 50000, 70000, 82500, 130000, 190000, 255000, ABSENT};
  static const char *const categories[] = {NULL, "food", "books"};
  struct pricing_document d = {.prices_include_tax = among(seed, 0, 1)};
  d.basis = (enum pricing_tax_basis)among(seed, 0, 1);
  d.n_lines = (size_t)among(seed, 1, 12);
  d.n_charges = (size_t)among(seed, 0, 3);
  d.lines = ARENA_ARRAY(t->arena, struct pricing_line, d.n_lines);
  d.charges = ARENA_ARRAY(t->arena, struct pricing_charge, d.n_charges + 1);
  for (size_t i = 0; i < d.n_lines; i++) {
    struct pricing_line *l = &d.lines[i];
    l->unit_price = PRICE(among(seed, 0, 5000) * SCALE + (among(seed, 0, 3) ? 0 : among(seed, 0, SCALE - 1)));
    l->quantity = among(seed, 0, 4) ? PIECES(among(seed, 1, 9)) : QUANTITY(among(seed, 1, 9 * SCALE));
    struct money gross;
    CHECK_OK(price_times(l->unit_price, l->quantity, &gross));
    l->discount = MONEY(among(seed, 0, 2) ? 0 : among(seed, 0, gross.minor));
    l->tax_of = (struct pricing_tax){.rate = RATE(rates[among(seed, 0, COUNT_OF(rates) - 1)]),
                                     .category = categories[among(seed, 0, 2)],
                                     .treatment = among(seed, 0, 9) ? PRICING_TAXED : (int)among(seed, 1, 2)};
    l->tax_of.given = among(seed, 0, 7) == 0;
    l->tax = MONEY(l->tax_of.given ? among(seed, 0, gross.minor - l->discount.minor) : 0);
  }
  for (size_t i = 0; i < d.n_charges; i++) {
    d.charges[i].amount = MONEY(among(seed, 0, 9) ? among(seed, 0, 900) : -among(seed, 0, 5));
    d.charges[i].tax_of = (struct pricing_tax){.rate = RATE(rates[among(seed, 0, COUNT_OF(rates) - 1)])};
  }
  return d;
}

static void check_sums(const struct pricing_document *d)
{
  int64_t tax = 0, total = 0;
  for (size_t i = 0; i < d->n_lines; i++) {
    const struct pricing_line *l = &d->lines[i];
    tax += l->tax.minor;
    total += l->total.minor;
    CHECK_INT(l->total.minor, l->gross.minor - l->discount.minor - l->relief.minor +
                                  (d->prices_include_tax ? 0 : l->tax.minor));
  }
  for (size_t i = 0; i < d->n_charges; i++) {
    tax += d->charges[i].tax.minor;
    total += d->charges[i].total.minor;
  }
  const struct pricing_totals *s = &d->totals;
  CHECK_INT(tax, s->tax.minor);
  CHECK_INT(total, s->total.minor);
  CHECK_INT(s->total.minor, s->subtotal.minor - s->discount.minor + s->charges.minor - s->relief.minor +
                                (d->prices_include_tax ? 0 : s->tax.minor));
}

/* Each row of the tax table is the tax of its sum (per document), and the rows add up to the totals. */
static void check_groups(struct test *t, const struct pricing_document *d)
{
  struct pricing_group *groups;
  size_t n = pricing_groups(d, t->arena, &groups);
  int64_t tax = 0, net = 0;
  for (size_t g = 0; g < n; g++) {
    tax += groups[g].tax.minor;
    net += groups[g].net.minor;
  }
  CHECK_INT(tax, d->totals.tax.minor);
  CHECK_INT(net + tax, d->totals.total.minor);
}

TEST(lines_and_charges_add_up_to_the_document_in_every_mode)
{
  uint64_t seed = 20261123;
  int priced = 0;
  for (int i = 0; i < RUNS; i++) {
    struct pricing_document d = random_document(t, &seed);
    struct fault *f = fault_of(t);
    if (pricing_price(&d, f) != ERR_OK) {
      CHECK_TEXT(f->entries[0].code, "total_negative");
      continue;
    }
    priced++;
    check_sums(&d);
    check_groups(t, &d);
    arena_reset(t->arena);
  }
  CHECK(priced > RUNS * 9 / 10);
}

TEST(tax_per_document_is_the_tax_of_each_groups_sum)
{
  uint64_t seed = 7;
  for (int i = 0; i < RUNS; i++) {
    struct pricing_document d = {.basis = PRICING_TAX_PER_DOCUMENT, .prices_include_tax = i % 2};
    struct pricing_line lines[10];
    d.lines = lines;
    d.n_lines = (size_t)among(&seed, 1, 10);
    struct money sum = MONEY(0);
    for (size_t l = 0; l < d.n_lines; l++) {
      lines[l] = line(among(&seed, 0, 999), among(&seed, 1, 3), 0, 190000);
      sum = money_add(sum, MONEY(lines[l].unit_price.millionths / SCALE * (lines[l].quantity.millionths / SCALE)));
    }
    CHECK_OK(pricing_price(&d, fault_of(t)));
    struct money want = i % 2 ? money_rate_inside(sum, RATE(190000)) : money_rate(sum, RATE(190000));
    CHECK_INT(d.totals.tax.minor, want.minor);
    for (size_t l = 0; l < d.n_lines; l++) { /* nobody is more than a unit away from his own tax */
      struct money own = i % 2 ? money_rate_inside(lines[l].amount, RATE(190000))
                               : money_rate(lines[l].amount, RATE(190000));
      int64_t off = lines[l].tax.minor - own.minor;
      CHECK(off >= -1 && off <= 1);
    }
    arena_reset(t->arena);
  }
}

static void add_part(struct pricing_part *sum, struct pricing_part p)
{
  sum->gross = money_add(sum->gross, p.gross);
  sum->discount = money_add(sum->discount, p.discount);
  sum->amount = money_add(sum->amount, p.amount);
  sum->tax = money_add(sum->tax, p.tax);
  sum->relief = money_add(sum->relief, p.relief);
  sum->total = money_add(sum->total, p.total);
}

static void check_part(struct pricing_part p, bool inside)
{
  CHECK(p.discount.minor >= 0 && p.tax.minor >= 0 && p.relief.minor >= 0 && p.total.minor >= 0);
  CHECK_INT(p.total.minor, p.gross.minor - p.discount.minor - p.relief.minor + (inside ? 0 : p.tax.minor));
}

TEST(parts_of_a_line_in_any_sequence_add_up_to_the_whole)
{
  uint64_t seed = 42;
  for (int i = 0; i < RUNS; i++) {
    struct pricing_document d = random_document(t, &seed);
    if (pricing_price(&d, fault_of(t)) != ERR_OK)
      continue;
    for (size_t l = 0; l < d.n_lines; l++) {
      const struct pricing_line *whole = &d.lines[l];
      struct pricing_part sum = {{0}, {0}, {0}, {0}, {0}, {0}};
      for (int64_t before = 0, now; before < whole->quantity.millionths; before += now) {
        int64_t left = whole->quantity.millionths - before;
        now = among(&seed, 0, 3) ? among(&seed, 1, left) : left;
        struct pricing_part p = pricing_line_share(whole, d.prices_include_tax, QUANTITY(before), QUANTITY(now));
        check_part(p, d.prices_include_tax);
        add_part(&sum, p);
      }
      CHECK_INT(sum.gross.minor, whole->gross.minor);
      CHECK_INT(sum.discount.minor, whole->discount.minor);
      CHECK_INT(sum.amount.minor, whole->amount.minor);
      CHECK_INT(sum.tax.minor, whole->tax.minor);
      CHECK_INT(sum.relief.minor, whole->relief.minor);
      CHECK_INT(sum.total.minor, whole->total.minor);
    }
    arena_reset(t->arena);
  }
}

TEST(a_third_of_a_line_is_its_third_and_the_last_third_takes_the_rest)
{
  struct pricing_line lines[] = {line(1000, 3, 100, 190000)};
  struct pricing_document d = {.prices_include_tax = true, .lines = lines, .n_lines = 1};
  CHECK_OK(pricing_price(&d, fault_of(t)));
  static const struct {
    int64_t discount, tax, total;
  } want[] = {{33, 154, 967}, {34, 155, 966}, {33, 154, 967}}; /* of 100, 463, 2900 */
  for (int64_t i = 0; i < 3; i++) {
    struct pricing_part p = pricing_line_share(&lines[0], true, PIECES(i), PIECES(1));
    CHECK_INT(p.discount.minor, want[i].discount);
    CHECK_INT(p.tax.minor, want[i].tax);
    CHECK_INT(p.total.minor, want[i].total);
  }
}

TEST(a_charge_refunded_in_steps_gives_back_exactly_its_tax)
{
  uint64_t seed = 9;
  for (int i = 0; i < RUNS; i++) {
    struct pricing_charge c = {.amount = MONEY(among(&seed, 0, 3) ? among(&seed, 1, 5000) : -among(&seed, 1, 50)),
                               .tax_of.rate = RATE(among(&seed, 0, 300000))};
    struct pricing_line lines[] = {line(1000, 1, 0, 0)};
    struct pricing_document d = {.prices_include_tax = i % 2, .lines = lines, .n_lines = 1, .charges = &c,
                                 .n_charges = 1};
    CHECK_OK(pricing_price(&d, fault_of(t)));
    int64_t tax = 0, sign = c.total.minor < 0 ? -1 : 1;
    for (int64_t before = 0, now; before != c.total.minor; before += now) {
      now = sign * among(&seed, 1, sign * (c.total.minor - before));
      struct pricing_part p = pricing_charge_share(&c, d.prices_include_tax, MONEY(before), MONEY(now));
      CHECK_INT(p.total.minor, now);
      tax += p.tax.minor;
    }
    CHECK_INT(tax, c.tax.minor);
    arena_reset(t->arena);
  }
}
