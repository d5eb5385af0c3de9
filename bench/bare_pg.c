/* The bare baseline on PostgreSQL. The rows of the model are grouped by table; a batch of n orders is, for each table, n
 * times its rows in statements of 128, 32, 8 or 1. Integers and bytes cross in binary, texts as they are. */
#include "bare_pg.h"

#include "model.h"

#include <endian.h>
#include <libpq-fe.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TABLES_MAX = 40, CONNECTIONS_MAX = 16, KEY_MAX = 8, SQL_MAX = 1 << 18, WORK_BYTES = 8 << 20 };
enum { OID_BYTEA = 17, OID_I64 = 20, OID_I32 = 23, OID_TEXT = 25 };
static const int sizes[] = {128, 32, 8, 1}; /* rows of one statement */

struct row {
  struct cell *cells; /* one for each column of its table */
};
struct table {
  char name[64];
  char columns[MODEL_COLUMNS_MAX][64];
  Oid types[MODEL_COLUMNS_MAX];
  bool key[MODEL_COLUMNS_MAX];
  int n; /* columns */
  struct row rows[MODEL_ROWS_MAX];
  int n_rows;
  bool follows; /* a consumer of the feed writes it, later */
};
struct stock { /* a row that orders reserve from */
  int64_t bucket, location_id, product_id;
};

struct bare_pg {
  struct model model;
  struct table tables[TABLES_MAX];
  int n_tables;
  struct stock *stock; /* sorted as the writers touch them */
  int64_t n_stock;
  int64_t reserved[MODEL_PRODUCTS_MAX]; /* of each of the order's products */
  int n_updates;
  int64_t bytes;

  pthread_mutex_t lock; /* of what follows */
  pthread_cond_t somebody_waits;
  int64_t k, seq; /* copies written so far, and the last number of their feed */
  int64_t asked[DRIVE_CONNECTIONS_MAX];
  int first, waiting; /* the clients who wait: a ring in asked */
  int clients;

  struct lane {
    struct bare_pg *bare;
    PGconn *db;
    bool prepared[TABLES_MAX][COUNT_OF(sizes)], prepared_stock, fine;
    char *work; /* values of the statement that is being sent */
    size_t used;
    uint64_t random;
    int64_t *demand; /* of the batch, for each stock row */
    pthread_t thread;
    const struct bare_load *load;
    bool hot;
    int64_t until;
    struct bare_result result;
  } lanes[CONNECTIONS_MAX];
  int n_lanes;
};

/* ---- Asking ---- */

static bool said(PGconn *db, const char *what)
{
  fprintf(stderr, "bare: %s: %s", what, PQerrorMessage(db));
  return false;
}

static void keep_silent(void *arg, const char *message)
{
  (void)arg;
  (void)message;
}

static PGconn *open_db(const char *url)
{
  PGconn *db = PQconnectdb(url);
  PQsetNoticeProcessor(db, keep_silent, NULL);
  if (PQstatus(db) == CONNECTION_OK)
    return db;
  said(db, "connecting");
  PQfinish(db);
  return NULL;
}

/* NULL after saying what is wrong. */
static PGresult *ask(PGconn *db, const char *sql)
{
  PGresult *result = PQexec(db, sql);
  if (PQresultStatus(result) == PGRES_TUPLES_OK || PQresultStatus(result) == PGRES_COMMAND_OK)
    return result;
  said(db, sql);
  PQclear(result);
  return NULL;
}

