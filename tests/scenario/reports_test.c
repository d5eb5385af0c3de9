/* Figures: each is worked out by hand here or asked of the database by another question, and every way to read a figure
 * gives the same one. */
#include "shop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void see_total(struct shop *s, const char *measure, const char *wanted)
{
  SEE(arena_printf(s->arena, "/totals/0/values/measure=%s/value", measure), wanted);
}

/* Six orders of T-shirts at 1990: 1, 2, 3, 1, 2, 3 of them, the fourth cancelled; the first two of one customer. */
static void six_orders(struct shop *s)
{
  a_small_shop(s);
  SAY(201, "POST /v1/stock/adjustments {'location': 'NJ1', 'lines': [{'sku': 'TEE-S', 'counted': 1000}]}");
  for (int i = 0; i < 6; i++) {
    shop_label(s, "i", arena_printf(s->arena, "%d", i < 2 ? 0 : i));
    shop_label(s, "quantity", arena_printf(s->arena, "%d", 1 + i % 3));
    SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'customer': {'email': 'c<i>@example.com'},"
             "'payment_terms': 'cod', 'lines': [{'sku': 'TEE-S', 'quantity': <quantity>, 'discount': 90}],"
             "'charges': [{'kind': 'shipping', 'amount': 500}]}");
    if (i == 0)
      KEEP("customer", "/customer_id");
    KEEP(arena_printf(s->arena, "order%d", i), "/id");
  }
  SAY(200, "POST /v1/orders/<order3>/cancel {'reason': 'no'}");
}

static void ship(struct shop *s, const char *order)
{
  shop_label(s, "order", order);
  SAY(200, "GET /v1/orders/<order>");
  KEEP("fulfillment", "/fulfillments/0/id");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pick {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/pack {}");
  SAY(200, "POST /v1/fulfillments/<fulfillment>/ship {}");
}

TEST(orders_are_counted_by_day_channel_and_product_with_what_is_behind_them)
{
  struct shop *s = shop_open(t);
  six_orders(s);
  shop_reported(s);
  SAY(200, "GET /v1/reports/orders");
  SEE("/rows/#", "30");
  SEE("/by", "day");
  see_total(s, "orders", "6");
  see_total(s, "units", "11");      /* 1 + 2 + 3 + 2 + 3: the cancelled one has none */
  see_total(s, "gross", "23880");   /* 12 x 1990 */
  see_total(s, "discounts", "540"); /* 6 x 90 */
  see_total(s, "charges", "3000");
  see_total(s, "cancelled", "1");
  see_total(s, "cancellation_rate", "0.166667");
  KEEP("revenue", "/totals/0/values/measure=revenue/value");
  SEE("/totals/0/currency", "USD");
  SEE("/rows/29/values/measure=orders/value", "6");
  SEE("/rows/28/values/measure=orders/value", "0");
  SAY(200, "GET /v1/reports/orders?by=channel");
  SEE("/rows/0/key", "web");
  SEE("/rows/0/values/measure=revenue/value", "<revenue>");
  SAY(200, "GET /v1/reports/products");
  SEE("/rows/0/key", "TEE-S");
  SEE("/rows/0/values/measure=units/value", "11");
  SEE("/rows/0/values/measure=gross/value", "23880");
  SAY(200, "GET /v1/reports/orders/rows?by=channel&key=web&measure=cancelled");
  SEE("/data/#", "1");
  SEE("/data/0/order", "<order3>");
  SAY(200, "GET /v1/reports/orders/rows?limit=4");
  SEE("/data/#", "4");
  KEEP("cursor", "/next_cursor");
  SAY(200, "GET /v1/reports/orders/rows?limit=4&cursor=<cursor>");
  SEE("/data/#", "2");
  SEE("/next_cursor", "null");
  shop_close(s);
}

/* The revenue of the report is the sum of what the orders themselves say. */
TEST(revenue_is_what_the_orders_add_up_to)
{
  struct shop *s = shop_open(t);
  int64_t want = 0;
  six_orders(s);
  SAY(200, "GET /v1/orders?limit=50");
  for (int i = 0; i < 6; i++) {
    const char *state = AT(arena_printf(s->arena, "/data/%d/state", i));
    if (strcmp(state, "cancelled") != 0)
      want += json_look_i64(s->arena, s->last.body, arena_printf(s->arena, "/data/%d/totals/total", i));
  }
  shop_reported(s);
  SAY(200, "GET /v1/reports/orders/rows?measure=revenue");
  int64_t rows = json_look_i64(s->arena, s->last.body, "/data/#"), behind = 0;
  for (int64_t i = 0; i < rows; i++)
    behind += json_look_i64(s->arena, s->last.body, arena_printf(s->arena, "/data/%d/amount", (int)i));
  CHECK_INT(behind, want);
  SAY(200, "GET /v1/reports/orders?compare=previous");
  CHECK_INT(json_look_i64(s->arena, s->last.body, "/totals/0/values/measure=revenue/value"), want);
  see_total(s, "net_revenue", arena_printf(s->arena, "%lld", (long long)want));
  SEE("/totals/0/values/measure=revenue/previous", "0");
  SEE("/totals/0/values/measure=revenue/change", NULL);
  shop_close(s);
}

TEST(a_refund_counts_on_its_day_and_leads_to_its_order)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  a_paid_order(s, 2);
  SAY(200, "GET /v1/orders/<order>");
  KEEP("payment", "/payments/0/id");
  SAY(200, "POST /v1/payments/<payment>/refund {'amount': 700, 'reason': 'a stain'}");
  shop_reported(s);
  SAY(200, "GET /v1/reports/orders");
  see_total(s, "refunds", "700");
  see_total(
      s, "net_revenue",
      arena_printf(s->arena, "%lld",
                   (long long)json_look_i64(s->arena, s->last.body, "/totals/0/values/measure=revenue/value") - 700));
  SAY(200, "GET /v1/reports/orders/rows?measure=refunds");
  SEE("/data/#", "1");
  SEE("/data/0/kind", "refund");
  SEE("/data/0/order", "<order>");
  SEE("/data/0/amount", "700");
  shop_close(s);
}

