/* Scans: each counts once for ever, whatever is sent again. One that does not fit changes nothing and is told. */
#include "fulfillment_priv.h"

#include <string.h>

enum { CLAIM_MINUTES = 15 };

struct scan_facts {
  struct work_facts base;
  const struct scan_input *in;
  struct floor_scan known; /* of the same scan_id; bucket ABSENT = there is none */
  scans_packed packed;     /* pack scans of this fulfillment so far */
  struct scan_code code;   /* what was read, as far as it is known */
  const char *sku, *lot;   /* of a line here, or what else it is; NULL = nobody knows */
  struct quantity quantity;
};
struct scan_plan {
  struct work_plan base;
  struct floor_scan row;
  struct scan_result *result;
  bool fresh; /* the row is to be written */
};

/* ---- Load ---- */

enum err scans_packed_load(struct ctx *cx, const struct order *o, struct fulfillment_id id, scans_packed *out)
{
  static const struct db_where packed = {
      &floor_scan_table,
      "bucket = $1 AND order_id = $2 AND fulfillment_id = $3 AND kind = 'pack' AND outcome = 'applied'"
      " ORDER BY scan_id",
      DB_KEYED};
  return db_select(cx->db, &packed, (struct list *)(void *)out, DB_ARGS(I64(o->bucket), I64(o->id.v), I64(id.v)));
}

/* Finds the scanned code among the products that are asked here. */
static enum err find_here(struct ctx *cx, struct scan_facts *f, const struct fulfillment *ful, struct quantity *packing)
{
  EACH (const struct fulfillment_line, fl, &ful->lines) {
    const struct order_line *l = order_line_of(f->base.work.before, fl->line);
    const struct product *p = NULL;
    enum err err = l->product_id ? catalog_product_by_id(cx, (struct product_id){l->product_id}, &p) : ERR_NOT_FOUND;
    if (err != ERR_OK && err != ERR_NOT_FOUND)
      return err;
    bool is = p ? scan_is_product(cx, &f->code, p, packing) : strcmp(l->sku, f->code.code) == 0;
    if (is) {
      f->sku = l->sku;
      return ERR_OK;
    }
  }
  return ERR_OK;
}

static enum err read_code(struct ctx *cx, struct scan_facts *f)
{
  const struct fulfillment *ful = order_fulfillment_of(f->base.work.before, f->base.id);
  struct quantity packing = PIECES(1);
  f->lot = f->in->lot;
  f->quantity = quantity_set(f->in->quantity) ? f->in->quantity : PIECES(1);
  f->sku = f->in->sku;
  if (!f->in->code)
    return ERR_OK;
  f->code = (struct scan_code){.code = f->in->code, .quantity = QUANTITY(ABSENT)};
  scan_code_gs1(cx->arena, f->in->code, &f->code);
  TRY(find_here(cx, f, ful, &packing));
  int64_t count = quantity_set(f->code.quantity) ? f->code.quantity.millionths : SCALE;
  if (!f->lot)
    f->lot = f->code.lot;
  if (f->sku && !quantity_set(f->in->quantity)) {
    __int128 q = (__int128)count * packing.millionths / SCALE;
    f->quantity.millionths = q > QUANTITY_MAX ? QUANTITY_MAX : (int64_t)q;
  }
  if (!f->sku) {
    struct scan_code other;
    TRY(scan_code_resolve(cx, f->in->code, NULL, &other));
    f->sku = other.sku;
  }
  return ERR_OK;
}

static enum err scan_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct scan_facts *f = out;
  f->in = in->body;
  if ((f->in->code != NULL) == (f->in->sku != NULL))
    return fault_add(&cx->fault, ERR_INVALID, "/code", "code_or_sku", "please send the code or the sku, one of them");
  TRY(work_load(cx, in, &f->base));
  struct order *o = f->base.work.before;
  f->known = (struct floor_scan){.bucket = o->bucket, .order_id = o->id.v, .scan_id = f->in->scan_id};
  enum err err = db_get(cx->db, &floor_scan_table, &f->known);
  if (err == ERR_NOT_FOUND)
    f->known.bucket = ABSENT;
  else
    TRY(err);
  if (f->in->kind == SCAN_PACK)
    TRY(scans_packed_load(cx, o, f->base.id, &f->packed));
  return f->known.bucket == ABSENT ? read_code(cx, f) : ERR_OK;
}

/* ---- Decide ---- */

static struct quantity packed_of_line(const scans_packed *packed, int64_t line)
{
  struct quantity sum = QUANTITY(0);
  EACH (const struct floor_scan, s, packed)
    if (s->line == line)
      sum = quantity_add(sum, s->quantity);
  return sum;
}

