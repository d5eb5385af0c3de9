/* Statements: whatever comes, it is read to an end; what was read stands in the text, and an insert can be put together
 * again from its pieces. Judging it ends, too. */
#include "fuzz.h"
#include "sql.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  char *text = fuzz_text(bytes, n);
  struct arena *a = arena_new(64 << 20);
  struct sql_reading r;
  sql_read(text, a, &r);
  for (size_t i = 0; i < r.n_where; i++) {
    FUZZ_CHECK((size_t)r.where[i].table < r.n_tables);
    FUZZ_CHECK(r.where[i].param >= 0 && r.where[i].param <= r.n_params);
  }
  if (r.head)
    FUZZ_CHECK(strcmp(arena_printf(a, "%s%s%s", r.head, r.row, r.tail), text) == 0);
  FUZZ_CHECK(!r.whole || r.kind != SQL_OTHER);
  static const char *const key[] = {"bucket", "id"};
  static const struct sql_placed placed[] = {{"orders", SQL_SPREAD, "orders", key, 2}, {"t", SQL_SPREAD, "t", key, 2}};
  for (enum sql_marker marker = SQL_KEYED; marker < SQL_SCHEMA; marker++)
    if (!sql_fault(text, marker, placed, 2, a))
      FUZZ_CHECK(r.whole);
  arena_free(a);
  free(text);
  return 0;
}
