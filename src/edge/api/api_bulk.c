/* One verb for many orders over HTTP: what was chosen becomes a job that runs in the background. */
#include "api.h"
#include "api_list_priv.h"
#include "api_where_priv.h"

#include "api_priv.h"
#include "idempotency.h"
#include "work.h"

#include <string.h>

/* ---- Which orders ---- */

enum { NAMES_AT_ONCE = 100 };

static int64_t id_of(const char *name, const struct list_rows *found)
{
  EACH (const struct list_row, row, found)
    if (strcmp(row->name, name) == 0 || strcmp(row->id_text, name) == 0)
      return row->id;
  return 0;
}

/* Named ones are looked for as the list does, so that nobody reaches what is out of their sight. */
static enum err choose_named(struct ctx *cx, const struct api_request *rq, const struct bulk_input *in,
                             struct bulk_create *out)
{
  for (size_t from = 0; from < in->orders.n; from += NAMES_AT_ONCE) {
    size_t to = from + NAMES_AT_ONCE < in->orders.n ? from + NAMES_AT_ONCE : in->orders.n;
    struct list_rows found = {0};
    struct buf names;
    buf_init(&names, cx->arena);
    for (size_t i = from; i < to; i++) {
      if (strcspn(in->orders.at[i], ", \n\r\t;&=%+") != strlen(in->orders.at[i]) || !in->orders.at[i][0])
        return fault_add(&cx->fault, ERR_INVALID, arena_printf(cx->arena, "/orders/%zu", i), "invalid_format",
                         "an order is named by its id or number");
      buf_printf(&names, "%s%s", names.n ? "," : "", in->orders.at[i]);
    }
    TRY(list_ask_rows(cx, rq->api, "/v1/orders", arena_printf(cx->arena, "number=%s", buf_str(&names)), NAMES_AT_ONCE,
                      &found));
    for (size_t i = from; i < to; i++)
      *LIST_ADD(cx->arena, &out->orders) = (struct bulk_order){id_of(in->orders.at[i], &found), in->orders.at[i]};
  }
  return ERR_OK;
}

static enum err choose_filtered(struct ctx *cx, const struct api_request *rq, const struct bulk_input *in,
                                struct bulk_create *out)
{
  struct list_rows found = {0};
  TRY(list_ask_rows(cx, rq->api, "/v1/orders", in->filter, BULK_ORDERS_MAX + 1, &found));
  if (found.n > BULK_ORDERS_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "/filter", "too_many", "more than %d orders; please narrow it",
                     BULK_ORDERS_MAX);
  EACH (const struct list_row, row, &found)
    *LIST_ADD(cx->arena, &out->orders) = (struct bulk_order){row->id, row->name[0] ? row->name : row->id_text};
  return ERR_OK;
}

/* A repeat gets the answer that is stored, and makes no second job. */
static bool is_answered(struct ctx *cx, const struct api_request *rq)
{
  struct stored_reply reply;
  return rq->key && idempotency_find(cx, rq->key, &reply) == ERR_OK;
}

static enum err serve_bulk(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const struct bulk_input *in = rq->body;
  struct bulk_create create = {.input = in};
  const struct bulk_verb *verb;
  void *body;
  TRY(bulk_check(cx, in, &verb, &body));
  if (!in->filter == !in->orders.n)
    return fault_add(&cx->fault, ERR_INVALID, "/orders", "required", "give either orders or filter");
  TRY(in->filter ? choose_filtered(cx, rq, in, &create) : choose_named(cx, rq, in, &create));
  if (!in->preview) {
    TRY(is_answered(cx, rq) ? ERR_OK : bulk_keep(cx, rq->api->writer, &create));
    struct act_input input = {.body = &create, .version = ABSENT};
    return api_run(cx, rq, &bulk_create_act, &input, out);
  }
  struct bulk_preview *preview = ARENA_NEW(cx->arena, struct bulk_preview);
  TRY(bulk_preview(cx, &create, preview));
  *out = (struct act_result){.status = 200, .rec = &bulk_preview_rec, .value = preview, .version = ABSENT};
  return ERR_OK;
}

/* ---- Jobs and their rows ---- */

static enum err serve_job(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct bulk_job *job = ARENA_NEW(cx->arena, struct bulk_job);
  TRY(bulk_load(cx, rq->id, job));
  *out = (struct act_result){.rec = &bulk_job_rec, .value = job, .version = job->version};
  return ERR_OK;
}

