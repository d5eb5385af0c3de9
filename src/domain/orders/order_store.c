/* Storing by difference: a row that is new is inserted, one that changed is updated, the rest is left alone. Rows are
 * compared by place: lists only grow, but those of a draft, which lose their last ones. */
#include "orders_priv.h"

#include <string.h>

/* n_before rows at before and n_after at after, of size bytes each. */
struct rows {
  const struct db_table *table;
  const void *before, *after;
  size_t n_before, n_after;
};
#define ROWS(table_, before_, after_) ((struct rows){&(table_), (before_).at, (after_).at, (before_).n, (after_).n})

static enum err store_rows(struct ctx *cx, struct rows r)
{
  size_t size = r.table->rec->size;
  for (size_t i = r.n_after; i < r.n_before; i++) /* only a draft loses rows */
    TRY(db_delete(cx->db, r.table, (const char *)r.before + i * size));
  for (size_t i = 0; i < r.n_after; i++) {
    const void *now = (const char *)r.after + i * size;
    const void *was = i < r.n_before ? (const char *)r.before + i * size : NULL;
    if (!was)
      TRY(db_insert(cx->db, r.table, now));
    else if (!rec_equal(r.table->rec, was, now))
      TRY(db_update(cx->db, r.table, now));
  }
  return ERR_OK;
}

/* The number of a parcel, once it has one, for exact look-up. */
static enum err store_tracking_number(struct ctx *cx, const struct parcel *was, const struct parcel *now)
{
  static const struct db_stmt put = {
      "INSERT INTO tracking_number (bucket, number, parcel_id, order_id) VALUES ($1, $2, $3, $4)"
      " ON CONFLICT (bucket, number, parcel_id) DO NOTHING",
      DB_KEYED};
  if (!now->tracking_number || (was && text_eq(was->tracking_number, now->tracking_number)))
    return ERR_OK;
  return db_run(cx->db, &put, NULL,
                DB_ARGS(I64(bucket_of_text(now->tracking_number)), TEXT(now->tracking_number), I64(now->id.v),
                        I64(now->order_id)));
}

static enum err store_fulfillments(struct ctx *cx, const struct order *before, const struct order *after)
{
  static const struct fulfillment no_fulfillment;
  static const struct parcel no_parcel;
  TRY(store_rows(cx, ROWS(fulfillment_table, before->fulfillments, after->fulfillments)));
  for (size_t i = 0; i < after->fulfillments.n; i++) {
    const struct fulfillment *now = &after->fulfillments.at[i];
    const struct fulfillment *was = i < before->fulfillments.n ? &before->fulfillments.at[i] : &no_fulfillment;
    TRY(store_rows(cx, ROWS(fulfillment_line_table, was->lines, now->lines)));
    TRY(store_rows(cx, ROWS(parcel_table, was->parcels, now->parcels)));
    for (size_t k = 0; k < now->parcels.n; k++) {
      const struct parcel *parcel_was = k < was->parcels.n ? &was->parcels.at[k] : &no_parcel;
      TRY(store_rows(cx, ROWS(parcel_item_table, parcel_was->items, now->parcels.at[k].items)));
      TRY(store_tracking_number(cx, parcel_was, &now->parcels.at[k]));
    }
  }
  return ERR_OK;
}

static const struct payment *payment_in(const struct order *o, struct payment_id id)
{
  EACH (const struct payment, p, &o->payments)
    if (p->id.v == id.v)
      return p;
  return NULL;
}

/* By id: a draft's payments may be others than they were. */
static enum err store_payments(struct ctx *cx, const struct order *before, const struct order *after)
{
  static const struct payment no_payment;
  EACH (const struct payment, was, &before->payments) {
    if (payment_in(after, was->id))
      continue;
    EACH (const struct payment_entry, e, &was->entries)
      TRY(db_delete(cx->db, &payment_entry_table, e));
    TRY(db_delete(cx->db, &payment_table, was));
  }
  EACH (const struct payment, now, &after->payments) {
    const struct payment *was = payment_in(before, now->id);
    TRY(store_rows(cx, (struct rows){&payment_table, was, now, was ? 1 : 0, 1}));
    TRY(store_rows(cx, ROWS(payment_entry_table, (was ? was : &no_payment)->entries, now->entries)));
  }
  return ERR_OK;
}

static bool anything_personal(const struct order_personal *p)
{
  return p->customer || p->shipping_address || p->billing_address || p->invoice || p->notes;
}

static enum err store_personal(struct ctx *cx, const struct order *before, const struct order *after)
{
  if (rec_equal(&order_personal_rec, &before->personal, &after->personal))
    return ERR_OK;
  if (!anything_personal(&after->personal))
    return anything_personal(&before->personal) ? db_delete(cx->db, &order_personal_table, &after->personal) : ERR_OK;
  return db_upsert(cx->db, &order_personal_table, &after->personal);
}

static enum err store_number(struct ctx *cx, const struct order *before, const struct order *after)
{
  static const struct db_stmt put = {"INSERT INTO order_number (bucket, number, order_id) VALUES ($1, $2, $3)",
                                     DB_KEYED};
  if (!after->number || before->number)
    return ERR_OK;
  return db_run(cx->db, &put, NULL, DB_ARGS(I64(bucket_of_text(after->number)), TEXT(after->number), I64(after->id.v)));
}

static bool has_tag(const struct order *o, const char *tag)
{
  for (size_t i = 0; i < o->tags.n; i++)
    if (strcmp(o->tags.at[i], tag) == 0)
      return true;
  return false;
}

/* One row for each tag, by which lists find orders. */
static enum err store_tags(struct ctx *cx, const struct order *before, const struct order *after)
{
  static const struct db_stmt put = {"INSERT INTO order_tag (bucket, order_id, tag) VALUES ($1, $2, $3)"
                                     " ON CONFLICT (bucket, order_id, tag) DO NOTHING",
                                     DB_KEYED};
  static const struct db_stmt drop = {"DELETE FROM order_tag WHERE bucket = $1 AND order_id = $2 AND tag = $3", DB_KEYED};
  for (size_t i = 0; i < before->tags.n; i++)
    if (!has_tag(after, before->tags.at[i]))
      TRY(db_run(cx->db, &drop, NULL, DB_ARGS(I64(after->bucket), I64(after->id.v), TEXT(before->tags.at[i]))));
  for (size_t i = 0; i < after->tags.n; i++)
    if (!has_tag(before, after->tags.at[i]) && strlen(after->tags.at[i]) <= ORDER_TAG_MAX)
      TRY(db_run(cx->db, &put, NULL, DB_ARGS(I64(after->bucket), I64(after->id.v), TEXT(after->tags.at[i]))));
  return ERR_OK;
}

enum err order_store(struct ctx *cx, const struct order *before, const struct order *after)
{
  static const struct order nothing;
  if (before)
    TRY(db_update(cx->db, &order_table, after));
  else
    TRY(db_insert(cx->db, &order_table, after));
  if (!before)
    before = &nothing;
  TRY(store_number(cx, before, after));
  TRY(store_tags(cx, before, after));
  TRY(store_personal(cx, before, after));
  TRY(store_rows(cx, ROWS(order_line_table, before->lines, after->lines)));
  TRY(store_rows(cx, ROWS(order_charge_table, before->charges, after->charges)));
  TRY(store_rows(cx, ROWS(hold_table, before->holds, after->holds)));
  TRY(store_payments(cx, before, after));
  return store_fulfillments(cx, before, after);
}
