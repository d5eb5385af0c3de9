/* Products a connection keeps: hash tables by SKU and by id over rows in an arena of their own. When a generation is
 * full a new one begins; the one before is kept, unused, until that one is full too: what an act holds stays alive. */
#include "catalog_priv.h"

#include <string.h>

enum {
  GENERATION_MAX = 16384,              /* products */
  GENERATION_BYTES = 24 * 1024 * 1024, /* of their rows: at least CATALOG_MEMO_MIN of the largest */
  SLOTS_MIN = 1024,                    /* powers of two; at most half full */
};

struct generation {
  struct arena *arena;
  size_t n, slots;
  const struct product **by_sku, **by_id;
};

struct product_memo {
  struct generation now, before;
};

static const char memo_name; /* its address names the slot */

static void generation_init(struct generation *g)
{
  *g = (struct generation){.arena = arena_new(GENERATION_BYTES), .slots = SLOTS_MIN};
  g->by_sku = ARENA_ARRAY(g->arena, const struct product *, g->slots);
  g->by_id = ARENA_ARRAY(g->arena, const struct product *, g->slots);
}

static void memo_done(void *arg)
{
  struct product_memo *m = arg;
  arena_free(m->now.arena);
  arena_free(m->before.arena);
}

static struct product_memo *memo_of(struct db *db)
{
  void **slot = db_memo_slot(db, &memo_name);
  if (!*slot) {
    struct product_memo *m = ARENA_NEW(db_memo_arena(db), struct product_memo);
    generation_init(&m->now);
    arena_defer(db_memo_arena(db), memo_done, m);
    *slot = m;
  }
  return *slot;
}

static size_t place_of_sku(const struct generation *g, const char *sku)
{
  size_t i = hash_text(sku) & (g->slots - 1);
  while (g->by_sku[i] && strcmp(g->by_sku[i]->sku, sku) != 0)
    i = (i + 1) & (g->slots - 1);
  return i;
}

static size_t place_of_id(const struct generation *g, int64_t id)
{
  size_t i = hash_mix(0, (uint64_t)id) & (g->slots - 1);
  while (g->by_id[i] && g->by_id[i]->id.v != id)
    i = (i + 1) & (g->slots - 1);
  return i;
}

static void put(struct generation *g, const struct product *p)
{
  g->by_sku[place_of_sku(g, p->sku)] = p;
  g->by_id[place_of_id(g, p->id.v)] = p;
}

static void grow(struct generation *g)
{
  struct generation bigger = *g;
  bigger.slots *= 2;
  bigger.by_sku = ARENA_ARRAY(g->arena, const struct product *, bigger.slots);
  bigger.by_id = ARENA_ARRAY(g->arena, const struct product *, bigger.slots);
  for (size_t i = 0; i < g->slots; i++)
    if (g->by_sku[i])
      put(&bigger, g->by_sku[i]);
  *g = bigger;
}

/* Makes room for one more product. */
static struct generation *room_in(struct product_memo *m)
{
  if (m->now.n == GENERATION_MAX || arena_used(m->now.arena) > GENERATION_BYTES) {
    arena_free(m->before.arena);
    m->before = m->now;
    generation_init(&m->now);
  }
  if (m->now.n * 2 >= m->now.slots)
    grow(&m->now);
  return &m->now;
}

/* The row's texts must live as long as the memo does, so the connection reads into its arena meanwhile. */
static enum err read_into(struct ctx *cx, struct generation *g, const struct db_where *where, struct db_value key,
                          const struct product **out)
{
  struct arena *requests = db_arena(cx->db);
  struct product *p = ARENA_NEW(g->arena, struct product);
  db_use_arena(cx->db, g->arena);
  enum err err = db_select_one(cx->db, where, p, &key, 1);
  if (err == ERR_OK)
    err = products_fill_units(cx, p, 1);
  db_use_arena(cx->db, requests);
  TRY(err);
  put(g, p);
  g->n++;
  *out = p;
  return ERR_OK;
}

enum err catalog_product_by_sku(struct ctx *cx, const char *sku, const struct product **out)
{
  static const struct db_where by_sku = {&product_table, "sku = $1", DB_KEYED};
  struct product_memo *m = memo_of(cx->db);
  const struct product *known = m->now.by_sku[place_of_sku(&m->now, sku)];
  if (!known)
    TRY(read_into(cx, room_in(m), &by_sku, TEXT(sku), &known));
  *out = known;
  return ERR_OK;
}

enum err catalog_product_by_id(struct ctx *cx, struct product_id id, const struct product **out)
{
  static const struct db_where by_id = {&product_table, "id = $1", DB_KEYED};
  struct product_memo *m = memo_of(cx->db);
  const struct product *known = m->now.by_id[place_of_id(&m->now, id.v)];
  if (!known)
    TRY(read_into(cx, room_in(m), &by_id, I64(id.v), &known));
  *out = known;
  return ERR_OK;
}
