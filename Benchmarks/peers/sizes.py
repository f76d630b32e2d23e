#!/usr/bin/env python3
"""Times hartrain and its peers as layers grow, alternating in one run, and writes results as JSON and markdown.

  swift build -c release --product product-worker                     # in Benchmarks/
  python3 -m venv .venv && .venv/bin/pip install numpy tensorflow-cpu torch onnx onnxruntime matplotlib
  .venv/bin/python peers/sizes.py --rounds 5 --out sizes.json > sizes.md
  .venv/bin/python peers/sizes.py --shapes --rounds 5 --out shapes.json > shapes.md
  .venv/bin/python peers/sizes.py dense-64 conv-64:k41:t1000          # models by name, as sized.py reads them
  .venv/bin/python peers/sizes.py --show sizes.json > sizes.md        # the tables of an earlier run
  .venv/bin/python peers/plot.py sizes.json sizes.svg

The works: a prediction of 1 window and of 64, and a step of 64: forward, loss, backward, Adam. A round gives every participant a
turn of about 0.3 s, at least 3 calls, in an order that the next round turns round; its time is the turn's median, a ratio the
median of the rounds' ratios. A peer with a choice of threads counts with its better one. Each round also measures the sgemm
peak, and a share of the peak is of the same round's, since a virtual machine's own comes and goes. A participant that fails is
"-" in the table and a line on standard error.
"""
import argparse
import dataclasses
import json
import math
import os
import platform
import shlex
import statistics
import sys
import tempfile
import time

from participants import HERE, PRODUCT, Worker, WorkerError, duration, machine, versions
from sized import KINDS, SizedModel

UNITS = {"dense": (64, 256, 1024, 2048), "conv": (32, 64, 128, 256, 512), "lstm": (27, 64, 128, 256, 512)}
SIZES = [f"{kind}-{units}" for kind, all_units in UNITS.items() for units in all_units]
SHAPES = [
    "dense-256:t16:c1:n2", "dense-256:t1000:c64", "dense-256:n1000", "conv-64:t16:k3", "conv-64:k11", "conv-64:k41",
    "conv-64:t1000:c1:n2", "conv-64:t4096:c64", "lstm-64:t16:c64", "lstm-64:c1:n2", "lstm-64:t1000",
]
BATCH = 64
WORKS = [("prediction", 1), ("prediction", BATCH), ("step", BATCH)]
PEERS = {
    "torch": ("prediction", "step"), "torch-compiled": ("prediction", "step"), "tensorflow": ("prediction", "step"),
    "onnxruntime": ("prediction",),
}
# What keeps the peers to the instructions that ours are kept to. ONNX Runtime takes what the CPU has and cannot be told otherwise.
RESTRICTIONS = {
    "avx2": {
        "ATEN_CPU_CAPABILITY": "avx2", "MKL_ENABLE_INSTRUCTIONS": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2",
        "OPENBLAS_CORETYPE": "Haswell", "XLA_FLAGS": "--xla_cpu_max_isa=AVX2",
    },
}
TURN_SECONDS, LEAST_CALLS, MOST_CALLS = 0.3, 3, 3000
# Threads of a library that has just answered spin for a while before they sleep.
PAUSE_SECONDS = 0.05
MOST_MEMORY = 2 << 30
MATRIX = 1024


@dataclasses.dataclass(frozen=True)
class Participant:
    """A build of hartrain by its name, or a library with its threads."""

    name: str
    threads: int
    is_ours: bool = False

    def title(self, threads):
        """Its name, with its threads where they are not the row's."""
        return self.name if self.threads == threads else f"{self.name}, {self.threads} thread{'s' if self.threads > 1 else ''}"

    def model(self, name):
        return f"{name}.json" if self.is_ours else name


