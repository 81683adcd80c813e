import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from harness import figures, machine, page, peers, store, terminal
from harness.results import Measure, Row, SectionResult, Table


def result() -> SectionResult:
    table = Table(
        "GET /greet/you", [Measure("cpu", "CPU per request", "µs"), Measure("rate", "requests", "1/s")],
        [
            Row("routebook", {"cpu": [10, 30, 20], "rate": [50_000, 40_000, 45_123]}),
            Row("Node", {"cpu": [20, 60, 40], "rate": [20_000, 10_000, 15_000]}),
            Row("Klein", absent="not installed"),
        ], ["a note"])
    found = SectionResult("http", "requests by wrk", [table], when="2026-11-28")
    found.want_ratio(table, "cpu", "Node", 0.55)
    found.want_ratio(table, "cpu", "Klein", 0.12)
    found.want("start to prompt", 31.04, 20, "ms")
    return found


class FigureTests(unittest.TestCase):
    def test_three_digits_say_something(self):
        written = {
            0: "0", 0.0004: "0.0004", 0.0123: "0.012", 0.5678: "0.57", 1.2345: "1.23", 9.999: "10.0", 12.34: "12.3",
            99.97: "100", 123.4: "123", 12345: "12,300", 999_600: "1,000,000", 1_234_567: "1,230,000",
        }
        for value, text in written.items():
            self.assertEqual(figures.number(value), text)

    def test_a_goal_stands_beside_its_figure(self):
        self.assertEqual(figures.goal(0.5811, 0.55, "× Node"), "0.58× Node, wanted ≤ 0.55×")
        self.assertEqual(figures.goal(31.04, 20, "ms"), "31.0 ms, wanted ≤ 20 ms")
        # What is missed by little says so.
        self.assertEqual(figures.goal(0.28241, 0.28, "× CPython"), "0.2824× CPython, wanted ≤ 0.28×")
        self.assertEqual(figures.goal(200.41, 200, "ms"), "200.4 ms, wanted ≤ 200 ms")
        self.assertEqual(figures.goal(199.6, 200, "ms"), "200 ms, wanted ≤ 200 ms")
        self.assertEqual(figures.goal(None, 2, "× nginx"), "not measured, wanted ≤ 2×")


class GoalTests(unittest.TestCase):
    def test_who_is_ahead_of_all_is_held_to_the_closest_and_to_those_not_measured(self):
        table = Table(
            "calls", [Measure("time", "time", "ms")],
            [Row("routebook", {"time": [10]}), Row("Node", {"time": [40]}), Row("treq", {"time": [8]}), Row("Lua")])
        found = SectionResult("calls", "calls to others")
        found.want_ahead(table, "time", ["Node", "treq", "Lua"])
        found.want_ahead(table, "time", ["Node", "Lua"])
        found.want_ahead(table, "time", ["Node"])
        self.assertEqual((found.goals[0].value, found.goals[0].unit), (1.25, "× treq"))
        self.assertEqual([goal.reached for goal in found.goals], [False, None, True])


class MeanTests(unittest.TestCase):
    def test_the_mean_is_unknown_where_a_program_failed_that_was_not_left_out(self):
        table = Table(
            "CPU time", [Measure("calls", "calls", "ms"), Measure("parsing", "parsing", "ms")],
            [Row("routebook", {"calls": [1], "parsing": [4]}), Row("Lua", {"calls": [2]}), Row("Node", {"calls": [2]}),
             Row("CPython", {"calls": [2], "parsing": [2]})],
            left_out={"Lua": ["parsing"]})
        self.assertEqual([table.mean_ratio(name) for name in ("Lua", "Node", "CPython")], [0.5, None, 1])


class ProgramTests(unittest.TestCase):
    def test_only_what_is_built_here_gets_onto_the_page(self):
        self.assertTrue(machine.is_built_here(str((peers.ROOT / ".build").resolve() / "release" / "routebook")))
        self.assertFalse(machine.is_built_here("/usr/bin/routebook"))
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "routebook")
            program.write_text("#!/bin/sh\necho 0.1.0\n")
            program.chmod(0o700)
            run = subprocess.run(
                [sys.executable, "-m", "harness", "--program", str(program), "--write"], capture_output=True, text=True,
                cwd=peers.ROOT / "Benchmarks", timeout=60)
        self.assertEqual(run.returncode, 64)
        self.assertIn("WRITE=1 is for the program that is built here", run.stderr)


