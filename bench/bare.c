/* The bare baseline. A table of statements, one per row of the model order; a cell of a row is bound as it was or by
 * the rule that makes it another order's. */
#include "bare.h"

#include "model.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct row {
  char table[64];
  sqlite3_stmt *stmt;
  struct cell cells[MODEL_COLUMNS_MAX];
  int n;
  bool update, once_per_batch, follows; /* follows: a consumer of the feed writes it, later */
};

struct bare {
  sqlite3 *db;
  struct model model;
  struct row rows[MODEL_ROWS_MAX];
  int n;
  int64_t k, seq; /* copies written so far, and the last number of their feed */
  int64_t *products;
  int n_products;
  uint64_t random;
  int64_t bytes;
};

static bool said(sqlite3 *db, const char *what)
{
  fprintf(stderr, "bare: %s: %s\n", what, db ? sqlite3_errmsg(db) : "cannot be opened");
  return false;
}

bool bare_copy(const char *from, const char *to)
{
  sqlite3 *source = NULL, *target = NULL;
  bool fine = sqlite3_open_v2(from, &source, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              sqlite3_open(to, &target) == SQLITE_OK;
  sqlite3_backup *copy = fine ? sqlite3_backup_init(target, "main", source, "main") : NULL;
  fine = copy && sqlite3_backup_step(copy, -1) == SQLITE_DONE;
  if (!fine)
    said(target, "copying a database");
  sqlite3_backup_finish(copy);
  sqlite3_close(source);
  sqlite3_close(target);
  return fine;
}

/* ---- Finding the rows ---- */

struct column {
  char name[64];
  bool key, changed;
};

static int columns_of(sqlite3 *db, const char *table, struct column *columns)
{
  sqlite3_stmt *stmt;
  int n = 0;
  if (sqlite3_prepare_v2(db, "SELECT name, pk FROM pragma_table_info(?)", -1, &stmt, NULL) != SQLITE_OK)
    return 0;
  sqlite3_bind_text(stmt, 1, table, -1, SQLITE_STATIC);
  while (sqlite3_step(stmt) == SQLITE_ROW && n < MODEL_COLUMNS_MAX) {
    snprintf(columns[n].name, sizeof columns[n].name, "%s", (const char *)sqlite3_column_text(stmt, 0));
    columns[n].changed = false;
    columns[n++].key = sqlite3_column_int(stmt, 1) > 0;
  }
  sqlite3_finalize(stmt);
  return n;
}

/* "o.a IS t.a AND o.b IS t.b" of the key; free with sqlite3_free. */
static char *key_match(const struct column *columns, int n)
{
  sqlite3_str *sql = sqlite3_str_new(NULL);
  const char *and = "";
  for (int i = 0; i < n; i++) {
    if (!columns[i].key)
      continue;
    sqlite3_str_appendf(sql, "%so.%s IS t.%s", and, columns[i].name, columns[i].name);
    and = " AND ";
  }
  return sqlite3_str_finish(sql);
}

/* NULL after saying what is wrong. Frees the text. */
static sqlite3_stmt *prepare(sqlite3 *db, char *sql)
{
  sqlite3_stmt *stmt = NULL;
  if (sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) != SQLITE_OK)
    said(db, sql);
  sqlite3_free(sql);
  return stmt;
}

/* INSERT of all columns, or UPDATE of those that changed; values are numbered as the columns. */
static sqlite3_stmt *prepare_write(struct bare *b, const char *table, const struct column *columns, int n, bool update)
{
  sqlite3_str *sql = sqlite3_str_new(NULL);
  const char *comma = "";
  sqlite3_str_appendf(sql, update ? "UPDATE %s SET " : "INSERT INTO %s VALUES (", table);
  for (int i = 0; i < n; i++) {
    if (update && !columns[i].changed)
      continue;
    if (update)
      sqlite3_str_appendf(sql, "%s%s = ?%d", comma, columns[i].name, i + 1);
    else
      sqlite3_str_appendf(sql, "%s?%d", comma, i + 1);
    comma = ", ";
  }
  comma = " WHERE ";
  for (int i = 0; update && i < n; i++) {
    if (!columns[i].key)
      continue;
    sqlite3_str_appendf(sql, "%s%s = ?%d", comma, columns[i].name, i + 1);
    comma = " AND ";
  }
  if (!update)
    sqlite3_str_appendf(sql, ")");
  return prepare(b->db, sqlite3_str_finish(sql));
}

