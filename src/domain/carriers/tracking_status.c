/* Tracking statuses: their names, and which of two scans tells where a parcel is. */
#include "carriers.h"

const char *const tracking_statuses[] = {
    "unknown",          "pre_transit", "in_transit", "out_for_delivery", "available_for_pickup", "failure",
    "return_to_sender", "delivered",   NULL};

/* The enum is written in the order of the way, so the rank is the value itself. */
int tracking_rank(enum tracking_status s)
{
  return (int)s;
}

bool tracking_final(enum tracking_status s)
{
  return s == TRACKING_DELIVERED || s == TRACKING_RETURN_TO_SENDER;
}

/* Unknown says nothing, a scan on the way says less than an end: so the outcome does not depend on the order in which
 * scans arrive. */
static int weight_of(enum tracking_status s)
{
  return s == TRACKING_UNKNOWN ? 0 : tracking_final(s) ? 2 : 1;
}

bool tracking_supersedes(enum tracking_status now, struct instant now_at, enum tracking_status status,
                         struct instant at)
{
  if (!instant_set(now_at))
    return true;
  if (weight_of(now) != weight_of(status))
    return weight_of(status) > weight_of(now);
  return at.ms > now_at.ms || (at.ms == now_at.ms && tracking_rank(status) > tracking_rank(now));
}
