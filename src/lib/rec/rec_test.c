/* Records: what is read, what is refused and how it is said, and that writing and reading are each other's inverse. */
#include "json_priv.h"
#include "rec_sample_test.h"
#include "test.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WHOLE "\"code\":\"A\",\"place\":{\"zip\":\"1\"}"

static struct fault fault;

static enum err read_text(struct test *t, const char *json, struct sample *s)
{
  fault_init(&fault, t->arena);
  rec_init(&sample_rec, s);
  return rec_read(&sample_rec, json, strlen(json), "", t->arena, &fault, s);
}

/* Reads a member beside the required ones. */
static enum err read_member(struct test *t, const char *member, struct sample *s)
{
  return read_text(t, arena_printf(t->arena, "{" WHOLE ",%s}", member), s);
}

static const char *written(struct test *t, const struct sample *s, const struct rec_view *view)
{
  struct buf b;
  buf_init(&b, t->arena);
  rec_write(&sample_rec, s, view, &b);
  return buf_str(&b);
}

/* ---- Reading --------------------------------------------------------------------------------------------------- */

TEST(every_kind_is_read_and_written_as_its_comment_says)
{
  static const char json[] =
      "{\"id\":\"smp_000000000016j\",\"count\":3,\"active\":true,\"code\":\"A1\",\"note\":\"\",\"phone\":\"+86\","
      "\"day\":\"2024-02-29\",\"metadata\":{\"a\":[1,2.50,1e9,null,\"x "
      "y\"]},\"name\":{\"en\":\"Mug\",\"zh-CN\":\"杯\"},"
      "\"amount\":-1990,\"price\":\"0.34\",\"quantity\":2.5,\"rate\":\"0.13\",\"at\":\"2026-11-20T08:00:00.000Z\","
      "\"height\":-0.000001,\"color\":\"blue\",\"tags\":[\"vip\",\"b\"],\"billing\":{\"zip\":\"9\",\"latitude\":1.5},"
      "\"place\":{\"city\":\"Köln\",\"zip\":\"50667\"},"
      "\"items\":[{\"sku\":\"S\",\"quantity\":1,\"price\":5,\"gift\":false}]}";
  struct sample s;
  CHECK_OK(read_text(t, json, &s));
  CHECK_INT(s.id, 1234);
  CHECK_INT(s.price.millionths, 340000);
  CHECK_INT(s.items.at[0].price.millionths, 5 * SCALE);
  CHECK_INT(s.rate.ppm, 130000);
  CHECK_INT(s.height, -1);
  CHECK_INT(s.color, SAMPLE_BLUE);
  CHECK_INT(s.billing->latitude, 1500000);
  CHECK_TEXT(s.tags.at[1], "b");
  CHECK_TEXT(written(t, &s, NULL), json);
}

TEST(what_is_left_out_is_absent_or_its_default)
{
  struct sample s;
  CHECK_OK(read_text(t, "{" WHOLE "}", &s));
  CHECK_INT(s.count, 7);
  CHECK(!s.note && !s.billing && !money_set(s.amount) && !instant_set(s.at) && s.height == ABSENT);
  CHECK_TEXT(written(t, &s, NULL), "{\"count\":7,\"active\":false,\"code\":\"A\",\"color\":\"red\",\"tags\":[],"
                                   "\"place\":{\"zip\":\"1\"},\"items\":[]}");
}

