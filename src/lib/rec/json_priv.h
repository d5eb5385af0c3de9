/* Appending to a buf without a call per byte, for the writers of this room. */
#ifndef ORDO_JSON_PRIV_H
#define ORDO_JSON_PRIV_H

#include "rec_priv.h"

#include <string.h>

void rec_buf_grow(struct buf *b, size_t n);

static inline void put_n(struct buf *b, const char *s, size_t n)
{
  if (b->n + n + 1 > b->cap)
    rec_buf_grow(b, n);
  memcpy(b->at + b->n, s, n);
  b->n += n;
  b->at[b->n] = 0;
}

static inline void put(struct buf *b, char c)
{
  if (b->n + 2 > b->cap)
    rec_buf_grow(b, 1);
  b->at[b->n++] = c;
  b->at[b->n] = 0;
}

static inline void value_begin(struct json_out *o)
{
  if (o->comma)
    put(o->buf, ',');
  o->comma = true;
}

void rec_put_string(struct buf *b, const char *s, size_t n); /* quoted and escaped */
void rec_put_i64(struct buf *b, int64_t v);
void rec_put_decimal(struct buf *b, int64_t v, int places);

#endif
