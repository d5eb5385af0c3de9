/* Records of the floor: claims, tasks, scans, waves, manifests, bins. */
#include "fulfillment_priv.h"

#define QUANTITY_FIELD(type, member, doc_)                                                                             \
  FIELD(type, member, .min = 0, .max = QUANTITY_MAX, .doc = doc_, .example = "2")
#define ID_FIELD(type, member, prefix_, doc_) FIELD_AS(REC_ID, type, member, .prefix = prefix_, .doc = doc_)
#define LOCATION_FIELD(type)                  FIELD(type, location, .doc = "Code of the location", .example = "NJ1")

/* ---- Claims and tasks ---- */

static const struct rec_field claim_fields[] = {
    FIELD(struct claim_input, minutes, .min = 1, .max = CLAIM_MINUTES_MAX, .def = 15, .has_def = true,
          .doc = "How long nobody else gets it; scanning makes it longer", .example = "15"),
};
const struct rec claim_rec = REC(struct claim_input, "ClaimInput", claim_fields, "Who works on it, for a time");

const char *const task_kinds[] = {"pick", "pack", "ship", NULL};
static const struct rec_field task_fields[] = {
    FIELD_AS(REC_ENUM, struct task, kind, .names = task_kinds, .doc = "What is to be done", .example = "pick"),
    LOCATION_FIELD(struct task),
    FIELD(struct task, mine, .doc = "Who asks has claimed it already", .example = "false"),
    FIELD_AS(REC_RECORD, struct task, fulfillment, .rec = &fulfillment_rec,
             .doc = "With its lines; left out when there is nothing to do"),
};
const struct rec task_rec = REC(struct task, "Task", task_fields, "What to do next");

/* ---- Scans ---- */

static const struct rec_field scan_code_fields[] = {
    FIELD(struct scan_code, code, .flags = REC_REQUIRED, .doc = "As it was scanned", .example = "4006381333931"),
    FIELD(struct scan_code, kind, .flags = REC_REQUIRED,
          .doc = "gs1, gtin, sku, barcode, order, fulfillment, parcel or unknown", .example = "gtin"),
    FIELD(struct scan_code, sku, .doc = "Product it stands for", .example = "TEE-S"),
    FIELD(struct scan_code, product_id, .doc = "Its id", .example = "prd_01jd7k3v9q2m8"),
    FIELD(struct scan_code, name, .doc = "Its name, in ?language=", .example = "T-shirt, small"),
    FIELD(struct scan_code, unit, .doc = "Its unit", .example = "pcs"),
    FIELD(struct scan_code, gtin, .doc = "GTIN in it, AI (01)", .example = "4006381333931"),
    FIELD(struct scan_code, lot, .doc = "Lot, AI (10)", .example = "L24-11"),
    FIELD(struct scan_code, serial, .doc = "Serial number, AI (21)", .example = "S-1"),
    FIELD(struct scan_code, expiry, .doc = "Best before or expiry, AI (15) or (17)", .example = "2027-01-31"),
    FIELD(struct scan_code, sscc, .doc = "Serial shipping container code, AI (00)", .example = "340123450000000018"),
    QUANTITY_FIELD(struct scan_code, quantity, "So much it stands for, in the product's unit"),
    FIELD(struct scan_code, subject, .doc = "Id of the order, fulfillment or parcel", .example = "ord_01jd7k3v9q2m8"),
};
const struct rec scan_code_rec = REC(struct scan_code, "ScanCode", scan_code_fields, "What a scanned text says");

const char *const scan_kinds[] = {"pick", "pack", NULL};
static const char *const scan_refusals[] = {"wrong_sku", "wrong_lot", "wrong_bin", "too_many", NULL};
const char *const scan_outcomes[] = {"applied", "repeated", "refused", NULL};