static void take_cell(struct bare *b, sqlite3_stmt *from, int column, const char *name, bool update, struct cell *cell)
{
  int n = sqlite3_column_bytes(from, column);
  switch (sqlite3_column_type(from, column)) {
  case SQLITE_INTEGER:
    cell_take_i64(&b->model, cell, name, update, sqlite3_column_int64(from, column));
    b->bytes += 8;
    break;
  case SQLITE_TEXT:
    cell_take_text(&b->model, cell, (const char *)sqlite3_column_text(from, column), n);
    b->bytes += n;
    break;
  case SQLITE_BLOB:
    cell_take_bytes(cell, sqlite3_column_blob(from, column), n);
    b->bytes += n;
    break;
  default:
    *cell = (struct cell){.type = CELL_NULL};
  }
}

static void take_row(struct bare *b, sqlite3_stmt *from, const char *table, const struct column *columns, int n,
                     bool update)
{
  struct row *row = &b->rows[b->n++];
  snprintf(row->table, sizeof row->table, "%s", table);
  row->n = n;
  row->update = update;
  row->once_per_batch = update && strcmp(table, "stock") != 0;
  row->follows = strcmp(table, "search_term") == 0;
  row->stmt = prepare_write(b, table, columns, n, update);
  for (int i = 0; i < n; i++)
    take_cell(b, from, i, columns[i].name, update, &row->cells[i]);
}

/* Rows whose key is new. */
static bool take_inserts(struct bare *b, sqlite3 *models, const char *table, const struct column *columns, int n,
                         const char *match)
{
  sqlite3_stmt *stmt = prepare(models, sqlite3_mprintf("SELECT t.* FROM main.%s t WHERE NOT EXISTS"
                                                       " (SELECT 1 FROM before.%s o WHERE %s)",
                                                       table, table, match));
  while (stmt && sqlite3_step(stmt) == SQLITE_ROW && b->n < MODEL_ROWS_MAX)
    take_row(b, stmt, table, columns, n, false);
  sqlite3_finalize(stmt);
  return stmt != NULL;
}

static bool same_value(sqlite3_value *a, sqlite3_value *b)
{
  int n = sqlite3_value_bytes(a);
  return sqlite3_value_type(a) == sqlite3_value_type(b) && n == sqlite3_value_bytes(b) &&
         (n == 0 || memcmp(sqlite3_value_blob(a), sqlite3_value_blob(b), (size_t)n) == 0);
}

/* Rows that were there with other values: only the columns that differ are written. */
static bool take_updates(struct bare *b, sqlite3 *models, const char *table, struct column *columns, int n,
                         const char *match)
{
  sqlite3_stmt *stmt =
      prepare(models, sqlite3_mprintf("SELECT t.*, o.* FROM main.%s t JOIN before.%s o ON %s", table, table, match));
  while (stmt && sqlite3_step(stmt) == SQLITE_ROW && b->n < MODEL_ROWS_MAX) {
    bool any = false;
    for (int i = 0; i < n; i++) {
      sqlite3_value *now = sqlite3_value_dup(sqlite3_column_value(stmt, i));
      sqlite3_value *was = sqlite3_value_dup(sqlite3_column_value(stmt, n + i));
      any |= columns[i].changed = !same_value(now, was);
      sqlite3_value_free(now);
      sqlite3_value_free(was);
    }
    if (any)
      take_row(b, stmt, table, columns, n, true);
  }
  sqlite3_finalize(stmt);
  return stmt != NULL;
}

static bool take_table(struct bare *b, sqlite3 *models, const char *table)
{
  struct column columns[MODEL_COLUMNS_MAX];
  int n = columns_of(models, table, columns);
  char *match = key_match(columns, n);
  bool fine = take_inserts(b, models, table, columns, n, match) && take_updates(b, models, table, columns, n, match);
  sqlite3_free(match);
  return fine;
}

static bool one_integer(sqlite3 *db, const char *sql, int64_t *out)
{
  sqlite3_stmt *stmt;
  bool fine = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK && sqlite3_step(stmt) == SQLITE_ROW;
  if (fine)
    *out = sqlite3_column_int64(stmt, 0);
  sqlite3_finalize(stmt);
  return fine || said(db, sql);
}

