/* Files brought in the browser: looked at, mapped, tried, run, and taken out again. */
#include "db.h"
#include "shop.h"
#include "zip.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MANY = 3000 };

/* Brings a file and keeps <imp>. */
static void bring(struct shop *s, const char *kind, const char *bytes, size_t n)
{
  struct request rq = {.method = "POST",
                       .path = arena_printf(s->arena, "/v1/imports?kind=%s&file_name=%s.csv", kind, kind),
                       .body = bytes,
                       .n_body = n,
                       .content_type = "text/csv"};
  CHECK_INT(client_call(s->client, &rq, &s->last), CALL_ANSWERED);
  if (s->last.status != 201)
    fprintf(stderr, "%s\n", s->last.body);
  CHECK_INT(s->last.status, 201);
  KEEP("imp", "/id");
}

static void bring_text(struct shop *s, const char *kind, const char *text)
{
  bring(s, kind, text, strlen(text));
}

/* Begins a pass, waits for its end, and looks at what it says. */
static void pass(struct shop *s, const char *verb)
{
  bool dry = strcmp(verb, "dry_run") == 0;
  SAY(200, arena_printf(s->arena, "POST /v1/imports/<imp>/%s", verb));
  AWAIT("GET /v1/imports/<imp>", "/state", dry ? "checked" : "done");
}

/* Counts of a pass: new, changed, unchanged, wrong. */
static void counts(struct shop *s, const char *pass, int fresh, int changed, int unchanged, int wrong)
{
  const struct {
    const char *name;
    int n;
  } all[] = {{"new", fresh}, {"changed", changed}, {"unchanged", unchanged}, {"wrong", wrong}};
  for (size_t i = 0; i < COUNT_OF(all); i++)
    SEE(arena_printf(s->arena, "/%s/%s", pass, all[i].name), arena_printf(s->arena, "%d", all[i].n));
}

static const char products[] = "SKU,Product name,Price,EAN,Weight (kg)\r\n"
                               "HAT-1,Hat,19.90,4006381333931,0.25\r\n"
                               "HAT-2,\"Hat, blue\",21,,\r\n";

TEST(a_header_in_english_is_understood)
{
  struct shop *s = shop_open(t);
  bring_text(s, "products", products);
  SEE("/file/delimiter", ",");
  SEE("/file/rows", "2");
  SEE("/file/columns/0/samples/1", "HAT-2");
  SEE("/mapping/columns/0/field", "sku");
  SEE("/mapping/columns/#", "5");
  SEE("/mapping_source", "guessed");
  shop_close(s);
}

TEST(a_file_from_a_chinese_spreadsheet_is_read_as_it_is)
{
  /* GB18030: 货号;名称;价格 / A1;红色帽子;12,50 */
  static const char bytes[] = "\xBB\xF5\xBA\xC5;\xC3\xFB\xB3\xC6;\xBC\xDB\xB8\xF1\n"
                              "A1;\xBA\xEC\xC9\xAB\xC3\xB1\xD7\xD3;12,50\n"
                              "A2;\xC0\xB6\xC9\xAB\xB5\xC4\xC3\xB1\xD7\xD3\xBA\xCD\xCE\xA7\xBD\xED;1.250,00\n";
  struct shop *s = shop_open(t);
  bring(s, "products", bytes, sizeof bytes - 1);
  SEE("/file/encoding", "GB18030");
  SEE("/file/delimiter", ";");
  SEE("/mapping/columns/#", "3");
  SEE("/mapping/decimal", ",");
  pass(s, "run");
  counts(s, "ran", 2, 0, 0, 0);
  SAY(200, "GET /v1/products/A1");
  SEE("/name/en", "红色帽子");
  SEE("/price", "1250");
  SAY(200, "GET /v1/products/A2");
  SEE("/price", "125000");
  shop_close(s);
}

TEST(a_dry_run_says_what_would_be_and_changes_nothing)
{
  struct shop *s = shop_open(t);
  bring_text(s, "products", products);
  pass(s, "dry_run");
  counts(s, "checked", 2, 0, 0, 0);
  SAY(404, "GET /v1/products/HAT-1");
  pass(s, "run");
  counts(s, "ran", 2, 0, 0, 0);
  SAY(200, "GET /v1/products/HAT-1");
  SEE("/price", "1990");
  SEE("/weight_g", "250");
  SEE("/version", "1");
  shop_close(s);
}

