import os
import time
import unittest
from pathlib import Path

from harness import processes, usage
from harness.processes import Conversation, Failure, Process


def shell(script: str) -> list[str]:
    return ["sh", "-c", script]


def alive(group: int) -> list[str]:
    """What still runs in a process group; who has ended and is not reaped yet does not count."""
    found = []
    for file in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, fields = file.read_text().rpartition(") ")
        except OSError:
            continue
        state, _, process_group = fields.split()[:3]
        if int(process_group) == group and state not in "ZX":
            found.append(name)
    return found


class ProcessTests(unittest.TestCase):
    def tearDown(self):
        processes.stop_all()

    def test_a_program_that_fails_is_told_with_its_last_words(self):
        with Process(shell("echo first >&2; echo why >&2; exit 3")) as process:
            with self.assertRaisesRegex(Failure, "sh ended with status 3: why"):
                process.wait()

    def test_all_that_was_started_ends_with_what_it_has_started_itself(self):
        process = Process(shell("sleep 60 & wait"))
        processes.stop_all()
        self.assertEqual(alive(process.pid), [])

    def test_cpu_time_is_counted_while_a_program_runs_and_when_it_has_ended(self):
        before = usage.cpu_seconds(os.getpid())
        sum(range(200_000))
        self.assertGreater(usage.cpu_seconds(os.getpid()), before)
        with Process(shell("i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done")) as process:
            self.assertGreater(process.wait(), 0.001)

    def test_its_end_is_seen_when_it_comes(self):
        with Process(shell("sleep 0.3")) as process:
            began = time.monotonic()
            process.wait()
            # Popen looks for it at 0.26 and 0.31 s, if the first look was at once.
            self.assertLess(time.monotonic() - began, 0.6)
        with Process(shell("sleep 60")) as process:
            with self.assertRaisesRegex(Failure, "has not ended"):
                process.wait(0.05)

    def test_memory_is_that_of_the_process(self):
        self.assertGreater(usage.memory_bytes(os.getpid()), 1_000_000)


class ConversationTests(unittest.TestCase):
    def tearDown(self):
        processes.stop_all()

    def test_lines_that_are_no_answers_are_skipped(self):
        with Conversation(shell('echo noise; read line; echo more; echo "= $line"')) as conversation:
            self.assertEqual(conversation.ask("hello"), "hello")

    def test_a_program_that_ends_instead_of_answering_is_a_failure(self):
        with Conversation(shell("read line; echo lost >&2")) as conversation:
            with self.assertRaisesRegex(Failure, "ended instead of answering: lost"):
                conversation.ask("hello")

    def test_a_program_that_is_silent_is_a_failure_in_time(self):
        with Conversation(shell("read line; sleep 60")) as conversation:
            with self.assertRaisesRegex(Failure, "has not answered"):
                conversation.ask("hello", seconds=0.05)


if __name__ == "__main__":
    unittest.main()
