"""The results as a page of the documentation: `docs/performance.md`.

What people have written there, around the two lines that enclose the figures, stays.
"""

import re
import textwrap
from pathlib import Path

from .figures import goal
from .machine import QUIET
from .results import SectionResult, Table
from .terminal import cells

BEGIN = "<!-- Figures, written by `make bench WRITE=1`: do not edit. -->"
END = "<!-- End of the figures. -->"

_INTRODUCTION = """# Speed, side by side

`make bench` measures the program and its peers in one run, in turns; [Benchmarks/README.md](../Benchmarks/README.md)
says how. All figures are medians over the rounds. Ratios are the program's figure by the peer's, so less is better, and
are taken within each round, since machines are noisy.

"""


def write(file: Path, machine: dict, results: list[SectionResult], names: list[str]) -> None:
    """Puts the figures between their two lines; into a new page where there is none.

    Sections are in the order of `names`. One that is not among the results keeps what the page says of it, where that was
    measured on such a machine.
    """
    text = file.read_text() if file.exists() else f"{_INTRODUCTION}{BEGIN}\n{END}\n"
    before, begin, rest = text.partition(BEGIN)
    there, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has no lines “{BEGIN}” and “{END}” to put the figures between")
    file.write_text(f"{before}{BEGIN}\n\n{figures(machine, results, names, there)}\n{END}{after}")


def figures(machine: dict, results: list[SectionResult], names: list[str], before: str = "") -> str:
    sections = _sections(before) if _kind(machine) in before else {}
    sections |= {result.name: _section(result) for result in results}
    return "\n".join([_machine(machine)] + [sections[name] for name in names if name in sections])


def _sections(text: str) -> dict[str, str]:
    """What the figures say of each section, as `_section` gives it."""
    parts = re.split(r"^## (.+)\n", text, flags=re.MULTILINE)
    return {name: f"## {name}\n{body.rstrip()}\n" for name, body in zip(parts[1::2], parts[2::2])}


def _kind(machine: dict) -> str:
    """The row that names what the figures of the page have to share."""
    return f"| processor | {machine['processor']}, {machine['cores']} cores, {machine['memory']} of memory |"


def _machine(machine: dict) -> str:
    rows = [
        ("system", f"{machine['system']}, Linux {machine['kernel']}"),
        ("other programs", "were running" if machine["load"] > QUIET else "none to speak of"),
        ("program", machine["program"]),
        ("peers", ", ".join(f"{name} {version}" for name, version in machine["peers"].items())),
    ]
    return "\n".join(
        ["## The machine", "", "| | |", "| --- | --- |", _kind(machine), *(f"| {a} | {b} |" for a, b in rows), ""])


def _section(result: SectionResult) -> str:
    lines = [f"## {result.name}", "", _wrapped(f"{result.about}. Measured {result.when}."), ""]
    for table in result.tables:
        lines += _table(table)
    if result.goals:
        lines += ["| goal | | |", "| --- | --- | --- |"]
        for each in result.goals:
            word = {True: "reached", False: "**missed**", None: "unknown"}[each.reached]
            lines.append(f"| {each.what} | {goal(each.value, each.limit, each.unit)} | {word} |")
        lines.append("")
    for failure in result.failures:
        lines += [_wrapped(f"This failed: {failure}"), ""]
    return "\n".join(lines)


def _table(table: Table) -> list[str]:
    texts = cells(table)
    width = len(texts[0])
    lines = [f"**{_sentence(table.title)}**", "", _row(texts[0]), "| --- |" + " ---: |" * (width - 1)]
    lines += [_row(line + [""] * (width - len(line))) for line in texts[1:]]
    return lines + [""] + [line for note in table.notes for line in (_wrapped(note), "")]


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _wrapped(text: str) -> str:
    return textwrap.fill(_sentence(text), 118, break_long_words=False, break_on_hyphens=False)


def _row(texts: list[str]) -> str:
    return "| " + " | ".join(text.replace("|", "\\|") for text in texts) + " |"
