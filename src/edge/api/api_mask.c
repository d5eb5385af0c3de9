/* Personal data in answers: whoever lacks `personal.read` gets it masked, in records, lists, exports and stored replies. */
#include "api_priv.h"

#include "privacy.h"

#include <string.h>

bool api_masks(const struct route *route, const struct actor *actor)
{
  if (actor->permissions & PERMISSION(PERM_PERSONAL_READ))
    return false;
  /* What is nobody's in particular or about users: their names are those of staff. Revealing is what it is for. */
  return route->needs >= 0 && route->needs != PERM_USER_ADMIN && route->needs != PERM_PERSONAL_REVEAL;
}

void api_mask_result(const struct route *route, const struct actor *actor, struct arena *a, struct act_result *result)
{
  if (result->rec && result->value && api_masks(route, actor))
    result->value = rec_masked(result->rec, result->value, personal_mask, a);
}

const void *api_mask_rows(const struct rec *rec, const void *rows, size_t n, struct arena *a)
{
  char *copy = arena_alloc(a, n * rec->size + 1);
  for (size_t i = 0; i < n; i++)
    memcpy(copy + i * rec->size, rec_masked(rec, (const char *)rows + i * rec->size, personal_mask, a), rec->size);
  return copy;
}

/* ---- Revealing ---- */

static const enum err reveal_errors[] = {ERR_NOT_FOUND, ERR_OK};

const struct route privacy_routes[] = {
    {"POST", "/v1/orders/{id}/reveal", "See an order's personal data in full",
     "For those to whom names and addresses are shown masked. Changes nothing; the event `order.revealed` says who saw "
     "it "
     "and why.\n\n"
     "```json\n"
     "{\"reason\": \"the customer is on the phone\"}\n"
     "```",
     .needs = PERM_PERSONAL_REVEAL, .body = &reason_input_rec, .reply = &order_rec, .success = 200,
     .act = &order_reveal_act, .errors = reveal_errors},
    {0},
};

/* ---- What the writer renders ---- */

static void shape(struct act_call *call, struct act_result *result)
{
  api_mask_result(call->route, &call->actor, call->arena, result);
}

void api_shape(struct act_call *call, const struct route *route)
{
  if (!api_masks(route, &call->actor))
    return;
  call->route = route;
  call->shape = shape;
}
