/* Jobs as records and rows. */
#include "jobs_priv.h"

#include <string.h>

const char *const job_states[] = {"queued", "running", "retrying", "done", "dead", "dropped", NULL};
const char *const job_ends[] = {"done", "retry", "dead", "lost", NULL};

static const struct rec_field attempt_fields[] = {
    FIELD(struct job_attempt, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct job_attempt, job_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct job_attempt, n, .flags = REC_KEY | REC_REQUIRED, .doc = "From 1, also over replays", .example = "2"),
    FIELD(struct job_attempt, begun_at, .flags = REC_REQUIRED, .doc = "When it began"),
    FIELD(struct job_attempt, took_ms, .doc = "How long it took; left out = nobody knows", .example = "87"),
    FIELD_AS(REC_ENUM, struct job_attempt, outcome, .names = job_ends, .flags = REC_REQUIRED,
             .doc =
                 "done; retry = tried again later; dead = given up; lost = the process ended meanwhile, nobody knows",
             .example = "retry"),
    FIELD(struct job_attempt, code, .doc = "What was wrong", .example = "http_500"),
    FIELD(struct job_attempt, reason, .doc = "In a sentence", .example = "the receiver answered 500"),
    FIELD(struct job_attempt, status, .doc = "What the other side answered", .example = "500"),
    FIELD(struct job_attempt, answer, .doc = "The beginning of its answer", .example = "Internal Server Error"),
};
const struct rec job_attempt_rec =
    REC(struct job_attempt, "JobAttempt", attempt_fields, "One attempt at something outside");
const struct db_table job_attempt_table = {"job_attempt", &job_attempt_rec};

static const struct rec_field job_fields[] = {
    FIELD(struct job, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct job, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_job, .doc = "Id of the job",
             .example = "job_01jd7k3v9q2m8"),
    FIELD(struct job, version, .flags = REC_REQUIRED, .doc = "Moves with each attempt", .example = "3"),
    FIELD(struct job, kind, .flags = REC_REQUIRED, .doc = "What is to be done", .example = "webhook.deliver"),
    FIELD(struct job, key, .column = "job_key", .flags = REC_REQUIRED, .doc = "It is done once for this",
          .example = "whk_01jd7k3v9q2m8 ord_01jd7k3v9q2m8.256"),
    FIELD(struct job, subject, .flags = REC_REQUIRED, .doc = "The record it is about", .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct job, target, .flags = REC_REQUIRED, .doc = "Whom it is brought to; empty = nobody in particular",
          .example = "whk_01jd7k3v9q2m8"),
    FIELD(struct job, lane, .flags = REC_REQUIRED, .doc = "Jobs of one lane go one after the other; empty = none",
          .example = "whk_01jd7k3v9q2m8 ord_01jd7k3v9q2m8"),
    FIELD(struct job, place, .flags = REC_REQUIRED, .doc = "Its place there: the lowest first", .example = "8123"),
    FIELD_AS(REC_JSON, struct job, data, .flags = REC_REQUIRED, .doc = "Facts of its kind", .example = "{}"),
    FIELD_AS(REC_ENUM, struct job, state, .names = job_states, .flags = REC_REQUIRED,
             .doc = "queued; running; retrying = tried again at due_at; done; dead = given up after all tries; dropped "
                    "= given up by somebody",
             .example = "retrying"),
    FIELD(struct job, live, .flags = REC_HIDDEN),
    FIELD(struct job, due_at, .flags = REC_REQUIRED,
          .doc = "Not before; while it runs: until then it is this worker's alone"),
    FIELD(struct job, attempts, .flags = REC_REQUIRED, .doc = "Since it was queued or replayed", .example = "2"),
    FIELD(struct job, runs, .flags = REC_REQUIRED, .doc = "Attempts with those before its replays", .example = "2"),
    FIELD(struct job, code, .doc = "What was wrong with the last attempt", .example = "http_500"),
    FIELD(struct job, reason, .doc = "In a sentence", .example = "the receiver answered 500"),
    FIELD(struct job, status, .doc = "What the other side answered last", .example = "500"),
    FIELD(struct job, created_at, .flags = REC_REQUIRED, .doc = "When it was wanted"),
    FIELD(struct job, updated_at, .flags = REC_REQUIRED, .doc = "When something happened to it last"),
    FIELD(struct job, begun_at, .doc = "When it was tried last"),
    FIELD_AS(REC_LIST, struct job, tried, .rec = &job_attempt_rec, .max = JOB_ATTEMPTS_SHOWN,
             .doc = "Its last 100 attempts, the newest first; in lists left out"),
};
const struct rec job_rec = REC(struct job, "Job", job_fields, "Something that must happen outside");
const struct db_table job_table = {"job", &job_rec};

