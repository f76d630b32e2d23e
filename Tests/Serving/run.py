"""Runs the test modules beside it, several at a time, each in a process of its own; prints what failed. Names as arguments run those alone.

    HARFUNCTION=BINARY HARTRAIN=PROGRAM python run.py [test_http ...]
"""

import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import time

FOLDER = pathlib.Path(__file__).resolve().parent
# The longest begin first, so that none of them is left alone at the end.
LONGEST = ["test_openapi", "test_fuzzing", "test_store", "test_termination", "test_http", "test_crowds", "test_versions", "test_load"]


def run(module):
    start = time.monotonic()
    result = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-m", "unittest", "-v", *module.split()], cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True,
    )
    return module, result.returncode, result.stdout, time.monotonic() - start


def main():
    modules = sorted(path.stem for path in FOLDER.glob("test_*.py"))
    modules.sort(key=lambda name: LONGEST.index(name) if name in LONGEST else len(LONGEST))
    modules = sys.argv[1:] or modules
    failed, total = [], 0
    # The tests mostly wait: for deadlines, drains and slow clients.
    with concurrent.futures.ThreadPoolExecutor(2 * (os.cpu_count() or 1)) as pool:
        for module, code, output, seconds in pool.map(run, modules):
            count = int((re.findall(r"^Ran (\d+) test", output, re.M) or ["0"])[-1])
            total += count
            skipped = re.findall(r"^.*skipped (.*)$", output, re.M)
            print(f"{module}: {count} tests, {seconds:.1f} s{'' if code == 0 else ', FAILED'}", flush=True)
            for reason in skipped:
                print(f"  SKIPPED: {reason}", flush=True)
            for note in re.findall(r"note: .*$", output, re.M):
                print(f"  {note}", flush=True)
            if code != 0 or count == 0:
                failed.append(module)
                print(output, flush=True)
    print(f"{total} tests, failed: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
