/* receiver - an HTTP server that is told things, and misbehaves as a test wants: webhooks, SMS gateways, providers.
 *
 *   struct receiver *r = receiver_open(t);
 *   ... POST to receiver_url(r, "/hook") ...
 *   receiver_await(r, 1);
 *   CHECK_TEXT(receiver_at(r, 0)->body, "{}");
 *
 * A thread a connection; one request each. Gone with the test.
 */
#ifndef ORDO_RECEIVER_H
#define ORDO_RECEIVER_H

#include "test.h"

/* What receiver.decide may answer instead of a status. */
enum {
  RECEIVER_CLOSE = -1, /* hangs up without an answer */
  RECEIVER_SLOW = -2,  /* says nothing until the other side gives up, or the receiver closes */
  RECEIVER_TWICE = -3, /* two answers of 200, one after the other */
};

struct received {
  const char *method, *path, *head, *body; /* head: all header lines */
  int nth;                                 /* of those with the same webhook-id, from 0 */
  int status;                              /* what it was answered; or one of the above */
  int64_t at_ms;
};

struct receiver;
struct receiver *receiver_open(struct test *t);
const char *receiver_url(struct receiver *r, const char *path);
/* Decides about each request; on a thread of the connection, one at a time. NULL = 200. */
void receiver_decide(struct receiver *r, int (*decide)(void *arg, const struct received *rq), void *arg);
/* Answers all with this status from now on. */
void receiver_status(struct receiver *r, int status);
int receiver_n(struct receiver *r);
/* Good until the test ends. */
const struct received *receiver_at(struct receiver *r, int i);
/* A header's value, or "". */
const char *received_header(struct receiver *r, const struct received *rq, const char *name);
/* Waits until so many were received; fails after 60 s. */
void receiver_await(struct receiver *r, int n);

#endif
