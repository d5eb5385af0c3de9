/* reports - what happened, in figures: one definition per figure, from which screen, CSV, XLSX and API all answer.
 *
 *   facts   one row per thing that counts (an order, a line, a refund, a fulfillment, a hold), written by a consumer of the
 *           feed from the rows as they are. A fact is replaced, never added to: an event seen twice, or a replay from the
 *           first event, leaves the same rows.
 *   cells   sums of facts by day, channel, location, currency and detail. A fact that changes is taken out of its cell and
 *           put into another in the transaction that moves the cursor, so cells are always the sum of facts.
 *   ledger  the stock ledger is followed row by row, by the number of the last entry read.
 *
 * Days are those of the company's zone for orders, refunds and holds, of the location's for its work and its stock. The
 * cursor's name holds the company's zone: a new zone counts everything again. Durations are kept in bins at most 3 % wide.
 * Nothing here is written by the acts that place or ship; a figure follows within seconds.
 */
#ifndef ORDO_REPORTS_H
#define ORDO_REPORTS_H

#include "acts.h"
#include "context.h"

/* ---- Definitions ------------------------------------------------------------------------------------------------ */

enum report_unit { /* how a value is written: */
  REPORT_COUNT,    /* an integer */
  REPORT_MONEY,    /* minor units of the row's currency */
  REPORT_QUANTITY, /* millionths, as a number with up to six decimals */
  REPORT_RATIO,    /* millionths of one: 0.125 */
  REPORT_SECONDS,  /* a duration */
  REPORT_DAYS,     /* with one decimal or more, in millionths */
};
enum report_by { REPORT_DAY, REPORT_WEEK, REPORT_MONTH, REPORT_CHANNEL, REPORT_LOCATION, REPORT_PRODUCT, REPORT_REASON,
                 REPORT_SEGMENT, REPORT_SCORE, REPORT_BYS };
extern const char *const report_by_names[];   /* "day" ... NULL */
extern const char *const report_unit_names[]; /* "count" ... NULL */
int report_unit_places(enum report_unit unit); /* decimals of a value as it is kept: 6, or 0 */

/* A figure as clients see it. */
struct report_measure_info {
  const char *name;
  int unit;                 /* enum report_unit */
  const char *sum;          /* "sum", "ratio", "median", "p90", "last": how rows become a total */
  const char *better;       /* "up", "down", or "none" */
  LIST(const char *) by;    /* the dimensions that have it */
  bool drill;               /* GET .../rows shows what is behind it */
  bool past;                /* earlier times have it too; else it is known of now alone */
};
/* A report as clients see it. */
struct report_info {
  const char *name;
  const char *chart;          /* "line", "bar", "table", "heat" */
  const char *default_by;
  LIST(const char *) by;      /* what rows may stand for */
  LIST(const char *) filters; /* channel, location, currency, product, reason */
  LIST(struct report_measure_info) measures;
  bool by_currency;           /* rows are told apart by currency; else money is in the company's */
};
extern const struct rec report_info_rec;
typedef LIST(struct report_info) report_infos;
/* For who is bound to places (NULL = nobody): what tells them apart, so that no sum looks like nothing. */
void report_list(struct arena *a, const struct row_scope *scope, report_infos *out);

/* ---- Answers ---------------------------------------------------------------------------------------------------- */

enum report_compare { REPORT_COMPARE_NONE, REPORT_COMPARE_PREVIOUS, REPORT_COMPARE_YEAR };

/* What is asked. NULL and ABSENT: not said. */
struct report_request {
  const char *from, *to; /* dates, both in; NULL = the last 30 days */
  const char *by;        /* NULL = the report's own */
  const char *channel, *location, *currency, *product, *reason;
  const char *compare;   /* "previous": as long, just before; "year": a year before (52 weeks where rows are weeks) */
  int64_t limit;         /* rows of the answer, largest first where they are no days; ABSENT = all */
  /* Of report_items_find alone: */
  const char *key;       /* of one row of the report, as it answered */
  const char *measure;   /* NULL = the first one */
};

struct report_value {
  const struct report_measure *measure;
  int64_t value, previous; /* in the measure's places; ABSENT = nothing to say (a ratio of nothing) */
  int64_t change;          /* (value - previous) / |previous|, in millionths; ABSENT = no comparison, or from 0 */
};
struct report_row {
  const char *key;       /* the date a day, week or month begins, or the code of what the row stands for */
  const char *from, *to; /* of a row that is a span of days; cut to what was asked */
  const char *label;     /* a product's name as {"lang": ...}, a location's name; else NULL */
  const char *currency;
  struct report_value *values; /* report.n of them */
};
struct report {
  const struct report_definition *definition;
  const char *name, *zone, *by, *from, *to;
  const char *compare, *previous_from, *previous_to;
  struct instant as_of; /* when the consumer last moved */
  int64_t waiting;      /* events it has not read yet */
  size_t n;             /* measures */
  const struct report_measure **measures;
  LIST(struct report_row) rows;
  int64_t left_off;       /* rows beyond the limit; totals count them */
  LIST(struct report_row) totals; /* one per currency; key NULL */
};
const char *report_measure_name(const struct report_measure *m);
enum report_unit report_measure_unit(const struct report_measure *m);

