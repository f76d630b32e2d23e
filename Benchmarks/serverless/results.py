#!/usr/bin/env python3
"""Writes RESULTS.md from what was measured and modelled: run.sh results --out FOLDER"""
import argparse
import collections
import csv
import datetime
import os
import statistics
import sys

import paths
from errors import StudyError, WrongInput
from participants import FUNCTIONS
from simulate import TOLERATED, read_json
from study import COLD, LONG, WARM, Run

KINDS = {WARM: "warm", COLD: "cold", LONG: "lasting"}

# What the study's text gives (its curves are pictures without tables). Its machines, frameworks and network are others: no row here is
# meant to reach a row there.
STUDY = """\
| in the study's text | there | here, one process, warm, mean |
|---|---|---|
| HelloWorld in Node.js, Kubeless and OpenFaaS, all n | under 50 ms | {node} |
| HelloWorld in Python, Kubeless and OpenFaaS, all n | under 800 ms | {python} |
| Python over Node.js | 10.3 (Kubeless, n = 20), 19.9 (OpenFaaS, n = 15), about 1 (Fission) | {ratio} |
| success rate of the CNN and LSTM functions | 100 % (Kubeless, Fission at n = 1); 1 to 2 % errors (OpenFaaS, funcX), up to 3 % (funcX at higher n) | {success} |
| the CNN answers faster than the LSTM | yes | {order} |
| with autoscaling against 4 pods (Fission) | CNN 27 % (n = 1) and 100 % (n = 5) better, LSTM 5 % and 30 % | {scaling} |"""


def time_text(milliseconds):
    return f"{milliseconds:.2f}" if milliseconds < 10 else f"{milliseconds:.1f}" if milliseconds < 100 else f"{milliseconds:,.0f}"


def table(head, rows):
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *("| " + " | ".join(map(str, row)) + " |" for row in rows)])


