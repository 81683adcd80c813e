import contextlib
import io
import sys
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from harness import processes
from instructions import __main__ as check
from instructions import paths


class Instructions(unittest.TestCase):
    def run_with(self, counts, baseline, *options):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "baseline.json")
            if baseline is not None:
                file.write_text(baseline)
            with (
                mock.patch.object(check, "BASELINE", file), mock.patch.object(check.shutil, "which", return_value="x"),
                mock.patch.object(check.subprocess, "run", **{"return_value.returncode": 0}), mock.patch.object(check.machine, "is_program"),
                mock.patch.object(paths, "UNITS", counts),
                mock.patch.object(paths, "count", lambda _, name: counts[name]),
                mock.patch("sys.argv", ["bench-check", "--program", sys.executable, *options]), mock.patch("builtins.print"),
            ):
                return check.main(), file.read_text() if file.exists() else None

    def test_what_grows_by_more_than_a_twentieth_fails(self):
        self.assertEqual(self.run_with({"a": 105, "b": 10}, '{"a": 100, "b": 10}')[0], 0)
        self.assertEqual(self.run_with({"a": 106, "b": 10}, '{"a": 100, "b": 10}')[0], 1)

    def test_a_program_that_is_not_there_is_named_in_one_line(self):
        said = io.StringIO()
        with (
            contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as end,
            mock.patch("sys.argv", ["bench-check", "--program", "/nosuch"]),
        ):
            check.main()
        self.assertEqual(end.exception.code, 64)
        told = "make bench-check: /nosuch is no routebook that can be run; run `make build` first\n"
        self.assertEqual(said.getvalue(), told)

    def test_what_is_new_or_less_does_not(self):
        self.assertEqual(self.run_with({"a": 50, "c": 9}, '{"a": 100}')[0], 0)
        self.assertEqual(self.run_with({"a": 50}, None)[0], 0)

    def test_what_is_counted_can_be_kept(self):
        self.assertEqual(self.run_with({"a": 210.4}, '{"a": 100}', "--write"), (0, '{\n  "a": 210\n}\n'))

    def test_what_callgrind_has_counted_is_its_summary(self):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "out")
            out.write_text("events: Ir\nfn=(1) main\n3 120\nsummary: 4711\n")
            self.assertEqual(paths._total(out), 4711)
            out.write_text("events: Ir\n")
            with self.assertRaises(processes.Failure):
                paths._total(out)

    def test_a_change_is_told_beside_the_count(self):
        self.assertTrue(check.told("a", 1_050, 1_000).endswith("1,050 instructions, +5.0 %"))
        self.assertTrue(check.told("a", 7, None).endswith("7 instructions, not known before"))


if __name__ == "__main__":
    unittest.main()
