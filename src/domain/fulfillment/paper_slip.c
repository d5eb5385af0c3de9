/* What lies in a delivery, and where it goes. */
#include "fulfillment_priv.h"

#include "settings.h"

struct sender {
  const char *company, *language, *fallback;
};

static enum err sender_load(struct ctx *cx, const struct order *o, const char *language, struct sender *out)
{
  TRY(setting_text(cx, SETTING_COMPANY_NAME, &out->company));
  TRY(setting_text(cx, SETTING_COMPANY_LANGUAGE, &out->fallback));
  out->language = language ? language : o->language ? o->language : out->fallback;
  return ERR_OK;
}

/* Where an order goes: the shipping address, else the billing address. */
static struct address *receiver(const struct order *o)
{
  return o->personal.shipping_address ? o->personal.shipping_address : o->personal.billing_address;
}

/* In which of the parcels a line lies; ABSENT when in several or none. */
static int64_t parcel_of(const struct fulfillment *f, int64_t line)
{
  int64_t found = ABSENT, n = 0;
  EACH (const struct parcel, p, &f->parcels) {
    if (p->state == PARCEL_VOIDED)
      continue;
    n++;
    EACH (const struct parcel_item, i, &p->items) {
      if (i->line != line || i->quantity.millionths == 0)
        continue;
      if (found != ABSENT)
        return ABSENT;
      found = n;
    }
  }
  return found;
}

static enum err add_lines(struct ctx *cx, struct order *o, const struct fulfillment *f, const struct sender *by,
                          const reservations *reserved, struct packing_slip *s)
{
  EACH (const struct fulfillment_line, fl, &f->lines) {
    const struct order_line *l = order_line_of(o, fl->line);
    const struct product *p;
    if (fl->quantity.millionths == 0)
      continue;
    struct slip_line *to = LIST_ADD(cx->arena, &s->lines);
    *to = (struct slip_line){.line = l->line,
                             .sku = l->sku,
                             .unit = l->unit,
                             .lot = paper_lots(cx, reserved, o->id, l->line, f->location_id),
                             .ordered = l->quantity,
                             .quantity = fl->quantity,
                             .parcel = parcel_of(f, l->line)};
    TRY(paper_name(cx, l, by->language, by->fallback, &p, &to->name));
  }
  return ERR_OK;
}

static enum err make_slip(struct ctx *cx, struct order *o, struct fulfillment_id ful, const char *language,
                          const reservations *reserved, struct packing_slip *out)
{
  struct sender by;
  const struct location *l;
  TRY(sender_load(cx, o, language, &by));
  const struct fulfillment *f = order_fulfillment_of(o, ful);
  assert(f);
  TRY(location_by_id(cx, f->location_id, &l));
  *out = (struct packing_slip){.fulfillment_id = ful,
                               .company = by.company,
                               .language = by.language,
                               .order_number = o->number,
                               .external_id = o->external_given ? o->external_id : NULL,
                               .channel = o->channel,
                               .location = f->location,
                               .location_name = arena_text(cx->arena, l->name),
                               .time_zone = arena_text(cx->arena, l->time_zone),
                               .from = l->address,
                               .to = receiver(o),
                               .ordered_at = instant_set(o->ordered_at) ? o->ordered_at : o->created_at,
                               .ship_by = f->ship_by,
                               .carrier = f->carrier,
                               .service = f->service,
                               .delivery = delivery_types[o->delivery.type],
                               .notes = o->personal.notes};
  EACH (const struct parcel, p, &f->parcels) {
    if (p->state == PARCEL_VOIDED)
      continue;
    out->parcel_count++;
    out->weight_g += p->weight_g == ABSENT ? 0 : p->weight_g;
    if (p->tracking_number)
      *LIST_ADD(cx->arena, &out->tracking_numbers) = p->tracking_number;
  }
  EACH (const struct fulfillment, other, &o->fulfillments)
    out->other_parts += other->id.v != ful.v && other->state != FUL_REJECTED && other->state != FUL_CANCELLED &&
                        other->state != FUL_NOT_COLLECTED;
  return add_lines(cx, o, f, &by, reserved, out);
}

enum err packing_slip_load(struct ctx *cx, const char *id, const char *language, struct packing_slip *out)
{
  return packing_slips_load(cx, &id, 1, language, out);
}

enum err packing_slips_load(struct ctx *cx, const char *const *ids, size_t n, const char *language,
                            struct packing_slip *out)
{
  struct papers p;
  TRY(papers_load(cx, ids, n, &p));
  for (size_t i = 0; i < n; i++)
    TRY(make_slip(cx, p.orders[i], p.ids[i], language, &p.reserved, &out[i]));
  return ERR_OK;
}

enum err parcel_label_load(struct ctx *cx, const char *id_or_number, const char *language, struct parcel_label *out)
{
  struct parcel *found;
  struct order *o;
  struct sender by;
  struct fulfillment *f;
  const struct location *l;
  TRY(parcel_load(cx, id_or_number, &found));
  TRY(order_load(cx, (struct order_id){found->order_id}, &o));
  TRY(sender_load(cx, o, language, &by));
  const struct parcel *p = order_parcel_of(o, found->id, &f);
  assert(p);
  if (p->state == PARCEL_VOIDED)
    return err_fail(cx, ERR_STATE, "/state", "this parcel is voided");
  TRY(location_by_id(cx, f->location_id, &l));
  *out = (struct parcel_label){.parcel_id = p->id,
                               .language = by.language,
                               .order_number = o->number,
                               .tracking_number = p->tracking_number,
                               .carrier = p->carrier ? p->carrier : f->carrier,
                               .service = p->service ? p->service : f->service,
                               .company = by.company,
                               .time_zone = arena_text(cx->arena, l->time_zone),
                               .from = l->address,
                               .to = receiver(o),
                               .weight_g = p->weight_g,
                               .ship_by = f->ship_by};
  EACH (const struct parcel, other, &f->parcels) {
    if (other->state == PARCEL_VOIDED)
      continue;
    out->of++;
    if (other->id.v == p->id.v)
      out->n = out->of;
  }
  return ERR_OK;
}
