/* The event feed for the outside: pages by cursor, long polls, and streams of server-sent events.
 *
 * One thread serves all who wait. The writer only moves feed.seq and wakes it; polls are handed back to the pool,
 * streams are fed from here, those at the same place sharing what was read. Other processes commit without telling us,
 * so while somebody listens the thread also looks by itself. */
#include "api_priv.h"

#include "acts.h"
#include "events.h"
#include "identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  PAGE_ROWS = 200,                 /* events read at one time for a stream */
  LOOK_MS = 500,                   /* how often other processes' events are looked for */
  HEARTBEAT_MS = 15000,            /* of a stream: proxies drop silent connections */
  STREAM_LIFE_MS = 15 * 60 * 1000, /* then the client comes again, with rights checked anew */
  TOUCH_MS = 60 * 1000,            /* how often last uses are written */
  EVENTS_DEFAULT = 100,
  SLICE_ROWS = 100,           /* events read at one time for an answer */
  SCAN_SLICES = 50,           /* slices looked through for a topic before an answer says where to go on */
  ANSWER_BYTES = 1024 * 1024, /* an answer that has reached this ends */
  FEED_ARENA = 32 << 20,
  PROOF_ARENA = 64 << 10,     /* what a listener has proved */
  RIGHTS_ARENA = 1 << 20,     /* what it may do and is bound to */
  STREAM_RATE = 128 * 1024, /* bytes a round while a stream catches up: well below http's bound of unsent bytes */
  CATCH_UP_MS = 100,        /* the rounds of streams that are behind */
};

/* A stream. Two hold it: the thread, and http until on_closed. */
struct listener {
  struct listener *next;
  struct api *api;
  struct http_stream *stream;
  atomic_int holders;
  atomic_bool closed;
  int64_t after, noted; /* the client's place, and the last one it was told */
  int64_t born_ms, heard_ms, not_before_ms;
  struct standing *standing; /* in arena */
  struct arena *arena;
  struct actor actor; /* as of this round; its texts in rights */
  struct arena *rights;
  bool plain; /* events without names and an audible heartbeat, for scripts in browsers */
  char topic[];
};

static int64_t monotonic_ms(void)
{
  return api_now_us() / 1000;
}

/* ---- Topics: "order.placed,stock.*" ---- */

static bool topic_fits(const char *wanted, size_t n, const char *topic)
{
  if (n && wanted[n - 1] == '*')
    return strncmp(wanted, topic, n - 1) == 0;
  return strlen(topic) == n && memcmp(wanted, topic, n) == 0;
}

static bool topic_wanted(const char *list, const char *topic)
{
  if (text_empty(list))
    return true;
  for (const char *p = list; *p;) {
    size_t n = strcspn(p, ",");
    if (topic_fits(p, n, topic))
      return true;
    p += n + (p[n] == ',');
  }
  return false;
}

/* ---- Waking ---- */

static void seq_move(struct feed *feed, long long seq)
{
  long long known = atomic_load(&feed->seq);
  while (seq > known && !atomic_compare_exchange_weak(&feed->seq, &known, seq))
    ;
}

static void wake(struct feed *feed)
{
  pthread_mutex_lock(&feed->lock);
  pthread_cond_signal(&feed->news);
  pthread_mutex_unlock(&feed->lock);
}

void api_committed(void *arg, int64_t feed_seq)
{
  struct api *api = arg;
  seq_move(&api->feed, feed_seq);
  if (atomic_load(&api->feed.listeners))
    wake(&api->feed);
}

/* ---- GET /v1/events ---- */