class TerminalTests(unittest.TestCase):
    def test_columns_are_aligned_and_who_is_missing_is_named(self):
        self.assertEqual(terminal.section_lines(result()), [
            "http: requests by wrk",
            "",
            "GET /greet/you",
            "              CPU per request, µs   requests, 1/s   ours ÷ theirs",
            "  routebook                  20.0          45,100",
            "  Node                       40.0          15,000           0.50×",
            "  Klein             not installed",
            "  a note",
            "",
            "  reached  CPU per request against Node   0.50× Node, wanted ≤ 0.55×",
            "  unknown  CPU per request against Klein  not measured, wanted ≤ 0.12×",
            "  missed   start to prompt                31.0 ms, wanted ≤ 20 ms",
        ])


class PageTests(unittest.TestCase):
    machine = {
        "processor": "A", "cores": 2, "memory": "4 GiB", "system": "Debian", "kernel": "6", "program": "routebook 0.1",
        "load": 0.1, "peers": {"Node": "20"},
    }
    names = ["programs", "http", "start"]

    def test_what_people_wrote_around_the_figures_stays(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "performance.md"
            page.write(file, self.machine, [], self.names)
            file.write_text(file.read_text() + "\n## What was learnt\n")
            page.write(file, self.machine, [result()], self.names)
            text = file.read_text()
            self.assertIn("Requests by wrk. Measured 2026-11-28.\n\n**GET /greet/you**\n", text)
            self.assertIn("| Node | 40.0 | 15,000 | 0.50× |", text)
            self.assertIn("| Klein | not installed |  |  |", text)
            self.assertTrue(text.endswith(f"{page.END}\n\n## What was learnt\n"))
            page.write(file, self.machine, [result()], self.names)
            self.assertEqual(file.read_text(), text)

    def test_sections_that_were_not_run_stay_where_the_machine_is_of_the_same_kind(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "performance.md"
            start = SectionResult("start", "starting", when="yesterday")
            programs = SectionResult("programs", "programs", failures=["Lua is gone"], when="today")
            page.write(file, self.machine, [result(), start], self.names)
            page.write(file, self.machine | {"program": "routebook 0.2"}, [programs], self.names)
            text = file.read_text()
            self.assertIn("| program | routebook 0.2 |", text)
            page.write(file, self.machine | {"program": "routebook 0.2"}, [programs, result(), start], self.names)
            self.assertEqual(file.read_text(), text)
            page.write(file, self.machine | {"processor": "B"}, [start], self.names)
            self.assertEqual(re.findall("^## .*", file.read_text(), re.MULTILINE), ["## The machine", "## start"])

    def test_a_page_without_a_place_for_figures_is_left_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "performance.md"
            file.write_text("# Mine\n")
            with self.assertRaises(ValueError):
                page.write(file, self.machine, [], self.names)
            self.assertEqual(file.read_text(), "# Mine\n")


class StoreTests(unittest.TestCase):
    def test_sections_that_were_not_run_keep_what_they_had(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "results.json"
            store.save(file, PageTests.machine, [result()])
            store.save(file, PageTests.machine, [SectionResult("fibers", "what a fiber costs")])
            machine, results = store.load(file)
            self.assertEqual(machine, PageTests.machine)
            self.assertEqual([each.name for each in results], ["http", "fibers"])
            self.assertEqual(results[0], result())

    def test_figures_of_another_machine_are_dropped(self):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "results.json"
            store.save(file, PageTests.machine, [result()])
            store.save(file, PageTests.machine | {"cores": 64}, [SectionResult("fibers", "what a fiber costs")])
            self.assertEqual([each.name for each in store.load(file)[1]], ["fibers"])


if __name__ == "__main__":
    unittest.main()
