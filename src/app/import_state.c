/* The state file of an import. */
#include "import_state.h"

#include "app.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { STATE_BYTES_MAX = 1 << 20 };

static const struct rec_field state_fields[] = {
    FIELD(struct import_state, digest, .flags = REC_REQUIRED, .max = 64, .doc = "Of the files"),
    FIELD(struct import_state, mapping, .flags = REC_REQUIRED, .max = 64, .doc = "Of the mapping"),
    FIELD(struct import_state, door, .flags = REC_REQUIRED, .max = 4096, .doc = "Database or server"),
    FIELD(struct import_state, documents, .flags = REC_REQUIRED, .min = 0, .max = INT64_MAX, .doc = "Done"),
    FIELD(struct import_state, line, .min = 0, .max = INT64_MAX, .doc = "Of the last one"),
    FIELD(struct import_state, complete, .doc = "All of the file"),
    FIELD_AS(REC_RECORD, struct import_state, account, .flags = REC_REQUIRED, .rec = &import_account_rec,
             .doc = "So far"),
};
static const struct rec state_rec = REC(struct import_state, "ImportState", state_fields, "How far an import got");

bool import_state_read(const char *path, struct arena *a, struct import_state *out)
{
  FILE *in = fopen(path, "rb");
  struct fault f;
  if (!in)
    return false;
  char *json = arena_alloc(a, STATE_BYTES_MAX);
  size_t n = fread(json, 1, STATE_BYTES_MAX, in);
  fclose(in);
  fault_init(&f, a);
  rec_init(&state_rec, out);
  if (rec_read(&state_rec, json, n, "", a, &f, out) != ERR_OK)
    return false;
  EACH (struct import_bucket, b, &out->account->buckets)
    b->kind = b->kind ? b->kind : "";
  return true;
}

bool import_state_write(const char *path, const struct import_state *s)
{
  struct arena *a = arena_new(4 * STATE_BYTES_MAX);
  struct buf b;
  buf_init(&b, a);
  rec_write(&state_rec, s, NULL, &b);
  const char *beside = arena_printf(a, "%s.new", path);
  FILE *out = fopen(beside, "wb");
  bool fine = out && fwrite(buf_str(&b), 1, b.n, out) == b.n;
  fine = out && fclose(out) == 0 && fine;
  fine = fine && rename(beside, path) == 0;
  if (!fine)
    failed("the state file %s cannot be written: %s; choose another with --progress", path, strerror(errno));
  arena_free(a);
  return fine;
}

bool import_state_same(const struct import_state *a, const struct import_state *b)
{
  return text_eq(a->digest, b->digest) && text_eq(a->mapping, b->mapping) && text_eq(a->door, b->door);
}
