/* What goes by itself, over HTTP: jobs, what failed, the state of the system, checks and backups. */
#include "api.h"
#include "api_priv.h"

#include "events.h"
#include "schema.h"
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

/* ---- Timers ---- */

static const struct rec_field timer_fields[] = {
    FIELD(struct api_timer, name, .flags = REC_REQUIRED, .doc = "What it does", .example = "expire orders"),
    FIELD(struct api_timer, mine, .doc = "This server does it now, or a part of it", .example = "true"),
    FIELD(struct api_timer, every_ms, .flags = REC_REQUIRED, .doc = "How often; 0 = whenever there is something to do",
          .example = "5000"),
    FIELD(struct api_timer, runs, .flags = REC_REQUIRED, .doc = "Since the server started", .example = "812"),
    FIELD(struct api_timer, failures, .flags = REC_REQUIRED, .doc = "Of these: runs that failed", .example = "0"),
    FIELD(struct api_timer, last_at, .doc = "When it last ended"),
    FIELD(struct api_timer, last_ms, .doc = "How long that took", .example = "3"),
    FIELD(struct api_timer, failed_at, .doc = "When it last failed"),
    FIELD(struct api_timer, error, .doc = "And why", .example = "database_away: the connection was refused"),
};
static const struct rec timer_rec = REC(struct api_timer, "Timer", timer_fields, "What a server does by itself");

static enum err serve_timers(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const struct api_config *config = &rq->api->config;
  api_timers timers = {0};
  (void)out;
  if (config->timers)
    config->timers(config->arg, cx->arena, &timers);
  return api_page(cx, rq, &timer_rec, timers.at, timers.n);
}

/* ---- The system ---- */

struct system_state {
  const char *version, *engine;
  int64_t migration, database_bytes, feed_seq, feed_waiting;
  struct instant started_at, last_backup_at;
  int64_t uptime_s, failed_work;
  feed_consumers consumers;
};
static const struct rec_field consumer_fields[] = {
    FIELD(struct feed_consumer, name, .flags = REC_REQUIRED, .doc = "What follows the feed", .example = "search"),
    FIELD(struct feed_consumer, seq, .flags = REC_REQUIRED, .doc = "How far it is", .example = "8123"),
    FIELD(struct feed_consumer, lag, .flags = REC_REQUIRED, .doc = "Events it has still to see", .example = "0"),
};
static const struct rec consumer_rec =
    REC(struct feed_consumer, "Consumer", consumer_fields, "What follows the event feed, and how far it is");
static const struct rec_field system_fields[] = {
    FIELD(struct system_state, version, .flags = REC_REQUIRED, .doc = "Of the program", .example = "0.1.0"),
    FIELD(struct system_state, engine, .flags = REC_REQUIRED, .doc = "sqlite or postgresql", .example = "sqlite"),
    FIELD(struct system_state, migration, .flags = REC_REQUIRED, .doc = "The newest one in the database",
          .example = "17"),
    FIELD(struct system_state, database_bytes, .flags = REC_REQUIRED, .doc = "Size of the database",
          .example = "1048576"),
    FIELD(struct system_state, started_at, .flags = REC_REQUIRED, .doc = "When this server started"),
    FIELD(struct system_state, uptime_s, .flags = REC_REQUIRED, .doc = "Seconds since then", .example = "86400"),
    FIELD(struct system_state, last_backup_at, .doc = "Of the newest file in the folder of backups"),
    FIELD(struct system_state, feed_seq, .flags = REC_REQUIRED, .doc = "Number of the newest event", .example = "8123"),
    FIELD(struct system_state, feed_waiting, .flags = REC_REQUIRED, .doc = "Transactions whose events wait for numbers",
          .example = "0"),
    FIELD(struct system_state, failed_work, .flags = REC_REQUIRED, .doc = "Items of background work that failed",
          .example = "0"),
    FIELD_AS(REC_LIST, struct system_state, consumers, .rec = &consumer_rec, .max = 100,
             .doc = "What follows the feed"),
};
static const struct rec system_rec = REC(struct system_state, "System", system_fields, "The state of the system");

