"""What computing costs: small programs in the language and in others, the same step by step."""

import time
from contextlib import ExitStack
from pathlib import Path

from harness import alternating, peers
from harness.processes import Conversation, Failure
from harness.results import Measure, PROGRAM, Row, SectionResult, Table
from harness.section import Bench, contestant

ABOUT = "small programs, the same in each language, in a process that has run them before"

_HERE = Path(__file__).parent
_PROGRAMS = [
    "calls", "whileLoop", "forLoop", "floats", "interpolation", "longInterpolation", "building", "array", "numberKeys",
    "textKeys", "words", "sorting", "mergeSort", "mapping", "ownMapping", "capturing", "makingClosures", "parsing",
    "printing", "growing",
]
#: Lua has no JSON, and copies a text that grows each time: how far ahead one is of that depends on the size alone.
_NOT_WITH_LUA = ["parsing", "printing", "growing"]
#: Behind a program's name: how long it took, beside its CPU time.
_TIME = " time"
_COMMANDS = {
    "CPython": ("CPython", lambda: [peers.python(), str(_HERE / "programs.py")]),
    "Lua": ("Lua", lambda: ["lua5.4", str(_HERE / "programs.lua")]),
    "LuaJIT -joff": ("LuaJIT", lambda: ["luajit", "-joff", str(_HERE / "programs.lua")]),
    "Node": ("Node", lambda: ["node", str(_HERE / "programs.js")]),
}


class _Runner:
    """A process that runs programs by their names, started when it is first wanted."""

    def __init__(self, start, line, ending: ExitStack):
        self._start = start
        self._line = line
        self._ending = ending
        self._conversation: Conversation | None = None
        self._warm: set[str] = set()

    def run(self, name: str, results: dict[str, float]) -> dict[str, float]:
        if not self._conversation:
            self._conversation = self._ending.enter_context(self._start())
        if name not in self._warm:
            self._check(name, self._ask(name), results)
            self._warm.add(name)
        process = self._conversation.process
        cpu, began = process.cpu(), time.monotonic()
        self._check(name, self._ask(name), results)
        return {name: (process.cpu() - cpu) * 1000, name + _TIME: (time.monotonic() - began) * 1000}

    def _ask(self, name: str) -> str:
        return self._conversation.ask(self._line.format(name))

    def _check(self, name: str, answer: str, results: dict[str, float]) -> None:
        value = float(answer)
        wanted = results.setdefault(name, value)
        if abs(value - wanted) > 1e-9 * abs(wanted):
            raise Failure(f"{name} gives {answer}, and {wanted:.17g} in the language measured before")


def run(bench: Bench, result: SectionResult) -> None:
    with ExitStack() as ending:
        def ours() -> Conversation:
            return bench.prompt(_HERE / "programs.cells", "--cpu-limit", "60s")

        runners = {PROGRAM: (None, _Runner(ours, 'go("{}")', ending))}
        for name, (peer, argv) in _COMMANDS.items():
            def start(argv=argv) -> Conversation:
                return Conversation(argv(), core=bench.server_core)

            runners[name] = (peer, _Runner(start, "{}", ending))
        results: dict[str, float] = {}
        rows = {name: Row(name) for name in runners}
        for program in _PROGRAMS:
            contestants = []
            for name, (peer, runner) in runners.items():
                if program in ("parsing", "printing") and peer in ("Lua", "LuaJIT"):
                    continue
                measure = lambda runner=runner: runner.run(program, results)
                contestants.append(contestant(name, peer, measure))
            for row in alternating.alternate(result.name, program, contestants, bench.runs, result.failures):
                rows[row.name].samples |= row.samples
                if row.absent == "not installed":
                    rows[row.name].absent = row.absent

    def table(title: str, suffix: str, note: str) -> Table:
        measures = [Measure(name + suffix, name, "ms") for name in _PROGRAMS]
        left_out = {lua: [name + suffix for name in _NOT_WITH_LUA] for lua in ("Lua", "LuaJIT -joff")}
        result.tables.append(Table(title, measures, list(rows.values()), [note], across=True, left_out=left_out))
        return result.tables[-1]

    cpu = table(
        "CPU time", "",
        "The mean against Lua is without the last three: it has no JSON of its own, and of the ten thousand lines of "
        "`growing`, each added to one text by `+=`, it copies all that came before each time.")
    table("Time", _TIME, "From when a program is asked for until what it gives is there, on one core.")
    for peer, limit in (("Lua", 0.65), ("CPython", 0.28)):
        result.want("geometric mean against " + peer, cpu.mean_ratio(peer), limit, f"× {peer}")
