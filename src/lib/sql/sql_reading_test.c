/* What statements say, read from their texts. */
#include "sql.h"
#include "test.h"

#include <stdlib.h>
#include <string.h>

static void tell_term(struct buf *b, const struct sql_reading *r, const struct sql_term *term)
{
  buf_printf(b, " %s.%s%s", r->tables[term->table].alias, term->column, term->in_list ? " in " : "=");
  if (term->param)
    buf_printf(b, "$%d", term->param);
  else
    buf_text(b, term->literal ? term->literal : "?");
}

static void tell_names(struct buf *b, const char *what, const char *const *names, size_t n)
{
  buf_text(b, n ? what : "");
  for (size_t i = 0; i < n; i++)
    buf_printf(b, " %s", names[i]);
}

/* A reading in one line. */
static const char *told(struct test *t, const char *sql)
{
  static const char *const kinds[] = {"select", "insert", "update", "delete", "other"};
  static const char *const conflicts[] = {"", "; nothing", "; update"};
  struct sql_reading r;
  struct buf b;
  buf_init(&b, t->arena);
  sql_read(sql, t->arena, &r);
  buf_text(&b, kinds[r.kind]);
  for (size_t i = 0; i < r.n_tables; i++)
    buf_printf(&b, " %s%s%s", r.tables[i].name, strcmp(r.tables[i].name, r.tables[i].alias) ? "/" : "",
               strcmp(r.tables[i].name, r.tables[i].alias) ? r.tables[i].alias : "");
  buf_text(&b, r.n_where ? ":" : "");
  for (size_t i = 0; i < r.n_where; i++)
    tell_term(&b, &r, &r.where[i]);
  tell_names(&b, "; set", r.set, r.n_set);
  buf_text(&b, conflicts[r.conflict]);
  tell_names(&b, "; key", r.conflict_key, r.n_conflict_key);
  buf_text(&b, r.returning ? "; returning" : "");
  buf_printf(&b, "; $%d%s", r.n_params, r.whole ? "" : "; not whole");
  return buf_str(&b);
}

TEST(a_keyed_select_has_the_terms_of_its_where)
{
  CHECK_TEXT(told(t, "SELECT id FROM orders WHERE channel = $1 AND external_id = $2 AND bucket = $3"),
             "select orders: orders.channel=$1 orders.external_id=$2 orders.bucket=$3; $3");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE $2 = bucket AND state = 'live' AND n = -1 AND id = CAST($1 AS BIGINT)"),
             "select t: t.bucket=$2 t.state='live' t.n=-1 t.id=$1; $2");
}

TEST(names_are_read_as_the_engines_fold_them)
{
  CHECK_TEXT(told(t, "select ID from Orders as O where o.BUCKET=$1"), "select orders/o: o.bucket=$1; $1");
}

TEST(an_in_list_has_a_term_for_each_place)
{
  CHECK_TEXT(told(t, "SELECT sku FROM order_line WHERE bucket IN ($1, $2) AND order_id IN ($3,$4) AND kind <> 'gift'"
                     " ORDER BY order_id, line"),
             "select order_line: order_line.bucket in $1 order_line.bucket in $2 order_line.order_id in $3"
             " order_line.order_id in $4; $4");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE a IN ($1, b) AND c NOT IN ($2)"), "select t; $2"); /* no such promise */
}

TEST(what_stands_beside_an_or_or_below_a_not_is_no_term)
{
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE a = $1 AND b = $2 OR c = $3"), "select t; $3");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE a = $1 AND (b = $2 OR c = $3)"), "select t: t.a=$1; $3");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE a = $1 AND NOT (b = $2) AND NOT c = $3"), "select t: t.a=$1; $3");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE (a = $1) AND (b = $2 AND (c = 3))"), "select t: t.a=$1 t.b=$2 t.c=3; $2");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE (a = $1) = b AND (c = $2) + 1 = 1"), "select t; $2");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE a + 1 = $1 AND b = $2 + 1 AND (c, d) = ($3, $4)"), "select t; $4");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE CASE WHEN a = $1 AND b = $2 THEN 1 ELSE 0 END = 1"), "select t; $2");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE n BETWEEN $1 AND $2 AND a = $3"), "select t: t.a=$3; $3");
}

TEST(what_is_known_of_a_column_is_known_of_its_equal)
{
  CHECK_TEXT(told(t,
                  "SELECT e.n FROM event e JOIN event_personal p ON p.bucket = e.bucket AND p.subject_id = e.subject_id"
                  " WHERE e.bucket = $1 AND e.subject_id = $2"),
             "select event/e event_personal/p: e.bucket=$1 e.subject_id=$2 p.bucket=$1 p.subject_id=$2; $2");
  CHECK_TEXT(told(t, "SELECT 1 FROM a JOIN b ON b.x = a.x JOIN c ON c.x = b.x WHERE c.x IN ($1, $2)"),
             "select a b c: c.x in $1 c.x in $2 b.x in $1 b.x in $2 a.x in $1 a.x in $2; $2");
}

