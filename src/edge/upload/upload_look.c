/* What a file is: its encoding, what stands between its cells, its columns and their first cells; and its text in UTF-8 with
 * unique names in the header, which is what everything after this reads. */
#include "upload_priv.h"

#include "codec.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/ucnv.h>
#include <unicode/ucsdet.h>

enum { SNIFF_BYTES = 64 * 1024, SNIFF_ROWS = 20, SAMPLE_BYTES = 120 };

/* ---- Encodings ---- */

/* Encodings that people's files come in; what the detector says beyond them is taken for the last. */
static const char *const known_encodings[] = {"GB18030",    "Big5",         "Shift_JIS",    "EUC-KR",      "EUC-JP",
                                              "ISO-8859-1", "windows-1252", "windows-1251", "windows-1250"};

static const char *guess_encoding(const char *bytes, size_t n)
{
  UErrorCode status = U_ZERO_ERROR;
  UCharsetDetector *d = ucsdet_open(&status);
  const char *found = "windows-1252";
  ucsdet_setText(d, bytes, (int32_t)(n < SNIFF_BYTES ? n : SNIFF_BYTES), &status);
  const UCharsetMatch *match = ucsdet_detect(d, &status);
  const char *name = match && U_SUCCESS(status) ? ucsdet_getName(match, &status) : NULL;
  for (size_t i = 0; name && i < COUNT_OF(known_encodings); i++)
    if (strcmp(known_encodings[i], name) == 0)
      found = known_encodings[i];
  ucsdet_close(d);
  return strcmp(found, "ISO-8859-1") == 0 ? "windows-1252" : found; /* which has the euro sign too */
}

static const char *encoding_of(const char *bytes, size_t n)
{
  const unsigned char *b = (const unsigned char *)bytes;
  if (n >= 2 && ((b[0] == 0xFF && b[1] == 0xFE) || (b[0] == 0xFE && b[1] == 0xFF)))
    return b[0] == 0xFF ? "UTF-16LE" : "UTF-16BE";
  return utf8_valid(bytes, n) ? "UTF-8" : guess_encoding(bytes, n);
}

static enum err convert(UConverter *from, const char *bytes, size_t n, struct fault *f, struct upload_text *out)
{
  UErrorCode status = U_ZERO_ERROR;
  UConverter *to = ucnv_open("UTF-8", &status);
  size_t cap = n * 4 + 16;
  char *at = malloc(cap);
  assert(at && to);
  const char *source = bytes;
  char *target = at;
  UChar pivot[1024], *pivot_source = pivot, *pivot_target = pivot;
  ucnv_convertEx(to, from, &target, at + cap, &source, bytes + n, pivot, &pivot_source, &pivot_target,
                 pivot + COUNT_OF(pivot), true, true, &status);
  ucnv_close(to);
  if (U_FAILURE(status)) {
    free(at);
    return fault_add(f, ERR_INVALID, "", "invalid_encoding", "its text cannot be read in that encoding, at byte %zu",
                     (size_t)(source - bytes));
  }
  *out = (struct upload_text){at, (size_t)(target - at)};
  return ERR_OK;
}

enum err upload_decode(const char *bytes, size_t n, const char *encoding, struct arena *a, struct fault *f,
                       const char **out_encoding, struct upload_text *out)
{
  UErrorCode status = U_ZERO_ERROR;
  if (!encoding)
    encoding = encoding_of(bytes, n);
  *out_encoding = arena_text(a, encoding);
  if (strcmp(encoding, "UTF-8") == 0 && utf8_valid(bytes, n)) {
    size_t skip = n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    char *copy = malloc(n - skip + 1);
    assert(copy);
    memcpy(copy, bytes + skip, n - skip);
    *out = (struct upload_text){copy, n - skip};
    return ERR_OK;
  }
  UConverter *from = ucnv_open(encoding, &status);
  if (U_FAILURE(status))
    return fault_add(f, ERR_INVALID, "/query/encoding", "unknown", "no encoding is called %.40s", encoding);
  ucnv_setToUCallBack(from, UCNV_TO_U_CALLBACK_STOP, NULL, NULL, NULL, &status);
  enum err err = convert(from, bytes, n, f, out);
  ucnv_close(from);
  if (err == ERR_OK && out->n >= 3 && memcmp(out->at, "\xEF\xBB\xBF", 3) == 0) {
    memmove(out->at, out->at + 3, out->n - 3);
    out->n -= 3;
  }
  return err;
}