class Workers:
    """The processes, started when they are asked first and again after they have failed."""

    def __init__(self, products, kernels, folder):
        self.products, self.kernels, self.folder = products, kernels, folder
        self.running = {}

    def environment(self, who):
        restrictions = RESTRICTIONS.get(self.kernels, {})
        if not who.is_ours:
            return restrictions
        own = {"HARTRAIN_KERNELS": self.kernels} if self.kernels else {}
        core = restrictions.get("OPENBLAS_CORETYPE") or blas_core()
        return own | ({"OPENBLAS_CORETYPE": core} if core and "OPENBLAS_CORETYPE" not in os.environ else {})

    def start(self, who):
        command = [sys.executable, os.path.join(HERE, "worker.py"), who.name, str(who.threads), self.folder]
        if who.is_ours:
            command = [self.products[who.name]]
        return Worker(command, self.folder, self.environment(who))

    def ask(self, who, *request):
        """The answer; None, with a line that says why, where there is none."""
        key = who.name if who.is_ours else who
        try:
            if key not in self.running:
                self.running[key] = self.start(who)
            return self.running[key].ask(*request)
        except (WorkerError, OSError) as error:
            reason = error.reason if isinstance(error, WorkerError) else error
            print(f"{who.title(0)}: {' '.join(map(str, request))}: {reason}", file=sys.stderr)
            if key in self.running:
                self.running.pop(key).end()
            return None

    def end(self, memory=0):
        """Ends those that take more memory than that: each keeps all models that it has been asked for."""
        for key, worker in list(self.running.items()):
            if worker.memory() >= memory:
                self.running.pop(key).end()


def blas_core():
    """The kernels for hartrain's OpenBLAS: older versions take the slowest for a CPU that they do not know."""
    if platform.machine() != "x86_64":
        return None
    flags = next((line.split() for line in open("/proc/cpuinfo") if line.startswith("flags")), [])
    return "SkylakeX" if "avx512f" in flags else "Haswell" if "avx2" in flags else None


def bandwidth():
    """Bytes that a copy of more than any cache holds reads and writes in a second, on one thread."""
    import numpy

    source = numpy.ones(1 << 26, "f")
    target = numpy.empty_like(source)
    numpy.copyto(target, source)
    seconds = []
    for _ in range(5):
        start = time.perf_counter()
        numpy.copyto(target, source)
        seconds.append(time.perf_counter() - start)
    return 2 * source.nbytes / min(seconds)


class SgemmPeak:
    """The fastest single-precision product on one thread of all that are tried, in operations a second."""

    def __init__(self, workers, product):
        self.workers, self.sources = workers, [Participant("torch", 1), Participant(product, 1, is_ours=True)]
        self.rates = {who.name: [] for who in self.sources}

    def measure(self):
        """The fastest of now; not a number where none can be measured."""
        rates = []
        for who in list(self.sources):
            seconds = self.workers.ask(who, "gemm", "-", MATRIX, 1, LEAST_CALLS)
            if seconds:
                rates.append(2 * MATRIX**3 / min(seconds))
                self.rates[who.name].append(rates[-1])
            else:
                self.sources.remove(who)
        return max(rates, default=math.nan)

    @property
    def best(self):
        return max((rate for rates in self.rates.values() for rate in rates), default=math.nan)


def check_layers(workers, participants, name):
    """Ends the run where two participants do not have the same layers: their times could not be compared."""
    model = SizedModel.named(name)
    expected = {"torch": [model.torch_parameters], "tensorflow": [model.parameters]}
    for who in participants:
        wanted = [model.parameters, model.operations] if who.is_ours else expected.get(who.name)
        found = wanted and workers.ask(who, "count", who.model(name), 0, 0, 1)
        if found and found != wanted:
            sys.exit(f"{name}: {who.name} has {found} parameters (and operations) where {wanted} are expected")


def measure(workers, participants, work, name, windows, rounds, peak):
    """The median of each participant's turn in every round, of those that have not failed; and the peak of every round."""
    calls = {}
    for who in participants:
        first = workers.ask(who, work, who.model(name), windows, who.threads, LEAST_CALLS)
        if first:
            calls[who] = min(MOST_CALLS, max(LEAST_CALLS, math.ceil(TURN_SECONDS / statistics.median(first))))
    times, peaks = {who: [] for who in calls}, []
    for round in range(rounds):
        for who in list(times) if round % 2 == 0 else list(times)[::-1]:
            time.sleep(PAUSE_SECONDS)
            seconds = workers.ask(who, work, who.model(name), windows, who.threads, calls[who])
            if seconds:
                times[who].append(statistics.median(seconds))
            else:
                del times[who]
        peaks.append(peak.measure())
    return times, peaks


