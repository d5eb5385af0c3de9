/* Bulk jobs at work: a few rows at a time, each an ordinary act through the writer on behalf of who asked. What becomes of
 * them is noted afterwards in an act of its own; a row whose end was not noted is asked again under the same idempotency
 * key, and gets the first answer. */
#include "work_priv.h"

#include "identity.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

enum { ATTEMPTS = 3 }; /* of a row that fails inside */

/* ---- Preview ---- */

static void tell_refusal(struct ctx *cx, struct bulk_preview *out, const char *asked, enum err err)
{
  out->refused++;
  *LIST_ADD(cx->arena, &out->refusals) = (struct bulk_refusal){
      asked, err_info(err)->slug, cx->fault.detail ? arena_text(cx->arena, cx->fault.detail) : err_info(err)->title};
  fault_clear(&cx->fault);
}

static struct bulk_holds *holds_of(struct ctx *cx, struct bulk_preview *out, const char *type)
{
  EACH (struct bulk_holds, h, &out->holds)
    if (strcmp(h->type, type) == 0)
      return h;
  struct bulk_holds *made = LIST_ADD(cx->arena, &out->holds);
  *made = (struct bulk_holds){.type = type};
  return made;
}

/* Holds that are active now and not after it. Those of `after` stand in the same order; new ones come behind. */
static void tell_holds(struct ctx *cx, struct bulk_preview *out, const struct order_work *w)
{
  for (size_t i = 0; i < w->before->holds.n && i < w->after->holds.n; i++) {
    const struct hold *before = &w->before->holds.at[i];
    if (before->state == HOLD_ACTIVE && w->after->holds.at[i].state != HOLD_ACTIVE)
      holds_of(cx, out, before->type)->count++;
  }
}

static int most_first(const void *a, const void *b)
{
  const struct bulk_holds *x = a, *y = b;
  return x->count != y->count ? (x->count < y->count ? 1 : -1) : strcmp(x->type, y->type);
}

enum err bulk_preview(struct ctx *cx, const struct bulk_create *create, struct bulk_preview *out)
{
  const struct bulk_verb *verb;
  void *body;
  TRY(bulk_check(cx, create->input, &verb, &body));
  out->verb = verb->name;
  out->total = (int64_t)create->orders.n;
  for (size_t i = 0; i < create->orders.n && i < BULK_PREVIEW_MAX; i++, out->tried++) {
    const struct bulk_order *o = &create->orders.at[i];
    char id[ID_TEXT];
    void *plan;
    id_format(PREFIX_order, o->id, id);
    struct act_input in = {.id = arena_text(cx->arena, id), .body = body, .version = ABSENT};
    enum err err = o->id ? act_preview(cx, verb->act, &in, &plan) : ERR_NOT_FOUND;
    if (err != ERR_OK && err_info(err)->http >= 500)
      return err;
    if (err == ERR_OK)
      out->fine++;
    else
      tell_refusal(cx, out, o->asked, err);
    if (err == ERR_OK && verb->ends_holds)
      tell_holds(cx, out, plan);
  }
  if (out->holds.n)
    qsort(out->holds.at, out->holds.n, sizeof *out->holds.at, most_first);
  return ERR_OK;
}

/* ---- A step ---- */

struct waiting {
  pthread_mutex_t lock;
  pthread_cond_t news;
  size_t open;
};

static void one_done(struct act_call *call)
{
  struct waiting *w = call->user;
  pthread_mutex_lock(&w->lock);
  w->open--;
  pthread_cond_signal(&w->news);
  pthread_mutex_unlock(&w->lock);
}

struct step {
  struct ctx *cx;
  struct writer *writer;
  struct bulk_job job;
  const struct bulk_verb *verb;
  struct actor actor;
  void *body;
  LIST(struct bulk_row) rows;
  struct waiting waiting;
};

static void begin_row(struct step *s, const struct bulk_row *row, struct act_call *call)
{
  struct arena *a = s->cx->arena;
  char *id = arena_alloc(a, ID_TEXT);
  id_format(PREFIX_order, row->order_id, id);
  *call = (struct act_call){.act = s->verb->act,
                            .in = {.id = id, .body = s->body, .version = ABSENT},
                            .arena = arena_new(64 << 20),
                            .actor = s->actor,
                            .key = arena_printf(a, "bulk:%llx:%lld:%lld", (unsigned long long)s->job.id,
                                                (long long)row->n, (long long)s->job.attempt),
                            .success = 200,
                            .deadline = INSTANT(ABSENT),
                            .done = one_done,
                            .user = &s->waiting};
  fault_init(&call->fault, call->arena);
  sha256(call->key, strlen(call->key), call->request_hash);
}

