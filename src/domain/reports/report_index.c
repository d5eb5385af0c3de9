/* The consumer of the feed: which orders events are about, what their facts were and are, and the act that writes the
 * difference. */
#include "reports_priv.h"

#include <stdlib.h>
#include <string.h>

/* A new way of counting gets a new number here: everything is counted again. */
#define CONSUMER "reports.2"

struct report_work {
  const char *consumer;
  int64_t from_seq, to_seq;
  fact_changes changes;
  LIST(struct customer_change) customers; /* whose orders changed */
};

const char *report_consumer(struct ctx *cx, const char *zone)
{
  return arena_printf(cx->arena, CONSUMER ".%s", zone);
}

/* ---- Collect, on a reader ---- */

static bool same_fact(const struct fact *a, const struct fact *b)
{
  return a->kind == b->kind && a->n == b->n && a->day == b->day && a->at == b->at && a->product_id == b->product_id &&
         a->customer_id == b->customer_id && memcmp(a->v, b->v, sizeof a->v) == 0 &&
         strcmp(a->channel, b->channel) == 0 && strcmp(a->location, b->location) == 0 &&
         strcmp(a->currency, b->currency) == 0 && strcmp(a->detail, b->detail) == 0;
}

static bool same_facts(const fact_list *a, const fact_list *b)
{
  if (a->n != b->n)
    return false;
  for (size_t i = 0; i < a->n; i++)
    if (!same_fact(&a->at[i], &b->at[i]))
      return false;
  return true;
}

static void note_customers(struct ctx *cx, struct report_work *w, const fact_list *facts)
{
  EACH (const struct fact, f, facts) {
    bool known = f->kind != FACT_ORDER || f->customer_id == 0;
    EACH (const struct customer_change, b, &w->customers)
      known = known || b->customer_id == f->customer_id;
    if (!known)
      *LIST_ADD(cx->arena, &w->customers) = (struct customer_change){.customer_id = f->customer_id};
  }
}

static enum err collect_order(struct ctx *cx, struct promise_zones *zones, const char *zone, int64_t order_id,
                              struct report_work *w)
{
  struct fact_change c = {.order_id = order_id};
  TRY(facts_of_order(cx, zones, zone, order_id, &c.is));
  TRY(facts_stored(cx, order_id, &c.was));
  if (same_facts(&c.was, &c.is))
    return ERR_OK;
  *LIST_ADD(cx->arena, &w->changes) = c;
  note_customers(cx, w, &c.was);
  note_customers(cx, w, &c.is);
  return ERR_OK;
}

typedef LIST(int64_t) id_list;

/* The orders that the next events are about, each once. */
static enum err read_events(struct ctx *cx, int64_t limit, struct report_work *w, id_list *out, int64_t *out_n)
{
  static const struct db_stmt events = {
      "SELECT f.seq, e.subject_kind, e.subject_id FROM feed f"
      " JOIN event e ON e.bucket = f.event_bucket AND e.subject_id = f.subject_id AND e.n = f.n"
      " WHERE f.feed_group = 0 AND f.seq > $1 ORDER BY f.seq LIMIT $2",
      DB_LIST};
  struct db_rows rows;
  *out_n = 0;
  TRY(db_query(cx->db, &events, &rows, DB_ARGS(I64(w->from_seq), I64(limit))));
  while (db_next(&rows)) {
    bool known = strcmp(db_text(&rows, 1), "order") != 0;
    int64_t id = db_i64(&rows, 2);
    EACH (const int64_t, other, out)
      known = known || *other == id;
    if (!known)
      *LIST_ADD(cx->arena, out) = id;
    w->to_seq = db_i64(&rows, 0);
    ++*out_n;
  }
  return db_done(&rows);
}

static enum err collect(struct ctx *cx, int64_t limit, struct report_work **out, int64_t *out_n)
{
  struct report_work *w = ARENA_NEW(cx->arena, struct report_work);
  id_list orders = {0};
  const char *zone;
  int64_t at;
  enum err err = ERR_OK;
  TRY(report_zone(cx, &zone));
  w->consumer = report_consumer(cx, zone);
  TRY(feed_cursor(cx, w->consumer, &w->from_seq, &at));
  w->to_seq = w->from_seq;
  TRY(read_events(cx, limit, w, &orders, out_n));
  struct promise_zones *zones = promise_zones_new();
  for (size_t i = 0; i < orders.n && !err; i++)
    err = collect_order(cx, zones, zone, orders.at[i], w);
  for (size_t i = 0; i < w->customers.n && !err; i++)
    err = bought_collect(cx, &w->changes, &w->customers.at[i]);
  promise_zones_free(zones);
  *out = w;
  return err;
}

