"""Requests: what each costs the server, and how long clients wait."""

import json
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from harness import peers, wrk
from harness.alternating import Contestant
from harness.processes import Failure
from harness.results import Measure, PROGRAM, SectionResult, Table
from harness.section import Bench, contestant

from .servers import ALL, COMPUTING, NIO, PROMPT, Server, Servers, nio

ABOUT = "requests by wrk on one core, the server on another"

_MEASURES = [
    Measure("cpu", "CPU per request", "µs"), Measure("rate", "requests", "1/s"),
    Measure("p50", "p50", "ms"), Measure("p99", "p99", "ms"),
]


_PARCEL = 64 * 1024
_ORDER = {
    "customer": "Ada Lovelace",
    "items": [{"name": f"item {i}", "price": 100 + i, "amount": i % 5 + 1} for i in range(20)],
}
_SUM = {
    "customer": "Ada Lovelace", "items": 20, "total": sum(item["price"] * item["amount"] for item in _ORDER["items"]),
}


@dataclass(frozen=True)
class _Load:
    """What is asked for, and what the answer must mean."""

    title: str
    path: str
    connections: int
    peers: list[str]
    answer: object = "Hello YOU!"
    routes: int = 0
    body: Path | None = None
    type: str = ""

    @property
    def arguments(self) -> list[str]:
        """What wrk's script is told."""
        if self.body:
            return ["post", str(self.body), self.type]
        return ["paths", str(self.routes), "/r%d" + self.path] if self.routes else []

    @property
    def example(self) -> str:
        """One of the paths: of many routes the last."""
        return f"/r{self.routes - 1}{self.path}" if self.routes else self.path


def run(bench: Bench, result: SectionResult) -> None:
    if peers.absence("wrk"):
        raise Failure("wrk is not installed")
    order, parcel = bench.scratch / "order.json", bench.scratch / "parcel"
    order.write_text(json.dumps(_ORDER))
    parcel.write_bytes(b"0123456789abcdef" * (_PARCEL // 16))
    greet = _Load("GET /greet/you, 64 connections", "/greet/you", 64, ALL)
    loads = {
        "64 connections": greet,
        "1 connection": replace(greet, title="the same, 1 connection", connections=1),
        "512 connections": replace(greet, title="the same, 512 connections", connections=512),
        "1,000 routes": replace(greet, title="1,000 routes, each in turn, 64 connections", routes=1000),
        "JSON": _Load(
            f"JSON of {order.stat().st_size:,} bytes in, some 50 out, 64 connections", "/sum", 64, COMPUTING, _SUM,
            body=order, type="application/json"),
        "64 KB": _Load(
            "POST of 64 KB, 64 connections", "/size", 64, COMPUTING, _PARCEL, body=parcel,
            type="application/octet-stream"),
    }
    with ExitStack() as ending:
        servers = Servers(bench, ending)
        tables = {name: _measure(bench, result, servers, load) for name, load in loads.items()}
    tables["64 connections"].notes.append(
        f"{PROGRAM} serves with everything at its default; its log, a line for each request, goes to /dev/null. "
        "At the prompt it writes none; nor do the peers.")
    for name in ("JSON", "64 KB"):
        tables[name].notes.append("nginx computes nothing, and has no part in this.")
    for peer, limit in (("nginx", 2), ("Node", 0.55), ("Klein", 0.12)):
        result.want_ratio(tables["64 connections"], "cpu", peer, limit, "CPU per request, 64 connections")
    for peer, limit in (("nginx", 1.6), ("Node", 0.45), ("Klein", 0.1)):
        result.want_ratio(tables["64 connections"], "cpu", peer, limit, "then CPU per request, 64 connections")
    for name in list(loads)[1:]:
        result.want_ratio(tables[name], "cpu", "Node", 1, f"CPU per request, {name}")
    for name in loads:
        result.want_ratio(tables[name], "p99", "Node", 1, f"p99, {name}")
    for name in loads:
        result.want_ratio(tables[name], "p50", "Node", 1, f"p50, {name}")


def _measure(bench: Bench, result: SectionResult, servers: Servers, load: _Load) -> Table:
    def measure(name: str):
        def once() -> dict[str, float]:
            server = servers.get(name, load.routes, load.example)
            url = f"http://127.0.0.1:{server.port}" + ("" if load.routes else load.path)
            given = {"connections": load.connections, "core": bench.client_core, "arguments": load.arguments}
            if name not in warm:
                _check(server, load)
                wrk.run(url, seconds=1, **given)
                warm.add(name)
            before = server.process.cpu()
            found = wrk.run(url, seconds=bench.seconds, **given)
            used = server.process.cpu() - before
            return {"cpu": used / found.requests * 1e6, "rate": found.rate, "p50": found.p50, "p99": found.p99}

        return once

    warm: set[str] = set()
    contestants = [contestant(name, None, measure(name)) for name in (PROGRAM, PROMPT)]
    absent = None if nio(bench).exists() else f"{nio(bench).name} is not built"
    contestants.append(Contestant(NIO, measure(NIO), absent))
    contestants += [contestant(name, name, measure(name)) for name in load.peers]
    return bench.contest(result, load.title, _MEASURES, contestants)


def _check(server: Server, load: _Load) -> None:
    """That it does what is asked of it, and not less."""
    body = load.body.read_bytes() if load.body else None
    request = urllib.request.Request(f"http://127.0.0.1:{server.port}{load.example}", body, {"Content-Type": load.type})
    with urllib.request.urlopen(request, timeout=30) as answer:
        text = answer.read().decode()
    if (text if isinstance(load.answer, str) else json.loads(text)) != load.answer:
        raise Failure(f"{load.example} gives {text[:200]} in place of {load.answer}")
