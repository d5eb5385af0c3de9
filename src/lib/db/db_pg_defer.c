/* Writes that are gathered: what each touches, in which order they go, and how rows of one statement go together.
 *
 * The order is the same in every process, so that two of them never wait for each other in a circle: inserts, upserts, then
 * updates and deletes, each by table and key. A write of a row that an earlier one of the batch writes has a higher level
 * and goes after all of the lower ones. */
#include "db_pg_batch_priv.h"

#include "sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  PARAMS_MAX = 65535, /* of the protocol */
  MANY_MAX_BITS = 7,  /* 128 rows a statement */
  KEY_COLUMNS_MAX = 16,
};

/* ---- What a statement touches ---- */

static const struct pg_term *terms_of(const struct sql_reading *r, int table, struct arena *a, size_t *out_n)
{
  struct pg_term *terms = ARENA_ARRAY(a, struct pg_term, r->n_where ? r->n_where : 1);
  size_t n = 0;
  for (size_t i = 0; i < r->n_where; i++) {
    const struct sql_term *t = &r->where[i];
    if (t->table == table && !t->in_list)
      terms[n++] = (struct pg_term){arena_text(a, t->column), t->param, t->literal ? arena_text(a, t->literal) : NULL};
  }
  *out_n = n;
  return terms;
}

static int term_named(const struct pg_part *part, const char *column)
{
  for (size_t i = 0; i < part->n_terms; i++)
    if (strcmp(part->terms[i].column, column) == 0)
      return (int)i;
  return -1;
}

static void read_parts(const struct sql_reading *r, struct arena *a, struct pg_touch *touch)
{
  struct pg_part *parts = ARENA_ARRAY(a, struct pg_part, r->n_tables ? r->n_tables : 1);
  for (size_t i = 0; i < r->n_tables; i++) {
    parts[i].table = arena_text(a, r->tables[i].name);
    parts[i].terms = terms_of(r, (int)i, a, &parts[i].n_terms);
    parts[i].bucket = term_named(&parts[i], "bucket");
  }
  touch->parts = parts;
  touch->n_parts = r->n_tables;
}

/* Where the written table's primary key is said: without it no order of rows can be known. */
static enum err find_key(struct db *db, struct pg_touch *touch)
{
  const char *columns, *table = touch->parts[0].table;
  struct arena *own = db->arena;
  int *key = ARENA_ARRAY(db->lasting, int, KEY_COLUMNS_MAX);
  db->arena = db->lasting;
  enum err err = db_key_columns(db, table, &columns);
  db->arena = own;
  for (const char *p = err == ERR_OK ? columns : ""; *p && touch->n_key < KEY_COLUMNS_MAX;) {
    size_t n = strcspn(p, ",");
    key[touch->n_key++] = term_named(&touch->parts[0], arena_textn(db->lasting, p, n));
    p += n;
    p += strspn(p, ", ");
  }
  touch->key = key;
  return err;
}

static const char *lasting_text(struct db *db, const char *text)
{
  return text ? arena_text(db->lasting, text) : NULL;
}

const struct pg_touch *pg_touch_of(struct db *db, struct pg_statement *s)
{
  if (s->touch)
    return s->touch;
  struct arena *scratch = arena_new(1 << 20);
  struct sql_reading *r = ARENA_NEW(scratch, struct sql_reading);
  struct pg_touch *touch = ARENA_NEW(db->lasting, struct pg_touch);
  sql_read(s->text, scratch, r);
  *touch = (struct pg_touch){
      .writes = r->kind != SQL_SELECT,
      .inserts = r->kind == SQL_INSERT,
      .upserts = r->conflict != SQL_CONFLICT_NONE,
      .keyed = s->head.marker == DB_KEYED && r->n_tables > 0,
      .nothing = r->whole && r->n_tables == 0,
      .head = lasting_text(db, r->head),
      .row = lasting_text(db, r->row),
      .tail = lasting_text(db, r->tail),
  };
  touch->repeatable = r->head && !strchr(r->tail, '$') && !r->returning;
  touch->deferrable = touch->keyed && r->whole && !r->returning && (r->kind != SQL_INSERT || r->head);
  read_parts(r, db->lasting, touch);
  const char **set = ARENA_ARRAY(db->lasting, const char *, r->n_set ? r->n_set : 1);
  for (size_t i = 0; i < r->n_set; i++)
    set[i] = arena_text(db->lasting, r->set[i]);
  touch->set = set;
  touch->n_set = r->n_set;
  s->touch = touch; /* before find_key, which asks */
  if (touch->writes && r->n_tables > 0 && find_key(db, touch) != ERR_OK)
    s->touch = NULL; /* the connection was lost: it is read again */
  arena_free(scratch);
  return touch;
}

