/* Sentences from codes and numbers, made when somebody reads. The catalog is data: another language is another array
 * with the same slugs and the same {places}. */
#include "sourcing_priv.h"

#include <string.h>

const struct sourcing_message sourcing_english[] = {
    /* candidates: {code} {asked} {could} {assigned} {alone} {more} {part} {days} {distance} {limit} {rule} */
    {"chosen", "{code} sends everything, for {total}."},
    {"chosen_part", "{code} sends {assigned} of {asked} units."},
    {"excluded", "{code} was to be left out."},
    {"pinned_elsewhere", "{code} was not asked: another location is pinned."},
    {"paused", "{code} takes no orders now."},
    {"rule_kind", "{code} is not of the kinds that rule {rule} allows."},
    {"rule_tag", "{code} has none of the tags that rule {rule} asks for."},
    {"rule_country", "{code} is not in a country that rule {rule} allows."},
    {"rule_distance", "{code} is {distance} away; rule {rule} allows {limit}."},
    {"no_stock", "{code} has nothing of it."},
    {"capacity", "{code} has room for {could} of {asked} units only."},
    {"partial_stock", "{code} has {could} of {asked} units, and could not be combined with another location."},
    {"below_minimum", "{code} has {could} of {asked} units; that is worth less than a shipment must be."},
    {"not_assigned", "{code} has all {asked} units, but nothing was assigned."},
    {"split_too_dear", "{code} has {could} of {asked} units; a split with it is no better."},
    {"lower_rank", "{code} has all units, but the rule ranks it lower."},
    {"dearer_freight", "{code} would cost {more} more ({alone}), mostly freight."},
    {"dearer_location", "{code} would cost {more} more ({alone}), mostly the location itself."},
    {"later", "{code} would cost {more} more ({alone}), mostly because it is {days} days late."},
    {"scarcer", "{code} would cost {more} more ({alone}), mostly because its stock is scarcer."},
    {"lower_priority", "{code} would cost the same; its priority is lower."},
    {"tie", "{code} would do as well; the order of the codes decided."},
    {"not_reached", "{code} has {could} of {asked} units; the search ended before every split with it was tried."},
    /* the whole: {asked} {assigned} {total} {locations} {rule} {nodes} */
    {"filled", "All units from {locations}, for {total}."},
    {"partial", "{assigned} of {asked} units from {locations}, for {total}; the rest is short."},
    {"short", "Not everything is in stock; nothing was assigned."},
    {"queued", "Left unallocated by rule {rule}."},
    {"refused", "Refused by rule {rule}."},
    {NULL, NULL},
};

static const char *const outcome_slugs[] = {"filled", "partial", "short", "queued", "refused"};

struct scene {
  const struct sourcing_input *in;
  const struct sourcing_decision *d;
  const struct sourcing_score *s; /* NULL in a summary */
};

static void put_units(struct buf *out, struct quantity q)
{
  char text[32];
  buf_add(out, text, decimal_format(q.millionths, 6, text));
}

/* Thousandths of a minor unit, rounded to the currency's own decimals: "3.20 EUR". */
static void put_cost(struct buf *out, const struct scene *x, int64_t milli)
{
  int places = currency_decimals(x->in->currency);
  int64_t minor = div_round(milli, 1000), scale = 1;
  for (int i = 0; i < places; i++)
    scale *= 10;
  if (minor < 0)
    buf_char(out, '-');
  minor = minor < 0 ? -minor : minor;
  buf_i64(out, minor / scale);
  if (places > 0)
    buf_printf(out, ".%0*d", places, (int)(minor % scale));
  if (x->in->currency)
    buf_printf(out, " %s", x->in->currency);
}

static void put_distance(struct buf *out, int64_t meters)
{
  if (meters == ABSENT)
    buf_text(out, "an unknown distance");
  else
    buf_printf(out, "%lld km", (long long)div_round(meters, 1000));
}

static void put_locations(struct buf *out, const struct scene *x)
{
  bool first = true;
  EACH (const struct sourcing_score, s, &x->d->scores) {
    if (s->assigned.millionths == 0)
      continue;
    buf_text(out, first ? "" : ", ");
    buf_text(out, x->in->candidates.at[s->candidate].code);
    first = false;
  }
}