/* clang-format off: one row, one rule */
/* member, code of the one entry, pointer */
static const struct {
  const char *member, *code, *pointer;
} refusals[] = {
    {"\"nope\":1", "unknown_member", "/nope"},
    {"\"a/b~c\":{\"x\":[1]}", "unknown_member", "/a~1b~0c"},
    {"\"code\\u0000\":1", "unknown_member", "/code"},
    {"\"count\":\"3\"", "wrong_type", "/count"},
    {"\"count\":3.0", NULL, NULL},
    {"\"count\":3.5", "wrong_type", "/count"},
    {"\"count\":3e2", "wrong_type", "/count"},
    {"\"count\":1001", "too_large", "/count"},
    {"\"count\":-6", "too_small", "/count"},
    {"\"count\":99999999999999999999999", "too_large", "/count"},
    {"\"count\":-99999999999999999999999", "too_small", "/count"},
    {"\"active\":1", "wrong_type", "/active"},
    {"\"active\":\"true\"", "wrong_type", "/active"},
    {"\"note\":5", "wrong_type", "/note"},
    {"\"note\":\"a\\u0000b\"", "invalid_format", "/note"},
    {"\"day\":\"2023-02-29\"", "invalid_format", "/day"},
    {"\"day\":\"2024-02-29\\u0000\"", "invalid_format", "/day"},
    {"\"at\":\"2026-11-20\"", "invalid_format", "/at"},
    {"\"at\":\"0000-01-01T00:00:00+01:00\"", "too_small", "/at"},
    {"\"at\":\"9999-12-31T23:59:60Z\"", "too_large", "/at"},
    {"\"amount\":19.90", "wrong_type", "/amount"},
    {"\"amount\":1000000000000001", "too_large", "/amount"},
    {"\"price\":0.34", "wrong_type", "/price"},
    {"\"price\":\"0.34 \"", "invalid_format", "/price"},
    {"\"price\":\"1e3\"", "invalid_format", "/price"},
    {"\"price\":\"0.1234567\"", "invalid_format", "/price"},
    {"\"price\":\"-0.5\"", "too_small", "/price"},
    {"\"price\":\"\"", "invalid_format", "/price"},
    {"\"quantity\":0.0000001", "invalid_format", "/quantity"},
    {"\"quantity\":-1", "too_small", "/quantity"},
    {"\"quantity\":1000000000.000001", "too_large", "/quantity"},
    {"\"quantity\":\"1\"", "wrong_type", "/quantity"},
    {"\"rate\":\"11\"", "too_large", "/rate"},
    {"\"rate\":0.13", NULL, NULL},
    {"\"height\":1E2", "wrong_type", "/height"},
    {"\"color\":\"pink\"", "not_one_of", "/color"},
    {"\"color\":\"red\\u0000\"", "not_one_of", "/color"},
    {"\"id\":\"ord_000000000016j\"", "invalid_format", "/id"},
    {"\"id\":\"smp_0000000000000\"", "invalid_format", "/id"},
    {"\"tags\":[\"a\",2]", "wrong_type", "/tags/1"},
    {"\"tags\":[\"\"]", "too_short", "/tags/0"},
    {"\"tags\":[\"a\",\"b\",\"c\",\"d\",\"e\"]", "too_many", "/tags"},
    {"\"name\":{}", "too_short", "/name"},
    {"\"name\":{\"en\":5}", "wrong_type", "/name/en"},
    {"\"name\":{\"e\":\"x\"}", "invalid_format", "/name/e"},
    {"\"name\":7", "wrong_type", "/name"},
    {"\"billing\":{}", "required", "/billing/zip"},
    {"\"billing\":[]", "wrong_type", "/billing"},
    {"\"billing\":{\"zip\":\"1\",\"latitude\":90.000001}", "too_large", "/billing/latitude"},
    {"\"items\":[{\"sku\":\"A\",\"quantity\":1},{\"sku\":\"\",\"quantity\":1}]", "too_short", "/items/1/sku"},
    {"\"items\":[{\"sku\":\"A\",\"quantity\":0}]", "too_small", "/items/0/quantity"},
    {"\"items\":[5]", "wrong_type", "/items/0"},
    {"\"items\":{\"sku\":\"A\"}", "wrong_type", "/items"},
    {"\"note\":null,\"billing\":null,\"tags\":null,\"count\":null,\"active\":null", NULL, NULL},
};
/* clang-format on */

TEST(each_broken_rule_is_named_with_its_place)
{
  for (size_t i = 0; i < COUNT_OF(refusals); i++) {
    struct sample s;
    enum err err = read_member(t, refusals[i].member, &s);
    if (!refusals[i].code) {
      CHECK_TEXT(fault.n ? fault.entries[0].detail : NULL, NULL);
      CHECK_OK(err);
      continue;
    }
    CHECK_ERR(err, ERR_INVALID);
    CHECK_TEXT(fault.entries[0].code, refusals[i].code);
    CHECK_TEXT(fault.entries[0].pointer, refusals[i].pointer);
    CHECK_INT(fault.n, 1);
    CHECK(utf8_valid(fault.entries[0].detail, strlen(fault.entries[0].detail)));
  }
}

