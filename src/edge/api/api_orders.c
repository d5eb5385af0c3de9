/* Orders over HTTP: reading them. Taking them in is api_intake.c, what is done with them afterwards stands with its room. */
#include "api.h"
#include "api_search_priv.h"

#include "allocation.h"
#include "intake.h"
#include "orders.h"

#include <string.h>

static enum err serve_order(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct order_id id;
  struct order *o;
  TRY(order_find(cx, rq->id, &id));
  TRY(order_load(cx, id, &o));
  TRY(order_summarize(cx, o));
  order_derive(cx, o);
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
  for (size_t i = 0; nested && i < n; i++)
    order_derive(cx, &orders[i]);
  return ERR_OK;
}

enum { ORDERS_NUMBER, ORDERS_EXTERNAL_ID, ORDERS_CUSTOMER, ORDERS_Q };
static const struct api_param orders_params[] = {
    [ORDERS_NUMBER] = {"number", REC_TEXT, "Exactly this order number", "SO-100023"},
    [ORDERS_EXTERNAL_ID] = {"external_id", REC_TEXT, "Exactly this id of the channel; with channel=", "1001"},
    [ORDERS_CUSTOMER] = {"customer", REC_TEXT, "Orders of this customer, by id or external id", "cus_01jd7k3v9q2m8"},
    [ORDERS_Q] = {"q", REC_TEXT,
                  "Words of number, external id, customer, SKU, tags and notes; the last may be unfinished", "li wei"},
    {0},
};

/* One value as a condition of the page. */
static void narrow_to(struct ctx *cx, struct db_page *page, const char *where, struct db_value value)
{
  page->where = where;
  page->where_args = arena_copy(cx->arena, &value, sizeof value);
  page->n_where_args = 1;
}

static enum err narrow_orders(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  const struct api_param_value *p = rq->params;
  bool several =
      !!p[ORDERS_NUMBER].text + !!p[ORDERS_EXTERNAL_ID].text + !!p[ORDERS_CUSTOMER].text + !!p[ORDERS_Q].text > 1;
  if (several)
    return fault_add(&cx->fault, ERR_INVALID, "/query", "not_both", "give one of number, external_id, customer and q");
  if (p[ORDERS_NUMBER].text) {
    struct order_id id = {0};
    enum err err = order_find(cx, p[ORDERS_NUMBER].text, &id);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    fault_clear(&cx->fault); /* an unknown number is an empty list */
    narrow_to(cx, page, "id = $1", I64(id.v));
  }
  if (p[ORDERS_EXTERNAL_ID].text)
    narrow_to(cx, page, "external_id = $1", TEXT(p[ORDERS_EXTERNAL_ID].text));
  if (p[ORDERS_CUSTOMER].text) {
    struct customer customer;
    enum err err = customer_find(cx, p[ORDERS_CUSTOMER].text, &customer);
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    fault_clear(&cx->fault);
    narrow_to(cx, page, "customer_id = $1", I64(err ? 0 : customer.id));
  }
  return api_search_narrow(cx, "order", p[ORDERS_Q].text, page);
}

static const struct api_list orders_list = {
    .table = &order_table,
    .filters =
        (const char *const[]){"state", "payment_status", "fulfillment_status", "return_status", "channel", "currency",
                              "hold_count", "payment_terms", "created_at", "updated_at", "placed_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
    .narrow = narrow_orders,
    .fill = fill_orders,
    .expands = (const char *const[]){"lines", "charges", "holds", "payments", "fulfillments", "parcels", "customer",
                                     "next_actions", NULL},
    .aliases = (const struct api_alias[]){{"status", "state"}, {"parcels", "fulfillments"}, {0}},
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
    {0},
};
