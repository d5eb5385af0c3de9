/* Requests as the API reads them: a line "GET /v1/orders?state=open", header lines, an empty line, a body. Routes,
 * query parameters, If-Match, Idempotency-Key and bodies are decoded; lists are served from a small database, and
 * following their cursors gives the rows of one large page. */
#define _GNU_SOURCE
#include "api_list_priv.h"
#include "api_priv.h"
#include "carriers.h"
#include "catalog.h"
#include "customers.h"
#include "fuzz.h"
#include "http_priv.h"
#include "numbers.h"
#include "schema.h"
#include "work.h"

#include <unistd.h>

enum { FOLLOWED_MOST = 12 };

static const struct api_room rooms[] = {
    {"Orders",            "", order_routes},
    {"Intake",       "", intake_routes},
    {"Review",            "", review_routes},
    {"Payments",      "", payment_routes},
    {"Fulfillment",            "", fulfillment_routes},
    {"Stock",      "", inventory_routes},
    {"Locations",          "", location_routes},
    {"Catalog",     "", catalog_routes},
    {"Customers",       "", customer_routes},
    {"Channels", "", channel_routes},
    {"Carriers",             "", carrier_routes},
    {"Events",   "", event_routes},
    {"Settings",         "", setting_routes},
    {"Identity",    "", identity_routes},
    {"Bulk",    "", bulk_routes},
    {"Imports",    "", import_routes},
    {"Reports",    "", report_routes},
    {"Views",    "", view_routes},
    {"Tracking",    "", track_routes},
    {0          },
};

/* ---- The shop ---------------------------------------------------------------------------------------------------- */

static struct shop {
  struct arena *arena;
  struct api api;
  struct worker worker;
  struct ids ids;
  struct feed_batch feed;
  struct feed_head head;
  struct batch batch;
  char folder[64];
} shop;

static void shop_close(void)
{
  static const char *const files[] = {"shop.db", "shop.db-wal", "shop.db-shm"};
  char path[sizeof shop.folder + 16];
  db_close(shop.worker.db);
  for (size_t i = 0; i < COUNT_OF(files); i++) {
    snprintf(path, sizeof path, "%s/%s", shop.folder, files[i]);
    unlink(path);
  }
  rmdir(shop.folder);
  numbers_free(shop.batch.numbers);
  table_done(&shop.api.table);
  arena_free(shop.arena);
}

static void add(struct ctx *cx, const struct act *act, const struct rec *rec, const char *json)
{
  struct act_result ignored = {0};
  void *body = arena_alloc(cx->arena, rec->size);
  rec_init(rec, body);
  FUZZ_CHECK(rec_read(rec, json, strlen(json), "", cx->arena, &cx->fault, body) == ERR_OK);
  cx->event_ordinal = 0;
  cx->now.ms += 250; /* so that some rows share a second */
  FUZZ_CHECK(db_begin(cx->db) == ERR_OK);
  FUZZ_CHECK(act_run(cx, act, &(struct act_input){.body = body, .version = ABSENT}, &ignored) == ERR_OK);
  FUZZ_CHECK(batch_flush(cx) == ERR_OK);
  FUZZ_CHECK(events_seal(cx, &shop.feed, &shop.head) == ERR_OK && numbers_flush(cx) == ERR_OK);
  FUZZ_CHECK(db_commit(cx->db) == ERR_OK);
  shop.feed.events.n = shop.feed.events.cap = 0;
}

