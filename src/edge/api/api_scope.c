/* Row scope: who is bound to some locations or channels neither lists nor finds what lies outside. One place decides it for
 * all routes: lists are narrowed by the columns of their table, paths by what their first parameter names, bodies and
 * queries by their members `location` and `channel`. What no rule knows is closed to who is bound; whoever is not bound
 * (actor.scope is NULL) never comes here.
 *
 * An order belongs to its channel, and to each location that works on it or where it is collected; its parts belong to it,
 * and a part that says a location of its own (fulfillment, shipment) to that one alone. Stock belongs to its location.
 */
#include "api_priv.h"

#include "api_scope_priv.h"
#include "api_where_priv.h"
#include "changes.h"
#include "fulfillment.h"
#include "identity.h"
#include "invoices.h"

#include <string.h>

/* ---- Codes ---- */

static bool among(const char *const *codes, size_t n, const char *code)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(codes[i], code) == 0)
      return true;
  return false;
}

static enum err outside(struct ctx *cx, const char *what, const char *name)
{
  return err_fail(cx, ERR_NOT_FOUND, "", "there is no %s %.64s", what, name);
}

static enum err closed(struct ctx *cx)
{
  return err_fail(cx, ERR_FORBIDDEN, "", "this is not for those who are bound to some locations or channels");
}

/* ---- One order ---- */

enum err scope_sees_order(struct ctx *cx, int64_t order_id, bool *out)
{
  *out = true;
  return cx->actor.scope ? scope_see_order(cx, cx->actor.scope, order_id, out) : ERR_OK;
}

enum err scope_keep_related(struct ctx *cx, related_orders *related)
{
  size_t kept = 0;
  for (size_t i = 0; i < related->n; i++) {
    bool seen;
    TRY(scope_sees_order(cx, related->at[i].id.v, &seen));
    if (seen)
      related->at[kept++] = related->at[i];
  }
  related->n = kept;
  return ERR_OK;
}

bool scope_sees_location(const struct ctx *cx, const char *code)
{
  return !cx->actor.scope || scope_has_location(cx->actor.scope, code);
}

bool scope_sees_channel(const struct ctx *cx, const char *code)
{
  return !cx->actor.scope || scope_has_channel(cx->actor.scope, code);
}

/* A part that has a location of its own is seen there; its order's other locations do not count. */
static enum err part_seen(struct ctx *cx, const struct row_scope *s, int64_t order_id, const char *location, bool *out)
{
  struct row_scope by_channel = {NULL, s->channels, 0, s->n_channels};
  *out = false;
  if (!location)
    return scope_see_order(cx, s, order_id, out);
  return scope_has_location(s, location) ? scope_see_order(cx, &by_channel, order_id, out) : ERR_OK;
}

/* ---- What the first parameter of a path names ---- */

static enum err see_order(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct order_id order;
  bool seen;
  TRY(order_find(cx, id, &order));
  TRY(scope_see_order(cx, s, order.v, &seen));
  return seen ? ERR_OK : outside(cx, "order", id);
}

static enum err see_hold(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct hold_id hold;
  struct order_id order;
  bool seen;
  TRY(order_of_hold(cx, id, &hold, &order));
  TRY(scope_see_order(cx, s, order.v, &seen));
  return seen ? ERR_OK : outside(cx, "hold", id);
}

static enum err see_change(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct order_id order;
  bool seen;
  TRY(order_of_change(cx, id, &order));
  TRY(scope_see_order(cx, s, order.v, &seen));
  return seen ? ERR_OK : outside(cx, "change set", id);
}

/* One's own: of what others began, the orders may lie anywhere. */
static enum err see_bulk(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct bulk_job job;
  (void)s;
  TRY(bulk_load(cx, id, &job));
  bool own = job.actor_kind == (int)cx->actor.kind && job.actor_id == cx->actor.id;
  return own ? ERR_OK : outside(cx, "bulk job", id);
}

static enum err see_payment(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct payment_id payment;
  struct order_id order;
  bool seen;
  TRY(order_of_payment(cx, id, &payment, &order));
  TRY(scope_see_order(cx, s, order.v, &seen));
  return seen ? ERR_OK : outside(cx, "payment", id);
}

