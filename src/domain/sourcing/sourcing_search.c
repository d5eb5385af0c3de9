/* The exact choice by branch and bound, in two levels: which locations are used together, and for such a set which
 * units come from which of them. docs/sourcing.md proves the bounds used here.
 *
 * Above: options are sorted by the least their use adds, so the first extension whose bound is no better than the best
 * answer ends its whole row. Below: classes of demand are handed out one after the other, from as many units as
 * possible at the first location down to none. Comparison is always (shortness, value); see RANK_BITS for value. */
#include "sourcing_priv.h"

#include <string.h>

/* Deeper than this a set is only filled greedily (and the answer not proven): it bounds the recursion. */
#define ASSIGN_DEPTH_MAX 4000
/* Up to this many locations the cheapest legs are found for each product, beyond it only the cheapest location. */
#define LEGS_MAX 8

struct search {
  const struct problem *q;
  const struct plan *plan;
  struct answer *best;
  bool stopped, greedy_used;

  /* above: the set so far */
  size_t *set, n_set;
  __int128 open;                  /* sum over the set, with its splits */
  int64_t *cover;                 /* by product: what the set has together */
  int64_t *later_sum, *later_max; /* [option][product]: over this option and all after it */
  __int128 *cheapest;             /* by product: least cost of a step anywhere, in 2^-32 thousandths */

  /* below: units of the set's locations */
  int64_t *left, *capacity, *weight, *freight, *units; /* left: [location][product] */
  int64_t *total, *remaining, *remaining_optional;     /* by product */
  int64_t *x;                                          /* [class * n_set + location] */
  size_t *group_at;                                    /* by class: where its group is, or n_set */
  int64_t shortness;
  int64_t linear;             /* unit costs so far, thousandths */
  __int128 linear_slope;      /* slope x weight so far, 2^-32 thousandths */
  int64_t freight_sum;
  int64_t *step_flat;         /* by product: least unit cost of a step in the set */
  __int128 *step_slope;       /* the same with freight by slope */
  int64_t *tail_flat;         /* by class: least unit cost of it and all after it */
  __int128 *tail_slope;
  __int128 set_open;          /* open without the freight bases */
  int64_t bases;
};

/* ---- Comparing ------------------------------------------------------------------------------------------------- */

static bool no_better(const struct search *s, int64_t shortness, __int128 value)
{
  return shortness > s->best->shortness || (shortness == s->best->shortness && value >= s->best->value);
}

static int64_t weigh_short(const struct plan *p, int64_t steps, int64_t optional)
{
  return steps <= optional ? steps : optional + (steps - optional) * p->required_weight;
}

static bool spend_node(struct search *s)
{
  if (++s->best->nodes >= s->q->nodes_max)
    s->stopped = true;
  return !s->stopped;
}

static void keep(struct search *s, __int128 value)
{
  struct answer *b = s->best;
  b->found = true;
  b->shortness = s->shortness;
  b->value = value;
  b->n_chosen = s->n_set;
  memcpy(b->chosen, s->set, s->n_set * sizeof *s->set);
  memcpy(b->x, s->x, s->n_set * s->plan->n_classes * sizeof *s->x);
}

/* ---- Below: handing out units ---------------------------------------------------------------------------------- */

static const struct option *option_at(const struct search *s, size_t k)
{
  return &s->q->options[s->set[k]];
}

static int64_t freight_of(const struct search *s, size_t k, int64_t weight)
{
  const struct sourcing_input *in = s->plan->in;
  return sourcing_freight_milli(in, &in->candidates.at[option_at(s, k)->candidate], weight);
}

/* A shipment of a split order must be worth the minimum; values are compared exactly. */
static bool worth_shipping(const struct search *s, size_t k)
{
  __int128 value = 0;
  for (size_t c = 0; c < s->plan->n_classes; c++) {
    const struct class *class = &s->plan->classes[c];
    value += (__int128)s->x[c * s->n_set + k] * s->plan->step[class->product] * class->unit_value;
  }
  return value >= (__int128)s->plan->in->minimum_value.minor * SCALE * SCALE;
}