TEST(the_condition_of_a_left_join_is_true_of_its_right_alone)
{
  CHECK_TEXT(told(t, "SELECT 1 FROM a LEFT JOIN b ON b.x = a.x AND a.y = $1 AND b.z = $2 WHERE a.x = $3"),
             "select a b: b.z=$2 a.x=$3 b.x=$3; $3");
  CHECK_TEXT(told(t, "SELECT 1 FROM a LEFT JOIN b ON b.x = a.x AND b.x = $1"), "select a b: b.x=$1; $1");
}

TEST(a_select_inside_knows_what_is_outside_but_not_the_contrary)
{
  CHECK_TEXT(told(t, "SELECT f.id FROM fulfillment f WHERE f.bucket = $1 AND NOT EXISTS (SELECT 1 FROM parcel p"
                     " WHERE p.bucket = f.bucket AND p.order_id = $2 AND f.location = $3) ORDER BY f.id LIMIT $4"),
             "select fulfillment/f parcel/p: f.bucket=$1 p.order_id=$2 p.bucket=$1; $4");
  CHECK_TEXT(told(t, "SELECT count(*) FROM (SELECT subject_id FROM search_term WHERE kind = $1 LIMIT $2) AS found"),
             "select search_term: search_term.kind=$1; $2");
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE b = $1 OR c = (SELECT max(d) FROM u WHERE e = $2)"),
             "select t u: u.e=$2; $2");
}

TEST(each_part_of_a_compound_has_its_own_table_and_terms)
{
  CHECK_TEXT(told(t, "SELECT a FROM t WHERE b = $1 UNION ALL SELECT a FROM t WHERE b = $2 ORDER BY a LIMIT 3"),
             "select t t: t.b=$1 t.b=$2; $2");
}

TEST(a_cte_is_no_table)
{
  CHECK_TEXT(told(t, "WITH v(bucket, id) AS (VALUES (CAST($1 AS BIGINT), 7)) SELECT t.n FROM t JOIN v ON t.id = v.id"
                     " WHERE t.bucket = $2"),
             "select t: t.bucket=$2; $2");
  CHECK_TEXT(told(t, "WITH s AS (SELECT a FROM u WHERE b = $1) UPDATE t SET c = (SELECT a FROM s) WHERE d = $2"),
             "update t u: u.b=$1 t.d=$2; set c; $2");
}

TEST(an_insert_gives_its_columns_their_values)
{
  CHECK_TEXT(
      told(t, "INSERT INTO reservation (bucket, line, quantity, state, at) VALUES ($1, $2, $3 + 1, 'live', NULL)"
              " ON CONFLICT (bucket, line) DO UPDATE SET quantity = reservation.quantity + excluded.quantity,"
              " state = CASE WHEN reservation.state = 'x' THEN 'live' ELSE excluded.state END RETURNING line"),
      "insert reservation: reservation.bucket=$1 reservation.line=$2 reservation.quantity=? reservation.state='live'"
      " reservation.at=NULL; set quantity state; update; key bucket line; returning; $3");
  CHECK_TEXT(told(t, "INSERT INTO s (term, kind) VALUES ($1, $2) ON CONFLICT (term, kind) DO NOTHING"),
             "insert s: s.term=$1 s.kind=$2; nothing; key term kind; $2");
  CHECK_TEXT(told(t, "INSERT INTO s (a) SELECT b FROM u WHERE c = $1 ON CONFLICT DO NOTHING"),
             "insert s u: u.c=$1; nothing; $1");
  CHECK_TEXT(told(t, "INSERT INTO s (a, b) VALUES ($1)"), "insert s: s.a=$1; $1; not whole");
}

TEST(the_row_of_an_insert_can_be_repeated)
{
  struct sql_reading r;
  sql_read("INSERT INTO t (a, b) VALUES ($1, (2), 'x)') ON CONFLICT (a) DO NOTHING", t->arena, &r);
  CHECK(!r.whole); /* one value too many */
  CHECK(!r.head);
  sql_read("INSERT INTO t (a, b)  VALUES ($1, ')(''') ON CONFLICT (a) DO NOTHING", t->arena, &r);
  CHECK_TEXT(r.head, "INSERT INTO t (a, b)  VALUES ");
  CHECK_TEXT(r.row, "($1, ')(''')");
  CHECK_TEXT(r.tail, " ON CONFLICT (a) DO NOTHING");
  sql_read("INSERT INTO t (a) VALUES ($1)", t->arena, &r);
  CHECK_TEXT(r.tail, "");
  sql_read("INSERT INTO t (a) VALUES ($1), ($2)", t->arena, &r);
  CHECK(r.whole && !r.head && r.n_where == 0);
  sql_read("INSERT INTO t (a) SELECT b FROM u", t->arena, &r);
  CHECK(r.whole && !r.head);
}

