/* invoices - legal documents of an order: invoices and credit notes. What they say is fixed when they are issued; a mistake
 * is corrected by a credit note or, where the law lets one, by voiding, which keeps the number.
 *
 *   draft -> requested -> issued -> credited      issued: it has its number; credited: credit notes took all of it
 *     |         |           |
 *     |         v           v
 *     |      rejected     voided                  draft -> voided: it was dropped; it never had a number
 *     +-----------------> issued                  where we draw the number ourselves
 *
 * Numbers (setting invoice.numbers)
 *   series    our own gapless series: "invoice" (INV-000001) and "credit_note" (CN-000001), or one for each channel
 *             (setting invoice.series). Voided numbers stay recorded
 *   block     a range that a government gave (number_block_*): the one that is valid today and has numbers left, the oldest
 *             first. Credit notes without a block of their own draw from our series
 *   outside   the document waits as requested until the authority's answer is put in: POST /issue {number} or /reject
 *
 * Amounts. A document takes quantities of order lines, and charges. What lines of an invoice carry is the cumulative share
 * (pricing.h) less what was invoiced before:
 *   part = round(whole x (gone + before + now) / ordered) - share of the cancelled units - sum of what was invoiced before
 * for discount, tax and total each, so in whatever parts an order is invoiced, they add up to its total less what was
 * cancelled, exactly; a credit note takes shares of its invoice's lines in the same way. Voided and rejected documents take
 * nothing. net = total - tax: so with tax in the price as well as without it
 *   sum of nets + sum of taxes = sum of totals       and the tax table sums nets and taxes of its lines
 * (EN 16931-1:2017, BR-CO-10 and BR-CO-13 to 15 hold by construction; edge/einvoice says how BR-CO-17 and BR-S-08/09 do.)
 *
 * Tax codes (UNTDID 5305). A line with a rate, or a tax kept as charged, is S. Without one its tax category says why:
 * exempt E, reverse_charge AE, intra_community K, export G, outside_scope O, any other Z.
 *
 * Buyer. The name, address and tax ids of a buyer lie apart (invoice_personal) and are no part of the content hash, so that they can
 * be erased. Of buyers in China and Taiwan the tax id's check digit must be right.
 *
 * Every act locks the order: its version moves, and its timeline tells. Events, about the order with the document as ref:
 * invoice.drafted, .requested, .issued, .rejected, .voided, .credited; credit_note.* alike.
 */
#ifndef ORDO_INVOICES_H
#define ORDO_INVOICES_H

#include "acts.h"
#include "consumers.h"
#include "context.h"
#include "numbers.h"
#include "orders.h"
#include "rec.h"

#define INVOICE_NUMBER_MAX  40
#define INVOICE_REASON_MAX  500
#define INVOICES_OF_ORDER   200 /* documents of one order */
#define NUMBER_BLOCKS_MAX   200

enum invoice_kind { INVOICE, CREDIT_NOTE };
extern const char *const invoice_kinds[]; /* "invoice", "credit_note" */
enum invoice_state { INVOICE_DRAFT, INVOICE_REQUESTED, INVOICE_ISSUED, INVOICE_REJECTED, INVOICE_VOIDED, INVOICE_CREDITED };
extern const char *const invoice_states[];

/* Seller or buyer, as they stand on the document. */
struct invoice_party {
  const char *name;    /* of a company, its legal one; of a buyer the title, else the company, else the person */
  const char *contact; /* a buyer's person where the name is another */
  const char *line1, *line2, *city, *region, *postal_code, *country;
  const char *tax_id;       /* local: 统一社会信用代码, 統一編號, a Steuernummer */
  const char *vat_id;       /* with its country's prefix */
  const char *registration; /* in the register of companies */
  const char *email, *phone;
  const char *iban, *bic, *bank; /* of a seller */
};

/* A line, or a charge: what it takes of the order. Amounts are of this document. */
struct invoice_line {
  int64_t n;         /* on the document, from 1; lines and charges each */
  int64_t line;      /* of the order: its line number, or the charge's place from 1 */
  int64_t of;        /* credit note: n of the invoice's line */
  const char *kind;  /* charge: shipping ...; line: item, gift ... */
  const char *sku, *name, *unit;
  struct quantity quantity; /* charge: 1 */
  bool amount_only;         /* credit note: money off, the units stay sold */
  struct price unit_price;  /* as the order has it */
  struct money gross, discount, amount; /* amount = gross - discount, as the customer was quoted */
  struct money net, tax, total;
  const char *tax_code;     /* UNTDID 5305: S, Z, E, AE, K, G, O */
  const char *tax_category; /* ours */
  struct rate tax_rate;     /* of a tax kept as charged: what it comes to */
};
typedef LIST(struct invoice_line) invoice_lines;

struct invoice_tax {
  const char *code, *category; /* category: of the first line that has it */
  struct rate rate;
  const char *reason_code, *reason; /* VATEX, and in words; where there is no tax */
  struct money net, tax;
};

struct invoice_totals {
  struct money net, charges, tax, rounding, total, paid, due; /* total = net + charges + tax + rounding */
};

struct invoice_content {
  struct invoice_party *seller;
  invoice_lines lines, charges;
  LIST(struct invoice_tax) taxes;
};