enum { PARAM_AFTER, PARAM_WAIT, PARAM_LIMIT, PARAM_TOPIC };
static const struct api_param event_params[] = {
    [PARAM_AFTER] =
        {"after", REC_TEXT,
         "Cursor of the last event you have; left out = from the beginning, `latest` = only what comes from now on",
         "4711"},
    [PARAM_WAIT] = {"wait", REC_INT, "Seconds to wait for the next event when there is none, 0 to 30", "20"},
    [PARAM_LIMIT] = {"limit", REC_INT, "Events at most, 1 to 1000; 100 when left out", "100"},
    [PARAM_TOPIC] = {"topic", REC_TEXT, "Only these topics, separated by commas; `order.*` means all of orders",
                     "order.placed,stock.*"},
    {0},
};

/* "latest", a number, or nothing. */
static enum err read_after(struct ctx *cx, const struct api *api, const char *text, const char *pointer, int64_t *out)
{
  *out = 0;
  if (text_empty(text))
    return ERR_OK;
  if (strcmp(text, "latest") == 0) {
    *out = atomic_load(&api->feed.seq);
    return ERR_OK;
  }
  if (strlen(text) > 18 || !decimal_parse(text, strlen(text), 0, out) || *out < 0)
    return err_fail(cx, ERR_INVALID, pointer, "a cursor of the feed is a number, or latest");
  return ERR_OK;
}

static enum err bounded(struct ctx *cx, const struct api_param_value *v, int64_t def, int64_t min, int64_t max,
                        const char *pointer, int64_t *out)
{
  *out = v->i64 == ABSENT ? def : v->i64;
  if (*out < min || *out > max)
    return fault_add(&cx->fault, ERR_INVALID, pointer, "out_of_range", "it is %lld to %lld", (long long)min,
                     (long long)max);
  return ERR_OK;
}

static enum err poll_begin(struct ctx *cx, struct call *call)
{
  const struct api_param_value *v = call->in.params;
  int64_t wait_s;
  TRY(read_after(cx, call->api, v[PARAM_AFTER].text, "/query/after", &call->poll.after));
  TRY(bounded(cx, &v[PARAM_WAIT], 0, 0, API_WAIT_MAX, "/query/wait", &wait_s));
  TRY(bounded(cx, &v[PARAM_LIMIT], EVENTS_DEFAULT, 1, API_EVENTS_MAX, "/query/limit", &call->poll.limit));
  call->poll.topic = v[PARAM_TOPIC].text;
  call->poll.deadline_ms = monotonic_ms() + wait_s * SECOND_MS;
  call->poll.begun = true;
  return ERR_OK;
}

static const struct rec_view without_personal = {.without_personal = true};

static const struct rec_view *view_for(uint64_t permissions)
{
  const uint64_t both = PERMISSION(PERM_CUSTOMER_READ) | PERMISSION(PERM_PERSONAL_READ);
  return (permissions & both) == both ? NULL : &without_personal;
}

/* An answer being written: entries one by one, read in slices whose memory goes at once. */
struct answer {
  struct json_out out;
  struct buf body;
  int64_t n;
  bool end; /* of the feed, as it is now */
};

/* Adds what is wanted of one slice; poll.after moves with it. */
static enum err poll_slice(struct ctx *cx, struct call *call, struct answer *answer)
{
  feed_entries slice = {0};
  int64_t left = call->poll.limit - answer->n,
          want = left < SLICE_ROWS && text_empty(call->poll.topic) ? left : SLICE_ROWS;
  TRY(feed_read(cx, call->poll.after, want, &slice));
  answer->end = slice.n == 0;
  bool *seen = ARENA_ARRAY(cx->arena, bool, slice.n + 1);
  if (cx->actor.scope)
    TRY(scope_see_events(cx, cx->actor.scope, &slice, seen));
  for (size_t i = 0; i < slice.n && answer->n < call->poll.limit && answer->body.n < ANSWER_BYTES; i++) {
    const struct feed_entry *e = &slice.at[i];
    call->poll.after = e->cursor;
    if (!topic_wanted(call->poll.topic, e->topic))
      continue;
    if (cx->actor.scope && !(seen[i] && scope_event_is_for(&cx->actor, e)))
      continue;
    json_record(&answer->out, &feed_entry_rec, e, view_for(cx->actor.permissions));
    answer->n++;
  }
  return ERR_OK;
}

