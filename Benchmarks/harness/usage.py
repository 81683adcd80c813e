"""What a process has used: CPU time and memory."""

import time
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """The CPU time of all threads of a process, also of those that have ended, to the nanosecond.

    The number of the clock is what clock_getcpuclockid(3) gives.
    """
    return time.clock_gettime_ns((~pid << 3) | 2) / 1e9


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
