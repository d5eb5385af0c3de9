#!/usr/bin/env python3
"""What the compiler cannot see: layers, licenses to include, banned calls, SQL by printf, floating point, leftovers.

  tidy.py [ROOT]      checks the tree; prints "path:line: rule: what to do", exit status 1 when there is anything
  tidy.py --headers   checks too that every header of src compiles alone (CC, default cc)

The rules' tables are in tables.py; samples_test.py shows for each rule a tree that it refuses.
"""
import fnmatch
import os
import re
import subprocess
import sys
from pathlib import Path

import tables

RANK = {room: i for i, room in enumerate(room for _, rooms in tables.STRATA for room in rooms)}
STRATUM = {room: stratum for stratum, rooms in tables.STRATA for room in rooms}


class Tree:
    """The files of one checkout and what was found in them."""

    def __init__(self, root):
        self.root = Path(root)
        self.found = []
        self.told = []
        self.rooms = {}
        for folder in sorted(self.root.glob("src/*/*/")):
            if folder.is_dir() and any(folder.iterdir()):
                self.rooms[folder.name] = Room(folder, self.root)

    def refuse(self, path, line, rule, text):
        self.found.append(f"{path}:{line}: {rule}: {text}")

    def sources(self):
        """(relative path, text) of all C files of ours."""
        for top in ("src", "tests", "bench", "tools"):
            for path in sorted((self.root / top).rglob("*.[ch]")):
                if "node_modules" not in path.parts:
                    yield str(path.relative_to(self.root)), path.read_text(encoding="utf-8")


class Room:
    """A folder src/STRATUM/NAME and what its CMakeLists.txt licenses."""

    def __init__(self, folder, root):
        self.folder, self.name, self.stratum = folder, folder.name, folder.parent.name
        self.path = str(folder.relative_to(root))
        cmake = folder / "CMakeLists.txt"
        text = cmake.read_text() if cmake.exists() else ""
        call = re.search(r"ordo_room\(([^)]*)\)", text)
        words = call.group(1).split() if call else []
        self.named = words[0] if words else None
        self.deps, self.test_deps = part(words, "DEPS"), part(words, "TEST_DEPS")
        self.libraries = [m[1] for word in part(words, "LIBS") if (m := re.fullmatch(r"PkgConfig::(\w+)", word))]
        self.headers = sorted(p.name for p in folder.glob("*.h"))
        # Generated beside the room: embedded files and migrations.
        self.made = {m + ".h" for m in re.findall(r"ordo_(?:embed\w*|docs_ui)\(\s*\w+\s+(\w+)", text)}


def part(words, keyword):
    """The words after one of CMake's keywords."""
    out, inside = [], False
    for word in words:
        if word.isupper() and word in ("DEPS", "LIBS", "TEST_DEPS", "THREADS"):
            inside = word == keyword
        elif inside:
            out.append(word)
    return out


def excepted(rows, path):
    """The first row of a table of exceptions that names path, or None."""
    return next((row for row in rows if fnmatch.fnmatch(path, row[0])), None)


TOKEN = re.compile(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def without_comments(text, strings):
    """The text with comments (and with strings=False the insides of strings too) as spaces: lines stay where they are."""
    def blank(match):
        token = match.group(0)
        if token[0] in "\"'" and strings:
            return token
        quote = token[0] if token[0] in "\"'" else " "
        return quote + re.sub(r"[^\n]", " ", token[1:-1]) + (quote if len(token) > 1 else "")
    return TOKEN.sub(blank, text)


def line_of(text, at):
    return text.count("\n", 0, at) + 1


# ---- Layers and licenses ----

def check_room_place(tree, room):
    cmake = f"{room.path}/CMakeLists.txt"
    if room.name not in RANK or STRATUM[room.name] != room.stratum:
        return tree.refuse(cmake, 1, "layer", f"give {room.stratum}/{room.name} its place in tools/tidy/tables.py")
    if room.named != room.name:
        return tree.refuse(cmake, 1, "layer", f"a room is called like its folder: ordo_room({room.name} ...)")
    for dep in room.deps:
        if dep not in RANK:
            tree.refuse(cmake, 1, "layer", f"{dep} is no room")
        elif RANK[dep] >= RANK[room.name]:
            tree.refuse(cmake, 1, "layer", f"{dep} does not lie below {room.name}")
        elif room.name in tables.NARROW and STRATUM[dep] != tables.NARROW[room.name][0]:
            tree.refuse(cmake, 1, "layer", f"{room.name} is {tables.NARROW[room.name][1]}: it may not know {dep}")


def check_room_headers(tree, room):
    public = [h for h in room.headers if not h.endswith("_priv.h") and "_test" not in h]
    if public != [room.name + ".h"]:
        tree.refuse(room.path, 1, "header", f"has one public header, {room.name}.h; here: {', '.join(public) or 'none'}")


INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"([^"]+)"', re.M)


