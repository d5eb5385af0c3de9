/* Sheets. */
#include "upload_priv.h"

enum err xlsx_to_csv(const char *bytes, size_t n, struct fault *f, struct upload_text *out)
{
  (void)bytes;
  (void)n;
  (void)out;
  return fault_add(f, ERR_INVALID, "", "not_allowed", "sheets are not read; save it as CSV");
}
