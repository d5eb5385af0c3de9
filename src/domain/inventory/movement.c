/* The ledger: reading it, and balances of the past from it. */
#include "inventory_priv.h"

#include <string.h>

const char *const movement_kinds[] = {"adjustment", "count",      "receipt",     "shipment",  "return",
                                      "transfer",   "production", "consumption", "condition", NULL};

#define ANY_QUANTITY .min = -QUANTITY_MAX, .max = QUANTITY_MAX

static const struct rec_field movement_fields[] = {
    FIELD(struct movement, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct movement, location_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct movement, product_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct movement, sku, .flags = REC_VIRTUAL, .max = SKU_MAX, .doc = "Product", .example = "TEE-S"),
    FIELD(struct movement, location, .flags = REC_VIRTUAL, .max = LOCATION_CODE_MAX, .doc = "Location",
          .example = "NJ1"),
    FIELD(struct movement, owner, .flags = REC_KEY, .max = STOCK_OWNER_MAX,
          .doc = "Whose it is; empty = the company's"),
    FIELD_AS(REC_ENUM, struct movement, condition, .flags = REC_KEY, .column = "stock_condition",
             .names = stock_conditions, .doc = "Condition of the stock"),
    FIELD(struct movement, lot, .flags = REC_KEY, .max = STOCK_LOT_MAX, .doc = "Lot; empty = not told apart"),
    FIELD(struct movement, n, .flags = REC_KEY, .doc = "Number of the entry within its stock row, from 1",
          .example = "1"),
    FIELD(struct movement, entry, .flags = REC_HIDDEN),
    FIELD(struct movement, at, .doc = "When; never before the entry before it"),
    FIELD_AS(REC_ENUM, struct movement, kind, .names = movement_kinds, .doc = "What happened"),
    FIELD(struct movement, delta, ANY_QUANTITY, .doc = "Came in, or went out when below 0", .example = "-2"),
    FIELD(struct movement, on_hand, ANY_QUANTITY, .doc = "On hand after it", .example = "10"),
    FIELD(struct movement, reason, .max = MOVEMENT_REASON_MAX, .doc = "Why, in words", .example = "yearly count"),
    FIELD(struct movement, document_prefix, .flags = REC_HIDDEN),
    FIELD(struct movement, document_id, .flags = REC_HIDDEN),
    FIELD(struct movement, document, .flags = REC_VIRTUAL, .doc = "The adjustment or fulfillment behind it",
          .example = "adj_01jd7k3v9q2m8"),
    FIELD_AS(REC_ENUM, struct movement, actor_kind, .names = actor_kinds,
             .doc = "Who acted: a user, an API key, a rule or the system"),
    FIELD(struct movement, actor_id, .flags = REC_HIDDEN),
    FIELD(struct movement, actor, .flags = REC_VIRTUAL, .doc = "Id of the user, key or rule",
          .example = "key_01jd7k3v9q2m8"),
};
const struct rec movement_rec =
    REC(struct movement, "StockMovement", movement_fields, "An entry of the append-only stock ledger");
const struct db_table movement_table = {"stock_movement", &movement_rec};

static const char *const actor_prefixes[] = {
    [ACTOR_SYSTEM] = NULL, [ACTOR_USER] = PREFIX_user, [ACTOR_KEY] = PREFIX_api_key, [ACTOR_RULE] = PREFIX_rule};

static const char *id_text(struct ctx *cx, const char *prefix, int64_t id)
{
  char text[ID_TEXT];
  if (!prefix || id == 0 || id == ABSENT)
    return NULL;
  id_format(prefix, id, text);
  return arena_text(cx->arena, text);
}

enum err movements_fill(struct ctx *cx, struct movement *rows, size_t n)
{
  for (struct movement *m = rows; m < rows + n; m++) {
    const struct location *location;
    const struct product *product;
    TRY(location_by_id(cx, m->location_id, &location));
    TRY(catalog_product_by_id(cx, (struct product_id){m->product_id}, &product));
    m->location = arena_text(cx->arena, location->code);
    m->sku = arena_text(cx->arena, product->sku);
    m->document = id_text(cx, m->document_prefix, m->document_id);
    m->actor = id_text(cx, actor_prefixes[m->actor_kind], m->actor_id);
  }
  return ERR_OK;
}

