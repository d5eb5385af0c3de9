/* The document from top to bottom, in the order that the schemas want. */
#include "einvoice_priv.h"

#include <string.h>

/* ---- Codes ---- */

const char *einvoice_unit(const char *unit)
{
  static const struct {
    const char *unit, *code;
  } units[] = {{"pcs", "C62"},  {"kg", "KGM"},    {"g", "GRM"},     {"t", "TNE"},   {"m", "MTR"},   {"cm", "CMT"},
               {"mm", "MMT"},   {"m2", "MTK"},    {"m3", "MTQ"},    {"l", "LTR"},   {"ml", "MLT"},  {"h", "HUR"},
               {"min", "MIN"},  {"day", "DAY"},   {"month", "MON"}, {"pair", "PR"}, {"set", "SET"}, {"box", "XBX"},
               {"pack", "XPK"}, {"dozen", "DZN"}, {"lb", "LBR"},    {"oz", "ONZ"},  {"ft", "FOT"},  {"in", "INH"},
               {"case", "XCS"}, {"roll", "XRO"},  {"pallet", "XPX"}};
  for (size_t i = 0; unit && i < COUNT_OF(units); i++)
    if (strcmp(units[i].unit, unit) == 0)
      return units[i].code;
  return "C62";
}

/* UNTDID 7161, and words for people. */
static const struct charge_code {
  const char *kind, *code, *reason;
} charge_codes[] = {
    {"shipping", "FC", "Freight"},
    {"service_charge", "ABK", "Service charge"},
    {"cod_fee", "ABK", "Cash on delivery"},
    {"gift_wrap", "ABL", "Gift wrapping"},
    {"deposit_refundable", "ABK", "Deposit"},
    {"tip", "ABK", "Tip"},
    {"cash_rounding", "ABK", "Rounding"},
};
static const struct charge_code *charge_code(const char *kind)
{
  for (size_t i = 0; kind && i < COUNT_OF(charge_codes); i++)
    if (strcmp(charge_codes[i].kind, kind) == 0)
      return &charge_codes[i];
  return &charge_codes[1];
}

/* ---- Amounts: hundredths ---- */

struct sums {
  int64_t lines, charges, allowances, tax, exclusive, inclusive, prepaid, payable, rounding;
};
struct document {
  struct xml x;
  struct arena *arena;
  const struct invoice *i;
  int decimals;
  bool credit;
  struct sums sums;
};

static int64_t hundredths(const struct document *d, struct money m)
{
  static const int64_t tens[] = {1, 10, 100, 1000, 10000};
  return d->decimals <= 2 ? m.minor * tens[2 - d->decimals] : div_round(m.minor, tens[d->decimals - 2]);
}

static const char *decimal(struct document *d, int64_t v, int places)
{
  char text[32];
  decimal_format(v, places, text);
  return arena_text(d->arena, text);
}

static void amount(struct document *d, const char *name, int64_t v)
{
  xml_text_with(&d->x, name, "currencyID", d->i->currency, decimal(d, v, 2));
}

static bool is_rounding(const struct invoice_line *l)
{
  return !l->tax_code; /* cash rounding is in no tax table */
}

/* The tax of a group: as it was charged, where the model lets it be so. */
static int64_t taxable_of(const struct document *d, const struct invoice_tax *t)
{
  int64_t sum = 0;
  EACH (const struct invoice_line, l, &d->i->content.lines)
    if (l->tax_rate.ppm == t->rate.ppm && text_eq(l->tax_code, t->code))
      sum += hundredths(d, l->net);
  EACH (const struct invoice_line, l, &d->i->content.charges)
    if (!is_rounding(l) && l->tax_rate.ppm == t->rate.ppm && text_eq(l->tax_code, t->code))
      sum += hundredths(d, l->net);
  return sum;
}

static int64_t tax_of(const struct document *d, const struct invoice_tax *t)
{
  int64_t charged = hundredths(d, t->tax), exact = div_round((__int128)taxable_of(d, t) * t->rate.ppm, SCALE);
  return charged - exact < 100 && exact - charged < 100 ? charged : exact;
}

