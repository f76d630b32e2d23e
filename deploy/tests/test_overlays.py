"""Every overlay as kustomize makes it: against schemas, against the rules, and broken on purpose, so that each rule is seen to speak."""

import copy
import json
import pathlib
import shutil
import subprocess
import tempfile
import unittest

import policy
import yaml
from manifests import GROUPS, ManifestError, at, objects, validate_any, validate_core
from rendering import DEPLOY, OVERLAYS, ROOT, overlay, render

# Objects whose keys are anybody's.
FREE = {"labels", "annotations", "requests", "limits", "matchLabels", "nodeSelector", "data"}
# Of the versions that deploy/README.md names.
OLDEST = "1.30"
GONE = object()


def changed(documents, kind, place, value, name=None):
    """The documents, where the first of a kind (and name) has another value at a place, or none."""
    documents = copy.deepcopy(documents)
    document = next(document for document in documents if document["kind"] == kind and name in (None, document["metadata"]["name"]))
    parent = at(document, place[:-1])
    if value is GONE:
        del parent[place[-1]]
    else:
        parent[place[-1]] = value
    return documents


class Schemas(unittest.TestCase):
    def test_all_pass(self):
        self.assertGreaterEqual(len(OVERLAYS), 10)
        seen = set()
        for name in OVERLAYS:
            for document in overlay(name):
                text = json.dumps(document, sort_keys=True)
                if text not in seen:
                    seen.add(text)
                    with self.subTest(overlay=name, document=policy.named(document)):
                        validate_any(document)
                        if document["apiVersion"] not in GROUPS:
                            validate_core(document, OLDEST)
        self.assertGreater(len(seen), 100)

    def test_a_misspelt_field_is_seen_anywhere(self):
        broken_places = set()
        for name in OVERLAYS:
            for document in overlay(name):
                for place in objects(document):
                    kind = (document["apiVersion"], document["kind"], place)
                    of_a_service = (document["apiVersion"], place) == ("v1", ("spec", "selector"))
                    if FREE & set(place) or of_a_service or kind in broken_places:
                        continue
                    broken_places.add(kind)
                    broken = copy.deepcopy(document)
                    at(broken, place)["mispelt"] = 1
                    with self.subTest(overlay=name, document=policy.named(document), place=place), self.assertRaises(ManifestError):
                        validate_any(broken)
        self.assertGreater(len(broken_places), 180)

    def test_an_unknown_kind_is_no_success(self):
        seen = set()
        for name in OVERLAYS:
            for document in overlay(name):
                if document["kind"] in seen:
                    continue
                seen.add(document["kind"])
                for change in ({"kind": "Deploymint"}, {"apiVersion": "v9"}):
                    with self.subTest(document=policy.named(document), change=change), self.assertRaises(ManifestError):
                        validate_any({**document, **change})
        self.assertIn("HorizontalPodAutoscaler", seen)

    def test_what_the_oldest_version_does_not_have_is_seen(self):
        document = next(document for document in overlay("study") if document["kind"] == "Deployment" and "node" in document["metadata"]["name"])
        validate_core(document, OLDEST)
        with self.assertRaises(ManifestError):
            validate_core(document, "1.28")  # before Kubernetes' own sleep
        self.assertIn(f"Kubernetes {OLDEST}", (DEPLOY / "README.md").read_text())

    def test_what_kubernetes_has_dropped_is_seen(self):
        for name, kind, version in (("study", "HorizontalPodAutoscaler", "autoscaling/v2beta2"), ("study", "PodDisruptionBudget", "policy/v1beta1")):
            document = next(document for document in overlay(name) if document["kind"] == kind)
            with self.subTest(kind), self.assertRaises(ManifestError):
                validate_any({**document, "apiVersion": version})

    def test_a_volume_that_is_not_there_is_seen(self):
        for name in ("study", "knative", "kserve", "fission", "kubeless"):
            for document in overlay(name):
                for pod in policy.pods(document):
                    pod["volumes"] = [volume for volume in pod["volumes"] if volume["name"] != "tmp"]
                    with self.subTest(overlay=name, document=policy.named(document)), self.assertRaises(ManifestError):
                        validate_any(document)