/* text_max: of code, sku, lot and bin; 0 = of each its own. */
#define SCAN_INPUT_FIELDS(text_min, text_max)                                                                          \
  FIELD(struct scan_input, scan_id, .flags = REC_REQUIRED, .min = 1, .max = SCAN_ID_MAX,                               \
        .doc = "Made by the scanner, unique for each scan; the same one counts once, for ever",                        \
        .example = "0193f3e2-7c1a-7000-8000-2d9d3c1f0a01"),                                                            \
      FIELD_AS(REC_ENUM, struct scan_input, kind, .names = scan_kinds, .doc = "pick when left out",                    \
               .example = "pick"),                                                                                     \
      FIELD(struct scan_input, code, .min = text_min, .max = (text_max) ? (text_max) : SCAN_CODE_MAX,                  \
            .doc = "What was read: GS1, GTIN, SKU, barcode; this or sku", .example = "4006381333931"),                 \
      FIELD(struct scan_input, sku, .max = (text_max) ? (text_max) : SKU_MAX, .doc = "Chosen by hand; this or code",   \
            .example = "TEE-S"),                                                                                       \
      FIELD(struct scan_input, quantity, .min = 1, .max = QUANTITY_MAX, .doc = "Left out = as the code says, else 1",  \
            .example = "1"),                                                                                           \
      FIELD(struct scan_input, lot, .max = (text_max) ? (text_max) : STOCK_LOT_MAX,                                    \
            .doc = "Left out = as the code says", .example = "L24-11"),                                                \
      FIELD(struct scan_input, bin, .max = (text_max) ? (text_max) : BIN_MAX, .doc = "Where it lay",                   \
            .example = "A-01-3"),                                                                                      \
      FIELD(struct scan_input, line, .min = 1, .max = ORDER_LINES_MAX,                                                 \
            .doc = "Line of the order that was asked for: a scan of another product is wrong_sku", .example = "1"),    \
      FIELD(struct scan_input, refused, .names = scan_refusals,                                                        \
            .doc = "The scanner refused it already: it is logged and never counted", .example = "wrong_sku"),          \
      FIELD(struct scan_input, parcel, .min = 1, .max = ORDER_PARCELS_MAX, .def = 1, .has_def = true,                  \
            .doc = "Packing: which box, from 1", .example = "1"),                                                      \
      FIELD(struct scan_input, scanned_at, .doc = "By the scanner's clock", .example = "2026-11-21T08:30:00.000Z")
static const struct rec_field scan_input_fields[] = {SCAN_INPUT_FIELDS(1, 0)};
const struct rec scan_input_rec = REC(struct scan_input, "ScanInput", scan_input_fields, "One scan");
static const struct rec_field scan_of_fields[] = {
    FIELD_AS(REC_ID, struct scan_input, fulfillment, .flags = REC_REQUIRED, .prefix = PREFIX_fulfillment,
             .doc = "Where it belongs", .example = "ful_01jd7k3v9q2m8"),
    SCAN_INPUT_FIELDS(0, SCAN_TEXT_MAX), /* what is too long costs its own scan: scan_texts_fit */
};
static const struct rec scan_of_rec = REC(struct scan_input, "ScanOfFulfillment", scan_of_fields, "One scan of many");
static const struct rec_field scans_fields[] = {
    FIELD_AS(REC_LIST, struct scans_input, scans, .rec = &scan_of_rec, .flags = REC_REQUIRED, .min = 1,
             .max = SCANS_MAX, .doc = "In the order they were made"),
};
const struct rec scans_rec = REC(struct scans_input, "ScansInput", scans_fields, "The outbox of a scanner");

