/* The OpenAPI 3.1 document, from routes and record descriptors: what a table does not say is said nowhere else.
 *
 * A record has up to four schemas: as a reply (NAME), as a body (NAME + "Input"), over an existing value (NAME +
 * "Patch", nothing required), and as a row of a list (NAME + "Row", nested lists only when expanded). */
#include "api_priv.h"
#include "api_xlsx_priv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { EXAMPLE_DEPTH = 4, PATCH_EXAMPLE_FIELDS = 2 };
enum shape { SHAPE_REPLY, SHAPE_INPUT, SHAPE_PATCH, SHAPE_ROW, SHAPES };
static const char *const shape_suffix[SHAPES] = {"", "Input", "Patch", "Row"};

struct spec {
  struct json_out o;
  struct arena *arena;
  const struct api_room *rooms;
  LIST(const struct rec *) recs[SHAPES];
};

/* ---- Which schemas ---- */

static bool ends_with(const char *s, const char *end)
{
  size_t n = strlen(s), m = strlen(end);
  return n >= m && strcmp(s + n - m, end) == 0;
}

static bool has_lists(const struct rec *rec)
{
  for (size_t i = 0; i < rec->n; i++)
    if (rec->fields[i].kind == REC_LIST && !(rec->fields[i].flags & REC_HIDDEN))
      return true;
  return false;
}

static bool for_input(enum shape shape)
{
  return shape == SHAPE_INPUT || shape == SHAPE_PATCH;
}

static bool shown(const struct rec_field *field, enum shape shape)
{
  return !(field->flags & (REC_HIDDEN | (for_input(shape) ? REC_READONLY : REC_INPUT)));
}

static const char *schema_name(struct spec *s, const struct rec *rec, enum shape shape)
{
  if (shape == SHAPE_INPUT && ends_with(rec->name, "Input"))
    return rec->name;
  return arena_printf(s->arena, "%s%s", rec->name, shape_suffix[shape]);
}

static void collect(struct spec *s, const struct rec *rec, enum shape shape)
{
  for (size_t i = 0; i < s->recs[shape].n; i++)
    if (strcmp(s->recs[shape].at[i]->name, rec->name) == 0) {
      assert(s->recs[shape].at[i] == rec); /* two records may not share a name */
      return;
    }
  *LIST_ADD(s->arena, &s->recs[shape]) = rec;
  for (size_t i = 0; i < rec->n; i++)
    if (rec->fields[i].rec && shown(&rec->fields[i], shape))
      collect(s, rec->fields[i].rec, for_input(shape) ? SHAPE_INPUT : SHAPE_REPLY);
}

static enum shape body_shape(const struct route *r)
{
  return r->flags & ROUTE_PATCH ? SHAPE_PATCH : SHAPE_INPUT;
}

static enum shape reply_shape(const struct route *r)
{
  return r->list && has_lists(r->reply) ? SHAPE_ROW : SHAPE_REPLY;
}

static void collect_all(struct spec *s)
{
  for (const struct api_room *room = s->rooms; room->tag; room++)
    for (const struct route *r = room->routes; r->method; r++) {
      if (r->flags & ROUTE_HIDDEN)
        continue;
      if (r->body)
        collect(s, r->body, body_shape(r));
      if (r->reply)
        collect(s, r->reply, reply_shape(r));
    }
}

/* ---- Schemas ---- */

#define SCHEMA_REF "#/components/schemas/"

/* The rec's own schema; inside a body nested records are bodies too. */
static const char *schema_text(struct spec *s, const struct rec *rec, enum shape shape)
{
  struct buf plain, named;
  buf_init(&plain, s->arena);
  buf_init(&named, s->arena);
  rec_schema(rec, for_input(shape), &plain);
  const char *p = buf_str(&plain), *ref;
  while (for_input(shape) && (ref = strstr(p, "\"" SCHEMA_REF))) {
    const char *end = strchr(ref + 1, '"');
    bool already = memcmp(end - 5, "Input", 5) == 0;
    buf_add(&named, p, (size_t)(end - p));
    buf_text(&named, already ? "\"" : "Input\"");
    p = end + 1;
  }
  buf_text(&named, p);
  return buf_str(&named);
}

/* Copies the members of a schema but "required", which is written anew without what `leave_out` says. */
static void put_relaxed(struct spec *s, const struct rec *rec, enum shape shape)
{
  const char *text = schema_text(s, rec, shape), *value;
  size_t n;
  struct json j;
  json_init(&j, text, strlen(text), s->arena);
  json_object(&s->o);
  json_next(&j);
  while (json_next(&j) == JSON_KEY) {
    const char *key = j.text;
    if (!json_skip(&j, &value, &n))
      break;
    if (strcmp(key, "required") == 0)
      continue;
    json_key(&s->o, key);
    json_raw(&s->o, arena_textn(s->arena, value, n));
  }
  json_object_end(&s->o);
}

static void put_schemas(struct spec *s)
{
  for (enum shape shape = 0; shape < SHAPES; shape++)
    for (size_t i = 0; i < s->recs[shape].n; i++) {
      const struct rec *rec = s->recs[shape].at[i];
      json_key(&s->o, schema_name(s, rec, shape));
      if (shape == SHAPE_PATCH || shape == SHAPE_ROW)
        put_relaxed(s, rec, shape);
      else
        json_raw(&s->o, schema_text(s, rec, shape));
    }
}

