"""The function as Fission's Python environment calls it: no arguments, the request is Flask's."""

from types import SimpleNamespace

from flask import Response, request
from handler import handle


def main():
    answer = handle(SimpleNamespace(method=request.method, headers=request.headers, body=request.get_data()), None)
    return Response(answer["body"], answer["statusCode"], answer["headers"])
