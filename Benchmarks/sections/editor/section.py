"""A keystroke: from when it is written to the terminal until the last byte of the paint has come back."""

import re
import subprocess

from harness import peers
from harness.alternating import Contestant
from harness.processes import Failure, Process
from harness.results import Measure, PROGRAM, SectionResult
from harness.section import Bench

ABOUT = "how long a keystroke takes until it is seen, in a cell of 200 lines"

_MEASURES = [
    Measure("p99", "p99", "ms"), Measure("p50", "p50", "ms"), Measure("max", "longest", "ms"),
]
_LINE = re.compile(r"^all +(\d+) keys +median ([\d.]+) ms +p99 ([\d.]+) ms +max ([\d.]+) ms$", re.MULTILINE)
_MINUTES = 5


def run(bench: Bench, result: SectionResult) -> None:
    # It types at the program beside it, so it is built with that.
    typist = peers.beside(bench.program, "EditorBenchmark")

    def ours() -> dict[str, float]:
        with Process([str(typist)], stdout=subprocess.PIPE) as process:
            try:
                output, _ = process.popen.communicate(timeout=_MINUTES * 60)
            except subprocess.TimeoutExpired:
                raise Failure(f"{typist.name} has not ended after {_MINUTES} minutes") from None
            return parse(output.decode(errors="replace"))

    absent = None if typist.exists() else f"{typist.name} is not built"
    table = bench.contest(
        result, "6,450 keys at the end, the middle and the start", _MEASURES, [Contestant(PROGRAM, ours, absent)],
        ["10,000 entries of history are searched for a suggestion; the window has 100 columns and 40 rows."])
    result.want("a keystroke, p99", table.row(PROGRAM).value("p99"), 2, "ms")


def parse(output: str) -> dict[str, float]:
    """The line for all places, among those for each."""
    found = _LINE.search(output)
    if not found:
        raise Failure(f"no figures: {' '.join(output.split())[:200] or 'nothing was written'}")
    _, p50, p99, longest = map(float, found.groups())
    return {"p99": p99, "p50": p50, "max": longest}
