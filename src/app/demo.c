/* The demo company: its masters come from demo/retail.jsonl, then it lives a month. Everything goes through the same acts
 * as the API, on a clock that begins thirty days ago, so that the demo's ledger, timeline and check are as true as any. */
#include "app.h"

#include "demo_files.h"

#include "carriers.h"
#include "channels.h"
#include "company.h"
#include "fulfillment.h"
#include "identity.h"
#include "intake.h"
#include "orders.h"
#include "payments.h"
#include "settings.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DAYS = 30, STEP_ARENA_BUDGET = 16 << 20, PASSWORD_LETTERS = 14 };

struct demo {
  const char *currency;  /* of its orders */
  bool guest;            /* in a company that somebody has set up: what is there already stays as it is */
  atomic_bool *stopping; /* NULL = runs to its end */
  struct writer *writer;
  struct instant now; /* the writer reads it: the demo's clock */
  struct arena *arena;
  uint64_t random;
  int64_t orders, refused;
};

/* ---- Doing ---- */

static bool read_body(struct demo *d, const struct rec *rec, const char *json, size_t n, void **out)
{
  struct fault f;
  fault_init(&f, d->arena);
  *out = arena_alloc(d->arena, rec->size);
  rec_init(rec, *out);
  if (rec_read(rec, json, n, "", d->arena, &f, *out) == ERR_OK)
    return true;
  failed("demo: %s: %s", f.n ? f.entries[0].pointer : "", f.detail);
  return false;
}

/* Runs an act as the demo's clerk; the record it answered, or NULL when it was refused (the reason is in *out_fault). */
static const void *run_input(struct demo *d, const struct act *act, struct act_input in, struct fault *out_fault)
{
  struct act_call call = {.act = act,
                          .in = in,
                          .arena = d->arena,
                          .actor = {ACTOR_SYSTEM, 0, "demo", PERMISSIONS_ALL, NULL},
                          .success = 200,
                          .deadline = INSTANT(ABSENT)};
  enum err err = writer_run(d->writer, &call);
  if (out_fault)
    *out_fault = call.fault;
  return err == ERR_OK ? call.result.value : NULL;
}

static const void *run(struct demo *d, const struct act *act, const char *id, const void *body, struct fault *out_fault)
{
  return run_input(d, act, (struct act_input){.id = id, .body = body, .version = ABSENT}, out_fault);
}

static const void *run_json(struct demo *d, const struct act *act, const struct rec *rec, const char *id,
                            const char *json)
{
  void *body;
  return read_body(d, rec, json, strlen(json), &body) ? run(d, act, id, body, NULL) : NULL;
}

/* ---- Masters ---- */

static const struct {
  const char *what;
  const struct act *act;
  const struct rec *rec;
} steps[] = {
    {"tax_rate", &tax_rate_create_act, &tax_rate_rec}, {"product", &product_create_act, &product_rec},
    {"location", &location_create_act, &location_rec}, {"carrier", &carrier_create_act, &carrier_rec},
    {"channel", &channel_create_act, &channel_rec},    {"customer", &customer_add_act, &customer_rec},
    {"stock", &stock_adjust_act, &adjustment_rec},     {"safety", &stock_safety_act, &stock_safety_rec},
};

struct step {
  const char *what, *body;
};
static const struct rec_field step_fields[] = {
    {.name = "do", .offset = offsetof(struct step, what), .kind = REC_TEXT, .flags = REC_REQUIRED},
    FIELD_AS(REC_JSON, struct step, body, .flags = REC_REQUIRED),
};
static const struct rec step_rec = REC(struct step, "DemoStep", step_fields, "A line of demo/retail.jsonl");

struct setting_step {
  const char *key, *value;
};
static const struct rec_field setting_step_fields[] = {
    FIELD(struct setting_step, key, .flags = REC_REQUIRED),
    FIELD(struct setting_step, value, .flags = REC_REQUIRED),
};
static const struct rec setting_step_rec = REC(struct setting_step, "DemoSetting", setting_step_fields, "A setting");

static bool do_setting(struct demo *d, const char *json)
{
  void *body;
  if (!read_body(d, &setting_step_rec, json, strlen(json), &body))
    return false;
  const struct setting_step *s = body;
  struct setting_input input = {s->value};
  return run(d, &setting_change_act, s->key, &input, NULL) != NULL;
}

