"""A program at a terminal of its own, as a person starts it."""

import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

from .processes import Failure, Process

#: What colours, moves the cursor or sets a title, but is not seen itself.
_ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(\x07|\x1b\\)|\x1b[()][A-B0-2]|\x1b[=>78]")


class Terminal:
    """A pseudo-terminal of 100 columns and 30 rows, and the program that runs in it."""

    def __init__(self, argv, *, core=None):
        self._main, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        try:
            self.process = Process(
                argv, core=core, stdin=other, stdout=other, stderr=other, env={"TERM": "xterm-256color"})
        finally:
            os.close(other)
        self._seen = b""

    def wait_for(self, text: str, seconds: float = 30) -> float:
        """Reads until that has been written, and gives the moment."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._main], [], [], left)[0]:
                raise Failure(f"{self.process.name} does not write “{text}” within {seconds:.0f} s")
            try:
                piece = os.read(self._main, 65536)
            except OSError:
                piece = b""
            now = time.monotonic()
            if not piece:
                raise Failure(f"{self.process.name} ended before it wrote “{text}”")
            self._seen += piece
            if text.encode() in _ESCAPES.sub(b"", self._seen):
                return now

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.stop()
        os.close(self._main)
