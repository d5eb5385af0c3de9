#include "catalog.h"

#include "scratch.h"
#include "settings.h"
#include "test.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define NOON "2026-01-05T12:00:00Z"

static enum err create(struct ctx *cx, const char *json, struct act_result *out)
{
  struct product p;
  struct act_result ignored;
  fault_clear(&cx->fault);
  rec_init(&product_rec, &p);
  TRY(rec_read(&product_rec, json, strlen(json), "", cx->arena, &cx->fault, &p));
  return scratch_act(cx, &product_create_act, (struct act_input){.body = &p, .version = ABSENT}, out ? out : &ignored);
}

static enum err change(struct ctx *cx, const struct act *act, const char *id, const char *json, struct act_result *out)
{
  struct act_result ignored;
  struct act_input in = {.id = id, .json = json, .json_n = strlen(json), .version = ABSENT};
  return scratch_act(cx, act, in, out ? out : &ignored);
}

static enum err rate(struct ctx *cx, const char *json, struct act_result *out)
{
  struct tax_rate r;
  struct act_result ignored;
  fault_clear(&cx->fault);
  rec_init(&tax_rate_rec, &r);
  TRY(rec_read(&tax_rate_rec, json, strlen(json), "", cx->arena, &cx->fault, &r));
  return scratch_act(cx, &tax_rate_create_act, (struct act_input){.body = &r, .version = ABSENT}, out ? out : &ignored);
}

/* The slug of the first thing that is wrong. */
static const char *slug(const struct ctx *cx)
{
  return cx->fault.n ? cx->fault.entries[0].code : NULL;
}

static const char *pointer(const struct ctx *cx)
{
  return cx->fault.n ? cx->fault.entries[0].pointer : NULL;
}

/* ---- Descriptors ------------------------------------------------------------------------------------------------- */

static void check_columns(struct ctx *cx, const struct db_table *table)
{
  const char *columns;
  CHECK_OK(db_columns(cx->db, table->name, &columns));
  for (size_t i = 0; i < table->rec->n; i++) {
    const struct rec_field *f = &table->rec->fields[i];
    const char *name = f->column ? f->column : f->name;
    if (f->kind == REC_LIST || f->flags & REC_VIRTUAL)
      continue;
    if (!strstr(arena_printf(cx->arena, ",%s,", columns), arena_printf(cx->arena, ",%s,", name)))
      test_failed(__FILE__, __LINE__, table->name, columns, name);
  }
}

TEST(descriptors_and_tables_agree)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  check_columns(cx, &product_table);
  check_columns(cx, &product_unit_table);
  check_columns(cx, &tax_rate_table);
}

/* ---- Creating ---------------------------------------------------------------------------------------------------- */

TEST(a_sku_is_enough)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  CHECK_OK(create(cx, "{\"sku\":\"TEE-S\"}", &r));
  CHECK_INT(r.status, 201);
  CHECK_INT(r.version, 1);
  const struct product *p = r.value;
  CHECK_TEXT(p->unit, "pcs");
  CHECK_TEXT(p->currency, "USD");
  CHECK_INT(p->kind, PRODUCT_STOCKED);
  CHECK(p->active);
  CHECK(!price_set(p->price));
  CHECK(text_starts(r.location, "/v1/products/prd_"));
  CHECK_INT(scratch_events(cx, "product.created"), 1);
}

