/* The copy: is the target ours to fill, table after table in transactions of some thousand rows, and the end of it.
 *
 * The rows of a transaction and the place they reach to are committed together, so an interrupted copy knows exactly
 * where it was; whatever changed in the source meanwhile is found by the comparison. */
#include "transfer_priv.h"

#include "events.h"
#include "schema.h"

#include <string.h>

enum { NUMBERED_AT_ONCE = 4096 };

/* Tables in which migrations, or a process that only looked, leave rows of their own. A copy replaces them. */
static const char *const filled_by_migrations[] = {"schema_version", "copy_progress", "masters_version", "node_lease"};

struct copy {
  struct transfer *t;
  const struct transfer_plan *plan;
  bool picky;           /* the target refuses texts that the source may hold */
  struct arena *gather; /* the values of one statement of many rows */
  struct db_value *values;
  size_t waiting; /* rows in it */
  struct transfer_progress progress;
};

/* ---- The source stands still ---- */

struct stillness {
  int64_t nodes, until, high_water;
};

static enum err stillness_read(struct transfer *t, struct stillness *out)
{
  static const struct db_stmt leases = {
      "SELECT count(*), coalesce(max(until), 0), CAST(coalesce(sum(high_water_ms), 0) AS BIGINT) FROM node_lease",
      DB_REPORT};
  struct db_rows rows;
  TRY(db_query(t->from, &leases, &rows, DB_NO_ARGS));
  if (db_next(&rows))
    *out = (struct stillness){db_i64(&rows, 0), db_i64(&rows, 1), db_i64(&rows, 2)};
  return db_done(&rows);
}

static enum err demand_stopped(struct transfer *t, struct stillness *out)
{
  char until[INSTANT_TEXT];
  TRY(stillness_read(t, out));
  if (out->until <= t->now.ms)
    return ERR_OK;
  instant_format(INSTANT(out->until), until);
  return transfer_refuse(t, "a server is running on the source: stop it first (one that died is waited for until %s)",
                         until);
}

enum err transfer_source_stopped(struct transfer *t)
{
  struct stillness now = {0};
  return demand_stopped(t, &now);
}

static enum err demand_untouched(struct transfer *t, const struct stillness *before)
{
  struct stillness now = {0};
  TRY(stillness_read(t, &now));
  if (now.nodes == before->nodes && now.until == before->until && now.high_water == before->high_water)
    return ERR_OK;
  return transfer_refuse(t,
                         "a server has written to the source while it was copied: the target lacks what it wrote and "
                         "was not finished; stop the server and copy again into a fresh target");
}

/* ---- The target ---- */

enum target { TARGET_FRESH, TARGET_BEGUN, TARGET_FULL };

static bool is_filled_by_migrations(const char *table)
{
  for (size_t i = 0; i < COUNT_OF(filled_by_migrations); i++)
    if (text_eq(table, filled_by_migrations[i]))
      return true;
  return false;
}

/* A table of the target that holds rows of somebody; NULL = none. */
static enum err find_full(struct transfer *t, const transfer_words *tables, const char **out)
{
  *out = NULL;
  EACH (const char *, name, tables) {
    int64_t one = 0;
    if (is_filled_by_migrations(*name))
      continue;
    struct db_stmt *any = ARENA_NEW(t->arena, struct db_stmt);
    *any = transfer_stmt(t->arena, DB_REPORT, "SELECT CASE WHEN EXISTS (SELECT 1 FROM %s) THEN 1 ELSE 0 END", *name);
    TRY(db_one_i64(t->to, any, &one, DB_NO_ARGS));
    if (one) {
      *out = *name;
      return ERR_OK;
    }
  }
  return ERR_OK;
}

static enum err has_mark(struct transfer *t, const transfer_words *tables, bool *out)
{
  static const struct db_stmt mark = {"SELECT count(*) FROM schema_version WHERE number = $1", DB_SCHEMA};
  int64_t n = 0;
  EACH (const char *, name, tables)
    if (text_eq(*name, "schema_version"))
      TRY(db_one_i64(t->to, &mark, &n, DB_ARGS(I64(DB_UNFINISHED))));
  *out = n > 0;
  return ERR_OK;
}