/* A set that leaves one of its locations unused is another, smaller set, and is looked at as such. */
static bool is_whole(const struct search *s)
{
  bool minimum = s->n_set > 1 && s->plan->in->minimum_value.minor > 0;
  for (size_t k = 0; k < s->n_set; k++)
    if (s->units[k] == 0 || (minimum && !worth_shipping(s, k)))
      return false;
  return true;
}

static void judge(struct search *s)
{
  __int128 value = s->set_open + cost_value(s->freight_sum + s->linear);
  if (!no_better(s, s->shortness, value) && is_whole(s))
    keep(s, value);
}

/* Nothing better can come of handing out `rest` more steps of class c and all the classes after it. */
static bool hopeless(const struct search *s, size_t c, int64_t rest)
{
  int64_t shortness = s->shortness;
  for (size_t p = 0; p < s->plan->n_products; p++)
    if (s->remaining[p] > s->total[p])
      shortness += weigh_short(s->plan, s->remaining[p] - s->total[p], s->remaining_optional[p]);
  if (shortness != s->best->shortness)
    return shortness > s->best->shortness;
  size_t product = s->plan->classes[c].product;
  if (s->remaining[product] > s->total[product])
    rest = 0; /* it goes short, and which of its classes does is not known */
  int64_t flat = s->freight_sum + s->linear + s->tail_flat[c + 1] + rest * s->step_flat[product];
  int64_t sloped = s->bases + s->linear + (int64_t)((s->linear_slope + s->tail_slope[c + 1] +
                                                     rest * s->step_slope[product]) >> SLOPE_BITS);
  return s->set_open + cost_value(flat > sloped ? flat : sloped) >= s->best->value;
}

static int64_t most_from(const struct search *s, size_t c, size_t k, int64_t wanted)
{
  const struct class *class = &s->plan->classes[c];
  int64_t most = s->left[k * s->plan->n_products + class->product];
  if (class->group && s->group_at[c] != s->n_set && s->group_at[c] != k)
    return 0;
  if (s->capacity[k] / s->plan->step[class->product] < most)
    most = s->capacity[k] / s->plan->step[class->product];
  return most < wanted ? most : wanted;
}

/* All the locations from k on together; more than they can really give where a group or capacity binds. */
static int64_t most_after(const struct search *s, size_t c, size_t k)
{
  int64_t sum = 0;
  for (; k < s->n_set; k++)
    sum += s->left[k * s->plan->n_products + s->plan->classes[c].product];
  return sum;
}

/* Gives x steps of class c to location k; a negative x takes them back. */
static void give(struct search *s, size_t c, size_t k, int64_t x)
{
  const struct class *class = &s->plan->classes[c];
  const struct option *o = option_at(s, k);
  size_t p = class->product;
  int64_t weight = x * s->plan->step_weight[p];
  s->x[c * s->n_set + k] += x;
  s->left[k * s->plan->n_products + p] -= x;
  s->total[p] -= x;
  if (s->capacity[k] != INT64_MAX)
    s->capacity[k] -= x * s->plan->step[p];
  s->units[k] += x;
  s->remaining[p] -= x;
  s->remaining_optional[p] -= class->optional ? x : 0;
  s->weight[k] += weight;
  s->linear += x * o->unit_cost[p];
  s->linear_slope += o->slope * weight;
  if (weight) {
    int64_t freight = freight_of(s, k, s->weight[k]);
    s->freight_sum += freight - s->freight[k];
    s->freight[k] = freight;
  }
}

/* Binds the group of class c to location `to`, or frees it with n_set. */
static void bind_group(struct search *s, size_t c, size_t to)
{
  for (size_t i = 0; i < s->plan->n_classes; i++)
    if (s->plan->classes[i].group == s->plan->classes[c].group)
      s->group_at[i] = to;
}

