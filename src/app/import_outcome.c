/* Orders of the past are driven to where they are in the real world: shipped, delivered or cancelled, with the times at
 * which that happened, through the same steps that a warehouse takes. What is already done is not done again, so a story
 * that broke off goes on where it was. Steps of many orders go together: all picks, then all packs, and so on. */
#include "import_door.h"

#include "fulfillment.h"
#include "orders.h"

#include <string.h>

enum outcome_kind { OUTCOME_OPEN, OUTCOME_CANCELLED, OUTCOME_SHIPPED, OUTCOME_DELIVERED };
static const char *const outcome_kinds[] = {"open", "cancelled", "shipped", "delivered", NULL};

struct outcome {
  const char *channel, *external_id;
  int outcome;
  const char *reason, *release_reason, *carrier, *service, *tracking_number;
  struct instant shipped_at, delivered_at;
  bool refund;
};
static const struct rec_field outcome_fields[] = {
    FIELD(struct outcome, channel, .flags = REC_REQUIRED, .max = 32, .doc = "Channel of the order", .example = "web"),
    FIELD(struct outcome, external_id, .flags = REC_REQUIRED, .max = 100, .doc = "The channel's own id of it",
          .example = "1001"),
    FIELD_AS(REC_ENUM, struct outcome, outcome, .flags = REC_REQUIRED, .names = outcome_kinds, .doc = "Where it is"),
    FIELD(struct outcome, reason, .max = 500, .doc = "Of a cancellation"),
    FIELD(struct outcome, release_reason, .max = 500,
          .doc = "Given: holds are released with this reason before it ships"),
    FIELD(struct outcome, carrier, .max = 32, .doc = "Who carried it; left out = the built-in carrier"),
    FIELD(struct outcome, service, .max = 32, .doc = "Its service"),
    FIELD(struct outcome, tracking_number, .max = 64, .doc = "Of its parcels"),
    FIELD(struct outcome, shipped_at, .doc = "When the carrier took it"),
    FIELD(struct outcome, delivered_at, .doc = "When it arrived"),
    FIELD(struct outcome, refund, .doc = "A cancellation gives the money back"),
};
const struct rec import_outcome_rec =
    REC(struct outcome, "ImportOutcome", outcome_fields, "Where an order is in the real world");

/* ---- Stories ---- */

struct piece { /* a fulfillment on its way */
  const char *id, *state;
  json_slices parcels;
};
struct story {
  struct import_call *call; /* whose status tells the end */
  struct outcome want;
  const char *order_id, *order_state;
  bool held, did, over;
  LIST(struct piece) pieces;
};
/* One step of a phase; piece NULL = of the order. */
struct step {
  struct story *story;
  struct piece *piece;
};
struct stories {
  struct import_door *door;
  struct arena *arena;
  struct story *at;
  size_t n;
  LIST(struct import_call) calls;
  LIST(struct step) steps;
};

static void end_story(struct story *s, int status, const char *code, const char *detail)
{
  s->over = true;
  s->call->status = status;
  s->call->code = code;
  s->call->detail = detail;
}

static void fail_story(struct story *s, const struct import_call *c)
{
  end_story(s, c->status, arena_text(s->call->arena, c->code), arena_text(s->call->arena, c->detail));
}

static void free_arena(void *arena)
{
  arena_free(arena);
}

/* Each call has an arena of its own: the writer's thread fills the one while the next is being asked. */
static void ask(struct stories *all, struct story *s, struct piece *p, enum import_verb verb, const char *id,
                const char *json)
{
  struct arena *own = arena_new(IMPORT_DOCUMENT);
  arena_defer(all->arena, free_arena, own);
  *LIST_ADD(all->arena, &all->calls) = (struct import_call){.verb = verb,
                                                            .id = id,
                                                            .channel = s->want.channel,
                                                            .external_id = s->want.external_id,
                                                            .json = json,
                                                            .json_n = json ? strlen(json) : 0,
                                                            .want_reply = true,
                                                            .arena = own};
  *LIST_ADD(all->arena, &all->steps) = (struct step){s, p};
}

