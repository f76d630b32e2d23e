"""The machine that is measured on, and the data that it has."""
import os
import platform
import shutil
import subprocess
import time

from processes import HERE

ROOT = os.path.abspath(os.path.join(HERE, "..", ".."))


def machine():
    with open("/proc/cpuinfo") as file:
        lines = [line.split(":", 1) for line in file if ":" in line]
    cpu = {key.strip(): value.strip() for key, value in lines}
    return {
        "cpu": f"{cpu.get('model name', platform.machine())} (family {cpu.get('cpu family', '?')}, model {cpu.get('model', '?')})",
        "cores": len(os.sched_getaffinity(0)), "system": platform.platform(), "python": platform.python_version(),
        "wrk": subprocess.run(["wrk", "--version"], stdout=subprocess.PIPE, text=True).stdout.split("Copyright")[0].strip()
        if shutil.which("wrk") else "no wrk"}


def busy_share(seconds=3):
    """How much of the processors others use now."""
    def read():
        with open("/proc/stat") as file:
            times = list(map(int, file.readline().split()[1:9]))
        return sum(times), times[3] + times[4]

    total, idle = read()
    time.sleep(seconds)
    after_total, after_idle = read()
    return 1 - (after_idle - idle) / (after_total - total)


def default_data():
    folder = os.environ.get("HAR_DATA", os.path.join(ROOT, "Data"))
    return folder if os.path.isdir(os.path.join(folder, "UCI HAR Dataset")) else "synthetic"
