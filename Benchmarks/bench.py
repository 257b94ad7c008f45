#!/usr/bin/env python3
"""The driver behind `scripts/bench [suite …]`: our code and its floors and peers in turn, and one table a suite.

Every round runs each side once, one after the other, so that a slow moment of the machine hits them alike. A ratio is
the median of the rounds' ratios; the other figures are medians of the rounds. Everything is written under `--scratch`,
which must be on the disk that is to be measured, and removed again.
"""

import argparse
import functools
import pathlib
import signal
import statistics
import sys
import time

from floors.comparison import compare, goal_row, latency_text, middle, plain_row, rounds, say
from floors.programs import BENCHMARKS, BUILD, ROOT, Missing, build, folder, require, require_ours, run, run_json
from floors.results import section, write_results
from load import feed_load, graphql_load, http_load, sandbox_load

PEERS_PYTHON = BUILD / "venv" / "bin" / "python"
PEERS_REMEDY = (
    "run `python3 -m venv .build/bench/venv && "
    ".build/bench/venv/bin/pip install -r Benchmarks/peers/requirements.txt`")
JOURNAL_DDL = ROOT / "schemas" / "sql" / "journal.sql"
READ_MODELS_DDL = ROOT / "schemas" / "sql" / "read-models.sql"

CALLERS = [1, 16, 256, 1024]
CONNECTIONS = {"command": [64, 8], "read": [64], "graphql": [16, 64]}
LOADS = {"command": ["pause", "upsert"], "read": ["statuses", "modules"], "graphql": ["gql_statuses", "gql_modules", "gql_fresh"]}
FLOOR_ROUTES = {"command": "/empty", "read": "/static"}
ACCOUNTS = 10_000
START_EVENTS = 100_000
# A rebuild writes the feed's tail only; the floor writes the same rows.
CHANGES_KEPT = 100_000
IDLE_SETTLE_SECONDS = 10
# What `prepare` makes of each: the account itself, and its bot and modules.
DOCUMENTS_PER_ACCOUNT = 3

# Ratios to reach, by the other side and the number of callers; what is not here is shown only.
APPEND_GOALS = {
    ("floor", 1): 0.85, ("floor", 16): 0.85, ("floor", 256): 0.85, ("floor", 1024): 0.85,
    ("redis", 16): 1.0, ("redis", 256): 1.2, ("eventsourcing", 1): 0.9,
}
VERIFY_GROWTH = [10_000, 100_000, 1_000_000]
GOALS = {"rebuild": 0.8, "verify": 0.5, "tiles": 0.95, "command": 0.35, "read": 0.7, "moderate": 0.4, "graphql": 1.3}
MODERATE_RATE_GOAL = 400_000
CHAT_CHANNELS = 10_000
CHAT_RATE = 10_000
CHAT_MESSAGES = 10_000_000


# Suites: each returns (durability, notes, rows)


def append_sides(options, callers):
    load = ["--seconds", options.seconds]
    extra = ["--idempotency"] if options.idempotency else []

    def fresh(arguments):
        with folder(options.scratch, "append") as path:
            return run_json([*arguments, "--db", path, *load])

    def python_peer(name):
        require(options.peers_python, PEERS_REMEDY)
        return fresh([options.peers_python, BENCHMARKS / "peers" / f"{name}_append.py", "--callers", callers])

    def floor():
        program = build("floors/append.c", ["sqlite3", "crypto"])
        ddl = require(options.journal_ddl, "give the dumped schema with --journal-ddl FILE")
        return fresh([program, "--ddl", ddl, "--batch", callers, *extra])

    sides = {
        "ours": lambda: fresh([require_ours(), "append", "--callers", callers, *extra]),
        "floor": floor,
        "redis": lambda: fresh([build("peers/redis_append.c", ["hiredis"]), "--callers", callers]),
        "umadb": lambda: python_peer("umadb"),
    }
    # It has no group commit: more callers only wait for one another.
    if callers <= 16:
        sides["eventsourcing"] = lambda: python_peer("eventsourcing")
    return chosen(options, sides)


def chosen(options, sides):
    if options.without_ours:
        sides.pop("ours", None)
    if options.without_peers:
        sides = {name: side for name, side in sides.items() if name in ("ours", "floor")}
    return sides


