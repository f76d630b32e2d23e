"""Every manifest against schemas (Tests/Manifests), and against each other."""

import copy
import json
import re
import subprocess
import unittest

import jsonschema
import yaml
from globus_compute_endpoint.endpoint.config.utils import load_config_yaml
from manifests import GROUPS, SCHEMAS, WITHOUT_SPEC, ManifestError, at, closed, objects, pods, validate
from support import FUNCTIONS, documents

MODELS = ["cnn", "lstm"]
HELLOS = {"helloworld-node", "helloworld-python", "helloworld-swift"}
INFERENCE = {f"{name}-{model}" for name in ("python-har", "harfunction") for model in MODELS}


def manifests():
    """Every document of every platform: its file, itself, and the platform whose kind it is."""
    for platform in ("kubeless", "fission", "knative", "kserve"):
        for path in sorted((FUNCTIONS / platform).rglob("*.yaml")):
            # What kustomize reads is no manifest.
            for document in documents(path) if path.name != "kustomization.yaml" else ():
                yield path.relative_to(FUNCTIONS), document, platform


# Objects whose keys are anybody's: the names of labels, amounts and annotations.
FREE = {"labels", "annotations", "requests", "limits", "emptyDir"}


class Schemas(unittest.TestCase):
    def test_all_pass(self):
        count = 0
        for path, document, platform in manifests():
            with self.subTest(path=str(path), kind=document["kind"]):
                validate(document, platform)
                if "apiVersion" in document:
                    self.assertEqual(GROUPS[document["apiVersion"]], platform)
            count += 1
        self.assertGreater(count, 30)

    def test_a_misspelt_field_is_seen_anywhere(self):
        broken_places = set()
        for path, document, platform in manifests():
            for place in objects(document):
                if FREE & set(place) or (platform, document["kind"], place) in broken_places:
                    continue
                broken_places.add((platform, document["kind"], place))
                broken = copy.deepcopy(document)
                at(broken, place)["mispelt"] = 1
                with self.subTest(path=str(path), place=place), self.assertRaises(ManifestError):
                    validate(broken, platform)
        self.assertGreaterEqual(len(broken_places), 100)

    def test_an_unknown_kind_is_no_success(self):
        for path, document, platform in manifests():
            with self.subTest(str(path)), self.assertRaises(ManifestError):
                validate({**document, "kind": "Funktion"}, platform)
            if document["kind"] not in WITHOUT_SPEC:
                with self.subTest(str(path)), self.assertRaises(ManifestError):
                    validate({**document, "apiVersion": "v9"}, platform)

    def test_wrong_values_are_seen(self):
        changes = [
            ("knative", ("spec", "template", "metadata", "annotations", "autoscaling.knative.dev/target"), 50),
            ("knative", ("spec", "template", "spec", "containers", 0, "ports", 0, "containerPort"), "8080"),
            ("knative", ("spec", "template", "spec", "containers", 0, "volumeMounts", 0, "name"), "other"),
            ("knative", ("spec", "template", "spec", "terminationGracePeriodSeconds"), 40),
            ("knative", ("spec", "template", "spec", "containers", 0, "startupProbe"), {"httpGet": {"port": 8080}}),
            ("kserve", ("spec", "predictor", "maxReplicas"), 0),
            ("kserve", ("metadata", "annotations", "serving.kserve.io/deploymentMode"), True),
            ("kserve", ("spec", "predictor", "containers", 0, "env", 0, "value"), 1),
            ("fission", ("spec", "InvokeStrategy", "ExecutionStrategy", "MaxScale"), 0),
            ("fission", ("spec", "environment"), {"name": "", "namespace": ""}),
            ("kubeless", ("spec", "function"), ""),
            ("kubeless", ("spec", "timeout"), 180),
            ("kubeless", ("spec", "deployment", "spec", "template", "spec", "containers", 0, "resources", "requests"), "100m"),
        ]
        for platform, place, value in changes:
            candidates = [document for _, document, owner in manifests() if owner == platform]
            # The last documents are harfunction's, which have all of the fields.
            document = next(document for document in reversed(candidates) if document["kind"] in ("Service", "InferenceService", "Function"))
            with self.subTest(platform=platform, place=place), self.assertRaises(ManifestError):
                broken = copy.deepcopy(document)
                at(broken, place[:-1])[place[-1]] = value
                validate(broken, platform)

    def test_a_container_function_needs_a_pod(self):
        document = next(document for document in documents("fission/specs/containers.yaml") if document["kind"] == "Function")
        validate(document, "fission")
        del document["spec"]["podspec"]
        with self.assertRaises(ManifestError):
            validate(document, "fission")


