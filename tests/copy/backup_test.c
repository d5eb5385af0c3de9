/* ordo backup and ordo restore: what was acknowledged before a backup began is in it, and a drill proves that. */
#include "db.h"
#include "load.h"
#include "shop.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { WORKERS = 8, ORDERS_MAX = 20000 };

static const char *log_of(struct shop *s)
{
  const char *log = test_read_file(s->t, s->log, NULL);
  return log ? log : "";
}

static int backup(struct shop *s, const char *file, const char **out)
{
  return shop_run(s, out, (const char *[]){"backup", "--database", s->url, "--to", file, NULL});
}

static int drill(struct shop *s, const char *file, const char **out)
{
  return shop_run(s, out, (const char *[]){"restore", "--drill", "--from", file, NULL});
}

/* ---- Under load ---- */

/* Each worker places orders one after the other, named by itself and their number; acknowledged = how many were. */
struct placing {
  atomic_int acknowledged[WORKERS];
};

static void place(struct load_worker *w)
{
  struct placing *p = w->load->arg;
  struct answer answer;
  char body[256];
  for (int i = 0; i < ORDERS_MAX && !w->load->stopping; i++) {
    snprintf(body, sizeof body,
             "{\"channel\":\"web\",\"currency\":\"USD\",\"external_id\":\"L-%d-%d\","
             "\"lines\":[{\"sku\":\"TEE-S\",\"quantity\":1}]}",
             w->n, i);
    if (load_call(w, &(struct request){.method = "POST", .path = "/v1/orders", .body = body}, &answer) !=
            CALL_ANSWERED ||
        answer.status != 201)
      return;
    p->acknowledged[w->n] = i + 1;
  }
}

static void await_some(const struct placing *p, int n)
{
  int64_t until = monotonic_ms() + 60000;
  for (int i = 0; i < WORKERS; i++)
    while (p->acknowledged[i] < n) {
      CHECK(monotonic_ms() < until);
      poll(NULL, 0, 10);
    }
}

/* For each worker, how many of its first n orders are there. */
static void count_orders(struct test *t, const char *url, const int n[WORKERS], int found[WORKERS])
{
  static const struct db_stmt all = {"SELECT external_id FROM orders", DB_REPORT};
  struct fault f;
  struct db *db = NULL;
  struct db_rows rows;
  int worker, i;
  fault_init(&f, t->arena);
  CHECK_OK(db_open(url, DB_READER, &f, &db));
  db_use(db, &f, t->arena);
  CHECK_OK(db_query(db, &all, &rows, DB_NO_ARGS));
  while (db_next(&rows)) {
    const char *id = db_text(&rows, 0);
    if (id && sscanf(id, "L-%d-%d", &worker, &i) == 2 && i < n[worker])
      found[worker]++;
  }
  CHECK_OK(db_done(&rows));
  db_close(db);
}

TEST(every_order_acknowledged_before_a_backup_began_is_restored_from_it)
{
  struct shop *s = shop_open(t);
  struct placing placing = {0};
  const char *file = arena_printf(t->arena, "%s/backup.db", test_folder(t)), *out, *restored = test_database(t);
  int before[WORKERS], found[WORKERS] = {0};
  a_small_shop(s);
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 1000000}]}");
  struct load l = {.address = s->address, .key = s->key, .workers = WORKERS, .run = place, .arg = &placing};
  load_start(&l);
  await_some(&placing, 10);
  for (int i = 0; i < WORKERS; i++)
    before[i] = placing.acknowledged[i];
  CHECK_INT(backup(s, file, &out), 0);
  CHECK(strstr(out, " rows, proved; "));
  await_some(&placing, before[0] + 1); /* writes went on */
  l.stopping = true;
  load_wait(&l);
  shop_close(s);

  CHECK_INT(shop_run(s, &out, (const char *[]){"restore", "--from", file, "--to", restored, NULL}), 0);
  count_orders(t, restored, before, found);
  for (int i = 0; i < WORKERS; i++)
    CHECK_INT(found[i], before[i]);
  s->url = restored;
  shop_check(s);
  shop_start(s);
  a_paid_order(s, 1);
  shop_close(s);
}