static const struct rec_field progress_fields[] = {
    FIELD(struct scan_progress, line, .flags = REC_REQUIRED, .doc = "Line of the order", .example = "1"),
    FIELD(struct scan_progress, sku, .flags = REC_REQUIRED, .doc = "Catalog code", .example = "TEE-S"),
    QUANTITY_FIELD(struct scan_progress, quantity, "Asked"),
    QUANTITY_FIELD(struct scan_progress, picked, "Picked so far"),
    QUANTITY_FIELD(struct scan_progress, scanned, "Scanned into boxes so far"),
};
static const struct rec progress_rec = REC(struct scan_progress, "ScanProgress", progress_fields, "How far a line is");
static const struct rec_field scan_result_fields[] = {
    FIELD(struct scan_result, scan_id, .flags = REC_REQUIRED, .doc = "As it was sent"),
    FIELD_AS(REC_ENUM, struct scan_result, outcome, .names = scan_outcomes,
             .doc = "applied; repeated: it had come before and changes nothing; refused: it changed nothing",
             .example = "applied"),
    FIELD_AS(REC_ENUM, struct scan_result, first, .names = scan_outcomes, .doc = "What it was when it came first",
             .example = "applied"),
    FIELD(struct scan_result, refusal,
          .doc = "Why it was refused: wrong_sku, wrong_lot, wrong_bin, too_many, unknown_code, claimed, order_held, "
                 "wrong_state, not_found, too_long, too_short",
          .example = "wrong_sku"),
    FIELD(struct scan_result, detail, .doc = "A sentence about it in English"),
    ID_FIELD(struct scan_result, fulfillment_id, PREFIX_fulfillment, "Where it belongs"),
    FIELD_AS(REC_ENUM, struct scan_result, kind, .names = scan_kinds, .doc = "pick or pack", .example = "pick"),
    FIELD(struct scan_result, sku, .doc = "What was scanned, where that is known", .example = "TEE-S"),
    FIELD(struct scan_result, lot, .doc = "Its lot", .example = "L24-11"),
    FIELD(struct scan_result, line, .doc = "Line it counts for", .example = "1"),
    QUANTITY_FIELD(struct scan_result, quantity, "How many"),
    FIELD_AS(REC_ENUM, struct scan_result, state, .names = fulfillment_states, .doc = "Of the fulfillment now",
             .example = "picking"),
    FIELD(struct scan_result, version, .doc = "Of the fulfillment now", .example = "3"),
    FIELD_AS(REC_LIST, struct scan_result, lines, .rec = &progress_rec, .max = ORDER_LINES_MAX,
             .doc = "How far each line is"),
};
const struct rec scan_result_rec = REC(struct scan_result, "ScanResult", scan_result_fields, "What became of a scan");
static const struct rec_field scans_result_fields[] = {
    FIELD(struct scans_result, applied, .flags = REC_REQUIRED, .doc = "So many counted"),
    FIELD(struct scans_result, repeated, .flags = REC_REQUIRED, .doc = "So many had come before"),
    FIELD(struct scans_result, refused, .flags = REC_REQUIRED, .doc = "So many changed nothing"),
    FIELD_AS(REC_LIST, struct scans_result, results, .rec = &scan_result_rec, .max = SCANS_MAX,
             .doc = "One for each, in their order"),
};
const struct rec scans_result_rec =
    REC(struct scans_result, "ScansResult", scans_result_fields, "What became of the scans");

static const char *const stored_outcomes[] = {"applied", "repeated", "refused", NULL};
static const struct rec_field floor_scan_fields[] = {
    FIELD(struct floor_scan, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct floor_scan, order_id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_order,
             .doc = "Order it was for"),
    FIELD(struct floor_scan, scan_id, .flags = REC_KEY | REC_REQUIRED, .doc = "Made by the scanner"),
    FIELD_AS(REC_ID, struct floor_scan, fulfillment_id, .prefix = PREFIX_fulfillment, .doc = "Fulfillment"),
    FIELD_AS(REC_ENUM, struct floor_scan, kind, .names = scan_kinds, .doc = "pick or pack", .example = "pick"),
    FIELD_AS(REC_ENUM, struct floor_scan, outcome, .names = stored_outcomes, .doc = "applied or refused",
             .example = "applied"),
    FIELD(struct floor_scan, refusal, .doc = "Code of a refusal", .example = "wrong_sku"),
    FIELD(struct floor_scan, detail, .doc = "A sentence about it in English"),
    FIELD(struct floor_scan, scanned, .doc = "What was read", .example = "4006381333931"),
    FIELD(struct floor_scan, sku, .doc = "What it stands for", .example = "TEE-S"),
    FIELD(struct floor_scan, line, .doc = "Line it counted for", .example = "1"),
    QUANTITY_FIELD(struct floor_scan, quantity, "How many"),
    FIELD(struct floor_scan, lot, .doc = "Its lot", .example = "L24-11"),
    FIELD(struct floor_scan, bin, .doc = "Where it lay", .example = "A-01-3"),
    FIELD(struct floor_scan, parcel, .doc = "Which box", .example = "1"),
    FIELD(struct floor_scan, scanned_at, .doc = "By the scanner's clock"),
    FIELD(struct floor_scan, received_at, .flags = REC_REQUIRED, .doc = "When it arrived here"),
    FIELD(struct floor_scan, actor_name, .doc = "Who scanned", .example = "Mei"),
};
const struct rec floor_scan_rec = REC(struct floor_scan, "FloorScan", floor_scan_fields, "A scan as it was kept");
const struct db_table floor_scan_table = {"floor_scan", &floor_scan_rec};

