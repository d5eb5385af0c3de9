/* SQLite's backup reads the source in one step: its log grows only while pages are copied, not while they are proved.
 * Because rows cannot be compared with a view that is gone, the file system is watched instead: what was handed to it
 * is what must be read back. A VFS of our own stands between SQLite and the file for that; it hashes and passes on. */
#define _GNU_SOURCE
#include "db_sqlite_file_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 4096, READ_PAGES = 256 };

/* ---- What was written ---- */

void db_pages_done(struct db_pages *pages)
{
  free(pages->sums);
  *pages = (struct db_pages){0};
}

static void resize(struct db_pages *pages, size_t n)
{
  if (n > pages->cap) {
    pages->cap = n > 2 * pages->cap ? n : 2 * pages->cap;
    pages->sums = realloc(pages->sums, pages->cap * sizeof *pages->sums);
    if (!pages->sums)
      abort();
  }
  if (n > pages->n)
    memset(pages->sums + pages->n, 0, (n - pages->n) * sizeof *pages->sums);
  pages->n = n;
}

static void note(struct db_pages *pages, const unsigned char *bytes, int n, sqlite3_int64 at)
{
  if (n % PAGE || at % PAGE) {
    pages->odd = true;
    return;
  }
  size_t first = (size_t)(at / PAGE), count = (size_t)n / PAGE;
  if (first + count > pages->n)
    resize(pages, first + count);
  for (size_t i = 0; i < count; i++)
    pages->sums[first + i] = hash_bytes(bytes + i * PAGE, PAGE);
}

/* ---- The file system, watched ---- */

struct watch {
  sqlite3_vfs vfs, *real;
  struct db_pages *pages;
  char name[64];
};
struct watched {
  sqlite3_file base;
  struct db_pages *pages;
  sqlite3_file *real; /* behind this struct, as long as the real VFS says */
};

static sqlite3_file *real_of(sqlite3_file *f)
{
  return ((struct watched *)f)->real;
}

#define PASS_ON(name, parameters, ...)                                                                                 \
  static int pass_##name parameters                                                                                    \
  {                                                                                                                    \
    return real_of(f)->pMethods->name(real_of(f) __VA_ARGS__);                                                         \
  }
#define AND(...) , __VA_ARGS__
PASS_ON(xClose, (sqlite3_file * f))
PASS_ON(xRead, (sqlite3_file * f, void *to, int n, sqlite3_int64 at), AND(to, n, at))
PASS_ON(xSync, (sqlite3_file * f, int flags), AND(flags))
PASS_ON(xFileSize, (sqlite3_file * f, sqlite3_int64 *out), AND(out))
PASS_ON(xLock, (sqlite3_file * f, int level), AND(level))
PASS_ON(xUnlock, (sqlite3_file * f, int level), AND(level))
PASS_ON(xCheckReservedLock, (sqlite3_file * f, int *out), AND(out))
PASS_ON(xFileControl, (sqlite3_file * f, int op, void *arg), AND(op, arg))
PASS_ON(xSectorSize, (sqlite3_file * f))
PASS_ON(xDeviceCharacteristics, (sqlite3_file * f))
#undef AND
#undef PASS_ON

static int watch_write(sqlite3_file *f, const void *bytes, int n, sqlite3_int64 at)
{
  note(((struct watched *)f)->pages, bytes, n, at);
  return real_of(f)->pMethods->xWrite(real_of(f), bytes, n, at);
}