def suite_append(options):
    rows = []
    for callers in options.callers:
        figure = f"append, callers: {callers}" + (", idempotency" if options.idempotency else "")
        results = rounds(options, figure, append_sides(options, callers))
        goals = {side: goal for (side, count), goal in APPEND_GOALS.items() if count == callers}
        rows += compare(figure, results, goals)
    notes = [
        "One event of 128 B data and 349 B metadata an append; 10,000 streams; `floor` is one thread of C over the "
        "same schema whose transactions hold as many events as there are callers.",
        "`redis` is XADD with `appendfsync always`: no expected revision, hashes or indexes, and its client is another "
        "process. `umadb` and `eventsourcing` run behind Python clients.",
    ]
    return "WAL, synchronous=FULL", notes, rows


def suite_tiles(options):
    def fresh(callers, *extra):
        with folder(options.scratch, "append") as path:
            return run_json([
                require_ours(), "append", "--callers", callers, "--seconds", options.seconds, "--db", path, *extra])

    rows = []
    for callers in (16, 256):
        figure = f"append while the log follows, callers: {callers}"
        sides = {
            "ours": lambda callers=callers: fresh(callers, "--tiles"), "floor": lambda callers=callers: fresh(callers)}
        rows += compare(figure, rounds(options, figure, sides), {"floor": GOALS["tiles"]})
    notes = ["The floor is the same without tiles, checkpoints and signatures. A pass each second, as a server's."]
    return "WAL, synchronous=FULL", notes, rows


def prepare(path, accounts, events, *flags):
    ours = require_ours()
    say(f"preparing {events:,} events of {accounts:,} accounts")
    run([ours, "prepare", "--data", path, "--accounts", accounts, "--events", events, *flags])


def rebuild_sides(options, data, plain, feed):
    """The floor cannot open what is sealed: it reads the same events as plain text."""
    def floor():
        program = build("floors/rebuild.c", ["sqlite3"])
        ddl = require(options.read_models_ddl, "give the dumped schema with --read-models-ddl FILE")
        tail = ["--feed", "--feed-last", CHANGES_KEPT] if feed else []
        with folder(options.scratch, "rebuild") as path:
            return run_json([program, "--journal", plain, "--db", path, "--ddl", ddl, *tail])

    extra = ["--feed"] if feed else []
    return chosen(options, {
        "ours": lambda: run_json([require_ours(), "rebuild", "--journal", data, *extra]), "floor": floor})


def suite_rebuild(options):
    rows = []
    with folder(options.scratch, "plain") as plain, folder(options.scratch, "sealed") as sealed:
        prepare(plain, ACCOUNTS, options.events)
        prepare(sealed, ACCOUNTS, options.events, "--sealed")
        for data, feed, what in ((plain, False, "without feed rows"), (plain, True, "with feed rows"),
                                 (sealed, True, "with feed rows, sealed")):
            figure = f"rebuild, {options.events:,} events, {what}"
            results = rounds(options, figure, rebuild_sides(options, data, plain, feed))
            rows += compare(figure, results, {"floor": GOALS["rebuild"]})
    notes = [
        f"Feed rows are those of the last {CHANGES_KEPT:,} changes, on both sides. The floor upserts each event.",
        "Sealed: what events say of persons stands there as a server writes it, and each is opened with its key; the "
        "floor reads plain text.",
    ]
    return "read models synchronous=OFF", notes, rows


