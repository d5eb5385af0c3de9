/* Records of what is printed: pick lists, packing slips, address labels. */
#include "fulfillment_priv.h"

#define QUANTITY_FIELD(type, member, doc_)                                                                             \
  FIELD(type, member, .min = 0, .max = QUANTITY_MAX, .doc = doc_, .example = "2")
#define ID_FIELD(type, member, prefix_, doc_) FIELD_AS(REC_ID, type, member, .prefix = prefix_, .doc = doc_)
#define COMMON(type)                                                                                                   \
  FIELD(type, language, .doc = "Language it is written in", .example = "zh-CN"),                                       \
      FIELD(type, time_zone, .doc = "Zone of its times", .example = "America/New_York")

static const struct rec_field pick_order_fields[] = {
    FIELD(struct pick_order, tote, .doc = "Its slot, from 1", .example = "1"),
    ID_FIELD(struct pick_order, fulfillment_id, PREFIX_fulfillment, "Fulfillment"),
    FIELD(struct pick_order, order_number, .doc = "Number of the order", .example = "SO-100023"),
    FIELD(struct pick_order, channel, .doc = "Where it was bought", .example = "web"),
    FIELD_AS(REC_ENUM, struct pick_order, state, .names = fulfillment_states, .doc = "How far it is",
             .example = "open"),
    FIELD(struct pick_order, version, .doc = "Version of the fulfillment", .example = "1"),
    FIELD(struct pick_order, ship_by, .doc = "When it has to leave"),
    FIELD(struct pick_order, carrier, .doc = "Proposed carrier", .example = "ordo"),
    FIELD(struct pick_order, service, .doc = "Its service", .example = "standard"),
    FIELD(struct pick_order, notes, .flags = REC_PERSONAL, .doc = "Notes of the order"),
};
static const struct rec pick_order_rec =
    REC(struct pick_order, "PickOrder", pick_order_fields, "Whose goods are picked");
static const struct rec_field pick_stop_fields[] = {
    FIELD(struct pick_stop, bin, .doc = "Where it lies", .example = "A-01-3"),
    FIELD(struct pick_stop, walk, .doc = "Place in the walk", .example = "130"),
    FIELD(struct pick_stop, sku, .flags = REC_REQUIRED, .doc = "Catalog code", .example = "TEE-S"),
    FIELD(struct pick_stop, name, .doc = "Name in the language of the list", .example = "T-shirt, small"),
    FIELD(struct pick_stop, gtin, .doc = "GTIN of the product", .example = "4006381333931"),
    FIELD(struct pick_stop, unit, .doc = "Unit of the quantities", .example = "pcs"),
    FIELD(struct pick_stop, lot, .doc = "Lot that is reserved, where lots are told apart", .example = "L24-11"),
    QUANTITY_FIELD(struct pick_stop, quantity, "Asked"),
    QUANTITY_FIELD(struct pick_stop, picked, "Picked already"),
    ID_FIELD(struct pick_stop, fulfillment_id, PREFIX_fulfillment, "For this fulfillment"),
    FIELD(struct pick_stop, order_number, .doc = "Number of the order", .example = "SO-100023"),
    FIELD(struct pick_stop, line, .doc = "Line of the order", .example = "1"),
    FIELD(struct pick_stop, tote, .doc = "Into this slot", .example = "1"),
};
static const struct rec pick_stop_rec = REC(struct pick_stop, "PickStop", pick_stop_fields, "A stop of the walk");
static const struct rec_field pick_list_fields[] = {
    FIELD(struct pick_list, title, .doc = "Number of the wave or of the order; left out for several",
          .example = "WV-100001"),
    ID_FIELD(struct pick_list, wave_id, PREFIX_wave, "Wave"),
    FIELD(struct pick_list, location, .flags = REC_REQUIRED, .doc = "Code of the location", .example = "NJ1"),
    FIELD(struct pick_list, location_name, .doc = "Its name", .example = "Newark"),
    COMMON(struct pick_list),
    FIELD(struct pick_list, made_at, .doc = "When it was made"),
    QUANTITY_FIELD(struct pick_list, units, "Units still to be picked"),
    FIELD_AS(REC_LIST, struct pick_list, orders, .rec = &pick_order_rec, .max = PICK_LIST_MAX, .doc = "By slot"),
    FIELD_AS(REC_LIST, struct pick_list, stops, .rec = &pick_stop_rec, .max = PICK_LIST_MAX * ORDER_LINES_MAX,
             .doc = "In the order they are walked"),
};
const struct rec pick_list_rec = REC(struct pick_list, "PickList", pick_list_fields, "The walk of a picker");

