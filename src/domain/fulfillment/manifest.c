/* Manifests: what a carrier took, closed; from then on nothing of it can be voided. */
#include "fulfillment_priv.h"

#include "numbers.h"

#include <string.h>

enum { MANIFEST_ARENA_MAX = 96 << 20 };

struct manifest_part {
  struct order_work work;
  LIST(struct shipment) shipments; /* of this order: an act changes an order once */
};
typedef LIST(struct manifest_part) manifest_parts;
struct manifest_facts {
  const char *location, *carrier;
  bool remaining;
  manifest_parts parts;
};
struct manifest_plan {
  struct manifest manifest;
  manifest_parts parts;
};

static struct manifest_part *part_of(manifest_parts *parts, int64_t order_id)
{
  EACH (struct manifest_part, p, parts)
    if (p->work.before->id.v == order_id)
      return p;
  return NULL;
}

static enum err close_load(struct ctx *cx, const struct act_input *in, void *out)
{
  static const struct db_where waiting = {&shipment_table,
                                          "location = $1 AND carrier = $2 AND manifested = 0 AND voided = 0"
                                          " ORDER BY shipped_at, id LIMIT $3",
                                          DB_LIST};
  struct manifest_facts *f = out;
  const struct location *l;
  LIST(struct shipment) rows = {0};
  size_t begun = arena_used(cx->arena);
  f->carrier = ((const struct manifest_input *)in->body)->carrier;
  enum err err = location_find(cx, in->id, &l);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no location %s", in->id);
  TRY(err);
  TRY(version_check(cx, bucket_of_id(l->id.v), l->id.v, l->version, in->version));
  f->location = arena_text(cx->arena, l->code);
  TRY(db_select(cx->db, &waiting, (struct list *)(void *)&rows,
                DB_ARGS(TEXT(l->code), TEXT(f->carrier), I64(MANIFEST_MAX + 1))));
  f->remaining = rows.n > MANIFEST_MAX;
  for (size_t i = 0; i < rows.n && i < MANIFEST_MAX; i++) {
    struct manifest_part *part = part_of(&f->parts, rows.at[i].order_id);
    if (!part && arena_used(cx->arena) - begun > MANIFEST_ARENA_MAX) {
      f->remaining = true;
      break;
    }
    if (!part) {
      struct manifest_part fresh = {0};
      TRY(order_work_load(cx, (struct order_id){rows.at[i].order_id}, ABSENT, &fresh.work));
      part = LIST_ADD(cx->arena, &f->parts);
      *part = fresh;
    }
    *LIST_ADD(cx->arena, &part->shipments) = rows.at[i];
  }
  return ERR_OK;
}

static void add_parcels(struct ctx *cx, struct manifest *m, const struct order *o, const struct shipment *s)
{
  m->shipment_count++;
  EACH (const struct fulfillment, f, &o->fulfillments) {
    EACH (const struct parcel, p, &f->parcels) {
      if (p->shipment_id.v != s->id.v || p->state == PARCEL_VOIDED)
        continue;
      m->parcel_count++;
      m->weight_g += p->weight_g == ABSENT ? 0 : p->weight_g;
      *LIST_ADD(cx->arena, &m->parcels) = (struct manifest_parcel){.shipment_id = s->id,
                                                                   .parcel_id = p->id,
                                                                   .order_number = o->number,
                                                                   .tracking_number = p->tracking_number,
                                                                   .service = s->service,
                                                                   .weight_g = p->weight_g};
    }
  }
}

