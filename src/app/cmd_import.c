/* ordo import: a file becomes documents, documents become calls, answers become the account. While one batch is being
 * committed the next one is read. After each batch the state file says how far it got, so that a kill loses nothing: what was
 * committed and not yet noted is recognized as known. docs/import.md is the manual. */
#include "app.h"
#include "import_door.h"
#include "import_state.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCH = 256, TELL_MS = 200 };

const struct option_row import_options[] = {
    OPTION_DATABASE,
    {"mapping", NULL, NULL, false, "JSON file that says what the columns mean"},
    {"format", NULL, NULL, false, "csv or jsonl; default by the mapping, then by the name of FILE"},
    {"dry-run", NULL, NULL, true, "change nothing; say what would be refused"},
    {"errors", NULL, NULL, false, "CSV file for what was refused and set aside, with line and column"},
    {"resume", NULL, NULL, true, "go on where an earlier run of the same import stopped"},
    {"progress", NULL, NULL, false, "where to keep how far it got; default FILE.MAPPING.progress in this folder"},
    {"server", "ORDO_SERVER", NULL, false, "go through a running server: http://HOST:PORT"},
    {"key", "ORDO_KEY", NULL, false, "API key for the server"},
    {0},
};

/* ---- Targets ---- */

struct target {
  const char *name;
  enum import_verb verb;
  enum import_verb change; /* VERB_COUNT = cannot be changed by an import */
  const char *name_member; /* what PATCH calls it */
  bool keyed;              /* nothing else tells doubles: calls carry an idempotency key */
  bool outcomes;
};
static const struct target targets[] = {
    {"orders", VERB_ORDER, VERB_COUNT, NULL, false, false},
    {"products", VERB_PRODUCT, VERB_PRODUCT_CHANGE, "sku", false, false},
    {"locations", VERB_LOCATION, VERB_LOCATION_CHANGE, "code", false, false},
    {"channels", VERB_CHANNEL, VERB_CHANNEL_CHANGE, "code", false, false},
    {"customers", VERB_CUSTOMER, VERB_CUSTOMER_CHANGE, "external_id", false, false},
    {"carriers", VERB_CARRIER, VERB_CARRIER_CHANGE, "code", false, false},
    {"tax_rates", VERB_TAX_RATE, VERB_COUNT, NULL, false, false},
    {"stock", VERB_STOCK, VERB_COUNT, NULL, true, false},
    {"outcomes", VERB_ORDER_READ, VERB_COUNT, NULL, false, true},
};

static const struct target *find_target(const char *name)
{
  for (size_t i = 0; i < COUNT_OF(targets); i++)
    if (text_eq(targets[i].name, name))
      return &targets[i];
  failed("the mapping's target %s is none of orders, products, locations, channels, customers, carriers, tax_rates, "
         "stock, outcomes",
         name);
  return NULL;
}

/* ---- An import ---- */

struct slot {
  struct import_document d;
  struct arena *arena;
  struct import_call *call; /* NULL = nothing to send */
  bool known_by_state;
};
struct load {
  struct slot slots[BATCH];
  struct import_call calls[BATCH];
  size_t n, n_calls;
};
struct import {
  struct arena *arena; /* of the whole run */
  struct mapping *mapping;
  const struct target *target;
  struct import_reader *reader;
  struct import_door *door;
  struct import_account account;
  struct import_state state;
  const char *state_path;
  FILE *errors;
  bool dry, ended, broken;
  int64_t skip, known_until; /* documents that an earlier run did: left out, or counted as known */
  struct instant began, told;
  struct load batches[2];
};

/* ---- Reading a batch ---- */

static bool stop(struct import *im, const struct fault *f)
{
  failed("%s", f->detail ? f->detail : "the file cannot be read");
  im->broken = true;
  return false;
}

static const char *double_key(struct import *im, const struct import_document *d, struct arena *a)
{
  char hex[HASH_TEXT];
  const char *what = arena_printf(a, "%s %s %s %lld", import_digest(im->reader), im->target->name, d->key,
                                  *d->key ? 0LL : (long long)d->line);
  sha256_hex(what, strlen(what), hex);
  return arena_printf(a, "import-%s", hex);
}

static void prepare(struct import *im, struct load *b, struct slot *s)
{
  s->call = NULL;
  s->known_by_state = s->d.n <= im->known_until;
  if (!s->d.json || s->known_by_state)
    return;
  s->call = &b->calls[b->n_calls++];
  *s->call =
      (struct import_call){.verb = im->target->verb, .json = s->d.json, .json_n = s->d.json_n, .arena = s->arena};
  if (im->target->keyed && !im->dry)
    s->call->key = double_key(im, &s->d, s->arena);
}

