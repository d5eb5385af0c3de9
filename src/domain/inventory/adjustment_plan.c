/* Adjusting and counting. A delta may not take more than there is; a count says what is true and is never refused: what
 * was promised beyond it loses its reservation, newest and least important first. */
#include "inventory_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- Load ---- */

enum err stock_find_location(struct ctx *cx, const char *code, const char *pointer, const struct location **out)
{
  enum err err = location_find(cx, code, out);
  if (err == ERR_NOT_FOUND)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "not_found", "there is no location %s", code);
  return err;
}

enum err stock_find_product(struct ctx *cx, const char *sku, const char *pointer, const struct product **out)
{
  const struct product *product;
  enum err err = catalog_product_by_sku(cx, sku, &product);
  if (err == ERR_NOT_FOUND)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "not_found", "there is no product %s", sku);
  TRY(err);
  if (!product_is_stocked(product))
    return fault_add(&cx->fault, ERR_INVALID, pointer, "not_stocked", "%s is of kind %s and has no stock", sku,
                     product_kinds[product->kind]);
  *out = product;
  return ERR_OK;
}

static void check_line(struct ctx *cx, const struct adjustment_line *line, size_t n)
{
  bool delta = quantity_set(line->delta), counted = quantity_set(line->counted);
  const char *pointer = arena_printf(cx->arena, "/lines/%zu", n);
  if (!delta && !counted)
    fault_add(&cx->fault, ERR_INVALID, pointer, "required", "a line says delta or counted");
  if (delta && counted)
    fault_add(&cx->fault, ERR_INVALID, pointer, "contradiction", "a line says delta or counted, not both");
  if (delta && line->delta.millionths == 0)
    fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "%s/delta", pointer), "out_of_bounds",
              "a delta of 0 changes nothing");
}

/* Pieces are counted whole. A count can always mend what is not. */
static void check_whole(struct ctx *cx, const struct adjustment_line *line, const struct product *product, size_t n)
{
  const struct unit_code *unit = product->unit ? unit_find(product->unit) : NULL;
  bool delta = quantity_set(line->delta);
  struct quantity q = delta ? line->delta : line->counted;
  if (unit && unit->dimension == UNIT_COUNT && quantity_set(q) && q.millionths % SCALE != 0)
    fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/lines/%zu/%s", n, delta ? "delta" : "counted"),
              "not_whole", "%s is counted in whole %s", line->sku, product->unit);
}

/* The row of a line's key, new when no line before it had the key. */
static struct stock_adjust_row *row_of(struct stock_adjust_facts *f, const struct stock_key *key, size_t *out_n)
{
  size_t i = 0;
  while (i < f->n_rows && stock_key_compare(&f->rows[i].key, key) != 0)
    i++;
  *out_n = i;
  if (i == f->n_rows)
    f->rows[f->n_rows++] = (struct stock_adjust_row){.key = *key};
  return &f->rows[i];
}

static enum err load_line(struct ctx *cx, struct stock_adjust_facts *f, size_t n)
{
  struct adjustment_line *line = &f->document.lines.at[n];
  const struct product *product = NULL;
  check_line(cx, line, n);
  line->n = (int64_t)n + 1;
  line->lot = line->lot ? line->lot : f->document.lot ? f->document.lot : "";
  line->owner = line->owner ? line->owner : "";
  enum err err = stock_find_product(cx, line->sku, arena_printf(cx->arena, "/lines/%zu/sku", n), &product);
  if (err != ERR_OK || !f->location)
    return err == ERR_INVALID ? ERR_OK : err; /* all faults together: the next line is looked at too */
  line->product_id = product->id.v;
  check_whole(cx, line, product, n);
  struct stock_key key = {f->location->id.v, product->id.v, line->owner, line->condition, line->lot};
  size_t before = f->n_rows;
  struct stock_adjust_row *row = row_of(f, &key, &f->row_of_line[n]);
  bool repeated = f->n_rows == before;
  if (repeated && (quantity_set(line->counted) || row->counted))
    fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/lines/%zu", n), "duplicate",
              "%s is counted and stands in the document twice", line->sku);
  row->sku = line->sku;
  row->counted = row->counted || quantity_set(line->counted);
  return ERR_OK;
}

