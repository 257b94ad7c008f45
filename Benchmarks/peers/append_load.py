"""N callers with one append in flight each, the same event as the floors, and the one JSON line that runners print."""

import argparse
import json
import threading
import time
import uuid

EVENT_TYPE = "bot.paused"

# The bytes of floors/payload.h.
DATA = (
    b'{"until":"2026-11-21T12:00:00.000000Z","personal":{"reason":'
    b'"raid in progress: paused until moderators have cleared the queue"}}'
)
METADATA = (
    '{"actor":{"kind":"user","id":"operator_17"},"source":"rest","command_id":"%s","correlation_id":"%s",'
    '"personal":{"display":"Operator Seventeen","ip":"203.0.113.17","user_agent":'
    '"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36"}}'
)


def metadata():
    return METADATA % (uuid.uuid4(), uuid.uuid4())


def stream_names(caller, callers, streams):
    """The streams that are this caller's alone, so that an expected revision is never stale."""
    return [f"bot-acct_{number:06d}:twitch" for number in range(caller, max(streams, callers), callers)]


def parse_arguments(description):
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--db", required=True, metavar="DIR", help="an empty directory")
    parser.add_argument("--callers", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--streams", type=int, default=10_000)
    return parser.parse_args()


def run_callers(side, arguments, make_append):
    """`make_append(caller)` returns that caller's function of no arguments that appends one event and waits for it."""
    appends = [make_append(caller) for caller in range(arguments.callers)]
    latencies = [[] for _ in appends]
    failures = []
    start = time.monotonic()
    deadline = start + arguments.seconds
    threads = [
        threading.Thread(target=_call, args=(append, deadline, own, failures))
        for append, own in zip(appends, latencies)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit(f"{side}: {failures[0]!r}")
    _report(side, arguments.callers, sorted(sum(latencies, [])), time.monotonic() - start)


def _call(append, deadline, latencies, failures):
    before = time.monotonic()
    try:
        while before < deadline and not failures:
            append()
            now = time.monotonic()
            latencies.append(now - before)
            before = now
    except Exception as failure:  # One caller's failure makes the whole figure worthless.
        failures.append(failure)


def _report(side, callers, latencies, seconds):
    def percentile(percent):
        return round(latencies[round((len(latencies) - 1) * percent / 100)] * 1e6, 1) if latencies else None

    print(json.dumps({
        "suite": "append", "side": side, "callers": callers, "events": len(latencies), "seconds": round(seconds, 3),
        "rate": round(len(latencies) / seconds), "p50_us": percentile(50), "p99_us": percentile(99),
    }))
