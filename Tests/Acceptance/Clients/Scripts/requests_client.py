"""What `requests` does with a server; each function is a behaviour, and a test."""

import base64
import gzip
import threading
import time

import requests

from behaviours import ask, main, same, until


def sends_each_method(base):
    with requests.Session() as client:
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"]:
            answer = client.request(method, base + "/echo")
            same((answer.status_code, answer.json()["method"]), (200, method))
        head = client.head(base + "/greet/you")
        got = client.get(base + "/greet/you")
        same((head.status_code, head.text, head.headers["content-length"]), (200, "", "9"))
        same(got.text, "Hello you")
        options = client.options(base + "/greet/you")
        same(options.status_code, 204)
        same("GET" in options.headers["allow"], True)
        refused = client.delete(base + "/json")
        same((refused.status_code, refused.headers["allow"]), (405, "POST, OPTIONS"))
        same(client.get(base + "/nowhere").status_code, 404)
        same(client.get(base + "/broken").status_code, 500)
        none = client.get(base + "/none")
        same((none.status_code, none.content, none.headers.get("content-length")), (204, b"", None))


def sends_queries_and_paths_in_any_script(base):
    query = {"q": "grüße & 你好", "two": ["1", "2"], "sign": "a+b=c", "none": ""}
    answer = requests.get(base + "/echo", params=query).json()
    same(answer["query"], {"q": ["grüße & 你好"], "two": ["1", "2"], "sign": ["a+b=c"], "none": [""]})
    greeted = requests.get(base + "/greet/Zoë%20%E2%9C%93%2F😀")
    same((greeted.text, greeted.encoding), ("Hello Zoë ✓/😀", "utf-8"))


def sends_json_and_reads_it(base):
    value = {"text": "ä\n\u2028😀", "numbers": [0, -1, 2.5, 1e300], "none": None, "yes": True, "empty": {}}
    answer = requests.post(base + "/json", json=value)
    same((answer.status_code, answer.json()), (201, value))
    same((answer.headers["content-type"], answer.headers["x-kind"]), ("application/json", "Dictionary"))
    same(requests.post(base + "/json", data="{nonsense").status_code, 400)


def sends_forms_with_and_without_files(base):
    plain = requests.post(base + "/form", data={"a": "1 2", "b": ["x", "ü&="]}).json()
    same(plain, {"fields": {"a": ["1 2"], "b": ["x", "ü&="]}, "files": {}})
    bytes_of_file = bytes(range(256)) * 40 + b"\r\n--boundary--\r\n"
    answer = requests.post(
        base + "/form",
        data={"title": "a photo"},
        files=[
            ("photo", ("ph\"o'to ü.png", bytes_of_file, "image/png")),
            ("photo", ("empty.txt", b"", "text/plain")),
        ],
    ).json()
    same(answer["fields"], {"title": ["a photo"]})
    first, second = answer["files"]["photo"]
    same(first[:3], ["ph\"o'to ü.png", "image/png", len(bytes_of_file)])
    same(base64.b64decode(first[3]), bytes_of_file)
    same(second, ["empty.txt", "text/plain", 0, ""])


def keeps_a_session_of_cookies(base):
    with requests.Session() as client:
        # The redirect is followed with GET, and with the cookie that came with it.
        me = client.post(base + "/login", data={"name": "Ann"})
        same(me.request.method, "GET")
        same(me.json(), {"name": "Ann", "cookies": ["session"]})
        cookies = {cookie.name: cookie for cookie in client.cookies}
        same(sorted(cookies), ["only-there", "safe", "session"])
        same((cookies["only-there"].path, cookies["safe"].secure), ("/elsewhere", True))
        same(cookies["session"].has_nonstandard_attr("HttpOnly"), True)
        same(cookies["session"].get_nonstandard_attr("SameSite"), "Lax")
        same(3500 < cookies["session"].expires - time.time() <= 3600, True)
        same(client.get(base + "/me").json()["name"], "Ann")
        same(client.get(base + "/elsewhere/in").json(), ["only-there", "session"])
        client.post(base + "/logout")
        same(client.get(base + "/me").json(), {"name": None, "cookies": []})
    same(requests.get(base + "/me").json(), {"name": None, "cookies": []})


def follows_redirects(base):
    answer = requests.get(base + "/hop/5")
    same((answer.text, len(answer.history)), ("arrived", 5))
    for code, method, text in [(302, "GET", ""), (303, "GET", ""), (307, "POST", "body"), (308, "POST", "body")]:
        moved = requests.post(base + f"/moved/{code}", data="body")
        same([step.status_code for step in moved.history], [code])
        same((moved.json()["method"], moved.json().get("text", "")), (method, text))