/* Reads on from poll.after until the answer is full, the feed ends, or long enough without a wanted topic. */
static enum err poll_read(struct ctx *cx, struct call *call, struct answer *answer)
{
  struct arena *keep = cx->arena, *slice = arena_new(FEED_ARENA);
  enum err err = ERR_OK;
  cx->arena = slice;
  db_use(cx->db, &cx->fault, slice);
  for (int i = 0; !err && i < SCAN_SLICES && !answer->end; i++) {
    if (answer->n >= call->poll.limit || answer->body.n >= ANSWER_BYTES)
      break;
    arena_reset(slice);
    err = poll_slice(cx, call, answer);
  }
  cx->arena = keep;
  db_use(cx->db, &cx->fault, keep);
  arena_free(slice);
  return err;
}

static void answer_begin(struct ctx *cx, struct answer *answer)
{
  *answer = (struct answer){0};
  buf_init(&answer->body, cx->arena);
  json_out_init(&answer->out, &answer->body);
  json_object(&answer->out);
  json_key(&answer->out, "data");
  json_array(&answer->out);
}

static void answer_end(struct ctx *cx, struct call *call, struct answer *answer)
{
  json_array_end(&answer->out);
  json_put_text(&answer->out, "next_cursor", arena_printf(cx->arena, "%lld", (long long)call->poll.after));
  json_object_end(&answer->out);
  call->reply.body = buf_str(&answer->body);
  call->reply.n_body = answer->body.n;
  json_headers(cx->arena, &call->reply);
}

void feed_park(struct call *call)
{
  struct feed *feed = &call->api->feed;
  pthread_mutex_lock(&feed->lock);
  bool parked = !feed->stopping;
  if (parked) {
    call->next = feed->waiters;
    feed->waiters = call;
    /* A commit in between moved seq before it looked for listeners: the thread compares with poll.seen. */
    atomic_fetch_add(&feed->listeners, 1);
    pthread_cond_signal(&feed->news);
  }
  pthread_mutex_unlock(&feed->lock);
  if (parked)
    return;
  call->poll.expired = true;
  pool_push(&call->api->pool, call, call_run_read);
}

static struct call *call_of(const struct api_request *rq)
{
  return (struct call *)(void *)((char *)(uintptr_t)rq - offsetof(struct call, in));
}

static enum err serve_events(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct call *call = call_of(rq);
  struct answer answer;
  if (!call->poll.begun)
    TRY(poll_begin(cx, call));
  else /* it has waited: whoever asked may have lost his rights meanwhile */
    TRY(standing_look(cx, call->api, standing_of(call, cx->arena), rq->route->needs, &call->actor));
  answer_begin(cx, &answer);
  TRY(poll_read(cx, call, &answer));
  bool wait = !answer.n && answer.end && !call->poll.expired && monotonic_ms() < call->poll.deadline_ms &&
              !atomic_load(&call->api->quiet);
  if (wait)
    out->status = API_PARKED; /* feed_park has it once the pool has let go of it */
  else
    answer_end(cx, call, &answer);
  return ERR_OK;
}

/* ---- GET /v1/events/stream ---- */

static const struct api_param stream_params[] = {
    {"after", REC_TEXT,
     "Where to begin when the client sends no Last-Event-ID; left out = from the beginning, `latest` = only what comes "
     "from now on",
     "4711"},
    {"topic", REC_TEXT, "Only these topics, separated by commas; `order.*` means all of orders", "order.*"},
    {"plain", REC_BOOL,
     "`true` sends events without a name, so that one handler hears them all, and an event `ping` after 15 s of silence",
     "true"},
    {0},
};

static void listener_drop(struct listener *l)
{
  if (atomic_fetch_sub(&l->holders, 1) > 1)
    return;
  arena_free(l->rights);
  arena_free(l->arena);
  free(l);
}