TEST(all_that_is_wrong_is_told_at_once)
{
  struct sample s;
  CHECK_ERR(read_text(t, "{\"x\":1,\"count\":\"a\",\"items\":[{},{\"sku\":\"A\",\"quantity\":-1}],\"place\":{}}", &s),
            ERR_INVALID);
  static const char *const want[] = {"/x",         "/count", "/items/0/sku", "/items/0/quantity", "/items/1/quantity",
                                     "/place/zip", "/code"};
  CHECK_INT(fault.n, COUNT_OF(want));
  for (size_t i = 0; i < fault.n; i++)
    CHECK_TEXT(fault.entries[i].pointer, want[i]);
}

TEST(the_pointer_of_the_document_comes_first)
{
  struct sample s;
  fault_init(&fault, t->arena);
  rec_init(&sample_rec, &s);
  CHECK_ERR(rec_read(&sample_rec, "[]", 2, "/orders/3", t->arena, &fault, &s), ERR_INVALID);
  CHECK_TEXT(fault.entries[0].pointer, "/orders/3");
  CHECK_ERR(rec_read(&sample_rec, "{}", 2, "/orders/3", t->arena, &fault, &s), ERR_INVALID);
  CHECK_TEXT(fault.entries[1].pointer, "/orders/3/code");
}

TEST(a_syntax_error_is_told_alone_with_its_byte)
{
  struct sample s;
  CHECK_ERR(read_text(t, "{\"x\":1,\"count\":\"a\",}", &s), ERR_MALFORMED);
  CHECK_INT(fault.n, 1);
  CHECK_ERR(fault.code, ERR_MALFORMED);
  CHECK_TEXT(fault.detail, "a member's name was expected at byte 19");
  CHECK_ERR(read_text(t, "{" WHOLE "} x", &s), ERR_MALFORMED);
  CHECK_ERR(read_text(t, "", &s), ERR_MALFORMED);
  CHECK_ERR(read_text(t, "{\"metadata\":{\"a\":1,\"b\":{\"a\":2,\"\\u0061\":3}}}", &s), ERR_MALFORMED);
  CHECK_TEXT(fault.detail, "the object has this member twice at byte 30");
}

TEST(text_bounds_count_characters_not_bytes)
{
  struct sample s;
  CHECK_OK(read_text(t, "{\"code\":\"八个汉字没有问题\",\"place\":{\"zip\":\"1\"}}", &s));
  CHECK_ERR(read_text(t, "{\"code\":\"九个汉字就太多了吧\",\"place\":{\"zip\":\"1\"}}", &s), ERR_INVALID);
  CHECK_TEXT(fault.entries[0].code, "too_long");
  CHECK_ERR(read_text(t, "{\"code\":\"\",\"place\":{\"zip\":\"1\"}}", &s), ERR_INVALID);
  CHECK_TEXT(fault.entries[0].code, "too_short");
}

TEST(a_text_of_one_length_is_told_its_length)
{
  struct place {
    const char *country;
  } place;
  static const struct rec_field fields[] = {FIELD(struct place, country, .min = 2, .max = 2)};
  static const struct rec rec = REC(struct place, "Place", fields, "Where");
  static const char long_name[] = "{\"country\":\"Germany\"}", short_name[] = "{\"country\":\"G\"}";
  struct fault f;
  fault_init(&f, t->arena);
  CHECK_ERR(rec_read(&rec, long_name, strlen(long_name), "", t->arena, &f, &place), ERR_INVALID);
  CHECK_TEXT(f.detail, "must have exactly 2 characters");
  CHECK_TEXT(f.entries[0].code, "too_long");
  fault_init(&f, t->arena);
  CHECK_ERR(rec_read(&rec, short_name, strlen(short_name), "", t->arena, &f, &place), ERR_INVALID);
  CHECK_TEXT(f.entries[0].code, "too_short");
}

