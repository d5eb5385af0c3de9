/* ids - one list of all id types and prefixes, and the generator behind them.
 *
 * 63 bits: 41 of milliseconds since 2020-01-01 UTC, 6 of node, 6 of counter (kept per bucket), 10 of bucket. Ids sort by
 * time, are made without a central counter and carry the bucket of their row in the low bits.
 * A node number is leased from the database, with a high-water mark above which no id was drawn (table node_lease).
 */
#ifndef ORDO_IDS_H
#define ORDO_IDS_H

#include "base.h"
#include "codec.h"

#define BUCKETS 1024 /* for ever */

#define ID_LIST(X)                                                                                                     \
  X(order, "ord")                                                                                                      \
  X(hold, "hld")                                                                                                       \
  X(payment, "pay")                                                                                                    \
  X(fulfillment, "ful")                                                                                                \
  X(shipment, "shp")                                                                                                   \
  X(parcel, "par")                                                                                                     \
  X(wave, "wav")                                                                                                       \
  X(manifest, "mft")                                                                                                   \
  X(decision, "src")                                                                                                   \
  X(customer, "cus")                                                                                                   \
  X(product, "prd")                                                                                                    \
  X(tax_rate, "tax")                                                                                                   \
  X(location, "loc")                                                                                                   \
  X(channel, "chn")                                                                                                    \
  X(carrier, "car")                                                                                                    \
  X(rule, "rul")                                                                                                       \
  X(stock, "stk")                                                                                                      \
  X(adjustment, "adj")                                                                                                 \
  X(import, "imp")                                                                                                     \
  X(user, "usr")                                                                                                       \
  X(api_key, "key")                                                                                                    \
  X(session, "ses")                                                                                                    \
  X(invitation, "inv")                                                                                                 \
  X(view, "viw")                                                                                                       \
  X(reveal, "rvl")                                                                                                    \
  X(bulk, "blk")                                                                                                       \
  X(failure, "flr")                                                                                                    \
  X(job, "job")                                                                                                        \
  X(change, "chg")                                                                                                     \
  X(webhook, "whk")                                                                                                    \
  X(invoice, "ivc")                                                                                                    \
  X(number_block, "nbk")                                                                                               \
  X(request, "req")

/* struct order_id { int64_t v; } and so on: 0 is none. PREFIX_order is its prefix. */
#define X(kind, prefix)                                                                                                \
  struct kind##_id {                                                                                                   \
    int64_t v;                                                                                                         \
  };
ID_LIST(X)
#undef X
#define X(kind, text) static const char PREFIX_##kind[] __attribute__((unused)) = text;
ID_LIST(X)
#undef X

#define IDS_MS_SHIFT 22 /* an id is ms since 2020 << 22 | node << 16 | counter << 10 | bucket */

/* The generator of one process. Deterministic: the same seed, node and instants give the same ids. */
struct ids {
  int64_t node;               /* 0..63 */
  int64_t floor_ms;           /* nothing is drawn below this (ms since 2020): the node's old high-water mark */
  int64_t ceiling_ms;         /* highest ms drawn so far */
  uint64_t random;            /* state of the bucket and salt generator */
  int64_t last[BUCKETS];      /* ms << 6 | counter of the last id per bucket */
};
void ids_init(struct ids *ids, int64_t node, int64_t floor_ms, uint64_t seed);
/* An id whose row lives in bucket. When the counter of this millisecond is used up, the next one is taken at once. */
int64_t ids_next(struct ids *ids, struct instant now, int64_t bucket);
int64_t ids_bucket_random(struct ids *ids);
uint64_t ids_random(struct ids *ids); /* for salts and random numbers that need not be secret */

static inline int64_t bucket_of_id(int64_t id) { return id & (BUCKETS - 1); }
static inline int64_t bucket_of_text(const char *s) { return (int64_t)(hash_text(s) % BUCKETS); }
/* Background work is shared by groups of 16 neighboring buckets (core/leases): a set of groups is one word, bit g being
 * buckets 16 g to 16 g + 15. In SQL a set is one parameter: "... AND " IN_GROUPS("bucket", "$2"), where the column is a
 * bucket or an id that carries one. */
#define BUCKET_GROUPS 64
struct bucket_groups {
  int64_t bits;
};
#define BUCKET_GROUPS_ALL ((struct bucket_groups){-1})
#define IN_GROUPS(column, parameter)                                                                                   \
  "((CAST(" parameter " AS BIGINT) >> CAST(((" column " & 1023) >> 4) AS INTEGER)) & 1) = 1"

/* hash(a, b) without joining the texts; the family rule of docs/architecture.md says what goes in. */
static inline int64_t bucket_of_pair(int64_t a, const char *b) { return (int64_t)(hash_mix((uint64_t)a, hash_text(b)) % BUCKETS); }

#endif
