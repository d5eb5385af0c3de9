/* Files become rows, rows become groups. The imported file is read as it comes, one group at a time, or whole when its
 * groups lie apart (gather); joined files are kept in memory behind a hash of their key. */
#include "import_priv.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

enum { BLOCK = 64 * 1024, LINE_MAX_ = 8 << 20, PATH_MAX_ = 4096 };

/* ---- One file ---- */

struct file {
  const struct source_rule *source;
  gzFile gz;         /* or the text that is in memory: */
  const char *text;
  size_t text_n, text_at;
  struct csv *csv; /* NULL for JSON lines */
  bool latin1, ended;
  char path[PATH_MAX_];
  int64_t size, line;
  int *places; /* by the source's columns: which cell of the file; CSV only */
  size_t n_cells;
  char delimiter;
  char *pending; /* JSON lines: what is read and not yet taken */
  size_t n, at, cap;
};

/* ---- Rows by key ---- */

struct keyed {
  const char *key;
  row_list rows;
};
struct key_index {
  LIST(struct keyed) entries; /* in order of first appearance */
  uint32_t *slots;            /* place in entries + 1; 0 = free */
  size_t n_slots;
};

struct import_reader {
  const struct mapping *m;
  struct arena *memory;
  struct promise_zones *zones;
  struct file file;
  struct key_index joins[IMPORT_SOURCES_MAX];
  struct key_index gathered;
  size_t next_gathered;
  struct arena *ahead; /* of the row that ended the last group */
  struct import_row *ahead_row;
  int64_t documents;
  char digest[HASH_TEXT];
};

struct promise_zones *reader_zones(struct import_reader *r)
{
  return r->zones;
}

const struct mapping *reader_mapping(const struct import_reader *r)
{
  return r->m;
}

const char *import_digest(const struct import_reader *r)
{
  return r->digest;
}

void import_progress(const struct import_reader *r, int64_t *out_done, int64_t *out_size)
{
  *out_size = r->file.size;
  *out_done = r->file.gz ? (int64_t)gzoffset(r->file.gz) : 0;
  if (r->m->gather && r->gathered.entries.n)
    *out_done = r->file.size * (int64_t)r->next_gathered / (int64_t)r->gathered.entries.n;
}

static void index_grow(struct key_index *x, struct arena *a)
{
  size_t n = x->n_slots ? x->n_slots * 2 : 1024;
  uint32_t *slots = arena_alloc(a, n * sizeof *slots);
  for (size_t i = 0; i < x->entries.n; i++) {
    size_t at = hash_text(x->entries.at[i].key) & (n - 1);
    while (slots[at])
      at = (at + 1) & (n - 1);
    slots[at] = (uint32_t)i + 1;
  }
  x->slots = slots;
  x->n_slots = n;
}

static struct keyed *index_find(const struct key_index *x, const char *key)
{
  if (!x->n_slots)
    return NULL;
  for (size_t at = hash_text(key) & (x->n_slots - 1); x->slots[at]; at = (at + 1) & (x->n_slots - 1))
    if (strcmp(x->entries.at[x->slots[at] - 1].key, key) == 0)
      return &x->entries.at[x->slots[at] - 1];
  return NULL;
}

static void index_add(struct key_index *x, struct arena *a, const char *key, struct import_row *row)
{
  struct keyed *entry = index_find(x, key);
  if (!entry) {
    if (x->entries.n * 2 >= x->n_slots)
      index_grow(x, a);
    entry = LIST_ADD(a, &x->entries);
    entry->key = arena_text(a, key);
    size_t at = hash_text(key) & (x->n_slots - 1);
    while (x->slots[at])
      at = (at + 1) & (x->n_slots - 1);
    x->slots[at] = (uint32_t)x->entries.n;
  }
  *LIST_ADD(a, &entry->rows) = row;
}

