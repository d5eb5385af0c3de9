/* The records of documents: as they are answered, and as their rows keep them. */
#include "invoices_priv.h"

const char *const invoice_kinds[] = {"invoice", "credit_note", NULL};
const char *const invoice_states[] = {"draft", "requested", "issued", "rejected", "voided", "credited", NULL};

#define PARTY(member, bound, doc_, example_)                                                                           \
  FIELD(struct invoice_party, member, .max = bound, .flags = REC_PERSONAL, .doc = doc_, .example = example_)
static const struct rec_field party_fields[] = {
    PARTY(name, 200, "Name; of a company its legal one", "Nordlicht GmbH"),
    PARTY(contact, 200, "Person, where the name is a company's", "Li Wei"),
    PARTY(line1, 200, "Street and number", "1 Nanjing Rd"),
    PARTY(line2, 200, "Second line", "Floor 2"),
    PARTY(city, 100, "City", "Shanghai"),
    PARTY(region, 100, "State or province", "SH"),
    PARTY(postal_code, 20, "Postal code", "200000"),
    FIELD(struct invoice_party, country, .max = 2, .check = country_valid, .doc = "ISO 3166-1 alpha-2",
          .example = "CN"),
    PARTY(tax_id, 40, "Local tax number", "91310000MA1K35X63Q"),
    FIELD(struct invoice_party, vat_id, .max = 20, .flags = REC_PERSONAL, .check = vat_id_valid,
          .doc = "VAT number with its country's prefix", .example = "DE123456789"),
    PARTY(registration, 100, "Number in the register of companies", "HRB 12345"),
    PARTY(email, 254, "E-mail", "books@example.com"),
    PARTY(phone, 40, "Phone", "+49 30 1234567"),
    PARTY(iban, 34, "Account that is paid to", "DE89370400440532013000"),
    PARTY(bic, 11, "BIC of its bank", "COBADEFFXXX"),
    PARTY(bank, 100, "Its bank", "Commerzbank"),
};
const struct rec invoice_party_rec =
    REC(struct invoice_party, "InvoiceParty", party_fields, "Seller or buyer as they stand on a document");

static const struct rec_field line_fields[] = {
    FIELD(struct invoice_line, n, .flags = REC_REQUIRED, .doc = "Place on the document, from 1", .example = "1"),
    FIELD(struct invoice_line, line, .flags = REC_REQUIRED,
          .doc = "Line of the order; of a charge its place on the order, from 1", .example = "1"),
    FIELD(struct invoice_line, of, .doc = "On a credit note: n of the invoice's line", .example = "1"),
    FIELD(struct invoice_line, kind, .doc = "item, gift, component, modifier, service; of a charge shipping, tip ...",
          .example = "item"),
    FIELD(struct invoice_line, sku, .doc = "Catalog code", .example = "TEE-S"),
    FIELD(struct invoice_line, name, .doc = "Name in the order's language, as it was", .example = "T-shirt, small"),
    FIELD(struct invoice_line, unit, .doc = "Unit of the quantity", .example = "pcs"),
    FIELD(struct invoice_line, quantity, .flags = REC_REQUIRED, .doc = "On this document", .example = "2"),
    FIELD(struct invoice_line, amount_only, .doc = "On a credit note: money off, the units stay sold",
          .example = "false"),
    FIELD(struct invoice_line, unit_price, .doc = "For one unit, as the order has it", .example = "1990"),
    FIELD(struct invoice_line, gross, .flags = REC_REQUIRED, .doc = "amount + discount", .example = "3980"),
    FIELD(struct invoice_line, discount, .flags = REC_REQUIRED, .doc = "Of this part of the line", .example = "0"),
    FIELD(struct invoice_line, amount, .flags = REC_REQUIRED,
          .doc = "As the customer was quoted: with tax where prices_include_tax", .example = "3980"),
    FIELD(struct invoice_line, net, .flags = REC_REQUIRED, .doc = "total - tax", .example = "3522"),
    FIELD(struct invoice_line, tax, .flags = REC_REQUIRED, .doc = "Its tax", .example = "458"),
    FIELD(struct invoice_line, total, .flags = REC_REQUIRED, .doc = "What is to be paid for it", .example = "3980"),
    FIELD(struct invoice_line, tax_code, .doc = "UNTDID 5305: S, Z, E, AE, K, G, O", .example = "S"),
    FIELD(struct invoice_line, tax_category, .doc = "Tax category of the product", .example = "standard"),
    FIELD(struct invoice_line, tax_rate, .doc = "Rate; of a tax kept as charged, what it comes to", .example = "0.13"),
};
const struct rec invoice_line_rec =
    REC(struct invoice_line, "InvoiceLine", line_fields, "A line or a charge of an invoice or credit note");

