/* Batches of the PostgreSQL engine: what is asked side by side, what is remembered, how gathered writes are sent; and what
 * happens when the server goes away. On SQLite the same calls do nothing, which the first test says. */
#include "db_test_tools.h"

#include <stdio.h>

static const struct db_stmt put = {"INSERT INTO entry (id, state, amount) VALUES ($1, $2, $3)", DB_KEYED};
static const struct db_stmt put_or_keep = {
    "INSERT INTO entry (id, state, amount) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING", DB_KEYED};
static const struct db_stmt add = {"UPDATE entry SET amount = amount + $2 WHERE id = $1", DB_KEYED};
static const struct db_stmt take = {"UPDATE entry SET amount = amount - $2 WHERE id = $1 AND amount >= $2", DB_KEYED};
static const struct db_stmt drop = {"DELETE FROM entry WHERE id = $1", DB_KEYED};
static const struct db_stmt amount_of = {"SELECT amount FROM entry WHERE id = $1", DB_KEYED};
static const struct db_stmt sum = {"SELECT coalesce(CAST(sum(amount) AS BIGINT), 0) FROM entry", DB_REPORT};
static const struct db_stmt count = {"SELECT count(*) FROM entry", DB_REPORT};
static const struct db_stmt backend = {"SELECT CAST(pg_backend_pid() AS BIGINT)", DB_SCHEMA};

static int64_t amount(struct db *db, int64_t id)
{
  int64_t value = -1;
  enum err err = db_one_i64(db, &amount_of, &value, DB_ARGS(I64(id)));
  test_check_int(__FILE__, __LINE__, "amount_of", err, ERR_OK);
  return value;
}

struct asked {
  struct test *t;
  struct db *db;
  struct fault faults[200];
  int64_t got[200];
  int begun, most_begun_before_an_answer;
};

/* Two questions, the second from the first one's answer. */
static void ask_twice(void *arg, size_t i)
{
  struct asked *a = arg;
  fault_init(&a->faults[i], a->t->arena);
  db_use(a->db, &a->faults[i], a->t->arena);
  a->begun++;
  int64_t first = amount(a->db, (int64_t)(i % 50) + 100);
  if (!a->most_begun_before_an_answer)
    a->most_begun_before_an_answer = a->begun;
  a->got[i] = amount(a->db, first);
}

static struct db *with_entries(struct scratch *s)
{
  struct db *db = open_writer(s);
  CHECK_OK(db_begin(db));
  for (int64_t i = 0; i < 50; i++) {
    CHECK_OK(db_run(db, &put, NULL, DB_ARGS(I64(100 + i), TEXT("from"), I64(200 + i))));
    CHECK_OK(db_run(db, &put, NULL, DB_ARGS(I64(200 + i), TEXT("to"), I64(1000 + i))));
  }
  CHECK_OK(db_commit(db));
  return db;
}

TEST(on_sqlite_batches_are_no_calls_at_all)
{
  if (test_on_postgres())
    SKIP("about SQLite");
  struct scratch *s = scratch_new(t, "");
  struct db *db = with_entries(s);
  struct asked a = {.t = t, .db = db};
  CHECK_OK(db_begin(db));
  db_together(db, 200, ask_twice, &a);
  CHECK_INT(a.begun, 0);
  db_defer(db);
  int64_t rows = -1;
  CHECK_OK(db_run(db, &take, &rows, DB_ARGS(I64(100), I64(5000))));
  CHECK_INT(rows, 0); /* at once, and as it is */
  CHECK_OK(db_flush(db));
  CHECK_OK(db_commit(db));
  db_close(db);
}

static struct scratch *postgres(struct test *t)
{
  if (!test_on_postgres())
    SKIP("about PostgreSQL");
  return scratch_new(t, "");
}

TEST(functions_side_by_side_ask_together_and_each_gets_its_answer)
{
  struct scratch *s = postgres(t);
  struct db *db = with_entries(s);
  struct asked a = {.t = t, .db = db};
  CHECK_OK(db_begin(db));
  db_together(db, 200, ask_twice, &a);
  db_use(db, &s->fault, t->arena);
  CHECK_INT(a.begun, 200);
  CHECK(a.most_begun_before_an_answer > 50); /* nobody was answered before many had asked */
  for (int64_t i = 0; i < 200; i++)
    CHECK_INT(a.got[i], 1000 + i % 50);
  CHECK_OK(db_commit(db));
  db_close(db);
}

