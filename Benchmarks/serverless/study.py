"""Runs of the plan, and the folder that keeps them.

    OUT/study.json                              what is measured: another study is refused
    OUT/FUNCTION/DEPLOYMENT/warm-n05-r1.jtl     a run's requests (JMeter's CSV), .samples.csv its pods, .log JMeter's log
    OUT/summary.json                            every run's figures

A run is written beside its place and moved there when it is whole, so a study that was stopped goes on with the runs that are missing.
"""
import contextlib
import dataclasses
import hashlib
import http.server
import json
import os
import re
import sys
import threading
import time

import jmeter
from errors import OtherStudy, RunFailed, WrongInput
from jtl import Results
from sampling import Sampler

USERS = (1, 5, 10, 15, 20)
REPEATS = 3
REQUESTS = 1000
WARM, COLD, LONG = "warm", "cold", "long"
# Warm-up requests of all users together: JMeter's first requests are slow, whatever it asks.
WARMUP = 300


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@dataclasses.dataclass(frozen=True)
class Run:
    function: str
    deployment: str
    temperature: str
    users: int
    repeat: int

    def place(self):
        return os.path.join(self.function, self.deployment, f"{self.temperature}-n{self.users:02d}-r{self.repeat}")

    @staticmethod
    def read(place):
        """The run of a file's place in the folder, or None."""
        found = re.fullmatch(r"([^/]+)/([^/]+)/(warm|cold|long)-n(\d+)-r(\d+)\.jtl", place)
        return Run(*found.groups()[:3], int(found[4]), int(found[5])) if found else None


@dataclasses.dataclass(frozen=True)
class Target:
    """Where requests go, and which."""

    bodies: str
    content_type: str
    port: int
    host: str = "127.0.0.1"
    path: str = "/"
    protocol: str = "http"

    def properties(self):
        return {
            "host": self.host, "port": self.port, "path": self.path, "protocol": self.protocol, "type": self.content_type,
            "bodies": self.bodies}


class Output:
    """The folder of a study."""

    def __init__(self, folder, settings):
        self.folder = folder
        path = os.path.join(folder, "study.json")
        with open(jmeter.PLAN, "rb") as plan:
            settings = {**settings, "plan": hashlib.file_digest(plan, "sha256").hexdigest()}
        if os.path.exists(path):
            with open(path) as file:
                try:
                    before = json.load(file)
                except ValueError as error:
                    raise WrongInput(f"{path} is damaged ({error}): name another folder by --out") from error
            for name in sorted(before.keys() | settings.keys()):
                if before.get(name) != settings.get(name):
                    raise OtherStudy(
                        f"{folder} holds a study with another {name} ({before.get(name)}, now {settings.get(name)}): "
                        "name another folder by --out, or give the options of then")
        elif os.path.isdir(folder) and os.listdir(folder):
            raise OtherStudy(f"{folder} holds something else than a study (no study.json): name another folder by --out")
        else:
            os.makedirs(folder, exist_ok=True)
            write_json(path, settings)
        self.settings = settings

    def has(self, run):
        return os.path.exists(os.path.join(self.folder, run.place() + ".jtl"))

    def path(self, name):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        return path

    def summarise(self, more):
        """Writes summary.json: the figures of all runs that are there, and what else is known."""
        runs = []
        for folder, _, names in sorted(os.walk(self.folder)):
            for name in sorted(names):
                path = os.path.join(folder, name)
                run = Run.read(os.path.relpath(path, self.folder))
                if run:
                    runs.append({**dataclasses.asdict(run), **Results(path).summary()})
        write_json(os.path.join(self.folder, "summary.json"), {"settings": self.settings, **more, "runs": runs})
        return runs


def write_json(path, value):
    with open(path + ".part", "w") as file:
        json.dump(value, file, indent=1)
        file.write("\n")
    os.replace(path + ".part", path)


class Practice(http.server.BaseHTTPRequestHandler):
    """What JMeter warms up on before a cold run: the function must not have been asked before, but JMeter must have asked."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def practice():
    """The properties of a warm-up that does not reach the function."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Practice)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield {"warmup_protocol": "http", "warmup_host": "127.0.0.1", "warmup_port": server.server_address[1]}
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def measure(output, run, target, read, *, interval=0.5, requests=REQUESTS, seconds=None, after=0):
    """Makes a run that is not there yet. `after`: seconds for which pods are sampled when the load is over."""
    place = output.path(run.place())
    for path in (place + ".jtl.part", place + ".log"):
        with contextlib.suppress(FileNotFoundError):
            os.remove(path)
    properties = {
        **target.properties(), "users": run.users, "requests": requests, "jtl": place + ".jtl.part",
        "label": f"{run.function} {run.deployment}", "warmup": -(-WARMUP // run.users)}
    if seconds:
        properties["seconds"] = seconds
    with contextlib.ExitStack() as stack:
        if run.temperature != WARM:
            properties |= stack.enter_context(practice())
        stack.enter_context(Sampler(place + ".samples.csv", interval, read))
        jmeter.run(properties, place + ".log")
        time.sleep(after)
    summary = Results(place + ".jtl.part").summary()
    if not seconds and summary["requests"] != requests:
        raise RunFailed(f"JMeter made {summary['requests']} requests instead of {requests}; its log is {place}.log")
    os.replace(place + ".jtl.part", place + ".jtl")
    times = "".join(f", {name} {summary['milliseconds'][name]:.1f} ms" for name in ("mean", "p95") if "milliseconds" in summary)
    say(f"{run.place()}: {summary['requests']} requests, {summary['success_rate']:.2%} right{times}, {summary['rate']:.0f} a second")
    return summary