enum err report_collect(struct ctx *cx, int64_t limit, struct report_work **out, int64_t *out_n)
{
  TRY(db_read_begin(cx->db));
  enum err err = collect(cx, limit, out, out_n);
  db_read_end(cx->db);
  return err;
}

/* ---- The act ---- */

struct index_plan {
  const struct report_work *work; /* NULL: somebody else did it */
};

static enum err index_load(struct ctx *cx, const struct act_input *in, void *out)
{
  const struct report_work *work = in->body;
  int64_t seq, at;
  TRY(feed_cursor(cx, work->consumer, &seq, &at));
  ((struct index_plan *)out)->work = seq == work->from_seq ? work : NULL;
  return ERR_OK;
}

static enum err index_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct index_plan *)out = *(const struct index_plan *)facts;
  return ERR_OK;
}

static enum err drop_fact(struct ctx *cx, const struct fact *f)
{
  static const struct db_stmt drop = {
      "DELETE FROM report_fact WHERE bucket = $1 AND order_id = $2 AND kind = $3 AND n = $4", DB_KEYED};
  return db_run(cx->db, &drop, NULL, DB_ARGS(I64(f->bucket), I64(f->order_id), TEXT(fact_names[f->kind]), I64(f->n)));
}

static enum err put_fact(struct ctx *cx, const struct fact *f)
{
  static const struct db_stmt put = {"INSERT INTO report_fact (" FACT_COLUMNS
                                     ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14,"
                                     " $15, $16, $17, $18, $19, $20, $21, $22)",
                                     DB_KEYED};
  const int64_t *v = f->v;
  return db_run(cx->db, &put, NULL,
                DB_ARGS(I64(f->bucket), I64(f->order_id), TEXT(fact_names[f->kind]), I64(f->n), I64(f->day), I64(f->at),
                        TEXT(f->channel), TEXT(f->location), TEXT(f->currency), TEXT(f->detail), I64(f->product_id),
                        I64(f->customer_id), I64(v[0]), I64(v[1]), I64(v[2]), I64(v[3]), I64(v[4]), I64(v[5]),
                        I64(v[6]), I64(v[7]), I64(v[8]), I64(v[9])));
}

static bool stays(const fact_list *facts, const struct fact *f)
{
  EACH (const struct fact, other, facts)
    if (same_fact(other, f))
      return true;
  return false;
}

/* What did not change is neither written nor counted. */
static enum err put_change(struct ctx *cx, const struct fact_change *c, struct cells *cells)
{
  EACH (const struct fact, f, &c->was)
    if (!stays(&c->is, f)) {
      TRY(drop_fact(cx, f));
      cells_count(cells, f, -1);
    }
  EACH (const struct fact, f, &c->is)
    if (!stays(&c->was, f)) {
      TRY(put_fact(cx, f));
      cells_count(cells, f, 1);
    }
  return ERR_OK;
}

static enum err index_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct report_work *w = ((const struct index_plan *)plan)->work;
  struct cells cells;
  bool moved;
  (void)out;
  if (!w)
    return ERR_OK;
  TRY(feed_cursor_move(cx, w->consumer, w->from_seq, w->to_seq, &moved));
  if (!moved)
    return act_guard_missed(cx, __func__);
  cells_init(&cells, cx->arena);
  EACH (const struct fact_change, c, &w->changes)
    TRY(put_change(cx, c, &cells));
  EACH (const struct customer_change, b, &w->customers)
    TRY(bought_apply(cx, b, &cells));
  return put_cells(cx, &cells);
}

const struct act report_index_act = {.name = "reports.index",
                                     .facts_size = sizeof(struct index_plan),
                                     .plan_size = sizeof(struct index_plan),
                                     .load = index_load,
                                     .decide = index_decide,
                                     .apply = index_apply};
