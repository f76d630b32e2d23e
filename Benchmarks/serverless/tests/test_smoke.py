"""Twenty requests by JMeter to a function that is really served, and pods that come and go behind haproxy.

Needs java, haproxy and HARTRAIN (the program that reads windows); what is not there is skipped.
"""
import csv
import os
import shutil
import tempfile
import threading
import time
import unittest

import paths
from bodies import FORMS, Bodies
from processes import post

import jtl
from expectations import Expectations
from participants import FUNCTIONS, Programs, wait_for_port
from pods import Deployment
from sampling import COLUMNS, Processes
from study import COLD, LONG, WARM, Output, Run, Target, measure

CHECKPOINTS = os.path.join(paths.ROOT, "Checkpoints", "pretrained")
REQUESTS = 20


class Case(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder, cls.programs = folder.name, Programs(folder.name, CHECKPOINTS)

    @classmethod
    def serve(cls, name):
        server = FUNCTIONS[name].start(cls.programs, FUNCTIONS[name].model)
        cls.addClassCleanup(server.end)
        wait_for_port(server)
        return server


@unittest.skipUnless(shutil.which("java"), "java is not installed")
@unittest.skipUnless(os.environ.get("HARTRAIN"), "HARTRAIN names no program")
class Load(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.bodies = Bodies(os.environ["HARTRAIN"], "synthetic", 4, os.path.join(cls.folder, "bodies"))
        cls.server = cls.serve("python-har-cnn")
        cls.output = Output(os.path.join(cls.folder, "out"), {})

    def target(self, folder, content_type=FORMS["float32"].content_type):
        expected = Expectations(self.bodies, "float32", os.path.join(self.folder, folder), self.programs.weights("cnn"))
        return Target(expected.folder, content_type, self.server.port)

    def make(self, deployment, temperature, target, **options):
        run = Run("python-har-cnn", deployment, temperature, 3, 1)
        summary = measure(self.output, run, target, Processes(lambda: [(self.server, True)]), **{"requests": REQUESTS, **options})
        return os.path.join(self.output.folder, run.place()), summary

    def test_right_answers(self):
        for temperature in (WARM, COLD):
            place, summary = self.make("right", temperature, self.target("right"))
            self.assertEqual((summary["requests"], summary["failures"]), (REQUESTS, {}))
            with open(place + ".jtl", newline="") as file:
                rows = list(csv.DictReader(file))
            # No warm-up request is among them.
            self.assertEqual(len(rows), REQUESTS)
            self.assertEqual({row["label"] for row in rows}, {"python-har-cnn right"})
            with open(place + ".samples.csv", newline="") as file:
                samples = list(csv.DictReader(file))
            self.assertEqual(tuple(samples[0]), COLUMNS)

    def test_a_wrong_class_is_a_failure_of_its_own_kind(self):
        target = self.target("wrong")
        path = os.path.join(target.bodies, "requests.csv")
        with open(path, newline="") as file:
            rows = list(csv.reader(file))
        rows[2][2:] = ['"class" ?: ?9,', "wrong class: must be 9 (FLYING)"]
        with open(path, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows(rows)
        _, summary = self.make("wrong", COLD, target)
        self.assertEqual(summary["failures"], {jtl.WRONG_CLASS: REQUESTS // 4})

    def test_a_refusal_is_another(self):
        _, summary = self.make("refused", COLD, self.target("refused", "application/x-window"))
        self.assertEqual(summary["failures"], {"status 415": REQUESTS})

    def test_a_run_of_seconds(self):
        place, summary = self.make("lasting", LONG, self.target("lasting"), requests=10**9, seconds=2)
        self.assertEqual(len(set(jtl.Results(place + ".jtl").threads)), 3)
        self.assertGreater(summary["requests"], REQUESTS)
        self.assertLess(abs(summary["seconds"] - 2), 1.5)
        # The system counts a process's time by hundredths of a second: twenty requests may take none.
        with open(place + ".samples.csv", newline="") as file:
            self.assertGreater(sum(float(sample["cpu_cores"]) for sample in csv.DictReader(file)), 0)


@unittest.skipUnless(shutil.which("haproxy") or os.path.exists("/usr/sbin/haproxy"), "haproxy is not installed")
class Pods(Case):
    def test_no_request_is_lost_while_pods_come_and_go(self):
        failures, answers, ended = [], 0, threading.Event()
        form, start = FORMS["float32"], FUNCTIONS["helloworld-python"].start

        def ask():
            nonlocal answers
            while not ended.is_set():
                try:
                    post(deployment.port, form, b"x")
                    answers += 1
                except Exception as error:
                    failures.append(error)

        with Deployment(lambda: start(self.programs, None), self.folder, 3) as deployment:
            deployment.fixed(1)
            user = threading.Thread(target=ask)
            user.start()
            deployment.fixed(3)
            self.assertEqual([ready for _, ready in deployment.seen()], [True] * 3)
            before = [sum(server.cpu().values()) for server, _ in deployment.seen()]
            deadline = time.monotonic() + 20
            while min(sum(server.cpu().values()) - work for (server, _), work in zip(deployment.seen(), before)) == 0:
                self.assertLess(time.monotonic(), deadline, "a pod gets no requests")
                time.sleep(0.05)
            deployment.scale(1)
            for thread in deployment.leaving:
                thread.join()
            ended.set()
            user.join()
            self.assertEqual(len(deployment.seen()), 1)
        self.assertEqual(failures, [])
        self.assertGreater(answers, 10)
