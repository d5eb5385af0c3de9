/* customers - people and companies who buy, and the form of an address that the whole house uses.
 *
 * A customer is found by exact keys: id, else external_id, else e-mail, else phone. Each key belongs to one customer
 * (table customer_key, in the bucket of the key's own hash, unique). Personal data: everything a customer is called,
 * reached or found by; events carry it only in their personal part.
 *
 * Events: customer.created, customer.updated.
 */
#ifndef ORDO_CUSTOMERS_H
#define ORDO_CUSTOMERS_H

#include "acts.h"
#include "context.h"
#include "db.h"
#include "rec.h"

/* ---- Addresses -------------------------------------------------------------------------------------------------- */

struct address {
  const char *name, *company, *line1, *line2, *city, *region, *postal_code;
  const char *country; /* ISO 3166-1 alpha-2, upper case; required */
  const char *phone;
  int64_t latitude, longitude; /* degrees x 10^6; ABSENT = unknown */
};
extern const struct rec address_rec; /* "Address"; all fields but country and coordinates are personal */
/* One of the 249 codes of ISO 3166-1 alpha-2. A rec_field.check. */
bool country_valid(const char *code);

/* ---- Rows ------------------------------------------------------------------------------------------------------- */

#define CUSTOMER_ADDRESSES_MAX 50
#define CUSTOMER_TAGS_MAX      50
#define CUSTOMER_NAME_MAX      200
#define CUSTOMER_EMAIL_MAX     254 /* RFC 5321 4.5.3.1.3 */
#define CUSTOMER_PHONE_MAX     40
#define CUSTOMER_EXTERNAL_MAX  100

struct customer_address {
  int64_t bucket, customer_id, n; /* n from 1, in the order given */
  const char *label;              /* "home", "office" */
  bool default_shipping, default_billing;
  struct address address;
};
extern const struct rec customer_address_rec;
extern const struct db_table customer_address_table;

struct customer {
  int64_t bucket, id, version;
  const char *external_id, *email, *phone; /* as given; the keys hold the normalized form */
  const char *name, *company, *tax_id, *language;
  LIST(const char *) tags;
  const char *notes;
  bool blocked;
  const char *blocked_reason;
  LIST(struct customer_address) addresses; /* not read by customer_match */
  const char *metadata; /* JSON object */
  struct instant created_at, updated_at;
};
extern const struct rec customer_rec;
extern const struct db_table customer_table;

/* ---- Keys ------------------------------------------------------------------------------------------------------- */

enum customer_key_kind { CUSTOMER_EXTERNAL_ID, CUSTOMER_EMAIL, CUSTOMER_PHONE, CUSTOMER_KEY_KINDS };
extern const char *const customer_key_kinds[]; /* "external_id", "email", "phone" */

/* How a key compares: external ids as they are, e-mail trimmed and folded, phone its digits, with "+" before them when
 * it came with "+" or "00". NULL when nothing is left of it. In the arena. */
const char *customer_key_normal(struct arena *a, enum customer_key_kind kind, const char *value);
/* The customer with that key; *out_id = 0 when there is none. */
MUST_CHECK enum err customer_key_find(struct ctx *cx, enum customer_key_kind kind, const char *value, int64_t *out_id);

/* ---- Reading ---------------------------------------------------------------------------------------------------- */

/* By id ("cus_...") or external_id, with addresses. ERR_NOT_FOUND with a sentence. */
MUST_CHECK enum err customer_find(struct ctx *cx, const char *id, struct customer *out);
MUST_CHECK enum err customer_by_id(struct ctx *cx, int64_t id, struct customer *out); /* the row, without addresses */
MUST_CHECK enum err customer_addresses_load(struct ctx *cx, struct customer *customer);
MUST_CHECK enum err customers_fill_addresses(struct ctx *cx, struct customer *rows, size_t n); /* of many at once */

/* ---- An order's customer: load, decide, apply inside another act ------------------------------------------------ */

/* What an order says of its customer. Without id, external_id, email and phone: a guest, kept on the order only. */
struct customer_ref {
  int64_t id; /* 0 or ABSENT = not given */
  const char *external_id, *email, *phone, *name;
};
extern const struct rec customer_ref_rec; /* "OrderCustomer" */

/* Load: who that is, and which of the keys given are already somebody's. At most one read per key and one for the row.
 * ERR_INVALID at pointer + "/id"  an id was given that nobody has */
struct customer_match {
  bool found;
  struct customer customer;           /* when found, without addresses */
  const char *key[CUSTOMER_KEY_KINDS]; /* normalized; NULL = not given */
  int64_t owner[CUSTOMER_KEY_KINDS];   /* whose it is, 0 = free */
};
MUST_CHECK enum err customer_match(struct ctx *cx, const struct customer_ref *ref, const char *pointer,
                                   struct customer_match *out);

/* Decide, pure: create a customer, complete the one found (name, and free keys, that it lacks), or nothing. */
enum customer_step { CUSTOMER_GUEST, CUSTOMER_KNOWN, CUSTOMER_COMPLETE, CUSTOMER_CREATE };
struct customer_plan {
  enum customer_step step;
  struct customer before, after;       /* known, complete: the row; create: after without id */
  const char *add[CUSTOMER_KEY_KINDS]; /* normalized keys to write */
};
void customer_plan(struct ctx *cx, const struct customer_ref *ref, const struct customer_match *match,
                   const char *language, struct customer_plan *out);

/* Apply: writes the rows and the event. *out_id = the customer's id, 0 for a guest. The event of a creation or
 * completion has the customer as its subject. */
MUST_CHECK enum err customer_apply(struct ctx *cx, const struct customer_plan *plan, int64_t *out_id);

/* ---- Acts ------------------------------------------------------------------------------------------------------- */

extern const struct act customer_add_act;    /* body: struct customer. ERR_EXISTS names the key in use */
extern const struct act customer_change_act; /* PATCH by id or external_id; blocks and unblocks too */

/* Their companies or names: personal data, for lists that name records of many kinds: out[i] of ids[i], or NULL. */
MUST_CHECK enum err customers_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out);

#endif
