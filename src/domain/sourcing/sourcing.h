/* sourcing - which location answers which units of an order's demand: the exact cheapest choice over all lines at once.
 *
 * Pure: a struct of plain values in, a decision out; no database, no clock, no floating point. The same input gives the
 * same decision bit for bit, so a decision stores its input and can be replayed (SO-10). docs/sourcing.md derives the
 * model, the bounds and the tie-breaks.
 *
 * What is minimized, in this order
 *   1. units short (a short line that is `optional`, a gift, counts only after all others)
 *   2. the ranking of the rule, where it is not cost
 *   3. cost: freight of every shipment by its weight + penalty for each location beyond the first + location cost per
 *      order and per unit + lateness per day of every shipment + scarcity per unit
 *   4. the sum of the used locations' places in the order of (priority, code)
 *
 * Costs are in thousandths of a minor unit ("milli") of the company's currency. Weights in grams per unit of a product.
 */
#ifndef ORDO_SOURCING_H
#define ORDO_SOURCING_H

#include "base.h"
#include "rec.h"

#define SOURCING_LINES_MAX      1000
#define SOURCING_PRODUCTS_MAX   1000
#define SOURCING_CANDIDATES_MAX 1000
#define SOURCING_RULES_MAX      100
#define SOURCING_UNITS_MAX      INT64_C(1000000000) /* steps of all lines together */
#define SOURCING_COST_MAX       INT64_C(1000000000000) /* minor units, of any one cost that goes in */
#define SOURCING_NODES_DEFAULT  INT64_C(50000) /* some milliseconds */

/* ---- Input ----------------------------------------------------------------------------------------------------- */

/* A thing that is stocked; lines of one product share what a location has of it. */
struct sourcing_product {
  const char *sku;
  int64_t weight_g;     /* of one unit, >= 0 */
  struct quantity step; /* the smallest part that may be split off; 0 = one unit, or for demands in fractions of a unit
                           their greatest common divisor */
};

struct sourcing_line {
  int64_t key;              /* the caller's, given back: the line's number */
  int64_t product;          /* index into products */
  struct quantity quantity; /* > 0 */
  struct price unit_value;  /* what one unit is worth on the order; for the minimum shipment value */
  int64_t group;            /* lines of one group > 0 ship together from one location; 0 = none */
  bool optional;            /* short, it neither fails the order nor a rule (gifts) */
};

struct sourcing_stock {
  int64_t product;           /* index into products; a product that is not listed is not there */
  struct quantity available; /* free to promise; below 0 counts as 0 */
};

/* One step of a freight table: the price of a shipment up to this weight. */
struct sourcing_freight_step {
  int64_t up_to_g;
  struct money price;
};

/* What a shipment from here to the customer costs by weight, the zone already resolved. Up to the last step its prices;
 * above it the last price + per_extra_kg for every kilogram begun. No steps: base is 0. Prices never fall with weight.
 * Steps beyond the first that holds the whole order change nothing; leaving them out keeps the record small. */
struct sourcing_freight {
  LIST(struct sourcing_freight_step) steps; /* up_to_g rising */
  struct money per_extra_kg;
};

struct sourcing_place {
  int64_t latitude, longitude; /* millionths of a degree; ABSENT = unknown */
};

struct sourcing_candidate {
  int64_t location;       /* the caller's key, given back */
  const char *code, *kind, *country; /* code is unique */
  LIST(const char *) tags;
  struct sourcing_place place;
  int64_t priority;       /* smaller is preferred */
  bool excluded;          /* rejected before, or told to leave out */
  bool paused;            /* takes no orders now: paused, or its orders of the day are used up */
  struct quantity capacity; /* units it can still take, 0 = no limit */
  int64_t days_late;      /* >= 0, from the promise a shipment from here could keep */
  struct instant ship_by; /* of that promise, or ABSENT: only for ranking by earliest */
  struct money cost_per_order, cost_per_unit;
  struct sourcing_freight freight;
  LIST(struct sourcing_stock) stock;
};

/* All zero is legal: then only ranking and ties decide. Factors in ppm: 1000000 = counts as it is. */
struct sourcing_settings {
  int64_t freight_ppm, location_ppm;
  struct money split;        /* for each location beyond the first */
  struct money late_per_day; /* of each shipment */
  struct money scarcity;     /* per unit of the last ones: x min(1, demand / available) */
  int64_t nodes_max;         /* 0 = SOURCING_NODES_DEFAULT */
};

enum sourcing_ranking {
  SOURCING_BY_COST,     /* cost alone */
  SOURCING_BY_PRIORITY, /* the fewest and most preferred locations first, then cost */
  SOURCING_BY_DISTANCE, /* nearest first, unknown last */
  SOURCING_BY_EARLIEST, /* earliest ship_by first, unknown last */
};

