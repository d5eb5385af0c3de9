/* Stock rows of a transaction. A hot product is in every order, so its row is loaded once, all acts of the transaction
 * add their changes up in memory, and one guarded UPDATE writes it at the end, rows in one order on every server.
 *
 * The UPDATE adds what was added and says under which conditions that is right whatever other servers did to the row
 * since its load. A reservation minds only that enough is free, and entries of the ledger, which are numbered, mind
 * that nobody else wrote one: so many servers may reserve from one hot row at once. An event carries the row's version,
 * so a row of which something was told is written only as it was loaded. The mark where stock.low is told is never
 * crossed unseen: whoever would do so because of what others took misses, loads again, and sees it. */
#include "inventory_priv.h"

#include <stdlib.h>
#include <string.h>

enum { HEADS_MIN = 256, ROWS_MAX = 200000 /* some 60 MB; rows that change are kept beyond it */ };

struct table {
  struct stock_node **heads;
  size_t n, n_heads; /* a power of 2 */
};

struct product_rows {
  struct stock_node node;
  int64_t product_id;
  bool known; /* all its good rows of the company are here */
  struct stock_row *first;
};

struct stock_memory {
  struct table rows, products;
  LIST(struct stock_row *) changed;
};

static enum err flush(struct ctx *cx, void *kept);
static const struct batch_part part = {"stock", sizeof(struct stock_memory), flush};

static struct stock_memory *memory(struct ctx *cx)
{
  return cx->batch ? batch_keep(cx, &part) : NULL;
}

/* ---- Tables ---- */

static struct stock_node *first_of(const struct table *t, uint64_t hash)
{
  struct stock_node *node = t->n_heads ? t->heads[hash & (t->n_heads - 1)] : NULL;
  while (node && node->hash != hash)
    node = node->next;
  return node;
}

static struct stock_node *next_of(struct stock_node *node)
{
  uint64_t hash = node->hash;
  do
    node = node->next;
  while (node && node->hash != hash);
  return node;
}

static void grow(struct arena *a, struct table *t)
{
  struct table larger = {.n = t->n, .n_heads = t->n_heads ? t->n_heads * 4 : HEADS_MIN};
  larger.heads = ARENA_ARRAY(a, struct stock_node *, larger.n_heads);
  for (size_t i = 0; i < t->n_heads; i++) {
    for (struct stock_node *node = t->heads[i], *next; node; node = next) {
      struct stock_node **head = &larger.heads[node->hash & (larger.n_heads - 1)];
      next = node->next;
      node->next = *head;
      *head = node;
    }
  }
  *t = larger;
}

static void add(struct arena *a, struct table *t, struct stock_node *node, uint64_t hash)
{
  if (t->n >= t->n_heads)
    grow(a, t);
  struct stock_node **head = &t->heads[hash & (t->n_heads - 1)];
  node->hash = hash;
  node->next = *head;
  *head = node;
  t->n++;
}

/* ---- Rows in memory ---- */

static uint64_t hash_of(const struct stock_key *key)
{
  return hash_mix((uint64_t)key->product_id, (uint64_t)key->location_id);
}

static struct stock_row *find_row(const struct stock_memory *m, const struct stock_key *key)
{
  struct stock_node *node = first_of(&m->rows, hash_of(key));
  while (node && stock_key_compare(&((struct stock_row *)(void *)node)->key, key) != 0)
    node = next_of(node);
  return (struct stock_row *)(void *)node;
}

static struct product_rows *find_product(const struct stock_memory *m, int64_t product_id)
{
  struct stock_node *node = first_of(&m->products, hash_mix((uint64_t)product_id, 0));
  while (node && ((struct product_rows *)(void *)node)->product_id != product_id)
    node = next_of(node);
  return (struct product_rows *)(void *)node;
}

static struct product_rows *product_rows(struct ctx *cx, struct stock_memory *m, int64_t product_id)
{
  struct product_rows *p = find_product(m, product_id);
  if (p)
    return p;
  p = ARENA_NEW(cx->batch->arena, struct product_rows);
  p->product_id = product_id;
  add(cx->batch->arena, &m->products, &p->node, hash_mix((uint64_t)product_id, 0));
  return p;
}