TEST(flow_tells_what_left_and_how_long_each_stage_took)
{
  struct shop *s = shop_open(t);
  six_orders(s);
  ship(s, shop_labelled(s, "order0"));
  ship(s, shop_labelled(s, "order1"));
  shop_reported(s);
  SAY(200, "GET /v1/reports/flow?by=location");
  SEE("/rows/0/key", "NJ1");
  SEE("/rows/0/values/measure=fulfillments/value", "2");
  SEE("/rows/0/values/measure=shipped_orders/value", NULL); /* an order has no one location */
  SAY(200, "GET /v1/reports/flow");
  see_total(s, "fulfillments", "2");
  see_total(s, "shipped_orders", "2");
  see_total(s, "fill_rate", "1");
  see_total(s, "split_rate", "0");
  see_total(s, "perfect_order_rate", "1");
  CHECK(atoi(AT("/totals/0/values/measure=time_to_pick_median/value")) < 60);
  SAY(200, "GET /v1/reports/flow/rows?measure=time_to_pick_median");
  SEE("/data/#", "2");
  SEE("/data/0/kind", "fulfillment");
  SAY(200, "GET /v1/reports/backlog");
  see_total(s, "open", "3");
  SAY(200, "GET /v1/reports/backlog?compare=previous");
  SEE("/totals/0/values/measure=open/previous", NULL); /* work that waits now has no yesterday */
  SAY(200, "GET /v1/reports/orders?compare=previous");
  SEE("/totals/0/values/measure=orders/previous", "0");
  SAY(200, "GET /v1/reports/backlog/rows?by=location&key=NJ1");
  SEE("/data/#", "3");
  shop_close(s);
}

TEST(gift_wrap_goes_along_with_the_goods_it_is_on)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/products {'sku': 'WRAP', 'kind': 'service', 'price': 300}");
  SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'payment_terms': 'cod',"
           "'lines': [{'sku': 'TEE-S', 'quantity': 2}, {'sku': 'WRAP', 'quantity': 1}]}");
  SEE("/fulfillment_status", "allocated");
  ship(s, AT("/id"));
  KEEP("parcel", "/parcels/0/id");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/fulfillment_status", "shipped"); /* nothing has arrived */
  CHECK(AT("/shipped_at") != NULL);
  SAY(200, "GET /v1/orders?late=true");
  SEE("/data/#", "0");
  shop_reported(s);
  SAY(200, "GET /v1/reports/flow");
  see_total(s, "shipped_orders", "1");
  see_total(s, "fill_rate", "1");
  SAY(200, "POST /v1/parcels/<parcel>/tracking_events {'status': 'delivered', 'occurred_at': '2026-11-22T10:00:00Z'}");
  SAY(200, "GET /v1/orders/<order>");
  SEE("/fulfillment_status", "delivered");
  SEE("/lines/0/counters/shipped", "2");
  SEE("/lines/0/counters/delivered", "2");
  shop_reported(s);
  SAY(200, "GET /v1/reports/flow");
  see_total(s, "shipped_orders", "1");
  see_total(s, "fill_rate", "1"); /* what was delivered is not counted twice */
  shop_close(s);
}

