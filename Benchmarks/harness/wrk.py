"""Load by wrk: how it is called, and what it reports."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from .processes import Failure, Process

_SCRIPT = Path(__file__).with_name("wrk.lua")


@dataclass(frozen=True)
class Load:
    """What wrk saw. Latencies in milliseconds."""

    requests: int
    seconds: float
    errors: int
    p50: float
    p99: float
    p999: float
    max: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds


def parse(output: str) -> Load:
    """The line `bench` that `wrk.lua` writes in the end, among wrk's own."""
    for line in output.splitlines():
        if line.startswith("bench "):
            fields = dict(pair.split("=", 1) for pair in line.split()[1:])
            milliseconds = {key: float(fields[key]) / 1000 for key in ("p50", "p99", "p999", "max")}
            return Load(
                requests=int(fields["requests"]), seconds=float(fields["duration"]) / 1e6,
                errors=int(fields["errors"]), **milliseconds)
    raise Failure(f"wrk wrote no report: {' '.join(output.split())[:200] or 'nothing at all'}")


def run(url: str, *, connections: int, seconds: float, core: int | None, arguments: list[str] = ()) -> Load:
    """Loads `url` for so long by one thread; `arguments` go to `wrk.lua`. Failed requests are a failure."""
    load = start(url, connections=connections, seconds=seconds, core=core, arguments=arguments)
    found = finish(load, seconds)
    if found.errors:
        raise Failure(f"{found.errors} of {found.requests} requests failed")
    return found


def start(url: str, *, connections: int, seconds: float, core: int | None, arguments: list[str] = ()) -> Process:
    """The same without waiting for its end."""
    options = ["-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", str(_SCRIPT)]
    argv = ["wrk", *options, url] + (["--", *arguments] if arguments else [])
    return Process(argv, core=core, stdout=subprocess.PIPE)


def finish(load: Process, seconds: float) -> Load:
    """Waits for the end of a load, and gives what it saw."""
    with load:
        try:
            output, _ = load.popen.communicate(timeout=seconds + 30)
        except subprocess.TimeoutExpired:
            raise Failure("wrk does not end") from None
        if load.popen.returncode:
            raise Failure(f"wrk ended with status {load.popen.returncode}: {load.errors()}")
        return parse(output.decode(errors="replace"))
