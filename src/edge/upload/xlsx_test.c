/* A sheet as a spreadsheet writes it: shared and inline texts, numbers of 17 digits, dates by their style, rows left out. */
#include "test.h"
#include "upload.h"
#include "zip.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

static const char sheet[] =
    "\x50\x4b\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x21\x5c\x96\xff\xb7\x51\x44\x00\x00\x00\x5c\x00"
    "\x00\x00\x0f\x00\x00\x00\x78\x6c\x2f\x77\x6f\x72\x6b\x62\x6f\x6f\x6b\x2e\x78\x6d\x6c\xb3\x29\xcf"
    "\x2f\xca\x4e\xca\xcf\xcf\x56\xa8\xc8\xcd\xc9\x2b\xb6\x2a\xb2\x55\x2a\x52\xb2\xb3\x81\x89\x06\x14"
    "\xe9\xdb\xd9\x14\x67\xa4\xa6\x96\x14\x43\x69\x85\xbc\xc4\xdc\x54\x5b\xa5\x60\x25\x85\x22\xab\xcc"
    "\x14\xa0\x6a\xcf\x14\x63\x25\xa0\x22\x7d\x98\x2a\x7d\x98\x5e\x3b\x00\x50\x4b\x03\x04\x14\x00\x00"
    "\x00\x08\x00\x00\x00\x21\x5c\xe3\x77\x9c\xa6\x3f\x00\x00\x00\x57\x00\x00\x00\x1a\x00\x00\x00\x78"
    "\x6c\x2f\x5f\x72\x65\x6c\x73\x2f\x77\x6f\x72\x6b\x62\x6f\x6f\x6b\x2e\x78\x6d\x6c\x2e\x72\x65\x6c"
    "\x73\xb3\x09\x4a\xcd\x49\x2c\xc9\xcc\xcf\x2b\xce\xc8\x2c\x28\xb6\xb3\x41\xe6\x2a\x78\xa6\xd8\x2a"
    "\x15\x79\xa6\x18\x2b\x29\x84\x24\x16\xa5\xa7\x96\xd8\x2a\x95\xe7\x17\x65\x17\x67\xa4\xa6\x96\x14"
    "\xeb\x83\x29\x73\xbd\x8a\xdc\x1c\x25\x7d\x3b\x1b\x7d\x54\x73\x00\x50\x4b\x03\x04\x14\x00\x00\x00"
    "\x08\x00\x00\x00\x21\x5c\xac\x69\xf0\x65\x65\x00\x00\x00\xb0\x00\x00\x00\x0d\x00\x00\x00\x78\x6c"
    "\x2f\x73\x74\x79\x6c\x65\x73\x2e\x78\x6d\x6c\xb3\x29\x2e\xa9\xcc\x49\x0d\xce\x48\x4d\x2d\xb1\xb3"
    "\xc9\x2b\xcd\x75\xcb\x2d\x29\x86\x31\x14\x20\x94\x67\x8a\xad\x92\xa1\x99\x89\x92\x42\x5a\x7e\x51"
    "\x6e\x62\x89\x73\x7e\x4a\xaa\xad\x52\x25\x10\xc4\xe8\xe6\xe6\xc6\xe8\xa6\xa4\x28\x64\x64\x58\xe5"
    "\xe6\x2a\xe9\xdb\xd9\xe8\xc3\x4d\x48\x4e\xcd\xc9\x89\x48\x03\x32\x2a\xd2\x90\x8c\x31\x00\x29\x42"
    "\x11\x31\x34\xc1\x14\x32\x03\x8b\xe9\xc3\x8d\xd0\x47\x72\x23\x00\x50\x4b\x03\x04\x14\x00\x00\x00"
    "\x08\x00\x00\x00\x21\x5c\xe1\x43\x58\x87\x3d\x00\x00\x00\x65\x00\x00\x00\x14\x00\x00\x00\x78\x6c"
    "\x2f\x73\x68\x61\x72\x65\x64\x53\x74\x72\x69\x6e\x67\x73\x2e\x78\x6d\x6c\xb3\x29\x2e\x2e\xb1\xb3"
    "\x29\xce\xb4\xb3\x29\xb1\x2b\xce\x2e\xb5\xd1\x07\xf2\xf4\x41\x5c\x10\x2e\x02\x89\xe6\x25\x42\x04"
    "\x8b\xa0\xfc\xdc\x54\x38\x1f\xae\xb0\xc4\xce\x43\x2d\x31\xb7\xc0\xda\x57\x47\x41\x29\x23\xb1\x44"
    "\x09\x61\x8c\x3e\xc8\x7c\x00\x50\x4b\x03\x04\x14\x00\x00\x00\x08\x00\x00\x00\x21\x5c\x59\xc7\x29"
    "\x78\xda\x00\x00\x00\x31\x02\x00\x00\x18\x00\x00\x00\x78\x6c\x2f\x77\x6f\x72\x6b\x73\x68\x65\x65"
    "\x74\x73\x2f\x73\x68\x65\x65\x74\x37\x2e\x78\x6d\x6c\x6d\x92\xef\x0a\xc2\x20\x14\xc5\x5f\x65\xec"
    "\x6b\x34\x35\x4d\x36\xb0\x0b\xad\xad\x17\xe8\x09\xd6\x12\x92\xa2\xc2\x89\x7b\xfd\xdc\x1c\x36\x25"
    "\xbf\xf8\xe7\x9c\x73\xaf\x3f\x51\x8c\x6f\xfd\x18\xee\x52\x1a\x10\xf3\xd4\x74\xa6\x03\xa1\xdf\x63"
    "\xa6\x0f\x39\xc9\x41\xf4\xd3\xe2\x48\xf2\xcc\x1c\xf2\xc1\xed\x2d\x60\x81\x2c\x08\xd4\x2f\x5a\xbd"
    "\xd6\x48\xac\x9d\xbc\xa6\x5e\x4f\xf5\x92\x17\xa3\x9d\x47\x0d\x20\x0c\x7c\xb4\xea\xa5\x40\xae\x2b"
    "\x9a\x0e\x42\xa0\x59\x8a\xcd\x56\x0b\xb7\xce\xc8\xb8\x62\x1b\x1b\xba\xde\x28\x9b\x58\xce\x89\xc5"
    "\x04\x19\x39\xae\x00\xc7\x02\x1c\xf3\x57\xc7\x38\xb9\x7d\xcd\x56\x64\xbb\x84\x6c\x09\x55\x45\x59"
    "\x45\x23\xb6\x35\xae\xc4\xe0\x1f\xd2\x02\xe3\x94\xf1\x04\xc7\xb7\xb8\xfe\x7b\xbc\xb3\xcf\xee\x7e"
    "\xd9\x82\x63\x46\xb8\x1f\xec\x3f\xd5\x3e\x50\xed\x7d\xae\xc0\x98\xd3\x92\x50\x4a\x2b\xda\x6e\x48"
    "\x8a\xe1\x5d\xa4\xdd\xd2\xa4\x1e\x5a\x7d\x07\xf4\xfb\x25\x5f\x50\x4b\x01\x02\x14\x03\x14\x00\x00"
    "\x00\x08\x00\x00\x00\x21\x5c\x96\xff\xb7\x51\x44\x00\x00\x00\x5c\x00\x00\x00\x0f\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x80\x01\x00\x00\x00\x00\x78\x6c\x2f\x77\x6f\x72\x6b\x62\x6f\x6f\x6b"
    "\x2e\x78\x6d\x6c\x50\x4b\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00\x00\x00\x21\x5c\xe3\x77\x9c\xa6"
    "\x3f\x00\x00\x00\x57\x00\x00\x00\x1a\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\x71\x00"
    "\x00\x00\x78\x6c\x2f\x5f\x72\x65\x6c\x73\x2f\x77\x6f\x72\x6b\x62\x6f\x6f\x6b\x2e\x78\x6d\x6c\x2e"
    "\x72\x65\x6c\x73\x50\x4b\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00\x00\x00\x21\x5c\xac\x69\xf0\x65"
    "\x65\x00\x00\x00\xb0\x00\x00\x00\x0d\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x80\x01\xe8\x00"
    "\x00\x00\x78\x6c\x2f\x73\x74\x79\x6c\x65\x73\x2e\x78\x6d\x6c\x50\x4b\x01\x02\x14\x03\x14\x00\x00"
    "\x00\x08\x00\x00\x00\x21\x5c\xe1\x43\x58\x87\x3d\x00\x00\x00\x65\x00\x00\x00\x14\x00\x00\x00\x00"
    "\x00\x00\x00\x00\x00\x00\x00\x80\x01\x78\x01\x00\x00\x78\x6c\x2f\x73\x68\x61\x72\x65\x64\x53\x74"
    "\x72\x69\x6e\x67\x73\x2e\x78\x6d\x6c\x50\x4b\x01\x02\x14\x03\x14\x00\x00\x00\x08\x00\x00\x00\x21"
    "\x5c\x59\xc7\x29\x78\xda\x00\x00\x00\x31\x02\x00\x00\x18\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
    "\x00\x80\x01\xe7\x01\x00\x00\x78\x6c\x2f\x77\x6f\x72\x6b\x73\x68\x65\x65\x74\x73\x2f\x73\x68\x65"
    "\x65\x74\x37\x2e\x78\x6d\x6c\x50\x4b\x05\x06\x00\x00\x00\x00\x05\x00\x05\x00\x48\x01\x00\x00\xf7"
    "\x02\x00\x00\x00\x00";

