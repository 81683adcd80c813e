"""Runs one behaviour of a client: `python requests_client.py NAME http://127.0.0.1:PORT`."""

import asyncio
import inspect
import sys
import time
import urllib.request


def same(found, wanted):
    if found != wanted:
        raise AssertionError(f"found {found!r}, wanted {wanted!r}")


def until(what, condition, seconds=30):
    """Waits until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"it never came to it: {what}")
        time.sleep(0.005)


async def until_async(what, condition, seconds=30):
    """The same while other tasks go on."""
    await asyncio.to_thread(until, what, condition, seconds)


def ask(address):
    """The text of an answer, over a connection of its own, by the library that Python itself has."""
    with urllib.request.urlopen(address, timeout=30) as answer:
        return answer.read().decode()


def main(behaviours):
    name, base = sys.argv[1:]
    behaviour = behaviours[name]
    if inspect.iscoroutinefunction(behaviour):
        asyncio.run(asyncio.wait_for(behaviour(base), 60))
    else:
        behaviour(base)
