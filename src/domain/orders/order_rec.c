/* The records of the order family: one descriptor each for the JSON of the API and the columns of the table. */
#include "orders.h"

#include "carriers.h"

#define NAMES(name, ...) const char *const name[] = {__VA_ARGS__, NULL}

NAMES(order_states, "draft", "placed", "open", "closed", "cancelled", "expired");
NAMES(payment_statuses, "unpaid", "pending", "authorized", "partially_paid", "paid", "partially_refunded", "refunded",
      "overpaid", "disputed");
NAMES(fulfillment_statuses, "unallocated", "backordered", "partially_allocated", "allocated", "released",
      "partially_shipped", "shipped", "ready_for_pickup", "partially_delivered", "delivered", "cancelled");
NAMES(return_statuses, "none", "requested", "in_progress", "partially_returned", "returned");
NAMES(delivery_types, "ship", "pickup", "pickup_point", "dine_in", "takeaway", "digital");
NAMES(line_kinds, "item", "gift", "component", "modifier", "service");
NAMES(charge_kinds, "shipping", "service_charge", "cod_fee", "gift_wrap", "deposit_refundable", "tip", "cash_rounding");
NAMES(hold_scopes, "order", "line", "fulfillment");
NAMES(hold_states, "active", "released", "expired");
NAMES(entry_kinds, "authorization", "capture", "void", "refund");
NAMES(payment_states, "created", "pending", "authorized", "captured", "voided", "expired", "failed", "disputed");
NAMES(fulfillment_states, "scheduled", "open", "picking", "picked", "packed", "shipped", "closed", "ready_for_pickup",
      "handed_over", "not_collected", "rejected", "cancel_requested", "cancelled");
NAMES(parcel_states, "created", "labeled", "handed_over", "voided");
static NAMES(tax_bases, "line", "document");

/* A field of another name than its member, or of a nested member. */
#define AS(kind_, type, member_, name_, ...)                                                                           \
  {                                                                                                                    \
    .name = name_, .offset = offsetof(type, member_), .kind = kind_, __VA_ARGS__                                       \
  }
#define KEYS(type)                                                                                                     \
  FIELD(type, bucket, .flags = REC_KEY | REC_HIDDEN), FIELD(type, order_id, .flags = REC_KEY | REC_HIDDEN)

/* ---- Lines ---- */

static const struct rec_field counters_fields[] = {
    FIELD(struct line_counters, cancelled, .flags = REC_REQUIRED, .doc = "Cancelled", .example = "0"),
    FIELD(struct line_counters, unallocated, .flags = REC_REQUIRED, .doc = "No supply chosen yet", .example = "0"),
    FIELD(struct line_counters, backordered, .flags = REC_REQUIRED, .doc = "Accepted without stock", .example = "0"),
    FIELD(struct line_counters, allocated, .flags = REC_REQUIRED, .doc = "Reserved at a location", .example = "2"),
    FIELD(struct line_counters, released, .flags = REC_REQUIRED, .doc = "Released to a wave", .example = "0"),
    FIELD(struct line_counters, picked, .flags = REC_REQUIRED, .doc = "Picked", .example = "0"),
    FIELD(struct line_counters, packed, .flags = REC_REQUIRED, .doc = "In a parcel", .example = "0"),
    FIELD(struct line_counters, shipped, .flags = REC_REQUIRED, .doc = "Left the location", .example = "0"),
    FIELD(struct line_counters, delivered, .flags = REC_REQUIRED, .doc = "Of the shipped ones: delivered",
          .example = "0"),
    FIELD(struct line_counters, returned, .flags = REC_REQUIRED, .doc = "Of the shipped ones: came back",
          .example = "0"),
};
static const struct rec counters_rec =
    REC(struct line_counters, "LineCounters", counters_fields,
        "Where each ordered unit is. The first eight add up to the quantity of the line");

