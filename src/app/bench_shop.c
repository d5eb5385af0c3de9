/* A shop to measure with: what it sells, and the requests of its customers and clerks. Every order is another
 * customer's, with an address, three lines, a shipping charge, an authorized payment and an idempotency key of its
  * own. */
#include "bench_drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PRODUCTS_AT_ONCE = 500, UNIT_PRICE = 1990, SHIPPING = 500, FIRST_NUMBER = 100001 };

void shop_init(struct shop *s, const char *address, const char *key, int skus)
{
  *s = (struct shop){.address = address, .key = key, .skus = skus, .next = 1, .random = 0x9e3779b97f4a7c15u};
  snprintf(s->head, sizeof s->head, "Host: %s\r\nAuthorization: Bearer %s\r\n", address, key);
}

static uint64_t draw(struct shop *s)
{
  s->random ^= s->random << 13;
  s->random ^= s->random >> 7;
  s->random ^= s->random << 17;
  return s->random;
}

/* ---- Preparing ---- */

static bool post(struct shop *s, const char *path, const struct bench_text *body)
{
  struct bench_text answer = {0};
  int status = drive_call(s->address, s->key, "POST", path, body->at, &answer);
  bool fine = status == 200 || status == 201;
  if (!fine)
    fprintf(stderr, "bench: POST %s answered %d: %.400s\n", path, status, answer.at ? answer.at : "");
  bench_text_free(&answer);
  return fine;
}

static bool prepare_products(struct shop *s, int from, int to)
{
  struct bench_text products = {0}, stock = {0};
  bench_text_printf(&products, "{\"products\":[");
  bench_text_printf(&stock, "{\"location\":\"MAIN\",\"reason\":\"opening stock\",\"lines\":[");
  for (int i = from; i < to; i++) {
    const char *comma = i > from ? "," : "";
    bench_text_printf(&products, "%s{\"sku\":\"P-%05d\",\"name\":\"Product %05d\",\"price\":%d,\"weight_g\":250}",
                      comma, i, i, UNIT_PRICE);
    bench_text_printf(&stock, "%s{\"sku\":\"P-%05d\",\"delta\":100000000}", comma, i);
  }
  bench_text_printf(&products, "]}");
  bench_text_printf(&stock, "]}");
  bool fine = post(s, "/v1/products/bulk", &products) && post(s, "/v1/stock/adjustments", &stock);
  bench_text_free(&products);
  bench_text_free(&stock);
  return fine;
}

bool shop_prepare(struct shop *s)
{
  struct bench_text location = {0};
  bench_text_printf(&location, "{\"code\":\"MAIN\",\"name\":\"Main warehouse\",\"address\":{\"line1\":\"1 Dock Road\","
                               "\"city\":\"Newark\",\"region\":\"NJ\",\"postal_code\":\"07101\",\"country\":\"US\"},"
                               "\"latitude\":40.735657,\"longitude\":-74.172367}");
  bool fine = post(s, "/v1/locations", &location);
  bench_text_free(&location);
  for (int from = 0; fine && from < s->skus; from += PRODUCTS_AT_ONCE)
    fine = prepare_products(s, from, from + PRODUCTS_AT_ONCE < s->skus ? from + PRODUCTS_AT_ONCE : s->skus);
  return fine;
}

int64_t shop_reserved(struct shop *s, int product)
{
  struct bench_text answer = {0};
  char path[64];
  int64_t units = -1;
  snprintf(path, sizeof path, "/v1/stock?sku=P-%05d", product);
  if (drive_call(s->address, s->key, "GET", path, NULL, &answer) == 200) {
    const char *reserved = strstr(answer.at, "\"reserved\":");
    units = reserved ? atoll(reserved + strlen("\"reserved\":")) : -1;
  }
  bench_text_free(&answer);
  return units;
}

/* ---- Orders ---- */

