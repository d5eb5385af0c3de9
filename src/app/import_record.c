/* Documents of a brought file against the records that are there. What a file does not say stays as it is; a cell that holds
 * nothing says nothing. */
#include "import_record.h"

#include "catalog.h"
#include "customers.h"
#include "intake.h"
#include "inventory.h"

#include <string.h>

static void problem(struct record *r, const char *pointer, const char *code, const char *detail)
{
  r->fate = RECORD_WRONG;
  *LIST_ADD(r->arena, &r->problems) = (struct import_problem){pointer, code, detail};
}

static void problems_of(struct record *r, const struct fault *f, enum err err)
{
  for (size_t i = 0; i < f->n; i++)
    problem(r, f->entries[i].pointer, f->entries[i].code, f->entries[i].detail);
  if (!f->n)
    problem(r, "", err_info(err)->slug, f->detail ? f->detail : err_info(err)->title);
}

static struct json_slice document(const struct record *r)
{
  return (struct json_slice){r->d->json, r->d->json_n};
}

static const char *text(const struct record *r, const char *name)
{
  return json_text_of(document(r), name, r->arena);
}

static struct import_call *call(struct record *r, enum import_verb verb, const char *id, const char *json, size_t n)
{
  struct import_call *c = &r->calls[r->n_calls++];
  *c = (struct import_call){.verb = verb, .id = id, .json = json, .json_n = n, .arena = r->arena};
  return c;
}

static void key_of(struct record *r, const char *name)
{
  r->name = name;
  r->key = hash_text(name) | 1;
}

/* ---- Bodies ---- */

/* The members of the document but those that `instead` gives another JSON for; NULL leaves one out. */
struct change {
  const char *name, *instead;
};
static const char *body_of(struct record *r, const struct change *changes, size_t n_changes)
{
  struct json j;
  struct buf b;
  bool first = true;
  buf_init(&b, r->arena);
  buf_char(&b, '{');
  json_init(&j, r->d->json, r->d->json_n, r->arena);
  if (json_next(&j) != JSON_OBJECT)
    return "{}";
  while (json_next(&j) == JSON_KEY) {
    const char *name = arena_text(r->arena, j.text), *value;
    size_t n, i = 0;
    if (!json_skip(&j, &value, &n))
      break;
    while (i < n_changes && strcmp(changes[i].name, name) != 0)
      i++;
    if (i < n_changes && !changes[i].instead)
      continue;
    buf_printf(&b, "%s\"%s\":", first ? "" : ",", name);
    first = false;
    if (i < n_changes)
      buf_text(&b, changes[i].instead);
    else
      buf_add(&b, value, n);
  }
  buf_char(&b, '}');
  return buf_str(&b);
}

/* Two objects as one: members of `over` win, in the order of `under` and then their own. */
static const char *merged(struct arena *a, const char *under, const char *over)
{
  struct json j;
  struct buf b;
  bool first = true;
  struct json_slice top = {over, strlen(over)};
  if (!under)
    return over;
  buf_init(&b, a);
  buf_char(&b, '{');
  for (int pass = 0; pass < 2; pass++) {
    const char *from = pass ? over : under;
    struct json_slice other = {under, strlen(under)};
    json_init(&j, from, strlen(from), a);
    json_next(&j);
    while (json_next(&j) == JSON_KEY) {
      const char *name = arena_text(a, j.text), *value;
      struct json_out o;
      size_t n;
      if (!json_skip(&j, &value, &n))
        return over;
      struct json_slice mine = pass ? (struct json_slice){value, n} : json_member_of(top, name, a);
      if (pass && json_member_of(other, name, a).at)
        continue;
      buf_text(&b, first ? "" : ",");
      first = false;
      json_out_init(&o, &b);
      json_text(&o, name);
      buf_char(&b, ':');
      buf_add(&b, mine.at ? mine.at : value, mine.at ? mine.n : n);
    }
  }
  buf_char(&b, '}');
  return buf_str(&b);
}