struct divided {
  struct asked *asked;
  size_t part[20];
};

static void ask_part(void *arg, size_t i)
{
  ask_twice(arg, i);
}

/* Each of 20 asks something itself, then ten parts of it ask side by side. */
static void divide(void *arg, size_t i)
{
  struct divided *d = arg;
  struct asked *a = d->asked;
  struct fault f;
  fault_init(&f, a->t->arena);
  db_use(a->db, &f, a->t->arena);
  int64_t first = amount(a->db, 100 + (int64_t)i);
  db_together(a->db, 10, ask_part, a);
  db_use(a->db, &f, a->t->arena);
  d->part[i] = (size_t)(first + amount(a->db, 140));
}

TEST(one_of_them_may_divide_itself)
{
  struct scratch *s = postgres(t);
  struct db *db = with_entries(s);
  struct asked a = {.t = t, .db = db};
  struct divided d = {.asked = &a};
  CHECK_OK(db_begin(db));
  db_together(db, 20, divide, &d);
  db_use(db, &s->fault, t->arena);
  CHECK_INT(a.begun, 200);
  for (int64_t i = 0; i < 20; i++)
    CHECK_INT(d.part[i], 200 + i + 240);
  for (int64_t i = 0; i < 10; i++)
    CHECK_INT(a.got[i], 1000 + i);
  CHECK_OK(db_commit(db));
  db_close(db);
}

TEST(an_answer_is_remembered_until_a_write_touches_it)
{
  struct scratch *s = postgres(t);
  struct db *db = with_entries(s), *other = open_as(s, DB_WRITER);
  CHECK_OK(db_begin(db));
  db_defer(db);
  CHECK_INT(amount(db, 100), 200);
  CHECK_INT(amount(db, 101), 201);
  CHECK_OK(db_begin(other)); /* somebody else commits between: READ COMMITTED would show it */
  CHECK_OK(db_run(other, &add, NULL, DB_ARGS(I64(100), I64(1))));
  CHECK_OK(db_run(other, &add, NULL, DB_ARGS(I64(101), I64(1))));
  CHECK_OK(db_commit(other));
  CHECK_INT(amount(db, 100), 200);
  CHECK_OK(db_run(db, &add, NULL, DB_ARGS(I64(101), I64(10))));
  CHECK_INT(amount(db, 100), 200); /* another row */
  CHECK_INT(amount(db, 101), 212); /* its own write is seen, and so is what came before */
  CHECK_OK(db_commit(db));
  CHECK_INT(amount(db, 100), 201);
  db_close(other);
  db_close(db);
}

TEST(gathered_writes_of_one_row_keep_their_order)
{
  struct scratch *s = postgres(t);
  struct db *db = open_writer(s);
  CHECK_OK(db_begin(db));
  db_defer(db);
  for (int64_t id = 10; id < 310; id++)
    CHECK_OK(db_run(db, &put, NULL, DB_ARGS(I64(id), TEXT("new"), I64(0))));
  for (int64_t id = 309; id >= 10; id--)
    CHECK_OK(db_run(db, &add, NULL, DB_ARGS(I64(id), I64(2))));
  CHECK_OK(db_run(db, &drop, NULL, DB_ARGS(I64(10))));
  CHECK_OK(db_run(db, &put, NULL, DB_ARGS(I64(10), TEXT("again"), I64(7))));
  CHECK_OK(db_run(db, &add, NULL, DB_ARGS(I64(10), I64(1))));
  CHECK_OK(db_flush(db));
  CHECK_OK(db_commit(db));
  CHECK_INT(number(db, &count), 301); /* and the one of the migration */
  CHECK_INT(number(db, &sum), 299 * 2 + 8);
  CHECK_INT(amount(db, 10), 8);
  db_close(db);
}

