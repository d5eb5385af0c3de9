/* The disk below the database is full: a small file system of our own. Writes are refused, nothing acknowledged is lost,
 * and it goes on when there is room again; where PostgreSQL itself gave up, when it was started again. */
#include "servers.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { CLIENTS = 8, DEEDS = 30, ROOM_KB = 320 * 1024, LEFT_KB = 3 * 1024, FULL_MS = 20000, REFUSED = 20 };

/* A mount of our own that nobody else sees; false where the system does not let us. */
static bool small_disk(const char *folder, int kb)
{
  char size[32];
  snprintf(size, sizeof size, "size=%dk,mode=755", kb);
  return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount("none", folder, "tmpfs", 0, size) == 0;
}

static void unmount(void *folder)
{
  umount2(folder, MNT_DETACH);
  rmdir(folder);
}

/* A file that leaves only so much room. */
static const char *ballast(struct test *t, const char *folder, int leave_kb)
{
  const char *path = arena_printf(t->arena, "%s/ballast", folder);
  struct statvfs disk;
  CHECK_INT(statvfs(folder, &disk), 0);
  int64_t bytes = (int64_t)(disk.f_bavail * disk.f_frsize) - (int64_t)leave_kb * 1024;
  int fd = open(path, O_WRONLY | O_CREAT, 0600);
  while (bytes > 0 && posix_fallocate(fd, 0, bytes) != 0) /* the database takes room meanwhile, too */
    bytes -= 1 << 20;
  CHECK(bytes > 0);
  close(fd);
  return path;
}

/* Until clients were turned away often enough. */
static void until_refused(struct servers *sv)
{
  int64_t until = monotonic_ms() + FULL_MS;
  int wanted = sv->load.by_status[503] + REFUSED;
  while (sv->load.by_status[503] < wanted && monotonic_ms() < until)
    poll(NULL, 0, 20);
  CHECK(sv->load.by_status[503] >= wanted);
}

TEST(a_full_disk_under_the_database_refuses_and_loses_nothing)
{
  char *folder = arena_text(t->arena, "/tmp/ordo-full-XXXXXX");
  CHECK(mkdtemp(folder) != NULL);
  if (!small_disk(folder, ROOM_KB)) {
    rmdir(folder);
    SKIP("this system does not allow a file system of our own");
  }
  arena_defer(t->arena, unmount, folder);
  const char *data = arena_printf(t->arena, "%s/pg", folder);
  struct pg *pg = pg_start(t, data, (const char *[]){"max_wal_size = 64MB", "min_wal_size = 32MB", NULL});
  pg_create(pg, "ordo");
  struct servers *sv = servers_open(t, pg_url(pg, "ordo"), 2);
  servers_begin(sv, CLIENTS);
  servers_wait(sv, DEEDS);
  for (int i = 0; i < servers_rounds(1, 5); i++) {
    const char *weight = ballast(t, folder, LEFT_KB);
    until_refused(sv);
    unlink(weight);
    pg_restart(pg); /* nothing when it runs */
    servers_wait(sv, DEEDS);
  }
  servers_end(sv);
}
