/* einvoice - an issued invoice or credit note as UBL 2.1, after the semantic model of EN 16931-1:2017.
 *
 * Values in, bytes out: no database, no network. The document passes the schemas of UBL 2.1 and the rules of EN 16931
 * (tests/einvoice). It carries customization id urn:cen.eu:en16931:2017.
 *
 * Amounts. EN 16931 knows two decimals at most (BR-DEC), so amounts of currencies with three are rounded to two, each
 * amount by itself, sums made of the rounded ones, and what remains between them and the amount due goes into the rounding
 * amount (BT-114); a note says the exact total. Sums hold by construction:
 *   line net = total - tax                 BT-131, however prices were quoted (invoices.h)
 *   BR-CO-10 sum of line nets = BT-106     BR-CO-13 BT-109 = BT-106 + charges - allowances
 *   BR-S-08, BR-Z-08 ... taxable amount of a code and rate = its line nets + charges - allowances
 *   BR-CO-14, 15, 16 sums of these and of what is paid
 * BR-CO-17 and BR-S-09 let the tax of a group differ from net x rate by less than 1, which covers taxes that were rounded line
 * by line, and taxes inside of prices. A group that is further off (yen over many lines) states net x rate, and
 * the difference goes into the rounding amount: the amount due stays what the customer owes.
 *
 * Prices (BT-146). Where prices have no tax in, the order's unit price. Else the net amount before discount for the line's
 * quantity: price and base quantity (BT-149) together are exact, a rounded net price for one unit is not.
 * Cash rounding is BT-114; charges below 0 are allowances.
 *
 * Codes: units UN/ECE Recommendation 20 (pcs = C62 ...), countries ISO 3166-1, currencies ISO 4217, taxes UNTDID 5305,
 * exemption VATEX, charges UNTDID 7161, payment UNTDID 4461.
 */
#ifndef ORDO_EINVOICE_H
#define ORDO_EINVOICE_H

#include "base.h"
#include "invoices.h"

struct einvoice_out {
  const char *xml; /* UTF-8, in the arena */
  size_t n;
};

/* ERR_STATE      it has no number yet
 * ERR_INVALID    something that the model requires is not known, each with its pointer: /seller/country, /buyer/vat_id ... */
MUST_CHECK enum err einvoice_write(struct arena *a, struct fault *f, const struct invoice *i, struct einvoice_out *out);

/* The code of a unit: C62 ("one") where it has none. */
const char *einvoice_unit(const char *unit);

#endif
