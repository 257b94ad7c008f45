"""What a run has measured, under which conditions, and the committed table of it."""

import datetime
import os
import platform
import sqlite3
import time

from floors.comparison import say, table
from floors.programs import BENCHMARKS, ROOT, folder

RESULTS = BENCHMARKS / "RESULTS.md"


def fsyncs_per_second(options, seconds=0.5):
    """What the disk gives at best: one page written and synced at a time, which is what one caller waits for."""
    with folder(options.scratch, "fsync") as path, open(os.path.join(path, "page"), "wb", buffering=0) as file:
        count, start = 0, time.monotonic()
        while time.monotonic() - start < seconds:
            file.write(b"\0" * 4096)
            os.fdatasync(file.fileno())
            count += 1
        return count / (time.monotonic() - start)


def conditions(options, durability):
    before, load = fsyncs_per_second(options), os.getloadavg()[0]
    return (
        f"{datetime.date.today().isoformat()} · {os.cpu_count()} cores, {platform.machine()}, "
        f"Linux {platform.release().split('-')[0]}, load {load:.1f} · {before:,.0f} fsyncs/s · "
        f"SQLite {sqlite3.sqlite_version}, {durability} · rounds: {options.rounds} of {options.seconds:g} s")


def section(options, name, suite):
    durability, notes, rows = suite(options)
    parts = [f"## {name}", conditions(options, durability), table(rows), "\n".join(f"- {note}" for note in notes)]
    return "\n\n".join(parts) + "\n"


RESULTS_HEAD = """# Results

The last run of each suite, written by `scripts/bench --write`. Ratios are medians of the rounds' ratios: trust them
rather than the rates, which drift with the machine.
"""


def write_results(sections, order):
    """Replaces the suites that ran and keeps the others as they are."""
    kept = {}
    if RESULTS.exists():
        for part in RESULTS.read_text().split("\n## ")[1:]:
            kept[part.split("\n", 1)[0].strip()] = "## " + part.rstrip() + "\n"
    kept.update(sections)
    RESULTS.write_text("\n".join([RESULTS_HEAD, *(kept[name] for name in order if name in kept)]))
    say(f"wrote {RESULTS.relative_to(ROOT)}")
