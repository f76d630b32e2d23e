"""The names, types and labels of metrics: what dashboards and rules are made of."""

import json
import pathlib

from prometheus_client.parser import text_string_to_metric_families

# What /metrics gives, for tests that have no server to ask.
RECORDED = pathlib.Path(__file__).parent / "metrics.json"


def described(text):
    """What a text of Prometheus holds: {name of a sample: {"type": of its family, "labels": names}}."""
    return {
        sample.name: {"type": family.type, "labels": sorted(sample.labels)}
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def recorded():
    return json.loads(RECORDED.read_text())


def of(server):
    """What a running server gives, once every kind of metric has a sample."""
    server.ask("GET", "/models")
    return described(server.ask("GET", "/metrics").body.decode())
