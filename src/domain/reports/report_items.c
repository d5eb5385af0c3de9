/* What is behind a figure: facts, customers, stock or waiting work, page by page. */
#include "reports_priv.h"

#include "catalog.h"
#include "inventory.h"

#include <stdio.h>
#include <string.h>

enum { READ_AHEAD = 500 /* rows read at a time where some of them do not count */ };

/* Where a page goes on: three numbers, newest first. */
struct place {
  int64_t a, b, c;
};

struct walk {
  struct ctx *cx;
  const struct question *q;
  const struct report_measure *measure;
  struct place after;
  int64_t limit;
  report_items *out;
  bool more;
};

static bool place_read(const char *text, struct place *out)
{
  int64_t *places[] = {&out->a, &out->b, &out->c};
  for (size_t i = 0; i < COUNT_OF(places); i++) {
    size_t n = strcspn(text, ".");
    if (!decimal_parse(text, n, 0, places[i]) || (text[n] == '.') != (i < 2))
      return false;
    text += n + (text[n] == '.');
  }
  return *text == '\0';
}

static struct report_item *item_add(struct walk *w, const char *kind)
{
  struct report_item *item = LIST_ADD(w->cx->arena, w->out);
  *item = (struct report_item){.kind = kind,
                               .at = INSTANT(ABSENT),
                               .amount = MONEY(ABSENT),
                               .quantity = QUANTITY(ABSENT),
                               .on_hand = QUANTITY(ABSENT),
                               .available = QUANTITY(ABSENT),
                               .seconds = ABSENT,
                               .orders = ABSENT};
  return item;
}

/* ---- Facts ---- */

/* Which facts a measure is about: their kind, the value that makes one count, and the value it must not be. */
struct facts_asked {
  enum fact_kind kind;
  int value;
  int64_t not_this;
};

static struct facts_asked facts_of(const struct report_measure *m)
{
  if (m->a.kind == FACT_DECIDE)
    return (struct facts_asked){FACT_HOLD, HOLD_SECONDS, -1};
  if (m->a.kind != FACT_STAGE)
    return (struct facts_asked){m->a.kind, m->a.value, 0};
  int stage = 0;
  while (strcmp(stage_names[stage], m->stage) != 0)
    stage++;
  return (struct facts_asked){FACT_WORK, WORK_STAGE + stage, -1};
}

static void set_value(const struct report_measure *m, const struct fact *f, int64_t value, struct report_item *item)
{
  if (m->how == HOW_MEDIAN || m->how == HOW_P90)
    item->seconds = value;
  else if (m->unit == REPORT_MONEY || f->kind == FACT_ORDER || f->kind == FACT_REFUND || f->kind == FACT_LINE)
    item->amount.minor = m->unit == REPORT_MONEY ? value
                         : f->kind == FACT_ORDER ? f->v[ORDER_REVENUE]
                         : f->kind == FACT_LINE  ? f->v[LINE_REVENUE]
                                                 : f->v[REFUND_AMOUNT];
  if (f->kind == FACT_ORDER)
    item->quantity.millionths = f->v[ORDER_UNITS];
  if (f->kind == FACT_LINE)
    item->quantity.millionths = f->v[LINE_UNITS];
  if (f->kind == FACT_SHIPPED)
    item->quantity.millionths = f->v[SHIPPED_UNITS];
  if (f->kind == FACT_HOLD && f->v[HOLD_SECONDS] >= 0)
    item->seconds = f->v[HOLD_SECONDS];
}

/* A fact, and what its order is called. */
struct told_fact {
  struct fact fact;
  const char *number;
};
typedef LIST(struct told_fact) told_facts;

static void add_fact(struct walk *w, const struct told_fact *told, int value)
{
  const struct fact *f = &told->fact;
  static const char *const names[FACT_KINDS] = {
      [FACT_ORDER] = "order",   [FACT_LINE] = "line",        [FACT_REFUND] = "refund",
      [FACT_SHIPPED] = "order", [FACT_WORK] = "fulfillment", [FACT_HOLD] = "hold"};
  struct report_item *item = item_add(w, names[f->kind]);
  item->order_id = f->order_id;
  item->at.ms = f->at;
  item->channel = text_empty(f->channel) ? NULL : f->channel;
  item->location = text_empty(f->location) ? NULL : f->location;
  item->currency = text_empty(f->currency) ? w->q->company_currency : f->currency;
  item->customer_id = f->customer_id;
  item->product_id = f->product_id;
  item->sku = f->kind == FACT_LINE ? f->detail : NULL;
  item->reason = f->kind == FACT_HOLD ? f->detail : NULL;
  item->fulfillment_id = f->kind == FACT_WORK ? f->n : 0;
  item->hold_id = f->kind == FACT_HOLD ? f->n : 0;
  set_value(w->measure, f, f->v[value], item);
  if (w->measure->unit == REPORT_MONEY && w->measure->a.value == ORDER_BASE && f->kind == FACT_ORDER)
    item->currency = w->q->company_currency;
  item->number = told->number;
}