/* ---- Delimiters ---- */

/* How well a delimiter divides the first rows: columns of the first row, if most of the others have as many; else 0. */
static size_t divides(const char *text, size_t n, char delimiter)
{
  struct csv *csv = csv_new(delimiter);
  struct csv_row row;
  size_t first = 0, rows = 0, same = 0;
  csv_feed(csv, text, n < SNIFF_BYTES ? n : SNIFF_BYTES);
  if (n <= SNIFF_BYTES)
    csv_finish(csv);
  while (rows < SNIFF_ROWS && csv_next(csv, &row) == CSV_ROW) {
    first = rows == 0 ? row.n : first;
    rows++;
    same += row.n == first;
  }
  csv_free(csv);
  return first > 1 && same * 2 > rows ? first : 0;
}

static char delimiter_of(const char *text, size_t n)
{
  static const char candidates[] = {',', ';', '\t', '|'};
  char best = ',';
  size_t most = 0;
  for (size_t i = 0; i < sizeof candidates; i++) {
    size_t columns = divides(text, n, candidates[i]);
    if (columns > most) {
      most = columns;
      best = candidates[i];
    }
  }
  return best;
}

/* ---- Columns ---- */

static bool is_taken(const struct upload_found *found, const char *name)
{
  EACH (const struct upload_column, c, &found->columns)
    if (strcmp(c->name, name) == 0)
      return true;
  return false;
}

static const char *trimmed(struct arena *a, const char *text)
{
  text += strspn(text, " \t\r\n");
  size_t n = strlen(text);
  while (n && strchr(" \t\r\n", text[n - 1]))
    n--;
  char *copy = arena_textn(a, text, n);
  for (char *p = copy; *p; p++)
    if ((unsigned char)*p < ' ')
      *p = ' ';
  return copy;
}

static enum err read_header(const struct csv_row *row, struct arena *a, struct fault *f, struct upload_found *out)
{
  bool any = false;
  if (row->n > UPLOAD_COLUMNS_MAX)
    return fault_add(f, ERR_INVALID, "", "too_many", "a file has at most %d columns", UPLOAD_COLUMNS_MAX);
  for (size_t i = 0; i < row->n; i++) {
    const char *name = utf8_cut(a, trimmed(a, csv_bare(row->cells[i])), UPLOAD_HEADER_MAX);
    any |= *name != 0;
    if (!*name)
      name = arena_printf(a, "column %zu", i + 1);
    const char *base = name;
    for (int k = 2; is_taken(out, name); k++)
      name = arena_printf(a, "%s (%d)", base, k);
    LIST_ADD(a, &out->columns)->name = name;
  }
  return any ? ERR_OK : fault_add(f, ERR_INVALID, "", "required", "its first row must name the columns");
}

static void take_samples(const struct csv_row *row, struct arena *a, struct upload_found *out)
{
  for (size_t i = 0; i < row->n && i < out->columns.n; i++) {
    struct upload_column *c = &out->columns.at[i];
    if (*row->cells[i] && c->samples.n < UPLOAD_SAMPLES)
      *LIST_ADD(a, &c->samples) = utf8_cut(a, trimmed(a, row->cells[i]), SAMPLE_BYTES);
  }
}

static enum err bad_csv(const struct csv *csv, struct fault *f)
{
  int64_t line, column;
  const char *why = csv_error(csv, &line, &column);
  return fault_add(f, ERR_INVALID, "", "malformed", "line %lld, column %lld: %s", (long long)line, (long long)column,
                   why);
}