TEST(blank_rows_are_counted_and_skipped_in_every_kind_of_import)
{
  static const struct {
    const char *kind, *file;
  } files[] = {{"products", "SKU,Name\n,\nBLANK-1,Hat\n , \n,,\n"},
               {"customers", "email,name,phone\n,,\nann@example.com,Ann,\n,  ,\n,,\n"},
               {"stock", "location,sku,counted\n,,\nNJ1,TEE-S,7\n,,\n,,\n"},
               {"orders", "channel,external_id,sku,quantity\n,,,\nweb,B-1,TEE-S,1\n,,,\n,,,\n"}};
  struct shop *s = shop_open(t);
  a_small_shop(s);
  for (size_t i = 0; i < COUNT_OF(files); i++) {
    bring_text(s, files[i].kind, files[i].file);
    SEE("/file/rows", "1");
    SEE("/file/blank", "3");
    pass(s, "dry_run");
    SEE("/checked/rows", "1");
    SEE("/checked/wrong", "0");
    pass(s, "run");
    SEE("/ran/rows", "1");
    SEE("/ran/wrong", "0");
  }
  SAY(200, "GET /v1/customers?limit=10");
  SEE("/data/#", "1");
  shop_close(s);
}

TEST(an_import_that_runs_twice_changes_nothing)
{
  struct shop *s = shop_open(t);
  bring_text(s, "products", products);
  pass(s, "run");
  pass(s, "run");
  counts(s, "ran", 0, 0, 2, 0);
  bring_text(s, "products",
             "SKU,Product name,Price,EAN,Weight (kg)\nHAT-1,Hat,19.90,4006381333931,0.25\nHAT-2,Cap,21,,\n");
  SEE("/mapping_source", "saved");
  pass(s, "dry_run");
  counts(s, "checked", 0, 1, 1, 0);
  pass(s, "run");
  counts(s, "ran", 0, 1, 1, 0);
  SAY(200, "GET /v1/products/HAT-1");
  SEE("/version", "1");
  SAY(200, "GET /v1/products/HAT-2");
  SEE("/version", "2");
  SEE("/price", "2100");
  shop_close(s);
}

TEST(what_is_wrong_is_told_by_line_and_column_and_stops_no_other_row)
{
  struct shop *s = shop_open(t);
  bring_text(s, "products",
             "sku,price,gtin\nA,1.00,4006381333931\nB,x,4006381333931\n\nC,2,4006381333930\nA,3,\n,4,\n");
  pass(s, "run");
  counts(s, "ran", 1, 0, 0, 4);
  SAY(200, "GET /v1/imports/<imp>/errors?sort=n");
  SEE("/data/#", "4");
  SEE("/data/0/line", "3");
  SEE("/data/0/column", "price");
  SEE("/data/0/field", "price");
  SEE("/data/0/code", "not_a_number");
  SEE("/data/0/raw", "B,x,4006381333931");
  SEE("/data/1/line", "5");
  SEE("/data/1/column", "gtin");
  SEE("/data/1/code", "invalid_format");
  SEE("/data/2/code", "twice");
  SEE("/data/2/key", "A");
  SEE("/data/3/code", "required");
  SAY(200, "GET /v1/imports/<imp>/error_file");
  if (!strstr(s->last.body, "sku,price,gtin,error\r\nB,x,4006381333931,"))
    test_failed(__FILE__, __LINE__, s->last.body, "", "the wrong rows as they were");
  SAY(200, "GET /v1/imports/<imp>/errors\nAccept: text/csv");
  SAY(200, "GET /v1/products/A");
  SEE("/price", "100");
  shop_close(s);
}

TEST(the_errors_of_a_pass_are_those_of_that_pass)
{
  struct shop *s = shop_open(t);
  struct buf file;
  buf_init(&file, s->arena);
  buf_text(&file, "sku,price\n");
  for (int i = 0; i < 450; i++) /* more than go with one act */
    buf_printf(&file, "W-%d,x\n", i);
  bring_text(s, "products", buf_str(&file));
  pass(s, "dry_run");
  SAY(200, "GET /v1/imports/<imp>/errors?count=exact");
  SEE("/count", "450");
  pass(s, "dry_run");
  SAY(200, "GET /v1/imports/<imp>/errors?count=exact&sort=n");
  SEE("/count", "450");
  SEE("/data/0/line", "2");
  SAY(200, "GET /v1/imports/<imp>/error_file");
  int lines = 0;
  for (const char *p = s->last.body; (p = strchr(p, '\n')); p++)
    lines++;
  CHECK_INT(lines, 451);
  shop_close(s);
}