class Consistency(unittest.TestCase):
    def names(self, platform, kind):
        return [document["metadata"]["name"] for _, document, owner in manifests() if (owner, document["kind"]) == (platform, kind)]

    def test_each_platform_has_each_function(self):
        self.assertEqual(set(self.names("knative", "Service")), HELLOS | INFERENCE)
        self.assertEqual(set(self.names("kserve", "InferenceService")), HELLOS | INFERENCE)
        self.assertEqual(set(self.names("fission", "Function")), HELLOS | INFERENCE)
        self.assertEqual(set(self.names("kubeless", "Function")), HELLOS - {"helloworld-swift"} | INFERENCE)
        functions = documents("openfaas/stack.yaml")[0]["functions"]
        self.assertEqual(set(functions), HELLOS | INFERENCE | {"helloworld-python-fork"})

    def test_names_are_given_once(self):
        for platform in ("knative", "kserve", "fission", "kubeless"):
            for kind in {document["kind"] for _, document, owner in manifests() if owner == platform} - WITHOUT_SPEC:
                names = self.names(platform, kind)
                self.assertEqual(len(names), len(set(names)), (platform, kind, names))

    def test_containers(self):
        """Images are ours or Fission's, the weights are those of the name, and each asks for CPU, without which no autoscaler acts."""
        for path, document, platform in manifests():
            for pod in pods(document):
                with self.subTest(path=str(path), name=document["metadata"]["name"]):
                    (container,) = pod["containers"]
                    name = document["metadata"]["name"]
                    image = re.sub(r"-(cnn|lstm)$", "", name)
                    if document["kind"] == "Environment":
                        self.assertEqual(container["name"], name)  # else Fission adds a second container
                        self.assertEqual(container["image"], document["spec"]["runtime"]["image"])
                    elif platform != "kubeless" or image == "harfunction":
                        self.assertEqual(container["image"], f"localhost:32000/{image}:latest")
                    if document["kind"] != "Environment":
                        self.assertIn("cpu", container["resources"]["requests"])
                    variables = {variable["name"]: variable["value"] for variable in container.get("env", [])}
                    self.assertEqual(bool(variables), name in INFERENCE)
                    if variables:
                        self.assert_store(variables, name)
                        if document["kind"] != "Environment":
                            mounts = {mount["mountPath"] for mount in container["volumeMounts"]}
                            self.assertIn("/secrets/hartrain-store", mounts)
                            secrets = [volume["secret"]["secretName"] for volume in pod["volumes"] if "secret" in volume]
                            self.assertEqual(secrets, ["hartrain-store"])

    def assert_store(self, variables, name):
        self.assertEqual(set(variables), {"HARFUNCTION_WEIGHTS", "AWS_ENDPOINT_URL", "AWS_SHARED_CREDENTIALS_FILE"})
        self.assertEqual(variables["HARFUNCTION_WEIGHTS"], f"s3://models/har/{name.rpartition('-')[2]}/latest.json")
        self.assertRegex(variables["AWS_SHARED_CREDENTIALS_FILE"], "/hartrain-store(/credentials)?$")

    def test_kserve_scales_by_cpu_where_it_can(self):
        """Under Knative's autoscaler, KServe's other way, Knative refuses the metric."""
        for path, document, platform in manifests():
            if platform == "kserve":
                with self.subTest(path=str(path), name=document["metadata"]["name"]):
                    self.assertEqual(document["spec"]["predictor"]["scaleMetric"], "cpu")
                    self.assertEqual(document["metadata"]["annotations"]["serving.kserve.io/deploymentMode"], "RawDeployment")

    def test_fission_references(self):
        specs = [document for _, document, platform in manifests() if platform == "fission"]
        archives = {document["name"] for document in specs if document["kind"] == "ArchiveUploadSpec"}
        named = {kind: set(self.names("fission", kind)) for kind in ("Environment", "Package", "Function", "HTTPTrigger")}
        self.assertEqual(named["HTTPTrigger"], named["Function"])
        for document in specs:
            spec = document.get("spec", {})
            with self.subTest(kind=document["kind"], name=document.get("name", document.get("metadata"))):
                if document["kind"] == "HTTPTrigger":
                    self.assertEqual(spec["functionref"]["name"], document["metadata"]["name"])
                    self.assertEqual(spec["relativeurl"], "/" + document["metadata"]["name"])
                elif document["kind"] == "Package":
                    self.assertIn(spec["environment"]["name"], named["Environment"])
                    archive = spec.get("source", spec.get("deployment"))["url"]
                    self.assertIn(archive[len("archive://") :], archives)
                    if "source" in spec:
                        self.assertTrue((FUNCTIONS / "fission" / "python" / spec["buildcmd"]).exists())
                elif document["kind"] == "Function" and spec["InvokeStrategy"]["ExecutionStrategy"]["ExecutorType"] != "container":
                    self.assertIn(spec["environment"]["name"], named["Environment"])
                    self.assertIn(spec["package"]["packageref"]["name"], named["Package"])
                    self.assertIn("cpu", spec["resources"]["requests"])
                    self.assertEqual("secrets" in spec, document["metadata"]["name"] in INFERENCE)

    def test_kubeless_dependencies_are_those_of_the_function(self):
        """In older versions, for its Python 3.7; but the same packages."""
        wanted = {line.partition("==")[0] for line in (FUNCTIONS / "python-har" / "requirements.txt").read_text().split()}
        for document in documents("kubeless/python-har.yaml"):
            self.assertEqual({line.partition("==")[0] for line in document["spec"]["deps"].split()}, wanted)


