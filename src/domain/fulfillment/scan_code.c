/* What a scanned text says: GS1 element strings, GTINs, SKUs, barcodes of our own making, and our own papers. */
#include "fulfillment_priv.h"

#include "settings.h"

#include <string.h>

/* ---- GS1 element strings (General Specifications 3 and 7.8) ---- */

#define FNC1 '\x1d'

/* Application identifiers by their first digits: how long the identifier is, and its data where that is fixed. */
static const struct ai_shape {
  const char *first;
  int digits, fixed; /* fixed 0 = up to FNC1 or the end */
} ai_shapes[] = {
    {"00", 2, 18}, {"01", 2, 14}, {"02", 2, 14}, {"03", 2, 14}, {"04", 2, 16}, {"11", 2, 6}, {"12", 2, 6},
    {"13", 2, 6},  {"14", 2, 6},  {"15", 2, 6},  {"16", 2, 6},  {"17", 2, 6},  {"18", 2, 6}, {"19", 2, 6},
    {"20", 2, 2},  {"31", 4, 6},  {"32", 4, 6},  {"33", 4, 6},  {"34", 4, 6},  {"35", 4, 6}, {"36", 4, 6},
    {"41", 3, 13}, {"10", 2, 0},  {"21", 2, 0},  {"22", 2, 0},  {"23", 3, 0},  {"24", 3, 0}, {"25", 3, 0},
    {"30", 2, 0},  {"37", 2, 0},  {"39", 4, 0},  {"40", 3, 0},  {"42", 3, 0},  {"43", 4, 0}, {"70", 4, 0},
    {"71", 3, 0},  {"72", 4, 0},  {"80", 4, 0},  {"81", 4, 0},  {"82", 4, 0},  {"90", 2, 0}, {"91", 2, 0},
    {"92", 2, 0},  {"93", 2, 0},  {"94", 2, 0},  {"95", 2, 0},  {"96", 2, 0},  {"97", 2, 0}, {"98", 2, 0},
    {"99", 2, 0},
};

static const struct ai_shape *shape_of(const char *ai)
{
  for (size_t i = 0; i < COUNT_OF(ai_shapes); i++)
    if (strncmp(ai_shapes[i].first, ai, 2) == 0)
      return &ai_shapes[i];
  return NULL;
}

static size_t digits_at(const char *s)
{
  return strspn(s, "0123456789");
}

/* YYMMDD as a date; day 00 is the month's last one. */
static const char *date_of(struct arena *a, const char *yymmdd)
{
  if (digits_at(yymmdd) != 6 || yymmdd[6])
    return NULL;
  const char *century = memcmp(yymmdd, "75", 2) > 0 ? "19" : "20";
  for (int day = 31; day >= 28; day--) {
    bool last = memcmp(yymmdd + 4, "00", 2) == 0;
    char *text = arena_printf(a, "%s%.2s-%.2s-%.2s", century, yymmdd, yymmdd + 2, yymmdd + 4);
    if (last)
      memcpy(text + 8, arena_printf(a, "%d", day), 2);
    if (date_valid(text, strlen(text)))
      return text;
  }
  return NULL;
}

/* False: what it says cannot be. */
static bool element(struct arena *a, const char *ai, const char *data, struct scan_code *out)
{
  if (strcmp(ai, "01") == 0 || strcmp(ai, "02") == 0) {
    out->gtin = data;
    return gtin_valid(data);
  }
  if (strcmp(ai, "00") == 0) {
    out->sscc = data;
    return digits_at(data) == 18 && !data[18] && data[17] == gs1_check_digit(data, 17);
  }
  if (strcmp(ai, "10") == 0)
    out->lot = data;
  else if (strcmp(ai, "21") == 0)
    out->serial = data;
  else if (strcmp(ai, "17") == 0 || (strcmp(ai, "15") == 0 && !out->expiry))
    return (out->expiry = date_of(a, data)) != NULL;
  else if (strcmp(ai, "30") == 0 || strcmp(ai, "37") == 0)
    return strlen(data) <= 8 && decimal_parse(data, strlen(data), 6, &out->quantity.millionths) &&
           out->quantity.millionths > 0;
  return *data != 0;
}

/* (01)04006381333931(10)L24-11 */
static bool with_brackets(struct arena *a, const char *s, struct scan_code *out)
{
  while (*s == '(') {
    size_t n = digits_at(s + 1);
    if (n < 2 || n > 4 || s[n + 1] != ')')
      return false;
    const char *ai = arena_textn(a, s + 1, n), *data = s + n + 2;
    size_t length = strcspn(data, "(\x1d");
    if (!shape_of(ai) || !element(a, ai, arena_textn(a, data, length), out))
      return false;
    s = data + length;
    s += *s == FNC1;
  }
  return *s == 0;
}

