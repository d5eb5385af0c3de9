/* Two months in the life of the demo company: orders from the shop's checkout, the phone and a marketplace, each carried as
 * far as it would be by now. Old ones are mostly delivered; today's are in work; a few need somebody. */
#include "demo.h"

#include "work.h"

#include <string.h>

enum fate {
  FATE_DELIVERED,
  FATE_SHIPPED,
  FATE_PACKED,
  FATE_PICKED,
  FATE_OPEN,
  FATE_RETURNING,
  FATE_COD,       /* delivered, paid at the door */
  FATE_PICKUP,    /* waits in the store */
  FATE_COLLECTED, /* was fetched there */
  FATE_CANCELLED,
  FATE_PART_CANCELLED,
  FATE_UNPAID,
  FATE_DRAFT,
  FATE_PHONE,      /* on account, to be sent */
  FATE_PHONE_PAID, /* on account, sent and paid */
  FATE_SHORT,      /* more than there is */
  FATE_TOTAL,      /* the channel expected another total: a coupon that we do not know */
  FATE_BIG,        /* above what the review lets pass */
  FATE_NO_STREET,  /* an address without its street */
  FATE_TWIN,       /* the basket before once more */
  FATE_WAITS       /* somebody has put it on hold */
};

/* What happened besides the ordinary, by days ago. */
static const struct {
  int64_t days_ago;
  enum fate fate;
} happened[] = {
    {28, FATE_RETURNING},
    {26, FATE_CANCELLED},
    {24, FATE_PHONE_PAID},
    {22, FATE_COLLECTED},
    {21, FATE_COD},
    {20, FATE_CANCELLED},
    {18, FATE_COD},
    {17, FATE_PHONE_PAID},
    {16, FATE_COD},
    {15, FATE_COLLECTED},
    {14, FATE_PART_CANCELLED},
    {13, FATE_COD},
    {12, FATE_CANCELLED},
    {11, FATE_PHONE_PAID},
    {9, FATE_RETURNING},
    {8, FATE_PHONE_PAID},
    {8, FATE_COLLECTED},
    {7, FATE_CANCELLED},
    {6, FATE_PART_CANCELLED},
    {5, FATE_COD},
    {5, FATE_RETURNING},
    {4, FATE_UNPAID},
    {4, FATE_PHONE_PAID},
    {3, FATE_CANCELLED},
    {3, FATE_DRAFT},
    {3, FATE_PICKUP},
    {2, FATE_TOTAL},
    {2, FATE_PART_CANCELLED},
    {2, FATE_PHONE},
    {2, FATE_COD},
    {1, FATE_PICKUP},
    {1, FATE_SHORT},
    {1, FATE_WAITS},
    {1, FATE_PHONE},
    {1, FATE_UNPAID},
    {1, FATE_DRAFT},
    {0, FATE_NO_STREET},
    {0, FATE_WAITS},
    {0, FATE_TOTAL},
    {0, FATE_PICKUP},
    {0, FATE_TWIN},
    {0, FATE_BIG},
    {0, FATE_DRAFT},
    {0, FATE_PHONE},
    {0, FATE_CANCELLED},
};

static const struct {
  const char *sku;
  int64_t price; /* as in the file: only for what a channel expects */
} goods[] = {
    {"TEE-S", 1990},     {"TEE-M", 1990},      {"TEE-L", 1990},   {"MUG-BLUE", 1250},  {"MUG-RED", 1250},
    {"LANTERN", 2490},   {"CANDLE-3", 990},    {"CUSHION", 3450}, {"TEAPOT", 5600},    {"TEA-OOLONG", 1680},
    {"TEA-GREEN", 1380}, {"BOWL", 890},        {"BOARD", 2790},   {"CHOPSTICKS", 450}, {"APRON", 2290},
    {"BOOK-TEA", 1590},  {"BOOK-KNOTS", 2200}, {"TOTE", 1490},    {"UMBRELLA", 2690},  {"SCALE", 3990},
    {"VASE", 3290},      {"BLANKET", 4450},    {"KNIFE", 8900},   {"THROW", 7900},
};
/* More throws are ordered at the marketplace than there are, knives by the half dozen: nobody else takes these. */
enum { KNIFE = 22, THROW = 23, ORDINARY = 22 };
enum { GIFT_WRAP = 350, SHIPPING = 590, COUPON = 500 };