static const struct rec_field slip_line_fields[] = {
    FIELD(struct slip_line, line, .flags = REC_REQUIRED, .doc = "Line of the order", .example = "1"),
    FIELD(struct slip_line, sku, .flags = REC_REQUIRED, .doc = "Catalog code", .example = "TEE-S"),
    FIELD(struct slip_line, name, .doc = "Name in the language of the slip", .example = "T-shirt, small"),
    FIELD(struct slip_line, unit, .doc = "Unit of the quantities", .example = "pcs"),
    FIELD(struct slip_line, lot, .doc = "Lot", .example = "L24-11"),
    QUANTITY_FIELD(struct slip_line, ordered, "Of the whole line"),
    QUANTITY_FIELD(struct slip_line, quantity, "Of this delivery"),
    FIELD(struct slip_line, parcel, .doc = "In which parcel, from 1; left out when in several", .example = "1"),
};
static const struct rec slip_line_rec = REC(struct slip_line, "PackingSlipLine", slip_line_fields, "What is in it");
static const struct rec_field slip_fields[] = {
    ID_FIELD(struct packing_slip, fulfillment_id, PREFIX_fulfillment, "Fulfillment"),
    FIELD(struct packing_slip, company, .doc = "Who sends it", .example = "Ordo"),
    COMMON(struct packing_slip),
    FIELD(struct packing_slip, order_number, .doc = "Number of the order", .example = "SO-100023"),
    FIELD(struct packing_slip, external_id, .doc = "The channel's own id of it", .example = "1001"),
    FIELD(struct packing_slip, channel, .doc = "Where it was bought", .example = "web"),
    FIELD(struct packing_slip, location, .doc = "Code of the location", .example = "NJ1"),
    FIELD(struct packing_slip, location_name, .doc = "Its name", .example = "Newark"),
    FIELD_AS(REC_RECORD, struct packing_slip, from, .rec = &address_rec, .doc = "Where it comes from"),
    FIELD_AS(REC_RECORD, struct packing_slip, to, .rec = &address_rec, .doc = "Where it goes"),
    FIELD(struct packing_slip, ordered_at, .doc = "When it was ordered"),
    FIELD(struct packing_slip, ship_by, .doc = "When it has to leave"),
    FIELD(struct packing_slip, carrier, .doc = "Carrier", .example = "ordo"),
    FIELD(struct packing_slip, service, .doc = "Its service", .example = "standard"),
    FIELD(struct packing_slip, delivery, .doc = "How it reaches the customer", .example = "ship"),
    FIELD(struct packing_slip, notes, .flags = REC_PERSONAL, .doc = "Notes of the order"),
    FIELD(struct packing_slip, parcel_count, .doc = "Parcels", .example = "1"),
    FIELD(struct packing_slip, weight_g, .doc = "Their weight in grams", .example = "420"),
    FIELD(struct packing_slip, other_parts, .doc = "Deliveries of the same order that come by themselves",
          .example = "0"),
    FIELD_AS(REC_TEXTS, struct packing_slip, tracking_numbers, .max = ORDER_PARCELS_MAX, .doc = "Of its parcels"),
    FIELD_AS(REC_LIST, struct packing_slip, lines, .rec = &slip_line_rec, .max = ORDER_LINES_MAX,
             .doc = "What is in it"),
};
const struct rec packing_slip_rec = REC(struct packing_slip, "PackingSlip", slip_fields, "What lies in a delivery");

static const struct rec_field label_fields[] = {
    ID_FIELD(struct parcel_label, parcel_id, PREFIX_parcel, "Parcel"),
    FIELD(struct parcel_label, company, .doc = "Who sends it", .example = "Ordo"),
    COMMON(struct parcel_label),
    FIELD(struct parcel_label, order_number, .doc = "Number of the order", .example = "SO-100023"),
    FIELD(struct parcel_label, tracking_number, .doc = "The carrier's number; its barcode, else that of the id",
          .example = "OD00001000013"),
    FIELD(struct parcel_label, carrier, .doc = "Carrier", .example = "ordo"),
    FIELD(struct parcel_label, service, .doc = "Its service", .example = "standard"),
    FIELD_AS(REC_RECORD, struct parcel_label, from, .rec = &address_rec, .doc = "Where it comes from"),
    FIELD_AS(REC_RECORD, struct parcel_label, to, .rec = &address_rec, .doc = "Where it goes"),
    FIELD(struct parcel_label, weight_g, .doc = "Weight in grams", .example = "420"),
    FIELD(struct parcel_label, n, .doc = "This parcel ...", .example = "1"),
    FIELD(struct parcel_label, of, .doc = "... of so many", .example = "2"),
    FIELD(struct parcel_label, ship_by, .doc = "When it has to leave"),
};
const struct rec parcel_label_rec =
    REC(struct parcel_label, "ParcelLabel", label_fields, "The address label of a parcel");
