/* Every route there is, asked wrongly in every way: the documented problem comes, and nothing has changed. The routes are
 * the program's own table, so a new one is swept as soon as it exists. */
#include "app.h"
#include "db.h"
#include "shop.h"

#include <stdio.h>
#include <string.h>

/* ---- A record of each kind ---- */

/* Where the paths of a kind of record begin, and the label of one that is there; unknown is an id of that kind that nobody
 * has. */
static const struct sample {
  const char *path, *label, *unknown;
} samples[] = {
    {"/v1/orders/{", "order", "ord_0000000000000"},
    {"/v1/fulfillments/{", "fulfillment", "ful_0000000000000"},
    {"/v1/parcels/{", "parcel", "par_0000000000000"},
    {"/v1/shipments/{", "shipment", "shp_0000000000000"},
    {"/v1/payments/{", "payment", "pay_0000000000000"},
    {"/v1/invoices/{", "invoice", "ivc_0000000000000"},
    {"/v1/number_blocks/{", "block", "nbk_0000000000000"},
    {"/v1/holds/{", "hold", "hld_0000000000000"},
    {"/v1/products/{", "product", "NO-SUCH-SKU"},
    {"/v1/locations/{", "location", "NOWHERE"},
    {"/v1/channels/{", "channel", "nowhere"},
    {"/v1/carriers/{", "carrier", "nobody"},
    {"/v1/customers/{", "customer", "cus_0000000000000"},
    {"/v1/tax_rates/{", "tax", "tax_0000000000000"},
    {"/v1/users/{", "user", "nobody"},
    {"/v1/api_keys/{", "second_key", "key_0000000000000"},
    {"/v1/views/{", "view", "viw_0000000000000"},
    {"/v1/webhooks/{", "webhook", "whk_0000000000000"},
    {"/v1/changes/{", "change", "chg_0000000000000"},
    {"/v1/jobs/{", "job", "job_0000000000000"},
    {"/v1/sessions/{", NULL, "ses_0000000000000"},
    {"/v1/review_rules/{", "rule", "no-such-rule"},
    {"/v1/adjustments/{", "adjustment", "adj_0000000000000"},
    {"/v1/settings/{", "setting", "no.such.setting"},
    {"/v1/number_series/{", "series", "no-such-series"},
    {"/v1/imports/{", "import", "imp_0000000000000"},
    {"/v1/track/{", "token", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
    {"/v1/bulk/{", "bulk", "blk_0000000000000"},
    {"/v1/waves/{", "wave", "WV-999999"},
    {"/v1/manifests/{", "manifest", "MF-999999"},
    {"/v1/reports/{", "report", "no-such-report"},
    {"/v1/failed_work/{", NULL, "flr_0000000000000"}, /* nothing fails here */
    {"/v1/tracking_numbers/{", NULL, NULL},           /* any text is a question */
    {"/v1/scan_codes/{", NULL, NULL},                 /* here too: what nobody knows is of kind unknown */
};

static const struct sample *sample_of(const char *path)
{
  for (size_t i = 0; i < COUNT_OF(samples); i++)
    if (text_starts(path, samples[i].path))
      return &samples[i];
  return NULL;
}

static void a_record_of_each_kind(struct shop *s)
{
  a_small_shop(s);
  SAY(200, "GET /v1/locations/NJ1");
  KEEP("location", "/id");
  SAY(200, "GET /v1/products/TEE-S");
  KEEP("product", "/id");
  SAY(200, "GET /v1/channels/web");
  KEEP("channel", "/id");
  SAY(200, "GET /v1/carriers");
  KEEP("carrier", "/data/0/id");
  SAY(200, "GET /v1/adjustments");
  KEEP("adjustment", "/data/0/id");
  SAY(200, "GET /v1/review_rules");
  KEEP("rule", "/data/0/id");
  SAY(200, "GET /v1/settings");
  KEEP("setting", "/data/0/key");
  SAY(201, "POST /v1/customers {'email': 'a@example.com', 'name': 'Ann', 'external_id': 'c-1'}");
  KEEP("customer", "/id");
  SAY(201, "POST /v1/tax_rates {'category': 'standard', 'country': 'DE', 'rate': '0.19'}");
  KEEP("tax", "/id");
  SAY(201, "POST /v1/users {'login': 'ann', 'name': 'Ann', 'password': 'glass river 27 lamps', 'roles': ['viewer']}");
  KEEP("user", "/id");
  SAY(201, "POST /v1/api_keys {'name': 'second', 'scope': 'order.read'}");
  KEEP("second_key", "/id");
  SAY(201, "POST /v1/views {'screen': 'orders', 'name': 'late'}");
  KEEP("view", "/id");
  SAY(201, "POST /v1/webhooks {'url': 'https://hooks.invalid/', 'topics': ['no.such']}");
  KEEP("webhook", "/id");
  SAY(200, "POST /v1/webhooks/<webhook>/test");
  KEEP("job", "/id");
  AWAIT("GET /v1/jobs/<job>", "/state", "retrying");
  SAY(200, "POST /v1/jobs/<job>/drop"); /* it changes by itself no more */
  a_paid_order(s, 2);
  KEEP("payment", "/payments/0/id");
  SAY(201, "POST /v1/waves {'location': 'NJ1', 'fulfillments': ['<fulfillment>']}");
  KEEP("wave", "/id");
  SAY(201, "POST /v1/orders/<order>/invoices {'lines': [{'line': 1, 'quantity': 1}]}");
  KEEP("invoice", "/id");
  SAY(201, "POST /v1/number_blocks {'prefix': 'AB-', 'first_value': 1, 'last_value': 9}");
  KEEP("block", "/id");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  KEEP("parcel", "/parcels/0/id");
  KEEP("shipment", "/parcels/0/shipment_id");
  SAY(201, "POST /v1/locations/NJ1/manifests {'carrier': 'ordo'}");
  KEEP("manifest", "/id");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'expected_total': 1, 'lines': [{'sku': 'TEE-S', "
           "'quantity': 2}]}");
  KEEP("order", "/id");
  KEEP("number", "/number");
  KEEP("hold", "/holds/0/id");
  KEEP("fulfillment", "/fulfillments/0/id");
  SAY(201, "POST /v1/orders/<order>/changes {'reason': 'x', 'lines': [{'line': 1, 'quantity': 1}]}");
  KEEP("change", "/id");
  SAY(200, "GET /v1/orders/<order>/tracking_link");
  KEEP("token", "/token");
  SAY(201, "POST /v1/imports?kind=products {'sku'}");
  KEEP("import", "/id");
  SAY(201, "POST /v1/bulk {'verb': 'tag', 'args': {'tags': ['x']}, 'orders': ['<order>']}");
  KEEP("bulk", "/id");
  AWAIT("GET /v1/bulk/<bulk>", "/state", "done");
  SAY(200, "GET /v1/reports");
  KEEP("report", "/data/0/name");
  SAY(200, "GET /v1/number_series");
  KEEP("series", "/data/0/code");
}

/* Bodies that can be read, for routes where {} lacks something. */
static const struct {
  const char *method, *path, *body;
} bodies[] = {
    {"POST", "/v1/orders/{id}/cancel", "{'reason': 'x'}"},
    {"POST", "/v1/orders/{id}/reject", "{'reason': 'x'}"},
    {"POST", "/v1/orders/{id}/hold", "{'reason': 'x'}"},
    {"POST", "/v1/orders/{id}/approve", "{'reason': 'x'}"},
    {"POST", "/v1/orders/{id}/release", "{'reason': 'x'}"},
    {"POST", "/v1/orders/{id}/comments", "{'content': 'x'}"},
    {"POST", "/v1/orders/{id}/reveal", "{'reason': 'x'}"},
    {"POST", "/v1/orders/{id}/split", "{'fulfillment': '<fulfillment>', 'lines': [{'line': 1, 'quantity': 1}]}"},
    {"POST", "/v1/orders/{id}/payments", "{'provider': 'p', 'kind': 'capture', 'amount': 1}"},
    {"POST", "/v1/invoices/{id}/reject", "{'reason': 'x'}"},
    {"POST", "/v1/invoices/{id}/void", "{'reason': 'x'}"},
    {"POST", "/v1/invoices/{id}/credit_notes", "{'reason': 'x'}"},
    {"POST", "/v1/invoices/{id}/credit_notes/preview", "{'reason': 'x'}"},
    {"POST", "/v1/holds/{id}/release", "{'reason': 'x'}"},
    {"POST", "/v1/fulfillments/{id}/reject", "{'reason': 'busy'}"},
    {"POST", "/v1/fulfillments/{id}/scans", "{'scan_id': '0193f3e2-7c1a-7000-8000-2d9d3c1f0a01', 'code': 'TEE-S'}"},
    {"POST", "/v1/locations/{code}/manifests", "{'carrier': 'ordo'}"},
    {"PUT", "/v1/locations/{code}/bins", "{'bins': [{'sku': 'TEE-S', 'bin': 'A-01-3', 'walk': 130}]}"},
    {"POST", "/v1/parcels/{id}/tracking_events", "{'status': 'in_transit', 'occurred_at': '2026-01-01T00:00:00Z'}"},
    {"POST", "/v1/users/{id}/password", "{'password': 'copper moon 81 stairs'}"},
    {"PATCH", "/v1/settings/{key}", "{'value': 'x'}"},
    {"PATCH", "/v1/imports/{id}", "{'mapping': {'columns': [{'field': 'sku', 'constant': 'x'}]}}"},
    {"PATCH", "/v1/products/{sku}", "{'name': 'another'}"},
    {"PATCH", "/v1/locations/{id}", "{'name': 'another'}"},
    {"PATCH", "/v1/channels/{code}", "{'name': 'another'}"},
    {"PATCH", "/v1/carriers/{code}", "{'name': 'another'}"},
    {"PATCH", "/v1/customers/{id}", "{'name': 'another'}"},
    {"PATCH", "/v1/tax_rates/{id}", "{'rate': '0.2'}"},
    {"PATCH", "/v1/views/{id}", "{'name': 'another'}"},
    {"PATCH", "/v1/webhooks/{id}", "{'description': 'another'}"},
    {"POST", "/v1/webhooks/{id}/replay", "{'from': '2020-01-01T00:00:00Z', 'to': '2020-01-02T00:00:00Z'}"},
    {"PATCH", "/v1/users/{id}", "{'name': 'another'}"},
    {"PATCH", "/v1/review_rules/{id}", "{'expire_hours': 7}"},
    {"PATCH", "/v1/number_series/{code}", "{'digits': 9}"},
    {"PATCH", "/v1/orders/{id}", "{'tags': ['other']}"},
    {"PUT", "/v1/channels/{code}/orders/{external_id}",
     "{'channel': 'web', 'external_id': 'x', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}"},
};

static const char *body_of(struct shop *s, const struct route *r)
{
  for (size_t i = 0; i < COUNT_OF(bodies); i++)
    if (strcmp(bodies[i].method, r->method) == 0 && strcmp(bodies[i].path, r->path) == 0)
      return shop_text(s, bodies[i].body);
  return r->body ? "{}" : NULL;
}

/* ---- The state of the whole database, a number for each table ---- */

static bool left_out(const char *table)
{
  /* What the server writes by itself, whatever is asked meanwhile: leases, notes of its commits, when a key was last
   * used (which moves the masters' version), and what follows the feed seconds later: terms for search and the figures of
   * reports. */
  static const char *const own[] = {"node_lease",  "lease",       "server",          "writer_commit",
                                    "api_key",     "consumer",    "masters_version", "search_term",
                                    "report_cell", "report_fact", "report_customer", "report_ledger"};
  for (size_t i = 0; i < COUNT_OF(own); i++)
    if (strcmp(table, own[i]) == 0)
      return true;
  return false;
}

/* A table's rows in the order of their key. */
static const struct db_stmt *rows_of(struct arena *a, struct db *db, const char *table)
{
  struct db_stmt *stmt = ARENA_NEW(a, struct db_stmt);
  const char *key = NULL;
  CHECK_OK(db_key_columns(db, table, &key));
  *stmt = (struct db_stmt){arena_printf(a, "SELECT * FROM %s%s%s", table, *key ? " ORDER BY " : "", key), DB_REPORT};
  return stmt;
}

/* What is compared: every table's rows. The reader is the sweep's own, its statements last as long as it does. */
struct table_state {
  const char *name;
  const struct db_stmt *rows;
  int columns;
  uint64_t hash;
};
struct state {
  struct db *db;
  struct fault fault;
  LIST(struct table_state) tables;
};

static void state_open(struct state *state, struct shop *s)
{
  const char *names = NULL, *columns = NULL;
  fault_init(&state->fault, s->arena);
  CHECK_OK(db_open(s->url, DB_READER, &state->fault, &state->db));
  CHECK_OK(db_tables(state->db, &names));
  for (const char *name = names; *name; name += strcspn(name, ","), name += *name == ',') {
    const char *table = arena_textn(s->arena, name, strcspn(name, ","));
    if (left_out(table))
      continue;
    CHECK_OK(db_columns(state->db, table, &columns));
    int n = 1;
    for (const char *c = columns; *c; c++)
      n += *c == ',';
    *LIST_ADD(s->arena, &state->tables) =
        (struct table_state){.name = table, .rows = rows_of(s->arena, state->db, table), .columns = n};
  }
  CHECK(state->tables.n > 30);
}

static uint64_t hash_value(struct db_value v, uint64_t hash)
{
  return hash_mix(hash, v.type == DB_NULL ? 1 : v.type == DB_I64 ? (uint64_t)v.i64 : hash_bytes(v.bytes, v.n));
}

/* Reads the whole database; the names of the tables that are not as they were when it was read before, or "". */
static const char *changed_since(struct state *state, struct arena *names)
{
  struct arena *a = arena_new(16 << 20);
  const char *changed = "";
  struct db_rows rows;
  db_use(state->db, &state->fault, a);
  CHECK_OK(db_read_begin(state->db));
  EACH (struct table_state, table, &state->tables) {
    uint64_t hash = 1;
    CHECK_OK(db_query(state->db, table->rows, &rows, DB_NO_ARGS));
    while (db_next(&rows))
      for (int c = 0; c < table->columns; c++)
        hash = hash_value(db_value_at(&rows, c), hash);
    CHECK_OK(db_done(&rows));
    if (table->hash != hash)
      changed = arena_printf(names, "%s %s", changed, table->name);
    table->hash = hash;
  }
  db_read_end(state->db);
  arena_free(a);
  return changed;
}

/* ---- Asking ---- */

struct sweep {
  struct shop *s;
  struct state state;
  const char *keys[2];        /* each with one permission ... */
  enum permission granted[2]; /* ... this one */
  int asked, wrong;
};

/* Asks and compares; what is wrong is printed, so that one run shows everything. */
static bool expect(struct sweep *w, const char *why, const struct request *rq, int status, const char *code)
{
  struct shop *s = w->s;
  struct answer a;
  w->asked++;
  enum called got = client_call(s->client, rq, &a);
  const char *says = got == CALL_ANSWERED ? json_look(s->arena, a.body, "/code") : NULL;
  const char *type = got == CALL_ANSWERED ? client_header(s->client, &a, "Content-Type") : NULL;
  bool fine = got == CALL_ANSWERED && a.status == status && text_eq(says, code) && type &&
              text_starts(type, "application/problem+json");
  if (!fine) {
    w->wrong++;
    printf("  %s %s, %s: wanted %d %s, was %d %.300s\n", rq->method, rq->path, why, status, code,
           got == CALL_ANSWERED ? a.status : -(int)got, got == CALL_ANSWERED ? a.body : "");
  }
  s->last = a;
  return fine;
}

/* The path with the id of a sample that is there, of none, or of another kind. */
static const char *path_with(struct shop *s, const char *path, const char *id)
{
  const char *open = strchr(path, '{'), *close = open ? strchr(open, '}') : NULL;
  if (!open)
    return path;
  const char *with = arena_printf(s->arena, "%.*s%s%s", (int)(open - path), path, id, close + 1);
  bool quote = strstr(path, "/quote"); /* asks for a service first */
  return strchr(with, '{') ? path_with(s, with, "x-1")
         : quote           ? arena_printf(s->arena, "%s?service=standard&country=US&weight_g=100", with)
                           : with;
}

static const char *path_there(struct shop *s, const struct route *r)
{
  const struct sample *sample = sample_of(r->path);
  const char *id = sample && sample->label ? shop_labelled(s, sample->label) : "x";
  return path_with(s, r->path, id);
}

/* ---- Ways to be wrong ---- */

static void without_right(struct sweep *w, const struct route *r, struct request rq)
{
  if (r->needs == PERM_PUBLIC || r->flags & ROUTE_LOCAL)
    return;
  rq.key = "";
  expect(w, "without a key", &rq, 401, "unauthenticated");
  rq.key = "ordo_0000000000000000000000000000000000000000000000000000000000000000";
  expect(w, "with a key that nobody has", &rq, 401, "unauthenticated");
  if (r->needs == PERM_SIGNED_IN)
    return;
  rq.key = w->keys[w->granted[0] == r->needs];
  expect(w, "with a key that lacks the permission", &rq, 403, "forbidden");
}

/* A value that a field of this kind cannot have. */
static const char *wrong_value(const struct rec_field *f)
{
  return f->kind == REC_LIST || f->kind == REC_TEXTS ? "7" : "[[1]]";
}

static void with_a_wrong_body(struct sweep *w, const struct route *r, struct request rq)
{
  struct shop *s = w->s;
  rq.body = "{\"a\": ";
  expect(w, "malformed", &rq, 400, "malformed");
  rq.body = "{\"a\": \"\xff\"}";
  expect(w, "bad UTF-8", &rq, 400, "malformed");
  rq.body = "[]";
  expect(w, "no object", &rq, 422, "invalid");
  rq.body = "{\"no_such_member\": 1}";
  if (expect(w, "unknown member", &rq, 422, "invalid") && !strstr(s->last.body, "\"/no_such_member\""))
    w->wrong++, printf("  %s %s: the unknown member is not named\n", r->method, r->path);
  for (size_t i = 0; i < r->body->n; i++) {
    const struct rec_field *f = &r->body->fields[i];
    if (f->flags & (REC_HIDDEN | REC_READONLY) || f->kind == REC_JSON)
      continue;
    rq.body = arena_printf(s->arena, "{\"%s\": %s}", f->name, wrong_value(f));
    if (expect(w, arena_printf(s->arena, "wrong type of %s", f->name), &rq, 422, "invalid") &&
        !strstr(s->last.body, arena_printf(s->arena, "\"/%s", f->name)))
      w->wrong++, printf("  %s %s: %s is not named: %.200s\n", r->method, r->path, f->name, s->last.body);
  }
  rq.body = "<a/>";
  rq.content_type = "text/xml";
  expect(w, "another media type", &rq, 415, "unsupported_media_type");
  rq.content_type = NULL;
  rq.body = "{}";
  rq.claims = (r->flags & ROUTE_LARGE ? API_LARGE_BODY_MAX : API_BODY_MAX) + 1;
  expect(w, "too large", &rq, 413, "too_large");
  client_close(s->client);
}

static void of_nobody(struct sweep *w, const struct route *r, struct request rq)
{
  struct shop *s = w->s;
  const struct sample *sample = sample_of(r->path);
  if (!sample) {
    w->wrong++;
    printf("  %s %s: the sweep knows no record for this path\n", r->method, r->path);
    return;
  }
  if (!sample->unknown)
    return;
  rq.path = path_with(s, r->path, sample->unknown);
  expect(w, "an id that nobody has", &rq, 404, "not_found");
  rq.path =
      path_with(s, r->path, shop_labelled(s, strcmp(sample->path, "/v1/payments/{") == 0 ? "product" : "payment"));
  expect(w, "an id of another kind", &rq, 404, "not_found");
  rq.path = path_with(s, r->path, "%27%22%3B--");
  expect(w, "an id that is none", &rq, 404, "not_found");
}

static void with_a_stale_version(struct sweep *w, const struct route *r, struct request rq)
{
  struct shop *s = w->s;
  const struct sample *sample = sample_of(r->path);
  struct answer a;
  if (!sample || !sample->label || strcmp(r->method, "GET") == 0)
    return;
  const char *end = strchr(strchr(r->path, '{'), '}') + 1;
  if (strchr(end, '{'))
    return; /* the record is another than the path's first */
  if (strstr(r->path, "/presence"))
    return; /* who looks at a record is no part of it */
  struct request look = {
      .method = "GET",
      .path = path_with(s, arena_textn(s->arena, r->path, (size_t)(end - r->path)), shop_labelled(s, sample->label))};
  if (client_call(s->client, &look, &a) != CALL_ANSWERED || a.status != 200 || !client_header(s->client, &a, "ETag"))
    return; /* it has no version */
  rq.if_match = "\"987654\"";
  expect(w, "a stale version", &rq, 412, "version_mismatch");
}

static void sweep_route(struct sweep *w, const struct route *r)
{
  struct shop *s = w->s;
  struct request rq = {.method = r->method, .path = path_there(s, r), .body = body_of(s, r)};
  bool id = strchr(r->path, '{');
  changed_since(&w->state, s->arena);
  without_right(w, r, rq);
  if (r->body && !(r->flags & ROUTE_RAW))
    with_a_wrong_body(w, r, rq);
  if (id)
    of_nobody(w, r, rq);
  if (id)
    with_a_stale_version(w, r, rq);
  const char *changed = changed_since(&w->state, s->arena);
  if (*changed) {
    w->wrong++;
    printf("  %s %s: changed:%s\n", r->method, r->path, changed);
  }
}

TEST(every_route_asked_wrongly_answers_the_documented_problem_and_changes_nothing)
{
  struct shop *s = shop_open(t);
  struct sweep w = {.s = s, .granted = {PERM_SYSTEM_READ, PERM_EVENT_READ}};
  a_record_of_each_kind(s);
  for (int i = 0; i < 2; i++)
    w.keys[i] = shop_key(s, "narrow", permission_name(w.granted[i]));
  AWAIT("GET /v1/orders?q=<number>", "/data/#", "1"); /* the index for search has caught up */
  shop_numbered(s);
  state_open(&w.state, s);
  for (const struct api_room *room = app_rooms; room->tag; room++)
    for (const struct route *r = room->routes; r->method; r++)
      if (!(r->flags & (ROUTE_HIDDEN | ROUTE_STREAM)))
        sweep_route(&w, r);
  db_close(w.state.db);
  printf("  %d wrong requests asked\n", w.asked);
  CHECK_INT(w.wrong, 0);
  CHECK(w.asked > 1000);
  shop_close(s);
}
