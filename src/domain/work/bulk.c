/* Bulk jobs as rows: what may be done, beginning, cancelling, trying again. The runner is bulk_run.c. */
#include "work_priv.h"

#include "allocation.h"
#include "fulfillment.h"
#include "identity.h"
#include "intake.h"
#include "review.h"

#include <string.h>

/* ---- Verbs ---- */

/* tag and untag say one list of tags. */
static enum err tag_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct tags_input tags = {0};
  struct act_input same = *in;
  tags.add = ((const struct tags_input *)in->body)->add;
  same.body = arena_copy(cx->arena, &tags, sizeof tags);
  return order_tag_act.load(cx, &same, out);
}
static enum err untag_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct tags_input tags = {0};
  struct act_input same = *in;
  memcpy(&tags.remove, &((const struct tags_input *)in->body)->add, sizeof tags.remove);
  same.body = arena_copy(cx->arena, &tags, sizeof tags);
  return order_tag_act.load(cx, &same, out);
}
static enum err tag_decide(struct ctx *cx, const void *facts, void *out)
{
  return order_tag_act.decide(cx, facts, out);
}
enum { TAG_FACTS = sizeof(struct order_work) + sizeof(void *) };
static const struct act bulk_tag_act = {"order.tag", TAG_FACTS, sizeof(struct order_work), tag_load, tag_decide,
                                        order_apply, 0};
static const struct act bulk_untag_act = {"order.untag", TAG_FACTS, sizeof(struct order_work), untag_load, tag_decide,
                                          order_apply,   0};

static const struct rec_field bulk_tags_fields[] = {
    {.name = "tags",
     .offset = offsetof(struct tags_input, add),
     .kind = REC_TEXTS,
     .flags = REC_REQUIRED,
     .min = 1,
     .max = ORDER_TAGS_MAX,
     .doc = "Tags",
     .example = "[\"vip\"]"},
};
static const struct rec bulk_tags_rec = REC(struct tags_input, "BulkTags", bulk_tags_fields, "Tags");

static const struct bulk_verb verbs[] = {
    {"hold", &order_hold_act, &hold_input_rec, PERM_HOLD_CREATE, false},
    {"release", &order_release_act, &reason_input_rec, PERM_HOLD_RELEASE, true},
    {"source", &order_source_act, &allocation_source_rec, PERM_ORDER_EDIT, false},
    {"tag", &bulk_tag_act, &bulk_tags_rec, PERM_ORDER_EDIT, false},
    {"untag", &bulk_untag_act, &bulk_tags_rec, PERM_ORDER_EDIT, false},
    {"assign", &order_assign_act, &assign_rec, PERM_ORDER_EDIT, false},
    {"cancel", &order_cancel_act, &cancel_rec, PERM_ORDER_CANCEL, true},
    {"approve", &order_approve_act, &reason_input_rec, PERM_HOLD_RELEASE, true},
    {"place", &draft_place_act, NULL, PERM_ORDER_CREATE, false},
};

const struct bulk_verb *bulk_verb_find(const char *name)
{
  for (size_t i = 0; i < COUNT_OF(verbs); i++)
    if (strcmp(verbs[i].name, name) == 0)
      return &verbs[i];
  return NULL;
}

enum err bulk_check(struct ctx *cx, const struct bulk_input *in, const struct bulk_verb **out_verb, void **out_body)
{
  const struct bulk_verb *verb = bulk_verb_find(in->verb);
  const char *args = in->args ? in->args : "{}";
  if (!verb)
    return fault_add(&cx->fault, ERR_INVALID, "/verb", "not_allowed", "%s cannot be done to many orders", in->verb);
  TRY(ctx_need(cx, verb->needs));
  *out_verb = verb;
  *out_body = NULL;
  if (!verb->body)
    return ERR_OK;
  *out_body = arena_alloc(cx->arena, verb->body->size);
  rec_init(verb->body, *out_body);
  TRY(rec_read(verb->body, args, strlen(args), "/args", cx->arena, &cx->fault, *out_body));
  return scope_check_body(cx, verb->body, args, strlen(args), "/args", false);
}

/* ---- Rows and events ---- */

/* Of a job that was stopped: what its rows say that were not begun. */
static enum err fill_reason(struct ctx *cx, struct bulk_job *job)
{
  static const struct db_stmt why = {"SELECT detail FROM bulk_row WHERE bucket = $1 AND job_id = $2 AND status = 'cancelled'"
                                     " AND detail IS NOT NULL ORDER BY n LIMIT 1",
                                     DB_KEYED};
  struct db_rows rows;
  TRY(db_query(cx->db, &why, &rows, DB_ARGS(I64(job->bucket), I64(job->id))));
  if (db_next(&rows))
    job->reason = db_text(&rows, 0);
  return db_done(&rows);
}

