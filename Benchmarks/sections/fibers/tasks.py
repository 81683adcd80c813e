"""asyncio's tasks: reads a name and a number, answers with `= ` and the sum."""

import asyncio
import sys

parked = []


async def run(n):
    """A thousand at a time, so that what wakes the one that waits for them does not count."""
    sum = 0

    async def add(i):
        nonlocal sum
        sum += i

    for batch in range(n // 1000):
        for i in range(1000):
            last = asyncio.create_task(add(batch * 1000 + i))
        await last
    return sum


async def handOver(n):
    """Each step resumes the other and parks itself."""
    loop = asyncio.get_running_loop()
    forth, back = loop.create_future(), loop.create_future()

    async def echo():
        nonlocal forth
        for _ in range(n):
            value = await forth
            forth = loop.create_future()
            back.set_result(value)

    task = asyncio.create_task(echo())
    sum = 0
    for i in range(n):
        forth.set_result(i)
        sum += await back
        back = loop.create_future()
    await task
    return sum


async def park(n):
    gate = asyncio.get_running_loop().create_future()

    async def wait():
        await gate

    for _ in range(n):
        parked.append(asyncio.create_task(wait()))
    await asyncio.sleep(0.001)
    return len(parked)


async def main():
    # Lines are read without a thread: between two of them nothing else has to go on.
    for line in sys.stdin:
        name, n = line.split()
        print("=", await globals()[name](int(n)), flush=True)


asyncio.run(main())