static void note_row(struct step *s, struct bulk_row *row, const struct act_call *call)
{
  struct arena *a = s->cx->arena;
  const struct fault *f = &call->fault;
  row->done_at = s->cx->now;
  row->status = call->err ? BULK_ROW_FAILED : BULK_ROW_DONE;
  if (call->err) {
    row->code = err_info(call->err)->slug;
    row->detail = arena_text(a, f->detail ? f->detail : err_info(call->err)->title);
  }
}

/* Its end is known. Rows that the writer did not take, or that failed for reasons outside, stay as they are and are tried
 * again; what fails inside fails for good after some attempts, lest the jobs behind it wait for ever. */
static bool is_settled(const struct act_call *call, int attempt)
{
  int status = call->err == ERR_OK ? 200 : err_info(call->err)->http;
  return status < 500 || (status == 500 && attempt == ATTEMPTS);
}

static void no_such_order(struct step *s, struct bulk_row *row)
{
  row->status = BULK_ROW_FAILED;
  row->code = err_info(ERR_NOT_FOUND)->slug;
  row->detail = "there is no such order";
  row->done_at = s->cx->now;
}

/* All rows that are still waiting, at once. */
static void attempt_rows(struct step *s, int attempt)
{
  struct act_call *calls = ARENA_ARRAY(s->cx->arena, struct act_call, s->rows.n);
  bool *sent = ARENA_ARRAY(s->cx->arena, bool, s->rows.n);
  for (size_t i = 0; i < s->rows.n; i++) {
    if (s->rows.at[i].status != BULK_ROW_WAITING)
      continue;
    begin_row(s, &s->rows.at[i], &calls[i]);
    pthread_mutex_lock(&s->waiting.lock);
    s->waiting.open++;
    pthread_mutex_unlock(&s->waiting.lock);
    sent[i] = writer_submit(s->writer, &calls[i]);
    if (!sent[i])
      one_done(&calls[i]);
  }
  pthread_mutex_lock(&s->waiting.lock);
  while (s->waiting.open)
    pthread_cond_wait(&s->waiting.news, &s->waiting.lock);
  pthread_mutex_unlock(&s->waiting.lock);
  for (size_t i = 0; i < s->rows.n; i++) {
    if (sent[i] && is_settled(&calls[i], attempt))
      note_row(s, &s->rows.at[i], &calls[i]);
    arena_free(calls[i].arena);
  }
}

/* *out: rows whose end is known now, in the arena. */
static void run_rows(struct step *s, struct bulk_results *out)
{
  pthread_mutex_init(&s->waiting.lock, NULL);
  pthread_cond_init(&s->waiting.news, NULL);
  EACH (struct bulk_row, row, &s->rows)
    if (!row->order_id && row->status == BULK_ROW_WAITING)
      no_such_order(s, row);
  for (int attempt = 1; attempt <= ATTEMPTS; attempt++)
    attempt_rows(s, attempt);
  EACH (const struct bulk_row, row, &s->rows)
    if (row->status != BULK_ROW_WAITING)
      *LIST_ADD(s->cx->arena, &out->rows) = *row;
  pthread_cond_destroy(&s->waiting.news);
  pthread_mutex_destroy(&s->waiting.lock);
}

static enum err find_job(struct ctx *cx, struct bucket_groups groups, struct bulk_job *out)
{
  static const struct db_where running = {
      &bulk_job_table, "state = 'running' AND " IN_GROUPS("bucket", "$1") " ORDER BY id LIMIT 1", DB_LIST};
  return db_select_one(cx->db, &running, out, DB_ARGS(I64(groups.bits)));
}

