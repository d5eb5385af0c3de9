/* Numberers of several processes on one database, beside transactions that hand their events over. */
#include "acts.h"
#include "scratch.h"

#include <stdatomic.h>
#include <time.h>

enum { PATIENCE_MS = 20000, NODES = 3 };

struct place {
  const char *url;
  struct ctx cx;
  struct batch batch;
  struct feed_batch feed;
  int64_t n, versions[NODES];
};

struct process {
  struct numberer *numberer;
  char owner[8];
  atomic_llong seq; /* as it was told */
  atomic_int troubles;
};

static void place_end(void *arg)
{
  db_close(((struct place *)arg)->cx.db);
}

static struct place *a_place(struct test *t)
{
  struct place *p = ARENA_NEW(t->arena, struct place);
  struct fault f;
  struct db *db = NULL;
  fault_init(&f, t->arena);
  p->url = scratch_database(t);
  CHECK_OK(db_open(p->url, DB_WRITER, &f, &db));
  ctx_init(&p->cx, t->arena, db, clock_real.now(NULL));
  p->feed.arena = t->arena;
  p->batch.feed = &p->feed;
  p->cx.batch = &p->batch;
  arena_defer(t->arena, place_end, p);
  return p;
}

static void on_sealed(void *arg, int64_t seq)
{
  atomic_store(&((struct process *)arg)->seq, seq);
}

static void on_trouble(void *arg, enum err err, const char *detail)
{
  (void)err, (void)detail;
  atomic_fetch_add(&((struct process *)arg)->troubles, 1);
}

static void process_end(void *arg)
{
  struct process *p = arg;
  numberer_stop(p->numberer);
  p->numberer = NULL;
}

static struct process *a_process(struct place *place, char name)
{
  struct process *p = ARENA_NEW(place->cx.arena, struct process);
  p->owner[0] = name;
  struct numberer_config config = {.url = place->url,
                                   .clock = clock_real,
                                   .owner = p->owner,
                                   .on_sealed = on_sealed,
                                   .on_trouble = on_trouble,
                                   .arg = p};
  CHECK_OK(numberer_start(&config, &place->cx.fault, &p->numberer));
  arena_defer(place->cx.arena, process_end, p);
  return p;
}

/* A transaction of one of some nodes about all subjects, so that each of them moves from node to node. Three events. */
static void tell(struct place *p)
{
  struct ctx *cx = &p->cx;
  int64_t node = p->n % NODES;
  enum err err;
  do { /* SQLite lets one write at a time */
    err = db_begin(cx->db);
  } while (err == ERR_RETRY);
  CHECK_OK(err);
  p->feed.events.n = 0;
  p->n++;
  for (int64_t s = 0; s < NODES; s++) {
    cx->event_ordinal = 0;
    CHECK_OK(event_emit(cx, &(struct event_draft){.topic = "test.told",
                                                  .subject_kind = "test",
                                                  .subject_prefix = "ord",
                                                  .bucket = s,
                                                  .subject_id = 1 + s,
                                                  .version = ++p->versions[s]}));
  }
  cx->now.ms = clock_real.now(NULL).ms - node * HOUR_MS; /* their clocks differ */
  CHECK_OK(events_hand_over(cx, &p->feed, node, p->n));
  CHECK_OK(db_commit(cx->db));
}

static void pause_ms(int64_t ms)
{
  nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000}, NULL);
}

static bool comes_to(const struct process *p, int64_t seq)
{
  for (int64_t ms = 0; ms < PATIENCE_MS && atomic_load(&p->seq) < seq; ms += 10)
    pause_ms(10);
  return atomic_load(&p->seq) == seq;
}

/* One chain over all events, each subject in its order. */
static void check_feed(struct place *p, int64_t seq)
{
  static const struct db_stmt backwards = {
      "SELECT count(*) FROM feed a JOIN feed b ON b.subject_id = a.subject_id AND b.n > a.n AND b.seq < a.seq"
      " AND b.feed_group = a.feed_group AND b.event_bucket = a.event_bucket",
      DB_REPORT};
  struct feed_account account;
  int64_t last, bad, n = -1;
  CHECK_OK(feed_verify(&p->cx, &last, &bad));
  CHECK_INT(bad, 0);
  CHECK_INT(last, seq);
  CHECK_OK(feed_account(&p->cx, &account));
  CHECK_INT(account.unnumbered, 0);
  CHECK_INT(account.waiting, 0);
  CHECK_INT(account.doubled, 0);
  CHECK_OK(db_one_i64(p->cx.db, &backwards, &n, DB_NO_ARGS));
  CHECK_INT(n, 0);
}

TEST(each_event_is_numbered_once_whoever_numbers)
{
  struct place *p = a_place(t);
  struct process *a = a_process(p, 'a'), *b = a_process(p, 'b');
  for (int i = 0; i < 40; i++) {
    tell(p);
    numberer_nudge(i % 2 ? a->numberer : b->numberer);
  }
  CHECK(comes_to(a, 120));
  CHECK(comes_to(b, 120)); /* one of them only watches */
  check_feed(p, 120);
}

TEST(another_numberer_goes_on_when_one_stops)
{
  struct place *p = a_place(t);
  struct process *a = a_process(p, 'a');
  tell(p);
  CHECK(comes_to(a, 3));
  struct process *b = a_process(p, 'b');
  tell(p);
  process_end(a); /* not before it has numbered what is committed */
  CHECK_INT(atomic_load(&a->seq), 6);
  tell(p);
  CHECK(comes_to(b, 9));
  check_feed(p, 9);
}

static void run(struct place *p, const struct db_stmt *stmt)
{
  enum err err;
  do {
    err = db_begin(p->cx.db);
  } while (err == ERR_RETRY);
  CHECK_OK(err);
  CHECK_OK(db_run(p->cx.db, stmt, NULL, DB_NO_ARGS));
  CHECK_OK(db_commit(p->cx.db));
}

/* Somebody took the lease while a believed to hold it. */
TEST(a_numberer_whose_lease_is_gone_numbers_nothing)
{
  static const struct db_stmt steal = {"UPDATE lease SET owner = 'thief', until = until + 3600000, epoch = epoch + 1 "
                                       "WHERE name = 'feed' AND group_no = 0",
                                       DB_KEYED};
  static const struct db_stmt give_back = {
      "UPDATE lease SET owner = '', until = 0, epoch = epoch + 1 WHERE name = 'feed' AND group_no = 0", DB_KEYED};
  static const struct db_stmt numbered = {"SELECT count(*) FROM feed", DB_REPORT};
  struct place *p = a_place(t);
  struct process *a = a_process(p, 'a');
  int64_t n = -1;
  tell(p);
  CHECK(comes_to(a, 3));
  run(p, &steal);
  tell(p);
  for (int i = 0; i < 30; i++) {
    numberer_nudge(a->numberer);
    pause_ms(10);
  }
  CHECK_OK(db_one_i64(p->cx.db, &numbered, &n, DB_NO_ARGS));
  CHECK_INT(n, 3);
  CHECK_INT(atomic_load(&a->troubles), 0); /* that is no trouble */
  run(p, &give_back);
  CHECK(comes_to(a, 6));
  check_feed(p, 6);
}
