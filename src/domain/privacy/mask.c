/* What is left of a personal text. */
#include "privacy.h"

#include <string.h>

#define ELLIPSIS "\xe2\x80\xa6"

/* Bytes of the first n code points. */
static size_t first(const char *text, size_t n)
{
  size_t at = 0;
  while (n && text[at]) {
    at++;
    while (((unsigned char)text[at] & 0xc0) == 0x80)
      at++;
    n--;
  }
  return at;
}

static const char *begins(struct arena *a, const char *text, size_t code_points)
{
  return arena_printf(a, "%.*s" ELLIPSIS, (int)first(text, code_points), text);
}

/* The first word and the initial of the second; of one word its first letter, which is a Chinese family name. */
static const char *mask_name(struct arena *a, const char *text)
{
  size_t word = strcspn(text, " "), second = word + strspn(text + word, " ");
  if (!text[second])
    return begins(a, text, 1);
  return arena_printf(a, "%.*s" ELLIPSIS, (int)(second + first(text + second, 1)), text);
}

static const char *mask_mail(struct arena *a, const char *text)
{
  const char *at = strchr(text, '@');
  size_t n = first(text, 2);
  if (!at)
    return ELLIPSIS;
  return arena_printf(a, "%.*s" ELLIPSIS "%s", (int)(n < (size_t)(at - text) ? n : (size_t)(at - text)), text, at);
}

static const char *mask_phone(struct arena *a, const char *text)
{
  char last[3] = "";
  size_t n = 0;
  for (const char *p = text + strlen(text); p > text && n < 2; p--)
    if (p[-1] >= '0' && p[-1] <= '9')
      last[1 - n++] = p[-1];
  return n == 2 ? arena_printf(a, ELLIPSIS "%s", last) : ELLIPSIS;
}

static const char *mask_code(struct arena *a, const char *text)
{
  return begins(a, text, 2);
}

static const char *mask_nothing(struct arena *a, const char *text)
{
  (void)a;
  return text;
}

const char *personal_mask(struct arena *a, const struct rec_field *field, const char *text)
{
  static const struct {
    const char *name;
    const char *(*mask)(struct arena *a, const char *text);
  } kinds[] = {
      {"name", mask_name},   {"company", mask_name},     {"title", mask_name},   {"email", mask_mail},
      {"phone", mask_phone}, {"postal_code", mask_code}, {"city", mask_nothing}, {"region", mask_nothing},
  };
  for (size_t i = 0; i < COUNT_OF(kinds); i++)
    if (strcmp(kinds[i].name, field->name) == 0)
      return kinds[i].mask(a, text);
  return ELLIPSIS;
}