static void add_up(struct document *d)
{
  struct sums *s = &d->sums;
  EACH (const struct invoice_line, l, &d->i->content.lines)
    s->lines += hundredths(d, l->net);
  EACH (const struct invoice_line, l, &d->i->content.charges) {
    int64_t net = hundredths(d, l->net);
    if (!is_rounding(l))
      *(net < 0 ? &s->allowances : &s->charges) += net < 0 ? -net : net;
  }
  EACH (const struct invoice_tax, t, &d->i->content.taxes)
    s->tax += tax_of(d, t);
  s->exclusive = s->lines + s->charges - s->allowances;
  s->inclusive = s->exclusive + s->tax;
  s->prepaid = hundredths(d, d->i->totals.paid);
  s->payable = hundredths(d, d->i->totals.due);
  s->rounding = s->payable - (s->inclusive - s->prepaid);
}

/* ---- Parties ---- */

static void scheme(struct document *d, const char *id, const char *tax)
{
  if (text_empty(id))
    return;
  xml_open(&d->x, "cac:PartyTaxScheme");
  xml_text(&d->x, "cbc:CompanyID", id);
  xml_open(&d->x, "cac:TaxScheme");
  xml_text(&d->x, "cbc:ID", tax);
  xml_close(&d->x);
  xml_close(&d->x);
}

static bool outside_scope(const struct invoice *i)
{
  return i->content.taxes.n && text_eq(i->content.taxes.at[0].code, "O");
}

static void address(struct document *d, const struct invoice_party *p, const char *name)
{
  xml_open(&d->x, name);
  xml_text(&d->x, "cbc:StreetName", p->line1);
  xml_text(&d->x, "cbc:AdditionalStreetName", p->line2);
  xml_text(&d->x, "cbc:CityName", p->city);
  xml_text(&d->x, "cbc:PostalZone", p->postal_code);
  xml_text(&d->x, "cbc:CountrySubentity", p->region);
  xml_open(&d->x, "cac:Country");
  xml_text(&d->x, "cbc:IdentificationCode", p->country);
  xml_close(&d->x);
  xml_close(&d->x);
}

static void contact(struct document *d, const struct invoice_party *p)
{
  if (text_empty(p->contact) && text_empty(p->phone) && text_empty(p->email))
    return;
  xml_open(&d->x, "cac:Contact");
  xml_text(&d->x, "cbc:Name", p->contact);
  xml_text(&d->x, "cbc:Telephone", p->phone);
  xml_text(&d->x, "cbc:ElectronicMail", p->email);
  xml_close(&d->x);
}

/* A buyer's local tax number is its legal registration; a seller's is its tax registration. Outside the scope of VAT no VAT
 * number may stand (BR-O-02). */
static void party(struct document *d, const struct invoice_party *p, bool seller, const char *name)
{
  bool outside = outside_scope(d->i);
  const char *registration =
      text_empty(p->registration) && (!seller || text_empty(p->vat_id) || outside) ? p->tax_id : p->registration;
  xml_open(&d->x, name);
  xml_open(&d->x, "cac:Party");
  address(d, p, "cac:PostalAddress");
  scheme(d, outside ? NULL : p->vat_id, "VAT");
  scheme(d, seller && !outside ? p->tax_id : NULL, "FC");
  xml_open(&d->x, "cac:PartyLegalEntity");
  xml_text(&d->x, "cbc:RegistrationName", p->name);
  xml_text(&d->x, "cbc:CompanyID", registration);
  xml_close(&d->x);
  contact(d, p);
  xml_close(&d->x);
  xml_close(&d->x);
}

/* ---- Head ---- */

