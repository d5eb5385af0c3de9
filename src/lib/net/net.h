/* net - calls to other machines: HTTP, mail out (SMTP), mail in (IMAP). Blocking; for worker threads alone, never for an act
 * or the server's loop.
 *
 * Every call has its limits: time, size, and whom it may reach. The addresses a name stands for are judged when the socket
 * is made, so neither a name that points inside, nor one that changes its mind between look-up and use, gets to the
 * company's own network (net_address_private). Redirects are answers, not followed. Certificates are verified by the
 * system's authorities. Proxies of the environment are not used.
 *
 * What comes back from outside is foreign bytes: bounded, and not promised to be UTF-8 (net_text makes it so).
 *
 * Threads: any; nothing is shared between calls. Texts given live as long as the call; what comes back is in the arena.
 */
#ifndef ORDO_NET_H
#define ORDO_NET_H

#include "base.h"

#include <sys/socket.h>

/* Why there was no answer. Each has a code for code (net_code) and a sentence for people (net_fault.reason). */
enum net_error {
  NET_OK,
  NET_BAD_URL,     /* "bad_url": not http or https, or no URL at all */
  NET_REFUSED,     /* "address_refused": private, loopback or link-local, and that is not allowed */
  NET_UNREACHABLE, /* "unreachable": no such name, nobody listens, the connection broke */
  NET_TIMEOUT,     /* "timeout" */
  NET_TLS,         /* "tls_failed": no TLS, or a certificate that nobody vouches for */
  NET_TOO_LARGE,   /* "answer_too_large" */
  NET_STOPPED,     /* "stopped": the process wants to end */
  NET_LOGIN,       /* "login_refused" */
  NET_REJECTED,    /* "rejected": the mail server said no; its code is in .status */
  NET_PROTOCOL,    /* "protocol_error": what came is no answer */
};
const char *net_code(enum net_error error);

struct net_fault {
  enum net_error error;
  const char *reason; /* never NULL after a failure */
  int status;         /* of SMTP: the code it said no with (550); 0 = none */
};

struct net_limits {
  int64_t connect_ms, total_ms; /* 0 = NET_CONNECT_MS, NET_TOTAL_MS */
  size_t answer_max;            /* bytes; 0 = NET_ANSWER_MAX */
  bool private_addresses;       /* may be reached */
  bool (*stopping)(void *arg);  /* asked about once a second: true ends the call. NULL = never */
  void *arg;
};
#define NET_CONNECT_MS  10000
#define NET_TOTAL_MS    30000
#define NET_ANSWER_MAX  (1u << 20)
#define NET_HEADERS_MAX 200 /* of an answer; further ones are left out */

/* Once, before the first thread. */
void net_init(void);

/* Private, loopback, link-local, multicast, unspecified and other special networks (RFC 6890), also inside of mapped and
 * translated IPv6 addresses. An address of another family is private. */
bool net_address_private(const struct sockaddr *address);

/* Foreign bytes as a text: what is no UTF-8, and control characters but line ends and tabs, become U+FFFD; at most max bytes. */
const char *net_text(struct arena *a, const char *bytes, size_t n, size_t max);

/* ---- HTTP ------------------------------------------------------------------------------------------------------- */

struct net_header {
  const char *name, *value; /* names of answers are in lower case */
};

struct net_request {
  const char *method, *url; /* "POST", "https://example.com/hook" */
  const struct net_header *headers;
  size_t n_headers;
  const char *body; /* NULL = none */
  size_t body_n;
  const char *user, *password; /* basic authentication; NULL = none */
};
struct net_answer {
  int status; /* whatever it is: 200, 302, 500 */
  LIST(struct net_header) headers;
  const char *body; /* NUL-terminated, may hold more NULs */
  size_t body_n;
};
/* ERR_OK with any status; ERR_INVALID with *f when there was no answer. A header whose name or value has a line end in it is
 * NET_BAD_URL: nothing is sent. */
MUST_CHECK enum err net_http(struct arena *a, const struct net_request *request, const struct net_limits *limits,
                             struct net_answer *out, struct net_fault *f);