static const struct rec_field tax_fields[] = {
    FIELD(struct invoice_tax, code, .flags = REC_REQUIRED, .doc = "UNTDID 5305: S, Z, E, AE, K, G, O", .example = "S"),
    FIELD(struct invoice_tax, category, .doc = "Tax category", .example = "standard"),
    FIELD(struct invoice_tax, rate, .flags = REC_REQUIRED, .doc = "Rate", .example = "0.13"),
    FIELD(struct invoice_tax, reason_code, .doc = "Why there is no tax: a code of the list VATEX",
          .example = "VATEX-EU-AE"),
    FIELD(struct invoice_tax, reason, .doc = "Why there is no tax", .example = "Reverse charge"),
    FIELD(struct invoice_tax, net, .flags = REC_REQUIRED, .doc = "Sum of its lines and charges without tax",
          .example = "3522"),
    FIELD(struct invoice_tax, tax, .flags = REC_REQUIRED, .doc = "Sum of their taxes", .example = "458"),
};
static const struct rec invoice_tax_rec =
    REC(struct invoice_tax, "InvoiceTax", tax_fields, "A row of the tax table of a document");

static const struct rec_field totals_fields[] = {
    FIELD(struct invoice_totals, net, .flags = REC_REQUIRED, .doc = "Lines without tax", .example = "3522"),
    FIELD(struct invoice_totals, charges, .flags = REC_REQUIRED, .doc = "Charges without tax", .example = "442"),
    FIELD(struct invoice_totals, tax, .flags = REC_REQUIRED, .doc = "Tax of all", .example = "516"),
    FIELD(struct invoice_totals, rounding, .flags = REC_REQUIRED, .doc = "Rounding of cash", .example = "0"),
    FIELD(struct invoice_totals, total, .flags = REC_REQUIRED, .doc = "net + charges + tax + rounding",
          .example = "4480"),
    FIELD(struct invoice_totals, paid, .flags = REC_REQUIRED, .doc = "Of it, paid when it was made", .example = "4480"),
    FIELD(struct invoice_totals, due, .flags = REC_REQUIRED, .doc = "total - paid", .example = "0"),
};
static const struct rec invoice_totals_rec =
    REC(struct invoice_totals, "InvoiceTotals", totals_fields, "Sums of a document");

static const struct rec_field content_fields[] = {
    FIELD_AS(REC_RECORD, struct invoice_content, seller, .rec = &invoice_party_rec, .doc = "Who sells"),
    FIELD_AS(REC_LIST, struct invoice_content, lines, .rec = &invoice_line_rec, .min = 0, .max = ORDER_LINES_MAX,
             .doc = "Lines"),
    FIELD_AS(REC_LIST, struct invoice_content, charges, .rec = &invoice_line_rec, .min = 0, .max = ORDER_CHARGES_MAX,
             .doc = "Charges"),
    FIELD_AS(REC_LIST, struct invoice_content, taxes, .rec = &invoice_tax_rec, .min = 0, .max = ORDER_LINES_MAX,
             .doc = "Tax table"),
};
const struct rec invoice_content_rec =
    REC(struct invoice_content, "InvoiceContent", content_fields, "What a document says");

static const struct rec_field content_row_fields[] = {
    FIELD(struct content_row, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct content_row, invoice_id, .flags = REC_KEY | REC_HIDDEN, .prefix = PREFIX_invoice),
    FIELD_AS(REC_ID, struct content_row, order_id, .flags = REC_HIDDEN, .prefix = PREFIX_order),
    FIELD_AS(REC_RECORD, struct content_row, content, .rec = &invoice_content_rec),
};
const struct rec content_row_rec =
    REC(struct content_row, "InvoiceContentRow", content_row_fields, "What a document says");
