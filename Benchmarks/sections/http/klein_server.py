"""Klein, on Twisted's own reactor for this system: klein_server.py PORT ROUTES"""

import json
import sys

from klein import Klein
from twisted.internet import reactor
from twisted.web.server import Site

app = Klein()


@app.route("/greet/<user>")
def greet(request, user):
    request.setHeader("Content-Type", "text/plain; charset=utf-8")
    return f"Hello {user.upper()}!"


@app.route("/sum", methods=["POST"])
def sum_of(request):
    order = json.load(request.content)
    total = sum(item["price"] * item["amount"] for item in order["items"])
    request.setHeader("Content-Type", "application/json")
    return json.dumps({"customer": order["customer"], "items": len(order["items"]), "total": total})


@app.route("/size", methods=["POST"])
def size(request):
    request.setHeader("Content-Type", "text/plain; charset=utf-8")
    return str(len(request.content.read()))


for i in range(int(sys.argv[2])):
    app.route(f"/r{i}/greet/<user>", endpoint=f"greet{i}")(lambda request, user: greet(request, user))

class Quiet(Site):
    """Without a log, for which Twisted would put a line together for each request, whether it is kept or not."""

    def log(self, request):
        pass


reactor.listenTCP(int(sys.argv[1]), Quiet(app.resource()), backlog=1024, interface="127.0.0.1")
reactor.run()
