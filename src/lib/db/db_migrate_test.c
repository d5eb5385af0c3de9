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