static void add_order(struct shop *s, struct bench_text *t)
{
  int64_t n = s->next++, total = SHIPPING;
  bench_text_printf(
      t,
      "{\"channel\":\"web\",\"external_id\":\"B%010lld\",\"currency\":\"USD\",\"language\":\"en-US\","
      "\"customer\":{\"email\":\"c%010lld@example.com\",\"name\":\"Robin Customer\",\"phone\":\"+1%010lld\"},"
      "\"delivery\":{\"type\":\"ship\"},"
      "\"shipping_address\":{\"name\":\"Robin Customer\",\"line1\":\"%d Main Street\",\"city\":\"Boston\","
      "\"region\":\"MA\",\"postal_code\":\"02108\",\"country\":\"US\"},\"lines\":[",
      (long long)n, (long long)n, (long long)(2000000000 + n), (int)(draw(s) % 900 + 100));
  for (int i = 0; i < 3; i++) {
    int product = s->hot && i == 0 ? 0 : (int)(draw(s) % (uint64_t)s->skus), quantity = (int)(draw(s) % 3) + 1;
    total += quantity * UNIT_PRICE;
    s->hot_units += product == 0 ? quantity : 0;
    bench_text_printf(t, "%s{\"sku\":\"P-%05d\",\"quantity\":%d,\"unit_price\":%d,\"tax_rate\":\"0.0625\"}",
                      i ? "," : "", product, quantity, UNIT_PRICE);
  }
  bench_text_printf(t,
                    "],\"charges\":[{\"kind\":\"shipping\",\"amount\":%d}],\"prices_include_tax\":true,"
                    "\"expected_total\":%lld,\"payments\":[{\"provider\":\"manual\",\"kind\":\"authorization\","
                    "\"amount\":%lld,\"reference\":\"tx-%010lld\"}]}",
                    SHIPPING, (long long)total, (long long)total, (long long)n);
}

static void add_post(struct shop *s, const char *path, const struct bench_text *body, struct bench_text *request)
{
  bench_text_printf(request, "POST %s HTTP/1.1\r\n%sContent-Type: application/json\r\n", path, s->head);
  bench_text_printf(request, "Idempotency-Key: bench-%010lld\r\nContent-Length: %zu\r\n\r\n", (long long)s->next - 1,
                    body->n); /* the serial of the order in it */
  bench_text_add(request, body->at, body->n);
}

void shop_ask_order(void *shop, struct bench_text *request)
{
  static struct bench_text body; /* one thread drives, and the next order takes its place */
  body.n = 0;
  add_order(shop, &body);
  add_post(shop, "/v1/orders", &body, request);
}

void shop_ask_bulk(void *shop, struct bench_text *request)
{
  static struct bench_text body;
  body.n = 0;
  bench_text_printf(&body, "{\"orders\":[");
  for (int i = 0; i < SHOP_BULK; i++) {
    bench_text_printf(&body, "%s", i ? "," : "");
    add_order(shop, &body);
  }
  bench_text_printf(&body, "]}");
  bench_text_printf(request,
                    "POST /v1/orders/bulk HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
                    ((struct shop *)shop)->head, body.n);
  bench_text_add(request, body.at, body.n);
}

bool shop_bulk_fine(void *shop, int status, const char *body, size_t n)
{
  char wanted[32];
  (void)shop;
  int wanted_n = snprintf(wanted, sizeof wanted, "{\"placed\":%d,", SHOP_BULK);
  return status == 200 && n > (size_t)wanted_n && memcmp(body, wanted, (size_t)wanted_n) == 0;
}

/* ---- Reading ---- */

static void add_get(struct shop *s, struct bench_text *request, const char *path)
{
  bench_text_printf(request, "GET %s HTTP/1.1\r\n%s\r\n", path, s->head);
}

void shop_ask_list(void *shop, struct bench_text *request)
{
  static const char *const paths[] = {
      "/v1/orders?limit=50&state=open&sort=-created_at",
      "/v1/orders?limit=50&channel=web&sort=-created_at",
      "/v1/orders?limit=50&fulfillment_status=allocated&sort=created_at",
      "/v1/orders?limit=50&payment_status=authorized&sort=-created_at",
  };
  add_get(shop, request, paths[draw(shop) % COUNT_OF(paths)]);
}

void shop_ask_detail(void *shop, struct bench_text *request)
{
  struct shop *s = shop;
  char path[64];
  int64_t n = (int64_t)(draw(s) % (uint64_t)(s->placed ? s->placed : 1));
  snprintf(path, sizeof path, "/v1/orders/SO-%lld", (long long)(FIRST_NUMBER + n));
  add_get(s, request, path);
}

void shop_ask_search(void *shop, struct bench_text *request)
{
  struct shop *s = shop;
  char path[64];
  int64_t n = (int64_t)(draw(s) % (uint64_t)(s->placed ? s->placed : 1));
  snprintf(path, sizeof path, "/v1/orders?limit=50&q=B%010lld", (long long)(n + 1));
  add_get(s, request, path);
}
