/* subscriptions - the one table of reactions to events (core/consumers), and the steps that make them. */
#ifndef ORDO_SUBSCRIPTIONS_H
#define ORDO_SUBSCRIPTIONS_H

#include "acts.h"
#include "consumers.h"

/* Ended by NULL. */
extern const struct consumer *const subscriptions[];
/* For the act that prepares a database: body of consumers_begin_act. */
struct consumers_begin subscriptions_begin(void);

/* Moves every consumer on, some slices of the feed; cx is on a reader. What one of them cannot do stops none of the others;
 * the first fault is returned, with the consumer's name. stopping is asked between steps. */
MUST_CHECK enum err subscriptions_run(struct ctx *cx, struct writer *w, bool (*stopping)(void *arg), void *arg);

#endif
