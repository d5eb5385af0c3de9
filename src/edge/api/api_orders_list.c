/* The list of orders: what it may be narrowed by beside the columns themselves. Each parameter is a row that adds its
 * condition; those of other tables of the family look there by bucket and id. */
#include "api_orders_priv.h"
#include "api_search_priv.h"
#include "api_where_priv.h"

#include "settings.h"

#include <string.h>

enum {
  NUMBERS_MAX = 100,
  NAMED_MAX = 150, /* parameters of other conditions, beside which there is room for that many more */
  RARE_MAX = 200, /* orders that are named one by one; where there are more, orders are looked through, newest first */
};

/* Under way: what the indexes orders_due and orders_under_way hold. */
#define UNDER_WAY "shipped_at IS NULL AND closed_at IS NULL"
#define PROMISED  "promise_ship_by IS NOT NULL AND " UNDER_WAY

#define WHERE(n, text, ...) api_where((n)->cx, (n)->page, text, DB_ARGS(__VA_ARGS__))

/* ---- One order, or some by name ---- */

static enum err by_number(const struct api_narrowing *n)
{
  struct ctx *cx = n->cx;
  const char *names[NUMBERS_MAX];
  struct db_value ids[NUMBERS_MAX];
  order_ids found = {0};
  size_t named = 0;
  for (const char *p = n->value->text; *p;) {
    size_t length = strcspn(p, ", \n\r\t;");
    if (length && named == NUMBERS_MAX)
      return fault_add(&cx->fault, ERR_INVALID, "/query/number", "too_many", "at most 100 numbers");
    if (length)
      names[named++] = arena_textn(cx->arena, p, length);
    p += length + (p[length] != '\0');
  }
  TRY(orders_find(cx, names, named, &found)); /* an unknown number is no row */
  for (size_t i = 0; i < found.n; i++)
    ids[i] = I64(found.at[i].v);
  api_where_in(cx, n->page, "id", ids, found.n);
  return ERR_OK;
}

static enum err by_external_id(const struct api_narrowing *n)
{
  WHERE(n, "external_id = $1", TEXT(n->value->text));
  return ERR_OK;
}

static enum err by_customer(const struct api_narrowing *n)
{
  struct customer customer;
  enum err err = customer_find(n->cx, n->value->text, &customer);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  fault_clear(&n->cx->fault);
  WHERE(n, "customer_id = $1", I64(err ? 0 : customer.id));
  return ERR_OK;
}

static enum err by_words(const struct api_narrowing *n)
{
  struct db_page found = *n->page;
  found.where = NULL;
  found.n_where_args = 0;
  TRY(api_search_narrow(n->cx, "order", n->value->text, &found));
  if (found.where)
    api_where(n->cx, n->page, found.where, found.where_args, found.n_where_args);
  return ERR_OK;
}

/* ---- By what is in them ---- */

/* Orders that rows of another table of the family name. Where these are few they are asked first, by their own index. */
static enum err by_part(const struct api_narrowing *n, const struct db_stmt *rare, const char *common,
                        const struct db_value *args, size_t n_args)
{
  struct db_value ids[RARE_MAX + 1], all[2];
  size_t found = 0;
  struct db_rows rows;
  for (size_t i = 0; i < n_args; i++)
    all[i] = args[i];
  all[n_args] = I64(RARE_MAX + 1);
  TRY(db_query(n->cx->db, rare, &rows, all, n_args + 1));
  while (db_next(&rows))
    ids[found++] = I64(db_i64(&rows, 0));
  TRY(db_done(&rows));
  if (found <= RARE_MAX && n->page->n_where_args < NAMED_MAX)
    api_where_in(n->cx, n->page, "id", ids, found);
  else
    api_where(n->cx, n->page, common, args, n_args);
  return ERR_OK;
}

static enum err by_sku(const struct api_narrowing *n)
{
  static const struct db_stmt rare = {
      "SELECT DISTINCT order_id FROM order_line WHERE sku = $1 ORDER BY order_id LIMIT $2", DB_LIST};
  return by_part(n, &rare,
                 "EXISTS (SELECT 1 FROM order_line WHERE order_line.bucket = orders.bucket"
                 " AND order_line.order_id = orders.id AND order_line.sku = $1)",
                 DB_ARGS(TEXT(n->value->text)));
}

static enum err by_tag(const struct api_narrowing *n)
{
  static const struct db_stmt rare = {"SELECT order_id FROM order_tag WHERE tag = $1 ORDER BY order_id LIMIT $2",
                                      DB_LIST};
  return by_part(n, &rare,
                 "EXISTS (SELECT 1 FROM order_tag WHERE order_tag.bucket = orders.bucket"
                 " AND order_tag.order_id = orders.id AND order_tag.tag = $1)",
                 DB_ARGS(TEXT(n->value->text)));
}

