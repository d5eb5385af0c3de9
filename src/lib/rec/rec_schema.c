/* JSON Schema (2020-12) of a record, for OpenAPI 3.1. It says what rec_read takes and what rec_write gives, no more. */
#include "json_priv.h"

struct schema {
  struct json_out out;
  bool input;
};

static bool in_schema(const struct schema *s, const struct rec_field *field)
{
  return !(field->flags & (REC_HIDDEN | (s->input ? REC_READONLY : REC_INPUT)));
}

static bool can_be_absent(const struct rec_field *field)
{
  static const int always = 1 << REC_BOOL | 1 << REC_ENUM | 1 << REC_INLINE | 1 << REC_TEXTS | 1 << REC_LIST;
  return !(always >> field->kind & 1);
}

static bool is_required(const struct schema *s, const struct rec_field *field)
{
  bool always = !(field->flags & REC_SPARSE) && (!can_be_absent(field) || field->flags & REC_NULLS);
  return field->flags & REC_REQUIRED || (!s->input && always);
}

/* Requests may say null for "left out"; replies only where the descriptor says so. */
static bool can_be_null(const struct schema *s, const struct rec_field *field)
{
  if (field->flags & REC_REQUIRED)
    return false;
  return s->input || (field->flags & REC_NULLS && can_be_absent(field));
}

/* "type": one or several of them, space-separated in types. */
static void add_type(struct json_out *o, const char *types, bool null)
{
  json_key(o, "type");
  bool several = null || strchr(types, ' ');
  if (several)
    json_array(o);
  while (*types) {
    size_t n = strcspn(types, " ");
    value_begin(o);
    rec_put_string(o->buf, types, n);
    types += n + (types[n] == ' ');
  }
  if (null)
    json_text(o, "null");
  if (several)
    json_array_end(o);
}

static void add_bounds(struct json_out *o, const struct rec_field *field, const char *min_key, const char *max_key)
{
  int places = rec_trait(field)->places;
  if (rec_min(field) > INT64_MIN + 1 && (places || rec_min(field) != 0 || rec_trait(field)->number)) {
    json_key(o, min_key);
    value_begin(o);
    rec_put_decimal(o->buf, rec_min(field), places);
  }
  if (rec_max(field) < INT64_MAX) {
    json_key(o, max_key);
    value_begin(o);
    rec_put_decimal(o->buf, rec_max(field), places);
  }
}

static void add_enum(struct json_out *o, const struct rec_field *field, bool null)
{
  json_key(o, "enum");
  json_array(o);
  for (const char *const *name = field->names; *name; name++)
    json_text(o, *name);
  if (null)
    json_null(o);
  json_array_end(o);
}

static void add_ref(struct json_out *o, const struct rec *rec)
{
  json_put_text(o, "$ref", arena_printf(o->buf->arena, "#/components/schemas/%s", rec->name));
}

/* A nested record; null needs a choice, since a $ref has no type to add it to. */
static void add_record(struct json_out *o, const struct rec *rec, bool null)
{
  if (!null) {
    add_ref(o, rec);
    return;
  }
  json_key(o, "oneOf");
  json_array(o);
  json_object(o);
  add_ref(o, rec);
  json_object_end(o);
  json_raw(o, "{\"type\":\"null\"}");
  json_array_end(o);
}

static void add_list(struct json_out *o, const struct rec_field *field, bool null)
{
  add_type(o, "array", null);
  json_key(o, "items");
  json_object(o);
  if (field->kind == REC_LIST)
    add_ref(o, field->rec);
  else
    add_type(o, "string", false);
  json_object_end(o);
  add_bounds(o, field, "minItems", "maxItems");
}

static void add_names(struct schema *s, const struct rec_field *field, bool null)
{
  struct json_out *o = &s->out;
  add_type(o, s->input ? "object string" : "object", null);
  json_key(o, "additionalProperties");
  json_object(o);
  add_type(o, "string", false);
  add_bounds(o, field, "minLength", "maxLength");
  json_object_end(o);
}

static void add_text(struct json_out *o, const struct rec_field *field, bool null)
{
  add_type(o, "string", null);
  if (field->names)
    add_enum(o, field, null);
  else
    add_bounds(o, field, "minLength", "maxLength");
}

static void add_format(struct json_out *o, const char *format, bool null)
{
  add_type(o, "string", null);
  json_put_text(o, "format", format);
}

#define DECIMAL_PATTERN "^-?(0|[1-9][0-9]*)(\\.[0-9]{1,6}0*)?$"

