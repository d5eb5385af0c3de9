/* Health, metrics and the OpenAPI document: what operators and tools ask. */
#include "api_priv.h"

#include "acts.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static enum err answer_json(struct ctx *cx, const struct api_request *rq, const char *json)
{
  rq->reply->body = json;
  rq->reply->n_body = strlen(json);
  json_headers(cx->arena, rq->reply);
  return ERR_OK;
}

static enum err serve_health(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  return answer_json(cx, rq, "{\"status\":\"ok\"}");
}

static enum err serve_ready(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  struct api *api = rq->api;
  if (atomic_load(&api->quiet))
    return err_fail(cx, ERR_STOPPING, "", "the server is stopping");
  if (api->config.poisoned && api->config.poisoned(api->config.arg))
    return err_fail(cx, ERR_STORAGE, "", "the database cannot be trusted after a failed write");
  return answer_json(cx, rq, "{\"status\":\"ready\"}"); /* its masters were read just now: the database answers */
}

static enum err serve_openapi(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  struct api *api = rq->api;
  rq->reply->status = 200;
  rq->reply->body = api->openapi;
  rq->reply->n_body = api->openapi_n;
  http_header_add(cx->arena, rq->reply, "Content-Type", "application/json");
  http_header_add(cx->arena, rq->reply, "Cache-Control", "no-cache");
  http_not_modified(rq->http, api->openapi_etag, rq->reply);
  return ERR_OK;
}

/* ---- Metrics, in the text format of Prometheus ---- */

struct metric {
  const char *name, *type, *help;
  double value;
};

static void put_metrics(struct buf *b, const struct metric *metrics, size_t n)
{
  for (size_t i = 0; i < n; i++)
    buf_printf(b, "# HELP ordo_%s %s\n# TYPE ordo_%s %s\nordo_%s %.15g\n", metrics[i].name, metrics[i].help,
               metrics[i].name, metrics[i].type, metrics[i].name, metrics[i].value);
}

static void put_http(struct buf *b, const struct api *api)
{
  struct http_metrics m;
  http_metrics(api->http, &m);
  const struct metric rows[] = {
      {"http_connections", "gauge", "Connections open now", (double)m.connections},
      {"http_connections_total", "counter", "Connections accepted", (double)m.connections_total},
      {"http_requests_total", "counter", "Requests received", (double)m.requests_total},
      {"http_in_flight", "gauge", "Requests being answered", (double)m.in_flight},
      {"http_parked", "gauge", "Requests waiting for the writer, a reader or an event", (double)m.parked},
      {"http_streams", "gauge", "Event streams open", (double)m.streams},
      {"http_refused_total", "counter", "Requests refused before any route", (double)m.refused},
      {"http_aborted_total", "counter", "Clients gone before their answer", (double)m.aborted},
      {"http_received_bytes_total", "counter", "Bytes of request bodies", (double)m.bytes_in},
      {"http_sent_bytes_total", "counter", "Bytes of reply bodies", (double)m.bytes_out},
  };
  put_metrics(b, rows, COUNT_OF(rows));
}

static void put_writer(struct buf *b, const struct api *api)
{
  struct writer_stats s;
  writer_stats(api->writer, &s);
  const struct metric rows[] = {
      {"writer_acts_total", "counter", "Acts committed", (double)s.acts},
      {"writer_refused_total", "counter", "Acts refused by their own rules", (double)s.refused},
      {"writer_failed_total", "counter", "Acts that failed for outside reasons", (double)s.failed},
      {"writer_batches_total", "counter", "Transactions committed", (double)s.batches},
      {"writer_retries_total", "counter", "Batches tried again after others were faster", (double)s.retries},
      {"writer_replays_total", "counter", "Batches replayed act by act", (double)s.replays},
      {"writer_queue", "gauge", "Acts waiting", (double)s.queue},
      {"writer_batch_acts_max", "gauge", "Most acts in one transaction", (double)s.batch_acts_max},
      {"writer_commit_seconds_total", "counter", "Time spent in commits", (double)s.commit_us_sum / 1e6},
      {"writer_commit_seconds_max", "gauge", "Longest commit", (double)s.commit_us_max / 1e6},
  };
  put_metrics(b, rows, COUNT_OF(rows));
}

