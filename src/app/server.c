/* The server as a value: writer, API, timers and numberer, started and stopped in the one right order. */
#include "app.h"
#include "chores.h"

#include "identity.h"
#include "import_work.h"
#include "leases.h"
#include "outside.h"
#include "setup.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct server {
  struct api *api;
  struct writer *writer;
  struct timers *timers;
  struct chores *chores;
  struct import_work *imports;
  struct outside *outside;
  struct numberer *numberer; /* NULL where the writer seals the feed itself */
  char owner[LEASE_OWNER_TEXT];
  char setup_token[TOKEN_TEXT]; /* "" where the company is set up */
  struct demo_guest *demo;      /* that setup asked for, or NULL; guarded by away_lock */
  char *url;
  volatile sig_atomic_t poisoned;
  pthread_mutex_t away_lock; /* guards what follows */
  int64_t away_told_ms, away_unsaid;
};

enum { AWAY_TOLD_EVERY_MS = 10 * 1000 };

/* The storage cannot be trusted: end the process's wait as a signal would. */
static void on_poisoned(void *arg)
{
  struct server *s = arg;
  if (s->poisoned)
    return;
  s->poisoned = 1;
  log_line(LOG_ERROR, "the storage failed; nothing more is acknowledged", "%s", "");
  kill(getpid(), SIGTERM);
}

static void on_sealed(void *arg, int64_t seq)
{
  struct server *s = arg;
  api_committed(s->api, seq);
}

/* On PostgreSQL the events have no numbers yet. */
static void on_commit(void *arg, int64_t seq)
{
  struct server *s = arg;
  if (seq == ABSENT)
    numberer_nudge(s->numberer);
  else
    on_sealed(s, seq);
}

static void on_numberer_trouble(void *arg, enum err err, const char *detail)
{
  (void)arg;
  if (err == ERR_OK)
    log_line(LOG_INFO, "the event feed goes on", "%s", "");
  else
    log_line(LOG_WARN, "the event feed waits", "%s: %s", err_info(err)->slug, detail);
}

static bool is_poisoned(void *arg)
{
  return ((struct server *)arg)->poisoned;
}

static void on_log(void *arg, const struct http_log *line)
{
  (void)arg;
  log_access(line);
}

/* While the database is away every request meets the same: one line a while says it, and how many it stands for. */
static bool is_said(struct server *s, enum err code)
{
  int64_t now = clock_real.now(NULL).ms;
  if (code != ERR_AWAY)
    return false;
  pthread_mutex_lock(&s->away_lock);
  bool said = now - s->away_told_ms < AWAY_TOLD_EVERY_MS;
  s->away_unsaid++;
  int64_t n = s->away_unsaid;
  if (!said) {
    s->away_told_ms = now;
    s->away_unsaid = 0;
  }
  pthread_mutex_unlock(&s->away_lock);
  if (!said)
    log_line(LOG_ERROR, "the database is away", "%lld requests were told so since the last such line", (long long)n);
  return true;
}

static void on_error(void *arg, const char *request_id, enum err code, const char *detail)
{
  if (is_said(arg, code))
    return;
  log_line(LOG_ERROR, err_info(code)->slug, "%s (request %s)", detail, request_id ? request_id : "none");
}

/* A company is set up once. */
static void on_load_demo(void *arg, int demo, const char *currency)
{
  struct server *s = arg;
  (void)demo;
  pthread_mutex_lock(&s->away_lock);
  if (!s->demo)
    s->demo = demo_guest_start(s->url, currency);
  pthread_mutex_unlock(&s->away_lock);
}

static void on_slow(void *arg, const char *sql, int64_t ms)
{
  (void)arg;
  log_line(LOG_WARN, "slow statement", "%lld ms: %s", (long long)ms, sql);
}

/* While nobody can sign in yet, who reads the log may set the company up from another machine. */
static enum err draw_setup_token(struct server *s, const char *url, struct fault *f)
{
  struct db *db = NULL;
  struct ctx cx;
  char ignored[HASH_TEXT];
  bool needed = false;
  TRY(db_open(url, DB_READER, f, &db));
  ctx_init(&cx, f->arena, db, clock_real.now(NULL));
  enum err err = setup_needed(&cx, &needed);
  db_close(db);
  if (err == ERR_OK && needed)
    token_draw(s->setup_token, ignored);
  if (*s->setup_token)
    log_line(LOG_INFO, "nobody can sign in yet: open the console to set the company up",
             "from another machine with the token %s", s->setup_token);
  return err == ERR_OK ? ERR_OK : fault_fail(f, err, "", "%s", cx.fault.detail ? cx.fault.detail : "no database");
}

static void on_timers(void *arg, struct arena *a, api_timers *out)
{
  struct server *s = arg;
  if (s->timers)
    timers_fare(s->timers, a, out);
}

static enum err on_chore(void *arg, struct fault *f, const char *name)
{
  return chores_begin(((struct server *)arg)->chores, f, name);
}

static bool on_chores(void *arg, struct arena *a, const char *name, struct api_chore *out)
{
  return chores_look(((struct server *)arg)->chores, a, name, out);
}

static void on_backups(void *arg, struct arena *a, api_backups *out)
{
  chores_backups(((struct server *)arg)->chores, a, out);
}

