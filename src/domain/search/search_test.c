/* Terms and finding. */
#include "search.h"

#include "catalog.h"
#include "scratch.h"

#include <string.h>

static const char *terms_of(struct test *t, const char *text)
{
  search_terms terms = {0};
  struct buf out;
  buf_init(&out, t->arena);
  search_terms_add(t->arena, &terms, text);
  EACH (const char *, term, &terms) {
    buf_text(&out, *term);
    buf_char(&out, '|');
  }
  return buf_str(&out);
}

TEST(words_are_folded_and_split)
{
  CHECK_TEXT(terms_of(t, "Blue MUG, blue mug-XL"), "blue|mug|xl|");
  CHECK_TEXT(terms_of(t, "Straße ＡＢＣ"), "strasse|abc|");
  CHECK_TEXT(terms_of(t, ""), "");
}

TEST(a_text_that_folding_makes_longer_is_searched_whole)
{
  struct buf text;
  buf_init(&text, t->arena);
  for (int i = 0; i < 1000; i++)
    buf_text(&text, "\xef\xb7\xba "); /* U+FDFA, eighteen characters when folded */
  buf_text(&text, "needle");
  CHECK(strstr(terms_of(t, buf_str(&text)), "needle|"));
}

TEST(chinese_is_searched_by_pairs)
{
  CHECK_TEXT(terms_of(t, "南京路"), "南京|京路|路|");
  CHECK_TEXT(terms_of(t, "茶 a"), "茶|a|");
}

static void create_product(struct ctx *cx, const char *sku, const char *name)
{
  struct product *p = ARENA_NEW(cx->arena, struct product);
  const char *json = arena_printf(cx->arena, "{\"sku\":\"%s\",\"name\":\"%s\"}", sku, name);
  rec_init(&product_rec, p);
  CHECK_OK(rec_read(&product_rec, json, strlen(json), "", cx->arena, &cx->fault, p));
  CHECK_OK(scratch_act(cx, &product_create_act, (struct act_input){.body = p, .version = ABSENT}, NULL));
}

static void index_all(struct ctx *cx)
{
  struct search_work *work;
  int64_t n;
  do {
    CHECK_OK(search_collect(cx, 2, &work, &n));
    CHECK_OK(scratch_act(cx, &search_index_act, (struct act_input){.body = work, .version = ABSENT}, NULL));
  } while (n);
}

static size_t found(struct ctx *cx, const char *q)
{
  int64_t ids[10];
  size_t n;
  CHECK_OK(search_find(cx, "product", q, 0, 10, ids, &n));
  return n;
}

TEST(all_words_must_be_there_and_the_last_may_be_unfinished)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  create_product(cx, "MUG-1", "Blue mug");
  create_product(cx, "MUG-2", "Red mug");
  create_product(cx, "TEA", "\xe9\xbe\x99\xe4\xba\x95\xe8\x8c\xb6");
  CHECK_INT(found(cx, "mug"), 0);
  index_all(cx);
  CHECK_INT(found(cx, "mug"), 2);
  CHECK_INT(found(cx, "blue mug"), 1);
  CHECK_INT(found(cx, "mug bl"), 1);
  CHECK_INT(found(cx, "bl mug"), 0);
  CHECK_INT(found(cx, "\xe9\xbe\x99\xe4\xba\x95"), 1);
  CHECK_INT(found(cx, "green"), 0);
  CHECK_INT(found(cx, ""), 0);
}

/* Two processes collect the same events; a product changes before the slower one writes what it had read. */
TEST(work_that_another_process_has_done_writes_nothing)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct search_work *fast, *slow;
  int64_t n;
  create_product(cx, "MUG-1", "Blue mug");
  CHECK_OK(search_collect(cx, 100, &slow, &n));
  CHECK_INT(n, 1);
  CHECK_OK(search_collect(cx, 100, &fast, &n));
  CHECK_OK(scratch_act(cx, &search_index_act, (struct act_input){.body = fast, .version = ABSENT}, NULL));
  CHECK_INT(scratch_i64(cx, "SELECT feed_seq FROM consumer WHERE name = 'search'"), 1);
  create_product(cx, "MUG-2", "Red mug");
  index_all(cx);
  CHECK_OK(scratch_act(cx, &search_index_act, (struct act_input){.body = slow, .version = ABSENT}, NULL));
  CHECK_INT(scratch_i64(cx, "SELECT feed_seq FROM consumer WHERE name = 'search'"), 2);
  CHECK_INT(found(cx, "mug"), 2);
}

TEST(the_consumer_goes_on_where_it_stood)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  create_product(cx, "A", "one");
  index_all(cx);
  int64_t cursor = scratch_i64(cx, "SELECT feed_seq FROM consumer WHERE name = 'search'");
  create_product(cx, "B", "two");
  index_all(cx);
  CHECK_INT(found(cx, "two"), 1);
  CHECK_INT(scratch_i64(cx, "SELECT feed_seq FROM consumer WHERE name = 'search'"), cursor + 1);
}
