"""Programs that are started to be measured, and the certainty that all of them end."""

import ctypes
import http.client
import os
import resource
import select
import signal
import socket
import subprocess
import time
from pathlib import Path

from . import machine, usage

_running: list["Process"] = []
_libc = ctypes.CDLL(None, use_errno=True)
_PR_SET_PDEATHSIG = 1


class Failure(Exception):
    """Something that was measured did not do what was asked of it."""


def _prepare(cores: list[int]) -> None:
    """Runs in the child: it has these cores, and is killed with this process, however that ends."""
    os.sched_setaffinity(0, cores)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


class Process:
    """A program under way, in a process group of its own, on `core` alone where one is named.

    Its standard output goes nowhere unless `stdout` says otherwise; what it writes to standard error is kept in a
    file unless `stderr` says otherwise, and its end is part of every failure.
    """

    def __init__(
        self, argv, *, core=None, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=None, env=None
    ):
        self.name = Path(argv[0]).name
        self._errors = os.memfd_create("stderr")
        cores = machine.cores() if core is None else [core]
        self.popen = subprocess.Popen(
            argv, stdin=stdin, stdout=stdout, stderr=self._errors if stderr is None else stderr,
            env={**os.environ, **(env or {})}, preexec_fn=lambda: _prepare(cores), start_new_session=True)
        self.pid = self.popen.pid
        _running.append(self)

    def cpu(self) -> float:
        """The seconds of CPU that it has used so far, all threads together."""
        self.check()
        return usage.cpu_seconds(self.pid)

    def memory(self) -> int:
        """The bytes of memory that are its own, and its share of what it has in common with others."""
        self.check()
        return usage.memory_bytes(self.pid)

    def errors(self) -> str:
        """The last line of what it wrote to standard error."""
        size = os.fstat(self._errors).st_size
        lines = os.pread(self._errors, 4000, max(0, size - 4000)).decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else "nothing on standard error"

    def check(self) -> None:
        """Fails if it has ended."""
        if self.popen.poll() is not None:
            raise Failure(f"{self.name} ended with status {self.popen.returncode}: {self.errors()}")

    def wait(self, seconds: float = 60) -> float:
        """Waits for its end, which must be a good one, and gives the seconds of CPU that it has used in all."""
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Not left to Popen, which looks for it again and again, each time after twice as long.
        ended = select.poll()
        descriptor = os.pidfd_open(self.pid)
        ended.register(descriptor, select.POLLIN)
        try:
            if not ended.poll(seconds * 1000):
                raise Failure(f"{self.name} has not ended after {seconds:.0f} s")
        finally:
            os.close(descriptor)
        status = self.popen.wait()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        if status:
            raise Failure(f"{self.name} ended with status {status}: {self.errors()}")
        return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime

    def wait_for_port(self, port: int, seconds: float = 30) -> None:
        """Waits until somebody listens there."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.01)
        raise Failure(f"{self.name} does not listen on port {port} after {seconds:.0f} s: {self.errors()}")

    def wait_for_answer(self, port: int, path: str, seconds: float = 30) -> None:
        """Waits until something answers there, with anything but 404 and 503."""
        self.wait_for_port(port, seconds)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self.check()
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            try:
                connection.request("GET", path)
                if connection.getresponse().status not in (404, 503):
                    return
            except (OSError, http.client.HTTPException):
                pass
            finally:
                connection.close()
            time.sleep(0.02)
        raise Failure(f"{self.name} does not answer to {path} after {seconds:.0f} s: {self.errors()}")

    def stop(self) -> None:
        """Ends it and all that it started: asked first, forced after three seconds."""
        if self not in _running:
            return
        self._signal(signal.SIGTERM)
        try:
            self.popen.wait(3)
        except subprocess.TimeoutExpired:
            pass
        # What it has started may be slower than itself.
        self._signal(signal.SIGKILL)
        self.popen.wait(10)
        for pipe in (self.popen.stdin, self.popen.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    pass
        os.close(self._errors)
        _running.remove(self)

    def _signal(self, number: int) -> None:
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Conversation:
    """A program that gets a line and answers with one that begins with `= `; other lines that it writes are skipped."""

    def __init__(self, argv, *, core=None):
        self.process = Process(argv, core=core, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._held = b""

    def ask(self, line: str, seconds: float = 120) -> str:
        """What it answers to `line`, without the `= `."""
        self.tell(line)
        return self.answer(seconds)

    def tell(self, line: str) -> None:
        try:
            self.process.popen.stdin.write(line.encode() + b"\n")
            self.process.popen.stdin.flush()
        except BrokenPipeError:
            self.process.popen.wait(5)
            self.process.check()

    def answer(self, seconds: float = 120) -> str:
        deadline = time.monotonic() + seconds
        output = self.process.popen.stdout.fileno()
        while True:
            while b"\n" in self._held:
                line, self._held = self._held.split(b"\n", 1)
                if line.startswith(b"= "):
                    return line[2:].decode()
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([output], [], [], left)[0]:
                raise Failure(f"{self.process.name} has not answered for {seconds:.0f} s: {self.process.errors()}")
            piece = os.read(output, 65536)
            if not piece:
                self.process.popen.wait(5)
                raise Failure(f"{self.process.name} ended instead of answering: {self.process.errors()}")
            self._held += piece

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stop()


def stop_all() -> None:
    """Ends whatever is still running."""
    for process in list(_running):
        process.stop()


def free_port() -> int:
    """A port on 127.0.0.1 that nobody has at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
