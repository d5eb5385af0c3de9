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

struct stock_values;
/* Is nothing left to sell before the safety stock? A row without safety stock is low only when it is overdrawn: that it
 * is sold out is no news. */
bool stock_is_low(const struct stock_values *v);
/* On hand - reserved of a row that is just low. */
int64_t stock_low_mark(struct quantity safety);

/* A place in a table that finds by hash; first member of what is kept there. */
struct stock_node {
  struct stock_node *next;
  uint64_t hash;
};

/* What changes of a stock row. */
struct stock_values {
  struct quantity on_hand, reserved, safety, incoming;
  int64_t movements;
  bool alerted;
  int64_t version; /* 0 = there is no such row */
  struct instant updated_at;
};

/* A row of table stock as this transaction sees it: loaded once, changed in memory by all its acts, written once at the
 * end (stock_rows.c). Lives as long as the transaction; without one (readers) as long as the request. */
struct stock_row {
  struct stock_node node;
  struct stock_row *next_of_product;
  struct stock_key key;
  int64_t bucket, id;
  struct stock_values was, now; /* in the database; after the acts so far */
  /* What the row in the database must have for the acts so far to be right, whatever others did to it meanwhile: */
  int64_t reserved_min, free_min; /* of reserved, and of on hand - reserved */
  bool told;                      /* an event was told of it, which carries its version */
  int64_t events;                 /* told so far of now.version */
};
/* The row of a key; with version 0 when there is none. */
MUST_CHECK enum err stock_row_load(struct ctx *cx, const struct stock_key *key, int64_t bucket, struct stock_row **out);
/* Before a change: the row gets its next version and will be written. Not for readers. */
void stock_row_touch(struct ctx *cx, struct stock_row *row);
/* A row of an answer: the memory's where it has one, else it is put there. NULL = there is no memory, or no room in it.
 * The texts of key are copied. */
struct stock_row *stock_row_keep(struct ctx *cx, const struct stock_key *key, int64_t bucket, int64_t id,
                                 const struct stock_values *values);
/* Does the memory know all good rows of the company of this product? And: now it does. */
bool stock_product_known(struct ctx *cx, int64_t product_id);
void stock_product_knows(struct ctx *cx, int64_t product_id);
/* The rows of a product that the memory has, in no order; next_of_product leads on. NULL = none, or no memory. */
const struct stock_row *stock_rows_of_product(struct ctx *cx, int64_t product_id);
/* Has this transaction left a row of the location below 0, or promised beyond on hand? */
bool stock_rows_overdrawn(struct ctx *cx, int64_t location_id);
/* Loads the rows that these reservations hold in one question; where asking costs nothing they wait to be needed. */
MUST_CHECK enum err stock_rows_prefetch(struct ctx *cx, int64_t demand_id, const reservations *held);

/* An event of the row as it is now; changes: a JSON array of {pointer, before, after}, or NULL. */
MUST_CHECK enum err stock_event(struct ctx *cx, const struct location *location, struct stock_row *row,
                                const char *topic, const char *changes);
/* stock.low or stock.recovered, once per crossing. */
MUST_CHECK enum err stock_watch(struct ctx *cx, const struct location *location, struct stock_row *row);
/* What a body names; ERR_INVALID with an entry at pointer when it is not there, or a product has no stock. */
MUST_CHECK enum err stock_find_location(struct ctx *cx, const char *code, const char *pointer,
                                        const struct location **out);
MUST_CHECK enum err stock_find_product(struct ctx *cx, const char *sku, const char *pointer,
                                       const struct product **out);
/* The reservations of a plan, after its rows. */
MUST_CHECK enum err reservations_apply(struct ctx *cx, const struct stock_changes *c);
#endif