static void close_class(struct search *s, size_t c, int64_t missing);

/* Hands out the remaining `wanted` steps of class c to the locations from k on, in every way that may be better. */
static void hand_out(struct search *s, size_t c, size_t k, int64_t wanted)
{
  const struct class *class = &s->plan->classes[c];
  while (k < s->n_set && wanted && most_from(s, c, k, wanted) == 0)
    k++;
  if (k == s->n_set || wanted == 0) {
    close_class(s, c, wanted);
    return;
  }
  bool binds = class->group && s->group_at[c] == s->n_set;
  int64_t after = class->group && !binds ? 0 : most_after(s, c, k + 1);
  for (int64_t x = most_from(s, c, k, wanted); x >= 0 && !s->stopped; x--) {
    int64_t missing = wanted - x - (binds && x ? 0 : after);
    if (missing > 0 && s->shortness + missing * class->short_weight > s->best->shortness) {
      if (!binds || x == 0)
        return;
      x = 1; /* fewer are shorter still; only none at all leaves the group to another location */
      continue;
    }
    if (!spend_node(s))
      return;
    if (binds && x)
      bind_group(s, c, k);
    give(s, c, k, x);
    if (!hopeless(s, c, wanted - x))
      hand_out(s, c, k + 1, wanted - x);
    give(s, c, k, -x);
    if (binds && x)
      bind_group(s, c, s->n_set);
  }
}

static void close_class(struct search *s, size_t c, int64_t missing)
{
  const struct class *class = &s->plan->classes[c];
  int64_t lost = missing * class->short_weight;
  s->shortness += lost;
  s->remaining[class->product] -= missing;
  s->remaining_optional[class->product] -= class->optional ? missing : 0;
  if (c + 1 == s->plan->n_classes)
    judge(s);
  else if (!missing || !hopeless(s, c + 1, s->plan->classes[c + 1].units))
    hand_out(s, c + 1, 0, s->plan->classes[c + 1].units);
  s->remaining_optional[class->product] += class->optional ? missing : 0;
  s->remaining[class->product] += missing;
  s->shortness -= lost;
}

/* One way, no search: every class takes what it gets, in order. */
static void hand_out_greedily(struct search *s)
{
  s->greedy_used = true;
  for (size_t c = 0; c < s->plan->n_classes; c++) {
    const struct class *class = &s->plan->classes[c];
    int64_t wanted = class->units;
    for (size_t k = 0; k < s->n_set && wanted; k++) {
      int64_t x = most_from(s, c, k, wanted);
      if (x == 0)
        continue;
      if (class->group)
        bind_group(s, c, k);
      give(s, c, k, x);
      wanted -= x;
    }
    s->shortness += wanted * class->short_weight;
  }
  judge(s);
}

/* The least that `steps` of a product cost in this set: the cheapest legs first, as far as each has stock. */
static void cheapest_legs(const struct search *s, size_t p, int64_t steps, int64_t *flat, __int128 *slope)
{
  bool used_flat[LEGS_MAX] = {false}, used_slope[LEGS_MAX] = {false};
  int64_t weight = s->plan->step_weight[p], left_flat = steps, left_slope = steps;
  *flat = 0;
  *slope = 0;
  for (size_t leg = 0; leg < s->n_set && (left_flat || left_slope); leg++) {
    size_t a = LEGS_MAX, b = LEGS_MAX;
    __int128 least = 0;
    for (size_t k = 0; k < s->n_set; k++) {
      const struct option *o = option_at(s, k);
      if (!used_flat[k] && (a == LEGS_MAX || o->unit_cost[p] < option_at(s, a)->unit_cost[p]))
        a = k;
      __int128 cost = ((__int128)o->unit_cost[p] << SLOPE_BITS) + o->slope * weight;
      if (!used_slope[k] && (b == LEGS_MAX || cost < least)) {
        b = k;
        least = cost;
      }
    }
    int64_t take = option_at(s, a)->have[p] < left_flat ? option_at(s, a)->have[p] : left_flat;
    *flat += take * option_at(s, a)->unit_cost[p];
    left_flat -= take;
    used_flat[a] = true;
    take = option_at(s, b)->have[p] < left_slope ? option_at(s, b)->have[p] : left_slope;
    *slope += take * least;
    left_slope -= take;
    used_slope[b] = true;
  }
}

