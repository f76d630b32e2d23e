"""The study's functions, and how one process of each is started on this machine: as their images start them."""
import os
import socket
import sys
import time

import paths
import support
from processes import HOST, Server, free_port, start_harfunction

PYTHON, NODE, SWIFT = "Python", "Node.js", "Swift"


class Function:
    """`model` None: HelloWorld. `places`: how many requests a process computes at once, None: as many as there are cores."""

    def __init__(self, name, language, model, places, start):
        self.name, self.language, self.model, self.places, self.start = name, language, model, places, start


def laid_out(name, **environment):
    """Starts a function of openfaas/stack.yaml in the layout that its image has."""

    def start(programs, model):
        place = os.path.join(programs.folder, name)
        template = programs.layouts.get(name)
        if template is None:
            function = support.lay_out(name, support.pathlib.Path(place))
            template = programs.layouts[name] = support.documents(f"openfaas/template/{function['lang']}/template.yml")[0]
        command = template["fprocess"].split()
        return programs.start(name, command, place, model, PYTHONPATH=os.path.join(place, "function"), **environment)

    return start


def forked(name, program):
    """Starts what OpenFaaS' classic watchdog does: a process for each request. The watchdog is the few lines that the functions' tests have."""

    def start(programs, model):
        place = os.path.join(programs.folder, name)
        if name not in programs.layouts:
            programs.layouts[name] = support.lay_out(name, support.pathlib.Path(place))
        watchdog = ["python", str(support.PLATFORMS / "watchdog.py"), "{port}", *program(programs)]
        return programs.start(name, watchdog, place, model, PYTHONPATH=os.path.join(place, "function"))

    return start


def compute(programs, model):
    """Globus Compute's path without its service: an HTTP server of ours before its engine."""
    command = [programs.compute_python, os.path.join(paths.HERE, "shim.py"), "--port", "{port}"]
    return programs.start("globus-compute", command, programs.folder, model, PYTHONPATH=os.path.join(paths.ROOT, "Functions", "python-har"))


FUNCTIONS = {function.name: function for function in (
    Function("helloworld-node", NODE, None, 1, laid_out("helloworld-node")),
    Function("helloworld-python", PYTHON, None, 1, laid_out("helloworld-python")),
    Function("helloworld-python-fork", PYTHON, None, None, forked("helloworld-python-fork", lambda programs: ["python", "fork.py"])),
    Function("helloworld-swift", SWIFT, None, None, forked("helloworld-swift", lambda programs: [programs.hello_swift])),
    Function("python-har-cnn", PYTHON, "cnn", 1, laid_out("python-har-cnn")),
    Function("python-har-lstm", PYTHON, "lstm", 1, laid_out("python-har-lstm")),
    Function("harfunction-cnn", SWIFT, "cnn", None, lambda programs, model: programs.harfunction_server(model)),
    Function("harfunction-lstm", SWIFT, "lstm", None, lambda programs, model: programs.harfunction_server(model)),
    Function("globus-compute-cnn", PYTHON, "cnn", 1, compute),
)}


class Programs:
    """The programs that functions are started by; `missing` says in a sentence why one cannot be."""

    def __init__(self, folder, checkpoints, harfunction=None, hello_swift=None, compute_python=None):
        self.folder, self.checkpoints = folder, checkpoints
        self.harfunction, self.hello_swift, self.compute_python = harfunction, hello_swift, compute_python
        self.layouts = {}

    def weights(self, model):
        return os.path.join(self.checkpoints, model, "best.safetensors")

    def missing(self, function):
        if function.name == "helloworld-swift" and not self.hello_swift:
            return "--hello-swift names no program: swiftc -O Functions/helloworld/swift/hello.swift -o hello"
        if function.name.startswith("harfunction") and not self.harfunction:
            return "--harfunction names no program: swift build -c release --product harfunction"
        if function.name.startswith("globus-compute") and not self.compute_python:
            return "--compute-python names no Python with globus-compute-endpoint: scripts/test-functions.sh makes one in .build-functions"
        return None

    def start(self, name, command, place, model, **environment):
        port = free_port()
        # Programs that a command names without a folder are those of the environment that this runs in.
        path = f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}"
        if command[0] == self.compute_python:  # Parsl finds its workers by PATH
            path = f"{os.path.dirname(self.compute_python)}{os.pathsep}{path}"
        environment |= {"PORT": str(port), "PATH": path}
        if model:
            environment["HARFUNCTION_WEIGHTS"] = self.weights(model)
        return Server(name, [word.format(port=port) for word in command], port, self.folder, environment, place)

    def harfunction_server(self, model):
        return start_harfunction(self.harfunction, self.weights(model), self.folder)


def wait_for_port(server):
    """Until a server listens, which all functions do when they can answer; a request would end its coldness."""
    deadline = time.monotonic() + 60
    while True:
        try:
            socket.create_connection((HOST, server.port), timeout=1).close()
            return
        except OSError:
            if server.process.poll() is not None or time.monotonic() > deadline:
                server.fail("does not listen")
            time.sleep(0.005)

