"""/openapi.json is true: schemathesis asks what the document says, and the server answers as it says."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

import harness

EXAMPLES = "100" if harness.THOROUGH else "15"
SEED = os.environ.get("SERVING_SEED", "14")

# What a schema can say of a body of windows is less than what makes them right: their number of readings, a CSV's lines, a file's place.
UNFIT = "positive_data_acceptance"


class DocumentTests(harness.ServerTests):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.document = cls.server.ask("GET", "/openapi.json").json()
        if not cls.document["paths"]:
            raise unittest.SkipTest("/openapi.json HAS NO PATHS YET")

    def operations(self):
        methods = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}
        return [(method.upper(), path) for path, item in self.document["paths"].items() for method in item if method in methods]

    def test_the_document(self):
        from openapi_spec_validator import validate

        self.assertTrue(self.document["openapi"].startswith("3.1."))
        validate(self.document)

    def test_every_operation_is_there_and_no_other(self):
        documented = {}
        for method, path in self.operations():
            documented.setdefault(path, set()).add(method)
        # Those that the server has: it says so itself, by the field Allow of a method that no path has.
        for path, methods in documented.items():
            concrete = re.sub(r"\{name\}", "har", path)
            version = self.ask("GET", "/models").json()["models"][0]["version"]
            concrete = concrete.replace("{version}", version)
            answer = self.ask("DELETE", concrete)
            self.assertEqual(answer.status, 405, path)
            self.assertEqual(set(answer.header("allow").split(", ")) - {"HEAD"}, methods - {"HEAD"}, path)
        known = {
            "/", "/predict", "/recording", "/models", "/openapi.json", "/metrics", "/_/health", "/_/ready", "/healthz", "/readyz", "/v2", "/v2/health/live",
            "/v2/health/ready", "/specialize", "/v2/specialize",
        }
        for path in ("/v2/models/{name}", "/v2/models/{name}/versions/{version}"):
            known |= {path, f"{path}/ready", f"{path}/infer"}
        self.assertEqual(set(documented), known)

    def test_schemathesis(self):
        program = pathlib.Path(sys.executable).with_name("schemathesis")
        folder = harness.folder(self)
        words = [
            program, "run", f"http://127.0.0.1:{self.server.port}/openapi.json", "--checks", "all", "--exclude-checks", UNFIT, "--max-examples", EXAMPLES, "--seed", SEED,
            "--generation-database", "none", "--no-color", "--suppress-health-check", "all", "--continue-on-failure", "--warnings", "off", "--request-timeout", "60",
        ]
        result = subprocess.run(list(map(str, words)), cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=harness.environment())
        self.assertEqual(result.returncode, 0, result.stdout[-12_000:])
        (generated,) = re.findall(r"^ *(\d+) generated", result.stdout, re.M)
        self.assertGreater(int(generated), 300)
        print(f"note: schemathesis made {generated} requests", flush=True)


if __name__ == "__main__":
    unittest.main()
