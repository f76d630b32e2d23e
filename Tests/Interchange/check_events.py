"""Prints what TensorBoard reads from a run folder as JSON: {"loss/train": [[step, value], ...], ...}.

    python3 check_events.py FOLDER
"""

import json
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

events = EventAccumulator(sys.argv[1], size_guidance={"scalars": 0})
events.Reload()
print(json.dumps({
    tag: [[event.step, event.value] for event in events.Scalars(tag)] for tag in sorted(events.Tags()["scalars"])
}))
