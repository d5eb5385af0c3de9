/* JSON to records. The reader's own errors end the reading with ERR_MALFORMED; what breaks a rule is noted with its
 * pointer and reading goes on, so that people can mend a form in one go. The kinds are read in rec_scalar.c and
 * rec_compound.c.
 */
#include "rec_read_priv.h"

#include <stdio.h>

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

void rec_note(struct reader *r, const char *code, const char *fmt, ...)
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

void rec_note_at(struct reader *r, const char *key, const char *code, const char *detail)
{
  struct place place = {.up = r->place, .key = key};
  r->place = &place;
  rec_note(r, code, "%s", detail);
  r->place = place.up;
}

/* A value of the wrong type: noted, and passed over. */
bool rec_wrong_type(struct reader *r, const struct rec_field *field, enum json_token token)
{
  if (!json_skip_rest(&r->json, token))
    return false;
  rec_note(r, "wrong_type", "expected %s", rec_trait(field)->what);
  return true;
}

/* ---- Records -------------------------------------------------------------------------------------------------- */

static bool read_record(struct reader *r, const struct rec *rec, void *value, bool over);
static bool read_value(struct reader *r, const struct rec_field *field, enum json_token token, void *at, bool over);

static bool read_list(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  if (token != JSON_ARRAY)
    return rec_wrong_type(r, field, token);
  struct list list = {0};
  size_t i = 0;
  for (; (token = json_next(&r->json)) != JSON_ARRAY_END; i++) {
    if (!rec_room_for(r, field, i)) {
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
      rec_note(r, "wrong_type", "expected an object");
    }
    r->place = place.up;
    if (!whole)
      return false;
  }
  rec_check_enough(r, field, i);
  memcpy(at, &list, sizeof list);
  return true;
}

/* A nested record that is there is read over as a copy: whoever holds the value as it was, keeps it. */
static bool read_nested(struct reader *r, const struct rec_field *field, enum json_token token, void **at, bool over)
{
  if (token != JSON_OBJECT)
    return rec_wrong_type(r, field, token);
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
      return rec_wrong_type(r, field, token);
    *(bool *)at = token == JSON_TRUE;
    return true;
  case REC_FLAG:
    if (token != JSON_TRUE && token != JSON_FALSE)
      return rec_wrong_type(r, field, token);
    *(int64_t *)at = token == JSON_TRUE;
    return true;
  case REC_JSON:
    return rec_read_raw(r, field, token, at);
  case REC_NAMES:
    return rec_read_names(r, field, token, at);
  case REC_TEXTS:
    return rec_read_texts(r, field, token, at);
  case REC_LIST:
    return read_list(r, field, token, at);
  case REC_RECORD:
    return read_nested(r, field, token, at, over);
  case REC_INLINE:
    return token == JSON_OBJECT ? read_record(r, field->rec, at, over) : rec_wrong_type(r, field, token);
  default:
    break;
  }
  if (!rec_trait(field)->text)
    return rec_read_number(r, field, token, at);
  if (token != JSON_STRING)
    return rec_wrong_type(r, field, token);
  rec_take_string(r, field, r->json.text, r->json.n, at);
  return true;
}

/* null makes a value what it would be if it were left out. */
static bool read_or_null(struct reader *r, const struct rec_field *field, enum json_token token, void *at, bool over)
{
  if (token != JSON_NULL)
    return read_value(r, field, token, at, over);
  if (field->flags & REC_REQUIRED && !r->stored)
    rec_note(r, "required", "must be given");
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
    rec_note(r, "fixed", "is given at creation and never changed");
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
    rec_note(r, "read_only", "is set by the server and cannot be sent");
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
  rec_note_at(r, key, "unknown_member", "there is no such member");
  return true;
}

enum { FIELDS_MAX = 256 };

static void note_missing(struct reader *r, const struct rec *rec, const uint64_t *seen)
{
  for (size_t i = 0; i < rec->n; i++)
    if (rec->fields[i].flags & REC_REQUIRED && !(rec->fields[i].flags & (REC_HIDDEN | REC_READONLY)) &&
        !(seen[i / 64] >> i % 64 & 1))
      rec_note_at(r, rec->fields[i].name, "required", "must be given");
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
    rec_note(r, "wrong_type", "expected an object");
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

enum err rec_load(const struct rec_field *field, const char *json, size_t n, struct arena *a, struct fault *f,
                  void *value)
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
    rec_note(r, "wrong_type", "expected true or false");
}

/* Kinds whose plain text is their JSON. */
static void take_json(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  json_init(&r->json, text, n, r->arena);
  if (!read_or_null(r, field, json_next(&r->json), at, false) || json_next(&r->json) != JSON_END)
    rec_note(r, "invalid_format", "%s at byte %zu", r->json.error, r->json.error_offset);
}

static void take_flag(struct reader *r, const char *text, int64_t *at)
{
  bool value = false;
  take_bool(r, text, &value);
  *at = value;
}

static void take_plain(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  const struct rec_trait *trait = rec_trait(field);
  if (!utf8_valid(text, n))
    rec_note(r, "invalid_format", "not UTF-8");
  else if (trait->text)
    rec_take_string(r, field, text, n, at);
  else if (trait->number)
    rec_take_decimal_text(r, field, text, n, at);
  else if (field->kind == REC_BOOL)
    take_bool(r, text, at);
  else if (field->kind == REC_FLAG)
    take_flag(r, text, at);
  else if (field->kind == REC_NAMES && text[0] != '{')
    rec_take_one_name(r, field, text, n, at);
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
    rec_note(&r, "required", "must be given");
  else
    rec_field_init(field, at);
  return f->n > noted ? ERR_INVALID : ERR_OK;
}
