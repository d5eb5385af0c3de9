/* Row scope for answers that are put together of more than their path names (api_scope.c). Whoever is bound to nothing sees
 * all. */
#ifndef ORDO_API_SCOPE_PRIV_H
#define ORDO_API_SCOPE_PRIV_H

#include "context.h"
#include "db.h"
#include "work.h"

MUST_CHECK enum err scope_sees_order(struct ctx *cx, int64_t order_id, bool *out);
/* An order, fulfillment or parcel by its id; true for other kinds. */
MUST_CHECK enum err scope_sees_paper(struct ctx *cx, const char *kind, const char *id, bool *out);
bool scope_sees_channel(const struct ctx *cx, const char *code);
bool scope_sees_location(const struct ctx *cx, const char *code);
bool scope_has_locations(const struct ctx *cx);
/* Of who is bound to locations: "column IN ($1, ...)" and their ids. */
MUST_CHECK enum err scope_locations(struct ctx *cx, const char *column, const char **out_text,
                                    struct db_value **out_values, size_t *out_n);
/* Leaves out the related orders that cx->actor does not see. */
MUST_CHECK enum err scope_keep_related(struct ctx *cx, related_orders *related);
/* ERR_FORBIDDEN for who is bound to locations: the answer adds up all of them. */
MUST_CHECK enum err scope_all_locations(struct ctx *cx);

#endif
