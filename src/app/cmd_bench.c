/* ordo bench: how fast this machine places orders. A server in this process, on a scratch database in a folder of the
 * disk that is meant; the driver of bench_drive.h asks it over loopback as shops and clerks would. What the storage
 * alone could do is measured by bench/run.sh, which needs the sources. */
#include "app.h"

#include "bench_drive.h"
#include "identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  SECONDS_MAX = 600,
  FILL_MAX = 10000000,
  SKUS = 1000,
  PATH_MAX_BYTES = 1024,
  KEY_ARENA = 16 << 20,
  WARM_MS = 1000
};

/* clang-format off */
const struct option_row bench_options[] = {
    {"folder", NULL, "data/bench", false, "the scratch database is made and deleted there: the disk that is measured"},
    {"seconds", NULL, "10", false, "how long each kind of load is measured"},
    {"connections", NULL, "128", false, "clients at once, up to 200"},
    {"fill", NULL, "0", false, "orders to store first"},
    {"keep", NULL, NULL, true, "leave the database in its folder"},
    {0},
};
/* clang-format on */

struct bench {
  char path[PATH_MAX_BYTES], url[PATH_MAX_BYTES + 16];
  char key[API_KEY_TEXT];
  int64_t seconds, connections, fill;
  struct server *server;
  struct shop shop;
};

/* ---- Making and removing ---- */

static bool number_of(const struct arguments *args, const char *name, int64_t min, int64_t max, int64_t *out)
{
  const char *text = argument(args, name);
  if (decimal_parse(text, strlen(text), 0, out) && *out >= min && *out <= max)
    return true;
  failed("--%s is a number from %lld to %lld", name, (long long)min, (long long)max);
  return false;
}

static void remove_database(const struct bench *b)
{
  static const char *const ends[] = {"", "-wal", "-shm"};
  char path[PATH_MAX_BYTES + 8];
  for (size_t i = 0; i < COUNT_OF(ends); i++) {
    snprintf(path, sizeof path, "%s%s", b->path, ends[i]);
    unlink(path);
  }
}

static bool make_key(struct bench *b)
{
  char hash[HASH_TEXT], hint[API_KEY_HINT + 1];
  struct api_key_input input;
  struct act_result result;
  struct arena *a = arena_new(KEY_ARENA);
  rec_init(&api_key_input_rec, &input);
  api_key_draw(b->key, hash);
  snprintf(hint, sizeof hint, "%.*s", API_KEY_HINT, b->key);
  input.name = "bench";
  input.scope = "*";
  input.key_hash = hash;
  input.hint = hint;
  struct writer *w = database_writer(b->url);
  bool fine = w && database_act(w, &key_add_act, &input, a, &result) == ERR_OK;
  writer_stop(w);
  arena_free(a);
  return fine;
}

static bool bench_start(struct bench *b)
{
  struct server_config config = {.url = b->url, .listen = "127.0.0.1:0", .quiet = true};
  struct stat st;
  if (stat(b->path, &st) == 0)
    return failed("%s is there already; take another --folder, or delete it", b->path), false;
  if (!database_prepare(b->url, NULL) || !make_key(b))
    return false;
  b->server = server_start(&config);
  if (!b->server)
    return false;
  shop_init(&b->shop, server_address(b->server), b->key, SKUS);
  return shop_prepare(&b->shop);
}

/* ---- Measuring ---- */

static double ms_at(const struct drive_kind *kind, int per_mille)
{
  return (double)latency_at(&kind->latencies, per_mille) / 1e3;
}

static void print_head(void)
{
  printf("%-36s %10s %10s %10s %10s\n", "", "per second", "median ms", "p99 ms", "max ms");
}

static void print_kind(const char *what, const struct drive_kind *kind, int64_t took_us)
{
  printf("%-36s %10.0f %10.2f %10.2f %10.2f\n", what, (double)kind->answers * 1e6 / (double)(took_us ? took_us : 1),
         ms_at(kind, 500), ms_at(kind, 990), (double)kind->latencies.max_us / 1e3);
  if (kind->wrong)
    printf("  %lld answers were not as they must be; the first was %d %s\n", (long long)kind->wrong, kind->wrong_status,
           kind->wrong_body);
  fflush(stdout);
}