TEST(a_product_keeps_all_that_was_sent)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct product p;
  struct act_result r;
  CHECK_OK(create(cx, "{\"sku\":\"a/b c\",\"name\":{\"en\":\"Shirt\",\"zh-CN\":\"衬衫\"},\"kind\":\"made\","
                      "\"active\":false,"
                      "\"unit\":\"m\",\"price\":\"19.9034\",\"currency\":\"EUR\",\"gtin\":\"4006381333931\","
                      "\"weight_g\":180,"
                      "\"length_mm\":1,\"width_mm\":2,\"height_mm\":3,\"tax_category\":\"standard\","
                      "\"country_of_origin\":\"PT\",\"hs_code\":\"6109.10\",\"attributes\":{\"size\":[1,2]},"
                      "\"units\":[{\"unit\":\"roll\",\"numerator\":25},{\"unit\":\"bolt\",\"numerator\":1,"
                      "\"denominator\":3}]}", &r));
  const char *sent = scratch_json(cx, &r);
  CHECK_OK(product_load(cx, "a/b c", &p));
  struct act_result stored = {.rec = &product_rec, .value = &p};
  CHECK_INT(p.units.n, 2);
  CHECK_TEXT(p.units.at[0].unit, "bolt"); /* units come in their own order */
  struct product_unit first = p.units.at[0];
  p.units.at[0] = p.units.at[1];
  p.units.at[1] = first;
  CHECK_TEXT(scratch_json(cx, &stored), sent);
  CHECK_INT(p.price.millionths, 19903400);
}

TEST(a_product_is_looked_up_while_rows_are_open)
{
  static const struct db_stmt skus = {"SELECT sku FROM product ORDER BY sku", DB_REPORT};
  struct ctx *cx = scratch_ctx(t, NOON);
  CHECK_OK(create(cx, "{\"sku\":\"A\"}", NULL));
  CHECK_OK(create(cx, "{\"sku\":\"B\"}", NULL));
  struct db_rows rows;
  int n = 0;
  CHECK_OK(db_query(cx->db, &skus, &rows, DB_NO_ARGS));
  for (; db_next(&rows); n++) {
    const struct product *p;
    CHECK_OK(catalog_product_by_sku(cx, db_text(&rows, 0), &p));
    CHECK_TEXT(db_text(&rows, 0), p->sku); /* the row is still there */
  }
  CHECK_OK(db_done(&rows));
  CHECK_INT(n, 2);
}

TEST(a_plain_name_is_in_the_companys_language)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  struct product p;
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(setting_store(cx, SETTING_COMPANY_LANGUAGE, "zh-CN"));
  CHECK_OK(scratch_commit(cx));
  CHECK_OK(create(cx, "{\"sku\":\"T\",\"name\":\"\\u8863\\\"x\\\"\"}", &r));
  CHECK_TEXT(((const struct product *)r.value)->name, "{\"zh-CN\":\"衣\\\"x\\\"\"}");
  CHECK_OK(change(cx, &product_update_act, "T", "{\"name\":\"Rock\"}", &r));
  CHECK_OK(product_load(cx, "T", &p));
  CHECK_TEXT(p.name, "{\"zh-CN\":\"Rock\"}");
}

TEST(a_name_is_told_in_the_best_language_there_is)
{
  struct product p = {.sku = "T", .name = "{\"en\":\"Shirt\",\"de\":\"Hemd\"}"};
  CHECK_TEXT(product_name(t->arena, &p, "de", "en"), "Hemd");
  CHECK_TEXT(product_name(t->arena, &p, "fr", "en"), "Shirt");
  CHECK_TEXT(product_name(t->arena, &p, "fr", "it"), "Shirt");
  p.name = NULL;
  CHECK_TEXT(product_name(t->arena, &p, "fr", NULL), "T");
}

TEST(a_sku_is_given_once_and_case_matters)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  CHECK_OK(create(cx, "{\"sku\":\"MUG\"}", NULL));
  CHECK_ERR(create(cx, "{\"sku\":\"MUG\"}", NULL), ERR_EXISTS);
  CHECK_TEXT(pointer(cx), "/sku");
  CHECK_OK(create(cx, "{\"sku\":\"mug\"}", NULL));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM product"), 2);
}

