"""What is measured: load, cold starts, memory."""
import hashlib
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time

import boto3
import numpy

from bodies import FORMS
from processes import HOST, Refusal, free_port, post
from wrk import run_wrk

HARFUNCTION = "harfunction"
FASTAPI = "FastAPI (one worker)"
FASTAPI_CORES = "FastAPI (one worker per core)"
FASTAPI_STANDARD = "FastAPI (one worker, the standard library's json)"
MLSERVER = "MLServer"
MLSERVER_CORES = "MLServer (one parallel worker per core)"

# How each is started: with harfunction's weights, or with the same model as ONNX.
STARTS = {
    HARFUNCTION: lambda programs, weights, model: programs.start_harfunction(weights),
    FASTAPI: lambda programs, weights, model: programs.start_fastapi(model),
    FASTAPI_CORES: lambda programs, weights, model: programs.start_fastapi(model, programs.cores),
    FASTAPI_STANDARD: lambda programs, weights, model: programs.start_fastapi(model, environment={"HAR_JSON": "standard"}),
    MLSERVER: lambda programs, weights, model: programs.start_mlserver(model, 0),
    MLSERVER_CORES: lambda programs, weights, model: programs.start_mlserver(model, programs.cores),
}

# Model, form of the requests, connections, who takes part.
LOADS = [
    ("cnn", "float32", 20, [HARFUNCTION, FASTAPI, FASTAPI_CORES]),
    ("cnn", "float32", 1, [HARFUNCTION, FASTAPI]),
    ("cnn", "JSON", 20, [HARFUNCTION, FASTAPI, FASTAPI_STANDARD]),
    ("lstm", "float32", 20, [HARFUNCTION, FASTAPI]),
    ("lstm", "JSON", 20, [HARFUNCTION, FASTAPI]),
    ("cnn", "V2 JSON", 20, [HARFUNCTION, MLSERVER, MLSERVER_CORES]),
]
TOLERANCE = 1e-5


def say(text):
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


def in_turn(names, round):
    """The order of a round: forwards and backwards, so that nobody is always the first."""
    return names if round % 2 == 0 else names[::-1]


# MARK: Load


class Answers:
    """The answers of all participants to the same windows, which must be the same."""

    def __init__(self):
        self.by_server = {}

    def check(self, server, name, form_name, bodies):
        form = FORMS[form_name]
        try:
            mine = [form.read(post(server.port, form, body)) for body in bodies.bodies[form_name]]
        except Refusal as refusal:
            server.fail(str(refusal))
        self.by_server[name] = mine
        for other, theirs in self.by_server.items():
            for window, (a, b) in enumerate(zip(mine, theirs)):
                difference = numpy.abs(numpy.subtract(a[2], b[2])).max()
                if a[:2] != b[:2] or difference > TOLERANCE:
                    sys.exit(f"{name} and {other} do not agree on window {window + 1}: {a}, {b}")

    def largest_difference(self):
        probabilities = numpy.array([[answer[2] for answer in answers] for answers in self.by_server.values()])
        return float((probabilities.max(axis=0) - probabilities.min(axis=0)).max())


def measure_load(load, programs, models, bodies, rounds, seconds):
    model, form_name, connections, names = load
    say(f"{model}, {form_name}, {connections} connections")
    form = FORMS[form_name]
    servers = {name: STARTS[name](programs, *models[model]) for name in names}
    try:
        for server in servers.values():
            server.wait_for_answer(form, bodies.bodies[form_name][0])
        # The other workers of a server are there by then, and caches are warm.
        time.sleep(2)
        for server in servers.values():
            run_wrk(server, form_name, bodies, connections, 1)
        answers = Answers()
        samples = {name: [] for name in names}
        for round in range(rounds):
            for name in in_turn(names, round):
                server = servers[name]
                answers.check(server, name, form_name, bodies)
                before = server.cpu()
                sample = run_wrk(server, form_name, bodies, connections, seconds)
                if sample["failed"]:
                    server.fail(f"failed {sample['failed']} of {sample['requests']} requests")
                sample["rate"] = sample["requests"] / sample["seconds"]
                # One number a process: whether the workers share the load shows in them.
                sample["cpu"] = [after - before.get(pid, 0) for pid, after in server.cpu().items()]
                samples[name].append(sample)
    finally:
        for server in servers.values():
            server.end()
    return {
        "model": model, "form": form_name, "connections": connections, "samples": samples,
        "largest_difference": answers.largest_difference()}


# MARK: Cold start