static const char *slice_text(struct arena *a, struct json_slice s)
{
  return s.at ? arena_textn(a, s.at, s.n) : NULL;
}

/* ---- Products ---- */

static enum err change_product(struct ctx *cx, struct record *r, const char *sku, const struct product *p)
{
  const char *name = slice_text(r->arena, json_member_of(document(r), "name", r->arena));
  const struct change changes[] = {{"sku", NULL}, {"name", name ? merged(r->arena, p->name, name) : NULL}};
  const char *body = body_of(r, changes, COUNT_OF(changes));
  struct product after = *p;
  if (p->units.n) /* what is compared stays as it is */
    after.units.at = arena_copy(r->arena, p->units.at, p->units.n * sizeof *p->units.at);
  enum err err = rec_read_over(&product_rec, body, strlen(body), "", r->arena, &cx->fault, &after);
  if (err != ERR_OK) {
    problems_of(r, &cx->fault, err);
    return ERR_OK;
  }
  EACH (struct product_unit, unit, &after.units)
    unit->product_id = p->id.v;
  r->fate = rec_equal(&product_rec, p, &after) ? RECORD_UNCHANGED : RECORD_CHANGED;
  if (r->fate == RECORD_CHANGED)
    call(r, VERB_PRODUCT_CHANGE, sku, body, strlen(body));
  return ERR_OK;
}

static enum err decide_product(struct ctx *cx, bool update, struct record *r)
{
  const char *sku = text(r, "sku");
  struct product p;
  if (!sku) {
    problem(r, "/sku", "required", "a row without SKU is no product");
    return ERR_OK;
  }
  key_of(r, sku);
  enum err err = product_load(cx, sku, &p);
  if (err == ERR_NOT_FOUND) {
    r->fate = RECORD_NEW;
    call(r, VERB_PRODUCT, NULL, r->d->json, r->d->json_n);
    return ERR_OK;
  }
  TRY(err);
  r->fate = RECORD_UNCHANGED;
  return update ? change_product(cx, r, sku, &p) : ERR_OK;
}

/* ---- Customers ---- */

static enum err find_customer(struct ctx *cx, const struct record *r, int64_t *out)
{
  const char *id = text(r, "id");
  *out = 0;
  if (id && id_parse(PREFIX_customer, id, out)) {
    struct customer known;
    enum err err = customer_by_id(cx, *out, &known);
    if (err == ERR_OK)
      return ERR_OK;
    *out = 0;
    if (err != ERR_NOT_FOUND && err != ERR_INVALID)
      return err;
    fault_clear(&cx->fault);
  }
  for (int kind = 0; kind < CUSTOMER_KEY_KINDS && !*out; kind++) {
    const char *value = text(r, customer_key_kinds[kind]);
    if (value)
      TRY(customer_key_find(cx, kind, value, out));
  }
  return ERR_OK;
}

static bool has_address(const struct customer *m, const struct address *address)
{
  EACH (const struct customer_address, known, &m->addresses)
    if (rec_equal(&address_rec, &known->address, address))
      return true;
  return false;
}

static const char *json_of_addresses(struct arena *a, const struct customer *m)
{
  const struct rec sent = {.name = "address",
                           .fields = customer_address_rec.fields + 3, /* without its key */
                           .n = customer_address_rec.n - 3,
                           .size = customer_address_rec.size};
  struct buf b;
  struct json_out o;
  buf_init(&b, a);
  json_out_init(&o, &b);
  json_array(&o);
  EACH (const struct customer_address, address, &m->addresses)
    json_record(&o, &sent, address, NULL);
  json_array_end(&o);
  return buf_str(&b);
}

/* An address that stands in columns is one more, unless the customer has it. A whole list replaces the one before. */
static const char *joined_addresses(struct record *r, bool whole, const struct customer *before, struct customer *after)
{
  if (whole || !after->addresses.n || !before->addresses.n)
    return json_of_addresses(r->arena, after);
  struct customer_address one = after->addresses.at[0];
  after->addresses = before->addresses;
  after->addresses.at = arena_copy(r->arena, before->addresses.at, before->addresses.n * sizeof *before->addresses.at);
  after->addresses.cap = after->addresses.n;
  if (!has_address(before, &one.address))
    *LIST_ADD(r->arena, &after->addresses) = one;
  return json_of_addresses(r->arena, after);
}

