/* The records of a mapping file: what may stand in it. Maps with names of the user's own (fields, lists, amounts) are kept
 * as JSON here and read member by member in mapping.c. */
#include "mapping_priv.h"

const char *const import_formats[] = {"by_name", "csv", "jsonl", NULL};
static const char *const encodings[] = {"utf-8", "latin1", NULL};
static const char *const existing_names[] = {"keep", "update", NULL};
static const char *const value_types[] = {"text",    "number", "integer", "money", "price",
                                          "instant", "date",   "bool",    "json",  "texts", NULL};
static const char *const value_picks[] = {"first", "last", NULL};
static const char *const value_unmapped_names[] = {"refuse", "keep", "omit", NULL};
static const char *const decimal_signs[] = {".", ",", NULL};

#define NAME_MAX_ 100
#define TEXT_MAX  1000

static const struct rec_field condition_fields[] = {
    FIELD(struct condition, column, .flags = REC_REQUIRED, .max = NAME_MAX_, .doc = "Column that is looked at",
          .example = "StockCode"),
    FIELD(struct condition, equals, .min = 0, .max = TEXT_MAX, .doc = "It is exactly this"),
    FIELD_AS(REC_TEXTS, struct condition, one_of, .max = 1000, .doc = "It is one of these"),
    FIELD(struct condition, starts, .max = TEXT_MAX, .doc = "It begins with this"),
    FIELD(struct condition, ends, .max = TEXT_MAX, .doc = "It ends with this"),
    FIELD(struct condition, matches, .max = TEXT_MAX, .doc = "POSIX extended regular expression, found anywhere in it"),
    FIELD(struct condition, below, .max = 40, .doc = "As a number it is below this decimal"),
    FIELD(struct condition, above, .max = 40, .doc = "As a number it is above this decimal"),
    FIELD_AS(REC_FLAG, struct condition, empty, .doc = "true: there is nothing in it; false: there is"),
    {.name = "not", .offset = offsetof(struct condition, negate), .kind = REC_BOOL, .doc = "The opposite of all that"},
};
static const struct rec condition_rec =
    REC(struct condition, "ImportCondition", condition_fields, "What a row is asked");

static const struct rec_field rule_fields[] = {
    FIELD_AS(REC_LIST, struct row_rule, when, .flags = REC_REQUIRED, .min = 1, .max = 20, .rec = &condition_rec,
             .doc = "All of these hold"),
    FIELD(struct row_rule, as, .max = NAME_MAX_, .doc = "Class of the row, for lists and sums to ask for",
          .example = "shipping"),
    FIELD(struct row_rule, set_aside, .max = NAME_MAX_, .doc = "Not taken: counted and reported under this word",
          .example = "cancellation"),
    FIELD(struct row_rule, reason, .max = TEXT_MAX, .doc = "Why, for the error file"),
};
static const struct rec rule_rec =
    REC(struct row_rule, "ImportRule", rule_fields, "What a row is; the first rule that fits decides");

static const struct rec_field value_fields[] = {
    FIELD(struct value, column, .max = NAME_MAX_, .doc = "Column of the file, or FILE.COLUMN of a joined one",
          .example = "InvoiceNo"),
    {.name = "const",
     .offset = offsetof(struct value, constant),
     .kind = REC_JSON,
     .max = 16384,
     .doc = "Always this JSON value"},
    FIELD(struct value, text, .max = TEXT_MAX, .doc = "Always this text, read as a cell is: with its type"),
    FIELD(struct value, template, .max = TEXT_MAX, .doc = "Text with {columns} in braces",
          .example = "{order_id}/{seq}"),
    FIELD(struct value, sum, .max = NAME_MAX_, .doc = "Sum of this column over the document's rows"),
    FIELD(struct value, times, .max = NAME_MAX_, .doc = "With column and sum: each multiplied by this column"),
    FIELD(struct value, count, .max = NAME_MAX_, .doc = "Number of the document's rows of this class"),
    FIELD(struct value, from, .max = NAME_MAX_, .doc = "With sum and count: rows of this joined file"),
    FIELD(struct value, as, .max = NAME_MAX_, .doc = "With sum: rows of this class; default line"),
    FIELD_AS(REC_ENUM, struct value, pick, .names = value_picks,
             .doc = "Which of the document's rows: the first or last that has something"),
    FIELD_AS(REC_ENUM, struct value, type, .names = value_types, .doc = "What it becomes"),
    FIELD(struct value, decimals, .min = 0, .max = 6,
          .doc = "money and price: decimals of the minor unit; default of the mapping's currency"),
    FIELD(struct value, currency, .max = NAME_MAX_,
          .doc = "money and price: the column that names the currency; where it names one, that tells the decimals"),
    FIELD(struct value, max, .min = 1, .max = 100000, .doc = "Longer text is cut to so many characters"),
    FIELD(struct value, format, .max = 100,
          .doc = "instant and date: strptime format; default %Y-%m-%d %H:%M:%S, for dates %Y-%m-%d"),
    FIELD(struct value, zone, .max = 64, .check = promise_zone_valid,
          .doc = "Time zone of an instant; default the mapping's"),
    FIELD_AS(REC_JSON, struct value, map, .max = 65536, .doc = "Object: what each text is called with us"),
    FIELD_AS(REC_ENUM, struct value, unmapped, .names = value_unmapped_names,
             .doc = "What is not in map: refuse, keep or omit"),
    FIELD(struct value, cut_start, .max = NAME_MAX_, .doc = "Taken off where the text begins with it"),
    FIELD(struct value, cut_end, .max = NAME_MAX_, .doc = "Taken off where the text ends with it", .example = ".0"),
    {.name = "default",
     .offset = offsetof(struct value, def),
     .kind = REC_JSON,
     .max = 16384,
     .doc = "JSON value where there is nothing"},
    FIELD(struct value, upper, .doc = "ASCII letters become capitals"),
    FIELD(struct value, lower, .doc = "ASCII letters become small"),
    FIELD(struct value, required, .doc = "true: nothing there refuses the document"),
};
const struct rec import_value_rec = REC(struct value, "ImportValue", value_fields, "Where a value comes from");

