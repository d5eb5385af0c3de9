/* Comments: rows of the order's family that never change, and an event that its timeline shows. */
#include "work_priv.h"

#include <string.h>

struct comment_facts {
  struct order_work work;
  const struct comment_input *body;
  LIST(const char *) mentions;
};
struct comment_plan {
  struct order_work work;
  struct order_comment comment;
};

static enum err comment_load(struct ctx *cx, const struct act_input *in, void *out)
{
  struct comment_facts *f = out;
  struct order_id id;
  f->body = in->body;
  TRY(order_find(cx, in->id, &id));
  for (size_t i = 0; i < f->body->mentions.n; i++) {
    struct person who;
    TRY(person_find(cx, f->body->mentions.at[i], arena_printf(cx->arena, "/mentions/%zu", i), &who));
    *LIST_ADD(cx->arena, &f->mentions) = who.id;
  }
  return order_work_load(cx, id, in->version, &f->work);
}

static const char *mentions_data(struct ctx *cx, const struct comment_facts *f)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_key(&o, "mentions");
  json_array(&o);
  for (size_t i = 0; i < f->mentions.n; i++)
    json_text(&o, f->mentions.at[i]);
  json_array_end(&o);
  json_object_end(&o);
  return buf_str(&text);
}

static const char *content_data(struct ctx *cx, const char *content)
{
  struct buf text;
  struct json_out o;
  buf_init(&text, cx->arena);
  json_out_init(&o, &text);
  json_object(&o);
  json_put_text(&o, "content", content);
  json_object_end(&o);
  return buf_str(&text);
}

static enum err comment_decide(struct ctx *cx, const void *facts, void *out)
{
  const struct comment_facts *f = facts;
  struct comment_plan *plan = out;
  struct order_work w = order_work_copy(cx, &f->work);
  struct person author = person_acting(cx);
  order_event(cx, &w, "order.commented", NULL, 0, mentions_data(cx, f));
  w.events.at[w.events.n - 1].personal = content_data(cx, f->body->content);
  order_work_finish(cx, &w);
  plan->comment = (struct order_comment){.bucket = w.after->bucket,
                                         .order_id = w.after->id.v,
                                         .n = w.after->version,
                                         .at = cx->now,
                                         .author = author.id,
                                         .author_name = author.name,
                                         .content = f->body->content};
  plan->comment.mentions.at = f->mentions.at;
  plan->comment.mentions.n = plan->comment.mentions.cap = f->mentions.n;
  plan->work = w;
  return ERR_OK;
}

static enum err comment_apply(struct ctx *cx, const void *plan, struct act_result *out)
{
  const struct comment_plan *p = plan;
  struct order_work w = p->work;
  char id[ID_TEXT];
  TRY(order_work_apply(cx, &w));
  TRY(db_insert(cx->db, &order_comment_table, &p->comment));
  id_format(PREFIX_order, w.after->id.v, id);
  *out = (struct act_result){.rec = &order_comment_rec,
                             .value = arena_copy(cx->arena, &p->comment, sizeof p->comment),
                             .location = arena_printf(cx->arena, "/v1/orders/%s/comments", id),
                             .version = w.after->version};
  return ERR_OK;
}

const struct act order_comment_act = {"order.comment",
                                      sizeof(struct comment_facts),
                                      sizeof(struct comment_plan),
                                      comment_load,
                                      comment_decide,
                                      comment_apply,
                                      0};
