"""Compiles in Python: reads the name of a file, answers `= ` once it is compiled."""

import sys

for line in sys.stdin:
    name = line.strip()
    with open(name) as file:
        compile(file.read(), name, "exec")
    print("= compiled", flush=True)