static const char *csv_of(struct test *t, const char *bytes, size_t n)
{
  struct fault f;
  struct upload_text text;
  fault_init(&f, t->arena);
  CHECK_ERR(xlsx_to_csv(bytes, n, &f, &text), ERR_OK);
  const char *csv = arena_textn(t->arena, text.at, text.n);
  free(text.at);
  return csv;
}

TEST(cells_of_a_sheet_are_what_people_see_and_lines_are_rows)
{
  CHECK_TEXT(csv_of(t, sheet, sizeof sheet - 1), "sku,name,price,date,active,at\n"
                                                 "\n\n"
                                                 "1001,\"H&M, \"\"hat\"\"\",19.9,2026-11-20,true,2026-11-20 14:30:00\n"
                                                 "4006381333930,,0.001\n");
}

TEST(a_sheet_that_is_damaged_anywhere_is_read_or_refused)
{
  char *copy = arena_copy(t->arena, sheet, sizeof sheet);
  for (size_t i = 0; i < sizeof sheet - 1; i++) {
    struct fault f;
    struct upload_text text;
    fault_init(&f, t->arena);
    copy[i] ^= 0x55;
    enum err err = xlsx_to_csv(copy, sizeof sheet - 1, &f, &text);
    copy[i] ^= 0x55;
    CHECK(err == ERR_OK || f.n > 0);
    if (err == ERR_OK)
      free(text.at);
    err = xlsx_to_csv(sheet, i, &f, &text); /* cut off */
    CHECK(err != ERR_OK);
  }
}