static const struct {
  const char *country, *rate; /* tax of shipping */
} shipping_taxes[] = {{"US", "0.08"}, {"CN", "0.13"}, {"TW", "0.05"}, {"DE", "0.19"}, {"FR", "0.20"}, {"IT", "0.22"}};

static int64_t draw(struct demo *d, int64_t below)
{
  d->random = d->random * 6364136223846793005ULL + 1442695040888963407ULL;
  return (int64_t)((d->random >> 33) % (uint64_t)below);
}

static const char *shipping_tax(const char *country)
{
  for (size_t i = 0; i < COUNT_OF(shipping_taxes); i++)
    if (country && strcmp(shipping_taxes[i].country, country) == 0)
      return shipping_taxes[i].rate;
  return "0";
}

static void add_line(struct demo *d, struct buf *b, int64_t *n, int64_t which, int64_t quantity)
{
  buf_printf(b, "%s{\"sku\":\"%s\",\"quantity\":%lld}", *n ? "," : "", goods[which].sku, (long long)quantity);
  d->basket_total += goods[which].price * quantity;
  ++*n;
}

static void add_lines(struct demo *d, struct buf *b, enum fate fate)
{
  int64_t n = 0, first = draw(d, ORDINARY), want = 1 + draw(d, 3);
  buf_text(b, ",\"lines\":[");
  d->basket_total = SHIPPING;
  if (fate == FATE_SHORT)
    add_line(d, b, &n, THROW, 24);
  if (fate == FATE_BIG) {
    add_line(d, b, &n, KNIFE, 6);
    add_line(d, b, &n, 8, 4);
  }
  for (int64_t i = 0; i < want && fate != FATE_BIG; i++)
    add_line(d, b, &n, (first + i * 5) % ORDINARY, 1 + draw(d, 3));
  if (draw(d, 6) == 0 && fate == FATE_DELIVERED) {
    buf_text(b, ",{\"sku\":\"GIFT-WRAP\",\"quantity\":1,\"kind\":\"service\",\"parent_line\":1}");
    d->basket_total += GIFT_WRAP;
  }
  buf_text(b, "]");
}

/* Who orders what; a twin is the one before again. */
static const char *basket(struct demo *d, enum fate fate)
{
  struct buf b;
  if (fate == FATE_TWIN && d->basket)
    return d->basket;
  const struct demo_person *who = &d->people[draw(d, d->n_people)];
  buf_init(&b, d->people_arena);
  buf_printf(&b, ",\"customer\":{\"external_id\":\"%s\"}", who->external_id);
  if (fate == FATE_NO_STREET)
    buf_printf(
        &b,
        ",\"shipping_address\":{\"city\":\"Chicago\",\"region\":\"IL\",\"postal_code\":\"60601\",\"country\":\"US\"}");
  else
    buf_printf(&b, ",\"shipping_address\":%s", who->address);
  add_lines(d, &b, fate);
  buf_printf(&b, ",\"charges\":[{\"kind\":\"shipping\",\"amount\":%d,\"tax_rate\":\"%s\"}]", SHIPPING,
             shipping_tax(fate == FATE_NO_STREET ? "US" : who->country));
  return d->basket = buf_str(&b);
}

