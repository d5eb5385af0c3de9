/* The streaming writer. Commas follow from one flag: a value has just ended, so the next key or item needs one. */
#include "json_priv.h"

#include <string.h>

void json_out_init(struct json_out *o, struct buf *b)
{
  *o = (struct json_out){.buf = b};
}

void rec_buf_grow(struct buf *b, size_t n)
{
  size_t cap = b->cap ? b->cap * 2 : 256;
  while (cap < b->n + n + 1)
    cap *= 2;
  char *at = arena_alloc(b->arena, cap);
  if (b->n)
    memcpy(at, b->at, b->n);
  b->at = at;
  b->cap = cap;
}

static void open_with(struct json_out *o, char c)
{
  value_begin(o);
  put(o->buf, c);
  o->comma = false;
}

static void close_with(struct json_out *o, char c)
{
  put(o->buf, c);
  o->comma = true;
}

void json_object(struct json_out *o)
{
  open_with(o, '{');
}
void json_object_end(struct json_out *o)
{
  close_with(o, '}');
}
void json_array(struct json_out *o)
{
  open_with(o, '[');
}
void json_array_end(struct json_out *o)
{
  close_with(o, ']');
}

/* What text_stops has found at s: an escape. */
static void put_escape(struct buf *b, char c)
{
  static const char names[] = "btn-fr"; /* of U+0008 to U+000D */
  static const char hex[] = "0123456789abcdef";
  if (c == '"' || c == '\\') {
    put_n(b, (const char[]){'\\', c}, 2);
  } else if (c >= '\b' && c <= '\r' && c != '\v') {
    put_n(b, (const char[]){'\\', names[c - '\b']}, 2);
  } else {
    put_n(b, "\\u00", 4);
    put(b, hex[c >> 4]);
    put(b, hex[c & 15]);
  }
}

void rec_put_string(struct buf *b, const char *s, size_t n)
{
  const char *end = s + n;
  put(b, '"');
  while (s < end) {
    const char *plain = s;
    uint64_t word, stop = 0;
    while (end - s >= (ptrdiff_t)sizeof word) {
      memcpy(&word, s, sizeof word);
      if ((stop = text_stops(word)))
        break;
      s += sizeof word;
    }
    if (stop)
      s += text_first_stop(stop);
    else
      while (s < end && (unsigned char)*s >= 0x20 && *s != '"' && *s != '\\')
        s++;
    put_n(b, plain, (size_t)(s - plain));
    if (s < end)
      put_escape(b, *s++);
  }
  put(b, '"');
}

void json_key(struct json_out *o, const char *key)
{
  value_begin(o);
  rec_put_string(o->buf, key, strlen(key));
  put(o->buf, ':');
  o->comma = false;
}

void json_raw(struct json_out *o, const char *json)
{
  value_begin(o);
  put_n(o->buf, json, strlen(json));
}

void json_text(struct json_out *o, const char *s)
{
  if (!s) {
    json_null(o);
    return;
  }
  value_begin(o);
  rec_put_string(o->buf, s, strlen(s));
}

void rec_put_i64(struct buf *b, int64_t v)
{
  char digits[24], *end = digits + sizeof digits, *p = end;
  uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
  do
    *--p = (char)('0' + u % 10);
  while (u /= 10);
  if (v < 0)
    *--p = '-';
  put_n(b, p, (size_t)(end - p));
}

void rec_put_decimal(struct buf *b, int64_t v, int places)
{
  char text[32];
  put_n(b, text, decimal_format(v, places, text));
}

void json_i64(struct json_out *o, int64_t v)
{
  value_begin(o);
  rec_put_i64(o->buf, v);
}

void json_bool(struct json_out *o, bool v)
{
  json_raw(o, v ? "true" : "false");
}
void json_null(struct json_out *o)
{
  json_raw(o, "null");
}

void json_quantity(struct json_out *o, struct quantity q)
{
  value_begin(o);
  rec_put_decimal(o->buf, q.millionths, 6);
}

void json_instant(struct json_out *o, struct instant t)
{
  char text[INSTANT_TEXT];
  instant_format(t, text);
  json_text(o, text);
}

void json_put_text(struct json_out *o, const char *key, const char *s)
{
  if (!s)
    return;
  json_key(o, key);
  json_text(o, s);
}

void json_put_i64(struct json_out *o, const char *key, int64_t v)
{
  if (v == ABSENT)
    return;
  json_key(o, key);
  json_i64(o, v);
}

void json_put_quantity(struct json_out *o, const char *key, struct quantity q)
{
  if (!quantity_set(q))
    return;
  json_key(o, key);
  json_quantity(o, q);
}
