/* Bad disks: failing syncs, short writes, full disks and power cuts. What was acknowledged must be there afterwards,
 * and what is there must be whole transactions. */
#include "db_test_tools.h"

#include <string.h>
#include <sys/stat.h>

enum { ROWS = 12 }; /* of each transaction, about a page each */

static const struct db_stmt put = {"INSERT INTO ledger (act, n, content) VALUES ($1, $2, $3)", DB_KEYED};
static const struct db_stmt count_rows = {"SELECT count(*) FROM ledger", DB_REPORT};
static const struct db_stmt count_acts = {"SELECT count(*) FROM (SELECT act FROM ledger GROUP BY act)", DB_REPORT};
static const struct db_stmt last_act = {"SELECT coalesce(max(act), 0) FROM ledger", DB_REPORT};
static const struct db_stmt count_partial = {
    "SELECT count(*) FROM (SELECT act FROM ledger GROUP BY act HAVING count(*) <> 12)", DB_REPORT};

static struct scratch *bad_disk(struct test *t)
{
  SQLITE_ONLY("its files");
  db_fault_vfs_register();
  db_fault_vfs_replug();
  return scratch_new(t, "?vfs=ordo-fault");
}

static enum err write_rows(struct db *db, int64_t act)
{
  static unsigned char content[3800];
  memset(content, (int)act, sizeof content);
  for (int64_t n = 0; n < ROWS; n++)
    TRY(db_run(db, &put, NULL, DB_ARGS(I64(act), I64(n), BYTES(content, sizeof content))));
  return ERR_OK;
}

static enum err act(struct db *db, int64_t number)
{
  TRY(db_begin(db));
  enum err err = write_rows(db, number);
  if (err == ERR_OK)
    return db_commit(db);
  db_rollback(db);
  return err;
}

static void check_whole(struct db *db, int64_t at_least, int64_t at_most)
{
  static const struct db_stmt sound = {"SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'",
                                       DB_SCHEMA};
  int64_t last = number(db, &last_act);
  CHECK_INT(number(db, &sound), 1);
  CHECK_INT(number(db, &count_partial), 0);
  CHECK_INT(number(db, &count_acts), last);
  CHECK(last >= at_least);
  CHECK(last <= at_most);
}

TEST(a_failed_sync_poisons_and_nothing_more_is_acknowledged)
{
  struct scratch *s = bad_disk(t);
  struct db *db = open_writer(s);
  CHECK_OK(act(db, 1));
  db_fault_vfs_plan(&(struct db_fault_plan){.fail_sync_after = 1});
  CHECK_ERR(act(db, 2), ERR_STORAGE);
  CHECK(db_poisoned(db));
  CHECK(strstr(s->fault.detail, "the disk has failed"));
  CHECK_ERR(act(db, 3), ERR_STORAGE);        /* though this sync would not fail */
  CHECK_ERR(write_rows(db, 3), ERR_STORAGE); /* nor one by one */
  CHECK_INT(number(db, &last_act), 1);
  db_close(db);
  db_fault_vfs_replug();
  db = open_writer(s);
  check_whole(db, 1, 2);
  db_close(db);
}

TEST(a_failed_sync_of_a_checkpoint_poisons_too)
{
  struct scratch *s = bad_disk(t);
  struct db *db = open_writer(s);
  static const struct db_stmt fill = {"WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < 4100)"
                                      " INSERT INTO ledger (act, n, content) SELECT 0, n, zeroblob(3800) FROM k",
                                      DB_SCHEMA};
  CHECK_OK(db_begin(db));
  CHECK_OK(db_run(db, &fill, NULL, DB_NO_ARGS));
  db_fault_vfs_plan(&(struct db_fault_plan){.fail_sync_after = 3}); /* of the log, of the log again, of the database */
  CHECK_ERR(db_commit(db), ERR_STORAGE);
  CHECK(db_poisoned(db));
  CHECK(strstr(s->fault.detail, "checkpoint"));
  db_close(db);
  struct stat log;
  CHECK_INT(stat(arena_printf(t->arena, "%s-wal", s->path), &log), 0);
  CHECK(log.st_size > 0);
  db_fault_vfs_replug();
  db = open_writer(s);
  CHECK_INT(number(db, &count_rows), 4100); /* from the log, which closing left alone */
  db_close(db);
}

TEST(a_short_write_poisons_and_its_transaction_is_gone)
{
  for (int64_t n = 1; n <= 5; n++) {
    struct scratch *s = bad_disk(t);
    struct db *db = open_writer(s);
    CHECK_OK(act(db, 1));
    db_fault_vfs_plan(&(struct db_fault_plan){.fail_write_after = n});
    CHECK_ERR(act(db, 2), ERR_STORAGE);
    CHECK(db_poisoned(db));
    db_close(db);
    db_fault_vfs_replug();
    db = open_writer(s);
    check_whole(db, 1, 1);
    db_close(db);
  }
}

