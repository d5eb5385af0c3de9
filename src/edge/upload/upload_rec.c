/* Records of kept files. */
#include "upload_priv.h"

#include <string.h>

const char *const upload_kinds[] = {"products", "stock", "customers", "orders", NULL};
const char *const upload_states[] = {"mapping", "checking", "checked", "running", "done", "cancelled", "failed", NULL};

enum upload_kind upload_kind_find(const char *name)
{
  int kind = 0;
  while (kind < UPLOAD_KINDS && !text_eq(upload_kinds[kind], name))
    kind++;
  return (enum upload_kind)kind;
}

static const struct {
  enum permission write, read;
} permissions[UPLOAD_KINDS] = {
    [UPLOAD_PRODUCTS] = {PERM_CATALOG_WRITE, PERM_CATALOG_READ},
    [UPLOAD_STOCK] = {PERM_STOCK_ADJUST, PERM_STOCK_READ},
    [UPLOAD_CUSTOMERS] = {PERM_CUSTOMER_WRITE, PERM_CUSTOMER_READ},
    [UPLOAD_ORDERS] = {PERM_ORDER_CREATE, PERM_ORDER_READ},
};

enum permission upload_permission(enum upload_kind kind)
{
  return permissions[kind].write;
}

enum permission upload_read_permission(enum upload_kind kind)
{
  return permissions[kind].read;
}

bool upload_is_personal(enum upload_kind kind)
{
  return kind == UPLOAD_CUSTOMERS || kind == UPLOAD_ORDERS;
}

/* ---- What was found ---- */

static const struct rec_field column_fields[] = {
    FIELD(struct upload_column, name, .max = 200, .doc = "Its header, made unique", .example = "SKU"),
    FIELD_AS(REC_TEXTS, struct upload_column, samples, .max = UPLOAD_SAMPLES, .doc = "Its first cells with something",
             .example = "[\"TEE-S\",\"MUG-BLUE\"]"),
};
static const struct rec column_rec =
    REC(struct upload_column, "ImportColumn", column_fields, "A column of an imported file");

static const struct rec_field found_fields[] = {
    FIELD(struct upload_found, format, .doc = "csv or xlsx", .example = "csv"),
    FIELD(struct upload_found, encoding, .doc = "Encoding of its text", .example = "UTF-8"),
    FIELD(struct upload_found, delimiter, .doc = "Between its cells", .example = ";"),
    FIELD(struct upload_found, bytes, .doc = "Its size", .example = "18332"),
    FIELD(struct upload_found, rows, .doc = "Rows below the header that hold something", .example = "214"),
    FIELD(struct upload_found, blank, .def = 0, .has_def = true, .doc = "Rows that hold nothing and are skipped",
          .example = "2"),
    FIELD(struct upload_found, sha256, .doc = "Of its bytes"),
    FIELD_AS(REC_LIST, struct upload_found, columns, .max = UPLOAD_COLUMNS_MAX, .rec = &column_rec,
             .doc = "Its columns, from the left"),
};
static const struct rec found_rec = REC(struct upload_found, "ImportFound", found_fields, "What was found in a file");

/* ---- Mapping ---- */

static const char *const decimal_signs[] = {".", ",", NULL};

static const struct rec_field rule_fields[] = {
    FIELD(struct upload_rule, field, .flags = REC_REQUIRED, .max = 60,
          .doc = "Which field it fills: GET /v1/import_fields lists them", .example = "price"),
    FIELD(struct upload_rule, column, .max = 200, .doc = "The column that says it; or constant", .example = "Preis"),
    FIELD(struct upload_rule, constant, .max = 500, .doc = "The same for all rows, instead of a column",
          .example = "NJ1"),
    FIELD(struct upload_rule, format, .max = 60, .doc = "How dates and times are written, as in strptime",
          .example = "%d.%m.%Y"),
    FIELD(struct upload_rule, unit, .max = 10,
          .doc = "g or kg; mm, cm or m; major (19.90) or minor (1990) of a price. Left out = g, mm, major",
          .example = "kg"),
    FIELD_AS(REC_JSON, struct upload_rule, map, .max = 16384, .doc = "Object: what each text of the file means",
             .example = "{\"ja\":\"true\",\"nein\":\"false\"}"),
};
static const struct rec rule_rec = REC(struct upload_rule, "ImportColumnRule", rule_fields, "Where a field comes from");

