/* Waves: open work is chosen, its units released, and each order gets a slot of the picker's cart. */
#include "fulfillment_priv.h"

#include "numbers.h"

#include <string.h>

enum { WAVE_LOOKED_AT = 1000, WAVE_ARENA_MAX = 96 << 20 };

/* One order's part in an act over many. */
struct wave_part {
  struct order_work work;
  struct fulfillment_id id;
};
typedef LIST(struct wave_part) wave_parts;

struct wave_facts {
  const struct wave_input *in;
  const struct location *location;
  wave_parts parts;
};
struct wave_plan {
  struct wave wave;
  wave_parts parts;
};

/* ---- Choosing ---- */

struct choice {
  struct ctx *cx;
  const struct wave_input *in;
  size_t begun;
  wave_parts *parts;
};

static bool fits(const struct choice *c, struct order *o, const struct fulfillment *f)
{
  const struct wave_input *in = c->in;
  int64_t units = 0;
  if (f->state != FUL_OPEN || f->wave_id.v || o->state != ORDER_OPEN || order_held(o, f))
    return false;
  EACH (const struct fulfillment_line, l, &f->lines)
    units += l->quantity.millionths / SCALE + (l->quantity.millionths % SCALE > 0);
  return (!in->carrier || text_eq(in->carrier, f->carrier)) && (!in->service || text_eq(in->service, f->service)) &&
         (!in->channel || text_eq(in->channel, o->channel)) &&
         (in->max_lines == ABSENT || (int64_t)f->lines.n <= in->max_lines) &&
         (in->max_units == ABSENT || units <= in->max_units);
}

static bool full(const struct choice *c)
{
  return (int64_t)c->parts->n >= c->in->limit || arena_used(c->cx->arena) - c->begun > WAVE_ARENA_MAX;
}

static bool chosen(const struct choice *c, int64_t order_id)
{
  EACH (const struct wave_part, p, c->parts)
    if (p->work.before->id.v == order_id)
      return true;
  return false;
}

/* Adds it when it fits. Of one order only one fulfillment goes into a wave: an act changes an order once. */
static enum err consider(const struct choice *c, struct order_id order, struct fulfillment_id id, bool *out_fits)
{
  struct wave_part part = {.id = id};
  *out_fits = false;
  if (chosen(c, order.v))
    return ERR_OK;
  TRY(order_work_load(c->cx, order, ABSENT, &part.work));
  const struct fulfillment *f = order_fulfillment_of(part.work.before, id);
  if (!f || !fits(c, part.work.before, f))
    return ERR_OK;
  *LIST_ADD(c->cx->arena, c->parts) = part;
  *out_fits = true;
  return ERR_OK;
}

static enum err choose_named(const struct choice *c)
{
  for (size_t i = 0; i < c->in->fulfillments.n; i++) {
    struct fulfillment_id id;
    struct order_id order;
    bool fit;
    TRY(order_of_fulfillment(c->cx, c->in->fulfillments.at[i], &id, &order));
    TRY(consider(c, order, id, &fit));
    if (!fit)
      fault_add(&c->cx->fault, ERR_STATE, arena_printf(c->cx->arena, "/fulfillments/%zu", i), "not_open",
                "%s is not open, held, in another wave, or does not fit what was asked", c->in->fulfillments.at[i]);
  }
  return c->cx->fault.code;
}

struct candidate {
  struct fulfillment_id id;
  struct order_id order;
};

static enum err choose_next(const struct choice *c, const struct location *l)
{
  static const struct db_stmt open = {
      "SELECT f.id, f.order_id FROM fulfillment f JOIN orders o ON o.bucket = f.bucket AND o.id = f.order_id"
      " WHERE f.location = $1 AND f.state = 'open' AND f.wave_id IS NULL AND f.ship_by <= $2"
      " AND o.state = 'open' AND o.hold_count = 0 AND (CAST($3 AS TEXT) IS NULL OR f.carrier = $3)"
      " AND (CAST($4 AS TEXT) IS NULL OR f.service = $4) AND (CAST($5 AS TEXT) IS NULL OR o.channel = $5)"
      " ORDER BY f.ship_by, f.id LIMIT $6",
      DB_LIST};
  LIST(struct candidate) found = {0};
  struct db_rows rows;
  const struct wave_input *in = c->in;
  int64_t before = instant_set(in->ship_before) ? in->ship_before.ms : INT64_MAX;
  TRY(db_query(c->cx->db, &open, &rows,
               DB_ARGS(TEXT(l->code), I64(before), TEXT(in->carrier), TEXT(in->service), TEXT(in->channel),
                       I64(WAVE_LOOKED_AT))));
  while (db_next(&rows))
    *LIST_ADD(c->cx->arena, &found) = (struct candidate){{db_i64(&rows, 0)}, {db_i64(&rows, 1)}};
  TRY(db_done(&rows));
  for (size_t i = 0; i < found.n && !full(c); i++) {
    bool fit;
    TRY(consider(c, found.at[i].order, found.at[i].id, &fit));
  }
  return ERR_OK;
}

