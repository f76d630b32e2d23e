"""A load by wrk: as many connections as are asked for, each of which waits for its answer."""
import json
import os
import subprocess

from bodies import FORMS
from processes import HERE, HOST


def run_wrk(server, form_name, bodies, connections, seconds):
    form = FORMS[form_name]
    command = [
        "wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--latency", "--script",
        os.path.join(HERE, "load.lua"), f"http://{HOST}:{server.port}{form.path}", "--", bodies.folders[form_name], str(bodies.count),
        form.content_type]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return json.loads(output.splitlines()[-1])
