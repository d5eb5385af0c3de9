/* The oracle: see jansson_test.h. */
#include "jansson_test.h"

#include <dlfcn.h>
#include <jansson.h>
#include <string.h>

static __typeof__(&json_loadb) load;
static __typeof__(&json_equal) equal;
static __typeof__(&json_delete) delete;

static const size_t flags = JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL;

bool jansson_open(void)
{
  void *library = load ? NULL : dlopen("libjansson.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library) {
    load = (__typeof__(load))dlsym(library, "json_loadb");
    equal = (__typeof__(equal))dlsym(library, "json_equal");
    delete = (__typeof__(delete))dlsym(library, "json_delete");
  }
  return load && equal && delete;
}

static void drop(json_t *value)
{
  if (value && value->refcount != (size_t)-1 && --value->refcount == 0)
    delete (value);
}

enum jansson_says jansson_reads(const char *bytes, size_t n)
{
  json_error_t error;
  json_t *value = load(bytes, n, flags, &error);
  if (value) {
    drop(value);
    return JANSSON_ACCEPTS;
  }
  enum json_error_code code = json_error_code(&error);
  return code == json_error_numeric_overflow || code == json_error_null_byte_in_key ? JANSSON_LIMIT : JANSSON_REFUSES;
}

bool jansson_same(const char *bytes, size_t n, const char *other)
{
  json_t *a = load(bytes, n, flags, NULL), *b = load(other, strlen(other), flags, NULL);
  bool same = equal(a, b);
  drop(a);
  drop(b);
  return same;
}
