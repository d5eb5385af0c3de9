/* The first sheet of an office file (ECMA-376) as CSV, row for row, so that lines are rows. Cells come as people see them:
 * shared texts by their number, dates by their format, numbers with the 15 digits that a spreadsheet shows. */
#include "upload_priv.h"

#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHEET_ROWS_MAX = 1048576, DIGITS = 15, NAME_BYTES = 200 };

/* More than spreadsheets write; whoever sends more would have us search for hours. */
enum { FORMATS_MAX = 4096, STYLES_MAX = 65536 };

/* How numbers of a style are shown. */
enum shown { SHOWN_NUMBER, SHOWN_DATE, SHOWN_TIME, SHOWN_BOTH };

struct custom_format {
  int64_t id;
  enum shown shown;
};

struct sheet {
  struct arena *arena; /* of shared texts and styles */
  struct fault *fault;
  XML_Parser parser;
  bool failed;

  /* workbook */
  char relation[NAME_BYTES], target[NAME_BYTES];
  bool since_1904;

  LIST(const char *) shared;
  LIST(struct custom_format) formats; /* by id */
  LIST(int) styles;                   /* enum shown by number */
  bool in_styles;

  /* where the parser is */
  bool in_row, in_cell, in_text, in_phonetic;
  struct buf text;

  /* the cell and the row */
  char type; /* of the cell: s shared, i inline, b, e, t formula's text, n */
  int64_t style, column, row;
  LIST(const char *) cells;
  size_t cells_read, row_bytes;
  struct arena *row_arena; /* of texts and cells, which die with their row */
  struct growing csv;
};

static void fail(struct sheet *s, const char *slug, const char *detail)
{
  if (!s->failed)
    (void)fault_add(s->fault, ERR_INVALID, "", slug, "%s", detail);
  s->failed = true;
  XML_StopParser(s->parser, XML_FALSE);
}

static const char *attribute(const char **attributes, const char *name)
{
  for (; *attributes; attributes += 2)
    if (strcmp(attributes[0], name) == 0)
      return attributes[1];
  return NULL;
}

static int64_t number_attribute(const char **attributes, const char *name, int64_t otherwise)
{
  const char *text = attribute(attributes, name);
  int64_t v;
  return text && strlen(text) < 10 && decimal_parse(text, strlen(text), 0, &v) ? v : otherwise;
}

/* "x:row" is "row": some programs write the name space out. */
static const char *local(const char *name)
{
  const char *colon = strchr(name, ':');
  return colon ? colon + 1 : name;
}

static bool is(const char *name, const char *wanted)
{
  return strcmp(local(name), wanted) == 0;
}

/* ---- Styles ---- */

static enum shown shown_of(bool date, bool time)
{
  return date && time ? SHOWN_BOTH : date ? SHOWN_DATE : time ? SHOWN_TIME : SHOWN_NUMBER;
}

/* What letters of a format's code stand outside quotes and brackets: y and d say date, h and s time. */
static enum shown shown_by_code(const char *code)
{
  bool date = false, time = false, month = false;
  for (const char *p = code; *p; p++) {
    if (*p == '"' || *p == '[') {
      const char *end = strchr(p + 1, *p == '"' ? '"' : ']');
      p = end ? end : p + strlen(p) - 1;
    } else if (*p == '\\' && p[1]) {
      p++;
    } else if (*p == ';') {
      break;
    } else {
      date |= *p == 'y' || *p == 'Y' || *p == 'd' || *p == 'D';
      time |= *p == 'h' || *p == 'H' || *p == 's' || *p == 'S';
      month |= *p == 'm' || *p == 'M';
    }
  }
  if (strcmp(code, "General") == 0)
    return SHOWN_NUMBER;
  return shown_of(date || (month && !time), time);
}

/* Where a format's id stands in the list, or would. */
static size_t format_place(const struct sheet *s, int64_t id)
{
  size_t from = 0, to = s->formats.n;
  while (from < to) {
    size_t at = (from + to) / 2;
    if (s->formats.at[at].id < id)
      from = at + 1;
    else
      to = at;
  }
  return from;
}

