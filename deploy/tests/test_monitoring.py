"""The dashboard and the alerts: every metric and label in them is one that the server gives."""

import functools
import json
import os
import re
import sys
import unittest

import promql_parser as promql
import yaml
from rendering import DEPLOY, ROOT, overlay

sys.path.append(str(ROOT / "Tests" / "Serving"))

import metric_names  # noqa: E402

MONITORING = DEPLOY / "components" / "monitoring"
# What the Prometheus operator adds to all that a ServiceMonitor finds.
TARGET_LABELS = {"namespace", "service", "pod", "container", "endpoint", "instance", "job"}
# What Grafana puts in; any value does for a parser.
VARIABLES = {"$__rate_interval": "5m", "$namespace": "default", "$service": "harfunction-cnn"}
OVER_TIME = {"rate", "increase"}
# The data source that the person before the dashboard has chosen.
CHOSEN = {"type": "prometheus", "uid": "${datasource}"}


@functools.cache
def metrics():
    """What the server that HARFUNCTION names gives, else what is recorded; Tests/Serving compares the two."""
    if not os.environ.get("HARFUNCTION"):
        return metric_names.recorded()
    import harness

    with harness.Server() as server:
        return metric_names.of(server)


def dashboard():
    return json.loads((MONITORING / "dashboard.json").read_text())


def alerts():
    (group,) = yaml.safe_load((MONITORING / "rules.yaml").read_text())["spec"]["groups"]
    return group["rules"]


def parsed(text):
    for variable, value in VARIABLES.items():
        text = text.replace(variable, value)
    return promql.parse(text)


def nodes(expression):
    """Every part of an expression, and the function that it is the argument of."""
    found = []

    def visit(node, function=None):
        found.append((node, function))
        if isinstance(node, promql.Call):
            for argument in node.args:
                visit(argument, node.func.name)
        elif isinstance(node, promql.BinaryExpr):
            visit(node.lhs)
            visit(node.rhs)
        elif isinstance(node, (promql.AggregateExpr, promql.ParenExpr, promql.UnaryExpr, promql.SubqueryExpr)):
            visit(node.expr)
        elif isinstance(node, promql.MatrixSelector):
            visit(node.vector_selector, function)

    visit(expression)
    return found


def selectors(expression):
    return [(node, function) for node, function in nodes(expression) if isinstance(node, promql.VectorSelector)]


def kept(expression):
    """The labels that the result of an expression has, or None where they are those of its metric."""
    for node, _ in nodes(expression):
        if isinstance(node, promql.AggregateExpr):
            return set(node.modifier.labels) if node.modifier else set()
    return None


def problems(text, known):
    """What is wrong with an expression, given the metrics."""
    try:
        expression = parsed(text)
    except ValueError as error:
        yield f"it is no PromQL: {error}"
        return
    labels = set(TARGET_LABELS)
    for node, function in selectors(expression):
        if node.name not in known:
            yield f"there is no metric {node.name}"
            continue
        metric = known[node.name]
        labels |= set(metric["labels"])
        for matcher in node.matchers.matchers:
            if matcher.name not in TARGET_LABELS | set(metric["labels"]):
                yield f"{node.name} has no label {matcher.name}"
        if (metric["type"] == "gauge") == (function in OVER_TIME):
            yield f"{node.name} is a {metric['type']}, and stands in {function}"
    for node, function in nodes(expression):
        if isinstance(node, promql.AggregateExpr) and node.modifier:
            for label in set(node.modifier.labels) - labels:
                yield f"no metric in it has the label {label}"
        if isinstance(node, promql.AggregateExpr) and function == "histogram_quantile" and "le" not in node.modifier.labels:
            yield "a quantile needs le"


def used(texts):
    return {node.name for text in texts for node, _ in selectors(parsed(text))}


