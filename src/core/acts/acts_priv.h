/* What the files of acts share. */
#ifndef ORDO_ACTS_PRIV_H
#define ORDO_ACTS_PRIV_H

#include "acts.h"

/* act_run, telling whether apply was begun: a failure before that has written nothing. */
MUST_CHECK enum err act_run_parts(struct ctx *cx, const struct act *act, const struct act_input *in,
                                  struct act_result *out, bool *out_wrote);
/* Tells all connections that masters were written in this transaction. */
MUST_CHECK enum err masters_moved(struct ctx *cx);

/* A node number held by this process: its row of node_lease as we last wrote it. */
struct lease {
  char owner[33];
  int64_t node, until_ms, high_water_ms;
};
/* In a transaction: takes the lowest free node; *out_floor_ms = its old high-water mark. ERR_BUSY when all are taken. */
MUST_CHECK enum err lease_take(struct ctx *cx, struct lease *lease, int64_t *out_floor_ms);
/* In a transaction: prolongs the lease and lets ids be drawn up to ceiling_ms and some time beyond. ERR_NOT_FOUND when
 * another process has taken the node meanwhile. */
MUST_CHECK enum err lease_renew(struct ctx *cx, struct lease *lease, int64_t ceiling_ms);
MUST_CHECK enum err lease_release(struct ctx *cx, const struct lease *lease, int64_t ceiling_ms);

#endif
