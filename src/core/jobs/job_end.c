/* The end of an attempt: what became of the job, its attempt, and what its kind makes of it, in one transaction. */
#include "jobs_priv.h"

#include <string.h>

struct end_facts {
  const struct job_result *result;
  struct job job;
  struct job_ending ending;
  const struct act *effects; /* of the kind; NULL = none */
  void *effect_facts;
};

struct end_plan {
  const struct job_result *result;
  struct job before, after;
  int end;
  int64_t wait_ms; /* until the next attempt, but for its jitter; 0 = none */
  const struct act *effects;
  void *effect_plan;
};

static enum err load_job(struct ctx *cx, const struct job *claimed, struct job *out)
{
  rec_init(&job_rec, out);
  out->bucket = claimed->bucket;
  out->id = claimed->id;
  enum err err = db_get(cx->db, &job_table, out);
  if (err == ERR_NOT_FOUND || (err == ERR_OK && out->version != claimed->version))
    return err_fail(cx, ERR_STATE, "/state", "the claim was over: somebody else has the job, or gave it up");
  return err;
}

static enum err end_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct end_facts *f = out;
  f->result = in->body;
  const struct job_kind *kind = f->result->kind;
  TRY(load_job(cx, f->result->job, &f->job));
  int end = f->result->outcome.end;
  f->ending = (struct job_ending){.job = f->result->job,
                                  .outcome = &f->result->outcome,
                                  .end = end == JOB_END_RETRY && f->job.attempts >= kind->tries ? JOB_END_DEAD : end};
  if (!kind->ended || f->result->unused || f->result->without_effects)
    return ERR_OK;
  f->effects = kind->ended;
  f->effect_facts = arena_alloc(cx->arena, f->effects->facts_size + 1);
  return f->effects->load(cx, &(struct act_input){.body = &f->ending, .version = ABSENT}, f->effect_facts);
}

/* Twice as long after each attempt; as long as the other side asks to be left alone, where that is longer. */
static int64_t wait_of(const struct job_kind *kind, const struct job_result *result, int64_t attempts)
{
  int64_t wait = kind->first_wait_ms, asked = result->outcome.retry_after_ms;
  for (int64_t i = 1; i < attempts && wait < kind->longest_wait_ms; i++)
    wait *= 2;
  if (wait < asked)
    wait = asked;
  return wait < kind->longest_wait_ms ? wait : kind->longest_wait_ms;
}

static void decide_unused(struct job *after)
{
  after->state = after->attempts > 1 ? JOB_RETRYING : JOB_QUEUED;
  after->attempts--;
  after->runs--;
}

static const int states_of[] = {[JOB_END_DONE] = JOB_DONE, [JOB_END_RETRY] = JOB_RETRYING, [JOB_END_DEAD] = JOB_DEAD};

static enum err end_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct end_facts *f = facts;
  struct end_plan *plan = out;
  const struct job_outcome *o = &f->result->outcome;
  *plan = (struct end_plan){.result = f->result, .before = f->job, .after = f->job, .end = f->ending.end};
  plan->after.due_at = cx->now;
  if (f->result->unused) {
    decide_unused(&plan->after);
    return ERR_OK;
  }
  plan->after.state = states_of[plan->end];
  plan->after.code = o->code ? utf8_cut(cx->arena, o->code, JOB_KIND_MAX) : NULL;
  plan->after.reason = utf8_cut(cx->arena, o->reason, JOB_REASON_MAX);
  plan->after.status = o->status;
  plan->wait_ms = plan->end == JOB_END_RETRY ? wait_of(f->result->kind, f->result, f->job.attempts) : 0;
  plan->effects = f->effects;
  if (!plan->effects)
    return ERR_OK;
  plan->effect_plan = arena_alloc(cx->arena, plan->effects->plan_size + 1);
  return plan->effects->decide(cx, f->effect_facts, plan->effect_plan);
}

static enum err note_attempt(struct ctx *cx, const struct end_plan *plan)
{
  const struct job *job = &plan->after;
  struct job_attempt row = {.bucket = job->bucket,
                            .job_id = job->id.v,
                            .n = job->runs,
                            .begun_at = plan->result->begun_at,
                            .took_ms = plan->result->took_ms,
                            .outcome = plan->end,
                            .code = job->code,
                            .reason = job->reason,
                            .status = job->status,
                            .answer = utf8_cut(cx->arena, plan->result->outcome.answer, JOB_ANSWER_MAX)};
  return db_insert(cx->db, &job_attempt_table, &row);
}

/* An eighth more or less, so that what failed together does not come back together. */
static int64_t jittered(struct ctx *cx, int64_t wait)
{
  uint64_t room = (uint64_t)(wait / 4 + 1);
  return wait - wait / 8 + (int64_t)(ids_random(cx->ids) % room);
}

static enum err end_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct end_plan *plan = in_plan;
  struct job after = plan->after;
  struct act_result ignored = {.version = ABSENT};
  if (plan->wait_ms)
    after.due_at = INSTANT(cx->now.ms + jittered(cx, plan->wait_ms));
  TRY(job_store(cx, &plan->before, &after));
  if (!plan->result->unused)
    TRY(note_attempt(cx, plan));
  if (after.state == JOB_DEAD)
    TRY(job_tell(cx, &after, "job.dead"));
  *out = (struct act_result){
      .rec = &job_rec, .value = arena_copy(cx->arena, &after, sizeof after), .version = after.version};
  if (!plan->effects)
    return ERR_OK;
  cx->event_ordinal = 0; /* of other subjects than the job */
  return plan->effects->apply(cx, plan->effect_plan, &ignored);
}

const struct act job_end_act = {.name = "job.end",
                                .facts_size = sizeof(struct end_facts),
                                .plan_size = sizeof(struct end_plan),
                                .load = end_load,
                                .decide = end_decide,
                                .apply = end_apply};
