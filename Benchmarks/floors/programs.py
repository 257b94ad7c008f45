"""Programs that a benchmark runs: where they are, how the C ones are built, how each is run and ended."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
BENCHMARKS = ROOT / "Benchmarks"
BUILD = ROOT / ".build" / "bench"
OURS = ROOT / ".build" / "release" / "BotControlBenchmarks"
SANDBOX = ROOT / ".build" / "release" / "SandboxBenchmarks"
V8_HEADERS = "/usr/include/node"
SERVER = ROOT / ".build" / "release" / "botcontrol"


class Missing(Exception):
    """Something that a suite needs is not there; the message says how to get it."""


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@contextlib.contextmanager
def folder(scratch, name):
    """A folder of its own under `scratch`, removed in the end."""
    pathlib.Path(scratch).mkdir(parents=True, exist_ok=True)
    path = tempfile.mkdtemp(prefix=name + "-", dir=scratch)
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def end(process):
    """Ends one process, by its own id: first politely."""
    if process.poll() is not None:
        return
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(arguments, environment=None):
    """Runs a program to its end and returns its standard output."""
    arguments = [str(argument) for argument in arguments]
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip()).splitlines()[-3:]
        raise Missing(f"{pathlib.Path(arguments[0]).name} ended with {done.returncode}: {' '.join(last)}")
    return done.stdout


def run_json(arguments, environment=None):
    """The one JSON line that every runner prints."""
    lines = [line for line in run(arguments, environment).splitlines() if line.startswith("{")]
    if not lines:
        raise Missing(f"{arguments[0]} printed no JSON line")
    return json.loads(lines[-1])


def require(path, remedy):
    if not pathlib.Path(path).exists():
        shown = pathlib.Path(path)
        shown = shown.relative_to(ROOT) if shown.is_relative_to(ROOT) else shown
        raise Missing(f"{shown} is missing: {remedy}")
    return path


def require_ours():
    return require(OURS, "run `swift build -c release --product BotControlBenchmarks`")


def require_server():
    return require(SERVER, "run `swift build -c release --product botcontrol`")


def build(source, libraries, includes=()):
    """Compiles a floor or a peer, in C or C++, when it or a header beside it is newer than the program."""
    program = BUILD / pathlib.Path(source).stem
    inputs = [BENCHMARKS / source, *(BENCHMARKS / "floors").glob("*.h")]
    newest = max(path.stat().st_mtime for path in inputs)
    if program.exists() and program.stat().st_mtime >= newest:
        return program
    BUILD.mkdir(parents=True, exist_ok=True)
    is_cpp = pathlib.Path(source).suffix == ".cpp"
    compiler = os.environ.get("CXX", "c++") if is_cpp else os.environ.get("CC", "cc")
    flags = ["-std=gnu++17" if is_cpp else "-std=gnu11", "-O3", "-Wall", "-Wextra", "-Werror"]
    flags += [word for path in includes for word in ("-isystem", path)]
    run([compiler, *flags, BENCHMARKS / source, "-o", program, *(f"-l{name}" for name in libraries)])
    return program