/* Orders that who asked does not see any more are not there for him. */
static enum err hide_rows(struct step *s)
{
  scoped_orders orders = {0};
  EACH (const struct bulk_row, row, &s->rows)
    if (row->order_id)
      *LIST_ADD(s->cx->arena, &orders) = (struct scoped_order){.id = row->order_id};
  TRY(scope_see_orders(s->cx, s->actor.scope, &orders));
  size_t at = 0;
  EACH (struct bulk_row, row, &s->rows)
    if (row->order_id && !orders.at[at++].seen)
      no_such_order(s, row);
  return ERR_OK;
}

static enum err load_step(struct step *s)
{
  static const struct db_where waiting = {
      &bulk_row_table, "bucket = $1 AND job_id = $2 AND status = 'waiting' ORDER BY n LIMIT $3", DB_KEYED};
  struct ctx *cx = s->cx;
  const struct bulk_job *job = &s->job;
  uint64_t permissions = 0;
  TRY(ctx_masters_refresh(cx));
  TRY(db_select(cx->db, &waiting, (struct list *)(void *)&s->rows,
                DB_ARGS(I64(job->bucket), I64(job->id), I64(BULK_STEP))));
  if (!permissions_parse(job->scope, &permissions))
    permissions = 0; /* a permission that is no more: what needs it is refused */
  const struct actor then = {(enum actor_kind)job->actor_kind, job->actor_id, job->actor_name, permissions, NULL};
  TRY(identity_present(cx, &then, &s->actor));
  TRY(s->actor.scope ? hide_rows(s) : ERR_OK);
  struct actor keep = cx->actor;
  cx->actor = s->actor;
  struct bulk_input input = {.verb = job->verb, .args = job->args};
  enum err err = bulk_check(cx, &input, &s->verb, &s->body);
  cx->actor = keep;
  return err;
}

/* A job whose verb may not be done any more is ended, not tried for ever. */
static void refuse_rows(struct step *s, enum err err, struct bulk_results *out)
{
  EACH (struct bulk_row, row, &s->rows) {
    row->status = BULK_ROW_FAILED;
    row->code = err_info(err)->slug;
    row->detail = err_info(err)->title;
    row->done_at = s->cx->now;
    *LIST_ADD(s->cx->arena, &out->rows) = *row;
  }
}

/* Runs an act on the job; *out_more = true: the next step may begin. */
static enum err end_step(struct step *s, const struct act *act, const void *body, const struct actor *actor, bool *out_more)
{
  char id[ID_TEXT];
  id_format(PREFIX_bulk, s->job.id, id);
  struct act_call call = {.act = act,
                          .in = {.id = id, .body = body, .version = ABSENT},
                          .arena = s->cx->arena,
                          .actor = *actor,
                          .success = 200,
                          .deadline = INSTANT(ABSENT)};
  fault_init(&call.fault, s->cx->arena);
  enum err err = writer_run(s->writer, &call);
  if (err != ERR_OK)
    s->cx->fault = call.fault;
  *out_more = err == ERR_OK;
  return err;
}

/* Nobody is there any more on whose behalf it could go on. Who cancelled it meanwhile was faster. */
static enum err stop_job(struct step *s, bool *out_more)
{
  struct bulk_stop why = {err_info(ERR_UNAUTHENTICATED)->slug, arena_text(s->cx->arena, s->cx->fault.detail)};
  fault_clear(&s->cx->fault);
  enum err err = end_step(s, &bulk_stop_act, &why, &actor_system, out_more);
  if (err != ERR_STATE)
    return err;
  fault_clear(&s->cx->fault);
  *out_more = true;
  return ERR_OK;
}

enum err bulk_step(struct ctx *cx, struct writer *w, struct bucket_groups groups, bool *out_more)
{
  struct step s = {.cx = cx, .writer = w};
  struct bulk_results results = {0};
  *out_more = false;
  enum err err = find_job(cx, groups, &s.job);
  if (err == ERR_NOT_FOUND)
    return ERR_OK;
  TRY(err);
  err = load_step(&s);
  if (err == ERR_UNAUTHENTICATED)
    return stop_job(&s, out_more);
  if (err != ERR_OK && err_info(err)->http >= 500)
    return err;
  if (err == ERR_OK)
    run_rows(&s, &results);
  else
    refuse_rows(&s, err, &results);
  fault_clear(&cx->fault);
  if (s.rows.n && results.rows.n == 0)
    return ERR_BUSY; /* the writer takes nothing now */
  return end_step(&s, &bulk_note_act, &results, &s.actor, out_more);
}