static enum err close_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct manifest_facts *f = facts;
  struct manifest_plan *plan = out;
  struct manifest *m = &plan->manifest;
  if (f->parts.n == 0)
    return fault_add(&cx->fault, ERR_STATE, "", "nothing_shipped",
                     "nothing has left %s with %s since the last manifest", f->location, f->carrier);
  *m = (struct manifest){.version = 1,
                         .location = f->location,
                         .carrier = f->carrier,
                         .remaining = f->remaining,
                         .closed_at = cx->now,
                         .closed_by = cx->actor.name};
  EACH (const struct manifest_part, from, &f->parts) {
    struct manifest_part *to = LIST_ADD(cx->arena, &plan->parts);
    to->work = order_work_copy(cx, &from->work);
    EACH (const struct shipment, row, &from->shipments) {
      struct shipment *s = LIST_ADD(cx->arena, &to->work.shipments);
      *s = *row;
      s->manifested = true;
      add_parcels(cx, m, to->work.after, s);
      order_event(cx, &to->work, "shipment.manifested", PREFIX_shipment, s->id.v, shipment_data(cx, s));
    }
    order_work_finish(cx, &to->work);
  }
  return ERR_OK;
}

static const char *manifest_data(struct ctx *cx, const struct manifest *m)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "location", m->location);
  json_put_i64(&j, "shipments", m->shipment_count);
  json_put_i64(&j, "parcels", m->parcel_count);
  json_object_end(&j);
  return buf_str(&text);
}

static enum err close_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct manifest_plan p = *(const struct manifest_plan *)plan;
  char id[ID_TEXT];
  struct manifest *m = arena_copy(cx->arena, &p.manifest, sizeof p.manifest);
  m->bucket = ids_bucket_random(cx->ids);
  m->id.v = ids_next(cx->ids, cx->now, m->bucket);
  TRY(number_draw(cx, "manifest", "MF-", &m->number));
  TRY(db_insert(cx->db, &manifest_table, m));
  EACH (const struct manifest_part, from, &p.parts) {
    struct order_work work = from->work;
    EACH (struct shipment, s, &work.shipments)
      s->manifest_id = m->id;
    TRY(order_work_apply(cx, &work));
  }
  id_format(PREFIX_manifest, m->id.v, id);
  TRY(event_emit(
      cx, &(struct event_draft){.topic = "manifest.closed",
                                .subject_kind = "manifest",
                                .subject_prefix = PREFIX_manifest,
                                .bucket = m->bucket,
                                .subject_id = m->id.v,
                                .version = m->version,
                                .data = manifest_data(cx, m)}));
  out->rec = &manifest_rec;
  out->value = m;
  out->version = m->version;
  out->location = arena_printf(cx->arena, "/v1/manifests/%s", id);
  return ERR_OK;
}

const struct act manifest_close_act = {"manifest.close",
                                       sizeof(struct manifest_facts),
                                       sizeof(struct manifest_plan),
                                       close_load,
                                       close_decide,
                                       close_apply,
                                       0};

/* ---- Reading ---- */

enum err manifest_load(struct ctx *cx, const char *id_or_number, struct manifest *out)
{
  static const struct db_where by_number = {&manifest_table, "number = $1 ORDER BY closed_at, id LIMIT 1", DB_LIST};
  static const struct db_where on_it = {&shipment_table, "manifest_id = $1 ORDER BY id LIMIT $2", DB_LIST};
  struct manifest m;
  LIST(struct shipment) rows = {0};
  rec_init(&manifest_rec, &m);
  enum err err = ERR_NOT_FOUND;
  if (id_parse(PREFIX_manifest, id_or_number, &m.id.v)) {
    m.bucket = bucket_of_id(m.id.v);
    err = db_get(cx->db, &manifest_table, &m);
  } else {
    err = db_select_one(cx->db, &by_number, &m, DB_ARGS(TEXT(id_or_number)));
  }
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no manifest %s", id_or_number);
  TRY(err);
  int64_t shipments = m.shipment_count, parcels = m.parcel_count, weight = m.weight_g;
  TRY(db_select(cx->db, &on_it, (struct list *)(void *)&rows, DB_ARGS(I64(m.id.v), I64(MANIFEST_MAX))));
  EACH (const struct shipment, s, &rows) {
    struct order *o;
    TRY(order_load(cx, (struct order_id){s->order_id}, &o));
    add_parcels(cx, &m, o, s);
  }
  m.shipment_count = shipments; /* as it was closed */
  m.parcel_count = parcels;
  m.weight_g = weight;
  *out = m;
  return ERR_OK;
}

enum err manifests_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, number FROM manifest WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
