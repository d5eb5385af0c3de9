/* The descriptors of the room. */
#include "changes_priv.h"

#define NAMES(name, ...) const char *const name[] = {__VA_ARGS__, NULL}

NAMES(change_states, "pending", "confirmed", "declined", "cancelled", "conflicted", "expired");
NAMES(change_origins, "staff", "channel", "customer");

/* ---- What is asked ---- */

static const struct rec_field line_fields[] = {
    FIELD(struct change_line_input, line, .min = 1, .max = ORDER_LINES_MAX,
          .doc = "Number of a line of the order; left out = a new line", .example = "1"),
    FIELD(struct change_line_input, sku, .max = SKU_MAX, .doc = "Catalog code of a new line", .example = "TEE-S"),
    FIELD(struct change_line_input, quantity, .min = 0, .max = QUANTITY_MAX,
          .doc = "What the customer is to get of it, without cancelled units; left out = as it is", .example = "3"),
    FIELD(struct change_line_input, unit_price,
          .doc = "For one unit, in minor units; of a new line left out = the catalog's", .example = "1890"),
    FIELD(struct change_line_input, price_reason, .min = 1, .max = 200,
          .doc = "Why unit_price is not the catalog's; needs order.price", .example = "matched a competitor's offer"),
    FIELD(struct change_line_input, discount, .min = 0, .max = MONEY_MAX,
          .doc = "For the whole line, its cancelled units included", .example = "100"),
    FIELD(struct change_line_input, tax_rate, .doc = "Of a new line; left out = the product's tax category",
          .example = "0.13"),
    FIELD(struct change_line_input, tax, .min = 0, .max = MONEY_MAX,
          .doc = "Of a new line: an amount instead of a rate", .example = "458"),
    FIELD_AS(REC_ENUM, struct change_line_input, kind, .names = line_kinds, .doc = "Of a new line", .example = "item"),
    FIELD(struct change_line_input, parent_line, .min = 1, .max = 2 * ORDER_LINES_MAX,
          .doc = "Of a new line: number of the line that it follows; new lines get the numbers after the last one",
          .example = "1"),
    FIELD(struct change_line_input, external_line_id, .max = 100, .doc = "Of a new line: the channel's own id",
          .example = "8"),
    FIELD_AS(REC_JSON, struct change_line_input, metadata, .max = 8192, .doc = "Of a new line", .example = "{}"),
};
static const struct rec line_rec =
    REC(struct change_line_input, "ChangeAskedLine", line_fields, "A line to change, by its number, or to add");

static const struct rec_field charge_fields[] = {
    FIELD_AS(REC_ENUM, struct order_charge_input, kind, .names = charge_kinds, .flags = REC_REQUIRED,
             .doc = "What the money is for", .example = "shipping"),
    FIELD(struct order_charge_input, amount, .flags = REC_REQUIRED,
          .doc = "In minor units; only cash_rounding may be below 0", .example = "500"),
    FIELD(struct order_charge_input, tax_rate, .doc = "Rate of its tax; left out = as it is", .example = "0.13"),
    FIELD(struct order_charge_input, tax, .min = 0, .max = MONEY_MAX,
          .doc = "An amount as charged, instead of tax_rate", .example = "58"),
};
static const struct rec charge_rec =
    REC(struct order_charge_input, "ChangeAskedCharge", charge_fields, "Money beside the lines, as it should be");

static const struct rec_field input_fields[] = {
    FIELD(struct change_input, reason, .min = 1, .max = CHANGE_REASON_MAX, .doc = "Why, for the timeline",
          .example = "the customer called"),
    FIELD_AS(REC_LIST, struct change_input, lines, .rec = &line_rec, .max = ORDER_LINES_MAX,
             .doc = "Lines to change and to add; others stay as they are"),
    FIELD_AS(
        REC_LIST, struct change_input, charges, .rec = &charge_rec, .max = ORDER_CHARGES_MAX,
        .doc = "The n-th of a kind stands for the order's n-th charge of that kind, or is a new one; 0 takes it away"),
    FIELD_AS(REC_RECORD, struct change_input, shipping_address, .rec = &address_rec, .flags = REC_PERSONAL,
             .doc = "Where it goes from now on"),
    FIELD_AS(REC_RECORD, struct change_input, billing_address, .rec = &address_rec, .flags = REC_PERSONAL,
             .doc = "Who pays from now on"),
    FIELD_AS(REC_RECORD, struct change_input, invoice, .rec = &order_invoice_rec, .flags = REC_PERSONAL,
             .doc = "What the invoice should say"),
    FIELD_AS(REC_RECORD, struct change_input, delivery, .rec = &order_delivery_rec,
             .doc = "How it reaches the customer"),
    FIELD(struct change_input, shipping_method, .max = 40, .doc = "What the customer chose", .example = "express"),
    FIELD_AS(REC_RECORD, struct change_input, requested_delivery, .rec = &order_window_rec,
             .doc = "When the customer wants it"),
    FIELD(struct change_input, expected_total, .min = 0, .max = MONEY_MAX,
          .doc = "What the customer is told to pay; another total holds the order", .example = "4480"),
    FIELD(struct change_input, recompute_tax,
          .doc = "Find tax rates anew, for the address as it is then; else they stay as charged", .example = "false"),
    FIELD(struct change_input, refund, .doc = "Give back what is paid beyond the new total", .example = "false"),
    FIELD(struct change_input, preview, .flags = REC_INPUT, .doc = "Say what it would do and write nothing",
          .example = "false"),
};
const struct rec change_input_rec =
    REC(struct change_input, "ChangeAsked", input_fields, "What should be otherwise in an order that was placed");