static const char *order_json(struct demo *d, enum fate fate, int64_t n)
{
  static const char *const methods[] = {"standard", "economy", "economy", "overnight"};
  struct buf b;
  bool phone = fate == FATE_PHONE || fate == FATE_PHONE_PAID;
  buf_init(&b, d->arena);
  buf_printf(&b, "{\"channel\":\"%s\",\"external_id\":\"W-%lld\",\"currency\":\"%s\",\"prices_include_tax\":true%s",
             phone                ? "phone"
             : fate == FATE_SHORT ? "market"
                                  : "web",
             (long long)(48000 + n), d->currency, basket(d, fate));
  if (fate == FATE_COD)
    buf_text(&b, ",\"payment_terms\":\"cod\"");
  if (fate == FATE_TOTAL)
    buf_printf(&b, ",\"expected_total\":%lld", (long long)(d->basket_total - COUPON));
  if (fate == FATE_DRAFT)
    buf_text(&b, ",\"draft\":true");
  if (fate == FATE_PICKUP || fate == FATE_COLLECTED)
    buf_text(&b, ",\"delivery\":{\"type\":\"pickup\",\"location\":\"SOHO\"}");
  else
    buf_printf(&b, ",\"shipping_method\":\"%s\"", methods[draw(d, (int64_t)COUNT_OF(methods))]);
  if (draw(d, 8) == 0)
    buf_printf(&b, ",\"tags\":[\"%s\"]", draw(d, 2) ? "vip" : "gift");
  buf_text(&b, "}");
  return buf_str(&b);
}

/* The total is known only after placing, so the money comes right behind, as it does from a shop's checkout. */
static void pay(struct demo *d, const char *external_id, int64_t due, const char *order)
{
  if (due > 0)
    demo_run_json(d, &payment_add_act, &payment_input_rec, order,
                  arena_printf(d->arena,
                               "{\"provider\":\"card\",\"kind\":\"capture\",\"amount\":%lld,\"reference\":\"ch_%s\"}",
                               (long long)due, external_id));
}

static const char *id_of(struct demo *d, const char *prefix, int64_t id)
{
  char text[ID_TEXT];
  id_format(prefix, id, text);
  return arena_text(d->arena, text);
}

/* What would come only after today is not told yet: the parcel is on its way. */
static void track(struct demo *d, const struct parcel *p, const char *status, int64_t after_hours, const char *place)
{
  char at[INSTANT_TEXT];
  struct instant when = INSTANT(d->now.ms + after_hours * HOUR_MS);
  if (when.ms > clock_real.now(NULL).ms)
    return;
  instant_format(when, at);
  demo_run_json(
      d, &parcel_track_act, &tracking_event_rec, id_of(d, PREFIX_parcel, p->id.v),
      arena_printf(d->arena, "{\"status\":\"%s\",\"occurred_at\":\"%s\",\"place\":\"%s\"}", status, at, place));
}

/* Work takes its time, so that reports have some to tell. */
static void work_for(struct demo *d, int64_t minutes)
{
  d->now.ms += minutes * MINUTE_MS;
}

static void travel(struct demo *d, const struct fulfillment *f, enum fate fate)
{
  EACH (const struct parcel, p, &f->parcels) {
    track(d, p, "in_transit", 6, "Sorting center");
    if (fate == FATE_SHIPPED)
      continue;
    if (fate == FATE_RETURNING) {
      track(d, p, "failure", 60, "Local depot");
      track(d, p, "return_to_sender", 90, "Local depot");
      continue;
    }
    track(d, p, "out_for_delivery", 60, "Local depot");
    track(d, p, "delivered", 66, "Front door");
  }
}

/* An order whose goods are worked on later in the day, when the warehouse has its shift. */
enum { WORK_MAX = 6 };
struct shift_work {
  char order[ID_TEXT];
  const char *external_id;
  int64_t due, n;
  int64_t fulfillments[WORK_MAX];
  enum fate fate;
};

static struct shift_work work_of(struct demo *d, const struct order *o, enum fate fate)
{
  struct shift_work w = {
      .external_id = arena_text(d->people_arena, o->external_id), .due = o->totals.due.minor, .fate = fate};
  id_format(PREFIX_order, o->id.v, w.order);
  EACH (const struct fulfillment, f, &o->fulfillments)
    if (w.n < WORK_MAX)
      w.fulfillments[w.n++] = f->id.v;
  return w;
}

