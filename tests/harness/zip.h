/* An archive of stored parts, for tests of what reads office files. */
#ifndef ORDO_TEST_ZIP_H
#define ORDO_TEST_ZIP_H

#include "base.h"

#include <string.h>

struct zip_file {
  const char *name, *bytes;
  size_t n;
};

static inline void zip_number(struct growing *out, size_t v, int bytes)
{
  for (; bytes-- > 0; v >>= 8)
    growing_add(out, &(char){(char)(v & 0xff)}, 1);
}

/* What an entry and its copy in the directory both say: version, flags, method, time, CRC (nobody looks), sizes. */
static inline void zip_says(struct growing *out, const struct zip_file *file)
{
  zip_number(out, 20, 2);
  zip_number(out, 0, 2 + 2 + 4 + 4);
  zip_number(out, file->n, 4);
  zip_number(out, file->n, 4);
  zip_number(out, strlen(file->name), 2);
  zip_number(out, 0, 2);
}

static inline void zip_pack(const struct zip_file *files, size_t n, struct growing *out)
{
  struct growing directory = {0};
  for (size_t i = 0; i < n; i++) {
    size_t at = out->n;
    growing_add(out, "PK\3\4", 4);
    zip_says(out, &files[i]);
    growing_add(out, files[i].name, strlen(files[i].name));
    growing_add(out, files[i].bytes, files[i].n);
    growing_add(&directory, "PK\1\2", 4);
    zip_number(&directory, 20, 2);
    zip_says(&directory, &files[i]);
    zip_number(&directory, 0, 2 + 2 + 2 + 4);
    zip_number(&directory, at, 4);
    growing_add(&directory, files[i].name, strlen(files[i].name));
  }
  size_t begin = out->n;
  growing_add(out, directory.at, directory.n);
  growing_add(out, "PK\5\6", 4);
  zip_number(out, 0, 4);
  zip_number(out, n, 2);
  zip_number(out, n, 2);
  zip_number(out, directory.n, 4);
  zip_number(out, begin, 4);
  zip_number(out, 0, 2);
  growing_free(&directory);
}

#endif