static enum err release_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct wave_facts *f = out;
  f->in = in->body;
  enum err err = location_find(cx, f->in->location, &f->location);
  if (err == ERR_NOT_FOUND)
    return fault_add(&cx->fault, ERR_INVALID, "/location", "not_found", "there is no location %s", f->in->location);
  TRY(err);
  struct choice c = {cx, f->in, arena_used(cx->arena), &f->parts};
  return f->in->fulfillments.n ? choose_named(&c) : choose_next(&c, f->location);
}

/* ---- Releasing ---- */

static void release_units(struct order *o, struct fulfillment *f)
{
  EACH (struct fulfillment_line, fl, &f->lines) {
    struct order_line *l = order_line_of(o, fl->line);
    struct quantity q = quantity_min(units_unpicked(fl), l->counters.allocated);
    line_move(l, PLACE_ALLOCATED, PLACE_RELEASED, q);
    fl->released = quantity_add(fl->released, q);
  }
}

static enum err release_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct wave_facts *f = facts;
  struct wave_plan *plan = out;
  const struct wave_input *in = f->in;
  if (f->parts.n == 0)
    return fault_add(&cx->fault, ERR_STATE, "", "nothing_to_release", "no open work at %s fits", f->location->code);
  int64_t slots = in->slots == ABSENT ? (int64_t)f->parts.n : in->slots;
  EACH (const struct wave_part, from, &f->parts) {
    struct wave_part *to = LIST_ADD(cx->arena, &plan->parts);
    *to = (struct wave_part){order_work_copy(cx, &from->work), from->id};
    struct fulfillment *ful = order_fulfillment_of(to->work.after, to->id);
    if (strcmp(ful->location, f->location->code) != 0)
      return fault_add(&cx->fault, ERR_INVALID, "/fulfillments", "other_location", "%s works at %s",
                       to->work.after->number, ful->location);
    release_units(to->work.after, ful);
    ful->tote = (int64_t)(plan->parts.n - 1) % slots + 1;
    ful->version++;
    order_event(cx, &to->work, "fulfillment.released", PREFIX_fulfillment, ful->id.v, NULL);
    order_work_finish(cx, &to->work);
  }
  plan->wave = (struct wave){.version = 1,
                             .location = arena_text(cx->arena, f->location->code),
                             .state = WAVE_RELEASED,
                             .carrier = in->carrier,
                             .service = in->service,
                             .channel = in->channel,
                             .ship_before = in->ship_before,
                             .max_lines = in->max_lines,
                             .max_units = in->max_units,
                             .slots = slots,
                             .fulfillment_count = (int64_t)plan->parts.n,
                             .created_at = cx->now,
                             .created_by = cx->actor.name,
                             .cancelled_at = INSTANT(ABSENT)};
  return ERR_OK;
}

static const char *wave_data(struct ctx *cx, const struct wave *w)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "number", w->number);
  json_put_text(&j, "location", w->location);
  json_put_i64(&j, "fulfillments", w->fulfillment_count);
  json_put_text(&j, "reason", w->reason);
  json_object_end(&j);
  return buf_str(&text);
}

static enum err wave_emit(struct ctx *cx, const struct wave *w, const char *topic)
{
  return event_emit(cx, &(struct event_draft){.topic = topic,
                                              .subject_kind = "wave",
                                              .subject_prefix = PREFIX_wave,
                                              .bucket = w->bucket,
                                              .subject_id = w->id.v,
                                              .version = w->version,
                                              .data = wave_data(cx, w)});
}

static void count_item(struct wave *w, int state)
{
  if (state == FUL_OPEN || state == FUL_PICKING || state == FUL_SCHEDULED)
    w->waiting++;
  else if (state == FUL_PICKED || state == FUL_PACKED || state == FUL_READY_FOR_PICKUP)
    w->picked++;
  else if (state == FUL_SHIPPED || state == FUL_CLOSED || state == FUL_HANDED_OVER)
    w->shipped++;
}

static void add_item(struct ctx *cx, struct wave *w, const struct fulfillment *f)
{
  count_item(w, f->state);
  *LIST_ADD(cx->arena, &w->fulfillments) = (struct wave_item){f->id, f->order_number, f->state, f->tote, f->ship_by};
}

