"""What the scripts that time hartrain against its peers share: the processes that do the work, and what is said of the machine."""
import os
import platform
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PRODUCT = os.path.join(HERE, "..", ".build", "release", "product-worker")


class WorkerError(Exception):
    """A worker ended where it should have answered; `reason` is the last that it said."""

    def __init__(self, command, request, output):
        lines = [line for line in output.splitlines() if line.strip()]
        self.reason = lines[-1].strip() if lines else "it said nothing"
        super().__init__(f"{' '.join(command)} ended at {' '.join(map(str, request))}:\n{output[-2000:]}")


class Worker:
    """A process that does work on request and answers with numbers, most often seconds."""

    def __init__(self, command, folder, environment=None):
        self.errors = tempfile.TemporaryFile("w+", dir=folder)
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, text=True, cwd=folder,
            env={**os.environ, **(environment or {})})

    def ask(self, *request):
        try:
            self.process.stdin.write(" ".join(map(str, request)) + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # It has ended already; the missing answer tells.
        answer = self.process.stdout.readline()
        if not answer:
            self.process.wait()
            self.errors.seek(0)
            raise WorkerError(self.process.args, request, self.errors.read())
        return [float(value) for value in answer.split()]

    def memory(self):
        """Resident bytes."""
        with open(f"/proc/{self.process.pid}/status") as file:
            return next((int(line.split()[1]) * 1024 for line in file if line.startswith("VmRSS")), 0)

    def end(self):
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass  # What was still to be written has no reader any more.
        self.process.wait()


def machine():
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    family = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("cpu family")), "")
    return {"cpu": f"{model} (family {family})" if family else model, "cores": os.cpu_count(), "system": platform.platform()}


def versions():
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in ("tensorflow-cpu", "torch", "jax", "onnxruntime", "ai-edge-litert", "numpy"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = None
    return found


def duration(seconds):
    return f"{seconds * 1e6:.1f} us" if seconds < 1e-3 else f"{seconds * 1e3:.2f} ms"
