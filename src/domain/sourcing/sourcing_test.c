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

static const char *sentence(struct test *t, const struct sourcing_input *in, const struct sourcing_decision *d,
                            size_t i)
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
  EACH (const struct sourcing_stock, s, &c->stock)
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
  EACH (const struct sourcing_line, l, &in->lines)
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
  cost += freight_of(c, grams) * in->settings.freight_ppm / 1000;
  cost += c->cost_per_order.minor * in->settings.location_ppm / 1000;
  return cost + in->settings.late_per_day.minor * 1000 * c->days_late;
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
  EACH (const struct sourcing_assignment, a, &d->assignments)
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

/* The order of places decides between equals: of a full choice, no other one of the same cost uses fewer locations. */
TEST(of_equal_choices_the_one_with_fewer_locations_is_taken)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 0);
  a_line(t, in, 0, 2);
  has(t, a_location(t, in, "A"), 0, 1);
  has(t, a_location(t, in, "B"), 0, 1);
  struct sourcing_candidate *c = a_location(t, in, "C");
  has(t, c, 0, 2);
  c->priority = 9;
  struct sourcing_decision d = decide(t, in);
  CHECK_INT(d.assignments.n, 1);
  CHECK_INT(d.assignments.at[0].location, 103);
}

TEST(equal_locations_are_taken_by_priority_then_code)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 100);
  a_line(t, in, 0, 1);
  static const char *const codes[] = {"D", "C", "B", "A"};
  for (size_t i = 0; i < COUNT_OF(codes); i++) {
    struct sourcing_candidate *c = a_location(t, in, codes[i]);
    has(t, c, 0, 5);
    c->priority = i == 3 ? 2 : 1;
  }
  struct sourcing_decision d = decide(t, in);
  CHECK_TEXT(reason(&d, 2), "chosen");
  CHECK_TEXT(reason(&d, 0), "tie");
  CHECK_TEXT(reason(&d, 1), "tie");
  CHECK_TEXT(reason(&d, 3), "lower_priority");
}

/* Four locations and one answer each: the sentences are what a person reads on the order. */
static struct sourcing_input *a_told_order(struct test *t)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 500);
  a_line(t, in, 0, 2);
  in->settings.split = MONEY(300);
  in->settings.late_per_day = MONEY(100);
  in->destination = (struct sourcing_place){52520000, 13405000};
  static const struct {
    const char *code;
    int64_t pieces, price, days_late, cost_per_order;
  } rows[] = {{"BER", 9, 450, 0, 0}, {"MUC", 9, 770, 0, 0}, {"HAM", 9, 450, 3, 0}, {"CGN", 9, 450, 0, 120},
              {"LEJ", 1, 400, 0, 0}, {"STR", 0, 100, 0, 0}};
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct sourcing_candidate *c = a_location(t, in, rows[i].code);
    has(t, c, 0, rows[i].pieces);
    freight(t, c, 5000, rows[i].price);
    c->days_late = rows[i].days_late;
    c->cost_per_order = MONEY(rows[i].cost_per_order);
  }
  return in;
}

TEST(every_location_is_told_why)
{
  struct sourcing_input *in = a_told_order(t);
  struct sourcing_candidate *c = a_location(t, in, "OUT");
  c->excluded = true;
  c = a_location(t, in, "OFF");
  c->paused = true;
  c = a_location(t, in, "SHOP");
  c->kind = "store";
  c = a_location(t, in, "FAR");
  c->place = (struct sourcing_place){48137000, 11575000};
  struct sourcing_rule *rule = LIST_ADD(t->arena, &in->rules);
  *rule = (struct sourcing_rule){.name = "near", .max_distance_m = 400000};
  *LIST_ADD(t->arena, &rule->kinds) = "warehouse";
  for (size_t i = 0; i < in->candidates.n; i++)
    if (in->candidates.at[i].place.latitude == ABSENT)
      in->candidates.at[i].place = in->destination;
  struct sourcing_decision d = decide(t, in);
  static const struct {
    const char *slug, *sentence;
  } want[] = {
      {"chosen", "BER sends everything, for 4.50 EUR."},
      {"dearer_freight", "MUC would cost 3.20 EUR more (7.70 EUR), mostly freight."},
      {"later", "HAM would cost 3.00 EUR more (7.50 EUR), mostly because it is 3 days late."},
      {"dearer_location", "CGN would cost 1.20 EUR more (5.70 EUR), mostly the location itself."},
      {"split_too_dear", "LEJ has 1 of 2 units; a split with it is no better."},
      {"no_stock", "STR has nothing of it."},
      {"excluded", "OUT was to be left out."},
      {"paused", "OFF takes no orders now."},
      {"rule_kind", "SHOP is not of the kinds that rule \"near\" allows."},
      {"rule_distance", "FAR is 504 km away; rule \"near\" allows 400 km."},
  };
  CHECK_INT(d.scores.n, COUNT_OF(want));
  for (size_t i = 0; i < COUNT_OF(want); i++) {
    CHECK_TEXT(reason(&d, i), want[i].slug);
    CHECK_TEXT(sentence(t, in, &d, i), want[i].sentence);
  }
  struct buf b;
  buf_init(&b, t->arena);
  sourcing_summary(in, &d, NULL, &b);
  CHECK_TEXT(buf_str(&b), "All units from BER, for 4.50 EUR.");
}

