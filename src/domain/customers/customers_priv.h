/* What the files of customers share. */
#ifndef ORDO_CUSTOMERS_PRIV_H
#define ORDO_CUSTOMERS_PRIV_H

#include "customers.h"

/* The member of a customer that a key is made of. */
const char **customer_key_member(struct customer *customer, enum customer_key_kind kind);

/* Rows of customer_key; value is normalized. */
MUST_CHECK enum err customer_key_owner(struct ctx *cx, enum customer_key_kind kind, const char *value, int64_t *out_id);
MUST_CHECK enum err customer_key_put(struct ctx *cx, enum customer_key_kind kind, const char *value, int64_t id);
MUST_CHECK enum err customer_key_drop(struct ctx *cx, enum customer_key_kind kind, const char *value, int64_t id);

/* The event of a creation (before NULL) or a change. */
MUST_CHECK enum err customer_emit(struct ctx *cx, const struct customer *before, const struct customer *after);

#endif
