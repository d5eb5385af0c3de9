/* The checking mode: where the environment says ORDO_DB_CHECK=1, whatever is prepared is judged by the rules of
 * portable SQL first, and the process stops at what breaks one. For the test suite; nothing else sets it. */
#include "db_priv.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_BUDGET = 16 << 20 };

/* The schema that a connection of this process has migrated to last: those that only read are judged by it, too. */
static struct {
  pthread_mutex_t lock;
  const struct db_migration *migrations;
  struct arena *arena; /* for as long as the process */
  const struct sql_placed *tables;
  size_t n;
} schema = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool is_asked_for(void)
{
  const char *value = getenv("ORDO_DB_CHECK");
  return value && strcmp(value, "1") == 0;
}

void db_check_schema(const struct db_migration *migrations, size_t n)
{
  if (!is_asked_for())
    return;
  pthread_mutex_lock(&schema.lock);
  if (schema.migrations != migrations) {
    schema.arena = schema.arena ? schema.arena : arena_new(TEXT_BUDGET);
    schema.migrations = migrations;
    schema.n = db_placements(migrations, n, schema.arena, &schema.tables);
  }
  pthread_mutex_unlock(&schema.lock);
}

void db_check_statement(const char *sql, enum db_marker marker)
{
  if (!is_asked_for())
    return;
  struct arena *a = arena_new(TEXT_BUDGET);
  pthread_mutex_lock(&schema.lock);
  const struct sql_placed *tables = schema.tables;
  size_t n = schema.n;
  pthread_mutex_unlock(&schema.lock);
  const char *fault = sql_fault(sql, (enum sql_marker)marker, tables, n, a);
  if (fault) {
    fprintf(stderr, "A statement breaks a rule. %s\n  %s\n", fault, sql);
    abort();
  }
  arena_free(a);
}
