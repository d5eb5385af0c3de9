/* CSV as people send it. One state machine reads byte by byte whatever block it is fed; a row is kept until the next one.
 *
 * Lenient where the meaning is clear (bare quotes inside an unquoted cell, any line ending, a missing one at the end,
 * blank lines), strict where it is not (text after a closing quote, a quote that never closes, bytes that are no UTF-8).
 */
#include "codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum state { ROW_START, CELL_START, PLAIN, QUOTED, QUOTE_SEEN, BAD };

struct csv {
  char delimiter;
  bool finished;
  enum state state;
  /* input: fed bytes, of which read are consumed; offset counts those of the whole input */
  char *in;
  size_t in_n, in_cap, read;
  int64_t offset, line, column;
  char last; /* the byte before, so that CRLF is one line's end */
  /* the row: the texts of all its cells, and where each begins */
  char *text;
  size_t text_n, text_cap;
  size_t starts[CSV_CELLS_MAX];
  size_t cells_n;
  char *cells[CSV_CELLS_MAX];
  int64_t row_line, row_offset, quote_line, quote_column;
  char error[80];
  int64_t error_line, error_column;
};

static void *grow(void *at, size_t n)
{
  void *p = realloc(at, n);
  if (!p) {
    fprintf(stderr, "out of memory\n");
    abort();
  }
  return p;
}

struct csv *csv_new(char delimiter)
{
  struct csv *c = grow(NULL, sizeof *c);
  memset(c, 0, sizeof *c);
  c->delimiter = delimiter;
  c->line = c->column = 1;
  c->text_cap = 4096;
  c->text = grow(NULL, c->text_cap);
  return c;
}

void csv_free(struct csv *c)
{
  if (!c)
    return;
  free(c->in);
  free(c->text);
  free(c);
}

void csv_feed(struct csv *c, const char *bytes, size_t n)
{
  assert(!c->finished);
  if (n == 0)
    return;
  if (c->read) {
    memmove(c->in, c->in + c->read, c->in_n - c->read);
    c->in_n -= c->read;
    c->read = 0;
  }
  if (c->in_n + n > c->in_cap) {
    c->in_cap = (c->in_n + n) * 2;
    c->in = grow(c->in, c->in_cap);
  }
  memcpy(c->in + c->in_n, bytes, n);
  c->in_n += n;
}

void csv_finish(struct csv *c)
{
  c->finished = true;
}

const char *csv_error(const struct csv *c, int64_t *line, int64_t *column)
{
  *line = c->error_line;
  *column = c->error_column;
  return c->error;
}

static enum csv_result bad(struct csv *c, int64_t line, int64_t column, const char *what)
{
  c->state = BAD;
  c->error_line = line;
  c->error_column = column;
  snprintf(c->error, sizeof c->error, "%s", what);
  return CSV_BAD;
}

static enum csv_result bad_here(struct csv *c, const char *what)
{
  return bad(c, c->line, c->column, what);
}

static void keep(struct csv *c, char byte)
{
  if (c->text_n == c->text_cap) {
    c->text_cap *= 2;
    c->text = grow(c->text, c->text_cap);
  }
  c->text[c->text_n++] = byte;
}

/* ---- Cells and rows; false after an error ------------------------------------------------------------------------ */

static bool begin_cell(struct csv *c)
{
  if (c->cells_n == CSV_CELLS_MAX)
    return bad_here(c, "the row has too many cells"), false;
  c->starts[c->cells_n++] = c->text_n;
  return true;
}

static bool end_cell(struct csv *c)
{
  size_t start = c->starts[c->cells_n - 1];
  if (!utf8_valid(c->text + start, c->text_n - start))
    return bad(c, c->line, c->column, "the cell that ends here is not UTF-8"), false;
  keep(c, 0);
  return true;
}

static bool cell_byte(struct csv *c, char byte)
{
  if (byte == 0)
    return bad_here(c, "a zero byte"), false;
  if (c->text_n - c->starts[c->cells_n - 1] >= CSV_CELL_MAX)
    return bad_here(c, "the cell is too long"), false;
  if (c->text_n >= CSV_ROW_MAX)
    return bad_here(c, "the row is too long"), false;
  keep(c, byte);
  return true;
}

static enum csv_result give_row(struct csv *c, struct csv_row *row)
{
  for (size_t i = 0; i < c->cells_n; i++)
    c->cells[i] = c->text + c->starts[i];
  *row = (struct csv_row){c->cells, c->cells_n, c->row_line, c->row_offset};
  c->state = ROW_START;
  return CSV_ROW;
}

/* ---- The machine ------------------------------------------------------------------------------------------------ */

static bool is_line_end(char byte)
{
  return byte == '\n' || byte == '\r';
}

