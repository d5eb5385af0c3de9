/* Tables: rows as high as their cells, the head again on each page. */
#include "print_priv.h"

static const double pad = 1.4 * MM, code_height = 9 * MM;

static double left_of(const struct sheet *s, const struct table *t, size_t column)
{
  double x = s->paper->margin;
  for (size_t i = 0; i < column; i++)
    x += t->columns[i].width * sheet_inner(s);
  return x;
}

static double width_of(const struct sheet *s, const struct table *t, size_t column)
{
  return t->columns[column].width * sheet_inner(s) - 2 * pad;
}

void table_head(struct sheet *s, const struct table *t)
{
  double high = 0;
  for (size_t i = 0; i < t->n; i++) {
    struct style style = {.size = 7.5, .bold = true, .align = t->columns[i].align, .lines = 2};
    double h = text_height(s, width_of(s, t, i), &style, t->columns[i].title);
    high = h > high ? h : high;
  }
  if (s->y + high + 20 * MM > sheet_bottom(s))
    sheet_break(s);
  box_draw(s, s->paper->margin, s->y, sheet_inner(s), high + 2 * pad, 0.92);
  for (size_t i = 0; i < t->n; i++) {
    struct style style = {.size = 7.5, .bold = true, .align = t->columns[i].align, .lines = 2};
    text_draw(s, left_of(s, t, i) + pad, s->y + pad, width_of(s, t, i), &style, t->columns[i].title);
  }
  s->y += high + 2 * pad;
}

static struct style main_style(const struct table *t, size_t i, const struct cell *c)
{
  return (struct style){.size = c->big ? 11 : 9.5, .bold = c->bold || c->big, .align = t->columns[i].align, .lines = 4};
}

static struct style small_style(const struct table *t, size_t i)
{
  return (struct style){.size = 8, .gray = true, .align = t->columns[i].align, .lines = 4};
}

static double cell_height(struct sheet *s, const struct table *t, size_t i, const struct cell *c)
{
  struct style big = main_style(t, i, c), small = small_style(t, i);
  double width = width_of(s, t, i);
  if (c->barcode)
    return code_height + text_height(s, width, &small, c->small);
  if (c->box)
    return 4.5 * MM;
  return text_height(s, width, &big, c->text) + text_height(s, width, &small, c->small);
}

static void cell_draw(struct sheet *s, const struct table *t, size_t i, const struct cell *c, double high)
{
  struct style big = main_style(t, i, c), small = small_style(t, i);
  double x = left_of(s, t, i) + pad, y = s->y + pad, width = width_of(s, t, i);
  if (c->box) {
    frame_draw(s, x + width - 4.5 * MM, y + (high - 4.5 * MM) / 2, 4.5 * MM, 4.5 * MM);
    return;
  }
  if (c->barcode) {
    /* The bars keep off the cell's neighbors; what has no room is written. */
    if (barcode_draw(s, c->ean ? BARCODE_EAN13 : BARCODE_128, c->barcode, x, y, width, code_height) > 0) {
      small.align = LEFT;
      text_draw(s, x + 3 * MM, y + code_height, width - 3 * MM, &small, c->small);
      return;
    }
    text_draw(s, x, y, width, &small, c->small);
    return;
  }
  y += text_draw(s, x, y, width, &big, c->text);
  text_draw(s, x, y, width, &small, c->small);
}

void table_row(struct sheet *s, const struct table *t, const struct cell *cells)
{
  double high = 0;
  if (s->broken)
    return;
  for (size_t i = 0; i < t->n; i++) {
    double h = cell_height(s, t, i, &cells[i]);
    high = h > high ? h : high;
  }
  if (s->y + high + 2 * pad > sheet_bottom(s)) {
    sheet_break(s);
    table_head(s, t);
  }
  for (size_t i = 0; i < t->n; i++)
    cell_draw(s, t, i, &cells[i], high);
  s->y += high + 2 * pad;
  rule_draw(s, s->paper->margin, s->y, sheet_inner(s), 0.4);
}
