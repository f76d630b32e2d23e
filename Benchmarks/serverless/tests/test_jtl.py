"""What is read from JMeter's results, and what they come to."""
import os
import tempfile
import unittest

from errors import WrongInput
from jtl import Results
from support_files import HEADER, jtl, row


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.path = os.path.join(self.folder.name, "r.jtl")

    def results(self, rows, header=HEADER):
        jtl(self.path, rows, header)
        return Results(self.path)


class Summary(Case):
    def test_times_and_rate(self):
        summary = self.results([row(1000 + 20 * index, 10 + index) for index in range(101)]).summary()
        self.assertEqual(summary["requests"], 101)
        self.assertEqual(summary["success_rate"], 1)
        self.assertEqual(summary["milliseconds"], {"mean": 60, "p50": 60, "p95": 105, "p99": 109, "max": 110, "first": 10})
        self.assertAlmostEqual(summary["seconds"], 2.110)
        self.assertAlmostEqual(summary["rate"], 101 / 2.110)

    def test_each_kind_of_failure_is_counted_by_itself(self):
        summary = self.results([
            row(0, 5), row(10, 5, success="false", failure="wrong class: must be 4 (SITTING)"),
            row(20, 5, "503", "false", "not answered: the status must be 200"), row(30, 5, "500", "false", "not answered: the status must be 200"),
            row(40, 5, "Non HTTP response code: org.apache.http.conn.HttpHostConnectException", "false", "x"),
            row(50, 5, success="false", failure="wrong text: must be Hello"), row(60, 5, success="false", failure="what?")]).summary()
        self.assertEqual(
            summary["failures"],
            {"wrong class": 1, "status 503": 1, "status 500": 1, "no answer": 1, "wrong text": 1, "other": 1})
        self.assertAlmostEqual(summary["success_rate"], 1 / 7)

    def test_failures_have_no_part_in_response_times(self):
        summary = self.results([row(0, 100), row(200, 1, "503", "false", "x"), row(300, 200)]).summary()
        self.assertEqual(summary["milliseconds"]["mean"], 150)

    def test_without_a_right_answer_there_are_no_times(self):
        self.assertNotIn("milliseconds", self.results([row(0, 100, "500", "false", "x")]).summary())

    def test_first_answers_are_those_of_each_user(self):
        rows = [row(5, 900, thread="a"), row(4, 100, thread="b"), row(1000, 1, thread="a"), row(1000, 3, thread="b")]
        self.assertEqual(self.results(rows).summary()["milliseconds"]["first"], 500)

    def test_what_a_user_does_between_answers(self):
        rows = [row(0, 10, thread="a"), row(14, 10, thread="a"), row(30, 10, thread="a"), row(3, 100, thread="b")]
        self.assertAlmostEqual(self.results(rows).think(), 0.005)


class Broken(Case):
    def assert_refused(self, rows, pattern, header=HEADER):
        with self.assertRaisesRegex(WrongInput, pattern):
            self.results(rows, header)

    def test_no_jtl(self):
        self.assert_refused(["1,2"], "r.jtl:1: no column elapsed", "timeStamp,b")

    def test_no_number(self):
        self.assert_refused([row(1, 2), row(2, "x")], "r.jtl:3: timeStamp and elapsed must be whole milliseconds")

    def test_cut_off(self):
        self.assert_refused([row(1, 2), row(2, 3)[:30]], "r.jtl:3: success is None, must be true or false; is the file cut off")

    def test_empty(self):
        self.assert_refused([], "holds no request")