/* On the loop thread. */
static void on_closed(void *arg)
{
  struct listener *l = arg;
  struct feed *feed = &l->api->feed;
  atomic_store(&l->closed, true);
  wake(feed);
  listener_drop(l);
}

static struct listener *listener_new(struct call *call, int64_t after, const char *topic, bool plain)
{
  size_t n = topic ? strlen(topic) : 0;
  struct listener *l = calloc(1, sizeof *l + n + 1);
  assert(l);
  l->api = call->api;
  l->after = l->noted = after;
  l->plain = plain;
  l->arena = arena_new(PROOF_ARENA);
  l->rights = arena_new(RIGHTS_ARENA);
  l->standing = standing_of(call, l->arena);
  l->born_ms = l->heard_ms = monotonic_ms();
  atomic_init(&l->holders, 2);
  memcpy(l->topic, topic ? topic : "", n);
  return l;
}

static void listener_end(struct feed *feed, struct listener *l)
{
  http_stream_end(l->stream);
  atomic_fetch_sub(&feed->listeners, 1);
  atomic_fetch_sub(&feed->streams, 1);
  listener_drop(l);
}

/* Gives the stream to the thread, or ends it when that has gone. */
static void listener_join(struct feed *feed, struct listener *l)
{
  pthread_mutex_lock(&feed->lock);
  bool joined = !feed->stopping;
  atomic_fetch_add(&feed->listeners, 1);
  if (joined) {
    l->next = feed->joining;
    feed->joining = l;
    pthread_cond_signal(&feed->news);
  }
  pthread_mutex_unlock(&feed->lock);
  if (!joined)
    listener_end(feed, l);
}

static enum err serve_stream(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct call *call = call_of(rq);
  struct feed *feed = &call->api->feed;
  const char *last = http_header(rq->http, "Last-Event-ID");
  const char *after_text = last ? last : rq->params[0].text;
  int64_t after;
  TRY(read_after(cx, call->api, after_text, last ? "/header/Last-Event-ID" : "/query/after", &after));
  if (atomic_fetch_add(&feed->streams, 1) >= API_STREAMS_MAX) {
    atomic_fetch_sub(&feed->streams, 1);
    return err_fail(cx, ERR_BUSY, "", "there are %d event streams already", API_STREAMS_MAX);
  }
  struct listener *l = listener_new(call, after, rq->params[1].text, rq->params[2].i64 == 1);
  struct http_reply head = {.status = 200, .body = "retry: 2000\n\n", .n_body = 13, .plain = true};
  http_header_add(cx->arena, &head, "Content-Type", "text/event-stream");
  http_header_add(cx->arena, &head, "Cache-Control", "no-store");
  http_header_add(cx->arena, &head, "X-Accel-Buffering", "no");
  call_count(call, 200);
  out->status = API_GONE;
  l->stream = http_stream_begin(call->rq, &head, on_closed, l); /* the call is gone now, and what is in its arena */
  listener_join(feed, l);
  return ERR_OK;
}

const struct route event_routes[] = {
    {"GET", "/v1/events", "Read the event feed",
     "Every fact of the company in the order in which it was committed. Remember `next_cursor` and hand it back as "
     "`after`: nothing is ever missed or given twice. With `wait` the answer comes as soon as there is something.",
     .needs = PERM_EVENT_READ, .reply = &feed_entry_rec, .success = 200, .serve = serve_events, .params = event_params,
     .flags = ROUTE_PAGE},
    {"GET", "/v1/events/stream", "Follow the event feed as server-sent events",
     "The same events as `GET /v1/events`, pushed. Each has its cursor as `id`, so that a browser that reconnects goes "
     "on where it was (`Last-Event-ID`). A stream ends after 15 minutes; clients reconnect by themselves. It ends at once "
     "for who may not follow it any more, and goes on with the rights that are left.",
     .needs = PERM_EVENT_READ, .success = 200, .serve = serve_stream, .params = stream_params, .flags = ROUTE_STREAM},
    {0},
};

