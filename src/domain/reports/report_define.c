/* The definitions: which reports there are, and what each of their figures is made of. */
#include "reports_priv.h"

#include <string.h>

const char *const report_by_names[] = {"day",     "week",   "month",   "channel", "location",
                                       "product", "reason", "segment", "score",   NULL};
const char *const report_unit_names[] = {"count", "money", "quantity", "ratio", "seconds", "days", NULL};
const char *const fact_names[] = {"order", "line",   "refund",   "shipped", "work",  "hold",
                                  "stage", "decide", "customer", "stock",   "level", "backlog", "segment", NULL};
const char *const month_names[] = {"order.month", "line.month",  "refund.month", "shipped.month",  "work.month",
                                   "hold.month",  "stage.month", "decide.month", "customer.month", "stock.month"};
_Static_assert(COUNT_OF(month_names) == FACT_CELLS, "each kind of cells has its months");
const char *const stage_names[] = {"open", "pick", "pack", "ship", "deliver"};

static const unsigned knows[] = {
    [FACT_ORDER]    = BY_TIME | BY(CHANNEL) | FILTER_CURRENCY,
    [FACT_LINE]     = BY_TIME | BY(CHANNEL) | BY(PRODUCT) | FILTER_CURRENCY,
    [FACT_REFUND]   = BY_TIME | BY(CHANNEL) | FILTER_CURRENCY,
    [FACT_SHIPPED]  = BY_TIME | BY(CHANNEL),
    [FACT_WORK]     = BY_TIME | BY(CHANNEL) | BY(LOCATION),
    [FACT_HOLD]     = BY_TIME | BY(CHANNEL) | BY(REASON),
    [FACT_STAGE]    = BY_TIME | BY(CHANNEL) | BY(LOCATION),
    [FACT_DECIDE]   = BY_TIME | BY(CHANNEL) | BY(REASON),
    [FACT_CUSTOMER] = BY_TIME | BY(CHANNEL),
    [FACT_STOCK]    = BY_TIME | BY(LOCATION) | BY(PRODUCT),
    [FACT_LEVEL]    = BY_TIME | BY(LOCATION) | BY(PRODUCT),
    [FACT_BACKLOG]  = BY(LOCATION),
    [FACT_SEGMENT]  = BY(SEGMENT) | BY(SCORE),
};

#define NONE            {FACT_NONE, 0}
#define S(kind, value)  {FACT_##kind, kind##_##value}
#define SUM(name_, unit_, kind, value, better_)                                                                        \
  {.name = name_, .unit = REPORT_##unit_, .how = HOW_SUM, .a = S(kind, value), .a_minus = NONE, .b = NONE,             \
   .b_minus = NONE, .better = better_}
#define QUOTIENT(name_, unit_, a_, b_, better_)                                                                            \
  {.name = name_, .unit = REPORT_##unit_, .how = HOW_RATIO, .a = a_, .a_minus = NONE, .b = b_, .b_minus = NONE,        \
   .better = better_}
#define TIMES(name_, how_, kind_, stage_)                                                                              \
  {.name = name_, .unit = REPORT_SECONDS, .how = HOW_##how_, .a = {FACT_##kind_, 0}, .a_minus = NONE, .b = NONE,       \
   .b_minus = NONE, .stage = stage_, .better = -1}
#define STAGE(name_, stage_) TIMES(name_ "_median", MEDIAN, STAGE, stage_), TIMES(name_ "_p90", P90, STAGE, stage_)

static const struct report_measure orders_measures[] = {
    SUM("orders", COUNT, ORDER, ORDERS, 1),
    SUM("units", QUANTITY, ORDER, UNITS, 1),
    SUM("gross", MONEY, ORDER, GROSS, 1),
    SUM("discounts", MONEY, ORDER, DISCOUNT, 0),
    SUM("charges", MONEY, ORDER, CHARGES, 0),
    SUM("tax", MONEY, ORDER, TAX, 0),
    SUM("revenue", MONEY, ORDER, REVENUE, 1),
    SUM("refunds", MONEY, REFUND, AMOUNT, -1),
    {.name = "net_revenue", .unit = REPORT_MONEY, .a = S(ORDER, REVENUE), .a_minus = S(REFUND, AMOUNT), .b = NONE,
     .b_minus = NONE, .better = 1},
    {.name = "average_value", .unit = REPORT_MONEY, .how = HOW_RATIO, .a = S(ORDER, REVENUE), .a_minus = NONE,
     .b = S(ORDER, ORDERS), .b_minus = S(ORDER, CANCELLED), .better = 1},
    SUM("cancelled", COUNT, ORDER, CANCELLED, -1),
    QUOTIENT("cancellation_rate", RATIO, S(ORDER, CANCELLED), S(ORDER, ORDERS), -1),
};

