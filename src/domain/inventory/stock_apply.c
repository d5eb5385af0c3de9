/* Applying a plan of stock: changes are summed per row and checked against the row as the acts before left it, in
 * memory; what the guards of the UPDATE at the end of the transaction (stock_rows.c) must ask for is gathered here.
 * Ledger entries, reservations and events are written at once. */
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

static enum err event_data(struct ctx *cx, const struct location *location, const struct stock_row *row,
                           const char *changes, const char **out)
{
  const struct product *product;
  struct buf text;
  struct json_out o;
  TRY(catalog_product_by_id(cx, (struct product_id){row->key.product_id}, &product));
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "sku", product->sku);
  json_put_text(&o, "location", location->code);
  if (*row->key.owner)
    json_put_text(&o, "owner", row->key.owner);
  json_put_text(&o, "condition", stock_conditions[row->key.condition]);
  if (*row->key.lot)
    json_put_text(&o, "lot", row->key.lot);
  json_put_quantity(&o, "on_hand", row->now.on_hand);
  json_put_quantity(&o, "reserved", row->now.reserved);
  json_put_quantity(&o, "safety", row->now.safety);
  if (changes) {
    json_key(&o, "changes");
    json_raw(&o, changes);
  }
  json_object_end(&o);
  *out = buf_str(&text);
  return ERR_OK;
}

/* Entries and events are keyed by the row's counters as they were seen: a double means that somebody was faster. */
static enum err taken_is_missed(struct ctx *cx, enum err err, const char *where)
{
  return err == ERR_EXISTS ? act_guard_missed(cx, where) : err;
}

/* The row is the subject and its version moves with every act, so ordinals count anew for each: a document of hundreds
 * of lines does not use up those of its act. */
enum err stock_event(struct ctx *cx, const struct location *location, struct stock_row *row, const char *topic,
                     const char *changes)
{
  int64_t ordinal_of_act = cx->event_ordinal;
  struct event_draft draft = {
      .topic = topic,
      .subject_kind = "stock",
      .subject_prefix = PREFIX_stock,
      .bucket = row->bucket,
      .subject_id = row->id,
      .version = row->now.version,
      .ref_prefix = PREFIX_product,
      .ref_id = row->key.product_id,
  };
  TRY(event_data(cx, location, row, changes, &draft.data));
  row->told = true;
  cx->event_ordinal = row->events++;
  enum err err = event_emit(cx, &draft);
  cx->event_ordinal = ordinal_of_act;
  return taken_is_missed(cx, err, __func__);
}

enum err stock_watch(struct ctx *cx, const struct location *location, struct stock_row *row)
{
  bool low = row->key.condition == STOCK_GOOD && stock_is_low(&row->now);
  if (low == row->now.alerted)
    return ERR_OK;
  row->now.alerted = low;
  return stock_event(cx, location, row, low ? "stock.low" : "stock.recovered", NULL);
}

/* ---- One row ---- */

static void ask_for(int64_t *min, int64_t at_least)
{
  if (at_least > *min)
    *min = at_least;
}

/* What may not get worse: on hand below 0, reserved above it; and nothing new is promised beyond what is available. The
 * row in the database must allow the same, after the changes of this transaction: on hand by the count of movements,
 * the rest by the bounds kept in the row. False = decide should have seen it. */
static bool change_row(struct stock_row *row, const struct group *g)
{
  struct stock_values *v = &row->now;
  int64_t on_hand = v->on_hand.millionths + g->d_on_hand, reserved = v->reserved.millionths + g->d_reserved;
  int64_t free_then = row->was.on_hand.millionths - row->was.reserved.millionths;
  int64_t rest = free_then - (on_hand - reserved); /* what the row must have free for nothing to be left */
  bool negative = g->first->location->negative_stock, promises = g->d_reserved > g->d_on_hand;
  if (v->version == 0 && g->entries == 0)
    return false; /* only a movement begins a row */
  if (reserved < 0 || (g->seen_movements >= 0 && g->seen_movements != v->movements))
    return false;
  if (g->d_reserved < 0)
    ask_for(&row->reserved_min, row->was.reserved.millionths - reserved);
  if (!negative && ((g->d_on_hand < 0 && on_hand < 0) || (promises && reserved > on_hand)))
    return false;
  if (!negative && promises)
    ask_for(&row->free_min, rest);
  if (promises && g->d_reserved > 0) { /* what comes in may come in promised */
    if (on_hand - reserved < v->safety.millionths)
      return false;
    ask_for(&row->free_min, rest + v->safety.millionths);
  }
  v->on_hand = QUANTITY(on_hand);
  v->reserved = QUANTITY(reserved);
  v->movements += g->entries;
  return true;
}

/* ---- The ledger ---- */

static enum err write_entries(struct ctx *cx, const struct stock_changes *plan, const struct group *g,
                              const struct stock_row *row)
{
  struct movement m = {
      .bucket = row->bucket,
      .location_id = row->key.location_id,
      .product_id = row->key.product_id,
      .owner = row->key.owner,
      .condition = row->key.condition,
      .lot = row->key.lot,
      .n = row->now.movements - g->entries,
      .at = row->now.updated_at,
      .on_hand = {row->now.on_hand.millionths - g->d_on_hand},
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
    TRY(taken_is_missed(cx, db_insert(cx->db, &movement_table, &m), __func__));
  }
  return ERR_OK;
}

static enum err apply_group(struct ctx *cx, const struct stock_changes *plan, const struct group *g)
{
  const struct location *location = g->first->location;
  struct stock_row *row;
  TRY(stock_row_load(cx, &g->first->change->key, g->first->bucket, &row));
  if (!change_row(row, g))
    return act_guard_missed(cx, "change_row");
  stock_row_touch(cx, row);
  TRY(write_entries(cx, plan, g, row));
  bool overdrawn = row->now.on_hand.millionths < 0 && g->d_on_hand < 0;
  if (overdrawn && row->now.on_hand.millionths - g->d_on_hand >= 0)
    TRY(stock_event(cx, location, row, "stock.negative", NULL));
  return stock_watch(cx, location, row);
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