/* ---- Which rows ---- */

/* False: the text does not say. */
static bool value_of(const struct pg_term *t, const struct db_value *args, struct db_value *out)
{
  if (t->param > 0) {
    *out = args[t->param - 1];
    return out->type != DB_NULL;
  }
  if (!t->literal)
    return false;
  size_t n = strlen(t->literal);
  if (n >= 2 && t->literal[0] == '\'' && !memchr(t->literal + 1, '\'', n - 2)) {
    *out = (struct db_value){.type = DB_TEXT, .bytes = t->literal + 1, .n = n - 2};
    return true;
  }
  char *end;
  *out = I64(strtoll(t->literal, &end, 10));
  return n > 0 && *end == 0;
}

static int64_t bucket_of_part(const struct pg_part *part, const struct db_value *args)
{
  struct db_value v;
  return part->bucket >= 0 && value_of(&part->terms[part->bucket], args, &v) && v.type == DB_I64 ? v.i64 : -1;
}

static size_t bucket_chain(const char *table, int64_t bucket)
{
  return hash_mix(hash_text(table), (uint64_t)bucket) % WRITE_CHAINS;
}

static size_t table_chain(const char *table)
{
  return hash_text(table) % WRITE_CHAINS;
}

static bool sets(const struct pg_touch *touch, const char *column)
{
  for (size_t i = 0; i < touch->n_set; i++)
    if (strcmp(touch->set[i], column) == 0)
      return true;
  return false;
}

static bool in_key(const struct pg_touch *touch, int term)
{
  for (size_t i = 0; i < touch->n_key; i++)
    if (touch->key[i] == term)
      return true;
  return false;
}

/* Could the write change what the query reads of this table? No, when both name a column and differ in it, and the write
 * leaves it as it is. */
static bool may_touch(const struct pg_write *w, const struct pg_part *part, const struct db_value *args)
{
  const struct pg_part *written = &w->touch->parts[0];
  if (strcmp(written->table, part->table) != 0)
    return false;
  for (size_t i = 0; i < part->n_terms; i++) {
    struct db_value asked, wrote;
    int k = term_named(written, part->terms[i].column);
    if (k < 0 || (!w->touch->inserts && sets(w->touch, part->terms[i].column)))
      continue;
    if (w->touch->upserts && !in_key(w->touch, k)) /* the row may be there, with another value than the insert's */
      continue;
    if (value_of(&part->terms[i], args, &asked) && value_of(&written->terms[k], w->args, &wrote) &&
        asked.type == wrote.type && !pg_value_same(&asked, &wrote))
      return false;
  }
  return true;
}

int64_t pg_touched_at(struct db *db, const struct pg_touch *query, const struct db_value *args)
{
  const struct pg_batch *b = pg_of(db)->batch;
  int64_t last = 0;
  if (query->n_parts == 0)
    return query->nothing ? 0 : b->written; /* nobody knows what it reads */
  for (size_t i = 0; i < query->n_parts; i++) {
    const struct pg_part *part = &query->parts[i];
    int64_t bucket = bucket_of_part(part, args);
    const struct pg_write *w =
        bucket >= 0 ? b->by_bucket[bucket_chain(part->table, bucket)] : b->by_table[table_chain(part->table)];
    for (; w && w->at > last; w = bucket >= 0 ? w->next_in_bucket : w->next_in_table) /* the newest comes first */
      if (may_touch(w, part, args))
        last = w->at;
    if (bucket < 0)
      continue;
    for (w = b->by_bucket[bucket_chain(part->table, -1)]; w && w->at > last; w = w->next_in_bucket)
      if (may_touch(w, part, args))
        last = w->at;
  }
  return last;
}

