/* Roles and permissions as they are listed, and the rule that nobody grants more than he has. */
#include <string.h>

#include "identity_priv.h"

static const struct {
  const char *code, *name, *doc, *scope;
  uint64_t without; /* of what the scope says */
} roles[] = {
    {"owner", "Owner", "Everything; the only one who makes other owners", "*", 0},
    {"admin", "Administrator", "Everything, users and API keys included, but owners", "*",
     PERMISSION(PERM_OWNER_ADMIN)},
    {"manager", "Manager", "Everything but users and API keys", "*",
     PERMISSION(PERM_OWNER_ADMIN) | PERMISSION(PERM_USER_ADMIN)},
    {"service", "Customer service", "Orders, review and customers; sees payments, stock and fulfillment",
     "order.* hold.* payment.read invoice.read invoice.write fulfillment.read stock.read catalog.read customer.* "
     "personal.* master.read event.read report.read",
     0},
    {"warehouse", "Warehouse", "Picks, packs, ships and counts",
     "order.read fulfillment.* tracking.* stock.* catalog.read master.read event.read", 0},
    {"finance", "Finance", "Payments, refunds and invoices; sees orders and customers",
     "order.read payment.* invoice.* catalog.read customer.read personal.* master.read event.read report.read", 0},
    {"viewer", "Viewer", "Sees the business but for names and addresses, changes nothing",
     "order.read payment.read invoice.read fulfillment.read stock.read catalog.read customer.read master.read "
     "event.read report.read",
     0},
    {"integration", "Integration", "A program: brings orders, payments and tracking, keeps products and stock",
     "order.* payment.* invoice.read invoice.write fulfillment.* tracking.* stock.* catalog.* customer.* personal.read "
     "master.read event.read",
     0},
};

static const struct rec_field role_fields[] = {
    FIELD(struct role, code, .flags = REC_READONLY, .doc = "What a user's `roles` name", .example = "service"),
    FIELD(struct role, name, .flags = REC_READONLY, .doc = "For people", .example = "Customer service"),
    FIELD(struct role, doc, .flags = REC_READONLY, .doc = "What it is for", .example = "Orders, holds and customers"),
    FIELD(struct role, scope, .flags = REC_READONLY, .doc = "The permissions it grants, separated by spaces",
          .example = "order.read order.create"),
};
const struct rec role_rec = REC(struct role, "Role", role_fields, "A set of permissions that users are given");

static const struct rec_field permission_info_fields[] = {
    FIELD(struct permission_info, name, .flags = REC_READONLY, .doc = "What scopes and roles name",
          .example = "order.read"),
    FIELD(struct permission_info, doc, .flags = REC_READONLY, .doc = "What it allows", .example = "See orders"),
};
const struct rec permission_info_rec =
    REC(struct permission_info, "Permission", permission_info_fields, "One right that a route may need");

bool role_permissions(const char *code, uint64_t *out)
{
  for (size_t i = 0; i < COUNT_OF(roles); i++)
    if (strcmp(roles[i].code, code) == 0) {
      bool known = permissions_parse(roles[i].scope, out);
      *out &= ~roles[i].without;
      return known;
    }
  return false;
}

const char *permissions_text(struct arena *a, uint64_t permissions)
{
  struct buf text;
  if (permissions == PERMISSIONS_ALL)
    return "*";
  buf_init(&text, a);
  for (int p = 0; p < PERM_COUNT; p++)
    if (permissions & PERMISSION(p))
      buf_printf(&text, "%s%s", text.n ? " " : "", permission_name((enum permission)p));
  return buf_str(&text);
}

const struct role *identity_roles(struct arena *a, size_t *out_n)
{
  struct role *all = ARENA_ARRAY(a, struct role, COUNT_OF(roles));
  for (size_t i = 0; i < COUNT_OF(roles); i++) {
    all[i] = (struct role){.code = roles[i].code, .name = roles[i].name, .doc = roles[i].doc};
    bool known = role_permissions(roles[i].code, &all[i].permissions);
    assert(known);
    all[i].scope = permissions_text(a, all[i].permissions);
  }
  *out_n = COUNT_OF(roles);
  return all;
}

