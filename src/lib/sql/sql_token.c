/* The words of a statement. What the portable subset does not write (comments, double quotes, a second statement) is no
 * word of it, so nothing can hide in one. */
#include "sql.h"

#include <ctype.h>
#include <string.h>

enum { PARAM_MAX = 65535 };

static bool word_begins(char c)
{
  return isalpha((unsigned char)c) || c == '_';
}

static size_t word_length(const char *p)
{
  size_t n = 0;
  while (isalnum((unsigned char)p[n]) || p[n] == '_')
    n++;
  return n;
}

/* 'it''s' with its quotes; 0 where the closing one is missing. */
static size_t string_length(const char *p)
{
  size_t n = 1;
  for (;;) {
    n += strcspn(p + n, "'");
    if (!p[n])
      return 0;
    if (p[n + 1] != '\'')
      return n + 1;
    n += 2;
  }
}

static size_t sign_length(const char *p)
{
  static const char *const two[] = {"<=", ">=", "<>", "!=", "||", "<<", ">>"};
  if (p[0] == p[1] && (*p == '-' || *p == '/')) /* a comment, or nothing we know */
    return 0;
  if (p[0] == '/' && p[1] == '*')
    return 0;
  for (size_t i = 0; i < COUNT_OF(two); i++)
    if (strncmp(p, two[i], 2) == 0)
      return 2;
  return strchr("()=<>,.+-*/%&|~", *p) != NULL;
}

/* $1 and up; 0 where it is none. */
static int param_number(const char *digits, size_t n)
{
  int v = 0;
  for (size_t i = 0; i < n; i++) {
    if (!isdigit((unsigned char)digits[i]) || v > PARAM_MAX)
      return 0;
    v = v * 10 + (digits[i] - '0');
  }
  return v <= PARAM_MAX ? v : 0;
}

static struct sql_token token_at(const char *p)
{
  struct sql_token t = {.at = p};
  if (word_begins(*p)) {
    t.kind = SQL_TOKEN_WORD;
    t.n = word_length(p);
  } else if (isdigit((unsigned char)*p)) {
    t.n = word_length(p);
    t.kind = t.n == strspn(p, "0123456789") && p[t.n] != '.' ? SQL_TOKEN_NUMBER : SQL_TOKEN_BAD;
  } else if (*p == '\'') {
    t.n = string_length(p);
    t.kind = t.n ? SQL_TOKEN_STRING : SQL_TOKEN_BAD;
  } else if (*p == '$') {
    t.n = 1 + word_length(p + 1);
    t.param = param_number(p + 1, t.n - 1);
    t.kind = t.param ? SQL_TOKEN_PARAM : SQL_TOKEN_BAD;
  } else {
    t.n = sign_length(p);
    t.kind = t.n ? SQL_TOKEN_SIGN : SQL_TOKEN_BAD;
  }
  return t;
}

void sql_tokens_read(const char *sql, struct arena *a, sql_tokens *out)
{
  const char *p = sql + strspn(sql, " \n\t\r");
  while (*p) {
    struct sql_token t = token_at(p);
    if (t.kind == SQL_TOKEN_BAD)
      t.n = strcspn(p, " \n\t\r");
    char *text = arena_textn(a, p, t.n);
    for (char *c = text; t.kind == SQL_TOKEN_WORD && *c; c++)
      *c = (char)tolower((unsigned char)*c);
    t.text = text;
    *LIST_ADD(a, out) = t;
    p += t.n;
    p += strspn(p, " \n\t\r");
  }
  *LIST_ADD(a, out) = (struct sql_token){.kind = SQL_TOKEN_END, .at = p, .text = ""};
}
