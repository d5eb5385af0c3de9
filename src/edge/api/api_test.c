/* The API over a socket, with a few routes of its own on a scratch database: what derives from the tables is tested
 * here once, for every room. */
#define _GNU_SOURCE
#include "api_priv.h"

#include "identity.h"
#include "leases.h"
#include "scratch.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* ---- A room with things ---- */

struct part {
  const char *name;
};
static const struct rec_field part_fields[] = {
    FIELD(struct part, name, .flags = REC_REQUIRED, .max = 20, .doc = "Name of the part", .example = "leg"),
};
static const struct rec part_rec = REC(struct part, "Part", part_fields, "A part of a thing");

struct thing {
  int64_t id, version;
  const char *code, *name;
  int64_t weight_g;
  struct instant created_at;
  LIST(struct part) parts;
};
static const struct rec_field thing_fields[] = {
    FIELD_AS(REC_ID, struct thing, id, .flags = REC_KEY | REC_READONLY, .prefix = "thg", .doc = "Id"),
    FIELD(struct thing, version, .flags = REC_READONLY, .min = 1, .max = INT64_MAX, .doc = "Moves with each change"),
    FIELD(struct thing, code, .flags = REC_REQUIRED | REC_FIXED, .max = 20, .doc = "Unique code", .example = "CHAIR"),
    FIELD(struct thing, name, .max = 40, .doc = "For people", .example = "Chair"),
    FIELD(struct thing, weight_g, .min = 0, .max = 100000, .doc = "Grams", .example = "4000"),
    FIELD(struct thing, created_at, .flags = REC_READONLY, .doc = "When it was made"),
    FIELD_AS(REC_LIST, struct thing, parts, .flags = REC_VIRTUAL | REC_READONLY, .rec = &part_rec, .doc = "Its parts"),
};
static const struct rec thing_rec = REC(struct thing, "Thing", thing_fields, "A thing of these tests");
static const struct db_table thing_table = {"thing", &thing_rec};

static enum err thing_by_code(struct ctx *cx, const char *code, struct thing *out)
{
  static const struct db_where by_code = {&thing_table, "code = $1", DB_KEYED};
  rec_init(&thing_rec, out);
  enum err err = db_select_one(cx->db, &by_code, out, DB_ARGS(TEXT(code)));
  return err == ERR_NOT_FOUND ? err_fail(cx, ERR_NOT_FOUND, "", "there is no thing %s", code) : err;
}

struct thing_plan {
  struct thing before, after;
};

static enum err emit(struct ctx *cx, const struct thing *thing, const char *topic)
{
  const struct event_draft draft = {
      .topic = topic,
      .subject_kind = "thing",
      .subject_prefix = "thg",
      .bucket = bucket_of_id(thing->id),
      .subject_id = thing->id,
      .version = thing->version,
      .personal = "{\"who\":\"Li Wei\"}",
  };
  return event_emit(cx, &draft);
}

static void result_of(struct ctx *cx, const struct thing *thing, struct act_result *out)
{
  out->rec = &thing_rec;
  out->value = arena_copy(cx->arena, thing, sizeof *thing);
  out->version = thing->version;
  out->location = arena_printf(cx->arena, "/v1/things/%s", thing->code);
}

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct thing_plan *facts = out;
  static const struct db_where by_code = {&thing_table, "code = $1", DB_KEYED};
  facts->after = *(const struct thing *)in->body;
  rec_init(&thing_rec, &facts->before);
  enum err err = db_select_one(cx->db, &by_code, &facts->before, DB_ARGS(TEXT(facts->after.code)));
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err create_decide(struct ctx *cx, const void *in, void *out)
{
  const struct thing_plan *facts = in;
  if (facts->before.code)
    return err_fail(cx, ERR_EXISTS, "/code", "there is a thing %s", facts->before.code);
  *(struct thing_plan *)out = *facts;
  return ERR_OK;
}

static enum err create_apply(struct ctx *cx, const void *in, struct act_result *out)
{
  struct thing thing = ((const struct thing_plan *)in)->after;
  thing.id = ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
  thing.version = 1;
  thing.created_at = cx->now;
  TRY(db_insert(cx->db, &thing_table, &thing));
  result_of(cx, &thing, out);
  return emit(cx, &thing, "thing.created");
}

static const struct act thing_create = {.name = "thing.create",
                                        .facts_size = sizeof(struct thing_plan),
                                        .plan_size = sizeof(struct thing_plan),
                                        .load = create_load,
                                        .decide = create_decide,
                                        .apply = create_apply};

struct change_facts {
  struct thing thing;
  struct act_input in;
};

static enum err change_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct change_facts *facts = out;
  facts->in = *in;
  return thing_by_code(cx, in->id, &facts->thing);
}

static enum err change_decide(struct ctx *cx, const void *in, void *out)
{
  const struct change_facts *facts = in;
  struct thing_plan *plan = out;
  plan->before = plan->after = facts->thing;
  if (facts->in.version != ABSENT && facts->in.version != facts->thing.version)
    return err_fail(cx, ERR_VERSION, "/name", "it is at version %lld", (long long)facts->thing.version);
  return rec_read_over(&thing_rec, facts->in.json, facts->in.json_n, "", cx->arena, &cx->fault, &plan->after);
}

static enum err change_apply(struct ctx *cx, const void *in, struct act_result *out)
{
  struct thing thing = ((const struct thing_plan *)in)->after;
  thing.version++;
  TRY(db_update(cx->db, &thing_table, &thing));
  result_of(cx, &thing, out);
  out->location = NULL;
  return emit(cx, &thing, "thing.updated");
}

static const struct act thing_change = {.name = "thing.change",
                                        .facts_size = sizeof(struct change_facts),
                                        .plan_size = sizeof(struct thing_plan),
                                        .load = change_load,
                                        .decide = change_decide,
                                        .apply = change_apply};

/* An act that holds the writer until the gate opens. */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static atomic_int at_gate;

