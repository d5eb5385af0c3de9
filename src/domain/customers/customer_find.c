/* Reading customers. */
#include "customers_priv.h"

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
