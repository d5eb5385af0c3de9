/* Customers over HTTP. */
#include "api.h"
#include "api_search_priv.h"

#include "customers.h"

static enum err serve_customer(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct customer *customer = ARENA_NEW(cx->arena, struct customer);
  TRY(customer_find(cx, rq->id, customer));
  *out = (struct act_result){.rec = &customer_rec, .value = customer, .version = customer->version};
  return ERR_OK;
}

/* In the order of enum customer_key_kind. */
static const struct api_param key_params[] = {
    {"external_id", REC_TEXT, "The one customer with this external id", "C-1001"},
    {"email", REC_TEXT, "The one customer with this e-mail address, case aside", "li@example.com"},
    {"phone", REC_TEXT, "The one customer with this phone number, by its digits", "+86 138 0000 0000"},
    {"q", REC_TEXT, "Words of name, company, e-mail, phone and external id; the last may be unfinished", "li we"},
    {0},
};
enum { PARAM_Q = CUSTOMER_KEY_KINDS };
_Static_assert(COUNT_OF(key_params) == PARAM_Q + 2, "one parameter for each kind of key, and one for words");

/* A key leads to one customer or to none; several keys must lead to the same one. */
static enum err narrow_by_key(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  int64_t id = -1;
  for (int kind = 0; kind < CUSTOMER_KEY_KINDS; kind++) {
    int64_t found;
    if (!rq->params[kind].text)
      continue;
    TRY(customer_key_find(cx, kind, rq->params[kind].text, &found));
    id = id == -1 || id == found ? found : 0;
  }
  if (id == -1)
    return api_search_narrow(cx, "customer", rq->params[PARAM_Q].text, page);
  struct db_value *args = ARENA_ARRAY(cx->arena, struct db_value, 2);
  args[0] = I64(bucket_of_id(id));
  args[1] = I64(id);
  page->where = "bucket = $1 AND id = $2";
  page->where_args = args;
  page->n_where_args = 2;
  return ERR_OK;
}

static enum err fill_addresses(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  return expand && expand[0] ? customers_fill_addresses(cx, rows, n) : ERR_OK;
}

static const struct api_list customers_list = {
    .table = &customer_table,
    .filters = (const char *const[]){"blocked", "language", "created_at", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", NULL},
    .id_field = "id",
    .narrow = narrow_by_key,
    .fill = fill_addresses,
    .expands = (const char *const[]){"addresses", NULL},
};

static const enum err save_errors[] = {ERR_EXISTS, ERR_OK};

const struct route customer_routes[] = {
    {"POST", "/v1/customers", "Create a customer",
     "Nothing is required. `external_id`, `email` and `phone` each belong to one customer; another's are refused with "
     "409 "
     "`already_exists`. Orders make their customers by themselves, so this is for those who are known before they "
     "buy.\n\n"
     "```json\n"
     "{\"external_id\": \"C-1001\", \"email\": \"li@example.com\", \"name\": \"Li Wei\", \"addresses\": [{\"label\": "
     "\"home\", "
     "\"default_shipping\": true, \"address\": {\"line1\": \"1 Nanjing Rd\", \"city\": \"Shanghai\", \"country\": "
     "\"CN\"}}]}\n"
     "```",
     .needs = PERM_CUSTOMER_WRITE, .body = &customer_rec, .reply = &customer_rec, .success = 201,
     .act = &customer_add_act,
     .errors = save_errors},
    {"GET", "/v1/customers", "List customers",
     "Newest first. `?email=`, `?phone=` and `?external_id=` find the one customer with that key, compared as orders "
     "are matched: e-mail case aside, phone by its digits. `?expand=addresses` shows the addresses too.",
     .needs = PERM_CUSTOMER_READ, .reply = &customer_rec, .success = 200, .list = &customers_list,
     .params = key_params},
    {"GET", "/v1/customers/{id}", "One customer", "By id or `external_id`.", .needs = PERM_CUSTOMER_READ,
     .reply = &customer_rec, .success = 200, .serve = serve_customer},
    {"PATCH", "/v1/customers/{id}", "Change, block or unblock a customer",
     "By id or `external_id`. What is not sent stays, null empties it, `addresses` and `tags` are replaced as a whole. "
     "`{\"blocked\": true, \"blocked_reason\": \"Two chargebacks\"}` has new orders held for review; "
     "`{\"blocked\": false}` ends that and empties the reason.",
     .needs = PERM_CUSTOMER_WRITE, .body = &customer_rec, .reply = &customer_rec, .success = 200,
     .act = &customer_change_act,
     .errors = save_errors, .flags = ROUTE_PATCH},
    {0},
};