TEST(a_count_that_was_promised_is_proved_by_the_flush)
{
  struct scratch *s = postgres(t);
  struct db *db = with_entries(s);
  int64_t rows = 0;
  CHECK_OK(db_begin(db));
  db_defer(db);
  CHECK_OK(db_run(db, &take, &rows, DB_ARGS(I64(100), I64(200))));
  CHECK_INT(rows, 1);
  CHECK_OK(db_flush(db));
  CHECK_OK(db_run(db, &take, &rows, DB_ARGS(I64(100), I64(1))));
  CHECK_INT(rows, 1); /* promised: there is nothing left, in truth */
  CHECK_ERR(db_flush(db), ERR_RETRY);
  db_rollback(db);
  fault_clear(&s->fault);
  CHECK_OK(db_begin(db));
  db_defer(db);
  for (int64_t id = 1; id < 5; id++) /* 1 is there */
    CHECK_OK(db_run(db, &put_or_keep, &rows, DB_ARGS(I64(id), TEXT("x"), I64(0))));
  CHECK_ERR(db_flush(db), ERR_RETRY);
  db_rollback(db);
  CHECK_INT(amount(db, 100), 200);
  db_close(db);
}

TEST(a_double_in_a_batch_is_told_and_nothing_stays)
{
  struct scratch *s = postgres(t);
  struct db *db = with_entries(s);
  CHECK_OK(db_begin(db));
  db_defer(db);
  for (int64_t id = 90; id <= 100; id++)
    CHECK_OK(db_run(db, &put, NULL, DB_ARGS(I64(id), TEXT("x"), I64(0))));
  CHECK_ERR(db_commit(db), ERR_EXISTS);
  fault_clear(&s->fault);
  CHECK_INT(number(db, &count), 101);
  db_close(db);
}

/* Ends the server's process of a connection, as an administrator or a crash would. */
static void cut(struct scratch *s, int64_t pid)
{
  static const struct db_stmt terminate = {
      "SELECT CASE WHEN pg_terminate_backend(CAST($1 AS INTEGER)) THEN 1 ELSE 0 END", DB_SCHEMA};
  struct db *other = open_as(s, DB_WRITER);
  int64_t done = 0;
  CHECK_OK(db_one_i64(other, &terminate, &done, DB_ARGS(I64(pid))));
  CHECK_INT(done, 1);
  db_close(other);
}

TEST(a_lost_connection_ends_the_transaction_and_the_next_one_has_a_new_one)
{
  struct scratch *s = postgres(t);
  struct db *db = with_entries(s);
  CHECK_OK(db_begin(db));
  CHECK_OK(db_run(db, &add, NULL, DB_ARGS(I64(100), I64(1))));
  cut(s, number(db, &backend));
  CHECK_ERR(db_run(db, &add, NULL, DB_ARGS(I64(100), I64(1))), ERR_AWAY);
  db_rollback(db);
  fault_clear(&s->fault);
  CHECK_OK(db_begin(db));
  db_defer(db);
  CHECK_OK(db_run(db, &add, NULL, DB_ARGS(I64(100), I64(1))));
  cut(s, number(db, &backend));
  CHECK_ERR(db_flush(db), ERR_AWAY);
  db_rollback(db);
  fault_clear(&s->fault);
  CHECK_OK(db_begin(db));
  struct asked a = {.t = t, .db = db};
  db_together(db, 3, ask_twice, &a);
  db_use(db, &s->fault, t->arena);
  CHECK_INT(a.got[2], 1002);
  CHECK_OK(db_commit(db));
  CHECK_INT(amount(db, 100), 200);
  db_close(db);
}

TEST(a_reader_asks_again_when_its_connection_was_lost)
{
  struct scratch *s = postgres(t);
  struct db *writer = with_entries(s), *reader = open_as(s, DB_READER);
  db_use(reader, &s->fault, t->arena);
  cut(s, number(reader, &backend));
  CHECK_INT(amount(reader, 100), 200);
  cut(s, number(reader, &backend));
  CHECK_OK(db_read_begin(reader));
  CHECK_INT(amount(reader, 101), 201);
  db_read_end(reader);
  db_close(reader);
  db_close(writer);
}

TEST(a_commit_that_is_not_answered_is_unknown)
{
  struct scratch *s = postgres(t);
  struct db *db = with_entries(s);
  CHECK_OK(db_begin(db));
  CHECK_OK(db_run(db, &add, NULL, DB_ARGS(I64(100), I64(1))));
  cut(s, number(db, &backend));
  CHECK_ERR(db_commit(db), ERR_UNKNOWN);
  fault_clear(&s->fault);
  CHECK_INT(amount(db, 100), 200);
  db_close(db);
}

