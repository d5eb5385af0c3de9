/* Writing a plan of stock: changes are summed per row and rows are touched in one order, so that two writers never wait
 * for each other in a circle. The usual change, a reservation, is one UPDATE and one INSERT and reads nothing. */
#include "inventory_priv.h"

#include <stdlib.h>
#include <string.h>

/* A change with the place of its row. */
struct placed {
  int64_t bucket;
  const struct location *location;
  const struct stock_change *change;
  size_t n; /* place in the plan: entries of one row keep their order */
};

/* All changes of one row. */
struct group {
  const struct placed *first;
  size_t n;
  int64_t d_on_hand, d_reserved, entries, seen_movements;
};

/* ---- Events of a row ---- */

static enum err event_data(struct ctx *cx, const struct stock_after *row, const char *changes, const char **out)
{
  const struct product *product;
  struct buf text;
  struct json_out o;
  TRY(catalog_product_by_id(cx, (struct product_id){row->key->product_id}, &product));
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "sku", product->sku);
  json_put_text(&o, "location", row->location->code);
  if (*row->key->owner)
    json_put_text(&o, "owner", row->key->owner);
  json_put_text(&o, "condition", stock_conditions[row->key->condition]);
  if (*row->key->lot)
    json_put_text(&o, "lot", row->key->lot);
  json_put_quantity(&o, "on_hand", row->on_hand);
  json_put_quantity(&o, "reserved", row->reserved);
  json_put_quantity(&o, "safety", row->safety);
  if (changes) {
    json_key(&o, "changes");
    json_raw(&o, changes);
  }
  json_object_end(&o);
  *out = buf_str(&text);
  return ERR_OK;
}

/* The row is the subject and its version moves with every write, so ordinals count anew for each: a document of
 * hundreds of lines does not use up those of its act. */
enum err stock_event(struct ctx *cx, struct stock_after *row, const char *topic, const char *changes)
{
  int64_t ordinal_of_act = cx->event_ordinal;
  struct event_draft draft = {
      .topic = topic,
      .subject_kind = "stock",
      .subject_prefix = PREFIX_stock,
      .bucket = row->bucket,
      .subject_id = row->id,
      .version = row->version,
      .ref_prefix = PREFIX_product,
      .ref_id = row->key->product_id,
  };
  TRY(event_data(cx, row, changes, &draft.data));
  cx->event_ordinal = row->events++;
  enum err err = event_emit(cx, &draft);
  cx->event_ordinal = ordinal_of_act;
  return err;
}

enum err stock_watch(struct ctx *cx, struct stock_after *row)
{
  static const struct db_stmt mark = {"UPDATE stock SET alerted = $7 WHERE " STOCK_KEY_IS, DB_KEYED};
  bool low = row->key->condition == STOCK_GOOD && stock_is_low(row->on_hand, row->reserved, row->safety);
  if (low == row->alerted)
    return ERR_OK;
  row->alerted = low;
  TRY(db_run(cx->db, &mark, NULL, DB_ARGS(STOCK_KEY_ARGS(row->bucket, row->key), I64(low))));
  return stock_event(cx, row, low ? "stock.low" : "stock.recovered", NULL);
}

/* ---- One row ---- */

enum err stock_make(struct ctx *cx, struct stock_after *row, bool *out_made)
{
  static const struct db_stmt make = {
      "INSERT INTO stock (bucket, location_id, product_id, owner, stock_condition, lot, id, on_hand, reserved, safety,"
      " incoming, movements, alerted, version, updated_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 0, 1, $12)"
      " ON CONFLICT (bucket, location_id, product_id, owner, stock_condition, lot) DO NOTHING",
      DB_KEYED};
  int64_t rows = 0;
  row->id = ids_next(cx->ids, cx->now, row->bucket);
  row->version = 1;
  row->updated_at = cx->now;
  TRY(db_run(cx->db, &make, &rows,
             DB_ARGS(STOCK_KEY_ARGS(row->bucket, row->key), I64(row->id), I64(row->on_hand.millionths),
                     I64(row->reserved.millionths), I64(row->safety.millionths), I64(row->movements),
                     I64(cx->now.ms))));
  *out_made = rows == 1;
  return ERR_OK;
}

/* The row as it is after our own UPDATE, which holds it. */
static enum err read_row(struct ctx *cx, struct stock_after *out)
{
  static const struct db_stmt read = {
      "SELECT id, version, on_hand, reserved, safety, alerted, movements, updated_at FROM stock WHERE " STOCK_KEY_IS,
      DB_KEYED};
  struct db_rows rows;
  TRY(db_query(cx->db, &read, &rows, DB_ARGS(STOCK_KEY_ARGS(out->bucket, out->key))));
  while (db_next(&rows)) {
    out->id = db_i64(&rows, 0);
    out->version = db_i64(&rows, 1);
    out->on_hand = QUANTITY(db_i64(&rows, 2));
    out->reserved = QUANTITY(db_i64(&rows, 3));
    out->safety = QUANTITY(db_i64(&rows, 4));
    out->alerted = db_i64(&rows, 5) == 1;
    out->movements = db_i64(&rows, 6);
    out->updated_at = INSTANT(db_i64(&rows, 7));
  }
  return db_done(&rows);
}

/* What may not get worse: on hand below 0, reserved above it; and nothing new is promised beyond what is available. Two
 * statements, since SQLite makes and drops a temporary table for each RETURNING: three times the cost of the read. */
