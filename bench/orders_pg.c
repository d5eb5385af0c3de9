/* order_bench on PostgreSQL: one `ordo serve` against the bare libpq program, two against one, one hot product against the
 * bare hot baseline, all in turns on one server; with --full a million orders stored. */
#include "measure.h"

#include "bare_pg.h"
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SAMPLE = 4000, NUMBER_BYTES = 16, WRITERS_DEFAULT = 3 };

/* ---- Databases of the server ---- */

/* The url of another database of the server; good for the next seven calls. */
static const char *url_of(const char *database)
{
  static char urls[8][URL_BYTES];
  static int next;
  char *url = urls[next++ % 8];
  const char *server = options.postgres, *path = strrchr(server, '/');
  snprintf(url, sizeof urls[0], "%.*s/%s", (int)(path - server), server, database);
  return url;
}

static bool drop(const char *database)
{
  char sql[256];
  snprintf(sql, sizeof sql, "DROP DATABASE IF EXISTS %s WITH (FORCE)", database);
  return pg_do(options.postgres, sql);
}

/* A new one, empty or (template not NULL) a copy of one that nobody uses. */
static bool make(const char *database, const char *template)
{
  char sql[256];
  snprintf(sql, sizeof sql, "CREATE DATABASE %s TEMPLATE %s LOCALE 'C' ENCODING 'UTF8'", database,
           template ? template : "template0");
  return drop(database) && pg_do(options.postgres, sql);
}

static void print_server(void)
{
  static const char *const settings[] = {"server_version", "fsync",        "synchronous_commit", "full_page_writes",
                                         "shared_buffers", "max_wal_size", "checkpoint_timeout"};
  for (size_t i = 0; i < COUNT_OF(settings); i++) {
    char sql[128], value[64];
    snprintf(sql, sizeof sql, "SHOW %s", settings[i]);
    if (pg_ask(options.postgres, sql, value, sizeof value))
      printf("%s%s %s", i ? ", " : "PostgreSQL: ", settings[i], value);
  }
  printf("; %d writing connections\n\n", options.writers);
}

/* ---- Against the bare program ---- */

/* The rows of one order, and a copy of the database from before it to write them into. The server starts anew, since a
 * database is copied only while nobody uses it. */
static struct bare_pg *open_bare(struct ordo *o)
{
  int64_t since, placed = o->shop.placed, next = o->shop.next;
  if (!settle(o))
    return NULL;
  ordo_stop(o);
  if (!make("ordo_bench_bare", "ordo_bench") || (options.full && !make("ordo_bench_few", "ordo_bench")) ||
      !ordo_open(o, url_of("ordo_bench"), false, next) || !bare_pg_now(o->url, &since))
    return NULL;
  o->shop.placed = placed;
  if (!place_one(o) || !settle(o))
    return NULL;
  struct bare_pg *b = bare_pg_open(o->url, since, url_of("ordo_bench_bare"), options.writers);
  if (b) {
    int rows, updates;
    int64_t bytes;
    bare_pg_shape(b, &rows, &updates, &bytes);
    printf("an order is %d rows, %d of them changes, %lld bytes of values\n", rows, updates, (long long)bytes);
  }
  return b;
}

/* What one round measures, and all rounds together. */
enum figure { RATE, BARE, RATIO, P99, BARE_P99, BATCH, FOLLOWING, TWO, TWO_RATIO, HOT, BARE_HOT, HOT_RATIO, FIGURES };
static const struct {
  enum figure figure;
  const char *what, *unit;
  enum aim aim;
  double reach;
} report[] = {
    {RATE, "orders placed over HTTP", "orders/s", NO_AIM, 0},
    {BARE, "bare program, same rows, batches and connections", "orders/s", NO_AIM, 0},
    {RATIO, "of bare", "%", AT_LEAST, 60},
    {P99, "p99 of an order", "ms", NO_AIM, 0},
    {BARE_P99, "bare: p99 of a client's wait", "ms", NO_AIM, 0},
    {BATCH, "orders in one commit", "orders", NO_AIM, 0},
    {FOLLOWING, "terms for search written in the round", "%", NO_AIM, 0},
    {TWO, "two servers on one database", "orders/s", NO_AIM, 0},
    {TWO_RATIO, "two servers, of one", "%", AT_LEAST, 90},
    {HOT, "one hot product", "orders/s", NO_AIM, 0},
    {BARE_HOT, "bare program, one hot product", "orders/s", NO_AIM, 0},
    {HOT_RATIO, "one hot product, of bare", "%", AT_LEAST, 70},
};

