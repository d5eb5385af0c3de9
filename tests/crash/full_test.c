/* A full disk: a small file system of our own. The server says 503, loses nothing that it acknowledged, and goes on when
 * there is room again. */
#include "deeds.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

enum { CLIENTS = 8, ROOM_KB = 24 * 1024, BALLAST_KB = 12 * 1024 };

/* A mount of our own that nobody else sees; false where the system does not let us. */
static bool small_disk(const char *folder, int kb)
{
  char size[32];
  snprintf(size, sizeof size, "size=%dk", kb);
  return unshare(CLONE_NEWNS) == 0 && mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
         mount("none", folder, "tmpfs", 0, size) == 0;
}

static void unmount(void *folder)
{
  umount2(folder, MNT_DETACH);
}

/* A file that takes up room. */
static const char *ballast(struct test *t, const char *folder, int kb)
{
  const char *path = arena_printf(t->arena, "%s/ballast", folder);
  int fd = open(path, O_WRONLY | O_CREAT, 0600);
  CHECK_INT(posix_fallocate(fd, 0, (off_t)kb * 1024), 0);
  close(fd);
  return path;
}

TEST(a_full_disk_refuses_and_loses_nothing_and_goes_on_when_there_is_room)
{
  const char *folder = test_folder(t);
  if (!small_disk(folder, ROOM_KB))
    SKIP("this system does not allow a file system of our own");
  arena_defer(t->arena, unmount, (void *)folder);
  struct crowd *c = ARENA_NEW(t->arena, struct crowd);
  struct shop *s = shop_in(t, folder);
  s->log = arena_printf(t->arena, "%s/log", test_folder(t)); /* the program may still speak */
  const char *weight = ballast(t, folder, BALLAST_KB);
  s->key = shop_key(s, "tests", "*");
  shop_start(s);
  a_large_shop(s);
  c->seed = load_seed();
  c->n_workers = CLIENTS;
  c->go_on = true;
  for (int i = 0; i < CLIENTS; i++) {
    c->workers[i].arena = arena_new((size_t)1 << 30);
    arena_defer(t->arena, (void (*)(void *))arena_free, c->workers[i].arena);
  }
  struct load l = {
      .address = s->address, .key = s->key, .workers = CLIENTS, .run = deeds_do, .arg = c, .seed = c->seed};
  load_start(&l);
  for (int64_t until = monotonic_ms() + 60000; atomic_load(&c->refused_503) < 50 && monotonic_ms() < until;)
    poll(NULL, 0, 20);
  int before = atomic_load(&c->acknowledged), refused = atomic_load(&c->refused_503);
  /* Reading goes on while nothing can be written. */
  SAY(200, "GET /v1/stock?sku=TEE-S");
  SAY(503, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/code", "storage_failed");
  CHECK(HEADER("Retry-After") != NULL);
  unlink(weight);
  for (int64_t until = monotonic_ms() + 20000; atomic_load(&c->acknowledged) < before + 50 && monotonic_ms() < until;)
    poll(NULL, 0, 20);
  atomic_store(&l.stopping, true);
  load_wait(&l);
  printf("  %d deeds acknowledged until the disk was full, %d refused, %d acknowledged when there was room\n", before,
         refused, c->acknowledged - before);
  CHECK(before > 0);
  CHECK(refused >= 50);
  CHECK(c->acknowledged >= before + 50);
  CHECK_INT(l.by_status[500], 0);
  shop_kill(s);
  shop_start(s);
  deeds_verify(s, c);
  deeds_count(s, c);
  shop_close(s);
}