static enum err load_row(struct ctx *cx, const struct location *location, struct stock_adjust_row *row)
{
  struct stock_row *stock;
  TRY(stock_row_load(cx, &row->key, stock_bucket(location, row->key.product_id), &stock));
  row->exists = stock->now.version > 0;
  row->on_hand = stock->now.on_hand;
  row->reserved = stock->now.reserved;
  row->movements = stock->now.movements;
  return ERR_OK;
}

/* On hand of each row after the document. */
static struct quantity on_hand_after(const struct stock_adjust_facts *f, size_t row)
{
  struct quantity after = f->rows[row].on_hand;
  for (size_t i = 0; i < f->document.lines.n; i++) {
    const struct adjustment_line *line = &f->document.lines.at[i];
    if (f->row_of_line[i] == row)
      after = quantity_set(line->counted) ? line->counted : quantity_add(after, line->delta);
  }
  return after;
}

/* How much of what is reserved the new on hand cannot hold. */
static int64_t overcommitted(struct quantity reserved, struct quantity on_hand)
{
  int64_t holds = on_hand.millionths > 0 ? on_hand.millionths : 0;
  return reserved.millionths > holds ? reserved.millionths - holds : 0;
}

/* Reservations of the row, first to go first, until they make up what has to go. */
static enum err load_displaced(struct ctx *cx, const struct location *location, struct stock_adjust_row *row,
                               int64_t wanted)
{
  static const struct db_stmt first_to_go = {
      "SELECT demand_kind, demand_id, line, priority, quantity FROM reservation WHERE " STOCK_KEY_IS
      " AND state = 'live' ORDER BY CASE WHEN kind = 'soft' THEN 0 ELSE 1 END, priority, created_at DESC, demand_id DESC, line DESC",
      DB_KEYED};
  struct db_rows rows;
  int64_t found = 0;
  TRY(db_query(cx->db, &first_to_go, &rows,
               DB_ARGS(STOCK_KEY_ARGS(stock_bucket(location, row->key.product_id), &row->key))));
  while (found < wanted && db_next(&rows)) {
    struct stock_displaced *d = LIST_ADD(cx->arena, &row->live);
    *d = (struct stock_displaced){
        .demand = {.kind = db_text(&rows, 0),
                   .id = db_i64(&rows, 1),
                   .line = db_i64(&rows, 2),
                   .priority = db_i64(&rows, 3)},
        .key = row->key,
        .quantity = {db_i64(&rows,                   4)     },
    };
    found += d->quantity.millionths;
  }
  return db_done(&rows);
}

enum err stock_adjust_load(struct ctx *cx, const struct adjustment *body, struct stock_adjust_facts *out)
{
  struct stock_adjust_facts f = {.document = *body};
  size_t n = body->lines.n;
  f.document.lines.at = arena_copy(cx->arena, body->lines.at, n * sizeof *body->lines.at);
  f.rows = ARENA_ARRAY(cx->arena, struct stock_adjust_row, n);
  f.row_of_line = ARENA_ARRAY(cx->arena, size_t, n);
  enum err err = stock_find_location(cx, body->location, "/location", &f.location);
  if (err != ERR_INVALID)
    TRY(err);
  for (size_t i = 0; i < n; i++)
    TRY(load_line(cx, &f, i));
  if (cx->fault.code != ERR_OK)
    return cx->fault.code;
  for (size_t i = 0; i < f.n_rows; i++) {
    TRY(load_row(cx, f.location, &f.rows[i]));
    int64_t over = overcommitted(f.rows[i].reserved, on_hand_after(&f, i));
    if (over > 0)
      TRY(load_displaced(cx, f.location, &f.rows[i], over));
  }
  *out = f;
  return ERR_OK;
}

