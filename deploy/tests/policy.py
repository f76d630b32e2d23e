"""The rules of every overlay. Each gives sentences about what breaks it, and none where nothing does."""

import re

from manifests import pods
from rendering import ROOT

HELLOS = {"helloworld-node", "helloworld-python", "helloworld-swift"}
INFERENCE = {f"{name}-{model}" for name in ("python-har", "harfunction") for model in ("cnn", "lstm")}
USER = 65532
# Kubeless is a record: its runtimes are of this user, and it brings the liveness probe and knows no other.
KUBELESS, KUBELESS_USER = "kubeless.io/v1beta1", 1000
PER_FUNCTION = {"Service", "PodDisruptionBudget", "NetworkPolicy"}


def named(document):
    return f"{document['kind']} {document['metadata']['name']}"


def of_kind(documents, kind):
    """Kubernetes' own documents of a kind: Knative has a Service, too."""
    core = {"v1", "apps/v1", "autoscaling/v2", "policy/v1", "networking.k8s.io/v1"}
    return [document for document in documents if document["kind"] == kind and document["apiVersion"] in core]


def selects(selector, labels):
    """Whether a selector of labels takes these; an empty one is a mistake here."""
    wanted = selector.get("matchLabels", {})
    return bool(wanted) and set(selector) == {"matchLabels"} and wanted.items() <= labels.items()


def selector_of(document):
    spec = document["spec"]
    if document["kind"] == "Service":
        return {"matchLabels": spec["selector"]}
    return spec["podSelector"] if document["kind"] == "NetworkPolicy" else spec["selector"]


def function_of(document):
    """The image that a function is named after, and its model."""
    name = document["metadata"]["name"]
    image, _, model = name.rpartition("-")
    return (image, model) if name in INFERENCE else (name, None)


def seconds(path, pattern):
    """Numbers that the source of a server gives, so that they are not written down here as well."""
    found = re.search(pattern, (ROOT / path).read_text())
    assert found, f"{path} has no {pattern}"
    return sum(map(float, found.groups()))


def containers(documents):
    for document in documents:
        kubeless = document["apiVersion"] == KUBELESS
        for pod in pods(document):
            if pod.get("automountServiceAccountToken") is not False:
                yield f"{named(document)}: its pods get a token of the service account"
            for container in pod["containers"] + pod.get("initContainers", []):
                for problem in container_problems(pod, container, kubeless):
                    yield f"{named(document)}: {problem}"


def container_problems(pod, container, kubeless):
    context = {**pod.get("securityContext", {}), **container.get("securityContext", {})}
    user = KUBELESS_USER if kubeless else USER
    if context.get("runAsNonRoot") is not True:
        yield "it may run as root"
    if (context.get("runAsUser"), context.get("runAsGroup")) != (user, user):
        yield f"it does not run as user and group {user}"
    if context.get("readOnlyRootFilesystem") is not True:
        yield "its root file system may be written to"
    if context.get("allowPrivilegeEscalation") is not False or context.get("privileged"):
        yield "it may gain privileges"
    if context.get("capabilities") != {"drop": ["ALL"]}:
        yield "it has capabilities"
    if context.get("seccompProfile") != {"type": "RuntimeDefault"}:
        yield "it has no seccomp profile"
    if any(pod.get(field) for field in ("hostNetwork", "hostPID", "hostIPC")):
        yield "it shares namespaces with its node"
    for part in ("requests", "limits"):
        if not {"cpu", "memory"} <= set(container.get("resources", {}).get(part, {})):
            yield f"it has no {part} of CPU and memory"
    if not {"/tmp"} <= {mount["mountPath"] for mount in container.get("volumeMounts", [])}:
        yield "it has no /tmp to write to"
    for kind in () if kubeless else ("livenessProbe", "readinessProbe"):
        if "httpGet" not in container.get(kind, {}):
            yield f"it has no {kind}"


def deployments(documents):
    accounts = {account["metadata"]["name"]: account for account in of_kind(documents, "ServiceAccount")}
    for deployment in of_kind(documents, "Deployment"):
        for problem in deployment_problems(deployment, accounts):
            yield f"{named(deployment)}: {problem}"


