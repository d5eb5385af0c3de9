/* The apply part of all acts on documents, and what an issued one is proved by. */
#include "invoices_priv.h"

#include "codec.h"

#include <string.h>

/* Everything an issued document says in one text: what changes later (state, credited, version) and the buyer are not in it. */
const char *invoice_hash(struct arena *a, const struct invoice *i)
{
  struct buf text;
  char *hex = arena_alloc(a, HASH_TEXT);
  const char *parts[] = {invoice_kinds[i->kind], i->number,        i->order_number,  i->currency,
                         i->issue_date,          i->due_date,      i->delivery_date, i->reason,
                         i->preceding_number,    i->preceding_date};
  const int64_t sums[] = {i->totals.net.minor,   i->totals.charges.minor, i->totals.tax.minor, i->totals.rounding.minor,
                          i->totals.total.minor, i->totals.paid.minor,    i->totals.due.minor, i->prices_include_tax};
  buf_init(&text, a);
  for (size_t k = 0; k < COUNT_OF(parts); k++)
    buf_printf(&text, "%s\x1f", parts[k] ? parts[k] : "");
  for (size_t k = 0; k < COUNT_OF(sums); k++)
    buf_printf(&text, "%lld\x1f", (long long)sums[k]);
  rec_write(&invoice_content_rec, &i->content, NULL, &text);
  sha256_hex(buf_str(&text), text.n, hex);
  return hex;
}

static enum err draw(struct ctx *cx, const struct number_plan *plan, struct invoice *i)
{
  if (plan->given) {
    i->number = plan->given;
    return ERR_OK;
  }
  i->series = plan->series.code;
  TRY(number_draw_gapless(cx, &plan->series, &i->number, &i->serial));
  /* Somebody drew the block's last number since it was looked at; the transaction goes, and with it this number. */
  return plan->last != ABSENT && i->serial > plan->last ? act_guard_missed(cx, __func__) : ERR_OK;
}

static enum err store_number(struct ctx *cx, const struct invoice *i)
{
  static const struct db_stmt put = {"INSERT INTO invoice_number (bucket, number, invoice_id) VALUES ($1, $2, $3)",
                                     DB_KEYED};
  return db_run(cx->db, &put, NULL, DB_ARGS(I64(bucket_of_text(i->number)), TEXT(i->number), I64(i->id.v)));
}

static enum err store_personal(struct ctx *cx, const struct invoice *i)
{
  struct personal_row row = {.bucket = i->bucket, .invoice_id = i->id, .issued_at = i->issued_at, .buyer = i->buyer};
  return db_upsert(cx->db, &personal_table, &row);
}

static enum err store(struct ctx *cx, const struct invoice_plan *p, struct invoice *i)
{
  struct content_row content = {i->bucket, i->id, i->order_id, &i->content};
  if (!p->made)
    TRY(db_update(cx->db, &invoice_table, i));
  else {
    TRY(db_insert(cx->db, &invoice_table, i));
    TRY(db_insert(cx->db, &content_table, &content));
  }
  if (p->made || i->issued_at.ms != p->before.issued_at.ms)
    TRY(store_personal(cx, i));
  return i->number && !p->before.number ? store_number(cx, i) : ERR_OK;
}

/* The event was told before the document had id and number. */
static void tell(struct ctx *cx, struct order_work *w, const struct invoice *i)
{
  struct buf text;
  struct json_out j;
  struct order_event *events = arena_copy(cx->arena, w->events.at, w->events.n * sizeof *events);
  w->events.at = events;
  for (size_t k = 0; k < w->events.n; k++) {
    if (!text_eq(events[k].ref_prefix, PREFIX_invoice) || events[k].ref_id != 0)
      continue;
    buf_init(&text, cx->arena);
    json_out_init(&j, &text);
    json_object(&j);
    json_put_text(&j, "number", i->number);
    json_put_i64(&j, "total", i->totals.total.minor);
    json_put_text(&j, "currency", i->currency);
    json_put_text(&j, "problem", i->problem);
    json_object_end(&j);
    events[k].ref_id = i->id.v;
    events[k].data = buf_str(&text);
  }
}

enum err invoice_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct invoice_plan *p = plan;
  struct order_work w = p->work;
  struct invoice *i = arena_copy(cx->arena, &p->after, sizeof *i);
  char id[ID_TEXT];
  if (p->made)
    i->id.v = ids_next(cx->ids, cx->now, i->bucket);
  if (p->number.given || p->number.series.code)
    TRY(draw(cx, &p->number, i));
  if (i->state == INVOICE_ISSUED && !i->content_hash)
    i->content_hash = invoice_hash(cx->arena, i);
  TRY(store(cx, p, i));
  if (p->invoice_moved)
    TRY(db_update(cx->db, &invoice_table, &p->invoice));
  tell(cx, &w, i);
  TRY(order_work_apply(cx, &w));
  id_format(PREFIX_invoice, i->id.v, id);
  *out = (struct act_result){.rec = &invoice_rec,
                             .value = i,
                             .version = i->version,
                             .location = arena_printf(cx->arena, "/v1/invoices/%s", id)};
  return ERR_OK;
}