struct invoice {
  int64_t bucket;
  struct invoice_id id;
  int64_t version;
  int kind, state;
  const char *number, *series;
  int64_t serial; /* ABSENT = from outside */
  int64_t order_id;
  const char *order_number, *channel;
  struct shipment_id shipment_id;
  struct invoice_id preceding_id;
  const char *preceding_number, *preceding_date;
  const char *currency, *language;
  bool prices_include_tax;
  int payment_terms;
  const char *issue_date, *due_date, *delivery_date;
  const char *reason, *void_reason, *problem;
  struct invoice_totals totals;
  struct money credited;
  const char *content_hash;
  struct instant created_at, updated_at, issued_at, voided_at;
  struct invoice_content content; /* not in rows of lists */
  struct invoice_party *buyer;    /* NULL once it is erased */
};
extern const struct rec invoice_rec, invoice_party_rec, invoice_line_rec;
extern const struct db_table invoice_table;
typedef LIST(struct invoice) invoices;

/* ---- Reading ------------------------------------------------------------------------------------------------------ */

/* "ivc_..." or a number. ERR_NOT_FOUND. */
MUST_CHECK enum err invoice_find(struct ctx *cx, const char *id_or_number, struct invoice_id *out);
/* Whole: with content and buyer. */
MUST_CHECK enum err invoice_load(struct ctx *cx, const char *id_or_number, struct invoice *out);
/* All of an order, the oldest first, with their contents and without buyers. */
MUST_CHECK enum err invoices_of_order(struct ctx *cx, struct order_id order, invoices *out);
/* Adds contents and buyers to rows of a list. */
MUST_CHECK enum err invoices_fill(struct ctx *cx, struct invoice *rows, size_t n);
/* A draft, requested, issued or credited one: what it bills is billed. */
bool invoice_live(const struct invoice *i);

/* ---- Acts --------------------------------------------------------------------------------------------------------- */

struct invoice_line_input {
  int64_t line;
  struct quantity quantity; /* ABSENT = all that is open */
};
/* POST /v1/orders/{id}/invoices: 201. Nothing named = all that is open. */
struct invoice_input {
  LIST(struct invoice_line_input) lines;
  const char *shipment;  /* "shp_...": what it brought */
  int64_t charges;       /* ABSENT or 1 = the charges that are open, too; 0 = none */
  bool draft;            /* no number yet */
  struct invoice_party *buyer; /* instead of the order's */
  const char *due_date;
  bool automatic;        /* a reaction: bills each unit once; what cannot be issued stays a draft with its problem */
};
/* POST /v1/invoices/{id}/credit_notes: 201. Nothing named = all that is not credited yet. */
struct credit_line_input {
  int64_t n;                /* of the invoice's lines */
  struct quantity quantity; /* ABSENT with an amount = money off */
  struct money amount;      /* of the line's total, tax included */
};
struct credit_input {
  LIST(struct credit_line_input) lines;
  int64_t charges; /* 1 = the charges too; ABSENT = only where no lines are named */
  const char *reason;
  bool draft;
};
struct invoice_number_input {
  const char *number; /* from outside */
  const char *date;   /* of issue, as the authority says; NULL = today */
};
extern const struct rec invoice_input_rec, credit_input_rec, invoice_number_rec;
extern const struct act invoice_create_act, credit_note_create_act;
/* What the document of either act would be; nothing is written. */
MUST_CHECK enum err invoice_preview(struct ctx *cx, const struct act *act, const struct act_input *in, struct invoice *out);
/* POST /v1/invoices/{id}/issue: a draft gets its number, or goes out for one; a requested one gets the number that is put in.
 * /reject: the authority refused. /void: with a reason. */
extern const struct act invoice_issue_act, invoice_reject_act, invoice_void_act;

/* ---- Numbers that a government gave ----------------------------------------------------------------------------------- */

struct number_block {
  struct number_block_id id;
  int64_t version;
  int kind; /* enum invoice_kind */
  const char *prefix;
  int64_t digits, first_value, last_value;
  const char *valid_from, *valid_until, *note;
  int64_t next_value, unused; /* read from its series; what is left */
  const char *first_unused, *last_unused; /* as they are written; NULL = none is left */
  struct instant created_at, updated_at;
};
extern const struct rec number_block_rec;
extern const struct db_table number_block_table;
MUST_CHECK enum err number_block_load(struct ctx *cx, const char *id, struct number_block *out);
MUST_CHECK enum err number_blocks_fill(struct ctx *cx, struct number_block *rows, size_t n);
extern const struct act number_block_create_act;

/* ---- Tax ids ------------------------------------------------------------------------------------------------------------ */

bool tax_id_china(const char *s);  /* 统一社会信用代码, GB 32100-2015: 18 characters, the last one a check mod 31 */
bool tax_id_taiwan(const char *s); /* 統一編號: 8 digits, weighted digit sum divisible by 5 (the rule since April 2023) */
bool vat_id_valid(const char *s);  /* country prefix and 2 to 13 letters or digits */
bool iban_valid(const char *s);    /* ISO 13616: without blanks, mod 97 is 1 */

/* ---- By itself ---------------------------------------------------------------------------------------------------------- */

/* Issues on placing, payment or shipping, as the channel or the company says. */
extern const struct consumer invoices_consumer;

/* Invariant 4 and 7: parts of an order add up, a fully invoiced one to its total; no hole in a series; nothing of what was
 * issued has changed. Report as inventory_check. */
MUST_CHECK enum err invoices_check(struct ctx *cx, inventory_report *report, void *arg);

#endif