enum sourcing_failure { SOURCING_NEXT, SOURCING_QUEUE, SOURCING_REFUSE };

/* A rule narrows the candidates; the first rule under which everything can be filled decides. Empty filters let all
 * pass; of one filter any entry is enough, all filters must agree. */
struct sourcing_rule {
  const char *name;
  LIST(const char *) kinds, tags, countries;
  int64_t max_distance_m; /* 0 = any; an unknown distance does not pass */
  int ranking;            /* enum sourcing_ranking */
  int on_failure;         /* enum sourcing_failure: try the next rule, leave all units unallocated, or refuse. "next" at
                             the last rule = what allow_short says */
};
/* For the records that keep rules (channels): {"name", "kinds", "tags", "countries", "max_distance_m",
 * "ranking": "cost" | "priority" | "distance" | "earliest", "on_failure": "next" | "queue" | "refuse"} */
extern const struct rec sourcing_rule_rec;
extern const struct rec sourcing_settings_rec;

struct sourcing_input {
  const char *currency;        /* of all money here; for the sentences */
  LIST(struct sourcing_product) products;
  LIST(struct sourcing_line) lines;
  LIST(struct sourcing_candidate) candidates;
  struct sourcing_place destination;
  struct sourcing_settings settings;
  LIST(struct sourcing_rule) rules; /* none = one rule that lets all pass, by cost */
  const char *pinned;          /* code of the only location allowed, or NULL; it passes every rule's filter */
  bool no_splits;              /* all from one location */
  int64_t splits_max;          /* locations beyond the first, 0 = no limit (see no_splits) */
  bool whole_lines;            /* no line from two locations */
  bool ship_complete;          /* nothing is assigned unless everything is (optional lines aside) */
  bool allow_short;            /* what can be filled is; the rest is left to backorder or hold */
  struct money minimum_value;  /* of each shipment of a split order, 0 = none */
};

/* Ready to fill: everything zero, both places unknown. LIST_ADD candidates, then sourcing_candidate_init each. */
void sourcing_input_init(struct sourcing_input *in);
void sourcing_candidate_init(struct sourcing_candidate *c);

/* ---- Decision -------------------------------------------------------------------------------------------------- */

enum sourcing_outcome {
  SOURCING_FILLED,  /* every unit (optional lines aside) has its location */
  SOURCING_PARTIAL, /* allow_short: what could be filled is, the rest is in short */
  SOURCING_SHORT,   /* not everything can be filled and nothing was assigned; shortages say what could be had */
  SOURCING_QUEUED,  /* a rule said so: nothing assigned, to be tried again */
  SOURCING_REFUSED, /* a rule said so: nothing assigned */
};

/* In thousandths of a minor unit; total is the sum. */
struct sourcing_cost {
  int64_t total, freight, split, location, late, scarcity;
};

struct sourcing_assignment {
  int64_t line;      /* index into input.lines; see key */
  int64_t key;       /* of the line */
  int64_t candidate; /* index into input.candidates */
  int64_t location;  /* its key */
  struct quantity quantity;
};

/* A line that did not get all. available: what the locations that may answer it have of its product, together. */
struct sourcing_shortage {
  int64_t line, key;
  struct quantity asked, assigned, available;
};

/* Why a candidate is not used, or that it is; each code has its sentence in the message catalog. The slug is what is
 * stored. The first that holds is said. */
#define SOURCING_REASON_LIST(X)                                                                                        \
  X(CHOSEN, "chosen")                       /* everything comes from here */                                           \
  X(CHOSEN_PART, "chosen_part")             /* part of it comes from here */                                           \
  X(EXCLUDED, "excluded")                                                                                              \
  X(PINNED_ELSEWHERE, "pinned_elsewhere")                                                                              \
  X(PAUSED, "paused")                                                                                                  \
  X(RULE_KIND, "rule_kind")                 /* the deciding rule's filter: value[0] = rule, from 1 */                  \
  X(RULE_TAG, "rule_tag")                                                                                              \
  X(RULE_COUNTRY, "rule_country")                                                                                      \
  X(RULE_DISTANCE, "rule_distance")         /* distance_m, and the rule's limit in value[1] */                         \
  X(NO_STOCK, "no_stock")                                                                                              \
  X(CAPACITY, "capacity")                   /* the stock is there, the capacity is not */                              \
  X(PARTIAL_STOCK, "partial_stock")         /* it lacks units and a split was not allowed or not possible with it */   \
  X(BELOW_MINIMUM, "below_minimum")         /* what it could add is worth less than a shipment must be */              \
  X(NOT_ASSIGNED, "not_assigned")           /* nothing was assigned at all: short, queued or refused */                \
  X(SPLIT_TOO_DEAR, "split_too_dear")       /* it lacks units, and splits with it cost more than the choice */         \
  X(LOWER_RANK, "lower_rank")               /* the rule ranks others before it */                                      \
  X(DEARER_FREIGHT, "dearer_freight")       /* alone it costs more than the choice, most of it by this part */         \
  X(DEARER_LOCATION, "dearer_location")                                                                                \
  X(LATER, "later")                                                                                                    \
  X(SCARCER, "scarcer")                                                                                                \
  X(LOWER_PRIORITY, "lower_priority")       /* costs the same, others are preferred */                                 \
  X(TIE, "tie")                             /* the same in everything; the code decided */                             \
  X(NOT_REACHED, "not_reached")             /* the search ended at its node limit without trying it; not proven */

