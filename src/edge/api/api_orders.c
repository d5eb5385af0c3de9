/* Orders over HTTP: reading them. Taking them in is api_intake.c, what is done with them afterwards stands with its room. */
#include "api.h"
#include "api_orders_priv.h"
#include "api_scope_priv.h"

#include "allocation.h"
#include "intake.h"
#include "orders.h"
#include "work.h"

#include <string.h>

static enum err serve_order(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct order_id id;
  struct order *o;
  TRY(order_find(cx, rq->id, &id));
  TRY(order_load(cx, id, &o));
  TRY(order_summarize(cx, o));
  order_derive(cx, o);
  order_derive_work(cx, o);
  *out = (struct act_result){.rec = &order_rec, .value = o, .version = o->version};
  return ERR_OK;
}

static enum err serve_timeline(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct order_id id;
  feed_entries entries = {0};
  TRY(order_find(cx, rq->id, &id));
  TRY(timeline_read(cx, bucket_of_id(id.v), id.v, &entries));
  TRY(api_page(cx, rq, &feed_entry_rec, entries.at, entries.n));
  (void)out;
  return ERR_OK;
}

static enum err serve_sourcing(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct order_id id;
  struct allocation_reports *reports = ARENA_NEW(cx->arena, struct allocation_reports);
  TRY(order_find(cx, rq->id, &id));
  TRY(allocation_reports(cx, id, reports));
  *out = (struct act_result){.rec = &allocation_reports_rec, .value = reports, .version = ABSENT};
  return ERR_OK;
}

static enum err fill_orders(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  struct order *orders = rows;
  bool nested = false;
  for (; expand && *expand; expand++)
    nested = nested || strcmp(*expand, "customer") != 0; /* who ordered is in every row */
  TRY(orders_fill(cx, orders, n, nested));
  for (size_t i = 0; nested && i < n; i++) {
    order_derive(cx, &orders[i]);
    order_derive_work(cx, &orders[i]);
  }
  return ERR_OK;
}

