"""Imports the two real data sets with the program under test and compares what it says with what the files say.

usage: import_test.py ORDO SOURCE_FOLDER        ORDO_LONG=1: everything instead of slices
Each test_... is one rule; exit status 77 = skipped, the data are not there. With ORDO_TEST_POSTGRES the databases are on that
server, otherwise files of SQLite.
"""
import csv, gzip, os, shutil, signal, sqlite3, subprocess, sys, tempfile, time
from decimal import Decimal

ORDO, SOURCE = os.path.abspath(sys.argv[1]), sys.argv[2]
DATA = os.path.join(os.path.dirname(os.path.abspath(SOURCE)), "shared", "data")
EXAMPLES = os.path.join(SOURCE, "docs", "examples")
LONG = os.environ.get("ORDO_LONG") == "1"
RETAIL_LINES, OLIST_ORDERS = (None, None) if LONG else (3000, 300)
HOME = tempfile.mkdtemp(prefix="ordo-import-")
POSTGRES = os.environ.get("ORDO_TEST_POSTGRES")
ENV = {k: v for k, v in os.environ.items() if not k.startswith("ORDO_")}


def check(got, want, what):
    if got != want:
        raise AssertionError(f"{what}: got {got!r}, wanted {want!r}")


def read(path):
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as f:
        return list(csv.reader(f))


def write(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows(rows)


def slices():
    rows = read(os.path.join(DATA, "online-retail", "online_retail_2010-12_2011-02.csv.gz"))
    write("retail.csv", rows[:RETAIL_LINES + 1] if RETAIL_LINES else rows)
    write("long.csv", rows[:12001] if RETAIL_LINES else rows)  # more orders than one batch takes
    os.mkdir("olist")
    keep = None
    for name in ["orders", "order_items", "order_payments", "customers", "products", "sellers", "geolocation_by_zip_prefix"]:
        rows = read(os.path.join(DATA, "olist", name + ".csv.gz"))
        if name == "orders":
            rows = rows[:OLIST_ORDERS + 1] if OLIST_ORDERS else rows
            keep = {r[0] for r in rows[1:]}
        elif name.startswith("order_"):
            rows = rows[:1] + [r for r in rows[1:] if r[0] in keep]
        write(f"olist/{name}.csv", rows)
    shutil.copy(os.path.join(DATA, "olist", "product_category_name_translation.csv"), "olist")


class Postgres:
    """The databases of this run on the server of ORDO_TEST_POSTGRES."""

    made = set()

    @classmethod
    def url(cls, name):
        database = f"ordo_import_{os.getpid()}_{name}"
        if database not in cls.made:
            subprocess.run(["createdb", "--maintenance-db", POSTGRES, database], check=True)
            cls.made.add(database)
        return POSTGRES.rsplit("/", 1)[0] + "/" + database

    @staticmethod
    def rows(url, sql):
        said = subprocess.run(["psql", "-X", "--csv", "-t", "-c", sql, url], capture_output=True, text=True, check=True).stdout
        return [[int(v) if v.lstrip("-").isdigit() else v for v in row] for row in csv.reader(said.splitlines())]

    @classmethod
    def drop_all(cls):
        for database in cls.made:
            subprocess.run(["dropdb", "--force", "--maintenance-db", POSTGRES, database], check=True)


class Shop:
    """A database and what is imported into it."""

    def __init__(self, name):
        self.name, self.path = name, os.path.join(HOME, name + ".db")
        self.url = Postgres.url(name) if POSTGRES else "sqlite:" + self.path

    def command(self, file, mapping, *options):
        return [ORDO, "import", file, "--mapping", os.path.join(EXAMPLES, mapping), "--database", self.url,
                "--progress", f"{self.name}.{os.path.basename(mapping)}.progress", *options]

    def run(self, file, mapping, *options, status=0):
        done = subprocess.run(self.command(file, mapping, *options), env=ENV, capture_output=True, text=True)
        check(done.returncode, status, f"{mapping}: {done.stdout}{done.stderr}")
        return Account(done.stdout)

    def rows(self, sql):
        if POSTGRES:
            return Postgres.rows(self.url, sql)
        db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True)
        try:
            return db.execute(sql).fetchall()
        finally:
            db.close()

    def one(self, sql):
        return self.rows(sql)[0][0]

    def check(self):
        done = subprocess.run([ORDO, "check", "--database", self.url], env=ENV, capture_output=True, text=True)
        check((done.returncode, done.stdout.splitlines()[-1:]), (0, ["0 differences"]), "ordo check")

    def retail_masters(self, file="retail.csv"):
        for what in ["channel", "location"]:
            self.run(f"{EXAMPLES}/online-retail/{what}.jsonl", f"online-retail/{what}.map.json")
        for what in ["products", "stock"]:
            self.run(file, f"online-retail/{what}.map.json")


