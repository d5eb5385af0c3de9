/* api - the public HTTP API as a table: each row says who may call, what comes in, what goes out and what the
 * documentation says. Dispatch, permission checks, decoding, lists, CSV, problem documents, OpenAPI, 405 and metrics
 * derive from the rows; a handler holds only what is its own. One file api_<room>.c per room; app/routes.c joins them.
 */
#ifndef ORDO_API_H
#define ORDO_API_H

#include "acts.h"
#include "context.h"
#include "db.h"
#include "http.h"
#include "rec.h"

/* What a read (.serve) is given. */
struct api_request {
  const char *id, *id2;              /* path parameters in order */
  const struct http_request *http;   /* for raw headers; NULL in tests */
  const struct api_param_value *params; /* query parameters of the route's table, decoded */
};

/* A query parameter beside those of lists. */
struct api_param {
  const char *name;
  enum rec_kind kind; /* REC_TEXT, REC_INT, REC_BOOL, REC_INSTANT, REC_DATE */
  const char *doc, *example;
};
struct api_param_value {
  const char *text; /* NULL = not sent */
  int64_t i64;      /* REC_INT, REC_BOOL, REC_INSTANT (ms); ABSENT = not sent */
};

/* A list that derives from a table: filters by any of the named columns, sorting, keyset pages, CSV. */
struct api_list {
  const struct db_table *table;
  const char *const *filters;  /* JSON names of filterable fields, NULL-terminated: ?state=a,b ?created_at[gte]= */
  const char *const *sorts;    /* fields that may be sorted by; the first is the default, descending */
  const char *id_field;        /* the key column that breaks ties: "id" */
  const char *where;           /* fixed condition, or NULL ... */
  /* ... or made per request: adds conditions with bound values (?q=, ?sku=). May refuse. NULL = none. */
  enum err (*narrow)(struct ctx *cx, const struct api_request *rq, struct db_page *page);
  /* Fills virtual fields and expanded parts of the rows (an array of the table's struct). NULL = nothing to do. */
  enum err (*fill)(struct ctx *cx, void *rows, size_t n, const char *const *expand);
  const char *const *expands;  /* what ?expand= may name, NULL-terminated; NULL = nothing */
};

enum route_flags {
  ROUTE_PATCH = 1 << 0,   /* body is merged over the existing record by the act (act_input.json) */
  ROUTE_STREAM = 1 << 1,  /* server-sent events */
  ROUTE_LARGE = 1 << 2,   /* body up to API_LARGE_BODY_MAX */
  ROUTE_NO_CSRF = 1 << 3, /* sign-in itself */
};
#define API_BODY_MAX       (1u << 20)
#define API_LARGE_BODY_MAX (16u << 20)

struct route {
  const char *method, *path; /* "POST", "/v1/orders/{id}/cancel" */
  const char *summary;       /* a line: "Cancel an order that has not shipped" */
  const char *doc;           /* more, or NULL */
  enum permission needs;
  const struct rec *body;    /* NULL = no body */
  const struct rec *reply;   /* of one record, or of an element for lists; NULL = 204 or custom */
  int success;               /* 200, 201, 204 */
  const struct act *act;     /* a write ... */
  enum err (*serve)(struct ctx *cx, const struct api_request *rq, struct act_result *out); /* ... or a read ... */
  const struct api_list *list; /* ... or a list */
  const struct api_param *params; /* NULL-name-terminated */
  const enum err *errors;    /* further documented refusals, ERR_OK-terminated: ERR_STATE, ERR_SHORTAGE */
  int flags;
};

/* The route arrays of the rooms; app/routes.c joins them. Ended by a row without method. */
extern const struct route identity_routes[], catalog_routes[], customer_routes[], channel_routes[], carrier_routes[],
    location_routes[], inventory_routes[], order_routes[], intake_routes[], payment_routes[], review_routes[],
    fulfillment_routes[], event_routes[], setting_routes[];

#endif
