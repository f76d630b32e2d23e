"""A queue of requests before pods, event by event: M/G/c with closed users or open arrivals, and an autoscaler that sets c.

A request waits `delay` seconds where nobody queues (network, client), is given to a pod, and takes a service time there. Random numbers
come from one seeded generator, so a run can be repeated.
"""
import collections
import dataclasses
import heapq
import itertools

import numpy

from errors import WrongInput
from hpa import Autoscaler, Pod

SHARED, ROUND_ROBIN = "shared", "round-robin"
ARRIVAL, DEPARTURE, METRIC, SYNC, READY = range(5)


class Histogram:
    """Seconds drawn from quantiles of equal shares, as wrk measured them."""

    def __init__(self, quantiles):
        quantiles = numpy.asarray(quantiles, float)
        if quantiles.ndim != 1 or len(quantiles) < 2 or (numpy.diff(quantiles) < 0).any() or quantiles[0] < 0:
            raise WrongInput("the quantiles of a histogram must be at least two numbers of 0 or more that do not fall")
        self.quantiles = quantiles
        self.places = (numpy.arange(len(quantiles)) + 0.5) / len(quantiles)

    def draw(self, generator, count):
        return numpy.interp(generator.random(count), self.places, self.quantiles)

    def mean(self):
        return float(self.quantiles.mean())

    def scaled(self, mean):
        """The same shape with another mean."""
        return Histogram(self.quantiles * (mean / self.mean()))


class Exponential:
    """Exponential times: the queues with formulas, for the tests."""

    def __init__(self, mean):
        self.average = mean

    def draw(self, generator, count):
        return generator.exponential(self.average, count)

    def mean(self):
        return self.average


@dataclasses.dataclass(frozen=True)
class Closed:
    """Users who each wait for their answer, think, and ask again: the study's, who do not think."""

    users: int
    think: float = 0


@dataclasses.dataclass(frozen=True)
class Open:
    """Arrivals of a Poisson process, whoever is still waiting."""

    rate: float


@dataclasses.dataclass
class Outcome:
    finished: numpy.ndarray  # when each answer came
    latencies: numpy.ndarray  # seconds, beside `finished`
    pods: list  # (seconds, pods) at each change
    seconds: float
    queued: int  # requests that no pod has begun with at the end

    def steady(self, after):
        return self.latencies[self.finished >= after]


class Stream:
    """A distribution's numbers, drawn in blocks: one at a time is what NumPy is slow at."""

    def __init__(self, distribution, generator):
        self.distribution, self.generator, self.block = distribution, generator, iter(())

    def next(self):
        for value in self.block:
            return value
        self.block = iter(self.distribution.draw(self.generator, 4096).tolist())
        return next(self.block)


class Replica(Pod):
    """A pod with its places and its queue."""

    def __init__(self, now, places, ready):
        super().__init__(started_at=now, ready=ready, ready_changed_at=now)
        self.free = places
        self.queue = collections.deque()
        self.busy, self.changed, self.work = 0, now, 0.0  # core-seconds of the current metric's window

    def account(self, now):
        self.work += self.busy * (now - self.changed)
        self.changed = now


