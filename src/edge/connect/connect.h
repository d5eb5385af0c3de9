/* connect - adapters: they do outside what jobs want (core/jobs), and are the only ones who call other machines (lib/net).
 *
 * An adapter is a struct job_kind: its run is called on a worker thread, reads what it needs, calls, and says what came of
 * it; what the end changes is the kind's act, in the room that put the job. app/outside.c lists them.
 */
#ifndef ORDO_CONNECT_H
#define ORDO_CONNECT_H

#include "context.h"
#include "jobs.h"
#include "net.h"

#define CONNECT_USER_AGENT "Ordo/1"

/* What every call of a run is held to: the kind's time, the setting outbound.private_addresses, and the end of the process. */
MUST_CHECK enum err connect_limits(struct ctx *cx, const struct job_run *run, int64_t total_ms, struct net_limits *out);
/* What there is to say when there was no answer: tried again, but for what will never be one. */
void connect_no_answer(const struct net_fault *f, struct job_outcome *out);
/* A fault of ours while it was prepared: tried again. */
void connect_failed(struct ctx *cx, enum err err, struct job_outcome *out);

/* ---- The adapters ---- */

/* Webhooks: any status of 200 to 299 is yes; 410 is a no for ever; everything else is tried again for about three days. */
extern const struct job_kind webhook_kind;
#define WEBHOOK_LIMIT_MS 15000
#define WEBHOOK_TRIES    20

#endif
