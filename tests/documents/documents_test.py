"""Prints papers with the program under test and looks at them as paper: pages rendered by pdftoppm, every barcode decoded by
zbarimg, text by pdftotext, fonts by pdffonts.

usage: documents_test.py ORDO SOURCE_FOLDER      Each test_... is one rule; exit status 77 = skipped, a tool is missing.
"""
import glob, json, os, re, shutil, subprocess, sys, tempfile, time, urllib.error, urllib.request

ORDO, SOURCE = os.path.abspath(sys.argv[1]), sys.argv[2]
HOME = tempfile.mkdtemp(prefix="ordo-documents-")
DATABASE = "sqlite:" + os.path.join(HOME, "data.db")
ENV = {k: v for k, v in os.environ.items() if not k.startswith("ORDO_")}
LINES = 45  # so many that a list takes several pages
GTIN = "4006381333931"


def check(got, want, what):
    if got != want:
        raise AssertionError(f"{what}: got {got!r}, wanted {want!r}")


def check_in(part, whole, what):
    if part not in whole:
        raise AssertionError(f"{what}: {part!r} is not in {whole!r}")


class Server:
    def __init__(self):
        self.log = os.path.join(HOME, "log")
        with open(self.log, "w") as log:
            self.process = subprocess.Popen([ORDO, "serve", "--database", DATABASE, "--listen", "127.0.0.1:0"], env=ENV,
                                            stderr=log)
        while not (said := re.search(r"^listening on (\S+)$", self.said(), re.M)):
            check(self.process.poll(), None, "the server runs")
            time.sleep(0.05)
        self.url = said.group(1)
        self.key = subprocess.run([ORDO, "key", "add", "--name", "documents", "--scope", "*", "--database", DATABASE],
                                  env=ENV, capture_output=True, text=True, check=True).stdout.strip()

    def call(self, method, path, body=None, accept="application/json"):
        rq = urllib.request.Request(self.url + "/v1/" + path, method=method,
                                    data=json.dumps(body).encode() if body is not None else None)
        rq.add_header("Authorization", "Bearer " + self.key)
        rq.add_header("Content-Type", "application/json")
        rq.add_header("Accept", accept)
        with urllib.request.urlopen(rq, timeout=60) as answer:
            return answer.headers, answer.read()

    def json(self, method, path, body=None):
        return json.loads(self.call(method, path, body)[1])

    def paper(self, path):
        headers, body = self.call("GET", path, accept="application/pdf")
        check(headers["Content-Type"], "application/pdf", path)
        return Paper(body)

    def key_of(self, scope):
        return subprocess.run([ORDO, "key", "add", "--name", scope, "--scope", scope, "--database", DATABASE], env=ENV,
                              capture_output=True, text=True, check=True).stdout.strip()

    def refused(self, path, key=None):
        own, self.key = self.key, key or self.key
        try:
            self.call("GET", path)
        except urllib.error.HTTPError as e:
            return e.code
        finally:
            self.key = own
        return 200

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as f:
            return f.read()

    def stop(self):
        self.process.terminate()
        check((self.process.wait(60), ""), (0, "" if self.process.returncode == 0 else self.said()[-3000:]), "exit status")


class Paper:
    """A PDF and what can be seen of it."""
    count = 0

    def __init__(self, body):
        Paper.count += 1
        self.body, self.path = body, os.path.join(HOME, f"{Paper.count}.pdf")
        with open(self.path, "wb") as f:
            f.write(body)

    def run(self, *words):
        return subprocess.run(words, capture_output=True, text=True, check=True).stdout

    def info(self, name):
        return re.search(rf"^{name}:\s*(.*)$", self.run("pdfinfo", self.path), re.M).group(1)

    def pages(self):
        return int(self.info("Pages"))

    def text(self, page=None):
        span = ["-f", str(page), "-l", str(page)] if page else []
        return self.run("pdftotext", "-layout", *span, self.path, "-")

    def codes(self):
        """Every barcode of every page, as (kind, text)."""
        stem = self.path[:-4] + "-page"
        self.run("pdftoppm", "-r", "300", "-gray", "-png", self.path, stem)
        found = []
        for picture in sorted(glob.glob(stem + "*.png")):
            said = subprocess.run(["zbarimg", "-q", "--nodbus", "-Sdatabar.disable", "-Sdatabar-exp.disable", picture],
                                  capture_output=True, text=True).stdout
            found += [tuple(line.split(":", 1)) for line in said.splitlines() if ":" in line]
        return sorted(found)

    def fonts(self):
        return [line for line in self.run("pdffonts", self.path).splitlines()[2:]]


