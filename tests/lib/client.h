/* client - one HTTP/1.1 connection to a server under test: kept alive, opened again when it broke.
 *
 * Small and free of the harness, so that load threads can own one each. A call waits for its answer; when the
 * connection breaks first nobody knows whether the request was done, and the caller is told so.
 */
#ifndef ORDO_CLIENT_H
#define ORDO_CLIENT_H

#include "base.h"

struct client;

struct request {
  const char *method, *path;              /* path with its query, encoded */
  const char *body;                       /* NULL = none */
  size_t n_body;                          /* 0 = strlen(body) */
  const char *key;                        /* API key; NULL = the client's, "" = none */
  const char *idempotency_key, *if_match; /* NULL = none */
  const char *content_type;               /* NULL = application/json where there is a body, "" = none */
  size_t claims;                          /* says so many bytes are coming and sends none; 0 = the truth */
  const char *headers;                    /* further lines, each with CRLF, or NULL */
};

/* Texts live in the client until its next call. */
struct answer {
  int status;
  const char *head, *body; /* NUL-terminated */
  size_t n_body;
};

enum called {
  CALL_ANSWERED,
  CALL_REFUSED, /* no connection: the request was not sent */
  CALL_BROKEN,  /* it broke under way: done or not, nobody knows */
  CALL_LATE,    /* no answer within the patience */
};

#define CLIENT_PATIENCE_MS 60000

/* address: "127.0.0.1:41233"; both texts are copied. The caller frees. */
struct client *client_new(const char *address, const char *key);
void client_free(struct client *c); /* accepts NULL */
void client_patience(struct client *c, int ms);
MUST_CHECK enum called client_call(struct client *c, const struct request *rq, struct answer *out);

/* The value of a header of the answer, in the client until the next call of this function; NULL when not there. */
const char *client_header(struct client *c, const struct answer *a, const char *name);

/* Sends a request and reads its head only: what follows comes bit by bit, with client_more. */
MUST_CHECK enum called client_begin(struct client *c, const struct request *rq, struct answer *out);
/* Waits at most ms for further bytes of the body; everything since client_begin is in *out. False: nothing came. */
bool client_more(struct client *c, int ms, const char **out);
/* Whether such an answer has come to its end, or the connection has. */
bool client_ended(struct client *c);
/* A question on its way, and its answer some time later. False: it was not sent. */
MUST_CHECK bool client_ask(struct client *c, const struct request *rq);
MUST_CHECK enum called client_answer(struct client *c, struct answer *out);
void client_close(struct client *c);

/* A process-wide clock that only goes forward. */
int64_t monotonic_ms(void);

#endif