static enum err gate_load(struct ctx *cx, const struct act_input *in, void *out)
{
  (void)cx, (void)in, (void)out;
  atomic_fetch_add(&at_gate, 1);
  pthread_mutex_lock(&gate);
  pthread_mutex_unlock(&gate);
  return ERR_OK;
}
static enum err gate_decide(struct ctx *cx, const void *in, void *out)
{
  (void)cx, (void)in, (void)out;
  return ERR_OK;
}
static enum err gate_apply(struct ctx *cx, const void *in, struct act_result *out)
{
  (void)cx, (void)in, (void)out;
  return ERR_OK;
}
static const struct act gate_act = {.name = "gate", .load = gate_load, .decide = gate_decide, .apply = gate_apply};

static enum err serve_thing(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct thing *thing = ARENA_NEW(cx->arena, struct thing);
  TRY(thing_by_code(cx, rq->id, thing));
  *out = (struct act_result){.rec = &thing_rec, .value = thing, .version = thing->version};
  return ERR_OK;
}

static enum err serve_special(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  rq->reply->body = "special";
  rq->reply->n_body = 7;
  http_header_add(cx->arena, rq->reply, "Content-Type", "text/plain");
  return ERR_OK;
}

/* A write with a step before it: api_run. */
static enum err serve_made(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct thing *thing = ARENA_NEW(cx->arena, struct thing);
  rec_init(&thing_rec, thing);
  thing->code = rq->id;
  return api_run(cx, rq, &thing_create, &(struct act_input){.body = thing, .version = ABSENT}, out);
}

static enum err fill_parts(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  struct thing *things = rows;
  for (size_t i = 0; expand[0] && i < n; i++)
    LIST_ADD(cx->arena, &things[i].parts)->name = "leg";
  return ERR_OK;
}

static enum err narrow_code(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  (void)cx;
  if (!rq->params[0].text)
    return ERR_OK;
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 1);
  args[0] = TEXT(rq->params[0].text);
  page->where = "code = $1";
  page->where_args = args;
  page->n_where_args = 1;
  return ERR_OK;
}

static const struct api_param list_params[] = {{"is", REC_TEXT, "Only the thing of this code", "CHAIR"}, {0}};
static const char *const filters[] = {"code", "weight_g", "created_at", NULL};
static const char *const sorts[] = {"created_at", "code", "weight_g", NULL};
static const char *const expands[] = {"parts", NULL};
static const struct api_list thing_list = {.table = &thing_table,
                                           .filters = filters,
                                           .sorts = sorts,
                                           .id_field = "id",
                                           .narrow = narrow_code,
                                           .fill = fill_parts,
                                           .expands = expands};
static const enum err exists[] = {ERR_EXISTS, ERR_OK};

static const struct route thing_routes[] = {
    {"GET", "/v1/things", "List things", NULL, .needs = PERM_CATALOG_READ, .reply = &thing_rec, .success = 200,
     .list = &thing_list, .params = list_params},
    {"POST", "/v1/things", "Make a thing", NULL, .needs = PERM_CATALOG_WRITE, .body = &thing_rec, .reply = &thing_rec,
     .success = 201, .act = &thing_create, .errors = exists},
    {"GET", "/v1/things/{code}", "One thing", NULL, .needs = PERM_CATALOG_READ, .reply = &thing_rec, .success = 200,
     .serve = serve_thing},
    {"GET", "/v1/things/special", "A literal path", NULL, .needs = PERM_SIGNED_IN, .success = 200,
     .serve = serve_special, .content_type = "text/plain"},
    {"PATCH", "/v1/things/{code}", "Change a thing", NULL, .needs = PERM_CATALOG_WRITE, .body = &thing_rec,
     .reply = &thing_rec, .success = 200, .act = &thing_change, .flags = ROUTE_PATCH},
    {"POST", "/v1/things/{code}/make", "Make a thing by its code alone", NULL, .needs = PERM_CATALOG_WRITE,
     .reply = &thing_rec, .success = 201, .serve = serve_made},
    {"POST", "/v1/gate", "Hold the writer", NULL, .needs = PERM_CATALOG_WRITE, .success = 204, .act = &gate_act},
    {0},
};
static const struct api_room rooms[] = {{"Things", "What is tested here", thing_routes},
                                        {"Events", "The feed", event_routes},
                                        {"System", "Health and metrics", system_routes},
                                        {"Docs", "Pages", docs_routes},
                                        {"Console", "Screens", web_routes},
                                        {0}};

/* ---- The server under test ---- */

struct shop {
  struct test *t;
  struct api *api;
  struct writer *writer;
  struct numberer *numberer; /* on PostgreSQL */
  char owner[LEASE_OWNER_TEXT];
  const char *url;
  int port;
  bool stopped;
};

static enum err authenticate(struct ctx *cx, const struct credentials *c, struct actor *out)
{
  static const struct {
    const char *bearer;
    uint64_t permissions;
  } keys[] = {
      {"all", PERMISSIONS_ALL}, {"reader", PERMISSION(PERM_CATALOG_READ)}, {"auditor", PERMISSION(PERM_EVENT_READ)}};
  for (size_t i = 0; c->bearer && i < COUNT_OF(keys); i++)
    if (strcmp(keys[i].bearer, c->bearer) == 0) {
      *out = (struct actor){ACTOR_KEY, (int64_t)i + 1, keys[i].bearer, keys[i].permissions, NULL};
      return ERR_OK;
    }
  return err_fail(cx, ERR_UNAUTHENTICATED, "", "who are you?");
}

static void shop_stop(struct shop *s)
{
  if (s->stopped)
    return;
  s->stopped = true;
  api_stop(s->api, 2000);
  writer_stop(s->writer);
  numberer_stop(s->numberer);
  api_free(s->api);
}

static void shop_close(void *arg)
{
  shop_stop(arg);
}