/* ---- Waves ---- */

const char *const wave_states[] = {"released", "cancelled", NULL};
#define WAVE_CHOICE(type)                                                                                              \
  FIELD(type, carrier, .max = CARRIER_CODE_MAX, .doc = "Only what goes with this carrier", .example = "ordo"),         \
      FIELD(type, service, .max = CARRIER_CODE_MAX, .doc = "Only what goes with this service", .example = "standard"), \
      FIELD(type, channel, .max = 64, .doc = "Only orders of this channel", .example = "web"),                         \
      FIELD(type, ship_before, .doc = "Only what has to leave by then: the cut-off",                                   \
            .example = "2026-11-21T19:00:00.000Z"),                                                                    \
      FIELD(type, max_lines, .min = 1, .max = ORDER_LINES_MAX, .doc = "Only fulfillments of so many lines at most",    \
            .example = "5"),                                                                                           \
      FIELD(type, max_units, .min = 1, .max = 1000000, .doc = "Only fulfillments of so many units at most",            \
            .example = "20")
static const struct rec_field wave_input_fields[] = {
    FIELD(struct wave_input, location, .flags = REC_REQUIRED, .max = LOCATION_CODE_MAX, .doc = "Where",
          .example = "NJ1"),
    FIELD_AS(REC_TEXTS, struct wave_input, fulfillments, .max = WAVE_MAX,
             .doc = "Exactly these; none = chosen by what follows, in the order they have to leave",
             .example = "[\"ful_01jd7k3v9q2m8\"]"),
    WAVE_CHOICE(struct wave_input),
    FIELD(struct wave_input, limit, .min = 1, .max = WAVE_MAX, .def = 20, .has_def = true,
          .doc = "At most so many fulfillments", .example = "20"),
    FIELD(struct wave_input, slots, .min = 1, .max = WAVE_MAX, .doc = "Totes of the cart; left out = one for each",
          .example = "12"),
};
const struct rec wave_input_rec = REC(struct wave_input, "WaveInput", wave_input_fields, "Which work to release");

static const struct rec_field wave_item_fields[] = {
    FIELD_AS(REC_ID, struct wave_item, id, .flags = REC_REQUIRED, .prefix = PREFIX_fulfillment, .doc = "Fulfillment"),
    FIELD(struct wave_item, order_number, .doc = "Number of its order", .example = "SO-100023"),
    FIELD_AS(REC_ENUM, struct wave_item, state, .names = fulfillment_states, .doc = "How far it is", .example = "open"),
    FIELD(struct wave_item, tote, .doc = "Its slot on the cart", .example = "3"),
    FIELD(struct wave_item, ship_by, .doc = "When it has to leave"),
};
static const struct rec wave_item_rec = REC(struct wave_item, "WaveItem", wave_item_fields, "A fulfillment in a wave");
static const struct rec_field wave_fields[] = {
    FIELD(struct wave, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct wave, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_wave, .doc = "Id"),
    FIELD(struct wave, number, .flags = REC_REQUIRED, .doc = "Number for people", .example = "WV-100001"),
    FIELD(struct wave, version, .flags = REC_REQUIRED, .doc = "Moves with each change"),
    LOCATION_FIELD(struct wave),
    FIELD_AS(REC_ENUM, struct wave, state, .names = wave_states, .doc = "released or cancelled", .example = "released"),
    WAVE_CHOICE(struct wave),
    FIELD(struct wave, slots, .doc = "Totes of the cart", .example = "12"),
    FIELD(struct wave, fulfillment_count, .doc = "Fulfillments it released", .example = "12"),
    FIELD(struct wave, reason, .doc = "Why it was cancelled"),
    FIELD(struct wave, created_at, .flags = REC_REQUIRED, .doc = "When it was released"),
    FIELD(struct wave, created_by, .doc = "Who released it", .example = "Mei"),
    FIELD(struct wave, cancelled_at, .doc = "When it was cancelled"),
    FIELD(struct wave, waiting, .flags = REC_VIRTUAL, .doc = "Fulfillments that are not picked whole yet"),
    FIELD(struct wave, picked, .flags = REC_VIRTUAL, .doc = "Fulfillments that are picked or packed"),
    FIELD(struct wave, shipped, .flags = REC_VIRTUAL, .doc = "Fulfillments that have left"),
    FIELD_AS(REC_LIST, struct wave, fulfillments, .rec = &wave_item_rec, .max = WAVE_MAX, .doc = "By slot"),
};
const struct rec wave_rec = REC(struct wave, "Wave", wave_fields, "Work that was released together");
const struct db_table wave_table = {"wave", &wave_rec};

