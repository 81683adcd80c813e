"""Calls to others: many at once, and one after the other."""

from collections.abc import Callable
from pathlib import Path

from harness import peers
from harness.processes import Conversation, Process, free_port
from harness.results import Measure, PROGRAM, SectionResult
from harness.section import Bench, contestant

ABOUT = "calls to another service, which is the same for all"

_HERE = Path(__file__).parent
_AT_ONCE = 2_000
_IN_TURN = 20_000
_AT_ONCE_MEASURES = [
    Measure("cold", "first time", "ms"), Measure("warm", "again", "ms"),
    Measure("cold_cpu", "CPU per call, first", "µs"), Measure("warm_cpu", "CPU per call, again", "µs"),
]
_IN_TURN_MEASURES = [
    Measure("time", "time per call", "µs"), Measure("cpu", "CPU per call", "µs"), Measure("rate", "calls", "1/s"),
]
_PEERS = {
    "async-http-client": ("async-http-client", lambda bench: [peers.async_http_client(bench.program)]),
    "Node fetch": ("Node", lambda _: ["node", str(_HERE / "fetch.js")]),
    "aiohttp": ("aiohttp", lambda _: [peers.python(), str(_HERE / "aiohttp_calls.py")]),
    "treq": ("treq", lambda _: [peers.python(), str(_HERE / "treq_calls.py")]),
}


def run(bench: Bench, result: SectionResult) -> None:
    port = free_port()
    with Process([peers.python(), str(_HERE / "backend.py"), str(port)], core=bench.client_core) as backend:
        backend.wait_for_port(port)
        url = f"http://127.0.0.1:{port}"
        at_once = bench.contest(
            result, f"{_AT_ONCE:,} calls at once, each answered after 100 ms", _AT_ONCE_MEASURES,
            _contestants(bench, lambda caller: _at_once(caller, url)),
            ["The first time connections have to be made; again they are there. The service is a loop of epoll on "
             "the other core."])
        in_turn = bench.contest(
            result, f"{_IN_TURN:,} calls, one after the other", _IN_TURN_MEASURES,
            _contestants(bench, lambda caller: _in_turn(caller, url)))
    ours = at_once.row(PROGRAM)
    for key, limit, what in (("cold", 400, "first time"), ("warm", 200, "again")):
        result.want(f"{_AT_ONCE:,} calls at once, {what}", ours.value(key), limit, "ms")
        result.want_ahead(at_once, key, list(_PEERS), f"{_AT_ONCE:,} calls at once, {what}")
        result.want_ahead(at_once, f"{key}_cpu", list(_PEERS), f"CPU per call, {_AT_ONCE:,} at once, {what}")
    result.want_ahead(in_turn, "time", list(_PEERS), "time per call, one after the other")
    result.want_ahead(in_turn, "cpu", list(_PEERS), "CPU per call, one after the other")


class _Caller:
    """A process that makes calls."""

    def __init__(self, conversation: Conversation, line: str):
        self._conversation = conversation
        self._line = line

    def call(self, job: str, url: str, count: int) -> tuple[float, float]:
        """The milliseconds that they took, and the microseconds of CPU of each."""
        process = self._conversation.process
        before = process.cpu()
        took = float(self._conversation.ask(self._line.format(job, url, count)))
        return took, (process.cpu() - before) / count * 1e6


def _contestants(bench: Bench, measure: Callable[[_Caller], dict[str, float]]):
    def ours() -> dict[str, float]:
        with bench.prompt(_HERE / "calls.cells") as conversation:
            return measure(_Caller(conversation, '{}("{}", {})'))

    def theirs(argv) -> dict[str, float]:
        with Conversation(argv(bench), core=bench.server_core) as conversation:
            return measure(_Caller(conversation, "{} {} {}"))

    rivals = [
        contestant(name, peer, lambda argv=argv: theirs(argv)) for name, (peer, argv) in _PEERS.items()
    ]
    return [contestant(PROGRAM, None, ours), *rivals]


def _at_once(caller: _Caller, url: str) -> dict[str, float]:
    # What a program does at its first call of all is not meant.
    caller.call("oneByOne", f"{url}/now", 1)
    cold, cold_cpu = caller.call("atOnce", f"{url}/wait", _AT_ONCE)
    warm, warm_cpu = caller.call("atOnce", f"{url}/wait", _AT_ONCE)
    return {"cold": cold, "warm": warm, "cold_cpu": cold_cpu, "warm_cpu": warm_cpu}


def _in_turn(caller: _Caller, url: str) -> dict[str, float]:
    caller.call("oneByOne", f"{url}/now", 500)
    took, cpu = caller.call("oneByOne", f"{url}/now", _IN_TURN)
    return {"time": took / _IN_TURN * 1000, "cpu": cpu, "rate": _IN_TURN / took * 1000}
