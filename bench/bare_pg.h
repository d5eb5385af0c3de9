/* bare_pg - what PostgreSQL alone could do: several connections write, with nothing but libpq, the rows that Ordo writes for
 * one order, again and again: prepared statements of many rows in one pipeline, stock rows in sorted order, one look at the
 * row counts, COMMIT. No HTTP, no JSON, no decisions, no reads.
 *
 * As in bare.h the rows are found, not described: those that the placing of one order left in Ordo's database, held
 * against a copy from before. Rows that are not the order's (leases, cursors, number blocks, a row for each transaction) are
 * left out, so the baseline has less to do than Ordo.
 */
#ifndef ORDO_BENCH_BARE_PG_H
#define ORDO_BENCH_BARE_PG_H

#include "bare.h"

struct bare_pg;

/* url: a database of the server to run commands in; names are of databases. False after saying on stderr what is wrong. */
MUST_CHECK bool pg_do(const char *url, const char *sql);
/* The first value of the first row, as a text of up to cap bytes; "" when there is none. */
MUST_CHECK bool pg_ask(const char *url, const char *sql, char *out, size_t cap);
MUST_CHECK bool pg_ask_i64(const char *url, const char *sql, int64_t *out);

/* The next transaction's number: rows that come from now on are those of open's `since`. */
MUST_CHECK bool bare_pg_now(const char *url, int64_t *out);
/* source: Ordo's database, where one order was placed since then; target: a copy of it from before, to write into. NULL
 * after saying on stderr what is wrong. */
struct bare_pg *bare_pg_open(const char *source, int64_t since, const char *target, int connections);
void bare_pg_close(struct bare_pg *b); /* accepts NULL */
void bare_pg_shape(const struct bare_pg *b, int *out_rows, int *out_updates, int64_t *out_bytes);

/* load->clients wait in one line; each connection takes those who wait, at most batch_max. hot: one product is in every
 * order. */
MUST_CHECK bool bare_pg_run(struct bare_pg *b, const struct bare_load *load, bool hot, struct bare_result *out);

#endif
