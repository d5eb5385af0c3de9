/* The shop that the tests of this room play in: two warehouses with ten of each of three products. */
#ifndef ORDO_CHANGES_SHOP_TEST_H
#define ORDO_CHANGES_SHOP_TEST_H

#include "changes_priv.h"
#include "fulfillment.h"
#include "scratch.h"
#include "test.h"

struct ctx *a_shop(struct test *t);
/* Bodies have ' for ". */
enum err act_json(struct ctx *cx, const struct act *act, const struct rec *rec, const char *id, const char *json,
                  struct act_result *out);
void must(struct ctx *cx, const struct act *act, const struct rec *rec, const char *id, const char *json);
/* Placed by POST of the channel web, in USD; members like "'lines': [...]". Its id text. */
const char *an_order(struct ctx *cx, const char *members);
struct order *the_order(struct ctx *cx, const char *id);
/* A set, made and confirmed; the order afterwards. */
struct order *changed(struct ctx *cx, const char *order, const char *json);
/* A set, made: its id text. */
const char *a_set(struct ctx *cx, const char *order, const char *json);
enum err confirm(struct ctx *cx, const char *set, const char *json);
/* PUT of an order of the channel web. */
enum err put(struct ctx *cx, const char *external_id, const char *json, const struct order **out);
const char *ful_id(struct ctx *cx, const char *order, size_t n);
int64_t at(const struct order *o, int64_t line, enum line_place place); /* pieces */
int64_t reserved(struct ctx *cx, const char *sku);                      /* pieces, everywhere */
void check_books(struct ctx *cx);

#endif
