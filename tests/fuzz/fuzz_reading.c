/* Statements: whatever comes, it is read to an end; what was read stands in the text, and an insert can be put together
 * again from its pieces. Judging it ends, too. */
#include "db.h"
#include "db_reading_priv.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  char *text = fuzz_text(bytes, n);
  struct arena *a = arena_new(64 << 20);
  struct db_reading r;
  db_read_statement(text, a, &r);
  for (size_t i = 0; i < r.n_where; i++) {
    FUZZ_CHECK((size_t)r.where[i].table < r.n_tables);
    FUZZ_CHECK(r.where[i].param >= 0 && r.where[i].param <= r.n_params);
  }
  if (r.head)
    FUZZ_CHECK(strcmp(arena_printf(a, "%s%s%s", r.head, r.row, r.tail), text) == 0);
  FUZZ_CHECK(!r.whole || r.kind != DB_KIND_OTHER);
  static const char *const key[] = {"bucket", "id"};
  static const struct db_placed_table placed[] = {{"orders", DB_SPREAD, "orders", key, 2},
                                                  {"t", DB_SPREAD, "t", key, 2}};
  for (enum db_marker marker = DB_KEYED; marker < DB_SCHEMA; marker++)
    if (!db_statement_fault(text, marker, placed, 2, a))
      FUZZ_CHECK(r.whole);
  arena_free(a);
  free(text);
  return 0;
}