def uses_one_connection_for_many_requests(base):
    with requests.Session() as client:
        for number in range(50):
            same(client.get(base + f"/greet/{number}").text, f"Hello {number}")
            same(client.post(base + "/echo", data="x" * number).json()["text"], "x" * number)
        (pool,) = client.adapters["http://"].poolmanager.pools._container.values()
        same((pool.num_connections, pool.num_requests), (1, 100))
    same(requests.get(base + "/greet/x", headers={"connection": "close"}).headers["connection"], "close")


def is_offered_no_packing(base):
    answer = requests.get(base + "/large")
    same("gzip" in answer.request.headers["accept-encoding"], True)
    same((answer.headers.get("content-encoding"), len(answer.content)), (None, 3_000_000))
    packed = gzip.compress(b"packed")
    same(requests.post(base + "/json", data=packed, headers={"content-encoding": "gzip"}).status_code, 400)


def uploads_from_a_generator_that_is_read_as_it_comes(base):
    def pieces():
        # Each piece is sent when the route has read the one before.
        for number in range(1, 6):
            yield b"p" * 1000
            until(f"piece {number} is read", lambda: int(ask(base + "/arrived/requests")) == number * 1000)

    answer = requests.post(base + "/upload/requests", data=pieces())
    same(answer.request.headers["transfer-encoding"], "chunked")
    same((answer.json()["bytes"], answer.json()["pieces"]), (5000, 5))
    # What is larger than a whole body may be.
    large = requests.post(base + "/upload/requests-large", data=(b"x" * 65536 for _ in range(320)))
    same(large.json()["bytes"], 320 * 65536)


def is_refused_before_it_has_sent_its_body(base):
    refused = requests.post(base + "/refuse", data=b"x" * 1000)
    same((refused.status_code, refused.text), (403, "not from you"))
    whole = requests.post(base + "/json", data=b"x" * 9_000_000)
    same((whole.status_code, whole.headers["connection"]), (413, "close"))


def reads_an_answer_while_it_is_written(base):
    with requests.get(base + "/pieces/requests", stream=True, timeout=30) as answer:
        same(answer.headers["transfer-encoding"], "chunked")
        lines = answer.iter_lines(chunk_size=1)
        for number in range(1, 4):
            same(next(lines), f"piece {number}".encode())
            # Only now is the route let on to the next.
            requests.post(base + "/open/requests")
        same(list(lines), [])
    until("the body ends", lambda: "requests" in ask(base + "/left"))


def goes_in_the_middle_of_an_answer(base):
    answer = requests.get(base + "/endless/requests-gone", stream=True)
    same(next(answer.iter_content(100_000))[:3], b"xxx")
    answer.close()
    until("the body is unwound", lambda: "requests-gone" in ask(base + "/left"))


def reads_all_it_can_and_others_are_served(base):
    """A stream whose reader is as quick as it is once kept the server from everybody else."""
    answer = requests.get(base + "/endless/requests-quick", stream=True)
    is_over = threading.Event()

    def read():
        for _ in answer.iter_content(None):
            if is_over.is_set():
                return

    reader = threading.Thread(target=read)
    reader.start()
    try:
        for number in range(10):
            same(requests.get(base + f"/greet/{number}", timeout=20).text, f"Hello {number}")
    finally:
        is_over.set()
        reader.join()
        answer.close()


def sees_that_an_answer_was_cut_off(base):
    try:
        requests.get(base + "/cut").text
    except requests.exceptions.ChunkedEncodingError:
        return
    raise AssertionError("the answer was taken for whole")


def reads_events_while_they_are_sent(base):
    def event(lines):
        """The lines of one event, in order of their names."""
        found = []
        while line := next(lines):
            found.append(line.decode())
        return sorted(found)

    with requests.get(base + "/events/requests", stream=True, timeout=30) as answer:
        same((answer.headers["content-type"], answer.headers["cache-control"]), ("text/event-stream", "no-store"))
        lines = answer.iter_lines(chunk_size=1)
        same(event(lines), ["data: first", "id: 1"])
        requests.post(base + "/open/events-requests")
        same(event(lines), ['data: {"n":2,"text":"zwei\\nzeilen ✓"}', "event: count", "id: 2"])
        requests.post(base + "/open/events-requests")
        same(event(lines), ["data: lines", "data: two"])
        same(list(lines), [])


def many_threads_ask_at_once(base):
    found = [None] * 20

    def work(place):
        with requests.Session() as client:
            found[place] = [client.get(base + f"/greet/{place}-{n}").text for n in range(10)]

    threads = [threading.Thread(target=work, args=(place,)) for place in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(found, [[f"Hello {place}-{n}" for n in range(10)] for place in range(20)])


if __name__ == "__main__":
    main(globals())