enum err bulk_load(struct ctx *cx, const char *id, struct bulk_job *out)
{
  struct bulk_job job = {0};
  enum err err = id_parse(PREFIX_bulk, id, &job.id) ? ERR_OK : ERR_NOT_FOUND;
  job.bucket = bucket_of_id(job.id);
  if (!err)
    err = db_get(cx->db, &bulk_job_table, &job);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, err, "", "there is no bulk job %s", id);
  TRY(err);
  if (job.state == BULK_CANCELLED)
    TRY(fill_reason(cx, &job));
  *out = job;
  return ERR_OK;
}

static enum err load_to_change(struct ctx *cx, const struct act_input *in, struct bulk_job *out)
{
  static const struct db_stmt version_of = {"SELECT version FROM bulk_job WHERE bucket = $1 AND id = $2", DB_KEYED};
  TRY(bulk_load(cx, in->id, out));
  ctx_relies_on(cx, &version_of, out->bucket, out->id, out->version);
  return version_check(cx, out->bucket, out->id, out->version, in->version);
}

static enum err tell(struct ctx *cx, const struct bulk_job *job, const char *topic)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "verb", job->verb);
  json_put_i64(&o, "total", job->total);
  json_put_i64(&o, "done", job->done);
  json_put_i64(&o, "failed", job->failed);
  json_put_i64(&o, "cancelled", job->cancelled);
  json_put_text(&o, "reason", job->reason);
  json_object_end(&o);
  return event_emit(cx, &(struct event_draft){.topic = topic,
                                              .subject_kind = "bulk",
                                              .subject_prefix = PREFIX_bulk,
                                              .bucket = job->bucket,
                                              .subject_id = job->id,
                                              .version = job->version,
                                              .data = buf_str(&text)});
}

static void job_result(struct ctx *cx, const struct bulk_job *job, struct act_result *out)
{
  char id[ID_TEXT];
  id_format(PREFIX_bulk, job->id, id);
  *out = (struct act_result){.rec = &bulk_job_rec,
                             .value = arena_copy(cx->arena, job, sizeof *job),
                             .location = arena_printf(cx->arena, "/v1/bulk/%s", id),
                             .version = job->version};
}

/* It acts as who asks now, with what they may do now. */
static void take_actor(struct ctx *cx, struct bulk_job *job)
{
  job->actor_kind = cx->actor.kind;
  job->actor_id = cx->actor.id;
  job->actor_name = cx->actor.name ? cx->actor.name : "";
  job->scope = permissions_text(cx->arena, cx->actor.permissions);
}

/* ---- Beginning ---- */

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out)
{
  const struct bulk_verb *verb;
  void *body;
  *(const struct bulk_create **)out = in->body;
  return bulk_check(cx, (*(const struct bulk_create **)out)->input, &verb, &body);
}

static enum err create_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct bulk_create *create = *(const struct bulk_create *const *)facts;
  if (create->orders.n == 0)
    return fault_add(&cx->fault, ERR_INVALID, create->input->filter ? "/filter" : "/orders", "too_short",
                     "no order was chosen");
  *(const struct bulk_create **)out = create;
  return ERR_OK;
}

static struct bulk_job new_job(struct ctx *cx, const struct bulk_create *create)
{
  struct bulk_job job = {.bucket = create->job.bucket,
                         .id = create->job.id,
                         .version = 1,
                         .verb = create->input->verb,
                         .args = create->input->args ? create->input->args : "{}",
                         .filter = create->input->filter,
                         .state = BULK_RUNNING,
                         .total = (int64_t)create->orders.n,
                         .attempt = 1,
                         .created_at = cx->now,
                         .updated_at = cx->now,
                         .finished_at = INSTANT(ABSENT)};
  take_actor(cx, &job);
  return job;
}

/* A new id where it has none. */
static enum err put_job(struct ctx *cx, struct bulk_job *job)
{
  if (job->id)
    return db_update(cx->db, &bulk_job_table, job);
  job->bucket = ids_bucket_random(cx->ids);
  job->id = ids_next(cx->ids, cx->now, job->bucket);
  return db_insert(cx->db, &bulk_job_table, job);
}

