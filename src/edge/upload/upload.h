/* upload - files that people bring to their browser: kept for a day, looked at, mapped, tried, and then written as if by
 * hand, row by row. The mapping of the browser (a column is a field) is compiled to the one of the room import, so that a
 * file is read the same way by both; what becomes of a document is the business of app/import_work.c.
 *
 *   upload_look       bytes -> text: CSV in any usual encoding, or the first sheet of an XLSX file
 *   upload_guess      which column is which field, by its header in English or Chinese
 *   upload_compile    the mapping of the browser -> the mapping of import.h
 *   upload_*_act      kept, mapped, begun, moved on, cancelled, thrown away
 *
 * A pass is a try (state checking) or the real thing (running). One process works on it, by a claim that it renews with each
 * batch (upload_step_act); a pass whose process died is taken up where its last batch ended.
 *
 * Events: import.created, import.mapped, import.started, import.finished, import.deleted.
 */
#ifndef ORDO_UPLOAD_H
#define ORDO_UPLOAD_H

#include "acts.h"
#include "context.h"
#include "db.h"
#include "ids.h"
#include "import.h"
#include "rec.h"

#define UPLOAD_BYTES_MAX   (16u << 20)  /* of a file as it comes */
#define UPLOAD_TEXT_MAX    (128u << 20) /* of its text: a sheet is packed */
#define UPLOAD_COLUMNS_MAX IMPORT_COLUMNS_MAX
#define UPLOAD_ROWS_MAX    200000
#define UPLOAD_ERRORS_MAX  10000 /* kept for people; all are counted */
#define UPLOAD_RAW_MAX     (16u << 20) /* of the wrong rows that are kept with them; the others have their reasons only */
#define UPLOAD_FORGET      200   /* errors that go with one act */
#define UPLOAD_KEPT_HOURS  24
#define UPLOAD_BROUGHT_MS  600000 /* for a file to become whole */
#define UPLOAD_SAMPLES     5     /* cells of each column that are shown */
#define UPLOAD_HEADER_MAX  80    /* characters of a column's name */
#define UPLOAD_CLAIM_MS    15000 /* of the process that works on a pass */

enum upload_kind { UPLOAD_PRODUCTS, UPLOAD_STOCK, UPLOAD_CUSTOMERS, UPLOAD_ORDERS, UPLOAD_KINDS };
extern const char *const upload_kinds[]; /* "products", "stock", "customers", "orders", NULL */
/* The kind of a name; UPLOAD_KINDS when there is none. */
enum upload_kind upload_kind_find(const char *name);
/* What somebody must be allowed to bring rows of a kind, and to take them out. */
enum permission upload_permission(enum upload_kind kind);
enum permission upload_read_permission(enum upload_kind kind);
/* Rows of this kind hold names and addresses: others than who brought them need personal.read to see their file. */
bool upload_is_personal(enum upload_kind kind);

/* ---- Fields: what a column may be ------------------------------------------------------------------------------------ */

enum upload_type { UPLOAD_TEXT, UPLOAD_NUMBER, UPLOAD_INTEGER, UPLOAD_MONEY, UPLOAD_PRICE, UPLOAD_RATE, UPLOAD_WEIGHT,
                   UPLOAD_LENGTH, UPLOAD_BOOL, UPLOAD_INSTANT, UPLOAD_DATE, UPLOAD_TEXTS, UPLOAD_JSON, UPLOAD_CHOICE };
struct upload_field {
  enum upload_kind kind;
  const char *name;      /* "name.en" */
  enum upload_type type;
  bool required;
  const char *choices;   /* of UPLOAD_CHOICE, and of UPLOAD_WEIGHT ... their units: words with spaces between */
  const char *path;      /* in the document; NULL = as name. Within a list: without its name */
  const char *list;      /* "lines": one item of it a row; "addresses": exactly one */
  const char *words;     /* headers that mean it, beside the name: folded, with | between */
  const char *doc;
};
extern const struct upload_field upload_fields[]; /* ended by a row without name */
const struct upload_field *upload_field_find(enum upload_kind kind, const char *name); /* or NULL */
/* For people who ask. */
struct upload_field_shown {
  const char *name, *type, *doc, *example;
  bool required;
  LIST(const char *) choices, headers;
};
extern const struct rec upload_field_rec;
typedef LIST(struct upload_field_shown) upload_fields_shown;
void upload_fields_show(struct arena *a, enum upload_kind kind, upload_fields_shown *out);

/* ---- The kept file ------------------------------------------------------------------------------------------------------ */

