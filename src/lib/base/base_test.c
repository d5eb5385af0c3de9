/* Base: arenas, text, numbers and time. The published vectors of rounding and allocation are in rec (they are JSON). */
#include "base.h"
#include "test.h"

#include <string.h>

/* ---- Arena ------------------------------------------------------------------------------------------------------- */

TEST(arena_memory_is_zeroed_and_aligned)
{
  for (size_t n = 1; n < 100000; n = n * 3 + 1) {
    unsigned char *p = arena_alloc(t->arena, n);
    CHECK((uintptr_t)p % 16 == 0);
    for (size_t i = 0; i < n; i++)
      CHECK(p[i] == 0);
    memset(p, 0xff, n);
  }
  size_t used = arena_used(t->arena);
  arena_reset(t->arena);
  CHECK(used > 100000 && arena_used(t->arena) == 0);
  unsigned char *again = arena_alloc(t->arena, 64);
  for (size_t i = 0; i < 64; i++)
    CHECK(again[i] == 0);
}

static char order[8];
static void remember(void *arg)
{
  strcat(order, arg);
}

TEST(what_was_deferred_runs_newest_first)
{
  struct arena *a = arena_new(1000);
  order[0] = 0;
  arena_defer(a, remember, "a");
  arena_defer(a, remember, "b");
  arena_reset(a);
  CHECK_TEXT(order, "ba");
  arena_defer(a, remember, "c");
  arena_free(a);
  CHECK_TEXT(order, "bac");
}

TEST(an_arena_over_budget_says_so)
{
  struct arena *a = arena_new(1000);
  arena_alloc(a, 900);
  CHECK(!arena_over(a));
  arena_alloc(a, 200);
  CHECK(arena_over(a));
  arena_free(a);
}

TEST(lists_grow_and_keep_their_items)
{
  LIST(int64_t) list = {0};
  for (int64_t i = 0; i < 1000; i++)
    *LIST_ADD(t->arena, &list) = i;
  int64_t next = 0;
  EACH (int64_t, item, &list)
    CHECK_INT(*item, next++);
  CHECK_INT(next, 1000);
}

/* ---- Text -------------------------------------------------------------------------------------------------------- */

TEST(a_buf_grows_and_stays_terminated)
{
  struct buf b;
  buf_init(&b, t->arena);
  CHECK_TEXT(buf_str(&b), "");
  for (int i = 0; i < 500; i++)
    buf_printf(&b, "%d,", i);
  buf_i64(&b, INT64_MIN);
  buf_i64(&b, 0);
  CHECK_INT(strlen(buf_str(&b)), b.n);
  CHECK(strstr(buf_str(&b), "498,499,-92233720368547758080"));
}

TEST(bytes_beside_the_arenas_grow_and_keep_what_they_hold)
{
  struct growing g = {0};
  growing_add(&g, NULL, 0);
  for (int i = 0; i < 1000; i++)
    growing_add(&g, "abcdefg", 7);
  CHECK_INT(g.n, 7000);
  CHECK(memcmp(g.at, "abcdefgabc", 10) == 0 && memcmp(g.at + 6993, "abcdefg", 7) == 0);
  growing_free(&g);
  CHECK(!g.at && g.n == 0 && g.cap == 0);
}