/* ---- Decide ---- */

/* The last line of a row. */
static size_t last_line(const struct stock_adjust_facts *f, size_t row)
{
  size_t last = f->document.lines.n;
  while (f->row_of_line[--last] != row)
    ;
  return last;
}

/* What is wrong with a row stands at its last line, where the sum is known. Documents add up over the years, so the sum
 * has the bound of a quantity too. */
static void check_row(struct ctx *cx, const struct stock_adjust_facts *f, size_t i)
{
  const struct stock_adjust_row *row = &f->rows[i];
  int64_t after = on_hand_after(f, i).millionths;
  const char *pointer = arena_printf(cx->arena, "/lines/%zu", last_line(f, i));
  if (after > QUANTITY_MAX || after < -QUANTITY_MAX)
    fault_add(&cx->fault, ERR_INVALID, pointer, "out_of_bounds", "there would be more than %lld of %s",
              (long long)(QUANTITY_MAX / SCALE), row->sku);
  else if (after < 0 && after < row->on_hand.millionths && !f->location->negative_stock)
    fault_shortage(&cx->fault, pointer, row->sku, row->on_hand.millionths - after,
                   row->on_hand.millionths > 0 ? row->on_hand.millionths : 0);
}

static void plan_lines(struct ctx *cx, const struct stock_adjust_facts *f, struct stock_adjust_plan *p)
{
  struct quantity *on_hand = ARENA_ARRAY(cx->arena, struct quantity, f->n_rows);
  for (size_t i = 0; i < f->n_rows; i++)
    on_hand[i] = f->rows[i].on_hand;
  for (size_t i = 0; i < p->document.lines.n; i++) {
    struct adjustment_line *line = &p->document.lines.at[i];
    const struct stock_adjust_row *row = &f->rows[f->row_of_line[i]];
    struct quantity *at = &on_hand[f->row_of_line[i]];
    bool counted = quantity_set(line->counted);
    if (counted)
      line->delta = quantity_sub(line->counted, *at);
    *at = line->on_hand = quantity_add(*at, line->delta);
    line->displaced = QUANTITY(0);
    stock_plan_move(&p->changes, cx->arena, &row->key, line->delta,
                    &(struct stock_reason){.kind = counted ? MOVEMENT_COUNT : MOVEMENT_ADJUSTMENT,
                                           .reason = p->document.reason,
                                           .document_prefix = PREFIX_adjustment});
    if (counted)
      p->changes.rows.at[p->changes.rows.n - 1].seen_movements = row->movements;
  }
}

/* Takes the promises that the row cannot keep; the row's last line says how much that was. */
static void plan_displaced(struct ctx *cx, const struct stock_adjust_facts *f, size_t n, struct stock_adjust_plan *p)
{
  const struct stock_adjust_row *row = &f->rows[n];
  int64_t over = overcommitted(row->reserved, on_hand_after(f, n));
  struct quantity gone = QUANTITY(over);
  EACH (struct stock_displaced, live, &row->live) {
    struct stock_displaced d = *live;
    d.quantity = quantity_min(d.quantity, QUANTITY(over));
    over -= d.quantity.millionths;
    stock_plan_release(&p->changes, cx->arena, &d.key, &d.demand, d.quantity, RESERVATION_RELEASED);
    *LIST_ADD(cx->arena, &p->displaced) = d;
  }
  p->document.lines.at[last_line(f, n)].displaced = quantity_sub(gone, QUANTITY(over));
}

enum err stock_adjust_decide(struct ctx *cx, const struct stock_adjust_facts *f, struct stock_adjust_plan *out)
{
  struct stock_adjust_plan p = {.location = f->location, .document = f->document};
  for (size_t i = 0; i < f->n_rows; i++)
    check_row(cx, f, i);
  if (cx->fault.code != ERR_OK)
    return cx->fault.code;
  p.document.lines.at = arena_copy(cx->arena, f->document.lines.at, f->document.lines.n * sizeof *f->document.lines.at);
  p.document.location = arena_text(cx->arena, f->location->code);
  p.document.location_id = f->location->id.v;
  p.document.created_at = cx->now;
  p.document.version = 1;
  plan_lines(cx, f, &p);
  for (size_t i = 0; i < f->n_rows; i++)
    if (f->rows[i].live.n > 0)
      plan_displaced(cx, f, i, &p);
  *out = p;
  return ERR_OK;
}

