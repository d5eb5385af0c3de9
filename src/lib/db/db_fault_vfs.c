/* An SQLite VFS that fails on demand, over the ordinary unix one: the tests' bad disk.
 *
 * What a file system does with a write is hold it in memory until a sync. Here each file (a node, shared by all its
 * open connections) can do the same with a list of pending writes; reads see them, a sync brings them to the real file,
 * and a power cut loses them. Locks and the shared-memory index pass through: the index is rebuilt from the log after a
 * crash.
 *
 * State is global, as SQLite's list of VFSes is; this file is for tests alone. */
#include "db.h"

#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A write, or with bytes == NULL a truncation to offset. */
struct pending {
  sqlite3_int64 offset;
  size_t n;
  unsigned char *bytes;
};

struct node {
  struct node *next;
  char *path;
  int open;
  struct pending *at;
  size_t n, cap;
};

struct fault_file {
  sqlite3_file base;
  struct node *node; /* NULL for nameless temporary files, which never fail */
  sqlite3_file *real;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct node *nodes;
static struct db_fault_plan plan;
static uint64_t luck;
static bool cut;
static sqlite3_vfs *real_vfs;

static struct fault_file *file_of(sqlite3_file *f)
{
  return (struct fault_file *)f;
}

/* True when the n-th time has come; n counts down to it and then stands still at 0, which is never. */
static bool due(int64_t *n)
{
  return *n > 0 && --*n == 0;
}

/* True from the n-th time on; n counts down to 1 and stays there. */
static bool due_from(int64_t *n)
{
  if (*n > 1)
    --*n;
  else if (*n == 1)
    return true;
  return false;
}

static bool holding(void)
{
  return plan.lose_after == 1;
}

static uint64_t draw(void)
{
  return luck = hash_mix(luck, 1);
}

/* ---- Pending writes ---- */

static void forget_pending(struct node *node)
{
  for (size_t i = 0; i < node->n; i++)
    free(node->at[i].bytes);
  node->n = 0;
}

static void hold(struct node *node, sqlite3_int64 offset, const void *bytes, size_t n)
{
  if (node->n == node->cap) {
    node->cap = node->cap ? node->cap * 2 : 64;
    node->at = realloc(node->at, node->cap * sizeof *node->at);
    if (!node->at)
      abort();
  }
  struct pending p = {.offset = offset, .n = n, .bytes = bytes ? malloc(n + 1) : NULL};
  if (bytes)
    memcpy(p.bytes, bytes, n);
  node->at[node->n++] = p;
}

static int bring(sqlite3_file *real, const struct pending *p)
{
  return p->bytes ? real->pMethods->xWrite(real, p->bytes, (int)p->n, p->offset)
                  : real->pMethods->xTruncate(real, p->offset);
}

static int bring_all(struct fault_file *f)
{
  int rc = SQLITE_OK;
  for (size_t i = 0; f->node && i < f->node->n && rc == SQLITE_OK; i++)
    rc = bring(f->real, &f->node->at[i]);
  if (rc == SQLITE_OK && f->node)
    forget_pending(f->node);
  return rc;
}

static sqlite3_int64 size_with_pending(const struct node *node, sqlite3_int64 size)
{
  for (size_t i = 0; node && i < node->n; i++) {
    const struct pending *p = &node->at[i];
    sqlite3_int64 end = p->offset + (sqlite3_int64)p->n;
    if (!p->bytes)
      size = p->offset;
    else if (end > size)
      size = end;
  }
  return size;
}

/* Lays what is pending over a window of n bytes at offset. */
static void overlay(const struct node *node, unsigned char *window, sqlite3_int64 n, sqlite3_int64 offset)
{
  for (size_t i = 0; i < node->n; i++) {
    const struct pending *p = &node->at[i];
    sqlite3_int64 from = p->offset > offset ? p->offset : offset;
    sqlite3_int64 end = p->offset + (sqlite3_int64)p->n;
    sqlite3_int64 to = !p->bytes || end > offset + n ? offset + n : end;
    if (from >= to)
      continue;
    if (p->bytes)
      memcpy(window + (from - offset), p->bytes + (from - p->offset), (size_t)(to - from));
    else
      memset(window + (from - offset), 0, (size_t)(to - from));
  }
}

/* ---- Files ---- */

static int close_file(sqlite3_file *file)
{
  struct fault_file *f = file_of(file);
  pthread_mutex_lock(&lock);
  if (f->node && --f->node->open == 0 && !cut)
    bring_all(f); /* the machine lives on, so the system writes it in the end */
  pthread_mutex_unlock(&lock);
  return f->real->pMethods->xClose(f->real);
}

static int read_locked(struct fault_file *f, void *out, int n, sqlite3_int64 offset)
{
  if (cut)
    return SQLITE_IOERR_READ;
  int rc = f->real->pMethods->xRead(f->real, out, n, offset); /* short reads come filled up with zeros */
  if (!f->node || f->node->n == 0 || (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ))
    return rc;
  sqlite3_int64 size = 0;
  int size_rc = f->real->pMethods->xFileSize(f->real, &size);
  if (size_rc != SQLITE_OK)
    return size_rc;
  overlay(f->node, out, n, offset);
  return offset + n > size_with_pending(f->node, size) ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int read_file(sqlite3_file *file, void *out, int n, sqlite3_int64 offset)
{
  pthread_mutex_lock(&lock);
  int rc = read_locked(file_of(file), out, n, offset);
  pthread_mutex_unlock(&lock);
  return rc;
}

static int write_locked(struct fault_file *f, const void *bytes, int n, sqlite3_int64 offset)
{
  if (cut)
    return SQLITE_IOERR_WRITE;
  if (!f->node)
    return f->real->pMethods->xWrite(f->real, bytes, n, offset);
  if (due(&plan.fail_write_after)) {
    f->real->pMethods->xWrite(f->real, bytes, n / 2, offset);
    return SQLITE_IOERR_WRITE;
  }
  if (due_from(&plan.full_after))
    return SQLITE_FULL;
  if (!due_from(&plan.lose_after) && f->node->n == 0)
    return f->real->pMethods->xWrite(f->real, bytes, n, offset);
  hold(f->node, offset, bytes, (size_t)n); /* also behind others that wait: their order must stay */
  return SQLITE_OK;
}

static int write_file(sqlite3_file *file, const void *bytes, int n, sqlite3_int64 offset)
{
  pthread_mutex_lock(&lock);
  int rc = write_locked(file_of(file), bytes, n, offset);
  pthread_mutex_unlock(&lock);
  return rc;
}

static int truncate_locked(struct fault_file *f, sqlite3_int64 size)
{
  if (cut)
    return SQLITE_IOERR_TRUNCATE;
  if (!f->node || (!holding() && f->node->n == 0))
    return f->real->pMethods->xTruncate(f->real, size);
  hold(f->node, size, NULL, 0);
  return SQLITE_OK;
}

static int truncate_file(sqlite3_file *file, sqlite3_int64 size)
{
  pthread_mutex_lock(&lock);
  int rc = truncate_locked(file_of(file), size);
  pthread_mutex_unlock(&lock);
  return rc;
}

static int sync_locked(struct fault_file *f, int flags)
{
  if (cut || (f->node && due(&plan.fail_sync_after)))
    return SQLITE_IOERR_FSYNC;
  int rc = bring_all(f);
  return rc == SQLITE_OK ? f->real->pMethods->xSync(f->real, flags) : rc;
}

static int sync_file(sqlite3_file *file, int flags)
{
  pthread_mutex_lock(&lock);
  int rc = sync_locked(file_of(file), flags);
  pthread_mutex_unlock(&lock);
  return rc;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *out)
{
  struct fault_file *f = file_of(file);
  pthread_mutex_lock(&lock);
  int rc = cut ? SQLITE_IOERR_FSTAT : f->real->pMethods->xFileSize(f->real, out);
  if (rc == SQLITE_OK)
    *out = size_with_pending(f->node, *out);
  pthread_mutex_unlock(&lock);
  return rc;
}

/* ---- What passes through ---- */

#define REAL(file) file_of(file)->real

static int lock_file(sqlite3_file *f, int level)
{
  return REAL(f)->pMethods->xLock(REAL(f), level);
}

static int unlock_file(sqlite3_file *f, int level)
{
  return REAL(f)->pMethods->xUnlock(REAL(f), level);
}

static int check_lock(sqlite3_file *f, int *out)
{
  return REAL(f)->pMethods->xCheckReservedLock(REAL(f), out);
}

static int file_control(sqlite3_file *f, int op, void *arg)
{
  return REAL(f)->pMethods->xFileControl(REAL(f), op, arg);
}

static int sector_size(sqlite3_file *f)
{
  return REAL(f)->pMethods->xSectorSize(REAL(f));
}

static int device_traits(sqlite3_file *f)
{
  return REAL(f)->pMethods->xDeviceCharacteristics(REAL(f));
}

static int shm_map(sqlite3_file *f, int region, int size, int extend, void volatile **out)
{
  return REAL(f)->pMethods->xShmMap(REAL(f), region, size, extend, out);
}

static int shm_lock(sqlite3_file *f, int offset, int n, int flags)
{
  return REAL(f)->pMethods->xShmLock(REAL(f), offset, n, flags);
}

static void shm_barrier(sqlite3_file *f)
{
  REAL(f)->pMethods->xShmBarrier(REAL(f));
}

static int shm_unmap(sqlite3_file *f, int delete)
{
  return REAL(f)->pMethods->xShmUnmap(REAL(f), delete);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* 3 would add memory mapping, past our writes */
    .xClose = close_file,
    .xRead = read_file,
    .xWrite = write_file,
    .xTruncate = truncate_file,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock_file,
    .xUnlock = unlock_file,
    .xCheckReservedLock = check_lock,
    .xFileControl = file_control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = device_traits,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

/* ---- The VFS ---- */

static struct node *node_of(const char *path)
{
  struct node *node = nodes;
  while (node && strcmp(node->path, path) != 0)
    node = node->next;
  if (node)
    return node;
  node = calloc(1, sizeof *node);
  if (!node)
    abort();
  *node = (struct node){.next = nodes, .path = strdup(path)};
  return nodes = node;
}

static int open_file(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *out_flags)
{
  (void)vfs;
  struct fault_file *f = file_of(file);
  memset(f, 0, sizeof *f);
  f->real = (sqlite3_file *)(void *)(f + 1);
  int rc = real_vfs->xOpen(real_vfs, name, f->real, flags, out_flags);
  if (rc != SQLITE_OK)
    return rc;
  pthread_mutex_lock(&lock);
  if (name) {
    f->node = node_of(name);
    f->node->open++;
  }
  pthread_mutex_unlock(&lock);
  f->base.pMethods = &methods;
  return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync_folder)
{
  (void)vfs;
  pthread_mutex_lock(&lock);
  int rc = SQLITE_IOERR_DELETE;
  if (!cut) {
    forget_pending(node_of(name));
    rc = real_vfs->xDelete(real_vfs, name, sync_folder);
  }
  pthread_mutex_unlock(&lock);
  return rc;
}

void db_fault_vfs_register(void)
{
  static sqlite3_vfs vfs;
  pthread_mutex_lock(&lock);
  bool first = !real_vfs;
  if (first) {
    real_vfs = sqlite3_vfs_find(NULL);
    vfs = *real_vfs; /* all that is not said below is the real one's own */
    vfs.zName = "ordo-fault";
    vfs.pNext = NULL;
    vfs.szOsFile += (int)sizeof(struct fault_file);
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
  }
  pthread_mutex_unlock(&lock);
  if (first)
    sqlite3_vfs_register(&vfs, 0);
}

void db_fault_vfs_plan(const struct db_fault_plan *new_plan)
{
  pthread_mutex_lock(&lock);
  plan = *new_plan;
  luck = plan.seed;
  pthread_mutex_unlock(&lock);
}

/* ---- The power cut ---- */

/* How much of pending write i is on the disk after all, in bytes. kind: the disk was just done with everything. */
static size_t survives(const struct node *node, size_t i, bool kind)
{
  size_t n = node->at[i].n;
  if (kind)
    return n;
  if (plan.seed) {
    uint64_t lot = draw() % 4; /* half of them whole, a quarter torn, a quarter lost */
    return lot < 2 ? n : lot == 2 ? (size_t)(draw() % (n + 1)) : 0;
  }
  return plan.torn && i + 1 == node->n ? n / 2 : 0;
}

/* Past SQLite: the connections that had the file are as dead as their process would be. */
static void lose_pending(struct node *node, bool kind)
{
  int fd = node->n ? open(node->path, O_RDWR | O_CLOEXEC) : -1;
  for (size_t i = 0; fd >= 0 && i < node->n; i++) {
    const struct pending *p = &node->at[i];
    size_t n = survives(node, i, kind);
    if (n > 0 && pwrite(fd, p->bytes, n, p->offset) != (ssize_t)n)
      abort();
  }
  if (fd >= 0)
    close(fd);
  forget_pending(node);
}

void db_fault_vfs_power_cut(void)
{
  pthread_mutex_lock(&lock);
  bool kind = plan.seed && draw() % 4 == 0;
  for (struct node *node = nodes; node; node = node->next)
    lose_pending(node, kind);
  cut = true;
  pthread_mutex_unlock(&lock);
}

void db_fault_vfs_replug(void)
{
  pthread_mutex_lock(&lock);
  cut = false;
  plan = (struct db_fault_plan){0};
  pthread_mutex_unlock(&lock);
}
