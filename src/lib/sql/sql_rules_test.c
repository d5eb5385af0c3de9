/* The rules of portable SQL: each with a statement that breaks it and one that just does not. */
#include "sql.h"
#include "test.h"

#include <string.h>

static const char *const key[] = {"bucket", "id"}, *const line_key[] = {"bucket", "order_id", "line"};
static const struct sql_placed placed[] = {
    {"orders", SQL_SPREAD, "orders", key, 2},
    {"order_line", SQL_SPREAD, "orders", line_key, 3},
    {"stock", SQL_SPREAD, "stock", key, 2},
    {"product", SQL_REFERENCE, NULL, key + 1, 1},
    {"feed", SQL_LOCAL, NULL, (const char *const[]){"seq"}, 1},
};

#define KEYED   SQL_KEYED, SQL_KEYED
#define OF_LINE "FROM orders o JOIN order_line l ON l.bucket = o.bucket AND l.order_id = o.id "

static const struct example {
  const char *says; /* a part of the sentence */
  const char *wrong, *right;
  enum sql_marker marker, right_marker;
} examples[] = {
    /* words */
    {"no locks", "SELECT id FROM product WHERE id = $1 FOR UPDATE", "SELECT id FROM product WHERE id = $1", KEYED},
    {"no locks", "SELECT id FROM product LIMIT 1 SKIP LOCKED", "SELECT id FROM product ORDER BY id LIMIT 1", KEYED},
    {"only reads", "WITH x AS (DELETE FROM product WHERE id = $1 RETURNING id) SELECT id FROM x",
     "WITH x AS (SELECT id FROM product WHERE id = $1) SELECT id FROM x", KEYED},
    {"ON CONFLICT", "MERGE INTO product USING feed ON id = seq", "SELECT id FROM product JOIN feed ON id = seq", KEYED},
    {"ON CONFLICT", "INSERT OR REPLACE INTO product (id) VALUES ($1)",
     "INSERT INTO product (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", KEYED},
    {"no DISTINCT ON", "SELECT DISTINCT ON (id) id FROM product", "SELECT DISTINCT id FROM product", KEYED},
    {"no LATERAL", "SELECT 1 FROM product p, LATERAL (SELECT 1) x", "SELECT 1 FROM product p, (SELECT 1) x", KEYED},
    {"no USING", "DELETE FROM product USING feed WHERE id = seq",
     "DELETE FROM product WHERE id IN (SELECT seq FROM feed)", KEYED},
    {"no recursive", "WITH RECURSIVE c(i) AS (SELECT 1) SELECT i FROM c", "WITH c(i) AS (SELECT 1) SELECT i FROM c",
     KEYED},
    {"no OFFSET", "SELECT id FROM product ORDER BY id LIMIT 5 OFFSET 5",
     "SELECT id FROM product WHERE id > $1 ORDER BY id LIMIT 5", KEYED},
    {"division", "SELECT id / 2 FROM product", "SELECT id * 2 FROM product", KEYED},
    {"context's clock", "SELECT id FROM product WHERE at < now()", "SELECT now FROM product WHERE at < $1", KEYED},
    {"context's clock", "UPDATE product SET at = CURRENT_TIMESTAMP", "UPDATE product SET at = $1", KEYED},
    {"by chance", "SELECT id FROM product ORDER BY random()", "SELECT random FROM product ORDER BY id", KEYED},
    {"an average", "SELECT avg(id) FROM product", "SELECT CAST(sum(id) AS BIGINT), count(*) FROM product", KEYED},
    {"is a CASE", "SELECT greatest(id, 1) FROM product", "SELECT CASE WHEN id > 1 THEN id ELSE 1 END FROM product",
     KEYED},
    {"joined by JOIN", "SELECT 1 FROM product RIGHT JOIN feed ON id = seq",
     "SELECT 1 FROM feed LEFT JOIN product ON id = seq", KEYED},
    {"folded", "SELECT id FROM product WHERE sku COLLATE nocase = $1", "SELECT id FROM product WHERE sku = $1", KEYED},
    {"by its key", "SELECT rowid FROM product", "SELECT id FROM product", KEYED},
    /* text */
    {"single quotes", "SELECT id FROM product WHERE sku = \"x\"", "SELECT id FROM product WHERE sku = '\"x\"'", KEYED},
    {"at most 55 bytes", "SELECT a2345678901234567890123456789012345678901234567890123456 FROM product",
     "SELECT a234567890123456789012345678901234567890123456789012345 FROM product", KEYED},
    {"not in the portable subset", "SELECT id FROM product WHERE id IS 5", "SELECT id FROM product WHERE id IS NULL",
     KEYED},
    {"not in the portable subset", "SELECT id FROM product -- all", "SELECT id FROM product", KEYED},
    {"its end: the statement", "SELECT id FROM product WHERE", "SELECT id FROM product WHERE id = 1", KEYED},
    /* functions and operators */
    {"all engines have", "SELECT upper(sku) FROM product", "SELECT lower(sku) FROM product", KEYED},
    {"larger or smaller of two", "SELECT max(id, 1) FROM product", "SELECT max(id) FROM product", KEYED},
    {"CAST(sum(x) AS BIGINT)", "SELECT coalesce(sum(id), 0) FROM product",
     "SELECT CAST(coalesce(sum(id), 0) AS BIGINT) FROM product", KEYED},
    {"their ranks differ", "SELECT id FROM product WHERE id & 3 = 1", "SELECT id FROM product WHERE (id & 3) = 1",
     KEYED},
    {"their ranks differ", "SELECT (id >> 4 & 1) FROM product", "SELECT ((id >> 4) & 1) FROM product", KEYED},
    {"CAST($n AS BIGINT)", "SELECT id, $1 FROM product", "SELECT id, CAST($1 AS BIGINT) FROM product", KEYED},
    {"CAST($n AS BIGINT)", "WITH v(a) AS (VALUES ($1)) SELECT a FROM v",
     "WITH v(a) AS (VALUES (CAST($1 AS BIGINT))) SELECT a FROM v", KEYED},
    {"plain column names", "DELETE FROM product WHERE id = $1 RETURNING product.sku",
     "DELETE FROM product WHERE id = $1 RETURNING sku", KEYED},
    /* placement */
    {"order_line: a spread table's bucket", "SELECT line FROM order_line WHERE order_id = $1",
     "SELECT line FROM order_line WHERE order_id = $1 AND bucket = $2", KEYED},
    {"bucket is named", "SELECT id FROM orders WHERE bucket > $1", "SELECT id FROM orders WHERE bucket IN ($1, $2)",
     KEYED},
    {"bucket is named", "UPDATE orders SET state = $1 WHERE id = $2 OR bucket = $3",
     "UPDATE orders SET state = $1 WHERE bucket = $3 AND (id = $2 OR id = $4)", KEYED},
    {"bucket is named", "INSERT INTO orders (id) VALUES ($1)", "INSERT INTO orders (bucket, id) VALUES ($2, $1)",
     KEYED},
    {"bucket is named", "SELECT o.id " OF_LINE "WHERE l.line = $1", "SELECT o.id " OF_LINE "WHERE l.bucket = $1",
     KEYED},
    {"bucket is named", "DELETE FROM orders WHERE bucket = $1 AND id IN (SELECT id FROM orders WHERE state = 'x')",
     "DELETE FROM orders WHERE bucket = $1 AND id IN (SELECT id FROM orders WHERE bucket = $1 AND state = 'x')", KEYED},
    {"bucket is named", "WITH v(b) AS (SELECT seq FROM feed) SELECT id FROM orders o JOIN v ON v.b = o.bucket",
     "WITH v(b) AS (VALUES (CAST($1 AS BIGINT))) SELECT id FROM orders o JOIN v ON v.b = o.bucket", KEYED},
    {"a LIST has a LIMIT", "SELECT id FROM orders WHERE state = $1 ORDER BY id",
     "SELECT id FROM orders WHERE state = $1 ORDER BY id LIMIT $2", SQL_LIST, SQL_LIST},
    {"a LIST has a LIMIT", "SELECT count(*) FROM orders", "SELECT count(*) FROM orders", SQL_LIST, SQL_REPORT},
    {"a LIST has a LIMIT", "UPDATE order_line SET n = 1 WHERE n = $1",
     "UPDATE order_line SET n = 1 WHERE order_id = $1", SQL_LIST, SQL_LIST},
    {"a LIMIT has an ORDER BY", "SELECT id FROM orders LIMIT 5", "SELECT 1 FROM orders LIMIT 1", SQL_LIST, SQL_LIST},
    {"a LIMIT has an ORDER BY", "SELECT id FROM (SELECT id FROM orders LIMIT 5) AS found ORDER BY id",
     "SELECT count(*) FROM (SELECT id FROM orders LIMIT 5) AS found", SQL_LIST, SQL_LIST},
    {"orders and stock: spread tables of two families",
     "SELECT o.id FROM orders o JOIN stock s ON s.bucket = o.bucket AND s.id = o.id",
     "SELECT o.id FROM orders o JOIN product p ON p.id = o.id", SQL_REPORT, SQL_REPORT},
    {"two families", "SELECT id FROM orders WHERE bucket = $1 AND id IN (SELECT id FROM stock WHERE bucket = $1)",
     "SELECT (SELECT count(*) FROM orders) + (SELECT count(*) FROM stock)", SQL_KEYED, SQL_REPORT},
    {"two families", "INSERT INTO orders (bucket, id) SELECT bucket, id FROM stock WHERE bucket = $1",
     "INSERT INTO order_line (bucket, order_id) SELECT bucket, id FROM orders WHERE bucket = $1", KEYED},
    {"joined on bucket and key", "SELECT l.line FROM orders o JOIN order_line l ON l.order_id = o.id",
     "SELECT l.line " OF_LINE, SQL_REPORT, SQL_REPORT},
    {"joined on bucket and key", "SELECT l.line FROM orders o JOIN order_line l ON l.bucket = o.bucket",
     "SELECT l.line FROM orders o JOIN order_line l ON l.bucket = $1 AND o.bucket = $1 AND l.order_id = o.id",
     SQL_REPORT, SQL_REPORT},
    {"joined on bucket and key",
     "SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id)",
     "SELECT o.id FROM orders o WHERE EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.bucket = "
     "o.bucket)",
     SQL_REPORT, SQL_REPORT},
    /* writes */
    {"never changes", "UPDATE orders SET bucket = $1 WHERE bucket = $2",
     "UPDATE orders SET state = $1 WHERE bucket = $2", KEYED},
    {"never changes", "UPDATE product SET id = $1 WHERE sku = $2", "UPDATE product SET sku = $1 WHERE id = $2", KEYED},
    {"names its columns", "INSERT INTO product (id) VALUES ($1) ON CONFLICT DO NOTHING",
     "INSERT INTO product (id) VALUES ($1) ON CONFLICT (id) DO NOTHING", KEYED},
    {"names its bucket", "INSERT INTO orders (bucket, id) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING",
     "INSERT INTO orders (bucket, id) VALUES ($1, $2) ON CONFLICT (bucket, id) DO NOTHING", KEYED},
    {"WHERE (true)", "INSERT INTO product (id) SELECT seq FROM feed ON CONFLICT (id) DO NOTHING",
     "INSERT INTO product (id) SELECT seq FROM feed WHERE true ON CONFLICT (id) DO NOTHING", KEYED},
};

TEST(each_rule_is_broken_by_one_statement_and_kept_by_another)
{
  for (const struct example *e = examples; e < examples + COUNT_OF(examples); e++) {
    const char *fault = sql_fault(e->wrong, e->marker, placed, COUNT_OF(placed), t->arena);
    if (!fault || !strstr(fault, e->says))
      test_failed(__FILE__, __LINE__, e->wrong, fault, e->says);
    fault = sql_fault(e->right, e->right_marker, placed, COUNT_OF(placed), t->arena);
    if (fault)
      test_failed(__FILE__, __LINE__, e->right, fault, "no fault");
  }
}

TEST(the_schemas_own_statements_are_not_judged)
{
  CHECK(!sql_fault("PRAGMA page_size", SQL_SCHEMA, NULL, 0, t->arena));
  CHECK(sql_fault("PRAGMA page_size", SQL_REPORT, NULL, 0, t->arena));
}