static const char *a_database_of_things(struct test *t)
{
  static const struct db_stmt table = {
      "CREATE TABLE thing (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, code TEXT NOT NULL UNIQUE, name TEXT,"
      " weight_g BIGINT, created_at BIGINT NOT NULL)",
      DB_SCHEMA};
  const char *url = scratch_database(t);
  struct db *db;
  struct fault fault;
  fault_init(&fault, t->arena);
  CHECK_OK(db_open(url, DB_WRITER, &fault, &db));
  db_use(db, &fault, t->arena);
  CHECK_OK(db_run(db, &table, NULL, DB_NO_ARGS));
  db_close(db);
  return url;
}

static void on_sealed(void *arg, int64_t seq)
{
  api_committed(((struct shop *)arg)->api, seq);
}

static void on_commit(void *arg, int64_t seq)
{
  if (seq == ABSENT)
    numberer_nudge(((struct shop *)arg)->numberer);
  else
    on_sealed(arg, seq);
}

/* What numbers the feed where the writer does not. */
static void start_numberer(struct shop *s, struct fault *fault)
{
  lease_owner_draw(s->owner);
  const struct numberer_config numberer = {
      .url = s->url, .clock = clock_real, .owner = s->owner, .on_sealed = on_sealed, .arg = s};
  CHECK_OK(numberer_start(&numberer, fault, &s->numberer));
}

static struct shop *shop_with(struct test *t, int queue_max)
{
  struct shop *s = ARENA_NEW(t->arena, struct shop);
  const char *url = a_database_of_things(t);
  struct fault fault;
  fault_init(&fault, t->arena);
  s->t = t;
  s->url = url;
  const struct api_config config = {.url = url,
                                    .listen = "127.0.0.1:0",
                                    .readers = 2,
                                    .rooms = rooms,
                                    .clock = clock_real,
                                    .version = "test",
                                    .password_cost = &password_cost_tests,
                                    .authenticate = authenticate};
  s->api = api_new(&config);
  const struct writer_config writer = {.url = url,
                                       .clock = clock_real,
                                       .seed = 1,
                                       .queue_max = queue_max,
                                       .lanes = queue_max ? 1 : 0, /* what one lane does not take is in the queue */
                                       .on_commit = on_commit,
                                       .arg = s};
  if (test_on_postgres())
    start_numberer(s, &fault);
  CHECK_OK(writer_start(&writer, &fault, &s->writer));
  CHECK_OK(api_start(s->api, s->writer, &fault));
  s->port = atoi(strrchr(api_address(s->api), ':') + 1);
  arena_defer(t->arena, shop_close, s);
  return s;
}

static struct shop *shop(struct test *t)
{
  return shop_with(t, 0);
}

/* ---- A client ---- */

static int dial(struct shop *s)
{
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in at = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)s->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0)
    test_failed(__FILE__, __LINE__, "connect", "refused", "connected");
  struct timeval patience = {.tv_sec = 20};
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  return fd;
}

/* "METHOD target", further header lines (each ended by \r\n) and a JSON body or NULL; signed in as key unless NULL. */
static int ask(struct shop *s, const char *line, const char *key, const char *headers, const char *body)
{
  struct buf b;
  buf_init(&b, s->t->arena);
  buf_printf(&b, "%s HTTP/1.1\r\nHost: test\r\nConnection: close\r\n%s", line, headers);
  if (key)
    buf_printf(&b, "Authorization: Bearer %s\r\n", key);
  if (body)
    buf_printf(&b, "Content-Type: application/json\r\nContent-Length: %zu\r\n", strlen(body));
  buf_printf(&b, "\r\n%s", body ? body : "");
  int fd = dial(s);
  if (send(fd, b.at, b.n, MSG_NOSIGNAL) != (ssize_t)b.n)
    test_failed(__FILE__, __LINE__, "send", "short", "whole");
  return fd;
}

struct answer {
  int status;
  const char *head, *body;
};

static struct answer hear(struct shop *s, int fd)
{
  struct buf b;
  char block[4096];
  ssize_t n;
  buf_init(&b, s->t->arena);
  while ((n = recv(fd, block, sizeof block, 0)) > 0)
    buf_add(&b, block, (size_t)n);
  close(fd);
  const char *text = buf_str(&b), *end = strstr(text, "\r\n\r\n");
  struct answer a = {.head = text, .body = ""};
  if (!end || sscanf(text, "HTTP/1.1 %d", &a.status) != 1)
    return a;
  a.head = arena_textn(s->t->arena, text, (size_t)(end - text) + 2);
  a.body = end + 4;
  return a;
}

static struct answer call_as(struct shop *s, const char *key, const char *line, const char *headers, const char *body)
{
  return hear(s, ask(s, line, key, headers, body));
}

static struct answer call(struct shop *s, const char *line, const char *body)
{
  return call_as(s, "all", line, "", body);
}

static const char *header_of(struct shop *s, const struct answer *a, const char *name)
{
  const char *at = strcasestr(a->head, arena_printf(s->t->arena, "\r\n%s: ", name));
  if (!at)
    return NULL;
  at += strlen(name) + 4;
  return arena_textn(s->t->arena, at, strcspn(at, "\r"));
}

/* The text of a member of the body, for flat checks: its string, or its bare value. */
static const char *member(struct shop *s, const char *body, const char *name)
{
  const char *at = strstr(body, arena_printf(s->t->arena, "\"%s\":", name));
  if (!at)
    return NULL;
  at += strlen(name) + 3;
  return *at == '"' ? arena_textn(s->t->arena, at + 1, strcspn(at + 1, "\""))
                    : arena_textn(s->t->arena, at, strcspn(at, ",}]"));
}

static bool has(const char *text, const char *part)
{
  return strstr(text, part);
}

static void a_thing(struct shop *s, const char *code, int weight_g)
{
  struct answer a =
      call(s, "POST /v1/things", arena_printf(s->t->arena, "{\"code\":\"%s\",\"weight_g\":%d}", code, weight_g));
  CHECK_INT(a.status, 201);
}

/* ---- Routes ---- */

TEST(a_literal_path_wins_over_a_parameter)
{
  struct shop *s = shop(t);
  CHECK_TEXT(call(s, "GET /v1/things/special", NULL).body, "special");
  CHECK_INT(call(s, "GET /v1/things/other", NULL).status, 404);
}