/* ---- Files that mean harm ---- */

/* A sheet of these parts; styles and shared texts may be NULL. */
static enum err read_parts(struct test *t, const char *styles, const char *shared, const char *cells, const char **out)
{
  static const char workbook[] = "<workbook><sheets/></workbook>";
  const char *whole = arena_printf(t->arena, "<worksheet><sheetData>%s</sheetData></worksheet>", cells);
  struct zip_file parts[4] = {{"xl/workbook.xml", workbook, sizeof workbook - 1},
                              {"xl/worksheets/sheet1.xml", whole, strlen(whole)}};
  size_t n = 2;
  if (styles)
    parts[n++] = (struct zip_file){"xl/styles.xml", styles, strlen(styles)};
  if (shared)
    parts[n++] = (struct zip_file){"xl/sharedStrings.xml", shared, strlen(shared)};
  struct growing file = {0};
  struct upload_text text = {0};
  struct fault f;
  fault_init(&f, t->arena);
  zip_pack(parts, n, &file);
  enum err err = xlsx_to_csv(file.at, file.n, &f, &text);
  if (out)
    *out = text.at ? arena_textn(t->arena, text.at, text.n) : NULL;
  CHECK(err == ERR_OK || f.n > 0);
  free(text.at);
  growing_free(&file);
  return err;
}

