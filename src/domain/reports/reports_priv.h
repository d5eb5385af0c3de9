/* What the files of the room share: kinds of facts, the table of definitions, groups of rows. */
#ifndef ORDO_REPORTS_PRIV_H
#define ORDO_REPORTS_PRIV_H

#include "reports.h"

#include "events.h"
#include "promise.h"

/* ---- Facts ------------------------------------------------------------------------------------------------------ */

enum { VALUES = 10 }; /* v1..v10 of a fact and a cell */

/* Kinds of facts and cells, and what their values are. stage, decide, customer, stock and receipt have cells alone. */
enum fact_kind {
  FACT_ORDER,    /* day of placing */
  FACT_LINE,     /* the same, one per line; detail = SKU */
  FACT_REFUND,   /* day of the refund */
  FACT_SHIPPED,  /* an order whose last unit left: that day */
  FACT_WORK,     /* a fulfillment that left: that day, in the location's zone */
  FACT_HOLD,     /* day it was made; detail = its type */
  FACT_STAGE,    /* of FACT_WORK: time in a stage; detail = the stage, bin = of the seconds */
  FACT_DECIDE,   /* of FACT_HOLD: time until it was released; detail = its type */
  FACT_CUSTOMER, /* a customer's first order: that day, its channel */
  FACT_STOCK,    /* what moved, per product and location, in the location's zone; detail = SKU */
  FACT_CELLS,    /* the kinds from here on are read from where they live, when they are asked for: */
  FACT_LEVEL = FACT_CELLS, /* stock as it is */
  FACT_BACKLOG,  /* fulfillments that have not left */
  FACT_SEGMENT,  /* customers by their scores */
  FACT_KINDS,
  FACT_NONE = -1,
};
extern const char *const fact_names[]; /* of facts, and of the cells of days */
extern const char *const month_names[]; /* of the cells of whole months, whose day is the first */

enum { ORDER_ORDERS, ORDER_UNITS, ORDER_GROSS, ORDER_DISCOUNT, ORDER_CHARGES, ORDER_TAX, ORDER_REVENUE, ORDER_CANCELLED,
       ORDER_BASE, ORDER_KNOWN };
enum { LINE_LINES, LINE_UNITS, LINE_GROSS, LINE_DISCOUNT, LINE_TAX, LINE_REVENUE };
enum { REFUND_REFUNDS, REFUND_AMOUNT };
enum { SHIPPED_ORDERS, SHIPPED_SPLIT, SHIPPED_LATE, SHIPPED_SHORT, SHIPPED_PERFECT, SHIPPED_ORDERED, SHIPPED_UNITS,
       SHIPPED_FREIGHT, SHIPPED_FREIGHT_ORDERS };
enum { WORK_DONE, WORK_LATE, WORK_SHORT, WORK_STAGE, WORK_STAGES = 5 }; /* the seconds of five stages, -1 = not known */
enum { HOLD_HOLDS, HOLD_RELEASED, HOLD_EXPIRED, HOLD_ACTIVE, HOLD_SECONDS };
enum { TIMES_COUNT, TIMES_SECONDS };
enum { CUSTOMER_NEW };
enum { STOCK_RECEIVED, STOCK_SHIPPED, STOCK_ADJUSTED, STOCK_NET, STOCK_INBOUND };
enum { LEVEL_ON_HAND, LEVEL_AVAILABLE, LEVEL_VALUE, LEVEL_AVERAGE, LEVEL_AVAILABLE_DAYS, LEVEL_AGE, LEVEL_OUT, LEVEL_DEAD,
       LEVEL_DEAD_VALUE };
enum { BACKLOG_OPEN, BACKLOG_LATE };
enum { SEGMENT_CUSTOMERS, SEGMENT_ORDERS, SEGMENT_REVENUE };
extern const char *const stage_names[]; /* WORK_STAGES of them */

struct fact {
  int64_t bucket, order_id;
  enum fact_kind kind;
  int64_t n, day, at;
  const char *channel, *location, *currency, *detail;
  int64_t product_id, customer_id;
  int64_t v[VALUES];
};
typedef LIST(struct fact) fact_list;

