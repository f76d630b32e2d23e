"""Server processes on loopback: how each is started, what it takes, and how it ends."""
import atexit
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
import types

HERE = os.path.dirname(os.path.abspath(__file__))
HOST = "127.0.0.1"
TICKS = os.sysconf("SC_CLK_TCK")
START_LIMIT = 60
# Threads and processes end while they are looked at.
GONE = contextlib.suppress(FileNotFoundError, ProcessLookupError)


def free_port():
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


class Refusal(Exception):
    """An answer that is none."""


def post(port, form, body):
    connection = http.client.HTTPConnection(HOST, port, timeout=START_LIMIT)
    try:
        connection.request("POST", form.path, body, {"Content-Type": form.content_type})
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise Refusal(f"{form.path} was answered with {response.status}: {answer[:500]}")
    return answer


class Server:
    """A server process, which may have children. Its log is kept in a file and shown if it ends too early."""

    running = set()

    def __init__(self, name, command, port, folder, environment=None, path=None):
        self.name, self.port = name, port
        self.log = os.path.join(folder, f"{name.replace(' ', '-')}-{port}.log")
        with open(self.log, "wb") as log:
            self.started = time.perf_counter()
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=path, start_new_session=True,
                env={**os.environ, **(environment or {})})
        Server.running.add(self)

    @classmethod
    def of(cls, pid):
        """A process that somebody else has started, to look at: it is not ended."""
        server = cls.__new__(cls)
        server.process = types.SimpleNamespace(pid=pid)
        return server

    def wait_for_answer(self, form, body):
        """Asks until there is an answer, and returns the seconds since the process was started."""
        while True:
            try:
                post(self.port, form, body)
                return time.perf_counter() - self.started
            except (ConnectionError, http.client.HTTPException, Refusal):
                if self.process.poll() is not None or time.perf_counter() - self.started > START_LIMIT:
                    self.fail("does not answer")
                # Often enough to see a start of milliseconds, seldom enough not to slow it down.
                time.sleep(0.0005)

    def fail(self, reason):
        with open(self.log, errors="replace") as log:
            sys.exit(f"{self.name} {reason}:\n{log.read()[-3000:]}")

    def members(self):
        """The process and all that it has started."""
        found, new = [], [self.process.pid]
        while new:
            found += new
            children = []
            for parent in new:
                with GONE:
                    for task in os.listdir(f"/proc/{parent}/task"):
                        with GONE, open(f"/proc/{parent}/task/{task}/children") as file:
                            children += map(int, file.read().split())
            new = children
        return found

    def resident(self):
        """Resident memory in bytes; pages that processes share count for each of them."""
        total = 0
        for pid in self.members():
            with GONE, open(f"/proc/{pid}/statm") as file:
                total += int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        return total

    def cpu(self):
        """Seconds of processor time so far, by process; children that have ended count with the process that waited for them."""
        times = {}
        for pid in self.members():
            with GONE, open(f"/proc/{pid}/stat") as file:
                fields = file.read().rsplit(")", 1)[1].split()
                times[pid] = sum(map(int, fields[11:15])) / TICKS
        return times

    def end(self):
        Server.running.discard(self)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@atexit.register
def end_all():
    for server in list(Server.running):
        server.end()


def start_harfunction(program, weights, folder, environment=None):
    port = free_port()
    command = [program, "--weights", weights, "--host", HOST, "--port", str(port), "--log-level", "warning"]
    return Server("harfunction", command, port, folder, environment)


class Programs:
    """The commands of all participants."""

    def __init__(self, arguments, folder):
        self.harfunction, self.python, self.mlserver_python = arguments.harfunction, sys.executable, arguments.mlserver_python
        self.folder = folder
        self.cores = len(os.sched_getaffinity(0))

    def start_harfunction(self, weights, environment=None):
        return start_harfunction(self.harfunction, weights, self.folder, environment)

    def start_fastapi(self, model, workers=1, environment=None):
        port = free_port()
        if workers == 1:
            command = [
                self.python, "-m", "uvicorn", "app:app", "--host", HOST, "--port", str(port), "--loop", "uvloop", "--http", "httptools",
                "--no-access-log", "--log-level", "warning"]
        else:
            command = [self.python, "workers.py", HOST, str(port), str(workers)]
        environment = {"HAR_MODEL": model, **(environment or {})}
        return Server("FastAPI", command, port, self.folder, environment, os.path.join(HERE, "peers"))

    def start_mlserver(self, model, workers):
        """MLServer without what harfunction would not do either, or not by default: gzip, tracing, its own metrics, access logs."""
        port = free_port()
        place = os.path.join(self.folder, f"mlserver-{port}")
        os.makedirs(place)
        settings = {
            "debug": False, "host": HOST, "http_port": port, "grpc_port": free_port(), "metrics_endpoint": None,
            "parallel_workers": workers, "gzip_enabled": False}
        model_settings = {"name": "har", "implementation": "runtime.ONNXWindows", "parameters": {"uri": model}}
        for name, value in (("settings", settings), ("model-settings", model_settings)):
            with open(os.path.join(place, f"{name}.json"), "w") as file:
                json.dump(value, file)
        program = os.path.join(os.path.dirname(self.mlserver_python), "mlserver")
        environment = {"PYTHONPATH": os.path.join(HERE, "peers", "mlserver")}
        return Server("MLServer", [program, "start", place], port, self.folder, environment, place)
