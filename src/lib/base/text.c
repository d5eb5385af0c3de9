/* Text: growing buffers in an arena and beside it, UTF-8, and the hash that buckets are made of. */
#include "base.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *b, struct arena *a)
{
  *b = (struct buf){.arena = a};
}

static void reserve(struct buf *b, size_t more)
{
  if (b->n + more + 1 <= b->cap)
    return;
  size_t cap = b->cap ? b->cap * 2 : 256;
  while (cap < b->n + more + 1)
    cap *= 2;
  char *at = arena_alloc(b->arena, cap);
  if (b->n)
    memcpy(at, b->at, b->n);
  b->at = at;
  b->cap = cap;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
  reserve(b, n);
  if (n)
    memcpy(b->at + b->n, bytes, n);
  b->n += n;
  b->at[b->n] = 0;
}

void buf_char(struct buf *b, char c)
{
  buf_add(b, &c, 1);
}

void buf_text(struct buf *b, const char *s)
{
  if (s)
    buf_add(b, s, strlen(s));
}

void buf_i64(struct buf *b, int64_t v)
{
  char digits[24], *p = digits + sizeof digits;
  uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
  do
    *--p = (char)('0' + u % 10);
  while (u /= 10);
  if (v < 0)
    *--p = '-';
  buf_add(b, p, (size_t)(digits + sizeof digits - p));
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
  va_list args, again;
  va_start(args, fmt);
  va_copy(again, args);
  int n = vsnprintf(NULL, 0, fmt, args);
  va_end(args);
  assert(n >= 0);
  reserve(b, (size_t)n);
  vsnprintf(b->at + b->n, (size_t)n + 1, fmt, again);
  va_end(again);
  b->n += (size_t)n;
}

const char *buf_str(struct buf *b)
{
  return b->at ? b->at : "";
}

void growing_add(struct growing *g, const void *bytes, size_t n)
{
  if (n > g->cap - g->n) {
    g->cap = (g->n + n) * 2;
    g->at = realloc(g->at, g->cap);
    if (!g->at) {
      fprintf(stderr, "out of memory\n");
      abort();
    }
  }
  if (n)
    memcpy(g->at + g->n, bytes, n);
  g->n += n;
}

void growing_free(struct growing *g)
{
  free(g->at);
  *g = (struct growing){0};
}

bool text_eq(const char *a, const char *b)
{
  return a == b || (a && b && strcmp(a, b) == 0);
}

bool text_empty(const char *s)
{
  return !s || !*s;
}

bool text_starts(const char *s, const char *prefix)
{
  return s && strncmp(s, prefix, strlen(prefix)) == 0;
}

bool utf8_valid(const char *text, size_t n)
{
  const unsigned char *s = (const unsigned char *)text, *end = s + n;
  while (s < end) {
    unsigned char c = *s++;
    if (c < 0x80)
      continue;
    unsigned more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;
    if (c < 0xc2 || c > 0xf4 || (size_t)(end - s) < more)
      return false;
    if ((c == 0xe0 && s[0] < 0xa0) || (c == 0xed && s[0] > 0x9f) || (c == 0xf0 && s[0] < 0x90) ||
        (c == 0xf4 && s[0] > 0x8f))
      return false;
    while (more--)
      if ((*s++ & 0xc0) != 0x80)
        return false;
  }
  return true;
}

size_t utf8_count(const char *s)
{
  size_t n = 0;
  for (; *s; s++)
    n += (*s & 0xc0) != 0x80;
  return n;
}

char *utf8_cut(struct arena *a, const char *s, size_t max)
{
  size_t n = s ? strlen(s) : 0;
  if (n > max)
    for (n = max; n && ((unsigned char)s[n] & 0xc0) == 0x80;)
      n--;
  return s ? arena_textn(a, s, n) : NULL;
}

static uint64_t finish(uint64_t h)
{
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdULL;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ULL;
  return h ^ h >> 33;
}

uint64_t hash_bytes(const void *bytes, size_t n)
{
  const unsigned char *p = bytes;
  uint64_t h = 0xcbf29ce484222325ULL;
  for (size_t i = 0; i < n; i++)
    h = (h ^ p[i]) * 0x100000001b3ULL;
  return finish(h);
}

uint64_t hash_text(const char *s)
{
  return hash_bytes(s, strlen(s));
}

uint64_t hash_mix(uint64_t a, uint64_t b)
{
  return finish(a * 0x9e3779b97f4a7c15ULL + b);
}
