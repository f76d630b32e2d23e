#!/usr/bin/env python3
"""Draws what sizes.py has written: the rate of hartrain and of the fastest peer against the operations of a window.

Models whose shapes differ are no series: each stands in a place of its own, by size.

  .venv/bin/python peers/plot.py sizes.json sizes.svg

A column is a kind of layer, a row a work. The line of the peak is what the threads multiply at most; that of memory, drawn where it is
the lower one, what a call comes to when its weights pass through memory at the rate of a copy: read once in a prediction; in a step read
and written with Adam's two moments. What is beyond it has its weights in a cache.
"""
import argparse
import json
import statistics

import matplotlib

matplotlib.use("svg")
from matplotlib import patheffects, pyplot
from matplotlib.ticker import FuncFormatter, NullFormatter

from sized import KINDS

OURS, PEER, LIMIT = "#0b5fa5", "#c2410c", "#6b7280"
LAYERS = {"dense": "Dense", "conv": "Conv1D", "lstm": "LSTM"}
BYTES = {"prediction": 4, "step": 24}
# Words stay legible where a line passes behind them.
HALO = [patheffects.withStroke(linewidth=2.5, foreground="white")]


def peer_rate(row):
    return row["operations"] / statistics.median(row["seconds"][row["fastest"]])


def memory_rate(row, bandwidth):
    return row["operations"] / (BYTES[row["work"]] * row["parameters"] / bandwidth)


def is_series(rows):
    return all(":" not in row["model"] for row in rows)


def places(rows):
    """Where models stand: at their operations, or one beside the other."""
    return [row["operations"] / row["windows"] for row in rows] if is_series(rows) else list(range(len(rows)))


def operations(value, _=None):
    unit, name = next((pair for pair in ((1e9, "G"), (1e6, "M"), (1e3, "k")) if value >= pair[0]), (1, ""))
    return f"{value / unit:.3g}{name}"


def short(name):
    """A model's name without its kind: "1024", "64 k41 t1000"."""
    return name.split("-")[1].replace(":", " ")


def sgemm_peak(results):
    """Of all threads, in GFLOP/s."""
    return results["threads"] * results["sgemm_peak"] * 1e-9


def draw_limits(axes, rows, results):
    peak = sgemm_peak(results)
    axes.axhline(peak, color=LIMIT, linewidth=1)
    axes.annotate(
        f"sgemm peak, {peak:.0f}", (1, peak), xycoords=("axes fraction", "data"), xytext=(0, 3), textcoords="offset points",
        color=LIMIT, fontsize=8, ha="right", path_effects=HALO)
    limits = [(x, memory_rate(row, results["bandwidth"]) * 1e-9) for x, row in zip(places(rows), rows)]
    limits = [(x, rate) for x, rate in limits if rate < peak]
    if not limits:
        return
    line = {"linewidth": 1, "linestyle": (0, (4, 3))} if is_series(rows) else {"linestyle": "none", "marker": "_", "markersize": 26}
    axes.plot(*zip(*limits), color=LIMIT, zorder=1, **line)
    axes.annotate(
        "weights\nfrom memory", limits[-1], xytext=(30, 0), textcoords="offset points", color=LIMIT, fontsize=8, va="center",
        path_effects=HALO)


def set_extents(axes, rows, bottom, top):
    """Room for the words, and for as much above the peak as Winograd's convolutions reach."""
    axes.set(yscale="log", ylim=(bottom, top))
    axes.grid(True, which="major", axis="both" if is_series(rows) else "y", color="#e5e7eb", linewidth=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.yaxis.set_minor_formatter(NullFormatter())
    sizes = places(rows)
    if is_series(rows):
        span = max(10, max(sizes) / min(sizes))
        axes.set(xscale="log", xlim=(min(sizes) / span**0.15, max(sizes) * span**0.35))
        axes.xaxis.set_major_formatter(FuncFormatter(operations))
        axes.xaxis.set_minor_formatter(NullFormatter())
    else:
        labels = [f"{short(row['model'])}\n{operations(row['operations'] / row['windows'])}" for row in rows]
        axes.set(xlim=(-0.6, len(rows) + 0.1), xticks=sizes)
        axes.set_xticklabels(labels, fontsize=8)


def draw_rates(axes, rows):
    rated = [(x, row) for x, row in zip(places(rows), rows) if row["fastest"]]
    style = {"marker": "o", "markersize": 4.5, "linestyle": "-" if is_series(rows) else "none", "linewidth": 1.8}
    for color, rate in ((PEER, peer_rate), (OURS, lambda row: row["rate"])):
        axes.plot([x for x, _ in rated], [rate(row) * 1e-9 for _, row in rated], color=color, **style)
    for x, row in rated:
        above = row["rate"] >= peer_rate(row)
        ours = row["model"].split(":")[0].split("-")[1]
        for rate, text, color, up in ((row["rate"], ours, OURS, above), (peer_rate(row), row["fastest"], PEER, not above)):
            axes.annotate(
                text, (x, rate * 1e-9), xytext=(0, 6 if up else -12), textcoords="offset points", ha="center", fontsize=7.5,
                color=color, path_effects=HALO)


def draw(results, path):
    works = sorted({(row["work"], row["windows"]) for row in results["rows"]})
    kinds = [kind for kind in KINDS if any(row["kind"] == kind for row in results["rows"])]
    figure, grid = pyplot.subplots(
        len(works), len(kinds), figsize=(5.2 * len(kinds), 3.5 * len(works)), sharey="row", squeeze=False, layout="constrained")
    for line, (work, windows) in zip(grid, works):
        rated = [row for row in results["rows"] if (row["work"], row["windows"]) == (work, windows) and row["fastest"]]
        lowest = min(min(row["rate"], peer_rate(row)) for row in rated) * 1e-9 if rated else sgemm_peak(results) / 10
        for axes, kind in zip(line, kinds):
            rows = [row for row in results["rows"] if (row["kind"], row["work"], row["windows"]) == (kind, work, windows)]
            rows.sort(key=lambda row: row["operations"])
            set_extents(axes, rows, lowest / 1.8, 2.5 * sgemm_peak(results))
            draw_rates(axes, rows)
            draw_limits(axes, rows, results)
            what = "step" if work == "step" else "prediction"
            axes.set_title(f"2 {LAYERS[kind]}, {what} of {windows} window{'s' if windows > 1 else ''}", fontsize=10, loc="left")
        line[0].set_ylabel("GFLOP/s")
    for axes in grid[-1]:
        axes.set_xlabel("operations of a window" if axes.get_xscale() == "log" else "units and shape; operations of a window")
    count = results["threads"]
    figure.suptitle(
        f"Speed as layers grow, {count} thread{'s' if count > 1 else ''}: hartrain (blue, with the units) and the fastest peer "
        f"(orange, with its name)", fontsize=12, x=0.01, ha="left")
    figure.savefig(path, facecolor="white")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("results", help="the JSON file of sizes.py")
    parser.add_argument("picture", help="the SVG file")
    arguments = parser.parse_args()
    with open(arguments.results) as file:
        draw(json.load(file), arguments.picture)


main()
