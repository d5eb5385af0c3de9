/* Invoices by themselves: on placing, payment or shipping. */
#include "invoices_priv.h"

#include "settings.h"

#include <string.h>

static const char *const topics[] = {"order.placed", "order.opened", "payment.captured", "shipment.created", NULL};

/* Which moment an event is for an order as it is now. */
static bool is_moment(const struct feed_entry *e, const struct order *o, const char *when)
{
  if (strcmp(when, "placed") == 0)
    return o->state != ORDER_DRAFT;
  if (strcmp(when, "paid") == 0)
    return o->totals.paid.minor > 0 && o->totals.due.minor <= 0;
  return strcmp(when, "shipped") == 0 && strcmp(e->topic, "shipment.created") == 0;
}

static enum err when_of(struct ctx *cx, const struct order *o, const char **out)
{
  const struct channel *ch;
  enum err err = channel_find(cx, o->channel, &ch);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  bool own = err == ERR_OK && ch->invoice_issue != WHEN_COMPANY;
  if (!own)
    return setting_text(cx, SETTING_INVOICE_ISSUE, out);
  *out = invoice_whens[ch->invoice_issue];
  return ERR_OK;
}

static enum err react(struct ctx *cx, const struct feed_entry *e)
{
  struct order *o;
  struct act_result ignored;
  const char *when;
  TRY(order_load(cx, (struct order_id){e->subject_id}, &o));
  TRY(when_of(cx, o, &when));
  if (o->state == ORDER_CANCELLED || o->state == ORDER_EXPIRED || !is_moment(e, o, when))
    return ERR_OK;
  struct invoice_input in;
  rec_init(&invoice_input_rec, &in);
  in.automatic = true;
  if (strcmp(when, "shipped") == 0)
    in.shipment = e->ref;
  /* Refused where nothing is left to invoice: it was done before, by hand or for another event. */
  return consumer_run(cx, &invoice_create_act, &(struct act_input){.id = e->subject, .body = &in, .version = ABSENT},
                      &ignored, NULL);
}

const struct consumer invoices_consumer = {
    .name = "invoices", .doc = "issues invoices on placing, payment or shipping", .topics = topics, .react = react};
