/* What comes in: the records of a new order. */
#include "intake.h"

static const char *const payment_kinds[] = {"authorization", "capture", NULL};

static const struct rec_field line_fields[] = {
    FIELD(struct order_line_input, sku, .flags = REC_REQUIRED, .max = SKU_MAX, .doc = "Catalog code",
          .example = "TEE-S"),
    FIELD(struct order_line_input, quantity, .flags = REC_REQUIRED, .min = 1, .max = QUANTITY_MAX,
          .doc = "In the product's unit", .example = "2"),
    FIELD(struct order_line_input, unit_price,
          .doc = "For one unit, in minor units; left out = the catalog's. A decimal string may have up to six further "
                 "places",
          .example = "1990"),
    FIELD(struct order_line_input, discount, .min = 0, .max = MONEY_MAX, .has_def = true, .doc = "For the whole line",
          .example = "0"),
    FIELD(struct order_line_input, tax_rate, .doc = "Left out with tax = the product's tax category",
          .example = "0.13"),
    FIELD(struct order_line_input, tax, .min = 0, .max = MONEY_MAX,
          .doc = "An amount as the channel charged it, instead of tax_rate", .example = "458"),
    FIELD_AS(REC_ENUM, struct order_line_input, kind, .names = line_kinds, .doc = "What kind of line it is",
             .example = "item"),
    FIELD(struct order_line_input, parent_line, .min = 1, .max = ORDER_LINES_MAX,
          .doc = "Place in this list (from 1) of the line that this one follows", .example = "1"),
    FIELD(struct order_line_input, external_line_id, .max = 100, .doc = "The channel's own id of the line",
          .example = "7"),
    FIELD_AS(REC_JSON, struct order_line_input, metadata, .max = 8192, .doc = "Whatever the channel wants to keep here",
             .example = "{}"),
    FIELD(struct order_line_input, price_reason, .min = 1, .max = 200,
          .doc = "Why unit_price is not the catalog's; needs order.price. Users must give it, programs may",
          .example = "matched a competitor's offer"),
};
static const struct rec line_rec = REC(struct order_line_input, "OrderLineInput", line_fields, "A line of a new order");

static const struct rec_field charge_fields[] = {
    FIELD_AS(REC_ENUM, struct order_charge_input, kind, .names = charge_kinds, .flags = REC_REQUIRED,
             .doc = "What the money is for", .example = "shipping"),
    FIELD(struct order_charge_input, amount, .flags = REC_REQUIRED,
          .doc = "In minor units; only cash_rounding may be below 0", .example = "500"),
    FIELD(struct order_charge_input, tax_rate, .doc = "Rate of its tax; default 0", .example = "0.13"),
    FIELD(struct order_charge_input, tax, .min = 0, .max = MONEY_MAX,
          .doc = "An amount as charged, instead of tax_rate", .example = "58"),
};
static const struct rec charge_rec =
    REC(struct order_charge_input, "OrderChargeInput", charge_fields, "Typed money beside the lines");

static const struct rec_field payment_fields[] = {
    FIELD(struct order_payment_input, provider, .flags = REC_REQUIRED, .max = 40, .doc = "Who holds the money",
          .example = "manual"),
    FIELD_AS(REC_ENUM, struct order_payment_input, kind, .names = payment_kinds, .flags = REC_REQUIRED,
             .doc = "Authorized, or already captured", .example = "capture"),
    FIELD(struct order_payment_input, amount, .flags = REC_REQUIRED, .min = 1, .max = MONEY_MAX,
          .doc = "In minor units of the order's currency", .example = "4480"),
    FIELD(struct order_payment_input, reference, .max = 100, .doc = "The provider's own id of it", .example = "tx-77"),
    FIELD(struct order_payment_input, expires_at, .doc = "When the authorization lapses"),
};
static const struct rec payment_input_rec =
    REC(struct order_payment_input, "OrderPaymentInput", payment_fields, "Money that came with the order");

/* By POST the channel is in the body, by PUT in the path. */
#define ORDER_INPUT_FIELDS(required)                                                                                   \
  FIELD(struct order_input, channel, .flags = required, .max = CHANNEL_CODE_MAX,                                       \
        .doc = "Code of the channel it comes from", .example = "web"),                                                 \
      FIELD(struct order_input, external_id, .min = 1, .max = EXTERNAL_ID_MAX,                                         \
            .doc = "The channel's own id; (channel, external_id) is unique", .example = "1001"),                       \
      ORDER_INPUT_REST(REC_REQUIRED),                                                                                  \
      FIELD(struct order_input, draft, .doc = "Keep it a draft: no number, no review, no stock but by hold_stock", .example = "false")

