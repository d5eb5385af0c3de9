/* The command line: a table of commands and one loop over it. */
#include "app.h"

#include "settings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS_MAX = 3 };

int failed(const char *fmt, ...)
{
  va_list args;
  va_start(args, fmt);
  fprintf(stderr, "ordo: ");
  vfprintf(stderr, fmt, args);
  fprintf(stderr, "\n");
  va_end(args);
  return EXIT_FAILED;
}

static int print_settings(const struct arguments *args)
{
  (void)args;
  for (enum setting s = 0; s < SETTING_COUNT; s++) {
    const struct setting_info *i = setting_info(s);
    printf("%-26s %-10s %-12s %s\n", i->key, i->def, i->unit, i->help);
  }
  return EXIT_FINE;
}

static int print_errors(const struct arguments *args)
{
  (void)args;
  for (int e = 1; e < ERR_COUNT; e++) {
    const struct err_info *i = err_info((enum err)e);
    printf("%d  %-28s %s\n", i->http, i->slug, i->title);
  }
  return EXIT_FINE;
}

static const struct option_row no_options[] = {{0}};
static const struct option_row database_options[] = {OPTION_DATABASE, {0}};
static const struct option_row key_options[] = {
    OPTION_DATABASE,
    {"name", NULL, NULL, false, "what the key is called"},
    {"scope", NULL, NULL, false, "permissions it grants: names, order.* or *"},
    {"days", NULL, NULL, false, "it expires after so many days; default never"},
    {0},
};
static const struct option_row user_options[] = {
    OPTION_DATABASE,
    {"login", NULL, NULL, false, "e-mail address or name to sign in with"},
    {"role", NULL, "owner", false, "owner, manager, service, warehouse, finance or viewer"},
    {"password-stdin", NULL, NULL, true, "read the password from standard input"},
    {0},
};

const struct command commands[] = {
    {"serve", "", "run the server (creates or migrates the database)", serve_options, cmd_serve},
    {"demo", "[retail]", "run the server with a demo company", demo_options, cmd_demo},
    {"import", "FILE", "import CSV or JSON lines by a mapping", import_options, cmd_import},
    {"check", "", "prove the invariants of the database; prints a repair plan", database_options, cmd_check},
    {"backup", "", "write a whole, checked copy to one file, beside a running server", backup_options, cmd_backup},
    {"restore", "", "make a database of a backup, or prove one by a drill", restore_options, cmd_restore},
    {"copy", "", "move a company to another database or engine", copy_options, cmd_copy},
    {"key add", "", "create an API key and print it", key_options, cmd_key_add},
    {"user add", "", "create a user", user_options, cmd_user_add},
    {"bench", "", "measure placing orders on this machine", bench_options, cmd_bench},
    {"openapi", "", "print the OpenAPI document", no_options, cmd_openapi},
    {"settings", "", "print all settings", no_options, print_settings},
    {"errors", "", "print all error codes", no_options, print_errors},
    {0},
};

static void print_help(FILE *to)
{
  fprintf(to, "ordo %s - order management\n\nusage: ordo COMMAND [OPTIONS]\n\n", ORDO_VERSION);
  for (const struct command *c = commands; c->name; c++)
    fprintf(to, "  %-10s %-9s %s\n", c->name, c->usage, c->doc);
  fprintf(to, "\n'ordo COMMAND --help' lists the options of a command.\n");
}

static void print_command_help(const struct command *c)
{
  printf("usage: ordo %s %s [OPTIONS]\n%s\n\n", c->name, c->usage, c->doc);
  for (const struct option_row *o = c->options; o->name; o++)
    printf("  --%-16s %s%s%s%s%s%s\n", o->name, o->doc, o->def ? " (default " : "", o->def ? o->def : "",
           o->def ? ")" : "", o->env ? "; also " : "", o->env ? o->env : "");
}

const char *argument(const struct arguments *args, const char *name)
{
  for (int i = 0; args->options[i].name; i++)
    if (strcmp(args->options[i].name, name) == 0)
      return args->values[i];
  assert(!"an option that the command has not");
  return NULL;
}

static void take_defaults(struct arguments *args)
{
  for (int i = 0; args->options[i].name; i++) {
    const struct option_row *o = &args->options[i];
    const char *env = o->env ? getenv(o->env) : NULL;
    args->values[i] = env && *env ? env : o->def;
  }
}

/* Everybody on the machine sees the words of a command; the environment and files only their owner. */
static bool is_secret(const struct option_row *o, const char *value)
{
  if (!db_url_has_password(value))
    return false;
  failed("the url of --%s holds a password, which everybody on this machine can see: put it into PGPASSWORD, into a file"
         " that passfile= names, or give the whole url as ORDO_DATABASE",
         o->name);
  return true;
}

/* One word that begins with "--"; false when it cannot be used. */
static bool take_option(struct arguments *args, int argc, char **argv, int *i)
{
  const char *name = argv[*i] + 2, *equals = strchr(name, '=');
  size_t n = equals ? (size_t)(equals - name) : strlen(name);
  for (int k = 0; args->options[k].name; k++) {
    const struct option_row *o = &args->options[k];
    if (strlen(o->name) != n || memcmp(o->name, name, n) != 0)
      continue;
    if (o->is_switch)
      args->values[k] = "1";
    else if (equals)
      args->values[k] = equals + 1;
    else if (*i + 1 < argc)
      args->values[k] = argv[++*i];
    else
      return failed("--%s needs a value", o->name), false;
    return o->is_switch || !is_secret(o, args->values[k]);
  }
  return failed("there is no option --%.*s; see ordo COMMAND --help", (int)n, name), false;
}

static int run(const struct command *c, int argc, char **argv)
{
  struct arguments args = {.options = c->options};
  take_defaults(&args);
  for (int i = 0; i < argc; i++) {
    if (strcmp(argv[i], "--help") == 0) {
      print_command_help(c);
      return EXIT_FINE;
    }
    if (strncmp(argv[i], "--", 2) == 0) {
      if (!take_option(&args, argc, argv, &i))
        return EXIT_USAGE;
    } else if (*c->usage && args.n_positional < (int)COUNT_OF(args.positional)) {
      args.positional[args.n_positional++] = argv[i];
    } else {
      failed("%s takes no %s; see ordo %s --help", c->name, argv[i], c->name);
      return EXIT_USAGE;
    }
  }
  return c->run(&args);
}

/* How many words of argv name this command, or 0. */
static int matches(const struct command *c, int argc, char **argv)
{
  char words[64];
  int n = 0;
  snprintf(words, sizeof words, "%s", c->name);
  for (char *save, *word = strtok_r(words, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
    if (n >= argc || strcmp(argv[n], word) != 0)
      return 0;
    n++;
  }
  return n;
}

int main(int argc, char **argv)
{
  if (argc < 2) {
    print_help(stderr);
    return EXIT_USAGE;
  }
  if (strcmp(argv[1], "--version") == 0) {
    printf("ordo %s\n", ORDO_VERSION);
    return EXIT_FINE;
  }
  if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0) {
    print_help(stdout);
    return EXIT_FINE;
  }
  for (const struct command *c = commands; c->name; c++) {
    int n = matches(c, argc - 1, argv + 1);
    if (n)
      return run(c, argc - 1 - n, argv + 1 + n);
  }
  failed("there is no command %s; ordo --help lists them", argv[1]);
  return EXIT_USAGE;
}
