/* Connections, transactions, statements and rows. */
#include "db_test_tools.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct db_stmt add_entry = {"INSERT INTO entry (id, state, amount) VALUES ($1, 'open', $2)", DB_KEYED};
static const struct db_stmt count_entries = {"SELECT count(*) FROM entry", DB_REPORT};
static const struct db_stmt sum_entries = {"SELECT CAST(sum(amount) AS BIGINT) FROM entry", DB_REPORT};

static struct db *a_database(struct test *t)
{
  return open_writer(scratch_new(t, ""));
}

/* ---- Opening ---- */

TEST(opening_says_what_is_wrong)
{
  static const struct {
    const char *url, *why;
  } rows[] = {
      {"mysql:x",                   "no such kind of database"     },
      {"sqlite:",                   "needs a path"                 },
      {"sqlite:/no/such/folder/db", "the database cannot be opened"},
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct db *db = NULL;
    struct fault f;
    fault_init(&f, t->arena);
    CHECK_ERR(db_open(rows[i].url, DB_WRITER, &f, &db), ERR_STORAGE);
    CHECK(strstr(f.detail, rows[i].why));
    CHECK(!db);
  }
}

TEST(a_file_that_is_no_database_is_refused)
{
  SQLITE_ONLY("a file");
  struct scratch *s = scratch_new(t, "");
  FILE *file = fopen(s->path, "w");
  for (int i = 0; i < 1000; i++)
    fputs("Dear diary, ", file);
  fclose(file);
  struct db *db = NULL;
  CHECK_ERR(db_open(s->url, DB_WRITER, &s->fault, &db), ERR_STORAGE);
  CHECK(strstr(s->fault.detail, "not a database"));
  CHECK(strstr(s->fault.detail, s->path));
  CHECK(!strstr(s->fault.detail, "PRAGMA"));
  CHECK_ERR(db_open(s->url, DB_READER, &s->fault, &db), ERR_STORAGE);
}

/* Who stops the server may then copy the one file, whoever else still looks at it. */
TEST(a_writer_that_closes_leaves_everything_in_the_file)
{
  static const struct db_stmt entries = {"SELECT count(*) FROM entry WHERE id = 7", DB_REPORT};
  SQLITE_ONLY("a file");
  struct scratch *s = scratch_new(t, ""), *copy = scratch_new(t, "");
  struct db *writer = open_writer(s), *reader = open_as(s, DB_READER), *db = NULL;
  CHECK_OK(db_run(writer, &add_entry, NULL, DB_ARGS(I64(7), I64(1))));
  db_close(writer);
  FILE *from = fopen(s->path, "rb"), *to = fopen(copy->path, "wb");
  for (int c = getc(from); c != EOF; c = getc(from))
    putc(c, to);
  fclose(from);
  fclose(to);
  db = open_as(copy, DB_WRITER);
  CHECK_INT(number(db, &entries), 1);
  db_close(db);
  db_close(reader);
}

TEST(a_reader_makes_no_database)
{
  SQLITE_ONLY("a file");
  struct scratch *s = scratch_new(t, "");
  struct db *db = NULL;
  CHECK_ERR(db_open(s->url, DB_READER, &s->fault, &db), ERR_STORAGE);
  CHECK(access(s->path, F_OK) != 0);
}

TEST(a_reader_changes_nothing)
{
  struct scratch *s = scratch_new(t, "");
  db_close(open_writer(s));
  struct db *db = open_as(s, DB_READER);
  CHECK_ERR(db_run(db, &add_entry, NULL, DB_ARGS(I64(7), I64(1))), test_on_postgres() ? ERR_AWAY : ERR_STORAGE);
  CHECK_INT(number(db, &count_entries), 1);
  db_close(db);
}

TEST(the_settings_are_those_that_were_measured)
{
  static const struct db_stmt secure_delete = {"PRAGMA secure_delete", DB_SCHEMA}; /* Debian's default is on */
  static const struct {
    struct db_stmt ask;
    int64_t writer, reader;
  } rows[] = {
      {{"PRAGMA page_size", DB_SCHEMA},    4096,    4096  },
      {{"PRAGMA synchronous", DB_SCHEMA},  2,       2     },
      {{"PRAGMA cache_size", DB_SCHEMA},   -262144, -65536},
      {{"PRAGMA mmap_size", DB_SCHEMA},    0,       0     },
      {{"PRAGMA foreign_keys", DB_SCHEMA}, 0,       0     },
      {{"PRAGMA query_only", DB_SCHEMA},   0,       1     },
  };
  SQLITE_ONLY("its settings");
  struct scratch *s = scratch_new(t, "");
  struct db *writer = open_writer(s), *reader = open_as(s, DB_READER);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    CHECK_INT(number(writer, &rows[i].ask), rows[i].writer);
    CHECK_INT(number(reader, &rows[i].ask), rows[i].reader);
  }
  CHECK_INT(number(writer, &secure_delete), 0);
  db_close(reader);
  db_close(writer);
}

