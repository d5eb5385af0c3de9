/* Papers over HTTP: the same record as JSON, or printed. */
#include "api.h"

#include "fulfillment.h"
#include "print.h"
#include "settings.h"

#include <string.h>

enum { PAPER_LANGUAGE, PAPER_FORMAT, PAPER_FULFILLMENTS, PAPER_EACH };
#define PAPER_PARAMS                                                                                                   \
  [PAPER_LANGUAGE] = {"language", REC_TEXT, "en, zh-CN or zh-TW; left out = the order's, else the company's",          \
                      "zh-CN"},                                                                                        \
  [PAPER_FORMAT] = {"format", REC_TEXT, "json or pdf; left out = as Accept says", "pdf"}
static const struct api_param paper_params[] = {PAPER_PARAMS, {0}};
static const struct api_param papers_params[] = {
    PAPER_PARAMS,
    [PAPER_FULFILLMENTS] = {"fulfillments", REC_TEXT, "Their ids, with commas; required",
                            "ful_01jd7k3v9q2m8,ful_01jd7k3v9q2m9"},
    {0},
};
static const struct api_param pick_lists_params[] = {
    PAPER_PARAMS,
    [PAPER_FULFILLMENTS] = {"fulfillments", REC_TEXT, "Their ids, with commas; required",
                            "ful_01jd7k3v9q2m8,ful_01jd7k3v9q2m9"},
    [PAPER_EACH] = {"each", REC_BOOL, "Printed: a list for each instead of one walk for all", "true"},
    {0},
};

static enum err wants_pdf(struct ctx *cx, const struct api_request *rq, bool *out)
{
  const char *format = rq->params[PAPER_FORMAT].text;
  const char *accept = rq->http ? http_header(rq->http, "Accept") : NULL;
  if (format && strcmp(format, "json") != 0 && strcmp(format, "pdf") != 0)
    return fault_add(&cx->fault, ERR_INVALID, "/format", "not_one_of", "format is json or pdf");
  *out = format ? strcmp(format, "pdf") == 0 : accept && strstr(accept, "application/pdf");
  return ERR_OK;
}

