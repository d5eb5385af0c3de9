/* Mail out: SMTP by libcurl, MIME by its builder; headers are ours. */
#include "net_priv.h"

#include "codec.h"

#include <stdio.h>
#include <string.h>

/* RFC 2047: words of at most 75 characters, cut between characters, joined by folded white space. */
const char *net_mail_encoded(struct arena *a, const char *text)
{
  enum { WORD_BYTES = 42 }; /* 56 characters of base64 and 12 of frame */
  struct buf out;
  bool plain = true;
  for (const unsigned char *c = (const unsigned char *)text; *c; c++)
    plain = plain && *c >= 0x20 && *c < 0x7f;
  if (plain && !strstr(text, "=?"))
    return text;
  buf_init(&out, a);
  for (const char *at = text; *at;) {
    const char *word = utf8_cut(a, at, WORD_BYTES);
    size_t n = strlen(word);
    buf_text(&out, out.n ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
    base64_add(&out, word, n);
    buf_text(&out, "?=");
    at += n;
  }
  return buf_str(&out);
}

bool net_mail_address_valid(const char *address)
{
  const char *at = strrchr(address, '@');
  size_t n = strlen(address);
  if (!at || at == address || !at[1] || n > 254 || !text_on_a_line(address) || !utf8_valid(address, n))
    return false;
  if (strpbrk(address, " <>,;:\"\\()[]") || strchr(address, '@') != at || at[1] == '.' || address[n - 1] == '.')
    return false;
  for (const char *c = at + 1; *c; c++)
    if ((unsigned char)*c >= 0x80 || (c[0] == '.' && c[1] == '.'))
      return false;
  return true;
}

static const char *person(struct arena *a, const struct net_person *p)
{
  if (!p->name || !*p->name)
    return arena_printf(a, "<%s>", p->address);
  const char *name = net_mail_encoded(a, p->name);
  if (name != p->name)
    return arena_printf(a, "%s <%s>", name, p->address);
  struct buf quoted;
  buf_init(&quoted, a);
  for (const char *c = name; *c; c++) {
    if (*c == '"' || *c == '\\')
      buf_char(&quoted, '\\');
    buf_char(&quoted, *c);
  }
  return arena_printf(a, "\"%s\" <%s>", buf_str(&quoted), p->address);
}

static const char *date(struct arena *a, struct instant at)
{
  static const char days[7][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
  static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  char text[INSTANT_TEXT], day[DATE_TEXT];
  int64_t days_1970 = at.ms >= 0 ? at.ms / DAY_MS : -1;
  instant_format(at, text); /* 2026-11-20T08:00:00.000Z */
  days_date(days_1970, day);
  int month = (text[5] - '0') * 10 + text[6] - '1';
  return arena_printf(a, "%s, %.2s %s %.4s %.8s +0000", days[days_weekday(days_1970)], text + 8, months[month], text,
                      text + 11);
}

enum { SAID_MAX = 500 };

struct mail_call {
  struct transfer transfer;
  curl_mime *mime;
  struct curl_slist *recipients;
  struct buf said; /* the server's last line; after a no that one: what follows it is good-bye */
  bool no;
};

static void add_header(struct mail_call *c, const char *name, const char *value)
{
  c->transfer.headers = curl_slist_append(c->transfer.headers, arena_printf(c->transfer.arena, "%s: %s", name, value));
}

static size_t take_line(char *bytes, size_t one, size_t n, void *arg)
{
  struct mail_call *c = arg;
  size_t length = one * n, shown = length < SAID_MAX ? length : SAID_MAX;
  if (c->no)
    return length;
  c->no = length && (*bytes == '4' || *bytes == '5');
  while (shown && (bytes[shown - 1] == '\n' || bytes[shown - 1] == '\r'))
    shown--;
  c->said.n = 0;
  buf_add(&c->said, bytes, shown);
  return length;
}

static void add_headers(struct mail_call *c, const struct net_mail *mail)
{
  struct arena *a = c->transfer.arena;
  struct buf to;
  buf_init(&to, a);
  for (size_t i = 0; i < mail->n_to; i++)
    buf_printf(&to, "%s%s", i ? ",\r\n " : "", person(a, &mail->to[i]));
  add_header(c, "Date", date(a, mail->at));
  add_header(c, "From", person(a, &mail->from));
  add_header(c, "To", buf_str(&to));
  if (mail->reply_to.address)
    add_header(c, "Reply-To", person(a, &mail->reply_to));
  add_header(c, "Message-ID", arena_printf(a, "<%s>", mail->message_id));
  add_header(c, "Subject", net_mail_encoded(a, mail->subject));
  for (size_t i = 0; i < mail->n_headers; i++)
    add_header(c, mail->headers[i].name, mail->headers[i].value);
}

/* Lines of a mail end with CR and LF. */
static const char *lines(struct arena *a, const char *text)
{
  struct buf out;
  buf_init(&out, a);
  for (const char *c = text; *c; c++) {
    if (*c == '\n' && (c == text || c[-1] != '\r'))
      buf_char(&out, '\r');
    buf_char(&out, *c);
  }
  return buf_str(&out);
}

static void add_text(struct arena *a, curl_mime *mime, const char *text, const char *type)
{
  if (!text)
    return;
  curl_mimepart *part = curl_mime_addpart(mime);
  curl_mime_data(part, lines(a, text), CURL_ZERO_TERMINATED);
  curl_mime_type(part, type);
  curl_mime_encoder(part, "quoted-printable");
}

/* multipart/mixed of (multipart/alternative of text and HTML) and the attachments. */
static void add_parts(struct mail_call *c, const struct net_mail *mail)
{
  CURL *curl = c->transfer.curl;
  curl_mime *bodies = curl_mime_init(curl);
  c->mime = curl_mime_init(curl);
  add_text(c->transfer.arena, bodies, mail->text, "text/plain; charset=utf-8");
  add_text(c->transfer.arena, bodies, mail->html, "text/html; charset=utf-8");
  curl_mimepart *first = curl_mime_addpart(c->mime);
  curl_mime_subparts(first, bodies);
  curl_mime_type(first, "multipart/alternative");
  struct curl_slist *in_line = curl_slist_append(NULL, "Content-Disposition: inline");
  curl_mime_headers(first, in_line, 1);
  for (size_t i = 0; i < mail->n_attachments; i++) {
    const struct net_attachment *file = &mail->attachments[i];
    curl_mimepart *part = curl_mime_addpart(c->mime);
    curl_mime_data(part, file->bytes, file->n);
    curl_mime_filename(part, net_mail_encoded(c->transfer.arena, file->name));
    curl_mime_type(part, file->content_type);
    curl_mime_encoder(part, "base64");
  }
}

/* Texts that become headers have no line ends: nobody writes further headers through a name. */
static bool mail_valid(const struct net_mail *mail)
{
  bool valid = text_on_a_line(mail->subject) && text_on_a_line(mail->message_id) && text_on_a_line(mail->from.name) &&
               text_on_a_line(mail->reply_to.name) && net_mail_address_valid(mail->from.address) &&
               (!mail->reply_to.address || net_mail_address_valid(mail->reply_to.address)) && mail->n_to > 0;
  for (size_t i = 0; i < mail->n_to; i++)
    valid = valid && net_mail_address_valid(mail->to[i].address) && text_on_a_line(mail->to[i].name);
  for (size_t i = 0; i < mail->n_headers; i++)
    valid = valid && text_on_a_line(mail->headers[i].name) && text_on_a_line(mail->headers[i].value);
  for (size_t i = 0; i < mail->n_attachments; i++)
    valid = valid && text_on_a_line(mail->attachments[i].name) && text_on_a_line(mail->attachments[i].content_type);
  return valid;
}

static void set_up(struct mail_call *c, const struct net_mail *mail)
{
  CURL *curl = c->transfer.curl;
  add_headers(c, mail);
  add_parts(c, mail);
  for (size_t i = 0; i < mail->n_to; i++)
    c->recipients = curl_slist_append(c->recipients, arena_printf(c->transfer.arena, "<%s>", mail->to[i].address));
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, arena_printf(c->transfer.arena, "<%s>", mail->from.address));
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, c->recipients);
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, c->transfer.headers);
  curl_easy_setopt(curl, CURLOPT_MIMEPOST, c->mime);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_line);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, c);
}

