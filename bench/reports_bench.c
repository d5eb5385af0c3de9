/* How long a report takes over so many orders: facts as the consumer writes them (one order, one line and one fulfillment
 * each, over three years, five channels, 1,000 products, 200,000 customers), then each question on a fresh reader's view.
 *
 *   reports_bench FILE [orders, 1000000]     FILE is made; an existing one is asked as it is
 */
#include "reports_priv.h"
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

enum { MARKETPLACE = 1 << 20, MARKETPLACE_ORDERS = 20000 }; /* a customer, and what it ordered */
enum { DAYS = 1095, CHANNELS = 5, PRODUCTS = 1000, CUSTOMERS = 200000, BATCH = 10000, ROUNDS = 5 };

static const char *const channels[CHANNELS] = {"web", "phone", "shop", "market", "app"};

struct bench {
  struct arena *a;
  struct fault fault;
  struct db *db;
  int64_t day; /* of the last order */
};

static void must(struct bench *b, enum err err)
{
  if (err == ERR_OK)
    return;
  fprintf(stderr, "reports_bench: %s\n", b->fault.detail ? b->fault.detail : err_info(err)->title);
  exit(1);
}

static double seconds(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static uint64_t next(uint64_t *seed)
{
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

/* ---- Facts ---- */

static void put(struct bench *b, int64_t order, const char *kind, int64_t day, const char *channel,
                const char *location, const char *currency, const char *detail, int64_t customer, const int64_t *v)
{
  static const struct db_stmt fact = {
      "INSERT INTO report_fact (bucket, order_id, kind, n, day, at, channel, location, currency, detail, product_id,"
      " customer_id, v1, v2, v3, v4, v5, v6, v7, v8, v9, v10)"
      " VALUES ($1, $2, $3, 0, $4, $5, $6, $7, $8, $9, 0, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)",
      DB_KEYED};
  must(b,
       db_run(b->db, &fact, NULL,
              DB_ARGS(I64(order & 1023), I64(order), TEXT(kind), I64(day), I64(day * DAY_MS + order % DAY_MS),
                      TEXT(channel), TEXT(location), TEXT(currency), TEXT(detail), I64(customer), I64(v[0]), I64(v[1]),
                      I64(v[2]), I64(v[3]), I64(v[4]), I64(v[5]), I64(v[6]), I64(v[7]), I64(v[8]), I64(v[9]))));
}

static void put_order(struct bench *b, int64_t i, int64_t n, uint64_t *seed)
{
  int64_t day = b->day - DAYS + 1 + i * DAYS / n, units = 1 + (int64_t)(next(seed) % 4),
          price = 990 + (int64_t)(next(seed) % 9000);
  int64_t amount = units * price, seconds_to = (int64_t)(next(seed) % 200000),
          order = (i << 22) | (int64_t)(next(seed) & 1023);
  const char *channel = channels[next(seed) % CHANNELS],
             *sku = arena_printf(b->a, "SKU-%04d", (int)(next(seed) % PRODUCTS));
  int64_t customer = 1 + (int64_t)(next(seed) % CUSTOMERS);
  put(b, order, "order", day, channel, "", "USD", "", customer,
      (const int64_t[10]){1, units * SCALE, amount, 0, 500, amount / 10, amount + 500, 0, amount + 500, 1});
  put(b, order, "line", day, channel, "", "USD", sku, 0,
      (const int64_t[10]){1, units * SCALE, amount, 0, amount / 10, amount});
  put(b, order, "work", day, channel, "NJ1", "", "", 0,
      (const int64_t[10]){1, seconds_to > 150000, 0, 5, seconds_to, 600, 900, 86400});
}

/* What the consumer would have summed, in one go. */
static void put_sums(struct bench *b)
{
  static const struct db_stmt sums[] = {
      {"INSERT INTO report_cell SELECT kind, day, channel, location, currency, detail, 0, sum(v1), sum(v2), sum(v3), "
       "sum(v4),"
       " sum(v5), sum(v6), sum(v7), sum(v8), sum(v9), sum(v10) FROM report_fact WHERE true"
       " GROUP BY kind, day, channel, location, currency, detail",
       DB_SCHEMA},
      {"INSERT INTO report_cell SELECT 'stage', day, channel, location, '', 'pick', v5 >> 10, count(*), sum(v5), 0, "
       "0, 0, 0,"
       " 0, 0, 0, 0 FROM report_fact WHERE kind = 'work' GROUP BY day, channel, location, v5 >> 10",
       DB_SCHEMA},
      {"INSERT INTO report_cell SELECT kind || '.month', CAST(strftime('%s', day * 86400, 'unixepoch', 'start of "
       "month') AS"
       " INTEGER) / 86400, channel, location, currency, detail, bin, sum(v1), sum(v2), sum(v3), sum(v4), sum(v5), "
       "sum(v6),"
       " sum(v7), sum(v8), sum(v9), sum(v10) FROM report_cell WHERE true GROUP BY 1, 2, 3, 4, 5, 6, 7",
       DB_SCHEMA},
      {"INSERT INTO report_customer SELECT customer_id & 1023, customer_id, count(*), sum(v9), sum(v9) >> 10, "
       "min(at),"
       " max(at), min(day), max(day), 'web' FROM report_fact WHERE kind = 'order' GROUP BY customer_id",
       DB_SCHEMA},
      {"ANALYZE", DB_SCHEMA},
  };
  must(b, db_begin(b->db));
  for (size_t i = 0; i < COUNT_OF(sums); i++)
    must(b, db_run(b->db, &sums[i], NULL, DB_NO_ARGS));
  must(b, db_commit(b->db));
}

static void fill(struct bench *b, int64_t n)
{
  uint64_t seed = 88172645463325252u;
  double began = seconds();
  must(b, schema_migrate(b->db));
  for (int64_t i = 0; i < n;) {
    arena_reset(b->a);
    must(b, db_begin(b->db));
    for (int64_t end = i + BATCH < n ? i + BATCH : n; i < end; i++)
      put_order(b, i, n, &seed);
    must(b, db_commit(b->db));
  }
  must(b, db_begin(b->db));
  for (int64_t k = 1; k <= MARKETPLACE_ORDERS; k++)
    put(b, (n + k) << 22, "order", b->day, "market", "", "USD", "", MARKETPLACE,
        (const int64_t[10]){1, SCALE, 990, 0, 0, 0, 990, 0, 990, 1});
  must(b, db_commit(b->db));
  put_sums(b);
  printf("%lld orders, %lld facts written in %.1f s\n", (long long)n, 3 * (long long)n, seconds() - began);
}

/* ---- Questions ---- */

static const struct {
  const char *what, *name;
  struct report_request rq;
} questions[] = {
    {"orders by day, 30 days, against the 30 before", "orders", {.compare = "previous"}},
    {"orders by month, three years", "orders", {.from = "2023-11-25", .by = "month"}},
    {"orders by channel, a year, against the year before",
     "orders",
     {.from = "2025-11-24", .by = "channel", .compare = "year"}},
    {"products, 30 days", "products", {.by = "product", .limit = 100}},
    {"products, three years", "products", {.from = "2023-11-25", .by = "product", .limit = 100}},
    {"flow with median and 90th part, by day, 30 days", "flow", {.by = "day"}},
    {"flow by location, three years", "flow", {.from = "2023-11-25", .by = "location"}},
    {"customers by month, three years", "customers", {.from = "2023-11-25", .by = "month"}},
    {"segments, 200,000 customers in 25 cells", "segments", {.by = "score"}},
};

static void ask(struct bench *b, size_t i)
{
  double best = 1e9, worst = 0;
  struct ctx cx;
  for (int round = 0; round < ROUNDS; round++) {
    struct report_request rq = questions[i].rq;
    struct report r;
    arena_reset(b->a);
    ctx_init(&cx, b->a, b->db, INSTANT(b->day * DAY_MS + HOUR_MS));
    rq.limit = rq.limit ? rq.limit : ABSENT;
    double began = seconds();
    must(b, report_make(&cx, questions[i].name, &rq, &r));
    double took = seconds() - began;
    best = took < best ? took : best;
    worst = took > worst ? took : worst;
  }
  printf("%-52s %8.1f ms %8.1f ms\n", questions[i].what, best * 1e3, worst * 1e3);
}

static void ask_rows(struct bench *b)
{
  struct report_request rq = {.from = "2023-11-25", .channel = "web", .measure = "revenue", .limit = ABSENT};
  const char *cursor = NULL;
  struct ctx cx;
  double worst = 0;
  for (int page = 0; page < 20; page++) {
    report_items items = {0};
    ctx_init(&cx, b->a, b->db, INSTANT(b->day * DAY_MS + HOUR_MS));
    double began = seconds();
    must(b, report_items_find(&cx, "orders", &rq, cursor, 200, &items, &cursor));
    double took = seconds() - began;
    worst = took > worst ? took : worst;
  }
  printf("%-52s %8s    %8.1f ms\n", "rows behind a figure, 20 pages of 200", "", worst * 1e3);
}

/* What a further order costs the consumer whose customer has many: a marketplace kept as one. */
static void ask_customer(struct bench *b)
{
  double best = 1e9, worst = 0;
  for (int round = 0; round < 10 * ROUNDS; round++) {
    struct fact f = {.kind = FACT_ORDER,
                     .order_id = 1,
                     .day = b->day,
                     .at = (b->day + 1) * DAY_MS,
                     .channel = "market",
                     .customer_id = MARKETPLACE,
                     .v = {[ORDER_BASE] = 990, [ORDER_KNOWN] = 1}};
    fact_changes changes = {0};
    struct customer_change change = {.customer_id = MARKETPLACE};
    struct ctx cx;
    arena_reset(b->a);
    ctx_init(&cx, b->a, b->db, INSTANT(b->day * DAY_MS + HOUR_MS));
    struct fact_change *c = LIST_ADD(b->a, &changes);
    *c = (struct fact_change){.order_id = 1};
    *LIST_ADD(b->a, &c->is) = f;
    double began = seconds();
    must(b, bought_collect(&cx, &changes, &change));
    double took = seconds() - began;
    best = took < best ? took : best;
    worst = took > worst ? took : worst;
  }
  printf("%-52s %8.3f ms %8.3f ms\n", "an order more of a customer of 20,000 orders", best * 1e3, worst * 1e3);
}

int main(int argc, char **argv)
{
  struct bench b = {.a = arena_new((size_t)1 << 30), .day = date_days("2026-11-23")};
  struct stat there;
  if (argc < 2) {
    fprintf(stderr, "usage: reports_bench FILE [orders]\n");
    return 2;
  }
  fault_init(&b.fault, b.a);
  bool made = stat(argv[1], &there) == 0;
  must(&b, db_open(arena_printf(b.a, "sqlite:%s", argv[1]), DB_WRITER, &b.fault, &b.db));
  if (!made)
    fill(&b, argc > 2 ? strtoll(argv[2], NULL, 10) : 1000000);
  printf("%-52s %11s %11s\n", "", "best", "worst");
  for (size_t i = 0; i < COUNT_OF(questions); i++)
    ask(&b, i);
  ask_rows(&b);
  ask_customer(&b);
  db_close(b.db);
  arena_free(b.a);
  return 0;
}
