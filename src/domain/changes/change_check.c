/* What `ordo check` proves of change sets, in slices, each as of one moment. */
#include "changes_priv.h"

enum { SLICE = 500 };

struct checker {
  struct ctx *cx;
  inventory_report *report;
  void *arg;
};

/* What is compared of one set. */
struct checked {
  int64_t bucket, id, order_id;
  const char *state;
  int64_t applied_version, decided_at; /* ABSENT = not */
};

static void differs(struct checker *c, const struct checked *s, const char *what, const char *repair)
{
  char id[ID_TEXT];
  id_format(PREFIX_change, s->id, id);
  c->report(c->arg, arena_printf(c->cx->arena, "change set %s: %s", id, what), repair);
}

static enum err check_set(struct checker *c, const struct checked *s)
{
  static const struct db_stmt told = {"SELECT count(*) FROM event WHERE bucket = $1 AND subject_id = $2 AND topic = $3",
                                      DB_KEYED};
  static const struct db_stmt order = {"SELECT version FROM orders WHERE bucket = $1 AND id = $2", DB_KEYED};
  bool pending = text_eq(s->state, "pending"), confirmed = text_eq(s->state, "confirmed");
  const char *topic = pending ? "change.created" : arena_printf(c->cx->arena, "change.%s", s->state);
  int64_t n = 0, version = 0;
  TRY(db_one_i64(c->cx->db, &told, &n, DB_ARGS(I64(s->bucket), I64(s->id), TEXT(topic))));
  TRY(db_one_i64(c->cx->db, &order, &version, DB_ARGS(I64(s->bucket), I64(s->order_id))));
  if (n != 1)
    differs(c, s, "its state is not what its last event says", "set the state back to that of its last event");
  if (version == 0)
    differs(c, s, "its order is not there", "restore the order, or delete the set");
  if (confirmed != (s->applied_version != ABSENT) || (confirmed && s->applied_version > version))
    differs(c, s, "it does not say at which version of the order it was applied",
            "set applied_version from the event order.changed");
  if (pending != (s->decided_at == ABSENT))
    differs(c, s, "its state and the time of its decision contradict each other", "set decided_at from its last event");
  return ERR_OK;
}

static enum err check_slice(struct checker *c, int64_t *last, size_t *out_n)
{
  static const struct db_stmt slice = {"SELECT bucket, id, order_id, state, applied_version, decided_at FROM "
                                       "change_set WHERE id > $1 ORDER BY id LIMIT $2",
                                       DB_REPORT};
  LIST(struct checked) sets = {0};
  struct db_rows rows;
  TRY(db_query(c->cx->db, &slice, &rows, DB_ARGS(I64(*last), I64(SLICE))));
  while (db_next(&rows))
    *LIST_ADD(c->cx->arena, &sets) = (struct checked){.bucket = db_i64(&rows, 0),
                                                      .id = db_i64(&rows, 1),
                                                      .order_id = db_i64(&rows, 2),
                                                      .state = db_text(&rows, 3),
                                                      .applied_version = db_i64(&rows, 4),
                                                      .decided_at = db_i64(&rows, 5)};
  TRY(db_done(&rows));
  EACH (const struct checked, s, &sets) {
    TRY(check_set(c, s));
    *last = s->id;
  }
  *out_n = sets.n;
  return ERR_OK;
}

enum err changes_check(struct ctx *cx, inventory_report *report, void *arg)
{
  struct arena *whole = cx->arena, *slice = arena_new((size_t)64 << 20);
  struct checker c = {cx, report, arg};
  int64_t last = 0;
  size_t n = SLICE;
  enum err err = ERR_OK;
  while (err == ERR_OK && n == SLICE) {
    arena_reset(slice);
    cx->arena = slice;
    db_use(cx->db, &cx->fault, slice);
    err = db_read_begin(cx->db);
    if (err != ERR_OK)
      break;
    err = check_slice(&c, &last, &n);
    db_read_end(cx->db);
  }
  cx->arena = whole;
  db_use(cx->db, &cx->fault, whole);
  arena_free(slice);
  return err;
}
