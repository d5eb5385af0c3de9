/* Row scope: which orders somebody sees who is bound to places, and what a body may name. */
#include "work.h"

#include <string.h>

static bool among(const char *const *codes, size_t n, const char *code)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(codes[i], code) == 0)
      return true;
  return false;
}

bool scope_has_location(const struct row_scope *s, const char *code)
{
  return s->n_locations == 0 || among(s->locations, s->n_locations, code);
}

bool scope_has_channel(const struct row_scope *s, const char *code)
{
  return s->n_channels == 0 || among(s->channels, s->n_channels, code);
}

enum err scope_finds_location(struct ctx *cx, const struct row_scope *s, const char *id_or_code, bool *out)
{
  const struct location *l;
  enum err err = location_find(cx, id_or_code, &l);
  *out = err == ERR_OK && scope_has_location(s, l->code);
  fault_clear(&cx->fault);
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* ---- Orders ---- */

enum { ORDERS_AT_ONCE = 32 };

#define ORDERS_32                                                                                                      \
  "IN "                                                                                                                \
  "($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14,$15,$16,$17,$18,$19,$20,$21,$22,$23,$24,$25,$26,$27,$28,$29,$30,"   \
  "$31,$32)"

/* At most ORDERS_AT_ONCE of them, by two statements. */
static enum err see_some(struct ctx *cx, const struct row_scope *s, struct scoped_order *orders, size_t n)
{
  static const struct db_stmt
      one = {"SELECT id, channel, coalesce(delivery_location, '') FROM orders WHERE bucket = $2"
             " AND id = $1",
             DB_KEYED},
      all = {"SELECT id, channel, coalesce(delivery_location, '') FROM orders WHERE id " ORDERS_32 " ORDER BY id",
             DB_LIST},
      work_one = {"SELECT order_id, location FROM fulfillment WHERE bucket = $2 AND order_id = $1"
                  " ORDER BY id LIMIT 1000",
                  DB_KEYED},
      work_all = {"SELECT order_id, location FROM fulfillment WHERE order_id " ORDERS_32
                  " GROUP BY order_id, location ORDER BY order_id, location LIMIT 32000",
                  DB_LIST};
  struct db_value args[ORDERS_AT_ONCE];
  size_t n_args = n == 1 ? 2 : ORDERS_AT_ONCE;
  struct db_rows rows;
  bool elsewhere = false;
  for (size_t i = 0; i < ORDERS_AT_ONCE; i++)
    args[i] = I64(orders[i < n ? i : n - 1].id);
  if (n == 1)
    args[1] = I64(bucket_of_id(orders[0].id));
  TRY(db_query(cx->db, n == 1 ? &one : &all, &rows, args, n_args));
  while (db_next(&rows))
    for (size_t i = 0; i < n; i++)
      if (orders[i].id == db_i64(&rows, 0)) {
        orders[i].of_channel = scope_has_channel(s, db_text(&rows, 1));
        orders[i].seen = orders[i].of_channel && scope_has_location(s, db_text(&rows, 2));
        elsewhere = elsewhere || (orders[i].of_channel && !orders[i].seen);
      }
  TRY(db_done(&rows));
  if (!elsewhere)
    return ERR_OK;
  TRY(db_query(cx->db, n == 1 ? &work_one : &work_all, &rows, args, n_args));
  while (db_next(&rows))
    for (size_t i = 0; i < n; i++)
      if (orders[i].id == db_i64(&rows, 0) && orders[i].of_channel && scope_has_location(s, db_text(&rows, 1)))
        orders[i].seen = true;
  return db_done(&rows);
}

enum err scope_see_orders(struct ctx *cx, const struct row_scope *s, scoped_orders *orders)
{
  EACH (struct scoped_order, o, orders)
    o->seen = o->of_channel = false;
  for (size_t i = 0; i < orders->n; i += ORDERS_AT_ONCE)
    TRY(see_some(cx, s, orders->at + i, orders->n - i < ORDERS_AT_ONCE ? orders->n - i : ORDERS_AT_ONCE));
  return ERR_OK;
}

enum err scope_see_order(struct ctx *cx, const struct row_scope *s, int64_t order_id, bool *out)
{
  struct scoped_order order = {.id = order_id};
  *out = false;
  TRY(see_some(cx, s, &order, 1));
  *out = order.seen;
  return ERR_OK;
}

/* ---- Bodies ---- */

/* The JSON is read along its record, so that what is metadata may be called as it likes. Whatever does not fit the record
 * ends the walk: the act refuses it. */
struct walk {
  struct ctx *cx;
  const struct row_scope *s;
  struct json json;
  enum err err;
  bool ended, channel_named;
};

static const struct rec_field *member(const struct rec *rec, const char *name)
{
  for (size_t i = 0; i < rec->n; i++)
    if (strcmp(rec->fields[i].name, name) == 0)
      return rec->fields[i].flags & (REC_READONLY | REC_HIDDEN) ? NULL : &rec->fields[i];
  return NULL;
}

static enum err may_name(struct ctx *cx, const char *pointer, const char *kind)
{
  return err_fail(cx, ERR_FORBIDDEN, pointer, "must name a %s that you are bound to", kind);
}

static void see_channel(struct walk *w, const char *pointer, const char *code)
{
  w->channel_named = true;
  if (!scope_has_channel(w->s, code))
    w->err = may_name(w->cx, pointer, "channel");
}

static void see_location(struct walk *w, const char *pointer, const char *code)
{
  bool seen = true;
  if (w->s->n_locations)
    w->err = scope_finds_location(w->cx, w->s, code, &seen);
  if (!w->err && !seen)
    w->err = may_name(w->cx, pointer, "location");
}

static void walk_object(struct walk *w, const struct rec *rec, const char *at);

/* One text, or an array of them. */
static void walk_places(struct walk *w, const char *at, bool channel)
{
  enum json_token t = json_next(&w->json);
  bool many = t == JSON_ARRAY;
  for (int i = 0; !w->err && !w->ended; i++) {
    if (many)
      t = json_next(&w->json);
    if (t == JSON_ARRAY_END || t == JSON_NULL)
      return;
    w->ended = t != JSON_STRING;
    const char *pointer = many ? arena_printf(w->cx->arena, "%s/%d", at, i) : at;
    if (t == JSON_STRING)
      (channel ? see_channel : see_location)(w, pointer, w->json.text);
    if (!many)
      return;
  }
}

static void walk_list(struct walk *w, const struct rec *rec, const char *at)
{
  enum json_token t = json_next(&w->json);
  w->ended = t != JSON_ARRAY && t != JSON_NULL;
  for (int i = 0; t == JSON_ARRAY && !w->err && !w->ended; i++) {
    enum json_token item = json_next(&w->json);
    if (item == JSON_ARRAY_END)
      return;
    w->ended = item != JSON_OBJECT;
    if (!w->ended)
      walk_object(w, rec, arena_printf(w->cx->arena, "%s/%d", at, i));
  }
}

static void walk_record(struct walk *w, const struct rec *rec, const char *at)
{
  enum json_token t = json_next(&w->json);
  w->ended = t != JSON_OBJECT && t != JSON_NULL;
  if (t == JSON_OBJECT)
    walk_object(w, rec, at);
}

static void walk_member(struct walk *w, const struct rec_field *field, const char *at)
{
  bool text = field && (field->kind == REC_TEXT || field->kind == REC_TEXTS);
  bool channel = text && (strcmp(field->name, "channel") == 0 || strcmp(field->name, "channels") == 0);
  bool location = text && (strcmp(field->name, "location") == 0 || strcmp(field->name, "locations") == 0);
  const char *value;
  size_t n;
  if (channel || location)
    walk_places(w, at, channel);
  else if (field && field->kind == REC_LIST)
    walk_list(w, field->rec, at);
  else if (field && (field->kind == REC_RECORD || field->kind == REC_INLINE))
    walk_record(w, field->rec, at);
  else
    w->ended = !json_skip(&w->json, &value, &n);
}

/* Its opening brace has been read. */
static void walk_object(struct walk *w, const struct rec *rec, const char *at)
{
  while (!w->err && !w->ended) {
    enum json_token t = json_next(&w->json);
    if (t == JSON_OBJECT_END)
      return;
    w->ended = t != JSON_KEY;
    if (w->ended)
      return;
    const struct rec_field *field = member(rec, w->json.text);
    walk_member(w, field, field ? arena_printf(w->cx->arena, "%s/%s", at, field->name) : at);
  }
}

enum err scope_check_body(struct ctx *cx, const struct rec *rec, const char *json, size_t n, const char *at,
                          bool partial)
{
  const struct row_scope *s = cx->actor.scope;
  struct walk w = {.cx = cx, .s = s};
  if (!s || !rec)
    return ERR_OK;
  json_init(&w.json, json, n, cx->arena);
  if (json_next(&w.json) == JSON_OBJECT)
    walk_object(&w, rec, at);
  if (w.err)
    return w.err;
  const struct rec_field *channel = member(rec, "channel");
  bool silent = !partial && s->n_channels && channel && channel->kind == REC_TEXT && !w.channel_named;
  return silent ? may_name(cx, arena_printf(cx->arena, "%s/channel", at), "channel") : ERR_OK;
}
