/* The door of a running server: the same calls over HTTP, several at a time, each answer a problem document or a record. */
#include "import_door.h"

#include "app.h"

#include <stdlib.h>
#include <string.h>

struct server_door {
  struct import_door door;
  struct import_http *http; /* NULL in a dry run */
  char *name;
};

/* ---- What is asked ---- */

/* Everything but letters, digits and "-_.~" of RFC 3986 as %XX. */
static const char *escaped(struct arena *a, const char *text)
{
  struct buf b;
  buf_init(&b, a);
  for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
    bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("-_.~", *p);
    buf_printf(&b, plain ? "%c" : "%%%02X", *p);
  }
  return buf_str(&b);
}

static const char *path_of(const struct import_call *c)
{
  const char *path = import_verbs[c->verb].path, *gap = strstr(path, "%s");
  if (c->verb == VERB_ORDER_READ)
    return arena_printf(c->arena, "%s?channel=%s&external_id=%s&expand=holds,fulfillments", path,
                        escaped(c->arena, c->channel), escaped(c->arena, c->external_id));
  if (!gap)
    return path;
  return arena_printf(c->arena, "%.*s%s%s", (int)(gap - path), path, escaped(c->arena, c->id), gap + 2);
}

/* ---- What comes back ---- */

static void take_problem(struct import_call *c, struct json_slice reply)
{
  c->code = json_text_of(reply, "code", c->arena);
  c->detail = json_text_of(reply, "detail", c->arena);
  if (!c->detail)
    c->detail = json_text_of(reply, "title", c->arena);
  json_slices errors = json_items_of(json_member_of(reply, "errors", c->arena), c->arena);
  EACH (struct json_slice, error, &errors) {
    *LIST_ADD(c->arena, &c->problems) =
        (struct import_problem){json_text_of(*error, "pointer", c->arena), json_text_of(*error, "code", c->arena),
                                json_text_of(*error, "detail", c->arena)};
  }
}

/* The list of one order, or of none. */
static void take_order(struct import_call *c, struct json_slice reply)
{
  json_slices data = json_items_of(json_member_of(reply, "data", c->arena), c->arena);
  if (data.n) {
    c->reply = data.at[0].at;
    c->reply_n = data.at[0].n;
    return;
  }
  c->status = 404;
  c->code = "not_found";
  c->detail = arena_printf(c->arena, "there is no order %s of channel %s", c->external_id, c->channel);
}

static void answer(struct import_call *c, const struct import_request *r)
{
  struct json_slice reply = {arena_textn(c->arena, r->reply, r->reply_n), r->reply_n};
  c->status = r->status;
  c->replayed = r->replayed;
  if (r->status == 0) {
    c->code = "no_answer";
    c->detail = reply.at;
  } else if (!import_fine(c)) {
    take_problem(c, reply);
  } else if (c->verb == VERB_ORDER_READ) {
    take_order(c, reply);
  } else if (c->want_reply) {
    c->reply = reply.at;
    c->reply_n = reply.n;
  }
  if (!import_fine(c) && !c->code)
    c->code = "refused";
  if (!import_fine(c) && !c->detail)
    c->detail = arena_printf(c->arena, "the server answered with status %d", c->status);
}

/* ---- The door ---- */

static void begin(struct import_door *door, struct import_call *calls, size_t n)
{
  struct server_door *d = (struct server_door *)door;
  struct arena *a = arena_new(UINT64_C(1) << 28);
  struct import_request *requests = ARENA_ARRAY(a, struct import_request, n + 1);
  for (size_t i = 0; i < n && d->http; i++) {
    const struct import_verb_row *row = &import_verbs[calls[i].verb];
    const char *body = calls[i].json ? arena_textn(a, calls[i].json, calls[i].json_n) : "{}";
    requests[i] = (struct import_request){.method = row->method,
                                          .path = path_of(&calls[i]),
                                          .body = strcmp(row->method, "GET") == 0 ? NULL : body,
                                          .idempotency_key = calls[i].key};
  }
  if (d->http)
    import_http_send(d->http, requests, n, a);
  for (size_t i = 0; i < n; i++) {
    if (d->http)
      answer(&calls[i], &requests[i]);
    else
      calls[i].status = import_verbs[calls[i].verb].success;
  }
  arena_free(a);
}

static void wait_all(struct import_door *door)
{
  (void)door; /* begin has waited */
}

static void close_door(struct import_door *door)
{
  struct server_door *d = (struct server_door *)door;
  import_http_free(d->http);
  free(d->name);
  free(d);
}

struct import_door *import_door_server(const char *server, const char *key, bool dry)
{
  if (!key) {
    failed("a server wants a key: --key or ORDO_KEY; ordo key add makes one");
    return NULL;
  }
  struct server_door *d = calloc(1, sizeof *d);
  assert(d);
  d->name = strdup(server);
  assert(d->name);
  d->door = (struct import_door){d->name, begin, wait_all, close_door};
  d->http = dry ? NULL : import_http_new(server, key);
  return &d->door;
}