TEST(a_text_is_cut_between_characters)
{
  static const char text[] = "a\xC3\xB6\xE5\xB8\xBD\xF0\x9F\x8E\xA9";
  static const size_t ends[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (size_t max = 0; max < COUNT_OF(ends); max++)
    CHECK_TEXT(utf8_cut(t->arena, text, max), arena_textn(t->arena, text, ends[max]));
  CHECK(!utf8_cut(t->arena, NULL, 5));
}

TEST(utf8_is_strict)
{
  static const char *const good[] = {"", "a", "é", "汉", "😀", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"};
  static const char *const bad[] = {"\x80",
                                    "\xc0\x80",
                                    "\xc1\xbf",
                                    "\xe0\x9f\xbf",
                                    "\xed\xa0\x80",
                                    "\xf0\x8f\xbf\xbf",
                                    "\xf4\x90\x80\x80",
                                    "\xf5\x80\x80\x80",
                                    "\xc3",
                                    "\xe6\xb1",
                                    "a\xff",
                                    "\xc3\x28"};
  for (size_t i = 0; i < COUNT_OF(good); i++)
    CHECK(utf8_valid(good[i], strlen(good[i])));
  for (size_t i = 0; i < COUNT_OF(bad); i++)
    CHECK(!utf8_valid(bad[i], strlen(bad[i])));
  CHECK_INT(utf8_count("a汉😀é"), 4);
}

TEST(hashes_never_change)
{
  CHECK(hash_text("web\n1001") == hash_bytes("web\n1001", 8));
  CHECK(hash_text("a") != hash_text("b") && hash_mix(1, 2) != hash_mix(2, 1));
  CHECK_INT(hash_text("web") % 1024, 0x3ff & hash_bytes("web", 3));
}

TEST(null_text_equals_only_itself)
{
  CHECK(text_eq(NULL, NULL) && !text_eq(NULL, "") && text_eq("a", "a") && !text_eq("a", "b"));
  CHECK(text_empty(NULL) && text_empty("") && !text_empty("a"));
  CHECK(text_starts("abc", "ab") && !text_starts("a", "ab") && !text_starts(NULL, ""));
}

/* ---- Errors ------------------------------------------------------------------------------------------------------ */

TEST(every_error_has_a_status_a_slug_and_a_title)
{
  for (int code = ERR_OK + 1; code < ERR_COUNT; code++) {
    const struct err_info *info = err_info((enum err)code);
    CHECK(info->http >= 400 && info->http < 600 && info->slug[0] && info->title[0]);
    for (int other = ERR_OK + 1; other < code; other++)
      CHECK(!text_eq(info->slug, err_info((enum err)other)->slug));
  }
}

TEST(the_first_failure_gives_the_code)
{
  static struct fault f;
  fault_init(&f, t->arena);
  CHECK_ERR(fault_fail(&f, ERR_STATE, "/state", "in %s", "draft"), ERR_STATE);
  CHECK_ERR(fault_add(&f, ERR_INVALID, "/a", "required", "must be given"), ERR_STATE);
  CHECK_ERR(fault_shortage(&f, "/lines/0", "TEE", 2500000, 0), ERR_STATE);
  CHECK_INT(f.n, 3);
  CHECK_TEXT(f.detail, "in draft");
  CHECK_TEXT(f.entries[0].code, "wrong_state");
  CHECK_TEXT(f.entries[1].code, "required");
  CHECK_TEXT(f.entries[2].detail, "TEE: 2.5 asked, 0 available");
  for (int i = 0; i < 2 * FAULT_ENTRIES_MAX; i++)
    fault_fail(&f, ERR_INVALID, "", "more");
  CHECK_INT(f.n, FAULT_ENTRIES_MAX);
}

/* ---- Money ------------------------------------------------------------------------------------------------------- */

TEST(halves_are_rounded_away_from_zero)
{
  static const struct {
    int64_t numerator, denominator, want;
  } rows[] = {
      {5,  2,   3 },
      {-5, 2,   -3},
      {4,  3,   1 },
      {-4, 3,   -1},
      {5,  3,   2 },
      {-5, 3,   -2},
      {0,  7,   0 },
      {1,  2,   1 },
      {-1, 2,   -1},
      {49, 100, 0 },
      {51, 100, 1 },
      {7,  1,   7 }
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    CHECK_INT(div_round(rows[i].numerator, rows[i].denominator), rows[i].want);
}

TEST(a_price_times_a_quantity_is_rounded_once)
{
  struct money m;
  CHECK_OK(price_times(PRICE(340000), PIECES(3), &m)); /* 3 screws at 0.34 */
  CHECK_INT(m.minor, 1);
  CHECK_OK(price_times(PRICE(1990 * SCALE), QUANTITY(2500000), &m));
  CHECK_INT(m.minor, 4975);
  CHECK_OK(price_times(PRICE(SCALE / 2), PIECES(-1), &m));
  CHECK_INT(m.minor, -1);
  CHECK_OK(price_times(PRICE(MONEY_MAX), PIECES(1000000), &m));
  CHECK_INT(m.minor, MONEY_MAX);
  CHECK_ERR(price_times(PRICE(MONEY_MAX), QUANTITY(1000001 * SCALE), &m), ERR_INVALID);
  CHECK_ERR(price_times(PRICE(PRICE_MAX), QUANTITY(QUANTITY_MAX), &m), ERR_INVALID);
}

TEST(tax_on_and_tax_inside_agree)
{
  CHECK_INT(money_rate(MONEY(1000), RATE(130000)).minor, 130);
  CHECK_INT(money_rate_inside(MONEY(1130), RATE(130000)).minor, 130);
  CHECK_INT(money_rate_inside(MONEY(-1130), RATE(130000)).minor, -130);
  CHECK_INT(money_rate(MONEY(MONEY_MAX), RATE(RATE_MAX)).minor, MONEY_MAX * 10);
  CHECK_INT(money_rate_inside(MONEY(100), RATE(0)).minor, 0);
}

TEST(a_share_follows_its_part)
{
  CHECK_INT(money_share(MONEY(100), 1, 3).minor, 33);
  CHECK_INT(money_share(MONEY(100), 2, 3).minor, 67);
  CHECK_INT(money_share(MONEY(100), -1, -2).minor, 50);
  CHECK_INT(money_share(MONEY(100), 1, 0).minor, 0);
}

TEST(sums_differences_and_the_smaller)
{
  CHECK_INT(money_add(MONEY(2), MONEY(-5)).minor, -3);
  CHECK_INT(money_sub(MONEY(2), MONEY(-5)).minor, 7);
  CHECK_INT(money_min(MONEY(2), MONEY(-5)).minor, -5);
  CHECK_INT(quantity_add(PIECES(1), QUANTITY(1)).millionths, 1000001);
  CHECK_INT(quantity_sub(PIECES(1), QUANTITY(1)).millionths, 999999);
  CHECK_INT(quantity_min(PIECES(1), QUANTITY(1)).millionths, 1);
}

/* Parts add up, and none is a whole unit away from its exact share. */
static void check_allocation(int64_t whole, const int64_t *weights, size_t n)
{
  struct money out[8];
  __int128 sum = 0, total = 0;
  money_allocate(MONEY(whole), weights, n, out);
  for (size_t i = 0; i < n; i++) {
    sum += weights[i];
    total += out[i].minor;
  }
  CHECK_INT(total, whole);
  for (size_t i = 0; i < n && sum; i++) {
    __int128 off = (__int128)out[i].minor * sum - (__int128)whole * weights[i];
    CHECK(off < sum && off > -sum);
  }
}

TEST(allocated_parts_add_up_and_are_fair)
{
  uint64_t state = 7;
  for (int i = 0; i < 20000; i++) {
    int64_t weights[8];
    size_t n = 1 + hash_mix(state++, 1) % 8;
    for (size_t k = 0; k < n; k++)
      weights[k] = (int64_t)(hash_mix(state++, 2) % (i % 2 ? 5 : MONEY_MAX));
    check_allocation((int64_t)(hash_mix(state++, 3) % (i % 3 ? 100 : 2 * MONEY_MAX)) - (i % 3 ? 50 : MONEY_MAX),
                     weights, n);
  }
  struct money out[2];
  money_allocate(MONEY(7), (const int64_t[]){0, 0}, 2, out);
  CHECK(out[0].minor == 7 && out[1].minor == 0);
}

TEST(currencies_have_their_decimals)
{
  CHECK_INT(currency_decimals("USD"), 2);
  CHECK_INT(currency_decimals("JPY"), 0);
  CHECK_INT(currency_decimals("KWD"), 3);
  CHECK_INT(currency_decimals("CLF"), 4);
  static const char *const unknown[] = {NULL, "", "US", "usd", "USDX", "XYZ", "D A"};
  for (size_t i = 0; i < COUNT_OF(unknown); i++)
    CHECK_INT(currency_decimals(unknown[i]), -1);
}

/* ---- Decimals ---------------------------------------------------------------------------------------------------- */

TEST(decimals_are_read_exactly_or_not_at_all)
{
  static const struct {
    const char *text;
    int places;
    int64_t want; /* ABSENT: refused */
  } rows[] = {
      {"0",                                                  6, 0        },
      {"-0",                                                 6, 0        },
      {"1.5",                                                6, 1500000  },
      {"-0.000001",                                          6, -1       },
      {"0.0000010",                                          6, 1        },
      {"7",                                                  0, 7        },
      {"7.00",                                               0, 7        },
      {"9223372036854.775807",                               6, INT64_MAX},
      {"0.1",                                                1, 1        },
      {"",                                                   6, ABSENT   },
      {"-",                                                  6, ABSENT   },
      {"+1",                                                 6, ABSENT   },
      {"01",                                                 6, ABSENT   },
      {".5",                                                 6, ABSENT   },
      {"1.",                                                 6, ABSENT   },
      {"1e3",                                                6, ABSENT   },
      {" 1",                                                 6, ABSENT   },
      {"1 ",                                                 6, ABSENT   },
      {"0.0000001",                                          6, ABSENT   },
      {"7.5",                                                0, ABSENT   },
      {"9223372036854.775808",                               6, ABSENT   },
      {"1,5",                                                6, ABSENT   },
      {"--1",                                                6, ABSENT   },
      {"99999999999999999999999999999999999999999999999999", 0, ABSENT   },
      {"1.5.",                                               6, ABSENT   },
      {"0x1",                                                6, ABSENT   },
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    int64_t v = ABSENT;
    bool ok = decimal_parse(rows[i].text, strlen(rows[i].text), rows[i].places, &v);
    CHECK_TEXT(ok == (rows[i].want != ABSENT) ? NULL : rows[i].text, NULL);
    CHECK_INT(v, rows[i].want);
  }
}

TEST(decimals_are_written_in_the_shortest_form_and_read_back)
{
  static const struct {
    int64_t v;
    const char *text;
  } rows[] = {
      {0,         "0"                    },
      {1,         "0.000001"             },
      {-1,        "-0.000001"            },
      {1500000,   "1.5"                  },
      {2000000,   "2"                    },
      {-10,       "-0.00001"             },
      {INT64_MAX, "9223372036854.775807" },
      {INT64_MIN, "-9223372036854.775808"}
  };
  char text[32];
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    CHECK_INT(decimal_format(rows[i].v, 6, text), strlen(rows[i].text));
    CHECK_TEXT(text, rows[i].text);
  }
  for (uint64_t i = 0; i < 10000; i++) {
    int64_t v = (int64_t)(hash_mix(i, 5) >> (1 + i % 60)) * (i % 2 ? 1 : -1), back = 0;
    int places = (int)(i % 7);
    CHECK(decimal_parse(text, decimal_format(v, places, text), places, &back));
    CHECK_INT(back, v);
  }
}

/* ---- Time -------------------------------------------------------------------------------------------------------- */

TEST(instants_are_read_with_any_offset)
{
  static const struct {
    const char *text;
    int64_t ms;
  } rows[] = {
      {"1970-01-01T00:00:00Z",                0                     },
      {"2026-11-20T08:00:00Z",                INT64_C(1795161600000)},
      {"2026-11-20T16:00:00+08:00",           INT64_C(1795161600000)},
      {"2026-11-19t23:30:00.123456789-08:30", INT64_C(1795161600123)},
      {"1969-12-31T23:59:59.999Z",            -1                    },
      {"2016-12-31T23:59:60Z",                INT64_C(1483228800000)},
      {"2026-11-20",                          ABSENT                },
      {"2026-11-20T08:00Z",                   ABSENT                },
      {"2026-11-20T08:00:00",                 ABSENT                },
      {"2026-11-20T24:00:00Z",                ABSENT                },
      {"2026-11-20T08:60:00Z",                ABSENT                },
      {"2026-11-20T08:00:61Z",                ABSENT                },
      {"2026-02-29T08:00:00Z",                ABSENT                },
      {"2026-13-01T08:00:00Z",                ABSENT                },
      {"2026-11-20T08:00:00.Z",               ABSENT                },
      {"2026-11-20T08:00:00.1",               ABSENT                },
      {"2026-11-20T08:00:00Z ",               ABSENT                },
      {"2026-11-20T08:00:00+0800",            ABSENT                },
      {"2026-11-20T08:00:00.1234567890Z",     ABSENT                },
      {"2026-11-20T08:00:00+24:00",           ABSENT                },
      {"",                                    ABSENT                },
  };
  for (size_t i = 0; i < COUNT_OF(rows); i++) {
    struct instant at = INSTANT(ABSENT);
    bool ok = instant_parse(rows[i].text, strlen(rows[i].text), &at);
    CHECK_TEXT(ok == (rows[i].ms != ABSENT) ? NULL : rows[i].text, NULL);
    CHECK_INT(at.ms, rows[i].ms);
  }
}

TEST(instants_are_written_in_utc_and_read_back)
{
  char text[INSTANT_TEXT];
  instant_format(INSTANT(INT64_C(1795161600123)), text);
  CHECK_TEXT(text, "2026-11-20T08:00:00.123Z");
  instant_format(INSTANT(-1), text);
  CHECK_TEXT(text, "1969-12-31T23:59:59.999Z");
  instant_format(INSTANT(INT64_C(253402300799999)), text);
  CHECK_TEXT(text, "9999-12-31T23:59:59.999Z");
  for (uint64_t i = 0; i < 10000; i++) {
    int64_t ms = (int64_t)(hash_mix(i, 9) % UINT64_C(315569519999999)) - INT64_C(62167219200000);
    struct instant back;
    instant_format(INSTANT(ms), text);
    CHECK(instant_parse(text, strlen(text), &back));
    CHECK_INT(back.ms, ms);
  }
}

TEST(days_follow_the_gregorian_calendar)
{
  char text[DATE_TEXT];
  for (int64_t day = -719528; day <= 2932896; day += 97) {
    days_date(day, text);
    CHECK(date_valid(text, 10));
    CHECK_INT(date_days(text), day);
  }
  CHECK_INT(date_days("2000-02-29"), 11016);
  CHECK_INT(days_weekday(date_days("2026-11-23")), 0);
  CHECK_INT(days_weekday(date_days("1969-12-28")), 6);
  static const char *const bad[] = {"1900-02-29", "2026-00-01", "2026-01-00", "2026-04-31", "2026-1-01", "2026-01-01 "};
  for (size_t i = 0; i < COUNT_OF(bad); i++)
    CHECK(!date_valid(bad[i], strlen(bad[i])));
}