TEST(an_update_tells_what_it_sets_and_a_delete_where)
{
  CHECK_TEXT(told(t, "UPDATE stock SET reserved = reserved + $4, at = CASE WHEN at > $5 THEN at ELSE $5 END"
                     " WHERE bucket = $1 AND id = $2 AND on_hand - reserved >= $4"),
             "update stock: stock.bucket=$1 stock.id=$2; set reserved at; $5");
  CHECK_TEXT(told(t, "DELETE FROM t WHERE bucket = $1 AND id IN (SELECT id FROM q WHERE bucket = $2) RETURNING id"),
             "delete t q: t.bucket=$1 q.bucket=$2; returning; $2");
  CHECK_TEXT(told(t, "UPDATE t SET a = 1"), "update t; set a; $0");
}

TEST(what_is_not_understood_is_said)
{
  static const char *const texts[] = {
      "",
      "   ",
      "x",
      "SELECT",
      "SELECT a FROM",
      "SELECT a FROM t WHERE",
      "SELECT a FROM t; DROP TABLE t",
      "SELECT a FROM t -- all of them",
      "SELECT a /* b */ FROM t",
      "SELECT \"a\" FROM t",
      "SELECT 'a",
      "SELECT ?",
      "SELECT $0",
      "SELECT $99999999999",
      "SELECT $1x",
      "SELECT 1.5",
      "SELECT a FROM t LIMIT 1 OFFSET 2",
      "SELECT a FROM t FOR UPDATE",
      "SELECT a FROM t RIGHT JOIN u ON t.a = u.a",
      "SELECT a FROM json_each($1)",
      "SELECT a FROM t WHERE a IS 5",
      "MERGE INTO t USING u",
      "INSERT INTO t DEFAULT VALUES",
      "DELETE FROM t USING u",
      "INSERT OR REPLACE INTO t (a) VALUES (1)",
      "WITH x AS (DELETE FROM t RETURNING a) SELECT a FROM x",
      "PRAGMA x",
      "WITH RECURSIVE c(i) AS (SELECT 1) SELECT i FROM c",
      "SELECT a FROM t WHERE a = 1)",
      "CREATE TABLE t (a BIGINT)",
      "SELECT a FROM t WHERE a NOT b",
      "UPDATE t SET WHERE a = 1",
      "SELECT CAST(a AS money) FROM t",
  };
  for (size_t i = 0; i < COUNT_OF(texts); i++)
    if (!strstr(told(t, texts[i]), "not whole"))
      test_failed(__FILE__, __LINE__, texts[i], told(t, texts[i]), "not whole");
}

/* Every beginning of a statement, and every statement with a piece cut out, must be read to an end. */
TEST(torn_statements_are_read_without_harm)
{
  static const char sql[] =
      "WITH v(a) AS (VALUES (CAST($1 AS BIGINT))) INSERT INTO t (a, b) SELECT x.a, count(*) FILTER"
      " (WHERE x.b = 'it''s') OVER (PARTITION BY c ORDER BY d DESC NULLS LAST) FROM u x LEFT JOIN v"
      " ON v.a = x.a WHERE x.a IN ($2, $3) AND NOT EXISTS (SELECT 1 FROM w WHERE w.a = x.a) GROUP BY"
      " x.a HAVING max(x.b) > 3 ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING a";
  CHECK(!strstr(told(t, sql), "not whole"));
  for (size_t from = 0; from < sizeof sql; from++)
    for (size_t n = 0; from + n < sizeof sql; n += 7) {
      struct arena *a = arena_new(1 << 20);
      struct sql_reading r;
      sql_read(arena_printf(a, "%.*s%s", (int)from, sql, sql + from + n), a, &r);
      CHECK(r.n_params >= 0);
      arena_free(a);
    }
}

TEST(nothing_is_too_deep_or_too_long)
{
  struct buf b;
  buf_init(&b, t->arena);
  buf_text(&b, "SELECT ");
  for (int i = 0; i < 100000; i++)
    buf_char(&b, '(');
  CHECK(strstr(told(t, buf_str(&b)), "not whole"));
  buf_init(&b, t->arena);
  buf_text(&b, "SELECT a FROM t WHERE a IN ($1");
  for (int i = 0; i < 5000; i++)
    buf_text(&b, ", $2");
  buf_text(&b, ")");
  CHECK(!strstr(told(t, buf_str(&b)), "not whole"));
}
