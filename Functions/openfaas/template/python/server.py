"""Serves a function over HTTP: what OpenFaaS, Knative, KServe and Fission's container executor run. No watchdog is needed in front.

The function is handler.py on PYTHONPATH; it is loaded before the port opens, so a probe that succeeds means that it can answer.
"""

import os
import signal
import sys
from functools import partial
from http import HTTPStatus
from types import SimpleNamespace

import waitress
from handler import handle

PROBES = {"/_/health", "/_/ready", "/healthz", "/readyz"}
LARGEST_BODY = 16 << 20  # bytes; as many or more are answered with 413
GRACE = 25  # seconds that requests under way have after SIGTERM; Kubernetes kills after 30


def application(environ, start_response):
    if environ["PATH_INFO"] in PROBES:
        answer = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "OK\n"}
    else:
        event = SimpleNamespace(
            method=environ["REQUEST_METHOD"],
            headers={"Content-Type": environ.get("CONTENT_TYPE", "")},
            body=environ["wsgi.input"].read(),
        )
        answer = handle(event, None)
    body = answer["body"].encode()
    status = HTTPStatus(answer["statusCode"])
    start_response(f"{status.value} {status.phrase}", [*answer["headers"].items(), ("Content-Length", str(len(body)))])
    return [body]


def main():
    # As the first process of a container this one has no default action for SIGTERM. waitress answers what is under way on SystemExit.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    port = os.environ.get("PORT", "8080")
    server = waitress.create_server(application, listen=f"0.0.0.0:{port}", max_request_body_size=LARGEST_BODY, ident=None)
    server.task_dispatcher.shutdown = partial(server.task_dispatcher.shutdown, timeout=GRACE)
    server.run()


if __name__ == "__main__":
    main()
