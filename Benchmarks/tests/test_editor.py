import unittest

from harness.processes import Failure
from sections.editor import section

OUTPUT = """end       2150 keys   median 0.435 ms   p99 0.675 ms   max 7.972 ms
all       6450 keys   median 0.467 ms   p99 0.815 ms   max 9.974 ms
"""


class EditorTests(unittest.TestCase):
    def test_the_line_for_all_places_counts(self):
        self.assertEqual(section.parse(OUTPUT), {"p99": 0.815, "p50": 0.467, "max": 9.974})

    def test_no_figures_are_a_failure_that_shows_what_was_written(self):
        with self.assertRaisesRegex(Failure, "no pseudo-terminal"):
            section.parse("no pseudo-terminal: Permission denied\n")


if __name__ == "__main__":
    unittest.main()
