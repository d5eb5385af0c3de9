/* From the engine under test to SQLite and the other way, with what is hard to carry; and with what goes wrong. */
#include "transfer.h"

#include "events.h"
#include "schema.h"
#include "scratch.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 20000 }; /* rows of one table: more than one transaction of the target */

/* ---- Databases ---- */

static struct db *open_db(struct test *t, const char *url, enum db_mode mode)
{
  struct db *db = NULL;
  struct fault *f = ARENA_NEW(t->arena, struct fault);
  fault_init(f, t->arena);
  enum err err = db_open(url, mode, f, &db);
  if (err != ERR_OK)
    test_failed(__FILE__, __LINE__, url, f->detail, "open");
  db_use(db, f, t->arena);
  return db;
}

static const char *new_file(struct test *t)
{
  return arena_printf(t->arena, "sqlite:%s/file.db", test_folder(t));
}

static const char *path_of(const char *url)
{
  return url + strlen("sqlite:");
}

static void run(struct test *t, struct db *db, const char *sql, const struct db_value *args, size_t n)
{
  struct db_stmt *stmt = ARENA_NEW(t->arena, struct db_stmt);
  bool schema = text_starts(sql, "CREATE") || text_starts(sql, "DROP");
  *stmt = (struct db_stmt){sql, schema ? DB_SCHEMA : DB_REPORT};
  CHECK_OK(db_run(db, stmt, NULL, args, n));
}

static void run_at(struct test *t, const char *url, const char *sql, const struct db_value *args, size_t n)
{
  struct db *db = open_db(t, url, DB_WRITER);
  run(t, db, sql, args, n);
  db_close(db);
}

static int64_t number_in(struct test *t, const char *url, const char *sql)
{
  struct db *db = open_db(t, url, DB_READER);
  struct db_stmt *stmt = ARENA_NEW(t->arena, struct db_stmt);
  int64_t out = ABSENT;
  *stmt = (struct db_stmt){sql, DB_REPORT};
  CHECK_OK(db_one_i64(db, stmt, &out, DB_NO_ARGS));
  db_close(db);
  return out;
}

/* A database of the engine under test, or an SQLite file, with the schema and nothing else. */
static const char *migrated_file(struct test *t)
{
  const char *url = new_file(t);
  struct db *db = open_db(t, url, DB_WRITER);
  CHECK_OK(schema_migrate(db));
  db_close(db);
  return url;
}

/* ---- What is hard to carry ---- */

static const char unusual[] = "\xe8\xae\xa2\xe5\x8d\x95 \xf0\x9f\x91\x97 caf\xc3\xa9 'it''s' \"so\"\\\n\t";

static const unsigned char *all_bytes(void)
{
  static unsigned char bytes[256];
  for (int i = 0; i < 256; i++)
    bytes[i] = (unsigned char)i;
  return bytes;
}

static void fill_unusual(struct test *t, struct db *db)
{
  run(t, db, "INSERT INTO setting (setting_key, setting_value) VALUES ($1, $2)",
      DB_ARGS(TEXT("unusual"), TEXT(unusual)));
  run(t, db, "INSERT INTO setting (setting_key, setting_value) VALUES ($1, $2)", DB_ARGS(TEXT(unusual), TEXT("")));
  run(t, db,
      "INSERT INTO idempotency (bucket, actor_id, idempotency_key, request_hash, status, location, version, body,"
      " created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      DB_ARGS(I64(1023), I64(INT64_MAX), TEXT(unusual), TEXT(""), I64(0), TEXT(NULL), I64_OR_NULL(ABSENT), TEXT("{}"),
              I64(INT64_MIN), I64(-1)));
  run(t, db, "INSERT INTO feed (feed_group, seq, event_bucket, subject_id, n, hash) VALUES ($1, $2, $3, $4, $5, $6)",
      DB_ARGS(I64(0), I64(1), I64(0), I64(7), I64(256), BYTES(all_bytes(), 256)));
  run(t, db, "INSERT INTO feed (feed_group, seq, event_bucket, subject_id, n, hash) VALUES ($1, $2, $3, $4, $5, $6)",
      DB_ARGS(I64(0), I64(2), I64(0), I64(7), I64(257), BYTES("", 0)));
  run(t, db, "INSERT INTO consumer (name, feed_seq, updated_at) VALUES ($1, $2, $3)",
      DB_ARGS(TEXT("search"), I64(2), I64(1)));
}

