/* Are two databases equal? Per table and bucket: how many rows, and the sum of the hashes of their canonical bytes.
 * Each side is read on a thread of its own. */
#include "transfer_priv.h"

#include "codec.h"

#include <pthread.h>
#include <string.h>

enum { TELL_EVERY = 20000 };

/* 128 bits of SHA-256 a row, added up: the order of rows does not matter, which rows they are does. */
struct sum {
  int64_t n;
  uint64_t low, high;
};

struct side {
  struct transfer *t; /* of the teller alone; the other side has none */
  struct db *db;
  const struct transfer_plan *plan;
  struct sum *sums; /* table after table, a bucket each */
  struct arena *arena;
  struct fault fault;
  enum err err;
  struct sum *current;
  struct buf row;
  struct transfer_progress progress;
};

/* ---- One side ---- */

static enum err add_row(void *arg, const struct transfer_table *table, const struct db_value *values)
{
  struct side *s = arg;
  unsigned char hash[HASH_BYTES];
  uint64_t part[2];
  s->row.n = 0;
  for (size_t i = 0; i < table->n; i++)
    transfer_put(&s->row, &values[i]);
  sha256(s->row.at, s->row.n, hash);
  memcpy(part, hash, sizeof part);
  int64_t bucket = table->bucket >= 0 ? values[table->bucket].i64 : 0;
  struct sum *sum = &s->current[bucket >= 0 && bucket < BUCKETS ? bucket : 0];
  sum->n++;
  sum->low += part[0];
  sum->high += part[1];
  return ERR_OK;
}

static void tell(struct side *s, int64_t rows, bool done)
{
  struct transfer_progress *p = &s->progress;
  int64_t before = p->rows / TELL_EVERY;
  p->rows += rows;
  p->table_rows += rows;
  p->table_done = done;
  if (s->t && s->t->teller.tell && (done || p->rows / TELL_EVERY != before))
    s->t->teller.tell(s->t->teller.arg, p);
}

static enum err add_table(struct side *s, const struct transfer_table *table)
{
  struct transfer_place place;
  struct transfer_reading r = {.db = s->db, .table = table, .place = &place, .row = add_row, .arg = s};
  enum err err = ERR_OK;
  transfer_place_init(&place);
  s->progress.table = table->name;
  s->progress.table_rows = 0;
  while (err == ERR_OK && !r.end) {
    err = transfer_read_batch(&r);
    tell(s, r.rows, false);
  }
  tell(s, 0, true);
  transfer_place_done(&place);
  return err;
}

static void *add_all(void *arg)
{
  struct side *s = arg;
  buf_init(&s->row, s->arena);
  for (size_t i = 0; i < s->plan->tables.n && s->err == ERR_OK; i++) {
    s->current = s->sums + i * BUCKETS;
    s->err = add_table(s, &s->plan->tables.at[i]);
  }
  return NULL;
}

static void side_init(struct side *s, struct db *db, const struct transfer_plan *plan)
{
  *s = (struct side){.db = db, .plan = plan, .arena = arena_new(TRANSFER_MEMORY), .progress.phase = TRANSFER_COMPARING};
  s->sums = ARENA_ARRAY(s->arena, struct sum, plan->tables.n * BUCKETS);
  fault_init(&s->fault, s->arena);
  db_use(db, &s->fault, s->arena);
}

/* Gives the connection back, and what its reading ended with. */
static enum err side_end(struct side *s, struct transfer *t)
{
  db_use(s->db, t->fault, t->arena);
  if (s->err != ERR_OK)
    fault_fail(t->fault, s->err, "", "%s", s->fault.detail ? s->fault.detail : err_info(s->err)->title);
  return s->err;
}

/* ---- Both ---- */

static void difference(struct transfer *t, const struct transfer_table *table, size_t bucket, const struct sum *from,
                       const struct sum *to, struct transfer_result *out)
{
  if (out->n_differences++ >= TRANSFER_DIFFERENCES_TOLD)
    return;
  const char *where = table->bucket < 0 ? "" : arena_printf(t->arena, ", bucket %zu", bucket);
  *LIST_ADD(t->arena, &out->differences) =
      from->n == to->n ? arena_printf(t->arena, "table %s%s: %lld rows on both sides, but not the same ones",
                                      table->name, where, (long long)from->n)
                       : arena_printf(t->arena, "table %s%s: %lld rows in the source, %lld in the target", table->name,
                                      where, (long long)from->n, (long long)to->n);
}

static void compare_sums(struct transfer *t, const struct side *from, const struct side *to,
                         struct transfer_result *out)
{
  for (size_t i = 0; i < from->plan->tables.n * BUCKETS; i++) {
    const struct sum *a = &from->sums[i], *b = &to->sums[i];
    out->rows += a->n;
    if (a->n != b->n || a->low != b->low || a->high != b->high)
      difference(t, &from->plan->tables.at[i / BUCKETS], i % BUCKETS, a, b, out);
  }
}

static void read_both(struct side *from, struct side *to)
{
  pthread_t thread;
  bool aside = pthread_create(&thread, NULL, add_all, to) == 0;
  add_all(from);
  if (aside)
    pthread_join(thread, NULL);
  else
    add_all(to);
}

static enum err count_rows(struct db *db, const struct transfer_plan *plan, int64_t *out)
{
  EACH (const struct transfer_table, table, &plan->tables) {
    int64_t n = 0;
    TRY(db_one_i64(db, &table->count, &n, DB_NO_ARGS));
    *out += n;
  }
  return ERR_OK;
}

enum err transfer_compare_by(struct transfer *t, const struct transfer_plan *plan, struct transfer_result *out)
{
  struct side from, to;
  int64_t total = 0;
  TRY(count_rows(t->from, plan, &total));
  *out = (struct transfer_result){.tables = (int64_t)plan->tables.n};
  side_init(&from, t->from, plan);
  side_init(&to, t->to, plan);
  from.t = t;
  from.progress.total = total;
  read_both(&from, &to);
  enum err err = side_end(&from, t), err_to = side_end(&to, t);
  if (err == ERR_OK)
    err = err_to;
  if (err == ERR_OK)
    compare_sums(t, &from, &to, out);
  arena_free(from.arena);
  arena_free(to.arena);
  if (err != ERR_OK)
    return err;
  return out->n_differences == 0
             ? ERR_OK
             : transfer_refuse(t, "the two databases are not equal, in %lld places", (long long)out->n_differences);
}

enum err transfer_compare(struct transfer *t, struct transfer_result *out)
{
  struct transfer_plan plan = {0};
  *out = (struct transfer_result){0};
  db_use(t->from, t->fault, t->arena);
  db_use(t->to, t->fault, t->arena);
  TRY(transfer_plan(t, &plan));
  return transfer_compare_by(t, &plan, out);
}