/* A workbook says a long text once and shows it in each row. */
TEST(only_so_much_of_wrong_rows_is_kept)
{
  static const char workbook[] = "<workbook><sheets/></workbook>";
  enum { WRONG_ROWS = 1000, LONG = 19000 };
  struct shop *s = shop_open(t);
  struct buf shared, sheet;
  buf_init(&shared, s->arena);
  buf_init(&sheet, s->arena);
  buf_text(&shared, "<sst><si><t>");
  for (int i = 0; i < LONG; i++)
    buf_char(&shared, 'y');
  buf_text(&shared, "</t></si></sst>");
  buf_text(&sheet, "<worksheet><sheetData><row><c t=\"str\"><v>sku</v></c><c t=\"str\"><v>price</v></c>"
                   "<c t=\"str\"><v>remark</v></c></row>");
  for (int i = 0; i < WRONG_ROWS; i++)
    buf_printf(&sheet,
               "<row><c t=\"str\"><v>W-%d</v></c><c t=\"str\"><v>x</v></c><c t=\"s\"><v>0</v></c></row>", i);
  buf_text(&sheet, "</sheetData></worksheet>");
  const struct zip_file parts[] = {{"xl/workbook.xml", workbook, sizeof workbook - 1},
                                   {"xl/sharedStrings.xml", buf_str(&shared), shared.n},
                                   {"xl/worksheets/sheet1.xml", buf_str(&sheet), sheet.n}};
  struct growing file = {0};
  zip_pack(parts, COUNT_OF(parts), &file);
  bring(s, "products", file.at, file.n);
  growing_free(&file);
  pass(s, "dry_run");
  SEE("/checked/wrong", arena_printf(s->arena, "%d", WRONG_ROWS));
  SAY(200, "GET /v1/imports/<imp>/errors?sort=n&limit=1");
  CHECK(strlen(AT("/data/0/raw")) > LONG);
  SAY(200, "GET /v1/imports/<imp>/errors?limit=1");
  SEE("/data/0/raw", ""); /* the last one */
  shop_close(s);
}

/* Half of a row, brought again, would be taken for the whole. */
TEST(a_wrong_row_that_is_too_long_to_be_repeated_has_its_reason_only)
{
  struct shop *s = shop_open(t);
  struct buf file;
  buf_init(&file, s->arena);
  buf_text(&file, "sku,price,country_of_origin,attributes\nA,x,,\nB,1,Narnia,\"{\"\"a\"\":\"\"");
  for (int i = 0; i < 21000; i++)
    buf_char(&file, 'y');
  buf_text(&file, "\"\"}\"\nC,z,,\n");
  bring_text(s, "products", buf_str(&file));
  pass(s, "run");
  counts(s, "ran", 0, 0, 0, 3);
  SAY(200, "GET /v1/imports/<imp>/errors?sort=n");
  SEE("/data/1/raw", "");
  SAY(200, "GET /v1/imports/<imp>/error_file");
  const char *a = strstr(s->last.body, "\nA,x,,,"), *b = strstr(s->last.body, "\n,,,,"),
             *c = strstr(s->last.body, "\nC,z,,,");
  CHECK(a && b && c && a < b && b < c);
  if (!b || !strstr(b, "line 3, B is too much to be repeated here; country_of_origin: ") ||
      strstr(s->last.body, "Narnia"))
    test_failed(__FILE__, __LINE__, s->last.body, "", "each row with its own reasons");
  shop_close(s);
}

TEST(a_mapping_that_cannot_be_is_refused_rule_by_rule)
{
  struct shop *s = shop_open(t);
  bring_text(s, "products", "a,b,c\n1,2,3\n");
  SEE("/mapping/columns/#", "0");
  SAY(422, "POST /v1/imports/<imp>/run");
  SAY(422,
      "PATCH /v1/imports/<imp> {'mapping': {'columns': [{'field': 'sku', 'column': 'z'}, {'field': 'prize', 'column': "
      "'b'}, {'field': 'weight', 'column': 'c', 'unit': 'm'}]}}");
  SEE("/errors/0/pointer", "/mapping/columns/0/column");
  SEE("/errors/1/pointer", "/mapping/columns/1/field");
  SEE("/errors/2/pointer", "/mapping/columns/2/unit");
  SAY(200, "PATCH /v1/imports/<imp> {'mapping': {'columns': [{'field': 'sku', 'column': 'a'}, {'field': 'name.zh-TW', "
           "'column': 'b'}, {'field': 'tax_category', 'constant': 'standard'}]}}");
  SEE("/mapping_source", "given");
  pass(s, "run");
  SAY(200, "GET /v1/products/1");
  SEE("/name/zh-TW", "2");
  SEE("/tax_category", "standard");
  shop_close(s);
}

