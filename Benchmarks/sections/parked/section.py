"""Ten thousand clients that wait for a word: what each takes meanwhile, and how soon all have it."""

import resource
import time
import urllib.request
from pathlib import Path

from harness import peers
from harness.processes import Conversation, Failure, Process, free_port
from harness.results import Measure, PROGRAM, SectionResult
from harness.section import Bench, contestant

ABOUT = "clients parked on /block, then released all at once"

_HERE = Path(__file__).parent
_CLIENTS = 10_000
_MEASURES = [
    Measure("memory", "memory per client", "KB"), Measure("released", "until the last answer", "ms"),
    Measure("parking", "CPU to park one", "µs"), Measure("releasing", "CPU to release one", "µs"),
]


def run(bench: Bench, result: SectionResult) -> None:
    # Each client is a descriptor here and one there, besides those that a process has anyway.
    count = min(_CLIENTS, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200)

    def ours() -> dict[str, float]:
        return _measure(bench, count, lambda port: [bench.program, "serve", str(_HERE / "block.cells"), "--port", port])

    def node() -> dict[str, float]:
        return _measure(bench, count, lambda port: ["node", str(_HERE / "node.js"), port])

    def klein() -> dict[str, float]:
        return _measure(bench, count, lambda port: [peers.python(), str(_HERE / "klein_server.py"), port])

    table = bench.contest(
        result, f"{count:,} clients", _MEASURES,
        [contestant(PROGRAM, None, ours), contestant("Node", "Node", node), contestant("Klein", "Klein", klein)],
        ["Memory is that of the server's process, without the sockets in the system. All clients are one process in "
         "Python, which takes part of the time until the last has its answer."])
    if count < _CLIENTS:
        raise Failure(f"{_CLIENTS:,} clients need more descriptors (ulimit -n), so that no goal is judged")
    ours = table.row(PROGRAM)
    result.want("memory per client", ours.value("memory"), 6, "KB")
    result.want_ahead(table, "memory", ["Node", "Klein"])
    result.want("from release to the last answer", ours.value("released"), 150, "ms")
    result.want_ahead(table, "released", ["Node", "Klein"], "from release to the last answer")


def _measure(bench: Bench, count: int, argv) -> dict[str, float]:
    port = free_port()
    with Process(argv(str(port)), core=bench.server_core) as server:
        with Conversation([peers.python(), str(_HERE / "clients.py")], core=bench.client_core) as clients:
            server.wait_for_answer(port, "/count")
            # What a server makes at its first clients is not theirs.
            clients.ask(f"park {port} 100")
            _wait(server, port, 100)
            clients.ask(f"release {port}")
            clients.ask("leave")
            memory, cpu = server.memory(), server.cpu()
            clients.ask(f"park {port} {count}")
            _wait(server, port, count)
            parked = server.cpu()
            held = server.memory() - memory
            released = float(clients.ask(f"release {port}"))
            return {
                "memory": held / count / 1000, "released": released, "parking": (parked - cpu) / count * 1e6,
                "releasing": (server.cpu() - parked) / count * 1e6,
            }


def _wait(server: Process, port: int, count: int) -> None:
    """Until the server has all of them."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        server.check()
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/count", timeout=60) as answer:
            if int(answer.read()) == count:
                return
        time.sleep(0.05)
    raise Failure(f"{server.name} does not have {count} clients after a minute")
