/* A streaming writer of XML: elements with text, escaped, without what XML 1.0 cannot hold. */
#include "einvoice_priv.h"

#include <string.h>

/* Control characters, and U+FFFE and U+FFFF, which are none. */
static bool forbidden(const unsigned char *s)
{
  return (s[0] < 0x20 && s[0] != '\t' && s[0] != '\n' && s[0] != '\r') ||
         (s[0] == 0xef && s[1] == 0xbf && (s[2] == 0xbe || s[2] == 0xbf));
}

static void escaped(struct buf *b, const char *text)
{
  for (const unsigned char *s = (const unsigned char *)text; *s; s++) {
    if (forbidden(s)) {
      s += *s == 0xef ? 2 : 0;
      continue;
    }
    const char *as = *s == '&' ? "&amp;" : *s == '<' ? "&lt;" : *s == '>' ? "&gt;" : *s == '"' ? "&quot;" : NULL;
    if (as)
      buf_text(b, as);
    else
      buf_char(b, (char)*s);
  }
}

static void indent(struct xml *x)
{
  for (int i = 0; i < x->depth; i++)
    buf_text(x->out, "  ");
}

void xml_open(struct xml *x, const char *name)
{
  assert(x->depth < XML_DEPTH_MAX);
  indent(x);
  buf_printf(x->out, "<%s>\n", name);
  x->open[x->depth++] = name;
}

void xml_close(struct xml *x)
{
  const char *name = x->open[--x->depth];
  indent(x);
  buf_printf(x->out, "</%s>\n", name);
}

void xml_text_with(struct xml *x, const char *name, const char *attribute, const char *value, const char *text)
{
  if (text_empty(text))
    return;
  indent(x);
  buf_printf(x->out, "<%s", name);
  if (attribute) {
    buf_printf(x->out, " %s=\"", attribute);
    escaped(x->out, value);
    buf_char(x->out, '"');
  }
  buf_char(x->out, '>');
  escaped(x->out, text);
  buf_printf(x->out, "</%s>\n", name);
}

void xml_text(struct xml *x, const char *name, const char *text)
{
  xml_text_with(x, name, NULL, NULL, text);
}