def row(name, work, windows, threads, participants, times, peaks):
    model = SizedModel.named(name)
    ours = participants[0]
    ratios = {
        who.title(threads): statistics.median(p / h for p, h in zip(values, times[ours]))
        for who, values in times.items() if ours in times and who != ours
    }
    peers = [who.title(threads) for who in times if not who.is_ours]
    fastest = min((peer for peer in peers if peer in ratios), key=ratios.get, default=None)
    operations = windows * (model.step_operations if work == "step" else model.operations)
    return {
        "model": name, "kind": model.kind, "title": model.title, "work": work, "windows": windows, "threads": threads,
        "parameters": model.parameters, "operations": operations, "participants": [who.title(threads) for who in participants],
        "ours": [who.name for who in participants if who.is_ours], "seconds": {who.title(threads): t for who, t in times.items()},
        "ratios": ratios, "fastest": fastest, "ratio_to_fastest": ratios.get(fastest),
        "rate": operations / statistics.median(times[ours]) if ours in times else None, "peaks": peaks,
        "share": statistics.median(operations / t / (threads * p) for t, p in zip(times[ours], peaks)) if ours in times else None,
    }


def participants_of(work, windows, threads, names, has_onnxruntime):
    """Who takes part in a row, ours first. Of one window more threads may be too many, so each library comes with one as well."""
    counts = sorted({1, threads}) if windows == 1 else [threads]
    libraries = [name for name, works in PEERS.items() if work in works and (has_onnxruntime or name != "onnxruntime")]
    peers = [Participant(library, count) for library in libraries for count in counts]
    return [Participant(name, threads, is_ours=True) for name in names] + peers


def run(arguments, products, models, folder):
    workers = Workers(products, arguments.kernels, folder)
    names = list(products)
    peak = SgemmPeak(workers, names[0])
    results = {
        "machine": machine(), "versions": versions(), "command": shlex.join(["sizes.py", *sys.argv[1:]]),
        "rounds": arguments.rounds, "threads": arguments.threads, "kernels": arguments.kernels, "bandwidth": bandwidth(), "rows": [],
    }
    for name in models:
        with open(os.path.join(folder, f"{name}.json"), "w") as file:
            json.dump(SizedModel.named(name).description, file)
        if not arguments.kernels:
            workers.ask(Participant("torch", arguments.threads), "file", "onnx_file", name, 0, 0)
        for work, windows in WORKS:
            participants = participants_of(work, windows, arguments.threads, names, not arguments.kernels)
            if (work, windows) == WORKS[0]:
                check_layers(workers, participants, name)
            times, peaks = measure(workers, participants, work, name, windows, arguments.rounds, peak)
            results["rows"].append(row(name, work, windows, arguments.threads, participants, times, peaks))
            told = ", ".join(f"{who.title(arguments.threads)} {duration(statistics.median(t))}" for who, t in times.items())
            print(f"{name} {work} {windows}: {told}", file=sys.stderr)
        results |= {"sgemm": peak.rates, "sgemm_peak": peak.best}
        if arguments.out:
            # After every model, so that a long run that is ended leaves what it has.
            with open(arguments.out, "w") as file:
                json.dump(results, file, indent=1)
        workers.end(MOST_MEMORY)
    workers.end()
    return results


def cell(row, title):
    """A participant's median, and its ratio in brackets."""
    if title not in row["seconds"]:
        return "-"
    text = duration(statistics.median(row["seconds"][title]))
    return f"{text} ({row['ratios'][title]:.2f}x)" if title in row["ratios"] else text


def table(results, kind):
    rows = [row for row in results["rows"] if row["kind"] == kind]
    ours = rows[0]["ours"]
    yield f"| layers | work | threads | {' | '.join(ours)} | peers (median) | ratio to the fastest | GFLOP/s | share of the peak |"
    yield "|---" * (7 + len(ours)) + "|"
    for row in rows:
        peers = "; ".join(f"{title} {cell(row, title)}" for title in row["participants"] if title not in row["ours"])
        what = f"{'predict' if row['work'] == 'prediction' else 'step'} {row['windows']}"
        mine = " | ".join(cell(row, name) for name in row["ours"])
        rate = f"{row['rate'] * 1e-9:.1f} | {row['share']:.2f}" if row["rate"] else "- | -"
        yield f"| {row['title']} | {what} | {row['threads']} | {mine} | {peers} | {ratio(row['ratio_to_fastest'])} | {rate} |"


def summary(results):
    yield "| work | rows | least ratio | of | geometric mean |\n|---|---|---|---|---|"
    for work, windows in WORKS:
        rows = [row for row in results["rows"] if (row["work"], row["windows"]) == (work, windows) and row["fastest"]]
        if rows:
            least = min(rows, key=lambda row: row["ratio_to_fastest"])
            mean = statistics.geometric_mean(row["ratio_to_fastest"] for row in rows)
            yield (
                f"| {'predict' if work == 'prediction' else 'step'} {windows} | {len(rows)} | {least['ratio_to_fastest']:.2f} | "
                f"{least['model']}, {least['fastest']} | {mean:.2f} |")


