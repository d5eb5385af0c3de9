/* Fulfillments, parcels, shipments, tracking and cancelling over HTTP. */
#include "api.h"
#include "api_priv.h"
#include "api_where_priv.h"

#include "fulfillment.h"

/* ---- Reads ---- */

static enum err serve_fulfillment(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct fulfillment *f;
  TRY(fulfillment_load(cx, rq->id, &f));
  *out = (struct act_result){.rec = &fulfillment_rec, .value = f, .version = f->version};
  return ERR_OK;
}

static enum err serve_parcel(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct parcel *p;
  TRY(parcel_load(cx, rq->id, &p));
  *out = (struct act_result){.rec = &parcel_report_rec, .value = p, .version = ABSENT};
  return ERR_OK;
}

static enum err serve_shipment(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct shipment *s;
  TRY(shipment_load(cx, rq->id, &s));
  *out = (struct act_result){.rec = &shipment_rec, .value = s, .version = ABSENT};
  return ERR_OK;
}

/* What `act` would do with this body, to the version that is named. */
static enum err preview_of(struct ctx *cx, const struct api_request *rq, const struct act *act, const void *body,
                           struct act_result *out)
{
  struct cancel_preview *preview = ARENA_NEW(cx->arena, struct cancel_preview);
  struct act_input in = {.id = rq->id, .body = body, .version = ABSENT};
  TRY(decode_if_match(cx, rq->http, &in.version));
  TRY(order_cancel_preview(cx, act, &in, preview));
  *out = (struct act_result){.rec = &cancel_preview_rec, .value = preview, .version = ABSENT};
  return ERR_OK;
}

static enum err serve_cancel_preview(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  return preview_of(cx, rq, &order_cancel_act, rq->body, out);
}

static enum err serve_reject_preview(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  const struct reason_maybe *asked = rq->body;
  struct reason_input body = {.reason = asked->reason ? asked->reason : ""};
  return preview_of(cx, rq, &order_reject_act, &body, out);
}

/* ---- Lists ---- */

enum { PARAM_ORDER, PARAM_LOCATION };

static const struct api_param place_params[] = {
    [PARAM_ORDER] = {"order", REC_TEXT, "Only of this order, by number or id", "SO-100023"},
    [PARAM_LOCATION] = {"location", REC_TEXT, "Only of this location, by code or id", "NJ1"},
    {0},
};

static enum err narrow_place(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  static api_narrow *const narrows[] = {[PARAM_ORDER] = api_by_order, [PARAM_LOCATION] = api_by_location};
  return api_narrow_each(cx, rq, page, narrows, COUNT_OF(narrows));
}

static enum err fulfillments_list_fill(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  if (expand && expand[0])
    TRY(fulfillments_fill(cx, rows, n));
  return fulfillments_cut_off(cx, rows, n);
}

static const struct api_list fulfillments_list = {
    .table = &fulfillment_table,
    .filters = (const char *const[]){"state", "order_number", "carrier", "service", "ship_by", "created_at",
                                     "shipped_at", "wave_id", "claimed_by", NULL},
    .sorts =
        (const char *const[]){"id", "created_at", "ship_by", NULL}, /* ids are in order of time and need no index */
    .id_field = "id",
    .narrow = narrow_place,
    .fill = fulfillments_list_fill,
    .expands = (const char *const[]){"lines", "parcels", "next_actions", NULL},
};

static const struct api_list shipments_list = {
    .table = &shipment_table,
    .filters = (const char *const[]){"carrier", "service", "voided", "manifested", "shipped_at", NULL},
    .sorts = (const char *const[]){"id", "shipped_at", NULL},
    .id_field = "id",
    .narrow = narrow_place,
};

static const enum err work_errors[] = {ERR_STATE, ERR_HELD, ERR_OK};
static const enum err state_errors[] = {ERR_STATE, ERR_OK};

#define WORK .needs = PERM_FULFILLMENT_WORK, .reply = &fulfillment_rec, .success = 200, .errors = work_errors

