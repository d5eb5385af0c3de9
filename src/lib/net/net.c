/* What all calls have in common: limits, the judgment of addresses, the words for what went wrong. */
#include "net_priv.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const codes[] = {
    [NET_OK] = "ok",
    [NET_BAD_URL] = "bad_url",
    [NET_REFUSED] = "address_refused",
    [NET_UNREACHABLE] = "unreachable",
    [NET_TIMEOUT] = "timeout",
    [NET_TLS] = "tls_failed",
    [NET_TOO_LARGE] = "answer_too_large",
    [NET_STOPPED] = "stopped",
    [NET_LOGIN] = "login_refused",
    [NET_REJECTED] = "rejected",
    [NET_PROTOCOL] = "protocol_error",
};

const char *const net_securities[] = {"none", "starttls", "tls", NULL};

const char *net_code(enum net_error error)
{
  return codes[error];
}

void net_init(void)
{
  CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
  assert(code == CURLE_OK);
}

enum err net_fail(struct arena *a, struct net_fault *f, enum net_error error, const char *fmt, ...)
{
  char text[512];
  va_list args;
  va_start(args, fmt);
  vsnprintf(text, sizeof text, fmt, args);
  va_end(args);
  *f = (struct net_fault){.error = error, .reason = net_text(a, text, strlen(text), sizeof text)};
  return ERR_INVALID;
}

bool text_on_a_line(const char *s)
{
  for (const unsigned char *c = (const unsigned char *)s; c && *c; c++)
    if (*c < 0x20 || *c == 0x7f)
      return false;
  return true;
}

/* ---- Foreign bytes as text ---- */

static size_t sequence(const char *s, size_t n)
{
  for (size_t k = 1; k <= 4 && k <= n; k++)
    if (utf8_valid(s, k))
      return k;
  return 0;
}

