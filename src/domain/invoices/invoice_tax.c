/* Tax codes, the tax table and the sums of a document; tax ids and bank accounts. Pure. */
#include "invoices_priv.h"

#include <ctype.h>
#include <string.h>

/* ---- Codes ---- */

/* Why no tax is due: our category, its code in UNTDID 5305, the reason of the list VATEX and in words. */
static const struct untaxed {
  const char *category, *code, *reason_code, *reason;
} untaxed[] = {
    {"zero", "Z", NULL, NULL},
    {"exempt", "E", NULL, "Exempt from tax"},
    {"reverse_charge", "AE", "VATEX-EU-AE", "Reverse charge"},
    {"intra_community", "K", "VATEX-EU-IC", "Intra-Community supply"},
    {"export", "G", "VATEX-EU-G", "Export outside the EU"},
    {"outside_scope", "O", "VATEX-EU-O", "Not subject to VAT"},
};

static const struct untaxed *untaxed_by(const char *category)
{
  for (size_t i = 0; category && i < COUNT_OF(untaxed); i++)
    if (strcmp(untaxed[i].category, category) == 0)
      return &untaxed[i];
  return &untaxed[0];
}

static bool is_rounding(const struct invoice_line *l)
{
  return l->kind && strcmp(l->kind, charge_kinds[CHARGE_CASH_ROUNDING]) == 0 && l->tax.minor == 0;
}

/* What is in the tax table of a document: its lines, and its charges but the rounding of cash. */
typedef LIST(struct invoice_line *) taxed_lines;

static taxed_lines taxed_of(struct ctx *cx, struct invoice *i)
{
  taxed_lines all = {0};
  EACH (struct invoice_line, l, &i->content.lines)
    *LIST_ADD(cx->arena, &all) = l;
  EACH (struct invoice_line, l, &i->content.charges)
    if (!is_rounding(l))
      *LIST_ADD(cx->arena, &all) = l;
  return all;
}

/* Taxes that a channel charged as amounts have no rate: all of one category together come to one. */
static void rate_given(const taxed_lines *all)
{
  for (size_t i = 0; i < all->n; i++) {
    struct money net = MONEY(0), tax = MONEY(0);
    if (rate_set(all->at[i]->tax_rate))
      continue;
    for (size_t k = i; k < all->n; k++)
      if (!rate_set(all->at[k]->tax_rate) && text_eq(all->at[k]->tax_category, all->at[i]->tax_category)) {
        net = money_add(net, all->at[k]->net);
        tax = money_add(tax, all->at[k]->tax);
      }
    bool some = net.minor > 0 && tax.minor > 0;
    struct rate rate = RATE(some ? div_round((__int128)tax.minor * SCALE, net.minor) : 0);
    const char *category = all->at[i]->tax_category;
    for (size_t k = i; k < all->n; k++)
      if (!rate_set(all->at[k]->tax_rate) && text_eq(all->at[k]->tax_category, category))
        all->at[k]->tax_rate = rate;
  }
}

static void code_all(const taxed_lines *all)
{
  size_t outside = 0;
  for (size_t i = 0; i < all->n; i++) {
    struct invoice_line *l = all->at[i];
    l->tax_code = l->tax_rate.ppm > 0 || l->tax.minor != 0 ? "S" : untaxed_by(l->tax_category)->code;
    outside += strcmp(l->tax_code, "O") == 0;
  }
  /* What is outside the scope of the tax stands on no document with what is inside (BR-O-11): there it is exempt. */
  for (size_t i = 0; i < all->n && outside < all->n; i++)
    if (strcmp(all->at[i]->tax_code, "O") == 0)
      all->at[i]->tax_code = "E";
}

static struct invoice_tax *tax_row(struct ctx *cx, struct invoice *i, const struct invoice_line *l)
{
  EACH (struct invoice_tax, t, &i->content.taxes)
    if (t->rate.ppm == l->tax_rate.ppm && strcmp(t->code, l->tax_code) == 0)
      return t;
  const struct untaxed *why = untaxed_by(l->tax_category);
  bool taxed = strcmp(l->tax_code, "S") == 0;
  struct invoice_tax *t = LIST_ADD(cx->arena, &i->content.taxes);
  *t = (struct invoice_tax){.code = l->tax_code,
                            .category = l->tax_category,
                            .rate = l->tax_rate,
                            .reason_code = taxed || strcmp(why->code, l->tax_code) != 0 ? NULL : why->reason_code,
                            .reason = taxed ? NULL : why->reason};
  return t;
}

