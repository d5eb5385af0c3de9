/* The JSON reader against the parsing suite, against jansson on mutated and random documents, and its own limits. */
#include "jansson_test.h"
#include "rec.h"
#include "test.h"

#include <dirent.h>
#include <string.h>

/* Reads a whole document; NULL when it is good, else what is wrong. */
static const char *refusal(struct arena *a, const char *bytes, size_t n)
{
  struct json j;
  json_init(&j, bytes, n, a);
  enum json_token token;
  while ((token = json_next(&j)) != JSON_END)
    if (token == JSON_ERROR)
      return j.error;
  return NULL;
}

static const char *refusal_of(struct test *t, const char *text)
{
  return refusal(t->arena, text, strlen(text));
}

/* ---- Syntax ------------------------------------------------------------------------------------------------------ */

TEST(tokens_come_in_order_with_decoded_text)
{
  static const char text[] = " {\"a\\n\":[1.50,-0e+1,\"\\u00e9\\ud83d\\ude00\\/\",true,false,null,{}],\"\":\"汉\"} ";
  static const struct {
    enum json_token token;
    const char *text;
  } want[] = {
      {JSON_OBJECT,     NULL     },
      {JSON_KEY,        "a\n"    },
      {JSON_ARRAY,      NULL     },
      {JSON_NUMBER,     "1.50"   },
      {JSON_NUMBER,     "-0e+1"  },
      {JSON_STRING,     "é😀/"},
      {JSON_TRUE,       NULL     },
      {JSON_FALSE,      NULL     },
      {JSON_NULL,       NULL     },
      {JSON_OBJECT,     NULL     },
      {JSON_OBJECT_END, NULL     },
      {JSON_ARRAY_END,  NULL     },
      {JSON_KEY,        ""       },
      {JSON_STRING,     "汉"    },
      {JSON_OBJECT_END, NULL     },
      {JSON_END,        NULL     },
      {JSON_END,        NULL     }
  };
  struct json j;
  json_init(&j, text, sizeof text - 1, t->arena);
  for (size_t i = 0; i < COUNT_OF(want); i++) {
    CHECK_INT(json_next(&j), want[i].token);
    if (want[i].text)
      CHECK_TEXT(j.text, want[i].text);
  }
}

TEST(an_error_tells_its_byte_and_stays)
{
  static const struct {
    const char *text, *error;
    size_t offset;
  } rows[] = {
      {"",                          "the text ends too early",                            0 },
      {"[1,",                       "the text ends too early",                            3 },
      {"[1,]",                      "a value was expected",                               3 },
      {"{\"a\" 1}",                 "':' was expected",                                   5 },
      {"{\"a\":1 \"b\":2}",         "',' or '}' was expected",                            7 },
      {"[\"abcdefghijk\x01\"]",     "a control character in a string",                    13},
      {"[\"a\\x\"]",                "no such escape",                                     3 },
      {"[\"\\ud800x\"]",            "half of a surrogate pair",                           2 },
      {"[\"\\udc00\"]",             "half of a surrogate pair",                           2 },
      {"[\"\xed\xa0\x80\"]",        "not UTF-8",                                          2 },
      {"[\"\xc3\"]",                "not UTF-8",                                          2 },
      {"[\"abc",                    "the string does not end",                            1 },
      {"\xef\xbb\xbf{}",            "a value was expected; a byte order mark is not one", 0 },
      {"1 2",                       "something follows the value",                        2 },
      {"{\"ab\":1,\"a\\u0062\":2}", "the object has this member twice",                   8 },
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct json j;
    json_init(&j, rows[i].text, strlen(rows[i].text), t->arena);
    while (json_next(&j) != JSON_ERROR)
      CHECK(j.at <= j.end);
    CHECK_TEXT(j.error, rows[i].error);
    CHECK_INT(j.error_offset, rows[i].offset);
    CHECK_INT(json_next(&j), JSON_ERROR);
  }
}

