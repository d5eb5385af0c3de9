/* schema - the numbered migrations of sql/, embedded. */
#ifndef ORDO_SCHEMA_H
#define ORDO_SCHEMA_H

#include "context.h"
#include "db.h"

/* Brings the writer's database to the newest schema. ERR_STORAGE when it is newer than this program. */
MUST_CHECK enum err schema_migrate(struct db *db);
/* Number of the newest migration. */
int schema_version(void);
/* Number of the newest one in this database. */
MUST_CHECK enum err schema_version_of(struct db *db, int64_t *out);
/* How its tables are placed, and their keys; in a. */
size_t schema_placements(struct arena *a, const struct sql_placed **out);

#endif