static int watch_truncate(sqlite3_file *f, sqlite3_int64 size)
{
  resize(((struct watched *)f)->pages, (size_t)((size + PAGE - 1) / PAGE));
  return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

/* Version 1: no shared memory and so no log, which a file with one user does not need. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = pass_xClose,
    .xRead = pass_xRead,
    .xWrite = watch_write,
    .xTruncate = watch_truncate,
    .xSync = pass_xSync,
    .xFileSize = pass_xFileSize,
    .xLock = pass_xLock,
    .xUnlock = pass_xUnlock,
    .xCheckReservedLock = pass_xCheckReservedLock,
    .xFileControl = pass_xFileControl,
    .xSectorSize = pass_xSectorSize,
    .xDeviceCharacteristics = pass_xDeviceCharacteristics,
};

static int watch_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *f, int flags, int *out_flags)
{
  struct watch *w = vfs->pAppData;
  struct watched *file = (struct watched *)f;
  if (!(flags & SQLITE_OPEN_MAIN_DB))
    return w->real->xOpen(w->real, name, f, flags, out_flags);
  *file = (struct watched){.pages = w->pages, .real = (sqlite3_file *)(file + 1)};
  int rc = w->real->xOpen(w->real, name, file->real, flags, out_flags);
  file->base.pMethods = file->real->pMethods ? &methods : NULL;
  return rc;
}

/* All its other functions ask nothing of the struct they are called with. */
static int watch_begin(struct watch *w, struct db_pages *pages)
{
  w->real = sqlite3_vfs_find(NULL);
  w->pages = pages;
  w->vfs = *w->real;
  snprintf(w->name, sizeof w->name, "ordo-copy-%p", (void *)w);
  w->vfs.zName = w->name;
  w->vfs.szOsFile = (int)sizeof(struct watched) + w->real->szOsFile;
  w->vfs.pAppData = w;
  w->vfs.xOpen = watch_open;
  return sqlite3_vfs_register(&w->vfs, 0);
}

/* ---- Copying ---- */

/* In one step, which holds the view of the source until it ends. */
static int copy_pages(sqlite3 *to, sqlite3 *from)
{
  sqlite3_backup *backup = sqlite3_backup_init(to, "main", from, "main");
  if (!backup)
    return sqlite3_extended_errcode(to);
  int rc = sqlite3_backup_step(backup, -1);
  int finished = sqlite3_backup_finish(backup);
  return rc == SQLITE_DONE ? finished : rc;
}

/* The file is thrown away when this fails, so it needs no journal. Its pages arrive with the source's mark of a log,
 * which nobody will find beside it: bytes 18 and 19 of the header, 1 = none. */
static int copy_into(const char *path, const char *vfs, sqlite3 *from)
{
  sqlite3 *to = NULL;
  int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  int rc = sqlite3_open_v2(path, &to, flags, vfs);
  if (rc == SQLITE_OK)
    rc = sqlite3_exec(to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF", NULL, NULL, NULL);
  if (rc == SQLITE_OK)
    rc = copy_pages(to, from);
  sqlite3_close(to);
  return rc;
}

static int take_log_mark_away(const char *path, struct db_pages *pages)
{
  unsigned char head[PAGE];
  int fd = open(path, O_RDWR | O_CLOEXEC);
  bool fine = fd >= 0 && pread(fd, head, sizeof head, 0) == sizeof head && pages->n > 0 &&
              hash_bytes(head, sizeof head) == pages->sums[0];
  head[18] = head[19] = 1;
  fine = fine && pwrite(fd, head, sizeof head, 0) == sizeof head;
  if (fine)
    note(pages, head, sizeof head, 0);
  if (fd >= 0)
    close(fd);
  return fine ? SQLITE_OK : SQLITE_IOERR;
}

int db_pages_copy(struct sqlite3 *from, const char *path, struct db_pages *out)
{
  struct watch w = {0};
  *out = (struct db_pages){0};
  int rc = watch_begin(&w, out);
  if (rc != SQLITE_OK)
    return rc;
  rc = copy_into(path, w.name, from);
  sqlite3_vfs_unregister(&w.vfs);
  if (rc == SQLITE_OK)
    rc = take_log_mark_away(path, out);
  return rc;
}

/* ---- Proving ---- */

static bool all_zero(const unsigned char *bytes)
{
  return bytes[0] == 0 && memcmp(bytes, bytes + 1, PAGE - 1) == 0;
}

static bool pages_as_written(int fd, const struct db_pages *pages)
{
  static const size_t chunk = (size_t)READ_PAGES * PAGE;
  unsigned char *bytes = malloc(chunk);
  if (!bytes)
    abort();
  bool same = true;
  for (size_t page = 0; same && page < pages->n; page += READ_PAGES) {
    size_t count = pages->n - page < READ_PAGES ? pages->n - page : READ_PAGES;
    same = pread(fd, bytes, count * PAGE, (off_t)(page * PAGE)) == (ssize_t)(count * PAGE);
    for (size_t i = 0; same && i < count; i++) {
      uint64_t sum = pages->sums[page + i];
      same = sum ? hash_bytes(bytes + i * PAGE, PAGE) == sum : all_zero(bytes + i * PAGE);
    }
  }
  free(bytes);
  return same;
}

static const char *prove_open(int fd, const struct db_pages *pages)
{
  if (pages->odd || pages->n == 0)
    return "it was not written page by page";
  if (fsync(fd) != 0)
    return "it cannot be synced";
  posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED); /* else we would read our own memory */
  if (lseek(fd, 0, SEEK_END) != (off_t)(pages->n * PAGE))
    return "it is not as long as what was written";
  return pages_as_written(fd, pages) ? NULL : "it does not hold what was written";
}

const char *db_pages_prove(const char *path, const struct db_pages *pages)
{
  int fd = open(path, O_RDWR | O_CLOEXEC);
  if (fd < 0)
    return "it cannot be opened";
  const char *problem = prove_open(fd, pages);
  close(fd);
  return problem;
}
