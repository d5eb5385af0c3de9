/* What a mapping's expressions say of a row: columns, rules, values. A value goes one way: text of the file, trimmed and
 * translated, then its type, then JSON. */
#define _GNU_SOURCE /* strptime */
#include "import_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define MILLION INT64_C(1000000)

/* ---- Columns ---- */

const char *eval_column(const struct eval *e, const struct column_ref *ref)
{
  const struct import_row *row = e->rows[ref->source];
  if (!row && ref->source > 0) {
    const char *key = eval_column(e, &e->m->sources.at[ref->source].on_ref);
    const row_list *rows = key ? join_rows(e->reader, ref->source, key) : NULL;
    row = rows && rows->n ? rows->at[0] : NULL;
  }
  return row ? row->cells[ref->column] : NULL;
}

const row_list *rows_of(const struct eval *e, int source)
{
  static const row_list none;
  if (source == 0)
    return e->group;
  const char *key = eval_column(e, &e->m->sources.at[source].on_ref);
  const row_list *rows = key ? join_rows(e->reader, source, key) : &none;
  struct eval at = *e;
  for (size_t i = 0; i < rows->n; i++) {
    at.rows[source] = rows->at[i];
    rows->at[i]->rule = rules_match(&at, &e->m->sources.at[source].rules);
  }
  return rows;
}

/* ---- Numbers ---- */

/* Signs that group thousands stand before three digits each, and never behind the decimal sign: "1.5" is not 15. */
static bool groups_fit(const char *text, char group, char decimal)
{
  const char *end = strchr(text, decimal);
  for (const char *p = strchr(text, group); p; p = strchr(p + 1, group))
    if (p == text || (end && p > end) || strspn(p + 1, "0123456789") != 3)
      return false;
  return true;
}

bool value_decimal(const struct mapping *m, const char *text, int places, struct arena *a, int64_t *out)
{
  size_t n = strlen(text), k = 0;
  if (!m->decimal)
    return decimal_parse(text, n, places, out);
  char decimal = *m->decimal, group = decimal == ',' ? '.' : ',';
  char *plain = arena_alloc(a, n + 1);
  if (!groups_fit(text, group, decimal))
    return false;
  for (size_t i = 0; i < n; i++)
    if (text[i] != group)
      plain[k++] = text[i] == decimal ? '.' : text[i];
  return decimal_parse(plain, k, places, out);
}

/* column x times, in millionths; false when one is no number or the product has more than six places. */
static bool product(const struct eval *e, const struct column_ref *column, const struct column_ref *times, int64_t *out)
{
  const char *text = eval_column(e, column), *factor = times ? eval_column(e, times) : "1";
  int64_t a, b;
  if (text_empty(text) || text_empty(factor)) {
    *out = 0; /* nothing adds nothing */
    return true;
  }
  if (!value_decimal(e->m, text, 6, e->arena, &a) || !value_decimal(e->m, factor, 6, e->arena, &b))
    return false;
  __int128 p = (__int128)a * b;
  if (p % MILLION != 0 || p / MILLION > INT64_MAX / 2 || p / MILLION < INT64_MIN / 2)
    return false;
  *out = (int64_t)(p / MILLION);
  return true;
}

bool amounts_add(const struct eval *e, const struct source_rule *source, struct import_sum *sum, struct fault *f)
{
  bool fine = true;
  EACH (struct amount_rule, amount, &source->sums) {
    int64_t v, total;
    if (product(e, &amount->ref, amount->times ? &amount->times_ref : NULL, &v) &&
        !__builtin_add_overflow(sum->amounts[amount->index], v, &total)) {
      sum->amounts[amount->index] = total;
      continue;
    }
    (void)fault_add(f, ERR_INVALID, "", "not_a_number", "the amount %s cannot be read from %s: %s", amount->name,
                    amount->column, eval_column(e, &amount->ref));
    fine = false;
  }
  return fine;
}

/* ---- Rules ---- */

static bool is_one_of(const struct condition *t, const char *text)
{
  EACH (const char *, word, &t->one_of) {
    if (strcmp(*word, text) == 0)
      return true;
  }
  return false;
}

static bool ends_with(const char *text, const char *end)
{
  size_t n = strlen(text), k = strlen(end);
  return n >= k && memcmp(text + n - k, end, k) == 0;
}

/* A text that is no number is neither below nor above. */
static bool in_bounds(const struct eval *e, const struct condition *t, const char *text)
{
  int64_t v;
  if (!t->below && !t->above)
    return true;
  return value_decimal(e->m, text, 6, e->arena, &v) && (!t->below || v < t->below_millionths) &&
         (!t->above || v > t->above_millionths);
}