/* ---- Apply ---- */

static enum err emit(struct ctx *cx, const struct adjustment *d, const char *topic, const char *data)
{
  return event_emit(cx, &(struct event_draft){.topic = topic,
                                              .subject_kind = "adjustment",
                                              .subject_prefix = PREFIX_adjustment,
                                              .bucket = d->bucket,
                                              .subject_id = d->id.v,
                                              .version = d->version,
                                              .ref_prefix = PREFIX_location,
                                              .ref_id = d->location_id,
                                              .data = data});
}

static void begin_data(struct ctx *cx, const struct adjustment *d, struct buf *text, struct json_out *o)
{
  buf_init(text, cx->arena);
  json_out_init(o, text);
  json_object(o);
  json_put_text(o, "location", d->location);
  json_put_text(o, "reason", d->reason);
  json_put_i64(o, "lines", (int64_t)d->lines.n);
}

static enum err tell_created(struct ctx *cx, const struct adjustment *d)
{
  struct buf text;
  struct json_out o;
  begin_data(cx, d, &text, &o);
  json_object_end(&o);
  return emit(cx, d, "adjustment.created", buf_str(&text));
}

/* An exception for people: each demand that lost its stock, the first hundred by name. */
static enum err tell_overcommitted(struct ctx *cx, const struct adjustment *d, const stock_displacements *displaced)
{
  enum { NAMED_MAX = 100 };
  struct buf text;
  struct json_out o;
  size_t named = 0;
  begin_data(cx, d, &text, &o);
  json_put_i64(&o, "displaced_count", (int64_t)displaced->n);
  json_key(&o, "displaced");
  json_array(&o);
  EACH (struct stock_displaced, s, displaced) {
    char id[ID_TEXT];
    const struct product *product;
    if (named++ == NAMED_MAX)
      break;
    TRY(catalog_product_by_id(cx, (struct product_id){s->key.product_id}, &product));
    id_format(stock_demand_prefix(s->demand.kind), s->demand.id, id);
    json_object(&o);
    json_put_text(&o, s->demand.kind, id);
    json_put_i64(&o, "line", s->demand.line);
    json_put_text(&o, "sku", product->sku);
    json_put_quantity(&o, "quantity", s->quantity);
    json_object_end(&o);
  }
  json_array_end(&o);
  json_object_end(&o);
  return emit(cx, d, "stock.overcommitted", buf_str(&text));
}

static enum err write_document(struct ctx *cx, struct adjustment *d)
{
  d->id.v = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
  d->bucket = bucket_of_id(d->id.v);
  TRY(db_insert(cx->db, &adjustment_table, d));
  EACH (struct adjustment_line, line, &d->lines) {
    line->bucket = d->bucket;
    line->adjustment_id = d->id.v;
    TRY(db_insert(cx->db, &adjustment_line_table, line));
  }
  return ERR_OK;
}

enum err stock_adjust_apply(struct ctx *cx, const struct stock_adjust_plan *p, struct adjustment **out)
{
  struct adjustment *d = arena_copy(cx->arena, &p->document, sizeof *d);
  struct stock_changes changes = p->changes;
  d->lines.at = arena_copy(cx->arena, p->document.lines.at, p->document.lines.n * sizeof *d->lines.at);
  TRY(write_document(cx, d));
  changes.document_id = d->id.v;
  TRY(tell_created(cx, d));
  if (p->displaced.n > 0)
    TRY(tell_overcommitted(cx, d, &p->displaced));
  TRY(stock_changes_apply(cx, &changes));
  *out = d;
  return ERR_OK;
}
