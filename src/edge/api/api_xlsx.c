/* Workbooks. libxlsxwriter keeps one row in memory and the rest in a temporary file; what it makes at the end goes to memory
 * that has a path of its own for as long as it is open. */
#define _GNU_SOURCE /* memfd_create */
#include "api_xlsx_priv.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { DIGITS_MAX = 15, TEXT_MAX = 32767, NAME_MAX_ = 31, WIDTH = 14 };

struct xlsx {
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *looks[XLSX_LOOKS];
  lxw_row_t rows;
  lxw_col_t column;
  size_t bytes;
  int file;
  char *made;
};

static const char *const look_formats[XLSX_LOOKS] = {
    [XLSX_PERCENT] = "0.0%",
    [XLSX_MONEY_0] = "#,##0",
    [XLSX_MONEY_2] = "#,##0.00",
    [XLSX_MONEY_3] = "#,##0.000",
    [XLSX_MONEY_4] = "#,##0.0000",
    [XLSX_DATE] = "yyyy-mm-dd",
    [XLSX_INSTANT] = "yyyy-mm-dd hh:mm:ss",
};

static void add_looks(struct xlsx *x)
{
  for (int i = 0; i < XLSX_LOOKS; i++) {
    if (i == XLSX_PLAIN)
      continue;
    x->looks[i] = workbook_add_format(x->book);
    if (look_formats[i])
      format_set_num_format(x->looks[i], look_formats[i]);
  }
  format_set_bold(x->looks[XLSX_HEAD]);
}

enum err xlsx_new(struct ctx *cx, const char *name, struct xlsx **out)
{
  struct xlsx *x = calloc(1, sizeof *x);
  char path[40], title[NAME_MAX_ + 1];
  assert(x);
  x->file = memfd_create("workbook", MFD_CLOEXEC);
  snprintf(path, sizeof path, "/proc/self/fd/%d", x->file);
  snprintf(title, sizeof title, "%.*s", NAME_MAX_, name);
  lxw_workbook_options options = {.constant_memory = LXW_TRUE};
  x->book = x->file < 0 ? NULL : workbook_new_opt(path, &options);
  x->sheet = x->book ? workbook_add_worksheet(x->book, title) : NULL;
  if (!x->sheet) {
    xlsx_free(x);
    return err_fail(cx, ERR_STORAGE, "", "there is no room for a temporary file");
  }
  add_looks(x);
  worksheet_freeze_panes(x->sheet, 1, 0);
  worksheet_set_column(x->sheet, 0, LXW_COL_MAX - 1, WIDTH, NULL);
  *out = x;
  return ERR_OK;
}

void xlsx_free(struct xlsx *x)
{
  if (!x)
    return;
  if (x->book)
    (void)workbook_close(x->book);
  if (x->file >= 0)
    close(x->file);
  free(x->made);
  free(x);
}

void xlsx_row(struct xlsx *x)
{
  x->rows++;
  x->column = 0;
}

static void put_text(struct xlsx *x, const char *text, lxw_format *look)
{
  size_t n = strlen(text);
  char *cut = NULL;
  if (n > TEXT_MAX) { /* a cell holds no more; code points stay whole */
    for (n = TEXT_MAX; n && ((unsigned char)text[n] & 0xc0) == 0x80;)
      n--;
    cut = strndup(text, n);
    assert(cut);
    text = cut;
  }
  (void)worksheet_write_string(x->sheet, x->rows - 1, x->column++, text, look);
  x->bytes += n + 16;
  free(cut);
}

void xlsx_head(struct xlsx *x, const char *text)
{
  put_text(x, text, x->looks[XLSX_HEAD]);
}

void xlsx_text(struct xlsx *x, const char *text)
{
  if (text && *text)
    put_text(x, text, NULL);
  else
    x->column++;
}

static size_t digits(const char *decimal)
{
  size_t n = 0;
  for (const char *p = decimal; *p; p++)
    n += *p >= '0' && *p <= '9' && (n || *p != '0');
  return n;
}

void xlsx_number(struct xlsx *x, const char *decimal, enum xlsx_look look)
{
  if (digits(decimal) > DIGITS_MAX) {
    put_text(x, decimal, NULL);
    return;
  }
  (void)worksheet_write_number(x->sheet, x->rows - 1, x->column++, strtod(decimal, NULL), x->looks[look]);
  x->bytes += 24;
}

void xlsx_time(struct xlsx *x, const char *text, bool instant)
{
  lxw_datetime t = {0};
  if (instant)
    (void)sscanf(text, "%4d-%2d-%2dT%2d:%2d:%lf", &t.year, &t.month, &t.day, &t.hour, &t.min, &t.sec);
  else
    (void)sscanf(text, "%4d-%2d-%2d", &t.year, &t.month, &t.day);
  if (t.year < 1900) { /* a workbook knows no earlier day */
    put_text(x, text, NULL);
    return;
  }
  (void)worksheet_write_datetime(x->sheet, x->rows - 1, x->column++, &t, x->looks[instant ? XLSX_INSTANT : XLSX_DATE]);
  x->bytes += 24;
}

size_t xlsx_bytes(const struct xlsx *x)
{
  return x->bytes;
}

enum err xlsx_finish(struct ctx *cx, struct xlsx *x, const void **out, size_t *out_n)
{
  lxw_error error = workbook_close(x->book);
  x->book = NULL;
  off_t size = error ? -1 : lseek(x->file, 0, SEEK_END);
  if (size <= 0)
    return err_fail(cx, ERR_STORAGE, "", "the workbook cannot be written");
  x->made = malloc((size_t)size);
  assert(x->made);
  if (pread(x->file, x->made, (size_t)size, 0) != size)
    return err_fail(cx, ERR_STORAGE, "", "the workbook cannot be read");
  *out = x->made;
  *out_n = (size_t)size;
  return ERR_OK;
}
