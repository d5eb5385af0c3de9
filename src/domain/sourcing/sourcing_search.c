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
  int64_t *cheapest;              /* by product: least unit cost of a step anywhere */
  __int128 *open_before;          /* by option: sum of open over all options before it */
  __int128 *least_open;           /* [option][price]: least open less rebate of this option and all after it */
  __int128 rebated[PRICES];       /* by price: rebates of the set, as values */

  /* below: units of the set's locations */
  int64_t *left, *capacity, *weight, *freight, *units; /* left: [location][product] */
  int64_t *total, *remaining, *remaining_optional;     /* by product */
  int64_t *x;                                          /* [class * n_set + location] */
  size_t *group_at;                                    /* by class: where its group is, or n_set */
  int64_t shortness;
  int64_t linear; /* unit costs so far, thousandths */
  int64_t freight_sum;
  int64_t weight_sum;
  int64_t *step_flat;   /* by product: least unit cost of a step in the set */
  int64_t *tail_flat;   /* by class: least unit cost of it and all after it */
  int64_t *tail_weight; /* and the weight of what they fill for certain */
  __int128 set_open;    /* open without the freight bases */
  int64_t bases;
  size_t price; /* the trial price that bounds this set best */
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

/* What the set's shipments cost at least when together they weigh this. */
static int64_t priced_freight(const struct search *s, size_t g, int64_t weight)
{
  return s->bases - (int64_t)(s->rebated[g] >> TIE_BITS) + (int64_t)((s->q->price[g] * weight) >> SLOPE_BITS);
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
  int64_t weight = s->weight_sum + s->tail_weight[c + 1] + rest * s->plan->step_weight[product];
  int64_t freight = priced_freight(s, s->price, weight);
  if (s->freight_sum > freight)
    freight = s->freight_sum;
  return s->set_open + cost_value(freight + s->linear + s->tail_flat[c + 1] + rest * s->step_flat[product]) >=
         s->best->value;
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
  s->weight_sum += weight;
  s->linear += x * o->unit_cost[p];
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

/* The least that `steps` of a product cost in this set: the cheapest legs first, as far as each has stock. In sets too
 * large for that, all from the cheapest. */
static int64_t cheapest_legs(const struct search *s, size_t p, int64_t steps)
{
  bool used[LEGS_MAX] = {false};
  int64_t sum = 0;
  if (s->n_set > LEGS_MAX)
    return s->step_flat[p] * steps;
  for (size_t leg = 0; leg < s->n_set && steps; leg++) {
    size_t best = LEGS_MAX;
    for (size_t k = 0; k < s->n_set; k++)
      if (!used[k] && (best == LEGS_MAX || option_at(s, k)->unit_cost[p] < option_at(s, best)->unit_cost[p]))
        best = k;
    int64_t have = option_at(s, best)->have[p], take = have < steps ? have : steps;
    sum += take * option_at(s, best)->unit_cost[p];
    steps -= take;
    used[best] = true;
  }
  return sum;
}

static int64_t cheapest_step(const struct search *s, size_t p)
{
  int64_t least = INT64_MAX;
  for (size_t k = 0; k < s->n_set; k++)
    if (option_at(s, k)->have[p] && option_at(s, k)->unit_cost[p] < least)
      least = option_at(s, k)->unit_cost[p];
  return least == INT64_MAX ? 0 : least;
}

/* What the classes from each on cost and weigh at least. Where a product's demand is in several classes each stands for
 * its own units at the cheapest price, and for nothing when the product is short: which of them goes short is not
 * known. */
static void bound_tails(struct search *s)
{
  const struct plan *p = s->plan;
  for (size_t i = 0; i < p->n_products; i++)
    s->step_flat[i] = cheapest_step(s, i);
  s->tail_flat[p->n_classes] = s->tail_weight[p->n_classes] = 0;
  for (size_t c = p->n_classes; c-- > 0;) {
    const struct class *class = &p->classes[c];
    size_t product = class->product;
    bool shared = class->units != p->demand[product], scarce = s->total[product] < p->demand[product];
    int64_t steps = !scarce ? class->units : shared ? 0 : s->total[product];
    int64_t cost = shared ? s->step_flat[product] * steps : cheapest_legs(s, product, steps);
    s->tail_flat[c] = s->tail_flat[c + 1] + cost;
    s->tail_weight[c] = s->tail_weight[c + 1] + steps * p->step_weight[product];
  }
  s->price = 0;
  for (size_t g = 1; g < PRICES; g++)
    if (priced_freight(s, g, s->tail_weight[0]) > priced_freight(s, s->price, s->tail_weight[0]))
      s->price = g;
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
  s->shortness = s->linear = s->bases = s->weight_sum = 0;
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
  for (size_t g = 0; g < PRICES; g++)
    s->rebated[g] += cost_value(o->rebate[g]);
}

static void leave(struct search *s)
{
  const struct option *o = &s->q->options[s->set[--s->n_set]];
  s->open -= o->open + (s->n_set ? cost_value(s->q->split) : 0);
  for (size_t p = 0; p < s->plan->n_products; p++)
    s->cover[p] -= o->have[p];
  for (size_t g = 0; g < PRICES; g++)
    s->rebated[g] -= cost_value(o->rebate[g]);
}

/* The least that `joins` or more options from `next` on add to the set, with freight by a trial price of weight. At
 * price 0 they are the next ones in order. A price may make joining look profitable: then all that may join count. */
static __int128 least_joins(const struct search *s, size_t next, size_t joins, size_t most, size_t g, int64_t weight)
{
  size_t splits = s->n_set ? joins : joins - 1;
  if (g == 0)
    return s->open_before[next + joins] - s->open_before[next] + cost_value((int64_t)splits * s->q->split);
  __int128 least = s->least_open[next * PRICES + g] + cost_value(s->q->split);
  __int128 value = least * (__int128)(least < 0 ? most : joins) - (s->n_set ? 0 : cost_value(s->q->split));
  return value - s->rebated[g] + cost_value((int64_t)((s->q->price[g] * weight) >> SLOPE_BITS));
}

/* The bound of every set of two or more that is this one and some options from `next` on. */
static bool row_is_hopeless(const struct search *s, size_t next)
{
  const struct plan *p = s->plan;
  const int64_t *sum = s->later_sum + next * p->n_products, *max = s->later_max + next * p->n_products;
  size_t most = s->q->most - s->n_set, left = s->q->n_options - next;
  int64_t shortness = 0, joins = s->n_set ? 1 : 2, cost = 0, weight = 0; /* single locations were tried before */
  if (most > left)
    most = left;
  for (size_t i = 0; i < p->n_products; i++) {
    __int128 reach = (__int128)most * max[i];
    int64_t lack = p->demand[i] - s->cover[i];
    int64_t missing = lack - (int64_t)(reach < sum[i] ? reach : sum[i]);
    if (missing > 0)
      shortness += weigh_short(p, missing, p->demand_optional[i]);
    int64_t filled = p->demand[i] - (missing > 0 ? missing : 0);
    cost += s->cheapest[i] * filled;
    weight += p->step_weight[i] * filled;
    if (s->best->shortness == 0 && max[i] && lack > joins * max[i])
      joins = (lack + max[i] - 1) / max[i];
  }
  if (shortness != s->best->shortness)
    return shortness > s->best->shortness;
  if ((size_t)joins > most)
    return true; /* two are not left; or too few to fill everything, as the best answer does */
  for (size_t g = 0; g < PRICES; g++)
    if (s->open + least_joins(s, next, (size_t)joins, most, g, weight) + cost_value(cost) >= s->best->value)
      return true;
  return false;
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

/* What option i costs at least when everything comes from it: its freight is then known. */
static __int128 least_alone(const struct search *s, size_t i, int64_t unit_costs)
{
  const struct option *o = &s->q->options[i];
  const struct sourcing_input *in = s->plan->in;
  int64_t freight = sourcing_freight_milli(in, &in->candidates.at[o->candidate], s->plan->weight);
  return o->open + cost_value(freight - o->base + unit_costs);
}

/* Once one location fills everything, the first whose mere opening is dearer ends the row: options are sorted by it. */
static void try_singles(struct search *s)
{
  int64_t unit_costs = 0;
  for (size_t p = 0; p < s->plan->n_products; p++)
    unit_costs += s->cheapest[p] * s->plan->demand[p];
  for (size_t i = 0; i < s->q->n_options; i++) {
    if (s->best->shortness == 0 && s->q->options[i].open + cost_value(unit_costs) >= s->best->value)
      return;
    if (s->best->shortness == 0 && least_alone(s, i, unit_costs) >= s->best->value)
      continue;
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
  size_t n = s->q->n_options;
  for (size_t i = n; i-- > 0;) {
    const struct option *o = &s->q->options[i];
    for (size_t k = 0; k < p->n_products; k++) {
      size_t at = i * p->n_products + k, after = at + p->n_products;
      s->later_sum[at] = s->later_sum[after] + o->have[k];
      s->later_max[at] = o->have[k] > s->later_max[after] ? o->have[k] : s->later_max[after];
      if (o->have[k] && o->unit_cost[k] < s->cheapest[k])
        s->cheapest[k] = o->unit_cost[k];
    }
    for (size_t g = 0; g < PRICES; g++) {
      __int128 open = o->open - cost_value(o->rebate[g]), *after = &s->least_open[(i + 1) * PRICES + g];
      s->least_open[i * PRICES + g] = i + 1 == n || open < *after ? open : *after;
    }
  }
  for (size_t i = 0; i < n; i++)
    s->open_before[i + 1] = s->open_before[i] + s->q->options[i].open;
  for (size_t k = 0; k < p->n_products; k++)
    if (s->cheapest[k] == INT64_MAX)
      s->cheapest[k] = 0;
}

static void search_init(struct search *s, const struct problem *q, struct answer *out)
{
  const struct plan *p = q->plan;
  struct arena *a = p->arena;
  size_t products = p->n_products, classes = p->n_classes, most = q->most + 1;
  *s = (struct search){.q = q, .plan = p, .best = out};
  int64_t *n = ARENA_ARRAY(a, int64_t,
                           6 * products + 2 * (q->n_options + 1) * products + most * (products + 4) + classes * most +
                               2 * (classes + 1));
  s->cover = n;
  s->total = s->cover + products;
  s->remaining = s->total + products;
  s->remaining_optional = s->remaining + products;
  s->step_flat = s->remaining_optional + products;
  s->cheapest = s->step_flat + products;
  s->later_sum = s->cheapest + products;
  s->later_max = s->later_sum + (q->n_options + 1) * products;
  s->left = s->later_max + (q->n_options + 1) * products;
  s->capacity = s->left + most * products;
  s->weight = s->capacity + most;
  s->freight = s->weight + most;
  s->units = s->freight + most;
  s->x = s->units + most;
  s->tail_flat = s->x + classes * most;
  s->tail_weight = s->tail_flat + classes + 1;
  s->open_before = ARENA_ARRAY(a, __int128, (q->n_options + 1) * (PRICES + 1));
  s->least_open = s->open_before + q->n_options + 1;
  size_t *sizes = ARENA_ARRAY(a, size_t, 2 * most + classes);
  s->set = sizes;
  out->chosen = sizes + most;
  s->group_at = out->chosen + most;
  out->x = ARENA_ARRAY(a, int64_t, classes * most + 1);
  for (size_t k = 0; k < products; k++)
    s->cheapest[k] = INT64_MAX;
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