static enum err serve_system(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const struct api_config *config = &rq->api->config;
  struct system_state *s = ARENA_NEW(cx->arena, struct system_state);
  struct feed_state feed;
  api_backups backups = {0};
  s->version = config->version;
  s->engine = db_engine(cx->db) == DB_POSTGRES ? "postgresql" : "sqlite";
  s->uptime_s = (api_now_us() - rq->api->started_us) / 1000000;
  s->started_at = INSTANT(cx->now.ms - (api_now_us() - rq->api->started_us) / 1000);
  s->last_backup_at = INSTANT(ABSENT);
  TRY(schema_version_of(cx->db, &s->migration));
  TRY(feed_state(cx, &feed));
  s->feed_seq = feed.seq;
  s->feed_waiting = feed.waiting;
  s->consumers = feed.consumers;
  TRY(failed_count(cx, &s->failed_work));
  TRY(db_size(cx->db, &s->database_bytes));
  if (config->backups)
    config->backups(config->arg, cx->arena, &backups);
  if (backups.n)
    s->last_backup_at = backups.at[0].at;
  *out = (struct act_result){.rec = &system_rec, .value = s, .version = ABSENT};
  return ERR_OK;
}

/* ---- Checks and backups ---- */

static const struct rec_field chore_fields[] = {
    FIELD(struct api_chore, name, .flags = REC_REQUIRED, .doc = "check or backup", .example = "check"),
    FIELD(struct api_chore, state, .flags = REC_REQUIRED, .doc = "idle, running, done, failed", .example = "done"),
    FIELD(struct api_chore, started_at, .doc = "When it began"),
    FIELD(struct api_chore, finished_at, .doc = "When it ended"),
    FIELD(struct api_chore, step, .flags = REC_REQUIRED, .doc = "How far it is ...", .example = "5"),
    FIELD(struct api_chore, steps, .flags = REC_REQUIRED, .doc = "... of so much", .example = "5"),
    FIELD(struct api_chore, what, .doc = "What it looks at now", .example = "orders"),
    FIELD(struct api_chore, error, .doc = "Why it failed", .example = "no space left on the disk"),
    FIELD(struct api_chore, differences, .flags = REC_REQUIRED, .doc = "Of a check: what is not as it must be",
          .example = "0"),
    FIELD_AS(REC_TEXTS, struct api_chore, told, .max = API_DIFFERENCES,
             .doc = "The first 50 of them, with their repair", .example = "[]"),
    FIELD(struct api_chore, file, .doc = "Of a backup: its file", .example = "ordo-2026-11-20T080000000Z.db"),
    FIELD(struct api_chore, bytes, .doc = "And its size", .example = "1048576"),
};
static const struct rec chore_rec =
    REC(struct api_chore, "Chore", chore_fields, "A check or a backup: the one that runs, or the last one");
static const struct rec_field backup_fields[] = {
    FIELD(struct api_backup, file, .flags = REC_REQUIRED, .doc = "Name in the folder of backups",
          .example = "ordo-2026-11-20T080000000Z.db"),
    FIELD(struct api_backup, bytes, .flags = REC_REQUIRED, .doc = "Its size", .example = "1048576"),
    FIELD(struct api_backup, at, .flags = REC_REQUIRED, .doc = "When it was written"),
};
static const struct rec backup_rec =
    REC(struct api_backup, "Backup", backup_fields, "A file that holds the whole company");

static enum err look_at(struct ctx *cx, const struct api_request *rq, const char *name, struct act_result *out)
{
  const struct api_config *config = &rq->api->config;
  struct api_chore *chore = ARENA_NEW(cx->arena, struct api_chore);
  if (!config->chores || !config->chores(config->arg, cx->arena, name, chore))
    return err_fail(cx, ERR_NOT_FOUND, "", "this server does no %s", name);
  *out = (struct act_result){.rec = &chore_rec, .value = chore, .version = ABSENT};
  return ERR_OK;
}

