/* The papers: what stands where. */
#include "print_priv.h"

#include "ids.h"

#include <string.h>

#define T(key) paper_text(s->language, key)

static const struct style title_style = {.size = 20, .bold = true, .lines = 1};
static const struct style big_style = {.size = 12, .bold = true, .lines = 1};
static const struct style label_style = {.size = 7.5, .gray = true, .lines = 1};
static const struct style value_style = {.size = 10, .lines = 2};
static const struct style address_style = {.size = 10.5, .lines = 9};
static const struct style note_style = {.size = 9.5, .lines = 12};

static const char *id_text(struct sheet *s, const char *prefix, int64_t id)
{
  char text[ID_TEXT];
  id_format(prefix, id, text);
  return arena_text(s->arena, text);
}

static const char *either(const char *a, const char *b)
{
  return a && *a ? a : b;
}

static const char *way(struct sheet *s, const char *carrier, const char *service)
{
  return carrier && service ? arena_printf(s->arena, "%s / %s", carrier, service) : carrier;
}

/* A label over a value; what is not known takes no room. */
struct fact {
  const char *key, *value;
};

static void facts_draw(struct sheet *s, const struct fact *facts, size_t n)
{
  size_t known = 0;
  for (size_t i = 0; i < n; i++)
    known += facts[i].value && *facts[i].value;
  size_t columns = known > 5 ? 3 : 5; /* no row of a single one */
  double width = sheet_inner(s) / (double)columns, high = 0;
  size_t at = 0;
  for (size_t i = 0; i < n; i++) {
    if (!facts[i].value || !*facts[i].value)
      continue;
    double x = s->paper->margin + width * (double)at, y = s->y;
    y += text_draw(s, x, y, width - 3 * MM, &label_style, T(facts[i].key));
    y += text_draw(s, x, y, width - 3 * MM, &value_style, paper_clean(s->arena, facts[i].value));
    high = y - s->y > high ? y - s->y : high;
    if (++at == columns) {
      s->y += high + 2 * MM;
      high = 0;
      at = 0;
    }
  }
  if (at)
    s->y += high + 2 * MM;
}

/* Title on the left, a barcode with its text on the right. */
static void head_draw(struct sheet *s, const char *above, const char *title, const char *number, const char *code)
{
  double inner = sheet_inner(s), left = s->paper->margin, half = inner * 0.5, top = s->y;
  static const struct style code_style = {.size = 8, .align = RIGHT, .lines = 1};
  double y = top + text_draw(s, left, top, half, &(struct style){.size = 9, .gray = true, .lines = 1},
                             paper_clean(s->arena, above));
  y += text_draw(s, left, y, half, &title_style, title);
  y += text_draw(s, left, y, half, &big_style, paper_clean(s->arena, number));
  double drawn = barcode_draw_right(s, BARCODE_128, code, left + half, top, half, 14 * MM);
  if (drawn > 0)
    text_draw(s, left + half, top + 14.5 * MM, half - 3 * MM, &code_style, code);
  s->y = (y > top + 19 * MM ? y : top + 19 * MM) + 3 * MM;
  rule_draw(s, left, s->y, inner, 0.8);
  s->y += 4 * MM;
}

/* ---- Pick lists ---- */

static bool same_place(const struct pick_stop *a, const struct pick_stop *b)
{
  return strcmp(a->sku, b->sku) == 0 && text_eq(a->bin, b->bin) && text_eq(a->lot, b->lot);
}