static enum err release_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  struct wave_plan p = *(const struct wave_plan *)plan;
  char id[ID_TEXT];
  struct wave *w = arena_copy(cx->arena, &p.wave, sizeof p.wave);
  w->bucket = ids_bucket_random(cx->ids);
  w->id.v = ids_next(cx->ids, cx->now, w->bucket);
  TRY(number_draw(cx, "wave", "WV-", &w->number));
  TRY(db_insert(cx->db, &wave_table, w));
  EACH (const struct wave_part, from, &p.parts) {
    struct order_work work = from->work;
    struct fulfillment *f = order_fulfillment_of(work.after, from->id);
    f->wave_id = w->id;
    TRY(order_work_apply(cx, &work));
    add_item(cx, w, f);
  }
  TRY(wave_emit(cx, w, "wave.released"));
  id_format(PREFIX_wave, w->id.v, id);
  out->rec = &wave_rec;
  out->value = w;
  out->version = w->version;
  out->location = arena_printf(cx->arena, "/v1/waves/%s", id);
  return ERR_OK;
}

const struct act wave_release_act = {"wave.release",
                                     sizeof(struct wave_facts),
                                     sizeof(struct wave_plan),
                                     release_load,
                                     release_decide,
                                     release_apply,
                                     0};

/* ---- Reading ---- */

static enum err wave_find(struct ctx *cx, const char *text, struct wave *out)
{
  static const struct db_where by_number = {&wave_table, "number = $1 ORDER BY created_at, id LIMIT 1", DB_LIST};
  struct wave w = {0};
  enum err err = ERR_NOT_FOUND;
  rec_init(&wave_rec, &w);
  if (id_parse(PREFIX_wave, text, &w.id.v)) {
    w.bucket = bucket_of_id(w.id.v);
    err = db_get(cx->db, &wave_table, &w);
  } else {
    err = db_select_one(cx->db, &by_number, &w, DB_ARGS(TEXT(text)));
  }
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no wave %s", text);
  *out = w;
  return err;
}

static enum err wave_items(struct ctx *cx, struct wave_id id, struct list *out)
{
  static const struct db_where of_wave = {&fulfillment_table, "wave_id = $1 ORDER BY tote, id LIMIT 200", DB_LIST};
  return db_select(cx->db, &of_wave, out, DB_ARGS(I64(id.v)));
}

/* So many waves in one read; unused places ask for id 0, which nobody has. */
enum { FILL_BATCH = 8 };
_Static_assert(FILL_BATCH * WAVE_MAX == 1600, "the statement below has the same limit");

static struct wave *wave_among(struct wave *rows, size_t n, int64_t id)
{
  for (size_t i = 0; i < n; i++)
    if (rows[i].id.v == id)
      return &rows[i];
  return NULL;
}

static enum err fill_items(struct ctx *cx, struct wave *rows, size_t n, const struct db_value *ids)
{
  static const struct db_where of_waves = {
      &fulfillment_table, "wave_id IN ($1,$2,$3,$4,$5,$6,$7,$8) ORDER BY wave_id, tote, id LIMIT 1600", DB_LIST};
  LIST(struct fulfillment) found = {0};
  TRY(db_select(cx->db, &of_waves, (struct list *)(void *)&found, ids, FILL_BATCH));
  EACH (const struct fulfillment, f, &found)
    add_item(cx, wave_among(rows, n, f->wave_id.v), f);
  return ERR_OK;
}

static enum err fill_counts(struct ctx *cx, struct wave *rows, size_t n, const struct db_value *ids)
{
  static const struct db_stmt count = {
      "SELECT wave_id, state, count(*) FROM fulfillment WHERE wave_id IN ($1,$2,$3,$4,$5,$6,$7,$8)"
      " GROUP BY wave_id, state ORDER BY wave_id, state",
      DB_REPORT};
  struct db_rows r;
  TRY(db_query(cx->db, &count, &r, ids, FILL_BATCH));
  while (db_next(&r)) {
    struct wave *w = wave_among(rows, n, db_i64(&r, 0));
    const char *state = db_text(&r, 1);
    int s = 0;
    while (fulfillment_states[s] && !text_eq(fulfillment_states[s], state))
      s++;
    for (int64_t k = db_i64(&r, 2); k > 0; k--)
      count_item(w, s);
  }
  return db_done(&r);
}

static enum err fill_batch(struct ctx *cx, struct wave *rows, size_t n, bool items)
{
  struct db_value ids[FILL_BATCH];
  for (size_t i = 0; i < FILL_BATCH; i++)
    ids[i] = I64(i < n ? rows[i].id.v : 0);
  for (size_t i = 0; i < n; i++)
    rows[i].waiting = rows[i].picked = rows[i].shipped = 0;
  return items ? fill_items(cx, rows, n, ids) : fill_counts(cx, rows, n, ids);
}

enum err waves_fill(struct ctx *cx, struct wave *rows, size_t n, bool items)
{
  for (size_t at = 0; at < n; at += FILL_BATCH)
    TRY(fill_batch(cx, rows + at, n - at < FILL_BATCH ? n - at : FILL_BATCH, items));
  return ERR_OK;
}