static bool holds(const struct eval *e, const struct condition *t)
{
  const char *text = eval_column(e, &t->ref);
  if (!text)
    text = "";
  bool all = (!t->equals || strcmp(text, t->equals) == 0) && (!t->one_of.n || is_one_of(t, text)) &&
             (!t->starts || text_starts(text, t->starts)) && (!t->ends || ends_with(text, t->ends)) &&
             (!t->matches || regexec(&t->regex, text, 0, NULL, 0) == 0) &&
             (t->empty == ABSENT || (t->empty == 1) == (*text == 0)) && in_bounds(e, t, text);
  return all != t->negate;
}

const struct row_rule *rules_match(const struct eval *e, const row_rules *rules)
{
  for (size_t i = 0; i < rules->n; i++) {
    bool all = true;
    for (size_t k = 0; k < rules->at[i].when.n && all; k++)
      all = holds(e, &rules->at[i].when.at[k]);
    if (all)
      return &rules->at[i];
  }
  return NULL;
}

const char *row_class(const struct source_rule *source, const struct import_row *row)
{
  if (row->rule)
    return row->rule->as;
  return source->otherwise ? source->otherwise : "line";
}

/* ---- Values: the text ---- */

static bool refuse(const struct eval *e, const char *pointer, const char *slug, const char *what, const char *text)
{
  (void)fault_add(e->fault, ERR_INVALID, pointer, slug, "%s: '%.60s'", what, text);
  return false;
}

static const char *picked_column(const struct eval *e, const struct value *v);

bool columns_hold(const struct eval *e, const struct list_rule *l)
{
  bool something = l->deciding.n == 0;
  for (size_t i = 0; i < l->deciding.n; i++) {
    const struct value v = {.ref = l->deciding.at[i]};
    const char *text = picked_column(e, &v);
    something |= text && text[strspn(text, "0., \t")] != 0;
  }
  return something;
}

/* A document's own value comes from its first or last row that has something; rows that were set aside have no say. */
static const char *picked_column(const struct eval *e, const struct value *v)
{
  const char *found = NULL;
  if (!e->at_document || v->ref.source != 0 || e->group->n == 1)
    return eval_column(e, &v->ref);
  for (size_t i = 0; i < e->group->n; i++) {
    const struct import_row *row = e->group->at[v->pick == PICK_LAST ? e->group->n - 1 - i : i];
    if (row_class(&e->m->sources.at[0], row) && !text_empty(found = row->cells[v->ref.column]))
      return found;
  }
  return found;
}

static const char *filled_template(const struct eval *e, const struct value *v)
{
  struct buf b;
  bool something = false;
  buf_init(&b, e->arena);
  EACH (const struct template_part, part, &v->parts) {
    const char *text = part->text ? part->text : eval_column(e, &part->ref);
    something |= !part->text && !text_empty(text);
    buf_text(&b, text ? text : "");
  }
  return something ? buf_str(&b) : NULL;
}

/* The sum of a column, or the number of rows, as decimal text; NULL after a refusal. */
static const char *aggregate(const struct eval *e, const struct value *v, const char *pointer)
{
  const char *class = v->count ? v->count : v->as ? v->as : "line";
  const row_list *rows = rows_of(e, v->from_source);
  struct eval at = *e;
  int64_t total = 0, one;
  for (size_t i = 0; i < rows->n; i++) {
    if (!text_eq(row_class(&e->m->sources.at[v->from_source], rows->at[i]), class))
      continue;
    at.rows[v->from_source] = rows->at[i];
    if (v->count)
      one = MILLION;
    else if (!product(&at, &v->ref, v->times ? &v->times_ref : NULL, &one))
      return refuse(e, pointer, "not_a_number", "cannot be summed", eval_column(&at, &v->ref)), NULL;
    if (__builtin_add_overflow(total, one, &total))
      return refuse(e, pointer, "out_of_bounds", "the sum is too large", v->sum), NULL;
  }
  char *text = arena_alloc(e->arena, 32);
  decimal_format(total, 6, text);
  return text;
}

/* One column times another, of the row at hand. */
static const char *multiplied(const struct eval *e, const struct value *v, const char *pointer)
{
  int64_t millionths;
  if (text_empty(eval_column(e, &v->ref)) || text_empty(eval_column(e, &v->times_ref)))
    return NULL;
  if (!product(e, &v->ref, &v->times_ref, &millionths))
    return refuse(e, pointer, "not_a_number", "cannot be multiplied", eval_column(e, &v->ref)), NULL;
  char *text = arena_alloc(e->arena, 32);
  decimal_format(millionths, 6, text);
  return text;
}

