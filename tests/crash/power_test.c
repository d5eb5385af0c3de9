/* Disks that fail or lie under the writer, by the fault VFS of lib/db: failing syncs, short writes, torn and lost last
 * writes. In this process, since the VFS is; the checks are the program's own, on the file that is left. */
#include "app.h"
#include "inventory.h"
#include "catalog.h"
#include "intake.h"
#include "load.h"
#include "shop.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 6, ORDERS_EACH = 400, ROUNDS = 6, ROUNDS_LONG = 20 };

struct told {
  char key[40];
  char *reply; /* NULL = not acknowledged */
};
struct client_of_writer {
  pthread_t thread;
  struct disaster *d;
  int n;
  struct told told[ORDERS_EACH];
  int n_told;
};
struct disaster {
  struct writer *writer;
  uint64_t seed;
  atomic_bool poisoned, stop;
  atomic_int acknowledged, after_poison, odd;
  int stop_at; /* acknowledgments after which clients stop */
  struct client_of_writer clients[CLIENTS];
};

/* ---- An order straight to the writer ---- */

static enum err place(struct writer *w, struct arena *a, const char *key, struct act_call *call)
{
  struct order_input *input = ARENA_NEW(a, struct order_input);
  struct fault f;
  const char *json = arena_printf(a,
                                  "{\"channel\":\"web\",\"external_id\":\"%s\",\"currency\":\"USD\",\"lines\":[{"
                                  "\"sku\":\"TEE-S\",\"quantity\":1}]}",
                                  key);
  fault_init(&f, a);
  enum err err = rec_read(&order_input_rec, json, strlen(json), "", a, &f, input);
  assert(err == ERR_OK);
  *call = (struct act_call){
      .act = &order_place_act,
      .in = {.body = input, .version = ABSENT},
      .arena = a,
      .actor = actor_system,
      .success = 201,
      .key = key,
      .deadline = INSTANT(ABSENT)
  };
  memcpy(call->request_hash, key, strlen(key) < HASH_BYTES ? strlen(key) : HASH_BYTES);
  return writer_run(w, call);
}

static void *client_main(void *arg)
{
  struct client_of_writer *c = arg;
  struct disaster *d = c->d;
  struct arena *a = arena_new(4 << 20);
  for (int i = 0; i < ORDERS_EACH && !atomic_load(&d->stop); i++) {
    struct told *told = &c->told[c->n_told++];
    struct act_call call;
    snprintf(told->key, sizeof told->key, "p%llx-%d-%d", (unsigned long long)(d->seed & 0xffffffff), c->n, i);
    bool was_poisoned = atomic_load(&d->poisoned);
    arena_reset(a);
    enum err err = place(d->writer, a, told->key, &call);
    if (err == ERR_OK) {
      told->reply = strndup(call.reply, call.reply_n);
      atomic_fetch_add(&d->after_poison, was_poisoned);
      if (atomic_fetch_add(&d->acknowledged, 1) + 1 >= d->stop_at)
        atomic_store(&d->stop, true);
    } else if (err != ERR_STORAGE && err != ERR_STOPPING && err != ERR_BUSY) {
      atomic_fetch_add(&d->odd, 1);
    } else {
      break;
    }
  }
  arena_free(a);
  return NULL;
}

static void on_poisoned(void *arg)
{
  struct disaster *d = arg;
  atomic_store(&d->poisoned, true);
}

static void run_clients(struct disaster *d)
{
  for (int i = 0; i < CLIENTS; i++) {
    d->clients[i].d = d;
    d->clients[i].n = i;
    pthread_create(&d->clients[i].thread, NULL, client_main, &d->clients[i]);
  }
  for (int i = 0; i < CLIENTS; i++)
    pthread_join(d->clients[i].thread, NULL);
}

static void disaster_free(void *arg)
{
  struct disaster *d = arg;
  for (int i = 0; i < CLIENTS; i++)
    for (int k = 0; k < d->clients[i].n_told; k++)
      free(d->clients[i].told[k].reply);
}

/* ---- A database with stock, on the faulty disk ---- */