TEST(a_full_disk_rolls_back_and_work_goes_on_when_there_is_room)
{
  for (int64_t n = 1; n <= 5; n++) {
    struct scratch *s = bad_disk(t);
    struct db *db = open_writer(s), *reader = open_as(s, DB_READER);
    CHECK_OK(act(db, 1));
    db_fault_vfs_plan(&(struct db_fault_plan){.full_after = n});
    CHECK_ERR(act(db, 2), ERR_STORAGE);
    CHECK_ERR(act(db, 2), ERR_STORAGE);
    CHECK(strstr(s->fault.detail, "the disk is full"));
    CHECK(!db_poisoned(db));
    CHECK_INT(number(reader, &last_act), 1);
    CHECK_INT(number(db, &last_act), 1);
    db_fault_vfs_plan(&(struct db_fault_plan){0});
    CHECK_OK(act(db, 2));
    check_whole(db, 2, 2);
    db_close(reader);
    db_close(db);
  }
}

TEST(after_a_disk_filled_up_inside_a_transaction_nothing_is_written_one_by_one)
{
  static const struct db_stmt small_cache = {"PRAGMA cache_size = 5", DB_SCHEMA};
  struct scratch *s = bad_disk(t);
  struct db *db = open_writer(s);
  CHECK_OK(db_run(db, &small_cache, NULL, DB_NO_ARGS)); /* so that pages go to the log before the commit */
  db_fault_vfs_plan(&(struct db_fault_plan){.full_after = 1});
  CHECK_OK(db_begin(db));
  enum err err = ERR_OK;
  for (int64_t number = 1; number < 50 && err == ERR_OK; number++)
    err = write_rows(db, number);
  CHECK_ERR(err, ERR_STORAGE);
  db_fault_vfs_plan(&(struct db_fault_plan){0}); /* there is room again, but not for half a transaction */
  CHECK_ERR(write_rows(db, 60), ERR_STORAGE);
  CHECK_ERR(db_commit(db), ERR_STORAGE);
  CHECK_INT(number(db, &count_rows), 0);
  CHECK_OK(act(db, 1));
  check_whole(db, 1, 1);
  db_close(db);
}

/* One life: acts until the sync that comes after this many fails, with the power going at that moment. Returns the last
 * acknowledged act. */
static int64_t live_until_power_cut(struct scratch *s, const struct db_fault_plan *plan)
{
  struct db *db = open_writer(s);
  int64_t acknowledged = number(db, &last_act);
  db_fault_vfs_plan(plan);
  while (act(db, acknowledged + 1) == ERR_OK)
    acknowledged++;
  db_fault_vfs_power_cut();
  db_close(db);
  db_fault_vfs_replug();
  return acknowledged;
}

TEST(after_a_power_cut_a_prefix_with_all_acknowledged_acts_is_there)
{
  int64_t in_doubt = 0, lives = 0;
  for (uint64_t seed = 1; seed <= 30; seed++) {
    struct scratch *s = bad_disk(t);
    int64_t acknowledged = 0;
    for (uint64_t life = 0; life < 3; life++) {
      uint64_t lot = hash_mix(seed, life);
      struct db_fault_plan plan = {
          .lose_after = 1, .seed = seed % 3 ? lot : 0, .torn = seed % 2, .fail_sync_after = 1 + (int64_t)(lot % 20)};
      fault_clear(&s->fault);
      acknowledged = live_until_power_cut(s, &plan);
      struct db *db = open_as(s, DB_WRITER);
      check_whole(db, acknowledged, acknowledged + 1);
      in_doubt += number(db, &last_act) > acknowledged;
      lives++;
      db_close(db);
    }
  }
  CHECK(in_doubt > 0); /* the lots were mixed: some unacknowledged acts had reached the disk, others not */
  CHECK(in_doubt < lives);
}

TEST(a_power_cut_in_a_checkpoint_loses_nothing)
{
  static const struct db_stmt grow = {"WITH RECURSIVE k(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM k WHERE n < 4100)"
                                      " INSERT INTO ledger (act, n, content) SELECT -1, n, zeroblob(3800) FROM k",
                                      DB_SCHEMA};
  static const struct db_stmt forget = {"DELETE FROM ledger WHERE act < 0", DB_SCHEMA};
  for (uint64_t seed = 1; seed <= 6; seed++) {
    struct scratch *s = bad_disk(t);
    struct db *db = open_writer(s);
    CHECK_OK(act(db, 1));
    db_fault_vfs_plan(&(struct db_fault_plan){.lose_after = 1, .seed = seed, .fail_sync_after = 2 + (int64_t)seed % 2});
    CHECK_ERR(db_run(db, &grow, NULL, DB_NO_ARGS), ERR_STORAGE); /* committed, and the checkpoint after it fails */
    CHECK(db_poisoned(db));
    db_fault_vfs_power_cut();
    db_close(db);
    db_fault_vfs_replug();
    db = open_as(s, DB_WRITER);
    CHECK_INT(number(db, &count_rows), ROWS + 4100);
    CHECK_OK(db_run(db, &forget, NULL, DB_NO_ARGS));
    check_whole(db, 1, 1);
    db_close(db);
  }
}