static const char *keep_text(struct arena *a, const char *text)
{
  return *text ? arena_text(a, text) : "";
}

static struct stock_row *new_row(struct arena *a, const struct stock_key *key, int64_t bucket, int64_t id,
                                 const struct stock_values *values)
{
  struct stock_row *row = ARENA_NEW(a, struct stock_row);
  row->key = *key;
  row->key.owner = keep_text(a, key->owner);
  row->key.lot = keep_text(a, key->lot);
  row->bucket = bucket;
  row->id = id;
  row->was = row->now = *values;
  row->free_min = INT64_MIN;
  return row;
}

static struct stock_row *add_row(struct ctx *cx, struct stock_memory *m, const struct stock_key *key, int64_t bucket,
                                 int64_t id, const struct stock_values *values)
{
  struct stock_row *row = new_row(cx->batch->arena, key, bucket, id, values);
  struct product_rows *p = product_rows(cx, m, key->product_id);
  add(cx->batch->arena, &m->rows, &row->node, hash_of(key));
  row->next_of_product = p->first;
  p->first = row;
  return row;
}

struct stock_row *stock_row_keep(struct ctx *cx, const struct stock_key *key, int64_t bucket, int64_t id,
                                 const struct stock_values *values)
{
  struct stock_memory *m = memory(cx);
  if (!m)
    return NULL;
  struct stock_row *row = find_row(m, key);
  return row || m->rows.n >= ROWS_MAX ? row : add_row(cx, m, key, bucket, id, values);
}

bool stock_product_known(struct ctx *cx, int64_t product_id)
{
  const struct stock_memory *m = memory(cx);
  const struct product_rows *p = m ? find_product(m, product_id) : NULL;
  return p && p->known;
}

void stock_product_knows(struct ctx *cx, int64_t product_id)
{
  struct stock_memory *m = memory(cx);
  if (m && m->rows.n < ROWS_MAX)
    product_rows(cx, m, product_id)->known = true;
}

const struct stock_row *stock_rows_of_product(struct ctx *cx, int64_t product_id)
{
  const struct stock_memory *m = memory(cx);
  const struct product_rows *p = m ? find_product(m, product_id) : NULL;
  return p ? p->first : NULL;
}

bool stock_rows_overdrawn(struct ctx *cx, int64_t location_id)
{
  const struct stock_memory *m = memory(cx);
  if (!m)
    return false;
  EACH (struct stock_row *const, at, &m->changed) {
    const struct stock_row *row = *at;
    if (row->key.location_id == location_id &&
        (row->now.on_hand.millionths < 0 || row->now.reserved.millionths > row->now.on_hand.millionths))
      return true;
  }
  return false;
}

/* ---- Loading ---- */

#define VALUES "on_hand, reserved, safety, incoming, movements, alerted, version, updated_at"

static struct stock_values values_of(const struct db_rows *rows, int column)
{
  return (struct stock_values){
      .on_hand = {db_i64(rows, column)},
      .reserved = {db_i64(rows, column + 1)},
      .safety = {db_i64(rows, column + 2)},
      .incoming = {db_i64(rows, column + 3)},
      .movements = db_i64(rows, column + 4),
      .alerted = db_i64(rows, column + 5) == 1,
      .version = db_i64(rows, column + 6),
      .updated_at = {db_i64(rows, column + 7)},
  };
}

static bool plain(const struct stock_key *key)
{
  return key->condition == STOCK_GOOD && !*key->owner;
}

