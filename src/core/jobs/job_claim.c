/* Claims: jobs that are due and first of their lane, for a limited time. */
#include "jobs_priv.h"

#include <string.h>

/* Due: queued, to be tried again, or claimed by somebody whose time is over; of a kind that is known here, and for nobody
 * who has enough of them. $1 now, $2 groups, $3 and $4 busy targets, from $5 on the kinds. */
#define KINDS_8(a, b, c, d, e, f, g, h) "$" #a ", $" #b ", $" #c ", $" #d ", $" #e ", $" #f ", $" #g ", $" #h
#define DUE                                                                                                            \
  "live = 1 AND due_at <= $1 AND " IN_GROUPS("bucket", "$2") " AND target <> $3 AND target <> $4 AND kind IN "         \
                                                             "(" KINDS_8(5, 6, 7, 8, 9, 10, 11, 12) ", " KINDS_8(      \
                                                                 13, 14, 15, 16, 17, 18, 19,                           \
                                                                 20) ", " KINDS_8(21, 22, 23, 24, 25, 26, 27,          \
                                                                                  28) ", " KINDS_8(29, 30, 31, 32, 33, \
                                                                                                   34, 35,             \
                                                                                                   36) ")"             \
                                                                                                       " AND (lane = " \
                                                                                                       "'' OR NOT "    \
                                                                                                       "EXISTS "       \
                                                                                                       "(SELECT 1 "    \
                                                                                                       "FROM job "     \
                                                                                                       "ahead WHERE "  \
                                                                                                       "ahead.bucket " \
                                                                                                       "= job.bucket " \
                                                                                                       "AND "          \
                                                                                                       "ahead.lane = " \
                                                                                                       "job.lane"      \
                                                                                                       " AND "         \
                                                                                                       "ahead.live = " \
                                                                                                       "1 AND "        \
                                                                                                       "(ahead.place " \
                                                                                                       "< job.place "  \
                                                                                                       "OR "           \
                                                                                                       "(ahead.place " \
                                                                                                       "= job.place "  \
                                                                                                       "AND ahead.id " \
                                                                                                       "< job.id))))"  \
                                                                                                       " ORDER BY "    \
                                                                                                       "due_at, id "   \
                                                                                                       "LIMIT $37"
enum { FIRST_KIND = 4, LIMIT_AT = FIRST_KIND + JOB_KINDS_MAX, DUE_ARGS };
_Static_assert(JOB_KINDS_MAX == 32, "the places of DUE");

/* A name of a job that none has, since texts of jobs are not so long. */
static const char nobody[] = "-";

static void due_args(struct ctx *cx, const struct job_claim *claim, int64_t most, struct db_value *args)
{
  assert(claim->n_kinds <= JOB_KINDS_MAX);
  args[0] = I64(cx->now.ms);
  args[1] = I64(claim->groups.bits);
  for (size_t i = 0; i < JOB_BUSY_MAX; i++)
    args[2 + i] = TEXT(claim->busy[i] ? claim->busy[i] : nobody);
  for (size_t i = 0; i < JOB_KINDS_MAX; i++)
    args[FIRST_KIND + i] = TEXT(i < claim->n_kinds ? claim->kinds[i]->name : nobody);
  args[LIMIT_AT] = I64(most);
}

enum err jobs_due(struct ctx *cx, const struct job_claim *claim, bool *out)
{
  static const struct db_stmt any = {"SELECT id FROM job WHERE " DUE, DB_LIST};
  struct db_value args[DUE_ARGS];
  int64_t id = 0;
  due_args(cx, claim, 1, args);
  TRY(db_one_i64(cx->db, &any, &id, args, DUE_ARGS));
  *out = id != 0;
  return ERR_OK;
}

bool job_is_spent(const struct job *job, const struct job_kind *kind)
{
  return job->attempts > kind->tries;
}

/* ---- The act ---- */

struct claim_facts {
  const struct job_claim *claim;
  jobs due;
};

struct claimed_job {
  struct job before, after;
};
struct claim_plan {
  LIST(struct claimed_job) jobs;
};

