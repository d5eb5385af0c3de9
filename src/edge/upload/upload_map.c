/* From the browser's mapping, a column is a field, to the one that files are read by; and the guess that people begin with. */
#define _GNU_SOURCE /* strptime */
#include "upload_priv.h"

#include "settings.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/uchar.h>

/* ---- Headers ---- */

static void put_character(struct buf *b, UChar32 c)
{
  static const struct {
    UChar32 below;
    int shift, lead;
  } forms[] = {{0x80, 0, 0}, {0x800, 6, 0xC0}, {0x10000, 12, 0xE0}, {0x110000, 18, 0xF0}};
  size_t i = 0;
  while (c >= forms[i].below)
    i++;
  buf_char(b, (char)(forms[i].lead | c >> forms[i].shift));
  for (int shift = forms[i].shift - 6; shift >= 0; shift -= 6)
    buf_char(b, (char)(0x80 | (c >> shift & 0x3F)));
}

/* The character at *p of valid UTF-8, and on to the next. */
static UChar32 next_character(const char **p)
{
  unsigned char lead = (unsigned char)*(*p)++;
  UChar32 c = lead < 0x80 ? lead : lead < 0xE0 ? lead & 0x1F : lead < 0xF0 ? lead & 0x0F : lead & 0x07;
  while (((unsigned char)**p & 0xC0) == 0x80)
    c = c << 6 | ((unsigned char)*(*p)++ & 0x3F);
  return c;
}

const char *upload_fold(struct arena *a, const char *header)
{
  struct buf b;
  buf_init(&b, a);
  if (!utf8_valid(header, strlen(header)))
    return "";
  for (const char *p = header; *p;) {
    UChar32 c = next_character(&p);
    if (u_isalnum(c))
      put_character(&b, u_foldCase(c, U_FOLD_CASE_DEFAULT));
  }
  return buf_str(&b);
}