/* Picks, packs and ships one as far as its order's fate goes. */
static void fulfill(struct demo *d, int64_t fulfillment, enum fate fate)
{
  const char *id = id_of(d, PREFIX_fulfillment, fulfillment);
  work_for(d, 1 + d->orders % 4);
  const struct fulfillment *f = demo_run_json(d, &fulfillment_pick_act, &pick_rec, id, "{}");
  if (!f || fate == FATE_PICKED)
    return;
  work_for(d, 2);
  f = demo_run_json(d, &fulfillment_pack_act, &pack_rec, id, "{}");
  if (!f || fate == FATE_PACKED)
    return;
  if (fate == FATE_PICKUP || fate == FATE_COLLECTED) {
    f = demo_run_json(d, &fulfillment_ready_act, &reason_maybe_rec, id, "{}");
    if (f && fate == FATE_COLLECTED)
      demo_run_json(d, &fulfillment_hand_over_act, &reason_maybe_rec, id, "{}");
    return;
  }
  work_for(d, 2);
  /* A carrier without labels of its own: the number is read off its sticker. */
  bool manual = f->carrier && strcmp(f->carrier, "parcelone") == 0;
  f = demo_run_json(d, &fulfillment_ship_act, &ship_rec, id,
                    manual ? arena_printf(d->arena, "{\"tracking_number\":\"P1-%08lld\"}",
                                          (long long)(48210000 + d->orders * 37 + fulfillment % 31))
                           : "{}");
  if (f)
    travel(d, f, fate);
}

static void work_on(struct demo *d, const struct shift_work *w)
{
  for (int64_t i = 0; i < w->n; i++)
    fulfill(d, w->fulfillments[i], w->fate);
  if (w->fate == FATE_COD || w->fate == FATE_PHONE_PAID)
    pay(d, w->external_id, w->due, w->order);
}

static void say(struct demo *d, const char *id, const char *what)
{
  struct comment_input said;
  rec_init(&comment_rec, &said);
  said.content = what;
  demo_run(d, &order_comment_act, id, &said, NULL);
}

/* What is done about an order at once; true when its goods are worked on, as far as *fate goes. */
static bool decide(struct demo *d, const char *id, int64_t days_ago, enum fate *fate)
{
  switch (*fate) {
  case FATE_CANCELLED:
    demo_run_json(d, &order_cancel_act, &cancel_rec, id,
                  "{\"reason\":\"customer changed their mind\",\"refund\":true}");
    return false;
  case FATE_PART_CANCELLED:
    demo_run_json(d, &order_cancel_act, &cancel_rec, id,
                  "{\"lines\":[{\"line\":1,\"quantity\":1}],\"reason\":\"one too many\",\"refund\":true}");
    *fate = days_ago > 4 ? FATE_DELIVERED : FATE_SHIPPED;
    return days_ago > 1;
  case FATE_WAITS:
    work_for(d, 12);
    say(d, id, "Called: on a trip until Friday, a neighbor cannot take the parcel.");
    demo_run_json(d, &order_hold_act, &hold_input_rec, id,
                  "{\"reason\":\"customer asks us to send it on Friday\",\"owner_role\":\"service\"}");
    return false;
  case FATE_DELIVERED:
  case FATE_SHIPPED:
  case FATE_PACKED:
  case FATE_PICKED:
  case FATE_RETURNING:
  case FATE_COD:
  case FATE_PICKUP:
  case FATE_COLLECTED:
  case FATE_PHONE_PAID:
    return true;
  default:
    return false;
  }
}

static bool pays_at_once(enum fate fate)
{
  return fate != FATE_UNPAID && fate != FATE_COD && fate != FATE_DRAFT && fate != FATE_PHONE && fate != FATE_PHONE_PAID;
}

/* Places an order; true when there is work left to do for it. */
static bool live_through(struct demo *d, enum fate fate, int64_t days_ago, int64_t n, struct shift_work *out)
{
  void *body;
  struct fault f;
  const char *json = order_json(d, fate, n);
  if (!demo_read(d, &order_input_rec, json, strlen(json), &body))
    return false;
  const struct order *o = demo_run(d, &order_place_act, NULL, body, &f);
  if (!o) {
    d->refused++;
    return false;
  }
  d->orders++;
  *out = work_of(d, o, fate);
  if (pays_at_once(fate))
    pay(d, out->external_id, out->due, out->order);
  return decide(d, out->order, days_ago, &out->fate);
}