TEST(reviews_tell_holds_by_reason)
{
  struct shop *s = shop_open(t);
  six_orders(s);
  SAY(200, "POST /v1/orders/<order0>/hold {'reason': 'a word with the customer'}");
  KEEP("hold", "/holds/0/id");
  SAY(200, "POST /v1/orders/<order1>/hold {'reason': 'and with this one'}");
  SAY(200, "POST /v1/holds/<hold>/release {'reason': 'done'}");
  shop_reported(s);
  SAY(200, "GET /v1/reports/reviews");
  see_total(s, "holds", "2");
  see_total(s, "released", "1");
  see_total(s, "active", "1");
  KEEP("reason", "/rows/0/key");
  SAY(200, "GET /v1/reports/reviews/rows?by=reason&key=<reason>&measure=active");
  SEE("/data/#", "1");
  SEE("/data/0/order", "<order1>");
  shop_close(s);
}

TEST(customers_are_new_once_and_their_profile_adds_up)
{
  struct shop *s = shop_open(t);
  int64_t want = 0;
  six_orders(s);
  shop_reported(s);
  SAY(200, "GET /v1/reports/customers");
  see_total(s, "new_customers", "4"); /* c0, c2, c4, c5; c3 cancelled */
  see_total(s, "orders", "5");
  see_total(s, "repeat_orders", "1");
  see_total(s, "repeat_rate", "0.2");
  SAY(200, "GET /v1/orders?customer=<customer>");
  SEE("/data/#", "2");
  for (int i = 0; i < 2; i++)
    want += json_look_i64(s->arena, s->last.body, arena_printf(s->arena, "/data/%d/totals/total", i));
  SAY(200, "GET /v1/customers/<customer>/profile");
  SEE("/orders", "2");
  CHECK_INT(json_look_i64(s->arena, s->last.body, "/lifetime_value"), want);
  SEE("/recency", "5");
  SEE("/frequency", "4"); /* three of four customers have fewer orders: three fifths and no four */
  KEEP("segment", "/segment");
  SAY(200, "GET /v1/reports/segments");
  see_total(s, "customers", "4");
  see_total(s, "orders", "5");
  SAY(200, "GET /v1/reports/segments/rows?by=score&key=54");
  SEE("/data/#", "1");
  SEE("/data/0/customer", "<customer>");
  SEE("/data/0/segment", "<segment>");
  shop_close(s);
}

TEST(a_profile_says_what_came_from_which_channel)
{
  struct shop *s = shop_open(t);
  six_orders(s);
  SAY(201, "POST /v1/channels {'code': 'market', 'kind': 'marketplace'}");
  SAY(201, "POST /v1/orders {'channel': 'market', 'currency': 'USD', 'customer': {'email': 'c0@example.com'},"
           "'payment_terms': 'cod', 'lines': [{'sku': 'TEE-S', 'quantity': 1}]}");
  SEE("/customer_id", "<customer>");
  shop_reported(s);
  SAY(200, "GET /v1/customers/<customer>/profile");
  SEE("/orders", "3");
  SEE("/channels/#", "2");
  SEE("/channels/0/channel", "web");
  SEE("/channels/0/orders", "2");
  SEE("/channels/1/channel", "market");
  SEE("/channels/1/orders", "1");
  SEE("/channels/1/lifetime_value", "1990");
  const char *body = s->last.body;
  CHECK_INT(json_look_i64(s->arena, body, "/channels/0/lifetime_value") + 1990,
            json_look_i64(s->arena, body, "/lifetime_value"));
  shop_close(s);
}

