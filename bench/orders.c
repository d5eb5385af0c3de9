/* order_bench - the figures of docs/performance.md in one run: Ordo over HTTP and the bare baseline take turns on the
 * same disk, so that ratios hold on a machine that others use too; medians over the rounds.
 *
 *   order_bench --ordo PROGRAM [--folder DIR | --postgres URL [--writers N]] [--seconds N] [--rounds N] [--full]
 *
 * --postgres measures on that server, in databases of its own named ordo_bench*, with N writing connections. --full
 * stores 1,000,000 orders first and compares with 10,000. Exit status 0 when the run was whole, met or missed.
 */
#define _GNU_SOURCE
#include "measure.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { STARTS = 5 };

/* ---- The parts of the run ---- */

/* Good for the next seven calls. */
static const char *path_in(const char *name)
{
  static char paths[8][512];
  static int next;
  char *path = paths[next++ % 8];
  snprintf(path, sizeof paths[0], "%s/%s", options.folder, name);
  return path;
}

static const char *url_in(const char *name)
{
  static char urls[4][URL_BYTES];
  static int next;
  char *url = urls[next++ % 4];
  snprintf(url, sizeof urls[0], "sqlite:%s", path_in(name));
  return url;
}

static void remove_database(const char *path)
{
  static const char *const ends[] = {"", "-wal", "-shm"};
  char file[600];
  for (size_t i = 0; i < COUNT_OF(ends); i++) {
    snprintf(file, sizeof file, "%s%s", path, ends[i]);
    unlink(file);
  }
}

static void print_files(void)
{
  struct stat st;
  struct series starts = {0}, memory = {0};
  struct ordo o = {0};
  remove_database(path_in("start.db"));
  double fresh = (double)ordo_start(&o, url_in("start.db")) / 1e3;
  ordo_stop(&o);
  for (int i = 0; i < STARTS; i++) {
    series_add(&starts, (double)ordo_start(&o, url_in("start.db")) / 1e3);
    sleep_ms(300);
    series_add(&memory, (double)resident_kb(o.pid) / 1024);
    ordo_stop(&o);
  }
  print_figure("start to first answer, new database", fresh, "ms", NO_AIM, 0);
  print_figure("start to first answer", median(&starts), "ms", AT_MOST, 300);
  print_figure("idle memory", median(&memory), "MB", AT_MOST, 50);
  if (stat(options.ordo, &st) == 0)
    print_figure("program", (double)st.st_size / (1 << 20), "MB", AT_MOST, 20);
}

/* The rows of one order of this server, and a copy of its database to write them into. */
static struct bare *open_bare(struct ordo *o)
{
  remove_database(path_in("before.db"));
  remove_database(path_in("after.db"));
  remove_database(path_in("bare.db"));
  if (!settle(o) || !bare_copy(path_in("ordo.db"), path_in("before.db")))
    return NULL;
  int64_t serial = o->shop.next, number = 100001 + o->shop.placed;
  if (!place_one(o) || !settle(o) || !bare_copy(path_in("ordo.db"), path_in("after.db")) ||
      !bare_copy(path_in("ordo.db"), path_in("bare.db")))
    return NULL;
  struct bare *b = bare_open(path_in("before.db"), path_in("after.db"), serial, number, path_in("bare.db"));
  if (b) {
    int rows, updates;
    int64_t bytes;
    bare_shape(b, &rows, &updates, &bytes);
    printf("an order is %d rows, %d of them changes, %lld bytes of values\n", rows, updates, (long long)bytes);
  }
  return b;
}

/* Ordo, bare, and Ordo with a hot product in turn. *out_rate = Ordo's median. */
static bool compare_with_bare(struct ordo *o, struct bare *b, double *out_rate)
{
  struct series rate = {0}, bare_rate = {0}, ratio = {0}, p99 = {0}, bare_p99 = {0}, p99_ratio = {0}, batch_p99 = {0},
                hot = {0}, batch = {0}, following = {0};
  struct placed placed, hotly;
  struct bare_result bare;
  struct bare_load load = {.duration_ms = WARM_MS, .clients = CLIENTS, .batch_max = CLIENTS / 2, .following = 1};
  int64_t reserved = shop_reserved(&o->shop, 0);
  o->shop.hot_units = 0;
  if (!place_orders(o, NULL, WARM_MS, false, &placed) || !bare_run(b, &load, &bare))
    return false;
  load.duration_ms = options.seconds * 1000;
  for (int i = 0; i < options.rounds; i++) {
    if (!place_orders(o, NULL, options.seconds * 1000, false, &placed))
      return false;
    load.batch_max = (int)(placed.batch + 0.5);
    load.following = placed.following;
    if (!bare_run(b, &load, &bare) || !place_orders(o, NULL, options.seconds * 1000, true, &hotly))
      return false;
    double bare_now = (double)bare.orders * 1e6 / (double)bare.took_us;
    double bare_p99_ms = (double)latency_at(&bare.waits, 990) / 1e3;
    series_add(&rate, placed.rate);
    series_add(&bare_rate, bare_now);
    series_add(&ratio, 100 * placed.rate / bare_now);
    series_add(&p99, placed.p99_ms);
    series_add(&bare_p99, bare_p99_ms);
    series_add(&batch_p99, (double)latency_at(&bare.batches, 990) / 1e3);
    series_add(&p99_ratio, placed.p99_ms / bare_p99_ms);
    series_add(&hot, 100 * hotly.rate / placed.rate);
    series_add(&batch, placed.batch);
    series_add(&following, 100 * placed.following);
    printf(
        "  round %d: ordo %.0f/s p50 %.1f p99 %.1f ms, batch %.0f; bare %.0f/s p99 %.1f ms; hot %.0f/s p99 %.1f ms\n",
        i + 1, placed.rate, placed.p50_ms, placed.p99_ms, placed.batch, bare_now, bare_p99_ms, hotly.rate,
        hotly.p99_ms);
    fflush(stdout);
  }
  *out_rate = median(&rate);
  print_figure("orders placed over HTTP", median(&rate), "orders/s", NO_AIM, 0);
  print_figure("bare program, same rows and batches", median(&bare_rate), "orders/s", NO_AIM, 0);
  print_figure("of bare", median(&ratio), "%", AT_LEAST, 60);
  print_figure("p99 of an order", median(&p99), "ms", NO_AIM, 0);
  print_figure("bare: p99 of a client's wait", median(&bare_p99), "ms", NO_AIM, 0);
  print_figure("bare: p99 of a batch", median(&batch_p99), "ms", NO_AIM, 0);
  print_figure("p99 of an order by bare's wait", median(&p99_ratio), "times", AT_MOST, 2);
  print_figure("orders in one commit", median(&batch), "orders", NO_AIM, 0);
  print_figure("terms for search written in the round", median(&following), "%", NO_AIM, 0);
  print_figure("one hot product, of uniform", median(&hot), "%", AT_LEAST, 70);
  int64_t off = shop_reserved(&o->shop, 0) - reserved - o->shop.hot_units;
  print_figure("  units of it reserved beside those ordered", (double)off, "units", off < 0 ? AT_LEAST : AT_MOST, 0);
  return true;
}