static bool without_brackets(struct arena *a, const char *s, struct scan_code *out)
{
  while (*s) {
    if (*s == FNC1) {
      s++;
      continue;
    }
    const struct ai_shape *shape = digits_at(s) >= 2 ? shape_of(s) : NULL;
    if (!shape || digits_at(s) < (size_t)shape->digits)
      return false;
    const char *ai = arena_textn(a, s, (size_t)shape->digits);
    s += shape->digits;
    size_t length = strcspn(s, "\x1d");
    if (shape->fixed && length < (size_t)shape->fixed)
      return false;
    if (shape->fixed)
      length = (size_t)shape->fixed;
    if (length == 0 || !element(a, ai, arena_textn(a, s, length), out))
      return false;
    s += length;
  }
  return true;
}

/* Paths cannot carry U+001D: its picture, U+241D, stands for it. */
static const char *separators(struct arena *a, const char *code)
{
  static const char picture[] = "\xe2\x90\x9d";
  struct buf b;
  if (!strstr(code, picture))
    return code;
  buf_init(&b, a);
  for (const char *next; (next = strstr(code, picture)); code = next + 3) {
    buf_add(&b, code, (size_t)(next - code));
    buf_char(&b, FNC1);
  }
  buf_text(&b, code);
  return buf_str(&b);
}

bool scan_code_gs1(struct arena *a, const char *code, struct scan_code *out)
{
  static const char *const symbologies[] = {"]C1", "]d2", "]Q3", "]e0", "]J1"};
  struct scan_code found = *out;
  bool said = false;
  code = separators(a, code);
  for (size_t i = 0; i < COUNT_OF(symbologies); i++)
    if (text_starts(code, symbologies[i])) {
      code += 3;
      said = true;
      break;
    }
  said = said || *code == FNC1 || strchr(code, FNC1);
  bool ok = *code == '(' ? with_brackets(a, code, &found)
            : said       ? without_brackets(a, code, &found)
            /* Scanners that leave FNC1 out: a GTIN or SSCC with its check digit must lead. */
            : (text_starts(code, "01") && strlen(code) >= 16) || (text_starts(code, "00") && strlen(code) == 20)
                ? without_brackets(a, code, &found)
                : false;
  if (ok && (found.gtin || found.sscc || found.lot || found.serial)) {
    found.kind = "gs1";
    *out = found;
    return true;
  }
  return false;
}

/* ---- GTINs ---- */

const char *gtin_14(struct arena *a, const char *gtin)
{
  size_t n = gtin ? strlen(gtin) : 0;
  if (n < 8 || n > 14 || digits_at(gtin) != n || !gtin_valid(gtin))
    return NULL;
  return arena_printf(a, "%.*s%s", (int)(14 - n), "00000000000000", gtin);
}

/* The ways a GTIN may be written in the catalog: with 14, 13, 12 or 8 digits. */
static void gtin_forms(const char *g14, struct db_value forms[4])
{
  static const size_t cut[4] = {0, 1, 2, 6};
  for (size_t i = 0; i < 4; i++) {
    bool zeros = strspn(g14, "0") >= cut[i];
    forms[i] = TEXT(zeros ? g14 + cut[i] : g14);
  }
}

static enum err product_by_gtin(struct ctx *cx, const char *g14, const struct product **out, struct quantity *packing)
{
  static const struct db_stmt of_product = {
      "SELECT id FROM product WHERE gtin IN ($1, $2, $3, $4) ORDER BY active DESC, id LIMIT 1", DB_KEYED};
  static const struct db_stmt of_unit = {
      "SELECT product_id, numerator, denominator FROM product_unit WHERE gtin IN ($1, $2, $3, $4)"
      " ORDER BY product_id, unit LIMIT 1",
      DB_KEYED};
  struct db_value forms[4];
  struct db_rows rows;
  struct product_id id = {0};
  gtin_forms(g14, forms);
  *packing = PIECES(1);
  TRY(db_one_i64(cx->db, &of_product, &id.v, forms, 4));
  if (!id.v) {
    TRY(db_query(cx->db, &of_unit, &rows, forms, 4));
    if (db_next(&rows)) {
      id.v = db_i64(&rows, 0);
      packing->millionths = (int64_t)((__int128)SCALE * db_i64(&rows, 1) / db_i64(&rows, 2));
    }
    TRY(db_done(&rows));
  }
  return id.v ? catalog_product_by_id(cx, id, out) : ERR_NOT_FOUND;
}

/* ---- One product against a code: what a fulfillment's own products answer without a question ---- */

