/* The context and its tables: permissions, kinds of actors, clocks. */
#include "context.h"

#include <string.h>
#include <time.h>

static const struct {
  const char *name, *doc;
} permissions[PERM_COUNT] = {
#define X(code, name_, doc_) [PERM_##code] = {name_, doc_},
    PERM_LIST(X)
#undef X
};
_Static_assert(PERM_COUNT < 64, "permissions are bits of one word");

const char *permission_name(enum permission p)
{
  assert(p >= 0 && p < PERM_COUNT);
  return permissions[p].name;
}

const char *permission_doc(enum permission p)
{
  assert(p >= 0 && p < PERM_COUNT);
  return permissions[p].doc;
}

/* What one word of a scope grants; 0 for a word that means nothing. */
static uint64_t word_permissions(const char *word, size_t n)
{
  uint64_t all = 0;
  if (n == 1 && word[0] == '*')
    return PERMISSIONS_ALL;
  bool family = n > 2 && word[n - 1] == '*' && word[n - 2] == '.';
  for (int p = 0; p < PERM_COUNT; p++) {
    const char *name = permissions[p].name;
    if (family ? strncmp(name, word, n - 1) == 0 : strlen(name) == n && memcmp(name, word, n) == 0)
      all |= PERMISSION(p);
  }
  return all;
}

bool permissions_parse(const char *scope, uint64_t *out)
{
  uint64_t all = 0;
  for (const char *p = scope; *p;) {
    p += strspn(p, " ,");
    size_t n = strcspn(p, " ,");
    if (n == 0)
      break;
    uint64_t granted = word_permissions(p, n);
    if (!granted)
      return false;
    all |= granted;
    p += n;
  }
  *out = all;
  return true;
}

const char *const actor_kinds[] = {"system", "user", "api_key", "rule", NULL};
const struct actor actor_system = {ACTOR_SYSTEM, 0, "system", PERMISSIONS_ALL, NULL};

static struct instant real_now(void *arg)
{
  (void)arg;
  struct timespec ts;
  clock_gettime(CLOCK_REALTIME, &ts);
  return INSTANT(ts.tv_sec * SECOND_MS + ts.tv_nsec / 1000000);
}

const struct clock clock_real = {real_now, NULL};

static struct instant fixed_now(void *arg)
{
  return *(struct instant *)arg;
}

struct clock clock_fixed(struct instant *at)
{
  return (struct clock){fixed_now, at};
}

void ctx_init(struct ctx *cx, struct arena *a, struct db *db, struct instant now)
{
  *cx = (struct ctx){.arena = a, .db = db, .now = now, .actor = actor_system};
  fault_init(&cx->fault, a);
  if (db)
    db_use(db, &cx->fault, a);
}

/* ---- What rooms keep for a transaction ---- */

struct batch_kept {
  const struct batch_part *part;
  void *kept;
  struct batch_kept *next;
};

void *batch_keep(struct ctx *cx, const struct batch_part *part)
{
  struct batch *b = cx->batch;
  struct batch_kept **at = &b->kept;
  assert(b->arena);
  while (*at && (*at)->part != part && strcmp((*at)->part->name, part->name) < 0)
    at = &(*at)->next;
  if (!*at || (*at)->part != part) {
    struct batch_kept *fresh = ARENA_NEW(b->arena, struct batch_kept);
    *fresh = (struct batch_kept){part, arena_alloc(b->arena, part->size), *at};
    *at = fresh;
  }
  return (*at)->kept;
}

enum err batch_flush(struct ctx *cx)
{
  for (const struct batch_kept *k = cx->batch->kept; k; k = k->next)
    TRY(k->part->flush(cx, k->kept));
  batch_forget(cx->batch);
  return ERR_OK;
}

void batch_forget(struct batch *batch)
{
  batch->kept = NULL;
}

enum err ctx_need(struct ctx *cx, enum permission p)
{
  if (cx->actor.permissions & PERMISSION(p))
    return ERR_OK;
  return err_fail(cx, ERR_FORBIDDEN, "", "this needs the permission %s", permission_name(p));
}

enum err ctx_masters_refresh(struct ctx *cx)
{
  static const struct db_stmt version = {"SELECT version FROM masters_version WHERE id = 1", DB_KEYED};
  static const char seen_name;
  int64_t now = 0;
  TRY(db_one_i64(cx->db, &version, &now, DB_NO_ARGS));
  int64_t **seen = (int64_t **)db_memo_slot(cx->db, &seen_name);
  if (*seen && **seen != now) {
    db_memo_clear(cx->db);
    seen = (int64_t **)db_memo_slot(cx->db, &seen_name);
  }
  if (!*seen) {
    *seen = ARENA_NEW(db_memo_arena(cx->db), int64_t);
    **seen = now;
  }
  return ERR_OK;
}

void ctx_relies_on(struct ctx *cx, const struct db_stmt *version_of, int64_t bucket, int64_t id, int64_t version)
{
  if (cx->batch && db_engine(cx->db) != DB_SQLITE)
    *LIST_ADD(cx->arena, &cx->relied) = (struct relied){version_of, bucket, id, version};
}