TEST(depth_ends_at_thirty_two)
{
  struct buf b;
  buf_init(&b, t->arena);
  for (int i = 0; i < JSON_DEPTH_MAX; i++)
    buf_text(&b, i % 2 ? "[" : "{\"a\":");
  struct buf deeper = b;
  deeper.at = arena_textn(t->arena, b.at, b.n);
  deeper.cap = b.n + 1;
  buf_text(&b, "1");
  buf_text(&deeper, "[1]");
  for (int i = JSON_DEPTH_MAX; i-- > 0;) {
    buf_char(&b, i % 2 ? ']' : '}');
    buf_char(&deeper, i % 2 ? ']' : '}');
  }
  CHECK_TEXT(refusal(t->arena, b.at, b.n), NULL);
  CHECK_TEXT(refusal(t->arena, deeper.at, deeper.n), "too deep");
}

TEST(a_key_comes_once_in_its_object_and_again_in_others)
{
  CHECK_TEXT(refusal_of(t, "[{\"a\":{\"a\":[{\"a\":1}]},\"b\":{\"a\":1}},{\"a\":1}]"), NULL);
  CHECK(refusal_of(t, "{\"a\":{\"b\":1},\"a\":2}"));
  CHECK(refusal_of(t, "[{\"x\":{\"a\":1,\"\\u0061\":1}}]"));
  CHECK_TEXT(refusal_of(t, "{\"abcdefgh\":1,\"abcdefgh\\u0000\":2,\"abcdefg\":3}"), NULL);
}

TEST(duplicates_are_found_among_thousands_of_keys)
{
  struct buf b;
  buf_init(&b, t->arena);
  for (int i = 0; i < 20000; i++)
    buf_printf(&b, "%c\"key%d\":{\"key\":%d}", i ? ',' : '{', i, i);
  struct buf twice = b;
  twice.at = arena_textn(t->arena, b.at, b.n);
  twice.cap = b.n + 1;
  buf_text(&b, "}");
  buf_text(&twice, ",\"key7\":1}");
  CHECK_TEXT(refusal(t->arena, b.at, b.n), NULL);
  CHECK_TEXT(refusal(t->arena, twice.at, twice.n), "the object has this member twice");
}

TEST(skipping_gives_the_value_as_it_was_sent)
{
  static const char text[] = "{\"a\": [1, {\"b\": \"]\"}] ,\"c\":2}";
  struct json j;
  const char *raw;
  size_t n;
  json_init(&j, text, sizeof text - 1, t->arena);
  CHECK_INT(json_next(&j), JSON_OBJECT);
  CHECK_INT(json_next(&j), JSON_KEY);
  CHECK(json_skip(&j, &raw, &n));
  CHECK_TEXT(arena_textn(t->arena, raw, n), "[1, {\"b\": \"]\"}]");
  CHECK_INT(json_next(&j), JSON_KEY);
  CHECK(json_skip(&j, &raw, &n));
  CHECK_TEXT(arena_textn(t->arena, raw, n), "2");
  CHECK_INT(json_next(&j), JSON_OBJECT_END);
  json_init(&j, "[1, {\"a\":1,\"a\":2}]", 18, t->arena);
  CHECK(!json_skip(&j, &raw, &n));
}

