/* Parts of addresses. */
#include "codec.h"

#include <string.h>

const char *url_part(struct arena *a, const char *text)
{
  struct buf b;
  buf_init(&b, a);
  for (const char *p = text ? text : ""; *p; p++) {
    bool plain = (*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || strchr("-_.~", *p);
    if (plain)
      buf_char(&b, *p);
    else
      buf_printf(&b, "%%%02X", (unsigned)(unsigned char)*p);
  }
  return buf_str(&b);
}