/* ---- Balances ---- */

static const struct rec_field balance_row_fields[] = {
    FIELD(struct stock_balance_row, owner, .flags = REC_REQUIRED, .doc = "Whose it is; empty = the company's"),
    FIELD_AS(REC_ENUM, struct stock_balance_row, condition, .flags = REC_REQUIRED, .names = stock_conditions,
             .doc = "Condition of the stock"),
    FIELD(struct stock_balance_row, lot, .flags = REC_REQUIRED, .doc = "Lot; empty = not told apart"),
    FIELD(struct stock_balance_row, on_hand, .flags = REC_REQUIRED, ANY_QUANTITY, .doc = "On hand at that instant",
          .example = "10"),
};
static const struct rec balance_row_rec =
    REC(struct stock_balance_row, "StockBalanceRow", balance_row_fields, "A part of a balance");

static const struct rec_field balance_fields[] = {
    FIELD(struct stock_balance, sku, .flags = REC_REQUIRED, .doc = "Product", .example = "TEE-S"),
    FIELD(struct stock_balance, location, .flags = REC_REQUIRED, .doc = "Location", .example = "NJ1"),
    FIELD(struct stock_balance, at, .flags = REC_REQUIRED, .doc = "The instant asked for"),
    FIELD(struct stock_balance, on_hand, .flags = REC_REQUIRED, ANY_QUANTITY,
          .doc = "On hand at that instant, of all rows below", .example = "10"),
    FIELD_AS(REC_LIST, struct stock_balance, rows, .rec = &balance_row_rec,
             .doc = "By owner, condition and lot; rows that had no movement yet are left out"),
};
const struct rec stock_balance_rec = REC(struct stock_balance, "StockBalance", balance_fields,
                                         "On hand as it was, derived from the ledger");

/* Times never go back within a row, so the last entry until then is the one with the greatest n. The rows are few
 * (owners, conditions, lots) and each is one step into the ledger's key. */
enum err stock_balance_at(struct ctx *cx, const struct location *location, int64_t product_id, struct instant at,
                          struct stock_balance *out)
{
  static const struct db_stmt last = {
      "SELECT m.owner, m.stock_condition, m.lot, m.on_hand FROM stock s JOIN stock_movement m"
      " ON m.bucket = s.bucket AND m.location_id = s.location_id AND m.product_id = s.product_id AND m.owner = s.owner"
      " AND m.stock_condition = s.stock_condition AND m.lot = s.lot"
      " WHERE s.bucket = $1 AND s.location_id = $2 AND s.product_id = $3"
      " AND m.n = (SELECT max(x.n) FROM stock_movement x WHERE x.bucket = s.bucket AND x.location_id = s.location_id"
      " AND x.product_id = s.product_id AND x.owner = s.owner AND x.stock_condition = s.stock_condition"
      " AND x.lot = s.lot AND x.at <= $4)"
      " ORDER BY m.owner, m.stock_condition, m.lot",
      DB_KEYED};
  const struct product *product;
  struct db_rows rows;
  TRY(catalog_product_by_id(cx, (struct product_id){product_id}, &product));
  *out = (struct stock_balance){
      .sku = arena_text(cx->arena, product->sku), .location = arena_text(cx->arena, location->code), .at = at};
  TRY(db_query(cx->db, &last, &rows,
               DB_ARGS(I64(stock_bucket(location, product_id)), I64(location->id.v), I64(product_id), I64(at.ms))));
  while (db_next(&rows)) {
    struct stock_balance_row *row = LIST_ADD(cx->arena, &out->rows);
    const char *condition = db_text(&rows, 1);
    *row = (struct stock_balance_row){
        .owner = db_text(&rows, 0), .lot = db_text(&rows, 2), .on_hand = {db_i64(&rows, 3)}};
    while (strcmp(stock_conditions[row->condition], condition) != 0)
      row->condition++;
    out->on_hand = quantity_add(out->on_hand, row->on_hand);
  }
  return db_done(&rows);
}