class Account:
    """The table an import ends with: name -> [documents, rows, ...]."""

    def __init__(self, text):
        self.rows = {}
        for line in text.splitlines()[1:]:
            name, numbers = line[:36].strip(), line[36:].split()
            if numbers and " rows" not in line:
                self.rows[name] = [Decimal(n) for n in numbers]

    def __getitem__(self, name):
        return self.rows.get(name, [Decimal(0)] * 20)

    def sums(self):
        return [sum(c) for c in zip(*(v for k, v in self.rows.items() if k != "the file"))]


def test_every_line_and_cent_of_online_retail_is_accounted_for():
    shop = Shop("retail")
    shop.retail_masters()
    account = shop.run("retail.csv", "online-retail/orders.map.json", "--errors", "retail.errors.csv")
    rows = list(csv.DictReader(open("retail.csv", encoding="utf-8")))
    money = sum(Decimal(r["Quantity"]) * Decimal(r["UnitPrice"]) for r in rows)
    cancelled = [r for r in rows if r["InvoiceNo"].startswith("C")]
    check(account["the file"][1:], [len(rows), money], "the file")
    check(account.sums()[1:], [len(rows), money], "taken and set aside together")
    check(account["set aside: cancellation"][1], len(cancelled), "cancelled lines")
    check(account["set aside: cancellation"][0], len({r["InvoiceNo"] for r in cancelled}), "cancellations")
    check(shop.one("SELECT count(*) FROM orders"), account["taken"][0], "orders")
    check(Decimal(shop.one("SELECT sum(sum_total) FROM orders")) / 100, account["taken"][2], "what the orders cost")
    check(shop.one("SELECT count(*) FROM orders WHERE fulfillment_status <> 'allocated'"), 0, "orders without goods")
    told = list(csv.DictReader(open("retail.errors.csv", encoding="utf-8")))
    check(sum(t["row"].count("\n") + 1 for t in told), len(rows) - account["taken"][1], "rows in the error file")
    first = next(t for t in told if t["code"] == "cancellation")
    line = open("retail.csv", encoding="utf-8").read().splitlines()[int(first["line"]) - 1]
    check(first["row"], line, "the row that the error file shows")
    shop.check()


def test_a_second_import_changes_nothing():
    shop = Shop("retail")
    events = shop.one("SELECT count(*) FROM event")
    first = shop.run("retail.csv", "online-retail/stock.map.json")
    account = shop.run("retail.csv", "online-retail/orders.map.json")
    check(account["taken"][0], 0, "orders taken")
    check(first["taken"][0], 0, "adjustments taken")
    check(account["known before"][0], shop.one("SELECT count(*) FROM orders"), "orders known")
    check(shop.one("SELECT count(*) FROM event"), events, "events")


def test_a_dry_run_writes_nothing():
    Shop("none").run("retail.csv", "online-retail/orders.map.json", "--dry-run")
    check(os.path.exists("none.db"), False, "a database")
    check(os.path.exists("none.orders.map.json.progress"), False, "a state file")
    shop = Shop("dry")
    shop.retail_masters()
    events = shop.one("SELECT count(*) FROM event")
    account = shop.run("retail.csv", "online-retail/orders.map.json", "--dry-run")
    check(account["refused: invalid"][0], 0, "refused")
    check(shop.one("SELECT count(*) FROM event"), events, "events")