/* Orders as fast as answers come; *out_rate (may be NULL) = a second. */
static bool place(struct bench *b, const char *what, int64_t ms, bool hot, double *out_rate)
{
  struct drive_kind *kind = calloc(1, sizeof *kind);
  *kind =
      (struct drive_kind){.connections = (int)b->connections, .ask = shop_ask_order, .expect = 201, .arg = &b->shop};
  struct drive drive = {.address = server_address(b->server), .duration_ms = ms, .kinds = kind, .n_kinds = 1};
  b->shop.hot = hot;
  bool fine = drive_run(&drive) && kind->wrong == 0;
  if (what)
    print_kind(what, kind, drive.took_us);
  if (out_rate)
    *out_rate = (double)kind->answers * 1e6 / (double)(drive.took_us ? drive.took_us : 1);
  b->shop.placed += kind->answers - kind->wrong;
  free(kind);
  return fine;
}

static bool fill(struct bench *b)
{
  struct drive_kind *kind = calloc(1, sizeof *kind);
  *kind = (struct drive_kind){.connections = 2, .ask = shop_ask_bulk, .fine = shop_bulk_fine, .arg = &b->shop};
  struct drive drive = {.address = server_address(b->server),
                        .duration_ms = INT64_C(4) * 3600 * 1000,
                        .kinds = kind,
                        .n_kinds = 1,
                        .answers_max = (b->fill + SHOP_BULK - 1) / SHOP_BULK};
  bool fine = b->fill == 0 || (drive_run(&drive) && kind->wrong == 0);
  if (b->fill) {
    printf("stored %lld orders by bulk in %.1f s\n", (long long)kind->answers * SHOP_BULK, (double)drive.took_us / 1e6);
    if (kind->wrong)
      failed("a bulk was answered %d %s", kind->wrong_status, kind->wrong_body);
  }
  b->shop.placed += kind->answers * SHOP_BULK;
  free(kind);
  return fine;
}

/* Clerks at work while orders come in at half the rate that was reached. */
static bool read_while_writing(struct bench *b, double rate)
{
  static const struct {
    const char *what;
    int rate;
    void (*ask)(void *, struct bench_text *);
  } rows[] = {
      {"placing at half the rate",           0,  shop_ask_order },
      {"  lists of 50, filtered and sorted", 20, shop_ask_list  },
      {"  single orders",                    50, shop_ask_detail},
      {"  searches",                         10, shop_ask_search},
  };
  struct drive_kind *kinds = calloc(COUNT_OF(rows), sizeof *kinds);
  bool fine = true;
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    kinds[i] = (struct drive_kind){.connections = i ? 4 : (int)b->connections,
                                   .rate = i ? rows[i].rate : rate / 2,
                                   .ask = rows[i].ask,
                                   .expect = i ? 200 : 201,
                                   .arg = &b->shop};
  struct drive drive = {.address = server_address(b->server),
                        .duration_ms = b->seconds * 1000,
                        .kinds = kinds,
                        .n_kinds = COUNT_OF(rows)};
  b->shop.hot = false;
  fine = drive_run(&drive);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    print_kind(rows[i].what, &kinds[i], drive.took_us);
    fine = fine && kinds[i].wrong == 0;
  }
  free(kinds);
  return fine;
}

static bool measure(struct bench *b)
{
  double rate = 0;
  if (!fill(b) || !place(b, NULL, WARM_MS, false, NULL))
    return false;
  print_head();
  return place(b, "placing orders of 3 lines", b->seconds * 1000, false, &rate) &&
         place(b, "placing, one product in all of them", b->seconds * 1000, true, NULL) && read_while_writing(b, rate);
}

int cmd_bench(const struct arguments *args)
{
  struct bench *b = calloc(1, sizeof *b);
  if (!number_of(args, "seconds", 1, SECONDS_MAX, &b->seconds) ||
      !number_of(args, "connections", 1, 200, &b->connections) || !number_of(args, "fill", 0, FILL_MAX, &b->fill)) {
    free(b);
    return EXIT_USAGE;
  }
  int n = snprintf(b->path, sizeof b->path, "%s/bench.db", argument(args, "folder"));
  snprintf(b->url, sizeof b->url, "sqlite:%s", b->path);
  bool fine = n > 0 && n < (int)sizeof b->path;
  if (!fine)
    failed("--folder is too long");
  fine = fine && bench_start(b);
  if (fine)
    fine = measure(b);
  bool started = b->server != NULL;
  server_stop(b->server);
  if (started && !argument(args, "keep"))
    remove_database(b);
  free(b);
  return fine ? EXIT_FINE : EXIT_FAILED;
}
