"""Forks a program for each request as OpenFaaS' watchdogs do: body on standard input, headers in the environment, answer on standard output.

    python3 watchdog.py PORT PROGRAM [ARGUMENT ...]
"""

import os
import subprocess
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Watchdog(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {f"Http_{name.replace('-', '_')}": value for name, value in self.headers.items()}
        run = subprocess.run(sys.argv[2:], input=body, capture_output=True, env={**os.environ, **headers, "Http_Method": "POST"})
        answer = run.stdout + run.stderr if run.returncode else run.stdout
        self.send_response(500 if run.returncode else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Watchdog).serve_forever()
