/* Many orders in one act: each is placed or refused by itself, with the answer that the single call would have given. */
#include "intake_priv.h"

#include <string.h>

struct item {
  const char *json;
  size_t n;
};
struct bulk {
  LIST(struct item) items;
};

static enum err not_an_array(struct ctx *cx)
{
  return fault_add(&cx->fault, ERR_INVALID, "/orders", "wrong_type", "expected an array of orders");
}

/* What the orders will ask, asked together where a round trip is what costs; each is loaded truly when it is its turn. */
struct ahead {
  struct ctx *cx;
  struct arena *arena;
  const struct bulk *bulk;
};

enum { AHEAD_ARENA_MAX = 256 << 20 };

static void load_ahead(void *arg, size_t i)
{
  struct ahead *ahead = arg;
  const struct item *item = &ahead->bulk->items.at[i];
  struct order_input *input = ARENA_NEW(ahead->arena, struct order_input);
  struct act_input in = {.body = input, .version = ABSENT};
  struct ctx own = *ahead->cx;
  if (arena_used(ahead->arena) > AHEAD_ARENA_MAX / 2)
    return;
  own.arena = ahead->arena;
  fault_init(&own.fault, own.arena);
  rec_init(&order_input_rec, input);
  if (rec_read(&order_input_rec, item->json, item->n, "", own.arena, &own.fault, input) != ERR_OK)
    return;
  db_use(own.db, &own.fault, own.arena);
  enum err ignored = order_place_act.load(&own, &in, arena_alloc(own.arena, order_place_act.facts_size));
  (void)ignored; /* it will be refused when it is its turn */
}

static void load_all_ahead(struct ctx *cx, const struct bulk *bulk)
{
  if (!cx->db) /* who only wants to know whether it can be read */
    return;
  struct ahead ahead = {.cx = cx, .arena = arena_new(AHEAD_ARENA_MAX), .bulk = bulk};
  db_together(cx->db, bulk->items.n, load_ahead, &ahead);
  db_use(cx->db, &cx->fault, cx->arena);
  arena_free(ahead.arena);
}

static enum err bulk_load(struct ctx *cx, const struct act_input *in, void *out)
{
  const struct orders_bulk *body = in->body;
  struct bulk *bulk = out;
  struct json j;
  json_init(&j, body->orders, strlen(body->orders), cx->arena);
  if (json_next(&j) != JSON_ARRAY)
    return not_an_array(cx);
  for (enum json_token token; (token = json_next(&j)) != JSON_ARRAY_END;) {
    const char *begin = j.token;
    if (bulk->items.n == INTAKE_BULK_MAX)
      return fault_add(&cx->fault, ERR_INVALID, "/orders", "too_many", "at most %d orders at once", INTAKE_BULK_MAX);
    if (token == JSON_ERROR || !json_skip_rest(&j, token))
      return not_an_array(cx);
    *LIST_ADD(cx->arena, &bulk->items) = (struct item){begin, (size_t)(j.at - begin)};
  }
  load_all_ahead(cx, bulk);
  return ERR_OK;
}

/* Later orders of a batch see the stock that earlier ones took, so each is decided when it is its turn: in apply. */
static enum err bulk_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct bulk *)out = *(const struct bulk *)facts;
  return ERR_OK;
}

static void answer_refusal(const struct ctx *own, enum err code, struct order_bulk_item *answer)
{
  const struct err_info *info = err_info(code);
  answer->status = info->http;
  answer->code = info->slug;
  answer->detail = own->fault.detail ? own->fault.detail : info->title;
  answer->id = own->fault.related;
  for (size_t i = 0; i < own->fault.n; i++) {
    const struct fault_entry *e = &own->fault.entries[i];
    *LIST_ADD(own->arena, &answer->errors) = (struct bulk_problem){
        .pointer = e->pointer,
        .code = e->code,
        .detail = e->detail,
        .sku = e->sku,
        .asked = QUANTITY(e->sku ? e->asked : ABSENT),
        .available = QUANTITY(e->sku ? e->available : ABSENT),
    };
  }
}

enum {
  BULK_ARENA_MAX = 192 << 20
}; /* bytes that one request's orders and answers may take; one order needs up to 30 MB */

/* Places one; *out_wrote tells whether a failure came after it had begun to write. */
static enum err place_one(struct ctx *own, const struct item *item, size_t begun, struct order_bulk_item *answer,
                          bool *out_wrote)
{
  struct order_input *input = ARENA_NEW(own->arena, struct order_input);
  struct act_input in = {.body = input, .version = ABSENT};
  struct act_result result = {.version = ABSENT};
  void *plan;
  rec_init(&order_input_rec, input);
  *out_wrote = false;
  if (arena_used(own->arena) - begun > BULK_ARENA_MAX)
    return err_fail(own, ERR_TOO_LARGE, "",
                    "the orders before it took all the room of one request: please send it again");
  TRY(rec_read(&order_input_rec, item->json, item->n, "", own->arena, &own->fault, input));
  answer->external_id = input->external_id;
  TRY(act_preview(own, &order_place_act, &in, &plan));
  *out_wrote = true;
  TRY(order_place_act.apply(own, plan, &result));
  answer->order = arena_copy(own->arena, result.value, sizeof(struct order));
  answer->status = result.status ? result.status : 201;
  return ERR_OK;
}

static enum err bulk_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct bulk *bulk = plan;
  size_t begun = arena_used(cx->arena);
  struct orders_bulk_result *result = ARENA_NEW(cx->arena, struct orders_bulk_result);
  for (size_t i = 0; i < bulk->items.n; i++) {
    struct order_bulk_item *answer = LIST_ADD(cx->arena, &result->results);
    struct ctx *own = arena_copy(cx->arena, cx, sizeof *cx);
    bool wrote;
    fault_init(&own->fault, cx->arena);
    own->event_ordinal = 0;
    db_use(cx->db, &own->fault, cx->arena);
    answer->n = (int64_t)i;
    enum err err = place_one(own, &bulk->items.at[i], begun, answer, &wrote);
    db_use(cx->db, &cx->fault, cx->arena);
    if (err != ERR_OK && (wrote || err_info(err)->http >= 500)) {
      cx->fault = own->fault;
      return err; /* not this order's own fault: the whole act goes */
    }
    if (err != ERR_OK)
      answer_refusal(own, err, answer);
    int64_t *count = err != ERR_OK ? &result->refused : answer->status == 201 ? &result->placed : &result->known;
    *count += 1;
  }
  out->rec = &orders_bulk_result_rec;
  out->value = result;
  return ERR_OK;
}

const struct act orders_bulk_act = {
    "orders.bulk", sizeof(struct bulk), sizeof(struct bulk), bulk_load, bulk_decide, bulk_apply, 0};