/* The next documents of the file; false when it cannot be read on. */
static bool fill(struct import *im, struct load *b)
{
  b->n = b->n_calls = 0;
  while (b->n < BATCH && !im->ended) {
    struct slot *s = &b->slots[b->n];
    struct fault f;
    if (!s->arena)
      s->arena = arena_new(IMPORT_DOCUMENT);
    arena_reset(s->arena);
    fault_init(&f, s->arena);
    enum err err = import_next(im->reader, s->arena, &f, &s->d);
    im->ended = err == ERR_NOT_FOUND;
    if (err != ERR_OK && !im->ended)
      return stop(im, &f);
    if (im->ended || s->d.n <= im->skip)
      continue;
    prepare(im, b, s);
    b->n++;
  }
  return true;
}

/* ---- Sending ---- */

static void begin(struct import *im, struct load *b)
{
  if (!im->target->outcomes && b->n_calls)
    im->door->begin(im->door, b->calls, b->n_calls);
}

/* What exists is changed where the mapping wants it so. */
static void change_existing(struct import *im, struct load *b)
{
  struct import_call *again = ARENA_ARRAY(im->arena, struct import_call, b->n_calls + 1);
  size_t *whose = ARENA_ARRAY(im->arena, size_t, b->n_calls + 1), n = 0;
  for (size_t i = 0; i < b->n_calls; i++) {
    struct import_call *c = &b->calls[i];
    struct json_slice document = {c->json, c->json_n};
    const char *id =
        text_eq(c->code, "already_exists") ? json_text_of(document, im->target->name_member, c->arena) : NULL;
    if (!id)
      continue;
    again[n] = (struct import_call){
        .verb = im->target->change, .id = id, .json = c->json, .json_n = c->json_n, .arena = c->arena};
    whose[n++] = i;
  }
  import_door_run(im->door, again, n);
  for (size_t i = 0; i < n; i++)
    b->calls[whose[i]] = again[i];
}

static void finish(struct import *im, struct load *b)
{
  if (im->target->outcomes && b->n_calls)
    import_outcomes_run(im->door, b->calls, b->n_calls);
  else if (b->n_calls)
    im->door->wait(im->door);
  if (mapping_updates(im->mapping) && im->target->change != VERB_COUNT && b->n_calls)
    change_existing(im, b);
}

/* ---- Settling ---- */

static void account(struct import *im, enum import_outcome outcome, const char *kind, const struct import_sum *sum)
{
  account_add(&im->account, im->arena, outcome, kind, sum);
}

/* Nothing of the document's own fault: the server is gone, or the storage. The batch is not counted. */
static bool unreachable(const struct import_call *c)
{
  return c && (c->status == 0 || c->status == 401 || c->status == 403 || c->status == 429 || c->status >= 500);
}

static void settle_answer(struct import *im, struct slot *s)
{
  const struct import_call *c = s->call;
  if (import_fine(c)) {
    account(im, c->replayed || c->status == 200 ? IMPORT_KNOWN : IMPORT_TAKEN, "", &s->d.rest);
  } else if (text_eq(c->code, "already_exists")) {
    account(im, IMPORT_KNOWN, "", &s->d.rest);
  } else {
    account(im, IMPORT_REFUSED, c->code, &s->d.rest);
    import_tell_refusal(im->errors, &s->d, c, s->arena);
  }
}

static void settle(struct import *im, struct slot *s)
{
  EACH (const struct import_bucket, b, &s->d.put_aside.buckets)
    account(im, b->outcome, b->kind, &b->sum);
  import_tell_aside(im->errors, im->mapping, &s->d, s->arena);
  if (s->d.faulty) {
    account(im, IMPORT_REFUSED, s->d.fault.n ? s->d.fault.entries[0].code : "invalid", &s->d.rest);
    import_tell_faults(im->errors, &s->d, s->arena);
  } else if (s->d.aside) {
    account(im, IMPORT_ASIDE, s->d.aside, &s->d.rest);
  } else if (s->known_by_state) {
    account(im, IMPORT_KNOWN, "", &s->d.rest);
  } else if (s->call) {
    settle_answer(im, s);
  }
}

static bool note_state(struct import *im, bool complete)
{
  im->state.complete = complete;
  im->state.account = &im->account;
  if (im->errors)
    fflush(im->errors);
  return im->dry || import_state_write(im->state_path, &im->state);
}