static void check_unusual(struct test *t, const char *url)
{
  struct db *db = open_db(t, url, DB_READER);
  static const struct db_stmt reply = {
      "SELECT actor_id, idempotency_key, location, version, created_at FROM idempotency WHERE bucket = $1", DB_KEYED};
  static const struct db_stmt hash = {"SELECT hash FROM feed WHERE feed_group = 0 AND seq = $1", DB_KEYED};
  struct db_rows rows;
  size_t n;
  CHECK_OK(db_query(db, &reply, &rows, DB_ARGS(I64(1023))));
  CHECK(db_next(&rows));
  CHECK(db_i64(&rows, 0) == INT64_MAX);
  CHECK_TEXT(db_text(&rows, 1), unusual);
  CHECK_INT(db_value_at(&rows, 2).type, DB_NULL);
  CHECK_INT(db_value_at(&rows, 3).type, DB_NULL);
  CHECK_INT(db_value_at(&rows, 4).type, DB_I64);
  CHECK(db_value_at(&rows, 4).i64 == INT64_MIN);
  CHECK_OK(db_done(&rows));
  CHECK_OK(db_query(db, &hash, &rows, DB_ARGS(I64(1))));
  CHECK(db_next(&rows));
  const void *bytes = db_bytes(&rows, 0, &n);
  CHECK_INT(n, 256);
  CHECK(memcmp(bytes, all_bytes(), 256) == 0);
  CHECK_OK(db_done(&rows));
  CHECK_OK(db_query(db, &hash, &rows, DB_ARGS(I64(2))));
  CHECK(db_next(&rows));
  CHECK_INT(db_value_at(&rows, 0).type, DB_BYTES);
  CHECK_INT(db_value_at(&rows, 0).n, 0);
  CHECK_OK(db_done(&rows));
  db_close(db);
}

/* MANY search terms, of subjects 0, 1, 2 ..., each in the bucket of its low bits. */
static void fill_many(struct test *t, struct db *db)
{
#define DIGITS                                                                                                         \
  "(SELECT 0 AS n UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5"      \
  " UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9)"
#define NUMBER "(10000 * e.n + 1000 * d.n + 100 * c.n + 10 * b.n + a.n)"
  run(t, db,
      "INSERT INTO search_term (term, kind, subject_id, bucket) SELECT 'word', 'order', " NUMBER ", (" NUMBER " & 1023)"
      " FROM " DIGITS " a, " DIGITS " b, " DIGITS " c, " DIGITS " d, " DIGITS " e WHERE e.n < 2",
      DB_NO_ARGS);
#undef NUMBER
#undef DIGITS
}

static const char *filled(struct test *t, const char *url)
{
  struct db *db = open_db(t, url, DB_WRITER);
  fill_unusual(t, db);
  fill_many(t, db);
  db_close(db);
  return url;
}

/* ---- Copies ---- */

struct outcome {
  struct transfer_result result;
  struct fault fault;
};

