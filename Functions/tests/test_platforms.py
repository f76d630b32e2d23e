"""Kubeless, Fission and Lambda: the archives that the manifests name, under what calls them there."""

import base64
import contextlib
import json
import pathlib
import shutil
import subprocess
import sys
import threading
import unittest
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pack
import support
from support import BODIES, FUNCTIONS, HELLO, PLATFORMS, AnswerCase, Server, Store, folder, free_port, weights


def unpack(platform, function, place):
    archive = place / "function.zip"
    pack.pack(platform, function, archive)
    with zipfile.ZipFile(archive) as file:
        file.extractall(place / "unpacked")
    return place / "unpacked"


def node(platform, place, entry, event=None):
    script = PLATFORMS / "node_platforms.js"
    run = subprocess.run(["node", script, platform, place, entry, json.dumps(event)], capture_output=True, text=True)
    if run.returncode:
        raise AssertionError(run.stderr)
    return json.loads(run.stdout)


class Archives(unittest.TestCase):
    def test_same_files_same_bytes(self):
        with folder() as place:
            pack.pack("kubeless", "python-har", place / "a.zip")
            shutil.copytree(FUNCTIONS / "python-har", place / "Functions" / "python-har")
            shutil.copytree(FUNCTIONS / "kubeless", place / "Functions" / "kubeless")
            for path in (place / "Functions").rglob("*.py"):
                path.touch()
            shutil.copy(FUNCTIONS / "pack.py", place / "Functions")
            subprocess.run([sys.executable, place / "Functions" / "pack.py", "kubeless", "python-har", place / "b.zip"], check=True)
            self.assertEqual((place / "a.zip").read_bytes(), (place / "b.zip").read_bytes())

    def test_a_function_and_its_wrapper(self):
        self.assertEqual(set(pack.members("lambda", "helloworld/node")), {"handler.js", "entry.js"})
        wanted = {"handler.py", "hartrain_numpy.py", "weights.py", "windows.py", "requirements.txt", "entry.py"}
        self.assertEqual(set(pack.members("kubeless", "python-har")), wanted)


class Kubeless(AnswerCase):
    """The manifests name the archive, the runtime, and entry.call."""

    @contextlib.contextmanager
    def serve(self, name, **environment):
        manifest = next(
            document
            for path in (FUNCTIONS / "kubeless").glob("*.yaml")
            for document in support.documents(path)
            # The list of them, for kustomize, has no name.
            if document.get("metadata", {}).get("name") == name
        )
        archive = pathlib.Path(manifest["spec"]["function"]).stem
        module, function = manifest["spec"]["handler"].split(".")
        with folder() as place:
            installed = unpack("kubeless", {"helloworld-python": "helloworld/python"}.get(archive, archive), place)
            port = free_port()
            variables = {"MOD_NAME": module, "FUNC_HANDLER": function, "FUNC_PORT": str(port), "KUBELESS_INSTALL_VOLUME": str(installed)}
            with Server([sys.executable, PLATFORMS / "kubeless_runtime.py"], place, port, **variables, **environment) as server:
                yield server

    def test_helloworld_in_python(self):
        with self.serve("helloworld-python") as server:
            self.assertEqual(server.ask(method="GET")[::2], (200, HELLO))
            self.assertEqual(server.ask(b"{}", "application/json")[::2], (200, HELLO))

    def test_helloworld_in_node(self):
        for platform in ("kubeless", "kubeless-without-body"):
            with self.subTest(platform), folder() as place:
                self.assertEqual(node(platform, unpack("kubeless", "helloworld/node", place), "entry.call"), HELLO)

    def test_inference(self):
        for model in support.MODELS:
            with self.subTest(model), self.serve(f"python-har-{model}", HARFUNCTION_WEIGHTS=weights(model)) as server:
                for content_type, body in BODIES:
                    status, kind, text = server.ask(body, content_type)
                    self.assertEqual((status, kind), (200, "application/json"), text)
                    self.assert_answers(text, model)
                status, kind, text = server.ask(b"{", "text/csv")
                self.assertEqual((status, kind), (400, "application/json"), text)
                self.assertIn("line 1 has 1 values, must have 9", json.loads(text)["error"])
                self.assertEqual(server.ask(method="GET")[0], 405)

    def test_a_fork_for_each_request_downloads_nothing(self):
        with Store() as store:
            store.publish("cnn")
            with self.serve("python-har-cnn", **store.variables("s3://models/har/cnn/latest.json")) as server:
                for _ in range(5):
                    self.assert_answers(server.ask(BODIES[2][1], BODIES[2][0])[2], "cnn")
            self.assertEqual(len(store.requests()), 2)  # the pointer, and what it leads to