const row_list *join_rows(const struct import_reader *r, int source, const char *key)
{
  static const row_list none;
  const struct keyed *entry = index_find(&r->joins[source], key);
  return entry ? &entry->rows : &none;
}

/* ---- Bytes ---- */

/* NAME, or NAME.gz; zlib reads plain files as they are. */
static bool open_file(struct file *f, const char *path)
{
  struct stat st;
  snprintf(f->path, sizeof f->path, "%s", path);
  if (stat(f->path, &st) != 0) {
    snprintf(f->path, sizeof f->path, "%s.gz", path);
    if (stat(f->path, &st) != 0)
      return false;
  }
  f->size = st.st_size;
  errno = S_ISDIR(st.st_mode) ? EISDIR : 0;
  f->gz = S_ISREG(st.st_mode) ? gzopen(f->path, "rb") : NULL;
  return f->gz != NULL;
}

static void close_file(struct file *f)
{
  if (f->gz)
    gzclose(f->gz);
  csv_free(f->csv);
  free(f->pending);
  *f = (struct file){0};
}

static size_t latin1_to_utf8(const unsigned char *from, size_t n, char *to)
{
  size_t k = 0;
  for (size_t i = 0; i < n; i++) {
    if (from[i] < 0x80) {
      to[k++] = (char)from[i];
    } else {
      to[k++] = (char)(0xC0 | from[i] >> 6);
      to[k++] = (char)(0x80 | (from[i] & 0x3F));
    }
  }
  return k;
}

/* One more block of the file as UTF-8; *out_n = 0 at its end. */
static enum err read_block(struct file *f, char out[2 * BLOCK], size_t *out_n, struct fault *fault)
{
  char raw[BLOCK];
  if (f->text) {
    *out_n = f->text_n - f->text_at < BLOCK ? f->text_n - f->text_at : BLOCK;
    memcpy(out, f->text + f->text_at, *out_n);
    f->text_at += *out_n;
    return ERR_OK;
  }
  int n = gzread(f->gz, raw, sizeof raw), code;
  const char *why = gzerror(f->gz, &code);
  if (n < 0 || (n == 0 && code == Z_BUF_ERROR))
    return fault_fail(fault, ERR_MALFORMED, "", "%s cannot be read: %s", f->path,
                      code == Z_BUF_ERROR ? "it ends too early" : why);
  if (f->latin1) {
    *out_n = latin1_to_utf8((const unsigned char *)raw, (size_t)n, out);
  } else {
    memcpy(out, raw, (size_t)n);
    *out_n = (size_t)n;
  }
  return ERR_OK;
}

/* ---- Rows of CSV ---- */

/* ERR_NOT_FOUND at the end. */
static enum err next_csv(struct file *f, struct csv_row *row, struct fault *fault)
{
  char block[2 * BLOCK];
  for (;;) {
    size_t n = 0;
    int64_t line, column;
    switch (csv_next(f->csv, row)) {
    case CSV_ROW:
      return ERR_OK;
    case CSV_DONE:
      return ERR_NOT_FOUND;
    case CSV_BAD:
      fault_clear(fault);
      const char *why = csv_error(f->csv, &line, &column);
      return fault_fail(fault, ERR_MALFORMED, "", "%s, line %lld, column %lld: %s", f->path, (long long)line,
                        (long long)column, why);
    case CSV_MORE:
      TRY(read_block(f, block, &n, fault));
      if (n)
        csv_feed(f->csv, block, n);
      else
        csv_finish(f->csv);
    }
  }
}