struct upload_column {
  const char *name;           /* unique in its file: an empty one is "column 3", a second one "Name (2)" */
  LIST(const char *) samples; /* its first cells that hold something */
};
struct upload_found {
  const char *format;    /* "csv", "xlsx" */
  const char *encoding;  /* "UTF-8", "GB18030" ... */
  const char *delimiter; /* "," ";" "\t" "|" */
  int64_t bytes, rows;   /* rows without the header and blank ones */
  int64_t blank;         /* rows that hold nothing: skipped */
  const char *sha256;
  LIST(struct upload_column) columns;
};

struct upload_rule {
  const char *field, *column;
  const char *constant; /* instead of a column: the same for all rows */
  const char *format;   /* of dates and times, as in strptime: "%d.%m.%Y" */
  const char *unit;     /* of weights (g, kg), lengths (mm, cm, m) and prices (major, minor) */
  const char *map;      /* JSON object: what each text of the file is called with us */
};
struct upload_mapping {
  LIST(struct upload_rule) columns;
  const char *decimal;   /* "." or "," */
  const char *currency;  /* tells the decimals of money; NULL = the company's */
  const char *time_zone; /* of times without one; NULL = the company's */
  bool update;           /* what exists is changed; else it stays as it is */
};

/* What became of the rows of a pass. For orders a record is several rows: these count records, rows counts rows. */
struct upload_counts {
  int64_t rows, fresh, changed, unchanged, wrong;
};

enum upload_state { UPLOAD_MAPPED, UPLOAD_CHECKING, UPLOAD_CHECKED, UPLOAD_RUNNING, UPLOAD_DONE, UPLOAD_CANCELLED,
                    UPLOAD_FAILED };
extern const char *const upload_states[]; /* "mapping", "checking", "checked", "running", "done", "cancelled", "failed" */

struct upload {
  int64_t bucket;
  struct import_id id;
  int64_t version;
  int kind, state;
  const char *file_name;
  struct upload_found *file;
  struct upload_mapping *mapping;
  const char *mapping_source; /* "guessed", "saved", "given" */
  const char *fingerprint;
  struct upload_counts checked, ran;
  int64_t documents_done, errors;
  const char *message;
  int actor_kind;
  int64_t actor_id;
  const char *actor_name;
  int64_t actor_rights;
  const char *actor_scope;
  const char *owner;
  struct instant claimed_until, created_at, updated_at, finished_at, expires_at;
};
extern const struct rec upload_rec;
extern const struct db_table upload_table;

/* By "imp_..."; ERR_NOT_FOUND with a sentence, also when its day is over. */
MUST_CHECK enum err upload_load(struct ctx *cx, const char *id, struct upload *out);
/* ERR_FORBIDDEN unless the actor may see it: he may write its rows, and read what is personal in them or brought it. */
MUST_CHECK enum err upload_need(struct ctx *cx, const struct upload *u);
/* Its bytes as they came, in memory of their own: the caller frees. */
MUST_CHECK enum err upload_bytes(struct ctx *cx, const struct upload *u, char **out, size_t *out_n);

/* ---- Looking at a file --------------------------------------------------------------------------------------------------- */

/* A file as text: UTF-8, one header line with unique names, then the rows as they were. Lives outside the arena. */
struct upload_text {
  char *at; /* the caller frees */
  size_t n;
};
/* Finds out what it is. encoding and delimiter NULL = to be found out, else as somebody says. ERR_INVALID with a sentence:
 * no CSV, no XLSX, more than UPLOAD_ROWS_MAX rows or UPLOAD_COLUMNS_MAX columns, no header. out_text may be NULL. */
MUST_CHECK enum err upload_look(const char *bytes, size_t n, const char *encoding, const char *delimiter,
                                struct arena *a, struct fault *f, struct upload_found *out,
                                struct upload_text *out_text);
/* The first sheet of an XLSX file as CSV with commas; dates as people write them in ISO 8601. ERR_INVALID when it is none.
 * The caller frees *out. */
MUST_CHECK enum err xlsx_to_csv(const char *bytes, size_t n, struct fault *f, struct upload_text *out);

/* ---- Mapping ---------------------------------------------------------------------------------------------------------------- */

