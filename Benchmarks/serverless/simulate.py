#!/usr/bin/env python3
"""What one machine cannot show, by a model: run.sh simulate --out FOLDER, after run.sh local with the same --out

1. The model is checked: service times of each function from its measured histogram, and what it says of more users beside what was measured.
2. Then the study's runs on four Raspberry Pis, and pods and latency of 1 to 10,000 users who each send a window every 1.28 s.

Everything goes into model.json; all random numbers follow from --seed.
"""
import argparse
import dataclasses
import json
import os
import sys

import numpy

import paths
from errors import StudyError, WrongInput
from hpa import Rules
from jtl import Results
from participants import FUNCTIONS
from queueing import ROUND_ROBIN, Closed, Histogram, Open, Simulation
from study import USERS, Run, say, write_json

CHECKED = (5, 10, 15, 20)
CALIBRATED = 5
# Half of a window's 2.56 s are new: what a person who wears a phone sends.
PERIOD = 1.28
CROWDS = (1, 10, 100, 1000, 10_000)
# Where the model is said to hold: each of p50 and p95 is within this part of what was measured.
TOLERATED = 0.2


@dataclasses.dataclass
class Model:
    """A function's process: `places` requests at a time, each for a time of `service`; `delay` is what a request takes beside that."""

    service: Histogram
    delay: float
    places: int

    @staticmethod
    def of(steps, places, cores, with_client):
        """From wrk's steps. The shape of the service times is that of the latencies of one connection, where nothing waits; their mean
        comes from five connections, since one alone pays for a wake-up with each request. A process that takes one at a time is then never
        idle: it is the time between its answers, what it waits for in other processes included. For one that takes more it is the
        processor time of a request.

        `with_client`: what the client works is done by the same cores, as it is when a function uses all of them.
        """

        def work(connections):
            step = steps[connections]
            return step["server_cpu"] + (step["client_cpu"] if with_client else 0)

        alone = Histogram([microseconds / 1e6 for microseconds in steps[1]["quantiles"]])
        mean = 1 / steps[CALIBRATED]["rate"] if places == 1 else max(work(CALIBRATED), 1e-6)
        delay = max(0.0, alone.mean() - (mean if places == 1 else work(1)))
        return Model(alone.scaled(mean), delay, places or cores)


def read_json(path, what):
    try:
        with open(path) as file:
            return json.load(file)
    except FileNotFoundError as error:
        raise WrongInput(f"{path} is not there: {what}") from error
    except ValueError as error:
        raise WrongInput(f"{path} is damaged: {error}") from error


def profiles(folder):
    """wrk's steps of each function, by connections."""
    found = {}
    for name in FUNCTIONS:
        path = os.path.join(folder, name, "ramp.json")
        if os.path.exists(path):
            steps = {step["connections"]: step for step in read_json(path, "")["steps"] if not step["failed"]}
            if 1 in steps and CALIBRATED in steps:
                found[name] = steps
    if not found:
        raise WrongInput(f"--out {folder} has no ramp.json with 1 and {CALIBRATED} connections: run.sh local --stages ramp makes them")
    return found


def figures(seconds):
    p50, p95, p99 = numpy.percentile(seconds, (50, 95, 99))
    return {"mean": float(seconds.mean() * 1e3), "p50": float(p50 * 1e3), "p95": float(p95 * 1e3), "p99": float(p99 * 1e3)}


def compared(row, measured, modelled):
    """A row of the check: the model's figures beside the measured ones, milliseconds."""
    errors = {name: modelled[name] / measured[name] - 1 for name in ("p50", "p95") if measured[name]}
    return {
        **row, "measured": measured, "modelled": modelled, "errors": errors,
        "holds": len(errors) == 2 and all(abs(error) <= TOLERATED for error in errors.values())}


def check_wrk(name, steps, cores, seed):
    """wrk's users do not think, and its times are microseconds."""
    places = FUNCTIONS[name].places
    model = Model.of(steps, places, cores, with_client=places is None)
    for users in CHECKED:
        if users in steps:
            outcome = Simulation(Closed(users), model.service, places=model.places, delay=model.delay, seed=seed).run(requests=20_000)
            measured = {key: steps[users][key] / 1e3 for key in ("p50", "p95", "p99")}
            yield compared({"function": name, "client": "wrk", "users": users}, measured, figures(outcome.steady(outcome.seconds / 10)))


def check_jmeter(folder, name, steps, cores, seed):
    """JMeter's users take their time between an answer and the next request; its times are whole milliseconds."""
    places = FUNCTIONS[name].places
    model = Model.of(steps, places, cores, with_client=False)
    for users in CHECKED:
        paths_there = [
            path for repeat in range(1, 10)
            if os.path.exists(path := os.path.join(folder, Run(name, "one-process", "warm", users, repeat).place() + ".jtl"))]
        runs = [Results(path) for path in paths_there]
        if not runs:
            continue
        summaries = [run.summary()["milliseconds"] for run in runs]
        measured = {key: float(numpy.median([summary[key] for summary in summaries])) for key in ("mean", "p50", "p95", "p99")}
        think = float(numpy.mean([run.think() for run in runs]))
        outcome = Simulation(Closed(users, think), model.service, places=model.places, delay=model.delay, seed=seed).run(requests=20_000)
        yield compared({"function": name, "client": "JMeter", "users": users}, measured, figures(outcome.steady(outcome.seconds / 10)))


SETTLED, OVERLOADED, UNSETTLED = "settled", "overloaded", "not settled"


