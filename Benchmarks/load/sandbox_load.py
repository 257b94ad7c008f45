"""The suites of the sandbox: calls through a child process, and isolates."""

import json
import pathlib
import subprocess

from floors.comparison import compare, middle, plain_row, rounds
from floors.programs import SANDBOX, V8_HEADERS, build, folder, require, run, run_json

# One at a time at most 1.5 times as long as the floor.
DISPATCH_GOAL = 0.67
ISOLATES_GOAL = 0.67
IN_FLIGHT = [1, 64]
INSTALLS = 500


def program():
    return require(SANDBOX, "run `swift build -c release --product SandboxBenchmarks`")


def dispatch(options):
    context = run([program(), "context"]).rstrip("\n")
    floor = build("floors/dispatch.cpp", ["node"], [V8_HEADERS])

    def run_floor(kind, in_flight):
        done = subprocess.run(
            [str(floor), kind, str(options.seconds), str(in_flight)], input=context, text=True,
            stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    rows = []
    for in_flight in IN_FLIGHT:
        results = rounds(options, f"dispatch, {in_flight} in flight", {
            "ours": lambda: run_json([program(), "dispatch", options.seconds, in_flight]),
            "floor": lambda: run_floor("bare", in_flight),
            "floor with JSON": lambda: run_floor("json", in_flight),
        })
        goals = {"floor": DISPATCH_GOAL} if in_flight == 1 else {}
        rows += compare(f"dispatch of a command, {in_flight} in flight", results, goals)
    return rows


def isolates(options):
    floor = build("floors/isolates.cpp", ["node"], [V8_HEADERS])
    with folder(options.scratch, "isolates") as path:
        snapshot = pathlib.Path(path) / "snapshot"
        run([program(), "snapshot", snapshot])
        results = rounds(options, "isolates", {
            "ours": lambda: run_json([program(), "isolates", INSTALLS]),
            "floor": lambda: run_json([floor, snapshot, INSTALLS]),
        })
    rows = compare("isolates started from the snapshot", results, {"floor": ISOLATES_GOAL})
    ours = results["ours"]
    return rows + [
        plain_row(f"memory of an idle install, {INSTALLS} in one child", f"{middle(ours, 'bytes_each') / 1e6:.2f} MB"),
        plain_row("program sent to first answer", f"{middle(ours, 'install_p50_us') / 1000:.1f} ms"),
        plain_row("the same in a new worker: snapshot, process, program", f"{middle(ours, 'first_us') / 1000:.1f} ms"),
    ]