TEST(metadata_is_kept_compact_and_bounded)
{
  struct sample s;
  CHECK_OK(read_member(t, "\"metadata\" : { \"a b\" : [ 1 , \"\\\" x\\\\\" ] ,\n\t\"c\":1.50e+3 } ", &s));
  CHECK_TEXT(s.metadata, "{\"a b\":[1,\"\\\" x\\\\\"],\"c\":1.50e+3}");
  CHECK_ERR(read_member(t, arena_printf(t->arena, "\"metadata\":\"%0200d\"", 1), &s), ERR_INVALID);
  CHECK_TEXT(fault.entries[0].code, "too_long");
}

TEST(a_bare_name_is_in_the_default_language)
{
  struct sample s;
  CHECK_OK(read_member(t, "\"name\":\"a \\\"mug\\\"\"", &s));
  CHECK_TEXT(s.name, "{\"en\":\"a \\\"mug\\\"\"}");
}

TEST(more_faults_than_the_fault_holds_are_still_a_refusal)
{
  struct buf b;
  buf_init(&b, t->arena);
  buf_text(&b, "{" WHOLE);
  for (int i = 0; i < 300; i++)
    buf_printf(&b, ",\"x%d\":1", i);
  buf_text(&b, "}");
  struct sample s;
  CHECK_ERR(read_text(t, buf_str(&b), &s), ERR_INVALID);
  CHECK_INT(fault.n, FAULT_ENTRIES_MAX);
}

/* ---- Read-only, hidden, fixed, input ---------------------------------------------------------------------------- */

struct flagged {
  int64_t version;
  const char *secret, *external_id, *password, *closed;
};
static const struct rec_field flagged_fields[] = {
    FIELD(struct flagged, version, .flags = REC_READONLY),  FIELD(struct flagged, secret, .flags = REC_HIDDEN),
    FIELD(struct flagged, external_id, .flags = REC_FIXED), FIELD(struct flagged, password, .flags = REC_INPUT),
    FIELD(struct flagged, closed, .flags = REC_NULLS),
};
static const struct rec flagged_rec = REC(struct flagged, "Flagged", flagged_fields, "Flags");

static enum err read_flagged(struct test *t, const char *json, bool over, struct flagged *v)
{
  fault_init(&fault, t->arena);
  return (over ? rec_read_over : rec_read)(&flagged_rec, json, strlen(json), "", t->arena, &fault, v);
}

TEST(flags_decide_what_may_be_sent_and_what_is_shown)
{
  struct flagged v;
  rec_init(&flagged_rec, &v);
  CHECK_ERR(read_flagged(t, "{\"version\":1,\"secret\":\"x\"}", false, &v), ERR_INVALID);
  CHECK_TEXT(fault.entries[0].code, "read_only");
  CHECK_TEXT(fault.entries[1].code, "unknown_member");
  CHECK_OK(read_flagged(t, "{\"external_id\":\"7\",\"password\":\"p\"}", false, &v));
  CHECK_OK(read_flagged(t, "{\"external_id\":\"7\"}", true, &v));
  CHECK_ERR(read_flagged(t, "{\"external_id\":\"8\"}", true, &v), ERR_INVALID);
  CHECK_TEXT(fault.entries[0].code, "fixed");
  CHECK_TEXT(v.external_id, "7");
  v.version = 3;
  v.secret = "s";
  struct buf b;
  buf_init(&b, t->arena);
  rec_write(&flagged_rec, &v, NULL, &b);
  CHECK_TEXT(buf_str(&b), "{\"version\":3,\"external_id\":\"7\",\"closed\":null}");
}

struct holder {
  struct flagged *flagged;
};
static const struct rec_field holder_fields[] = {FIELD_AS(REC_RECORD, struct holder, flagged, .rec = &flagged_rec)};
static const struct rec holder_rec = REC(struct holder, "Holder", holder_fields, "Holder");

TEST(what_is_stored_comes_back_whole)
{
  struct flagged v = {.version = 3, .secret = "s", .external_id = "7", .password = "p"};
  struct holder h = {&v}, back;
  struct buf b;
  buf_init(&b, t->arena);
  rec_store(&holder_fields[0], &h, &b);
  rec_init(&holder_rec, &back);
  fault_init(&fault, t->arena);
  CHECK_OK(rec_load(&holder_fields[0], buf_str(&b), b.n, t->arena, &fault, &back));
  CHECK(rec_equal(&holder_rec, &h, &back));
  CHECK_ERR(rec_load(&holder_fields[0], "{", 1, t->arena, &fault, &back), ERR_MALFORMED);
}

