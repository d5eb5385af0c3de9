/* Finding and loading documents, and the facts that acts decide by. */
#include "invoices_priv.h"

#include "promise.h"
#include "settings.h"

#include <string.h>

/* ---- Documents ---- */

enum err invoice_find(struct ctx *cx, const char *text, struct invoice_id *out)
{
  static const struct db_stmt by_number = {"SELECT invoice_id FROM invoice_number WHERE bucket = $1 AND number = $2",
                                           DB_KEYED};
  int64_t id = 0;
  if (!id_parse(PREFIX_invoice, text, &id))
    TRY(db_one_i64(cx->db, &by_number, &id, DB_ARGS(I64(bucket_of_text(text)), TEXT(text))));
  if (id == 0)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no invoice %.64s", text);
  out->v = id;
  return ERR_OK;
}

typedef LIST(struct content_row) content_rows;
typedef LIST(struct personal_row) personal_rows;

static void take_contents(struct invoice *rows, size_t n, const content_rows *contents)
{
  for (size_t i = 0; i < n; i++)
    EACH (const struct content_row, c, contents)
      if (c->invoice_id.v == rows[i].id.v && c->content)
        rows[i].content = *c->content;
}

enum err invoices_of_order(struct ctx *cx, struct order_id order, invoices *out)
{
  static const struct db_where documents = {&invoice_table, "bucket = $1 AND order_id = $2 ORDER BY id LIMIT 1000",
                                            DB_KEYED};
  static const struct db_where contents = {&content_table,
                                           "bucket = $1 AND order_id = $2 ORDER BY invoice_id LIMIT 1000", DB_KEYED};
  content_rows rows = {0};
  int64_t bucket = bucket_of_id(order.v);
  TRY(db_select(cx->db, &documents, (struct list *)(void *)out, DB_ARGS(I64(bucket), I64(order.v))));
  if (out->n)
    TRY(db_select(cx->db, &contents, (struct list *)(void *)&rows, DB_ARGS(I64(bucket), I64(order.v))));
  take_contents(out->at, out->n, &rows);
  return ERR_OK;
}

static enum err read_content(struct ctx *cx, struct invoice *i)
{
  struct content_row row = {.bucket = i->bucket, .invoice_id = i->id};
  struct personal_row personal = {.bucket = i->bucket, .invoice_id = i->id};
  enum err err = db_get(cx->db, &content_table, &row);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  if (err == ERR_OK && row.content)
    i->content = *row.content;
  err = db_get(cx->db, &personal_table, &personal);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  i->buyer = err == ERR_OK ? personal.buyer : NULL;
  return ERR_OK;
}

enum err invoice_load(struct ctx *cx, const char *text, struct invoice *out)
{
  struct invoice_id id;
  TRY(invoice_find(cx, text, &id));
  rec_init(&invoice_rec, out);
  out->id = id;
  out->bucket = bucket_of_id(id.v);
  enum err err = db_get(cx->db, &invoice_table, out);
  if (err == ERR_NOT_FOUND)
    return err_fail(cx, ERR_NOT_FOUND, "", "there is no invoice %.64s", text);
  TRY(err);
  return read_content(cx, out);
}

/* At most a page of rows that were asked for with everything. */
enum err invoices_fill(struct ctx *cx, struct invoice *rows, size_t n)
{
  for (size_t i = 0; i < n && !arena_over(cx->arena); i++)
    TRY(read_content(cx, &rows[i]));
  return ERR_OK;
}

/* ---- Facts ---- */

static enum err text_setting(struct ctx *cx, enum setting s, const char **out)
{
  TRY(setting_text(cx, s, out));
  if (text_empty(*out))
    *out = NULL;
  return ERR_OK;
}

static enum err read_seller(struct ctx *cx, struct invoice_party **out)
{
  struct invoice_party *p = ARENA_NEW(cx->arena, struct invoice_party);
  const struct {
    enum setting setting;
    const char **to;
  } rows[] = {{SETTING_COMPANY_LEGAL_NAME, &p->name}, {SETTING_COMPANY_LINE1, &p->line1},
              {SETTING_COMPANY_LINE2, &p->line2},     {SETTING_COMPANY_POSTAL_CODE, &p->postal_code},
              {SETTING_COMPANY_CITY, &p->city},       {SETTING_COMPANY_REGION, &p->region},
              {SETTING_COMPANY_COUNTRY, &p->country}, {SETTING_COMPANY_TAX_ID, &p->tax_id},
              {SETTING_COMPANY_VAT_ID, &p->vat_id},   {SETTING_COMPANY_REGISTRATION, &p->registration},
              {SETTING_COMPANY_PHONE, &p->phone},     {SETTING_COMPANY_EMAIL, &p->email},
              {SETTING_COMPANY_BANK, &p->bank},       {SETTING_COMPANY_IBAN, &p->iban},
              {SETTING_COMPANY_BIC, &p->bic}};
  for (size_t i = 0; i < COUNT_OF(rows); i++)
    TRY(text_setting(cx, rows[i].setting, rows[i].to));
  if (!p->name)
    TRY(setting_text(cx, SETTING_COMPANY_NAME, &p->name));
  *out = p;
  return ERR_OK;
}

