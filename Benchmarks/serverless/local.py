#!/usr/bin/env python3
"""The study on this machine: run.sh local --harfunction PROGRAM --hartrain PROGRAM

Every function as one process, warm and cold; four processes behind haproxy; one to four, scaled by a Horizontal Pod Autoscaler's rule on
their measured processor time, in runs that last; their starts; and, by wrk, how much one process can take. All on loopback.
"""
import argparse
import dataclasses
import os
import sys
import tempfile

import paths
from bodies import FORMS
from machine import busy_share, machine

import ramp
from errors import MissingTool, StudyError, WrongInput
from expectations import Expectations
from participants import FUNCTIONS, Programs, wait_for_port
from hpa import Rules
from pods import Deployment, Scaler
from run import add_study_options, make_bodies, numbers, settings_of
from sampling import Processes
from study import COLD, LONG, WARM, Output, Run, Target, measure, say, write_json

HELLO = "Hello, World!"
ONE, FIXED, SCALED = "one-process", "four-processes", "autoscaled"
DEPLOYED = 4  # the study's devices
STAGES = ("one", "cold", "fixed", "scaled", "starts", "ramp")
# What a Kubernetes cluster takes minutes for, in a run of a minute; they stand in the results.
SHORTENED = {
    "sync_period": 5.0, "metric_resolution": 5.0, "downscale_stabilisation": 20.0, "cpu_initialisation": 60.0, "initial_readiness_delay": 10.0}


class Experiment:
    def __init__(self, arguments, folder):
        self.arguments, self.folder = arguments, folder
        self.programs = Programs(folder, arguments.checkpoints, arguments.harfunction, arguments.hello_swift, arguments.compute_python)
        self.bodies = make_bodies(arguments, os.path.join(folder, "bodies"))
        self.rules = Rules(max_pods=DEPLOYED, cpu_request=arguments.cpu_request, **{
            name: getattr(arguments, name) for name in SHORTENED})
        self.targets, self.right = {}, {}
        for model in (None, "cnn", "lstm"):
            weights = self.programs.weights(model) if model else None
            text = None if model else HELLO
            expected = Expectations(self.bodies, arguments.form, os.path.join(folder, f"expected-{model}"), weights, text)
            self.targets[model] = Target(expected.folder, FORMS[arguments.form].content_type, port=0)
            if model:
                self.right[model] = expected.right
        self.output = Output(arguments.out, settings_of(
            arguments, self.bodies, rules=dataclasses.asdict(self.rules), seconds=arguments.seconds, after=arguments.after))
        self.lasting = {"requests": 10**9, "seconds": arguments.seconds}
        self.functions = []
        for name in arguments.functions:
            reason = self.programs.missing(FUNCTIONS[name])
            if reason:
                say(f"note: {name} is skipped: {reason}")
            else:
                self.functions.append(FUNCTIONS[name])

    def start(self, function):
        return function.start(self.programs, function.model)

    def target(self, function, port):
        return dataclasses.replace(self.targets[function.model], port=port)

    def runs(self, function, deployment, temperature, users, repeats):
        for number in users:
            for repeat in range(1, repeats + 1):
                run = Run(function.name, deployment, temperature, number, repeat)
                if not self.output.has(run):
                    yield run

    def make(self):
        for stage in self.arguments.stages:
            say(f"== {stage}")
            for function in self.functions:
                getattr(self, stage)(function)
        runs = self.output.summarise({
            "machine": machine(), "rules": dataclasses.asdict(self.rules), "rules_that_differ": self.rules.changes(), "labels_right": self.right})
        say(f"summary: {os.path.join(self.output.folder, 'summary.json')}, {len(runs)} runs")

    # Stages

    def one(self, function):
        """One process that has been asked before."""
        runs = list(self.runs(function, ONE, WARM, self.arguments.users, self.arguments.repeats))
        if runs:
            server = self.start(function)
            try:
                wait_for_port(server)
                for run in runs:
                    measure(self.output, run, self.target(function, server.port), Processes(lambda: [(server, True)]), requests=self.arguments.requests)
            finally:
                server.end()

    def cold(self, function):
        """One process for each run, which nobody has asked before."""
        for run in self.runs(function, ONE, COLD, self.arguments.cold_users, self.arguments.repeats):
            server = self.start(function)
            try:
                wait_for_port(server)
                measure(self.output, run, self.target(function, server.port), Processes(lambda: [(server, True)]), requests=self.arguments.requests)
            finally:
                server.end()

    def fixed(self, function):
        """The study without autoscaling: four of them; also in a run that lasts, to be set beside the autoscaled one."""
        if not self.scales(function):
            return
        users = self.arguments.scaled_users
        runs = [*self.runs(function, FIXED, WARM, users, self.arguments.repeats), *self.runs(function, FIXED, LONG, users, 1)]
        if runs:
            with Deployment(lambda: self.start(function), self.folder, DEPLOYED) as deployment:
                deployment.fixed(DEPLOYED)
                for run in runs:
                    read = Processes(deployment.seen, self.rules.cpu_request)
                    end = self.lasting if run.temperature == LONG else {"requests": self.arguments.requests}
                    measure(self.output, run, self.target(function, deployment.port), read, **end)

    def scaled(self, function):
        """The study with autoscaling, in a run that lasts: from one, by the rule."""
        for run in self.runs(function, SCALED, LONG, self.arguments.scaled_users, 1) if self.scales(function) else ():
            with Deployment(lambda: self.start(function), self.folder, DEPLOYED) as deployment:
                deployment.fixed(1)
                with Scaler(deployment, self.rules) as scaler:
                    read = Processes(deployment.seen, self.rules.cpu_request)
                    measure(self.output, run, self.target(function, deployment.port), read, **self.lasting, after=self.arguments.after)
                say(f"pods: {scaler.history}")

    def scales(self, function):
        """The study scaled the CNN and the LSTM; Globus Compute's engine has workers of its own instead."""
        return function.model is not None and not function.name.startswith("globus-compute")

    def starts(self, function):
        """Seconds from the start of a process to its first answer."""
        path = self.output.path(os.path.join(function.name, "starts.json"))
        if os.path.exists(path):
            return
        seconds = []
        for _ in range(self.arguments.starts):
            server = self.start(function)
            try:
                seconds.append(server.wait_for_answer(FORMS[self.arguments.form], self.bodies.bodies[self.arguments.form][0]))
            finally:
                server.end()
        write_json(path, seconds)
        say(f"{function.name}: starts {', '.join(f'{each * 1000:.0f}' for each in seconds)} ms")

    def ramp(self, function):
        path = self.output.path(os.path.join(function.name, "ramp.json"))
        if os.path.exists(path):
            return
        server = self.start(function)
        try:
            wait_for_port(server)
            server.wait_for_answer(FORMS[self.arguments.form], self.bodies.bodies[self.arguments.form][0])
            steps = ramp.measure(server, self.arguments.form, self.bodies, self.arguments.ramp_seconds)
        finally:
            server.end()
        limits = ramp.limits(steps)
        write_json(path, {"steps": steps, **limits})
        say(f"{function.name}: {limits['best_rate']:.0f} a second, knee at {limits['knee']} connections, errors at {limits['errors']}")