/* The same for sets too large for legs: all from the cheapest. */
static void cheapest_one(const struct search *s, size_t p, int64_t steps, int64_t *flat, __int128 *slope)
{
  *flat = s->step_flat[p] * steps;
  *slope = s->step_slope[p] * steps;
}

static void cheapest_step(struct search *s, size_t p)
{
  bool any = false;
  s->step_flat[p] = 0;
  s->step_slope[p] = 0;
  for (size_t k = 0; k < s->n_set; k++) {
    const struct option *o = option_at(s, k);
    __int128 sloped = ((__int128)o->unit_cost[p] << SLOPE_BITS) + o->slope * s->plan->step_weight[p];
    if (!o->have[p])
      continue;
    if (!any || o->unit_cost[p] < s->step_flat[p])
      s->step_flat[p] = o->unit_cost[p];
    if (!any || sloped < s->step_slope[p])
      s->step_slope[p] = sloped;
    any = true;
  }
}

/* What the classes from each on cost at least. A product's bound stands with its first class and is gone once that is
 * handed out: so it never counts units twice. Where its demand is in several classes each stands for its own units at
 * the cheapest price, and for nothing when the product is short (which of them goes short is not known). */
static void bound_tails(struct search *s)
{
  const struct plan *p = s->plan;
  s->tail_flat[p->n_classes] = 0;
  s->tail_slope[p->n_classes] = 0;
  for (size_t i = 0; i < p->n_products; i++)
    cheapest_step(s, i);
  for (size_t c = p->n_classes; c-- > 0;) {
    const struct class *class = &p->classes[c];
    size_t product = class->product;
    bool shared = class->units != p->demand[product];
    int64_t steps = shared ? s->total[product] < p->demand[product] ? 0 : class->units
                           : (s->total[product] < class->units ? s->total[product] : class->units);
    int64_t flat;
    __int128 slope;
    (s->n_set <= LEGS_MAX ? cheapest_legs : cheapest_one)(s, product, steps, &flat, &slope);
    s->tail_flat[c] = s->tail_flat[c + 1] + flat;
    s->tail_slope[c] = s->tail_slope[c + 1] + slope;
  }
}

static void load_set(struct search *s)
{
  const struct plan *p = s->plan;
  size_t products = p->n_products;
  memcpy(s->total, s->cover, products * sizeof *s->total);
  memcpy(s->remaining, p->demand, products * sizeof *s->remaining);
  memcpy(s->remaining_optional, p->demand_optional, products * sizeof *s->remaining_optional);
  memset(s->x, 0, p->n_classes * s->n_set * sizeof *s->x);
  for (size_t c = 0; c < p->n_classes; c++)
    s->group_at[c] = s->n_set;
  s->shortness = s->linear = s->bases = 0;
  s->linear_slope = 0;
  for (size_t k = 0; k < s->n_set; k++) {
    const struct option *o = option_at(s, k);
    memcpy(s->left + k * products, o->have, products * sizeof *s->left);
    s->capacity[k] = o->capacity;
    s->weight[k] = s->units[k] = 0;
    s->freight[k] = o->base;
    s->bases += o->base;
  }
  s->freight_sum = s->bases;
  s->set_open = s->open - cost_value(s->bases);
}

/* The cheapest way to hand out the demand over exactly the locations of the set. */
static void solve_set(struct search *s)
{
  load_set(s);
  if (s->stopped || s->plan->n_classes * s->n_set > ASSIGN_DEPTH_MAX) {
    hand_out_greedily(s);
    return;
  }
  bound_tails(s);
  if (!hopeless(s, 0, 0))
    hand_out(s, 0, 0, s->plan->classes[0].units);
}