static enum err transfer_between(struct test *t, const char *from, const char *to, struct transfer with,
                                 enum err (*fn)(struct transfer *, struct transfer_result *), struct outcome *out)
{
  struct arena *a = arena_new((size_t)1 << 30);
  *out = (struct outcome){0};
  fault_init(&out->fault, t->arena);
  with.arena = a;
  with.fault = &out->fault;
  with.now = INSTANT(1000000);
  with.from = open_db(t, from, DB_READER);
  with.to = open_db(t, to, DB_WRITER);
  enum err err = fn(&with, &out->result);
  out->fault.detail = arena_text(t->arena, out->fault.detail);
  for (size_t i = 0; i < out->result.differences.n; i++)
    out->result.differences.at[i] = arena_text(t->arena, out->result.differences.at[i]);
  out->result.differences.at = out->result.differences.n ? arena_copy(t->arena, out->result.differences.at,
                                                                      out->result.differences.n * sizeof(char *))
                                                         : NULL;
  db_close(with.from);
  db_close(with.to);
  arena_free(a);
  return err;
}

static void copy(struct test *t, const char *from, const char *to, struct outcome *out)
{
  enum err err = transfer_between(t, from, to, (struct transfer){.stopped = true}, transfer_copy, out);
  if (err != ERR_OK)
    test_failed(__FILE__, __LINE__, "transfer_copy", out->fault.detail, "ok");
}

static void refuses(enum err got, const struct outcome *out, const char *says)
{
  CHECK_ERR(got, ERR_STATE);
  CHECK(out->fault.detail);
  if (!strstr(out->fault.detail, says))
    test_failed(__FILE__, __LINE__, "the refusal", out->fault.detail, says);
}

TEST(every_value_comes_over_to_the_other_engine_and_back)
{
  const char *first = filled(t, migrated_file(t)), *second = test_database(t), *third = new_file(t);
  struct outcome out;
  copy(t, first, second, &out);
  CHECK_INT(out.result.rows, MANY + 7); /* masters_version's row, too */
  check_unusual(t, second);
  copy(t, second, third, &out);
  check_unusual(t, third);
  CHECK_INT(number_in(t, third, "SELECT count(*) FROM search_term"), MANY);
  CHECK_OK(transfer_between(t, first, third, (struct transfer){0}, transfer_compare, &out));
  CHECK_INT(out.result.rows, MANY + 7);
}

TEST(a_copy_leaves_nothing_of_its_own_behind_and_a_server_may_start)
{
  const char *from = migrated_file(t), *to = test_database(t), *tables;
  struct outcome out;
  copy(t, from, to, &out);
  struct db *db = open_db(t, to, DB_WRITER);
  CHECK_OK(schema_migrate(db));
  CHECK_OK(db_tables(db, &tables));
  CHECK(!strstr(tables, "copy_progress"));
  db_close(db);
}

TEST(leases_arrive_as_expired_and_high_water_marks_as_they_were)
{
  const char *from = migrated_file(t), *to = test_database(t);
  struct outcome out;
  run_at(t, from, "INSERT INTO node_lease (node, owner, until, high_water_ms) VALUES (3, 'gone', 999999, 77)",
         DB_NO_ARGS);
  run_at(t, from, "INSERT INTO lease (name, group_no, owner, until, epoch) VALUES ('feed', 0, 'gone', 5000000, 9)",
         DB_NO_ARGS);
  copy(t, from, to, &out);
  CHECK_INT(number_in(t, to, "SELECT until FROM node_lease"), 0);
  CHECK_INT(number_in(t, to, "SELECT high_water_ms FROM node_lease"), 77);
  CHECK_INT(number_in(t, to, "SELECT until FROM lease"), 0);
  CHECK_INT(number_in(t, to, "SELECT epoch FROM lease"), 9);
}

/* ---- Refusals ---- */

TEST(a_source_that_a_server_runs_on_is_refused)
{
  const char *from = migrated_file(t), *to = test_database(t);
  struct outcome out;
  run_at(t, from, "INSERT INTO node_lease (node, owner, until, high_water_ms) VALUES (0, 'here', 1000001, 0)",
         DB_NO_ARGS);
  refuses(transfer_between(t, from, to, (struct transfer){.stopped = true}, transfer_copy, &out), &out,
          "a server is running on the source");
}