TEST(what_is_wrong_with_a_product_is_said_by_name)
{
  static const struct {
    const char *json, *pointer;
  } cases[] = {
    {"{}", "/sku"},
    {"{\"sku\":\"\"}", "/sku"},
    {"{\"sku\":\" a\"}", "/sku"},
    {"{\"sku\":\"a \"}", "/sku"},
    {"{\"sku\":\"a\\tb\"}", "/sku"},
    {"{\"sku\":\"a\\u0085b\"}", "/sku"},
    {"{\"sku\":\"12345678901234567890123456789012345678901234567890123456789012345\"}", "/sku"},
    {"{\"sku\":\"a\",\"gtin\":\"4006381333932\"}", "/gtin"},
    {"{\"sku\":\"a\",\"currency\":\"XXQ\"}", "/currency"},
    {"{\"sku\":\"a\",\"price\":-1}", "/price"},
    {"{\"sku\":\"a\",\"kind\":\"thing\"}", "/kind"},
    {"{\"sku\":\"a\",\"unit\":\"Box!\"}", "/unit"},
    {"{\"sku\":\"a\",\"unit\":\"abcdefghijklm\"}", "/unit"},
    {"{\"sku\":\"a\",\"attributes\":[1]}", "/attributes"},
    {"{\"sku\":\"a\",\"country_of_origin\":\"de\"}", "/country_of_origin"},
    {"{\"sku\":\"a\",\"weight_g\":-5}", "/weight_g"},
    {"{\"sku\":\"a\",\"units\":[{\"unit\":\"pcs\",\"numerator\":2}]}", "/units/0/unit"},
    {"{\"sku\":\"a\",\"units\":[{\"unit\":\"box\",\"numerator\":2},{\"unit\":\"box\","
     "\"numerator\":3}]}", "/units/1/unit"},
    {"{\"sku\":\"a\",\"units\":[{\"unit\":\"box\",\"numerator\":0}]}", "/units/0/numerator"},
    {"{\"sku\":\"a\",\"version\":3}", "/version"},
    {"{\"sku\":\"a\",\"colour\":3}", "/colour"},
  };
  struct ctx *cx = scratch_ctx(t, NOON);
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    CHECK_ERR(create(cx, cases[i].json, NULL), ERR_INVALID);
    CHECK_TEXT(pointer(cx), cases[i].pointer);
  }
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM product"), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM event"), 0);
}

/* ---- Changing ---------------------------------------------------------------------------------------------------- */

TEST(a_change_moves_the_version_once_and_tells_what_it_was)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  CHECK_OK(create(cx, "{\"sku\":\"MUG\",\"price\":500,\"weight_g\":300}", NULL));
  scratch_clock(cx, "2026-01-06T12:00:00Z");
  CHECK_OK(change(cx, &product_update_act, "MUG", "{\"price\":550,\"weight_g\":null}", &r));
  const struct product *p = r.value;
  CHECK_INT(r.version, 2);
  CHECK_INT(p->price.millionths, 550 * SCALE);
  CHECK(p->weight_g == ABSENT);
  CHECK(p->updated_at.ms > p->created_at.ms);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM event WHERE topic = 'product.updated' AND"
                            " data = '{\"changes\":[{\"pointer\":\"/price\",\"before\":500,\"after\":550},"
                            "{\"pointer\":\"/weight_g\",\"before\":300,\"after\":null}]}'"), 1);
}

TEST(a_change_to_the_same_values_changes_nothing)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  CHECK_OK(create(cx, "{\"sku\":\"MUG\",\"price\":500,\"units\":[{\"unit\":\"box\","
                      "\"numerator\":6},{\"unit\":\"bag\",\"numerator\":2}]}", NULL));
  CHECK_OK(change(cx, &product_update_act, "MUG",
                  "{\"sku\":\"MUG\",\"price\":500,\"units\":[{\"unit\":\"box\",\"numerator\":6},{\"unit\":\"bag\","
                  "\"numerator\":2}]}", &r));
  CHECK_INT(r.version, 1);
  CHECK_INT(r.status, 200);
  CHECK_INT(scratch_events(cx, "product.updated"), 0);
}

