/* The records of answers. Those of report_rec document what the edge writes by itself: a value is a number by its unit. */
#include "reports_priv.h"

static const char *const sum_names[] = {"sum", "ratio", "median", "p90", "last", NULL};
static const char *const better_names[] = {"up", "down", "none", NULL};
static const char *const chart_names[] = {"line", "bar", "table", "heat", NULL};

static const struct rec_field measure_fields[] = {
    FIELD(struct report_measure_info, name, .doc = "Its name in `measures`, CSV and XLSX", .example = "revenue"),
    FIELD_AS(
        REC_ENUM, struct report_measure_info, unit, .names = report_unit_names,
        .doc =
            "How its values are written: `money` in minor units of the row's currency, `quantity` and `ratio` with up "
            "to six decimals (0.125 = 12.5 %), `seconds`, `days`",
        .example = "money"),
    FIELD(struct report_measure_info, sum, .names = sum_names,
          .doc = "What a total is made of: the sum of the rows, a ratio of sums, the median of all, or the last span's "
                 "level",
          .example = "sum"),
    FIELD(struct report_measure_info, better, .names = better_names, .doc = "Which way is good", .example = "up"),
    FIELD_AS(REC_TEXTS, struct report_measure_info, by, .doc = "The dimensions that have this measure"),
    FIELD(struct report_measure_info, drill, .doc = "Whether `/rows` shows what is behind a value", .example = "true"),
    FIELD(struct report_measure_info, past,
          .doc = "Whether an earlier time has a value to compare with; false: it is known of now alone",
          .example = "true"),
};
static const struct rec measure_rec =
    REC(struct report_measure_info, "ReportMeasure", measure_fields, "A figure of a report");

static const struct rec_field info_fields[] = {
    FIELD(struct report_info, name, .doc = "In the path of the report", .example = "orders"),
    FIELD(struct report_info, chart, .names = chart_names, .doc = "The picture that suits it", .example = "line"),
    FIELD(struct report_info, default_by, .doc = "The dimension without `by`", .example = "day"),
    FIELD_AS(REC_TEXTS, struct report_info, by, .doc = "What `by` may name"),
    FIELD_AS(REC_TEXTS, struct report_info, filters, .doc = "Parameters that narrow it"),
    FIELD(struct report_info, by_currency,
          .doc = "Rows are told apart by currency; otherwise money is in the company's", .example = "true"),
    FIELD_AS(REC_LIST, struct report_info, measures, .rec = &measure_rec, .doc = "Its figures, in order"),
};
const struct rec report_info_rec =
    REC(struct report_info, "ReportDefinition", info_fields,
        "A report: dimensions, measures and units; names are codes for the client's catalog");

/* ---- As the edge writes an answer ---- */

struct shown_value {
  const char *measure;
  int64_t value, previous, change;
};
static const struct rec_field value_fields[] = {
    FIELD(struct shown_value, measure, .flags = REC_REQUIRED, .doc = "Of the report's measures", .example = "revenue"),
    FIELD_AS(REC_DECIMAL, struct shown_value, value, .flags = REC_NULLS,
             .doc = "By the measure's unit; null = nothing to divide by", .example = "448000"),
    FIELD_AS(REC_DECIMAL, struct shown_value, previous, .doc = "The same of the time compared with",
             .example = "400000"),
    FIELD_AS(REC_DECIMAL, struct shown_value, change,
             .doc = "(value - previous) / |previous|; left out from nothing or from 0", .example = "0.12"),
};
static const struct rec value_rec = REC(struct shown_value, "ReportValue", value_fields, "One figure of one row");

