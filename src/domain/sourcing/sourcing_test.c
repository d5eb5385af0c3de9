/* Decisions by hand, and every bound of the search against an enumeration of all unit assignments. The enumeration
 * shares no code with the search: it adds costs up from the header's words. */
#include "sourcing.h"
#include "test.h"

#include <string.h>

static struct fault *fault_of(struct test *t)
{
  struct fault *f = ARENA_NEW(t->arena, struct fault);
  fault_init(f, t->arena);
  return f;
}

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

/* ---- Builders -------------------------------------------------------------------------------------------------- */

static struct sourcing_input *an_order(struct test *t)
{
  struct sourcing_input *in = ARENA_NEW(t->arena, struct sourcing_input);
  sourcing_input_init(in);
  in->currency = "EUR";
  return in;
}

static void a_product(struct test *t, struct sourcing_input *in, int64_t weight_g)
{
  char *sku = arena_printf(t->arena, "P%zu", in->products.n);
  *LIST_ADD(t->arena, &in->products) = (struct sourcing_product){.sku = sku, .weight_g = weight_g};
}

static struct sourcing_line *a_line(struct test *t, struct sourcing_input *in, int64_t product, int64_t pieces)
{
  struct sourcing_line *l = LIST_ADD(t->arena, &in->lines);
  *l = (struct sourcing_line){.key = (int64_t)in->lines.n, .product = product, .quantity = PIECES(pieces),
                              .unit_value = PRICE(1000 * SCALE)};
  return l;
}

static struct sourcing_candidate *a_location(struct test *t, struct sourcing_input *in, const char *code)
{
  struct sourcing_candidate *c = LIST_ADD(t->arena, &in->candidates);
  sourcing_candidate_init(c);
  c->code = code;
  c->kind = "warehouse";
  c->location = 100 + (int64_t)in->candidates.n;
  return c;
}

static void has(struct test *t, struct sourcing_candidate *c, int64_t product, int64_t pieces)
{
  *LIST_ADD(t->arena, &c->stock) = (struct sourcing_stock){product, PIECES(pieces)};
}

static void freight(struct test *t, struct sourcing_candidate *c, int64_t up_to_g, int64_t minor)
{
  *LIST_ADD(t->arena, &c->freight.steps) = (struct sourcing_freight_step){up_to_g, MONEY(minor)};
}

static struct sourcing_decision decide(struct test *t, const struct sourcing_input *in)
{
  struct sourcing_decision d;
  CHECK_OK(sourcing_decide(in, t->arena, fault_of(t), &d));
  return d;
}

static const char *reason(const struct sourcing_decision *d, size_t i)
{
  return sourcing_reason_slug((enum sourcing_reason)d->scores.at[i].reason);
}

static const char *sentence(struct test *t, const struct sourcing_input *in, const struct sourcing_decision *d, size_t i)
{
  struct buf b;
  buf_init(&b, t->arena);
  sourcing_sentence(in, d, i, NULL, &b);
  return buf_str(&b);
}

/* ---- Enumeration of everything --------------------------------------------------------------------------------- */

#define BRUTE_LINES 4
#define BRUTE_LOCATIONS 4

struct brute {
  const struct sourcing_input *in;
  int64_t x[BRUTE_LINES][BRUTE_LOCATIONS]; /* pieces */
  bool found;
  int64_t short_required, short_optional, cost;
};

static int64_t stock_of(const struct sourcing_candidate *c, int64_t product)
{
  EACH(const struct sourcing_stock, s, &c->stock)
    if (s->product == product)
      return s->available.millionths < 0 ? 0 : s->available.millionths / SCALE;
  return 0;
}

static int64_t freight_of(const struct sourcing_candidate *c, int64_t grams)
{
  for (size_t i = 0; i < c->freight.steps.n; i++)
    if (grams <= c->freight.steps.at[i].up_to_g)
      return c->freight.steps.at[i].price.minor;
  int64_t last = c->freight.steps.n ? c->freight.steps.at[c->freight.steps.n - 1].up_to_g : 0;
  int64_t price = c->freight.steps.n ? c->freight.steps.at[c->freight.steps.n - 1].price.minor : 0;
  return price + c->freight.per_extra_kg.minor * ((grams - last + 999) / 1000);
}

static int64_t demand_of(const struct sourcing_input *in, int64_t product)
{
  int64_t sum = 0;
  EACH(const struct sourcing_line, l, &in->lines)
    sum += l->product == product ? l->quantity.millionths / SCALE : 0;
  return sum;
}

