"""What `websockets` does with a server; each function is a behaviour, and a test."""

import asyncio
import json
import os
import signal
import subprocess
import sys

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from behaviours import ask, main, same, until, until_async


def socket(address, path, **options):
    return connect(address.replace("http", "ws") + path, **options)


async def talks_in_text_and_bytes(base):
    async with socket(base, "/chat") as ws:
        for message in ["", "x", "grüße 😀", b"", bytes(range(256)), "l" * 200, "L" * 70_000, b"b" * 70_000]:
            await ws.send(message)
            same(await ws.recv(), message)
        # Sent ahead, they come back in order.
        for number in range(500):
            await ws.send(str(number))
        same([await ws.recv() for _ in range(500)], [str(number) for number in range(500)])


async def sends_a_message_in_fragments(base):
    async with socket(base, "/chat") as ws:
        await ws.send(["ein ", "zwei", " ", "drei ✓"])
        same(await ws.recv(), "ein zwei drei ✓")

        async def pieces():
            for number in range(5):
                # A ping between fragments is answered.
                await (await ws.ping())
                yield bytes([number]) * 3

        await ws.send(pieces())
        same(await ws.recv(), bytes([0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]))


async def pings_and_is_answered(base):
    async with socket(base, "/chat", ping_interval=None) as ws:
        for data in [b"", b"hello", b"x" * 125]:
            answered = await ws.ping(data)
            same(await asyncio.wait_for(answered, 30) >= 0, True)


async def offers_compression_and_gets_none(base):
    async with socket(base, "/chat", compression="deflate") as ws:
        same("permessage-deflate" in ws.request.headers["Sec-WebSocket-Extensions"], True)
        same("Sec-WebSocket-Extensions" in ws.response.headers, False)
        await ws.send("x" * 10_000)
        same(await ws.recv(), "x" * 10_000)


async def sends_what_is_as_large_as_may_be_and_no_more(base):
    limit = 1 << 20
    async with socket(base, "/chat", max_size=None) as ws:
        for message in ["m" * limit, b"m" * limit]:
            await ws.send(message)
            same(await ws.recv(), message)
    for pieces in [["m" * (limit + 1)], ["m" * limit, "m"], ["m" * 400_000] * 3]:
        async with socket(base, "/chat", max_size=None) as ws:
            await closes(ws, 1009, pieces)


async def closes(ws, code, message=None):
    """The server closes with a code, while or after something is sent."""
    try:
        if message is not None:
            await ws.send(message)
        await ws.recv()
    except ConnectionClosed as error:
        same(error.rcvd and error.rcvd.code, code)
        return error.rcvd.reason
    raise AssertionError("it was not closed")


async def is_told_of_what_is_no_text(base):
    async with socket(base, "/chat") as ws:
        await ws.send(b"\xff\xfe", text=True)
        await closes(ws, 1007)


async def closes_with_codes_of_its_own(base):
    for code, reason in [(1000, ""), (1001, "going"), (3000, "x" * 123), (4999, "grüße")]:
        key = f"ws-{code}"
        async with socket(base, f"/watched/{key}") as ws:
            same(await ws.recv(), "here")
            await ws.close(code, reason)
            same((ws.close_code, ws.close_reason), (code, reason))
        await until_async("the handler has seen it", lambda: ask(base + f"/closed/{key}"))
        same(json.loads(ask(base + f"/closed/{key}")), [code, reason])


async def is_closed_with_codes_of_the_route(base):
    for code in [1000, 1001, 1011, 3000, 4999]:
        async with socket(base, f"/close/{code}") as ws:
            same(await closes(ws, code), "as asked")
    async with socket(base, "/fails") as ws:
        same(await closes(ws, 1011), "the handler failed")


async def a_hundred_chat_with_each_other(base):
    count = 100
    sockets = await asyncio.gather(*(socket(base, "/room") for _ in range(count)))
    await until_async("all are in the room", lambda: int(ask(base + "/room")) == count)

    async def chat(place):
        await sockets[place].send(f"from {place}")
        return sorted([await sockets[place].recv() for _ in range(count)])

    heard = await asyncio.gather(*(chat(place) for place in range(count)))
    same(heard, [sorted(f"from {place}" for place in range(count))] * count)
    await asyncio.gather(*(ws.close() for ws in sockets[: count // 2]))
    await until_async("half of them have left", lambda: int(ask(base + "/room")) == count // 2)
    for ws in sockets[count // 2 :]:
        ws.transport.abort()
    await until_async("all have left", lambda: int(ask(base + "/room")) == 0)


def is_killed_and_the_handler_cleans_up(base):
    here = os.path.dirname(os.path.abspath(__file__))
    client = subprocess.Popen(
        [sys.executable, os.path.join(here, "websockets_client.py"), "stays_until_it_is_killed", base],
        stdout=subprocess.PIPE,
    )
    same(client.stdout.readline(), b"here\n")
    same(ask(base + "/closed/killed"), "")
    os.kill(client.pid, signal.SIGKILL)
    client.wait()
    until("the handler's defer has run", lambda: ask(base + "/closed/killed"))
    same(json.loads(ask(base + "/closed/killed")), [1006, ""])


async def stays_until_it_is_killed(address):
    async with socket(address, "/watched/killed") as ws:
        print(await ws.recv(), flush=True)
        await ws.recv()


async def goes_while_it_is_sent_to(base):
    for how in ["closes", "aborts"]:
        async with socket(base, f"/flood/{how}", max_queue=None) as ws:
            same([await ws.recv() for _ in range(200)], ["0123456789" * 400] * 200)
            if how == "aborts":
                ws.transport.abort()
        await until_async("the handler has ended", lambda: how in ask(base + "/left"))


async def does_not_read_and_is_not_sent_more(base):
    """The handler of a client that does not read waits, and others are served."""
    async with socket(base, "/flood/slow", max_queue=1) as ws:
        same(await ws.recv(), "0123456789" * 400)
        async with socket(base, "/chat") as other:
            for number in range(50):
                await other.send(str(number))
                same(await other.recv(), str(number))
        ws.transport.abort()
    await until_async("the handler has ended", lambda: "slow" in ask(base + "/left"))


if __name__ == "__main__":
    main(globals())
