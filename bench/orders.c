/* order_bench - the figures of docs/performance.md in one run: Ordo over HTTP and the bare baseline take turns on the
 * same disk, so that ratios hold on a machine that others use too; medians over the rounds.
 *
 *   order_bench --ordo PROGRAM [--folder DIR] [--seconds N] [--rounds N] [--full]
 *
 * --full stores 1,000,000 orders first and compares with 10,000. Exit status 0 when the run was whole, met or missed.
 */
#define _GNU_SOURCE
#include "bare.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  SKUS = 1000,
  CLIENTS = 128,
  ROUNDS_MAX = 15,
  STORED_FEW = 10000,
  STORED_MANY = 1000000,
  STARTS = 5,
  WARM_MS = 1500,
  SETTLE_SECONDS = 1200,
  ONE_ORDER_MS = 2000,
  STOP_SECONDS = 15
};

static struct {
  const char *ordo, *folder;
  int seconds, rounds;
  bool full;
} options = {"build/release/ordo", "build/bench-data", 8, 3, false};

/* ---- The server as a process ---- */

struct ordo {
  pid_t pid;
  char address[64], key[128], database[512]; /* path */
  struct shop shop;
};

static void sleep_ms(int ms)
{
  struct timespec ts = {ms / 1000, ms % 1000 * 1000000L};
  nanosleep(&ts, NULL);
}

/* Starts a program of ours with one pipe on its stdout or stderr. */
static pid_t start_program(char *const *argv, int which, int *out_fd)
{
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    return -1;
  pid_t pid = fork();
  if (pid == 0) {
    dup2(ends[1], which);
    execv(argv[0], argv);
    _exit(127);
  }
  close(ends[1]);
  *out_fd = ends[0];
  return pid;
}

static bool read_line(int fd, char *line, size_t cap)
{
  size_t n = 0;
  while (n + 1 < cap && read(fd, line + n, 1) == 1 && line[n] != '\n')
    n++;
  line[n] = 0;
  return n > 0;
}

static bool make_key(struct ordo *o)
{
  char url[600];
  int fd, status = 1;
  snprintf(url, sizeof url, "sqlite:%s", o->database);
  char *argv[] = {(char *)options.ordo, "key", "add", "--database", url, "--name", "bench", "--scope", "*", NULL};
  pid_t pid = start_program(argv, STDOUT_FILENO, &fd);
  bool fine = pid > 0 && read_line(fd, o->key, sizeof o->key);
  close(fd);
  waitpid(pid, &status, 0);
  return fine && status == 0;
}

/* From starting the program to its first answer; o->pid = 0 when it failed. */
static int64_t ordo_start(struct ordo *o, const char *database)
{
  static const char wanted[] = "listening on http://";
  char url[600], line[256] = "";
  int fd;
  int64_t begun = bench_microseconds();
  snprintf(o->database, sizeof o->database, "%s", database);
  snprintf(url, sizeof url, "sqlite:%s", database);
  char *argv[] = {(char *)options.ordo, "serve", "--database", url, "--listen", "127.0.0.1:0", "--quiet", NULL};
  o->pid = start_program(argv, STDERR_FILENO, &fd);
  while (o->pid > 0 && read_line(fd, line, sizeof line) && strncmp(line, wanted, strlen(wanted)) != 0)
    fprintf(stderr, "%s\n", line);
  snprintf(o->address, sizeof o->address, "%.63s",
           strncmp(line, wanted, strlen(wanted)) == 0 ? line + strlen(wanted) : "");
  /* The pipe stays open, and empty: with --quiet nothing is said but errors. */
  if (!o->address[0] || drive_call(o->address, NULL, "GET", "/healthz", NULL, NULL) != 200) {
    fprintf(stderr, "bench: %s did not start\n", options.ordo);
    o->pid = 0;
  }
  return bench_microseconds() - begun;
}

static void ordo_stop(struct ordo *o)
{
  if (o->pid <= 0)
    return;
  kill(o->pid, SIGTERM);
  for (int i = 0; i < STOP_SECONDS * 10 && waitpid(o->pid, NULL, WNOHANG) == 0; i++)
    sleep_ms(100);
  o->pid = 0;
}

/* A server on a database that has the shop already, or gets it now. */
static bool ordo_open(struct ordo *o, const char *database, bool fresh, int64_t next)
{
  ordo_start(o, database);
  if (!o->pid || !make_key(o))
    return false;
  shop_init(&o->shop, o->address, o->key, SKUS);
  o->shop.next = next;
  o->shop.random += (uint64_t)next * 0x9e3779b97f4a7c15u;
  return !fresh || shop_prepare(&o->shop);
}