def masters(s):
    names = [("TEE-S", {"en": "T-shirt, small", "zh-CN": "有机棉短袖恤衫", "zh-TW": "有機棉短袖衫"}, {"gtin": GTIN}),
             ("MUG-BLUE", {"en": "Blue mug", "zh-CN": "蓝色马克杯", "zh-TW": "藍色馬克杯"}, {})]
    names += [(f"ITEM-{i:02}", {"en": f"Article number {i}"}, {}) for i in range(1, LINES + 1)]
    s.json("POST", "locations", {"code": "SHA", "name": "上海一号仓", "time_zone": "Asia/Shanghai"})
    for sku, name, more in names:
        s.json("POST", "products", {"sku": sku, "name": name, "price": 100, "weight_g": 50, **more})
    s.json("POST", "stock/adjustments", {"location": "SHA", "lines": [{"sku": n[0], "counted": 1000} for n in names]})
    s.json("PUT", "locations/SHA/bins", {"bins": [{"sku": n[0], "bin": f"A-{i}", "walk": 1} for i, n in enumerate(names)]})


def order(s, language, skus, address, notes="ring twice"):
    lines = [{"sku": sku, "quantity": 2} for sku in skus]
    o = s.json("POST", "orders", {"channel": "web", "currency": "USD", "payment_terms": "cod", "language": language,
                                  "notes": notes, "lines": lines, "shipping_address": address})
    check(o["state"], "open", "order")
    return o["fulfillments"][0]["id"], o["number"]


LI = {"name": "李伟", "line1": "世纪大道八号", "city": "上海市", "postal_code": "200120", "country": "CN"}
CHEN = {"name": "陳小華", "line1": "信義路五段7號", "city": "臺北市", "postal_code": "110", "country": "TW"}
ANN = {"name": "Ann Featherstonehaugh-Cholmondeley of the Very Long Name", "company": "W" * 200, "line1": "1 " + "Main " * 30,
       "city": "Newark", "region": "NJ", "postal_code": "07102", "country": "US", "phone": "+1 973 555 0100"}
SMALL = ["TEE-S", "MUG-BLUE"]


def test_every_barcode_of_a_pick_list_is_read(s):
    many = [f"ITEM-{i:02}" for i in range(1, LINES + 1)]
    ful, number = order(s, "en", ["TEE-S"] + many, ANN)
    paper = s.paper(f"fulfillments/{ful}/pick_list?language=en")
    want = [("CODE-128", ful), ("EAN-13", GTIN)] + [("CODE-128", sku) for sku in many]
    check(paper.codes(), sorted(want), "barcodes")
    check(paper.pages() > 2, True, "several pages")
    for page in range(1, paper.pages() + 1):
        check_in(f"Page {page} of {paper.pages()}", paper.text(page), "page number")
        check_in("Bin", paper.text(page), "the head of the table on each page")
    text = paper.text()
    bins = [int(b) for b in re.findall(r"\bA-(\d+)\b", text)]
    check(bins, sorted(bins), "bins in the order they are walked")
    check_in("Article number 45", text, "the last line")


