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
