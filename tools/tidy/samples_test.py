#!/usr/bin/env python3
"""Shows that tidy can fail: each row is a small tree with one fault, and the one finding it must give."""
import sys
import tempfile
from pathlib import Path

import tidy

GOOD = {
    "src/lib/base/CMakeLists.txt": "ordo_room(base)\n",
    "src/lib/base/base.h": "/* base */\n#include <stddef.h>\n",
    "src/lib/base/base.c": '#include "base.h"\n\nint one(void)\n{\n  return 1;\n}\n',
    "src/lib/codec/CMakeLists.txt": "ordo_room(codec DEPS base)\n",
    "src/lib/codec/codec.h": '#include "base.h"\n',
    "src/lib/codec/codec_priv.h": '#include "codec.h"\n',
    "src/lib/codec/codec.c": '#include "codec_priv.h"\n#include <stdio.h>\n',
    "src/domain/pricing/CMakeLists.txt": "ordo_room(pricing DEPS base TEST_DEPS codec)\n",
    "src/domain/pricing/pricing.h": '#include "base.h"\n',
    "src/domain/pricing/pricing_test.c": '#include "codec.h"\n#include "pricing.h"\n#include "test.h"\n',
    "tests/harness/test.h": "",
    "src/app/main.c": '#include "codec.h"\n/* strcpy(a, b) and "SELECT %s" in a comment are no fault */\n',
}

C = "src/lib/codec/codec.c"
SAMPLES = [
    # rule, where the finding points, the file that is added or replaced
    ("layer", "src/lib/base/CMakeLists.txt", {"src/lib/base/CMakeLists.txt": "ordo_room(base DEPS codec)\n"}),
    ("layer", "src/lib/shop/CMakeLists.txt", {"src/lib/shop/CMakeLists.txt": "ordo_room(shop)\n", "src/lib/shop/shop.h": ""}),
    ("layer", "src/lib/codec/CMakeLists.txt", {"src/lib/codec/CMakeLists.txt": "ordo_room(kodec DEPS base)\n"}),
    ("layer", "src/lib/codec/CMakeLists.txt", {"src/lib/codec/CMakeLists.txt": "ordo_room(codec DEPS base curl)\n"}),
    ("layer", "src/domain/pricing/CMakeLists.txt", {
        "src/domain/pricing/CMakeLists.txt": "ordo_room(pricing DEPS base ids TEST_DEPS codec)\n",
        "src/core/ids/CMakeLists.txt": "ordo_room(ids DEPS base)\n", "src/core/ids/ids.h": ""}),
    ("header", "src/lib/codec", {"src/lib/codec/extra.h": ""}),
    ("header", "src/lib/codec", {"src/lib/codec/codec.h": None, "src/lib/codec/codec_priv.h": "", "src/app/main.c": "",
                                 "src/domain/pricing/pricing_test.c": "", C: ""}),
    ("include", C + ":2", {C: '#include "codec.h"\n#include "pricing.h"\n'}),
    ("include", "src/lib/base/base.c:1", {"src/lib/base/base.c": '#include "codec_priv.h"\n'}),
    ("include", "src/domain/pricing/pricing.c", {"src/domain/pricing/pricing.c": '#include "codec.h"\n'}),
    ("include", "src/app/main.c", {"src/app/main.c": '#include "codec_priv.h"\n'}),
    ("banned", C + ":3", {C: "void f(char *a)\n{\n  strcpy(a, \"b\");\n}\n"}),
    ("banned", C, {C: "int f(const char *a)\n{\n  return atoi(a);\n}\n"}),
    ("sql", C, {C: 'const char *s = "SELECT name FROM product"\n  " WHERE sku = \'%s\'";\n'}),
    ("sql", C, {C: 'const char *s = "DELETE FROM stock WHERE id = %lld";\n'}),
    ("edge-sql", "src/edge/api/api_x.c:1", {
        "src/edge/api/CMakeLists.txt": "ordo_room(api DEPS base)\n", "src/edge/api/api.h": "",
        "src/edge/api/api_x.c": 'const char *s = "SELECT id FROM orders WHERE id = $1";\n'}),
    ("float", C, {C: "static double price;\n"}),
    ("length", C, {C: "int a;\n" * 701}),
    ("leftover", C, {C: "/* TO" + "DO: later */\n"}),
    ("machine", C, {C: 'const char *p = "/ho' + 'me/ann/x";\n'}),
    ("machine", "tools/x/package-lock.json", {"tools/x/package-lock.json": '{"resolved": "http' + 's://registry/x.tgz"}\n'}),
    ("alone", "src/lib/codec/codec.h", {"src/lib/codec/codec.h": '#include "base.h"\nstruct pair { uint64_t a; };\n'}),
]
# Near a rule, and fine.
FINE = [
    {C: 'int f(void)\n{\n  return strtok_r_like("strcpy(a, b)");\n}\n'},
    {C: 'const char *s = "SELECT name FROM product WHERE sku = $1";\n'},
    {C: 'const char *s = "UPDATE is a word";\n'},
    {"src/domain/pricing/pricing_test.c": "void f(char *a)\n{\n  strcpy(a, \"b\");\n}\n"},
    {C: "/* a double is an order that came twice */\n"},
]


def findings(changes):
    with tempfile.TemporaryDirectory() as folder:
        for path, text in {**GOOD, **changes}.items():
            if text is not None:
                file = Path(folder) / path
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(text)
        return tidy.check(folder, headers=True).found


def main():
    failed = 0
    for rule, where, changes in SAMPLES:
        found = findings(changes)
        if not any(line.startswith(where) and f": {rule}: " in line for line in found):
            failed += 1
            print(f"FAILED {rule} at {where}: not found in {found}")
        elif any(f": {rule}: " not in line for line in found if rule != "header" and rule != "layer" and rule != "alone"):
            failed += 1
            print(f"FAILED {rule} at {where}: more was found: {found}")
    for changes in [{}] + FINE:
        found = findings(changes)
        if found:
            failed += 1
            print(f"FAILED fine tree {list(changes)}: {found}")
    print(f"{len(SAMPLES) + 1 + len(FINE) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
