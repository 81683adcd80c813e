"""A result as a person reads it in the terminal."""

import textwrap

from .figures import goal, number
from .results import PROGRAM, SectionResult, Table


def cells(table: Table) -> list[list[str]]:
    """A table as texts: a header, then a line for each contestant. The last column is ours by theirs."""
    if table.across:
        return _across(table)
    key = table.measures[0].key
    contested = len(table.rows) > 1
    header = [""] + [", ".join(filter(None, (measure.label, measure.unit))) for measure in table.measures]
    lines = [header + (["ours ÷ theirs"] if contested else [])]
    for row in table.rows:
        if row.absent:
            lines.append([row.name, row.absent])
            continue
        values = [row.value(measure.key) for measure in table.measures]
        line = [row.name] + ["–" if value is None else number(value) for value in values]
        if contested:
            found = None if row.name == PROGRAM else table.ratio(row.name, key)
            line.append("" if found is None else f"{number(found)}×")
        lines.append(line)
    return lines


def _across(table: Table) -> list[list[str]]:
    """A line for each measure: the figure of each contestant, then the ratio to each peer."""
    here = [row for row in table.rows if not row.absent]
    rivals = [row.name for row in here if row.name != PROGRAM]
    unit = table.measures[0].unit
    lines = [[unit] + [row.name for row in here] + [f"÷ {name}" for name in rivals]]
    for measure in table.measures:
        values = [row.value(measure.key) for row in here]
        ratios = [table.ratio(name, measure.key) for name in rivals]
        lines.append(
            [measure.label] + ["–" if value is None else number(value) for value in values]
            + ["–" if ratio is None else f"{number(ratio)}×" for ratio in ratios])
    if len(table.measures) > 1:
        means = [table.mean_ratio(name) for name in rivals]
        lines.append(
            ["geometric mean"] + ["" for _ in here]
            + ["–" if mean is None else f"{number(mean)}×" for mean in means])
    missing = [[row.name, row.absent] for row in table.rows if row.absent]
    return lines + missing


def table_lines(table: Table) -> list[str]:
    """The table with its columns aligned: names to the left, figures to the right."""
    lines = cells(table)
    widths = [max(len(line[i]) for line in lines if i < len(line)) for i in range(len(lines[0]))]
    if any(len(line) == 2 for line in lines[1:]) and len(widths) > 1:
        widths[1] = max(widths[1], max(len(line[1]) for line in lines[1:] if len(line) == 2))
    shown = [table.title]
    for line in lines:
        parts = [line[0].ljust(widths[0])] + [text.rjust(width) for text, width in zip(line[1:], widths[1:])]
        shown.append(("  " + "   ".join(parts)).rstrip())
    for note in table.notes:
        shown += textwrap.wrap(note, 110, initial_indent="  ", subsequent_indent="  ")
    return shown


def section_lines(result: SectionResult) -> list[str]:
    """All of a section: its tables, then its goals."""
    lines = [f"{result.name}: {result.about}"]
    for table in result.tables:
        lines += ["", *table_lines(table)]
    if result.goals:
        width = max(len(each.what) for each in result.goals)
        lines.append("")
        for each in result.goals:
            word = {True: "reached", False: "missed ", None: "unknown"}[each.reached]
            lines.append(f"  {word}  {each.what.ljust(width)}  {goal(each.value, each.limit, each.unit)}")
    lines += [f"  FAILED   {failure}" for failure in result.failures]
    return lines