static enum err by_location(const struct api_narrowing *n)
{
  static const struct db_stmt rare = {
      "SELECT order_id FROM fulfillment WHERE location = $1 ORDER BY state, ship_by, id LIMIT $2", DB_LIST};
  return by_part(n, &rare,
                 "EXISTS (SELECT 1 FROM fulfillment WHERE fulfillment.bucket = orders.bucket"
                 " AND fulfillment.order_id = orders.id AND fulfillment.location = $1)",
                 DB_ARGS(TEXT(n->value->text)));
}

#define WAITING_LINE                                                                                                   \
  "EXISTS (SELECT 1 FROM order_line WHERE order_line.bucket = orders.bucket AND order_line.order_id = orders.id"       \
  " AND order_line.at_backordered > 0)"

static enum err by_backordered(const struct api_narrowing *n)
{
  static const struct db_stmt rare = {
      "SELECT order_id FROM order_line WHERE at_backordered > 0 ORDER BY product_id, order_id, line LIMIT $1", DB_LIST};
  if (n->value->i64)
    return by_part(n, &rare, UNDER_WAY " AND " WAITING_LINE, DB_NO_ARGS);
  api_where(n->cx, n->page, "NOT " WAITING_LINE, NULL, 0);
  return ERR_OK;
}

#define SHORT_PICK                                                                                                     \
  "EXISTS (SELECT 1 FROM fulfillment WHERE fulfillment.bucket = orders.bucket AND fulfillment.order_id = orders.id"    \
  " AND fulfillment.reason IS NOT NULL AND (fulfillment.state = 'picking' OR fulfillment.state = 'picked'"             \
  " OR fulfillment.state = 'packed' OR fulfillment.state = 'cancelled'))"

static enum err by_short(const struct api_narrowing *n)
{
  api_where(n->cx, n->page, n->value->i64 ? UNDER_WAY " AND " SHORT_PICK : "NOT " SHORT_PICK, NULL, 0);
  return ERR_OK;
}

/* ---- By time ---- */

static enum err by_late(const struct api_narrowing *n)
{
  if (n->value->i64)
    WHERE(n, PROMISED " AND promise_ship_by < $1", I64(n->cx->now.ms));
  else
    WHERE(n, "(promise_ship_by IS NULL OR shipped_at IS NOT NULL OR closed_at IS NOT NULL OR promise_ship_by >= $1)",
          I64(n->cx->now.ms));
  return ERR_OK;
}

static enum err by_risk(const struct api_narrowing *n)
{
  if (n->value->i64 < 1 || n->value->i64 > 720)
    return fault_add(&n->cx->fault, ERR_INVALID, "/query/at_risk", "out_of_range", "at_risk is 1 to 720 hours");
  WHERE(n, PROMISED " AND promise_ship_by >= $1 AND promise_ship_by < $2", I64(n->cx->now.ms),
        I64(n->cx->now.ms + n->value->i64 * HOUR_MS));
  return ERR_OK;
}

static enum err by_overdue(const struct api_narrowing *n)
{
  int64_t days;
  TRY(setting_i64(n->cx, SETTING_PAYMENT_TERM_DAYS, &days));
  int64_t until = n->cx->now.ms - days * DAY_MS;
  if (n->value->i64)
    WHERE(n, "sum_due > 0 AND placed_at IS NOT NULL AND coalesce(placed_at, 0) < $1", I64(until)); /* by orders_owing */
  else
    WHERE(n, "(sum_due <= 0 OR placed_at IS NULL OR placed_at >= $1)", I64(until));
  if (n->value->i64)
    api_where(n->cx, n->page, "NOT (state = 'cancelled' OR state = 'expired')", NULL, 0);
  return ERR_OK;
}

static enum err ship_by_from(const struct api_narrowing *n)
{
  WHERE(n, "promise_ship_by >= $1", I64(n->value->i64));
  return ERR_OK;
}
static enum err ship_by_to(const struct api_narrowing *n)
{
  WHERE(n, "promise_ship_by < $1", I64(n->value->i64));
  return ERR_OK;
}
static enum err deliver_by_from(const struct api_narrowing *n)
{
  WHERE(n, "promise_deliver_by >= $1", I64(n->value->i64));
  return ERR_OK;
}
static enum err deliver_by_to(const struct api_narrowing *n)
{
  WHERE(n, "promise_deliver_by < $1", I64(n->value->i64));
  return ERR_OK;
}

/* ---- By holds ---- */

