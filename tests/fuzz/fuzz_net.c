/* What is parsed of answers by our own code: heads of HTTP, UIDs of IMAP, Retry-After, and foreign bytes as text. */
#include "net.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct arena *a = arena_new(64 << 20);
  char *text = fuzz_text(bytes, n);
  struct net_answer answer = {0};
  net_uids uids = {0};
  for (const char *line = text, *end = text + n; line < end;) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    size_t k = stop ? (size_t)(stop - line) + 1 : (size_t)(end - line);
    net_header_line(a, line, k, &answer);
    line += k;
  }
  FUZZ_CHECK(answer.headers.n <= NET_HEADERS_MAX);
  EACH (const struct net_header, h, &answer.headers) {
    FUZZ_CHECK(utf8_valid(h->name, strlen(h->name)) && utf8_valid(h->value, strlen(h->value)));
    FUZZ_CHECK(!strchr(h->value, '\n') || strchr(text, '\n'));
  }
  net_uids_read(a, text, n, &uids);
  FUZZ_CHECK(uids.n <= NET_UIDS_MAX);
  EACH (const int64_t, uid, &uids)
    FUZZ_CHECK(*uid > 0 && *uid <= UINT32_MAX);
  FUZZ_CHECK(net_retry_after(text, INSTANT(0)) >= 0);
  const char *shown = net_text(a, text, n, 50);
  FUZZ_CHECK(strlen(shown) <= 50 && utf8_valid(shown, strlen(shown)));
  (void)net_url_valid(text);
  (void)net_mail_address_valid(text);
  if (utf8_valid(text, strlen(text)))
    (void)net_mail_encoded(a, text);
  free(text);
  arena_free(a);
  return 0;
}