/* The text that a value begins with; NULL when there is none. */
static const char *source_text(const struct eval *e, const struct value *v, const char *pointer)
{
  if (v->text)
    return v->text;
  if (v->template)
    return filled_template(e, v);
  if (!v->column)
    return aggregate(e, v, pointer);
  return v->times ? multiplied(e, v, pointer) : picked_column(e, v);
}

/* Without its agreed start and end, in the letters asked for. */
static const char *trimmed(const struct eval *e, const struct value *v, const char *text)
{
  while (*text == ' ' || *text == '\t')
    text++;
  size_t n = strlen(text);
  while (n && (text[n - 1] == ' ' || text[n - 1] == '\t'))
    n--;
  char *copy = arena_textn(e->arena, text, n);
  copy += csv_bare(copy) - copy;
  if (v->cut_start && text_starts(copy, v->cut_start))
    copy += strlen(v->cut_start);
  if (v->cut_end && ends_with(copy, v->cut_end))
    copy[strlen(copy) - strlen(v->cut_end)] = 0;
  for (char *p = copy; (v->upper || v->lower) && *p; p++)
    *p = v->upper && *p >= 'a' && *p <= 'z'   ? (char)(*p - 32)
         : v->lower && *p >= 'A' && *p <= 'Z' ? (char)(*p + 32)
                                              : *p;
  return copy;
}

static int compare_translation(const void *key, const void *row)
{
  return strcmp(key, ((const struct translation *)row)->from);
}

/* What the text is called with us; NULL when it is left out or refused. */
static const char *translated(const struct eval *e, const struct value *v, const char *text, const char *pointer)
{
  if (!v->map)
    return text;
  const struct translation *found = v->translations.n ? bsearch(text, v->translations.at, v->translations.n,
                                                                sizeof *v->translations.at, compare_translation)
                                                      : NULL;
  if (found)
    return found->to;
  if (v->unmapped == UNMAPPED_REFUSE)
    refuse(e, pointer, "not_in_map", "the mapping has no word for it", text);
  return v->unmapped == UNMAPPED_KEEP ? text : NULL;
}

/* Cuts to max characters, never inside one. */
static const char *shortened(const struct eval *e, const struct value *v, const char *text)
{
  size_t n = 0;
  int64_t characters = 0;
  if (v->max == ABSENT)
    return text;
  while (text[n] && characters <= v->max) {
    characters += ((unsigned char)text[n] & 0xC0) != 0x80;
    n += characters <= v->max;
  }
  return arena_textn(e->arena, text, n);
}

/* ---- Values: the type ---- */

static bool write_decimal(const struct eval *e, const struct value *type, const char *text, int places, int shown,
                          const char *pointer, struct buf *out)
{
  int64_t v;
  char plain[32];
  if (!value_decimal(e->m, text, places, e->arena, &v))
    return refuse(e, pointer, "not_a_number", places ? "no number, or with too many decimals" : "no integer", text);
  decimal_format(v, shown, plain);
  bool quoted = type->type == VALUE_PRICE && strchr(plain, '.'); /* further places of prices travel as text */
  buf_printf(out, quoted ? "\"%s\"" : "%s", plain);
  return true;
}

static bool parse_time(const struct value *v, const char *text, const char *format, struct tm *tm)
{
  memset(tm, 0, sizeof *tm);
  const char *end = strptime(text, v->format ? v->format : format, tm);
  return end && !*end && tm->tm_year > -1900 && tm->tm_year < 8100;
}

static bool write_time(const struct eval *e, const struct value *v, const char *text, const char *pointer,
                       struct buf *out)
{
  struct tm tm;
  struct instant at;
  char date[40], shown[INSTANT_TEXT];
  if (!v->format && instant_parse(text, strlen(text), &at)) {
    buf_printf(out, "\"%s\"", text);
    return true;
  }
  if (!parse_time(v, text, v->type == VALUE_DATE ? "%Y-%m-%d" : "%Y-%m-%d %H:%M:%S", &tm))
    return refuse(e, pointer, "invalid_format", "not a time of that format", text);
  snprintf(date, sizeof date, "%04d-%02d-%02d", (tm.tm_year + 1900) % 10000, tm.tm_mon + 1, tm.tm_mday);
  if (!date_valid(date, strlen(date)))
    return refuse(e, pointer, "invalid_format", "no day of the calendar", text);
  if (v->type == VALUE_DATE) {
    buf_printf(out, "\"%s\"", date);
    return true;
  }
  const char *zone = v->zone ? v->zone : e->m->time_zone;
  at = promise_at(e->zones, zone, date_days(date), tm.tm_hour * 60 + tm.tm_min);
  at.ms += tm.tm_sec * SECOND_MS;
  instant_format(at, shown);
  buf_printf(out, "\"%s\"", shown);
  return true;
}

