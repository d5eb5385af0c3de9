/* Conditions of lists, put together: each parameter of a list adds one of its own. */
#ifndef ORDO_API_WHERE_PRIV_H
#define ORDO_API_WHERE_PRIV_H

#include "api.h"

/* Narrows page further: text is a condition of constant pieces with $1 ... $n for args, numbered by itself. */
void api_where(struct ctx *cx, struct db_page *page, const char *text, const struct db_value *args, size_t n);
/* "column IN ($1, ...)" of so many values, padded so that few texts serve all lengths; none of no values. */
void api_where_in(struct ctx *cx, struct db_page *page, const char *column, const struct db_value *values, size_t n);

/* A parameter of a list that was sent: adds its condition to the page. */
struct api_narrowing {
  struct ctx *cx;
  struct db_page *page;
  const struct api_param_value *value;
};
typedef enum err api_narrow(const struct api_narrowing *n);
/* For api_list.narrow: n functions in the order of the route's parameters, each called where its parameter was sent. */
MUST_CHECK enum err api_narrow_each(struct ctx *cx, const struct api_request *rq, struct db_page *page,
                                    api_narrow *const *narrows, size_t n);

/* Parameters that several lists have: an order by number or id, a location by code or id, for tables with the columns order_id
 * and location. What is named and does not exist has no rows. */
api_narrow api_by_order, api_by_location;

#endif