def served(model, rules, load, *, seconds, pod_start, seed):
    """A run on a cluster, and what it comes to in its last quarter, when the number of pods has settled.

    It has a latency where it has settled. It has not where more is asked than all pods can answer, and not where what came before the pods
    did is still in the queues of the first of them.
    """
    simulation = Simulation(
        load, model.service, places=model.places, delay=model.delay, dispatch=ROUND_ROBIN, rules=rules, pod_start=pod_start, seed=seed)
    outcome = simulation.run(seconds=seconds)
    late = outcome.steady(seconds * 0.75)
    since, pods = outcome.pods[-1]
    places = pods * model.places
    capacity = places / model.service.mean()
    row = {"pods": pods, "settled_at": since, "busy": len(late) / (seconds * 0.25) / capacity, "history": outcome.pods}
    if isinstance(load, Open) and load.rate >= capacity:
        row["state"] = OVERLOADED
    elif len(late) and has_settled(load, late, capacity, outcome.queued - places, model.service.mean() + model.delay):
        row |= {"state": SETTLED, **figures(late)}
    else:
        row["state"] = UNSETTLED
    return row


def has_settled(load, latencies, capacity, queued, alone):
    """Whether no more waits than comes and goes; `queued`: requests beyond one for each place, `alone`: seconds of one that waits for none."""
    if isinstance(load, Closed):
        # Little's law: users who are slowed down come back as often as they are answered, and then all of them wait for so long.
        slowed = load.users / capacity - load.think
        if slowed > alone:
            return abs(latencies.mean() - slowed) <= 0.1 * slowed
    return queued <= 20


def study_on_pis(model, rules, pod_start, seed):
    """1000 requests of users who do not think: four pods, one a device, and from one pod with an autoscaler."""
    for users in USERS:
        for name, options in (("4 pods", {"pods": 4}), ("autoscaled", {"pods": 1, "rules": rules, "pod_start": pod_start})):
            outcome = Simulation(
                Closed(users), model.service, places=model.places, delay=model.delay, dispatch=ROUND_ROBIN, seed=seed, **options).run(requests=1000)
            yield {"users": users, "deployment": name, "seconds": outcome.seconds, "pods": outcome.pods[-1][1], **figures(outcome.latencies)}


def main():
    parser = argparse.ArgumentParser(prog="run.sh simulate", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default="serverless-results", help="the folder of run.sh local")
    parser.add_argument("--seconds", type=int, default=300, help="that a crowd is simulated for (default: 300)")
    parser.add_argument("--most", type=int, default=10_000, help="the largest crowd (default: 10000)")
    parser.add_argument("--max-pods", type=int, default=100, help="of a crowd (default: 100; the study's are 4)")
    parser.add_argument("--cpu-request", type=float, default=0.25, help="cores that a pod asks for (default: 0.25)")
    parser.add_argument("--pod-start", type=float, default=3, help="seconds from a pod's creation to its readiness (default: 3)")
    parser.add_argument("--pi", default=os.path.join(paths.HERE, "pi4.json"), help="the instructions of a request on a Raspberry Pi 4: instructions.py makes it")
    parser.add_argument("--seed", type=int, default=15)
    arguments = parser.parse_args()

    summary = read_json(os.path.join(arguments.out, "summary.json"), "run.sh local makes it; the same --out goes here")
    cores = summary["machine"]["cores"]
    pi = read_json(arguments.pi, "it stands beside this program")
    found = profiles(arguments.out)
    check = []
    for name, steps in found.items():
        check += check_wrk(name, steps, cores, arguments.seed)
        check += check_jmeter(arguments.out, name, steps, cores, arguments.seed)
    say(f"the model holds in {sum(row['holds'] for row in check)} of {len(check)} comparisons")

    rules = Rules(max_pods=arguments.max_pods, cpu_request=arguments.cpu_request)
    crowds, study = [], []
    for name, steps in found.items():
        function = FUNCTIONS[name]
        if function.model is None or name.startswith("globus-compute"):
            continue
        here = Model.of(steps, function.places, cores, with_client=False)
        seconds = pi["instructions"]["ARM"][name] / (pi["clock"] * pi["per_cycle"])
        # Its network and client are not known: the delay is this machine's.
        devices = {
            "this machine": here, "Raspberry Pi 4": Model(here.service.scaled(seconds), here.delay, function.places or pi["cores"])}
        study += [
            {"function": name, **row}
            for row in study_on_pis(devices["Raspberry Pi 4"], Rules(cpu_request=arguments.cpu_request), arguments.pod_start, arguments.seed)]
        for device, model in devices.items():
            for users in (crowd for crowd in CROWDS if crowd <= arguments.most):
                loads = {"open": Open(users / PERIOD), "closed": Closed(users, PERIOD)}
                for kind, load in loads.items():
                    row = served(
                        model, rules, load, seconds=arguments.seconds, pod_start=arguments.pod_start, seed=arguments.seed)
                    crowds.append({"function": name, "device": device, "users": users, "load": kind, **row})
                    say(f"{name}, {device}, {users} users, {kind}: {row['pods']} pods")
    write_json(os.path.join(arguments.out, "model.json"), {
        "seed": arguments.seed, "check": check, "study": study, "crowds": crowds, "rules": dataclasses.asdict(rules),
        "rules_that_differ": rules.changes(), "pod_start": arguments.pod_start, "period": PERIOD, "seconds": arguments.seconds, "pi": pi})
    say(f"model: {os.path.join(arguments.out, 'model.json')}")


if __name__ == "__main__":
    try:
        main()
    except StudyError as error:
        sys.exit(f"error: {error}")
