/* Who reacts to which events: the whole web of reactions is read here. */
#include "subscriptions.h"

#include "app.h"
#include "hooks.h"
#include "invoices.h"

#include <string.h>

enum { SLICES_A_RUN = 50, ACT_ARENA_BUDGET = 64 << 20, SLICE_ARENA_BUDGET = 256 << 20 };

const struct consumer *const subscriptions[] = {
    &hooks_consumer,
    &invoices_consumer,
    NULL,
};

static size_t count(void)
{
  size_t n = 0;
  while (subscriptions[n])
    n++;
  return n;
}

struct consumers_begin subscriptions_begin(void)
{
  return (struct consumers_begin){subscriptions, count()};
}

/* What consumers that stand at the same place are told: read once. */
struct reading {
  struct ctx *cx;
  struct writer *writer;
  struct arena *arena;
  struct consumer_slice slice;
  bool read;
};

static enum err slice_from(struct reading *r, int64_t from, const struct consumer_slice **out)
{
  if (!r->read || r->slice.from != from) {
    struct ctx *cx = r->cx;
    struct arena *own = cx->arena;
    arena_reset(r->arena);
    r->read = false;
    cx->arena = r->arena;
    db_use(cx->db, &cx->fault, r->arena);
    enum err err = consumer_slice_read(cx, from, CONSUMER_SLICE, &r->slice);
    cx->arena = own;
    db_use(cx->db, &cx->fault, own);
    TRY(err);
    r->read = true;
  }
  *out = &r->slice;
  return ERR_OK;
}

static enum err step(struct reading *r, const struct consumer *c, const struct consumer_slice *slice)
{
  struct consumer_step body = {c, slice};
  struct act_call call = {.act = &consumer_step_act,
                          .in = {.body = &body, .version = ABSENT},
                          .arena = arena_new(ACT_ARENA_BUDGET),
                          .actor = actor_system,
                          .success = 200,
                          .deadline = INSTANT(ABSENT)};
  enum err err = writer_run(r->writer, &call);
  if (err != ERR_OK)
    err = err_fail(r->cx, err, "", "%s: %s", c->name, call.fault.detail ? call.fault.detail : err_info(err)->title);
  arena_free(call.arena);
  return err;
}

/* A slice that cannot be gone through as a whole is gone through event by event, up to the one that cannot. */
static enum err step_singly(struct reading *r, const struct consumer *c, const struct consumer_slice *slice)
{
  int64_t from = slice->from;
  EACH (struct feed_entry, event, &slice->events) {
    struct consumer_slice one = {.from = from, .to = event->cursor, .events = {.at = event, .n = 1, .cap = 1}};
    fault_clear(&r->cx->fault);
    TRY(step(r, c, &one));
    from = event->cursor;
  }
  return ERR_OK;
}

static enum err go_on(struct reading *r, const struct consumer *c, bool *out_more)
{
  const struct consumer_slice *slice;
  int64_t at;
  *out_more = false;
  enum err err = consumer_cursor(r->cx, c, &at);
  if (err == ERR_NOT_FOUND)
    return ERR_OK; /* the database was prepared by a program without it; the next start begins it */
  TRY(err);
  TRY(slice_from(r, at, &slice));
  if (slice->events.n == 0)
    return ERR_OK;
  err = step(r, c, slice);
  if (err != ERR_OK && err_info(err)->http != 503 && slice->events.n > 1)
    err = step_singly(r, c, slice);
  *out_more = err == ERR_OK;
  return err;
}

/* Consumers take turns, a slice each, so that those at the same place share what is read. */
static enum err run(struct reading *r, bool (*stopping)(void *arg), void *arg)
{
  struct fault first = {0};
  size_t n = count();
  bool *over = ARENA_ARRAY(r->cx->arena, bool, n + 1), any = true;
  for (int turn = 0; turn < SLICES_A_RUN && any; turn++) {
    any = false;
    for (size_t i = 0; i < n; i++) {
      bool more;
      if (over[i] || stopping(arg))
        continue;
      fault_clear(&r->cx->fault);
      enum err err = go_on(r, subscriptions[i], &more);
      if (err != ERR_OK && first.code == ERR_OK)
        first = r->cx->fault;
      over[i] = !more;
      any = any || more;
    }
  }
  if (first.code != ERR_OK)
    r->cx->fault = first;
  return first.code;
}

enum err subscriptions_run(struct ctx *cx, struct writer *w, bool (*stopping)(void *arg), void *arg)
{
  struct reading r = {.cx = cx, .writer = w, .arena = arena_new(SLICE_ARENA_BUDGET)};
  enum err err = run(&r, stopping, arg);
  arena_free(r.arena);
  return err;
}