enum { FACT_NUMBER = 22 /* behind FACT_COLUMNS */ };

static enum err read_facts(struct walk *w, struct facts_asked asked, told_facts *out)
{
  static const struct db_stmt page = {
      "SELECT " FACT_COLUMNS ", (SELECT o.number FROM orders o WHERE o.bucket = report_fact.bucket"
      " AND o.id = report_fact.order_id) FROM report_fact WHERE kind = $1 AND day >= $2 AND day <= $3"
      " AND (CAST($4 AS TEXT) = '' OR detail = $4) AND (CAST($5 AS TEXT) = '' OR channel = $5)"
      " AND (CAST($6 AS TEXT) = '' OR location = $6) AND (CAST($7 AS TEXT) = '' OR currency = $7)"
      " AND CASE CAST($8 AS BIGINT) WHEN 0 THEN v1 WHEN 1 THEN v2 WHEN 2 THEN v3 WHEN 3 THEN v4 WHEN 4 THEN v5"
      " WHEN 5 THEN v6 WHEN 6 THEN v7 WHEN 7 THEN v8 WHEN 8 THEN v9 ELSE v10 END <> $9"
      " AND (day, order_id, n) < ($10, $11, $12) ORDER BY day DESC, order_id DESC, n DESC LIMIT $13",
      DB_LIST};
  const struct question *q = w->q;
  struct db_rows rows;
  TRY(db_query(w->cx->db, &page, &rows,
               DB_ARGS(TEXT(fact_names[asked.kind]), I64(q->from), I64(q->to), TEXT(q->detail ? q->detail : ""),
                       TEXT(q->channel ? q->channel : ""), TEXT(q->location ? q->location : ""),
                       TEXT(q->currency ? q->currency : ""), I64(asked.value), I64(asked.not_this), I64(w->after.a),
                       I64(w->after.b), I64(w->after.c), I64(READ_AHEAD))));
  while (db_next(&rows)) {
    struct told_fact *told = LIST_ADD(w->cx->arena, out);
    fact_read(&rows, &told->fact);
    told->number = db_text(&rows, FACT_NUMBER);
  }
  return db_done(&rows);
}

static enum err walk_facts(struct walk *w)
{
  struct facts_asked asked = facts_of(w->measure);
  size_t read;
  do {
    told_facts facts = {0};
    TRY(read_facts(w, asked, &facts));
    read = facts.n;
    EACH (const struct told_fact, told, &facts) {
      const struct fact *f = &told->fact;
      if (!counts(w->cx, w->q, f->channel, f->location))
        continue;
      w->more = (int64_t)w->out->n == w->limit;
      if (w->more)
        return ERR_OK;
      add_fact(w, told, asked.value);
      w->after = (struct place){f->day, f->order_id, f->n};
    }
    const struct fact *last = read ? &facts.at[read - 1].fact : NULL;
    if (last)
      w->after = (struct place){last->day, last->order_id, last->n};
  } while (read == READ_AHEAD);
  return ERR_OK;
}

/* ---- Customers ---- */

struct bought {
  int64_t id, orders, revenue, last_at, last_day, first_day;
  const char *channel;
};

static enum err read_customers(struct walk *w, struct bought *out, size_t *out_n)
{
  static const struct db_stmt page = {
      "SELECT customer_id, orders, revenue, last_at, last_day, first_day, first_channel FROM report_customer"
      " WHERE (last_day, customer_id) < ($1, $2) ORDER BY last_day DESC, customer_id DESC LIMIT $3",
      DB_LIST};
  struct db_rows rows;
  *out_n = 0;
  TRY(db_query(w->cx->db, &page, &rows, DB_ARGS(I64(w->after.a), I64(w->after.b), I64(READ_AHEAD))));
  while (*out_n < READ_AHEAD && db_next(&rows))
    out[(*out_n)++] = (struct bought){db_i64(&rows, 0), db_i64(&rows, 1), db_i64(&rows, 2), db_i64(&rows, 3),
                                      db_i64(&rows, 4), db_i64(&rows, 5), db_text(&rows, 6)};
  return db_done(&rows);
}

