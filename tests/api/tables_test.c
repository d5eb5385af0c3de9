/* Tables get table tests: no row is half filled in, no state is a dead end. */
#include "app.h"
#include "orders.h"
#include "test.h"

#include <stdio.h>
#include <string.h>

#define EACH_ROUTE(room, r)                                                                                            \
  for (const struct api_room *room = app_rooms; room->tag; room++)                                                     \
    for (const struct route *r = room->routes; r->method; r++)

TEST(every_route_has_a_permission_a_summary_and_a_way_to_be_served)
{
  int n = 0;
  EACH_ROUTE(room, r)
  {
    bool perm = r->needs == PERM_PUBLIC || r->needs == PERM_SIGNED_IN || (r->needs >= 0 && r->needs < PERM_COUNT);
    int ways = !!r->act + !!r->serve + !!r->list;
    bool success = r->success == 200 || r->success == 201 || r->success == 204;
    bool stream = r->flags & ROUTE_STREAM;
    if (!perm || text_empty(r->summary) || (ways != 1 && !stream) || !success || r->path[0] != '/')
      test_failed(__FILE__, __LINE__, arena_printf(t->arena, "%s %s", r->method, r->path), "a row half filled in",
                  "a whole one");
    if (strcmp(r->method, "GET") != 0 && !(r->flags & ROUTE_HIDDEN) && !r->act && r->needs != PERM_PUBLIC &&
        r->needs != PERM_SIGNED_IN && !r->serve)
      test_failed(__FILE__, __LINE__, r->path, "a write without an act", "an act");
    n++;
  }
  CHECK(n > 60);
}

TEST(reading_needs_a_permission_to_read_and_writing_one_to_write)
{
  EACH_ROUTE(room, r)
  {
    if (r->needs < 0)
      continue;
    const char *needs = permission_name(r->needs);
    bool reads = strcmp(r->method, "GET") == 0, named_read = strstr(needs, ".read") != NULL;
    if (strstr(r->path, "/presence"))
      continue; /* whoever may look says that he looks */
    if (reads != named_read && r->needs != PERM_USER_ADMIN)
      test_failed(__FILE__, __LINE__, arena_printf(t->arena, "%s %s", r->method, r->path), needs,
                  reads ? "a permission to read" : "a permission to write");
  }
}

TEST(no_two_routes_are_the_same)
{
  EACH_ROUTE(room, r)
  EACH_ROUTE(other_room, other)
  if (r != other && strcmp(r->method, other->method) == 0 && strcmp(r->path, other->path) == 0)
    test_failed(__FILE__, __LINE__, r->path, "twice", "once");
}

/* Replies, bodies and patches of a record get a suffix to its name, which may make it another record's name. */
TEST(no_two_schemas_of_the_document_have_one_name)
{
  LIST(const char *) names = {0};
  bool schemas = false;
  struct buf text;
  struct json j;
  buf_init(&text, t->arena);
  api_openapi(app_rooms, "1", &text);
  json_init(&j, text.at, text.n, t->arena);
  for (enum json_token token; (token = json_next(&j)) != JSON_END && token != JSON_ERROR;) {
    if (token != JSON_KEY)
      continue;
    schemas = j.depth == 2 ? strcmp(j.text, "schemas") == 0 : schemas && j.depth > 2;
    if (schemas && j.depth == 3)
      *LIST_ADD(t->arena, &names) = arena_text(t->arena, j.text);
  }
  CHECK(names.n > 100);
  for (size_t i = 0; i < names.n; i++)
    for (size_t k = 0; k < i; k++)
      if (strcmp(names.at[i], names.at[k]) == 0)
        test_failed(__FILE__, __LINE__, names.at[i], "twice", "once");
}

TEST(every_error_has_a_status_a_title_and_a_slug_of_its_own)
{
  for (int e = 1; e < ERR_COUNT; e++) {
    const struct err_info *i = err_info((enum err)e);
    CHECK(i->http >= 400 && i->http < 600);
    CHECK(!text_empty(i->title) && !text_empty(i->slug));
    CHECK_INT(strspn(i->slug, "abcdefghijklmnopqrstuvwxyz_"), strlen(i->slug));
    for (int other = 1; other < e; other++)
      CHECK(strcmp(i->slug, err_info((enum err)other)->slug) != 0);
  }
}

/* ---- States ---- */

static bool listed(int state, const int *list, size_t n)
{
  for (size_t i = 0; i < n; i++)
    if (list[i] == state)
      return true;
  return false;
}

TEST(every_order_state_is_reached_and_left_or_final)
{
  static const int first[] = {ORDER_DRAFT}, final[] = {ORDER_CLOSED, ORDER_CANCELLED, ORDER_EXPIRED};
  for (int state = 0; order_states[state]; state++) {
    bool reached = listed(state, first, COUNT_OF(first)), left = listed(state, final, COUNT_OF(final));
    for (size_t i = 0; i < order_moves_n; i++) {
      reached = reached || order_moves[i].to == state;
      if (order_moves[i].from == state && listed(state, final, COUNT_OF(final)))
        test_failed(__FILE__, __LINE__, order_states[state], "is left", "final");
      left = left || order_moves[i].from == state;
    }
    if (!reached || !left)
      test_failed(__FILE__, __LINE__, order_states[state], reached ? "a dead end" : "never reached",
                  "a way in and out");
  }
}

TEST(every_fulfillment_state_is_reached_and_left_or_final)
{
  static const int first[] = {FUL_SCHEDULED, FUL_OPEN};
  static const int final[] = {FUL_CLOSED, FUL_HANDED_OVER, FUL_NOT_COLLECTED, FUL_REJECTED, FUL_CANCELLED};
  /* Of locations that answer a cancellation later; no connector of such a location is there yet. */
  static const int not_yet[] = {FUL_CANCEL_REQUESTED};
  for (int state = 0; fulfillment_states[state]; state++) {
    bool reached = listed(state, first, COUNT_OF(first)), left = listed(state, final, COUNT_OF(final)), ends = left;
    for (size_t i = 0; i < fulfillment_moves_n; i++) {
      const struct fulfillment_move *m = &fulfillment_moves[i];
      reached = reached || m->to == state;
      left = left || m->from == state;
      if (m->from == state && ends)
        test_failed(__FILE__, __LINE__, fulfillment_states[state], "is left", "final");
      CHECK(!text_empty(m->emits));
    }
    if (listed(state, not_yet, COUNT_OF(not_yet)) ? reached : !reached || !left)
      test_failed(__FILE__, __LINE__, fulfillment_states[state], reached ? "a dead end" : "never reached",
                  "a way in and out");
  }
}

TEST(a_move_is_in_the_table_once)
{
  for (size_t i = 0; i < fulfillment_moves_n; i++)
    for (size_t k = 0; k < i; k++)
      if (fulfillment_moves[i].from == fulfillment_moves[k].from &&
          fulfillment_moves[i].step == fulfillment_moves[k].step)
        test_failed(__FILE__, __LINE__, fulfillment_states[fulfillment_moves[i].from], fulfillment_moves[i].emits,
                    "one row");
  for (size_t i = 0; i < order_moves_n; i++)
    for (size_t k = 0; k < i; k++)
      CHECK(order_moves[i].from != order_moves[k].from || order_moves[i].step != order_moves[k].step);
}