/* A fresh database has the channel `web`; the demo says how its orders are sourced. */
static bool do_web(struct demo *d, const char *json)
{
  struct fault f;
  struct act_input in = {.id = "web", .json = json, .json_n = strlen(json), .version = ABSENT};
  if (run_input(d, &channel_update_act, in, &f))
    return true;
  failed("demo: the web channel refused: %s", f.detail);
  return false;
}

/* A guest keeps the names and codes that the company has given. */
static bool is_fine(const struct demo *d, const struct fault *f)
{
  return d->guest && f->code == ERR_EXISTS;
}

static bool do_step(struct demo *d, const char *line, size_t n)
{
  void *value, *body;
  struct fault f;
  if (!read_body(d, &step_rec, line, n, &value))
    return false;
  const struct step *s = value;
  if (strcmp(s->what, "setting") == 0)
    return d->guest || do_setting(d, s->body);
  if (strcmp(s->what, "web") == 0)
    return do_web(d, s->body);
  for (size_t i = 0; i < COUNT_OF(steps); i++) {
    if (strcmp(steps[i].what, s->what) != 0)
      continue;
    if (!read_body(d, steps[i].rec, s->body, strlen(s->body), &body))
      return false;
    if (run(d, steps[i].act, NULL, body, &f) || is_fine(d, &f))
      return true;
    failed("demo: %s refused: %s", s->what, f.detail);
    return false;
  }
  failed("demo: nobody knows how to do %s", s->what);
  return false;
}

static bool is_stopping(const struct demo *d)
{
  return d->stopping && atomic_load(d->stopping);
}

static bool do_masters(struct demo *d)
{
  const char *at = (const char *)demo_files[0].bytes, *end = at + demo_files[0].n;
  while (at < end && !is_stopping(d)) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    size_t n = newline ? (size_t)(newline - at) : (size_t)(end - at);
    if (n && !do_step(d, at, n))
      return false;
    at += n + 1;
    arena_reset(d->arena);
  }
  return true;
}

/* ---- A month of orders ---- */

static int64_t draw(struct demo *d, int64_t below)
{
  d->random = d->random * 6364136223846793005ULL + 1442695040888963407ULL;
  return (int64_t)((d->random >> 33) % (uint64_t)below);
}

/* The customers of the file, the tax of shipping where they live, and where that is; the orders send to these. */
static const struct {
  const char *tax_rate, *json;
} addresses[] = {
    {"0.13", "{\"name\":\"Li Wei\",\"line1\":\"1 Nanjing E "
             "Rd\",\"city\":\"Shanghai\",\"region\":\"SH\",\"postal_code\":\"200000\",\"country\":\"CN\",\"latitude\":"
             "31.23,\"longitude\":121.47}"},
    {"0.05", "{\"name\":\"Chen Mei-ling\",\"line1\":\"2 Ren'ai Rd Sec "
             "4\",\"city\":\"Taipei\",\"region\":\"TPE\",\"postal_code\":\"106\",\"country\":\"TW\",\"latitude\":25.03,"
             "\"longitude\":121.55}"},
    {"0.08",
     "{\"name\":\"Ann Baker\",\"line1\":\"15 Astor Pl\",\"city\":\"New "
     "York\",\"region\":\"NY\",\"postal_code\":\"10003\",\"country\":\"US\",\"latitude\":40.73,\"longitude\":-73.99}"},
    {"0.08", "{\"name\":\"Bob Carter\",\"line1\":\"401 Ocean Ave\",\"city\":\"Santa "
             "Monica\",\"region\":\"CA\",\"postal_code\":\"90401\",\"country\":\"US\",\"latitude\":34.01,\"longitude\":"
             "-118.5}"},
    {"0.08", "{\"name\":\"Carla Diaz\",\"line1\":\"12 Flagler "
             "St\",\"city\":\"Miami\",\"region\":\"FL\",\"postal_code\":\"33130\",\"country\":\"US\",\"latitude\":25."
             "77,\"longitude\":-80.2}"},
    {"0.08", "{\"name\":\"David Evans\",\"line1\":\"600 Pine "
             "St\",\"city\":\"Seattle\",\"region\":\"WA\",\"postal_code\":\"98101\",\"country\":\"US\",\"latitude\":47."
             "61,\"longitude\":-122.33}"},
    {"0.19", "{\"name\":\"Eva Fischer\",\"line1\":\"Unter den Linden "
             "7\",\"city\":\"Berlin\",\"region\":\"BE\",\"postal_code\":\"10117\",\"country\":\"DE\",\"latitude\":52."
             "52,\"longitude\":13.39}"},
};
static const char *const skus[] = {"TEE-S",    "TEE-M",  "MUG-BLUE",   "MUG-RED", "LANTERN",    "CANDLE-3",
                                   "CUSHION",  "TEAPOT", "TEA-OOLONG", "BOWL",    "CHOPSTICKS", "APRON",
                                   "BOOK-TEA", "TOTE",   "UMBRELLA",   "KNIFE"};

