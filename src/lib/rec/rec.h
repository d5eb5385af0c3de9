/* rec - records described once: JSON in and out, validation, SQL columns, CSV, JSON Schema and differences all derive
 * from one descriptor beside the C struct.
 *
 *   static const struct rec_field line_fields[] = {
 *     FIELD(struct line, sku,      .flags = REC_REQUIRED, .max = 64, .doc = "Catalog code", .example = "TEE-S"),
 *     FIELD(struct line, quantity, .flags = REC_REQUIRED, .min = 1, .max = QUANTITY_MAX, .doc = "In the product's unit"),
 *   };
 *   const struct rec line_rec = REC(struct line, "OrderLineInput", line_fields, "A line of a new order");
 *
 * The strict JSON reader: RFC 8259, UTF-8 without BOM, depth 32, no duplicate keys, no floating point: numbers keep
 * their decimal text. Syntax errors: ERR_MALFORMED with the byte offset, one. Unknown members, wrong types, values out of
 * bounds, missing members: ERR_INVALID, all of them together, each with its JSON pointer.
 */
#ifndef ORDO_REC_H
#define ORDO_REC_H

#include "base.h"

enum rec_kind {
  /* kind        C type at offset      JSON                            SQL column */
  REC_INT,      /* int64_t             integer                         BIGINT; ABSENT = NULL */
  REC_BOOL,     /* bool                true, false                     INTEGER 0, 1 */
  REC_FLAG,     /* int64_t             true, false, or left out         BIGINT 0, 1; ABSENT = NULL: three answers */
  REC_TEXT,     /* const char *        string; .max code points        TEXT; NULL = NULL */
  REC_MONEY,    /* struct money        integer, minor units            BIGINT */
  REC_PRICE,    /* struct price        integer, or decimal string      BIGINT, millionths of a minor unit */
  REC_QUANTITY, /* struct quantity     number, up to six decimals      BIGINT, millionths */
  REC_RATE,     /* struct rate         decimal string "0.13"           BIGINT, ppm */
  REC_INSTANT,  /* struct instant      RFC 3339                        BIGINT, ms */
  REC_DATE,     /* const char *        "YYYY-MM-DD"                    TEXT */
  REC_DECIMAL,  /* int64_t x 10^6      number, up to six decimals (coordinates)  BIGINT */
  REC_ENUM,     /* int (an enum)       string from .names              TEXT, the name */
  REC_ID,       /* int64_t or an id struct   "ord_01jd7k3v9q2m8", .prefix    BIGINT; 0 or ABSENT = NULL, left out of JSON */
  REC_JSON,     /* const char *        any value, kept as its own compact JSON text (metadata)   TEXT */
  REC_NAMES,    /* const char *        a string (in .names[0] or "en") or {"lang": "text"}; kept as {"lang":...}  TEXT */
  REC_TEXTS,    /* LIST(const char *)  array of strings                TEXT, a JSON array */
  REC_RECORD,   /* struct X *, NULL = absent   object by .rec          TEXT, its JSON */
  REC_INLINE,   /* struct X embedded   object by .rec; left out whole its required members are not missed
                 *                                                     its columns, each with .prefix before it */
  REC_LIST,     /* LIST(struct X)      array of objects by .rec        never a column */
};

enum rec_flags {
  REC_REQUIRED = 1 << 0, /* must be given when reading (not when reading over an existing value) */
  REC_READONLY = 1 << 1, /* only in replies: sending it is "read_only" */
  REC_HIDDEN = 1 << 2,   /* a column only, never in JSON */
  REC_VIRTUAL = 1 << 3,  /* JSON only, no column (filled when the row is read) */
  REC_KEY = 1 << 4,      /* part of the primary key */
  REC_PERSONAL = 1 << 5, /* personal data */
  REC_NULLS = 1 << 6,    /* when absent write null; otherwise absent members are left out */
  REC_INPUT = 1 << 7,    /* only in requests, never written in replies */
  REC_FIXED = 1 << 8,    /* given at creation, never changed: reading over another value is "fixed" */
  REC_SPARSE = 1 << 9,   /* not written where it is at its default, which reading restores (large stored documents) */
};

struct rec;

struct rec_field {
  const char *name; /* of the JSON member and, unless .column, of the SQL column */
  size_t offset;
  enum rec_kind kind;
  int flags;
  const char *column;        /* SQL name where it differs (a member called "from") */
  int64_t min, max;          /* of the value as it is stored; text: code points; lists: items; JSON: bytes.
                              * Both 0, or max < min: the kind's own (rec_value.c); a required text has at least 1 */
  const char *const *names;  /* REC_ENUM: names by value, NULL-terminated; REC_TEXT: the allowed values or NULL */
  const char *prefix;        /* REC_ID: "ord"; REC_INLINE: prefix of its columns, "" for none */
  const struct rec *rec;     /* REC_RECORD, REC_INLINE, REC_LIST */
  int64_t def;               /* value when left out (numbers, bool, enum); see has_def */
  bool has_def;              /* false: ABSENT for numbers and times, 0 for bool and enum, NULL for text */
  bool (*check)(const char *text); /* REC_TEXT: a further rule (check digits); false = "invalid_format" */
  const char *doc, *example; /* for the documentation; example is JSON text, or bare text for strings */
};