/* What becomes of an ordinary order placed so many days ago. */
static enum fate fate_of(struct demo *d, int64_t days_ago)
{
  static const enum fate fresh[] = {FATE_OPEN, FATE_OPEN, FATE_OPEN, FATE_PICKED, FATE_PACKED, FATE_SHIPPED};
  static const enum fate recent[] = {FATE_SHIPPED, FATE_SHIPPED, FATE_SHIPPED, FATE_SHIPPED, FATE_SHIPPED, FATE_SHIPPED,
                                     FATE_SHIPPED, FATE_SHIPPED, FATE_SHIPPED, FATE_SHIPPED, FATE_PACKED,  FATE_OPEN};
  return days_ago > 4   ? FATE_DELIVERED
         : days_ago > 1 ? recent[draw(d, (int64_t)COUNT_OF(recent))]
                        : fresh[draw(d, (int64_t)COUNT_OF(fresh))];
}

/* The day's orders: `ordinary` of them, and what happened besides between these. */
static int64_t fates_of(struct demo *d, int64_t day, int64_t ordinary, enum fate *out)
{
  int64_t n = 0;
  size_t at = 0;
  for (int64_t i = 0; i < ordinary; i++) {
    out[n++] = fate_of(d, day);
    while (at < COUNT_OF(happened) && happened[at].days_ago != day)
      at++;
    if (at < COUNT_OF(happened))
      out[n++] = happened[at++].fate;
  }
  return n;
}

enum { DAY_ORDERS_MAX = 40, ORDER_MINUTES = 26, SHIFT_MINUTES = 10 };

/* Orders come through the day. The warehouse works on them at its end; today it does so at once. */
static void live_a_day(struct demo *d, struct instant today, int64_t day, int64_t *n)
{
  enum fate fates[DAY_ORDERS_MAX];
  struct shift_work works[DAY_ORDERS_MAX];
  int64_t ordinary = day > DEMO_DAYS / 2 ? 2 + draw(d, 3) : day ? 4 + draw(d, 5) : 7 + draw(d, 3);
  int64_t orders = fates_of(d, day, ordinary, fates), n_works = 0;
  for (int64_t i = 0; i < orders && !demo_is_stopping(d); i++) {
    d->now = INSTANT(today.ms - day * DAY_MS - (orders - i) * ORDER_MINUTES * MINUTE_MS);
    if (live_through(d, fates[i], day, (*n)++, &works[n_works]) && ++n_works && day == 0)
      work_on(d, &works[--n_works]);
    arena_reset(d->arena);
  }
  d->now = INSTANT(today.ms - day * DAY_MS + SHIFT_MINUTES * MINUTE_MS);
  for (int64_t i = 0; i < n_works && !demo_is_stopping(d); i++) {
    work_on(d, &works[i]);
    arena_reset(d->arena);
  }
}

void demo_live_a_month(struct demo *d, struct instant today)
{
  int64_t n = 200;
  for (int64_t day = DEMO_DAYS; day >= 0 && d->n_people; day--)
    live_a_day(d, today, day, &n);
}

void demo_let_expire(struct demo *d, struct instant today)
{
  struct setting_input hour = {"60"}, never = {"0"};
  const char *key = setting_info(SETTING_ORDER_EXPIRE_MINUTES)->key;
  demo_run(d, &setting_change_act, key, &hour, NULL);
  for (int64_t n = 1; n <= 2; n++) {
    void *body;
    const char *json = order_json(d, FATE_UNPAID, 100 + n);
    d->now = INSTANT(today.ms - 5 * HOUR_MS);
    const struct order *o = demo_read(d, &order_input_rec, json, strlen(json), &body)
                                ? demo_run(d, &order_place_act, NULL, body, NULL)
                                : NULL;
    d->now = INSTANT(today.ms - 3 * HOUR_MS);
    if (o)
      demo_run(d, &order_expire_act, id_of(d, PREFIX_order, o->id.v), NULL, NULL);
    arena_reset(d->arena);
  }
  demo_run(d, &setting_change_act, key, &never, NULL);
}