enum fate {
  FATE_DELIVERED,
  FATE_SHIPPED,
  FATE_PACKED,
  FATE_PICKED,
  FATE_OPEN,
  FATE_CANCELLED,
  FATE_PART_CANCELLED,
  FATE_HELD,
  FATE_UNPAID,
  FATE_COD,
  FATE_RETURNING,
  FATE_DRAFT,
  FATE_PHONE,
  FATE_SHORT,
  FATE_PICKUP
};

static const char *order_json(struct demo *d, enum fate fate, int64_t n)
{
  struct buf b;
  int64_t who = draw(d, (int64_t)COUNT_OF(addresses)), lines = 1 + draw(d, 3);
  buf_init(&b, d->arena);
  buf_printf(&b, "{\"channel\":\"%s\",\"external_id\":\"demo-%lld\",\"currency\":\"%s\",\"prices_include_tax\":true",
             fate == FATE_PHONE   ? "phone"
             : fate == FATE_SHORT ? "market"
                                  : "web",
             (long long)n, d->currency);
  buf_printf(&b, ",\"customer\":{\"external_id\":\"c-%02lld\"},\"shipping_address\":%s", (long long)who + 1,
             addresses[who].json);
  buf_text(&b, ",\"lines\":[");
  for (int64_t i = 0; i < lines; i++)
    buf_printf(&b, "%s{\"sku\":\"%s\",\"quantity\":%lld}", i ? "," : "",
               fate == FATE_SHORT && i == 0 ? "THROW" : skus[(draw(d, 5) * 3 + i) % (int64_t)COUNT_OF(skus)],
               (long long)(fate == FATE_SHORT && i == 0 ? 40 : 1 + draw(d, 3)));
  if (draw(d, 6) == 0)
    buf_printf(&b, ",{\"sku\":\"GIFT-WRAP\",\"quantity\":1,\"kind\":\"service\",\"parent_line\":1}");
  buf_printf(&b, "],\"charges\":[{\"kind\":\"shipping\",\"amount\":590,\"tax_rate\":\"%s\"}]", addresses[who].tax_rate);
  if (fate == FATE_COD)
    buf_text(&b, ",\"payment_terms\":\"cod\"");
  if (fate == FATE_HELD)
    buf_text(&b, ",\"expected_total\":1");
  if (fate == FATE_DRAFT)
    buf_text(&b, ",\"draft\":true");
  if (fate == FATE_PICKUP)
    buf_text(&b, ",\"delivery\":{\"type\":\"pickup\",\"location\":\"SOHO\"}");
  if (draw(d, 8) == 0)
    buf_text(&b, ",\"tags\":[\"vip\"]");
  buf_text(&b, "}");
  return buf_str(&b);
}

/* The total is known only after placing, so the money comes right behind, as it does from a shop's checkout. */
static void pay(struct demo *d, const struct order *o, const char *id)
{
  if (o->totals.due.minor > 0)
    run_json(d, &payment_add_act, &payment_input_rec, id,
             arena_printf(d->arena,
                          "{\"provider\":\"card\",\"kind\":\"capture\",\"amount\":%lld,\"reference\":\"ch_%s\"}",
                          (long long)o->totals.due.minor, o->external_id));
}

static const char *id_of(struct demo *d, const char *prefix, int64_t id)
{
  char text[ID_TEXT];
  id_format(prefix, id, text);
  return arena_text(d->arena, text);
}

static void track(struct demo *d, const struct parcel *p, const char *status, int64_t after_hours, const char *place)
{
  char at[INSTANT_TEXT];
  instant_format(INSTANT(d->now.ms + after_hours * HOUR_MS), at);
  run_json(d, &parcel_track_act, &tracking_event_rec, id_of(d, PREFIX_parcel, p->id.v),
           arena_printf(d->arena, "{\"status\":\"%s\",\"occurred_at\":\"%s\",\"place\":\"%s\"}", status, at, place));
}

