/* Children, connections, and lines of the report. */
#define _GNU_SOURCE
#include "measure.h"

#include "bare_pg.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SETTLE_SECONDS = 1200, STOP_SECONDS = 15 };

struct options options = {.ordo = "build/release/ordo", .folder = "build/bench-data", .seconds = 8, .rounds = 3};

/* ---- The server as a process ---- */

void sleep_ms(int ms)
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

/* What the server has to say goes on to our own stderr with BENCH_LOG set; a pipe that nobody reads would stop it. */
static void *pass_on(void *arg)
{
  int fd = (int)(intptr_t)arg;
  char text[4096];
  for (ssize_t n; (n = read(fd, text, sizeof text)) > 0;)
    if (getenv("BENCH_LOG"))
      fwrite(text, 1, (size_t)n, stderr);
  close(fd);
  return NULL;
}

static bool make_key(struct ordo *o)
{
  int fd, status = 1;
  char *argv[] = {(char *)options.ordo, "key", "add", "--database", o->url, "--name", "bench", "--scope", "*", NULL};
  pid_t pid = start_program(argv, STDOUT_FILENO, &fd);
  bool fine = pid > 0 && read_line(fd, o->key, sizeof o->key);
  close(fd);
  waitpid(pid, &status, 0);
  return fine && status == 0;
}

int64_t ordo_start(struct ordo *o, const char *url)
{
  static const char wanted[] = "listening on http://";
  char line[256] = "", writers[16];
  int fd;
  int64_t begun = bench_microseconds();
  snprintf(o->url, sizeof o->url, "%s", url);
  snprintf(writers, sizeof writers, "%d", options.writers);
  char *argv[] = {(char *)options.ordo,
                  "serve",
                  "--database",
                  o->url,
                  "--listen",
                  "127.0.0.1:0",
                  "--quiet",
                  options.writers ? "--writers" : NULL,
                  writers,
                  NULL};
  o->pid = start_program(argv, STDERR_FILENO, &fd);
  while (o->pid > 0 && read_line(fd, line, sizeof line) && strncmp(line, wanted, strlen(wanted)) != 0)
    fprintf(stderr, "%s\n", line);
  snprintf(o->address, sizeof o->address, "%.63s",
           strncmp(line, wanted, strlen(wanted)) == 0 ? line + strlen(wanted) : "");
  pthread_t thread;
  if (pthread_create(&thread, NULL, pass_on, (void *)(intptr_t)fd) == 0)
    pthread_detach(thread);
  if (!o->address[0] || drive_call(o->address, NULL, "GET", "/healthz", NULL, NULL) != 200) {
    fprintf(stderr, "bench: %s did not start\n", options.ordo);
    o->pid = 0;
  }
  return bench_microseconds() - begun;
}

void ordo_stop(struct ordo *o)
{
  if (o->pid <= 0)
    return;
  kill(o->pid, SIGTERM);
  for (int i = 0; i < STOP_SECONDS * 10 && waitpid(o->pid, NULL, WNOHANG) == 0; i++)
    sleep_ms(100);
  o->pid = 0;
}