static int64_t metric(const struct ordo *o, const char *name)
{
  struct bench_text text = {0};
  int64_t value = 0;
  if (drive_call(o->address, o->key, "GET", "/metrics", NULL, &text) == 200) {
    const char *at = text.at;
    while ((at = strstr(at, name)) && (at[strlen(name)] != ' ' || (at > text.at && at[-1] != '\n')))
      at++;
    value = at ? atoll(at + strlen(name) + 1) : 0;
  }
  bench_text_free(&text);
  return value;
}

static int64_t resident_kb(pid_t pid)
{
  char path[64], line[256];
  int64_t kb = 0;
  snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  FILE *f = fopen(path, "r");
  while (f && fgets(line, sizeof line, f))
    if (strncmp(line, "VmRSS:", 6) == 0)
      kb = atoll(line + 6);
  if (f)
    fclose(f);
  return kb;
}

/* ---- Figures ---- */

struct series {
  double at[ROUNDS_MAX];
  int n;
};

static void series_add(struct series *s, double value)
{
  if (s->n < ROUNDS_MAX)
    s->at[s->n++] = value;
}

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

static double median(const struct series *s)
{
  struct series sorted = *s;
  if (!s->n)
    return 0;
  qsort(sorted.at, (size_t)s->n, sizeof sorted.at[0], by_value);
  return s->n % 2 ? sorted.at[s->n / 2] : (sorted.at[s->n / 2 - 1] + sorted.at[s->n / 2]) / 2;
}

/* What was measured, against what is to be reached. */
enum aim { AT_LEAST, AT_MOST, NO_AIM };
static void print_figure(const char *what, double value, const char *unit, enum aim aim, double reach)
{
  bool met = aim == AT_LEAST ? value >= reach : aim == AT_MOST ? value <= reach : true;
  printf("%-52s %10.*f %-9s", what, value < 100 ? 2 : 0, value, unit);
  if (aim != NO_AIM)
    printf(" %s %-7g %s", aim == AT_LEAST ? ">=" : "<=", reach, met ? "met" : "MISSED");
  printf("\n");
  fflush(stdout);
}

static void print_machine(void)
{
  struct utsname name;
  char line[256], model[200] = "unknown", when[32];
  time_t now = time(NULL);
  FILE *f = fopen("/proc/cpuinfo", "r");
  while (f && fgets(line, sizeof line, f))
    if (strncmp(line, "model name", 10) == 0 && strchr(line, ':'))
      snprintf(model, sizeof model, "%s", strchr(line, ':') + 2);
  if (f)
    fclose(f);
  model[strcspn(model, "\n")] = 0;
  uname(&name);
  strftime(when, sizeof when, "%Y-%m-%d %H:%M UTC", gmtime(&now));
  printf("%s; %ld processors %s, Linux %s\n", when, sysconf(_SC_NPROCESSORS_ONLN), model, name.release);
  printf("%d rounds of %d s, %d connections, %d products; medians\n\n", options.rounds, options.seconds, CLIENTS, SKUS);
}

/* ---- Placing orders ---- */

struct placed {
  double rate, p50_ms, p99_ms, batch; /* batch = acts in one commit on average */
  double following;                   /* part of the new events that the terms for search have caught up with */
  int64_t wrong;
};

static bool place_orders(struct ordo *o, int64_t ms, bool hot, struct placed *out)
{
  struct drive_kind *kind = calloc(1, sizeof *kind);
  *kind = (struct drive_kind){
      .name = "order", .connections = CLIENTS, .ask = shop_ask_order, .expect = 201, .arg = &o->shop};
  struct drive drive = {.address = o->address, .duration_ms = ms, .kinds = kind, .n_kinds = 1};
  int64_t acts = metric(o, "ordo_writer_acts_total"), batches = metric(o, "ordo_writer_batches_total");
  int64_t feed[2], terms[2];
  o->shop.hot = hot;
  bool fine =
      bare_feed(o->database, &feed[0], &terms[0]) && drive_run(&drive) && bare_feed(o->database, &feed[1], &terms[1]);
  acts = metric(o, "ordo_writer_acts_total") - acts;
  batches = metric(o, "ordo_writer_batches_total") - batches;
  *out = (struct placed){
      .rate = (double)kind->answers * 1e6 / (double)drive.took_us,
      .p50_ms = (double)latency_at(&kind->latencies, 500) / 1e3,
      .p99_ms = (double)latency_at(&kind->latencies, 990) / 1e3,
      .batch = batches ? (double)acts / (double)batches : 1,
      .following = fine && feed[1] > feed[0] ? (double)(terms[1] - terms[0]) / (double)(feed[1] - feed[0]) : 1,
      .wrong = kind->wrong};
  if (kind->wrong)
    fprintf(stderr, "bench: %lld of %lld answers were not 201; the first: %d %s\n", (long long)kind->wrong,
            (long long)kind->answers, kind->wrong_status, kind->wrong_body);
  o->shop.placed += kind->answers - kind->wrong;
  free(kind);
  return fine;
}