/* Sends what was asked; `take` sees each answer that is fine, a refusal ends its story. */
static void send(struct stories *all, void (*take)(struct stories *all, struct step *step, const struct import_call *c))
{
  import_door_run(all->door, all->calls.at, all->calls.n);
  for (size_t i = 0; i < all->calls.n; i++) {
    struct step *step = &all->steps.at[i];
    if (!import_fine(&all->calls.at[i]))
      fail_story(step->story, &all->calls.at[i]);
    else if (take)
      take(all, step, &all->calls.at[i]);
  }
  all->calls.n = all->steps.n = 0;
}

static const char *reason_body(struct arena *a, const char *reason, const char *more)
{
  struct buf b;
  struct json_out o;
  buf_init(&b, a);
  json_out_init(&o, &b);
  json_object(&o);
  json_put_text(&o, "reason", reason);
  if (more)
    json_key(&o, more), json_bool(&o, false);
  json_object_end(&o);
  return buf_str(&b);
}

/* ---- Phases ---- */

static void take_order(struct stories *all, struct step *step, const struct import_call *c)
{
  struct arena *a = all->arena;
  struct story *s = step->story;
  struct json_slice order = {c->reply, c->reply_n};
  if (!c->reply) { /* a dry run has nothing to read */
    end_story(s, 201, NULL, NULL);
    return;
  }
  s->order_id = json_text_of(order, "id", a);
  s->order_state = json_text_of(order, "state", a);
  s->held = text_eq(s->order_state, "placed");
  s->pieces.n = 0;
  json_slices fulfillments = json_items_of(json_member_of(order, "fulfillments", a), a);
  EACH (struct json_slice, f, &fulfillments) {
    *LIST_ADD(a, &s->pieces) = (struct piece){json_text_of(*f, "id", a), json_text_of(*f, "state", a),
                                              json_items_of(json_member_of(*f, "parcels", a), a)};
  }
}

static void read_orders(struct stories *all)
{
  for (size_t i = 0; i < all->n; i++)
    if (!all->at[i].over)
      ask(all, &all->at[i], NULL, VERB_ORDER_READ, NULL, NULL);
  send(all, take_order);
}

static void note_done(struct stories *all, struct step *step, const struct import_call *c)
{
  (void)all;
  (void)c;
  step->story->did = true;
}

static void cancel_orders(struct stories *all)
{
  for (size_t i = 0; i < all->n; i++) {
    struct story *s = &all->at[i];
    if (s->over || s->want.outcome != OUTCOME_CANCELLED || text_eq(s->order_state, "cancelled"))
      continue;
    const char *reason = s->want.reason ? s->want.reason : "cancelled in the channel";
    ask(all, s, NULL, VERB_CANCEL, s->order_id, reason_body(all->arena, reason, s->want.refund ? NULL : "refund"));
  }
  send(all, note_done);
}

static bool travels(const struct story *s)
{
  return !s->over && s->want.outcome >= OUTCOME_SHIPPED;
}

/* What has left the house in reality is not held back here; who and why stands in the timeline. */
static void release_holds(struct stories *all)
{
  bool any = false;
  for (size_t i = 0; i < all->n; i++) {
    struct story *s = &all->at[i];
    if (!travels(s) || !s->held || !s->want.release_reason)
      continue;
    ask(all, s, NULL, VERB_APPROVE, s->order_id, reason_body(all->arena, s->want.release_reason, NULL));
    any = true;
  }
  send(all, note_done);
  if (any)
    read_orders(all);
}

static void take_fulfillment(struct stories *all, struct step *step, const struct import_call *c)
{
  struct json_slice f = {c->reply, c->reply_n};
  step->story->did = true;
  step->piece->state = json_text_of(f, "state", all->arena);
  step->piece->parcels = json_items_of(json_member_of(f, "parcels", all->arena), all->arena);
}

static const char *ship_body(struct arena *a, const struct outcome *want)
{
  struct buf b;
  struct json_out o;
  buf_init(&b, a);
  json_out_init(&o, &b);
  json_object(&o);
  json_put_text(&o, "carrier", want->carrier);
  json_put_text(&o, "service", want->service);
  json_put_text(&o, "tracking_number", want->tracking_number);
  json_object_end(&o);
  return buf_str(&b);
}

static bool is_one_of(const char *state, const char *const *states)
{
  for (; state && *states; states++)
    if (strcmp(state, *states) == 0)
      return true;
  return false;
}

