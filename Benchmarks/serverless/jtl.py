"""JMeter's results as CSV: read strictly, and what they come to."""
import collections
import csv

import numpy

from errors import WrongInput

NEEDED = ("timeStamp", "elapsed", "responseCode", "success", "failureMessage", "threadName")
WRONG_CLASS, WRONG_TEXT, STATUS, CONNECTION = "wrong class", "wrong text", "status", "no answer"


class Results:
    """The rows of a JTL: when each request was sent and how long its answer took, in milliseconds, and how it failed, if it did."""

    def __init__(self, path):
        started, elapsed, self.kinds, self.threads = [], [], [], []
        with open(path, newline="", encoding="utf-8") as file:
            reader = csv.DictReader(file)
            missing = [name for name in NEEDED if name not in (reader.fieldnames or ())]
            if missing:
                raise WrongInput(f"{path}:1: no column {missing[0]}; it must be a JTL that JMeter wrote as CSV with names in its first line")
            for row in reader:
                try:
                    started.append(int(row["timeStamp"]))
                    elapsed.append(int(row["elapsed"]))
                except (TypeError, ValueError) as error:
                    raise WrongInput(f"{path}:{reader.line_num}: timeStamp and elapsed must be whole milliseconds: {error}") from error
                if row["success"] not in ("true", "false"):
                    raise WrongInput(f"{path}:{reader.line_num}: success is {row['success']!r}, must be true or false; is the file cut off?")
                self.kinds.append(kind(row))
                self.threads.append(row["threadName"])
        if not started:
            raise WrongInput(f"{path}: holds no request")
        self.started, self.elapsed = numpy.array(started), numpy.array(elapsed)

    def summary(self):
        """Response times are those of requests that were answered rightly: a refusal in no time makes no server fast."""
        answered = self.elapsed[[found is None for found in self.kinds]]
        failures = collections.Counter(found for found in self.kinds if found)
        span = (self.started + self.elapsed).max() - self.started.min()
        summary = {
            "requests": len(self.kinds), "failures": dict(failures), "success_rate": len(answered) / len(self.kinds),
            "seconds": span / 1000, "rate": len(self.kinds) / max(span, 1) * 1000}
        if len(answered):
            p50, p95, p99 = numpy.percentile(answered, (50, 95, 99))
            summary["milliseconds"] = {
                "mean": float(answered.mean()), "p50": float(p50), "p95": float(p95), "p99": float(p99), "max": int(answered.max()),
                "first": self.first()}
        return summary

    def first(self):
        """The mean of the users' first answers: what a cold start costs them."""
        first = {}
        for index in numpy.argsort(self.started, kind="stable"):
            first.setdefault(self.threads[index], self.elapsed[index])
        return float(numpy.mean(list(first.values())))

    def think(self):
        """The mean time in seconds that a user takes from an answer to the next request: the client's own work."""
        gaps, last = [], {}
        for index in numpy.argsort(self.started, kind="stable"):
            thread = self.threads[index]
            if thread in last:
                gaps.append(self.started[index] - last[thread])
            last[thread] = self.started[index] + self.elapsed[index]
        return max(0.0, float(numpy.mean(gaps)) / 1000) if gaps else 0.0


def kind(row):
    """None, or how a request failed. The plan's messages say what is wrong before their colon."""
    if row["success"] == "true":
        return None
    if not row["responseCode"].isdigit():
        return CONNECTION
    if row["responseCode"] != "200":
        return f"{STATUS} {row['responseCode']}"
    for known in (WRONG_CLASS, WRONG_TEXT):
        if row["failureMessage"].startswith(known + ":"):
            return known
    return "other"
