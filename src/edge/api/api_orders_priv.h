/* The list of orders, between its file and that of its routes. */
#ifndef ORDO_API_ORDERS_PRIV_H
#define ORDO_API_ORDERS_PRIV_H

#include "api.h"

#include "orders.h"

extern const struct api_param orders_params[];
enum err orders_narrow(struct ctx *cx, const struct api_request *rq, struct db_page *page);

#endif
