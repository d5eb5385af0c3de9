/* What goes by itself and failed: a row for each item, with its reason, until it succeeds or somebody gives it up. */
#include "work.h"

#include <string.h>

enum { REPLAY_MAX = 500, FIRST_WAIT_MS = 5000, LONGEST_WAIT_MS = 3600000 };

static const char *const failed_states[] = {"waiting", "dead", "done", "dropped", NULL};

static const struct rec_field failed_work_fields[] = {
    FIELD(struct failed_work, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct failed_work, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_failure,
             .doc = "Id of the failure", .example = "flr_01jd7k3v9q2m8"),
    FIELD(struct failed_work, version, .flags = REC_REQUIRED, .doc = "Moves with each attempt", .example = "2"),
    FIELD(struct failed_work, job, .flags = REC_REQUIRED, .doc = "What was to be done", .example = "order.fill"),
    FIELD(struct failed_work, subject, .flags = REC_REQUIRED, .doc = "With what", .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct failed_work, subject_id, .flags = REC_HIDDEN),
    FIELD_AS(REC_ENUM, struct failed_work, state, .names = failed_states,
             .doc = "waiting = tried again at next_at; dead = tried 10 times; dropped = given up",
             .example = "waiting"),
    FIELD(struct failed_work, code, .flags = REC_REQUIRED, .doc = "What the last attempt said", .example = "internal"),
    FIELD(struct failed_work, reason, .flags = REC_REQUIRED, .doc = "In a sentence", .example = "the location is gone"),
    FIELD(struct failed_work, attempts, .flags = REC_REQUIRED, .doc = "So far", .example = "3"),
    FIELD(struct failed_work, created_at, .flags = REC_REQUIRED, .doc = "When it failed first"),
    FIELD(struct failed_work, updated_at, .flags = REC_REQUIRED, .doc = "When it failed last"),
    FIELD(struct failed_work, next_at, .flags = REC_REQUIRED, .doc = "Not tried again before"),
};
const struct rec failed_work_rec =
    REC(struct failed_work, "FailedWork", failed_work_fields, "An item of background work that failed");
const struct db_table failed_work_table = {"failed_work", &failed_work_rec};

static const struct rec_field replay_fields[] = {
    FIELD(struct failed_replay_input, job, .min = 1, .max = 80, .doc = "Only of this job", .example = "order.fill"),
};
const struct rec failed_replay_rec =
    REC(struct failed_replay_input, "FailedReplay", replay_fields, "Which failures to try again");
static const struct rec_field replayed_fields[] = {
    FIELD(struct failed_replayed, replayed, .flags = REC_REQUIRED, .doc = "So many are tried again", .example = "12"),
    FIELD(struct failed_replayed, more, .flags = REC_REQUIRED, .doc = "There are more", .example = "false"),
};
const struct rec failed_replayed_rec =
    REC(struct failed_replayed, "FailedReplayed", replayed_fields, "What is tried again");

static enum err tell(struct ctx *cx, const struct failed_work *f, const char *topic)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "job", f->job);
  json_put_text(&o, "subject", f->subject);
  json_put_text(&o, "state", failed_states[f->state]);
  json_put_text(&o, "code", f->code);
  json_put_i64(&o, "attempts", f->attempts);
  json_object_end(&o);
  return event_emit(cx, &(struct event_draft){.topic = topic,
                                              .subject_kind = "failure",
                                              .subject_prefix = PREFIX_failure,
                                              .bucket = f->bucket,
                                              .subject_id = f->id,
                                              .version = f->version,
                                              .data = buf_str(&text)});
}

/* ---- Noting ---- */

struct note_facts {
  struct failed_item item;
  struct failed_work row;
  bool found;
};