/* ---- Reading over (PATCH) ---------------------------------------------------------------------------------------- */

TEST(reading_over_keeps_what_is_not_sent)
{
  struct sample was, now;
  CHECK_OK(
      read_member(t,
                  "\"note\":\"n\",\"amount\":5,\"count\":9,\"tags\":[\"a\"],\"items\":[{\"sku\":\"S\",\"quantity\":1}],"
                  "\"billing\":{\"zip\":\"9\",\"city\":\"C\"}",
                  &was));
  now = was;
  static const char patch[] =
      "{\"amount\":null,\"count\":null,\"items\":[],\"billing\":{\"city\":\"D\"},\"place\":{\"city\":\"E\"}}";
  CHECK_OK(rec_read_over(&sample_rec, patch, strlen(patch), "", t->arena, &fault, &now));
  CHECK_TEXT(now.note, "n");
  CHECK(!money_set(now.amount));
  CHECK_INT(now.count, 7);
  CHECK_INT(now.items.n, 0);
  CHECK_TEXT(now.billing->city, "D");
  CHECK_TEXT(now.billing->zip, "9");
  CHECK_TEXT(now.place.zip, "1");
  CHECK_TEXT(was.billing->city, "C"); /* the value as it was is untouched */
  CHECK_ERR(rec_read_over(&sample_rec, "{\"code\":null}", 13, "", t->arena, &fault, &now), ERR_INVALID);
  CHECK_TEXT(fault.entries[0].code, "required");
}

TEST(a_new_nested_record_must_be_complete_also_when_reading_over)
{
  struct sample s;
  CHECK_OK(read_text(t, "{" WHOLE "}", &s));
  CHECK_ERR(rec_read_over(&sample_rec, "{\"billing\":{\"city\":\"D\"}}", 24, "", t->arena, &fault, &s), ERR_INVALID);
  CHECK_TEXT(fault.entries[0].pointer, "/billing/zip");
}

/* ---- Plain text --------------------------------------------------------------------------------------------------- */

static const struct rec_field *field_named(const char *name)
{
  for (size_t i = 0; i < sample_rec.n; i++)
    if (text_eq(sample_fields[i].name, name))
      return &sample_fields[i];
  return NULL;
}

TEST(plain_text_is_read_by_kind)
{
  static const struct {
    const char *field, *text, *code;
  } rows[] = {
      {"count", "12", NULL},
      {"count", "1e1", "invalid_format"},
      {"count", "1.5", "wrong_type"},
      {"active", "true", NULL},
      {"active", "yes", "wrong_type"},
      {"amount", "-5", NULL},
      {"price", "0.34", NULL},
      {"quantity", "2.5", NULL},
      {"rate", "0.13", NULL},
      {"color", "green", NULL},
      {"color", "Green", "not_one_of"},
      {"day", "2026-01-31", NULL},
      {"id", "SMP_000000000016J", NULL},
      {"name", "Mug", NULL},
      {"name", "{\"de\":\"B\"}", NULL},
      {"name", "{\"de\"", "invalid_format"},
      {"note", "\xff", "invalid_format"},
      {"code", "", "required"},
      {"note", "", NULL},
      {"metadata", "[1, 2]", NULL},
      {"at", "2026-11-20T08:00:00+08:00", NULL},
  };
  struct sample s;
  rec_init(&sample_rec, &s);
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    fault_init(&fault, t->arena);
    enum err err = rec_read_text(field_named(rows[i].field), rows[i].text, "/f", t->arena, &fault, &s);
    CHECK_ERR(err, rows[i].code ? ERR_INVALID : ERR_OK);
    CHECK_TEXT(fault.n ? fault.entries[0].code : NULL, rows[i].code);
  }
  CHECK_INT(s.price.millionths, 340000);
  CHECK_INT(s.id, 1234);
  CHECK_TEXT(s.name, "{\"de\":\"B\"}");
  CHECK_TEXT(s.metadata, "[1,2]");
}

/* ---- Views, differences, schema, CSV ------------------------------------------------------------------------------ */

