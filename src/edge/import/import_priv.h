/* What the files of import share: the compiled mapping, rows, sources. */
#ifndef ORDO_IMPORT_PRIV_H
#define ORDO_IMPORT_PRIV_H

#include "import.h"

#include "promise.h"

#include <regex.h>

enum { NO_SOURCE = -1 };

/* A column of a source, by its place in the source's list. */
struct column_ref {
  int source, column;
  const char *name; /* as it was written */
};

/* ---- Rules ---- */

struct condition {
  const char *column, *equals, *starts, *ends, *matches, *below, *above;
  LIST(const char *) one_of;
  int64_t empty; /* REC_FLAG */
  bool negate;

  struct column_ref ref;
  regex_t regex;
  int64_t below_millionths, above_millionths;
};
struct row_rule {
  LIST(struct condition) when; /* all of them */
  const char *as;              /* class of the row: "line", "shipping" */
  const char *set_aside, *reason;
};
typedef LIST(struct row_rule) row_rules;

/* ---- Values ---- */

enum value_type { VALUE_TEXT, VALUE_NUMBER, VALUE_INTEGER, VALUE_MONEY, VALUE_PRICE, VALUE_INSTANT, VALUE_DATE,
                  VALUE_BOOL, VALUE_JSON, VALUE_TEXTS };
enum value_pick { PICK_FIRST, PICK_LAST };
enum value_unmapped { UNMAPPED_REFUSE, UNMAPPED_KEEP, UNMAPPED_OMIT };

struct template_part {
  const char *text; /* literal, or NULL for a column */
  struct column_ref ref;
};
struct translation {
  const char *from, *to;
};
struct value {
  const char *column, *constant /* JSON */, *text, *template, *sum, *times, *count, *from, *as;
  int pick, type, unmapped;
  int64_t decimals, max;
  const char *currency; /* column that names it */
  const char *format, *zone, *map, *cut_start, *cut_end, *def /* JSON */;
  bool upper, lower, required;

  struct column_ref ref, times_ref, currency_ref;
  LIST(struct template_part) parts;
  LIST(struct translation) translations; /* sorted by from */
  int from_source;
};

/* The document as a tree: an object has members; a leaf a value; an array a list. */
struct node {
  const char *name;
  LIST(struct node) members;
  const struct value *value;
  const struct list_rule *list;
};
struct list_rule {
  const char *from, *as, *or_set_aside, *reason, *fields;
  LIST(const char *) unless_empty;
  LIST(struct column_ref) deciding; /* of unless_empty */
  const char *path; /* "lines" */
  int source;       /* NO_SOURCE = exactly one item, of the document itself */
  struct node item;
};

/* ---- Sources ---- */

struct amount_rule {
  const char *name, *column, *times;
  struct column_ref ref, times_ref;
  size_t index; /* in all amounts */
};
struct source_rule {
  const char *name, *file, *key, *on, *amounts;
  row_rules rules;
  const char *otherwise;

  LIST(const char *) columns; /* those the mapping speaks of */
  LIST(struct amount_rule) sums;
  struct column_ref key_ref, on_ref;
  bool accounted; /* its rows are in the account: the file itself, and joined files with amounts or rules */
};

struct mapping {
  const char *target, *delimiter, *decimal, *time_zone, *currency, *fields, *lists, *otherwise, *amounts, *doc;
  int format, encoding, existing;
  bool gather;
  LIST(const char *) group_by;
  row_rules rules;
  LIST(struct source_rule) joins;

  LIST(struct source_rule) sources; /* the file first, then the joins */
  LIST(struct column_ref) group;
  struct node root;
  LIST(const char *) amount_names;
  bool as_it_is; /* JSON lines without fields: each line is the document */
};

enum { ENCODING_UTF8, ENCODING_LATIN1 };
enum { EXISTING_KEEP, EXISTING_UPDATE };

/* ---- Rows ---- */

struct import_row {
  const char **cells; /* by the source's columns; "" where the row is too short */
  const char *raw;    /* as it was */
  int64_t line;
  const struct row_rule *rule; /* that matched, or NULL = otherwise */
  bool used;                   /* a document asked for it */
};
typedef LIST(struct import_row *) row_list;

/* What a value is read from: for each source the row it stands on, or NULL = to be joined. */
struct eval {
  const struct import_reader *reader;
  const struct mapping *m;
  struct arena *arena;
  struct fault *fault;
  struct import_row *rows[IMPORT_SOURCES_MAX];
  row_list *group; /* rows of the document */
  bool at_document; /* not inside a list: columns of the file are picked from the group */
  struct promise_zones *zones;
};
/* Text of a column, NULL when there is no such row. */
const char *eval_column(const struct eval *e, const struct column_ref *ref);
/* The class of a row: the name its rule gives, NULL when it is set aside. */
const char *row_class(const struct source_rule *source, const struct import_row *row);
/* The first rule that matches the row e stands on, or NULL. */
const struct row_rule *rules_match(const struct eval *e, const row_rules *rules);
/* Writes the value as JSON; false when it is absent or was refused (fault at pointer). */
bool value_write(const struct eval *e, const struct value *v, const char *pointer, struct buf *out);
/* Does one of the columns that decide about a list of one item hold something? Where none decides: yes. */
bool columns_hold(const struct eval *e, const struct list_rule *l);
/* A number as the file writes it, in millionths (with twelve places: of millionths). False when it is none. */
bool value_decimal(const struct mapping *m, const char *text, int places, struct arena *a, int64_t *out);

/* Adds the row's amounts; false with a fault when one is no number. */
bool amounts_add(const struct eval *e, const struct source_rule *source, struct import_sum *sum, struct fault *f);

/* The rows of a joined file whose key is this text; empty when there are none. */
const row_list *join_rows(const struct import_reader *r, int source, const char *key);
/* The rows of a source for the document that e stands on: of the group, or joined. */
const row_list *rows_of(const struct eval *e, int source);

/* Builds a document of the group's rows. */
void document_build(struct import_reader *r, row_list *group, struct arena *a, struct import_document *out);
struct promise_zones *reader_zones(struct import_reader *r);
const struct mapping *reader_mapping(const struct import_reader *r);

#endif
