"""Rounds in which all sides take their turn, and the table that comes of them."""

import statistics
import sys

from floors.programs import Missing


def say(text):
    print(text, file=sys.stderr, flush=True)


def rounds(options, label, sides):
    """Runs all sides in turn, round after round; a side that cannot run is said once and left out."""
    results = {side: [] for side in sides}
    for number in range(1, options.rounds + 1):
        for side, measure in sides.items():
            if results[side] is None:
                continue
            try:
                results[side].append(measure())
                say(f"{label}, round {number}, {side}: {results[side][-1]['rate']:,.0f}/s")
            except Missing as reason:
                if side == "ours" and not options.without_ours:
                    raise
                say(f"{label}: {side} left out: {reason}")
                results[side] = None
    return {side: runs for side, runs in results.items() if runs}


def middle(runs, key):
    values = [run[key] for run in runs if run.get(key) is not None]
    return statistics.median(values) if values else None


def ratio(ours, other):
    return statistics.median(a["rate"] / b["rate"] for a, b in zip(ours, other))


def rate_text(runs):
    return f"{middle(runs, 'rate'):,.0f}/s" if runs else "–"


def latency_text(runs):
    if not runs or middle(runs, "p50_us") is None:
        return "–"
    return f"{middle(runs, 'p50_us') / 1000:,.2f} / {middle(runs, 'p99_us') / 1000:,.2f} ms"


HEAD = ["figure", "ours", "compared with", "its figure", "ratio", "to reach", "ours p50 / p99", "its p50 / p99"]


def compare(figure, results, goals):
    """A row for each other side; `goals` gives the ratio to reach by side."""
    ours = results.get("ours", [])
    rows = []
    for side, runs in results.items():
        if side == "ours":
            continue
        goal = goals.get(side)
        rows.append([
            figure, rate_text(ours), side, rate_text(runs), f"{ratio(ours, runs):.2f}" if ours else "–",
            f"≥{goal}" if goal else "–", latency_text(ours), latency_text(runs)])
    return rows or [[figure, rate_text(ours), "–", "–", "–", "–", latency_text(ours), "–"]]


def table(rows):
    lines = ["| " + " | ".join(HEAD) + " |", "|" + "---|" * len(HEAD)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows])


def plain_row(figure, value):
    return [figure, value] + ["–"] * (len(HEAD) - 2)


def goal_row(figure, value, goal, latency="–"):
    """A figure without another side, and what is to be reached."""
    row = plain_row(figure, value)
    row[5:7] = [goal, latency]
    return row
