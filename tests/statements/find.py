#!/usr/bin/env python3
"""Finds every statement of the program and has it judged by the rules of portable SQL.

  find.py BUILD-FOLDER JUDGE [FILE...]

BUILD-FOLDER holds compile_commands.json; the files are all of src/ that are no tests, or those named. Each goes through the
preprocessor, so that texts put together from macros are whole; then the initializers of struct db_stmt and struct db_where
are read, the descriptors of struct db_table, and the pieces that become conditions of a list. A text that begins like a
statement and is none of these is a fault, too: nobody would judge it.
"""
import json, os, re, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# Texts that are made at run time, (folder or file, reason); judged when they are sent (ORDO_DB_CHECK).
MADE_AT_RUN_TIME = [
    ("src/lib/db/", "statements of a table are judged by its descriptor; the engines' own ask for the schema"),
    ("src/core/transfer/", "statements made of what the schema says it has"),
    ("src/app/bench_", "looks at the database from outside"),
]

STRING = r'"(?:[^"\\]|\\.)*"'
STRINGS = rf"(?:{STRING}\s*)+"
MARKER = r"(?:,\s*(?:\.marker\s*=\s*)?(DB_KEYED|DB_LIST|DB_REPORT|DB_SCHEMA))?\s*,?\s*\}"
STATEMENT = re.compile(rf"\{{\s*(?:\.sql\s*=\s*)?({STRINGS}){MARKER}")
CONDITION = re.compile(rf"\{{\s*&(\w+)\s*,\s*({STRINGS}){MARKER}")
TABLE = re.compile(rf"struct db_table (\w+)\s*=\s*\{{\s*({STRING})\s*,\s*&(\w+)\s*\}}")
REC = re.compile(r"struct rec (\w+)\s*=\s*\{[^;]*?\.fields\s*=\s*(\w+)")
FIELDS = re.compile(r"struct rec_field (\w+)\[\]\s*=\s*\{(.*?)\n?\};", re.S)
BEGINNING = re.compile(r"(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH) ")
PIECE = re.compile(r"[=<>] ?\$\d|\bIN \(\$|^1 = 0$")


def text_of(strings):
    """Adjacent C literals as the text they are."""
    return "".join(s[1:-1].replace('\\"', '"').replace("\\n", " ").replace("\\\\", "\\") for s in re.findall(STRING, strings))


class Source:
    """A file behind the preprocessor: its own text, without its headers', and the line of each place in it."""

    def __init__(self, path, preprocessed):
        self.path = path
        self.at, self.lines, own, parts, line = [], [], False, [], 1
        size = 0
        for row in preprocessed.split("\n"):
            marker = re.match(r'# (\d+) "([^"]*)"', row)
            if marker:
                own, line = os.path.abspath(marker[2]) == path, int(marker[1])
            elif own:
                self.at.append(size)
                self.lines.append(line)
                parts.append(row + "\n")
                size += len(row) + 1
                line += 1
        self.text = "".join(parts)

    def place(self, at):
        import bisect
        i = bisect.bisect_right(self.at, at) - 1
        return f"{os.path.relpath(self.path, ROOT)}:{self.lines[i] if i >= 0 else 0}"


def preprocess(entry):
    words = entry["command"].split()
    words = [w for w in words if not w.endswith("ccache")]
    kept, skip = [], False
    for w in words:
        if skip or w in ("-c",):
            skip = False
        elif w in ("-o", "-MF", "-MT", "-MQ"):
            skip = True
        elif w not in ("-MD", "-MMD") and not w.startswith("-fsanitize"):
            kept.append(w)
    run = subprocess.run(kept + ["-E"], cwd=entry["directory"], capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"{entry['file']} does not pass the preprocessor:\n{run.stderr}")
    return Source(os.path.abspath(entry["file"]), run.stdout)


def statement_at(source, at):
    """The C statement or initializer around a place, for pieces: whether it has to do with a page's where."""
    begin = max(source.text.rfind(c, 0, at) for c in ";{}")
    return source.text[begin + 1:at]


