/* Migrations: macros, cutting into statements, versions. */
#include "db_test_tools.h"
#include "test_files.h"

#include <string.h>

static const struct db_stmt version = {"SELECT max(number) FROM schema_version", DB_SCHEMA};

static const char *schema_of(struct test *t, struct db *db, const char *table)
{
  static const struct db_stmt ask = {"SELECT sql FROM sqlite_schema WHERE name = $1", DB_SCHEMA};
  struct db_rows rows;
  (void)t;
  CHECK_OK(db_query(db, &ask, &rows, DB_ARGS(TEXT(table))));
  CHECK(db_next(&rows));
  const char *sql = db_text(&rows, 0);
  CHECK_OK(db_done(&rows));
  return sql;
}

TEST(macros_become_the_engines_words_but_not_in_comments)
{
  SQLITE_ONLY("it keeps the text");
  struct db *db = open_writer(scratch_new(t, ""));
  const char *thing = schema_of(t, db, "thing");
  CHECK(strstr(thing, "PRIMARY KEY (id, bucket)"));
  CHECK(strstr(thing, ") WITHOUT ROWID"));
  CHECK(strstr(thing, "-- a comment that ends in a semicolon;\n"));
  CHECK(strstr(schema_of(t, db, "ledger"), "content BLOB NOT NULL"));
  db_close(db);
}

TEST(a_semicolon_in_quotes_or_comments_ends_no_statement)
{
  static const struct db_stmt first = {"SELECT count(*) FROM entry WHERE state = 'first; of all'", DB_REPORT};
  struct db *db = open_writer(scratch_new(t, ""));
  CHECK_INT(number(db, &first), 1);
  db_close(db);
}

TEST(each_migration_runs_once)
{
  static const struct db_stmt entries = {"SELECT count(*) FROM entry", DB_REPORT};
  struct scratch *s = scratch_new(t, "");
  for (int start = 0; start < 3; start++) {
    struct db *db = open_writer(s);
    CHECK_INT(number(db, &version), 2);
    CHECK_INT(number(db, &entries), 1);
    db_close(db);
  }
}

TEST(the_database_of_another_program_is_left_alone)
{
  static const struct db_stmt make = {"CREATE TABLE recipes (name TEXT)", DB_SCHEMA};
  const char *tables = NULL;
  struct db *db = open_as(scratch_new(t, ""), DB_WRITER);
  CHECK_OK(db_run(db, &make, NULL, DB_NO_ARGS));
  CHECK_ERR(db_migrate(db, test_migrations, 1), ERR_STORAGE);
  CHECK_OK(db_tables(db, &tables));
  CHECK_TEXT(tables, "recipes");
  db_close(db);
}

TEST(a_database_newer_than_the_program_is_refused)
{
  struct scratch *s = scratch_new(t, "");
  db_close(open_writer(s));
  struct db *db = open_as(s, DB_WRITER);
  CHECK_ERR(db_migrate(db, test_migrations, 1), ERR_STORAGE);
  CHECK(strstr(s->fault.detail, "schema 2 and this program knows up to 1"));
  CHECK_INT(number(db, &version), 2);
  db_close(db);
}

TEST(a_reader_checks_the_schema_and_changes_nothing)
{
  struct scratch *s = scratch_new(t, "");
  struct db *db = open_as(s, DB_WRITER);
  CHECK_OK(db_migrate(db, test_migrations, 1));
  struct db *reader = open_as(s, DB_READER);
  CHECK_OK(db_migrate(reader, test_migrations, 1));
  CHECK_ERR(db_migrate(reader, test_migrations, 2), ERR_STORAGE);
  CHECK(strstr(s->fault.detail, "please migrate it first"));
  CHECK_INT(number(reader, &version), 1);
  CHECK_OK(db_migrate(db, test_migrations, 2));
  CHECK_OK(db_migrate(reader, test_migrations, 2));
  db_close(reader);
  db_close(db);
}

TEST(a_migration_that_fails_leaves_nothing_behind_and_says_where)
{
  static const struct {
    const char *text, *why;
  } rows[] = {
      {"CREATE TABLE half (id BIGINT);\n\nCREATE TABLE half (id BIGINT);\n", "already exists"        },
      {"CREATE TABLE half (id BIGINT);\nSELECT 1",                           "does not end with"     },
      {"CREATE TABLE half (id BIGINT, PRIMARY KEY KEY(id, bucket));",        "KEY needs bucket first"},
      {"CREATE TABLE half (id BIGINT);\nSPREAD();",                          "the table is missing"  },
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct db_migration migrations[] = {
        test_migrations[0], test_migrations[1], {3, "bad", rows[i].text}
    };
    struct scratch *s = scratch_new(t, "");
    struct db *db = open_as(s, DB_WRITER);
    CHECK_ERR(db_migrate(db, migrations, 3), ERR_INTERNAL);
    bool told = false, placed = false;
    for (size_t k = 0; k < s->fault.n; k++) {
      told |= strstr(s->fault.entries[k].detail, rows[i].why) != NULL;
      placed |= strstr(s->fault.entries[k].detail, "migration 3-bad, line") != NULL;
    }
    CHECK(told && placed);
    CHECK_INT(number(db, &version), 2);
    const char *columns = NULL;
    CHECK_OK(db_columns(db, "half", &columns));
    CHECK_TEXT(columns, "");
    db_close(db);
  }
}

