/* A copy of a database's pages, and a disk that does not hold what it was given. */
#include "db_sqlite_file_priv.h"

#include "test.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

static sqlite3 *some_database(struct test *t)
{
  sqlite3 *db = NULL;
  CHECK_INT(sqlite3_open(arena_printf(t->arena, "%s/from.db", test_folder(t)), &db), SQLITE_OK);
  CHECK_INT(sqlite3_exec(db,
                         "PRAGMA journal_mode = WAL; CREATE TABLE t (a INTEGER PRIMARY KEY, b);"
                         "INSERT INTO t (b) VALUES (randomblob(3000)), (randomblob(50000)), (randomblob(9000))",
                         NULL, NULL, NULL),
            SQLITE_OK);
  return db;
}

static void change_byte(const char *path, off_t at)
{
  unsigned char byte;
  int fd = open(path, O_RDWR);
  CHECK_INT(pread(fd, &byte, 1, at), 1);
  byte ^= 1;
  CHECK_INT(pwrite(fd, &byte, 1, at), 1);
  close(fd);
}

TEST(a_copy_of_pages_is_proved_and_needs_no_log)
{
  sqlite3 *db = some_database(t), *copy = NULL;
  const char *path = arena_printf(t->arena, "%s/copy", test_folder(t));
  struct db_pages pages;
  size_t n;
  CHECK_INT(db_pages_copy(db, path, &pages), SQLITE_OK);
  CHECK_TEXT(db_pages_prove(path, &pages), NULL);
  CHECK(pages.n > 15);
  const char *bytes = test_read_file(t, path, &n);
  CHECK_INT(n, pages.n * 4096);
  CHECK_INT(bytes[18], 1);
  CHECK_INT(sqlite3_open_v2(path, &copy, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
  CHECK_INT(sqlite3_exec(copy, "SELECT * FROM t; PRAGMA integrity_check", NULL, NULL, NULL), SQLITE_OK);
  sqlite3_close(copy);
  sqlite3_close(db);
  db_pages_done(&pages);
}

TEST(a_byte_that_the_disk_has_changed_is_found)
{
  sqlite3 *db = some_database(t);
  const char *path = arena_printf(t->arena, "%s/copy", test_folder(t));
  struct db_pages pages;
  CHECK_INT(db_pages_copy(db, path, &pages), SQLITE_OK);
  change_byte(path, 4096 * 7 + 99);
  CHECK_TEXT(db_pages_prove(path, &pages), "it does not hold what was written");
  change_byte(path, 4096 * 7 + 99);
  CHECK_TEXT(db_pages_prove(path, &pages), NULL);
  CHECK_INT(truncate(path, 4096 * 3), 0);
  CHECK_TEXT(db_pages_prove(path, &pages), "it is not as long as what was written");
  sqlite3_close(db);
  db_pages_done(&pages);
}
