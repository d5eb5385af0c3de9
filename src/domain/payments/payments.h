/* payments - money of an order: authorizations, captures, voids and refunds as entries that are appended and never
 * changed.
 *
 * The order's payment status derives from them (orders.h). All amounts are in minor units of the order's currency.
 * Bounds: a capture takes at most what is authorized and open (or is a direct one, a payment without authorization), a
 * refund at most what was captured and not refunded, a void only what is open. A provider that reports the same entry
 * twice, by (provider, reference, kind), changes nothing twice.
 *
 * Money is recorded whatever the state of the order: a late payment of a cancelled order shows as overpaid and opens
 * nothing. Money that fits the terms of a running order releases its holds of missing money.
 * Events, about the order with the payment as ref: payment.authorized, .captured, .voided, .refunded.
 */
#ifndef ORDO_PAYMENTS_H
#define ORDO_PAYMENTS_H

#include "acts.h"
#include "orders.h"

#define PAYMENT_PROVIDER_MAX  40
#define PAYMENT_REFERENCE_MAX 100
#define PAYMENT_REASON_MAX    500
#define PAYMENT_ENTRIES_MAX   100

struct payment_input {
  const char *provider;
  int kind; /* ENTRY_AUTHORIZATION or ENTRY_CAPTURE */
  struct money amount;
  const char *reference;
  struct instant expires_at; /* of an authorization */
};
struct payment_step_input {
  struct money amount; /* ABSENT = all that is open */
  const char *reference, *reason;
};
extern const struct rec payment_input_rec, payment_step_rec;

/* POST /v1/orders/{id}/payments: 201 with the payment; 200 when the provider told it before. A capture with the
 * reference of an authorization captures that one. */
extern const struct act payment_add_act;
/* POST /v1/payments/{id}/capture, /void, /refund: the payment. ERR_STATE when nothing is open, ERR_INVALID at /amount
 * when less is. */
extern const struct act payment_capture_act, payment_void_act, payment_refund_act;

/* Inside the decide of other acts. All leave the order derived. */

/* After money or the total changed: a running order whose money fits its terms waits for it no longer, and does not
 * expire any more. */
MUST_CHECK enum err payment_settle(struct ctx *cx, struct order_work *w);

/* An entry that came in (payment_add_act). *out_at = place of its payment in w->after; *out_known: it was told before, by
 * provider, kind and reference, and nothing changed. */
MUST_CHECK enum err payment_add_plan(struct ctx *cx, struct order_work *w, const struct payment_input *in, size_t *out_at,
                                     bool *out_known);
/* Gives amount back over the payments of w->after, the newest first. Returns what no payment could give back. */
struct money payment_refund_plan(struct ctx *cx, struct order_work *w, struct money amount, const char *reason);
/* Lets every open authorization go. */
void payment_void_open(struct ctx *cx, struct order_work *w, const char *reason);

/* The payment with its entries, by "pay_...". ERR_NOT_FOUND. */
MUST_CHECK enum err payment_load(struct ctx *cx, const char *id, struct payment **out);
/* Fills the entries of payments as they were read. */
MUST_CHECK enum err payments_fill(struct ctx *cx, struct payment *rows, size_t n);

#endif
