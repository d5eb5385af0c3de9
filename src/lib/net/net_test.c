#include "net.h"

#include "test.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

/* ---- A server of one connection after the other, as a table of what it answers to which line ---- */

struct stand {
  int listener, port;
  pthread_t thread;
  const char *greeting;                   /* said first; NULL = nothing */
  void (*serve)(struct stand *s, int fd); /* one connection */
  char got[65536];                        /* all that was sent to it */
  size_t got_n;
  const char *answer; /* of HTTP */
  const char *refuse; /* SMTP: the command that is refused, with 550 */
  int wait_ms;
};

static void say(int fd, const char *text)
{
  ssize_t n = write(fd, text, strlen(text));
  (void)n;
}

static size_t hear(struct stand *s, int fd, char *out, size_t room)
{
  ssize_t n = read(fd, out, room);
  if (n <= 0)
    return 0;
  if (s->got_n + (size_t)n < sizeof s->got) {
    memcpy(s->got + s->got_n, out, (size_t)n);
    s->got_n += (size_t)n;
    s->got[s->got_n] = 0;
  }
  return (size_t)n;
}

static void *stand_main(void *arg)
{
  struct stand *s = arg;
  int fd;
  while ((fd = accept(s->listener, NULL, NULL)) >= 0) {
    s->serve(s, fd);
    close(fd);
  }
  return NULL;
}

static void stand_close(void *arg)
{
  struct stand *s = arg;
  shutdown(s->listener, SHUT_RDWR);
  pthread_join(s->thread, NULL);
  close(s->listener);
  free(s);
}

static struct stand *stand_open(struct test *t, void (*serve)(struct stand *s, int fd))
{
  struct stand *s = calloc(1, sizeof *s);
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t n = sizeof at;
  s->serve = serve;
  s->listener = socket(AF_INET, SOCK_STREAM, 0);
  CHECK(bind(s->listener, (struct sockaddr *)(void *)&at, sizeof at) == 0 && listen(s->listener, 8) == 0);
  CHECK(getsockname(s->listener, (struct sockaddr *)(void *)&at, &n) == 0);
  s->port = ntohs(at.sin_port);
  CHECK(pthread_create(&s->thread, NULL, stand_main, s) == 0);
  arena_defer(t->arena, stand_close, s);
  return s;
}

static void nap(int ms)
{
  nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L}, NULL);
}

static const struct net_limits here = {.private_addresses = true, .total_ms = 5000};

/* ---- HTTP ---- */

static void serve_http(struct stand *s, int fd)
{
  char block[8192];
  hear(s, fd, block, sizeof block);
  if (s->wait_ms)
    nap(s->wait_ms);
  if (s->answer)
    say(fd, s->answer);
}

static enum err get(struct test *t, struct stand *s, const struct net_limits *limits, struct net_answer *out,
                    struct net_fault *f)
{
  const char *url = arena_printf(t->arena, "http://127.0.0.1:%d/hook", s->port);
  return net_http(t->arena, &(struct net_request){.method = "GET", .url = url}, limits, out, f);
}

TEST(a_request_is_sent_as_it_was_given_and_its_answer_comes_back)
{
  struct stand *s = stand_open(t, serve_http);
  struct net_answer answer;
  struct net_fault f;
  const struct net_header headers[] = {{"Content-Type", "application/json"}, {"webhook-id", "ord_1_256"}};
  s->answer = "HTTP/1.1 202 Accepted\r\nX-Shop:  one \r\nx-shop: two\r\nContent-Length: 4\r\n\r\nfine";
  const char *url = arena_printf(t->arena, "http://127.0.0.1:%d/hook?a=1", s->port);
  CHECK_OK(
      net_http(t->arena,
               &(struct net_request){
                   .method = "POST", .url = url, .headers = headers, .n_headers = 2, .body = "{\"a\":1}", .body_n = 7},
               &here, &answer, &f));
  CHECK_INT(answer.status, 202);
  CHECK_TEXT(answer.body, "fine");
  CHECK_TEXT(net_answer_header(&answer, "x-shop"), "one");
  CHECK(strstr(s->got, "POST /hook?a=1 HTTP/1.1\r\n") == s->got);
  CHECK(strstr(s->got, "webhook-id: ord_1_256\r\n") != NULL);
  CHECK(strstr(s->got, "\r\n\r\n{\"a\":1}") != NULL);
  CHECK(strstr(s->got, "Expect:") == NULL);
}