class Store:
    """An S3 store on loopback with weights and models in it."""

    def __init__(self, folder, models):
        self.port, keys = free_port(), ("benchmark", "benchmark-secret")
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://{HOST}:{self.port}", "AWS_ACCESS_KEY_ID": keys[0], "AWS_SECRET_ACCESS_KEY": keys[1],
            # No settings of whoever measures.
            "AWS_DEFAULT_REGION": "us-east-1", "HOME": folder}
        rclone = os.path.join(os.path.dirname(sys.executable), "rclone")
        place = os.path.join(folder, "store")
        os.makedirs(place)
        self.process = subprocess.Popen(
            [rclone, "serve", "s3", "--addr", f"{HOST}:{self.port}", "--auth-key", ",".join(keys), place],
            stderr=subprocess.DEVNULL, env={"PATH": os.environ["PATH"], "HOME": folder})
        for _ in range(200):
            try:
                socket.create_connection((HOST, self.port)).close()
                break
            except ConnectionError:
                time.sleep(0.05)
        client = boto3.client(
            "s3", endpoint_url=self.environment["AWS_ENDPOINT_URL"], region_name="us-east-1", aws_access_key_id=keys[0],
            aws_secret_access_key=keys[1])
        client.create_bucket(Bucket="models")
        self.places = []
        for path in models:
            key = f"cnn/{os.path.basename(path)}"
            with open(path, "rb") as file:
                # As `hartrain` publishes weights: harfunction keeps no object whose bytes it cannot verify.
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            client.upload_file(path, "models", key, ExtraArgs={"Metadata": {"sha256": digest}})
            self.places.append(f"s3://models/{key}")

    def end(self):
        self.process.kill()
        self.process.wait()


def measure_starts(programs, models, bodies, rounds, folder):
    """Seconds from exec to the first answer: weights in a file, and in the cache of an S3 store, which is asked at each start whether they
    are still the latest.
    """
    say("cold starts")
    weights, model = models["cnn"]
    form, body = FORMS["float32"], bodies.bodies["float32"][0]
    store = Store(folder, models["cnn"])
    cache = os.path.join(folder, "cache")
    os.makedirs(cache)
    in_store = {**store.environment, "HARTRAIN_CACHE": cache, "HAR_CACHE": cache}
    starts = {
        "a file": {HARFUNCTION: lambda: programs.start_harfunction(weights), FASTAPI: lambda: programs.start_fastapi(model)},
        "the S3 cache": {
            HARFUNCTION: lambda: programs.start_harfunction(store.places[0], in_store),
            FASTAPI: lambda: programs.start_fastapi(store.places[1], environment=in_store)},
    }
    samples = {place: {name: [] for name in participants} for place, participants in starts.items()}
    try:
        # The first round is not counted: it fills the page cache, the weights' cache and Python's caches of bytecode.
        for round in range(rounds + 1):
            for place, participants in starts.items():
                for name in in_turn(list(participants), round):
                    server = participants[name]()
                    seconds = server.wait_for_answer(form, body)
                    server.end()
                    if round:
                        samples[place][name].append(seconds)
    finally:
        store.end()
    return samples


# MARK: Memory


def measure_memory(programs, models, bodies, rounds, seconds, idle):
    """Resident bytes of a process at rest, under load and, after that, with idle connections."""
    say(f"memory, {idle} idle connections")
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < idle + 200:
        sys.exit(f"{idle} connections need as many open files; the system lets a process have {hard} (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    samples = {
        name: {"at rest": [], "under load": [], "with idle connections": []} for name in (HARFUNCTION, FASTAPI)}
    for round in range(rounds):
        for name in in_turn([HARFUNCTION, FASTAPI], round):
            server = STARTS[name](programs, *models["cnn"])
            try:
                server.wait_for_answer(FORMS["float32"], bodies.bodies["float32"][0])
                time.sleep(1)
                samples[name]["at rest"].append(server.resident())
                samples[name]["under load"].append(memory_under_load(server, bodies, seconds))
                samples[name]["with idle connections"].append(memory_with_connections(server, bodies, idle))
            finally:
                server.end()
    return samples


def memory_under_load(server, bodies, seconds):
    peak, ended = 0, threading.Event()

    def watch():
        nonlocal peak
        while not ended.wait(0.05):
            peak = max(peak, server.resident())

    watcher = threading.Thread(target=watch)
    watcher.start()
    for form_name in ("float32", "JSON"):
        run_wrk(server, form_name, bodies, 20, seconds)
    ended.set()
    watcher.join()
    return peak


def memory_with_connections(server, bodies, count):
    connections = []
    try:
        for _ in range(count):
            connections.append(socket.create_connection((HOST, server.port)))
        limit = time.monotonic() + 20
        while len(os.listdir(f"/proc/{server.process.pid}/fd")) < count:
            if time.monotonic() > limit:
                server.fail(f"has not taken {count} connections")
            time.sleep(0.1)
        time.sleep(1)
        post(server.port, FORMS["float32"], bodies.bodies["float32"][0])
        return server.resident()
    finally:
        for connection in connections:
            connection.close()