static bool take_model(struct bare *b, const char *before, const char *after)
{
  sqlite3 *models = NULL;
  sqlite3_stmt *tables = NULL;
  char *attach = sqlite3_mprintf("ATTACH %Q AS before", before);
  bool fine =
      sqlite3_open_v2(after, &models, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
      sqlite3_exec(models, attach, NULL, NULL, NULL) == SQLITE_OK &&
      one_integer(models, "SELECT id FROM main.orders EXCEPT SELECT id FROM before.orders", &b->model.order_id) &&
      one_integer(models, "SELECT max(created_at) FROM main.orders", &b->model.created_at) &&
      sqlite3_prepare_v2(models, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'", -1,
                         &tables, NULL) == SQLITE_OK;
  if (!fine)
    said(models, "the model order");
  while (fine && sqlite3_step(tables) == SQLITE_ROW)
    fine = take_table(b, models, (const char *)sqlite3_column_text(tables, 0));
  sqlite3_finalize(tables);
  sqlite3_free(attach);
  sqlite3_close(models);
  return fine;
}

/* Products that have stock, to draw from. */
static bool load_products(struct bare *b)
{
  sqlite3_stmt *stmt;
  int64_t n = 0;
  if (!one_integer(b->db, "SELECT count(*) FROM stock", &n) || n == 0 ||
      sqlite3_prepare_v2(b->db, "SELECT product_id FROM stock", -1, &stmt, NULL) != SQLITE_OK)
    return said(b->db, "products with stock");
  b->products = calloc((size_t)n, sizeof *b->products);
  while (sqlite3_step(stmt) == SQLITE_ROW && b->n_products < n)
    b->products[b->n_products++] = sqlite3_column_int64(stmt, 0);
  sqlite3_finalize(stmt);
  return true;
}

/* The same as lib/db's writer. */
static bool open_target(struct bare *b, const char *target)
{
  static const char pragmas[] =
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = "
      "-262144;"
      "PRAGMA mmap_size = 0; PRAGMA secure_delete = OFF; PRAGMA foreign_keys = OFF; PRAGMA temp_store = MEMORY;";
  return (sqlite3_open(target, &b->db) == SQLITE_OK && sqlite3_exec(b->db, pragmas, NULL, NULL, NULL) == SQLITE_OK) ||
         said(b->db, target);
}

struct bare *bare_open(const char *before, const char *after, int64_t serial, int64_t number, const char *target)
{
  struct bare *b = calloc(1, sizeof *b);
  if (!b)
    abort();
  b->model.serial = serial;
  b->model.number = number;
  b->random = 0x2545f4914f6cdd1du;
  bool fine = open_target(b, target) && load_products(b) && take_model(b, before, after) &&
              one_integer(b->db, "SELECT max(seq) FROM feed", &b->seq);
  for (int i = 0; fine && i < b->n; i++)
    fine = b->rows[i].stmt != NULL;
  if (fine && b->n > 0 && b->n < MODEL_ROWS_MAX)
    return b;
  if (fine)
    fprintf(stderr, "bare: between the two databases are %d rows, or more: not one order\n", b->n);
  bare_close(b);
  return NULL;
}

void bare_close(struct bare *b)
{
  if (!b)
    return;
  for (int i = 0; i < b->n; i++) {
    sqlite3_finalize(b->rows[i].stmt);
    for (int c = 0; c < b->rows[i].n; c++)
      cell_done(&b->rows[i].cells[c]);
  }
  sqlite3_close(b->db);
  free(b->products);
  free(b);
}

void bare_shape(const struct bare *b, int *out_rows, int *out_updates, int64_t *out_bytes)
{
  *out_rows = *out_updates = 0;
  for (int i = 0; i < b->n; i++) {
    *out_rows += !b->rows[i].once_per_batch;
    *out_updates += b->rows[i].update && !b->rows[i].once_per_batch;
  }
  *out_bytes = b->bytes;
}

/* ---- Writing ---- */

static void bind_cell(struct bare *b, struct cell *cell, sqlite3_stmt *stmt, int place, const int64_t *products)
{
  switch (cell->type) {
  case CELL_NULL:
    sqlite3_bind_null(stmt, place);
    break;
  case CELL_I64:
    b->seq += cell->rule == SEQUENCE_UP;
    sqlite3_bind_int64(stmt, place, cell_i64(cell, b->k, products, b->seq));
    break;
  case CELL_TEXT:
    cell_text(cell, b->k, cell->text);
    sqlite3_bind_text(stmt, place, cell->text, cell->n, SQLITE_STATIC);
    break;
  case CELL_BYTES:
    sqlite3_bind_blob(stmt, place, cell->text, cell->n, SQLITE_STATIC);
    break;
  }
}

static bool write_row(struct bare *b, struct row *row, const int64_t *products)
{
  for (int i = 0; i < row->n; i++)
    bind_cell(b, &row->cells[i], row->stmt, i + 1, products);
  int status = sqlite3_step(row->stmt);
  bool fine = status == SQLITE_DONE && sqlite3_changes(b->db) == 1;
  sqlite3_reset(row->stmt);
  if (!fine)
    fprintf(stderr, "bare: a row of %s was not written: %s\n", row->table, sqlite3_errmsg(b->db));
  return fine;
}

static bool write_order(struct bare *b, double following)
{
  int64_t products[MODEL_PRODUCTS_MAX];
  bool fine = true, follow = (int64_t)((double)(b->k + 1) * following) > (int64_t)((double)b->k * following);
  b->k++;
  for (int i = 0; i < b->model.n_products; i++)
    products[i] = b->products[model_draw(&b->random, b->n_products)];
  for (int i = 0; fine && i < b->n; i++)
    if (!b->rows[i].once_per_batch && (follow || !b->rows[i].follows))
      fine = write_row(b, &b->rows[i], products);
  return fine;
}

static bool write_batch(struct bare *b, int n, double following)
{
  bool fine = sqlite3_exec(b->db, "BEGIN IMMEDIATE", NULL, NULL, NULL) == SQLITE_OK;
  for (int i = 0; fine && i < n; i++)
    fine = write_order(b, following);
  for (int i = 0; fine && i < b->n; i++)
    if (b->rows[i].once_per_batch)
      fine = write_row(b, &b->rows[i], NULL);
  return fine && (sqlite3_exec(b->db, "COMMIT", NULL, NULL, NULL) == SQLITE_OK || said(b->db, "COMMIT"));
}

bool bare_run(struct bare *b, const struct bare_load *load, struct bare_result *out)
{
  int64_t asked[DRIVE_CONNECTIONS_MAX], begun = bench_microseconds(), now = begun; /* since when each client waits */
  int first = 0, clients = load->clients < DRIVE_CONNECTIONS_MAX ? load->clients : DRIVE_CONNECTIONS_MAX;
  int n = load->batch_max < 1 ? 1 : load->batch_max < clients ? load->batch_max : clients;
  *out = (struct bare_result){0};
  for (int i = 0; i < clients; i++)
    asked[i] = begun;
  while (now < begun + load->duration_ms * 1000) {
    int64_t before = now;
    if (!write_batch(b, n, load->following))
      return false;
    now = bench_microseconds();
    latency_add(&out->batches, now - before);
    for (int i = 0; i < n; i++, first = (first + 1) % clients) {
      latency_add(&out->waits, now - asked[first]);
      asked[first] = now;
    }
    out->orders += n;
  }
  out->took_us = now - begun;
  return true;
}

bool bare_feed(const char *database, int64_t *out_written, int64_t *out_followed)
{
  sqlite3 *db = NULL;
  bool fine = sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              sqlite3_busy_timeout(db, 2000) == SQLITE_OK &&
              one_integer(db, "SELECT coalesce(max(seq), 0) FROM feed", out_written) &&
              one_integer(db, "SELECT coalesce(max(feed_seq), 0) FROM consumer WHERE name = 'search'", out_followed);
  sqlite3_close(db);
  return fine;
}

bool bare_orders(const char *database, int64_t *out_orders, int64_t *out_serial)
{
  sqlite3 *db = NULL;
  struct stat st;
  *out_orders = *out_serial = 0;
  if (stat(database, &st) != 0)
    return true;
  bool fine = sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK &&
              one_integer(db, "SELECT count(*) FROM order_number", out_orders) &&
              one_integer(db,
                          "SELECT coalesce(max(CAST(substr(external_id, 2) AS INTEGER)), 0) FROM orders"
                          " WHERE channel = 'web' AND external_id > 'B'",
                          out_serial);
  sqlite3_close(db);
  return fine;
}
