"""Runs a function as Kubeless' Python runtime does, as far as a function can tell: bottle, and a process forked for each call.

MOD_NAME, FUNC_HANDLER and FUNC_PORT are Kubeless' own variables; KUBELESS_INSTALL_VOLUME is the folder with the function.
"""

import importlib
import multiprocessing
import os
import pickle
import sys

import bottle

sys.path.append(os.environ["KUBELESS_INSTALL_VOLUME"])
function = getattr(importlib.import_module(os.environ["MOD_NAME"]), os.environ["FUNC_HANDLER"])
bottle.BaseRequest.MEMFILE_MAX = 100 << 20  # Kubeless' FUNC_MEMFILE_MAX; bottle's own is 100 kB
fork = multiprocessing.get_context("fork")


def child(event, results):
    try:
        result = function(event, {"function-name": os.environ["FUNC_HANDLER"], "timeout": "180"})
    except Exception as error:
        result = error
    results.send_bytes(pickle.dumps(result))


@bottle.get("/healthz")
def healthz():
    return "OK"


@bottle.route("/<:re:.*>", method=["GET", "POST"])
def call():
    request = bottle.request
    is_json = request.get_header("content-type") == "application/json"
    body = request.body.read()
    event = {"data": request.json if is_json else body, "extensions": {"request": request}}
    receiver, sender = fork.Pipe(duplex=False)
    process = fork.Process(target=child, args=(event, sender))
    process.start()
    result = pickle.loads(receiver.recv_bytes())
    process.join()
    if isinstance(result, Exception):
        raise result
    return result


bottle.run(host="127.0.0.1", port=int(os.environ["FUNC_PORT"]), quiet=True)
