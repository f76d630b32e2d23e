"""The model of a function from its measured steps."""
import json
import os
import tempfile
import unittest

import numpy

from errors import WrongInput
from hpa import Rules
from queueing import Closed, Histogram, Open
from simulate import OVERLOADED, SETTLED, UNSETTLED, Model, compared, profiles, read_json, served, study_on_pis

ONE = {"quantiles": [900.0, 1000.0, 1100.0], "server_cpu": 0.0007, "client_cpu": 0.0001, "failed": 0, "connections": 1}
FIVE = {"server_cpu": 0.0006, "client_cpu": 0.00005, "failed": 0, "connections": 5, "rate": 1250.0}


class OfSteps(unittest.TestCase):
    def test_one_at_a_time_takes_what_lies_between_its_answers(self):
        model = Model.of({1: ONE, 5: FIVE}, 1, 2, with_client=False)
        self.assertEqual(model.places, 1)
        self.assertAlmostEqual(model.delay, 0.0002)
        self.assertAlmostEqual(model.service.mean(), 0.0008)
        numpy.testing.assert_allclose(model.service.quantiles, [0.00072, 0.0008, 0.00088])

    def test_several_at_a_time_take_their_work(self):
        model = Model.of({1: ONE, 5: FIVE}, None, 2, with_client=False)
        self.assertEqual(model.places, 2)
        self.assertAlmostEqual(model.delay, 0.0003)
        self.assertAlmostEqual(model.service.mean(), 0.0006)

    def test_a_client_on_the_same_cores(self):
        model = Model.of({1: ONE, 5: FIVE}, None, 2, with_client=True)
        self.assertAlmostEqual(model.delay, 0.0002)
        self.assertAlmostEqual(model.service.mean(), 0.00065)

    def test_more_work_than_time_leaves_no_delay(self):
        self.assertEqual(Model.of({1: {**ONE, "server_cpu": 0.002}, 5: FIVE}, None, 2, with_client=False).delay, 0)
        self.assertEqual(Model.of({1: ONE, 5: {**FIVE, "rate": 500.0}}, 1, 2, with_client=False).delay, 0)


class Verdict(unittest.TestCase):
    def test_both_must_be_near(self):
        measured = {"p50": 10.0, "p95": 20.0}
        self.assertTrue(compared({}, measured, {"p50": 11.9, "p95": 16.1})["holds"])
        self.assertFalse(compared({}, measured, {"p50": 12.1, "p95": 20})["holds"])
        self.assertFalse(compared({}, measured, {"p50": 10, "p95": 15.9})["holds"])

    def test_nothing_holds_of_no_time_at_all(self):
        self.assertFalse(compared({}, {"p50": 0.0, "p95": 1.0}, {"p50": 1, "p95": 1})["holds"])


class Crowds(unittest.TestCase):
    MODEL = Model(Histogram([0.01, 0.01]), 0.001, 1)

    def serve(self, load, **rules):
        return served(self.MODEL, Rules(cpu_request=0.25, **rules), load, seconds=300, pod_start=3, seed=1)

    def test_pods_are_what_the_load_takes(self):
        row = self.serve(Open(78), max_pods=100)  # 0.78 cores at 0.125 a pod: 6.2
        self.assertIn(row["pods"], (6, 7))
        self.assertAlmostEqual(row["busy"], 0.78 / row["pods"], delta=0.02)
        self.assertEqual(row["state"], SETTLED)
        self.assertLess(row["p50"], 15)

    def test_more_than_the_pods_can_answer_has_no_latency(self):
        row = self.serve(Open(780), max_pods=4)
        self.assertEqual(row["state"], OVERLOADED)
        self.assertNotIn("p50", row)

    def test_users_who_wait_slow_down_instead(self):
        row = self.serve(Closed(1000, 1.28), max_pods=4)
        # 4 pods give 400 answers a second: 1000 users are back every 2.5 s, 1.28 s of which they think.
        self.assertEqual(row["state"], SETTLED)
        self.assertAlmostEqual(row["mean"], 2500 - 1280, delta=60)

    def test_what_waits_since_the_first_pod_is_not_settled(self):
        """Fewer than all pods can answer, but more than the first could before the others came."""
        row = self.serve(Open(2000), max_pods=100)
        self.assertLess(row["busy"], 0.5)
        self.assertEqual(row["state"], UNSETTLED)
        self.assertNotIn("p50", row)
        row = self.serve(Closed(50_000, 1.28), max_pods=100)
        self.assertEqual(row["state"], UNSETTLED)

    def test_the_studys_runs_end_before_the_autoscaler_acts(self):
        rows = list(study_on_pis(self.MODEL, Rules(), 3, 1))
        self.assertEqual({(row["deployment"], row["pods"]) for row in rows}, {("4 pods", 4), ("autoscaled", 1)})
        self.assertEqual([row["users"] for row in rows], [1, 1, 5, 5, 10, 10, 15, 15, 20, 20])


class Files(unittest.TestCase):
    def test_what_is_missing_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(WrongInput, "--stages ramp"):
                profiles(folder)
            with self.assertRaisesRegex(WrongInput, "x.json is not there: make it"):
                read_json(os.path.join(folder, "x.json"), "make it")
            path = os.path.join(folder, "y.json")
            with open(path, "w") as file:
                file.write("{")
            with self.assertRaisesRegex(WrongInput, "y.json is damaged"):
                read_json(path, "")

    def test_steps_that_failed_are_no_measure(self):
        with tempfile.TemporaryDirectory() as folder:
            os.makedirs(os.path.join(folder, "harfunction-cnn"))
            path = os.path.join(folder, "harfunction-cnn", "ramp.json")
            with open(path, "w") as file:
                json.dump({"steps": [ONE, FIVE, {**FIVE, "connections": 320, "failed": 9}]}, file)
            self.assertEqual(list(profiles(folder)["harfunction-cnn"]), [1, 5])
