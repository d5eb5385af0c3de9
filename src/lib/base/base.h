/* base - what every room stands on: memory by arena, text, errors, and the number types of a business document.
 *
 * Nothing here knows commerce, databases or sockets, and nothing keeps global state.
 *
 * Words used in all headers
 *   arena    memory that goes all at once; "in the arena" means: do not free it
 *   absent   a value nobody gave: NULL for text, ABSENT for the integer types
 *   door     the place where foreign input is bounded; behind it sums cannot overflow
 */
#ifndef ORDO_BASE_H
#define ORDO_BASE_H

#include <assert.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(fmt, args) __attribute__((format(printf, fmt, args)))
#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* ---- Errors ------------------------------------------------------------------------------------------------- */

/* One list gives the enum, the HTTP status, the slug (an API `code`, stable for ever) and the title for people. */
#define ERR_LIST(X)                                                                                                    \
  /* code                  http  slug                          title                                              */  \
  X(MALFORMED,             400,  "malformed",                  "The request cannot be read")                           \
  X(UNAUTHENTICATED,       401,  "unauthenticated",            "Please sign in")                                       \
  X(MFA,                   401,  "mfa_required",               "A code is needed to sign in")                           \
  X(FORBIDDEN,             403,  "forbidden",                  "Not allowed for this user or key")                     \
  X(CSRF,                  403,  "csrf_token_invalid",         "The form has expired, please reload the page")         \
  X(NOT_FOUND,             404,  "not_found",                  "No such record")                                       \
  X(METHOD,                405,  "method_not_allowed",         "This address does not answer that method")             \
  X(TIMEOUT,               408,  "timeout",                    "The request took too long to arrive")                  \
  X(STATE,                 409,  "wrong_state",                "Not possible in this state")                           \
  X(HELD,                  409,  "order_held",                 "A hold stops this step")                               \
  X(SHORTAGE,              409,  "insufficient_stock",         "Less is free than was asked")                          \
  X(EXISTS,                409,  "already_exists",             "There is one already")                                 \
  X(EXTERNAL_ID,           409,  "external_id_conflict",       "The same external id came with different content")     \
  X(PREVIEW,               409,  "preview_changed",            "It would do something else than was shown")            \
  X(IN_PROGRESS,           409,  "idempotency_in_progress",    "The first request with this key is still running")     \
  X(VERSION,               412,  "version_mismatch",           "The record has moved on")                              \
  X(TOO_LARGE,             413,  "too_large",                  "The request is larger than allowed")                   \
  X(MEDIA_TYPE,            415,  "unsupported_media_type",     "Please send application/json")                         \
  X(INVALID,               422,  "invalid",                    "The request breaks a rule")                            \
  X(KEY_REUSED,            422,  "idempotency_key_reused",     "This key belongs to another request")                  \
  X(RATE,                  429,  "too_many_requests",          "Too many requests, please slow down")                  \
  X(HEADERS_TOO_LARGE,     431,  "headers_too_large",          "The request's headers are larger than allowed")        \
  X(INTERNAL,              500,  "internal",                   "Something broke on our side")                          \
  X(BUSY,                  503,  "busy",                       "Busy, please try again")                               \
  X(RETRY,                 503,  "retry",                      "Somebody was faster, please try again")                \
  X(STOPPING,              503,  "stopping",                   "The server is stopping")                               \
  X(STORAGE,               503,  "storage_failed",             "The database cannot be written")                       \
  X(AWAY,                  503,  "database_away",              "The database cannot be reached, please try again")     \
  X(UNKNOWN,               503,  "outcome_unknown",            "The database did not say whether it was done")

enum err {
  ERR_OK = 0,
#define X(code, http, slug, title) ERR_##code,
  ERR_LIST(X)
#undef X
  ERR_COUNT
};

/* A row of ERR_LIST, for the codes above 0. */
struct err_info {
  int http;
  const char *slug, *title;
};
const struct err_info *err_info(enum err code);

/* Hands a failed call's code to the caller. No other macro hides a return. */
#define TRY(call)                                                                                                      \
  do {                                                                                                                 \
    enum err try_err_ = (call);                                                                                        \
    if (try_err_ != ERR_OK)                                                                                            \
      return try_err_;                                                                                                 \
  } while (0)

/* One thing wrong with one place of the request: an entry of `errors` in a problem document. */
struct fault_entry {
  const char *pointer; /* JSON pointer into the request, "" = the whole */
  const char *code;    /* snake_case slug of this entry */
  const char *detail;  /* a sentence in English; people's languages come from the catalogs, by code */
  const char *sku;     /* with ERR_SHORTAGE: which, how much was asked and is there, in millionths; else NULL */
  int64_t asked, available;
  const char *before, *theirs, *mine; /* of a conflict (fault_conflict), as JSON; NULL = not told */
};

#define FAULT_ENTRIES_MAX 100

