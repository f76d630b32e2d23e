"""The plan, the folder of results, sampling and the rules of the ramp."""
import csv
import http.client
import json
import os
import stat
import tempfile
import time
import unittest
import xml.etree.ElementTree

import jmeter
import ramp
from errors import MissingTool, OtherStudy, RunFailed, WrongInput
from run import numbers, target_of
from sampling import COLUMNS, Cluster, Processes, Sampler, quantity
from study import Output, Run, practice
from support_files import jtl, row


class Case(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path


class Plan(unittest.TestCase):
    def setUp(self):
        self.root = xml.etree.ElementTree.parse(jmeter.PLAN).getroot()
        self.text = " ".join(element.text or "" for element in self.root.iter())

    def test_it_has_the_properties(self):
        for name, default in {
                "host": "127.0.0.1", "port": "8080", "path": "/", "protocol": "http", "users": "1", "requests": "1000", "seconds": "86400",
                "bodies": "bodies", "type": "application/octet-stream", "jtl": "results.jtl", "timeout": "60000", "warmup": "0"}.items():
            self.assertIn(f"${{__P({name},{default})}}", self.text, name)

    def test_elements_and_their_trees_alternate(self):
        """JMeter reads a hashTree as the children of what stands before it."""
        for tree in self.root.iter("hashTree"):
            for index, child in enumerate(tree):
                self.assertEqual(child.tag == "hashTree", index % 2 == 1)

    def test_results_have_jmeters_columns(self):
        [saved] = self.root.iter("value")
        wanted = {"time", "timestamp", "label", "code", "message", "threadName", "dataType", "success", "bytes", "sentBytes", "threadCounts", "url",
                  "latency", "idleTime", "connectTime", "fieldNames", "saveAssertionResultsFailureMessage"}
        self.assertEqual({field.tag for field in saved if field.text == "true"}, wanted)

    def test_only_users_requests_are_results(self):
        [users] = [
            tree for tree in self.root.iter("hashTree") if any(child.tag == "ResultCollector" for child in tree)]
        self.assertNotIn("warm-up", [element.get("testname") for element in users.iter()])


class Folder(Case):
    def test_it_goes_on_and_refuses_another_study(self):
        place = os.path.join(self.folder, "out")
        Output(place, {"requests": 1000, "url": "http://a"})
        output = Output(place, {"requests": 1000, "url": "http://a"})
        run = Run("f", "one", "warm", 5, 2)
        self.assertFalse(output.has(run))
        jtl(output.path(run.place() + ".jtl"), [row(0, 5)])
        self.assertTrue(output.has(run))
        with self.assertRaisesRegex(OtherStudy, r"another requests \(1000, now 20\).*--out"):
            Output(place, {"requests": 20, "url": "http://a"})
        with self.assertRaisesRegex(OtherStudy, r"another url \(http://a, now None\)"):
            Output(place, {"requests": 1000})

    def test_it_refuses_what_is_no_study(self):
        self.write("thesis.txt", "years of work")
        with self.assertRaisesRegex(OtherStudy, "something else than a study"):
            Output(self.folder, {})
        self.assertEqual(os.listdir(self.folder), ["thesis.txt"])

    def test_a_damaged_one_is_named(self):
        path = self.write("study.json", "{")
        with self.assertRaisesRegex(WrongInput, f"{path} is damaged"):
            Output(self.folder, {})

    def test_the_summary_has_all_runs(self):
        output = Output(os.path.join(self.folder, "out"), {})
        for run in (Run("f", "one", "warm", 20, 1), Run("g", "four", "cold", 5, 3)):
            jtl(output.path(run.place() + ".jtl"), [row(0, 5), row(5, 7)])
        output.path("f/one/warm-n20-r2.jtl.part")
        output.summarise({"machine": {"cores": 2}})
        with open(os.path.join(output.folder, "summary.json")) as file:
            summary = json.load(file)
        self.assertEqual([(run["function"], run["temperature"], run["users"], run["repeat"]) for run in summary["runs"]], [
            ("f", "warm", 20, 1), ("g", "cold", 5, 3)])
        self.assertEqual(summary["runs"][0]["milliseconds"]["mean"], 6)
        self.assertEqual(summary["machine"], {"cores": 2})

    def test_practice_answers(self):
        with practice() as properties:
            connection = http.client.HTTPConnection(properties["warmup_host"], properties["warmup_port"])
            for _ in range(2):
                connection.request("POST", "/", b"x" * 5000)
                answer = connection.getresponse()
                self.assertEqual((answer.status, answer.read()), (200, b""))
            connection.close()


KUBECTL = """#!/usr/bin/env python3
import json, sys
pod = {"metadata": {"name": "a"}, "spec": {"containers": [{"resources": {"requests": {"cpu": "200m"}}}]},
       "status": {"conditions": [{"type": "Ready", "status": "True"}]}}
pending = {"metadata": {"name": "b"}, "spec": {"containers": [{"resources": {"requests": {"cpu": "200m"}}}]}, "status": {"conditions": [{"type": "Ready", "status": "False"}]}}
going = {"metadata": {"name": "c", "deletionTimestamp": "now"}, "spec": {"containers": [{}]}, "status": {}}
if sys.argv[1:3] == ["get", "pods"]:
    assert sys.argv[3:] == ["--namespace", "fn", "--selector", "app=har", "--output", "json"], sys.argv
    print(json.dumps({"items": [pod, pending, going]}))
elif sys.argv[3] == "/apis/metrics.k8s.io/v1beta1/namespaces/fn/pods?labelSelector=app%3Dhar":
    print(json.dumps({"items": [{"containers": [{"usage": {"cpu": "150000000n", "memory": "32Mi"}}]}]}))
else:
    sys.exit("error: the server could not find the requested resource")
"""


class Sampling(Case):
    def kubectl(self, text):
        path = self.write("bin/kubectl", text)
        os.chmod(path, stat.S_IRWXU)
        before = os.environ["PATH"]
        self.addCleanup(os.environ.update, PATH=before)
        os.environ["PATH"] = os.path.dirname(path) + os.pathsep + before

    def test_quantities(self):
        for text, value in {"250m": 0.25, "1": 1, "0.5": 0.5, "12345678n": 0.012345678, "3u": 3e-6, "128Mi": 128 * 2**20, "2k": 2000}.items():
            self.assertAlmostEqual(quantity(text), value)
        for text in ("", "m", "1x", "Mi", "1mi"):
            with self.assertRaisesRegex(WrongInput, "no quantity"):
                quantity(text)

    def test_a_cluster(self):
        self.kubectl(KUBECTL)
        pods, ready, percent, cores, memory = Cluster("fn", "app=har")()
        self.assertEqual((pods, ready), (2, 1))
        self.assertAlmostEqual(percent, 37.5)
        self.assertAlmostEqual(cores, 0.15)
        self.assertEqual(memory, 32 * 2**20)

    def test_what_kubectl_says_is_shown(self):
        self.kubectl("#!/bin/sh\necho 'no route to host' >&2\nexit 1\n")
        with self.assertRaisesRegex(RunFailed, "kubectl get pods .* has failed: no route to host"):
            Cluster("fn", "app=har")()

    def test_no_kubectl(self):
        self.addCleanup(os.environ.update, PATH=os.environ["PATH"])
        os.environ["PATH"] = self.folder
        with self.assertRaisesRegex(MissingTool, "kubectl is not installed"):
            Cluster("fn", "app=har")()

    def test_samples(self):
        path = os.path.join(self.folder, "samples.csv")
        before = time.time() * 1000
        with Sampler(path, 0.01, lambda: (3, 2, 51.26, 0.5, 1e6)):
            time.sleep(0.1)
        with open(path, newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertGreater(len(rows), 3)
        self.assertEqual(tuple(rows[0]), COLUMNS)
        self.assertEqual([rows[1][name] for name in COLUMNS[1:6]], ["3", "2", "51.3", "0.500", "1000000"])
        self.assertGreater(float(rows[-1]["seconds"]), float(rows[0]["seconds"]))
        self.assertLess(abs(int(rows[0]["time_ms"]) - before), 5000)

    def test_what_goes_wrong_in_a_sample_ends_the_run(self):
        def read():
            raise RunFailed("no more pods")

        with self.assertRaisesRegex(RunFailed, "no more pods"):
            with Sampler(os.path.join(self.folder, "samples.csv"), 0.01, read):
                time.sleep(0.05)

    def test_processes(self):
        class Server:
            work = 0.0

            def cpu(self):
                return {1: self.work}

            def resident(self):
                return 10

        server, gone = Server(), Server()
        gone.cpu, gone.resident = dict, int
        read = Processes(lambda: [(server, True), (gone, False)], cpu_request=0.5)
        self.assertEqual(read(), (2, 1, 0.0, 0.0, 10))
        server.work, start = 0.05, time.monotonic()
        time.sleep(0.1)
        pods, ready, percent, cores, _ = read()
        self.assertAlmostEqual(cores, 0.05 / (time.monotonic() - start), delta=0.1)
        self.assertAlmostEqual(percent, 100 * cores / (2 * 0.5))


def steps(*rows):
    return [{"connections": connections, "rate": rate, "p95": p95, "failed": failed} for connections, rate, p95, failed in rows]


class Ramp(unittest.TestCase):
    def test_the_knee_is_where_more_connections_only_wait(self):
        found = ramp.limits(steps((1, 100, 10, 0), (2, 200, 10, 0), (4, 380, 11, 0), (8, 400, 20, 0), (16, 390, 41, 0)))
        self.assertEqual(found, {"errors": None, "knee": 4, "best_rate": 400})

    def test_a_rate_that_grows_and_a_latency_that_stays_are_no_knee(self):
        self.assertIsNone(ramp.limits(steps((1, 100, 10, 0), (2, 150, 20, 0), (4, 200, 40, 0)))["knee"])
        self.assertIsNone(ramp.limits(steps((1, 100, 10, 0), (2, 101, 11, 0)))["knee"])

    def test_errors(self):
        found = ramp.limits(steps((1, 100, 10, 0), (5, 400, 10, 0), (10, 900, 1, 7)))
        self.assertEqual(found, {"errors": 10, "knee": None, "best_rate": 400})

    def test_neighbours_that_are_not_twice_apart_are_not_compared(self):
        self.assertIsNone(ramp.limits(steps((10, 100, 10, 0), (15, 101, 20, 0)))["knee"])


class Options(unittest.TestCase):
    def test_urls(self):
        self.assertEqual(target_of("http://pi:8080/function/har"), {"host": "pi", "port": 8080, "path": "/function/har", "protocol": "http"})
        self.assertEqual(target_of("https://pi"), {"host": "pi", "port": 443, "path": "/", "protocol": "https"})
        for url in ("pi:8080", "ftp://pi", "http://"):
            with self.assertRaisesRegex(WrongInput, "is no URL of a function"):
                target_of(url)

    def test_numbers(self):
        self.assertEqual(numbers("1,5,20"), [1, 5, 20])
        for text in ("", "1,x", "0", "5,-1"):
            with self.assertRaises(Exception):
                numbers(text)
