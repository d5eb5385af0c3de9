/* The shop that the tests of this room play in: two warehouses and a store, three products, ten of each everywhere. */
#ifndef ORDO_SHOP_TEST_H
#define ORDO_SHOP_TEST_H

#include "fulfillment_priv.h"
#include "payments.h"
#include "scratch.h"
#include "test.h"

#define NOON "2026-01-05T12:00:00Z"

struct line_spec {
  const char *sku;
  int64_t quantity, price; /* pieces, minor units */
  int kind;                /* enum line_kind */
  int64_t parent;          /* line number, 0 = none */
};
struct order_spec {
  struct line_spec lines[6];
  int64_t shipping;         /* charge with tax, 0 = none */
  int64_t captured;         /* minor units; -1 = the total */
  int64_t authorized;       /* the same */
  const char *pickup;       /* code of the location where it is collected */
  bool backorders;          /* what is short waits */
};

struct ctx *a_shop(struct test *t);
/* Placed, sourced and open; its id text. */
const char *an_order(struct ctx *cx, const struct order_spec *spec);
/* The order as it is now, by id text. */
struct order *the_order(struct ctx *cx, const char *id);
const char *ful_id(struct ctx *cx, const char *order_id, size_t n); /* of its n-th fulfillment */
const char *id_text(struct ctx *cx, const char *prefix, int64_t id);
/* Runs an act with its body as JSON. */
enum err act_json(struct ctx *cx, const struct act *act, const struct rec *rec, const char *id, const char *json,
                  struct act_result *out);
enum err pick(struct ctx *cx, const char *id, const char *json);
enum err pack(struct ctx *cx, const char *id, const char *json);
enum err ship(struct ctx *cx, const char *id, const char *json);
enum err reject(struct ctx *cx, const char *id, const char *json);
enum err cancel(struct ctx *cx, const char *order_id, const char *json);
enum err track(struct ctx *cx, int64_t parcel, const char *json);
/* Picks, packs and ships the n-th fulfillment as asked. */
void send_off(struct ctx *cx, const char *order_id, size_t n);
int64_t on_hand(struct ctx *cx, const char *sku, const char *location); /* pieces, good ones */
int64_t reserved(struct ctx *cx, const char *sku, const char *location);
/* Pieces of a line at a place. */
int64_t at(const struct order *o, int64_t line, enum line_place place);
/* ordo check finds nothing. */
void check_books(struct ctx *cx);

#endif
