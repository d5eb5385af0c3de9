/* ordo check: ledgers against balances, reservations against what is reserved. Each query streams over its tables. */
#include "inventory_priv.h"

/* Rows that should not be: the stock key, what is written there, and what would be right. */
struct question {
  struct db_stmt stmt;
  int places;         /* decimals of both numbers: 6 for quantities, 0 for counts */
  const char *what;   /* "<what> is <written>," */
  const char *truth;  /* "<truth> is <right>" */
  const char *repair; /* "<repair> <right>" */
};

/* The columns of a key are the same in all tables. */
#define SAME_KEY(a, b)                                                                                                 \
  a ".bucket = " b ".bucket AND " a ".location_id = " b ".location_id AND " a ".product_id = " b ".product_id AND " a  \
    ".owner = " b ".owner AND " a ".stock_condition = " b ".stock_condition AND " a ".lot = " b ".lot"
#define KEY_OF "s.location_id, s.product_id, s.owner, s.stock_condition, s.lot"

static const struct question questions[] = {
    {{"SELECT " KEY_OF ", s.on_hand, CAST(coalesce(sum(m.delta), 0) AS BIGINT) FROM stock s"
      " LEFT JOIN stock_movement m ON " SAME_KEY("m", "s") " GROUP BY s.bucket, " KEY_OF ", s.on_hand"
      " HAVING s.on_hand <> CAST(coalesce(sum(m.delta), 0) AS BIGINT)",
      DB_REPORT},
     6, "on hand", "the sum of its movements", "set on hand to"},
    {{"SELECT " KEY_OF ", m.on_hand, s.on_hand FROM stock s"
      " JOIN stock_movement m ON " SAME_KEY("m", "s") " AND m.n = s.movements WHERE m.on_hand <> s.on_hand",
      DB_REPORT},
     6, "on hand after its last movement", "on hand of the row", "correct that movement to"},
    {{"SELECT " KEY_OF ", s.movements, CAST(count(m.n) AS BIGINT) FROM stock s"
      " LEFT JOIN stock_movement m ON " SAME_KEY("m", "s") " GROUP BY s.bucket, " KEY_OF ", s.movements"
      " HAVING s.movements <> count(m.n) OR s.movements <> coalesce(max(m.n), 0)",
      DB_REPORT},
     0, "the number of its last movement", "the count of them", "find the missing ones; there are only"},
    {{"SELECT " KEY_OF ", s.reserved, CAST(coalesce(sum(r.quantity), 0) AS BIGINT) FROM stock s"
      " LEFT JOIN reservation r ON " SAME_KEY("r", "s") " AND r.state = 'live' GROUP BY s.bucket, " KEY_OF
      ", s.reserved HAVING s.reserved <> CAST(coalesce(sum(r.quantity), 0) AS BIGINT)",
      DB_REPORT},
     6, "reserved", "the sum of its live reservations", "set reserved to"},
    {{"SELECT " KEY_OF ", s.reserved, s.on_hand FROM stock s JOIN location l ON l.id = s.location_id"
      " WHERE l.negative_stock = 0 AND s.reserved > s.on_hand",
      DB_REPORT},
     6, "reserved", "on hand", "count it, so that what cannot be held becomes backordered; it holds"},
    {{"SELECT " KEY_OF ", s.on_hand, 0 FROM stock s JOIN location l ON l.id = s.location_id"
      " WHERE l.negative_stock = 0 AND s.on_hand < 0",
      DB_REPORT},
     6, "on hand", "the least that this location allows", "count it; it is at least"},
    {{"SELECT " KEY_OF ", s.delta, 0 FROM stock_movement s LEFT JOIN stock x ON " SAME_KEY("x", "s")
      " WHERE x.id IS NULL",
      DB_REPORT},
     6, "a movement", "on hand of its row, which is missing,", "make the row; it has now"},
    {{"SELECT " KEY_OF ", s.quantity, 0 FROM reservation s LEFT JOIN stock x ON " SAME_KEY("x", "s")
      " WHERE s.state = 'live' AND x.id IS NULL",
      DB_REPORT},
     6, "a live reservation", "reserved of its row, which is missing,", "release the reservation; reserved is"},
    {{"SELECT " KEY_OF ", s.quantity, 0 FROM reservation s WHERE s.state <> 'live' AND s.quantity <> 0", DB_REPORT},
     6, "a reservation that has ended", "what it may still hold", "set its quantity to"},
    {{"SELECT " KEY_OF ", s.quantity, 0 FROM reservation s WHERE s.state = 'live' AND s.quantity = 0", DB_REPORT},
     6, "what a live reservation holds", "what one that has ended holds", "set its state to released; it holds"},
};

/* "TEE-S at NJ1", and the rest of the key where it is not plain stock. */
static enum err name_key(struct ctx *cx, const struct db_rows *rows, struct buf *out)
{
  const struct location *location;
  const struct product *product;
  enum err err = catalog_product_by_id(cx, (struct product_id){db_i64(rows, 1)}, &product);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  buf_printf(out, "%s at ", err == ERR_OK ? product->sku : "an unknown product");
  err = location_by_id(cx, db_i64(rows, 0), &location);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  buf_text(out, err == ERR_OK ? location->code : "an unknown location");
  for (int i = 2; i <= 4; i++) {
    static const char *const plain[] = {[2] = "", [3] = "good", [4] = ""};
    static const char *const names[] = {[2] = "owner", [3] = "condition", [4] = "lot"};
    const char *text = db_text(rows, i);
    if (!text_eq(text, plain[i]))
      buf_printf(out, ", %s %s", names[i], text);
  }
  return ERR_OK;
}

static enum err report_row(struct ctx *cx, const struct question *q, const struct db_rows *rows,
                           inventory_report *report, void *arg)
{
  struct buf difference, repair;
  char written[32], right[32];
  decimal_format(db_i64(rows, 5), q->places, written);
  decimal_format(db_i64(rows, 6), q->places, right);
  buf_init(&difference, cx->arena);
  buf_init(&repair, cx->arena);
  TRY(name_key(cx, rows, &difference));
  buf_printf(&difference, ": %s is %s, %s is %s", q->what, written, q->truth, right);
  buf_printf(&repair, "%s %s", q->repair, right);
  report(arg, buf_str(&difference), buf_str(&repair));
  return ERR_OK;
}

enum err inventory_check(struct ctx *cx, inventory_report *report, void *arg)
{
  for (const struct question *q = questions; q < questions + COUNT_OF(questions); q++) {
    struct db_rows rows;
    enum err err = ERR_OK;
    TRY(db_query(cx->db, &q->stmt, &rows, DB_NO_ARGS));
    while (err == ERR_OK && db_next(&rows))
      err = report_row(cx, q, &rows, report, arg);
    enum err ended = db_done(&rows);
    TRY(err);
    TRY(ended);
  }
  return ERR_OK;
}