/* The detail behind an enum err: one per request, beside its arena. Empty after fault_clear. */
struct fault {
  struct arena *arena; /* entries and texts live here */
  enum err code;
  const char *detail;    /* first sentence for a person */
  const char *related;   /* id of the other record this is about (external_id_conflict), or NULL */
  int retry_after_s;     /* 429 and 503; 0 = the edge's default */
  struct fault_entry entries[FAULT_ENTRIES_MAX];
  size_t n;
};

void fault_init(struct fault *f, struct arena *a);
void fault_clear(struct fault *f);

/* Records that the request fails with code because of pointer; returns code, so that `return fault_fail(...)` reads.
 * Called again it adds an entry and keeps the first code; beyond FAULT_ENTRIES_MAX entries are counted, not kept. */
enum err fault_fail(struct fault *f, enum err code, const char *pointer, const char *fmt, ...) PRINTF_LIKE(4, 5);
/* The same with a slug of its own for the entry, such as "required" or "too_long". */
enum err fault_add(struct fault *f, enum err code, const char *pointer, const char *slug, const char *fmt, ...)
    PRINTF_LIKE(5, 6);
/* A shortage entry; quantities in millionths of the unit. */
enum err fault_shortage(struct fault *f, const char *pointer, const char *sku, int64_t asked, int64_t available);

/* A field that somebody else has changed first: what it was, is, and should have become, as JSON; NULL where that may not be
 * told. ERR_VERSION. */
enum err fault_conflict(struct fault *f, const char *pointer, const char *before, const char *theirs, const char *mine);

/* ---- Arena -------------------------------------------------------------------------------------------------- */

/* Memory of one request or one batch. budget bounds it in bytes: beyond it arena_over is true and the door refuses
 * the request; inputs are bounded at the door, so passing 4 * budget is a bug and stops the process. */