enum err stock_row_load(struct ctx *cx, const struct stock_key *key, int64_t bucket, struct stock_row **out)
{
  static const struct db_stmt read = {"SELECT id, " VALUES " FROM stock WHERE " STOCK_KEY_IS, DB_KEYED};
  struct stock_memory *m = memory(cx);
  struct stock_row *row = m ? find_row(m, key) : NULL;
  struct stock_values values = {0};
  int64_t id = 0;
  if (!row && !(m && plain(key) && stock_product_known(cx, key->product_id))) {
    struct db_rows rows;
    TRY(db_query(cx->db, &read, &rows, DB_ARGS(STOCK_KEY_ARGS(bucket, key))));
    while (db_next(&rows)) {
      id = db_i64(&rows, 0);
      values = values_of(&rows, 1);
    }
    TRY(db_done(&rows));
    row = m ? find_row(m, key) : NULL; /* another act may have asked the same while this one waited */
  }
  if (!row)
    row = m ? add_row(cx, m, key, bucket, id, &values) : new_row(cx->arena, key, bucket, id, &values);
  *out = row;
  return ERR_OK;
}

static bool all_known(const struct stock_memory *m, const reservations *held)
{
  EACH (const struct reservation, r, held) {
    struct stock_key key = reservation_key(r);
    if (!find_row(m, &key))
      return false;
  }
  return true;
}

/* LIST: an order's stock may lie in many buckets. Both tables are of one family, joined on its key. */
enum err stock_rows_prefetch(struct ctx *cx, int64_t demand_id, const reservations *held)
{
  static const struct db_stmt of_demand = {
      "SELECT s.bucket, s.location_id, s.product_id, s.owner, s.stock_condition, s.lot, s.id, s.on_hand, s.reserved,"
      " s.safety, s.incoming, s.movements, s.alerted, s.version, s.updated_at FROM reservation r JOIN stock s"
      " ON s.bucket = r.bucket AND s.location_id = r.location_id AND s.product_id = r.product_id AND s.owner = r.owner"
      " AND s.stock_condition = r.stock_condition AND s.lot = r.lot WHERE r.demand_id = $1 AND r.state = 'live'",
      DB_LIST};
  const struct stock_memory *m = memory(cx);
  struct db_rows rows;
  if (!m || db_engine(cx->db) == DB_SQLITE || all_known(m, held))
    return ERR_OK;
  TRY(db_query(cx->db, &of_demand, &rows, DB_ARGS(I64(demand_id))));
  while (db_next(&rows)) {
    struct stock_key key = {.location_id = db_i64(&rows, 1),
                            .product_id = db_i64(&rows, 2),
                            .owner = db_text(&rows, 3),
                            .lot = db_text(&rows, 5)};
    const char *condition = db_text(&rows, 4);
    while (strcmp(stock_conditions[key.condition], condition) != 0)
      key.condition++;
    struct stock_values values = values_of(&rows, 7);
    stock_row_keep(cx, &key, db_i64(&rows, 0), db_i64(&rows, 6), &values);
  }
  return db_done(&rows);
}

/* ---- Writing ---- */

void stock_row_touch(struct ctx *cx, struct stock_row *row)
{
  if (row->now.version == row->was.version) {
    struct stock_memory *m = memory(cx);
    assert(m);
    *LIST_ADD(cx->batch->arena, &m->changed) = row;
  }
  if (row->now.version == 0)
    row->id = ids_next(cx->ids, cx->now, row->bucket);
  row->now.version++;
  row->events = 0;
  if (row->now.updated_at.ms < cx->now.ms)
    row->now.updated_at = cx->now;
}

static enum err insert_row(struct ctx *cx, const struct stock_row *row, int64_t *out_n)
{
  static const struct db_stmt stmt = {
      "INSERT INTO stock (bucket, location_id, product_id, owner, stock_condition, lot, id, on_hand, reserved, safety,"
      " incoming, movements, alerted, version, updated_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)"
      " ON CONFLICT (bucket, location_id, product_id, owner, stock_condition, lot) DO NOTHING",
      DB_KEYED};
  const struct stock_values *v = &row->now;
  return db_run(cx->db, &stmt, out_n,
                DB_ARGS(STOCK_KEY_ARGS(row->bucket, &row->key), I64(row->id), I64(v->on_hand.millionths),
                        I64(v->reserved.millionths), I64(v->safety.millionths), I64(v->incoming.millionths),
                        I64(v->movements), I64(v->alerted), I64(v->version), I64(v->updated_at.ms)));
}

