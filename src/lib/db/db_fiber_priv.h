/* Functions that take turns on one thread, each on a stack of its own: how the loads of a batch wait together.
 *
 * A fiber runs until it yields or ends; nothing runs beside it. Stacks are kept and used again.
 */
#ifndef ORDO_DB_FIBER_PRIV_H
#define ORDO_DB_FIBER_PRIV_H

#include "base.h"

struct fiber;
struct fiber_pool;

/* For one thread. stack_bytes = of each fiber; a page that faults lies below it. */
struct fiber_pool *fiber_pool_new(size_t stack_bytes);
void fiber_pool_free(struct fiber_pool *pool); /* none of its fibers may be running; accepts NULL */
/* A fiber that will call fn(arg) when it is first resumed. */
struct fiber *fiber_new(struct fiber_pool *pool, void (*fn)(void *arg), void *arg);
/* Runs it until it yields (true) or ends (false: it is given back to the pool). Not from inside a fiber. */
bool fiber_resume(struct fiber *f);
/* Inside a fiber: back to whoever resumed it. */
void fiber_yield(struct fiber_pool *pool);

#endif
