/* The parts of an office file as somebody else wrote them, each begun by a line with its name: read or refused, and never
 * more than was promised. fuzz_upload sees these texts only through an archive, which mutations break first. */
#include "fuzz.h"

#include "upload.h"
#include "zip.h"

#include <string.h>

enum { PARTS_MAX = 6 };

static const struct {
  char first; /* of the line that begins it */
  const char *name;
} part_names[] = {{'W', "xl/workbook.xml"},
                  {'R', "xl/_rels/workbook.xml.rels"},
                  {'F', "xl/styles.xml"},
                  {'T', "xl/sharedStrings.xml"},
                  {'S', "xl/worksheets/sheet1.xml"}};

static const char *name_of(const uint8_t *line, size_t n)
{
  for (size_t i = 0; n > 1 && line[0] == '#' && i < COUNT_OF(part_names); i++)
    if ((char)line[1] == part_names[i].first)
      return part_names[i].name;
  return NULL;
}

static size_t line_of(const uint8_t *at, size_t n)
{
  const uint8_t *end = n ? memchr(at, '\n', n) : NULL;
  return end ? (size_t)(end - at) + 1 : n;
}

static size_t split(const uint8_t *bytes, size_t n, struct zip_file parts[PARTS_MAX])
{
  size_t count = 0;
  while (n) {
    size_t line = line_of(bytes, n);
    const char *name = name_of(bytes, line);
    if (name && count == PARTS_MAX)
      break;
    if (name)
      parts[count++] = (struct zip_file){name, (const char *)bytes + line, 0};
    else if (count)
      parts[count - 1].n += line;
    bytes += line;
    n -= line;
  }
  return count;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct zip_file parts[PARTS_MAX];
  struct arena *a = arena_new((size_t)1 << 24);
  struct growing file = {0};
  struct upload_text text = {0};
  struct fault f;
  fault_init(&f, a);
  zip_pack(parts, split(bytes, n, parts), &file);
  if (xlsx_to_csv(file.at, file.n, &f, &text) != ERR_OK) {
    FUZZ_CHECK(f.n > 0 && !text.at);
  } else {
    FUZZ_CHECK(text.n <= UPLOAD_TEXT_MAX && !memchr(text.at ? text.at : "", 0, text.n));
    FUZZ_CHECK(text.n == 0 || text.at[text.n - 1] == '\n');
  }
  free(text.at);
  growing_free(&file);
  arena_free(a);
  return 0;
}
