/* Builders of this room's tests. */
#ifndef ORDO_INVENTORY_TEST_HELP_H
#define ORDO_INVENTORY_TEST_HELP_H

#include "inventory_priv.h"
#include "scratch.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

/* What a guard that misses is: a bug where there is one writer. */
#define guard_missed (test_on_postgres() ? ERR_RETRY : ERR_INTERNAL)
/* The act of the room above, without its order lines. */
extern const struct act adjust_act;

/* A value read from JSON, as the edge would. */
#define BODY(type, rec, json) ((type *)test_body(t, (rec), sizeof(type), (json)))
void *test_body(struct test *t, const struct rec *rec, size_t size, const char *json);

const struct location *a_location(struct test *t, struct ctx *cx, const char *json);
int64_t a_product(struct test *t, struct ctx *cx, const char *sku);
/* Runs an adjustment of one location; CHECKs nothing. */
enum err adjust(struct test *t, struct ctx *cx, const char *json, struct adjustment **out);
/* Puts that many pieces there. */
void receive(struct test *t, struct ctx *cx, const char *location, const char *sku, int64_t pieces);
/* Runs a plan in a transaction of its own. */
enum err apply(struct ctx *cx, const struct stock_changes *c);
/* Reserves pieces of plain stock for order `id`, line 1. */
enum err reserve(struct ctx *cx, int64_t location_id, int64_t product_id, int64_t id, int64_t priority, int64_t pieces);
struct stock stock_now(struct test *t, struct ctx *cx, const struct stock_key *key);
/* Differences that inventory_check reports, their number; the last is kept in last_difference. */
int64_t differences(struct test *t, struct ctx *cx);
extern const char *last_difference, *last_repair;

#endif
