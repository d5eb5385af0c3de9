/* Orders as they come in: one ("{"), or many for POST /v1/orders/bulk ("["). What is accepted is written and read again
 * the same, and a bulk falls into exactly the orders that stand in it. */
#include "fuzz.h"
#include "intake.h"

static bool is_json(struct arena *a, const char *json, size_t n)
{
  struct json j;
  enum json_token token;
  json_init(&j, json, n, a);
  while ((token = json_next(&j)) != JSON_END && token != JSON_ERROR)
    ;
  return token == JSON_END;
}

static void check_faults(enum err err, const struct fault *f)
{
  FUZZ_CHECK(err == ERR_OK ? f->n == 0 : f->n > 0 && f->code == err && f->detail);
  FUZZ_CHECK(err == ERR_OK || err == ERR_INVALID || err == ERR_MALFORMED);
  for (size_t i = 0; i < f->n && i < FAULT_ENTRIES_MAX; i++)
    FUZZ_CHECK(utf8_valid(f->entries[i].pointer, strlen(f->entries[i].pointer)) &&
               utf8_valid(f->entries[i].detail, strlen(f->entries[i].detail)));
}

static void check_round_trip(struct arena *a, struct fault *f, const struct order_input *order)
{
  struct buf b, again;
  struct order_input back;
  rec_differences differences = {0};
  buf_init(&b, a);
  buf_init(&again, a);
  rec_write(&order_input_rec, order, NULL, &b);
  FUZZ_CHECK(is_json(a, b.at, b.n));
  rec_init(&order_input_rec, &back);
  FUZZ_CHECK(rec_read(&order_input_rec, b.at, b.n, "", a, f, &back) == ERR_OK);
  rec_diff(&order_input_rec, order, &back, "", a, &differences);
  FUZZ_CHECK(rec_equal(&order_input_rec, order, &back) && differences.n == 0);
  rec_write(&order_input_rec, &back, NULL, &again);
  FUZZ_CHECK(strcmp(buf_str(&b), buf_str(&again)) == 0);
}

static void check_order(struct arena *a, const char *json, size_t n)
{
  static struct fault fault;
  struct order_input order;
  fault_init(&fault, a);
  rec_init(&order_input_rec, &order);
  enum err err = rec_read(&order_input_rec, json, n, "", a, &fault, &order);
  check_faults(err, &fault);
  FUZZ_CHECK(is_json(a, json, n) == (err != ERR_MALFORMED));
  if (err == ERR_OK)
    check_round_trip(a, &fault, &order);
}

/* What orders_bulk_act's load gives out; the room keeps it to itself, so its size is checked. */
struct bulk_facts {
  LIST(struct {
    const char *json;
    size_t n;
  })
  items;
};

static size_t count_elements(struct arena *a, const char *json)
{
  struct json j;
  size_t n = 0;
  json_init(&j, json, strlen(json), a);
  FUZZ_CHECK(json_next(&j) == JSON_ARRAY);
  for (enum json_token token; (token = json_next(&j)) != JSON_ARRAY_END; n++)
    FUZZ_CHECK(json_skip_rest(&j, token));
  return n;
}

/* The record is read first, as the API does: its text is valid JSON. */
static void check_bulk(struct arena *a, const char *json, size_t n)
{
  static struct ctx cx;
  struct orders_bulk body;
  struct bulk_facts facts = {{0}};
  struct buf b;
  ctx_init(&cx, a, NULL, INSTANT(0));
  buf_init(&b, a);
  buf_printf(&b, "{\"orders\":");
  buf_add(&b, json, n);
  buf_char(&b, '}');
  rec_init(&orders_bulk_rec, &body);
  if (rec_read(&orders_bulk_rec, b.at, b.n, "", a, &cx.fault, &body) != ERR_OK)
    return;
  FUZZ_CHECK(orders_bulk_act.facts_size == sizeof facts);
  enum err err = orders_bulk_act.load(&cx, &(struct act_input){.body = &body, .version = ABSENT}, &facts);
  check_faults(err, &cx.fault);
  if (err != ERR_OK)
    return;
  FUZZ_CHECK(facts.items.n <= INTAKE_BULK_MAX && facts.items.n == count_elements(a, body.orders));
  const char *end = body.orders;
  for (size_t i = 0; i < facts.items.n; i++) {
    FUZZ_CHECK(facts.items.at[i].json > end && is_json(a, facts.items.at[i].json, facts.items.at[i].n));
    end = facts.items.at[i].json + facts.items.at[i].n;
    check_order(a, facts.items.at[i].json, facts.items.at[i].n);
  }
  FUZZ_CHECK(end < body.orders + strlen(body.orders));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct arena *a = arena_new((size_t)1 << 28);
  (n && bytes[0] == '[' ? check_bulk : check_order)(a, (const char *)bytes, n);
  arena_free(a);
  return 0;
}
