/* load - many clients at one time. Workers are threads of their own connection; they count and remember, and the test
 * checks when all have ended: no CHECK inside a worker. */
#ifndef ORDO_LOAD_H
#define ORDO_LOAD_H

#include "client.h"

#include <stdatomic.h>

#define LOAD_WORKERS_MAX 256

struct load;
struct load_worker {
  struct load *load;
  int n; /* from 0 */
  struct client *client;
  uint64_t random; /* its own: xorshift, seeded from the load's seed and n */
};
struct load {
  const char *address, *key;
  int workers;
  uint64_t seed;
  void (*run)(struct load_worker *w);
  void *arg;
  atomic_bool stopping; /* workers look at it between calls */
  atomic_int by_status[600];
  atomic_int broken; /* calls without an answer */
  atomic_int slowest_ms;
  void *threads; /* private */
};

void load_start(struct load *l);
void load_wait(struct load *l); /* joins all */
static inline void load_run(struct load *l)
{
  load_start(l), load_wait(l);
}
/* A call that is counted. */
enum called load_call(struct load_worker *w, const struct request *rq, struct answer *out);
uint64_t load_random(struct load_worker *w);
/* A number below n. */
int load_pick(struct load_worker *w, int n);
/* From the environment (ORDO_SEED) or the clock; printed, so that a failure can be repeated. */
uint64_t load_seed(void);

#endif
