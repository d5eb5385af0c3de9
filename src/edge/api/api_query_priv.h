/* What the files about lists share: a list request as it was read. */
#ifndef ORDO_API_QUERY_PRIV_H
#define ORDO_API_QUERY_PRIV_H

#include "api_priv.h"

enum {
  FILTERS_MAX = 32,
  EXPANDS_MAX = 16,
  SLICE_ARENA = 64 << 20, /* bytes, of rows that are read in slices */
};

/* A list request, read. */
struct query {
  struct call *call;
  struct ctx *cx;
  const struct api_list *list;
  enum err err;
  struct db_filter filters[FILTERS_MAX];
  struct db_page page;
  const char *cursor, *count, *format, *columns;
  const char *expand[EXPANDS_MAX + 1];
  size_t n_expand, n_values, n_filters;
  const void *last; /* the page's last row as it was read */
  bool sorted;
};

/* Reads q->call's query string and q->cursor into filters, order and place. ERR_INVALID says what is wrong with each. */
MUST_CHECK enum err query_read(struct query *q);
const void *row_at(const struct query *q, const struct list *rows, size_t i);
/* The cursor behind q->last; NULL where there is no more. */
const char *next_cursor(const struct query *q, bool more);

#endif