const char *net_text(struct arena *a, const char *bytes, size_t n, size_t max)
{
  static const char unknown[] = "\xef\xbf\xbd";
  struct buf out;
  buf_init(&out, a);
  for (size_t i = 0; i < n;) {
    size_t k = sequence(bytes + i, n - i);
    unsigned char c = (unsigned char)bytes[i];
    bool shown = k && (k > 1 || (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\r' || c == '\t');
    if (out.n + (shown ? k : 3) > max)
      break;
    buf_add(&out, shown ? bytes + i : unknown, shown ? k : 3);
    i += k ? k : 1;
  }
  return buf_str(&out);
}

/* ---- Whom one may reach ---- */

struct network {
  unsigned char at[16];
  int bits;
};

/* RFC 6890 and what has been added to its registry, IPv4 first. */
static const struct network networks4[] = {
    {{0}, 8},
    {{10}, 8},
    {{100, 64}, 10},
    {{127}, 8},
    {{169, 254}, 16},
    {{172, 16}, 12},
    {{192, 0, 0}, 24},
    {{192, 0, 2}, 24},
    {{192, 168}, 16},
    {{198, 18}, 15},
    {{198, 51, 100}, 24},
    {{203, 0, 113}, 24},
    {{192, 88, 99}, 24},
    {{224}, 4},
    {{240}, 4},
};
static const struct network networks6[] = {
    {{0}, 127 /* :: and ::1 */},
    {{0xfc}, 7},
    {{0xfe, 0x80}, 10},
    {{0xfe, 0xc0}, 10},
    {{0xff}, 8},
    {{0x01, 0x00}, 64},
    {{0x20, 0x01, 0x0d, 0xb8}, 32},
    {{0x20, 0x01, 0, 0}, 23},
    {{0x00, 0x64, 0xff, 0x9b, 0, 1}, 48},
};
/* IPv6 addresses that hold an IPv4 one, and where. */
static const struct {
  struct network network;
  size_t offset;
} holders[] = {
    {{{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96}, 12}, /* mapped */
    {{{0}, 96}, 12},                                        /* compatible */
    {{{0x00, 0x64, 0xff, 0x9b}, 96}, 12},                   /* NAT64 */
    {{{0x20, 0x02}, 16}, 2},                                /* 6to4 */
};

static bool is_within(const unsigned char *address, const struct network *network)
{
  int whole = network->bits / 8, rest = network->bits % 8;
  if (memcmp(address, network->at, (size_t)whole) != 0)
    return false;
  return rest == 0 || (address[whole] ^ network->at[whole]) >> (8 - rest) == 0;
}

static bool is_private4(const unsigned char *address)
{
  for (size_t i = 0; i < COUNT_OF(networks4); i++)
    if (is_within(address, &networks4[i]))
      return true;
  return false;
}

static bool is_private6(const unsigned char *address)
{
  for (size_t i = 0; i < COUNT_OF(networks6); i++)
    if (is_within(address, &networks6[i]))
      return true;
  for (size_t i = 0; i < COUNT_OF(holders); i++)
    if (is_within(address, &holders[i].network))
      return is_private4(address + holders[i].offset);
  return false;
}

bool net_address_private(const struct sockaddr *address)
{
  if (address->sa_family == AF_INET)
    return is_private4((const unsigned char *)&((const struct sockaddr_in *)(const void *)address)->sin_addr);
  if (address->sa_family == AF_INET6)
    return is_private6(((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr);
  return true;
}

/* ---- A transfer ---- */

static curl_socket_t open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *address)
{
  struct transfer *t = arg;
  if (purpose != CURLSOCKTYPE_IPCXN || (!t->limits->private_addresses && net_address_private(&address->addr))) {
    t->refused = true;
    return CURL_SOCKET_BAD;
  }
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t take_body(char *bytes, size_t one, size_t n, void *arg)
{
  struct transfer *t = arg;
  n *= one;
  if (t->body.n + n > t->body_max) {
    t->too_large = true;
    return 0; /* ends the transfer */
  }
  buf_add(&t->body, bytes, n);
  return n;
}

static int look_round(void *arg, curl_off_t down, curl_off_t downed, curl_off_t up, curl_off_t upped)
{
  struct transfer *t = arg;
  (void)down, (void)downed, (void)up, (void)upped;
  t->stopped = t->limits->stopping && t->limits->stopping(t->limits->arg);
  return t->stopped;
}

void transfer_init(struct transfer *t, struct arena *a, const struct net_limits *limits)
{
  *t = (struct transfer){.curl = curl_easy_init(), .arena = a, .limits = limits};
  assert(t->curl);
  buf_init(&t->body, a);
  t->body_max = limits->answer_max ? limits->answer_max : NET_ANSWER_MAX;
  curl_easy_setopt(t->curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(t->curl, CURLOPT_ERRORBUFFER, t->error);
  curl_easy_setopt(t->curl, CURLOPT_CONNECTTIMEOUT_MS,
                   (long)(limits->connect_ms ? limits->connect_ms : NET_CONNECT_MS));
  curl_easy_setopt(t->curl, CURLOPT_TIMEOUT_MS, (long)(limits->total_ms ? limits->total_ms : NET_TOTAL_MS));
  curl_easy_setopt(t->curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
  curl_easy_setopt(t->curl, CURLOPT_OPENSOCKETDATA, t);
  curl_easy_setopt(t->curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(t->curl, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(t->curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(t->curl, CURLOPT_XFERINFOFUNCTION, look_round);
  curl_easy_setopt(t->curl, CURLOPT_XFERINFODATA, t);
  curl_easy_setopt(t->curl, CURLOPT_PROXY, "");
  curl_easy_setopt(t->curl, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
  curl_easy_setopt(t->curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(t->curl, CURLOPT_SSL_VERIFYHOST, 2L);
}

void transfer_done(struct transfer *t)
{
  curl_slist_free_all(t->headers);
  curl_easy_cleanup(t->curl);
}

void transfer_server(struct transfer *t, const struct net_server *server, const char *scheme, const char *path)
{
  bool full = server->security == NET_TLS_FULL, v6 = strchr(server->host, ':') != NULL;
  curl_easy_setopt(t->curl, CURLOPT_URL,
                   arena_printf(t->arena, "%s%s://%s%s%s:%d%s", scheme, full ? "s" : "", v6 ? "[" : "", server->host,
                                v6 ? "]" : "", server->port, path));
  if (server->security == NET_TLS_START)
    curl_easy_setopt(t->curl, CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
  if (server->user) {
    curl_easy_setopt(t->curl, CURLOPT_USERNAME, server->user);
    curl_easy_setopt(t->curl, CURLOPT_PASSWORD, server->password ? server->password : "");
  }
}

static enum net_error error_of(const struct transfer *t, CURLcode code)
{
  if (t->too_large)
    return NET_TOO_LARGE;
  if (t->stopped)
    return NET_STOPPED;
  switch (code) {
  case CURLE_URL_MALFORMAT:
  case CURLE_UNSUPPORTED_PROTOCOL:
    return NET_BAD_URL;
  case CURLE_COULDNT_CONNECT:
    return t->refused ? NET_REFUSED : NET_UNREACHABLE;
  case CURLE_OPERATION_TIMEDOUT:
    return NET_TIMEOUT;
  case CURLE_PEER_FAILED_VERIFICATION:
  case CURLE_SSL_CONNECT_ERROR:
  case CURLE_SSL_CERTPROBLEM:
  case CURLE_SSL_CIPHER:
  case CURLE_SSL_ISSUER_ERROR:
  case CURLE_SSL_CACERT_BADFILE:
  case CURLE_USE_SSL_FAILED:
    return NET_TLS;
  case CURLE_LOGIN_DENIED:
  case CURLE_REMOTE_ACCESS_DENIED:
    return NET_LOGIN;
  case CURLE_WEIRD_SERVER_REPLY:
  case CURLE_HTTP2:
  case CURLE_BAD_CONTENT_ENCODING:
  case CURLE_QUOTE_ERROR:
    return NET_PROTOCOL;
  default:
    return NET_UNREACHABLE;
  }
}

enum err transfer_run(struct transfer *t, struct net_fault *f)
{
  CURLcode code = curl_easy_perform(t->curl);
  if (code == CURLE_OK)
    return ERR_OK;
  enum net_error error = error_of(t, code);
  const char *why = *t->error ? t->error : curl_easy_strerror(code);
  if (error == NET_REFUSED)
    why = "the address is private, and calls to private addresses are off (outbound.private_addresses)";
  else if (error == NET_TOO_LARGE)
    why = "the answer is larger than allowed";
  else if (error == NET_STOPPED)
    why = "the server is stopping";
  return net_fail(t->arena, f, error, "%s", why);
}
