/* What went by itself and failed, over HTTP. */
#include "api.h"

#include "work.h"

static enum err serve_failure(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct failed_work *row = ARENA_NEW(cx->arena, struct failed_work);
  TRY(failed_load(cx, rq->id, row));
  *out = (struct act_result){.rec = &failed_work_rec, .value = row, .version = row->version};
  return ERR_OK;
}

static const struct api_list failures_list = {
    .table = &failed_work_table,
    .filters = (const char *const[]){"state", "job", "subject", "code", "created_at", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
};

static const enum err state_errors[] = {ERR_STATE, ERR_OK};

const struct route work_routes[] = {
    {"GET", "/v1/failed_work", "List what failed in the background",
     "Newest first. `?state=waiting,dead` is what has not succeeded yet: waiting is tried again by itself, dead after 10 "
     "attempts only when somebody says so.",
     PERM_SYSTEM_READ, .reply = &failed_work_rec, .success = 200, .list = &failures_list},
    {"GET", "/v1/failed_work/{id}", "One failure", "What succeeded is not kept.", PERM_SYSTEM_READ,
     .reply = &failed_work_rec, .success = 200, .serve = serve_failure},
    {"POST", "/v1/failed_work/{id}/replay", "Try a failed item again", "At once, with all its attempts before it.",
     PERM_SYSTEM_ADMIN, .reply = &failed_work_rec, .success = 200, .act = &failed_replay_act},
    {"POST", "/v1/failed_work/{id}/drop", "Give a failed item up", "It is not tried again, unless it is replayed.",
     PERM_SYSTEM_ADMIN, .reply = &failed_work_rec, .success = 200, .act = &failed_drop_act, .errors = state_errors},
    {"POST", "/v1/failed_work/replay", "Try all failed items again", "At most 500 at a time; `more` says whether to go on.",
     PERM_SYSTEM_ADMIN, .body = &failed_replay_rec, .reply = &failed_replayed_rec, .success = 200,
     .act = &failed_replay_all_act},
    {0},
};
