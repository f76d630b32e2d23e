"""Makes what other parts of the repository share importable: the benchmark of the server, the functions and how their tests start them."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))
for folder in ("Benchmarks/serving", "Functions/tests", "Functions/python-har"):
    if os.path.join(ROOT, folder) not in sys.path:
        sys.path.append(os.path.join(ROOT, folder))
