/* kill -9 at random moments while webhooks are told what happens: none is lost, each order's arrive in their order, and the
 * receiver can see by the webhook-id which it has had already. */
#include "deeds.h"
#include "receiver.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLIENTS = 4, KILLS = 5, KILLS_LONG = 40, MOMENT_MAX_MS = 250, SETTLE_MS = 240000 };

/* Every tenth first attempt fails, and some hang until the sender is gone. */
static int moody(void *arg, const struct received *rq)
{
  uint64_t lot = hash_mix(hash_text(rq->body), 11) % 20;
  (void)arg;
  return rq->nth > 0 || lot > 2 ? 200 : lot == 0 ? RECEIVER_CLOSE : 500;
}

static void one_kill(struct shop *s, struct crowd *c, struct load *l)
{
  l->address = s->address;
  atomic_store(&l->broken, 0);
  load_start(l);
  poll(NULL, 0, (int)(hash_mix(c->seed, (uint64_t)c->round + 3) % MOMENT_MAX_MS));
  shop_kill(s);
  load_wait(l);
  shop_start(s);
  for (int i = 0; i < CLIENTS; i++) /* what they were answered is kill_test's to prove */
    c->workers[i].list.n = 0;
  c->round++;
  shop_check(s);
}

/* Until nothing is under way; what waits for its next attempt is tried at once. */
static void settle(struct shop *s)
{
  int64_t until = monotonic_ms() + SETTLE_MS;
  for (;;) {
    SAY(200, "GET /v1/system");
    bool behind = !text_eq(AT("/consumers/name=webhooks/lag"), "0");
    SAY(200, "GET /v1/jobs?state=queued,running,retrying&limit=1");
    if (!behind && text_eq(AT("/data/#"), "0"))
      return;
    CHECK(monotonic_ms() < until);
    SAY(200, "POST /v1/jobs/replay {'state': 'retrying'}");
    poll(NULL, 0, 100);
  }
}

/* ---- What was received, by event ---- */

struct told {
  int64_t cursor;
  const char *subject;
};

static int by_cursor(const void *a, const void *b)
{
  int64_t left = ((const struct told *)a)->cursor, right = ((const struct told *)b)->cursor;
  return (left > right) - (left < right);
}

/* Accepted ones in the order they came; of each subject that of the log. */
static void check_lanes(struct shop *s, const struct told *all, size_t n)
{
  struct told *last = ARENA_ARRAY(s->arena, struct told, n + 1);
  size_t n_last = 0;
  for (size_t i = 0; i < n; i++) {
    struct told *of = NULL;
    for (size_t k = 0; k < n_last && !of; k++)
      of = text_eq(last[k].subject, all[i].subject) ? &last[k] : NULL;
    if (!of) {
      of = &last[n_last++];
      of->subject = all[i].subject;
    }
    CHECK(all[i].cursor >= of->cursor);
    of->cursor = all[i].cursor;
  }
}

/* The text after a name in JSON of ours, which has no blanks. */
static const char *after_name(const char *json, const char *name)
{
  const char *at = strstr(json, name);
  CHECK(at != NULL);
  return at + strlen(name);
}

/* Every event of orders in the feed was accepted at least once. Returns how many there are. */
static int64_t check_none_lost(struct shop *s, struct told *all, size_t n)
{
  int64_t events = 0, after = 0, before = -1;
  qsort(all, n, sizeof *all, by_cursor);
  while (after != before) {
    before = after;
    SAY(200, arena_printf(s->arena, "GET /v1/events?limit=500&after=%lld", (long long)after));
    for (const char *row = s->last.body; (row = strstr(row, "{\"cursor\":")); row++) {
      struct told key = {.cursor = atoll(after_name(row, "\"cursor\":"))};
      after = key.cursor;
      if (!text_starts(after_name(row, "\"subject_kind\":\""), "order\""))
        continue;
      events++;
      if (!bsearch(&key, all, n, sizeof *all, by_cursor))
        test_failed(__FILE__, __LINE__, arena_printf(s->arena, "event %lld", (long long)after), "told to nobody",
                    "told");
    }
  }
  return events;
}

static struct told told_of(struct shop *s, const struct received *rq)
{
  const char *subject = after_name(rq->body, "\"subject\":\"");
  return (struct told){atoll(after_name(rq->body, "\"cursor\":")),
                       arena_textn(s->arena, subject, strcspn(subject, "\""))};
}

TEST(no_event_is_lost_on_its_way_outside_whatever_the_moment_of_a_kill)
{
  struct crowd *c = ARENA_NEW(t->arena, struct crowd);
  int kills = getenv("ORDO_LONG") ? KILLS_LONG : KILLS;
  c->seed = load_seed();
  c->n_workers = CLIENTS;
  for (int i = 0; i < CLIENTS; i++) {
    c->workers[i].arena = arena_new((size_t)1 << 30);
    arena_defer(t->arena, (void (*)(void *))arena_free, c->workers[i].arena);
  }
  struct receiver *r = receiver_open(t);
  struct shop *s = shop_open(t);
  struct load l = {.key = s->key, .workers = CLIENTS, .run = deeds_do, .arg = c, .seed = c->seed};
  receiver_decide(r, moody, NULL);
  SAY(200, "PATCH /v1/settings/outbound.private_addresses {'value': 'on'}");
  shop_label(s, "url", receiver_url(r, "/hook"));
  SAY(201, "POST /v1/webhooks {'url': '<url>', 'topics': ['*']}");
  a_large_shop(s);
  for (int i = 0; i < kills; i++)
    one_kill(s, c, &l);
  settle(s);
  struct told *all = ARENA_ARRAY(s->arena, struct told, (size_t)receiver_n(r) + 1);
  size_t n = 0;
  for (int i = 0; i < receiver_n(r); i++) {
    const struct received *rq = receiver_at(r, i);
    if (rq->status == 200)
      all[n++] = told_of(s, rq);
  }
  check_lanes(s, all, n);
  int64_t events = check_none_lost(s, all, n);
  printf("  %d kills, %lld events of orders, %d requests\n", kills, (long long)events, receiver_n(r));
  CHECK(events > 0);
  shop_close(s);
}