/* The steps of the warehouse: in which states a fulfillment still needs them. */
static const struct {
  enum import_verb verb;
  const char *const states[3];
} warehouse[] = {
    {VERB_PICK, {"open", "picking", NULL}},
    {VERB_PACK, {"picked", NULL}},
    {VERB_SHIP, {"packed", NULL}},
};

static void ship_orders(struct stories *all)
{
  for (size_t k = 0; k < COUNT_OF(warehouse); k++) {
    for (size_t i = 0; i < all->n; i++) {
      struct story *s = &all->at[i];
      for (size_t p = 0; p < s->pieces.n && travels(s); p++)
        if (is_one_of(s->pieces.at[p].state, warehouse[k].states))
          ask(all, s, &s->pieces.at[p], warehouse[k].verb, s->pieces.at[p].id,
              warehouse[k].verb == VERB_SHIP ? ship_body(all->arena, &s->want) : NULL);
    }
    send(all, take_fulfillment);
  }
}

static void track(struct stories *all, struct story *s, struct json_slice parcel, const char *status, struct instant at)
{
  char text[INSTANT_TEXT];
  if (!instant_set(at))
    return;
  instant_format(at, text);
  ask(all, s, NULL, VERB_TRACK, json_text_of(parcel, "id", all->arena),
      arena_printf(all->arena, "{\"status\":\"%s\",\"occurred_at\":\"%s\"}", status, text));
}

/* The scans of the past; without a time of delivery the carrier never said, and nobody makes one up. */
static void track_parcels(struct stories *all)
{
  for (size_t i = 0; i < all->n; i++) {
    struct story *s = &all->at[i];
    for (size_t p = 0; p < s->pieces.n && travels(s); p++) {
      EACH (struct json_slice, parcel, &s->pieces.at[p].parcels) {
        const char *status = json_text_of(*parcel, "tracking_status", all->arena);
        if (text_eq(status, "delivered"))
          continue;
        if (!text_eq(status, "in_transit"))
          track(all, s, *parcel, "in_transit", s->want.shipped_at);
        if (s->want.outcome == OUTCOME_DELIVERED)
          track(all, s, *parcel, "delivered", s->want.delivered_at);
      }
    }
  }
  send(all, note_done);
}

/* Nothing moved although it should have: the order has no goods to send, or a hold that nobody released. */
static bool stands_still(const struct story *s)
{
  static const char *const gone[] = {"shipped", "closed", "handed_over", NULL};
  for (size_t p = 0; p < s->pieces.n; p++)
    if (is_one_of(s->pieces.at[p].state, gone))
      return false;
  return true;
}

static void end_all(struct stories *all)
{
  for (size_t i = 0; i < all->n; i++) {
    struct story *s = &all->at[i];
    if (travels(s) && stands_still(s))
      end_story(s, 409, "nothing_to_ship",
                "none of its fulfillments can ship: its units wait for stock, or it was cancelled");
    else if (!s->over)
      end_story(s, s->did ? 201 : 200, NULL, NULL);
  }
}

/* ---- The whole ---- */

static void begin_story(struct story *s, struct import_call *c)
{
  struct fault f;
  s->call = c;
  fault_init(&f, c->arena);
  rec_init(&import_outcome_rec, &s->want);
  enum err err = rec_read(&import_outcome_rec, c->json, c->json_n, "", c->arena, &f, &s->want);
  if (err == ERR_OK)
    return;
  end_story(s, err_info(err)->http, err_info(err)->slug, f.detail);
  for (size_t i = 0; i < f.n; i++)
    *LIST_ADD(c->arena, &c->problems) =
        (struct import_problem){f.entries[i].pointer, f.entries[i].code, f.entries[i].detail};
}

void import_outcomes_run(struct import_door *d, struct import_call *calls, size_t n)
{
  struct arena *a = arena_new(UINT64_C(1) << 29);
  struct stories all = {.door = d, .arena = a, .at = ARENA_ARRAY(a, struct story, n + 1), .n = n};
  for (size_t i = 0; i < n; i++)
    begin_story(&all.at[i], &calls[i]);
  read_orders(&all);
  cancel_orders(&all);
  release_holds(&all);
  ship_orders(&all);
  track_parcels(&all);
  end_all(&all);
  arena_free(a);
}