/* ---- Above: which locations ------------------------------------------------------------------------------------ */

static void join(struct search *s, size_t option)
{
  const struct option *o = &s->q->options[option];
  s->open += o->open + (s->n_set ? cost_value(s->q->split) : 0);
  s->set[s->n_set++] = option;
  for (size_t p = 0; p < s->plan->n_products; p++)
    s->cover[p] += o->have[p];
}

static void leave(struct search *s)
{
  const struct option *o = &s->q->options[s->set[--s->n_set]];
  s->open -= o->open + (s->n_set ? cost_value(s->q->split) : 0);
  for (size_t p = 0; p < s->plan->n_products; p++)
    s->cover[p] -= o->have[p];
}

/* The bound of every set of two or more that is this one and some options from `next` on. */
static bool row_is_hopeless(const struct search *s, size_t next)
{
  const struct plan *p = s->plan;
  const int64_t *sum = s->later_sum + next * p->n_products, *max = s->later_max + next * p->n_products;
  int64_t rest = (int64_t)(s->q->most - s->n_set), shortness = 0;
  int64_t joins = s->n_set ? 1 : 2; /* single locations were tried before */
  __int128 cost = 0;
  for (size_t i = 0; i < p->n_products; i++) {
    __int128 reach = (__int128)rest * max[i];
    int64_t lack = p->demand[i] - s->cover[i];
    int64_t missing = lack - (int64_t)(reach < sum[i] ? reach : sum[i]);
    if (missing > 0)
      shortness += weigh_short(p, missing, p->demand_optional[i]);
    cost += s->cheapest[i] * (p->demand[i] - (missing > 0 ? missing : 0));
    if (s->best->shortness == 0 && max[i] && lack > joins * max[i])
      joins = (lack + max[i] - 1) / max[i];
  }
  __int128 join_cost = s->q->options[next].open + cost_value(s->q->split);
  __int128 value = s->open + joins * join_cost - (s->n_set ? 0 : cost_value(s->q->split));
  return no_better(s, shortness, value + cost_value((int64_t)(cost >> SLOPE_BITS)));
}

/* Options come in the order of what they add, so a hopeless row stays hopeless to its end. */
static void extend(struct search *s, size_t next)
{
  for (; next < s->q->n_options && !s->stopped; next++) {
    if (row_is_hopeless(s, next) || !spend_node(s))
      return;
    join(s, next);
    if (s->n_set > 1)
      solve_set(s);
    if (s->n_set < s->q->most && !s->stopped)
      extend(s, next + 1);
    leave(s);
  }
}

static void try_singles(struct search *s)
{
  for (size_t i = 0; i < s->q->n_options; i++) {
    spend_node(s); /* at the limit the rest are still filled greedily: there is always an answer to fall back on */
    join(s, i);
    solve_set(s);
    leave(s);
  }
}

static bool in_set(const struct search *s, size_t option)
{
  for (size_t k = 0; k < s->n_set; k++)
    if (s->set[k] == option)
      return true;
  return false;
}

static int64_t gain_of(const struct search *s, size_t option)
{
  int64_t gain = 0;
  for (size_t p = 0; p < s->plan->n_products; p++) {
    int64_t lack = s->plan->demand[p] - s->cover[p], have = s->q->options[option].have[p];
    gain += lack <= 0 ? 0 : have < lack ? have : lack;
  }
  return gain;
}

/* A first answer of several locations, so that the bounds have something to bite on: the one that fills most of what
 * still lacks joins, and of equals the one that adds least. */
static void try_greedy_set(struct search *s)
{
  while (s->n_set < s->q->most) {
    size_t best = SIZE_MAX;
    int64_t best_gain = 0;
    for (size_t i = 0; i < s->q->n_options; i++) {
      int64_t gain = in_set(s, i) ? 0 : gain_of(s, i);
      if (gain > best_gain) {
        best = i;
        best_gain = gain;
      }
    }
    if (best == SIZE_MAX)
      break;
    join(s, best);
  }
  if (s->n_set > 1)
    solve_set(s);
  while (s->n_set)
    leave(s);
}