class Finder:
    def __init__(self):
        self.rows, self.tables, self.keys, self.recs, self.faults = [], {}, {}, {}, []

    def learn(self, source):
        """Descriptors of tables, wherever they stand."""
        for m in FIELDS.finditer(source.text):
            entries = re.split(r"(?=\{\s*\.name = )", m[2])
            keys = []
            for e in entries:
                name = re.search(rf"\.column = ({STRING})", e) or re.match(rf"\{{\s*\.name = ({STRING})", e)
                if name and re.search(r"\bREC_KEY\b", e):
                    keys.append(text_of(name[1]))
            self.keys[source.path, m[1]] = self.keys["", m[1]] = keys
        for m in REC.finditer(source.text):
            self.recs[source.path, m[1]] = self.recs["", m[1]] = (source.path, m[2])
        for m in TABLE.finditer(source.text):
            row = (source.place(m.start()), text_of(m[2]), source.path, m[3])
            self.tables[source.path, m[1]] = self.tables["", m[1]] = row

    def known(self, things, source, name):
        return things.get((source.path, name)) or things.get(("", name))

    def find(self, source):
        covered = []
        for m in CONDITION.finditer(source.text):
            table = self.known(self.tables, source, m[1])
            if table:
                covered.append(m.span())
                self.rows.append(("condition", source.place(m.start()), m[3] or "DB_KEYED", table[1], text_of(m[2])))
        for m in STATEMENT.finditer(source.text):
            text = text_of(m[1])
            if BEGINNING.match(text) or m[2]:
                covered.append(m.span())
                self.rows.append(("statement", source.place(m.start()), m[2] or "DB_KEYED", "", text))
        self.find_others(source, covered)

    def find_others(self, source, covered):
        path = os.path.relpath(source.path, ROOT)
        if any(path.startswith(made) for made, _ in MADE_AT_RUN_TIME):
            return
        for m in re.finditer(STRINGS, source.text):
            if any(a <= m.start() < b for a, b in covered):
                continue
            text = text_of(m[0])
            if BEGINNING.match(text) and re.search(r"\b(FROM|INTO|SET|WHERE|VALUES)\b", text):
                self.faults.append(f"{source.place(m.start())}: a statement is a struct db_stmt with its marker\n    {text}")
            elif PIECE.search(text):
                self.rows.append(("piece", source.place(m.start()), "DB_LIST", "", text))

    def add_tables(self):
        for (path, _), (place, name, where, rec) in self.tables.items():
            if path:
                fields = self.recs.get((where, rec)) or self.recs.get(("", rec))
                keys = self.keys.get(fields, []) if fields else []
                self.rows.append(("table", place, "DB_KEYED", name, ",".join(keys)))


def main():
    build, judge, named = sys.argv[1], sys.argv[2], [os.path.abspath(f) for f in sys.argv[3:]]
    entries = json.load(open(os.path.join(build, "compile_commands.json")))
    if named:
        like = next(e for e in entries if "/src/lib/db/" in e["file"])
        entries = [dict(like, file=f, command=like["command"].replace(like["file"], f)) for f in named]
    else:
        inside = os.path.join(ROOT, "src") + "/"
        entries = [e for e in entries if e["file"].startswith(inside) and not e["file"].endswith("_test.c")]
        entries = [e for e in entries if re.search(r"db_|SELECT|where", open(e["file"]).read())]
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        sources = list(pool.map(preprocess, entries))
    finder = Finder()
    for source in sources:
        finder.learn(source)
    for source in sources:
        finder.find(source)
    finder.add_tables()
    rows = "".join("\t".join(row) + "\n" for row in finder.rows)
    run = subprocess.run([judge], input=rows, capture_output=True, text=True)
    for fault in finder.faults:
        print(fault)
    print(run.stdout + run.stderr, end="")
    kinds = {k: sum(r[0] == k for r in finder.rows) for k in ("statement", "condition", "piece", "table")}
    print(f"{len(sources)} files: " + ", ".join(f"{n} {k}s" for k, n in kinds.items()))
    return 1 if run.returncode or finder.faults else 0


if __name__ == "__main__":
    sys.exit(main())
