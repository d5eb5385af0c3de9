/* JSON to records. The reader's own errors end the reading with ERR_MALFORMED; what breaks a rule is noted with its
 * pointer and reading goes on, so that people can mend a form in one go.
 *
 * Functions that read return false when the text itself is broken, true otherwise, noted faults or not.
 */
#include "codec.h"
#include "json_priv.h"

#include <stdio.h>

/* Where we are: a chain on the stack, made into a JSON pointer only when something is wrong. */
struct place {
  const struct place *up;
  const char *key; /* NULL: an item, by index */
  size_t index;
};

struct reader {
  struct json json;
  struct arena *arena;
  struct fault *fault;
  const char *pointer; /* of the document in the request */
  const struct place *place;
  bool stored; /* our own text: flags and bounds are not looked at */
};

/* ---- Faults --------------------------------------------------------------------------------------------------- */

static void add_place(struct buf *b, const struct place *place)
{
  if (!place)
    return;
  add_place(b, place->up);
  buf_char(b, '/');
  if (!place->key) {
    buf_i64(b, (int64_t)place->index);
    return;
  }
  for (const char *c = place->key; *c; c++) {
    if (*c == '~' || *c == '/')
      buf_text(b, *c == '~' ? "~0" : "~1");
    else
      buf_char(b, *c);
  }
}

static void note(struct reader *r, const char *code, const char *fmt, ...) PRINTF_LIKE(3, 4);
static void note(struct reader *r, const char *code, const char *fmt, ...)
{
  if (r->fault->n == FAULT_ENTRIES_MAX)
    return;
  struct buf pointer;
  buf_init(&pointer, r->fault->arena);
  buf_text(&pointer, r->pointer);
  add_place(&pointer, r->place);
  char detail[512];
  va_list args;
  va_start(args, fmt);
  vsnprintf(detail, sizeof detail, fmt, args);
  va_end(args);
  fault_add(r->fault, ERR_INVALID, buf_str(&pointer), code, "%s", detail);
}

static void note_at(struct reader *r, const char *key, const char *code, const char *detail)
{
  struct place place = {.up = r->place, .key = key};
  r->place = &place;
  note(r, code, "%s", detail);
  r->place = place.up;
}

/* A value of the wrong type: noted, and passed over. */
static bool wrong_type(struct reader *r, const struct rec_field *field, enum json_token token)
{
  if (!json_skip_rest(&r->json, token))
    return false;
  note(r, "wrong_type", "expected %s", rec_trait(field)->what);
  return true;
}

/* ---- Numbers -------------------------------------------------------------------------------------------------- */

static bool in_bounds(struct reader *r, const struct rec_field *field, int64_t v)
{
  int64_t min = rec_min(field), max = rec_max(field);
  if (r->stored || (v >= min && v <= max))
    return true;
  char text[32];
  decimal_format(v < min ? min : max, rec_trait(field)->places, text);
  if (v < min)
    note(r, "too_small", "must be at least %s", text);
  else
    note(r, "too_large", "must be at most %s", text);
  return false;
}

/* Why decimal_parse has refused a JSON number: an exponent, too many decimals, or too many digits. */
static void note_unfit(struct reader *r, const struct rec_field *field, const char *text, int places)
{
  if (strpbrk(text, "eE")) {
    note(r, "wrong_type", "expected %s, without an exponent", rec_trait(field)->what);
    return;
  }
  const char *point = strchr(text, '.');
  const char *last = point ? text + strlen(text) - 1 : NULL;
  while (last && *last == '0')
    last--;
  if (!last || last - point <= places)
    in_bounds(r, field, *text == '-' ? INT64_MIN : INT64_MAX);
  else if (places == 0)
    note(r, "wrong_type", "expected %s, without decimals", rec_trait(field)->what);
  else
    note(r, "invalid_format", "at most %d decimals are kept", places);
}

static void take_number(struct reader *r, const struct rec_field *field, const char *text, size_t n, int places, void *at)
{
  int64_t v;
  if (!decimal_parse(text, n, places, &v))
    note_unfit(r, field, text, places);
  else if (in_bounds(r, field, v))
    *(int64_t *)at = v;
}

