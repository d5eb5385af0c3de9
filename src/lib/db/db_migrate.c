/* The schema's way forward: numbered files, each run once, in one transaction, never back.
 *
 * A file is cut into statements at a ";" that ends a line (before a comment, at most) outside quotes and comments; the
 * macros are the only words that differ between engines. Comments stay: they are the schema's documentation. */
#include "db_priv.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum { STEP_BUDGET = 16 << 20 };

/* ---- Macros ---- */

struct reader {
  struct db *db;
  const struct db_migration *migration;
  const char *at;
};

static int line_of(const struct reader *r)
{
  int line = 1;
  for (const char *p = r->migration->text; p < r->at; p++)
    line += *p == '\n';
  return line;
}

static enum err bad_text(const struct reader *r, const char *what)
{
  return db_fail(r->db, ERR_INTERNAL, "migration %d-%s, line %d: %s", r->migration->number, r->migration->name,
                 line_of(r), what);
}

static bool word_char(char c)
{
  return isalnum((unsigned char)c) || c == '_';
}

/* The arguments in parentheses at r->at, without their spaces: "bucket", "a", "b". */
static enum err read_arguments(struct reader *r, struct arena *a, size_t max, const char **out, size_t *out_n)
{
  const char *end = strchr(r->at, ')');
  size_t n = 0;
  for (const char *p = r->at + 1; end && p < end; n++) {
    size_t before = strspn(p, " \n"), length = strcspn(p + before, " \n,)");
    if (n == max || length == 0)
      return bad_text(r, "these arguments cannot be read");
    out[n] = arena_textn(a, p + before, length);
    p += before + length;
    p += strspn(p, " \n");
    p += *p == ',' || *p == ')';
  }
  if (!end)
    return bad_text(r, "\")\" is missing");
  r->at = end + 1;
  *out_n = n;
  return ERR_OK;
}

/* Ids grow with time; where the bucket comes first in the key, a batch's new rows lie scattered over the whole tree. */
static enum err expand_key(struct reader *r, struct buf *out)
{
  const char *columns[16];
  size_t n = 0;
  TRY(read_arguments(r, out->arena, COUNT_OF(columns), columns, &n));
  if (n < 2 || strcmp(columns[0], "bucket") != 0)
    return bad_text(r, "KEY needs bucket first and a column after it");
  bool last = r->db->words->bucket_last;
  buf_text(out, last ? "(" : "(bucket, ");
  for (size_t i = 1; i < n; i++)
    buf_printf(out, "%s%s", i > 1 ? ", " : "", columns[i]);
  buf_text(out, last ? ", bucket)" : ")");
  return ERR_OK;
}

/* SPREAD(table), SPREAD(table, family) and REFERENCE(table) are statements where an engine has shards, and nothing
 * elsewhere. */
static enum err expand_place(struct reader *r, const struct db_place_words *words, size_t max, struct buf *out)
{
  const char *names[2];
  size_t n = 0;
  TRY(read_arguments(r, out->arena, max, names, &n));
  if (n == 0)
    return bad_text(r, "the table is missing");
  if (!words->before)
    return ERR_OK;
  buf_printf(out, "%s%s%s", words->before, names[0], words->after);
  if (n > 1)
    buf_printf(out, "%s%s", words->beside, names[1]);
  buf_text(out, words->end);
  return ERR_OK;
}

static const struct db_place_words nothing;

/* At the beginning of a word: expands it when it is a macro, copies it when not. */
static enum err expand_word(struct reader *r, struct buf *out)
{
  const struct db_words *words = r->db->words;
  const char *word = r->at;
  size_t n = 0;
  while (word_char(word[n]))
    n++;
  r->at += n;
  bool call = *r->at == '(';
  if (call && n == 3 && !memcmp(word, "KEY", n))
    return expand_key(r, out);
  if (call && n == 6 && !memcmp(word, "SPREAD", n))
    return expand_place(r, &words->spread, 2, out);
  if (call && n == 9 && !memcmp(word, "REFERENCE", n))
    return expand_place(r, &words->reference, 1, out);
  if (call && n == 5 && !memcmp(word, "LOCAL", n))
    return expand_place(r, &nothing, 1, out);
  if (n == 6 && !memcmp(word, "NARROW", n))
    buf_text(out, words->narrow);
  else if (n == 5 && !memcmp(word, "BYTES", n))
    buf_text(out, words->bytes);
  else
    buf_add(out, word, n);
  return ERR_OK;
}

/* ---- Statements ---- */

/* Behind a ";": nothing more on this line but a comment. */
static bool ends_line(const char *p)
{
  p += strspn(p, " \t\r");
  return *p == 0 || *p == '\n' || (p[0] == '-' && p[1] == '-');
}

/* Copies a comment or a quoted text as it is; false when r->at is at neither. */
static bool copy_untouched(struct reader *r, struct buf *out)
{
  size_t n;
  if (r->at[0] == '-' && r->at[1] == '-') {
    n = strcspn(r->at, "\n");
  } else if (*r->at == '\'') {
    n = strcspn(r->at + 1, "'") + 1;
    n += r->at[n] == '\'';
  } else {
    return false;
  }
  buf_add(out, r->at, n);
  r->at += n;
  return true;
}

