/* What an import can ask for: one table for both doors, and reading what comes back. */
#include "import_door.h"

#include "carriers.h"
#include "catalog.h"
#include "channels.h"
#include "customers.h"
#include "fulfillment.h"
#include "intake.h"
#include "inventory.h"
#include "orders.h"
#include "review.h"

#include <string.h>

const struct import_verb_row import_verbs[VERB_COUNT] = {
    [VERB_ORDER] = {"POST", "/v1/orders", &order_place_act, &order_input_rec, 201},
    [VERB_PRODUCT] = {"POST", "/v1/products", &product_create_act, &product_rec, 201},
    [VERB_LOCATION] = {"POST", "/v1/locations", &location_create_act, &location_rec, 201},
    [VERB_CHANNEL] = {"POST", "/v1/channels", &channel_create_act, &channel_rec, 201},
    [VERB_CUSTOMER] = {"POST", "/v1/customers", &customer_add_act, &customer_rec, 201},
    [VERB_CARRIER] = {"POST", "/v1/carriers", &carrier_create_act, &carrier_rec, 201},
    [VERB_TAX_RATE] = {"POST", "/v1/tax_rates", &tax_rate_create_act, &tax_rate_rec, 201},
    [VERB_STOCK] = {"POST", "/v1/stock/adjustments", &stock_adjust_act, &adjustment_rec, 201},
    [VERB_SAFETY] = {"POST", "/v1/stock/safety", &stock_safety_act, &stock_safety_rec, 200},
    [VERB_PRODUCT_CHANGE] = {"PATCH", "/v1/products/%s", &product_update_act, NULL, 200},
    [VERB_LOCATION_CHANGE] = {"PATCH", "/v1/locations/%s", &location_update_act, NULL, 200},
    [VERB_CHANNEL_CHANGE] = {"PATCH", "/v1/channels/%s", &channel_update_act, NULL, 200},
    [VERB_CUSTOMER_CHANGE] = {"PATCH", "/v1/customers/%s", &customer_change_act, NULL, 200},
    [VERB_CARRIER_CHANGE] = {"PATCH", "/v1/carriers/%s", &carrier_update_act, NULL, 200},
    [VERB_APPROVE] = {"POST", "/v1/orders/%s/approve", &order_approve_act, &reason_input_rec, 200},
    [VERB_CANCEL] = {"POST", "/v1/orders/%s/cancel", &order_cancel_act, &cancel_rec, 200},
    [VERB_PICK] = {"POST", "/v1/fulfillments/%s/pick", &fulfillment_pick_act, &pick_rec, 200},
    [VERB_PACK] = {"POST", "/v1/fulfillments/%s/pack", &fulfillment_pack_act, &pack_rec, 200},
    [VERB_SHIP] = {"POST", "/v1/fulfillments/%s/ship", &fulfillment_ship_act, &ship_rec, 200},
    [VERB_TRACK] = {"POST", "/v1/parcels/%s/tracking_events", &parcel_track_act, &tracking_event_rec, 200},
    [VERB_ORDER_READ] = {"GET", "/v1/orders", NULL, NULL, 200},
};

void import_door_run(struct import_door *d, struct import_call *calls, size_t n)
{
  d->begin(d, calls, n);
  d->wait(d);
}

/* ---- Slices ---- */

struct json_slice json_member_of(struct json_slice object, const char *name, struct arena *a)
{
  struct json j;
  struct json_slice found;
  if (!object.at)
    return object;
  json_init(&j, object.at, object.n, a);
  if (json_next(&j) == JSON_OBJECT)
    while (json_next(&j) == JSON_KEY) {
      bool it = strcmp(j.text, name) == 0;
      if (!json_skip(&j, &found.at, &found.n))
        break;
      if (it)
        return found;
    }
  return (struct json_slice){0};
}

const char *json_text_of(struct json_slice object, const char *name, struct arena *a)
{
  struct json_slice member = json_member_of(object, name, a);
  struct json j;
  if (!member.at)
    return NULL;
  json_init(&j, member.at, member.n, a);
  return json_next(&j) == JSON_STRING ? arena_text(a, j.text) : NULL;
}

json_slices json_items_of(struct json_slice array, struct arena *a)
{
  json_slices items = {0};
  struct json j;
  if (!array.at)
    return items;
  json_init(&j, array.at, array.n, a);
  if (json_next(&j) == JSON_ARRAY)
    for (enum json_token token;
         (token = json_next(&j)) != JSON_ARRAY_END && token != JSON_ERROR && token != JSON_END;) {
      const char *begin = j.token;
      if (!json_skip_rest(&j, token))
        break;
      *LIST_ADD(a, &items) = (struct json_slice){begin, (size_t)(j.at - begin)};
    }
  return items;
}