static void add_customer(struct walk *w, const struct bought *c, const char *segment)
{
  struct report_item *item = item_add(w, "customer");
  item->customer_id = c->id;
  item->orders = c->orders;
  item->amount.minor = c->revenue;
  item->currency = w->q->company_currency;
  item->at.ms = c->last_at;
  item->segment = segment;
}

static bool wanted(const struct walk *w, const struct scores *scores, const struct bought *c, const char **out_segment)
{
  int64_t r = recency_of(scores, c->last_day), f = score_of(&scores->frequency, c->orders);
  const struct question *q = w->q;
  *out_segment = segment_of(r, f);
  if (w->measure->a.kind == FACT_CUSTOMER || w->measure->a_minus.kind == FACT_CUSTOMER)
    return c->first_day >= q->from && c->first_day <= q->to && counts(w->cx, q, c->channel, "");
  if (w->cx->actor.scope && (w->cx->actor.scope->n_locations || w->cx->actor.scope->n_channels))
    return false;
  return (!q->segment || strcmp(q->segment, *out_segment) == 0) &&
         (!q->score || (strlen(q->score) == 2 && q->score[0] == '0' + r && q->score[1] == '0' + f));
}

static enum err walk_customers(struct walk *w)
{
  struct bought *customers = ARENA_ARRAY(w->cx->arena, struct bought, READ_AHEAD);
  struct scores scores;
  const char *segment;
  size_t n;
  TRY(scores_load(w->cx, &scores));
  do {
    TRY(read_customers(w, customers, &n));
    for (size_t i = 0; i < n; i++) {
      if (wanted(w, &scores, &customers[i], &segment)) {
        w->more = (int64_t)w->out->n == w->limit;
        if (w->more)
          return ERR_OK;
        add_customer(w, &customers[i], segment);
      }
      w->after = (struct place){customers[i].last_day, customers[i].id, 0};
    }
  } while (n == READ_AHEAD);
  return ERR_OK;
}

/* ---- Stock: what is there of each product at each location ---- */

static enum err add_stock(struct walk *w, const struct db_rows *rows, const struct location *location)
{
  const struct product *product;
  TRY(catalog_product_by_id(w->cx, (struct product_id){db_i64(rows, 1)}, &product));
  if (w->q->detail && strcmp(w->q->detail, product->sku) != 0)
    return ERR_OK;
  w->more = (int64_t)w->out->n == w->limit;
  if (w->more)
    return ERR_OK;
  struct report_item *item = item_add(w, "stock");
  item->product_id = product->id.v;
  item->sku = product->sku;
  item->location = location->code;
  item->on_hand.millionths = db_i64(rows, 2);
  item->available.millionths = db_i64(rows, 3);
  w->after = (struct place){location->id.v, product->id.v, 0};
  return ERR_OK;
}

static enum err walk_location(struct walk *w, const struct location *location)
{
  static const struct db_stmt stock = {
      "SELECT location_id, product_id, CAST(sum(on_hand) AS BIGINT),"
      " CAST(sum(CASE WHEN stock_condition = 'good' THEN on_hand - reserved - safety ELSE 0 END) AS BIGINT)"
      " FROM stock WHERE location_id = $1 AND product_id < $2 GROUP BY location_id, product_id"
      " ORDER BY product_id DESC",
      DB_REPORT};
  int64_t below = w->after.a == location->id.v ? w->after.b : INT64_MAX;
  struct db_rows rows;
  enum err err = ERR_OK;
  TRY(db_query(w->cx->db, &stock, &rows, DB_ARGS(I64(location->id.v), I64(below))));
  while (err == ERR_OK && !w->more && db_next(&rows))
    err = add_stock(w, &rows, location);
  enum err done = db_done(&rows);
  return err ? err : done;
}

/* Location after location, newest first, so that the cursor tells where to go on. */
static enum err walk_stock(struct walk *w)
{
  struct locations locations;
  TRY(locations_all(w->cx, &locations));
  for (int64_t below = INT64_MAX; !w->more;) {
    const struct location *next = NULL;
    for (size_t i = 0; i < locations.n; i++) {
      const struct location *l = locations.at[i];
      if (l->id.v <= w->after.a && l->id.v < below && (!next || l->id.v > next->id.v))
        next = l;
    }
    if (!next)
      break;
    below = next->id.v;
    if (counts(w->cx, w->q, "", next->code))
      TRY(walk_location(w, next));
  }
  return ERR_OK;
}

/* ---- Work that has not left: in the order of the ids, newest first ---- */

