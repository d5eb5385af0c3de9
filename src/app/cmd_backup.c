/* ordo backup and ordo restore: one file that holds a company, and the proof that it does. */
#include "cmd_transfer.h"

#include "schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const struct option_row backup_options[] = {
    OPTION_DATABASE,
    {"to", NULL, NULL, false, "the file to write, which is not there yet; it holds secrets and is its owner's alone"},
    {0},
};
const struct option_row restore_options[] = {
    {"from", NULL, NULL, false, "a file that ordo backup has written"},
    {"to", NULL, NULL, false, "a fresh database: sqlite:PATH or postgresql://HOST/NAME"},
    {"drill", NULL, NULL, true, "restore into a scratch file, check it as ordo check does, and remove it"},
    {"scratch", NULL, NULL, false, "with --drill: the folder of the scratch file; default the backup's own"},
    {0},
};

/* ---- backup ---- */

static void tell_backup(const struct transfer_job *job, const char *path)
{
  struct stat st = {0};
  stat(path, &st);
  printf("%lld tables, %lld rows, proved; %lld bytes in %s\n", (long long)job->result.tables,
         (long long)job->result.rows, (long long)st.st_size, path);
}

int cmd_backup(const struct arguments *args)
{
  const char *path = argument(args, "to");
  struct transfer_job job;
  if (text_empty(path) || strstr(path, "://")) {
    failed("backup needs --to FILE, for example --to /backup/ordo-2026-11-20.db");
    return EXIT_USAGE;
  }
  if (sqlite_path(path))
    path = sqlite_path(path);
  transfer_job_init(&job);
  bool fine = transfer_job_open(&job, argument(args, "database"), NULL);
  if (fine)
    fine = transfer_job_fine(&job, transfer_backup(&job.transfer, path, &job.result));
  if (fine)
    tell_backup(&job, path);
  transfer_job_done(&job);
  return fine ? EXIT_FINE : EXIT_FAILED;
}

/* ---- restore ---- */

static bool open_backup(struct transfer_job *job, const char *path, const char *to)
{
  return transfer_job_open(job, arena_printf(job->transfer.arena, "sqlite:%s", path), to);
}

/* A file becomes a file by its pages; another engine gets row by row. */
static bool restore(const char *from, const char *to)
{
  struct transfer_job job;
  const char *path = sqlite_path(to);
  transfer_job_init(&job);
  bool fine = open_backup(&job, from, path ? NULL : to);
  if (fine && path)
    fine = transfer_job_fine(&job, transfer_restore(&job.transfer, path, &job.result));
  else if (fine)
    fine = transfer_job_fine(&job, transfer_file_whole(job.transfer.from, &job.fault)) &&
           transfer_job_fine(&job, transfer_copy(&job.transfer, &job.result));
  if (fine)
    printf("%lld tables, %lld rows restored and proved\n", (long long)job.result.tables, (long long)job.result.rows);
  transfer_job_done(&job);
  return fine;
}

/* ---- The drill ---- */

/* What a person wants to read: how much there is, and up to when. */
static enum err tell_contents(struct ctx *cx)
{
  static const struct db_stmt counts[] = {
      {"SELECT count(*) FROM orders", DB_REPORT},
      {"SELECT count(*) FROM customer", DB_REPORT},
      {"SELECT count(*) FROM product", DB_REPORT},
      {"SELECT count(*) FROM event", DB_REPORT},
  };
  static const char *const names[COUNT_OF(counts)] = {"orders", "customers", "products", "events"};
  for (size_t i = 0; i < COUNT_OF(counts); i++) {
    int64_t n = 0;
    TRY(db_one_i64(cx->db, &counts[i], &n, DB_NO_ARGS));
    printf("%lld %s%s", (long long)n, names[i], i + 1 < COUNT_OF(counts) ? ", " : "\n");
  }
  return ERR_OK;
}

static enum err tell_newest_order(struct ctx *cx)
{
  static const struct db_stmt newest = {
      "SELECT number, created_at FROM orders ORDER BY created_at DESC, id DESC LIMIT 1", DB_LIST};
  struct db_rows rows;
  char at[INSTANT_TEXT];
  TRY(db_query(cx->db, &newest, &rows, DB_NO_ARGS));
  if (db_next(&rows)) {
    const char *number = db_text(&rows, 0);
    instant_format(INSTANT(db_i64(&rows, 1)), at);
    printf("newest order: %s of %s\n", number ? number : "a draft", at);
  }
  return db_done(&rows);
}