TEST(a_slash_at_the_end_changes_nothing)
{
  struct shop *s = shop(t);
  CHECK_INT(call(s, "GET /v1/things/", NULL).status, 200);
}

TEST(an_unknown_address_is_a_problem_document)
{
  struct shop *s = shop(t);
  struct answer a = call_as(s, NULL, "GET /v1/nothing", "X-Request-Id: abc\r\n", NULL);
  CHECK_INT(a.status, 404);
  CHECK_TEXT(header_of(s, &a, "Content-Type"), "application/problem+json");
  CHECK_TEXT(member(s, a.body, "code"), "not_found");
  CHECK_TEXT(member(s, a.body, "type"), "/docs/errors/not_found");
  CHECK(has(a.body, "/docs lists every address"));
  CHECK_TEXT(member(s, a.body, "status"), "404");
  CHECK_TEXT(member(s, a.body, "request_id"), "abc");
}

TEST(another_method_is_refused_with_those_that_work)
{
  struct shop *s = shop(t);
  struct answer a = call(s, "DELETE /v1/things/X", NULL);
  CHECK_INT(a.status, 405);
  CHECK_TEXT(header_of(s, &a, "Allow"), "GET, HEAD, PATCH, OPTIONS");
  CHECK_INT(call(s, "OPTIONS /v1/things/X", NULL).status, 204);
}

TEST(head_answers_as_get_without_a_body)
{
  struct shop *s = shop(t);
  struct answer a = call(s, "HEAD /v1/things", NULL);
  CHECK_INT(a.status, 200);
  CHECK_TEXT(a.body, "");
}

/* ---- Who may ---- */

TEST(without_a_key_nothing_is_served)
{
  struct shop *s = shop(t);
  struct answer a = call_as(s, NULL, "GET /v1/things", "", NULL);
  CHECK_INT(a.status, 401);
  CHECK(has(header_of(s, &a, "WWW-Authenticate"), "Bearer"));
  CHECK_INT(call_as(s, "wrong", "GET /v1/things", "", NULL).status, 401);
}

TEST(a_key_without_the_permission_is_refused_by_its_name)
{
  struct shop *s = shop(t);
  struct answer a = call_as(s, "reader", "POST /v1/things", "", "{\"code\":\"A\"}");
  CHECK_INT(a.status, 403);
  CHECK(has(a.body, "catalog.write"));
  CHECK_INT(call_as(s, "reader", "GET /v1/things", "", NULL).status, 200);
}

/* ---- Bodies and writes ---- */

TEST(a_body_of_another_type_is_415)
{
  struct shop *s = shop(t);
  int fd = dial(s);
  static const char text[] = "POST /v1/things HTTP/1.1\r\nHost: t\r\nConnection: close\r\nAuthorization: Bearer all\r\n"
                             "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi";
  CHECK(send(fd, text, sizeof text - 1, MSG_NOSIGNAL) > 0);
  struct answer a = hear(s, fd);
  CHECK_INT(a.status, 415);
}

TEST(all_faults_of_a_body_are_told_together)
{
  struct shop *s = shop(t);
  struct answer a = call(s, "POST /v1/things", "{\"weight_g\":-1,\"color\":\"red\",\"version\":3}");
  CHECK_INT(a.status, 422);
  CHECK(has(a.body, "\"pointer\":\"/weight_g\""));
  CHECK(has(a.body, "\"pointer\":\"/color\""));
  CHECK(has(a.body, "\"pointer\":\"/version\""));
  CHECK(has(a.body, "\"pointer\":\"/code\""));
  CHECK_INT(call(s, "POST /v1/things", "{\"code\":").status, 400);
}

TEST(a_large_body_is_read_off_the_loop_with_the_same_rules)
{
  struct shop *s = shop(t);
  char *blanks = arena_alloc(t->arena, API_LOOP_BODY_MAX + 1);
  memset(blanks, ' ', API_LOOP_BODY_MAX);
  CHECK_INT(call(s, "POST /v1/things", arena_printf(t->arena, "{%s\"code\":\"A\"}", blanks)).status, 201);
  CHECK_INT(call(s, "POST /v1/things", arena_printf(t->arena, "{%s\"code\":1}", blanks)).status, 422);
}

TEST(what_is_created_has_a_location_and_a_version)
{
  struct shop *s = shop(t);
  struct answer a = call(s, "POST /v1/things", "{\"code\":\"CHAIR\",\"name\":\"Chair\"}");
  CHECK_INT(a.status, 201);
  CHECK_TEXT(header_of(s, &a, "Location"), "/v1/things/CHAIR");
  CHECK_TEXT(header_of(s, &a, "ETag"), "\"1\"");
  CHECK_TEXT(member(s, a.body, "name"), "Chair");
  a = call(s, "GET /v1/things/CHAIR", NULL);
  CHECK_INT(a.status, 200);
  CHECK_TEXT(header_of(s, &a, "ETag"), "\"1\"");
  a = call(s, "POST /v1/things", "{\"code\":\"CHAIR\"}");
  CHECK_INT(a.status, 409);
  CHECK_TEXT(member(s, a.body, "code"), "already_exists");
}

TEST(a_stale_version_changes_nothing)
{
  struct shop *s = shop(t);
  a_thing(s, "A", 1);
  CHECK_INT(call_as(s, "all", "PATCH /v1/things/A", "If-Match: \"1\"\r\n", "{\"name\":\"one\"}").status, 200);
  struct answer a = call_as(s, "all", "PATCH /v1/things/A", "If-Match: \"1\"\r\n", "{\"name\":\"two\"}");
  CHECK_INT(a.status, 412);
  CHECK_TEXT(member(s, call(s, "GET /v1/things/A", NULL).body, "name"), "one");
  CHECK_INT(call_as(s, "all", "PATCH /v1/things/A", "If-Match: soon\r\n", "{\"name\":\"two\"}").status, 400);
  CHECK_INT(call_as(s, "all", "PATCH /v1/things/A", "If-Match: *\r\n", "{\"name\":\"two\"}").status, 200);
}

