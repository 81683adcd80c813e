"""A route that is published again and again while clients load it: nobody may notice."""

import time
from pathlib import Path

from harness import wrk
from harness.processes import free_port
from harness.results import Measure, PROGRAM, SectionResult
from harness.section import Bench, contestant

ABOUT = "the cell of a route run a hundred times a second, 64 connections asking for it"

_HERE = Path(__file__).parent
_PAUSE = 0.01
_MEASURES = [
    Measure("p999", "p99.9", "ms"), Measure("p99", "p99", "ms"), Measure("p50", "p50", "ms"),
    Measure("max", "longest", "ms"), Measure("cpu", "CPU per request", "µs"), Measure("rate", "requests", "1/s"),
    Measure("failed", "failed", ""),
    Measure("published", "published", ""),
]
_QUIET = "without publishing"


def run(bench: Bench, result: SectionResult) -> None:
    port = free_port()
    with bench.prompt(_HERE / "greet.cells", port=port) as conversation:
        conversation.answer()
        conversation.process.wait_for_answer(port, "/greet/you")

        def load(publishing: bool) -> dict[str, float]:
            seconds = max(2, bench.seconds)
            under_way = wrk.start(
                f"http://127.0.0.1:{port}/greet/you", connections=64, seconds=seconds, core=bench.client_core)
            published = 0
            before = conversation.process.cpu()
            while under_way.popen.poll() is None:
                if publishing:
                    conversation.ask("%run 1")
                    published += 1
                time.sleep(_PAUSE)
            cpu = conversation.process.cpu() - before
            found = wrk.finish(under_way, seconds)
            return {
                "cpu": cpu / max(1, found.requests) * 1e6,
                "p999": found.p999, "p99": found.p99, "p50": found.p50, "max": found.max, "rate": found.rate,
                "failed": found.errors, "published": published,
            }

        load(False)
        table = bench.contest(result, "GET /greet/you", _MEASURES, [
            contestant(PROGRAM, "wrk", lambda: load(True)), contestant(_QUIET, "wrk", lambda: load(False))],
            ["That no latency is above p99.9 is taken to mean that publishing does not move p99.9: the longest of a "
             "run is above it by its nature, without publishing, too."])
    ours = table.row(PROGRAM)
    result.want("failed requests", max(ours.samples["failed"]) if ours.samples else None, 0, "")
    result.want("p99.9 while publishing", table.ratio(_QUIET, "p999"), 1, f"× {_QUIET}")