static bool with_two(struct ordo *o, struct placed *out)
{
  struct ordo second = {0};
  struct placed warm;
  ordo_start(&second, o->url);
  snprintf(second.key, sizeof second.key, "%s", o->key); /* of the same database */
  bool fine = second.pid && place_orders(o, &second, WARM_MS, false, &warm) &&
              place_orders(o, &second, options.seconds * 1000, false, out);
  ordo_stop(&second);
  return fine;
}

static double rate_of(const struct bare_result *r)
{
  return (double)r->orders * 1e6 / (double)r->took_us;
}

static bool one_round(struct ordo *o, struct bare_pg *b, struct series *all)
{
  struct placed placed, two, hot;
  struct bare_result bare, bare_hot;
  struct bare_load load = {.duration_ms = options.seconds * 1000, .clients = CLIENTS};
  if (!place_orders(o, NULL, options.seconds * 1000, false, &placed))
    return false;
  load.batch_max = (int)(placed.batch + 0.5);
  load.following = placed.following;
  if (!bare_pg_run(b, &load, false, &bare) || !with_two(o, &two) ||
      !place_orders(o, NULL, options.seconds * 1000, true, &hot))
    return false;
  load.batch_max = (int)(hot.batch + 0.5);
  load.following = hot.following;
  if (!bare_pg_run(b, &load, true, &bare_hot))
    return false;
  const double values[FIGURES] = {
      [RATE] = placed.rate,
      [BARE] = rate_of(&bare),
      [RATIO] = 100 * placed.rate / rate_of(&bare),
      [P99] = placed.p99_ms,
      [BARE_P99] = (double)latency_at(&bare.waits, 990) / 1e3,
      [BATCH] = placed.batch,
      [FOLLOWING] = 100 * placed.following,
      [TWO] = two.rate,
      [TWO_RATIO] = 100 * two.rate / placed.rate,
      [HOT] = hot.rate,
      [BARE_HOT] = rate_of(&bare_hot),
      [HOT_RATIO] = 100 * hot.rate / rate_of(&bare_hot),
  };
  for (int i = 0; i < FIGURES; i++)
    series_add(&all[i], values[i]);
  printf("  round %d: ordo %.0f/s p50 %.1f p99 %.1f ms, batch %.1f; bare %.0f/s p99 %.1f ms; two %.0f/s; hot %.0f/s,"
         " bare %.0f/s\n",
         all[RATE].n, placed.rate, placed.p50_ms, placed.p99_ms, placed.batch, values[BARE], values[BARE_P99], two.rate,
         hot.rate, values[BARE_HOT]);
  fflush(stdout);
  return true;
}

static bool compare_with_bare(struct ordo *o, struct bare_pg *b, double *out_rate)
{
  struct series all[FIGURES] = {0};
  struct placed warm;
  struct bare_result bare;
  struct bare_load load = {.duration_ms = WARM_MS, .clients = CLIENTS, .batch_max = CLIENTS / 2, .following = 1};
  int64_t reserved = shop_reserved(&o->shop, 0);
  o->shop.hot_units = 0;
  if (!place_orders(o, NULL, WARM_MS, false, &warm) || !bare_pg_run(b, &load, false, &bare))
    return false;
  for (int i = 0; i < options.rounds; i++)
    if (!one_round(o, b, all))
      return false;
  for (size_t i = 0; i < COUNT_OF(report); i++)
    print_figure(report[i].what, median(&all[report[i].figure]), report[i].unit, report[i].aim, report[i].reach);
  int64_t off = shop_reserved(&o->shop, 0) - reserved - o->shop.hot_units;
  print_figure("  units of it reserved beside those ordered", (double)off, "units", off < 0 ? AT_LEAST : AT_MOST, 0);
  *out_rate = median(&all[RATE]);
  return true;
}

/* ---- Reading ---- */

/* Numbers of orders to read: several writers draw them from blocks, so they are not all there. */
struct sample {
  struct shop *shop;
  char numbers[SAMPLE][NUMBER_BYTES];
  int n;
};

static bool take_sample(struct sample *s, struct ordo *o)
{
  static char text[SAMPLE * NUMBER_BYTES];
  s->shop = &o->shop;
  s->n = 0;
  if (!pg_ask(o->url,
              "SELECT string_agg(number, ' ') FROM (SELECT number FROM orders WHERE number IS NOT NULL"
              " ORDER BY random() LIMIT 4000) n",
              text, sizeof text))
    return false;
  for (const char *at = text; *at && s->n < SAMPLE; at += strspn(at, " ")) {
    size_t n = strcspn(at, " ");
    snprintf(s->numbers[s->n++], NUMBER_BYTES, "%.*s", (int)n, at);
    at += n;
  }
  return s->n > 0;
}

