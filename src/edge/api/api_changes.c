/* Change sets over HTTP: previewed, made, confirmed, declined. */
#include "api.h"
#include "api_where_priv.h"

#include "changes.h"

#include <string.h>

/* A preview is asked of a reader; what is made goes through the writer. */
static enum err serve_create(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const struct change_input *in = rq->body;
  if (!in->preview)
    return api_run(cx, rq, &change_create_act, &(struct act_input){.id = rq->id, .body = in, .version = ABSENT}, out);
  struct change_set *set = ARENA_NEW(cx->arena, struct change_set);
  TRY(change_try(cx, rq->id, in, set));
  *out = (struct act_result){.status = 200, .rec = &change_set_rec, .value = set, .version = ABSENT};
  return ERR_OK;
}

static bool is_conflict(const struct fault *f)
{
  return f->code == ERR_VERSION && f->n > 0 && strcmp(f->entries[0].code, "conflict") == 0;
}

/* A refused act has written nothing: that the set has met a conflict is an act of its own. Should the server die between the
 * two, the set is still pending and meets it again. */
static enum err serve_confirm(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  enum err err =
      api_run(cx, rq, &change_confirm_act, &(struct act_input){.id = rq->id, .body = rq->body, .version = ABSENT}, out);
  if (err != ERR_VERSION || !is_conflict(&cx->fault))
    return err;
  struct api_request once = *rq;
  struct fault refused = cx->fault;
  struct act_result ignored;
  once.key = NULL;
  fault_clear(&cx->fault);
  enum err marked =
      api_run(cx, &once, &change_conflict_act, &(struct act_input){.id = rq->id, .version = ABSENT}, &ignored);
  if (marked != ERR_OK && err_info(marked)->http >= 500)
    return marked;
  cx->fault = refused;
  return err;
}

static enum err serve_change(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct change_set *set = ARENA_NEW(cx->arena, struct change_set);
  TRY(change_load(cx, rq->id, set));
  TRY(change_refresh(cx, set));
  *out = (struct act_result){.rec = &change_set_rec, .value = set, .version = set->version};
  return ERR_OK;
}

static enum err fill_changes(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  (void)expand;
  return changes_fill(cx, rows, n);
}

static enum err narrow_to_order(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  struct order_id id;
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 2);
  TRY(order_find(cx, rq->id, &id));
  args[0] = I64(bucket_of_id(id.v));
  args[1] = I64(id.v);
  page->where = "bucket = $1 AND order_id = $2";
  page->where_args = args;
  page->n_where_args = 2;
  return ERR_OK;
}

#define CHANGE_LIST                                                                                                    \
  .table = &change_set_table, .filters = (const char *const[]){"state", "origin", "created_at", NULL},                 \
  .sorts = (const char *const[]){"created_at", NULL}, .id_field = "id", .fill = fill_changes

static const struct api_list order_changes_list = {CHANGE_LIST, .narrow = narrow_to_order};
static const struct api_list changes_list = {CHANGE_LIST};

static const enum err create_errors[] = {ERR_STATE, ERR_SHORTAGE, ERR_OK};
static const enum err confirm_errors[] = {ERR_STATE, ERR_SHORTAGE, ERR_PREVIEW, ERR_VERSION, ERR_OK};
static const enum err decide_errors[] = {ERR_STATE, ERR_OK};

const struct route change_routes[] = {
    {"POST", "/v1/orders/{id}/changes", "Begin to change an order that was placed",
     "Lines with a `line` are changed, those without are added; everything that is left out stays as it is. The answer "
     "says "
     "in `preview` what confirming does: money, refunds, lines and where their units come from and go to, stock, "
     "promise, "
     "holds. With `preview` true nothing is written, the answer has no id, and what would be refused stands in "
     "`preview.refusals`; without it that is refused here.\n\n"
     "```json\n"
     "{\"reason\": \"the customer called\", \"lines\": [{\"line\": 1, \"quantity\": 3}, {\"sku\": \"MUG-BLUE\", "
     "\"quantity\": 1}]}\n"
     "```",
     PERM_ORDER_EDIT, .body = &change_input_rec, .reply = &change_set_rec, .success = 201, .serve = serve_create,
     .errors = create_errors},
    {"GET", "/v1/orders/{id}/changes", "Change sets of an order",
     "Newest first, with their previews as they were made.", PERM_ORDER_READ, .reply = &change_set_rec, .success = 200,
     .list = &order_changes_list},
    {"GET", "/v1/changes", "Change sets of all orders",
     "Newest first. Those that wait for a person: `?state=pending&origin=channel`.", PERM_ORDER_READ,
     .reply = &change_set_rec, .success = 200, .list = &changes_list},
    {"GET", "/v1/changes/{id}", "One change set", "Of a pending one preview and hash are as of now.", PERM_ORDER_READ,
     .reply = &change_set_rec, .success = 200, .serve = serve_change},
    {"POST", "/v1/changes/{id}/confirm", "Confirm a change set",
     "Does exactly what the preview said. Where somebody else has changed the same fields since, 412: each entry of "
     "`errors` has `before`, `theirs` and `mine`, and the set is `conflicted`. Where other fields, stock or prices "
     "have "
     "moved so that the result would be another, 409 `preview_changed` with the new preview and its hash in `theirs`; "
     "send that as `preview_hash` to agree.",
     PERM_ORDER_EDIT, .body = &change_confirm_rec, .reply = &change_set_rec, .success = 200, .serve = serve_confirm,
     .errors = confirm_errors},
    {"POST", "/v1/changes/{id}/decline", "Decline a change set", "The order stays as it is.", PERM_ORDER_EDIT,
     .body = &change_decide_rec, .reply = &change_set_rec, .success = 200, .act = &change_decline_act,
     .errors = decide_errors},
    {"POST", "/v1/changes/{id}/cancel", "Withdraw a change set", "The order stays as it is.", PERM_ORDER_EDIT,
     .body = &change_decide_rec, .reply = &change_set_rec, .success = 200, .act = &change_cancel_act,
     .errors = decide_errors},
    {0},
};
