/* Records of the customer's view. */
#include "tracking.h"

#include "carriers.h"

static const struct rec_field link_fields[] = {
    FIELD(struct tracking_link, token, .doc = "Of GET /v1/track/{token}",
          .example = "mX2kQ0v9b1Jc8TfL3sZr7WnE5yHuAg4d"),
    FIELD(struct tracking_link, path, .doc = "The page to send to the customer, on this server",
          .example = "/track/mX2kQ0v9b1Jc8TfL3sZr7WnE5yHuAg4d"),
};
const struct rec tracking_link_rec =
    REC(struct tracking_link, "TrackingLink", link_fields, "A link by which a customer follows an order");

static const struct rec_field shop_fields[] = {
    FIELD(struct tracking_shop, name, .doc = "Setting company.name", .example = "Ordo"),
    FIELD(struct tracking_shop, color, .doc = "Setting shop.color", .example = "#1d4ed8"),
    FIELD(struct tracking_shop, logo_url, .doc = "Setting shop.logo_url", .example = "/logo.svg"),
};
static const struct rec shop_rec = REC(struct tracking_shop, "TrackingShop", shop_fields, "Whose order it is");

static const struct rec_field expected_fields[] = {
    FIELD(struct tracking_expected, ship_by, .doc = "When the last of it leaves"),
    FIELD(struct tracking_expected, deliver_by, .doc = "When it is expected; left out once delivered or cancelled"),
    FIELD(struct tracking_expected, time_zone, .doc = "In which its day is meant", .example = "Asia/Shanghai"),
};
static const struct rec expected_rec =
    REC(struct tracking_expected, "TrackingExpected", expected_fields, "When it is expected now");

static const struct rec_field change_fields[] = {
    FIELD(struct tracking_change, at, .doc = "When it changed"),
    FIELD(struct tracking_change, from, .doc = "Promised before"),
    FIELD(struct tracking_change, to, .doc = "Promised since; left out: not known"),
    FIELD(struct tracking_change, reason,
          .doc = "stock: goods were missing; location: they come from another place; request: the order was changed; "
                 "hold: it was "
                 "looked at; work: it took longer; other",
          .max = 500, .example = "stock"),
};
static const struct rec change_rec =
    REC(struct tracking_change, "TrackingChange", change_fields, "The promise changed");

static const struct rec_field promise_fields[] = {
    FIELD_AS(REC_ID, struct tracking_promise, fulfillment_id, .prefix = PREFIX_fulfillment, .doc = "The delivery"),
    FIELD_AS(REC_ID, struct tracking_promise, order_id, .prefix = PREFIX_order, .doc = "Its order"),
    FIELD(struct tracking_promise, promised, .doc = "deliver_by as it was promised first"),
    FIELD(struct tracking_promise, deliver_by, .doc = "When it is expected now"),
    FIELD(struct tracking_promise, time_zone, .doc = "Of the location: in which the day is meant",
          .example = "Asia/Shanghai"),
    FIELD_AS(REC_LIST, struct tracking_promise, changes, .rec = &change_rec,
             .doc = "How the order's promise changed since, and why"),
};
static const struct rec delivery_rec =
    REC(struct tracking_promise, "DeliveryPromise", promise_fields, "What was promised of a delivery");
static const struct rec_field promises_fields[] = {
    FIELD_AS(REC_LIST, struct tracking_promises, data, .rec = &delivery_rec, .max = TRACKING_PROMISES_MAX,
             .doc = "One for each that is known"),
};
const struct rec tracking_promises_rec =
    REC(struct tracking_promises, "DeliveryPromises", promises_fields, "What was promised of deliveries");

static const char *const step_states[] = {"done", "current", "todo", NULL};

static const struct rec_field step_fields[] = {
    FIELD(struct tracking_step, code,
          .doc = "ordered, confirmed, packed, shipped, out_for_delivery, delivered; of goods that are collected ready, "
                 "collected; "
                 "cancelled",
          .example = "shipped"),
    FIELD_AS(REC_ENUM, struct tracking_step, state, .names = step_states, .doc = "Where the order is"),
    FIELD(struct tracking_step, at, .doc = "When it was done"),
};
static const struct rec step_rec = REC(struct tracking_step, "TrackingStep", step_fields, "A step on the way");

static const struct rec_field item_fields[] = {
    FIELD(struct tracking_item, name, .max = 255, .doc = "Product, in the view's language",
          .example = "T-shirt, small"),
    FIELD(struct tracking_item, quantity, .doc = "How much", .example = "2"),
    FIELD(struct tracking_item, unit, .doc = "Its unit", .example = "pcs"),
};
static const struct rec item_rec = REC(struct tracking_item, "TrackingItem", item_fields, "What is in it");

static const struct rec_field scan_fields[] = {
    FIELD(struct tracking_scan, at, .doc = "When it happened"),
    FIELD_AS(REC_ENUM, struct tracking_scan, status, .names = tracking_statuses, .doc = "What it means"),
    FIELD(struct tracking_scan, description, .max = 500, .doc = "The carrier's words"),
    FIELD(struct tracking_scan, place, .max = 200, .doc = "Where", .example = "Shanghai"),
};
static const struct rec scan_rec = REC(struct tracking_scan, "TrackingScan", scan_fields, "A scan of the carrier");