def words(allowed):
    def read(text):
        found = text.split(",")
        for word in found:
            if word not in allowed:
                raise argparse.ArgumentTypeError(f"'{word}' is none of {', '.join(allowed)}")
        return found

    return read


def main():
    parser = argparse.ArgumentParser(prog="run.sh local", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--harfunction", help="the program harfunction")
    parser.add_argument("--hello-swift", help="the program of Functions/helloworld/swift")
    parser.add_argument("--compute-python", help="a Python with globus-compute-endpoint")
    parser.add_argument("--checkpoints", default=os.path.join(paths.ROOT, "Checkpoints", "pretrained"), help="a folder with cnn and lstm")
    parser.add_argument(
        "--functions", type=words(FUNCTIONS), metavar="NAME,...", help=f"of {', '.join(FUNCTIONS)} (default: all but the forked Python)",
        default=[name for name in FUNCTIONS if name != "helloworld-python-fork"])
    parser.add_argument("--stages", type=words(STAGES), default=list(STAGES), metavar="NAME,...", help=f"of {', '.join(STAGES)} (default: all)")
    parser.add_argument("--cold-users", type=numbers, default=[5], metavar="N,...", help="of cold runs (default: 5)")
    parser.add_argument("--scaled-users", type=numbers, default=[1, 5], metavar="N,...", help="of four processes and of autoscaled ones (default: 1,5)")
    parser.add_argument("--seconds", type=int, default=30, help="of an autoscaled run (default: 30)")
    parser.add_argument("--after", type=int, default=25, help="seconds for which pods are sampled after it (default: 25)")
    parser.add_argument("--starts", type=int, default=5, help="of each function (default: 5)")
    parser.add_argument("--ramp-seconds", type=int, default=2, help="of each step of wrk's ramp (default: 2)")
    parser.add_argument("--cpu-request", type=float, default=0.25, help="cores that a process asks for (default: 0.25)")
    for name, value in SHORTENED.items():
        parser.add_argument(
            f"--{name.replace('_', '-')}", type=float, default=value, metavar="SECONDS",
            help=f"of the autoscaler (default: {value:g}; Kubernetes': {getattr(Rules, name):g})")
    add_study_options(parser)
    arguments = parser.parse_args()
    for name in ("harfunction", "hello_swift", "compute_python"):
        path = getattr(arguments, name)
        if path:
            # Not resolved: a virtual environment's Python is a link that knows where it stands.
            setattr(arguments, name, os.path.abspath(path))
            if not os.access(path, os.X_OK):
                raise MissingTool(f"--{name.replace('_', '-')} {path} is no program")
    for model in ("cnn", "lstm"):
        if not os.path.exists(os.path.join(arguments.checkpoints, model, "best.safetensors")):
            raise WrongInput(f"--checkpoints {arguments.checkpoints} has no {model}/best.safetensors")
    busy = busy_share(1)
    if busy > 0.1:
        say(f"warning: others use {busy:.0%} of this machine's processors")
    with tempfile.TemporaryDirectory(prefix="hartrain-serverless-") as folder:
        Experiment(arguments, folder).make()


if __name__ == "__main__":
    try:
        main()
    except StudyError as error:
        sys.exit(f"error: {error}")
