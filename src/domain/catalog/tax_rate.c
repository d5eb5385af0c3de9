/* Tax rates by category and destination: three acts, and a look-up over all of them in the memo. */
#include "catalog_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- Look-up ----------------------------------------------------------------------------------------------------- */

typedef LIST(struct tax_rate) tax_rates;

static int place_order(const void *a, const void *b)
{
  const struct tax_rate *left = a, *right = b;
  int order = strcmp(left->category, right->category);
  if (order == 0)
    order = strcmp(left->country, right->country);
  return order ? order : strcmp(left->region, right->region);
}

/* All rates, sorted by place, in the memo of the connection. */
static enum err rates_of(struct ctx *cx, const tax_rates **out)
{
  static const struct db_where all = {&tax_rate_table, "1 = 1 ORDER BY category, country, region LIMIT 20000", DB_LIST};
  void **slot = db_memo_slot(cx->db, &tax_rate_table);
  if (!*slot) {
    struct arena *requests = db_arena(cx->db);
    tax_rates *rates = ARENA_NEW(db_memo_arena(cx->db), tax_rates);
    db_use_arena(cx->db, db_memo_arena(cx->db));
    enum err err = db_select(cx->db, &all, (struct list *)(void *)rates, DB_NO_ARGS);
    db_use_arena(cx->db, requests);
    TRY(err);
    if (rates->n > 1) /* an engine's collation may differ from ours */
      qsort(rates->at, rates->n, sizeof *rates->at, place_order);
    *slot = rates;
  }
  *out = *slot;
  return ERR_OK;
}

enum err tax_rate_find(struct ctx *cx, const char *category, const char *country, const char *region, struct rate *out)
{
  const tax_rates *rates;
  *out = RATE(0);
  if (!category)
    return ERR_OK;
  TRY(rates_of(cx, &rates));
  country = country ? country : "";
  const struct tax_rate places[] = {
      {.category = category, .country = country, .region = region ? region : ""},
      {.category = category, .country = country, .region = ""                  },
      {.category = category, .country = "",      .region = ""                  },
  };
  for (size_t i = 0; i < COUNT_OF(places) && rates->n; i++) {
    const struct tax_rate *found = bsearch(&places[i], rates->at, rates->n, sizeof *rates->at, place_order);
    if (found) {
      *out = found->rate;
      return ERR_OK;
    }
  }
  return ERR_OK;
}

/* ---- Keeping them ------------------------------------------------------------------------------------------------ */

/* Everywhere is "", in the row and in the key. */
static enum err complete(struct ctx *cx, void *value)
{
  struct tax_rate *rate = value;
  rate->country = rate->country ? rate->country : "";
  rate->region = rate->region ? rate->region : "";
  if (rate->region[0] && !rate->country[0])
    return fault_add(&cx->fault, ERR_INVALID, "/country", "required", "a region needs its country");
  return ERR_OK;
}

static const struct master tax_rate_master = {
    .kind = "tax_rate",
    .name = "tax rate",
    .prefix = PREFIX_tax_rate,
    .path = "/v1/tax_rates",
    .rec = &tax_rate_rec,
    .table = &tax_rate_table,
    MASTER_STAMPS(struct tax_rate),
    .same = {"SELECT id FROM tax_rate WHERE category = $1 AND country = $2 AND region = $3", DB_KEYED},
    .keys = {offsetof(struct tax_rate, category), offsetof(struct tax_rate, country),
             offsetof(struct tax_rate, region)},
    .n_keys = 3,
    .key_pointer = "/category",
    .exists = "there is a rate for this category, country and region already",
    .count = {"SELECT count(*) FROM tax_rate", DB_REPORT},
    .most = TAX_RATES_MAX,
    .complete = complete,
};

enum err tax_rate_load(struct ctx *cx, const char *id, struct tax_rate *out)
{
  return master_load(cx, &tax_rate_master, id, out);
}

static enum err create_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_create_load(cx, &tax_rate_master, in, out_facts);
}

static enum err update_load(struct ctx *cx, const struct act_input *in, void *out_facts)
{
  return master_update_load(cx, &tax_rate_master, in, out_facts);
}

const struct act tax_rate_create_act = MASTER_CREATE("tax_rate.create", create_load);
const struct act tax_rate_update_act = MASTER_UPDATE("tax_rate.update", update_load);

static enum err delete_decide(struct ctx *cx, const void *facts, void *out_plan)
{
  (void)cx;
  const struct master_facts *f = facts;
  *(struct master_plan *)out_plan = (struct master_plan){.master = f->master, .before = f->value, .changed = true};
  return ERR_OK;
}

static enum err delete_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct master_plan *p = plan;
  out->status = 204;
  TRY(db_delete(cx->db, &tax_rate_table, p->before));
  return master_emit(cx, p->master, p->before, NULL);
}

const struct act tax_rate_delete_act = MASTER_ACT("tax_rate.delete", update_load, delete_decide, delete_apply);
