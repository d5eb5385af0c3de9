/* Running one act: load, decide, apply. */
#include "acts.h"
#include "acts_priv.h"

#include <stdarg.h>
#include <stdio.h>

static enum err load_once(struct ctx *cx, const struct act *act, const struct act_input *in, void **out_facts)
{
  cx->relied.n = 0;
  *out_facts = arena_alloc(cx->arena, act->facts_size ? act->facts_size : 1);
  return act->load(cx, in, *out_facts);
}

/* Whether all that the load relied on is as it was when it was read. */
static enum err look_again(struct ctx *cx)
{
  EACH (const struct relied, r, &cx->relied) {
    int64_t now = ABSENT;
    db_ask_for_itself(cx->db, true); /* an answer that another load had is older than what this one has read */
    TRY(db_one_i64(cx->db, r->version_of, &now, DB_ARGS(I64(r->bucket), I64(r->id))));
    if (now != r->version)
      return err_fail(cx, ERR_RETRY, "", "somebody changed a record while it was being read");
  }
  db_ask_for_itself(cx->db, false);
  return ERR_OK;
}

/* In a batch some answers may be of its beginning, and others newer, since acts before this one have written there: then
 * all is asked anew. */
enum err act_load(struct ctx *cx, const struct act *act, const struct act_input *in, void **out_facts)
{
  bool anew = false;
  enum err err = load_once(cx, act, in, out_facts);
  if (cx->relied.n && db_mixed(cx->db)) {
    anew = true;
    fault_clear(&cx->fault);
    db_anew(cx->db, true);
    err = load_once(cx, act, in, out_facts);
  }
  if (cx->relied.n) {
    enum err torn = look_again(cx);
    err = torn != ERR_OK ? torn : err;
  }
  if (anew)
    db_anew(cx->db, false);
  return err;
}

enum err act_preview(struct ctx *cx, const struct act *act, const struct act_input *in, void **out_plan)
{
  void *facts, *plan = arena_alloc(cx->arena, act->plan_size ? act->plan_size : 1);
  TRY(act_load(cx, act, in, &facts));
  TRY(act->decide(cx, facts, plan));
  *out_plan = plan;
  return ERR_OK;
}

enum err act_run_parts(struct ctx *cx, const struct act *act, const struct act_input *in, struct act_result *out,
                       bool *out_wrote)
{
  void *plan;
  *out_wrote = false;
  TRY(act_preview(cx, act, in, &plan));
  *out_wrote = true;
  *out = (struct act_result){.version = ABSENT};
  TRY(act->apply(cx, plan, out));
  if (act->flags & ACT_MASTERS) {
    cx->batch->masters_written = true;
    db_memo_clear(cx->db);
  }
  return ERR_OK;
}

enum err act_run(struct ctx *cx, const struct act *act, const struct act_input *in, struct act_result *out)
{
  bool wrote;
  return act_run_parts(cx, act, in, out, &wrote);
}

enum err act_guard_missed(struct ctx *cx, const char *where)
{
  if (db_engine(cx->db) != DB_SQLITE)
    return err_fail(cx, ERR_RETRY, "", "%s: somebody was faster", where);
  return err_fail(cx, ERR_INTERNAL, "", "%s: the guard hit no row although this is the only writer", where);
}

enum err act_torn(struct ctx *cx, const char *fmt, ...)
{
  char text[256];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  return err_fail(cx, db_engine(cx->db) == DB_SQLITE ? ERR_INTERNAL : ERR_RETRY, "", "%s", text);
}

enum err masters_moved(struct ctx *cx)
{
  static const struct db_stmt move = {"UPDATE masters_version SET version = version + 1 WHERE id = 1", DB_KEYED};
  return db_run(cx->db, &move, NULL, DB_NO_ARGS);
}