class OpenFaaS(unittest.TestCase):
    schemas = closed(yaml.safe_load((SCHEMAS / "openfaas.yaml").read_text()))
    stack = documents("openfaas/stack.yaml")[0]

    def test_stack(self):
        jsonschema.validate(self.stack, self.schemas["Stack"])
        for change in ({"handlers": "x"}, {"skip_build": True}, {"requests": {"cpu": 0.1}}, {"environment": {"A": 1}}):
            broken = copy.deepcopy(self.stack)
            broken["functions"]["python-har-cnn"].update(change)
            with self.subTest(change), self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(broken, self.schemas["Stack"])

    def test_functions(self):
        for name, function in self.stack["functions"].items():
            with self.subTest(name):
                image = re.sub(r"-(cnn|lstm)$", "", name)
                self.assertEqual(function["image"], f"localhost:32000/{image}:latest")
                self.assertIn("cpu", function["requests"])
                self.assertEqual("environment" in function, name in INFERENCE)
                if "environment" in function:
                    Consistency.assert_store(self, function["environment"], name)
                    self.assertEqual(function["secrets"], ["hartrain-store"])
                if "lang" in function:
                    (template,) = documents(f"openfaas/template/{function['lang']}/template.yml")
                    jsonschema.validate(template, self.schemas["Template"])
                    self.assertEqual(template["language"], function["lang"])


class Others(unittest.TestCase):
    def test_lambda(self):
        template = FUNCTIONS / "lambda" / "template.yaml"
        run = subprocess.run(["cfn-lint", "--format", "json", template], capture_output=True, text=True)
        self.assertEqual((run.returncode, json.loads(run.stdout)), (0, []), run.stderr)
        broken = template.read_text().replace("Runtime: python3.13", "Runtime: python3.1")
        run = subprocess.run(["cfn-lint", "--format", "json", "-"], input=broken, capture_output=True, text=True)
        self.assertNotEqual(run.returncode, 0)

    def test_globus_compute(self):
        """Read as an endpoint reads it."""
        text = (FUNCTIONS / "globus-compute" / "endpoint.yaml").read_text()
        configuration = load_config_yaml(text)
        self.assertEqual(type(configuration.engine).__name__, "GlobusComputeEngine")
        with self.assertRaises(Exception):
            load_config_yaml(text.replace("max_workers_per_node", "max_workers_a_node"))
