/* transfer - a whole database moved: onto another engine, into a backup file, and back.
 *
 * Tables, columns and keys come from the schema itself; both sides must have this program's (a file that is copied as a
 * file may have an older one, which its next server migrates). Rows are read in the order of their keys, written in
 * batches, and compared at the end: per table and bucket their number and the sum of the hashes of their canonical
 * bytes, so that the order of rows does not matter and a difference has a place.
 *
 * What belongs to processes and not to the company is put to rest on the way: leases arrive as expired. Everything else
 * arrives as it was: ids, numbers, seq and hash of the feed, cursors of consumers, high-water marks of nodes.
 *
 * While a copy is under way the target carries a mark that no server starts on (DB_UNFINISHED in db.h), and table
 * copy_progress; both go in one transaction when all is there and equal. An interrupted copy goes on where it was.
 */
#ifndef ORDO_TRANSFER_H
#define ORDO_TRANSFER_H

#include "context.h"
#include "db.h"

enum transfer_phase { TRANSFER_COPYING, TRANSFER_COMPARING };
struct transfer_progress {
  enum transfer_phase phase;
  const char *table;
  int64_t table_rows;  /* done of this table */
  int64_t rows, total; /* done and to do in all; what an earlier run copied counts as done */
  bool table_done;     /* the last call for this table */
};
/* Called now and then, and once for each table when it is done; on the thread that called us. */
struct transfer_teller {
  void (*tell)(void *arg, const struct transfer_progress *progress); /* NULL = nobody listens */
  void *arg;
};

struct transfer_result {
  int64_t tables, rows;
  LIST(const char *) differences; /* sentences, the first TRANSFER_DIFFERENCES_TOLD of them */
  int64_t n_differences;          /* tables and buckets that are not equal */
};
#define TRANSFER_DIFFERENCES_TOLD 50

/* Where rows come from and go to, and whom to tell. The arena outlives both connections; errors leave a sentence
 * in fault. */
struct transfer {
  struct db *from, *to; /* a reader, and a writer */
  struct arena *arena;
  struct fault *fault;
  struct instant now;
  struct transfer_teller teller;
  bool resume;  /* a copy that has begun goes on; one that is complete is only compared */
  bool stopped; /* no process may hold a node lease of the source, and none may have written when all is done */
};

/* Only the source need be open: ERR_STATE when a server holds a node lease of it. Ask before a target is made. */
MUST_CHECK enum err transfer_source_stopped(struct transfer *t);

/* Copies all rows of all tables in one view of the source, compares, and takes the mark away. The target has no tables,
 * or no rows but those of the migrations, or holds a copy begun before (resume).
 *   ERR_STATE   a sentence: a server is running, the target is not fresh, the schemas differ, a row cannot be held by
 *               the other engine; or the two are not equal in the end (out names the differences)
 * and what statements answer (db.h). After an error the copy can go on with resume. */
MUST_CHECK enum err transfer_copy(struct transfer *t, struct transfer_result *out);

/* Compares only: all tables, both sides at a time. ERR_STATE when they differ. to may be a reader, too. */
MUST_CHECK enum err transfer_compare(struct transfer *t, struct transfer_result *out);

/* Writes what `from` holds now to a new file at path: one SQLite database whatever the engine, mode 0600, without a log
 * beside it, synced, whole by SQLite's own check, and proved: read back page by page against what was taken from the
 * view (SQLite), compared row by row with it (PostgreSQL). Servers go on meanwhile; the view of SQLite, which makes its
 * log grow, lasts only as long as pages are copied. The file is called PATH.part until all of that is true. `to` is not
 * used. ERR_STATE: there is a file already, or it is not equal. */
MUST_CHECK enum err transfer_backup(struct transfer *t, const char *path, struct transfer_result *out);

/* The same from a backup file, opened as `from`, into a new SQLite file at path; the caller restores onto another
 * engine by transfer_copy. ERR_STATE: there is a file already, or the backup is damaged. */
MUST_CHECK enum err transfer_restore(struct transfer *t, const char *path, struct transfer_result *out);

/* SQLite's own check of a file's pages and indexes: ERR_STATE with what it found first. */
MUST_CHECK enum err transfer_file_whole(struct db *db, struct fault *f);

#endif
