"""What each body must be answered with."""
import csv
import os
import re
import tempfile
import types
import unittest

import paths
import support
from weights import load

from errors import WrongInput
from expectations import Expectations

WEIGHTS = os.path.join(paths.ROOT, "Checkpoints", "pretrained", "cnn", "best.safetensors")


class Expected(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        windows = support.some_windows(6)
        model, _ = load(WEIGHTS)
        self.classes = model.predict(windows).argmax(axis=1)
        # The labels of the first two are the model's answers, the others' are not.
        labels = [model.classes[(best + (index > 1)) % len(model.classes)] for index, best in enumerate(self.classes)]
        self.bodies = types.SimpleNamespace(
            bodies={"float32": [window.tobytes() for window in windows]}, count=6, labels=labels,
            folders={"JSON": os.path.join(self.folder, "JSON")})

    def rows(self, **options):
        expected = Expectations(self.bodies, "JSON", os.path.join(self.folder, "expected"), **options)
        with open(os.path.join(expected.folder, "requests.csv"), newline="") as file:
            return expected, list(csv.DictReader(file))

    def test_classes_of_the_same_weights(self):
        expected, rows = self.rows(weights=WEIGHTS)
        self.assertEqual(expected.right, 2)
        for index, row in enumerate(rows):
            right = self.classes[index] + 1
            self.assertEqual(os.path.normpath(os.path.join(expected.folder, row["file"])), os.path.join(self.folder, "JSON", str(index + 1)))
            # Both servers' ways to write JSON match, and no other class does.
            for answer in (f'{{"class":{right},"name"', f'{{"class": {right}, "name"'):
                self.assertRegex(answer, row["pattern"])
            self.assertIsNone(re.search(row["pattern"], f'{{"class":{right % 6 + 1},"name"'))
            self.assertIsNone(re.search(row["pattern"], f'{{"class":{right}1,"name"'))
            self.assertTrue(row["failure"].startswith(f"wrong class: must be {right} ("))

    def test_a_text(self):
        expected, rows = self.rows(text="Hello, World!")
        self.assertIsNone(expected.right)
        self.assertRegex("Hello, World!\n", rows[5]["pattern"])
        self.assertEqual(rows[5]["failure"], "wrong text: must be Hello, World!")

    def test_no_weights(self):
        for place in (__file__, "/nowhere/best.safetensors"):
            with self.assertRaisesRegex(WrongInput, f"--weights must be a model .*{place}"):
                self.rows(weights=place)
