"""`make bench-check`: counts the instructions of a few paths and compares them with those of `baseline.json`.

Exit status: 0 none has grown by more than a twentieth, or nothing can be counted here; 1 one has, or could not be
counted; 64 wrong usage. `--write` keeps what is counted as the new baseline.
"""

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from harness import machine, processes

from . import paths

BASELINE = Path(__file__).resolve().parent.parent / "baseline.json"
# More than that is told and fails: a twentieth.
TOLERANCE = 0.05


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench-check", description="Counts instructions with callgrind.")
    parser.add_argument("--program", required=True, help="the program, built for release")
    parser.add_argument("--write", action="store_true", help="keep what is counted as the new baseline")
    parser.error = lambda message: parser.exit(64, f"make bench-check: {message}\n")
    chosen = parser.parse_args()
    if not machine.is_program(chosen.program):
        parser.exit(64, f"make bench-check: {chosen.program} is no routebook that can be run; run `make build` first\n")
    missing = [tool for tool in ("valgrind", "objcopy") if not shutil.which(tool)]
    if missing:
        print(f"instructions are not counted: there is no {' and no '.join(missing)} here")
        return 0
    baseline = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    counted, grown = {}, []
    with tempfile.TemporaryDirectory() as folder:
        # valgrind does not read what Swift writes for debuggers.
        program = Path(folder, "routebook")
        done = subprocess.run(["objcopy", "--strip-debug", chosen.program, str(program)], capture_output=True)
        if done.returncode:
            parser.exit(64, f"make bench-check: {chosen.program} is no ELF file, as objcopy wants\n")
        try:
            for name in paths.UNITS:
                before = baseline.get(name)
                counted[name] = round(paths.count(program, name))
                if has_grown(counted[name], before):
                    # Threads take turns as they like: what is in the program is there again.
                    counted[name] = min(counted[name], round(paths.count(program, name)))
                print(told(name, counted[name], before), flush=True)
                if has_grown(counted[name], before):
                    grown.append(name)
        except processes.Failure as failure:
            print(f"make bench-check: {failure}", file=sys.stderr)
            return 1
        finally:
            processes.stop_all()
    if chosen.write:
        BASELINE.write_text(json.dumps(counted, indent=2) + "\n")
        print(f"kept in {BASELINE.name}")
        return 0
    if grown:
        print(f"grown by more than {TOLERANCE:.0%}: {', '.join(grown)}; if that is wanted: make bench-check WRITE=1")
    return 1 if grown else 0


def has_grown(count: int, before: int | None) -> bool:
    return before is not None and count > before * (1 + TOLERANCE)


def told(name: str, count: int, before: int | None) -> str:
    """A line of the report: `call a function   412 instructions, +0.5 %`."""
    change = f", {(count / before - 1) * 100:+.1f} %" if before else ", not known before"
    return f"{name:<30} {count:>9,} instructions{change}"


if __name__ == "__main__":
    sys.exit(main())
