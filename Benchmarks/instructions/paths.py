"""The paths that are counted: each is run with few and with many units of work, and what one unit more costs is its figure."""

import contextlib
import socket
import tempfile
import time
from pathlib import Path

from harness import processes

CELLS = {
    "call a function": "func add(a, b) { a + b }\nvar n = 0\nfor i in 0..<UNITS { n = add(n, i) }",
    "start, park and wake a fiber": (
        "var woken = 0\nlet all = (0..<UNITS).map { i in async { await sleep(1ms); woken += 1 } }\n"
        "for one in all { await one }"),
    "read and write JSON": (
        'let text = toJSON(["name": "Ada", "tags": ["a", "b"], "n": 12, "nested": ["x": 1.5, "y": nil]])\n'
        "for i in 0..<UNITS { toJSON(json(text)) }"),
    "compile a line": "let line0 = 0\n",
}
# Units of work: few and many.
UNITS = {
    "call a function": (20_000, 620_000),
    "start, park and wake a fiber": (1_000, 21_000),
    "read and write JSON": (200, 4_200),
    "compile a line": (500, 4_500),
    "answer GET /greet/you": (200, 2_200),
}
SERVED = 'route "/greet/<user>" { "Hello \\(user.uppercased())!" }\n'


def count(program: Path, name: str) -> float:
    """Instructions of one unit of a path, all threads together."""
    few, many = UNITS[name]
    counted = (_whole(program, name, many) - _whole(program, name, few)) / (many - few)
    if counted < 1:
        raise processes.Failure(f"{name} takes no instructions: {program.name} does not do it")
    return counted


def _whole(program: Path, name: str, units: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        cells = Path(folder, "path.cells")
        out = Path(folder, "callgrind")
        valgrind = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", str(program)]
        if name not in CELLS:
            cells.write_text(SERVED)
            _serve(valgrind + ["serve"], str(cells), units)
        else:
            text = CELLS[name].replace("UNITS", str(units))
            if name == "compile a line":
                text = "".join(f"let line{n} = [{n}, \"text {n}\"].count + {n}\n" for n in range(units))
            cells.write_text(f"# %% 1\n{text}\nnil\n")
            processes.Process(valgrind + ["replay", "--clock", "virtual", str(cells)]).wait(300)
        return _total(out)


def _total(out: Path) -> int:
    for line in out.read_text(errors="replace").splitlines():
        if line.startswith(("summary:", "totals:")):
            return int(line.split()[1])
    raise processes.Failure("callgrind has counted nothing")


def _serve(command: list[str], cells: str, units: int) -> None:
    port = processes.free_port()
    server = processes.Process(command + ["--port", str(port), cells])
    server.wait_for_answer(port, "/greet/you", 120)
    with contextlib.closing(socket.create_connection(("127.0.0.1", port), 60)) as client:
        for _ in range(units):
            client.sendall(b"GET /greet/you HTTP/1.1\r\nHost: localhost\r\n\r\n")
            answer = b""
            while not answer.endswith(b"Hello YOU!"):
                piece = client.recv(65_536)
                if not piece:
                    raise processes.Failure("the server has closed the connection")
                answer += piece
    # Its log is written a moment later.
    time.sleep(0.2)
    server.popen.terminate()
    server.wait(60)
