/* Customers: keys that compare, matching for orders, acts. */
#include <string.h>

#include "customers_priv.h"
#include "scratch.h"

static const char morning[] = "2026-01-05T09:00:00Z";

static struct act_input json_of(const char *id, const char *json)
{
  return (struct act_input){.id = id, .json = json, .json_n = strlen(json), .version = ABSENT};
}

/* Adds a customer by its JSON; the value lives in the test's arena. */
static const struct customer *a_customer(struct test *t, struct ctx *cx, const char *json)
{
  struct customer *body = ARENA_NEW(t->arena, struct customer);
  struct act_result result;
  rec_init(&customer_rec, body);
  CHECK_OK(rec_read(&customer_rec, json, strlen(json), "", cx->arena, &cx->fault, body));
  CHECK_OK(scratch_act(cx, &customer_add_act, (struct act_input){.body = body, .version = ABSENT}, &result));
  return result.value;
}

static enum err add(struct test *t, struct ctx *cx, const char *json)
{
  struct customer *body = ARENA_NEW(t->arena, struct customer);
  rec_init(&customer_rec, body);
  CHECK_OK(rec_read(&customer_rec, json, strlen(json), "", cx->arena, &cx->fault, body));
  return scratch_act(cx, &customer_add_act, (struct act_input){.body = body, .version = ABSENT}, NULL);
}

static const char *id_text(struct test *t, const struct customer *customer)
{
  char *id = arena_alloc(t->arena, ID_TEXT);
  id_format(PREFIX_customer, customer->id, id);
  return id;
}

/* What placing an order does with its customer; returns the customer's id. */
static int64_t an_order_of(struct ctx *cx, struct customer_ref ref, enum customer_step want)
{
  struct customer_match match;
  struct customer_plan plan;
  int64_t id = -1;
  CHECK_OK(scratch_begin(cx));
  CHECK_OK(customer_match(cx, &ref, "/customer", &match));
  customer_plan(cx, &ref, &match, "en", &plan);
  CHECK_INT(plan.step, want);
  CHECK_OK(customer_apply(cx, &plan, &id));
  CHECK_OK(scratch_commit(cx));
  return id;
}

TEST(only_the_249_country_codes_are_valid)
{
  static const char *const good[] = {"AD", "CN", "DE", "GB", "US", "XX", "ZW"};
  int valid = 0;
  for (char a = 'A'; a <= 'Z'; a++)
    for (char b = 'A'; b <= 'Z'; b++)
      valid += country_valid((char[]){a, b, 0});
  CHECK_INT(valid, 249);
  for (size_t i = 0; i < COUNT_OF(good); i++)
    CHECK_INT(country_valid(good[i]), strcmp(good[i], "XX") != 0);
  CHECK(!country_valid("de"));
  CHECK(!country_valid("D "));
  CHECK(!country_valid(" D"));
  CHECK(!country_valid("DEU"));
}

TEST(keys_compare_in_their_normal_form)
{
  CHECK_TEXT(customer_key_normal(t->arena, CUSTOMER_EMAIL, "  Li.Wei@Example.COM "), "li.wei@example.com");
  CHECK_TEXT(customer_key_normal(t->arena, CUSTOMER_EMAIL, "J\xc3\x96RG@example.com"), "j\xc3\xb6rg@example.com");
  CHECK_TEXT(customer_key_normal(t->arena, CUSTOMER_PHONE, "+86 138-0000 (0000)"), "+8613800000000");
  CHECK_TEXT(customer_key_normal(t->arena, CUSTOMER_PHONE, "0086 138 0000 0000"), "+8613800000000");
  CHECK_TEXT(customer_key_normal(t->arena, CUSTOMER_PHONE, "(030) 123456"), "030123456");
  CHECK_TEXT(customer_key_normal(t->arena, CUSTOMER_PHONE, "ext. 42"), NULL);
  CHECK_TEXT(customer_key_normal(t->arena, CUSTOMER_PHONE, "+"), NULL);
  CHECK_TEXT(customer_key_normal(t->arena, CUSTOMER_EXTERNAL_ID, "C-1 "), "C-1 ");
}

TEST(a_customer_comes_back_as_it_was_sent)
{
  struct ctx *cx = scratch_ctx(t, morning);
  const struct customer *made =
      a_customer(t, cx,
                 "{\"external_id\":\"C-1\",\"email\":\"Li@Example.com\",\"name\":\"Li Wei\",\"tags\":[\"vip\"],"
                 "\"addresses\":[{\"label\":\"home\",\"default_shipping\":true,\"address\":{\"line1\":\"1 Nanjing "
                 "Rd\",\"country\":\"CN\","
                 "\"latitude\":31.2304}}],\"metadata\":{\"a\":[1]}}");
  struct customer found;
  CHECK_OK(customer_find(cx, id_text(t, made), &found));
  CHECK(rec_equal(&customer_rec, made, &found));
  CHECK_OK(customer_find(cx, "C-1", &found));
  CHECK_TEXT(found.email, "Li@Example.com");
  CHECK_INT(found.addresses.n, 1);
  CHECK_INT(found.addresses.at[0].n, 1);
  CHECK_INT(found.addresses.at[0].address.latitude, 31230400);
  CHECK_TEXT(found.metadata, "{\"a\":[1]}");
  CHECK_ERR(customer_find(cx, "C-2", &found), ERR_NOT_FOUND);
}

