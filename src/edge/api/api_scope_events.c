/* Row scope in the feed: which events somebody hears of who is bound to places. One table says for each kind of subject whose
 * its events are; a kind that stands not in it is nobody's who is bound. tests/api/event_kinds.py compares it with the kinds
 * that the sources tell events of.
 */
#include "api_priv.h"

#include "api_scope_priv.h"
#include "events.h"

#include <string.h>

enum event_of {
  EVENT_CLOSED,      /* of the whole company's work: nobody's who is bound */
  EVENT_FREE,        /* of no place */
  EVENT_OF_ORDER,    /* the subject is an order */
  EVENT_ABOUT_ORDER, /* it refers to one */
  EVENT_OF_LOCATION, /* the subject is a location */
  EVENT_AT_LOCATION, /* it refers to a location, or its data say one: no matter of channels */
  EVENT_OF_CHANNEL,  /* the subject is a channel */
  EVENT_OF_ACTOR,    /* of who did it */
};

static const struct {
  const char *kind;
  enum event_of of;
} event_kinds[] = {
    /* clang-format off */
    {"adjustment",    EVENT_AT_LOCATION},
    {"api_key",       EVENT_FREE},
    {"bulk",          EVENT_OF_ACTOR},
    {"carrier",       EVENT_FREE},
    {"change",        EVENT_ABOUT_ORDER},
    {"channel",       EVENT_OF_CHANNEL},
    {"customer",      EVENT_FREE},
    {"failure",       EVENT_CLOSED},
    {"import",        EVENT_OF_ACTOR},
    {"job",           EVENT_CLOSED},
    {"location",      EVENT_OF_LOCATION},
    {"manifest",      EVENT_AT_LOCATION},
    {"number_block",  EVENT_FREE},
    {"number_series", EVENT_FREE},
    {"order",         EVENT_OF_ORDER},
    {"product",       EVENT_FREE},
    {"reveal",        EVENT_ABOUT_ORDER},
    {"review_rule",   EVENT_FREE},
    {"session",       EVENT_FREE},
    {"setting",       EVENT_FREE},
    {"stock",         EVENT_AT_LOCATION},
    {"tax_rate",      EVENT_FREE},
    {"user",          EVENT_FREE},
    {"view",          EVENT_FREE},
    {"webhook",       EVENT_CLOSED},
    {"wave",          EVENT_AT_LOCATION},
    /* clang-format on */
};

static enum event_of event_of(const char *kind)
{
  for (size_t i = 0; i < COUNT_OF(event_kinds); i++)
    if (strcmp(event_kinds[i].kind, kind) == 0)
      return event_kinds[i].of;
  return EVENT_CLOSED;
}

/* The order an event is of; 0 = none. */
static int64_t order_of(const struct feed_entry *e)
{
  enum event_of of = event_of(e->subject_kind);
  const char *text = of == EVENT_OF_ORDER ? e->subject : of == EVENT_ABOUT_ORDER ? e->ref : NULL;
  int64_t id = 0;
  return text && id_parse(PREFIX_order, text, &id) ? id : 0;
}

/* The member `location` of an event's data, or NULL. */
static const char *location_of_data(struct arena *a, const char *data)
{
  struct json j;
  const char *value;
  size_t n;
  json_init(&j, data ? data : "{}", data ? strlen(data) : 2, a);
  if (json_next(&j) != JSON_OBJECT)
    return NULL;
  while (json_next(&j) == JSON_KEY) {
    bool wanted = strcmp(j.text, "location") == 0;
    if (wanted)
      return json_next(&j) == JSON_STRING ? j.text : NULL;
    if (!json_skip(&j, &value, &n))
      return NULL;
  }
  return NULL;
}

static enum err at_location(struct ctx *cx, const struct row_scope *s, const struct feed_entry *e, bool *out)
{
  int64_t id;
  bool refers = e->ref && id_parse(PREFIX_location, e->ref, &id);
  const char *location = refers ? e->ref : location_of_data(cx->arena, e->data);
  *out = s->n_locations == 0;
  return *out || !location ? ERR_OK : scope_finds_location(cx, s, location, out);
}

static enum err of_channel(struct ctx *cx, const struct row_scope *s, const struct feed_entry *e, bool *out)
{
  const struct channel *channel;
  int64_t id = 0;
  *out = s->n_channels == 0;
  if (*out || !id_parse(PREFIX_channel, e->subject, &id))
    return ERR_OK;
  enum err err = channel_by_id(cx, (struct channel_id){id}, &channel);
  if (err == ERR_OK)
    *out = scope_has_channel(s, channel->code);
  fault_clear(&cx->fault);
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

bool scope_event_is_for(const struct actor *actor, const struct feed_entry *e)
{
  if (event_of(e->subject_kind) != EVENT_OF_ACTOR)
    return true;
  const char *prefix = actor->kind == ACTOR_USER ? PREFIX_user : PREFIX_api_key;
  int64_t id;
  return e->actor_kind == (int)actor->kind && e->actor && id_parse(prefix, e->actor, &id) && id == actor->id;
}

static enum err see_other(struct ctx *cx, const struct row_scope *s, const struct feed_entry *e, bool *out)
{
  switch (event_of(e->subject_kind)) {
  case EVENT_FREE:
  case EVENT_OF_ACTOR: /* scope_event_is_for */
    *out = true;
    return ERR_OK;
  case EVENT_OF_LOCATION:
    *out = s->n_locations == 0;
    return *out ? ERR_OK : scope_finds_location(cx, s, e->subject, out);
  case EVENT_AT_LOCATION:
    return at_location(cx, s, e, out);
  case EVENT_OF_CHANNEL:
    return of_channel(cx, s, e, out);
  default:
    *out = false;
    return ERR_OK;
  }
}

static void add_order(struct ctx *cx, scoped_orders *orders, int64_t id)
{
  EACH (const struct scoped_order, o, orders)
    if (o->id == id)
      return;
  *LIST_ADD(cx->arena, orders) = (struct scoped_order){.id = id};
}

static bool among_seen(const scoped_orders *orders, int64_t id)
{
  EACH (const struct scoped_order, o, orders)
    if (o->id == id)
      return o->seen;
  return false;
}

enum err scope_see_events(struct ctx *cx, const struct row_scope *s, const feed_entries *entries, bool *out_seen)
{
  scoped_orders orders = {0};
  for (size_t i = 0; i < entries->n; i++) {
    int64_t order = order_of(&entries->at[i]);
    if (order)
      add_order(cx, &orders, order);
    else
      TRY(see_other(cx, s, &entries->at[i], &out_seen[i]));
  }
  TRY(scope_see_orders(cx, s, &orders));
  for (size_t i = 0; i < entries->n; i++) {
    int64_t order = order_of(&entries->at[i]);
    if (order)
      out_seen[i] = among_seen(&orders, order);
  }
  return ERR_OK;
}
