"""The function as AWS Lambda calls it: by the event of a function URL, or by an event that is the request itself."""

import base64
import json
from types import SimpleNamespace

from handler import handle


class RequestError(Exception):
    """A direct call that the function refuses; a function URL has a status for it."""


def call(event, context):
    if "requestContext" not in event:
        answer = handle(_request("POST", "application/json", json.dumps(event).encode()), context)
        if answer["statusCode"] >= 400:
            raise RequestError(answer["body"].strip())
        is_json = answer["headers"]["Content-Type"] == "application/json"
        return json.loads(answer["body"]) if is_json else answer["body"]
    body = event.get("body", "")
    body = base64.b64decode(body) if event.get("isBase64Encoded") else body.encode()
    return handle(_request(event["requestContext"]["http"]["method"], event["headers"].get("content-type", ""), body), context)


def _request(method, content_type, body):
    return SimpleNamespace(method=method, headers={"Content-Type": content_type}, body=body)