/* A decimal inside a string; false when it is no number at all. */
static bool looks_decimal(const char *s, size_t n)
{
  const char *digits = s + (*s == '-');
  size_t whole = strspn(digits, "0123456789");
  if (whole == 0 || (whole > 1 && *digits == '0'))
    return false;
  const char *end = digits + whole;
  if (*end == '.') {
    size_t decimals = strspn(end + 1, "0123456789");
    if (decimals == 0)
      return false;
    end += 1 + decimals;
  }
  return end == s + n;
}

static void take_decimal_text(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  if (looks_decimal(text, n))
    take_number(r, field, text, n, rec_trait(field)->places, at);
  else
    note(r, "invalid_format", "expected a decimal number such as 0.34");
}

static bool read_number(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  const char *text = r->json.text;
  size_t n = r->json.n;
  if (token == JSON_STRING && (field->kind == REC_PRICE || field->kind == REC_RATE)) {
    take_decimal_text(r, field, text, n, at);
    return true;
  }
  if (token != JSON_NUMBER)
    return wrong_type(r, field, token);
  if (field->kind == REC_PRICE && memchr(text, '.', n))
    note(r, "wrong_type", "parts of a minor unit are sent as a decimal string such as \"0.34\"");
  else
    take_number(r, field, text, n, rec_trait(field)->places, at);
  return true;
}

/* ---- Text ----------------------------------------------------------------------------------------------------- */

/* Bounds in code points. */
static bool text_fits(struct reader *r, const char *text, size_t n, int64_t min, int64_t max)
{
  if (strlen(text) != n) {
    note(r, "invalid_format", "the character U+0000 is not allowed");
    return false;
  }
  if ((int64_t)n <= max && (min == 0 || (int64_t)n >= 4 * min))
    return true;
  int64_t points = (int64_t)utf8_count(text);
  if (points < min)
    note(r, "too_short", min == 1 ? "must not be empty" : "must have at least %lld characters", (long long)min);
  else if (points > max)
    note(r, "too_long", "must have at most %lld characters", (long long)max);
  return points >= min && points <= max;
}

static int name_index(const char *const *names, const char *text)
{
  for (int i = 0; names[i]; i++)
    if (strcmp(names[i], text) == 0)
      return i;
  return -1;
}

static void note_not_one_of(struct reader *r, const char *const *names)
{
  char list[400];
  size_t n = 0;
  for (; *names && n + strlen(*names) + 8 < sizeof list; names++)
    n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n ? ", " : "", *names);
  note(r, "not_one_of", "must be one of %s%s", n ? list : "nothing", *names ? ", ..." : "");
}

static void take_text(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  if (!r->stored) {
    if (!text_fits(r, text, n, rec_min(field), rec_max(field)))
      return;
    if (field->names && name_index(field->names, text) < 0) {
      note_not_one_of(r, field->names);
      return;
    }
    if (field->check && !field->check(text)) {
      note(r, "invalid_format", "is not a valid %s", field->name);
      return;
    }
  }
  *(const char **)at = text;
}

static void take_enum(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  int i = strlen(text) == n ? name_index(field->names, text) : -1;
  if (i < 0)
    note_not_one_of(r, field->names);
  else
    *(int *)at = i;
}

static void take_id(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  if (strlen(text) != n || !id_parse(field->prefix, text, at))
    note(r, "invalid_format", "expected an id that begins with %s_", field->prefix);
}

static void take_instant(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  struct instant t;
  if (!instant_parse(text, n, &t)) {
    note(r, "invalid_format", "expected a time such as 2026-11-20T08:00:00Z");
  } else if (!r->stored && (t.ms < rec_min(field) || t.ms > rec_max(field))) {
    note(r, t.ms < rec_min(field) ? "too_small" : "too_large", "the time is out of bounds");
  } else {
    *(struct instant *)at = t;
  }
}

static void take_date(struct reader *r, const char *text, size_t n, void *at)
{
  if (date_valid(text, n))
    *(const char **)at = text;
  else
    note(r, "invalid_format", "expected a date such as 2026-11-20");
}