def licensed(room, file_name):
    """The quoted headers that a file of this room may include."""
    deps = set(room.deps)
    names = set(room.headers) | room.made
    if "_test" in file_name:
        deps |= set(room.test_deps) | {"base"}
        names |= tables.TEST_HEADERS
    return names | {dep + ".h" for dep in deps}


def check_room_includes(tree, room):
    for path in sorted(room.folder.glob("*.[ch]")):
        text = without_comments(path.read_text(encoding="utf-8"), strings=True)
        allowed = licensed(room, path.name)
        for match in INCLUDE.finditer(text):
            if match.group(1) not in allowed:
                why = "is private to its room" if match.group(1).endswith("_priv.h") else "is not licensed by DEPS"
                tree.refuse(f"{room.path}/{path.name}", line_of(text, match.start()), "include", f"{match.group(1)} {why}")


def check_app_includes(tree):
    public = {room + ".h" for room in tree.rooms}
    folder = tree.root / "src/app"
    own = {p.name for p in folder.glob("*.h")}
    for path in sorted(folder.glob("*.c")) + sorted(folder.glob("*.h")):
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            if match.group(1).endswith("_priv.h") and match.group(1) not in own | public:
                tree.refuse(f"src/app/{path.name}", line_of(text, match.start()), "include",
                            f"{match.group(1)} is private to its room")


# ---- What stands in the files ----

BANNED = re.compile(r"(?<![\w.>])(" + "|".join(tables.BANNED) + r")[ \t]*\(")


def check_banned(tree, path, text):
    code = without_comments(text, strings=False)
    for match in BANNED.finditer(code):
        row = excepted([r for r in tables.BANNED_EXCEPT if match.group(1) in r[1]], path)
        if not row:
            tree.refuse(path, line_of(code, match.start()), "banned",
                        f"{match.group(1)}: use {tables.BANNED[match.group(1)]}")


# One literal or several that follow one another.
LITERALS = re.compile(r'"(?:\\.|[^"\\\n])*"(?:\s*"(?:\\.|[^"\\\n])*")*')
SQL_FORMAT = re.compile(r"\b(SELECT\b.*\bFROM|SELECT|INSERT INTO|UPDATE|DELETE FROM)\b.*?%[-+ #0-9.*]*(?:ll|l|z|j|h)?[a-zA-Z]", re.S)


def check_sql(tree, path, text):
    code = without_comments(text, strings=True)
    if excepted(tables.SQL_PRINTF_EXCEPT, path):
        return
    for match in LITERALS.finditer(code):
        if SQL_FORMAT.search(match.group(0).replace("%%", "")):
            tree.refuse(path, line_of(code, match.start()), "sql", "bind parameters ($1), never print into a statement")


def check_edge_sql(tree, path, text):
    if not path.startswith("src/edge/api/") or excepted(tables.EDGE_SQL_EXCEPT, path):
        return
    code = without_comments(text, strings=True)
    for found in re.finditer(r'"[^"\n]*\b(SELECT \w|INSERT INTO \w|UPDATE \w+ SET|DELETE FROM \w|PRAGMA \w)', code):
        tree.refuse(path, line_of(code, found.start()), "edge-sql", "SQL stands in the room that owns the table")


def check_float(tree, path, text):
    if not path.startswith("src/") or excepted(tables.FLOAT_EXCEPT, path):
        return
    code = without_comments(text, strings=False)
    for match in re.finditer(r"(?<!\w)(float|double)(?!\w)", code):
        tree.refuse(path, line_of(code, match.start()), "float", "integers with the scale in the name; no floating point")


def check_length(tree, path, text):
    lines = text.count("\n")
    row = excepted(tables.LINES_EXCEPT, path)
    limit = row[1] if row else tables.LINES_MAX_TEST if "_test" in path or path.startswith("tests/") else tables.LINES_MAX
    if lines > limit:
        tree.refuse(path, lines, "length", f"more than {limit} lines: split it by idea")
    for start, n in function_lengths(text):
        if n > tables.FUNCTION_LINES_TOLD:
            tree.told.append(f"{path}:{start}: a function of {n} lines")