bool pg_ask(const char *url, const char *sql, char *out, size_t cap)
{
  PGconn *db = open_db(url);
  PGresult *result = db ? ask(db, sql) : NULL;
  snprintf(out, cap, "%s", result && PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
  bool fine = result != NULL;
  PQclear(result);
  PQfinish(db);
  return fine;
}

bool pg_ask_i64(const char *url, const char *sql, int64_t *out)
{
  char text[64];
  if (!pg_ask(url, sql, text, sizeof text))
    return false;
  *out = strtoll(text, NULL, 10);
  return true;
}

bool pg_do(const char *url, const char *sql)
{
  char ignored[8];
  return pg_ask(url, sql, ignored, sizeof ignored);
}

bool bare_pg_now(const char *url, int64_t *out)
{
  return pg_ask_i64(url, "SELECT CAST(CAST(pg_current_xact_id() AS TEXT) AS BIGINT) & 4294967295", out);
}

/* ---- Finding the rows ---- */

/* Columns of a table, with what of them is the key. */
static bool take_columns(PGconn *source, struct table *table)
{
  const char *name[] = {table->name};
  PGresult *result =
      PQexecParams(source,
                   "SELECT a.attname, a.atttypid, coalesce(a.attnum = ANY(i.indkey), false) FROM pg_attribute a"
                   " LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary"
                   " WHERE a.attrelid = CAST($1 AS regclass) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
                   1, NULL, name, NULL, NULL, 0);
  table->n = PQntuples(result);
  bool fine = table->n > 0 && table->n <= MODEL_COLUMNS_MAX;
  for (int i = 0; fine && i < table->n; i++) {
    snprintf(table->columns[i], sizeof table->columns[i], "%s", PQgetvalue(result, i, 0));
    table->types[i] = (Oid)strtoul(PQgetvalue(result, i, 1), NULL, 10);
    table->key[i] = *PQgetvalue(result, i, 2) == 't';
  }
  PQclear(result);
  return fine || said(source, table->name);
}

/* The row of the same key in the target, in *out, which the caller clears; no row means that it is new. */
static bool look_before(PGconn *target, const struct table *table, const PGresult *rows, int row, PGresult **out)
{
  char sql[4096];
  const char *values[KEY_MAX], *and = "";
  int n = 0;
  size_t used = (size_t)snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE ", table->name);
  for (int i = 0; i < table->n && n < KEY_MAX && used < sizeof sql; i++) {
    if (!table->key[i])
      continue;
    values[n++] = PQgetvalue(rows, row, i);
    used += (size_t)snprintf(sql + used, sizeof sql - used, "%s%s = $%d", and, table->columns[i], n);
    and = " AND ";
  }
  *out = n ? PQexecParams(target, sql, n, NULL, values, NULL, NULL, 0) : NULL;
  if (PQresultStatus(*out) == PGRES_TUPLES_OK)
    return true;
  PQclear(*out);
  return said(target, sql);
}

static void take_cell(struct bare_pg *b, const struct table *table, const PGresult *rows, int row, int column)
{
  struct cell *cell = &((struct table *)table)->rows[table->n_rows].cells[column];
  const char *text = PQgetvalue(rows, row, column);
  int n = PQgetlength(rows, row, column);
  size_t n_bytes;
  if (PQgetisnull(rows, row, column)) {
    *cell = (struct cell){.type = CELL_NULL};
  } else if (table->types[column] == OID_I64 || table->types[column] == OID_I32) {
    cell_take_i64(&b->model, cell, table->columns[column], false, strtoll(text, NULL, 10));
    b->bytes += 8;
  } else if (table->types[column] == OID_BYTEA) {
    unsigned char *bytes = PQunescapeBytea((const unsigned char *)text, &n_bytes);
    cell_take_bytes(cell, bytes, (int)n_bytes);
    b->bytes += (int64_t)n_bytes;
    PQfreemem(bytes);
  } else {
    cell_take_text(&b->model, cell, text, n);
    b->bytes += n;
  }
}

static int64_t value_of(const PGresult *rows, int row, const char *column)
{
  int at = PQfnumber(rows, column);
  return at < 0 ? 0 : strtoll(PQgetvalue(rows, row, at), NULL, 10);
}

/* A stock row that the order reserved from. */
static void take_reserved(struct bare_pg *b, const PGresult *rows, int row, const PGresult *before)
{
  struct cell product;
  cell_take_i64(&b->model, &product, "product_id", true, value_of(rows, row, "product_id"));
  b->reserved[product.i64] = value_of(rows, row, "reserved") - value_of(before, 0, "reserved");
  b->n_updates++;
  b->bytes += 3 * 8;
}

/* Rows of one table that came or changed. */
static bool take_rows(struct bare_pg *b, PGconn *target, struct table *table, const PGresult *rows)
{
  bool fine = true;
  for (int row = 0; fine && row < PQntuples(rows); row++) {
    PGresult *before = NULL;
    fine = table->n_rows < MODEL_ROWS_MAX && look_before(target, table, rows, row, &before);
    if (fine && PQntuples(before) == 0) {
      table->rows[table->n_rows].cells = calloc((size_t)table->n, sizeof(struct cell));
      for (int i = 0; i < table->n; i++)
        take_cell(b, table, rows, row, i);
      table->n_rows++;
    } else if (fine && strcmp(table->name, "stock") == 0) {
      take_reserved(b, rows, row, before);
    }
    PQclear(before);
  }
  return fine;
}

/* Rows of servers and of transactions, which are not the order's, and those that reports count together later. */
static bool is_bookkeeping(const char *table)
{
  if (strncmp(table, "report_", strlen("report_")) == 0)
    return true;
  static const char *const names[] = {"writer_commit", "feed_pending", "lease", "server", "node_lease", "consumer"};
  for (size_t i = 0; i < COUNT_OF(names); i++)
    if (strcmp(table, names[i]) == 0)
      return true;
  return false;
}

static bool take_table(struct bare_pg *b, PGconn *source, PGconn *target, const char *name, int64_t since)
{
  if (is_bookkeeping(name))
    return true;
  char sql[256];
  struct table *table = &b->tables[b->n_tables];
  *table = (struct table){.follows = strcmp(name, "search_term") == 0};
  snprintf(table->name, sizeof table->name, "%s", name);
  snprintf(sql, sizeof sql, "SELECT * FROM %s WHERE CAST(CAST(xmin AS TEXT) AS BIGINT) >= %lld", name,
           (long long)since);
  PGresult *rows = ask(source, sql);
  bool fine = rows && take_columns(source, table) && take_rows(b, target, table, rows);
  b->n_tables += fine && table->n_rows > 0 && b->n_tables < TABLES_MAX - 1;
  PQclear(rows);
  return fine;
}

/* The order that was placed: its id, instant, number and the serial in its external id. */
static bool take_order(struct bare_pg *b, PGconn *source, int64_t since)
{
  char sql[256];
  snprintf(sql, sizeof sql,
           "SELECT id, created_at, number, external_id FROM orders WHERE CAST(CAST(xmin AS TEXT) AS BIGINT) >= %lld",
           (long long)since);
  PGresult *rows = ask(source, sql);
  bool fine = rows && PQntuples(rows) == 1;
  if (fine) {
    b->model.order_id = value_of(rows, 0, "id");
    b->model.created_at = value_of(rows, 0, "created_at");
    b->model.number = strtoll(PQgetvalue(rows, 0, 2) + strlen("SO-"), NULL, 10);
    b->model.serial = strtoll(PQgetvalue(rows, 0, 3) + strlen("B"), NULL, 10);
  } else {
    fprintf(stderr, "bare: not one order was placed but %d\n", rows ? PQntuples(rows) : -1);
  }
  PQclear(rows);
  return fine;
}

static bool take_model(struct bare_pg *b, const char *source_url, int64_t since, PGconn *target)
{
  PGconn *source = open_db(source_url);
  PGresult *names =
      source ? ask(source, "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
                           " ORDER BY relname")
             : NULL;
  bool fine = names && take_order(b, source, since);
  for (int i = 0; fine && i < PQntuples(names); i++)
    fine = take_table(b, source, target, PQgetvalue(names, i, 0), since);
  PQclear(names);
  PQfinish(source);
  return fine;
}

static bool load_stock(struct bare_pg *b, PGconn *target)
{
  PGresult *rows = ask(target, "SELECT bucket, location_id, product_id FROM stock ORDER BY 1, 3, 2");
  b->n_stock = rows ? PQntuples(rows) : 0;
  b->stock = calloc((size_t)b->n_stock + 1, sizeof *b->stock);
  for (int i = 0; i < b->n_stock; i++)
    b->stock[i] =
        (struct stock){value_of(rows, i, "bucket"), value_of(rows, i, "location_id"), value_of(rows, i, "product_id")};
  PQclear(rows);
  if (b->n_stock == 0)
    fprintf(stderr, "bare: no stock to draw from\n");
  return b->n_stock > 0;
}

static bool open_lane(struct bare_pg *b, const char *url, struct lane *lane)
{
  lane->bare = b;
  lane->work = malloc(WORK_BYTES);
  lane->demand = calloc((size_t)b->n_stock, sizeof *lane->demand);
  lane->random = 0x2545f4914f6cdd1du + (uint64_t)(lane - b->lanes) * 0x9e3779b97f4a7c15u;
  lane->db = open_db(url);
  return lane->db && (PQenterPipelineMode(lane->db) == 1 || said(lane->db, "pipeline"));
}

struct bare_pg *bare_pg_open(const char *source, int64_t since, const char *target, int connections)
{
  struct bare_pg *b = calloc(1, sizeof *b);
  PGconn *db = open_db(target);
  pthread_mutex_init(&b->lock, NULL);
  pthread_cond_init(&b->somebody_waits, NULL);
  bool fine = db && take_model(b, source, since, db) && load_stock(b, db) &&
              pg_ask_i64(target, "SELECT max(seq) FROM feed", &b->seq);
  PQfinish(db);
  for (int i = 0; fine && i < connections && i < CONNECTIONS_MAX; i++, b->n_lanes++)
    fine = open_lane(b, target, &b->lanes[i]);
  if (fine && b->n_tables > 0 && b->n_updates > 0)
    return b;
  fprintf(stderr, "bare: the rows of one order cannot be told\n");
  bare_pg_close(b);
  return NULL;
}

void bare_pg_close(struct bare_pg *b)
{
  if (!b)
    return;
  for (int t = 0; t < b->n_tables; t++)
    for (int r = 0; r < b->tables[t].n_rows; r++) {
      for (int c = 0; c < b->tables[t].n; c++)
        cell_done(&b->tables[t].rows[r].cells[c]);
      free(b->tables[t].rows[r].cells);
    }
  for (int i = 0; i < b->n_lanes; i++) {
    PQfinish(b->lanes[i].db);
    free(b->lanes[i].work);
    free(b->lanes[i].demand);
  }
  free(b->stock);
  free(b);
}

void bare_pg_shape(const struct bare_pg *b, int *out_rows, int *out_updates, int64_t *out_bytes)
{
  *out_rows = *out_updates = b->n_updates;
  for (int t = 0; t < b->n_tables; t++)
    *out_rows += b->tables[t].n_rows;
  *out_bytes = b->bytes;
}

/* ---- Sending ---- */

struct copy { /* an order of the batch */
  int64_t k, products[MODEL_PRODUCTS_MAX], seq;
  bool follow;
};
struct batch {
  struct copy copies[DRIVE_CONNECTIONS_MAX];
  int n, statements; /* sent, whose row counts are still to come */
};

static void *take_room(struct lane *lane, size_t n)
{
  char *at = lane->work + lane->used;
  lane->used += (n + 7) & ~(size_t)7;
  assert(lane->used <= WORK_BYTES);
  return at;
}

static bool prepare(struct lane *lane, const struct table *table, int size, const char *name)
{
  char *sql = malloc(SQL_MAX);
  int n = snprintf(sql, SQL_MAX, "INSERT INTO %s VALUES ", table->name), param = 0;
  Oid *types = calloc((size_t)(size * table->n), sizeof *types);
  for (int row = 0; row < size; row++)
    for (int i = 0; i < table->n; i++) {
      types[param] = table->types[i];
      n += snprintf(sql + n, (size_t)(SQL_MAX - n), "%s$%d%s",
                    i     ? ", "
                    : row ? ", ("
                          : "(",
                    param + 1, i + 1 == table->n ? ")" : "");
      param++;
    }
  bool fine = PQsendPrepare(lane->db, name, sql, param, types) == 1;
  free(types);
  free(sql);
  return fine || said(lane->db, name);
}

/* Values of one statement on their way. */
struct values {
  const char **at;
  int *lengths, *formats, n;
};

static void add_value(struct lane *lane, struct values *v, Oid type, const struct cell *cell, struct copy *copy)
{
  char *bytes = NULL;
  int n = 0;
  if (cell->type == CELL_I64) {
    copy->seq += cell->rule == SEQUENCE_UP;
    int64_t value = cell_i64(cell, copy->k, copy->products, copy->seq);
    n = type == OID_I32 ? 4 : 8;
    bytes = take_room(lane, 8);
    if (type == OID_I32)
      *(uint32_t *)(void *)bytes = htobe32((uint32_t)value);
    else
      *(uint64_t *)(void *)bytes = htobe64((uint64_t)value);
  } else if (cell->type != CELL_NULL) {
    n = cell->n;
    bytes = take_room(lane, (size_t)n + 1);
    memcpy(bytes, cell->text, (size_t)n);
    cell_text(cell, copy->k, bytes);
  }
  v->at[v->n] = bytes;
  v->lengths[v->n] = n;
  v->formats[v->n++] = 1;
}

/* Rows first ... first + size of the table's in this batch: model row by model row, and in each order by order. */
static bool send_rows(struct lane *lane, struct batch *batch, int t, int s, struct copy **copies, int n, int first)
{
  struct table *table = &lane->bare->tables[t];
  int size = sizes[s], cells = size * table->n;
  char name[96];
  snprintf(name, sizeof name, "%s_%d", table->name, size);
  if (!lane->prepared[t][s]) {
    if (!prepare(lane, table, size, name))
      return false;
    lane->prepared[t][s] = true;
    batch->statements++;
  }
  lane->used = 0;
  struct values v = {take_room(lane, sizeof(char *) * (size_t)cells), take_room(lane, sizeof(int) * (size_t)cells),
                     take_room(lane, sizeof(int) * (size_t)cells), 0};
  for (int i = first; i < first + size; i++)
    for (int c = 0; c < table->n; c++)
      add_value(lane, &v, table->types[c], &table->rows[i / n].cells[c], copies[i % n]);
  batch->statements++;
  return PQsendQueryPrepared(lane->db, name, v.n, v.at, v.lengths, v.formats, 0) == 1 || said(lane->db, name);
}

static bool send_table(struct lane *lane, struct batch *batch, int t)
{
  const struct table *table = &lane->bare->tables[t];
  struct copy *copies[DRIVE_CONNECTIONS_MAX];
  int n = 0;
  for (int i = 0; i < batch->n; i++)
    if (batch->copies[i].follow || !table->follows)
      copies[n++] = &batch->copies[i];
  int rows = n * table->n_rows, sent = 0;
  for (size_t s = 0; s < COUNT_OF(sizes); s++)
    for (; rows - sent >= sizes[s]; sent += sizes[s])
      if (!send_rows(lane, batch, t, (int)s, copies, n, sent))
        return false;
  return true;
}

/* What the batch reserves, row by row in the order in which all writers touch them. */
static bool send_stock(struct lane *lane, struct batch *batch)
{
  static const char sql[] =
      "UPDATE stock SET reserved = reserved + $1, version = version + 1, updated_at = $2 WHERE bucket = $3"
      " AND location_id = $4 AND product_id = $5 AND owner = '' AND stock_condition = 'good' AND lot = ''"
      " AND on_hand - reserved - safety >= $1";
  static const Oid types[] = {OID_I64, OID_I64, OID_I64, OID_I64, OID_I64};
  struct bare_pg *b = lane->bare;
  if (!lane->prepared_stock) {
    if (!PQsendPrepare(lane->db, "stock", sql, COUNT_OF(types), types))
      return said(lane->db, "stock");
    lane->prepared_stock = true;
    batch->statements++;
  }
  for (int64_t i = 0; i < b->n_stock; i++) {
    const struct stock *stock = &b->stock[i];
    if (!lane->demand[i])
      continue;
    uint64_t values[] = {
        htobe64((uint64_t)lane->demand[i]), htobe64((uint64_t)(b->model.created_at + batch->copies[0].k)),
        htobe64((uint64_t)stock->bucket), htobe64((uint64_t)stock->location_id), htobe64((uint64_t)stock->product_id)};
    const char *at[COUNT_OF(values)];
    int lengths[COUNT_OF(values)], formats[COUNT_OF(values)];
    for (size_t v = 0; v < COUNT_OF(values); v++) {
      at[v] = (const char *)&values[v];
      lengths[v] = 8;
      formats[v] = 1;
    }
    if (!PQsendQueryPrepared(lane->db, "stock", COUNT_OF(values), at, lengths, formats, 0))
      return said(lane->db, "stock");
    batch->statements++;
  }
  return true;
}

static bool send_text(struct lane *lane, struct batch *batch, const char *sql)
{
  batch->statements++;
  return PQsendQueryParams(lane->db, sql, 0, NULL, NULL, NULL, NULL, 0) == 1 || said(lane->db, sql);
}

/* The answers to what was sent, up to the end of the pipeline: each fine, and each UPDATE of one row. */
static bool take_answers(struct lane *lane, struct batch *batch)
{
  bool fine = PQpipelineSync(lane->db) == 1;
  for (; fine && batch->statements > 0; batch->statements--) {
    PGresult *result = PQgetResult(lane->db);
    const char *status = PQcmdStatus(result);
    fine = PQresultStatus(result) == PGRES_COMMAND_OK &&
           (strncmp(status, "UPDATE", 6) != 0 || strcmp(status, "UPDATE 1") == 0);
    if (!fine)
      fprintf(stderr, "bare: a statement failed: %s %s\n", status, PQresultErrorMessage(result));
    PQclear(result);
    PGresult *end = fine ? PQgetResult(lane->db) : NULL;
    fine = fine && !end;
    PQclear(end);
  }
  PGresult *sync = fine ? PQgetResult(lane->db) : NULL;
  fine = fine && PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
  PQclear(sync);
  return fine;
}

static bool write_batch(struct lane *lane, struct batch *batch)
{
  bool fine = send_text(lane, batch, "BEGIN ISOLATION LEVEL READ COMMITTED");
  for (int t = 0; fine && t < lane->bare->n_tables; t++)
    fine = send_table(lane, batch, t);
  return fine && send_stock(lane, batch) && take_answers(lane, batch) && send_text(lane, batch, "COMMIT") &&
         take_answers(lane, batch);
}

/* ---- The load ---- */

/* Draws what the orders of the batch are about. */
static void draw_batch(struct lane *lane, struct batch *batch)
{
  struct bare_pg *b = lane->bare;
  memset(lane->demand, 0, (size_t)b->n_stock * sizeof *lane->demand);
  for (int i = 0; i < batch->n; i++)
    for (int p = 0; p < b->model.n_products; p++) {
      int64_t at = lane->hot && p == 0 ? 0 : model_draw(&lane->random, b->n_stock);
      batch->copies[i].products[p] = b->stock[at].product_id;
      lane->demand[at] += b->reserved[p];
    }
}

static int64_t seqs_of_order(const struct bare_pg *b)
{
  for (int t = 0; t < b->n_tables; t++)
    if (strcmp(b->tables[t].name, "feed") == 0)
      return b->tables[t].n_rows;
  return 0;
}

/* The clients who wait first, at most as many as a batch has. asked: since when. */
static int take_clients(struct lane *lane, struct batch *batch, int64_t *asked)
{
  struct bare_pg *b = lane->bare;
  int64_t seqs = seqs_of_order(b);
  pthread_mutex_lock(&b->lock);
  while (b->waiting == 0)
    pthread_cond_wait(&b->somebody_waits, &b->lock);
  int n = b->waiting < lane->load->batch_max ? b->waiting : lane->load->batch_max;
  for (int i = 0; i < n; i++) {
    double k = (double)b->k++;
    asked[i] = b->asked[(b->first + i) % b->clients];
    batch->copies[i] =
        (struct copy){.k = b->k,
                      .seq = b->seq,
                      .follow = (int64_t)((k + 1) * lane->load->following) > (int64_t)(k * lane->load->following)};
    b->seq += seqs;
  }
  b->first = (b->first + n) % b->clients;
  b->waiting -= n;
  pthread_mutex_unlock(&b->lock);
  batch->n = n;
  return n;
}

/* Their orders are committed: they ask again at once. */
static void give_back(struct lane *lane, int n, int64_t now)
{
  struct bare_pg *b = lane->bare;
  pthread_mutex_lock(&b->lock);
  for (int i = 0; i < n; i++)
    b->asked[(b->first + b->waiting++) % b->clients] = now;
  pthread_cond_broadcast(&b->somebody_waits);
  pthread_mutex_unlock(&b->lock);
}

static void *lane_main(void *arg)
{
  struct lane *lane = arg;
  struct batch *batch = calloc(1, sizeof *batch);
  int64_t asked[DRIVE_CONNECTIONS_MAX], now = bench_microseconds();
  while (lane->fine && now < lane->until) {
    int n = take_clients(lane, batch, asked);
    draw_batch(lane, batch);
    int64_t before = bench_microseconds();
    lane->fine = write_batch(lane, batch);
    now = bench_microseconds();
    latency_add(&lane->result.batches, now - before);
    for (int i = 0; i < n; i++)
      latency_add(&lane->result.waits, now - asked[i]);
    lane->result.orders += n;
    give_back(lane, n, now);
  }
  free(batch);
  return NULL;
}

static void add_latencies(struct latencies *to, const struct latencies *from)
{
  for (size_t i = 0; i < COUNT_OF(to->counts); i++)
    to->counts[i] += from->counts[i];
  to->n += from->n;
  to->sum_us += from->sum_us;
  to->max_us = from->max_us > to->max_us ? from->max_us : to->max_us;
}

bool bare_pg_run(struct bare_pg *b, const struct bare_load *load, bool hot, struct bare_result *out)
{
  int64_t begun = bench_microseconds();
  bool fine = true;
  *out = (struct bare_result){0};
  b->clients = b->waiting = load->clients < DRIVE_CONNECTIONS_MAX ? load->clients : DRIVE_CONNECTIONS_MAX;
  b->first = 0;
  for (int i = 0; i < b->clients; i++)
    b->asked[i] = begun;
  for (int i = 0; i < b->n_lanes; i++) {
    struct lane *lane = &b->lanes[i];
    lane->load = load;
    lane->hot = hot;
    lane->fine = true;
    lane->until = begun + load->duration_ms * 1000;
    lane->result = (struct bare_result){0};
    pthread_create(&lane->thread, NULL, lane_main, lane);
  }
  for (int i = 0; i < b->n_lanes; i++) {
    struct lane *lane = &b->lanes[i];
    pthread_join(lane->thread, NULL);
    fine = fine && lane->fine;
    out->orders += lane->result.orders;
    add_latencies(&out->batches, &lane->result.batches);
    add_latencies(&out->waits, &lane->result.waits);
  }
  out->took_us = bench_microseconds() - begun;
  return fine;
}
