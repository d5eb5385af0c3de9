/* Kept errors: given back as a file, and thrown away with their import, without holding all of them at once. */
#include "scratch.h"
#include "upload.h"

#include <stdlib.h>
#include <string.h>

enum { WRONG = 450, RAW = 13000, CHUNKS = 20 };

/* An import with WRONG wrong rows of RAW bytes, each with two reasons, whose day ends at noon. */
static struct upload *an_import(struct test *t, struct ctx *cx)
{
  static const struct db_stmt chunk = {"INSERT INTO import_chunk (bucket, import_id, n, bytes) VALUES ($1, $2, $3, $4)",
                                       DB_KEYED};
  struct upload *u = ARENA_NEW(t->arena, struct upload);
  char *raw = arena_alloc(t->arena, RAW + 1);
  memset(raw, 'x', RAW);
  rec_init(&upload_rec, u);
  u->bucket = ids_bucket_random(cx->ids);
  u->id.v = ids_next(cx->ids, cx->now, u->bucket);
  u->file = ARENA_NEW(t->arena, struct upload_found);
  *u->file = (struct upload_found){.format = "csv", .encoding = "UTF-8", .delimiter = ",", .sha256 = ""};
  LIST_ADD(t->arena, &u->file->columns)->name = "sku";
  u->mapping = ARENA_NEW(t->arena, struct upload_mapping);
  u->mapping_source = "guessed";
  u->fingerprint = u->actor_name = u->owner = "";
  u->actor_scope = "{}";
  u->errors = 2 * WRONG;
  u->version = 1;
  u->actor_id = u->actor_rights = 0;
  u->claimed_until = u->created_at = u->updated_at = cx->now;
  u->finished_at = INSTANT(ABSENT);
  u->expires_at = INSTANT(cx->now.ms + 3 * HOUR_MS);
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(db_insert(cx->db, &upload_table, u));
  for (int64_t n = 1; n <= 2 * WRONG; n++) {
    struct upload_error e = {.bucket = u->bucket,
                             .import_id = u->id.v,
                             .n = n,
                             .line = n / 2,
                             .code = "invalid",
                             .detail = n % 2 ? "a" : "b"};
    e.raw = n % 2 ? raw : NULL;
    CHECK_OK(db_insert(cx->db, &upload_error_table, &e));
  }
  for (int64_t n = 0; n < CHUNKS; n++)
    CHECK_OK(db_run(cx->db, &chunk, NULL, DB_ARGS(I64(u->bucket), I64(u->id.v), I64(n), BYTES("x", 1))));
  CHECK_OK(scratch_commit(cx));
  return u;
}

TEST(a_file_of_errors_takes_little_of_its_requests_memory)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  const struct upload *u = an_import(t, cx);
  struct upload_text text;
  size_t before = arena_used(cx->arena);
  CHECK_OK(upload_error_file(cx, u, &text));
  CHECK(arena_used(cx->arena) - before < 100000);
  CHECK_INT(text.n, strlen("\xEF\xBB\xBFsku,error\r\n") + WRONG * (RAW + strlen(",a; b\r\n")));
  CHECK(memcmp(text.at + text.n - strlen("x,a; b\r\n"), "x,a; b\r\n", strlen("x,a; b\r\n")) == 0);
  free(text.at);
}

TEST(no_cell_of_a_file_of_errors_is_run_by_a_spreadsheet)
{
  static const struct db_stmt change = {
      "UPDATE import_error SET raw = $1 WHERE raw IS NOT NULL AND n = 1", DB_SCHEMA}, cut = {
      "DELETE FROM import_error WHERE n > 2", DB_SCHEMA};
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct upload *u = an_import(t, cx);
  struct upload_text text;
  u->file->columns.at[0].name = "=cmd()";
  LIST_ADD(t->arena, &u->file->columns)->name = "note";
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(db_run(cx->db, &change, NULL, DB_ARGS(TEXT("=1+1,\"@a, \"\"b\"\"\"\n-5,plain"))));
  CHECK_OK(db_run(cx->db, &cut, NULL, DB_NO_ARGS));
  CHECK_OK(scratch_commit(cx));
  CHECK_OK(upload_error_file(cx, u, &text));
  CHECK_TEXT(arena_textn(t->arena, text.at, text.n),
             "\xEF\xBB\xBF'=cmd(),note,error\r\n'=1+1,\"'@a, \"\"b\"\"\"\n-5,plain,a; b\r\n");
  free(text.at);
}

/* What is left of a pass before is nobody's to see: it goes while the next one begins. */
TEST(errors_beyond_those_of_the_pass_are_in_no_file)
{
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  struct upload *u = an_import(t, cx);
  struct upload_text text;
  int64_t last, raw;
  CHECK_OK(upload_errors_kept(cx, u, &last, &raw));
  CHECK_INT(last, 2 * WRONG);
  CHECK_INT(raw, (int64_t)WRONG * RAW);
  u->errors = 0;
  CHECK_OK(upload_error_file(cx, u, &text));
  CHECK_INT(text.n, strlen("\xEF\xBB\xBFsku,error\r\n"));
  free(text.at);
}

TEST(what_is_over_goes_a_slice_at_a_time)
{
  const struct bucket_groups all = BUCKET_GROUPS_ALL;
  struct ctx *cx = scratch_ctx(t, "2026-01-05T09:00:00Z");
  const struct upload *u = an_import(t, cx);
  struct import_id id;
  char text[ID_TEXT];
  int64_t left = 2 * WRONG, acts = 0;
  CHECK_OK(uploads_expired(cx, all, &id));
  CHECK_INT(id.v, 0);
  scratch_clock(cx, "2026-01-05T12:00:00Z");
  for (;; acts++) {
    struct act_result result;
    CHECK_OK(uploads_expired(cx, all, &id));
    if (!id.v)
      break;
    CHECK_INT(id.v, u->id.v);
    id_format(PREFIX_import, id.v, text);
    CHECK_OK(scratch_act(cx, &upload_expire_act, (struct act_input){.id = text, .version = ABSENT}, &result));
    int64_t now = scratch_i64(cx, "SELECT count(*) FROM import_error");
    CHECK(left - now <= 200);
    left = now;
  }
  CHECK_INT(left, 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM import_chunk"), 0);
  CHECK(acts >= 5 + 3 + 1);
}