def test_chinese_is_printed_with_its_own_glyphs_and_embedded_fonts(s):
    cn, number = order(s, "zh-CN", SMALL, LI, "请轻放")
    tw, _ = order(s, "zh-TW", SMALL, CHEN)
    paper = s.paper(f"fulfillments/{cn}/packing_slip")
    for part in ["装箱单", "有机棉短袖恤衫", "蓝色马克杯", "李伟", "世纪大道八号", "请轻放", "中国", "第 1 页"]:
        check_in(part, paper.text(), "simplified")
    check(any("CJKsc" in f for f in paper.fonts()), True, f"a simplified face: {paper.fonts()}")
    check(paper.codes(), [("CODE-128", number)], "barcode of the order")
    other = s.paper(f"fulfillments/{tw}/packing_slip")
    for part in ["裝箱單", "有機棉短袖衫", "陳小華", "信義路五段7號", "臺北市"]:
        check_in(part, other.text(), "traditional")
    check(any("CJKtc" in f for f in other.fonts()), True, f"a traditional face: {other.fonts()}")
    for each in (paper, other):
        for font in each.fonts():
            check(font.split()[-5:-3], ["yes", "yes"], f"embedded as a part of it: {font}")
    check_in("Packing slip", s.paper(f"fulfillments/{cn}/packing_slip?language=en").text(), "another language")


def test_the_same_paper_has_the_same_bytes(s):
    ful, _ = order(s, "en", SMALL, ANN)
    path = f"fulfillments/{ful}/packing_slip"
    check(s.paper(path).body == s.paper(path).body, True, "bytes")
    check(json.loads(s.call("GET", path)[1])["lines"][0]["sku"], "TEE-S", "the record")
    check(s.call("GET", path + "?format=pdf")[0]["Content-Type"], "application/pdf", "by ?format=")
    check(s.refused(path + "?format=doc"), 422, "another format")
    check(s.refused(path + "?language=%25s%0a"), 422, "no language")


def test_a_label_is_as_large_as_labels_and_its_codes_say_the_tracking_number(s):
    ful, number = order(s, "en", SMALL, ANN)
    s.json("POST", f"fulfillments/{ful}/pick", {})
    packed = s.json("POST", f"fulfillments/{ful}/pack", {})
    parcel = packed["parcels"][0]["id"]
    check(s.paper(f"parcels/{parcel}/label").codes(), [("CODE-128", parcel), ("QR-Code", parcel)], "before it ships")
    shipped = s.json("POST", f"fulfillments/{ful}/ship", {})
    tracking = shipped["parcels"][0]["tracking_number"]
    paper = s.paper(f"parcels/{tracking}/label")
    check(paper.codes(), [("CODE-128", tracking), ("QR-Code", tracking)], "codes")
    width, height = [float(n) for n in re.findall(r"[\d.]+", paper.info("Page size"))[:2]]
    check((round(width / 72 * 25.4), round(height / 72 * 25.4)), (100, 150), "millimeters")
    for part in ["Newark NJ 07102", "United States", "+1 973 555 0100", number]:
        check_in(part, paper.text(), "address, nothing cut off")


def test_a_weight_of_tons_is_whole_on_its_label(s):
    for language, unit in [("en", "kg"), ("zh-TW", "公斤")]:
        ful, _ = order(s, language, SMALL, ANN)
        s.json("POST", f"fulfillments/{ful}/pick", {})
        packed = s.json("POST", f"fulfillments/{ful}/pack", {})
        parcel = packed["parcels"][0]["id"]
        s.json("PATCH", f"parcels/{parcel}", {"weight_g": 99999999})
        text = s.paper(f"parcels/{parcel}/label").text().replace("\u00a0", " ")
        check_in("99999.999 " + unit, text, "weight")


