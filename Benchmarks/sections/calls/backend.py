"""What is called: backend.py PORT answers to /wait after 100 ms and to anything else at once.

Plain sockets and epoll, no server for pages: it must take less time than any of those that call it.
"""

import collections
import select
import socket
import sys
import time

_WAIT = 0.1
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"

listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=4096)
listener.setblocking(False)
poll = select.epoll()
poll.register(listener, select.EPOLLIN)
clients = {}
# The wait is the same for all, so who came first is due first.
due = collections.deque()

while True:
    timeout = max(0, due[0][0] - time.monotonic()) if due else -1
    for descriptor, _ in poll.poll(timeout, 512):
        if descriptor == listener.fileno():
            try:
                for _ in range(256):
                    client, _ = listener.accept()
                    client.setblocking(False)
                    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                    clients[client.fileno()] = client
                    poll.register(client.fileno(), select.EPOLLIN)
            except BlockingIOError:
                pass
            continue
        client = clients[descriptor]
        try:
            request = client.recv(4096)
        except OSError:
            request = b""
        if not request:
            poll.unregister(descriptor)
            clients.pop(descriptor).close()
        elif request.startswith(b"GET /wait"):
            due.append((time.monotonic() + _WAIT, client))
        else:
            client.send(_ANSWER)
    now = time.monotonic()
    while due and due[0][0] <= now:
        try:
            due.popleft()[1].send(_ANSWER)
        except OSError:
            pass
