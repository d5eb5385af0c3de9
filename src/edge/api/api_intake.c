/* Orders come in over HTTP. */
#include "api.h"

#include "changes.h"
#include "intake.h"

static enum err serve_quote(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct quote *quote = ARENA_NEW(cx->arena, struct quote);
  rec_init(&quote_rec, quote);
  TRY(order_quote(cx, rq->body, quote));
  *out = (struct act_result){.rec = &quote_rec, .value = quote, .version = ABSENT};
  return ERR_OK;
}

static const enum err place_errors[] = {ERR_SHORTAGE, ERR_EXTERNAL_ID, ERR_OK};
static const enum err draft_errors[] = {ERR_STATE, ERR_SHORTAGE, ERR_OK};

const struct route intake_routes[] = {
    {"POST", "/v1/orders", "Place an order",
     "Prices, reviews, sources, reserves and promises in one transaction and answers with the result.\n\n"
     "The same (channel, external_id) again answers 200 with the order that is there; with other content it is refused "
     "with `external_id_conflict`. Short of stock, the channel's policy decides: `refuse` answers `insufficient_stock` "
     "and "
     "stores nothing, `backorder` lets the rest wait, `hold` keeps the order in review. An order whose money is "
     "already "
     "captured is never refused: it is held (`stock_short`).",
     PERM_ORDER_CREATE, .body = &order_input_rec, .reply = &order_rec, .success = 201, .act = &order_place_act,
     .errors = place_errors},
    {"POST", "/v1/orders/bulk", "Place up to 500 orders",
     "Each is placed or refused by itself; the answer says per item what the single call would have said.",
     PERM_ORDER_CREATE, .body = &orders_bulk_rec, .reply = &orders_bulk_result_rec, .success = 200,
     .act = &orders_bulk_act, .flags = ROUTE_LARGE},
    {"PUT", "/v1/channels/{code}/orders/{external_id}", "Place an order under the channel's own id",
     "Creates the order (201) or, with the same content again, answers with the one that is there (200). Another "
     "content is applied as a change set of the channel (`GET /v1/orders/{id}/changes`) and answered with the order as it "
     "is then (200). What staff has changed since and the channel only repeats stays as staff left it. Where the change "
     "cannot be made (it has shipped, staff has changed the same) the set waits for a person, and the order is held "
     "(`channel_change`) as long as something of it can be. Customer, tax rates of lines that are there, tags, notes and "
     "metadata are left alone; another `currency`, `prices_include_tax` or `payment_terms` is refused with "
     "`external_id_conflict`.",
     PERM_ORDER_CREATE, .body = &order_put_rec, .reply = &order_rec, .success = 201, .act = &change_put_act,
     .errors = place_errors},
    {"POST", "/v1/orders/quote", "What an order would be",
     "Takes what `POST /v1/orders` takes and writes nothing: prices, tax, totals, the holds it would get, what is free "
     "of each line at each location, and what could be promised now. Units that find no stock are told line by line "
     "as `missing`; everything else that placing would refuse is refused here as well.",
     PERM_ORDER_CREATE, .body = &order_input_rec, .reply = &quote_rec, .success = 200, .serve = serve_quote},
    {"POST", "/v1/orders/{id}/place", "Place a draft", "The draft gets its number, is reviewed, sourced and promised.",
     PERM_ORDER_CREATE, .reply = &order_rec, .success = 200, .act = &draft_place_act, .errors = draft_errors},
    {0},
};
