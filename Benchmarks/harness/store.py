"""The results as JSON: what the last run of each section found."""

import dataclasses
import fcntl
import json
from pathlib import Path

from .results import Goal, Measure, Row, SectionResult, Table


def save(file: Path, machine: dict, results: list[SectionResult]) -> None:
    """Writes them, as a whole or not at all. Sections that were not run, or are run beside, keep what they had before on
    this machine."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _merge(file, machine, results)


def _merge(file: Path, machine: dict, results: list[SectionResult]) -> None:
    before, kept = load(file)
    if any(before.get(key) != machine.get(key) for key in ("processor", "cores", "memory", "kernel")):
        kept = []
    kept = {result.name: result for result in kept + results}
    document = {"machine": machine, "sections": {name: _section(result) for name, result in kept.items()}}
    temporary = file.with_suffix(".tmp")
    temporary.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    temporary.replace(file)


def load(file: Path) -> tuple[dict, list[SectionResult]]:
    """What is there; nothing where there is no file, or one of another form."""
    try:
        document = json.loads(file.read_text())
        return document["machine"], [_parsed(name, each) for name, each in document["sections"].items()]
    except (OSError, ValueError, KeyError, TypeError):
        return {}, []


def _section(result: SectionResult) -> dict:
    section = dataclasses.asdict(result)
    del section["name"]
    for goal, found in zip(section["goals"], result.goals):
        goal["reached"] = found.reached
    for table, found in zip(section["tables"], result.tables):
        for row, contestant in zip(table["rows"], found.rows):
            row["median"] = {key: contestant.value(key) for key in contestant.samples}
            row["ratio"] = {key: found.ratio(contestant.name, key) for key in contestant.samples}
    return section


def _parsed(name: str, section: dict) -> SectionResult:
    tables = [
        Table(
            table["title"], [Measure(**measure) for measure in table["measures"]],
            [Row(row["name"], row["samples"], row["absent"]) for row in table["rows"]], table["notes"],
            table["across"], table.get("left_out", {}))
        for table in section["tables"]
    ]
    goals = [Goal(goal["what"], goal["value"], goal["limit"], goal["unit"]) for goal in section["goals"]]
    return SectionResult(
        name, section["about"], tables, goals, section["failures"], section["seconds"], section["when"])
