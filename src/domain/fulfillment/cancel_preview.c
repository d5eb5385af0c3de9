/* What cancelling or rejecting would do, before anybody does it: load and decide of the act itself, and nothing is
 * written. So what a dialog says is what is paid. */
#include "fulfillment_priv.h"

static const struct rec_field preview_fields[] = {
    FIELD(struct cancel_preview, currency, .doc = "Of all sums", .example = "USD"),
    FIELD(struct cancel_preview, lines, .flags = REC_REQUIRED,
          .doc = "Worth of the units that go, less discount, with tax", .example = "11110"),
    FIELD(struct cancel_preview, charges, .flags = REC_REQUIRED,
          .doc = "Charges that go with them; shipping as the setting `refund.shipping` says", .example = "590"),
    FIELD(struct cancel_preview, refund, .flags = REC_REQUIRED, .doc = "What is given back of what was paid",
          .example = "11700"),
    FIELD(struct cancel_preview, voided, .flags = REC_REQUIRED, .doc = "Authorized money that is let go",
          .example = "0"),
    FIELD(struct cancel_preview, due, .flags = REC_REQUIRED, .doc = "What is open after it; below 0 it stays owed",
          .example = "0"),
    FIELD(struct cancel_preview, ends, .flags = REC_REQUIRED, .doc = "Nothing is left: the order itself is cancelled",
          .example = "true"),
};
const struct rec cancel_preview_rec =
    REC(struct cancel_preview, "CancelPreview", preview_fields, "What a cancellation would do");

static struct money charges_gone(const struct order *o)
{
  struct money sum = MONEY(0);
  EACH (const struct order_charge, c, &o->charges)
    sum = money_add(sum, c->refunded);
  return sum;
}

static struct money all_voided(const struct order *o)
{
  struct money sum = MONEY(0);
  EACH (const struct payment, p, &o->payments)
    sum = money_add(sum, p->voided);
  return sum;
}

enum err order_cancel_preview(struct ctx *cx, const struct act *act, const struct act_input *in,
                              struct cancel_preview *out)
{
  void *plan;
  TRY(act_preview(cx, act, in, &plan));
  const struct order_work *w = plan;
  const struct order *before = w->before, *after = w->after;
  struct money charges = money_sub(charges_gone(after), charges_gone(before));
  *out = (struct cancel_preview){
      .currency = after->currency,
      .lines = money_sub(money_sub(after->totals.cancelled, before->totals.cancelled), charges),
      .charges = charges,
      .refund = money_sub(after->totals.refunded, before->totals.refunded),
      .voided = money_sub(all_voided(after), all_voided(before)),
      .due = after->totals.due,
      .ends = after->state == ORDER_CANCELLED,
  };
  return ERR_OK;
}
