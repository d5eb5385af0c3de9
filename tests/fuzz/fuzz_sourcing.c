/* Sourcing: a record that was stored ("{"), or an input made of the bytes' numbers. What can be decided is decided
 * within its nodes, keeps every promise of sourcing.h, and is decided the same again from its record. */
#include "fuzz.h"
#include "sourcing.h"

#define NODES_MOST 300

/* ---- An input of numbers ----------------------------------------------------------------------------------------- */

static const char *const codes[] = {"A", "B", "C", "D", "E", "F", "G", "H"};
static const char *const kinds[] = {"warehouse", "store"};

static struct money take_money(struct fuzz_input *in)
{
  bool large = fuzz_number(in, 0, 15) == 15;
  return MONEY(fuzz_number(in, 0, large ? SOURCING_COST_MAX : 2000));
}

static struct quantity take_quantity(struct fuzz_input *in, int64_t least)
{
  switch (fuzz_number(in, 0, 15)) {
  case 15:
    return QUANTITY(fuzz_number(in, least, QUANTITY_MAX));
  case 14:
    return QUANTITY(fuzz_number(in, least, 5 * SCALE));
  default:
    return PIECES(fuzz_number(in, least, 12));
  }
}

static void take_candidate(struct fuzz_input *in, struct arena *a, struct sourcing_candidate *c, size_t i, size_t goods)
{
  sourcing_candidate_init(c);
  c->location = (int64_t)i + 100;
  c->code = codes[i];
  c->kind = kinds[fuzz_number(in, 0, 1)];
  c->country = "DE";
  int64_t bits = fuzz_number(in, 0, 255);
  c->excluded = (bits & 15) == 15;
  c->paused = (bits & 15) == 14;
  c->priority = bits >> 6;
  if (bits & 16)
    c->capacity = take_quantity(in, 0);
  if (bits & 32) {
    c->place =
        (struct sourcing_place){fuzz_number(in, -90 * SCALE, 90 * SCALE), fuzz_number(in, -180 * SCALE, 180 * SCALE)};
    c->days_late = fuzz_number(in, 0, 9);
    c->ship_by = INSTANT(fuzz_number(in, 0, DAY_MS));
  }
  c->cost_per_order = take_money(in);
  c->cost_per_unit = take_money(in);
  c->freight.per_extra_kg = take_money(in);
  int64_t steps = fuzz_number(in, 0, 3), up_to = 0, price = 0;
  for (int64_t k = 0; k < steps; k++) {
    up_to += fuzz_number(in, 1, 5000);
    price += fuzz_number(in, 0, 900);
    *LIST_ADD(a, &c->freight.steps) = (struct sourcing_freight_step){up_to, MONEY(price)};
  }
  for (size_t p = 0; p < goods; p++)
    if (fuzz_number(in, 0, 3))
      *LIST_ADD(a, &c->stock) = (struct sourcing_stock){(int64_t)p, take_quantity(in, -1)};
}

static void take_rule(struct fuzz_input *in, struct arena *a, struct sourcing_rule *r)
{
  int64_t bits = fuzz_number(in, 0, 255);
  r->name = "rule";
  r->ranking = (int)(bits & 3);
  r->on_failure = (int)(bits >> 2 & 3) % 3;
  if (bits & 16)
    *LIST_ADD(a, &r->kinds) = kinds[bits >> 5 & 1];
  if (bits & 64)
    r->max_distance_m = fuzz_number(in, 0, 20000000);
}

