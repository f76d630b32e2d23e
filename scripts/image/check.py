"""Checks images for scripts/test-image.sh, which says what the commands are for.

    check.py layout IMAGE.tar MEGABYTES            the layout keeps to the image specification, and is no larger than this when it is unpacked
    check.py unpack IMAGE.tar ARCHITECTURE FOLDER
    check.py run IMAGE.tar ARCHITECTURE            the program answers

"run" wants numpy, boto3, rclone and cryptography (Tests/Interchange/requirements.txt) and a network of its own: its name server has port 53.
"""

import contextlib
import datetime
import gzip
import hashlib
import io
import ipaddress
import json
import os
import pathlib
import platform
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
import urllib.request

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
WEIGHTS = REPOSITORY / "Checkpoints/pretrained/cnn/best.safetensors"
HOST = "store.example"
CONFIG = "application/vnd.oci.image.config.v1+json"
INDEX = "application/vnd.oci.image.index.v1+json"
LAYERS = {"application/vnd.oci.image.layer.v1.tar", "application/vnd.oci.image.layer.v1.tar+gzip"}
MANIFEST = "application/vnd.oci.image.manifest.v1+json"


def passed(what):
    print(f"passed: {what}", flush=True)


class Image:
    """A layout, read by its index alone; every blob that it leads to is compared with its descriptor."""

    def __init__(self, path):
        self.members, self.seen, self.images = {}, set(), {}
        with tarfile.open(path) as archive:
            for member in archive:
                assert (member.uid, member.gid, member.uname, member.gname) == (0, 0, "", ""), f"{member.name} has an owner"
                if member.isfile():
                    self.members[member.name] = archive.extractfile(member).read()
        assert json.loads(self.members["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
        index = json.loads(self.members["index.json"])
        self.names = [descriptor["annotations"] for descriptor in index["manifests"]]
        self._read_index(index)
        blobs = {name for name in self.members if name.startswith("blobs/")}
        assert blobs == self.seen, f"nothing leads to {blobs - self.seen}"

    def _blob(self, descriptor):
        assert re.fullmatch("sha256:[0-9a-f]{64}", descriptor["digest"])
        name = "blobs/" + descriptor["digest"].replace(":", "/")
        data = self.members[name]
        assert len(data) == descriptor["size"], f"{name} has {len(data)} bytes, its descriptor says {descriptor['size']}"
        assert "sha256:" + hashlib.sha256(data).hexdigest() == descriptor["digest"], f"{name} has another SHA-256"
        self.seen.add(name)
        return data

    def _read_index(self, index):
        assert index["schemaVersion"] == 2 and index["mediaType"] == INDEX
        for descriptor in index["manifests"]:
            value = json.loads(self._blob(descriptor))
            assert value["mediaType"] == descriptor["mediaType"]
            if descriptor["mediaType"] == INDEX:
                self._read_index(value)
            else:
                self._read_manifest(descriptor, value)

    def _read_manifest(self, descriptor, manifest):
        assert descriptor["mediaType"] == MANIFEST and manifest["schemaVersion"] == 2 and manifest["config"]["mediaType"] == CONFIG
        config = json.loads(self._blob(manifest["config"]))
        assert descriptor["platform"] == {"architecture": config["architecture"], "os": config["os"]}
        layers = []
        for layer, identity in zip(manifest["layers"], config["rootfs"]["diff_ids"], strict=True):
            assert layer["mediaType"] in LAYERS
            data = self._blob(layer)
            if layer["mediaType"].endswith("+gzip"):
                assert data[4:8] == bytes(4) and not data[3] & 8, "gzip notes a time or a name"
                data = gzip.decompress(data)
            assert "sha256:" + hashlib.sha256(data).hexdigest() == identity, "a layer is not the one that the configuration names"
            layers.append(data)
        assert len(config["history"]) == len(layers)
        self.images[config["architecture"]] = (config, layers)

    def unpack(self, architecture, folder):
        _, layers = self.images[architecture]
        for layer in layers:
            with tarfile.open(fileobj=io.BytesIO(layer)) as archive:
                names = [member.name for member in archive]
                assert names == sorted(set(names)), "a layer's files are in no order"
                archive.extractall(folder, filter="tar" if hasattr(tarfile, "tar_filter") else None)


def check_layout(path, most):
    image = Image(path)
    for architecture, (config, layers) in image.images.items():
        settings = config["config"]
        assert settings["User"] == "65532:65532"
        assert settings["Entrypoint"][0] in ("/usr/bin/harfunction", "/usr/bin/hartrain")
        assert settings["Labels"]["org.opencontainers.image.created"] == config["created"]
        size = sum(map(len, layers)) / 1e6
        assert size <= most, f"the image for {architecture} has {size:.1f} MB uncompressed, more than {most}"
        passed(f"{pathlib.Path(path).name}, {architecture}: blobs, sizes, digests, media types; {size:.1f} MB uncompressed")
    for entry in json.loads(image.members["manifest.json"]):
        assert {entry["Config"], *entry["Layers"]} <= image.members.keys(), f"{entry['RepoTags']} leads nowhere"


def serve_names():
    """A name server that knows one host: 127.0.0.1."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def answer():
        while True:
            question, client = server.recvfrom(512)
            labels, at = [], 12
            while question[at]:
                labels.append(question[at + 1 : at + 1 + question[at]].decode())
                at += 1 + question[at]
            kind, asked = int.from_bytes(question[at + 1 : at + 3], "big"), question[12 : at + 5]
            is_known = ".".join(labels).lower() == HOST
            record = b"\xc0\x0c\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\x7f\x00\x00\x01" if is_known and kind == 1 else b""
            flags = b"\x85\x80" if is_known else b"\x85\x83"
            counts = bytes([0, 1, 0, 1 if record else 0, 0, 0, 0, 0])
            server.sendto(question[:2] + flags + counts + asked + record, client)

    threading.Thread(target=answer, daemon=True).start()


def make_certificates(folder):
    """An authority and the certificate that it gave the store; returns the authority's file, and the store's with its key."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    now = datetime.datetime.now(datetime.timezone.utc)

    def certificate(name, issuer, signer, key, extensions):
        builder = x509.CertificateBuilder().subject_name(name).issuer_name(issuer).public_key(key.public_key())
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=1))
        builder = builder.not_valid_after(now + datetime.timedelta(days=1))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        return builder.sign(signer, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def called(text):
        return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])

    authority_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    authority = certificate(
        called("test authority"), called("test authority"), authority_key, authority_key, [x509.BasicConstraints(ca=True, path_length=None)]
    )
    names = x509.SubjectAlternativeName([x509.DNSName(HOST), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    store = certificate(called(HOST), called("test authority"), authority_key, key, [names])
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "authority.pem").write_bytes(authority)
    (folder / "store.pem").write_bytes(store + private)
    return folder / "authority.pem", folder / "store.pem"


def serve_tls(certificate, port):
    """Takes TLS connections and passes what is inside on to a port; returns its own."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listener = socket.create_server(("127.0.0.1", 0))

    def pump(source, target):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve(connection):
        with contextlib.suppress(OSError), context.wrap_socket(connection, server_side=True) as client:
            with socket.create_connection(("127.0.0.1", port)) as server:
                threading.Thread(target=pump, args=[client, server], daemon=True).start()
                pump(server, client)

    def accept():
        while True:
            threading.Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listener.getsockname()[1]


@contextlib.contextmanager
def store(folder):
    """rclone's S3 server, which checks signatures, behind TLS, with the weights in it; gives the variables that reach it."""
    import boto3

    command = [sys.executable, REPOSITORY / "Tests/S3/serve.py", "rclone"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=folder, text=True) as server:
        facts = json.loads(server.stdout.readline())
        keys = {"access_key": "AWS_ACCESS_KEY_ID", "secret_key": "AWS_SECRET_ACCESS_KEY"}
        environment = {variable: facts[key] for key, variable in keys.items()}
        names = {variable.lower(): value for variable, value in environment.items()}
        client = boto3.client("s3", endpoint_url=facts["direct"], region_name="us-east-1", **names)
        digest = hashlib.sha256(WEIGHTS.read_bytes()).hexdigest()
        client.put_object(Bucket="models", Key="cnn.safetensors", Body=WEIGHTS.read_bytes(), Metadata={"sha256": digest})
        authority, certificate = make_certificates(folder)
        port = serve_tls(certificate, int(facts["endpoint"].rsplit(":", 1)[1]))
        try:
            yield environment | {"AWS_ENDPOINT_URL": f"https://{HOST}:{port}"}, authority
        finally:
            server.terminate()


class Root:
    """An image's files in a folder, and its program, started as a runtime would: a read-only root, the image's user and its environment."""

    def __init__(self, image, architecture, folder):
        image.unpack(architecture, folder)
        self.folder, self.config = folder, image.images[architecture][0]["config"]
        self.is_emulated = architecture != {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
        self.product = self.config["Labels"]["org.opencontainers.image.title"]
        self.authorities = folder / "etc/ssl/certs/ca-certificates.crt"
        triplet = {"amd64": "x86_64-linux-gnu", "arm64": "aarch64-linux-gnu"}[architecture]
        self.libraries = {path.name for path in (folder / "usr/lib" / triplet).iterdir() if not path.name.startswith("ld-")}
        # What a runtime puts there.
        (folder / "etc/resolv.conf").write_text("nameserver 127.0.0.1\n")
        (folder / "weights").mkdir(exist_ok=True)
        shutil.copy(WEIGHTS, folder / "weights/best.safetensors")

    def command(self, arguments, environment, is_tmp_writable=True):
        variables = dict(text.split("=", 1) for text in self.config["Env"]) | environment
        program = self.config["Entrypoint"][0]
        if self.is_emulated:
            # The emulator takes files of the image where it has them, and of this machine otherwise: no proof of what the image lacks.
            settings = [word for name, value in variables.items() for word in ("-E", f"{name}={value}")]
            return ["qemu-aarch64", "-cpu", "cortex-a72", *settings, "-L", self.folder, f"{self.folder}{program}", *arguments]
        user, group = self.config["User"].split(":")
        command = ["bwrap", "--ro-bind", self.folder, "/", "--proc", "/proc", "--dev", "/dev", "--unshare-user", "--unshare-pid"]
        command += ["--die-with-parent", "--uid", user, "--gid", group, "--clearenv", "--chdir", self.config["WorkingDir"]]
        command += ["--tmpfs", "/tmp"] if is_tmp_writable else []
        for name, value in variables.items():
            command += ["--setenv", name, value]
        return [*command, program, *arguments]


class Outcome:
    """How a program ended: its code, its answers, what it said, and the libraries that the dynamic linker loaded for it."""

    LOADED = re.compile(r"\s+\d+:\s+file=(\S+) \[0\];\s+generating link map")

    def __init__(self, code, answers, text):
        self.code, self.answers, lines = code, answers, text.splitlines()
        self.loaded = {found[1].rsplit("/", 1)[-1] for line in lines if (found := self.LOADED.match(line))}
        self.text = "\n".join(line for line in lines if not re.match(r"\s+\d+:\s", line))


def predict(root, weights, windows, environment, **options):
    """The answers of `hartrain predict`."""
    table = "".join(",".join(f"{value:.8g}" for value in reading) + "\n" for window in windows for reading in window)
    command = root.command(["predict", "--weights", weights, "--json", "-"], environment, **options)
    result = subprocess.run(command, input=table, capture_output=True, text=True, timeout=300)
    return Outcome(result.returncode, [json.loads(line) for line in result.stdout.splitlines()], result.stderr)


def last_child(process):
    """The program at the end of a chain of parents: bwrap starts it, waits for it and passes no signals on."""
    while children := pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split():
        process = int(children[0])
    return process


def serve(root, weights, windows, environment, **options):
    """The answers of harfunction to a request; then it is told to end."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    command = root.command(["--weights", weights, "--port", str(port), "--drain", "1s"], environment, **options)
    with tempfile.TemporaryFile("w+") as log:
        process, answers = subprocess.Popen(command, stdout=log, stderr=log, text=True), []
        try:
            ready = False
            deadline = time.monotonic() + 60
            while not ready and process.poll() is None and time.monotonic() < deadline:
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=10).close()
                    ready = True
                time.sleep(0.02)
            if ready:
                body = json.dumps({"windows": windows.tolist()}).encode()
                request = urllib.request.Request(f"http://127.0.0.1:{port}/predict", body, {"Content-Type": "application/json"})
                with urllib.request.urlopen(request, timeout=30) as response:
                    answers = json.load(response)["predictions"]
            if process.poll() is None:
                os.kill(last_child(process.pid), signal.SIGTERM)
            code = process.wait(timeout=60)
        finally:
            process.kill()
        log.seek(0)
        return Outcome(code, answers, log.read())


def check_answers(outcome, windows):
    sys.path.insert(0, str(REPOSITORY / "Functions/python-har"))
    from hartrain_numpy import Model

    assert outcome.code == 0, f"it ended with {outcome.code}: {outcome.text}"
    expected = Model(WEIGHTS).predict(windows)
    assert len(outcome.answers) == len(expected), f"{len(outcome.answers)} answers for {len(expected)} windows: {outcome.text}"
    for answer, probabilities in zip(outcome.answers, expected):
        assert abs(probabilities - answer["probabilities"]).max() < 1e-5, f"{answer['probabilities']}, not {probabilities}"


def check_run(path, architecture):
    import numpy

    windows = numpy.random.default_rng(0).normal(0, 0.3, (4, 128, 9)).astype("float32")
    windows[:, :, 6] += 1
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        root = Root(Image(path), architecture, folder / "root")
        ask = {"hartrain": predict, "harfunction": serve}[root.product]
        linker = {"LD_DEBUG": "files"}

        outcome = ask(root, "/weights/best.safetensors" if not root.is_emulated else WEIGHTS, windows, linker, is_tmp_writable=False)
        check_answers(outcome, windows)
        assert not {name for name in outcome.loaded if "curl" in name or "blas" in name}, outcome.loaded
        passed(f"{architecture}: answers with weights in a file, with nothing that it can write to, and without loading libcurl")

        if not root.authorities.exists():
            outcome = ask(root, "s3://models/cnn.safetensors", windows, {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b"})
            assert outcome.code != 0 and "libcurl" in outcome.text, outcome.text
            passed(f"{architecture}: without libcurl, a place in a store is refused, and the message says why")
            return

        found = ssl.create_default_context(cadata=root.authorities.read_text()).cert_store_stats()["x509_ca"]
        assert found > 100 and found == root.authorities.read_text().count("BEGIN CERTIFICATE"), found
        serve_names()
        with store(folder) as (environment, authority):
            outcome = ask(root, "s3://models/cnn.safetensors", windows, environment | {"HARTRAIN_STORE_TIMEOUT": "5"})
            assert outcome.code != 0 and "certificate" in outcome.text, outcome.text
            passed(f"{architecture}: of {found} authorities none has signed the store's certificate, and it is refused")

            root.authorities.write_bytes(root.authorities.read_bytes() + authority.read_bytes())
            outcome = ask(root, "s3://models/cnn.safetensors", windows, environment | linker)
            check_answers(outcome, windows)
            assert outcome.loaded >= root.libraries, f"the image has what nothing loads: {root.libraries - outcome.loaded}"
            passed(f"{architecture}: weights by https from a store whose name the image's libc asks the name server for; every library is loaded")

            address = environment["AWS_ENDPOINT_URL"].replace(HOST, "st\u00f6re.example")
            outcome = ask(root, "s3://models/cnn.safetensors", windows, environment | {"AWS_ENDPOINT_URL": address})
            assert outcome.code in (1, 2), f"it ended with {outcome.code}: {outcome.text}"
            passed(f"{architecture}: a store's name that is not ASCII is refused, or not found: {outcome.text.splitlines()[-1]}")


def main():
    match sys.argv[1:]:
        case ["layout", path, megabytes]:
            check_layout(path, float(megabytes))
        case ["unpack", path, architecture, folder]:
            Image(path).unpack(architecture, folder)
        case ["run", path, architecture]:
            check_run(path, architecture)
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    try:
        main()
    except AssertionError as error:
        sys.exit(f"FAILED: {error}")
