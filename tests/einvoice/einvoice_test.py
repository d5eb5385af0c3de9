"""Issues invoices and credit notes of many kinds with the program under test and holds them to the schemas of UBL 2.1 (xmllint)
and to all fatal rules of EN 16931 (Saxon): rates, exemptions, discounts, charges, prices with tax in and without, partial
invoices, currencies with 0, 2 and 3 decimals.

usage: einvoice_test.py ORDO DATA_FOLDER      Exit status 77 = skipped: a tool or the folder of test data is missing.
"""
import json, os, random, re, shutil, subprocess, sys, tempfile, time, urllib.error, urllib.request

import rules

ORDO, DATA = os.path.abspath(sys.argv[1]), sys.argv[2]
SAXON = "/usr/share/java/Saxon-HE.jar"
RULES = os.path.join(DATA, "en16931/ubl/schematron/preprocessed/EN16931-UBL-validation-preprocessed.sch")
SCHEMAS = os.path.join(DATA, "ubl-2.1-xsd/maindoc/UBL-%s-2.1.xsd")
HOME = tempfile.mkdtemp(prefix="ordo-einvoice-")
DATABASE = "sqlite:" + os.path.join(HOME, "data.db")
ENV = {k: v for k, v in os.environ.items() if not k.startswith("ORDO_")}
COMPANY = {"legal_name": "Nordlicht & Co <Handel>", "line1": "Speicherstraße 12", "postal_code": "20457", "city": "Hamburg",
           "country": "DE", "vat_id": "DE123456789", "tax_id": "27/123/45678", "registration": "HRB 98765",
           "iban": "DE89370400440532013000", "bic": "COBADEFFXXX"}
BUYER = {"name": "Erika Muster", "company": "Beispiel AG", "line1": "Am Ring 5", "city": "Wien", "postal_code": "1010",
         "country": "AT"}
UNTAXED = ["zero", "exempt", "reverse_charge", "intra_community", "export"]


