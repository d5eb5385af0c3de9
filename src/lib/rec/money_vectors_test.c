/* Rounding and allocation of base against the published vectors; here, because they are JSON. */
#include "rec.h"
#include "test.h"

#include <string.h>

struct allocation {
  int64_t amount;
  LIST(int64_t) ratios, parts;
};

static struct json open_vectors(struct test *t, const char *name)
{
  size_t n;
  char *bytes = test_read_file(t, test_data(t, name), &n);
  if (!bytes)
    SKIP("no ../shared/data/money-vectors");
  struct json j;
  json_init(&j, bytes, n, t->arena);
  CHECK_INT(json_next(&j), JSON_ARRAY);
  return j;
}

static int64_t whole(const struct json *j)
{
  int64_t v;
  CHECK(decimal_parse(j->text, j->n, 0, &v));
  return v;
}

static void read_allocation(struct test *t, struct json *j, struct allocation *out)
{
  *out = (struct allocation){0};
  while (json_next(j) == JSON_KEY) {
    bool ratios = text_eq(j->text, "ratios");
    if (json_next(j) == JSON_NUMBER)
      out->amount = whole(j);
    else
      while (json_next(j) == JSON_NUMBER)
        *(ratios ? LIST_ADD(t->arena, &out->ratios) : LIST_ADD(t->arena, &out->parts)) = whole(j);
  }
}

TEST(amounts_are_allocated_as_the_vectors_say)
{
  struct json j = open_vectors(t, "money-vectors/allocate.json");
  int seen = 0;
  for (; json_next(&j) == JSON_OBJECT; seen++) {
    struct allocation a;
    struct money out[16];
    read_allocation(t, &j, &a);
    CHECK(a.ratios.n == a.parts.n && a.parts.n <= COUNT_OF(out));
    money_allocate(MONEY(a.amount), a.ratios.at, a.ratios.n, out);
    for (size_t i = 0; i < a.parts.n; i++)
      CHECK_INT(out[i].minor, a.parts.at[i]);
  }
  CHECK(seen >= 8);
}

TEST(halves_are_rounded_away_from_zero_as_the_vectors_say)
{
  struct json j = open_vectors(t, "money-vectors/round.json");
  int seen = 0;
  while (json_next(&j) == JSON_OBJECT) {
    bool half_up = false;
    int64_t value = 0, result = 0;
    while (json_next(&j) == JSON_KEY) {
      char key = j.text[0];
      CHECK_INT(json_next(&j), JSON_STRING);
      if (key == 'm')
        half_up = text_eq(j.text, "HALF_UP");
      else
        CHECK(decimal_parse(j.text, j.n, 6, key == 'v' ? &value : &result));
    }
    if (!half_up)
      continue;
    CHECK_INT(div_round(value, SCALE) * SCALE, result);
    seen++;
  }
  CHECK(seen >= 3);
}