static void put_ref(struct spec *s, const char *ref)
{
  json_object(&s->o);
  json_put_text(&s->o, "$ref", ref);
  json_object_end(&s->o);
}

static void put_schema_ref(struct spec *s, const struct rec *rec, enum shape shape)
{
  put_ref(s, arena_printf(s->arena, SCHEMA_REF "%s", schema_name(s, rec, shape)));
}

/* ---- Examples ---- */

static void put_example(struct spec *s, const struct rec *rec, enum shape shape, int depth);

static const char *example_id(struct spec *s, const char *prefix)
{
  char text[ID_TEXT];
  id_format(prefix, INT64_C(1803874190817923072), text);
  return arena_text(s->arena, text);
}

/* A whole number that the field allows, 1 where it can be. */
static void put_number(struct spec *s, const struct rec_field *field, int places)
{
  char text[32];
  int64_t one = 1, v;
  for (int i = 0; i < places; i++)
    one *= 10;
  v = one;
  if (field->min || field->max) {
    v = v < field->min ? field->min : v;
    v = field->max >= field->min && v > field->max ? field->max : v;
  }
  decimal_format(v, places, text);
  json_raw(&s->o, text);
}

static void put_plain_text(struct spec *s, const struct rec_field *field)
{
  if (field->names && field->names[0]) {
    json_text(&s->o, field->names[0]);
    return;
  }
  size_t n = field->min > 4 ? (size_t)field->min : 4;
  if (field->max > 0 && n > (size_t)field->max)
    n = (size_t)field->max;
  char *text = arena_alloc(s->arena, n + 1);
  for (size_t i = 0; i < n; i++)
    text[i] = "text"[i % 4];
  json_text(&s->o, text);
}

static void put_names(struct spec *s, const char *text, enum shape shape)
{
  if (text && (text[0] == '{' || text[0] == '"')) {
    json_raw(&s->o, text);
  } else if (for_input(shape)) {
    json_text(&s->o, text ? text : "Text");
  } else {
    json_object(&s->o);
    json_put_text(&s->o, "en", text ? text : "Text");
    json_object_end(&s->o);
  }
}

static void put_nested(struct spec *s, const struct rec_field *field, enum shape shape, int depth)
{
  bool list = field->kind == REC_LIST;
  if (list)
    json_array(&s->o);
  if (depth < EXAMPLE_DEPTH || !list)
    put_example(s, field->rec, for_input(shape) ? SHAPE_INPUT : SHAPE_REPLY, depth + 1);
  if (list)
    json_array_end(&s->o);
}

static void put_texts(struct spec *s, const char *example)
{
  if (example && example[0] == '[') {
    json_raw(&s->o, example);
    return;
  }
  json_array(&s->o);
  json_text(&s->o, example ? example : "text");
  json_array_end(&s->o);
}

/* Bare text of string kinds, JSON of the others, as rec_field.example has it. */
static void put_given(struct spec *s, const struct rec_field *field)
{
  static const int texts =
      1 << REC_TEXT | 1 << REC_INSTANT | 1 << REC_DATE | 1 << REC_ENUM | 1 << REC_ID | 1 << REC_RATE;
  bool text = texts >> field->kind & 1 || (field->kind == REC_PRICE && strchr(field->example, '.'));
  if (text && field->example[0] != '"')
    json_text(&s->o, field->example);
  else
    json_raw(&s->o, field->example);
}

static void put_made(struct spec *s, const struct rec_field *field)
{
  switch (field->kind) {
  case REC_BOOL:
    json_bool(&s->o, false);
    break;
  case REC_TEXT:
  case REC_ENUM:
    put_plain_text(s, field);
    break;
  case REC_RATE:
    json_text(&s->o, "0.13");
    break;
  case REC_INSTANT:
    json_text(&s->o, "2026-11-20T08:00:00.000Z");
    break;
  case REC_DATE:
    json_text(&s->o, "2026-11-20");
    break;
  case REC_ID:
    json_text(&s->o, example_id(s, field->prefix));
    break;
  case REC_JSON:
    json_raw(&s->o, "{}");
    break;
  default:
    put_number(s, field, field->kind == REC_PRICE || field->kind == REC_QUANTITY || field->kind == REC_DECIMAL ? 6 : 0);
  }
}

static void put_field_example(struct spec *s, const struct rec_field *field, enum shape shape, int depth)
{
  if (field->kind == REC_TEXTS)
    put_texts(s, field->example);
  else if (field->kind == REC_NAMES)
    put_names(s, field->example, shape);
  else if (field->rec && !field->example)
    put_nested(s, field, shape, depth);
  else if (field->example && field->kind != REC_ID)
    put_given(s, field);
  else
    put_made(s, field);
}

static bool in_example(const struct rec_field *field, enum shape shape, int so_far)
{
  if (!shown(field, shape))
    return false;
  if (shape == SHAPE_ROW)
    return field->kind != REC_LIST;
  if (shape == SHAPE_PATCH)
    return !(field->flags & REC_FIXED) && so_far < PATCH_EXAMPLE_FIELDS;
  return true;
}

