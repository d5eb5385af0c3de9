/* Search terms of any text: valid, bounded, no two the same, and terms of a term are that term's. */
#include "fuzz.h"
#include "search.h"

static void check_terms(const search_terms *terms)
{
  FUZZ_CHECK(terms->n <= SEARCH_TERMS_MAX);
  for (size_t i = 0; i < terms->n; i++) {
    const char *term = terms->at[i];
    FUZZ_CHECK(*term && utf8_valid(term, strlen(term)) && utf8_count(term) <= SEARCH_TERM_MAX);
    for (size_t k = 0; k < i; k++)
      FUZZ_CHECK(strcmp(term, terms->at[k]) != 0);
  }
}

static bool has_term(const search_terms *terms, const char *term)
{
  EACH (const char *const, t, terms)
    if (strcmp(*t, term) == 0)
      return true;
  return false;
}

/* Who types a term that is stored finds it. */
static void check_found_again(struct arena *a, const search_terms *terms)
{
  for (size_t i = 0; i < terms->n && i < 16; i++) {
    search_terms again = {0};
    search_terms_add(a, &again, terms->at[i]);
    check_terms(&again);
    FUZZ_CHECK(has_term(&again, terms->at[i]));
  }
}

/* Words beside a text that is searched whole are found with it. */
static void check_neighbor(struct arena *a, const char *text)
{
  search_terms terms = {0};
  search_terms_add(a, &terms, arena_printf(a, "needle %s", text));
  FUZZ_CHECK(has_term(&terms, "needle"));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct arena *a = arena_new((size_t)1 << 28);
  char *text = fuzz_text(bytes, n);
  search_terms terms = {0};
  search_terms_add(a, &terms, text);
  check_terms(&terms);
  check_found_again(a, &terms);
  check_neighbor(a, text);
  search_terms_add(a, &terms, text); /* a record has several texts */
  check_terms(&terms);
  free(text);
  arena_free(a);
  return 0;
}
