"""Answers the one request that a watchdog hands to a process of its own: body on standard input, headers in the environment.

A process that has ended has no status but failure, so the watchdog makes a 500 of whatever the function refuses.
"""

import os
import sys
from types import SimpleNamespace

from handler import handle

event = SimpleNamespace(
    method=os.environ.get("Http_Method", "POST"),
    headers={"Content-Type": os.environ.get("Http_Content_Type", "")},
    body=sys.stdin.buffer.read(),
)
answer = handle(event, None)
sys.stdout.write(answer["body"])
sys.exit(answer["statusCode"] >= 400)