enum sourcing_reason {
#define X(code, slug) SOURCING_##code,
  SOURCING_REASON_LIST(X)
#undef X
  SOURCING_REASON_COUNT
};

/* What became of candidate i of the input, in the same order. */
struct sourcing_score {
  int64_t candidate, location;
  int reason;                 /* enum sourcing_reason */
  struct quantity could;      /* units it could fill alone, over all lines */
  struct quantity assigned;   /* units that come from it */
  struct sourcing_cost alone; /* if it alone took what it could */
  int64_t more;               /* alone.total less the decision's total where comparable, else 0 */
  int64_t distance_m;         /* ABSENT = unknown */
  int64_t rule, limit;        /* rule (from 1) that filtered it, and the number it broke; 0 */
};

struct sourcing_decision {
  int outcome;                /* enum sourcing_outcome */
  int64_t rule;               /* index of the rule that decided, from 1; 0 = there are none */
  bool proven;                /* no better choice exists; false: the best found within nodes_max */
  int64_t nodes;              /* looked at, over all rules */
  struct quantity asked, assigned; /* units of all lines */
  struct sourcing_cost cost;
  LIST(struct sourcing_assignment) assignments; /* by line, then candidate */
  LIST(struct sourcing_shortage) shortages;     /* by line */
  LIST(struct sourcing_score) scores;           /* one for each candidate */
};
extern const struct rec sourcing_decision_rec, sourcing_input_rec;

/* Decides. out lives in the arena and does not point into the input. nodes grow at most to nodes_max (a little more).
 * ERR_INVALID only for an input that breaks a bound or rule of this header; a shortage is an outcome, not an error. */
MUST_CHECK enum err sourcing_decide(const struct sourcing_input *in, struct arena *a, struct fault *f,
                                    struct sourcing_decision *out);

/* ---- Record, replay, sentences ---------------------------------------------------------------------------------- */

/* The decision record: {"model": 1, "input": {...}, "decision": {...}}, compact, members in a fixed order. */
void sourcing_record_write(const struct sourcing_input *in, const struct sourcing_decision *d, struct buf *out);
/* Reads a record back, without deciding. in or d may be NULL. ERR_MALFORMED, ERR_INVALID. */
MUST_CHECK enum err sourcing_record_read(const char *json, size_t n, struct arena *a, struct fault *f,
                                         struct sourcing_input *in, struct sourcing_decision *d);
/* Decides again from a record's input and writes the record anew: byte for byte the same, as long as the model is. */
MUST_CHECK enum err sourcing_replay(const char *json, size_t n, struct arena *a, struct fault *f, struct buf *out);

/* A row of a message catalog: a reason's or outcome's slug and its text in one language, with {places}. */
struct sourcing_message {
  const char *slug, *text;
};
extern const struct sourcing_message sourcing_english[]; /* ends with {NULL, NULL} */

const char *sourcing_reason_slug(enum sourcing_reason r);

/* One sentence about candidate i ("BER-1: would cost 3.20 EUR more, mostly freight."). catalog NULL = English. */
void sourcing_sentence(const struct sourcing_input *in, const struct sourcing_decision *d, size_t i,
                       const struct sourcing_message *catalog, struct buf *out);
/* One sentence about the whole: the `summary` of an order's sourcing. */
void sourcing_summary(const struct sourcing_input *in, const struct sourcing_decision *d,
                      const struct sourcing_message *catalog, struct buf *out);

/* Great-circle distance in meters on a sphere of 6,371,009 m by fixed-point haversine: integers only, so the same on
 * every machine; within 0.1 % (and 2 m) of the sphere's. ABSENT when a coordinate is. */
int64_t sourcing_distance_m(struct sourcing_place a, struct sourcing_place b);

#endif
