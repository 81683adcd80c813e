"""Contestants take turns, so that what else the machine does meets all of them alike."""

from collections.abc import Callable
from dataclasses import dataclass

from . import progress
from .processes import Failure
from .results import Row


@dataclass(frozen=True)
class Contestant:
    """Who is measured, and how: `measure` gives a figure for each key. `absent` says why it can't be."""

    name: str
    measure: Callable[[], dict[str, float]] | None
    absent: str | None = None


def alternate(
    section: str, title: str, contestants: list[Contestant], runs: int, failures: list[str]
) -> list[Row]:
    """Measures each contestant once a round, `runs` rounds; each round begins with another one.

    One that fails is out, and told in `failures`.
    """
    rows = {each.name: Row(each.name, absent=each.absent) for each in contestants}
    for turn in range(runs):
        start = turn % len(contestants)
        for contestant in contestants[start:] + contestants[:start]:
            row = rows[contestant.name]
            if row.absent or not contestant.measure:
                continue
            progress.show(f"{section}, {title}: round {turn + 1} of {runs}, {contestant.name}")
            try:
                for key, value in contestant.measure().items():
                    row.samples.setdefault(key, []).append(value)
            except (Failure, OSError, ValueError) as error:
                row.absent = "failed"
                row.samples = {}
                failures.append(f"{title}, {contestant.name}: {error}")
    progress.clear()
    return list(rows.values())