/* The kinds that are strings in JSON and plain in CSV. text lives in the arena. */
static void take_string(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  switch (field->kind) {
  case REC_ENUM:
    take_enum(r, field, text, n, at);
    break;
  case REC_ID:
    take_id(r, field, text, n, at);
    break;
  case REC_INSTANT:
    take_instant(r, field, text, n, at);
    break;
  case REC_DATE:
    take_date(r, text, n, at);
    break;
  default:
    take_text(r, field, text, n, at);
    break;
  }
}

/* ---- Maps of names, raw JSON, arrays of strings ------------------------------------------------------------------ */

/* A BCP 47 tag, as far as its alphabet and length go. */
static bool language_valid(const char *tag, size_t n)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  return n >= 2 && n <= 35 && strspn(tag, letters) == n && tag[0] != '-' && tag[n - 1] != '-';
}

static void take_one_name(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  if (!r->stored && !text_fits(r, text, n, rec_min(field), rec_max(field)))
    return;
  struct buf b;
  struct json_out o;
  buf_init(&b, r->arena);
  json_out_init(&o, &b);
  json_object(&o);
  json_put_text(&o, rec_language(field), text);
  json_object_end(&o);
  *(const char **)at = buf_str(&b);
}

/* One "lang": "text" of the map, whose key the reader has just given. */
static bool read_name(struct reader *r, const struct rec_field *field, struct json_out *o)
{
  const char *language = r->json.text;
  bool known = language_valid(language, r->json.n);
  struct place place = {.up = r->place, .key = language};
  enum json_token token = json_next(&r->json);
  r->place = &place;
  bool whole = json_skip_rest(&r->json, token);
  if (whole && !known)
    note(r, "invalid_format", "a language is a tag such as en or zh-CN");
  else if (whole && token != JSON_STRING)
    note(r, "wrong_type", "expected a string");
  else if (whole && text_fits(r, r->json.text, r->json.n, rec_min(field), rec_max(field)))
    json_put_text(o, language, r->json.text);
  r->place = place.up;
  return whole;
}

static bool read_names(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  if (token == JSON_STRING) {
    take_one_name(r, field, r->json.text, r->json.n, at);
    return true;
  }
  if (token != JSON_OBJECT)
    return wrong_type(r, field, token);
  struct buf b;
  struct json_out o;
  buf_init(&b, r->arena);
  json_out_init(&o, &b);
  json_object(&o);
  size_t before = r->fault->n;
  while ((token = json_next(&r->json)) == JSON_KEY)
    if (!read_name(r, field, &o))
      return false;
  if (token == JSON_ERROR)
    return false;
  json_object_end(&o);
  if (b.n > 2 && before == r->fault->n)
    *(const char **)at = buf_str(&b);
  else if (b.n == 2 && before == r->fault->n)
    note(r, "too_short", "must have at least one language");
  return true;
}

/* Copies JSON text without the space between its tokens. */
static const char *compact(struct arena *a, const char *json, size_t n)
{
  char *text = arena_alloc(a, n + 1), *out = text;
  bool quoted = false;
  for (const char *end = json + n; json < end; json++) {
    if (quoted && *json == '\\')
      *out++ = *json++;
    else if (*json == '"')
      quoted = !quoted;
    else if (!quoted && (*json == ' ' || *json == '\n' || *json == '\r' || *json == '\t'))
      continue;
    *out++ = *json;
  }
  return text;
}

static bool read_raw(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  const char *begin = r->json.token;
  if (!json_skip_rest(&r->json, token))
    return false;
  const char *text = compact(r->arena, begin, (size_t)(r->json.at - begin));
  if (!r->stored && (int64_t)strlen(text) > rec_max(field))
    note(r, "too_long", "must be at most %lld bytes of JSON", (long long)rec_max(field));
  else
    *(const char **)at = text;
  return true;
}

/* Counts items, and notes the first one too many. */
static bool room_for(struct reader *r, const struct rec_field *field, size_t index)
{
  if (r->stored || (int64_t)index < rec_max(field))
    return true;
  if ((int64_t)index == rec_max(field))
    note(r, "too_many", "must have at most %lld items", (long long)rec_max(field));
  return false;
}

