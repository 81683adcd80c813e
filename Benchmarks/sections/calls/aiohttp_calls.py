"""Calls by aiohttp: reads a name, an address and a number, answers with `= ` and the milliseconds that it took."""

import asyncio
import sys
import time

import aiohttp


async def call(session, url):
    async with session.get(url) as response:
        if await response.text() != "ok":
            raise ValueError(f"the answer is {response}")


async def atOnce(session, url, n):
    began = time.perf_counter()
    await asyncio.gather(*(call(session, url) for _ in range(n)))
    return time.perf_counter() - began


async def oneByOne(session, url, n):
    began = time.perf_counter()
    for _ in range(n):
        await call(session, url)
    return time.perf_counter() - began


async def main():
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=4096)) as session:
        # Lines are read without a thread: between two of them nothing else has to go on.
        for line in sys.stdin:
            name, url, n = line.split()
            print("=", await globals()[name](session, url, int(n)) * 1000, flush=True)


asyncio.run(main())