TEST(any_status_is_an_answer_and_redirects_are_not_followed)
{
  static const char *const answers[] = {
      "HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
      "HTTP/1.1 302 Elsewhere\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"};
  static const int statuses[] = {500, 302};
  struct stand *s = stand_open(t, serve_http);
  for (size_t i = 0; i < COUNT_OF(answers); i++) {
    struct net_answer answer;
    struct net_fault f;
    s->answer = answers[i];
    CHECK_OK(get(t, s, &here, &answer, &f));
    CHECK_INT(answer.status, statuses[i]);
  }
}

TEST(private_addresses_are_refused_unless_they_are_allowed)
{
  struct stand *s = stand_open(t, serve_http);
  struct net_limits strict = {0};
  struct net_answer answer;
  struct net_fault f;
  s->answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  CHECK_ERR(get(t, s, &strict, &answer, &f), ERR_INVALID);
  CHECK_INT(f.error, NET_REFUSED);
  CHECK_TEXT(net_code(f.error), "address_refused");
  CHECK(strstr(f.reason, "private") != NULL);
  CHECK_INT(s->got_n, 0); /* nobody was called */
  const char *named = arena_printf(t->arena, "http://localhost:%d/", s->port);
  CHECK_ERR(net_http(t->arena, &(struct net_request){.method = "GET", .url = named}, &strict, &answer, &f),
            ERR_INVALID);
  CHECK_INT(f.error, NET_REFUSED);
  CHECK_OK(get(t, s, &here, &answer, &f));
}

TEST(special_networks_are_private_in_each_of_their_forms)
{
  static const struct {
    const char *address;
    bool is_private;
  } cases[] = {
      {"127.0.0.1", true},
      {"10.1.2.3", true},
      {"172.16.0.1", true},
      {"172.32.0.1", false},
      {"192.168.1.1", true},
      {"169.254.169.254", true},
      {"100.64.0.1", true},
      {"100.128.0.1", false},
      {"0.0.0.0", true},
      {"224.0.0.1", true},
      {"255.255.255.255", true},
      {"8.8.8.8", false},
      {"198.18.0.1", true},
      {"1.1.1.1", false},
      {"192.0.3.1", false},
      {"172.31.255.255", true},
      {"::1", true},
      {"::", true},
      {"fe80::1", true},
      {"fc00::1", true},
      {"fd12::1", true},
      {"ff02::1", true},
      {"2606:4700::1111", false},
      {"::ffff:127.0.0.1", true},
      {"::ffff:8.8.8.8", false},
      {"64:ff9b::10.0.0.1", true},
      {"64:ff9b::8.8.8.8", false},
      {"2002:7f00:1::", true},
      {"2002:808:808::", false},
      {"2001:db8::1", true},
      {"::127.0.0.1", true},
      {"fec0::1", true},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    bool is6 = strchr(cases[i].address, ':') != NULL;
    CHECK_INT(inet_pton(is6 ? AF_INET6 : AF_INET, cases[i].address, is6 ? (void *)&v6.sin6_addr : (void *)&v4.sin_addr),
              1);
    bool found = net_address_private(is6 ? (struct sockaddr *)(void *)&v6 : (struct sockaddr *)(void *)&v4);
    if (found != cases[i].is_private)
      test_failed(__FILE__, __LINE__, cases[i].address, found ? "private" : "public", found ? "public" : "private");
  }
  CHECK(net_address_private(&(struct sockaddr){.sa_family = AF_UNIX}));
}

TEST(what_takes_too_long_or_is_too_large_is_ended)
{
  struct stand *s = stand_open(t, serve_http);
  struct net_limits soon = {.private_addresses = true, .total_ms = 200},
                    small = {.private_addresses = true, .answer_max = 3};
  struct net_answer answer;
  struct net_fault f;
  s->answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour";
  CHECK_ERR(get(t, s, &small, &answer, &f), ERR_INVALID);
  CHECK_INT(f.error, NET_TOO_LARGE);
  s->wait_ms = 600;
  CHECK_ERR(get(t, s, &soon, &answer, &f), ERR_INVALID);
  CHECK_INT(f.error, NET_TIMEOUT);
}