static enum err see_invoice(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct invoice invoice;
  bool seen;
  TRY(invoice_load(cx, id, &invoice));
  TRY(scope_see_order(cx, s, invoice.order_id, &seen));
  return seen ? ERR_OK : outside(cx, "invoice", id);
}

static enum err see_fulfillment(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct fulfillment f = {0};
  struct order_id order;
  bool seen;
  TRY(order_of_fulfillment(cx, id, &f.id, &order));
  f.bucket = bucket_of_id(f.id.v);
  enum err err = db_get(cx->db, &fulfillment_table, &f);
  if (err != ERR_OK)
    return err == ERR_NOT_FOUND ? outside(cx, "fulfillment", id) : err;
  TRY(part_seen(cx, s, order.v, f.location, &seen));
  return seen ? ERR_OK : outside(cx, "fulfillment", id);
}

static enum err see_fulfillment_id(struct ctx *cx, const struct row_scope *s, int64_t id)
{
  char text[ID_TEXT];
  id_format(PREFIX_fulfillment, id, text);
  return see_fulfillment(cx, s, text);
}

static enum err see_shipment(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct shipment shipment;
  struct order_id order;
  bool seen;
  TRY(order_of_shipment(cx, id, &shipment, &order));
  TRY(part_seen(cx, s, order.v, shipment.location, &seen));
  return seen ? ERR_OK : outside(cx, "shipment", id);
}

/* A parcel belongs to the fulfillment that it was packed for first. */
static enum err see_parcel(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct parcel *parcel;
  TRY(parcel_load(cx, id, &parcel));
  enum err err = see_fulfillment_id(cx, s, parcel->fulfillment_id);
  if (err != ERR_NOT_FOUND)
    return err;
  fault_clear(&cx->fault);
  return outside(cx, "parcel", id);
}

static enum err see_adjustment(struct ctx *cx, const struct row_scope *s, const char *id)
{
  static const struct db_stmt place = {"SELECT location_id FROM adjustment WHERE bucket = $1 AND id = $2", DB_KEYED};
  int64_t adjustment = 0, location_id = 0;
  char text[ID_TEXT];
  bool seen = false;
  if (id_parse(PREFIX_adjustment, id, &adjustment))
    TRY(db_one_i64(cx->db, &place, &location_id, DB_ARGS(I64(bucket_of_id(adjustment)), I64(adjustment))));
  if (location_id) {
    id_format(PREFIX_location, location_id, text);
    TRY(scope_finds_location(cx, s, text, &seen));
  }
  return seen ? ERR_OK : outside(cx, "adjustment", id);
}

static enum err see_location(struct ctx *cx, const struct row_scope *s, const char *id)
{
  bool seen;
  TRY(scope_finds_location(cx, s, id, &seen));
  return seen ? ERR_OK : outside(cx, "location", id);
}

static enum err see_channel(struct ctx *cx, const struct row_scope *s, const char *id)
{
  int64_t number;
  const struct channel *ch;
  enum err err = ERR_OK;
  if (!id_parse(PREFIX_channel, id, &number))
    return scope_has_channel(s, id) ? ERR_OK : outside(cx, "channel", id);
  err = channel_by_id(cx, (struct channel_id){number}, &ch);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  return err == ERR_OK && scope_has_channel(s, ch->code) ? ERR_OK : outside(cx, "channel", id);
}

static enum err see_wave(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct wave wave;
  TRY(wave_load(cx, id, &wave));
  return scope_has_location(s, wave.location) ? ERR_OK : outside(cx, "wave", id);
}

enum err scope_sees_paper(struct ctx *cx, const char *kind, const char *id, bool *out)
{
  static const struct {
    const char *kind;
    enum err (*see)(struct ctx *cx, const struct row_scope *s, const char *id);
  } papers[] = {{"order", see_order}, {"fulfillment", see_fulfillment}, {"parcel", see_parcel}};
  *out = true;
  for (size_t i = 0; cx->actor.scope && i < COUNT_OF(papers); i++)
    if (strcmp(papers[i].kind, kind) == 0) {
      enum err err = papers[i].see(cx, cx->actor.scope, id);
      *out = err == ERR_OK;
      if (err != ERR_NOT_FOUND)
        return err;
      fault_clear(&cx->fault);
    }
  return ERR_OK;
}