class Rules(unittest.TestCase):
    def test_every_overlay_keeps_them(self):
        self.assertEqual(set(OVERLAYS), set(policy.OF_ITS_OWN))
        for name in OVERLAYS:
            documents = overlay(name)
            own = [problem for rule in policy.OF_ITS_OWN[name] for problem in rule(documents)]
            with self.subTest(name):
                self.assertEqual(policy.problems(documents) + own, [])

    def assert_seen(self, documents, words, own=()):
        found = policy.problems(documents) + [problem for rule in own for problem in rule(documents)]
        self.assertTrue(any(words in problem for problem in found), f"'{words}' is not among {found}")

    def test_each_is_seen_to_speak(self):
        pod = ("spec", "template", "spec")
        container = (*pod, "containers", 0)
        security = (*container, "securityContext")
        host = ("Deployment", pod)
        cases = [
            (*host, "automountServiceAccountToken", GONE, "token of the service account"),
            (*host, "hostNetwork", True, "shares namespaces"),
            (*host, "serviceAccountName", "default", "no service account without a token"),
            (*host, "terminationGracePeriodSeconds", 35, "killed before"),
            (*host, "topologySpreadConstraints", [{"labelSelector": {"matchLabels": {"app": "other"}}}], "not spread"),
            ("Deployment", (*pod, "securityContext"), "runAsNonRoot", GONE, "may run as root"),
            ("Deployment", (*pod, "securityContext"), "runAsUser", 0, "does not run as user"),
            ("Deployment", (*pod, "securityContext"), "seccompProfile", {"type": "Unconfined"}, "no seccomp profile"),
            ("Deployment", security, "readOnlyRootFilesystem", GONE, "may be written to"),
            ("Deployment", security, "allowPrivilegeEscalation", GONE, "may gain privileges"),
            ("Deployment", security, "privileged", True, "may gain privileges"),
            ("Deployment", security, "capabilities", {"drop": ["ALL"], "add": ["NET_RAW"]}, "has capabilities"),
            ("Deployment", (*container, "resources"), "limits", {"cpu": "1"}, "no limits"),
            ("Deployment", (*container, "resources"), "requests", {"memory": "64Mi"}, "nothing to take 50 % of"),
            ("Deployment", container, "volumeMounts", [], "no /tmp"),
            ("Deployment", container, "livenessProbe", GONE, "no livenessProbe"),
            ("Deployment", container, "readinessProbe", {"httpGet": {"path": "/healthz", "port": "http"}}, "its readinessProbe asks"),
            ("Deployment", container, "startupProbe", {"httpGet": {"path": "/healthz", "port": "https"}}, "its startupProbe asks"),
            ("Deployment", container, "image", "python-har:latest", "its image is"),
            ("Deployment", (*container, "env", 0), "value", "s3://models/har/lstm/latest.json", "its weights are"),
            ("Deployment", (*container, "env", 2), "value", "/elsewhere", "the store's keys are not"),
            ("Deployment", ("spec", "selector"), "matchLabels", {"app": "other"}, "does not select its own pods"),
            ("Deployment", ("spec",), "replicas", 3, "takes its pods from the autoscaler"),
            ("Service", ("spec",), "selector", {"app": "other"}, "it selects the pods of []"),
            ("Service", ("spec",), "selector", {"app.kubernetes.io/name": "harfunction"}, "it selects the pods of ['harfunction-cnn', 'harfunction-lstm']"),
            ("Service", ("spec", "ports", 0), "targetPort", "https", "a port that is not there"),
            ("PodDisruptionBudget", ("spec", "selector"), "matchLabels", {"app": "other"}, "it selects the pods of []"),
            ("PodDisruptionBudget", ("spec",), "maxUnavailable", 0, "a node could not be emptied"),
            ("NetworkPolicy", ("spec", "podSelector"), "matchLabels", {}, "it selects the pods of []"),
            ("NetworkPolicy", ("spec",), "policyTypes", ["Ingress"], "both directions"),
            ("NetworkPolicy", ("spec",), "ingress", [], "do not all come in"),
            ("NetworkPolicy", ("spec", "ingress", 0), "from", [{"podSelector": {}}], "do not all come in"),
            ("NetworkPolicy", ("spec",), "egress", [], "names cannot be asked for"),
            ("NetworkPolicy", ("spec", "egress", 0, "to", 0), "podSelector", {"matchLabels": {"k8s-app": "kube-dns"}}, "the cluster's DNS"),
            ("NetworkPolicy", ("spec", "egress", 1), "ports", [{"port": 443, "protocol": "TCP"}], "the store is not reached"),
            ("NetworkPolicy", ("spec", "egress", 1, "ports", 1), "port", 9001, "the store is not reached"),
            ("HorizontalPodAutoscaler", ("spec", "scaleTargetRef"), "name", "other", "its target is not there"),
            ("HorizontalPodAutoscaler", ("spec",), "minReplicas", 2, "from 1 pod to 4"),
            ("HorizontalPodAutoscaler", ("spec", "metrics", 0, "resource", "target"), "averageUtilization", 80, "at 50 % CPU"),
            ("ServiceMonitor", ("spec", "selector"), "matchLabels", {"app": "other"}, "harfunction's Services"),
            ("ServiceMonitor", ("spec", "endpoints", 0), "port", "metrics", "no port metrics"),
            ("ServiceMonitor", ("spec", "endpoints", 0), "path", "/metric", "metrics are not at"),
        ]
        documents = overlay("kubernetes")
        for kind, place, key, value, words in cases:
            with self.subTest(kind=kind, place=place, key=key):
                self.assert_seen(changed(documents, kind, (*place, key), value), words)
        for kind in policy.PER_FUNCTION:
            with self.subTest(gone=kind):
                rest = [document for document in documents if (document["kind"], document["metadata"]["name"]) != (kind, "harfunction-cnn")]
                self.assert_seen(rest, f"by 0 of kind {kind}")
        with self.subTest("no autoscaler"):
            self.assert_seen([document for document in documents if document["kind"] != "HorizontalPodAutoscaler"], "how many pods")

    def test_each_is_seen_to_speak_of_those_without_weights(self):
        documents = overlay("study")
        container = ("spec", "template", "spec", "containers", 0)
        keys = [{"name": "AWS_SHARED_CREDENTIALS_FILE", "value": "/secrets/credentials"}]
        for name, kind, place, value, words in (
            ("helloworld-node", "Deployment", (*container, "env"), keys, "without need"),
            ("helloworld-node", "NetworkPolicy", ("spec", "egress"), [{}], "nowhere to go"),
            ("helloworld-node", "Deployment", (*container, "lifecycle"), GONE, "takes no requests while"),
            ("helloworld-python", "Deployment", ("spec", "template", "spec", "terminationGracePeriodSeconds"), 30, "killed before"),
            ("helloworld-swift", "Deployment", (*container, "livenessProbe", "httpGet", "path"), "/healthz", "its livenessProbe asks"),
        ):
            with self.subTest(name=name, place=place):
                self.assert_seen(changed(documents, kind, place, value, name), words)

    def test_each_overlay_s_own_is_seen_to_speak(self):
        spec = ("spec", "template", "spec")
        for name, kind, place, value, words in (
            ("study", "Deployment", (*spec, "containers", 0, "resources", "limits", "cpu"), "1", "its CPU is limited"),
            ("study-fixed", "Deployment", ("spec", "replicas"), 3, "not 4 pods"),
            ("study-fixed", "Deployment", (*spec, "topologySpreadConstraints", 0, "whenUnsatisfiable"), "ScheduleAnyway", "may share a node"),
            ("study-fixed", "Deployment", (*spec, "topologySpreadConstraints", 0, "minDomains"), 3, "may share a node"),
            ("study-fixed", "Deployment", ("spec", "strategy", "rollingUpdate", "maxSurge"), 1, "a fifth node"),
            ("microk8s", "Deployment", (*spec, "nodeSelector"), GONE, "no Raspberry Pi"),
            ("microk8s", "Deployment", (*spec, "containers", 0, "image"), "harfunction:latest", "MicroK8s' registry"),
            ("microk8s", "Service", ("spec", "type"), GONE, "cannot come in"),
            ("openfaas", "Deployment", ("metadata", "namespace"), "default", "not in openfaas-fn"),
            ("openfaas", "Deployment", ("spec", "template", "metadata", "labels", "faas_function"), "other", "no function for OpenFaaS"),
            ("openfaas", "Deployment", ("metadata", "labels", "com.openfaas.scale.factor"), "20", "or scaled by it"),
            ("openfaas", "Deployment", (*spec, "containers", 0, "ports", 0, "containerPort"), 8081, "asks at 8080"),
            ("openfaas", "Deployment", (*spec, "volumes", 0, "secret", "items", 0, "key"), "credentials", "another key"),
            ("openfaas", "Deployment", (*spec, "containers", 0, "image"), "harfunction:latest", "not that of stack.yaml"),
            ("openfaas", "Service", ("spec", "ports", 0, "port"), 80, "port is not 8080"),
            ("knative", "Service", ("metadata", "name"), "other", "its functions are"),
            ("kserve", "InferenceService", ("metadata", "name"), "other", "its functions are"),
            ("fission", "Function", ("metadata", "name"), "other", "its functions are"),
            ("kubeless", "Function", ("metadata", "name"), "other", "its functions are"),
        ):
            with self.subTest(overlay=name, place=place):
                self.assert_seen(changed(overlay(name), kind, place, value), words, policy.OF_ITS_OWN[name])
        one = next(document for document in overlay("study") if document["kind"] == "HorizontalPodAutoscaler")
        self.assert_seen([*overlay("study-fixed"), one], "there is an autoscaler", policy.OF_ITS_OWN["study-fixed"])
        self.assert_seen(overlay("kubernetes"), "its functions are", policy.OF_ITS_OWN["study"])

    def test_the_frameworks_containers_are_looked_at(self):
        """Each has its pod in another place; a rule that does not find it says nothing."""
        places = {
            "knative": ("Service", ("spec", "template", "spec")),
            "kserve": ("InferenceService", ("spec", "predictor")),
            "fission": ("Function", ("spec", "podspec")),
            "kubeless": ("Function", ("spec", "deployment", "spec", "template", "spec")),
        }
        for name, (kind, pod) in places.items():
            changes = [
                ((*pod, "automountServiceAccountToken"), True, "token"),
                ((*pod, "containers", 0, "securityContext"), {}, "root"),
                ((*pod, "containers", 0, "resources", "limits"), GONE, "no limits"),
            ]
            if name != "kubeless":
                changes += [((*pod, "containers", 0, f"{probe}Probe"), GONE, f"no {probe}Probe") for probe in ("liveness", "readiness")]
            for place, value, words in changes:
                with self.subTest(overlay=name, place=place):
                    self.assert_seen(changed(overlay(name), kind, place, value), words)