def deployment_problems(deployment, accounts):
    spec = deployment["spec"]
    labels, pod = spec["template"]["metadata"]["labels"], spec["template"]["spec"]
    (container,) = pod["containers"]
    image, model = function_of(deployment)
    if not selects(spec["selector"], labels):
        yield "it does not select its own pods"
    for spread in pod.get("topologySpreadConstraints", [{}]):
        if not selects(spread.get("labelSelector", {}), labels):
            yield "its pods are not spread"
    if accounts.get(pod.get("serviceAccountName"), {}).get("automountServiceAccountToken") is not False:
        yield "it has no service account without a token"
    if re.fullmatch(r"(localhost:32000/)?(.+):latest", container["image"])[2] != image:
        yield f"its image is {container['image']}"
    ports = {port["name"] for port in container["ports"]}
    live, ready = ("/_/health", "/_/ready") if image == "helloworld-swift" else ("/healthz", "/readyz")
    for kind, path in (("startupProbe", live), ("livenessProbe", live), ("readinessProbe", ready)):
        probe = container.get(kind, {}).get("httpGet", {})
        if probe.get("path") != path or probe.get("port") not in ports:
            yield f"its {kind} asks for {probe}"
    sleep = container.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0)
    if image.startswith("harfunction"):
        end = seconds("Sources/Serving/FunctionServer.swift", r"\(drainSeconds, graceSeconds\) = \(([\d.]+), ([\d.]+)\)")
    elif image in ("python-har", "helloworld-python"):
        end = seconds("Functions/openfaas/template/python/server.py", r"\nGRACE = (\d+)")
    else:
        end = 0
    if pod.get("terminationGracePeriodSeconds", 30) <= sleep + end:
        yield f"it is killed before the {sleep + end} s in which it ends"
    if image in ("python-har", "helloworld-python", "helloworld-node") and sleep < 5:
        yield "it takes no requests while endpoints still lead to it"
    yield from store_problems(pod, container, model)


def store_problems(pod, container, model):
    variables = {variable["name"]: variable["value"] for variable in container.get("env", [])}
    secrets = [volume["secret"] for volume in pod["volumes"] if "secret" in volume]
    if model is None:
        if variables or secrets:
            yield "it has the store's keys without need"
        return
    if variables.get("HARFUNCTION_WEIGHTS") != f"s3://models/har/{model}/latest.json":
        yield f"its weights are {variables.get('HARFUNCTION_WEIGHTS')}"
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    files = [
        f"{mounts.get(volume['name'])}/{item['path']}"
        for volume in pod["volumes"] if volume.get("secret", {}).get("secretName") == "hartrain-store"
        for item in volume["secret"]["items"]
    ]
    if variables.get("AWS_SHARED_CREDENTIALS_FILE") not in files:
        yield "the store's keys are not where it looks for them"


def belongings(documents):
    """Each Service, budget and network policy is of one Deployment, and each Deployment has one of each."""
    workloads = of_kind(documents, "Deployment")
    for kind in sorted(PER_FUNCTION):
        owners = []
        for document in of_kind(documents, kind):
            taken = [
                deployment["metadata"]["name"] for deployment in workloads
                if selects(selector_of(document), deployment["spec"]["template"]["metadata"]["labels"])
            ]
            if taken != [document["metadata"]["name"]]:
                yield f"{named(document)}: it selects the pods of {taken}"
            owners += taken
        for deployment in workloads:
            if owners.count(deployment["metadata"]["name"]) != 1:
                yield f"{named(deployment)}: it is selected by {owners.count(deployment['metadata']['name'])} of kind {kind}"


def services(documents):
    ports = {
        deployment["metadata"]["name"]: {port["name"] for port in deployment["spec"]["template"]["spec"]["containers"][0]["ports"]}
        for deployment in of_kind(documents, "Deployment")
    }
    for service in of_kind(documents, "Service"):
        if not {port["targetPort"] for port in service["spec"]["ports"]} <= ports.get(service["metadata"]["name"], set()):
            yield f"{named(service)}: it leads to a port that is not there"


def budgets(documents):
    for budget in of_kind(documents, "PodDisruptionBudget"):
        if budget["spec"].get("maxUnavailable") != 1:
            yield f"{named(budget)}: a node could not be emptied, or all pods could go at once"