static enum err change_row(struct ctx *cx, const struct group *g, struct stock_after *out, bool *out_found)
{
  static const struct db_stmt change = {
      "UPDATE stock SET on_hand = on_hand + $7, reserved = reserved + $8, movements = movements + $9,"
      " version = version + 1, updated_at = CASE WHEN updated_at > $10 THEN updated_at ELSE $10 END"
      " WHERE " STOCK_KEY_IS " AND reserved + $8 >= 0"
      " AND ($11 = 1 OR (($7 >= 0 OR on_hand + $7 >= 0) AND ($8 <= $7 OR reserved + $8 <= on_hand + $7)))"
      " AND ($8 <= $7 OR $8 <= 0 OR on_hand + $7 - reserved - safety >= $8)" /* what comes in may come in promised */
      " AND (movements = $12 OR $12 < 0)",
      DB_KEYED};
  int64_t n = 0;
  TRY(db_run(cx->db, &change, &n,
             DB_ARGS(STOCK_KEY_ARGS(out->bucket, out->key), I64(g->d_on_hand), I64(g->d_reserved), I64(g->entries),
                     I64(cx->now.ms), I64(out->location->negative_stock), I64(g->seen_movements))));
  *out_found = n == 1;
  return n == 1 ? read_row(cx, out) : ERR_OK;
}

/* A movement may begin a row, under the same conditions as change_row's. */
static enum err begin_row(struct ctx *cx, const struct group *g, struct stock_after *out)
{
  bool made = false;
  bool allowed = out->location->negative_stock || (g->d_on_hand >= 0 && g->d_reserved <= g->d_on_hand);
  if (g->entries == 0 || !allowed || g->d_reserved < 0 || (g->d_reserved > 0 && g->d_reserved > g->d_on_hand) ||
      g->seen_movements > 0)
    return act_guard_missed(cx, __func__);
  out->on_hand = QUANTITY(g->d_on_hand);
  out->reserved = QUANTITY(g->d_reserved);
  out->movements = g->entries;
  TRY(stock_make(cx, out, &made));
  return made ? ERR_OK : act_guard_missed(cx, __func__);
}

/* ---- The ledger ---- */

static enum err write_entries(struct ctx *cx, const struct stock_changes *plan, const struct group *g,
                              const struct stock_after *row)
{
  struct movement m = {
      .bucket = row->bucket,
      .location_id = row->key->location_id,
      .product_id = row->key->product_id,
      .owner = row->key->owner,
      .condition = row->key->condition,
      .lot = row->key->lot,
      .n = row->movements - g->entries,
      .at = row->updated_at,
      .on_hand = {row->on_hand.millionths - g->d_on_hand},
      .actor_kind = cx->actor.kind,
      .actor_id = cx->actor.id,
  };
  for (const struct placed *p = g->first; p < g->first + g->n; p++) {
    const struct stock_change *c = p->change;
    if (!c->moves)
      continue;
    int64_t document = c->why.document_id ? c->why.document_id : plan->document_id;
    m.n++;
    m.entry = ids_next(cx->ids, cx->now, row->bucket);
    m.kind = (int)c->why.kind;
    m.delta = c->d_on_hand;
    m.on_hand = quantity_add(m.on_hand, c->d_on_hand);
    m.reason = c->why.reason;
    m.document_prefix = c->why.document_prefix;
    m.document_id = c->why.document_prefix && document ? document : ABSENT;
    TRY(db_insert(cx->db, &movement_table, &m));
  }
  return ERR_OK;
}

static enum err apply_group(struct ctx *cx, const struct stock_changes *plan, const struct group *g)
{
  struct stock_after row = {.location = g->first->location, .key = &g->first->change->key, .bucket = g->first->bucket};
  bool found;
  TRY(change_row(cx, g, &row, &found));
  if (!found)
    TRY(begin_row(cx, g, &row));
  TRY(write_entries(cx, plan, g, &row));
  bool overdrawn = row.on_hand.millionths < 0 && g->d_on_hand < 0;
  if (overdrawn && row.on_hand.millionths - g->d_on_hand >= 0)
    TRY(stock_event(cx, &row, "stock.negative", NULL));
  return stock_watch(cx, &row);
}

/* ---- All rows ---- */

static int order_placed(const void *a, const void *b)
{
  const struct placed *x = a, *y = b;
  if (x->bucket != y->bucket)
    return x->bucket < y->bucket ? -1 : 1;
  int order = stock_key_compare(&x->change->key, &y->change->key);
  return order ? order : (x->n > y->n) - (x->n < y->n);
}

/* The changes from first on that are of its row, summed. */
static struct group group_of(const struct placed *first, const struct placed *end)
{
  struct group g = {.first = first, .seen_movements = -1};
  for (const struct placed *p = first; p < end && stock_key_compare(&p->change->key, &first->change->key) == 0; p++) {
    g.n++;
    g.d_on_hand += p->change->d_on_hand.millionths;
    g.d_reserved += p->change->d_reserved.millionths;
    g.entries += p->change->moves;
    if (p->change->seen_movements != ABSENT)
      g.seen_movements = p->change->seen_movements;
  }
  return g;
}

static enum err apply_rows(struct ctx *cx, const struct stock_changes *c)
{
  struct placed *rows = ARENA_ARRAY(cx->arena, struct placed, c->rows.n);
  for (size_t i = 0; i < c->rows.n; i++) {
    rows[i] = (struct placed){.change = &c->rows.at[i], .n = i};
    TRY(stock_key_bucket(cx, &rows[i].change->key, &rows[i].location, &rows[i].bucket));
  }
  qsort(rows, c->rows.n, sizeof *rows, order_placed);
  for (const struct placed *p = rows, *end = rows + c->rows.n; p < end;) {
    struct group g = group_of(p, end);
    TRY(apply_group(cx, c, &g));
    p += g.n;
  }
  return ERR_OK;
}

enum err stock_changes_apply(struct ctx *cx, const struct stock_changes *c)
{
  if (c->rows.n > 0)
    TRY(apply_rows(cx, c));
  return reservations_apply(cx, c);
}
