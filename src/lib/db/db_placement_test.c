/* What the migrations' macros say of placement. */
#include "db.h"
#include "test.h"

static const struct db_migration placing[] = {
    {1, "first",
     "-- it's a comment; SPREAD(nothing);\n"
     "CREATE TABLE orders (bucket INTEGER NOT NULL, id BIGINT NOT NULL, state TEXT DEFAULT '--;',\n"
     "  PRIMARY KEY KEY(bucket, id));\nSPREAD(orders);\n"
     "CREATE TABLE order_line (bucket INTEGER, order_id BIGINT, line BIGINT, PRIMARY KEY KEY(bucket, order_id, line)) "
     "NARROW;\nSPREAD(order_line, orders); -- beside it\n"},
    {2, "second",
     "CREATE TABLE stock (bucket INTEGER, id BIGINT, PRIMARY KEY KEY(bucket, id));\nSPREAD(stock);\n"
     "CREATE TABLE product (id BIGINT NOT NULL, sku TEXT, PRIMARY KEY (id));\nREFERENCE(product);\n"
     "CREATE TABLE feed (seq BIGINT NOT NULL, bucket INTEGER, order_id BIGINT, PRIMARY KEY (seq));\nLOCAL(feed);\n"},
};

TEST(the_migrations_say_how_tables_are_placed)
{
  const struct sql_placed *tables;
  CHECK_INT(db_placements(placing, 2, t->arena, &tables), 5);
  CHECK_TEXT(tables[0].name, "orders");
  CHECK_TEXT(tables[0].family, "orders");
  const struct sql_placed *line = sql_placed_find(tables, 5, "order_line");
  CHECK(line && line->placement == SQL_SPREAD && line->n_key == 3);
  CHECK_TEXT(line->family, "orders");
  CHECK_TEXT(line->key[2], "line");
  CHECK_INT(sql_placed_find(tables, 5, "product")->placement, SQL_REFERENCE);
  CHECK_INT(sql_placed_find(tables, 5, "feed")->placement, SQL_LOCAL);
  CHECK(!sql_placed_find(tables, 5, "nothing"));
}