struct shown_row {
  const char *key, *from, *to, *label, *currency;
  LIST(struct shown_value) values;
};
static const struct rec_field row_fields[] = {
    FIELD(
        struct shown_row, key,
        .doc =
            "The day on which the span begins, or the code of channel, location, product, reason, segment; left out in "
            "totals. Given back as `key` it drills",
        .example = "2026-11-20"),
    FIELD_AS(REC_DATE, struct shown_row, from, .doc = "First day of a row that is a span of days",
             .example = "2026-11-20"),
    FIELD_AS(REC_DATE, struct shown_row, to, .doc = "Its last day", .example = "2026-11-20"),
    FIELD_AS(REC_NAMES, struct shown_row, label, .doc = "Names of a product or a location, by language"),
    FIELD(struct shown_row, currency, .flags = REC_REQUIRED, .doc = "Of its money", .example = "USD"),
    FIELD_AS(REC_LIST, struct shown_row, values, .rec = &value_rec, .flags = REC_REQUIRED,
             .doc = "In the order of `measures`"),
};
static const struct rec row_rec = REC(struct shown_row, "ReportRow", row_fields, "A row of a report, or a total");

struct shown_report {
  const char *name, *by, *from, *to, *zone, *compare, *previous_from, *previous_to;
  struct instant as_of;
  int64_t waiting, left_off;
  LIST(const char *) measures;
  LIST(struct shown_row) rows;
  LIST(struct shown_row) totals;
};
static const struct rec_field report_fields[] = {
    FIELD(struct shown_report, name, .flags = REC_REQUIRED, .doc = "Of the report", .example = "orders"),
    FIELD(struct shown_report, by, .flags = REC_REQUIRED, .doc = "What rows stand for", .example = "day"),
    FIELD_AS(REC_DATE, struct shown_report, from, .flags = REC_REQUIRED, .doc = "First day", .example = "2026-10-22"),
    FIELD_AS(REC_DATE, struct shown_report, to, .flags = REC_REQUIRED, .doc = "Last day", .example = "2026-11-20"),
    FIELD(struct shown_report, zone, .flags = REC_REQUIRED, .doc = "IANA zone of the days",
          .example = "America/New_York"),
    FIELD(struct shown_report, compare, .doc = "`previous` or `year`, where it was asked for", .example = "previous"),
    FIELD_AS(REC_DATE, struct shown_report, previous_from, .doc = "First day compared with", .example = "2026-09-22"),
    FIELD_AS(REC_DATE, struct shown_report, previous_to, .doc = "Last day compared with", .example = "2026-10-21"),
    FIELD(struct shown_report, as_of, .doc = "When figures last moved", .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct shown_report, waiting, .flags = REC_REQUIRED, .doc = "Events that are not counted yet",
          .example = "0"),
    FIELD(struct shown_report, left_off, .flags = REC_REQUIRED, .doc = "Rows beyond `limit`; totals count them",
          .example = "0"),
    FIELD_AS(REC_TEXTS, struct shown_report, measures, .flags = REC_REQUIRED,
             .doc = "Those that these dimensions have"),
    FIELD_AS(REC_LIST, struct shown_report, rows, .rec = &row_rec, .flags = REC_REQUIRED,
             .doc = "By day, or the largest first"),
    FIELD_AS(REC_LIST, struct shown_report, totals, .rec = &row_rec, .flags = REC_REQUIRED, .doc = "One per currency"),
};
const struct rec report_rec = REC(struct shown_report, "Report", report_fields, "Figures of a span of days");

/* ---- What is behind ---- */