/* {"barcode": "..."} or {"barcodes": ["...", "..."]} of a product's attributes. */
static bool barcode_of(struct ctx *cx, const struct product *p, const char *code)
{
  struct json j;
  if (!p->attributes)
    return false;
  json_init(&j, p->attributes, strlen(p->attributes), cx->arena);
  if (json_next(&j) != JSON_OBJECT)
    return false;
  while (json_next(&j) == JSON_KEY) {
    bool ours = strcmp(j.text, "barcode") == 0 || strcmp(j.text, "barcodes") == 0;
    enum json_token t = json_next(&j);
    if (ours && t == JSON_STRING && strcmp(j.text, code) == 0)
      return true;
    if (ours && t == JSON_ARRAY) {
      while ((t = json_next(&j)) != JSON_ARRAY_END && t != JSON_ERROR && t != JSON_END)
        if (t == JSON_STRING && strcmp(j.text, code) == 0)
          return true;
      continue;
    }
    if (!json_skip_rest(&j, t))
      return false;
  }
  return false;
}

bool scan_is_product(struct ctx *cx, const struct scan_code *c, const struct product *p, struct quantity *packing)
{
  const char *wanted = gtin_14(cx->arena, c->gtin ? c->gtin : c->code), *own = gtin_14(cx->arena, p->gtin);
  *packing = PIECES(1);
  if (strcmp(p->sku, c->code) == 0 || (wanted && own && strcmp(wanted, own) == 0))
    return true;
  EACH (const struct product_unit, u, &p->units) {
    const char *of_unit = gtin_14(cx->arena, u->gtin);
    if (wanted && of_unit && strcmp(wanted, of_unit) == 0) {
      packing->millionths = (int64_t)((__int128)SCALE * u->numerator / u->denominator);
      return true;
    }
  }
  return barcode_of(cx, p, c->code);
}

/* ---- Everything ---- */

static enum err of_product(struct ctx *cx, struct scan_code *c, const struct product *p, struct quantity packing,
                           const char *language)
{
  char id[ID_TEXT];
  const char *fallback;
  TRY(setting_text(cx, SETTING_COMPANY_LANGUAGE, &fallback));
  id_format(PREFIX_product, p->id.v, id);
  c->sku = arena_text(cx->arena, p->sku);
  c->product_id = arena_text(cx->arena, id);
  c->name = product_name(cx->arena, p, language ? language : fallback, fallback);
  c->unit = arena_text(cx->arena, p->unit);
  __int128 q = (__int128)(quantity_set(c->quantity) ? c->quantity.millionths : SCALE) * packing.millionths / SCALE;
  c->quantity.millionths = q > QUANTITY_MAX ? QUANTITY_MAX : (int64_t)q;
  return ERR_OK;
}

/* Our own papers: the number of an order, the id of a fulfillment or parcel, a tracking number. */
static enum err of_paper(struct ctx *cx, struct scan_code *c)
{
  char id[ID_TEXT];
  int64_t v;
  struct order_id order = {0};
  struct parcel *p;
  if (id_parse(PREFIX_fulfillment, c->code, &v)) {
    c->kind = "fulfillment";
    c->subject = c->code;
    return ERR_OK;
  }
  enum err err = order_find(cx, c->code, &order);
  if (err == ERR_OK) {
    id_format(PREFIX_order, order.v, id);
    c->kind = "order";
    c->subject = arena_text(cx->arena, id);
    return ERR_OK;
  }
  if (err == ERR_NOT_FOUND)
    err = parcel_load(cx, c->code, &p);
  if (err == ERR_OK) {
    id_format(PREFIX_parcel, p->id.v, id);
    c->kind = "parcel";
    c->subject = arena_text(cx->arena, id);
    return ERR_OK;
  }
  if (err != ERR_NOT_FOUND)
    return err;
  fault_clear(&cx->fault);
  return ERR_OK;
}

enum err scan_code_resolve(struct ctx *cx, const char *code, const char *language, struct scan_code *out)
{
  struct scan_code c = {.code = code, .kind = "unknown", .quantity = QUANTITY(ABSENT)};
  const struct product *p = NULL;
  struct quantity packing = PIECES(1);
  bool gs1 = scan_code_gs1(cx->arena, code, &c);
  enum err err = gs1 ? ERR_NOT_FOUND : catalog_product_by_sku(cx, code, &p);
  if (err == ERR_OK)
    c.kind = "sku";
  const char *g14 = gtin_14(cx->arena, gs1 ? c.gtin : code);
  if (err == ERR_NOT_FOUND && g14) {
    err = product_by_gtin(cx, g14, &p, &packing);
    if (!gs1) {
      c.kind = "gtin";
      c.gtin = code;
    }
  }
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  if (p)
    TRY(of_product(cx, &c, p, packing, language));
  else if (!gs1 && !g14)
    TRY(of_paper(cx, &c));
  *out = c;
  return ERR_OK;
}
