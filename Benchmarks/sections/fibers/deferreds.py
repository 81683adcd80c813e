"""Twisted's Deferreds with coroutines: reads a name and a number, answers with `= ` and the sum."""

import sys

from twisted.internet.defer import Deferred, ensureDeferred

parked = []


async def run(n):
    sum = 0

    async def add(i):
        nonlocal sum
        sum += i

    for i in range(n):
        ensureDeferred(add(i))
    return sum


async def handOver(n):
    """Each step resumes the other and parks itself."""
    forth, back = Deferred(), Deferred()

    async def echo():
        nonlocal forth
        for _ in range(n):
            value = await forth
            forth = Deferred()
            back.callback(value)

    async def drive():
        nonlocal back
        sum = 0
        for i in range(n):
            # The other runs within this call, so what it fires is there before it is awaited.
            forth.callback(i)
            sum += await back
            back = Deferred()
        return sum

    echoed = ensureDeferred(echo())
    sum = await drive()
    await echoed
    return sum


async def park(n):
    async def wait(gate):
        await gate

    for _ in range(n):
        parked.append(ensureDeferred(wait(Deferred())))
    return len(parked)


for line in sys.stdin:
    name, n = line.split()
    ensureDeferred(globals()[name](int(n))).addCallback(lambda value: print("=", value, flush=True))