/* Work takes its time, so that reports have some to tell; orders are 20 minutes apart. */
static void work_for(struct demo *d, int64_t minutes)
{
  d->now.ms += minutes * MINUTE_MS;
}

/* Picks, packs and ships the order's fulfillments as far as its fate goes. */
static void fulfill(struct demo *d, const struct order *o, enum fate fate)
{
  EACH (const struct fulfillment, made, &o->fulfillments) {
    const char *id = id_of(d, PREFIX_fulfillment, made->id.v);
    work_for(d, 1 + d->orders % 4);
    const struct fulfillment *f = run_json(d, &fulfillment_pick_act, &pick_rec, id, "{}");
    if (!f || fate == FATE_PICKED)
      continue;
    work_for(d, 1);
    f = run_json(d, &fulfillment_pack_act, &pack_rec, id, "{}");
    if (!f || fate == FATE_PACKED)
      continue;
    if (fate == FATE_PICKUP) {
      run_json(d, &fulfillment_ready_act, &reason_maybe_rec, id, "{}");
      continue;
    }
    work_for(d, 1);
    f = run_json(d, &fulfillment_ship_act, &ship_rec, id, "{}");
    if (!f)
      continue;
    EACH (const struct parcel, p, &f->parcels) {
      track(d, p, "in_transit", 6, "sorting center");
      if (fate == FATE_DELIVERED || fate == FATE_COD) {
        track(d, p, "out_for_delivery", 60, "local depot");
        track(d, p, "delivered", 66, "front door");
      } else if (fate == FATE_RETURNING) {
        track(d, p, "failure", 60, "local depot");
        track(d, p, "return_to_sender", 90, "local depot");
      }
    }
  }
}

static void live_through(struct demo *d, enum fate fate, int64_t n)
{
  void *body;
  struct fault f;
  const char *json = order_json(d, fate, n);
  if (!read_body(d, &order_input_rec, json, strlen(json), &body))
    return;
  const struct order *o = run(d, &order_place_act, NULL, body, &f);
  if (!o) {
    d->refused++;
    return;
  }
  d->orders++;
  const char *id = id_of(d, PREFIX_order, o->id.v);
  if (fate != FATE_UNPAID && fate != FATE_COD && fate != FATE_DRAFT && fate != FATE_PHONE)
    pay(d, o, id);
  if (fate <= FATE_PICKED || fate == FATE_COD || fate == FATE_RETURNING || fate == FATE_PICKUP)
    fulfill(d, o, fate);
  if (fate == FATE_CANCELLED)
    run_json(d, &order_cancel_act, &cancel_rec, id, "{\"reason\":\"customer changed their mind\"}");
  if (fate == FATE_PART_CANCELLED)
    run_json(d, &order_cancel_act, &cancel_rec, id,
             "{\"lines\":[{\"line\":1,\"quantity\":1}],\"reason\":\"one too many\"}");
}

/* What becomes of an order placed so many days ago: old ones are mostly delivered, fresh ones are in work. */
static enum fate fate_of(struct demo *d, int64_t days_ago)
{
  static const enum fate rare[] = {FATE_CANCELLED, FATE_PART_CANCELLED, FATE_HELD,  FATE_UNPAID, FATE_COD,
                                   FATE_RETURNING, FATE_DRAFT,          FATE_PHONE, FATE_SHORT,  FATE_PICKUP};
  static const enum fate fresh[] = {FATE_SHIPPED, FATE_SHIPPED, FATE_PACKED, FATE_PICKED, FATE_OPEN, FATE_OPEN};
  if (draw(d, 4) == 0)
    return rare[draw(d, (int64_t)COUNT_OF(rare))];
  return days_ago > 4 ? FATE_DELIVERED : fresh[draw(d, (int64_t)COUNT_OF(fresh))];
}

static void live_a_month(struct demo *d, struct instant today)
{
  int64_t n = 1000;
  for (int64_t day = DAYS; day >= 0; day--) {
    int64_t orders = 4 + draw(d, 6);
    for (int64_t i = 0; i < orders && !is_stopping(d); i++) {
      struct instant at = INSTANT(today.ms - day * DAY_MS - (orders - i) * 20 * MINUTE_MS);
      d->now = at;
      live_through(d, fate_of(d, day), n++);
      arena_reset(d->arena);
    }
  }
}

