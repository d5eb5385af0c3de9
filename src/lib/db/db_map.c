/* The connection's maps. A statement is found by the address of its static struct: one multiplication and, nearly
 * always, one comparison. Nothing is ever removed singly, so no tombstones. */
#include "db_priv.h"

#include <stdlib.h>
#include <string.h>

enum { BITS_MIN = 6 };

static size_t place_of(const struct db_map *m, const void *key)
{
  size_t mask = ((size_t)1 << m->bits) - 1;
  size_t i = (size_t)(((uint64_t)(uintptr_t)key * 0x9e3779b97f4a7c15ULL) >> (64 - m->bits));
  while (m->at[i].key && m->at[i].key != key)
    i = (i + 1) & mask;
  return i;
}

void **db_map_find(const struct db_map *m, const void *key)
{
  if (!m->at)
    return NULL;
  struct db_map_entry *e = &m->at[place_of(m, key)];
  return e->key ? &e->value : NULL;
}

static void grow(struct db_map *m)
{
  struct db_map bigger = {.bits = m->at ? m->bits + 1 : BITS_MIN, .n = m->n};
  bigger.at = calloc((size_t)1 << bigger.bits, sizeof *bigger.at);
  if (!bigger.at)
    abort();
  EACH_ENTRY(e, m)
    bigger.at[place_of(&bigger, e->key)] = *e;
  free(m->at);
  *m = bigger;
}

void **db_map_add(struct db_map *m, const void *key)
{
  if (!m->at || (m->n + 1) * 2 > (size_t)1 << m->bits)
    grow(m);
  struct db_map_entry *e = &m->at[place_of(m, key)];
  if (!e->key) {
    e->key = key;
    m->n++;
  }
  return &e->value;
}

void db_map_clear(struct db_map *m)
{
  if (m->at)
    memset(m->at, 0, sizeof *m->at << m->bits);
  m->n = 0;
}

void db_map_done(struct db_map *m)
{
  free(m->at);
  *m = (struct db_map){0};
}