TEST(a_write_behind_a_serve_is_committed_when_it_answers)
{
  struct shop *s = shop(t);
  CHECK_INT(call(s, "POST /v1/things/MADE/make", NULL).status, 201);
  CHECK_INT(call(s, "GET /v1/things/MADE", NULL).status, 200);
  CHECK_INT(call(s, "POST /v1/things/MADE/make", "{}").status, 409);
  CHECK_INT(call(s, "POST /v1/things/OTHER/make", "{\"x\":1}").status, 422);
}

/* ---- Idempotency ---- */

static const char *without_date(struct shop *s, const char *head)
{
  struct buf b;
  buf_init(&b, s->t->arena);
  for (const char *p = head; *p; p += strcspn(p, "\n") + 1) {
    size_t n = strcspn(p, "\n") + 1;
    if (strncasecmp(p, "date:", 5) != 0 && strncasecmp(p, "idempotency-replayed:", 21) != 0 &&
        strncasecmp(p, "x-request-id:", 13) != 0)
      buf_add(&b, p, n);
  }
  return buf_str(&b);
}

TEST(a_repeat_gets_the_first_answer_byte_for_byte)
{
  struct shop *s = shop(t);
  struct answer a = call_as(s, "all", "POST /v1/things", "Idempotency-Key: k1\r\n", "{\"code\":\"A\"}");
  struct answer b = call_as(s, "all", "POST /v1/things", "Idempotency-Key: k1\r\n", "{\"code\":\"A\"}");
  CHECK_INT(a.status, 201);
  CHECK_TEXT(b.body, a.body);
  CHECK_TEXT(without_date(s, b.head), without_date(s, a.head));
  CHECK_TEXT(header_of(s, &a, "Idempotency-Replayed"), NULL);
  CHECK_TEXT(header_of(s, &b, "Idempotency-Replayed"), "true");
}

TEST(a_repeat_behind_a_serve_gets_the_first_answer_too)
{
  struct shop *s = shop(t);
  struct answer a = call_as(s, "all", "POST /v1/things/M/make", "Idempotency-Key: k1\r\n", NULL);
  struct answer b = call_as(s, "all", "POST /v1/things/M/make", "Idempotency-Key: k1\r\n", NULL);
  CHECK_INT(b.status, 201);
  CHECK_TEXT(b.body, a.body);
  CHECK_TEXT(header_of(s, &b, "Idempotency-Replayed"), "true");
}

TEST(a_key_cannot_stand_for_two_requests)
{
  struct shop *s = shop(t);
  CHECK_INT(call_as(s, "all", "POST /v1/things", "Idempotency-Key: k1\r\n", "{\"code\":\"A\"}").status, 201);
  struct answer a = call_as(s, "all", "POST /v1/things", "Idempotency-Key: k1\r\n", "{\"code\":\"B\"}");
  CHECK_INT(a.status, 422);
  CHECK_TEXT(member(s, a.body, "code"), "idempotency_key_reused");
}

TEST(a_refusal_frees_its_key)
{
  struct shop *s = shop(t);
  CHECK_INT(call_as(s, "all", "PATCH /v1/things/A", "Idempotency-Key: k1\r\n", "{\"name\":\"x\"}").status, 404);
  a_thing(s, "A", 1);
  CHECK_INT(call_as(s, "all", "PATCH /v1/things/A", "Idempotency-Key: k1\r\n", "{\"name\":\"x\"}").status, 200);
}

TEST(a_key_is_visible_ascii_of_bounded_length)
{
  struct shop *s = shop(t);
  char *line = arena_alloc(t->arena, 400);
  memset(line, 'x', 300);
  memcpy(line, "Idempotency-Key: ", 17);
  strcpy(line + 300, "\r\n");
  CHECK_INT(call_as(s, "all", "POST /v1/things", line, "{\"code\":\"A\"}").status, 422);
  CHECK_INT(call_as(s, "all", "POST /v1/things", "Idempotency-Key: a b\r\n", "{\"code\":\"A\"}").status, 422);
}

/* ---- Lists ---- */

/* The codes of a page's rows, as "A B C". */
static const char *codes(struct shop *s, const char *body)
{
  struct buf b;
  buf_init(&b, s->t->arena);
  for (const char *p = body; (p = strstr(p, "\"code\":\"")); p++)
    buf_printf(&b, "%s%.*s", b.n ? " " : "", (int)strcspn(p + 8, "\""), p + 8);
  return buf_str(&b);
}

static const char *list(struct shop *s, const char *query)
{
  return call(s, arena_printf(s->t->arena, "GET /v1/things?%s", query), NULL).body;
}

TEST(pages_follow_one_another_without_gap_or_double)
{
  struct shop *s = shop(t);
  const char *want[] = {"E D", "C B", "A"};
  const char *query = "sort=-code&limit=2";
  for (int i = 0; i < 5; i++)
    a_thing(s, (const char *[]){"A", "B", "C", "D", "E"}[i], 7); /* equal weights: ties go by id */
  for (int i = 0; i < 3; i++) {
    const char *body = list(s, query);
    CHECK_TEXT(codes(s, body), want[i]);
    query = arena_printf(t->arena, "sort=-code&limit=2&cursor=%s", member(s, body, "next_cursor"));
  }
  const char *first = list(s, "sort=weight_g&limit=3"), *second;
  query = arena_printf(t->arena, "sort=weight_g&limit=3&cursor=%s", member(s, first, "next_cursor"));
  second = list(s, query);
  const char *both = arena_printf(t->arena, "%s %s", codes(s, first), codes(s, second));
  CHECK_INT(strlen(both), strlen("A B C D E"));
  for (int i = 0; i < 5; i++)
    CHECK(strchr(both, 'A' + i));
  CHECK(has(list(s, query), "\"next_cursor\":null"));
}

