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
        environment = {**os.environ, **headers, "Http_Method": "POST"}
        process = subprocess.Popen(sys.argv[2:], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        try:
            process.stdin.write(body)
            process.stdin.close()
            unread = False
        except BrokenPipeError:  # the program has ended before it had read everything
            unread = True
        answer = process.stdout.read()
        self.send_response(500 if process.wait() or unread else 200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    request_queue_size = 128  # Python's 5 would let a connection of more users wait for a second: the kernel drops it, the client asks again


Server(("127.0.0.1", int(sys.argv[1])), Watchdog).serve_forever()