static enum err claim_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_where due = {&job_table, DUE, DB_LIST};
  struct claim_facts *f = out;
  struct db_value args[DUE_ARGS];
  f->claim = in->body;
  assert(f->claim->most <= JOB_CLAIM_MAX);
  due_args(cx, f->claim, f->claim->most, args);
  return db_select(cx->db, &due, (struct list *)(void *)&f->due, args, DUE_ARGS);
}

/* How many of this plan are brought to the job's target. */
static int64_t count_target(const struct claim_plan *plan, const struct job *job)
{
  int64_t n = 0;
  EACH (const struct claimed_job, c, &plan->jobs)
    n += *job->target && text_eq(c->before.target, job->target);
  return n;
}

static enum err claim_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct claim_facts *f = facts;
  struct claim_plan plan = {0};
  EACH (const struct job, job, &f->due) {
    const struct job_kind *kind = job_kind_find(f->claim->kinds, f->claim->n_kinds, job->kind);
    assert(kind);
    if (count_target(&plan, job) >= f->claim->most_of_target)
      continue;
    struct job after = *job;
    after.state = JOB_RUNNING;
    after.due_at = INSTANT(cx->now.ms + 2 * kind->limit_ms);
    after.begun_at = cx->now;
    after.attempts++;
    after.runs++;
    *LIST_ADD(cx->arena, &plan.jobs) = (struct claimed_job){*job, after};
  }
  *(struct claim_plan *)out = plan;
  return ERR_OK;
}

/* Whoever had it did not come back. */
static enum err note_lost(struct ctx *cx, const struct job *job)
{
  struct job_attempt lost = {.bucket = job->bucket,
                             .job_id = job->id.v,
                             .n = job->runs,
                             .begun_at = instant_set(job->begun_at) ? job->begun_at : job->updated_at,
                             .took_ms = ABSENT,
                             .outcome = JOB_END_LOST,
                             .code = "lost",
                             .reason = "the process ended before the attempt did",
                             .status = ABSENT};
  return db_insert(cx->db, &job_attempt_table, &lost);
}

static enum err claim_apply(struct ctx *cx, const void *in_plan, struct act_result *out)
{
  const struct claim_plan *plan = in_plan;
  struct job_claimed *claimed = ARENA_NEW(cx->arena, struct job_claimed);
  EACH (const struct claimed_job, c, &plan->jobs) {
    struct job after = c->after;
    if (c->before.state == JOB_RUNNING)
      TRY(note_lost(cx, &c->before));
    TRY(job_store(cx, &c->before, &after));
    *LIST_ADD(cx->arena, &claimed->jobs) = after;
  }
  out->value = claimed;
  return ERR_OK;
}

const struct act job_claim_act = {.name = "job.claim",
                                  .facts_size = sizeof(struct claim_facts),
                                  .plan_size = sizeof(struct claim_plan),
                                  .load = claim_load,
                                  .decide = claim_decide,
                                  .apply = claim_apply};

/* ---- Claims of a process that is no more ---- */

struct release_facts {
  jobs running;
};

static enum err release_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_where running = {&job_table, "state = 'running' ORDER BY created_at, id LIMIT $1", DB_LIST};
  struct release_facts *f = out;
  (void)in;
  return db_select(cx->db, &running, (struct list *)(void *)&f->running, DB_ARGS(I64(JOB_REPLAY_MAX)));
}

static enum err release_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct release_facts *)out = *(const struct release_facts *)facts;
  return ERR_OK;
}

static enum err release_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct release_facts *p = plan;
  struct jobs_replayed *result = ARENA_NEW(cx->arena, struct jobs_replayed);
  EACH (const struct job, job, &p->running) {
    struct job after = *job;
    after.state = JOB_RETRYING;
    after.due_at = cx->now;
    after.code = "lost";
    after.reason = "the process ended before the attempt did";
    after.status = ABSENT;
    TRY(note_lost(cx, job));
    TRY(job_store(cx, job, &after));
  }
  *result = (struct jobs_replayed){(int64_t)p->running.n, p->running.n == JOB_REPLAY_MAX};
  out->value = result;
  return ERR_OK;
}

const struct act job_release_act = {.name = "job.release",
                                    .facts_size = sizeof(struct release_facts),
                                    .plan_size = sizeof(struct release_facts),
                                    .load = release_load,
                                    .decide = release_decide,
                                    .apply = release_apply};
