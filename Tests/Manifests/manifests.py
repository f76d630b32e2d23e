"""Manifests against schemas: Kubernetes' own for its kinds and for every pod, and those in schemas/ for the kinds of others.

kubernetes-validate passes what it does not know; here that is a failure. A field that is not in a schema is one, too. The tests of
Functions/ and of deploy/ share this.
"""

import functools
import pathlib

import jsonschema
import kubernetes_validate
import yaml

SCHEMAS = pathlib.Path(__file__).parent / "schemas"
GROUPS = {
    "kubeless.io/v1beta1": "kubeless", "fission.io/v1": "fission", "serving.knative.dev/v1": "knative", "serving.kserve.io/v1beta1": "kserve",
    "monitoring.coreos.com/v1": "monitoring",
}
WITHOUT_SPEC = {"ArchiveUploadSpec", "DeploymentConfig"}
SCALE = {"minReplicas", "maxReplicas", "scaleMetric", "scaleTarget"}


class ManifestError(Exception):
    pass


def validate_core(document, version=kubernetes_validate.latest_version()):
    """A document of a kind that Kubernetes itself has."""
    try:
        kubernetes_validate.validate(document, version, strict=True)
    except kubernetes_validate.SchemaNotFoundError as error:
        raise ManifestError(error.message) from error
    except kubernetes_validate.ValidationError as error:
        raise ManifestError(error.message) from error


def validate_pod(spec):
    """A pod's spec, or the part of it that a platform merges into its own."""
    spec = {key: value for key, value in spec.items() if key not in SCALE}
    containers = [{"name": "merged", **container} for container in spec.get("containers", [])]
    validate_core({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod"}, "spec": {**spec, "containers": containers}})
    validate_mounts(spec)


def validate_mounts(spec):
    """Every volume that a container of a pod mounts is there."""
    volumes = {volume["name"] for volume in spec.get("volumes", [])}
    for container in spec.get("containers", []):
        mounted = {mount["name"] for mount in container.get("volumeMounts", [])}
        if not mounted <= volumes:
            raise ManifestError(f"no volume is named {', '.join(mounted - volumes)}")


def validate_resources(resources):
    validate_pod({"containers": [{"resources": resources}]})


CHECKS = {"pod": validate_pod, "resources": validate_resources}


def closed(schema):
    """The schema, where an object has the properties that it names and no others."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {key: closed(part) for key, part in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        schema.setdefault("additionalProperties", False)
    return schema


def check(validator, comment, instance, schema):
    try:
        CHECKS[comment](instance)
    except ManifestError as error:
        yield jsonschema.ValidationError(str(error))


Validator = jsonschema.validators.extend(jsonschema.Draft202012Validator, {"$comment": check})


def resource(spec):
    """The schema of a resource, whose spec has the given one."""
    name = {"type": "string", "pattern": "^[a-z][-a-z0-9]{0,62}$"}
    annotations = {"type": "object", "additionalProperties": {"type": "string"}}
    metadata = {"type": "object", "required": ["name"], "properties": {"name": name, "namespace": {}, "labels": annotations, "annotations": annotations}}
    properties = {"apiVersion": {"enum": list(GROUPS)}, "kind": {}, "metadata": metadata, "spec": spec}
    return {"type": "object", "required": list(properties), "properties": properties}


@functools.cache
def schemas_of(platform):
    schemas = yaml.safe_load((SCHEMAS / f"{platform}.yaml").read_text())
    return {kind: closed(schema if kind in WITHOUT_SPEC else resource(schema)) for kind, schema in schemas.items()}


def validate(document, platform):
    """A document of a kind that is not Kubernetes' own."""
    schemas = schemas_of(platform)
    if document["kind"] not in schemas:
        raise ManifestError(f"{platform} has no schema of {document['kind']}")
    errors = list(Validator(schemas[document["kind"]]).iter_errors(document))
    if errors:
        raise ManifestError("; ".join(f"{error.json_path}: {error.message}" for error in errors))


def validate_any(document):
    """A document as a cluster would get it, of whatever kind."""
    if document["apiVersion"] in GROUPS:
        validate(document, GROUPS[document["apiVersion"]])
        return
    validate_core(document)
    for spec in pods(document):
        validate_mounts(spec)


def pods(value):
    """Every list of containers in a document, whatever its kind."""
    if isinstance(value, dict):
        if "containers" in value:
            yield value
        for part in value.values():
            yield from pods(part)
    elif isinstance(value, list):
        for part in value:
            yield from pods(part)


def objects(value, path=()):
    """The path of every object in a document."""
    if isinstance(value, dict):
        yield path
    for key, part in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from objects(part, (*path, key))


def at(document, path):
    for key in path:
        document = document[key]
    return document
