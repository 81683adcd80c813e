"""Calls by treq: reads a name, an address and a number, answers with `= ` and the milliseconds that it took."""

import sys
import time

import treq
from twisted.internet import reactor
from twisted.internet.defer import ensureDeferred, gatherResults
from twisted.web.client import HTTPConnectionPool

pool = HTTPConnectionPool(reactor, persistent=True)
pool.maxPersistentPerHost = 4096


async def call(url):
    response = await treq.get(url, pool=pool)
    if await response.text() != "ok":
        raise ValueError(f"the answer is {response}")


async def atOnce(url, n):
    began = time.perf_counter()
    await gatherResults([ensureDeferred(call(url)) for _ in range(n)])
    return time.perf_counter() - began


async def oneByOne(url, n):
    began = time.perf_counter()
    for _ in range(n):
        await call(url)
    return time.perf_counter() - began


async def main():
    # Lines are read without a thread: between two of them nothing else has to go on.
    for line in sys.stdin:
        name, url, n = line.split()
        print("=", await globals()[name](url, int(n)) * 1000, flush=True)
    reactor.stop()


def failed(failure):
    failure.printTraceback(file=sys.stderr)
    reactor.stop()


reactor.callWhenRunning(lambda: ensureDeferred(main()).addErrback(failed))
reactor.run()