static enum err see_manifest(struct ctx *cx, const struct row_scope *s, const char *id)
{
  struct manifest manifest;
  TRY(manifest_load(cx, id, &manifest));
  return scope_has_location(s, manifest.location) ? ERR_OK : outside(cx, "manifest", id);
}

/* ---- What queries and bodies name one by one ---- */

/* ?fulfillments=ful_...,ful_... */
static enum err see_named(struct ctx *cx, struct call *call, const void *body)
{
  const char *p = http_query(call->rq, "fulfillments");
  (void)body;
  while (p && *p) {
    size_t n = strcspn(p, ",");
    TRY(see_fulfillment(cx, call->actor.scope, arena_textn(cx->arena, p, n)));
    p += n + (p[n] == ',');
  }
  return ERR_OK;
}

/* Each is answered by itself: one that is out of sight is not found, and costs no other. */
static enum err see_scans(struct ctx *cx, struct call *call, const void *body)
{
  const struct scans_input *in = body;
  for (size_t i = 0; in && i < in->scans.n; i++) {
    enum err err = see_fulfillment_id(cx, call->actor.scope, in->scans.at[i].fulfillment.v);
    in->scans.at[i].unseen = err == ERR_NOT_FOUND;
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    fault_clear(&cx->fault);
  }
  return ERR_OK;
}

/* ---- The rules ---- */

enum scope_kind {
  SCOPE_CLOSED, /* not for those who are bound */
  SCOPE_FREE,   /* no rows of places, but for what the body names */
  SCOPE_ASKED,  /* sums over places: the query names one of each kind that the asker is bound to */
};

struct scope_rule {
  const char *path; /* of the route, or what it begins with; the longest one that fits counts */
  enum scope_kind kind;
  enum err (*see)(struct ctx *cx, const struct row_scope *s, const char *id); /* of the path's first parameter */
  enum err (*more)(struct ctx *cx, struct call *call, const void *body);      /* NULL = nothing further is named */
};