def test_a_wave_is_one_walk_with_totes(s):
    one, number = order(s, "en", SMALL, ANN)
    two, other = order(s, "zh-CN", ["MUG-BLUE"], LI)
    wave = s.json("POST", "waves", {"location": "SHA", "fulfillments": [one, two]})
    paper = s.paper(f"waves/{wave['id']}/pick_list?language=en")
    check_in(("CODE-128", wave["number"]), paper.codes(), "barcode of the wave")
    text = re.sub(" ?× ?", "×", paper.text().replace("\u00a0", " "))
    for part in ["1×2", "2×2", number, other, "4 pcs"]:
        check_in(part, text, "totes")
    each = s.paper(f"pick_lists?fulfillments={one},{two}&each=true&language=en")
    check(each.pages(), 2, "a list for each")
    check_in("Page 1 of 1", each.text(2), "numbered by itself")
    both = s.paper(f"packing_slips?fulfillments={one},{two}")
    check_in("Packing slip", both.text(1), "in English")
    check_in("装箱单", both.text(2), "in Chinese")


def test_a_manifest_is_printed_for_the_driver(s):
    ful, _ = order(s, "en", SMALL, ANN)
    for step in ["pick", "pack"]:
        s.json("POST", f"fulfillments/{ful}/{step}", {})
    tracking = s.json("POST", f"fulfillments/{ful}/ship", {})["parcels"][0]["tracking_number"]
    m = s.json("POST", "locations/SHA/manifests", {"carrier": "ordo"})
    paper = s.paper(f"manifests/{m['id']}/document?language=en")
    check(paper.codes(), [("CODE-128", m["number"])], "barcode")
    check_in(tracking, paper.text(), "its parcels")


def test_what_customers_write_stays_harmless(s):
    ful, _ = order(s, "en", SMALL, {"name": "A\u202eB <b>&amp;</b>\tC", "line1": "x" * 200, "country": "US"},
                   "\n".join(["line"] * 50) + "\u0007" + "長" * 1000)
    text = s.paper(f"fulfillments/{ful}/packing_slip").text()
    check_in("AB <b>&amp;</b> C", text, "as it was written, without marks of direction")
    check("\u202e" in text or "\u0007" in text, False, "no control characters")


def test_addresses_are_printed_for_those_who_may_see_them_or_pack(s):
    ful, _ = order(s, "en", SMALL, ANN)
    path = f"fulfillments/{ful}/packing_slip?format=pdf"
    check(s.refused(path, s.key_of("fulfillment.read")), 403, "who only reads work")
    check(s.refused(path, s.key_of("fulfillment.*")), 200, "who packs")
    check(s.refused(path, s.key_of("fulfillment.read,personal.read")), 200, "who may see addresses")


def test_the_catalogs_have_the_same_keys(s):
    catalogs = {}
    for path in glob.glob(os.path.join(SOURCE, "src/edge/print/texts/*.json")):
        with open(path, encoding="utf-8") as f:
            catalogs[os.path.basename(path)] = json.load(f)
    for name, catalog in catalogs.items():
        check(sorted(catalog), sorted(catalogs["en.json"]), name)
        check([k for k, v in catalog.items() if not v.strip()], [], f"{name}: empty")
    used = set()
    for path in glob.glob(os.path.join(SOURCE, "src/edge/print/*.c")):
        with open(path, encoding="utf-8") as f:
            used |= set(re.findall(r'(?:\bT\(|paper_textf?\([^"()]*(?:\([^()]*\))?[^"()]*)"([a-z_.]+)"', f.read()))
    check(sorted(used - set(catalogs["en.json"]) - {"unit."}), [], "keys without a text")


def main():
    for tool in ["pdftoppm", "pdftotext", "pdffonts", "pdfinfo", "zbarimg"]:
        if not shutil.which(tool):
            print(f"skipped: {tool} is not installed")
            return 77
    server, passed, failed = Server(), 0, 0
    try:
        masters(server)
        for name, rule in list(globals().items()):
            if not name.startswith("test_"):
                continue
            try:
                rule(server)
                passed += 1
            except Exception as e:
                told = e.read().decode() if isinstance(e, urllib.error.HTTPError) else ""
                print(f"FAILED {name}: {e!r} {told}")
                failed += 1
        server.stop()
    finally:
        server.process.kill()
        shutil.rmtree(HOME, ignore_errors=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
