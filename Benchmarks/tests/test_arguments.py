"""What `make bench` is told."""

import contextlib
import io
import os
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from harness import __main__ as bench


def told(*words: str):
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder, "routebook")
        program.write_text("#!/bin/sh\necho 0.1.0\n")
        program.chmod(0o700)
        with mock.patch("sys.argv", ["bench", "--program", str(program), *words]):
            return bench.arguments()


class ArgumentsTests(unittest.TestCase):
    def test_sections_may_have_spaces_or_commas_between_them(self):
        for words in (["timers", "fibers"], ["timers,fibers"], ["timers,", "fibers"]):
            self.assertEqual(told(*words).sections, ["timers", "fibers"])
        self.assertEqual(told().sections, [])

    def test_what_cannot_be_is_said_in_one_line(self):
        for words in (
            ["--runs", "x"], ["--runs", "0"], ["--seconds", "0"], ["--seconds", "1.5"], ["timer"], ["timers,fiber"], [","],
            ["--no"], ["--", "--write"],
        ):
            said = io.StringIO()
            with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as end:
                told(*words)
            self.assertEqual(end.exception.code, 64)
            self.assertEqual(said.getvalue().count("\n"), 1)
            self.assertTrue(said.getvalue().startswith("make bench: "))

    def test_what_cannot_be_run_is_no_program(self):
        with tempfile.NamedTemporaryFile("w") as text:
            text.write("no program")
            text.flush()
            os.chmod(text.name, 0o700)
            for path in ("/tmp", "/no/such", "no-such-command", "/bin/ls", "/bin/true", text.name):
                said = io.StringIO()
                with contextlib.redirect_stderr(said), self.assertRaises(SystemExit) as end:
                    told("--program", path)
                self.assertEqual(end.exception.code, 64)
                self.assertIn("is no routebook that can be run", said.getvalue())

    def test_a_program_may_be_named_as_in_a_shell(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder, "other")
            program.write_text("#!/bin/sh\necho 0.2.0\n")
            program.chmod(0o700)
            with mock.patch.dict(os.environ, {"PATH": folder + ":" + os.environ["PATH"]}):
                self.assertEqual(told("--program", "other").program, str(program))

    def test_what_is_to_be_built_need_not_be_there_to_be_asked_for(self):
        with mock.patch("sys.argv", ["bench", "--check", "timers"]):
            self.assertEqual(bench.main(), 0)
        with mock.patch("sys.argv", ["bench", "--check", "timer"]), contextlib.redirect_stderr(io.StringIO()):
            self.assertRaises(SystemExit, bench.main)


if __name__ == "__main__":
    unittest.main()
