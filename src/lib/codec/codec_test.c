/* Ids, hashes, check digits. */
#include "codec.h"
#include "test.h"

#include <string.h>

static const char *id_text(struct test *t, const char *prefix, int64_t v)
{
  char out[ID_TEXT];
  id_format(prefix, v, out);
  return arena_text(t->arena, out);
}

TEST(an_id_is_thirteen_characters_after_its_prefix)
{
  CHECK_TEXT(id_text(t, "ord", 1234), "ord_000000000016j");
  CHECK_TEXT(id_text(t, "a", 1), "a_0000000000001");
  CHECK_TEXT(id_text(t, "prefix", INT64_MAX), "prefix_7zzzzzzzzzzzz");
}

TEST(a_part_of_an_address_ends_no_part)
{
  CHECK_TEXT(url_part(t->arena, "1Z/9?a=b&c#d e%"), "1Z%2F9%3Fa%3Db%26c%23d%20e%25");
  CHECK_TEXT(url_part(t->arena, "A-b_c.d~0"), "A-b_c.d~0");
  CHECK_TEXT(url_part(t->arena, "\xE4\xB8\xAD"), "%E4%B8%AD");
  CHECK_TEXT(url_part(t->arena, NULL), "");
}

TEST(ids_sort_as_text_as_they_do_as_numbers)
{
  for (int64_t v = 1; v < INT64_MAX / 3; v = v * 3 + 1)
    CHECK(strcmp(id_text(t, "ord", v), id_text(t, "ord", v + 1)) < 0);
}

TEST(an_id_is_read_back_in_any_case)
{
  for (int64_t v = 1; v < INT64_MAX / 3; v = v * 3 + 1) {
    int64_t back = 0;
    CHECK(id_parse("ord", id_text(t, "ord", v), &back));
    CHECK_INT(back, v);
  }
  int64_t v = 0;
  CHECK(id_parse("ord", "ORD_000000000016J", &v));
  CHECK_INT(v, 1234);
}

TEST(what_is_not_exactly_an_id_is_refused)
{
  static const char *const wrong[] = {
      "",
      "ord",
      "ord_",
      "ord_00000000016j",
      "ord_0000000000016j",
      "ord_000000000016i",
      "ord_000000000016u",
      "ord_000000000016 ",
      " ord_000000000016j",
      "ord-000000000016j",
      "orb_000000000016j",
      "ord_0000000000000",
      "ord_8000000000000",
      "ord_zzzzzzzzzzzzz",
      "ord_00000000001\xc3j",
  };
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    int64_t v = 5;
    CHECK_TEXT(id_parse("ord", wrong[i], &v) ? wrong[i] : NULL, NULL);
    CHECK_INT(v, 5);
  }
}

TEST(sha256_in_two_parts_is_that_of_the_whole)
{
  unsigned char bytes[5 * SHA256_BLOCK + 51], whole[HASH_BYTES], parts[HASH_BYTES], state[HASH_BYTES];
  for (size_t i = 0; i < sizeof bytes; i++)
    bytes[i] = (unsigned char)(i * 7 + 1);
  for (size_t first = 0; first <= 5 * SHA256_BLOCK; first += SHA256_BLOCK)
    for (size_t n = first; n <= sizeof bytes; n++) {
      sha256(bytes, n, whole);
      sha256_begin(bytes, first, state);
      sha256_end(state, first, bytes + first, n - first, parts);
      CHECK(memcmp(whole, parts, sizeof whole) == 0);
    }
}

TEST(sha256_is_the_standards)
{
  char hex[HASH_TEXT];
  sha256_hex("abc", 3, hex);
  CHECK_TEXT(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  sha256_hex(NULL, 0, hex);
  CHECK_TEXT(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(a_gtin_has_the_right_length_and_check_digit)
{
  static const char *const good[] = {"96385074", "614141000036", "4006381333931", "10614141000415"};
  static const char *const bad[] = {
      "", "0", "4006381333932", "400638133393", "40063813339310", "400638133393a", "96385075", "4006381333931 "};
  for (size_t i = 0; i < COUNT_OF(good); i++)
    CHECK(gtin_valid(good[i]));
  for (size_t i = 0; i < COUNT_OF(bad); i++)
    CHECK_TEXT(gtin_valid(bad[i]) ? bad[i] : NULL, NULL);
}

TEST(one_wrong_digit_is_always_seen)
{
  char digits[] = "4006381333931";
  for (size_t i = 0; i < 13; i++)
    for (char d = '0'; d <= '9'; d++) {
      char was = digits[i];
      digits[i] = d;
      CHECK_INT(gtin_valid(digits), d == was);
      digits[i] = was;
    }
  CHECK_INT(gs1_check_digit("37610425002123456", 17), '9'); /* an SSCC of the GS1 specifications */
}

TEST(base64_is_read_as_it_was_written_and_in_no_other_form)
{
  static const char *const texts[][2] = {{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foobar", "Zm9vYmFy"}};
  static const char *const wrong[] = {"Z", "Zg=", "Zg", "Zh==", "Zm9=", "Z===", "====", "Zg==Zg==", "Zm 8", "Zm9v\n"};
  for (size_t i = 0; i < COUNT_OF(texts); i++) {
    struct buf out, back;
    buf_init(&out, t->arena);
    buf_init(&back, t->arena);
    base64_add(&out, texts[i][0], strlen(texts[i][0]));
    CHECK_TEXT(buf_str(&out), texts[i][1]);
    CHECK(base64_read(texts[i][1], strlen(texts[i][1]), &back));
    CHECK_TEXT(buf_str(&back), texts[i][0]);
  }
  for (size_t i = 0; i < COUNT_OF(wrong); i++) {
    struct buf out;
    buf_init(&out, t->arena);
    CHECK(!base64_read(wrong[i], strlen(wrong[i]), &out));
  }
}

TEST(hmac_is_that_of_rfc_4231)
{
  unsigned char mac[HASH_BYTES];
  char hex[HASH_TEXT];
  hmac_sha256("Jefe", 4, "what do ya want for nothing?", 28, mac);
  hex_encode(mac, sizeof mac, hex);
  CHECK_TEXT(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  CHECK(bytes_equal("same", "same", 4) && !bytes_equal("same", "sane", 4) && bytes_equal("", "", 0));
}