static void start(struct test *t, struct shop *s, struct disaster *d)
{
  struct fault f;
  struct writer_config config = {.url = arena_printf(t->arena, "%s?vfs=ordo-fault", s->url),
                                 .clock = clock_real,
                                 .on_poisoned = on_poisoned,
                                 .arg = d};
  fault_init(&f, t->arena);
  CHECK_OK(writer_start(&config, &f, &d->writer));
}

static struct shop *a_shop(struct test *t)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 1000000}]}");
  shop_close(s);
  return s;
}

/* Everything that was acknowledged is there, told again byte for byte; the books are in order; no order is there that
 * nobody asked for. Or, where the disk lied about what was synced, the program refuses clearly. */
static void see_that_all_is_there(struct test *t, struct shop *s, struct disaster *d)
{
  struct fault f;
  struct writer_config config = {.url = s->url, .clock = clock_real};
  struct arena *a = arena_new(4 << 20);
  arena_defer(t->arena, (void (*)(void *))arena_free, a);
  shop_check(s);
  fault_init(&f, t->arena);
  CHECK_OK(writer_start(&config, &f, &d->writer));
  for (int i = 0; i < CLIENTS; i++)
    for (int k = 0; k < d->clients[i].n_told; k++) {
      struct told *told = &d->clients[i].told[k];
      struct act_call call;
      arena_reset(a);
      CHECK_OK(place(d->writer, a, told->key, &call));
      if (told->reply && !call.replayed)
        test_failed(__FILE__, __LINE__, told->key, "done again", "a replay: it was acknowledged");
      if (told->reply)
        CHECK_TEXT(arena_textn(a, call.reply, call.reply_n), told->reply);
    }
  writer_stop(d->writer);
  shop_check(s);
}

static void survive(struct test *t, const char *what, uint64_t seed, int stop_at, struct db_fault_plan plan,
                    bool power_cut)
{
  struct shop *s = a_shop(t);
  struct disaster *d = ARENA_NEW(t->arena, struct disaster);
  arena_defer(t->arena, disaster_free, d);
  d->seed = seed;
  d->stop_at = stop_at;
  db_fault_vfs_register();
  db_fault_vfs_replug();
  start(t, s, d);
  db_fault_vfs_plan(&plan);
  run_clients(d);
  if (power_cut)
    db_fault_vfs_power_cut();
  writer_stop(d->writer);
  db_fault_vfs_replug();
  printf("  %s: %d acknowledged%s\n", what, d->acknowledged, d->poisoned ? ", then poisoned" : "");
  CHECK_INT(d->odd, 0);
  CHECK_INT(d->after_poison, 0);
  if (!power_cut)
    CHECK(d->poisoned);
  see_that_all_is_there(t, s, d);
}

static int rounds(void)
{
  return getenv("ORDO_LONG") ? ROUNDS_LONG : ROUNDS;
}

TEST(after_a_failed_sync_nothing_is_acknowledged_and_what_was_is_there)
{
  uint64_t seed = load_seed();
  for (int i = 0; i < rounds(); i++)
    survive(t, "failed sync", hash_mix(seed, (uint64_t)i), 1 << 20,
            (struct db_fault_plan){.fail_sync_after = 1 + (int64_t)(hash_mix(seed, (uint64_t)i) % 40)}, false);
}

TEST(after_a_short_write_nothing_is_acknowledged_and_what_was_is_there)
{
  uint64_t seed = load_seed();
  for (int i = 0; i < rounds(); i++)
    survive(t, "short write", hash_mix(seed, (uint64_t)i), 1 << 20,
            (struct db_fault_plan){.fail_write_after = 1 + (int64_t)(hash_mix(seed, (uint64_t)i) % 2000)}, false);
}

TEST(after_a_power_cut_with_lost_and_torn_writes_what_was_acknowledged_is_there)
{
  uint64_t seed = load_seed();
  for (int i = 0; i < rounds(); i++) {
    uint64_t lot = hash_mix(seed, (uint64_t)i);
    survive(t, lot % 3 ? lot % 3 == 1 ? "lost writes" : "torn writes" : "writes by lot", lot, 20 + (int)(lot % 150),
            (struct db_fault_plan){
                .lose_after = 1 + (int64_t)(lot % 100), .torn = lot % 3 == 2, .seed = lot % 3 == 0 ? lot | 1 : 0},
            true);
  }
}