static int compare_texts(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *upload_fingerprint(struct arena *a, enum upload_kind kind, const struct upload_found *file)
{
  const char **names = ARENA_ARRAY(a, const char *, file->columns.n + 1);
  char *hex = arena_alloc(a, HASH_TEXT);
  struct buf b;
  for (size_t i = 0; i < file->columns.n; i++)
    names[i] = file->columns.at[i].name;
  if (file->columns.n)
    qsort(names, file->columns.n, sizeof *names, compare_texts);
  buf_init(&b, a);
  buf_text(&b, upload_kinds[kind]);
  for (size_t i = 0; i < file->columns.n; i++)
    buf_printf(&b, "\x1f%s", names[i]);
  sha256_hex(b.at, b.n, hex);
  return hex;
}

/* Is the folded header one of the field's words? */
static bool has_word(const struct upload_field *f, const char *folded)
{
  size_t n = strlen(folded);
  for (const char *p = f->words; p && *p;) {
    size_t k = strcspn(p, "|");
    if (k == n && memcmp(p, folded, n) == 0)
      return true;
    p += k + (p[k] == '|');
  }
  return false;
}

static const struct upload_rule *rule_of(const struct upload_mapping *m, const char *field)
{
  EACH (const struct upload_rule, r, &m->columns)
    if (strcmp(r->field, field) == 0)
      return r;
  return NULL;
}

static bool is_used(const struct upload_mapping *m, const char *column)
{
  EACH (const struct upload_rule, r, &m->columns)
    if (text_eq(r->column, column))
      return true;
  return false;
}

static bool all_fit(const struct upload_column *c, const char *format)
{
  EACH (const char *, sample, &c->samples) {
    struct tm tm = {0};
    const char *end = strptime(*sample, format, &tm);
    if (!end || *end)
      return false;
  }
  return c->samples.n > 0;
}

/* The first way to write a time that all samples fit; NULL for RFC 3339 and where none does. */
static const char *guess_format(const struct upload_column *c)
{
  static const char *const formats[] = {
      "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S",  "%Y/%m/%d %H:%M", "%Y/%m/%d",
      "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%d.%m.%Y", "%m/%d/%Y %H:%M:%S",  "%m/%d/%Y %H:%M", "%m/%d/%Y",
      "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日",   "%Y%m%d"};
  for (size_t i = 0; i < COUNT_OF(formats); i++)
    if (all_fit(c, formats[i]))
      return formats[i];
  return NULL;
}

static bool has_column(const struct upload_found *file, const char *name)
{
  EACH (const struct upload_column, c, &file->columns)
    if (strcmp(c->name, name) == 0)
      return true;
  return false;
}

/* What our own lists give as CSV has amounts in minor units. */
static bool is_our_list(const struct upload_found *file)
{
  return has_column(file, "version") && has_column(file, "created_at");
}

/* "Weight (kg)" is weight. */
static const char *without_remark(struct arena *a, const char *header)
{
  static const char *const signs[] = {"(", "（", "["};
  size_t n = strlen(header);
  for (size_t i = 0; i < COUNT_OF(signs); i++) {
    const char *at = strstr(header, signs[i]);
    n = at && at > header && (size_t)(at - header) < n ? (size_t)(at - header) : n;
  }
  return arena_textn(a, header, n);
}

static void add_rule(struct arena *a, const struct upload_found *file, const struct upload_field *f,
                     const struct upload_column *c, struct upload_mapping *out)
{
  struct upload_rule *r = LIST_ADD(a, &out->columns);
  bool money = f->type == UPLOAD_PRICE || f->type == UPLOAD_MONEY;
  bool kilograms = f->type == UPLOAD_WEIGHT && strstr(upload_fold(a, c->name), "kg");
  bool centimeters = f->type == UPLOAD_LENGTH && strstr(upload_fold(a, c->name), "cm");
  *r = (struct upload_rule){.field = f->name, .column = c->name};
  r->unit = money && is_our_list(file) ? "minor" : kilograms ? "kg" : centimeters ? "cm" : NULL;
  if (f->type == UPLOAD_INSTANT || f->type == UPLOAD_DATE)
    r->format = guess_format(c);
}

static bool is_number(enum upload_type type)
{
  return type == UPLOAD_NUMBER || type == UPLOAD_MONEY || type == UPLOAD_PRICE || type == UPLOAD_WEIGHT ||
         type == UPLOAD_LENGTH;
}

/* "1,5" and "19,90" say comma; "1,500" does not. */
static const char *guess_decimal(enum upload_kind kind, const struct upload_found *file, const struct upload_mapping *m)
{
  size_t commas = 0, points = 0;
  EACH (const struct upload_rule, r, &m->columns) {
    const struct upload_field *f = upload_field_find(kind, r->field);
    for (size_t i = 0; f && is_number(f->type) && i < file->columns.n; i++) {
      if (!text_eq(file->columns.at[i].name, r->column))
        continue;
      EACH (const char *, sample, &file->columns.at[i].samples) {
        const char *comma = strrchr(*sample, ','), *point = strrchr(*sample, '.');
        commas += comma && (!point || comma > point) && strlen(comma + 1) != 3;
        points += point && (!comma || point > comma);
      }
    }
  }
  return commas > points ? "," : ".";
}

/* A column "id" is ours only when it holds ids of ours. */
static bool may_be(const struct upload_field *f, const struct upload_column *c)
{
  return strcmp(f->name, "id") != 0 || (c->samples.n && text_starts(c->samples.at[0], PREFIX_customer));
}

void upload_guess(struct arena *a, enum upload_kind kind, const struct upload_found *file, struct upload_mapping *out)
{
  *out = (struct upload_mapping){.update = true};
  for (int pass = 0; pass < 2; pass++) /* names of ours first, then what others call them */
    EACH (const struct upload_column, c, &file->columns) {
      const char *folded = upload_fold(a, c->name), *bare = upload_fold(a, without_remark(a, c->name));
      if (is_used(out, c->name))
        continue;
      for (const struct upload_field *f = upload_fields; f->name; f++) {
        const char *name = upload_fold(a, f->name);
        bool means =
            pass == 0 ? strcmp(folded, name) == 0 || strcmp(bare, name) == 0 : has_word(f, folded) || has_word(f, bare);
        if (f->kind != kind || !means || rule_of(out, f->name) || !may_be(f, c))
          continue;
        add_rule(a, file, f, c, out);
        break;
      }
    }
  out->decimal = guess_decimal(kind, file, out);
}

void upload_assume(struct arena *a, enum upload_kind kind, const struct upload_defaults *defaults,
                   struct upload_mapping *m)
{
  const struct upload_field *f = upload_field_find(kind, "currency");
  if (f && f->required && !rule_of(m, f->name))
    *LIST_ADD(a, &m->columns) = (struct upload_rule){.field = f->name, .constant = defaults->currency};
}

enum err upload_defaults_load(struct ctx *cx, struct upload_defaults *out)
{
  TRY(setting_text(cx, SETTING_COMPANY_CURRENCY, &out->currency));
  TRY(setting_text(cx, SETTING_COMPANY_TIME_ZONE, &out->time_zone));
  return setting_text(cx, SETTING_COMPANY_LANGUAGE, &out->language);
}

/* ---- Compiling: values ---- */

struct compiler {
  const struct upload *u;
  const struct upload_mapping *m;
  const struct upload_defaults *defaults;
  struct arena *a;
  struct fault *f;
};

static void wrong(struct compiler *c, size_t i, const char *member, const char *slug, const char *detail,
                  const char *text)
{
  (void)fault_add(c->f, ERR_INVALID, arena_printf(c->a, "/mapping/columns/%zu/%s", i, member), slug, "%s: %s", detail,
                  text);
}

/* Decimals by which a number is moved on its way to our unit. */
static int decimals_of(const struct compiler *c, const struct upload_field *f, const struct upload_rule *r)
{
  static const struct {
    const char *unit;
    int decimals;
  } units[] = {{"kg", 3}, {"g", 0}, {"m", 3}, {"cm", 1}, {"mm", 0}, {"minor", 0}};
  for (size_t i = 0; i < COUNT_OF(units); i++)
    if (text_eq(r->unit, units[i].unit))
      return units[i].decimals;
  bool money = f->type == UPLOAD_PRICE || f->type == UPLOAD_MONEY;
  const struct upload_rule *currency = rule_of(c->m, "currency");
  int named = currency && currency->constant ? currency_decimals(currency->constant) : -1;
  if (!money || named >= 0)
    return money ? named : 0;
  return currency_decimals(c->m->currency ? c->m->currency : c->defaults->currency);
}

static const char *const value_types[] = {
    [UPLOAD_TEXT] = "text",   [UPLOAD_NUMBER] = "number",   [UPLOAD_INTEGER] = "integer", [UPLOAD_MONEY] = "money",
    [UPLOAD_PRICE] = "price", [UPLOAD_RATE] = "text",       [UPLOAD_WEIGHT] = "money",    [UPLOAD_LENGTH] = "money",
    [UPLOAD_BOOL] = "bool",   [UPLOAD_INSTANT] = "instant", [UPLOAD_DATE] = "date",       [UPLOAD_TEXTS] = "texts",
    [UPLOAD_JSON] = "json",   [UPLOAD_CHOICE] = "text"};

static const char yes_and_no[] =
    "{\"是\":\"true\",\"否\":\"false\",\"有\":\"true\",\"无\":\"false\",\"YES\":\"true\",\"NO\":\"false\","
    "\"Yes\":\"true\",\"No\":\"false\",\"Y\":\"true\",\"N\":\"false\",\"ja\":\"true\",\"nein\":\"false\"}";

/* A rule as a value of import.h; a constant goes the way of a cell. */
static void put_value(struct compiler *c, const struct upload_field *f, const struct upload_rule *r, struct json_out *o)
{
  const char *map = r->map ? r->map : f->type == UPLOAD_BOOL ? yes_and_no : NULL;
  const struct upload_rule *currency = rule_of(c->m, "currency");
  json_object(o);
  if (r->constant)
    json_put_text(o, "text", r->constant);
  else
    json_put_text(o, "column", r->column);
  json_put_text(o, "type", value_types[f->type]);
  if (f->type == UPLOAD_MONEY || f->type == UPLOAD_PRICE || f->type == UPLOAD_WEIGHT || f->type == UPLOAD_LENGTH)
    json_put_i64(o, "decimals", decimals_of(c, f, r));
  if ((f->type == UPLOAD_MONEY || f->type == UPLOAD_PRICE) && !text_eq(r->unit, "minor") && currency)
    json_put_text(o, "currency", currency->column);
  json_put_text(o, "format", r->format);
  if (f->type == UPLOAD_CHOICE) {
    json_key(o, "lower");
    json_bool(o, true);
  }
  if (map) {
    json_key(o, "map");
    json_raw(o, map);
    json_put_text(o, "unmapped", "keep");
  }
  json_object_end(o);
}

/* ---- Compiling: the rules ---- */

static bool is_word(const char *words, const char *word)
{
  size_t n = strlen(word);
  for (const char *p = words; p && *p;) {
    size_t k = strcspn(p, " ");
    if (k == n && memcmp(p, word, n) == 0)
      return true;
    p += k + (p[k] == ' ');
  }
  return false;
}

static const struct upload_field *check_rule(struct compiler *c, size_t i)
{
  const struct upload_rule *r = &c->m->columns.at[i];
  const struct upload_field *f = upload_field_find((enum upload_kind)c->u->kind, r->field);
  if (!f) {
    wrong(c, i, "field", "unknown", "there is no such field", r->field);
    return NULL;
  }
  for (size_t k = 0; k < i; k++)
    if (strcmp(c->m->columns.at[k].field, r->field) == 0)
      wrong(c, i, "field", "twice", "this field is filled already", r->field);
  if (!r->column == !r->constant)
    wrong(c, i, "column", "required", "either a column or a constant fills it", r->field);
  if (r->column && !has_column(c->u->file, r->column))
    wrong(c, i, "column", "unknown", "the file has no such column", r->column);
  bool measured =
      f->type == UPLOAD_WEIGHT || f->type == UPLOAD_LENGTH || f->type == UPLOAD_PRICE || f->type == UPLOAD_MONEY;
  if (r->unit && (!measured || !is_word(f->choices, r->unit)))
    wrong(c, i, "unit", "not_one_of", "no unit of this field", r->unit);
  if (r->format && f->type != UPLOAD_INSTANT && f->type != UPLOAD_DATE)
    wrong(c, i, "format", "not_allowed", "only times and dates have a format", r->format);
  if (r->map && r->map[0] != '{')
    wrong(c, i, "map", "wrong_type", "expected an object", r->field);
  return f;
}

static const char *path_of(struct compiler *c, const struct upload_field *f)
{
  if (c->u->kind == UPLOAD_PRODUCTS && strcmp(f->name, "name") == 0)
    return arena_printf(c->a, "name.%s", c->defaults->language);
  return f->path ? f->path : f->name;
}

static void check_required(struct compiler *c)
{
  for (const struct upload_field *f = upload_fields; f->name; f++)
    if (f->kind == (enum upload_kind)c->u->kind && f->required && !rule_of(c->m, f->name))
      (void)fault_add(c->f, ERR_INVALID, "/mapping/columns", "required", "a column must fill %s", f->name);
  const struct upload_rule *counted = rule_of(c->m, "counted"), *delta = rule_of(c->m, "delta");
  if (c->u->kind == UPLOAD_STOCK && !counted && !delta && !rule_of(c->m, "safety"))
    (void)fault_add(c->f, ERR_INVALID, "/mapping/columns", "required", "a column must fill counted, delta or safety");
  if (c->u->kind == UPLOAD_STOCK && counted && delta)
    (void)fault_add(c->f, ERR_INVALID, "/mapping/columns", "not_both", "counted or delta, not both");
  const struct upload_rule *one = rule_of(c->m, "name");
  if (c->u->kind == UPLOAD_PRODUCTS && one && rule_of(c->m, arena_printf(c->a, "name.%s", c->defaults->language)))
    (void)fault_add(c->f, ERR_INVALID, "/mapping/columns", "twice", "name and name.%s are the same",
                    c->defaults->language);
  bool list = rule_of(c->m, "addresses") != NULL;
  EACH (const struct upload_rule, r, &c->m->columns)
    if (list && text_starts(r->field, "address."))
      list = false,
      (void)fault_add(c->f, ERR_INVALID, "/mapping/columns", "not_both", "addresses or address.*, not both");
  one = rule_of(c->m, "external_id");
  if (c->u->kind == UPLOAD_ORDERS && one && one->constant)
    (void)fault_add(c->f, ERR_INVALID, "/mapping/columns", "required", "external_id must be a column");
}

/* ---- Compiling: the whole ---- */

static void put_fields(struct compiler *c, const char *list, struct json_out *o)
{
  EACH (const struct upload_rule, r, &c->m->columns) {
    const struct upload_field *f = upload_field_find((enum upload_kind)c->u->kind, r->field);
    if (!text_eq(f->list, list))
      continue;
    json_key(o, path_of(c, f));
    put_value(c, f, r, o);
  }
}

static void put_constant(struct json_out *o, const char *path, const char *json)
{
  json_key(o, path);
  json_object(o);
  json_key(o, "const");
  json_raw(o, json);
  json_object_end(o);
}

/* Lists of one kind of document: what is the same for all items, and whether each row is one. */
static const struct list_shape {
  enum upload_kind kind;
  const char *list, *from,
      *decides; /* decides: the list is left out where this field has nothing; NULL = any of them */
  const char *constants[2][2];
} list_shapes[] = {
    {UPLOAD_STOCK, "lines", "document", NULL, {{NULL}}},
    {UPLOAD_CUSTOMERS, "addresses", "document", NULL, {{NULL}}},
    {UPLOAD_ORDERS, "lines", "rows", NULL, {{NULL}}},
    {UPLOAD_ORDERS, "charges", "document", "shipping", {{"kind", "\"shipping\""}, {NULL}}},
    {UPLOAD_ORDERS, "payments", "document", "paid", {{"provider", "\"import\""}, {"kind", "\"capture\""}}},
};

/* Columns of which one must hold something for the list to be there; with a constant none does, and it always is. */
static void put_deciding(struct compiler *c, const struct list_shape *shape, struct json_out *o)
{
  json_key(o, "unless_empty");
  json_array(o);
  EACH (const struct upload_rule, r, &c->m->columns) {
    const struct upload_field *f = upload_field_find((enum upload_kind)c->u->kind, r->field);
    bool ours = text_eq(f->list, shape->list) && (!shape->decides || strcmp(shape->decides, f->name) == 0);
    if (ours && r->column)
      json_text(o, r->column);
  }
  json_array_end(o);
}

static bool is_filled(struct compiler *c, const struct list_shape *shape)
{
  if (shape->decides)
    return rule_of(c->m, shape->decides) != NULL;
  EACH (const struct upload_rule, r, &c->m->columns)
    if (text_eq(upload_field_find((enum upload_kind)c->u->kind, r->field)->list, shape->list))
      return true;
  return false;
}

/* Stock of which only safety is brought has no line that changes anything. */
static bool is_wanted(struct compiler *c, const struct list_shape *shape)
{
  if (shape->kind == UPLOAD_STOCK)
    return true;
  return is_filled(c, shape);
}

static void put_lists(struct compiler *c, struct json_out *o)
{
  for (size_t i = 0; i < COUNT_OF(list_shapes); i++) {
    const struct list_shape *shape = &list_shapes[i];
    if (shape->kind != (enum upload_kind)c->u->kind || !is_wanted(c, shape))
      continue;
    json_key(o, shape->list);
    json_object(o);
    json_put_text(o, "from", shape->from);
    if (strcmp(shape->from, "document") == 0)
      put_deciding(c, shape, o);
    json_key(o, "fields");
    json_object(o);
    put_fields(c, shape->list, o);
    for (size_t k = 0; k < 2 && shape->constants[k][0]; k++)
      put_constant(o, shape->constants[k][0], shape->constants[k][1]);
    json_object_end(o);
    json_object_end(o);
  }
}

/* Rows of an order are those that share its id, wherever they stand in the file. */
static void put_groups(struct compiler *c, struct json_out *o)
{
  static const char *const keys[] = {"external_id", "channel"};
  if (c->u->kind != UPLOAD_ORDERS)
    return;
  json_key(o, "group_by");
  json_array(o);
  for (size_t i = 0; i < COUNT_OF(keys); i++) {
    const struct upload_rule *r = rule_of(c->m, keys[i]);
    if (r && r->column)
      json_text(o, r->column);
  }
  json_array_end(o);
  json_key(o, "gather");
  json_bool(o, true);
}

static const char *written(struct compiler *c)
{
  struct buf b;
  struct json_out o;
  buf_init(&b, c->a);
  json_out_init(&o, &b);
  json_object(&o);
  json_put_text(&o, "target", upload_kinds[c->u->kind]);
  json_put_text(&o, "format", "csv");
  json_put_text(&o, "delimiter", c->u->file->delimiter);
  json_put_text(&o, "decimal", c->m->decimal ? c->m->decimal : ".");
  json_put_text(&o, "time_zone", c->m->time_zone ? c->m->time_zone : c->defaults->time_zone);
  json_put_text(&o, "existing", c->m->update ? "update" : "keep");
  put_groups(c, &o);
  json_key(&o, "fields");
  json_object(&o);
  put_fields(c, NULL, &o);
  json_object_end(&o);
  json_key(&o, "lists");
  json_object(&o);
  put_lists(c, &o);
  json_object_end(&o);
  json_object_end(&o);
  return buf_str(&b);
}

enum err upload_compile(const struct upload *u, const struct upload_defaults *defaults, struct arena *a,
                        struct fault *f, struct mapping **out)
{
  struct compiler c = {u, u->mapping, defaults, a, f};
  size_t faults = f->n;
  if (c.m->currency && currency_decimals(c.m->currency) < 0)
    (void)fault_add(f, ERR_INVALID, "/mapping/currency", "unknown", "no currency of ISO 4217: %s", c.m->currency);
  for (size_t i = 0; i < c.m->columns.n; i++)
    (void)check_rule(&c, i);
  check_required(&c);
  if (f->n > faults)
    return ERR_INVALID;
  const char *json = written(&c);
  return mapping_read(json, strlen(json), a, f, out);
}
