"""How much a function can take: wrk's connections are raised until it fails, and until more of them bring nothing.

Two rules, and both results are kept:

    errors   the first number of connections at which a request fails (a status other than 2xx, a connection, a time-out of wrk's)
    knee     the first number from which twice the connections raise the rate by less than GAIN while the p95 grows by more than SLOWER

The ramp ends at the errors, or at the largest number.
"""
import resource

import paths  # noqa: F401
from wrk import run_wrk

GAIN = 1.1
SLOWER = 1.5
STEPS = (1, 2, 5, 10, 15, 20, 40, 80, 160, 320)


def measure(server, form, bodies, seconds, steps=STEPS):
    """The steps of a ramp, the first of them with warm caches."""
    run_wrk(server, form, bodies, 1, 1)
    found = []
    for connections in steps:
        server_before, client_before = sum(server.cpu().values()), client_cpu()
        step = run_wrk(server, form, bodies, connections, seconds)
        step["connections"], step["rate"] = connections, step["requests"] / step["seconds"]
        step["server_cpu"] = (sum(server.cpu().values()) - server_before) / max(step["requests"], 1)
        step["client_cpu"] = (client_cpu() - client_before) / max(step["requests"], 1)
        found.append(step)
        if step["failed"]:
            break
    return found


def client_cpu():
    """wrk's processor time: it is the only child that is waited for while a step is measured."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def limits(steps):
    """Where the two rules hold: {"errors": connections or None, "knee": connections or None, "best_rate": requests a second}."""
    errors = next((step["connections"] for step in steps if step["failed"]), None)
    clean = [step for step in steps if not step["failed"]]
    knee = None
    for index, step in enumerate(clean):
        later = next((other for other in clean[index:] if other["connections"] >= 2 * step["connections"]), None)
        if later and later["rate"] < GAIN * step["rate"] and later["p95"] > SLOWER * step["p95"]:
            knee = step["connections"]
            break
    return {"errors": errors, "knee": knee, "best_rate": max((step["rate"] for step in clean), default=0)}
