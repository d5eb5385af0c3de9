/* Review over HTTP: its rules, the queue of holds, and the ways out of it. */
#include "api.h"
#include "api_scope_priv.h"
#include "api_where_priv.h"

#include "review.h"
#include "work.h"

/* ---- Rules ---- */

static enum err serve_rule(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct review_rule *rule = ARENA_NEW(cx->arena, struct review_rule);
  TRY(review_rule_load(cx, rq->id, rule));
  *out = (struct act_result){.rec = &review_rule_rec, .value = rule, .version = rule->version};
  return ERR_OK;
}

static const struct api_list rules_list = {
    .table = &review_rule_table,
    .filters = (const char *const[]){"code", "type", "enabled", "owner_role", "created_at", "updated_at", NULL},
    .sorts = (const char *const[]){"created_at", "updated_at", "code", NULL},
    .id_field = "id",
};

/* ---- Holds ---- */

static enum err serve_hold(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct hold *hold = ARENA_NEW(cx->arena, struct hold);
  TRY(hold_load(cx, rq->id, hold));
  *out = (struct act_result){.rec = &hold_rec, .value = hold, .version = ABSENT};
  return ERR_OK;
}

static enum err serve_context(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct hold_context *context = ARENA_NEW(cx->arena, struct hold_context);
  TRY(hold_context_load(cx, rq->id, context));
  TRY(scope_keep_related(cx, &context->related));
  *out = (struct act_result){.rec = &hold_context_rec, .value = context, .version = ABSENT};
  return ERR_OK;
}

static enum err by_overdue(const struct api_narrowing *n)
{
  const char *text = n->value->i64 ? "state = 'active' AND due_at IS NOT NULL AND due_at < $1"
                                   : "(state <> 'active' OR due_at IS NULL OR due_at >= $1)";
  api_where(n->cx, n->page, text, DB_ARGS(I64(n->cx->now.ms)));
  return ERR_OK;
}

static enum err by_waiting(const struct api_narrowing *n)
{
  api_where(n->cx, n->page, n->value->i64 ? "waiting_at IS NOT NULL" : "waiting_at IS NULL", NULL, 0);
  return ERR_OK;
}

static enum err by_claimed(const struct api_narrowing *n)
{
  api_where(n->cx, n->page, n->value->i64 ? "assigned_to IS NOT NULL" : "assigned_to IS NULL", NULL, 0);
  return ERR_OK;
}

static enum err by_channel(const struct api_narrowing *n)
{
  api_where(n->cx, n->page,
            "EXISTS (SELECT 1 FROM orders WHERE orders.bucket = hold.bucket AND orders.id = hold.order_id"
            " AND orders.channel = $1)",
            DB_ARGS(TEXT(n->value->text)));
  return ERR_OK;
}

static enum err by_location(const struct api_narrowing *n)
{
  api_where(n->cx, n->page,
            "EXISTS (SELECT 1 FROM fulfillment WHERE fulfillment.bucket = hold.bucket"
            " AND fulfillment.order_id = hold.order_id AND fulfillment.location = $1)",
            DB_ARGS(TEXT(n->value->text)));
  return ERR_OK;
}

#define HOLD_PARAMS(X)                                                                                                 \
  X(by_overdue, "overdue", REC_BOOL, "Active, and should have been decided by now", "true")                            \
  X(by_waiting, "waiting", REC_BOOL, "An answer of the customer is awaited", "true")                                   \
  X(by_claimed, "claimed", REC_BOOL, "Somebody has it", "false")                                                       \
  X(by_channel, "channel", REC_TEXT, "Of orders of this channel, by its code", "web")                                  \
  X(by_location, "location", REC_TEXT, "Of orders that this location has to send, by its code", "NJ1")

