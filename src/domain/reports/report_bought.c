/* What customers bought: the row of each, kept by the difference that changed orders make. */
#include "reports_priv.h"

#include <string.h>

/* The first or the last order of a customer. */
struct end {
  int64_t order_id, at, day; /* order_id 0: none */
  const char *channel;
};

static enum err read_standing(struct ctx *cx, int64_t customer_id, struct standing *out)
{
  static const struct db_stmt find = {
      "SELECT orders, revenue, first_at, last_at, first_day, last_day, first_channel FROM report_customer"
      " WHERE bucket = $1 AND customer_id = $2",
      DB_KEYED};
  struct db_rows rows;
  TRY(db_query(cx->db, &find, &rows, DB_ARGS(I64(bucket_of_id(customer_id)), I64(customer_id))));
  *out = (struct standing){.channel = ""};
  if (db_next(&rows))
    *out = (struct standing){db_i64(&rows, 0), db_i64(&rows, 1), db_i64(&rows, 2), db_i64(&rows, 3),
                             db_i64(&rows, 4), db_i64(&rows, 5), db_text(&rows, 6)};
  return db_done(&rows);
}

static bool counted(const struct fact *f, int64_t customer_id)
{
  return f->kind == FACT_ORDER && f->customer_id == customer_id && f->v[ORDER_KNOWN] == 1;
}

static bool changed(const fact_changes *changes, int64_t order_id)
{
  EACH (const struct fact_change, c, changes)
    if (c->order_id == order_id)
      return true;
  return false;
}

/* The end that is stored, among the orders that do not change: of the first changes + 1, one is not among them. */
static enum err read_end(struct ctx *cx, const fact_changes *changes, int64_t customer_id, bool last, struct end *out)
{
  static const struct db_stmt ends[] = {
      {"SELECT order_id, at, day, channel FROM report_fact WHERE kind = 'order' AND customer_id = $1"
       " AND customer_id <> 0 AND v10 = 1 ORDER BY at, order_id LIMIT $2",
       DB_LIST},
      {"SELECT order_id, at, day, channel FROM report_fact WHERE kind = 'order' AND customer_id = $1"
       " AND customer_id <> 0 AND v10 = 1 ORDER BY at DESC, order_id DESC LIMIT $2",
       DB_LIST},
  };
  struct db_rows rows;
  *out = (struct end){.channel = ""};
  TRY(db_query(cx->db, &ends[last], &rows, DB_ARGS(I64(customer_id), I64((int64_t)changes->n + 1))));
  while (db_next(&rows))
    if (!out->order_id && !changed(changes, db_i64(&rows, 0)))
      *out = (struct end){db_i64(&rows, 0), db_i64(&rows, 1), db_i64(&rows, 2), db_text(&rows, 3)};
  return db_done(&rows);
}

/* Moves the end to an order that lies beyond it. */
static void stretch(struct end *end, bool last, int64_t order_id, const struct fact *f)
{
  int64_t by = f->at != end->at ? f->at - end->at : order_id - end->order_id;
  if (!end->order_id || (last ? by > 0 : by < 0))
    *end = (struct end){order_id, f->at, f->day, f->channel};
}

static void add_changes(const fact_changes *changes, struct customer_change *b, struct end ends[2])
{
  EACH (const struct fact_change, c, changes)
    EACH (const struct fact, f, &c->is)
      if (counted(f, b->customer_id)) {
        b->is.orders++;
        b->is.revenue += f->v[ORDER_BASE];
        stretch(&ends[0], false, c->order_id, f);
        stretch(&ends[1], true, c->order_id, f);
      }
}

static void take_changes(const fact_changes *changes, struct customer_change *b)
{
  EACH (const struct fact_change, c, changes)
    EACH (const struct fact, f, &c->was)
      if (counted(f, b->customer_id)) {
        b->is.orders--;
        b->is.revenue -= f->v[ORDER_BASE];
      }
}

/* Whether an order that changes stands, or comes to stand, at this very instant: then the row does not tell which it is. */
static bool moves_end(const fact_changes *changes, int64_t customer_id, int64_t at)
{
  EACH (const struct fact_change, c, changes) {
    EACH (const struct fact, f, &c->was)
      if (counted(f, customer_id) && f->at == at)
        return true;
    EACH (const struct fact, f, &c->is)
      if (counted(f, customer_id) && f->at == at)
        return true;
  }
  return false;
}

enum err bought_collect(struct ctx *cx, const fact_changes *changes, struct customer_change *b)
{
  TRY(read_standing(cx, b->customer_id, &b->was));
  b->is = b->was;
  take_changes(changes, b);
  struct end ends[2] = {{.channel = ""}, {.channel = ""}};
  if (b->is.orders > 0) {
    ends[0] = (struct end){INT64_MAX, b->was.first_at, b->was.first_day, b->was.channel}; /* alone at its instant */
    ends[1] = (struct end){INT64_MAX, b->was.last_at, b->was.last_day, ""};
    for (int last = 0; last < 2; last++)
      if (moves_end(changes, b->customer_id, ends[last].at))
        TRY(read_end(cx, changes, b->customer_id, last, &ends[last]));
  }
  add_changes(changes, b, ends);
  b->is.first_at = ends[0].at;
  b->is.first_day = ends[0].day;
  b->is.channel = ends[0].channel;
  b->is.last_at = ends[1].at;
  b->is.last_day = ends[1].day;
  return ERR_OK;
}

/* ---- The act's part ---- */

static void count_new(struct cells *cells, const struct standing *s, int64_t sign)
{
  struct cell key = {
      .kind = FACT_CUSTOMER, .day = s->first_day, .channel = s->channel, .location = "", .currency = "", .detail = ""};
  if (s->orders > 0)
    cells_at(cells, &key)->v[CUSTOMER_NEW] += sign;
}

enum err bought_apply(struct ctx *cx, const struct customer_change *b, struct cells *cells)
{
  static const struct db_stmt drop = {"DELETE FROM report_customer WHERE bucket = $1 AND customer_id = $2", DB_KEYED};
  static const struct db_stmt put = {
      "INSERT INTO report_customer (bucket, customer_id, orders, revenue, revenue_bin, first_at, last_at, first_day,"
      " last_day, first_channel) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
      " ON CONFLICT (bucket, customer_id) DO UPDATE SET orders = excluded.orders, revenue = excluded.revenue,"
      " revenue_bin = excluded.revenue_bin, first_at = excluded.first_at, last_at = excluded.last_at,"
      " first_day = excluded.first_day, last_day = excluded.last_day, first_channel = excluded.first_channel",
      DB_KEYED};
  const struct standing *s = &b->is;
  int64_t bucket = bucket_of_id(b->customer_id);
  count_new(cells, &b->was, -1);
  count_new(cells, s, 1);
  if (s->orders == 0)
    return db_run(cx->db, &drop, NULL, DB_ARGS(I64(bucket), I64(b->customer_id)));
  return db_run(cx->db, &put, NULL,
                DB_ARGS(I64(bucket), I64(b->customer_id), I64(s->orders), I64(s->revenue), I64(report_bin(s->revenue)),
                        I64(s->first_at), I64(s->last_at), I64(s->first_day), I64(s->last_day), TEXT(s->channel)));
}