/* ---- The thread ---- */

/* Which events of a page those hear of who are bound so. */
struct hearing {
  const struct row_scope *scope;
  bool *seen; /* NULL = that cannot be told now */
};

/* What was read last for streams: those at the same place share it, and those bound alike what they hear of it. */
struct page {
  int64_t after;
  feed_entries entries;
  LIST(struct hearing) hearings;
  bool read;
};

static void page_of(struct ctx *cx, struct page *page, int64_t after)
{
  if (page->read && page->after == after)
    return;
  arena_reset(cx->arena); /* holds the page and nothing else */
  *page = (struct page){.after = after, .read = true};
  if (feed_read(cx, after, PAGE_ROWS, &page->entries) != ERR_OK)
    page->entries.n = 0; /* the next look tries again */
}

static bool same_codes(const char *const *a, size_t n_a, const char *const *b, size_t n_b)
{
  bool same = n_a == n_b;
  for (size_t i = 0; same && i < n_a; i++)
    same = strcmp(a[i], b[i]) == 0;
  return same;
}

/* NULL when it cannot be told now. */
static const bool *hearing_of(struct ctx *cx, struct page *page, const struct row_scope *s)
{
  EACH (const struct hearing, h, &page->hearings)
    if (same_codes(h->scope->locations, h->scope->n_locations, s->locations, s->n_locations) &&
        same_codes(h->scope->channels, h->scope->n_channels, s->channels, s->n_channels))
      return h->seen;
  bool *seen = ARENA_ARRAY(cx->arena, bool, page->entries.n + 1);
  if (scope_see_events(cx, s, &page->entries, seen) != ERR_OK)
    seen = NULL;
  *LIST_ADD(cx->arena, &page->hearings) = (struct hearing){s, seen};
  return seen;
}

static void put_event(struct buf *b, const struct listener *l, const struct feed_entry *e)
{
  buf_printf(b, "id: %lld\n", (long long)e->cursor);
  if (!l->plain)
    buf_printf(b, "event: %s\n", e->topic);
  buf_text(b, "data: ");
  rec_write(&feed_entry_rec, e, view_for(l->actor.permissions), b);
  buf_text(b, "\n\n");
}

/* Sends what is new; at most STREAM_RATE bytes, so that a stream that catches up is not dropped as a slow one. */
static void listener_feed(struct ctx *cx, struct listener *l, struct page *page, struct arena *scratch)
{
  struct buf b;
  arena_reset(scratch);
  buf_init(&b, scratch);
  page_of(cx, page, l->after);
  const bool *seen = l->actor.scope ? hearing_of(cx, page, l->actor.scope) : NULL;
  if (l->actor.scope && !seen)
    return;
  for (size_t i = 0; i < page->entries.n && b.n < STREAM_RATE; i++) {
    const struct feed_entry *e = &page->entries.at[i];
    l->after = e->cursor;
    if (!topic_wanted(l->topic, e->topic))
      continue;
    if (seen && !(seen[i] && scope_event_is_for(&l->actor, e)))
      continue;
    put_event(&b, l, e);
    l->noted = e->cursor;
  }
  if (b.n) {
    http_stream_send(l->stream, b.at, b.n);
    l->heard_ms = monotonic_ms();
  }
  if (page->entries.n == PAGE_ROWS || b.n >= STREAM_RATE)
    l->not_before_ms = monotonic_ms() + CATCH_UP_MS;
}

/* A comment keeps the connection alive, or where scripts must hear it an event called ping; events that were passed over move the client's place without waking it. */
static void listener_heartbeat(struct listener *l)
{
  if (monotonic_ms() - l->heard_ms < HEARTBEAT_MS)
    return;
  char text[64] = ":\n\n";
  if (l->plain)
    snprintf(text, sizeof text, "id: %lld\nevent: ping\ndata:\n\n", (long long)l->after);
  else if (l->noted != l->after)
    snprintf(text, sizeof text, "id: %lld\n\n", (long long)l->after);
  http_stream_send(l->stream, text, strlen(text));
  l->noted = l->after;
  l->heard_ms = monotonic_ms();
}

