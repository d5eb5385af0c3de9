/* Rows in key order, batch by batch, and the place between two batches. */
#include "transfer_priv.h"

#include "codec.h"

#include <string.h>

enum {
  VALUES_MAX = 160,
  KEY_BYTES_MAX = 1 << 20,
  FIRST_LIMIT = 256,
  LIMIT_MAX = 4096,
  BATCH_BYTES = 4 << 20, /* a driver may hold a whole batch in memory */
};

/* ---- Canonical bytes ---- */

static void put_number(struct buf *out, uint64_t v)
{
  unsigned char bytes[8];
  for (int i = 0; i < 8; i++)
    bytes[i] = (unsigned char)(v >> 8 * i);
  buf_add(out, bytes, sizeof bytes);
}

void transfer_put(struct buf *out, const struct db_value *v)
{
  static const char kinds[] = {[DB_NULL] = 'n', [DB_I64] = 'i', [DB_TEXT] = 't', [DB_BYTES] = 'b'};
  buf_char(out, kinds[v->type]);
  if (v->type == DB_I64) {
    put_number(out, (uint64_t)v->i64);
  } else if (v->type != DB_NULL) {
    put_number(out, v->n);
    buf_add(out, v->n ? v->bytes : "", v->n);
  }
}

struct bytes {
  const unsigned char *at, *end;
};

static bool take_number(struct bytes *b, uint64_t *out)
{
  if (b->end - b->at < 8)
    return false;
  *out = 0;
  for (int i = 0; i < 8; i++)
    *out |= (uint64_t)*b->at++ << 8 * i;
  return true;
}

/* A key's value; keys are integers and texts. */
static bool take(struct bytes *b, struct arena *a, struct db_value *out)
{
  uint64_t n;
  if (b->at == b->end)
    return false;
  unsigned char kind = *b->at++;
  if (!take_number(b, &n))
    return false;
  if (kind == 'i') {
    *out = I64((int64_t)n);
    return true;
  }
  if (kind != 't' || n > (uint64_t)(b->end - b->at))
    return false;
  *out = (struct db_value){.type = DB_TEXT, .bytes = arena_textn(a, (const char *)b->at, (size_t)n), .n = (size_t)n};
  b->at += n;
  return true;
}

/* ---- Places ---- */

void transfer_place_init(struct transfer_place *p)
{
  *p = (struct transfer_place){.arenas = {arena_new(KEY_BYTES_MAX), arena_new(KEY_BYTES_MAX)}};
}

void transfer_place_done(struct transfer_place *p)
{
  arena_free(p->arenas[0]);
  arena_free(p->arenas[1]);
}

const char *transfer_place_hex(const struct transfer_place *p, struct arena *a)
{
  char *hex = arena_alloc(a, 2 * p->n + 1);
  hex_encode((const unsigned char *)p->bytes, p->n, hex);
  return hex;
}

static int nibble(char c)
{
  return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The key as values of a statement; false when the bytes are no key of this table. */
static bool key_of(const struct transfer_place *p, const struct transfer_table *table, struct arena *a,
                   struct db_value *out)
{
  struct bytes b = {(const unsigned char *)p->bytes, (const unsigned char *)p->bytes + p->n};
  for (size_t i = 0; i < table->n_keys; i++)
    if (!take(&b, a, &out[i]))
      return false;
  return b.at == b.end;
}

bool transfer_place_set(struct transfer_place *p, const struct transfer_table *table, const char *hex)
{
  struct db_value key[TRANSFER_KEY_MAX];
  struct arena *a = p->arenas[p->current];
  size_t n = strlen(hex);
  char *bytes = arena_alloc(a, n / 2 + 1);
  for (size_t i = 0; i + 1 < n; i += 2) {
    int high = nibble(hex[i]), low = nibble(hex[i + 1]);
    if (high < 0 || low < 0)
      return false;
    bytes[i / 2] = (char)(high << 4 | low);
  }
  p->bytes = bytes;
  p->n = n / 2;
  return n % 2 == 0 && (n == 0 || key_of(p, table, a, key));
}

/* The key of this row; what was asked with lives on until the next call. */
static void move(struct transfer_place *p, const struct transfer_table *table, const struct db_value *values)
{
  struct buf key;
  p->current = !p->current;
  arena_reset(p->arenas[p->current]);
  buf_init(&key, p->arenas[p->current]);
  for (size_t i = 0; i < table->n_keys; i++)
    transfer_put(&key, &values[table->keys[i]]);
  p->bytes = key.at;
  p->n = key.n;
}

/* ---- Reading ---- */

static size_t size_of(const struct db_value *values, size_t n)
{
  size_t bytes = 0;
  for (size_t i = 0; i < n; i++)
    bytes += 8 + values[i].n;
  return bytes;
}

static enum err ask(struct transfer_reading *r, struct db_rows *rows)
{
  struct db_value args[TRANSFER_KEY_MAX + 1];
  size_t n = r->place->n ? r->table->n_keys : 0;
  if (n) {
    bool ours = key_of(r->place, r->table, r->place->arenas[r->place->current], args);
    assert(ours); /* transfer_place_set has looked, and move makes no other */
    (void)ours;
  }
  args[n] = I64(r->limit);
  return db_query(r->db, n ? &r->table->next : &r->table->first, rows, args, n + 1);
}

static enum err read_rows(struct transfer_reading *r, struct db_rows *rows)
{
  struct db_value values[VALUES_MAX];
  assert(r->table->n <= VALUES_MAX);
  while (db_next(rows)) {
    for (size_t i = 0; i < r->table->n; i++)
      values[i] = db_value_at(rows, (int)i);
    r->rows++;
    r->bytes += (int64_t)size_of(values, r->table->n);
    if (r->rows == r->limit)
      move(r->place, r->table, values);
    TRY(r->row(r->arg, r->table, values));
  }
  return ERR_OK;
}

enum err transfer_read_batch(struct transfer_reading *r)
{
  struct db_rows rows;
  if (r->limit == 0)
    r->limit = FIRST_LIMIT;
  r->rows = r->bytes = 0;
  TRY(ask(r, &rows));
  enum err refused = read_rows(r, &rows);
  enum err broken = db_done(&rows);
  TRY(refused);
  TRY(broken);
  r->end = r->rows < r->limit;
  if (!r->end) {
    int64_t fit = BATCH_BYTES / (r->bytes / r->rows + 1);
    r->limit = fit < 1 ? 1 : fit > LIMIT_MAX ? LIMIT_MAX : fit;
  }
  return ERR_OK;
}
