/* Lists asked from inside: what a query string would show, as numbers and ids, with the eyes of who asks. */
#ifndef ORDO_API_LIST_PRIV_H
#define ORDO_API_LIST_PRIV_H

#include "api.h"

struct list_row {
  int64_t id;
  const char *id_text; /* "ord_..." */
  const char *name;    /* the field "number", "" without */
};
struct list_rows {
  struct list_row *at;
  size_t n, cap;
};
/* Rows of the list route at path that the query string ("state=open&late=true") shows, at most `most`, newest first.
 * ERR_FORBIDDEN where who asks may not see that list. On a reader. */
MUST_CHECK enum err list_ask_rows(struct ctx *cx, struct api *api, const char *path, const char *query, int64_t most,
                                  struct list_rows *out);
/* How many rows it shows, counted no further than most. */
MUST_CHECK enum err list_ask_count(struct ctx *cx, struct api *api, const char *path, const char *query, int64_t most,
                                   int64_t *out);
/* The same by n equal steps of a field that is an instant, from `from` on: out[i]. */
MUST_CHECK enum err list_ask_steps(struct ctx *cx, struct api *api, const char *path, const char *query,
                                   const char *field, struct instant from, int64_t step_ms, int64_t *out, size_t n);

#endif