/* The server with a million orders and one with ten thousand, a fresh copy each round, take turns. */
static bool compare_stored(struct ordo *many, int64_t few_next)
{
  struct series ratio = {0}, rate = {0}, few_rate = {0};
  for (int i = 0; i < options.rounds; i++) {
    struct ordo few = {0};
    struct placed with_few, with_many, warm;
    remove_database(path_in("few-now.db"));
    if (!bare_copy(path_in("few.db"), path_in("few-now.db")) || !ordo_open(&few, url_in("few-now.db"), false, few_next))
      return false;
    bool fine = place_orders(&few, NULL, WARM_MS, false, &warm) &&
                place_orders(&few, NULL, options.seconds * 1000, false, &with_few) &&
                place_orders(many, NULL, WARM_MS, false, &warm) &&
                place_orders(many, NULL, options.seconds * 1000, false, &with_many);
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
  return true;
}

/* many.db stays in the folder and is used again: filling it takes longer than all the rest. */
static bool run_full(double rate, int64_t few_next)
{
  struct ordo many = {0};
  int64_t stored, serial;
  if (!bare_orders(path_in("many.db"), &stored, &serial) ||
      !ordo_open(&many, url_in("many.db"), stored == 0, serial + 1))
    return false;
  many.shop.placed = stored;
  bool fine = (stored >= STORED_MANY || fill(&many, STORED_MANY)) && settle(&many);
  fine = fine && read_while_writing(&many, rate, NULL, NULL) && compare_stored(&many, few_next);
  ordo_stop(&many);
  return fine;
}

static bool run(struct ordo *o)
{
  double rate = 0;
  print_machine();
  print_files();
  remove_database(path_in("ordo.db"));
  remove_database(path_in("few.db"));
  if (!ordo_open(o, url_in("ordo.db"), true, 1) || !fill(o, STORED_FEW))
    return false;
  int64_t few_next = o->shop.next;
  if (options.full && (!settle(o) || !bare_copy(path_in("ordo.db"), path_in("few.db"))))
    return false;
  struct bare *b = open_bare(o);
  bool fine = b && compare_with_bare(o, b, &rate) && read_while_writing(o, rate, NULL, NULL);
  bare_close(b);
  ordo_stop(o);
  return fine && (!options.full || run_full(rate, few_next));
}

static const struct {
  const char *name;
  const char **text;
  int *number;
} option_rows[] = {
    {"--ordo", &options.ordo, NULL},         {"--folder", &options.folder, NULL},
    {"--postgres", &options.postgres, NULL}, {"--writers", NULL, &options.writers},
    {"--seconds", NULL, &options.seconds},   {"--rounds", NULL, &options.rounds},
};

static bool take_option(const char *name, const char *value)
{
  for (size_t i = 0; i < COUNT_OF(option_rows); i++) {
    if (strcmp(name, option_rows[i].name) != 0)
      continue;
    if (option_rows[i].text)
      *option_rows[i].text = value;
    else
      *option_rows[i].number = (int)strtol(value, NULL, 10);
    return true;
  }
  return false;
}

static bool take_options(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    if (strcmp(argv[i], "--full") == 0)
      options.full = true;
    else if (i + 1 == argc || !take_option(argv[i], argv[i + 1]))
      return false;
    else
      i++;
  }
  return options.seconds >= 1 && options.seconds <= 600 && options.rounds >= 1 && options.rounds <= ROUNDS_MAX;
}

int main(int argc, char **argv)
{
  static struct ordo ordo;
  if (!take_options(argc, argv)) {
    fprintf(stderr,
            "usage: order_bench --ordo PROGRAM [--folder DIR | --postgres URL [--writers N]] [--seconds N]"
            " [--rounds 1..%d] [--full]\n",
            ROUNDS_MAX);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  mkdir(options.folder, 0700);
  if (options.postgres)
    return run_postgres() ? 0 : 1;
  bool fine = run(&ordo);
  ordo_stop(&ordo);
  return fine ? 0 : 1;
}