static int64_t asked_of_database(struct shop *s, const struct db_stmt *stmt)
{
  struct fault fault;
  struct db *db = NULL;
  int64_t n = ABSENT;
  fault_init(&fault, s->arena);
  if (db_open(s->url, DB_READER, &fault, &db) != ERR_OK || db_one_i64(db, stmt, &n, DB_NO_ARGS) != ERR_OK)
    n = ABSENT;
  db_close(db);
  return n;
}

struct large_upload {
  struct client *client;
  struct buf file;
  atomic_bool done;
  int status;
};

static void *bring_large(void *arg)
{
  struct large_upload *large = arg;
  struct request rq = {.method = "POST",
                       .path = "/v1/imports?kind=products",
                       .body = large->file.at,
                       .n_body = large->file.n,
                       .content_type = "text/csv"};
  struct answer answer = {0};
  if (client_call(large->client, &rq, &answer) == CALL_ANSWERED)
    large->status = answer.status;
  atomic_store(&large->done, true);
  return NULL;
}

TEST(large_files_are_looked_at_one_at_a_time_and_others_are_served_meanwhile)
{
  static const char sheet[] = "PK\3\4 a sheet that cannot be read";
  struct shop *s = shop_open(t);
  struct large_upload large = {.client = shop_client(s)};
  struct request small = {.method = "POST",
                          .path = "/v1/imports?kind=products",
                          .body = sheet,
                          .n_body = sizeof sheet - 1,
                          .content_type = ""};
  pthread_t thread;
  int busy = 0;
  buf_init(&large.file, s->arena);
  buf_text(&large.file, "sku,name,price\n");
  for (int i = 0; i < 190000; i++)
    buf_printf(&large.file, "P-%06d,Product with a name that is rather long %06d,1.50\n", i, i);
  CHECK_INT(pthread_create(&thread, NULL, bring_large, &large), 0);
  while (!atomic_load(&large.done)) {
    CHECK_INT(client_call(s->client, &small, &s->last), CALL_ANSWERED);
    busy += s->last.status == 503;
    CHECK(s->last.status == 503 || s->last.status == 422);
    if (busy == 1)
      SAY(200, "GET /v1/orders");
  }
  CHECK_INT(pthread_join(thread, NULL), 0);
  CHECK_INT(large.status, 201);
  CHECK(busy > 0);
  client_free(large.client);
  shop_close(s);
}

/* Hexadecimal digits pack to a bit more than half. */
TEST(a_file_of_many_chunks_is_kept_whole)
{
  static const struct db_stmt chunks = {"SELECT count(*) FROM import_chunk", DB_REPORT};
  struct shop *s = shop_open(t);
  struct buf file;
  uint64_t h = 1;
  buf_init(&file, s->arena);
  buf_text(&file, "sku,name\n");
  for (int row = 0; row < 40; row++) {
    buf_printf(&file, "R-%d,", row);
    for (int i = 0; i < 12500; i++, h = hash_bytes(&h, sizeof h))
      buf_printf(&file, "%016llx", (unsigned long long)h);
    buf_text(&file, "\n");
  }
  bring_text(s, "products", buf_str(&file));
  SEE("/version", "1");
  CHECK(asked_of_database(s, &chunks) > 8);
  SAY(200, "GET /v1/imports");
  SEE("/data/#", "1");
  pass(s, "dry_run");
  counts(s, "checked", 0, 0, 0, 40);
  SAY(200, "GET /v1/imports/<imp>/errors?sort=n&limit=200");
  SEE("/data/39/key", "R-39");
  shop_close(s);
}

/* ---- Stock, customers, orders ---- */

TEST(stock_is_set_to_what_was_counted_and_a_difference_counts_once)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  bring_text(s, "stock", "货号,仓库,库存,安全库存\nTEE-S,NJ1,12,3\nMUG-BLUE,NJ1,5,\nTEE-S,MARS,1,\nNONE,NJ1,1,\n");
  pass(s, "dry_run");
  counts(s, "checked", 0, 1, 1, 2);
  pass(s, "run");
  counts(s, "ran", 0, 1, 1, 2);
  SAY(200, "GET /v1/stock?sku=TEE-S&location=NJ1");
  SEE("/data/0/on_hand", "12");
  SEE("/data/0/safety", "3");
  pass(s, "run");
  counts(s, "ran", 0, 0, 2, 2);
  bring_text(s, "stock", "sku,location,delta\nTEE-S,NJ1,-2\n");
  pass(s, "run");
  pass(s, "run");
  counts(s, "ran", 0, 0, 1, 0);
  SAY(200, "GET /v1/stock?sku=TEE-S&location=NJ1");
  SEE("/data/0/on_hand", "10");
  shop_close(s);
}