const struct db_table content_table = {"invoice_content", &content_row_rec};

static const struct rec_field personal_fields[] = {
    FIELD(struct personal_row, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct personal_row, invoice_id, .flags = REC_KEY | REC_HIDDEN, .prefix = PREFIX_invoice),
    FIELD(struct personal_row, issued_at),
    FIELD_AS(REC_RECORD, struct personal_row, buyer, .rec = &invoice_party_rec, .flags = REC_PERSONAL),
};
static const struct rec personal_row_rec =
    REC(struct personal_row, "InvoicePersonalRow", personal_fields, "The buyer of a document");
const struct db_table personal_table = {"invoice_personal", &personal_row_rec};

/* A part of the content, as a member of the document itself. */
#define PART(kind_, member, rec_, flags_, doc_)                                                                        \
  {                                                                                                                    \
    .name = #member, .offset = offsetof(struct invoice, content.member), .kind = kind_, .rec = rec_, .flags = flags_,  \
    .doc = doc_                                                                                                        \
  }
static const struct rec_field invoice_fields[] = {
    FIELD(struct invoice, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct invoice, id, .flags = REC_KEY | REC_REQUIRED, .prefix = PREFIX_invoice,
             .doc = "Id of the document", .example = "ivc_01jd7k3v9q2m8"),
    FIELD(struct invoice, version, .flags = REC_REQUIRED, .doc = "Moves with its state", .example = "1"),
    FIELD_AS(REC_ENUM, struct invoice, kind, .names = invoice_kinds, .doc = "Which document", .example = "invoice"),
    FIELD_AS(REC_ENUM, struct invoice, state, .names = invoice_states, .doc = "State", .example = "issued"),
    FIELD(struct invoice, number, .doc = "Its number; left out before it has one", .example = "INV-000001"),
    FIELD(struct invoice, series, .doc = "Series or block that the number was drawn from", .example = "invoice"),
    FIELD(struct invoice, serial, .doc = "Its place in the series", .example = "1"),
    FIELD_AS(REC_ID, struct invoice, order_id, .flags = REC_REQUIRED, .prefix = PREFIX_order, .doc = "Order",
             .example = "ord_01jd7k3v9q2m8"),
    FIELD(struct invoice, order_number, .flags = REC_REQUIRED, .doc = "Number of the order", .example = "SO-100023"),
    FIELD(struct invoice, channel, .flags = REC_REQUIRED, .doc = "Channel of the order", .example = "web"),
    FIELD_AS(REC_ID, struct invoice, shipment_id, .prefix = PREFIX_shipment, .doc = "Shipment that it bills",
             .example = "shp_01jd7k3v9q2m8"),
    FIELD_AS(REC_ID, struct invoice, preceding_id, .prefix = PREFIX_invoice, .doc = "Of a credit note: its invoice",
             .example = "ivc_01jd7k3v9q2m8"),
    FIELD(struct invoice, preceding_number, .doc = "Number of that invoice", .example = "INV-000001"),
    FIELD_AS(REC_DATE, struct invoice, preceding_date, .doc = "And its date", .example = "2026-11-20"),
    FIELD(struct invoice, currency, .flags = REC_REQUIRED, .doc = "Currency (ISO 4217)", .example = "EUR"),
    FIELD(struct invoice, language, .flags = REC_REQUIRED, .doc = "Language it is printed in", .example = "en"),
    FIELD(struct invoice, prices_include_tax, .doc = "Amounts of lines have tax in", .example = "true"),
    FIELD_AS(REC_ENUM, struct invoice, payment_terms, .names = payment_terms_names, .doc = "Payment terms of the order",
             .example = "prepaid"),
    FIELD_AS(REC_DATE, struct invoice, issue_date, .doc = "Date of issue", .example = "2026-11-20"),
    FIELD_AS(REC_DATE, struct invoice, due_date, .doc = "To be paid by", .example = "2026-12-04"),
    FIELD_AS(REC_DATE, struct invoice, delivery_date, .doc = "When the goods left", .example = "2026-11-21"),
    FIELD(struct invoice, reason, .doc = "Why it is credited", .example = "one cup was broken"),
    FIELD(struct invoice, void_reason, .doc = "Why it was voided, or rejected", .example = "wrong address"),
    FIELD(struct invoice, problem, .doc = "Why it could not be issued by itself", .example = "no number is left"),
    FIELD_AS(REC_INLINE, struct invoice, totals, .rec = &invoice_totals_rec, .prefix = "sum_", .doc = "Sums"),
    FIELD(struct invoice, credited, .flags = REC_REQUIRED, .doc = "Of the total, by its credit notes", .example = "0"),
    FIELD(struct invoice, content_hash, .doc = "SHA-256 of what was issued", .example = "9f86d081884c7d65"),
    FIELD(struct invoice, created_at, .flags = REC_REQUIRED, .doc = "When it was made"),
    FIELD(struct invoice, updated_at, .flags = REC_REQUIRED, .doc = "When its state last changed"),
    FIELD(struct invoice, issued_at, .doc = "When it was issued"),
    FIELD(struct invoice, voided_at, .doc = "When it was voided"),
    FIELD_AS(REC_RECORD, struct invoice, buyer, .rec = &invoice_party_rec, .flags = REC_VIRTUAL | REC_PERSONAL,
             .doc = "Who buys"),
    PART(REC_RECORD, seller, &invoice_party_rec, REC_VIRTUAL, "Who sells"),
    PART(REC_LIST, lines, &invoice_line_rec, 0, "Lines"),
    PART(REC_LIST, charges, &invoice_line_rec, 0, "Charges"),
    PART(REC_LIST, taxes, &invoice_tax_rec, 0, "Tax table"),
};
const struct rec invoice_rec = REC(struct invoice, "Invoice", invoice_fields, "An invoice or a credit note");
const struct db_table invoice_table = {"invoice", &invoice_rec};