static const struct scope_rule rules[] = {
    {"/v1/adjustments/{id}", SCOPE_FREE, see_adjustment, NULL},
    {"/v1/api_keys", SCOPE_FREE, NULL, NULL},
    {"/v1/bulk", SCOPE_FREE, NULL, NULL}, /* the list that its orders are chosen by is narrowed, as that of jobs is */
    {"/v1/bulk/{id}", SCOPE_FREE, see_bulk, NULL},
    {"/v1/carriers", SCOPE_FREE, NULL, NULL},
    {"/v1/channel_health", SCOPE_FREE, NULL, NULL}, /* one's own channels; closed to who is bound to locations */
    {"/v1/changes/{id}", SCOPE_FREE, see_change, NULL},
    {"/v1/channels/{code}", SCOPE_FREE, see_channel, NULL},
    {"/v1/customers", SCOPE_FREE, NULL, NULL},
    {"/v1/customers/{id}/profile", SCOPE_CLOSED, NULL, NULL}, /* sums over all places */
    {"/v1/delivery_promises", SCOPE_FREE, NULL, see_named},
    {"/v1/events", SCOPE_FREE, NULL, NULL}, /* scope_see_events */
    {"/v1/fulfillments/{id}", SCOPE_FREE, see_fulfillment, NULL},
    {"/v1/holds/{id}", SCOPE_FREE, see_hold, NULL},
    {"/v1/import_fields", SCOPE_FREE, NULL, NULL},
    {"/v1/imports", SCOPE_CLOSED, NULL, NULL}, /* a file may name any place; what is in it is shown as it came */
    {"/v1/invoices/{id}", SCOPE_FREE, see_invoice, NULL},
    {"/v1/locations/{code}", SCOPE_FREE, see_location, NULL},
    {"/v1/locations/{id}", SCOPE_FREE, see_location, NULL},
    {"/v1/manifests/{id}", SCOPE_FREE, see_manifest, NULL},
    {"/v1/me", SCOPE_FREE, NULL, NULL},
    {"/v1/number_blocks", SCOPE_FREE, NULL, NULL},
    {"/v1/number_series", SCOPE_FREE, NULL, NULL},
    {"/v1/orders", SCOPE_FREE, NULL, NULL}, /* placing one: its channel */
    {"/v1/orders/bulk", SCOPE_CLOSED, NULL, NULL},
    {"/v1/orders/{id}", SCOPE_FREE, see_order, NULL},
    {"/v1/packing_slips", SCOPE_FREE, NULL, see_named},
    {"/v1/parcels/{id}", SCOPE_FREE, see_parcel, NULL},
    {"/v1/payments/{id}", SCOPE_FREE, see_payment, NULL},
    {"/v1/permissions", SCOPE_FREE, NULL, NULL},
    {"/v1/pick_lists", SCOPE_FREE, NULL, see_named},
    {"/v1/products", SCOPE_FREE, NULL, NULL},
    {"/v1/reports", SCOPE_FREE, NULL, NULL}, /* they count what the asker may see and nothing else */
    {"/v1/review_rules", SCOPE_FREE, NULL, NULL},
    {"/v1/roles", SCOPE_FREE, NULL, NULL},
    {"/v1/scan_codes", SCOPE_FREE, NULL, NULL}, /* a paper of another place is a code that nobody knows */
    {"/v1/scans", SCOPE_FREE, NULL, see_scans},
    {"/v1/session", SCOPE_FREE, NULL, NULL},
    {"/v1/sessions", SCOPE_FREE, NULL, NULL},
    {"/v1/settings", SCOPE_FREE, NULL, NULL},
    {"/v1/shipments/{id}", SCOPE_FREE, see_shipment, NULL},
    {"/v1/stock/adjustments", SCOPE_FREE, NULL, NULL}, /* the body's location */
    {"/v1/stock/balance", SCOPE_ASKED, NULL, NULL},
    {"/v1/stock/summary", SCOPE_FREE, NULL, NULL}, /* it adds up the places of who asks */
    {"/v1/stock/safety", SCOPE_FREE, NULL, NULL}, /* the body's location */
    {"/v1/system", SCOPE_FREE, NULL, NULL},
    {"/v1/tasks", SCOPE_ASKED, NULL, NULL},
    {"/v1/tax_rates", SCOPE_FREE, NULL, NULL},
    {"/v1/today", SCOPE_ASKED, NULL, NULL},
    {"/v1/tracking_numbers", SCOPE_FREE, NULL, NULL},
    {"/v1/users", SCOPE_FREE, NULL, NULL},
    {"/v1/views", SCOPE_FREE, NULL, NULL},
    {"/v1/waves", SCOPE_FREE, NULL, NULL}, /* releasing one: the body's location */
    {"/v1/waves/{id}", SCOPE_FREE, see_wave, NULL},
    {"/metrics", SCOPE_FREE, NULL, NULL},
};

/* "/v1/session" covers "/v1/session/preferences" and not "/v1/sessions". */
static bool covers(const char *rule, const char *path)
{
  size_t n = strlen(rule);
  return strncmp(rule, path, n) == 0 && (path[n] == 0 || path[n] == '/');
}

static const struct scope_rule *rule_of(const struct route *route)
{
  static const struct scope_rule no_rule = {"", SCOPE_CLOSED, NULL, NULL};
  const struct scope_rule *best = &no_rule;
  for (const struct scope_rule *r = rules; r < rules + COUNT_OF(rules); r++)
    if (covers(r->path, route->path) && strlen(r->path) > strlen(best->path))
      best = r;
  return best;
}

/* ---- Queries of sums ---- */