static const struct rec_field order_line_fields[] = {
    KEYS(struct order_line),
    FIELD(struct order_line, line, .flags = REC_KEY | REC_REQUIRED, .doc = "Number within the order, never reused",
          .example = "1"),
    FIELD(struct order_line, parent_line, .doc = "Line that this gift, component or modifier follows", .example = "1"),
    FIELD_AS(REC_ENUM, struct order_line, kind, .names = line_kinds, .doc = "What kind of line it is",
             .example = "item"),
    FIELD_AS(REC_ID, struct order_line, product_id, .flags = REC_HIDDEN, .prefix = PREFIX_product),
    FIELD(struct order_line, sku, .flags = REC_REQUIRED, .max = SKU_MAX, .doc = "Catalog code", .example = "TEE-S"),
    FIELD(struct order_line, name, .doc = "Name in the order's language, as it was", .example = "T-shirt, small"),
    FIELD(struct order_line, unit, .flags = REC_REQUIRED, .doc = "Unit of the quantity", .example = "pcs"),
    FIELD(struct order_line, stocked, .flags = REC_HIDDEN),
    FIELD(struct order_line, weight_g, .flags = REC_HIDDEN),
    FIELD(struct order_line, quantity, .flags = REC_REQUIRED, .doc = "Ordered", .example = "2"),
    FIELD(struct order_line, unit_price, .flags = REC_REQUIRED, .doc = "For one unit, in minor units",
          .example = "1990"),
    FIELD(struct order_line, price_given, .flags = REC_HIDDEN),
    FIELD(struct order_line, discount, .flags = REC_REQUIRED, .doc = "Of the whole line", .example = "0"),
    FIELD(struct order_line, tax_rate, .doc = "Rate of the tax; left out where the tax was given as an amount",
          .example = "0.13"),
    FIELD(struct order_line, tax_given, .flags = REC_HIDDEN),
    FIELD(struct order_line, tax_category, .doc = "Tax category of the product, as it was", .example = "standard"),
    FIELD(struct order_line, gross, .flags = REC_HIDDEN),
    FIELD(struct order_line, amount, .flags = REC_REQUIRED, .doc = "round(unit_price x quantity) - discount",
          .example = "3980"),
    FIELD(struct order_line, tax, .flags = REC_REQUIRED, .doc = "Tax of the line", .example = "458"),
    FIELD(struct order_line, total, .flags = REC_REQUIRED, .doc = "What the customer pays for the line",
          .example = "3980"),
    FIELD_AS(REC_INLINE, struct order_line, counters, .rec = &counters_rec, .prefix = "at_",
             .doc = "Where its units are"),
    FIELD(struct order_line, external_line_id, .max = 100, .doc = "The channel's own id of the line", .example = "7"),
    FIELD_AS(REC_JSON, struct order_line, metadata, .doc = "Whatever the channel wants to keep here", .example = "{}"),
    FIELD(struct order_line, list_price, .doc = "The catalog's price, where somebody set another with a reason",
          .example = "1990"),
    FIELD(struct order_line, price_reason, .doc = "Why the price is not the catalog's",
          .example = "matched a competitor's offer"),
};
const struct rec order_line_rec = REC(struct order_line, "OrderLine", order_line_fields, "A line of an order");
const struct db_table order_line_table = {"order_line", &order_line_rec};

static const struct rec_field order_charge_fields[] = {
    KEYS(struct order_charge),
    FIELD(struct order_charge, n, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ENUM, struct order_charge, kind, .names = charge_kinds, .doc = "What the money is for",
             .example = "shipping"),
    FIELD(struct order_charge, amount, .flags = REC_REQUIRED, .doc = "As it was charged", .example = "500"),
    FIELD(struct order_charge, tax_rate, .doc = "Rate of its tax", .example = "0.13"),
    FIELD(struct order_charge, tax_given, .flags = REC_HIDDEN),
    FIELD(struct order_charge, tax, .flags = REC_REQUIRED, .doc = "Its tax", .example = "58"),
    FIELD(struct order_charge, total, .flags = REC_REQUIRED, .doc = "What the customer pays for it", .example = "500"),
    FIELD(struct order_charge, refunded, .flags = REC_REQUIRED, .doc = "Of the total, what cancellations gave back",
          .example = "0"),
};
const struct rec order_charge_rec =
    REC(struct order_charge, "OrderCharge", order_charge_fields, "Typed money on the order beside its lines");
const struct db_table order_charge_table = {"order_charge", &order_charge_rec};

/* ---- Holds ---- */

static const struct rec_field hold_fields[] = {
    FIELD(struct hold, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct hold, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_hold, .doc = "Id of the hold",
             .example = "hld_01jd7k3v9q2m8"),
    FIELD_AS(REC_ID, struct hold, order_id, .flags = REC_REQUIRED, .prefix = PREFIX_order, .doc = "Order it belongs to",
             .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct hold, type, .flags = REC_REQUIRED,
          .doc = "Which rule or who: stock_short, payment_mismatch, manual ...", .example = "stock_short"),
    FIELD_AS(REC_ENUM, struct hold, scope, .names = hold_scopes, .doc = "What it stops", .example = "order"),
    FIELD(struct hold, line, .doc = "Line it stops", .example = "1"),
    FIELD_AS(REC_ID, struct hold, fulfillment_id, .column = "fulfillment_id", .prefix = PREFIX_fulfillment,
             .doc = "Fulfillment it stops", .example = "ful_01jd7k3v9q2m8"),
    FIELD_AS(REC_ENUM, struct hold, state, .names = hold_states, .doc = "Only an active hold stops work",
             .example = "active"),
    FIELD(struct hold, reason, .flags = REC_REQUIRED, .doc = "Why", .example = "1 unit of TEE-S is missing"),
    FIELD(struct hold, owner_role, .doc = "Role that is told and has to decide", .example = "service"),
    FIELD_AS(REC_JSON, struct hold, evidence, .doc = "What the rule saw", .example = "{}"),
    FIELD(struct hold, created_at, .flags = REC_REQUIRED, .doc = "Since when"),
    FIELD(struct hold, expires_at, .doc = "When it ends by itself"),
    FIELD(struct hold, released_at, .doc = "When it ended"),
    FIELD(struct hold, released_by, .doc = "Who released it", .example = "Ann"),
    FIELD(struct hold, release_reason, .doc = "And why", .example = "paid by bank transfer"),
    FIELD(struct hold, due_at, .doc = "When it should be decided"),
    FIELD(struct hold, assigned_to, .doc = "Who has it: a user's or key's id", .example = "usr_01jd7k3v9q2m8"),
    FIELD(struct hold, assigned_name, .doc = "Their name", .example = "Ann"),
    FIELD(struct hold, claimed_at, .doc = "Since when they have it"),
    FIELD(struct hold, waiting_at, .doc = "Since when an answer of the customer is awaited; left out = it is not"),
    FIELD(struct hold, note, .doc = "What was asked, or found out", .example = "asked for the house number"),
    FIELD(struct hold, escalated_at, .doc = "When it was overdue and went to the next role"),
};
const struct rec hold_rec = REC(struct hold, "Hold", hold_fields, "A hold stops the next step within its scope");
const struct db_table hold_table = {"hold", &hold_rec};