/* ---- Bodies ---- */

static const struct rec_field line_input_fields[] = {
    FIELD(struct invoice_line_input, line, .flags = REC_REQUIRED, .min = 1, .max = INT32_MAX,
          .doc = "Line of the order", .example = "1"),
    FIELD(struct invoice_line_input, quantity, .min = 1, .max = QUANTITY_MAX,
          .doc = "Left out = all that is not invoiced yet", .example = "1"),
};
static const struct rec line_input_rec =
    REC(struct invoice_line_input, "InvoiceLineInput", line_input_fields, "A line to invoice");
static const struct rec_field input_fields[] = {
    FIELD_AS(REC_LIST, struct invoice_input, lines, .rec = &line_input_rec, .min = 0, .max = ORDER_LINES_MAX,
             .doc = "Lines and quantities; left out = all that is not invoiced yet"),
    FIELD(struct invoice_input, shipment, .max = 40, .doc = "Instead of lines: what this shipment brought",
          .example = "shp_01jd7k3v9q2m8"),
    FIELD_AS(REC_FLAG, struct invoice_input, charges, .doc = "false: no charges; left out = those not invoiced yet",
             .example = "true"),
    FIELD(struct invoice_input, draft, .doc = "true: it gets no number yet", .example = "false"),
    FIELD_AS(REC_RECORD, struct invoice_input, buyer, .rec = &invoice_party_rec, .flags = REC_PERSONAL,
             .doc = "Instead of whom the order names"),
    FIELD_AS(REC_DATE, struct invoice_input, due_date, .doc = "Left out = by the payment terms",
             .example = "2026-12-04"),
};
const struct rec invoice_input_rec = REC(struct invoice_input, "InvoiceInput", input_fields, "What to invoice");

static const struct rec_field credit_line_fields[] = {
    FIELD(struct credit_line_input, n, .flags = REC_REQUIRED, .min = 1, .max = INT32_MAX,
          .doc = "Place of the invoice's line", .example = "1"),
    FIELD(struct credit_line_input, quantity, .min = 1, .max = QUANTITY_MAX,
          .doc = "Units taken back; left out = all that is not credited yet, or with an amount none", .example = "1"),
    FIELD(struct credit_line_input, amount, .min = 1, .max = MONEY_MAX,
          .doc = "Money off of the line's total instead, tax included; the units stay sold", .example = "500"),
};
static const struct rec credit_line_rec =
    REC(struct credit_line_input, "CreditLineInput", credit_line_fields, "A line to credit");
