/* The check of the books bites: each invariant broken by hand in a copy of a good database is found. */
#include "db.h"
#include "shop.h"

#include <stdio.h>
#include <string.h>

static const struct {
  const char *breaks, *sql;
} damages[] = {
    {"1: on hand is the sum of movements", "UPDATE stock SET on_hand = on_hand + 1000000"},
    {"1: a movement is missing", "DELETE FROM stock_movement WHERE entry = (SELECT max(entry) FROM stock_movement)"},
    {"1: a movement is another", "UPDATE stock_movement SET delta = delta + 1000000"},
    {"2: reserved is the sum of reservations", "UPDATE stock SET reserved = reserved + 1000000 WHERE reserved > 0"},
    {"2: a reservation is missing", "DELETE FROM reservation"},
    {"2: more is reserved than there is", "UPDATE stock SET on_hand = 0 WHERE reserved > 0"},
    {"3: the places of a line add up",
     "UPDATE order_line SET at_allocated = at_allocated - 1000000 WHERE at_allocated > 0"},
    {"3: allocated units have reservations", "UPDATE order_line SET at_allocated = at_allocated - 1000000, "
                                             "at_unallocated = at_unallocated + 1000000 WHERE at_allocated > 0"},
    {"3: delivered is at most shipped", "UPDATE order_line SET at_delivered = quantity WHERE at_shipped = 0"},
    {"4: the total is the sum of its lines", "UPDATE orders SET sum_total = sum_total + 1"},
    {"4: a line's total is another", "UPDATE order_line SET total = total + 1"},
    {"4: the tax is the sum of its lines'", "UPDATE orders SET sum_tax = sum_tax + 1"},
    {"5: refunds are at most captured", "UPDATE payment_entry SET amount = amount + 100000 WHERE kind = 'refund'"},
    {"5: the sums of a payment are its entries'", "UPDATE payment SET captured = captured + 1"},
    {"5: the payment status is what the entries say",
     "UPDATE orders SET payment_status = 'unpaid' WHERE payment_status = 'paid'"},
    {"6: a state has its event", "UPDATE orders SET state = 'closed' WHERE state = 'open'"},
    {"6: a fulfillment's state has its event", "UPDATE fulfillment SET state = 'shipped' WHERE state = 'open'"},
    {"6: an event is missing", "DELETE FROM event WHERE topic = 'order.opened'"},
    {"6: an event says something else", "UPDATE event SET data = '{}' WHERE topic = 'order.placed'"},
    {"6: an event is by somebody else", "UPDATE event SET actor_name = 'somebody' WHERE topic = 'order.placed'"},
    {"6: the feed has a hole", "DELETE FROM feed WHERE seq = 5"},
    {"6: the chain is broken", "UPDATE feed SET hash = (SELECT hash FROM feed WHERE seq = 4) WHERE seq = 5"},
    {"7: a number leads to its order", "DELETE FROM order_number"},
    {"8: nothing is picked under a hold", "UPDATE hold SET state = 'active', released_at = NULL, created_at = 1"},
    {"a figure of a day is another", "UPDATE report_cell SET v1 = v1 + 1 WHERE kind = 'order'"},
    {"a figure of a month is another", "UPDATE report_cell SET v1 = v1 + 1 WHERE kind = 'order.month'"},
    {"a fact says something else", "UPDATE report_fact SET v3 = v3 + 1 WHERE kind = 'order'"},
    {"what was counted is missing", "DELETE FROM report_customer"},
    {"stock that was counted is another", "UPDATE report_ledger SET n = n - 1"},
    {"10: no consumer is beyond the feed", "UPDATE consumer SET feed_seq = feed_seq + 1000"},
};

static void damage(struct test *t, const char *url, const char *sql, const char *why)
{
  struct db_stmt *stmt = ARENA_NEW(t->arena, struct db_stmt);
  struct db *db = NULL;
  struct fault f;
  int64_t rows = 0;
  *stmt = (struct db_stmt){sql, DB_SCHEMA}; /* by hand: not judged as the program's statements are */
  fault_init(&f, t->arena);
  if (db_open(url, DB_WRITER, &f, &db) != ERR_OK || db_run(db, stmt, &rows, DB_NO_ARGS) != ERR_OK || rows == 0)
    test_failed(__FILE__, __LINE__, why, f.detail ? f.detail : "no row", "a damage");
  db_close(db);
}

static void days_of_a_shop(struct shop *s)
{
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(200, "POST /v1/orders/<order>/cancel {'lines': [{'line': 1, 'quantity': 1}], 'reason': 'one less'}");
  a_paid_order(s, 1);
  SAY(200, "POST /v1/orders/<order>/hold {'reason': 'wait'}");
  KEEP("hold", "/holds/0/id");
  SAY(200, "POST /v1/holds/<hold>/release {'reason': 'go on'}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'payment_terms': 'cod', 'customer': {'email': "
           "'li@example.com'}, 'lines': [{'sku': 'MUG-BLUE', 'quantity': 1}]}");
  a_paid_order(s, 3);
  KEEP("number", "/number");
  AWAIT("GET /v1/orders?q=<number>", "/data/#", "1");
  shop_reported(s);
}

TEST(whatever_is_broken_by_hand_is_found)
{
  struct shop *s = shop_open(t);
  int missed = 0;
  days_of_a_shop(s);
  shop_close(s);
  for (size_t i = 0; i < COUNT_OF(damages); i++) {
    const char *url = test_database_copy(t, s->url), *out;
    damage(t, url, damages[i].sql, damages[i].breaks);
    int status = shop_run(s, &out, (const char *[]){"check", "--database", url, NULL});
    if (status != 1 || !strstr(out, "differences") || text_starts(out, "0 "))
      printf("  not found: %s (exit %d, %.100s)\n", damages[i].breaks, status, out), missed++;
  }
  CHECK_INT(missed, 0);
}

TEST(figures_of_a_feed_that_is_not_read_to_its_end_are_checked_as_far_as_it_was)
{
  struct shop *s = shop_open(t);
  const char *out;
  days_of_a_shop(s);
  shop_close(s);
  damage(t, s->url, "UPDATE consumer SET feed_seq = feed_seq - 1 WHERE name LIKE 'reports%'", "a consumer that is behind");
  CHECK_INT(shop_run(s, &out, (const char *[]){"check", "--database", s->url, NULL}), 0);
  CHECK(strstr(out, "note: reports have read ") && strstr(out, "\n0 differences"));
  damage(t, s->url, "UPDATE report_cell SET v1 = v1 + 1 WHERE kind = 'order'", "a figure");
  CHECK_INT(shop_run(s, &out, (const char *[]){"check", "--database", s->url, NULL}), 1);
}
