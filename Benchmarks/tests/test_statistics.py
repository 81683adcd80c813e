import unittest

from harness import statistics


class StatisticsTests(unittest.TestCase):
    def test_the_median_is_in_the_middle_whatever_the_order(self):
        self.assertEqual(statistics.median([9, 1, 5]), 5)
        self.assertEqual(statistics.median([4, 1, 3, 100]), 3.5)
        with self.assertRaises(ValueError):
            statistics.median([])

    def test_twice_and_half_as_fast_are_equally_fast_in_the_mean(self):
        self.assertAlmostEqual(statistics.geometric_mean([2, 0.5]), 1)
        self.assertAlmostEqual(statistics.geometric_mean([1, 10, 100]), 10)

    def test_a_round_in_which_the_machine_was_slow_does_not_change_a_ratio(self):
        self.assertEqual(statistics.ratio([10, 50, 10], [20, 100, 20]), 0.5)


if __name__ == "__main__":
    unittest.main()