/* Bytes of this process in memory, 0 where the system does not tell. */
static double resident_bytes(void)
{
  long pages = 0;
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f)
    return 0;
  if (fscanf(f, "%*s %ld", &pages) != 1)
    pages = 0;
  fclose(f);
  return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static void put_process(struct buf *b, struct api *api)
{
  pthread_mutex_lock(&api->pool.lock);
  int waiting = api->pool.waiting, idle = api->pool.idle;
  pthread_mutex_unlock(&api->pool.lock);
  const struct metric rows[] = {
      {"reads_waiting", "gauge", "Calls waiting for a reader", waiting},
      {"readers_idle", "gauge", "Readers with nothing to do", idle},
      {"reads_total", "counter", "Calls done by the readers", (double)atomic_load(&api->pool.served)},
      {"reads_refused_total", "counter", "Reads refused because too many waited",
       (double)atomic_load(&api->pool.refused)},
      {"feed_seq", "counter", "Number of the newest event", (double)atomic_load(&api->feed.seq)},
      {"feed_listeners", "gauge", "Long polls and streams waiting for events", atomic_load(&api->feed.listeners)},
      {"resident_memory_bytes", "gauge", "Memory of the process", resident_bytes()},
      {"uptime_seconds", "gauge", "Time since the start", (double)(api_now_us() - api->started_us) / 1e6},
  };
  put_metrics(b, rows, COUNT_OF(rows));
  buf_printf(b,
             "# HELP ordo_build_info Version of the program\n# TYPE ordo_build_info "
             "gauge\nordo_build_info{version=\"%s\"} 1\n",
             api->config.version ? api->config.version : "");
}

static int64_t answered(const struct api_row *row)
{
  int64_t n = 0;
  for (int c = 0; c < 6; c++)
    n += atomic_load(&row->stats.by_class[c]);
  return n;
}

static void put_route_counts(struct buf *b, const struct api *api)
{
  buf_text(b, "# HELP ordo_requests_total Answers by route and class of status\n# TYPE ordo_requests_total counter\n");
  for (size_t i = 0; i < api->table.n; i++) {
    const struct api_row *row = &api->table.rows[i];
    for (int c = 1; c < 6; c++)
      if (atomic_load(&row->stats.by_class[c]))
        buf_printf(b, "ordo_requests_total{method=\"%s\",route=\"%s\",class=\"%dxx\"} %lld\n", row->route->method,
                   row->route->path, c, (long long)atomic_load(&row->stats.by_class[c]));
  }
}

static void put_route_times(struct buf *b, const struct api *api)
{
  buf_text(b,
           "# HELP ordo_request_seconds Time from the request to its answer\n# TYPE ordo_request_seconds histogram\n");
  for (size_t i = 0; i < api->table.n; i++) {
    const struct api_row *row = &api->table.rows[i];
    if (!answered(row))
      continue;
    const char *labels = arena_printf(b->arena, "method=\"%s\",route=\"%s\"", row->route->method, row->route->path);
    long long sum = 0;
    for (int k = 0; k < HTTP_BUCKETS - 1; k++) {
      sum += atomic_load(&row->stats.buckets[k]);
      buf_printf(b, "ordo_request_seconds_bucket{%s,le=\"%g\"} %lld\n", labels, http_bucket_ms[k] / 1000.0, sum);
    }
    sum += atomic_load(&row->stats.buckets[HTTP_BUCKETS - 1]);
    buf_printf(b,
               "ordo_request_seconds_bucket{%s,le=\"+Inf\"} %lld\nordo_request_seconds_sum{%s} %.6f\n"
               "ordo_request_seconds_count{%s} %lld\n",
               labels, sum, labels, (double)atomic_load(&row->stats.us) / 1e6, labels, sum);
  }
}

static enum err serve_metrics(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  struct buf b;
  buf_init(&b, cx->arena);
  put_http(&b, rq->api);
  put_writer(&b, rq->api);
  put_process(&b, rq->api);
  put_route_counts(&b, rq->api);
  put_route_times(&b, rq->api);
  rq->reply->body = buf_str(&b);
  rq->reply->n_body = b.n;
  http_header_add(cx->arena, rq->reply, "Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  return ERR_OK;
}

/* ---- Routes ---- */

struct status {
  const char *status;
};
static const struct rec_field status_fields[] = {
    FIELD(struct status, status, .flags = REC_REQUIRED, .max = 16, .doc = "`ok` or `ready`", .example = "ok"),
};
static const struct rec status_rec = REC(struct status, "Status", status_fields, "How the server is");

static const enum err ready_errors[] = {ERR_STOPPING, ERR_STORAGE, ERR_OK};

const struct route system_routes[] = {
    {"GET", "/healthz", "Is the process alive?", "Says `ok` as long as requests are answered at all.",
     .needs = PERM_PUBLIC, .reply = &status_rec, .success = 200, .serve = serve_health, .flags = ROUTE_INLINE},
    {"GET", "/readyz", "Can the server take work?",
     "503 while it stops, and when its database cannot be read or trusted: a load balancer should look elsewhere.",
     .needs = PERM_PUBLIC, .reply = &status_rec, .success = 200, .serve = serve_ready, .errors = ready_errors},
    {"GET", "/metrics", "Metrics for Prometheus",
     "Counters of requests, the writer, readers and the feed. A client on the same machine that does not come through "
     "a "
     "proxy needs no key.",
     .needs = PERM_SYSTEM_READ, .success = 200, .serve = serve_metrics, .content_type = "text/plain",
     .flags = ROUTE_INLINE | ROUTE_LOCAL},
    {"GET", "/v1/openapi.json", "This document", "The OpenAPI 3.1 description of all calls.", .needs = PERM_PUBLIC,
     .success = 200, .serve = serve_openapi, .content_type = "application/json"},
    {0},
};