static enum err put_rows(struct ctx *cx, const struct bulk_job *job, const struct bulk_create *create, size_t to)
{
  for (size_t i = create->kept; i < to; i++) {
    struct bulk_row row = {.bucket = job->bucket,
                           .job_id = job->id,
                           .n = (int64_t)i + 1,
                           .order_id = create->orders.at[i].id,
                           .asked = create->orders.at[i].asked,
                           .status = BULK_ROW_WAITING,
                           .done_at = INSTANT(ABSENT)};
    TRY(db_insert(cx->db, &bulk_row_table, &row));
  }
  return ERR_OK;
}

static enum err create_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct bulk_create *create = *(const struct bulk_create *const *)plan;
  struct bulk_job job = new_job(cx, create);
  TRY(put_job(cx, &job));
  TRY(put_rows(cx, &job, create, create->orders.n));
  TRY(tell(cx, &job, "bulk.created"));
  job_result(cx, &job, out);
  return ERR_OK;
}

const struct act bulk_create_act = {
    "bulk.create", sizeof(void *), sizeof(void *), create_load, create_decide, create_apply, 0};

/* Until all of it is there nobody works on it: where the process dies before, it is a job that was cancelled. */
static enum err keep_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct bulk_create *create = *(const struct bulk_create *const *)plan;
  struct bulk_job job = new_job(cx, create);
  job.state = BULK_CANCELLED;
  job.cancelled = job.total;
  job.finished_at = cx->now;
  if (!job.id)
    TRY(put_job(cx, &job));
  TRY(put_rows(cx, &job, create, create->kept + BULK_SLICE));
  job_result(cx, &job, out);
  return ERR_OK;
}

static const struct act bulk_keep_act = {
    "bulk.keep", sizeof(void *), sizeof(void *), create_load, create_decide, keep_apply, 0};

enum err bulk_keep(struct ctx *cx, struct writer *w, struct bulk_create *c)
{
  while (c->orders.n - c->kept > BULK_SLICE) {
    struct act_call call = {.act = &bulk_keep_act,
                            .in = {.body = c, .version = ABSENT},
                            .arena = cx->arena,
                            .actor = cx->actor,
                            .success = 200,
                            .deadline = INSTANT(ABSENT)};
    fault_init(&call.fault, cx->arena);
    enum err err = writer_run(w, &call);
    if (err != ERR_OK) {
      cx->fault = call.fault;
      return err;
    }
    c->job = *(const struct bulk_job *)call.result.value;
    c->kept += BULK_SLICE;
  }
  return ERR_OK;
}

/* ---- Cancelling, and trying again ---- */

struct change_facts {
  struct bulk_job job;
  int64_t waiting;
  const struct bulk_stop *stop; /* NULL = somebody cancels it, or tries again */
};
struct change_plan {
  struct bulk_job job;
  const struct db_stmt *rows; /* of $1 bucket, $2 job; $3 code, $4 detail: why, or NULL */
  const struct bulk_stop *why;
  const char *topic;
};

static enum err count_rows(struct ctx *cx, const struct bulk_job *job, const char *status, int64_t *out)
{
  static const struct db_stmt count = {
      "SELECT count(*) FROM bulk_row WHERE bucket = $1 AND job_id = $2 AND status = $3", DB_KEYED};
  *out = 0;
  return db_one_i64(cx->db, &count, out, DB_ARGS(I64(job->bucket), I64(job->id), TEXT(status)));
}

static enum err cancel_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct change_facts *f = out;
  TRY(load_to_change(cx, in, &f->job));
  return count_rows(cx, &f->job, "waiting", &f->waiting);
}

static enum err stop_load(struct ctx *cx, const struct act_input *in, void *out)
{
  ((struct change_facts *)out)->stop = in->body;
  return cancel_load(cx, in, out);
}

static enum err cancel_decide(struct ctx *cx, const void *facts, void *out)
{
  static const struct db_stmt drop = {
      "UPDATE bulk_row SET status = 'cancelled', code = $3, detail = $4 WHERE bucket = $1 AND job_id = $2"
      " AND status = 'waiting'",
      DB_KEYED};
  const struct change_facts *f = facts;
  struct change_plan *plan = out;
  if (f->job.state != BULK_RUNNING)
    return err_fail(cx, ERR_STATE, "/state", "this job has ended");
  plan->job = f->job;
  plan->job.state = BULK_CANCELLED;
  plan->job.cancelled += f->waiting;
  plan->job.finished_at = cx->now;
  plan->job.reason = f->stop ? f->stop->detail : NULL;
  plan->why = f->stop;
  plan->rows = &drop;
  plan->topic = "bulk.cancelled";
  return ERR_OK;
}