static void put_code(struct buf *out, const struct scene *x)
{
  buf_text(out, x->in->candidates.at[x->s->candidate].code);
}
static void put_asked(struct buf *out, const struct scene *x)
{
  put_units(out, x->d->asked);
}
static void put_could(struct buf *out, const struct scene *x)
{
  put_units(out, x->s->could);
}
static void put_assigned(struct buf *out, const struct scene *x)
{
  put_units(out, x->s ? x->s->assigned : x->d->assigned);
}
static void put_total(struct buf *out, const struct scene *x)
{
  put_cost(out, x, x->d->cost.total);
}
static void put_alone(struct buf *out, const struct scene *x)
{
  put_cost(out, x, x->s->alone.total);
}
static void put_more(struct buf *out, const struct scene *x)
{
  put_cost(out, x, x->s->more);
}
static void put_days(struct buf *out, const struct scene *x)
{
  buf_i64(out, x->in->candidates.at[x->s->candidate].days_late);
}
static void put_far(struct buf *out, const struct scene *x)
{
  put_distance(out, x->s->distance_m);
}
static void put_limit(struct buf *out, const struct scene *x)
{
  put_distance(out, x->s->limit);
}
/* The rule's name where it has one, else its number. */
static void put_rule(struct buf *out, const struct scene *x)
{
  const char *name = x->d->rule ? x->in->rules.at[x->d->rule - 1].name : NULL;
  if (text_empty(name))
    buf_i64(out, x->d->rule);
  else
    buf_printf(out, "\"%s\"", name);
}
static void put_nodes(struct buf *out, const struct scene *x)
{
  buf_i64(out, x->d->nodes);
}

static const struct {
  const char *name;
  void (*put)(struct buf *out, const struct scene *x);
  bool of_candidate;
} places[] = {
    {"code", put_code, true},    {"asked", put_asked, false},         {"could", put_could, true},
    {"total", put_total, false}, {"assigned", put_assigned, false},   {"alone", put_alone, true},
    {"more", put_more, true},    {"days", put_days, true},            {"distance", put_far, true},
    {"limit", put_limit, true},  {"locations", put_locations, false}, {"rule", put_rule, false},
    {"nodes", put_nodes, false},
};

static bool put_place(struct buf *out, const struct scene *x, const char *name, size_t n)
{
  for (size_t i = 0; i < COUNT_OF(places); i++)
    if (strlen(places[i].name) == n && memcmp(places[i].name, name, n) == 0 && (x->s || !places[i].of_candidate)) {
      places[i].put(out, x);
      return true;
    }
  return false;
}

static void put_text(struct buf *out, const struct scene *x, const char *text)
{
  for (const char *p = text; *p;) {
    const char *end = *p == '{' ? strchr(p, '}') : NULL;
    if (end && put_place(out, x, p + 1, (size_t)(end - p - 1)))
      p = end + 1;
    else
      buf_char(out, *p++);
  }
}

/* A translation that lacks a sentence falls back on English rather than on silence. */
static const char *message(const struct sourcing_message *catalog, const char *slug)
{
  for (const struct sourcing_message *m = catalog; m && m->slug; m++)
    if (text_eq(m->slug, slug))
      return m->text;
  return catalog == sourcing_english ? slug : message(sourcing_english, slug);
}

void sourcing_sentence(const struct sourcing_input *in, const struct sourcing_decision *d, size_t i,
                       const struct sourcing_message *catalog, struct buf *out)
{
  assert(i < d->scores.n);
  struct scene x = {in, d, &d->scores.at[i]};
  put_text(out, &x, message(catalog, sourcing_reason_slug((enum sourcing_reason)x.s->reason)));
}

void sourcing_summary(const struct sourcing_input *in, const struct sourcing_decision *d,
                      const struct sourcing_message *catalog, struct buf *out)
{
  struct scene x = {in, d, NULL};
  put_text(out, &x, message(catalog, outcome_slugs[d->outcome]));
}
