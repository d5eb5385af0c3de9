/* What the files of events share. */
#ifndef ORDO_EVENTS_PRIV_H
#define ORDO_EVENTS_PRIV_H

#include "events.h"

/* out = SHA-256(canonical bytes of e). */
void event_digest(const struct event *e, struct buf *scratch, unsigned char out[HASH_BYTES]);
/* The head moves by one: the next number, its hash over the one before and the event's digest. */
void feed_chain(struct feed_head *head, const unsigned char digest[HASH_BYTES]);
/* The feed's row of the event that the head is at. The head's hash lives until the statement was sent (db_flush). */
MUST_CHECK enum err feed_put(struct ctx *cx, const struct feed_head *head, int64_t bucket, int64_t subject_id, int64_t n);

#endif
