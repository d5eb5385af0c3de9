/* The demo company: its masters come from demo/retail.jsonl, then it lives a month. Everything goes through the same acts
 * as the API, on a clock that begins thirty days ago, so that the demo's ledger, timeline and check are as true as any. */
#include "app.h"

#include "demo_files.h"

#include "demo.h"
#include "review.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEP_ARENA_BUDGET = 16 << 20, PASSWORD_LETTERS = 14 };

/* ---- Doing ---- */

bool demo_read(struct demo *d, const struct rec *rec, const char *json, size_t n, void **out)
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

const void *demo_run_input(struct demo *d, const struct act *act, struct act_input in, struct fault *out_fault)
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

const void *demo_run(struct demo *d, const struct act *act, const char *id, const void *body, struct fault *out_fault)
{
  return demo_run_input(d, act, (struct act_input){.id = id, .body = body, .version = ABSENT}, out_fault);
}

const void *demo_run_json(struct demo *d, const struct act *act, const struct rec *rec, const char *id,
                          const char *json)
{
  void *body;
  return demo_read(d, rec, json, strlen(json), &body) ? demo_run(d, act, id, body, NULL) : NULL;
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
    {"user", &user_add_act, &user_input_rec},          {"stock", &stock_adjust_act, &adjustment_rec},
    {"safety", &stock_safety_act, &stock_safety_rec},
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
  if (!demo_read(d, &setting_step_rec, json, strlen(json), &body))
    return false;
  const struct setting_step *s = body;
  struct setting_input input = {s->value};
  return demo_run(d, &setting_change_act, s->key, &input, NULL) != NULL;
}

/* What a fresh database has already, changed: the channel `web`, the carrier `ordo`, rules of review. */
static const struct {
  const char *what;
  const struct act *act;
} changes[] = {
    {"change_channel", &channel_update_act},
    {"change_carrier", &carrier_update_act},
    {"change_rule", &review_rule_update_act},
};

struct change_step {
  const char *code, *to;
};
static const struct rec_field change_step_fields[] = {
    FIELD(struct change_step, code, .flags = REC_REQUIRED),
    FIELD_AS(REC_JSON, struct change_step, to, .flags = REC_REQUIRED),
};
static const struct rec change_step_rec = REC(struct change_step, "DemoChange", change_step_fields, "A change");

static bool do_change(struct demo *d, const struct act *act, const char *json)
{
  void *body;
  struct fault f;
  if (!demo_read(d, &change_step_rec, json, strlen(json), &body))
    return false;
  const struct change_step *s = body;
  struct act_input in = {.id = s->code, .json = s->to, .json_n = strlen(s->to), .version = ABSENT};
  if (demo_run_input(d, act, in, &f))
    return true;
  failed("demo: the change of %s was refused: %s", s->code, f.detail);
  return false;
}

/* Orders of the month are for these. */
static void keep_person(struct demo *d, const struct customer *c)
{
  struct buf address;
  if (d->n_people == DEMO_PEOPLE_MAX || !c->addresses.n)
    return;
  buf_init(&address, d->people_arena);
  rec_write(&address_rec, &c->addresses.at[0].address, NULL, &address);
  d->people[d->n_people++] =
      (struct demo_person){arena_text(d->people_arena, c->external_id),
                           arena_text(d->people_arena, c->addresses.at[0].address.country), buf_str(&address)};
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
  if (!demo_read(d, &step_rec, line, n, &value))
    return false;
  const struct step *s = value;
  if (strcmp(s->what, "setting") == 0)
    return d->guest || do_setting(d, s->body);
  for (size_t i = 0; i < COUNT_OF(changes); i++)
    if (strcmp(changes[i].what, s->what) == 0)
      return do_change(d, changes[i].act, s->body);
  for (size_t i = 0; i < COUNT_OF(steps); i++) {
    if (strcmp(steps[i].what, s->what) != 0)
      continue;
    if (!demo_read(d, steps[i].rec, s->body, strlen(s->body), &body))
      return false;
    if (steps[i].rec == &customer_rec)
      keep_person(d, body);
    if (demo_run(d, steps[i].act, NULL, body, &f) || is_fine(d, &f))
      return true;
    failed("demo: %s refused: %s", s->what, f.detail);
    return false;
  }
  failed("demo: nobody knows how to do %s", s->what);
  return false;
}

bool demo_is_stopping(const struct demo *d)
{
  return d->stopping && atomic_load(d->stopping);
}

static bool do_masters(struct demo *d)
{
  const char *at = (const char *)demo_files[0].bytes, *end = at + demo_files[0].n;
  while (at < end && !demo_is_stopping(d)) {
    const char *newline = memchr(at, '\n', (size_t)(end - at));
    size_t n = newline ? (size_t)(newline - at) : (size_t)(end - at);
    if (n && !do_step(d, at, n))
      return false;
    at += n + 1;
    arena_reset(d->arena);
  }
  return true;
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
         demo_run(d, &user_add_act, NULL, &input, NULL) != NULL;
  identity_free(identity);
  return fine;
}

static bool fill(const char *url, char password[PASSWORD_LETTERS + 1])
{
  struct demo d = {
      .currency = "USD", .arena = arena_new(STEP_ARENA_BUDGET), .people_arena = arena_new(1 << 20), .random = 20260105};
  struct arena *a = arena_new(1 << 20);
  struct fault f;
  struct instant today = clock_real.now(NULL);
  struct writer_config config = {.url = url, .clock = {demo_now, &d}};
  d.now = INSTANT(today.ms - (DEMO_DAYS + 2) * DAY_MS);
  fault_init(&f, a);
  bool fine = writer_start(&config, &f, &d.writer) == ERR_OK;
  if (!fine)
    failed("%s", f.detail);
  fine = fine && do_masters(&d);
  if (fine)
    demo_live_a_month(&d, today);
  if (fine)
    demo_let_expire(&d, today);
  d.now = today;
  fine = fine && add_owner(&d, password);
  writer_stop(d.writer);
  if (fine)
    fprintf(stderr, "demo company filled: %lld orders, %lld refused for want of stock\n", (long long)d.orders,
            (long long)d.refused);
  arena_free(d.arena);
  arena_free(d.people_arena);
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
                   .people_arena = arena_new(1 << 20),
                   .random = 20260105};
  struct arena *a = arena_new(1 << 20);
  struct fault f;
  struct instant today = clock_real.now(NULL);
  struct writer_config config = {.url = g->url, .clock = {demo_now, &d}, .lanes = 1};
  d.now = INSTANT(today.ms - (DEMO_DAYS + 2) * DAY_MS);
  fault_init(&f, a);
  bool fine = writer_start(&config, &f, &d.writer) == ERR_OK;
  if (!fine)
    log_line(LOG_WARN, "the demo cannot be loaded", "%s", f.detail);
  fine = fine && do_masters(&d);
  if (fine)
    demo_live_a_month(&d, today);
  d.now = today;
  writer_stop(d.writer);
  log_line(LOG_INFO, "demo loaded", "%lld orders, %lld refused", (long long)d.orders, (long long)d.refused);
  arena_free(d.arena);
  arena_free(d.people_arena);
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
