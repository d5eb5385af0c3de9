/* model - one order's rows as a model of the next: which values stay, and which go on from order to order.
 *
 * The bare programs (bare.c for SQLite, bare_pg.c for PostgreSQL) read the rows that Ordo wrote for one order and write
 * them again and again; what must differ in each copy, differs by these rules alone, so both write the same bytes.
 */
#ifndef ORDO_BENCH_MODEL_H
#define ORDO_BENCH_MODEL_H

#include "base.h"

enum { MODEL_COLUMNS_MAX = 96, MODEL_ROWS_MAX = 128, MODEL_PRODUCTS_MAX = 8, CELL_PLACES_MAX = 16, CELL_EXTRA = 32 };

/* How a cell of the model becomes the next order's. */
enum rule { AS_IT_IS, ID_UP, INSTANT_UP, SEQUENCE_UP, COUNT_UP, PRODUCT, TEXT_SERIAL };
enum cell_type { CELL_NULL, CELL_I64, CELL_TEXT, CELL_BYTES };

struct cell {
  enum rule rule;
  enum cell_type type;
  int64_t i64; /* of integers; PRODUCT: which of the order's products */
  char *text;  /* of texts and bytes */
  int n;
  int serials[CELL_PLACES_MAX], n_serials, numbers[CELL_PLACES_MAX], n_numbers; /* TEXT_SERIAL: where they stand */
};

struct model {
  int64_t serial, number, order_id, created_at; /* of the order, set by the caller */
  int64_t products[MODEL_PRODUCTS_MAX];         /* found by cell_take_i64 */
  int n_products;
};

/* A cell from what was read; update: it is one of a row that was there and changed. */
void cell_take_i64(struct model *m, struct cell *cell, const char *column, bool update, int64_t value);
void cell_take_text(const struct model *m, struct cell *cell, const char *text, int n);
void cell_take_bytes(struct cell *cell, const void *bytes, int n);
void cell_done(struct cell *cell);

/* Copy k = 1, 2 ... of an integer. products: those drawn for this copy; seq: its own, of SEQUENCE_UP. */
int64_t cell_i64(const struct cell *cell, int64_t k, const int64_t *products, int64_t seq);
/* Writes copy k of a text over its bytes in `into`, which holds cell->n of them and has CELL_EXTRA more. */
void cell_text(const struct cell *cell, int64_t k, char *into);

/* Xorshift: the next number below n. */
int64_t model_draw(uint64_t *random, int64_t n);

#endif