/* The first header of that name (lower case), or NULL. */
const char *net_answer_header(const struct net_answer *answer, const char *name);
/* Retry-After in ms from now: seconds or a date of HTTP; 0 when it is neither, or over. */
int64_t net_retry_after(const char *value, struct instant now);
/* For forms and masters: an http or https URL with a host, without user and password, at most NET_URL_MAX bytes. */
#define NET_URL_MAX 2000
bool net_url_valid(const char *url);

/* Adds one line of an answer's head to the headers, as the parser of net_http does; for tests. */
void net_header_line(struct arena *a, const char *line, size_t n, struct net_answer *answer);

/* ---- Mail out --------------------------------------------------------------------------------------------------- */

enum net_security { NET_TLS_NONE, NET_TLS_START, NET_TLS_FULL };
extern const char *const net_securities[]; /* "none", "starttls", "tls"; NULL at the end */

struct net_server {
  const char *host;
  int port;
  int security;                /* enum net_security */
  const char *user, *password; /* NULL = no sign-in */
};

struct net_person {
  const char *name; /* UTF-8, or NULL */
  const char *address;
};
struct net_attachment {
  const char *name, *content_type;
  const void *bytes;
  size_t n;
};
struct net_mail {
  struct net_person from, reply_to; /* reply_to.address NULL = none */
  const struct net_person *to;
  size_t n_to;
  const char *subject; /* UTF-8 */
  const char
      *message_id;   /* without <>; the same for each attempt, so that a mail that came twice can be seen to be one */
  struct instant at; /* Date */
  const char *text, *html; /* at least one of them */
  const struct net_attachment *attachments;
  size_t n_attachments;
  const struct net_header *headers; /* further ones: List-Unsubscribe, Auto-Submitted */
  size_t n_headers;
};
/* Hands it to the server: ERR_OK when that has taken it for all who are named. NET_REJECTED with the server's code: 4xx may go
 * well later, 5xx will not. *out_said (may be NULL) = the server's last line. */
MUST_CHECK enum err net_mail(struct arena *a, const struct net_server *server, const struct net_mail *mail,
                             const struct net_limits *limits, const char **out_said, struct net_fault *f);
/* One mailbox: something@host.tld, ASCII but for letters of other scripts before the @, no line ends, no <>. */
bool net_mail_address_valid(const char *address);
/* A header's text by RFC 2047, as it stands where it is plain ASCII. */
const char *net_mail_encoded(struct arena *a, const char *text);

/* ---- Mail in ----------------------------------------------------------------------------------------------------- */

struct net_mailbox {
  struct net_server server;
  const char *folder; /* "INBOX" */
};
typedef LIST(int64_t) net_uids;
#define NET_UIDS_MAX 1000
/* UIDs that match a search of RFC 3501 ("UNSEEN", "UNKEYWORD Taken"), the first NET_UIDS_MAX, rising. */
MUST_CHECK enum err net_mailbox_search(struct arena *a, const struct net_mailbox *box, const char *search,
                                       const struct net_limits *limits, net_uids *out, struct net_fault *f);
/* The whole message; the server marks it as seen. */
MUST_CHECK enum err net_mailbox_fetch(struct arena *a, const struct net_mailbox *box, int64_t uid,
                                      const struct net_limits *limits, const char **out, size_t *out_n,
                                      struct net_fault *f);
/* "+FLAGS.SILENT (\\Flagged Taken)", as STORE has it. */
MUST_CHECK enum err net_mailbox_flag(struct arena *a, const struct net_mailbox *box, int64_t uid, const char *flags,
                                     const struct net_limits *limits, struct net_fault *f);
/* To another folder (RFC 6851). */
MUST_CHECK enum err net_mailbox_move(struct arena *a, const struct net_mailbox *box, int64_t uid, const char *folder,
                                     const struct net_limits *limits, struct net_fault *f);
/* The UIDs of "* SEARCH 2 3 5" lines; for tests. */
void net_uids_read(struct arena *a, const char *bytes, size_t n, net_uids *out);

#endif
