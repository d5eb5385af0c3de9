#!/usr/bin/env python3
"""Shows that find.py bites: each line of samples.c whose comment names a fault must be reported so, and no other line."""
import os, re, subprocess, sys

HERE = os.path.dirname(os.path.abspath(__file__))
SAMPLE = os.path.join(HERE, "samples.c")
run = subprocess.run([sys.executable, "-B", os.path.join(HERE, "find.py"), sys.argv[1], sys.argv[2], SAMPLE],
                     capture_output=True, text=True)
said = {}
for m in re.finditer(r"samples\.c:(\d+): (.*)", run.stdout):
    said.setdefault(int(m[1]), []).append(m[2])

passed, failed = 0, 0
for n, line in enumerate(open(SAMPLE), 1):
    comment = re.search(r'".*/\* (.*) \*/$', line) or re.search(r"&thing_rec.*/\* (.*) \*/$", line)
    if not comment:
        wanted, fine = "nothing", n not in said
    elif comment[1] == "right":
        wanted, fine = "nothing", n not in said
    else:
        wanted, fine = comment[1], any(comment[1] in what for what in said.get(n, []))
    if not fine:
        print(f"samples.c:{n}: wanted {wanted}, said {said.get(n, 'nothing')}")
    failed += not fine
    passed += fine and comment is not None
if run.returncode == 0:
    print("find.py is content with the samples")
    failed += 1
print(run.stderr, end="")
print(f"{passed} passed, {failed} failed")
sys.exit(1 if failed else 0)
