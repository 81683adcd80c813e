"""What a section of the benchmark is given, and how sections are found.

A section is a folder of `Benchmarks/sections` with the programs of its peers and a module `section` that has a
sentence `ABOUT` and a function `run(bench, result)`, which fills a `SectionResult`.
"""

import contextlib
import importlib
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import alternating, machine, peers
from .alternating import Contestant
from .processes import Conversation
from .results import Measure, PROGRAM, SectionResult, Table

FOLDER = Path(__file__).resolve().parents[1] / "sections"
#: The order in which they run.
NAMES = ["http", "programs", "fibers", "parked", "calls", "timers", "start", "pause", "publish", "editor"]


@dataclass
class Bench:
    """What `make bench` was asked for."""

    #: The path of the program.
    program: str
    #: Rounds of each comparison.
    runs: int
    #: How long one load lasts.
    seconds: float
    #: Where the section keeps files while it runs.
    scratch: Path

    @property
    def server_core(self) -> int | None:
        """The core of what is measured; nothing is bound to a core where there is only one."""
        cores = machine.cores()
        return cores[-1] if len(cores) > 1 else None

    @property
    def client_core(self) -> int | None:
        """The core of what loads it."""
        cores = machine.cores()
        return cores[0] if len(cores) > 1 else None

    def contest(
        self, result: SectionResult, title: str, measures: list[Measure], contestants: list[Contestant],
        notes: list[str] = (), runs: int | None = None,
    ) -> Table:
        """Measures all contestants in turns, and adds their table to the result."""
        rows = alternating.alternate(result.name, title, contestants, runs or self.runs, result.failures)
        table = Table(title, measures, rows, list(notes))
        result.tables.append(table)
        return table

    def prompt(self, file: Path, *options: str, port: int = 0) -> Conversation:
        """`routebook` with its prompt, which reads cells from a pipe. `ask` prints the answer behind `= `."""
        argv = [self.program, str(file), "--no-browser", "--port", str(port), *options]
        return Conversation(argv, core=self.server_core)


@contextlib.contextmanager
def _home(folder: Path):
    """What is measured keeps its journals and histories there, and not among those of whoever measures."""
    folder.mkdir()
    before = dict(os.environ)
    os.environ |= {"HOME": str(folder), "XDG_STATE_HOME": str(folder), "IPYTHONDIR": str(folder / "ipython")}
    try:
        yield
    finally:
        os.environ.clear()
        os.environ |= before


def contestant(name: str, peer: str | None, measure: Callable[[], dict[str, float]]) -> Contestant:
    """One that is left out where the peer that it needs is not installed."""
    absent = peers.absence(peer) if peer else None
    return Contestant(name, None if absent else measure, absent)


def run(name: str, program: str, runs: int, seconds: float) -> SectionResult:
    """Runs a section. What it raises is in its result as a failure."""
    module = importlib.import_module(f"sections.{name}.section")
    result = SectionResult(name, module.ABOUT)
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch, _home(Path(scratch) / "home"):
        try:
            module.run(Bench(program, runs, seconds, Path(scratch)), result)
        except Exception as error:
            result.failures.append(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
    return result
