/* What the orders of some hours come to. */
#include "orders_priv.h"

#define PLACED_BETWEEN                                                                                                 \
  "orders.placed_at >= $1 AND orders.placed_at < $2 AND ($3 = '' OR orders.channel = $3) AND ($4 = '' OR EXISTS"       \
  " (SELECT 1 FROM fulfillment WHERE fulfillment.bucket = orders.bucket AND fulfillment.order_id = orders.id"          \
  " AND fulfillment.location = $4))"

enum err orders_sums(struct ctx *cx, struct instant from, struct instant to, const char *channel, const char *location,
                     struct order_sums *out)
{
  static const struct db_stmt sums = {
      "SELECT currency, count(*), CAST(sum(sum_total - sum_cancelled) AS BIGINT) FROM orders WHERE " PLACED_BETWEEN
      " GROUP BY currency ORDER BY currency",
      DB_REPORT};
  static const struct db_stmt units = {
      "SELECT CAST(coalesce(sum(order_line.quantity - order_line.at_cancelled), 0) AS BIGINT) FROM orders"
      " JOIN order_line ON order_line.bucket = orders.bucket AND order_line.order_id = orders.id WHERE " PLACED_BETWEEN,
      DB_REPORT};
  const struct db_value args[] = {I64(from.ms), I64(to.ms), TEXT(channel ? channel : ""),
                                  TEXT(location ? location : "")};
  struct order_sums all = {0};
  struct db_rows rows;
  TRY(db_query(cx->db, &sums, &rows, args, COUNT_OF(args)));
  while (db_next(&rows))
    *LIST_ADD(cx->arena, &all.of) = (struct order_sum){db_text(&rows, 0), db_i64(&rows, 1), MONEY(db_i64(&rows, 2))};
  TRY(db_done(&rows));
  TRY(db_one_i64(cx->db, &units, &all.units.millionths, args, COUNT_OF(args)));
  *out = all;
  return ERR_OK;
}
