/* From text to terms, with ICU: fold, then segment. */
#include "search.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { TEXT_MAX = 4096 }; /* UTF-16 units of one text; what follows is not searched */

/* Scripts written without spaces: their characters are searched by pairs. */
static bool without_spaces(UChar32 c)
{
  switch (u_getIntPropertyValue(c, UCHAR_SCRIPT)) {
  case USCRIPT_HAN:
  case USCRIPT_HIRAGANA:
  case USCRIPT_KATAKANA:
  case USCRIPT_HANGUL:
  case USCRIPT_THAI:
    return true;
  default:
    return false;
  }
}

static void add_term(struct arena *a, search_terms *terms, const UChar *at, int32_t n)
{
  char utf8[SEARCH_TERM_MAX * 4 + 1];
  int32_t bytes = 0;
  UErrorCode status = U_ZERO_ERROR;
  if (n > SEARCH_TERM_MAX)
    n = SEARCH_TERM_MAX;
  if (n > 0 && U16_IS_LEAD(at[n - 1]))
    n--;
  u_strToUTF8(utf8, sizeof utf8, &bytes, at, n, &status);
  if (U_FAILURE(status) || bytes == 0 || terms->n >= SEARCH_TERMS_MAX)
    return;
  EACH (const char *, t, terms)
    if (strcmp(*t, utf8) == 0)
      return;
  *LIST_ADD(a, terms) = arena_text(a, utf8);
}

/* The run of word characters that begins at i; returns where it ends. */
static int32_t word_end(const UChar *text, int32_t n, int32_t i)
{
  while (i < n) {
    int32_t next = i;
    UChar32 c;
    U16_NEXT(text, next, n, c);
    if (!u_isalnum(c) || without_spaces(c))
      break;
    i = next;
  }
  return i;
}

static void segment(struct arena *a, search_terms *terms, const UChar *text, int32_t n)
{
  for (int32_t i = 0; i < n;) {
    int32_t next = i;
    UChar32 c;
    U16_NEXT(text, next, n, c);
    if (without_spaces(c)) {
      int32_t pair = next;
      UChar32 second = 0;
      if (pair < n)
        U16_NEXT(text, pair, n, second);
      bool follows = pair > next && without_spaces(second);
      add_term(a, terms, text + i, (follows ? pair : next) - i);
      i = next;
    } else if (u_isalnum(c)) {
      int32_t end = word_end(text, n, i);
      add_term(a, terms, text + i, end - i);
      i = end;
    } else {
      i = next;
    }
  }
}

void search_terms_add(struct arena *a, search_terms *terms, const char *text)
{
  UErrorCode status = U_ZERO_ERROR;
  UChar raw[TEXT_MAX], room[TEXT_MAX * 2], *folded = room;
  int32_t n = 0, n_folded;
  if (text_empty(text))
    return;
  const UNormalizer2 *fold = unorm2_getNFKCCasefoldInstance(&status);
  u_strFromUTF8WithSub(raw, TEXT_MAX, &n, text, -1, 0xfffd, NULL, &status);
  if (status == U_BUFFER_OVERFLOW_ERROR || status == U_STRING_NOT_TERMINATED_WARNING) {
    status = U_ZERO_ERROR;
    n = TEXT_MAX;
  }
  n_folded = unorm2_normalize(fold, raw, n, room, (int32_t)COUNT_OF(room), &status);
  if (status == U_BUFFER_OVERFLOW_ERROR) { /* one character can become eighteen (U+FDFA) */
    status = U_ZERO_ERROR;
    folded = ARENA_ARRAY(a, UChar, (size_t)n_folded);
    n_folded = unorm2_normalize(fold, raw, n, folded, n_folded, &status);
  }
  if (U_SUCCESS(status))
    segment(a, terms, folded, n_folded);
}
