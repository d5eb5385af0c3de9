/* What the files of events share. */
#ifndef ORDO_EVENTS_PRIV_H
#define ORDO_EVENTS_PRIV_H

#include "events.h"

/* Appends the columns, each ended by U+001F. */
void event_columns(const struct event *e, struct buf *out);
/* The head moves by one event. */
void feed_chain(struct feed_head *head, const struct event *e, struct buf *scratch);
/* Appends what comes after an event's canonical bytes as the next one of the head: hash before, number. */
enum { FEED_LINK_BYTES = HASH_BYTES + 32 };
size_t feed_link(const struct feed_head *head, unsigned char out[FEED_LINK_BYTES]);
/* The feed's row of the event that the head is at. The head's hash lives until the statement was sent (db_flush). */
MUST_CHECK enum err feed_put(struct ctx *cx, const struct feed_head *head, int64_t bucket, int64_t subject_id, int64_t n);

#endif