static enum shown shown_by_id(const struct sheet *s, int64_t id)
{
  if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
    return SHOWN_DATE;
  if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47))
    return SHOWN_TIME;
  if (id == 22)
    return SHOWN_BOTH;
  size_t at = format_place(s, id);
  return at < s->formats.n && s->formats.at[at].id == id ? s->formats.at[at].shown : SHOWN_NUMBER;
}

/* The first of an id counts. */
static void format_add(struct sheet *s, int64_t id, enum shown shown)
{
  size_t at = format_place(s, id);
  if (at < s->formats.n && s->formats.at[at].id == id)
    return;
  if (s->formats.n == FORMATS_MAX) {
    fail(s, "too_many", "the sheet has too many formats");
    return;
  }
  (void)LIST_ADD(s->arena, &s->formats);
  memmove(s->formats.at + at + 1, s->formats.at + at, (s->formats.n - 1 - at) * sizeof *s->formats.at);
  s->formats.at[at] = (struct custom_format){id, shown};
}

static void style_add(struct sheet *s, enum shown shown)
{
  if (s->styles.n == STYLES_MAX)
    fail(s, "too_many", "the sheet has too many styles");
  else
    *LIST_ADD(s->arena, &s->styles) = (int)shown;
}

static void styles_begin(void *arg, const char *name, const char **attributes)
{
  struct sheet *s = arg;
  const char *code = attribute(attributes, "formatCode");
  if (s->failed)
    return;
  if (is(name, "numFmt") && code)
    format_add(s, number_attribute(attributes, "numFmtId", -1), shown_by_code(code));
  if (is(name, "cellXfs"))
    s->in_styles = true;
  if (is(name, "xf") && s->in_styles)
    style_add(s, shown_by_id(s, number_attribute(attributes, "numFmtId", 0)));
}

static void styles_end(void *arg, const char *name)
{
  struct sheet *s = arg;
  if (is(name, "cellXfs"))
    s->in_styles = false;
}

/* ---- Texts ---- */

static void take_text(void *arg, const char *text, int n)
{
  struct sheet *s = arg;
  if (s->failed || !s->in_text || s->in_phonetic)
    return;
  if (s->text.n + (size_t)n > CSV_CELL_MAX)
    fail(s, "too_large", "a cell of the sheet is too large");
  else
    buf_add(&s->text, text, (size_t)n);
}

static void shared_begin(void *arg, const char *name, const char **attributes)
{
  struct sheet *s = arg;
  (void)attributes;
  if (s->failed)
    return;
  if (is(name, "si"))
    buf_init(&s->text, s->arena);
  s->in_phonetic |= is(name, "rPh");
  s->in_text |= is(name, "t");
  if (arena_over(s->arena))
    fail(s, "too_large", "the sheet has too much text");
}

static void shared_end(void *arg, const char *name)
{
  struct sheet *s = arg;
  if (is(name, "rPh"))
    s->in_phonetic = false;
  if (is(name, "t"))
    s->in_text = false;
  if (is(name, "si") && !s->failed) {
    *LIST_ADD(s->arena, &s->shared) = buf_str(&s->text);
    buf_init(&s->text, s->arena);
  }
}

/* ---- The workbook ---- */

static void workbook_begin(void *arg, const char *name, const char **attributes)
{
  struct sheet *s = arg;
  const char *since = attribute(attributes, "date1904"), *relation = attribute(attributes, "r:id");
  if (is(name, "workbookPr"))
    s->since_1904 = since && (strcmp(since, "1") == 0 || strcmp(since, "true") == 0);
  if (is(name, "sheet") && !*s->relation && relation && strlen(relation) < sizeof s->relation)
    snprintf(s->relation, sizeof s->relation, "%s", relation);
}

static void relations_begin(void *arg, const char *name, const char **attributes)
{
  struct sheet *s = arg;
  const char *id = attribute(attributes, "Id"), *target = attribute(attributes, "Target");
  if (!is(name, "Relationship") || !text_eq(id, s->relation) || !target || strlen(target) > NAME_BYTES - 4)
    return;
  snprintf(s->target, sizeof s->target, *target == '/' ? "%s" : "xl/%s", target + (*target == '/'));
}