static enum err tell_feed(struct ctx *cx)
{
  struct feed_head head;
  TRY(feed_head_load(cx, &head));
  printf("feed: up to event %lld\n", (long long)head.seq);
  return ERR_OK;
}

static enum err tell_all(struct ctx *cx)
{
  TRY(tell_contents(cx));
  TRY(tell_newest_order(cx));
  return tell_feed(cx);
}

static bool tell_restored(const char *url)
{
  struct arena *a = arena_new((size_t)256 << 20);
  struct ctx cx;
  ctx_init(&cx, a, NULL, clock_real.now(NULL));
  enum err err = db_open(url, DB_READER, &cx.fault, &cx.db);
  if (err == ERR_OK) {
    db_use(cx.db, &cx.fault, a);
    err = tell_all(&cx);
  }
  if (err != ERR_OK)
    failed("%s", cx.fault.detail ? cx.fault.detail : err_info(err)->title);
  db_close(cx.db);
  arena_free(a);
  return err == ERR_OK;
}

/* As its server would at its next start: a backup may be older than the program. */
static bool migrate(const char *url)
{
  struct arena *a = arena_new((size_t)64 << 20);
  struct fault f;
  struct db *db = NULL;
  fault_init(&f, a);
  enum err err = db_open(url, DB_WRITER, &f, &db);
  if (err == ERR_OK) {
    db_use(db, &f, a);
    err = schema_migrate(db);
  }
  if (err != ERR_OK)
    failed("%s", f.detail ? f.detail : err_info(err)->title);
  db_close(db);
  arena_free(a);
  return err == ERR_OK;
}

/* The command itself: the feed's hash chain and all other invariants. */
static bool check(const char *url)
{
  static const struct option_row options[] = {OPTION_DATABASE, {0}};
  return cmd_check(&(struct arguments){.options = options, .values = {url}}) == EXIT_FINE;
}

static void remove_scratch(const char *folder, const char *path)
{
  static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
  char name[4200];
  for (size_t i = 0; i < COUNT_OF(endings); i++)
    if (snprintf(name, sizeof name, "%s%s", path, endings[i]) < (int)sizeof name)
      unlink(name);
  rmdir(folder);
}

/* A folder of our own beside the backup: where it fits once, it is likely to fit twice. */
static bool make_scratch(const char *from, const char *in, char *out, size_t n)
{
  const char *slash = strrchr(from, '/');
  int length = in      ? snprintf(out, n, "%s/ordo-drill-XXXXXX", in)
               : slash ? snprintf(out, n, "%.*s/ordo-drill-XXXXXX", (int)(slash - from), from)
                       : snprintf(out, n, "ordo-drill-XXXXXX");
  if (length < (int)n && mkdtemp(out))
    return true;
  failed("no scratch folder can be made beside %s: %s; --scratch names another place", from, strerror(errno));
  return false;
}

static bool drill(const char *from, const char *in)
{
  char folder[4000], url[4096];
  if (!make_scratch(from, in, folder, sizeof folder))
    return false;
  snprintf(url, sizeof url, "sqlite:%s/drill.db", folder);
  int64_t began = clock_real.now(NULL).ms;
  bool fine = restore(from, url);
  int64_t restored = clock_real.now(NULL).ms;
  fine = fine && migrate(url) && tell_restored(url) && check(url);
  remove_scratch(folder, sqlite_path(url));
  if (fine)
    printf("the drill went well: restored in %lld ms, everything checked in %lld ms\n", (long long)(restored - began),
           (long long)(clock_real.now(NULL).ms - restored));
  return fine;
}

int cmd_restore(const struct arguments *args)
{
  const char *from = argument(args, "from"), *to = argument(args, "to");
  bool drilled = argument(args, "drill") != NULL;
  if (text_empty(from) || drilled == (to != NULL) || (to && !strchr(to, ':'))) {
    failed("restore needs --from FILE and either --to URL or --drill, for example --from /backup/ordo.db --to "
           "sqlite:data/ordo.db");
    return EXIT_USAGE;
  }
  if (sqlite_path(from))
    from = sqlite_path(from);
  return (drilled ? drill(from, argument(args, "scratch")) : restore(from, to)) ? EXIT_FINE : EXIT_FAILED;
}