TEST(no_personal_data_is_in_the_events_data)
{
  struct ctx *cx = scratch_ctx(t, morning);
  a_customer(t, cx,
             "{\"email\":\"li@example.com\",\"name\":\"Li Wei\",\"language\":\"zh-CN\","
             "\"addresses\":[{\"address\":{\"line1\":\"1 Nanjing Rd\",\"country\":\"CN\"}}]}");
  CHECK_INT(scratch_events(cx, "customer.created"), 1);
  CHECK_INT(scratch_i64(
                cx, "SELECT count(*) FROM event WHERE data LIKE '%li@%' OR data LIKE '%Li Wei%' OR data LIKE '%Nanj%'"),
            0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM event WHERE data LIKE '%zh-CN%'"), 1);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM event_personal WHERE personal LIKE '%li@example.com%'"
                            " AND personal LIKE '%Nanjing%'"),
            1);
}

TEST(of_a_phone_number_only_the_digits_count)
{
  static const struct {
    const char *written, *normal;
  } numbers[] = {
      {"+49 30 123456", "+4930123456"}, {"0049 30 123456", "+4930123456"},      {"(00)49-30-123456", "+4930123456"},
      {"0 049 30 123456", "+4930123456"}, {"Tel. +49 30 123456", "+4930123456"}, {"030 123456", "030123456"},
      {"00 12345", NULL},               {"+", NULL},
  };
  for (size_t i = 0; i < COUNT_OF(numbers); i++)
    CHECK_TEXT(customer_key_normal(t->arena, CUSTOMER_PHONE, numbers[i].written), numbers[i].normal);
}

TEST(a_key_belongs_to_one_customer)
{
  struct ctx *cx = scratch_ctx(t, morning);
  const struct customer *first = a_customer(t, cx, "{\"email\":\"li@example.com\",\"phone\":\"+86 138 0000 0000\"}");
  CHECK_ERR(add(t, cx, "{\"email\":\"LI@example.com\",\"phone\":\"008613800000000\"}"), ERR_EXISTS);
  CHECK_INT(cx->fault.n, 2);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/email");
  CHECK_TEXT(cx->fault.entries[1].pointer, "/phone");
  CHECK_TEXT(cx->fault.related, id_text(t, first));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM customer"), 1);
}

TEST(a_changed_key_frees_the_old_one)
{
  struct ctx *cx = scratch_ctx(t, morning);
  const struct customer *li = a_customer(t, cx, "{\"email\":\"li@example.com\"}");
  CHECK_OK(scratch_act(cx, &customer_change_act, json_of(id_text(t, li), "{\"email\":\"wei@example.com\"}"), NULL));
  CHECK_OK(add(t, cx, "{\"email\":\"li@example.com\"}"));
  CHECK_ERR(add(t, cx, "{\"email\":\"wei@example.com\"}"), ERR_EXISTS);
  CHECK_OK(scratch_act(cx, &customer_change_act, json_of(id_text(t, li), "{\"email\":null}"), NULL));
  CHECK_OK(add(t, cx, "{\"email\":\"wei@example.com\"}"));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM customer_key"), 2);
}

TEST(a_change_that_changes_nothing_leaves_no_trace)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct act_result result;
  const struct customer *li = a_customer(t, cx, "{\"email\":\"li@example.com\",\"name\":\"Li\"}");
  CHECK_OK(scratch_act(cx, &customer_change_act, json_of(id_text(t, li), "{\"name\":\"Li\"}"), &result));
  CHECK_INT(result.version, 1);
  CHECK_INT(scratch_events(cx, "customer.updated"), 0);
}

TEST(a_stale_version_is_refused)
{
  struct ctx *cx = scratch_ctx(t, morning);
  const struct customer *li = a_customer(t, cx, "{\"name\":\"Li\"}");
  struct act_input in = json_of(id_text(t, li), "{\"language\":\"de\"}");
  in.version = 1;
  CHECK_OK(scratch_act(cx, &customer_change_act, in, NULL));
  in.json = "{\"language\":\"fr\"}";
  CHECK_ERR(scratch_act(cx, &customer_change_act, in, NULL), ERR_VERSION);
  in.version = 2;
  CHECK_OK(scratch_act(cx, &customer_change_act, in, NULL));
}