/* Cost of one location's share, or -1 when it is not allowed to have it. */
static int64_t brute_location(const struct brute *b, size_t k, int64_t *units, int64_t *value)
{
  const struct sourcing_input *in = b->in;
  const struct sourcing_candidate *c = &in->candidates.at[k];
  int64_t grams = 0, cost = 0, taken[BRUTE_LINES] = {0};
  *units = *value = 0;
  for (size_t i = 0; i < in->lines.n; i++) {
    const struct sourcing_line *l = &in->lines.at[i];
    int64_t x = b->x[i][k], have = stock_of(c, l->product), demand = demand_of(in, l->product);
    if (x == 0)
      continue;
    taken[l->product] += x;
    if (taken[l->product] > have)
      return -1;
    *units += x;
    *value += x * (l->unit_value.millionths / SCALE);
    grams += x * in->products.at[l->product].weight_g;
    cost += x * (c->cost_per_unit.minor * in->settings.location_ppm / 1000);
    /* have is the whole availability here: random cases never have fractions */
    cost += x * div_round(in->settings.scarcity.minor * 1000 * (demand < have ? demand : have), have);
  }
  if (*units == 0)
    return 0;
  if (c->excluded || c->paused || (in->pinned && !text_eq(in->pinned, c->code)) ||
      (c->capacity.millionths && *units * SCALE > c->capacity.millionths))
    return -1;
  return cost + freight_of(c, grams) * in->settings.freight_ppm / 1000 +
         c->cost_per_order.minor * in->settings.location_ppm / 1000 + in->settings.late_per_day.minor * 1000 * c->days_late;
}

static bool together(const struct brute *b)
{
  const struct sourcing_input *in = b->in;
  for (size_t i = 0; i < in->lines.n; i++)
    for (size_t j = 0; j < in->lines.n; j++) {
      bool same = in->lines.at[i].group && in->lines.at[i].group == in->lines.at[j].group;
      for (size_t k = 0; k < in->candidates.n; k++)
        for (size_t m = 0; m < in->candidates.n; m++)
          if (k != m && b->x[i][k] && b->x[j][m] && (same || (i == j && in->whole_lines)))
            return false;
    }
  return true;
}

static void brute_judge(struct brute *b)
{
  const struct sourcing_input *in = b->in;
  int64_t cost = 0, used = 0, units[BRUTE_LOCATIONS], values[BRUTE_LOCATIONS], required = 0, optional = 0;
  for (size_t k = 0; k < in->candidates.n; k++) {
    int64_t c = brute_location(b, k, &units[k], &values[k]);
    if (c < 0)
      return;
    cost += c;
    used += units[k] > 0;
  }
  if ((in->no_splits && used > 1) || (in->splits_max && used > in->splits_max + 1) || !together(b))
    return;
  for (size_t k = 0; k < in->candidates.n && used > 1; k++)
    if (units[k] && values[k] < in->minimum_value.minor)
      return;
  cost += used > 1 ? (used - 1) * in->settings.split.minor * 1000 : 0;
  for (size_t i = 0; i < in->lines.n; i++) {
    int64_t left = in->lines.at[i].quantity.millionths / SCALE;
    for (size_t k = 0; k < in->candidates.n; k++)
      left -= b->x[i][k];
    *(in->lines.at[i].optional ? &optional : &required) += left;
  }
  if (required && (!in->allow_short || in->ship_complete))
    return;
  bool better = !b->found || required < b->short_required ||
                (required == b->short_required &&
                 (optional < b->short_optional || (optional == b->short_optional && cost < b->cost)));
  if (better) {
    b->found = true;
    b->short_required = required;
    b->short_optional = optional;
    b->cost = cost;
  }
}

static void brute_line(struct brute *b, size_t i, size_t k, int64_t left)
{
  if (i == b->in->lines.n) {
    brute_judge(b);
    return;
  }
  if (k == b->in->candidates.n) {
    int64_t after = i + 1 < b->in->lines.n ? b->in->lines.at[i + 1].quantity.millionths / SCALE : 0;
    brute_line(b, i + 1, 0, after);
    return;
  }
  for (int64_t x = 0; x <= left; x++) {
    b->x[i][k] = x;
    brute_line(b, i, k + 1, left - x);
  }
  b->x[i][k] = 0;
}

/* What the decision assigned, judged by the enumeration's own arithmetic. */
static struct brute judged(const struct sourcing_input *in, const struct sourcing_decision *d)
{
  struct brute b = {.in = in};
  EACH(const struct sourcing_assignment, a, &d->assignments)
    b.x[a->line][a->candidate] += a->quantity.millionths / SCALE;
  brute_judge(&b);
  return b;
}