/* What of an order may still be changed while it is a draft. */
#define ORDER_INPUT_REST(required)                                                                                     \
      FIELD(struct order_input, currency, .flags = required, .min = 3, .max = 3,                                   \
            .doc = "ISO 4217; all money is in its minor unit", .example = "USD"),                                      \
      FIELD(struct order_input, language, .max = 16, .doc = "Language of the customer", .example = "zh-CN"),           \
      FIELD(struct order_input, ordered_at, .doc = "When the customer ordered; default now",                           \
            .example = "2026-11-20T08:00:00Z"),                                                                        \
      FIELD_AS(REC_RECORD, struct order_input, customer, .rec = &customer_ref_rec,                                     \
               .doc = "Who orders; found by id, else external_id, e-mail, phone"),                                     \
      FIELD_AS(REC_INLINE, struct order_input, delivery, .rec = &order_delivery_rec,                                   \
               .doc = "How it reaches the customer; default ship"),                                                    \
      FIELD_AS(REC_RECORD, struct order_input, shipping_address, .rec = &address_rec, .doc = "Where it goes"),         \
      FIELD_AS(REC_RECORD, struct order_input, billing_address, .rec = &address_rec, .doc = "Who pays"),               \
      FIELD_AS(REC_RECORD, struct order_input, invoice, .rec = &order_invoice_rec,                                     \
               .doc = "What the invoice should say"),                                                                  \
      FIELD_AS(REC_LIST, struct order_input, lines, .rec = &line_rec, .flags = required, .min = 1,                     \
               .max = ORDER_LINES_MAX, .doc = "What is ordered"),                                                      \
      FIELD_AS(REC_LIST, struct order_input, charges, .rec = &charge_rec, .max = ORDER_CHARGES_MAX,                    \
               .doc = "Money beside the lines"),                                                                       \
      FIELD(struct order_input, shipping_method, .max = 40, .doc = "What the customer chose; default the channel's",   \
            .example = "standard"),                                                                                    \
      FIELD_AS(REC_FLAG, struct order_input, prices_include_tax,                                                       \
               .doc = "Whether prices have the tax in them; default as the channel says", .example = "true"),          \
      FIELD(struct order_input, payment_terms, .names = payment_terms_names,                                           \
            .doc = "How much must be there before release; default the channel's", .example = "prepaid"),              \
      FIELD(struct order_input, expected_total, .min = 0, .max = MONEY_MAX,                                            \
            .doc = "What the channel says the customer pays; another total holds the order", .example = "4480"),       \
      FIELD_AS(REC_LIST, struct order_input, payments, .rec = &payment_input_rec, .max = ORDER_PAYMENTS_MAX,           \
               .doc = "Money that came with it"),                                                                      \
      FIELD_AS(REC_INLINE, struct order_input, requested_delivery, .rec = &order_window_rec,                           \
               .doc = "When the customer wants it"),                                                                   \
      FIELD(struct order_input, notes, .max = 2000, .doc = "Notes of the customer or staff", .example = "ring twice"), \
      FIELD_AS(REC_TEXTS, struct order_input, tags, .max = ORDER_TAGS_MAX, .doc = "Words to find it by",               \
               .example = "[\"vip\"]"),                                                                                \
      FIELD_AS(REC_JSON, struct order_input, metadata, .max = 16384, .doc = "Whatever the channel wants to keep here", \
               .example = "{\"campaign\":\"fall\"}"),                                                                   \
      FIELD_AS(REC_FLAG, struct order_input, hold_stock,                                                               \
               .doc = "Of a draft: keep the stock it asks for, as far as it is there, for `reservation.soft_minutes`", \
               .example = "true")

static const struct rec_field order_fields[] = {ORDER_INPUT_FIELDS(REC_REQUIRED)};
const struct rec order_input_rec = REC(struct order_input, "OrderInput", order_fields, "A new order");

static const struct rec_field put_fields[] = {ORDER_INPUT_FIELDS(0)};
const struct rec order_put_rec =
    REC(struct order_input, "OrderPut", put_fields, "A new order; its channel and external id are in the path");