static const struct api_param holds_params[] = {
#define X(narrow, name, kind, doc, example) {name, kind, doc, example},
    HOLD_PARAMS(X)
#undef X
    {0},
};
static api_narrow *const hold_narrows[] = {
#define X(narrow, ...) narrow,
    HOLD_PARAMS(X)
#undef X
};

static enum err narrow_holds(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  return api_narrow_each(cx, rq, page, hold_narrows, COUNT_OF(hold_narrows));
}

static const struct api_list holds_list = {
    .table = &hold_table,
    .filters = (const char *const[]){"state", "type", "owner_role", "scope", "order_id", "assigned_to", "created_at",
                                     "expires_at", "due_at", NULL},
    .sorts = (const char *const[]){"created_at", NULL},
    .id_field = "id",
    .narrow = narrow_holds,
};

static const enum err create_errors[] = {ERR_EXISTS, ERR_OK};
static const enum err state_errors[] = {ERR_STATE, ERR_OK};

const struct route review_routes[] = {
    {"POST", "/v1/review_rules", "Create a review rule",
     "Review runs when an order is placed: each rule that is on passes the order or holds it. `code` and `type` are "
     "required; parameters that are left out get the type's own. There may be several rules of one type, for other "
     "channels or currencies; an order that several of them find gets one hold.\n\n"
     "| type | holds an order when | `params` |\n"
     "|---|---|---|\n"
     "| `stock_short` | units are missing that the channel's policy or a payment does not let it refuse | |\n"
     "| `payment_mismatch` | payments were given that do not fit the terms | |\n"
     "| `total_mismatch` | the total is not the `expected_total` | |\n"
     "| `blocked_customer` | the customer is blocked | |\n"
     "| `velocity` | the customer placed more than `orders` within the window, this one included | `orders`, "
     "`window_minutes` |\n"
     "| `amount_outlier` | the total is above `amount`; orders in other currencies pass | `amount`, `currency` |\n"
     "| `address` | an order to be shipped has no address, lacks a `required` part, or goes to another country | "
     "`required`, `countries` |\n"
     "| `price_deviation` | a given unit price is too far from the catalog's | `deviation` |\n"
     "| `probable_duplicate` | the customer just placed nearly the same basket | `window_minutes`, `similarity` |\n\n"
     "```json\n"
     "{\"code\": \"large-eur\", \"type\": \"amount_outlier\", \"params\": {\"amount\": 200000, \"currency\": \"EUR\"}, "
     "\"owner_role\": \"finance\", \"expire_hours\": 48}\n"
     "```",
     .needs = PERM_MASTER_WRITE, .body = &review_rule_rec, .reply = &review_rule_rec, .success = 201,
     .act = &review_rule_create_act, .errors = create_errors},
    {"GET", "/v1/review_rules", "List review rules", "Newest first. `?enabled=true` shows those that are on.",
     .needs = PERM_MASTER_READ, .reply = &review_rule_rec, .success = 200, .list = &rules_list},
    {"GET", "/v1/review_rules/{id}", "One review rule", "By its code or its id.", .needs = PERM_MASTER_READ,
     .reply = &review_rule_rec, .success = 200, .serve = serve_rule},
    {"PATCH", "/v1/review_rules/{id}", "Change a review rule",
     "What is not sent stays as it is; null gives a parameter its default back. Rules are switched on and off, not "
     "deleted: `{\"enabled\": false}`. Orders that are held already stay held.",
     .needs = PERM_MASTER_WRITE, .body = &review_rule_rec, .reply = &review_rule_rec, .success = 200,
     .act = &review_rule_update_act, .flags = ROUTE_PATCH},
    {"GET", "/v1/holds", "List holds",
     "Newest first. `?state=active&owner_role=service` is what customer service has to decide, `?type=stock_short` "
     "what waits for goods. `reason` says in a sentence why, `evidence` what the rule saw.",
     .needs = PERM_ORDER_READ, .reply = &hold_rec, .success = 200, .list = &holds_list,
     .params = holds_params},
    {"GET", "/v1/holds/{id}", "One hold", "Active or ended, with the reason of its release.",
     .needs = PERM_ORDER_READ, .reply = &hold_rec, .success = 200, .serve = serve_hold},
    {"GET", "/v1/holds/{id}/context", "What is needed to decide about a hold",
     "The hold with its evidence, the order as it is, the customer, other orders of the same customer or to the same "
     "address with how alike they are, and what else keeps the order.",
     .needs = PERM_ORDER_READ, .reply = &hold_context_rec, .success = 200, .serve = serve_context},
    {"POST", "/v1/holds/{id}/claim", "Take a hold to decide about it",
     "Answers with the hold. Refused with `wrong_state` where somebody else has it, unless `take_over` is true.",
     .needs = PERM_HOLD_RELEASE, .body = &hold_claim_rec, .reply = &hold_rec, .success = 200, .act = &hold_claim_act,
     .errors = state_errors},
    {"POST", "/v1/holds/{id}/unclaim", "Give a hold back", "Nobody has it then. Answers with the hold.",
     .needs = PERM_HOLD_RELEASE, .reply = &hold_rec, .success = 200, .act = &hold_unclaim_act, .errors = state_errors},
    {"POST", "/v1/holds/{id}/assign", "Give a hold to somebody, or to a role",
     "`user` has it from now on (left out = nobody), `role` has to decide. Answers with the hold.",
     .needs = PERM_HOLD_RELEASE, .body = &hold_assign_rec, .reply = &hold_rec, .success = 200,
     .act = &hold_assign_act, .errors = state_errors},
    {"POST", "/v1/holds/{id}/ask", "The customer was asked",
     "The hold waits for the answer (`waiting_at`): it goes to nobody else meanwhile. Answers with the hold.",
     .needs = PERM_HOLD_RELEASE, .body = &note_rec, .reply = &hold_rec, .success = 200, .act = &hold_ask_act,
     .errors = state_errors},
    {"POST", "/v1/holds/{id}/resume", "The customer answered",
     "What the answer took is added to `due_at`. Answers with the hold.", .needs = PERM_HOLD_RELEASE,
     .body = &note_rec, .reply = &hold_rec, .success = 200, .act = &hold_resume_act, .errors = state_errors},
    {"POST", "/v1/holds/{id}/release", "Release a hold",
     "Answers with the whole order. Work goes on only when all holds within its scope are gone; with its last one an "
     "order in review opens. A hold that has ended already is refused.\n\n"
     "```json\n"
     "{\"reason\": \"the customer confirmed the address by phone\"}\n"
     "```",
     .needs = PERM_HOLD_RELEASE, .body = &reason_input_rec, .reply = &order_rec, .success = 200,
     .act = &hold_release_act, .errors = state_errors},
    {"POST", "/v1/orders/{id}/hold", "Put an order on hold",
     "Stops the order, or with `line` or `fulfillment` only that part of it, until the hold is released or expires. "
     "Several holds may be on one order; an active one of the same type and scope is kept instead of a second.\n\n"
     "```json\n"
     "{\"reason\": \"the customer wants to change the color\", \"owner_role\": \"service\", \"line\": 2}\n"
     "```",
     .needs = PERM_HOLD_CREATE, .body = &hold_input_rec, .reply = &order_rec, .success = 200, .act = &order_hold_act,
     .errors = state_errors},
    {"POST", "/v1/orders/{id}/approve", "Approve an order in review",
     "Releases all active holds of the whole order with your reason and opens it. Holds of single lines and "
     "fulfillments stay. Refused where the order is not `placed`.\n\n"
     "```json\n"
     "{\"reason\": \"payment found on the bank statement\"}\n"
     "```",
     .needs = PERM_HOLD_RELEASE, .body = &reason_input_rec, .reply = &order_rec, .success = 200,
     .act = &order_approve_act, .errors = state_errors},
    {0},
};