static struct sourcing_input *random_order(struct test *t, uint64_t *seed)
{
  struct sourcing_input *in = an_order(t);
  int64_t lines = among(seed, 1, 3), products = among(seed, 1, lines), locations = among(seed, 1, lines == 3 ? 3 : 4);
  static const int64_t weights[] = {0, 100, 400, 900, 2500};
  for (int64_t p = 0; p < products; p++)
    a_product(t, in, weights[among(seed, 0, 4)]);
  for (int64_t i = 0; i < lines; i++) {
    struct sourcing_line *l = a_line(t, in, among(seed, 0, products - 1), among(seed, 1, 3));
    l->unit_value = PRICE(among(seed, 1, 20) * 100 * SCALE);
    l->group = among(seed, 0, 5) ? 0 : among(seed, 1, 2);
    l->optional = among(seed, 0, 5) == 0;
  }
  static const char *const codes[] = {"AMS", "BER", "CDG", "DUB"};
  for (int64_t k = 0; k < locations; k++) {
    struct sourcing_candidate *c = a_location(t, in, codes[k]);
    for (int64_t p = 0; p < products; p++)
      if (among(seed, 0, 3))
        has(t, c, p, among(seed, -1, 6));
    c->priority = among(seed, 0, 2);
    c->excluded = among(seed, 0, 19) == 0;
    c->paused = among(seed, 0, 19) == 0;
    c->capacity = PIECES(among(seed, 0, 9) ? 0 : among(seed, 1, 5));
    c->days_late = among(seed, 0, 3) ? 0 : among(seed, 1, 4);
    c->cost_per_order = MONEY(among(seed, 0, 1) ? 0 : among(seed, 0, 300));
    c->cost_per_unit = MONEY(among(seed, 0, 1) ? 0 : among(seed, 0, 90));
    int64_t grams = 0, price = among(seed, 0, 500);
    for (int64_t s = among(seed, 0, 3); s > 0; s--)
      freight(t, c, grams += among(seed, 100, 2000), price += among(seed, 0, 400));
    c->freight.per_extra_kg = MONEY(among(seed, 0, 3) ? among(seed, 0, 200) : 0);
  }
  in->settings.split = MONEY(among(seed, 0, 2) ? among(seed, 0, 400) : 0);
  in->settings.late_per_day = MONEY(among(seed, 0, 100));
  in->settings.scarcity = MONEY(among(seed, 0, 1) ? among(seed, 0, 200) : 0);
  in->no_splits = among(seed, 0, 7) == 0;
  in->splits_max = among(seed, 0, 4) ? 0 : among(seed, 1, 2);
  in->whole_lines = among(seed, 0, 7) == 0;
  in->allow_short = among(seed, 0, 1);
  in->ship_complete = among(seed, 0, 3) == 0;
  in->minimum_value = MONEY(among(seed, 0, 4) ? 0 : among(seed, 100, 2500));
  if (among(seed, 0, 9) == 0)
    in->pinned = codes[among(seed, 0, locations - 1)];
  return in;
}

#define BRUTE_CASES 6000

TEST(every_decision_is_as_good_as_the_best_of_all_assignments)
{
  uint64_t seed = 20261123;
  int filled = 0, partial = 0, none = 0, split = 0;
  for (int i = 0; i < BRUTE_CASES; i++) {
    const struct sourcing_input *in = random_order(t, &seed);
    struct sourcing_decision d = decide(t, in);
    struct brute best = {.in = in};
    brute_line(&best, 0, 0, in->lines.at[0].quantity.millionths / SCALE);
    bool nothing = !best.found || (best.cost == 0 && d.assignments.n == 0 && best.short_required);
    CHECK(d.proven);
    if (nothing) {
      CHECK_INT(d.outcome, SOURCING_SHORT);
      CHECK_INT(d.assignments.n, 0);
      none++;
    } else {
      struct brute ours = judged(in, &d);
      CHECK(ours.found);
      CHECK_INT(ours.short_required, best.short_required);
      CHECK_INT(ours.short_optional, best.short_optional);
      CHECK_INT(ours.cost, best.cost);
      CHECK_INT(d.cost.total, best.cost);
      CHECK_INT(d.outcome, best.short_required ? SOURCING_PARTIAL : SOURCING_FILLED);
      *(best.short_required ? &partial : &filled) += 1;
      split += d.cost.split > 0;
    }
    arena_reset(t->arena);
  }
  CHECK(filled > BRUTE_CASES / 3 && partial > BRUTE_CASES / 20 && none > BRUTE_CASES / 20 && split > BRUTE_CASES / 50);
}