def expressions():
    """Every expression, and where it stands."""
    for rule in alerts():
        yield rule["alert"], rule["expr"]
    for panel in dashboard()["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]


class Expressions(unittest.TestCase):
    def test_metrics_and_labels_are_the_server_s(self):
        count = 0
        for place, text in expressions():
            with self.subTest(place):
                self.assertEqual(list(problems(text, metrics())), [])
            count += 1
        self.assertGreater(count, 25)

    def test_what_is_wrong_is_seen(self):
        for text, words in (
            ("rate(harfunction_request_total[5m])", "no metric harfunction_request_total"),
            ('rate(harfunction_requests_total{code="500"}[5m])', "no label code"),
            ("sum by (function) (harfunction_ready)", "the label function"),
            ("rate(harfunction_ready[5m])", "is a gauge"),
            ("sum(harfunction_requests_total)", "is a counter"),
            ("sum(rate(harfunction_requests_total[5m])", "no PromQL"),
            ("rate(harfunction_requests_total)", "no PromQL"),
            ("histogram_quantile(0.9, sum by (route) (rate(harfunction_request_duration_seconds_bucket[5m])))", "needs le"),
            ("histogram_quantile(0.9, sum by (le) (rate(harfunction_request_duration_seconds[5m])))", "no metric harfunction_request_duration_seconds"),
            ("absent(harfunction_up)", "no metric harfunction_up"),
            ("harfunction_ready / on (pod) up", "no metric up"),
        ):
            with self.subTest(text):
                found = list(problems(text, metrics()))
                self.assertTrue(any(words in problem for problem in found), found)

    def test_a_metric_that_goes_is_seen(self):
        for name in metrics():
            known = {other: metric for other, metric in metrics().items() if other != name}
            with self.subTest(name):
                self.assertTrue(any(problem for _, text in expressions() for problem in problems(text, known)))

    def test_the_dashboard_shows_every_metric(self):
        self.assertEqual(used(text for panel in dashboard()["panels"] for text in (target["expr"] for target in panel["targets"])), set(metrics()))

    def test_probes_are_left_out_and_predictions_are_meant(self):
        source = (ROOT / "Sources" / "Serving" / "HTTP" / "RouteTable.swift").read_text()
        operational = re.findall(r'"([^"]+)"', re.search(r"let operational = \[(.*?)\]", source, re.S)[1])
        self.assertIn("/readyz", operational)
        predictions = {"/", "/predict", "/v2/models/{name}/infer"}
        others = {"none", "/recording", "/models"}
        for place, text in expressions():
            for node, _ in selectors(parsed(text)):
                routes = [matcher for matcher in node.matchers.matchers if matcher.name == "route"]
                if not node.name.startswith("harfunction_request_duration") and node.name != "harfunction_requests_total":
                    continue
                with self.subTest(place=place, metric=node.name):
                    (route,) = routes
                    taken = {path for path in {*operational, *predictions, *others} if bool(re.fullmatch(route.value, path)) == (route.op == promql.MatchOp.Re)}
                    self.assertEqual(taken, predictions if node.name.startswith("harfunction_request_duration") else predictions | others)


class Alerts(unittest.TestCase):
    def test_each_says_what_it_can_name(self):
        for rule in alerts():
            words = " ".join(rule["annotations"].values())
            with self.subTest(rule["alert"]):
                self.assertEqual(set(rule["annotations"]), {"summary", "description"})
                self.assertIn(rule["labels"]["severity"], ("info", "warning", "critical"))
                named = set(re.findall(r"\$labels\.(\w+)", words))
                self.assertLessEqual(named, kept(parsed(rule["expr"])) or set())
        names = [rule["alert"] for rule in alerts()]
        self.assertEqual(len(names), len(set(names)))

    def test_limits_are_the_server_s(self):
        """An alert at more requests at a time than the server takes would never come; nor one between two bounds of the histogram."""
        limit = int(re.search(r"more get 503\. \(default: (\d+)\)", (ROOT / "Sources/ServeCommand/ServeCommand.swift").read_text())[1])
        rules = {rule["alert"]: rule for rule in alerts()}
        near = rules["HarfunctionNearItsLimit"]
        self.assertLess(float(near["expr"].rpartition(">")[2]), limit)
        self.assertIn(str(limit), near["annotations"]["description"])
        bounds = re.search(r"bounds = \[(.*?)\]", (ROOT / "Sources/Serving/Operations/Metric.swift").read_text())[1]
        self.assertIn(float(rules["HarfunctionSlow"]["expr"].rpartition(">")[2]), [float(bound) for bound in bounds.split(",")])


class Dashboard(unittest.TestCase):
    def test_it_is_in_the_config_map_that_grafana_finds(self):
        (config,) = [document for document in overlay("kubernetes") if document["kind"] == "ConfigMap"]
        self.assertEqual(config["metadata"]["labels"], {"grafana_dashboard": "1"})
        self.assertEqual([json.loads(text) for text in config["data"].values()], [dashboard()])

    def test_panels(self):
        panels = dashboard()["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        taken = set()
        for panel in panels:
            with self.subTest(panel["title"]):
                self.assertTrue(panel["title"] and panel["description"] and panel["targets"])
                place = panel["gridPos"]
                cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
                self.assertLessEqual(place["x"] + place["w"], 24)
                self.assertEqual(cells & taken, set())
                taken |= cells
                self.assertEqual(len({target["refId"] for target in panel["targets"]}), len(panel["targets"]))
                for target in panel["targets"]:
                    self.assertEqual((panel["datasource"], target["datasource"]), (CHOSEN, CHOSEN))
                    self.assertIn('{namespace="$namespace",service=~"$service"', target["expr"])
                    expression = parsed(target["expr"])
                    shown = kept(expression)
                    if shown is None:
                        shown = TARGET_LABELS | set(metrics()[selectors(expression)[0][0].name]["labels"])
                    self.assertLessEqual(set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])), shown)

    def test_variables(self):
        variables = {variable["name"]: variable for variable in dashboard()["templating"]["list"]}
        text = json.dumps(dashboard())
        self.assertEqual(set(re.findall(r"\$\{?([a-z]+)\}?", text)), set(variables))
        for variable in variables.values():
            if variable["type"] == "query":
                self.assertEqual(variable["datasource"], CHOSEN)
                metric, label = re.fullmatch(r"label_values\((\w+)(?:\{.*\})?, (\w+)\)", variable["query"]["query"]).groups()
                self.assertIn(metric, metrics())
                self.assertIn(label, TARGET_LABELS)