def test_a_refusal_names_line_column_and_status():
    shop = Shop("refused")
    for what in ["channel", "location"]:
        shop.run(f"{EXAMPLES}/online-retail/{what}.jsonl", f"online-retail/{what}.map.json")
    header = open("retail.csv", encoding="utf-8").readline()
    open("bad.csv", "w", encoding="utf-8").write(
        header + "1,NOBODY,x,1,2010-12-01 08:26:00,1.00,,France\n2,X,x,1,yesterday,1.005,,France\n")
    account = shop.run("bad.csv", "online-retail/orders.map.json", "--errors", "bad.errors.csv", status=1)
    told = [(t["line"], t["column"], t["document"]) for t in csv.DictReader(open("bad.errors.csv", encoding="utf-8"))]
    check(account["taken"][0], 0, "taken")
    check(("2", "StockCode", "1") in told, True, f"unknown product in {told}")
    check(("3", "InvoiceDate", "2") in told, True, f"no time in {told}")


def test_a_killed_import_is_resumed_to_the_same_end():
    shop = Shop("killed")
    shop.retail_masters("long.csv")
    state = "killed.orders.map.json.progress"
    process = subprocess.Popen(shop.command("long.csv", "online-retail/orders.map.json"), env=ENV, stdout=subprocess.DEVNULL)
    deadline = time.time() + 60
    while not os.path.exists(state) and process.poll() is None and time.time() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    check(process.wait(), -signal.SIGKILL, "the import was killed in the middle")
    before = shop.one("SELECT count(*) FROM orders")
    account = shop.run("long.csv", "online-retail/orders.map.json", "--resume")
    again = shop.run("long.csv", "online-retail/orders.map.json")
    check(before < again["known before"][0], True, "orders were missing after the kill")
    check(account["the file"], again["the file"], "the file")
    check(account["taken"][0] + account["known before"][0], again["known before"][0], "orders")
    check(shop.one("SELECT count(*) FROM orders"), again["known before"][0], "orders stored")
    shop.check()


def test_olist_orders_end_where_they_are_in_the_real_world():
    shop = Shop("olist")
    shop.run(f"{EXAMPLES}/olist/channel.jsonl", "olist/channel.map.json")
    for what, file in [("sellers", "sellers"), ("products", "products"), ("stock", "order_items")]:
        shop.run(f"olist/{file}.csv", f"olist/{what}.map.json")
    account = shop.run("olist/orders.csv", "olist/orders.map.json")
    table = lambda name: list(csv.DictReader(open(f"olist/{name}.csv", encoding="utf-8")))
    orders, items, payments = table("orders"), table("order_items"), table("order_payments")
    want = [len(orders), len(orders), len(items), len(payments), sum(Decimal(i["price"]) for i in items),
            sum(Decimal(i["freight_value"]) for i in items), sum(Decimal(p["payment_value"]) for p in payments)]
    check(account["the file"], want, "the files")
    with_items = {i["order_id"] for i in items}
    count = lambda *words: sum(o["order_status"] in words and o["order_id"] in with_items for o in orders)
    check(account["set aside: no_items"][0], len(orders) - len(with_items), "orders without items")
    shop.run("olist/orders.csv", "olist/outcomes.map.json")
    delivered = sum(o["order_status"] == "delivered" and o["order_delivered_customer_date"] != "" for o in orders)
    check(shop.one("SELECT count(*) FROM orders WHERE fulfillment_status = 'delivered'"), delivered, "delivered")
    check(shop.one("SELECT count(*) FROM orders WHERE state = 'cancelled'"), count("canceled", "unavailable"), "cancelled")
    check(shop.one("SELECT count(*) FROM orders WHERE fulfillment_status = 'allocated'"),
          count("processing", "invoiced", "approved", "created"), "still open")
    sellers, of_product = {}, {}
    for i in items:
        sellers.setdefault(i["order_id"], set()).add(i["seller_id"])
        of_product.setdefault(i["product_id"], set()).add(i["seller_id"])
    shared = {i["order_id"] for i in items if len(of_product[i["product_id"]]) > 1}  # sourcing has a choice there
    places = {}
    for order, code in shop.rows("SELECT o.external_id, l.code FROM fulfillment f JOIN orders o ON o.id = f.order_id"
                                 " JOIN location l ON l.id = f.location_id"):
        places.setdefault(order, set()).add(code)
    wrong = [o for o in sellers if o not in shared and places.get(o) != sellers[o]]
    check(wrong, [], "orders that did not come from their sellers")
    events = shop.one("SELECT count(*) FROM event")
    check(shop.run("olist/orders.csv", "olist/outcomes.map.json")["taken"][0], 0, "told again")
    check(shop.one("SELECT count(*) FROM event"), events, "events")
    shop.check()