static bool brings_whole_list(const struct upload *u)
{
  EACH (const struct upload_rule, rule, &u->mapping->columns)
    if (strcmp(rule->field, "addresses") == 0)
      return true;
  return false;
}

static enum err change_customer(struct ctx *cx, const struct upload *u, struct record *r, struct customer *before)
{
  char id[ID_TEXT];
  struct customer after = *before;
  const struct change plain[] = {{"id", NULL}};
  const char *body = body_of(r, plain, COUNT_OF(plain));
  enum err err = rec_read_over(&customer_rec, body, strlen(body), "", r->arena, &cx->fault, &after);
  if (err != ERR_OK) {
    problems_of(r, &cx->fault, err);
    return ERR_OK;
  }
  const char *addresses = joined_addresses(r, brings_whole_list(u), before, &after);
  const struct change changes[] = {{"id", NULL}, {"addresses", addresses}};
  for (size_t i = 0; i < after.addresses.n; i++) {
    after.addresses.at[i].bucket = before->bucket;
    after.addresses.at[i].customer_id = before->id;
    after.addresses.at[i].n = (int64_t)i + 1;
  }
  r->fate = rec_equal(&customer_rec, before, &after) ? RECORD_UNCHANGED : RECORD_CHANGED;
  if (r->fate == RECORD_UNCHANGED)
    return ERR_OK;
  id_format(PREFIX_customer, before->id, id);
  body = body_of(r, changes, COUNT_OF(changes));
  call(r, VERB_CUSTOMER_CHANGE, arena_text(r->arena, id), body, strlen(body));
  return ERR_OK;
}

static const char *import_key(const struct upload *u, const struct record *r)
{
  return arena_printf(r->arena, "import-%lld-%lld", (long long)u->id.v, (long long)r->d->n);
}

static enum err decide_customer(struct ctx *cx, const struct upload *u, bool update, struct record *r)
{
  static const char *const names[] = {"external_id", "email", "phone", "id"};
  struct customer before;
  int64_t id;
  for (size_t i = 0; i < COUNT_OF(names) && !r->name; i++)
    if (text(r, names[i]))
      key_of(r, text(r, names[i]));
  TRY(find_customer(cx, r, &id));
  if (!id) {
    const struct change plain[] = {{"id", NULL}};
    const char *body = body_of(r, plain, COUNT_OF(plain));
    r->fate = RECORD_NEW;
    struct import_call *c = call(r, VERB_CUSTOMER, NULL, body, strlen(body));
    if (!text(r, "external_id") && !text(r, "email") && !text(r, "phone"))
      c->key = import_key(u, r); /* nothing else would know it again */
    return ERR_OK;
  }
  TRY(customer_by_id(cx, id, &before));
  TRY(customer_addresses_load(cx, &before));
  r->fate = RECORD_UNCHANGED;
  return update ? change_customer(cx, u, r, &before) : ERR_OK;
}

/* ---- Stock ---- */

static bool decimal_member(const struct record *r, struct json_slice object, const char *name, int64_t *out)
{
  struct json_slice s = json_member_of(object, name, r->arena);
  *out = ABSENT;
  return s.at && decimal_parse(s.at, s.n, 6, out);
}

static enum err stock_row(struct ctx *cx, const struct location *l, const struct product *p, const char *owner,
                          const char *lot, int condition, struct stock *out, bool *out_found)
{
  rec_init(&stock_rec, out);
  out->bucket = stock_bucket(l, p->id.v);
  out->location_id = l->id.v;
  out->product_id = p->id.v;
  out->owner = owner;
  out->lot = lot;
  out->condition = condition;
  enum err err = db_get(cx->db, &stock_table, out);
  *out_found = err == ERR_OK;
  return err == ERR_NOT_FOUND ? ERR_OK : err;
}

