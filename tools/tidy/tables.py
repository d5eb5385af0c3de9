"""What tools/tidy holds the code to, as tables. An exception always carries its reason."""

# Strata from the ground up, and in each its rooms: a room may list only rooms that stand before it.
STRATA = [
    ("lib", ["base", "codec", "rec", "sql", "db", "net"]),
    ("core", ["ids", "context", "settings", "leases", "events", "numbers", "idempotency", "acts", "jobs", "consumers", "masters", "schema", "transfer"]),
    ("domain", ["pricing", "sourcing", "promise",                                              # pure decisions
                "identity", "catalog", "customers", "channels", "carriers", "company",         # who and what
                "inventory",                                                                  # supply
                "setup", "views",                                                             # a company's people
                "orders", "allocation", "payments", "review", "fulfillment", "invoices", "intake", "changes",  # demand
                "search", "reports", "hooks",                                                          # insight
                "privacy", "work", "tracking"]),                                              # who works, who waits
    ("edge", ["print", "einvoice", "http", "import", "upload", "connect", "api"]),
]

# Rooms that are more alone than their place says: only these strata below them.
NARROW = {
    "pricing": ("lib", "a pure decision: values in, values out"),
    "sourcing": ("lib", "a pure decision: values in, values out"),
    "promise": ("lib", "a pure decision: values in, values out"),
    "http": ("lib", "knows sockets, not commerce"),
}

# Headers that tests may include beside those of TEST_DEPS.
TEST_HEADERS = {"test.h", "zip.h", "schema.h"}  # schema.h: a scratch database is migrated by hand where a server opens it

BANNED = {
    "strcpy": "snprintf or arena_text", "strcat": "struct buf", "sprintf": "snprintf", "vsprintf": "vsnprintf",
    "gets": "fgets", "strtok": "strtok_r", "atoi": "decimal_parse", "atol": "decimal_parse", "atof": "decimal_parse",
    "localtime": "the room promise", "gmtime": "instant_format", "rand": "ids_random", "random": "ids_random",
    "srand": "ids_init", "system": "nothing: the program starts no others", "popen": "nothing: the program starts no others",
    "alloca": "the arena",
}
# (path pattern, names, reason)
BANNED_EXCEPT = [
    ("*_test.c", {"strcpy", "strcat", "atoi"}, "a test's bytes are its own"),
    ("src/app/database.c", {"strcpy"}, "the length is compared with the buffer's in the line before"),
    ("src/domain/promise/promise_zone.c", {"strcpy"}, "the length is asserted at the head of the function"),
    ("src/edge/http/http_server.c", {"atoi"}, "the operator's --listen and the kernel's port, digits only by then"),
    ("src/app/bench_*", {"atoi"}, "numbers of the bench's own command line and of our own server's replies"),
    ("bench/*", {"atof", "gmtime", "strcpy", "strcat", "atoi", "system", "rand", "random", "srand"}, "no part of the program"),
    ("tests/*", {"strcpy", "strcat", "atoi", "rand", "random", "srand"}, "a test's bytes are its own"),
]

# SQL text goes through struct db_stmt with bound parameters.
SQL_PRINTF_EXCEPT = [
    ("src/lib/db/db_table.c", "makes the statements of a table from its descriptor's constant names"),
    ("src/core/transfer/*", "makes the statements of a table from what the schema says it has"),
    ("src/lib/db/db_list.c", "makes the statement of a list from its descriptor's constant names"),
    ("*_test.c", "makes many different statements, or looks for personal data with LIKE"),
    ("bench/*", "writes constant rows of one size, no foreign text"),
    ("tests/*", "looks at the database from outside"),
]

# Who answers requests asks the rooms: no statement of its own, no text of one. Conditions of lists are pieces of a WHERE.
EDGE_SQL_EXCEPT = [
    ("src/edge/api/api_orders_list.c", "what the words of a list's query narrow it to: conditions, and ids that make them fast"),
    ("src/edge/api/api_review.c", "conditions of the list of holds by what their order says"),
    ("src/edge/api/api_inventory.c", "conditions of the list of stock and products"),
    ("src/edge/api/api_scope.c", "whose rows who is bound to places may see: one place says it for all rooms"),
    ("src/edge/api/*_test.c", "makes and looks at rows from outside"),
]

# No floating point in money, stock or tax. What measures the program itself may use it.
FLOAT_EXCEPT = [
    ("src/edge/api/api_system.c", "metrics are written as decimals by Prometheus' format"),
    ("src/app/log.c", "milliseconds for people"),
    ("src/edge/print/*", "places on a page: points, as the drawing library has them; quantities stay decimals"),
    ("src/app/*bench*", "rates of a measurement"),
    ("src/app/cmd_import.c", "rows a second and percent on the progress line"),
    ("*_test.c", "prints how long something took"),
]

LINES_MAX = 700
LINES_MAX_TEST = 1300
LINES_EXCEPT = [
    ("src/edge/api/api_openapi.c", 1100, "the document from top to bottom, part after part"),
]
FUNCTION_LINES_TOLD = 85  # longer ones are told, not refused