/* ---- The order ---- */

/* By the primary key; a column that one of them leaves open is as if it were the same. */
static int compare_keys(const struct pg_write *x, const struct pg_write *y)
{
  for (size_t i = 0; i < x->touch->n_key && i < y->touch->n_key; i++) {
    struct db_value a, b;
    int kx = x->touch->key[i], ky = y->touch->key[i];
    if (kx < 0 || ky < 0 || !value_of(&x->touch->parts[0].terms[kx], x->args, &a) ||
        !value_of(&y->touch->parts[0].terms[ky], y->args, &b) || a.type != b.type)
      continue;
    if (a.type == DB_I64 && a.i64 != b.i64)
      return a.i64 < b.i64 ? -1 : 1;
    if (a.type != DB_I64) {
      size_t n = a.n < b.n ? a.n : b.n;
      int order = n ? memcmp(a.bytes, b.bytes, n) : 0;
      if (order || a.n != b.n)
        return order ? order : a.n < b.n ? -1 : 1;
    }
  }
  return 0;
}

static bool plain_insert(const struct pg_write *w)
{
  return w->touch->inserts && !w->touch->upserts;
}

/* Two plain INSERTs of one row would be an error whatever their order. */
static int level_in(const struct pg_write *chain, const struct pg_write *w, int64_t flushed_at, int level,
                    bool by_bucket)
{
  for (const struct pg_write *p = chain; p && p->at > flushed_at; p = by_bucket ? p->next_in_bucket : p->next_in_table)
    if (p->level >= level && !(plain_insert(p) && plain_insert(w)) &&
        strcmp(p->touch->parts[0].table, w->touch->parts[0].table) == 0 && compare_keys(p, w) == 0)
      level = p->level + 1;
  return level;
}

static int level_of(const struct pg_batch *b, const struct pg_write *w, int64_t bucket)
{
  const char *table = w->touch->parts[0].table;
  if (bucket < 0)
    return level_in(b->by_table[table_chain(table)], w, b->flushed_at, 0, false);
  int level = level_in(b->by_bucket[bucket_chain(table, bucket)], w, b->flushed_at, 0, true);
  return level_in(b->by_bucket[bucket_chain(table, -1)], w, b->flushed_at, level, true);
}

static struct pg_write *add_write(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n,
                                  bool leveled)
{
  struct pg_batch *b = pg_of(db)->batch;
  struct pg_write *w = ARENA_NEW(b->arena, struct pg_write);
  *w = (struct pg_write){.s = s, .touch = pg_touch_of(db, s), .args = pg_values_copy(b->arena, args, n), .n = n};
  w->at = ++b->written;
  b->used = true;
  if (w->touch->n_parts == 0)
    return w;
  int64_t bucket = bucket_of_part(&w->touch->parts[0], w->args);
  if (leveled)
    w->level = level_of(b, w, bucket);
  struct pg_write **in_bucket = &b->by_bucket[bucket_chain(w->touch->parts[0].table, bucket)];
  struct pg_write **in_table = &b->by_table[table_chain(w->touch->parts[0].table)];
  w->next_in_bucket = *in_bucket;
  w->next_in_table = *in_table;
  *in_bucket = *in_table = w;
  return w;
}

/* Sent by itself, after all before it. */
void pg_write_note(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n)
{
  struct pg_batch *b = pg_of(db)->batch;
  add_write(db, s, args, n, false);
  b->flushed_at = b->written;
}

void pg_writes_forget(struct pg_batch *b)
{
  memset(b->by_bucket, 0, sizeof b->by_bucket);
  memset(b->by_table, 0, sizeof b->by_table);
  memset(&b->waiting, 0, sizeof b->waiting);
  b->written = b->flushed_at = 0;
}

