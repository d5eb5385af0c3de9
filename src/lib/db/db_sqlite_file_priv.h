/* A whole SQLite database as a new file, and the proof that the disk has taken it. */
#ifndef ORDO_DB_SQLITE_FILE_PRIV_H
#define ORDO_DB_SQLITE_FILE_PRIV_H

#include "base.h"

struct sqlite3;

/* A hash of each 4,096 bytes as they were handed to the file system; 0 = never written, and so zeros. */
struct db_pages {
  uint64_t *sums;
  size_t n, cap;
  bool odd; /* something was written that is no whole page */
};
void db_pages_done(struct db_pages *pages);

/* Writes all pages of `from`, in one view that lasts as long as this, to the file at path; what it held is lost. The
 * file needs no log to be read. An SQLite result code. */
MUST_CHECK int db_pages_copy(struct sqlite3 *from, const char *path, struct db_pages *out);
/* Syncs the file and reads it back, from the disk where the system lets us: NULL, or what is wrong with it. */
MUST_CHECK const char *db_pages_prove(const char *path, const struct db_pages *pages);

#endif