/* The next statement with its macros expanded. *out_any: it holds more than spaces and comments. */
static enum err next_statement(struct reader *r, struct buf *out, bool *out_any)
{
  *out_any = false;
  while (*r->at) {
    if (*r->at == ';' && ends_line(r->at + 1)) {
      r->at++;
      return ERR_OK;
    }
    bool comment = r->at[0] == '-' && r->at[1] == '-';
    size_t before = out->n;
    if (copy_untouched(r, out)) {
      *out_any |= !comment;
    } else if (word_char(*r->at)) {
      TRY(expand_word(r, out));
      *out_any |= out->n > before;
    } else {
      *out_any |= !isspace((unsigned char)*r->at);
      buf_char(out, *r->at++);
    }
  }
  return *out_any ? bad_text(r, "the last statement does not end with \";\"") : ERR_OK;
}

static enum err run_once(struct db *db, const char *sql, const struct db_value *args, size_t n)
{
  struct db_prepared *p = NULL;
  TRY(db_prepare(db, sql, DB_SCHEMA, &p));
  enum err err = db_run_prepared(db, p, NULL, args, n);
  db->driver->finish(p);
  return err;
}

static enum err run_statements(struct db *db, const struct db_migration *m, struct arena *a)
{
  struct reader r = {.db = db, .migration = m, .at = m->text};
  while (*r.at) {
    struct buf sql;
    bool any = false;
    buf_init(&sql, a);
    TRY(next_statement(&r, &sql, &any));
    if (!any)
      continue;
    if (run_once(db, buf_str(&sql), DB_NO_ARGS) != ERR_OK)
      return bad_text(&r, "the statement that ends here failed");
  }
  return ERR_OK;
}

/* ---- Versions ---- */

static enum err current_version(struct db *db, int64_t *out)
{
  static const struct db_stmt newest = {"SELECT coalesce(max(number), 0) FROM schema_version", DB_SCHEMA};
  return db_one_i64(db, &newest, out, DB_NO_ARGS);
}

static enum err apply_in_transaction(struct db *db, const struct db_migration *m, struct arena *a)
{
  static const struct db_stmt begin = {
      "INSERT INTO schema_version (number, name) VALUES ($1, $2) ON CONFLICT (number) DO NOTHING", DB_SCHEMA};
  int64_t rows = 0; /* 0 = another process has been here since, and this waited until it was done */
  TRY(db_run(db, &begin, &rows, DB_ARGS(I64(m->number), TEXT(m->name))));
  return rows ? run_statements(db, m, a) : ERR_OK;
}

static enum err apply(struct db *db, const struct db_migration *m)
{
  TRY(db_begin(db));
  struct arena *a = arena_new(STEP_BUDGET);
  enum err err = apply_in_transaction(db, m, a);
  arena_free(a);
  if (err == ERR_OK)
    return db_commit(db);
  db_rollback(db);
  return err;
}

static int newest_of(const struct db_migration *migrations, size_t n)
{
  for (size_t i = 0; i < n; i++)
    assert(migrations[i].number > (i ? migrations[i - 1].number : 0)); /* in order, each number once */
  return n ? migrations[n - 1].number : 0;
}

static enum err check_version(struct db *db, int newest, int64_t *out)
{
  int64_t version = 0;
  TRY(current_version(db, &version));
  if (version == DB_UNFINISHED)
    return db_fail(db, ERR_STORAGE, "a copy into this database has not ended: go on with ordo copy --resume");
  if (version > newest)
    return db_fail(db, ERR_STORAGE,
                   "the database has schema %d and this program knows up to %d: please use a newer one", (int)version,
                   newest);
  *out = version;
  return ERR_OK;
}

/* What a wrong --database names must not be mixed with our tables. */
static enum err check_ours(struct db *db)
{
  bool foreign = false;
  TRY(db->driver->foreign(db, &foreign));
  return foreign ? db_fail(db, ERR_STORAGE, "the database holds the tables of another program") : ERR_OK;
}

/* A role that may not make tables can still work on a schema that is current. */
static enum err has_version_table(struct db *db, bool *out)
{
  const char *tables;
  TRY(db_tables(db, &tables));
  for (const char *p = tables; p && !*out; p = strchr(p, ',') ? strchr(p, ',') + 1 : NULL) {
    p += strspn(p, " ");
    *out = strncmp(p, "schema_version", 14) == 0 && (p[14] == 0 || p[14] == ',');
  }
  return ERR_OK;
}

/* Where two processes make it at one time, PostgreSQL refuses the slower one in spite of IF NOT EXISTS. */
static enum err make_version_table(struct db *db)
{
  static const char make[] = "CREATE TABLE IF NOT EXISTS schema_version ("
                             "number BIGINT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (number))";
  enum err err = run_once(db, make, DB_NO_ARGS);
  if (err != ERR_EXISTS)
    return err;
  fault_clear(db->fault);
  return run_once(db, make, DB_NO_ARGS);
}

enum err db_migrate(struct db *db, const struct db_migration *migrations, size_t n)
{
  int newest = newest_of(migrations, n);
  int64_t version = 0;
  db_check_schema(migrations, n);
  TRY(check_ours(db));
  bool there = false;
  TRY(has_version_table(db, &there));
  if (db->mode == DB_WRITER && !there)
    TRY(make_version_table(db));
  TRY(check_version(db, newest, &version));
  if (version < newest && db->mode == DB_READER)
    return db_fail(db, ERR_STORAGE, "the database has schema %d and this program needs %d: please migrate it first",
                   (int)version, newest);
  if (version < newest && db->driver->choose_words)
    TRY(db->driver->choose_words(db));
  for (size_t i = 0; i < n; i++)
    if (migrations[i].number > version)
      TRY(apply(db, &migrations[i]));
  return ERR_OK;
}