class Fission(AnswerCase):
    """Archives are flat, as ArchiveUploadSpec makes them; the entry is the Function's."""

    def setUp(self):
        documents = [document for path in (FUNCTIONS / "fission" / "specs").glob("*.yaml") for document in support.documents(path)]
        self.archives = {document["name"]: document["include"] for document in documents if document["kind"] == "ArchiveUploadSpec"}
        self.functions = {document["metadata"]["name"]: document["spec"] for document in documents if document["kind"] == "Function"}

    def lay_out(self, name, place):
        package = self.functions[name]["package"]
        for pattern in self.archives[package["packageref"]["name"]]:
            found = [path for path in (FUNCTIONS / "fission").glob(pattern) if path.is_file()]
            self.assertTrue(found, pattern)
            for path in found:
                self.assertFalse((place / path.name).exists(), f"two files of an archive are named {path.name}")
                shutil.copy(path, place)
        return package["functionName"]

    @contextlib.contextmanager
    def serve(self, name, **environment):
        with folder() as place:
            entry = self.lay_out(name, place)
            port = free_port()
            command = [sys.executable, PLATFORMS / "fission_environment.py"]
            with Server(command, place, port, RUNTIME_PORT=str(port), **environment) as server:
                self.assertEqual(server.ask()[0], 500)
                details = {"filepath": str(place), "functionName": entry, "envVersion": 3}
                server.specialize = lambda: server.ask(json.dumps(details).encode(), "application/json", "/v2/specialize")[0]
                yield server

    def test_helloworld_in_python(self):
        with self.serve("helloworld-python") as server:
            self.assertEqual(server.specialize(), 200)
            self.assertEqual(server.ask(method="GET"), (200, "text/plain", HELLO))

    def test_helloworld_in_node(self):
        with folder() as place:
            entry = self.lay_out("helloworld-node", place)
            self.assertEqual(node("fission", place, entry), {"status": 200, "headers": {"Content-Type": "text/plain"}, "body": HELLO})

    def test_inference(self):
        for model in support.MODELS:
            with self.subTest(model), self.serve(f"python-har-{model}", HARFUNCTION_WEIGHTS=weights(model)) as server:
                self.assertEqual(server.specialize(), 200)
                for content_type, body in BODIES:
                    status, kind, text = server.ask(body, content_type)
                    self.assertEqual((status, kind), (200, "application/json"), text)
                    self.assert_answers(text, model)
                self.assertEqual(server.ask(b"x", "text/plain")[0], 415)

    def test_weights_are_there_when_it_is_specialised_or_it_is_not(self):
        with self.serve("python-har-cnn", HARFUNCTION_WEIGHTS="/nowhere") as server:
            self.assertEqual(server.specialize(), 500)

    def test_the_builder_installs_requirements(self):
        """build.sh with a pip that notes what it is asked for."""
        with folder() as place:
            for name in ("source", "bin"):
                (place / name).mkdir()
            self.lay_out("python-har-cnn", place / "source")
            (place / "bin" / "pip3").write_text('#!/bin/sh\necho "$@" > "$SRC_PKG/asked"\n')
            (place / "bin" / "pip3").chmod(0o755)
            variables = {"SRC_PKG": str(place / "source"), "DEPLOY_PKG": str(place / "deploy"), "PATH": f"{place / 'bin'}:/usr/bin:/bin"}
            subprocess.run(["./build.sh"], cwd=place / "source", env=variables, check=True)
            asked = (place / "deploy" / "asked").read_text().split()
            self.assertEqual(asked, ["install", "--requirement", f"{place}/source/requirements.txt", "--target", f"{place}/source"])
            self.assertTrue((place / "deploy" / "main.py").exists())