static void fill(struct ctx *cx)
{
  static const char *const products[] = {
      "{\"sku\":\"A\",\"gtin\":\"4006381333931\",\"price\":1,\"currency\":\"EUR\"}",
      "{\"sku\":\"a b\",\"kind\":\"service\",\"name\":\"T恤\"}",
      "{\"sku\":\"Z,\\\"é\",\"active\":false,\"units\":[{\"unit\":\"box\",\"numerator\":12}]}",
      "{\"sku\":\"0\",\"tax_category\":\"books\",\"attributes\":{\"x\":1}}", "{\"sku\":\"T恤\"}"};
  static const char *const rates[] = {"{\"category\":\"books\",\"country\":\"DE\",\"rate\":\"0.07\"}",
                                      "{\"category\":\"books\",\"country\":\"FR\",\"rate\":\"0.055\"}",
                                      "{\"category\":\"books\",\"country\":\"US\",\"region\":\"CA\",\"rate\":\"0\"}",
                                      "{\"category\":\"food\",\"country\":\"DE\",\"rate\":\"0.07\"}"};
  static const char *const customers[] = {"{\"name\":\"Ann\",\"email\":\"ann@example.org\",\"tags\":[\"vip\"]}",
                                          "{\"name\":\"李伟\",\"external_id\":\"7\",\"phone\":\"+86 138 0000 0000\"}",
                                          "{\"company\":\"=Ltd\",\"addresses\":[{\"address\":{\"country\":\"DE\"}}]}"};
  for (size_t i = 0; i < COUNT_OF(products); i++)
    add(cx, &product_create_act, &product_rec, products[i]);
  for (size_t i = 0; i < COUNT_OF(rates); i++)
    add(cx, &tax_rate_create_act, &tax_rate_rec, rates[i]);
  for (size_t i = 0; i < COUNT_OF(customers); i++)
    add(cx, &customer_add_act, &customer_rec, customers[i]);
}

/* A reader's context on the filled database. */
static void open_reader(const char *url)
{
  static struct fault fault;
  fault_init(&fault, shop.arena);
  FUZZ_CHECK(db_open(url, DB_READER, &fault, &shop.worker.db) == ERR_OK);
  shop.worker.api = &shop.api;
}

static void shop_open(void)
{
  static struct ctx cx;
  static struct fault fault;
  struct db *db = NULL;
  shop.arena = arena_new((size_t)1 << 28);
  snprintf(shop.folder, sizeof shop.folder, "/tmp/ordo-fuzz-XXXXXX");
  FUZZ_CHECK(mkdtemp(shop.folder));
  const char *url = arena_printf(shop.arena, "sqlite:%s/shop.db", shop.folder);
  fault_init(&fault, shop.arena);
  FUZZ_CHECK(db_open(url, DB_WRITER, &fault, &db) == ERR_OK && schema_migrate(db) == ERR_OK);
  ctx_init(&cx, shop.arena, db, INSTANT(1795168800000));
  ids_init(&shop.ids, 0, 0, 42);
  shop.feed.arena = shop.arena;
  shop.batch = (struct batch){.feed = &shop.feed, .numbers = numbers_new(false), .arena = shop.arena};
  cx.ids = &shop.ids;
  cx.batch = &shop.batch;
  cx.actor = actor_system;
  db_use(db, &cx.fault, shop.arena);
  fill(&cx);
  db_close(db);
  open_reader(url);
  table_init(&shop.api.table, rooms);
  shop.api.config.rooms = rooms;
  atexit(shop_close);
}

/* ---- A request --------------------------------------------------------------------------------------------------- */

static void take_headers(struct fuzz_input *in, struct http_request *rq)
{
  for (;;) {
    char *line = fuzz_line(in);
    char *colon = strchr(line, ':');
    if (colon) {
      *colon = '\0';
      *LIST_ADD(rq->arena, &rq->headers) =
          (struct http_pair){arena_text(rq->arena, line), arena_text(rq->arena, colon + 1 + strspn(colon + 1, " "))};
    }
    free(line);
    if (!colon)
      return;
  }
}

/* False where http would have refused it. */
static bool take_request(struct fuzz_input *in, struct arena *a, struct http_request *rq)
{
  const char *why;
  char *line = fuzz_line(in), *text = arena_text(a, line), *target = strchr(text, ' ');
  free(line);
  if (!target)
    return false;
  *target = '\0';
  *rq = (struct http_request){.arena = a, .method = text, .target = target + 1, .request_id = "req", .client = "::1"};
  take_headers(in, rq);
  rq->body = arena_textn(a, (const char *)in->at, in->n);
  rq->n_body = in->n;
  return check_method(rq->method, &why) == ERR_OK && check_target(rq, &why) == ERR_OK;
}

/* ---- Answers ----------------------------------------------------------------------------------------------------- */

static bool is_json(struct arena *a, const void *json, size_t n)
{
  struct json j;
  enum json_token token;
  json_init(&j, json, n, a);
  while ((token = json_next(&j)) != JSON_END && token != JSON_ERROR)
    ;
  return token == JSON_END;
}

