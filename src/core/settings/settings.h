/* settings - one table of what a company may set: key, kind, default, bounds, unit, help. Values are rows of the
 * reference table `setting`; readers keep them in the connection's memo.
 */
#ifndef ORDO_SETTINGS_H
#define ORDO_SETTINGS_H

#include "context.h"

enum setting_kind { SETTING_INT, SETTING_TEXT, SETTING_CHOICE };

#define SETTING_LIST(X)                                                                                                        \
  /* code                   key                          kind     default   min  max      choices         unit     help */      \
  X(COMPANY_NAME,           "company.name",              TEXT,    "Ordo",   1,   120,     NULL,           "",      "Name on documents")                         \
  X(COMPANY_CURRENCY,       "company.currency",          TEXT,    "USD",    3,   3,       NULL,           "",      "Currency of the company (ISO 4217); fixed once there are orders") \
  X(COMPANY_LANGUAGE,       "company.language",          TEXT,    "en",     2,   16,      NULL,           "",      "Language of names given without one")       \
  X(COMPANY_TIME_ZONE,      "company.time_zone",         TEXT,    "UTC",    1,   64,      NULL,           "",      "IANA zone of dates without a location")     \
  X(COMPANY_LEGAL_NAME,     "company.legal_name",        TEXT,    "",       0,   200,     NULL,           "",      "Name on invoices, as in the register; empty = the name on documents") \
  X(COMPANY_LINE1,          "company.line1",             TEXT,    "",       0,   200,     NULL,           "",      "Address on invoices: street and number")     \
  X(COMPANY_LINE2,          "company.line2",             TEXT,    "",       0,   200,     NULL,           "",      "Address on invoices: second line")           \
  X(COMPANY_POSTAL_CODE,    "company.postal_code",       TEXT,    "",       0,   20,      NULL,           "",      "Address on invoices: postal code")           \
  X(COMPANY_CITY,           "company.city",              TEXT,    "",       0,   100,     NULL,           "",      "Address on invoices: city")                  \
  X(COMPANY_REGION,         "company.region",            TEXT,    "",       0,   100,     NULL,           "",      "Address on invoices: state or province")     \
  X(COMPANY_COUNTRY,        "company.country",           TEXT,    "",       0,   2,       NULL,           "",      "Address on invoices: country (ISO 3166-1 alpha-2)") \
  X(COMPANY_TAX_ID,         "company.tax_id",            TEXT,    "",       0,   40,      NULL,           "",      "Tax number of the company at home")          \
  X(COMPANY_VAT_ID,         "company.vat_id",            TEXT,    "",       0,   20,      NULL,           "",      "VAT number of the company, with its country's prefix") \
  X(COMPANY_REGISTRATION,   "company.registration",      TEXT,    "",       0,   100,     NULL,           "",      "Number in the register of companies")        \
  X(COMPANY_PHONE,          "company.phone",             TEXT,    "",       0,   40,      NULL,           "",      "Phone on invoices")                          \
  X(COMPANY_EMAIL,          "company.email",             TEXT,    "",       0,   254,     NULL,           "",      "E-mail on invoices")                         \
  X(COMPANY_BANK,           "company.bank",              TEXT,    "",       0,   100,     NULL,           "",      "Bank that invoices are paid to")             \
  X(COMPANY_IBAN,           "company.iban",              TEXT,    "",       0,   34,      NULL,           "",      "Account that invoices are paid to (IBAN, without blanks)") \
  X(COMPANY_BIC,            "company.bic",               TEXT,    "",       0,   11,      NULL,           "",      "BIC of that bank")                           \
  X(INVOICE_ISSUE,          "invoice.issue",             CHOICE,  "manual", 0,   0,       "manual placed paid shipped", "", "When invoices are issued by themselves; a channel may say otherwise") \
  X(INVOICE_NUMBERS,        "invoice.numbers",           CHOICE,  "series", 0,   0,       "series block outside", "", "Where their numbers come from: our own series, a block that a government gave, or the authority's answer") \
  X(INVOICE_SERIES,         "invoice.series",            CHOICE,  "company", 0,  0,       "company channel", "",   "One series of numbers for all, or one for each channel") \
  X(SHOP_COLOR,             "shop.color",                TEXT,    "",       0,   7,       NULL,           "",      "Color of pages for customers, #rrggbb; empty = the built-in one") \
  X(SHOP_LOGO,              "shop.logo_url",             TEXT,    "",       0,   30000,   NULL,           "",      "Logo on pages for customers: a path of this server, or a data:image address; empty = the name alone") \
  X(TAX_ROUNDING,           "tax.rounding",              CHOICE,  "line",   0,   0,       "line document", "",     "Tax is rounded per line, or per document and rate") \
  X(REFUND_SHIPPING,        "refund.shipping",           CHOICE,  "keep",   0,   0,       "keep share full", "",   "Shipping charge when part of an order is cancelled: keep it, give back its share, or all once no goods are left; a whole order cancelled gives back every charge") \
  X(ORDER_EXPIRE_MINUTES,   "order.expire_minutes",      INT,     "0",      0,   525600,  NULL,           "min",   "A prepaid order without money is cancelled after this; 0 = never") \
  X(ORDER_CLOSE_DAYS,       "order.close_days",          INT,     "14",     1,   365,     NULL,           "days",  "An order shipped without tracking closes after this") \
  X(HOLD_EXPIRE_HOURS,      "hold.expire_hours",         INT,     "0",      0,   8760,    NULL,           "h",     "Default life of a review hold; 0 = until released") \
  X(RESERVATION_MINUTES,    "reservation.soft_minutes",  INT,     "30",     1,   10080,   NULL,           "min",   "How long a draft with hold_stock keeps its stock") \
  X(PAYMENT_TERM_DAYS,      "payment.term_days",         INT,     "14",     0,   365,     NULL,           "days",  "Money that is due is overdue so long after placing")            \
  X(IDEMPOTENCY_HOURS,      "idempotency.keep_hours",    INT,     "48",     24,  720,     NULL,           "h",     "How long replies are kept for repeats")      \
  X(PROCESSING_HOURS,       "promise.processing_hours",  INT,     "0",      0,   720,     NULL,           "h",     "Working time from order to hand-over, where the location says nothing") \
  X(JOB_KEEP_DAYS,          "job.keep_days",             INT,     "14",     1,   3650,    NULL,           "days",  "How long what was done outside is kept in its list") \
  X(OUTBOUND_PRIVATE,       "outbound.private_addresses", CHOICE, "off",    0,   0,       "off on",       "",      "Webhooks, mail servers and shops may be at private addresses of this network") \
  X(SOURCING_SPLIT,         "sourcing.split_penalty",    INT,     "500",    0,   100000000, NULL,         "minor", "Cost of each location beyond the first")    \
  X(SOURCING_LATENESS,      "sourcing.late_day",         INT,     "300",    0,   100000000, NULL,         "minor", "Cost of each day later than asked")         \
  X(SOURCING_SCARCITY,      "sourcing.scarcity",         INT,     "0",      0,   100000000, NULL,         "minor", "Cost of taking a location's last unit")     \
  X(SOURCING_NODES,         "sourcing.search_nodes",     INT,     "100000", 100, 100000000, NULL,         "nodes", "Search steps before the best found is taken, not proven") \
  X(LOGIN_ATTEMPTS,         "login.attempts",            INT,     "5",      1,   1000,    NULL,           "per 15 min", "Failed sign-ins before a wait")        \
  X(CHANGE_UNTIL,           "change.customer_until",     CHOICE,  "released", 0,  0,      "placed released picked", "", "Customers may change an order while it is in review, until a wave or a picker has it, or until something is picked") \
  X(CHANGE_HOURS,           "change.expire_hours",       INT,     "72",     1,   8760,    NULL,           "h",     "A change set that nobody decides about ends after this") \
  X(SESSION_HOURS,          "session.hours",             INT,     "12",     1,   720,     NULL,           "h",     "Life of a session without use")                         \
  X(MFA_ROLES,              "login.mfa_roles",           TEXT,    "",       0,   200,     NULL,           "",      "Roles whose users must sign in with a second step, between blanks; * = everybody")

enum setting {
#define X(code, ...) SETTING_##code,
  SETTING_LIST(X)
#undef X
  SETTING_COUNT
};
struct setting_info {
  const char *key;
  enum setting_kind kind;
  const char *def;
  int64_t min, max; /* of the number, or of the text's length */
  const char *choices, *unit, *help;
};
const struct setting_info *setting_info(enum setting s);
enum setting setting_find(const char *key); /* or SETTING_COUNT */

/* The value in force; from the memo after the first call on a connection. A text is the caller's, in its arena. */
MUST_CHECK enum err setting_i64(struct ctx *cx, enum setting s, int64_t *out);
MUST_CHECK enum err setting_text(struct ctx *cx, enum setting s, const char **out);
/* Checks kind and bounds (ERR_INVALID at pointer). */
MUST_CHECK enum err setting_check(struct ctx *cx, enum setting s, const char *value, const char *pointer);
/* In an act's apply: stores the value. */
MUST_CHECK enum err setting_store(struct ctx *cx, enum setting s, const char *value);

#endif