/* Where something is summed. */
struct cell {
  enum fact_kind kind;
  int64_t day;
  const char *channel, *location, *currency, *detail;
  int64_t bin;
  int64_t v[VALUES];
};
/* Cells by key, in an arena. */
struct cells {
  struct arena *arena;
  struct cell **slots; /* a power of two */
  size_t n, cap;
};
void cells_init(struct cells *c, struct arena *a);
struct cell *cells_at(struct cells *c, const struct cell *key); /* the one of this key, made with zeros when new */
/* Adds what a fact counts (sign 1), or takes it out (-1). */
void cells_count(struct cells *c, const struct fact *f, int64_t sign);
/* All of them in the order of their key; *out_n of them. */
struct cell **cells_sorted(struct cells *c, size_t *out_n);

/* Bins of durations and amounts: below 64 each is its own, above they are 1/32 of a power of two wide. */
int64_t report_bin(int64_t value);
int64_t report_bin_middle(int64_t bin);

#define FACT_COLUMNS                                                                                                   \
  "bucket, order_id, kind, n, day, at, channel, location, currency, detail, product_id, customer_id, "                 \
  "v1, v2, v3, v4, v5, v6, v7, v8, v9, v10"
/* Reads a row of FACT_COLUMNS. */
void fact_read(const struct db_rows *rows, struct fact *out);
/* The facts of an order as its rows are now, in the order of (kind, n). */
MUST_CHECK enum err facts_of_order(struct ctx *cx, struct promise_zones *zones, const char *zone, int64_t order_id,
                                   fact_list *out);
MUST_CHECK enum err facts_stored(struct ctx *cx, int64_t order_id, fact_list *out);

/* The zone of the company and the name of the cursor that counts in it. */
MUST_CHECK enum err report_zone(struct ctx *cx, const char **out_zone);
const char *report_consumer(struct ctx *cx, const char *zone);
/* The zone of a location; the company's where it is not known any more. */
MUST_CHECK enum err location_zone(struct ctx *cx, int64_t id, const char *zone, const char **out_zone,
                                  const char **out_code);
/* Adds to the cells of days and to those of their months. */
MUST_CHECK enum err put_cells(struct ctx *cx, struct cells *cells);
void cells_to_months(struct cells *days, struct cells *out);

/* ---- What customers bought --------------------------------------------------------------------------------------- */

/* An order whose facts are not what is stored. */
struct fact_change {
  int64_t order_id;
  fact_list was, is;
};
typedef LIST(struct fact_change) fact_changes;

/* The row of a customer: sums over the orders that count, and the first and the last of them. */
struct standing {
  int64_t orders, revenue, first_at, last_at, first_day, last_day;
  const char *channel; /* of the first order */
};
/* What changes for a customer. orders = 0: there is no row. */
struct customer_change {
  int64_t customer_id;
  struct standing was, is;
};
/* Given customer_id: was as it is stored, is with the changes. Sums move by the difference; facts are read again only where
 * an end may have moved, and then as few as there are changes. */
MUST_CHECK enum err bought_collect(struct ctx *cx, const fact_changes *changes, struct customer_change *b);
/* In the transaction that moves the cursor. */
MUST_CHECK enum err bought_apply(struct ctx *cx, const struct customer_change *b, struct cells *cells);

/* ---- Definitions ------------------------------------------------------------------------------------------------ */

enum measure_how { HOW_SUM, HOW_RATIO, HOW_MEDIAN, HOW_P90 };

/* A value of a kind, summed. */
struct source {
  enum fact_kind kind;
  int value; /* v[value] */
};
struct report_measure {
  const char *name;
  enum report_unit unit;
  enum measure_how how;
  struct source a, a_minus; /* a - a_minus; kind FACT_NONE = nothing. Of medians: the kind that has the bins */
  struct source b, b_minus; /* of ratios: what it is divided by */
  const char *stage;        /* of medians of FACT_STAGE: which */
  int better;               /* 1 = up, -1 = down, 0 = neither */
  unsigned not_by;          /* BY() in which it says nothing */
};
#define BY(dimension) (1u << REPORT_##dimension)
#define FILTER_CURRENCY (1u << REPORT_BYS)
#define BY_TIME (BY(DAY) | BY(WEEK) | BY(MONTH))

