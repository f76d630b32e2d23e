"""Puts images together for scripts/build-image.sh, which says what the options mean."""

import argparse
import datetime
import pathlib
import sys

import oci
import root
from packages import ImageError, Packages

TITLES = {
    "harfunction": "Answers requests over HTTP with the models of hartrain",
    "hartrain": "Trains and runs small time-series models",
}


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--image", nargs=3, action="append", required=True, metavar=("ARCHITECTURE", "BINARY", "PACKAGES"))
    parser.add_argument("--product", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--suite", required=True)
    parser.add_argument("--curl", required=True)
    parser.add_argument("--time", required=True, type=int)
    parser.add_argument("--version", required=True)
    parser.add_argument("--revision")
    parser.add_argument("--weights")
    parser.add_argument("--gzip", action="store_true")
    parser.add_argument("--out", required=True)
    return parser.parse_args()


def annotations(chosen):
    created = datetime.datetime.fromtimestamp(chosen.time, datetime.timezone.utc)
    texts = {
        "created": created.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "title": chosen.product,
        "description": TITLES[chosen.product],
        "version": chosen.version,
        "licenses": "Apache-2.0",
    }
    if chosen.revision:
        texts["revision"] = chosen.revision
    return {f"org.opencontainers.image.{name}": text for name, text in texts.items()}


def main():
    chosen = options()
    layout = oci.Layout(chosen.name, chosen.time, chosen.gzip)
    config = {
        "User": f"{root.USER}:{root.USER}",
        # The cache stands where it can be written, for users without an account, too: some clusters choose the number themselves.
        "Env": ["PATH=/usr/bin", "HARTRAIN_CACHE=/tmp/hartrain"],
        "Entrypoint": [f"/usr/bin/{chosen.product}"],
        "WorkingDir": "/tmp",
    }
    if chosen.product == "harfunction":
        config["ExposedPorts"] = {"8080/tcp": {}}
    weights = None
    if chosen.weights:
        source = pathlib.Path(chosen.weights)
        weights = f"weights/{source.name}"
        weights_layer = oci.tar({weights: oci.Entry(source.read_bytes())}, {}, chosen.time)
        # Of whoever starts the image, --weights and this variable come first.
        config["Env"].append(f"HARFUNCTION_WEIGHTS=/{weights}")

    for architecture, binary, folder in chosen.image:
        program = root.read_program(binary, architecture)
        if program.has_symbols:
            print(f"note: {binary} has symbols that only debuggers read: strip makes it smaller", file=sys.stderr)
        data = pathlib.Path(binary).read_bytes()
        entries = root.base(program, Packages(folder, architecture), chosen.curl, chosen.product)
        # Folders that a runtime mounts over; /tmp may be written by all.
        folders = {"dev": 0o755, "proc": 0o755, "sys": 0o755, "tmp": 0o1777, "usr/bin": 0o755}
        layers = [
            (oci.tar(entries, folders, chosen.time), f"libraries of Debian {chosen.suite}"),
            (oci.tar({f"usr/bin/{chosen.product}": oci.Entry(data, 0o755)}, {}, chosen.time), f"{chosen.product} {chosen.version}"),
        ]
        if weights:
            layers.append((weights_layer, weights))
        layout.add_image(architecture, layers, config, annotations(chosen))
        sizes = ", ".join(f"{origin} {len(layer) / 1e6:.1f}" for layer, origin in layers)
        print(f"{architecture}: {sum(len(layer) for layer, _ in layers) / 1e6:.1f} MB uncompressed ({sizes})", file=sys.stderr)
    layout.write(chosen.out)


if __name__ == "__main__":
    try:
        main()
    except (ImageError, OSError, ValueError) as error:
        sys.exit(f"error: {error}")
