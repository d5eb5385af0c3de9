/* What the files of hooks share. */
#ifndef ORDO_HOOKS_PRIV_H
#define ORDO_HOOKS_PRIV_H

#include "hooks.h"
#include "masters.h"

bool webhook_topic_valid(const char *topic); /* "order.placed", "order.*", "*" */
extern const struct master webhook_master;
/* All, in the memo. */
MUST_CHECK enum err webhooks_all(struct ctx *cx, const webhooks **out);
/* Whether it is told of this event; asks for the channel of an order only where that matters. */
MUST_CHECK enum err webhook_wants(struct ctx *cx, const struct webhook *hook, const struct feed_entry *event,
                                  bool *out);
/* The job of an endpoint and an event: kind, key, lane, place, data. */
struct job_draft webhook_job(struct arena *a, const struct webhook *hook, const struct feed_entry *event);

#endif