/* What a row of stock names. */
struct stock_line {
  struct json_slice line;
  const char *location_text, *sku, *owner, *lot, *condition_text;
  const struct location *location;
  const struct product *product;
  int condition;
  int64_t counted, delta, safety;
};

static void read_stock(const struct record *r, struct stock_line *s)
{
  json_slices lines = json_items_of(json_member_of(document(r), "lines", r->arena), r->arena);
  *s = (struct stock_line){.line = lines.n ? lines.at[0] : (struct json_slice){0}};
  const char *owner = json_text_of(s->line, "owner", r->arena), *lot = json_text_of(s->line, "lot", r->arena);
  s->location_text = text(r, "location");
  s->sku = json_text_of(s->line, "sku", r->arena);
  s->owner = owner ? owner : "";
  s->lot = lot ? lot : "";
  s->condition_text = json_text_of(s->line, "condition", r->arena);
  (void)decimal_member(r, s->line, "counted", &s->counted);
  (void)decimal_member(r, s->line, "delta", &s->delta);
  (void)decimal_member(r, document(r), "safety", &s->safety);
}

static int condition_of(const char *name)
{
  for (int i = 0; name && stock_conditions[i]; i++)
    if (strcmp(stock_conditions[i], name) == 0)
      return i;
  return name ? -1 : STOCK_GOOD;
}

/* Codes that lead nowhere are the row's own fault. */
static enum err resolve_stock(struct ctx *cx, struct record *r, struct stock_line *s)
{
  enum err err = s->location_text ? location_find(cx, s->location_text, &s->location) : ERR_NOT_FOUND;
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  if (err == ERR_NOT_FOUND)
    problem(r, "/location", s->location_text ? "unknown" : "required",
            s->location_text ? arena_printf(r->arena, "there is no location %s", s->location_text) : "no location");
  err = s->sku ? catalog_product_by_sku(cx, s->sku, &s->product) : ERR_NOT_FOUND;
  if (err != ERR_OK && err != ERR_NOT_FOUND)
    return err;
  if (err == ERR_NOT_FOUND)
    problem(r, "/lines/0/sku", s->sku ? "unknown" : "required",
            s->sku ? arena_printf(r->arena, "there is no product %s", s->sku) : "no SKU");
  s->condition = condition_of(s->condition_text);
  if (s->condition < 0)
    problem(r, "/lines/0/condition", "not_one_of", "good, quarantine, damaged or expired");
  if (s->counted == ABSENT && s->delta == ABSENT && s->safety == ABSENT)
    problem(r, "/lines/0/counted", "required", "nothing says how much");
  fault_clear(&cx->fault);
  return ERR_OK;
}

static const char *safety_body(const struct record *r, const struct stock_line *s)
{
  struct buf b;
  struct json_out o;
  buf_init(&b, r->arena);
  json_out_init(&o, &b);
  json_object(&o);
  json_put_text(&o, "location", s->location_text);
  json_put_text(&o, "sku", s->sku);
  json_put_quantity(&o, "safety", QUANTITY(s->safety));
  json_object_end(&o);
  return buf_str(&b);
}