def overview(results):
    """The ratios to the fastest peer, a line for each kind of layers."""
    yield "| layers | predict 1 | predict 64 | step 64 |\n|---|---|---|---|"
    for kind in [kind for kind in KINDS if any(row["kind"] == kind for row in results["rows"])]:
        models = list(dict.fromkeys(row["model"] for row in results["rows"] if row["kind"] == kind))
        found = {(row["model"], row["work"], row["windows"]): row["ratio_to_fastest"] for row in results["rows"]}
        cells = [" / ".join(ratio(found.get((model, *work))) for model in models) for work in WORKS]
        yield f"| {kind} {' / '.join(model.partition('-')[2] for model in models)} | {' | '.join(cells)} |"


def ratio(value):
    return f"{value:.2f}" if value else "-"


def markdown(results):
    yield from [*overview(results), ""]
    for kind in [kind for kind in KINDS if any(row["kind"] == kind for row in results["rows"])]:
        yield from [*table(results, kind), ""]
    yield from [*summary(results), ""]
    rates = "; ".join(f"{name} {max(rates) * 1e-9:.0f}" for name, rates in results["sgemm"].items() if rates)
    middle = statistics.median(peak for row in results["rows"] for peak in row["peaks"])
    yield f"The sgemm peak on one thread: {results['sgemm_peak'] * 1e-9:.0f} GFLOP/s, the best of all rounds ({rates}); the median of a"
    yield f"round {middle * 1e-9:.0f}. A share is of threads times the same round's peak, by the operations of the plain sums. A copy moves"
    yield f"{results['bandwidth'] * 1e-9:.1f} GB/s."
    if results["kernels"]:
        yield f"All are kept to {results['kernels']}; ONNX Runtime cannot be and is left out."
    details = results["machine"]
    known = ", ".join(f"{package} {version}" for package, version in results["versions"].items() if version)
    yield from ["", f"{details['cpu']}, {details['cores']} cores, {details['system']}; {known}; {results['rounds']} rounds.", ""]
    yield f"    {results['command']}"


def read_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", help="names of models; all of the list where there are none")
    parser.add_argument("--shapes", action="store_true", help="the list of other windows, channels, classes and kernels")
    parser.add_argument("--only", help=f"the kinds of the list that are timed, with commas: {', '.join(KINDS)}")
    parser.add_argument("--threads", type=int, choices=(1, 2), default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--kernels", choices=sorted(RESTRICTIONS), help="instructions that ours and the peers are kept to")
    parser.add_argument(
        "--product", action="append", metavar="[NAME=]PATH", help="a product-worker; ratios are to the first, of several too")
    parser.add_argument("--out", help="the JSON file")
    parser.add_argument("--show", metavar="FILE", help="print the tables of a JSON file, and measure nothing")
    arguments = parser.parse_args()
    if arguments.show:
        return arguments, {}, []
    if arguments.rounds < 1:
        parser.error("--rounds: at least 1")
    kinds = arguments.only.split(",") if arguments.only else KINDS
    if not set(kinds) <= set(KINDS):
        parser.error(f"--only: one or more of {', '.join(KINDS)}")
    models = arguments.models or [name for name in (SHAPES if arguments.shapes else SIZES) if name.split("-")[0] in kinds]
    try:
        for name in models:
            SizedModel.named(name)
    except ValueError as error:
        parser.error(str(error))
    given = [text.partition("=") if "=" in text else ("hartrain", "=", text) for text in arguments.product or [PRODUCT]]
    products = {name: os.path.abspath(path) for name, _, path in given}
    if len(products) < len(given) or set(products) & set(PEERS):
        parser.error("--product: each build needs a name of its own, NAME=PATH")
    for path in products.values():
        if not os.access(path, os.X_OK):
            parser.error(f"--product: {path} is no program: swift build -c release --product product-worker")
    return arguments, products, models


def main():
    arguments, products, models = read_arguments()
    if arguments.show:
        try:
            with open(arguments.show) as file:
                results = json.load(file)
        except (OSError, ValueError) as error:
            sys.exit(f"--show: {arguments.show}: {error}")
    else:
        with tempfile.TemporaryDirectory(prefix="hartrain-sizes-") as folder:
            results = run(arguments, products, models, folder)
    print("\n".join(markdown(results)))


if __name__ == "__main__":
    main()