/* The header tells where the mapping's columns are. */
static enum err read_header(struct file *f, struct arena *a, struct fault *fault)
{
  struct csv_row row;
  enum err err = next_csv(f, &row, fault);
  if (err == ERR_NOT_FOUND)
    return fault_fail(fault, ERR_INVALID, "", "%s is empty; its first line must name the columns", f->path);
  TRY(err);
  f->places = ARENA_ARRAY(a, int, f->source->columns.n + 1);
  f->n_cells = row.n;
  for (size_t i = 0; i < f->source->columns.n; i++) {
    f->places[i] = -1;
    for (size_t k = 0; k < row.n && f->places[i] < 0; k++)
      if (strcmp(row.cells[k], f->source->columns.at[i]) == 0)
        f->places[i] = (int)k;
    if (f->places[i] < 0)
      (void)fault_add(fault, ERR_INVALID, "", "unknown_column", "%s has no column %s", f->path,
                      f->source->columns.at[i]);
  }
  return fault->n ? fault->code : ERR_OK;
}

static struct import_row *keep_csv(const struct file *f, const struct csv_row *from, struct arena *a)
{
  struct import_row *row = ARENA_NEW(a, struct import_row);
  struct buf raw;
  row->line = from->line;
  row->cells = ARENA_ARRAY(a, const char *, f->source->columns.n + 1);
  for (size_t i = 0; i < f->source->columns.n; i++)
    row->cells[i] = (size_t)f->places[i] < from->n ? arena_text(a, from->cells[f->places[i]]) : "";
  buf_init(&raw, a);
  for (size_t i = 0; i < from->n; i++) {
    if (i)
      buf_char(&raw, f->delimiter);
    csv_cell(&raw, from->cells[i], f->delimiter);
  }
  row->raw = buf_str(&raw);
  return row;
}

/* ---- Rows of JSON lines ---- */

static enum err next_line(struct file *f, char **out, size_t *out_n, struct fault *fault)
{
  for (;;) {
    char *end = f->n > f->at ? memchr(f->pending + f->at, '\n', f->n - f->at) : NULL;
    if (end || (f->ended && f->n > f->at)) {
      *out = f->pending + f->at;
      *out_n = end ? (size_t)(end - *out) : f->n - f->at;
      f->at += *out_n + (end ? 1 : 0);
      f->line++;
      if (*out_n && (*out)[*out_n - 1] == '\r')
        --*out_n;
      if (*out_n)
        return ERR_OK;
      continue;
    }
    if (f->ended)
      return ERR_NOT_FOUND;
    if (f->at)
      memmove(f->pending, f->pending + f->at, f->n - f->at);
    f->n -= f->at;
    f->at = 0;
    if (f->n > LINE_MAX_)
      return fault_fail(fault, ERR_MALFORMED, "", "%s, line %lld is longer than %d bytes", f->path,
                        (long long)f->line + 1, LINE_MAX_);
    if (f->n + 2 * BLOCK > f->cap) {
      f->cap = f->cap ? f->cap * 2 : 4 * BLOCK;
      f->pending = realloc(f->pending, f->cap);
      assert(f->pending);
    }
    size_t n;
    TRY(read_block(f, f->pending + f->n, &n, fault));
    f->ended = n == 0;
    f->n += n;
  }
}

/* Scalars of the line become cells of the columns that are named like their paths: "customer.email". */
static void take_members(const struct file *f, struct json *j, const char *prefix, struct import_row *row,
                         struct arena *a)
{
  while (json_next(j) == JSON_KEY) {
    const char *name = *prefix ? arena_printf(a, "%s.%s", prefix, j->text) : arena_text(a, j->text);
    enum json_token token = json_next(j);
    if (token == JSON_OBJECT) {
      take_members(f, j, name, row, a);
      continue;
    }
    const char *begin = j->token, *text = token == JSON_STRING ? arena_text(a, j->text) : NULL;
    if (!json_skip_rest(j, token))
      return;
    if (!text)
      text = token == JSON_NULL ? "" : arena_textn(a, begin, (size_t)(j->at - begin));
    for (size_t i = 0; i < f->source->columns.n; i++)
      if (strcmp(f->source->columns.at[i], name) == 0)
        row->cells[i] = text;
  }
}