static bool stop_now(void *arg)
{
  (void)arg;
  return true;
}

TEST(a_process_that_ends_need_not_wait_for_answers)
{
  struct stand *s = stand_open(t, serve_http);
  struct net_limits ending = {.private_addresses = true, .stopping = stop_now};
  struct net_answer answer;
  struct net_fault f;
  s->wait_ms = 500;
  CHECK_ERR(get(t, s, &ending, &answer, &f), ERR_INVALID);
  CHECK_INT(f.error, NET_STOPPED);
}

TEST(nobody_there_and_nonsense_have_names_of_their_own)
{
  static const struct {
    const char *url;
    enum net_error error;
  } cases[] = {
      {"http://127.0.0.1:1/", NET_UNREACHABLE},
      {"http://no-such-host.invalid/", NET_UNREACHABLE},
      {"ftp://127.0.0.1/", NET_BAD_URL},
      {"file:///etc/passwd", NET_BAD_URL},
      {"http://", NET_BAD_URL},
      {"https://127.0.0.1:1/", NET_UNREACHABLE},
  };
  for (size_t i = 0; i < COUNT_OF(cases); i++) {
    struct net_answer answer;
    struct net_fault f;
    CHECK_ERR(net_http(t->arena, &(struct net_request){.method = "GET", .url = cases[i].url}, &here, &answer, &f),
              ERR_INVALID);
    CHECK_TEXT(net_code(f.error), net_code(cases[i].error));
    CHECK(!text_empty(f.reason));
  }
}

TEST(a_connection_without_tls_is_no_https)
{
  struct stand *s = stand_open(t, serve_http);
  struct net_answer answer;
  struct net_fault f;
  s->answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
  const char *url = arena_printf(t->arena, "https://127.0.0.1:%d/", s->port);
  CHECK_ERR(net_http(t->arena, &(struct net_request){.method = "GET", .url = url}, &here, &answer, &f), ERR_INVALID);
  CHECK_INT(f.error, NET_TLS);
}

TEST(a_line_end_in_a_header_sends_nothing)
{
  struct stand *s = stand_open(t, serve_http);
  struct net_answer answer;
  struct net_fault f;
  const struct net_header bad = {"X-Note", "a\r\nX-Other: b"};
  const char *url = arena_printf(t->arena, "http://127.0.0.1:%d/", s->port);
  CHECK_ERR(net_http(t->arena, &(struct net_request){.method = "GET", .url = url, .headers = &bad, .n_headers = 1},
                     &here, &answer, &f),
            ERR_INVALID);
  CHECK_INT(f.error, NET_BAD_URL);
  CHECK_INT(s->got_n, 0);
}

TEST(retry_after_is_seconds_or_a_date)
{
  struct instant now;
  CHECK(instant_parse("2026-11-20T08:00:00Z", 20, &now));
  CHECK_INT(net_retry_after("120", now), 120000);
  CHECK_INT(net_retry_after("Fri, 20 Nov 2026 08:00:30 GMT", now), 30000);
  CHECK_INT(net_retry_after("Fri, 20 Nov 2026 07:00:30 GMT", now), 0);
  CHECK_INT(net_retry_after("soon", now), 0);
  CHECK_INT(net_retry_after("-5", now), 0);
  CHECK_INT(net_retry_after("999999999999", now), 0);
  CHECK_INT(net_retry_after(NULL, now), 0);
}

TEST(urls_are_http_with_a_host_and_hide_no_password)
{
  static const char *const valid[] = {"https://example.com", "http://127.0.0.1:8080/a?b=c", "https://[2606:4700::1]/x"};
  static const char *const wrong[] = {"",
                                      "example.com",
                                      "ftp://example.com/",
                                      "https://",
                                      "https://ann:secret@example.com/",
                                      "https://exa mple.com/",
                                      "https://example.com/\r\nX: y",
                                      "javascript:alert(1)"};
  for (size_t i = 0; i < COUNT_OF(valid); i++)
    CHECK(net_url_valid(valid[i]));
  for (size_t i = 0; i < COUNT_OF(wrong); i++)
    CHECK(!net_url_valid(wrong[i]));
}

