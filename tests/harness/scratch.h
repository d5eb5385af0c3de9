/* scratch - a database and a context for tests of business rooms: fixed clock, ids that repeat, one transaction at a time.
 *
 *   struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
 *   CHECK_OK(scratch_act(cx, &order_place_act, (struct act_input){.body = &input}, &result));
 */
#ifndef ORDO_SCRATCH_H
#define ORDO_SCRATCH_H

#include "acts.h"
#include "context.h"
#include "test.h"

/* A context on a fresh migrated database; everything goes with the test. */
struct ctx *scratch_ctx(struct test *t, const char *instant);
/* The url of such a database, for tests that open it themselves. */
const char *scratch_database(struct test *t);
/* Moves its clock. */
void scratch_clock(struct ctx *cx, const char *instant);
/* Runs an act in a transaction of its own: committed when it succeeds, rolled back when it fails; cx->fault says why. */
MUST_CHECK enum err scratch_act(struct ctx *cx, const struct act *act, struct act_input in, struct act_result *out);
/* A transaction by hand, for apply functions: begin, ..., commit (which seals the events). */
MUST_CHECK enum err scratch_begin(struct ctx *cx);
MUST_CHECK enum err scratch_commit(struct ctx *cx);
void scratch_rollback(struct ctx *cx);
/* Rows of "SELECT count(*) ..." and other single numbers; for checks only. */
int64_t scratch_i64(struct ctx *cx, const char *sql);
/* How many events of a topic are in the log. */
int64_t scratch_events(struct ctx *cx, const char *topic);
/* The JSON of a result, for comparing. */
const char *scratch_json(struct ctx *cx, const struct act_result *r);

#endif
