/* Compiles an input to the numbers the search works with, and holds it to the header's bounds, so that no sum of the
 * search can overflow. What each cost is stands here and nowhere else; sourcing_decide.c adds the same functions up. */
#include "sourcing_priv.h"

#include <stdlib.h>
#include <string.h>

#define GRAM       INT64_C(1000000) /* weights are grams times millionths of a unit */
#define KILOGRAM   (1000 * GRAM)
#define WEIGHT_MAX INT64_C(1000000000000000000)
#define VALUE_MAX  INT64_C(1000000000000000) /* thousandths one location may cost; a thousand of them fit in int64 */

/* ---- Costs ----------------------------------------------------------------------------------------------------- */

/* Behind the checks both factors are so bounded that thousandths of a factor need no wide division. */
static int64_t weighed(struct money m, int64_t ppm)
{
  if (ppm % 1000 == 0)
    return m.minor * (ppm / 1000);
  return div_round((__int128)m.minor * 1000 * ppm, SCALE);
}

static int64_t freight_minor(const struct sourcing_freight *f, int64_t weight)
{
  if (f->steps.n == 0)
    return f->per_extra_kg.minor * ((weight + KILOGRAM - 1) / KILOGRAM);
  EACH (const struct sourcing_freight_step, step, &f->steps)
    if (step->up_to_g >= weight / GRAM + (weight % GRAM != 0))
      return step->price.minor;
  const struct sourcing_freight_step *last = &f->steps.at[f->steps.n - 1];
  int64_t extra = weight - last->up_to_g * GRAM;
  return last->price.minor + f->per_extra_kg.minor * ((extra + KILOGRAM - 1) / KILOGRAM);
}

int64_t sourcing_freight_milli(const struct sourcing_input *in, const struct sourcing_candidate *c, int64_t weight)
{
  return weighed(MONEY(freight_minor(&c->freight, weight)), in->settings.freight_ppm);
}

int64_t sourcing_fixed_milli(const struct sourcing_input *in, const struct sourcing_candidate *c)
{
  return weighed(c->cost_per_order, in->settings.location_ppm);
}

int64_t sourcing_late_milli(const struct sourcing_input *in, const struct sourcing_candidate *c)
{
  return in->settings.late_per_day.minor * 1000 * c->days_late;
}

int64_t sourcing_location_step(const struct plan *p, size_t candidate, size_t product)
{
  int64_t unit = weighed(p->in->candidates.at[candidate].cost_per_unit, p->in->settings.location_ppm);
  return p->step[product] == SCALE ? unit : div_round((__int128)unit * p->step[product], SCALE);
}

/* The share of what is there that this order would take: the last piece anywhere is the dearest. */
static int64_t scarcity_step(const struct plan *p, size_t product, int64_t available)
{
  __int128 step = p->step[product];
  __int128 taken = (__int128)p->demand[product] * step;
  if (p->in->settings.scarcity.minor == 0 || available <= 0)
    return 0;
  if (taken > available)
    taken = available;
  __int128 per_unit = (__int128)p->in->settings.scarcity.minor * 1000 * step / SCALE;
  return div_round(per_unit * taken, available);
}

static int64_t available_of(const struct sourcing_candidate *c, size_t product)
{
  EACH (const struct sourcing_stock, s, &c->stock)
    if (s->product == (int64_t)product)
      return s->available.millionths;
  return 0;
}

int64_t sourcing_scarcity_step(const struct plan *p, size_t candidate, size_t product)
{
  return scarcity_step(p, product, available_of(&p->in->candidates.at[candidate], product));
}

/* ---- Checks ---------------------------------------------------------------------------------------------------- */

static enum err refuse(struct fault *f, const char *pointer, const char *slug, const char *sentence)
{
  return fault_add(f, ERR_INVALID, pointer, slug, "%s", sentence);
}

static bool cost_fits(struct money m)
{
  return m.minor >= 0 && m.minor <= SOURCING_COST_MAX;
}

