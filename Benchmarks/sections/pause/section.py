"""The worst pause: a large heap, and work that leaves garbage behind, a little each time."""

import http.client
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from harness.processes import Conversation, Failure, Process, free_port
from harness.results import Measure, PROGRAM, SectionResult
from harness.section import Bench, contestant
from harness.statistics import median

ABOUT = "the longest that collecting garbage holds anybody up"

_HERE = Path(__file__).parent
_FIBERS = 100_000
_HEAP = 200_000_000
_TURNS = 5_000
_MEASURES = [
    Measure("worst", "worst turn, CPU", "ms"), Measure("usual", "usual turn, CPU", "ms"),
    Measure("worst_time", "worst turn, time", "ms"), Measure("calm", "worst without litter, CPU", "ms"),
    Measure("calm_time", "worst without litter, time", "ms"), Measure("heap", "memory", "MB"),
]


def run(bench: Bench, result: SectionResult) -> None:
    def ours() -> dict[str, float]:
        return _over_http(bench, lambda port: [bench.program, "serve", str(_HERE / "heap.cells"), "--port", port])

    def node() -> dict[str, float]:
        return _over_http(bench, lambda port: ["node", str(_HERE / "heap.js"), port])

    def lua() -> dict[str, float]:
        with Conversation(["lua5.4", str(_HERE / "heap.lua")], core=bench.server_core) as conversation:
            return _measure(conversation.process, conversation.ask)

    table = bench.contest(
        result, f"{_HEAP // 1_000_000} MB, of which {_FIBERS:,} parked fibers are a part, {_TURNS:,} turns", _MEASURES,
        [contestant(PROGRAM, None, ours), contestant("Node", "Node", node), contestant("Lua", "Lua", lua)],
        ["A turn makes a thousand objects that nobody keeps: a request to the program and to Node, a line to Lua. CPU "
         "is that of the process, Node's helping threads included; time has in it what else runs on the machine. How "
         "much that is the turns without litter tell: they make nothing, for as long as all the others took."])
    ours = table.row(PROGRAM)
    result.want("worst turn", ours.value("worst"), 2, "ms")
    result.want("worst turn, in time", ours.value("worst_time"), 2, "ms")
    result.want_ahead(table, "worst", ["Node", "Lua"], "worst turn")
    result.want_ahead(table, "worst_time", ["Node", "Lua"], "worst turn, in time")


def _over_http(bench: Bench, argv: Callable[[str], list[str]]) -> dict[str, float]:
    port = free_port()
    with Process(argv(str(port)), core=bench.server_core) as process:
        process.wait_for_answer(port, "/churn")
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
            def ask(job: str) -> str:
                connection.request("GET", "/" + job)
                answer = connection.getresponse()
                text = answer.read().decode()
                if answer.status != 200:
                    raise Failure(f"{process.name} answers to /{job} with {answer.status}: {text[:200]}")
                return text

            return _measure(process, ask)


def _measure(process: Process, ask: Callable[[str], str]) -> dict[str, float]:
    empty = process.memory()
    ask(f"park/{_FIBERS}")
    for _ in range(200):
        if process.memory() - empty >= _HEAP:
            break
        ask("grow")
    else:
        raise Failure(f"the heap of {process.name} does not grow")
    for _ in range(500):
        ask("churn")
    cpu, took = [], []
    before = process.cpu()
    for _ in range(_TURNS):
        began = time.monotonic()
        if ask("churn") != "124750":
            raise Failure(f"{process.name} counts wrongly")
        took.append(time.monotonic() - began)
        used = process.cpu()
        cpu.append(used - before)
        before = used
    heap = process.memory()
    return {
        "worst": max(cpu) * 1000, "usual": median(cpu) * 1000, "worst_time": max(took) * 1000,
        "heap": heap / 1e6,
    } | _calm(process, ask, sum(took))


def _calm(process: Process, ask: Callable[[str], str], seconds: float) -> dict[str, float]:
    """The longest of the turns that make nothing, in so many seconds of them."""
    worst = worst_time = total = 0.0
    before = process.cpu()
    while total < seconds:
        began = time.monotonic()
        if ask("rest") != "124750":
            raise Failure(f"{process.name} has forgotten what it counted")
        took = time.monotonic() - began
        used = process.cpu()
        worst, worst_time = max(worst, used - before), max(worst_time, took)
        before = used
        total += took
    return {"calm": worst * 1000, "calm_time": worst_time * 1000}
