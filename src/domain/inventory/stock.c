/* Stock rows: keys and their placement, records, and the levels that sourcing reads. */
#include "inventory_priv.h"

#include <stdlib.h>
#include <string.h>

const char *const stock_conditions[] = {"good", "quarantine", "damaged", "expired", NULL};

/* ---- Keys ---- */

struct stock_key stock_key_plain(int64_t location_id, int64_t product_id)
{
  return (struct stock_key){.location_id = location_id, .product_id = product_id, .owner = "", .lot = ""};
}

static int compare_i64(int64_t a, int64_t b)
{
  return (a > b) - (a < b);
}

int stock_key_compare(const struct stock_key *a, const struct stock_key *b)
{
  int order = compare_i64(a->product_id, b->product_id);
  if (!order)
    order = compare_i64(a->location_id, b->location_id);
  if (!order)
    order = strcmp(a->owner, b->owner);
  if (!order)
    order = compare_i64(a->condition, b->condition);
  return order ? order : strcmp(a->lot, b->lot);
}

/* By the product's id and not its SKU: the id is as lasting as a key must be, and at hand everywhere. */
int64_t stock_bucket(const struct location *location, int64_t product_id)
{
  uint64_t part = hash_mix((uint64_t)product_id, 0) % (uint64_t)location->spread;
  return (int64_t)(hash_mix((uint64_t)location->id.v, part) % BUCKETS);
}

enum err stock_key_bucket(struct ctx *cx, const struct stock_key *key, const struct location **out_location,
                          int64_t *out_bucket)
{
  const struct location *location;
  enum err err = location_by_id(cx, key->location_id, &location);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_INTERNAL, "", "stock is asked of a location that does not exist");
  TRY(err);
  *out_location = location;
  *out_bucket = stock_bucket(location, key->product_id);
  return ERR_OK;
}

int64_t stock_low_mark(struct quantity safety)
{
  return safety.millionths > 0 ? safety.millionths : -1;
}

bool stock_is_low(const struct stock_values *v)
{
  return v->on_hand.millionths - v->reserved.millionths <= stock_low_mark(v->safety);
}

/* ---- Records ---- */

#define ANY_QUANTITY .min = -QUANTITY_MAX, .max = QUANTITY_MAX

static const struct rec_field stock_fields[] = {
    FIELD_AS(REC_ID, struct stock, id, .flags = REC_READONLY, .prefix = PREFIX_stock, .doc = "Id of the row",
             .example = "stk_01jd7k3v9q2m8"),
    FIELD(struct stock, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct stock, location_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct stock, product_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct stock, sku, .flags = REC_VIRTUAL, .max = SKU_MAX, .doc = "Product", .example = "TEE-S"),
    FIELD(struct stock, location, .flags = REC_VIRTUAL, .max = LOCATION_CODE_MAX, .doc = "Location", .example = "NJ1"),
    FIELD(struct stock, owner, .flags = REC_KEY, .max = STOCK_OWNER_MAX,
          .doc = "Whose it is; empty = the company's"),
    FIELD_AS(REC_ENUM, struct stock, condition, .flags = REC_KEY, .column = "stock_condition",
             .names = stock_conditions, .doc = "Only good stock is sold"),
    FIELD(struct stock, lot, .flags = REC_KEY, .max = STOCK_LOT_MAX, .doc = "Lot; empty = not told apart"),
    FIELD(struct stock, on_hand, ANY_QUANTITY, .doc = "Physically there", .example = "12"),
    FIELD(struct stock, reserved, .max = QUANTITY_MAX, .doc = "Promised to orders", .example = "3"),
    FIELD(struct stock, available, .flags = REC_VIRTUAL, ANY_QUANTITY,
          .doc = "Can still be sold: good on hand less reserved less safety", .example = "7"),
    FIELD(struct stock, safety, .max = QUANTITY_MAX, .doc = "Kept back from sale", .example = "2"),
    FIELD(struct stock, incoming, .max = QUANTITY_MAX, .doc = "On its way here", .example = "0"),
    FIELD(struct stock, movements, .flags = REC_HIDDEN),
    FIELD(struct stock, alerted, .doc = "Low stock was told and has not recovered"),
    FIELD(struct stock, version, .flags = REC_READONLY, .doc = "Counts its changes"),
    FIELD(struct stock, updated_at, .flags = REC_READONLY, .doc = "When it last changed"),
};
const struct rec stock_rec = REC(struct stock, "Stock", stock_fields, "How much of a product is at a location");
const struct db_table stock_table = {"stock", &stock_rec};