class Measured:
    def __init__(self, folder):
        self.folder = folder
        self.summary = read_json(os.path.join(folder, "summary.json"), "run.sh local makes it; the same --out goes here")
        if not self.summary["runs"]:
            raise WrongInput(f"{folder}/summary.json has no runs: run.sh local makes them")
        self.groups = collections.defaultdict(list)
        for run in self.summary["runs"]:
            self.groups[run["function"], run["deployment"], run["temperature"], run["users"]].append(run)

    def functions(self):
        there = {run["function"] for run in self.summary["runs"]}
        return [name for name in FUNCTIONS if name in there] + sorted(there - FUNCTIONS.keys())

    def users(self, deployment, temperature):
        return sorted({key[3] for key in self.groups if key[1:3] == (deployment, temperature)})

    def figure(self, key, name="mean"):
        """The median of the repeats."""
        return statistics.median(run["milliseconds"][name] for run in self.groups[key] if "milliseconds" in run)

    def success(self, runs):
        """Right answers of all; failures by kind."""
        requests = sum(run["requests"] for run in runs)
        failures = collections.Counter()
        for run in runs:
            failures.update(run["failures"])
        text = f"{1 - failures.total() / requests:.2%}" if failures else "100 %"
        return text + "".join(f", {count} {kind}" for kind, count in sorted(failures.items()))

    def times(self, deployment, temperature):
        rows = []
        for function in self.functions():
            for users in self.users(deployment, temperature):
                runs = self.groups.get((function, deployment, temperature, users))
                if not runs or not any("milliseconds" in run for run in runs):
                    continue
                means = [run["milliseconds"]["mean"] for run in runs if "milliseconds" in run]
                key = function, deployment, temperature, users
                spread = f" ({time_text(min(means))} to {time_text(max(means))})" if len(means) > 1 else ""
                rows.append([
                    function, users, time_text(self.figure(key)) + spread, *(time_text(self.figure(key, name)) for name in ("p50", "p95", "p99")),
                    *([time_text(self.figure(key, "first"))] if temperature != WARM else []),
                    f"{statistics.median(run['rate'] for run in runs):,.0f}", self.success(runs)])
        head = ["function", "n", "mean", "p50", "p95", "p99", *(["first answers"] if temperature != WARM else []), "requests a second", "right answers"]
        return table(head, rows) if rows else "Not run."

    def study(self):
        def means(name):
            found = {key[3]: self.figure(key) for key in self.groups if key[:3] == (name, "one-process", WARM)}
            return found or None

        def at_most(found):
            return f"at most {time_text(max(found.values()))} ms" if found else "not run"

        node, python = means("helloworld-node"), means("helloworld-python")
        forked = means("helloworld-python-fork")
        ratio = "not run"
        if node and python:
            both = sorted(node.keys() & python.keys())
            ratio = ", ".join(f"{python[n] / node[n]:.1f} (n = {n})" for n in both)
            if forked:
                ratio += "; a process for each request: " + ", ".join(f"{forked[n] / node[n]:.0f} (n = {n})" for n in sorted(forked.keys() & node.keys()))
        inference = [run for run in self.summary["runs"] if (function := FUNCTIONS.get(run["function"])) and function.model]
        orders = [
            f"{name}: {'yes' if all(cnn[n] <= lstm[n] for n in cnn.keys() & lstm.keys()) else 'not at every n'}"
            for name in ("python-har", "harfunction") if (cnn := means(f"{name}-cnn")) and (lstm := means(f"{name}-lstm"))]
        scaling = []
        for name in ("python-har-cnn", "python-har-lstm"):
            for users in (1, 5):
                fixed, scaled = (name, "four-processes", LONG, users), (name, "autoscaled", LONG, users)
                if fixed in self.groups and scaled in self.groups:
                    better = self.figure(fixed) / self.figure(scaled) - 1
                    scaling.append(f"{name}, n = {users}: {abs(better):.0%} {'better' if better > 0 else 'worse'}")
        return STUDY.format(
            node=at_most(node), python=at_most(python), ratio=ratio, success=self.success(inference) if inference else "not run",
            order="; ".join(orders) or "not run", scaling="; ".join(scaling) or "not run")

    def pods(self):
        """What the sampler saw of the runs that lasted."""
        rows = []
        for key, runs in self.groups.items():
            if key[2] == LONG:
                for run in runs:
                    place = Run(*(run[name] for name in ("function", "deployment", "temperature", "users", "repeat"))).place()
                    with open(os.path.join(self.folder, place + ".samples.csv"), newline="") as file:
                        samples = list(csv.DictReader(file))
                    # JMeter needs seconds to start: time counts from the first request, which stands in its own file.
                    with open(os.path.join(self.folder, place + ".jtl"), newline="", encoding="utf-8") as file:
                        first = min(int(row["timeStamp"]) for row in csv.DictReader(file))
                    steps, last = [], None
                    for sample in samples:
                        if sample["pods"] != last:
                            steps.append(f"{sample['pods']} at {max(0, int(sample['time_ms']) - first) / 1000:.0f} s" if last else sample["pods"])
                            last = sample["pods"]
                    most = max(float(sample["cpu_cores"]) for sample in samples)
                    rows.append([run["function"], run["deployment"], run["users"], ", ".join(steps), f"{most:.2f}", f"{run['requests']:,}"])
        return table(["function", "deployment", "n", "pods", "most cores used", "requests"], rows) if rows else "Not run."

    def starts(self):
        rows = []
        for name in self.functions():
            path = os.path.join(self.folder, name, "starts.json")
            if os.path.exists(path):
                seconds = read_json(path, "")
                rows.append([name, f"{time_text(statistics.median(seconds) * 1e3)} ms", *(f"{time_text(f(seconds) * 1e3)} ms" for f in (min, max))])
        return table(["function", "median", "shortest", "longest"], rows) if rows else "Not run."

    def ramps(self):
        rows = []
        for name in self.functions():
            path = os.path.join(self.folder, name, "ramp.json")
            if os.path.exists(path):
                ramp = read_json(path, "")
                best = max((step for step in ramp["steps"] if not step["failed"]), key=lambda step: step["rate"])
                last = ramp["steps"][-1]["connections"]
                rows.append([
                    name, f"{best['rate']:,.0f}", best["connections"], time_text(best["p95"] / 1e3), ramp["knee"] or f"none up to {last}",
                    ramp["errors"] or f"none up to {last}", f"{best['server_cpu'] * 1e6:,.0f} us"])
        return table(
            ["function", "most requests a second", "with connections", "p95 there, ms", "knee", "errors", "processor time a request"],
            rows) if rows else "Not run."