/* Reads all rows once. *out_body = where the first one below the header begins. */
static enum err read_rows(struct csv *csv, struct arena *a, struct fault *f, struct upload_found *out, size_t *out_body)
{
  struct csv_row row;
  enum csv_result result;
  bool header = true;
  *out_body = SIZE_MAX;
  while ((result = csv_next(csv, &row)) == CSV_ROW) {
    if (header) {
      TRY(read_header(&row, a, f, out));
    } else {
      if (*out_body == SIZE_MAX)
        *out_body = (size_t)row.byte_offset;
      if (csv_row_blank(&row))
        out->blank++;
      else
        out->rows++;
      take_samples(&row, a, out);
    }
    header = false;
    if (out->rows + out->blank > UPLOAD_ROWS_MAX)
      return fault_add(f, ERR_INVALID, "", "too_many", "a file has at most %d rows; split it", UPLOAD_ROWS_MAX);
  }
  if (result == CSV_BAD)
    return bad_csv(csv, f);
  return header ? fault_add(f, ERR_INVALID, "", "required", "the file is empty") : ERR_OK;
}

/* The text again with the names as we call them, on as many lines as before, so that lines keep their numbers. */
static void rename_columns(const struct upload_found *found, char delimiter, size_t body, struct arena *a,
                           struct upload_text *text)
{
  struct buf header;
  size_t lines = 0, rest = body == SIZE_MAX ? 0 : text->n - body;
  buf_init(&header, a);
  for (size_t i = 0; i < found->columns.n; i++) {
    if (i)
      buf_char(&header, delimiter);
    csv_cell(&header, found->columns.at[i].name, delimiter);
  }
  for (size_t i = 0; i < (body == SIZE_MAX ? 0 : body); i++)
    lines += text->at[i] == '\n' || (text->at[i] == '\r' && (i + 1 == text->n || text->at[i + 1] != '\n'));
  for (size_t i = 0; i < (lines ? lines : 1); i++)
    buf_char(&header, '\n');
  char *whole = malloc(header.n + rest + 1);
  assert(whole);
  memcpy(whole, header.at, header.n);
  if (rest)
    memcpy(whole + header.n, text->at + body, rest);
  free(text->at);
  *text = (struct upload_text){whole, header.n + rest};
}

static enum err look_at_text(const char *delimiter, struct arena *a, struct fault *f, struct upload_found *out,
                             struct upload_text *text)
{
  char d = delimiter ? *delimiter : delimiter_of(text->at, text->n);
  size_t body;
  struct csv *csv = csv_new(d);
  csv_feed(csv, text->at, text->n);
  csv_finish(csv);
  enum err err = read_rows(csv, a, f, out, &body);
  csv_free(csv);
  TRY(err);
  out->delimiter = arena_textn(a, &d, 1);
  rename_columns(out, d, body, a, text);
  return ERR_OK;
}

enum err upload_look(const char *bytes, size_t n, const char *encoding, const char *delimiter, struct arena *a,
                     struct fault *f, struct upload_found *out, struct upload_text *out_text)
{
  struct upload_text text = {0};
  char hex[HASH_TEXT];
  bool sheet = n >= 4 && memcmp(bytes, "PK\x03\x04", 4) == 0;
  if (n == 0 || n > UPLOAD_BYTES_MAX)
    return fault_add(f, n ? ERR_TOO_LARGE : ERR_INVALID, "", "required",
                     n ? "a file has at most 16 MB" : "the file is empty");
  *out = (struct upload_found){.format = sheet ? "xlsx" : "csv", .encoding = "UTF-8", .bytes = (int64_t)n};
  sha256_hex(bytes, n, hex);
  out->sha256 = arena_text(a, hex);
  enum err err =
      sheet ? xlsx_to_csv(bytes, n, f, &text) : upload_decode(bytes, n, encoding, a, f, &out->encoding, &text);
  if (err == ERR_OK && memchr(text.at, 0, text.n))
    err = fault_add(f, ERR_INVALID, "", "malformed", "this is no text");
  if (err == ERR_OK)
    err = look_at_text(sheet ? "," : delimiter, a, f, out, &text);
  if (err == ERR_OK && out_text)
    *out_text = text;
  else
    free(text.at);
  return err;
}
