/* What the files of sourcing share: the input compiled to plain numbers (the model), and the search's answer. */
#ifndef ORDO_SOURCING_PRIV_H
#define ORDO_SOURCING_PRIV_H

#include "sourcing.h"

/* Everything the search compares beside shortness is one 128-bit number, most important first:
 *   bits 93..   rank: locations used x 2^20 + sum of their ranks, where a rule ranks by other than cost
 *   bits 30..   cost in thousandths of a minor unit, below 2^63
 *   bits  0..   tie: locations used x 2^20 + sum of their places in the order of (priority, code)
 * All three are sums over the used locations, so one bound serves them together. */
#define TIE_BITS   30
#define RANK_BITS  93
#define EACH_USED  (INT64_C(1) << 20)
#define SLOPE_BITS 32 /* fixed point of costs per microgram */
#define PRICES     8  /* trial prices of weight; the first is 0 */

static inline __int128 cost_value(int64_t milli)
{
  return (__int128)milli << TIE_BITS;
}

/* Interchangeable demand: lines of one product, group and necessity. */
struct class {
  size_t product;
  int64_t units; /* in steps of the product */
  int64_t group; /* > 0: all from one location; whole lines are groups of their own */
  bool optional;
  int64_t short_weight; /* of one step that is not filled */
  int64_t unit_value;   /* of a line, in the price's millionths; 0 where no minimum value needs it */
};

/* The demand, the same for every rule. Weights are in micrograms times a million of them per gram: one step of a
 * product with w grams per unit weighs w x step. */
struct plan {
  const struct sourcing_input *in;
  struct arena *arena;
  size_t n_products, n_classes;
  int64_t *step, *step_weight, *demand, *demand_optional; /* by product; demands in steps */
  struct class *classes;                                  /* necessary ones first, then by line */
  size_t *line_class;
  int64_t required_weight; /* short_weight of a step that is not optional */
  int64_t weight;          /* of everything */
  int64_t *place;          /* of each candidate in the order of (priority, code) */
  int64_t *distance_m;     /* of each candidate */
  int64_t *have;           /* [candidate][product]: available steps, at most the demand */
  int64_t *unit_cost;      /* [candidate][product]: thousandths per step, location and scarcity */
};

/* One location that a rule lets answer. */
struct option {
  size_t candidate;
  const int64_t *have, *unit_cost; /* rows of the plan */
  int64_t capacity;                /* in millionths of a unit, INT64_MAX = no limit */
  int64_t fixed;                   /* location cost per order and lateness, in thousandths */
  int64_t base;                    /* freight of the lightest shipment */
  int64_t rebate[PRICES];          /* freight(w) >= base - rebate[g] + price[g] x w, for every w up to the order's */
  __int128 open;                   /* the least any use of it adds: rank, fixed + base, tie */
};

/* The best found. chosen lists options, x[class * n_chosen + k] steps from the k-th of them. */
struct answer {
  bool found, proven;
  int64_t shortness; /* sum of short_weight over steps not filled */
  __int128 value;
  size_t n_chosen;
  size_t *chosen;
  int64_t *x;
  int64_t nodes;
};

struct problem {
  const struct plan *plan;
  struct option *options; /* by open, rising */
  size_t n_options;
  __int128 price[PRICES]; /* of a microgram, in 2^-32 thousandths; rising from 0 */
  size_t most;   /* locations that may be used together */
  int64_t split; /* thousandths for each location beyond the first */
  int64_t nodes_max;
  bool partial;  /* an answer may leave necessary units unfilled */
};

/* Checks the input and compiles its demand. ERR_INVALID. */
MUST_CHECK enum err sourcing_plan(const struct sourcing_input *in, struct arena *a, struct fault *f, struct plan *out);
/* Freight of a shipment in thousandths, by weight; only what is shipped has freight. */
int64_t sourcing_freight_milli(const struct sourcing_input *in, const struct sourcing_candidate *c, int64_t weight);
/* The location's own part of the cost of one unit, and scarcity's, in thousandths per step. */
int64_t sourcing_location_step(const struct plan *p, size_t candidate, size_t product);
int64_t sourcing_scarcity_step(const struct plan *p, size_t candidate, size_t product);
int64_t sourcing_fixed_milli(const struct sourcing_input *in, const struct sourcing_candidate *c);
int64_t sourcing_late_milli(const struct sourcing_input *in, const struct sourcing_candidate *c);
/* The reason why a rule (NULL = none) keeps a candidate out, or SOURCING_CHOSEN when it may answer. */
enum sourcing_reason sourcing_barred(const struct plan *p, const struct sourcing_rule *rule, size_t candidate,
                                     int64_t *limit);
/* The options a rule leaves, with their bounds. */
void sourcing_problem(const struct plan *p, const struct sourcing_rule *rule, struct problem *out);

/* Branch and bound; see docs/sourcing.md. */
void sourcing_search(const struct problem *q, struct answer *out);

#endif
