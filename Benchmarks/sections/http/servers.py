"""The servers of this section: how each is started, and what it can answer."""

import subprocess
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from harness import peers
from harness.processes import Process, free_port
from harness.results import PROGRAM
from harness.section import Bench

_HERE = Path(__file__).parent
PROMPT = f"{PROGRAM} at the prompt"
NIO = "NIO alone"

_NGINX = """
daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr warn; worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; default_type "text/plain; charset=utf-8";
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} backlog=1024; location /greet/ {{ return 200 "Hello YOU!"; }}
    {locations}
  }}
}}
"""


@dataclass
class Server:
    process: Process
    port: int


class Servers:
    """Starts each when it is first wanted, and keeps it until the end of the section."""

    def __init__(self, bench: Bench, ending: ExitStack):
        self._bench = bench
        self._ending = ending
        self._started: dict[tuple[str, int], Server] = {}

    def get(self, name: str, routes: int, path: str) -> Server:
        """The server of that name, with so many routes besides the usual ones; it answers to `path`."""
        if (name, routes) not in self._started:
            port = free_port()
            process = self._ending.enter_context(_START[name](self, port, routes))
            process.wait_for_answer(port, path)
            self._started[name, routes] = Server(process, port)
        return self._started[name, routes]

    def _notebook(self, routes: int) -> Path:
        file = self._bench.scratch / f"routes{routes}.cells"
        more = "".join(f'route "/r{i}/greet/<user>" {{ "Hello \\(user.uppercased())!" }}\n' for i in range(routes))
        file.write_text((_HERE / "routes.cells").read_text() + ("\n# %% 2 more\n" + more if more else ""))
        return file

    def _serve(self, port: int, routes: int) -> Process:
        argv = [self._bench.program, "serve", str(self._notebook(routes)), "--port", str(port)]
        return Process(argv, core=self._bench.server_core)

    def _prompt(self, port: int, routes: int) -> Process:
        # Its input stays open and silent, as of somebody who looks at the prompt.
        argv = [self._bench.program, str(self._notebook(routes)), "--no-browser", "--port", str(port)]
        return Process(argv, core=self._bench.server_core, stdin=subprocess.PIPE)

    def _nio(self, port: int, routes: int) -> Process:
        return Process([str(nio(self._bench)), str(port), str(routes)], core=self._bench.server_core)

    def _nginx(self, port: int, routes: int) -> Process:
        folder = self._bench.scratch / f"nginx{routes}"
        folder.mkdir(exist_ok=True)
        locations = " ".join(f'location /r{i}/greet/ {{ return 200 "Hello YOU!"; }}' for i in range(routes))
        file = folder / "nginx.conf"
        file.write_text(_NGINX.format(folder=folder, port=port, locations=locations))
        return Process(["nginx", "-p", str(folder), "-c", str(file)], core=self._bench.server_core)


def _script(interpreter: Callable[[], str], script: str) -> Callable[[Servers, int, int], Process]:
    def start(servers: Servers, port: int, routes: int) -> Process:
        argv = [interpreter(), str(_HERE / script), str(port), str(routes)]
        return Process(argv, core=servers._bench.server_core)

    return start


#: How each server is started.
_START = {
    PROGRAM: Servers._serve,
    PROMPT: Servers._prompt,
    NIO: Servers._nio,
    "nginx": Servers._nginx,
    "Node": _script(lambda: "node", "node.js"),
    "uvicorn": _script(peers.python, "asgi.py"),
    "FastAPI": _script(peers.python, "fast.py"),
    "Klein": _script(peers.python, "klein_server.py"),
}


def nio(bench: Bench) -> Path:
    """What is built beside the program: NIO's standard pipeline and a handler."""
    return peers.beside(bench.program, "NIOBenchmark")


#: Those that compute an answer; nginx only gives what it was told.
COMPUTING = ["Node", "uvicorn", "FastAPI", "Klein"]
ALL = ["nginx", *COMPUTING]