/* Takes one byte of a cell into account; CSV_ROW when it has ended the row. */
static enum csv_result in_cell(struct csv *c, char byte)
{
  bool quoted = c->state == QUOTED;
  if (c->state == CELL_START && byte == '"') {
    c->state = QUOTED;
    c->quote_line = c->line;
    c->quote_column = c->column;
    return CSV_MORE;
  }
  if (byte == '"' && (quoted || c->state == QUOTE_SEEN)) {
    c->state = quoted ? QUOTE_SEEN : QUOTED;
    return quoted || cell_byte(c, byte) ? CSV_MORE : CSV_BAD;
  }
  if (!quoted && (byte == c->delimiter || is_line_end(byte))) {
    if (!end_cell(c) || (byte == c->delimiter && !begin_cell(c)))
      return CSV_BAD;
    c->state = CELL_START;
    return byte == c->delimiter ? CSV_MORE : CSV_ROW;
  }
  if (c->state == QUOTE_SEEN)
    return bad_here(c, "text after a closing quote");
  if (!quoted)
    c->state = PLAIN;
  return cell_byte(c, byte) ? CSV_MORE : CSV_BAD;
}

static enum csv_result take(struct csv *c, char byte)
{
  if (c->state != ROW_START)
    return in_cell(c, byte);
  if (is_line_end(byte)) /* a blank line, or the second half of CRLF */
    return CSV_MORE;
  c->cells_n = c->text_n = 0;
  c->row_line = c->line;
  c->row_offset = c->offset;
  c->state = CELL_START;
  return begin_cell(c) ? in_cell(c, byte) : CSV_BAD;
}

/* Columns count characters: the later bytes of one do not move on. */
static void move_on(struct csv *c, char byte)
{
  c->offset++;
  if (byte == '\n' && c->last == '\r') {
    /* counted with the CR */
  } else if (is_line_end(byte)) {
    c->line++;
    c->column = 1;
  } else if ((byte & 0xc0) != 0x80) {
    c->column++;
  }
  c->last = byte;
}

/* Passes over the byte order mark; false while it cannot be told. */
static bool pass_bom(struct csv *c)
{
  static const char bom[] = "\xef\xbb\xbf";
  size_t n = c->in_n - c->read < 3 ? c->in_n - c->read : 3;
  if (c->offset > 0 || memcmp(c->in + c->read, bom, n) != 0)
    return true;
  if (n == 3) {
    c->read = 3;
    c->offset = 3;
  }
  return n == 3 || c->finished;
}

static enum csv_result at_end(struct csv *c, struct csv_row *row)
{
  if (!c->finished)
    return CSV_MORE;
  if (c->state == ROW_START)
    return CSV_DONE;
  if (c->state == QUOTED)
    return bad(c, c->quote_line, c->quote_column, "the quote that opens here never closes");
  return end_cell(c) ? give_row(c, row) : CSV_BAD;
}

enum csv_result csv_next(struct csv *c, struct csv_row *row)
{
  if (c->state == BAD)
    return CSV_BAD;
  if (c->in_n == c->read)
    return at_end(c, row);
  if (!pass_bom(c))
    return CSV_MORE;
  while (c->read < c->in_n) {
    char byte = c->in[c->read];
    enum csv_result result = take(c, byte);
    if (result == CSV_BAD)
      return CSV_BAD;
    c->read++;
    move_on(c, byte);
    if (result == CSV_ROW)
      return give_row(c, row);
  }
  return at_end(c, row);
}

void csv_cell(struct buf *out, const char *cell, char delimiter)
{
  size_t n = cell ? strlen(cell) : 0;
  const char special[] = {'"', '\r', '\n', delimiter, 0};
  if (n == 0)
    return;
  if (strcspn(cell, special) == n && *cell != ' ' && cell[n - 1] != ' ') {
    buf_add(out, cell, n);
    return;
  }
  buf_char(out, '"');
  for (const char *quote; (quote = memchr(cell, '"', n)); cell = quote + 1) {
    buf_add(out, cell, (size_t)(quote - cell) + 1);
    buf_char(out, '"');
    n -= (size_t)(quote - cell) + 1;
  }
  buf_add(out, cell, n);
  buf_char(out, '"');
}

bool csv_runs(const char *cell)
{
  const char *bare = cell + strspn(cell, "'");
  bool number = *cell == '-' && strspn(cell + 1, "0123456789.") == strlen(cell + 1);
  return *bare && strchr("=+-@\t\r", *bare) && !number;
}

const char *csv_harmless(struct arena *a, const char *cell)
{
  return csv_runs(cell) ? arena_printf(a, "'%s", cell) : cell;
}

const char *csv_bare(const char *cell)
{
  return *cell == '\'' && csv_runs(cell) ? cell + 1 : cell;
}

bool csv_row_blank(const struct csv_row *row)
{
  for (size_t i = 0; i < row->n; i++)
    if (row->cells[i][strspn(row->cells[i], " \t\r\n")])
      return false;
  return true;
}
