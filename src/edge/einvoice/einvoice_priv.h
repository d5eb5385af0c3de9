/* What the files of einvoice share. */
#ifndef ORDO_EINVOICE_PRIV_H
#define ORDO_EINVOICE_PRIV_H

#include "einvoice.h"

#define XML_DEPTH_MAX 16
struct xml {
  struct buf *out;
  const char *open[XML_DEPTH_MAX];
  int depth;
};
void xml_open(struct xml *x, const char *name); /* name lives longer */
void xml_close(struct xml *x);
/* An element with a text; nothing where the text is empty. */
void xml_text(struct xml *x, const char *name, const char *text);
void xml_text_with(struct xml *x, const char *name, const char *attribute, const char *value, const char *text);

#endif
