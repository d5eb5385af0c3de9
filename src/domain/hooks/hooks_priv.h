/* What the files of hooks share. */
#ifndef ORDO_HOOKS_PRIV_H
#define ORDO_HOOKS_PRIV_H

#include "hooks.h"
#include "masters.h"

bool webhook_topic_valid(const char *topic); /* "order.placed", "order.*", "*" */
extern const struct master webhook_master;
/* All, in the memo. */
MUST_CHECK enum err webhooks_all(struct ctx *cx, const webhooks **out);
#endif