TEST(the_writer_places_commas_and_escapes)
{
  struct buf b;
  struct json_out o;
  buf_init(&b, t->arena);
  json_out_init(&o, &b);
  json_object(&o);
  json_put_text(&o, "a", "\"\\\b\f\n\r\t\v\x01\x1f\x7f/é, long enough for words");
  json_put_text(&o, "left out", NULL);
  json_put_i64(&o, "left out", ABSENT);
  json_put_quantity(&o, "q", QUANTITY(2500000));
  json_key(&o, "l");
  json_array(&o);
  json_i64(&o, INT64_MAX);
  json_i64(&o, INT64_MIN);
  json_bool(&o, true);
  json_null(&o);
  json_text(&o, NULL);
  json_raw(&o, "[]");
  json_instant(&o, INSTANT(0));
  json_array(&o);
  json_array_end(&o);
  json_object(&o);
  json_object_end(&o);
  json_array_end(&o);
  json_object_end(&o);
  CHECK_TEXT(buf_str(&b),
             "{\"a\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u000b\\u0001\\u001f\x7f/é, long enough for words\",\"q\":2.5,"
             "\"l\":[9223372036854775807,-9223372036854775808,true,null,null,[],"
             "\"1970-01-01T00:00:00.000Z\",[],{}]}");
}

/* ---- Against jansson --------------------------------------------------------------------------------------------- */

/* The token stream through our writer: what both libraries must read alike. NULL when a text holds U+0000. */
static const char *rewritten(struct arena *a, const char *bytes, size_t n)
{
  struct json j;
  struct json_out o;
  struct buf b;
  json_init(&j, bytes, n, a);
  buf_init(&b, a);
  json_out_init(&o, &b);
  for (enum json_token token; (token = json_next(&j)) != JSON_END;) {
    bool text = token == JSON_KEY || token == JSON_STRING;
    if (token == JSON_ERROR || (text && strlen(j.text) != j.n))
      return NULL;
    switch (token) {
    case JSON_KEY:
      json_key(&o, j.text);
      break;
    case JSON_STRING:
      json_text(&o, j.text);
      break;
    case JSON_NUMBER:
      json_raw(&o, j.text);
      break;
    case JSON_OBJECT:
      json_object(&o);
      break;
    case JSON_OBJECT_END:
      json_object_end(&o);
      break;
    case JSON_ARRAY:
      json_array(&o);
      break;
    case JSON_ARRAY_END:
      json_array_end(&o);
      break;
    case JSON_NULL:
      json_null(&o);
      break;
    default:
      json_bool(&o, token == JSON_TRUE);
      break;
    }
  }
  return buf_str(&b);
}

/* Both accept or both refuse; jansson's own limits and our depth are nobody's error. What both accept has one value. */
static bool check_agrees(struct test *t, const char *bytes, size_t n)
{
  const char *ours = refusal(t->arena, bytes, n);
  if (memchr(bytes, 0, n)) { /* jansson passes over a zero byte after a number */
    CHECK(ours);
    return false;
  }
  enum jansson_says theirs = jansson_reads(bytes, n);
  if (theirs == JANSSON_LIMIT || text_eq(ours, "too deep"))
    return !ours;
  if ((theirs == JANSSON_ACCEPTS) == !!ours)
    test_failed(__FILE__, __LINE__, arena_textn(t->arena, bytes, n), ours ? ours : "accepted", "the opposite");
  const char *again = ours ? NULL : rewritten(t->arena, bytes, n);
  if (again && !jansson_same(bytes, n, again))
    test_failed(__FILE__, __LINE__, arena_textn(t->arena, bytes, n), again, "the same value");
  return !ours;
}

static uint64_t random_state = 1;
static size_t draw(size_t below)
{
  return (size_t)(hash_mix(random_state++, 7) % below);
}

static void mutate(char *bytes, size_t *n)
{
  static const char likely[] = "{}[]\",:\\0123456789eE+-.tfn u\xc3\xa9\xed\xa0\x80\xff\0\n";
  for (size_t times = 1 + draw(3); times > 0 && *n > 0; times--) {
    size_t at = draw(*n);
    switch (draw(3)) {
    case 0:
      bytes[at] = likely[draw(sizeof likely)];
      break;
    case 1:
      memmove(bytes + at, bytes + at + 1, *n - at - 1);
      --*n;
      break;
    default: /* repeat a piece: where duplicate keys come from */
      if (at + draw(16) < *n)
        memmove(bytes + at, bytes + draw(*n - at), draw(*n - at) / 4);
    }
  }
}