/* Stops for the same thing in the same bin are one row that tells the totes. */
static void stops_row(struct sheet *s, const struct table *t, const struct pick_stop *stops, size_t n, bool totes)
{
  struct quantity sum = QUANTITY(0), picked = QUANTITY(0);
  struct buf into;
  buf_init(&into, s->arena);
  for (size_t i = 0; i < n; i++) {
    sum = quantity_add(sum, stops[i].quantity);
    picked = quantity_add(picked, stops[i].picked);
    if (stops[i].tote != ABSENT && stops[i].quantity.millionths > stops[i].picked.millionths)
      buf_printf(&into, "%s%lld\u00a0\u00d7\u00a0%s", into.n ? "\n" : "", (long long)stops[i].tote,
                 paper_quantity(s, quantity_sub(stops[i].quantity, stops[i].picked), NULL));
  }
  const char *ean = gtin_13(s->arena, stops->gtin), *code = either(ean, stops->sku);
  const char *sku = arena_printf(s->arena, "%s%s%s", stops->sku, stops->lot ? "   " : "",
                                 stops->lot ? arena_printf(s->arena, "%s %s", T("lot"), stops->lot) : "");
  const char *done =
      picked.millionths ? arena_printf(s->arena, "%s %s", paper_quantity(s, picked, NULL), T("picked")) : NULL;
  struct cell cells[COLUMNS_MAX];
  size_t k = 0;
  cells[k++] = (struct cell){.text = stops->bin ? paper_clean(s->arena, stops->bin) : T("no_bin"), .big = stops->bin};
  cells[k++] = (struct cell){.text = paper_clean(s->arena, either(stops->name, stops->sku)),
                             .small = paper_clean(s->arena, sku)};
  cells[k++] =
      (struct cell){.text = paper_quantity(s, quantity_sub(sum, picked), stops->unit), .small = done, .big = true};
  if (totes)
    cells[k++] = (struct cell){.text = buf_str(&into)};
  cells[k++] = (struct cell){.barcode = code, .ean = ean, .small = code};
  cells[k++] = (struct cell){.box = sum.millionths > picked.millionths};
  table_row(s, t, cells);
}

static void orders_draw(struct sheet *s, const struct pick_list *list)
{
  struct table t = {(const struct column[]){{T("tote"), 0.09, LEFT},
                                            {T("order"), 0.24, LEFT},
                                            {T("ship_by"), 0.25, LEFT},
                                            {T("carrier"), 0.2, LEFT},
                                            {T("notes"), 0.22, LEFT}},
                    5};
  s->y += 5 * MM;
  table_head(s, &t);
  EACH (const struct pick_order, o, &list->orders) {
    struct cell cells[5] = {
        {.text = o->tote != ABSENT ? paper_number(s, o->tote) : NULL, .bold = true},
        {.text = o->order_number, .small = o->channel},
        {.text = paper_time(s, o->ship_by)},
        {.text = way(s, o->carrier, o->service)},
        {.small = paper_clean(s->arena, o->notes)},
    };
    table_row(s, &t, cells);
  }
}

static bool has_totes(const struct pick_list *list)
{
  EACH (const struct pick_order, o, &list->orders)
    if (o->tote != ABSENT)
      return true;
  return false;
}

static void pick_list_draw(struct sheet *s, const struct pick_list *list)
{
  bool one = list->orders.n == 1 && !list->wave_id.v, totes = has_totes(list);
  const struct pick_order *first = list->orders.n ? &list->orders.at[0] : NULL;
  const char *place = either(list->location_name, list->location);
  sheet_document(s, either(list->language, "en"), list->time_zone,
                 arena_printf(s->arena, "%s  %s", T("pick_list"), either(list->title, place)));
  s->foot = arena_printf(s->arena, "%s  %s  %s", T("pick_list"), either(list->title, ""), paper_clean(s->arena, place));
  head_draw(s, place, T("pick_list"), list->title,
            one ? id_text(s, PREFIX_fulfillment, first->fulfillment_id.v) : list->title);
  facts_draw(s,
             (struct fact[]){{"location", list->location},
                             {"orders", list->orders.n > 1 ? paper_number(s, (int64_t)list->orders.n) : NULL},
                             {"units", paper_quantity(s, list->units, NULL)},
                             {"ship_by", one ? paper_time(s, first->ship_by) : NULL},
                             {"carrier", one ? way(s, first->carrier, first->service) : NULL},
                             {"made_at", paper_time(s, list->made_at)}},
             6);
  if (one && first->notes) {
    text_draw(s, s->paper->margin, s->y, sheet_inner(s), &label_style, T("notes"));
    s->y += 3.4 * MM;
    s->y += text_draw(s, s->paper->margin, s->y, sheet_inner(s), &note_style, paper_clean(s->arena, first->notes));
  }
  s->y += 2 * MM;
  struct column columns[COLUMNS_MAX];
  size_t n = 0;
  columns[n++] = (struct column){T("bin"), 0.14, LEFT};
  columns[n++] = (struct column){T("product"), totes ? 0.3 : 0.41, LEFT};
  columns[n++] = (struct column){T("quantity"), totes ? 0.11 : 0.12, RIGHT};
  if (totes)
    columns[n++] = (struct column){T("tote_quantity"), 0.11, RIGHT};
  columns[n++] = (struct column){T("code"), totes ? 0.28 : 0.27, LEFT};
  columns[n++] = (struct column){"", 0.06, RIGHT};
  struct table t = {columns, n};
  table_head(s, &t);
  for (size_t i = 0, k; i < list->stops.n; i = k) {
    for (k = i + 1; k < list->stops.n && same_place(&list->stops.at[i], &list->stops.at[k]);)
      k++;
    stops_row(s, &t, &list->stops.at[i], k - i, totes);
  }
  if (list->units.millionths == 0) {
    s->y += 3 * MM;
    s->y += text_draw(s, s->paper->margin, s->y, sheet_inner(s), &note_style, T("nothing_to_pick"));
  }
  if (!one)
    orders_draw(s, list);
}