static const struct rec_field hold_input_fields[] = {
    FIELD(struct hold_input, type, .max = 40, .doc = "A word for the kind of hold; default manual",
          .example = "manual"),
    FIELD(struct hold_input, reason, .flags = REC_REQUIRED, .min = 1, .max = 500, .doc = "Why it has to wait",
          .example = "customer asked to wait"),
    FIELD(struct hold_input, owner_role, .max = 40, .doc = "Role that has to decide", .example = "service"),
    FIELD(struct hold_input, line, .min = 1, .max = INT32_MAX, .doc = "Stop only this line", .example = "1"),
    FIELD_AS(REC_ID, struct hold_input, fulfillment, .prefix = PREFIX_fulfillment, .doc = "Stop only this fulfillment",
             .example = "ful_01jd7k3v9q2m8"),
    FIELD(struct hold_input, expires_at, .doc = "When it ends by itself"),
};
const struct rec hold_input_rec = REC(struct hold_input, "HoldInput", hold_input_fields, "A hold to put");

static const struct rec_field reason_input_fields[] = {
    FIELD(struct reason_input, reason, .flags = REC_REQUIRED, .min = 1, .max = 500, .doc = "Why, for the timeline",
          .example = "checked with the customer"),
};
const struct rec reason_input_rec =
    REC(struct reason_input, "Reason", reason_input_fields, "A step that needs a reason");

/* ---- Payments ---- */

static const struct rec_field payment_entry_fields[] = {
    KEYS(struct payment_entry),
    FIELD(struct payment_entry, payment_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct payment_entry, n, .flags = REC_KEY | REC_REQUIRED, .doc = "In the order they happened, from 1",
          .example = "1"),
    FIELD_AS(REC_ENUM, struct payment_entry, kind, .names = entry_kinds, .doc = "What happened", .example = "capture"),
    FIELD(struct payment_entry, amount, .flags = REC_REQUIRED, .doc = "In minor units", .example = "4480"),
    FIELD(struct payment_entry, reference, .doc = "The provider's own id of it", .example = "tx-77"),
    FIELD(struct payment_entry, reason, .doc = "Why (voids and refunds)", .example = "one cup was broken"),
    FIELD(struct payment_entry, at, .flags = REC_REQUIRED, .doc = "When"),
    FIELD(struct payment_entry, actor_name, .doc = "Who recorded it", .example = "web shop"),
};
static const struct rec payment_entry_rec =
    REC(struct payment_entry, "PaymentEntry", payment_entry_fields, "An immutable entry of a payment");
const struct db_table payment_entry_table = {"payment_entry", &payment_entry_rec};

static const struct rec_field payment_fields[] = {
    FIELD(struct payment, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct payment, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_payment,
             .doc = "Id of the payment", .example = "pay_01jd7k3v9q2m8"),
    FIELD_AS(REC_ID, struct payment, order_id, .flags = REC_REQUIRED, .prefix = PREFIX_order, .doc = "Order it pays",
             .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct payment, provider, .flags = REC_REQUIRED, .doc = "Who holds the money", .example = "manual"),
    FIELD(struct payment, reference, .doc = "The provider's own id of it", .example = "tx-77"),
    FIELD_AS(REC_ENUM, struct payment, state, .names = payment_states, .doc = "Derived from the entries",
             .example = "captured"),
    FIELD(struct payment, authorized, .flags = REC_REQUIRED, .doc = "Sum of its authorizations", .example = "0"),
    FIELD(struct payment, captured, .flags = REC_REQUIRED, .doc = "Sum of its captures", .example = "4480"),
    FIELD(struct payment, voided, .flags = REC_REQUIRED, .doc = "Authorized money that was let go", .example = "0"),
    FIELD(struct payment, refunded, .flags = REC_REQUIRED, .doc = "Captured money that was given back", .example = "0"),
    FIELD(struct payment, created_at, .flags = REC_REQUIRED, .doc = "When it was recorded"),
    FIELD(struct payment, expires_at, .doc = "When the authorization lapses"),
    FIELD_AS(REC_LIST, struct payment, entries, .rec = &payment_entry_rec, .max = ORDER_PAYMENTS_MAX,
             .doc = "What happened, in order"),
};
const struct rec payment_rec =
    REC(struct payment, "Payment", payment_fields, "A payment of an order; its entries never change");