/* A code of 400 or more was the server's no, whatever libcurl calls it; without one the connection failed. */
static enum err judge(struct mail_call *c, enum err err, const char *said, struct net_fault *f)
{
  long status = 0;
  curl_easy_getinfo(c->transfer.curl, CURLINFO_RESPONSE_CODE, &status);
  if (err == ERR_OK || status < 400 || f->error == NET_TIMEOUT || f->error == NET_STOPPED)
    return err;
  enum net_error error = f->error == NET_LOGIN ? NET_LOGIN : f->error == NET_TLS ? NET_TLS : NET_REJECTED;
  err = net_fail(c->transfer.arena, f, error, "the mail server said: %s", said);
  f->status = (int)status;
  return err;
}

enum err net_mail(struct arena *a, const struct net_server *server, const struct net_mail *mail,
                  const struct net_limits *limits, const char **out_said, struct net_fault *f)
{
  struct mail_call c = {0};
  *f = (struct net_fault){.error = NET_OK};
  if (!mail_valid(mail))
    return net_fail(a, f, NET_BAD_URL, "an address or a header of the mail is not one");
  transfer_init(&c.transfer, a, limits);
  buf_init(&c.said, a);
  transfer_server(&c.transfer, server, "smtp", "/ordo");
  set_up(&c, mail);
  enum err err = transfer_run(&c.transfer, f);
  const char *said = net_text(a, c.said.at ? c.said.at : "", c.said.n, 3 * SAID_MAX);
  err = judge(&c, err, said, f);
  curl_mime_free(c.mime);
  curl_slist_free_all(c.recipients);
  transfer_done(&c.transfer);
  if (out_said)
    *out_said = said;
  return err;
}