TEST(a_view_leaves_out_lists_and_personal_data)
{
  struct sample s;
  CHECK_OK(read_member(t, "\"phone\":\"+86\",\"items\":[{\"sku\":\"S\",\"quantity\":1}]", &s));
  static const char *const expand[] = {"items", NULL};
  struct rec_view bare = {.without_lists = true, .without_personal = true};
  struct rec_view expanded = {.without_lists = true, .expand = expand};
  CHECK(!strstr(written(t, &s, &bare), "items") && !strstr(written(t, &s, &bare), "phone"));
  CHECK(strstr(written(t, &s, &expanded), "items") && strstr(written(t, &s, &expanded), "phone"));
}

TEST(differences_name_the_deepest_place)
{
  struct sample a, b;
  CHECK_OK(read_member(
      t, "\"note\":\"n\",\"phone\":\"1\",\"items\":[{\"sku\":\"S\",\"quantity\":1}],\"billing\":{\"zip\":\"9\"}", &a));
  CHECK_OK(read_member(t,
                       "\"amount\":5,\"phone\":\"2\",\"tags\":[\"x\"],\"items\":[{\"sku\":\"S\",\"quantity\":2},"
                       "{\"sku\":\"T\",\"quantity\":1}],\"billing\":{\"zip\":\"8\"}",
                       &b));
  CHECK(!rec_equal(&sample_rec, &a, &b));
  CHECK(rec_equal(&sample_rec, &a, &a));
  static const struct rec_difference want[] = {
      {"/note", "\"n\"", NULL},
      {"/phone", NULL, NULL},
      {"/amount", NULL, "5"},
      {"/tags", "[]", "[\"x\"]"},
      {"/billing/zip", "\"9\"", "\"8\""},
      {"/items/0/quantity", "1", "2"},
      {"/items/1", NULL, "{\"sku\":\"T\",\"quantity\":1,\"gift\":false}"},
  };
  rec_differences got = {0};
  rec_diff(&sample_rec, &a, &b, "", t->arena, &got);
  CHECK_INT(got.n, COUNT_OF(want));
  for (size_t i = 0; i < got.n; i++) {
    CHECK_TEXT(got.at[i].pointer, want[i].pointer);
    CHECK_TEXT(got.at[i].before, want[i].before);
    CHECK_TEXT(got.at[i].after, want[i].after);
  }
}

static const char *schema(struct test *t, const struct rec *rec, bool input)
{
  struct buf b;
  buf_init(&b, t->arena);
  rec_schema(rec, input, &b);
  return buf_str(&b);
}

TEST(a_schema_says_what_reading_demands)
{
  CHECK_TEXT(
      schema(t, &sample_item_rec, true),
      "{\"type\":\"object\",\"description\":\"A line\",\"required\":[\"sku\",\"quantity\"],\"properties\":{"
      "\"sku\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":64,\"description\":\"Catalog code\","
      "\"examples\":[\"TEE-S\"]},"
      "\"quantity\":{\"type\":\"number\",\"minimum\":0.000001,\"maximum\":1000000000,\"description\":\"In its unit\"},"
      "\"price\":{\"type\":[\"integer\",\"string\",\"null\"],"
      "\"pattern\":\"^-?(0|[1-9][0-9]*)(\\\\.[0-9]{1,6}0*)?$\",\"minimum\":0,\"maximum\":1000000000000,"
      "\"description\":\"For one unit\",\"examples\":[\"0.34\"]},"
      "\"gift\":{\"type\":[\"boolean\",\"null\"],\"description\":\"Wrapped\"}},\"additionalProperties\":false}");
  CHECK_TEXT(schema(t, &flagged_rec, false),
             "{\"type\":\"object\",\"description\":\"Flags\",\"required\":[\"closed\"],\"properties\":{"
             "\"version\":{\"type\":\"integer\",\"format\":\"int64\",\"readOnly\":true},"
             "\"external_id\":{\"type\":\"string\",\"maxLength\":255},"
             "\"closed\":{\"type\":[\"string\",\"null\"],\"maxLength\":255}}}");
}