static enum err read_work(struct walk *w, const char *state, told_facts *out)
{
  static const struct db_stmt page = {
      "SELECT f.bucket, f.order_id, f.id, f.created_at, f.ship_by, o.number FROM fulfillment f"
      " JOIN orders o ON o.bucket = f.bucket AND o.id = f.order_id"
      " WHERE f.location = $1 AND f.state = $2 AND f.id < $3 ORDER BY f.id DESC LIMIT $4",
      DB_LIST};
  struct locations locations;
  TRY(locations_all(w->cx, &locations));
  for (size_t i = 0; i < locations.n; i++) {
    const char *code = locations.at[i]->code;
    struct db_rows rows;
    if (!counts(w->cx, w->q, "", code))
      continue;
    TRY(db_query(w->cx->db, &page, &rows, DB_ARGS(TEXT(code), TEXT(state), I64(w->after.a), I64(w->limit + 1))));
    while (db_next(&rows)) {
      struct told_fact *told = LIST_ADD(w->cx->arena, out);
      told->number = db_text(&rows, 5);
      told->fact = (struct fact){.bucket = db_i64(&rows, 0),
                                 .order_id = db_i64(&rows, 1),
                                 .n = db_i64(&rows, 2),
                                 .at = db_i64(&rows, 3),
                                 .day = db_i64(&rows, 4),
                                 .location = code};
    }
    TRY(db_done(&rows));
  }
  return ERR_OK;
}

static const struct told_fact *newest_below(const told_facts *facts, int64_t id)
{
  const struct told_fact *best = NULL;
  EACH (const struct told_fact, told, facts)
    if (told->fact.n < id && (!best || told->fact.n > best->fact.n))
      best = told;
  return best;
}

static enum err walk_backlog(struct walk *w)
{
  told_facts facts = {0};
  const struct told_fact *told;
  for (const char *const *state = backlog_states; *state; state++)
    TRY(read_work(w, *state, &facts));
  while ((told = newest_below(&facts, w->after.a))) {
    const struct fact *f = &told->fact;
    if (w->measure->a.value == BACKLOG_LATE && f->day >= w->cx->now.ms) {
      w->after.a = f->n;
      continue;
    }
    w->more = (int64_t)w->out->n == w->limit;
    if (w->more)
      return ERR_OK;
    struct report_item *item = item_add(w, "fulfillment");
    item->order_id = f->order_id;
    item->fulfillment_id = f->n;
    item->location = f->location;
    item->at.ms = f->at;
    item->seconds = (w->cx->now.ms - f->at) / SECOND_MS;
    w->after.a = f->n;
    item->number = told->number;
  }
  return ERR_OK;
}

/* ---- Which of them ---- */

static enum err walk(struct walk *w)
{
  switch (w->measure->a_minus.kind == FACT_CUSTOMER ? FACT_ORDER : w->measure->a.kind) {
  case FACT_CUSTOMER:
  case FACT_SEGMENT:
    return walk_customers(w);
  case FACT_LEVEL:
  case FACT_STOCK:
    return walk_stock(w);
  case FACT_BACKLOG:
    return walk_backlog(w);
  default:
    return walk_facts(w);
  }
}

static enum err find_measure(struct ctx *cx, const struct question *q, const char *name,
                             const struct report_measure **out)
{
  *out = &q->definition->measures[0];
  for (size_t i = 0; name && i < q->definition->n; i++)
    if (strcmp(q->definition->measures[i].name, name) == 0) {
      *out = &q->definition->measures[i];
      return ERR_OK;
    }
  return name ? fault_add(&cx->fault, ERR_INVALID, "/query/measure", "not_allowed", "this report has no such measure")
              : ERR_OK;
}

enum err report_items_find(struct ctx *cx, const char *name, const struct report_request *rq, const char *cursor,
                           int64_t limit, report_items *out, const char **out_next)
{
  struct question q;
  struct walk w = {.cx = cx, .q = &q, .after = {INT64_MAX, INT64_MAX, INT64_MAX}, .limit = limit, .out = out};
  struct report_request asked = *rq;
  asked.limit = ABSENT;
  TRY(question_read(cx, name, &asked, &q));
  TRY(find_measure(cx, &q, rq->measure, &w.measure));
  TRY(question_narrow(cx, &q, rq->key));
  if (cursor && !place_read(cursor, &w.after))
    return fault_add(&cx->fault, ERR_INVALID, "/query/cursor", "invalid_format", "this is no cursor of this list");
  TRY(walk(&w));
  *out_next = w.more ? arena_printf(cx->arena, "%lld.%lld.%lld", (long long)w.after.a, (long long)w.after.b,
                                    (long long)w.after.c)
                     : NULL;
  return ERR_OK;
}