static struct import_row *keep_line(const struct file *f, const char *line, size_t n, struct arena *a)
{
  struct import_row *row = ARENA_NEW(a, struct import_row);
  struct json j;
  row->line = f->line;
  row->raw = arena_textn(a, line, n);
  row->cells = ARENA_ARRAY(a, const char *, f->source->columns.n + 1);
  for (size_t i = 0; i < f->source->columns.n; i++)
    row->cells[i] = "";
  json_init(&j, row->raw, n, a);
  if (f->source->columns.n && json_next(&j) == JSON_OBJECT)
    take_members(f, &j, "", row, a);
  return row;
}

/* ---- Rows ---- */

static enum err next_row(struct file *f, struct arena *a, struct fault *fault, struct import_row **out)
{
  struct csv_row row;
  char *line = NULL;
  size_t n = 0;
  if (f->csv) {
    do /* what a spreadsheet leaves below and between: rows of nothing but delimiters */
      TRY(next_csv(f, &row, fault));
    while (csv_row_blank(&row));
    *out = keep_csv(f, &row, a);
    return ERR_OK;
  }
  TRY(next_line(f, &line, &n, fault));
  *out = keep_line(f, line, n, a);
  return ERR_OK;
}

/* What tells groups apart; separated by a byte that no text of people has. */
static const char *group_key(const struct mapping *m, const struct import_row *row, struct arena *a)
{
  struct buf b;
  buf_init(&b, a);
  for (size_t i = 0; i < m->group.n; i++) {
    if (i)
      buf_char(&b, '\x1f');
    buf_text(&b, row->cells[m->group.at[i].column]);
  }
  return buf_str(&b);
}

/* ---- Opening ---- */

static enum err out_of_memory(const struct import_reader *r, const char *path, struct fault *f)
{
  if (!arena_over(r->memory))
    return ERR_OK;
  return fault_fail(f, ERR_TOO_LARGE, "",
                    "%s does not fit into %llu MB of memory; split it, or sort it by group_by and leave out gather",
                    path, (unsigned long long)(IMPORT_MEMORY >> 20));
}

/* All rows of a file behind an index of their key. */
static enum err load_rows(struct import_reader *r, struct file *file, struct key_index *index, int source,
                          struct fault *f)
{
  for (;;) {
    struct import_row *row;
    enum err err = next_row(file, r->memory, f, &row);
    if (err == ERR_NOT_FOUND)
      return ERR_OK;
    TRY(err);
    const char *key = source ? row->cells[r->m->sources.at[source].key_ref.column] : group_key(r->m, row, r->memory);
    if (source || *key)
      index_add(index, r->memory, key, row);
    else
      index_add(index, r->memory, arena_printf(r->memory, "\x1f%lld", (long long)row->line), row);
    TRY(out_of_memory(r, file->path, f));
  }
}

static enum err open_source(const struct import_reader *r, struct file *file, int source, const char *path,
                            enum import_format format, struct fault *f)
{
  file->source = &r->m->sources.at[source];
  file->delimiter = source == 0 && r->m->delimiter ? *r->m->delimiter : ',';
  if (!open_file(file, path))
    return fault_fail(f, ERR_NOT_FOUND, "", "%s cannot be read: %s", path, strerror(errno ? errno : ENOENT));
  file->latin1 = r->m->encoding == ENCODING_LATIN1;
  if (format == IMPORT_JSONL)
    return ERR_OK;
  file->csv = csv_new(file->delimiter);
  return read_header(file, r->memory, f);
}

static enum err load_join(struct import_reader *r, int source, const char *folder, struct fault *f)
{
  const char *path = arena_printf(r->memory, "%s%s", folder, r->m->sources.at[source].file);
  struct file file = {0};
  enum err err = open_source(r, &file, source, path, IMPORT_CSV, f);
  if (err == ERR_OK)
    err = load_rows(r, &file, &r->joins[source], source, f);
  close_file(&file);
  return err;
}

