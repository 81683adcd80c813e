"""Many clients in one process, on plain sockets: reads commands, and answers with `= `.

    park PORT N     N clients ask for /block
    release PORT    one more asks for /release/hello; gives the milliseconds until the last of all has its answer
    leave           all close their connections
"""

import select
import socket
import struct
import sys
import time

_RESET = struct.pack("ii", 1, 0)
clients = {}


def connect(port):
    client = socket.create_connection(("127.0.0.1", port), timeout=30)
    # Closed at once, so that no port stays taken for a minute.
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    return client


def request(client, path):
    client.sendall(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())


def park(port, n):
    for _ in range(n):
        client = connect(port)
        request(client, "/block")
        clients[client.fileno()] = client
    return len(clients)


def release(port):
    poll = select.epoll()
    for descriptor in clients:
        poll.register(descriptor, select.EPOLLIN | select.EPOLLET)
    one = connect(port)
    left, last = dict(clients), 0
    began = time.perf_counter()
    request(one, "/release/hello")
    while left:
        ready = poll.poll(30, 1024)
        if not ready:
            raise TimeoutError(f"{len(left)} clients have no answer")
        last = time.perf_counter()
        for descriptor, _ in ready:
            # Some send the body apart from the head, some in chunks.
            piece = left[descriptor].recv(4096)
            if piece.endswith((b"HELLO", b"0\r\n\r\n")):
                del left[descriptor]
            elif not piece:
                raise ConnectionError("an answer ends without HELLO")
    return f"{(last - began) * 1000:.3f}"


def leave():
    for client in clients.values():
        client.close()
    clients.clear()


for line in sys.stdin:
    command, *numbers = line.split()
    print("=", {"park": park, "release": release, "leave": leave}[command](*map(int, numbers)), flush=True)
