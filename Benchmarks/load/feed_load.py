"""The feed under measurement: workers that converge, a feed that is filled, streams that are idle."""

import contextlib
import json
import select
import shutil
import socket
import statistics
import subprocess
import time
import urllib.parse

from floors.comparison import goal_row, latency_text, middle, rounds, say
from floors.programs import Missing, build, end, folder, free_port, require_ours, require_server, run, run_json
from load import http_load

WORKERS = [1, 8, 64]
COMMANDS = 500
PAUSE_MS = 5
ACCOUNT = "acct_000002"
# p99 of ours over the p99 of a hop, by the number of workers; with 64 it is milliseconds that count.
HOP_GOALS = {1: 5, 8: 3}
MILLISECONDS_GOAL = 10
KILLS = 100
AUTHOR = "bench_author"
STREAMS = 2_000
STREAM_KIB_GOAL = 25
DOCUMENTS = 100_000
SEED_SECONDS_MAX = 30


@contextlib.contextmanager
def redis_server(scratch):
    if shutil.which("redis-server") is None:
        raise Missing("redis-server is missing: run `apt-get install redis-server`")
    port = free_port()
    with folder(scratch, "redis") as path:
        process = subprocess.Popen(
            ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", path, "--save", ""],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: redis(port, "PING") == "PONG", 10, "redis-server does not answer")
            yield port
        finally:
            end(process)


def redis(port, *words):
    try:
        return run(["redis-cli", "-p", port, *words]).strip()
    except Missing:
        return None


def wait_until(is_so, seconds_max, problem):
    deadline = time.monotonic() + seconds_max
    while not is_so():
        if time.monotonic() > deadline:
            raise Missing(problem)
        time.sleep(0.005)


def token(data, *arguments, subject="bench"):
    printed = run([require_server(), "token", "--data", data, "--subject", subject, "--expires", "1h", *arguments])
    return printed.strip().splitlines()[-1]


def converge(options, data):
    """Rows of commit to applied, over Redis and over HTTP, against one hop through the same Redis."""
    admin, key = token(data, "--system-admin"), token(data, "--system-key")
    rows = []
    with redis_server(options.scratch) as port, http_load.serve(
            data, "--redis", f"redis://127.0.0.1:{port}") as (_, http_port):
        for workers in WORKERS:
            ours = [
                require_ours(), "converge", "--server", f"http://127.0.0.1:{http_port}", "--token", admin, "--key", key,
                "--account", ACCOUNT, "--workers", workers, "--count", COMMANDS, "--pause-ms", PAUSE_MS]
            sides = {
                "ours": lambda: run_json([*ours, "--redis", f"redis://127.0.0.1:{port}"]),
                "ours over HTTP": lambda: run_json(ours),
                "floor": lambda: run_json([
                    build("floors/hop.c", ["hiredis", "pthread"]), "--port", port, "--readers", workers,
                    "--count", COMMANDS, "--pause-ms", PAUSE_MS]),
            }
            results = rounds(options, f"converge, workers: {workers}", sides)
            rows += [converge_row(transport, workers, results[side], results.get("floor", []))
                     for transport, side in (("Redis", "ours"), ("HTTP", "ours over HTTP"))]
    return rows


def converge_row(transport, workers, ours, hop):
    goal = f"≤{HOP_GOALS[workers]}" if workers in HOP_GOALS else f"p99 ≤{MILLISECONDS_GOAL} ms"
    times = statistics.median(a["p99_us"] / b["p99_us"] for a, b in zip(ours, hop)) if hop else None
    return [
        f"commit to applied over {transport}, workers: {workers}", f"p99 {middle(ours, 'p99_us') / 1000:.2f} ms",
        "one hop", f"p99 {middle(hop, 'p99_us') / 1000:.2f} ms" if hop else "–",
        f"{times:.1f} × the p99" if times else "–", goal, latency_text(ours), latency_text(hop)]


def kill(options, data):
    """Rows of the kill of an extension to its last action, by a server and a worker process, against one hop."""
    admin, key = token(data, "--system-admin"), token(data, "--system-key")
    author = token(data, "--account", AUTHOR, "--permission", "extensions:submit", subject="author")
    with redis_server(options.scratch) as port, http_load.serve(
            data, "--redis", f"redis://127.0.0.1:{port}") as (_, http_port):
        ours = [
            require_ours(), "kill-across", "--server", f"http://127.0.0.1:{http_port}", "--token", admin, "--key", key,
            "--author", author, "--program", require_server(), "--count", KILLS]
        sides = {
            "ours": lambda: run_json([*ours, "--sink-port", free_port(), "--redis", f"redis://127.0.0.1:{port}"]),
            "ours over HTTP": lambda: run_json([*ours, "--sink-port", free_port()]),
            "floor": lambda: run_json([
                build("floors/hop.c", ["hiredis", "pthread"]), "--port", port, "--readers", 1, "--count", COMMANDS,
                "--pause-ms", PAUSE_MS]),
        }
        results = rounds(options, "kill", sides)
    return [kill_row(transport, results[side], results.get("floor", []))
            for transport, side in (("Redis", "ours"), ("HTTP", "ours over HTTP"))]


def kill_row(transport, ours, hop):
    times = statistics.median(a["p99_us"] / b["p99_us"] for a, b in zip(ours, hop)) if hop else None
    return [
        f"kill to the last action of another process, over {transport}", f"p99 {middle(ours, 'p99_us') / 1000:.2f} ms",
        "one hop", f"p99 {middle(hop, 'p99_us') / 1000:.2f} ms" if hop else "–",
        f"{times:.1f} × the p99" if times else "–", "–", latency_text(ours), latency_text(hop)]


def fill(options, data):
    """Rows of filling an empty Redis, and of a worker that knows nothing."""
    key = token(data, "--system-key")
    seeds, colds = [], {"http": [], "redis": []}
    for number in range(1, options.rounds + 1):
        with redis_server(options.scratch) as port:
            address = f"redis://127.0.0.1:{port}"
            with http_load.serve(data, "--redis", address) as (_, http_port):
                wait_until(lambda: redis(port, "HGET", "{lumio}:head", "id"), SEED_SECONDS_MAX, "Redis stays empty")
                redis(port, "FLUSHALL")
                before = time.monotonic()
                wait_until(lambda: redis(port, "HGET", "{lumio}:head", "id"), SEED_SECONDS_MAX, "Redis stays empty")
                seeds.append(time.monotonic() - before)
                for name, feed in (("http", f"http://127.0.0.1:{http_port}"), ("redis", address)):
                    colds[name].append(run_json([require_ours(), "cold-start", "--feed", feed, "--key", key]))
                say(f"fill, round {number}: seeded in {seeds[-1]:.2f} s, cold {colds['http'][-1]}")
    documents = colds["http"][0]["documents"]
    rows = [goal_row(f"Redis emptied to filled, {documents:,} documents", f"{statistics.median(seeds):.2f} s", "≤2 s")]
    for name, runs in colds.items():
        rows.append(goal_row(
            f"cold worker over {name}, {documents:,} documents",
            f"{middle(runs, 'seconds'):.2f} s, {middle(runs, 'peak_mebibytes'):.0f} MiB", "≤1.5 s, ≤150 MiB"))
    return rows


def streams(options, data):
    """Rows of so many idle streams of the feed: what each costs, and whether each hears of one change."""
    key, admin = token(data, "--system-key"), token(data, "--system-admin")
    sizes, heard = [], []
    for number in range(1, options.rounds + 1):
        with http_load.serve(data) as (process, port):
            before = http_load.resident_mebibytes(process)
            position = json.loads(http_load.request(port, "GET", "/health/ready")[1])["position"]
            sockets = [open_stream(port, key) for _ in range(STREAMS)]
            try:
                drain(sockets, lambda seen: all(b"event: intent" in part or b"bookmark" in part for part in seen))
                time.sleep(6)
                sizes.append((http_load.resident_mebibytes(process) - before) * 1024 / STREAMS)
                drain(sockets, lambda _: True)
                change(port, admin, number % 2 == 1)
                heard.append(count_heard(sockets, f"id: {position + 1}-"))
            finally:
                for stream in sockets:
                    stream.close()
            say(f"streams, round {number}: {sizes[-1]:.1f} KiB each, {heard[-1]} of {STREAMS} heard the change")
    return [
        goal_row(f"{STREAMS:,} idle streams", f"{statistics.median(sizes):.1f} KiB each", f"≤{STREAM_KIB_GOAL} KiB"),
        goal_row("streams that hear of a change", f"{min(heard):,} of {STREAMS:,}", "all"),
    ]


def open_stream(port, key):
    stream = socket.create_connection(("127.0.0.1", port))
    stream.sendall(
        f"GET /v1/feed HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {key}\r\n"
        "Accept: text/event-stream\r\n\r\n".encode())
    stream.setblocking(False)
    return stream


def drain(sockets, is_enough, seconds_max=20):
    """Reads what there is until every stream has said enough."""
    seen = {stream: b"" for stream in sockets}
    deadline = time.monotonic() + seconds_max
    poll = select.epoll()
    by_number = {stream.fileno(): stream for stream in sockets}
    for number in by_number:
        poll.register(number, select.EPOLLIN)
    while time.monotonic() < deadline:
        for number, _ in poll.poll(0.2):
            with contextlib.suppress(BlockingIOError):
                seen[by_number[number]] += by_number[number].recv(1 << 16)
        if is_enough(seen.values()):
            break
    poll.close()
    return seen


def change(port, admin, is_paused):
    status, answer = http_load.request(
        port, "PUT", f"/v1/admin/bot-control/{urllib.parse.quote(ACCOUNT)}/twitch", admin,
        json.dumps({"paused": is_paused, "reason": "bench"}))
    if status != 200 or not json.loads(answer)["meta"]["changed"]:
        raise Missing(f"the change was not made: {status} {answer[:200]!r}")


def count_heard(sockets, wanted):
    wanted = wanted.encode()
    seen = drain(sockets, lambda parts: all(wanted in part for part in parts))
    return sum(wanted in part for part in seen.values())