static const char *many(struct test *t, const char *before, const char *text, size_t n, const char *after)
{
  struct buf b;
  buf_init(&b, t->arena);
  buf_text(&b, before);
  while (n-- > 0)
    buf_text(&b, text);
  buf_text(&b, after);
  return buf_str(&b);
}

static const char *long_row(struct test *t, const char *after)
{
  const char *cell = many(t, "<c t=\"str\"><v>", "x", 3000, "</v></c>");
  return many(t, "<row r=\"1\">", cell, 20, after);
}

TEST(cells_stand_in_rows_and_rows_in_no_other)
{
  const char *text = many(t, "", "x", 40000, "</v><row r=\"2\"></row><v>qqqqqqqqqqqqqqqqqqqqqqqqqq</v></c></row>");
  const char *const wrong[] = {
      long_row(t, "</row><c r=\"A1\" t=\"str\"><v>y</v></c><row r=\"2\"><c r=\"A2\"><v>1</v></c></row>"),
      long_row(t, "<row r=\"2\"><c r=\"T2\" t=\"str\"><v>z</v></c></row></row>"),
      arena_printf(t->arena, "<row r=\"1\"><c r=\"A1\" t=\"str\"><v>%s", text),
      "<c r=\"A1\"><v>1</v></c>",
      "<row r=\"1\"><c r=\"A1\"><c r=\"B1\"><v>1</v></c></c></row>",
  };
  for (size_t i = 0; i < COUNT_OF(wrong); i++)
    CHECK_ERR(read_parts(t, NULL, NULL, wrong[i], NULL), ERR_INVALID);
}

TEST(texts_outside_of_cells_are_no_cells)
{
  const char *csv;
  CHECK_ERR(
      read_parts(t, NULL, NULL, "<row r=\"1\"><v>a</v><c r=\"A1\" t=\"str\"><v>b</v></c><t>c</t></row><v>d</v>", &csv),
      ERR_OK);
  CHECK_TEXT(csv, "b\n");
}

TEST(a_row_has_an_end)
{
  CHECK_ERR(read_parts(t, NULL, NULL, many(t, "<row r=\"1\">", "<c r=\"A1\"><v>1</v></c>", 300000, "</row>"), NULL),
            ERR_INVALID);
  CHECK_ERR(read_parts(t, NULL, NULL, many(t, "<row r=\"1\">", "<c><v>1</v></c>", 201, "</row>"), NULL),
            ERR_INVALID);
  CHECK_ERR(read_parts(t, NULL, NULL, many(t, "<row r=\"1\">", "<c><v>1</v></c>", 200, "</row>"), NULL), ERR_OK);
}

/* Whoever colors a whole row gets 16,384 cells of it. */
TEST(cells_without_a_value_are_no_columns)
{
  const char *csv;
  const char *row = many(t, "<row r=\"1\"><c><v>1</v></c><c r=\"C1\"><v>3</v></c>", "<c s=\"1\"/>", 16381, "</row>");
  CHECK_ERR(read_parts(t, NULL, NULL, row, &csv), ERR_OK);
  CHECK_TEXT(csv, "1,,3\n");
  row = many(t, "<row r=\"1\">", "<c s=\"1\"/>", 200, "<c><v>1</v></c></row>");
  CHECK_ERR(read_parts(t, NULL, NULL, row, NULL), ERR_INVALID); /* the value stands in column 201 */
}

