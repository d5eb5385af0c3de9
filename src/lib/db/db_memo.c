/* The memo: what a connection keeps of the masters. A slot is a cell in the memo's own arena, so that a pointer to it
 * stays good while other slots are made. */
#include "db_priv.h"

struct arena *db_memo_arena(struct db *db)
{
  return db->memo_arena;
}

void **db_memo_slot(struct db *db, const void *name)
{
  void **cell = db_map_add(&db->memo, name);
  if (!*cell)
    *cell = ARENA_NEW(db->memo_arena, void *);
  return *cell;
}

void db_memo_clear(struct db *db)
{
  db_map_clear(&db->memo);
  arena_reset(db->memo_arena);
}

size_t db_memo_bytes(const struct db *db)
{
  return arena_used(db->memo_arena);
}
