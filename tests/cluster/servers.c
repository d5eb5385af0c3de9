/* Clients that switch, readers that count, and the reckoning. */
#include "servers.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AGAIN_MS = 20, WAIT_MS = 60000, FEED_MS = 60000, DEEDS_BYTES = 1 << 30 };

int servers_rounds(int few, int many)
{
  return getenv("ORDO_LONG") ? many : few;
}

/* ---- Where the servers are ---- */

static void set_address(struct servers *sv, int i, const char *address)
{
  pthread_mutex_lock(&sv->lock);
  snprintf(sv->addresses[i], sizeof sv->addresses[i], "%s", address);
  pthread_mutex_unlock(&sv->lock);
}

/* A connection to server n, n + 1 ... whichever is said to run; all down = the last address of one. */
static struct client *client_of(struct servers *sv, int n)
{
  char address[64];
  pthread_mutex_lock(&sv->lock);
  snprintf(address, sizeof address, "%s", sv->addresses[n % sv->n]);
  pthread_mutex_unlock(&sv->lock);
  return client_new(address, sv->load.key);
}

/* ---- The feed ---- */

static bool wrong_feed(struct feed_reader *r, const char *what, long long last, long long next)
{
  if (!*r->wrong)
    snprintf(r->wrong, sizeof r->wrong, "%s: after %lld came %lld", what, last, next);
  return false;
}

/* Each event of a page must be the next one. */
static bool take_page(struct feed_reader *r, const char *body)
{
  static const char mark[] = "\"cursor\":", name[] = "\"id\":\"";
  for (const char *at = strstr(body, mark); at; at = strstr(at, mark)) {
    at += strlen(mark);
    long long cursor = strtoll(at + (*at == '"'), NULL, 10), last = atomic_load(&r->last);
    const char *id = strstr(at, name);
    if (cursor != last + 1 || !id)
      return wrong_feed(r, "a hole or a repeat", last, cursor);
    for (id += strlen(name); *id && *id != '"'; id++)
      r->sum = hash_mix(r->sum, (uint64_t)(unsigned char)*id);
    r->sum = hash_mix(r->sum, (uint64_t)cursor);
    atomic_store(&r->last, cursor);
  }
  return true;
}

static void *read_main(void *arg)
{
  struct feed_reader *r = arg;
  struct servers *sv = r->servers;
  struct client *client = NULL;
  int n = (int)(r - sv->readers);
  for (bool fine = true; fine && !atomic_load(&sv->readers_stop);) {
    char path[96];
    struct answer answer;
    snprintf(path, sizeof path, "/v1/events?limit=200&wait=1&after=%lld", (long long)atomic_load(&r->last));
    client = client ? client : client_of(sv, n);
    client_patience(client, 10000);
    enum called got = client_call(client, &(struct request){.method = "GET", .path = path}, &answer);
    if (got == CALL_ANSWERED && answer.status == 200) {
      fine = take_page(r, answer.body);
      continue;
    }
    if (got == CALL_ANSWERED && answer.status != 503)
      fine = wrong_feed(r, "an answer of another status", atomic_load(&r->last), answer.status);
    client_free(client);
    client = NULL;
    n++;
    poll(NULL, 0, AGAIN_MS);
  }
  client_free(client);
  return NULL;
}

/* ---- Servers ---- */

void servers_start(struct servers *sv, int i)
{
  shop_start(sv->shops[i]);
  set_address(sv, i, sv->shops[i]->address);
}

void servers_kill(struct servers *sv, int i)
{
  shop_kill(sv->shops[i]);
}

void servers_stop(struct servers *sv, int i)
{
  CHECK_INT(shop_stop(sv->shops[i]), 0);
}

struct servers *servers_open(struct test *t, const char *url, int n)
{
  struct servers *sv = ARENA_NEW(t->arena, struct servers);
  assert(n <= SERVERS_MAX);
  sv->t = t;
  sv->url = url;
  sv->n = n;
  pthread_mutex_init(&sv->lock, NULL);
  for (int i = 0; i < n; i++) {
    sv->shops[i] = shop_in(t, NULL);
    sv->shops[i]->url = url;
    sv->shops[i]->key = i ? sv->shops[0]->key : shop_key(sv->shops[i], "tests", "*");
    servers_start(sv, i);
  }
  sv->crowd = ARENA_NEW(t->arena, struct crowd);
  sv->crowd->seed = load_seed();
  a_large_shop(sv->shops[0]);
  return sv;
}

/* ---- Clients ---- */

