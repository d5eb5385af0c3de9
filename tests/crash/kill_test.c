/* kill -9 at random moments under load. After each restart: every acknowledged order is there with its content, repeats
 * give the first answer byte for byte, and the books are in order. */
#include "deeds.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

enum { CLIENTS = 32, KILLS = 20, KILLS_LONG = 200, MOMENT_MAX_MS = 700, ROUNDS_PER_DATABASE = 10 };

static void one_kill(struct shop *s, struct crowd *c, struct load *l)
{
  l->address = s->address;
  atomic_store(&l->broken, 0);
  load_start(l);
  int moment = (int)(hash_mix(c->seed, (uint64_t)c->round + 7) % MOMENT_MAX_MS);
  poll(NULL, 0, moment);
  shop_kill(s);
  load_wait(l);
  CHECK_INT(l->by_status[500], 0);
  CHECK_INT(l->by_status[503], 0);
  if (c->round % 4 == 3)
    shop_check(s); /* with the log of the dead still there, too */
  shop_start(s);
  deeds_verify(s, c);
  deeds_count(s, c);
  shop_check(s);
}

TEST(whatever_the_moment_of_a_kill_what_was_acknowledged_is_there)
{
  struct crowd *c = ARENA_NEW(t->arena, struct crowd);
  int kills = getenv("ORDO_LONG") ? KILLS_LONG : KILLS, done = 0;
  int64_t began = monotonic_ms(), orders = 0;
  c->seed = load_seed();
  c->n_workers = CLIENTS;
  for (int i = 0; i < CLIENTS; i++) {
    c->workers[i].arena = arena_new((size_t)1 << 30);
    arena_defer(t->arena, (void (*)(void *))arena_free, c->workers[i].arena);
  }
  while (done < kills) {
    struct shop *s = shop_open(t);
    struct load l = {.key = s->key, .workers = CLIENTS, .run = deeds_do, .arg = c, .seed = c->seed + (uint64_t)done};
    c->orders = 0;
    a_large_shop(s);
    for (int i = 0; i < ROUNDS_PER_DATABASE && done < kills; i++, done++)
      one_kill(s, c, &l);
    orders += c->orders;
    shop_close(s);
  }
  printf("  %d kills, %d deeds acknowledged, %lld orders, %lld s\n", done, c->acknowledged, (long long)orders,
         (long long)(monotonic_ms() - began) / 1000);
}