def networks(documents):
    workloads = {deployment["metadata"]["name"]: deployment for deployment in of_kind(documents, "Deployment")}
    for policy in of_kind(documents, "NetworkPolicy"):
        spec = policy["spec"]
        if set(spec.get("policyTypes", [])) != {"Ingress", "Egress"}:
            yield f"{named(policy)}: it does not limit both directions"
        # Probes come from the node, scrapes and requests from anywhere.
        if spec.get("ingress") != [{"ports": [{"port": "http", "protocol": "TCP"}]}]:
            yield f"{named(policy)}: probes, scrapes and requests do not all come in, or more does"
        deployment = workloads.get(policy["metadata"]["name"])
        if deployment:
            for problem in egress_problems(spec.get("egress", []), deployment):
                yield f"{named(policy)}: {problem}"


def egress_problems(rules, deployment):
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    variables = {variable["name"]: variable["value"] for variable in container.get("env", [])}
    if "HARFUNCTION_WEIGHTS" not in variables:
        if rules:
            yield "it lets out what has nowhere to go"
        return
    to_names = [rule for rule in rules if {53} == {port["port"] for port in rule["ports"]}]
    others = [rule for rule in rules if rule not in to_names]
    if [port["protocol"] for rule in to_names for port in rule["ports"]] != ["UDP", "TCP"]:
        yield "names cannot be asked for by UDP and TCP"
    for rule in to_names:
        (peer,) = rule.get("to", [{}])
        wanted = [("namespaceSelector", "kubernetes.io/metadata.name", ["kube-system"]), ("podSelector", "k8s-app", ["kube-dns"])]
        if any(peer.get(part) != {"matchExpressions": [{"key": key, "operator": "In", "values": values}]} for part, key, values in wanted):
            yield "the cluster's DNS is not where it lets names be asked for"
    port = int(re.fullmatch(r"https?://[^:/]+:(\d+)", variables["AWS_ENDPOINT_URL"])[1])
    if others != [{"ports": [{"port": 443, "protocol": "TCP"}, {"port": port, "protocol": "TCP"}]}]:
        yield f"the store is not reached at 443 and {port}, or more is"