static const struct report_measure products_measures[] = {
    SUM("units", QUANTITY, LINE, UNITS, 1),    SUM("lines", COUNT, LINE, LINES, 1),
    SUM("gross", MONEY, LINE, GROSS, 1),       SUM("discounts", MONEY, LINE, DISCOUNT, 0),
    SUM("tax", MONEY, LINE, TAX, 0),           SUM("revenue", MONEY, LINE, REVENUE, 1),
};

static const struct report_measure flow_measures[] = {
    SUM("fulfillments", COUNT, WORK, DONE, 1),
    SUM("shipped_orders", COUNT, SHIPPED, ORDERS, 1),
    STAGE("time_to_open", "open"),
    STAGE("time_to_pick", "pick"),
    STAGE("time_to_pack", "pack"),
    STAGE("time_to_ship", "ship"),
    STAGE("time_to_deliver", "deliver"),
    QUOTIENT("late_rate", RATIO, S(WORK, LATE), S(WORK, DONE), -1),
    QUOTIENT("short_pick_rate", RATIO, S(WORK, SHORT), S(WORK, DONE), -1),
    QUOTIENT("fill_rate", RATIO, S(SHIPPED, UNITS), S(SHIPPED, ORDERED), 1),
    QUOTIENT("split_rate", RATIO, S(SHIPPED, SPLIT), S(SHIPPED, ORDERS), -1),
    QUOTIENT("late_order_rate", RATIO, S(SHIPPED, LATE), S(SHIPPED, ORDERS), -1),
    QUOTIENT("perfect_order_rate", RATIO, S(SHIPPED, PERFECT), S(SHIPPED, ORDERS), 1),
    QUOTIENT("freight_per_order", MONEY, S(SHIPPED, FREIGHT), S(SHIPPED, FREIGHT_ORDERS), -1),
};

static const struct report_measure backlog_measures[] = {
    SUM("open", COUNT, BACKLOG, OPEN, -1),
    SUM("late", COUNT, BACKLOG, LATE, -1),
    TIMES("age_median", MEDIAN, BACKLOG, NULL),
    TIMES("age_p90", P90, BACKLOG, NULL),
};

/* Of a span of days what stock does in it; turns and the like are of a product or a place over the whole question. */
#define WHOLE .not_by = BY_TIME
static const struct report_measure stock_measures[] = {
    SUM("on_hand", QUANTITY, LEVEL, ON_HAND, 0),
    {.name = "available", .unit = REPORT_QUANTITY, .a = S(LEVEL, AVAILABLE), .a_minus = NONE, .b = NONE, .b_minus = NONE,
     WHOLE},
    {.name = "value", .unit = REPORT_MONEY, .a = S(LEVEL, VALUE), .a_minus = NONE, .b = NONE, .b_minus = NONE, WHOLE},
    SUM("received", QUANTITY, STOCK, RECEIVED, 0),
    SUM("shipped", QUANTITY, STOCK, SHIPPED, 1),
    SUM("adjusted", QUANTITY, STOCK, ADJUSTED, 0),
    {.name = "turns", .unit = REPORT_RATIO, .how = HOW_RATIO, .a = S(STOCK, SHIPPED), .a_minus = NONE,
     .b = S(LEVEL, AVERAGE), .b_minus = NONE, .better = 1, WHOLE},
    {.name = "cover_days", .unit = REPORT_DAYS, .how = HOW_RATIO, .a = S(LEVEL, AVAILABLE_DAYS), .a_minus = NONE,
     .b = S(STOCK, SHIPPED), .b_minus = NONE, WHOLE},
    {.name = "age_days", .unit = REPORT_DAYS, .how = HOW_RATIO, .a = S(LEVEL, AGE), .a_minus = NONE,
     .b = S(LEVEL, ON_HAND), .b_minus = NONE, .better = -1, WHOLE},
    {.name = "stock_outs", .unit = REPORT_COUNT, .a = S(LEVEL, OUT), .a_minus = NONE, .b = NONE, .b_minus = NONE,
     .better = -1, WHOLE},
    {.name = "dead_stock", .unit = REPORT_QUANTITY, .a = S(LEVEL, DEAD), .a_minus = NONE, .b = NONE, .b_minus = NONE,
     .better = -1, WHOLE},
    {.name = "dead_value", .unit = REPORT_MONEY, .a = S(LEVEL, DEAD_VALUE), .a_minus = NONE, .b = NONE,
     .b_minus = NONE, .better = -1, WHOLE},
};

