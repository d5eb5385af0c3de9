/* Counters: written by the loop, read by anybody. */
#include "http_priv.h"

#include <limits.h>

const int http_bucket_ms[HTTP_BUCKETS] = {1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, INT_MAX};

void count_done(struct http_server *s, int status, int64_t duration_us, bool is_stream)
{
  COUNT(s, by_class[status >= 100 && status < 600 ? status / 100 : 0], 1);
  if (is_stream)
    return;
  COUNT(s, duration_us, duration_us);
  size_t i = 0;
  while (duration_us > (int64_t)http_bucket_ms[i] * 1000)
    i++;
  COUNT(s, buckets[i], 1);
}

void http_metrics(const struct http_server *s, struct http_metrics *out)
{
  const struct counters *c = &s->counters;
  *out = (struct http_metrics){
    .connections = c->connections,
    .connections_total = c->connections_total,
    .requests_total = c->requests_total,
    .in_flight = c->in_flight,
    .parked = c->parked,
    .streams = c->streams,
    .refused = c->refused,
    .aborted = c->aborted,
    .bytes_in = c->bytes_in,
    .bytes_out = c->bytes_out,
    .duration_us = c->duration_us,
    .wakes = c->wakes,
  };
  for (size_t i = 0; i < COUNT_OF(out->by_class); i++)
    out->by_class[i] = c->by_class[i];
  for (size_t i = 0; i < HTTP_BUCKETS; i++)
    out->buckets[i] = c->buckets[i];
}
