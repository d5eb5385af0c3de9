/* Mappings that are right mean what they say; wrong ones are refused with the pointer of everything that is wrong. */
#include "import.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

static enum err read_mapping(struct test *t, const char *json, struct fault *f, struct mapping **out)
{
  fault_init(f, t->arena);
  return mapping_read(json, strlen(json), t->arena, f, out);
}

static const char *a_file(struct test *t, const char *folder, const char *name, const char *text)
{
  const char *path = arena_printf(t->arena, "%s/%s", folder, name);
  FILE *out = fopen(path, "wb");
  CHECK(out && fputs(text, out) >= 0 && fclose(out) == 0);
  return path;
}

/* All documents of a file by a mapping; notes and sums are added up in `account`. */
struct read_all {
  struct import_reader *reader;
  struct import_document d[8];
  size_t n;
  struct import_account account;
};

static struct read_all read_file(struct test *t, const char *mapping, const char *path)
{
  struct read_all all = {0};
  struct mapping *m;
  struct fault f;
  CHECK_OK(read_mapping(t, mapping, &f, &m));
  CHECK_OK(import_open(m, path, IMPORT_BY_NAME, &f, &all.reader));
  while (import_next(all.reader, t->arena, &f, &all.d[all.n]) == ERR_OK) {
    EACH (const struct import_bucket, b, &all.d[all.n].put_aside.buckets)
      account_add(&all.account, t->arena, b->outcome, b->kind, &b->sum);
    account_add(&all.account, t->arena, IMPORT_TAKEN, "", &all.d[all.n].rest);
    all.n++;
  }
  CHECK_INT(f.n, 0);
  return all;
}

TEST(a_mapping_says_everything_that_is_wrong_with_its_pointer)
{
  static const struct {
    const char *json, *pointer;
  } wrongs[] = {
      {"{\"target\":\"orders\",\"speed\":1,\"fields\":{\"a\":\"A\"}}", "/speed"},
      {"{\"fields\":{\"a\":\"A\"}}", "/target"},
      {"{\"target\":\"orders\",\"fields\":{\"a\":{}}}", "/fields/a"},
      {"{\"target\":\"orders\",\"fields\":{\"a\":{\"column\":\"A\",\"const\":1}}}", "/fields/a"},
      {"{\"target\":\"orders\",\"fields\":{\"a\":{\"column\":\"A\",\"type\":\"colour\"}}}", "/fields/a/type"},
      {"{\"target\":\"orders\",\"fields\":{\"a\":\"A\",\"a.b\":\"B\"}}", "/fields/a.b"},
      {"{\"target\":\"orders\",\"fields\":{\"a\":{\"template\":\"{A\"}}}", "/fields/a/template"},
      {"{\"target\":\"orders\",\"fields\":{\"a\":{\"sum\":\"A\",\"from\":\"nowhere\"}}}", "/fields/a/from"},
      {"{\"target\":\"orders\",\"time_zone\":\"Mars/Base\",\"fields\":{\"a\":\"A\"}}", "/time_zone"},
      {"{\"target\":\"orders\",\"currency\":\"QQQ\",\"fields\":{\"a\":\"A\"}}", "/currency"},
      {"{\"target\":\"orders\",\"rules\":[{\"when\":[{\"column\":\"A\"}]}],\"fields\":{\"a\":\"A\"}}", "/rules/0"},
      {"{\"target\":\"orders\",\"rules\":[{\"when\":[{\"column\":\"A\",\"matches\":\"(\"}],\"as\":\"x\"}],\"fields\":{"
       "\"a\":\"A\"}}",
       "/rules/0/when/0/matches"},
      {"{\"target\":\"orders\",\"joins\":[{\"name\":\"x\",\"file\":\"../"
       "x.csv\",\"key\":\"k\",\"on\":\"k\"}],\"fields\":{\"a\":\"A\"}}",
       "/joins/0"},
  };
  for (size_t i = 0; i < COUNT_OF(wrongs); i++) {
    struct mapping *m;
    struct fault f;
    CHECK_ERR(read_mapping(t, wrongs[i].json, &f, &m), ERR_INVALID);
    CHECK_TEXT(f.entries[0].pointer, wrongs[i].pointer);
  }
}

TEST(rows_of_a_group_become_one_document_with_lists)
{
  const char *path =
      a_file(t, test_folder(t), "a.csv",
             "no,code,n,price,day\r\n7,A,2,2.55,2011-07-01 08:26:00\r\n7,POST,1,18.00,2011-07-01 08:26:00\r\n"
             "8,B,1,0.125,2011-01-01 08:26:00\r\n");
  struct read_all all =
      read_file(t,
                "{\"target\":\"orders\",\"time_zone\":\"Europe/London\",\"currency\":\"GBP\",\"group_by\":[\"no\"],"
                "\"rules\":[{\"when\":[{\"column\":\"code\",\"equals\":\"POST\"}],\"as\":\"shipping\"}],"
                "\"fields\":{\"external_id\":\"no\",\"ordered_at\":{\"column\":\"day\",\"type\":\"instant\"}},"
                "\"lists\":{\"lines\":{\"from\":\"rows\",\"fields\":{\"sku\":\"code\",\"quantity\":{\"column\":\"n\","
                "\"type\":\"number\"},"
                "\"unit_price\":{\"column\":\"price\",\"type\":\"price\"}}},"
                "\"charges\":{\"from\":\"rows\",\"as\":\"shipping\",\"fields\":{\"amount\":{\"column\":\"price\","
                "\"times\":\"n\",\"type\":\"money\"}}}}}",
                path);
  CHECK_INT(all.n, 2);
  CHECK_TEXT(all.d[0].json,
             "{\"external_id\":\"7\",\"ordered_at\":\"2011-07-01T07:26:00.000Z\","
             "\"lines\":[{\"sku\":\"A\",\"quantity\":2,\"unit_price\":255}],\"charges\":[{\"amount\":1800}]}");
  CHECK_TEXT(all.d[1].json, "{\"external_id\":\"8\",\"ordered_at\":\"2011-01-01T08:26:00.000Z\","
                            "\"lines\":[{\"sku\":\"B\",\"quantity\":1,\"unit_price\":\"12.5\"}]}");
  CHECK_INT(import_locate(&all.d[0], "/lines/0/sku").line, 2);
  CHECK_TEXT(import_locate(&all.d[0], "/charges/0/amount").column, "price");
  CHECK_INT(import_locate(&all.d[0], "/charges/0/amount").line, 3);
  import_close(all.reader);
}

