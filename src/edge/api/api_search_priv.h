/* ?q= of lists: narrows a page to what full-text search finds. */
#ifndef ORDO_API_SEARCH_PRIV_H
#define ORDO_API_SEARCH_PRIV_H

#include "api.h"

/* Records of a kind ("order", "product", "customer") that have all words of q, as a condition of a page whose id_field is
 * `id`. Narrows nothing when q is NULL. */
MUST_CHECK enum err api_search_narrow(struct ctx *cx, const char *kind, const char *q, struct db_page *page);

#endif