/* Two orders that nobody paid: the setting is switched on for them alone. */
static void let_expire(struct demo *d, struct instant today)
{
  struct setting_input hour = {"60"}, never = {"0"};
  const char *key = setting_info(SETTING_ORDER_EXPIRE_MINUTES)->key;
  run(d, &setting_change_act, key, &hour, NULL);
  for (int64_t n = 1; n <= 2; n++) {
    void *body;
    const char *json = order_json(d, FATE_UNPAID, 900 + n);
    d->now = INSTANT(today.ms - 5 * HOUR_MS);
    const struct order *o =
        read_body(d, &order_input_rec, json, strlen(json), &body) ? run(d, &order_place_act, NULL, body, NULL) : NULL;
    d->now = INSTANT(today.ms - 3 * HOUR_MS);
    if (o)
      run(d, &order_expire_act, id_of(d, PREFIX_order, o->id.v), NULL, NULL);
    arena_reset(d->arena);
  }
  run(d, &setting_change_act, key, &never, NULL);
}

/* ---- The command ---- */

static struct instant demo_now(void *arg)
{
  return ((struct demo *)arg)->now;
}

/* An owner whom nobody could guess; the password is shown once. */
static bool add_owner(struct demo *d, char password[PASSWORD_LETTERS + 1])
{
  static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";
  unsigned char random[PASSWORD_LETTERS];
  int f = open("/dev/urandom", O_RDONLY | O_CLOEXEC);
  bool fine = f >= 0 && read(f, random, sizeof random) == (ssize_t)sizeof random;
  if (f >= 0)
    close(f);
  for (int i = 0; fine && i < PASSWORD_LETTERS; i++)
    password[i] = letters[random[i] % (sizeof letters - 1)];
  password[PASSWORD_LETTERS] = 0;
  struct user_input input;
  struct ctx cx;
  struct identity *identity = identity_new(NULL);
  ctx_init(&cx, d->arena, NULL, d->now);
  rec_init(&user_input_rec, &input);
  input.login = input.name = "demo";
  input.password = password;
  *LIST_ADD(d->arena, &input.roles) = "owner";
  fine = fine &&
         identity_password_hash(&cx, identity, input.login, password, "/password", &input.password_hash) == ERR_OK &&
         run(d, &user_add_act, NULL, &input, NULL) != NULL;
  identity_free(identity);
  return fine;
}

static bool fill(const char *url, char password[PASSWORD_LETTERS + 1])
{
  struct demo d = {.currency = "USD", .arena = arena_new(STEP_ARENA_BUDGET), .random = 20260105};
  struct arena *a = arena_new(1 << 20);
  struct fault f;
  struct instant today = clock_real.now(NULL);
  struct writer_config config = {.url = url, .clock = {demo_now, &d}};
  d.now = INSTANT(today.ms - (DAYS + 2) * DAY_MS);
  fault_init(&f, a);
  bool fine = writer_start(&config, &f, &d.writer) == ERR_OK;
  if (!fine)
    failed("%s", f.detail);
  fine = fine && do_masters(&d);
  if (fine)
    live_a_month(&d, today);
  if (fine)
    let_expire(&d, today);
  d.now = today;
  fine = fine && add_owner(&d, password);
  writer_stop(d.writer);
  if (fine)
    fprintf(stderr, "demo company filled: %lld orders, %lld refused for want of stock\n", (long long)d.orders,
            (long long)d.refused);
  arena_free(d.arena);
  arena_free(a);
  return fine;
}

/* ---- The demo as a guest, beside the running server ---- */

struct demo_guest {
  pthread_t thread;
  atomic_bool stopping;
  char currency[4];
  char url[];
};

static void *guest_main(void *arg)
{
  struct demo_guest *g = arg;
  struct demo d = {.currency = g->currency,
                   .guest = true,
                   .stopping = &g->stopping,
                   .arena = arena_new(STEP_ARENA_BUDGET),
                   .random = 20260105};
  struct arena *a = arena_new(1 << 20);
  struct fault f;
  struct instant today = clock_real.now(NULL);
  struct writer_config config = {.url = g->url, .clock = {demo_now, &d}, .lanes = 1};
  d.now = INSTANT(today.ms - (DAYS + 2) * DAY_MS);
  fault_init(&f, a);
  bool fine = writer_start(&config, &f, &d.writer) == ERR_OK;
  if (!fine)
    log_line(LOG_WARN, "the demo cannot be loaded", "%s", f.detail);
  fine = fine && do_masters(&d);
  if (fine)
    live_a_month(&d, today);
  d.now = today;
  writer_stop(d.writer);
  log_line(LOG_INFO, "demo loaded", "%lld orders, %lld refused", (long long)d.orders, (long long)d.refused);
  arena_free(d.arena);
  arena_free(a);
  return NULL;
}

