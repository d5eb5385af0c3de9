/* Invoices, credit notes and blocks of numbers over HTTP. */
#include "api.h"
#include "api_priv.h"
#include "api_where_priv.h"

#include "einvoice.h"
#include "invoices.h"
#include "print.h"

#include <string.h>

/* ---- Lists ---- */

static const struct api_param list_params[] = {
    {"order", REC_TEXT, "Only of this order, by number or id", "SO-100023"},
    {0},
};

static enum err list_narrow(struct ctx *cx, const struct api_request *rq, struct db_page *page)
{
  static api_narrow *const narrows[] = {api_by_order};
  return api_narrow_each(cx, rq, page, narrows, COUNT_OF(narrows));
}

static enum err list_fill(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  return expand && expand[0] ? invoices_fill(cx, rows, n) : ERR_OK;
}

static const struct api_list invoices_list = {
    .table = &invoice_table,
    .filters = (const char *const[]){"kind", "state", "channel", "number", "order_number", "series", "currency",
                                     "issue_date", "due_date", "created_at", NULL},
    .sorts = (const char *const[]){"created_at", "id", NULL},
    .id_field = "id",
    .narrow = list_narrow,
    .fill = list_fill,
    .expands = (const char *const[]){"lines", "charges", "taxes", NULL},
};

static enum err blocks_fill(struct ctx *cx, void *rows, size_t n, const char *const *expand)
{
  (void)expand;
  return number_blocks_fill(cx, rows, n);
}

static const struct api_list blocks_list = {
    .table = &number_block_table,
    .filters = (const char *const[]){"kind", "prefix", "valid_until", NULL},
    .sorts = (const char *const[]){"id", NULL},
    .id_field = "id",
    .fill = blocks_fill,
};

/* ---- One ---- */

enum { PAPER_LANGUAGE, PAPER_FORMAT };
static const struct api_param paper_params[] = {
    [PAPER_LANGUAGE] = {"language", REC_TEXT, "Printed: en, zh-CN or zh-TW; left out = its own", "zh-CN"},
    [PAPER_FORMAT] = {"format", REC_TEXT, "json, pdf or xml (UBL 2.1, EN 16931); left out = as Accept says", "pdf"},
    {0},
};
static const char *const formats[] = {"json", "pdf", "xml", NULL};
enum format { FORMAT_JSON, FORMAT_PDF, FORMAT_XML, FORMAT_NONE };

static enum err format_of(struct ctx *cx, const struct api_request *rq, enum format *out)
{
  const char *asked = rq->params[PAPER_FORMAT].text;
  const char *accept = rq->http ? http_header(rq->http, "Accept") : NULL;
  *out = accept && strstr(accept, "application/pdf")   ? FORMAT_PDF
         : accept && strstr(accept, "application/xml") ? FORMAT_XML
                                                       : FORMAT_JSON;
  if (!asked)
    return ERR_OK;
  for (*out = FORMAT_JSON; formats[*out] && strcmp(formats[*out], asked) != 0;)
    ++*out;
  return *out < FORMAT_NONE ? ERR_OK
                            : fault_add(&cx->fault, ERR_INVALID, "/format", "not_one_of", "format is json, pdf or xml");
}