TEST(a_target_with_rows_of_its_own_is_refused_and_stays_as_it_is)
{
  const char *from = filled(t, migrated_file(t)), *to = scratch_database(t);
  struct outcome out;
  run_at(t, to, "INSERT INTO setting (setting_key, setting_value) VALUES ('mine', '1')", DB_NO_ARGS);
  refuses(transfer_between(t, from, to, (struct transfer){.stopped = true}, transfer_copy, &out), &out,
          "table setting holds rows");
  CHECK_INT(number_in(t, to, "SELECT count(*) FROM setting"), 1);
  CHECK_INT(number_in(t, to, "SELECT count(*) FROM search_term"), 0);
}

TEST(a_source_with_another_schema_is_refused)
{
  const char *from = migrated_file(t), *to = test_database(t);
  struct outcome out;
  run_at(t, from, "DELETE FROM schema_version WHERE number > 1", DB_NO_ARGS);
  refuses(transfer_between(t, from, to, (struct transfer){.stopped = true}, transfer_copy, &out), &out,
          "the source has schema 1");
}

TEST(a_table_that_one_side_alone_has_is_refused)
{
  const char *from = migrated_file(t), *to = scratch_database(t);
  struct outcome out;
  run_at(t, to, "CREATE TABLE extra (id BIGINT NOT NULL, PRIMARY KEY (id))", DB_NO_ARGS);
  refuses(transfer_between(t, from, to, (struct transfer){.stopped = true}, transfer_copy, &out), &out,
          "the target has a table extra");
}

/* Texts of SQLite that PostgreSQL cannot hold. */
static void check_text_refused(struct test *t, struct db_value bad, const char *says)
{
  const char *from = migrated_file(t), *to = test_database(t);
  struct outcome out;
  run_at(t, from, "INSERT INTO setting (setting_key, setting_value) VALUES ($1, $2)", DB_ARGS(TEXT("bad"), bad));
  enum err err = transfer_between(t, from, to, (struct transfer){.stopped = true}, transfer_copy, &out);
  refuses(err, &out, says);
  refuses(err, &out, "table setting, row (setting_key) = ('bad'): column setting_value");
  run_at(t, from, "UPDATE setting SET setting_value = 'good'", DB_NO_ARGS);
  CHECK_OK(transfer_between(t, from, to, (struct transfer){.stopped = true, .resume = true}, transfer_copy, &out));
  CHECK_INT(number_in(t, to, "SELECT count(*) FROM setting WHERE setting_value = 'good'"), 1);
}

TEST(a_text_that_postgresql_cannot_hold_stops_the_copy_and_names_its_row)
{
  if (!test_on_postgres())
    SKIP("PostgreSQL only: SQLite takes any bytes as text");
  check_text_refused(t, TEXT("caf\xe9"), "not UTF-8");
  check_text_refused(t, (struct db_value){.type = DB_TEXT, .bytes = "a\0b", .n = 3}, "a zero byte");
}

/* ---- Interruptions ---- */

struct killer {
  int calls, limit;
};

static void kill_at_limit(void *arg, const struct transfer_progress *progress)
{
  struct killer *k = arg;
  (void)progress;
  if (++k->calls == k->limit)
    kill(getpid(), SIGKILL);
}

/* A copy in a process of its own, killed at a call of its teller; true = it was, false = it had ended well before. */
static bool copy_and_die(struct test *t, const char *from, const char *to, int limit)
{
  int status = 0;
  pid_t pid = fork();
  if (pid == 0) {
    struct outcome out;
    struct killer killer = {.limit = limit};
    struct transfer with = {.resume = limit > 1, .stopped = true, .teller = {kill_at_limit, &killer}};
    enum err err = transfer_between(t, from, to, with, transfer_copy, &out);
    if (err != ERR_OK)
      printf("a copy that was to go on: %s\n", out.fault.detail);
    fflush(stdout);
    _exit(err == ERR_OK ? 0 : 1);
  }
  waitpid(pid, &status, 0);
  if (WIFEXITED(status))
    CHECK_INT(WEXITSTATUS(status), 0);
  return WIFSIGNALED(status);
}

