"""Where figures come from: they mean little without the machine."""

import datetime
import functools
import os
import platform
import re
import subprocess
from pathlib import Path

from . import peers


@functools.cache
def cores() -> list[int]:
    """The cores that could be used when this process began."""
    return sorted(os.sched_getaffinity(0))


def stay_apart() -> None:
    """Keeps this process away from the core of what is measured, which is the last."""
    if len(cores()) > 1:
        os.sched_setaffinity(0, cores()[:-1])


def _field(file: str, name: str) -> str | None:
    try:
        for line in Path(file).read_text().splitlines():
            key, _, value = line.partition("=" if "os-release" in file else ":")
            if key.strip() == name:
                return value.strip().strip('"')
    except OSError:
        pass
    return None


def describe(program: str) -> dict[str, object]:
    """The machine, and the versions of the program and all peers."""
    memory = int((_field("/proc/meminfo", "MemTotal") or "0 kB").split()[0]) / 1024 / 1024
    return {
        "processor": _field("/proc/cpuinfo", "model name") or platform.machine(),
        "cores": len(cores()),
        "memory": f"{memory:.0f} GiB",
        "system": _field("/etc/os-release", "PRETTY_NAME") or platform.system(),
        "kernel": platform.release(),
        "load": round(load(), 1),
        "program": _program_version(program),
        "peers": peers.versions(),
    }


def _program_version(program: str) -> str:
    """With the commit where it was built here, else with its path."""
    done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60)
    version = f"routebook {done.stdout.strip()}"
    if not is_built_here(program):
        return f"{version} ({program})"
    commit = _git("describe", "--always") or "no commit"
    # The page of what was measured before is not of the program.
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", ".", ":!docs/performance.md")
    return f"{version} ({commit}{'-dirty' if changed else ''})"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], capture_output=True, text=True, timeout=60, cwd=peers.ROOT)
    return done.stdout.strip()


def is_program(path: str) -> bool:
    """Whether it can be run and tells its version, as ours does: that alone."""
    try:
        done = subprocess.run([path, "--version"], capture_output=True, text=True, errors="replace", timeout=60)
        return done.returncode == 0 and re.fullmatch(r"\d+\.\d+\.\d+\S*\s*", done.stdout) is not None
    except (OSError, subprocess.TimeoutExpired):
        return False


def is_built_here(program: str) -> bool:
    """Whether a program, by its whole path, is that of this checkout."""
    return Path(program).is_relative_to((peers.ROOT / ".build").resolve())


#: Below this load nothing else is running.
QUIET = 0.5


def load() -> float:
    """How many processes wanted to run in the last minute."""
    return os.getloadavg()[0]


def today() -> str:
    return datetime.date.today().isoformat()