static enum err pack_scan(struct ctx *cx, const struct scan_facts *f, struct order_work *w, struct fulfillment *ful,
                          int64_t *out_line)
{
  bool known = false;
  TRY(work_allowed(cx, w->after, ful));
  if (ful->state != FUL_PICKED)
    return err_fail(cx, ERR_STATE, "/state", "a fulfillment that is %s cannot be packed",
                    fulfillment_states[ful->state]);
  EACH (const struct fulfillment_line, fl, &ful->lines) {
    if (strcmp(order_line_of(w->after, fl->line)->sku, f->sku) != 0)
      continue;
    struct quantity room = quantity_sub(units_picked(fl), packed_of_line(&f->packed, fl->line));
    known = known || units_picked(fl).millionths > 0;
    if (room.millionths >= f->quantity.millionths) {
      *out_line = fl->line;
      ful->version++;
      order_event(
          cx, w, "fulfillment.pack_scanned", PREFIX_fulfillment, ful->id.v,
          moved_data(cx, NULL, ful->location, NULL,
                     &(moved_list){&(struct moved_units){order_line_of(w->after, fl->line), f->quantity}, 1, 1}));
      return ERR_OK;
    }
  }
  if (!known)
    return fault_add(&cx->fault, ERR_INVALID, "/sku", "wrong_sku", "%s is not picked for this order", f->sku);
  return fault_add(&cx->fault, ERR_INVALID, "/quantity", "too_many", "more %s than was picked", f->sku);
}

/* What the picker was told is what holds: refused there is refused here, and only what was asked counts. */
static enum err as_asked(struct ctx *cx, const struct scan_facts *f, struct order *o)
{
  const struct scan_input *in = f->in;
  if (in->refused)
    return fault_add(&cx->fault, ERR_INVALID, "/refused", in->refused, "the scanner refused it");
  const struct order_line *l = in->line == ABSENT ? NULL : order_line_of(o, in->line);
  if (in->line == ABSENT || (l && strcmp(l->sku, f->sku) == 0))
    return ERR_OK;
  return fault_add(&cx->fault, ERR_INVALID, "/sku", "wrong_sku", "line %d was asked for, %s is not of it",
                   (int)in->line, f->sku);
}

static enum err try_scan(struct ctx *cx, const struct scan_facts *f, struct order_work *w, struct fulfillment *ful,
                         int64_t *out_line)
{
  TRY(claim_allowed(cx, ful));
  if (!f->sku && !f->in->refused)
    return fault_add(&cx->fault, ERR_INVALID, "/code", "unknown_code", "nobody knows the code %s", f->in->code);
  TRY(as_asked(cx, f, w->after));
  if (f->in->kind == SCAN_PACK)
    return pack_scan(cx, f, w, ful, out_line);
  struct pick_scan scan = {f->sku, f->quantity, f->in->bin, f->lot};
  TRY(pick_by_scan(cx, w, ful, &scan, out_line));
  if (ful->state == FUL_PICKING)
    claim_take(cx, ful, CLAIM_MINUTES);
  return ERR_OK;
}

static const char *refused_data(struct ctx *cx, const struct scan_facts *f, const struct scan_result *r)
{
  struct buf text;
  struct json_out j;
  buf_init(&text, cx->arena);
  json_out_init(&j, &text);
  json_object(&j);
  json_put_text(&j, "reason", r->refusal);
  json_put_text(&j, "detail", r->detail);
  json_put_text(&j, "scan_id", f->in->scan_id);
  json_put_text(&j, "kind", scan_kinds[f->in->kind]);
  json_put_text(&j, "code", f->in->code);
  json_put_text(&j, "sku", f->sku);
  json_put_text(&j, "bin", f->in->bin);
  json_object_end(&j);
  return buf_str(&text);
}

static void progress(struct ctx *cx, const struct scan_facts *f, struct order *o, const struct scan_plan *plan)
{
  struct scan_result *r = plan->result;
  const struct fulfillment *ful = order_fulfillment_of(o, f->base.id);
  bool packs = r->kind == SCAN_PACK;
  r->known = true;
  r->state = ful->state;
  r->version = ful->version;
  EACH (const struct fulfillment_line, fl, &ful->lines) {
    struct quantity scanned = packed_of_line(&f->packed, fl->line);
    if (plan->fresh && r->outcome == SCAN_APPLIED && fl->line == r->line && packs)
      scanned = quantity_add(scanned, r->quantity);
    *LIST_ADD(cx->arena, &r->lines) = (struct scan_progress){.line = fl->line,
                                                             .sku = order_line_of(o, fl->line)->sku,
                                                             .quantity = fl->quantity,
                                                             .picked = fl->picked,
                                                             .scanned = packs ? scanned : QUANTITY(ABSENT)};
  }
}

