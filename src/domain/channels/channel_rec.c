/* The channel's descriptor. */
#include "channels.h"

#include <string.h>

const char *const channel_kinds[] = {"web",    "phone",        "email", "store", "marketplace",
                                     "social", "delivery_app", "edi",   NULL};
const char *const stock_policies[] = {"refuse", "backorder", "hold", NULL};
const char *const payment_terms_names[] = {"prepaid", "cod", "deposit", "account", NULL};

static bool code_valid(const char *s)
{
  return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(s);
}

static bool currency_valid(const char *s)
{
  return currency_decimals(s) >= 0;
}

static bool language_valid(const char *s)
{
  return strlen(s) >= 2 && strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == strlen(s);
}

const char *const invoice_whens[] = {"company", "manual", "placed", "paid", "shipped", NULL};

static const struct rec_field channel_fields[] = {
    FIELD_AS(REC_ID, struct channel, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_channel,
             .doc = "Id of the channel", .example = "chn_01jd7k3v9q2m8"),
    FIELD(struct channel, version, .flags = REC_READONLY, .doc = "1 at first, one more with each change",
          .example = "1"),
    FIELD(struct channel, code, .flags = REC_REQUIRED | REC_FIXED, .max = CHANNEL_CODE_MAX, .check = code_valid,
          .doc = "Your code of the channel: unique, lower-case letters, digits, '-', '_' and '.', never changed",
          .example = "web"),
    FIELD(struct channel, name, .min = 1, .max = 120, .doc = "Name for people; left out = the code",
          .example = "Web shop"),
    FIELD_AS(REC_ENUM, struct channel, kind, .names = channel_kinds, .doc = "What it is", .example = "web"),
    FIELD(struct channel, active, .def = true, .has_def = true, .doc = "false: takes no new orders", .example = "true"),
    FIELD(struct channel, currency, .min = 3, .max = 3, .check = currency_valid,
          .doc = "Its usual currency (ISO 4217), in which minimum_shipment is; left out = the company's",
          .example = "USD"),
    FIELD(struct channel, language, .min = 2, .max = 16, .check = language_valid,
          .doc = "Of customers who name none; left out = the company's", .example = "en"),
    FIELD(struct channel, number_series, .min = 1, .max = 40, .check = code_valid,
          .doc = "Series from which its orders are numbered; left out = order", .example = "order"),
    FIELD(struct channel, number_prefix, .min = 0, .max = 12,
          .doc = "Prefix of a series that does not exist yet; left out = SO-", .example = "SO-"),
    FIELD_AS(REC_ENUM, struct channel, stock_policy, .names = stock_policies,
             .doc =
                 "An order that is not paid yet finds too little stock: refuse it, take it as a backorder, or hold it",
             .example = "refuse"),
    FIELD(struct channel, hold_short_gifts, .doc = "true: a gift that is short holds its order; else it never does",
          .example = "false"),
    FIELD_AS(REC_ENUM, struct channel, payment_terms, .names = payment_terms_names, .doc = "Of orders that name none",
             .example = "prepaid"),
    FIELD(struct channel, prices_include_tax, .def = true, .has_def = true, .doc = "Of orders that do not say",
          .example = "true"),
    FIELD(struct channel, allow_splits, .def = true, .has_def = true,
          .doc = "An order may be answered by several locations", .example = "true"),
    FIELD(struct channel, max_splits, .min = 0, .max = 100, .def = 0, .has_def = true,
          .doc = "Locations beyond the first; 0 = no limit", .example = "0"),
    FIELD(struct channel, whole_lines, .doc = "true: no line comes from two locations", .example = "false"),
    FIELD(struct channel, ship_complete, .def = true, .has_def = true,
          .doc = "Nothing is assigned unless everything is: never with units missing", .example = "true"),
    FIELD(struct channel, minimum_shipment, .min = 0, .max = MONEY_MAX, .def = 0, .has_def = true,
          .doc = "Least value of each shipment of a split order, in minor units of currency; 0 = none", .example = "0"),
    FIELD(struct channel, auto_open, .def = true, .has_def = true,
          .doc = "An order that nothing holds opens when it is placed; false: people approve each", .example = "true"),
    FIELD(struct channel, shipping_method, .min = 1, .max = 40, .doc = "Of orders that name none; left out = standard",
          .example = "standard"),
    FIELD_AS(REC_ENUM, struct channel, invoice_issue, .names = invoice_whens,
             .doc = "When its orders are invoiced by themselves; company = as the setting invoice.issue says",
             .example = "company"),
    FIELD_AS(REC_TEXTS, struct channel, locations, .min = 0, .max = CHANNEL_LOCATIONS_MAX,
             .doc = "Codes of the locations that may answer; empty = all", .example = "[\"WH-1\",\"STORE-2\"]"),
    FIELD_AS(REC_LIST, struct channel, sourcing_rules, .min = 0, .max = SOURCING_RULES_MAX, .rec = &sourcing_rule_rec,
             .doc = "Rules tried in order until one can fill the order; empty = all locations, by cost"),
    FIELD_AS(REC_JSON, struct channel, sourcing_rules_json, .flags = REC_HIDDEN, .column = "sourcing_rules"),
    FIELD(struct channel, created_at, .flags = REC_READONLY, .doc = "When it was created",
          .example = "2026-11-20T08:00:00.000Z"),
    FIELD(struct channel, updated_at, .flags = REC_READONLY, .doc = "When it last changed",
          .example = "2026-11-20T08:00:00.000Z"),
};
const struct rec channel_rec =
    REC(struct channel, "Channel", channel_fields, "Where demand comes from, with its policies");
const struct db_table channel_table = {"channel", &channel_rec};
