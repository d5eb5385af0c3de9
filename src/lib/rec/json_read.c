/* The pull reader: one pass, one block of memory for all decoded text, and nothing accepted that RFC 8259 refuses.
 *
 * Decoded text is never longer than its JSON form, quotes and separators included, so that one block of the input's
 * size (plus a word for wide stores) takes every key, string and number with its NUL. Keys go into one hash table for
 * the whole document, tagged with their object: a body full of keys costs no more than its length.
 */
#include "rec_priv.h"

#include <string.h>

enum state { VALUE, VALUE_OR_END, KEY_OR_END, AFTER, BROKEN };

struct json_key {
  uint64_t hash;
  const char *text;
  unsigned n, object; /* object 0 = a free place */
};

void json_init(struct json *j, const char *bytes, size_t n, struct arena *a)
{
  j->at = j->start = j->token = bytes;
  j->end = bytes + n;
  j->arena = a;
  j->text = j->error = NULL;
  j->n = j->error_offset = 0;
  j->depth = 0;
  j->state = VALUE;
  j->keys_by_caller = false;
  j->out = arena_alloc(a, n + 1 + sizeof(uint64_t));
  j->keys = NULL;
  j->n_keys = j->keys_cap = 0;
  j->objects = 0;
  j->object[0] = 0;
}

enum json_token json_broken(struct json *j, const char *at, const char *what)
{
  if (j->state != BROKEN) {
    j->state = BROKEN;
    j->error = what;
    j->error_offset = (size_t)(at - j->start);
  }
  return JSON_ERROR;
}

static void skip_space(struct json *j)
{
  while (j->at < j->end && (*j->at == ' ' || *j->at == '\n' || *j->at == '\r' || *j->at == '\t'))
    j->at++;
}

/* ---- Strings -------------------------------------------------------------------------------------------------- */