/* Stores orders through POST /v1/orders/bulk until there are `stored`. */
static bool fill(struct ordo *o, int64_t stored)
{
  struct drive_kind *kind = calloc(1, sizeof *kind);
  *kind = (struct drive_kind){
      .name = "bulk", .connections = 2, .ask = shop_ask_bulk, .fine = shop_bulk_fine, .arg = &o->shop};
  struct drive drive = {.address = o->address,
                        .duration_ms = 3600 * 1000,
                        .kinds = kind,
                        .n_kinds = 1,
                        .answers_max = (stored - o->shop.placed + SHOP_BULK - 1) / SHOP_BULK};
  bool fine = drive_run(&drive) && kind->wrong == 0;
  if (kind->wrong)
    fprintf(stderr, "bench: a bulk was answered %d %s\n", kind->wrong_status, kind->wrong_body);
  o->shop.placed += kind->answers * SHOP_BULK;
  printf("stored %lld orders by bulk in %.1f s, %.0f orders/s\n", (long long)kind->answers * SHOP_BULK,
         (double)drive.took_us / 1e6, (double)kind->answers * SHOP_BULK * 1e6 / (double)drive.took_us);
  free(kind);
  return fine;
}

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
  double fresh = (double)ordo_start(&o, path_in("start.db")) / 1e3;
  ordo_stop(&o);
  for (int i = 0; i < STARTS; i++) {
    series_add(&starts, (double)ordo_start(&o, path_in("start.db")) / 1e3);
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

/* Waits until what follows from the orders so far is written too. */
static bool settle(const struct ordo *o)
{
  int64_t written = 1, followed = 0;
  for (int i = 0; i < SETTLE_SECONDS && followed < written; i++) {
    sleep_ms(1000);
    if (!bare_feed(o->database, &written, &followed))
      return false;
  }
  if (followed < written)
    fprintf(stderr, "bench: the terms for search have not caught up within %d s\n", SETTLE_SECONDS);
  return followed >= written;
}

/* The rows of one order of this server, and a copy of its database to write them into. */
static struct bare *open_bare(struct ordo *o)
{
  remove_database(path_in("before.db"));
  remove_database(path_in("after.db"));
  remove_database(path_in("bare.db"));
  if (!settle(o) || !bare_copy(o->database, path_in("before.db")))
    return NULL;
  int64_t serial = o->shop.next, number = 100001 + o->shop.placed;
  struct drive_kind *kind = calloc(1, sizeof *kind);
  *kind = (struct drive_kind){.connections = 1, .ask = shop_ask_order, .expect = 201, .arg = &o->shop};
  struct drive drive = {
      .address = o->address, .duration_ms = ONE_ORDER_MS, .kinds = kind, .n_kinds = 1, .answers_max = 1};
  bool fine = drive_run(&drive) && kind->wrong == 0;
  free(kind);
  o->shop.placed++;
  if (!fine || !settle(o) || !bare_copy(o->database, path_in("after.db")) ||
      !bare_copy(o->database, path_in("bare.db")))
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
  if (!place_orders(o, WARM_MS, false, &placed) || !bare_run(b, &load, &bare))
    return false;
  load.duration_ms = options.seconds * 1000;
  for (int i = 0; i < options.rounds; i++) {
    if (!place_orders(o, options.seconds * 1000, false, &placed))
      return false;
    load.batch_max = (int)(placed.batch + 0.5);
    load.following = placed.following;
    if (!bare_run(b, &load, &bare) || !place_orders(o, options.seconds * 1000, true, &hotly))
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

/* Clerks read while orders come in at half the greatest rate. */
static bool read_while_writing(struct ordo *o, double rate)
{
  struct drive_kind *kinds = calloc(4, sizeof *kinds);
  static const struct {
    const char *name, *p99;
    int connections, rate;
    void (*ask)(void *, struct bench_text *);
    double reach_ms;
  } reads[] = {
      {"list",   "list of 50, filtered and sorted: p99", 4, 20, shop_ask_list,   20},
      {"detail", "one order: p99",                       4, 50, shop_ask_detail, 5 },
      {"search", "search: p99",                          2, 10, shop_ask_search, 50},
  };
  kinds[0] = (struct drive_kind){
      .name = "order", .connections = CLIENTS, .rate = rate / 2, .ask = shop_ask_order, .expect = 201, .arg = &o->shop};
  for (size_t i = 0; i < COUNT_OF(reads); i++)
    kinds[i + 1] = (struct drive_kind){.name = reads[i].name,
                                       .connections = reads[i].connections,
                                       .rate = reads[i].rate,
                                       .ask = reads[i].ask,
                                       .expect = 200,
                                       .arg = &o->shop};
  struct drive drive = {.address = o->address, .duration_ms = options.seconds * 2000, .kinds = kinds, .n_kinds = 4};
  o->shop.hot = false;
  bool fine = drive_run(&drive);
  o->shop.placed += kinds[0].answers - kinds[0].wrong;
  printf("reads beside %.0f orders/s, %lld orders stored:\n", (double)kinds[0].answers * 1e6 / (double)drive.took_us,
         (long long)o->shop.placed);
  print_figure("  placing: p99", (double)latency_at(&kinds[0].latencies, 990) / 1e3, "ms", NO_AIM, 0);
  for (size_t i = 0; i < COUNT_OF(reads); i++) {
    struct drive_kind *kind = &kinds[i + 1];
    char what[64];
    snprintf(what, sizeof what, "  %s", reads[i].p99);
    print_figure(what, (double)latency_at(&kind->latencies, 990) / 1e3, "ms", AT_MOST, reads[i].reach_ms);
    snprintf(what, sizeof what, "    median of %lld", (long long)kind->answers);
    print_figure(what, (double)latency_at(&kind->latencies, 500) / 1e3, "ms", NO_AIM, 0);
    if (kind->wrong)
      printf("  %lld answers were wrong, the first: %d %s\n", (long long)kind->wrong, kind->wrong_status,
             kind->wrong_body);
  }
  free(kinds);
  return fine;
}

/* The server with a million orders and one with ten thousand, a fresh copy each round, take turns. */
static bool compare_stored(struct ordo *many, int64_t few_next)
{
  struct series ratio = {0}, rate = {0}, few_rate = {0};
  for (int i = 0; i < options.rounds; i++) {
    struct ordo few = {0};
    struct placed with_few, with_many, warm;
    remove_database(path_in("few-now.db"));
    if (!bare_copy(path_in("few.db"), path_in("few-now.db")) ||
        !ordo_open(&few, path_in("few-now.db"), false, few_next))
      return false;
    bool fine =
        place_orders(&few, WARM_MS, false, &warm) && place_orders(&few, options.seconds * 1000, false, &with_few) &&
        place_orders(many, WARM_MS, false, &warm) && place_orders(many, options.seconds * 1000, false, &with_many);
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
      !ordo_open(&many, path_in("many.db"), stored == 0, serial + 1))
    return false;
  many.shop.placed = stored;
  bool fine = (stored >= STORED_MANY || fill(&many, STORED_MANY)) && settle(&many);
  fine = fine && read_while_writing(&many, rate) && compare_stored(&many, few_next);
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
  if (!ordo_open(o, path_in("ordo.db"), true, 1) || !fill(o, STORED_FEW))
    return false;
  int64_t few_next = o->shop.next;
  if (options.full && (!settle(o) || !bare_copy(o->database, path_in("few.db"))))
    return false;
  struct bare *b = open_bare(o);
  bool fine = b && compare_with_bare(o, b, &rate) && read_while_writing(o, rate);
  bare_close(b);
  ordo_stop(o);
  return fine && (!options.full || run_full(rate, few_next));
}

static bool take_options(int argc, char **argv)
{
  for (int i = 1; i < argc; i++) {
    const char *value = i + 1 < argc ? argv[i + 1] : NULL;
    if (strcmp(argv[i], "--full") == 0) {
      options.full = true;
      continue;
    }
    if (!value)
      return false;
    i++;
    if (strcmp(argv[i - 1], "--ordo") == 0)
      options.ordo = value;
    else if (strcmp(argv[i - 1], "--folder") == 0)
      options.folder = value;
    else if (strcmp(argv[i - 1], "--seconds") == 0)
      options.seconds = (int)strtol(value, NULL, 10);
    else if (strcmp(argv[i - 1], "--rounds") == 0)
      options.rounds = (int)strtol(value, NULL, 10);
    else
      return false;
  }
  return options.seconds >= 1 && options.seconds <= 600 && options.rounds >= 1 && options.rounds <= ROUNDS_MAX;
}

int main(int argc, char **argv)
{
  static struct ordo ordo;
  if (!take_options(argc, argv)) {
    fprintf(stderr, "usage: order_bench --ordo PROGRAM [--folder DIR] [--seconds N] [--rounds 1..%d] [--full]\n",
            ROUNDS_MAX);
    return 2;
  }
  signal(SIGPIPE, SIG_IGN);
  mkdir(options.folder, 0700);
  bool fine = run(&ordo);
  ordo_stop(&ordo);
  return fine ? 0 : 1;
}
