/* Builders of this room's tests. */
#ifndef ORDO_REVIEW_TEST_HELP_H
#define ORDO_REVIEW_TEST_HELP_H

#include "review_priv.h"
#include "scratch.h"
#include "settings.h"
#include "test.h"

#define CUSTOMER INT64_C(77000)

/* A database with the rules of a fresh one, at 2026-01-05T09:00Z. */
struct ctx *shop(struct test *t);
/* A rule from JSON, as the edge would create it. */
const struct review_rule *a_rule(struct ctx *cx, const char *json);
/* PATCH of a rule. */
enum err patch_rule(struct ctx *cx, const char *code, const char *json, struct act_result *out);
void switch_on(struct ctx *cx, const char *code, bool on);

/* A prepaid order of channel web in USD, to be shipped to Li Wei, with 2 TEE at 19.90: 39.80 in all. */
struct order_work *an_order(struct ctx *cx);
struct order_line *add_line(struct ctx *cx, struct order_work *w, const char *sku, int64_t pieces, int64_t price_minor);
void add_payment(struct ctx *cx, struct order_work *w, enum entry_kind kind, int64_t minor);
/* Load and decide; the rules of stock look at it as sourced. */
struct order *review(struct ctx *cx, struct order_work *w, int64_t customer_id, bool blocked);
/* The order's only hold is of that type; or it has none at all. */
const struct hold *held_by(const struct order *o, const char *type);
void passes(const struct order *o);
/* Places the order of that customer, with the holds it has, and stores it. */
struct order_id place(struct ctx *cx, struct order_work *w, int64_t customer_id);
struct order *order_now(struct ctx *cx, struct order_id id);
const char *id_text(struct ctx *cx, const char *prefix, int64_t id);

#endif