/* ---- What it does ---- */

static const struct rec_field money_fields[] = {
    FIELD_AS(REC_INLINE, struct change_money, before, .rec = &order_totals_rec, .prefix = "before_", .doc = "As it is"),
    FIELD_AS(REC_INLINE, struct change_money, after, .rec = &order_totals_rec, .prefix = "after_",
             .doc = "As it would be"),
    FIELD(struct change_money, difference, .flags = REC_REQUIRED,
          .doc = "Of what the customer pays: total less cancelled, after less before", .example = "1990"),
    FIELD(struct change_money, collect, .flags = REC_REQUIRED, .doc = "Still to be paid or authorized afterwards",
          .example = "1990"),
    FIELD(struct change_money, give_back, .flags = REC_REQUIRED,
          .doc = "Paid beyond the total afterwards and not given back by this set", .example = "0"),
};
static const struct rec money_rec = REC(struct change_money, "ChangeMoney", money_fields, "Money before and after");

static const struct rec_field refund_fields[] = {
    FIELD_AS(REC_ID, struct change_refund, payment, .prefix = PREFIX_payment, .flags = REC_REQUIRED,
             .doc = "Payment that gives back", .example = "pay_01jd7k3v9q2m8"),
    FIELD(struct change_refund, provider, .doc = "Who holds the money", .example = "manual"),
    FIELD(struct change_refund, amount, .flags = REC_REQUIRED, .doc = "So much", .example = "1990"),
};
static const struct rec refund_rec = REC(struct change_refund, "ChangeRefund", refund_fields, "Money given back");

static const struct rec_field units_fields[] = {
    FIELD(struct change_units, place, .flags = REC_REQUIRED, .doc = "As in the counters of a line",
          .example = "allocated"),
    FIELD(struct change_units, before, .flags = REC_REQUIRED, .doc = "Units there now", .example = "2"),
    FIELD(struct change_units, after, .flags = REC_REQUIRED, .doc = "And afterwards", .example = "3"),
};
static const struct rec units_rec = REC(struct change_units, "ChangeUnits", units_fields, "Units that come and go");

static const struct rec_field change_line_fields[] = {
    FIELD(struct change_line, line, .flags = REC_REQUIRED, .doc = "Number of the line", .example = "1"),
    FIELD(struct change_line, sku, .flags = REC_REQUIRED, .doc = "Catalog code", .example = "TEE-S"),
    FIELD(struct change_line, name, .doc = "Its name", .example = "T-shirt, small"),
    FIELD_AS(REC_ENUM, struct change_line, kind, .names = line_kinds, .doc = "What kind of line it is",
             .example = "item"),
    FIELD(struct change_line, added, .doc = "A new line", .example = "false"),
    FIELD(struct change_line, quantity_before, .flags = REC_REQUIRED, .doc = "Without cancelled units", .example = "2"),
    FIELD(struct change_line, quantity_after, .flags = REC_REQUIRED, .doc = "The same afterwards", .example = "3"),
    FIELD(struct change_line, price_before, .doc = "For one unit; left out for a new line", .example = "1990"),
    FIELD(struct change_line, price_after, .flags = REC_REQUIRED, .doc = "For one unit afterwards", .example = "1990"),
    FIELD(struct change_line, discount_before, .flags = REC_REQUIRED, .doc = "Of the whole line", .example = "0"),
    FIELD(struct change_line, discount_after, .flags = REC_REQUIRED, .doc = "Afterwards", .example = "0"),
    FIELD(struct change_line, total_before, .flags = REC_REQUIRED,
          .doc = "What the customer pays for it, without cancelled units", .example = "3980"),
    FIELD(struct change_line, total_after, .flags = REC_REQUIRED, .doc = "The same afterwards", .example = "5970"),
    FIELD_AS(REC_LIST, struct change_line, units, .rec = &units_rec, .max = PLACE_COUNT,
             .doc = "Where its units come from and go to"),
};
static const struct rec change_line_rec =
    REC(struct change_line, "ChangeLine", change_line_fields, "A line before and after");