/* The records that document an answer; the numbers in it are written by their unit (report_number). */
extern const struct rec report_rec;
/* value in the decimals of its unit: "1234", "0.125"; NULL for ABSENT. */
const char *report_number(struct arena *a, enum report_unit unit, int64_t value);

/* ERR_NOT_FOUND: no such report; ERR_INVALID with pointers /query/...: what this report does not know, a range beyond ten
 * years. Only rows the actor may see (row_scope) are counted. */
MUST_CHECK enum err report_make(struct ctx *cx, const char *name, const struct report_request *rq, struct report *out);

/* ---- What is behind a figure ------------------------------------------------------------------------------------ */

/* One order, line, refund, fulfillment, hold, stock row or customer behind a figure. */
struct report_item {
  const char *kind;           /* "order", "line", "refund", "fulfillment", "hold", "stock", "customer" */
  int64_t order_id;
  const char *number;         /* the order's */
  int64_t fulfillment_id, hold_id, customer_id, product_id;
  const char *sku, *channel, *location, *currency, *reason;
  struct instant at;          /* when it counted */
  struct money amount;        /* what it adds to money, or ABSENT */
  struct quantity quantity;   /* units, or ABSENT */
  int64_t seconds;            /* a duration, or ABSENT */
  int64_t orders;             /* of a customer */
  const char *segment;
  struct quantity on_hand, available; /* of stock */
};
extern const struct rec report_item_rec;
typedef LIST(struct report_item) report_items;
/* At most limit items, newest first, after cursor (NULL = from the newest); *out_next NULL at the end. Errors as
 * report_make; ERR_INVALID /query/cursor. */
MUST_CHECK enum err report_items_find(struct ctx *cx, const char *name, const struct report_request *rq, const char *cursor,
                                      int64_t limit, report_items *out, const char **out_next);

/* ---- One customer ----------------------------------------------------------------------------------------------- */

#define CUSTOMER_CHANNELS_MAX 100
/* What of it came from a channel. */
struct customer_channel {
  const char *channel;
  int64_t orders;
  struct money lifetime_value;
  struct instant last_order_at;
};
/* Scores are 1 (worst) to 5, by fifths of all customers who ever bought; 0 where nobody did. */
struct customer_profile {
  int64_t customer_id;
  int64_t orders;            /* not cancelled */
  struct money lifetime_value; /* of them, in the company's currency */
  const char *currency;
  struct money average_value;
  struct instant first_order_at, last_order_at;
  int64_t recency, frequency, monetary;
  const char *segment;       /* "champions" ..., NULL without orders */
  LIST(struct customer_channel) channels; /* most orders first */
};
extern const struct rec customer_profile_rec;
MUST_CHECK enum err report_customer_profile(struct ctx *cx, int64_t customer_id, struct customer_profile *out);

/* ---- Consumers: collected on a reader, written by an act that does nothing when another was faster ---------------- */

struct report_work;
/* At most limit events after the cursor; *out_n = events seen (0 = nothing to do). */
MUST_CHECK enum err report_collect(struct ctx *cx, int64_t limit, struct report_work **out, int64_t *out_n);
extern const struct act report_index_act;

/* At most limit entries of the stock ledger; *out_n = entries read. */
struct report_ledger_work;
MUST_CHECK enum err report_ledger_collect(struct ctx *cx, int64_t limit, struct report_ledger_work **out, int64_t *out_n);
extern const struct act report_ledger_act;

/* ---- ordo check: report tells each difference -------------------------------------------------------------------- */

typedef void report_difference(void *arg, const char *difference, const char *repair);
/* Cells against the sums of facts, facts against orders, refunds and holds (once the consumer has read all events), stock
 * cells against the ledger as far as it was read. */
struct reports_checked {
  int64_t read, last; /* cursors of the feed: what reports have read, and its end */
  int64_t pending;    /* transactions whose events have no number yet */
  bool whole;         /* all was read, so facts were compared with their source */
};
MUST_CHECK enum err reports_check(struct ctx *cx, report_difference *report, void *arg, struct reports_checked *out);

#endif