struct several {
  const void *at;
  size_t n;
};

static void draw_pick_lists(struct sheet *s, const void *arg)
{
  const struct several *all = arg;
  const struct pick_list *lists = all->at;
  for (size_t i = 0; i < all->n && !s->broken; i++)
    pick_list_draw(s, &lists[i]);
}

enum err print_pick_lists(struct arena *a, struct fault *f, const struct pick_list *lists, size_t n,
                          struct print_out *out)
{
  return sheet_print(a, f, &paper_a4, n, draw_pick_lists, &(struct several){lists, n}, out);
}

/* ---- Packing slips ---- */

static void addresses_draw(struct sheet *s, const struct packing_slip *slip)
{
  double half = sheet_inner(s) / 2, left = s->paper->margin, y = s->y;
  y += text_draw(s, left, y, half - 4 * MM, &label_style, T("deliver_to"));
  double to = text_draw(s, left, y, half - 4 * MM, &address_style, paper_address(s, slip->to, true));
  text_draw(s, left + half, s->y, half, &label_style, T("from"));
  const char *own = slip->from ? paper_address(s, slip->from, false)
                               : paper_clean(s->arena, either(slip->location_name, slip->location));
  const char *from = slip->from && either(slip->from->name, slip->from->company)
                         ? own
                         : arena_printf(s->arena, "%s\n%s", slip->company, own);
  double back = text_draw(s, left + half, y, half, &address_style, from);
  s->y = y + (to > back ? to : back) + 4 * MM;
}

static void slip_draw(struct sheet *s, const struct packing_slip *slip)
{
  struct buf numbers;
  sheet_document(s, either(slip->language, "en"), slip->time_zone, NULL);
  s->foot = arena_printf(s->arena, "%s  %s", paper_clean(s->arena, slip->company), either(slip->order_number, ""));
  head_draw(s, slip->company, T("packing_slip"), slip->order_number, slip->order_number);
  addresses_draw(s, slip);
  buf_init(&numbers, s->arena);
  for (size_t i = 0; i < slip->tracking_numbers.n && i < 4; i++)
    buf_printf(&numbers, "%s%s", i ? ", " : "", slip->tracking_numbers.at[i]);
  facts_draw(s,
             (struct fact[]){{"ordered", paper_time(s, slip->ordered_at)},
                             {"reference", slip->external_id},
                             {"carrier", way(s, slip->carrier, slip->service)},
                             {"parcels", slip->parcel_count ? paper_number(s, slip->parcel_count) : NULL},
                             {"weight", paper_weight(s, slip->weight_g)},
                             {"tracking", buf_str(&numbers)}},
             6);
  s->y += 2 * MM;
  bool parcels = slip->parcel_count > 1;
  struct column columns[COLUMNS_MAX];
  size_t n = 0;
  columns[n++] = (struct column){T("line"), 0.08, LEFT};
  columns[n++] = (struct column){T("product"), parcels ? 0.5 : 0.6, LEFT};
  columns[n++] = (struct column){T("of_order"), 0.15, RIGHT};
  columns[n++] = (struct column){T("in_delivery"), 0.17, RIGHT};
  if (parcels)
    columns[n++] = (struct column){T("parcel"), 0.1, RIGHT};
  struct table t = {columns, n};
  table_head(s, &t);
  EACH (const struct slip_line, l, &slip->lines) {
    const char *small = l->lot ? arena_printf(s->arena, "%s   %s %s", l->sku, T("lot"), l->lot) : l->sku;
    struct cell cells[COLUMNS_MAX] = {
        {.text = paper_number(s, l->line)},
        {.text = paper_clean(s->arena, either(l->name, l->sku)), .small = paper_clean(s->arena, small)},
        {.text = paper_quantity(s, l->ordered, l->unit)},
        {.text = paper_quantity(s, l->quantity, l->unit), .bold = true},
        {.text = l->parcel != ABSENT ? paper_number(s, l->parcel) : NULL},
    };
    table_row(s, &t, cells);
  }
  s->y += 4 * MM;
  const char *notes = paper_clean(s->arena, slip->notes);
  double high = text_height(s, sheet_inner(s), &note_style, notes) + 14 * MM;
  if (s->y + high > sheet_bottom(s))
    sheet_break(s);
  if (notes && *notes) {
    s->y += text_draw(s, s->paper->margin, s->y, sheet_inner(s), &label_style, T("notes"));
    s->y += text_draw(s, s->paper->margin, s->y, sheet_inner(s), &note_style, notes) + 3 * MM;
  }
  if (slip->other_parts)
    s->y += text_draw(s, s->paper->margin, s->y, sheet_inner(s), &note_style,
                      paper_textf(s->arena, s->language, "other_parts", paper_number(s, slip->other_parts), NULL));
}