TEST(a_sku_never_changes)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  CHECK_OK(create(cx, "{\"sku\":\"MUG\"}", NULL));
  CHECK_ERR(change(cx, &product_update_act, "MUG", "{\"sku\":\"CUP\"}", NULL), ERR_INVALID);
  CHECK_TEXT(slug(cx), "fixed");
}

TEST(units_are_replaced_as_a_whole)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct product p;
  CHECK_OK(create(cx, "{\"sku\":\"MUG\",\"units\":[{\"unit\":\"box\",\"numerator\":6}]}", NULL));
  CHECK_OK(change(cx, &product_update_act, "MUG", "{\"units\":[{\"unit\":\"case\",\"numerator\":24}]}", NULL));
  CHECK_OK(product_load(cx, "MUG", &p));
  CHECK_INT(p.units.n, 1);
  CHECK_TEXT(p.units.at[0].unit, "case");
  CHECK_OK(change(cx, &product_update_act, "MUG", "{\"units\":[]}", NULL));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM product_unit"), 0);
}

TEST(a_stale_version_is_refused_and_names_what_moved)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  CHECK_OK(create(cx, "{\"sku\":\"MUG\",\"price\":500}", NULL));
  CHECK_OK(change(cx, &product_update_act, "MUG", "{\"price\":550}", NULL));
  struct act_input in = {.id = "MUG", .json = "{\"price\":1}", .json_n = 11, .version = 1};
  CHECK_ERR(scratch_act(cx, &product_update_act, in, &r), ERR_VERSION);
  in.version = 2;
  CHECK_OK(scratch_act(cx, &product_update_act, in, &r));
}

TEST(an_unknown_product_is_not_found)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct product *p;
  CHECK_ERR(change(cx, &product_update_act, "NOPE", "{}", NULL), ERR_NOT_FOUND);
  CHECK_ERR(catalog_product_by_sku(cx, "NOPE", &p), ERR_NOT_FOUND);
  CHECK_ERR(catalog_product_by_id(cx, (struct product_id){77}, &p), ERR_NOT_FOUND);
}

TEST(an_id_works_where_a_sku_does)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  struct product p;
  CHECK_OK(create(cx, "{\"sku\":\"MUG\"}", &r));
  CHECK_OK(product_load(cx, strrchr(r.location, '/') + 1, &p));
  CHECK_TEXT(p.sku, "MUG");
}

/* ---- The memo ---------------------------------------------------------------------------------------------------- */

TEST(the_memo_gives_the_product_as_it_is_after_a_change)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct product *p, *same;
  CHECK_OK(create(cx, "{\"sku\":\"MUG\",\"price\":500,\"units\":[{\"unit\":\"box\",\"numerator\":6}]}", NULL));
  CHECK_OK(catalog_product_by_sku(cx, "MUG", &p));
  CHECK_OK(catalog_product_by_id(cx, p->id, &same));
  CHECK(p == same);
  CHECK_INT(p->units.n, 1);
  CHECK_OK(change(cx, &product_update_act, "MUG", "{\"price\":550}", NULL));
  CHECK_OK(catalog_product_by_sku(cx, "MUG", &p));
  CHECK_INT(p->price.millionths, 550 * SCALE);
}

static void make_products(struct ctx *cx, int n)
{
  CHECK_OK(scratch_begin(cx));
  for (int i = 0; i < n; i++) {
    struct product p;
    rec_init(&product_rec, &p);
    p.id.v = 1000 + i;
    p.version = 1;
    p.sku = arena_printf(cx->arena, "SKU-%d", i);
    p.unit = "pcs";
    p.currency = "USD";
    p.created_at = p.updated_at = cx->now;
    CHECK_OK(db_insert(cx->db, &product_table, &p));
  }
  CHECK_OK(scratch_commit(cx));
}