/* Texts are copied: a reply may be written when the memo has been cleared. */
enum err stock_fill(struct ctx *cx, struct stock *rows, size_t n)
{
  for (struct stock *row = rows; row < rows + n; row++) {
    const struct location *location;
    const struct product *product;
    TRY(location_by_id(cx, row->location_id, &location));
    TRY(catalog_product_by_id(cx, (struct product_id){row->product_id}, &product));
    row->location = arena_text(cx->arena, location->code);
    row->sku = arena_text(cx->arena, product->sku);
    row->available = QUANTITY(row->condition == STOCK_GOOD ? row->on_hand.millionths - row->reserved.millionths -
                                                                 row->safety.millionths
                                                           : 0);
  }
  return ERR_OK;
}

/* ---- Levels ---- */

#define LEVELS_OF                                                                                                      \
  "SELECT location_id, product_id, lot, on_hand, reserved, safety, incoming, bucket, id, movements, alerted, version," \
  " updated_at FROM stock WHERE owner = '' AND stock_condition = 'good' AND product_id "
#define PLACES_32                                                                                                      \
  "$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25" \
  ", $26, $27, $28, $29, $30, $31, $32"

/* Lists of products are padded to these, so that few statements serve all orders. Most orders have a few lines: for an
 * IN list SQLite makes and drops a temporary table each time, three times the cost of reading four products one by
  * one. */
static const struct levels_statement {
  size_t places;
  struct db_stmt stmt;
} levels_statements[] = {
    {1, {LEVELS_OF "= $1", DB_LIST}},
    {4, {LEVELS_OF "= $1 UNION ALL " LEVELS_OF "= $2 UNION ALL " LEVELS_OF "= $3 UNION ALL " LEVELS_OF "= $4",
         DB_LIST}},
    {32, {LEVELS_OF "IN (" PLACES_32 ")", DB_LIST}},
};

static void add_level(struct ctx *cx, struct stock_levels *out, const struct stock_key *key,
                      const struct stock_values *v)
{
  *LIST_ADD(cx->arena, &out->rows) = (struct stock_level){
      .key = *key, .on_hand = v->on_hand, .reserved = v->reserved, .safety = v->safety, .incoming = v->incoming};
}

/* Rows that the memory has no room for go to out. */
static enum err levels_read(struct ctx *cx, const int64_t *ids, size_t n, struct stock_levels *out)
{
  const struct levels_statement *s = levels_statements;
  struct db_value args[32];
  while (s->places < n)
    s++;
  for (size_t i = 0; i < s->places; i++)
    args[i] = I64(i < n ? ids[i] : 0); /* no product has id 0 */
  struct db_rows rows;
  TRY(db_query(cx->db, &s->stmt, &rows, args, s->places));
  while (db_next(&rows)) {
    struct stock_key key = {
        .location_id = db_i64(&rows, 0), .product_id = db_i64(&rows, 1), .owner = "", .lot = db_text(&rows, 2)};
    struct stock_values v = {.on_hand = {db_i64(&rows, 3)},
                             .reserved = {db_i64(&rows, 4)},
                             .safety = {db_i64(&rows, 5)},
                             .incoming = {db_i64(&rows, 6)}};
    if (cx->batch) {
      v.movements = db_i64(&rows, 9);
      v.alerted = db_i64(&rows, 10) == 1;
      v.version = db_i64(&rows, 11);
      v.updated_at = INSTANT(db_i64(&rows, 12));
    }
    if (!cx->batch || !stock_row_keep(cx, &key, db_i64(&rows, 7), db_i64(&rows, 8), &v))
      add_level(cx, out, &key, &v);
  }
  return db_done(&rows);
}

/* Rows that the transaction has in memory: as its acts so far left them, and those that they have begun. */
static void levels_remembered(struct ctx *cx, int64_t product_id, struct stock_levels *out)
{
  for (const struct stock_row *row = stock_rows_of_product(cx, product_id); row; row = row->next_of_product) {
    struct stock_key key = row->key;
    if (row->now.version == 0 || key.condition != STOCK_GOOD || *key.owner)
      continue;
    if (*key.lot)
      key.lot = arena_text(cx->arena, key.lot); /* an act's plan may outlive the transaction */
    add_level(cx, out, &key, &row->now);
  }
}