/* A refusal of the client's doing, which makes a well-formed problem document. */
static void check_refused(struct arena *a, enum err err, const struct fault *f)
{
  struct http_reply reply = {0};
  FUZZ_CHECK(err_info(err)->http < 500);
  problem_fill(a, err, f, NULL, "req", &reply);
  FUZZ_CHECK(reply.status == err_info(err)->http && is_json(a, reply.body, reply.n_body));
}

static void check_head(struct ctx *cx, const struct http_request *rq)
{
  int64_t version;
  const char *key;
  fault_clear(&cx->fault);
  enum err err = decode_if_match(cx, rq, &version);
  if (err != ERR_OK)
    check_refused(cx->arena, err, &cx->fault);
  else if (version != ABSENT)
    FUZZ_CHECK(version > 0 && strstr(http_header(rq, "If-Match"), arena_printf(cx->arena, "%lld", (long long)version)));
  fault_clear(&cx->fault);
  err = decode_key(cx, rq, &key);
  if (err != ERR_OK)
    check_refused(cx->arena, err, &cx->fault);
  else if (key)
    FUZZ_CHECK(strlen(key) >= 1 && strlen(key) <= 255);
}

static void check_body(struct ctx *cx, const struct route *route, const struct http_request *rq)
{
  const void *body;
  fault_clear(&cx->fault);
  enum err err = decode_body(cx, route, rq, &body);
  if (err != ERR_OK) {
    check_refused(cx->arena, err, &cx->fault);
    return;
  }
  FUZZ_CHECK(!body == (!route->body || route->flags & (ROUTE_PATCH | ROUTE_RAW)));
  if (!body)
    return;
  struct buf b;
  buf_init(&b, cx->arena);
  rec_write(route->body, body, NULL, &b);
  FUZZ_CHECK(is_json(cx->arena, b.at, b.n));
}

/* ---- Lists ------------------------------------------------------------------------------------------------------- */

/* A call as dispatch makes it, on the reader. */
static struct call *call_on(struct arena *a, struct api_row *row, struct http_request *rq)
{
  struct worker *w = &shop.worker;
  struct call *call = ARENA_NEW(a, struct call);
  const char **ids[] = {&call->in.id, &call->in.id2};
  ctx_init(&w->cx, a, w->db, INSTANT(1795168900000));
  w->cx.actor = actor_system;
  db_use(w->db, &w->cx.fault, a);
  call->api = &shop.api;
  call->rq = rq;
  call->row = row;
  call->actor = actor_system;
  for (size_t i = 0, n = 0; i < row->n && n < COUNT_OF(ids); i++)
    if (!row->segments[i])
      *ids[n++] = rq->segments.at[i];
  return call;
}

static enum err serve(struct arena *a, struct api_row *row, struct http_request *rq, struct http_reply *out)
{
  struct worker *w = &shop.worker;
  struct call *call = call_on(a, row, rq);
  *out = (struct http_reply){0};
  enum err err = list_serve(w, call, out);
  if (err != ERR_OK)
    check_refused(a, err, &w->cx.fault);
  return err;
}

/* The rows of a page as texts. */
struct rows {
  LIST(const char *) texts;
  const char *next_cursor;
};

static void read_page(struct arena *a, const struct http_reply *reply, struct rows *rows)
{
  struct json j;
  FUZZ_CHECK(is_json(a, reply->body, reply->n_body));
  json_init(&j, reply->body, reply->n_body, a);
  FUZZ_CHECK(json_next(&j) == JSON_OBJECT && json_next(&j) == JSON_KEY && strcmp(j.text, "data") == 0);
  FUZZ_CHECK(json_next(&j) == JSON_ARRAY);
  for (enum json_token token; (token = json_next(&j)) != JSON_ARRAY_END;) {
    const char *begin = j.token;
    FUZZ_CHECK(json_skip_rest(&j, token));
    *LIST_ADD(a, &rows->texts) = arena_textn(a, begin, (size_t)(j.at - begin));
  }
  FUZZ_CHECK(json_next(&j) == JSON_KEY && strcmp(j.text, "next_cursor") == 0);
  rows->next_cursor = json_next(&j) == JSON_STRING ? arena_text(a, j.text) : NULL;
}

static void set_query(struct http_request *rq, const char *name, const char *value)
{
  EACH (struct http_pair, pair, &rq->query)
    if (strcmp(pair->name, name) == 0) {
      pair->value = value;
      return;
    }
  *LIST_ADD(rq->arena, &rq->query) = (struct http_pair){name, value};
}