/* The same request to the other server, after a moment; to nobody when the load is ending. */
static bool try_elsewhere(struct load_worker *w)
{
  struct servers *sv = ((struct crowd *)w->load->arg)->arg;
  if (atomic_load(&w->load->stopping))
    return false;
  poll(NULL, 0, AGAIN_MS);
  client_free(w->client);
  w->client = client_of(sv, load_pick(w, sv->n));
  return true;
}

/* At the end of servers_end, or of a test that failed before it. */
static void end_readers(void *arg)
{
  struct servers *sv = arg;
  if (!sv->load.threads && atomic_exchange(&sv->readers_stop, true))
    return; /* ended already */
  atomic_store(&sv->load.stopping, true);
  atomic_store(&sv->readers_stop, true);
  if (sv->load.threads)
    load_wait(&sv->load);
  for (int i = 0; i < FEED_READERS; i++)
    pthread_join(sv->readers[i].thread, NULL);
}

void servers_begin(struct servers *sv, int clients)
{
  struct crowd *c = sv->crowd;
  c->n_workers = clients;
  c->again = try_elsewhere;
  c->arg = sv;
  c->go_on = true;
  for (int i = 0; i < clients; i++) {
    c->workers[i].arena = arena_new((size_t)DEEDS_BYTES);
    arena_defer(sv->t->arena, (void (*)(void *))arena_free, c->workers[i].arena);
  }
  sv->load = (struct load){.address = sv->shops[0]->address,
                           .key = sv->shops[0]->key,
                           .workers = clients,
                           .run = deeds_do,
                           .arg = c,
                           .seed = c->seed};
  load_start(&sv->load);
  for (int i = 0; i < FEED_READERS; i++) {
    sv->readers[i].servers = sv;
    pthread_create(&sv->readers[i].thread, NULL, read_main, &sv->readers[i]);
  }
  arena_defer(sv->t->arena, end_readers, sv); /* before what they stand on goes, when the test fails */
}

int servers_wait(struct servers *sv, int more)
{
  int64_t began = monotonic_ms();
  int before = atomic_load(&sv->crowd->acknowledged), now = before, first = -1;
  while ((now = atomic_load(&sv->crowd->acknowledged)) < before + more) {
    if (first < 0 && now > before)
      first = (int)(monotonic_ms() - began);
    if (monotonic_ms() - began > WAIT_MS)
      test_failed(__FILE__, __LINE__, "deeds acknowledged within a minute",
                  arena_printf(sv->t->arena, "%d", now - before), arena_printf(sv->t->arena, "%d", more));
    poll(NULL, 0, 5);
  }
  return first < 0 ? (int)(monotonic_ms() - began) : first;
}

/* ---- The reckoning ---- */

/* Until both readers are where the feed ends, and nothing waits for its number. */
static void await_feed(struct servers *sv)
{
  static const char sql[] = "SELECT (SELECT count(*) FROM feed_pending) * -1000000 + (SELECT max(seq) FROM feed)";
  int64_t until = monotonic_ms() + FEED_MS, wanted = 0;
  for (bool there = false; !there && monotonic_ms() < until; poll(NULL, 0, 50)) {
    wanted = strtoll(pg_ask_at(sv->t, sv->url, sql), NULL, 10);
    there = true;
    for (int i = 0; i < FEED_READERS; i++)
      there = there && (atomic_load(&sv->readers[i].last) == wanted || *sv->readers[i].wrong);
  }
  for (int i = 0; i < FEED_READERS; i++)
    if (*sv->readers[i].wrong)
      test_failed(__FILE__, __LINE__, "the feed", sv->readers[i].wrong, "every event once and in order");
  CHECK_INT(sv->readers[0].last, wanted);
  CHECK_INT(sv->readers[1].last, wanted);
}

void servers_end(struct servers *sv)
{
  struct shop *first = sv->shops[0], *last = sv->shops[sv->n - 1];
  atomic_store(&sv->load.stopping, true);
  load_wait(&sv->load);
  CHECK_INT(sv->load.by_status[500], 0);
  deeds_verify(first, sv->crowd);
  deeds_count(last, sv->crowd);
  await_feed(sv);
  end_readers(sv);
  CHECK(sv->readers[0].sum == sv->readers[1].sum);
  printf("  %d deeds acknowledged, %lld orders, %lld events; %d answers of 503, %d calls without one\n",
         sv->crowd->acknowledged, (long long)sv->crowd->orders, (long long)sv->readers[0].last, sv->load.by_status[503],
         sv->load.broken);
  for (int i = 0; i < sv->n; i++)
    servers_stop(sv, i);
  shop_check(first);
}