static void ask_sampled(void *arg, struct bench_text *request)
{
  struct sample *s = arg;
  bench_text_printf(request, "GET /v1/orders/%s HTTP/1.1\r\n%s\r\n", s->numbers[model_draw(&s->shop->random, s->n)],
                    s->shop->head);
}

static bool read_beside(struct ordo *o, double rate)
{
  struct sample *s = calloc(1, sizeof *s);
  bool fine = take_sample(s, o) && read_while_writing(o, rate, ask_sampled, s);
  free(s);
  return fine;
}

/* ---- A million orders ---- */

static bool compare_stored(struct ordo *many, int64_t few_next)
{
  struct series ratio = {0}, rate = {0}, few_rate = {0};
  for (int i = 0; i < options.rounds; i++) {
    struct ordo few = {0};
    struct placed with_few, with_many, warm;
    if (!make("ordo_bench_now", "ordo_bench_few") || !ordo_open(&few, url_of("ordo_bench_now"), false, few_next))
      return false;
    int64_t ms = options.seconds * 1000;
    bool fine = place_orders(&few, NULL, WARM_MS, false, &warm) && place_orders(&few, NULL, ms, false, &with_few) &&
                place_orders(many, NULL, WARM_MS, false, &warm) && place_orders(many, NULL, ms, false, &with_many);
    ordo_stop(&few);
    if (!fine)
      return false;
    series_add(&rate, with_many.rate);
    series_add(&few_rate, with_few.rate);
    series_add(&ratio, 100 * with_many.rate / with_few.rate);
    printf("  round %d: 10,000 stored %.0f/s p99 %.1f ms; 1,000,000 stored %.0f/s p99 %.1f ms\n", i + 1, with_few.rate,
           with_few.p99_ms, with_many.rate, with_many.p99_ms);
    fflush(stdout);
  }
  print_figure("orders placed, 10,000 stored", median(&few_rate), "orders/s", NO_AIM, 0);
  print_figure("orders placed, 1,000,000 stored", median(&rate), "orders/s", NO_AIM, 0);
  print_figure("1,000,000 stored, of 10,000", median(&ratio), "%", AT_LEAST, 80);
  return drop("ordo_bench_now");
}

/* Its database stays and is used again: filling it takes longer than all the rest. */
static bool run_full(double rate, int64_t few_next)
{
  struct ordo many = {0};
  int64_t there, stored = 0, serial = 0;
  if (!pg_ask_i64(options.postgres, "SELECT count(*) FROM pg_database WHERE datname = 'ordo_bench_many'", &there) ||
      (!there && !make("ordo_bench_many", NULL)))
    return false;
  const char *url = url_of("ordo_bench_many");
  if (there && (!pg_ask_i64(url, "SELECT count(*) FROM order_number", &stored) ||
                !pg_ask_i64(url,
                            "SELECT coalesce(max(CAST(substr(external_id, 2) AS BIGINT)), 0) FROM orders"
                            " WHERE channel = 'web' AND external_id > 'B'",
                            &serial)))
    return false;
  if (!ordo_open(&many, url, stored == 0, serial + 1))
    return false;
  many.shop.placed = stored;
  bool fine = (stored >= STORED_MANY || fill(&many, STORED_MANY)) && settle(&many);
  fine = fine && read_beside(&many, rate) && compare_stored(&many, few_next);
  ordo_stop(&many);
  return fine;
}

bool run_postgres(void)
{
  static struct ordo ordo;
  double rate = 0;
  if (!options.writers)
    options.writers = WRITERS_DEFAULT;
  print_machine();
  print_server();
  if (!make("ordo_bench", NULL))
    return false;
  bool fine = ordo_open(&ordo, url_of("ordo_bench"), true, 1) && fill(&ordo, STORED_FEW);
  int64_t few_next = ordo.shop.next;
  struct bare_pg *b = fine ? open_bare(&ordo) : NULL;
  fine = b && compare_with_bare(&ordo, b, &rate) && read_beside(&ordo, rate);
  bare_pg_close(b);
  ordo_stop(&ordo);
  fine = fine && drop("ordo_bench") && drop("ordo_bench_bare");
  return fine && (!options.full || run_full(rate, few_next));
}
