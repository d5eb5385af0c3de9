/* The loads of a batch side by side: each runs as a fiber, and when all of them wait for an answer, their questions go out
 * in one pipeline. Answers are remembered, with the number of writes there had been: an answer is good until one of the
 * transaction's own writes may have touched it. */
#include "db_pg_batch_priv.h"

#include <stdlib.h>
#include <string.h>

enum { WAVE = 64, STACK_BYTES = 512 << 10, BATCH_BUDGET = 512 << 20 };

struct pg_batch *pg_batch_new(void)
{
  struct pg_batch *b = calloc(1, sizeof *b);
  if (!b)
    abort();
  b->arena = arena_new(BATCH_BUDGET);
  return b;
}

static void forget_answers(struct pg_batch *b)
{
  for (size_t i = 0; i < ANSWER_CHAINS; i++)
    for (struct pg_answer *a = b->answers[i]; a; a = a->next)
      PQclear(a->result);
  memset(b->answers, 0, sizeof b->answers);
}

void pg_batch_free(struct pg_batch *b)
{
  if (!b)
    return;
  forget_answers(b);
  fiber_pool_free(b->pool);
  arena_free(b->arena);
  free(b);
}

void pg_batch_reset(struct db *db)
{
  struct pg_batch *b = pg_of(db)->batch;
  if (!b->used)
    return;
  forget_answers(b);
  pg_writes_forget(b);
  arena_reset(b->arena);
  b->deferring = b->used = false;
}

bool pg_batch_active(const struct db *db)
{
  const struct pg_batch *b = pg_of(db)->batch;
  return b && (b->together || b->used);
}

struct db_value *pg_values_copy(struct arena *a, const struct db_value *args, size_t n)
{
  struct db_value *out = ARENA_ARRAY(a, struct db_value, n ? n : 1);
  for (size_t i = 0; i < n; i++) {
    out[i] = args[i];
    if (args[i].type == DB_TEXT)
      out[i].bytes = arena_textn(a, args[i].bytes, args[i].n);
    else if (args[i].type == DB_BYTES && args[i].n)
      out[i].bytes = arena_copy(a, args[i].bytes, args[i].n);
  }
  return out;
}

bool pg_value_same(const struct db_value *a, const struct db_value *b)
{
  if (a->type != b->type)
    return false;
  if (a->type == DB_I64)
    return a->i64 == b->i64;
  return a->type == DB_NULL || (a->n == b->n && memcmp(a->bytes, b->bytes, a->n) == 0);
}

/* ---- Answers ---- */

static uint64_t hash_question(const struct pg_statement *s, const struct db_value *args, size_t n)
{
  uint64_t h = hash_mix((uint64_t)(uintptr_t)s, n);
  for (size_t i = 0; i < n; i++) {
    uint64_t v = args[i].type == DB_I64                               ? (uint64_t)args[i].i64
                 : args[i].type == DB_TEXT || args[i].type == DB_BYTES ? hash_bytes(args[i].bytes, args[i].n)
                                                                       : 0;
    h = hash_mix(h, v);
  }
  return h;
}

static bool same_question(const struct pg_answer *a, const struct pg_statement *s, const struct db_value *args, size_t n)
{
  if (a->s != s || a->n != n)
    return false;
  for (size_t i = 0; i < n; i++)
    if (!pg_value_same(&a->args[i], &args[i]))
      return false;
  return true;
}

static struct pg_answer *find_answer(struct pg_batch *b, uint64_t hash, const struct pg_statement *s,
                                     const struct db_value *args, size_t n)
{
  for (struct pg_answer *a = b->answers[hash % ANSWER_CHAINS]; a; a = a->next)
    if (a->hash == hash && same_question(a, s, args, n))
      return a;
  return NULL;
}

static struct pg_answer *add_answer(struct pg_batch *b, uint64_t hash, struct pg_statement *s,
                                    const struct db_value *args, size_t n)
{
  struct pg_answer *a = ARENA_NEW(b->arena, struct pg_answer);
  *a = (struct pg_answer){.hash = hash, .s = s, .args = pg_values_copy(b->arena, args, n), .n = n};
  a->next = b->answers[hash % ANSWER_CHAINS];
  b->answers[hash % ANSWER_CHAINS] = a;
  return a;
}

/* ---- Side by side ---- */

/* Functions that somebody wants to run side by side: the batch's loads, and what one of them divides itself into. */
struct group {
  void (*fn)(void *arg, size_t i);
  void *arg;
  size_t n, begun, ended;
  struct fault *fault; /* of who asked */
  struct arena *arena, *home;
  struct group *outer;
};