static enum err decide_stock(struct ctx *cx, const struct upload *u, bool update, struct record *r)
{
  static const struct change no_safety[] = {{"safety", NULL}};
  struct stock_line s;
  struct stock row, plain;
  bool found, any = false;
  read_stock(r, &s);
  key_of(r, arena_printf(r->arena, "%s %s %s %s %s", s.sku ? s.sku : "", s.location_text ? s.location_text : "", s.lot,
                         s.owner, s.condition_text ? s.condition_text : ""));
  TRY(resolve_stock(cx, r, &s));
  if (r->problems.n)
    return ERR_OK;
  TRY(stock_row(cx, s.location, s.product, s.owner, s.lot, s.condition, &row, &found));
  bool same = s.counted != ABSENT && (found ? row.on_hand.millionths == s.counted : s.counted == 0);
  r->fate = RECORD_UNCHANGED;
  if (found && !update)
    return ERR_OK;
  if ((s.counted != ABSENT && !same) || s.delta != ABSENT) {
    const char *body = body_of(r, no_safety, COUNT_OF(no_safety));
    struct import_call *c = call(r, VERB_STOCK, NULL, body, strlen(body));
    c->key = s.delta != ABSENT ? import_key(u, r) : NULL; /* a difference counts once */
  }
  if (s.safety != ABSENT) {
    TRY(stock_row(cx, s.location, s.product, "", "", STOCK_GOOD, &plain, &any));
    const char *body = safety_body(r, &s);
    if ((any ? plain.safety.millionths : 0) != s.safety)
      call(r, VERB_SAFETY, NULL, body, strlen(body));
  }
  if (r->n_calls)
    r->fate = found ? RECORD_CHANGED : RECORD_NEW;
  return ERR_OK;
}

/* ---- Orders ---- */

static enum err decide_order(struct ctx *cx, bool update, struct record *r)
{
  const char *channel = text(r, "channel"), *external_id = text(r, "external_id");
  struct order_id id = {0};
  if (!external_id) {
    problem(r, "/external_id", "required", "a row without its order's number");
    return ERR_OK;
  }
  key_of(r, external_id);
  r->key = hash_mix(r->key, hash_text(channel ? channel : "")) | 1;
  if (channel)
    TRY(order_find_external(cx, channel, external_id, &id));
  r->fate = id.v ? RECORD_UNCHANGED : RECORD_NEW;
  if (id.v && !update)
    return ERR_OK;
  call(r, VERB_ORDER, NULL, r->d->json, r->d->json_n); /* an order that is there already must be the same one */
  return ERR_OK;
}

/* ---- The whole ---- */

/* Rows that somebody is bound to: the codes in force when the pass began. */
static bool in_scope(const struct upload *u, const char *list, const char *code, struct arena *a)
{
  struct json_slice scope = {u->actor_scope, u->actor_scope ? strlen(u->actor_scope) : 0};
  json_slices codes = json_items_of(json_member_of(scope, list, a), a);
  EACH (struct json_slice, c, &codes) {
    struct json j;
    json_init(&j, c->at, c->n, a);
    if (json_next(&j) == JSON_STRING && text_eq(j.text, code))
      return true;
  }
  return codes.n == 0;
}

static void check_scope(const struct upload *u, struct record *r)
{
  if (u->kind == UPLOAD_STOCK && !in_scope(u, "locations", text(r, "location"), r->arena))
    problem(r, "/location", "forbidden", "you are bound to other locations");
  if (u->kind == UPLOAD_ORDERS && !in_scope(u, "channels", text(r, "channel"), r->arena))
    problem(r, "/channel", "forbidden", "you are bound to other channels");
}

enum err record_decide(struct ctx *cx, const struct upload *u, bool update, struct record *r)
{
  r->n_calls = 0;
  check_scope(u, r);
  if (r->problems.n)
    return ERR_OK;
  switch ((enum upload_kind)u->kind) {
  case UPLOAD_PRODUCTS:
    return decide_product(cx, update, r);
  case UPLOAD_CUSTOMERS:
    return decide_customer(cx, u, update, r);
  case UPLOAD_STOCK:
    return decide_stock(cx, u, update, r);
  default:
    return decide_order(cx, update, r);
  }
}

void record_settle(struct record *r)
{
  for (size_t i = 0; i < r->n_calls; i++) {
    const struct import_call *c = &r->calls[i];
    if (import_fine(c)) {
      if (c->replayed || (c->verb == VERB_ORDER && c->status == 200))
        r->fate = RECORD_UNCHANGED;
      continue;
    }
    EACH (const struct import_problem, p, &c->problems)
      problem(r, p->pointer, p->code, p->detail);
    if (!c->problems.n)
      problem(r, "", c->code, c->detail);
  }
}
