/* What the steps are told: their bodies. */
#include "fulfillment_priv.h"

#define QUANTITY_OF(type, more, example_)                                                                              \
  FIELD(type, quantity, .flags = more, .min = 1, .max = QUANTITY_MAX, .doc = "In the line's unit", .example = example_)

static const struct rec_field scan_fields[] = {
    FIELD(struct pick_scan, sku, .flags = REC_REQUIRED, .max = SKU_MAX, .doc = "What was scanned", .example = "TEE-S"),
    FIELD(struct pick_scan, quantity, .min = 1, .max = QUANTITY_MAX, .def = SCALE, .has_def = true,
          .doc = "How many; left out = one", .example = "2"),
    FIELD(struct pick_scan, bin, .max = 64, .doc = "Where it lay", .example = "A-01-3"),
    FIELD(struct pick_scan, lot, .max = STOCK_LOT_MAX, .doc = "Its lot; refused where another one is reserved",
          .example = "L24-11"),
};
static const struct rec scan_rec = REC(struct pick_scan, "PickScan", scan_fields, "A scanned product");
static const struct rec_field pick_fields[] = {
    FIELD_AS(REC_LIST, struct pick_input, scans, .rec = &scan_rec, .max = PICK_SCANS_MAX,
             .doc = "What was scanned; none = all as asked"),
    FIELD(struct pick_input, reason, .min = 1, .max = 500,
          .doc =
              "Why less was found: not_found, damaged, busy, closed, no_staff or words of your own. It ends the pick",
          .example = "not_found"),
    FIELD(struct pick_input, complete, .doc = "This is all there is: the pick ends", .example = "false"),
};
const struct rec pick_rec = REC(struct pick_input, "PickInput", pick_fields, "What was picked");

static const struct rec_field pack_item_fields[] = {
    FIELD(struct pack_item, line, .min = 1, .max = INT32_MAX, .doc = "Line of the order; this or sku", .example = "1"),
    FIELD(struct pack_item, sku, .max = SKU_MAX, .doc = "Catalog code; this or line", .example = "TEE-S"),
    QUANTITY_OF(struct pack_item, REC_REQUIRED, "2"),
};
static const struct rec pack_item_rec = REC(struct pack_item, "PackItem", pack_item_fields, "Units in a parcel");
static const struct rec_field pack_parcel_fields[] = {
    FIELD_AS(REC_LIST, struct pack_parcel, items, .rec = &pack_item_rec, .max = ORDER_LINES_MAX,
             .doc = "What is in it; left out when it was scanned"),
    FIELD(struct pack_parcel, weight_g, .min = 1, .max = CARRIER_WEIGHT_MAX_G,
          .doc = "Weight in grams; left out = that of its units", .example = "420"),
};
static const struct rec pack_parcel_rec = REC(struct pack_parcel, "PackParcel", pack_parcel_fields, "A parcel to make");
static const struct rec_field pack_fields[] = {
    FIELD_AS(REC_LIST, struct pack_input, parcels, .rec = &pack_parcel_rec, .max = ORDER_PARCELS_MAX,
             .doc = "None = everything in one parcel, or as it was scanned"),
    FIELD(struct pack_input, scanned,
          .doc = "Pack scans say what is in each parcel; `parcels` brings their weights alone, in their order",
          .example = "false"),
};
const struct rec pack_rec =
    REC(struct pack_input, "PackInput", pack_fields, "How it was packed: each picked unit exactly once");

static const struct rec_field ship_fields[] = {
    FIELD(struct ship_input, carrier, .max = CARRIER_CODE_MAX,
          .doc = "Code of the carrier; left out = as proposed, else the built-in one", .example = "ordo"),
    FIELD(struct ship_input, service, .max = CARRIER_CODE_MAX, .doc = "Its service", .example = "standard"),
    FIELD(struct ship_input, tracking_number, .min = 1, .max = TRACKING_NUMBER_MAX,
          .doc = "The carrier's number; a built-in carrier draws its own", .example = "1Z999AA10123456784"),
    FIELD_AS(REC_TEXTS, struct ship_input, tracking_numbers, .max = ORDER_PARCELS_MAX,
             .doc = "One per parcel, in their order", .example = "[\"1Z999AA10123456784\"]"),
};
const struct rec ship_rec = REC(struct ship_input, "ShipInput", ship_fields, "How it leaves");

