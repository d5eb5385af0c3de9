/* Numbers and strings of a record: what fits, and what is said when it does not. */
#include "codec.h"
#include "rec_read_priv.h"

#include <stdio.h>

/* ---- Numbers -------------------------------------------------------------------------------------------------- */

static bool in_bounds(struct reader *r, const struct rec_field *field, int64_t v)
{
  int64_t min = rec_min(field), max = rec_max(field);
  if (r->stored || (v >= min && v <= max))
    return true;
  char text[32];
  decimal_format(v < min ? min : max, rec_trait(field)->places, text);
  if (v < min)
    rec_note(r, "too_small", "must be at least %s", text);
  else
    rec_note(r, "too_large", "must be at most %s", text);
  return false;
}

/* Why decimal_parse has refused a JSON number: an exponent, too many decimals, or too many digits. */
static void note_unfit(struct reader *r, const struct rec_field *field, const char *text, int places)
{
  if (strpbrk(text, "eE")) {
    rec_note(r, "wrong_type", "expected %s, without an exponent", rec_trait(field)->what);
    return;
  }
  const char *point = strchr(text, '.');
  const char *last = point ? text + strlen(text) - 1 : NULL;
  while (last && *last == '0')
    last--;
  if (!last || last - point <= places)
    in_bounds(r, field, *text == '-' ? INT64_MIN : INT64_MAX);
  else if (places == 0)
    rec_note(r, "wrong_type", "expected %s, without decimals", rec_trait(field)->what);
  else
    rec_note(r, "invalid_format", "at most %d decimals are kept", places);
}

static void take_number(struct reader *r, const struct rec_field *field, const char *text, size_t n, int places,
                        void *at)
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

void rec_take_decimal_text(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  if (looks_decimal(text, n))
    take_number(r, field, text, n, rec_trait(field)->places, at);
  else
    rec_note(r, "invalid_format", "expected a decimal number such as 0.34");
}

bool rec_read_number(struct reader *r, const struct rec_field *field, enum json_token token, void *at)
{
  const char *text = r->json.text;
  size_t n = r->json.n;
  if (token == JSON_STRING && (field->kind == REC_PRICE || field->kind == REC_RATE)) {
    rec_take_decimal_text(r, field, text, n, at);
    return true;
  }
  if (token != JSON_NUMBER)
    return rec_wrong_type(r, field, token);
  if (field->kind == REC_PRICE && memchr(text, '.', n))
    rec_note(r, "wrong_type", "parts of a minor unit are sent as a decimal string such as \"0.34\"");
  else
    take_number(r, field, text, n, rec_trait(field)->places, at);
  return true;
}

/* ---- Text ----------------------------------------------------------------------------------------------------- */

/* Bounds in code points. */
bool rec_text_fits(struct reader *r, const char *text, size_t n, int64_t min, int64_t max)
{
  if (strlen(text) != n) {
    rec_note(r, "invalid_format", "the character U+0000 is not allowed");
    return false;
  }
  if ((int64_t)n <= max && (min == 0 || (int64_t)n >= 4 * min))
    return true;
  int64_t points = (int64_t)utf8_count(text);
  if (points != min && min == max)
    rec_note(r, points < min ? "too_short" : "too_long", "must have exactly %lld character%s", (long long)min,
             min == 1 ? "" : "s");
  else if (points < min)
    rec_note(r, "too_short", min == 1 ? "must not be empty" : "must have at least %lld characters", (long long)min);
  else if (points > max)
    rec_note(r, "too_long", "must have at most %lld characters", (long long)max);
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
  rec_note(r, "not_one_of", "must be one of %s%s", n ? list : "nothing", *names ? ", ..." : "");
}

static void take_text(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  if (!r->stored) {
    if (!rec_text_fits(r, text, n, rec_min(field), rec_max(field)))
      return;
    if (field->names && name_index(field->names, text) < 0) {
      note_not_one_of(r, field->names);
      return;
    }
    if (field->check && !field->check(text)) {
      rec_note(r, "invalid_format", "is not a valid %s", field->name);
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
    rec_note(r, "invalid_format", "expected an id that begins with %s_", field->prefix);
}

static void take_instant(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
{
  struct instant t;
  if (!instant_parse(text, n, &t)) {
    rec_note(r, "invalid_format", "expected a time such as 2026-11-20T08:00:00Z");
  } else if (!r->stored && (t.ms < rec_min(field) || t.ms > rec_max(field))) {
    rec_note(r, t.ms < rec_min(field) ? "too_small" : "too_large", "the time is out of bounds");
  } else {
    *(struct instant *)at = t;
  }
}

static void take_date(struct reader *r, const char *text, size_t n, void *at)
{
  if (date_valid(text, n))
    *(const char **)at = text;
  else
    rec_note(r, "invalid_format", "expected a date such as 2026-11-20");
}

/* The kinds that are strings in JSON and plain in CSV. text lives in the arena. */
void rec_take_string(struct reader *r, const struct rec_field *field, const char *text, size_t n, void *at)
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
