/* shop - the real program under test, and the steps of a scenario that read aloud.
 *
 *   struct shop *s = shop_open(t);
 *   SAY(201, "POST /v1/orders {'channel': 'web', 'currency': 'USD', 'lines': [{'sku': 'TEE-S', 'quantity': 2}]}");
 *   KEEP("order", "/id");
 *   SEE("/state", "open");
 *   SAY(200, "POST /v1/orders/<order>/cancel {'reason': 'changed my mind'}");
 *   shop_close(s);
 *
 * In requests ' stands for ", and <label> for what KEEP or shop_label kept. Lines between the path and the body are
 * headers. A scenario ends with shop_close: the server stops in order and `ordo check` finds no difference.
 */
#ifndef ORDO_SHOP_H
#define ORDO_SHOP_H

#include "client.h"
#include "look.h"
#include "test.h"

#include <sys/types.h>

struct shop_label {
  const char *name, *value;
};
struct shop {
  struct test *t;
  struct arena *arena;
  const char *folder, *url, *key; /* an API key with every permission */
  char address[64];
  pid_t pid;                      /* 0 = not running */
  const char *const *environment; /* "NAME=VALUE" for the next start, NULL-terminated; or NULL */
  struct client *client;
  struct answer last;
  const char *log; /* path of the program's stderr */
  LIST(struct shop_label) labels;
};

/* A fresh database, a key, a server that answers; gone with the test, whatever happens. */
struct shop *shop_open(struct test *t);
/* The same without a server; with a folder the database is a file of SQLite there. */
struct shop *shop_in(struct test *t, const char *folder);
/* Starts the program on the database as it is; the address is a new one. */
void shop_start(struct shop *s);
/* False when it does not answer: it has said why in its log, and has ended. */
bool shop_try_start(struct shop *s);
/* The end of what the server said on stderr: where a failure tells why. */
const char *shop_log_tail(struct shop *s);
/* SIGTERM; the exit status (128 + signal when it died of one). Fails the test when that takes longer than 30 s. */
int shop_stop(struct shop *s);
void shop_kill(struct shop *s); /* kill -9, and waits for the end */
/* The same, and its leases are over, as they are some time later: who is started next takes its work at once. */
void shop_kill_long_ago(struct shop *s);
/* Waits until each event has its number: on PostgreSQL that is a moment after its act was answered. */
void shop_numbered(struct shop *s);
/* Waits until reports have counted every event. */
void shop_reported(struct shop *s);
/* Runs `ordo check`: fails the test unless it says "0 differences". */
void shop_check(struct shop *s);
/* Stops with exit status 0 and checks. */
void shop_close(struct shop *s);
/* Runs another command of the program; its exit status. out (may be NULL) = its stdout, in the arena. */
int shop_run(struct shop *s, const char **out, const char *const *words);
/* Another API key. */
const char *shop_key(struct shop *s, const char *name, const char *scope);
/* A connection of one's own; the caller frees. */
struct client *shop_client(struct shop *s);

/* ---- Steps ---- */

void shop_say(struct shop *s, const char *file, int line, int status, const char *request);
void shop_see(struct shop *s, const char *file, int line, const char *pointer, const char *wanted);
const char *shop_at(struct shop *s, const char *file, int line, const char *pointer);
void shop_label(struct shop *s, const char *name, const char *value);
const char *shop_labelled(struct shop *s, const char *name); /* NULL when there is none */
/* The text of a request as it will be sent: quotes and labels. */
const char *shop_text(struct shop *s, const char *text);
/* Seconds until a request of its own gives the wanted text at pointer; fails after 10. */
void shop_await(struct shop *s, const char *file, int line, const char *request, const char *pointer,
                const char *wanted);

#define SAY(status, request)          shop_say(s, __FILE__, __LINE__, status, request)
#define SEE(pointer, wanted)          shop_see(s, __FILE__, __LINE__, pointer, wanted) /* wanted NULL = not there */
#define AT(pointer)                   shop_at(s, __FILE__, __LINE__, pointer)
#define KEEP(label, pointer)          shop_label(s, label, shop_at(s, __FILE__, __LINE__, pointer))
#define AWAIT(request, pointer, text) shop_await(s, __FILE__, __LINE__, request, pointer, text)
#define HEADER(name)                  client_header(s->client, &s->last, name)

/* ---- Ready-made beginnings ---- */

/* Location NJ1 with cut-off-free days, product TEE-S at 1990 (weight 150 g) with 10 on hand, MUG-BLUE at 1250 with 5. */
void a_small_shop(struct shop *s);
/* Places a paid order of so many TEE-S; keeps <order>, <fulfillment>. */
void a_paid_order(struct shop *s, int quantity);

#endif
