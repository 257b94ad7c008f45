"""Our servers under load: started on free ports, asked for a sample answer, and driven by wrk."""

import contextlib
import http.client
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

from floors.programs import BENCHMARKS, Missing, end, free_port, require_ours, require_server, run, run_json

LOAD_THREADS = 2
READY_SECONDS_MAX = 300

# One request of each kind, to see that it is accepted and how long the answer is.
SAMPLES = {
    "statuses": ("GET", "/v1/admin/bot-control/statuses?page=2&per_page=25", None),
    "modules": ("GET", "/v1/bot-modules?account_id=acct_000002", None),
    "pause": ("PUT", "/v1/admin/bot-control/acct_000002/twitch", '{"paused":true,"reason":"raid in progress"}'),
    "upsert": (
        "PUT", "/v1/bot-modules/link_protection?account_id=acct_000002",
        '{"enabled":true,"config":{"action":"timeout","timeout_duration":7},"exempt_roles":{"moderators":true}}'),
}


def require_wrk():
    if shutil.which("wrk") is None:
        raise Missing("wrk is missing: run `apt-get install wrk`")


@contextlib.contextmanager
def serving(arguments, ready_path, environment={}):
    """A server process of ours on a free port; gives (process, port) once it answers `ready_path` with 200."""
    port = free_port()
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [str(argument) for argument in [*arguments, "--port", port]], stdout=log, stderr=log,
            env={**os.environ, **environment})
        try:
            wait_until_ready(process, port, ready_path, log)
            yield process, port
        finally:
            end(process)


def wait_until_ready(process, port, path, log):
    deadline = time.monotonic() + READY_SECONDS_MAX
    while status_of(port, path) != 200:
        if process.poll() is not None or time.monotonic() > deadline:
            log.seek(0)
            raise Missing("the server does not become ready: " + " ".join(log.read().splitlines()[-3:]))
        time.sleep(0.01)


def status_of(port, path):
    try:
        return request(port, "GET", path)[0]
    except (OSError, http.client.HTTPException):
        return None


def request(port, method, path, token=None, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def serve(data, *extra):
    arguments = [require_server(), "serve", "--data", data, "--host", "127.0.0.1", "--rate-limit", 0, *extra]
    return serving(arguments, "/health/ready")


def floor_server(data, body_bytes):
    return serving([require_ours(), "floor-server", "--data", data, "--body-bytes", body_bytes], "/health/ready")


def mint_token(data):
    printed = run([require_server(), "token", "--data", data, "--subject", "bench", "--system-admin"])
    return printed.strip().splitlines()[-1]


def answer_bytes(port, token, load):
    """The size of a real answer, for the floor to answer as much; the load is worthless when it is refused."""
    method, path, body = SAMPLES[load]
    status, answer = request(port, method, path, token, body)
    if status != 200:
        raise Missing(f"{method} {path} answers {status}: {answer[:200].decode(errors='replace')}")
    return len(answer)


def wrk(load, port, token, accounts, connections, seconds, floor_path=None):
    environment = dict(os.environ, TOKEN=token, ACCOUNTS=str(accounts), THREADS=str(LOAD_THREADS))
    if floor_path:
        environment["FLOOR_PATH"] = floor_path
    result = run_json(
        ["wrk", f"-t{LOAD_THREADS}", f"-c{connections}", f"-d{max(1, round(seconds))}s",
         "-s", BENCHMARKS / "load" / f"{load}.lua", f"http://127.0.0.1:{port}"], environment)
    failed = result["non_2xx"] + result["socket_errors"]
    if failed:
        raise Missing(f"{load}: {failed} of {result['requests']} requests failed, which makes the figure worthless")
    return result


def mint_token_when_served(data):
    """The first start makes the signing key, unless `prepare` has."""
    try:
        return mint_token(data)
    except Missing:
        with serve(data):
            return mint_token(data)


def resident_mebibytes(process):
    for line in pathlib.Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise Missing("/proc gives no resident size")
