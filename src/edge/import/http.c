/* Requests to a running server: several at a time over connections that stay open. A server that is busy (429, 503) is
 * asked again with patience; everything else is the caller's to judge. */
#include "import.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { PARALLEL = 16, TRIES = 8, ANSWER_MS = 120000, CONNECT_MS = 5000, REPLY_MAX = 64 << 20 };

struct transfer {
  CURL *easy;
  struct curl_slist *headers;
  struct import_request *request; /* NULL = free */
  struct buf reply;
  char error[CURL_ERROR_SIZE];
  bool replayed;
};
struct import_http {
  CURLM *multi;
  char *server, *key;
  struct transfer transfers[PARALLEL];
};

struct import_http *import_http_new(const char *server, const char *key)
{
  struct import_http *h = calloc(1, sizeof *h);
  assert(h);
  curl_global_init(CURL_GLOBAL_DEFAULT);
  h->multi = curl_multi_init();
  h->server = strdup(server);
  h->key = strdup(key);
  assert(h->multi && h->server && h->key);
  size_t n = strlen(h->server);
  if (n && h->server[n - 1] == '/')
    h->server[n - 1] = 0;
  for (size_t i = 0; i < PARALLEL; i++) {
    h->transfers[i].easy = curl_easy_init();
    assert(h->transfers[i].easy);
  }
  return h;
}

void import_http_free(struct import_http *h)
{
  if (!h)
    return;
  for (size_t i = 0; i < PARALLEL; i++)
    curl_easy_cleanup(h->transfers[i].easy);
  curl_multi_cleanup(h->multi);
  curl_global_cleanup();
  free(h->server);
  free(h->key);
  free(h);
}

/* ---- One transfer ---- */

static size_t take_reply(char *bytes, size_t size, size_t n, void *arg)
{
  struct transfer *t = arg;
  if (t->reply.n + size * n > REPLY_MAX)
    return 0;
  buf_add(&t->reply, bytes, size * n);
  return size * n;
}

static size_t take_header(char *bytes, size_t size, size_t n, void *arg)
{
  static const char replayed[] = "idempotency-replayed: true";
  if (size * n >= sizeof replayed - 1 && strncasecmp(bytes, replayed, sizeof replayed - 1) == 0)
    ((struct transfer *)arg)->replayed = true;
  return size * n;
}

static void add_header(struct transfer *t, struct arena *a, const char *name, const char *value)
{
  t->headers = curl_slist_append(t->headers, arena_printf(a, "%s: %s", name, value));
}

static void begin(struct import_http *h, struct transfer *t, struct import_request *request, struct arena *a)
{
  t->request = request;
  t->replayed = false;
  t->headers = NULL;
  *t->error = 0;
  buf_init(&t->reply, a);
  add_header(t, a, "Authorization", arena_printf(a, "Bearer %s", h->key));
  add_header(t, a, "Content-Type", "application/json");
  add_header(t, a, "Expect", ""); /* the body goes at once, without asking */
  if (request->idempotency_key)
    add_header(t, a, "Idempotency-Key", request->idempotency_key);
  curl_easy_reset(t->easy);
  curl_easy_setopt(t->easy, CURLOPT_URL, arena_printf(a, "%s%s", h->server, request->path));
  curl_easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(t->easy, CURLOPT_NOPROXY, "127.0.0.1,localhost,::1");
  curl_easy_setopt(t->easy, CURLOPT_CUSTOMREQUEST, request->method);
  if (request->body) {
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)strlen(request->body));
    curl_easy_setopt(t->easy, CURLOPT_POSTFIELDS, request->body);
  }
  curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
  curl_easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, take_reply);
  curl_easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(t->easy, CURLOPT_HEADERDATA, t);
  curl_easy_setopt(t->easy, CURLOPT_ERRORBUFFER, t->error);
  curl_easy_setopt(t->easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
  curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, (long)ANSWER_MS);
  curl_easy_setopt(t->easy, CURLOPT_PRIVATE, t);
  curl_multi_add_handle(h->multi, t->easy);
}

static void finish(struct import_http *h, struct transfer *t, CURLcode code)
{
  struct import_request *request = t->request;
  long status = 0;
  curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
  request->status = code == CURLE_OK ? (int)status : 0;
  request->replayed = t->replayed;
  if (code != CURLE_OK) {
    t->reply.n = 0;
    buf_text(&t->reply, *t->error ? t->error : curl_easy_strerror(code));
  }
  request->reply = buf_str(&t->reply);
  request->reply_n = t->reply.n;
  curl_multi_remove_handle(h->multi, t->easy);
  curl_slist_free_all(t->headers);
  t->request = NULL;
}

/* ---- All of them ---- */

static void collect(struct import_http *h, size_t *running)
{
  int left;
  for (CURLMsg *message; (message = curl_multi_info_read(h->multi, &left));) {
    struct transfer *t;
    if (message->msg != CURLMSG_DONE)
      continue;
    CURLcode code = message->data.result;
    curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&t);
    finish(h, t, code);
    --*running;
  }
}

static bool wants(const struct import_request *request, bool again)
{
  return !again || request->status == 429 || request->status == 503;
}

/* One round: those that were never sent, or those that met a busy server. */
static size_t send_round(struct import_http *h, struct import_request *requests, size_t n, bool again, struct arena *a)
{
  size_t next = 0, running = 0, sent = 0;
  for (;;) {
    for (size_t i = 0; i < PARALLEL && next < n; i++) {
      while (next < n && !wants(&requests[next], again))
        next++;
      if (next < n && !h->transfers[i].request) {
        begin(h, &h->transfers[i], &requests[next++], a);
        running++;
        sent++;
      }
    }
    if (!running)
      return sent;
    int handles;
    curl_multi_perform(h->multi, &handles);
    collect(h, &running);
    if (running)
      curl_multi_poll(h->multi, NULL, 0, 1000, NULL);
  }
}

void import_http_send(struct import_http *h, struct import_request *requests, size_t n, struct arena *a)
{
  send_round(h, requests, n, false, a);
  for (int i = 1; i < TRIES; i++) {
    struct timespec pause = {i / 4, (i % 4) * 250000000L};
    bool busy = false;
    for (size_t k = 0; k < n; k++)
      busy |= wants(&requests[k], true);
    if (!busy)
      return;
    nanosleep(&pause, NULL);
    send_round(h, requests, n, true, a);
  }
}
