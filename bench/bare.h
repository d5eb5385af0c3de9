/* bare - what the storage alone can do: writes, with nothing but SQLite calls in one thread, the rows that Ordo writes
 * for one order, again and again, with group commit. No HTTP, no JSON, no decisions, no reads.
 *
 * The rows are not described here: they are found as the difference between a database before and after one order was
 * placed, table by table, with all their values; so the schema, its indexes and the bytes are Ordo's own. For each copy
 * the values that must differ do: ids and instants go up, the order's serial and number count on, products are drawn.
 */
#ifndef ORDO_BENCH_BARE_H
#define ORDO_BENCH_BARE_H

#include "bench_drive.h"

struct bare;

/* A byte-for-byte copy of a database that may be in use. */
MUST_CHECK bool bare_copy(const char *from, const char *to);

/* before and after: paths of the two databases, between which the order with that serial (bench_shop.c) and number was
 * placed; target: the copy of a database of Ordo's to write into. NULL after saying on stderr what is wrong. */
struct bare *bare_open(const char *before, const char *after, int64_t serial, int64_t number, const char *target);
void bare_close(struct bare *b); /* accepts NULL */
/* How many rows one order has, of them changes of rows that were there; and the bytes of their values. */
void bare_shape(const struct bare *b, int *out_rows, int *out_updates, int64_t *out_bytes);

struct bare_result {
  int64_t orders, took_us;
  struct latencies batches; /* from the first statement to the return of COMMIT */
  struct latencies waits;   /* of a client: from asking to the return of the COMMIT that has its order */
};
struct bare_load {
  int64_t duration_ms;
  int clients;   /* ask again as soon as their order is committed */
  int batch_max; /* the writer takes those who wait, at most so many */
  double
      following; /* part of the orders whose rows that follow later (the terms for search) are written too: as many as
                     * Ordo's own consumer of the feed wrote in the round it is compared with */
};
MUST_CHECK bool bare_run(struct bare *b, const struct bare_load *load, struct bare_result *out);

/* How many orders a database has, and the serial of the last (bench_shop.c); both 0 when there is no such file. */
MUST_CHECK bool bare_orders(const char *database, int64_t *out_orders, int64_t *out_serial);

/* How far Ordo's feed is, and the consumer that follows it. */
MUST_CHECK bool bare_feed(const char *database, int64_t *out_written, int64_t *out_followed);

#endif
