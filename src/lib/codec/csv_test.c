/* The CSV reader: any block size gives the same rows, and errors say where. */
#include "codec.h"
#include "rec.h"
#include "test.h"

#include <dirent.h>
#include <string.h>

/* All rows as one text: cells in brackets, rows by line, the error at the end. */
static const char *rows_of(struct test *t, const char *bytes, size_t n, size_t block, char delimiter)
{
  struct csv *c = csv_new(delimiter);
  struct buf b;
  buf_init(&b, t->arena);
  enum csv_result result = CSV_MORE;
  for (size_t at = 0; result != CSV_DONE && result != CSV_BAD;) {
    struct csv_row row;
    result = csv_next(c, &row);
    if (result == CSV_ROW) {
      buf_printf(&b, "%lld@%lld", (long long)row.line, (long long)row.byte_offset);
      for (size_t i = 0; i < row.n; i++)
        buf_printf(&b, "[%s]", row.cells[i]);
      buf_char(&b, '\n');
    } else if (result == CSV_MORE && at < n) {
      size_t some = n - at < block ? n - at : block;
      csv_feed(c, bytes + at, some);
      at += some;
    } else if (result == CSV_MORE) {
      csv_finish(c);
    }
  }
  if (result == CSV_BAD) {
    int64_t line, column;
    const char *what = csv_error(c, &line, &column);
    buf_printf(&b, "%lld:%lld %s", (long long)line, (long long)column, what);
  }
  csv_free(c);
  return buf_str(&b);
}

static const struct {
  const char *in, *out;
} cases[] = {
    {"",                            ""                                                  },
    {"a,b\n1,2\n",                  "1@0[a][b]\n2@4[1][2]\n"                            },
    {"a,b\r\n1,2",                  "1@0[a][b]\n2@5[1][2]\n"                            },
    {"a\rb\r",                      "1@0[a]\n2@2[b]\n"                                  },
    {"\n\r\n a \n\n\"\"\n",         "3@3[ a ]\n5@8[]\n"                                 },
    {",\n",                         "1@0[][]\n"                                         },
    {"a,",                          "1@0[a][]\n"                                        },
    {"\xef\xbb\xbf"
     "a,b",                    "1@3[a][b]\n"                                       },
    {"\xef\xbb",                    "1:2 the cell that ends here is not UTF-8"          },
    {"\"a,\"\"b\"\"\",\"x\ny\"\nz", "1@0[a,\"b\"][x\ny]\n3@16[z]\n"                     },
    {"\"a\r\nb\"\r\nc",             "1@0[a\r\nb]\n3@8[c]\n"                             },
    {"5\" pipe,a\"b\"\n",           "1@0[5\" pipe][a\"b\"]\n"                           },
    {"a,\"b",                       "1:3 the quote that opens here never closes"        },
    {"x\na,\"b\n\nc",               "1@0[x]\n2:3 the quote that opens here never closes"},
    {"é,\"b\"c",                   "1:6 text after a closing quote"                    },
    {"a\n\xff,b\n",                 "1@0[a]\n2:2 the cell that ends here is not UTF-8"  },
    {"\"\"\"\"",                    "1@0[\"]\n"                                         },
    {"a;b,c",                       "1@0[a;b][c]\n"                                     },
};

TEST(rows_are_the_same_whatever_the_blocks)
{
  static const size_t blocks[] = {1, 2, 3, 1000};
  for (size_t i = 0; i < COUNT_OF(cases); i++)
    for (size_t k = 0; k < COUNT_OF(blocks); k++)
      CHECK_TEXT(rows_of(t, cases[i].in, strlen(cases[i].in), blocks[k], ','), cases[i].out);
}

TEST(the_delimiter_is_chosen)
{
  CHECK_TEXT(rows_of(t, "a;\"b;\";c,d", 10, 4, ';'), "1@0[a][b;][c,d]\n");
  CHECK_TEXT(rows_of(t, "a\tb", 3, 4, '\t'), "1@0[a][b]\n");
}

TEST(a_zero_byte_is_refused)
{
  CHECK_TEXT(rows_of(t, "a,b\0c\n", 6, 6, ','), "1:4 a zero byte");
}

static const char *last_line(const char *text)
{
  const char *line = strrchr(text, '\n');
  return line ? line + 1 : text;
}

TEST(cells_rows_and_their_number_are_bounded)
{
  struct buf b;
  buf_init(&b, t->arena);
  for (int i = 0; i <= CSV_CELL_MAX; i++)
    buf_char(&b, 'a');
  CHECK_TEXT(last_line(rows_of(t, b.at, b.n - 1, 65536, ',')), "");
  CHECK_TEXT(rows_of(t, b.at, b.n, 65536, ','), "1:262145 the cell is too long");
  b.n = 0;
  for (int i = 0; i < CSV_CELLS_MAX; i++)
    buf_char(&b, ',');
  CHECK_TEXT(last_line(rows_of(t, b.at, b.n - 1, 100, ',')), "");
  CHECK_TEXT(rows_of(t, b.at, b.n, 100, ','), "1:1000 the row has too many cells");
  b.n = 0;
  for (int i = 1; i <= 2 * CSV_ROW_MAX; i++)
    buf_char(&b, i % 10000 ? 'a' : ',');
  CHECK(strstr(rows_of(t, b.at, b.n, 65536, ','), "the row is too long"));
}

