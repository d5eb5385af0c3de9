/* A step of a consumer: a slice of the feed, its effects and the moved cursor in one transaction. */
#include "consumers.h"

#include <string.h>

bool topic_matches(const char *topic, const char *pattern)
{
  size_t n = strlen(pattern);
  if (n && pattern[n - 1] == '*')
    return strncmp(topic, pattern, n - 1) == 0;
  return strcmp(topic, pattern) == 0;
}

static bool is_wanted(const struct consumer *c, const char *topic)
{
  for (const char *const *p = c->topics; p && *p; p++)
    if (topic_matches(topic, *p))
      return true;
  return !c->topics;
}

enum err consumer_run(struct ctx *cx, const struct act *act, const struct act_input *in, struct act_result *out,
                      enum err *out_refused)
{
  int64_t ordinal = cx->event_ordinal;
  fault_clear(&cx->fault);
  cx->event_ordinal = 0; /* an act of its own: its subjects move their versions */
  enum err err = act_run(cx, act, in, out);
  cx->event_ordinal = ordinal;
  bool refused = err != ERR_OK && err_info(err)->http < 500;
  if (out_refused)
    *out_refused = refused ? err : ERR_OK;
  else if (refused)
    fault_clear(&cx->fault);
  return refused ? ERR_OK : err;
}

/* ---- Cursors and slices ---- */

enum err consumer_cursor(struct ctx *cx, const struct consumer *c, int64_t *out)
{
  static const struct db_stmt cursor = {"SELECT feed_seq FROM consumer WHERE name = $1", DB_KEYED};
  int64_t at = ABSENT;
  TRY(db_one_i64(cx->db, &cursor, &at, DB_ARGS(TEXT(c->name))));
  if (at == ABSENT)
    return ERR_NOT_FOUND;
  *out = at;
  return ERR_OK;
}

enum err consumer_slice_read(struct ctx *cx, int64_t from, int64_t limit, struct consumer_slice *out)
{
  *out = (struct consumer_slice){.from = from, .to = from};
  TRY(feed_read(cx, from, limit, &out->events));
  if (out->events.n)
    out->to = out->events.at[out->events.n - 1].cursor;
  return ERR_OK;
}

/* ---- The step ---- */

struct step_plan {
  const struct consumer_step *step; /* NULL: somebody else did it */
};

static enum err step_load(struct ctx *cx, const struct act_input *in, void *out)
{
  const struct consumer_step *step = in->body;
  int64_t at = ABSENT;
  enum err err = consumer_cursor(cx, step->consumer, &at);
  ((struct step_plan *)out)->step = at == step->slice->from ? step : NULL;
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err step_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct step_plan *)out = *(const struct step_plan *)facts;
  return ERR_OK;
}

static enum err move_cursor(struct ctx *cx, const struct consumer_step *step)
{
  bool moved;
  TRY(feed_cursor_move(cx, step->consumer->name, step->slice->from, step->slice->to, &moved));
  return moved ? ERR_OK : act_guard_missed(cx, __func__);
}

static enum err step_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct consumer_step *step = ((const struct step_plan *)plan)->step;
  (void)out;
  if (!step)
    return ERR_OK;
  TRY(move_cursor(cx, step));
  EACH (const struct feed_entry, event, &step->slice->events) {
    if (!is_wanted(step->consumer, event->topic))
      continue;
    cx->event_ordinal = 0;
    TRY(step->consumer->react(cx, event));
    fault_clear(&cx->fault);
  }
  return ERR_OK;
}

const struct act consumer_step_act = {.name = "consumer.step",
                                      .facts_size = sizeof(struct step_plan),
                                      .plan_size = sizeof(struct step_plan),
                                      .load = step_load,
                                      .decide = step_decide,
                                      .apply = step_apply};

/* ---- Beginning ---- */

struct begin_plan {
  const struct consumers_begin *all;
  int64_t end;
};

static enum err begin_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct begin_plan *plan = out;
  struct feed_head head;
  plan->all = in->body;
  TRY(feed_head_load(cx, &head));
  plan->end = head.seq;
  return ERR_OK;
}

static enum err begin_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct begin_plan *)out = *(const struct begin_plan *)facts;
  return ERR_OK;
}

static enum err begin_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  static const struct db_stmt begin = {"INSERT INTO consumer (name, feed_seq, updated_at) VALUES ($1, $2, $3)"
                                       " ON CONFLICT (name) DO NOTHING",
                                       DB_KEYED};
  const struct begin_plan *plan = in_plan;
  (void)out;
  for (size_t i = 0; i < plan->all->n; i++)
    TRY(db_run(cx->db, &begin, NULL, DB_ARGS(TEXT(plan->all->consumers[i]->name), I64(plan->end), I64(cx->now.ms))));
  return ERR_OK;
}

const struct act consumers_begin_act = {.name = "consumers.begin",
                                        .facts_size = sizeof(struct begin_plan),
                                        .plan_size = sizeof(struct begin_plan),
                                        .load = begin_load,
                                        .decide = begin_decide,
                                        .apply = begin_apply};