static enum err look_at_target(struct transfer *t, enum target *out)
{
  const char *list, *full;
  bool marked;
  TRY(db_tables(t->to, &list));
  transfer_words tables = transfer_split(t->arena, list);
  TRY(has_mark(t, &tables, &marked));
  if (marked && !t->resume)
    return transfer_refuse(t, "a copy into the target has begun before: go on with --resume, or take a fresh database");
  *out = TARGET_BEGUN;
  if (marked)
    return ERR_OK;
  TRY(find_full(t, &tables, &full));
  *out = full ? TARGET_FULL : TARGET_FRESH;
  if (full && !t->resume)
    return transfer_refuse(t, "the target is not fresh: its table %s holds rows; take a new database", full);
  return full ? ERR_OK : schema_migrate(t->to);
}

/* Empties what migrations have filled, makes the table of progress, and sets the mark: from now on nobody starts on it.
 * */
static enum err begin_in_transaction(struct transfer *t, const struct transfer_plan *plan)
{
  static const struct db_stmt progress = {
      "CREATE TABLE copy_progress (table_name TEXT NOT NULL, place TEXT NOT NULL, copied BIGINT NOT NULL,"
      " done INTEGER NOT NULL, PRIMARY KEY (table_name))",
      DB_SCHEMA};
  static const struct db_stmt add = {
      "INSERT INTO copy_progress (table_name, place, copied, done) VALUES ($1, '', 0, 0)", DB_SCHEMA};
  static const struct db_stmt mark = {"INSERT INTO schema_version (number, name) VALUES ($1, $2)", DB_SCHEMA};
  TRY(db_run(t->to, &progress, NULL, DB_NO_ARGS));
  EACH (const struct transfer_table, table, &plan->tables) {
    struct db_stmt *empty = ARENA_NEW(t->arena, struct db_stmt);
    *empty = transfer_stmt(t->arena, DB_REPORT, "DELETE FROM %s", table->name);
    TRY(db_run(t->to, empty, NULL, DB_NO_ARGS));
    TRY(db_run(t->to, &add, NULL, DB_ARGS(TEXT(table->name))));
  }
  return db_run(t->to, &mark, NULL, DB_ARGS(I64(DB_UNFINISHED), TEXT("a copy that has not ended")));
}

/* SQLite's one writer numbers its own events only: what waits in a database of several writers is numbered here. */
static enum err number_waiting(struct transfer *t)
{
  struct ctx cx;
  struct feed_head head;
  int64_t n;
  if (db_engine(t->to) != DB_SQLITE)
    return ERR_OK;
  ctx_init(&cx, t->arena, t->to, t->now);
  enum err err;
  do
    err = feed_number(&cx, NUMBERED_AT_ONCE, &head, &n);
  while (err == ERR_OK && n > 0);
  db_use(t->to, t->fault, t->arena);
  return err == ERR_OK ? ERR_OK
                       : fault_fail(t->fault, err, "", "the events that wait for a number: %s",
                                    cx.fault.detail ? cx.fault.detail : err_info(err)->title);
}

static enum err end_in_transaction(struct transfer *t)
{
  static const struct db_stmt drop = {"DROP TABLE copy_progress", DB_SCHEMA};
  static const struct db_stmt unmark = {"DELETE FROM schema_version WHERE number = $1", DB_SCHEMA};
  TRY(number_waiting(t));
  TRY(db_run(t->to, &drop, NULL, DB_NO_ARGS));
  return db_run(t->to, &unmark, NULL, DB_ARGS(I64(DB_UNFINISHED)));
}

static enum err in_transaction(struct transfer *t, enum err (*fn)(struct copy *c, void *arg), struct copy *c, void *arg)
{
  TRY(db_begin(t->to));
  enum err err = fn(c, arg);
  if (err == ERR_OK)
    return db_commit(t->to);
  db_rollback(t->to);
  return err;
}

static enum err begin_step(struct copy *c, void *arg)
{
  (void)arg;
  return begin_in_transaction(c->t, c->plan);
}

static enum err end_step(struct copy *c, void *arg)
{
  (void)arg;
  return end_in_transaction(c->t);
}

/* ---- Rows ---- */

/* "(bucket, id) = (7, 123)", for a person who has to find it. */
static const char *key_shown(struct arena *a, const struct transfer_table *table, const struct db_value *values)
{
  struct buf names, text;
  buf_init(&names, a);
  buf_init(&text, a);
  for (size_t i = 0; i < table->n_keys; i++) {
    const struct db_value *v = &values[table->keys[i]];
    buf_printf(&names, "%s%s", i ? ", " : "(", table->columns[table->keys[i]]);
    buf_text(&text, i ? ", " : "(");
    if (v->type == DB_I64)
      buf_i64(&text, v->i64);
    else if (v->type == DB_TEXT)
      buf_printf(&text, "'%.*s'", (int)(v->n > 80 ? 80 : v->n), (const char *)v->bytes);
  }
  buf_printf(&names, ") = %s)", buf_str(&text));
  return buf_str(&names);
}