/* ---- Statements ---- */

TEST(parameters_are_bound_by_their_number)
{
  static const struct db_stmt stmt = {"INSERT INTO entry (note, amount, state, id) VALUES ($4, $3, $2, $1)", DB_KEYED};
  static const struct db_stmt twice = {"SELECT amount FROM entry WHERE state = $2 AND id >= $1 AND id <= $1", DB_KEYED};
  struct db *db = a_database(t);
  int64_t amount = 0, rows = 0;
  CHECK_OK(db_run(db, &stmt, &rows, DB_ARGS(I64(5), TEXT("open"), I64(33), TEXT(NULL))));
  CHECK_INT(rows, 1);
  CHECK_OK(db_one_i64(db, &twice, &amount, DB_ARGS(I64(5), TEXT("open"))));
  CHECK_INT(amount, 33);
  db_close(db);
}

TEST(rows_changed_are_counted)
{
  static const struct db_stmt raise = {"UPDATE entry SET amount = amount + $2 WHERE id >= $1", DB_REPORT};
  struct db *db = a_database(t);
  int64_t rows = -1;
  CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  CHECK_OK(db_run(db, &raise, &rows, DB_ARGS(I64(1), I64(1))));
  CHECK_INT(rows, 2);
  CHECK_OK(db_run(db, &raise, &rows, DB_ARGS(I64(100), I64(1))));
  CHECK_INT(rows, 0);
  db_close(db);
}

TEST(integers_texts_bytes_and_null_come_back_as_they_went)
{
  static const struct db_stmt ask = {
      "SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT), CAST($3 AS TEXT), CAST($4 AS TEXT), content, CAST($5 AS TEXT)"
      " FROM ledger",
      DB_REPORT};
  static const struct db_stmt put = {"INSERT INTO ledger (act, n, content) VALUES (1, 1, $1)", DB_KEYED};
  static const unsigned char bytes[] = {0, 1, 0xff, 0};
  struct db *db = a_database(t);
  struct db_rows rows;
  CHECK_OK(db_run(db, &put, NULL, DB_ARGS(BYTES(bytes, sizeof bytes))));
  CHECK_OK(db_query(db, &ask, &rows,
                    DB_ARGS(I64(INT64_MAX), I64_OR_NULL(ABSENT), TEXT("grün"), TEXT(NULL), TEXT(""))));
  CHECK(db_next(&rows));
  CHECK_INT(db_i64(&rows, 0), INT64_MAX);
  CHECK_INT(db_i64(&rows, 1), ABSENT);
  CHECK_TEXT(db_text(&rows, 2), "grün");
  CHECK_TEXT(db_text(&rows, 3), NULL);
  size_t n = 0;
  CHECK(memcmp(db_bytes(&rows, 4, &n), bytes, sizeof bytes) == 0);
  CHECK_INT(n, sizeof bytes);
  CHECK(!db_bytes(&rows, 3, &n));
  CHECK_INT(n, 0);
  CHECK_TEXT(db_text(&rows, 5), "");
  CHECK(!db_next(&rows));
  CHECK(!db_next(&rows));
  CHECK_OK(db_done(&rows));
  db_close(db);
}

TEST(one_value_stays_when_there_is_no_row)
{
  static const struct db_stmt none = {"SELECT amount FROM entry WHERE id = 99", DB_KEYED};
  struct db *db = a_database(t);
  int64_t value = 42;
  CHECK_OK(db_one_i64(db, &none, &value, DB_NO_ARGS));
  CHECK_INT(value, 42);
  db_close(db);
}

TEST(a_sum_that_overflowed_is_not_read_as_a_number)
{
  SQLITE_ONLY("the others refuse to add it");
  static const struct db_stmt put = {"UPDATE entry SET amount = 9223372036854775807 + 1", DB_REPORT};
  static const struct db_stmt get = {"SELECT amount FROM entry", DB_REPORT};
  struct db *db = a_database(t);
  int64_t value = 42;
  CHECK_OK(db_run(db, &put, NULL, DB_NO_ARGS)); /* SQLite makes a floating point number of it */
  CHECK_ERR(db_one_i64(db, &get, &value, DB_NO_ARGS), ERR_INTERNAL);
  CHECK_INT(value, 42);
  db_close(db);
}

