/* Invoices and credit notes on paper. */
#include "print_priv.h"

#include "invoices.h"

#include <string.h>

#define T(key) paper_text(s->language, key)

static const struct style label_style = {.size = 7.5, .gray = true, .lines = 1};
static const struct style body_style = {.size = 9.5, .lines = 6};
static const struct style small_style = {.size = 8, .gray = true, .lines = 4};

/* ---- Money and rates ---- */

/* 1,234.50, in the currency's decimals. */
static const char *money_text(struct sheet *s, const struct invoice *i, struct money m)
{
  char digits[32];
  int decimals = currency_decimals(i->currency);
  struct buf b;
  decimals = decimals < 0 ? 2 : decimals;
  int64_t unit = 1, v = m.minor < 0 ? -m.minor : m.minor;
  for (int k = 0; k < decimals; k++)
    unit *= 10;
  buf_init(&b, s->arena);
  size_t n = decimal_format(v / unit, 0, digits);
  buf_text(&b, m.minor < 0 ? "\u2212" : "");
  for (size_t k = 0; k < n; k++) {
    if (k && (n - k) % 3 == 0)
      buf_char(&b, ',');
    buf_char(&b, digits[k]);
  }
  if (decimals)
    buf_printf(&b, ".%0*lld", decimals, (long long)(v % unit));
  return buf_str(&b);
}

static const char *with_currency(struct sheet *s, const struct invoice *i, struct money m)
{
  return arena_printf(s->arena, "%s\u00a0%s", i->currency, money_text(s, i, m));
}

static const char *price_text(struct sheet *s, const struct invoice *i, struct price p)
{
  char text[32];
  int decimals = currency_decimals(i->currency);
  if (!price_set(p))
    return NULL;
  if (p.millionths % SCALE == 0)
    return money_text(s, i, MONEY(p.millionths / SCALE));
  decimal_format(p.millionths, 6 + (decimals < 0 ? 2 : decimals), text);
  return arena_text(s->arena, text);
}

static const char *rate_text(struct sheet *s, const struct invoice_line *l)
{
  char text[32];
  if (text_empty(l->tax_code))
    return NULL;
  decimal_format(l->tax_rate.ppm, 4, text);
  return strcmp(l->tax_code, "S") == 0 || strcmp(l->tax_code, "Z") == 0
             ? arena_printf(s->arena, "%s\u00a0%%", text)
             : arena_printf(s->arena, "%s\u00a0%% %s", text, l->tax_code);
}

/* ---- Head ---- */

static const char *party_address(struct sheet *s, const struct invoice_party *p)
{
  struct address a = {.line1 = p->line1,
                      .line2 = p->line2,
                      .city = p->city,
                      .region = p->region,
                      .postal_code = p->postal_code,
                      .country = p->country};
  return paper_address(s, &a, false);
}

static void add_id(struct sheet *s, struct buf *b, const char *between, const char *key, const char *value)
{
  if (!text_empty(value))
    buf_printf(b, "%s%s\u00a0%s", b->n ? between : "", T(key), paper_clean(s->arena, value));
}

/* Local names of tax numbers, where people look for them. */
static const char *tax_key(const struct invoice_party *p)
{
  return text_eq(p->country, "CN") ? "tax_id_cn" : text_eq(p->country, "TW") ? "tax_id_tw" : "tax_id";
}

static const char *ids_of(struct sheet *s, const struct invoice_party *p, const char *between)
{
  struct buf b;
  buf_init(&b, s->arena);
  add_id(s, &b, between, "vat_id", p->vat_id);
  add_id(s, &b, between, tax_key(p), p->tax_id);
  add_id(s, &b, between, "registration", p->registration);
  return buf_str(&b);
}

static const char *title_of(struct sheet *s, const struct invoice *i)
{
  if (i->state == INVOICE_DRAFT || i->state == INVOICE_REQUESTED)
    return T(i->kind == INVOICE ? "invoice_draft" : "credit_note_draft");
  return T(i->kind == INVOICE ? "invoice" : "credit_note");
}

