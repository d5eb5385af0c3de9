/* company - what a company sets for itself: the settings and the number series, as acts with an audit trail.
 *
 * The table of settings is core/settings, the series are core/numbers; here is who changed them, and what may not
 * change.
 * Events: setting.updated, number_series.updated.
 */
#ifndef ORDO_COMPANY_H
#define ORDO_COMPANY_H

#include "acts.h"
#include "context.h"
#include "numbers.h"
#include "rec.h"
#include "settings.h"

/* A setting as the API shows it. Values are text whatever the kind. */
struct setting_view {
  const char *key, *value, *def;
  int kind;                           /* enum setting_kind */
  int64_t min, max;                   /* of the number, or of the text's length; ABSENT = none */
  LIST(const char *) choices;
  const char *unit, *help;
};
extern const struct rec setting_view_rec;
MUST_CHECK enum err setting_view_read(struct ctx *cx, enum setting s, struct setting_view *out);

/* Body of setting_change_act; the path has the key. */
struct setting_input {
  const char *value;
};
extern const struct rec setting_input_rec;
/* ERR_STATE for company.currency once there are orders; also checks currency, language and zone beyond their length. */
extern const struct act setting_change_act;

/* PATCH of prefix, digits and mode of a series, by its code. ERR_STATE for another mode with the same prefix, which
 * could give a number twice; ERR_EXISTS for the prefix of another series. */
extern const struct act number_series_change_act;

#endif