#define ACTIVE_HOLD                                                                                                    \
  "EXISTS (SELECT 1 FROM hold WHERE hold.bucket = orders.bucket AND hold.order_id = orders.id AND hold.state = "       \
  "'active'"

static enum err by_has_hold(const struct api_narrowing *n)
{
  api_where(n->cx, n->page, n->value->i64 ? "hold_count > 0" : "hold_count = 0", NULL, 0);
  return ERR_OK;
}
static enum err by_hold_type(const struct api_narrowing *n)
{
  WHERE(n, "hold_count > 0 AND " ACTIVE_HOLD " AND hold.type = $1)", TEXT(n->value->text));
  return ERR_OK;
}
static enum err by_hold_role(const struct api_narrowing *n)
{
  WHERE(n, "hold_count > 0 AND " ACTIVE_HOLD " AND hold.owner_role = $1)", TEXT(n->value->text));
  return ERR_OK;
}

/* ---- The table ---- */

#define ORDER_PARAMS(X)                                        \
  X(by_number, "number", REC_TEXT, "These order numbers, separated by commas or blanks: up to 100", "SO-100023,SO-100024") \
  X(by_external_id, "external_id", REC_TEXT, "Exactly this id of the channel; with channel=", "1001") \
  X(by_customer, "customer", REC_TEXT, "Orders of this customer, by id or external id", "cus_01jd7k3v9q2m8") \
  X(by_words, "q", REC_TEXT, "Words of number, external id, customer, SKU, tags and notes; the last may be unfinished", "li wei") \
  X(by_sku, "sku", REC_TEXT, "Orders with a line of exactly this SKU", "TEE-S") \
  X(by_tag, "tag", REC_TEXT, "Orders with exactly this tag", "vip") \
  X(by_location, "location", REC_TEXT, "Orders that this location has to send, by its code", "NJ1") \
  X(by_late, "late", REC_BOOL, "Under way, and promised to have left by now", "true") \
  X(by_risk, "at_risk", REC_INT, "Under way, and promised to leave within so many hours", "4") \
  X(by_overdue, "overdue", REC_BOOL, "Money is due, longer than the setting payment.term_days after placing", "true") \
  X(by_backordered, "backordered", REC_BOOL, "Some units wait for stock", "true") \
  X(by_short, "short_picked", REC_BOOL, "Under way, and a location picked less than was asked", "true") \
  X(by_has_hold, "has_hold", REC_BOOL, "An active hold is on it", "true") \
  X(by_hold_type, "hold_type", REC_TEXT, "An active hold of this type is on it", "stock_short") \
  X(by_hold_role, "hold_role", REC_TEXT, "An active hold is on it that this role has to decide", "service") \
  X(ship_by_from, "ship_by[gte]", REC_INSTANT, "Promised to leave at or after this", "2026-11-20T00:00:00Z") \
  X(ship_by_to, "ship_by[lt]", REC_INSTANT, "Promised to leave before this", "2026-11-21T00:00:00Z") \
  X(deliver_by_from, "deliver_by[gte]", REC_INSTANT, "Promised to arrive at or after this", "2026-11-20T00:00:00Z") \
  X(deliver_by_to, "deliver_by[lt]", REC_INSTANT, "Promised to arrive before this", "2026-11-21T00:00:00Z")

const struct api_param orders_params[] = {
#define X(narrow, name, kind, doc, example) {name, kind, doc, example},
    ORDER_PARAMS(X)
#undef X
    {0},
};
static api_narrow *const narrows[] = {
#define X(narrow, ...) narrow,
    ORDER_PARAMS(X)
#undef X
};

/* Beside other conditions a channel is only compared: a channel has so many orders that its index is the last to ask, yet
 * planners take an equation for the best. Alone it is asked by its index. */
static void compare_channels(struct ctx *cx, struct db_page *page)
{
  struct db_filter *kept = ARENA_ARRAY(cx->arena, struct db_filter, page->n_filters + 1);
  size_t n = 0;
  bool alone = page->n_filters == 1 && !page->where;
  for (size_t i = 0; i < page->n_filters; i++) {
    const struct db_filter *f = &page->filters[i];
    if (!alone && strcmp(f->field->name, "channel") == 0 && (f->op == DB_EQ || f->op == DB_IN) && f->n <= 8)
      api_where_in(cx, page, "coalesce(channel, '')", f->values, f->n);
    else
      kept[n++] = *f;
  }
  page->filters = kept;
  page->n_filters = n;
}

enum err orders_narrow(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  TRY(api_narrow_each(cx, rq, page, narrows, COUNT_OF(narrows)));
  compare_channels(cx, page);
  return ERR_OK;
}
