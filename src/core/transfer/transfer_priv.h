/* What the files of this room share: the plan of tables, rows in key order, places in them. */
#ifndef ORDO_TRANSFER_PRIV_H
#define ORDO_TRANSFER_PRIV_H

#include "transfer.h"

enum {
  TRANSFER_KEY_MAX = 16,
  TRANSFER_BATCH_ROWS = 16384, /* of one transaction of the target ... */
  TRANSFER_BATCH_BYTES = 8 << 20,
  TRANSFER_MEMORY = 1 << 30, /* an arena's budget; what is used is a few MB */
};

/* Notes what is wrong; returns ERR_STATE. */
#define transfer_refuse(t, ...) fault_fail((t)->fault, ERR_STATE, "", __VA_ARGS__)

/* ---- Tables ---- */

struct transfer_table {
  const char *name;
  const char **columns;
  size_t n;
  size_t keys[TRANSFER_KEY_MAX], n_keys; /* places of the primary key's columns, in its order */
  int bucket;                            /* place of the column bucket, or -1 */
  struct db_stmt first, next; /* rows in key order: from the beginning, or after a key; the last argument limits */
  struct db_stmt count;
  struct db_stmt insert, insert_many; /* one row, or `many` */
  size_t many;
};
struct transfer_plan {
  LIST(struct transfer_table) tables;
};
/* ERR_STATE when the two do not have the same tables, columns and keys, or not this program's schema. */
MUST_CHECK enum err transfer_plan(struct transfer *t, struct transfer_plan *out);
/* On a file of pages: what put_to_rest of transfer_plan.c says, as a transaction of t->to. */
MUST_CHECK enum err transfer_put_to_rest(struct transfer *t);
/* Adds how many tables and rows t->to holds, whatever its schema. */
MUST_CHECK enum err transfer_count(struct transfer *t, struct transfer_result *out);
/* ERR_STATE when t->from is an unfinished copy, or newer than this program. */
MUST_CHECK enum err transfer_known_schema(struct transfer *t);
/* "a,b,c" in the arena. */
typedef LIST(const char *) transfer_words;
transfer_words transfer_split(struct arena *a, const char *list);
/* Made for one database at run time: lives in the arena. */
struct db_stmt transfer_stmt(struct arena *a, enum db_marker marker, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* ---- Rows ---- */

/* Canonical bytes of a value: what kind it is, how long it is, and it. */
void transfer_put(struct buf *out, const struct db_value *v);

/* After which key the next rows come; begins before the first. */
struct transfer_place {
  struct arena *arenas[2]; /* the key that is being asked with, and the one to come */
  int current;
  const char *bytes; /* canonical, key column by key column */
  size_t n;          /* 0 = at the beginning */
};
void transfer_place_init(struct transfer_place *p);
void transfer_place_done(struct transfer_place *p);
const char *transfer_place_hex(const struct transfer_place *p, struct arena *a);
/* False when the text is not one of ours. */
MUST_CHECK bool transfer_place_set(struct transfer_place *p, const struct transfer_table *table, const char *hex);

/* A reading of one table, batch by batch. Values live until the function returns. */
struct transfer_reading {
  struct db *db;
  const struct transfer_table *table;
  struct transfer_place *place;
  enum err (*row)(void *arg, const struct transfer_table *table, const struct db_value *values);
  void *arg;
  int64_t limit;       /* rows of the next batch; moves with their size */
  int64_t rows, bytes; /* of the last batch */
  bool end;            /* there are no more */
};
MUST_CHECK enum err transfer_read_batch(struct transfer_reading *r);

/* ---- Comparing ---- */

MUST_CHECK enum err transfer_compare_by(struct transfer *t, const struct transfer_plan *plan,
                                        struct transfer_result *out);

#endif
