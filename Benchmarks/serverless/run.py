#!/usr/bin/env python3
"""Makes the study's runs against a function that is served somewhere: run.sh URL [OPTION ...]

1000 requests from 1, 5, 10, 15 and 20 users, three times each, warm; with --restart also cold; with --seconds also one run of that
length for each number of users, in which an autoscaler can act. Bodies are test windows; each answer is checked.
"""
import argparse
import os
import subprocess
import sys
import tempfile
import urllib.parse

import paths
from bodies import FORMS, Bodies
from machine import default_data, machine
from processes import Server

from errors import MissingTool, RunFailed, StudyError, WrongInput
from expectations import Expectations
from sampling import Cluster, Processes
from study import COLD, LONG, REPEATS, REQUESTS, USERS, WARM, Output, Run, Target, measure, say


def watched(pid):
    """A process of this machine, and its children, as what is sampled where there is no cluster."""
    if not os.path.exists(f"/proc/{pid}"):
        raise WrongInput(f"--pid {pid}: there is no such process on this machine")
    server = Server.of(pid)
    return Processes(lambda: [(server, True)])


def numbers(text):
    """1,5,10"""
    try:
        found = [int(number) for number in text.split(",")]
    except ValueError:
        found = [0]
    if min(found) < 1:
        raise argparse.ArgumentTypeError(f"'{text}' must be numbers above 0 with commas between them")
    return found


def add_study_options(parser):
    """What a study of any target has."""
    parser.add_argument("--out", default="serverless-results", help="the folder of the results; a study that was stopped goes on there")
    parser.add_argument("--users", type=numbers, default=list(USERS), metavar="N,N,...", help="(default: 1,5,10,15,20)")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="runs of each kind (default: 3)")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="of all users of a run together (default: 1000)")
    parser.add_argument("--windows", type=int, default=100, help="how many windows are sent in turn (default: 100)")
    parser.add_argument("--form", choices=["float32", "JSON"], default="float32", help="of the bodies (default: float32)")
    parser.add_argument(
        "--hartrain", default=os.path.join(paths.ROOT, ".build", "release", "hartrain"), help="the program that reads windows (default: the release build)")
    parser.add_argument("--data", default=default_data(), help="UCI HAR's folder, or synthetic (default: HAR_DATA, Data, else synthetic)")


def make_bodies(arguments, folder):
    hartrain = os.path.abspath(arguments.hartrain)
    if not os.access(hartrain, os.X_OK):
        raise MissingTool(f"--hartrain {arguments.hartrain} is no program: swift build -c release --product hartrain, or name another")
    try:
        return Bodies(hartrain, arguments.data, arguments.windows, folder)
    except subprocess.CalledProcessError as error:
        raise WrongInput(f"--data {arguments.data} cannot be read: {error.stderr.strip().removeprefix('error: ')}") from error


def settings_of(arguments, bodies, **more):
    return {
        "requests": arguments.requests, "windows": arguments.windows, "form": arguments.form, "data": bodies.data["hash"], **more}


def target_of(url):
    parts = urllib.parse.urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WrongInput(f"'{url}' is no URL of a function; it must be like http://HOST:8080/function/python-har-cnn")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return {"host": parts.hostname, "port": port, "path": parts.path or "/", "protocol": parts.scheme}


def main():
    parser = argparse.ArgumentParser(prog="run.sh URL", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("url", help="where the function answers POST")
    parser.add_argument("--name", default="function", help="what it is called in the results")
    parser.add_argument("--deployment", default="one", help="what stands there, such as openfaas-4-pods: a folder of the results")
    expected = parser.add_mutually_exclusive_group(required=True)
    expected.add_argument("--weights", help="the weights that the function has: its classes must be theirs")
    expected.add_argument("--text", help="what an answer must hold, for HelloWorld: 'Hello, World!'")
    parser.add_argument("--restart", metavar="COMMAND", help="a command after which the function is cold and there, for cold runs")
    parser.add_argument("--seconds", type=int, help="also runs of this length, for an autoscaler (300 or more)")
    parser.add_argument("--after", type=int, default=0, help="seconds for which pods are sampled after such a run, for the way down")
    sampled = parser.add_mutually_exclusive_group()
    sampled.add_argument("--selector", help="the label of the function's pods, which are sampled by kubectl")
    sampled.add_argument("--pid", type=int, help="the function's process on this machine, which is sampled instead")
    parser.add_argument("--namespace", default="default", help="of the pods (default: default)")
    parser.add_argument("--interval", type=float, default=2, help="seconds between two samples (default: 2)")
    add_study_options(parser)
    arguments = parser.parse_args()

    if arguments.selector:
        read = Cluster(arguments.namespace, arguments.selector)
        read()  # what is wrong with it is better known before the first run
    elif arguments.pid:
        read = watched(arguments.pid)
    else:
        say("note: neither --selector nor --pid: pods and processor time are not sampled")
        read = Processes(list)
    place = target_of(arguments.url)
    with tempfile.TemporaryDirectory(prefix="hartrain-serverless-") as folder:
        bodies = make_bodies(arguments, folder)
        expectations = Expectations(bodies, arguments.form, os.path.join(folder, "expected"), arguments.weights, arguments.text)
        target = Target(expectations.folder, FORMS[arguments.form].content_type, **place)
        output = Output(arguments.out, settings_of(arguments, bodies, url=arguments.url))

        def runs(temperature, repeats):
            for users in arguments.users:
                for repeat in range(1, repeats + 1):
                    run = Run(arguments.name, arguments.deployment, temperature, users, repeat)
                    if not output.has(run):
                        yield run

        for run in runs(WARM, arguments.repeats):
            measure(output, run, target, read, interval=arguments.interval, requests=arguments.requests)
        if arguments.restart:
            for run in runs(COLD, arguments.repeats):
                done = subprocess.run(arguments.restart, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                if done.returncode != 0:
                    raise RunFailed(f"--restart has ended with {done.returncode}: {done.stdout.strip()[-1000:]}")
                measure(output, run, target, read, interval=arguments.interval, requests=arguments.requests)
        else:
            say("note: no cold runs: --restart names no command that makes the function cold")
        if arguments.seconds:
            for run in runs(LONG, 1):
                measure(output, run, target, read, interval=arguments.interval, requests=10**9, seconds=arguments.seconds, after=arguments.after)
        output.summarise({"machine": machine(), "labels_right": expectations.right})
    say(f"summary: {os.path.join(arguments.out, 'summary.json')}")


if __name__ == "__main__":
    try:
        main()
    except StudyError as error:
        sys.exit(f"error: {error}")