static void head(struct document *d)
{
  const struct invoice *i = d->i;
  xml_text(&d->x, "cbc:CustomizationID", "urn:cen.eu:en16931:2017");
  xml_text(&d->x, "cbc:ID", i->number);
  xml_text(&d->x, "cbc:IssueDate", i->issue_date);
  if (!d->credit)
    xml_text(&d->x, "cbc:DueDate", i->due_date);
  xml_text(&d->x, d->credit ? "cbc:CreditNoteTypeCode" : "cbc:InvoiceTypeCode", d->credit ? "381" : "380");
  xml_text(&d->x, "cbc:Note", i->reason);
  if (d->decimals > 2)
    xml_text(&d->x, "cbc:Note",
             arena_printf(d->arena, "Amounts are rounded to two decimals; the exact total is %s %s",
                          decimal(d, i->totals.total.minor, d->decimals), i->currency));
  xml_text(&d->x, "cbc:DocumentCurrencyCode", i->currency);
  xml_open(&d->x, "cac:OrderReference");
  xml_text(&d->x, "cbc:ID", i->order_number);
  xml_close(&d->x);
  if (!i->preceding_number)
    return;
  xml_open(&d->x, "cac:BillingReference");
  xml_open(&d->x, "cac:InvoiceDocumentReference");
  xml_text(&d->x, "cbc:ID", i->preceding_number);
  xml_text(&d->x, "cbc:IssueDate", i->preceding_date);
  xml_close(&d->x);
  xml_close(&d->x);
}

static bool intra_community(const struct invoice *i)
{
  EACH (const struct invoice_tax, t, &i->content.taxes)
    if (text_eq(t->code, "K"))
      return true;
  return false;
}

static void delivery(struct document *d)
{
  const struct invoice *i = d->i;
  bool within = intra_community(i);
  const char *date = i->delivery_date ? i->delivery_date : within ? i->issue_date : NULL;
  if (!date)
    return;
  xml_open(&d->x, "cac:Delivery");
  xml_text(&d->x, "cbc:ActualDeliveryDate", date);
  if (within) {
    xml_open(&d->x, "cac:DeliveryLocation");
    address(d, i->buyer, "cac:Address");
    xml_close(&d->x);
  }
  xml_close(&d->x);
}

static void payment(struct document *d)
{
  const struct invoice *i = d->i;
  const struct invoice_party *s = i->content.seller;
  if (!d->credit && d->sums.payable > 0 && iban_valid(s->iban)) {
    xml_open(&d->x, "cac:PaymentMeans");
    xml_text(&d->x, "cbc:PaymentMeansCode", strcmp(i->currency, "EUR") == 0 ? "58" : "30");
    xml_text(&d->x, "cbc:PaymentID", i->number);
    xml_open(&d->x, "cac:PayeeFinancialAccount");
    xml_text(&d->x, "cbc:ID", s->iban);
    xml_text(&d->x, "cbc:Name", s->name);
    if (!text_empty(s->bic)) {
      xml_open(&d->x, "cac:FinancialInstitutionBranch");
      xml_text(&d->x, "cbc:ID", s->bic);
      xml_close(&d->x);
    }
    xml_close(&d->x);
    xml_close(&d->x);
  }
  if (d->sums.payable == 0)
    return;
  xml_open(&d->x, "cac:PaymentTerms");
  xml_text(&d->x, "cbc:Note", i->due_date ? arena_printf(d->arena, "Due on %s", i->due_date) : "Due at once");
  xml_close(&d->x);
}

/* ---- Taxes and sums ---- */

static void tax_category(struct document *d, const char *name, const char *code, struct rate rate,
                         const char *reason_code, const char *reason)
{
  xml_open(&d->x, name);
  xml_text(&d->x, "cbc:ID", code);
  if (strcmp(code, "O") != 0)
    xml_text(&d->x, "cbc:Percent", decimal(d, rate.ppm, 4));
  xml_text(&d->x, "cbc:TaxExemptionReasonCode", reason_code);
  xml_text(&d->x, "cbc:TaxExemptionReason", reason);
  xml_open(&d->x, "cac:TaxScheme");
  xml_text(&d->x, "cbc:ID", "VAT");
  xml_close(&d->x);
  xml_close(&d->x);
}

static void charges(struct document *d)
{
  EACH (const struct invoice_line, l, &d->i->content.charges) {
    int64_t net = hundredths(d, l->net);
    if (is_rounding(l) || net == 0)
      continue;
    const struct charge_code *code = charge_code(l->kind);
    xml_open(&d->x, "cac:AllowanceCharge");
    xml_text(&d->x, "cbc:ChargeIndicator", net < 0 ? "false" : "true");
    if (net > 0)
      xml_text(&d->x, "cbc:AllowanceChargeReasonCode", code->code);
    xml_text(&d->x, "cbc:AllowanceChargeReason", code->reason);
    amount(d, "cbc:Amount", net < 0 ? -net : net);
    tax_category(d, "cac:TaxCategory", l->tax_code, l->tax_rate, NULL, NULL);
    xml_close(&d->x);
  }
}

