/* HTTP requests. */
#include "net_priv.h"

#include <string.h>
#include <strings.h>

void net_header_line(struct arena *a, const char *line, size_t n, struct net_answer *answer)
{
  const char *colon = memchr(line, ':', n);
  size_t name_n = colon ? (size_t)(colon - line) : 0;
  if (n >= 5 && strncasecmp(line, "HTTP/", 5) == 0)
    answer->headers.n = 0; /* the head of a later answer (after 100 Continue): what came before was not it */
  if (!name_n || answer->headers.n >= NET_HEADERS_MAX)
    return;
  const char *from = colon + 1, *end = line + n;
  while (from < end && (*from == ' ' || *from == '\t'))
    from++;
  while (end > from && (end[-1] == '\r' || end[-1] == '\n' || end[-1] == ' ' || end[-1] == '\t'))
    end--;
  char *name = arena_text(a, net_text(a, line, name_n, name_n * 3));
  for (char *c = name; *c; c++)
    if (*c >= 'A' && *c <= 'Z')
      *c = (char)(*c + 'a' - 'A');
  *LIST_ADD(a, &answer->headers) =
      (struct net_header){name, net_text(a, from, (size_t)(end - from), (size_t)(end - from) * 3)};
}

const char *net_answer_header(const struct net_answer *answer, const char *name)
{
  EACH (const struct net_header, h, &answer->headers)
    if (strcmp(h->name, name) == 0)
      return h->value;
  return NULL;
}

int64_t net_retry_after(const char *value, struct instant now)
{
  int64_t seconds;
  if (!value)
    return 0;
  if (decimal_parse(value, strlen(value), 0, &seconds))
    return seconds > 0 && seconds < 366 * DAY_MS / SECOND_MS ? seconds * SECOND_MS : 0;
  time_t at = curl_getdate(value, NULL);
  int64_t ms = at == (time_t)-1 ? 0 : (int64_t)at * SECOND_MS - now.ms;
  return ms > 0 ? ms : 0;
}

bool net_url_valid(const char *url)
{
  CURLU *u = curl_url();
  char *scheme = NULL, *host = NULL, *user = NULL;
  bool valid = strlen(url) <= NET_URL_MAX && text_on_a_line(url) && !strchr(url, ' ') &&
               curl_url_set(u, CURLUPART_URL, url, 0) == CURLUE_OK &&
               curl_url_get(u, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK &&
               curl_url_get(u, CURLUPART_HOST, &host, 0) == CURLUE_OK &&
               curl_url_get(u, CURLUPART_USER, &user, 0) == CURLUE_NO_USER && *host &&
               (strcmp(scheme, "http") == 0 || strcmp(scheme, "https") == 0);
  curl_free(scheme);
  curl_free(host);
  curl_free(user);
  curl_url_cleanup(u);
  return valid;
}

struct http_call {
  struct transfer transfer;
  struct net_answer *answer;
};

static size_t take_header(char *bytes, size_t one, size_t n, void *arg)
{
  struct http_call *c = arg;
  net_header_line(c->transfer.arena, bytes, one * n, c->answer);
  return one * n;
}

static bool headers_valid(const struct net_request *rq)
{
  for (size_t i = 0; i < rq->n_headers; i++)
    if (!text_on_a_line(rq->headers[i].name) || !text_on_a_line(rq->headers[i].value) ||
        strchr(rq->headers[i].name, ':'))
      return false;
  return text_on_a_line(rq->method);
}

static void set_up(struct http_call *c, const struct net_request *rq)
{
  struct transfer *t = &c->transfer;
  for (size_t i = 0; i < rq->n_headers; i++)
    t->headers =
        curl_slist_append(t->headers, arena_printf(t->arena, "%s: %s", rq->headers[i].name, rq->headers[i].value));
  t->headers = curl_slist_append(t->headers, "Expect:"); /* no waiting for 100 Continue */
  curl_easy_setopt(t->curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(t->curl, CURLOPT_URL, rq->url);
  curl_easy_setopt(t->curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(t->curl, CURLOPT_HTTPHEADER, t->headers);
  curl_easy_setopt(t->curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(t->curl, CURLOPT_HEADERDATA, c);
  if (rq->body) {
    curl_easy_setopt(t->curl, CURLOPT_POST, 1L);
    curl_easy_setopt(t->curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)rq->body_n);
    curl_easy_setopt(t->curl, CURLOPT_POSTFIELDS, rq->body);
  }
  if (strcmp(rq->method, "HEAD") == 0)
    curl_easy_setopt(t->curl, CURLOPT_NOBODY, 1L);
  else
    curl_easy_setopt(t->curl, CURLOPT_CUSTOMREQUEST, rq->method);
  if (rq->user) {
    curl_easy_setopt(t->curl, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
    curl_easy_setopt(t->curl, CURLOPT_USERNAME, rq->user);
    curl_easy_setopt(t->curl, CURLOPT_PASSWORD, rq->password ? rq->password : "");
  }
}

enum err net_http(struct arena *a, const struct net_request *request, const struct net_limits *limits,
                  struct net_answer *out, struct net_fault *f)
{
  struct net_answer answer = {0};
  struct http_call c = {.answer = &answer};
  long status = 0;
  *f = (struct net_fault){.error = NET_OK};
  if (!headers_valid(request))
    return net_fail(a, f, NET_BAD_URL, "a header or the method has a line end in it");
  transfer_init(&c.transfer, a, limits);
  set_up(&c, request);
  enum err err = transfer_run(&c.transfer, f);
  curl_easy_getinfo(c.transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  transfer_done(&c.transfer);
  TRY(err);
  answer.status = (int)status;
  answer.body = buf_str(&c.transfer.body);
  answer.body_n = c.transfer.body.n;
  *out = answer;
  return ERR_OK;
}