static const struct rec_field mapping_fields[] = {
    FIELD_AS(REC_LIST, struct upload_mapping, columns, .max = UPLOAD_COLUMNS_MAX, .rec = &rule_rec,
             .doc = "Which field comes from where; columns that nothing names are left out"),
    FIELD(struct upload_mapping, decimal, .names = decimal_signs,
          .doc = "Decimal sign; with a comma dots group thousands. Left out = ."),
    FIELD(struct upload_mapping, currency, .min = 3, .max = 3,
          .doc = "Tells the decimals of money; left out = the company's", .example = "EUR"),
    FIELD(struct upload_mapping, time_zone, .max = 64, .check = promise_zone_valid,
          .doc = "Of times without one; left out = the company's", .example = "Europe/Berlin"),
    FIELD(struct upload_mapping, update, .def = true, .has_def = true,
          .doc = "true: what exists is changed; false: it stays as it is"),
};
const struct rec upload_mapping_rec =
    REC(struct upload_mapping, "ImportColumns", mapping_fields, "What the columns of a file mean");

static const struct rec_field change_fields[] = {
    FIELD_AS(REC_RECORD, struct upload_change, mapping, .flags = REC_REQUIRED, .rec = &upload_mapping_rec,
             .doc = "Replaces the one before"),
};
const struct rec upload_change_rec =
    REC(struct upload_change, "ImportChange", change_fields, "What an import's columns mean");

/* ---- The kept file ---- */

static const struct rec_field counts_fields[] = {
    FIELD(struct upload_counts, rows, .def = 0, .has_def = true, .doc = "Rows that were looked at", .example = "214"),
    {.name = "new",
     .column = "new",
     .offset = offsetof(struct upload_counts, fresh),
     .kind = REC_INT,
     .has_def = true,
     .doc = "Records that were not there",
     .example = "200"},
    FIELD(struct upload_counts, changed, .def = 0, .has_def = true, .doc = "Records that were there and differ",
          .example = "8"),
    FIELD(struct upload_counts, unchanged, .def = 0, .has_def = true, .doc = "Records that are there like this",
          .example = "4"),
    FIELD(struct upload_counts, wrong, .def = 0, .has_def = true, .doc = "Records that were refused", .example = "2"),
};
static const struct rec counts_rec =
    REC(struct upload_counts, "ImportCounts", counts_fields, "What became of the records of a pass");

