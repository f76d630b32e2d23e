"""What kustomize makes of deploy/: the documents that a cluster would get."""

import copy
import functools
import os
import pathlib
import subprocess

import yaml

ROOT = pathlib.Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
OVERLAYS = sorted(path.parent.name for path in (DEPLOY / "overlays").glob("*/kustomization.yaml"))


def render(place):
    """The text that `kubectl apply -k` would send."""
    run = subprocess.run([os.environ["KUBECTL"], "kustomize", place], capture_output=True, text=True)
    if run.returncode != 0:
        raise AssertionError(f"{place}: {run.stderr[:2000]}")
    # What kustomize warns of is out of date or has no effect.
    if run.stderr:
        raise AssertionError(f"{place}: {run.stderr[:2000]}")
    return run.stdout


@functools.cache
def _overlay(name):
    return [document for document in yaml.safe_load_all(render(DEPLOY / "overlays" / name)) if document]


def overlay(name):
    """The documents of an overlay, which a test may change."""
    return copy.deepcopy(_overlay(name))
