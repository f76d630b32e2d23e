"""The autoscaler's rule against cases worked out by hand from the controller's source."""
import dataclasses
import unittest

from errors import WrongInput
from hpa import Autoscaler, Pod, Rules

RULES = Rules(cpu_request=0.2, max_pods=20)


def pods(*cores, **fields):
    """Pods that have long been ready, with these metrics."""
    return [Pod(**{"started_at": -1000, "ready": True, "ready_changed_at": -990, "cores": value, "measured_at": 0, **fields}) for value in cores]


class Wanted(unittest.TestCase):
    def wanted(self, seen, current=None, now=0, **changes):
        return Autoscaler(dataclasses.replace(RULES, **changes)).wanted(now, seen, current or len(seen))

    def test_at_the_target_nothing_changes(self):
        self.assertEqual(self.wanted(pods(0.1, 0.1)), 2)

    def test_use_over_target_times_pods_rounded_up(self):
        self.assertEqual(self.wanted(pods(0.2)), 2)
        self.assertEqual(self.wanted(pods(0.16, 0.16)), 4)  # 80 % / 50 % x 2 = 3.2
        self.assertEqual(self.wanted(pods(0.02, 0.02, 0.02, 0.02)), 1)  # 10 % / 50 % x 4 = 0.8

    def test_the_tolerance_counts_on_both_sides_and_includes_its_ends(self):
        self.assertEqual(self.wanted(pods(*[0.11] * 10)), 10)  # 55 %: 1.1
        self.assertEqual(self.wanted(pods(*[0.112] * 10)), 12)  # 56 %: 1.12
        self.assertEqual(self.wanted(pods(*[0.09] * 10)), 10)  # 45 %: 0.9
        self.assertEqual(self.wanted(pods(*[0.088] * 10)), 9)  # 44 %: 0.88
        self.assertEqual(self.wanted(pods(*[0.112] * 10), tolerance=0.2), 10)

    def test_percent_are_whole_and_rounded_down(self):
        self.assertEqual(self.wanted(pods(*[0.166] * 10), cpu_request=0.3), 10)  # 55.3 % counts as 55 %
        self.assertEqual(self.wanted(pods(*[0.1113] * 10)), 12)  # 112 millicores: 56 %
        self.assertEqual(self.wanted(pods(0.29), cpu_request=0.29, target_percent=100), 1)  # no 99 % by a binary fraction

    def test_on_the_way_up_a_pod_that_is_not_ready_counts_as_idle(self):
        new = Pod(started_at=-10, pending=True)
        self.assertEqual(self.wanted(pods(0.4) + [new]), 4)  # (200 % + 0) / 2 = 100 %: 2 x 2
        self.assertEqual(self.wanted(pods(0.32) + [new] * 2), 3)  # 160 % / 3 is within the tolerance
        self.assertEqual(self.wanted(pods(0.12) + [new] * 3), 4)  # 60 % would go up, 15 % down

    def test_on_the_way_down_a_pod_that_is_not_ready_is_left_out(self):
        self.assertEqual(self.wanted(pods(0.02, 0.02, 0.02) + [Pod(started_at=-10, pending=True)]), 1)

    def test_a_missing_metric_is_taken_to_speak_against_the_change(self):
        lost = pods(None)
        self.assertEqual(self.wanted(pods(0.4) + lost), 4)  # as idle
        self.assertEqual(self.wanted(pods(0.02, 0.02, 0.02) + lost), 3)  # as 100 %: 32 % / 50 % x 4 = 2.6
        self.assertEqual(self.wanted(pods(0.1) + lost), 2)
        self.assertEqual(self.wanted(pods(0.02, 0.02, 0.02) + lost, current=2), 2)  # a fall in use adds no pod

    def test_without_any_metric_nothing_changes(self):
        self.assertEqual(self.wanted(pods(None, None), current=7), 7)

    def test_a_first_metric_counts_when_its_window_began_after_readiness(self):
        young = {"started_at": 0, "ready_changed_at": 10}
        self.assertEqual(self.wanted(pods(0.4, measured_at=24, **young), now=24), 1)  # its window began at 9
        self.assertEqual(self.wanted(pods(0.4, measured_at=25, **young), now=25), 4)
        # After the initialisation period it no longer matters.
        self.assertEqual(self.wanted(pods(0.4, measured_at=24, **young), now=301), 4)
        self.assertEqual(self.wanted(pods(0.4, measured_at=24, **young), now=25, cpu_initialisation=5), 4)

    def test_a_pod_that_was_ready_once_counts_after_initialisation(self):
        self.assertEqual(self.wanted(pods(0.4, started_at=0, ready=False, ready_changed_at=40), now=400), 4)
        self.assertEqual(self.wanted(pods(0.4, started_at=0, ready=False, ready_changed_at=20), now=400, current=1), 1)


class Desired(unittest.TestCase):
    def desired(self, autoscaler, now, cores, current):
        return autoscaler.desired(now, pods(*[cores] * current), current)

    def test_a_step_up_ends_at_four_or_twice(self):
        autoscaler = Autoscaler(RULES)
        self.assertEqual(self.desired(autoscaler, 0, 2.0, 1), 4)
        self.assertEqual(self.desired(autoscaler, 15, 2.0, 4), 8)
        self.assertEqual(self.desired(autoscaler, 30, 2.0, 8), 16)
        self.assertEqual(self.desired(autoscaler, 45, 2.0, 16), 20)  # max_pods

    def test_a_step_down_waits_for_the_window(self):
        autoscaler = Autoscaler(RULES)
        self.assertEqual(self.desired(autoscaler, 0, 0.2, 4), 8)
        for now in range(15, 301, 15):
            self.assertEqual(self.desired(autoscaler, now, 0.0, 8), 8, now)
        self.assertEqual(self.desired(autoscaler, 315, 0.0, 8), 1)  # never under min_pods

    def test_the_first_recommendation_is_the_present_number(self):
        autoscaler = Autoscaler(RULES)
        self.assertEqual(self.desired(autoscaler, 0, 0.0, 5), 5)
        self.assertEqual(self.desired(autoscaler, 301, 0.0, 5), 1)

    def test_bounds_and_units_are_checked(self):
        for fields in ({"min_pods": 0}, {"min_pods": 5, "max_pods": 4}, {"cpu_request": 0}, {"sync_period": -1}):
            with self.assertRaises(WrongInput):
                Rules(**fields)

    def test_what_differs_from_kubernetes_is_named(self):
        self.assertEqual(Rules(cpu_request=3, max_pods=7).changes(), {})
        self.assertEqual(Rules(sync_period=5).changes(), {"sync_period": 5})