TEST(stock_follows_the_ledger)
{
  struct shop *s = shop_open(t);
  six_orders(s);
  ship(s, shop_labelled(s, "order2")); /* three */
  shop_reported(s);
  AWAIT("GET /v1/reports/stock?by=product", "/rows/key=TEE-S/values/measure=shipped/value", "3");
  SEE("/rows/key=TEE-S/values/measure=on_hand/value", "997");
  SEE("/rows/key=TEE-S/values/measure=available/value", "989"); /* 997 - (1 + 2 + 2 + 3) */
  SEE("/rows/key=TEE-S/values/measure=adjusted/value", "1000");
  SEE("/rows/key=TEE-S/values/measure=turns/value", "0.006018");  /* 3 / ((0 + 997) / 2) */
  SEE("/rows/key=TEE-S/values/measure=cover_days/value", "9890"); /* 989 / (3 / 30) */
  SEE("/rows/key=MUG-BLUE/values/measure=dead_stock/value", "5");
  SEE("/rows/key=MUG-BLUE/values/measure=dead_value/value", "6250");
  SEE("/rows/key=TEE-S/values/measure=age_days/value", "0");
  SAY(200, "GET /v1/reports/stock?by=day&product=TEE-S");
  SEE("/rows/29/values/measure=on_hand/value", "997");
  SEE("/rows/28/values/measure=on_hand/value", "0");
  see_total(s, "on_hand", "997");
  SAY(200, "GET /v1/reports/stock/rows?product=TEE-S");
  SEE("/data/#", "1");
  SEE("/data/0/on_hand", "997");
  shop_close(s);
}

TEST(what_a_report_does_not_know_is_refused_by_name)
{
  struct shop *s = shop_open(t);
  SAY(404, "GET /v1/reports/nonsense");
  SAY(422, "GET /v1/reports/orders?by=location&compare=never&from=2026-01-02&to=2026-01-01");
  SEE("/errors/#", "3");
  SAY(422, "GET /v1/reports/orders/rows?measure=nonsense");
  SAY(422, "GET /v1/reports/orders/rows?cursor=nonsense");
  SAY(422, "GET /v1/reports/orders?format=pdf");
  SAY(200, "GET /v1/reports");
  SEE("/data/name=orders/measures/name=revenue/unit", "money");
  s->key = shop_key(s, "desk", "order.read");
  client_free(s->client);
  s->client = shop_client(s);
  SAY(403, "GET /v1/reports");
  shop_close(s);
}

/* All events again, from the first: the same cells. shop_close checks them against the facts, and these against orders. */
TEST(a_new_zone_counts_everything_again_and_nothing_twice)
{
  struct shop *s = shop_open(t);
  six_orders(s);
  shop_reported(s);
  SAY(200, "PATCH /v1/settings/company.time_zone {'value': 'Asia/Shanghai'}");
  shop_reported(s);
  SAY(200, "GET /v1/reports/orders");
  SEE("/zone", "Asia/Shanghai");
  see_total(s, "orders", "6");
  see_total(s, "gross", "23880");
  shop_close(s);
}

/* ---- Files ---- */

/* Reads the workbook with what python has, and prints "cell TAB type TAB value" for each cell of the first sheet. */
static const char read_workbook[] =
    "import sys,zipfile,xml.etree.ElementTree as E\n"
    "n='{http://schemas.openxmlformats.org/spreadsheetml/2006/main}'\n"
    "z=zipfile.ZipFile(sys.argv[1])\n"
    "shared=[]\n"
    "if 'xl/sharedStrings.xml' in z.namelist():\n"
    "  shared=[''.join(t.text or '' for t in s.iter(n+'t')) for s in E.fromstring(z.read('xl/sharedStrings.xml'))]\n"
    "for c in E.fromstring(z.read('xl/worksheets/sheet1.xml')).iter(n+'c'):\n"
    "  assert c.find(n+'f') is None\n"
    "  t=c.get('t') or 'n'\n"
    "  v=''.join(x.text or '' for x in c.iter(n+'t')) if t=='inlineStr' else c.find(n+'v').text\n"
    "  if t=='s': v=shared[int(v)]; t='text'\n"
    "  print(c.get('r'),'text' if t=='inlineStr' else t,v,sep='\\t')\n";

static void write_file(const char *path, const void *bytes, size_t n)
{
  FILE *f = fopen(path, "wb");
  if (!f || fwrite(bytes, 1, n, f) != n)
    test_failed(__FILE__, __LINE__, path, "cannot be written", "");
  if (f)
    fclose(f);
}