bool ordo_open(struct ordo *o, const char *url, bool fresh, int64_t next)
{
  ordo_start(o, url);
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

int64_t resident_kb(pid_t pid)
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

/* ---- What follows from the orders ---- */

bool ordo_feed(const char *url, int64_t *out_written, int64_t *out_followed)
{
  if (strncmp(url, "sqlite:", 7) == 0)
    return bare_feed(url + 7, out_written, out_followed);
  return pg_ask_i64(url, "SELECT coalesce(max(seq), 0) + (SELECT count(*) FROM feed_pending) FROM feed", out_written) &&
         pg_ask_i64(url, "SELECT coalesce(max(feed_seq), 0) FROM consumer WHERE name = 'search'", out_followed);
}

bool settle(const struct ordo *o)
{
  int64_t written = 1, followed = 0;
  for (int i = 0; i < SETTLE_SECONDS && followed < written; i++) {
    sleep_ms(1000);
    if (!ordo_feed(o->url, &written, &followed))
      return false;
  }
  if (followed < written)
    fprintf(stderr, "bench: the terms for search have not caught up within %d s\n", SETTLE_SECONDS);
  return followed >= written;
}

/* ---- Placing orders ---- */

/* Acts and batches of the writers of one or two servers so far. */
static void count_batches(const struct ordo *o, const struct ordo *second, int64_t *out_acts, int64_t *out_batches)
{
  *out_acts = metric(o, "ordo_writer_acts_total") + (second ? metric(second, "ordo_writer_acts_total") : 0);
  *out_batches = metric(o, "ordo_writer_batches_total") + (second ? metric(second, "ordo_writer_batches_total") : 0);
}

static void say_wrong(const struct drive_kind *kind)
{
  if (kind->wrong)
    fprintf(stderr, "bench: %lld of %lld answers were not as wanted; the first: %d %s\n", (long long)kind->wrong,
            (long long)kind->answers, kind->wrong_status, kind->wrong_body);
}

bool place_orders(struct ordo *o, struct ordo *second, int64_t ms, bool hot, struct placed *out)
{
  int n = second ? 2 : 1;
  int64_t feed[2], terms[2], acts[2], batches[2], answers = 0;
  struct drive_kind *kinds = calloc((size_t)n, sizeof *kinds);
  struct drive drive = {.address = o->address, .duration_ms = ms, .kinds = kinds, .n_kinds = n};
  for (int i = 0; i < n; i++)
    kinds[i] = (struct drive_kind){.name = "order",
                                   .connections = CLIENTS / n,
                                   .ask = shop_ask_order,
                                   .expect = 201,
                                   .arg = &o->shop,
                                   .address = i ? second->address : NULL};
  count_batches(o, second, &acts[0], &batches[0]);
  o->shop.hot = hot;
  bool fine = ordo_feed(o->url, &feed[0], &terms[0]) && drive_run(&drive) && ordo_feed(o->url, &feed[1], &terms[1]);
  count_batches(o, second, &acts[1], &batches[1]);
  *out = (struct placed){
      .p50_ms = (double)latency_at(&kinds[0].latencies, 500) / 1e3,
      .p99_ms = (double)latency_at(&kinds[0].latencies, 990) / 1e3,
      .batch = batches[1] > batches[0] ? (double)(acts[1] - acts[0]) / (double)(batches[1] - batches[0]) : 1,
      .following = fine && feed[1] > feed[0] ? (double)(terms[1] - terms[0]) / (double)(feed[1] - feed[0]) : 1};
  for (int i = 0; i < n; i++) {
    say_wrong(&kinds[i]);
    answers += kinds[i].answers;
    out->wrong += kinds[i].wrong;
  }
  out->rate = (double)answers * 1e6 / (double)drive.took_us;
  o->shop.placed += answers - out->wrong;
  free(kinds);
  return fine;
}

bool place_one(struct ordo *o)
{
  struct drive_kind *kind = calloc(1, sizeof *kind);
  *kind = (struct drive_kind){.connections = 1, .ask = shop_ask_order, .expect = 201, .arg = &o->shop};
  struct drive drive = {
      .address = o->address, .duration_ms = ONE_ORDER_MS, .kinds = kind, .n_kinds = 1, .answers_max = 1};
  bool fine = drive_run(&drive) && kind->wrong == 0;
  say_wrong(kind);
  o->shop.placed += fine;
  free(kind);
  return fine;
}

bool fill(struct ordo *o, int64_t stored)
{
  struct drive_kind *kind = calloc(1, sizeof *kind);
  *kind = (struct drive_kind){.name = "bulk",
                              .connections = 1 + (options.writers ? options.writers : 1),
                              .ask = shop_ask_bulk,
                              .fine = shop_bulk_fine,
                              .arg = &o->shop};
  struct drive drive = {.address = o->address,
                        .duration_ms = 3600 * 1000,
                        .kinds = kind,
                        .n_kinds = 1,
                        .answers_max = (stored - o->shop.placed + SHOP_BULK - 1) / SHOP_BULK};
  bool fine = drive_run(&drive) && kind->wrong == 0;
  say_wrong(kind);
  o->shop.placed += kind->answers * SHOP_BULK;
  printf("stored %lld orders by bulk in %.1f s, %.0f orders/s\n", (long long)kind->answers * SHOP_BULK,
         (double)drive.took_us / 1e6, (double)kind->answers * SHOP_BULK * 1e6 / (double)drive.took_us);
  free(kind);
  return fine;
}

bool read_while_writing(struct ordo *o, double rate, void (*ask_detail)(void *, struct bench_text *), void *arg)
{
  struct drive_kind *kinds = calloc(4, sizeof *kinds);
  static const struct {
    const char *name, *p99;
    int connections, rate;
    void (*ask)(void *, struct bench_text *);
    double reach_ms;
  } reads[] = {
      {"list", "list of 50, filtered and sorted: p99", 4, 20, shop_ask_list, 20},
      {"detail", "one order: p99", 4, 50, shop_ask_detail, 5},
      {"search", "search: p99", 2, 10, shop_ask_search, 50},
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
  if (ask_detail) {
    kinds[2].ask = ask_detail;
    kinds[2].arg = arg;
  }
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

/* ---- Figures ---- */

void series_add(struct series *s, double value)
{
  if (s->n < ROUNDS_MAX)
    s->at[s->n++] = value;
}

static int by_value(const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;
  return x < y ? -1 : x > y;
}

double median(const struct series *s)
{
  struct series sorted = *s;
  if (!s->n)
    return 0;
  qsort(sorted.at, (size_t)s->n, sizeof sorted.at[0], by_value);
  return s->n % 2 ? sorted.at[s->n / 2] : (sorted.at[s->n / 2 - 1] + sorted.at[s->n / 2]) / 2;
}

void print_figure(const char *what, double value, const char *unit, enum aim aim, double reach)
{
  bool met = aim == AT_LEAST ? value >= reach : aim == AT_MOST ? value <= reach : true;
  printf("%-52s %10.*f %-9s", what, value < 100 ? 2 : 0, value, unit);
  if (aim != NO_AIM)
    printf(" %s %-7g %s", aim == AT_LEAST ? ">=" : "<=", reach, met ? "met" : "MISSED");
  printf("\n");
  fflush(stdout);
}

void print_machine(void)
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