TEST(every_schema_is_json_and_points_to_nested_ones)
{
  for (int input = 0; input < 2; input++) {
    const char *text = schema(t, &sample_rec, input);
    struct json j;
    const char *raw;
    size_t n;
    json_init(&j, text, strlen(text), t->arena);
    CHECK(json_skip(&j, &raw, &n) && json_next(&j) == JSON_END);
    CHECK(strstr(text, "\"items\":{\"$ref\":\"#/components/schemas/Item\"}"));
    CHECK(strstr(text, "^smp_[0-7][0-9a-hjkmnp-tv-z]{12}$"));
    CHECK(!!strstr(text, "\"default\":7") == input);
    CHECK(strstr(text, input ? "[\"red\",\"green\",\"blue\",null]" : "[\"red\",\"green\",\"blue\"]"));
  }
}

TEST(csv_is_dotted_quoted_and_harmless)
{
  struct sample s;
  CHECK_OK(
      read_member(t,
                  "\"note\":\"=1+\\\"1\\\"\",\"phone\":\"+86\",\"price\":\"0.5\",\"rate\":\"0.1\",\"amount\":-5,"
                  "\"name\":\"a,b\",\"at\":\"2026-11-20T08:00:00Z\",\"tags\":[\"x\",\"y\"],\"billing\":{\"zip\":\"9\"}",
                  &s));
  struct buf b;
  buf_init(&b, t->arena);
  rec_csv_header(&sample_rec, &b);
  rec_csv_row(&sample_rec, &s, &b);
  CHECK_TEXT(buf_str(&b),
             "id,count,active,code,note,phone,day,name,amount,price,quantity,rate,at,height,color,tags,"
             "billing.city,billing.zip,billing.latitude,place.city,place.zip,place.latitude\r\n"
             ",7,false,A,\"'=1+\"\"1\"\"\",'+86,,\"a,b\",-5,0.5,,0.1,2026-11-20T08:00:00.000Z,,red,x;y,,9,,,1,\r\n");
}

/* ---- Writing and reading are inverse ------------------------------------------------------------------------------ */

static uint64_t random_state;
static uint64_t draw(uint64_t below)
{
  random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
  return hash_mix(random_state, 0) % below;
}

static const char *random_text(struct test *t, size_t min, size_t max)
{
  static const char *const pieces[] = {"a", "Z", "\"", "\\", "\n", "\x01", "/", "é", "汉", "😀", "\x7f", " ", "{", ","};
  struct buf b;
  buf_init(&b, t->arena);
  for (size_t n = min + draw(max - min + 1); n > 0; n--)
    buf_text(&b, pieces[draw(COUNT_OF(pieces))]);
  return buf_str(&b);
}

static void fill_random(struct test *t, const struct rec *rec, void *value);

static void fill_list(struct test *t, const struct rec_field *field, struct list *list)
{
  for (size_t n = draw(4); n > 0; n--)
    if (field->kind == REC_LIST)
      fill_random(t, field->rec, list_grow(t->arena, list, field->rec->size));
    else
      *(const char **)list_grow(t->arena, list, sizeof(char *)) = random_text(t, 1, 20);
}

static void fill_field(struct test *t, const struct rec_field *field, void *at)
{
  int64_t max = rec_max(field);
  switch (field->kind) {
  case REC_TEXT:
    *(const char **)at = random_text(t, (size_t)rec_min(field), (size_t)max);
    break;
  case REC_DATE:
    *(const char **)at = arena_alloc(t->arena, DATE_TEXT);
    days_date((int64_t)draw(3000000) - 719528 + 10, *(char **)at);
    break;
  case REC_JSON:
    *(const char **)at = draw(2) ? "{\"a\":[true,{}]}" : "-1.5e7";
    break;
  case REC_NAMES:
    *(const char **)at = draw(2) ? "{\"en\":\"x\",\"zh-CN\":\"杯\\\"\"}" : "{\"fr\":\"\\\\\"}";
    break;
  case REC_BOOL:
    *(bool *)at = draw(2);
    break;
  case REC_ENUM:
    *(int *)at = (int)draw(3);
    break;
  case REC_ID:
    *(int64_t *)at = (int64_t)draw(INT64_MAX) + 1;
    break;
  case REC_TEXTS:
  case REC_LIST:
    fill_list(t, field, at);
    break;
  case REC_RECORD:
    *(void **)at = arena_alloc(t->arena, field->rec->size);
    fill_random(t, field->rec, *(void **)at);
    break;
  case REC_INLINE:
    fill_random(t, field->rec, at);
    break;
  default: {
    uint64_t span = (uint64_t)max - (uint64_t)rec_min(field);
    *(int64_t *)at = (int64_t)((uint64_t)rec_min(field) + draw(draw(4) ? span : span % 1000 + 1));
    break;
  }
  }
}