/* A chain of hashes over the blocks of the file as it lies on the disk. */
static void digest_file(struct import_reader *r, const char *path)
{
  static const size_t block = 1 << 20;
  FILE *in = fopen(path, "rb");
  char *bytes = malloc(HASH_TEXT + block);
  assert(bytes);
  size_t n;
  while (in && (n = fread(bytes + HASH_TEXT, 1, block, in)) > 0) {
    memcpy(bytes, r->digest, HASH_TEXT);
    sha256_hex(bytes, HASH_TEXT + n, r->digest);
  }
  free(bytes);
  if (in)
    fclose(in);
}

static enum import_format format_of(const struct mapping *m, const char *path, enum import_format asked)
{
  if (asked != IMPORT_BY_NAME)
    return asked;
  if (m->format != IMPORT_BY_NAME)
    return (enum import_format)m->format;
  return strstr(path, ".jsonl") || strstr(path, ".ndjson") || m->as_it_is ? IMPORT_JSONL : IMPORT_CSV;
}

static enum err open_all(struct import_reader *r, const char *path, enum import_format format, struct fault *f)
{
  const char *slash = strrchr(path, '/');
  const char *folder = slash ? arena_textn(r->memory, path, (size_t)(slash - path) + 1) : "";
  TRY(open_source(r, &r->file, 0, path, format, f));
  digest_file(r, r->file.path);
  for (int i = 1; i < (int)r->m->sources.n; i++) {
    TRY(load_join(r, i, folder, f));
    const char *join = arena_printf(r->memory, "%s%s", folder, r->m->sources.at[i].file);
    struct stat st;
    digest_file(r, stat(join, &st) == 0 ? join : arena_printf(r->memory, "%s.gz", join));
  }
  return r->m->gather ? load_rows(r, &r->file, &r->gathered, 0, f) : ERR_OK;
}

static struct import_reader *reader_new(const struct mapping *m)
{
  struct import_reader *r = calloc(1, sizeof *r);
  assert(r);
  r->m = m;
  r->memory = arena_new(IMPORT_MEMORY);
  r->ahead = arena_new(IMPORT_DOCUMENT);
  r->zones = promise_zones_new();
  return r;
}

static enum err open_text(struct import_reader *r, const char *text, size_t n, struct fault *f)
{
  struct file *file = &r->file;
  if (r->m->sources.n > 1)
    return fault_fail(f, ERR_INVALID, "/joins", "a file that is brought alone is joined with no other");
  file->source = &r->m->sources.at[0];
  file->delimiter = r->m->delimiter ? *r->m->delimiter : ',';
  file->text = text;
  file->text_n = n;
  file->size = (int64_t)n;
  snprintf(file->path, sizeof file->path, "the file");
  sha256_hex(text, n, r->digest);
  file->csv = csv_new(file->delimiter);
  TRY(read_header(file, r->memory, f));
  return r->m->gather ? load_rows(r, file, &r->gathered, 0, f) : ERR_OK;
}

enum err import_open_text(const struct mapping *m, const char *text, size_t n, struct fault *f, struct import_reader **out)
{
  struct import_reader *r = reader_new(m);
  enum err err = open_text(r, text, n, f);
  if (err == ERR_OK)
    *out = r;
  else
    import_close(r);
  return err;
}

enum err import_open(const struct mapping *m, const char *path, enum import_format format, struct fault *f,
                     struct import_reader **out)
{
  struct import_reader *r = reader_new(m);
  enum err err = open_all(r, path, format_of(m, path, format), f);
  if (err == ERR_OK)
    *out = r;
  else
    import_close(r);
  return err;
}

void import_close(struct import_reader *r)
{
  if (!r)
    return;
  close_file(&r->file);
  promise_zones_free(r->zones);
  arena_free(r->ahead);
  arena_free(r->memory);
  free(r);
}

/* ---- Groups ---- */

