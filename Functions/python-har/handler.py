"""The study's inference functions, CNN and LSTM: windows of a phone's readings in, activities out.

HARFUNCTION_WEIGHTS says where the weights are; they decide which of the models this is. They are loaded when the module is: once for
all requests of a process, before the first, and before a platform that forks for each request forks. The function is called as
../helloworld/python/handler.py says, and answers as harfunction does.
"""

import json
import os
import time

from weights import WeightsError, load
from windows import Refusal, read_windows

if "HARFUNCTION_WEIGHTS" not in os.environ:
    raise WeightsError("HARFUNCTION_WEIGHTS is not set; it names the weights: a file, or s3://BUCKET/KEY")
model, sha256 = load(os.environ["HARFUNCTION_WEIGHTS"])


def handle(event, context):
    try:
        if event.method != "POST":
            raise Refusal(405, "send windows by POST")
        windows = read_windows(event.body, event.headers.get("Content-Type"), model)
    except Refusal as refusal:
        return answer(refusal.status, {"error": str(refusal)})
    start = time.perf_counter()
    probabilities = model.predict(windows)
    milliseconds = (time.perf_counter() - start) * 1000
    predictions = [prediction(row) for row in probabilities]
    fields = {"model": "har", "version": sha256[:16], "sha256": sha256, "data": model.data, "predictions": predictions}
    fields["milliseconds"] = round(milliseconds, 3)
    return answer(200, fields)


def prediction(probabilities):
    best = int(probabilities.argmax())
    # By way of text: the shortest digits that name the 32-bit float, where a conversion to 64 bits would print 17 of them.
    return {"class": best + 1, "name": model.classes[best], "probabilities": [float(str(p)) for p in probabilities]}


def answer(status, fields):
    return {"statusCode": status, "headers": {"Content-Type": "application/json"}, "body": json.dumps(fields) + "\n"}
