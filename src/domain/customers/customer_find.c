/* Reading customers. */
#include "customers_priv.h"

#include <string.h>

enum err customer_by_id(struct ctx *cx, int64_t id, struct customer *out)
{
  struct customer customer;
  rec_init(&customer_rec, &customer);
  customer.bucket = bucket_of_id(id);
  customer.id = id;
  TRY(db_get(cx->db, &customer_table, &customer));
  *out = customer;
  return ERR_OK;
}

enum err customer_addresses_load(struct ctx *cx, struct customer *customer)
{
  static const struct db_where of_customer = {&customer_address_table,
                                              "bucket = $1 AND customer_id = $2 ORDER BY n LIMIT 50", DB_KEYED};
  customer->addresses.at = NULL;
  customer->addresses.n = customer->addresses.cap = 0;
  return db_select(cx->db, &of_customer, (struct list *)(void *)&customer->addresses,
                   DB_ARGS(I64(customer->bucket), I64(customer->id)));
}
_Static_assert(CUSTOMER_ADDRESSES_MAX == 50, "the statement above has the same limit");

/* Addresses of many customers in one read for each block of them. */
enum { BLOCK = 128 };

static const struct rec_field *address_field(const char *name)
{
  for (size_t i = 0; i < customer_address_rec.n; i++)
    if (text_eq(customer_address_rec.fields[i].name, name))
      return &customer_address_rec.fields[i];
  return NULL;
}

static enum err fill_block(struct ctx *cx, struct customer *rows, size_t n)
{
  LIST(struct customer_address) found = {0};
  struct db_value ids[BLOCK], buckets[BLOCK];
  for (size_t i = 0; i < n; i++) {
    buckets[i] = I64(rows[i].bucket);
    ids[i] = I64(rows[i].id);
    memset(&rows[i].addresses, 0, sizeof rows[i].addresses);
  }
  const struct db_filter filters[] = {
      {address_field("bucket"), DB_IN, buckets, n},
      {address_field("customer_id"), DB_IN, ids, n},
  };
  const struct db_page page = {
      .table = &customer_address_table,
      .filters = filters,
      .n_filters = COUNT_OF(filters),
      .sort = address_field("customer_id"),
      .id_field = address_field("n"),
      .limit = BLOCK * CUSTOMER_ADDRESSES_MAX,
  };
  TRY(db_list(cx->db, &page, (struct list *)(void *)&found));
  EACH (struct customer_address, address, &found)
    for (size_t i = 0; i < n; i++)
      if (rows[i].id == address->customer_id)
        *LIST_ADD(cx->arena, &rows[i].addresses) = *address;
  return ERR_OK;
}

enum err customers_fill_addresses(struct ctx *cx, struct customer *rows, size_t n)
{
  for (size_t at = 0; at < n; at += BLOCK)
    TRY(fill_block(cx, rows + at, n - at < BLOCK ? n - at : BLOCK));
  return ERR_OK;
}

enum err customer_find(struct ctx *cx, const char *text, struct customer *out)
{
  int64_t id = 0;
  struct customer customer;
  if (!id_parse(PREFIX_customer, text, &id))
    TRY(customer_key_find(cx, CUSTOMER_EXTERNAL_ID, text, &id));
  enum err err = id ? customer_by_id(cx, id, &customer) : ERR_NOT_FOUND;
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no customer %.100s", text);
  TRY(err);
  TRY(customer_addresses_load(cx, &customer));
  *out = customer;
  return ERR_OK;
}