/* Runs it; false unless it ended with 0. What it printed is in the file. */
static bool run_python(const char *script, const char *book, const char *printed)
{
  int status;
  pid_t pid = fork();
  if (pid == 0) {
    if (freopen(printed, "wb", stdout))
      execlp("python3", "python3", script, book, (char *)NULL);
    _exit(127);
  }
  return pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static const char *workbook_cells(struct shop *s)
{
  const char *book = arena_printf(s->arena, "%s/book.xlsx", s->folder);
  const char *script = arena_printf(s->arena, "%s/read.py", s->folder);
  const char *printed = arena_printf(s->arena, "%s/cells.txt", s->folder);
  struct buf out;
  char block[4096];
  size_t n;
  write_file(book, s->last.body, s->last.n_body);
  write_file(script, read_workbook, sizeof read_workbook - 1);
  if (!run_python(script, book, printed))
    test_failed(__FILE__, __LINE__, book, "cannot be read back", "");
  FILE *f = fopen(printed, "rb");
  buf_init(&out, s->arena);
  while (f && (n = fread(block, 1, sizeof block, f)) > 0)
    buf_add(&out, block, n);
  if (f)
    fclose(f);
  return buf_str(&out);
}

/* "A2 TAB type TAB value" stands in the cells. */
static void see_cell(struct shop *s, const char *cells, const char *cell, const char *type, const char *value)
{
  const char *line = arena_printf(s->arena, "\n%s\t%s\t%s\n", cell, type, value);
  const char *all = arena_printf(s->arena, "\n%s", cells);
  if (!strstr(all, line))
    test_failed(__FILE__, __LINE__, all, "no such cell", line);
}

TEST(a_report_as_csv_and_as_a_workbook_has_the_same_numbers)
{
  struct shop *s = shop_open(t);
  six_orders(s);
  shop_reported(s);
  SAY(200, "GET /v1/reports/orders?by=channel&compare=previous");
  int64_t revenue = json_look_i64(s->arena, s->last.body, "/rows/0/values/measure=revenue/value");
  SAY(200, "GET /v1/reports/orders?by=channel\nAccept: text/csv");
  CHECK(text_starts(HEADER("Content-Type"), "text/csv"));
  CHECK(text_starts(s->last.body, "channel,currency,orders,units,gross,discounts,charges,tax,revenue,"));
  CHECK(strstr(s->last.body, arena_printf(s->arena, "\r\nweb,USD,6,11,23880,540,3000,0,%lld,", (long long)revenue)));
  SAY(200, "GET /v1/reports/orders?by=channel&format=xlsx");
  CHECK(strstr(HEADER("Content-Disposition"), ".xlsx"));
  const char *cells = workbook_cells(s);
  see_cell(s, cells, "A1", "text", "channel");
  see_cell(s, cells, "A2", "text", "web");
  see_cell(s, cells, "C2", "n", "6");
  see_cell(s, cells, "E2", "n", "238.8");
  char text[40];
  decimal_format(revenue, 2, text);
  see_cell(s, cells, "I2", "n", text);
  see_cell(s, cells, "A3", "text", "total");
  SAY(200, "GET /v1/reports/orders?by=channel&format=csv_major&columns=channel:Kanal;orders:Orders%20placed");
  CHECK(text_starts(s->last.body, "Kanal,currency,Orders placed,units,"));
  SAY(200, "GET /v1/reports/orders/rows?format=csv_major&columns=number:Order;amount:Amount");
  CHECK(text_starts(s->last.body, "Order,Amount\r\n"));
  SAY(200, "GET /v1/reports/orders/rows?format=xlsx");
  see_cell(s, workbook_cells(s), "A2", "text", "order");
  shop_close(s);
}

TEST(every_list_goes_out_as_a_workbook_in_which_a_text_is_a_text)
{
  struct shop *s = shop_open(t);
  a_small_shop(s);
  SAY(201, "POST /v1/products {'sku': '=1+1', 'name': '+cmd', 'price': 123, 'gtin': '4006381333931'}");
  SAY(200,
      "GET /v1/products?sort=created_at\nAccept: application/vnd.openxmlformats-officedocument.spreadsheetml.sheet");
  const char *cells = workbook_cells(s);
  CHECK(strstr(cells, "\ttext\t=1+1\n"));
  CHECK(strstr(cells, "\ttext\t4006381333931\n"));
  CHECK(strstr(cells, "\tn\t1.23\n"));
  CHECK(!strstr(cells, "'=1+1"));
  SAY(200, "GET /v1/products?format=csv");
  CHECK(strstr(s->last.body, "'=1+1"));
  shop_close(s);
}
