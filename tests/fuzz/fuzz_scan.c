/* What cameras and links bring: a scanned code says something that can be or nothing, whatever it is looked up as; and of all
 * tokens only our own lead to an order. */
#define _GNU_SOURCE
#include "fuzz.h"

#include "codec.h"
#include "fulfillment.h"
#include "schema.h"
#include "tracking.h"

#include <unistd.h>

static struct shop {
  struct arena *arena;
  struct ctx cx;
  char folder[64];
} shop;

static void shop_close(void)
{
  static const char *const files[] = {"shop.db", "shop.db-wal", "shop.db-shm"};
  char path[sizeof shop.folder + 16];
  db_close(shop.cx.db);
  for (size_t i = 0; i < COUNT_OF(files); i++) {
    snprintf(path, sizeof path, "%s/%s", shop.folder, files[i]);
    unlink(path);
  }
  rmdir(shop.folder);
  arena_free(shop.arena);
}

/* An empty database with a secret. */
static void shop_open(void)
{
  struct fault fault;
  struct db *db = NULL;
  shop.arena = arena_new((size_t)1 << 26);
  snprintf(shop.folder, sizeof shop.folder, "/tmp/ordo-fuzz-XXXXXX");
  FUZZ_CHECK(mkdtemp(shop.folder));
  const char *url = arena_printf(shop.arena, "sqlite:%s/shop.db", shop.folder);
  fault_init(&fault, shop.arena);
  FUZZ_CHECK(db_open(url, DB_WRITER, &fault, &db) == ERR_OK && schema_migrate(db) == ERR_OK);
  ctx_init(&shop.cx, shop.arena, db, INSTANT(1795168800000));
  shop.cx.actor = actor_system;
  db_use(db, &shop.cx.fault, shop.arena);
  FUZZ_CHECK(db_begin(db) == ERR_OK && tracking_bootstrap(&shop.cx) == ERR_OK && db_commit(db) == ERR_OK);
  atexit(shop_close);
}

static void check_code(struct ctx *cx, const char *text)
{
  struct scan_code c = {.code = text, .kind = "unknown", .quantity = QUANTITY(ABSENT)}, found;
  bool gs1 = scan_code_gs1(cx->arena, text, &c);
  FUZZ_CHECK(gs1 == (strcmp(c.kind, "gs1") == 0));
  if (gs1) {
    FUZZ_CHECK(c.gtin || c.sscc || c.lot || c.serial);
    FUZZ_CHECK((!c.gtin || gtin_valid(c.gtin)) && (!c.lot || *c.lot) && (!c.serial || *c.serial));
    FUZZ_CHECK(!c.sscc || (strlen(c.sscc) == 18 && c.sscc[17] == gs1_check_digit(c.sscc, 17)));
    FUZZ_CHECK(!c.expiry || date_valid(c.expiry, strlen(c.expiry)));
    FUZZ_CHECK(!quantity_set(c.quantity) || c.quantity.millionths > 0);
  }
  FUZZ_CHECK(scan_code_resolve(cx, text, NULL, &found) == ERR_OK && !cx->fault.n);
  FUZZ_CHECK(!found.sku && gs1 == (strcmp(found.kind, "gs1") == 0)); /* the shop has no products */
}

static void check_token(struct ctx *cx, char *text)
{
  struct order_id id = {0}, again = {0};
  char token[TRACKING_TOKEN_TEXT];
  enum err err = tracking_token_read(cx, text, &id);
  FUZZ_CHECK(err == ERR_OK || err == ERR_NOT_FOUND);
  if (err == ERR_OK) /* one spelling only */
    FUZZ_CHECK(tracking_token(cx, id, token) == ERR_OK && strcmp(token, text) == 0);
  fault_clear(&cx->fault);
  struct order_id made = {(int64_t)(hash_text(text) >> 1)};
  FUZZ_CHECK(tracking_token(cx, made, token) == ERR_OK);
  FUZZ_CHECK(tracking_token_read(cx, token, &again) == ERR_OK && again.v == made.v);
  char *c = &token[hash_text(text) % (TRACKING_TOKEN_TEXT - 1)];
  *c = *c == 'x' ? 'y' : 'x';
  FUZZ_CHECK(tracking_token_read(cx, token, &again) == ERR_NOT_FOUND);
  fault_clear(&cx->fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  if (!shop.arena)
    shop_open();
  struct arena *a = arena_new((size_t)1 << 26);
  char *text = fuzz_text(bytes, n < SCAN_CODE_MAX ? n : SCAN_CODE_MAX);
  shop.cx.arena = a;
  fault_init(&shop.cx.fault, a);
  db_use(shop.cx.db, &shop.cx.fault, a);
  check_token(&shop.cx, text);
  if (utf8_valid(text, strlen(text)))
    check_code(&shop.cx, text);
  free(text);
  arena_free(a);
  return 0;
}