TEST(a_copy_that_is_killed_again_and_again_ends_as_one_that_is_not)
{
  const char *from = filled(t, migrated_file(t)), *to = test_database(t);
  struct outcome out;
  struct fault f;
  int kills = 0;
  while (copy_and_die(t, from, to, 1 + 7 * kills)) {
    struct db *db = open_db(t, to, DB_WRITER);
    fault_init(&f, t->arena);
    db_use(db, &f, t->arena);
    CHECK_ERR(schema_migrate(db), ERR_STORAGE); /* no server starts on half a company */
    CHECK(strstr(f.detail, "--resume"));
    db_close(db);
    kills++;
  }
  CHECK(kills > 7);
  CHECK_OK(transfer_between(t, from, to, (struct transfer){0}, transfer_compare, &out));
  CHECK_INT(out.result.rows, MANY + 7);
  check_unusual(t, to);
  CHECK_OK(
      transfer_between(t, from, to, (struct transfer){.resume = true}, transfer_copy, &out)); /* once more is fine */
}

TEST(a_copy_that_has_begun_asks_for_resume)
{
  const char *from = filled(t, migrated_file(t)), *to = test_database(t);
  struct outcome out;
  CHECK(copy_and_die(t, from, to, 1));
  refuses(transfer_between(t, from, to, (struct transfer){.stopped = true}, transfer_copy, &out), &out, "--resume");
}

/* A server that starts on the source in the middle, writes, and stops again. */
struct intruder {
  struct test *t;
  const char *url;
  bool done;
};

static void intrude(void *arg, const struct transfer_progress *progress)
{
  struct intruder *i = arg;
  (void)progress;
  if (!i->done)
    run_at(i->t, i->url, "INSERT INTO node_lease (node, owner, until, high_water_ms) VALUES (0, 'busy', 0, 5)",
           DB_NO_ARGS);
  i->done = true;
}

TEST(a_source_that_was_written_meanwhile_is_told_and_the_target_not_finished)
{
  const char *from = filled(t, migrated_file(t)), *to = test_database(t);
  struct intruder intruder = {t, from, false};
  struct transfer with = {.stopped = true, .teller = {intrude, &intruder}};
  struct outcome out;
  refuses(transfer_between(t, from, to, with, transfer_copy, &out), &out, "a server has written to the source");
  CHECK_INT(number_in(t, to, "SELECT count(*) FROM schema_version WHERE number = 2147483647"), 1);
  with = (struct transfer){.stopped = true, .resume = true};
  refuses(transfer_between(t, from, to, with, transfer_copy, &out), &out, "not equal");
}

/* ---- Differences ---- */

TEST(a_difference_is_named_by_table_and_bucket)
{
  const char *from = filled(t, migrated_file(t)), *to = test_database(t);
  struct outcome out;
  copy(t, from, to, &out);
  run_at(t, to, "DELETE FROM search_term WHERE subject_id = 5", DB_NO_ARGS);
  run_at(t, to, "UPDATE setting SET setting_value = 'changed' WHERE setting_key = 'unusual'", DB_NO_ARGS);
  refuses(transfer_between(t, from, to, (struct transfer){0}, transfer_compare, &out), &out, "in 2 places");
  CHECK_INT(out.result.n_differences, 2);
  CHECK_TEXT(out.result.differences.at[0], "table setting: 2 rows on both sides, but not the same ones");
  CHECK_TEXT(out.result.differences.at[1], "table search_term, bucket 5: 20 rows in the source, 19 in the target");
}

TEST(a_value_of_another_type_is_a_difference)
{
  const char *from = filled(t, migrated_file(t)), *to = test_database(t);
  struct outcome out;
  copy(t, from, to, &out);
  run_at(t, to, "UPDATE idempotency SET version = 0, location = ''", DB_NO_ARGS); /* were NULL */
  refuses(transfer_between(t, from, to, (struct transfer){0}, transfer_compare, &out), &out, "in 1 places");
}