static void check_mutations(struct test *t, const char *bytes, size_t n, int times)
{
  struct arena *own = t->arena;
  t->arena = arena_new((size_t)1 << 26);
  char *copy = arena_alloc(own, n + 1);
  for (int i = 0; i < times; i++) {
    size_t length = n;
    memcpy(copy, bytes, n);
    mutate(copy, &length);
    check_agrees(t, copy, length);
    arena_reset(t->arena);
  }
  arena_free(t->arena);
  t->arena = own;
}

TEST(the_parsing_suite_is_accepted_and_refused_as_it_says)
{
  const char *folder = test_data(t, "json-parsing");
  DIR *dir = folder ? opendir(folder) : NULL;
  if (!dir)
    SKIP("no ../shared/data/json-parsing");
  bool oracle = jansson_open();
  int accepted = 0, refused = 0, either = 0;
  for (struct dirent *e; (e = readdir(dir));) {
    size_t n;
    if (!strstr(e->d_name, ".json"))
      continue;
    const char *name = arena_text(t->arena, e->d_name);
    char *bytes = test_read_file(t, arena_printf(t->arena, "%s/%s", folder, name), &n);
    bytes = arena_copy(t->arena, bytes, n); /* exactly n bytes, so that the sanitizer sees one more */
    const char *ours = refusal(t->arena, bytes, n);
    bool good = *name == 'y' && !strstr(name, "duplicated_key"); /* RFC 8259 lets keys come twice; we do not */
    if ((good && ours) || (*name == 'y' && !good && !ours) || (*name == 'n' && !ours)) {
      closedir(dir);
      test_failed(__FILE__, __LINE__, name, ours ? ours : "accepted", "the opposite");
    }
    accepted += *name == 'y';
    refused += *name == 'n';
    either += *name == 'i';
    if (oracle && n < 10000) {
      check_agrees(t, bytes, n);
      check_mutations(t, bytes, n, 150);
    }
  }
  closedir(dir);
  CHECK(accepted > 50 && refused > 100 && either > 10);
}

static void random_value(struct buf *b, int depth)
{
  static const char *const scalars[] = {"null",
                                        "true",
                                        "false",
                                        "0",
                                        "-1.25",
                                        "1e5",
                                        "\"\"",
                                        "\"\\u00e9\\n\"",
                                        "\"汉\\ud83d\\ude00\"",
                                        "1234567890123",
                                        "\"a long enough string of text, \\\"quoted\\\"\""};
  static const char *const keys[] = {"a",        "b",       "c", "sku",
                                     "quantity", "\\u0061", "é", "a key that is longer than a word"};
  size_t kind = depth == 0 ? 2 : draw(3);
  if (kind == 2) {
    buf_text(b, scalars[draw(COUNT_OF(scalars))]);
    return;
  }
  buf_char(b, kind ? '[' : '{');
  for (size_t n = draw(4), i = 0; i < n; i++) {
    buf_text(b, i ? " ,\n" : "");
    if (!kind)
      buf_printf(b, "\"%s\" :\t", keys[draw(COUNT_OF(keys))]);
    random_value(b, depth - 1);
  }
  buf_char(b, kind ? ']' : '}');
}

TEST(random_documents_are_read_as_jansson_reads_them)
{
  if (!jansson_open())
    SKIP("jansson is not installed");
  int accepted = 0, refused = 0;
  for (int i = 0; i < 3000; i++) {
    struct buf b;
    buf_init(&b, t->arena);
    random_value(&b, 6);
    bool ok = check_agrees(t, b.at, b.n);
    accepted += ok;
    refused += !ok; /* for their duplicate keys */
    if (b.n < 2000)
      check_mutations(t, b.at, b.n, 5);
  }
  CHECK(accepted > 1000 && refused > 100);
}