static void put_example(struct spec *s, const struct rec *rec, enum shape shape, int depth)
{
  int n = 0;
  json_object(&s->o);
  for (size_t i = 0; i < rec->n; i++) {
    const struct rec_field *field = &rec->fields[i];
    if (!in_example(field, shape, n))
      continue;
    if (depth >= EXAMPLE_DEPTH && field->rec && !(field->flags & REC_REQUIRED) && field->kind == REC_RECORD)
      continue; /* a record that holds its own kind */
    n++;
    json_key(&s->o, field->name);
    put_field_example(s, field, shape, depth);
  }
  json_object_end(&s->o);
}

/* ---- Parameters ---- */

static void param_begin(struct spec *s, const char *in, const char *name, bool required, const char *doc)
{
  json_object(&s->o);
  json_put_text(&s->o, "name", name);
  json_put_text(&s->o, "in", in);
  if (required) {
    json_key(&s->o, "required");
    json_bool(&s->o, true);
  }
  json_put_text(&s->o, "description", doc);
}

static void param_end(struct spec *s, const char *schema)
{
  json_key(&s->o, "schema");
  json_raw(&s->o, schema);
  json_object_end(&s->o);
}

static void put_text_example(struct spec *s, const char *example)
{
  if (!example)
    return;
  json_key(&s->o, "example");
  json_text(&s->o, example);
}

/* What stands for {id}, {sku} or {code} in examples: the field of that name in the reply, if there is one. */
static const char *path_example(struct spec *s, const struct route *r, const char *name)
{
  const struct rec_field *field = r->reply ? rec_field_find(r->reply, name) : NULL;
  if (field && field->kind == REC_ID)
    return example_id(s, field->prefix);
  return field && field->example ? field->example : "example";
}

static void put_path_params(struct spec *s, const struct route *r)
{
  for (const char *p = strchr(r->path, '{'); p; p = strchr(p, '{')) {
    size_t n = strcspn(++p, "}");
    const char *name = arena_textn(s->arena, p, n);
    param_begin(s, "path", name, true,
                strcmp(name, "id") == 0 ? "The record's id, or its human code (number, SKU, code)"
                                        : "The record's human code, or its id");
    put_text_example(s, path_example(s, r, name));
    param_end(s, "{\"type\":\"string\",\"minLength\":1,\"maxLength\":200}");
  }
}

static const struct {
  enum rec_kind kind;
  const char *schema;
} param_schemas[] = {
    {REC_TEXT, "{\"type\":\"string\",\"maxLength\":4000}"},
    {REC_INT, "{\"type\":\"integer\"}"},
    {REC_BOOL, "{\"type\":\"boolean\"}"},
    {REC_INSTANT, "{\"type\":\"string\",\"format\":\"date-time\"}"},
    {REC_DATE, "{\"type\":\"string\",\"format\":\"date\"}"},
};

static void put_query_params(struct spec *s, const struct api_param *params)
{
  for (const struct api_param *p = params; p && p->name; p++) {
    const char *schema = param_schemas[0].schema;
    for (size_t i = 0; i < COUNT_OF(param_schemas); i++)
      if (param_schemas[i].kind == p->kind)
        schema = param_schemas[i].schema;
    param_begin(s, "query", p->name, false, p->doc);
    if (p->example) {
      json_key(&s->o, "example");
      if (p->kind == REC_INT || p->kind == REC_BOOL)
        json_raw(&s->o, p->example);
      else
        json_text(&s->o, p->example);
    }
    param_end(s, schema);
  }
}

static const char *names_schema(struct spec *s, const char *const *names, bool array)
{
  struct buf b;
  struct json_out o;
  buf_init(&b, s->arena);
  json_out_init(&o, &b);
  json_object(&o);
  json_put_text(&o, "type", "string");
  if (names) {
    json_key(&o, "enum");
    json_array(&o);
    for (; *names; names++)
      json_text(&o, *names);
    json_array_end(&o);
  }
  json_object_end(&o);
  return array ? arena_printf(s->arena, "{\"type\":\"array\",\"items\":%s}", buf_str(&b)) : buf_str(&b);
}

static void put_comma_param(struct spec *s, const char *name, const char *doc, const char *const *names)
{
  param_begin(s, "query", name, false, doc);
  json_put_text(&s->o, "style", "form");
  json_key(&s->o, "explode");
  json_bool(&s->o, false);
  param_end(s, names_schema(s, names, true));
}

static void put_filter(struct spec *s, const char *name, const struct rec_field *field)
{
  static const char *const bounds[][2] = {
      {"gte", "at least"}, {"gt", "more than"}, {"lte", "at most"}, {"lt", "less than"}};
  static const int ranges =
      1 << REC_INT | 1 << REC_MONEY | 1 << REC_PRICE | 1 << REC_QUANTITY | 1 << REC_INSTANT | 1 << REC_DATE;
  put_comma_param(s, name, arena_printf(s->arena, "Only rows whose %s is one of these", field->name),
                  field->kind == REC_ENUM || field->kind == REC_TEXT ? field->names : NULL);
  if (!(ranges >> field->kind & 1))
    return;
  for (size_t i = 0; i < COUNT_OF(bounds); i++) {
    param_begin(s, "query", arena_printf(s->arena, "%s[%s]", name, bounds[i][0]), false,
                arena_printf(s->arena, "Only rows whose %s is %s this", field->name, bounds[i][1]));
    param_end(s,
              field->kind == REC_INSTANT ? "{\"type\":\"string\",\"format\":\"date-time\"}" : "{\"type\":\"string\"}");
  }
}