static const struct rec_field stock_fields[] = {
    FIELD(struct change_stock, sku, .flags = REC_REQUIRED, .doc = "Catalog code", .example = "TEE-S"),
    FIELD(struct change_stock, location, .flags = REC_REQUIRED, .doc = "Code of the location", .example = "NJ1"),
    FIELD(struct change_stock, reserved, .flags = REC_REQUIRED, .doc = "Units reserved there", .example = "1"),
    FIELD(struct change_stock, released, .flags = REC_REQUIRED, .doc = "Units free again there", .example = "0"),
};
static const struct rec change_stock_rec =
    REC(struct change_stock, "ChangeStock", stock_fields, "Stock of one location");

static const struct rec_field hold_fields[] = {
    FIELD(struct change_hold, type, .flags = REC_REQUIRED, .doc = "Which rule", .example = "payment_mismatch"),
    FIELD(struct change_hold, reason, .doc = "Why", .example = "only 39.80 USD of 59.70 USD are paid or authorized"),
    FIELD(struct change_hold, released, .doc = "It would go; else it would be added", .example = "false"),
};
static const struct rec change_hold_rec =
    REC(struct change_hold, "ChangeHold", hold_fields, "A hold that comes or goes");

static const struct rec_field refusal_fields[] = {
    FIELD(struct change_refusal, pointer, .flags = REC_REQUIRED, .doc = "JSON pointer within the request",
          .example = "/lines/0/quantity"),
    FIELD(struct change_refusal, code, .flags = REC_REQUIRED, .doc = "Stable code", .example = "shipped"),
    FIELD(struct change_refusal, detail, .flags = REC_REQUIRED, .doc = "A sentence",
          .example = "2 of line 1 have shipped"),
    FIELD(struct change_refusal, sku, .doc = "Of `insufficient_stock`: which product", .example = "TEE-S"),
    FIELD(struct change_refusal, asked, .doc = "Of it, how much was asked", .example = "2"),
    FIELD(struct change_refusal, available, .doc = "Of it, how much is free", .example = "1"),
};
static const struct rec refusal_rec =
    REC(struct change_refusal, "ChangeRefusal", refusal_fields, "Why it cannot be confirmed");

static const struct rec_field preview_fields[] = {
    FIELD_AS(REC_INLINE, struct change_preview, money, .rec = &money_rec, .prefix = "",
             .doc = "Money before and after"),
    FIELD_AS(REC_LIST, struct change_preview, refunds, .rec = &refund_rec, .max = ORDER_PAYMENTS_MAX,
             .doc = "What is given back, by payment"),
    FIELD_AS(REC_LIST, struct change_preview, lines, .rec = &change_line_rec, .max = 2 * ORDER_LINES_MAX,
             .doc = "Lines that differ"),
    FIELD_AS(REC_LIST, struct change_preview, stock, .rec = &change_stock_rec, .max = 100 * ORDER_LINES_MAX,
             .doc = "Stock that is reserved and released"),
    FIELD_AS(REC_INLINE, struct change_preview, promise_before, .rec = &order_promise_rec, .prefix = "",
             .doc = "What is promised"),
    FIELD_AS(REC_INLINE, struct change_preview, promise_after, .rec = &order_promise_rec, .prefix = "",
             .doc = "What would be promised"),
    FIELD_AS(REC_LIST, struct change_preview, holds, .rec = &change_hold_rec, .max = 2 * ORDER_HOLDS_MAX,
             .doc = "Holds that come and go"),
    FIELD_AS(REC_LIST, struct change_preview, refusals, .rec = &refusal_rec, .max = FAULT_ENTRIES_MAX,
             .doc = "Why it cannot be confirmed; then the rest says what is now"),
};
const struct rec change_preview_rec =
    REC(struct change_preview, "ChangePreview", preview_fields, "What a change set does, or would do");

/* ---- Rows ---- */