static const struct rec_field credit_fields[] = {
    FIELD_AS(REC_LIST, struct credit_input, lines, .rec = &credit_line_rec, .min = 0, .max = ORDER_LINES_MAX,
             .doc = "Lines; left out = all that is not credited yet"),
    FIELD_AS(REC_FLAG, struct credit_input, charges, .doc = "Charges too; left out = only where no lines are named",
             .example = "true"),
    FIELD(struct credit_input, reason, .flags = REC_REQUIRED, .max = INVOICE_REASON_MAX, .doc = "Why",
          .example = "one cup was broken"),
    FIELD(struct credit_input, draft, .doc = "true: it gets no number yet", .example = "false"),
};
const struct rec credit_input_rec = REC(struct credit_input, "CreditNoteInput", credit_fields, "What to credit");

static const struct rec_field number_fields[] = {
    FIELD(struct invoice_number_input, number, .min = 1, .max = INVOICE_NUMBER_MAX,
          .doc = "Number that the authority gave; only of a requested document", .example = "AB-12345678"),
    FIELD_AS(REC_DATE, struct invoice_number_input, date, .doc = "Its date of issue; left out = today",
             .example = "2026-11-20"),
};
const struct rec invoice_number_rec =
    REC(struct invoice_number_input, "InvoiceNumberInput", number_fields, "How it is issued");

static const struct rec_field block_fields[] = {
    FIELD_AS(REC_ID, struct number_block, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_number_block,
             .doc = "Id of the block", .example = "nbk_01jd7k3v9q2m8"),
    FIELD(struct number_block, version, .flags = REC_READONLY, .doc = "Version", .example = "1"),
    FIELD_AS(REC_ENUM, struct number_block, kind, .names = invoice_kinds, .doc = "Which documents it is for",
             .example = "invoice"),
    FIELD(struct number_block, prefix, .flags = REC_REQUIRED, .max = 12,
          .doc = "What stands before the digits, with its dash", .example = "AB-"),
    FIELD(struct number_block, digits, .min = 1, .max = 12, .def = 8, .has_def = true, .doc = "Digits, with zeros",
          .example = "8"),
    FIELD(struct number_block, first_value, .flags = REC_REQUIRED, .min = 1, .max = 999999999999,
          .doc = "First number of the range", .example = "12345650"),
    FIELD(struct number_block, last_value, .flags = REC_REQUIRED, .min = 1, .max = 999999999999,
          .doc = "Last number of the range", .example = "12345699"),
    FIELD_AS(REC_DATE, struct number_block, valid_from, .doc = "First day that it may be used",
             .example = "2026-11-01"),
    FIELD_AS(REC_DATE, struct number_block, valid_until, .doc = "Last day", .example = "2026-12-31"),
    FIELD(struct number_block, note, .max = 500, .doc = "Note", .example = "November and December"),
    FIELD(struct number_block, next_value, .flags = REC_READONLY | REC_VIRTUAL, .doc = "Next number to be drawn",
          .example = "12345678"),
    FIELD(struct number_block, unused, .flags = REC_READONLY | REC_VIRTUAL, .doc = "Numbers not drawn: to be reported",
          .example = "22"),
    FIELD(struct number_block, first_unused, .flags = REC_READONLY | REC_VIRTUAL,
          .doc = "The first of them, as written", .example = "AB-12345678"),
    FIELD(struct number_block, last_unused, .flags = REC_READONLY | REC_VIRTUAL, .doc = "The last of them",
          .example = "AB-12345699"),
    FIELD(struct number_block, created_at, .flags = REC_READONLY, .doc = "When it was entered"),
    FIELD(struct number_block, updated_at, .flags = REC_READONLY, .doc = "When it last changed"),
};
const struct rec number_block_rec =
    REC(struct number_block, "NumberBlock", block_fields, "A range of numbers that a government gave");
const struct db_table number_block_table = {"number_block", &number_block_rec};