/* ---- Numbers ---- */

/* Digits and the power of ten behind them. False when it is no number: a number has a digit. */
static bool read_number(const char *text, char digits[40], int *out_n, int *out_power, bool *out_negative)
{
  int n = 0, power = 0;
  int64_t exponent = 0;
  bool point = false, any = false;
  *out_negative = *text == '-';
  text += *text == '-' || *text == '+';
  const char *p = text;
  for (; (*p >= '0' && *p <= '9') || (*p == '.' && !point); p++) {
    point |= *p == '.';
    if (*p == '.')
      continue;
    any = true;
    power -= point;
    if (n == 0 && *p == '0')
      continue;
    if (n < 39)
      digits[n++] = *p;
    else
      power++;
  }
  if (*p == 'e' || *p == 'E') {
    const char *e = p + 1 + (p[1] == '+');
    if (!*e || strlen(e) > 4 || !decimal_parse(e, strlen(e), 0, &exponent))
      return false;
    p = e + strlen(e);
  }
  *out_n = n;
  *out_power = power + (int)exponent;
  return any && *p == 0;
}

/* Halves up at the 15th digit. */
static void round_digits(char digits[40], int *n, int *power)
{
  if (*n > DIGITS) {
    bool up = digits[DIGITS] >= '5';
    *power += *n - DIGITS;
    *n = DIGITS;
    for (int i = DIGITS; up && i-- > 0;) {
      up = digits[i] == '9';
      digits[i] = up ? '0' : (char)(digits[i] + 1);
    }
    if (up) { /* 999... is 1000... */
      digits[0] = '1';
      *power += *n;
      *n = 1;
    }
  }
  while (*n && digits[*n - 1] == '0') {
    --*n;
    ++*power;
  }
}

static const char *plain_number(struct arena *a, const char *text)
{
  char digits[40];
  int n, power;
  bool negative;
  struct buf b;
  if (!read_number(text, digits, &n, &power, &negative) || power > 30 || power < -40)
    return text;
  round_digits(digits, &n, &power);
  if (n == 0)
    return "0";
  buf_init(&b, a);
  buf_text(&b, negative ? "-" : "");
  if (n + power <= 0) {
    buf_text(&b, "0.");
    for (int i = n + power; i < 0; i++)
      buf_char(&b, '0');
  }
  for (int i = 0; i < n; i++) {
    if (i && i == n + power)
      buf_char(&b, '.');
    buf_char(&b, digits[i]);
  }
  for (int i = 0; i < power; i++)
    buf_char(&b, '0');
  return buf_str(&b);
}

/* ---- Dates ---- */

/* Day numbers count from 1899-12-30, as if 1900 had been a leap year. */
enum { DAY_0 = -25569, DAY_0_OF_1904 = -24107, DAYS_MAX = 2958466, DAY_LAST = 2932896 /* 9999-12-31 */ };

static const char *shown_date(const struct sheet *s, struct arena *a, const char *number, enum shown how)
{
  char date[DATE_TEXT], cut[40];
  int64_t nano;
  const char *point = strchr(number, '.');
  size_t n = point && strlen(point) > 10 ? (size_t)(point - number) + 10 : strlen(number);
  if (n >= sizeof cut)
    return number;
  memcpy(cut, number, n);
  cut[n] = 0;
  if (!decimal_parse(cut, n, 9, &nano) || nano < 0 || nano / 1000000000 > DAYS_MAX)
    return number;
  int64_t days = nano / 1000000000, seconds = ((nano % 1000000000) * 86400 + 500000000) / 1000000000;
  days += seconds / 86400;
  seconds %= 86400;
  if (how == SHOWN_TIME && days == 0)
    return arena_printf(a, "%02d:%02d:%02d", (int)(seconds / 3600), (int)(seconds / 60 % 60), (int)(seconds % 60));
  if (!s->since_1904 && days < 60)
    days++;
  days += s->since_1904 ? DAY_0_OF_1904 : DAY_0;
  if (days > DAY_LAST)
    return number;
  days_date(days, date);
  if (how == SHOWN_DATE && seconds == 0)
    return arena_text(a, date);
  return arena_printf(a, "%s %02d:%02d:%02d", date, (int)(seconds / 3600), (int)(seconds / 60 % 60),
                      (int)(seconds % 60));
}