def scaling(documents):
    """A Deployment has an autoscaler that can act, or a number of pods, and never both."""
    workloads = {deployment["metadata"]["name"]: deployment for deployment in of_kind(documents, "Deployment")}
    scaled = set()
    for autoscaler in of_kind(documents, "HorizontalPodAutoscaler"):
        spec, target = autoscaler["spec"], autoscaler["spec"]["scaleTargetRef"]
        deployment = workloads.get(target["name"])
        if (target["apiVersion"], target["kind"]) != ("apps/v1", "Deployment") or deployment is None:
            yield f"{named(autoscaler)}: its target is not there"
            continue
        scaled.add(target["name"])
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        if "cpu" not in container.get("resources", {}).get("requests", {}):
            yield f"{named(autoscaler)}: its target asks for no CPU, so there is nothing to take 50 % of"
        if (spec.get("minReplicas"), spec["maxReplicas"]) != (1, 4):
            yield f"{named(autoscaler)}: it does not go from 1 pod to 4"
        wanted = {"type": "Resource", "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}}}
        if spec.get("metrics") != [wanted]:
            yield f"{named(autoscaler)}: it does not scale at 50 % CPU"
        if "replicas" in deployment["spec"]:
            yield f"{named(deployment)}: each apply takes its pods from the autoscaler"
    for name, deployment in workloads.items():
        if name not in scaled and "replicas" not in deployment["spec"]:
            yield f"{named(deployment)}: nothing says how many pods it has"


def scraped(documents):
    for monitor in documents:
        if monitor["kind"] != "ServiceMonitor":
            continue
        (endpoint,) = monitor["spec"]["endpoints"]
        found = [service for service in of_kind(documents, "Service") if selects(monitor["spec"]["selector"], service["metadata"]["labels"])]
        if {service["metadata"]["name"] for service in found} != {"harfunction-cnn", "harfunction-lstm"}:
            yield f"{named(monitor)}: it does not take harfunction's Services, and those alone"
        if any(endpoint["port"] not in {port["name"] for port in service["spec"]["ports"]} for service in found):
            yield f"{named(monitor)}: a Service has no port {endpoint['port']}"
        if endpoint.get("path") != "/metrics":
            yield f"{named(monitor)}: metrics are not at {endpoint.get('path')}"


RULES = [containers, deployments, belongings, services, budgets, networks, scaling, scraped]


def problems(documents):
    return [problem for rule in RULES for problem in rule(documents)]


def fixed(documents):
    """The study's four pods, one a node, without an autoscaler."""
    for autoscaler in of_kind(documents, "HorizontalPodAutoscaler"):
        yield f"{named(autoscaler)}: there is an autoscaler"
    for deployment in of_kind(documents, "Deployment"):
        spec = deployment["spec"]
        (spread,) = spec["template"]["spec"]["topologySpreadConstraints"]
        one_a_node = {"topologyKey": "kubernetes.io/hostname", "maxSkew": 1, "minDomains": 4, "whenUnsatisfiable": "DoNotSchedule"}
        if spec.get("replicas") != 4:
            yield f"{named(deployment)}: it has not 4 pods"
        if not one_a_node.items() <= spread.items():
            yield f"{named(deployment)}: its pods may share a node"
        if spec["strategy"]["rollingUpdate"] != {"maxSurge": 0, "maxUnavailable": 1}:
            yield f"{named(deployment)}: an update needs a fifth node"


def study(documents):
    """All of the study's functions, and limits that are none on its devices of four cores."""
    names = {deployment["metadata"]["name"] for deployment in of_kind(documents, "Deployment")}
    if names != HELLOS | INFERENCE:
        yield f"its functions are {sorted(names)}"
    for deployment in of_kind(documents, "Deployment"):
        (container,) = deployment["spec"]["template"]["spec"]["containers"]
        if container["resources"]["limits"]["cpu"] != "4":
            yield f"{named(deployment)}: its CPU is limited, which the study's was not"


def pis(documents):
    for deployment in of_kind(documents, "Deployment"):
        pod = deployment["spec"]["template"]["spec"]
        if pod.get("nodeSelector") != {"kubernetes.io/arch": "arm64"}:
            yield f"{named(deployment)}: it may run where there is no Raspberry Pi"
        if not pod["containers"][0]["image"].startswith("localhost:32000/"):
            yield f"{named(deployment)}: its image is not in MicroK8s' registry"
    for service in of_kind(documents, "Service"):
        if service["spec"].get("type") != "NodePort":
            yield f"{named(service)}: the load cannot come in"


def openfaas(documents):
    """What OpenFaaS' gateway finds functions by."""
    for document in documents:
        if document["metadata"].get("namespace") != "openfaas-fn":
            yield f"{named(document)}: it is not in openfaas-fn"
    for deployment in of_kind(documents, "Deployment"):
        template = deployment["spec"]["template"]
        wanted = {"faas_function": deployment["metadata"]["name"], "com.openfaas.scale.min": "1", "com.openfaas.scale.factor": "0"}
        for labels in (deployment["metadata"]["labels"], template["metadata"]["labels"]):
            if not wanted.items() <= labels.items():
                yield f"{named(deployment)}: it is no function for OpenFaaS, or scaled by it"
        if [port["containerPort"] for port in template["spec"]["containers"][0]["ports"]] != [8080]:
            yield f"{named(deployment)}: the gateway asks at 8080"
        if not template["spec"]["containers"][0]["image"].startswith("localhost:32000/"):
            yield f"{named(deployment)}: its image is not that of stack.yaml"
        for volume in template["spec"]["volumes"]:
            if [item["key"] for item in volume.get("secret", {}).get("items", [])] not in ([], ["hartrain-store"]):
                yield f"{named(deployment)}: a secret by faas-cli has another key"
    for service in of_kind(documents, "Service"):
        if [port["port"] for port in service["spec"]["ports"]] != [8080]:
            yield f"{named(service)}: its port is not 8080"


def framework(names):
    """The functions of a framework's own kinds."""

    def rule(documents):
        kinds = {"Service", "InferenceService", "Function"}
        found = {document["metadata"]["name"] for document in documents if document["kind"] in kinds}
        if found != names:
            yield f"its functions are {sorted(found)}"

    return rule


# What an overlay is for, beside the rules of all.
OF_ITS_OWN = {
    "kubernetes": [],
    "study": [study],
    "study-fixed": [study, fixed],
    "microk8s": [study, pis],
    "microk8s-fixed": [study, fixed, pis],
    "openfaas": [openfaas],
    "knative": [framework(HELLOS | INFERENCE)],
    "kserve": [framework(HELLOS | INFERENCE)],
    "fission": [framework({"helloworld-swift", "harfunction-cnn", "harfunction-lstm"})],
    "kubeless": [framework(HELLOS - {"helloworld-swift"} | INFERENCE)],
}