TEST(broken_keys_are_told_from_broken_rules)
{
  struct db *db = a_database(t);
  struct fault f;
  fault_init(&f, t->arena);
  db_use(db, &f, t->arena);
  CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  CHECK_ERR(db_run(db, &add_entry, NULL, DB_ARGS(I64(2), I64(6))), ERR_EXISTS);
  CHECK_INT(f.code, ERR_EXISTS);
  fault_clear(&f);
  CHECK_ERR(db_run(db, &add_entry, NULL, DB_ARGS(I64(3), I64(-1))), ERR_INTERNAL);
  CHECK(strstr(f.detail, test_on_postgres() ? "entry_amount_check" : "CHECK constraint failed"));
  CHECK(!db_poisoned(db));
  CHECK_INT(number(db, &count_entries), 2);
  db_close(db);
}

TEST(after_a_refused_statement_a_transaction_goes_on_only_on_sqlite)
{
  struct db *db = a_database(t);
  struct fault f;
  fault_init(&f, t->arena);
  db_use(db, &f, t->arena);
  CHECK_OK(db_begin(db));
  CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  CHECK_ERR(db_run(db, &add_entry, NULL, DB_ARGS(I64(2), I64(6))), ERR_EXISTS);
  enum err then = test_on_postgres() ? ERR_RETRY : ERR_OK;
  CHECK_ERR(db_run(db, &add_entry, NULL, DB_ARGS(I64(4), I64(1))), then);
  CHECK_ERR(db_commit(db), then);
  CHECK_INT(number(db, &count_entries), test_on_postgres() ? 1 : 3);
  CHECK_OK(db_begin(db));
  CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(5), I64(1))));
  CHECK_OK(db_commit(db));
  db_close(db);
}

TEST(a_text_that_is_no_sql_is_our_mistake_and_says_where)
{
  static const struct db_stmt wrong = {"SELECT amout FROM entry", DB_KEYED};
  static const struct db_stmt quoted = {"SELECT id FROM entry WHERE state = \"open\"", DB_SCHEMA};
  struct db *db = a_database(t);
  struct fault f;
  fault_init(&f, t->arena);
  db_use(db, &f, t->arena);
  int64_t value;
  CHECK_ERR(db_one_i64(db, &wrong, &value, DB_NO_ARGS), ERR_INTERNAL);
  CHECK(strstr(f.detail, "amout"));
  CHECK_ERR(db_one_i64(db, &quoted, &value, DB_NO_ARGS), ERR_INTERNAL);
  db_close(db);
}

TEST(rows_being_read_keep_their_statement)
{
  static const struct db_stmt all = {"SELECT id FROM entry ORDER BY id", DB_REPORT};
  struct db *db = a_database(t);
  struct db_rows rows, again;
  CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  CHECK_OK(db_query(db, &all, &rows, DB_NO_ARGS));
  CHECK(db_next(&rows));
  enum err taken = test_on_postgres() ? ERR_OK : ERR_INTERNAL; /* it reads ahead */
  CHECK_ERR(db_query(db, &all, &again, DB_NO_ARGS), taken);
  CHECK_ERR(db_done(&again), taken);
  CHECK(db_next(&rows));
  CHECK_INT(db_i64(&rows, 0), 2);
  CHECK_OK(db_done(&rows));
  CHECK_OK(db_query(db, &all, &rows, DB_NO_ARGS)); /* forgotten here ... */
  CHECK(db_next(&rows));
  struct fault f;
  fault_init(&f, t->arena);
  db_use(db, &f, t->arena); /* ... and ended by the next request */
  CHECK_OK(db_query(db, &all, &rows, DB_NO_ARGS));
  CHECK_OK(db_done(&rows));
  db_close(db);
}

static void count_text(void *arg, const char *sql, enum db_marker marker)
{
  int *seen = arg;
  if (strcmp(sql, add_entry.sql) == 0 && marker == DB_KEYED)
    ++*seen;
}

TEST(a_statement_is_prepared_once_and_shown_to_those_who_read_them)
{
  struct db *db = a_database(t);
  int seen = 0;
  for (int i = 10; i < 200; i++)
    CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(i), I64(i))));
  db_each_statement(db, count_text, &seen);
  CHECK_INT(seen, 1);
  db_close(db);
}

