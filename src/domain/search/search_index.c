/* The consumer: which events change what is found, and the terms of the records they are about. */
#include "search.h"

#include "catalog.h"
#include "customers.h"
#include "events.h"
#include "orders.h"

#include <stdlib.h>
#include <string.h>

#define CONSUMER "search"

struct document {
  const char *kind;
  int64_t bucket, subject_id;
  search_terms terms;
};
struct search_work {
  int64_t from_seq, to_seq;
  LIST(struct document) documents;
};

/* ---- The terms of each kind ---- */

static void address_terms(struct arena *a, search_terms *t, const struct address *address)
{
  if (!address)
    return;
  search_terms_add(a, t, address->name);
  search_terms_add(a, t, address->company);
  search_terms_add(a, t, address->city);
  search_terms_add(a, t, address->postal_code);
}

static enum err order_terms(struct ctx *cx, int64_t id, search_terms *t)
{
  struct order *o;
  struct arena *a = cx->arena;
  enum err err = order_load(cx, (struct order_id){id}, &o);
  if (err != ERR_OK)
    return err;
  search_terms_add(a, t, o->number);
  search_terms_add(a, t, o->external_given ? o->external_id : NULL);
  if (o->personal.customer) {
    search_terms_add(a, t, o->personal.customer->name);
    search_terms_add(a, t, o->personal.customer->email);
    search_terms_add(a, t, o->personal.customer->phone);
  }
  address_terms(a, t, o->personal.shipping_address);
  search_terms_add(a, t, o->personal.notes);
  EACH (const char *, tag, &o->tags)
    search_terms_add(a, t, *tag);
  EACH (const struct order_line, l, &o->lines) {
    search_terms_add(a, t, l->sku);
    search_terms_add(a, t, l->name);
  }
  EACH (const struct fulfillment, f, &o->fulfillments)
    EACH (const struct parcel, p, &f->parcels)
      search_terms_add(a, t, p->tracking_number);
  return ERR_OK;
}

static enum err product_terms(struct ctx *cx, int64_t id, search_terms *t)
{
  struct product p;
  char text[ID_TEXT];
  id_format(PREFIX_product, id, text);
  TRY(product_load(cx, text, &p));
  search_terms_add(cx->arena, t, p.sku);
  search_terms_add(cx->arena, t, p.name);
  search_terms_add(cx->arena, t, p.gtin);
  return ERR_OK;
}

static enum err customer_terms(struct ctx *cx, int64_t id, search_terms *t)
{
  struct customer c;
  TRY(customer_by_id(cx, id, &c));
  search_terms_add(cx->arena, t, c.name);
  search_terms_add(cx->arena, t, c.company);
  search_terms_add(cx->arena, t, c.email);
  search_terms_add(cx->arena, t, c.phone);
  search_terms_add(cx->arena, t, c.external_id);
  return ERR_OK;
}

/* Which topics change the terms of their subject. */
static const struct {
  const char *topic, *kind;
  enum err (*terms)(struct ctx *cx, int64_t id, search_terms *t);
} topics[] = {
    {"order.placed", "order", order_terms},           {"order.drafted", "order", order_terms},
    {"order.edited", "order", order_terms},           {"fulfillment.shipped", "order", order_terms},
    {"product.created", "product", product_terms},    {"product.updated", "product", product_terms},
    {"customer.created", "customer", customer_terms}, {"customer.updated", "customer", customer_terms},
};

/* ---- Collect, on a reader ---- */

static bool known(const struct search_work *w, int64_t subject_id)
{
  EACH (const struct document, d, &w->documents)
    if (d->subject_id == subject_id)
      return true;
  return false;
}

static enum err collect_event(struct ctx *cx, const char *topic, int64_t bucket, int64_t subject_id,
                              struct search_work *w)
{
  for (size_t i = 0; i < COUNT_OF(topics); i++) {
    if (strcmp(topics[i].topic, topic) != 0 || known(w, subject_id))
      continue;
    struct document d = {.kind = topics[i].kind, .bucket = bucket, .subject_id = subject_id};
    enum err err = topics[i].terms(cx, subject_id, &d.terms);
    if (err == ERR_NOT_FOUND) {
      fault_clear(&cx->fault); /* gone since; nothing to find */
      continue;
    }
    TRY(err);
    *LIST_ADD(cx->arena, &w->documents) = d;
  }
  return ERR_OK;
}

struct seen {
  int64_t seq;
  const char *topic;
  int64_t bucket, subject_id;
};

enum { COLLECT_BYTES = 64 << 20 }; /* of records read for one batch; large orders make it shorter */

/* What the records of a batch will be asked, asked together where a round trip is what costs. */
struct ahead {
  struct ctx *cx;
  struct arena *arena;
  const struct seen *seen;
};

static void read_ahead(void *arg, size_t i)
{
  const struct ahead *ahead = arg;
  const struct seen *s = &ahead->seen[i];
  struct ctx own = *ahead->cx;
  search_terms ignored = {0};
  own.arena = ahead->arena;
  fault_init(&own.fault, own.arena);
  db_use(own.db, &own.fault, own.arena);
  for (size_t k = 0; k < COUNT_OF(topics); k++)
    if (strcmp(topics[k].topic, s->topic) == 0 && arena_used(own.arena) < COLLECT_BYTES &&
        topics[k].terms(&own, s->subject_id, &ignored) != ERR_OK)
      return; /* it is told when it is read truly */
}

