/* What the files of orders share. */
#ifndef ORDO_ORDERS_PRIV_H
#define ORDO_ORDERS_PRIV_H

#include "orders.h"

/* A copy of a whole order in the arena; its lists are its own. */
struct order *order_copy(struct arena *a, const struct order *o);
/* Writes what differs; ids are real by now. */
MUST_CHECK enum err order_store(struct ctx *cx, const struct order *before, const struct order *after);
/* Per payment: sums and state from its entries. */
void payment_derive(struct payment *p);
/* Whether its fulfillments have units that its lines do not say to be there: rows read before and after somebody's commit.
 * Deciding would break what line_move demands. */
bool order_torn(const struct order *o);

#endif