TEST(the_memo_is_bounded_and_what_was_given_stays_alive)
{
  enum { MANY = 20000 };
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct product *first, *p;
  make_products(cx, MANY);
  CHECK_OK(catalog_product_by_sku(cx, "SKU-0", &first));
  for (int round = 0; round < 2; round++)
    for (int i = round ? MANY / 2 : 0; i < MANY; i++) {
      char sku[32];
      snprintf(sku, sizeof sku, "SKU-%d", i);
      CHECK_OK(catalog_product_by_sku(cx, sku, &p));
      if (!text_eq(p->sku, sku))
        CHECK_TEXT(p->sku, sku);
      if (round == 0 && i == 18000) /* past the first generation */
        CHECK_TEXT(first->sku, "SKU-0");
    }
  CHECK_OK(catalog_product_by_id(cx, (struct product_id){1005}, &p));
  CHECK_TEXT(p->sku, "SKU-5");
}

TEST(a_known_product_is_found_in_far_less_than_a_microsecond)
{
  enum { PRODUCTS = 1000, ROUNDS = 200 };
  struct ctx *cx = scratch_ctx(t, NOON);
  const struct product *p;
  const char *skus[PRODUCTS];
  struct timespec begin, end;
  make_products(cx, PRODUCTS);
  for (int i = 0; i < PRODUCTS; i++) {
    skus[i] = arena_printf(cx->arena, "SKU-%d", i);
    CHECK_OK(catalog_product_by_sku(cx, skus[i], &p));
  }
  clock_gettime(CLOCK_MONOTONIC, &begin);
  for (int round = 0; round < ROUNDS; round++)
    for (int i = 0; i < PRODUCTS; i++)
      CHECK_OK(catalog_product_by_sku(cx, skus[i], &p));
  clock_gettime(CLOCK_MONOTONIC, &end);
  int64_t ns = ((end.tv_sec - begin.tv_sec) * 1000000000 + (end.tv_nsec - begin.tv_nsec)) / (PRODUCTS * ROUNDS);
  printf("  look-up by SKU: %lld ns\n", (long long)ns);
  CHECK(ns < 20000); /* a sanitizer on a busy machine; a miss would cost more */
}

/* ---- Units ------------------------------------------------------------------------------------------------------- */

/* ---- Many at once ------------------------------------------------------------------------------------------------ */

static const struct products_bulk_result *bulk(struct ctx *cx, const char *json)
{
  struct products_bulk body = {json};
  struct act_result r = {0};
  CHECK_OK(scratch_act(cx, &products_bulk_act, (struct act_input){.body = &body, .version = ABSENT}, &r));
  return r.value;
}

TEST(a_bulk_answers_per_item)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  CHECK_OK(create(cx, "{\"sku\":\"OLD\"}", NULL));
  const struct products_bulk_result *r =
      bulk(cx, "[{\"sku\":\"A\",\"price\":1},{\"sku\":\"OLD\"},{\"sku\":\"B\",\"gtin\":\"123\","
               "\"price\":\"x\"},{\"sku\":\"A\"},7,"
               "{\"sku\":\"C\",\"units\":[{\"unit\":\"box\",\"numerator\":6}]}]");
  static const int64_t statuses[] = {201, 409, 422, 409, 422, 201};
  CHECK_INT(r->results.n, COUNT_OF(statuses));
  CHECK_INT(r->created, 2);
  CHECK_INT(r->refused, 4);
  for (size_t i = 0; i < COUNT_OF(statuses); i++)
    CHECK_INT(r->results.at[i].status, statuses[i]);
  CHECK_TEXT(r->results.at[1].code, "already_exists");
  CHECK_INT(r->results.at[2].errors.n, 2);
  CHECK_TEXT(r->results.at[2].errors.at[0].pointer, "/gtin");
  CHECK_INT(r->results.at[5].product->units.n, 1);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM product"), 3);
  CHECK_INT(scratch_events(cx, "product.created"), 3);
}