static void fill_random(struct test *t, const struct rec *rec, void *value)
{
  rec_init(rec, value);
  for (size_t i = 0; i < rec->n; i++)
    if (rec->fields[i].flags & REC_REQUIRED || rec->fields[i].kind == REC_INLINE || draw(3))
      fill_field(t, &rec->fields[i], field_at(&rec->fields[i], value));
}

TEST(what_was_written_is_read_again_the_same)
{
  for (random_state = 1; random_state < 4000; random_state++) {
    uint64_t seed = random_state;
    struct sample a, b;
    fill_random(t, &sample_rec, &a);
    CHECK_OK(read_text(t, written(t, &a, NULL), &b));
    rec_differences d = {0};
    rec_diff(&sample_rec, &a, &b, "", t->arena, &d);
    CHECK_TEXT(d.n ? arena_printf(t->arena, "%s was %s now %s", d.at[0].pointer, d.at[0].before, d.at[0].after) : NULL,
               NULL);
    CHECK(rec_equal(&sample_rec, &a, &b));
    random_state = seed;
    if (seed % 100 == 0)
      arena_reset(t->arena);
  }
}

/* ---- Time --------------------------------------------------------------------------------------------------------- */

static int64_t now_ns(void)
{
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* Prints, judges nothing: REC_BENCH=1 rec_test one_kilobyte */
TEST(one_kilobyte_is_read_and_written_in_microseconds)
{
  if (!getenv("REC_BENCH"))
    SKIP("a measurement, asked for by REC_BENCH");
  struct buf json;
  struct sample s;
  buf_init(&json, t->arena);
  buf_text(
      &json,
      "{\"code\":\"WEB-1001\",\"count\":12,\"active\":true,\"note\":\"Please ring twice, then leave it at the door of "
      "the neighbors on the left side.\","
      "\"phone\":\"+86 138 0000 "
      "0000\",\"day\":\"2026-12-01\",\"metadata\":{\"campaign\":\"fall\",\"source\":\"newsletter\"},\"name\":\"Order\","
      "\"amount\":4480,\"price\":\"19.90\",\"quantity\":2,\"rate\":\"0.13\",\"at\":\"2026-11-20T08:00:00Z\",\"color\":"
      "\"green\",\"tags\":[\"vip\",\"new\"],"
      "\"billing\":{\"city\":\"Shanghai\",\"zip\":\"200000\",\"latitude\":31.230416},\"place\":{\"city\":\"Shanghai\","
      "\"zip\":\"200000\"},\"items\":[");
  for (int i = 0; i < 4; i++)
    buf_printf(&json, "%s{\"sku\":\"TEE-SHIRT-ORGANIC-%d\",\"quantity\":%d,\"price\":1990,\"gift\":false}",
               i ? "," : "", i, i + 1);
  buf_text(&json, "]}");
  enum { TIMES = 200000 };
  struct arena *a = arena_new(1 << 20);
  fault_init(&fault, t->arena);
  int64_t begin = now_ns();
  for (int i = 0; i < TIMES; i++) {
    arena_reset(a);
    rec_init(&sample_rec, &s);
    CHECK_OK(rec_read(&sample_rec, json.at, json.n, "", a, &fault, &s));
  }
  int64_t read = now_ns();
  struct buf out;
  buf_init(&out, t->arena);
  for (int i = 0; i < TIMES; i++) {
    out.n = 0;
    rec_write(&sample_rec, &s, NULL, &out);
  }
  printf("%zu bytes read in %lld ns, %zu bytes written in %lld ns\n", json.n, (long long)(read - begin) / TIMES, out.n,
         (long long)(now_ns() - read) / TIMES);
  arena_free(a);
}