static enum err retry_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct change_facts *f = out;
  TRY(load_to_change(cx, in, &f->job));
  return count_rows(cx, &f->job, "failed", &f->waiting);
}

static enum err retry_decide(struct ctx *cx, const void *facts, void *out)
{
  static const struct db_stmt again = {
      "UPDATE bulk_row SET status = 'waiting', code = $3, detail = $4, done_at = NULL WHERE bucket = $1"
      " AND job_id = $2 AND status = 'failed'",
      DB_KEYED};
  const struct change_facts *f = facts;
  struct change_plan *plan = out;
  const struct bulk_verb *verb = bulk_verb_find(f->job.verb);
  if (f->job.state == BULK_RUNNING)
    return err_fail(cx, ERR_STATE, "/state", "this job is still running");
  if (!verb || f->waiting == 0)
    return err_fail(cx, ERR_STATE, "/failed", "nothing of this job failed");
  TRY(ctx_need(cx, verb->needs));
  plan->job = f->job;
  plan->job.state = BULK_RUNNING;
  plan->job.failed -= f->waiting;
  plan->job.attempt++;
  plan->job.finished_at = INSTANT(ABSENT);
  take_actor(cx, &plan->job);
  plan->rows = &again;
  plan->topic = "bulk.retried";
  return ERR_OK;
}

static enum err change_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct change_plan *p = plan;
  struct bulk_job job = p->job;
  job.version++;
  job.updated_at = cx->now;
  TRY(db_update(cx->db, &bulk_job_table, &job));
  TRY(db_run(cx->db, p->rows, NULL,
             DB_ARGS(I64(job.bucket), I64(job.id), TEXT(p->why ? p->why->code : NULL),
                     TEXT(p->why ? p->why->detail : NULL))));
  TRY(tell(cx, &job, p->topic));
  job_result(cx, &job, out);
  return ERR_OK;
}

const struct act bulk_cancel_act = {"bulk.cancel",
                                    sizeof(struct change_facts),
                                    sizeof(struct change_plan),
                                    cancel_load,
                                    cancel_decide,
                                    change_apply,
                                    0};
const struct act bulk_stop_act = {
    "bulk.stop", sizeof(struct change_facts), sizeof(struct change_plan), stop_load, cancel_decide, change_apply, 0};
const struct act bulk_retry_act = {
    "bulk.retry", sizeof(struct change_facts), sizeof(struct change_plan), retry_load, retry_decide, change_apply, 0};

/* ---- Noting what became of rows ---- */

struct note_facts {
  struct bulk_job job;
  LIST(struct bulk_row) rows; /* those that nobody has noted yet */
  int64_t waiting;            /* of the job, all */
};

static enum err note_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct note_facts *f = out;
  const struct bulk_results *results = in->body;
  TRY(load_to_change(cx, in, &f->job));
  TRY(count_rows(cx, &f->job, "waiting", &f->waiting));
  EACH (const struct bulk_row, r, &results->rows) {
    struct bulk_row now = *r;
    TRY(db_get(cx->db, &bulk_row_table, &now));
    if (now.status != BULK_ROW_WAITING && now.status != BULK_ROW_CANCELLED)
      continue;
    f->waiting -= now.status == BULK_ROW_WAITING;
    f->job.cancelled -= now.status == BULK_ROW_CANCELLED;
    *LIST_ADD(cx->arena, &f->rows) = *r;
  }
  return ERR_OK;
}

static enum err note_decide(struct ctx *cx, const void *facts, void *out)
{
  struct note_facts *plan = out;
  *plan = *(const struct note_facts *)facts;
  EACH (const struct bulk_row, r, &plan->rows) {
    plan->job.done += r->status == BULK_ROW_DONE;
    plan->job.failed += r->status == BULK_ROW_FAILED;
  }
  if (plan->job.state == BULK_RUNNING && plan->waiting == 0) {
    plan->job.state = BULK_DONE;
    plan->job.finished_at = cx->now;
  }
  return ERR_OK;
}

static enum err note_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct note_facts *p = plan;
  struct bulk_job job = p->job;
  job.version++;
  job.updated_at = cx->now;
  TRY(db_update(cx->db, &bulk_job_table, &job));
  EACH (const struct bulk_row, r, &p->rows)
    TRY(db_update(cx->db, &bulk_row_table, r));
  TRY(tell(cx, &job, job.state == BULK_DONE ? "bulk.done" : "bulk.progress"));
  job_result(cx, &job, out);
  return ERR_OK;
}

const struct act bulk_note_act = {
    "bulk.note", sizeof(struct note_facts), sizeof(struct note_facts), note_load, note_decide, note_apply, 0};