static void add_kind(struct schema *s, const struct rec_field *field)
{
  struct json_out *o = &s->out;
  bool null = can_be_null(s, field);
  switch (field->kind) {
  case REC_INT:
  case REC_MONEY:
    add_type(o, "integer", null);
    json_put_text(o, "format", "int64");
    add_bounds(o, field, "minimum", "maximum");
    break;
  case REC_PRICE:
    add_type(o, "integer string", null);
    json_put_text(o, "pattern", DECIMAL_PATTERN);
    add_bounds(o, field, "minimum", "maximum");
    break;
  case REC_RATE:
    add_type(o, s->input ? "string number" : "string", null);
    json_put_text(o, "pattern", DECIMAL_PATTERN);
    break;
  case REC_QUANTITY:
  case REC_DECIMAL:
    add_type(o, "number", null);
    add_bounds(o, field, "minimum", "maximum");
    break;
  case REC_BOOL:
    add_type(o, "boolean", null);
    break;
  case REC_FLAG:
    add_type(o, "boolean", null);
    break;
  case REC_TEXT:
    add_text(o, field, null);
    break;
  case REC_INSTANT:
    add_format(o, "date-time", null);
    break;
  case REC_DATE:
    add_format(o, "date", null);
    break;
  case REC_ENUM:
    add_type(o, "string", null);
    add_enum(o, field, null);
    break;
  case REC_ID:
    add_type(o, "string", null);
    json_put_text(o, "pattern", arena_printf(o->buf->arena, "^%s_[0-7][0-9a-hjkmnp-tv-z]{12}$", field->prefix));
    break;
  case REC_NAMES:
    add_names(s, field, null);
    break;
  case REC_TEXTS:
  case REC_LIST:
    add_list(o, field, null);
    break;
  case REC_RECORD:
  case REC_INLINE:
    add_record(o, field->rec, null);
    break;
  case REC_JSON: /* anything */
    break;
  }
}

/* Whether a bare example is the inside of a string. */
static bool example_is_text(const struct rec_field *field)
{
  if (field->kind == REC_PRICE)
    return strchr(field->example, '.');
  if (field->kind == REC_NAMES)
    return field->example[0] != '{';
  return rec_trait(field)->text || field->kind == REC_RATE;
}

static void add_example(struct json_out *o, const struct rec_field *field)
{
  if (!field->example)
    return;
  json_key(o, "examples");
  json_array(o);
  if (example_is_text(field) && field->example[0] != '"')
    json_text(o, field->example);
  else
    json_raw(o, field->example);
  json_array_end(o);
}

static void add_default(struct json_out *o, const struct rec_field *field)
{
  if (!field->has_def || field->def == ABSENT)
    return;
  int64_t space = 0; /* large enough for every kind that has a default */
  rec_field_init(field, &space);
  struct rec_writer w = {.out = *o};
  json_key(&w.out, "default");
  rec_field_write(&w, field, &space);
  *o = w.out;
}

static void add_member(struct schema *s, const struct rec_field *field)
{
  struct json_out *o = &s->out;
  json_key(o, field->name);
  json_object(o);
  add_kind(s, field);
  json_put_text(o, "description", field->doc);
  if (s->input)
    add_default(o, field);
  else if (field->flags & REC_READONLY) {
    json_key(o, "readOnly");
    json_bool(o, true);
  }
  add_example(o, field);
  json_object_end(o);
}

static void add_required(struct schema *s, const struct rec *rec)
{
  bool any = false;
  for (size_t i = 0; i < rec->n; i++) {
    if (!in_schema(s, &rec->fields[i]) || !is_required(s, &rec->fields[i]))
      continue;
    if (!any) {
      json_key(&s->out, "required");
      json_array(&s->out);
    }
    any = true;
    json_text(&s->out, rec->fields[i].name);
  }
  if (any)
    json_array_end(&s->out);
}

void rec_schema(const struct rec *rec, bool for_input, struct buf *out)
{
  struct schema s = {.out = {.buf = out}, .input = for_input};
  struct json_out *o = &s.out;
  json_object(o);
  add_type(o, "object", false);
  json_put_text(o, "description", rec->doc);
  add_required(&s, rec);
  json_key(o, "properties");
  json_object(o);
  for (size_t i = 0; i < rec->n; i++)
    if (in_schema(&s, &rec->fields[i]))
      add_member(&s, &rec->fields[i]);
  json_object_end(o);
  if (for_input) {
    json_key(o, "additionalProperties");
    json_bool(o, false);
  }
  json_object_end(o);
}