/* Whoever is bound to places sees the jobs he began: those of others may be of orders anywhere. */
static enum err narrow_jobs(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  (void)rq;
  if (cx->actor.scope)
    api_where(cx, page, "actor_kind = $1 AND actor_id = $2",
              (const struct db_value[]){TEXT(actor_kinds[cx->actor.kind]), I64(cx->actor.id)}, 2);
  return ERR_OK;
}

static const struct api_list jobs_list = {
    .table = &bulk_job_table,
    .filters = (const char *const[]){"state", "verb", "actor_name", "created_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
    .narrow = narrow_jobs,
};

static enum err narrow_rows(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  struct bulk_job job;
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 2);
  TRY(bulk_load(cx, rq->id, &job));
  args[0] = I64(job.bucket);
  args[1] = I64(job.id);
  page->where = "bucket = $1 AND job_id = $2";
  page->where_args = args;
  page->n_where_args = 2;
  return ERR_OK;
}

static const struct api_list rows_list = {
    .table = &bulk_row_table,
    .filters = (const char *const[]){"status", "code", NULL},
    .sorts = (const char *const[]){"n", NULL},
    .id_field = "n",
    .narrow = narrow_rows,
};

static const enum err state_errors[] = {ERR_STATE, ERR_OK};

const struct route bulk_routes[] = {
    {"POST", "/v1/bulk", "Do one thing to many orders",
     "Begins a job and answers with it; each order is changed in the background as the single call would, on your "
     "behalf and with your permissions. `orders` names them, or `filter` is the query of `GET /v1/orders` that shows "
     "them (at most 10000). Events `bulk.progress` and `bulk.done` tell how far it is. With `preview` nothing is "
     "written: the answer (200) tells for the first 200 orders which would be refused, and why.\n\n"
     "| verb | `args` | needs |\n"
     "|---|---|---|\n"
     "| `hold` | as `POST /v1/orders/{id}/hold` | `hold.create` |\n"
     "| `release` | `reason`: of all active holds | `hold.release` |\n"
     "| `approve` | `reason` | `hold.release` |\n"
     "| `source` | as `POST /v1/orders/{id}/source` | `order.edit` |\n"
     "| `tag`, `untag` | `tags` | `order.edit` |\n"
     "| `assign` | `user`; left out = nobody | `order.edit` |\n"
     "| `cancel` | as `POST /v1/orders/{id}/cancel` | `order.cancel` |\n"
     "| `place` | none: of drafts | `order.create` |\n\n"
     "```json\n"
     "{\"verb\": \"hold\", \"args\": {\"reason\": \"recall\"}, \"filter\": \"state=open&sku=TEE-S\"}\n"
     "```",
     PERM_SIGNED_IN, .body = &bulk_input_rec, .reply = &bulk_job_rec, .success = 201, .serve = serve_bulk,
     .flags = ROUTE_LARGE},
    {"GET", "/v1/bulk", "List bulk jobs",
     "Newest first. Whoever is bound to locations or channels sees the jobs that he began himself.", PERM_ORDER_READ, .reply = &bulk_job_rec, .success = 200,
     .list = &jobs_list},
    {"GET", "/v1/bulk/{id}", "One bulk job", "With its counts.", PERM_ORDER_READ, .reply = &bulk_job_rec,
     .success = 200, .serve = serve_job},
    {"GET", "/v1/bulk/{id}/rows", "What became of each order",
     "The last one first, `?sort=n` the first one. `?status=failed` shows what was refused, with `code` and `detail` "
     "as "
     "the single call would have said.",
     PERM_ORDER_READ, .reply = &bulk_row_rec, .success = 200, .list = &rows_list},
    {"POST", "/v1/bulk/{id}/cancel", "Stop a bulk job", "What is done stays done; what has not begun does not.",
     PERM_ORDER_EDIT, .reply = &bulk_job_rec, .success = 200, .act = &bulk_cancel_act, .errors = state_errors},
    {"POST", "/v1/bulk/{id}/retry", "Try again what failed", "On behalf of who says so. Refused while it is running.",
     PERM_ORDER_EDIT, .reply = &bulk_job_rec, .success = 200, .act = &bulk_retry_act, .errors = state_errors},
    {0},
};
