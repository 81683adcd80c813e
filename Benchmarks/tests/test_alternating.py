import unittest

from harness.alternating import Contestant, alternate
from harness.processes import Failure


class AlternatingTests(unittest.TestCase):
    def setUp(self):
        self.turns = []

    def contestant(self, name: str, failing_at: int | None = None) -> Contestant:
        def measure():
            self.turns.append(name)
            if self.turns.count(name) == failing_at:
                raise Failure("it fell over")
            return {"time": self.turns.count(name)}

        return Contestant(name, measure)

    def test_each_is_measured_once_a_round_and_each_round_begins_with_another(self):
        rows = alternate("http", "greet", [self.contestant(name) for name in "abc"], 3, [])
        self.assertEqual("".join(self.turns), "abcbcacab")
        self.assertEqual([row.samples for row in rows], [{"time": [1, 2, 3]}] * 3)

    def test_one_that_fails_is_out_and_told_and_the_others_go_on(self):
        failures = []
        rows = alternate("http", "greet", [self.contestant("a"), self.contestant("b", failing_at=2)], 3, failures)
        self.assertEqual([(row.samples, row.absent) for row in rows], [({"time": [1, 2, 3]}, None), ({}, "failed")])
        self.assertEqual(failures, ["greet, b: it fell over"])
        self.assertEqual(self.turns.count("b"), 2)

    def test_one_that_is_not_installed_is_named_and_no_failure(self):
        failures = []
        rows = alternate("http", "greet", [Contestant("a", None, "not installed"), self.contestant("b")], 1, failures)
        self.assertEqual([row.absent for row in rows], ["not installed", None])
        self.assertEqual(failures, [])


if __name__ == "__main__":
    unittest.main()