TEST(another_language_is_another_catalog)
{
  static const struct sourcing_message german[] = {{"chosen", "{code} liefert alles für {total}."}, {NULL, NULL}};
  struct sourcing_input *in = a_told_order(t);
  struct sourcing_decision d = decide(t, in);
  struct buf b;
  buf_init(&b, t->arena);
  sourcing_sentence(in, &d, 0, german, &b);
  buf_char(&b, ' ');
  sourcing_sentence(in, &d, 5, german, &b);
  CHECK_TEXT(buf_str(&b), "BER liefert alles für 4.50 EUR. STR has nothing of it.");
}

TEST(every_reason_and_outcome_has_its_sentence)
{
  for (int r = 0; r < SOURCING_REASON_COUNT; r++) {
    bool found = false;
    for (const struct sourcing_message *m = sourcing_english; m->slug; m++)
      found = found || text_eq(m->slug, sourcing_reason_slug((enum sourcing_reason)r));
    CHECK(found);
  }
}

TEST(a_split_is_made_only_when_it_saves_its_penalty)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 1000);
  a_product(t, in, 1000);
  a_line(t, in, 0, 1);
  a_line(t, in, 1, 1);
  struct sourcing_candidate *far = a_location(t, in, "FAR");
  has(t, far, 0, 1), has(t, far, 1, 1), freight(t, far, 5000, 2000);
  struct sourcing_candidate *near = a_location(t, in, "NEAR");
  has(t, near, 0, 1), freight(t, near, 5000, 500);
  struct sourcing_candidate *next_door = a_location(t, in, "NEXT");
  has(t, next_door, 1, 1), freight(t, next_door, 5000, 500);
  in->settings.split = MONEY(1001);
  CHECK_INT(decide(t, in).assignments.at[0].candidate, 0);
  in->settings.split = MONEY(999);
  struct sourcing_decision d = decide(t, in);
  CHECK_INT(d.cost.total, 1999 * 1000);
  CHECK_INT(d.cost.split, 999 * 1000);
  CHECK_INT(d.assignments.at[0].candidate, 1);
  CHECK_INT(d.assignments.at[1].candidate, 2);
  CHECK_TEXT(reason(&d, 0), "dearer_freight");
  CHECK_TEXT(reason(&d, 1), "chosen_part");
  in->no_splits = true;
  d = decide(t, in);
  CHECK_INT(d.assignments.at[0].candidate, 0);
  CHECK_TEXT(reason(&d, 1), "partial_stock");
}

TEST(a_short_order_is_refused_left_or_filled_in_part_as_told)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 0);
  a_line(t, in, 0, 5);
  has(t, a_location(t, in, "A"), 0, 2);
  has(t, a_location(t, in, "B"), 0, 1);
  struct sourcing_decision d = decide(t, in);
  CHECK_INT(d.outcome, SOURCING_SHORT);
  CHECK_INT(d.assignments.n, 0);
  CHECK_INT(d.shortages.n, 1);
  CHECK_INT(d.shortages.at[0].available.millionths, 3 * SCALE);
  CHECK_INT(d.cost.total, 0);
  in->allow_short = true;
  d = decide(t, in);
  CHECK_INT(d.outcome, SOURCING_PARTIAL);
  CHECK_INT(d.assigned.millionths, 3 * SCALE);
  CHECK_INT(d.shortages.at[0].assigned.millionths, 3 * SCALE);
  in->ship_complete = true;
  CHECK_INT(decide(t, in).outcome, SOURCING_SHORT);
  in->ship_complete = false;
  struct sourcing_rule *rule = LIST_ADD(t->arena, &in->rules);
  rule->on_failure = SOURCING_QUEUE;
  CHECK_INT(decide(t, in).outcome, SOURCING_QUEUED);
  rule->on_failure = SOURCING_REFUSE;
  CHECK_INT(decide(t, in).outcome, SOURCING_REFUSED);
}

