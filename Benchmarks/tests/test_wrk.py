import unittest

from harness import wrk
from harness.processes import Failure

OUTPUT = """Running 2s test @ http://127.0.0.1:8080/greet/you
  1 threads and 64 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.61ms  480.03us  18.70ms   97.45%
    Req/Sec    39.87k     1.53k   42.23k    85.00%
  79457 requests in 2.00s, 9.85MB read
Requests/sec:  39712.21
Transfer/sec:      4.92MB
bench requests=79457 duration=2000821 errors=3 p50=1570 p99=2210 p999=9050 max=18701
"""


class WrkTests(unittest.TestCase):
    def test_the_report_is_found_among_what_wrk_writes(self):
        load = wrk.parse(OUTPUT)
        self.assertEqual((load.requests, load.errors), (79457, 3))
        self.assertEqual((load.p50, load.p99, load.p999, load.max), (1.57, 2.21, 9.05, 18.701))
        self.assertAlmostEqual(load.rate, 39712.2, places=1)

    def test_no_report_is_a_failure_that_shows_what_was_written(self):
        with self.assertRaisesRegex(Failure, "unable to connect"):
            wrk.parse("unable to connect to 127.0.0.1:1 Connection refused\n")


if __name__ == "__main__":
    unittest.main()