static void check_enough(struct reader *r, const struct rec_field *field, size_t n)
{
  if (!r->stored && (int64_t)n < rec_min(field))
    note(r, "too_short", "must have at least %lld item%s", (long long)rec_min(field), rec_min(field) == 1 ? "" : "s");
}

enum { TEXTS_ITEM_MAX = 255 };

static bool read_texts(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  if (token != JSON_ARRAY)
    return wrong_type(r, field, token);
  LIST(const char *) list = {0};
  size_t i = 0;
  for (; (token = json_next(&r->json)) != JSON_ARRAY_END; i++) {
    if (!json_skip_rest(&r->json, token))
      return false;
    if (!room_for(r, field, i))
      continue;
    struct place place = {.up = r->place, .index = i};
    r->place = &place;
    if (token != JSON_STRING)
      note(r, "wrong_type", "expected a string");
    else if (text_fits(r, r->json.text, r->json.n, r->stored ? 0 : 1, TEXTS_ITEM_MAX))
      *LIST_ADD(r->arena, &list) = r->json.text;
    r->place = place.up;
  }
  check_enough(r, field, i);
  memcpy(at, &list, sizeof list);
  return true;
}

/* ---- Records -------------------------------------------------------------------------------------------------- */

static bool read_record(struct reader *r, const struct rec *rec, void *value, bool over);
static bool read_value(struct reader *r, const struct rec_field *field, enum json_token token, void *at, bool over);

static bool read_list(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  if (token != JSON_ARRAY)
    return wrong_type(r, field, token);
  struct list list = {0};
  size_t i = 0;
  for (; (token = json_next(&r->json)) != JSON_ARRAY_END; i++) {
    if (!room_for(r, field, i)) {
      if (!json_skip_rest(&r->json, token))
        return false;
      continue;
    }
    struct place place = {.up = r->place, .index = i};
    r->place = &place;
    bool whole = token == JSON_OBJECT;
    if (whole) {
      void *item = list_grow(r->arena, &list, field->rec->size);
      rec_init(field->rec, item);
      whole = read_record(r, field->rec, item, false);
    } else if ((whole = json_skip_rest(&r->json, token))) {
      note(r, "wrong_type", "expected an object");
    }
    r->place = place.up;
    if (!whole)
      return false;
  }
  check_enough(r, field, i);
  memcpy(at, &list, sizeof list);
  return true;
}

/* A nested record that is there is read over as a copy: whoever holds the value as it was, keeps it. */
static bool read_nested(struct reader *r, const struct rec_field *field, enum json_token token, void **at, bool over)
{
  if (token != JSON_OBJECT)
    return wrong_type(r, field, token);
  over = over && *at;
  void *nested = over ? arena_copy(r->arena, *at, field->rec->size) : arena_alloc(r->arena, field->rec->size);
  if (!over)
    rec_init(field->rec, nested);
  *at = nested;
  return read_record(r, field->rec, nested, over);
}

static bool read_value(struct reader *r, const struct rec_field *field, enum json_token token, void *at, bool over)
{
  switch (field->kind) {
  case REC_BOOL:
    if (token != JSON_TRUE && token != JSON_FALSE)
      return wrong_type(r, field, token);
    *(bool *)at = token == JSON_TRUE;
    return true;
  case REC_JSON:
    return read_raw(r, field, token, at);
  case REC_NAMES:
    return read_names(r, field, token, at);
  case REC_TEXTS:
    return read_texts(r, field, token, at);
  case REC_LIST:
    return read_list(r, field, token, at);
  case REC_RECORD:
    return read_nested(r, field, token, at, over);
  case REC_INLINE:
    return token == JSON_OBJECT ? read_record(r, field->rec, at, over) : wrong_type(r, field, token);
  default:
    break;
  }
  if (!rec_trait(field)->text)
    return read_number(r, field, token, at);
  if (token != JSON_STRING)
    return wrong_type(r, field, token);
  take_string(r, field, r->json.text, r->json.n, at);
  return true;
}