static void taxes(struct document *d)
{
  xml_open(&d->x, "cac:TaxTotal");
  amount(d, "cbc:TaxAmount", d->sums.tax);
  EACH (const struct invoice_tax, t, &d->i->content.taxes) {
    xml_open(&d->x, "cac:TaxSubtotal");
    amount(d, "cbc:TaxableAmount", taxable_of(d, t));
    amount(d, "cbc:TaxAmount", tax_of(d, t));
    tax_category(d, "cac:TaxCategory", t->code, t->rate, t->reason_code,
                 text_eq(t->code, "S") || text_eq(t->code, "Z") ? NULL : t->reason);
    xml_close(&d->x);
  }
  xml_close(&d->x);
}

static void total(struct document *d)
{
  const struct sums *s = &d->sums;
  xml_open(&d->x, "cac:LegalMonetaryTotal");
  amount(d, "cbc:LineExtensionAmount", s->lines);
  amount(d, "cbc:TaxExclusiveAmount", s->exclusive);
  amount(d, "cbc:TaxInclusiveAmount", s->inclusive);
  if (s->allowances)
    amount(d, "cbc:AllowanceTotalAmount", s->allowances);
  if (s->charges)
    amount(d, "cbc:ChargeTotalAmount", s->charges);
  if (s->prepaid)
    amount(d, "cbc:PrepaidAmount", s->prepaid);
  if (s->rounding)
    amount(d, "cbc:PayableRoundingAmount", s->rounding);
  amount(d, "cbc:PayableAmount", s->payable);
  xml_close(&d->x);
}

/* ---- Lines ---- */

static int64_t net_discount(const struct document *d, const struct invoice_line *l)
{
  struct money net =
      d->i->prices_include_tax ? pricing_share(l->discount, 0, l->net.minor, l->amount.minor) : l->discount;
  return hundredths(d, l->amount.minor == 0 && d->i->prices_include_tax ? MONEY(0) : net);
}

static void price(struct document *d, const struct invoice_line *l, int64_t before_discount)
{
  const char *unit = einvoice_unit(l->unit);
  bool own = !d->i->prices_include_tax && price_set(l->unit_price) && !l->amount_only;
  xml_open(&d->x, "cac:Price");
  if (own)
    xml_text_with(&d->x, "cbc:PriceAmount", "currencyID", d->i->currency,
                  decimal(d, l->unit_price.millionths, 6 + d->decimals));
  else
    amount(d, "cbc:PriceAmount", before_discount);
  xml_text_with(&d->x, "cbc:BaseQuantity", "unitCode", unit, own ? "1" : decimal(d, l->quantity.millionths, 6));
  xml_close(&d->x);
}

static void line(struct document *d, const struct invoice_line *l)
{
  int64_t discount = net_discount(d, l), net = hundredths(d, l->net);
  xml_open(&d->x, d->credit ? "cac:CreditNoteLine" : "cac:InvoiceLine");
  xml_text(&d->x, "cbc:ID", decimal(d, l->n, 0));
  xml_text_with(&d->x, d->credit ? "cbc:CreditedQuantity" : "cbc:InvoicedQuantity", "unitCode", einvoice_unit(l->unit),
                decimal(d, l->quantity.millionths, 6));
  amount(d, "cbc:LineExtensionAmount", net);
  if (discount > 0) {
    xml_open(&d->x, "cac:AllowanceCharge");
    xml_text(&d->x, "cbc:ChargeIndicator", "false");
    xml_text(&d->x, "cbc:AllowanceChargeReasonCode", "95");
    xml_text(&d->x, "cbc:AllowanceChargeReason", "Discount");
    amount(d, "cbc:Amount", discount);
    xml_close(&d->x);
  }
  xml_open(&d->x, "cac:Item");
  xml_text(&d->x, "cbc:Name", text_empty(l->name) ? l->sku : l->name);
  xml_open(&d->x, "cac:SellersItemIdentification");
  xml_text(&d->x, "cbc:ID", l->sku);
  xml_close(&d->x);
  tax_category(d, "cac:ClassifiedTaxCategory", l->tax_code, l->tax_rate, NULL, NULL);
  xml_close(&d->x);
  price(d, l, net + discount);
  xml_close(&d->x);
}