static const struct rec_field parcel_fields[] = {
    FIELD(struct tracking_parcel, n, .doc = "From 1", .example = "1"),
    FIELD(struct tracking_parcel, carrier, .doc = "Its code", .example = "ordo"),
    FIELD(struct tracking_parcel, carrier_name, .doc = "Its name", .example = "Ordo Express"),
    FIELD(struct tracking_parcel, carrier_phone, .doc = "To ask", .example = "+86 95338"),
    FIELD(struct tracking_parcel, service, .doc = "Its service", .example = "standard"),
    FIELD(struct tracking_parcel, number, .doc = "Tracking number", .example = "OD00001000016"),
    FIELD(struct tracking_parcel, url, .max = 2000, .doc = "At the carrier"),
    FIELD_AS(REC_ENUM, struct tracking_parcel, status, .names = tracking_statuses, .doc = "Its last scan"),
    FIELD(struct tracking_parcel, shipped_at, .doc = "When it left"),
    FIELD(struct tracking_parcel, expected_at, .doc = "When it is expected"),
    FIELD(struct tracking_parcel, delivered_at, .doc = "When it arrived"),
    FIELD_AS(REC_LIST, struct tracking_parcel, items, .rec = &item_rec, .doc = "What is in it"),
    FIELD_AS(REC_LIST, struct tracking_parcel, events, .rec = &scan_rec, .doc = "Its scans, newest first"),
};
static const struct rec parcel_view_rec =
    REC(struct tracking_parcel, "TrackingParcel", parcel_fields, "A parcel on its way");

static const struct rec_field recipient_fields[] = {
    FIELD(struct tracking_recipient, name, .doc = "Masked", .example = "L* W**"),
    FIELD(struct tracking_recipient, city, .doc = "Where it goes", .example = "Shanghai"),
    FIELD(struct tracking_recipient, country, .doc = "ISO 3166-1 alpha-2", .example = "CN"),
};
static const struct rec recipient_rec =
    REC(struct tracking_recipient, "TrackingRecipient", recipient_fields, "Who gets it, as far as a link may tell");

static const struct rec_field pickup_fields[] = {
    FIELD(struct tracking_pickup, name, .doc = "The place", .example = "Soho store"),
    FIELD(struct tracking_pickup, line1, .doc = "Street and number", .example = "112 Prince St"),
    FIELD(struct tracking_pickup, line2, .doc = "Floor, entrance"),
    FIELD(struct tracking_pickup, city, .doc = "City", .example = "New York"),
    FIELD(struct tracking_pickup, region, .doc = "State or province", .example = "NY"),
    FIELD(struct tracking_pickup, postal_code, .doc = "Postal code", .example = "10012"),
};
static const struct rec pickup_rec =
    REC(struct tracking_pickup, "TrackingPickup", pickup_fields, "Where the customer collects it");

static const struct rec_field view_fields[] = {
    FIELD(struct tracking_view, order_number, .doc = "For questions", .example = "SO-100001"),
    FIELD(struct tracking_view, language, .doc = "Of the page", .example = "zh-CN"),
    FIELD(struct tracking_view, state,
          .doc = "ordered, preparing, partly_shipped, shipped, delivered, ready, collected, returning, cancelled",
          .example = "shipped"),
    FIELD_AS(REC_INLINE, struct tracking_view, shop, .rec = &shop_rec, .doc = "Whose order it is"),
    FIELD_AS(REC_INLINE, struct tracking_view, expected, .rec = &expected_rec, .doc = "When it is expected now"),
    FIELD(struct tracking_view, promised, .doc = "deliver_by as it was promised first"),
    FIELD_AS(REC_LIST, struct tracking_view, changes, .rec = &change_rec,
             .doc = "How the promise changed since, and why"),
    FIELD_AS(REC_LIST, struct tracking_view, steps, .rec = &step_rec, .doc = "The way from order to delivery"),
    FIELD_AS(REC_LIST, struct tracking_view, parcels, .rec = &parcel_view_rec, .doc = "What is on its way, or was"),
    FIELD_AS(REC_LIST, struct tracking_view, waiting, .rec = &item_rec, .doc = "What is in no parcel yet"),
    FIELD_AS(REC_INLINE, struct tracking_view, recipient, .rec = &recipient_rec, .doc = "Who gets it"),
    FIELD_AS(REC_INLINE, struct tracking_view, pickup, .rec = &pickup_rec, .doc = "Where it is collected"),
    FIELD(struct tracking_view, ordered_at, .doc = "When it was ordered"),
    FIELD(struct tracking_view, updated_at, .doc = "Its last change"),
};
const struct rec tracking_view_rec =
    REC(struct tracking_view, "TrackingView", view_fields, "What a customer sees of an order");