def function_lengths(text):
    """(line of the opening brace, lines) of each function: by the layout, its braces stand alone at the left margin."""
    start = 0
    for number, line in enumerate(text.split("\n"), 1):
        if line == "{":
            start = number
        elif line == "}" and start:
            yield start, number - start - 1
            start = 0


LEFTOVERS = [
    (re.compile(r"\b(" + "TO" + "DO|FIX" + "ME|X" + r"XX)\b"), "leftover", "finish it or leave it out"),
    (re.compile(r"(?<![\w.$}])/(?:home|root|work|Users)/\w"), "machine", "no path of one machine"),
    (re.compile(r'"resolved":\s*"http'), "machine", "a lock file names no registry host"),
]
TEXT_FILES = {".c", ".h", ".sql", ".cmake", ".txt", ".md", ".sh", ".py", ".awk", ".json", ".yaml", ".js", ".html", ".css", ""}


def check_leftovers(tree):
    for top in ("src", "sql", "tests", "bench", "docs", "tools", "cmake", ".ci", "README.md", "Makefile", "CMakeLists.txt"):
        start = tree.root / top
        for path in [start] if start.is_file() else sorted(start.rglob("*")):
            skipped = path.suffix not in TEXT_FILES or path.name == "samples_test.py"
            skipped = skipped or "node_modules" in path.parts or "corpus" in path.parts
            if skipped or not path.is_file():
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            for pattern, rule, advice in LEFTOVERS:
                for match in pattern.finditer(text):
                    tree.refuse(path.relative_to(tree.root), line_of(text, match.start()), rule, f"{match.group(0)}: {advice}")


# ---- Headers compile alone ----

def check_headers_alone(tree):
    compiler = os.environ.get("CC", "cc")
    for room in tree.rooms.values():
        folders = [room.folder] + [tree.rooms[d].folder for d in reach(tree, room.deps + room.test_deps)]
        folders.append(tree.root / "tests/harness")
        # A header that embeds files of its test stands on what the build makes; the build compiles it.
        includes = [word for folder in folders for word in ("-I", str(folder))] + library_flags(tree, room)
        for header in room.headers:
            if needs_made(room, header):
                continue
            done = subprocess.run([compiler, "-std=gnu17", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function", "-fsyntax-only",
                                   *includes, "-x", "c", "-"],
                                  input=f'#include "{header}"\n', text=True, capture_output=True)
            if done.returncode != 0:
                tree.refuse(f"{room.path}/{header}", 1, "alone", "does not compile alone: " + done.stderr.strip()[:400])


def library_flags(tree, room):
    """Where the headers of its LIBS are: those that pkg_check_modules of the root or of the room names; others are on the common path."""
    lists = [folder / "CMakeLists.txt" for folder in (tree.root, room.folder)] if room.libraries else []
    text = "".join(at.read_text(encoding="utf-8") for at in lists)
    packages = dict(re.findall(r"pkg_check_modules\((\w+) REQUIRED IMPORTED_TARGET ([\w+.-]+)", text))
    names = [packages[library] for library in room.libraries if library in packages]
    if not names:
        return []
    return subprocess.run(["pkg-config", "--cflags", *names], capture_output=True, text=True, check=True).stdout.split()


def needs_made(room, header):
    text = (room.folder / header).read_text(encoding="utf-8")
    return any(m in room.made for m in INCLUDE.findall(text))


def reach(tree, names):
    """These rooms and all that they list in turn."""
    seen, wait = [], [n for n in names if n in tree.rooms]
    while wait:
        name = wait.pop()
        if name not in seen:
            seen.append(name)
            wait += [d for d in tree.rooms[name].deps if d in tree.rooms]
    return seen


def check(root, headers=False):
    tree = Tree(root)
    for room in tree.rooms.values():
        check_room_place(tree, room)
        check_room_headers(tree, room)
        check_room_includes(tree, room)
    check_app_includes(tree)
    for path, text in tree.sources():
        check_banned(tree, path, text)
        check_sql(tree, path, text)
        check_edge_sql(tree, path, text)
        check_float(tree, path, text)
        check_length(tree, path, text)
    check_leftovers(tree)
    if headers:
        check_headers_alone(tree)
    return tree


def main(words):
    headers = "--headers" in words
    roots = [w for w in words if not w.startswith("--")]
    tree = check(roots[0] if roots else Path(__file__).resolve().parents[2], headers)
    for line in tree.told:
        print("told:", line)
    for line in tree.found:
        print(line)
    print(f"{len(tree.found)} findings")
    return 1 if tree.found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