static const char *const *sort_names(struct spec *s, const char *const *sorts)
{
  size_t n = 0;
  while (sorts[n])
    n++;
  const char **names = ARENA_ARRAY(s->arena, const char *, 2 * n + 1);
  for (size_t i = 0; i < n; i++) {
    names[2 * i] = arena_printf(s->arena, "-%s", sorts[i]);
    names[2 * i + 1] = sorts[i];
  }
  return names;
}

static bool named(const char *const *names, const char *name)
{
  while (names && *names && strcmp(*names, name) != 0)
    names++;
  return names && *names;
}

static void put_list_params(struct spec *s, const struct api_list *list)
{
  put_ref(s, "#/components/parameters/Limit");
  put_ref(s, "#/components/parameters/Cursor");
  put_ref(s, "#/components/parameters/Count");
  param_begin(s, "query", "sort", false,
              arena_printf(s->arena, "Order of the rows, `-` = descending; `-%s` when left out", list->sorts[0]));
  param_end(s, names_schema(s, sort_names(s, list->sorts), false));
  param_begin(s, "query", "format", false, "`json`, `csv`, `xlsx`, or `csv_major` with money as people write it; otherwise Accept says");
  param_end(s, names_schema(s, (const char *const[]){"json", "csv", "csv_major", "xlsx", NULL}, false));
  param_begin(s, "query", "columns", false,
              "Of xlsx and csv_major: which columns, in this order, as `NAME:TITLE;NAME:TITLE`; `NAME|NAME` is the first that says something");
  param_end(s, "{\"type\":\"string\"}");
  if (list->expands && list->expands[0])
    put_comma_param(s, "expand", "Nested parts to show in each row", list->expands);
  for (const char *const *name = list->filters; name && *name; name++)
    put_filter(s, *name, rec_field_find(list->table->rec, *name));
  for (const struct api_alias *a = list->aliases; a && a->name; a++)
    if (named(list->filters, a->means))
      put_filter(s, a->name, rec_field_find(list->table->rec, a->means));
}

static bool is_write(const struct route *r)
{
  return strcmp(r->method, "GET") != 0;
}

static bool takes_version(const struct route *r)
{
  return r->act && strchr(r->path, '{') && r->success != 201;
}

static void put_params(struct spec *s, const struct route *r)
{
  bool any = strchr(r->path, '{') || (r->params && r->params->name) || r->list || is_write(r);
  if (!any)
    return;
  json_key(&s->o, "parameters");
  json_array(&s->o);
  put_path_params(s, r);
  put_query_params(s, r->params);
  if (r->list)
    put_list_params(s, r->list);
  if (is_write(r))
    put_ref(s, "#/components/parameters/IdempotencyKey");
  if (takes_version(r))
    put_ref(s, "#/components/parameters/IfMatch");
  json_array_end(&s->o);
}

/* ---- Bodies and replies ---- */

static void put_body(struct spec *s, const struct route *r)
{
  if (!r->body && !(r->flags & ROUTE_RAW))
    return;
  json_key(&s->o, "requestBody");
  json_object(&s->o);
  json_key(&s->o, "required");
  json_bool(&s->o, true);
  json_key(&s->o, "content");
  json_object(&s->o);
  json_key(&s->o, r->body ? "application/json" : "*/*");
  json_object(&s->o);
  if (r->body) {
    json_key(&s->o, "schema");
    put_schema_ref(s, r->body, body_shape(r));
    json_key(&s->o, "example");
    put_example(s, r->body, body_shape(r), 0);
  }
  json_object_end(&s->o);
  json_object_end(&s->o);
  json_object_end(&s->o);
}

static bool is_page(const struct route *r)
{
  return r->list || r->flags & ROUTE_PAGE;
}

static void put_page_schema(struct spec *s, const struct route *r)
{
  json_object(&s->o);
  json_put_text(&s->o, "type", "object");
  json_key(&s->o, "required");
  json_raw(&s->o, "[\"data\",\"next_cursor\"]");
  json_key(&s->o, "properties");
  json_object(&s->o);
  json_key(&s->o, "data");
  json_object(&s->o);
  json_put_text(&s->o, "type", "array");
  json_key(&s->o, "items");
  put_schema_ref(s, r->reply, reply_shape(r));
  json_object_end(&s->o);
  json_key(&s->o, "next_cursor");
  json_raw(&s->o,
           "{\"type\":[\"string\",\"null\"],\"description\":\"Where the next page begins; null after the last one\"}");
  if (r->list) {
    json_key(&s->o, "count");
    json_raw(&s->o, "{\"type\":\"integer\",\"description\":\"How many rows there are in all; only with ?count=\"}");
  }
  json_object_end(&s->o);
  json_object_end(&s->o);
}

