/* test - the harness: a test is a function that registers itself; a failed CHECK prints file, line, expression, what was
 * there and what was wanted, and ends that test.
 *
 *   TEST(a_price_is_rounded_once)
 *   {
 *     CHECK_INT(price_of("0.34", 3), 1);
 *   }
 *
 * Arguments of the program choose tests by substring. It ends with the line "N passed, N failed[, N skipped]".
 */
#ifndef ORDO_TEST_H
#define ORDO_TEST_H

#include "base.h"

struct test {
  const char *name, *file;
  void (*fn)(struct test *t);
  struct test *next;
  struct arena *arena; /* fresh for each test */
  bool skipped;
};

void test_register(struct test *t);

#define TEST(name_)                                                                                                    \
  static void test_##name_(struct test *t);                                                                            \
  static struct test test_row_##name_ = {.name = #name_, .file = __FILE__, .fn = test_##name_};                        \
  __attribute__((constructor)) static void test_add_##name_(void) { test_register(&test_row_##name_); }                \
  static void test_##name_(__attribute__((unused)) struct test *t)

/* Ends the test as skipped, with the reason (a missing ../shared/data folder). */
#define SKIP(reason) test_skip(t, reason)
#define CHECK(condition)                                                                                               \
  do {                                                                                                                 \
    if (!(condition))                                                                                                  \
      test_failed(__FILE__, __LINE__, #condition, "false", "true");                                                    \
  } while (0)
#define CHECK_INT(got, want) test_check_int(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(want))
#define CHECK_TEXT(got, want) test_check_text(__FILE__, __LINE__, #got, (got), (want))
#define CHECK_ERR(got, want) test_check_int(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(want))
#define CHECK_OK(got) CHECK_ERR(got, ERR_OK)

_Noreturn void test_failed(const char *file, int line, const char *expression, const char *got, const char *want);
_Noreturn void test_skip(struct test *t, const char *reason);
void test_check_int(const char *file, int line, const char *expression, int64_t got, int64_t want);
void test_check_text(const char *file, int line, const char *expression, const char *got, const char *want);

/* The path of a file below ../shared/data, or NULL when that folder is not there (SKIP then). */
const char *test_data(struct test *t, const char *path);
/* The whole file in the test's arena, NUL-terminated, or NULL. */
char *test_read_file(struct test *t, const char *path, size_t *out_n);
/* A fresh empty folder, removed when the program ends well. */
const char *test_folder(struct test *t);

/* ---- The engine under test: SQLite, or the PostgreSQL server of ORDO_TEST_POSTGRES (tools/postgres.sh) ---- */

/* The url of a fresh empty database. On PostgreSQL it goes when the test ends, whoever is still connected; where
 * ORDO_TEST_ISOLATION is set, that is its default_transaction_isolation. */
const char *test_database(struct test *t);
/* The same, but a copy of the database at this url, which nobody has open meanwhile. */
const char *test_database_copy(struct test *t, const char *from);
/* The same where many tests begin with the same rows: on PostgreSQL it may be another test's, put back as it was. from
 * belongs to test_program(), and nobody opens it any more. */
const char *test_database_with(struct test *t, const char *from);
bool test_on_postgres(void);
/* What lasts as long as the program: test_database(test_program()) for what many tests copy. */
struct test *test_program(void);
/* For tests about SQLite itself. */
#define SQLITE_ONLY(reason)                                                                                            \
  do {                                                                                                                 \
    if (test_on_postgres())                                                                                            \
      SKIP("SQLite only: " reason);                                                                                    \
  } while (0)

#endif