const struct db_table payment_table = {"payment", &payment_rec};

/* ---- Fulfillment ---- */

static const struct rec_field parcel_item_fields[] = {
    KEYS(struct parcel_item),
    FIELD(struct parcel_item, parcel_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct parcel_item, fulfillment_id, .flags = REC_KEY | REC_HIDDEN, .prefix = PREFIX_fulfillment),
    FIELD(struct parcel_item, line, .flags = REC_KEY | REC_REQUIRED, .doc = "Line of the order", .example = "1"),
    FIELD(struct parcel_item, quantity, .flags = REC_REQUIRED, .doc = "Units of it in this parcel", .example = "2"),
};
static const struct rec parcel_item_rec =
    REC(struct parcel_item, "ParcelItem", parcel_item_fields, "What is in a parcel");
const struct db_table parcel_item_table = {"parcel_item", &parcel_item_rec};

#define PARCEL_FIELDS                                                                                                  \
  FIELD(struct parcel, bucket, .flags = REC_KEY | REC_HIDDEN),                                                         \
      FIELD_AS(REC_ID, struct parcel, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_parcel,                    \
               .doc = "Id of the parcel", .example = "par_01jd7k3v9q2m8"),                                             \
      FIELD_AS(REC_ID, struct parcel, order_id, .flags = REC_REQUIRED, .prefix = PREFIX_order,                         \
               .doc = "Order it was packed for", .example = "ord_01jd7k3v9q2m8"),                                      \
      FIELD_AS(REC_ID, struct parcel, fulfillment_id, .flags = REC_REQUIRED, .prefix = PREFIX_fulfillment,             \
               .doc = "Fulfillment it was packed for", .example = "ful_01jd7k3v9q2m8"),                                \
      FIELD_AS(REC_ID, struct parcel, shipment_id, .prefix = PREFIX_shipment, .doc = "Shipment it left with",          \
               .example = "shp_01jd7k3v9q2m8"),                                                                        \
      FIELD_AS(REC_ENUM, struct parcel, state, .names = parcel_states, .doc = "State of the package itself",           \
               .example = "handed_over"),                                                                              \
      FIELD(struct parcel, carrier, .doc = "Code of the carrier", .example = "ordo"),                                  \
      FIELD(struct parcel, service, .doc = "Its service", .example = "standard"),                                      \
      FIELD(struct parcel, tracking_number, .doc = "The carrier's number of the parcel", .example = "OD00001000013"),  \
      FIELD_AS(REC_ENUM, struct parcel, tracking_status, .names = tracking_statuses,                                   \
               .doc = "What the carrier says, normalized", .example = "in_transit"),                                   \
      FIELD(struct parcel, tracked_at, .doc = "When the carrier saw it so"),                                           \
      FIELD(struct parcel, weight_g, .doc = "Weight in grams", .example = "420"),                                      \
      FIELD(struct parcel, created_at, .flags = REC_REQUIRED, .doc = "When it was packed"),                            \
      FIELD(struct parcel, delivered_at, .doc = "When it was delivered"),                                              \
      FIELD_AS(REC_LIST, struct parcel, items, .rec = &parcel_item_rec, .max = ORDER_LINES_MAX,                        \
               .doc = "What is in it")

static const struct rec_field parcel_fields[] = {PARCEL_FIELDS};
const struct rec parcel_rec = REC(struct parcel, "Parcel", parcel_fields, "A physical package");
const struct db_table parcel_table = {"parcel", &parcel_rec};

static const struct rec_field tracking_event_fields[] = {
    KEYS(struct tracking_event),
    FIELD_AS(REC_ID, struct tracking_event, parcel_id, .flags = REC_KEY | REC_HIDDEN, .prefix = PREFIX_parcel),
    FIELD(struct tracking_event, occurred_at, .flags = REC_KEY | REC_REQUIRED, .doc = "When the carrier saw it"),
    FIELD_AS(REC_ENUM, struct tracking_event, status, .flags = REC_KEY | REC_REQUIRED, .names = tracking_statuses,
             .doc = "Normalized status", .example = "in_transit"),
    FIELD(struct tracking_event, description, .max = 500, .doc = "The carrier's own words",
          .example = "Arrived at hub"),
    FIELD(struct tracking_event, place, .max = 200, .doc = "Where", .example = "Shanghai"),
    FIELD(struct tracking_event, received_at, .flags = REC_READONLY | REC_REQUIRED, .doc = "When we were told"),
};
const struct rec tracking_event_rec =
    REC(struct tracking_event, "TrackingEvent", tracking_event_fields, "A carrier's scan of a parcel, normalized");