static enum err start(struct server *s, const struct server_config *config, struct fault *f)
{
  TRY(draw_setup_token(s, config->url, f));
  s->url = strdup(config->url);
  struct api_config api = {
      .url = config->url,
      .listen = config->listen,
      .rooms = app_rooms,
      .clock = clock_real,
      .secure = config->secure,
      .trusted_proxies = config->trusted_proxies,
      .version = ORDO_VERSION,
      .setup_token = *s->setup_token ? s->setup_token : NULL,
      .arg = s,
      .on_log = config->quiet ? NULL : on_log,
      .on_error = on_error,
      .load_demo = on_load_demo,
      .on_slow = on_slow,
      .timers = on_timers,
      .chore = on_chore,
      .chores = on_chores,
      .backups = on_backups,
      .poisoned = is_poisoned,
  };
  struct writer_config writer = {.url = config->url,
                                 .clock = clock_real,
                                 .lanes = config->writers,
                                 .on_commit = on_commit,
                                 .on_poisoned = on_poisoned,
                                 .on_slow = on_slow,
                                 .arg = s};
  struct numberer_config numberer = {.url = config->url,
                                     .clock = clock_real,
                                     .owner = s->owner,
                                     .on_sealed = on_sealed,
                                     .on_trouble = on_numberer_trouble,
                                     .arg = s};
  pthread_mutex_init(&s->away_lock, NULL);
  lease_owner_draw(s->owner);
  s->chores = chores_new(config->url, clock_real);
  s->api = api_new(&api);
  if (!text_starts(config->url, "sqlite:"))
    TRY(numberer_start(&numberer, f, &s->numberer));
  TRY(writer_start(&writer, f, &s->writer));
  TRY(api_start(s->api, s->writer, f));
  s->timers = timers_start(s->writer, config->url, clock_real, s->owner);
  s->imports = import_work_start(s->writer, config->url, clock_real, s->owner);
  s->outside = outside_start(&(struct outside_config){.writer = s->writer,
                                                      .url = config->url,
                                                      .clock = clock_real,
                                                      .owner = s->owner,
                                                      .workers = config->workers_outside});
  return ERR_OK;
}

/* The signals that ask to stop are waited for by the main thread alone; threads started later inherit the mask. */
static void block_signals(void)
{
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, NULL);
  signal(SIGPIPE, SIG_IGN);
}

struct server *server_start(const struct server_config *config)
{
  block_signals();
  if (!database_prepare(config->url, config->currency))
    return NULL;
  struct arena *a = arena_new(1 << 20);
  struct fault f;
  struct server *s = calloc(1, sizeof *s);
  fault_init(&f, a);
  if (start(s, config, &f) != ERR_OK) {
    failed("%s", f.detail ? f.detail : "the server cannot be started");
    server_stop(s);
    s = NULL;
  }
  arena_free(a);
  return s;
}

const char *server_address(const struct server *s)
{
  return api_address(s->api);
}

bool server_wait(struct server *s)
{
  sigset_t stop;
  int signal_number;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  sigwait(&stop, &signal_number);
  return !s->poisoned;
}

void server_stop(struct server *s)
{
  if (!s)
    return;
  if (s->api)
    api_quiesce(s->api); /* first: while new work comes in, a job that follows it has no end */
  demo_guest_stop(s->demo);
  timers_stop(s->timers);
  import_work_stop(s->imports);
  outside_stop(s->outside);
  if (s->api)
    api_stop(s->api, STOP_MS);
  writer_stop(s->writer);
  numberer_stop(s->numberer); /* after the last commit */
  api_free(s->api);
  chores_free(s->chores);
  free(s->url);
  free(s);
}

const struct option_row serve_options[] = {
    OPTION_DATABASE,
    {"listen", "ORDO_LISTEN", LISTEN_DEFAULT, false, "HOST:PORT; port 0 picks a free one"},
    {"currency", NULL, "USD", false, "of the company; only for a fresh database"},
    {"secure-cookies", NULL, NULL, true, "clients come by https, through a proxy in front"},
    {"trusted-proxy", "ORDO_TRUSTED_PROXY", NULL, false,
     "addresses or networks of the proxies in front, with commas: their X-Forwarded-For tells who comes"},
    {"writers", NULL, "0", false, "connections that write at a time, up to 16; 0 = 1 on SQLite, 3 on PostgreSQL"},
    {"workers-outside", NULL, "4", false, "threads that deliver webhooks, mail and the like, 1 to 64"},
    {"quiet", NULL, NULL, true, "no access log"},
    {0},
};

static bool take_writers(const struct arguments *args, int *out)
{
  const char *text = argument(args, "writers");
  int64_t n = 0;
  if (!decimal_parse(text, strlen(text), 0, &n) || n < 0 || n > WRITER_LANES_MAX)
    return failed("--writers is a number from 0 to %d", WRITER_LANES_MAX), false;
  *out = (int)n;
  return true;
}

static bool take_workers(const struct arguments *args, int *out)
{
  const char *text = argument(args, "workers-outside");
  int64_t n = 0;
  if (!decimal_parse(text, strlen(text), 0, &n) || n < 1 || n > OUTSIDE_WORKERS_MAX)
    return failed("--workers-outside is a number from 1 to %d", OUTSIDE_WORKERS_MAX), false;
  *out = (int)n;
  return true;
}

int cmd_serve(const struct arguments *args)
{
  struct server_config config = {
      .url = argument(args, "database"),
      .listen = argument(args, "listen"),
      .currency = argument(args, "currency"),
      .secure = argument(args, "secure-cookies") != NULL,
      .trusted_proxies = argument(args, "trusted-proxy"),
      .quiet = argument(args, "quiet") != NULL,
  };
  if (!take_writers(args, &config.writers) || !take_workers(args, &config.workers_outside))
    return EXIT_USAGE;
  struct server *s = server_start(&config);
  if (!s)
    return EXIT_FAILED;
  fprintf(stderr, "listening on http://%s\n", server_address(s));
  bool asked = server_wait(s);
  log_line(LOG_INFO, "stopping", "%s", asked ? "as asked" : "the storage failed");
  server_stop(s);
  log_line(LOG_INFO, "stopped", "%s", "");
  return asked ? EXIT_FINE : EXIT_FAILED;
}
