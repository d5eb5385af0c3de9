/* What the files of the room share. */
#ifndef ORDO_REVIEW_PRIV_H
#define ORDO_REVIEW_PRIV_H

#include "review.h"

/* The parameters of rules, in the order of struct review_params. */
enum review_param { PARAM_ORDERS, PARAM_WINDOW_MINUTES, PARAM_AMOUNT, PARAM_CURRENCY, PARAM_DEVIATION, PARAM_SIMILARITY,
                    PARAM_REQUIRED, PARAM_COUNTRIES, PARAM_COUNT };
extern const char *const review_param_names[PARAM_COUNT];

/* What a type of rule is by itself. */
struct review_kind {
  const char *name;  /* of the rule that a fresh database has, for people */
  const char *role;  /* who decides where the rule does not say */
  bool enabled;      /* in a fresh database */
  unsigned params;   /* bits 1 << enum review_param that it has */
  int64_t orders, window_minutes, amount, deviation_ppm, similarity_ppm; /* where the rule does not say */
};
extern const struct review_kind review_kinds[REVIEW_TYPE_COUNT];

/* A part of an address that a rule may require. */
struct address_part {
  const char *name;
  size_t offset; /* of its text in struct address */
};
extern const struct address_part address_parts[]; /* ends with a row without name */
const struct address_part *address_part_find(const char *name); /* or NULL */

/* Sorts a basket by sku and adds up, one item each. An engine's collation may differ from strcmp: so not in SQL. */
void review_basket_fold(review_basket *basket);

/* All rules by code, from the memo; valid until it is cleared. */
struct review_rules {
  LIST(struct review_rule) by_code;
};
MUST_CHECK enum err review_rules_memo(struct ctx *cx, const struct review_rules **out);

#endif