static const struct report_measure reviews_measures[] = {
    SUM("holds", COUNT, HOLD, HOLDS, -1),
    SUM("released", COUNT, HOLD, RELEASED, 0),
    SUM("expired", COUNT, HOLD, EXPIRED, 0),
    SUM("active", COUNT, HOLD, ACTIVE, -1),
    TIMES("time_to_decide_median", MEDIAN, DECIDE, NULL),
    TIMES("time_to_decide_p90", P90, DECIDE, NULL),
};

static const struct report_measure customers_measures[] = {
    SUM("new_customers", COUNT, CUSTOMER, NEW, 1),
    SUM("orders", COUNT, ORDER, KNOWN, 1),
    {.name = "repeat_orders", .unit = REPORT_COUNT, .a = S(ORDER, KNOWN), .a_minus = S(CUSTOMER, NEW), .b = NONE,
     .b_minus = NONE, .better = 1},
    {.name = "repeat_rate", .unit = REPORT_RATIO, .how = HOW_RATIO, .a = S(ORDER, KNOWN),
     .a_minus = S(CUSTOMER, NEW), .b = S(ORDER, KNOWN), .b_minus = NONE, .better = 1},
    SUM("revenue", MONEY, ORDER, BASE, 1),
    QUOTIENT("revenue_per_order", MONEY, S(ORDER, BASE), S(ORDER, KNOWN), 1),
};

static const struct report_measure segments_measures[] = {
    SUM("customers", COUNT, SEGMENT, CUSTOMERS, 1),
    SUM("orders", COUNT, SEGMENT, ORDERS, 1),
    SUM("revenue", MONEY, SEGMENT, REVENUE, 1),
    QUOTIENT("lifetime_value", MONEY, S(SEGMENT, REVENUE), S(SEGMENT, CUSTOMERS), 1),
    QUOTIENT("average_value", MONEY, S(SEGMENT, REVENUE), S(SEGMENT, ORDERS), 1),
};

#define MEASURES(list) .measures = list, .n = COUNT_OF(list)
const struct report_definition report_definitions[] = {
    {"orders", "line", REPORT_DAY, BY_TIME | BY(CHANNEL), true, MEASURES(orders_measures), NULL},
    {"products", "bar", REPORT_PRODUCT, BY_TIME | BY(CHANNEL) | BY(PRODUCT), true, MEASURES(products_measures), NULL},
    {"flow", "line", REPORT_DAY, BY_TIME | BY(CHANNEL) | BY(LOCATION), false, MEASURES(flow_measures), NULL},
    {"backlog", "bar", REPORT_LOCATION, BY(LOCATION), false, MEASURES(backlog_measures), load_backlog},
    {"stock", "table", REPORT_PRODUCT, BY_TIME | BY(LOCATION) | BY(PRODUCT), false, MEASURES(stock_measures), load_stock},
    {"reviews", "bar", REPORT_REASON, BY_TIME | BY(CHANNEL) | BY(REASON), false, MEASURES(reviews_measures), NULL},
    {"customers", "line", REPORT_MONTH, BY_TIME | BY(CHANNEL), false, MEASURES(customers_measures), NULL},
    {"segments", "heat", REPORT_SCORE, BY(SEGMENT) | BY(SCORE), false, MEASURES(segments_measures), load_segments},
};
const size_t report_definitions_n = COUNT_OF(report_definitions);