/* ---- Events that wait for a number ---- */

TEST(events_that_wait_are_numbered_where_no_numberer_will_come)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  const char *url = new_file(t);
  struct outcome out;
  struct feed_account account;
  int64_t last, bad;
  struct event_draft draft = {.topic = "order.placed",
                              .subject_kind = "order",
                              .subject_prefix = "ord",
                              .bucket = 1,
                              .subject_id = 1025,
                              .version = 1};
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(event_emit(cx, &draft));
  CHECK_OK(events_hand_over(cx, cx->batch->feed, 3, 17));
  cx->batch->feed->events.n = 0;
  CHECK_OK(scratch_commit(cx));
  fault_init(&out.fault, t->arena);
  struct transfer with = {
      .from = cx->db, .to = open_db(t, url, DB_WRITER), .arena = t->arena, .fault = &out.fault, .now = cx->now};
  CHECK_OK(transfer_copy(&with, &out.result));
  db_close(with.to);
  CHECK_INT(number_in(t, url, "SELECT count(*) FROM feed_pending"), 0);
  CHECK_INT(number_in(t, url, "SELECT count(*) FROM feed"), 1);
  struct ctx look;
  ctx_init(&look, t->arena, open_db(t, url, DB_READER), cx->now);
  db_use(look.db, &look.fault, t->arena);
  CHECK_OK(feed_verify(&look, &last, &bad));
  CHECK_OK(feed_account(&look, &account));
  CHECK_INT(last, 1);
  CHECK_INT(bad, 0);
  CHECK_INT(account.unnumbered, 0);
  db_close(look.db);
}

/* ---- Backups ---- */

static enum err backup_to(struct test *t, const char *from, const char *path,
                          enum err (*fn)(struct transfer *, const char *, struct transfer_result *),
                          struct outcome *out)
{
  *out = (struct outcome){0};
  fault_init(&out->fault, t->arena);
  struct transfer with = {
      .from = open_db(t, from, DB_READER), .arena = t->arena, .fault = &out->fault, .now = INSTANT(1000000)};
  enum err err = fn(&with, path, &out->result);
  db_close(with.from);
  return err;
}

static bool there(struct test *t, const char *path, const char *ending)
{
  return access(arena_printf(t->arena, "%s%s", path, ending), F_OK) == 0;
}

TEST(a_backup_is_one_private_file_that_needs_no_log)
{
  const char *from = scratch_database(t), *path = arena_printf(t->arena, "%s/backup", test_folder(t));
  struct outcome out;
  struct stat st;
  size_t n;
  filled(t, from);
  run_at(t, from, "INSERT INTO node_lease (node, owner, until, high_water_ms) VALUES (0, 'here', 9000000, 77)",
         DB_NO_ARGS); /* a server runs on it */
  CHECK_OK(backup_to(t, from, path, transfer_backup, &out));
  CHECK_INT(out.result.rows, MANY + 8);
  CHECK_INT(stat(path, &st), 0);
  CHECK_INT(st.st_mode & 0777, 0600);
  const char *endings[] = {"-wal", "-shm", "-journal", ".part", ".part-wal", ".part-shm"};
  for (size_t i = 0; i < COUNT_OF(endings); i++)
    CHECK(!there(t, path, endings[i]));
  CHECK_INT(test_read_file(t, path, &n)[18], 1); /* SQLite's header: 2 would ask for a log */
  const char *url = arena_printf(t->arena, "sqlite:%s", path);
  CHECK_INT(number_in(t, url, "SELECT until FROM node_lease"), 0);
  check_unusual(t, url);
}

TEST(a_backup_overwrites_nothing)
{
  const char *from = scratch_database(t), *path = arena_printf(t->arena, "%s/backup", test_folder(t));
  struct outcome out;
  CHECK_OK(backup_to(t, from, path, transfer_backup, &out));
  refuses(backup_to(t, from, path, transfer_backup, &out), &out, "exists already");
  rename(path, arena_printf(t->arena, "%s-wal", path)); /* a log that outlived its database */
  refuses(backup_to(t, from, path, transfer_backup, &out), &out, "exists already");
}

