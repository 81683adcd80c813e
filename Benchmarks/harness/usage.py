"""What a process has used: CPU time and memory."""

import time
from pathlib import Path

#: How long a process may take to come to rest, in seconds.
_REST = 0.1


def cpu_seconds(pid: int) -> float:
    """The CPU time of all threads of a process, also of those that have ended, to the nanosecond.

    The system leaves out what a thread has used since it last began to run, or since the last tick; so threads that
    run have a little time to come to rest. The number of the clock is what clock_getcpuclockid(3) gives.
    """
    deadline = time.monotonic() + _REST
    while _is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.0002)
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9


def _is_running(pid: int) -> bool:
    """Whether one of its threads runs, or would if it had a core."""
    for file in Path(f"/proc/{pid}/task").glob("*/stat"):
        try:
            if file.read_text().rpartition(") ")[2].startswith("R"):
                return True
        except OSError:
            continue
    return False


def memory_bytes(pid: int) -> int:
    """Its proportional share of physical memory (PSS); where that can't be read, all that it has in memory (RSS)."""
    for file, field in (("smaps_rollup", "Pss:"), ("status", "VmRSS:")):
        try:
            for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
                if line.startswith(field):
                    return int(line.split()[1]) * 1024
        except OSError:
            continue
    raise ProcessLookupError(f"the memory of process {pid} can't be read")