static void letterhead(struct sheet *s, const struct invoice *i)
{
  static const struct style name = {.size = 15, .bold = true, .lines = 2};
  static const struct style title = {.size = 20, .bold = true, .align = RIGHT, .lines = 1};
  static const struct style number = {.size = 12, .align = RIGHT, .lines = 1};
  static const struct style stamp = {.size = 12, .bold = true, .align = RIGHT, .lines = 1};
  const struct invoice_party *p = i->content.seller;
  double left = s->paper->margin, inner = sheet_inner(s), half = inner * 0.55, y = s->y, right = s->y;
  struct buf reach;
  buf_init(&reach, s->arena);
  buf_text(&reach, party_address(s, p));
  if (!text_empty(p->phone))
    buf_printf(&reach, "\n%s", paper_clean(s->arena, p->phone));
  if (!text_empty(p->email))
    buf_printf(&reach, "\n%s", paper_clean(s->arena, p->email));
  y += text_draw(s, left, y, half, &name, paper_clean(s->arena, p->name)) + 1 * MM;
  y += text_draw(s, left, y, half, &(struct style){.size = 8.5, .gray = true, .lines = 8},
                 text_empty(p->country) ? NULL : buf_str(&reach));
  right += text_draw(s, left + half, right, inner - half, &title, title_of(s, i));
  right += text_draw(s, left + half, right, inner - half, &number, paper_clean(s->arena, i->number));
  if (i->state == INVOICE_VOIDED || i->state == INVOICE_REJECTED)
    right +=
        text_draw(s, left + half, right, inner - half, &stamp, T(i->state == INVOICE_VOIDED ? "voided" : "rejected"));
  s->y = (y > right ? y : right) + 4 * MM;
  rule_draw(s, left, s->y, inner, 1);
  s->y += 5 * MM;
}

static double fact_draw(struct sheet *s, double x, double y, double width, const char *key, const char *value)
{
  static const struct style value_style = {.size = 9.5, .align = RIGHT, .lines = 2};
  if (text_empty(value))
    return 0;
  text_draw(s, x, y + 0.7 * MM, width * 0.5, &label_style, T(key));
  return text_draw(s, x + width * 0.4, y, width * 0.6, &value_style, paper_clean(s->arena, value)) + 1 * MM;
}

static void parties(struct sheet *s, const struct invoice *i)
{
  static const struct style name = {.size = 11, .bold = true, .lines = 3};
  const struct invoice_party *b = i->buyer;
  double left = s->paper->margin, inner = sheet_inner(s), half = inner * 0.52, y = s->y, right = s->y;
  double x = left + half + 8 * MM, width = inner - half - 8 * MM;
  y += text_draw(s, left, y, half, &label_style, T("bill_to"));
  if (b) {
    y += text_draw(s, left, y, half, &name, paper_clean(s->arena, b->name));
    y += text_draw(s, left, y, half, &body_style, paper_clean(s->arena, b->contact));
    if (!text_empty(b->country))
      y += text_draw(s, left, y, half, &body_style, party_address(s, b));
    y += text_draw(s, left, y + 0.5 * MM, half, &small_style, ids_of(s, b, "\n"));
  } else
    y += text_draw(s, left, y, half, &small_style, T("buyer_erased"));
  right += fact_draw(s, x, right, width, "issue_date", i->issue_date);
  right += fact_draw(s, x, right, width, "delivery_date", i->delivery_date);
  right += fact_draw(s, x, right, width, "due_date", i->due_date);
  right += fact_draw(s, x, right, width, "order", i->order_number);
  right += fact_draw(s, x, right, width, "corrects", i->preceding_number);
  right += fact_draw(s, x, right, width, "corrects_date", i->preceding_date);
  right += fact_draw(s, x, right, width, "reason", i->reason ? i->reason : i->void_reason);
  s->y = (y > right ? y : right) + 6 * MM;
}

/* ---- Lines ---- */

static const char *charge_name(struct sheet *s, const char *kind)
{
  return T(arena_printf(s->arena, "charge.%s", kind));
}

static const char *discount_text(struct sheet *s, const struct invoice *i, const struct invoice_line *l)
{
  if (l->discount.minor == 0)
    return NULL;
  return arena_printf(s->arena, "%s \u2212%s", T("discount"), money_text(s, i, l->discount));
}