static struct import_row *copy_row(const struct source_rule *s, const struct import_row *from, struct arena *a)
{
  struct import_row *row = arena_copy(a, from, sizeof *from);
  row->raw = arena_text(a, from->raw);
  row->cells = ARENA_ARRAY(a, const char *, s->columns.n + 1);
  for (size_t i = 0; i < s->columns.n; i++)
    row->cells[i] = arena_text(a, from->cells[i]);
  return row;
}

/* Rows up to the first that belongs to another document, which waits for the next call. Without group_by, and where the
 * columns of group_by are empty, a row stands alone. */
static enum err next_group(struct import_reader *r, struct arena *a, struct fault *f, row_list *group, const char **key)
{
  struct import_row *row;
  if (r->ahead_row) {
    *LIST_ADD(a, group) = copy_row(&r->m->sources.at[0], r->ahead_row, a);
    arena_reset(r->ahead);
    r->ahead_row = NULL;
  } else {
    TRY(next_row(&r->file, a, f, &row));
    *LIST_ADD(a, group) = row;
  }
  *key = group_key(r->m, group->at[0], a);
  if (!**key)
    return ERR_OK;
  for (;;) {
    arena_reset(r->ahead);
    enum err err = next_row(&r->file, r->ahead, f, &row);
    if (err == ERR_NOT_FOUND)
      return ERR_OK;
    TRY(err);
    if (strcmp(group_key(r->m, row, r->ahead), *key) != 0) {
      r->ahead_row = row;
      return ERR_OK;
    }
    *LIST_ADD(a, group) = copy_row(&r->m->sources.at[0], row, a);
    if (arena_over(a))
      return fault_fail(f, ERR_TOO_LARGE, "", "%s, line %lld: the rows of one document do not fit into %u MB",
                        r->file.path, (long long)row->line, IMPORT_DOCUMENT >> 20);
  }
}

static enum err next_gathered(struct import_reader *r, row_list *group, const char **key)
{
  if (r->next_gathered == r->gathered.entries.n)
    return ERR_NOT_FOUND;
  struct keyed *entry = &r->gathered.entries.at[r->next_gathered++];
  *group = entry->rows;
  *key = entry->key;
  return ERR_OK;
}

static const char *shown_key(struct arena *a, const char *key)
{
  char *shown = arena_text(a, *key == '\x1f' ? "" : key);
  for (char *p = shown; *p; p++)
    if (*p == '\x1f')
      *p = '/';
  return shown;
}

enum err import_next(struct import_reader *r, struct arena *a, struct fault *f, struct import_document *out)
{
  row_list *group = ARENA_NEW(a, row_list);
  const char *key = "";
  TRY(r->m->gather ? next_gathered(r, group, &key) : next_group(r, a, f, group, &key));
  *out = (struct import_document){.n = ++r->documents, .key = shown_key(a, key)};
  document_build(r, group, a, out);
  return ERR_OK;
}

void import_unmatched(struct import_reader *r, struct arena *a, struct import_document *out)
{
  *out = (struct import_document){.n = r->documents + 1, .key = ""};
  fault_init(&out->fault, a);
  for (size_t s = 1; s < r->m->sources.n; s++) {
    const struct source_rule *source = &r->m->sources.at[s];
    for (size_t i = 0; source->accounted && i < r->joins[s].entries.n; i++) {
      const row_list *rows = &r->joins[s].entries.at[i].rows;
      for (size_t k = 0; k < rows->n; k++) {
        struct import_row *row = rows->at[k];
        struct eval e = {.reader = r, .m = r->m, .arena = a, .fault = &out->fault, .zones = r->zones};
        struct import_sum sum = {0};
        if (row->used)
          continue;
        sum.rows[s] = 1;
        e.rows[s] = row;
        out->faulty |= !amounts_add(&e, source, &sum, &out->fault);
        account_add(&out->put_aside, a, IMPORT_ASIDE, "unmatched", &sum);
        *LIST_ADD(a, &out->notes) =
            (struct import_note){s, row->line, "unmatched", "no document asked for this row", row->raw};
      }
    }
  }
}
