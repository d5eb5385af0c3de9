/* Who does what: one table row a name and group, changed under its epoch, so that two processes never take the same. */
#include "leases.h"

#include "codec.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

enum {
  TICKS_A_HOLD = 4,   /* a lease is prolonged that often while it lasts, so that a lost tick or two cost nothing */
  MARGIN_OF_HOLD = 5, /* its last fifth is not believed in: clocks differ, and work takes time */
  RETRY_MS = 250,
  ARENA_BUDGET = 1 << 20,
};

/* What is held of one name and group: until 0 = nothing. */
struct slot {
  int64_t until_ms, epoch;
};

struct leases {
  struct leases_config config;
  struct slot *slots, *next; /* as committed, and in the transaction of a tick; the groups of each name in turn */
  size_t n_slots;
  int64_t tick_ms; /* when it is time again */
};

void lease_owner_draw(char out[LEASE_OWNER_TEXT])
{
  unsigned char bytes[(LEASE_OWNER_TEXT - 1) / 2];
  if (getrandom(bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
    abort();
  hex_encode(bytes, sizeof bytes, out);
}

struct leases *leases_new(const struct leases_config *config)
{
  struct leases *l = calloc(1, sizeof *l);
  assert(l && config->hold_ms >= TICKS_A_HOLD);
  l->config = *config;
  for (size_t i = 0; i < config->n; i++)
    l->n_slots += (size_t)config->names[i].groups;
  l->slots = calloc(2 * l->n_slots, sizeof *l->slots);
  assert(l->slots);
  l->next = l->slots + l->n_slots;
  return l;
}

void leases_free(struct leases *l)
{
  if (!l)
    return;
  free(l->slots);
  free(l);
}

void leases_hurry(struct leases *l)
{
  l->tick_ms = 0;
}

/* ---- What is held ---- */

static struct instant lease_now(const struct leases *l)
{
  return l->config.clock.now(l->config.clock.arg);
}

/* The place of a name's first group; *out_groups = how many it has. */
static size_t slots_of(const struct leases *l, const char *name, int *out_groups)
{
  size_t first = 0, i = 0;
  while (strcmp(l->config.names[i].name, name) != 0) {
    first += (size_t)l->config.names[i++].groups;
    assert(i < l->config.n);
  }
  *out_groups = l->config.names[i].groups;
  return first;
}

static bool is_held(const struct leases *l, const struct slot *s, struct instant now)
{
  return !l->config.db || s->until_ms - l->config.hold_ms / MARGIN_OF_HOLD > now.ms;
}

bool leases_hold(const struct leases *l, const char *name, int group_no)
{
  int groups;
  size_t first = slots_of(l, name, &groups);
  assert(group_no >= 0 && group_no < groups);
  return is_held(l, &l->slots[first + (size_t)group_no], lease_now(l));
}

struct bucket_groups leases_groups(const struct leases *l, const char *name)
{
  int groups;
  size_t first = slots_of(l, name, &groups);
  struct instant now = lease_now(l);
  uint64_t bits = 0;
  assert(groups == BUCKET_GROUPS);
  for (int g = 0; g < groups; g++)
    bits |= (uint64_t)is_held(l, &l->slots[first + (size_t)g], now) << g;
  return (struct bucket_groups){(int64_t)bits};
}

/* ---- Statements ---- */

/* All of a name that are ours by the table, for some more time; *out_rows = how many. */
static enum err prolong(struct ctx *cx, const char *name, const char *owner, int64_t until_ms, int64_t *out_rows)
{
  static const struct db_stmt stmt = {"UPDATE lease SET until = $3 WHERE name = $1 AND owner = $2", DB_KEYED};
  return db_run(cx->db, &stmt, out_rows, DB_ARGS(TEXT(name), TEXT(owner), I64(until_ms)));
}

static enum err give_up(struct ctx *cx, const char *name, int64_t group_no, const char *owner, int64_t *out_rows)
{
  static const struct db_stmt stmt = {
      "UPDATE lease SET owner = '', until = 0 WHERE name = $1 AND group_no = $2 AND owner = $3", DB_KEYED};
  return db_run(cx->db, &stmt, out_rows, DB_ARGS(TEXT(name), I64(group_no), TEXT(owner)));
}

/* The first owner there ever was. */
static enum err take_new(struct ctx *cx, const char *name, int64_t group_no, const char *owner, int64_t until_ms,
                         int64_t *out_rows)
{
  static const struct db_stmt stmt = {
      "INSERT INTO lease (name, group_no, owner, until, epoch) VALUES ($1, $2, $3, $4, 1)"
      " ON CONFLICT (name, group_no) DO NOTHING",
      DB_KEYED};
  return db_run(cx->db, &stmt, out_rows, DB_ARGS(TEXT(name), I64(group_no), TEXT(owner), I64(until_ms)));
}

/* One that is free or lapsed, unless somebody took or prolonged it since it was read. */
struct lease_row {
  int64_t until_ms, epoch;
  const char *owner;
};
static enum err take_over(struct ctx *cx, const char *name, int64_t group_no, const struct lease_row *seen,
                          const char *owner, int64_t until_ms, int64_t *out_rows)
{
  static const struct db_stmt stmt = {"UPDATE lease SET owner = $3, until = $4, epoch = epoch + 1"
                                      " WHERE name = $1 AND group_no = $2 AND epoch = $5 AND until = $6 AND owner = $7",
                                      DB_KEYED};
  return db_run(cx->db, &stmt, out_rows,
                DB_ARGS(TEXT(name), I64(group_no), TEXT(owner), I64(until_ms), I64(seen->epoch), I64(seen->until_ms),
                        TEXT(seen->owner)));
}

/* Says that this process lives; those that have not said so for long are forgotten. */
static enum err announce(struct ctx *cx, const char *owner, int64_t until_ms, int64_t *out_alive)
{
  static const struct db_stmt say = {"INSERT INTO server (owner, until) VALUES ($1, $2)"
                                     " ON CONFLICT (owner) DO UPDATE SET until = excluded.until",
                                     DB_KEYED};
  static const struct db_stmt forget = {"DELETE FROM server WHERE until < $1", DB_KEYED};
  static const struct db_stmt alive = {"SELECT count(*) FROM server WHERE until > $1", DB_REPORT};
  TRY(db_run(cx->db, &say, NULL, DB_ARGS(TEXT(owner), I64(until_ms))));
  TRY(db_run(cx->db, &forget, NULL, DB_ARGS(I64(cx->now.ms - HOUR_MS))));
  return db_one_i64(cx->db, &alive, out_alive, DB_ARGS(I64(cx->now.ms)));
}

/* ---- A tick ---- */

/* One name in a tick: its rows as read, and what is held of it in the end. */
struct name_tick {
  const char *name, *owner;
  int groups, n_mine;
  struct lease_row rows[BUCKET_GROUPS]; /* owner NULL: there is no row yet */
  struct slot *slots;
  int64_t until_ms; /* of what is prolonged or taken now */
};

static enum err read_rows(struct ctx *cx, struct name_tick *t)
{
  static const struct db_stmt all = {
      "SELECT group_no, owner, until, epoch FROM lease WHERE name = $1 ORDER BY group_no", DB_KEYED};
  struct db_rows rows;
  TRY(db_query(cx->db, &all, &rows, DB_ARGS(TEXT(t->name))));
  while (db_next(&rows)) {
    int64_t g = db_i64(&rows, 0);
    if (g >= 0 && g < t->groups)
      t->rows[g] =
          (struct lease_row){.owner = db_text(&rows, 1), .until_ms = db_i64(&rows, 2), .epoch = db_i64(&rows, 3)};
  }
  return db_done(&rows);
}

/* What is ours by the table stays ours, also when its time was over: nobody has taken it. */
static enum err keep_mine(struct ctx *cx, struct name_tick *t)
{
  int64_t rows = 0;
  for (int g = 0; g < t->groups; g++) {
    bool mine = text_eq(t->rows[g].owner, t->owner);
    t->slots[g] = mine ? (struct slot){t->until_ms, t->rows[g].epoch} : (struct slot){0};
    t->n_mine += mine;
  }
  if (!t->n_mine)
    return ERR_OK;
  TRY(prolong(cx, t->name, t->owner, t->until_ms, &rows));
  return rows == t->n_mine ? ERR_OK : err_fail(cx, ERR_RETRY, "", "another process has just taken a lease of ours");
}

static enum err give_up_beyond(struct ctx *cx, struct name_tick *t, int share)
{
  for (int g = t->groups - 1; g >= 0 && t->n_mine > share; g--) {
    int64_t rows = 0;
    if (!t->slots[g].until_ms)
      continue;
    TRY(give_up(cx, t->name, g, t->owner, &rows));
    t->slots[g] = (struct slot){0};
    t->n_mine--;
  }
  return ERR_OK;
}

static enum err take_up_to(struct ctx *cx, struct name_tick *t, int share)
{
  for (int g = 0; g < t->groups && t->n_mine < share; g++) {
    const struct lease_row *row = &t->rows[g];
    int64_t rows = 0;
    if (t->slots[g].until_ms || (row->owner && row->until_ms > cx->now.ms))
      continue;
    if (row->owner)
      TRY(take_over(cx, t->name, g, row, t->owner, t->until_ms, &rows));
    else
      TRY(take_new(cx, t->name, g, t->owner, t->until_ms, &rows));
    if (rows != 1)
      continue; /* somebody was faster */
    t->slots[g] = (struct slot){t->until_ms, row->owner ? row->epoch + 1 : 1};
    t->n_mine++;
  }
  return ERR_OK;
}

static enum err tick_name(struct ctx *cx, const struct leases *l, const struct lease_name *name, struct slot *slots,
                          int64_t alive)
{
  struct name_tick *t = ARENA_NEW(cx->arena, struct name_tick);
  int share = name->groups == 1 ? 1 : (int)((name->groups + alive - 1) / alive);
  assert(name->groups == 1 || name->groups == BUCKET_GROUPS);
  t->name = name->name;
  t->owner = l->config.owner;
  t->groups = name->groups;
  t->slots = slots;
  t->until_ms = cx->now.ms + l->config.hold_ms;
  TRY(read_rows(cx, t));
  TRY(keep_mine(cx, t));
  TRY(give_up_beyond(cx, t, share));
  return take_up_to(cx, t, share);
}

static enum err tick_all(struct ctx *cx, const struct leases *l)
{
  int64_t alive = 1;
  bool shared = false;
  for (size_t i = 0; i < l->config.n; i++)
    shared = shared || l->config.names[i].groups > 1;
  if (shared)
    TRY(announce(cx, l->config.owner, cx->now.ms + l->config.hold_ms, &alive));
  struct slot *slots = l->next;
  for (size_t i = 0; i < l->config.n; i++) {
    TRY(tick_name(cx, l, &l->config.names[i], slots, alive > 0 ? alive : 1));
    slots += l->config.names[i].groups;
  }
  return ERR_OK;
}

static enum err release_all(struct ctx *cx, const struct leases *l)
{
  static const struct db_stmt free_all = {"UPDATE lease SET owner = '', until = 0 WHERE name = $1 AND owner = $2",
                                          DB_KEYED};
  static const struct db_stmt leave = {"DELETE FROM server WHERE owner = $1", DB_KEYED};
  for (size_t i = 0; i < l->config.n; i++)
    TRY(db_run(cx->db, &free_all, NULL, DB_ARGS(TEXT(l->config.names[i].name), TEXT(l->config.owner))));
  return db_run(cx->db, &leave, NULL, DB_ARGS(TEXT(l->config.owner)));
}

/* One transaction on the connection; f says why it failed. */
static enum err transaction(struct leases *l, struct instant now, enum err (*fn)(struct ctx *, const struct leases *),
                            struct fault *f)
{
  struct arena *a = arena_new(ARENA_BUDGET);
  struct ctx cx;
  ctx_init(&cx, a, l->config.db, now);
  enum err err = db_begin(cx.db);
  if (err == ERR_OK) {
    err = fn(&cx, l);
    if (err == ERR_OK)
      err = db_commit(cx.db);
    else
      db_rollback(cx.db);
  }
  if (err != ERR_OK)
    fault_fail(f, err, "", "%s", cx.fault.detail ? cx.fault.detail : err_info(err)->title);
  db_use(cx.db, f, f->arena);
  arena_free(a);
  return err;
}

enum err leases_tick(struct leases *l, struct fault *f)
{
  struct instant now = lease_now(l);
  int64_t period = l->config.hold_ms / TICKS_A_HOLD;
  if (!l->config.db ||
      (now.ms < l->tick_ms && l->tick_ms - now.ms <= period)) /* farther away: the clock was set back */
    return ERR_OK;
  enum err err = transaction(l, now, tick_all, f);
  l->tick_ms = now.ms + (err == ERR_OK || period < RETRY_MS ? period : RETRY_MS);
  if (err == ERR_OK)
    memcpy(l->slots, l->next, l->n_slots * sizeof *l->slots);
  return err;
}

enum err leases_release(struct leases *l, struct fault *f)
{
  memset(l->slots, 0, l->n_slots * sizeof *l->slots);
  return l->config.db ? transaction(l, lease_now(l), release_all, f) : ERR_OK;
}

enum err leases_fence(struct ctx *cx, const struct leases *l, const char *name, int group_no)
{
  static const struct db_stmt hold = {
      "UPDATE lease SET epoch = $4 WHERE name = $1 AND group_no = $2 AND owner = $3 AND epoch = $4", DB_KEYED};
  int groups;
  const struct slot *s = &l->slots[slots_of(l, name, &groups) + (size_t)group_no];
  int64_t rows = 0;
  if (!l->config.db)
    return ERR_OK;
  TRY(db_run(cx->db, &hold, &rows, DB_ARGS(TEXT(name), I64(group_no), TEXT(l->config.owner), I64(s->epoch))));
  return rows == 1 ? ERR_OK : err_fail(cx, ERR_STATE, "", "another process holds the lease %s now", name);
}