static void lines_draw(struct sheet *s, const struct invoice *i)
{
  struct table t = {(const struct column[]){{T("line"), 0.06, LEFT},
                                            {T("product"), 0.40, LEFT},
                                            {T("quantity"), 0.13, RIGHT},
                                            {T("unit_price"), 0.14, RIGHT},
                                            {T("tax"), 0.1, RIGHT},
                                            {T("amount"), 0.17, RIGHT}},
                    6};
  int64_t n = 0;
  table_head(s, &t);
  EACH (const struct invoice_line, l, &i->content.lines) {
    const char *sku = text_eq(l->name, l->sku) || text_empty(l->name) ? NULL : paper_clean(s->arena, l->sku);
    struct cell cells[6] = {
        {.text = paper_number(s, ++n)},
        {.text = paper_clean(s->arena, text_empty(l->name) ? l->sku : l->name),
         .small = l->amount_only ? T("money_off") : sku},
        {.text = l->amount_only ? NULL : paper_quantity(s, l->quantity, l->unit)},
        {.text = price_text(s, i, l->unit_price)},
        {.text = rate_text(s, l)},
        {.text = money_text(s, i, l->amount), .small = discount_text(s, i, l)},
    };
    table_row(s, &t, cells);
  }
  EACH (const struct invoice_line, l, &i->content.charges) {
    struct cell cells[6] = {{.text = paper_number(s, ++n)}, {.text = charge_name(s, l->kind)},    {0}, {0},
                            {.text = rate_text(s, l)},      {.text = money_text(s, i, l->amount)}};
    table_row(s, &t, cells);
  }
  s->y += 1.5 * MM;
  text_draw(s, s->paper->margin, s->y, sheet_inner(s), &small_style,
            T(i->prices_include_tax ? "amounts_with_tax" : "amounts_without_tax"));
  s->y += 6 * MM;
}

/* ---- Sums ---- */

static double sum_draw(struct sheet *s, double x, double y, double width, bool bold, const char *what,
                       const char *value)
{
  struct style style = {.size = bold ? 11.5 : 9.5, .bold = bold, .lines = 2}, right = style;
  right.align = RIGHT;
  right.lines = 1;
  double h = text_draw(s, x, y, width * 0.55, &style, what);
  double v = text_draw(s, x + width * 0.45, y, width * 0.55, &right, value);
  return (h > v ? h : v) + 1.2 * MM;
}

static const char *tax_name(struct sheet *s, const struct invoice_tax *t)
{
  char rate[32];
  decimal_format(t->rate.ppm, 4, rate);
  const char *reason =
      strcmp(t->code, "S") == 0 || strcmp(t->code, "Z") == 0 ? NULL : T(arena_printf(s->arena, "untaxed.%s", t->code));
  return reason ? arena_printf(s->arena, "%s %s\u00a0%% (%s)", T("tax"), rate, reason)
                : arena_printf(s->arena, "%s %s\u00a0%%", T("tax"), rate);
}

static double sums_height(const struct invoice *i)
{
  return (double)(6 + i->content.taxes.n) * 6.5 * MM;
}

static void sums_draw(struct sheet *s, const struct invoice *i)
{
  const struct invoice_totals *t = &i->totals;
  double inner = sheet_inner(s), width = inner * 0.5, x = s->paper->margin + inner - width;
  if (s->y + sums_height(i) > sheet_bottom(s))
    sheet_break(s);
  s->y += sum_draw(s, x, s->y, width, false, T("net_total"), money_text(s, i, money_add(t->net, t->charges)));
  EACH (const struct invoice_tax, row, &i->content.taxes) {
    const char *on = arena_printf(s->arena, "%s %s", T("on_net"), money_text(s, i, row->net));
    double top = s->y;
    s->y += sum_draw(s, x, s->y, width, false, tax_name(s, row), money_text(s, i, row->tax));
    text_draw(s, s->paper->margin, top + 0.6 * MM, inner - width - 4 * MM,
              &(struct style){.size = 8, .gray = true, .lines = 1, .align = RIGHT}, on);
  }
  if (t->rounding.minor)
    s->y += sum_draw(s, x, s->y, width, false, T("rounding"), money_text(s, i, t->rounding));
  rule_draw(s, x, s->y, width, 0.8);
  s->y += 1.5 * MM;
  s->y += sum_draw(s, x, s->y, width, true, T(i->kind == INVOICE ? "total" : "total_credited"),
                   with_currency(s, i, t->total));
  if (i->kind == CREDIT_NOTE)
    return;
  if (t->paid.minor)
    s->y +=
        sum_draw(s, x, s->y, width, false, T("paid"), arena_printf(s->arena, "\u2212%s", money_text(s, i, t->paid)));
  s->y += sum_draw(s, x, s->y, width, t->paid.minor != 0, T("due"), with_currency(s, i, t->due));
}