static bool ppm_fits(int64_t ppm)
{
  return ppm >= 0 && ppm <= 1000 * SCALE;
}

static enum err check_settings(const struct sourcing_input *in, struct fault *f)
{
  const struct sourcing_settings *s = &in->settings;
  if (!ppm_fits(s->freight_ppm) || !ppm_fits(s->location_ppm) || !cost_fits(s->split) || !cost_fits(s->late_per_day) ||
      !cost_fits(s->scarcity) || s->nodes_max < 0 || in->splits_max < 0 || !cost_fits(in->minimum_value))
    return refuse(f, "/settings", "out_of_range", "a setting is out of its range");
  if (in->lines.n > SOURCING_LINES_MAX || in->products.n > SOURCING_PRODUCTS_MAX ||
      in->candidates.n > SOURCING_CANDIDATES_MAX || in->rules.n > SOURCING_RULES_MAX)
    return refuse(f, "", "too_many", "more lines, products, candidates or rules than one decision takes");
  return ERR_OK;
}

static enum err check_lines(const struct sourcing_input *in, struct fault *f)
{
  EACH (const struct sourcing_product, p, &in->products)
    if (p->weight_g < 0 || p->step.millionths < 0 || p->step.millionths > QUANTITY_MAX)
      return refuse(f, "/products", "out_of_range", "a weight or step is out of its range");
  EACH (const struct sourcing_line, l, &in->lines)
    if (l->product < 0 || (size_t)l->product >= in->products.n || l->quantity.millionths <= 0 ||
        l->quantity.millionths > QUANTITY_MAX || l->group < 0 || l->unit_value.millionths < 0)
      return refuse(f, "/lines", "out_of_range", "a line names no product or asks for nothing");
  return ERR_OK;
}

static bool freight_fits(const struct sourcing_freight *f)
{
  if (!cost_fits(f->per_extra_kg))
    return false;
  for (size_t i = 0; i < f->steps.n; i++) {
    const struct sourcing_freight_step *s = &f->steps.at[i], *before = i ? s - 1 : NULL;
    if (!cost_fits(s->price) || s->up_to_g < 0 || s->up_to_g > WEIGHT_MAX / GRAM)
      return false;
    if (before && (s->up_to_g <= before->up_to_g || s->price.minor < before->price.minor))
      return false;
  }
  return true;
}

/* Every location's dearest use must fit VALUE_MAX, so that a thousand of them still fit the search's number. */
static bool dearest_fits(const struct plan *p, size_t c)
{
  const struct sourcing_input *in = p->in;
  const struct sourcing_candidate *cand = &in->candidates.at[c];
  __int128 kilograms = p->weight / KILOGRAM + 1;
  __int128 freight = (__int128)cand->freight.per_extra_kg.minor * kilograms;
  if (cand->freight.steps.n)
    freight += cand->freight.steps.at[cand->freight.steps.n - 1].price.minor;
  if (freight > VALUE_MAX)
    return false;
  __int128 sum = freight * in->settings.freight_ppm / 1000 + (__int128)in->settings.split.minor * 1000 +
                 (__int128)cand->cost_per_order.minor * in->settings.location_ppm / 1000 +
                 (__int128)in->settings.late_per_day.minor * 1000 * cand->days_late;
  for (size_t i = 0; i < p->n_products; i++) {
    sum += (__int128)cand->cost_per_unit.minor * in->settings.location_ppm / 1000 * p->step[i] / SCALE * p->demand[i];
    sum += (__int128)in->settings.scarcity.minor * 1000 * p->step[i] / SCALE * p->demand[i];
    if (sum > VALUE_MAX)
      return false;
  }
  return sum <= VALUE_MAX;
}

