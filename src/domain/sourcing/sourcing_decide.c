/* The story of a decision: the rule list, the search under the rule that decides, units to lines, costs by part, and
 * for every candidate why it was taken or not. */
#include "sourcing_priv.h"

#include <stdlib.h>

void sourcing_input_init(struct sourcing_input *in)
{
  *in = (struct sourcing_input){.settings = {.freight_ppm = SCALE, .location_ppm = SCALE}};
  in->destination = (struct sourcing_place){ABSENT, ABSENT};
}

void sourcing_candidate_init(struct sourcing_candidate *c)
{
  *c = (struct sourcing_candidate){.ship_by = INSTANT(ABSENT)};
  c->place = (struct sourcing_place){ABSENT, ABSENT};
}

/* ---- Units to lines -------------------------------------------------------------------------------------------- */

static int by_line_and_candidate(const void *a, const void *b)
{
  const struct sourcing_assignment *x = a, *y = b;
  if (x->line != y->line)
    return x->line < y->line ? -1 : 1;
  return (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

/* The chosen locations by place, so that the first line of a class is filled from the most preferred one. */
static size_t *chosen_by_place(const struct plan *p, const struct problem *q, const struct answer *a)
{
  size_t *order = ARENA_ARRAY(p->arena, size_t, a->n_chosen + 1);
  for (size_t k = 0; k < a->n_chosen; k++) {
    size_t at = k;
    int64_t place = p->place[q->options[a->chosen[k]].candidate];
    for (; at > 0 && p->place[q->options[a->chosen[order[at - 1]]].candidate] > place; at--)
      order[at] = order[at - 1];
    order[at] = k;
  }
  return order;
}

/* A line takes from its class's heap what is left of it, location by location. */
static void assign_line(const struct plan *p, const struct problem *q, struct answer *a, const size_t *order,
                        size_t line, struct arena *arena, struct sourcing_decision *out)
{
  const struct sourcing_line *l = &p->in->lines.at[line];
  size_t class = p->line_class[line];
  int64_t step = p->step[l->product], wanted = l->quantity.millionths / step;
  for (size_t i = 0; i < a->n_chosen && wanted; i++) {
    int64_t *heap = &a->x[class * a->n_chosen + order[i]];
    int64_t take = *heap < wanted ? *heap : wanted;
    if (take == 0)
      continue;
    size_t candidate = q->options[a->chosen[order[i]]].candidate;
    *LIST_ADD(arena, &out->assignments) =
        (struct sourcing_assignment){.line = (int64_t)line,
                                     .key = l->key,
                                     .candidate = (int64_t)candidate,
                                     .location = p->in->candidates.at[candidate].location,
                                     .quantity = QUANTITY(take * step)};
    *heap -= take;
    wanted -= take;
  }
}

static void assign_lines(const struct plan *p, const struct problem *q, struct answer *a, struct arena *arena,
                         struct sourcing_decision *out)
{
  const size_t *order = chosen_by_place(p, q, a);
  for (size_t i = 0; i < p->in->lines.n; i++)
    assign_line(p, q, a, order, i, arena, out);
  if (out->assignments.n)
    qsort(out->assignments.at, out->assignments.n, sizeof *out->assignments.at, by_line_and_candidate);
}

/* ---- Costs ----------------------------------------------------------------------------------------------------- */

/* What a shipment of these steps (by product) from a candidate costs, its parts apart. */
static struct sourcing_cost cost_of(const struct plan *p, size_t candidate, const int64_t *steps)
{
  const struct sourcing_candidate *c = &p->in->candidates.at[candidate];
  struct sourcing_cost cost = {.location = sourcing_fixed_milli(p->in, c), .late = sourcing_late_milli(p->in, c)};
  int64_t weight = 0;
  for (size_t i = 0; i < p->n_products; i++) {
    if (steps[i] == 0)
      continue;
    int64_t location = sourcing_location_step(p, candidate, i);
    weight += steps[i] * p->step_weight[i];
    cost.location += steps[i] * location;
    cost.scarcity += steps[i] * (p->unit_cost[candidate * p->n_products + i] - location);
  }
  cost.freight = sourcing_freight_milli(p->in, c, weight);
  cost.total = cost.freight + cost.location + cost.late + cost.scarcity;
  return cost;
}

static void add_cost(struct sourcing_cost *sum, struct sourcing_cost c)
{
  sum->total += c.total;
  sum->freight += c.freight;
  sum->location += c.location;
  sum->late += c.late;
  sum->scarcity += c.scarcity;
}

/* Sums the assignments by candidate: their units into the scores, their costs into the whole. */
static void add_up(const struct plan *p, struct sourcing_decision *d)
{
  size_t products = p->n_products, candidates = p->in->candidates.n, used = 0;
  int64_t *steps = ARENA_ARRAY(p->arena, int64_t, candidates * products + 1);
  EACH (const struct sourcing_assignment, a, &d->assignments) {
    int64_t product = p->in->lines.at[a->line].product;
    steps[(size_t)a->candidate * products + (size_t)product] += a->quantity.millionths / p->step[product];
    d->assigned = quantity_add(d->assigned, a->quantity);
    struct quantity *sum = &d->scores.at[a->candidate].assigned;
    *sum = quantity_add(*sum, a->quantity);
  }
  for (size_t c = 0; c < candidates; c++) {
    if (d->scores.at[c].assigned.millionths == 0)
      continue;
    add_cost(&d->cost, cost_of(p, c, steps + c * products));
    if (used++)
      d->cost.split += p->in->settings.split.minor * 1000;
  }
  d->cost.total += d->cost.split;
}

/* ---- Scores ---------------------------------------------------------------------------------------------------- */

/* What a candidate could fill alone, in the order of the classes, and what that would cost. */
static void score_alone(const struct plan *p, size_t candidate, struct sourcing_score *s, bool *capped)
{
  const struct sourcing_candidate *c = &p->in->candidates.at[candidate];
  int64_t *steps = ARENA_ARRAY(p->arena, int64_t, p->n_products + 1);
  int64_t room = c->capacity.millionths ? c->capacity.millionths : INT64_MAX;
  *capped = false;
  for (size_t i = 0; i < p->n_classes; i++) {
    const struct class *class = &p->classes[i];
    int64_t have = p->have[candidate * p->n_products + class->product] - steps[class->product];
    int64_t take = have < class->units ? have : class->units, step = p->step[class->product];
    if (take > room / step) {
      take = room / step;
      *capped = true;
    }
    steps[class->product] += take;
    room -= room == INT64_MAX ? 0 : take * step;
    s->could = quantity_add(s->could, QUANTITY(take * step));
  }
  if (s->could.millionths)
    s->alone = cost_of(p, candidate, steps);
}

/* The part of the cost that speaks loudest against a candidate. */
static enum sourcing_reason dearest_part(const struct sourcing_cost *alone, const struct sourcing_cost *chosen)
{
  const struct {
    int64_t more;
    enum sourcing_reason reason;
  } parts[] = {
      {alone->freight - chosen->freight,   SOURCING_DEARER_FREIGHT },
      {alone->late - chosen->late,         SOURCING_LATER          },
      {alone->location - chosen->location, SOURCING_DEARER_LOCATION},
      {alone->scarcity - chosen->scarcity, SOURCING_SCARCER        }
  };
  size_t worst = 0;
  for (size_t i = 1; i < COUNT_OF(parts); i++)
    if (parts[i].more > parts[worst].more)
      worst = i;
  return parts[worst].reason;
}

static int64_t best_priority_used(const struct sourcing_input *in, const struct sourcing_decision *d)
{
  int64_t best = INT64_MAX;
  for (size_t c = 0; c < in->candidates.n; c++)
    if (d->scores.at[c].assigned.millionths && in->candidates.at[c].priority < best)
      best = in->candidates.at[c].priority;
  return best;
}

/* Why a candidate that could have answered everything did not. */
static enum sourcing_reason why_not_whole(const struct plan *p, const struct sourcing_rule *rule,
                                          const struct sourcing_decision *d, const struct sourcing_score *s)
{
  if (rule && rule->ranking != SOURCING_BY_COST && s->more <= 0)
    return SOURCING_LOWER_RANK;
  if (s->more > 0)
    return rule && rule->ranking != SOURCING_BY_COST ? SOURCING_LOWER_RANK : dearest_part(&s->alone, &d->cost);
  int64_t priority = p->in->candidates.at[s->candidate].priority;
  return priority > best_priority_used(p->in, d) ? SOURCING_LOWER_PRIORITY : SOURCING_TIE;
}

static bool below_minimum(const struct plan *p, const struct sourcing_score *s)
{
  __int128 value = 0;
  for (size_t i = 0; i < p->n_classes; i++) {
    const struct class *class = &p->classes[i];
    int64_t have = p->have[(size_t)s->candidate * p->n_products + class->product];
    value += (__int128)(have < class->units ? have : class->units) * p->step[class->product] * class->unit_value;
  }
  return value < (__int128)p->in->minimum_value.minor * SCALE * SCALE;
}

/* Why a candidate that lacks units was not asked to help. */
static enum sourcing_reason why_not_part(const struct plan *p, const struct problem *q,
                                         const struct sourcing_decision *d, const struct sourcing_score *s, bool capped)
{
  if (capped)
    return SOURCING_CAPACITY;
  if (q->most < 2 || p->in->candidates.n < 2)
    return SOURCING_PARTIAL_STOCK;
  if (p->in->minimum_value.minor && below_minimum(p, s))
    return SOURCING_BELOW_MINIMUM;
  if (!d->proven)
    return SOURCING_NOT_REACHED;
  return d->outcome == SOURCING_FILLED ? SOURCING_SPLIT_TOO_DEAR : SOURCING_PARTIAL_STOCK;
}

static enum sourcing_reason reason_for(const struct plan *p, const struct problem *q, const struct sourcing_rule *rule,
                                       const struct sourcing_decision *d, struct sourcing_score *s, bool capped)
{
  enum sourcing_reason barred = sourcing_barred(p, rule, (size_t)s->candidate, &s->limit);
  if (barred != SOURCING_CHOSEN) {
    s->rule = barred >= SOURCING_RULE_KIND && barred <= SOURCING_RULE_DISTANCE ? d->rule : 0;
    return barred;
  }
  if (s->assigned.millionths)
    return s->assigned.millionths == d->assigned.millionths ? SOURCING_CHOSEN : SOURCING_CHOSEN_PART;
  if (s->could.millionths == 0)
    return capped ? SOURCING_CAPACITY : SOURCING_NO_STOCK;
  bool lacks = s->could.millionths < (d->assigned.millionths ? d->assigned : d->asked).millionths;
  if (d->assignments.n == 0)
    return !lacks ? SOURCING_NOT_ASSIGNED : capped ? SOURCING_CAPACITY : SOURCING_PARTIAL_STOCK;
  if (lacks)
    return why_not_part(p, q, d, s, capped);
  s->more = s->alone.total - d->cost.total;
  return why_not_whole(p, rule, d, s);
}

static void add_scores(const struct plan *p, struct arena *a, struct sourcing_decision *out)
{
  for (size_t c = 0; c < p->in->candidates.n; c++)
    *LIST_ADD(a, &out->scores) = (struct sourcing_score){
        .candidate = (int64_t)c, .location = p->in->candidates.at[c].location, .distance_m = p->distance_m[c]};
}

/* ---- Shortages ------------------------------------------------------------------------------------------------- */

static int64_t available_to(const struct plan *p, const struct sourcing_rule *rule, int64_t product)
{
  int64_t sum = 0, limit;
  for (size_t c = 0; c < p->in->candidates.n; c++) {
    if (sourcing_barred(p, rule, c, &limit) != SOURCING_CHOSEN)
      continue;
    EACH (const struct sourcing_stock, s, &p->in->candidates.at[c].stock)
      if (s->product == product && s->available.millionths > 0)
        sum += s->available.millionths < QUANTITY_MAX - sum ? s->available.millionths : QUANTITY_MAX - sum;
  }
  return sum;
}

static void add_shortages(const struct plan *p, const struct sourcing_rule *rule, struct arena *a,
                          struct sourcing_decision *out)
{
  size_t at = 0; /* assignments are sorted by line */
  for (size_t i = 0; i < p->in->lines.n; i++) {
    const struct sourcing_line *l = &p->in->lines.at[i];
    int64_t got = 0;
    for (; at < out->assignments.n && out->assignments.at[at].line == (int64_t)i; at++)
      got += out->assignments.at[at].quantity.millionths;
    out->asked = quantity_add(out->asked, l->quantity);
    if (got < l->quantity.millionths)
      *LIST_ADD(a, &out->shortages) =
          (struct sourcing_shortage){.line = (int64_t)i,
                                     .key = l->key,
                                     .asked = l->quantity,
                                     .assigned = QUANTITY(got),
                                     .available = QUANTITY(available_to(p, rule, l->product))};
  }
}

/* ---- The decision ---------------------------------------------------------------------------------------------- */

/* The last rule, where it does not say otherwise, may leave units to backorder or hold. */
static bool may_be_partial(const struct sourcing_input *in, const struct sourcing_rule *rule, bool last)
{
  return last && in->allow_short && !in->ship_complete && (!rule || rule->on_failure == SOURCING_NEXT);
}

static enum sourcing_outcome outcome_of(const struct plan *p, const struct sourcing_rule *rule, const struct answer *a)
{
  if (a->found && a->shortness < p->required_weight)
    return SOURCING_FILLED;
  if (rule && rule->on_failure != SOURCING_NEXT)
    return rule->on_failure == SOURCING_QUEUE ? SOURCING_QUEUED : SOURCING_REFUSED;
  return a->found && a->n_chosen ? SOURCING_PARTIAL : SOURCING_SHORT;
}

enum err sourcing_decide(const struct sourcing_input *in, struct arena *a, struct fault *f,
                         struct sourcing_decision *out)
{
  struct plan p;
  TRY(sourcing_plan(in, a, f, &p));
  struct sourcing_decision d = {.proven = true};
  const struct sourcing_rule *rule = NULL;
  struct problem q;
  struct answer answer;
  size_t n = in->rules.n ? in->rules.n : 1;
  for (size_t r = 0; r < n; r++) {
    rule = in->rules.n ? &in->rules.at[r] : NULL;
    d.rule = rule ? (int64_t)r + 1 : 0;
    sourcing_problem(&p, rule, &q);
    q.partial = may_be_partial(in, rule, r + 1 == n);
    sourcing_search(&q, &answer);
    d.nodes += answer.nodes;
    d.proven = d.proven && answer.proven;
    d.outcome = outcome_of(&p, rule, &answer);
    if (d.outcome == SOURCING_FILLED || (rule && rule->on_failure != SOURCING_NEXT))
      break;
  }
  add_scores(&p, a, &d);
  if (d.outcome == SOURCING_FILLED || d.outcome == SOURCING_PARTIAL)
    assign_lines(&p, &q, &answer, a, &d);
  add_shortages(&p, rule, a, &d);
  add_up(&p, &d);
  EACH (struct sourcing_score, s, &d.scores) {
    bool capped;
    score_alone(&p, (size_t)s->candidate, s, &capped);
    s->reason = reason_for(&p, &q, rule, &d, s, capped);
  }
  *out = d;
  return ERR_OK;
}
