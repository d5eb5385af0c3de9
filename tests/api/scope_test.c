/* Every list of the program, asked by a key that is bound to places which do not exist: it is closed, or it is empty. A list
 * that says nothing of places has to be named here, so that nobody adds one without thinking of it. */
#include "app.h"
#include "shop.h"

#include <stdio.h>
#include <string.h>

/* What everybody may see whom its permission lets in. */
static const char *const of_no_place[] = {"/v1/products", "/v1/tax_rates", "/v1/carriers", "/v1/customers",
                                          "/v1/users",    "/v1/api_keys",  "/v1/views",    "/v1/review_rules",
                                          "/v1/number_blocks"};

static bool is_of_no_place(const char *path)
{
  for (size_t i = 0; i < COUNT_OF(of_no_place); i++)
    if (strcmp(of_no_place[i], path) == 0)
      return true;
  return false;
}

TEST(every_list_is_empty_or_closed_for_who_is_bound_to_other_places)
{
  static const char *const bound[] = {"'locations': ['NOWHERE']", "'channels': ['nowhere']",
                                      "'locations': ['NOWHERE'], 'channels': ['nowhere']"};
  struct shop *s = shop_open(t);
  int lists = 0, wrong = 0;
  shop_label(s, "hold", "");
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(200, "POST /v1/orders/<order>/hold {'reason': 'look'}");
  KEEP("hold", "/holds/0/id");
  SAY(200, "POST /v1/holds/<hold>/release {'reason': 'seen'}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
  a_paid_order(s, 1);
  SAY(201, "POST /v1/waves {'location': 'NJ1'}");
  for (size_t i = 0; i < COUNT_OF(bound); i++) {
    client_free(s->client);
    s->client = client_new(s->address, s->key);
    SAY(201, arena_printf(t->arena, "POST /v1/api_keys {'name': 'bound', 'scope': '*', %s}", bound[i]));
    const char *key = arena_text(t->arena, AT("/key"));
    bool by_channel = strncmp(bound[i], "'channels", 9) == 0;
    for (const struct api_room *room = app_rooms; room->tag; room++)
      for (const struct route *r = room->routes; r->method; r++) {
        if (!r->list || strchr(r->path, '{') || is_of_no_place(r->path))
          continue;
        struct request rq = {.method = "GET", .path = r->path, .key = key};
        struct answer a;
        CHECK_INT(client_call(s->client, &rq, &a), CALL_ANSWERED);
        bool empty = a.status == 200 && json_look_i64(t->arena, a.body, "/data/#") == 0;
        /* Locations and their stock are no matter of channels. */
        bool of_places = by_channel && (text_starts(r->path, "/v1/stock") || strcmp(r->path, "/v1/adjustments") == 0 ||
                                        strcmp(r->path, "/v1/locations") == 0);
        bool other = !by_channel && i == 0 && strcmp(r->path, "/v1/channels") == 0;
        lists++;
        if (empty || a.status == 403 || (a.status == 200 && (of_places || other)))
          continue;
        wrong++;
        printf("  %s, %s: %d %.300s\n", r->path, bound[i], a.status, a.body);
      }
  }
  printf("  %d lists asked\n", lists);
  CHECK_INT(wrong, 0);
  CHECK(lists > 40);
  shop_close(s);
}

/* Sums and single answers of the whole company: closed, or they want to know of which place. */
TEST(what_sums_over_places_is_closed_or_asks_which)
{
  static const char *const asked[] = {"GET /v1/today", "GET /v1/tasks/next", "GET /v1/stock/balance?sku=TEE-S",
                                      "GET /v1/imports", "GET /v1/failed_work", "GET /v1/channel_health"};
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/locations {'code': 'LA'}");
  SAY(201, "POST /v1/api_keys {'name': 'bound', 'scope': '*', 'locations': ['NJ1', 'LA']}");
  const char *key = arena_text(t->arena, AT("/key"));
  client_free(s->client);
  s->client = client_new(s->address, key);
  for (size_t i = 0; i < COUNT_OF(asked); i++)
    SAY(403, asked[i]);
  SAY(200, "GET /v1/today?location=NJ1");
  SAY(403, "GET /v1/today?location=ELSEWHERE");
  SAY(200, "GET /v1/stock/balance?sku=TEE-S&location=NJ1");
  shop_close(s);
}