/* Documents before one that nobody answered are not noted either: the batch is sent again by --resume, and what of it was
 * committed is known then. */
static bool settle_batch(struct import *im, struct load *b)
{
  for (size_t i = 0; i < b->n_calls; i++) {
    if (!unreachable(&b->calls[i]))
      continue;
    failed("stopped: %s; run it again with --resume", b->calls[i].detail);
    im->broken = true;
    return false;
  }
  for (size_t i = 0; i < b->n; i++)
    settle(im, &b->slots[i]);
  if (b->n) {
    im->state.documents = b->slots[b->n - 1].d.n;
    im->state.line = b->slots[b->n - 1].d.line;
  }
  im->broken = !note_state(im, false);
  return !im->broken;
}

/* ---- Telling ---- */

static void tell_progress(struct import *im, bool last)
{
  struct instant now = clock_real.now(clock_real.arg);
  int64_t done, size;
  if (!isatty(STDERR_FILENO) || (!last && now.ms - im->told.ms < TELL_MS))
    return;
  im->told = now;
  import_progress(im->reader, &done, &size);
  struct import_sum total = account_total(&im->account);
  double seconds = (double)(now.ms - im->began.ms) / 1000.0 + 0.001;
  fprintf(stderr, "\r%lld documents, %lld rows, %.0f rows/s, %d %%  %s", (long long)total.documents,
          (long long)total.rows[0], (double)total.rows[0] / seconds, size ? (int)(done * 100 / size) : 100,
          last ? "\n" : "");
}

static void tell_unmatched(struct import *im)
{
  struct arena *a = arena_new(IMPORT_MEMORY);
  struct import_document rest;
  import_unmatched(im->reader, a, &rest);
  EACH (const struct import_bucket, b, &rest.put_aside.buckets)
    account(im, b->outcome, b->kind, &b->sum);
  import_tell_aside(im->errors, im->mapping, &rest, a);
  arena_free(a);
}

static int tell_end(struct import *im)
{
  struct instant now = clock_real.now(clock_real.arg);
  struct import_sum total = account_total(&im->account);
  double seconds = (double)(now.ms - im->began.ms) / 1000.0;
  int64_t refused = 0;
  import_tell_account(im->mapping, &im->account, im->arena);
  printf("%s%lld rows in %.2f s, %.0f rows/s\n", im->dry ? "dry run, nothing was changed: " : "",
         (long long)total.rows[0], seconds, seconds > 0 ? (double)total.rows[0] / seconds : 0.0);
  EACH (const struct import_bucket, b, &im->account.buckets)
    refused += b->outcome == IMPORT_REFUSED ? b->sum.documents : 0;
  if (refused && !im->errors)
    fprintf(stderr, "ordo: --errors FILE writes what was refused, with line and column\n");
  return refused ? EXIT_FAILED : EXIT_FINE;
}

/* ---- The loop ---- */

static bool run(struct import *im)
{
  struct load *current = &im->batches[0], *next = &im->batches[1];
  if (!fill(im, current))
    return false;
  while (current->n) {
    begin(im, current);
    bool fine = fill(im, next); /* while the writer works */
    finish(im, current);
    if (!settle_batch(im, current) || !fine)
      return false;
    tell_progress(im, false);
    struct load *kept = current;
    current = next;
    next = kept;
  }
  tell_unmatched(im);
  tell_progress(im, true);
  return note_state(im, true);
}

/* ---- Getting ready ---- */

static char *read_whole(struct import *im, const char *path, size_t *out_n)
{
  FILE *in = fopen(path, "rb");
  if (!in) {
    failed("the mapping %s cannot be read: %s", path, strerror(errno));
    return NULL;
  }
  char *bytes = arena_alloc(im->arena, MAPPING_BYTES_MAX + 2);
  *out_n = fread(bytes, 1, MAPPING_BYTES_MAX + 1, in);
  fclose(in);
  return bytes;
}

static bool load_mapping(struct import *im, const char *path)
{
  size_t n;
  struct fault f;
  char hex[HASH_TEXT];
  if (!path)
    return failed("an import wants --mapping MAP.json; docs/import.md shows how to write one") == EXIT_FINE;
  const char *json = read_whole(im, path, &n);
  if (!json)
    return false;
  fault_init(&f, im->arena);
  if (mapping_read(json, n, im->arena, &f, &im->mapping) != ERR_OK) {
    if (!f.n)
      failed("%s: %s", path, f.detail);
    for (size_t i = 0; i < f.n; i++)
      failed("%s: %s%s%s", path, f.entries[i].pointer, *f.entries[i].pointer ? ": " : "", f.entries[i].detail);
    return false;
  }
  sha256_hex(json, n, hex);
  im->state.mapping = arena_text(im->arena, hex);
  im->target = find_target(mapping_target(im->mapping));
  return im->target != NULL;
}