/* ---- Payment ---- */

/* European Payments Council, EPC069-12: version 002, SEPA credit transfer in euro; at most 331 bytes. */
static const char *epc_text(struct sheet *s, const struct invoice *i)
{
  const struct invoice_party *p = i->content.seller;
  char amount[32];
  if (strcmp(i->currency, "EUR") != 0 || !iban_valid(p->iban) || i->totals.due.minor <= 0)
    return NULL;
  decimal_format(i->totals.due.minor, 2, amount);
  return arena_printf(s->arena, "BCD\n002\n1\nSCT\n%s\n%s\n%s\nEUR%s\n\n\n%s", p->bic ? p->bic : "",
                      utf8_cut(s->arena, paper_clean(s->arena, p->name), 70), p->iban, amount,
                      i->number ? i->number : "");
}

static void payment_draw(struct sheet *s, const struct invoice *i)
{
  const struct invoice_party *p = i->content.seller;
  double left = s->paper->margin, side = 28 * MM, top, text;
  const char *epc = epc_text(s, i);
  if (i->kind == CREDIT_NOTE || i->totals.due.minor <= 0 || text_empty(p->iban))
    return;
  s->y += 6 * MM;
  if (s->y + side + 8 * MM > sheet_bottom(s))
    sheet_break(s);
  top = s->y;
  text = left;
  if (epc && barcode_draw(s, BARCODE_QR, epc, left, top, side, side) > 0)
    text += side + 5 * MM;
  double width = sheet_inner(s) - (text - left), y = top;
  y += text_draw(s, text, y, width, &(struct style){.size = 10.5, .bold = true, .lines = 1}, T("payment")) + 1 * MM;
  const struct {
    const char *key, *value;
  } facts[] = {{"payee", p->name}, {"bank", p->bank}, {"iban", p->iban}, {"bic", p->bic}, {"remittance", i->number}};
  for (size_t k = 0; k < COUNT_OF(facts); k++) {
    if (text_empty(facts[k].value))
      continue;
    text_draw(s, text, y + 0.5 * MM, 26 * MM, &label_style, T(facts[k].key));
    y += text_draw(s, text + 27 * MM, y, width - 27 * MM, &(struct style){.size = 9.5, .lines = 1},
                   paper_clean(s->arena, facts[k].value)) +
         0.4 * MM;
  }
  s->y = y > top + side ? y : top + side;
  if (text > left)
    s->y += text_draw(s, left, s->y + 1 * MM, side,
                      &(struct style){.size = 7, .gray = true, .lines = 2, .align = CENTER}, T("scan_to_pay"));
}

static void draw_invoice(struct sheet *s, const void *arg)
{
  const struct invoice *i = arg;
  sheet_document(s, i->language, "UTC", NULL);
  s->foot = ids_of(s, i->content.seller, "   ");
  letterhead(s, i);
  parties(s, i);
  lines_draw(s, i);
  sums_draw(s, i);
  payment_draw(s, i);
}

enum err print_invoice(struct arena *a, struct fault *f, const struct invoice *i, const char *language,
                       struct print_out *out)
{
  struct invoice as = *i;
  if (language)
    as.language = language;
  return sheet_print(a, f, &paper_a4, 1, draw_invoice, &as, out);
}