TEST(customers_are_recognized_by_any_of_their_keys_and_keep_what_a_file_does_not_say)
{
  struct shop *s = shop_open(t);
  SAY(201, "POST /v1/customers {'external_id': 'C-1', 'email': 'li@example.com', 'name': 'Li Wei', 'notes': 'VIP', "
           "'addresses': "
           "[{'label': 'home', 'address': {'line1': '1 Nanjing Rd', 'city': 'Shanghai', 'country': 'CN'}}]}");
  bring_text(s, "customers",
             "Email,Name,Phone,Tags,Address,City,Country\n"
             "LI@example.com,Li Wei,+86 138 0000 0001,vip; wholesale,2 Beijing Rd,Shanghai,CN\n"
             "zoe@example.com,Zoe,,,,,\n");
  pass(s, "run");
  counts(s, "ran", 1, 1, 0, 0);
  SAY(200, "GET /v1/customers/C-1");
  SEE("/notes", "VIP");
  SEE("/tags/1", "wholesale");
  SEE("/addresses/#", "2");
  SEE("/addresses/1/address/line1", "2 Beijing Rd");
  pass(s, "run");
  counts(s, "ran", 0, 0, 2, 0);
  shop_close(s);
}

TEST(rows_of_one_number_are_one_order_wherever_they_stand)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  bring_text(s, "orders",
             "Order number,Order date,Email,Customer,SKU,Qty,Price,Shipping,Currency\n"
             "W-1,20.11.2026,li@example.com,Li,TEE-S,2,19.90,5.00,USD\n"
             "W-2,21.11.2026,zoe@example.com,Zoe,MUG-BLUE,1,12.50,0,USD\n"
             "W-1,20.11.2026,li@example.com,Li,MUG-BLUE,1,12.50,,USD\n"
             "W-3,21.11.2026,bob@example.com,Bob,NOPE,1,12.50,,USD\n");
  SAY(200, "GET /v1/imports/<imp>");
  SAY(200,
      "PATCH /v1/imports/<imp> {'mapping': {'time_zone': 'Asia/Shanghai', 'columns': ["
      "{'field': 'external_id', 'column': 'Order number'}, {'field': 'channel', 'constant': 'web'}, "
      "{'field': 'ordered_at', 'column': 'Order date', 'format': '%d.%m.%Y'}, {'field': 'customer.email', 'column': "
      "'Email'}, {'field': 'customer.name', 'column': 'Customer'}, {'field': 'sku', 'column': 'SKU'}, {'field': "
      "'quantity', "
      "'column': 'Qty'}, {'field': 'unit_price', 'column': 'Price'}, {'field': 'shipping', 'column': 'Shipping'}, "
      "{'field': "
      "'currency', 'column': 'Currency'}]}}");
  pass(s, "dry_run");
  counts(s, "checked", 2, 0, 0, 1);
  SEE("/checked/rows", "4");
  pass(s, "run");
  counts(s, "ran", 2, 0, 0, 1);
  SAY(200, "GET /v1/imports/<imp>/errors");
  SEE("/data/0/line", "5");
  SEE("/data/0/column", "SKU");
  SEE("/data/0/key", "W-3");
  SAY(200, "GET /v1/orders?external_id=W-1&channel=web&expand=lines,charges");
  SEE("/data/0/lines/#", "2");
  SEE("/data/0/charges/0/amount", "500");
  SEE("/data/0/ordered_at", "2026-11-19T16:00:00.000Z");
  pass(s, "run");
  counts(s, "ran", 0, 0, 2, 1);
  shop_close(s);
}

/* ---- There and back ---- */

static const char *taken_out(struct shop *s, const char *kind)
{
  SAY(200, arena_printf(s->arena, "GET /v1/import_export?kind=%s", kind));
  return arena_textn(s->arena, s->last.body, s->last.n_body);
}

static void there_and_back(struct shop *s, const char *kind, int n)
{
  const char *before = taken_out(s, kind);
  bring_text(s, kind, before);
  pass(s, "run");
  SEE("/ran/wrong", "0");
  SEE("/ran/unchanged", arena_printf(s->arena, "%d", n));
  CHECK_TEXT(taken_out(s, kind), before);
}

