"""Requests: what each costs the server, and how long clients wait."""

import json
from contextlib import ExitStack
from dataclasses import dataclass

from harness import wrk
from harness.results import Measure, PROGRAM, SectionResult
from harness.section import Bench, contestant

from .servers import ALL, COMPUTING, PROMPT, Servers

ABOUT = "requests by wrk on one core, the server on another"

_MEASURES = [
    Measure("cpu", "CPU per request", "µs"), Measure("rate", "requests", "1/s"),
    Measure("p50", "p50", "ms"), Measure("p99", "p99", "ms"),
]


@dataclass(frozen=True)
class _Load:
    title: str
    path: str
    connections: int
    peers: list[str]
    routes: int = 0
    arguments: tuple[str, ...] = ()


def run(bench: Bench, result: SectionResult) -> None:
    order = bench.scratch / "order.json"
    order.write_text(json.dumps({
        "customer": "Ada Lovelace",
        "items": [{"name": f"item {i}", "price": 100 + i, "count": i % 5 + 1} for i in range(20)],
    }))
    body = bench.scratch / "body"
    body.write_bytes(b"0123456789abcdef" * 4096)
    with ExitStack() as ending:
        servers = Servers(bench, ending)
        greet = _measure(bench, result, servers, _Load("GET /greet/you, 64 connections", "/greet/you", 64, ALL))
        greet.notes.append(
            f"{PROGRAM} serves with everything at its default; its log, a line for each request, goes to /dev/null. "
            "At the prompt it writes none; nor do the peers.")
        one = _measure(bench, result, servers, _Load("the same, 1 connection", "/greet/you", 1, ALL))
        many = _measure(bench, result, servers, _Load("the same, 512 connections", "/greet/you", 512, ALL))
        table = _measure(bench, result, servers, _Load(
            "1,000 routes, each in turn, 64 connections", "", 64, ALL, 1000, ("paths", "1000", "/r%d/greet/you")))
        objects = _measure(bench, result, servers, _Load(
            f"JSON of {order.stat().st_size:,} bytes in, 50 out, 64 connections", "/sum", 64, COMPUTING,
            arguments=("post", str(order), "application/json")))
        post = _measure(bench, result, servers, _Load(
            "POST of 64 KB, 64 connections", "/size", 64, COMPUTING,
            arguments=("post", str(body), "application/octet-stream")))
    for peer, limit in (("nginx", 2), ("Node", 0.55), ("Klein", 0.12)):
        result.want_ratio(greet, "cpu", peer, limit, "CPU per request, 64 connections")
    for table, what in (
        (one, "1 connection"), (many, "512 connections"), (table, "1,000 routes"), (objects, "JSON"), (post, "64 KB"),
    ):
        result.want_ratio(table, "cpu", "Node", 1, f"CPU per request, {what}")
    result.want_ratio(many, "p99", "Node", 1, "p99, 512 connections")


def _measure(bench: Bench, result: SectionResult, servers: Servers, load: _Load):
    def measure(name: str):
        def once() -> dict[str, float]:
            server = servers.get(name, load.routes, load.path if not load.routes else f"/r{load.routes - 1}/greet/you")
            url = f"http://127.0.0.1:{server.port}{load.path}"
            given = {"connections": load.connections, "core": bench.client_core, "arguments": list(load.arguments)}
            if name not in warm:
                wrk.run(url, seconds=1, **given)
                warm.add(name)
            before = server.process.cpu()
            found = wrk.run(url, seconds=bench.seconds, **given)
            used = server.process.cpu() - before
            return {
                "cpu": used / found.requests * 1e6, "rate": found.rate, "p50": found.p50, "p99": found.p99,
            }

        return once

    warm: set[str] = set()
    contestants = [contestant(name, "wrk", measure(name)) for name in (PROGRAM, PROMPT)]
    contestants += [contestant(name, name, measure(name)) for name in load.peers]
    return bench.contest(result, load.title, _MEASURES, contestants)
