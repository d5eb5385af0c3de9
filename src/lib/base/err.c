/* Errors: the table behind enum err and the one place where a request keeps what went wrong. */
#include "base.h"

#include <stdio.h>

static const struct err_info infos[ERR_COUNT] = {
#define X(code, http, slug, title) [ERR_##code] = {http, slug, title},
    ERR_LIST(X)
#undef X
};

const struct err_info *err_info(enum err code)
{
  assert(code > ERR_OK && code < ERR_COUNT);
  return &infos[code];
}

void fault_init(struct fault *f, struct arena *a)
{
  f->arena = a;
  fault_clear(f);
}

void fault_clear(struct fault *f)
{
  f->code = ERR_OK;
  f->detail = NULL;
  f->related = NULL;
  f->retry_after_s = 0;
  f->n = 0;
}

static struct fault_entry *add(struct fault *f, enum err code, const char *pointer, const char *slug,
                               const char *detail)
{
  assert(code > ERR_OK && code < ERR_COUNT);
  if (f->code == ERR_OK) {
    f->code = code;
    f->detail = detail;
  }
  if (f->n == FAULT_ENTRIES_MAX)
    return NULL;
  f->entries[f->n] = (struct fault_entry){.pointer = arena_text(f->arena, pointer), .code = slug, .detail = detail};
  return &f->entries[f->n++];
}

static const char *vformat(struct arena *a, const char *fmt, va_list args) PRINTF_LIKE(2, 0);
static const char *vformat(struct arena *a, const char *fmt, va_list args)
{
  char text[1024];
  vsnprintf(text, sizeof text, fmt, args);
  return arena_text(a, text);
}

enum err fault_fail(struct fault *f, enum err code, const char *pointer, const char *fmt, ...)
{
  va_list args;
  va_start(args, fmt);
  add(f, code, pointer, err_info(code)->slug, vformat(f->arena, fmt, args));
  va_end(args);
  return f->code;
}

enum err fault_add(struct fault *f, enum err code, const char *pointer, const char *slug, const char *fmt, ...)
{
  va_list args;
  va_start(args, fmt);
  add(f, code, pointer, slug, vformat(f->arena, fmt, args));
  va_end(args);
  return f->code;
}

enum err fault_shortage(struct fault *f, const char *pointer, const char *sku, int64_t asked, int64_t available)
{
  char a[32], b[32];
  decimal_format(asked, 6, a);
  decimal_format(available, 6, b);
  struct fault_entry *e = add(f, ERR_SHORTAGE, pointer, err_info(ERR_SHORTAGE)->slug,
                              arena_printf(f->arena, "%s: %s asked, %s available", sku, a, b));
  if (e) {
    e->sku = arena_text(f->arena, sku);
    e->asked = asked;
    e->available = available;
  }
  return f->code;
}
enum err fault_conflict(struct fault *f, const char *pointer, const char *before, const char *theirs, const char *mine)
{
  struct fault_entry *e = add(f, ERR_VERSION, pointer, "conflict", "somebody else has changed it since");
  if (e) {
    e->before = arena_text(f->arena, before);
    e->theirs = arena_text(f->arena, theirs);
    e->mine = arena_text(f->arena, mine);
  }
  return f->code;
}