TEST(a_number_has_a_digit)
{
  static const struct {
    const char *cell, *shown;
  } cells[] = {{"abc", "abc"}, {".", "."},     {"-", "-"},     {"+", "+"},   {"e5", "e5"}, {"-.e3", "-.e3"},
               {"1e", "1e"},   {"12x", "12x"}, {"0", "0"},     {".5", "0.5"}, {"-0.0", "0"}, {"1.5E2", "150"},
               {"00", "0"},    {"0e9", "0"},   {"2.5e-1", "0.25"}};
  for (size_t i = 0; i < COUNT_OF(cells); i++) {
    const char *csv;
    CHECK_ERR(read_parts(t, NULL, NULL, arena_printf(t->arena, "<row><c><v>%s</v></c></row>", cells[i].cell), &csv),
              ERR_OK);
    CHECK_TEXT(csv, arena_printf(t->arena, "%s\n", cells[i].shown));
  }
}

/* A cell may hold 32,767 characters; quotes are written twice. */
TEST(a_row_is_as_large_as_csv_may_be)
{
  const char *quotes = many(t, "<c t=\"str\"><v>", "\"", 65000, "</v></c>");
  const char *hats = many(t, "<c t=\"str\"><v>", "\xE5\xB8\xBD", 32767, "</v></c>"), *csv;
  CHECK_ERR(read_parts(t, NULL, NULL, many(t, "<row r=\"1\">", quotes, 200, "</row>"), NULL), ERR_INVALID);
  CHECK_ERR(read_parts(t, NULL, NULL, many(t, "<row r=\"1\">", hats, 5, "</row>"), &csv), ERR_OK);
  CHECK_INT(strlen(csv), 5 * 3 * 32767 + 5);
  const char *cell = many(t, "<c t=\"str\"><v>", "x", 20 << 20, "</v></c>");
  CHECK_ERR(read_parts(t, NULL, NULL, many(t, "<row r=\"1\">", cell, 1, "</row>"), NULL), ERR_INVALID);
}

TEST(shared_texts_count_for_each_row_that_shows_them)
{
  const char *shared = many(t, "<sst><si><t>", "x", 200000, "</t></si></sst>");
  const char *cell = "<c t=\"s\"><v>0</v></c>";
  CHECK_ERR(read_parts(t, NULL, shared, many(t, "<row r=\"1\">", cell, 5, "</row>"), NULL), ERR_OK);
  CHECK_ERR(read_parts(t, NULL, shared, many(t, "<row r=\"1\">", cell, 6, "</row>"), NULL), ERR_INVALID);
}

TEST(what_is_later_than_dates_can_be_is_a_number)
{
  const char *csv;
  CHECK_ERR(read_parts(t, "<x><cellXfs><xf numFmtId=\"14\"/></cellXfs></x>", NULL,
                       "<row><c><v>2958465</v></c><c><v>2958465.9999999</v></c><c><v>2958466</v></c></row>", &csv),
            ERR_OK);
  CHECK_TEXT(csv, "9999-12-31,2958465.9999999,2958466\n");
}

static int64_t cpu_ms(void)
{
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

TEST(styles_are_as_many_as_spreadsheets_have)
{
  static const char row[] = "<row r=\"1\"><c r=\"A1\" s=\"1\"><v>46346</v></c></row>";
  const char *same = many(t, "<x>", "<numFmt numFmtId=\"9999\" formatCode=\"0\"/>", 200000, "<cellXfs>");
  int64_t before = cpu_ms();
  CHECK_ERR(read_parts(t, many(t, same, "<xf numFmtId=\"1\"/>", 200000, "</cellXfs></x>"), NULL, row, NULL),
            ERR_INVALID);
  struct buf b;
  const char *csv;
  buf_init(&b, t->arena);
  buf_text(&b, "<x>");
  for (int id = 4096; id > 0; id--)
    buf_printf(&b, "<numFmt numFmtId=\"%d\" formatCode=\"%s\"/>", 200 + id, id == 77 ? "yyyy-mm-dd" : "0.0");
  buf_text(&b, "<cellXfs><xf numFmtId=\"277\"/>");
  CHECK_ERR(read_parts(t, many(t, buf_str(&b), "<xf numFmtId=\"277\"/>", 60000, "</cellXfs></x>"), NULL, row, &csv),
            ERR_OK);
  CHECK_TEXT(csv, "2026-11-20\n");
  CHECK(cpu_ms() - before < 3000);
}