TEST(a_missing_gift_does_not_stop_the_order)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 0);
  a_product(t, in, 0);
  a_line(t, in, 0, 1);
  a_line(t, in, 1, 1)->optional = true;
  has(t, a_location(t, in, "A"), 0, 1);
  struct sourcing_decision d = decide(t, in);
  CHECK_INT(d.outcome, SOURCING_FILLED);
  CHECK_INT(d.assignments.n, 1);
  CHECK_INT(d.shortages.n, 1);
  CHECK_INT(d.shortages.at[0].line, 1);
}

TEST(rules_are_tried_in_order_until_one_fills_everything)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 0);
  a_line(t, in, 0, 3);
  struct sourcing_candidate *c = a_location(t, in, "STORE");
  has(t, c, 0, 2);
  c->kind = "store";
  has(t, a_location(t, in, "DEAR"), 0, 9);
  in->candidates.at[1].cost_per_order = MONEY(900);
  in->candidates.at[1].priority = 1;
  has(t, a_location(t, in, "CHEAP"), 0, 9);
  in->candidates.at[2].priority = 2;
  struct sourcing_rule *stores = LIST_ADD(t->arena, &in->rules);
  *LIST_ADD(t->arena, &stores->kinds) = "store";
  *LIST_ADD(t->arena, &in->rules) = (struct sourcing_rule){.ranking = SOURCING_BY_PRIORITY};
  struct sourcing_decision d = decide(t, in);
  CHECK_INT(d.rule, 2);
  CHECK_INT(d.assignments.at[0].candidate, 1); /* preferred, though dearer */
  CHECK_TEXT(reason(&d, 2), "lower_rank");
  in->rules.at[1].ranking = SOURCING_BY_COST;
  CHECK_INT(decide(t, in).assignments.at[0].candidate, 2);
  in->rules.at[0].on_failure = SOURCING_QUEUE;
  CHECK_INT(decide(t, in).outcome, SOURCING_QUEUED);
}

TEST(ranking_by_distance_takes_the_nearest)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 0);
  a_line(t, in, 0, 1);
  in->destination = (struct sourcing_place){52520000, 13405000};
  static const struct sourcing_place places[] = {{48137000, 11575000}, {53551000, 9993000}, {ABSENT, ABSENT}};
  for (size_t i = 0; i < COUNT_OF(places); i++) {
    struct sourcing_candidate *c = a_location(t, in, i == 0 ? "MUC" : i == 1 ? "HAM" : "X");
    has(t, c, 0, 1);
    c->place = places[i];
    c->cost_per_order = MONEY(i == 1 ? 500 : 0);
  }
  *LIST_ADD(t->arena, &in->rules) = (struct sourcing_rule){.ranking = SOURCING_BY_DISTANCE};
  CHECK_INT(decide(t, in).assignments.at[0].candidate, 1);
}

TEST(fractions_of_a_unit_are_assigned_exactly)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 1000);
  a_line(t, in, 0, 1)->quantity = QUANTITY(2350000); /* 2.35 kg of cheese */
  a_line(t, in, 0, 1)->quantity = QUANTITY(1500000);
  struct sourcing_candidate *c = a_location(t, in, "A");
  *LIST_ADD(t->arena, &c->stock) = (struct sourcing_stock){0, QUANTITY(2520000)};
  has(t, a_location(t, in, "B"), 0, 2);
  in->products.at[0].step = QUANTITY(50000);
  struct sourcing_decision d = decide(t, in);
  CHECK_INT(d.outcome, SOURCING_FILLED);
  CHECK_INT(d.assigned.millionths, 3850000);
  in->products.at[0].step = QUANTITY(100000); /* 2.35 is no multiple */
  CHECK_ERR(sourcing_decide(in, t->arena, fault_of(t), &d), ERR_INVALID);
}

TEST(inputs_out_of_bounds_are_refused)
{
  struct sourcing_decision d;
  struct sourcing_input *in = a_told_order(t);
  freight(t, &in->candidates.at[0], 9000, 1); /* cheaper when heavier */
  CHECK_ERR(sourcing_decide(in, t->arena, fault_of(t), &d), ERR_INVALID);
  in = a_told_order(t);
  in->lines.at[0].product = 7;
  CHECK_ERR(sourcing_decide(in, t->arena, fault_of(t), &d), ERR_INVALID);
  in = a_told_order(t);
  in->candidates.at[0].cost_per_order = MONEY(SOURCING_COST_MAX + 1);
  CHECK_ERR(sourcing_decide(in, t->arena, fault_of(t), &d), ERR_INVALID);
  in = a_told_order(t);
  in->candidates.at[0].cost_per_unit = MONEY(SOURCING_COST_MAX);
  in->lines.at[0].quantity = PIECES(1000000);
  CHECK_ERR(sourcing_decide(in, t->arena, fault_of(t), &d), ERR_INVALID);
}

