"""How long one waits: for the first answer, the prompt, all cells anew, a text to be compiled."""

import http.client
import socket
import time
from collections.abc import Callable
from pathlib import Path

from harness import peers
from harness.processes import Conversation, Failure, Process, free_port
from harness.pseudoterminal import Terminal
from harness.results import Measure, PROGRAM, SectionResult
from harness.section import Bench, contestant

from . import texts

ABOUT = "starting, starting again, and compiling"

_HERE = Path(__file__).parent
_SERVERS = _HERE.parent / "http"
_CELLS = 500
_LINES = 10_000
_MEASURES = [Measure("time", "time", "ms"), Measure("cpu", "CPU", "ms")]


def run(bench: Bench, result: SectionResult) -> None:
    first = bench.contest(result, "start to the first answer", _MEASURES, [
        contestant(PROGRAM, None, lambda: _first_answer(
            bench, lambda port: [bench.program, "serve", str(_HERE / "greet.cells"), "--port", port])),
        contestant("Node", "Node", lambda: _first_answer(
            bench, lambda port: ["node", str(_SERVERS / "node.js"), port, "0"])),
        contestant("Klein", "Klein", lambda: _first_answer(
            bench, lambda port: [peers.python(), str(_SERVERS / "klein_server.py"), port, "0"])),
    ])
    prompt = bench.contest(result, "start to the prompt", _MEASURES, [
        contestant(PROGRAM, None, lambda: _prompt(bench, [bench.program, "--port", "0", "--no-browser"], "In [1]:")),
        contestant("Node", "Node", lambda: _prompt(bench, ["node"], "> ")),
        contestant("IPython", "IPython", lambda: _prompt(bench, [peers.python(), "-m", "IPython"], "In [1]:")),
    ])
    again = bench.contest(result, f"restart, and {_CELLS} cells run again", _MEASURES, [
        contestant(PROGRAM, None, lambda: _ours_again(bench)),
        contestant("IPython", "IPython", lambda: _ipython_again(bench)),
    ], ["Each cell makes two variables and a function, and calls it. Node and Klein have no cells to run again."])
    compiled = bench.contest(result, f"compile {_LINES:,} lines", _MEASURES[::-1], [
        contestant(PROGRAM, None, lambda: _ours_compiles(bench)),
        contestant("Node", "Node", lambda: _compiles(bench, "js", ["node", str(_HERE / "compile.js")])),
        contestant("CPython", "CPython", lambda: _compiles(bench, "py", [peers.python(), str(_HERE / "compile.py")])),
    ], [f"Of {PROGRAM} it is what `check` takes more for them than for some twenty lines; the others compile in a "
        "process that has compiled some twenty lines before. Node parses most functions only when they are called."])
    for table, key, limit, rivals in (
        (first, "time", 15, ["Node", "Klein"]), (prompt, "time", 20, ["Node", "IPython"]),
        (again, "time", 10, ["IPython"]), (compiled, "cpu", 20, ["Node", "CPython"]),
    ):
        result.want(table.title, table.row(PROGRAM).value(key), limit, "ms")
        result.want_ahead(table, key, rivals, table.title)


def _first_answer(bench: Bench, argv: Callable[[str], list[str]]) -> dict[str, float]:
    port = free_port()
    began = time.monotonic()
    with Process(argv(str(port)), core=bench.server_core) as process:
        while True:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
                    client.sendall(b"GET /greet/you HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
                    answer = http.client.HTTPResponse(client)
                    answer.begin()
                    if answer.status == 200 and answer.read() == b"Hello YOU!":
                        return {"time": (time.monotonic() - began) * 1000, "cpu": process.cpu() * 1000}
            except ConnectionError:
                pass
            process.check()
            if time.monotonic() - began > 30:
                raise Failure(f"{process.name} gives no answer within 30 s: {process.errors()}")
            time.sleep(0.0002)


def _prompt(bench: Bench, argv: list[str], prompt: str) -> dict[str, float]:
    began = time.monotonic()
    with Terminal(argv, core=bench.server_core) as terminal:
        seen = terminal.wait_for(prompt)
        return {"time": (seen - began) * 1000, "cpu": terminal.process.cpu() * 1000}


def _ours_again(bench: Bench) -> dict[str, float]:
    file = bench.scratch / "all.cells"
    file.write_text(texts.cells("cells", _CELLS))
    with bench.prompt(file) as conversation:
        return _again(conversation, '%rerun\nprint("= \\(seen499)")', "999")


def _ipython_again(bench: Bench) -> dict[str, float]:
    file = bench.scratch / "all.py"
    file.write_text(texts.cells("py", _CELLS))
    with Conversation([peers.python(), str(_HERE / "ipython_cells.py")], core=bench.server_core) as conversation:
        return _again(conversation, str(file), "500")


def _again(conversation: Conversation, line: str, wanted: str) -> dict[str, float]:
    """The second time: the first is the start."""
    process = conversation.process
    conversation.ask(line)
    cpu, began = process.cpu(), time.monotonic()
    answer = conversation.ask(line)
    if answer != wanted:
        raise Failure(f"{process.name} gives {answer} after all cells in place of {wanted}")
    return {"time": (time.monotonic() - began) * 1000, "cpu": (process.cpu() - cpu) * 1000}


def _file(bench: Bench, language: str, count: int) -> str:
    file = bench.scratch / f"lines{count}.{language}"
    file.write_text(texts.lines(language, count))
    return str(file)


def _ours_compiles(bench: Bench) -> dict[str, float]:
    found = []
    for count in (1, _LINES):
        file = _file(bench, "cells", count)
        began = time.monotonic()
        with Process([bench.program, "check", file], core=bench.server_core) as process:
            used = process.wait()
            found.append({"time": (time.monotonic() - began) * 1000, "cpu": used * 1000})
    small, large = found
    return {key: large[key] - small[key] for key in large}


def _compiles(bench: Bench, language: str, argv: list[str]) -> dict[str, float]:
    with Conversation(argv, core=bench.server_core) as conversation:
        conversation.ask(_file(bench, language, 1))
        file = _file(bench, language, _LINES)
        cpu, began = conversation.process.cpu(), time.monotonic()
        conversation.ask(file)
        took = (time.monotonic() - began) * 1000
        return {"time": took, "cpu": (conversation.process.cpu() - cpu) * 1000}