TEST(addresses_sent_again_replace_those_there_are)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct act_result result;
  const struct customer *li = a_customer(
      t, cx, "{\"name\":\"Li\",\"addresses\":[{\"address\":{\"country\":\"CN\"}},{\"address\":{\"country\":\"DE\"}}]}");
  CHECK_OK(scratch_act(cx, &customer_change_act, json_of(id_text(t, li), "{\"name\":\"Li Wei\"}"), &result));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM customer_address"), 2);
  CHECK_OK(scratch_act(cx, &customer_change_act,
                       json_of(id_text(t, li), "{\"addresses\":[{\"address\":{\"country\":\"FR\"}}]}"), &result));
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM customer_address WHERE country = 'FR' AND n = 1"), 1);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM customer_address"), 1);
  CHECK_ERR(
      scratch_act(cx, &customer_change_act,
                  json_of(id_text(t, li), "{\"addresses\":[{\"default_billing\":true,\"address\":{\"country\":\"FR\"}},"
                                          "{\"default_billing\":true,\"address\":{\"country\":\"XX\"}}]}"),
                  NULL),
      ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/addresses/1/address/country");
}

TEST(a_block_goes_with_its_reason)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct act_result result;
  const struct customer *li =
      a_customer(t, cx, "{\"name\":\"Li\",\"blocked\":true,\"blocked_reason\":\"chargebacks\"}");
  CHECK_TEXT(li->blocked_reason, "chargebacks");
  CHECK_OK(scratch_act(cx, &customer_change_act, json_of(id_text(t, li), "{\"blocked\":false}"), &result));
  CHECK_TEXT(((const struct customer *)result.value)->blocked_reason, NULL);
}

TEST(an_order_without_any_key_is_a_guests)
{
  struct ctx *cx = scratch_ctx(t, morning);
  CHECK_INT(an_order_of(cx, (struct customer_ref){.name = "Li"}, CUSTOMER_GUEST), 0);
  CHECK_INT(an_order_of(cx, (struct customer_ref){.phone = "12"}, CUSTOMER_GUEST), 0);
  CHECK_INT(scratch_i64(cx, "SELECT count(*) FROM customer"), 0);
}

TEST(an_order_makes_its_customer_once)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct customer_ref ref = {.email = "li@example.com", .name = "Li Wei"};
  int64_t id = an_order_of(cx, ref, CUSTOMER_CREATE);
  CHECK(id > 0);
  CHECK_INT(an_order_of(cx, ref, CUSTOMER_KNOWN), id);
  ref.email = "LI@EXAMPLE.COM";
  CHECK_INT(an_order_of(cx, ref, CUSTOMER_KNOWN), id);
  CHECK_INT(scratch_events(cx, "customer.created"), 1);
}

TEST(missing_keys_are_completed_when_they_are_free)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct customer row;
  int64_t id = an_order_of(cx, (struct customer_ref){.email = "li@example.com"}, CUSTOMER_CREATE);
  int64_t other = an_order_of(cx, (struct customer_ref){.phone = "+49 30 123456"}, CUSTOMER_CREATE);
  CHECK(id != other);
  CHECK_INT(an_order_of(cx, (struct customer_ref){.email = "li@example.com", .phone = "+49 30 123456"}, CUSTOMER_KNOWN),
            id);
  CHECK_INT(an_order_of(cx, (struct customer_ref){.email = "li@example.com", .external_id = "C-1", .name = "Li"},
                        CUSTOMER_COMPLETE),
            id);
  CHECK_INT(an_order_of(cx, (struct customer_ref){.external_id = "C-1"}, CUSTOMER_KNOWN), id);
  CHECK_OK(customer_by_id(cx, id, &row));
  CHECK_TEXT(row.external_id, "C-1");
  CHECK_TEXT(row.name, "Li");
  CHECK_TEXT(row.phone, NULL);
  CHECK_INT(row.version, 2);
}

TEST(the_external_id_is_believed_before_the_email)
{
  struct ctx *cx = scratch_ctx(t, morning);
  int64_t one = an_order_of(cx, (struct customer_ref){.external_id = "C-1"}, CUSTOMER_CREATE);
  int64_t two = an_order_of(cx, (struct customer_ref){.email = "li@example.com"}, CUSTOMER_CREATE);
  CHECK(one != two);
  CHECK_INT(an_order_of(cx, (struct customer_ref){.external_id = "C-1", .email = "li@example.com"}, CUSTOMER_KNOWN),
            one);
}

TEST(an_unknown_customer_id_is_refused_at_its_place)
{
  struct ctx *cx = scratch_ctx(t, morning);
  struct customer_match match;
  CHECK_ERR(customer_match(cx, &(struct customer_ref){.id = 12345}, "/customer", &match), ERR_INVALID);
  CHECK_TEXT(cx->fault.entries[0].pointer, "/customer/id");
}

TEST(the_tables_have_the_columns_of_their_records)
{
  struct ctx *cx = scratch_ctx(t, morning);
  const char *columns;
  CHECK_OK(db_columns(cx->db, "customer", &columns));
  CHECK_TEXT(columns, "bucket,id,version,external_id,email,phone,name,company,tax_id,language,tags,notes,blocked,"
                      "blocked_reason,metadata,created_at,updated_at");
}
