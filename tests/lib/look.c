/* Steps narrow a range of bytes; each is read afresh, which is slow and short. */
#include "look.h"

#include "rec.h"

#include <stdlib.h>
#include <string.h>

struct range {
  const char *at;
  size_t n;
};

static bool member(struct arena *a, struct range in, const char *key, size_t n_key, struct range *out)
{
  struct json j;
  json_init(&j, in.at, in.n, a);
  if (json_next(&j) != JSON_OBJECT)
    return false;
  while (json_next(&j) == JSON_KEY) {
    bool found = j.n == n_key && memcmp(j.text, key, n_key) == 0;
    if (!json_skip(&j, &out->at, &out->n))
      return false;
    if (found)
      return true;
  }
  return false;
}

static const char *text_of(struct arena *a, struct range in)
{
  struct json j;
  json_init(&j, in.at, in.n, a);
  enum json_token token = json_next(&j);
  return token == JSON_STRING ? j.text : token == JSON_ERROR ? NULL : arena_textn(a, in.at, in.n);
}

/* The item of a list: by index, or the first whose member has that text. */
static bool item(struct arena *a, struct range in, const char *step, size_t n_step, struct range *out)
{
  struct json j;
  struct range value;
  const char *equals = memchr(step, '=', n_step);
  long wanted = equals ? -1 : strtol(step, NULL, 10);
  json_init(&j, in.at, in.n, a);
  if (json_next(&j) != JSON_ARRAY)
    return false;
  for (long i = 0; json_skip(&j, &out->at, &out->n); i++) {
    if (i == wanted)
      return true;
    if (equals && member(a, *out, step, (size_t)(equals - step), &value)) {
      const char *text = text_of(a, value), *asked = equals + 1;
      size_t n = n_step - (size_t)(asked - step);
      if (text && strlen(text) == n && memcmp(text, asked, n) == 0)
        return true;
    }
  }
  return false;
}

static int64_t count(struct arena *a, struct range in)
{
  struct json j;
  struct range value;
  int64_t n = 0;
  json_init(&j, in.at, in.n, a);
  if (json_next(&j) != JSON_ARRAY)
    return -1;
  while (json_skip(&j, &value.at, &value.n))
    n++;
  return n;
}

const char *json_look(struct arena *a, const char *json, const char *pointer)
{
  struct range at = {json, strlen(json)}, next;
  for (const char *step = pointer; *step == '/';) {
    step++;
    size_t n = strcspn(step, "/");
    if (n == 1 && *step == '#')
      return arena_printf(a, "%lld", (long long)count(a, at));
    while (at.n && (*at.at == ' ' || *at.at == '\n'))
      at.at++, at.n--;
    bool list = at.n && *at.at == '[';
    if (!(list ? item(a, at, step, n, &next) : member(a, at, step, n, &next)))
      return NULL;
    at = next;
    step += n;
  }
  return text_of(a, at);
}

int64_t json_look_i64(struct arena *a, const char *json, const char *pointer)
{
  const char *text = json_look(a, json, pointer);
  int64_t v = ABSENT;
  return text && decimal_parse(text, strlen(text), 0, &v) ? v : ABSENT;
}
