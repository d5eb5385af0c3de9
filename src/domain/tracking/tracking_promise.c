/* What staff look at of many deliveries at once: the first promise, how it moved and why. */
#include "tracking_priv.h"

#include <string.h>

typedef LIST(struct fulfillment) deliveries;
enum { ROWS_AT_ONCE = 32 };

static enum err rows_load(struct ctx *cx, const int64_t *ids, size_t n, deliveries *out)
{
  static const struct db_where named = {&fulfillment_table,
                                        "id IN ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,"
                                        "$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,$31,$32) ORDER BY id LIMIT 32",
                                        DB_LIST};
  struct db_value values[ROWS_AT_ONCE];
  for (size_t begin = 0; begin < n; begin += ROWS_AT_ONCE) {
    for (size_t i = 0; i < ROWS_AT_ONCE; i++)
      values[i] = I64(begin + i < n ? ids[begin + i] : 0);
    TRY(db_select(cx->db, &named, (struct list *)(void *)out, values, ROWS_AT_ONCE));
  }
  return ERR_OK;
}

/* What is no id of a fulfillment names none. */
static enum err ids_read(struct ctx *cx, const char *text, int64_t out[TRACKING_PROMISES_MAX], size_t *out_n)
{
  size_t n = 0;
  for (const char *p = text; *p;) {
    size_t length = strcspn(p, ",");
    int64_t id;
    if (length && n == TRACKING_PROMISES_MAX)
      return fault_add(&cx->fault, ERR_INVALID, "/query/fulfillments", "too_many", "at most %d at once",
                       TRACKING_PROMISES_MAX);
    if (length && id_parse(PREFIX_fulfillment, arena_textn(cx->arena, p, length), &id))
      out[n++] = id;
    p += length + (p[length] == ',');
  }
  *out_n = n;
  return ERR_OK;
}

static enum err add_row(struct ctx *cx, const struct fulfillment *f, struct tracking_promises *out)
{
  const struct location *l;
  TRY(location_by_id(cx, f->location_id, &l));
  *LIST_ADD(cx->arena, &out->data) = (struct tracking_promise){.fulfillment_id = f->id,
                                                              .order_id = {f->order_id},
                                                              .promised = INSTANT(ABSENT),
                                                              .deliver_by = f->deliver_by,
                                                              .time_zone = arena_text(cx->arena, l->time_zone)};
  return ERR_OK;
}

/* The promise is the order's: what is told of it holds for each of its deliveries. */
static enum err add_changes(struct ctx *cx, struct tracking_promise *rows, size_t n)
{
  int64_t orders[TIMELINES_MAX];
  feed_entries entries = {0};
  for (size_t i = 0; i < n; i++)
    orders[i] = rows[i].order_id.v;
  TRY(timelines_read(cx, orders, n, &entries));
  EACH (const struct feed_entry, e, &entries) {
    int64_t order;
    if (id_parse(PREFIX_order, e->subject, &order))
      for (size_t i = 0; i < n; i++)
        if (rows[i].order_id.v == order)
          tracking_change_of(cx->arena, e, &rows[i].promised, &rows[i].changes);
  }
  return ERR_OK;
}

enum err tracking_promises_load(struct ctx *cx, const char *ids, struct tracking_promises *out)
{
  int64_t named[TRACKING_PROMISES_MAX];
  size_t n;
  deliveries found = {0};
  TRY(ids_read(cx, ids, named, &n));
  TRY(rows_load(cx, named, n, &found));
  EACH (const struct fulfillment, f, &found)
    TRY(add_row(cx, f, out));
  for (size_t i = 0; i < out->data.n; i += TIMELINES_MAX)
    TRY(add_changes(cx, out->data.at + i, out->data.n - i < TIMELINES_MAX ? out->data.n - i : TIMELINES_MAX));
  EACH (struct tracking_promise, p, &out->data)
    if (!instant_set(p->promised))
      p->promised = p->deliver_by;
  return ERR_OK;
}