/* One of them, with what the connection lends to whoever uses it. */
struct load {
  struct fiber *fiber; /* NULL = the place is free */
  struct group *group;
  size_t i;
  struct fault *fault;
  struct arena *arena, *home;
  struct db_prepared *open_rows;
};

struct together {
  struct group *groups; /* those with functions that have not begun, the innermost first */
  struct load loads[WAVE];
  size_t waiting_groups; /* loads that wait for a group of theirs and so hold a place without a question */
};

static void load_main(void *arg)
{
  struct load *l = arg;
  l->group->fn(l->group->arg, l->i);
}

static void swap_in(struct db *db, const struct load *l)
{
  db->fault = l->fault;
  db->arena = l->arena;
  db->home = l->home;
  db->open_rows = l->open_rows;
}

static void run_load(struct db *db, struct load *l)
{
  struct load home = {.fault = db->fault, .arena = db->arena, .home = db->home, .open_rows = db->open_rows};
  struct group *group = l->group;
  swap_in(db, l);
  bool waits = fiber_resume(l->fiber);
  *l = (struct load){waits ? l->fiber : NULL, group, l->i, db->fault, db->arena, db->home, db->open_rows};
  swap_in(db, &home);
  if (!waits)
    group->ended++;
}

/* The next function of the innermost group; false when all have begun. */
static bool begin_load(struct db *db, struct together *t, struct load *l)
{
  struct group *g = t->groups;
  if (!g)
    return false;
  *l = (struct load){.group = g, .i = g->begun++, .fault = g->fault, .arena = g->arena, .home = g->home};
  l->fiber = fiber_new(pg_of(db)->batch->pool, load_main, l);
  if (g->begun == g->n)
    t->groups = g->outer;
  return true;
}

/* Fills the free places with what has not begun, and lets everybody run until he waits. True while somebody does. */
static bool run_loads(struct db *db, struct together *t)
{
  bool waiting = false;
  for (size_t place = 0; place < WAVE; place++) {
    struct load *l = &t->loads[place];
    if (l->fiber)
      run_load(db, l);
    while (!l->fiber && begin_load(db, t, l))
      run_load(db, l);
    waiting |= l->fiber != NULL;
  }
  return waiting;
}

static void answer_error(struct pg_batch *b, struct pg_answer *a, enum err err, const char *detail)
{
  a->err = err;
  a->detail = arena_text(b->arena, detail ? detail : err_info(err)->title);
}

/* Whatever the questions meet goes to a fault of its own: the one who asked is told when he goes on. */
static void send_questions(struct db *db, struct fault *f)
{
  struct pg_batch *b = pg_of(db)->batch;
  PGconn *conn = pg_of(db)->conn;
  for (struct pg_answer *a = b->questions; a; a = a->next_question) {
    enum err err = pg_of(db)->failed ? ERR_RETRY : pg_ready(db, a->s);
    if (err != ERR_OK)
      answer_error(b, a, err, f->detail);
  }
  if (pg_of(db)->failed || !PQenterPipelineMode(conn))
    return;
  for (struct pg_answer *a = b->questions; a; a = a->next_question)
    a->sent = a->err == ERR_OK && pg_send(db, a->s, a->args, a->n);
  PQpipelineSync(conn);
  for (struct pg_answer *a = b->questions; a; a = a->next_question) {
    if (!a->sent)
      continue;
    a->result = PQgetResult(conn);
    ExecStatusType status = PQresultStatus(a->result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
      enum err err = status == PGRES_PIPELINE_ABORTED ? ERR_RETRY : pg_fail(db, a->result, a->s->text);
      answer_error(b, a, err, f->detail);
      PQclear(a->result);
      a->result = NULL;
    }
    if (status != PGRES_FATAL_ERROR || !pg_lost(db))
      PQclear(PQgetResult(conn)); /* the NULL that ends it */
  }
  pg_end_pipeline(db);
}

void pg_end_pipeline(struct db *db)
{
  PGconn *conn = pg_of(db)->conn;
  for (int nothing = 0; nothing < 2 && !pg_lost(db);) {
    PGresult *r = PQgetResult(conn);
    bool synced = PQresultStatus(r) == PGRES_PIPELINE_SYNC;
    nothing = r ? 0 : nothing + 1;
    PQclear(r);
    if (synced)
      break;
  }
  if (!pg_lost(db))
    PQexitPipelineMode(conn);
}