/* PostgreSQL takes neither of these; leaving a byte out would change an order in silence. */
static enum err demand_text(struct copy *c, const struct transfer_table *table, const struct db_value *values)
{
  for (size_t i = 0; i < table->n; i++) {
    const struct db_value *v = &values[i];
    if (v->type != DB_TEXT || v->n == 0)
      continue;
    bool zero = memchr(v->bytes, 0, v->n) != NULL;
    if (zero || !utf8_valid(v->bytes, v->n))
      return transfer_refuse(c->t,
                             "table %s, row %s: column %s holds %s, which PostgreSQL cannot hold; mend that row in "
                             "the source and go on with --resume",
                             table->name, key_shown(c->t->arena, table, values), table->columns[i],
                             zero ? "a zero byte" : "a text that is not UTF-8");
  }
  return ERR_OK;
}

/* A statement of one row for each of the last few, or all in one when they are as many as it takes. */
static enum err write_waiting(struct copy *c, const struct transfer_table *table)
{
  size_t n = c->waiting;
  c->waiting = 0;
  if (n == table->many)
    TRY(db_run(c->t->to, &table->insert_many, NULL, c->values, n * table->n));
  else
    for (size_t row = 0; row < n; row++)
      TRY(db_run(c->t->to, &table->insert, NULL, c->values + row * table->n, table->n));
  arena_reset(c->gather);
  c->values = NULL;
  return ERR_OK;
}

static void gather(struct copy *c, const struct transfer_table *table, const struct db_value *values)
{
  if (!c->values)
    c->values = ARENA_ARRAY(c->gather, struct db_value, table->n * table->many);
  struct db_value *to = c->values + c->waiting++ * table->n;
  for (size_t i = 0; i < table->n; i++) {
    to[i] = values[i];
    if (to[i].type == DB_TEXT)
      to[i].bytes = arena_textn(c->gather, values[i].bytes, values[i].n);
    else if (to[i].type == DB_BYTES)
      to[i].bytes = arena_copy(c->gather, values[i].bytes, values[i].n);
  }
}

static enum err copy_row(void *arg, const struct transfer_table *table, const struct db_value *values)
{
  struct copy *c = arg;
  if (c->picky)
    TRY(demand_text(c, table, values));
  if (table->many == 1)
    return db_run(c->t->to, &table->insert, NULL, values, table->n);
  gather(c, table, values);
  return c->waiting == table->many ? write_waiting(c, table) : ERR_OK;
}

static enum err note_progress(struct copy *c, const struct transfer_reading *r, int64_t copied)
{
  static const struct db_stmt note = {
      "UPDATE copy_progress SET place = $2, copied = copied + $3, done = $4 WHERE table_name = $1", DB_SCHEMA};
  const char *place = r->end ? "" : transfer_place_hex(r->place, c->gather);
  return db_run(c->t->to, &note, NULL, DB_ARGS(TEXT(r->table->name), TEXT(place), I64(copied), I64(r->end)));
}

/* One transaction of the target. */
static enum err copy_step(struct copy *c, void *arg)
{
  struct transfer_reading *r = arg;
  int64_t rows = 0, bytes = 0;
  while (!r->end && rows < TRANSFER_BATCH_ROWS && bytes < TRANSFER_BATCH_BYTES) {
    TRY(transfer_read_batch(r));
    TRY(write_waiting(c, r->table));
    rows += r->rows;
    bytes += r->bytes;
  }
  c->progress.table_rows += rows;
  c->progress.rows += rows;
  TRY(note_progress(c, r, rows));
  arena_reset(c->gather);
  return ERR_OK;
}

static void tell(struct copy *c, bool table_done)
{
  c->progress.table_done = table_done;
  if (c->t->teller.tell)
    c->t->teller.tell(c->t->teller.arg, &c->progress);
}

/* A broken row's sentence names its table: statements of a copy look all alike. */
static enum err name_table(struct transfer *t, const struct transfer_table *table, enum err err)
{
  if (err != ERR_OK && err != ERR_STATE && t->fault->detail)
    t->fault->detail = arena_printf(t->arena, "table %s: %s", table->name, t->fault->detail);
  return err;
}

