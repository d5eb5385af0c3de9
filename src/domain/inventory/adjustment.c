/* Adjustments as records and as documents to read. */
#include "inventory_priv.h"

#define ANY_QUANTITY .min = -QUANTITY_MAX, .max = QUANTITY_MAX

static const struct rec_field line_fields[] = {
    FIELD(struct adjustment_line, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct adjustment_line, adjustment_id, .flags = REC_KEY | REC_HIDDEN),
    {.name = "line", .column = "n", .offset = offsetof(struct adjustment_line, n), .kind = REC_INT,
     .flags = REC_KEY | REC_READONLY, .doc = "Its number in the document, from 1", .example = "1"},
    FIELD(struct adjustment_line, product_id, .flags = REC_HIDDEN),
    FIELD(struct adjustment_line, sku, .flags = REC_REQUIRED, .max = SKU_MAX, .doc = "Product", .example = "TEE-S"),
    FIELD(struct adjustment_line, delta, ANY_QUANTITY,
          .doc = "Came in, or went out when below 0; of a count: what it found more or less", .example = "10"),
    FIELD(struct adjustment_line, counted, .min = 0, .max = QUANTITY_MAX,
          .doc = "What was found there, instead of delta", .example = "40"),
    FIELD(struct adjustment_line, lot, .max = STOCK_LOT_MAX, .doc = "Lot; left out = the document's, or none"),
    FIELD(struct adjustment_line, owner, .max = STOCK_OWNER_MAX, .doc = "Whose it is; left out = the company's"),
    FIELD_AS(REC_ENUM, struct adjustment_line, condition, .column = "stock_condition", .names = stock_conditions,
             .doc = "Condition of the stock; left out = good"),
    FIELD(struct adjustment_line, on_hand, .flags = REC_READONLY, ANY_QUANTITY, .doc = "On hand after the line",
          .example = "40"),
    FIELD(struct adjustment_line, displaced, .flags = REC_READONLY, .max = QUANTITY_MAX,
          .doc = "Reservations that the new on hand could not hold", .example = "0"),
};
const struct rec adjustment_line_rec =
    REC(struct adjustment_line, "StockAdjustmentLine", line_fields, "One product of an adjustment: delta or counted");
const struct db_table adjustment_line_table = {"adjustment_line", &adjustment_line_rec};

static const struct rec_field adjustment_fields[] = {
    FIELD(struct adjustment, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct adjustment, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_adjustment, .doc = "Id",
             .example = "adj_01jd7k3v9q2m8"),
    FIELD(struct adjustment, location_id, .flags = REC_HIDDEN),
    FIELD(struct adjustment, location, .flags = REC_REQUIRED | REC_VIRTUAL, .max = LOCATION_CODE_MAX,
          .doc = "Location, by code", .example = "NJ1"),
    FIELD(struct adjustment, reason, .max = MOVEMENT_REASON_MAX, .doc = "Why, in words", .example = "yearly count"),
    FIELD(struct adjustment, lot, .flags = REC_INPUT | REC_VIRTUAL, .max = STOCK_LOT_MAX,
          .doc = "Lot of all lines that name none"),
    FIELD_AS(REC_LIST, struct adjustment, lines, .flags = REC_REQUIRED, .rec = &adjustment_line_rec, .min = 1,
             .max = ADJUSTMENT_LINES_MAX, .doc = "Products, each with a delta or a count"),
    FIELD(struct adjustment, created_at, .flags = REC_READONLY, .doc = "When it was made"),
    FIELD(struct adjustment, version, .flags = REC_READONLY, .doc = "Always 1: a document never changes"),
};
const struct rec adjustment_rec = REC(struct adjustment, "StockAdjustment", adjustment_fields,
                                      "A document that changes or counts stock at one location, all of it or nothing");
const struct db_table adjustment_table = {"adjustment", &adjustment_rec};

static enum err load_lines(struct ctx *cx, struct adjustment *d)
{
  static const struct db_where of_document = {&adjustment_line_table, "bucket = $1 AND adjustment_id = $2 ORDER BY n",
                                              DB_KEYED};
  return db_select(cx->db, &of_document, (struct list *)(void *)&d->lines, DB_ARGS(I64(d->bucket), I64(d->id.v)));
}

enum err adjustments_fill(struct ctx *cx, struct adjustment *rows, size_t n, bool with_lines)
{
  for (struct adjustment *d = rows; d < rows + n; d++) {
    const struct location *location;
    TRY(location_by_id(cx, d->location_id, &location));
    d->location = arena_text(cx->arena, location->code);
    if (with_lines)
      TRY(load_lines(cx, d));
  }
  return ERR_OK;
}

enum err adjustment_load(struct ctx *cx, const char *id, struct adjustment **out)
{
  struct adjustment *d = ARENA_NEW(cx->arena, struct adjustment);
  enum err err = ERR_NOT_FOUND;
  rec_init(&adjustment_rec, d);
  if (id_parse(PREFIX_adjustment, id, &d->id.v)) {
    d->bucket = bucket_of_id(d->id.v);
    err = db_get(cx->db, &adjustment_table, d);
  }
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no adjustment %s", id);
  TRY(err);
  TRY(adjustments_fill(cx, d, 1, true));
  *out = d;
  return ERR_OK;
}