struct rec {
  const char *name; /* of the schema in OpenAPI, CamelCase */
  const struct rec_field *fields;
  size_t n, size;
  const char *doc;
};

#define REC_KIND(lvalue)                                                                                               \
  _Generic((lvalue),                                                                                                   \
      int64_t: REC_INT,                                                                                                \
      bool: REC_BOOL,                                                                                                  \
      const char *: REC_TEXT,                                                                                          \
      struct money: REC_MONEY,                                                                                         \
      struct price: REC_PRICE,                                                                                         \
      struct quantity: REC_QUANTITY,                                                                                   \
      struct rate: REC_RATE,                                                                                           \
      struct instant: REC_INSTANT)
/* A field whose kind follows from its C type. */
#define FIELD(type, member, ...)                                                                                       \
  {.name = #member, .offset = offsetof(type, member), .kind = REC_KIND(((type *)0)->member), __VA_ARGS__}
/* A field of the other kinds. member may be nested (a.b); .name is then given after it. */
#define FIELD_AS(kind_, type, member, ...) {.name = #member, .offset = offsetof(type, member), .kind = kind_, __VA_ARGS__}
#define REC(type, name_, fields_, doc_)                                                                                \
  {.name = name_, .fields = fields_, .n = COUNT_OF(fields_), .size = sizeof(type), .doc = doc_}

/* ---- Values --------------------------------------------------------------------------------------------------- */

/* Everything absent or at its default, nested inline records too. value holds rec->size bytes. */
void rec_init(const struct rec *rec, void *value);

/* Reads one JSON document of n bytes into value (rec_init first). Text and nested values go to the arena.
 * pointer is the JSON pointer of the document inside the request, usually "". */
MUST_CHECK enum err rec_read(const struct rec *rec, const char *json, size_t n, const char *pointer, struct arena *a,
                             struct fault *f, void *value);
/* The same over an existing value: members that are not sent stay (PATCH), null makes them absent. Lists are replaced. */
MUST_CHECK enum err rec_read_over(const struct rec *rec, const char *json, size_t n, const char *pointer,
                                  struct arena *a, struct fault *f, void *value);
/* Reads one value of a field from plain text, as CSV cells and query parameters bring it: no quotes; money, quantity,
 * price as decimal numbers of the same unit as in JSON. An empty text is absent. */
MUST_CHECK enum err rec_read_text(const struct rec_field *field, const char *text, const char *pointer, struct arena *a,
                                  struct fault *f, void *value);

/* What a reply shows of nested lists. */
struct rec_view {
  bool without_lists;             /* REC_LIST and virtual REC_TEXTS fields are left out ... */
  const char *const *expand;      /* ... except these names, shown whole; NULL-terminated, NULL = none */
  bool without_personal;          /* REC_PERSONAL fields are left out */
};
void rec_write(const struct rec *rec, const void *value, const struct rec_view *view, struct buf *out); /* view NULL: all */

/* One field's value as JSON text and back, for our own storage (columns of REC_RECORD, REC_TEXTS, REC_NAMES ...): hidden,
 * read-only and input-only members travel too, bounds are not checked again; absent is null. */
void rec_store(const struct rec_field *field, const void *value, struct buf *out);
MUST_CHECK enum err rec_load(const struct rec_field *field, const char *json, size_t n, struct arena *a, struct fault *f,
                             void *value);

/* A copy of value for somebody who may not see personal data: REC_PERSONAL texts are what mask makes of them, other personal
 * members are absent; of records and lists the personal members. In a; what is not personal is shared with value. */
typedef const char *rec_mask(struct arena *a, const struct rec_field *field, const char *text);
const void *rec_masked(const struct rec *rec, const void *value, rec_mask *mask, struct arena *a);

bool rec_equal(const struct rec *rec, const void *a, const void *b);
/* One place where two values differ; before and after are JSON texts, NULL = absent. */
struct rec_difference {
  const char *pointer, *before, *after;
};
typedef LIST(struct rec_difference) rec_differences; /* the one typedef: an anonymous struct type must be shared */
/* Adds the differing fields of a and b, depth first; items of lists are compared place by place. Of REC_HIDDEN and
 * REC_PERSONAL fields before and after are NULL: that they differ is all that is said. */
void rec_diff(const struct rec *rec, const void *a, const void *b, const char *pointer, struct arena *arena,
              rec_differences *out);

/* Appends a JSON Schema (2020-12, as OpenAPI 3.1 wants it); nested records as {"$ref":"#/components/schemas/NAME"}.
 * for_input leaves out read-only members, otherwise input-only ones. */
void rec_schema(const struct rec *rec, bool for_input, struct buf *out);

/* A record as a row of cells, whatever the file: scalar fields, nested records dotted, texts in one cell; lists and JSON
 * left out. Columns and cells come in the same order. */
typedef void rec_column(void *arg, const char *name);
void rec_columns(const struct rec *rec, struct arena *a, rec_column *column, void *arg);
/* The record that holds the field, and those that hold it: money looks outwards for its currency. */
struct rec_around {
  const struct rec *rec;
  const void *value;
  const struct rec_around *outer;
};
/* at: the value, NULL = absent, or in a record that is not there. */
typedef void rec_cell(void *arg, const struct rec_field *field, const void *at, const struct rec_around *r);
void rec_cells(const struct rec *rec, const void *value, rec_cell *cell, void *arg);
/* What stands in a cell of text: numbers as JSON has them, one name of several only where it is the field's own language's. */
const char *rec_cell_text(struct arena *a, const struct rec_field *field, const void *at);
bool rec_cell_foreign(const struct rec_field *field); /* somebody typed it: it may begin like a formula */

/* CSV of a record: scalar fields and inline records as dotted columns; lists and JSON left out. RFC 4180, CRLF. Cells that a
 * spreadsheet would run as a formula (= + - @ at the start of a text) get a leading apostrophe. */
void rec_csv_header(const struct rec *rec, struct buf *out);
void rec_csv_row(const struct rec *rec, const void *value, struct buf *out);

/* ---- JSON itself ---------------------------------------------------------------------------------------------- */

enum json_token { JSON_ERROR, JSON_END, JSON_OBJECT, JSON_OBJECT_END, JSON_ARRAY, JSON_ARRAY_END, JSON_KEY, JSON_STRING,
                  JSON_NUMBER, JSON_TRUE, JSON_FALSE, JSON_NULL };
#define JSON_DEPTH_MAX 32

/* The pull reader. After json_next, text and n are the key, the decoded string or the number's own text; it lives in the
 * arena, is NUL-terminated, and may hold U+0000 only as n tells. A key given twice in one object is an error. */
struct json {
  const char *at, *end, *start;
  const char *token; /* where the token that json_next gave begins in the input */
  struct arena *arena;
  const char *text;
  size_t n;
  const char *error; /* after JSON_ERROR: what is wrong, and error_offset where; from then on always JSON_ERROR */
  size_t error_offset;
  int depth;
  int state;                               /* private, as all that follows */
  bool keys_by_caller;                     /* who has a better way to see a key twice: records know their members */
  char *out;                               /* where the next decoded text goes: one block takes them all */
  struct json_key *keys;                   /* hash table of the keys seen, by object */
  size_t n_keys, keys_cap;
  unsigned objects;                        /* begun so far */
  unsigned object[JSON_DEPTH_MAX + 1];     /* the object's own number by depth; 0 = an array */
};
void json_init(struct json *j, const char *bytes, size_t n, struct arena *a);
enum json_token json_next(struct json *j);
/* After JSON_KEY or where a value must come: passes over the whole value, checking it; its text is
 * [*out, *out + *out_n) of the input. False after an error (JSON_ERROR) or when there is no value. */
MUST_CHECK bool json_skip(struct json *j, const char **out, size_t *out_n);
/* The same when json_next has already given the value's first token. */
MUST_CHECK bool json_skip_rest(struct json *j, enum json_token first);

/* The streaming writer; commas and quotes take care of themselves. */
struct json_out {
  struct buf *buf;
  bool comma;
};
void json_out_init(struct json_out *o, struct buf *b);
void json_object(struct json_out *o);
void json_object_end(struct json_out *o);
void json_array(struct json_out *o);
void json_array_end(struct json_out *o);
void json_key(struct json_out *o, const char *key);
void json_text(struct json_out *o, const char *s); /* NULL writes null */
void json_i64(struct json_out *o, int64_t v);
void json_bool(struct json_out *o, bool v);
void json_null(struct json_out *o);
void json_raw(struct json_out *o, const char *json);                 /* already JSON */
void json_quantity(struct json_out *o, struct quantity q);           /* 2, 0.5 */
void json_instant(struct json_out *o, struct instant t);
void json_record(struct json_out *o, const struct rec *rec, const void *value, const struct rec_view *view);
/* key and value in one line; absent values (NULL, ABSENT) write nothing. */
void json_put_text(struct json_out *o, const char *key, const char *s);
void json_put_i64(struct json_out *o, const char *key, int64_t v);
void json_put_quantity(struct json_out *o, const char *key, struct quantity q);

#endif
