/* Lists so short that they need no cursor: roles, settings. They look like every other list. */
#include "api_priv.h"

void api_page(struct ctx *cx, const struct api_request *rq, const struct rec *rec, const void *rows, size_t n)
{
  static const struct rec_view view = {.without_lists = true};
  struct buf body;
  struct json_out o;
  buf_init(&body, cx->arena);
  json_out_init(&o, &body);
  json_object(&o);
  json_key(&o, "data");
  json_array(&o);
  for (size_t i = 0; i < n; i++)
    json_record(&o, rec, (const char *)rows + i * rec->size, &view);
  json_array_end(&o);
  json_key(&o, "next_cursor");
  json_null(&o);
  json_object_end(&o);
  json_headers(cx->arena, rq->reply);
  rq->reply->body = buf_str(&body);
  rq->reply->n_body = body.n;
}
