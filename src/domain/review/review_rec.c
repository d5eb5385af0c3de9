/* The tables of the room: types of rules, their parameters, and the descriptors. */
#include "review_priv.h"

#include <string.h>

const char *const review_types[] = {"stock_short",      "payment_mismatch", "total_mismatch",
                                    "blocked_customer", "velocity",         "amount_outlier",
                                    "address",          "price_deviation",  "probable_duplicate", NULL};

#define HAS(param) (1u << PARAM_##param)

const struct review_kind review_kinds[REVIEW_TYPE_COUNT] = {
  [REVIEW_STOCK_SHORT]        = {"Stock is short", "service", true, 0, 0, 0, 0, 0, 0},
  [REVIEW_PAYMENT_MISMATCH]   = {"Payments do not fit", "finance", true, 0, 0, 0, 0, 0, 0},
  [REVIEW_TOTAL_MISMATCH]     = {"Total is not as expected", "service", true, 0, 0, 0, 0, 0, 0},
  [REVIEW_BLOCKED_CUSTOMER]   = {"Customer is blocked", "service", true, 0, 0, 0, 0, 0, 0},
  [REVIEW_VELOCITY]           = {"Many orders at once", "service", false, HAS(ORDERS) | HAS(WINDOW_MINUTES),
                                 .orders = 3, .window_minutes = 60},
  [REVIEW_AMOUNT_OUTLIER]     = {"Unusually large order", "manager", false, HAS(AMOUNT) | HAS(CURRENCY),
                                 .amount = 100000},
  [REVIEW_ADDRESS]            = {"Address is incomplete", "service", false, HAS(REQUIRED) | HAS(COUNTRIES),
                                 0, 0, 0, 0, 0},
  [REVIEW_PRICE_DEVIATION]    = {"Price differs from the catalog", "manager", false, HAS(DEVIATION),
                                 .deviation_ppm = 200000},
  [REVIEW_PROBABLE_DUPLICATE] = {"Probably ordered twice", "service", false, HAS(WINDOW_MINUTES) | HAS(SIMILARITY),
                                 .window_minutes = 60, .similarity_ppm = 900000},
};

const char *const review_param_names[PARAM_COUNT] = {"orders",    "window_minutes", "amount",   "currency",
                                                     "deviation", "similarity",     "required", "countries"};

const struct address_part address_parts[] = {
  {"name", offsetof(struct address, name)},     {"company", offsetof(struct address, company)},
  {"line1", offsetof(struct address, line1)},   {"line2", offsetof(struct address, line2)},
  {"city", offsetof(struct address, city)},     {"region", offsetof(struct address, region)},
  {"postal_code", offsetof(struct address, postal_code)}, {"phone", offsetof(struct address, phone)},
  {0},
};

const struct address_part *address_part_find(const char *name)
{
  for (const struct address_part *p = address_parts; p->name; p++)
    if (strcmp(p->name, name) == 0)
      return p;
  return NULL;
}

static bool code_valid(const char *s)
{
  return s[0] && strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-_.") == strlen(s);
}

static bool currency_valid(const char *s)
{
  return currency_decimals(s) >= 0;
}

static const struct rec_field params_fields[PARAM_COUNT] = {
  FIELD(struct review_params, orders, .min = 1, .max = REVIEW_ORDERS_MAX,
        .doc = "velocity: so many orders of a customer within the window are fine", .example = "3"),
  FIELD(struct review_params, window_minutes, .min = 1, .max = REVIEW_WINDOW_MAX,
        .doc = "velocity, probable_duplicate: how far back it looks", .example = "60"),
  FIELD(struct review_params, amount, .min = 0, .max = MONEY_MAX,
        .doc = "amount_outlier: a total up to this, in minor units of the currency, is fine", .example = "100000"),
  FIELD(struct review_params, currency, .min = 3, .max = 3, .check = currency_valid,
        .doc = "amount_outlier: of the amount; orders in other currencies pass. Left out = the company's",
        .example = "USD"),
  FIELD(struct review_params, deviation, .min = 0, .max = RATE_MAX,
        .doc = "price_deviation: so much above or below the catalog's price is fine", .example = "0.2"),
  FIELD(struct review_params, similarity, .min = 1, .max = SCALE,
        .doc = "probable_duplicate: from this share of the basket on it is the same order", .example = "0.9"),
  FIELD_AS(REC_TEXTS, struct review_params, required, .min = 0, .max = 8,
           .doc = "address: parts that must be there: name, company, line1, line2, city, region, postal_code, phone",
           .example = "[\"name\",\"line1\",\"city\"]"),
  FIELD_AS(REC_TEXTS, struct review_params, countries, .min = 0, .max = 300,
           .doc = "address: the only countries that pass (ISO 3166-1 alpha-2); empty = all",
           .example = "[\"US\",\"CA\"]"),
};
static const struct rec params_rec = REC(struct review_params, "ReviewParams", params_fields,
                                         "What a rule compares with; each type has some of these");

