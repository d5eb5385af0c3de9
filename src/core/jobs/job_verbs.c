/* What people do about jobs: replay, drop. And what time does: jobs that are over go. */
#include "jobs_priv.h"

#include "settings.h"

#include <string.h>

/* ---- One ---- */

struct one_facts {
  struct job job;
};
struct one_plan {
  struct job before, after;
};

static enum err one_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct job *job = &((struct one_facts *)out)->job;
  TRY(job_load(cx, in->id, false, job));
  if (in->version != ABSENT && in->version != job->version)
    return err_fail(cx, ERR_VERSION, "", "the job has moved on: it has version %lld", (long long)job->version);
  return ERR_OK;
}

static enum err refuse_running(struct ctx *cx, const struct job *job)
{
  return job->state == JOB_RUNNING ? err_fail(cx, ERR_STATE, "/state", "it runs just now") : ERR_OK;
}

static enum err replay_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct job *job = &((const struct one_facts *)facts)->job;
  TRY(refuse_running(cx, job));
  *(struct one_plan *)out = (struct one_plan){*job, job_begun_again(cx, job)};
  return ERR_OK;
}

static enum err drop_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct job *job = &((const struct one_facts *)facts)->job;
  TRY(refuse_running(cx, job));
  if (job->state == JOB_DROPPED || job->state == JOB_DONE)
    return err_fail(cx, ERR_STATE, "/state", "it is %s already", job_states[job->state]);
  struct job after = *job;
  after.state = JOB_DROPPED;
  *(struct one_plan *)out = (struct one_plan){*job, after};
  return ERR_OK;
}

static enum err one_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct one_plan *plan = in_plan;
  struct job *after = arena_copy(cx->arena, &plan->after, sizeof *after);
  TRY(job_store(cx, &plan->before, after));
  TRY(job_tell(cx, after, after->state == JOB_DROPPED ? "job.dropped" : "job.replayed"));
  *out = (struct act_result){.rec = &job_rec, .value = after, .version = after->version};
  return ERR_OK;
}

const struct act job_replay_act = {.name = "job.replay",
                                   .facts_size = sizeof(struct one_facts),
                                   .plan_size = sizeof(struct one_plan),
                                   .load = one_load,
                                   .decide = replay_decide,
                                   .apply = one_apply};
const struct act job_drop_act = {.name = "job.drop",
                                 .facts_size = sizeof(struct one_facts),
                                 .plan_size = sizeof(struct one_plan),
                                 .load = one_load,
                                 .decide = drop_decide,
                                 .apply = one_apply};

/* ---- Many ---- */

struct many_facts {
  const struct jobs_replay_input *input;
  jobs found; /* one more than are wanted, where there are more */
};

static enum err many_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_where chosen = {&job_table,
                                         "state = $1 AND ($2 = '' OR kind = $2) AND ($3 = '' OR target = $3)"
                                         " AND created_at >= $4 AND created_at < $5 ORDER BY created_at, id LIMIT $6",
                                         DB_LIST};
  struct many_facts *f = out;
  const struct jobs_replay_input *input = in->body;
  f->input = input;
  return db_select(cx->db, &chosen, (struct list *)(void *)&f->found,
                   DB_ARGS(TEXT(job_states[input->state]), TEXT(input->kind ? input->kind : ""),
                           TEXT(input->target ? input->target : ""), I64(instant_set(input->from) ? input->from.ms : 0),
                           I64(instant_set(input->to) ? input->to.ms : INT64_MAX), I64(input->most + 1)));
}

static enum err many_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct many_facts *f = facts;
  const struct jobs_replay_input *input = f->input;
  if (input->state == JOB_RUNNING || input->state == JOB_QUEUED)
    return err_fail(cx, ERR_INVALID, "/state", "jobs that are %s need no replay", job_states[input->state]);
  if (instant_set(input->from) && instant_set(input->to) && input->to.ms <= input->from.ms)
    return err_fail(cx, ERR_INVALID, "/to", "is not after from");
  *(struct many_facts *)out = *f;
  return ERR_OK;
}

static enum err many_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct many_facts *f = plan;
  struct jobs_replayed *result = ARENA_NEW(cx->arena, struct jobs_replayed);
  result->more = (int64_t)f->found.n > f->input->most;
  result->replayed = result->more ? f->input->most : (int64_t)f->found.n;
  for (int64_t i = 0; i < result->replayed; i++)
    TRY(job_again(cx, &f->found.at[i]));
  *out = (struct act_result){.rec = &jobs_replayed_rec, .value = result, .version = ABSENT};
  return ERR_OK;
}

const struct act jobs_replay_act = {.name = "job.replay_many",
                                    .facts_size = sizeof(struct many_facts),
                                    .plan_size = sizeof(struct many_facts),
                                    .load = many_load,
                                    .decide = many_decide,
                                    .apply = many_apply};

/* ---- Those that are over ---- */

#define OVER                                                                                                           \
  "(state = 'done' OR state = 'dropped') AND updated_at < $1 AND " IN_GROUPS("bucket",                                 \
                                                                             "$2") " ORDER BY created_at, id LIMIT $3"

struct sweep_facts {
  jobs over;
};

static enum err kept_until(struct ctx *cx, int64_t *out_ms)
{
  int64_t days;
  TRY(setting_i64(cx, SETTING_JOB_KEEP_DAYS, &days));
  *out_ms = cx->now.ms - days * DAY_MS;
  return ERR_OK;
}

enum err jobs_swept(struct ctx *cx, struct bucket_groups groups, bool *out_any)
{
  static const struct db_stmt any = {"SELECT id FROM job WHERE " OVER, DB_LIST};
  int64_t until, id = 0;
  TRY(kept_until(cx, &until));
  TRY(db_one_i64(cx->db, &any, &id, DB_ARGS(I64(until), I64(groups.bits), I64(1))));
  *out_any = id != 0;
  return ERR_OK;
}

static enum err sweep_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_where over = {&job_table, OVER, DB_LIST};
  const struct bucket_groups *groups = in->body;
  struct sweep_facts *f = out;
  int64_t until;
  TRY(kept_until(cx, &until));
  return db_select(cx->db, &over, (struct list *)(void *)&f->over,
                   DB_ARGS(I64(until), I64(groups->bits), I64(JOB_REPLAY_MAX)));
}

static enum err sweep_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct sweep_facts *)out = *(const struct sweep_facts *)facts;
  return ERR_OK;
}

static enum err sweep_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  static const struct db_stmt attempts = {"DELETE FROM job_attempt WHERE bucket = $1 AND job_id = $2", DB_KEYED};
  const struct sweep_facts *p = plan;
  (void)out;
  EACH (const struct job, job, &p->over) {
    TRY(db_run(cx->db, &attempts, NULL, DB_ARGS(I64(job->bucket), I64(job->id.v))));
    TRY(db_delete(cx->db, &job_table, job));
  }
  return ERR_OK;
}

const struct act jobs_sweep_act = {.name = "job.sweep",
                                   .facts_size = sizeof(struct sweep_facts),
                                   .plan_size = sizeof(struct sweep_facts),
                                   .load = sweep_load,
                                   .decide = sweep_decide,
                                   .apply = sweep_apply};