/* From a first page on: cursors lead on without a row lost or told twice. */
static void check_cursors(struct arena *a, struct api_row *row, struct http_request *rq, struct rows *rows)
{
  struct http_reply reply;
  struct rows whole = {0};
  int followed = 0;
  const char *cursor = http_query(rq, "cursor");
  set_query(rq, "limit", "200");
  FUZZ_CHECK(serve(a, row, rq, &reply) == ERR_OK);
  read_page(a, &reply, &whole);
  for (; rows->next_cursor && followed < FOLLOWED_MOST; followed++) {
    FUZZ_CHECK(!cursor || strcmp(cursor, rows->next_cursor) != 0);
    cursor = rows->next_cursor;
    set_query(rq, "cursor", cursor);
    set_query(rq, "limit", "2");
    FUZZ_CHECK(serve(a, row, rq, &reply) == ERR_OK);
    read_page(a, &reply, rows);
  }
  FUZZ_CHECK(followed == FOLLOWED_MOST || rows->texts.n == whole.texts.n);
  for (size_t i = 0; i < rows->texts.n; i++)
    FUZZ_CHECK(i < whole.texts.n && strcmp(rows->texts.at[i], whole.texts.at[i]) == 0);
}

static void check_list(struct arena *a, struct api_row *row, struct http_request *rq)
{
  struct http_reply reply;
  struct rows rows = {0};
  const char *accept = http_header(rq, "Accept");
  if (serve(a, row, rq, &reply) != ERR_OK)
    return;
  FUZZ_CHECK(utf8_valid(reply.body, reply.n_body));
  if (accept && strstr(accept, "text/csv"))
    return;
  read_page(a, &reply, &rows);
  check_cursors(a, row, rq, &rows);
}

/* ---- Queries that stand elsewhere: a bulk job's filter, the questions of a report ---- */

static void check_filter(struct arena *a, struct api_row *row, struct http_request *rq)
{
  struct ctx *cx = &shop.worker.cx;
  const void *body;
  struct list_rows rows = {0};
  (void)call_on(a, row, rq);
  if (decode_body(cx, row->route, rq, &body) != ERR_OK || !((const struct bulk_input *)body)->filter)
    return;
  enum err err = list_ask_rows(cx, &shop.api, "/v1/orders", ((const struct bulk_input *)body)->filter, 100, &rows);
  if (err != ERR_OK)
    check_refused(a, err, &cx->fault);
  FUZZ_CHECK(rows.n == 0); /* nobody has ordered */
}

static void check_report(struct arena *a, struct api_row *row, struct http_request *rq)
{
  struct ctx *cx = &shop.worker.cx;
  struct call *call = call_on(a, row, rq);
  struct act_result result = {.version = ABSENT};
  call->in.http = rq;
  call->in.api = &shop.api;
  call->in.route = row->route;
  call->in.reply = &call->reply;
  enum err err = query_params(cx, rq, row->route->params, NULL, NULL, (struct api_param_value **)&call->in.params);
  if (err == ERR_OK)
    err = row->route->serve(cx, &call->in, &result);
  if (err != ERR_OK)
    check_refused(a, err, &cx->fault);
}

/* ---- The target -------------------------------------------------------------------------------------------------- */

static void check_request(struct arena *a, struct http_request *rq)
{
  static struct ctx cx;
  struct api_row *row;
  const char *allow = NULL;
  ctx_init(&cx, a, NULL, INSTANT(0));
  check_head(&cx, rq);
  enum err err = table_match(&shop.api.table, rq, a, &row, &allow);
  if (err != ERR_OK) {
    FUZZ_CHECK(err == ERR_NOT_FOUND || (err == ERR_METHOD && allow && strstr(allow, "OPTIONS")));
    return;
  }
  check_body(&cx, row->route, rq);
  if (row->route->list)
    check_list(a, row, rq);
  if (row->route->body == &bulk_input_rec)
    check_filter(a, row, rq);
  if (row->room->routes == report_routes && row->route->serve)
    check_report(a, row, rq);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct fuzz_input in = {bytes, n};
  struct http_request rq;
  if (!shop.arena)
    shop_open();
  struct arena *a = arena_new((size_t)1 << 28);
  if (take_request(&in, a, &rq))
    check_request(a, &rq);
  arena_free(a);
  return 0;
}