TEST(many_statements_are_told_apart)
{
  enum { N = 500 };
  static struct db_stmt stmts[N];
  static char texts[N][48];
  struct db *db = a_database(t);
  for (int i = 0; i < N; i++) {
    snprintf(texts[i], sizeof texts[i], "SELECT %d + CAST($1 AS BIGINT)", i);
    stmts[i] = (struct db_stmt){texts[i], DB_REPORT};
  }
  for (int round = 0; round < 2; round++)
    for (int i = 0; i < N; i++) {
      int64_t value = 0;
      CHECK_OK(db_one_i64(db, &stmts[i], &value, DB_ARGS(I64(1000 * round))));
      CHECK_INT(value, i + 1000 * round);
    }
  db_close(db);
}

/* ---- Transactions ---- */

TEST(what_was_rolled_back_was_never_there)
{
  struct db *db = a_database(t);
  CHECK_OK(db_begin(db));
  CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  db_rollback(db);
  CHECK_INT(number(db, &count_entries), 1);
  CHECK_OK(db_begin(db));
  CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  CHECK_OK(db_commit(db));
  CHECK_INT(number(db, &count_entries), 2);
  db_close(db);
}

TEST(closing_in_the_middle_of_a_transaction_rolls_it_back)
{
  struct scratch *s = scratch_new(t, "");
  struct db *db = open_writer(s);
  CHECK_OK(db_begin(db));
  CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  db_close(db);
  db = open_as(s, DB_READER);
  CHECK_INT(number(db, &count_entries), 1);
  db_close(db);
}

