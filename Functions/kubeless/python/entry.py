"""The function as Kubeless calls it, in a process that it forks for each request."""

import json
from types import SimpleNamespace

import bottle
from handler import handle


def call(event, context):
    # event["data"] is parsed where the request says that it is JSON; the function reads bodies itself.
    request = event["extensions"]["request"]
    answer = handle(SimpleNamespace(method=request.method, headers=request.headers, body=request.body.read()), context)
    if answer["statusCode"] != 200:
        raise bottle.HTTPResponse(answer["body"], answer["statusCode"], answer["headers"])
    # Kubeless counts every HTTPResponse as a failure; what it sends as JSON is a dictionary.
    return json.loads(answer["body"]) if answer["headers"]["Content-Type"] == "application/json" else answer["body"]