/* The parameter must name one that is seen; where there is only one to name it is understood. */
static enum err check_asked(struct ctx *cx, struct call *call, const char *name, const char *const *codes, size_t n)
{
  const struct api_param *p = call->row->route->params;
  size_t at = 0;
  if (n == 0)
    return ERR_OK;
  while (p && p[at].name && strcmp(p[at].name, name) != 0)
    at++;
  if (!p || !p[at].name)
    return closed(cx);
  struct api_param_value *value = (struct api_param_value *)(uintptr_t)&call->in.params[at];
  if (!value->text && n == 1)
    value->text = codes[0];
  if (value->text && among(codes, n, value->text))
    return ERR_OK;
  return err_fail(cx, ERR_FORBIDDEN, arena_printf(cx->arena, "/query/%s", name), "must name a %s that you are bound to",
                  name);
}

/* What the path and the query name. */
static enum err check_address(struct ctx *cx, struct call *call, const struct scope_rule *rule)
{
  const struct row_scope *s = call->actor.scope;
  if (rule->kind == SCOPE_ASKED) {
    TRY(check_asked(cx, call, "location", s->locations, s->n_locations));
    TRY(check_asked(cx, call, "channel", s->channels, s->n_channels));
  }
  return rule->see && call->in.id ? rule->see(cx, s, call->in.id) : ERR_OK;
}

enum err scope_check(struct ctx *cx, struct call *call, const void *body)
{
  const struct scope_rule *rule = rule_of(call->row->route);
  if (rule->kind == SCOPE_CLOSED)
    return closed(cx);
  TRY(check_address(cx, call, rule));
  if (rule->more)
    TRY(rule->more(cx, call, body));
  const struct route *route = call->row->route;
  const struct http_request *rq = call->rq;
  bool partial = route->flags & ROUTE_PATCH;
  if (route->flags & ROUTE_RAW || !route->body)
    return ERR_OK;
  return scope_check_body(cx, route->body, rq->n_body ? rq->body : "{}", rq->n_body ? rq->n_body : 2, "", partial);
}

/* ---- Lists ---- */

/* A column of the table itself. */
static const char *column_of(const struct db_table *table, const char *name)
{
  const struct rec_field *field = rec_field_find(table->rec, name);
  return !field || field->flags & REC_VIRTUAL ? NULL : field->column ? field->column : field->name;
}

static const char *places_in(struct ctx *cx, const char *column, size_t n)
{
  struct buf b;
  buf_init(&b, cx->arena);
  buf_printf(&b, "%s IN (", column);
  for (size_t i = 0; i < n; i++)
    buf_printf(&b, "%s$%zu", i ? ", " : "", i + 1);
  buf_char(&b, ')');
  return buf_str(&b);
}

/* The codes as values, padded so that few texts serve all numbers of them. */
static struct db_value *values_of(struct ctx *cx, const char *const *codes, size_t n, size_t *out_n)
{
  static const size_t steps[] = {1, 8, 32, ROW_SCOPE_MAX};
  size_t step = 0;
  while (steps[step] < n)
    step++;
  struct db_value *values = ARENA_ARRAY(cx->arena, struct db_value, steps[step]);
  for (size_t i = 0; i < steps[step]; i++)
    values[i] = TEXT(codes[i < n ? i : n - 1]);
  *out_n = steps[step];
  return values;
}

/* Location ids for tables that know no codes. A code that is no location has no rows. */
static enum err ids_of(struct ctx *cx, struct db_value *values, size_t n)
{
  for (size_t i = 0; i < n; i++) {
    const struct location *l;
    enum err err = location_by_code(cx, values[i].bytes, &l);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    values[i] = I64(err == ERR_OK ? l->id.v : 0);
  }
  return ERR_OK;
}

/* "order_id" of a part, "id" of the orders themselves. */
static const char *order_column(const struct db_table *table)
{
  return table == &order_table ? "id" : column_of(table, "order_id") && column_of(table, "bucket") ? "order_id" : NULL;
}

/* A row of the same order's family that fits: joined on bucket and the order's id. */
static const char *of_family(struct ctx *cx, const struct db_table *table, const char *order, const char *on_bucket,
                             const char *on_order, const char *fits)
{
  const char *const words[] = {on_bucket, table->name, ".bucket", on_order, table->name,
                               ".",       order,       " AND ",   fits,     ")"};
  struct buf b;
  buf_init(&b, cx->arena);
  for (size_t i = 0; i < COUNT_OF(words); i++)
    buf_text(&b, words[i]);
  return buf_str(&b);
}