const struct report_definition *report_find(const char *name)
{
  for (size_t i = 0; i < COUNT_OF(report_definitions); i++)
    if (text_eq(report_definitions[i].name, name))
      return &report_definitions[i];
  return NULL;
}

unsigned kind_knows(enum fact_kind kind)
{
  return knows[kind];
}

unsigned measure_knows(const struct report_measure *m)
{
  const struct source *sources[] = {&m->a, &m->a_minus, &m->b, &m->b_minus};
  unsigned all = ~0u;
  for (size_t i = 0; i < COUNT_OF(sources); i++)
    if (sources[i]->kind != FACT_NONE)
      all &= knows[sources[i]->kind];
  return all & ~m->not_by;
}

static bool source_is_of_now(const struct source *s)
{
  return s->kind == FACT_BACKLOG || s->kind == FACT_SEGMENT ||
         (s->kind == FACT_LEVEL &&
          (s->value == LEVEL_AVAILABLE || s->value == LEVEL_AVAILABLE_DAYS || s->value == LEVEL_OUT));
}

bool measure_is_of_now(const struct report_measure *m)
{
  return source_is_of_now(&m->a) || source_is_of_now(&m->a_minus) || source_is_of_now(&m->b) ||
         source_is_of_now(&m->b_minus);
}

int report_unit_places(enum report_unit unit)
{
  return unit == REPORT_QUANTITY || unit == REPORT_RATIO || unit == REPORT_DAYS ? 6 : 0;
}

const char *report_measure_name(const struct report_measure *m)
{
  return m->name;
}

enum report_unit report_measure_unit(const struct report_measure *m)
{
  return m->unit;
}

/* ---- As clients see them ---- */

static const char *const how_names[] = {"sum", "ratio", "median", "p90"};

static void add_bys(struct arena *a, unsigned bys, struct list *out)
{
  for (int by = 0; by < REPORT_BYS; by++)
    if (bys & 1u << by)
      *(const char **)list_grow(a, out, sizeof(const char *)) = report_by_names[by];
}

static void add_measure(struct arena *a, const struct report_definition *d, const struct report_measure *m,
                        struct report_info *out)
{
  struct report_measure_info *info = LIST_ADD(a, &out->measures);
  bool level = m->how == HOW_SUM && m->a.kind == FACT_LEVEL && !(m->not_by & BY_TIME);
  *info = (struct report_measure_info){.name = m->name,
                                       .unit = (int)m->unit,
                                       .sum = level ? "last" : how_names[m->how],
                                       .better = m->better > 0   ? "up"
                                                 : m->better < 0 ? "down"
                                                                 : "none",
                                       .drill = true,
                                       .past = !measure_is_of_now(m)};
  add_bys(a, measure_knows(m) & d->bys, (struct list *)(void *)&info->by);
}

unsigned scope_narrows(const struct row_scope *scope)
{
  return (scope && scope->n_locations ? BY(LOCATION) : 0) | (scope && scope->n_channels ? BY(CHANNEL) : 0);
}

bool report_tells(const struct report_definition *d, unsigned narrowed)
{
  for (size_t i = 0; i < d->n; i++)
    if ((measure_knows(&d->measures[i]) & narrowed) == narrowed)
      return true;
  return false;
}

void report_list(struct arena *a, const struct row_scope *scope, report_infos *out)
{
  unsigned narrowed = scope_narrows(scope);
  for (size_t i = 0; i < COUNT_OF(report_definitions); i++) {
    const struct report_definition *d = &report_definitions[i];
    if (!report_tells(d, narrowed))
      continue;
    struct report_info info = {.name = d->name,
                               .chart = d->chart,
                               .default_by = report_by_names[d->by],
                               .by_currency = d->by_currency};
    add_bys(a, d->bys, (struct list *)(void *)&info.by);
    add_bys(a, d->bys & ~BY_TIME & ~BY(SEGMENT) & ~BY(SCORE), (struct list *)(void *)&info.filters);
    if (d->by_currency)
      *LIST_ADD(a, &info.filters) = "currency";
    for (size_t k = 0; k < d->n; k++)
      if ((measure_knows(&d->measures[k]) & narrowed) == narrowed)
        add_measure(a, d, &d->measures[k], &info);
    *LIST_ADD(a, out) = info;
  }
}