const struct db_table tracking_event_table = {"tracking_event", &tracking_event_rec};

static const struct rec_field parcel_report_fields[] = {
    PARCEL_FIELDS,
    FIELD_AS(REC_LIST, struct parcel, tracking_events, .rec = &tracking_event_rec, .max = PARCEL_EVENTS_MAX,
             .doc = "Every scan of it, oldest first"),
};
const struct rec parcel_report_rec =
    REC(struct parcel, "ParcelReport", parcel_report_fields, "A physical package with every scan of it");

static const struct rec_field shipment_fields[] = {
    FIELD(struct shipment, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct shipment, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_shipment,
             .doc = "Id of the shipment", .example = "shp_01jd7k3v9q2m8"),
    FIELD_AS(REC_ID, struct shipment, order_id, .flags = REC_REQUIRED, .prefix = PREFIX_order, .doc = "Order",
             .example = "ord_01jd7k3v9q2m8"),
    FIELD_AS(REC_ID, struct shipment, fulfillment_id, .flags = REC_REQUIRED, .prefix = PREFIX_fulfillment,
             .doc = "Fulfillment", .example = "ful_01jd7k3v9q2m8"),
    FIELD(struct shipment, location_id, .flags = REC_HIDDEN),
    FIELD(struct shipment, location, .flags = REC_REQUIRED, .doc = "Code of the location it left", .example = "SHA"),
    FIELD(struct shipment, carrier, .flags = REC_REQUIRED, .doc = "Code of the carrier", .example = "ordo"),
    FIELD(struct shipment, service, .doc = "Its service", .example = "standard"),
    FIELD(struct shipment, voided, .doc = "Taken back before the manifest was closed", .example = "false"),
    FIELD(struct shipment, manifested, .doc = "The carrier's manifest is closed: it cannot be voided any more",
          .example = "false"),
    FIELD_AS(REC_ID, struct shipment, manifest_id, .prefix = PREFIX_manifest, .doc = "Manifest it is on",
             .example = "mft_01jd7k3v9q2m8"),
    FIELD(struct shipment, freight, .doc = "What the carrier charges us by its rate table", .example = "700"),
    FIELD(struct shipment, freight_currency, .doc = "Currency of freight", .example = "USD"),
    FIELD(struct shipment, shipped_at, .flags = REC_REQUIRED, .doc = "When it left"),
    FIELD(struct shipment, voided_at, .doc = "When it was voided"),
};
const struct rec shipment_rec =
    REC(struct shipment, "Shipment", shipment_fields, "Parcels that left one location with one carrier service");
const struct db_table shipment_table = {"shipment", &shipment_rec};

static const struct rec_field fulfillment_line_fields[] = {
    KEYS(struct fulfillment_line),
    FIELD(struct fulfillment_line, fulfillment_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct fulfillment_line, line, .flags = REC_KEY | REC_REQUIRED, .doc = "Line of the order", .example = "1"),
    FIELD(struct fulfillment_line, quantity, .flags = REC_REQUIRED, .doc = "Units asked of the location",
          .example = "2"),
    FIELD(struct fulfillment_line, released, .flags = REC_REQUIRED, .doc = "Of these, released to a wave",
          .example = "0"),
    FIELD(struct fulfillment_line, picked, .flags = REC_REQUIRED, .doc = "Picked so far", .example = "0"),
    FIELD(struct fulfillment_line, packed, .flags = REC_REQUIRED, .doc = "Packed so far", .example = "0"),
    FIELD(struct fulfillment_line, shipped, .flags = REC_REQUIRED, .doc = "Shipped so far", .example = "0"),
    FIELD(struct fulfillment_line, delivered, .flags = REC_REQUIRED, .doc = "Delivered so far", .example = "0"),
};
static const struct rec fulfillment_line_rec = REC(struct fulfillment_line, "FulfillmentLine", fulfillment_line_fields,
                                                   "Units of an order line that a location has to send");
const struct db_table fulfillment_line_table = {"fulfillment_line", &fulfillment_line_rec};