struct question;
struct groups;
struct report_definition {
  const char *name, *chart;
  enum report_by by; /* the default */
  unsigned bys;      /* BY() */
  bool by_currency;
  const struct report_measure *measures;
  size_t n;
  /* Adds what is no cell (FACT_LEVEL ...). NULL = nothing. */
  enum err (*load)(struct ctx *cx, const struct question *q, struct groups *out);
};
extern const struct report_definition report_definitions[];
extern const size_t report_definitions_n;
const struct report_definition *report_find(const char *name); /* NULL when there is none */
/* BY() of what facts of the kind know, with FILTER_CURRENCY where they have one. */
unsigned kind_knows(enum fact_kind kind);
/* BY() of all kinds that the measure comes from. */
unsigned measure_knows(const struct report_measure *m);
/* The dimensions that whoever is bound to places is narrowed by; and whether a report tells anything so narrowed. */
unsigned scope_narrows(const struct row_scope *scope);
bool report_tells(const struct report_definition *d, unsigned narrowed);
/* True where a figure is known of now alone: it has no earlier value to compare with. */
bool measure_is_of_now(const struct report_measure *m);

/* ---- A question, and its groups ---------------------------------------------------------------------------------- */

struct question {
  const struct report_definition *definition;
  enum report_by by;
  int64_t from, to; /* days, both in */
  const char *channel, *location, *currency, *detail; /* NULL = any; detail is the product's SKU, or the reason */
  enum report_by detail_is;
  const char *segment, *score; /* of drilling */
  const char *zone, *company_currency;
  unsigned narrowed; /* BY() that are filtered, FILTER_CURRENCY */
  int64_t limit;
  enum report_compare compare;
};
/* Reads what was asked; all that is wrong at once (ERR_INVALID), or ERR_NOT_FOUND. */
MUST_CHECK enum err question_read(struct ctx *cx, const char *name, const struct report_request *rq, struct question *out);
/* Narrows it to one row of its answer. ERR_INVALID /query/key. */
MUST_CHECK enum err question_narrow(struct ctx *cx, struct question *q, const char *key);
/* The day on which a row that contains the day begins, and the one on which it ends; not cut to the question. */
int64_t span_begin(enum report_by by, int64_t day);
int64_t span_end(enum report_by by, int64_t begin);
bool by_time(enum report_by by);
/* Whether the actor may count rows of this channel and location ('' = none), and the question asks for them. */
bool counts(struct ctx *cx, const struct question *q, const char *channel, const char *location);
const char *date_text(struct arena *a, int64_t day);

struct bin {
  const char *stage; /* NULL of kinds that have one only */
  enum fact_kind kind;
  int64_t bin, n;
};
struct group {
  const char *key, *currency;
  int64_t sums[FACT_KINDS][VALUES];
  LIST(struct bin) bins;
};
struct groups {
  struct arena *arena;
  struct group **slots;
  size_t n, cap;
  LIST(struct group *) all;
};
void groups_init(struct groups *g, struct arena *a);
struct group *groups_at(struct groups *g, const char *key, const char *currency);
/* The value of a measure in a group; ABSENT for a ratio of nothing. */
int64_t group_value(struct arena *a, const struct group *g, const struct report_measure *m);

enum err load_stock(struct ctx *cx, const struct question *q, struct groups *out);
/* States of work that has not left, ended by NULL. */
extern const char *const backlog_states[];
enum err load_backlog(struct ctx *cx, const struct question *q, struct groups *out);
enum err load_segments(struct ctx *cx, const struct question *q, struct groups *out);

/* ---- Customers --------------------------------------------------------------------------------------------------- */

/* Upper ends of the fifths: a value at or below limits[i] has score i + 1. */
struct fifths {
  int64_t limits[4];
};
struct scores {
  struct fifths recency, frequency, monetary;
};
MUST_CHECK enum err scores_load(struct ctx *cx, struct scores *out);
int64_t score_of(const struct fifths *f, int64_t value);
int64_t recency_of(const struct scores *s, int64_t last_day);
const char *segment_of(int64_t recency, int64_t frequency);

#endif