TEST(what_an_interrupted_backup_left_does_not_matter)
{
  const char *from = scratch_database(t), *path = arena_printf(t->arena, "%s/backup", test_folder(t));
  struct outcome out;
  int fd = open(arena_printf(t->arena, "%s.part", path), O_WRONLY | O_CREAT, 0644);
  CHECK_INT(write(fd, "half", 4), 4);
  close(fd);
  CHECK_OK(backup_to(t, from, path, transfer_backup, &out));
  CHECK(there(t, path, ""));
  CHECK(!there(t, path, ".part"));
}

TEST(a_restored_backup_is_equal_on_either_engine)
{
  const char *from = scratch_database(t), *path = arena_printf(t->arena, "%s/backup", test_folder(t));
  const char *backup = arena_printf(t->arena, "sqlite:%s", path), *file = new_file(t), *other = test_database(t);
  struct outcome out;
  filled(t, from);
  CHECK_OK(backup_to(t, from, path, transfer_backup, &out));
  CHECK_OK(backup_to(t, backup, path_of(file), transfer_restore, &out));
  CHECK_OK(transfer_between(t, from, file, (struct transfer){0}, transfer_compare, &out));
  copy(t, backup, other, &out);
  CHECK_OK(transfer_between(t, from, other, (struct transfer){0}, transfer_compare, &out));
  CHECK_INT(out.result.rows, MANY + 7);
}

TEST(a_backup_with_an_older_schema_is_restored_as_it_is)
{
  const char *from = migrated_file(t), *path = arena_printf(t->arena, "%s/backup", test_folder(t)), *file = new_file(t);
  struct outcome out;
  run_at(t, from, "DROP TABLE lease", DB_NO_ARGS);
  run_at(t, from, "DELETE FROM schema_version WHERE number > 10", DB_NO_ARGS);
  CHECK_OK(backup_to(t, from, path, transfer_backup, &out));
  CHECK_OK(backup_to(t, arena_printf(t->arena, "sqlite:%s", path), path_of(file), transfer_restore, &out));
  CHECK_INT(number_in(t, file, "SELECT max(number) FROM schema_version"), 10);
}

TEST(a_backup_of_half_a_company_is_refused)
{
  const char *from = filled(t, migrated_file(t)), *to = new_file(t);
  const char *path = arena_printf(t->arena, "%s/backup", test_folder(t));
  struct outcome out;
  CHECK(copy_and_die(t, from, to, 1));
  refuses(backup_to(t, to, path, transfer_backup, &out), &out, "has not ended");
  CHECK(!there(t, path, ""));
}

TEST(a_damaged_backup_is_refused_and_nothing_restored)
{
  const char *from = scratch_database(t), *path = arena_printf(t->arena, "%s/backup", test_folder(t));
  const char *file = path_of(new_file(t));
  char garbage[4096];
  struct outcome out;
  filled(t, from);
  CHECK_OK(backup_to(t, from, path, transfer_backup, &out));
  memset(garbage, 0x5a, sizeof garbage);
  int fd = open(path, O_WRONLY);
  off_t size = lseek(fd, 0, SEEK_END); /* the schema's own pages are at the beginning: the file can still be opened */
  for (off_t back = 2; back < 80; back += 8)
    CHECK_INT(pwrite(fd, garbage, sizeof garbage, size - back * 4096), sizeof garbage);
  close(fd);
  enum err err = backup_to(t, arena_printf(t->arena, "sqlite:%s", path), file, transfer_restore, &out);
  CHECK(err == ERR_STATE || err == ERR_STORAGE);
  CHECK(strstr(out.fault.detail, "damaged"));
  CHECK(!there(t, file, ""));
  CHECK(!there(t, file, ".part"));
}