/* Between which bounds the row in the database comes out on the side of the low mark where it is now. */
static void low_bounds(const struct stock_row *row, int64_t *free_min, int64_t *free_max)
{
  int64_t added = row->now.on_hand.millionths - row->was.on_hand.millionths -
                  (row->now.reserved.millionths - row->was.reserved.millionths);
  int64_t mark = stock_low_mark(row->now.safety) - added;
  if (row->key.condition != STOCK_GOOD)
    return;
  if (row->now.alerted)
    *free_max = mark;
  else if (*free_min <= mark)
    *free_min = mark + 1;
}

/* What nobody was told of: added to whatever the row is by now, within the bounds. */
static enum err add_to_row(struct ctx *cx, const struct stock_row *row, int64_t *out_n)
{
  static const struct db_stmt stmt = {
      "UPDATE stock SET on_hand = on_hand + $7, reserved = reserved + $8, movements = movements + $9,"
      " version = version + $10, updated_at = CASE WHEN updated_at > $11 THEN updated_at ELSE $11 END"
      " WHERE " STOCK_KEY_IS " AND reserved >= $12 AND on_hand - reserved >= $13 AND on_hand - reserved <= $14"
      " AND safety = $15 AND alerted = $16 AND (movements = $17 OR $17 < 0)",
      DB_KEYED};
  const struct stock_values *was = &row->was, *now = &row->now;
  int64_t free_min = row->free_min, free_max = INT64_MAX;
  bool moved = now->movements != was->movements;
  low_bounds(row, &free_min, &free_max);
  return db_run(cx->db, &stmt, out_n,
                DB_ARGS(STOCK_KEY_ARGS(row->bucket, &row->key), I64(now->on_hand.millionths - was->on_hand.millionths),
                        I64(now->reserved.millionths - was->reserved.millionths), I64(now->movements - was->movements),
                        I64(now->version - was->version), I64(now->updated_at.ms), I64(row->reserved_min),
                        I64(free_min), I64(free_max), I64(was->safety.millionths), I64(was->alerted),
                        I64(moved ? was->movements : -1)));
}

/* What was told carries the row's version: written to that one alone. */
static enum err replace_row(struct ctx *cx, const struct stock_row *row, int64_t *out_n)
{
  static const struct db_stmt stmt = {"UPDATE stock SET on_hand = $7, reserved = $8, safety = $9, movements = $10,"
                                      " alerted = $11, version = $12, updated_at = $13"
                                      " WHERE " STOCK_KEY_IS " AND version = $14",
                                      DB_KEYED};
  const struct stock_values *v = &row->now;
  return db_run(cx->db, &stmt, out_n,
                DB_ARGS(STOCK_KEY_ARGS(row->bucket, &row->key), I64(v->on_hand.millionths), I64(v->reserved.millionths),
                        I64(v->safety.millionths), I64(v->movements), I64(v->alerted), I64(v->version),
                        I64(v->updated_at.ms), I64(row->was.version)));
}

static enum err write_row(struct ctx *cx, const struct stock_row *row)
{
  int64_t n = 0;
  if (row->was.version == 0)
    TRY(insert_row(cx, row, &n));
  else if (row->told)
    TRY(replace_row(cx, row, &n));
  else
    TRY(add_to_row(cx, row, &n));
  return n == 1 ? ERR_OK : act_guard_missed(cx, __func__);
}

static int order_rows(const void *a, const void *b)
{
  const struct stock_row *x = *(struct stock_row *const *)a, *y = *(struct stock_row *const *)b;
  if (x->bucket != y->bucket)
    return x->bucket < y->bucket ? -1 : 1;
  return stock_key_compare(&x->key, &y->key);
}

static enum err flush(struct ctx *cx, void *kept)
{
  struct stock_memory *m = kept;
  if (m->changed.n > 1)
    qsort(m->changed.at, m->changed.n, sizeof *m->changed.at, order_rows);
  EACH (struct stock_row *const, row, &m->changed)
    TRY(write_row(cx, *row));
  return ERR_OK;
}
