/* What must happen outside, over HTTP: jobs, their attempts, trying again and giving up. */
#include "api.h"
#include "api_where_priv.h"

#include "jobs.h"

static enum err serve_job(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct job *job = ARENA_NEW(cx->arena, struct job);
  TRY(job_load(cx, rq->id, true, job));
  *out = (struct act_result){.rec = &job_rec, .value = job, .version = job->version};
  return ERR_OK;
}

static const struct api_list jobs_list = {
    .table = &job_table,
    .filters = (const char *const[]){"state", "kind", "target", "subject", "code", "created_at", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
};

static const enum err state_errors[] = {ERR_STATE, ERR_OK};

const struct route job_routes[] = {
    {"GET", "/v1/jobs", "List jobs",
     "Newest first. `?state=dead` is what was given up after all its tries: replay or drop it. `?subject=ord_...` is "
     "what "
     "happens outside for one record, `?target=whk_...` what is brought to one endpoint. What is done or dropped is "
     "kept "
     "for the setting `job.keep_days`.",
     PERM_SYSTEM_READ, .reply = &job_rec, .success = 200, .list = &jobs_list},
    {"GET", "/v1/jobs/{id}", "One job with its attempts", "The last 100, the newest first.", PERM_SYSTEM_READ,
     .reply = &job_rec, .success = 200, .serve = serve_job},
    {"POST", "/v1/jobs/{id}/replay", "Do a job again",
     "At once, with all its tries before it; also one that was done. What goes outside carries the same key as before, "
     "so "
     "that the other side sees that it knows it.",
     PERM_SYSTEM_ADMIN, .reply = &job_rec, .success = 200, .act = &job_replay_act, .errors = state_errors},
    {"POST", "/v1/jobs/{id}/drop", "Give a job up", "It is not tried again, unless it is replayed.", PERM_SYSTEM_ADMIN,
     .reply = &job_rec, .success = 200, .act = &job_drop_act, .errors = state_errors},
    {"POST", "/v1/jobs/replay", "Do many jobs again",
     "Those that are dead, or of the `state` that is named; oldest first, at most 1000 at a time: `more` says whether "
     "to go "
     "on.",
     PERM_SYSTEM_ADMIN, .body = &jobs_replay_rec, .reply = &jobs_replayed_rec, .success = 200, .act = &jobs_replay_act},
    {0},
};