static void draw_slips(struct sheet *s, const void *arg)
{
  const struct several *all = arg;
  const struct packing_slip *slips = all->at;
  for (size_t i = 0; i < all->n && !s->broken; i++)
    slip_draw(s, &slips[i]);
}

enum err print_packing_slips(struct arena *a, struct fault *f, const struct packing_slip *slips, size_t n,
                             struct print_out *out)
{
  return sheet_print(a, f, &paper_a4, n, draw_slips, &(struct several){slips, n}, out);
}

/* ---- Labels ---- */

static void label_draw(struct sheet *s, const struct parcel_label *l)
{
  static const struct style small = {.size = 8.5}, name = {.size = 17, .bold = true, .lines = 1};
  static const struct style to = {.size = 15}, number = {.size = 12, .bold = true, .align = CENTER, .lines = 1};
  static const struct style right = {.size = 12, .bold = true, .align = RIGHT, .lines = 1};
  const char *code = either(l->tracking_number, id_text(s, PREFIX_parcel, l->parcel_id.v));
  sheet_document(s, either(l->language, "en"), l->time_zone, NULL);
  double left = s->paper->margin, inner = sheet_inner(s), top = s->paper->margin;
  const char *own = l->from ? paper_address(s, l->from, false) : "";
  const char *from =
      l->from && either(l->from->name, l->from->company) ? own : arena_printf(s->arena, "%s\n%s", l->company, own);
  double y = top + text_draw(s, left, top, inner - 28 * MM, &label_style, T("from"));
  text_fit(s, left, y, inner - 26 * MM, top + 22.5 * MM - y, small, from);
  barcode_draw_right(s, BARCODE_QR, code, left + inner - 24 * MM, top - 2 * MM, 24 * MM, 24 * MM);
  y = top + 24 * MM;
  rule_draw(s, left, y, inner, 1.2);
  y += 2 * MM;
  text_draw(s, left, y, inner * 0.72, &name,
            paper_clean(s->arena, either(way(s, l->carrier, l->service), l->order_number)));
  text_squeeze(s, left + inner * 0.72, y + 1.2 * MM, inner * 0.28, right,
               l->of > 1 ? arena_printf(s->arena, "%lld/%lld", (long long)l->n, (long long)l->of)
                         : paper_weight(s, l->weight_g));
  y += 10 * MM;
  rule_draw(s, left, y, inner, 1.2);
  y += 2 * MM;
  y += text_draw(s, left, y, inner, &label_style, T("to"));
  text_fit(s, left, y, inner, top + 90 * MM - y, to, paper_address(s, l->to, true));
  y = top + 92 * MM;
  rule_draw(s, left, y, inner, 1.2);
  y += 3 * MM;
  double width = barcode_draw(s, BARCODE_128, code, left, y, inner, 26 * MM);
  if (width > 0 && width < inner && !s->counting) {
    /* Drawn again in the middle: its width is known only now. */
    box_draw(s, left, y - 0.5, inner, 26 * MM + 1, 1);
    barcode_draw(s, BARCODE_128, code, left + (inner - width) / 2, y, width + 0.01, 26 * MM);
  }
  y += 27 * MM;
  y += text_draw(s, left, y, inner, &(struct style){.size = 7.5, .gray = true, .lines = 1, .align = CENTER},
                 T(l->tracking_number ? "tracking" : "parcel_code"));
  text_draw(s, left, y, inner, &number, code);
  y = s->paper->height - s->paper->margin - 8 * MM;
  rule_draw(s, left, y, inner, 0.5);
  y += 1.5 * MM;
  text_draw(s, left, y, inner * 0.6, &value_style,
            l->order_number ? arena_printf(s->arena, "%s %s", T("order"), l->order_number) : NULL);
  text_squeeze(s, left + inner * 0.6, y, inner * 0.4, (struct style){.size = 10, .align = RIGHT},
               l->of > 1 ? paper_weight(s, l->weight_g) : NULL);
}