class Simulation:
    """`places` requests run at once in a pod; with SHARED the next free pod takes the oldest request (M/G/c), with ROUND_ROBIN each pod
    has a queue of its own, as behind a load balancer. `rules` None: the number of pods stays.
    """

    def __init__(self, load, service, *, pods=1, places=1, delay=0.0, dispatch=SHARED, rules=None, pod_start=0.0, seed=1):
        self.load, self.places, self.delay, self.dispatch, self.rules, self.pod_start = load, places, delay, dispatch, rules, pod_start
        generator = numpy.random.default_rng(seed)
        self.service = Stream(service, generator)
        self.between = Stream(Exponential(1 / load.rate), generator) if isinstance(load, Open) else None
        self.think = Stream(Exponential(load.think), generator) if isinstance(load, Closed) and load.think else None
        self.events, self.order = [], itertools.count()
        self.replicas = [Replica(0.0, places, True) for _ in range(pods)]
        self.turn, self.queue, self.asked = 0, collections.deque(), 0
        self.finished, self.latencies, self.history = [], [], [(0.0, pods)]
        self.autoscaler = Autoscaler(rules) if rules else None

    def at(self, time, kind, what=None):
        heapq.heappush(self.events, (time, next(self.order), kind, what))

    def run(self, *, requests=None, seconds=None):
        """Ends after so many requests or seconds."""
        if requests is None and seconds is None:
            raise WrongInput("a simulation needs an end: requests or seconds")
        self.requests = requests
        if self.between:
            self.ask(self.between.next())
        else:
            for _ in range(self.load.users):
                self.ask(self.think.next() if self.think else 0.0)
        if self.rules:
            self.at(self.rules.metric_resolution, METRIC)
            self.at(self.rules.sync_period, SYNC)
        now = 0.0
        while self.events and (requests is None or len(self.latencies) < requests):
            if seconds is not None and self.events[0][0] > seconds:
                now = seconds
                break
            now, _, kind, what = heapq.heappop(self.events)
            if kind == ARRIVAL:
                self.arrive(now, what)
            elif kind == DEPARTURE:
                self.depart(now, what)
            elif kind == METRIC:
                self.measure(now)
            elif kind == SYNC:
                self.synchronise(now)
            else:
                what.ready, what.ready_changed_at, what.pending = True, now, False
                self.fill(now, what)
        queued = len(self.queue) + sum(len(replica.queue) for replica in self.replicas)
        return Outcome(numpy.array(self.finished), numpy.array(self.latencies), self.history, now, queued)

    # Requests

    def ask(self, time):
        """A request sent at `time` reaches the pods after the delay."""
        if self.requests is None or self.asked < self.requests:
            self.asked += 1
            self.at(time + self.delay, ARRIVAL, time)

    def arrive(self, now, sent):
        if self.between:
            self.ask(sent + self.between.next())
        if self.dispatch == SHARED:
            self.queue.append(sent)
            for replica in self.replicas:
                if replica.ready and replica.free:
                    self.fill(now, replica)
                    break
            return
        ready = [replica for replica in self.replicas if replica.ready]
        self.turn += 1
        replica = ready[self.turn % len(ready)]
        replica.queue.append(sent)
        self.fill(now, replica)

    def fill(self, now, replica):
        """Gives a pod's free places what waits for it."""
        queue = self.queue if self.dispatch == SHARED else replica.queue
        while replica.free and queue:
            replica.account(now)
            replica.free -= 1
            replica.busy += 1
            self.at(now + self.service.next(), DEPARTURE, (replica, queue.popleft()))

    def depart(self, now, what):
        replica, sent = what
        replica.account(now)
        replica.free += 1
        replica.busy -= 1
        self.finished.append(now)
        self.latencies.append(now - sent)
        if not self.between:
            self.ask(now + (self.think.next() if self.think else 0.0))
        if replica.ready or self.dispatch == ROUND_ROBIN:
            self.fill(now, replica)

    # Pods

    def measure(self, now):
        """metrics-server's reading: the mean of the window that ends now."""
        for replica in self.replicas:
            replica.account(now)
            if replica.started_at <= now - self.rules.metric_resolution:
                replica.cores, replica.measured_at = replica.work / self.rules.metric_resolution, now
            replica.work = 0.0
        self.at(now + self.rules.metric_resolution, METRIC)

    def synchronise(self, now):
        current = len(self.replicas)
        desired = self.autoscaler.desired(now, self.replicas, current)
        for _ in range(desired - current):
            replica = Replica(now, self.places, False)
            replica.pending = True
            self.replicas.append(replica)
            self.at(now + self.pod_start, READY, replica)
        for replica in self.replicas[desired:]:
            # What it has is answered to its end; it gets nothing new.
            replica.ready = False
        del self.replicas[desired:]
        if desired != current:
            self.history.append((now, desired))
        self.at(now + self.rules.sync_period, SYNC)