static const struct rec_field patch_fields[] = {ORDER_INPUT_REST(0)};
const struct rec draft_patch_rec =
    REC(struct order_input, "OrderPatch", patch_fields,
        "What changes of a draft; lists, the customer and addresses as a whole. Of a placed order only tags, notes and "
        "metadata");

/* ---- Quotes ---- */

static const struct rec_field quote_place_fields[] = {
    FIELD(struct quote_place, location, .flags = REC_REQUIRED, .doc = "Code of the location", .example = "NJ1"),
    FIELD(struct quote_place, name, .doc = "Its name", .example = "Newark"),
    FIELD(struct quote_place, available, .flags = REC_REQUIRED, .doc = "Free there now", .example = "12"),
    FIELD(struct quote_place, assigned, .flags = REC_REQUIRED, .doc = "Units of this line that would come from there",
          .example = "2"),
};
static const struct rec quote_place_rec =
    REC(struct quote_place, "QuotePlace", quote_place_fields, "Stock of a line's product at a location");
static const struct rec_field quote_line_fields[] = {
    FIELD(struct quote_line, line, .flags = REC_REQUIRED, .doc = "Place in the request, from 1", .example = "1"),
    FIELD(struct quote_line, sku, .flags = REC_REQUIRED, .doc = "Catalog code", .example = "TEE-S"),
    FIELD(struct quote_line, name, .doc = "Its name in the order's language", .example = "T-shirt, small"),
    FIELD(struct quote_line, unit, .flags = REC_REQUIRED, .doc = "Unit of the quantity", .example = "pcs"),
    FIELD(struct quote_line, quantity, .flags = REC_REQUIRED, .doc = "Asked", .example = "2"),
    FIELD(struct quote_line, available, .flags = REC_REQUIRED, .doc = "Free now over all locations", .example = "12"),
    FIELD(struct quote_line, missing, .flags = REC_REQUIRED, .doc = "Units that would find no stock", .example = "0"),
    FIELD(struct quote_line, unit_price, .flags = REC_REQUIRED, .doc = "What would be charged for one",
          .example = "1990"),
    FIELD(struct quote_line, list_price, .doc = "The catalog's price in this currency", .example = "1990"),
    FIELD(struct quote_line, discount, .flags = REC_REQUIRED, .doc = "Of the whole line", .example = "0"),
    FIELD(struct quote_line, amount, .flags = REC_REQUIRED, .doc = "round(unit_price x quantity) - discount",
          .example = "3980"),
    FIELD(struct quote_line, tax, .flags = REC_REQUIRED, .doc = "Tax of the line", .example = "458"),
    FIELD(struct quote_line, total, .flags = REC_REQUIRED, .doc = "What the customer would pay for it",
          .example = "3980"),
    FIELD_AS(REC_LIST, struct quote_line, places, .rec = &quote_place_rec, .max = QUOTE_PLACES_MAX,
             .doc = "Where it is, the fullest first"),
};
static const struct rec quote_line_rec = REC(struct quote_line, "QuoteLine", quote_line_fields, "A line of a quote");
static const struct rec_field quote_hold_fields[] = {
    FIELD(struct quote_hold, type, .flags = REC_REQUIRED, .doc = "Which rule", .example = "total_mismatch"),
    FIELD(struct quote_hold, reason, .flags = REC_REQUIRED, .doc = "Why", .example = "the total is 44.80, not 40.00"),
    FIELD(struct quote_hold, owner_role, .doc = "Who would have to decide", .example = "service"),
};
static const struct rec quote_hold_rec =
    REC(struct quote_hold, "QuoteHold", quote_hold_fields, "A hold that the order would get");
