/* One transaction of a lane: what is read again at its beginning, what is written at its end, and what became of it when the
 * connection was lost before the server had answered. */
#include "acts_priv.h"

#include <time.h>

enum {
  LEASE_MARGIN_MS = 10 * 1000,
  SWEEP_EVERY = 1000, /* transactions between two deletions of old marks */
  FATE_MS = 8 * 1000, /* within the lease's margin, and within the time an answer may take */
};

static int64_t microseconds(void)
{
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void pause_ms(int64_t ms)
{
  struct timespec ts = {.tv_sec = ms / SECOND_MS, .tv_nsec = ms % SECOND_MS * 1000000};
  nanosleep(&ts, NULL);
}

/* ---- Beginning ---- */

static enum err take_node(struct transaction *t)
{
  struct ids *ids = &t->lane->ids;
  int64_t floor_ms;
  TRY(lease_take(&t->cx, &t->lease, &floor_ms));
  ids_init(ids, t->lease.node, floor_ms, ids->random);
  return ERR_OK;
}

/* What is kept between transactions and another process may have moved. */
static enum err refresh(struct lane *l, struct ctx *cx)
{
  static const char seen;
  if (!l->shared) {
    numbers_forget(l->numbers);
    TRY(feed_head_load(cx, &l->head));
  }
  TRY(ctx_masters_refresh(cx));
  void **slot = db_memo_slot(l->db, &seen); /* emptied with the memo, when masters have moved */
  if (l->shared && !*slot) {
    TRY(numbers_refresh(cx));
    *db_memo_slot(l->db, &seen) = l;
  }
  return ERR_OK;
}

static void transaction_init(struct lane *l, struct transaction *t)
{
  arena_reset(l->arena);
  *t = (struct transaction){.lane = l, .feed.arena = l->arena};
  ctx_init(&t->cx, l->arena, l->db, writer_now(l->w));
  t->batch = (struct batch){.feed = &t->feed, .numbers = l->numbers, .arena = l->arena};
  t->cx.batch = &t->batch;
  t->cx.ids = &l->ids;
  t->head = l->head;
  t->lease = l->lease;
}

static enum err open_transaction(struct lane *l, struct transaction *t)
{
  transaction_init(l, t);
  TRY(db_begin(l->db));
  int64_t outside;
  TRY(db_outside_version(l->db, &outside));
  if (outside != l->outside_version) {
    TRY(refresh(l, &t->cx));
    l->outside_version = outside;
  }
  t->head = l->head;
  if (t->cx.now.ms > l->lease.until_ms - LEASE_MARGIN_MS) {
    enum err err = lease_renew(&t->cx, &t->lease, l->ids.ceiling_ms);
    if (err == ERR_NOT_FOUND)
      err = take_node(t);
    TRY(err);
  }
  return ERR_OK;
}

/* In a transaction of its own, or everybody would wait for the series' row until this batch is committed. */
static enum err top_up(struct lane *l, struct transaction *t, int64_t draws)
{
  TRY(open_transaction(l, t));
  TRY(numbers_top_up(&t->cx, draws));
  TRY(transaction_commit(t));
  return ERR_OK;
}

enum err transaction_begin(struct lane *l, struct transaction *t, int64_t draws)
{
  if (numbers_short(l->numbers, draws))
    TRY(top_up(l, t, draws));
  return open_transaction(l, t);
}

/* ---- Ending ---- */

/* The transaction's row of writer_commit; those of an hour ago, which nobody asks for any more, go now and then. */
static enum err leave_mark(struct transaction *t, int64_t n)
{
  static const struct db_stmt mark = {"INSERT INTO writer_commit (node, n, voided) VALUES ($1, $2, 0)", DB_KEYED};
  static const struct db_stmt sweep = {"DELETE FROM writer_commit WHERE node = $1 AND n < $2", DB_KEYED};
  struct lane *l = t->lane;
  TRY(db_run(l->db, &mark, NULL, DB_ARGS(I64(t->lease.node), I64(n))));
  if (++l->marks % SWEEP_EVERY == 0)
    TRY(db_run(l->db, &sweep, NULL, DB_ARGS(I64(t->lease.node), I64(n - (HOUR_MS << IDS_MS_SHIFT)))));
  return ERR_OK;
}

static enum err seal(struct transaction *t, int64_t *out_n)
{
  struct lane *l = t->lane;
  *out_n = 0;
  TRY(batch_flush(&t->cx));
  if (l->shared && !t->releases) {
    *out_n = ids_next(&l->ids, t->cx.now, 0);
    TRY(events_hand_over(&t->cx, &t->feed, t->lease.node, *out_n));
    TRY(leave_mark(t, *out_n));
  } else if (!l->shared) {
    TRY(events_seal(&t->cx, &t->feed, &t->head));
  }
  TRY(numbers_flush(&t->cx));
  if (t->batch.masters_written)
    TRY(masters_moved(&t->cx));
  if (l->ids.ceiling_ms > t->lease.high_water_ms && !t->releases)
    TRY(lease_renew(&t->cx, &t->lease, l->ids.ceiling_ms));
  return db_flush(l->db);
}

static void settle(struct transaction *t, int64_t took)
{
  struct lane *l = t->lane;
  struct writer *w = l->w;
  l->head = t->head;
  l->lease = t->lease;
  numbers_settle(l->numbers);
  pthread_mutex_lock(&w->lock);
  w->stats.batches++;
  w->stats.commit_us_sum += took;
  if (took > w->stats.commit_us_max)
    w->stats.commit_us_max = took;
  pthread_mutex_unlock(&w->lock);
}

/* Writes the mark of a transaction whose end is not known, as voided. *out_happened: it was committed. */
static enum err void_mark(struct transaction *t, int64_t n, bool *out_happened)
{
  static const struct db_stmt put = {
      "INSERT INTO writer_commit (node, n, voided) VALUES ($1, $2, 1) ON CONFLICT (node, n) DO NOTHING", DB_KEYED};
  static const struct db_stmt look = {"SELECT voided FROM writer_commit WHERE node = $1 AND n = $2", DB_KEYED};
  struct db *db = t->lane->db;
  int64_t rows = 0, voided = 1;
  TRY(db_begin(db));
  enum err err = db_run(db, &put, &rows, DB_ARGS(I64(t->lease.node), I64(n)));
  if (err == ERR_OK && rows == 0)
    err = db_one_i64(db, &look, &voided, DB_ARGS(I64(t->lease.node), I64(n)));
  *out_happened = voided == 0;
  if (err == ERR_OK)
    return db_commit(db);
  db_rollback(db);
  return err;
}

/* The connection was lost while the server was committing. */
static enum err find_out(struct transaction *t, int64_t n)
{
  struct fault f;
  int64_t begun = microseconds(), wait = 20;
  while (microseconds() - begun < (int64_t)FATE_MS * 1000) {
    bool happened = false;
    fault_init(&f, t->lane->arena);
    db_use(t->lane->db, &f, t->lane->arena);
    if (void_mark(t, n, &happened) == ERR_OK) {
      db_use(t->lane->db, &t->cx.fault, t->lane->arena);
      fault_clear(&t->cx.fault);
      return happened ? ERR_OK : err_fail(&t->cx, ERR_AWAY, "", "the connection was lost, and the transaction with it");
    }
    pause_ms(wait);
    wait = wait < 500 ? wait * 2 : 500;
  }
  db_use(t->lane->db, &t->cx.fault, t->lane->arena);
  return ERR_UNKNOWN; /* the fault is the commit's own */
}

enum err transaction_commit(struct transaction *t)
{
  struct lane *l = t->lane;
  int64_t n;
  db_use(l->db, &t->cx.fault, l->arena);
  TRY(seal(t, &n));
  int64_t begun = microseconds();
  enum err err = db_commit(l->db);
  if (err == ERR_UNKNOWN && l->shared && !t->releases)
    err = find_out(t, n);
  if (err == ERR_UNKNOWN)
    numbers_drop(l->numbers);
  TRY(err);
  settle(t, microseconds() - begun);
  return ERR_OK;
}

void transaction_abandon(struct transaction *t)
{
  struct lane *l = t->lane;
  db_use(l->db, &t->cx.fault, l->arena);
  db_rollback(l->db);
  batch_forget(&t->batch);
  numbers_forget(l->numbers);
  db_memo_clear(l->db);
  l->outside_version = ABSENT; /* read everything again */
}
