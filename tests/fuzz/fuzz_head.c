/* What a browser and a proxy say of a client: a line with the order's language, a line with the peer's address, and the
 * headers Accept-Language and X-Forwarded-For, a line each. A page is in a language that we have; a client has an address,
 * and nobody's word is taken but that of a proxy which is trusted. */
#include "api_priv.h"
#include "fuzz.h"
#include "http_priv.h"

#include <arpa/inet.h>

static bool is_address(const char *text)
{
  unsigned char bytes[16];
  return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static const char *take_line(struct fuzz_input *in, struct arena *a)
{
  char *line = fuzz_line(in);
  const char *text = arena_text(a, line);
  free(line);
  return text;
}

static void check_client(struct http_request *rq, const char *peer)
{
  static struct http_server server;
  if (!server.n_proxies) {
    struct fault f;
    fault_init(&f, rq->arena);
    server.config.trusted_proxies = "127.0.0.1, ::1, 10.0.0.0/8";
    FUZZ_CHECK(proxies_read(&server, &f) == ERR_OK);
  }
  rq->client = peer;
  proxies_look_behind(&server, rq);
  bool trusted = strcmp(peer, "127.0.0.1") == 0 || strcmp(peer, "::1") == 0 || strncmp(peer, "10.", 3) == 0 ||
                 strncasecmp(peer, "::ffff:", 7) == 0 || strchr(peer, ':');
  FUZZ_CHECK(trusted || rq->client == peer);
  FUZZ_CHECK(rq->client == peer || is_address(rq->client));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  struct arena *a = arena_new((size_t)1 << 24);
  struct fuzz_input in = {bytes, n};
  struct http_request rq = {.arena = a};
  const char *own = take_line(&in, a), *peer = take_line(&in, a);
  *LIST_ADD(a, &rq.headers) = (struct http_pair){"Accept-Language", take_line(&in, a)};
  while (in.n)
    *LIST_ADD(a, &rq.headers) = (struct http_pair){"X-Forwarded-For", take_line(&in, a)};
  const char *language = web_language(&rq, *own ? own : NULL);
  FUZZ_CHECK(strcmp(language, "en") == 0 || strcmp(language, "zh-CN") == 0 || strcmp(language, "zh-TW") == 0);
  check_client(&rq, peer);
  arena_free(a);
  return 0;
}