static void put_json_content(struct spec *s, const struct route *r)
{
  json_key(&s->o, "application/json");
  json_object(&s->o);
  json_key(&s->o, "schema");
  if (is_page(r))
    put_page_schema(s, r);
  else
    put_schema_ref(s, r->reply, SHAPE_REPLY);
  json_key(&s->o, "example");
  if (is_page(r)) {
    json_object(&s->o);
    json_key(&s->o, "data");
    json_array(&s->o);
    put_example(s, r->reply, reply_shape(r), 0);
    json_array_end(&s->o);
    json_key(&s->o, "next_cursor");
    json_null(&s->o);
    json_object_end(&s->o);
  } else {
    put_example(s, r->reply, SHAPE_REPLY, 0);
  }
  json_object_end(&s->o);
}

static void put_text_content(struct spec *s, const char *type, const char *example)
{
  json_key(&s->o, type);
  json_object(&s->o);
  json_key(&s->o, "schema");
  json_raw(&s->o, "{\"type\":\"string\"}");
  put_text_example(s, example);
  json_object_end(&s->o);
}

/* A reply that no record describes. */
static void put_bytes_content(struct spec *s, const char *type)
{
  json_key(&s->o, type);
  json_object(&s->o);
  json_key(&s->o, "schema");
  json_raw(&s->o, strstr(type, "json") ? "{\"type\":\"object\"}" : "{\"type\":\"string\"}");
  json_object_end(&s->o);
}

static void put_content(struct spec *s, const struct route *r)
{
  json_key(&s->o, "content");
  json_object(&s->o);
  if (r->reply)
    put_json_content(s, r);
  if (r->list) {
    struct buf header;
    buf_init(&header, s->arena);
    rec_csv_header(r->list->table->rec, &header);
    put_text_content(s, "text/csv", buf_str(&header));
    put_bytes_content(s, XLSX_TYPE);
  }
  if (r->flags & ROUTE_STREAM)
    put_text_content(s, "text/event-stream", "id: 4711\nevent: order.placed\ndata: {\"cursor\":4711}\n\n");
  if (r->content_type)
    put_bytes_content(s, r->content_type);
  json_object_end(&s->o);
}

static void put_header_ref(struct spec *s, const char *name, const char *ref)
{
  json_key(&s->o, name);
  put_ref(s, arena_printf(s->arena, "#/components/headers/%s", ref));
}

static void put_reply_headers(struct spec *s, const struct route *r)
{
  json_key(&s->o, "headers");
  json_object(&s->o);
  put_header_ref(s, "X-Request-Id", "RequestId");
  if (r->success == 201)
    put_header_ref(s, "Location", "Location");
  if (r->act && r->reply)
    put_header_ref(s, "ETag", "ETag");
  if (r->act)
    put_header_ref(s, "Idempotency-Replayed", "IdempotencyReplayed");
  json_object_end(&s->o);
}

static void put_success(struct spec *s, const struct route *r)
{
  static const struct {
    int status;
    const char *text;
  } texts[] = {
      {200, "Done; the record as it is now"}, {201, "Created"}, {202, "Taken"}, {204, "Done; there is nothing to say"}};
  const char *text = is_page(r) ? "A page" : r->flags & ROUTE_STREAM ? "The stream" : !is_write(r) ? "Found" : NULL;
  for (size_t i = 0; !text && i < COUNT_OF(texts); i++)
    if (texts[i].status == r->success)
      text = texts[i].text;
  json_key(&s->o, arena_printf(s->arena, "%d", r->success));
  json_object(&s->o);
  json_put_text(&s->o, "description", text ? text : "Done");
  put_reply_headers(s, r);
  if (r->reply || r->content_type || r->flags & ROUTE_STREAM)
    put_content(s, r);
  json_object_end(&s->o);
}

/* Which refusals a route can answer, beside what it names itself. */
static bool may_answer(const struct route *r, enum err code)
{
  bool signed_in = r->needs != PERM_PUBLIC, query = r->list || (r->params && r->params->name);
  switch (code) {
  case ERR_MALFORMED:
  case ERR_BUSY:
    return true;
  case ERR_UNAUTHENTICATED:
    return signed_in;
  case ERR_FORBIDDEN:
    return signed_in && r->needs != PERM_SIGNED_IN;
  case ERR_CSRF:
    return signed_in && is_write(r);
  case ERR_NOT_FOUND:
    return strchr(r->path, '{');
  case ERR_VERSION:
    return takes_version(r);
  case ERR_TOO_LARGE:
  case ERR_MEDIA_TYPE:
    return r->body;
  case ERR_INVALID:
    return r->body || query || is_write(r);
  case ERR_KEY_REUSED:
  case ERR_IN_PROGRESS:
    return is_write(r);
  case ERR_INTERNAL:
    return true;
  default:
    break;
  }
  for (const enum err *e = r->errors; e && *e; e++)
    if (*e == code)
      return true;
  return false;
}

