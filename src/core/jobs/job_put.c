/* Jobs are born, found, and begun again. */
#include "jobs_priv.h"

#include <string.h>

static enum err insert(struct ctx *cx, const struct job *job)
{
  static const struct db_stmt stmt = {
      "INSERT INTO job (bucket, id, version, kind, job_key, lane, place, target, subject, data, state, live, due_at,"
      " attempts, runs, created_at, updated_at)"
      " VALUES ($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, 'queued', 1, $10, 0, 0, $11, $11)"
      " ON CONFLICT (bucket, kind, job_key) DO NOTHING",
      DB_KEYED};
  return db_run(cx->db, &stmt, NULL,
                DB_ARGS(I64(job->bucket), I64(job->id.v), TEXT(job->kind), TEXT(job->key), TEXT(job->lane),
                        I64(job->place), TEXT(job->target), TEXT(job->subject), TEXT(job->data), I64(job->due_at.ms),
                        I64(cx->now.ms)));
}

enum err job_put(struct ctx *cx, const struct job_draft *draft)
{
  int64_t bucket = bucket_of_id(draft->subject_id);
  char subject[ID_TEXT];
  assert(strlen(draft->kind) <= JOB_KIND_MAX && strlen(draft->key) <= JOB_KEY_MAX);
  assert(!draft->data || strlen(draft->data) <= JOB_DATA_MAX);
  id_format(draft->subject_prefix, draft->subject_id, subject);
  struct job job = {
      .bucket = bucket,
      .id = {ids_next(cx->ids, cx->now, bucket)},
      .kind = draft->kind,
      .key = draft->key,
      .lane = draft->lane ? draft->lane : "",
      .target = draft->target ? draft->target : "",
      .subject = arena_text(cx->arena, subject),
      .data = draft->data ? draft->data : "{}",
      .due_at = draft->due.ms > cx->now.ms ? draft->due : cx->now,
  };
  job.place = draft->place ? draft->place : job.id.v;
  return insert(cx, &job);
}

enum err job_find(struct ctx *cx, int64_t bucket, const char *kind, const char *key, struct job *out)
{
  static const struct db_where one = {&job_table, "bucket = $1 AND kind = $2 AND job_key = $3", DB_KEYED};
  return db_select_one(cx->db, &one, out, DB_ARGS(I64(bucket), TEXT(kind), TEXT(key)));
}

struct job job_begun_again(struct ctx *cx, const struct job *job)
{
  struct job after = *job;
  after.state = JOB_QUEUED;
  after.due_at = cx->now;
  after.attempts = 0;
  return after;
}

enum err job_again(struct ctx *cx, const struct job *job)
{
  assert(job->state != JOB_RUNNING);
  struct job after = job_begun_again(cx, job);
  TRY(job_store(cx, job, &after));
  return job_tell(cx, &after, "job.replayed");
}

static enum err load_attempts(struct ctx *cx, struct job *job)
{
  static const struct db_where of_job = {&job_attempt_table, "bucket = $1 AND job_id = $2 ORDER BY n DESC LIMIT $3",
                                         DB_KEYED};
  return db_select(cx->db, &of_job, (struct list *)(void *)&job->tried,
                   DB_ARGS(I64(job->bucket), I64(job->id.v), I64(JOB_ATTEMPTS_SHOWN)));
}

enum err job_load(struct ctx *cx, const char *id, bool attempts, struct job *out)
{
  struct job job;
  rec_init(&job_rec, &job);
  enum err err = id_parse(PREFIX_job, id, &job.id.v) ? ERR_OK : ERR_NOT_FOUND;
  job.bucket = bucket_of_id(job.id.v);
  if (!err)
    err = db_get(cx->db, &job_table, &job);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, err, "", "there is no job %.64s; what is done is not kept for ever", id);
  TRY(err);
  if (attempts)
    TRY(load_attempts(cx, &job));
  *out = job;
  return ERR_OK;
}

const struct job_kind *job_kind_find(const struct job_kind *const *kinds, size_t n, const char *name)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(kinds[i]->name, name) == 0)
      return kinds[i];
  return NULL;
}
