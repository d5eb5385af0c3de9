/* app - plugs everything together and decides nothing: the command line, configuration, and the lists of routes, timers
 * and bootstrap steps.
 */
#ifndef ORDO_APP_H
#define ORDO_APP_H

#include "acts.h"
#include "api.h"
#include "base.h"

#define ORDO_VERSION "0.1.0"
#define DATABASE_DEFAULT "sqlite:data/ordo.db"
#define LISTEN_DEFAULT "127.0.0.1:8080"

/* Exit statuses of every command. */
enum { EXIT_FINE = 0, EXIT_FAILED = 1, EXIT_USAGE = 2 };

/* ---- Command line ---- */

/* An option of a command: --name VALUE, or a switch. Values come from the environment where env is named. */
struct option_row {
  const char *name, *env, *def; /* "database", "ORDO_DATABASE"; def NULL = none */
  bool is_switch;
  const char *doc;
};
struct arguments {
  const struct option_row *options;
  const char *values[32];    /* by option; "1" for a switch that is there */
  const char *positional[8]; /* words that are no options */
  int n_positional;
};
struct command {
  const char *name;   /* "key add" */
  const char *usage;  /* words after it: "FILE" */
  const char *doc;
  const struct option_row *options; /* ended by a row without name */
  int (*run)(const struct arguments *args);
};
extern const struct command commands[]; /* ended by a row without name */
/* The value of an option, or NULL. */
const char *argument(const struct arguments *args, const char *name);
/* Says what is wrong and names the mend, on stderr; returns EXIT_FAILED. */
int failed(const char *fmt, ...) PRINTF_LIKE(1, 2);

#define OPTION_DATABASE {"database", "ORDO_DATABASE", DATABASE_DEFAULT, false, "sqlite:PATH or postgresql://HOST/NAME"}

int cmd_serve(const struct arguments *args);
int cmd_key_add(const struct arguments *args);
int cmd_user_add(const struct arguments *args);
int cmd_check(const struct arguments *args);
int cmd_openapi(const struct arguments *args);
int cmd_import(const struct arguments *args);
int cmd_demo(const struct arguments *args);
int cmd_bench(const struct arguments *args);
int cmd_copy(const struct arguments *args);
int cmd_backup(const struct arguments *args);
int cmd_restore(const struct arguments *args);
extern const struct option_row serve_options[], import_options[], demo_options[], bench_options[];
extern const struct option_row copy_options[], backup_options[], restore_options[];

/* ---- The database of a command ---- */

/* Makes the folder, migrates, and fills what a fresh database has: channel web, the built-in carrier, review rules, the
 * currency (only when fresh). Says on stderr what failed. */
MUST_CHECK bool database_prepare(const char *url, const char *currency);
/* A writer of our own, beside a running server too. NULL after saying what failed. */
struct writer *database_writer(const char *url);
/* Runs an act through a writer and waits; on a refusal says it on stderr. The result lives in the arena. */
MUST_CHECK enum err database_act(struct writer *w, const struct act *act, const void *body, struct arena *a,
                                 struct act_result *out);

/* ---- The server as a value: for serve, demo and bench ---- */

struct server;
struct server_config {
  const char *url, *listen, *currency;
  bool secure;
  const char *trusted_proxies;
  bool quiet;  /* no access log */
  int writers; /* writer_config.lanes */
  int workers_outside; /* outside_config.workers */
};
/* Prepares, starts writer, API and timers. NULL after saying what failed. */
struct server *server_start(const struct server_config *config);
const char *server_address(const struct server *s); /* "127.0.0.1:8080" */
/* Finishes what was accepted and refuses new work; at most STOP_MS. */
void server_stop(struct server *s);
/* Waits until a signal asks to stop, or the storage failed. True = asked, false = failed. */
bool server_wait(struct server *s);
#define STOP_MS 8000

/* ---- The demo beside a running server (demo.c) ---- */

/* Loads the demo's masters and orders, in this currency, on a thread of its own, into a company that was set up. NULL when
 * there is no thread to have. Stop it before the server's writer stops; it ends between two orders. */
struct demo_guest;
struct demo_guest *demo_guest_start(const char *url, const char *currency);
void demo_guest_stop(struct demo_guest *g); /* accepts NULL */

/* The proof of `ordo check`, step by step. */
struct database_proof {
  void (*difference)(void *arg, const char *difference, const char *repair);
  void (*step)(void *arg, int64_t step, int64_t steps, const char *what); /* may be NULL */
  void *arg;
  bool aloud; /* notes that are no differences go to stdout */
};
MUST_CHECK enum err database_check(struct ctx *cx, const struct database_proof *proof);

/* ---- Logging: text on a terminal, JSON otherwise ---- */

enum log_level { LOG_INFO, LOG_WARN, LOG_ERROR };
void log_line(enum log_level level, const char *message, const char *fmt, ...) PRINTF_LIKE(3, 4);
void log_access(const struct http_log *line);

/* ---- Lists ---- */

extern const struct api_room app_rooms[]; /* routes.c */
/* timers.c: what happens by itself. Runs until timers_stop. owner: this process's name for leases; lives longer. */
struct timers;
struct timers *timers_start(struct writer *w, const char *url, struct clock clock, const char *owner);
void timers_stop(struct timers *t);
/* How each of them fares; any thread. */
void timers_fare(struct timers *t, struct arena *a, api_timers *out);

#endif
