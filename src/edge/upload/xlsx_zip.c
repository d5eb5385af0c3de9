/* The parts of a ZIP archive in memory, as far as office files use the format: stored or deflated, with a directory at the
 * end. Every number in it is somebody else's and is looked at before it is used. */
#include "upload_priv.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
  END_BYTES = 22,
  END_COMMENT_MAX = 65535,
  ENTRY_BYTES = 46,
  LOCAL_BYTES = 30,
  METHOD_STORED = 0,
  METHOD_DEFLATED = 8,
};

static uint32_t number(const unsigned char *p, int bytes)
{
  uint32_t v = 0;
  for (int i = bytes; i-- > 0;)
    v = v << 8 | p[i];
  return v;
}

static bool find_end(const unsigned char *at, size_t n, size_t *out)
{
  if (n < END_BYTES)
    return false;
  size_t last = n - END_BYTES, first = last > END_COMMENT_MAX ? last - END_COMMENT_MAX : 0;
  for (size_t i = last + 1; i-- > first;)
    if (number(at + i, 4) == 0x06054b50) {
      *out = i;
      return true;
    }
  return false;
}

static enum err unpack(const unsigned char *from, size_t n, uint32_t method, size_t size, struct fault *f,
                       struct upload_text *out)
{
  char *at = malloc(size + 1);
  size_t got = 0;
  assert(at);
  if (method == METHOD_STORED && n == size) {
    memcpy(at, from, n);
    got = n;
  } else if (method == METHOD_DEFLATED) {
    z_stream z = {.next_in = (Bytef *)from, .avail_in = (uInt)n, .next_out = (Bytef *)at, .avail_out = (uInt)size};
    int code = inflateInit2(&z, -MAX_WBITS);
    assert(code == Z_OK);
    code = inflate(&z, Z_FINISH);
    got = code == Z_STREAM_END ? z.total_out : SIZE_MAX;
    inflateEnd(&z);
  }
  if (got != size) {
    free(at);
    return fault_add(f, ERR_INVALID, "", "malformed", "the sheet is damaged");
  }
  *out = (struct upload_text){at, size};
  return ERR_OK;
}

static enum err take(const unsigned char *at, size_t n, const unsigned char *entry, struct fault *f,
                     struct upload_text *out)
{
  size_t packed = number(entry + 20, 4), size = number(entry + 24, 4), local = number(entry + 42, 4);
  if (size > UPLOAD_TEXT_MAX)
    return fault_add(f, ERR_INVALID, "", "too_large", "unpacked, the sheet is larger than %u MB",
                     UPLOAD_TEXT_MAX >> 20);
  if (local > n || n - local < LOCAL_BYTES || number(at + local, 4) != 0x04034b50)
    return fault_add(f, ERR_INVALID, "", "malformed", "the sheet is damaged");
  size_t begin = local + LOCAL_BYTES + number(at + local + 26, 2) + number(at + local + 28, 2);
  if (begin > n || n - begin < packed)
    return fault_add(f, ERR_INVALID, "", "malformed", "the sheet is damaged");
  return unpack(at + begin, packed, number(entry + 10, 2), size, f, out);
}

enum err zip_part(const char *bytes, size_t n, const char *name, struct fault *f, struct upload_text *out)
{
  const unsigned char *at = (const unsigned char *)bytes;
  size_t end, length = strlen(name);
  *out = (struct upload_text){0};
  if (!find_end(at, n, &end))
    return fault_add(f, ERR_INVALID, "", "malformed", "the sheet is damaged: its directory is missing");
  uint32_t entries = number(at + end + 10, 2);
  size_t p = number(at + end + 16, 4);
  for (uint32_t i = 0; i < entries; i++) {
    if (p > end || end - p < ENTRY_BYTES || number(at + p, 4) != 0x02014b50)
      return fault_add(f, ERR_INVALID, "", "malformed", "the sheet is damaged: its directory cannot be read");
    size_t name_n = number(at + p + 28, 2), more = number(at + p + 30, 2) + number(at + p + 32, 2);
    if (end - p - ENTRY_BYTES < name_n + more)
      return fault_add(f, ERR_INVALID, "", "malformed", "the sheet is damaged: its directory cannot be read");
    if (name_n == length && memcmp(at + p + ENTRY_BYTES, name, length) == 0)
      return take(at, n, at + p, f, out);
    p += ENTRY_BYTES + name_n + more;
  }
  return ERR_NOT_FOUND;
}