static const struct rec_field rule_fields[] = {
  FIELD_AS(REC_ID, struct review_rule, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_rule,
           .doc = "Id of the rule", .example = "rul_01jd7k3v9q2m8"),
  FIELD(struct review_rule, version, .flags = REC_READONLY, .doc = "1 at first, one more with each change",
        .example = "1"),
  FIELD(struct review_rule, code, .flags = REC_REQUIRED | REC_FIXED, .max = REVIEW_CODE_MAX, .check = code_valid,
        .doc = "Unique, never changed: lower-case letters, digits, - _ .", .example = "velocity"),
  FIELD(struct review_rule, name, .min = 1, .max = 120, .doc = "For people; left out = what the type is called",
        .example = "Many orders at once"),
  FIELD_AS(REC_ENUM, struct review_rule, type, .flags = REC_REQUIRED | REC_FIXED, .names = review_types,
           .doc = "What it looks at; also the type of its holds", .example = "velocity"),
  FIELD(struct review_rule, enabled, .def = true, .has_def = true, .doc = "Is it on?", .example = "true"),
  FIELD_AS(REC_TEXTS, struct review_rule, channels, .min = 0, .max = REVIEW_CHANNELS_MAX,
           .doc = "Codes of the channels whose orders it looks at; empty = all", .example = "[\"web\"]"),
  FIELD_AS(REC_INLINE, struct review_rule, params, .rec = &params_rec, .prefix = "param_",
           .doc = "What it compares with"),
  FIELD(struct review_rule, owner_role, .min = 1, .max = 40,
        .doc = "Role that is told and has to decide; left out = the type's own", .example = "service"),
  FIELD(struct review_rule, expire_hours, .min = 0, .max = REVIEW_EXPIRE_MAX, .def = 0, .has_def = true,
        .doc = "Its holds end by themselves after so many hours, and the order goes on; 0 = as the setting "
               "hold.expire_hours says",
        .example = "0"),
  FIELD(struct review_rule, created_at, .flags = REC_READONLY, .doc = "When it was created",
        .example = "2026-11-20T08:00:00.000Z"),
  FIELD(struct review_rule, updated_at, .flags = REC_READONLY, .doc = "When it last changed",
        .example = "2026-11-20T08:00:00.000Z"),
  FIELD(struct review_rule, target_hours, .min = 0, .max = REVIEW_EXPIRE_MAX, .def = 0, .has_def = true,
        .doc = "Its holds should be decided within so many hours, then they go to the next role; 0 = 24",
        .example = "4"),
};
const struct rec review_rule_rec =
    REC(struct review_rule, "ReviewRule", rule_fields, "A rule that may hold an order when it is placed");
const struct db_table review_rule_table = {"review_rule", &review_rule_rec};

static const struct rec_field expired_fields[] = {
  FIELD(struct holds_expired, expired, .doc = "Holds that ended", .example = "2"),
  FIELD(struct holds_expired, orders, .doc = "Orders they were of", .example = "1"),
  FIELD(struct holds_expired, more, .doc = "Are there more?", .example = "false"),
};
const struct rec holds_expired_rec =
    REC(struct holds_expired, "HoldsExpired", expired_fields, "What a run of the timer did");