static const struct api_list orders_list = {
    .table = &order_table,
    .filters =
        (const char *const[]){"state", "payment_status", "fulfillment_status", "return_status", "channel", "currency",
                              "hold_count", "payment_terms", "customer_id", "assigned_to", "language", "shipping_method",
                              "created_at", "updated_at", "placed_at", "shipped_at", "closed_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
    .narrow = orders_narrow,
    .fill = fill_orders,
    .expands = (const char *const[]){"lines", "charges", "holds", "payments", "fulfillments", "parcels", "customer",
                                     "next_actions", NULL},
    .aliases = (const struct api_alias[]){{"status", "state"}, {"parcels", "fulfillments"}, {0}},
};

/* ---- Work on an order ---- */

static enum err load_order(struct ctx *cx, const char *id_or_number, struct order **out)
{
  struct order_id id;
  TRY(order_find(cx, id_or_number, &id));
  TRY(order_load(cx, id, out));
  order_derive(cx, *out);
  return ERR_OK;
}

static enum err serve_blockers(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct order *o;
  struct order_blockers *blockers = ARENA_NEW(cx->arena, struct order_blockers);
  TRY(load_order(cx, rq->id, &o));
  order_blockers(cx, o, blockers);
  *out = (struct act_result){.rec = &order_blockers_rec, .value = blockers, .version = o->version};
  return ERR_OK;
}

static enum err serve_related(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct order *o;
  related_orders related = {0};
  (void)out;
  TRY(load_order(cx, rq->id, &o));
  TRY(orders_related(cx, o, &related));
  TRY(scope_keep_related(cx, &related));
  return api_page(cx, rq, &related_order_rec, related.at, related.n);
}

static enum err narrow_comments(struct ctx *cx, const struct api_request *rq, struct db_page *page)
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

static const struct api_list comments_list = {
    .table = &order_comment_table,
    .filters = (const char *const[]){"author", "at", NULL},
    .sorts = (const char *const[]){"n", NULL},
    .id_field = "n",
    .narrow = narrow_comments,
};

static const enum err edit_errors[] = {ERR_STATE, ERR_OK};
static const enum err source_errors[] = {ERR_STATE, ERR_SHORTAGE, ERR_OK};

const struct route order_routes[] = {
    {"GET", "/v1/orders", "List orders",
     "Newest first. Rows have all but the nested lists; `?expand=lines,parcels` adds them, parcels within their "
     "fulfillments. `?status=open,placed` is `?state=` by its other name.",
     PERM_ORDER_READ, .reply = &order_rec, .success = 200, .list = &orders_list, .params = orders_params},
    {"GET", "/v1/orders/{id}", "One order as it is now", "By id or by number.", PERM_ORDER_READ, .reply = &order_rec,
     .success = 200, .serve = serve_order},
    {"PATCH", "/v1/orders/{id}", "Change a draft, or tags, notes and metadata of an order",
     "A draft takes everything but its channel and external id: what is not sent stays, null empties it, lists, the "
     "customer and addresses are replaced as a whole; prices and tax are those of today where none are given. Of an "
     "order that was placed only `tags`, `notes` and `metadata` may be sent, which mean nothing to money, stock and "
     "promise; everything else goes through a change set.",
     PERM_ORDER_EDIT, .body = &draft_patch_rec, .reply = &order_rec, .success = 200, .act = &order_patch_act,
     .errors = edit_errors, .flags = ROUTE_PATCH},
    {"GET", "/v1/orders/{id}/timeline", "Everything that happened to an order",
     "Who, what, when, with the values before and after; oldest first.", PERM_ORDER_READ, .reply = &feed_entry_rec,
     .success = 200, .serve = serve_timeline, .params = api_page_params, .flags = ROUTE_PAGE},
    {"GET", "/v1/orders/{id}/sourcing", "Why the order comes from where it comes",
     "Every decision with all candidates, their scores and one sentence per location; newest first.", PERM_ORDER_READ,
     .reply = &allocation_reports_rec, .success = 200, .serve = serve_sourcing},
    {"POST", "/v1/orders/{id}/source", "Source an order again",
     "What is not picked yet goes back and is asked anew; with `location` and a reason only from there.",
     PERM_ORDER_EDIT, .body = &allocation_source_rec, .reply = &order_rec, .success = 200, .act = &order_source_act,
     .errors = source_errors},
    {"GET", "/v1/orders/{id}/blockers", "Why the order is not moving",
     "Codes with their data, in the order in which they should be dealt with; `next_action` is the first thing that "
     "somebody can do. Nothing listed: nothing keeps it.",
     PERM_ORDER_READ, .reply = &order_blockers_rec, .success = 200, .serve = serve_blockers},
    {"GET", "/v1/orders/{id}/related", "Orders that have to do with this one",
     "The customer's other orders and those to the same address, newest first. `similarity` compares the baskets; "
     "`duplicate` says that it is probably the same thing ordered twice.",
     PERM_ORDER_READ, .reply = &related_order_rec, .success = 200, .serve = serve_related, .params = api_page_params,
     .flags = ROUTE_PAGE},
    {"POST", "/v1/orders/{id}/comments", "Say something about an order",
     "Comments never change; they are in the timeline too (`order.commented`). `mentions` names users who should see "
     "it.\n\n"
     "```json\n"
     "{\"content\": \"The customer calls back at noon\", \"mentions\": [\"ann@example.com\"]}\n"
     "```",
     PERM_ORDER_EDIT, .body = &comment_rec, .reply = &order_comment_rec, .success = 201, .act = &order_comment_act},
    {"GET", "/v1/orders/{id}/comments", "What was said about an order", "Newest first.", PERM_ORDER_READ,
     .reply = &order_comment_rec, .success = 200, .list = &comments_list},
    {"POST", "/v1/orders/{id}/assign", "Give an order to somebody",
     "Without `user` nobody has it any more; that undoes it.", PERM_ORDER_EDIT, .body = &assign_rec,
     .reply = &order_rec, .success = 200, .act = &order_assign_act},
    {"POST", "/v1/orders/{id}/tag", "Put tags on and take tags off",
     "Those that are not named stay. The inverse undoes it.", PERM_ORDER_EDIT, .body = &tags_rec, .reply = &order_rec,
     .success = 200, .act = &order_tag_act},
    {"POST", "/v1/orders/{id}/release", "Release all holds of an order",
     "Of the order, its lines and its fulfillments; refused where there is none.", PERM_HOLD_RELEASE,
     .body = &reason_input_rec, .reply = &order_rec, .success = 200, .act = &order_release_act, .errors = edit_errors},
    {0},
};
