/* Who came, where a proxy that is trusted hands requests on. */
#include "http_priv.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_BITS = 128, V4_BITS = 32, ENTRY_MAX = 64 };
static const unsigned char v4_mapped[12] = {[10] = 0xff, [11] = 0xff};

/* IPv4 as the last four bytes of an IPv4-mapped address; false when text is no address. */
static bool address_read(const char *text, unsigned char out[16], bool *out_v4)
{
  *out_v4 = inet_pton(AF_INET, text, out + sizeof v4_mapped) == 1;
  if (!*out_v4)
    return inet_pton(AF_INET6, text, out) == 1;
  memcpy(out, v4_mapped, sizeof v4_mapped);
  return true;
}

/* "10.0.0.0/8", "::1" */
static bool network_read(char *text, struct network *out)
{
  char *slash = strchr(text, '/'), *end = NULL;
  bool v4;
  if (slash)
    *slash = 0;
  if (!address_read(text, out->address, &v4))
    return false;
  int most = v4 ? V4_BITS : ADDRESS_BITS;
  long bits = slash ? strtol(slash + 1, &end, 10) : most;
  if (slash && (end == slash + 1 || *end || bits < 0 || bits > most))
    return false;
  out->bits = (int)bits + ADDRESS_BITS - most;
  return true;
}

/* The next of a list with commas in out; where it was NULL: the list is over. */
static const char *entry_next(const char *list, char out[ENTRY_MAX])
{
  list += strspn(list, ", \t");
  size_t n = strcspn(list, ", \t");
  if (n == 0)
    return NULL;
  snprintf(out, ENTRY_MAX, "%.*s", (int)n, n < ENTRY_MAX ? list : "");
  return list + n;
}

enum err proxies_read(struct http_server *s, struct fault *fault)
{
  char entry[ENTRY_MAX];
  for (const char *at = s->config.trusted_proxies; at && (at = entry_next(at, entry));) {
    if (s->n_proxies == HTTP_PROXIES_MAX)
      return fault_fail(fault, ERR_INVALID, "", "at most %d proxies can be trusted", HTTP_PROXIES_MAX);
    if (!network_read(entry, &s->proxies[s->n_proxies++]))
      return fault_fail(fault, ERR_INVALID, "", "\"%s\" is not an address or a network, such as 10.0.0.0/8", entry);
  }
  return ERR_OK;
}

static bool within(const struct network *network, const unsigned char address[16])
{
  int whole = network->bits / 8, rest = network->bits % 8;
  return memcmp(network->address, address, (size_t)whole) == 0 &&
         (rest == 0 || (network->address[whole] ^ address[whole]) >> (8 - rest) == 0);
}

static bool trusted(const struct http_server *s, const char *client)
{
  unsigned char address[16];
  bool v4;
  if (s->n_proxies == 0 || !address_read(client, address, &v4))
    return false;
  for (size_t i = 0; i < s->n_proxies; i++)
    if (within(&s->proxies[i], address))
      return true;
  return false;
}

/* "192.0.2.1:4711" and "[2001:db8::1]:80" without what is not the address. */
static void strip_port(char *text)
{
  char *colon = strchr(text, ':');
  if (*text == '[') {
    memmove(text, text + 1, strlen(text));
    text[strcspn(text, "]")] = 0;
  } else if (colon && colon == strrchr(text, ':')) {
    *colon = 0;
  }
}

void proxies_look_behind(const struct http_server *s, struct http_request *rq)
{
  unsigned char address[16];
  bool v4;
  if (!trusted(s, rq->client))
    return;
  /* Each proxy adds who came to it at the end, so the list is read from there, and believed as far as they are. */
  for (size_t i = rq->headers.n; i-- > 0;) {
    if (strcasecmp(rq->headers.at[i].name, "X-Forwarded-For") != 0)
      continue;
    char *list = arena_text(rq->arena, rq->headers.at[i].value);
    for (char *comma = list; comma;) {
      char entry[ENTRY_MAX];
      comma = strrchr(list, ',');
      if (!entry_next(comma ? comma + 1 : list, entry))
        return;
      strip_port(entry);
      if (!address_read(entry, address, &v4))
        return;
      rq->client = arena_text(rq->arena, entry);
      if (!trusted(s, entry))
        return;
      if (comma)
        *comma = 0;
    }
  }
}
