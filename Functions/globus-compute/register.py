#!/usr/bin/env python3
"""Registers the functions with Globus Compute, or calls one of them on an endpoint.

    python3 register.py                                     # prints each function's id
    python3 register.py ENDPOINT-ID python_har < window.json
    python3 register.py ENDPOINT-ID harfunction < window.json

Needs globus-compute-sdk and a Globus login (or GLOBUS_COMPUTE_CLIENT_ID and GLOBUS_COMPUTE_CLIENT_SECRET).
"""

import sys

from globus_compute_sdk import Client, Executor
from messages import functions


def main():
    if len(sys.argv) == 1:
        client = Client()
        for function in (functions.python_har, functions.harfunction):
            print(client.register_function(function), function.__name__)
        return
    endpoint, name = sys.argv[1:]
    body = sys.stdin.buffer.read()
    with Executor(endpoint_id=endpoint) as executor:
        if name == "python_har":
            print(executor.submit(functions.python_har, body).result(), end="")
        elif name == "harfunction":
            result = executor.submit(functions.harfunction, **functions.harfunction_request(body)).result()
            if result.returncode != 0:
                sys.exit(result.stderr)
            print(result.stdout, end="")
        else:
            sys.exit(f"'{name}' is neither python_har nor harfunction")


if __name__ == "__main__":
    main()