class Server:
    def __init__(self):
        self.log = os.path.join(HOME, "log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([ORDO, "serve", "--database", DATABASE, "--listen", "127.0.0.1:0"], env=ENV,
                                            stderr=log)
        while not (said := re.search(r"^listening on (\S+)$", open(self.log).read(), re.M)):
            assert self.process.poll() is None, open(self.log).read()
            time.sleep(0.05)
        self.url = said.group(1)
        self.key = subprocess.run([ORDO, "key", "add", "--name", "einvoice", "--scope", "*", "--database", DATABASE],
                                  env=ENV, capture_output=True, text=True, check=True).stdout.strip()

    def call(self, method, path, body=None):
        rq = urllib.request.Request(self.url + "/v1/" + path, method=method,
                                    data=json.dumps(body).encode() if body is not None else None,
                                    headers={"Authorization": "Bearer " + self.key, "Content-Type": "application/json"})
        try:
            with urllib.request.urlopen(rq, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as e:
            return e.code, e.read()

    def json(self, method, path, body=None):
        status, answer = self.call(method, path, body)
        assert status < 300, (method, path, status, answer)
        return json.loads(answer)


class Shop:
    """Numbers what it makes, and keeps each document as a file."""

    def __init__(self, server):
        self.server, self.orders, self.documents = server, 0, []
        for key, value in COMPANY.items():
            server.json("PATCH", "settings/company." + key, {"value": value})
        server.json("PATCH", "channels/web", {"stock_policy": "backorder"})
        for category in ["standard"] + UNTAXED + ["outside_scope"]:
            server.json("POST", "products", {"sku": category.upper(), "name": f"Thing, {category} & <more>",
                                             "tax_category": category})

    def order(self, lines, **more):
        self.orders += 1
        return self.server.json("POST", "orders", {
            "channel": "web", "external_id": str(self.orders), "currency": "EUR", "prices_include_tax": True,
            "payment_terms": "account", "billing_address": BUYER, "shipping_address": BUYER,
            "invoice": {"title": "Beispiel AG", "tax_id": "ATU12345678"}, "lines": lines} | more)

    def keep(self, document):
        status, xml = self.server.call("GET", f"invoices/{document['id']}?format=xml")
        assert status == 200, (status, xml)
        kind = "CreditNote" if document["kind"] == "credit_note" else "Invoice"
        path = os.path.join(HOME, kind, document["number"] + ".xml")
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(xml)
        self.documents.append(path)
        return document

    def invoice(self, order, **body):
        return self.keep(self.server.json("POST", f"orders/{order['id']}/invoices", body))

    def credit(self, invoice, **body):
        return self.keep(self.server.json("POST", f"invoices/{invoice['id']}/credit_notes", {"reason": "why & how"} | body))


def taxed(sku="STANDARD", quantity=1, price=1000, rate="0.19", **more):
    return {"sku": sku, "quantity": quantity, "unit_price": price, "tax_rate": rate} | more


def make_all(shop):
    dice = random.Random(16931)
    for with_tax in (True, False):
        several = [taxed(quantity=3, price=1999, discount=250), taxed(quantity=7, price="333.333333", rate="0.07"),
                   taxed(quantity=2.5, price=12345, rate="0.055"), taxed(price=0)]
        charges = [{"kind": "shipping", "amount": 590, "tax_rate": "0.19"}, {"kind": "tip", "amount": 100},
                   {"kind": "cash_rounding", "amount": -2}, {"kind": "service_charge", "amount": 55, "tax_rate": "0.07"}]
        order = shop.order(several, charges=charges, prices_include_tax=with_tax)
        shop.invoice(order, lines=[{"line": 1, "quantity": 1}, {"line": 3, "quantity": 0.7}])
        rest = shop.invoice(order)
        shop.credit(rest, lines=[{"n": 1, "quantity": 1}, {"n": 2, "amount": 77}], charges=True)
        shop.credit(rest)
        for category in UNTAXED:
            shop.invoice(shop.order([taxed(category.upper(), 2, 4321, "0")], prices_include_tax=with_tax))
        mixed = [taxed(c.upper(), 1, 700, "0") for c in UNTAXED + ["outside_scope"]] + [taxed()]
        shop.credit(shop.invoice(shop.order(mixed, prices_include_tax=with_tax)))
        shop.invoice(shop.order([taxed("OUTSIDE_SCOPE", 1, 700, "0")], prices_include_tax=with_tax))
        given = [{"sku": "STANDARD", "quantity": 3, "unit_price": 1111, "tax": 555},
                 {"sku": "STANDARD", "quantity": 1, "unit_price": 99, "tax": 7}]
        shop.credit(shop.invoice(shop.order(given, prices_include_tax=with_tax)), lines=[{"n": 1, "quantity": 2}])
        paid = shop.order([taxed(quantity=2)], prices_include_tax=with_tax, payment_terms="prepaid",
                          payments=[{"provider": "manual", "kind": "capture", "amount": 1500, "reference": f"p{with_tax}"}])
        shop.invoice(paid)
        for currency in ("JPY", "KWD", "USD", "CNY"):
            lines = [taxed(quantity=dice.randint(1, 9), price=dice.randint(1, 99999), rate=dice.choice(["0.19", "0.1", "0.07"]),
                           discount=dice.randint(0, 1)) for _ in range(12)]
            order = shop.order(lines, currency=currency, prices_include_tax=with_tax)
            shop.invoice(order, lines=[{"line": n, "quantity": 1} for n in range(1, 9)])
            shop.credit(shop.invoice(order))
        yen = [taxed(quantity=1, price=dice.choice([13, 34, 44, 55]), rate="0.08") for _ in range(60)]
        shop.invoice(shop.order(yen, currency="JPY", prices_include_tax=with_tax))


def check_schemas(documents):
    for kind in ("Invoice", "CreditNote"):
        files = [f for f in documents if os.sep + kind + os.sep in f]
        said = subprocess.run(["xmllint", "--noout", "--schema", SCHEMAS % kind, *files], capture_output=True, text=True)
        assert said.returncode == 0, said.stderr[-3000:]


def broken_rules(folder):
    """By file what does not hold."""
    sheet, out = os.path.join(HOME, "rules.xsl"), folder + ".rules"
    with open(sheet, "w", encoding="utf-8") as f:
        f.write(rules.style_sheet(RULES))
    os.makedirs(out, exist_ok=True)
    subprocess.run(["java", "-cp", SAXON, "net.sf.saxon.Transform", "-s:" + folder, "-xsl:" + sheet, "-o:" + out], check=True,
                   capture_output=True, text=True)
    return {name: text for name in os.listdir(out) if (text := open(os.path.join(out, name)).read().split())}


def check_that_the_rules_see(document):
    """A document whose sum is wrong breaks the rule of that sum."""
    folder = os.path.join(HOME, "Wrong")
    os.makedirs(folder)
    text = open(document, encoding="utf-8").read()
    with open(os.path.join(folder, "wrong.xml"), "w", encoding="utf-8") as f:
        f.write(re.sub(r"(<cbc:TaxExclusiveAmount[^>]*>)", r"\g<1>1", text))
    found = [rule for broken in broken_rules(folder).values() for rule in broken]
    assert "BR-CO-13" in found and "BR-CO-15" in found, found


def check_refusals(shop):
    """What the model requires and is not known is refused with its place."""
    order = shop.order([taxed()], billing_address=None, shipping_address=None, invoice=None)
    document = shop.server.json("POST", f"orders/{order['id']}/invoices", {})
    status, answer = shop.server.call("GET", f"invoices/{document['id']}?format=xml")
    assert status == 422 and "/buyer/country" in [e["pointer"] for e in json.loads(answer)["errors"]], answer


def main():
    missing = [what for what in (RULES, SAXON) if not os.path.exists(what)] + [p for p in ("java", "xmllint") if not shutil.which(p)]
    if missing:
        print("skipped: not there:", *missing)
        return 77
    server = Server()
    try:
        shop = Shop(server)
        make_all(shop)
        check_refusals(shop)
    finally:
        server.process.terminate()
        server.process.wait()
    check_schemas(shop.documents)
    for kind in ("Invoice", "CreditNote"):
        broken = broken_rules(os.path.join(HOME, kind))
        assert not broken, broken
    check_that_the_rules_see(shop.documents[0])
    said = subprocess.run([ORDO, "check", "--database", DATABASE], env=ENV, capture_output=True, text=True)
    assert said.returncode == 0 and said.stdout.endswith("0 differences\n"), said
    print(f"{len(shop.documents)} documents hold")
    print("1 passed, 0 failed")
    return 0


if __name__ == "__main__":
    status = 1
    try:
        status = main()
    finally:
        if status != 1 or not os.environ.get("ORDO_KEEP"):
            shutil.rmtree(HOME, ignore_errors=True)
        else:
            print("kept:", HOME)
    sys.exit(status)