/* All codes of one status in one reply. */
static void put_refusal(struct spec *s, const struct route *r, int status)
{
  struct buf doc;
  buf_init(&doc, s->arena);
  for (enum err code = 1; code < ERR_COUNT; code++)
    if (err_info(code)->http == status && may_answer(r, code))
      buf_printf(&doc, "%s`%s`: %s", doc.n ? ". " : "", err_info(code)->slug, err_info(code)->title);
  if (!doc.n)
    return;
  json_key(&s->o, arena_printf(s->arena, "%d", status));
  json_object(&s->o);
  json_put_text(&s->o, "description", buf_str(&doc));
  json_key(&s->o, "content");
  json_object(&s->o);
  json_key(&s->o, "application/problem+json");
  json_object(&s->o);
  json_key(&s->o, "schema");
  put_ref(s, SCHEMA_REF "Problem");
  json_key(&s->o, "examples");
  json_object(&s->o);
  for (enum err code = 1; code < ERR_COUNT; code++)
    if (err_info(code)->http == status && may_answer(r, code)) {
      json_key(&s->o, err_info(code)->slug);
      put_ref(s, arena_printf(s->arena, "#/components/examples/%s", err_info(code)->slug));
    }
  json_object_end(&s->o);
  json_object_end(&s->o);
  json_object_end(&s->o);
  json_object_end(&s->o);
}

static void put_replies(struct spec *s, const struct route *r)
{
  json_key(&s->o, "responses");
  json_object(&s->o);
  put_success(s, r);
  for (int status = 400; status < 600; status++)
    put_refusal(s, r, status);
  json_object_end(&s->o);
}

/* ---- Operations and paths ---- */

/* "POST /v1/orders/{id}/cancel" is postOrdersByIdCancel. */
static const char *operation_id(struct spec *s, const struct route *r)
{
  struct buf b;
  buf_init(&b, s->arena);
  for (const char *m = r->method; *m; m++)
    buf_char(&b, (char)tolower((unsigned char)*m));
  bool upper = true;
  for (const char *p = text_starts(r->path, "/v1/") ? r->path + 3 : r->path; *p; p++) {
    if (*p == '{')
      buf_text(&b, "By");
    if (isalnum((unsigned char)*p))
      buf_char(&b, upper ? (char)toupper((unsigned char)*p) : *p);
    upper = !isalnum((unsigned char)*p);
  }
  return buf_str(&b);
}

static const char *description(struct spec *s, const struct route *r)
{
  const char *doc = r->doc ? r->doc : r->summary, *needs = "no sign-in";
  if (r->needs == PERM_SIGNED_IN)
    needs = "any signed-in user or API key";
  else if (r->needs != PERM_PUBLIC)
    needs = arena_printf(s->arena, "the permission `%s`", permission_name(r->needs));
  size_t n = strlen(doc);
  return arena_printf(s->arena, "%s%s\n\nNeeds %s.", doc, n && strchr(".!?`", doc[n - 1]) ? "" : ".", needs);
}

static void put_operation(struct spec *s, const struct api_room *room, const struct route *r)
{
  struct buf method;
  buf_init(&method, s->arena);
  for (const char *m = r->method; *m; m++)
    buf_char(&method, (char)tolower((unsigned char)*m));
  json_key(&s->o, buf_str(&method));
  json_object(&s->o);
  json_put_text(&s->o, "operationId", operation_id(s, r));
  json_put_text(&s->o, "summary", r->summary);
  json_put_text(&s->o, "description", description(s, r));
  json_key(&s->o, "tags");
  json_array(&s->o);
  json_text(&s->o, room->tag);
  json_array_end(&s->o);
  if (r->needs == PERM_PUBLIC) {
    json_key(&s->o, "security");
    json_raw(&s->o, "[]");
  }
  put_params(s, r);
  put_body(s, r);
  put_replies(s, r);
  json_object_end(&s->o);
}

/* Whether an earlier route has this path, so that it has been written. */
static bool path_written(const struct spec *s, const struct route *upto)
{
  for (const struct api_room *room = s->rooms; room->tag; room++)
    for (const struct route *r = room->routes; r->method; r++) {
      if (r == upto)
        return false;
      if (!(r->flags & ROUTE_HIDDEN) && strcmp(r->path, upto->path) == 0)
        return true;
    }
  return false;
}

static void put_path(struct spec *s, const char *path)
{
  json_key(&s->o, path);
  json_object(&s->o);
  for (const struct api_room *room = s->rooms; room->tag; room++)
    for (const struct route *r = room->routes; r->method; r++)
      if (!(r->flags & ROUTE_HIDDEN) && strcmp(r->path, path) == 0)
        put_operation(s, room, r);
  json_object_end(&s->o);
}

static void put_paths(struct spec *s)
{
  json_key(&s->o, "paths");
  json_object(&s->o);
  for (const struct api_room *room = s->rooms; room->tag; room++)
    for (const struct route *r = room->routes; r->method; r++)
      if (!(r->flags & ROUTE_HIDDEN) && !path_written(s, r))
        put_path(s, r->path);
  json_object_end(&s->o);
}

/* ---- The frame ---- */