/* ---- Replay ---------------------------------------------------------------------------------------------------- */

TEST(a_stored_decision_is_decided_again_to_the_same_bytes)
{
  uint64_t seed = 5;
  for (int i = 0; i < 500; i++) {
    const struct sourcing_input *in = random_order(t, &seed);
    struct sourcing_decision d = decide(t, in);
    struct buf record, again;
    buf_init(&record, t->arena);
    buf_init(&again, t->arena);
    sourcing_record_write(in, &d, &record);
    CHECK_OK(sourcing_replay(buf_str(&record), record.n, t->arena, fault_of(t), &again));
    CHECK_TEXT(buf_str(&again), buf_str(&record));
    struct sourcing_decision read;
    CHECK_OK(sourcing_record_read(buf_str(&record), record.n, t->arena, fault_of(t), NULL, &read));
    CHECK_INT(read.cost.total, d.cost.total);
    CHECK_INT(read.scores.n, d.scores.n);
    arena_reset(t->arena);
  }
}

TEST(a_rule_list_survives_its_record)
{
  struct sourcing_input *in = a_told_order(t);
  struct sourcing_rule *rule = LIST_ADD(t->arena, &in->rules);
  *rule = (struct sourcing_rule){.name = "near", .ranking = SOURCING_BY_EARLIEST, .max_distance_m = 5};
  *LIST_ADD(t->arena, &rule->tags) = "fast";
  *LIST_ADD(t->arena, &in->rules) = (struct sourcing_rule){.on_failure = SOURCING_REFUSE};
  struct sourcing_decision d = decide(t, in);
  struct buf record, again;
  buf_init(&record, t->arena);
  buf_init(&again, t->arena);
  sourcing_record_write(in, &d, &record);
  CHECK_OK(sourcing_replay(buf_str(&record), record.n, t->arena, fault_of(t), &again));
  CHECK_TEXT(buf_str(&again), buf_str(&record));
  CHECK(strstr(buf_str(&record), "\"tags\":[\"fast\"]") != NULL);
}

TEST(a_record_that_is_none_is_refused)
{
  struct buf out;
  buf_init(&out, t->arena);
  CHECK_ERR(sourcing_replay("{}", 2, t->arena, fault_of(t), &out), ERR_INVALID);
  CHECK_ERR(sourcing_replay("{", 1, t->arena, fault_of(t), &out), ERR_MALFORMED);
}

/* ---- Larger orders --------------------------------------------------------------------------------------------- */

static struct sourcing_input *a_large_order(struct test *t, uint64_t *seed, int64_t locations, int64_t lines,
                                            int64_t stock_max)
{
  struct sourcing_input *in = an_order(t);
  for (int64_t i = 0; i < lines; i++) {
    a_product(t, in, among(seed, 50, 3000));
    a_line(t, in, i, among(seed, 1, 4));
  }
  for (int64_t k = 0; k < locations; k++) {
    struct sourcing_candidate *c = a_location(t, in, arena_printf(t->arena, "L%03d", (int)k));
    c->priority = among(seed, 1, 5);
    c->cost_per_order = MONEY(among(seed, 0, 200));
    c->days_late = among(seed, 0, 2);
    freight(t, c, 1000, among(seed, 300, 600));
    freight(t, c, 5000, among(seed, 600, 1200));
    freight(t, c, 20000, among(seed, 1200, 2400));
    c->freight.per_extra_kg = MONEY(among(seed, 40, 120));
    for (int64_t i = 0; i < lines; i++)
      has(t, c, i, among(seed, 0, stock_max));
  }
  in->settings.split = MONEY(300);
  in->settings.late_per_day = MONEY(100);
  in->settings.scarcity = MONEY(50);
  return in;
}

TEST(two_hundred_locations_are_proven_within_the_node_limit)
{
  uint64_t seed = 77;
  for (int i = 0; i < 20; i++) {
    struct sourcing_input *in = a_large_order(t, &seed, 200, 5, 20);
    struct sourcing_decision d = decide(t, in);
    CHECK_INT(d.outcome, SOURCING_FILLED);
    CHECK(d.proven);
    for (size_t k = 0; k < in->candidates.n; k++) { /* nobody alone does better */
      const struct sourcing_score *s = &d.scores.at[k];
      CHECK(s->could.millionths < d.asked.millionths || s->alone.total >= d.cost.total);
    }
    arena_reset(t->arena);
  }
}

