"""The goals, and tables of what was measured."""
import statistics

from measures import FASTAPI, FASTAPI_CORES, FASTAPI_STANDARD, HARFUNCTION, MLSERVER, MLSERVER_CORES

MB = 1e6


class Goal:
    """A figure that must be at least or at most so much of a unit, such as MB or "times FastAPI's"."""

    def __init__(self, figure, unit, samples, least=None, most=None):
        self.figure, self.unit, self.samples, self.least, self.most = figure, unit, samples, least, most
        self.value = statistics.median(samples)
        self.held = self.value >= least if most is None else self.value <= most

    def row(self):
        bound = f"at least {self.least:g}" if self.most is None else f"at most {self.most:g}"
        measured = f"{self.value:.3g}"
        if len(self.samples) > 1:
            measured += f" ({min(self.samples):.3g} to {max(self.samples):.3g})"
        return f"| {self.figure} | {bound} {self.unit} | {measured} | {'held' if self.held else '**missed**'} |"

    def json(self):
        return {
            "figure": self.figure, "least": self.least, "most": self.most, "unit": self.unit, "measured": self.value,
            "samples": self.samples, "held": self.held}


def ratios(load, name, key):
    """What harfunction has over what a peer has, round by round."""
    return [mine[key] / theirs[key] for mine, theirs in zip(load["samples"][HARFUNCTION], load["samples"][name])]


def goals(results):
    """The goals with what was measured, in the order in which they were set."""
    loads = {(load["model"], load["form"], load["connections"]): load for load in results["loads"]}

    def rate(model, form, name, least):
        figure = f"{model.upper()}, {form}, 20 connections: requests a second"
        return Goal(figure, f"times {name}", ratios(loads[model, form, 20], name, "rate"), least=least)

    def latency(form, connections, percentile, name, most):
        figure = f"CNN, {form}, {connections} connection{'s' if connections > 1 else ''}: {percentile}"
        return Goal(figure, f"of {name}", ratios(loads["cnn", form, connections], name, percentile), most=most)

    v2 = loads["cnn", "V2 JSON", 20]
    fastest_mlserver = min((MLSERVER, MLSERVER_CORES), key=lambda name: statistics.median(ratios(v2, name, "rate")))
    found = [
        rate("cnn", "float32", FASTAPI, 5), rate("cnn", "float32", FASTAPI_CORES, 3),
        latency("float32", 20, "p99", FASTAPI, 0.3), latency("float32", 20, "p99", FASTAPI_CORES, 0.3),
        latency("float32", 1, "p50", FASTAPI, 0.75),
        rate("cnn", "JSON", FASTAPI, 6), rate("cnn", "JSON", FASTAPI_STANDARD, 8),
        rate("lstm", "float32", FASTAPI, 4), rate("lstm", "JSON", FASTAPI, 5),
        rate("cnn", "V2 JSON", fastest_mlserver, 8),
    ]
    for place, most in (("a file", 30), ("the S3 cache", 45)):
        mine, theirs = results["starts"][place][HARFUNCTION], results["starts"][place][FASTAPI]
        figure = f"exec to first answer, weights in {place}"
        found.append(Goal(figure, f"times faster than {FASTAPI}", [b / a for a, b in zip(mine, theirs)], least=20))
        found.append(Goal(figure, "ms", [seconds * 1e3 for seconds in mine], most=most))
    for state, most in (("at rest", 32), ("under load", 40), ("with idle connections", 100)):
        samples = [size / MB for size in results["memory"][HARFUNCTION][state]]
        found.append(Goal(f"resident memory {words(state, results)}", "MB", samples, most=most))
    for key, figure, most in (("stripped", "the stripped, static binary", 32), ("image", "the image, uncompressed", 45)):
        if key in results["sizes"]:
            found.append(Goal(figure, "MB", [results["sizes"][key] / MB], most=most))
    return found


def words(state, results):
    return state.replace("idle", f"{results['idle_connections']:,} idle")


def time_text(microseconds):
    return f"{microseconds:.0f} us" if microseconds < 1000 else f"{microseconds / 1000:.2f} ms"


def tables(results):
    lines = ["| figure | goal | measured | |", "|---|---|---|---|"]
    lines += [goal.row() for goal in goals(results)]
    lines += [
        "", "| load | server | requests a second | p50 | p99 | processor time a request |", "|---|---|---|---|---|---|"]
    for load in results["loads"]:
        work = f"{load['model'].upper()}, {load['form']}, {load['connections']} connection{'s' if load['connections'] > 1 else ''}"
        for name, samples in load["samples"].items():
            rate, p50, p99 = (statistics.median(sample[key] for sample in samples) for key in ("rate", "p50", "p99"))
            cpu = statistics.median(sum(sample["cpu"]) / sample["requests"] for sample in samples) * 1e6
            lines.append(
                f"| {work} | {name} | {rate:,.0f} | {time_text(p50)} | {time_text(p99)} | {time_text(cpu)} |")
    lines += ["", f"| | {HARFUNCTION} | {FASTAPI} |", "|---|---|---|"]
    for place, samples in results["starts"].items():
        mine, theirs = (statistics.median(samples[name]) * 1e3 for name in (HARFUNCTION, FASTAPI))
        lines.append(f"| exec to first answer, weights in {place} | {mine:.1f} ms | {theirs:.0f} ms |")
    for state, samples in results["memory"][HARFUNCTION].items():
        mine, theirs = (statistics.median(results["memory"][name][state]) / MB for name in (HARFUNCTION, FASTAPI))
        lines.append(f"| resident memory {words(state, results)} | {mine:.1f} MB | {theirs:.1f} MB |")
    return "\n".join(lines)