static enum err begin(struct ctx *cx, const struct api_request *rq, const char *name, struct act_result *out)
{
  const struct api_config *config = &rq->api->config;
  if (config->chore)
    TRY(config->chore(config->arg, &cx->fault, name));
  return look_at(cx, rq, name, out);
}

static enum err serve_check(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  return look_at(cx, rq, "check", out);
}
static enum err begin_check(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  return begin(cx, rq, "check", out);
}
static enum err serve_backup(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  return look_at(cx, rq, "backup", out);
}
static enum err begin_backup(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  return begin(cx, rq, "backup", out);
}

static enum err serve_backups(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const struct api_config *config = &rq->api->config;
  api_backups backups = {0};
  (void)out;
  if (config->backups)
    config->backups(config->arg, cx->arena, &backups);
  return api_page(cx, rq, &backup_rec, backups.at, backups.n);
}

static const enum err state_errors[] = {ERR_STATE, ERR_OK};

const struct route work_routes[] = {
    {"GET", "/v1/timers", "What goes by itself", "What this server does from time to time, and how that fares.", PERM_SYSTEM_READ,
     .reply = &timer_rec, .success = 200, .serve = serve_timers, .params = api_page_params, .flags = ROUTE_PAGE},
    {"GET", "/v1/system", "The state of the system", "Version, database, feed, backups.", PERM_SYSTEM_READ,
     .reply = &system_rec, .success = 200, .serve = serve_system},
    {"POST", "/v1/system/check", "Prove the books",
     "Begins what `ordo check` does, in the background; `GET` tells how far it is. Refused while a check or a backup "
     "runs.",
     PERM_SYSTEM_ADMIN, .reply = &chore_rec, .success = 200, .serve = begin_check, .errors = state_errors},
    {"GET", "/v1/system/check", "The check that runs, or the last one", "Since this server started.", PERM_SYSTEM_READ,
     .reply = &chore_rec, .success = 200, .serve = serve_check},
    {"POST", "/v1/system/backup", "Write a backup",
     "Begins what `ordo backup` does, in the background, into the folder `backups` beside the database (or "
     "`ORDO_BACKUPS`).",
     PERM_SYSTEM_ADMIN, .reply = &chore_rec, .success = 200, .serve = begin_backup, .errors = state_errors},
    {"GET", "/v1/system/backup", "The backup that runs, or the last one", "Since this server started.",
     PERM_SYSTEM_READ, .reply = &chore_rec, .success = 200, .serve = serve_backup},
    {"GET", "/v1/system/backups", "Files in the folder of backups", "Newest first.", PERM_SYSTEM_READ,
     .reply = &backup_rec, .success = 200, .serve = serve_backups, .params = api_page_params, .flags = ROUTE_PAGE},
    {"GET", "/v1/failed_work", "List what failed in the background",
     "Newest first. `?state=waiting,dead` is what has not succeeded yet: waiting is tried again by itself, dead after "
     "10 "
     "attempts only when somebody says so.",
     PERM_SYSTEM_READ, .reply = &failed_work_rec, .success = 200, .list = &failures_list},
    {"GET", "/v1/failed_work/{id}", "One failure", "What succeeded is not kept.", PERM_SYSTEM_READ,
     .reply = &failed_work_rec, .success = 200, .serve = serve_failure},
    {"POST", "/v1/failed_work/{id}/replay", "Try a failed item again", "At once, with all its attempts before it.",
     PERM_SYSTEM_ADMIN, .reply = &failed_work_rec, .success = 200, .act = &failed_replay_act},
    {"POST", "/v1/failed_work/{id}/drop", "Give a failed item up", "It is not tried again, unless it is replayed.",
     PERM_SYSTEM_ADMIN, .reply = &failed_work_rec, .success = 200, .act = &failed_drop_act, .errors = state_errors},
    {"POST", "/v1/failed_work/replay", "Try all failed items again",
     "At most 500 at a time; `more` says whether to go on.", PERM_SYSTEM_ADMIN, .body = &failed_replay_rec,
     .reply = &failed_replayed_rec, .success = 200, .act = &failed_replay_all_act},
    {0},
};