static int order_ids(const void *a, const void *b)
{
  return compare_i64(*(const int64_t *)a, *(const int64_t *)b);
}

static int order_levels(const void *a, const void *b)
{
  return stock_key_compare(&((const struct stock_level *)a)->key, &((const struct stock_level *)b)->key);
}

enum err stock_levels_load(struct ctx *cx, const int64_t *product_ids, size_t n, struct stock_levels *out)
{
  enum { READ_MAX = 32 };
  struct stock_levels levels = {0};
  int64_t *ids = arena_copy(cx->arena, product_ids, n * sizeof *ids);
  size_t different = 0, unknown = 0;
  assert(n <= STOCK_PRODUCTS_MAX);
  qsort(ids, n, sizeof *ids, order_ids);
  for (size_t i = 0; i < n; i++)
    if (i == 0 || ids[i] != ids[i - 1])
      ids[different++] = ids[i];
  int64_t *ask = ARENA_ARRAY(cx->arena, int64_t, different + 1);
  for (size_t i = 0; i < different; i++)
    if (!stock_product_known(cx, ids[i]))
      ask[unknown++] = ids[i];
  for (size_t i = 0; i < unknown; i += READ_MAX)
    TRY(levels_read(cx, ask + i, unknown - i < READ_MAX ? unknown - i : READ_MAX, &levels));
  for (size_t i = 0; i < unknown; i++)
    stock_product_knows(cx, ask[i]);
  for (size_t i = 0; i < different; i++)
    levels_remembered(cx, ids[i], &levels);
  if (levels.rows.n > 1)
    qsort(levels.rows.at, levels.rows.n, sizeof *levels.rows.at, order_levels);
  *out = levels;
  return ERR_OK;
}

struct stock_levels stock_levels_copy(const struct stock_levels *levels, struct arena *a)
{
  struct stock_levels copy = {0};
  if (levels->rows.n == 0)
    return copy;
  copy.rows.at = arena_copy(a, levels->rows.at, levels->rows.n * sizeof *levels->rows.at);
  copy.rows.n = copy.rows.cap = levels->rows.n;
  return copy;
}

struct quantity stock_level_available(const struct stock_level *l)
{
  return QUANTITY(l->on_hand.millionths - l->reserved.millionths - l->safety.millionths);
}

/* The first row that is not before (product, location); every location when that is INT64_MIN. */
static size_t lower_bound(const struct stock_levels *levels, int64_t product_id, int64_t location_id)
{
  size_t low = 0, high = levels->rows.n;
  while (low < high) {
    size_t middle = (low + high) / 2;
    const struct stock_key *key = &levels->rows.at[middle].key;
    if (key->product_id < product_id || (key->product_id == product_id && key->location_id < location_id))
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

const struct stock_level *stock_levels_of_product(const struct stock_levels *levels, int64_t product_id, size_t *out_n)
{
  size_t first = lower_bound(levels, product_id, INT64_MIN), end = first;
  while (end < levels->rows.n && levels->rows.at[end].key.product_id == product_id)
    end++;
  *out_n = end - first;
  return levels->rows.at + first;
}

const struct stock_level *stock_levels_at(const struct stock_levels *levels, int64_t location_id, int64_t product_id,
                                          size_t *out_n)
{
  size_t first = lower_bound(levels, product_id, location_id), end = first;
  while (end < levels->rows.n && levels->rows.at[end].key.product_id == product_id &&
         levels->rows.at[end].key.location_id == location_id)
    end++;
  *out_n = end - first;
  return levels->rows.at + first;
}

/* Safety stock stands in one row and guards the sum: what another lot has above its own counts against it too. */
struct quantity stock_levels_free(const struct stock_levels *levels, int64_t location_id, int64_t product_id)
{
  size_t n;
  const struct stock_level *at = stock_levels_at(levels, location_id, product_id, &n);
  int64_t sum = 0;
  for (size_t i = 0; i < n; i++)
    sum += stock_level_available(&at[i]).millionths;
  return QUANTITY(sum > 0 ? sum : 0);
}