/* ---- Manifests ---- */

static const struct rec_field manifest_input_fields[] = {
    FIELD(struct manifest_input, carrier, .flags = REC_REQUIRED, .max = CARRIER_CODE_MAX, .doc = "Whose pickup it is",
          .example = "ordo"),
};
const struct rec manifest_input_rec =
    REC(struct manifest_input, "ManifestInput", manifest_input_fields, "Close the manifest of a carrier");
static const struct rec_field manifest_parcel_fields[] = {
    ID_FIELD(struct manifest_parcel, shipment_id, PREFIX_shipment, "Shipment"),
    ID_FIELD(struct manifest_parcel, parcel_id, PREFIX_parcel, "Parcel"),
    FIELD(struct manifest_parcel, order_number, .doc = "Number of the order", .example = "SO-100023"),
    FIELD(struct manifest_parcel, tracking_number, .doc = "The carrier's number", .example = "OD00001000013"),
    FIELD(struct manifest_parcel, service, .doc = "Service", .example = "standard"),
    FIELD(struct manifest_parcel, weight_g, .doc = "Weight in grams", .example = "420"),
};
static const struct rec manifest_parcel_rec =
    REC(struct manifest_parcel, "ManifestParcel", manifest_parcel_fields, "A parcel that the carrier takes");
static const struct rec_field manifest_fields[] = {
    FIELD(struct manifest, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct manifest, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_manifest, .doc = "Id"),
    FIELD(struct manifest, number, .flags = REC_REQUIRED, .doc = "Number for people", .example = "MF-100001"),
    FIELD(struct manifest, version, .flags = REC_REQUIRED, .doc = "Moves with each change"),
    LOCATION_FIELD(struct manifest),
    FIELD(struct manifest, carrier, .flags = REC_REQUIRED, .doc = "Code of the carrier", .example = "ordo"),
    FIELD(struct manifest, shipment_count, .doc = "Shipments on it", .example = "40"),
    FIELD(struct manifest, parcel_count, .doc = "Parcels on it", .example = "43"),
    FIELD(struct manifest, weight_g, .doc = "Weight of its parcels in grams", .example = "18400"),
    FIELD(struct manifest, remaining, .doc = "More had shipped than one manifest takes: close another one",
          .example = "false"),
    FIELD(struct manifest, closed_at, .flags = REC_REQUIRED, .doc = "When it was closed"),
    FIELD(struct manifest, closed_by, .doc = "Who closed it", .example = "Mei"),
    FIELD_AS(REC_LIST, struct manifest, parcels, .rec = &manifest_parcel_rec, .max = 100000, .doc = "What is on it"),
};
const struct rec manifest_rec =
    REC(struct manifest, "Manifest", manifest_fields, "What a carrier took from a location at one time");
const struct db_table manifest_table = {"manifest", &manifest_rec};

/* ---- Splitting, bins ---- */

static const struct rec_field bin_fields[] = {
    FIELD(struct product_bin, location_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct product_bin, product_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct product_bin, sku, .flags = REC_REQUIRED | REC_VIRTUAL, .max = SKU_MAX, .doc = "Product",
          .example = "TEE-S"),
    FIELD(struct product_bin, bin, .flags = REC_REQUIRED, .min = 1, .max = BIN_MAX, .doc = "Where it lies",
          .example = "A-01-3"),
    FIELD(struct product_bin, walk, .min = 0, .max = INT32_MAX, .has_def = true,
          .doc = "Place in the walk, smaller first; equal ones go by the bin's name", .example = "130"),
};
const struct rec product_bin_rec = REC(struct product_bin, "ProductBin", bin_fields, "Where a product lies");
const struct db_table product_bin_table = {"product_bin", &product_bin_rec};
static const struct rec_field bins_fields[] = {
    FIELD_AS(REC_LIST, struct bins_input, bins, .rec = &product_bin_rec, .flags = REC_REQUIRED, .min = 1,
             .max = BINS_MAX, .doc = "Where products lie"),
};
const struct rec bins_rec = REC(struct bins_input, "Bins", bins_fields, "Bins of a location");