static void an_odd_company(struct shop *s)
{
  a_small_shop(s);
  SAY(201, "POST /v1/products {'sku': '=1+1', 'name': {'en': '-5 %, \\'new\\'', 'zh-CN': '帽子', 'zh-TW': '帽子二'}, "
           "'price': "
           "'0.34', 'currency': 'JPY', 'gtin': '4006381333931', 'weight_g': 3, 'attributes': {'a;b': [1, '\\n']}, "
           "'active': false, "
           "'kind': 'made', 'unit': 'kg', 'parent_sku': 'TEE-S', 'options': {'size': 'S'}, 'images': "
           "['https://x.example/a;b.jpg', "
           "'/b.png'], 'units': [{'unit': 'box', 'numerator': 12}]}");
  SAY(201, "POST /v1/customers {'phone': '+86 138 0000 0000', 'name': '\\'-Quote', 'tags': ['a;b', 'c'], 'notes': "
           "'two\\nlines', "
           "'metadata': {'x': 1}, 'blocked': true, 'blocked_reason': '@home', 'addresses': [{'label': 'home', "
           "'default_shipping': true, 'address': {'city': 'Shanghai', 'country': 'CN', 'latitude': 31.2, 'longitude': "
           "121.5}}]}");
  SAY(201, "POST /v1/customers {'name': 'Nobody known'}");
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'delta': 5, 'lot': 'L;1', "
           "'condition': "
           "'damaged'}]}");
  SAY(200, "POST /v1/stock/safety {'location': 'NJ1', 'sku': 'MUG-BLUE', 'safety': 2}");
}

TEST(what_is_taken_out_and_brought_in_again_changes_nothing)
{
  struct shop *s = shop_open(t);
  an_odd_company(s);
  there_and_back(s, "products", 3);
  there_and_back(s, "customers", 2);
  there_and_back(s, "stock", 3);
  shop_close(s);
}