static enum err language_of(struct ctx *cx, const struct api_request *rq, const char **out)
{
  const char *l = rq->params[PAPER_LANGUAGE].text;
  if (l &&
      (strlen(l) > 16 || !*l || l[strspn(l, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")] != 0))
    return fault_add(&cx->fault, ERR_INVALID, "/language", "invalid_format", "a language is written like zh-CN");
  *out = l;
  return ERR_OK;
}

static enum err send_bytes(struct ctx *cx, const struct api_request *rq, const struct invoice *i, const char *type,
                           const char *extension, const void *bytes, size_t n)
{
  char id[ID_TEXT];
  struct buf name;
  id_format(PREFIX_invoice, i->id.v, id);
  buf_init(&name, cx->arena);
  for (const char *s = i->number ? i->number : id; *s; s++) /* a number from outside may hold anything */
    buf_char(&name, strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.", *s) ? *s : '_');
  rq->reply->status = 200;
  rq->reply->body = bytes;
  rq->reply->n_body = n;
  http_header_add(cx->arena, rq->reply, "Content-Type", type);
  http_header_add(cx->arena, rq->reply, "Content-Disposition",
                  arena_printf(cx->arena, "%s; filename=\"%s.%s\"",
                               strcmp(extension, "pdf") == 0 ? "inline" : "attachment", buf_str(&name), extension));
  http_header_add(cx->arena, rq->reply, "Cache-Control", "private, no-store");
  http_header_add(cx->arena, rq->reply, "Vary", "Accept");
  return ERR_OK;
}

/* On paper and in files names and addresses stand in full. */
static enum err serve_paper(struct ctx *cx, const struct api_request *rq, const struct invoice *i, enum format format)
{
  struct print_out pdf;
  struct einvoice_out xml;
  const char *language;
  TRY(ctx_need(cx, PERM_PERSONAL_READ));
  TRY(language_of(cx, rq, &language));
  if (format == FORMAT_PDF) {
    TRY(print_invoice(cx->arena, &cx->fault, i, language, &pdf));
    return send_bytes(cx, rq, i, "application/pdf", "pdf", pdf.bytes, pdf.n);
  }
  TRY(einvoice_write(cx->arena, &cx->fault, i, &xml));
  return send_bytes(cx, rq, i, "application/xml", "xml", xml.xml, xml.n);
}

static enum err serve_invoice(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct invoice *i = ARENA_NEW(cx->arena, struct invoice);
  enum format format;
  TRY(format_of(cx, rq, &format));
  TRY(invoice_load(cx, rq->id, i));
  if (format != FORMAT_JSON)
    return serve_paper(cx, rq, i, format);
  *out = (struct act_result){.rec = &invoice_rec, .value = i, .version = i->version};
  return ERR_OK;
}

static enum err serve_block(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct number_block *b = ARENA_NEW(cx->arena, struct number_block);
  TRY(number_block_load(cx, rq->id, b));
  *out = (struct act_result){.rec = &number_block_rec, .value = b, .version = b->version};
  return ERR_OK;
}

/* What `act` would do with this body, to the version that is named. */
static enum err preview_of(struct ctx *cx, const struct api_request *rq, const struct act *act, struct act_result *out)
{
  struct invoice *i = ARENA_NEW(cx->arena, struct invoice);
  struct act_input in = {.id = rq->id, .body = rq->body, .version = ABSENT};
  TRY(decode_if_match(cx, rq->http, &in.version));
  TRY(invoice_preview(cx, act, &in, i));
  *out = (struct act_result){.rec = &invoice_rec, .value = i, .version = ABSENT};
  return ERR_OK;
}

static enum err serve_preview(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  return preview_of(cx, rq, &invoice_create_act, out);
}

static enum err serve_credit_preview(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  return preview_of(cx, rq, &credit_note_create_act, out);
}

static const enum err state_errors[] = {ERR_STATE, ERR_OK};
static const enum err number_errors[] = {ERR_STATE, ERR_EXISTS, ERR_OK};

#define ANSWERS(status) .reply = &invoice_rec, .success = status, .errors = state_errors

const struct route invoice_routes[] = {
    {"POST", "/v1/orders/{id}/invoices", "Invoice an order",
     "Whole, a `shipment`, or `lines` with quantities; each unit once. A part carries the cumulative share less what "
     "was "
     "invoiced before, so parts add up to the whole. The invoice is issued at once with its number, waits as "
     "`requested` "
     "where the authority gives numbers, or stays a `draft` where the body says so.\n\n"
     "```json\n"
     "{\"lines\": [{\"line\": 1, \"quantity\": 2}], \"charges\": false}\n"
     "```",
     .needs = PERM_INVOICE_WRITE, .body = &invoice_input_rec, ANSWERS(201), .act = &invoice_create_act},
    {"POST", "/v1/orders/{id}/invoices/preview", "What an invoice would say",
     "The same body, the same answer and refusals; nothing is written.", .needs = PERM_INVOICE_WRITE,
     .body = &invoice_input_rec, ANSWERS(200), .serve = serve_preview},
    {"GET", "/v1/invoices", "List invoices and credit notes",
     "Newest first; `?order=SO-100023` shows those of one order, `?kind=credit_note` one kind, `?expand=lines` what "
     "they "
     "say.",
     .needs = PERM_INVOICE_READ, .reply = &invoice_rec, .success = 200, .list = &invoices_list, .params = list_params},
    {"GET", "/v1/invoices/{id}", "One invoice or credit note",
     "By id or number. `Accept: application/pdf` or `?format=pdf` prints it, `application/xml` or `?format=xml` "
     "answers "
     "UBL 2.1 after EN 16931; what that requires and is not known is refused with its pointer (422), before it has a "
     "number "
     "it is refused (409).",
     .needs = PERM_INVOICE_READ, .reply = &invoice_rec, .success = 200, .serve = serve_invoice, .params = paper_params,
     .errors = state_errors, .content_type = "application/pdf"},
    {"POST", "/v1/invoices/{id}/issue", "Issue a draft, or put in the authority's number",
     "A draft gets its number, or is requested where numbers come from outside; then the same call puts in the answer: "
     "`{\"number\": \"AB-12345678\"}`.",
     .needs = PERM_INVOICE_WRITE, .body = &invoice_number_rec, .reply = &invoice_rec, .success = 200,
     .act = &invoice_issue_act, .errors = number_errors},
    {"POST", "/v1/invoices/{id}/reject", "The authority refused it",
     "Only of a requested document; what it billed is open again.", .needs = PERM_INVOICE_WRITE,
     .body = &reason_input_rec, ANSWERS(200), .act = &invoice_reject_act},
    {"POST", "/v1/invoices/{id}/void", "Void an invoice or credit note",
     "With a reason. Its number stays recorded and is never used again; what it billed is open again. Not possible "
     "where "
     "it has credit notes.",
     .needs = PERM_INVOICE_VOID, .body = &reason_input_rec, ANSWERS(200), .act = &invoice_void_act},
    {"POST", "/v1/invoices/{id}/credit_notes", "Credit an invoice",
     "All of it, or by line: units that are taken back, or money off. `n` is the place of the invoice's line.\n\n"
     "```json\n"
     "{\"reason\": \"one cup was broken\", \"lines\": [{\"n\": 1, \"quantity\": 1}, {\"n\": 2, \"amount\": 500}]}\n"
     "```",
     .needs = PERM_INVOICE_WRITE, .body = &credit_input_rec, ANSWERS(201), .act = &credit_note_create_act},
    {"POST", "/v1/invoices/{id}/credit_notes/preview", "What a credit note would say",
     "The same body, the same answer and refusals; nothing is written.", .needs = PERM_INVOICE_WRITE,
     .body = &credit_input_rec, ANSWERS(200), .serve = serve_credit_preview},
    {"GET", "/v1/number_blocks", "List blocks of numbers that a government gave",
     "Each with what is unused: that is reported when a block ends.", .needs = PERM_MASTER_READ,
     .reply = &number_block_rec, .success = 200, .list = &blocks_list},
    {"GET", "/v1/number_blocks/{id}", "One block of numbers", NULL, .needs = PERM_MASTER_READ,
     .reply = &number_block_rec, .success = 200, .serve = serve_block},
    {"POST", "/v1/number_blocks", "Enter a block of numbers",
     "Ranges of one prefix do not overlap. With the setting `invoice.numbers` on `block`, numbers are drawn from the "
     "oldest block that is valid on the day.\n\n"
     "```json\n"
     "{\"prefix\": \"AB-\", \"first_value\": 12345650, \"last_value\": 12345699, \"valid_until\": \"2026-12-31\"}\n"
     "```",
     .needs = PERM_MASTER_WRITE, .body = &number_block_rec, .reply = &number_block_rec, .success = 201,
     .act = &number_block_create_act, .errors = state_errors},
    {0},
};