static const struct rec_field upload_rows[] = {
    FIELD(struct upload, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD_AS(REC_ID, struct upload, id, .flags = REC_KEY | REC_READONLY, .prefix = PREFIX_import, .doc = "Id",
             .example = "imp_01jd7k3v9q2m8"),
    FIELD(struct upload, version, .flags = REC_READONLY, .doc = "Moves with each step, not with progress"),
    FIELD_AS(REC_ENUM, struct upload, kind, .flags = REC_READONLY, .names = upload_kinds, .doc = "What its rows are"),
    FIELD_AS(REC_ENUM, struct upload, state, .flags = REC_READONLY, .names = upload_states,
             .doc =
                 "mapping: waits for a pass; checking, running: a pass is under way; checked, done, cancelled, failed"),
    FIELD(struct upload, file_name, .flags = REC_READONLY, .max = 255, .doc = "As it was called",
          .example = "products.csv"),
    FIELD_AS(REC_RECORD, struct upload, file, .flags = REC_READONLY, .rec = &found_rec, .doc = "What was found in it"),
    FIELD_AS(REC_RECORD, struct upload, mapping, .flags = REC_READONLY, .rec = &upload_mapping_rec,
             .doc = "What its columns mean"),
    FIELD(struct upload, mapping_source, .flags = REC_READONLY,
          .doc = "guessed from the header, saved from the last file with this header, or given by somebody"),
    FIELD(struct upload, fingerprint, .flags = REC_HIDDEN, .max = 64),
    FIELD_AS(REC_INLINE, struct upload, checked, .flags = REC_READONLY, .prefix = "checked_", .rec = &counts_rec,
             .doc = "Of the last dry run"),
    FIELD_AS(REC_INLINE, struct upload, ran, .flags = REC_READONLY, .prefix = "ran_", .rec = &counts_rec,
             .doc = "Of the run"),
    FIELD(struct upload, documents_done, .flags = REC_READONLY, .has_def = true,
          .doc = "Records that the pass has done so far"),
    FIELD(struct upload, errors, .flags = REC_READONLY, .has_def = true,
          .doc = "Errors that GET /v1/imports/{id}/errors lists: the first 10,000 of the last pass"),
    FIELD(struct upload, message, .flags = REC_READONLY, .max = 1000, .doc = "Why it failed"),
    FIELD_AS(REC_ENUM, struct upload, actor_kind, .flags = REC_HIDDEN, .names = actor_kinds),
    FIELD(struct upload, actor_id, .flags = REC_HIDDEN),
    FIELD(struct upload, actor_name, .flags = REC_READONLY, .doc = "Who brought it, or began the last pass",
          .example = "Li Wei"),
    FIELD(struct upload, actor_rights, .flags = REC_HIDDEN),
    FIELD(struct upload, actor_scope, .flags = REC_HIDDEN, .max = 200000),
    FIELD(struct upload, owner, .flags = REC_HIDDEN, .min = 0),
    FIELD(struct upload, claimed_until, .flags = REC_HIDDEN),
    FIELD(struct upload, created_at, .flags = REC_READONLY, .doc = "When it was brought"),
    FIELD(struct upload, updated_at, .flags = REC_READONLY, .doc = "Its last step"),
    FIELD(struct upload, finished_at, .flags = REC_READONLY, .doc = "End of the last pass"),
    FIELD(struct upload, expires_at, .flags = REC_READONLY, .doc = "When it is thrown away"),
};
const struct rec upload_rec =
    REC(struct upload, "Import", upload_rows, "A file that was brought, and what becomes of it");
const struct db_table upload_table = {"import_file", &upload_rec};

/* ---- Errors ---- */

static const struct rec_field error_fields[] = {
    FIELD(struct upload_error, bucket, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct upload_error, import_id, .flags = REC_KEY | REC_HIDDEN),
    FIELD(struct upload_error, n, .flags = REC_KEY, .doc = "In order of the file, from 1", .example = "1"),
    FIELD(struct upload_error, line, .doc = "Line of the file; the header is 1", .example = "14"),
    FIELD(struct upload_error, column, .column = "column_name", .max = 200, .doc = "Column; left out: of the row",
          .example = "GTIN"),
    FIELD(struct upload_error, field, .max = 120, .doc = "Field that it fills", .example = "gtin"),
    FIELD(struct upload_error, code, .max = 60, .doc = "Stable code", .example = "invalid_format"),
    FIELD(struct upload_error, detail, .max = 1000, .doc = "The same for people"),
    FIELD(struct upload_error, key, .column = "record_key", .max = 200, .doc = "What the row is called",
          .example = "TEE-S"),
    FIELD(struct upload_error, raw, .max = 20000,
          .doc = "The row as it was, with the first error of each; empty when it is longer than 20,000 bytes"),
};
const struct rec upload_error_rec =
    REC(struct upload_error, "ImportError", error_fields, "What is wrong with a cell or a row");
const struct db_table upload_error_table = {"import_error", &upload_error_rec};

/* ---- Fields ---- */

static const struct rec_field shown_fields[] = {
    FIELD(struct upload_field_shown, name, .doc = "Name, as a mapping says it", .example = "name.en"),
    FIELD(struct upload_field_shown, type,
          .doc = "text, number, integer, money, price, rate, weight, length, bool, instant, date, texts, json, choice",
          .example = "text"),
    FIELD(struct upload_field_shown, required, .doc = "Without it no row is taken", .example = "false"),
    FIELD_AS(REC_TEXTS, struct upload_field_shown, choices, .max = 100,
             .doc = "Of a choice its values; of weight, length and price the units that a file may have"),
    FIELD_AS(REC_TEXTS, struct upload_field_shown, headers, .max = 100, .doc = "Headers that are known to mean it"),
    FIELD(struct upload_field_shown, doc, .max = 500, .doc = "What it is"),
};
const struct rec upload_field_rec =
    REC(struct upload_field_shown, "ImportField", shown_fields, "A field that a column may fill");
