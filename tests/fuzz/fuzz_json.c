/* The JSON reader, and records over it: nothing crashes, and what was accepted is written and read again the same. */
#include "fuzz.h"
#include "rec.h"
#include "rec_sample_test.h"

#include <string.h>

static bool accepted(struct arena *a, const char *json, size_t n)
{
  struct json j;
  enum json_token token;
  json_init(&j, json, n, a);
  while ((token = json_next(&j)) != JSON_END && token != JSON_ERROR)
    FUZZ_CHECK(j.at <= j.end && j.depth <= JSON_DEPTH_MAX);
  FUZZ_CHECK(token == JSON_END || (j.error && j.error_offset <= n));
  return token == JSON_END;
}

static void check_round_trip(struct arena *a, struct fault *f, const struct sample *s)
{
  struct buf b;
  struct sample back;
  buf_init(&b, a);
  rec_write(&sample_rec, s, NULL, &b);
  FUZZ_CHECK(accepted(a, b.at, b.n));
  rec_init(&sample_rec, &back);
  FUZZ_CHECK(rec_read(&sample_rec, b.at, b.n, "", a, f, &back) == ERR_OK);
  FUZZ_CHECK(rec_equal(&sample_rec, s, &back));
  rec_differences differences = {0};
  rec_diff(&sample_rec, s, &back, "", a, &differences);
  FUZZ_CHECK(differences.n == 0);
  rec_csv_row(&sample_rec, s, &b);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  static struct fault fault;
  struct arena *a = arena_new((size_t)1 << 28);
  const char *json = (const char *)bytes;
  struct sample s;
  fault_init(&fault, a);
  rec_init(&sample_rec, &s);
  bool syntax = accepted(a, json, n);
  enum err err = rec_read(&sample_rec, json, n, "", a, &fault, &s);
  FUZZ_CHECK(syntax == (err != ERR_MALFORMED));
  for (size_t i = 0; i < fault.n; i++)
    FUZZ_CHECK(utf8_valid(fault.entries[i].pointer, strlen(fault.entries[i].pointer)));
  if (err == ERR_OK && s.place.zip) /* an inline record may be left out whole, but is written as {} */
    check_round_trip(a, &fault, &s);
  rec_init(&sample_rec, &s);
  fault_clear(&fault);
  s.code = s.place.zip = "x";
  if (rec_read_over(&sample_rec, json, n, "/x", a, &fault, &s) == ERR_OK)
    check_round_trip(a, &fault, &s);
  arena_free(a);
  return 0;
}
