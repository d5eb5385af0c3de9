/* bench_drive - our HTTP load driver: one thread, one epoll, keep-alive connections to a server on this machine. It
 * asks several kinds of request at once, each on connections of its own, as fast as answers come or at a given rate,
 * and measures what every answer took. bench_shop.c has the requests; `ordo bench` and bench/orders run them.
 *
 * With a rate a latency counts from the instant the request was due, not from when a connection was free for it: a
 * server that stalls cannot hide behind a driver that waits politely.
 */
#ifndef ORDO_BENCH_DRIVE_H
#define ORDO_BENCH_DRIVE_H

#include "base.h"

#define DRIVE_CONNECTIONS_MAX 256
#define DRIVE_KINDS_MAX       8

/* ---- Latencies: 64 steps per power of two, so a value is known to 1.6 % ----------------------------------------- */

enum { LATENCY_STEPS = 64, LATENCY_POWERS = 30 };
struct latencies {
  int64_t counts[LATENCY_STEPS * LATENCY_POWERS];
  int64_t n, max_us, sum_us;
};
void latency_add(struct latencies *l, int64_t us);
/* The latency that `per_mille` of a thousand did not pass: 500 the median, 990 the p99. 0 without any. */
int64_t latency_at(const struct latencies *l, int per_mille);

int64_t bench_microseconds(void); /* of a clock that never jumps */

/* ---- Bytes that grow: a request to send, an answer read --------------------------------------------------------- */

struct bench_text {
  char *at; /* ends in a NUL that n does not count */
  size_t n, cap;
};
void bench_text_add(struct bench_text *t, const char *bytes, size_t n);
void bench_text_printf(struct bench_text *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
void bench_text_free(struct bench_text *t);

/* ---- Driving ---------------------------------------------------------------------------------------------------- */

struct drive_kind {
  const char *name;
  int connections;
  double rate; /* a second, evenly spread; 0 = the next one as soon as an answer is in */
  void (*ask)(void *arg, struct bench_text *request); /* adds one whole HTTP request */
  /* Whether the answer is as it must be. NULL: the status is `expect`. */
  bool (*fine)(void *arg, int status, const char *body, size_t n);
  int expect;
  void *arg;
  const char *address; /* another server than the drive's; NULL = that one */

  /* Filled: */
  struct latencies latencies;
  int64_t answers, wrong;
  int wrong_status;     /* of the first answer that was wrong ... */
  char wrong_body[240]; /* ... and its beginning */
};

struct drive {
  const char *address; /* "127.0.0.1:8080" */
  int64_t duration_ms;
  int64_t answers_max; /* of the first kind: the run ends there; 0 = by time alone */
  struct drive_kind *kinds;
  int n_kinds;
  int64_t took_us; /* filled: from the first request to the last answer */
};
/* Runs and fills in the results. When the time is over no more requests are sent, and the answers under way are awaited
 * for up to 10 s. False after saying on stderr what cannot be done: connect, or a connection that broke. */
MUST_CHECK bool drive_run(struct drive *d);

/* One request and its answer on a connection of its own, waiting at most 60 s. 0 = no answer. The body goes to *out
 * (may be NULL). */
int drive_call(const char *address, const char *key, const char *method, const char *path, const char *body,
               struct bench_text *out);

/* ---- A shop to measure with (bench_shop.c) ---------------------------------------------------------------------- */

#define SHOP_SKUS_MAX 20000

struct shop {
  const char *address, *key;
  int skus;          /* products P-00000 ...; P-00000 is the hot one */
  bool hot;          /* every order has the hot product in its first line */
  int64_t next;      /* serial of the next order: external id, customer, key */
  int64_t placed;    /* orders there are to read: SO-100001 ... */
  int64_t hot_units; /* of the hot product in the orders asked for since it was set to 0 */
  uint64_t random;
  char head[512]; /* headers that all requests share */
};
void shop_init(struct shop *s, const char *address, const char *key, int skus);
/* A warehouse, products and stock for millions of orders. False after saying what failed. */
MUST_CHECK bool shop_prepare(struct shop *s);
/* Units of a product that are reserved, or -1. */
int64_t shop_reserved(struct shop *s, int product);

/* For drive_kind.ask, with the shop as arg: */
void shop_ask_order(void *shop, struct bench_text *request);
void shop_ask_bulk(void *shop, struct bench_text *request); /* SHOP_BULK orders at once */
bool shop_bulk_fine(void *shop, int status, const char *body, size_t n);
void shop_ask_list(void *shop, struct bench_text *request);   /* 50 orders, a filter, sorted */
void shop_ask_detail(void *shop, struct bench_text *request); /* one of all orders */
void shop_ask_search(void *shop, struct bench_text *request); /* ?q= */
#define SHOP_BULK 250

#endif
