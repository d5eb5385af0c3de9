/* What a batch of the PostgreSQL engine keeps until its transaction ends: answers, and writes. */
#ifndef ORDO_DB_PG_BATCH_PRIV_H
#define ORDO_DB_PG_BATCH_PRIV_H

#include "db_pg_priv.h"

enum { ANSWER_CHAINS = 4096, WRITE_CHAINS = 4096 };

/* What was asked in this transaction, and answered. */
struct pg_answer {
  uint64_t hash;
  struct pg_statement *s;
  const struct db_value *args;
  size_t n;
  PGresult *result;
  enum err err;
  const char *detail; /* of err */
  bool pending, sent;
  int64_t asked_at; /* writes there had been */
  struct pg_answer *next, *next_question;
};

/* A write of this transaction, sent or not. */
struct pg_write {
  struct pg_statement *s;
  const struct pg_touch *touch;
  const struct db_value *args;
  size_t n;
  int64_t at;   /* its number, from 1 */
  int level;    /* after all writes of the same row that have a lower one */
  bool counted; /* its caller was told that it changed one row */
  struct pg_write *next_in_bucket, *next_in_table;
};

struct pg_batch {
  struct arena *arena;
  bool used, deferring;
  struct fiber_pool *pool;
  struct together *together; /* what runs side by side now, or NULL */
  struct pg_answer *answers[ANSWER_CHAINS], *questions;
  LIST(struct pg_write *) waiting;
  int64_t written, flushed_at; /* number of the last write, and of the last one that was sent */
  struct pg_write *by_bucket[WRITE_CHAINS], *by_table[WRITE_CHAINS];
};

struct db_value *pg_values_copy(struct arena *a, const struct db_value *args, size_t n);
bool pg_value_same(const struct db_value *a, const struct db_value *b);
void pg_writes_forget(struct pg_batch *b);
/* The number of the last write that may have touched what the query reads; 0 = none. */
int64_t pg_touched_at(struct db *db, const struct pg_touch *query, const struct db_value *args);
/* Of a write that is sent by itself. */
void pg_write_note(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n);
/* Reads up to the pipeline's end and leaves it. */
void pg_end_pipeline(struct db *db);

#endif