const struct route fulfillment_routes[] = {
    {"GET", "/v1/fulfillments", "The work of locations",
     "Newest first. `?location=NJ1&state=open` is a worklist; `?sort=ship_by` puts what has to leave first on top, "
     "`?expand=lines,parcels` shows what is in it, `?expand=next_actions` what may be done with it now.",
     .needs = PERM_FULFILLMENT_READ, .reply = &fulfillment_rec, .success = 200, .list = &fulfillments_list,
     .params = place_params},
    {"GET", "/v1/fulfillments/{id}", "One fulfillment", "With its lines and parcels.", .needs = PERM_FULFILLMENT_READ,
     .reply = &fulfillment_rec, .success = 200, .serve = serve_fulfillment},
    {"POST", "/v1/fulfillments/{id}/pick", "Pick",
     "`{}` says that everything was found as asked. With `scans` units add up over several calls, state `picking`, "
     "until all "
     "are there. Another product or too many is refused and nothing is picked. `complete` or a `reason` ends the "
     "pick: what "
     "is missing is sourced from other locations at once and, unless the reason is `busy`, `closed` or `no_staff`, "
     "taken off "
     "the stock here. A location may insist on scans.\n\n"
     "```json\n"
     "{\"scans\": [{\"sku\": \"TEE-S\", \"quantity\": 1, \"bin\": \"A-01-3\"}], \"complete\": true, \"reason\": "
     "\"not_found\"}\n"
     "```",
     .body = &pick_rec, .act = &fulfillment_pick_act, WORK},
    {"POST", "/v1/fulfillments/{id}/pack", "Pack",
     "`{}` puts everything into one parcel. Otherwise each picked unit is in exactly one of `parcels`, named by line "
     "or sku.\n\n"
     "```json\n"
     "{\"parcels\": [{\"items\": [{\"line\": 1, \"quantity\": 1}], \"weight_g\": 420}, "
     "{\"items\": [{\"sku\": \"TEE-S\", \"quantity\": 1}]}]}\n"
     "```",
     .body = &pack_rec, .act = &fulfillment_pack_act, WORK},
    {"POST", "/v1/fulfillments/{id}/ship", "Ship",
     "`{}` takes the proposed carrier and service, else the built-in ones. In one step stock leaves, a shipment is "
     "made, its "
     "parcels are handed over and get their tracking numbers: a built-in carrier draws them, of others you bring "
     "them, one for "
     "all parcels or one per parcel. Orders that are collected are made ready instead.\n\n"
     "```json\n"
     "{\"carrier\": \"ordo\", \"service\": \"standard\"}\n"
     "```",
     .body = &ship_rec, .act = &fulfillment_ship_act, WORK},
    {"POST", "/v1/fulfillments/{id}/ready", "Make ready to be collected",
     "For packed goods of an order that is collected.", .body = &reason_maybe_rec, .act = &fulfillment_ready_act, WORK},
    {"POST", "/v1/fulfillments/{id}/hand_over", "Hand over to the customer",
     "Stock leaves and the units count as delivered.", .body = &reason_maybe_rec, .act = &fulfillment_hand_over_act,
     WORK},
    {"POST", "/v1/fulfillments/{id}/not_collected", "Put back what nobody collected",
     "The units are unallocated again and their stock is free.", .body = &reason_maybe_rec,
     .act = &fulfillment_not_collected_act, WORK},
    {"POST", "/v1/fulfillments/{id}/reject", "Say that a location cannot send it",
     "Its units are sourced again in the same step without this location; what nobody else has waits, or holds the "
     "order. "
     "`not_found` and `damaged` take the units off the stock here, `busy`, `closed` and `no_staff` leave it alone.\n\n"
     "```json\n"
     "{\"reason\": \"not_found\", \"lines\": [{\"line\": 1, \"quantity\": 1}]}\n"
     "```",
     .body = &reject_rec, .act = &fulfillment_reject_act, WORK},
    {"POST", "/v1/fulfillments/{id}/cancel", "Call the work off",
     "Nothing that has shipped. Its units are unallocated again; source the order to send them from elsewhere. What "
     "is picked "
     "already gets a put-back task, the event `fulfillment.put_back`.",
     .body = &reason_maybe_rec, .act = &fulfillment_cancel_act, WORK},
    {"GET", "/v1/parcels/{id}", "One parcel", "By its id or its tracking number, with every scan of it, oldest first.",
     .needs = PERM_FULFILLMENT_READ, .reply = &parcel_report_rec, .success = 200, .serve = serve_parcel},
    {"PATCH", "/v1/parcels/{id}", "Tell a parcel's tracking number or weight later",
     "A carrier outside often gives its number only after the goods have left.", .needs = PERM_FULFILLMENT_WORK,
     .body = &parcel_change_rec, .reply = &parcel_rec, .success = 200, .act = &parcel_change_act,
     .errors = state_errors, .flags = ROUTE_PATCH},
    {"POST", "/v1/parcels/{id}/tracking_events", "Report a scan of a parcel",
     "Scans may come in any order and more than once: the same parcel, status and time counts once. `delivered` marks "
     "the "
     "units delivered and closes the fulfillment and the order when nothing else is open.\n\n"
     "```json\n"
     "{\"status\": \"in_transit\", \"occurred_at\": \"2026-11-21T08:30:00Z\", \"place\": \"Shanghai\"}\n"
     "```",
     .needs = PERM_TRACKING_WRITE, .body = &tracking_event_rec, .reply = &parcel_report_rec, .success = 200,
     .act = &parcel_track_act},
    {"POST", "/v1/tracking_events", "Report a scan by tracking number",
     "The same for carriers that know only their own number.", .needs = PERM_TRACKING_WRITE,
     .body = &tracking_input_rec, .reply = &parcel_report_rec, .success = 200, .act = &tracking_report_act},
    {"GET", "/v1/shipments", "List shipments",
     "Newest first; `?location=NJ1` or `?order=SO-100023` shows some of them.", .needs = PERM_FULFILLMENT_READ,
     .reply = &shipment_rec, .success = 200, .list = &shipments_list, .params = place_params},
    {"GET", "/v1/shipments/{id}", "One shipment", "What left one location with one carrier service.",
     .needs = PERM_FULFILLMENT_READ, .reply = &shipment_rec, .success = 200, .serve = serve_shipment},
    {"POST", "/v1/shipments/{id}/void", "Take a shipment back",
     "Until the carrier's manifest is closed or something of it is delivered. The goods are on the books again and "
     "stay "
     "promised to the order, packed as they were; when they ship again they get a new tracking number.",
     .needs = PERM_FULFILLMENT_WORK, .body = &reason_maybe_rec, .reply = &shipment_rec, .success = 200,
     .act = &shipment_void_act, .errors = state_errors},
    {"POST", "/v1/orders/{id}/cancel", "Cancel an order or parts of it",
     "What has not shipped; without `lines` all of it. Gifts, components and modifiers go with their line in "
     "proportion. Money "
     "that is paid beyond the new total is refunded, each part its exact share of price, discount and tax, unless "
     "`refund` is "
     "false; open authorizations go when nothing is left. The setting `refund.shipping` says what becomes of shipping "
     "charges while something is left; with the last unit all charges go.\n\n"
     "```json\n"
     "{\"lines\": [{\"line\": 1, \"quantity\": 1}], \"reason\": \"customer changed their mind\"}\n"
     "```",
     .needs = PERM_ORDER_CANCEL, .body = &cancel_rec, .reply = &order_rec, .success = 200, .act = &order_cancel_act,
     .errors = state_errors},
    {"POST", "/v1/orders/{id}/cancel/preview", "What a cancellation would do",
     "The same body, and the same refusals, but nothing is written: what the units are worth, which charges go with "
     "them, and what is given back.",
     .needs = PERM_ORDER_CANCEL, .body = &cancel_rec, .reply = &cancel_preview_rec, .success = 200,
     .serve = serve_cancel_preview, .errors = state_errors},
    {"POST", "/v1/orders/{id}/reject", "Reject an order in review",
     "The counterpart of approving: everything is cancelled, the stock is free again and captured money is refunded. "
     "An "
     "order that is already open is cancelled instead.",
     .needs = PERM_HOLD_RELEASE, .body = &reason_input_rec, .reply = &order_rec, .success = 200,
     .act = &order_reject_act, .errors = state_errors},
    {"POST", "/v1/orders/{id}/reject/preview", "What a rejection would do",
     "The same refusals, but nothing is written, and the reason may be left out.", .needs = PERM_HOLD_RELEASE,
     .body = &reason_maybe_rec, .reply = &cancel_preview_rec, .success = 200, .serve = serve_reject_preview,
     .errors = state_errors},
    {0},
};