/* Who listens there now, and with which rights: looked at in each round, which costs a look into the memo. False: it ends. */
static bool listener_may(const struct ctx *cx, struct listener *l, bool *out_known)
{
  struct ctx own;
  arena_reset(l->rights);
  ctx_init(&own, l->rights, cx->db, cx->now);
  db_use(cx->db, &own.fault, l->rights);
  enum err err = standing_look(&own, l->api, l->standing, PERM_EVENT_READ, &l->actor);
  *out_known = err == ERR_OK;
  return err != ERR_UNAUTHENTICATED && err != ERR_FORBIDDEN;
}

/* One round over all streams, on one state of the database: what was done after a right was taken is told to nobody who lost
 * it. True when some are still behind. */
static bool feed_streams(struct ctx *cx, struct feed *feed, struct listener **streams, struct arena *scratch,
                         bool stopping)
{
  struct page page = {0};
  bool behind = false;
  bool fresh = stopping || ctx_masters_refresh(cx) == ERR_OK;
  for (struct listener **at = streams; *at;) {
    struct listener *l = *at;
    bool known = false;
    if (stopping || atomic_load(&l->closed) || monotonic_ms() - l->born_ms > STREAM_LIFE_MS ||
        (fresh && !listener_may(cx, l, &known))) {
      *at = l->next;
      listener_end(feed, l);
      continue;
    }
    db_use(cx->db, &cx->fault, cx->arena);
    if (known && l->after < atomic_load(&feed->seq) && monotonic_ms() >= l->not_before_ms)
      listener_feed(cx, l, &page, scratch);
    listener_heartbeat(l);
    behind = behind || l->after < feed->fed;
    at = &l->next;
  }
  return behind;
}

/* Hands polls that have news, or have waited enough, back to the pool. */
static void wake_polls(struct api *api, bool stopping)
{
  struct feed *feed = &api->feed;
  struct call *ready = NULL;
  pthread_mutex_lock(&feed->lock);
  for (struct call **at = &feed->waiters; *at;) {
    struct call *call = *at;
    call->poll.expired = stopping || monotonic_ms() >= call->poll.deadline_ms;
    if (!call->poll.expired && call->poll.seen >= atomic_load(&feed->seq)) {
      at = &call->next;
      continue;
    }
    *at = call->next;
    call->next = ready;
    ready = call;
    atomic_fetch_sub(&feed->listeners, 1);
  }
  pthread_mutex_unlock(&feed->lock);
  while (ready) {
    struct call *call = ready;
    ready = call->next;
    pool_push(&api->pool, call, call_run_read);
  }
}

/* Events of other processes. */
static void look(struct ctx *cx, struct feed *feed)
{
  struct feed_head head;
  if (feed_head_load(cx, &head) == ERR_OK)
    seq_move(feed, head.seq);
}

static void write_touches(struct api *api, struct arena *a)
{
  identity_touches touches = {0};
  identity_touches_take(api->identity, a, &touches);
  if (!touches.n)
    return;
  struct act_call call = {
      .act = &identity_touch_act,
      .in = {.body = &touches, .version = ABSENT},
      .arena = a,
      .actor = actor_system,
      .success = 204,
      .deadline = INSTANT(ABSENT),
  };
  fault_init(&call.fault, a);
  enum err err = writer_run(api->writer, &call);
  if (err == ERR_INTERNAL)
    api_inside(api, NULL, err, call.fault.detail);
}

/* When the thread must look again at the latest. */
static int64_t next_round_ms(const struct feed *feed, const struct listener *streams, bool behind)
{
  if (behind)
    return CATCH_UP_MS;
  return streams || feed->waiters ? LOOK_MS : TOUCH_MS;
}