static const struct rec_field fulfillment_fields[] = {
    FIELD(struct fulfillment, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct fulfillment, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_fulfillment,
             .doc = "Id of the fulfillment", .example = "ful_01jd7k3v9q2m8"),
    FIELD_AS(REC_ID, struct fulfillment, order_id, .flags = REC_REQUIRED, .prefix = PREFIX_order,
             .doc = "Order it is for", .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct fulfillment, location_id, .flags = REC_HIDDEN),
    FIELD(struct fulfillment, location, .flags = REC_REQUIRED, .doc = "Code of the location that does the work",
          .example = "SHA"),
    FIELD(struct fulfillment, order_number, .doc = "Number of the order", .example = "SO-100023"),
    FIELD_AS(REC_ENUM, struct fulfillment, state, .names = fulfillment_states, .doc = "How far the work is",
             .example = "open"),
    FIELD(struct fulfillment, version, .flags = REC_REQUIRED, .doc = "Moves with each change", .example = "1"),
    FIELD(struct fulfillment, ship_by, .flags = REC_REQUIRED, .doc = "When it has to leave"),
    FIELD(struct fulfillment, deliver_by, .doc = "When it has to arrive"),
    FIELD(struct fulfillment, carrier, .doc = "Code of the carrier: proposed, then used", .example = "ordo"),
    FIELD(struct fulfillment, service, .doc = "Its service", .example = "standard"),
    FIELD(struct fulfillment, reason, .doc = "Of a rejection, short pick or cancellation", .example = "not_found"),
    FIELD_AS(REC_ID, struct fulfillment, wave_id, .prefix = PREFIX_wave, .doc = "Wave that released it",
             .example = "wav_01jd7k3v9q2m8"),
    FIELD(struct fulfillment, tote, .doc = "Its slot on the wave's cart, from 1", .example = "3"),
    FIELD(struct fulfillment, claimed_by, .doc = "User or key who works on it", .example = "usr_01jd7k3v9q2m8"),
    FIELD(struct fulfillment, claimed_name, .doc = "Their name", .example = "Mei"),
    FIELD(struct fulfillment, claimed_until, .doc = "The claim ends then"),
    FIELD(struct fulfillment, cut_off_at, .flags = REC_VIRTUAL,
          .doc = "In lists of work that has not left: the cut-off of today at the location, for its carrier"),
    FIELD_AS(REC_TEXTS, struct fulfillment, next_actions, .flags = REC_VIRTUAL,
             .doc = "What may be done with it now, as the paths under /v1/fulfillments/{id}/ are called; in lists with "
                    "?expand=next_actions",
             .example = "[\"pick\", \"reject\", \"cancel\"]"),
    FIELD(struct fulfillment, created_at, .flags = REC_REQUIRED, .doc = "When it was made"),
    FIELD(struct fulfillment, picked_at, .doc = "When picking ended"),
    FIELD(struct fulfillment, packed_at, .doc = "When packing ended"),
    FIELD(struct fulfillment, shipped_at, .doc = "When it left"),
    FIELD(struct fulfillment, closed_at, .doc = "When it ended"),
    FIELD_AS(REC_LIST, struct fulfillment, lines, .rec = &fulfillment_line_rec, .max = ORDER_LINES_MAX,
             .doc = "What is asked"),
    FIELD_AS(REC_LIST, struct fulfillment, parcels, .rec = &parcel_rec, .max = ORDER_PARCELS_MAX,
             .doc = "What was packed"),
};
const struct rec fulfillment_rec = REC(struct fulfillment, "Fulfillment", fulfillment_fields,
                                       "The work asked of one location for some line quantities");
const struct db_table fulfillment_table = {"fulfillment", &fulfillment_rec};

/* ---- The order ---- */

static const struct rec_field order_totals_fields[] = {
    FIELD(struct order_totals, subtotal, .flags = REC_REQUIRED, .doc = "Sum of round(unit_price x quantity)",
          .example = "3980"),
    FIELD(struct order_totals, discount, .flags = REC_REQUIRED, .doc = "Sum of the lines' discounts", .example = "0"),
    FIELD(struct order_totals, charges, .flags = REC_REQUIRED, .doc = "Sum of the charges' amounts", .example = "500"),
    FIELD(struct order_totals, tax, .flags = REC_REQUIRED, .doc = "Tax of lines and charges", .example = "516"),
    FIELD(struct order_totals, total, .flags = REC_REQUIRED, .doc = "What the customer pays", .example = "4480"),
    FIELD(struct order_totals, cancelled, .flags = REC_REQUIRED, .doc = "Of the total, what was cancelled since",
          .example = "0"),
    FIELD(struct order_totals, authorized, .flags = REC_REQUIRED, .doc = "Authorized and neither captured nor voided",
          .example = "0"),
    FIELD(struct order_totals, paid, .flags = REC_REQUIRED, .doc = "Captured", .example = "4480"),
    FIELD(struct order_totals, refunded, .flags = REC_REQUIRED, .doc = "Given back", .example = "0"),
    FIELD(struct order_totals, due, .flags = REC_REQUIRED,
          .doc = "total - cancelled - paid + refunded; below 0 it is owed to the customer", .example = "0"),
};
const struct rec order_totals_rec =
    REC(struct order_totals, "OrderTotals", order_totals_fields, "The money of an order");

static const struct rec_field order_delivery_fields[] = {
    FIELD_AS(REC_ENUM, struct order_delivery, type, .names = delivery_types, .doc = "How it reaches the customer",
             .example = "ship"),
    FIELD(struct order_delivery, location, .max = LOCATION_CODE_MAX, .doc = "Location of pickup, dine_in and takeaway",
          .example = "STORE-1"),
    FIELD(struct order_delivery, pickup_point, .max = 64, .doc = "Code of a partner's counter", .example = "PP-4711"),
};
const struct rec order_delivery_rec =
    REC(struct order_delivery, "OrderDelivery", order_delivery_fields, "How an order reaches the customer");