/* ---- Set-up ---------------------------------------------------------------------------------------------------- */

static void gather_later(struct search *s)
{
  const struct plan *p = s->plan;
  for (size_t i = s->q->n_options; i-- > 0;)
    for (size_t k = 0; k < p->n_products; k++) {
      const struct option *o = &s->q->options[i];
      size_t at = i * p->n_products + k, after = at + p->n_products;
      s->later_sum[at] = s->later_sum[after] + o->have[k];
      s->later_max[at] = o->have[k] > s->later_max[after] ? o->have[k] : s->later_max[after];
      __int128 cost = ((__int128)o->unit_cost[k] << SLOPE_BITS) + o->slope * p->step_weight[k];
      if (o->have[k] && (s->cheapest[k] < 0 || cost < s->cheapest[k]))
        s->cheapest[k] = cost;
    }
  for (size_t k = 0; k < p->n_products; k++)
    if (s->cheapest[k] < 0)
      s->cheapest[k] = 0;
}

static void search_init(struct search *s, const struct problem *q, struct answer *out)
{
  const struct plan *p = q->plan;
  struct arena *a = p->arena;
  size_t products = p->n_products, classes = p->n_classes, most = q->most + 1;
  *s = (struct search){.q = q, .plan = p, .best = out};
  int64_t *n = ARENA_ARRAY(a, int64_t, 5 * products + 2 * (q->n_options + 1) * products + most * (products + 4) +
                                           classes * most + classes + 1);
  s->cover = n;
  s->total = s->cover + products;
  s->remaining = s->total + products;
  s->remaining_optional = s->remaining + products;
  s->later_sum = s->remaining_optional + products;
  s->later_max = s->later_sum + (q->n_options + 1) * products;
  s->left = s->later_max + (q->n_options + 1) * products;
  s->capacity = s->left + most * products;
  s->weight = s->capacity + most;
  s->freight = s->weight + most;
  s->units = s->freight + most;
  s->x = s->units + most;
  s->step_flat = s->x + classes * most;
  s->tail_flat = s->step_flat + products;
  __int128 *wide = ARENA_ARRAY(a, __int128, 2 * products + classes + 1);
  s->cheapest = wide;
  s->step_slope = wide + products;
  s->tail_slope = s->step_slope + products;
  size_t *sizes = ARENA_ARRAY(a, size_t, 2 * most + classes);
  s->set = sizes;
  out->chosen = sizes + most;
  s->group_at = out->chosen + most;
  out->x = ARENA_ARRAY(a, int64_t, classes * most + 1);
  for (size_t k = 0; k < products; k++)
    s->cheapest[k] = -1;
  gather_later(s);
}

/* The answer to beat: nothing from nowhere, where that is allowed; else "one necessary unit short", which is not. */
static struct answer answer_to_beat(const struct problem *q)
{
  int64_t everything = 0, necessary = 0;
  for (size_t c = 0; c < q->plan->n_classes; c++) {
    everything += q->plan->classes[c].units * q->plan->classes[c].short_weight;
    necessary += q->plan->classes[c].optional ? 0 : q->plan->classes[c].units;
  }
  if (q->partial || necessary == 0)
    return (struct answer){.found = true, .shortness = everything};
  return (struct answer){.shortness = q->plan->required_weight, .value = -1};
}

void sourcing_search(const struct problem *q, struct answer *out)
{
  *out = answer_to_beat(q);
  if (q->n_options == 0 || q->plan->n_classes == 0) {
    out->proven = true;
    return;
  }
  struct search s;
  search_init(&s, q, out);
  try_singles(&s);
  if (q->most > 1)
    try_greedy_set(&s);
  if (q->most > 1 && !s.stopped)
    extend(&s, 0);
  out->proven = !s.stopped && !s.greedy_used;
}
