/* How channels are doing, by the orders that came from them. */
#include "orders_priv.h"

static const struct rec_field health_fields[] = {
    FIELD(struct channel_health, channel, .doc = "Code of the channel", .example = "web"),
    FIELD(struct channel_health, active, .doc = "Takes new orders"),
    FIELD(struct channel_health, orders_day, .doc = "Orders of the last 24 hours", .example = "214"),
    FIELD(struct channel_health, orders_day_before, .doc = "Of the 24 hours before them", .example = "198"),
    FIELD(struct channel_health, last_order_at, .doc = "When the last one came in"),
    FIELD(struct channel_health, lag_s,
          .doc = "Seconds from when that one was ordered until it came in; left out where the channel does not say",
          .example = "4"),
};
const struct rec channel_health_rec =
    REC(struct channel_health, "ChannelHealth", health_fields, "How a channel is doing");

static enum err count_between(struct ctx *cx, const char *channel, int64_t from_ms, int64_t to_ms, int64_t *out)
{
  static const struct db_stmt count = {
      "SELECT count(*) FROM orders WHERE channel = $1 AND created_at >= $2 AND created_at < $3", DB_REPORT};
  *out = 0;
  return db_one_i64(cx->db, &count, out, DB_ARGS(TEXT(channel), I64(from_ms), I64(to_ms)));
}

static enum err last_order(struct ctx *cx, struct channel_health *h)
{
  static const struct db_stmt last = {
      "SELECT created_at, ordered_at FROM orders WHERE channel = $1 ORDER BY created_at DESC, "
      "id DESC LIMIT 1",
      DB_LIST};
  struct db_rows rows;
  h->last_order_at = INSTANT(ABSENT);
  h->lag_s = ABSENT;
  TRY(db_query(cx->db, &last, &rows, DB_ARGS(TEXT(h->channel))));
  if (db_next(&rows)) {
    int64_t created = db_i64(&rows, 0), ordered = db_i64(&rows, 1);
    h->last_order_at = INSTANT(created);
    if (ordered != ABSENT && ordered < created)
      h->lag_s = (created - ordered) / SECOND_MS;
  }
  return db_done(&rows);
}

enum err channel_health_load(struct ctx *cx, const struct channel *channels, size_t n, struct channel_health *out)
{
  int64_t now = cx->now.ms;
  for (size_t i = 0; i < n; i++) {
    out[i] = (struct channel_health){.channel = channels[i].code, .active = channels[i].active};
    TRY(count_between(cx, out[i].channel, now - DAY_MS, now + DAY_MS, &out[i].orders_day));
    TRY(count_between(cx, out[i].channel, now - 2 * DAY_MS, now - DAY_MS, &out[i].orders_day_before));
    TRY(last_order(cx, &out[i]));
  }
  return ERR_OK;
}