const char *const reject_reasons[] = {"not_found", "damaged", "busy", "closed", "no_staff", NULL};
static const struct rec_field line_quantity_fields[] = {
    FIELD(struct line_quantity, line, .flags = REC_REQUIRED, .min = 1, .max = INT32_MAX, .doc = "Line of the order",
          .example = "1"),
    QUANTITY_OF(struct line_quantity, 0, "1"),
};
static const struct rec line_quantity_rec = REC(struct line_quantity, "LineQuantity", line_quantity_fields,
                                                "Units of an order line; without a quantity all that is left of it");
static const struct rec_field reject_fields[] = {
    FIELD_AS(REC_ENUM, struct reject_input, reason, .flags = REC_REQUIRED, .names = reject_reasons,
             .doc = "not_found and damaged take the units off the stock too", .example = "not_found"),
    FIELD_AS(REC_LIST, struct reject_input, lines, .rec = &line_quantity_rec, .max = ORDER_LINES_MAX,
             .doc = "None = everything"),
};
const struct rec reject_rec =
    REC(struct reject_input, "RejectInput", reject_fields, "What a location cannot send, and why");

static const struct rec_field split_fields[] = {
    FIELD_AS(REC_ID, struct split_input, fulfillment, .flags = REC_REQUIRED, .prefix = PREFIX_fulfillment,
             .doc = "Which work is split", .example = "ful_01jd7k3v9q2m8"),
    FIELD_AS(REC_LIST, struct split_input, lines, .rec = &line_quantity_rec, .flags = REC_REQUIRED, .min = 1,
             .max = ORDER_LINES_MAX, .doc = "What goes into work of its own"),
};
const struct rec split_rec = REC(struct split_input, "SplitInput", split_fields, "Units that are worked on apart");

static const struct rec_field cancel_fields[] = {
    FIELD_AS(REC_LIST, struct cancel_input, lines, .rec = &line_quantity_rec, .max = ORDER_LINES_MAX,
             .doc = "None = the whole order"),
    FIELD(struct cancel_input, reason, .min = 1, .max = 500, .doc = "Why, for the timeline",
          .example = "customer changed their mind"),
    FIELD(struct cancel_input, refund, .def = 1, .has_def = true, .doc = "Give back what is paid beyond the new total",
          .example = "true"),
};
const struct rec cancel_rec = REC(struct cancel_input, "CancelInput", cancel_fields, "Cancel an order or parts of it");

static const struct rec_field reason_maybe_fields[] = {
    FIELD(struct reason_maybe, reason, .min = 1, .max = 500, .doc = "Why, for the timeline",
          .example = "label was wrong"),
};
const struct rec reason_maybe_rec =
    REC(struct reason_maybe, "ReasonMaybe", reason_maybe_fields, "A step that may have a reason");

static const struct rec_field tracking_fields[] = {
    FIELD(struct tracking_input, tracking_number, .flags = REC_REQUIRED, .max = TRACKING_NUMBER_MAX,
          .doc = "The carrier's number of the parcel", .example = "OD00001000013"),
    FIELD_AS(REC_ENUM, struct tracking_input, status, .flags = REC_REQUIRED, .names = tracking_statuses,
             .doc = "Normalized status", .example = "in_transit"),
    FIELD(struct tracking_input, occurred_at, .flags = REC_REQUIRED, .doc = "When the carrier saw it",
          .example = "2026-11-21T08:30:00Z"),
    FIELD(struct tracking_input, description, .max = 500, .doc = "The carrier's own words",
          .example = "Arrived at hub"),
    FIELD(struct tracking_input, place, .max = 200, .doc = "Where", .example = "Shanghai"),
};
const struct rec tracking_input_rec =
    REC(struct tracking_input, "TrackingInput", tracking_fields, "A carrier's scan, by tracking number");
