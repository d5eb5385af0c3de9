/* Mail in: one command of IMAP a call. */
#include "net_priv.h"

#include "codec.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* "* SEARCH 2 3 5": everything else between is passed over. */
void net_uids_read(struct arena *a, const char *bytes, size_t n, net_uids *out)
{
  static const char head[] = "* SEARCH";
  for (const char *line = bytes, *end = bytes + n; line < end;) {
    const char *stop = memchr(line, '\n', (size_t)(end - line));
    stop = stop ? stop : end;
    if (stop - line >= (ptrdiff_t)sizeof head - 1 && strncasecmp(line, head, sizeof head - 1) == 0) {
      int64_t uid = 0;
      bool digits = false;
      for (const char *c = line + sizeof head - 1; c <= stop; c++) {
        bool digit = c < stop && *c >= '0' && *c <= '9';
        if (digit && uid <= UINT32_MAX)
          uid = uid * 10 + (*c - '0');
        else if (!digit && digits && uid > 0 && uid <= UINT32_MAX && out->n < NET_UIDS_MAX)
          *LIST_ADD(a, out) = uid;
        if (!digit)
          uid = 0;
        digits = digit;
      }
    }
    line = stop + 1;
  }
}

static enum err command(struct arena *a, const struct net_mailbox *box, const char *path, const char *words,
                        const struct net_limits *limits, struct buf *out, struct net_fault *f)
{
  struct transfer t;
  *f = (struct net_fault){.error = NET_OK};
  if (!text_on_a_line(words) || !text_on_a_line(box->folder))
    return net_fail(a, f, NET_BAD_URL, "a command has a line end in it");
  transfer_init(&t, a, limits);
  transfer_server(&t, &box->server, "imap", arena_printf(a, "/%s%s", url_part(a, box->folder), path));
  curl_easy_setopt(t.curl, CURLOPT_PROTOCOLS_STR, "imap,imaps");
  if (words)
    curl_easy_setopt(t.curl, CURLOPT_CUSTOMREQUEST, words);
  enum err err = transfer_run(&t, f);
  transfer_done(&t);
  TRY(err);
  *out = t.body;
  return ERR_OK;
}

enum err net_mailbox_search(struct arena *a, const struct net_mailbox *box, const char *search,
                            const struct net_limits *limits, net_uids *out, struct net_fault *f)
{
  struct buf answer;
  TRY(command(a, box, "", arena_printf(a, "UID SEARCH %s", search), limits, &answer, f));
  net_uids_read(a, buf_str(&answer), answer.n, out);
  return ERR_OK;
}

enum err net_mailbox_fetch(struct arena *a, const struct net_mailbox *box, int64_t uid, const struct net_limits *limits,
                           const char **out, size_t *out_n, struct net_fault *f)
{
  struct buf answer;
  TRY(command(a, box, arena_printf(a, ";UID=%lld", (long long)uid), NULL, limits, &answer, f));
  if (answer.n == 0)
    return net_fail(a, f, NET_PROTOCOL, "there is no message %lld", (long long)uid);
  *out = buf_str(&answer);
  *out_n = answer.n;
  return ERR_OK;
}

enum err net_mailbox_flag(struct arena *a, const struct net_mailbox *box, int64_t uid, const char *flags,
                          const struct net_limits *limits, struct net_fault *f)
{
  struct buf ignored;
  return command(a, box, "", arena_printf(a, "UID STORE %lld %s", (long long)uid, flags), limits, &ignored, f);
}

enum err net_mailbox_move(struct arena *a, const struct net_mailbox *box, int64_t uid, const char *folder,
                          const struct net_limits *limits, struct net_fault *f)
{
  struct buf ignored, quoted;
  buf_init(&quoted, a);
  for (const char *c = folder; *c; c++) {
    if (*c == '"' || *c == '\\')
      buf_char(&quoted, '\\');
    buf_char(&quoted, *c);
  }
  return command(a, box, "", arena_printf(a, "UID MOVE %lld \"%s\"", (long long)uid, buf_str(&quoted)), limits,
                 &ignored, f);
}