TEST(a_report_of_any_length_is_read_in_slices_and_others_beside_it)
{
  static const struct db_stmt all = {"SELECT id, amount FROM entry WHERE id >= $1 ORDER BY id", DB_REPORT};
  struct scratch *s = postgres(t);
  struct db *db = open_writer(s), *reader;
  CHECK_OK(db_begin(db));
  db_defer(db);
  for (int64_t id = 1; id <= 2500; id++)
    CHECK_OK(db_run(db, &put, NULL, DB_ARGS(I64(id + 10), TEXT("x"), I64(id))));
  CHECK_OK(db_commit(db));
  reader = open_as(s, DB_READER);
  db_use(reader, &s->fault, t->arena);
  CHECK_OK(db_read_begin(reader));
  struct db_rows rows, inner;
  int64_t n = 0;
  CHECK_OK(db_query(reader, &all, &rows, DB_ARGS(I64(11))));
  while (db_next(&rows)) {
    n++;
    CHECK_INT(db_i64(&rows, 1), n);
    if (n % 1000 == 999) { /* the same statement inside itself */
      CHECK_OK(db_query(reader, &all, &inner, DB_ARGS(I64(2510))));
      CHECK(db_next(&inner));
      CHECK_INT(db_i64(&inner, 0), 2510);
      CHECK_OK(db_done(&inner));
    }
  }
  CHECK_OK(db_done(&rows));
  CHECK_INT(n, 2500);
  db_read_end(reader);
  db_close(reader);
  db_close(db);
}

TEST(a_database_of_another_encoding_is_refused)
{
  static const struct db_stmt make_latin = {"CREATE DATABASE ordo_test_latin TEMPLATE template0 ENCODING 'LATIN1'",
                                            DB_SCHEMA};
  static const struct db_stmt drop_latin = {"DROP DATABASE IF EXISTS ordo_test_latin", DB_SCHEMA};
  struct scratch *s = postgres(t);
  struct db *db = open_as(s, DB_WRITER), *other = NULL;
  const char *slash = strrchr(s->url, '/');
  CHECK_OK(db_run(db, &drop_latin, NULL, DB_NO_ARGS));
  CHECK_OK(db_run(db, &make_latin, NULL, DB_NO_ARGS));
  const char *url = arena_printf(t->arena, "%.*s/ordo_test_latin", (int)(slash - s->url), s->url);
  enum err err = db_open(url, DB_WRITER, &s->fault, &other);
  fault_clear(&s->fault);
  CHECK_OK(db_run(db, &drop_latin, NULL, DB_NO_ARGS));
  CHECK_ERR(err, ERR_STORAGE);
  db_close(db);
}

TEST(a_url_is_shown_without_its_password)
{
  CHECK_TEXT(db_url_shown(t->arena, "postgresql://ann:secret@db1:5432,db2/ordo?sslmode=require"),
             "postgresql://ann:***@db1,db2/ordo");
  CHECK_TEXT(db_url_shown(t->arena, "postgresql://db1/ordo?user=ann&password=secret&sslmode=require"),
             "postgresql://ann:***@db1/ordo");
  CHECK_TEXT(db_url_shown(t->arena, "postgresql://ann:se?cret@db1/ordo"), "postgresql://ann:***@db1/ordo");
  CHECK_TEXT(db_url_shown(t->arena, "postgresql://db1/ordo?sslpassword=aaa&password=bbb"), "postgresql://***@db1/ordo");
  CHECK_TEXT(db_url_shown(t->arena, "postgresql://ann@db1/ordo"), "postgresql://ann@db1/ordo");
  CHECK_TEXT(db_url_shown(t->arena, "postgresql://a:x@db1/ordo?password=secret"), "postgresql://a:***@db1/ordo");
  CHECK_TEXT(db_url_shown(t->arena, "postgresql://a:secret@[db1/ordo"), "a url that cannot be read");
  CHECK_TEXT(db_url_shown(t->arena, "host=db1 password=secret"), "a url that cannot be read");
  CHECK(db_url_has_password("postgresql://ann:se?cret@db1/ordo"));
  CHECK(db_url_has_password("postgresql://db1/ordo?sslpassword=aaa"));
  CHECK_TEXT(db_url_shown(t->arena, "sqlite:data/a:b@c.db"), "sqlite:data/a:b@c.db");
  CHECK(db_url_has_password("postgresql://ann:secret@db1/ordo"));
  CHECK(!db_url_has_password("postgresql://ann@[::1]:5432/ordo"));
}