static const struct rec_field item_fields[] = {
    FIELD(struct report_item, kind, .doc = "`order`, `line`, `refund`, `fulfillment`, `hold`, `stock` or `customer`",
          .example = "order"),
    FIELD(struct report_item, at, .doc = "When it counted", .example = "2026-11-20T08:00:00.000Z"),
    {.name = "order",
     .offset = offsetof(struct report_item, order_id),
     .kind = REC_ID,
     .prefix = PREFIX_order,
     .doc = "The order"},
    FIELD(struct report_item, number, .doc = "Its number", .example = "SO-100023"),
    {.name = "fulfillment",
     .offset = offsetof(struct report_item, fulfillment_id),
     .kind = REC_ID,
     .prefix = PREFIX_fulfillment,
     .doc = "The fulfillment"},
    {.name = "hold",
     .offset = offsetof(struct report_item, hold_id),
     .kind = REC_ID,
     .prefix = PREFIX_hold,
     .doc = "The hold"},
    {.name = "customer",
     .offset = offsetof(struct report_item, customer_id),
     .kind = REC_ID,
     .prefix = PREFIX_customer,
     .doc = "The customer"},
    FIELD(struct report_item, channel, .doc = "Code of the channel", .example = "web"),
    FIELD(struct report_item, location, .doc = "Code of the location", .example = "NJ1"),
    FIELD(struct report_item, sku, .doc = "The product", .example = "TEE-S"),
    FIELD(struct report_item, reason, .doc = "Type of the hold", .example = "stock_short"),
    FIELD(struct report_item, segment, .doc = "Of the customer", .example = "champions"),
    FIELD(struct report_item, orders, .doc = "Of the customer", .example = "4"),
    FIELD(struct report_item, currency, .doc = "Of the amount", .example = "USD"),
    FIELD(struct report_item, amount, .doc = "Minor units that it adds to money", .example = "4480"),
    FIELD(struct report_item, quantity, .doc = "Units", .example = "2"),
    FIELD(struct report_item, on_hand, .doc = "Of stock, now", .example = "10"),
    FIELD(struct report_item, available, .doc = "Of stock, now", .example = "8"),
    FIELD(struct report_item, seconds, .doc = "A duration", .example = "3600"),
};
const struct rec report_item_rec = REC(struct report_item, "ReportItem", item_fields,
                                       "One order, fulfillment, hold, stock row or customer behind a figure");

static const struct rec_field channel_fields[] = {
    FIELD(struct customer_channel, channel, .doc = "Code of the channel", .example = "web"),
    FIELD(struct customer_channel, orders, .doc = "Placed there and not cancelled", .example = "3"),
    FIELD(struct customer_channel, lifetime_value, .doc = "What they come to", .example = "33600"),
    FIELD(struct customer_channel, last_order_at, .doc = "When the last was placed"),
};
static const struct rec customer_channel_rec =
    REC(struct customer_channel, "CustomerChannel", channel_fields, "What a customer's orders of one channel come to");

static const struct rec_field profile_fields[] = {
    {.name = "customer",
     .offset = offsetof(struct customer_profile, customer_id),
     .kind = REC_ID,
     .prefix = PREFIX_customer,
     .doc = "The customer"},
    FIELD(struct customer_profile, orders, .doc = "Placed and not cancelled", .example = "4"),
    FIELD(struct customer_profile, lifetime_value, .doc = "What they come to", .example = "44800"),
    FIELD(struct customer_profile, currency, .doc = "The company's", .example = "USD"),
    FIELD(struct customer_profile, average_value, .doc = "Of one order", .example = "11200"),
    FIELD(struct customer_profile, first_order_at, .doc = "When the first was placed"),
    FIELD(struct customer_profile, last_order_at, .doc = "When the last was placed"),
    FIELD(struct customer_profile, recency, .doc = "Score 1 to 5 by fifths of all customers; 0 without orders",
          .example = "5"),
    FIELD(struct customer_profile, frequency, .doc = "The same by orders", .example = "4"),
    FIELD(struct customer_profile, monetary, .doc = "The same by value", .example = "4"),
    FIELD(struct customer_profile, segment,
          .doc = "`champions`, `loyal`, `promising`, `new`, `attention`, `at_risk`, `hibernating` or `lost`",
          .example = "champions"),
    FIELD_AS(REC_LIST, struct customer_profile, channels, .rec = &customer_channel_rec, .max = CUSTOMER_CHANNELS_MAX,
             .doc = "The same by channel, the one with most orders first"),
};
const struct rec customer_profile_rec = REC(struct customer_profile, "CustomerProfile", profile_fields,
                                            "What a customer's orders come to, and the scores that follow");
