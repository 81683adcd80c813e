"""What `aiohttp` does with a server; each function is a behaviour, and a test."""

import asyncio

import aiohttp

from behaviours import ask, main, same, until_async


async def sends_200_requests_at_once(base):
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(base, connector=connector) as client:

        async def one(number):
            async with client.get(f"/slow/{number}") as answer:
                return answer.status, await answer.text()

        answers = await asyncio.gather(*(one(number) for number in range(200)))
        same(answers, [(200, str(number)) for number in range(200)])
        async with client.get("/together") as answer:
            # They wait together: one after the other they would take 40 seconds.
            same(int(await answer.text()) > 20, True)


async def uses_its_connections_again(base):
    trace = aiohttp.TraceConfig()
    made = []

    async def created(session, context, parameters):
        made.append(1)

    trace.on_connection_create_end.append(created)
    connector = aiohttp.TCPConnector(limit=3)
    async with aiohttp.ClientSession(base, connector=connector, trace_configs=[trace]) as client:

        async def work(start):
            for number in range(start, start + 20):
                async with client.get(f"/greet/{number}") as answer:
                    same(await answer.text(), f"Hello {number}")

        await asyncio.gather(*(work(start * 100) for start in range(10)))
    same(1 <= len(made) <= 3, True)


async def keeps_cookies_by_path(base):
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(base, cookie_jar=jar) as client:
        async with client.post("/login", data={"name": "Bo"}) as answer:
            same(await answer.json(), {"name": "Bo", "cookies": ["session"]})
        async with client.get("/elsewhere/in") as answer:
            same(await answer.json(), ["only-there", "session"])
        await client.post("/logout")
        async with client.get("/me") as answer:
            same(await answer.json(), {"name": None, "cookies": []})


async def sends_a_form_with_a_file_in_pieces(base):
    async def pieces():
        for number in range(10):
            yield bytes([number]) * 1000

    form = aiohttp.FormData()
    form.add_field("title", "ü")
    form.add_field("data", pieces(), filename="data.bin", content_type="application/x-data")
    async with aiohttp.ClientSession(base) as client:
        async with client.post("/form", data=form) as answer:
            found = await answer.json()
    same(found["fields"], {"title": ["ü"]})
    same(found["files"]["data"][0][:3], ["data.bin", "application/x-data", 10_000])


async def uploads_from_an_async_generator_that_is_read_as_it_comes(base):
    async with aiohttp.ClientSession(base) as client:

        async def pieces():
            for number in range(1, 6):
                yield b"a" * 100
                await until_async(f"piece {number} is read", lambda: int(ask(base + "/arrived/aiohttp")) == number * 100)

        async with client.post("/upload/aiohttp", data=pieces()) as answer:
            found = await answer.json()
            same((found["bytes"], found["pieces"]), (500, 5))
        async with client.post("/upload/aiohttp", data=b"") as answer:
            same((await answer.json())["bytes"], 0)


async def reads_what_it_has_sent_while_it_sends_on(base):
    """A copy in both directions: each piece is sent when the one before has come back."""
    back = asyncio.Semaphore(1)

    async def pieces():
        for number in range(20):
            await back.acquire()
            yield b"%04d" % number

    async with aiohttp.ClientSession(base) as client:
        async with client.post("/copy", data=pieces()) as answer:
            found = b""
            async for piece in answer.content.iter_any():
                found += piece
                for _ in range(len(piece) // 4):
                    back.release()
    same(found, b"".join(b"%04d" % number for number in range(20)))


async def reads_an_answer_while_it_is_written(base):
    async with aiohttp.ClientSession(base) as client:
        async with client.get("/pieces/aiohttp") as answer:
            for number in range(1, 4):
                same(await answer.content.readline(), f"piece {number}\n".encode())
                await client.post("/open/aiohttp")
            same(await answer.content.readline(), b"")
    await until_async("the body has ended", lambda: "aiohttp" in ask(base + "/left"))


async def reads_slowly_what_is_large(base):
    async with aiohttp.ClientSession(base, read_bufsize=1024) as client:
        async with client.get("/large") as answer:
            size = 0
            while piece := await answer.content.read(8_192):
                size += len(piece)
                await asyncio.sleep(0)
    same(size, 3_000_000)


async def goes_before_it_is_answered(base):
    async with aiohttp.ClientSession(base) as client:
        try:
            await client.get("/pieces/never", timeout=aiohttp.ClientTimeout(total=0.05))
        except asyncio.TimeoutError:
            pass
        asked = asyncio.create_task(client.get("/slow/1"))
        await asyncio.sleep(0)
        asked.cancel()
        async with client.get("/greet/still") as answer:
            same(await answer.text(), "Hello still")


async def talks_by_websocket(base):
    async with aiohttp.ClientSession(base) as client:
        async with client.ws_connect("/chat") as socket:
            await socket.send_str("grüße ✓")
            same(await socket.receive_str(), "grüße ✓")
            await socket.send_bytes(bytes(range(256)))
            same(await socket.receive_bytes(), bytes(range(256)))
            await socket.send_json({"a": [1, None]})
            same(await socket.receive_json(), {"a": [1, None]})
            await socket.ping(b"are you there")
            await socket.close(code=4002, message=b"enough")
            same(socket.close_code, 4002)
        async with client.ws_connect("/close/4321") as socket:
            message = await socket.receive()
            same((message.type, message.data, message.extra), (aiohttp.WSMsgType.CLOSE, 4321, "as asked"))


async def is_refused_where_no_socket_is(base):
    async with aiohttp.ClientSession(base) as client:
        for path, status in [("/nowhere", 404), ("/greet/you", 200)]:
            try:
                await client.ws_connect(path)
            except aiohttp.WSServerHandshakeError as error:
                same(error.status, status)
            else:
                raise AssertionError(f"{path} became a socket")
        async with client.get("/chat") as answer:
            same((answer.status, answer.headers["upgrade"]), (426, "websocket"))
        try:
            await client.ws_connect("/chat", origin="http://elsewhere.example")
        except aiohttp.WSServerHandshakeError as error:
            same(error.status, 403)
        else:
            raise AssertionError("a page of another origin got in")


if __name__ == "__main__":
    main(globals())