struct arena *arena_new(size_t budget);
void arena_free(struct arena *a); /* accepts NULL; runs what was deferred, newest first */
void arena_reset(struct arena *a); /* as if new; keeps its first block */
void *arena_alloc(struct arena *a, size_t n); /* zeroed, aligned to 16; never NULL */
void *arena_copy(struct arena *a, const void *from, size_t n);
char *arena_text(struct arena *a, const char *s); /* NULL stays NULL */
char *arena_textn(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
void arena_defer(struct arena *a, void (*fn)(void *), void *arg);
void arena_widen(struct arena *a, size_t budget); /* gives a larger budget; a smaller one changes nothing */
bool arena_over(const struct arena *a);
size_t arena_used(const struct arena *a);

#define ARENA_NEW(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define ARENA_ARRAY(arena, type, n) ((type *)arena_alloc((arena), sizeof(type) * (n)))

/* A list of type in an arena. All LISTs share the layout of struct list, which record descriptors rely on. */
#define LIST(type)                                                                                                     \
  struct {                                                                                                             \
    type *at;                                                                                                          \
    size_t n, cap;                                                                                                     \
  }
struct list {
  void *at;
  size_t n, cap;
};
void *list_grow(struct arena *a, struct list *list, size_t item_size); /* zeroed place for one more */
/* Adds a zeroed item and points to it; pointers to earlier items may die. */
#define LIST_ADD(arena, items)                                                                                         \
  ((__typeof__((items)->at))list_grow((arena), (struct list *)(void *)(items), sizeof(*(items)->at)))
#define EACH(type, item, list)                                                                                         \
  for (__typeof__(type) *item = (list)->at, *item##_end = item ? item + (list)->n : item; item != item##_end; item++)

/* ---- Text --------------------------------------------------------------------------------------------------- */

/* A growing text in an arena; always NUL-terminated once something was added. */
struct buf {
  struct arena *arena;
  char *at;
  size_t n, cap;
};
void buf_init(struct buf *b, struct arena *a);
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_char(struct buf *b, char c);
void buf_text(struct buf *b, const char *s);
void buf_i64(struct buf *b, int64_t v);
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
const char *buf_str(struct buf *b); /* never NULL */

/* Bytes that grow beside the arenas: files, which are larger than an arena may be. */
struct growing {
  char *at;
  size_t n, cap;
};
void growing_add(struct growing *g, const void *bytes, size_t n);
void growing_free(struct growing *g); /* empty again */

bool text_eq(const char *a, const char *b); /* NULL equals NULL only */
bool text_empty(const char *s);             /* NULL or "" */
bool text_starts(const char *s, const char *prefix);
bool utf8_valid(const char *s, size_t n); /* strict: no surrogates, no overlong forms, nothing above U+10FFFF */
size_t utf8_count(const char *s);         /* code points of valid UTF-8 */
/* The beginning of a text, at most max bytes, cut between characters. NULL stays NULL. */
char *utf8_cut(struct arena *a, const char *s, size_t max);

/* 64-bit FNV-1a with a final mix; the same on every machine and for ever: buckets are made of it. */
uint64_t hash_text(const char *s);
uint64_t hash_bytes(const void *bytes, size_t n);
uint64_t hash_mix(uint64_t a, uint64_t b);

/* ---- Number types ------------------------------------------------------------------------------------------- */

#define ABSENT INT64_MIN /* in any of the types below: nobody gave it */

/* An amount in the minor unit (cents, yen, fils) of its document's one currency. A document (order, invoice) has a
 * currency once; what crosses documents compares currencies at the door. So amounts stay eight bytes and sums need no
 * check, yet money cannot be added to pieces. Behind the door |minor| <= MONEY_MAX. */
struct money {
  int64_t minor;
};
/* Millionths of a minor unit, for one unit of the product: screws at 0.34 cents are 340000. */
struct price {
  int64_t millionths;
};
/* Millionths of the product's unit: 2 pcs are 2000000. */
struct quantity {
  int64_t millionths;
};
/* Parts per million: 13 % are 130000. */
struct rate {
  int64_t ppm;
};
/* Milliseconds since 1970-01-01 UTC. */
struct instant {
  int64_t ms;
};

#define MONEY_MAX    INT64_C(1000000000000000)    /* 10 trillion dollars; 1,000 lines of it still fit */
#define PRICE_MAX    INT64_C(1000000000000000000) /* 10^12 minor units */
#define QUANTITY_MAX INT64_C(1000000000000000)    /* 10^9 units */
#define RATE_MAX     INT64_C(10000000)            /* 1000 % */
#define SCALE        INT64_C(1000000)             /* millionths of one */

#define MONEY(v)    ((struct money){(v)})
#define PRICE(v)    ((struct price){(v)})
#define QUANTITY(v) ((struct quantity){(v)})
#define RATE(v)     ((struct rate){(v)})
#define INSTANT(v)  ((struct instant){(v)})
#define PIECES(n)   ((struct quantity){(n) * SCALE})

static inline bool money_set(struct money m) { return m.minor != ABSENT; }
static inline bool price_set(struct price p) { return p.millionths != ABSENT; }
static inline bool quantity_set(struct quantity q) { return q.millionths != ABSENT; }
static inline bool rate_set(struct rate r) { return r.ppm != ABSENT; }
static inline bool instant_set(struct instant t) { return t.ms != ABSENT; }

/* Sums and differences of present values; overflow is a bug (the door bounds them) and stops the process. */
struct money money_add(struct money a, struct money b);
struct money money_sub(struct money a, struct money b);
struct money money_neg(struct money a);
struct money money_min(struct money a, struct money b);
struct quantity quantity_add(struct quantity a, struct quantity b);
struct quantity quantity_sub(struct quantity a, struct quantity b);
struct quantity quantity_min(struct quantity a, struct quantity b);

/* numerator / denominator rounded half away from zero, the rounding of all Ordo money. denominator > 0. */
int64_t div_round(__int128 numerator, __int128 denominator);

/* round(price x quantity), half away from zero, once. ERR_INVALID when the result passes MONEY_MAX (no fault text). */
MUST_CHECK enum err price_times(struct price p, struct quantity q, struct money *out);
/* round(m x r): tax on a net amount. */
struct money money_rate(struct money m, struct rate r);
/* round(m x r / (1 + r)): the tax inside a gross amount. */
struct money money_rate_inside(struct money m, struct rate r);
/* round(whole x part / of): the share of part; 0 when of is 0. */
struct money money_share(struct money whole, int64_t part, int64_t of);
/* Splits whole over n weights (>= 0, not all 0) so that the parts add up exactly: floor shares, then one minor unit
 * each to the largest remainders, first come first on ties. All weights 0: everything on the first. */
void money_allocate(struct money whole, const int64_t *weights, size_t n, struct money *out);

/* Number of decimals of an ISO 4217 currency (USD 2, JPY 0, KWD 3), or -1 for an unknown code. */
int currency_decimals(const char *code);

/* Decimal text to an integer scaled by 10^places, exactly: "1.5" with 6 is 1500000. No exponent, no spaces, at most
 * places decimals (trailing zeros beyond are fine). False when malformed, too precise or out of int64. */
MUST_CHECK bool decimal_parse(const char *s, size_t n, int places, int64_t *out);
/* The shortest text of v / 10^places: "1.5", "2", "-0.000001". out holds at least 32 bytes. Returns the length. */
size_t decimal_format(int64_t v, int places, char *out);

/* ---- Time --------------------------------------------------------------------------------------------------- */

#define SECOND_MS INT64_C(1000)
#define MINUTE_MS (60 * SECOND_MS)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)
#define INSTANT_TEXT 25 /* "2026-11-20T08:00:00.000Z" and NUL */
#define DATE_TEXT 11    /* "2026-11-20" and NUL */

/* RFC 3339 with any offset, seconds and up to nine decimals (cut to milliseconds) required as the RFC has them. */
MUST_CHECK bool instant_parse(const char *s, size_t n, struct instant *out);
void instant_format(struct instant t, char out[INSTANT_TEXT]); /* UTC with milliseconds */
MUST_CHECK bool date_valid(const char *s, size_t n);           /* YYYY-MM-DD of the Gregorian calendar */
/* Days since 1970-01-01 of a valid date and back. */
int64_t date_days(const char *date);
void days_date(int64_t days, char out[DATE_TEXT]);
int days_weekday(int64_t days); /* 0 = Monday .. 6 = Sunday */

#endif