static const char about[] =
    "Orders come in, are reviewed, sourced, promised, picked, shipped and paid through these calls.\n\n"
    "- **Ids** are opaque, unique and ordered by time (`ord_01jd7k3v9q2m8`). In paths the human number, SKU or code "
    "works "
    "too.\n"
    "- **Money** is an integer in the currency's minor unit, **quantities** are numbers with up to six decimals, "
    "**times** "
    "are RFC 3339 in UTC with milliseconds.\n"
    "- **Errors** are problem documents (RFC 9457) with a stable `code`; all faults of a body are listed together "
    "under "
    "`errors`, each with its JSON pointer. Every code is explained under `/docs/errors`.\n"
    "- **Idempotency**: any write may carry an `Idempotency-Key`; after a success the same request gives the same "
    "answer "
    "again, byte for byte, for at least 24 hours.\n"
    "- **Versions**: every record has a `version` and an `ETag`; a write with `If-Match` fails with 412 when the "
    "record has "
    "moved on.\n"
    "- **Lists** are pages: hand `next_cursor` back as `cursor`. `Accept: text/csv` or XLSX (`?format=xlsx`) exports the whole list.\n"
    "- **Sign-in**: `Authorization: Bearer <API key>`, or the console's session cookie, then unsafe calls also carry "
    "`X-CSRF-Token` from `GET /v1/session`.";

static void put_info(struct spec *s, const char *version)
{
  json_put_text(&s->o, "openapi", "3.1.0");
  json_key(&s->o, "info");
  json_object(&s->o);
  json_put_text(&s->o, "title", "Ordo");
  json_put_text(&s->o, "version", version ? version : "0");
  json_put_text(&s->o, "summary", "Order management: from the order that comes in to the parcel that arrives");
  json_put_text(&s->o, "description", about);
  json_key(&s->o, "license");
  json_raw(&s->o, "{\"name\":\"Apache License 2.0\",\"identifier\":\"Apache-2.0\"}");
  json_object_end(&s->o);
  json_key(&s->o, "servers");
  json_raw(&s->o, "[{\"url\":\"/\",\"description\":\"The server that gave this document\"}]");
  json_key(&s->o, "security");
  json_raw(&s->o, "[{\"api_key\":[]},{\"session\":[]}]");
}

static bool has_shown(const struct api_room *room)
{
  for (const struct route *r = room->routes; r->method; r++)
    if (!(r->flags & ROUTE_HIDDEN))
      return true;
  return false;
}

static void put_tags(struct spec *s)
{
  json_key(&s->o, "tags");
  json_array(&s->o);
  for (const struct api_room *room = s->rooms; room->tag; room++) {
    bool again = false;
    for (const struct api_room *earlier = s->rooms; earlier != room; earlier++)
      again = again || strcmp(earlier->tag, room->tag) == 0;
    if (again || !has_shown(room))
      continue;
    json_object(&s->o);
    json_put_text(&s->o, "name", room->tag);
    json_put_text(&s->o, "description", room->doc ? room->doc : room->tag);
    json_object_end(&s->o);
  }
  json_array_end(&s->o);
}

/* Calls fn for every shown route until it says yes. */
static bool any_route(const struct spec *s, bool (*fn)(const struct route *r))
{
  for (const struct api_room *room = s->rooms; room->tag; room++)
    for (const struct route *r = room->routes; r->method; r++)
      if (!(r->flags & ROUTE_HIDDEN) && fn(r))
        return true;
  return false;
}

static bool shows_list(const struct route *r)
{
  return r->list;
}
static bool shows_created(const struct route *r)
{
  return r->success == 201;
}
static bool shows_act(const struct route *r)
{
  return r->act;
}
static bool shows_etag(const struct route *r)
{
  return r->act && r->reply;
}
static bool shows_any(const struct route *r)
{
  return r->method;
}

/* Parameters and headers that operations share; each is there only when one refers to it. */
static const struct {
  const char *section, *name;
  bool (*used)(const struct route *r);
  const char *json;
} shared[] = {
    {"parameters", "Limit", shows_list,
     "{\"name\":\"limit\",\"in\":\"query\",\"description\":\"Rows of a "
     "page\",\"schema\":{\"type\":\"integer\",\"minimum\":1,"
     "\"maximum\":200,\"default\":50}}"},
    {"parameters", "Cursor", shows_list,
     "{\"name\":\"cursor\",\"in\":\"query\",\"description\":\"`next_cursor` of the page before, with the same sort\","
     "\"schema\":{\"type\":\"string\",\"maxLength\":2000}}"},
    {"parameters", "Count", shows_list,
     "{\"name\":\"count\",\"in\":\"query\",\"description\":\"Also count all rows that match: `exact` looks at each of "
     "them, "
     "`estimate` may be a minute old\",\"schema\":{\"type\":\"string\",\"enum\":[\"exact\",\"estimate\"]}}"},
    {"parameters", "IdempotencyKey", is_write,
     "{\"name\":\"Idempotency-Key\",\"in\":\"header\",\"description\":\"Your own name for this request. Sent again "
     "with the "
     "same body it gives the first answer again instead of doing the work twice\",\"example\":\"order-1001-attempt\","
     "\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":255,\"pattern\":\"^[!-~]+$\"}}"},
    {"parameters", "IfMatch", takes_version,
     "{\"name\":\"If-Match\",\"in\":\"header\",\"description\":\"The ETag you have seen; refused with 412 when the "
     "record has "
     "moved on\",\"example\":\"\\\"3\\\"\",\"schema\":{\"type\":\"string\"}}"},
    {"headers", "RequestId", shows_any,
     "{\"description\":\"Names this request in the log; your own X-Request-Id if you sent "
     "one\",\"schema\":{\"type\":\"string\"}}"},
    {"headers", "Location", shows_created,
     "{\"description\":\"Path of the new record\",\"schema\":{\"type\":\"string\"}}"},
    {"headers", "ETag", shows_etag,
     "{\"description\":\"Version of the record, for If-Match\",\"schema\":{\"type\":\"string\"}}"},
    {"headers", "IdempotencyReplayed", shows_act,
     "{\"description\":\"`true` when this is the stored answer of an earlier "
     "request\",\"schema\":{\"type\":\"string\",\"enum\":["
     "\"true\"]}}"},
};

