#!/usr/bin/env python3
"""Times the products that layers are made of by hartrain's kernel and by OpenBLAS, in turns, and prints where either wins.

  swift build -c release --product product-worker                     # in Benchmarks/
  python3 peers/crossover.py [--rounds 7] [--kernels avx2]

One thread. Weights are packed before for the kernel, as a prediction finds them, and stand as they are for OpenBLAS, which packs them in
each call. A time is the least of all rounds, a ratio OpenBLAS's time over the kernel's: above 1 the kernel wins.
"""
import argparse
import math
import os
import tempfile

from participants import PRODUCT, Worker, machine
from sizes import RESTRICTIONS, TURN_SECONDS, blas_core

# Rows of a dense layer's batch, and of the steps of convolutions.
ROWS = (1, 8, 64, 512, 4096)
# Depth and columns: the study's layers, a convolution's taps, square layers.
WEIGHTS = ((18, 36), (144, 72), (45, 64), (320, 64), (640, 128), (1280, 256), (256, 256), (512, 512), (1024, 1024), (2048, 2048))


def environment(kernels):
    core = RESTRICTIONS.get(kernels, {}).get("OPENBLAS_CORETYPE") or blas_core()
    own = {"HARTRAIN_KERNELS": kernels} if kernels else {}
    return own | ({"OPENBLAS_CORETYPE": core} if core and "OPENBLAS_CORETYPE" not in os.environ else {})


def best(worker, shape, rounds):
    """The least seconds of both in turns."""
    works = ("product", "blas")
    calls = {work: max(3, math.ceil(TURN_SECONDS / 6 / min(worker.ask(work, shape, 0, 1, 3)))) for work in works}
    seconds = {work: math.inf for work in works}
    for round in range(rounds):
        for work in works if round % 2 == 0 else works[::-1]:
            seconds[work] = min(seconds[work], *worker.ask(work, shape, 0, 1, calls[work]))
    return seconds["product"], seconds["blas"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--kernels", choices=sorted(RESTRICTIONS), help="instructions that both are kept to")
    parser.add_argument("--product", default=PRODUCT, help="the product-worker")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hartrain-crossover-") as folder:
        worker = Worker([os.path.abspath(arguments.product)], folder, environment(arguments.kernels))
        print(f"| weights | {' | '.join(f'{rows} row' + 's' * (rows > 1) for rows in ROWS)} |\n" + "|---" * (1 + len(ROWS)) + "|")
        for depth, columns in WEIGHTS:
            cells = []
            for rows in ROWS:
                ours, blas = best(worker, f"{rows}x{depth}x{columns}", arguments.rounds)
                cells.append(f"{blas / ours:.2f} ({2 * rows * depth * columns / ours * 1e-9:.0f} GFLOP/s)")
            print(f"| {depth} x {columns} | {' | '.join(cells)} |", flush=True)
        worker.end()
    print(f"\n{machine()['cpu']}; OpenBLAS's kernels: {environment(arguments.kernels).get('OPENBLAS_CORETYPE', 'its choice')}.")


if __name__ == "__main__":
    main()
