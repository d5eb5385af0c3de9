/* What a file is, and what its columns mean. */
#include "test.h"
#include "upload.h"

#include <stdlib.h>
#include <string.h>

struct looked {
  struct fault fault;
  struct upload_found found;
  struct upload_text text;
};

static enum err look(struct test *t, const char *bytes, size_t n, struct looked *out)
{
  fault_init(&out->fault, t->arena);
  return upload_look(bytes, n, NULL, NULL, t->arena, &out->fault, &out->found, &out->text);
}

static const char *text_of(struct test *t, const char *bytes, size_t n)
{
  struct looked l;
  CHECK_ERR(look(t, bytes, n, &l), ERR_OK);
  const char *text = arena_textn(t->arena, l.text.at, l.text.n);
  free(l.text.at);
  return text;
}

TEST(names_of_columns_are_made_unique_and_lines_keep_their_numbers)
{
  static const char bytes[] = "\xEF\xBB\xBF\n a ,,a\r\n1,2,3\r\n";
  CHECK_TEXT(text_of(t, bytes, sizeof bytes - 1), "a,column 2,a (2)\n\n1,2,3\r\n");
}

TEST(utf_16_of_a_spreadsheet_is_text)
{
  static const char bytes[] = "\xFF\xFEs\0k\0u\0\t\0n\0\n\0A\0\t\0\x3D\x5E\n\0";
  CHECK_TEXT(text_of(t, bytes, sizeof bytes - 1), "sku\tn\nA\t帽\n");
}

TEST(what_is_no_table_is_refused)
{
  static const char *const wrong[] = {"", "\n\n", ",,\n1,2,3\n", "a,b\n\"x", "PK\x03\x04 no zip"};
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    struct looked l;
    CHECK_ERR(look(t, wrong[i], strlen(wrong[i]), &l), ERR_INVALID);
  }
}

/* ---- Headers ---- */

static const char *field_of(struct test *t, enum upload_kind kind, const char *header)
{
  struct upload_found found = {0};
  struct upload_mapping m;
  LIST_ADD(t->arena, &found.columns)->name = header;
  upload_guess(t->arena, kind, &found, &m);
  return m.columns.n ? m.columns.at[0].field : NULL;
}

TEST(headers_mean_the_same_in_either_script_and_however_they_are_written)
{
  CHECK_TEXT(field_of(t, UPLOAD_PRODUCTS, "Item-Code"), "sku");
  CHECK_TEXT(field_of(t, UPLOAD_PRODUCTS, "商品編號"), "sku");
  CHECK_TEXT(field_of(t, UPLOAD_PRODUCTS, "name.zh-TW"), "name.zh-TW");
  CHECK_TEXT(field_of(t, UPLOAD_PRODUCTS, "NAME_ZH_CN"), "name.zh-CN");
  CHECK_TEXT(field_of(t, UPLOAD_STOCK, "库存 数量"), "counted");
  CHECK_TEXT(field_of(t, UPLOAD_CUSTOMERS, "手機號碼"), "phone");
  CHECK_TEXT(field_of(t, UPLOAD_ORDERS, "Order No."), "external_id");
  CHECK_TEXT(field_of(t, UPLOAD_ORDERS, "name"), "shipping_address.name");
  CHECK_TEXT(field_of(t, UPLOAD_ORDERS, "line1"), "shipping_address.line1");
  CHECK_TEXT(field_of(t, UPLOAD_ORDERS, "line2"), "shipping_address.line2");
  CHECK_TEXT(field_of(t, UPLOAD_CUSTOMERS, "name"), "name");
  CHECK_TEXT(field_of(t, UPLOAD_CUSTOMERS, "line1"), "address.line1");
  CHECK(!field_of(t, UPLOAD_ORDERS, "whatever"));
}

TEST(a_field_is_guessed_once)
{
  for (const struct upload_field *f = upload_fields; f->name; f++)
    if (strcmp(f->name, "id") != 0) /* which looks at what is in the column */
      CHECK_TEXT(field_of(t, f->kind, f->name), f->name);
}

TEST(money_of_orders_is_the_companys_where_no_column_tells_its_currency)
{
  static const struct upload_defaults defaults = {"TWD", "Asia/Taipei", "zh-TW"};
  struct upload_mapping told = {0}, untold = {0}, products = {0};
  *LIST_ADD(t->arena, &told.columns) = (struct upload_rule){.field = "currency", .column = "Cur"};
  upload_assume(t->arena, UPLOAD_ORDERS, &defaults, &told);
  upload_assume(t->arena, UPLOAD_ORDERS, &defaults, &untold);
  upload_assume(t->arena, UPLOAD_PRODUCTS, &defaults, &products);
  CHECK_INT(told.columns.n, 1);
  CHECK_INT(untold.columns.n, 1);
  CHECK_TEXT(untold.columns.at[0].field, "currency");
  CHECK_TEXT(untold.columns.at[0].constant, "TWD");
  CHECK_INT(products.columns.n, 0);
}