TEST(foreign_bytes_become_text_and_no_more_than_was_asked)
{
  CHECK_TEXT(net_text(t->arena, "a\xff\x01z", 4, 100), "a\xef\xbf\xbd\xef\xbf\xbdz");
  CHECK_TEXT(net_text(t->arena, "\xe8\xae\xa2\xe5\x8d\x95", 6, 5), "\xe8\xae\xa2");
  CHECK_TEXT(net_text(t->arena, "one\ntwo", 7, 100), "one\ntwo");
  CHECK_TEXT(net_text(t->arena, "", 0, 100), "");
}

/* ---- SMTP ---- */

static bool next_line(struct stand *s, int fd, char *line, size_t room)
{
  size_t n = 0;
  char c;
  while (n + 1 < room && hear(s, fd, &c, 1) == 1) {
    line[n++] = c;
    if (c == '\n')
      break;
  }
  line[n] = 0;
  return n > 0;
}

static void serve_smtp(struct stand *s, int fd)
{
  char line[8192];
  bool data = false;
  say(fd, "220 here\r\n");
  while (next_line(s, fd, line, sizeof line)) {
    if (data) {
      data = strcmp(line, ".\r\n") != 0;
      if (!data)
        say(fd, "250 2.0.0 taken as 17\r\n");
      continue;
    }
    if (s->refuse && strncmp(line, s->refuse, strlen(s->refuse)) == 0) {
      say(fd, "550 5.1.1 nobody of that name\r\n");
      continue;
    }
    if (strncmp(line, "EHLO", 4) == 0)
      say(fd, "250-here\r\n250 AUTH PLAIN\r\n");
    else if (strncmp(line, "AUTH", 4) == 0) {
      say(fd, "334 \r\n");
      bool right = next_line(s, fd, line, sizeof line) && strstr(line, "AGFubgBzZWNyZXQ=") == line; /* \0ann\0secret */
      say(fd, right ? "235 welcome\r\n" : "535 no\r\n");
    } else if (strncmp(line, "DATA", 4) == 0) {
      data = true;
      say(fd, "354 go on\r\n");
    } else if (strncmp(line, "QUIT", 4) == 0) {
      say(fd, "221 bye\r\n");
      break;
    } else
      say(fd, "250 fine\r\n");
  }
}

static const struct net_person a_customer = {"\xe6\x9d\x8e\xe4\xbc\x9f", "li@example.com"};
static struct net_mail a_mail(void)
{
  return (struct net_mail){.from = {"Ordo \"Shop\"", "shop@example.org"},
                           .to = &a_customer,
                           .n_to = 1,
                           .subject = "\xe8\xae\xa2\xe5\x8d\x95 SO-100001 \xe5\xb7\xb2\xe5\x8f\x91\xe8\xb4\xa7",
                           .message_id = "msg_1@example.org",
                           .at = INSTANT(1795161600000),
                           .text = "Hello\n.\nbye",
                           .html = "<p>Hello</p>"};
}

static enum err post(struct test *t, struct stand *s, const struct net_mail *mail, const char *user,
                     const char *password, const char **said, struct net_fault *f)
{
  struct net_server server = {"127.0.0.1", s->port, NET_TLS_NONE, user, password};
  return net_mail(t->arena, &server, mail, &here, said, f);
}

TEST(a_mail_arrives_with_its_headers_parts_and_attachments)
{
  struct stand *s = stand_open(t, serve_smtp);
  struct net_mail mail = a_mail();
  struct net_attachment file = {"Rechnung \xc3\xbc.pdf", "application/pdf", "%PDF-1.4 \0 bytes", 16};
  struct net_fault f;
  const char *said;
  mail.attachments = &file;
  mail.n_attachments = 1;
  enum err err = post(t, s, &mail, "ann", "secret", &said, &f);
  if (err != ERR_OK)
    test_failed(__FILE__, __LINE__, net_code(f.error), f.reason, "taken");
  CHECK(strstr(s->got, "MAIL FROM:<shop@example.org>") != NULL);
  CHECK(strstr(s->got, "RCPT TO:<li@example.com>") != NULL);
  CHECK(strstr(s->got, "From: \"Ordo \\\"Shop\\\"\" <shop@example.org>\r\n") != NULL);
  CHECK(strstr(s->got, "To: =?UTF-8?B?5p2O5Lyf?= <li@example.com>\r\n") != NULL);
  CHECK(strstr(s->got, "Message-ID: <msg_1@example.org>\r\n") != NULL);
  CHECK(strstr(s->got, "Date: Fri, 20 Nov 2026 08:00:00 +0000\r\n") != NULL);
  CHECK(strstr(s->got, "Subject: =?UTF-8?B?") != NULL);
  CHECK(strstr(s->got, "multipart/mixed") != NULL);
  CHECK(strstr(s->got, "multipart/alternative") != NULL);
  CHECK(strstr(s->got, "text/html; charset=utf-8") != NULL);
  CHECK(strstr(s->got, "JVBERi0xLjQgACBieXRlcw==") != NULL);
  CHECK(strstr(s->got, "\r\nHello\r\n..\r\nbye") ||
        strstr(s->got, "\r\nHello\r\n=2E\r\nbye")); /* it does not end here */
}

