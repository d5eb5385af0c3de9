/* Running one act: load, decide, apply. */
#include "acts.h"
#include "acts_priv.h"

enum err act_preview(struct ctx *cx, const struct act *act, const struct act_input *in, void **out_plan)
{
  void *facts = arena_alloc(cx->arena, act->facts_size ? act->facts_size : 1);
  void *plan = arena_alloc(cx->arena, act->plan_size ? act->plan_size : 1);
  TRY(act->load(cx, in, facts));
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

enum err masters_moved(struct ctx *cx)
{
  static const struct db_stmt move = {"UPDATE masters_version SET version = version + 1 WHERE id = 1", DB_KEYED};
  return db_run(cx->db, &move, NULL, DB_NO_ARGS);
}
