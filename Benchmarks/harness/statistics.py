"""Of many figures one: medians, means, ratios."""

import math
from collections.abc import Iterable, Sequence


def median(values: Iterable[float]) -> float:
    """The one in the middle, or the mean of the two."""
    ordered = sorted(values)
    if not ordered:
        raise ValueError("no values have no median")
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def geometric_mean(values: Iterable[float]) -> float:
    """The mean of ratios: that of `2` and `1/2` is 1."""
    logs = [math.log(value) for value in values]
    if not logs:
        raise ValueError("no values have no mean")
    return math.exp(sum(logs) / len(logs))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> float:
    """How many times theirs ours is: the median over the rounds, each of which both were measured in.

    What slows the whole machine for a while slows both within a round, and falls out.
    """
    return median(a / b for a, b in zip(ours, theirs))