/* ---- How tables are placed ---- */

static void run_all(struct db *db, const struct db_stmt *stmts, size_t n)
{
  for (size_t i = 0; i < n; i++)
    CHECK_OK(db_run(db, &stmts[i], NULL, DB_NO_ARGS));
}

static const char *all_placed(struct test *t, struct db *db)
{
  static const struct db_stmt ask = {"SELECT told FROM placed ORDER BY told", DB_SCHEMA};
  struct db_rows rows;
  struct buf b;
  buf_init(&b, t->arena);
  CHECK_OK(db_query(db, &ask, &rows, DB_NO_ARGS));
  while (db_next(&rows))
    buf_printf(&b, "%s%s", b.n ? "; " : "", db_text(&rows, 0));
  CHECK_OK(db_done(&rows));
  return buf_str(&b);
}

static const struct db_migration placing = {
    1, "placing",
    "CREATE TABLE placed (told TEXT NOT NULL);\n"
    "CREATE TABLE one (bucket INTEGER, id BIGINT, PRIMARY KEY KEY(bucket, id));\nSPREAD(one);\n"
    "CREATE TABLE two (bucket INTEGER, id BIGINT, PRIMARY KEY KEY(bucket, id));\nSPREAD(two, one); -- beside it\n"
    "CREATE TABLE three (id BIGINT);\nREFERENCE(three);\nCREATE TABLE four (id BIGINT);\nLOCAL(four);\n"};

TEST(an_engine_without_shards_places_nothing)
{
  struct db *db = open_as(scratch_new(t, ""), DB_WRITER);
  CHECK_OK(db_migrate(db, &placing, 1));
  CHECK_TEXT(all_placed(t, db), "");
  db_close(db);
}

/* A server that has the functions of Citus as far as a migration calls them. They write down what they are asked, into a
 * table that is not there before the migration makes it. */
TEST(with_citus_tables_are_spread_beside_their_family_or_copied)
{
  static const struct db_stmt pretend[] = {
      {"SET check_function_bodies = off", DB_SCHEMA},
      {"CREATE FUNCTION create_distributed_table(t regclass, c text, colocate_with text DEFAULT 'default') RETURNS void"
       " LANGUAGE sql AS $$ INSERT INTO placed VALUES (t || ' by ' || c || ' beside ' || colocate_with) $$",
       DB_SCHEMA},
      {"CREATE FUNCTION create_reference_table(t regclass) RETURNS void"
       " LANGUAGE sql AS $$ INSERT INTO placed VALUES (t || ' everywhere') $$",
       DB_SCHEMA},
      {"INSERT INTO pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)"
       " SELECT 999999, 'citus', 10, oid, false, '13' FROM pg_namespace WHERE nspname = 'pg_catalog'",
       DB_SCHEMA},
  };
  static const struct db_stmt forget[] = {{"DELETE FROM pg_extension WHERE extname = 'citus'", DB_SCHEMA}};
  if (!test_on_postgres())
    SKIP("for PostgreSQL alone");
  struct db *db = open_as(scratch_new(t, ""), DB_WRITER);
  run_all(db, pretend, COUNT_OF(pretend));
  CHECK_OK(db_migrate(db, &placing, 1));
  CHECK_TEXT(all_placed(t, db), "one by bucket beside default; three everywhere; two by bucket beside one");
  run_all(db, forget, COUNT_OF(forget));
  db_close(db);
}

TEST(embedded_migrations_are_numbered_and_named_after_their_files)
{
  CHECK_INT(test_migrations_n, 2);
  CHECK_INT(test_migrations[1].number, 2);
  CHECK_TEXT(test_migrations[1].name, "more");
  size_t n = 0;
  const char *file = test_read_file(t, ORDO_SOURCE_DIR "/src/lib/db/testdata/0002-more.sql", &n);
  CHECK_TEXT(test_migrations[1].text, file);
}

TEST(embedded_files_are_their_bytes_and_a_nul)
{
  size_t n = 0;
  const char *bytes = test_read_file(t, ORDO_SOURCE_DIR "/src/lib/db/testdata/web/bytes.bin", &n);
  CHECK_INT(test_files_n, 2);
  CHECK_TEXT(test_files[0].name, "bytes.bin");
  CHECK_INT(n, 11);
  CHECK_INT(test_files[0].n, n);
  CHECK(memcmp(test_files[0].bytes, bytes, n + 1) == 0);
  CHECK_TEXT(test_files[1].name, "css/empty.css");
  CHECK_INT(test_files[1].n, 0);
  CHECK_INT(test_files[1].bytes[0], 0);
}