static const char *date_in(struct ctx *cx, struct promise_zones *zones, const char *zone, struct instant t)
{
  char *text = arena_alloc(cx->arena, DATE_TEXT);
  days_date(promise_local_day(zones, zone, t), text);
  return text;
}

/* Ranges of the kind that hold today, with what is left of them. */
static enum err read_blocks(struct ctx *cx, enum invoice_kind kind, struct invoice_facts *f)
{
  static const struct db_where all = {&number_block_table, "kind = $1 ORDER BY id LIMIT 200", DB_LIST};
  LIST(struct number_block) rows = {0};
  if (strcmp(f->numbers, "block") != 0)
    return ERR_OK;
  TRY(db_select(cx->db, &all, (struct list *)(void *)&rows, DB_ARGS(TEXT(invoice_kinds[kind]))));
  TRY(number_blocks_fill(cx, rows.at, rows.n));
  EACH (const struct number_block, b, &rows) {
    bool today = (!b->valid_from || strcmp(b->valid_from, f->today) <= 0) &&
                 (!b->valid_until || strcmp(f->today, b->valid_until) <= 0);
    if (today && b->unused > 0)
      *LIST_ADD(cx->arena, &f->blocks) = *b;
  }
  return ERR_OK;
}

static enum err read_when(struct ctx *cx, const char *code, const char **out)
{
  const struct channel *ch;
  enum err err = channel_find(cx, code, &ch);
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  if (err == ERR_OK && ch->invoice_issue != WHEN_COMPANY) {
    *out = invoice_whens[ch->invoice_issue];
    return ERR_OK;
  }
  return setting_text(cx, SETTING_INVOICE_ISSUE, out);
}

static enum err read_settings(struct ctx *cx, enum invoice_kind kind, struct invoice_facts *f)
{
  const char *zone, *series;
  TRY(setting_text(cx, SETTING_COMPANY_TIME_ZONE, &zone));
  TRY(setting_text(cx, SETTING_COMPANY_LANGUAGE, &f->language));
  TRY(setting_text(cx, SETTING_INVOICE_NUMBERS, &f->numbers));
  TRY(setting_text(cx, SETTING_INVOICE_SERIES, &series));
  TRY(setting_i64(cx, SETTING_PAYMENT_TERM_DAYS, &f->term_days));
  f->channel_series = strcmp(series, "channel") == 0;
  struct promise_zones *zones = promise_zones_new();
  f->today = date_in(cx, zones, zone, cx->now);
  if (instant_set(f->work.before->shipped_at))
    f->shipped_on = date_in(cx, zones, zone, f->work.before->shipped_at);
  EACH (const struct fulfillment, ful, &f->work.before->fulfillments)
    if (ful->id.v == f->shipment_fulfillment && instant_set(ful->shipped_at))
      f->shipped_on = date_in(cx, zones, zone, ful->shipped_at);
  promise_zones_free(zones);
  TRY(read_blocks(cx, kind, f));
  return read_seller(cx, &f->seller);
}

enum err invoice_facts_order(struct ctx *cx, const char *order, int64_t if_match, enum invoice_kind kind,
                             struct invoice_facts *out)
{
  struct order_id id;
  TRY(order_find(cx, order, &id));
  TRY(order_work_load(cx, id, if_match, &out->work));
  TRY(invoices_of_order(cx, id, &out->earlier));
  TRY(read_when(cx, out->work.before->channel, &out->when));
  return read_settings(cx, kind, out);
}

enum err invoice_facts_subject(struct ctx *cx, const char *text, int64_t if_match, struct invoice_facts *out)
{
  struct invoice own;
  char order[ID_TEXT];
  TRY(invoice_load(cx, text, &own));
  id_format(PREFIX_order, own.order_id, order);
  TRY(invoice_facts_order(cx, order, ABSENT, (enum invoice_kind)own.kind, out));
  EACH (struct invoice, i, &out->earlier)
    if (i->id.v == own.id.v)
      out->subject = i;
  if (!out->subject)
    return act_torn(cx, "an invoice is not among those of its order");
  if (if_match != ABSENT && if_match != out->subject->version)
    return fault_add(&cx->fault, ERR_VERSION, "/state", "changed", "the document has moved on to version %lld",
                     (long long)out->subject->version);
  out->buyer = own.buyer;
  return ERR_OK;
}
