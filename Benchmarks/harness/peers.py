"""The programs that the program stands beside: where they are, which versions, and which are missing."""

import contextlib
import functools
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".build" / "bench"
_BUILT = ROOT / ".build" / "release"
_PYTHON = WORK / "python" / "bin" / "python"

_COMMANDS = {
    "nginx": ["nginx", "-v"],
    "Node": ["node", "--version"],
    "Lua": ["lua5.4", "-v"],
    "LuaJIT": ["luajit", "-v"],
    "wrk": ["wrk", "--version"],
}
# A program in Swift, with a package of its own; `make bench` builds it.
_ASYNC_HTTP_CLIENT = WORK / "async-http-client" / "release" / "AsyncHTTPClientCalls"
_PINS = ROOT / "Benchmarks" / "AsyncHTTPClient" / "Package.resolved"
_PACKAGES = {
    "uvicorn": ["uvicorn", "uvloop", "httptools"],
    "FastAPI": ["fastapi", "uvicorn"],
    "Klein": ["klein"],
    "Twisted": ["twisted"],
    "treq": ["treq"],
    "aiohttp": ["aiohttp"],
    "IPython": ["ipython"],
}


def python() -> str:
    """The Python that has the packages; the one in PATH where there is none."""
    return str(_PYTHON) if _PYTHON.exists() else "python3"


def beside(program: str, name: str) -> Path:
    """A program in Swift that is measured with `program`, and lies where that was installed."""
    return Path(program).with_name(name)


def async_http_client(program: str) -> str:
    """The program that makes calls by async-http-client."""
    return str(beside(program, _ASYNC_HTTP_CLIENT.name))


@contextlib.contextmanager
def installed(program: str) -> Iterator[str]:
    """Copies the program and those in Swift that it stands beside, as `make install` does; gives the copy's path.

    Code that has just been linked lies in small pieces in what the system keeps of files, so that the processor finds
    it more slowly, by up to a fifth; that of a copy, or of a file that was read from the disk, does not.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="installed-", dir=WORK) as folder:
        # By its own name, since EditorBenchmark types at what is called so.
        copy = shutil.copy(program, Path(folder) / "routebook")
        for name in "NIOBenchmark", "EditorBenchmark":
            built = next((file for file in (beside(program, name), _BUILT / name) if file.exists()), None)
            if built:
                shutil.copy(built, folder)
        if _ASYNC_HTTP_CLIENT.exists():
            shutil.copy(_ASYNC_HTTP_CLIENT, folder)
        yield str(copy)


def _async_http_client_version() -> str | None:
    if not _ASYNC_HTTP_CLIENT.exists():
        return None
    try:
        pins = json.loads(_PINS.read_text())["pins"]
    except (OSError, ValueError, KeyError):
        return "?"
    return next((pin["state"]["version"] for pin in pins if pin["identity"] == "async-http-client"), "?")


@functools.cache
def _installed() -> dict[str, str]:
    """The packages that this Python has, by their names in lower case, with versions; and its own version. How it was
    built it says itself, but for Debian's: that has been built with optimizations, and tells of the build of its
    library."""
    code = (
        "import importlib.metadata as m, json, platform, sys, sysconfig\n"
        "found = {d.metadata['Name'].lower(): d.version for d in m.distributions()}\n"
        "own = platform.python_version()\n"
        "optimized = '--enable-optimizations' in sysconfig.get_config_var('CONFIG_ARGS')\n"
        "if not optimized and sys.base_prefix != '/usr': own += ' (not optimized)'\n"
        "print(json.dumps(found | {'': own}))")
    output = subprocess.run([python(), "-c", code], capture_output=True, text=True, timeout=60).stdout
    return json.loads(output or "{}")


@functools.cache
def version(peer: str) -> str | None:
    """The version of a peer, or nothing where it is not installed."""
    if peer in ("CPython", "asyncio"):
        return _installed().get("")
    if peer == "async-http-client":
        return _async_http_client_version()
    if peer in _PACKAGES:
        versions = [_installed().get(package) for package in _PACKAGES[peer]]
        return versions[0] if all(versions) else None
    command = _COMMANDS[peer]
    if not shutil.which(command[0]):
        return None
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    found = re.search(r"\d+(\.\d+)+[\w.-]*", done.stdout + done.stderr)
    return found.group() if found else "?"


def absence(peer: str) -> str | None:
    """`not installed`, or nothing where it is there."""
    return None if version(peer) else "not installed"


def versions() -> dict[str, str]:
    """All that are installed."""
    found = {peer: version(peer) for peer in ["CPython", *_COMMANDS, *_PACKAGES, "async-http-client"]}
    return {peer: number for peer, number in found.items() if number}
