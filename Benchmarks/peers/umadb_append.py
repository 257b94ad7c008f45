"""A peer of the append suite: PyPI `umadb`, its server in a process of its own, and its client.

Each append carries a condition: fail if the stream's tag has an event after the last one that this caller knows, which
is an expected revision. The server groups commits and syncs each group to disk. All callers share one client, which
was faster than one each; the client is Python's, so at many callers its interpreter lock is a part of the figure.
"""

import os
import signal
import socket
import subprocess
import sys
import time
import uuid

import umadb

import append_load

START_SECONDS_MAX = 10


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def start_server(directory, port):
    program = os.path.join(os.path.dirname(sys.executable), "umadb")
    return subprocess.Popen(
        [program, "--listen", f"127.0.0.1:{port}", "--db-path", os.path.join(directory, "umadb.db")],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def connect(server, port):
    deadline = time.monotonic() + START_SECONDS_MAX
    while True:
        try:
            client = umadb.Client(f"http://127.0.0.1:{port}")
            client.head()
            return client
        except Exception as failure:
            if server.poll() is not None or time.monotonic() > deadline:
                raise SystemExit(f"umadb: its server does not answer: {failure!r}")
            time.sleep(0.05)


def appender(client, names):
    queries = [umadb.Query(items=[umadb.QueryItem(tags=[name])]) for name in names]
    last_positions = [None] * len(names)
    turn = 0

    def append():
        nonlocal turn
        index = turn % len(names)
        turn += 1
        event = umadb.Event(
            append_load.EVENT_TYPE, append_load.DATA, [names[index]], uuid.uuid4(),
            {"metadata": append_load.metadata()})
        condition = umadb.AppendCondition(queries[index], last_positions[index])
        last_positions[index] = client.append([event], condition)

    return append


def main():
    arguments = append_load.parse_arguments(__doc__)
    port = free_port()
    server = start_server(arguments.db, port)
    try:
        client = connect(server, port)
        append_load.run_callers(
            "umadb", arguments,
            lambda caller: appender(client, append_load.stream_names(caller, arguments.callers, arguments.streams)),
        )
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()


if __name__ == "__main__":
    main()