static int hex_digit(char c)
{
  if (c >= '0' && c <= '9')
    return c - '0';
  c |= 0x20;
  return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The four digits after \u at p, or -1. */
static int read_hex4(const struct json *j, const char *p)
{
  if (j->end - p < 4)
    return -1;
  int v = 0;
  for (int i = 0; i < 4; i++) {
    int digit = hex_digit(p[i]);
    if (digit < 0)
      return -1;
    v = v << 4 | digit;
  }
  return v;
}

static char *put_utf8(char *out, unsigned c)
{
  if (c < 0x80) {
    *out++ = (char)c;
  } else if (c < 0x800) {
    *out++ = (char)(0xc0 | c >> 6);
    *out++ = (char)(0x80 | (c & 0x3f));
  } else if (c < 0x10000) {
    *out++ = (char)(0xe0 | c >> 12);
    *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    *out++ = (char)(0x80 | (c & 0x3f));
  } else {
    *out++ = (char)(0xf0 | c >> 18);
    *out++ = (char)(0x80 | (c >> 12 & 0x3f));
    *out++ = (char)(0x80 | (c >> 6 & 0x3f));
    *out++ = (char)(0x80 | (c & 0x3f));
  }
  return out;
}

/* \uXXXX at p, or a pair of them; the place after it, NULL after an error. */
static const char *read_unicode(struct json *j, const char *p, char **out)
{
  int c = read_hex4(j, p + 2);
  if (c < 0)
    return json_broken(j, p, "\\u takes four hexadecimal digits"), NULL;
  const char *next = p + 6;
  if (c >= 0xd800 && c <= 0xdfff) {
    int low = c <= 0xdbff && j->end - next >= 6 && next[0] == '\\' && next[1] == 'u' ? read_hex4(j, next + 2) : -1;
    if (low < 0xdc00 || low > 0xdfff)
      return json_broken(j, p, "half of a surrogate pair"), NULL;
    c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
    next += 6;
  }
  *out = put_utf8(*out, (unsigned)c);
  return next;
}

static const char *read_escape(struct json *j, const char *p, char **out)
{
  static const char names[] = "\"\\/bfnrt", values[] = "\"\\/\b\f\n\r\t";
  if (j->end - p < 2)
    return json_broken(j, p, "the string does not end"), NULL;
  if (p[1] == 'u')
    return read_unicode(j, p, out);
  const char *name = p[1] ? strchr(names, p[1]) : NULL;
  if (!name)
    return json_broken(j, p, "no such escape"), NULL;
  *(*out)++ = values[name - names];
  return p + 2;
}

/* One character above U+007F at p. */
static const char *read_wide(struct json *j, const char *p, char **out)
{
  unsigned char c = (unsigned char)*p;
  size_t n = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
  if (n > (size_t)(j->end - p) || !utf8_valid(p, n))
    return json_broken(j, p, "not UTF-8"), NULL;
  memcpy(*out, p, n);
  *out += n;
  return p + n;
}

/* Copies plain ASCII from p, eight bytes at a time while they last; stops at what needs a look. */
static inline const char *copy_plain(const struct json *j, const char *p, char **out)
{
  while (j->end - p >= (ptrdiff_t)sizeof(uint64_t)) {
    uint64_t word, stop;
    memcpy(&word, p, sizeof word);
    memcpy(*out, &word, sizeof word);
    stop = text_stops(word) | (word & WORD_OF(0x80));
    size_t n = stop ? text_first_stop(stop) : sizeof word;
    p += n;
    *out += n;
    if (stop)
      return p;
  }
  while (p < j->end && (unsigned char)*p >= 0x20 && (unsigned char)*p < 0x80 && *p != '"' && *p != '\\')
    *(*out)++ = *p++;
  return p;
}

/* What copy_plain has stopped at, if it is no closing quote; the place after it, NULL after an error. */
static const char *read_special(struct json *j, const char *p, char **out)
{
  if (p == j->end)
    return json_broken(j, j->at, "the string does not end"), NULL;
  if (*p == '\\')
    return read_escape(j, p, out);
  if ((unsigned char)*p < 0x20)
    return json_broken(j, p, "a control character in a string"), NULL;
  return read_wide(j, p, out);
}

/* The string whose opening quote is at j->at: text, n. */
static bool read_string(struct json *j)
{
  char *out = j->out;
  const char *p = copy_plain(j, j->at + 1, &out);
  while (p == j->end || *p != '"') {
    char *after = out; /* so that out itself may stay in a register */
    p = read_special(j, p, &after);
    out = after;
    if (!p)
      return false;
    p = copy_plain(j, p, &out);
  }
  *out = 0;
  j->text = j->out;
  j->n = (size_t)(out - j->out);
  j->out = out + 1;
  j->at = p + 1;
  return true;
}

/* ---- Keys ----------------------------------------------------------------------------------------------------- */

/* The block's address is the seed, so that nobody can send keys chosen to collide. */
static uint64_t key_hash(const struct json *j)
{
  uint64_t h = (uint64_t)(uintptr_t)j->keys ^ (uint64_t)j->object[j->depth] << 40 ^ j->n;
  const char *p = j->text;
  for (size_t left = j->n; left > 0;) {
    size_t n = left < sizeof(uint64_t) ? left : sizeof(uint64_t);
    uint64_t word = 0;
    memcpy(&word, p, n);
    unsigned __int128 m = (unsigned __int128)(h ^ word) * 0x9e3779b97f4a7c15ULL;
    h = (uint64_t)m ^ (uint64_t)(m >> 64);
    p += n;
    left -= n;
  }
  return h ^ h >> 32;
}

static void keys_grow(struct json *j)
{
  struct json_key *old = j->keys;
  size_t old_cap = j->keys_cap;
  j->keys_cap = old_cap ? old_cap * 4 : 64;
  j->keys = arena_alloc(j->arena, j->keys_cap * sizeof *j->keys);
  struct json place = *j; /* to hash the old keys again: the seed has moved */
  for (size_t i = 0; i < old_cap; i++) {
    if (!old[i].object)
      continue;
    place.text = old[i].text;
    place.n = old[i].n;
    place.object[place.depth] = old[i].object;
    uint64_t h = key_hash(&place);
    size_t at = h & (j->keys_cap - 1);
    while (j->keys[at].object)
      at = (at + 1) & (j->keys_cap - 1);
    j->keys[at] = (struct json_key){h, old[i].text, old[i].n, old[i].object};
  }
}

bool json_key_twice(struct json *j)
{
  json_broken(j, j->token, "the object has this member twice");
  return false;
}

bool json_key_is_new(struct json *j)
{
  if (2 * j->n_keys >= j->keys_cap)
    keys_grow(j);
  uint64_t h = key_hash(j);
  unsigned object = j->object[j->depth];
  size_t at = h & (j->keys_cap - 1);
  for (; j->keys[at].object; at = (at + 1) & (j->keys_cap - 1)) {
    const struct json_key *k = &j->keys[at];
    if (k->hash == h && k->object == object && k->n == j->n && memcmp(k->text, j->text, j->n) == 0)
      return json_key_twice(j);
  }
  j->keys[at] = (struct json_key){h, j->text, (unsigned)j->n, object};
  j->n_keys++;
  return true;
}

static enum json_token read_key(struct json *j)
{
  if (*j->at != '"')
    return json_broken(j, j->at, "a member's name was expected");
  j->token = j->at;
  if (!read_string(j))
    return JSON_ERROR;
  if (!j->keys_by_caller && !json_key_is_new(j))
    return JSON_ERROR;
  skip_space(j);
  if (j->at == j->end || *j->at != ':')
    return json_broken(j, j->at, "':' was expected");
  j->at++;
  skip_space(j);
  j->state = VALUE;
  return JSON_KEY;
}

/* ---- Values --------------------------------------------------------------------------------------------------- */

static const char *skip_digits(const struct json *j, const char *p)
{
  while (p < j->end && *p >= '0' && *p <= '9')
    p++;
  return p;
}

static enum json_token read_number(struct json *j)
{
  const char *p = j->at + (*j->at == '-');
  const char *digits = p;
  p = skip_digits(j, p);
  if (p == digits)
    return json_broken(j, p, "a digit was expected");
  if (*digits == '0' && p > digits + 1)
    return json_broken(j, digits, "a number does not begin with 0");
  if (p < j->end && *p == '.') {
    digits = ++p;
    if ((p = skip_digits(j, p)) == digits)
      return json_broken(j, p, "a digit was expected");
  }
  if (p < j->end && (*p == 'e' || *p == 'E')) {
    p++;
    if (p < j->end && (*p == '+' || *p == '-'))
      p++;
    digits = p;
    if ((p = skip_digits(j, p)) == digits)
      return json_broken(j, p, "a digit was expected");
  }
  j->n = (size_t)(p - j->at);
  memcpy(j->out, j->at, j->n);
  j->out[j->n] = 0;
  j->text = j->out;
  j->out += j->n + 1;
  j->at = p;
  j->state = AFTER;
  return JSON_NUMBER;
}

static enum json_token read_word(struct json *j, const char *word, size_t n, enum json_token token)
{
  if ((size_t)(j->end - j->at) < n || memcmp(j->at, word, n) != 0)
    return json_broken(j, j->at, "a value was expected");
  j->at += n;
  j->state = AFTER;
  return token;
}

static enum json_token open_container(struct json *j, enum json_token token)
{
  if (j->depth == JSON_DEPTH_MAX)
    return json_broken(j, j->at, "too deep");
  j->at++;
  j->object[++j->depth] = token == JSON_OBJECT ? ++j->objects : 0;
  j->state = token == JSON_OBJECT ? KEY_OR_END : VALUE_OR_END;
  return token;
}

static enum json_token close_container(struct json *j)
{
  enum json_token token = j->object[j->depth] ? JSON_OBJECT_END : JSON_ARRAY_END;
  j->token = j->at++;
  j->depth--;
  j->state = AFTER;
  return token;
}

static enum json_token read_value(struct json *j)
{
  j->token = j->at;
  switch (*j->at) {
  case '"':
    if (!read_string(j))
      return JSON_ERROR;
    j->state = AFTER;
    return JSON_STRING;
  case '{':
    return open_container(j, JSON_OBJECT);
  case '[':
    return open_container(j, JSON_ARRAY);
  case 't':
    return read_word(j, "true", 4, JSON_TRUE);
  case 'f':
    return read_word(j, "false", 5, JSON_FALSE);
  case 'n':
    return read_word(j, "null", 4, JSON_NULL);
  case '-': case '0': case '1': case '2': case '3': case '4': case '5': case '6': case '7': case '8': case '9':
    return read_number(j);
  case '\xef':
    return json_broken(j, j->at, "a value was expected; a byte order mark is not one");
  default:
    return json_broken(j, j->at, "a value was expected");
  }
}

/* After a value inside a container: a comma and what follows it, or the container's end. */
static enum json_token read_next(struct json *j)
{
  bool object = j->object[j->depth];
  if (*j->at == (object ? '}' : ']'))
    return close_container(j);
  if (*j->at != ',')
    return json_broken(j, j->at, object ? "',' or '}' was expected" : "',' or ']' was expected");
  j->at++;
  skip_space(j);
  if (j->at == j->end)
    return json_broken(j, j->at, "the text ends too early");
  return object ? read_key(j) : read_value(j);
}

enum json_token json_next(struct json *j)
{
  if (j->state == BROKEN)
    return JSON_ERROR;
  skip_space(j);
  if (j->state == AFTER && j->depth == 0) {
    if (j->at < j->end)
      return json_broken(j, j->at, "something follows the value");
    return JSON_END;
  }
  if (j->at == j->end)
    return json_broken(j, j->at, "the text ends too early");
  switch ((enum state)j->state) {
  case KEY_OR_END:
    return *j->at == '}' ? close_container(j) : read_key(j);
  case VALUE_OR_END:
    return *j->at == ']' ? close_container(j) : read_value(j);
  case AFTER:
    return read_next(j);
  default:
    return read_value(j);
  }
}

bool json_skip_rest(struct json *j, enum json_token first)
{
  switch (first) {
  case JSON_OBJECT:
  case JSON_ARRAY:
    break;
  case JSON_STRING:
  case JSON_NUMBER:
  case JSON_TRUE:
  case JSON_FALSE:
  case JSON_NULL:
    return true;
  default:
    return false;
  }
  for (int outside = j->depth - 1; j->depth > outside;)
    if (json_next(j) == JSON_ERROR)
      return false;
  return true;
}

bool json_skip(struct json *j, const char **out, size_t *out_n)
{
  enum json_token first = json_next(j);
  const char *begin = j->token;
  if (!json_skip_rest(j, first))
    return false;
  *out = begin;
  *out_n = (size_t)(j->at - begin);
  return true;
}
