"""What a fiber costs: to run it, to park and wake it, to keep it parked."""

import time
from collections.abc import Callable
from pathlib import Path

from harness import peers
from harness.processes import Conversation, Failure
from harness.results import Measure, PROGRAM, SectionResult
from harness.section import Bench, contestant
from harness.statistics import median

ABOUT = "fibers, coroutines and tasks, without timers and sockets"

_HERE = Path(__file__).parent
_COUNT = 200_000
#: So often in one process; collecting garbage falls upon some of them.
_ROUNDS = 5
_PARKED = 100_000
_MEASURES = [
    Measure("run", "create, run, finish: CPU", "ns"), Measure("run time", "time", "ns"),
    Measure("switch", "park and wake: CPU", "ns"), Measure("switch time", "time", "ns"),
    Measure("memory", "parked", "bytes"),
]
_PEERS = {
    "Lua": lambda: ["lua5.4", str(_HERE / "coroutines.lua")],
    "asyncio": lambda: [peers.python(), str(_HERE / "tasks.py")],
    "Twisted": lambda: [peers.python(), str(_HERE / "deferreds.py")],
}


def run(bench: Bench, result: SectionResult) -> None:
    def ours() -> dict[str, float]:
        return _measure(lambda: bench.prompt(_HERE / "fibers.cells"), "{}({})")

    def theirs(argv) -> dict[str, float]:
        return _measure(lambda: Conversation(argv(), core=bench.server_core), "{} {}")

    contestants = [contestant(PROGRAM, None, ours)]
    contestants += [contestant(name, name, lambda argv=argv: theirs(argv)) for name, argv in _PEERS.items()]
    table = bench.contest(
        result, f"{_COUNT:,} of each, {_PARKED:,} parked at once", _MEASURES, contestants,
        ["In a process that has run as many before. A hand-over parks one and wakes the other, there and back: its "
         "time is halved. In Twisted the one that wakes runs within the call, and only one of the two parks; in Lua "
         "neither has anything to wait for."])
    ours = table.row(PROGRAM)
    for key, limit, unit, what in (
        ("run", 30, "ns", "create, run, finish"), ("switch", 100, "ns", "park and wake"),
        ("memory", 500, "bytes", "a parked fiber"),
    ):
        result.want(what, ours.value(key), limit, unit)
        result.want_ahead(table, key, list(_PEERS), what)


def _measure(start: Callable[[], Conversation], line: str) -> dict[str, float]:
    def spend(job: str, n: int, wanted: int) -> tuple[float, float]:
        """CPU and time, in seconds."""
        before, began = conversation.process.cpu(), time.monotonic()
        answer = conversation.ask(line.format(job, n))
        took = time.monotonic() - began
        if int(answer) != wanted:
            raise Failure(f"{job} gives {answer} in place of {wanted}")
        return conversation.process.cpu() - before, took

    total = _COUNT * (_COUNT - 1) // 2
    found = {}
    with start() as conversation:
        for key, job, each in (("run", "run", _COUNT), ("switch", "handOver", _COUNT * 2)):
            spend(job, _COUNT, total)
            cpu, took = (median(all) for all in zip(*(spend(job, _COUNT, total) for _ in range(_ROUNDS))))
            found |= {key: cpu / each * 1e9, f"{key} time": took / each * 1e9}
    # In a process of their own: room that others have left would count as nothing.
    with start() as conversation:
        spend("park", 1000, 1000)
        before = conversation.process.memory()
        spend("park", _PARKED, _PARKED + 1000)
        found["memory"] = (conversation.process.memory() - before) / _PARKED
    return found
