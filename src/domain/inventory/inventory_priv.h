/* What the files of this room share. */
#ifndef ORDO_INVENTORY_PRIV_H
#define ORDO_INVENTORY_PRIV_H

#include "catalog.h"
#include "events.h"
#include "inventory.h"

/* The columns of a stock key, in every table that has one: a condition on $1..$6 and their values. */
#define STOCK_KEY_IS                                                                                                   \
  "bucket = $1 AND location_id = $2 AND product_id = $3 AND owner = $4 AND stock_condition = $5 AND lot = $6"
#define STOCK_KEY_ARGS(bucket, key)                                                                                    \
  I64(bucket), I64((key)->location_id), I64((key)->product_id), TEXT((key)->owner),                                    \
      TEXT(stock_conditions[(key)->condition]), TEXT((key)->lot)

/* The bucket of a key, by its location's spread. ERR_INTERNAL when there is no such location. */
MUST_CHECK enum err stock_key_bucket(struct ctx *cx, const struct stock_key *key, const struct location **out_location,
                                     int64_t *out_bucket);

/* The prefix of a demand's ids by its kind: "order" is "ord". */
const char *stock_demand_prefix(const char *kind);

/* Is nothing left to sell before the safety stock? A row without safety stock is low only when it is overdrawn: that it
 * is sold out is no news. */
bool stock_is_low(struct quantity on_hand, struct quantity reserved, struct quantity safety);

/* A stock row just written, as its events tell it. */
struct stock_after {
  const struct location *location;
  const struct stock_key *key;
  int64_t bucket, id, version;
  struct quantity on_hand, reserved, safety;
  bool alerted;
  struct instant updated_at;
  int64_t movements;
  int64_t events; /* emitted so far for this version */
};
/* An event of the row as it is now; changes: a JSON array of {pointer, before, after}, or NULL. */
MUST_CHECK enum err stock_event(struct ctx *cx, struct stock_after *row, const char *topic, const char *changes);
/* stock.low or stock.recovered, once per crossing. */
MUST_CHECK enum err stock_watch(struct ctx *cx, struct stock_after *row);
/* What a body names; ERR_INVALID with an entry at pointer when it is not there, or a product has no stock. */
MUST_CHECK enum err stock_find_location(struct ctx *cx, const char *code, const char *pointer,
                                        const struct location **out);
MUST_CHECK enum err stock_find_product(struct ctx *cx, const char *sku, const char *pointer,
                                       const struct product **out);
/* The reservations of a plan, after its rows. */
MUST_CHECK enum err reservations_apply(struct ctx *cx, const struct stock_changes *c);
/* Makes a row; ERR_OK and *out_made = false when there is one already. */
MUST_CHECK enum err stock_make(struct ctx *cx, struct stock_after *row, bool *out_made);

#endif