def check_table(model):
    rows = [
        [row["function"], row["client"], row["users"], *(f"{time_text(row[kind][name])}" for name in ("p50", "p95") for kind in ("measured", "modelled")),
         "holds" if row["holds"] else "**does not hold**"] for row in model["check"]]
    return table(["function", "client", "n", "p50 measured", "p50 modelled", "p95 measured", "p95 modelled", "within 20 %"], rows)


def holds_table(model):
    """Where the model holds, by function and client."""
    groups = collections.defaultdict(list)
    for row in model["check"]:
        groups[row["function"], row["client"]].append(row)

    def within(rows, name):
        return f"{sum(name in row['errors'] and abs(row['errors'][name]) <= TOLERATED for row in rows)} of {len(rows)}"

    rows = [
        [function, client, within(found, "p50"), within(found, "p95"), f"{sum(row['holds'] for row in found)} of {len(found)}"]
        for (function, client), found in groups.items()]
    return table(["function", "client", "p50 within 20 %", "p95 within 20 %", "both: the model holds"], rows)


def held(model):
    return f"{sum(row['holds'] for row in model['check'])} of {len(model['check'])}"


def study_table(model):
    rows = [
        [row["function"], row["users"], row["deployment"], *(time_text(row[name]) for name in ("mean", "p50", "p95", "p99")), f"{row['seconds']:.1f}", row["pods"]]
        for row in model["study"]]
    return table(["function", "n", "deployment", "mean", "p50", "p95", "p99", "seconds for 1000 requests", "pods at the end"], rows)


def crowd_table(model, device):
    rows = []
    for row in model["crowds"]:
        if row["device"] == device:
            times = [row["state"]] * 3 if "p50" not in row else [time_text(row[name]) for name in ("p50", "p95", "p99")]
            rows.append([row["function"], f"{row['users']:,}", row["load"], row["pods"], f"{row['settled_at']:.0f} s", *times, f"{row['busy']:.0%}"])
    return table(["function", "users", "arrivals", "pods", "since", "p50", "p95", "p99", "busy"], rows)


def pictures(arguments, page):
    """Markdown for PATH=WORDS, each seen from the page."""
    lines = []
    for argument in arguments:
        path, equals, words = argument.partition("=")
        if not equals or not os.path.exists(path):
            raise WrongInput(f"--picture {argument}: PATH=WORDS names a picture that is there, and says what it shows")
        lines.append(f"![{words}]({os.path.relpath(path, os.path.dirname(os.path.abspath(page)))})")
    return "".join(f"{line}\n\n" for line in lines)