TEST(every_row_and_every_cent_is_in_the_account_once)
{
  const char *folder = test_folder(t);
  const char *path = a_file(t, folder, "o.csv", "id\n1\n2\n2\n");
  a_file(t, folder, "pay.csv", "order,value\n1,2.50\n1,0\n2,3\n9,1.25\n");
  struct read_all all = read_file(
      t,
      "{\"target\":\"orders\",\"joins\":[{\"name\":\"pay\",\"file\":\"pay.csv\",\"key\":\"order\",\"on\":\"id\","
      "\"rules\":[{\"when\":[{\"column\":\"value\",\"below\":\"0.01\"}],\"set_aside\":\"nothing\"}],"
      "\"amounts\":{\"value\":{\"column\":\"value\"}}}],\"fields\":{\"id\":\"id\"},"
      "\"lists\":{\"payments\":{\"from\":\"pay\",\"fields\":{\"amount\":{\"column\":\"value\",\"type\":\"money\"}}}}}",
      path);
  struct import_document rest;
  import_unmatched(all.reader, t->arena, &rest);
  EACH (const struct import_bucket, b, &rest.put_aside.buckets)
    account_add(&all.account, t->arena, b->outcome, b->kind, &b->sum);
  struct import_sum total = account_total(&all.account);
  CHECK_INT(total.rows[0], 3);
  CHECK_INT(total.rows[1], 4);
  CHECK_INT(total.amounts[0], 6750000);
  CHECK_TEXT(all.d[0].json, "{\"id\":\"1\",\"payments\":[{\"amount\":250}]}");
  CHECK_INT(rest.notes.n, 1);
  CHECK_TEXT(rest.notes.at[0].kind, "unmatched");
  import_close(all.reader);
}

TEST(gathered_rows_of_a_document_may_lie_apart)
{
  const char *path = a_file(t, test_folder(t), "g.csv", "k,n,name\n1,2,old\n2,5,x\n1,3,new\n");
  struct read_all all = read_file(t,
                                  "{\"target\":\"products\",\"group_by\":[\"k\"],\"gather\":true,"
                                  "\"fields\":{\"sku\":\"k\",\"name\":{\"column\":\"name\",\"pick\":\"last\"},"
                                  "\"n\":{\"sum\":\"n\",\"type\":\"number\"}}}",
                                  path);
  CHECK_INT(all.n, 2);
  CHECK_TEXT(all.d[0].json, "{\"sku\":\"1\",\"name\":\"new\",\"n\":5}");
  import_close(all.reader);
}

TEST(foreign_encodings_and_decimal_commas_are_read)
{
  const char *path = a_file(t, test_folder(t), "l.csv", "name;price\nJos\xe9;1.234,56\n");
  struct read_all all =
      read_file(t,
                "{\"target\":\"products\",\"delimiter\":\";\",\"encoding\":\"latin1\",\"decimal\":\",\","
                "\"fields\":{\"name\":\"name\",\"price\":{\"column\":\"price\",\"type\":\"money\"}}}",
                path);
  CHECK_TEXT(all.d[0].json, "{\"name\":\"Jos\xc3\xa9\",\"price\":123456}");
  import_close(all.reader);
}

TEST(a_value_that_cannot_be_read_is_a_fault_of_its_line_and_column)
{
  const char *path = a_file(t, test_folder(t), "b.csv", "sku,price\nA,1.005\n");
  struct read_all all = read_file(
      t, "{\"target\":\"products\",\"fields\":{\"sku\":\"sku\",\"price\":{\"column\":\"price\",\"type\":\"money\"}}}",
      path);
  CHECK(all.d[0].faulty);
  CHECK_TEXT(all.d[0].fault.entries[0].pointer, "/price");
  CHECK_TEXT(import_locate(&all.d[0], "/price").column, "price");
  CHECK(!all.d[0].json);
  import_close(all.reader);
}

TEST(json_lines_are_documents_as_they_are)
{
  const char *path = a_file(t, test_folder(t), "c.jsonl", "{\"sku\":\"A\"}\r\n\n{\"sku\":\n{\"sku\":\"B\"}");
  struct read_all all = read_file(t, "{\"target\":\"products\"}", path);
  CHECK_INT(all.n, 3);
  CHECK_TEXT(all.d[0].json, "{\"sku\":\"A\"}");
  CHECK(all.d[1].faulty);
  CHECK_INT(all.d[1].line, 3);
  CHECK_TEXT(all.d[2].json, "{\"sku\":\"B\"}");
  import_close(all.reader);
}