void pg_defer(struct db *db)
{
  struct pg_batch *b = pg_of(db)->batch;
  b->deferring = b->used = true;
}

enum err pg_batch_write(struct db *db, struct pg_statement *s, const struct db_value *args, size_t n, bool counted,
                        bool *out_done)
{
  struct pg_batch *b = pg_of(db)->batch;
  const struct pg_touch *touch = pg_touch_of(db, s);
  assert(!b->together); /* a load writes nothing */
  bool single_row = touch->inserts || touch->n_set > 0;
  *out_done = b->deferring && touch->deferrable && (!counted || single_row);
  if (!*out_done) {
    TRY(pg_flush(db));
    pg_write_note(db, s, args, n);
    return ERR_OK;
  }
  struct pg_write *w = add_write(db, s, args, n, true);
  w->counted = counted;
  *LIST_ADD(b->arena, &b->waiting) = w;
  return ERR_OK;
}

/* ---- Sending ---- */

static int phase_of(const struct pg_write *w)
{
  return plain_insert(w) ? 0 : w->touch->inserts ? 1 : 2;
}

static int compare_writes(const void *a, const void *b)
{
  const struct pg_write *x = *(struct pg_write *const *)a, *y = *(struct pg_write *const *)b;
  int order = x->level - y->level;
  if (!order)
    order = phase_of(x) - phase_of(y);
  if (!order)
    order = strcmp(x->touch->parts[0].table, y->touch->parts[0].table);
  if (!order && x->s != y->s && phase_of(x) < 2)
    order = strcmp(x->s->text, y->s->text);
  if (!order && phase_of(x) > 0)
    order = compare_keys(x, y);
  return order ? order : (x->at > y->at) - (x->at < y->at);
}

/* The row's text with its parameters numbered on from base. */
static void add_row(struct buf *out, const char *row, int base)
{
  for (const char *p = row; *p;) {
    if (*p == '\'') {
      size_t n = strcspn(p + 1, "'") + 2;
      buf_add(out, p, n);
      p += n;
    } else if (*p == '$') {
      char *end;
      long k = strtol(p + 1, &end, 10);
      buf_printf(out, "$%ld", k + base);
      p = end;
    } else {
      buf_char(out, *p++);
    }
  }
}

/* The text of s with so many rows; the types of its parameters are those of s over and over. */
static struct pg_statement *make_many(struct db *db, const struct pg_statement *s, int rows)
{
  struct arena *scratch = arena_new(64 << 20);
  struct buf text;
  buf_init(&text, scratch);
  buf_text(&text, s->touch->head);
  for (int r = 0; r < rows; r++) {
    buf_text(&text, r ? ", " : "");
    add_row(&text, s->touch->row, r * s->n_params);
  }
  buf_text(&text, s->touch->tail);
  struct pg_statement *many = pg_make(db, buf_str(&text));
  arena_free(scratch);
  for (int i = 0; i < many->n_params; i++)
    many->types[i] = s->types[i % s->n_params];
  many->typed = true;
  return many;
}

/* The INSERT of 2^bits rows. */
static enum err many_of(struct db *db, struct pg_statement *s, int bits, struct pg_statement **out)
{
  *out = s;
  TRY(pg_ready(db, s));
  if (bits == 0)
    return ERR_OK;
  struct pg_statement **many = &s->many[bits - 1];
  if (!*many)
    *many = make_many(db, s, 1 << bits);
  *out = *many;
  return pg_ready(db, *many);
}

/* Some writes that go as one statement. */
struct sending {
  struct pg_statement *as;
  struct pg_write *const *writes;
  size_t n;
};
typedef LIST(struct sending) sendings;

static int bits_for(const struct pg_write *w, size_t alike)
{
  int bits = 0;
  if (w->touch->repeatable && w->s->n_params > 0)
    while (bits < MANY_MAX_BITS && (size_t)2 << bits <= alike && (2 << bits) * w->s->n_params <= PARAMS_MAX)
      bits++;
  return bits;
}