void bill_sum(struct ctx *cx, struct invoice *i)
{
  taxed_lines all = taxed_of(cx, i);
  struct invoice_totals *t = &i->totals;
  *t = (struct invoice_totals){0};
  rate_given(&all);
  code_all(&all);
  i->content.taxes.n = 0;
  for (size_t k = 0; k < all.n; k++) {
    struct invoice_tax *row = tax_row(cx, i, all.at[k]);
    row->net = money_add(row->net, all.at[k]->net);
    row->tax = money_add(row->tax, all.at[k]->tax);
    t->tax = money_add(t->tax, all.at[k]->tax);
  }
  EACH (const struct invoice_line, l, &i->content.lines)
    t->net = money_add(t->net, l->net);
  EACH (const struct invoice_line, l, &i->content.charges) {
    struct money *sum = is_rounding(l) ? &t->rounding : &t->charges;
    *sum = money_add(*sum, l->net);
  }
  t->total = money_add(money_add(t->net, t->charges), money_add(t->tax, t->rounding));
  t->due = t->total;
}

/* ---- Ids with check digits ---- */

/* GB 32100-2015: characters without I, O, S, V and Z; weights are powers of 3 modulo 31. */
bool tax_id_china(const char *s)
{
  static const char digits[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  int sum = 0, weight = 1;
  if (!s || strlen(s) != 18)
    return false;
  for (int i = 0; i < 17; i++) {
    const char *at = strchr(digits, s[i]);
    if (!at)
      return false;
    sum += (int)(at - digits) * weight;
    weight = weight * 3 % 31;
  }
  const char *last = strchr(digits, s[17]);
  return last && (int)(last - digits) == (31 - sum % 31) % 31;
}

/* Products are reduced to their digits' sums; a 7 at the seventh place gives 10, which counts as 1 or as 0. */
bool tax_id_taiwan(const char *s)
{
  static const int weights[] = {1, 2, 1, 2, 1, 2, 4, 1};
  int sum = 0;
  if (!s || strlen(s) != 8 || strspn(s, "0123456789") != 8)
    return false;
  for (int i = 0; i < 8; i++) {
    int product = (s[i] - '0') * weights[i];
    sum += product / 10 + product % 10;
  }
  return sum % 5 == 0 || (s[6] == '7' && (sum + 1) % 5 == 0);
}

bool vat_id_valid(const char *s)
{
  size_t n = s ? strlen(s) : 0;
  if (n < 4 || n > 15)
    return false;
  char country[3] = {s[0], s[1], 0};
  if (!country_valid(country) && strcmp(country, "EL") != 0 && strcmp(country, "XI") != 0)
    return false;
  return strspn(s + 2, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ+*") == n - 2;
}

bool iban_valid(const char *s)
{
  size_t n = s ? strlen(s) : 0;
  int rest = 0;
  if (n < 15 || n > 34 || strspn(s, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != n || !isupper((unsigned char)s[0]) ||
      !isupper((unsigned char)s[1]))
    return false;
  for (size_t i = 0; i < n; i++) {
    char c = s[(i + 4) % n];
    int v = isdigit((unsigned char)c) ? c - '0' : c - 'A' + 10;
    rest = (v > 9 ? rest * 100 + v : rest * 10 + v) % 97;
  }
  return rest == 1;
}

const char *buyer_problem(const struct invoice_party *b)
{
  if (b && b->vat_id && !vat_id_valid(b->vat_id))
    return "the buyer's VAT number is not valid";
  if (!b || text_empty(b->tax_id) || text_empty(b->country))
    return NULL;
  if (strcmp(b->country, "CN") == 0 && strlen(b->tax_id) == 18 && !tax_id_china(b->tax_id))
    return "the check character of the buyer's tax number (统一社会信用代码) is wrong";
  if (strcmp(b->country, "TW") == 0 && !tax_id_taiwan(b->tax_id))
    return "the check digit of the buyer's tax number (統一編號) is wrong";
  return NULL;
}
