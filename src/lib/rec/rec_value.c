/* Values by descriptor: what a kind is, what absent means for it, when two values are the same. */
#include "rec_priv.h"

#include <string.h>

#define YEAR_0    (INT64_C(-719528) * DAY_MS)
#define YEAR_9999 (INT64_C(2932897) * DAY_MS - 1) /* the last millisecond that four digits of a year can write */

const struct rec_trait rec_traits[] = {
  /* kind           expected                            number text   column places  min              max           */
  [REC_INT]      = {"an integer",                       true,  false, true,  0,      INT64_MIN + 1,   INT64_MAX},
  [REC_BOOL]     = {"true or false",                    false, false, true,  0,      0,               1},
  [REC_FLAG]     = {"true or false",                    false, false, true,  0,      0,               1},
  [REC_TEXT]     = {"a string",                         false, true,  true,  0,      0,               255},
  [REC_MONEY]    = {"an integer (minor units)",         true,  false, true,  0,      -MONEY_MAX,      MONEY_MAX},
  [REC_PRICE]    = {"an integer (minor units) or a decimal string", true, false, true, 6, 0,          PRICE_MAX},
  [REC_QUANTITY] = {"a number",                         true,  false, true,  6,      0,               QUANTITY_MAX},
  [REC_RATE]     = {"a decimal string",                 true,  false, true,  6,      0,               RATE_MAX},
  [REC_INSTANT]  = {"a time as a string (RFC 3339)",    true,  true,  true,  0,      YEAR_0,          YEAR_9999},
  [REC_DATE]     = {"a date as a string (YYYY-MM-DD)",  false, true,  true,  0,      0,               10},
  [REC_DECIMAL]  = {"a number",                         true,  false, true,  6,      INT64_MIN + 1,   INT64_MAX},
  [REC_ENUM]     = {"a string",                         false, true,  true,  0,      0,               0},
  [REC_ID]       = {"an id as a string",                false, true,  true,  0,      0,               0},
  [REC_JSON]     = {"a value",                          false, false, false, 0,      0,               65536},
  [REC_NAMES]    = {"a string, or an object of strings by language", false, false, true, 0, 1,        255},
  [REC_TEXTS]    = {"an array of strings",              false, false, false, 0,      0,               1000},
  [REC_RECORD]   = {"an object",                        false, false, false, 0,      0,               0},
  [REC_INLINE]   = {"an object",                        false, false, true,  0,      0,               0},
  [REC_LIST]     = {"an array of objects",              false, false, false, 0,      0,               1000},
};

const char *rec_language(const struct rec_field *field)
{
  return field->names && field->names[0] ? field->names[0] : "en";
}

size_t rec_field_size(const struct rec_field *field)
{
  switch (field->kind) {
  case REC_BOOL:
    return sizeof(bool);
  case REC_ENUM:
    return sizeof(int);
  case REC_TEXT:
  case REC_DATE:
  case REC_JSON:
  case REC_NAMES:
    return sizeof(const char *);
  case REC_RECORD:
    return sizeof(void *);
  case REC_INLINE:
    return field->rec->size;
  case REC_TEXTS:
  case REC_LIST:
    return sizeof(struct list);
  default:
    return sizeof(int64_t);
  }
}

void rec_field_init(const struct rec_field *field, void *at)
{
  if (field->kind == REC_INLINE) {
    rec_init(field->rec, at);
  } else if (rec_trait(field)->number || field->kind == REC_FLAG) {
    *(int64_t *)at = field->has_def ? field->def : ABSENT;
  } else if (field->kind == REC_BOOL) {
    *(bool *)at = field->has_def && field->def;
  } else if (field->kind == REC_ENUM) {
    *(int *)at = field->has_def ? (int)field->def : 0;
  } else {
    memset(at, 0, rec_field_size(field));
  }
}

void rec_init(const struct rec *rec, void *value)
{
  memset(value, 0, rec->size);
  for (size_t i = 0; i < rec->n; i++)
    rec_field_init(&rec->fields[i], field_at(&rec->fields[i], value));
}

bool rec_field_absent(const struct rec_field *field, const void *at)
{
  switch (field->kind) {
  case REC_BOOL:
  case REC_ENUM:
  case REC_INLINE:
  case REC_TEXTS:
  case REC_LIST:
    return false;
  case REC_TEXT:
  case REC_DATE:
  case REC_JSON:
  case REC_NAMES:
    return *(const char *const *)at == NULL;
  case REC_RECORD:
    return *(void *const *)at == NULL;
  case REC_ID:
    return *(const int64_t *)at == 0 || *(const int64_t *)at == ABSENT;
  default:
    return *(const int64_t *)at == ABSENT;
  }
}

static bool all_at_default(const struct rec *rec, const void *value)
{
  for (size_t i = 0; i < rec->n; i++)
    if (!rec_field_at_default(&rec->fields[i], (const char *)value + rec->fields[i].offset))
      return false;
  return true;
}

bool rec_field_at_default(const struct rec_field *field, const void *at)
{
  if (field->kind == REC_INLINE)
    return all_at_default(field->rec, at);
  if (field->kind == REC_TEXTS || field->kind == REC_LIST)
    return ((const struct list *)at)->n == 0;
  if (field->kind == REC_BOOL)
    return *(const bool *)at == (field->has_def && field->def);
  if (field->kind == REC_ENUM)
    return *(const int *)at == (field->has_def ? (int)field->def : 0);
  if (rec_trait(field)->number && field->has_def)
    return *(const int64_t *)at == field->def;
  return rec_field_absent(field, at);
}

static bool texts_equal(const struct list *a, const struct list *b)
{
  const char *const *left = a->at, *const *right = b->at;
  if (a->n != b->n)
    return false;
  for (size_t i = 0; i < a->n; i++)
    if (!text_eq(left[i], right[i]))
      return false;
  return true;
}

static bool lists_equal(const struct rec *rec, const struct list *a, const struct list *b)
{
  if (a->n != b->n)
    return false;
  for (size_t i = 0; i < a->n; i++)
    if (!rec_equal(rec, (const char *)a->at + i * rec->size, (const char *)b->at + i * rec->size))
      return false;
  return true;
}

bool rec_field_equal(const struct rec_field *field, const void *a, const void *b)
{
  bool none = rec_field_absent(field, a);
  if (none || rec_field_absent(field, b))
    return none == rec_field_absent(field, b);
  switch (field->kind) {
  case REC_BOOL:
    return *(const bool *)a == *(const bool *)b;
  case REC_ENUM:
    return *(const int *)a == *(const int *)b;
  case REC_TEXT:
  case REC_DATE:
  case REC_JSON:
  case REC_NAMES:
    return text_eq(*(const char *const *)a, *(const char *const *)b);
  case REC_RECORD:
    return rec_equal(field->rec, *(void *const *)a, *(void *const *)b);
  case REC_INLINE:
    return rec_equal(field->rec, a, b);
  case REC_TEXTS:
    return texts_equal(a, b);
  case REC_LIST:
    return lists_equal(field->rec, a, b);
  default:
    return *(const int64_t *)a == *(const int64_t *)b;
  }
}

bool rec_equal(const struct rec *rec, const void *a, const void *b)
{
  for (size_t i = 0; i < rec->n; i++)
    if (!rec_field_equal(&rec->fields[i], field_of(&rec->fields[i], a), field_of(&rec->fields[i], b)))
      return false;
  return true;
}
