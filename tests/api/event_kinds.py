#!/usr/bin/env python3
"""Every kind of subject that the sources tell events of has its row in api_scope_events.c, and each row has its kind:
event_kinds.py SOURCE_FOLDER. What stands in no row is nobody's who is bound to places; so nobody adds a kind without
saying whose its events are."""
import pathlib
import re
import sys

src = pathlib.Path(sys.argv[1]) / "src"
TABLE = src / "edge/api/api_scope_events.c"
# Where the kind is no literal: what masters are called stands in their own tables, the log copies what was told.
PASSED_ON = {"core/masters/master.c", "core/events/event_emit.c", "core/events/feed_read.c", "edge/api/api_audit.c"}

told, faults = {}, []
for path in sorted(src.rglob("*.c")):
    name = str(path.relative_to(src))
    if name.endswith("_test.c"):
        continue
    text = path.read_text()
    for value in re.findall(r"\.subject_kind\s*=\s*([^,}]+)", text):
        literal = re.fullmatch(r'"(\w+)"', value.strip())
        if literal:
            told.setdefault(literal.group(1), name)
        elif name not in PASSED_ON:
            faults.append(f"{name}: a subject_kind that is no literal: {value.strip()}")
    for kind in re.findall(r'const struct master \w+ = \{\s*\.kind = "(\w+)"', text):
        told.setdefault(kind, name)

table = re.search(r"event_kinds\[\] = \{(.*?)\n\};", TABLE.read_text(), re.S).group(1)
rows = re.findall(r'\{"(\w+)",\s*EVENT_\w+\}', table)
faults += [f"{told[kind]}: the kind {kind} has no row" for kind in sorted(told) if kind not in rows]
faults += [f"{TABLE.name}: nobody tells events of {kind}" for kind in rows if kind not in told]
faults += [f"{TABLE.name}: {kind} stands there twice" for kind in set(rows) if rows.count(kind) > 1]
if len(told) < 20:
    faults.append(f"only {len(told)} kinds were found")
for fault in faults:
    print(fault)
print(f"{len(told)} kinds; {0 if faults else 1} passed, {1 if faults else 0} failed")
sys.exit(bool(faults))
