/* What the files of the room share. */
#ifndef ORDO_CARRIERS_PRIV_H
#define ORDO_CARRIERS_PRIV_H

#include "carriers.h"

/* Minor units of one step and of a kilogram beyond: with 100 t on top the sum stays below MONEY_MAX. */
#define CARRIER_PRICE_MAX      INT64_C(1000000000000)
#define CARRIER_EXTRA_MAX      INT64_C(1000000000)
#define TRACKING_SERIES_DIGITS 10

/* A list that the row keeps as JSON text: services, zones, rates. */
struct carrier_list {
  const char *name;
  size_t json_offset; /* of the text in struct carrier */
};
extern const struct carrier_list carrier_lists[3];
const struct rec_field *carrier_list_field(const struct carrier_list *list);

/* Checks a carrier as one document, fills what was left out and prepares what is computed with (minutes, calendars,
 * sorted rates). ERR_INVALID with all faults. */
enum err carrier_settle(struct ctx *cx, const char *company_currency, struct carrier *c);
/* The last part alone, for a carrier that was checked when it was stored. */
enum err carrier_prepare(struct ctx *cx, struct carrier *c);

#endif
