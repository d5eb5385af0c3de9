/* The keys a customer is found by: how they compare, and their rows. */
#include <string.h>

#include "customers_priv.h"
#include "identity.h"

const char *const customer_key_kinds[] = {"external_id", "email", "phone", NULL};

/* Fewer digits are an extension or a slip of the keyboard and would make one customer of many. */
enum { PHONE_DIGITS_MIN = 6 };

/* The digits decide, not what stands between them: "(0)049 30" and "00 49 30" are "+4930", which stays what it is. */
static const char *normal_phone(struct arena *a, const char *value)
{
  char *out = arena_alloc(a, strlen(value) + 2), *digits = out + 1;
  size_t n = 0;
  value += strcspn(value, "+0123456789");
  bool international = *value == '+';
  for (; *value; value++)
    if (*value >= '0' && *value <= '9')
      digits[n++] = *value;
  if (!international && text_starts(digits, "00")) {
    international = true;
    digits += 2;
    n -= 2;
  }
  if (n < PHONE_DIGITS_MIN)
    return NULL;
  if (international)
    *--digits = '+';
  return digits;
}

const char *customer_key_normal(struct arena *a, enum customer_key_kind kind, const char *value)
{
  if (text_empty(value))
    return NULL;
  if (kind == CUSTOMER_PHONE)
    return normal_phone(a, value);
  if (kind == CUSTOMER_EXTERNAL_ID)
    return value;
  const char *folded = identity_fold(a, value);
  return *folded ? folded : NULL;
}

const char **customer_key_member(struct customer *customer, enum customer_key_kind kind)
{
  switch (kind) {
  case CUSTOMER_EXTERNAL_ID:
    return &customer->external_id;
  case CUSTOMER_EMAIL:
    return &customer->email;
  default:
    return &customer->phone;
  }
}

static int64_t key_bucket(enum customer_key_kind kind, const char *value)
{
  return bucket_of_pair(kind, value);
}

enum err customer_key_owner(struct ctx *cx, enum customer_key_kind kind, const char *value, int64_t *out_id)
{
  static const struct db_stmt owner = {
      "SELECT customer_id FROM customer_key WHERE bucket = $1 AND kind = $2 AND key_value = $3", DB_KEYED};
  int64_t id = 0;
  TRY(db_one_i64(cx->db, &owner, &id,
                 DB_ARGS(I64(key_bucket(kind, value)), TEXT(customer_key_kinds[kind]), TEXT(value))));
  *out_id = id;
  return ERR_OK;
}

enum err customer_key_find(struct ctx *cx, enum customer_key_kind kind, const char *value, int64_t *out_id)
{
  const char *normal = customer_key_normal(cx->arena, kind, value);
  if (normal)
    return customer_key_owner(cx, kind, normal, out_id);
  *out_id = 0;
  return ERR_OK;
}

enum err customer_key_put(struct ctx *cx, enum customer_key_kind kind, const char *value, int64_t id)
{
  static const struct db_stmt put = {
      "INSERT INTO customer_key (bucket, kind, key_value, customer_id) VALUES ($1, $2, $3, $4)", DB_KEYED};
  return db_run(cx->db, &put, NULL,
                DB_ARGS(I64(key_bucket(kind, value)), TEXT(customer_key_kinds[kind]), TEXT(value), I64(id)));
}

enum err customer_key_drop(struct ctx *cx, enum customer_key_kind kind, const char *value, int64_t id)
{
  static const struct db_stmt drop = {
      "DELETE FROM customer_key WHERE bucket = $1 AND kind = $2 AND key_value = $3 AND customer_id = $4", DB_KEYED};
  return db_run(cx->db, &drop, NULL,
                DB_ARGS(I64(key_bucket(kind, value)), TEXT(customer_key_kinds[kind]), TEXT(value), I64(id)));
}