struct demo_guest *demo_guest_start(const char *url, const char *currency)
{
  struct demo_guest *g = calloc(1, sizeof *g + strlen(url) + 1);
  assert(g);
  memcpy(g->url, url, strlen(url));
  snprintf(g->currency, sizeof g->currency, "%s", currency);
  if (pthread_create(&g->thread, NULL, guest_main, g) == 0)
    return g;
  free(g);
  return NULL;
}

void demo_guest_stop(struct demo_guest *g)
{
  if (!g)
    return;
  atomic_store(&g->stopping, true);
  pthread_join(g->thread, NULL);
  free(g);
}

/* Whose company a database holds. A demo is complete once its owner was added, which is the last step of filling. */
enum tenant { TENANT_NONE, TENANT_DEMO, TENANT_OTHER };

static enum tenant tenant_of(const char *url)
{
  static const struct db_stmt demo = {"SELECT count(*) FROM app_user WHERE login = 'demo'", DB_REPORT};
  static const struct db_stmt any = {"SELECT (SELECT count(*) FROM app_user) + (SELECT count(*) FROM api_key)"
                                     " + (SELECT count(*) FROM (SELECT id FROM product LIMIT 1) AS p)"
                                     " + (SELECT count(*) FROM (SELECT id FROM orders LIMIT 1) AS o)",
                                     DB_REPORT};
  struct arena *a = arena_new(1 << 20);
  struct db *db = NULL;
  struct ctx cx;
  int64_t demos = 0, rows = 0;
  ctx_init(&cx, a, NULL, clock_real.now(NULL));
  enum err err = db_open(url, DB_READER, &cx.fault, &db);
  if (err == ERR_OK) {
    db_use(db, &cx.fault, a);
    err = db_one_i64(db, &demo, &demos, DB_NO_ARGS);
  }
  if (err == ERR_OK)
    err = db_one_i64(db, &any, &rows, DB_NO_ARGS);
  db_close(db);
  arena_free(a);
  return err == ERR_OK && rows == 0 ? TENANT_NONE : err == ERR_OK && demos ? TENANT_DEMO : TENANT_OTHER;
}

const struct option_row demo_options[] = {
    {"database", "ORDO_DATABASE", "sqlite:data/demo.db", false, "sqlite:PATH or postgresql://HOST/NAME"},
    {"listen", "ORDO_LISTEN", LISTEN_DEFAULT, false, "HOST:PORT; port 0 picks a free one"},
    {"fill-only", NULL, NULL, true, "fill the database and leave"},
    {"quiet", NULL, NULL, true, "no access log"},
    {0},
};

static void tell_owner(const char *password)
{
  if (*password)
    fprintf(stderr, "sign in as  demo  with the password  %s  (shown once; more users: ordo user add)\n", password);
  else
    fprintf(stderr,
            "sign in as  demo  with the password that was shown when the demo was filled (lost? ordo user add)\n");
}

int cmd_demo(const struct arguments *args)
{
  const char *url = argument(args, "database");
  char password[PASSWORD_LETTERS + 1] = "";
  if (args->n_positional && strcmp(args->positional[0], "retail") != 0) {
    failed("there is no demo %s; try: ordo demo retail", args->positional[0]);
    return EXIT_USAGE;
  }
  if (!database_prepare(url, "USD"))
    return EXIT_FAILED;
  enum tenant tenant = tenant_of(url);
  if (tenant == TENANT_OTHER)
    return failed("%s is no complete demo: it holds another company, or filling it was cut off; choose a new file with "
                  "--database",
                  url);
  if (tenant == TENANT_NONE && !fill(url, password))
    return EXIT_FAILED;
  if (argument(args, "fill-only"))
    return tell_owner(password), EXIT_FINE;
  struct server_config config = {
      .url = url, .listen = argument(args, "listen"), .quiet = argument(args, "quiet") != NULL};
  struct server *s = server_start(&config);
  if (!s)
    return EXIT_FAILED;
  fprintf(stderr, "listening on http://%s\n", server_address(s));
  tell_owner(password);
  bool asked = server_wait(s);
  server_stop(s);
  return asked ? EXIT_FINE : EXIT_FAILED;
}