/* null makes a value what it would be if it were left out. */
static bool read_or_null(struct reader *r, const struct rec_field *field, enum json_token token, void *at, bool over)
{
  if (token != JSON_NULL)
    return read_value(r, field, token, at, over);
  if (field->flags & REC_REQUIRED && !r->stored)
    note(r, "required", "must be given");
  else
    rec_field_init(field, at);
  return true;
}

/* What was given at creation is read aside and must be the same. */
static bool read_fixed(struct reader *r, const struct rec_field *field, enum json_token token, const void *at)
{
  void *other = arena_alloc(r->arena, rec_field_size(field));
  size_t before = r->fault->n;
  rec_field_init(field, other);
  if (!read_or_null(r, field, token, other, false))
    return false;
  if (r->fault->n == before && !rec_field_equal(field, at, other))
    note(r, "fixed", "is given at creation and never changed");
  return true;
}

/* Members mostly come in the descriptor's order, so the search begins after the last one found. */
static size_t find_field(const struct rec *rec, const struct json *key, size_t from)
{
  for (size_t i = 0; i < rec->n; i++, from++) {
    if (from >= rec->n)
      from = 0;
    const char *name = rec->fields[from].name, *text = key->text;
    while (*name && *name == *text)
      name++, text++;
    if (*name == *text && text == key->text + key->n)
      return from;
  }
  return rec->n;
}

static bool read_member(struct reader *r, const struct rec_field *field, void *value, bool over)
{
  void *at = field_at(field, value);
  enum json_token token = json_next(&r->json);
  if (r->stored || !(field->flags & (REC_READONLY | REC_FIXED)))
    return read_or_null(r, field, token, at, over);
  if (field->flags & REC_READONLY) {
    if (!json_skip_rest(&r->json, token))
      return false;
    note(r, "read_only", "is set by the server and cannot be sent");
    return true;
  }
  return over ? read_fixed(r, field, token, at) : read_or_null(r, field, token, at, false);
}

static bool pass_unknown(struct reader *r)
{
  const char *key = r->json.text;
  if (!json_key_is_new(&r->json))
    return false;
  if (!json_skip_rest(&r->json, json_next(&r->json)))
    return false;
  note_at(r, key, "unknown_member", "there is no such member");
  return true;
}

enum { FIELDS_MAX = 256 };

static void note_missing(struct reader *r, const struct rec *rec, const uint64_t *seen)
{
  for (size_t i = 0; i < rec->n; i++)
    if (rec->fields[i].flags & REC_REQUIRED && !(rec->fields[i].flags & (REC_HIDDEN | REC_READONLY)) &&
        !(seen[i / 64] >> i % 64 & 1))
      note_at(r, rec->fields[i].name, "required", "must be given");
}

/* A descriptor's own members need no table to be seen twice: a bit each does. */
static enum json_token next_key(struct json *j)
{
  j->keys_by_caller = true;
  enum json_token token = json_next(j);
  j->keys_by_caller = false;
  return token;
}

/* The members after '{', up to '}'. */
static bool read_record(struct reader *r, const struct rec *rec, void *value, bool over)
{
  uint64_t seen[FIELDS_MAX / 64] = {0};
  assert(rec->n <= FIELDS_MAX);
  enum json_token token;
  struct place place = {.up = r->place};
  for (size_t i = 0; (token = next_key(&r->json)) == JSON_KEY; i++) {
    size_t found = find_field(rec, &r->json, i);
    if (found == rec->n || (rec->fields[found].flags & REC_HIDDEN && !r->stored)) {
      if (!pass_unknown(r))
        return false;
      continue;
    }
    i = found;
    if (seen[i / 64] >> i % 64 & 1)
      return json_key_twice(&r->json);
    seen[i / 64] |= UINT64_C(1) << i % 64;
    place.key = rec->fields[i].name;
    r->place = &place;
    bool whole = read_member(r, &rec->fields[i], value, over);
    r->place = place.up;
    if (!whole)
      return false;
  }
  if (token == JSON_ERROR)
    return false;
  if (!over && !r->stored)
    note_missing(r, rec, seen);
  return true;
}

/* ---- Documents ------------------------------------------------------------------------------------------------ */