static void read_all_ahead(struct ctx *cx, const struct seen *seen, size_t n)
{
  struct ahead ahead = {.cx = cx, .arena = arena_new(4 * (size_t)COLLECT_BYTES), .seen = seen};
  db_together(cx->db, n, read_ahead, &ahead);
  db_use(cx->db, &cx->fault, cx->arena);
  arena_free(ahead.arena);
}

static enum err collect(struct ctx *cx, int64_t limit, struct search_work **out, int64_t *out_n)
{
  static const struct db_stmt events = {
      "SELECT f.seq, e.topic, e.bucket, e.subject_id FROM feed f"
      " JOIN event e ON e.bucket = f.event_bucket AND e.subject_id = f.subject_id AND e.n = f.n"
      " WHERE f.feed_group = 0 AND f.seq > $1 ORDER BY f.seq LIMIT $2",
      DB_LIST};
  struct search_work *w = ARENA_NEW(cx->arena, struct search_work);
  LIST(struct seen) seen = {0};
  struct db_rows rows;
  TRY(feed_cursor(cx, CONSUMER, &w->from_seq, NULL));
  w->to_seq = w->from_seq;
  TRY(db_query(cx->db, &events, &rows, DB_ARGS(I64(w->from_seq), I64(limit))));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, &seen) =
        (struct seen){db_i64(&rows, 0), db_text(&rows, 1), db_i64(&rows, 2), db_i64(&rows, 3)};
  TRY(db_done(&rows));
  read_all_ahead(cx, seen.at, seen.n);
  size_t begun = arena_used(cx->arena), n = 0;
  for (; n < seen.n && arena_used(cx->arena) - begun < COLLECT_BYTES; n++) {
    const struct seen *s = &seen.at[n];
    TRY(collect_event(cx, s->topic, s->bucket, s->subject_id, w));
    w->to_seq = s->seq;
  }
  *out = w;
  *out_n = (int64_t)n;
  return ERR_OK;
}

enum err search_collect(struct ctx *cx, int64_t limit, struct search_work **out, int64_t *out_n)
{
  TRY(db_read_begin(cx->db));
  enum err err = collect(cx, limit, out, out_n);
  db_read_end(cx->db);
  return err;
}

/* ---- The act: rows in the order of the key, then the cursor ---- */

struct row {
  const char *term, *kind;
  int64_t subject_id, bucket;
};
struct index_plan {
  const struct search_work *work; /* NULL: somebody else did it */
  struct row *rows;
  size_t n;
};

static int compare_rows(const void *left, const void *right)
{
  const struct row *a = left, *b = right;
  int order = strcmp(a->term, b->term);
  if (!order)
    order = strcmp(a->kind, b->kind);
  return order ? order : (a->subject_id > b->subject_id) - (a->subject_id < b->subject_id);
}

static enum err index_load(struct ctx *cx, const struct act_input *in, void *out)
{
  const struct search_work *work = in->body;
  int64_t at;
  TRY(feed_cursor(cx, CONSUMER, &at, NULL));
  ((struct index_plan *)out)->work = at == work->from_seq ? work : NULL;
  return ERR_OK;
}

static enum err index_decide(struct ctx *cx, const void *facts, void *out)
{
  struct index_plan plan = *(const struct index_plan *)facts;
  size_t n = 0;
  if (!plan.work)
    return ERR_OK;
  EACH (const struct document, d, &plan.work->documents)
    n += d->terms.n;
  plan.rows = ARENA_ARRAY(cx->arena, struct row, n + 1);
  EACH (const struct document, d, &plan.work->documents)
    EACH (const char *, term, &d->terms)
      plan.rows[plan.n++] = (struct row){*term, d->kind, d->subject_id, d->bucket};
  qsort(plan.rows, plan.n, sizeof *plan.rows, compare_rows);
  *(struct index_plan *)out = plan;
  return ERR_OK;
}

static enum err index_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  static const struct db_stmt forget = {"DELETE FROM search_term WHERE subject_id = $1 AND kind = $2 AND bucket = $3",
                                        DB_KEYED};
  static const struct db_stmt put = {"INSERT INTO search_term (term, kind, subject_id, bucket) VALUES ($1, $2, $3, $4)"
                                     " ON CONFLICT (term, kind, subject_id, bucket) DO NOTHING",
                                     DB_KEYED};
  const struct index_plan *p = plan;
  bool moved;
  (void)out;
  if (!p->work)
    return ERR_OK;
  TRY(feed_cursor_move(cx, CONSUMER, p->work->from_seq, p->work->to_seq, &moved));
  if (!moved)
    return act_guard_missed(cx, __func__);
  EACH (const struct document, d, &p->work->documents)
    TRY(db_run(cx->db, &forget, NULL, DB_ARGS(I64(d->subject_id), TEXT(d->kind), I64(d->bucket))));
  for (size_t i = 0; i < p->n; i++) {
    const struct row *r = &p->rows[i];
    TRY(db_run(cx->db, &put, NULL, DB_ARGS(TEXT(r->term), TEXT(r->kind), I64(r->subject_id), I64(r->bucket))));
  }
  return ERR_OK;
}

const struct act search_index_act = {.name = "search.index",
                                     .facts_size = sizeof(struct index_plan),
                                     .plan_size = sizeof(struct index_plan),
                                     .load = index_load,
                                     .decide = index_decide,
                                     .apply = index_apply};