static void take_input(struct fuzz_input *in, struct arena *a, struct sourcing_input *out)
{
  sourcing_input_init(out);
  out->currency = "EUR";
  size_t goods = (size_t)fuzz_number(in, 1, 4), lines = (size_t)fuzz_number(in, 0, 7);
  size_t candidates = (size_t)fuzz_number(in, 0, COUNT_OF(codes) - 1), rules = (size_t)fuzz_number(in, 0, 3);
  int64_t bits = fuzz_number(in, 0, 255);
  out->no_splits = (bits & 3) == 3;
  out->whole_lines = bits & 4;
  out->ship_complete = (bits & 24) == 24;
  out->allow_short = bits & 32;
  out->splits_max = bits >> 6;
  if (fuzz_number(in, 0, 3) == 3) {
    out->pinned = codes[fuzz_number(in, 0, COUNT_OF(codes) - 1)];
    out->minimum_value = take_money(in);
    out->destination = (struct sourcing_place){52 * SCALE, 13 * SCALE};
  }
  out->settings.split = take_money(in);
  out->settings.late_per_day = take_money(in);
  out->settings.scarcity = take_money(in);
  for (size_t i = 0; i < goods; i++)
    *LIST_ADD(a, &out->products) = (struct sourcing_product){
        .sku = codes[i], .weight_g = fuzz_number(in, 0, 3000), .step = QUANTITY(fuzz_number(in, 0, 1) * SCALE)};
  for (size_t i = 0; i < lines; i++) {
    int64_t flags = fuzz_number(in, 0, 255);
    *LIST_ADD(a, &out->lines) = (struct sourcing_line){.key = (int64_t)i + 1,
                                                       .product = flags % (int64_t)goods,
                                                       .quantity = take_quantity(in, 1),
                                                       .unit_value = PRICE(fuzz_number(in, 0, 5000) * SCALE),
                                                       .group = flags >> 4 < 12 ? 0 : (flags >> 4) - 11,
                                                       .optional = (flags >> 2 & 3) == 3};
  }
  for (size_t i = 0; i < candidates; i++)
    take_candidate(in, a, LIST_ADD(a, &out->candidates), i, goods);
  for (size_t i = 0; i < rules; i++)
    take_rule(in, a, LIST_ADD(a, &out->rules));
}

/* ---- The header's promises --------------------------------------------------------------------------------------- */

/* What a location has of a product: of two entries the first counts. */
static int64_t stock_of(const struct sourcing_candidate *c, int64_t product)
{
  EACH (const struct sourcing_stock, s, &c->stock)
    if (s->product == product)
      return s->available.millionths > 0 ? s->available.millionths : 0;
  return 0;
}

static bool assigns(const struct sourcing_decision *d, int64_t candidate)
{
  return d->scores.at[candidate].assigned.millionths > 0;
}

static int64_t locations_used(const struct sourcing_decision *d)
{
  int64_t used = 0;
  for (size_t c = 0; c < d->scores.n; c++)
    used += assigns(d, (int64_t)c);
  return used;
}

static void check_candidate(const struct sourcing_input *in, const struct sourcing_decision *d, int64_t i)
{
  const struct sourcing_candidate *c = &in->candidates.at[i];
  const struct sourcing_score *s = &d->scores.at[i];
  int64_t units = 0;
  FUZZ_CHECK(s->candidate == i && s->location == c->location && s->reason >= 0 && s->reason < SOURCING_REASON_COUNT);
  FUZZ_CHECK((s->reason == SOURCING_CHOSEN || s->reason == SOURCING_CHOSEN_PART) == assigns(d, i));
  for (size_t p = 0; p < in->products.n; p++) {
    int64_t taken = 0;
    EACH (const struct sourcing_assignment, a, &d->assignments)
      if (a->candidate == i && in->lines.at[a->line].product == (int64_t)p)
        taken += a->quantity.millionths;
    FUZZ_CHECK(taken <= stock_of(c, (int64_t)p));
    units += taken;
  }
  FUZZ_CHECK(units == s->assigned.millionths);
  FUZZ_CHECK(!units || (!c->excluded && !c->paused && (!in->pinned || strcmp(in->pinned, c->code) == 0)));
  FUZZ_CHECK(!c->capacity.millionths || units <= c->capacity.millionths);
}

/* The units of a line, from how many locations, and from the last of them. */
static int64_t line_got(const struct sourcing_decision *d, size_t line, int64_t *out_from, int64_t *out_last)
{
  int64_t got = 0;
  *out_from = 0;
  *out_last = -1;
  EACH (const struct sourcing_assignment, a, &d->assignments)
    if (a->line == (int64_t)line) {
      got += a->quantity.millionths;
      ++*out_from;
      *out_last = a->candidate;
    }
  return got;
}

static int64_t line_short(const struct sourcing_decision *d, size_t line)
{
  EACH (const struct sourcing_shortage, s, &d->shortages)
    if (s->line == (int64_t)line)
      return s->asked.millionths - s->assigned.millionths;
  return 0;
}

static void check_lines(const struct sourcing_input *in, const struct sourcing_decision *d)
{
  int64_t group_from[8] = {0};
  for (size_t i = 0; i < in->lines.n; i++) {
    const struct sourcing_line *l = &in->lines.at[i];
    int64_t from, last, got = line_got(d, i, &from, &last);
    FUZZ_CHECK(got + line_short(d, i) == l->quantity.millionths);
    FUZZ_CHECK(d->outcome != SOURCING_FILLED || l->optional || got == l->quantity.millionths);
    FUZZ_CHECK(from <= 1 || (!in->whole_lines && l->group == 0));
    if (l->group == 0 || l->group >= 8 || last < 0)
      continue;
    FUZZ_CHECK(group_from[l->group] == 0 || group_from[l->group] == last + 1);
    group_from[l->group] = last + 1;
  }
}

