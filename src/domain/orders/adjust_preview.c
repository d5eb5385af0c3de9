/* What an adjustment would do, before anybody books it: the same load and decide as the act, and nothing is written. */
#include "orders_priv.h"

static const struct rec_field displaced_fields[] = {
    FIELD_AS(REC_ID, struct displaced_line, order, .prefix = PREFIX_order, .doc = "The order",
             .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct displaced_line, number, .doc = "Its number", .example = "SO-100017"),
    FIELD(struct displaced_line, line, .doc = "Number of its line", .example = "1"),
    FIELD(struct displaced_line, sku, .doc = "Product", .example = "TEE-S"),
    FIELD(struct displaced_line, quantity, .doc = "What could not be held for it any more", .example = "2"),
};
static const struct rec displaced_rec =
    REC(struct displaced_line, "StockDisplacedLine", displaced_fields, "A line of an order that would be short");

static const struct rec_field preview_fields[] = {
    FIELD(struct adjust_preview, location, .doc = "Code of the location", .example = "NJ1"),
    FIELD_AS(REC_LIST, struct adjust_preview, lines, .rec = &adjustment_line_rec, .max = ADJUSTMENT_LINES_MAX,
             .doc = "As they would be booked: `delta`, `on_hand` after it, `displaced`"),
    FIELD_AS(REC_LIST, struct adjust_preview, orders, .rec = &displaced_rec, .max = DISPLACED_LINES_MAX,
             .doc = "Who would lose promised stock, who loses first on top; at most 200 lines of orders"),
};
const struct rec adjust_preview_rec =
    REC(struct adjust_preview, "StockAdjustmentPreview", preview_fields, "What an adjustment would do");

static const char *sku_of(const struct stock_adjust_plan *plan, int64_t product_id)
{
  EACH (const struct adjustment_line, line, &plan->document.lines)
    if (line->product_id == product_id)
      return line->sku;
  return "";
}

static enum err number_of(struct ctx *cx, int64_t order_id, const char **out)
{
  static const struct db_stmt find = {"SELECT number FROM orders WHERE bucket = $1 AND id = $2", DB_KEYED};
  struct db_rows rows;
  TRY(db_query(cx->db, &find, &rows, DB_ARGS(I64(bucket_of_id(order_id)), I64(order_id))));
  if (db_next(&rows))
    *out = db_text(&rows, 0);
  return db_done(&rows);
}

enum err stock_adjust_preview(struct ctx *cx, const struct adjustment *body, struct adjust_preview *out)
{
  struct stock_adjust_facts facts;
  struct stock_adjust_plan plan = {0};
  TRY(stock_adjust_load(cx, body, &facts));
  TRY(stock_adjust_decide(cx, &facts, &plan));
  struct adjust_preview p = {.location = plan.document.location};
  p.lines.at = plan.document.lines.at;
  p.lines.n = p.lines.cap = plan.document.lines.n;
  EACH (const struct stock_displaced, d, &plan.displaced) {
    if (p.orders.n == DISPLACED_LINES_MAX)
      break;
    struct displaced_line *line = LIST_ADD(cx->arena, &p.orders);
    *line = (struct displaced_line){.order = {d->demand.id},
                                    .line = d->demand.line,
                                    .sku = sku_of(&plan, d->key.product_id),
                                    .quantity = d->quantity};
    TRY(number_of(cx, d->demand.id, &line->number));
  }
  *out = p;
  return ERR_OK;
}