TEST(a_server_that_says_no_is_told_with_its_code)
{
  struct stand *s = stand_open(t, serve_smtp);
  struct net_mail mail = a_mail();
  struct net_fault f;
  s->refuse = "RCPT";
  CHECK_ERR(post(t, s, &mail, NULL, NULL, NULL, &f), ERR_INVALID);
  CHECK_INT(f.error, NET_REJECTED);
  CHECK_INT(f.status, 550);
  CHECK(strstr(f.reason, "nobody of that name") != NULL);
  s->refuse = NULL;
  CHECK_ERR(post(t, s, &mail, "ann", "wrong", NULL, &f), ERR_INVALID);
  CHECK_INT(f.error, NET_LOGIN);
}

TEST(a_mail_that_must_be_encrypted_is_not_sent_in_the_clear)
{
  struct stand *s = stand_open(t, serve_smtp);
  struct net_mail mail = a_mail();
  struct net_server server = {"127.0.0.1", s->port, NET_TLS_START, "ann", "secret"};
  struct net_fault f;
  CHECK_ERR(net_mail(t->arena, &server, &mail, &here, NULL, &f), ERR_INVALID);
  CHECK_INT(f.error, NET_TLS);
  CHECK(strstr(s->got, "AUTH") == NULL);
  CHECK(strstr(s->got, "MAIL FROM") == NULL);
}

TEST(nobody_writes_headers_through_a_name)
{
  static const struct net_person sly = {"Li\r\nBcc: all@example.com", "li@example.com"};
  static const struct net_person wrong = {"Li", "li@example.com>\r\nRCPT TO:<x@y.z"};
  struct stand *s = stand_open(t, serve_smtp);
  struct net_mail mail = a_mail();
  struct net_fault f;
  mail.to = &sly;
  CHECK_ERR(post(t, s, &mail, NULL, NULL, NULL, &f), ERR_INVALID);
  mail.to = &wrong;
  CHECK_ERR(post(t, s, &mail, NULL, NULL, NULL, &f), ERR_INVALID);
  mail = a_mail();
  mail.subject = "a\nb";
  CHECK_ERR(post(t, s, &mail, NULL, NULL, NULL, &f), ERR_INVALID);
  CHECK_INT(s->got_n, 0);
}

TEST(long_headers_are_words_of_75_characters_that_break_no_character)
{
  struct buf text;
  buf_init(&text, t->arena);
  for (int i = 0; i < 50; i++)
    buf_text(&text, "\xe8\xae\xa2");
  const char *encoded = net_mail_encoded(t->arena, buf_str(&text));
  for (const char *line = encoded; *line;) {
    size_t n = strcspn(line, "\r");
    CHECK(n <= 76);
    line += n + (line[n] ? 2 : 0);
  }
  CHECK_TEXT(net_mail_encoded(t->arena, "Plain text"), "Plain text");
}

TEST(mail_addresses_are_one_mailbox)
{
  static const char *const valid[] = {"a@b.c", "li.wei+shop@example.com", "\xe6\x9d\x8e@example.com"};
  static const char *const wrong[] = {"",        "a",           "a@",      "@b.c",   "a@b@c",
                                      "a b@c.d", "a@b.c,d@e.f", "<a@b.c>", "a@b..c", "a@.b"};
  for (size_t i = 0; i < COUNT_OF(valid); i++)
    CHECK(net_mail_address_valid(valid[i]));
  for (size_t i = 0; i < COUNT_OF(wrong); i++)
    CHECK(!net_mail_address_valid(wrong[i]));
}