/* A syntax error is told alone: what was noted before it may only follow from it. */
static enum err malformed(struct reader *r, size_t noted, enum err code)
{
  struct fault *f = r->fault;
  f->n = noted;
  f->code = code;
  fault_fail(f, ERR_MALFORMED, r->pointer, "%s at byte %zu", r->json.error, r->json.error_offset);
  return ERR_MALFORMED;
}

static enum err read_document(struct reader *r, const struct rec *rec, void *value, bool over)
{
  size_t noted = r->fault->n;
  enum err code = r->fault->code;
  enum json_token token = json_next(&r->json);
  bool whole;
  if (token == JSON_OBJECT)
    whole = read_record(r, rec, value, over);
  else if ((whole = json_skip_rest(&r->json, token)))
    note(r, "wrong_type", "expected an object");
  if (!whole || json_next(&r->json) != JSON_END)
    return malformed(r, noted, code);
  return r->fault->n > noted || r->fault->n == FAULT_ENTRIES_MAX ? ERR_INVALID : ERR_OK;
}

static struct reader reader_of(const char *json, size_t n, const char *pointer, struct arena *a, struct fault *f)
{
  struct reader r = {.arena = a, .fault = f, .pointer = pointer};
  json_init(&r.json, json, n, a);
  return r;
}

enum err rec_read(const struct rec *rec, const char *json, size_t n, const char *pointer, struct arena *a,
                  struct fault *f, void *value)
{
  struct reader r = reader_of(json, n, pointer, a, f);
  return read_document(&r, rec, value, false);
}

enum err rec_read_over(const struct rec *rec, const char *json, size_t n, const char *pointer, struct arena *a,
                       struct fault *f, void *value)
{
  struct reader r = reader_of(json, n, pointer, a, f);
  return read_document(&r, rec, value, true);
}

enum err rec_load(const struct rec_field *field, const char *json, size_t n, struct arena *a, struct fault *f, void *value)
{
  struct reader r = reader_of(json, n, "", a, f);
  struct place place = {.key = field->name};
  r.place = &place;
  r.stored = true;
  size_t noted = f->n;
  enum err code = f->code;
  if (!read_or_null(&r, field, json_next(&r.json), field_at(field, value), false) || json_next(&r.json) != JSON_END)
    return malformed(&r, noted, code);
  return f->n > noted ? ERR_INVALID : ERR_OK;
}

/* ---- Plain text ----------------------------------------------------------------------------------------------- */

static void take_bool(struct reader *r, const char *text, void *at)
{
  bool yes = strcmp(text, "true") == 0 || strcmp(text, "1") == 0;
  if (yes || strcmp(text, "false") == 0 || strcmp(text, "0") == 0)
    *(bool *)at = yes;
  else
    note(r, "wrong_type", "expected true or false");
}

/* Kinds whose plain text is their JSON. */
static void take_json(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  json_init(&r->json, text, n, r->arena);
  if (!read_or_null(r, field, json_next(&r->json), at, false) || json_next(&r->json) != JSON_END)
    note(r, "invalid_format", "%s at byte %zu", r->json.error, r->json.error_offset);
}

static void take_plain(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  const struct rec_trait *trait = rec_trait(field);
  if (!utf8_valid(text, n))
    note(r, "invalid_format", "not UTF-8");
  else if (trait->text)
    take_string(r, field, text, n, at);
  else if (trait->number)
    take_decimal_text(r, field, text, n, at);
  else if (field->kind == REC_BOOL)
    take_bool(r, text, at);
  else if (field->kind == REC_NAMES && text[0] != '{')
    take_one_name(r, field, text, n, at);
  else
    take_json(r, field, text, n, at);
}

enum err rec_read_text(const struct rec_field *field, const char *text, const char *pointer, struct arena *a,
                       struct fault *f, void *value)
{
  struct reader r = {.arena = a, .fault = f, .pointer = pointer};
  void *at = field_at(field, value);
  size_t noted = f->n;
  if (!text_empty(text))
    take_plain(&r, field, arena_text(a, text), strlen(text), at);
  else if (field->flags & REC_REQUIRED)
    note(&r, "required", "must be given");
  else
    rec_field_init(field, at);
  return f->n > noted ? ERR_INVALID : ERR_OK;
}
