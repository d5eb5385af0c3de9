/* The harness's main: runs registered tests in source order, each to its end or its first failed check. */
#define _GNU_SOURCE
#include "test.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ARENA_BUDGET = 1 << 30 };

static struct test *first, **last = &first;
static jmp_buf leave;
static char folders[64][64];
static int n_folders, passed, failed, skipped;
enum { PASSED = 1, FAILED, SKIPPED };

void test_register(struct test *t)
{
  *last = t;
  last = &t->next;
}

struct test *test_program(void)
{
  static struct test program = {.name = "the program"};
  if (!program.arena)
    program.arena = arena_new(ARENA_BUDGET);
  return &program;
}

void test_failed(const char *file, int line, const char *expression, const char *got, const char *want)
{
  printf("%s:%d: %s\n  was    %s\n  wanted %s\n", file, line, expression, got, want);
  longjmp(leave, FAILED);
}

void test_skip(struct test *t, const char *reason)
{
  printf("skipped %s: %s\n", t->name, reason);
  longjmp(leave, SKIPPED);
}

void test_check_int(const char *file, int line, const char *expression, int64_t got, int64_t want)
{
  if (got == want)
    return;
  char a[32], b[32];
  snprintf(a, sizeof a, "%lld", (long long)got);
  snprintf(b, sizeof b, "%lld", (long long)want);
  test_failed(file, line, expression, a, b);
}

void test_check_text(const char *file, int line, const char *expression, const char *got, const char *want)
{
  if (!text_eq(got, want))
    test_failed(file, line, expression, got ? got : "NULL", want ? want : "NULL");
}

const char *test_data(struct test *t, const char *path)
{
  const char *full = arena_printf(t->arena, "%s/../shared/data/%s", ORDO_SOURCE_DIR, path);
  return access(full, R_OK) == 0 ? full : NULL;
}

char *test_read_file(struct test *t, const char *path, size_t *out_n)
{
  FILE *f = path ? fopen(path, "rb") : NULL;
  if (!f)
    return NULL;
  struct buf b;
  buf_init(&b, t->arena);
  char block[65536];
  size_t n;
  while ((n = fread(block, 1, sizeof block, f)) > 0)
    buf_add(&b, block, n);
  fclose(f);
  if (out_n)
    *out_n = b.n;
  return arena_textn(t->arena, buf_str(&b), b.n);
}

static int unlink_entry(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
  (void)st, (void)kind, (void)ftw;
  return remove(path);
}

const char *test_folder(struct test *t)
{
  assert(n_folders < (int)COUNT_OF(folders));
  const char *root = getenv("TMPDIR");
  char *path = folders[n_folders++];
  snprintf(path, sizeof folders[0], "%.40s/ordo-test-XXXXXX", root ? root : "/tmp");
  if (!mkdtemp(path))
    test_failed(__FILE__, __LINE__, "mkdtemp", path, "a folder");
  return arena_text(t->arena, path);
}

int main(int argc, char **argv)
{
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (struct test *volatile t = first; t; t = t->next) {
    if (argc > 1 && !strstr(t->name, argv[1]))
      continue;
    t->arena = arena_new(ARENA_BUDGET);
    int how = setjmp(leave);
    if (how == 0) {
      t->fn(t);
      passed++;
    } else if (how == FAILED) {
      printf("FAILED %s\n", t->name);
      failed++;
    } else {
      skipped++;
    }
    arena_free(t->arena);
  }
  arena_free(test_program()->arena);
  if (!failed)
    for (int i = 0; i < n_folders; i++)
      nftw(folders[i], unlink_entry, 16, FTW_DEPTH | FTW_PHYS);
  printf("%d passed, %d failed, %d skipped\n", passed, failed, skipped);
  return failed ? 1 : 0;
}
