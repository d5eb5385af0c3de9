/* Threads, each with its connection. */
#include "load.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

struct load_thread {
  pthread_t thread;
  struct load_worker worker;
};

static void *main_of(void *arg)
{
  struct load_worker *w = arg;
  w->load->run(w);
  client_free(w->client);
  return NULL;
}

void load_start(struct load *l)
{
  struct load_thread *threads = calloc((size_t)l->workers, sizeof *threads);
  l->threads = threads;
  assert(l->workers <= LOAD_WORKERS_MAX);
  for (int i = 0; i < l->workers; i++) {
    struct load_worker *w = &threads[i].worker;
    *w = (struct load_worker){.load = l, .n = i, .client = client_new(l->address, l->key)};
    w->random = hash_mix(l->seed + 1, (uint64_t)i + 1) | 1;
    pthread_create(&threads[i].thread, NULL, main_of, w);
  }
}

void load_wait(struct load *l)
{
  struct load_thread *threads = l->threads;
  for (int i = 0; i < l->workers; i++)
    pthread_join(threads[i].thread, NULL);
  free(threads);
  l->threads = NULL;
}

enum called load_call(struct load_worker *w, const struct request *rq, struct answer *out)
{
  int64_t began = monotonic_ms();
  enum called got = client_call(w->client, rq, out);
  int took = (int)(monotonic_ms() - began), slowest = atomic_load(&w->load->slowest_ms);
  while (took > slowest && !atomic_compare_exchange_weak(&w->load->slowest_ms, &slowest, took))
    continue;
  if (got == CALL_ANSWERED)
    atomic_fetch_add(&w->load->by_status[out->status], 1);
  else
    atomic_fetch_add(&w->load->broken, 1);
  return got;
}

uint64_t load_random(struct load_worker *w)
{
  w->random ^= w->random << 13;
  w->random ^= w->random >> 7;
  w->random ^= w->random << 17;
  return w->random;
}

int load_pick(struct load_worker *w, int n)
{
  return (int)(load_random(w) % (uint64_t)n);
}

uint64_t load_seed(void)
{
  const char *given = getenv("ORDO_SEED");
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  uint64_t seed = given ? strtoull(given, NULL, 10) : (uint64_t)now.tv_sec * 1000003 + (uint64_t)now.tv_nsec;
  printf("seed %llu (ORDO_SEED=%llu repeats it)\n", (unsigned long long)seed, (unsigned long long)seed);
  return seed;
}
