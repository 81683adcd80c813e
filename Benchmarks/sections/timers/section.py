"""Timers: what one costs, and whether those that tick keep their time."""

from pathlib import Path

from harness import peers
from harness.processes import Conversation, Failure
from harness.results import Measure, PROGRAM, SectionResult
from harness.section import Bench, contestant

ABOUT = "timers that fire once, and timers that tick"

_HERE = Path(__file__).parent
_COUNT = 100_000
_TICKS, _INTERVAL = 1_000, 3


def run(bench: Bench, result: SectionResult) -> None:
    def program() -> Conversation:
        return bench.prompt(_HERE / "timers.cells")

    def node() -> Conversation:
        return Conversation(["node", str(_HERE / "node.js")], core=bench.server_core)

    def twisted() -> Conversation:
        return Conversation([peers.python(), str(_HERE / "twisted_timers.py")], core=bench.server_core)

    def contestants(measure):
        return [
            contestant(PROGRAM, None, lambda: measure(program, "{}({})", ", ")),
            contestant("Node", "Node", lambda: measure(node, "{} {}", " ")),
            contestant("Twisted", "Twisted", lambda: measure(twisted, "{} {}", " ")),
        ]

    once = bench.contest(
        result, f"{_COUNT:,} timers that fire once, each at a millisecond of its own second",
        [Measure("cpu", "CPU of each", "µs")], contestants(_once),
        ["From when it is made until it has fired. In time they take the second that they are spread over, with all."])
    ticking = bench.contest(
        result, f"{_TICKS:,} ticks, one every {_INTERVAL} ms",
        [Measure("drift", "the last is off by", "ms"), Measure("skipped", "skipped", "")], contestants(_drift),
        ["Less than an interval is no drift: it is how late one tick was. A tick that comes when the next is due "
         "already stands for both, and one is skipped; in Node both come."])
    result.want("CPU of a timer", once.row(PROGRAM).value("cpu"), 1, "µs")
    result.want_ahead(once, "cpu", ["Node", "Twisted"], "CPU of a timer")
    ours = ticking.row(PROGRAM)
    result.want(f"drift over {_TICKS:,} ticks", ours.value("drift"), _INTERVAL, "ms")
    result.want(f"skipped of {_TICKS:,} ticks", ours.value("skipped"), 0, "")


def _once(start, line: str, _: str) -> dict[str, float]:
    with start() as conversation:
        process = conversation.process
        conversation.ask(line.format("once", 100))
        before = process.cpu()
        fired = conversation.ask(line.format("once", _COUNT))
        if fired != str(_COUNT):
            raise Failure(f"{process.name} says {fired} where {_COUNT} timers were to fire")
        return {"cpu": (process.cpu() - before) / _COUNT * 1e6}


def _drift(start, line: str, comma: str) -> dict[str, float]:
    with start() as conversation:
        drift, skipped = conversation.ask(line.format("drift", f"{_INTERVAL}{comma}{_TICKS}")).split()
        return {"drift": abs(float(drift)), "skipped": int(skipped)}