/* By kind and names of the columns, whatever their order. */
const char *upload_fingerprint(struct arena *a, enum upload_kind kind, const struct upload_found *file);
/* Each column to the field that its header means; the rest stays out. */
void upload_guess(struct arena *a, enum upload_kind kind, const struct upload_found *file, struct upload_mapping *out);
struct upload_defaults {
  const char *currency, *time_zone, *language;
};
MUST_CHECK enum err upload_defaults_load(struct ctx *cx, struct upload_defaults *out);
/* What a guessed mapping says of all rows: money whose currency no column tells is in the company's. */
void upload_assume(struct arena *a, enum upload_kind kind, const struct upload_defaults *defaults,
                   struct upload_mapping *m);
/* The mapping for import.h. ERR_INVALID with pointers below /mapping: unknown fields and columns, a field twice, a unit or a
 * format that does not fit, required fields that nothing fills. */
MUST_CHECK enum err upload_compile(const struct upload *u, const struct upload_defaults *defaults, struct arena *a,
                                   struct fault *f, struct mapping **out);

/* ---- Errors of rows --------------------------------------------------------------------------------------------------------- */

struct upload_error {
  int64_t bucket, import_id, n;
  int64_t line;
  const char *column, *field, *code, *detail, *key, *raw;
};
extern const struct rec upload_error_rec;
extern const struct db_table upload_error_table;
typedef LIST(struct upload_error) upload_errors;
/* A file with what was wrong: the header, and each wrong row as it was with its reason in a last column, so that it can be
 * mended and brought again; of a row that was too long to be kept only the reason. The caller frees. */
MUST_CHECK enum err upload_error_file(struct ctx *cx, const struct upload *u, struct upload_text *out);

/* ---- Acts ---------------------------------------------------------------------------------------------------------------------- */

/* Body: struct upload_creation. 201. */
struct upload_creation {
  struct upload upload;
  const unsigned char *packed; /* deflated */
  size_t n, kept;              /* of them, those that upload_keep has written */
};
/* Before upload_create_act: writes what of a large file is too much for one act, where nobody sees it yet. */
MUST_CHECK enum err upload_keep(struct ctx *cx, struct writer *w, struct upload_creation *c);
extern const struct act upload_create_act;
/* PATCH of mapping and of file.encoding, file.delimiter (then the file is looked at again by who calls): upload_change_rec. */
struct upload_change {
  struct upload_mapping *mapping;
};
extern const struct rec upload_change_rec;
extern const struct act upload_change_act;
/* id = "imp_...". Begin a pass, on behalf of who calls; ERR_STATE while one is under way, and when it was run already. */
extern const struct act upload_check_act, upload_run_act;
/* Ends a pass; what was written stays. Fine when there is none. A pass ends by itself when the user who began it is disabled,
 * or may not bring these rows any more. */
extern const struct act upload_cancel_act;
extern const struct act upload_delete_act;

/* The worker's: claims a pass (owner, claimed_until), moves it on, ends it. Body: struct upload_step. ERR_STATE when the pass
 * is no longer the owner's: cancelled, or taken over. */
struct upload_step {
  const char *owner;
  bool claim;             /* take it if nobody holds it */
  int64_t documents_done; /* counts and errors below are those of the pass so far */
  struct upload_counts counts;
  int64_t forget;         /* only: errors of the pass before with numbers up to this go */
  upload_errors errors;   /* new ones, numbered after those that are kept */
  bool end;               /* the pass is over: checked, done, or failed with a message ... */
  bool cancel;            /* ... or cancelled with it: who began it may not go on */
  const char *message;
};
extern const struct act upload_step_act;
/* Of its errors that are stored: the last number, and how much their rows hold. Those beyond upload.errors are of the pass
 * before: nobody sees them, and they go before the new one begins. */
MUST_CHECK enum err upload_errors_kept(struct ctx *cx, const struct upload *u, int64_t *out_last, int64_t *out_raw);
/* Passes that nobody works on: id of the oldest, 0 = none. */
MUST_CHECK enum err upload_waiting(struct ctx *cx, struct import_id *out);
/* A file whose day is over, 0 = none. Each act throws some of it away, until it is gone: files are large, and other acts wait
 * for one transaction. */
MUST_CHECK enum err uploads_expired(struct ctx *cx, struct bucket_groups groups, struct import_id *out);
extern const struct act upload_expire_act;

/* ---- Taking out what can be brought in ------------------------------------------------------------------------------------------ */

/* All records of a kind as CSV whose columns are its fields: brought in again it changes nothing. ERR_TOO_LARGE beyond max
 * bytes, ERR_INVALID of UPLOAD_ORDERS. The caller frees. */
MUST_CHECK enum err upload_export(struct ctx *cx, enum upload_kind kind, size_t max, struct upload_text *out);

/* Their names of the files, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err uploads_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

#endif
