/* privacy - personal data for those who may not see it: masked, and revealed for one order with a reason on record.
 *
 * Events: order.revealed (subject a "reveal", ref the order).
 */
#ifndef ORDO_PRIVACY_H
#define ORDO_PRIVACY_H

#include "acts.h"
#include "orders.h"
#include "rec.h"

/* For rec_masked: "Li Wei" is "Li W…", "li@example.com" "li…@example.com", a phone its last two digits, a postal code its
 * beginning, town and region as they are, all else "…". By the field's name. */
const char *personal_mask(struct arena *a, const struct rec_field *field, const char *text);

/* POST /v1/orders/{id}/reveal, body struct reason_input: answers with the whole order and tells who saw it and why. */
extern const struct act order_reveal_act;

#endif