static const struct rec_field set_fields[] = {
    FIELD(struct change_set, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct change_set, id, .flags = REC_KEY, .prefix = PREFIX_change,
             .doc = "Id of the set; a preview alone has none", .example = "chg_01jd7k3v9q2m8"),
    FIELD(struct change_set, version, .flags = REC_REQUIRED, .doc = "Moves with each step", .example = "1"),
    FIELD_AS(REC_ID, struct change_set, order_id, .flags = REC_REQUIRED, .prefix = PREFIX_order,
             .doc = "Order it changes", .example = "ord_01jd7k3v9q2m8"),
    FIELD_AS(REC_ENUM, struct change_set, state, .names = change_states,
             .doc = "Only a pending one can be decided about", .example = "pending"),
    FIELD_AS(REC_ENUM, struct change_set, origin, .names = change_origins, .doc = "Who wants it", .example = "staff"),
    FIELD(struct change_set, reason, .doc = "Why", .example = "the customer called"),
    FIELD(struct change_set, currency, .flags = REC_REQUIRED, .doc = "Of all money here", .example = "USD"),
    FIELD(struct change_set, base_version, .flags = REC_REQUIRED, .doc = "Version of the order when it was made",
          .example = "3"),
    FIELD_AS(REC_RECORD, struct change_set, asked, .rec = &change_input_rec, .doc = "What should be otherwise"),
    FIELD_AS(REC_RECORD, struct change_set, preview, .rec = &change_preview_rec,
             .doc = "What it would do now; of one that is decided, what it did or would have done"),
    FIELD(struct change_set, preview_hash, .flags = REC_REQUIRED, .doc = "To be sent when it is confirmed",
          .example = "5f7c..."),
    FIELD_AS(REC_JSON, struct change_set, conflicts,
             .doc =
                 "Fields that others have changed first: pointer, before, theirs, mine; of addresses the pointer alone",
             .example = "[]"),
    FIELD_AS(REC_JSON, struct change_set, base, .flags = REC_HIDDEN),
    FIELD(struct change_set, content_hash, .flags = REC_HIDDEN),
    FIELD(struct change_set, created_at, .flags = REC_REQUIRED, .doc = "When it was made"),
    FIELD(struct change_set, expires_at, .doc = "When it ends by itself"),
    FIELD(struct change_set, decided_at, .doc = "When it was decided"),
    FIELD(struct change_set, created_by, .doc = "Id of who made it", .example = "usr_01jd7k3v9q2m8"),
    FIELD(struct change_set, created_name, .doc = "Their name", .example = "Ann"),
    FIELD(struct change_set, decided_by, .doc = "Id of who decided", .example = "usr_01jd7k3v9q2m8"),
    FIELD(struct change_set, decided_name, .doc = "Their name", .example = "Ann"),
    FIELD(struct change_set, decide_reason, .doc = "And why", .example = "the parcel is packed already"),
    FIELD(struct change_set, applied_version, .doc = "Version of the order after it", .example = "4"),
};
const struct rec change_set_rec =
    REC(struct change_set, "ChangeSet", set_fields, "A change of an order that was placed: preview, then confirm");
const struct db_table change_set_table = {"change_set", &change_set_rec};

static const struct rec_field personal_fields[] = {
    FIELD(struct change_personal, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct change_personal, change_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_RECORD, struct change_personal, shipping_address, .rec = &address_rec, .flags = REC_PERSONAL),
    FIELD_AS(REC_RECORD, struct change_personal, billing_address, .rec = &address_rec, .flags = REC_PERSONAL),
    FIELD_AS(REC_RECORD, struct change_personal, invoice, .rec = &order_invoice_rec, .flags = REC_PERSONAL),
    FIELD_AS(REC_JSON, struct change_personal, base, .flags = REC_PERSONAL),
};
static const struct rec personal_rec =
    REC(struct change_personal, "ChangePersonal", personal_fields, "Personal data of a change set");
const struct db_table change_personal_table = {"change_personal", &personal_rec};

static const struct rec_field field_fields[] = {
    FIELD(struct change_field, pointer, .flags = REC_REQUIRED),
    FIELD_AS(REC_JSON, struct change_field, value),
};
static const struct rec field_rec = REC(struct change_field, "ChangeField", field_fields, "A field and what it says");
static const struct rec_field base_fields[] = {
    FIELD_AS(REC_LIST, struct change_base, fields, .rec = &field_rec, .max = 5 * ORDER_LINES_MAX),
};
const struct rec change_base_rec = REC(struct change_base, "ChangeBase", base_fields, "What a set's fields said");

static const struct rec_field confirm_fields[] = {
    FIELD(struct change_confirm_input, preview_hash, .max = HASH_TEXT,
          .doc = "Of the preview that was looked at; left out = that of the set as it was made", .example = "5f7c..."),
};
const struct rec change_confirm_rec =
    REC(struct change_confirm_input, "ChangeConfirm", confirm_fields, "Let it happen");

static const struct rec_field decide_fields[] = {
    FIELD(struct change_decide_input, reason, .min = 1, .max = CHANGE_REASON_MAX, .doc = "Why",
          .example = "the parcel is packed already"),
};
const struct rec change_decide_rec = REC(struct change_decide_input, "ChangeDecision", decide_fields, "Let it be");