def suite_verify(options):
    rows, proofs = [], []
    for events in sorted({events for events in VERIFY_GROWTH if events < options.events} | {options.events}):
        with folder(options.scratch, "data") as data:
            prepare(data, min(ACCOUNTS, events // 10), events)
            # Not measured: it makes the tiles, and says how much is hashed.
            known = run_json([require_ours(), "verify", "--journal", data])
            journal = pathlib.Path(data) / "journal.sqlite"
            sides = chosen(options, {
                "ours": lambda: run_json([require_ours(), "verify", "--journal", data]),
                "floor": lambda: run_json([
                    build("floors/verify.c", ["crypto"]), journal, known["hashed_bytes"], known["events"]])})
            results = rounds(options, f"verify, {events:,} events", sides)
            rows += compare(f"verify, {events:,} events", results, {"floor": GOALS["verify"]})
            proofs += [goal_row(
                f"proof of one event, of {events:,}", f"p99 {middle(results['ours'], 'proof_p99_us') / 1000:.2f} ms",
                "≤2 ms")] if results.get("ours") else []
    notes = [
        "All cores; payloads, entries and nodes are hashed, and compared with the stored hashes, the tiles and the "
        "frontier; revisions, order and contiguity are checked. Without the read models, which `rebuild` measures.",
        "The floor is one core: it reads the file from end to end, and hashes as many bytes in blocks of 16 KiB.",
    ]
    return "nothing is written", notes, rows + proofs


def suite_asof(options):
    rows, told = [], []
    for events in sorted({events for events in VERIFY_GROWTH if events < options.events} | {options.events}):
        accounts = min(ACCOUNTS, events // 10)
        with folder(options.scratch, "data") as data:
            prepare(data, accounts, events)
            for what, count, most in (("account", 1000, 10), ("board", 30, 250)):
                ours = [require_ours(), "asof", "--journal", data, "--what", what, "--count", count,
                        "--account-count", accounts]
                sides = chosen(options, {
                    "ours": lambda: run_json(ours),
                    "floor": lambda: run_json([
                        build("floors/asof.c", ["sqlite3"]), data, what, count if what == "account" else 3, accounts])})
                results = rounds(options, f"as of, one {what}, {events:,} events", sides)
                rows += compare(f"as of, one {what}, {events:,} events", results, {})
                if results.get("ours"):
                    last = results["ours"][-1]
                    rows.append(goal_row(
                        f"as of, one {what}, of {events:,}",
                        f"p99 {middle(results['ours'], 'p99_us') / 1000:.1f} ms", f"≤{most} ms"))
                    told.append(f"{events:,} events: {last['snapshots']} snapshots, "
                                f"{last['snapshot_bytes'] / 1e6:,.0f} MB.")
    notes = [
        "At positions over the whole journal, in no order, so that hardly one is asked for twice. An account: its bots, "
        "its modules, the platforms. A board: a page and the count of all bots and of the paused ones.",
        "The floor has no snapshots and folds nothing: it reads the events of the account up to there by the index of "
        "streams; for a board, the last event of every stream up to there.", *sorted(set(told)),
    ]
    return "snapshots made beforehand; pages in memory", notes, rows


def suite_moderate(options):
    chat = ["--chat", require(options.chat, "give another chat log, or none")] if options.chat else []
    with folder(options.scratch, "moderate") as path:
        run([require_ours(), "moderate", *chat, "--write-to", path])
        sides = chosen(options, {
            "ours": lambda: run_json([require_ours(), "moderate", *chat, "--seconds", options.seconds]),
            "floor": lambda: run_json([
                build("floors/moderate.cpp", ["icui18n", "icuuc", "re2"]), path, options.seconds])})
        figure = f"messages judged on one core, {'recorded' if chat else 'generated'} chat"
        rows = compare(figure, rounds(options, figure, sides), {"floor": GOALS["moderate"]})
    notes = [
        f"All three filters, 100 words and 10 patterns, 1,000 channels; at least {MODERATE_RATE_GOAL:,} are to be "
        "reached. The floor makes the normal forms with ICU and scans twice with RE2 sets; it judges nothing.",
        "A hit ends the judging: of the recorded chat, nearly a third is spam before the word filter sees it; of the "
        "generated chat, nearly nothing is.",
    ]
    return "nothing is stored", notes, rows


def suite_chat(options):
    chat = ["--chat", require(options.chat, "give another chat log, or none")] if options.chat else []
    ours = [require_ours(), "chat", *chat, "--channels", CHAT_CHANNELS]
    paced = []
    for number in range(1, options.rounds + 1):
        paced.append(run_json([*ours, "--messages", CHAT_RATE * 10]))
        say(f"chat, round {number}: p99 {paced[-1]['p99_us']:.0f} us, {paced[-1]['mebibytes']} MiB")
    long = run_json([*ours, "--messages", CHAT_MESSAGES, "--unpaced"])
    rows = [
        goal_row(f"message to action queued, {CHAT_RATE:,} messages/s", f"p99 {middle(paced, 'p99_us') / 1000:.2f} ms",
                 "p99 ≤1 ms", latency_text(paced)),
        goal_row(f"memory of {CHAT_CHANNELS:,} channels", f"{middle(paced, 'mebibytes'):.0f} MiB", "≤200 MB"),
        goal_row(f"memory after {CHAT_MESSAGES // 2:,} and {CHAT_MESSAGES:,} messages",
                 f"{long['half_mebibytes']} and {long['mebibytes']} MiB", "flat"),
    ]
    notes = [
        "One thread brings messages to a worker's moderator: three filters for each channel, every tenth message hits.",
        f"The last row is judged as fast as can be, by a clock that moves by 1/{CHAT_RATE:,} s a message.",
    ]
    return "nothing is stored", notes, rows


def suite_connections(options):
    rows = []
    for kind, extra in (("plain", []), ("TLS", ["--tls"])):
        runs = []
        for number in range(1, options.rounds + 1):
            runs.append(run_json([require_ours(), "connections", *extra]))
            say(f"connections, {kind}, round {number}: {runs[-1]['rate']:,.0f}/s, p99 {runs[-1]['p99_ms']:.1f} ms")
        rows.append(goal_row(f"chat over {runs[0]['connections']:,} connections, {kind}",
                             f"{middle(runs, 'rate'):,.0f}/s", "≥5,000/s",
                             f"{middle(runs, 'p50_ms'):.1f} / {middle(runs, 'p99_ms'):.1f} ms"))
    notes = [
        "5,000 messages/s are sent for 10 s; none is lost. Each connection is a socket of its own, whose channel has settings"
        " of its own. The imitation of Trovo that sends them is in the same process and has its share of the two cores.",
        "The latency is from when a message was due to be sent until it is judged.",
    ]
    return "nothing is stored", notes, rows


def suite_http(options, suite):
    http_load.require_wrk()
    rows = []
    with folder(options.scratch, "data") as data:
        prepare(data, ACCOUNTS, options.http_events)
        token = http_load.mint_token_when_served(data)
        with http_load.serve(data) as (_, port):
            for load in LOADS[suite]:
                rows += measure_load(options, suite, load, data, port, token)
    notes = [
        f"wrk, {http_load.LOAD_THREADS} threads, keep-alive, {ACCOUNTS:,} accounts; wrk shares the cores. "
        "The floor is a Hummingbird route behind the same authentication and logging that answers as many bytes.",
    ]
    return "WAL, synchronous=FULL", notes, rows


def measure_load(options, suite, load, data, port, token):
    rows = []
    with http_load.floor_server(data, http_load.answer_bytes(port, token, load)) as (_, floor_port):
        for connections in CONNECTIONS[suite]:
            figure = f"{suite}: {load}, {connections} connections"
            rest = (token, ACCOUNTS, connections, options.seconds)
            results = rounds(options, figure, {
                "ours": lambda: http_load.wrk(load, port, *rest),
                "floor": lambda: http_load.wrk(load, floor_port, *rest, FLOOR_ROUTES[suite]),
            })
            rows += compare(figure, results, {"floor": GOALS[suite]})
    return rows


def suite_graphql(options):
    http_load.require_wrk()
    with folder(options.scratch, "data") as data, folder(options.scratch, "rows") as scratch:
        prepare(data, ACCOUNTS, options.http_events)
        token = http_load.mint_token_when_served(data)
        with http_load.serve(data) as (process, port):
            with graphql_load.peer(port, token, ACCOUNTS, scratch) as (_, peer_port):
                rows = graphql_rows(options, token, (process, port), peer_port)
    notes = [
        f"wrk, {http_load.LOAD_THREADS} threads, keep-alive, {ACCOUNTS:,} accounts; wrk shares the cores. Node runs the "
        "same graphql-js with the same schema, has all rows in memory as objects and parses a document once.",
        "Ours keeps an answer until its documents change: statuses and modules are such answers mostly, as when many look at "
        "the same pages; in the row fresh no request is made twice, and graphql-js runs every time.",
        "p99 to reach: 5 ms with 16 connections, node's own with 64.",
    ]
    return "WAL, synchronous=FULL", notes, rows


def graphql_rows(options, token, ours, peer_port):
    (process, port), rows = ours, []
    before = http_load.resident_mebibytes(process)
    graphql_load.warm_up(port, token)
    engine = http_load.resident_mebibytes(process) - before
    for load in LOADS["graphql"]:
        graphql_load.check_same(port, peer_port, token, load, ACCOUNTS)
        for connections in CONNECTIONS["graphql"]:
            figure = f"graphql: {load.removeprefix('gql_')}, {connections} connections"
            rest = (token, ACCOUNTS, connections, options.seconds)
            results = rounds(options, figure, {
                "ours": lambda: http_load.wrk(load, port, *rest),
                "node": lambda: http_load.wrk(load, peer_port, *rest),
            })
            rows += compare(figure, results, {"node": GOALS["graphql"]})
    return rows + [goal_row("memory of the engine after one request", f"{engine:.0f} MiB", "≤25 MB")]


def suite_idle(options):
    sizes = []
    for number in range(1, options.rounds + 1):
        with folder(options.scratch, "demo") as data, http_load.serve(data, "--demo") as (process, _):
            time.sleep(IDLE_SETTLE_SECONDS)
            sizes.append(http_load.resident_mebibytes(process))
            say(f"idle, round {number}: {sizes[-1]:.1f} MiB")
    notes = [f"`serve --demo`, no requests, {IDLE_SETTLE_SECONDS} s after it was ready."]
    return "WAL, synchronous=FULL", notes, [plain_row("resident memory, idle", f"{statistics.median(sizes):.1f} MiB")]


def start_seconds(data):
    before = time.monotonic()
    with http_load.serve(data):
        return time.monotonic() - before


def forget_read_models(data):
    for path in pathlib.Path(data).glob("read-models.*"):
        path.unlink()


def suite_start(options):
    rebuilt, kept = [], []
    with folder(options.scratch, "data") as data:
        prepare(data, ACCOUNTS, START_EVENTS)
        for number in range(1, options.rounds + 1):
            forget_read_models(data)
            rebuilt.append(start_seconds(data))
            kept.append(start_seconds(data))
            say(f"start, round {number}: {rebuilt[-1]:.2f} s without read models, {kept[-1]:.2f} s with them")
    rows = [
        plain_row(f"start to ready, {START_EVENTS:,} events, read models {state}", f"{statistics.median(runs):.2f} s")
        for state, runs in (("rebuilt", rebuilt), ("kept", kept))
    ]
    return "WAL, synchronous=FULL", ["Ready is a 200 of `/health/ready`, asked for every 10 ms."], rows


def suite_converge(options):
    with folder(options.scratch, "data") as data:
        prepare(data, 1_000, 2_000)
        rows = feed_load.converge(options, data)
    notes = [
        f"{feed_load.COMMANDS} pauses and resumes of one bot by one caller, {feed_load.PAUSE_MS} ms apart; from the "
        "change's `recorded_at` (before its fsync) to applied in each worker. All workers share one process.",
        "The floor is XADD to a blocked XREAD in C, as many readers, entries as large; no fsync.",
    ]
    return "WAL, synchronous=FULL; Redis without persistence", notes, rows


def suite_feed(options):
    with folder(options.scratch, "data") as data:
        prepare(data, feed_load.DOCUMENTS // DOCUMENTS_PER_ACCOUNT, feed_load.DOCUMENTS)
        rows = feed_load.fill(options, data)
    with folder(options.scratch, "data") as data:
        prepare(data, 1_000, 2_000)
        rows += feed_load.streams(options, data)
    return "WAL, synchronous=FULL; Redis without persistence", ["Streams are connections of their own to `/v1/feed`."], rows


def suite_dispatch(options):
    notes = [
        "A command's handler in one child: 456 B of context, limits on, its answer checked. The floor is as many bytes "
        "over a socket pair and back, and one bare Function::Call of the same V8; `with JSON`, that call parses the "
        "context and makes JSON of an answer, as every handler's must. 64 in flight: at least 100,000/s are to be "
        "reached; the floor's p50 is that of a whole batch.",
    ]
    return "nothing is stored", notes, sandbox_load.dispatch(options)


def suite_isolates(options):
    notes = [
        "The floor is a bare isolate and context from the very same snapshot. At most 1.3 MB an idle install, and 25 ms "
        "from a program to its first answer, are to be reached.",
    ]
    return "nothing is stored", notes, sandbox_load.isolates(options)


def suite_kill(options):
    runs = [run_json([require_ours(), "kill"]) for _ in range(options.rounds)]
    rows = [goal_row("kill to the extension's last action, in one process", f"p99 {middle(runs, 'p99_us') / 1000:.2f} ms", "–",
                     latency_text(runs))]
    with folder(options.scratch, "data") as data:
        prepare(data, 1_000, 2_000)
        rows += feed_load.kill(options, data)
    notes = [
        "In one process: 200 kills in the middle of a busy chat, by a feed in the same process and handlers that answer "
        "at once: from the change's `recorded_at` to the last action that goes out. Zero: none went out after it.",
        f"Across processes: {feed_load.KILLS} kills by `POST /v1/bot-modules/kill` to a server while a worker, with the "
        "real sandbox, acts on every line for the install: from the event's `recorded_at` (before its fsync) to the "
        "moment when the last action came in at what stands where Twitch is. An install may do twenty things a minute, "
        "so each round has an install of its own, and 18 lines: close together at the kill, every gap a third longer.",
        "The floor is that of `converge`: XADD to a blocked XREAD in C, one reader; no fsync, no chat, no sandbox.",
    ]
    return "WAL, synchronous=FULL; Redis without persistence", notes, rows


SUITES = {
    "append": suite_append, "rebuild": suite_rebuild, "verify": suite_verify, "tiles": suite_tiles, "asof": suite_asof,
    "moderate": suite_moderate, "chat": suite_chat, "connections": suite_connections,
    "command": functools.partial(suite_http, suite="command"), "read": functools.partial(suite_http, suite="read"),
    "graphql": suite_graphql,
    "idle": suite_idle, "start": suite_start, "converge": suite_converge, "feed": suite_feed,
    "dispatch": suite_dispatch, "isolates": suite_isolates, "kill": suite_kill,
}


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench", description="Measures Bot Control against its floors and peers, in turn on this machine.")
    parser.add_argument("suites", nargs="*", metavar="suite", help=f"of {', '.join(SUITES)}; all by default")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=5, help="of each side in each round")
    parser.add_argument("--callers", type=int, nargs="+", default=CALLERS, help="of the append suite")
    parser.add_argument("--events", type=int, default=1_000_000, help="of the rebuild, verify and asof suites")
    parser.add_argument("--http-events", type=int, default=100_000, help="in the journal of command and read")
    parser.add_argument("--idempotency", action="store_true", help="append with an idempotency record each")
    parser.add_argument("--chat", type=pathlib.Path, help="of the moderate suite: IRC lines with tags, as Twitch's")
    parser.add_argument("--without-peers", action="store_true")
    parser.add_argument("--without-ours", action="store_true", help="floors and peers only, where that is possible")
    parser.add_argument("--peers-python", type=pathlib.Path, default=PEERS_PYTHON, help="a Python that has the peers")
    parser.add_argument("--journal-ddl", type=pathlib.Path, default=JOURNAL_DDL)
    parser.add_argument("--read-models-ddl", type=pathlib.Path, default=READ_MODELS_DDL)
    parser.add_argument("--scratch", type=pathlib.Path, default=BUILD / "scratch", help="on the disk to measure")
    parser.add_argument("--write", action="store_true", help="put the tables into Benchmarks/RESULTS.md")
    options = parser.parse_args()
    unknown = [name for name in options.suites if name not in SUITES]
    if unknown:
        parser.error(f"no suite {unknown[0]}; there are {', '.join(SUITES)}")
    return options


def main():
    # So that a SIGTERM, too, ends every process and removes every folder on the way out.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    options = parse_arguments()
    sections, incomplete = {}, False
    for name in options.suites or SUITES:
        try:
            sections[name] = section(options, name, SUITES[name])
            print(sections[name], flush=True)
        except Missing as reason:
            incomplete = True
            say(f"{name} cannot run: {reason}")
    if options.write and sections:
        write_results(sections, SUITES)
    return 3 if incomplete else 0


if __name__ == "__main__":
    sys.exit(main())
