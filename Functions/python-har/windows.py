"""Windows of readings out of the body of a request: JSON, CSV or raw floats."""

import csv
import json

import numpy as np

LARGEST = float(np.finfo(np.float32).max)


class Refusal(Exception):
    """A request that cannot be answered: an HTTP status, and the reason for whoever sent it."""

    def __init__(self, status, reason):
        super().__init__(reason)
        self.status = status


def read_windows(body, content_type, model):
    """The windows of a request, [n, steps, channels] in the model's order and the data's units."""
    media = (content_type or "application/json").partition(";")[0].strip().lower()
    if media not in _READERS:
        raise Refusal(415, f"'{media}' is not read; send {', '.join(_READERS)}")
    if not body:
        steps, channels = model.window
        raise Refusal(400, f"the request is empty; send a window of {steps} readings of {channels} values")
    windows = _READERS[media](body, model)
    if not np.isfinite(windows).all():
        window, reading, channel = np.argwhere(~np.isfinite(windows))[0]
        raise Refusal(400, f"{_place(window, reading, channel, model)} is not finite")
    return windows


def _place(window, reading, channel, model):
    return f"window {window + 1}, reading {reading + 1}, channel {channel + 1} ({model.channels[channel]})"


def _of_json(body, model):
    try:
        request = json.loads(body.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refusal(400, f"the request is no JSON: {error}") from error
    if not isinstance(request, dict) or len(request) != 1 or next(iter(request)) not in ("window", "windows"):
        raise Refusal(400, 'the request must be {"window": [...]} or {"windows": [[...], ...]}')
    windows = request["windows"] if "windows" in request else [request["window"]]
    if not isinstance(windows, list) or not windows:
        raise Refusal(400, '"windows" must be a list of at least one window')
    steps, channels = model.window
    for window, readings in enumerate(windows):
        _check_list(readings, steps, f"window {window + 1}", "readings")
        for reading, values in enumerate(readings):
            _check_list(values, channels, f"window {window + 1}, reading {reading + 1}", "values")
            for channel, value in enumerate(values):
                # NumPy would take true and "1" for 1. A NaN is not below anything.
                if type(value) not in (int, float) or not abs(value) <= LARGEST:
                    raise Refusal(400, f"{_place(window, reading, channel, model)} must be a finite 32-bit float")
    return np.array(windows, np.float32)


def _check_list(values, count, place, noun):
    if not isinstance(values, list):
        raise Refusal(400, f"{place} must be a list of {count} {noun}")
    if len(values) != count:
        raise Refusal(400, f"{place} has {len(values)} {noun}, must have {count}")


def _of_csv(body, model):
    """A reading a line, in the model's order of channels or under a header that names them; columns of other names are left out."""
    steps, channels = model.window
    try:
        rows = [row for row in csv.reader(body.decode("utf-8-sig").splitlines()) if row]
    except (ValueError, csv.Error) as error:
        raise Refusal(400, f"the request is no CSV in UTF-8: {error}") from error
    columns, first = list(range(channels)), 1
    names = [name.strip() for name in rows[0]] if rows else []
    if set(model.channels) & set(names):
        missing = [name for name in model.channels if name not in names]
        if missing:
            raise Refusal(400, f"the header has no column {', '.join(missing)}")
        columns, first = [names.index(name) for name in model.channels], 2
        rows = rows[1:]
    width = len(names) if first == 2 else channels
    values = np.empty((len(rows), channels), np.float32)
    for number, row in enumerate(rows):
        if len(row) != width:
            raise Refusal(400, f"line {number + first} has {len(row)} values, must have {width}")
        for channel, column in enumerate(columns):
            try:
                values[number, channel] = float(row[column])
            except ValueError as error:
                raise Refusal(400, f"line {number + first}: '{row[column][:40]}' is no number") from error
    if not rows or len(rows) % steps:
        raise Refusal(400, f"the request has {len(rows)} readings, must have {steps} a window")
    return values.reshape(-1, steps, channels)


def _of_floats(body, model):
    steps, channels = model.window
    size = 4 * steps * channels
    if len(body) % size:
        raise Refusal(400, f"the request has {len(body)} bytes, must have {size} a window")
    return np.frombuffer(body, "<f4").reshape(-1, steps, channels)


_READERS = {"application/json": _of_json, "text/csv": _of_csv, "application/octet-stream": _of_floats}
