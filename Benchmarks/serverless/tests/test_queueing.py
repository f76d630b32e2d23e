"""The simulation against queues that have formulas, and against Little's law."""
import math
import unittest

import numpy

from errors import WrongInput
from hpa import Rules
from queueing import ROUND_ROBIN, Closed, Exponential, Histogram, Open, Simulation


def erlang_c(servers, offered):
    """The probability that an arrival waits in M/M/c."""
    last = offered**servers / math.factorial(servers) * servers / (servers - offered)
    return last / (sum(offered**k / math.factorial(k) for k in range(servers)) + last)


def closed_mean(users, servers, service, think):
    """The mean response time of M/M/c with that many users, from the chain's stationary distribution."""
    weights = [1.0]
    for busy in range(1, users + 1):
        weights.append(weights[-1] * (users - busy + 1) / think * service / min(busy, servers))
    chances = numpy.array(weights) / sum(weights)
    inside = chances @ numpy.arange(users + 1)
    throughput = (users - inside) / think
    return inside / throughput


class Formulas(unittest.TestCase):
    def assert_near(self, found, expected, part):
        self.assertLess(abs(found - expected), part * expected, f"{found} is not {expected}")

    def test_m_m_1(self):
        service, rate = 0.01, 70
        outcome = Simulation(Open(rate), Exponential(service), seed=3).run(requests=400_000)
        # The response time is exponential, too: all its quantiles are known.
        mean = 1 / (1 / service - rate)
        self.assert_near(outcome.latencies.mean(), mean, 0.03)
        for part in (0.5, 0.95, 0.99):
            self.assert_near(numpy.quantile(outcome.latencies, part), -mean * math.log(1 - part), 0.05)

    def test_m_m_c(self):
        for pods, places in ((4, 1), (1, 4), (2, 2)):
            with self.subTest(pods=pods):
                outcome = Simulation(Open(320), Exponential(0.01), pods=pods, places=places, seed=4).run(requests=400_000)
                wait = erlang_c(4, 3.2) * 0.01 / (4 - 3.2)
                self.assert_near(outcome.latencies.mean(), 0.01 + wait, 0.03)

    def test_m_g_1(self):
        """Pollaczek and Khinchin: what waits depends on the spread of the service times."""
        service = Histogram([0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.005, 0.055])
        draws = service.draw(numpy.random.default_rng(1), 1_000_000)
        wait = 60 * (draws**2).mean() / 2 / (1 - 60 * draws.mean())
        outcome = Simulation(Open(60), service, seed=5).run(requests=400_000)
        self.assert_near(outcome.latencies.mean(), draws.mean() + wait, 0.05)

    def test_closed_users(self):
        for users, servers in ((1, 1), (5, 1), (20, 4)):
            with self.subTest(users=users, servers=servers):
                outcome = Simulation(Closed(users, think=0.02), Exponential(0.01), pods=servers, seed=6).run(requests=200_000)
                self.assert_near(outcome.latencies.mean(), closed_mean(users, servers, 0.01, 0.02), 0.03)

    def test_users_who_do_not_think_keep_everything_busy(self):
        service = Histogram([0.01, 0.01])
        outcome = Simulation(Closed(20), service, pods=4, delay=0.002).run(requests=10_000)
        self.assert_near(len(outcome.latencies) / outcome.seconds, 4 / 0.01, 0.01)
        self.assert_near(outcome.latencies.mean(), 20 * 0.01 / 4, 0.01)

    def test_a_delay_is_no_work(self):
        outcome = Simulation(Closed(1), Histogram([0.01, 0.01]), delay=0.03).run(requests=1000)
        self.assert_near(outcome.latencies.mean(), 0.04, 1e-6)

    def test_queues_of_their_own_make_requests_wait_longer_than_one_for_all(self):
        def mean(**options):
            return Simulation(Open(320), Exponential(0.01), pods=4, seed=7, **options).run(requests=200_000).latencies.mean()

        apart = mean(dispatch=ROUND_ROBIN)
        self.assertGreater(apart, 1.2 * mean())
        # Arrivals dealt out in turn are steadier than a quarter of a Poisson process each, which would be M/M/1.
        self.assertLess(apart, 1 / (100 - 80))

    def test_littles_law(self):
        """Requests inside, counted at each event, are the rate times the time inside."""
        simulation = Simulation(Open(150), Histogram(numpy.geomspace(0.001, 0.04, 50)), pods=2, seed=8)
        inside, changed, area = 0, 0.0, 0.0

        def count(change, original):
            def counted(now, what):
                nonlocal inside, changed, area
                area += inside * (now - changed)
                inside, changed = inside + change, now
                original(now, what)

            return counted

        simulation.arrive, simulation.depart = count(1, simulation.arrive), count(-1, simulation.depart)
        outcome = simulation.run(seconds=2000)
        self.assert_near(area / changed, len(outcome.latencies) / outcome.seconds * outcome.latencies.mean(), 0.005)

    def test_the_same_seed_gives_the_same_run(self):
        def run(seed):
            return Simulation(Open(50), Exponential(0.01), seed=seed).run(requests=500).latencies.tolist()

        self.assertEqual(run(1), run(1))
        self.assertNotEqual(run(1), run(2))

    def test_each_request_is_answered_once(self):
        simulation = Simulation(Closed(15), Exponential(0.01), pods=2)
        outcome = simulation.run(requests=1000)
        self.assertEqual((simulation.asked, len(outcome.latencies), outcome.queued), (1000, 1000, 0))

    def test_what_was_not_answered_is_said(self):
        outcome = Simulation(Open(200), Histogram([0.01, 0.01])).run(seconds=100)
        self.assertGreater(outcome.queued, 9000)

    def test_input_is_checked(self):
        for quantiles in ([1], [2, 1], [-1, 1], [[1, 2], [3, 4]]):
            with self.assertRaises(WrongInput):
                Histogram(quantiles)
        with self.assertRaises(WrongInput):
            Simulation(Open(1), Exponential(1)).run()