TEST(a_bulk_of_five_hundred_is_the_most)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct buf b;
  buf_init(&b, cx->arena);
  for (int i = 0; i < 501; i++)
    buf_printf(&b, "%c{\"sku\":\"S%d\"}", i ? ',' : '[', i);
  buf_char(&b, ']');
  struct products_bulk body = {buf_str(&b)};
  struct act_result r;
  CHECK_ERR(scratch_act(cx, &products_bulk_act, (struct act_input){.body = &body}, &r), ERR_INVALID);
  CHECK_TEXT(slug(cx), "too_many");
  b.n = (size_t)(strstr(b.at, ",{\"sku\":\"S500\"}") - b.at);
  b.at[b.n++] = ']';
  b.at[b.n] = '\0';
  CHECK_INT(bulk(cx, b.at)->created, 500);
  CHECK_INT(scratch_i64(cx, "SELECT count(DISTINCT subject_id) FROM event WHERE n = 256"), 500);
}

TEST(a_bulk_must_be_an_array)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct products_bulk body = {"{\"sku\":\"A\"}"};
  struct act_result r;
  CHECK_ERR(scratch_act(cx, &products_bulk_act, (struct act_input){.body = &body}, &r), ERR_INVALID);
  CHECK_TEXT(pointer(cx), "/products");
}

/* ---- Tax --------------------------------------------------------------------------------------------------------- */

TEST(the_most_specific_tax_rate_counts)
{
  static const struct {
    const char *category, *country, *region;
    int64_t ppm;
  } cases[] = {
    {"standard", "US", "CA", 72500}, {"standard", "US", "NV", 50000}, {"standard", "US", NULL, 50000},
    {"standard", "DE", "BE", 190000}, {"standard", "FR", NULL, 10000}, {"standard", NULL, NULL, 10000},
    {"books", "DE", NULL, 0}, {NULL, "DE", NULL, 0},
  };
  struct ctx *cx = scratch_ctx(t, NOON);
  struct rate r;
  CHECK_OK(rate(cx, "{\"category\":\"standard\",\"rate\":\"0.01\"}", NULL));
  CHECK_OK(rate(cx, "{\"category\":\"standard\",\"country\":\"US\",\"rate\":\"0.05\"}", NULL));
  CHECK_OK(rate(cx, "{\"category\":\"standard\",\"country\":\"US\",\"region\":\"CA\",\"rate\":\"0.0725\"}", NULL));
  CHECK_OK(rate(cx, "{\"category\":\"standard\",\"country\":\"DE\",\"rate\":\"0.19\"}", NULL));
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    CHECK_OK(tax_rate_find(cx, cases[i].category, cases[i].country, cases[i].region, &r));
    CHECK_INT(r.ppm, cases[i].ppm);
  }
}

TEST(a_tax_rate_is_changed_and_deleted_by_its_id)
{
  struct ctx *cx = scratch_ctx(t, NOON);
  struct act_result r;
  struct rate found;
  CHECK_OK(rate(cx, "{\"category\":\"standard\",\"country\":\"DE\",\"rate\":\"0.19\"}", &r));
  const char *id = strrchr(r.location, '/') + 1;
  CHECK_ERR(rate(cx, "{\"category\":\"standard\",\"country\":\"DE\",\"rate\":\"0.07\"}", NULL), ERR_EXISTS);
  CHECK_ERR(rate(cx, "{\"category\":\"standard\",\"region\":\"BE\",\"rate\":\"0.07\"}", NULL), ERR_INVALID);
  CHECK_OK(change(cx, &tax_rate_update_act, id, "{\"rate\":\"0.16\"}", &r));
  CHECK_INT(r.version, 2);
  CHECK_OK(tax_rate_find(cx, "standard", "DE", NULL, &found));
  CHECK_INT(found.ppm, 160000);
  CHECK_OK(change(cx, &tax_rate_delete_act, id, "", &r));
  CHECK_OK(tax_rate_find(cx, "standard", "DE", NULL, &found));
  CHECK_INT(found.ppm, 0);
  CHECK_ERR(change(cx, &tax_rate_delete_act, id, "", &r), ERR_NOT_FOUND);
  CHECK_INT(scratch_events(cx, "tax_rate.deleted"), 1);
}