TEST(a_cursor_is_good_for_its_own_order_only)
{
  struct shop *s = shop(t);
  a_thing(s, "A", 1);
  a_thing(s, "B", 1);
  const char *cursor = member(s, list(s, "sort=code&limit=1"), "next_cursor");
  CHECK_INT(call(s, arena_printf(t->arena, "GET /v1/things?sort=code&cursor=%s", cursor), NULL).status, 200);
  CHECK_INT(call(s, arena_printf(t->arena, "GET /v1/things?sort=-code&cursor=%s", cursor), NULL).status, 422);
  CHECK_INT(call(s, arena_printf(t->arena, "GET /v1/things?sort=weight_g&cursor=%s", cursor), NULL).status, 422);
  CHECK_INT(call(s, "GET /v1/things?cursor=AAAA", NULL).status, 422);
  CHECK_INT(call(s, "GET /v1/things?cursor=%2B%2B", NULL).status, 422);
}

TEST(filters_narrow_a_list)
{
  struct shop *s = shop(t);
  a_thing(s, "A", 1);
  a_thing(s, "B", 2);
  a_thing(s, "C", 3);
  CHECK_TEXT(codes(s, list(s, "sort=code&code=A,C")), "A C");
  CHECK_TEXT(codes(s, list(s, "sort=code&weight_g[gte]=2")), "B C");
  CHECK_TEXT(codes(s, list(s, "sort=code&weight_g%5Bgt%5D=1&weight_g[lt]=3")), "B");
  CHECK_TEXT(codes(s, list(s, "is=B")), "B");
  CHECK_TEXT(codes(s, list(s, "created_at[lt]=2020-01-01T00:00:00Z")), "");
  CHECK_TEXT(member(s, list(s, "weight_g[gte]=2&limit=1&count=exact"), "count"), "2");
  CHECK_TEXT(member(s, list(s, "weight_g[gte]=2&limit=1&count=estimate"), "count"), "2");
}

TEST(every_wrong_parameter_is_named)
{
  struct shop *s = shop(t);
  struct answer a =
      call(s, "GET /v1/things?colour=red&limit=1000&sort=name&weight_g=heavy&expand=wings&count=some", NULL);
  CHECK_INT(a.status, 422);
  CHECK(has(a.body, "\"pointer\":\"/query/colour\",\"code\":\"unknown_parameter\""));
  CHECK(has(a.body, "/query/limit"));
  CHECK(has(a.body, "/query/sort"));
  CHECK(has(a.body, "/query/weight_g"));
  CHECK(has(a.body, "/query/expand"));
  CHECK(has(a.body, "/query/count"));
  CHECK_INT(call(s, "GET /v1/things/special?x=1", NULL).status, 422);
}

TEST(no_query_breaks_a_list)
{
  static const char *const names[] = {"cursor",        "sort",           "limit", "code",
                                      "weight_g[gte]", "created_at[lt]", "is",    "expand"};
  static const char *const pieces[] = {"code",
                                       "-",
                                       "i9",
                                       "%00",
                                       "%0A",
                                       ",",
                                       "AAAA",
                                       "_-",
                                       "9223372036854775808",
                                       "%ff",
                                       "2026-01-01T00:00:00Z",
                                       "%27",
                                       "[",
                                       "\\",
                                       "=",
                                       "z9Z9z9Z9z9Z9z9Z9z9Z9z9Z9z9Z9"};
  struct shop *s = shop(t);
  uint64_t random = 7;
  a_thing(s, "A", 1);
  for (int i = 0; i < 300; i++) {
    struct buf line;
    buf_init(&line, t->arena);
    buf_text(&line, "GET /v1/things?");
    for (int k = 0; k < 3; k++) {
      random = hash_mix(random, 1);
      buf_printf(&line, "%s=%s%s%s", names[random % COUNT_OF(names)], pieces[random / 8 % COUNT_OF(pieces)],
                 pieces[random / 128 % COUNT_OF(pieces)], k < 2 ? "&" : "");
    }
    int status = call(s, buf_str(&line), NULL).status;
    CHECK(status == 200 || status == 400 || status == 422);
  }
}

TEST(nested_lists_come_when_they_are_asked_for)
{
  struct shop *s = shop(t);
  a_thing(s, "A", 1);
  CHECK(!has(list(s, ""), "\"parts\""));
  CHECK(has(list(s, "expand=parts"), "\"parts\":[{\"name\":\"leg\"}]"));
}

static int64_t count_lines(const char *text)
{
  int64_t n = 0;
  while ((text = strchr(text, '\n'))) {
    text++;
    n++;
  }
  return n;
}

TEST(a_list_is_exported_as_csv_over_all_its_pages)
{
  struct shop *s = shop(t);
  for (int i = 0; i < 60; i++)
    a_thing(s, arena_printf(t->arena, "T%02d", i), i);
  struct answer a = call_as(s, "all", "GET /v1/things?sort=code&weight_g[gte]=5", "Accept: text/csv\r\n", NULL);
  CHECK_INT(a.status, 200);
  CHECK_TEXT(header_of(s, &a, "Content-Type"), "text/csv; charset=utf-8");
  CHECK_TEXT(header_of(s, &a, "Link"), NULL);
  CHECK_INT(count_lines(a.body), 56);
  CHECK(has(a.body, "T59"));
  CHECK(!has(a.body, "T04"));
}

/* Makes n things at once, as no client could in the time of a test. */
static void many_things(struct shop *s, int64_t n)
{
  static const struct db_stmt make = {
      "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < $1)"
      " INSERT INTO thing (id, version, code, created_at) SELECT i, 1, 'N' || i, i FROM c",
      DB_SCHEMA};
  struct db *db;
  struct fault fault;
  fault_init(&fault, s->t->arena);
  CHECK_OK(db_open(s->url, DB_WRITER, &fault, &db));
  db_use(db, &fault, s->t->arena);
  CHECK_OK(db_run(db, &make, NULL, DB_ARGS(I64(n))));
  db_close(db);
}