static struct timespec after_ms(int64_t ms)
{
  struct timespec ts;
  clock_gettime(CLOCK_MONOTONIC, &ts);
  int64_t ns = ts.tv_nsec + ms % 1000 * 1000000;
  return (struct timespec){.tv_sec = ts.tv_sec + ms / 1000 + ns / 1000000000, .tv_nsec = ns % 1000000000};
}

/* Whether somebody who listens has not seen the newest event. Under the lock. */
static bool has_news(const struct feed *feed)
{
  long long seq = atomic_load(&feed->seq);
  if (feed->joining || feed->fed < seq)
    return true;
  for (const struct call *c = feed->waiters; c; c = c->next)
    if (c->poll.seen < seq)
      return true;
  return false;
}

/* Sleeps until there is news, a stream closed, or it is time. Takes in the streams that came. */
static bool feed_wait(struct feed *feed, struct listener **streams, bool behind)
{
  pthread_mutex_lock(&feed->lock);
  if (!feed->stopping && !(atomic_load(&feed->listeners) && !behind && has_news(feed))) {
    struct timespec until = after_ms(next_round_ms(feed, *streams, behind));
    pthread_cond_timedwait(&feed->news, &feed->lock, &until);
  }
  while (feed->joining) {
    struct listener *l = feed->joining;
    feed->joining = l->next;
    l->next = *streams;
    *streams = l;
  }
  bool stopping = feed->stopping;
  pthread_mutex_unlock(&feed->lock);
  return stopping;
}

static void *feed_main(void *arg)
{
  struct api *api = arg;
  struct feed *feed = &api->feed;
  struct arena *a = arena_new(FEED_ARENA), *scratch = arena_new(FEED_ARENA);
  struct listener *streams = NULL;
  struct ctx cx;
  int64_t touched_ms = monotonic_ms(), looked_ms = 0;
  bool behind = false, stopping = false;
  while (!stopping) {
    stopping = feed_wait(feed, &streams, behind);
    arena_reset(a);
    ctx_init(&cx, a, feed->db, api->config.clock.now(api->config.clock.arg));
    if (atomic_load(&feed->listeners) && monotonic_ms() - looked_ms >= LOOK_MS) {
      look(&cx, feed);
      looked_ms = monotonic_ms();
    }
    feed->fed = atomic_load(&feed->seq);
    wake_polls(api, stopping);
    bool whole = streams && db_read_begin(feed->db) == ERR_OK;
    behind = feed_streams(&cx, feed, &streams, scratch, stopping);
    if (whole)
      db_read_end(feed->db);
    if (stopping || monotonic_ms() - touched_ms >= TOUCH_MS) {
      write_touches(api, a);
      touched_ms = monotonic_ms();
    }
  }
  arena_free(scratch);
  arena_free(a);
  return NULL;
}

enum err feed_start(struct api *api, struct fault *f)
{
  struct feed *feed = &api->feed;
  TRY(db_open(api->config.url, DB_READER, f, &feed->db));
  struct arena *a = arena_new(1 << 20);
  struct ctx cx;
  ctx_init(&cx, a, feed->db, INSTANT(0));
  look(&cx, feed);
  arena_free(a);
  feed->running = pthread_create(&feed->thread, NULL, feed_main, api) == 0;
  return feed->running ? ERR_OK : fault_fail(f, ERR_INTERNAL, "", "the thread of the event feed cannot be started");
}

void feed_stop(struct api *api)
{
  struct feed *feed = &api->feed;
  pthread_mutex_lock(&feed->lock);
  feed->stopping = true;
  pthread_cond_signal(&feed->news);
  pthread_mutex_unlock(&feed->lock);
  if (feed->running)
    pthread_join(feed->thread, NULL);
  feed->running = false;
  db_close(feed->db);
  feed->db = NULL;
}