static void draw_labels(struct sheet *s, const void *arg)
{
  const struct several *all = arg;
  const struct parcel_label *labels = all->at;
  for (size_t i = 0; i < all->n && !s->broken; i++)
    label_draw(s, &labels[i]);
}

enum err print_labels(struct arena *a, struct fault *f, const struct parcel_label *labels, size_t n,
                      struct print_out *out)
{
  return sheet_print(a, f, &paper_label, n, draw_labels, &(struct several){labels, n}, out);
}

/* ---- Manifests ---- */

struct manifest_paper {
  const struct manifest *manifest;
  const char *language, *zone;
};

static void signature_draw(struct sheet *s, double x, double width, const char *key)
{
  rule_draw(s, x, s->y + 14 * MM, width, 0.6);
  text_draw(s, x, s->y + 15 * MM, width, &label_style, arena_printf(s->arena, "%s (%s)", T(key), T("signature")));
}

static void draw_manifest(struct sheet *s, const void *arg)
{
  const struct manifest_paper *paper = arg;
  const struct manifest *m = paper->manifest;
  sheet_document(s, paper->language, paper->zone, NULL);
  s->foot = arena_printf(s->arena, "%s  %s", T("manifest"), m->number);
  head_draw(s, m->location, T("manifest"), m->number, m->number);
  facts_draw(s,
             (struct fact[]){{"carrier", m->carrier},
                             {"shipments", paper_number(s, m->shipment_count)},
                             {"parcels", paper_number(s, m->parcel_count)},
                             {"weight", paper_weight(s, m->weight_g)},
                             {"closed_at", paper_time(s, m->closed_at)},
                             {"closed_by", m->closed_by}},
             6);
  s->y += 2 * MM;
  struct table t = {(const struct column[]){{T("line"), 0.08, LEFT},
                                            {T("tracking"), 0.4, LEFT},
                                            {T("order"), 0.2, LEFT},
                                            {T("service"), 0.18, LEFT},
                                            {T("weight"), 0.14, RIGHT}},
                    5};
  table_head(s, &t);
  for (size_t i = 0; i < m->parcels.n; i++) {
    const struct manifest_parcel *p = &m->parcels.at[i];
    struct cell cells[5] = {
        {.text = paper_number(s, (int64_t)i + 1)},
        {.text = either(p->tracking_number, id_text(s, PREFIX_parcel, p->parcel_id.v))},
        {.text = p->order_number},
        {.text = p->service},
        {.text = paper_weight(s, p->weight_g)},
    };
    table_row(s, &t, cells);
  }
  if (m->remaining)
    s->y += 3 * MM + text_draw(s, s->paper->margin, s->y + 2 * MM, sheet_inner(s), &note_style, T("remaining"));
  if (s->y + 28 * MM > sheet_bottom(s))
    sheet_break(s);
  s->y += 6 * MM;
  double half = sheet_inner(s) / 2;
  signature_draw(s, s->paper->margin, half - 6 * MM, "handed_over");
  signature_draw(s, s->paper->margin + half + 6 * MM, half - 6 * MM, "received");
}

enum err print_manifest(struct arena *a, struct fault *f, const struct manifest *m, const char *language,
                        const char *time_zone, struct print_out *out)
{
  return sheet_print(a, f, &paper_a4, 1, draw_manifest, &(struct manifest_paper){m, language, time_zone}, out);
}
