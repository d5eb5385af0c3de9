/* consumers - reactions to events: what follows from a fact, in a transaction of its own, exactly once.
 *
 * A consumer has a durable cursor in the feed (table consumer). A slice of the feed, the effects of its events and the moved
 * cursor are one transaction, so each event makes its effects once, whatever dies in between; what must then happen
 * outside is a job (core/jobs). None makes an act wait, nor another consumer: one that fails stands at its event and is tried
 * again, and the others go on. All of them are rows of one table, app/subscriptions.c.
 *
 *   const struct consumer hooks_consumer = {.name = "webhooks", .doc = "...", .react = hooks_react};
 *
 *   static enum err react(struct ctx *cx, const struct feed_entry *event)
 *   {
 *     struct act_result ignored;
 *     return consumer_run(cx, &invoice_issue_act, &(struct act_input){.id = event->subject, .version = ABSENT}, &ignored);
 *   }
 *
 * A new consumer begins at the end of the feed as it is when a program that has it prepares the database
 * (consumers_begin_act): it reacts to what happens from then on, not to the company's past.
 */
#ifndef ORDO_CONSUMERS_H
#define ORDO_CONSUMERS_H

#include "acts.h"
#include "context.h"
#include "events.h"

#define CONSUMER_SLICE 100 /* events of one transaction */

struct consumer {
  const char *name;          /* of its cursor; never changed */
  const char *doc;           /* what it does, in a few words */
  const char *const *topics; /* "order.placed", "order.*"; ended by NULL. NULL = every event */
  /* Inside the writer's transaction, as an act's apply, for each event of its topics in the order of the feed: loads, decides
   * and writes. A fault of ours or of the world (ERR_RETRY, ERR_STORAGE ...) is returned and everything is rolled back.
   * That there is nothing to do is ERR_OK: what an act refuses is the consumer's to know. */
  enum err (*react)(struct ctx *cx, const struct feed_entry *event);
};

/* Runs an act for a reaction. *out_refused (may be NULL: a refusal is fine and forgotten) = the code of its refusal, whose
 * sentence is in cx->fault until the next call. Returns faults alone. */
MUST_CHECK enum err consumer_run(struct ctx *cx, const struct act *act, const struct act_input *in,
                                 struct act_result *out, enum err *out_refused);
/* "order.placed" is of "order.placed", "order.*" and "*". */
bool topic_matches(const char *topic, const char *pattern);

/* ---- For app ----------------------------------------------------------------------------------------------------- */

struct consumer_slice {
  int64_t from, to; /* cursors: the events after from, up to and with to */
  feed_entries events;
};
/* Where it is; ERR_NOT_FOUND without a fault text when it has not begun. */
MUST_CHECK enum err consumer_cursor(struct ctx *cx, const struct consumer *c, int64_t *out);
/* On a reader: at most limit events after a cursor; none when to equals from. */
MUST_CHECK enum err consumer_slice_read(struct ctx *cx, int64_t from, int64_t limit, struct consumer_slice *out);

/* Body: struct consumer_step. Does nothing when somebody else has moved the cursor. */
struct consumer_step {
  const struct consumer *consumer;
  const struct consumer_slice *slice;
};
extern const struct act consumer_step_act;

/* Body: struct consumers_begin: those that have no cursor yet begin at the end of the feed. */
struct consumers_begin {
  const struct consumer *const *consumers;
  size_t n;
};
extern const struct act consumers_begin_act;

#endif