class LambdaService:
    """Lambda's side of its runtime interface: hands out events, and keeps what the runtime posts."""

    def __init__(self, events):
        waiting = list(enumerate(events))
        self.posts = {}
        self.finished = threading.Event()

        class Endpoints(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(endpoint):
                if not waiting:
                    self.finished.set()
                    threading.Event().wait()  # as Lambda does until there is an event
                number, event = waiting.pop(0)
                body = json.dumps(event).encode()
                endpoint.send_response(200)
                headers = {"Aws-Request-Id": number, "Deadline-Ms": 4102444800000, "Invoked-Function-Arn": "arn:aws:lambda:x:1:function:f"}
                for name, value in headers.items():
                    endpoint.send_header(f"Lambda-Runtime-{name}", str(value))
                endpoint.send_header("Content-Type", "application/json")
                endpoint.send_header("Content-Length", str(len(body)))
                endpoint.end_headers()
                endpoint.wfile.write(body)

            def do_POST(endpoint):
                body = endpoint.rfile.read(int(endpoint.headers["Content-Length"]))
                _, _, _, *call = endpoint.path.split("/")
                self.posts["/".join(call)] = json.loads(body)
                endpoint.send_response(202)
                endpoint.send_header("Content-Length", "0")
                endpoint.end_headers()
                if call == ["init", "error"]:
                    self.finished.set()

            def log_message(endpoint, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Endpoints)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def address(self):
        return f"127.0.0.1:{self.server.server_address[1]}"


class Lambda(AnswerCase):
    """AWS' own runtime client for Python runs the archive; the service is a stub of its endpoints."""

    def run_function(self, function, events, **environment):
        with folder() as place:
            task_root = unpack("lambda", function, place)
            service = LambdaService(events)
            variables = {"AWS_LAMBDA_RUNTIME_API": service.address, "LAMBDA_TASK_ROOT": str(task_root), "AWS_REGION": "us-east-1"}
            command = [sys.executable, "-m", "awslambdaric", "entry.call"]
            with open(place / "log", "w+") as log:
                process = subprocess.Popen(
                    command, cwd=task_root, env=support.clean_environment(**variables, **environment), stdout=log, stderr=log
                )
                finished = service.finished.wait(60)
                process.kill()
                process.wait()
                service.server.shutdown()
                service.server.server_close()
                log.seek(0)
                self.assertTrue(finished, log.read())
        return service.posts

    def url_event(self, body, content_type, method="POST", encoded=False):
        event = {"version": "2.0", "requestContext": {"http": {"method": method, "path": "/"}}, "headers": {}, "isBase64Encoded": encoded}
        if body is not None:
            event["body"] = base64.b64encode(body).decode() if encoded else body.decode()
            event["headers"]["content-type"] = content_type
        return event

    def test_helloworld_in_python(self):
        posts = self.run_function("helloworld/python", [self.url_event(None, None, "GET"), {}])
        answer = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": HELLO}
        self.assertEqual(posts, {"invocation/0/response": answer, "invocation/1/response": HELLO})

    def test_helloworld_in_node(self):
        with folder() as place:
            task_root = unpack("lambda", "helloworld/node", place)
            answer = {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": HELLO}
            for event in (self.url_event(None, None, "GET"), self.url_event(b"x", "text/plain", encoded=True)):
                self.assertEqual(node("lambda", task_root, "entry.call", event), answer)
            self.assertEqual(node("lambda", task_root, "entry.call", {}), HELLO)

    def test_inference(self):
        json_body, csv_body, floats = (body for _, body in BODIES)
        events = [
            self.url_event(json_body, "application/json"),
            self.url_event(csv_body, "text/csv"),
            self.url_event(floats, "application/octet-stream", encoded=True),
            json.loads(json_body),
            self.url_event(b'{"window": [[1]]}', "application/json"),
            {"window": [[1]]},
            self.url_event(None, None, "GET"),
        ]
        for model in support.MODELS:
            with self.subTest(model):
                posts = self.run_function("python-har", events, HARFUNCTION_WEIGHTS=weights(model))
                for number in range(3):
                    answer = posts[f"invocation/{number}/response"]
                    self.assertEqual(answer["statusCode"], 200, answer)
                    self.assert_answers(answer["body"], model)
                self.assert_answers(json.dumps(posts["invocation/3/response"]), model)
                refused = posts["invocation/4/response"]
                self.assertEqual(refused["statusCode"], 400)
                self.assertIn("window 1 has 1 readings, must have 128", refused["body"])
                self.assertIn("window 1 has 1 readings, must have 128", posts["invocation/5/error"]["errorMessage"])
                self.assertEqual(posts["invocation/5/error"]["errorType"], "RequestError")
                self.assertEqual(posts["invocation/6/response"]["statusCode"], 405)

    def test_without_weights_its_start_fails(self):
        posts = self.run_function("python-har", [], HARFUNCTION_WEIGHTS="/nowhere")
        self.assertEqual(list(posts), ["init/error"])
        self.assertIn("/nowhere: FileNotFoundError", posts["init/error"]["errorMessage"])
