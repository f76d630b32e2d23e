#!/usr/bin/env bash
# Compares the graph of the rooms in ARCHITECTURE.md with that of Package.swift; --write puts it there.
#
# Package.swift's graph is the one of the imports: scripts/test.sh builds with --explicit-target-dependency-import-check error.
set -euo pipefail
cd "$(dirname "$0")/.."
swift package describe --type json 2>/dev/null | python3 - "$@" 3<&0 <<'PYTHON'
import json, os, sys

targets = [t for t in json.load(os.fdopen(3))["targets"] if t["type"] in ("library", "executable")]
sees = {t["name"]: set(t.get("target_dependencies", [])) | set(t.get("product_dependencies", [])) for t in targets}
rooms = {t["name"] for t in targets if t["path"].startswith("Sources/") and t["module_type"] == "SwiftTarget"}


def height(name):  # of a room above those that see nothing
    return 1 + max((height(below) for below in sees[name] & rooms), default=-1)


def reached(name):  # all that a room sees, directly or through others
    return {name}.union(*(reached(below) for below in sees[name] & rooms))


ordered = sorted(rooms, key=lambda room: (height(room), room))
lines = ["```mermaid", "graph BT"]
for room in ordered:
    below = sees[room] & rooms
    # An arrow that another path implies is left out of the drawing.
    shown = [b for b in below if not any(b in reached(other) for other in below - {b})]
    lines += [f"    {room} --> {b}" for b in sorted(shown)] or [f"    {room}"]
lines += ["```", "", "| room | sees |", "|---|---|"]
for room in ordered:
    names = sorted(sees[room], key=lambda name: (height(name) if name in rooms else -1, name))
    lines.append(f"| {room} | {', '.join(names) or 'nothing'} |")
graph = "\n".join(lines)

begin, end = "<!-- rooms: scripts/check-rooms.sh -->", "<!-- /rooms -->"
text = open("ARCHITECTURE.md").read()
before, rest = text.split(begin)
found, after = rest.split(end)
if sys.argv[1:] == ["--write"]:
    open("ARCHITECTURE.md", "w").write(f"{before}{begin}\n{graph}\n{end}{after}")
elif found.strip() != graph:
    print(graph)
    sys.exit("error: the rooms in ARCHITECTURE.md are not those of Package.swift (above): run scripts/check-rooms.sh --write")
else:
    print(f"{len(ordered)} rooms, as ARCHITECTURE.md draws them")
PYTHON
