"""The rule by which a Horizontal Pod Autoscaler sets the number of pods from their processor time.

As kube-controller-manager 1.36 computes it for one resource metric of type Utilization and no `behavior` section
(pkg/controller/podautoscaler: replica_calculator.go, horizontal.go). It knows no clock: both a simulation and the scaler of
local processes ask it.
"""
import dataclasses
import math

from errors import WrongInput


@dataclasses.dataclass(frozen=True)
class Rules:
    """What decides; the defaults are Kubernetes' (and the study's 50 % of 1 to 4 pods). Times are in seconds."""

    target_percent: int = 50
    min_pods: int = 1
    max_pods: int = 4
    cpu_request: float = 0.1  # cores that a pod asks for: utilisation is counted in them
    sync_period: float = 15  # --horizontal-pod-autoscaler-sync-period
    tolerance: float = 0.1  # --horizontal-pod-autoscaler-tolerance
    downscale_stabilisation: float = 300  # --horizontal-pod-autoscaler-downscale-stabilization
    cpu_initialisation: float = 300  # --horizontal-pod-autoscaler-cpu-initialization-period
    initial_readiness_delay: float = 30  # --horizontal-pod-autoscaler-initial-readiness-delay
    metric_resolution: float = 15  # metrics-server's --metric-resolution, which is also the window that a metric covers

    def __post_init__(self):
        if not 1 <= self.min_pods <= self.max_pods:
            raise WrongInput(f"min_pods is {self.min_pods} and max_pods {self.max_pods}; they must be 1 <= min_pods <= max_pods")
        for name in ("target_percent", "cpu_request", "sync_period", "metric_resolution"):
            if getattr(self, name) <= 0:
                raise WrongInput(f"{name} is {getattr(self, name)}, must be above 0")

    def changes(self):
        """The fields that are not Kubernetes' defaults, for the result."""
        return {
            field.name: getattr(self, field.name) for field in dataclasses.fields(self)
            if field.name not in ("min_pods", "max_pods", "cpu_request", "target_percent") and getattr(self, field.name) != field.default}


@dataclasses.dataclass
class Pod:
    """A pod as the autoscaler sees it: `cores` is its last metric, which covers `window` seconds up to `measured_at`."""

    started_at: float
    ready: bool = False
    ready_changed_at: float = 0  # when `ready` last changed
    cores: float | None = None
    measured_at: float = 0
    pending: bool = False


class Autoscaler:
    """Keeps what a controller remembers from one synchronisation to the next."""

    def __init__(self, rules):
        self.rules = rules
        self.recommendations = []  # (time, pods) of the last `downscale_stabilisation` seconds

    def desired(self, now, pods, current):
        """The number of pods that the autoscaler sets at a synchronisation. `current` is the number it set before."""
        if not self.recommendations:
            self.recommendations.append((now, current))
        wanted = self.stabilised(now, self.wanted(now, pods, current))
        # Without `behavior` a step up ends at twice the pods, or at four.
        most = min(self.rules.max_pods, max(2 * current, 4))
        return min(max(wanted, self.rules.min_pods), most)

    def stabilised(self, now, wanted):
        """The largest recommendation of the window: what is going down waits for all of them to agree."""
        self.recommendations = [(time, pods) for time, pods in self.recommendations if time >= now - self.rules.downscale_stabilisation]
        self.recommendations.append((now, wanted))
        return max(pods for _, pods in self.recommendations)

    def wanted(self, now, pods, current):
        """What the metrics alone ask for."""
        ready, unready, missing = self.groups(now, pods)
        if not ready:
            return current  # "did not receive metrics for targeted pods (pods might be unready)"
        ratio = self.ratio([pod.cores for pod in ready])
        up_with_unready = bool(unready) and ratio > 1
        if not up_with_unready and not missing:
            return current if self.tolerated(ratio) else math.ceil(ratio * len(ready))
        # What is not known is taken to speak against the change: nothing used on the way up, all that was asked for on the way down.
        used = [pod.cores for pod in ready]
        if missing and ratio != 1:
            used += [0 if ratio > 1 else self.rules.cpu_request * max(100, self.rules.target_percent) / 100] * len(missing)
        if up_with_unready:
            used += [0] * len(unready)
        cautious = self.ratio(used)
        if self.tolerated(cautious) or (ratio < 1 < cautious) or (cautious < 1 < ratio):
            return current
        wanted = math.ceil(cautious * len(used))
        turned_round = (cautious < 1 and wanted > current) or (cautious > 1 and wanted < current)
        return current if turned_round else wanted

    def ratio(self, cores):
        """Mean use over the target. The controller works in whole percent, rounded down."""
        # Millicores, rounded up as Quantity.MilliValue does; a binary fraction must not make one more of a whole number of them.
        used = sum(math.ceil(value * 1000 - 1e-6) for value in cores)
        return used * 100 // (round(self.rules.cpu_request * 1000) * len(cores)) / self.rules.target_percent

    def tolerated(self, ratio):
        return 1 - self.rules.tolerance <= ratio <= 1 + self.rules.tolerance

    def groups(self, now, pods):
        """Pods whose metric counts, pods that are not ready for it, and pods without one."""
        ready, unready, missing = [], [], []
        for pod in pods:
            if pod.pending:
                unready.append(pod)
            elif pod.cores is None:
                missing.append(pod)
            elif self.metric_is_early(now, pod):
                unready.append(pod)
            else:
                ready.append(pod)
        return ready, unready, missing

    def metric_is_early(self, now, pod):
        if pod.started_at + self.rules.cpu_initialisation > now:
            # A start's own work is no load: a metric counts once a whole window of it was after the pod became ready.
            return not pod.ready or pod.measured_at < pod.ready_changed_at + self.rules.metric_resolution
        # A pod that is not ready now, but was once, counts.
        return not pod.ready and pod.ready_changed_at < pod.started_at + self.rules.initial_readiness_delay