class Files(unittest.TestCase):
    def test_the_store_s_secret(self):
        """It is made of a file that is not in the repository, and without that file it is not made."""
        ignored = subprocess.run(["git", "check-ignore", "--quiet", DEPLOY / "store" / "credentials"], cwd=ROOT)
        self.assertEqual(ignored.returncode, 0)
        with tempfile.TemporaryDirectory() as place:
            shutil.copy(DEPLOY / "store" / "kustomization.yaml", place)
            with self.assertRaises(AssertionError):
                render(place)
            (pathlib.Path(place) / "credentials").write_text("[default]\n")
            (secret,) = yaml.safe_load_all(render(place))
        validate_any(secret)
        self.assertEqual((secret["kind"], secret["metadata"]["name"], set(secret["data"])), ("Secret", "hartrain-store", {"credentials"}))

    def test_every_file_is_of_use(self):
        """A kustomization that nothing leads to, or a file that none names, would not be checked by anything here."""
        used = {DEPLOY / "store" / "kustomization.yaml"}
        waiting = [DEPLOY / "overlays" / name for name in OVERLAYS]
        while waiting:
            folder = waiting.pop()
            path = folder / "kustomization.yaml"
            if path in used:
                continue
            used.add(path)
            content = yaml.safe_load(path.read_text())
            named = content.get("resources", []) + content.get("components", [])
            named += [file.rpartition("=")[2] for generator in content.get("configMapGenerator", []) for file in generator["files"]]
            for name in named:
                target = (folder / name).resolve()
                if target.is_dir():
                    waiting.append(target)
                else:
                    used.add(target)
        there = {path for path in DEPLOY.rglob("*") if path.suffix in (".yaml", ".json")}
        self.assertEqual(there - used, set())

    def test_the_strict_container_is_the_base_s(self):
        """The two say the same, in other places."""
        (base,) = policy.of_kind(overlay("kubernetes"), "Deployment")[:1]
        pod = base["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        strict = yaml.safe_load((DEPLOY / "components" / "strict" / "container.yaml").read_text())["template"]["spec"]
        context = {**pod["securityContext"], **container["securityContext"]}
        del context["fsGroup"]  # of a pod alone
        self.assertEqual(strict["containers"][0]["securityContext"], context)
        self.assertEqual(strict["containers"][0]["resources"]["limits"], container["resources"]["limits"])
        self.assertEqual(strict["automountServiceAccountToken"], pod["automountServiceAccountToken"])
