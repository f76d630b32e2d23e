#!/usr/bin/env python3
"""An HTTP server before Globus Compute (funcX's successor), which has none: what JMeter asks becomes a call of python_har.

    shim.py --port 8080                   an endpoint's engine and Parsl on this machine, without the service and a login
    shim.py --port 8080 --endpoint ID     an endpoint of yours, through the SDK and the service (20 requests in 10 s at most)

The engine's workers get their weights from HARFUNCTION_WEIGHTS and the function from PYTHONPATH.
"""
import argparse
import http.server
import os
import sys
import tempfile
import uuid

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Functions", "globus-compute"))
from messages import functions, packed, unpacked  # noqa: E402


class Local:
    """The engine that an endpoint has."""

    def __init__(self, workers, folder):
        from globus_compute_endpoint.engines import GlobusComputeEngine
        from parsl.providers import LocalProvider

        names = ("PYTHONPATH", "HARFUNCTION_WEIGHTS")
        for name in names:
            if name not in os.environ:
                sys.exit(f"error: {name} is not set: the workers need Functions/python-har and the place of the weights")
        setup = " ".join(["export", *(f"{name}='{os.environ[name]}'" for name in names)])
        provider = LocalProvider(init_blocks=1, max_blocks=1, worker_init=setup)
        self.engine = GlobusComputeEngine(
            address="127.0.0.1", max_workers_per_node=workers, encrypted=False, provider=provider, working_dir=folder)
        self.engine.start(endpoint_id=uuid.uuid4(), run_dir=folder)

    def __call__(self, body, content_type):
        from globus_compute_endpoint.engines.base import GCFuture

        future = GCFuture(gc_task_id=uuid.uuid4())
        self.engine.submit(future, packed(functions.python_har, body, content_type), resource_specification={})
        return unpacked(future.result(timeout=120))

    def end(self):
        self.engine.shutdown()


class Service:
    """An endpoint that is somewhere else."""

    def __init__(self, endpoint):
        from globus_compute_sdk import Executor

        self.executor = Executor(endpoint_id=endpoint)

    def __call__(self, body, content_type):
        return self.executor.submit(functions.python_har, body, content_type).result(timeout=120)

    def end(self):
        self.executor.shutdown()


def handler(call):
    class Shim(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # one write an answer

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            try:
                status, answer = 200, call(body, self.headers.get("Content-Type"))
            except Exception as error:  # whatever failed, far away: the client is told
                status, answer = 502, f"{type(error).__name__}: {error}\n"
            answer = answer.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    return Shim


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128  # more than all users of the study


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--endpoint", help="an endpoint's id (default: this machine, without the service)")
    parser.add_argument("--workers", type=int, default=1, help="of the engine on this machine (default: 1)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hartrain-shim-") as folder:
        call = Service(arguments.endpoint) if arguments.endpoint else Local(arguments.workers, folder)
        try:
            Server(("127.0.0.1", arguments.port), handler(call)).serve_forever()
        finally:
            call.end()


if __name__ == "__main__":
    main()