/* Cuts the sorted writes into statements, each known to the server before the pipeline begins. */
static enum err plan(struct db *db, struct pg_write *const *writes, size_t n, sendings *out)
{
  struct pg_batch *b = pg_of(db)->batch;
  for (size_t i = 0; i < n;) {
    size_t alike = 1;
    while (i + alike < n && writes[i + alike]->s == writes[i]->s && writes[i + alike]->level == writes[i]->level)
      alike++;
    while (alike > 0) {
      int bits = bits_for(writes[i], alike);
      struct sending *sending = LIST_ADD(b->arena, out);
      *sending = (struct sending){.writes = writes + i, .n = (size_t)1 << bits};
      TRY(many_of(db, writes[i]->s, bits, &sending->as));
      i += sending->n;
      alike -= sending->n;
    }
  }
  return ERR_OK;
}

static bool send_one(struct db *db, const struct sending *sending)
{
  const struct db_value *rows[1 << MANY_MAX_BITS];
  for (size_t i = 0; i < sending->n; i++)
    rows[i] = sending->writes[i]->args;
  if (sending->n == 1)
    return pg_send(db, sending->as, rows[0], sending->writes[0]->n);
  return pg_send_rows(db, sending->as, rows, sending->n, sending->writes[0]->n);
}

/* Somebody was told that his row changed. */
static enum err check_count(struct db *db, const struct sending *sending, PGresult *r)
{
  bool counted = false;
  for (size_t i = 0; i < sending->n; i++)
    counted |= sending->writes[i]->counted;
  if (!counted || strtoull(PQcmdTuples(r), NULL, 10) == sending->n)
    return ERR_OK;
  pg_of(db)->failed = true;
  return db_fail(db, ERR_RETRY, "somebody was faster: %s", sending->writes[0]->s->text);
}

/* The first error is the cause; what the server passed over because of it is not told. */
static enum err read_results(struct db *db, const sendings *sent, size_t n)
{
  PGconn *conn = pg_of(db)->conn;
  enum err err = ERR_OK;
  for (size_t i = 0; i < n && !pg_lost(db); i++) {
    PGresult *r = PQgetResult(conn);
    ExecStatusType status = PQresultStatus(r);
    if (err == ERR_OK && (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK))
      err = check_count(db, &sent->at[i], r);
    else if (err == ERR_OK)
      err = pg_fail(db, r, sent->at[i].as == sent->at[i].writes[0]->s ? sent->at[i].as->text : sent->at[i].writes[0]->s->text);
    PQclear(r);
    if (r)
      PQclear(PQgetResult(conn)); /* the NULL that ends it */
  }
  if (err == ERR_OK && pg_lost(db))
    err = pg_fail(db, NULL, "sending a batch");
  return err;
}

static enum err send_all(struct db *db, const sendings *all)
{
  PGconn *conn = pg_of(db)->conn;
  size_t n = 0;
  if (!PQenterPipelineMode(conn))
    return pg_fail(db, NULL, "beginning a pipeline");
  while (n < all->n && send_one(db, &all->at[n]))
    n++;
  PQpipelineSync(conn);
  enum err err = read_results(db, all, n);
  pg_end_pipeline(db);
  if (err == ERR_OK && n < all->n) { /* a number that did not fit; the fault says which */
    pg_of(db)->failed = true;
    err = pg_lost(db) ? pg_fail(db, NULL, "sending a batch") : ERR_INTERNAL;
  }
  return err;
}

enum err pg_flush(struct db *db)
{
  struct pg_batch *b = pg_of(db)->batch;
  if (!b || b->waiting.n == 0)
    return ERR_OK;
  if (pg_of(db)->failed)
    return db_fail(db, ERR_RETRY, "the transaction was rolled back by an earlier error");
  sendings all = {0};
  qsort(b->waiting.at, b->waiting.n, sizeof(struct pg_write *), compare_writes);
  struct pg_write *const *writes = b->waiting.at;
  size_t n = b->waiting.n;
  memset(&b->waiting, 0, sizeof b->waiting);
  b->flushed_at = b->written;
  TRY(plan(db, writes, n, &all));
  return send_all(db, &all);
}