TEST(readers_see_the_last_commit_and_never_wait_for_the_writer)
{
  struct scratch *s = scratch_new(t, "");
  struct db *writer = open_writer(s), *reader = open_as(s, DB_READER);
  CHECK_OK(db_begin(writer));
  CHECK_OK(db_run(writer, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  CHECK_INT(number(reader, &count_entries), 1);
  CHECK_OK(db_commit(writer));
  CHECK_INT(number(reader, &count_entries), 2);
  db_close(reader);
  db_close(writer);
}

TEST(a_reading_view_stands_still_until_its_end)
{
  struct scratch *s = scratch_new(t, "");
  struct db *writer = open_writer(s), *reader = open_as(s, DB_READER);
  CHECK_OK(db_read_begin(reader));
  CHECK_INT(number(reader, &count_entries), 1);
  CHECK_OK(db_run(writer, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  CHECK_INT(number(reader, &count_entries), 1);
  db_read_end(reader);
  CHECK_INT(number(reader, &count_entries), 2);
  db_close(reader);
  db_close(writer);
}

TEST(a_second_writer_waits_a_while_and_is_told_to_come_again)
{
  SQLITE_ONLY("one writer at a time");
  struct scratch *s = scratch_new(t, "");
  struct db *server = open_writer(s), *command = open_as(s, DB_WRITER);
  CHECK_OK(db_begin(server));
  CHECK_ERR(db_begin(command), ERR_RETRY);
  CHECK_INT(s->fault.code, ERR_RETRY);
  CHECK_OK(db_commit(server));
  CHECK_OK(db_begin(command));
  db_rollback(command);
  CHECK(!db_poisoned(command));
  db_close(command);
  db_close(server);
}

TEST(the_outside_version_moves_with_others_commits_only)
{
  SQLITE_ONLY("elsewhere it moves whenever it is asked");
  struct scratch *s = scratch_new(t, "");
  struct db *server = open_writer(s), *command = open_as(s, DB_WRITER);
  int64_t before = 0, own = 0, others = 0;
  CHECK_OK(db_outside_version(server, &before));
  CHECK_OK(db_run(server, &add_entry, NULL, DB_ARGS(I64(2), I64(5))));
  CHECK_OK(db_outside_version(server, &own));
  CHECK_INT(own, before);
  CHECK_OK(db_run(command, &add_entry, NULL, DB_ARGS(I64(3), I64(5))));
  CHECK_OK(db_outside_version(server, &others));
  CHECK(others != before);
  CHECK_OK(db_begin(server)); /* and inside a transaction, where the writer asks */
  CHECK_OK(db_outside_version(server, &own));
  CHECK_INT(own, others);
  db_rollback(server);
  db_close(command);
  db_close(server);
}

/* ---- Threads: each has its own connection ---- */

struct reading {
  struct scratch *s;
  struct arena *arena;
  int64_t views, odd; /* views whose sum was not a whole number of transactions */
  volatile bool *stop;
};

static void *read_views(void *arg)
{
  struct reading *r = arg;
  struct fault f;
  struct db *db = NULL;
  fault_init(&f, r->arena);
  if (db_open(r->s->url, DB_READER, &f, &db) != ERR_OK)
    return NULL;
  while (!__atomic_load_n(r->stop, __ATOMIC_ACQUIRE)) {
    int64_t rows = 0, sum = 0;
    if (db_read_begin(db) != ERR_OK || db_one_i64(db, &count_entries, &rows, DB_NO_ARGS) != ERR_OK ||
        db_one_i64(db, &sum_entries, &sum, DB_NO_ARGS) != ERR_OK)
      r->odd++;
    r->odd += (rows - 1) % 3 != 0 || sum != rows - 1;
    r->views++;
    db_read_end(db);
  }
  db_close(db);
  return NULL;
}

TEST(threads_read_whole_transactions_while_one_writes)
{
  enum { READERS = 2, ACTS = 100 };
  struct scratch *s = scratch_new(t, "");
  struct db *writer = open_writer(s);
  struct reading readings[READERS];
  pthread_t threads[READERS];
  bool stop = false;
  for (int i = 0; i < READERS; i++) {
    readings[i] = (struct reading){.s = s, .arena = arena_new(1 << 20), .stop = &stop};
    pthread_create(&threads[i], NULL, read_views, &readings[i]);
  }
  enum err err = ERR_OK;
  for (int64_t act = 1; act <= ACTS && err == ERR_OK; act++) {
    err = db_begin(writer);
    for (int64_t n = 0; n < 3 && err == ERR_OK; n++)
      err = db_run(writer, &add_entry, NULL, DB_ARGS(I64(act * 10 + n), I64(1)));
    if (err == ERR_OK)
      err = db_commit(writer);
  }
  __atomic_store_n(&stop, true, __ATOMIC_RELEASE);
  for (int i = 0; i < READERS; i++)
    pthread_join(threads[i], NULL);
  CHECK_OK(err);
  for (int i = 0; i < READERS; i++) {
    CHECK_INT(readings[i].odd, 0);
    CHECK(readings[i].views > 0);
    arena_free(readings[i].arena);
  }
  CHECK_INT(number(writer, &count_entries), 1 + 3 * ACTS);
  db_close(writer);
}

/* ---- Memo ---- */

TEST(the_memo_keeps_what_was_put_there_until_it_is_cleared)
{
  static const char products, locations;
  static char names[200];
  struct db *db = a_database(t);
  void **slot = db_memo_slot(db, &products);
  CHECK(!*slot);
  *slot = arena_text(db_memo_arena(db), "mugs");
  CHECK(!*db_memo_slot(db, &locations));
  for (size_t i = 0; i < COUNT_OF(names); i++)
    *db_memo_slot(db, &names[i]) = &names[i];
  CHECK(db_memo_slot(db, &products) == slot); /* a pointer to a slot outlives the making of others */
  CHECK_TEXT(*slot, "mugs");
  CHECK(db_memo_bytes(db) > 0);
  db_memo_clear(db);
  CHECK(!*db_memo_slot(db, &products));
  CHECK(!*db_memo_slot(db, &names[7]));
  db_memo_clear(db);
  CHECK_INT(db_memo_bytes(db), 0);
  db_close(db);
}

static void note_slow(void *arg, const char *sql, int64_t ms)
{
  (void)sql, (void)ms;
  ++*(int *)arg;
}

TEST(slow_statements_are_told)
{
  static const struct db_stmt one = {"SELECT 1", DB_REPORT};
  struct db *db = a_database(t);
  int64_t out = 0;
  int told = 0;
  db_on_slow(db, DAY_MS, note_slow, &told);
  CHECK_OK(db_one_i64(db, &one, &out, DB_NO_ARGS));
  CHECK_INT(told, 0);
  db_on_slow(db, -1, note_slow, &told); /* every statement is slow */
  CHECK_OK(db_one_i64(db, &one, &out, DB_NO_ARGS));
  CHECK_INT(told, 1);
  CHECK_OK(db_run(db, &add_entry, NULL, DB_ARGS(I64(4711), I64(1))));
  CHECK_INT(told, 2);
  db_on_slow(db, -1, NULL, NULL);
  CHECK_OK(db_one_i64(db, &one, &out, DB_NO_ARGS));
  CHECK_INT(told, 2);
  db_close(db);
}
