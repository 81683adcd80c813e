"""uvicorn without a framework: asgi.py PORT ROUTES"""

import json
import sys
from urllib.parse import unquote

import uvicorn

_TEXT = [(b"content-type", b"text/plain; charset=utf-8")]
_JSON = [(b"content-type", b"application/json")]
routes = {f"r{i}": {"greet"} for i in range(int(sys.argv[2]))}


async def whole(receive):
    pieces = []
    while True:
        message = await receive()
        pieces.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(pieces)


async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    status, headers, body = 200, _TEXT, b""
    parts = scope["path"].split("/")[1:]
    if scope["method"] == "GET" and len(parts) == 2 and parts[0] == "greet":
        body = f"Hello {unquote(parts[1]).upper()}!".encode()
    elif scope["method"] == "GET" and len(parts) == 3 and parts[1] in routes.get(parts[0], ()):
        body = f"Hello {unquote(parts[2]).upper()}!".encode()
    elif scope["method"] == "POST" and parts[0] == "sum":
        order = json.loads(await whole(receive))
        total = sum(item["price"] * item["amount"] for item in order["items"])
        headers = _JSON
        body = json.dumps({"customer": order["customer"], "items": len(order["items"]), "total": total}).encode()
    elif scope["method"] == "POST" and parts[0] == "size":
        body = str(len(await whole(receive))).encode()
    else:
        status = 404
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})


uvicorn.run(
    app, host="127.0.0.1", port=int(sys.argv[1]), loop="uvloop", http="httptools", access_log=False,
    log_level="warning", backlog=1024)
