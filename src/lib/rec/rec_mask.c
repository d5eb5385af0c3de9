/* Records without their personal data: a copy of what has to differ. */
#include "rec.h"

#include <string.h>

static void mask_members(const struct rec *rec, void *copy, rec_mask *mask, struct arena *a);

static void make_absent(const struct rec_field *field, void *at)
{
  switch (field->kind) {
  case REC_BOOL:
    *(bool *)at = false;
    break;
  case REC_ENUM:
    *(int *)at = 0;
    break;
  case REC_TEXT:
  case REC_DATE:
  case REC_JSON:
  case REC_NAMES:
    *(const char **)at = NULL;
    break;
  case REC_TEXTS:
    *(struct list *)at = (struct list){0};
    break;
  default:
    *(int64_t *)at = ABSENT;
  }
}

static void mask_list(const struct rec *rec, struct list *list, rec_mask *mask, struct arena *a)
{
  if (!list->n)
    return;
  list->at = arena_copy(a, list->at, list->n * rec->size);
  list->cap = list->n;
  for (size_t i = 0; i < list->n; i++)
    mask_members(rec, (char *)list->at + i * rec->size, mask, a);
}

static void mask_members(const struct rec *rec, void *copy, rec_mask *mask, struct arena *a)
{
  for (const struct rec_field *field = rec->fields; field < rec->fields + rec->n; field++) {
    void *at = (char *)copy + field->offset;
    if (field->flags & REC_HIDDEN)
      continue;
    if (field->kind == REC_INLINE)
      mask_members(field->rec, at, mask, a);
    else if (field->kind == REC_LIST)
      mask_list(field->rec, at, mask, a);
    else if (field->kind == REC_RECORD)
      *(const void **)at = *(void **)at ? rec_masked(field->rec, *(void **)at, mask, a) : NULL;
    else if (field->flags & REC_PERSONAL && field->kind == REC_TEXT)
      *(const char **)at = *(const char **)at ? mask(a, field, *(const char **)at) : NULL;
    else if (field->flags & REC_PERSONAL)
      make_absent(field, at);
  }
}

const void *rec_masked(const struct rec *rec, const void *value, rec_mask *mask, struct arena *a)
{
  void *copy = arena_copy(a, value, rec->size);
  mask_members(rec, copy, mask, a);
  return copy;
}