static const struct rec_field order_promise_fields[] = {
    FIELD(struct order_promise, ship_by, .doc = "Leaves at the latest then"),
    FIELD(struct order_promise, deliver_by, .doc = "Arrives at the latest then"),
    FIELD_AS(REC_JSON, struct order_promise, parts,
             .doc = "The steps: cut-off, opening, processing, pickup, transit; each with from, to, why and the zone of its days",
             .example = "[]"),
};
const struct rec order_promise_rec =
    REC(struct order_promise, "OrderPromise", order_promise_fields, "What the customer was promised, with its parts");

static const struct rec_field order_sourcing_fields[] = {
    AS(REC_ID, struct order_sourcing, id, "id", .column = "decision_id", .prefix = PREFIX_decision,
       .doc = "The decision in force", .example = "src_01jd7k3v9q2m8"),
    FIELD(struct order_sourcing, summary, .flags = REC_VIRTUAL, .doc = "It in one sentence",
          .example = "All from SHA."),
};
static const struct rec order_sourcing_rec =
    REC(struct order_sourcing, "OrderSourcing", order_sourcing_fields, "The sourcing decision");

static const struct rec_field order_invoice_fields[] = {
    FIELD(struct order_invoice, title, .max = 200, .flags = REC_PERSONAL, .doc = "Who the invoice is made out to",
          .example = "Li Wei"),
    FIELD(struct order_invoice, tax_id, .max = 40, .flags = REC_PERSONAL, .doc = "Tax number of the buyer",
          .example = "91310000MA1K35XXXX"),
    FIELD(struct order_invoice, type, .max = 40, .doc = "Kind of invoice asked for", .example = "company"),
};
const struct rec order_invoice_rec =
    REC(struct order_invoice, "OrderInvoice", order_invoice_fields, "What the invoice should say");

static const struct rec_field order_window_fields[] = {
    AS(REC_DATE, struct order_window, from, "from", .doc = "Not before this day", .example = "2026-11-28"),
    AS(REC_DATE, struct order_window, to, "to", .doc = "Not after this day", .example = "2026-12-01"),
};
const struct rec order_window_rec =
    REC(struct order_window, "DateWindow", order_window_fields, "Days between which the customer wants it");

#define PERSONAL_FIELDS(type, path, more)                                                                              \
  AS(REC_RECORD, type, path customer, "customer", .rec = &customer_ref_rec, .flags = REC_PERSONAL | more,              \
     .doc = "Who orders; left out for a guest"),                                                                       \
      AS(REC_RECORD, type, path shipping_address, "shipping_address", .rec = &address_rec,                             \
         .flags = REC_PERSONAL | more, .doc = "Where it goes"),                                                        \
      AS(REC_RECORD, type, path billing_address, "billing_address", .rec = &address_rec, .flags = REC_PERSONAL | more, \
         .doc = "Who pays"),                                                                                           \
      AS(REC_RECORD, type, path invoice, "invoice", .rec = &order_invoice_rec, .flags = REC_PERSONAL | more,           \
         .doc = "What the invoice should say"),                                                                        \
      AS(REC_TEXT, type, path notes, "notes", .max = 2000, .flags = REC_PERSONAL | more,                               \
         .doc = "Notes of the customer or staff", .example = "ring twice")

static const struct rec_field order_personal_fields[] = {
    KEYS(struct order_personal),
    PERSONAL_FIELDS(struct order_personal, , 0),
};
const struct rec order_personal_rec =
    REC(struct order_personal, "OrderPersonal", order_personal_fields, "Personal data of an order");
const struct db_table order_personal_table = {"order_personal", &order_personal_rec};

