/* Values with an inside that is not a record: maps of names, raw JSON, arrays of strings. */
#include "rec_read_priv.h"

/* A BCP 47 tag, as far as its alphabet and length go. */
static bool language_valid(const char *tag, size_t n)
{
  static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
  return n >= 2 && n <= 35 && strspn(tag, letters) == n && tag[0] != '-' && tag[n - 1] != '-';
}

void rec_take_one_name(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  if (!r->stored && !rec_text_fits(r, text, n, rec_min(field), rec_max(field)))
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
    rec_note(r, "invalid_format", "a language is a tag such as en or zh-CN");
  else if (whole && token != JSON_STRING)
    rec_note(r, "wrong_type", "expected a string");
  else if (whole && rec_text_fits(r, r->json.text, r->json.n, rec_min(field), rec_max(field)))
    json_put_text(o, language, r->json.text);
  r->place = place.up;
  return whole;
}

bool rec_read_names(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  if (token == JSON_STRING) {
    rec_take_one_name(r, field, r->json.text, r->json.n, at);
    return true;
  }
  if (token != JSON_OBJECT)
    return rec_wrong_type(r, field, token);
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
    rec_note(r, "too_short", "must have at least one language");
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

bool rec_read_raw(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  const char *begin = r->json.token;
  if (!json_skip_rest(&r->json, token))
    return false;
  const char *text = compact(r->arena, begin, (size_t)(r->json.at - begin));
  if (!r->stored && (int64_t)strlen(text) > rec_max(field))
    rec_note(r, "too_long", "must be at most %lld bytes of JSON", (long long)rec_max(field));
  else
    *(const char **)at = text;
  return true;
}

/* Counts items, and notes the first one too many. */
bool rec_room_for(struct reader *r, const struct rec_field *field, size_t index)
{
  if (r->stored || (int64_t)index < rec_max(field))
    return true;
  if ((int64_t)index == rec_max(field))
    rec_note(r, "too_many", "must have at most %lld items", (long long)rec_max(field));
  return false;
}

void rec_check_enough(struct reader *r, const struct rec_field *field, size_t n)
{
  if (!r->stored && (int64_t)n < rec_min(field))
    rec_note(r, "too_short", "must have at least %lld item%s", (long long)rec_min(field),
             rec_min(field) == 1 ? "" : "s");
}

enum { TEXTS_ITEM_MAX = 255 };

bool rec_read_texts(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  if (token != JSON_ARRAY)
    return rec_wrong_type(r, field, token);
  LIST(const char *) list = {0};
  size_t i = 0;
  for (; (token = json_next(&r->json)) != JSON_ARRAY_END; i++) {
    if (!json_skip_rest(&r->json, token))
      return false;
    if (!rec_room_for(r, field, i))
      continue;
    struct place place = {.up = r->place, .index = i};
    r->place = &place;
    if (token != JSON_STRING)
      rec_note(r, "wrong_type", "expected a string");
    else if (rec_text_fits(r, r->json.text, r->json.n, r->stored ? 0 : 1, TEXTS_ITEM_MAX))
      *LIST_ADD(r->arena, &list) = r->json.text;
    r->place = place.up;
  }
  rec_check_enough(r, field, i);
  memcpy(at, &list, sizeof list);
  return true;
}