TEST(what_is_written_is_read_again)
{
  static const char *const texts[] = {"", "a", "a,b", "\"", "\"\"", "a\"b\"", " a", "a ", "x\ny", "\r\n", "é;", "'"};
  struct buf b;
  buf_init(&b, t->arena);
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    if (i)
      buf_char(&b, ',');
    csv_cell(&b, texts[i], ',');
  }
  struct csv *c = csv_new(',');
  struct csv_row row = {0};
  csv_feed(c, b.at, b.n);
  csv_finish(c);
  CHECK_INT(csv_next(c, &row), CSV_ROW);
  CHECK_INT(row.n, COUNT_OF(texts));
  for (size_t i = 0; i < row.n; i++)
    CHECK_TEXT(row.cells[i], texts[i]);
  CHECK_INT(csv_next(c, &row), CSV_DONE);
  csv_free(c);
}

/* csv-spectrum: each CSV file as an array of objects by its header. */
static const char *as_json(struct test *t, const char *bytes, size_t n)
{
  struct csv *c = csv_new(',');
  struct csv_row row;
  struct buf b;
  struct json_out o;
  LIST(const char *) header = {0};
  buf_init(&b, t->arena);
  json_out_init(&o, &b);
  csv_feed(c, bytes, n);
  csv_finish(c);
  json_array(&o);
  while (csv_next(c, &row) == CSV_ROW) {
    if (!header.n) {
      for (size_t i = 0; i < row.n; i++)
        *LIST_ADD(t->arena, &header) = arena_text(t->arena, row.cells[i]);
      continue;
    }
    json_object(&o);
    for (size_t i = 0; i < row.n && i < header.n; i++)
      json_put_text(&o, header.at[i], row.cells[i]);
    json_object_end(&o);
  }
  json_array_end(&o);
  csv_free(c);
  return buf_str(&b);
}

/* The document through reader and writer, so that spelling does not matter. */
static const char *respelled(struct test *t, const char *bytes, size_t n)
{
  struct json j;
  struct json_out o;
  struct buf b;
  json_init(&j, bytes, n, t->arena);
  buf_init(&b, t->arena);
  json_out_init(&o, &b);
  for (;;) {
    switch (json_next(&j)) {
    case JSON_KEY:
      json_key(&o, j.text);
      break;
    case JSON_STRING:
      json_text(&o, j.text);
      break;
    case JSON_OBJECT:
      json_object(&o);
      break;
    case JSON_OBJECT_END:
      json_object_end(&o);
      break;
    case JSON_ARRAY:
      json_array(&o);
      break;
    case JSON_ARRAY_END:
      json_array_end(&o);
      break;
    case JSON_END:
      return buf_str(&b);
    default:
      return NULL;
    }
  }
}

TEST(csv_spectrum_is_read_as_it_says)
{
  const char *folder = test_data(t, "csv-parsing/csvs");
  DIR *dir = folder ? opendir(folder) : NULL;
  if (!dir)
    SKIP("no ../shared/data/csv-parsing");
  LIST(const char *) names = {0};
  for (struct dirent *e; (e = readdir(dir));)
    if (strstr(e->d_name, ".csv"))
      *LIST_ADD(t->arena, &names) = arena_textn(t->arena, e->d_name, strlen(e->d_name) - 4);
  closedir(dir);
  CHECK(names.n >= 12);
  for (size_t i = 0; i < names.n; i++) {
    const char *name = names.at[i];
    if (text_eq(name, "location_coordinates")) /* its two files hold different telephone numbers */
      continue;
    size_t n, want_n;
    const char *bytes = test_read_file(t, arena_printf(t->arena, "%s/%s.csv", folder, name), &n);
    const char *want = test_read_file(t, arena_printf(t->arena, "%s/../json/%s.json", folder, name), &want_n);
    CHECK_TEXT(as_json(t, bytes, n), respelled(t, want, want_n));
  }
}

TEST(what_a_spreadsheet_would_run_gets_an_apostrophe_that_reading_takes_off)
{
  static const struct {
    const char *cell, *harmless;
  } guards[] = {{"=1+1", "'=1+1"},   {"+86 138", "'+86 138"}, {"-1+2", "'-1+2"},   {"@home", "'@home"}, {"\t=1", "'\t=1"},
               {"\r=1", "'\r=1"},   {"'=1", "''=1"},         {"'@", "''@"},       {"", ""},            {"-5", "-5"},
               {"-5.25", "-5.25"},  {"'-5", "''-5"},         {"'n' roll", "'n' roll"}, {"a=b", "a=b"},    {"'", "'"}};
  for (size_t i = 0; i < COUNT_OF(guards); i++) {
    CHECK_TEXT(csv_harmless(t->arena, guards[i].cell), guards[i].harmless);
    CHECK_TEXT(csv_bare(guards[i].harmless), guards[i].cell);
  }
}