static bool open_file(struct import *im, const char *path, const char *format)
{
  struct fault f;
  enum import_format which = IMPORT_BY_NAME;
  fault_init(&f, im->arena);
  for (int i = IMPORT_CSV; format && import_formats[i]; i++)
    if (strcmp(format, import_formats[i]) == 0)
      which = (enum import_format)i;
  if (format && which == IMPORT_BY_NAME)
    return failed("--format is csv or jsonl, not %s", format) == EXIT_FINE;
  if (import_open(im->mapping, path, which, &f, &im->reader) == ERR_OK)
    return true;
  for (size_t i = 0; i < f.n; i++)
    failed("%s", f.entries[i].detail);
  return f.n ? false : failed("%s", f.detail ? f.detail : "the file cannot be opened") == EXIT_FINE;
}

static bool open_errors(struct import *im, const char *path, bool append)
{
  if (!path)
    return true;
  im->errors = fopen(path, append ? "ab" : "wb");
  if (!im->errors)
    return failed("the error file %s cannot be written: %s", path, strerror(errno)) == EXIT_FINE;
  if (!append || ftell(im->errors) == 0)
    import_tell_header(im->errors);
  return true;
}

static const char *state_path(struct import *im, const struct arguments *args)
{
  const char *given = argument(args, "progress");
  char *file = arena_text(im->arena, args->positional[0]), *mapping = arena_text(im->arena, argument(args, "mapping"));
  return given ? given : arena_printf(im->arena, "%s.%s.progress", basename(file), basename(mapping));
}

/* What an earlier run did: --resume leaves it out and adds to its sums; otherwise it matters only where nothing but the
 * state tells doubles for ever. */
static bool take_up(struct import *im, bool resume)
{
  struct import_state earlier;
  bool there = import_state_read(im->state_path, im->arena, &earlier);
  if (resume && !there)
    return failed("there is no state file %s to resume from; leave out --resume", im->state_path) == EXIT_FINE;
  bool same = there && import_state_same(&earlier, &im->state);
  if (resume && !same)
    return failed("%s belongs to another file, mapping or database; leave out --resume", im->state_path) == EXIT_FINE;
  if (resume && !earlier.complete) {
    im->skip = im->state.documents = earlier.documents;
    im->account = *earlier.account;
  } else if (same && (im->target->keyed || resume)) {
    im->known_until = earlier.documents;
  }
  return true;
}

static bool get_ready(struct import *im, const struct arguments *args)
{
  const char *server = argument(args, "server");
  bool resume = argument(args, "resume") != NULL;
  im->dry = argument(args, "dry-run") != NULL;
  if (!load_mapping(im, argument(args, "mapping")) || !open_file(im, args->positional[0], argument(args, "format")))
    return false;
  im->door = server ? import_door_server(server, argument(args, "key"), im->dry)
                    : import_door_writer(argument(args, "database"), im->dry);
  if (!im->door)
    return false;
  im->state.digest = import_digest(im->reader);
  im->state.door = im->door->name;
  im->state_path = state_path(im, args);
  return take_up(im, resume) && open_errors(im, argument(args, "errors"), resume);
}

static void done(struct import *im)
{
  if (im->door)
    im->door->close(im->door);
  import_close(im->reader);
  if (im->errors)
    fclose(im->errors);
  for (size_t b = 0; b < 2; b++)
    for (size_t i = 0; i < BATCH; i++)
      arena_free(im->batches[b].slots[i].arena);
  arena_free(im->arena);
  free(im);
}

int cmd_import(const struct arguments *args)
{
  if (args->n_positional != 1) {
    failed("usage: ordo import FILE --mapping MAP.json");
    return EXIT_USAGE;
  }
  struct import *im = calloc(1, sizeof *im);
  assert(im);
  im->arena = arena_new(UINT64_C(1) << 28);
  im->began = clock_real.now(clock_real.arg);
  int status = EXIT_FAILED;
  if (get_ready(im, args) && run(im))
    status = tell_end(im);
  done(im);
  return status;
}
