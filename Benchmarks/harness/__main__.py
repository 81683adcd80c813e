"""`make bench`: runs the sections that were asked for, prints what they find, and keeps it.

Exit status: 0 all were measured, whether goals were reached or not; 1 something failed; 64 wrong usage; 130 Ctrl-C.
"""

import argparse
import os
import resource
import shutil
import signal
import sys
import textwrap
import time
from pathlib import Path

from . import machine, page, peers, processes, progress, section, store, terminal


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description="Measures the program beside its peers.")
    parser.add_argument("sections", nargs="*", help=f"those to run, of {', '.join(section.NAMES)}; without one all")
    built = peers.ROOT / ".build/release/routebook"
    parser.add_argument("--program", default=str(built), help="the program to measure")
    parser.add_argument("--runs", type=int, default=5, help="rounds of each comparison (default: 5)")
    parser.add_argument("--seconds", type=int, default=2, help="how long one load lasts (default: 2)")
    parser.add_argument("--write", action="store_true", help="also write docs/performance.md, with all that is known")
    parser.add_argument("--check", action="store_true", help="say whether this can be asked for, and measure nothing")
    parser.error = lambda message: parser.exit(64, f"make bench: {message}\n")
    chosen = parser.parse_args()
    # Between names there may be commas and spaces; a comma alone is no name.
    chosen.sections = [name for word in chosen.sections for name in word.split(",") if name or not word.strip(",")]
    # A name alone is looked for as a shell does, wherever it is run from.
    chosen.program = shutil.which(chosen.program) or chosen.program
    unknown = [name for name in chosen.sections if name not in section.NAMES]
    if unknown:
        parser.exit(64, f"make bench: there is no section '{unknown[0]}'; there are {', '.join(section.NAMES)}\n")
    if not 1 <= chosen.runs <= 100 or not 1 <= chosen.seconds <= 600:
        parser.exit(64, "make bench: RUNS is from 1 to 100, SECONDS from 1 to 600\n")
    if chosen.check and chosen.program == str(built):
        return chosen
    if not machine.is_program(chosen.program):
        parser.exit(64, f"make bench: {chosen.program} is no routebook that can be run; run `make build` first\n")
    if chosen.write and not machine.is_built_here(str(Path(chosen.program).resolve())):
        parser.exit(64, "make bench: WRITE=1 is for the program that is built here; leave out ROUTEBOOK or WRITE\n")
    return chosen


_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop(*_) -> None:
    """Ends the run as Ctrl-C does. Another must not keep anything from being ended and cleared away."""
    for number in _STOPPING:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> int:
    sys.stdout.reconfigure(line_buffering=True)
    chosen = arguments()
    if chosen.check:
        return 0
    for number in _STOPPING:
        signal.signal(number, stop)
    # What serves and calls thousands needs as many descriptors; children inherit this.
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    machine.stay_apart()
    program = str(Path(chosen.program).resolve())
    here = machine.describe(program)
    # What another program came to must not get onto the page of this one.
    results_file = peers.WORK / ("results.json" if machine.is_built_here(program) else "results-other.json")
    print(f"{here['processor']}, {here['cores']} cores, {here['memory']}; {here['system']}, Linux {here['kernel']}")
    versions = ", ".join([str(here["program"])] + [f"{name} {number}" for name, number in here["peers"].items()])
    print(textwrap.fill(versions, 110))
    if here["load"] > machine.QUIET:
        print(f"other programs are running here (load {here['load']}): trust the ratios, not the times")
    results = []
    with peers.installed(program) as installed:
        for name in [name for name in section.NAMES if not chosen.sections or name in chosen.sections]:
            began = time.monotonic()
            try:
                result = section.run(name, installed, chosen.runs, chosen.seconds)
            finally:
                progress.clear()
                processes.stop_all()
            result.when = f"{machine.today()}, {here['program']}, with RUNS={chosen.runs} SECONDS={chosen.seconds}"
            result.seconds = round(time.monotonic() - began, 1)
            print("", *terminal.section_lines(result), sep="\n", flush=True)
            results.append(result)
            store.save(results_file, here, [result])
    if chosen.write:
        known = store.load(results_file)[1]
        page.write(peers.ROOT / "docs/performance.md", here, known, section.NAMES)
    goals = [goal for result in results for goal in result.goals]
    reached = sum(goal.reached is True for goal in goals)
    failures = sum(len(result.failures) for result in results)
    print(f"\n{reached} of {len(goals)} goals reached" + (f", {failures} failures" if failures else ""))
    return 1 if failures else 0


if __name__ == "__main__":
    try:
        status = main()
    except KeyboardInterrupt:
        progress.clear()
        print("stopped", file=sys.stderr)
        status = 130
    finally:
        processes.stop_all()
    sys.exit(status)