/* A tag that is none is no language: catalogs are looked up by it and fonts chosen. */
static enum err language_of(struct ctx *cx, const struct api_request *rq, const char **out)
{
  const char *l = rq->params[PAPER_LANGUAGE].text;
  if (l &&
      (strlen(l) > 16 || !*l || l[strspn(l, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-")] != 0))
    return fault_add(&cx->fault, ERR_INVALID, "/language", "invalid_format", "a language is written like zh-CN");
  *out = l;
  return ERR_OK;
}

/* On paper names and addresses stand in full: for who may see them, and for who packs. */
static enum err may_print(struct ctx *cx)
{
  uint64_t enough = PERMISSION(PERM_PERSONAL_READ) | PERMISSION(PERM_FULFILLMENT_WORK);
  return cx->actor.permissions & enough ? ERR_OK : ctx_need(cx, PERM_PERSONAL_READ);
}

static enum err send_pdf(struct ctx *cx, const struct api_request *rq, const char *name, const struct print_out *pdf)
{
  rq->reply->status = 200;
  rq->reply->body = pdf->bytes;
  rq->reply->n_body = pdf->n;
  http_header_add(cx->arena, rq->reply, "Content-Type", "application/pdf");
  http_header_add(cx->arena, rq->reply, "Content-Disposition",
                  arena_printf(cx->arena, "inline; filename=\"%s.pdf\"", name));
  http_header_add(cx->arena, rq->reply, "Cache-Control", "private, no-store");
  http_header_add(cx->arena, rq->reply, "Vary", "Accept");
  return ERR_OK;
}

static enum err send_record(const struct rec *rec, const void *value, struct act_result *out)
{
  *out = (struct act_result){.rec = rec, .value = value, .version = ABSENT};
  return ERR_OK;
}

/* ---- Ids of several ---- */

typedef LIST(const char *) paper_ids;

static enum err ids_of(struct ctx *cx, const struct api_request *rq, paper_ids *out)
{
  const char *text = rq->params[PAPER_FULFILLMENTS].text;
  while (text && *text) {
    size_t n = strcspn(text, ",");
    if (n)
      *LIST_ADD(cx->arena, out) = arena_textn(cx->arena, text, n);
    text += n + (text[n] == ',');
  }
  if (out->n == 0)
    return fault_add(&cx->fault, ERR_INVALID, "/fulfillments", "required", "please name fulfillments");
  if (out->n > PICK_LIST_MAX)
    return fault_add(&cx->fault, ERR_INVALID, "/fulfillments", "too_many", "at most %d at once", PICK_LIST_MAX);
  return ERR_OK;
}

/* ---- Pick lists ---- */

static enum err answer_list(struct ctx *cx, const struct api_request *rq, const struct pick_list *list,
                            struct act_result *out)
{
  struct print_out pdf;
  bool print;
  TRY(wants_pdf(cx, rq, &print));
  if (!print)
    return send_record(&pick_list_rec, list, out);
  TRY(may_print(cx));
  TRY(print_pick_lists(cx->arena, &cx->fault, list, 1, &pdf));
  return send_pdf(cx, rq, arena_printf(cx->arena, "pick-list-%s", list->title ? list->title : "several"), &pdf);
}

static enum err serve_pick_list(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct pick_list *list = ARENA_NEW(cx->arena, struct pick_list);
  const char *language;
  TRY(language_of(cx, rq, &language));
  TRY(pick_list_load(cx, &rq->id, 1, language, list));
  return answer_list(cx, rq, list, out);
}

static enum err serve_wave_list(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct pick_list *list = ARENA_NEW(cx->arena, struct pick_list);
  const char *language;
  TRY(language_of(cx, rq, &language));
  TRY(pick_list_of_wave(cx, rq->id, language, list));
  return answer_list(cx, rq, list, out);
}

static enum err serve_pick_lists(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  paper_ids ids = {0};
  const char *language;
  struct print_out pdf;
  TRY(language_of(cx, rq, &language));
  TRY(ids_of(cx, rq, &ids));
  if (rq->params[PAPER_EACH].i64 != 1) {
    struct pick_list *list = ARENA_NEW(cx->arena, struct pick_list);
    TRY(pick_list_load(cx, ids.at, ids.n, language, list));
    return answer_list(cx, rq, list, out);
  }
  struct pick_list *lists = ARENA_ARRAY(cx->arena, struct pick_list, ids.n);
  for (size_t i = 0; i < ids.n; i++)
    TRY(pick_list_load(cx, &ids.at[i], 1, language, &lists[i]));
  TRY(may_print(cx));
  TRY(print_pick_lists(cx->arena, &cx->fault, lists, ids.n, &pdf));
  return send_pdf(cx, rq, "pick-lists", &pdf);
}

/* ---- Packing slips ---- */

static enum err serve_slip(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct packing_slip *slip = ARENA_NEW(cx->arena, struct packing_slip);
  struct print_out pdf;
  const char *language;
  bool print;
  TRY(wants_pdf(cx, rq, &print));
  TRY(language_of(cx, rq, &language));
  TRY(packing_slip_load(cx, rq->id, language, slip));
  if (!print)
    return send_record(&packing_slip_rec, slip, out);
  TRY(may_print(cx));
  TRY(print_packing_slips(cx->arena, &cx->fault, slip, 1, &pdf));
  return send_pdf(cx, rq, arena_printf(cx->arena, "packing-slip-%s", slip->order_number ? slip->order_number : rq->id),
                  &pdf);
}

static enum err serve_slips(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  (void)out;
  paper_ids ids = {0};
  struct print_out pdf;
  const char *language;
  TRY(language_of(cx, rq, &language));
  TRY(ids_of(cx, rq, &ids));
  struct packing_slip *slips = ARENA_ARRAY(cx->arena, struct packing_slip, ids.n);
  TRY(packing_slips_load(cx, ids.at, ids.n, language, slips));
  TRY(may_print(cx));
  TRY(print_packing_slips(cx->arena, &cx->fault, slips, ids.n, &pdf));
  return send_pdf(cx, rq, "packing-slips", &pdf);
}

/* ---- Labels and manifests ---- */

static enum err serve_label(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct parcel_label *label = ARENA_NEW(cx->arena, struct parcel_label);
  struct print_out pdf;
  const char *language;
  bool print;
  TRY(wants_pdf(cx, rq, &print));
  TRY(language_of(cx, rq, &language));
  TRY(parcel_label_load(cx, rq->id, language, label));
  if (!print)
    return send_record(&parcel_label_rec, label, out);
  TRY(may_print(cx));
  TRY(print_labels(cx->arena, &cx->fault, label, 1, &pdf));
  return send_pdf(cx, rq, arena_printf(cx->arena, "label-%s-%lld", label->order_number, (long long)label->n), &pdf);
}

static enum err serve_manifest_paper(struct ctx *cx, const struct api_request *rq, struct act_result *out)
{
  struct manifest *m = ARENA_NEW(cx->arena, struct manifest);
  struct print_out pdf;
  const struct location *l;
  const char *language, *company;
  (void)out;
  TRY(language_of(cx, rq, &language));
  TRY(setting_text(cx, SETTING_COMPANY_LANGUAGE, &company));
  TRY(manifest_load(cx, rq->id, m));
  TRY(location_by_code(cx, m->location, &l));
  TRY(print_manifest(cx->arena, &cx->fault, m, language ? language : company, l->time_zone, &pdf));
  return send_pdf(cx, rq, arena_printf(cx->arena, "manifest-%s", m->number), &pdf);
}

#define PAPER(rec_) .needs = PERM_FULFILLMENT_READ, .reply = &(rec_), .success = 200, .content_type = "application/pdf"
#define PRINTED     .needs = PERM_FULFILLMENT_READ, .success = 200, .content_type = "application/pdf"

const struct route document_routes[] = {
    {"GET", "/v1/fulfillments/{id}/pick_list", "Pick list of a fulfillment",
     "What to take from which bin, in the order of the walk, with what is picked already. `Accept: application/pdf` or "
     "`?format=pdf` prints it, with barcodes of the order and of each product.",
     PAPER(pick_list_rec), .serve = serve_pick_list, .params = paper_params},
    {"GET", "/v1/waves/{id}/pick_list", "Pick list of a wave",
     "One walk for all its orders; `tote` says into which slot of the cart each unit goes.", PAPER(pick_list_rec),
     .serve = serve_wave_list, .params = paper_params},
    {"GET", "/v1/pick_lists", "Pick lists of several fulfillments",
     "One walk for all of them, each with a slot; printed with `each=true` a list for each, in one document.",
     PAPER(pick_list_rec), .serve = serve_pick_lists, .params = pick_lists_params},
    {"GET", "/v1/fulfillments/{id}/packing_slip", "Packing slip",
     "What lies in the delivery, in the customer's language. `Accept: application/pdf` or `?format=pdf` prints it.",
     PAPER(packing_slip_rec), .serve = serve_slip, .params = paper_params},
    {"GET", "/v1/packing_slips", "Packing slips of several fulfillments",
     "Printed in one document, each in its "
     "customer's language.",
     PRINTED, .serve = serve_slips, .params = papers_params},
    {"GET", "/v1/parcels/{id}/label", "Address label of a parcel",
     "100 x 150 mm, with the tracking number's barcode; before it has one, with that of the parcel's id.",
     PAPER(parcel_label_rec), .serve = serve_label, .params = paper_params},
    {"GET", "/v1/manifests/{id}/document", "A manifest on paper", "For the driver's signature.", PRINTED,
     .serve = serve_manifest_paper, .params = paper_params},
    {0},
};