const struct permission_info *identity_permissions(struct arena *a, size_t *out_n)
{
  struct permission_info *all = ARENA_ARRAY(a, struct permission_info, PERM_COUNT);
  for (int p = 0; p < PERM_COUNT; p++)
    all[p] = (struct permission_info){permission_name((enum permission)p), permission_doc((enum permission)p)};
  *out_n = PERM_COUNT;
  return all;
}

uint64_t user_permissions(const struct user *user)
{
  uint64_t all = 0;
  for (size_t i = 0; i < user->roles.n; i++) {
    uint64_t granted;
    if (role_permissions(user->roles.at[i], &granted))
      all |= granted;
  }
  return all;
}

enum err may_grant(struct ctx *cx, uint64_t permissions, const char *pointer)
{
  uint64_t beyond = permissions & ~cx->actor.permissions;
  if (!beyond)
    return ERR_OK;
  return err_fail(cx, ERR_FORBIDDEN, pointer, "nobody can grant or rule over more than he has: %s",
                  permissions_text(cx->arena, beyond));
}

const char *location_of(struct arena *a, const char *path, const char *prefix, int64_t id)
{
  char text[ID_TEXT];
  id_format(prefix, id, text);
  return arena_printf(a, "%s%s", path, text);
}

int64_t draw_id(struct ctx *cx)
{
  return ids_next(cx->ids, cx->now, ids_bucket_random(cx->ids));
}

/* ---- Rows ---- */

static bool has(const char *const *codes, size_t n, const char *code)
{
  for (size_t i = 0; i < n; i++)
    if (strcmp(codes[i], code) == 0)
      return true;
  return false;
}

/* Whether a list that binds to some codes, or to none, lets nobody see more than these. */
static bool within(const struct list *list, const char *const *codes, size_t n)
{
  const char *const *wanted = list->at;
  if (n == 0)
    return true;
  for (size_t i = 0; i < list->n; i++)
    if (!has(codes, n, wanted[i]))
      return false;
  return list->n > 0;
}

enum err may_grant_rows(struct ctx *cx, const void *locations, const void *channels)
{
  const struct row_scope *own = cx->actor.scope;
  if (!own)
    return ERR_OK;
  if (!within(locations, own->locations, own->n_locations))
    return err_fail(cx, ERR_FORBIDDEN, "/locations", "nobody can let others see more locations than he does");
  if (!within(channels, own->channels, own->n_channels))
    return err_fail(cx, ERR_FORBIDDEN, "/channels", "nobody can let others see more channels than he does");
  return ERR_OK;
}

static const char *const *copied(struct arena *a, const struct list *list)
{
  const char *const *from = list->at;
  const char **to = ARENA_ARRAY(a, const char *, list->n + 1);
  for (size_t i = 0; i < list->n; i++)
    to[i] = arena_text(a, from[i]);
  return to;
}

const struct row_scope *row_scope_of(struct arena *a, const void *locations, const void *channels)
{
  const struct list *l = locations, *c = channels;
  if (l->n == 0 && c->n == 0)
    return NULL;
  struct row_scope *scope = ARENA_NEW(a, struct row_scope);
  *scope = (struct row_scope){copied(a, l), copied(a, c), l->n, c->n};
  return scope;
}

uint64_t floor_permissions(void)
{
  return PERMISSION(PERM_FULFILLMENT_READ) | PERMISSION(PERM_FULFILLMENT_WORK) | PERMISSION(PERM_TRACKING_WRITE) |
         PERMISSION(PERM_STOCK_READ) | PERMISSION(PERM_STOCK_ADJUST) | PERMISSION(PERM_CATALOG_READ) |
         PERMISSION(PERM_MASTER_READ) | PERMISSION(PERM_EVENT_READ);
}