/* ---- Cells ---- */

static int64_t column_of(const char *reference)
{
  int64_t column = 0;
  for (; *reference >= 'A' && *reference <= 'Z' && column < CSV_CELLS_MAX; reference++)
    column = column * 26 + (*reference - 'A' + 1);
  return column - 1;
}

static void cell_begin(struct sheet *s, const char **attributes)
{
  if (!s->in_row || s->in_cell) {
    fail(s, "malformed", "a cell of the sheet stands outside of its row");
    return;
  }
  const char *type = attribute(attributes, "t"), *reference = attribute(attributes, "r");
  s->type = !type                            ? 'n'
            : strcmp(type, "s") == 0         ? 's'
            : strcmp(type, "inlineStr") == 0 ? 'i'
            : strcmp(type, "str") == 0       ? 't'
                                             : *type;
  s->style = number_attribute(attributes, "s", 0);
  s->column = reference ? column_of(reference) : s->column + 1;
  if (s->column < 0)
    fail(s, "malformed", "a cell of the sheet stands in no column");
  s->in_cell = true;
  buf_init(&s->text, s->row_arena);
}

static const char *cell_text(struct sheet *s)
{
  const char *text = buf_str(&s->text);
  int64_t at;
  if (s->type == 's')
    return strlen(text) < 10 && decimal_parse(text, strlen(text), 0, &at) && at >= 0 && at < (int64_t)s->shared.n
               ? s->shared.at[at]
               : "";
  if (s->type == 'b')
    return strcmp(text, "1") == 0 ? "true" : "false";
  if (s->type != 'n' || !*text)
    return text;
  enum shown how = s->style >= 0 && s->style < (int64_t)s->styles.n ? (enum shown)s->styles.at[s->style] : SHOWN_NUMBER;
  const char *number = plain_number(s->row_arena, text);
  return how == SHOWN_NUMBER ? number : shown_date(s, s->row_arena, number, how);
}

static void cell_end(struct sheet *s)
{
  const char *text = cell_text(s);
  s->in_cell = false;
  if (!*text)
    return; /* formatted and empty, as whole rows are */
  if (s->column >= UPLOAD_COLUMNS_MAX || ++s->cells_read > UPLOAD_COLUMNS_MAX) {
    fail(s, "too_many", "a file has at most 200 columns");
    return;
  }
  while ((int64_t)s->cells.n <= s->column)
    *LIST_ADD(s->row_arena, &s->cells) = "";
  s->cells.at[s->column] = text;
  s->row_bytes += strlen(text);
  if (s->row_bytes > CSV_ROW_MAX || arena_over(s->row_arena))
    fail(s, "too_large", "a row of the sheet is too large");
}

/* ---- Rows ---- */

static void add(struct sheet *s, const char *bytes, size_t n)
{
  if (s->csv.n + n > UPLOAD_TEXT_MAX)
    fail(s, "too_large", "the sheet is too large as text");
  else
    growing_add(&s->csv, bytes, n);
}

/* What of a row lives in its arena. */
static void row_forget(struct sheet *s)
{
  arena_reset(s->row_arena);
  memset(&s->cells, 0, sizeof s->cells);
  buf_init(&s->text, s->row_arena);
  s->cells_read = s->row_bytes = 0;
}

static void row_begin(struct sheet *s, const char **attributes)
{
  int64_t row = number_attribute(attributes, "r", s->row + 1);
  if (s->in_row || row <= s->row || row > SHEET_ROWS_MAX) {
    fail(s, "malformed", "the rows of the sheet are out of order");
    return;
  }
  for (; s->row + 1 < row; s->row++)
    add(s, "\n", 1);
  s->row = row;
  s->column = -1;
  s->in_row = true;
  row_forget(s);
}