static void check_whole(const struct sourcing_input *in, const struct sourcing_decision *d, int64_t nodes_max)
{
  int64_t used = locations_used(d), rules = in->rules.n ? (int64_t)in->rules.n : 1;
  const struct sourcing_cost *c = &d->cost;
  FUZZ_CHECK(d->scores.n == in->candidates.n && d->rule >= 0 && d->rule <= (int64_t)in->rules.n);
  FUZZ_CHECK(d->outcome == SOURCING_FILLED || d->outcome == SOURCING_PARTIAL || d->assignments.n == 0);
  FUZZ_CHECK(d->outcome != SOURCING_PARTIAL || (in->allow_short && !in->ship_complete && d->assignments.n));
  FUZZ_CHECK(used <= 1 || (!in->no_splits && (!in->splits_max || used <= in->splits_max + 1)));
  FUZZ_CHECK(c->total == c->freight + c->split + c->location + c->late + c->scarcity);
  FUZZ_CHECK(c->freight >= 0 && c->location >= 0 && c->late >= 0 && c->scarcity >= 0);
  FUZZ_CHECK(c->split == (used > 1 ? (used - 1) * in->settings.split.minor * 1000 : 0));
  FUZZ_CHECK(d->nodes <= rules * (nodes_max + 100));
}

static void check_sentences(struct arena *a, const struct sourcing_input *in, const struct sourcing_decision *d)
{
  struct buf b;
  buf_init(&b, a);
  sourcing_summary(in, d, NULL, &b);
  for (size_t i = 0; i < in->candidates.n; i++)
    sourcing_sentence(in, d, i, NULL, &b);
  FUZZ_CHECK(b.n > 0 && utf8_valid(b.at, b.n) && !strchr(b.at, '{'));
}

/* From its record a decision is made again, byte for byte. */
static void check_replay(struct arena *a, const struct sourcing_input *in, const struct sourcing_decision *d)
{
  static struct fault fault;
  struct sourcing_input in_back;
  struct sourcing_decision d_back;
  struct buf record, again;
  buf_init(&record, a);
  buf_init(&again, a);
  fault_init(&fault, a);
  sourcing_record_write(in, d, &record);
  FUZZ_CHECK(sourcing_record_read(record.at, record.n, a, &fault, &in_back, &d_back) == ERR_OK);
  FUZZ_CHECK(rec_equal(&sourcing_input_rec, in, &in_back) && rec_equal(&sourcing_decision_rec, d, &d_back));
  FUZZ_CHECK(sourcing_replay(record.at, record.n, a, &fault, &again) == ERR_OK);
  FUZZ_CHECK(record.n == again.n && memcmp(record.at, again.at, again.n) == 0);
}

static void check_decided(struct arena *a, struct sourcing_input *in)
{
  static struct fault fault;
  struct sourcing_decision d;
  fault_init(&fault, a);
  if (in->settings.nodes_max == 0 || in->settings.nodes_max > NODES_MOST)
    in->settings.nodes_max = NODES_MOST;
  enum err err = sourcing_decide(in, a, &fault, &d);
  if (err != ERR_OK) {
    FUZZ_CHECK(err == ERR_INVALID && fault.n > 0);
    return;
  }
  check_whole(in, &d, in->settings.nodes_max);
  for (size_t i = 0; i < in->candidates.n; i++)
    check_candidate(in, &d, (int64_t)i);
  check_lines(in, &d);
  check_sentences(a, in, &d);
  check_replay(a, in, &d);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
  static struct fault fault;
  struct arena *a = arena_new((size_t)1 << 28);
  struct sourcing_input input;
  fault_init(&fault, a);
  if (n && bytes[0] == '{') {
    if (sourcing_record_read((const char *)bytes, n, a, &fault, &input, NULL) == ERR_OK)
      check_decided(a, &input);
    else
      FUZZ_CHECK(fault.n > 0);
  } else {
    take_input(&(struct fuzz_input){bytes, n}, a, &input);
    check_decided(a, &input);
  }
  arena_free(a);
  return 0;
}
