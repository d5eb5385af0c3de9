/* Payments over HTTP. */
#include "api.h"
#include "api_where_priv.h"

#include "payments.h"

static enum err serve_payment(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct payment *p;
  TRY(payment_load(cx, rq->id, &p));
  *out = (struct act_result){.rec = &payment_rec, .value = p, .version = ABSENT};
  return ERR_OK;
}

static const struct api_param list_params[] = {
    {"order", REC_TEXT, "Only of this order, by number or id", "SO-100023"},
    {0},
};

static enum err payments_narrow(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  static api_narrow *const narrows[] = {api_by_order};
  return api_narrow_each(cx, rq, page, narrows, COUNT_OF(narrows));
}

static enum err payments_list_fill(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  return expand && expand[0] ? payments_fill(cx, rows, n) : ERR_OK;
}

static const struct api_list payments_list = {
    .table = &payment_table,
    .filters = (const char *const[]){"provider", "reference", "state", "created_at", NULL},
    .sorts = (const char *const[]){"id", "created_at", NULL}, /* ids are in order of time, and need no further index */
    .id_field = "id",
    .narrow = payments_narrow,
    .fill = payments_list_fill,
    .expands = (const char *const[]){"entries", NULL},
};

static const enum err step_errors[] = {ERR_STATE, ERR_OK};

const struct route payment_routes[] = {
    {"POST", "/v1/orders/{id}/payments", "Record a payment of an order",
     "Money that a provider has authorized or captured, in the order's currency. It is recorded whatever the state of "
     "the "
     "order: a late payment of a cancelled order shows as overpaid. Told twice with the same provider, kind and "
     "reference it "
     "counts once, and the answer is 200. A capture with the reference of an authorization captures that one. When the "
     "money fits the order's terms, holds that waited for it are released and the order opens.\n\n"
     "```json\n"
     "{\"provider\": \"manual\", \"kind\": \"capture\", \"amount\": 4480, \"reference\": \"tx-77\"}\n"
     "```",
     .needs = PERM_PAYMENT_WRITE, .body = &payment_input_rec, .reply = &payment_rec, .success = 201,
     .act = &payment_add_act, .errors = step_errors},
    {"GET", "/v1/payments", "List payments",
     "Newest first; `?order=SO-100023` shows those of one order, `?expand=entries` what happened.",
     .needs = PERM_PAYMENT_READ, .reply = &payment_rec, .success = 200, .list = &payments_list, .params = list_params},
    {"GET", "/v1/payments/{id}", "One payment",
     "With its entries, which are never changed: their sums decide its state.",
     .needs = PERM_PAYMENT_READ, .reply = &payment_rec, .success = 200, .serve = serve_payment},
    {"POST", "/v1/payments/{id}/capture", "Capture authorized money",
     "All that is open, or `amount` of it; again and again until nothing is open. More than is open is refused.",
     .needs = PERM_PAYMENT_WRITE, .body = &payment_step_rec, .reply = &payment_rec, .success = 200,
     .act = &payment_capture_act, .errors = step_errors},
    {"POST", "/v1/payments/{id}/void", "Let authorized money go",
     "All that is open, or `amount` of it. What is captured already can only be refunded.",
     .needs = PERM_PAYMENT_WRITE, .body = &payment_step_rec, .reply = &payment_rec, .success = 200,
     .act = &payment_void_act, .errors = step_errors},
    {"POST", "/v1/payments/{id}/refund", "Give captured money back",
     "All that was captured and is not refunded yet, or `amount` of it.\n\n"
     "```json\n"
     "{\"amount\": 1990, \"reason\": \"one cup was broken\"}\n"
     "```",
     .needs = PERM_PAYMENT_REFUND, .body = &payment_step_rec, .reply = &payment_rec, .success = 200,
     .act = &payment_refund_act, .errors = step_errors},
    {0},
};