def page(measured, model, date, commands, shown=""):
    summary = measured.summary
    machine, rules = summary["machine"], summary["rules"]
    differ = ", ".join(f"{name.replace('_', ' ')} {value:g} s" for name, value in summary["rules_that_differ"].items())
    settings = summary["settings"]
    right = ", ".join(f"{model_name.upper()} {count}" for model_name, count in summary["labels_right"].items())
    parts = [f"""\
# Results of the load test

Made by `run.sh results`; [README.md](README.md) says what was run. {date}. {machine['cores']} cores of a virtual machine ({machine['cpu']}),
{machine['system']}, Python {machine['python']}; {machine['wrk']}; JMeter 5.5. Client, balancer and functions share the cores, on loopback.
{settings['requests']:,} requests a run, {settings['windows']} test windows in turn as {settings['form']}; of their labels the weights give {right}. Times are milliseconds;
JMeter counts whole ones. Means are medians of the repeats' means, their range in brackets. "Right answers" are those whose class is what the
same weights answer in NumPy, or HelloWorld's text.

{commands}

Numbers under "Measured" were measured. Numbers under "Modelled" were not: they are a simulation's.

# Measured

{shown}## Beside the study

{measured.study()}

The study: Trieu, Javadi, Basilakis, Toosi, on the performance of serverless edge computing for machine learning. It ran four Raspberry Pis
over WiFi and frameworks around the functions; here is one machine, loopback and no framework. What can be compared are ratios, orders and
success rates; those of autoscaling are of runs that last. `hartrain report` takes the repeats together and counts all deployments, so its page
has other ranges.

## One process, warm

{measured.times("one-process", WARM)}

## One process, cold

A process for each run that nobody has asked before; JMeter has practised on another server. "First answers": the mean of each user's first.

{measured.times("one-process", COLD)}

## From a start to the first answer

{measured.starts()}

## Four processes behind haproxy

{measured.times("four-processes", WARM)}

In runs that last as long as the autoscaled ones, which are set beside these: a JMeter that has run for longer is quicker by itself.

{measured.times("four-processes", LONG)}

## One to four processes, scaled by the autoscaler's rule

{rules['target_percent']} % of {rules['cpu_request']:g} cores a process. Other than Kubernetes' defaults: {differ or 'nothing'}.

{measured.times("autoscaled", LONG)}

{measured.pods()}

## The limit of one process, by wrk

Connections are raised from 1 to 320 or to the first failed request. Knee: the first number from which twice the connections raise the rate by
less than 10 % while the p95 grows by more than half. wrk counts a wait of more than two mean times again for the requests that it kept
from being sent, so its p95 and p99 are upper bounds.

{measured.ramps()}"""]
    if model:
        pi = model["pi"]
        counts = table(["a request of", "x86-64", "ARM"], [
            [name, f"{count:,}", f"{pi['instructions']['ARM'][name]:,}"] for name, count in pi["instructions"]["x86-64"].items()])
        parts.append(f"""
# Modelled

Seed {model['seed']}. A process is a queue with as many places as it computes requests at once (one for Node.js and Python, the cores for the others).
The shape of a service time is the histogram of wrk's latencies with one connection; its mean comes from five: the time between two answers of
a process that takes one at a time, the processor time of a request of others.

## Whether the model holds

Its p50 and p95 beside the measured ones; wrk's users do not think, JMeter's take as long as JMeter was seen to. With wrk the client's work is
added where a function uses all cores.

{holds_table(model)}

Where it does not hold: JMeter works on the same cores, and a time of its own is also the time for which its thread waits for one, which the
model does not know; before a function that answers in less than a millisecond that is nearly all. Where one request of python-har, which
takes one at a time, is disturbed, all behind it wait: from ten users on the measured p95 lies above the modelled one, the p50 beside it.

{check_table(model)}

## The study's runs on four Raspberry Pi 4

A request's instructions (counted: instructions.py; {pi['note']}), {pi['clock'] / 1e9:g} GHz and {pi['per_cycle']:g} instructions a cycle, which is an assumption: at half
as many every time is twice as long. No network. Kubernetes' own periods. The model held in {held(model)} comparisons.

{counts}

{study_table(model)}

## 1 to 10,000 users

Each sends a window every {model['period']:g} s (half of a window is new): open arrivals as a Poisson process, or closed, waiting for each answer. At most
{model['rules']['max_pods']} pods of {model['rules']['cpu_request']:g} cores at {model['rules']['target_percent']} %, from 1, each ready {model['pod_start']:g} s after it was created; Kubernetes' own periods; {model['seconds']} s, latencies of
the last quarter. "Since": when that number of pods was set. Overloaded: more is asked than all pods can answer, and requests wait without
end. Not settled: what came before the pods did is still in the queues of the first of them, since the balancer deals out in turn. The service
times are those of the model above, which held in {held(model)} comparisons.

### On machines such as this one

{crowd_table(model, "this machine")}

### On Raspberry Pi 4

{crowd_table(model, "Raspberry Pi 4")}""")
    return "\n".join(parts) + "\n"


def main():
    parser = argparse.ArgumentParser(prog="run.sh results", description=__doc__)
    parser.add_argument("--out", default="serverless-results", help="the folder of run.sh local and run.sh simulate")
    parser.add_argument("--page", default=os.path.join(paths.HERE, "RESULTS.md"))
    parser.add_argument("--command", action="append", default=[], help="a command that was run, for the page; repeat it for several")
    parser.add_argument(
        "--picture", action="append", default=[], metavar="PATH=WORDS", help="a picture of what was measured, and what it shows; repeat it for several")
    arguments = parser.parse_args()
    measured = Measured(arguments.out)
    place = os.path.join(arguments.out, "model.json")
    model = read_json(place, "") if os.path.exists(place) else None
    made = datetime.date.fromtimestamp(os.path.getmtime(os.path.join(arguments.out, "summary.json")))
    commands = "\n".join(f"    {command}" for command in arguments.command)
    text = page(measured, model, f"{made:%-d %B %Y}", commands, pictures(arguments.picture, arguments.page))
    with open(arguments.page, "w") as file:
        file.write(text)


if __name__ == "__main__":
    try:
        main()
    except StudyError as error:
        sys.exit(f"error: {error}")