static const struct rec_field list_fields[] = {
    FIELD(struct list_rule, from, .flags = REC_REQUIRED, .max = NAME_MAX_,
          .doc = "rows, a joined file, or document (exactly one item)", .example = "rows"),
    FIELD(struct list_rule, as, .max = NAME_MAX_, .doc = "Only rows of this class; default line"),
    FIELD(struct list_rule, or_set_aside, .max = NAME_MAX_,
          .doc = "Where the list stays empty the document is set aside under this word"),
    FIELD(struct list_rule, reason, .max = TEXT_MAX, .doc = "Why, for the error file"),
    FIELD_AS(REC_TEXTS, struct list_rule, unless_empty, .max = 50,
             .doc = "With from document: there is no item where all of these columns hold nothing, or zero"),
    FIELD_AS(REC_JSON, struct list_rule, fields, .flags = REC_REQUIRED, .max = 262144,
             .doc = "Object: path in the item to value"),
};
const struct rec import_list_rec =
    REC(struct list_rule, "ImportList", list_fields, "A list of the document, one item a row");

static const struct rec_field amount_fields[] = {
    FIELD(struct amount_rule, column, .flags = REC_REQUIRED, .max = NAME_MAX_, .doc = "Column that is summed",
          .example = "Quantity"),
    FIELD(struct amount_rule, times, .max = NAME_MAX_, .doc = "Each multiplied by this column", .example = "UnitPrice"),
};
const struct rec import_amount_rec =
    REC(struct amount_rule, "ImportAmount", amount_fields, "Money that is accounted for");

static const struct rec_field source_fields[] = {
    FIELD(struct source_rule, name, .flags = REC_REQUIRED, .max = 40, .doc = "What columns call it: NAME.COLUMN",
          .example = "items"),
    FIELD(struct source_rule, file, .flags = REC_REQUIRED, .max = 255,
          .doc = "Name of the file, in the folder of the imported one; .gz is tried too", .example = "order_items.csv"),
    FIELD(struct source_rule, key, .flags = REC_REQUIRED, .max = NAME_MAX_, .doc = "Its column", .example = "order_id"),
    FIELD(struct source_rule, on, .flags = REC_REQUIRED, .max = NAME_MAX_,
          .doc = "The column that names the key; of the file or of an earlier join", .example = "order_id"),
    FIELD_AS(REC_LIST, struct source_rule, rules, .max = 200, .rec = &rule_rec, .doc = "What its rows are"),
    FIELD(struct source_rule, otherwise, .max = NAME_MAX_, .doc = "Class of rows that no rule fits; default line"),
    FIELD_AS(REC_JSON, struct source_rule, amounts, .max = 16384, .doc = "Object: name to column; sums that are kept"),
};
static const struct rec source_rec =
    REC(struct source_rule, "ImportJoin", source_fields, "A further file that belongs to it");

static const struct rec_field mapping_fields[] = {
    FIELD(struct mapping, target, .flags = REC_REQUIRED, .max = 40, .doc = "What the documents are",
          .example = "orders"),
    {.name = "comment", .offset = offsetof(struct mapping, doc), .kind = REC_TEXT, .max = 4000, .doc = "For people"},
    FIELD_AS(REC_ENUM, struct mapping, format, .names = import_formats, .doc = "csv, jsonl, or by the file's name"),
    FIELD(struct mapping, delimiter, .min = 1, .max = 1, .doc = "Between cells; default a comma"),
    FIELD_AS(REC_ENUM, struct mapping, encoding, .names = encodings, .doc = "Of the file"),
    FIELD(struct mapping, decimal, .names = decimal_signs,
          .doc = "Decimal sign of its numbers; with a comma dots group thousands"),
    FIELD(struct mapping, time_zone, .max = 64, .check = promise_zone_valid, .doc = "Of its times; default UTC"),
    FIELD(struct mapping, currency, .min = 3, .max = 3, .doc = "Tells the decimals of its money", .example = "GBP"),
    FIELD_AS(REC_ENUM, struct mapping, existing, .names = existing_names,
             .doc = "keep: what exists stays as it is; update: it is changed"),
    FIELD_AS(REC_TEXTS, struct mapping, group_by, .max = 8,
             .doc = "Rows with the same values here are one document; default each row is one"),
    FIELD(struct mapping, gather, .doc = "true: rows of a document may lie apart; the whole file is kept in memory"),
    FIELD_AS(REC_LIST, struct mapping, rules, .max = 200, .rec = &rule_rec, .doc = "What its rows are"),
    FIELD(struct mapping, otherwise, .max = NAME_MAX_, .doc = "Class of rows that no rule fits; default line"),
    FIELD_AS(REC_JSON, struct mapping, amounts, .max = 16384, .doc = "Object: name to column; sums that are kept"),
    FIELD_AS(REC_LIST, struct mapping, joins, .max = IMPORT_SOURCES_MAX - 1, .rec = &source_rec,
             .doc = "Further files"),
    FIELD_AS(REC_JSON, struct mapping, fields, .max = 262144, .doc = "Object: path in the document to value"),
    FIELD_AS(REC_JSON, struct mapping, lists, .max = 262144, .doc = "Object: path in the document to list"),
};
const struct rec import_mapping_rec =
    REC(struct mapping, "ImportMapping", mapping_fields, "How a file becomes documents");
