"""Runs a function as Fission's Python environment does: Flask, and nothing to call before POST /v2/specialize has named it."""

import importlib
import os
import sys

from flask import Flask, abort, request

app = Flask(__name__)
function = None


@app.get("/healthz")
def healthz():
    return ""


@app.post("/v2/specialize")
def specialize():
    global function
    if function is not None:
        abort(400)
    details = request.get_json()
    module, _, name = details["functionName"].rpartition(".")
    sys.path.append(details["filepath"])
    function = getattr(importlib.import_module(module), name)
    return ""


@app.route("/", defaults={"path": ""}, methods=["GET", "POST"])
@app.route("/<path:path>", methods=["GET", "POST"])
def call(path):
    return abort(500) if function is None else function()


app.run("127.0.0.1", int(os.environ["RUNTIME_PORT"]))
