/* The migrations, in the order of their numbers. */
#include "schema.h"

#include "schema_migrations.h"

enum err schema_migrate(struct db *db)
{
  return db_migrate(db, schema_migrations, schema_migrations_n);
}

size_t schema_placements(struct arena *a, const struct sql_placed **out)
{
  return db_placements(schema_migrations, schema_migrations_n, a, out);
}

int schema_version(void)
{
  return schema_migrations[schema_migrations_n - 1].number;
}

enum err schema_version_of(struct db *db, int64_t *out)
{
  static const struct db_stmt newest = {"SELECT coalesce(max(number), 0) FROM schema_version", DB_SCHEMA};
  *out = 0;
  return db_one_i64(db, &newest, out, DB_NO_ARGS);
}