TEST(an_export_beyond_its_limit_says_where_it_goes_on)
{
  struct shop *s = shop(t);
  many_things(s, API_EXPORT_ROWS_MAX + 2);
  struct answer a = call_as(s, "all", "GET /v1/things?sort=created_at&limit=7", "Accept: text/csv\r\n", NULL);
  CHECK_INT(count_lines(a.body), API_EXPORT_ROWS_MAX + 1);
  const char *link = header_of(s, &a, "Link"), *end = link ? strchr(link, '>') : NULL;
  CHECK(end && has(end, "rel=\"next\""));
  const char *line = arena_printf(t->arena, "GET %.*s", (int)(end - link - 1), link + 1);
  a = call_as(s, "all", line, "Accept: text/csv\r\n", NULL);
  CHECK_INT(count_lines(a.body), 3);
  CHECK(has(a.body, arena_printf(t->arena, "N%d,", API_EXPORT_ROWS_MAX + 2)));
  CHECK_TEXT(header_of(s, &a, "Link"), NULL);
}

/* ---- The feed ---- */

/* On PostgreSQL an event has its number a moment after its act was answered. */
static void wait_for_numbers(struct shop *s)
{
  static const struct db_stmt waiting = {"SELECT count(*) FROM feed_pending", DB_REPORT};
  int64_t n = 1;
  struct fault fault;
  struct db *db = NULL;
  fault_init(&fault, s->t->arena);
  CHECK_OK(db_open(s->url, DB_READER, &fault, &db));
  for (int tries = 0; n && tries < 500; tries++) {
    CHECK_OK(db_one_i64(db, &waiting, &n, DB_NO_ARGS));
    usleep(n ? 10 * 1000 : 0);
  }
  db_close(db);
}

TEST(the_feed_gives_every_event_once_in_order)
{
  struct shop *s = shop(t);
  a_thing(s, "A", 1);
  CHECK_INT(call(s, "PATCH /v1/things/A", "{\"name\":\"x\"}").status, 200);
  wait_for_numbers(s);
  const char *body = call(s, "GET /v1/events?limit=1", NULL).body;
  CHECK_TEXT(member(s, body, "topic"), "thing.created");
  const char *cursor = member(s, body, "next_cursor");
  body = call(s, arena_printf(t->arena, "GET /v1/events?after=%s", cursor), NULL).body;
  CHECK_TEXT(member(s, body, "topic"), "thing.updated");
  CHECK(!has(body, "thing.created"));
  CHECK(has(call(s, "GET /v1/events?after=latest", NULL).body, "\"data\":[]"));
  CHECK(!has(call(s, "GET /v1/events?topic=thing.updated,order.*", NULL).body, "thing.created"));
  CHECK_INT(call(s, "GET /v1/events?after=x", NULL).status, 422);
  CHECK_INT(call(s, "GET /v1/events?wait=31", NULL).status, 422);
}

TEST(personal_data_of_events_need_their_own_permission)
{
  struct shop *s = shop(t);
  a_thing(s, "A", 1);
  wait_for_numbers(s);
  CHECK(has(call(s, "GET /v1/events", NULL).body, "Li Wei"));
  struct answer a = call_as(s, "auditor", "GET /v1/events", "", NULL);
  CHECK(has(a.body, "thing.created"));
  CHECK(!has(a.body, "Li Wei"));
}

TEST(a_long_poll_wakes_when_something_is_committed)
{
  struct shop *s = shop(t);
  int64_t begun = api_now_us();
  int fd = ask(s, "GET /v1/events?after=latest&wait=15", "all", "", NULL);
  usleep(100 * 1000);
  a_thing(s, "A", 1);
  struct answer a = hear(s, fd);
  CHECK_INT(a.status, 200);
  CHECK(has(a.body, "thing.created"));
  CHECK(api_now_us() - begun < 5 * 1000000);
}

TEST(a_long_poll_for_another_topic_waits_on_and_moves_its_cursor)
{
  struct shop *s = shop(t);
  int fd = ask(s, "GET /v1/events?wait=1&topic=order.*", "all", "", NULL);
  a_thing(s, "A", 1);
  struct answer a = hear(s, fd);
  CHECK(has(a.body, "\"data\":[]"));
  CHECK_TEXT(member(s, a.body, "next_cursor"), "1");
}

/* Reads from a stream until what came holds part. */
static const char *hear_until(struct shop *s, int fd, const char *part)
{
  struct buf b;
  char block[4096];
  ssize_t n;
  buf_init(&b, s->t->arena);
  while (!has(buf_str(&b), part) && (n = recv(fd, block, sizeof block, 0)) > 0)
    buf_add(&b, block, (size_t)n);
  return buf_str(&b);
}

TEST(a_stream_goes_on_after_the_last_event_its_reader_has)
{
  struct shop *s = shop(t);
  a_thing(s, "A", 1);
  a_thing(s, "B", 1);
  int fd = ask(s, "GET /v1/events/stream", "all", "Last-Event-ID: 1\r\n", NULL);
  const char *text = hear_until(s, fd, "\"cursor\":2");
  CHECK(has(text, "text/event-stream"));
  CHECK(has(text, "id: 2\nevent: thing.created\ndata: {\"cursor\":2"));
  CHECK(!has(text, "id: 1\n"));
  a_thing(s, "C", 1);
  CHECK(has(hear_until(s, fd, "\"cursor\":3"), "id: 3\nevent: thing.created"));
  close(fd);
}

TEST(a_stream_cannot_be_asked_for_its_head_alone)
{
  struct shop *s = shop(t);
  CHECK_INT(call(s, "HEAD /v1/events/stream", NULL).status, 405);
  CHECK_INT(call(s, "HEAD /v1/events", NULL).status, 200);
}

TEST(a_stream_of_the_latest_begins_with_what_comes_next)
{
  struct shop *s = shop(t);
  a_thing(s, "A", 1);
  int fd = ask(s, "GET /v1/events/stream?topic=thing.updated&after=latest", "auditor", "", NULL);
  CHECK(has(hear_until(s, fd, "retry"), "retry: 2000"));
  a_thing(s, "B", 1);
  CHECK_INT(call(s, "PATCH /v1/things/B", "{\"name\":\"x\"}").status, 200);
  const char *text = hear_until(s, fd, "\"cursor\":3");
  CHECK(has(text, "thing.updated"));
  CHECK(!has(text, "thing.created"));
  CHECK(!has(text, "Li Wei"));
  close(fd);
}