static void put_shared(struct spec *s, const char *section)
{
  json_key(&s->o, section);
  json_object(&s->o);
  for (size_t i = 0; i < COUNT_OF(shared); i++)
    if (strcmp(shared[i].section, section) == 0 && any_route(s, shared[i].used)) {
      json_key(&s->o, shared[i].name);
      json_raw(&s->o, shared[i].json);
    }
  json_object_end(&s->o);
}

static const char problem_schema[] =
    "{\"type\":\"object\",\"description\":\"Why a request was refused (RFC 9457)\","
    "\"required\":[\"type\",\"title\",\"status\",\"detail\",\"code\",\"request_id\"],\"properties\":{"
    "\"type\":{\"type\":\"string\",\"format\":\"uri-reference\",\"description\":\"Page that explains this code\"},"
    "\"title\":{\"type\":\"string\",\"description\":\"What the code means\"},"
    "\"status\":{\"type\":\"integer\",\"description\":\"The HTTP status\"},"
    "\"detail\":{\"type\":\"string\",\"description\":\"What happened here\"},"
    "\"code\":{\"type\":\"string\",\"description\":\"Stable; branch on this\"},"
    "\"request_id\":{\"type\":\"string\",\"description\":\"Names the request in the server's log\"},"
    "\"id\":{\"type\":\"string\",\"description\":\"The other record this is about\"},"
    "\"errors\":{\"type\":\"array\",\"description\":\"Every fault of the "
    "request\",\"items\":{\"$ref\":\"#/components/schemas/ProblemEntry\"}},"
    "\"errors_left_out\":{\"type\":\"integer\",\"description\":\"How many further faults are not listed\"}}}";

static const char problem_entry_schema[] =
    "{\"type\":\"object\",\"description\":\"One fault\",\"required\":[\"pointer\",\"code\",\"detail\"],\"properties\":{"
    "\"pointer\":{\"type\":\"string\",\"description\":\"JSON pointer into the body; /query/NAME and /header/NAME "
    "elsewhere\"},"
    "\"code\":{\"type\":\"string\",\"description\":\"Stable; what is wrong there\"},"
    "\"detail\":{\"type\":\"string\",\"description\":\"The same for people\"},"
    "\"sku\":{\"type\":\"string\",\"description\":\"With insufficient_stock: of which product\"},"
    "\"asked\":{\"type\":\"number\",\"description\":\"How much was asked\"},"
    "\"available\":{\"type\":\"number\",\"description\":\"How much is free\"},"
    "\"before\":{\"description\":\"Of a conflict: what the field was\"},"
    "\"theirs\":{\"description\":\"What somebody else has made of it; of preview_changed: what is true now\"},"
    "\"mine\":{\"description\":\"And what was asked for\"}}}";

static void put_problem_examples(struct spec *s)
{
  json_key(&s->o, "examples");
  json_object(&s->o);
  for (enum err code = 1; code < ERR_COUNT; code++) {
    bool used = false;
    for (const struct api_room *room = s->rooms; room->tag && !used; room++)
      for (const struct route *r = room->routes; r->method && !used; r++)
        used = !(r->flags & ROUTE_HIDDEN) && may_answer(r, code);
    if (!used)
      continue;
    json_key(&s->o, err_info(code)->slug);
    json_object(&s->o);
    json_put_text(&s->o, "summary", err_info(code)->title);
    json_key(&s->o, "value");
    problem_example(&s->o, code);
    json_object_end(&s->o);
  }
  json_object_end(&s->o);
}

static void put_components(struct spec *s)
{
  json_key(&s->o, "components");
  json_object(&s->o);
  json_key(&s->o, "securitySchemes");
  json_raw(&s->o,
           "{\"api_key\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"An API key: `ordo key add`, or "
           "POST /v1/api_keys\"},\"session\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"ordo_session\","
           "\"description\":\"The console's session; unsafe calls carry X-CSRF-Token as well\"}}");
  put_shared(s, "parameters");
  put_shared(s, "headers");
  put_problem_examples(s);
  json_key(&s->o, "schemas");
  json_object(&s->o);
  json_key(&s->o, "Problem");
  json_raw(&s->o, problem_schema);
  json_key(&s->o, "ProblemEntry");
  json_raw(&s->o, problem_entry_schema);
  put_schemas(s);
  json_object_end(&s->o);
  json_object_end(&s->o);
}

void api_openapi(const struct api_room *rooms, const char *version, struct buf *out)
{
  struct spec s = {.arena = out->arena, .rooms = rooms};
  json_out_init(&s.o, out);
  collect_all(&s);
  json_object(&s.o);
  put_info(&s, version);
  put_tags(&s);
  put_paths(&s);
  put_components(&s);
  json_object_end(&s.o);
}
