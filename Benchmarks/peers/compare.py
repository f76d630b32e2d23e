#!/usr/bin/env python3
"""Times hartrain and its peers on the same machine in one run, alternating, and writes RESULTS as JSON and markdown.

  swift build -c release --product product-worker                     # in Benchmarks/
  python3 -m venv .venv && .venv/bin/pip install numpy tensorflow-cpu torch jax onnx onnxruntime ai-edge-litert
  .venv/bin/python peers/compare.py --rounds 15 --out results.json > results.md

A round times every participant of a row once, one after the other; the ratio of a round is the peer's median over hartrain's, and the
row's ratio is the median over the rounds. Participants that do not work sleep in a read. A peer with a choice of threads
counts with its better one.
"""
import argparse
import json
import os
import statistics
import sys
import tempfile

from participants import HERE, PRODUCT, Worker, WorkerError, duration, machine, versions

# work, model, windows, threads of hartrain, repetitions a round, peers as (library, threads)
ROWS = [
    ("step", "cnn", 600, 2, 5, [("tensorflow", 2), ("torch", 2)]),
    ("step", "lstm", 600, 2, 2, [("tensorflow", 2), ("torch", 2)]),
    ("step", "lstm", 1, 1, 30, [("jax", 1), ("torch", 1)]),
    ("prediction", "cnn", 1, 1, 200, [("litert", 1), ("onnxruntime", 1)]),
    ("prediction", "lstm", 1, 1, 100, [("onnxruntime", 1), ("torch", 1)]),
    ("prediction", "cnn", 600, 2, 5, [("onnxruntime", 1), ("onnxruntime", 2), ("torch", 2)]),
    ("prediction", "lstm", 600, 2, 5, [("onnxruntime", 1), ("onnxruntime", 2), ("torch", 2)]),
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--out", help="the JSON file")
    parser.add_argument("--product", default=PRODUCT)
    arguments = parser.parse_args()

    folder = tempfile.mkdtemp(prefix="hartrain-peers-")
    workers = {}

    def peer(library, threads):
        if (library, threads) not in workers:
            workers[library, threads] = Worker(
                [sys.executable, os.path.join(HERE, "worker.py"), library, str(threads), folder], folder)
        return workers[library, threads]

    # The files that the runtimes read come from the libraries that train.
    for model in ("cnn", "lstm"):
        peer("torch", 2).ask("file", "onnx_file", model, 0, 0)
    peer("tensorflow", 2).ask("file", "lite_file", "cnn", 0, 0)
    product = Worker([os.path.abspath(arguments.product)], folder)

    peak = 0.0
    one_window = []
    two_threads = []
    rows = []
    for work, model, windows, threads, repetitions, peers in ROWS:
        times = {"hartrain": []}
        for round in range(arguments.rounds):
            request = (work, model, windows, threads, repetitions)
            order = ["hartrain"] + peers
            for who in order if round % 2 == 0 else order[::-1]:
                worker = product if who == "hartrain" else peer(*who)
                name = who if who == "hartrain" else f"{who[0]}, {who[1]} thread{'s' if who[1] > 1 else ''}"
                times.setdefault(name, []).append(statistics.median(worker.ask(*request)))
            # The machine's speed now, for the rows that are shares of it.
            rate = 2 * 512**3 / min(product.ask("gemm", "-", 512, 1, 3))
            peak = max(peak, rate)
            if (work, model, windows) == ("prediction", "cnn", 1):
                one_window.append((times["hartrain"][-1], rate))
            if (work, model, windows) == ("step", "cnn", 600):
                # By themselves, one after the other: a peer's threads may still spin behind its step.
                by_threads = {count: statistics.median(product.ask(work, model, windows, count, repetitions)) for count in (2, 1)}
                two_threads.append(by_threads[1] / by_threads[2])
        ratios = {
            name: statistics.median(p / h for p, h in zip(values, times["hartrain"]))
            for name, values in times.items() if name != "hartrain"
        }
        rows.append({
            "work": work, "model": model, "windows": windows, "threads": threads, "seconds": times, "ratios": ratios,
            "ratio_to_fastest": min(ratios.values()),
        })
    for worker in [product, *workers.values()]:
        worker.end()

    operations = 1_258_000
    results = {
        "machine": machine(), "versions": versions(), "rounds": arguments.rounds, "rows": rows, "sgemm_peak": peak,
        "cnn_window_share_of_peak": statistics.median(operations / t / rate for t, rate in one_window),
        "cnn_step_threads_2_over_1": statistics.median(two_threads),
    }
    if arguments.out:
        with open(arguments.out, "w") as file:
            json.dump(results, file, indent=1)

    print("| work | hartrain | peers (median) | ratio to the fastest |\n|---|---|---|---|")
    for row in rows:
        mine = statistics.median(row["seconds"]["hartrain"])
        peers = "; ".join(
            f"{name} {duration(statistics.median(values))} ({row['ratios'][name]:.1f}x)"
            for name, values in row["seconds"].items() if name != "hartrain")
        what = "train step" if row["work"] == "step" else "prediction"
        print(
            f"| {row['model'].upper()} {what}, {row['windows']} window{'s' if row['windows'] > 1 else ''}, {row['threads']} "
            f"thread{'s' if row['threads'] > 1 else ''} | {duration(mine)} | {peers} | {row['ratio_to_fastest']:.1f} |")
    print(f"| CNN train step, 1 thread over 2 threads | | | {results['cnn_step_threads_2_over_1']:.2f} |")
    print(
        f"| CNN, one window, share of the sgemm peak ({peak * 1e-9:.0f} GFLOP/s, OpenBLAS, 1 thread) | | | "
        f"{results['cnn_window_share_of_peak']:.2f} |")


try:
    main()
except WorkerError as error:
    sys.exit(str(error))
