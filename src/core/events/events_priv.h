/* What the files of events share. */
#ifndef ORDO_EVENTS_PRIV_H
#define ORDO_EVENTS_PRIV_H

#include "events.h"

/* out = SHA-256(previous || canonical bytes of e as number seq); out may be previous. */
void feed_chain(const unsigned char previous[HASH_BYTES], const struct event *e, int64_t seq, struct buf *scratch,
                unsigned char out[HASH_BYTES]);

#endif