static const struct rec_field quote_fields[] = {
    FIELD(struct quote, channel, .flags = REC_REQUIRED, .doc = "Code of the channel", .example = "phone"),
    FIELD(struct quote, currency, .flags = REC_REQUIRED, .doc = "Of all money here", .example = "USD"),
    FIELD_AS(REC_ID, struct quote, customer_id, .prefix = PREFIX_customer,
             .doc = "The customer it would belong to; left out for somebody new or a guest",
             .example = "cus_01jd7k3v9q2m8"),
    FIELD(struct quote, complete, .doc = "Every unit has its location", .example = "true"),
    FIELD(struct quote, would_refuse, .doc = "Placed now it would be refused for want of stock", .example = "false"),
    FIELD(struct quote, keep_minutes, .flags = REC_REQUIRED,
          .doc = "How long a draft with `hold_stock` would keep what is there", .example = "30"),
    FIELD(struct quote, payment_terms, .flags = REC_REQUIRED, .doc = "How much must be there before release",
          .example = "prepaid"),
    FIELD_AS(REC_INLINE, struct quote, totals, .rec = &order_totals_rec, .prefix = "sum_", .doc = "Its money"),
    FIELD_AS(REC_INLINE, struct quote, promise, .rec = &order_promise_rec, .prefix = "promise_",
             .doc = "What could be promised now"),
    FIELD_AS(REC_LIST, struct quote, lines, .rec = &quote_line_rec, .max = ORDER_LINES_MAX, .doc = "As asked"),
    FIELD_AS(REC_LIST, struct quote, holds, .rec = &quote_hold_rec, .max = ORDER_HOLDS_MAX,
             .doc = "What would hold it in review"),
};
const struct rec quote_rec = REC(struct quote, "Quote", quote_fields, "What an order would be; nothing is reserved");

static const struct rec_field bulk_fields[] = {
    FIELD_AS(REC_JSON, struct orders_bulk, orders, .flags = REC_REQUIRED, .max = INTAKE_BULK_BYTES,
             .doc = "Up to 500 orders, each as POST /v1/orders takes one", .example = "[]"),
};
const struct rec orders_bulk_rec = REC(struct orders_bulk, "OrdersBulk", bulk_fields, "Several new orders");

static const struct rec_field problem_fields[] = {
    FIELD(struct bulk_problem, pointer, .flags = REC_REQUIRED, .doc = "JSON pointer within the item",
          .example = "/lines/0/sku"),
    FIELD(struct bulk_problem, code, .flags = REC_REQUIRED, .doc = "Stable code", .example = "unknown_sku"),
    FIELD(struct bulk_problem, detail, .flags = REC_REQUIRED, .doc = "A sentence",
          .example = "there is no product TEE-S"),
    FIELD(struct bulk_problem, sku, .doc = "Of `insufficient_stock`: which product", .example = "TEE-S"),
    FIELD(struct bulk_problem, asked, .doc = "Of it, how much was asked", .example = "2"),
    FIELD(struct bulk_problem, available, .doc = "Of it, how much is free", .example = "1"),
};
static const struct rec problem_rec =
    REC(struct bulk_problem, "BulkProblem", problem_fields, "One thing wrong with an item");

static const struct rec_field item_fields[] = {
    FIELD(struct order_bulk_item, n, .flags = REC_REQUIRED, .doc = "Place in the request, from 0", .example = "0"),
    FIELD(struct order_bulk_item, status, .flags = REC_REQUIRED, .doc = "What the single call would have answered",
          .example = "201"),
    FIELD(struct order_bulk_item, external_id, .doc = "The channel's own id", .example = "1001"),
    FIELD(struct order_bulk_item, code, .doc = "Of a refusal", .example = "insufficient_stock"),
    FIELD(struct order_bulk_item, detail, .doc = "Of a refusal", .example = "TEE-S: 2 asked, 1 available"),
    FIELD(struct order_bulk_item, id,
          .doc = "Of a refusal: the record it is about, such as the order that has the external id",
          .example = "ord_01jd7k3v9q2m8"),
    FIELD_AS(REC_LIST, struct order_bulk_item, errors, .rec = &problem_rec, .max = FAULT_ENTRIES_MAX,
             .doc = "Of a refusal: where"),
    FIELD_AS(REC_RECORD, struct order_bulk_item, order, .rec = &order_rec, .doc = "The order as it is now"),
};
static const struct rec item_rec = REC(struct order_bulk_item, "OrderBulkItem", item_fields, "What became of one item");

static const struct rec_field bulk_result_fields[] = {
    FIELD(struct orders_bulk_result, placed, .flags = REC_REQUIRED, .doc = "New orders", .example = "1"),
    FIELD(struct orders_bulk_result, known, .flags = REC_REQUIRED, .doc = "Doubles of orders that were there",
          .example = "0"),
    FIELD(struct orders_bulk_result, refused, .flags = REC_REQUIRED, .doc = "Refused", .example = "0"),
    FIELD_AS(REC_LIST, struct orders_bulk_result, results, .rec = &item_rec, .max = INTAKE_BULK_MAX,
             .doc = "In the order of the request"),
};
const struct rec orders_bulk_result_rec =
    REC(struct orders_bulk_result, "OrdersBulkResult", bulk_result_fields, "What became of each");