enum err wave_load(struct ctx *cx, const char *id_or_number, struct wave *out)
{
  TRY(wave_find(cx, id_or_number, out));
  return waves_fill(cx, out, 1, true);
}

/* ---- Cancelling ---- */

struct cancel_facts {
  struct wave wave;
  const char *reason;
  wave_parts parts;
};

static enum err cancel_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct cancel_facts *f = out;
  LIST(struct fulfillment) rows = {0};
  f->reason = ((const struct reason_maybe *)in->body)->reason;
  TRY(wave_find(cx, in->id, &f->wave));
  if (in->version != ABSENT && in->version != f->wave.version)
    return err_fail(cx, ERR_VERSION, "/version", "the wave has version %lld by now", (long long)f->wave.version);
  TRY(wave_items(cx, f->wave.id, (struct list *)(void *)&rows));
  EACH (const struct fulfillment, row, &rows) {
    if (row->state > FUL_PICKING)
      continue;
    struct wave_part *part = LIST_ADD(cx->arena, &f->parts);
    part->id = row->id;
    TRY(order_work_load(cx, (struct order_id){row->order_id}, ABSENT, &part->work));
  }
  return ERR_OK;
}

void units_unrelease(struct order *o, struct fulfillment *f)
{
  EACH (struct fulfillment_line, fl, &f->lines) {
    struct order_line *l = order_line_of(o, fl->line);
    int64_t back = fl->released.millionths - fl->picked.millionths;
    struct quantity q = quantity_min(QUANTITY(back > 0 ? back : 0), l->counters.released);
    line_move(l, PLACE_RELEASED, PLACE_ALLOCATED, q);
    fl->released = quantity_sub(fl->released, q);
  }
}

static enum err cancel_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct cancel_facts *f = facts;
  struct wave_plan *plan = out;
  if (f->wave.state != WAVE_RELEASED)
    return err_fail(cx, ERR_STATE, "/state", "this wave is cancelled already");
  plan->wave = f->wave;
  plan->wave.state = WAVE_CANCELLED;
  plan->wave.reason = f->reason;
  plan->wave.cancelled_at = cx->now;
  plan->wave.version++;
  EACH (const struct wave_part, from, &f->parts) {
    const struct fulfillment *was = order_fulfillment_of(from->work.before, from->id);
    if (was->wave_id.v != f->wave.id.v || was->state > FUL_PICKING)
      continue;
    struct wave_part *to = LIST_ADD(cx->arena, &plan->parts);
    *to = (struct wave_part){order_work_copy(cx, &from->work), from->id};
    struct fulfillment *ful = order_fulfillment_of(to->work.after, to->id);
    units_unrelease(to->work.after, ful);
    ful->wave_id.v = 0;
    ful->tote = ABSENT;
    ful->version++;
    order_event(cx, &to->work, "fulfillment.unreleased", PREFIX_fulfillment, ful->id.v, NULL);
    order_work_finish(cx, &to->work);
  }
  return ERR_OK;
}

static enum err cancel_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  static const struct db_stmt put = {"UPDATE wave SET state = 'cancelled', reason = $3, cancelled_at = $4, version = $5"
                                     " WHERE bucket = $1 AND id = $2 AND version = $6",
                                     DB_KEYED};
  struct wave_plan p = *(const struct wave_plan *)plan;
  struct wave *w = arena_copy(cx->arena, &p.wave, sizeof p.wave);
  int64_t rows = 0;
  TRY(db_run(cx->db, &put, &rows,
             DB_ARGS(I64(w->bucket), I64(w->id.v), TEXT(w->reason), I64(w->cancelled_at.ms), I64(w->version),
                     I64(w->version - 1))));
  if (rows == 0)
    return act_guard_missed(cx, "wave");
  EACH (const struct wave_part, from, &p.parts) {
    struct order_work work = from->work;
    TRY(order_work_apply(cx, &work));
  }
  TRY(wave_emit(cx, w, "wave.cancelled"));
  w->waiting = w->picked = w->shipped = 0;
  TRY(waves_fill(cx, w, 1, true));
  out->rec = &wave_rec;
  out->value = w;
  out->version = w->version;
  return ERR_OK;
}

const struct act wave_cancel_act = {
    "wave.cancel", sizeof(struct cancel_facts), sizeof(struct wave_plan), cancel_load, cancel_decide, cancel_apply, 0};

enum err waves_names(struct ctx *cx, const int64_t *ids, size_t n, const char **out)
{
  static const struct db_stmt names = {"SELECT id, number FROM wave WHERE id IN (" DB_NAMES_IDS ")", DB_LIST};
  return db_names(cx->db, &names, ids, n, out);
}