static void row_end(struct sheet *s)
{
  struct buf b;
  size_t n = s->cells.n;
  buf_init(&b, s->row_arena);
  while (n && !*s->cells.at[n - 1])
    n--;
  for (size_t i = 0; i < n; i++) {
    if (i)
      buf_char(&b, ',');
    csv_cell(&b, s->cells.at[i], ',');
  }
  buf_char(&b, '\n');
  add(s, b.at, b.n);
  s->in_row = false;
  row_forget(s);
}

static void sheet_begin(void *arg, const char *name, const char **attributes)
{
  struct sheet *s = arg;
  if (s->failed)
    return;
  if (is(name, "row"))
    row_begin(s, attributes);
  else if (is(name, "c"))
    cell_begin(s, attributes);
  s->in_phonetic |= is(name, "rPh");
  s->in_text |= s->in_cell && (is(name, "v") || is(name, "t"));
}

static void sheet_end(void *arg, const char *name)
{
  struct sheet *s = arg;
  if (is(name, "v") || is(name, "t"))
    s->in_text = false;
  if (is(name, "rPh"))
    s->in_phonetic = false;
  if (is(name, "c") && !s->failed)
    cell_end(s);
  if (is(name, "row") && !s->failed)
    row_end(s);
}

/* ---- Parts ---- */

/* Office files declare no types of document; who does so means harm. */
static void refuse_doctype(void *arg, const char *name, const char *system_id, const char *public_id, int internal)
{
  (void)name, (void)system_id, (void)public_id, (void)internal;
  fail(arg, "malformed", "the sheet declares a type of document");
}

static enum err parse(struct sheet *s, const struct upload_text *part, XML_StartElementHandler begin,
                      XML_EndElementHandler end)
{
  s->parser = XML_ParserCreate(NULL);
  assert(s->parser);
  XML_SetUserData(s->parser, s);
  XML_SetElementHandler(s->parser, begin, end);
  XML_SetCharacterDataHandler(s->parser, take_text);
  XML_SetStartDoctypeDeclHandler(s->parser, refuse_doctype);
  s->in_text = s->in_phonetic = false;
  buf_init(&s->text, s->arena);
  bool fine = XML_Parse(s->parser, part->at, (int)part->n, 1) == XML_STATUS_OK;
  if (!fine && !s->failed)
    fail(s, "malformed", "the sheet cannot be read");
  XML_ParserFree(s->parser);
  s->parser = NULL;
  return s->failed ? ERR_INVALID : ERR_OK;
}

static enum err read_part(struct sheet *s, const char *bytes, size_t n, const char *name, bool required,
                          XML_StartElementHandler begin, XML_EndElementHandler end)
{
  struct upload_text part;
  enum err err = zip_part(bytes, n, name, s->fault, &part);
  if (err == ERR_NOT_FOUND)
    return required ? fault_add(s->fault, ERR_INVALID, "", "malformed", "this is no sheet: it has no %s", name)
                    : ERR_OK;
  TRY(err);
  err = parse(s, &part, begin, end);
  free(part.at);
  return err;
}

static enum err read_all(struct sheet *s, const char *bytes, size_t n)
{
  TRY(read_part(s, bytes, n, "xl/workbook.xml", true, workbook_begin, NULL));
  TRY(read_part(s, bytes, n, "xl/_rels/workbook.xml.rels", false, relations_begin, NULL));
  TRY(read_part(s, bytes, n, "xl/styles.xml", false, styles_begin, styles_end));
  TRY(read_part(s, bytes, n, "xl/sharedStrings.xml", false, shared_begin, shared_end));
  return read_part(s, bytes, n, *s->target ? s->target : "xl/worksheets/sheet1.xml", true, sheet_begin, sheet_end);
}

enum err xlsx_to_csv(const char *bytes, size_t n, struct fault *f, struct upload_text *out)
{
  struct sheet *s = calloc(1, sizeof *s);
  assert(s);
  s->arena = arena_new(2 * (size_t)UPLOAD_TEXT_MAX);
  s->row_arena = arena_new(16u << 20);
  s->fault = f;
  enum err err = read_all(s, bytes, n);
  if (err == ERR_OK)
    *out = (struct upload_text){s->csv.at, s->csv.n};
  else
    growing_free(&s->csv);
  arena_free(s->arena);
  arena_free(s->row_arena);
  free(s);
  return err;
}