/* It had come before: what it was then is said again. */
static void repeat(struct ctx *cx, const struct scan_facts *f, struct scan_plan *plan)
{
  struct scan_result *r = plan->result;
  const struct floor_scan *k = &f->known;
  *r = (struct scan_result){.scan_id = k->scan_id,
                            .outcome = SCAN_REPEATED,
                            .first = k->outcome,
                            .refusal = k->refusal,
                            .detail = k->detail,
                            .fulfillment_id = {k->fulfillment_id},
                            .kind = k->kind,
                            .sku = k->sku,
                            .lot = k->lot,
                            .line = k->line,
                            .quantity = k->quantity};
  progress(cx, f, f->base.work.before, plan);
}

static void refuse(struct ctx *cx, const struct scan_facts *f, struct scan_plan *plan)
{
  struct fulfillment *ful;
  struct scan_result *r = plan->result;
  r->outcome = r->first = SCAN_REFUSED;
  r->refusal = cx->fault.n ? cx->fault.entries[0].code : err_info(cx->fault.code)->slug;
  r->detail = cx->fault.detail;
  r->line = ABSENT;
  fault_clear(&cx->fault);
  plan->base = work_begin(cx, &f->base, &ful); /* whatever was tried is forgotten */
  order_event(cx, &plan->base.work, "fulfillment.scan_refused", PREFIX_fulfillment, ful->id.v, refused_data(cx, f, r));
}

static void keep_row(const struct ctx *cx, const struct scan_facts *f, struct scan_plan *plan)
{
  const struct scan_result *r = plan->result;
  const struct order *o = f->base.work.before;
  plan->row = (struct floor_scan){.bucket = o->bucket,
                                  .order_id = o->id.v,
                                  .scan_id = f->in->scan_id,
                                  .fulfillment_id = f->base.id.v,
                                  .kind = f->in->kind,
                                  .outcome = r->outcome,
                                  .refusal = r->refusal,
                                  .detail = r->detail,
                                  .scanned = f->in->code,
                                  .sku = r->sku,
                                  .line = r->line,
                                  .quantity = r->quantity,
                                  .lot = r->lot,
                                  .bin = f->in->bin,
                                  .parcel = f->in->kind == SCAN_PACK ? f->in->parcel : ABSENT,
                                  .scanned_at = f->in->scanned_at,
                                  .received_at = cx->now,
                                  .actor_name = cx->actor.name};
}

static enum err scan_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct scan_facts *f = facts;
  struct scan_plan *plan = out;
  struct fulfillment *ful;
  plan->base = work_begin(cx, &f->base, &ful);
  plan->result = ARENA_NEW(cx->arena, struct scan_result);
  plan->fresh = f->known.bucket == ABSENT;
  if (!plan->fresh) {
    repeat(cx, f, plan);
    return ERR_OK;
  }
  struct scan_result *r = plan->result;
  *r = (struct scan_result){.scan_id = f->in->scan_id,
                            .fulfillment_id = f->base.id,
                            .kind = f->in->kind,
                            .sku = f->sku,
                            .lot = f->lot,
                            .line = ABSENT,
                            .quantity = f->quantity};
  enum err err = try_scan(cx, f, &plan->base.work, ful, &r->line);
  if (err != ERR_OK && err_info(err)->http >= 500)
    return err;
  if (err != ERR_OK)
    refuse(cx, f, plan);
  order_work_finish(cx, &plan->base.work);
  progress(cx, f, plan->base.work.after, plan);
  keep_row(cx, f, plan);
  return ERR_OK;
}

static enum err scan_apply(struct ctx *cx, const void *plan_, struct act_result *out)
{
  struct scan_plan plan = *(const struct scan_plan *)plan_;
  if (plan.fresh) {
    TRY(order_work_apply(cx, &plan.base.work));
    TRY(db_insert(cx->db, &floor_scan_table, &plan.row));
  }
  out->rec = &scan_result_rec;
  out->value = plan.result;
  out->version = plan.result->version;
  return ERR_OK;
}

const struct act fulfillment_scan_act = {
    "fulfillment.scan", sizeof(struct scan_facts), sizeof(struct scan_plan), scan_load, scan_decide, scan_apply, 0};

/* ---- Many ---- */

struct scans_facts {
  const struct scans_input *in;
};

enum { SCANS_ARENA_MAX = 128 << 20 };

