#!/usr/bin/env python3
"""Counts the instructions of a request, and writes pi4.json: .venv/bin/python instructions.py --harfunction X86 --harfunction-arm ARM ...

On x86-64 by valgrind's callgrind (AVX2 kernels: it knows no AVX-512), for 64-bit ARM under qemu-aarch64 as a Cortex-A72 (count.c), each
as the difference of many requests and few on one connection that is kept alive. What a Raspberry Pi 4 needs for them follows from its
clock and from an assumption: how many instructions it ends in a cycle. There is no Python for ARM here: python-har's instructions are
those on x86-64 times the ratio of a request without a window (GET /healthz of harfunction), which is scalar code, as an interpreter is.
"""
import argparse
import http.client
import os
import re
import signal
import subprocess
import sys
import tempfile

import paths
from bodies import FORMS
from processes import HOST

from errors import MissingTool, RunFailed, StudyError
from participants import FUNCTIONS, Programs, wait_for_port
from run import add_study_options, make_bodies
from study import say, write_json

FEW, MANY = 10, 50
PLAIN = "GET /healthz"


class Counted(Programs):
    """Starts what Programs starts, under a program that counts."""

    def __init__(self, prefix, *arguments, **named):
        super().__init__(*arguments, **named)
        self.prefix = prefix

    def start(self, name, command, place, model, **environment):
        return super().start(name, [*self.prefix, *command], place, model, **environment)

    def harfunction_server(self, model):
        command = [self.harfunction, "--weights", self.weights(model), "--host", HOST, "--port", "{port}"]
        return self.start("harfunction", [*command, "--log-level", "warning", "--drain", "1s"], self.folder, None)


def count(function, programs, request, requests):
    """The instructions of a server from its start to its end."""
    server = function.start(programs, function.model)
    try:
        wait_for_port(server)
        connection = http.client.HTTPConnection(HOST, server.port, timeout=600)
        for _ in range(requests):
            connection.request(*request)
            answer = connection.getresponse()
            if answer.status != 200:
                raise RunFailed(f"{function.name} has answered {answer.status}: {answer.read()[:500]}")
            answer.read()
        connection.close()
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(120)
    finally:
        server.end()
    with open(server.log, errors="replace") as log:
        found = re.search(r"(?:Collected : |instructions: )(\d+)", text := log.read())
    if not found:
        raise RunFailed(f"no count of {function.name}'s instructions in what it said:\n{text[-1000:]}")
    return int(found[1])


def of_a_request(name, programs, request):
    few, many = (count(FUNCTIONS[name], programs, request, requests) for requests in (FEW, MANY))
    say(f"{name}, {request[0]} {request[1]}: {(many - few) / (MANY - FEW):,.0f} instructions by {programs.prefix[0]}")
    return round((many - few) / (MANY - FEW))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--harfunction", required=True, help="the program for x86-64")
    parser.add_argument("--harfunction-arm", required=True, help="the program for ARM: scripts/build-arm64.sh --product harfunction")
    parser.add_argument("--libraries", required=True, help="the folder in which qemu finds the libraries for ARM (its -L)")
    parser.add_argument("--checkpoints", default=os.path.join(paths.ROOT, "Checkpoints", "pretrained"), help="a folder with cnn and lstm")
    parser.add_argument("--clock", type=float, default=1.5e9, help="of the Raspberry Pi 4 (default: 1.5e9)")
    parser.add_argument("--per-cycle", type=float, default=1.0, help="instructions that it ends in a cycle: an assumption (default: 1)")
    add_study_options(parser)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hartrain-serverless-") as folder:
        plugin = os.path.join(folder, "count.so")
        try:
            subprocess.run(["cc", "-O2", "-shared", "-fPIC", os.path.join(paths.HERE, "count.c"), "-o", plugin], check=True)
        except (FileNotFoundError, subprocess.CalledProcessError) as error:
            raise MissingTool(f"count.c could not be compiled: apt-get install gcc ({error})") from error
        bodies = make_bodies(arguments, os.path.join(folder, "bodies"))
        valgrind = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"]
        qemu = ["qemu-aarch64", "-cpu", "cortex-a72", "-L", arguments.libraries, "-d", "plugin", "-plugin", plugin]
        here = Counted(valgrind, folder, arguments.checkpoints, os.path.abspath(arguments.harfunction))
        arm = Counted(qemu, folder, arguments.checkpoints, os.path.abspath(arguments.harfunction_arm))
        form = FORMS[arguments.form]
        # The same window each time: what differs between few and many requests is their number alone.
        window = ("POST", form.path, bodies.bodies[arguments.form][0], {"Content-Type": form.content_type})
        counted = {"x86-64": {}, "ARM": {}}
        for machine, programs in (("x86-64", here), ("ARM", arm)):
            counted[machine][PLAIN] = of_a_request("harfunction-cnn", programs, ("GET", "/healthz"))
            for name in ("harfunction-cnn", "harfunction-lstm"):
                counted[machine][name] = of_a_request(name, programs, window)
        for name in ("python-har-cnn", "python-har-lstm"):
            counted["x86-64"][name] = of_a_request(name, here, window)
            counted["ARM"][name] = round(counted["x86-64"][name] * counted["ARM"][PLAIN] / counted["x86-64"][PLAIN])
        write_json(os.path.join(paths.HERE, "pi4.json"), {
            "clock": arguments.clock, "per_cycle": arguments.per_cycle, "cores": 4, "form": arguments.form, "instructions": counted,
            "note": "python-har's instructions for ARM are not counted: those on x86-64 times the ratio of GET /healthz"})


if __name__ == "__main__":
    try:
        main()
    except StudyError as error:
        sys.exit(f"error: {error}")