static bool write_bool(const struct eval *e, const char *text, const char *pointer, struct buf *out)
{
  static const char *const words[] = {"false", "true", "0",     "1",    "no",    "yes",
                                      "n",     "y",    "FALSE", "TRUE", "False", "True"};
  for (size_t i = 0; i < COUNT_OF(words); i++) {
    if (strcmp(words[i], text) == 0) {
      buf_text(out, i % 2 ? "true" : "false");
      return true;
    }
  }
  return refuse(e, pointer, "wrong_type", "neither yes nor no", text);
}

static bool write_json(const struct eval *e, const char *text, const char *pointer, struct buf *out)
{
  struct json j;
  const char *value;
  size_t n;
  json_init(&j, text, strlen(text), e->arena);
  if (!json_skip(&j, &value, &n) || json_next(&j) != JSON_END)
    return refuse(e, pointer, "malformed", "not JSON", text);
  buf_add(out, value, n);
  return true;
}

static bool write_text(const struct eval *e, const struct value *v, const char *text, const char *pointer,
                       struct buf *out)
{
  struct json_out o;
  if (!utf8_valid(text, strlen(text)))
    return refuse(e, pointer, "invalid_encoding", "not UTF-8; the mapping can say \"encoding\": \"latin1\"", text);
  json_out_init(&o, out);
  json_text(&o, shortened(e, v, text));
  return true;
}

/* Texts with semicolons between, or a JSON array of them. */
static bool write_texts(const struct eval *e, const char *text, const char *pointer, struct buf *out)
{
  static const char *const signs[] = {";", "\n", "；"};
  struct json_out o;
  if (*text == '[')
    return write_json(e, text, pointer, out);
  if (!utf8_valid(text, strlen(text)))
    return refuse(e, pointer, "invalid_encoding", "not UTF-8", text);
  json_out_init(&o, out);
  json_array(&o);
  while (*text) {
    size_t n = strlen(text), skip = 0;
    for (size_t i = 0; i < COUNT_OF(signs); i++) {
      const char *at = strstr(text, signs[i]);
      if (at && (size_t)(at - text) <= n) {
        n = (size_t)(at - text);
        skip = strlen(signs[i]);
      }
    }
    char *one = arena_textn(e->arena, text + strspn(text, " "), n - (strspn(text, " ") < n ? strspn(text, " ") : n));
    while (*one && one[strlen(one) - 1] == ' ')
      one[strlen(one) - 1] = 0;
    if (*one)
      json_text(&o, one);
    text += n + skip;
  }
  json_array_end(&o);
  return true;
}

/* The currency of the row, where a column names one. */
static int money_decimals(const struct eval *e, const struct value *v)
{
  const char *currency = v->currency ? eval_column(e, &v->currency_ref) : NULL;
  int decimals = currency ? currency_decimals(currency) : -1;
  return decimals >= 0 ? decimals : (int)v->decimals;
}

static bool write_typed(const struct eval *e, const struct value *v, const char *text, const char *pointer,
                        struct buf *out)
{
  switch ((enum value_type)v->type) {
  case VALUE_NUMBER:
    return write_decimal(e, v, text, 6, 6, pointer, out);
  case VALUE_INTEGER:
    return write_decimal(e, v, text, 0, 0, pointer, out);
  case VALUE_MONEY:
    return write_decimal(e, v, text, money_decimals(e, v), 0, pointer, out);
  case VALUE_PRICE:
    return write_decimal(e, v, text, money_decimals(e, v) + 6, 6, pointer, out);
  case VALUE_INSTANT:
  case VALUE_DATE:
    return write_time(e, v, text, pointer, out);
  case VALUE_BOOL:
    return write_bool(e, text, pointer, out);
  case VALUE_JSON:
    return write_json(e, text, pointer, out);
  case VALUE_TEXTS:
    return write_texts(e, text, pointer, out);
  case VALUE_TEXT:
    break;
  }
  return write_text(e, v, text, pointer, out);
}

static bool is_null(const char *json)
{
  return !json || strcmp(json, "null") == 0;
}

bool value_write(const struct eval *e, const struct value *v, const char *pointer, struct buf *out)
{
  size_t faults = e->fault->n;
  if (v->constant) {
    buf_text(out, v->constant);
    return !is_null(v->constant);
  }
  const char *text = source_text(e, v, pointer);
  text = text ? trimmed(e, v, text) : NULL;
  text = text_empty(text) ? NULL : translated(e, v, text, pointer);
  if (!text_empty(text))
    return write_typed(e, v, text, pointer, out);
  if (e->fault->n > faults)
    return false;
  if (!is_null(v->def)) {
    buf_text(out, v->def);
    return true;
  }
  if (v->required)
    refuse(e, pointer, "required", "there is nothing in it", v->column ? v->column : "");
  return false;
}