class Scaled(unittest.TestCase):
    RULES = Rules(cpu_request=0.2, max_pods=16)

    def run_open(self, rate, seconds, **options):
        return Simulation(Open(rate), Histogram([0.01, 0.01]), dispatch=ROUND_ROBIN, rules=self.RULES, pod_start=2, **options).run(seconds=seconds)

    def test_pods_follow_the_load(self):
        # 38 requests a second take 0.38 cores: four pods of 0.2 at 50 %. The first metric is there at 15 s.
        self.assertEqual(self.run_open(38, 300).pods, [(0.0, 1), (15.0, 4)])

    def test_it_doubles(self):
        # 95 a second take 0.95 cores: ten pods. The first recommendation is that, and is kept for five minutes.
        self.assertEqual(self.run_open(95, 400).pods, [(0.0, 1), (15, 4), (30, 8), (45, 10)])

    def test_a_new_pod_is_ready_when_it_has_started(self):
        simulation = Simulation(Open(38), Histogram([0.01, 0.01]), dispatch=ROUND_ROBIN, rules=self.RULES, pod_start=2)
        simulation.run(seconds=16)
        self.assertEqual([(pod.ready, pod.pending) for pod in simulation.replicas], [(True, False)] + [(False, True)] * 3)
        simulation = Simulation(Open(38), Histogram([0.01, 0.01]), dispatch=ROUND_ROBIN, rules=self.RULES, pod_start=2)
        simulation.run(seconds=30)
        self.assertEqual([(pod.ready, pod.ready_changed_at) for pod in simulation.replicas], [(True, 0)] + [(True, 17)] * 3)

    def test_a_run_of_seconds_ends_before_it_acts(self):
        outcome = Simulation(Closed(5), Histogram([0.01, 0.01]), rules=Rules()).run(requests=1000)
        self.assertEqual(outcome.pods, [(0.0, 1)])
        self.assertLess(outcome.seconds, 15)

    def test_pods_that_go_answer_what_they_have(self):
        outcome = Simulation(Closed(20), Histogram([0.01, 0.01]), pods=8, dispatch=ROUND_ROBIN, rules=Rules(
            cpu_request=4.0, max_pods=8, downscale_stabilisation=30)).run(seconds=200)
        self.assertLess(outcome.pods[-1][1], 8)
        # Nobody waits for ever: all 20 users are still in turn.
        self.assertAlmostEqual(outcome.steady(150).mean(), 20 * 0.01 / outcome.pods[-1][1], delta=0.001)
