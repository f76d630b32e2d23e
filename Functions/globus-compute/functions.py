"""The functions for Globus Compute, funcX's successor: what is registered, and what a worker runs.

A worker has no HTTP: a request is an argument, and the answer is a result. Workers of an endpoint live on, so the model that
python-har's module loads serves all the requests of a worker.
"""

import base64

from globus_compute_sdk import ShellFunction


def python_har(body, content_type="application/json"):
    """python-har's answer to a request. The worker needs Functions/python-har on PYTHONPATH, and HARFUNCTION_WEIGHTS."""
    # A worker gets the text of this function and nothing around it.
    from types import SimpleNamespace

    from handler import handle

    answer = handle(SimpleNamespace(method="POST", headers={"Content-Type": content_type}, body=body), None)
    if answer["statusCode"] != 200:
        raise ValueError(answer["body"].strip())
    return answer["body"]


def harfunction_request(body):
    """The argument of `harfunction`: a request as letters that no shell reads as anything else."""
    return {"request": base64.b64encode(body).decode()}


# harfunction's answer is the result's `stdout`. The worker needs the program: on PATH, or where HARFUNCTION says; and HARFUNCTION_WEIGHTS.
# Each call is a process, which loads the weights anew. A command holds 128 KiB: some seven windows.
harfunction = ShellFunction(
    'set -o pipefail; base64 --decode <<< {request} | "${{HARFUNCTION:-harfunction}}" --stdin', name="harfunction"
)
