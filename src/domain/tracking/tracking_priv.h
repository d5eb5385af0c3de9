/* Shared by the customer's view and that of staff. */
#ifndef ORDO_TRACKING_PRIV_H
#define ORDO_TRACKING_PRIV_H

#include "tracking.h"

#include "events.h"

/* Adds the change of the promise that an event of the order tells, if it does; *promised becomes the first promise. */
void tracking_change_of(struct arena *a, const struct feed_entry *e, struct instant *promised,
                        tracking_changes *changes);

#endif