static enum err note_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_where of_subject = {&failed_work_table, "bucket = $1 AND job = $2 AND subject_id = $3",
                                             DB_KEYED};
  struct note_facts *f = out;
  f->item = *(const struct failed_item *)in->body;
  enum err err =
      db_select_one(cx->db, &of_subject, &f->row,
                    DB_ARGS(I64(bucket_of_id(f->item.subject_id)), TEXT(f->item.job), I64(f->item.subject_id)));
  f->found = err == ERR_OK;
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

static enum err note_decide(struct ctx *cx, const void *facts, void *out)
{
  struct note_facts *plan = out;
  *plan = *(const struct note_facts *)facts;
  struct failed_work *row = &plan->row;
  if (plan->item.err == ERR_OK)
    return ERR_OK;
  if (!plan->found)
    *row = (struct failed_work){.bucket = bucket_of_id(plan->item.subject_id),
                                .job = plan->item.job,
                                .subject = plan->item.subject,
                                .subject_id = plan->item.subject_id,
                                .created_at = cx->now};
  int64_t wait = FIRST_WAIT_MS;
  for (int64_t i = 0; i < row->attempts && wait < LONGEST_WAIT_MS; i++)
    wait *= 2;
  row->attempts++;
  row->state = row->attempts >= FAILED_ATTEMPTS ? FAILED_DEAD : FAILED_WAITING;
  row->code = err_info(plan->item.err)->slug;
  row->reason = plan->item.reason ? plan->item.reason : err_info(plan->item.err)->title;
  row->updated_at = cx->now;
  row->next_at = INSTANT(cx->now.ms + wait);
  return ERR_OK;
}

static enum err note_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct note_facts *p = plan;
  struct failed_work row = p->row;
  (void)out;
  row.version++;
  if (p->item.err == ERR_OK && !p->found)
    return ERR_OK;
  if (p->item.err == ERR_OK) {
    row.state = FAILED_DONE;
    TRY(db_delete(cx->db, &failed_work_table, &row));
    return tell(cx, &row, "work.recovered");
  }
  if (!p->found)
    row.id = ids_next(cx->ids, cx->now, row.bucket);
  TRY(p->found ? db_update(cx->db, &failed_work_table, &row) : db_insert(cx->db, &failed_work_table, &row));
  return p->found && row.state != FAILED_DEAD ? ERR_OK : tell(cx, &row, "work.failed");
}

const struct act failed_note_act = {
    "work.note", sizeof(struct note_facts), sizeof(struct note_facts), note_load, note_decide, note_apply, 0};

/* ---- Trying again, giving up ---- */

enum err failed_load(struct ctx *cx, const char *id, struct failed_work *out)
{
  struct failed_work row = {0};
  enum err err = id_parse(PREFIX_failure, id, &row.id) ? ERR_OK : ERR_NOT_FOUND;
  row.bucket = bucket_of_id(row.id);
  if (!err)
    err = db_get(cx->db, &failed_work_table, &row);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, err, "", "there is no failure %s; what succeeded is not kept", id);
  TRY(err);
  *out = row;
  return ERR_OK;
}

static enum err one_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct failed_work *row = out;
  TRY(failed_load(cx, in->id, row));
  return version_check(cx, row->bucket, row->id, row->version, in->version);
}

static void again(struct ctx *cx, struct failed_work *row)
{
  row->state = FAILED_WAITING;
  row->attempts = 0;
  row->next_at = cx->now;
  row->version++;
}

static enum err replay_decide(struct ctx *cx, const void *facts, void *out)
{
  struct failed_work *row = out;
  *row = *(const struct failed_work *)facts;
  again(cx, row);
  return ERR_OK;
}

static enum err drop_decide(struct ctx *cx, const void *facts, void *out)
{
  struct failed_work *row = out;
  *row = *(const struct failed_work *)facts;
  if (row->state == FAILED_DROPPED)
    return err_fail(cx, ERR_STATE, "/state", "it was given up already");
  row->state = FAILED_DROPPED;
  row->version++;
  return ERR_OK;
}

