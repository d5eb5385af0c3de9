/* What the tests of this room share: a scratch database of the engine under test, with the schema of testdata/. */
#ifndef ORDO_DB_TEST_TOOLS_H
#define ORDO_DB_TEST_TOOLS_H

#include "db.h"
#include "test.h"
#include "test_migrations.h"

#include <string.h>

struct scratch {
  const char *url, *path; /* path: NULL on PostgreSQL */
  struct fault fault;
};

static inline struct scratch *scratch_new(struct test *t, const char *options)
{
  struct scratch *s = ARENA_NEW(t->arena, struct scratch);
  const char *url = test_database(t);
  s->url = arena_printf(t->arena, "%s%s", url, options);
  s->path = test_on_postgres() ? NULL : url + strlen("sqlite:");
  fault_init(&s->fault, t->arena);
  return s;
}

static inline struct db *open_as(struct scratch *s, enum db_mode mode)
{
  struct db *db = NULL;
  enum err err = db_open(s->url, mode, &s->fault, &db);
  if (err != ERR_OK)
    test_failed(__FILE__, __LINE__, s->url, s->fault.detail, "open");
  return db;
}

static inline struct db *open_writer(struct scratch *s)
{
  struct db *db = open_as(s, DB_WRITER);
  if (db_migrate(db, test_migrations, test_migrations_n) != ERR_OK)
    test_failed(__FILE__, __LINE__, s->url, s->fault.detail, "migrate");
  return db;
}

static inline int64_t number(struct db *db, const struct db_stmt *stmt)
{
  int64_t value = -1;
  enum err err = db_one_i64(db, stmt, &value, DB_NO_ARGS);
  test_check_int(__FILE__, __LINE__, stmt->sql, err, ERR_OK);
  return value;
}

#endif
