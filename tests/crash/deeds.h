/* deeds - what clients did before a crash, and what they were told: so that afterwards all of it can be held against the
 * database.
 *
 * Each worker places orders and works on its own ones, every write with an idempotency key. A deed is acknowledged when
 * its answer came; a deed whose connection broke is open: done or not, but never half, and its repeat says which.
 */
#ifndef ORDO_DEEDS_H
#define ORDO_DEEDS_H

#include "load.h"
#include "shop.h"

struct deed {
  const char *method, *path, *body, *key;
  int status;         /* 0 = open */
  const char *answer; /* of a success */
  bool places;
};
struct deeds {
  struct arena *arena; /* of the worker */
  LIST(struct deed) list;
  char order[32], external[64], fulfillment[32]; /* the newest of this worker */
  char wrong[2048];                /* the first thing that is not as it must be, or "" */
};
struct crowd {
  struct deeds workers[LOAD_WORKERS_MAX];
  int n_workers, round;
  uint64_t seed;
  atomic_int acknowledged, refused_503;
  int64_t orders; /* placed in all rounds: as many as must be there */
  bool go_on;     /* answers of 503 do not end a worker */
  /* When a deed has no answer, or one that says to try again: true = the same deed is sent again, perhaps elsewhere (a new
   * w->client). NULL = it stays open, and the worker ends. */
  bool (*again)(struct load_worker *w);
  void *arg; /* again's */
};

/* A shop with plenty of stock at two locations. */
void a_large_shop(struct shop *s);
/* A worker's life until the server is gone or load.stopping: load.arg is the crowd. */
void deeds_do(struct load_worker *w);
/* Repeats every deed of the round: acknowledged ones must give the same bytes, open ones must come to an end, placed
 * orders must be there as they were acknowledged. Then forgets the round. Fails the test with the first difference. */
void deeds_verify(struct shop *s, struct crowd *c);
/* As many orders are there as were placed. */
void deeds_count(struct shop *s, const struct crowd *c);

#endif
