"""Clients that wait, in Klein: klein_server.py PORT"""

import sys

from klein import Klein
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.web.server import Site

app = Klein()
blocking = []


@app.route("/block")
def block(request):
    result = Deferred()
    blocking.append(result)
    return result.addCallback(str.upper)


@app.route("/release/<value>")
def release(request, value):
    waiting = list(blocking)
    blocking.clear()
    for result in waiting:
        result.callback(value)
    return f"OK {len(waiting)}"


@app.route("/count")
def count(request):
    return str(len(blocking))


class Quiet(Site):
    """Without a log, for which Twisted would put a line together for each request, whether it is kept or not."""

    def log(self, request):
        pass


reactor.listenTCP(int(sys.argv[1]), Quiet(app.resource()), backlog=1024, interface="127.0.0.1")
reactor.run()
