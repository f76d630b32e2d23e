"""Pods and their processor time while a run goes on: by processes of this machine, or by kubectl.

A sample is a row of a CSV file:

    seconds        since the run began
    pods, ready    how many there are, and how many of them take requests
    cpu_percent    mean use over what the pods ask for, in percent (the autoscaler's measure); of one core each where they ask for nothing
    cpu_cores      use of all pods together
    memory_bytes   resident memory of all pods together
    time_ms        when, in milliseconds since 1970, as timeStamp in JMeter's file
"""
import csv
import json
import subprocess
import time
import urllib.parse

import paths  # noqa: F401
from background import Background
from errors import MissingTool, RunFailed, WrongInput

COLUMNS = ("seconds", "pods", "ready", "cpu_percent", "cpu_cores", "memory_bytes", "time_ms")
SUFFIXES = {
    "n": 1e-9, "u": 1e-6, "m": 1e-3, "": 1, "k": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "Ti": 2**40}


def quantity(text):
    """A Kubernetes quantity as a number: 250m, 1, 12345678n, 128Mi."""
    digits = text.rstrip("numkMGTi")
    try:
        return float(digits) * SUFFIXES[text[len(digits):]]
    except (KeyError, ValueError) as error:
        raise WrongInput(f"'{text}' is no quantity of Kubernetes'") from error


class Sampler(Background):
    """Writes what `read` returns (a row without the seconds) every `interval` seconds, until it is left."""

    def __init__(self, path, interval, read):
        super().__init__()
        self.path, self.interval, self.read = path, interval, read

    def work(self):
        started = time.monotonic()
        with open(self.path, "w", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(COLUMNS)
            while True:
                pods, ready, percent, cores, memory = self.read()
                seconds = time.monotonic() - started
                writer.writerow([f"{seconds:.2f}", pods, ready, f"{percent:.1f}", f"{cores:.3f}", round(memory), round(time.time() * 1000)])
                file.flush()
                if self.ended.wait(self.interval):
                    return


class ProcessorTime:
    """The mean number of cores that servers' processes have used since it was last asked."""

    def __init__(self):
        self.last = {}

    def cores(self, server):
        """0 for a process that was never seen before, or is gone."""
        now, work = time.monotonic(), sum(server.cpu().values())
        then, before = self.last.get(server, (now, work))
        self.last[server] = now, work
        # What has ended takes its time with it until its parent has waited for it.
        return max(0.0, work - before) / (now - then) if now > then else 0.0


class Processes:
    """Pods that are processes. `pods` returns them as (server, ready)."""

    def __init__(self, pods, cpu_request=None):
        self.pods, self.cpu_request, self.time = pods, cpu_request, ProcessorTime()

    def __call__(self):
        pods = self.pods()
        cores = sum(self.time.cores(server) for server, _ in pods)
        memory = sum(server.resident() for server, _ in pods)
        percent = 100 * cores / (len(pods) * (self.cpu_request or 1)) if pods else 0
        return len(pods), sum(ready for _, ready in pods), percent, cores, memory


class Cluster:
    """Pods of a cluster, by kubectl and the metrics API (metrics-server)."""

    def __init__(self, namespace, selector):
        self.namespace, self.selector = namespace, selector

    def ask(self, *arguments):
        try:
            done = subprocess.run(["kubectl", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=30)
        except FileNotFoundError as error:
            raise MissingTool("kubectl is not installed, and --selector needs it") from error
        except subprocess.TimeoutExpired as error:
            raise RunFailed(f"kubectl {' '.join(arguments)} has not answered within 30 s") from error
        if done.returncode != 0:
            raise RunFailed(f"kubectl {' '.join(arguments)} has failed: {done.stderr.strip()}")
        return json.loads(done.stdout)

    def __call__(self):
        pods = self.ask("get", "pods", "--namespace", self.namespace, "--selector", self.selector, "--output", "json")["items"]
        place = f"/apis/metrics.k8s.io/v1beta1/namespaces/{self.namespace}/pods?labelSelector={urllib.parse.quote(self.selector)}"
        metrics = self.ask("get", "--raw", place)["items"]
        pods = [pod for pod in pods if "deletionTimestamp" not in pod["metadata"]]
        ready = sum(
            condition["type"] == "Ready" and condition["status"] == "True" for pod in pods for condition in pod["status"].get("conditions", ()))
        usage = [container["usage"] for pod in metrics for container in pod["containers"]]
        cores = sum(quantity(container["cpu"]) for container in usage)
        memory = sum(quantity(container["memory"]) for container in usage)
        asked = sum(
            quantity(container.get("resources", {}).get("requests", {}).get("cpu", "1"))
            for pod in pods for container in pod["spec"]["containers"])
        return len(pods), ready, 100 * cores / asked if asked else 0, cores, memory