static int compare_lines(const void *a, const void *b)
{
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Ids, and so the order of rows, are the database's own. */
static const char *without_ids(struct shop *s, const char *csv)
{
  char *text = arena_text(s->arena, csv);
  const char *lines[20];
  size_t n = 0;
  struct buf b;
  for (char *p = text; (p = strstr(p, "cus_")); p += 4)
    memset(p, 'x', 17);
  for (char *p = text; n < COUNT_OF(lines) && p && *p;) {
    lines[n++] = p;
    p = strstr(p, "\r\n");
    if (p)
      *p = 0, p += 2;
  }
  qsort(lines, n, sizeof *lines, compare_lines);
  buf_init(&b, s->arena);
  for (size_t i = 0; i < n; i++)
    buf_printf(&b, "%s\n", lines[i]);
  return buf_str(&b);
}

TEST(what_is_taken_out_makes_the_same_in_an_empty_database)
{
  static const char *const kinds[] = {"products", "customers", "stock"};
  const char *files[COUNT_OF(kinds)];
  struct shop *s = shop_open(t);
  an_odd_company(s);
  for (size_t i = 0; i < COUNT_OF(kinds); i++)
    files[i] = arena_text(t->arena, taken_out(s, kinds[i]));
  shop_close(s);
  s = shop_open(t);
  SAY(201, "POST /v1/locations {'code': 'NJ1'}");
  for (size_t i = 0; i < COUNT_OF(kinds); i++) {
    bring_text(s, kinds[i], files[i]);
    pass(s, "run");
    SEE("/ran/wrong", "0");
    CHECK_TEXT(without_ids(s, taken_out(s, kinds[i])), without_ids(s, files[i]));
  }
  shop_close(s);
}

/* ---- Passes ---- */

static const char *many_products(struct shop *s, int n)
{
  struct buf b;
  buf_init(&b, s->arena);
  buf_text(&b, "sku,name,price\n");
  for (int i = 0; i < n; i++)
    buf_printf(&b, "P-%05d,Product number %d,%d.50\n", i, i, i % 100);
  return buf_str(&b);
}

TEST(a_run_that_was_killed_goes_on_where_it_was)
{
  static const struct db_stmt done = {"SELECT documents_done FROM import_file", DB_REPORT};
  struct shop *s = shop_open(t);
  bring_text(s, "products", many_products(s, MANY));
  SAY(200, "POST /v1/imports/<imp>/run");
  for (int i = 0; i < 2000; i++) {
    SAY(200, "GET /v1/imports/<imp>");
    if (json_look_i64(s->arena, s->last.body, "/documents_done") > 0)
      break;
  }
  shop_kill(s);
  int64_t there = asked_of_database(s, &done);
  CHECK(there > 0 && there < MANY); /* killed in the middle of it */
  shop_start(s);
  for (int i = 0; i < 6; i++) { /* the claim of the dead process runs out first */
    SAY(200, "GET /v1/imports/<imp>");
    if (strcmp(AT("/state"), "done") == 0)
      break;
    nanosleep(&(struct timespec){5, 0}, NULL);
  }
  AWAIT("GET /v1/imports/<imp>", "/state", "done");
  SEE("/ran/rows", arena_printf(s->arena, "%d", MANY));
  SEE("/ran/wrong", "0");
  SAY(200, "GET /v1/products?limit=1&count=exact");
  SEE("/count", arena_printf(s->arena, "%d", MANY));
  shop_close(s);
}

/* Of two servers on one database neither takes a large pass from the other while that one passes over what is done. */
TEST(a_claim_is_renewed_while_done_rows_are_passed_over)
{
  static const struct db_stmt done = {"SELECT documents_done FROM import_file", DB_REPORT},
                              claimed = {"SELECT claimed_until FROM import_file", DB_REPORT};
  struct shop *s = shop_open(t);
  bring_text(s, "products", many_products(s, 2 * MANY));
  SAY(200, "POST /v1/imports/<imp>/run");
  for (int i = 0; i < 60000 && asked_of_database(s, &done) < MANY; i++)
    nanosleep(&(struct timespec){0, 1000000}, NULL);
  shop_kill(s);
  int64_t before = asked_of_database(s, &done);
  CHECK(before >= MANY && before < 2 * MANY); /* killed in the middle of it */
  int64_t last = asked_of_database(s, &claimed), claims = 0;
  shop_start(s);
  for (int i = 0; i < 60000 && asked_of_database(s, &done) == before; i++) {
    int64_t now = asked_of_database(s, &claimed);
    claims += now != last;
    last = now;
    nanosleep(&(struct timespec){0, 1000000}, NULL);
  }
  printf("  %lld claims to pass over %lld records\n", (long long)claims, (long long)before);
  CHECK(claims > 2);
  SAY(200, "POST /v1/imports/<imp>/cancel");
  shop_close(s);
}

static void by_hand(struct shop *s, const char *sql)
{
  struct db_stmt *stmt = ARENA_NEW(s->arena, struct db_stmt);
  struct db *db = NULL;
  struct fault f;
  *stmt = (struct db_stmt){sql, DB_SCHEMA};
  fault_init(&f, s->arena);
  if (db_open(s->url, DB_WRITER, &f, &db) != ERR_OK || db_run(db, stmt, NULL, DB_NO_ARGS) != ERR_OK)
    test_failed(__FILE__, __LINE__, sql, f.detail, "done");
  db_close(db);
}

TEST(a_row_that_fails_inside_the_server_is_told_and_stops_no_other)
{
  SQLITE_ONLY("a trigger makes the row fail");
  struct shop *s = shop_open(t);
  CHECK_INT(shop_stop(s), 0);
  by_hand(s,
          "CREATE TRIGGER boom BEFORE INSERT ON product WHEN NEW.sku = 'BOOM' BEGIN SELECT RAISE(ABORT, 'boom'); END");
  shop_start(s);
  bring_text(s, "products", "sku,price\nA,1\nBOOM,2\nB,3\n");
  pass(s, "run");
  counts(s, "ran", 2, 0, 0, 1);
  SAY(200, "GET /v1/imports/<imp>/errors");
  SEE("/data/0/line", "3");
  SEE("/data/0/code", "internal");
  shop_close(s);
}

TEST(a_pass_that_is_cancelled_ends_and_keeps_what_it_wrote)
{
  struct shop *s = shop_open(t);
  bring_text(s, "products", many_products(s, MANY));
  SAY(200, "POST /v1/imports/<imp>/run");
  SAY(200, "POST /v1/imports/<imp>/cancel");
  SEE("/state", "cancelled");
  SAY(200, "POST /v1/imports/<imp>/cancel");
  SAY(204, "DELETE /v1/imports/<imp>");
  SAY(404, "GET /v1/imports/<imp>");
  SAY(404, "POST /v1/imports/<imp>/run");
  shop_close(s);
}

TEST(a_pass_ends_when_the_key_that_began_it_is_revoked)
{
  struct shop *s = shop_open(t);
  SAY(201, "POST /v1/api_keys {'name': 'feed', 'scope': 'catalog.write catalog.read'}");
  KEEP("key", "/id");
  struct client *all = s->client;
  s->client = client_new(s->address, AT("/key"));
  bring_text(s, "products", many_products(s, MANY));
  SAY(200, "POST /v1/imports/<imp>/run");
  client_free(s->client);
  s->client = all;
  SAY(204, "DELETE /v1/api_keys/<key>");
  AWAIT("GET /v1/imports/<imp>", "/state", "cancelled");
  SEE("/message", "the key feed was revoked");
  CHECK(json_look_i64(s->arena, s->last.body, "/ran/rows") < MANY);
  shop_close(s);
}

TEST(a_pass_ends_when_who_began_it_may_not_bring_rows_any_more)
{
  struct shop *s = shop_open(t);
  SAY(201, "POST /v1/users {'login': 'pat', 'password': 'glass river 27 lamps', 'roles': ['manager']}");
  struct client *all = s->client;
  s->client = client_new(s->address, NULL);
  SAY(201, "POST /v1/session {'login': 'pat', 'password': 'glass river 27 lamps'}");
  const char *cookie = HEADER("Set-Cookie");
  shop_label(s, "me", arena_textn(s->arena, cookie, strcspn(cookie, ";")));
  KEEP("csrf", "/csrf_token");
  struct client *own = s->client;
  s->client = all;
  bring_text(s, "products", many_products(s, MANY));
  s->client = own;
  SAY(200, "POST /v1/imports/<imp>/run\nCookie: <me>\nX-CSRF-Token: <csrf>\n");
  client_free(own);
  s->client = all;
  SAY(200, "PATCH /v1/users/pat {'roles': ['viewer']}");
  AWAIT("GET /v1/imports/<imp>", "/state", "cancelled");
  SEE("/actor_name", "pat");
  CHECK(json_look_i64(s->arena, s->last.body, "/ran/rows") < MANY);
  shop_close(s);
}

static int ask_as(struct shop *s, const char *key, const char *method, const char *path)
{
  struct request rq = {.method = method, .path = path, .key = key};
  CHECK_INT(client_call(s->client, &rq, &s->last), CALL_ANSWERED);
  return s->last.status;
}

/* What is masked in answers stands in files as it is. */
TEST(files_with_personal_data_are_for_who_brought_them_or_may_read_it)
{
  static const char *const reads[] = {"", "/errors", "/error_file"}, *const verbs[] = {"dry_run", "run", "cancel"};
  struct shop *s = shop_open(t);
  bring_text(s, "customers", "name,email,phone,tax id\nLi Wei,li@example.com,,x\nBo,no mail,,y\n");
  pass(s, "run");
  counts(s, "ran", 1, 0, 0, 1);
  const char *masked = shop_key(s, "masked", "customer.read customer.write order.create");
  const char *seeing = shop_key(s, "seeing", "customer.write personal.read");
  const char *path = arena_printf(s->arena, "/v1/imports/%s", shop_labelled(s, "imp"));
  for (size_t i = 0; i < COUNT_OF(reads); i++) {
    CHECK_INT(ask_as(s, masked, "GET", arena_printf(s->arena, "%s%s", path, reads[i])), 403);
    CHECK_INT(ask_as(s, seeing, "GET", arena_printf(s->arena, "%s%s", path, reads[i])), 200);
  }
  for (size_t i = 0; i < COUNT_OF(verbs); i++)
    CHECK_INT(ask_as(s, masked, "POST", arena_printf(s->arena, "%s/%s", path, verbs[i])), 403);
  CHECK_INT(ask_as(s, masked, "DELETE", path), 403);
  CHECK_INT(ask_as(s, masked, "GET", "/v1/imports"), 200);
  SEE("/data/#", "0");
  CHECK_INT(ask_as(s, seeing, "GET", "/v1/imports"), 200);
  SEE("/data/#", "1");
  struct client *mine = s->client;
  s->client = client_new(s->address, masked); /* who brings a file knows what is in it */
  bring_text(s, "customers", "name,email\nZoe,zoe@example.com\nBo,no mail\n");
  pass(s, "run");
  SAY(200, "GET /v1/imports/<imp>/error_file");
  CHECK(strstr(s->last.body, "Bo,no mail"));
  SAY(200, "GET /v1/imports");
  SEE("/data/#", "1");
  client_free(s->client);
  s->client = mine;
  shop_close(s);
}

TEST(who_may_not_write_rows_may_not_bring_them_nor_see_their_files)
{
  struct shop *s = shop_open(t);
  bring_text(s, "customers", "email\na@example.com\n");
  const char *reader = shop_key(s, "catalog", "catalog.*");
  CHECK_INT(ask_as(s, reader, "GET", arena_printf(s->arena, "/v1/imports/%s", shop_labelled(s, "imp"))), 403);
  CHECK_INT(ask_as(s, reader, "POST", arena_printf(s->arena, "/v1/imports/%s/run", shop_labelled(s, "imp"))), 403);
  CHECK_INT(ask_as(s, reader, "GET", "/v1/import_export?kind=customers"), 403);
  CHECK_INT(ask_as(s, reader, "GET", "/v1/imports"), 200);
  SEE("/data/#", "0");
  SAY(200, "GET /v1/imports");
  SEE("/data/#", "1");
  CHECK_INT(ask_as(s, NULL, "POST", "/v1/imports?kind=products"), 422);
  SAY(422, "POST /v1/imports {}");
  shop_close(s);
}
