/* Arena: blocks of growing size, freed together. The first block stays through arena_reset, so a connection that
 * reuses its arena allocates nothing in the ordinary case. */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_MIN = 16 * 1024, BLOCK_MAX = 1024 * 1024, ALIGN = 16 };

struct block {
  struct block *next;
  size_t size, used;
  _Alignas(ALIGN) unsigned char bytes[];
};

struct deferred {
  struct deferred *next;
  void (*fn)(void *);
  void *arg;
};

struct arena {
  struct block *blocks; /* newest first */
  struct deferred *deferred;
  size_t budget, used;
};

static struct block *block_new(size_t size, struct block *next)
{
  struct block *b = malloc(sizeof *b + size);
  if (!b) {
    fprintf(stderr, "out of memory\n");
    abort();
  }
  b->next = next;
  b->size = size;
  b->used = 0;
  return b;
}

struct arena *arena_new(size_t budget)
{
  struct arena *a = calloc(1, sizeof *a);
  if (!a)
    abort();
  a->budget = budget;
  a->blocks = block_new(BLOCK_MIN, NULL);
  return a;
}

static void run_deferred(struct arena *a)
{
  while (a->deferred) {
    struct deferred *d = a->deferred;
    a->deferred = d->next;
    d->fn(d->arg);
  }
}

void arena_reset(struct arena *a)
{
  run_deferred(a);
  while (a->blocks->next) {
    struct block *b = a->blocks;
    a->blocks = b->next;
    free(b);
  }
  a->blocks->used = 0;
  a->used = 0;
}

void arena_free(struct arena *a)
{
  if (!a)
    return;
  arena_reset(a);
  free(a->blocks);
  free(a);
}

void *arena_alloc(struct arena *a, size_t n)
{
  n = (n + ALIGN - 1) & ~(size_t)(ALIGN - 1);
  struct block *b = a->blocks;
  if (n > b->size - b->used) {
    size_t size = b->size * 2 < BLOCK_MAX ? b->size * 2 : BLOCK_MAX;
    b = a->blocks = block_new(n > size ? n : size, b);
  }
  void *p = b->bytes + b->used;
  b->used += n;
  a->used += n;
  if (a->used > 4 * a->budget) {
    fprintf(stderr, "arena passed four times its budget of %zu bytes\n", a->budget);
    abort();
  }
  return memset(p, 0, n);
}

void *arena_copy(struct arena *a, const void *from, size_t n)
{
  void *p = arena_alloc(a, n ? n : 1);
  if (n)
    memcpy(p, from, n);
  return p;
}

char *arena_textn(struct arena *a, const char *s, size_t n)
{
  char *p = arena_alloc(a, n + 1);
  if (n)
    memcpy(p, s, n);
  return p;
}

char *arena_text(struct arena *a, const char *s)
{
  return s ? arena_textn(a, s, strlen(s)) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
  va_list args, again;
  va_start(args, fmt);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, fmt, args);
  va_end(args);
  assert(n >= 0);
  char *p = arena_alloc(a, (size_t)n + 1);
  vsnprintf(p, (size_t)n + 1, fmt, again);
  va_end(again);
  return p;
}

void arena_defer(struct arena *a, void (*fn)(void *), void *arg)
{
  struct deferred *d = ARENA_NEW(a, struct deferred);
  *d = (struct deferred){a->deferred, fn, arg};
  a->deferred = d;
}

void arena_widen(struct arena *a, size_t budget)
{
  if (budget > a->budget)
    a->budget = budget;
}

bool arena_over(const struct arena *a)
{
  return a->used > a->budget;
}

size_t arena_used(const struct arena *a)
{
  return a->used;
}

void *list_grow(struct arena *a, struct list *list, size_t item_size)
{
  if (list->n == list->cap) {
    size_t cap = list->cap ? list->cap * 2 : 4;
    void *at = arena_alloc(a, cap * item_size);
    if (list->n)
      memcpy(at, list->at, list->n * item_size);
    list->at = at;
    list->cap = cap;
  }
  void *item = (char *)list->at + list->n++ * item_size;
  return memset(item, 0, item_size);
}