static enum err scans_load(struct ctx *cx, const struct act_input *in, void *out)
{
  (void)cx;
  ((struct scans_facts *)out)->in = in->body;
  return ERR_OK;
}

/* Later scans see what earlier ones did, so each is decided when it is its turn: in apply. */
static enum err scans_decide(struct ctx *cx, const void *facts, void *out)
{
  (void)cx;
  *(struct scans_facts *)out = *(const struct scans_facts *)facts;
  return ERR_OK;
}

/* A camera reads whatever it is shown. */
static enum err scan_texts_fit(struct ctx *cx, const struct scan_input *scan)
{
  const struct {
    const char *pointer, *text;
    size_t max;
  } texts[] = {{"/code", scan->code, SCAN_CODE_MAX},
               {"/sku", scan->sku, SKU_MAX},
               {"/lot", scan->lot, STOCK_LOT_MAX},
               {"/bin", scan->bin, BIN_MAX}};
  for (size_t i = 0; i < COUNT_OF(texts); i++)
    if (texts[i].text && utf8_count(texts[i].text) > texts[i].max)
      return fault_add(&cx->fault, ERR_INVALID, texts[i].pointer, "too_long", "at most %zu characters", texts[i].max);
  if (scan->code && !*scan->code)
    return fault_add(&cx->fault, ERR_INVALID, "/code", "too_short", "nothing was read");
  return ERR_OK;
}

static enum err one_of_many(struct ctx *own, const struct scan_input *scan, size_t begun, struct scan_result *answer,
                            bool *out_wrote)
{
  char id[ID_TEXT];
  struct act_result result = {.version = ABSENT};
  void *plan;
  *out_wrote = false;
  if (arena_used(own->arena) - begun > SCANS_ARENA_MAX)
    return err_fail(own, ERR_TOO_LARGE, "", "the scans before it took all the room of one request: send it again");
  id_format(PREFIX_fulfillment, scan->fulfillment.v, id);
  TRY(scan_texts_fit(own, scan));
  if (scan->unseen)
    return err_fail(own, ERR_NOT_FOUND, "", "there is no fulfillment %s", id);
  struct act_input in = {.id = arena_text(own->arena, id), .body = scan, .version = ABSENT};
  TRY(act_preview(own, &fulfillment_scan_act, &in, &plan));
  *out_wrote = true;
  TRY(fulfillment_scan_act.apply(own, plan, &result));
  *answer = *(const struct scan_result *)result.value;
  return ERR_OK;
}

static void answer_fault(const struct ctx *own, enum err err, const struct scan_input *scan, struct scan_result *answer)
{
  *answer = (struct scan_result){.scan_id = scan->scan_id,
                                 .outcome = SCAN_REFUSED,
                                 .first = SCAN_REFUSED,
                                 .refusal = own->fault.n ? own->fault.entries[0].code : err_info(err)->slug,
                                 .detail = own->fault.detail,
                                 .fulfillment_id = scan->fulfillment,
                                 .kind = scan->kind,
                                 .line = ABSENT,
                                 .quantity = QUANTITY(ABSENT),
                                 .version = ABSENT};
}

static enum err scans_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct scans_input *in = ((const struct scans_facts *)plan)->in;
  size_t begun = arena_used(cx->arena);
  struct scans_result *result = ARENA_NEW(cx->arena, struct scans_result);
  EACH (const struct scan_input, scan, &in->scans) {
    struct scan_result *answer = LIST_ADD(cx->arena, &result->results);
    struct ctx *own = arena_copy(cx->arena, cx, sizeof *cx);
    bool wrote;
    fault_init(&own->fault, cx->arena);
    own->event_ordinal = 0;
    db_use(cx->db, &own->fault, cx->arena);
    enum err err = one_of_many(own, scan, begun, answer, &wrote);
    db_use(cx->db, &cx->fault, cx->arena);
    if (err != ERR_OK && (wrote || err_info(err)->http >= 500)) {
      cx->fault = own->fault;
      return err; /* not this scan's own fault: the whole act goes */
    }
    if (err != ERR_OK)
      answer_fault(own, err, scan, answer);
    int64_t *counts[] = {&result->applied, &result->repeated, &result->refused};
    ++*counts[answer->outcome];
  }
  out->rec = &scans_result_rec;
  out->value = result;
  out->version = ABSENT;
  return ERR_OK;
}

const struct act scans_act = {"fulfillment.scans",
                              sizeof(struct scans_facts),
                              sizeof(struct scans_facts),
                              scans_load,
                              scans_decide,
                              scans_apply,
                              0};
