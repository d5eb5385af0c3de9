/* What the files of invoices share. */
#ifndef ORDO_INVOICES_PRIV_H
#define ORDO_INVOICES_PRIV_H

#include "invoices.h"

/* The content as its row keeps it. */
struct content_row {
  int64_t bucket;
  struct invoice_id invoice_id;
  int64_t order_id;
  struct invoice_content *content;
};
extern const struct rec content_row_rec, invoice_content_rec;
extern const struct db_table content_table;
struct personal_row {
  int64_t bucket;
  struct invoice_id invoice_id;
  struct instant issued_at;
  struct invoice_party *buyer;
};
extern const struct db_table personal_table;

/* What was read of one order for deciding about its documents. */
struct invoice_facts {
  struct order_work work;
  invoices earlier;             /* all documents of the order, with contents */
  struct invoice *subject;      /* of these, the one the act is about; NULL = the order */
  struct invoice_party *seller; /* as the settings say */
  struct invoice_party *buyer;  /* of the subject; NULL = none is kept */
  const char *numbers, *when;   /* invoice.numbers; invoice.issue of the channel */
  bool channel_series;
  int64_t term_days;
  const char *today;                /* in the company's zone */
  const char *language;             /* of the company */
  LIST(struct number_block) blocks; /* of the kind, valid today, with numbers left, oldest first */
  bool number_taken;                /* the number that is put in is another document's */
  struct shipment_id shipment;
  int64_t shipment_fulfillment;
  const char *shipped_on; /* the date it, or the order, left; NULL = it has not */
  const void *body;
};

/* How a document comes by its number. */
struct number_plan {
  const char *given;            /* from outside */
  struct gapless_series series; /* else; code NULL = none is drawn now */
  int64_t last;                 /* of a block; ABSENT = no end */
};
struct invoice_plan {
  struct order_work work;
  struct invoice before, after; /* before.id 0 = new */
  bool made;
  struct number_plan number;
  struct invoice invoice; /* the invoice a credit note is about, as it becomes; id 0 = untouched */
  bool invoice_moved;
};

/* ---- Steps of all acts ---- */

MUST_CHECK enum err invoice_facts_order(struct ctx *cx, const char *order, int64_t if_match, enum invoice_kind kind,
                                        struct invoice_facts *out);
MUST_CHECK enum err invoice_facts_subject(struct ctx *cx, const char *invoice, int64_t if_match,
                                          struct invoice_facts *out);
/* Its state and number, by where numbers come from; a problem that stops it. */
MUST_CHECK enum err invoice_numbering(struct ctx *cx, const struct invoice_facts *f, struct invoice *i,
                                      struct number_plan *out);
enum err invoice_apply(struct ctx *cx, const void *plan, struct act_result *out);
/* SHA-256 of all that an issued document says, but the buyer. */
const char *invoice_hash(struct arena *a, const struct invoice *i);
struct order_work invoice_work(struct ctx *cx, const struct invoice_facts *f);

/* ---- What is billed: pure ---- */

/* Fills lines, charges, taxes and totals but paid and due. ERR_INVALID, ERR_STATE (nothing is open). */
MUST_CHECK enum err bill_order(struct ctx *cx, const struct invoice_facts *f, const struct invoice_input *in,
                               struct invoice *out);
MUST_CHECK enum err bill_credit(struct ctx *cx, const struct invoice_facts *f, const struct credit_input *in,
                                struct invoice *out);
/* Codes, rates of taxes kept as charged, tax table and totals, from lines and charges. */
void bill_sum(struct ctx *cx, struct invoice *i);
/* Net of what credit notes took back: sums of lines (or charges) of live documents for one line of the order. */
struct billed {
  struct quantity invoiced, credited; /* credited: with its units */
  struct money discount, tax, total;  /* net of credit notes of units; money off is not in it */
};
struct billed billed_line(const invoices *all, int64_t line, bool charge);

/* Why these tax ids may not stand on a document: NULL = they may. */
const char *buyer_problem(const struct invoice_party *buyer);

#endif