TEST(stopping_answers_polls_and_ends_streams)
{
  struct shop *s = shop(t);
  int poll = ask(s, "GET /v1/events?wait=30", "all", "", NULL);
  int stream = ask(s, "GET /v1/events/stream", "all", "", NULL);
  CHECK(has(hear_until(s, stream, "retry"), "retry"));
  usleep(100 * 1000);
  int64_t begun = api_now_us();
  shop_stop(s);
  CHECK(api_now_us() - begun < 5 * 1000000);
  CHECK_INT(hear(s, poll).status, 200);
  close(stream);
}

TEST(a_server_that_cannot_listen_says_so_and_leaves_nothing_behind)
{
  struct shop *s = shop(t);
  struct fault fault;
  const char *url = a_database_of_things(t);
  fault_init(&fault, t->arena);
  const struct api_config config = {
      .url = url, .listen = api_address(s->api), .rooms = rooms, .password_cost = &password_cost_tests};
  struct api *second = api_new(&config);
  CHECK(api_start(second, s->writer, &fault) != ERR_OK);
  CHECK(fault.detail);
  api_stop(second, 100);
  api_free(second);
}

/* ---- Overload ---- */

TEST(a_full_queue_is_answered_at_once_with_retry_after)
{
  struct shop *s = shop_with(t, 2);
  int fds[8], n = 0, busy = 0;
  atomic_store(&at_gate, 0);
  pthread_mutex_lock(&gate);
  fds[n++] = ask(s, "POST /v1/gate", "all", "", NULL);
  while (!atomic_load(&at_gate))
    usleep(1000);
  while (n < 3) /* the writer is at the gate; these two wait */
    fds[n++] = ask(s, "POST /v1/gate", "all", "", NULL);
  usleep(100 * 1000);
  struct answer a = call(s, "POST /v1/gate", NULL);
  busy = a.status;
  const char *retry = header_of(s, &a, "Retry-After");
  pthread_mutex_unlock(&gate);
  while (n)
    CHECK_INT(hear(s, fds[--n]).status, 204);
  CHECK_INT(busy, 503);
  CHECK_TEXT(retry, "1");
  CHECK_TEXT(member(s, a.body, "code"), "busy");
}

/* ---- Documents and operations ---- */

TEST(the_openapi_document_is_json_and_knows_every_route)
{
  struct shop *s = shop(t);
  struct answer a = call_as(s, NULL, "GET /v1/openapi.json", "", NULL);
  CHECK_INT(a.status, 200);
  struct json j;
  json_init(&j, a.body, strlen(a.body), t->arena);
  const char *value;
  size_t n;
  CHECK(json_skip(&j, &value, &n));
  for (const struct route *r = thing_routes; r->method; r++)
    CHECK(has(a.body, arena_printf(t->arena, "\"%s\":{", r->path)));
  CHECK(has(a.body, "\"operationId\":\"patchThingsByCode\""));
  const char *etag = header_of(s, &a, "ETag");
  a = call_as(s, NULL, "GET /v1/openapi.json", arena_printf(t->arena, "If-None-Match: %s\r\n", etag), NULL);
  CHECK_INT(a.status, 304);
}

TEST(every_error_code_has_a_page)
{
  struct shop *s = shop(t);
  for (enum err code = 1; code < ERR_COUNT; code++) {
    struct answer a = call_as(s, NULL, arena_printf(t->arena, "GET /docs/errors/%s", err_info(code)->slug), "", NULL);
    CHECK_INT(a.status, 200);
    CHECK(!has(a.body, "(null)"));
  }
  CHECK_INT(call_as(s, NULL, "GET /docs/errors/none", "", NULL).status, 404);
  CHECK_INT(call_as(s, NULL, "GET /docs/errors", "", NULL).status, 200);
}

TEST(the_reference_is_served_from_the_program_alone)
{
  struct shop *s = shop(t);
  struct answer a = call_as(s, NULL, "GET /docs", "", NULL);
  CHECK_INT(a.status, 200);
  CHECK(has(a.body, "/docs/swagger-ui-bundle.js"));
  CHECK(!has(a.body, "https://"));
  CHECK(has(header_of(s, &a, "Content-Security-Policy"), "default-src 'none'"));
  CHECK_INT(call_as(s, NULL, "GET /docs/swagger-ui-bundle.js", "Accept-Encoding: gzip\r\n", NULL).status, 200);
  CHECK_INT(call_as(s, NULL, "GET /docs/secret.js", "", NULL).status, 404);
}

TEST(metrics_are_for_this_machine_and_for_those_who_may)
{
  struct shop *s = shop(t);
  CHECK_INT(call(s, "GET /v1/things", NULL).status, 200);
  struct answer a = call_as(s, NULL, "GET /metrics", "", NULL);
  CHECK_INT(a.status, 200);
  CHECK(has(a.body, "ordo_requests_total{method=\"GET\",route=\"/v1/things\",class=\"2xx\"} 1\n"));
  CHECK(has(a.body, "ordo_request_seconds_count{method=\"GET\",route=\"/v1/things\"} 1\n"));
  CHECK_INT(call_as(s, NULL, "GET /metrics", "X-Forwarded-For: 203.0.113.7\r\n", NULL).status, 401);
  CHECK_INT(call_as(s, "reader", "GET /metrics", "X-Forwarded-For: 203.0.113.7\r\n", NULL).status, 403);
  CHECK_INT(call_as(s, "all", "GET /metrics", "X-Forwarded-For: 203.0.113.7\r\n", NULL).status, 200);
}

TEST(a_server_that_runs_is_healthy_and_ready)
{
  struct shop *s = shop(t);
  CHECK_TEXT(call_as(s, NULL, "GET /healthz", "", NULL).body, "{\"status\":\"ok\"}");
  CHECK_TEXT(call_as(s, NULL, "GET /readyz", "", NULL).body, "{\"status\":\"ready\"}");
}
