/* measure - what the parts of order_bench share: the program as a process, loads driven against it, figures told.
 *
 * orders.c has SQLite's run, orders_pg.c PostgreSQL's.
 */
#ifndef ORDO_BENCH_MEASURE_H
#define ORDO_BENCH_MEASURE_H

#include "bare.h"

#include <sys/types.h>

enum {
  SKUS = 1000,
  CLIENTS = 128,
  ROUNDS_MAX = 15,
  STORED_FEW = 10000,
  STORED_MANY = 1000000,
  WARM_MS = 1500,
  ONE_ORDER_MS = 2000,
  URL_BYTES = 600
};

/* Of the command line; main fills it. */
struct options {
  const char *ordo, *folder, *postgres; /* postgres: the server's url, or NULL */
  int seconds, rounds, writers;
  bool full;
};
extern struct options options;

/* orders_pg.c: the run on PostgreSQL. */
bool run_postgres(void);

/* ---- The server as a process ---- */

struct ordo {
  pid_t pid; /* 0 = not running */
  char address[64], key[128], url[URL_BYTES];
  struct shop shop;
};

void sleep_ms(int ms);
/* Starts the program on a database; from starting to its first answer. o->pid = 0 when it failed, and has said why. */
int64_t ordo_start(struct ordo *o, const char *url);
void ordo_stop(struct ordo *o);
/* A server on a database that has the shop already, or gets it now. next: serial of the next order. */
MUST_CHECK bool ordo_open(struct ordo *o, const char *url, bool fresh, int64_t next);
int64_t resident_kb(pid_t pid);
/* How far the feed is, with what is committed but not numbered yet, and the consumer that follows it. */
MUST_CHECK bool ordo_feed(const char *url, int64_t *out_written, int64_t *out_followed);
/* Waits until what follows from the orders so far is written too. */
MUST_CHECK bool settle(const struct ordo *o);

/* ---- Loads ---- */

struct placed {
  double rate, p50_ms, p99_ms, batch; /* batch = acts in one commit on average */
  double following;                   /* part of the new events that the terms for search have caught up with */
  int64_t wrong;
};
/* CLIENTS connections place orders as fast as answers come; the second server (NULL = none) has half of them. Both draw
 * from the first one's shop. */
MUST_CHECK bool place_orders(struct ordo *o, struct ordo *second, int64_t ms, bool hot, struct placed *out);
MUST_CHECK bool place_one(struct ordo *o);
/* Stores orders through POST /v1/orders/bulk until there are `stored`. */
MUST_CHECK bool fill(struct ordo *o, int64_t stored);
/* Clerks read while orders come in at half the greatest rate. ask_detail with its arg; NULL = by number, from the shop. */
MUST_CHECK bool read_while_writing(struct ordo *o, double rate, void (*ask_detail)(void *, struct bench_text *),
                                   void *arg);

/* ---- Figures ---- */

struct series {
  double at[ROUNDS_MAX];
  int n;
};
void series_add(struct series *s, double value);
double median(const struct series *s);
/* What was measured, against what is to be reached. */
enum aim { AT_LEAST, AT_MOST, NO_AIM };
void print_figure(const char *what, double value, const char *unit, enum aim aim, double reach);
void print_machine(void);

#endif
