"""The page of results, from a folder as the runners leave it."""
import json
import os
import tempfile
import unittest

import results
from errors import WrongInput
from study import Output, Run
from support_files import jtl, row

MACHINE = {"cpu": "a processor", "cores": 2, "system": "Linux", "python": "3", "wrk": "wrk 4"}
RULES = {"target_percent": 50, "cpu_request": 0.25, "max_pods": 100}


class Page(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.output = Output(os.path.join(folder.name, "out"), {"requests": 2, "windows": 4, "form": "float32"})

    def add(self, function, users, means, deployment="one-process", temperature="warm", failed=0):
        for repeat, mean in enumerate(means, 1):
            rows = [row(100, mean), row(100 + mean, mean)] + [row(500, 1, "503", "false", "x")] * failed
            jtl(self.output.path(Run(function, deployment, temperature, users, repeat).place() + ".jtl"), rows)

    def page(self, model=None):
        self.output.summarise({
            "machine": MACHINE, "rules": RULES, "rules_that_differ": {"sync_period": 5.0}, "labels_right": {"cnn": 4, "lstm": 3}})
        return results.page(results.Measured(self.output.folder), model, "1 May 2027", "    run.sh local")

    def test_medians_of_repeats_and_right_answers(self):
        self.add("harfunction-cnn", 5, [10, 30, 20])
        self.assertIn("| harfunction-cnn | 5 | 20.0 (10.0 to 30.0) | 20.0 | 20.0 | 20.0 | 50 | 100 % |", self.page())

    def test_failures_are_named(self):
        self.add("python-har-cnn", 5, [10], failed=2)
        page = self.page()
        self.assertIn("| 50.00%, 2 status 503 |", page)
        self.assertIn("up to 3 % (funcX at higher n) | 50.00%, 2 status 503 |", page)

    def test_beside_the_study(self):
        self.add("helloworld-node", 1, [2])
        self.add("helloworld-python", 1, [5])
        self.add("helloworld-python", 20, [50])
        self.add("python-har-cnn", 5, [10])
        self.add("python-har-lstm", 5, [40])
        self.add("python-har-cnn", 5, [12], "four-processes")
        page = self.page()
        self.assertIn("| under 800 ms | at most 50.0 ms |", page)
        self.assertIn("| 2.5 (n = 1) |", page)
        self.assertIn("| yes | python-har: yes |", page)
        self.assertIn("LSTM 5 % and 30 % | not run |", page)

    def test_autoscaling_against_four_processes(self):
        """Runs that last are set beside runs that last."""
        self.add("python-har-cnn", 5, [900], "four-processes")
        self.add("python-har-cnn", 5, [30], "four-processes", "long")
        self.add("python-har-cnn", 5, [24], "autoscaled", "long")
        for deployment in ("four-processes", "autoscaled"):
            with open(self.output.path(Run("python-har-cnn", deployment, "long", 5, 1).place() + ".samples.csv"), "w") as file:
                file.write("seconds,pods,ready,cpu_percent,cpu_cores,memory_bytes,time_ms\n0,1,1,0,0.1,5,90\n")
        self.assertIn("| python-har-cnn, n = 5: 25% better |", self.page())

    def test_pods_over_time_count_from_the_first_request(self):
        self.add("python-har-cnn", 5, [10], "autoscaled", "long")
        place = self.output.path(Run("python-har-cnn", "autoscaled", "long", 5, 1).place() + ".samples.csv")
        with open(place, "w") as file:
            file.write("seconds,pods,ready,cpu_percent,cpu_cores,memory_bytes,time_ms\n0,1,1,0,0.1,5,90\n6,1,1,0,0.9,5,6100\n9,4,1,0,0.3,5,9550\n")
        page = self.page()
        self.assertIn("| python-har-cnn | autoscaled | 5 | 1, 4 at 9 s | 0.90 | 2 |", page)
        self.assertIn("sync period 5 s", page)

    def test_what_is_modelled_stands_apart(self):
        self.add("harfunction-cnn", 5, [10])
        self.assertNotIn("# Modelled", self.page())
        figures = {"p50": 1.0, "p95": 2.0, "p99": 3.0, "mean": 1.5}
        crowd = {"function": "harfunction-cnn", "users": 10_000, "load": "open", "pods": 9, "settled_at": 45.0, "busy": 0.5}
        model = {
            "seed": 1, "period": 1.28, "seconds": 300, "pod_start": 3, "rules": RULES,
            "pi": {"clock": 1.5e9, "per_cycle": 1, "note": "n", "instructions": {"x86-64": {"a": 1000}, "ARM": {"a": 2000}}},
            "check": [{
                "function": "harfunction-cnn", "client": "wrk", "users": 20, "measured": figures, "modelled": figures,
                "errors": {"p50": 0.2, "p95": -0.21}, "holds": False}],
            "study": [{"function": "harfunction-cnn", "users": 5, "deployment": "4 pods", "seconds": 2.0, "pods": 4, **figures}],
            "crowds": [{**crowd, "device": "this machine", **figures}, {**crowd, "device": "Raspberry Pi 4", "state": "overloaded"}]}
        measured, modelled = self.page(model).split("\n# Modelled\n")
        self.assertNotIn("10,000", measured)
        self.assertIn("| harfunction-cnn | wrk | 20 | 1.00 | 1.00 | 2.00 | 2.00 | **does not hold** |", modelled)
        self.assertIn("| harfunction-cnn | wrk | 1 of 1 | 0 of 1 | 0 of 1 |", modelled)
        self.assertIn("| harfunction-cnn | 10,000 | open | 9 | 45 s | 1.00 | 2.00 | 3.00 | 50% |", modelled)
        self.assertEqual(modelled.count("| 10,000 | open |"), 2)
        self.assertIn("| harfunction-cnn | 10,000 | open | 9 | 45 s | overloaded | overloaded | overloaded | 50% |", modelled)

    def test_pictures_are_named_from_the_page(self):
        self.add("harfunction-cnn", 5, [10])
        folder = self.output.path("docs/")
        picture = os.path.join(folder, "times.png")
        with self.assertRaisesRegex(WrongInput, "names a picture that is there"):
            results.pictures([f"{picture}=times"], os.path.join(folder, "page.md"))
        with open(picture, "w"):
            pass
        with self.assertRaisesRegex(WrongInput, "says what it shows"):
            results.pictures([picture], os.path.join(folder, "page.md"))
        shown = results.pictures([f"{picture}=mean times"], os.path.join(folder, "results", "page.md"))
        self.assertEqual(shown, "![mean times](../times.png)\n\n")

    def test_without_runs_there_is_no_page(self):
        with self.assertRaisesRegex(WrongInput, "summary.json is not there"):
            results.Measured(self.output.folder)
        with open(os.path.join(self.output.folder, "summary.json"), "w") as file:
            json.dump({"runs": []}, file)
        with self.assertRaisesRegex(WrongInput, "has no runs"):
            results.Measured(self.output.folder)