/* ---- Drills ---- */

/* Files of a folder beside "." and "..". */
static int files_in(const char *folder)
{
  int n = 0;
  DIR *d = opendir(folder);
  while (readdir(d))
    n++;
  closedir(d);
  return n - 2;
}

TEST(a_drill_tells_what_is_in_a_backup_and_leaves_nothing_behind)
{
  struct shop *s = shop_open(t);
  const char *folder = test_folder(t), *file = arena_printf(t->arena, "%s/backup.db", folder), *out;
  a_small_shop(s);
  a_paid_order(s, 1);
  SAY(200, "GET /v1/orders/<order>");
  const char *number = AT("/number");
  CHECK_INT(backup(s, file, NULL), 0); /* beside the server */
  CHECK_INT(drill(s, file, &out), 0);
  CHECK(strstr(out, "1 orders, "));
  CHECK(strstr(out, arena_printf(t->arena, "newest order: %s of ", number)));
  CHECK(strstr(out, "feed: up to event "));
  CHECK(strstr(out, "\n0 differences\n"));
  CHECK(strstr(out, "the drill went well"));
  CHECK_INT(files_in(folder), 1);
  shop_close(s);
}

TEST(a_drill_on_a_damaged_backup_says_so)
{
  struct shop *s = shop_open(t);
  const char *folder = test_folder(t), *file = arena_printf(t->arena, "%s/backup.db", folder);
  a_small_shop(s);
  shop_close(s);
  CHECK_INT(backup(s, file, NULL), 0);
  int fd = open(file, O_RDWR);
  off_t size = lseek(fd, 0, SEEK_END);
  CHECK_INT(ftruncate(fd, size - 4096 * 3), 0);
  close(fd);
  CHECK_INT(drill(s, file, NULL), 1);
  CHECK(strstr(log_of(s), "damaged"));
  CHECK_INT(files_in(folder), 1);
}

/* Pages that are whole but hold other values: SQLite's check is content, ours is not. */
TEST(a_drill_on_a_backup_that_somebody_has_changed_finds_it)
{
  static const struct db_stmt change = {"UPDATE stock SET on_hand = on_hand + 1000000", DB_REPORT};
  struct shop *s = shop_open(t);
  const char *file = arena_printf(t->arena, "%s/backup.db", test_folder(t)), *out;
  struct fault f;
  struct db *db = NULL;
  a_small_shop(s);
  shop_close(s);
  CHECK_INT(backup(s, file, NULL), 0);
  fault_init(&f, t->arena);
  CHECK_OK(db_open(arena_printf(t->arena, "sqlite:%s", file), DB_WRITER, &f, &db));
  CHECK_OK(db_run(db, &change, NULL, DB_NO_ARGS));
  db_close(db);
  CHECK_INT(drill(s, file, &out), 1);
  CHECK(strstr(out, "TEE-S at NJ1: on hand "));
  CHECK(!strstr(out, "the drill went well"));
}

TEST(a_backup_of_nothing_and_a_restore_over_something_are_refused)
{
  struct shop *s = shop_open(t);
  const char *folder = test_folder(t), *file = arena_printf(t->arena, "%s/backup.db", folder);
  const char *missing = arena_printf(t->arena, "sqlite:%s/missing.db", folder);
  shop_close(s);
  CHECK_INT(shop_run(s, NULL, (const char *[]){"backup", "--database", missing, "--to", file, NULL}), 1);
  CHECK_INT(files_in(folder), 0);
  CHECK_INT(backup(s, file, NULL), 0);
  CHECK_INT(shop_run(s, NULL, (const char *[]){"restore", "--from", file, "--to", s->url, NULL}), 1);
  shop_check(s);
}