static enum err copy_table(struct copy *c, const struct transfer_table *table, struct transfer_place *place, bool done)
{
  struct transfer_reading r = {
      .db = c->t->from, .table = table, .place = place, .row = copy_row, .arg = c, .end = done};
  while (!r.end) {
    TRY(name_table(c->t, table, in_transaction(c->t, copy_step, c, &r)));
    if (!r.end)
      tell(c, false);
  }
  tell(c, true);
  return ERR_OK;
}

/* Where an earlier run stopped; a table that this target's progress does not know is an error of the schema. */
static enum err take_up(struct copy *c, const struct transfer_table *table, struct transfer_place *place,
                        bool *out_done)
{
  static const struct db_stmt where = {"SELECT place, copied, done FROM copy_progress WHERE table_name = $1",
                                       DB_SCHEMA};
  struct db_rows rows;
  const char *hex = NULL;
  TRY(db_query(c->t->to, &where, &rows, DB_ARGS(TEXT(table->name))));
  if (db_next(&rows)) {
    hex = db_text(&rows, 0);
    c->progress.table_rows = db_i64(&rows, 1);
    *out_done = db_i64(&rows, 2) == 1;
  }
  TRY(db_done(&rows));
  if (!hex || !transfer_place_set(place, table, hex))
    return transfer_refuse(
        c->t, "the target's notes on how far table %s is copied cannot be read: begin with a fresh one", table->name);
  c->progress.rows += c->progress.table_rows;
  return ERR_OK;
}

static enum err count_rows(struct copy *c)
{
  EACH (const struct transfer_table, table, &c->plan->tables) {
    int64_t n = 0;
    TRY(db_one_i64(c->t->from, &table->count, &n, DB_NO_ARGS));
    c->progress.total += n;
  }
  return ERR_OK;
}

static enum err copy_tables(struct copy *c)
{
  TRY(count_rows(c));
  EACH (const struct transfer_table, table, &c->plan->tables) {
    struct transfer_place place;
    bool done = false;
    c->progress.table = table->name;
    c->progress.table_rows = 0;
    transfer_place_init(&place);
    enum err err = take_up(c, table, &place, &done);
    if (err == ERR_OK)
      err = copy_table(c, table, &place, done);
    transfer_place_done(&place);
    TRY(err);
  }
  return ERR_OK;
}

/* ---- The whole ---- */

/* Its planner has no figures of what came in one go. */
static enum err gather_statistics(struct db *db)
{
  static const struct db_stmt analyze = {"ANALYZE", DB_SCHEMA};
  return db_engine(db) == DB_POSTGRES ? db_run(db, &analyze, NULL, DB_NO_ARGS) : ERR_OK;
}

static enum err fill(struct copy *c, enum target target, struct transfer_result *out)
{
  if (target == TARGET_FRESH)
    TRY(in_transaction(c->t, begin_step, c, NULL));
  if (target != TARGET_FULL)
    TRY(copy_tables(c));
  return transfer_compare_by(c->t, c->plan, out);
}

/* All reading of the source in one view. */
static enum err fill_in_one_view(struct transfer *t, struct copy *c, enum target target, struct stillness *before,
                                 struct transfer_result *out)
{
  struct transfer_plan *plan = ARENA_NEW(t->arena, struct transfer_plan);
  if (t->stopped)
    TRY(demand_stopped(t, before));
  TRY(transfer_plan(t, plan));
  c->plan = plan;
  return fill(c, target, out);
}

enum err transfer_copy(struct transfer *t, struct transfer_result *out)
{
  struct stillness before = {0};
  enum target target = TARGET_FRESH;
  struct copy c = {.t = t, .picky = db_engine(t->to) == DB_POSTGRES, .progress.phase = TRANSFER_COPYING};
  *out = (struct transfer_result){0};
  db_use(t->from, t->fault, t->arena);
  db_use(t->to, t->fault, t->arena);
  TRY(look_at_target(t, &target));
  TRY(db_read_begin(t->from));
  c.gather = arena_new(TRANSFER_MEMORY);
  enum err err = fill_in_one_view(t, &c, target, &before, out);
  arena_free(c.gather);
  db_read_end(t->from);
  TRY(err);
  if (t->stopped)
    TRY(demand_untouched(t, &before));
  if (target == TARGET_FULL)
    return ERR_OK;
  TRY(in_transaction(t, end_step, &c, NULL));
  return gather_statistics(t->to);
}