static enum err narrow_locations(struct ctx *cx, const struct row_scope *s, struct db_page *page, bool *out_done)
{
  const struct db_table *table = page->table;
  size_t n;
  struct db_value *values = values_of(cx, s->locations, s->n_locations, &n);
  const char *code = table == &location_table ? "code" : column_of(table, "location");
  const char *id = column_of(table, "location_id"), *order = order_column(table);
  *out_done = true;
  if (code) {
    api_where(cx, page, places_in(cx, code, n), values, n);
  } else if (id) {
    TRY(ids_of(cx, values, n));
    api_where(cx, page, places_in(cx, id, n), values, n);
  } else if (order) {
    const char *works =
        of_family(cx, table, order, "EXISTS (SELECT fulfillment.id FROM fulfillment WHERE fulfillment.bucket = ",
                  " AND fulfillment.order_id = ", places_in(cx, "fulfillment.location", n));
    const char *here = table == &order_table ? places_in(cx, "delivery_location", n) : "1 = 0";
    api_where(cx, page, arena_printf(cx->arena, "(%s OR %s)", here, works), values, n);
  } else {
    *out_done = false;
  }
  return ERR_OK;
}

static bool narrow_channels(struct ctx *cx, const struct row_scope *s, struct db_page *page)
{
  const struct db_table *table = page->table;
  size_t n;
  struct db_value *values = values_of(cx, s->channels, s->n_channels, &n);
  const char *code = table == &channel_table ? "code" : column_of(table, "channel"), *order = order_column(table);
  if (code)
    api_where(cx, page, places_in(cx, code, n), values, n);
  else if (order)
    api_where(cx, page,
              of_family(cx, table, order, "EXISTS (SELECT orders.id FROM orders WHERE orders.bucket = ",
                        " AND orders.id = ", places_in(cx, "orders.channel", n)),
              values, n);
  return code || order;
}

enum err scope_narrow(struct ctx *cx, struct call *call, struct db_page *page)
{
  const struct row_scope *s = call->actor.scope;
  const struct scope_rule *rule = rule_of(call->row->route);
  const struct db_table *table = page->table;
  /* Stock is of locations alone, and no matter of channels. */
  bool of_place = column_of(table, "location") || column_of(table, "location_id");
  bool free_list = rule->kind != SCOPE_CLOSED && !order_column(table) && !of_place && !column_of(table, "channel");
  bool done = false;
  TRY(check_address(cx, call, rule));
  if (table == &bulk_row_table)
    return ERR_OK; /* of a job of one's own, which has another bucket than its orders */
  if (s->n_locations)
    TRY(narrow_locations(cx, s, page, &done));
  if (s->n_locations && !done && !free_list && table != &channel_table)
    return closed(cx);
  if (s->n_channels && !narrow_channels(cx, s, page) && !of_place && !free_list && table != &location_table)
    return closed(cx);
  return ERR_OK;
}

enum err scope_all_locations(struct ctx *cx)
{
  return scope_has_locations(cx) ? closed(cx) : ERR_OK;
}

bool scope_has_locations(const struct ctx *cx)
{
  return cx->actor.scope && cx->actor.scope->n_locations > 0;
}

enum err scope_locations(struct ctx *cx, const char *column, const char **out_text, struct db_value **out_values,
                         size_t *out_n)
{
  const struct row_scope *s = cx->actor.scope;
  assert(scope_has_locations(cx));
  *out_values = values_of(cx, s->locations, s->n_locations, out_n);
  TRY(ids_of(cx, *out_values, *out_n));
  *out_text = places_in(cx, column, *out_n);
  return ERR_OK;
}

uint64_t scope_hash(const struct row_scope *s)
{
  uint64_t hash = 0;
  for (size_t i = 0; s && i < s->n_locations; i++)
    hash = hash_mix(hash, hash_text(s->locations[i]));
  for (size_t i = 0; s && i < s->n_channels; i++)
    hash = hash_mix(~hash, hash_text(s->channels[i]));
  return hash;
}
