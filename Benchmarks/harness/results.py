"""What a section finds: tables of figures, and goals that were reached or not."""

from dataclasses import dataclass, field

from . import statistics

PROGRAM = "routebook"


@dataclass(frozen=True)
class Measure:
    """A column: what was measured and in which unit. Of the first column of a table ratios are shown."""

    key: str
    label: str
    unit: str


@dataclass
class Row:
    """One contestant: the samples of each measure, one for each round. Or why there are none."""

    name: str
    samples: dict[str, list[float]] = field(default_factory=dict)
    absent: str | None = None

    def value(self, key: str) -> float | None:
        values = self.samples.get(key)
        return statistics.median(values) if values else None


@dataclass
class Table:
    """Contestants beside one another. A ratio is ours by theirs: below 1 the program needs less.

    Written `across`, each measure is a line and each contestant a column, with all ratios and, where
    there are several, their geometric mean.
    """

    title: str
    measures: list[Measure]
    rows: list[Row]
    notes: list[str] = field(default_factory=list)
    across: bool = False
    #: The measures that have no part in the mean against a peer.
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def row(self, name: str) -> Row | None:
        return next((row for row in self.rows if row.name == name), None)

    def ratio(self, peer: str, key: str, ours: str = PROGRAM) -> float | None:
        """Ours by that of `peer`; nothing where one of the two was not measured."""
        a, b = self.row(ours), self.row(peer)
        if not a or not b or not a.samples.get(key) or not b.samples.get(key) or min(b.samples[key]) <= 0:
            return None
        return statistics.ratio(a.samples[key], b.samples[key])

    def mean_ratio(self, peer: str) -> float | None:
        """The geometric mean over all measures but those that are left out; nothing where one of them is missing."""
        wanted = [measure.key for measure in self.measures if measure.key not in self.left_out.get(peer, ())]
        ratios = [self.ratio(peer, key) for key in wanted]
        return None if None in ratios or not ratios else statistics.geometric_mean(ratios)


@dataclass
class Goal:
    """What was to be reached: a value of at most `limit`."""

    what: str
    value: float | None
    limit: float
    unit: str

    @property
    def reached(self) -> bool | None:
        """Nothing where it was not measured."""
        return None if self.value is None else self.value <= self.limit


@dataclass
class SectionResult:
    name: str
    about: str
    tables: list[Table] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    seconds: float = 0
    when: str = ""

    def want(self, what: str, value: float | None, limit: float, unit: str) -> None:
        self.goals.append(Goal(what, value, limit, unit))

    def want_ratio(self, table: Table, key: str, peer: str, limit: float, what: str | None = None) -> None:
        """That ours is at most `limit` times that of the peer."""
        label = next(measure.label for measure in table.measures if measure.key == key)
        self.want(f"{what or label} against {peer}", table.ratio(peer, key), limit, f"× {peer}")

    def want_ahead(self, table: Table, key: str, peers: list[str], what: str | None = None) -> None:
        """That ours is not above that of any peer: the one that comes closest is named.

        Where one was not measured nobody knows, unless another is ahead already.
        """
        label = next(measure.label for measure in table.measures if measure.key == key)
        ratios = {peer: table.ratio(peer, key) for peer in peers}
        found = {peer: ratio for peer, ratio in ratios.items() if ratio is not None}
        closest = max(found, key=found.get, default=None)
        value = found.get(closest)
        if len(found) < len(peers) and value is not None and value <= 1:
            value = None
        self.want(f"{what or label}, ahead of all", value, 1, f"× {closest or peers[0]}")
