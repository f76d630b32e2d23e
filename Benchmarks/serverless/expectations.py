"""What each body must be answered with: the class that the same weights give in NumPy, or HelloWorld's text."""
import csv
import os
import re

import numpy

import paths  # noqa: F401
from weights import WeightsError, load

from errors import WrongInput


class Expectations:
    """The answers to a set of bodies, as study.jmx reads them: requests.csv in a folder of its own, which names the bodies' files."""

    def __init__(self, bodies, form, folder, weights=None, text=None):
        self.folder, self.form = folder, form
        os.makedirs(folder, exist_ok=True)
        windows = [numpy.frombuffer(body, "<f4") for body in bodies.bodies["float32"]]
        self.right = None
        if weights is None:
            answers = [(re.escape(text), f"wrong text: must be {text}")] * bodies.count
        else:
            try:
                model, _ = load(weights)
            except WeightsError as error:
                raise WrongInput(f"--weights must be a model of hartrain's (best.safetensors of a run): {error}") from error
            probabilities = model.predict(numpy.array(windows).reshape(-1, *model.window))
            best = probabilities.argmax(axis=1)
            names = [model.classes[index] for index in best]
            answers = [(f'"class" ?: ?{index + 1},', f"wrong class: must be {index + 1} ({name})") for index, name in zip(best, names)]
            # How good the model is on these windows is another matter than whether a server answers as the model does.
            self.right = sum(name == label for name, label in zip(names, bodies.labels))
        with open(os.path.join(folder, "requests.csv"), "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(["file", "label", "pattern", "failure"])
            for index, (pattern, failure) in enumerate(answers):
                path = os.path.relpath(os.path.join(bodies.folders[form], str(index + 1)), folder)
                writer.writerow([path, bodies.labels[index], pattern, failure])
