/* fuzz - what a target needs: the entry point that libFuzzer or standalone.c calls, a check that stops, and the means
 * to take an input of several parts apart. */
#ifndef ORDO_FUZZ_H
#define ORDO_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define FUZZ_CHECK(condition)                                                                                          \
  do {                                                                                                                 \
    if (!(condition)) {                                                                                                \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition);                                                  \
      abort();                                                                                                         \
    }                                                                                                                  \
  } while (0)

/* What is left of an input. Texts come first, a line each, so that a person can write a corpus; numbers come last. */
struct fuzz_input {
  const uint8_t *at;
  size_t n;
};

/* n bytes as text, in a block of exactly their size and a NUL, so that a sanitizer sees the first byte read beyond it.
 * The caller frees. */
static inline char *fuzz_text(const uint8_t *bytes, size_t n)
{
  char *text = malloc(n + 1);
  FUZZ_CHECK(text);
  if (n)
    memcpy(text, bytes, n);
  text[n] = '\0';
  return text;
}

/* The next line as text, "" when there is none. The caller frees. */
static inline char *fuzz_line(struct fuzz_input *in)
{
  const uint8_t *end = in->n ? memchr(in->at, '\n', in->n) : NULL;
  size_t n = end ? (size_t)(end - in->at) : in->n;
  char *line = fuzz_text(in->at, n);
  in->at += n + (end != NULL);
  in->n -= n + (end != NULL);
  return line;
}

/* The next number, least..most; least when nothing is left. It takes as many bytes as most - least fills. */
static inline int64_t fuzz_number(struct fuzz_input *in, int64_t least, int64_t most)
{
  uint64_t span = (uint64_t)most - (uint64_t)least, v = 0;
  for (uint64_t left = span; left && in->n; left >>= 8) {
    v = v << 8 | *in->at++;
    in->n--;
  }
  return (int64_t)((uint64_t)least + (span == UINT64_MAX ? v : v % (span + 1)));
}

#endif
