"""Pods that are processes behind haproxy, and the loop that scales them as a Horizontal Pod Autoscaler would."""
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import paths  # noqa: F401
from background import Background
from participants import wait_for_port
from processes import HOST, Server, free_port

from errors import MissingTool, RunFailed
from hpa import Autoscaler, Pod
from sampling import ProcessorTime

CONFIGURATION = """\
global
    maxconn 4096
    stats socket {socket} mode 600 level admin
defaults
    mode http
    timeout connect 5s
    timeout client 75s
    timeout server 75s
    timeout http-keep-alive 75s
frontend users
    bind {host}:{port}
    default_backend pods
backend pods
    # Requests, not connections, are dealt out, as the gateways of the study's frameworks do: users who keep their connection would
    # stay with the first pod for ever behind a Service alone.
    balance roundrobin
    http-reuse always
    server-template pod 1-{most} {host}:1 disabled
"""


class Balancer:
    """haproxy with a place for each pod, which is given addresses over its socket."""

    def __init__(self, folder, most):
        program = shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
        if program is None:
            raise MissingTool("haproxy is not installed: apt-get install haproxy")
        self.port = free_port()
        self.socket = os.path.join(folder, f"haproxy-{self.port}.sock")
        configuration = os.path.join(folder, f"haproxy-{self.port}.cfg")
        with open(configuration, "w") as file:
            file.write(CONFIGURATION.format(socket=self.socket, host=HOST, port=self.port, most=most))
        self.server = Server("haproxy", [program, "-db", "-f", configuration], self.port, folder)
        wait_for_port(self.server)

    def tell(self, command):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(self.socket)
            connection.sendall(f"{command}\n".encode())
            answer = connection.makefile().read().strip()
        return answer

    def set(self, place, what):
        answer = self.tell(f"set server pods/pod{place} {what}")
        # An address that has changed is answered with a sentence; anything else said is an error.
        if answer and "changed" not in answer and "no need to change" not in answer:
            raise RunFailed(f"haproxy refuses 'set server pods/pod{place} {what}': {answer}")

    def add(self, place, port):
        self.set(place, f"addr {HOST} port {port}")
        self.set(place, "state ready")

    def drain(self, place):
        self.set(place, "state drain")

    def remove(self, place):
        self.set(place, "state maint")

    def sessions(self, place):
        """Requests under way."""
        lines = self.tell("show stat pods -1 -1").splitlines()
        names = lines[0].removeprefix("# ").split(",")
        for line in lines[1:]:
            row = dict(zip(names, line.split(",")))
            if row["svname"] == f"pod{place}":
                return int(row["scur"])
        raise RunFailed(f"haproxy's statistics have no pod{place}")

    def end(self):
        self.server.end()


class LocalPod(Pod):
    def __init__(self, place, server):
        super().__init__(started_at=time.monotonic(), pending=True)
        self.place, self.server = place, server


class Deployment:
    """Some pods of a function behind a balancer. Changes come from one thread at a time; `pods` may be read from any."""

    def __init__(self, start, folder, most):
        # One that goes may still have its place when the next comes.
        self.start, self.places, self.error = start, 2 * most, None
        self.balancer = Balancer(folder, self.places)
        self.port = self.balancer.port
        self.pods, self.starting, self.leaving = [], [], []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for thread in self.starting + self.leaving:
            thread.join()
        for pod in self.pods:
            pod.server.end()
        self.balancer.end()

    def seen(self):
        return [(pod.server, pod.ready) for pod in self.pods]

    def scale(self, count):
        """Starts or ends pods. A pod gets requests when it listens; one that goes answers what it has."""
        while len(self.pods) < count:
            taken = {pod.place for pod in self.pods} | {thread.place for thread in self.leaving if thread.is_alive()}
            place = next(place for place in range(1, self.places + 1) if place not in taken)
            pod = LocalPod(place, self.start())
            self.pods = [*self.pods, pod]
            thread = threading.Thread(target=self.join, args=(pod,))
            self.starting.append(thread)
            thread.start()
        while len(self.pods) > count:
            *self.pods, pod = self.pods
            thread = threading.Thread(target=self.leave, args=(pod,))
            thread.place = pod.place
            self.leaving.append(thread)
            thread.start()

    def join(self, pod):
        try:
            wait_for_port(pod.server)
        except SystemExit as end:  # would end this thread and be heard by nobody
            self.error = RunFailed(str(end))
            return
        self.balancer.add(pod.place, pod.server.port)
        pod.ready, pod.pending, pod.ready_changed_at = True, False, time.monotonic()

    def leave(self, pod):
        pod.ready = False
        self.balancer.drain(pod.place)
        deadline = time.monotonic() + 30  # a pod's grace period
        while self.balancer.sessions(pod.place) and time.monotonic() < deadline:
            time.sleep(0.05)
        self.balancer.remove(pod.place)
        pod.server.process.send_signal(signal.SIGTERM)
        try:
            pod.server.process.wait(10)
        except subprocess.TimeoutExpired:
            pass  # as a kubelet does, it is killed then
        pod.server.end()

    def fixed(self, count):
        """So many pods, all ready."""
        self.scale(count)
        for thread in self.starting:
            thread.join()
        if self.error:
            raise self.error


class Scaler(Background):
    """Sets the number of a deployment's pods from their measured processor time, from one pod on."""

    def __init__(self, deployment, rules):
        super().__init__()
        self.deployment, self.rules, self.autoscaler = deployment, rules, Autoscaler(rules)
        self.time, self.history = ProcessorTime(), []

    def work(self):
        start = time.monotonic()
        metric_at, sync_at = start, start + self.rules.sync_period
        while True:
            if self.deployment.error:
                raise self.deployment.error
            now = time.monotonic()
            if now >= metric_at:
                self.measure(now)
                metric_at += self.rules.metric_resolution
            if now >= sync_at:
                current = len(self.deployment.pods)
                desired = self.autoscaler.desired(now, self.deployment.pods, current)
                if desired != current:
                    self.history.append((round(now - start, 2), desired))
                    self.deployment.scale(desired)
                sync_at += self.rules.sync_period
            if self.ended.wait(max(0, min(metric_at, sync_at) - time.monotonic())):
                return

    def measure(self, now):
        for pod in self.deployment.pods:
            seen = pod.server in self.time.last
            cores = self.time.cores(pod.server)
            if seen:  # a first look has no window behind it
                pod.cores, pod.measured_at = cores, now