static enum err check_candidates(const struct sourcing_input *in, struct fault *f)
{
  EACH (const struct sourcing_candidate, c, &in->candidates) {
    if (text_empty(c->code))
      return refuse(f, "/candidates", "required", "a candidate has a code");
    if (!cost_fits(c->cost_per_order) || !cost_fits(c->cost_per_unit) || c->days_late < 0 || c->days_late > 1000000 ||
        c->capacity.millionths < 0)
      return refuse(f, "/candidates", "out_of_range", "a candidate's number is out of its range");
    if (!freight_fits(&c->freight))
      return refuse(f, "/candidates", "freight_falls", "freight must rise with weight");
    EACH (const struct sourcing_stock, s, &c->stock)
      if (s->product < 0 || (size_t)s->product >= in->products.n)
        return refuse(f, "/candidates", "out_of_range", "a stock row names no product");
  }
  return ERR_OK;
}

/* ---- Demand ---------------------------------------------------------------------------------------------------- */

static int64_t gcd(int64_t a, int64_t b)
{
  while (b) {
    int64_t rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/* Pieces where all demands are whole; else the coarsest step that makes up every demand. */
static enum err find_steps(struct plan *p, struct fault *f)
{
  for (size_t i = 0; i < p->n_products; i++)
    p->step[i] = p->in->products.at[i].step.millionths;
  EACH (const struct sourcing_line, l, &p->in->lines) {
    int64_t given = p->in->products.at[l->product].step.millionths;
    if (given && l->quantity.millionths % given)
      return refuse(f, "/lines", "not_a_multiple", "a line's quantity is no multiple of its product's step");
    if (!given)
      p->step[l->product] = gcd(p->step[l->product] ? p->step[l->product] : SCALE, l->quantity.millionths);
  }
  for (size_t i = 0; i < p->n_products; i++) {
    if (!p->step[i])
      p->step[i] = SCALE;
    if (!p->in->products.at[i].step.millionths && p->step[i] != SCALE) {
      p->step[i] = 0; /* some demand is a fraction: whole units need not be possible */
      EACH (const struct sourcing_line, l, &p->in->lines)
        if ((size_t)l->product == i)
          p->step[i] = gcd(p->step[i], l->quantity.millionths);
    }
    __int128 weight = (__int128)p->in->products.at[i].weight_g * p->step[i];
    if (weight > WEIGHT_MAX)
      return refuse(f, "/products", "too_large", "a product is heavier than any shipment");
    p->step_weight[i] = (int64_t)weight;
  }
  return ERR_OK;
}

static struct class *class_for(struct plan *p, const struct class *like)
{
  for (size_t i = 0; i < p->n_classes; i++) {
    struct class *c = &p->classes[i];
    if (c->product == like->product && c->group == like->group && c->optional == like->optional &&
        c->unit_value == like->unit_value)
      return c;
  }
  p->classes[p->n_classes] = *like;
  return &p->classes[p->n_classes++];
}

/* Necessary demand first: where one is short, gifts are shorted before goods. */
static enum err gather(struct plan *p, struct fault *f)
{
  __int128 units = 0, weight = 0;
  int64_t optional = 0;
  for (int pass = 0; pass < 2; pass++)
    for (size_t i = 0; i < p->in->lines.n; i++) {
      const struct sourcing_line *l = &p->in->lines.at[i];
      if (l->optional != (pass == 1))
        continue;
      size_t product = (size_t)l->product;
      int64_t steps = l->quantity.millionths / p->step[product];
      units += steps;
      weight += (__int128)steps * p->step_weight[product];
      if (units > SOURCING_UNITS_MAX || weight > WEIGHT_MAX)
        return refuse(f, "/lines", "too_large", "more units or weight than one decision takes");
      int64_t group = l->group ? l->group : p->in->whole_lines ? INT64_MAX - (int64_t)i : 0;
      struct class like = {.product = product,
                           .group = group,
                           .optional = l->optional,
                           .unit_value = p->in->minimum_value.minor ? l->unit_value.millionths : 0};
      struct class *c = class_for(p, &like);
      c->units += steps;
      p->line_class[i] = (size_t)(c - p->classes);
      p->demand[product] += steps;
      p->demand_optional[product] += l->optional ? steps : 0;
      optional += l->optional ? steps : 0;
    }
  p->weight = (int64_t)weight;
  p->required_weight = optional + 1;
  for (size_t i = 0; i < p->n_classes; i++)
    p->classes[i].short_weight = p->classes[i].optional ? 1 : p->required_weight;
  return ERR_OK;
}

static enum err take_stock(struct plan *p, struct fault *f)
{
  for (size_t c = 0; c < p->in->candidates.n; c++) {
    const struct sourcing_candidate *cand = &p->in->candidates.at[c];
    if (!dearest_fits(p, c))
      return refuse(f, "/candidates", "too_large", "a candidate costs more than the model can count");
    int64_t *have = p->have + c * p->n_products, *cost = p->unit_cost + c * p->n_products;
    for (size_t i = 0; i < p->n_products; i++)
      cost[i] = sourcing_location_step(p, c, i);
    EACH (const struct sourcing_stock, s, &cand->stock) {
      int64_t steps = s->available.millionths / p->step[s->product];
      have[s->product] = steps < 0 ? 0 : steps < p->demand[s->product] ? steps : p->demand[s->product];
      cost[s->product] += scarcity_step(p, (size_t)s->product, s->available.millionths);
    }
  }
  return ERR_OK;
}

struct placed {
  int64_t priority;
  const char *code;
  size_t candidate;
};

static int by_priority_and_code(const void *a, const void *b)
{
  const struct placed *x = a, *y = b;
  if (x->priority != y->priority)
    return x->priority < y->priority ? -1 : 1;
  int code = strcmp(x->code, y->code);
  return code ? code : (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

static void find_places(struct plan *p)
{
  size_t n = p->in->candidates.n;
  struct placed *order = ARENA_ARRAY(p->arena, struct placed, n + 1);
  for (size_t c = 0; c < n; c++) {
    const struct sourcing_candidate *cand = &p->in->candidates.at[c];
    order[c] = (struct placed){cand->priority, cand->code, c};
    p->distance_m[c] = sourcing_distance_m(cand->place, p->in->destination);
  }
  qsort(order, n, sizeof *order, by_priority_and_code);
  for (size_t i = 0; i < n; i++)
    p->place[order[i].candidate] = (int64_t)i;
}

enum err sourcing_plan(const struct sourcing_input *in, struct arena *a, struct fault *f, struct plan *out)
{
  size_t products = in->products.n, candidates = in->candidates.n;
  TRY(check_settings(in, f));
  TRY(check_lines(in, f));
  TRY(check_candidates(in, f));
  *out = (struct plan){.in = in, .arena = a, .n_products = products};
  out->step = ARENA_ARRAY(a, int64_t, 4 * products + 1);
  out->step_weight = out->step + products;
  out->demand = out->step_weight + products;
  out->demand_optional = out->demand + products;
  out->classes = ARENA_ARRAY(a, struct class, in->lines.n + 1);
  out->line_class = ARENA_ARRAY(a, size_t, in->lines.n + 1);
  out->place = ARENA_ARRAY(a, int64_t, 2 * candidates + 1);
  out->distance_m = out->place + candidates;
  out->have = ARENA_ARRAY(a, int64_t, 2 * candidates * products + 1);
  out->unit_cost = out->have + candidates * products;
  TRY(find_steps(out, f));
  TRY(gather(out, f));
  TRY(take_stock(out, f));
  find_places(out);
  return ERR_OK;
}

/* ---- Rules ----------------------------------------------------------------------------------------------------- */

typedef LIST(const char *) texts; /* the shape of every REC_TEXTS; only to pass them on */

static bool among(const void *list, const char *text)
{
  const texts *l = list;
  for (size_t i = 0; i < l->n; i++)
    if (text_eq(l->at[i], text))
      return true;
  return false;
}

static bool share_any(const void *wanted, const void *given)
{
  const texts *g = given;
  for (size_t i = 0; i < g->n; i++)
    if (among(wanted, g->at[i]))
      return true;
  return false;
}

static enum sourcing_reason filtered(const struct plan *p, const struct sourcing_rule *rule, size_t candidate,
                                     int64_t *limit)
{
  const struct sourcing_candidate *c = &p->in->candidates.at[candidate];
  if (rule->kinds.n && !among(&rule->kinds, c->kind))
    return SOURCING_RULE_KIND;
  if (rule->tags.n && !share_any(&rule->tags, &c->tags))
    return SOURCING_RULE_TAG;
  if (rule->countries.n && !among(&rule->countries, c->country))
    return SOURCING_RULE_COUNTRY;
  int64_t distance = p->distance_m[candidate];
  if (rule->max_distance_m && (distance == ABSENT || distance > rule->max_distance_m)) {
    *limit = rule->max_distance_m;
    return SOURCING_RULE_DISTANCE;
  }
  return SOURCING_CHOSEN;
}

enum sourcing_reason sourcing_barred(const struct plan *p, const struct sourcing_rule *rule, size_t candidate,
                                     int64_t *limit)
{
  const struct sourcing_candidate *c = &p->in->candidates.at[candidate];
  *limit = 0;
  if (c->excluded)
    return SOURCING_EXCLUDED;
  if (p->in->pinned)
    return !text_eq(p->in->pinned, c->code) ? SOURCING_PINNED_ELSEWHERE : c->paused ? SOURCING_PAUSED : SOURCING_CHOSEN;
  if (c->paused)
    return SOURCING_PAUSED;
  return rule ? filtered(p, rule, candidate, limit) : SOURCING_CHOSEN;
}

/* ---- Options --------------------------------------------------------------------------------------------------- */

/* Freight rises in steps, so freight(w) - price x w is least at the right end of one; above the table, of the first or
 * the last kilogram. ends[] gets those up to the order's weight, and the weight itself. */
static size_t right_ends(const struct plan *p, const struct sourcing_freight *f, int64_t *ends)
{
  int64_t table = f->steps.n ? f->steps.at[f->steps.n - 1].up_to_g * GRAM : 0;
  size_t n = 0;
  EACH (const struct sourcing_freight_step, step, &f->steps)
    if (step->up_to_g * GRAM <= p->weight)
      ends[n++] = step->up_to_g * GRAM;
  if (p->weight > table)
    ends[n++] = table + (p->weight - table) / KILOGRAM * KILOGRAM;
  ends[n++] = p->weight;
  return n;
}

/* How far below the base the line of each trial price must begin to stay under the freight of every weight. */
static void find_rebates(const struct plan *p, const struct problem *q, int64_t *ends, struct option *o)
{
  const struct sourcing_candidate *c = &p->in->candidates.at[o->candidate];
  size_t n = right_ends(p, &c->freight, ends);
  for (size_t i = 0; i < n; i++) {
    int64_t above = sourcing_freight_milli(p->in, c, ends[i]) - o->base;
    for (size_t g = 0; g < PRICES; g++) {
      int64_t rebate = (int64_t)((q->price[g] * ends[i]) >> SLOPE_BITS) + 1 - above;
      if (q->price[g] && rebate > o->rebate[g])
        o->rebate[g] = rebate;
    }
  }
}

static size_t steps_most(const struct sourcing_input *in)
{
  size_t most = 0;
  EACH (const struct sourcing_candidate, c, &in->candidates)
    most = c->freight.steps.n > most ? c->freight.steps.n : most;
  return most;
}

/* Trial prices from 0 to the dearest location's average price of a microgram, evenly. */
static void find_prices(const struct plan *p, struct problem *q)
{
  __int128 most = 0;
  for (size_t i = 0; i < q->n_options && p->weight; i++) {
    const struct sourcing_candidate *c = &p->in->candidates.at[q->options[i].candidate];
    __int128 average = ((__int128)sourcing_freight_milli(p->in, c, p->weight) << SLOPE_BITS) / p->weight;
    if (average > most)
      most = average;
  }
  for (size_t g = 0; g < PRICES; g++)
    q->price[g] = most * (__int128)g / (PRICES - 1);
}

static int64_t rank_key(const struct plan *p, int ranking, size_t candidate)
{
  const struct sourcing_candidate *c = &p->in->candidates.at[candidate];
  int64_t key = ranking == SOURCING_BY_PRIORITY   ? c->priority
                : ranking == SOURCING_BY_DISTANCE ? p->distance_m[candidate]
                                                  : c->ship_by.ms;
  return key == ABSENT ? INT64_MAX : key;
}

/* How many candidates rank truly before this one: equal keys share a rank. */
static int64_t rank_of(const struct plan *p, int ranking, size_t candidate)
{
  int64_t rank = 0, key = rank_key(p, ranking, candidate);
  for (size_t i = 0; i < p->in->candidates.n; i++)
    rank += rank_key(p, ranking, i) < key;
  return rank;
}

static struct option option_of(const struct plan *p, const struct sourcing_rule *rule, size_t candidate)
{
  const struct sourcing_candidate *c = &p->in->candidates.at[candidate];
  struct option o = {.candidate = candidate,
                     .have = p->have + candidate * p->n_products,
                     .unit_cost = p->unit_cost + candidate * p->n_products,
                     .capacity = c->capacity.millionths ? c->capacity.millionths : INT64_MAX,
                     .fixed = sourcing_fixed_milli(p->in, c) + sourcing_late_milli(p->in, c),
                     .base = sourcing_freight_milli(p->in, c, 0)};
  o.open = cost_value(o.fixed + o.base) + EACH_USED + p->place[candidate];
  if (rule && rule->ranking != SOURCING_BY_COST)
    o.open += (__int128)(EACH_USED + rank_of(p, rule->ranking, candidate)) << RANK_BITS;
  return o;
}

static bool has_any(const struct plan *p, size_t candidate)
{
  for (size_t i = 0; i < p->n_products; i++)
    if (p->have[candidate * p->n_products + i])
      return true;
  return false;
}

static int by_open(const void *a, const void *b)
{
  const struct option *x = a, *y = b;
  return (x->open > y->open) - (x->open < y->open);
}

void sourcing_problem(const struct plan *p, const struct sourcing_rule *rule, struct problem *out)
{
  const struct sourcing_input *in = p->in;
  size_t most = in->no_splits ? 1 : in->splits_max ? (size_t)in->splits_max + 1 : SIZE_MAX;
  *out = (struct problem){.plan = p,
                          .split = in->settings.split.minor * 1000,
                          .nodes_max = in->settings.nodes_max ? in->settings.nodes_max : SOURCING_NODES_DEFAULT,
                          .most = most};
  out->options = ARENA_ARRAY(p->arena, struct option, in->candidates.n + 1);
  for (size_t c = 0; c < in->candidates.n; c++) {
    int64_t limit;
    if (sourcing_barred(p, rule, c, &limit) == SOURCING_CHOSEN && has_any(p, c))
      out->options[out->n_options++] = option_of(p, rule, c);
  }
  qsort(out->options, out->n_options, sizeof *out->options, by_open);
  if (out->most > out->n_options)
    out->most = out->n_options;
  if (out->most < 2)
    return; /* a single location's freight is known, not bounded */
  find_prices(p, out);
  int64_t *ends = ARENA_ARRAY(p->arena, int64_t, steps_most(in) + 2);
  for (size_t i = 0; i < out->n_options; i++)
    find_rebates(p, out, ends, &out->options[i]);
}
