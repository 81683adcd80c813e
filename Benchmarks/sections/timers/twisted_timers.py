"""Timers in Twisted: reads a name and numbers, answers with `= `."""

import sys
import time

from twisted.internet import reactor
from twisted.internet.defer import Deferred, ensureDeferred
from twisted.internet.task import LoopingCall


async def once(n):
    """Each is due at a millisecond of its own second, as timeouts of requests are."""
    done = Deferred()
    fired = 0

    def fire():
        nonlocal fired
        fired += 1
        if fired == n:
            done.callback(None)

    for i in range(n):
        reactor.callLater((500 + i * 7 % 1000) / 1000, fire)
    await done
    return fired


async def drift(interval, n):
    """By how many milliseconds the last of so many ticks is off its place, those that were skipped counted."""
    done = Deferred()
    first, ticks, skipped = None, 0, 0

    def tick(count):
        nonlocal first, ticks, skipped
        first = first or time.perf_counter()
        ticks += count
        skipped += count - 1
        if ticks >= n and not done.called:
            done.callback(time.perf_counter())

    loop = LoopingCall.withCount(tick)
    loop.start(interval / 1000)
    last = await done
    loop.stop()
    return f"{(last - first) * 1000 - (ticks - 1) * interval} {skipped}"


async def main():
    # Lines are read without a thread: between two of them nothing else has to go on.
    for line in sys.stdin:
        name, *numbers = line.split()
        print("=", await globals()[name](*map(int, numbers)), flush=True)
    reactor.stop()


def failed(failure):
    failure.printTraceback(file=sys.stderr)
    reactor.stop()


reactor.callWhenRunning(lambda: ensureDeferred(main()).addErrback(failed))
reactor.run()