static const struct rec_field replay_fields[] = {
    FIELD(struct jobs_replay_input, kind, .max = JOB_KIND_MAX, .doc = "Only of this kind",
          .example = "webhook.deliver"),
    FIELD(struct jobs_replay_input, target, .max = JOB_KEY_MAX, .doc = "Only to this one",
          .example = "whk_01jd7k3v9q2m8"),
    FIELD_AS(REC_ENUM, struct jobs_replay_input, state, .names = job_states, .def = JOB_DEAD, .has_def = true,
             .doc = "Those of this state: dead, dropped, retrying or done", .example = "dead"),
    FIELD(struct jobs_replay_input, from, .doc = "Made then or later", .example = "2026-11-20T08:00:00Z"),
    FIELD(struct jobs_replay_input, to, .doc = "Made before", .example = "2026-11-20T09:00:00Z"),
    FIELD(struct jobs_replay_input, most, .min = 1, .max = JOB_REPLAY_MAX, .def = JOB_REPLAY_MAX, .has_def = true,
          .doc = "No more than so many", .example = "1000"),
};
const struct rec jobs_replay_rec =
    REC(struct jobs_replay_input, "JobsReplay", replay_fields, "Which jobs to try again");

static const struct rec_field replayed_fields[] = {
    FIELD(struct jobs_replayed, replayed, .flags = REC_REQUIRED, .doc = "So many are tried again", .example = "12"),
    FIELD(struct jobs_replayed, more, .flags = REC_REQUIRED, .doc = "There are more", .example = "false"),
};
const struct rec jobs_replayed_rec = REC(struct jobs_replayed, "JobsReplayed", replayed_fields, "What is tried again");

bool job_state_live(int state)
{
  return state == JOB_QUEUED || state == JOB_RUNNING || state == JOB_RETRYING;
}

enum err job_tell(struct ctx *cx, const struct job *job, const char *topic)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "kind", job->kind);
  json_put_text(&o, "key", job->key);
  json_put_text(&o, "subject", job->subject);
  json_put_text(&o, "target", *job->target ? job->target : NULL);
  json_put_text(&o, "state", job_states[job->state]);
  json_put_text(&o, "code", job->code);
  json_put_i64(&o, "runs", job->runs);
  json_object_end(&o);
  cx->event_ordinal = 0; /* each job is a subject of its own, and moves its version before it tells */
  return event_emit(cx, &(struct event_draft){.topic = topic,
                                              .subject_kind = "job",
                                              .subject_prefix = PREFIX_job,
                                              .bucket = job->bucket,
                                              .subject_id = job->id.v,
                                              .version = job->version,
                                              .data = buf_str(&text)});
}

/* Writes all that may change, if nobody else has changed it since it was read. */
enum err job_store(struct ctx *cx, const struct job *before, struct job *after)
{
  static const struct db_stmt stmt = {
      "UPDATE job SET version = $4, state = $5, live = $6, due_at = $7, attempts = $8, runs = $9, code = $10,"
      " reason = $11, status = $12, updated_at = $13, begun_at = $14"
      " WHERE bucket = $1 AND id = $2 AND version = $3",
      DB_KEYED};
  int64_t rows = 0;
  after->version = before->version + 1;
  after->live = job_state_live(after->state);
  after->updated_at = cx->now;
  TRY(db_run(cx->db, &stmt, &rows,
             DB_ARGS(I64(before->bucket), I64(before->id.v), I64(before->version), I64(after->version),
                     TEXT(job_states[after->state]), I64(after->live), I64(after->due_at.ms), I64(after->attempts),
                     I64(after->runs), TEXT(after->code), TEXT(after->reason), I64_OR_NULL(after->status),
                     I64(after->updated_at.ms), I64_OR_NULL(after->begun_at.ms))));
  return rows == 1 ? ERR_OK : act_guard_missed(cx, __func__);
}