/* A credit of charges alone: they are its lines, since the model wants one. */
static void charge_lines(struct document *d)
{
  int64_t n = 0;
  EACH (const struct invoice_line, l, &d->i->content.charges) {
    struct invoice_line as = *l;
    as.n = ++n;
    as.name = charge_code(l->kind)->reason;
    as.sku = l->kind;
    if (!is_rounding(l))
      line(d, &as);
  }
}

/* ---- What must be known ---- */

static void lacks(struct fault *f, const char *pointer, const char *what)
{
  enum err ignored = fault_add(f, ERR_INVALID, pointer, "required", "an e-invoice needs %s", what);
  (void)ignored;
}

static bool has_code(const struct invoice *i, const char *codes)
{
  EACH (const struct invoice_tax, t, &i->content.taxes)
    if (strstr(codes, t->code))
      return true;
  return false;
}

static enum err complete(struct fault *f, const struct invoice *i)
{
  const struct invoice_party *s = i->content.seller, *b = i->buyer;
  if (!i->number || !i->issue_date)
    return fault_fail(f, ERR_STATE, "/number", "an e-invoice is made of an issued document");
  if (!s || text_empty(s->name) || text_empty(s->country))
    lacks(f, "/seller/country", "the company's name and country (settings company.*)");
  else if (text_empty(s->vat_id) && text_empty(s->tax_id) && text_empty(s->registration))
    lacks(f, "/seller/vat_id", "the company's VAT or tax number (settings company.*)");
  else if (text_empty(s->vat_id) && text_empty(s->tax_id) && !outside_scope(i))
    lacks(f, "/seller/vat_id", "the company's VAT or tax number (settings company.*)");
  else if (text_empty(s->vat_id) && has_code(i, " AE K G "))
    lacks(f, "/seller/vat_id", "the company's VAT number where no tax is charged (settings company.*)");
  if (!b || text_empty(b->name))
    lacks(f, "/buyer/name", "the buyer's name");
  if (!b || text_empty(b->country))
    lacks(f, "/buyer/country", "the buyer's country");
  if (b && text_empty(b->vat_id) &&
      (has_code(i, " K ") || (has_code(i, " AE ") && text_empty(b->tax_id) && text_empty(b->registration))))
    lacks(f, "/buyer/vat_id", "the buyer's VAT number, since the buyer owes the tax");
  return f->code;
}

enum err einvoice_write(struct arena *a, struct fault *f, const struct invoice *i, struct einvoice_out *out)
{
  struct buf text;
  struct document d = {.arena = a, .i = i, .credit = i->kind == CREDIT_NOTE};
  TRY(complete(f, i));
  buf_init(&text, a);
  d.x.out = &text;
  d.decimals = currency_decimals(i->currency);
  d.decimals = d.decimals < 0 ? 2 : d.decimals;
  const char *root = d.credit ? "CreditNote" : "Invoice";
  bool only_charges = i->content.lines.n == 0;
  add_up(&d);
  if (only_charges) {
    d.sums.lines = d.sums.exclusive;
    d.sums.charges = d.sums.allowances = 0;
  }
  buf_printf(
      &text,
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<%s xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:%s-2\"\n"
      "  xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\"\n"
      "  xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\">\n",
      root, root);
  d.x.depth = 1;
  head(&d);
  party(&d, i->content.seller, true, "cac:AccountingSupplierParty");
  party(&d, i->buyer, false, "cac:AccountingCustomerParty");
  delivery(&d);
  payment(&d);
  if (!only_charges)
    charges(&d);
  taxes(&d);
  total(&d);
  EACH (const struct invoice_line, l, &i->content.lines)
    line(&d, l);
  if (only_charges)
    charge_lines(&d);
  buf_printf(&text, "</%s>\n", root);
  *out = (struct einvoice_out){buf_str(&text), text.n};
  return ERR_OK;
}