def test_a_running_server_takes_the_same_as_the_database():
    shop = Shop("served")
    log = open("served.log", "w+")
    server = subprocess.Popen([ORDO, "serve", "--database", shop.url, "--listen", "127.0.0.1:0", "--quiet"], env=ENV, stderr=log)
    deadline, address = time.time() + 60, None
    while not address and server.poll() is None and time.time() < deadline:
        time.sleep(0.05)
        address = next((l.split()[-1] for l in open("served.log") if "listening on" in l), None)
    try:
        key = subprocess.run([ORDO, "key", "add", "--database", shop.url, "--name", "import", "--scope", "*"], env=ENV,
                             capture_output=True, text=True, check=True).stdout.strip()
        over = ["--server", address, "--key", key]
        for what in ["channel", "location"]:
            shop.run(f"{EXAMPLES}/online-retail/{what}.jsonl", f"online-retail/{what}.map.json", *over)
        for what in ["products", "stock", "orders"]:
            account = shop.run("retail.csv", f"online-retail/{what}.map.json", *over)
        again = shop.run("retail.csv", "online-retail/orders.map.json", *over)
        check(account["taken"], Shop("retail").run("retail.csv", "online-retail/orders.map.json")["known before"], "taken")
        check(again["taken"][0], 0, "taken again")
        os.remove("served.stock.map.json.progress")
        check(shop.run("retail.csv", "online-retail/stock.map.json", *over)["taken"][0], 0, "adjustments taken again")
        shop.run("retail.csv", "online-retail/orders.map.json", "--server", address, "--key", "wrong", status=1)
    finally:
        server.terminate()
        server.wait(30)
    shop.check()


def test_what_exists_is_kept_or_updated_as_the_mapping_says():
    shop = Shop("updated")
    mapping = '{"target": "products", "existing": "%s", "fields": {"sku": "sku", "weight_g": {"column": "g", "type": "integer"}}}'
    for name in ["keep", "update"]:
        open(f"{name}.json", "w").write(mapping % name)
    for grams, how, want in [(100, "keep", 100), (200, "keep", 100), (200, "update", 200)]:
        open("mugs.csv", "w").write(f"sku,g\nMUG,{grams}\n")
        shop.run("mugs.csv", os.path.abspath(f"{how}.json"))
        check(shop.one("SELECT weight_g FROM product WHERE sku = 'MUG'"), want, f"{grams} g, {how}")


def main():
    if not os.path.isdir(os.path.join(DATA, "online-retail")) or not os.path.isdir(os.path.join(DATA, "olist")):
        print("skipped: the data sets are not in ../shared/data")
        return 77
    os.chdir(HOME)
    slices()
    failed = 0
    for name, test in [(n, f) for n, f in globals().items() if n.startswith("test_")]:
        try:
            test()
            print(f"ok      {name}")
        except AssertionError as why:
            failed += 1
            print(f"FAILED  {name}: {why}")
    Postgres.drop_all()
    if not failed:
        shutil.rmtree(HOME)
    return 1 if failed else 0


sys.exit(main())