static const struct rec_field order_fields[] = {
    FIELD(struct order, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct order, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_order,
             .doc = "Id of the order", .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct order, number, .doc = "Number for people; a draft has none yet", .example = "SO-100023"),
    FIELD(struct order, version, .flags = REC_REQUIRED, .doc = "Moves with each change", .example = "1"),
    FIELD(struct order, channel, .flags = REC_REQUIRED, .doc = "Code of the channel it came from", .example = "web"),
    FIELD(struct order, external_id, .flags = REC_REQUIRED,
          .doc = "The channel's own id; the order's id where none was given", .example = "1001"),
    FIELD(struct order, external_given, .flags = REC_HIDDEN),
    FIELD_AS(REC_ENUM, struct order, state, .names = order_states, .doc = "placed = in review, open = may be fulfilled",
             .example = "open"),
    FIELD_AS(REC_ENUM, struct order, payment_status, .names = payment_statuses, .doc = "Derived from the payments",
             .example = "paid"),
    FIELD_AS(REC_ENUM, struct order, fulfillment_status, .names = fulfillment_statuses,
             .doc = "Derived from the lines' counters", .example = "allocated"),
    FIELD_AS(REC_ENUM, struct order, return_status, .names = return_statuses, .doc = "Derived from the returns",
             .example = "none"),
    FIELD(struct order, hold_count, .flags = REC_REQUIRED, .doc = "Active holds", .example = "0"),
    FIELD(struct order, currency, .flags = REC_REQUIRED, .doc = "ISO 4217; all money of the order is in its minor unit",
          .example = "USD"),
    FIELD(struct order, language, .doc = "Language of the customer", .example = "zh-CN"),
    FIELD(struct order, rate_ppb, .flags = REC_HIDDEN),
    FIELD(struct order, ordered_at, .doc = "When the customer ordered"),
    FIELD(struct order, created_at, .flags = REC_REQUIRED, .doc = "When it was recorded"),
    FIELD(struct order, updated_at, .flags = REC_REQUIRED, .doc = "When it last changed"),
    FIELD(struct order, placed_at, .doc = "When it was placed"),
    FIELD(struct order, shipped_at, .doc = "When its last unit left"),
    FIELD(struct order, closed_at, .doc = "When it closed"),
    FIELD(struct order, expires_at, .doc = "When it ends by itself if nothing happens; of a draft: until when it keeps stock"),
    FIELD_AS(REC_ID, struct order, customer_id, .prefix = PREFIX_customer,
             .doc = "Customer it belongs to; left out for a guest", .example = "cus_01jd7k3v9q2m8"),
    FIELD_AS(REC_INLINE, struct order, delivery, .rec = &order_delivery_rec, .prefix = "delivery_",
             .doc = "How it reaches the customer"),
    FIELD(struct order, prices_include_tax, .doc = "Whether prices have the tax in them", .example = "true"),
    FIELD_AS(REC_ENUM, struct order, tax_basis, .names = tax_bases, .flags = REC_HIDDEN),
    FIELD_AS(REC_ENUM, struct order, payment_terms, .names = payment_terms_names,
             .doc = "How much must be there before it is released", .example = "prepaid"),
    FIELD(struct order, shipping_method, .doc = "What the customer chose", .example = "standard"),
    FIELD(struct order, expected_total, .doc = "What the channel says the customer pays", .example = "4480"),
    FIELD_AS(REC_INLINE, struct order, requested_delivery, .rec = &order_window_rec, .prefix = "requested_",
             .doc = "When the customer wants it"),
    FIELD_AS(REC_INLINE, struct order, totals, .rec = &order_totals_rec, .prefix = "sum_", .doc = "Its money"),
    FIELD_AS(REC_INLINE, struct order, promise, .rec = &order_promise_rec, .prefix = "promise_",
             .doc = "What was promised"),
    FIELD_AS(REC_INLINE, struct order, sourcing, .rec = &order_sourcing_rec, .prefix = "",
             .doc = "Where it comes from and why"),
    FIELD_AS(REC_TEXTS, struct order, tags, .max = ORDER_TAGS_MAX, .doc = "Words to find it by",
             .example = "[\"vip\"]"),
    FIELD_AS(REC_JSON, struct order, metadata, .doc = "Whatever the channel wants to keep here",
             .example = "{\"campaign\":\"fall\"}"),
    FIELD(struct order, cancel_reason, .doc = "Why it was cancelled", .example = "customer changed their mind"),
    FIELD(struct order, content_hash, .flags = REC_HIDDEN),
    FIELD(struct order, assigned_to, .doc = "Who takes care of it: a user's or key's id",
          .example = "usr_01jd7k3v9q2m8"),
    FIELD(struct order, assigned_name, .doc = "Their name", .example = "Ann"),
    PERSONAL_FIELDS(struct order, personal., REC_VIRTUAL),
    FIELD_AS(REC_LIST, struct order, holds, .rec = &hold_rec, .max = ORDER_HOLDS_MAX,
             .doc = "All its holds, active and ended"),
    FIELD_AS(REC_LIST, struct order, lines, .rec = &order_line_rec, .max = ORDER_LINES_MAX, .doc = "What was ordered"),
    FIELD_AS(REC_LIST, struct order, charges, .rec = &order_charge_rec, .max = ORDER_CHARGES_MAX,
             .doc = "Money beside the lines"),
    FIELD_AS(REC_LIST, struct order, payments, .rec = &payment_rec, .max = ORDER_PAYMENTS_MAX, .doc = "Its payments"),
    FIELD_AS(REC_LIST, struct order, fulfillments, .rec = &fulfillment_rec, .max = ORDER_PARCELS_MAX,
             .doc = "The work it makes, per location"),
    FIELD_AS(REC_TEXTS, struct order, next_actions, .flags = REC_VIRTUAL, .doc = "What may be done with it now",
             .example = "[\"pick\",\"cancel\"]"),
};
const struct rec order_rec = REC(struct order, "Order", order_fields, "An order as it is now");
const struct db_table order_table = {"orders", &order_rec};
