/* The personal part of a change: what event_changes leaves out, to lie where erasure can reach it. */
#include "events.h"

#include <string.h>

static const char *stored(struct arena *a, const struct rec_field *field, const void *value)
{
  struct buf text;
  buf_init(&text, a);
  rec_store(field, value, &text);
  return buf_str(&text);
}

const char *event_personal_changes(struct arena *a, const struct rec *rec, const void *before, const void *after)
{
  struct buf text;
  struct json_out o;
  bool any = false;
  buf_init(&text, a);
  json_out_init(&o, &text);
  json_object(&o);
  json_key(&o, "changes");
  json_array(&o);
  for (size_t i = 0; i < rec->n; i++) {
    const struct rec_field *field = &rec->fields[i];
    if (!(field->flags & REC_PERSONAL) || field->flags & REC_HIDDEN)
      continue;
    const char *was = stored(a, field, before), *is = stored(a, field, after);
    if (strcmp(was, is) == 0)
      continue;
    any = true;
    json_object(&o);
    json_put_text(&o, "pointer", arena_printf(a, "/%s", field->name));
    json_key(&o, "before");
    json_raw(&o, was);
    json_key(&o, "after");
    json_raw(&o, is);
    json_object_end(&o);
  }
  json_array_end(&o);
  json_object_end(&o);
  return any ? buf_str(&text) : NULL;
}