/* ---- IMAP ---- */

static void serve_imap(struct stand *s, int fd)
{
  char line[8192];
  say(fd, "* OK here\r\n");
  while (next_line(s, fd, line, sizeof line)) {
    char tag[32] = "", *words = line + strcspn(line, " ");
    snprintf(tag, sizeof tag, "%.*s", (int)(words - line), line);
    words += *words == ' ';
    char done[128];
    snprintf(done, sizeof done, "%s OK done\r\n", tag);
    if (strncmp(words, "CAPABILITY", 10) == 0)
      say(fd, "* CAPABILITY IMAP4rev1 MOVE\r\n");
    else if (strncmp(words, "LOGIN", 5) == 0 && !strstr(words, "secret"))
      snprintf(done, sizeof done, "%s NO wrong\r\n", tag);
    else if (strncmp(words, "SELECT", 6) == 0)
      say(fd, "* 3 EXISTS\r\n* OK [UIDVALIDITY 1] fine\r\n");
    else if (strncmp(words, "UID SEARCH", 10) == 0)
      say(fd, "* SEARCH 4 17 42\r\n");
    else if (strncmp(words, "UID FETCH", 9) == 0)
      say(fd, strstr(words, " 17 ") ? "* 2 FETCH (UID 17 BODY[] {21}\r\nSubject: Hi\r\n\r\nHello\n)\r\n" : "");
    say(fd, done);
    if (strncmp(words, "LOGOUT", 6) == 0)
      break;
  }
}

static struct net_mailbox a_box(struct stand *s, const char *password)
{
  return (struct net_mailbox){{"127.0.0.1", s->port, NET_TLS_NONE, "ann", password}, "INBOX"};
}

TEST(a_mailbox_is_searched_read_marked_and_cleared)
{
  struct stand *s = stand_open(t, serve_imap);
  struct net_mailbox box = a_box(s, "secret");
  struct net_fault f;
  net_uids uids = {0};
  const char *mail;
  size_t n;
  CHECK_OK(net_mailbox_search(t->arena, &box, "UNSEEN", &here, &uids, &f));
  CHECK_INT(uids.n, 3);
  CHECK_INT(uids.at[1], 17);
  CHECK_OK(net_mailbox_fetch(t->arena, &box, 17, &here, &mail, &n, &f));
  CHECK_INT(n, 21);
  CHECK_TEXT(mail, "Subject: Hi\r\n\r\nHello\n");
  CHECK_OK(net_mailbox_flag(t->arena, &box, 17, "+FLAGS.SILENT (Taken)", &here, &f));
  CHECK(strstr(s->got, "UID STORE 17 +FLAGS.SILENT (Taken)") != NULL);
  CHECK_OK(net_mailbox_move(t->arena, &box, 17, "Done \"x\"", &here, &f));
  CHECK(strstr(s->got, "UID MOVE 17 \"Done \\\"x\\\"\"") != NULL);
  CHECK_ERR(net_mailbox_fetch(t->arena, &box, 99, &here, &mail, &n, &f), ERR_INVALID);
}

TEST(a_mailbox_with_a_wrong_password_says_so)
{
  struct stand *s = stand_open(t, serve_imap);
  struct net_mailbox box = a_box(s, "wrong");
  struct net_fault f;
  net_uids uids = {0};
  CHECK_ERR(net_mailbox_search(t->arena, &box, "UNSEEN", &here, &uids, &f), ERR_INVALID);
  CHECK_INT(f.error, NET_LOGIN);
}

TEST(only_whole_numbers_of_a_search_line_are_uids)
{
  static const char text[] = "* OK x 5\r\n* SEARCH 1 2x 4294967295 4294967296 0 7\r\n* search 9\n* SEARCH";
  net_uids uids = {0};
  net_uids_read(t->arena, text, sizeof text - 1, &uids);
  CHECK_INT(uids.n, 5);
  CHECK_INT(uids.at[1], 2);
  CHECK_INT(uids.at[2], 4294967295);
  CHECK_INT(uids.at[3], 7);
  CHECK_INT(uids.at[4], 9);
}