static void answer_questions(struct db *db)
{
  struct pg_batch *b = pg_of(db)->batch;
  struct fault f, *asker = db->fault;
  fault_init(&f, b->arena);
  db->fault = &f;
  send_questions(db, &f);
  db->fault = asker;
  for (struct pg_answer *a = b->questions; a; a = a->next_question) {
    a->pending = false;
    if (a->err == ERR_OK && !a->result)
      answer_error(b, a, pg_lost(db) ? ERR_AWAY : ERR_RETRY, f.detail);
  }
  b->questions = NULL;
}

/* Inside one of the functions: its parts run in the free places. A place is always left for them. */
static void divide(struct db *db, struct together *t, struct group *g)
{
  struct pg_batch *b = pg_of(db)->batch;
  if (t->waiting_groups + 1 >= WAVE) {
    struct load self = {.fault = db->fault, .arena = db->arena, .home = db->home, .open_rows = db->open_rows};
    db->open_rows = NULL;
    for (size_t i = 0; i < g->n; i++) /* one after the other, as a part of its own */
      g->fn(g->arg, i);
    swap_in(db, &self);
    return;
  }
  g->outer = t->groups;
  t->groups = g;
  t->waiting_groups++;
  while (g->ended < g->n)
    fiber_yield(b->pool);
  t->waiting_groups--;
}

void pg_together(struct db *db, size_t n, void (*fn)(void *arg, size_t i), void *arg)
{
  if (n == 0 || !db->in_transaction)
    return;
  if (!pg_of(db)->batch)
    pg_of(db)->batch = pg_batch_new();
  struct pg_batch *b = pg_of(db)->batch;
  if (b->deferring)
    return;
  struct group g = {.fn = fn, .arg = arg, .n = n, .fault = db->fault, .arena = db->arena, .home = db->home};
  if (b->together) {
    divide(db, b->together, &g);
    return;
  }
  if (!b->pool)
    b->pool = fiber_pool_new(STACK_BYTES);
  struct together t = {.groups = &g};
  b->together = &t;
  b->used = true;
  while (run_loads(db, &t))
    if (b->questions)
      answer_questions(db);
  b->together = NULL;
}

/* ---- A question in a batch ---- */

static enum err answer_of(struct db *db, struct pg_answer *a, struct pg_cursor **out)
{
  if (a->err != ERR_OK)
    return db_fail(db, a->err, "%s", a->detail);
  *out = pg_cursor_new(db, a->s, a->result, true);
  return ERR_OK;
}

/* In a fiber: one of several who may wait for the same. */
static enum err ask_together(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n,
                             struct pg_cursor **out)
{
  struct pg_batch *b = pg_of(db)->batch;
  uint64_t hash = hash_question(s, args, n);
  struct pg_answer *a = db->for_itself ? NULL : find_answer(b, hash, s, args, n);
  db->for_itself = false; /* whoever runs next has not asked for that */
  if (!a) {
    a = add_answer(b, hash, s, args, n);
    a->pending = true;
    a->next_question = b->questions;
    b->questions = a;
  }
  while (a->pending)
    fiber_yield(b->pool);
  TRY(answer_of(db, a, out));
  (*out)->head.waited = true;
  return ERR_OK;
}

/* A memo is filled from one question to the next, and nobody else may come between. */
static bool fills_memo(const struct db *db)
{
  return db->arena != db->home;
}

static enum err ask_alone(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n,
                          struct pg_cursor **out)
{
  PGresult *r = NULL;
  TRY(pg_ask(db, s, args, n, &r));
  *out = pg_cursor_new(db, s, r, false);
  return ERR_OK;
}

enum err pg_batch_query(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n,
                        struct pg_cursor **out)
{
  struct pg_batch *b = pg_of(db)->batch;
  if (b->together)
    return fills_memo(db) ? ask_alone(db, s, args, n, out) : ask_together(db, s, args, n, out);
  const struct pg_touch *touch = pg_touch_of(db, s);
  if (touch->writes) { /* RETURNING */
    TRY(pg_flush(db));
    pg_write_note(db, s, args, n);
    return ask_alone(db, s, args, n, out);
  }
  uint64_t hash = hash_question(s, args, n);
  struct pg_answer *a = find_answer(b, hash, s, args, n);
  int64_t touched = pg_touched_at(db, touch, args);
  if (a && a->err == ERR_OK && touched <= a->asked_at && !db->anew) {
    db->remembered = true;
    return answer_of(db, a, out);
  }
  db->asked_anew = true;
  if (touched > b->flushed_at)
    TRY(pg_flush(db));
  if (fills_memo(db))
    return ask_alone(db, s, args, n, out);
  PGresult *r = NULL;
  TRY(pg_ask(db, s, args, n, &r));
  a = add_answer(b, hash, s, args, n); /* the newest is found first */
  a->result = r;
  a->asked_at = b->written;
  return answer_of(db, a, out);
}