TEST(beyond_the_node_limit_the_best_found_is_taken_and_called_unproven)
{
  uint64_t seed = 3;
  struct sourcing_input *in = a_large_order(t, &seed, 60, 20, 3);
  in->settings.nodes_max = 10;
  struct sourcing_decision d = decide(t, in);
  CHECK_INT(d.outcome, SOURCING_FILLED);
  CHECK(!d.proven);
  in->settings.nodes_max = 0;
  struct sourcing_decision better = decide(t, in);
  CHECK(better.cost.total <= d.cost.total);
  CHECK(better.nodes <= SOURCING_NODES_DEFAULT);
}

TEST(stock_scattered_over_many_locations_is_gathered)
{
  struct sourcing_input *in = an_order(t);
  a_product(t, in, 100);
  a_line(t, in, 0, 60);
  for (int k = 0; k < 80; k++)
    has(t, a_location(t, in, arena_printf(t->arena, "L%02d", k)), 0, 1);
  in->settings.split = MONEY(10);
  struct sourcing_decision d = decide(t, in);
  CHECK_INT(d.outcome, SOURCING_FILLED);
  CHECK_INT(d.assignments.n, 60);
  CHECK(d.proven);
  CHECK_INT(d.assignments.at[59].candidate, 59); /* by code */
}

/* ---- Distance -------------------------------------------------------------------------------------------------- */

TEST(distances_are_great_circles)
{
  static const struct {
    struct sourcing_place a, b;
    int64_t meters, within;
  } rows[] = {
      {{0, 0}, {0, 0}, 0, 0},
      {{0, 0}, {0, 1000000}, 111195, 1},                          /* a degree of the equator */
      {{0, 0}, {0, 180000000}, 20015115, 2},                      /* half of it */
      {{90000000, 0}, {-90000000, 77000000}, 20015115, 2},        /* pole to pole */
      {{0, 179500000}, {0, -179500000}, 111195, 1},               /* over the date line */
      {{52520000, 13405000}, {48137000, 11575000}, 504234, 500},  /* Berlin, Munich */
      {{31230000, 121474000}, {39904000, 116407000}, 1067000, 1500}, /* Shanghai, Beijing */
      {{40713000, -74006000}, {51507000, -128000}, 5570000, 6000},   /* New York, London */
      {{52520000, 13405000}, {52520010, 13405000}, 1, 0},         /* ten millionths: a meter */
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    int64_t d = sourcing_distance_m(rows[i].a, rows[i].b);
    CHECK(d >= rows[i].meters - rows[i].within && d <= rows[i].meters + rows[i].within);
    CHECK_INT(sourcing_distance_m(rows[i].b, rows[i].a), d);
  }
  CHECK_INT(sourcing_distance_m((struct sourcing_place){0, 0}, (struct sourcing_place){0, ABSENT}), ABSENT);
}

/* ---- What only the API's promises need ------------------------------------------------------------------------- */

TEST(a_pinned_location_answers_or_nobody_does)
{
  struct sourcing_input *in = a_told_order(t);
  in->pinned = "MUC";
  struct sourcing_decision d = decide(t, in);
  CHECK_TEXT(reason(&d, 0), "pinned_elsewhere");
  CHECK_TEXT(reason(&d, 1), "chosen");
  in->pinned = "STR";
  d = decide(t, in);
  CHECK_INT(d.outcome, SOURCING_SHORT);
  CHECK_INT(d.assignments.n, 0);
}

TEST(a_location_takes_no_more_than_its_capacity)
{
  struct sourcing_input *in = a_told_order(t);
  in->candidates.at[0].capacity = PIECES(1);
  struct sourcing_decision d = decide(t, in);
  CHECK_TEXT(reason(&d, 0), "capacity");
  CHECK_TEXT(sentence(t, in, &d, 0), "BER has room for 1 of 2 units only.");
  CHECK_INT(d.cost.total, 5700 * 100); /* CGN alone; BER and LEJ together cost 11.50 */
}

TEST(a_very_large_order_is_decided)
{
  uint64_t seed = 8;
  struct sourcing_input *in = a_large_order(t, &seed, 100, 300, 9);
  struct sourcing_decision d = decide(t, in);
  CHECK_INT(d.outcome, SOURCING_FILLED);
  CHECK_INT(d.assigned.millionths, d.asked.millionths);
}
