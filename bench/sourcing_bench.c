/* Decisions per second for 3, 10 and 200 locations. Warm: the inputs are made before the clock starts, the arena is
 * reused; each figure is over many different orders, so that no branch learns one of them by heart.
 *
 *   sourcing_bench [seconds per row]
 */
#include "sourcing.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define ORDERS 200

static uint64_t next(uint64_t *seed)
{
  *seed ^= *seed << 13;
  *seed ^= *seed >> 7;
  *seed ^= *seed << 17;
  return *seed;
}

static int64_t among(uint64_t *seed, int64_t low, int64_t high)
{
  return low + (int64_t)(next(seed) % (uint64_t)(high - low + 1));
}

struct scene {
  const char *name;
  int64_t locations, lines, stock_low, stock_high; /* pieces of each product at each location */
};

static const struct scene scenes[] = {
    /* name                               locations lines stock  */
    {"3 locations, 3 lines, plenty",              3,    3, 10, 99},
    {"3 locations, 3 lines, scarce",              3,    3,  0,  4},
    {"10 locations, 3 lines, plenty",            10,    3, 10, 99},
    {"10 locations, 5 lines, scarce",            10,    5,  0,  4},
    {"200 locations, 5 lines, plenty",          200,    5, 10, 99},
    {"200 locations, 5 lines, scarce",          200,    5,  0,  4},
    {"200 locations, 20 lines, scarce",         200,   20,  0,  4},
};

static void make_location(struct arena *a, uint64_t *seed, const struct scene *s, struct sourcing_input *in, int64_t k)
{
  struct sourcing_candidate *c = LIST_ADD(a, &in->candidates);
  sourcing_candidate_init(c);
  c->location = k + 1;
  c->code = arena_printf(a, "L%03d", (int)k);
  c->kind = "warehouse";
  c->priority = among(seed, 1, 5);
  c->cost_per_order = MONEY(among(seed, 0, 200));
  c->days_late = among(seed, 0, 9) ? 0 : among(seed, 1, 3);
  int64_t price = among(seed, 300, 600);
  for (int64_t grams = 1000; grams <= 16000; grams *= 2)
    *LIST_ADD(a, &c->freight.steps) = (struct sourcing_freight_step){grams, MONEY(price += among(seed, 50, 250))};
  c->freight.per_extra_kg = MONEY(among(seed, 40, 120));
  for (int64_t i = 0; i < s->lines; i++)
    *LIST_ADD(a, &c->stock) = (struct sourcing_stock){i, PIECES(among(seed, s->stock_low, s->stock_high))};
}

static void make_order(struct arena *a, uint64_t *seed, const struct scene *s, struct sourcing_input *in)
{
  sourcing_input_init(in);
  in->currency = "EUR";
  in->allow_short = true;
  in->settings.split = MONEY(300);
  in->settings.late_per_day = MONEY(100);
  in->settings.scarcity = MONEY(20);
  for (int64_t i = 0; i < s->lines; i++) {
    *LIST_ADD(a, &in->products) = (struct sourcing_product){.weight_g = among(seed, 50, 2000)};
    *LIST_ADD(a, &in->lines) =
        (struct sourcing_line){.key = i + 1, .product = i, .quantity = PIECES(among(seed, 1, 4))};
  }
  for (int64_t k = 0; k < s->locations; k++)
    make_location(a, seed, s, in, k);
}

static double now_s(void)
{
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void run(const struct scene *s, double seconds)
{
  uint64_t seed = 20261123;
  struct arena *made = arena_new((size_t)1 << 30), *scratch = arena_new((size_t)1 << 30);
  struct sourcing_input *orders = ARENA_ARRAY(made, struct sourcing_input, ORDERS);
  for (size_t i = 0; i < ORDERS; i++)
    make_order(made, &seed, s, &orders[i]);
  int64_t decisions = 0, nodes = 0, proven = 0, split = 0;
  double slowest = 0, begin = now_s(), last = begin;
  while (last - begin < seconds || decisions < ORDERS) {
    struct sourcing_decision d;
    struct fault fault;
    arena_reset(scratch);
    fault_init(&fault, scratch);
    if (sourcing_decide(&orders[decisions % ORDERS], scratch, &fault, &d) != ERR_OK)
      exit(1);
    double t = now_s();
    slowest = t - last > slowest ? t - last : slowest;
    last = t;
    decisions++;
    nodes += d.nodes;
    proven += d.proven;
    split += d.cost.split > 0;
  }
  printf("%-34s %12.0f %10.1f %10.1f %10.1f %8.1f %8.1f\n", s->name, (double)decisions / (last - begin),
         (last - begin) * 1e6 / (double)decisions, slowest * 1e6, (double)nodes / (double)decisions,
         100.0 * (double)proven / (double)decisions, 100.0 * (double)split / (double)decisions);
  arena_free(made);
  arena_free(scratch);
}

int main(int argc, char **argv)
{
  double seconds = argc > 1 ? atof(argv[1]) : 1;
  printf("%-34s %12s %10s %10s %10s %8s %8s\n", "order", "decisions/s", "us each", "slowest us", "nodes", "proven %",
         "split %");
  for (size_t i = 0; i < COUNT_OF(scenes); i++)
    run(&scenes[i], seconds);
  return 0;
}