static enum err one_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct failed_work *row = plan;
  TRY(db_update(cx->db, &failed_work_table, row));
  TRY(tell(cx, row, row->state == FAILED_DROPPED ? "work.dropped" : "work.replayed"));
  *out = (struct act_result){
      .rec = &failed_work_rec, .value = arena_copy(cx->arena, row, sizeof *row), .version = row->version};
  return ERR_OK;
}

const struct act failed_replay_act = {
    "work.replay", sizeof(struct failed_work), sizeof(struct failed_work), one_load, replay_decide, one_apply, 0};
const struct act failed_drop_act = {
    "work.drop", sizeof(struct failed_work), sizeof(struct failed_work), one_load, drop_decide, one_apply, 0};

struct all_facts {
  LIST(struct failed_work) rows;
};

static enum err all_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_where every = {
      &failed_work_table, "(state = 'waiting' OR state = 'dead') AND ($1 = '' OR job = $1) ORDER BY id LIMIT $2",
      DB_LIST};
  struct all_facts *f = out;
  const struct failed_replay_input *body = in->body;
  return db_select(cx->db, &every, (struct list *)(void *)&f->rows,
                   DB_ARGS(TEXT(body->job ? body->job : ""), I64(REPLAY_MAX)));
}

static enum err all_decide(struct ctx *cx, const void *facts, void *out)
{
  struct all_facts *plan = out;
  *plan = *(const struct all_facts *)facts;
  plan->rows.at = arena_copy(cx->arena, plan->rows.at, plan->rows.n * sizeof *plan->rows.at);
  EACH (struct failed_work, row, &plan->rows)
    again(cx, row);
  return ERR_OK;
}

static enum err all_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct all_facts *p = plan;
  struct failed_replayed *result = ARENA_NEW(cx->arena, struct failed_replayed);
  int64_t ordinal = cx->event_ordinal;
  EACH (const struct failed_work, row, &p->rows) {
    TRY(db_update(cx->db, &failed_work_table, row));
    cx->event_ordinal = 0; /* each is a subject of its own */
    TRY(tell(cx, row, "work.replayed"));
  }
  cx->event_ordinal = ordinal;
  *result = (struct failed_replayed){(int64_t)p->rows.n, p->rows.n == REPLAY_MAX};
  *out = (struct act_result){.rec = &failed_replayed_rec, .value = result, .version = ABSENT};
  return ERR_OK;
}

const struct act failed_replay_all_act = {
    "work.replay_all", sizeof(struct all_facts), sizeof(struct all_facts), all_load, all_decide, all_apply, 0};

/* ---- What a job passes over ---- */

enum err failed_known(struct ctx *cx, const char *job, failed_ids *out_skip, failed_ids *out_failing)
{
  static const struct db_stmt known = {
      "SELECT subject_id, state, next_at FROM failed_work WHERE job = $1 ORDER BY subject_id LIMIT $2", DB_LIST};
  struct db_rows rows;
  TRY(db_query(cx->db, &known, &rows, DB_ARGS(TEXT(job), I64(FAILED_KNOWN))));
  while (db_next(&rows)) {
    bool waits = strcmp(db_text(&rows, 1), "waiting") == 0;
    *LIST_ADD(cx->arena, waits && db_i64(&rows, 2) <= cx->now.ms ? out_failing : out_skip) = db_i64(&rows, 0);
  }
  return db_done(&rows);
}

bool failed_among(const failed_ids *ids, int64_t id)
{
  size_t from = 0, to = ids->n;
  while (from < to) {
    size_t at = (from + to) / 2;
    if (ids->at[at] == id)
      return true;
    if (ids->at[at] < id)
      from = at + 1;
    else
      to = at;
  }
  return false;
}

enum err failed_count(struct ctx *cx, int64_t *out)
{
  static const struct db_stmt failed = {"SELECT count(*) FROM failed_work WHERE state = 'waiting' OR state = 'dead'",
                                        DB_REPORT};
  *out = 0;
  return db_one_i64(cx->db, &failed, out, DB_NO_ARGS);
}
